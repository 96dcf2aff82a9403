//! Scoring: what was counted, through a scheme's formulas, into points, a total and a band.
//!
//! An item of too few answers is shown and not scored; a unit of which less than half can be scored, by
//! weight, has no band. Nothing here looks at a clock or a table: the same counts give the same score for ever.

use std::collections::HashMap;

use base::UnitId;
use measures::{Period, Value};
use record::measure::{Kind, Measure};
use serde::{Deserialize, Serialize};
use store::{StoreError, Tx};

use crate::scheme::{Bands, Scheme};

/// A band. There is no rank beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Band {
    /// 好
    Good,
    /// 较好
    Fair,
    /// 一般
    Middling,
    /// 需改进
    Improve,
}

impl Band {
    /// As it stands in the store.
    pub fn code(self) -> &'static str {
        match self {
            Band::Good => "good",
            Band::Fair => "fair",
            Band::Middling => "middling",
            Band::Improve => "improve",
        }
    }

    /// From [`Band::code`].
    pub fn parse(code: &str) -> Option<Band> {
        [Band::Good, Band::Fair, Band::Middling, Band::Improve].into_iter().find(|band| band.code() == code)
    }

    fn of(bands: &Bands, total: i64) -> Band {
        if total >= bands.good * 100 {
            Band::Good
        } else if total >= bands.fair * 100 {
            Band::Fair
        } else if total >= bands.middling * 100 {
            Band::Middling
        } else {
            Band::Improve
        }
    }
}

/// What a unit's score is made of.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// What was counted, in the order of [`Plan::bases`].
    pub raw: Vec<i64>,
    /// The points of each item in hundredths; none where it was not scored.
    pub points: Vec<Option<i64>>,
}

/// A unit's score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Whose.
    pub unit: UnitId,
    /// In hundredths of a point; none where nothing could be scored.
    pub total: Option<i64>,
    /// The band of that.
    pub band: Option<Band>,
    /// What it is made of.
    pub counts: Counts,
}

/// Where a measure's number is found among what was counted.
#[derive(Clone, Copy, Debug)]
enum Var {
    Count(usize),
    /// Above the line, below it, and what counts its n.
    Rate(usize, usize, usize),
}

/// A scheme laid out for scoring many units.
#[derive(Debug)]
pub struct Plan<'a> {
    scheme: &'a Scheme,
    bases: Vec<&'static str>,
    /// The variables of each item's formula.
    vars: Vec<Vec<Var>>,
}

impl<'a> Plan<'a> {
    /// Of a scheme.
    pub fn of(scheme: &'a Scheme) -> Plan<'a> {
        let mut bases: Vec<&'static str> = Vec::new();
        let mut place = |id: &'static str| {
            bases.iter().position(|known| *known == id).unwrap_or_else(|| {
                bases.push(id);
                bases.len() - 1
            })
        };
        let mut var = |measure: &&'static Measure| match measure.kind {
            Kind::Rate { num, den } => Var::Rate(place(num), place(den), place(measure.each.unwrap_or(den))),
            _ => Var::Count(place(measure.id)),
        };
        let vars = scheme.formulas.iter().map(|formula| formula.measures.iter().map(&mut var).collect()).collect();
        Plan { scheme, bases, vars }
    }

    /// The counts that are read for each unit.
    pub fn bases(&self) -> &[&'static str] {
        &self.bases
    }

    /// What a measure of an item comes to.
    pub fn value(&self, raw: &[i64], item: usize, measure: usize) -> Value {
        let at = |n: usize| raw.get(n).copied().unwrap_or(0);
        match self.vars.get(item).and_then(|vars| vars.get(measure)) {
            Some(Var::Count(n)) => Value::count(at(*n)),
            Some(Var::Rate(num, den, n)) => Value { each: (n != den).then(|| at(*n)), ..Value::rate_of(at(*num), at(*den)) },
            None => Value::default(),
        }
    }

    /// How many answers an item rests on: the fewest of its rates; none where it has no rate.
    pub fn n(&self, raw: &[i64], item: usize) -> Option<i64> {
        let at = |n: usize| raw.get(n).copied().unwrap_or(0);
        let dens = self.vars.get(item).into_iter().flatten().filter_map(|var| match var {
            Var::Rate(_, _, n) => Some(at(*n)),
            Var::Count(_) => None,
        });
        dens.min()
    }

    /// The score of a unit.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "counts, and points from 0 to 100")]
    pub fn score(&self, unit: UnitId, raw: Vec<i64>) -> Line {
        let at = |n: usize| raw.get(n).copied().unwrap_or(0) as f64;
        let mut values: Vec<f64> = Vec::new();
        let mut points = Vec::with_capacity(self.vars.len());
        let (mut sum, mut weights) = (0_i64, 0_i64);
        for (n, vars) in self.vars.iter().enumerate() {
            let enough = self.n(&raw, n).is_none_or(|n| n >= self.scheme.says.few);
            values.clear();
            values.extend(vars.iter().map(|var| match var {
                Var::Count(n) => at(*n),
                Var::Rate(num, den, _) => at(*num) / at(*den),
            }));
            let formula = self.scheme.formulas.get(n).filter(|_| enough);
            let mine = formula.and_then(|formula| formula.value(&values)).map(|value| (value.clamp(0.0, 100.0) * 100.0).round() as i64);
            if let (Some(mine), Some(item)) = (mine, self.scheme.says.items.get(n)) {
                sum += mine * item.weight;
                weights += item.weight;
            }
            points.push(mine);
        }
        // Half a hundredth goes up, as people round.
        let total = (weights > 0).then(|| (sum * 2 + weights) / (weights * 2));
        // A band from less than half of what the scheme weighs would say more than is known.
        let whole: i64 = self.scheme.says.items.iter().map(|item| item.weight).sum();
        let band = total.filter(|_| weights * 2 >= whole).map(|total| Band::of(&self.scheme.says.bands, total));
        Line { unit, total, band, counts: Counts { raw, points } }
    }

    /// The scores of units as they stand, less what was taken out of the count after an appeal.
    ///
    /// # Errors
    /// Only the store's.
    pub fn lines(&self, tx: &mut Tx, units: &[UnitId], period: &Period, out: &Excluded) -> Result<Vec<Line>, StoreError> {
        let rows = measures::by_unit(tx, &self.bases, units, period)?;
        let lines = units.iter().zip(rows).map(|(unit, values)| {
            let taken = |id: &'static str| out.get(&(*unit, id)).copied().unwrap_or(0);
            let raw = values.iter().zip(&self.bases).map(|(value, id)| if out.is_empty() { value.num } else { value.num - taken(id) });
            self.score(*unit, raw.collect())
        });
        Ok(lines.collect())
    }
}

/// What no longer counts, by unit and measure.
pub type Excluded = HashMap<(UnitId, &'static str), i64>;
