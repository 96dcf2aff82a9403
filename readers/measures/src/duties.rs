//! Duties that rules set: met or unmet with their source. They stand beside a score and on dashboards, and reports tell what
//! was not met; never in points.

use base::rules::{Rule, Rules};
use base::{Date, Time, UnitId};
use people::{Tree, TreeKind};
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
        let n = counts(tx, duty, &[unit], period)?.into_iter().next().unwrap_or(0);
        let Some(stands) = stands(tx, &Asked { duty, rule, tree, period, today }, &[unit])?.into_iter().next().flatten() else { continue };
        let source = format!("{}{}", rule.document, rule.article);
        all.push(Owed { duty, stands, n, source, mark: rule.mark });
    }
    Ok(all)
}

/// How the duties of their own level stand for many units, in the order of the units; a unit that owes nothing has none. What
/// was not met by a rule that only informs is not among them: it is counted against nobody. Each number is read for all at once.
///
/// # Errors
/// Only the store's.
pub fn of_all(
    tx: &mut Tx,
    rules: &Rules,
    tree: &Tree,
    units: &[UnitId],
    period: &Period,
    today: Date,
) -> Result<Vec<Vec<Stands>>, StoreError> {
    let mut all: Vec<Vec<Stands>> = units.iter().map(|_| Vec::new()).collect();
    for duty in crate::catalogue::duties().iter().filter(|duty| !duty.levels.is_empty()) {
        let Some(rule) = rules.rule_on(duty.rule, period.to) else { continue };
        let owing: Vec<usize> = (0..units.len()).filter(|at| units.get(*at).is_some_and(|unit| owes(tree, *unit, duty))).collect();
        let some: Vec<UnitId> = owing.iter().filter_map(|at| units.get(*at).copied()).collect();
        for (at, stands) in owing.iter().zip(stands(tx, &Asked { duty, rule, tree, period, today }, &some)?) {
            if let Some(mine) = all.get_mut(*at) {
                mine.extend(stands.filter(|stands| *stands != Stands::Unmet || rule.mark.may_redden()));
            }
        }
    }
    Ok(all)
}

/// Behind a duty's id: the measure that tells which units of its level owe it. Where one is declared, the duty is asked of those
/// for whom it had come to something by then (a branch that has a committee), and of nobody else.
const OWED: &str = "_owed";

/// Whether each of these units had what the duty is asked of by this day; all of them where that is asked of everybody.
fn asked_of(tx: &mut Tx, duty: &Duty, units: &[UnitId], by: Date) -> Result<Vec<bool>, StoreError> {
    let Some(measure) = crate::find(&format!("{}{OWED}", duty.id)) else { return Ok(vec![true; units.len()]) };
    let ever = Period::between(Date::constant(1970, 1, 1), by);
    let table = crate::read::by_unit(tx, &[measure.id], units, &ever)?;
    Ok(table.iter().map(|row| row.first().is_some_and(|value| value.num > 0)).collect())
}

/// The duties that a unit owes: those of its level, and, in the tree of the four levels, those of whoever has such things in
/// hand, which a Party organisation never has.
pub fn owing(tree: &Tree, unit: UnitId) -> impl Iterator<Item = &'static Duty> {
    crate::catalogue::duties().iter().copied().filter(move |duty| owes(tree, unit, duty))
}

fn owes(tree: &Tree, unit: UnitId, duty: &Duty) -> bool {
    let Some(level) = tree.level(unit) else { return false };
    if duty.levels.is_empty() { level.tree() == TreeKind::Admin } else { duty.levels.contains(&level.code()) }
}

/// The rules of this family that no module of the program tells anything of: they are named rather than held against anybody.
pub fn untold<'a>(rules: &'a Rules, family: &str, on: Date) -> Vec<&'a Rule> {
    let told = |rule: &Rule| crate::catalogue::duties().iter().any(|duty| duty.rule == &*rule.id);
    rules.all_on(on).into_iter().filter(|rule| rule.id.starts_with(family) && !told(rule)).collect()
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

/// How often what tells of a duty happened, for each of these units.
fn counts(tx: &mut Tx, duty: &Duty, units: &[UnitId], period: &Period) -> Result<Vec<i64>, StoreError> {
    if duty.key.is_empty() {
        let table = crate::read::by_unit(tx, &[duty.measure], units, period)?;
        return Ok(table.iter().map(|row| row.first().map_or(0, |value| value.num)).collect());
    }
    let of = |unit: &UnitId| {
        let parts = crate::read::by_key(tx, duty.measure, *unit, period)?;
        Ok(parts.into_iter().find(|(key, _)| key == duty.key).map_or(0, |(_, n)| n))
    };
    units.iter().map(of).collect()
}

/// A duty, the rule that sets it, and when it is asked about.
struct Asked<'a> {
    duty: &'a Duty,
    rule: &'a Rule,
    tree: &'a Tree,
    period: &'a Period,
    today: Date,
}

/// How a duty stands for each of these units; nothing for one that was not there to do it.
fn stands(tx: &mut Tx, asked: &Asked<'_>, units: &[UnitId]) -> Result<Vec<Option<Stands>>, StoreError> {
    let done = |n: i64| match asked.duty.met {
        Met::AtLeast(least) => n >= least,
        Met::Never | Met::AsOften => n == 0,
    };
    if asked.duty.met == Met::AsOften {
        return often(tx, asked, units);
    }
    Ok(counts(tx, asked.duty, units, asked.period)?.into_iter().map(|n| Some(met(done(n)))).collect())
}

/// Whether it was done so often in each of the rule's own spans that the period touches: a month of a quarter is held
/// against its quarter. One that still runs is open, and one that failed is unmet whatever the others are. A span that is over
/// asks nothing of a unit that was not there from its first day to its last, or of which it was not asked then.
fn often(tx: &mut Tx, asked: &Asked<'_>, units: &[UnitId]) -> Result<Vec<Option<Stands>>, StoreError> {
    let Asked { duty, rule, tree, period, today } = *asked;
    let least = i64::from(rule.amount);
    let span = |date: Date| match rule.clock.every().unwrap_or(12) {
        1 => Period::month_of(date),
        3 => Period::quarter_of(date),
        _ => Period::year_of(date),
    };
    let mut at = span(period.from);
    let mut all: Vec<Option<Stands>> = vec![None; units.len()];
    while at.from <= period.to && at.from <= today {
        let (first, last) = (Time::from_civil(at.from.at(23, 59, 59, 0)), Time::from_civil(at.to.at(23, 59, 59, 0)));
        // Who had it as the span began and as it ended, as it is with units that come and go.
        let (had, has) = (asked_of(tx, duty, units, at.from)?, asked_of(tx, duty, units, at.to.min(today))?);
        let counted = counts(tx, duty, units, &at)?;
        for ((((stands, unit), n), had), has) in all.iter_mut().zip(units).zip(counted).zip(had).zip(has) {
            let there = |at: Time| tree.get(*unit).is_some_and(|unit| unit.existed_at(at));
            let found = match (n >= least, at.to < today) {
                (true, _) => Stands::Met,
                (false, true) if had && has && there(first) && there(last) => Stands::Unmet,
                (false, false) if has && there(last) => Stands::Open(at.to),
                (false, _) => continue,
            };
            // What failed stays failed, and what is open is not met by an earlier span.
            if *stands != Some(Stands::Unmet) && !(found == Stands::Met && stands.is_some()) {
                *stands = Some(found);
            }
        }
        at = at.next();
    }
    Ok(all)
}
