//! Which working days hold, one version after the other.

use std::collections::BTreeMap;

use base::calendar::{Calendar, Year};
use base::{Ctx, Date, Id};
use record::{About, Actor, BadFacts, Cell, Difference, Event, Facts, Fold, KindInfo, Why, cells};
use serde::{Deserialize, Serialize};
use store::{Sql, StoreError, Tx, p, sql};

/// Walks the primary key from its end.
const LATEST: &Sql = sql!("SELECT v, edition, years FROM working_days ORDER BY v DESC LIMIT 1");
const OF: &Sql = sql!("SELECT years FROM working_days WHERE v = ?1");
const PUT: &Sql = sql!("INSERT INTO working_days (v, edition, years, held_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (v) DO NOTHING");
/// Walks the primary key.
const ALL: &Sql = sql!("SELECT v, edition, years, held_at FROM working_days ORDER BY v");

/// From now on other working days hold; the subject is nothing else's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkingDaysHeld {
    /// Which version, from 1.
    pub v: i64,
    /// Of which edition of the tables in files.
    pub edition: i64,
    /// As [`written`].
    pub years: String,
}

impl Facts for WorkingDaysHeld {
    const KIND: &'static str = "WorkingDaysHeld";
    const V: i64 = 1;
}

/// The kind.
pub const KIND: KindInfo = KindInfo::of::<WorkingDaysHeld>();

web::texts! {
    /// What the event is called in the audit.
    pub(crate) KindTexts;
    held: "启用工作日安排", "Working days that hold";
}

/// See [`web::Module::audited`].
pub fn audited(lang: web::Lang, kind: &str) -> Option<web::Audited> {
    (kind == WorkingDaysHeld::KIND).then(|| web::Audited { name: KindTexts::of(lang).held, log: None })
}

/// The tables of a calendar as text, by which it is known again.
pub fn written(calendar: &Calendar) -> String {
    let days = |days: &[Date]| days.iter().map(Date::to_string).collect::<Vec<_>>().join(",");
    calendar.years().map(|year| format!("{};{};{}", year.year, days(&year.off), days(&year.work))).collect::<Vec<_>>().join("\n")
}

/// The calendar of such a text.
fn read(text: &str) -> Calendar {
    let days = |days: &str| days.split(',').filter_map(|day| day.parse().ok()).collect();
    let years = text.lines().filter_map(|line| {
        let mut parts = line.split(';');
        let year = parts.next()?.parse().ok()?;
        let (off, work) = (days(parts.next()?), days(parts.next()?));
        Some(Year { year, document: String::new(), provisional: false, off, work })
    });
    Calendar::new(&years.collect::<Vec<_>>())
}

/// The version that holds.
pub(crate) fn latest(tx: &mut Tx) -> Result<Option<i64>, StoreError> {
    tx.opt(LATEST, p![], |row| row.int(0))
}

/// The working days of a version.
pub(crate) fn of(tx: &mut Tx, v: i64) -> Result<Calendar, StoreError> {
    tx.one(OF, p![v], |row| Ok(read(row.text(0)?)))
}

/// Lets the working days of these rules hold from now on, where they are others than those that do.
///
/// `adopted` says whether this process has taken up what was brought in; one that has not, or that has an older edition of the
/// tables in files than the days that hold, changes nothing, so that processes of two programs do not count against each other
/// while one takes the place of the other. `plain` gives the days of the files alone, by which everything was counted before
/// the first version was noted: what was brought in until then is a change like any later one.
///
/// # Errors
/// Only the store's.
pub fn hold(tx: &mut Tx, ctx: &Ctx, adopted: bool, plain: impl FnOnce() -> Calendar) -> Result<(), StoreError> {
    let (now, edition) = (written(ctx.rules().calendar()), ctx.rules().edition());
    let latest = tx.opt(LATEST, p![], |row| Ok((row.int(0)?, row.int(1)?, row.text(2)?.to_owned())))?;
    let (v, held_edition, years) = match latest {
        Some(latest) => latest,
        None => {
            let years = written(&plain());
            put(tx, ctx, 1, edition, &years)?;
            (1, edition, years)
        }
    };
    if years != now && adopted && edition >= held_edition {
        put(tx, ctx, v + 1, edition, &now)?;
    }
    Ok(())
}

fn put(tx: &mut Tx, ctx: &Ctx, v: i64, edition: i64, years: &str) -> Result<(), StoreError> {
    // Another process may have been quicker.
    if tx.exec(PUT, p![v, edition, years, ctx.now])? == 1 {
        let about = About { occurred_at: ctx.now, actor: Actor::System, unit: None, subject: ctx.id::<Id>(), batch: None };
        record::append(tx, ctx, about, &WorkingDaysHeld { v, edition, years: years.to_owned() })?;
    }
    Ok(())
}

/// A new fold, for a list of them.
pub fn fold() -> Box<dyn Fold> {
    Box::new(Versions::default())
}

#[derive(Default)]
struct Versions(BTreeMap<i64, Vec<Cell>>);

impl Fold for Versions {
    fn apply(&mut self, event: &Event) -> Result<(), BadFacts> {
        if event.is::<WorkingDaysHeld>() {
            let f: WorkingDaysHeld = event.facts()?;
            if self.0.insert(f.v, cells![f.edition, f.years, event.occurred_at]).is_some() {
                return Err(event.bad(Why::Before));
            }
        }
        Ok(())
    }

    fn compare(&self, tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
        let rows = tx.all(ALL, p![], |row| Ok((row.int(0)?, cells![row.int(1)?, row.text(2)?, row.time(3)?])))?;
        let (stands, mut found) = (rows.into_iter().collect(), Vec::new());
        record::differ("working_days", &["edition", "years", "held_at"], i64::to_string, Vec::clone, &self.0, &stands, &mut found);
        Ok(found)
    }
}
