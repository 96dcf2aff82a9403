//! What came of a closed test by the unit for which it was sat: kept when it is closed, so that whoever looks at its figures
//! reads as many rows as there are units and not as many as there are people. It follows from the seats and the sittings.

use std::collections::BTreeMap;

use base::UnitId;
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::TestId;
use crate::read::Test;

/// Scores added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Who was to sit it.
    pub enrolled: i64,
    /// Who has a score.
    pub sat: i64,
    /// Who of them passed.
    pub passed: i64,
    /// The best scores in tenths of a percent of the full marks.
    pub won: i64,
    /// Their squares.
    pub squares: i64,
}

/// How many sat, and tenths of a percent of mean and spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// How many sat.
    pub sat: i64,
    /// Tenths of a percent of the full marks, on average.
    pub mean: i64,
    /// The standard deviation.
    pub spread: i64,
}

impl Sum {
    /// Adds somebody, with their best score in tenths of a point where they have one.
    pub fn add(&mut self, test: &Test, best: Option<i64>) {
        self.enrolled += 1;
        if let Some(score) = best {
            let rate = score * 1_000 / test.full.max(1);
            self.sat += 1;
            self.passed += i64::from(test.passes(score));
            self.won += rate;
            self.squares += rate * rate;
        }
    }

    /// Both together.
    #[must_use]
    pub fn with(self, other: Sum) -> Sum {
        Sum {
            enrolled: self.enrolled + other.enrolled,
            sat: self.sat + other.sat,
            passed: self.passed + other.passed,
            won: self.won + other.won,
            squares: self.squares + other.squares,
        }
    }

    /// Mean and spread; nothing but noughts where nobody sat.
    pub fn figures(self) -> Figures {
        if self.sat == 0 {
            return Figures { sat: 0, mean: 0, spread: 0 };
        }
        let mean = self.won / self.sat;
        // The sum of the squares of what each is away from the mean.
        let away = self.squares - 2 * mean * self.won + self.sat * mean * mean;
        let spread = i64::try_from((away / self.sat).max(0).unsigned_abs().isqrt()).unwrap_or(0);
        Figures { sat: self.sat, mean, spread }
    }
}

/// By the primary keys.
const SEATS: &Sql =
    sql!("SELECT s.unit, (SELECT MAX(a.score) FROM attempt a WHERE a.test = s.test AND a.person = s.person) FROM seat s WHERE s.test = ?1");

/// Adds up what came of a test, from its seats and sittings.
///
/// # Errors
/// Only the store's.
pub fn reckon(tx: &mut Tx, test: &Test) -> Result<BTreeMap<UnitId, Sum>, StoreError> {
    let mut units: BTreeMap<UnitId, Sum> = BTreeMap::new();
    tx.each(SEATS, p![test.id], |row| {
        units.entry(row.id(0)?).or_default().add(test, row.opt_int(1)?);
        Ok(())
    })?;
    Ok(units)
}

const KEEP: &Sql = sql!("INSERT INTO test_unit (test, unit, enrolled, sat, passed, won, squares) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
/// By the primary key.
const KEPT: &Sql = sql!("SELECT unit, enrolled, sat, passed, won, squares FROM test_unit WHERE test = ?1 ORDER BY unit");

/// Keeps what was added up.
pub(crate) fn keep(tx: &mut Tx, test: TestId, units: &BTreeMap<UnitId, Sum>) -> Result<(), StoreError> {
    for (unit, sum) in units {
        tx.exec(KEEP, p![test, *unit, sum.enrolled, sum.sat, sum.passed, sum.won, sum.squares])?;
    }
    Ok(())
}

/// What was kept of a closed test, by unit.
///
/// # Errors
/// Only the store's.
pub fn kept(tx: &mut Tx, test: TestId) -> Result<Vec<(UnitId, Sum)>, StoreError> {
    tx.all(KEPT, p![test], |row| {
        let sum = Sum { enrolled: row.int(1)?, sat: row.int(2)?, passed: row.int(3)?, won: row.int(4)?, squares: row.int(5)? };
        Ok((row.id(0)?, sum))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sums_give_the_mean_and_spread_of_the_scores(rates in prop::collection::vec(0_i64..=1_000, 1..200)) {
            let count = i64::try_from(rates.len()).unwrap_or(1);
            let sum = rates.iter().fold(Sum::default(), |sum, rate| {
                sum.with(Sum { enrolled: 1, sat: 1, passed: 0, won: *rate, squares: rate * rate })
            });
            let mean = rates.iter().sum::<i64>() / count;
            let square = rates.iter().map(|rate| (rate - mean).pow(2)).sum::<i64>() / count;
            let figures = sum.figures();
            prop_assert_eq!((figures.sat, figures.mean), (count, mean));
            prop_assert_eq!(figures.spread, i64::try_from(square.unsigned_abs().isqrt()).unwrap_or(-1));
        }
    }
}
