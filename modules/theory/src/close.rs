//! What the passing of time does: sittings whose time is over are handed in as they stand, and a test that is over and
//! marked is closed, with its figures.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{Ctx, PersonId, UnitId};
use record::About;
use store::{Sql, StoreError, Tx, p, sql};
use web::{District, Fault, Tick};

use crate::by_unit::{self, Sum};
use crate::events::{TestClosed, TestId};
use crate::read::{self, TYPED_WITHIN, Test};
use crate::sit::{GRACE, Keys, SitError, finish_with};

/// The fewest people of whom figures are told: the k of the whole product for opinions and results.
pub const FEWEST: i64 = 10;

/// What is done again and again.
pub const TICK: Tick = Tick { name: "theory.close", every: 15, run };

/// How many sittings are handed in at once.
const AT_ONCE: i64 = 250;

/// By the index `attempt_open`.
const OVERDUE: &Sql = sql!("SELECT test, person, n FROM attempt WHERE submitted_at IS NULL AND ends_at < ?1 ORDER BY ends_at, id LIMIT ?2");
/// By the index `theory_test_by_state`.
const PAST: &Sql = sql!(
    "SELECT id FROM theory_test WHERE state = 'set' AND closes_at < ?1 AND enrolling IS NULL
       AND (on_paper = 0 OR typing_ended_at IS NOT NULL OR closes_at < ?2) ORDER BY closes_at"
);
/// By the primary key.
const UNDONE: &Sql = sql!("SELECT COUNT(*) FROM attempt WHERE test = ?1 AND score IS NULL");

/// A sitting: of which test, whose, which time.
pub type Sitting = (TestId, PersonId, i64);

/// Some sittings whose time is over and that nobody handed in.
///
/// # Errors
/// Only the store's.
pub fn overdue(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Sitting>, StoreError> {
    tx.all(OVERDUE, p![ctx.now.plus(-GRACE), AT_ONCE], |row| Ok((row.id(0)?, row.id(1)?, row.int(2)?)))
}

/// Hands these sittings in as they stand, and marks them.
///
/// # Errors
/// Only the store's.
pub fn hand_in(tx: &mut Tx, ctx: &Ctx, sittings: &[Sitting]) -> Result<(), StoreError> {
    let (mut tests, mut keys): (BTreeMap<TestId, Test>, Keys) = (BTreeMap::new(), Keys::new());
    for (id, person, n) in sittings {
        if !tests.contains_key(id)
            && let Some(test) = read::test(tx, *id)?
        {
            tests.insert(*id, test);
        }
        let Some(test) = tests.get(id) else { continue };
        match finish_with(tx, ctx, test, *person, *n, ("time", record::Actor::System), &mut keys) {
            Ok(()) | Err(SitError::Done) => {}
            Err(SitError::Store(error)) => return Err(error),
            Err(error) => return Err(StoreError::Other(format!("a sitting that is over: {error}"))),
        }
    }
    Ok(())
}

fn run(district: &Arc<District>) -> Result<(), Fault> {
    loop {
        let sittings = district.read_now(overdue)?;
        if sittings.is_empty() {
            break;
        }
        district.write_now(move |tx, ctx| hand_in(tx, ctx, &sittings))?;
    }
    let past: Vec<TestId> =
        district.read_now(|tx, ctx| tx.all(PAST, p![ctx.now.plus(-GRACE), ctx.now.plus(-TYPED_WITHIN)], |row| row.id(0)))?;
    for id in past {
        let ready = district.read_now(move |tx, _| ready(tx, id))?;
        if let Some((test, units)) = ready {
            district.write_now(move |tx, ctx| close(tx, ctx, &test, &units))?;
        }
    }
    Ok(())
}

/// Closes a test whose time is over and of which everything is marked, as the tick does; tells whether it did.
///
/// # Errors
/// Only the store's.
pub fn close_when_done(tx: &mut Tx, ctx: &Ctx, id: TestId) -> Result<bool, StoreError> {
    match ready(tx, id)? {
        Some((test, units)) if test.closes < ctx.now && !test.waits_for_sheets(ctx.now) && !test.enrolling => {
            close(tx, ctx, &test, &units).map(|()| true)
        }
        _ => Ok(false),
    }
}

/// What came of it by unit.
type Units = BTreeMap<UnitId, Sum>;

fn ready(tx: &mut Tx, id: TestId) -> Result<Option<(Test, Units)>, StoreError> {
    let undone: i64 = tx.one(UNDONE, p![id], |row| row.int(0))?;
    let Some(test) = read::test(tx, id)?.filter(|test| test.state == "set" && undone == 0) else { return Ok(None) };
    let units = by_unit::reckon(tx, &test)?;
    Ok(Some((test, units)))
}

const CLOSE: &Sql =
    sql!("UPDATE theory_test SET state = 'closed', sat = ?2, mean = ?3, spread = ?4, results_told = 0 WHERE id = ?1 AND state = 'set'");

fn close(tx: &mut Tx, ctx: &Ctx, test: &Test, units: &Units) -> Result<(), StoreError> {
    let figures = units.values().fold(Sum::default(), |all, one| all.with(*one)).figures();
    let enough = figures.sat >= FEWEST;
    let (mean, spread) = (enough.then_some(figures.mean), enough.then_some(figures.spread));
    if tx.exec(CLOSE, p![test.id, figures.sat, mean, spread])? != 1 {
        return Ok(());
    }
    by_unit::keep(tx, test.id, units)?;
    let facts = TestClosed {
        sat: figures.sat,
        mean,
        spread,
        sum: mean.map(|mean| mean * figures.sat),
        whole: enough.then_some(1_000 * figures.sat),
    };
    let about = About { occurred_at: ctx.now, actor: record::Actor::System, unit: Some(test.unit), subject: test.id.0, batch: None };
    record::append(tx, ctx, about, &facts)?;
    Ok(())
}
