//! What a report stands on: every figure with those of the period before and of the year before, every table and chart, as they
//! were when the report was made. A finished report names the digest of this.

mod taken;

use std::collections::BTreeMap;

use base::{Date, Time, UnitId};
use measures::Period;
use serde::{Deserialize, Serialize};

pub use taken::grouped;

/// How a figure is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Made {
    /// So many.
    Count,
    /// One count of another.
    Rate,
    /// The middle one of days.
    Median,
    /// So many things that are told by their names.
    Named,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// More.
    Up,
    /// Less.
    Down,
    /// Neither.
    None,
}

/// Which period a figure is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Past {
    /// The period before.
    Last,
    /// The same period of the year before.
    Year,
}

impl Past {
    /// As the text names it.
    pub fn word(self) -> &'static str {
        match self {
            Past::Last => "上期",
            Past::Year => "上年同期",
        }
    }
}

/// How far the record of the unit reaches back over a period: where it begins in the middle, a difference would tell of nothing
/// but that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cover {
    /// All of it.
    #[default]
    Whole,
    /// It begins within it.
    Part,
    /// It begins after it.
    Nothing,
}

impl Cover {
    fn is_whole(&self) -> bool {
        *self == Cover::Whole
    }
}

/// A number, with what it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Num {
    /// The count, what is above the line, or the median.
    pub num: i64,
    /// What is below the line, or how many the median is of.
    pub den: Option<i64>,
    /// How many people or cases a rate is of, where what is below its line are points or hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<i64>,
}

/// A figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// What it is called.
    pub title: String,
    /// What is counted: 件.
    pub unit: String,
    /// How it is made.
    pub made: Made,
    /// Which way is better.
    pub better: Way,
    /// Over the period.
    pub now: Num,
    /// Over the period before; none for what is counted at a moment.
    pub last: Option<Num>,
    /// Over the same period of the year before.
    pub year: Option<Num>,
    /// How far the record reaches over the period before.
    #[serde(default, skip_serializing_if = "Cover::is_whole")]
    pub cover_last: Cover,
    /// How far it reaches over that of the year before.
    #[serde(default, skip_serializing_if = "Cover::is_whole")]
    pub cover_year: Cover,
    /// By key, largest first: name and number.
    pub list: Vec<(String, i64)>,
    /// Of each of the list, the number of the period before and of the year before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub was: Vec<(i64, i64)>,
    /// The page behind each of the list, where each has one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<String>,
}

/// A column of a table: title, share of the width, whether it holds numbers.
pub type Head = (String, u16, bool);

/// What a number in a table or chart is of: it opens to the events under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opens {
    /// The measure.
    pub measure: String,
    /// The unit.
    pub unit: UnitId,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// What it says.
    pub text: String,
    /// What it opens to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<Opens>,
}

/// A row of values in a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Points {
    /// What it is called.
    pub name: String,
    /// The values in hundredths, and what each is of.
    pub values: Vec<(Option<i64>, Opens)>,
}

/// A table or chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shown {
    /// A table.
    Table {
        /// What it shows.
        caption: String,
        /// Its columns.
        heads: Vec<Head>,
        /// Its rows.
        rows: Vec<Vec<Cell>>,
    },
    /// A chart.
    Chart {
        /// What it shows.
        caption: String,
        /// Lines rather than bars.
        lines: bool,
        /// What stands under each point.
        labels: Vec<String>,
        /// The values.
        series: Vec<Points>,
    },
}

impl Opens {
    /// The page with the cases; none where the days cannot be read.
    pub fn href(&self) -> Option<String> {
        let period = Period { from: self.from.parse().ok()?, to: self.to.parse().ok()? };
        Some(measures::cases_href(&self.measure, self.unit, &period))
    }
}

/// Everything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The unit.
    pub unit: UnitId,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// Words that templates may name.
    pub words: BTreeMap<String, String>,
    /// The day on which the record of the unit begins; none where there is none, or the report was made before this was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began: Option<String>,
    /// The place in the record up to which was counted.
    pub as_of: i64,
    /// When.
    pub taken_at: Time,
    /// The figures, by their source.
    pub figures: BTreeMap<String, Taken>,
    /// The tables and charts, by paragraph and name.
    pub shown: BTreeMap<String, Shown>,
}

impl Facts {
    /// The period.
    pub fn period(&self) -> Option<Period> {
        Some(Period { from: self.from.parse::<Date>().ok()?, to: self.to.parse::<Date>().ok()? })
    }

    /// Whether nothing at all was counted over the period, and nothing is open.
    pub fn is_empty(&self) -> bool {
        let counted = |key: &str| !key.starts_with("units:") && key != crate::take::UNMET;
        self.figures.iter().filter(|(key, _)| counted(key)).all(|(_, taken)| taken.now.num == 0 && taken.now.of().unwrap_or(0) == 0)
    }

    /// As they are kept and digested: the same facts are the same text.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Num {
    /// So many.
    pub fn count(num: i64) -> Num {
        Num { num, den: None, each: None }
    }

    /// How many people or cases a rate or a median is of; none for counts.
    pub fn of(self) -> Option<i64> {
        self.each.or(self.den)
    }

    /// In per cent, for a rate of something.
    pub fn percent(self) -> Option<f64> {
        let den = self.den.filter(|den| *den > 0)?;
        #[expect(clippy::cast_precision_loss, reason = "counts")]
        Some(self.num as f64 * 100.0 / den as f64)
    }
}
