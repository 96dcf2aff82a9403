//! The language of templates, for people who write reports: 「共收到{收到}，{收到：同比}。」
//!
//! A name in braces is a figure or a word; after a colon stands how it is shown. `{如果 满意率 有数据}…{否则}…{结束}` tells one
//! thing or another. `{表：分单位}` and `{图：逐月}` on a line of their own place a table or a chart. Nothing else: no loops, no
//! sums, no way to ask for what the paragraph did not declare, and never more than a bounded amount of work.

mod parse;
mod wrong;

pub use parse::parse;
pub use wrong::{Problem, Wrong, words};

/// The longest template.
pub const LONGEST: usize = 3000;
/// How deep conditions may stand in one another.
pub const DEEPEST: usize = 4;

/// What a template may name.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    /// Words, as 单位.
    pub words: Vec<String>,
    /// Figures.
    pub figures: Vec<String>,
    /// Figures that are lists by key.
    pub lists: Vec<String>,
    /// Tables and charts.
    pub exhibits: Vec<String>,
    /// Figures that must be named.
    pub must: Vec<String>,
}

/// How a figure is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Form {
    /// With its unit: 1,234件, 97.2%.
    Whole,
    /// The number alone.
    Number,
    /// How many a rate is made of.
    N,
    /// The value of the period before.
    Last,
    /// The value of the year before.
    Year,
    /// The change against the period before, in words.
    AgainstLast,
    /// The change against the year before, in words.
    AgainstYear,
    /// The first so many of a list.
    First(u8),
}

impl Form {
    /// As it is written in a template.
    pub(crate) fn parse(text: &str) -> Option<Form> {
        Some(match text {
            "数" => Form::Number,
            "n" | "N" | "样本" => Form::N,
            "上期" => Form::Last,
            "上年" | "去年" => Form::Year,
            "环比" => Form::AgainstLast,
            "同比" => Form::AgainstYear,
            _ => Form::First(text.strip_prefix('前')?.parse().ok().filter(|n| (1..=20).contains(n))?),
        })
    }
}

/// What a condition asks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Test {
    /// There is something to tell: not zero, and of a rate enough answers.
    Given,
    /// More than in the year before.
    Risen,
    /// Less than in the year before.
    Fallen,
    /// More than this.
    Over(f64),
    /// Less than this.
    Under(f64),
    /// Just this.
    Equal(f64),
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Text as it stands.
    Text(String),
    /// A word.
    Word(String),
    /// A figure.
    Figure(String, Form),
    /// A table or chart.
    Exhibit(String),
    /// One thing or another.
    If {
        /// The figure.
        figure: String,
        /// What is asked of it.
        test: Test,
        /// When it holds.
        then: Vec<Node>,
        /// When it does not.
        otherwise: Vec<Node>,
    },
}
