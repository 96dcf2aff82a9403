//! What a report stands on: every figure with those of the period before and of the year before, every table and chart, as they
//! were when the report was made. A finished report names the digest of this.

use std::collections::BTreeMap;

use base::{Date, Time, UnitId};
use measures::Period;
use serde::{Deserialize, Serialize};

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
    /// By key, largest first: name and number.
    pub list: Vec<(String, i64)>,
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

impl Taken {
    /// Whether a rate or median is of too few to be told.
    pub fn few(&self, num: Num) -> bool {
        num.of().is_some_and(|n| n < measures::FEW)
    }

    /// As a number to compare: a rate in per cent. None where there is nothing, or too little.
    pub fn number(&self, num: Num) -> Option<f64> {
        if self.few(num) {
            return None;
        }
        match self.made {
            Made::Rate => num.percent(),
            #[expect(clippy::cast_precision_loss, reason = "counts")]
            Made::Count | Made::Median | Made::Named => Some(num.num as f64),
        }
    }

    /// Whether there is something to tell.
    pub fn given(&self) -> bool {
        match self.made {
            Made::Count | Made::Named => self.now.num != 0 || !self.list.is_empty(),
            Made::Rate | Made::Median => !self.few(self.now),
        }
    }

    /// How it moved against the year before: above 0 when it rose. None where the two cannot be compared.
    pub fn moved(&self, before: Option<Num>) -> Option<f64> {
        let before = before?;
        if before.num == 0 && before.den.is_none() {
            return None;
        }
        Some(self.number(self.now)? - self.number(before)?)
    }

    /// Whether it went the wrong way: against the year before, or where that cannot be told, against the period before.
    pub fn worse(&self) -> bool {
        let moved = self.moved(self.year).or_else(|| self.moved(self.last)).unwrap_or(0.0);
        match self.better {
            Way::Up => moved < -0.05,
            Way::Down => moved > 0.05,
            Way::None => false,
        }
    }

    /// With its unit: 1,234件, 97.2%.
    pub fn whole(&self, num: Num) -> String {
        match self.made {
            Made::Rate if self.few(num) => "样本不足".to_owned(),
            Made::Rate => num.percent().map_or_else(|| "—".to_owned(), |p| format!("{p:.1}%")),
            Made::Median if self.few(num) => "样本不足".to_owned(),
            Made::Count | Made::Median | Made::Named => format!("{}{}", grouped(num.num), self.unit),
        }
    }

    /// The number alone.
    pub fn bare(&self, num: Num) -> String {
        match self.made {
            Made::Rate => self.whole(num),
            Made::Count | Made::Median | Made::Named => grouped(num.num),
        }
    }

    /// The change in words: 比上年同期增长12.3%.
    pub fn change(&self, before: Option<Num>, than: &str) -> String {
        let Some(before) = before else { return format!("{than}无可比数据") };
        let (Some(now), Some(was)) = (self.number(self.now), self.number(before)) else {
            return format!("样本较少，不与{than}比较");
        };
        let moved = now - was;
        match self.made {
            Made::Rate if moved.abs() < 0.05 => format!("与{than}持平"),
            Made::Rate => format!("比{than}{}{:.1}个百分点", if moved > 0.0 { "提高" } else { "下降" }, moved.abs()),
            Made::Median if moved == 0.0 => format!("与{than}持平"),
            Made::Median => format!("比{than}{}{:.0}{}", if moved > 0.0 { "延长" } else { "缩短" }, moved.abs(), self.unit),
            Made::Count | Made::Named if was == 0.0 => format!("{than}没有记录"),
            Made::Count | Made::Named if (moved / was * 100.0).abs() < 0.05 => format!("与{than}持平"),
            Made::Count | Made::Named => {
                format!("比{than}{}{:.1}%", if moved > 0.0 { "增长" } else { "下降" }, (moved / was * 100.0).abs())
            }
        }
    }
}

/// With a comma after each three digits.
pub fn grouped(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::from(if n < 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(made: Made, now: (i64, Option<i64>), year: Option<(i64, Option<i64>)>) -> Taken {
        let num = |(num, den)| Num { num, den, each: None };
        Taken {
            title: "甲".into(),
            unit: "件".into(),
            made,
            better: if made == Made::Rate { Way::Up } else { Way::Down },
            now: num(now),
            last: None,
            year: year.map(num),
            list: Vec::new(),
            pages: Vec::new(),
        }
    }

    #[test]
    fn figures_read_as_people_write_them() {
        let count = taken(Made::Count, (1_234_567, None), Some((1_000_000, None)));
        assert_eq!(count.whole(count.now), "1,234,567件");
        assert_eq!(count.change(count.year, "上年同期"), "比上年同期增长23.5%");
        assert!(count.worse());
        assert_eq!(taken(Made::Count, (5, None), Some((0, None))).change(Some(Num::count(0)), "上期"), "上期没有记录");
        let rate = taken(Made::Rate, (90, Some(100)), Some((95, Some(100))));
        assert_eq!(rate.whole(rate.now), "90.0%");
        assert_eq!(rate.change(rate.year, "上年同期"), "比上年同期下降5.0个百分点");
        assert!(rate.worse());
    }

    #[test]
    fn points_of_few_people_are_few() {
        let rate = taken(Made::Rate, (700, Some(1_000)), None);
        let of = |each| Taken { now: Num { each: Some(each), ..rate.now }, ..rate.clone() };
        assert!(rate.given() && of(10).given() && !of(9).given());
        assert_eq!((of(10).whole(of(10).now), of(9).whole(of(9).now)), ("70.0%".to_owned(), "样本不足".to_owned()));
        // What was kept before a rate had an n of its own reads as it did.
        assert_eq!(serde_json::from_str::<Num>("{\"num\":1,\"den\":2}").unwrap(), Num { num: 1, den: Some(2), each: None });
        assert_eq!(serde_json::to_string(&rate.now).unwrap(), "{\"num\":700,\"den\":1000}");
    }

    #[test]
    fn too_few_are_not_compared() {
        let rate = taken(Made::Rate, (1, Some(2)), Some((95, Some(100))));
        assert_eq!(rate.whole(rate.now), "样本不足");
        assert!(!rate.given() && !rate.worse());
        assert!(rate.change(rate.year, "上年同期").contains("样本较少"));
    }
}
