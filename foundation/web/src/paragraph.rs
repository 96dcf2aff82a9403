//! What modules tell a progress report (进展情况汇报): paragraphs as templates that offices may rewrite, the figures these may
//! name, the tables and charts that belong to them. Reports stand to the left of the modules and know them only by this.

use people::Level;
use store::{StoreError, Tx};

/// The parts of a progress report, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// 一、做法与成效
    Practice,
    /// 二、创新机制
    Innovation,
    /// 三、载体
    Carrier,
    /// 四、保障
    Safeguard,
    /// 五、问题与下一步: what is not well. A paragraph of it stands whenever its [`Told`] holds.
    Problems,
    /// 五、问题与下一步: what will be done.
    Next,
}

/// When a paragraph is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// In every report.
    Always,
    /// When this figure is not zero.
    Given(&'static str),
    /// When this figure went the wrong way against the same period of the year before, or against the period before.
    Worse(&'static str),
}

/// Where a figure comes from.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// A measure, over the period.
    Measure(&'static str),
    /// A measure taken apart by its key, largest first; the function names a code.
    Keys(&'static str, fn(&mut Tx, &str) -> Result<Option<String>, StoreError>),
    /// What is open when the report is made, of work with deadlines ([`crate::due::Due::name`]).
    Open(&'static str),
    /// Of that, what is past its deadline.
    Late(&'static str),
    /// How many units of a level there are.
    Units(Level),
    /// The duties that rules set and that the unit did not meet over the period, as a list with their sources.
    Unmet,
}

/// A figure that a template may name.
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    /// The name in templates, as 收到.
    pub name: &'static str,
    /// Where it comes from.
    pub source: Source,
}

impl Figure {
    /// What a measure says.
    pub const fn measure(name: &'static str, id: &'static str) -> Figure {
        Figure { name, source: Source::Measure(id) }
    }
}

/// A table or a chart.
#[derive(Clone, Copy, Debug)]
pub struct Exhibit {
    /// The name in templates, as 分单位.
    pub name: &'static str,
    /// Its caption.
    pub caption: &'static str,
    /// What it shows.
    pub shape: Shape,
}

/// What an exhibit shows.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A table of the units right under the one of the report, in their fixed order, with these measures.
    ByUnit(&'static [&'static str]),
    /// Bars by month, beside those of the year before.
    Bars(&'static str),
    /// Rates by month, as lines.
    Lines(&'static [&'static str]),
    /// A table by key, largest first, of the figure with this name.
    ByKey(&'static str),
}

/// A paragraph that a module gives to reports.
#[derive(Clone, Copy, Debug)]
pub struct Paragraph {
    /// Its id, as `concerns.handled`.
    pub id: &'static str,
    /// Where it stands.
    pub section: Section,
    /// What it is called in the list of templates.
    pub title_zh: &'static str,
    /// The same in English.
    pub title_en: &'static str,
    /// Its heading in the report, without a number; empty for none.
    pub heading: &'static str,
    /// The template as it comes.
    pub template: &'static str,
    /// The figures it may name.
    pub figures: &'static [Figure],
    /// The tables and charts it may name.
    pub exhibits: &'static [Exhibit],
    /// When it is told.
    pub told: Told,
    /// Figures that a rewritten template may not leave out.
    pub must: &'static [&'static str],
}

impl Paragraph {
    /// One of this part that is always told, to be filled in.
    pub const fn of(section: Section) -> Paragraph {
        Paragraph {
            id: "",
            section,
            title_zh: "",
            title_en: "",
            heading: "",
            template: "",
            figures: &[],
            exhibits: &[],
            told: Told::Always,
            must: &[],
        }
    }
}
