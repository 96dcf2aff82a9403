//! Duties that rules set, beside a score: met or unmet with their source, never in points.

use base::UnitId;
use base::rules::Rules;
use measures::Period;
use record::measure::{Duty, Met};
use store::{StoreError, Tx};

/// A duty of a unit in a period.
#[derive(Clone, Debug)]
pub struct Owed {
    /// Which.
    pub duty: &'static Duty,
    /// Whether it was met.
    pub met: bool,
    /// How often what tells of it happened.
    pub n: i64,
    /// The document and article that set it.
    pub source: String,
}

/// The duties of a unit in a period.
///
/// # Errors
/// Only the store's.
pub fn of(tx: &mut Tx, rules: &Rules, unit: UnitId, period: &Period) -> Result<Vec<Owed>, StoreError> {
    let mut all = Vec::new();
    for duty in measures::duties() {
        let Some(rule) = rules.rule(duty.rule) else { continue };
        let n = if duty.key.is_empty() {
            measures::value(tx, duty.measure, unit, period)?.num
        } else {
            let parts = measures::by_key(tx, duty.measure, unit, period)?;
            parts.into_iter().find(|(key, _)| key == duty.key).map_or(0, |(_, n)| n)
        };
        let met = match duty.met {
            Met::Never => n == 0,
            Met::AtLeast(least) => n >= least,
        };
        let source = format!("{}{}", rule.document, rule.article);
        all.push(Owed { duty, met, n, source });
    }
    Ok(all)
}
