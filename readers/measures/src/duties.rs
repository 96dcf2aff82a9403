//! Duties that rules set: met or unmet with their source. They stand beside a score and on dashboards, and reports tell what
//! was not met; never in points.

use base::rules::Rules;
use base::{Date, UnitId};
use people::Tree;
use record::measure::{Duty, Met};
use store::{StoreError, Tx};

use crate::period::Period;

/// How a duty stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// It was done as the rule says.
    Met,
    /// It was not.
    Unmet,
    /// Not yet, and there is time until this day.
    Open(Date),
}

/// A duty of a unit in a period.
#[derive(Clone, Debug)]
pub struct Owed {
    /// Which.
    pub duty: &'static Duty,
    /// How it stands.
    pub stands: Stands,
    /// How often what tells of it happened.
    pub n: i64,
    /// The document and article that set it.
    pub source: String,
    /// How sure we are of it, as packs have it.
    pub mark: base::rules::Mark,
}

/// The duties of a unit in a period, as they stand on a day.
///
/// # Errors
/// Only the store's.
pub fn of(tx: &mut Tx, rules: &Rules, tree: &Tree, unit: UnitId, period: &Period, today: Date) -> Result<Vec<Owed>, StoreError> {
    let mut all = Vec::new();
    for duty in owing(tree, unit) {
        let Some(rule) = rules.rule_on(duty.rule, period.to) else { continue };
        let n = count(tx, duty, unit, period)?;
        let stands = match duty.met {
            Met::Never => met(n == 0),
            Met::AtLeast(least) => met(n >= least),
            Met::AsOften => often(tx, duty, unit, period, today, (i64::from(rule.amount), rule.clock.every().unwrap_or(12)))?,
        };
        let source = format!("{}{}", rule.document, rule.article);
        all.push(Owed { duty, stands, n, source, mark: rule.mark });
    }
    Ok(all)
}

/// The duties that a unit owes: those of its level, and those of whoever has such things in hand.
pub fn owing(tree: &Tree, unit: UnitId) -> impl Iterator<Item = &'static Duty> {
    let level = tree.level(unit).map_or("", |level| level.code());
    crate::catalogue::duties().iter().copied().filter(move |duty| duty.levels.is_empty() || duty.levels.contains(&level))
}

impl Owed {
    /// Whether it was not met and the rule that sets it is sure enough to say so.
    pub fn is_unmet(&self) -> bool {
        self.stands == Stands::Unmet && self.mark.may_redden()
    }
}

fn met(yes: bool) -> Stands {
    if yes { Stands::Met } else { Stands::Unmet }
}

fn count(tx: &mut Tx, duty: &Duty, unit: UnitId, period: &Period) -> Result<i64, StoreError> {
    if duty.key.is_empty() {
        return Ok(crate::read::value(tx, duty.measure, unit, period)?.num);
    }
    let parts = crate::read::by_key(tx, duty.measure, unit, period)?;
    Ok(parts.into_iter().find(|(key, _)| key == duty.key).map_or(0, |(_, n)| n))
}

/// Whether it was done so often in each of the rule's own spans that the period touches: a month of a quarter is held
/// against its quarter. One that still runs is open, and one that failed is unmet whatever the others are.
fn often(tx: &mut Tx, duty: &Duty, unit: UnitId, period: &Period, today: Date, (least, months): (i64, u8)) -> Result<Stands, StoreError> {
    let span = |date: Date| match months {
        1 => Period::month_of(date),
        3 => Period::quarter_of(date),
        _ => Period::year_of(date),
    };
    let mut stands = Stands::Met;
    let mut at = span(period.from);
    while at.from <= period.to && at.from <= today {
        if count(tx, duty, unit, &at)? < least {
            if at.to < today {
                return Ok(Stands::Unmet);
            }
            stands = Stands::Open(at.to);
        }
        at = at.next();
    }
    Ok(stands)
}
