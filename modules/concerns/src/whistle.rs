//! 吹哨报到: a town calls departments to a concern; each comes, does its part, and says whether it was rightly
//! called. Both sides are in the record: who came when, what each did, what the town called for.

use base::{Ctx, PersonId, Time, UnitId};
use people::{Actor as Somebody, Level, Proof, Tree};
use record::{About, Actor, EventId};
use store::{Sql, StoreError, Tx, p, sql};

use crate::concern::{Concern, ConcernId, Done, StepError, find, open, tell};
use crate::events::{ConcernArrivalPassed, ConcernArrived, ConcernCalled, ConcernPartDone, ConcernWhistleClosed, ConcernWhistled};
use crate::model::{Clocks, Due, NotNow, State, Step, rule};
use crate::permissions::{Handle, Whistle};
use crate::said::{Field, Invalid, LONGEST_NOTE, Part, Said, needed, optional};
use crate::sight;

/// The most units that one whistle calls.
pub const MOST: usize = 12;

/// The town's form.
#[derive(Clone, Debug)]
pub struct Call {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// The version that the form showed.
    pub v: i64,
    /// Who leads; one of the units.
    pub lead: UnitId,
    /// Who is called.
    pub units: Vec<UnitId>,
    /// What is asked of them.
    pub ask: String,
}

const PUT: &Sql = sql!("INSERT INTO concern_whistle (event, concern, town, lead, at) VALUES (?1, ?2, ?3, ?4, ?5)");
const PUT_CALLED: &Sql =
    sql!("INSERT INTO concern_called (whistle, unit, concern, due_at, due_rule, passed) VALUES (?1, ?2, ?3, ?4, ?5, 0)");
/// Walks `concern_whistle_by_concern`.
const OPEN: &Sql = sql!("SELECT event, town FROM concern_whistle WHERE concern = ?1 AND closed_at IS NULL ORDER BY event DESC LIMIT 1");
const CLOSE: &Sql = sql!("UPDATE concern_whistle SET closed_at = ?2 WHERE event = ?1 AND closed_at IS NULL");
const ARRIVE: &Sql =
    sql!("UPDATE concern_called SET arrived_at = ?3, arrived_by = ?4 WHERE whistle = ?1 AND unit = ?2 AND arrived_at IS NULL");
const PART: &Sql = sql!(
    "UPDATE concern_called SET done_at = ?3, done_by = ?4, warranted = ?5
     WHERE whistle = ?1 AND unit = ?2 AND arrived_at IS NOT NULL AND done_at IS NULL"
);

/// The whistle that is not closed yet, and who blew it.
pub(crate) fn open_whistle(tx: &mut Tx, concern: ConcernId) -> Result<Option<(EventId, UnitId)>, StoreError> {
    tx.opt(OPEN, p![concern], |row| Ok((EventId(row.id(0)?), row.id(1)?)))
}

/// Whether a post calls departments to this concern: its town's, its desk's, or the district's.
pub fn whistles(actor: &Somebody, tree: &Tree, concern: &Concern) -> Option<Proof<Whistle>> {
    if sight::is_hidden(actor, tree, concern) {
        return None;
    }
    actor.each::<Whistle>().find(|proof| fits(tree, proof, concern))
}

fn fits(tree: &Tree, who: &Proof<Whistle>, concern: &Concern) -> bool {
    tree.is_within(concern.now.desk, who.reach()) || concern.town.is_some_and(|town| tree.is_within(tree.heir(town), who.reach()))
}

/// Calls units. One whistle for a concern is open at a time.
///
/// # Errors
/// [`StepError`].
pub fn call(tx: &mut Tx, ctx: &Ctx, who: &Proof<Whistle>, input: &Call) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.whistle", who.person().bytes(), |tx| {
        let (concern, tree) = open(tx, who, &input.no, input.v)?;
        if !fits(&tree, who, &concern) {
            return Err(StepError::Denied);
        }
        let mut units = input.units.clone();
        units.sort_unstable();
        units.dedup();
        if units.len() > MOST {
            return Err(Invalid::TooLong(Field::Called, MOST).into());
        }
        if !units.contains(&input.lead) || units.iter().any(|unit| tree.level(*unit) != Some(Level::Department)) {
            return Err(Invalid::Unknown(Field::Called).into());
        }
        if open_whistle(tx, concern.id)?.is_some() {
            return Err(NotNow::Already.into());
        }
        let mut said = Said::default();
        said.open(ctx, Part::Note, needed(&input.ask, Field::Note, LONGEST_NOTE)?);
        concern.keeps_caller(tx, ctx, &tree, who, &said)?;
        let then = concern.after(tx, ctx, &tree, &Step::Whistle { units: units.clone() })?;
        let done = concern.save(tx, &tree, &then)?;
        let facts = ConcernWhistled { v: done.v, town: who.unit(), lead: input.lead, units: units.clone(), texts: said.texts() };
        let whistle = tell(tx, ctx, concern.id, who.actor(), Some(who.unit()), &facts, &said)?;
        tx.exec(PUT, p![whistle.0, concern.id, who.unit(), input.lead, ctx.now])?;
        for unit in units {
            let due = Clocks::due(ctx.rules(), rule::ARRIVE, ctx.now);
            tx.exec(PUT_CALLED, p![whistle.0, unit, concern.id, due.at, &due.rule])?;
            let facts = ConcernCalled { whistle, unit, due };
            tell(tx, ctx, concern.id, who.actor(), Some(unit), &facts, &Said::default())?;
        }
        Ok(done)
    })
}

/// The form of a unit that was called: that it came, or what it did.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// Which of the units that were called.
    pub unit: UnitId,
    /// A word to the town; what was done.
    pub note: Option<String>,
    /// Whether the unit was rightly called.
    pub warranted: bool,
}

/// The whistle for which a unit may act, and for whom.
fn called(tx: &mut Tx, ctx: &Ctx, who: &Proof<Handle>, no: &str, unit: UnitId) -> Result<(Concern, EventId, UnitId), StepError> {
    let concern = find(tx, no)?.ok_or(StepError::NotFound)?;
    let tree = people::tree(tx)?;
    if concern.is_hidden_from(tx, &tree, who.person(), who.unit())? {
        return Err(StepError::NotFound);
    }
    // What a whole district reaches is for reading: a unit comes by itself.
    if who.unit() != unit {
        return Err(StepError::Denied);
    }
    concern.is_unknown_to(tx, ctx, &tree, who.person())?;
    let (whistle, town) = open_whistle(tx, concern.id)?.ok_or(NotNow::NoCall)?;
    if !concern.now.is_open() {
        return Err(NotNow::State.into());
    }
    Ok((concern, whistle, town))
}

fn done(concern: &Concern) -> Done {
    let now = &concern.now;
    Done { no: concern.no.clone(), v: concern.v, state: now.state, holder: now.holder, due: now.due.clone() }
}

/// A unit says that it has come.
///
/// # Errors
/// [`StepError`].
pub fn arrive(tx: &mut Tx, ctx: &Ctx, who: &Proof<Handle>, input: &Answer) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.arrive", who.person().bytes(), |tx| {
        let (concern, whistle, _) = called(tx, ctx, who, &input.no, input.unit)?;
        let mut said = Said::default();
        said.maybe(ctx, Part::Note, optional(input.note.as_deref(), Field::Note, LONGEST_NOTE)?);
        let due = tx.opt(DUE, p![whistle.0, input.unit], |row| row.time(0))?.ok_or(NotNow::NoCall)?;
        if tx.exec(ARRIVE, p![whistle.0, input.unit, ctx.now, who.person()])? != 1 {
            return Err(NotNow::NoCall.into());
        }
        let facts = ConcernArrived { whistle, unit: input.unit, in_time: ctx.now <= due, texts: said.texts() };
        tell(tx, ctx, concern.id, who.actor(), Some(input.unit), &facts, &said)?;
        Ok(done(&concern))
    })
}

const DUE: &Sql = sql!("SELECT due_at FROM concern_called WHERE whistle = ?1 AND unit = ?2");

/// A unit says what it did, and whether it was rightly called.
///
/// # Errors
/// [`StepError`].
pub fn part(tx: &mut Tx, ctx: &Ctx, who: &Proof<Handle>, input: &Answer) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.part", who.person().bytes(), |tx| {
        let (concern, whistle, town) = called(tx, ctx, who, &input.no, input.unit)?;
        let mut said = Said::default();
        said.open(ctx, Part::Note, needed(input.note.as_deref().unwrap_or(""), Field::Note, LONGEST_NOTE)?);
        if tx.exec(PART, p![whistle.0, input.unit, ctx.now, who.person(), input.warranted])? != 1 {
            return Err(NotNow::NoCall.into());
        }
        let facts = ConcernPartDone { whistle, unit: input.unit, town, warranted: input.warranted, texts: said.texts() };
        tell(tx, ctx, concern.id, who.actor(), Some(input.unit), &facts, &said)?;
        Ok(done(&concern))
    })
}

/// The town's form by which a whistle ends.
#[derive(Clone, Debug)]
pub struct Close {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// What became of it.
    pub note: String,
}

/// Closes the whistle. Who has not come by then has not come.
///
/// # Errors
/// [`StepError`].
pub fn close(tx: &mut Tx, ctx: &Ctx, who: &Proof<Whistle>, input: &Close) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.whistle_close", who.person().bytes(), |tx| {
        let concern = find(tx, &input.no)?.ok_or(StepError::NotFound)?;
        let tree = people::tree(tx)?;
        if concern.is_hidden_from(tx, &tree, who.person(), who.unit())? {
            return Err(StepError::NotFound);
        }
        let (whistle, town) = open_whistle(tx, concern.id)?.ok_or(NotNow::NoCall)?;
        if !who.covers(&tree, town) {
            return Err(StepError::Denied);
        }
        let mut said = Said::default();
        said.open(ctx, Part::Note, needed(&input.note, Field::Note, LONGEST_NOTE)?);
        concern.keeps_caller(tx, ctx, &tree, who, &said)?;
        if tx.exec(CLOSE, p![whistle.0, ctx.now])? != 1 {
            return Err(NotNow::NoCall.into());
        }
        let facts = ConcernWhistleClosed { whistle, town, texts: said.texts() };
        tell(tx, ctx, concern.id, who.actor(), Some(town), &facts, &said)?;
        Ok(done(&concern))
    })
}

/// Walks `concern_called_late`. Nobody is late for what is answered already, or was taken back from who called.
const LATE: &Sql = sql!(
    "SELECT d.whistle, d.unit, d.concern, d.due_at, d.due_rule FROM concern_called d JOIN concern_whistle w ON w.event = d.whistle
     JOIN concern c ON c.id = d.concern
     WHERE d.arrived_at IS NULL AND d.passed = 0 AND d.due_at < ?1 AND w.closed_at IS NULL AND c.state IN ('dispatched', 'in_hand')
     ORDER BY d.due_at, d.whistle, d.unit LIMIT ?2"
);
const MARK: &Sql = sql!("UPDATE concern_called SET passed = 1 WHERE whistle = ?1 AND unit = ?2 AND passed = 0");

/// Records at most `limit` units that should have come and did not, and says how many.
///
/// # Errors
/// Only the store's.
pub fn pass_arrivals(tx: &mut Tx, ctx: &Ctx, limit: u32) -> Result<usize, StoreError> {
    let late = tx.all(LATE, p![ctx.now, limit], |row| {
        let due = Due { at: row.time(3)?, rule: row.text(4)?.to_owned() };
        Ok((EventId(row.id(0)?), row.id::<UnitId>(1)?, row.id::<ConcernId>(2)?, due))
    })?;
    let mut passed = 0;
    for (whistle, unit, concern, due) in late {
        if tx.exec(MARK, p![whistle.0, unit])? == 1 {
            let about = About { occurred_at: due.at, actor: Actor::System, unit: Some(unit), subject: concern.0, batch: None };
            record::append(tx, ctx, about, &ConcernArrivalPassed { whistle, unit, due })?;
            passed += 1;
        }
    }
    Ok(passed)
}

/// A unit that was called, as pages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// The whistle.
    pub whistle: EventId,
    /// Who called.
    pub town: UnitId,
    /// Whether this unit leads.
    pub leads: bool,
    /// When it was called.
    pub at: Time,
    /// The unit.
    pub unit: UnitId,
    /// Until when it comes.
    pub due: Due,
    /// Whether the record says that this passed without it.
    pub passed: bool,
    /// When it came.
    pub arrived_at: Option<Time>,
    /// Who came.
    pub arrived_by: Option<PersonId>,
    /// When its part was done.
    pub done_at: Option<Time>,
    /// Whether it says that it was rightly called.
    pub warranted: Option<bool>,
    /// When the town closed the whistle.
    pub closed_at: Option<Time>,
}

macro_rules! called_columns {
    () => {
        "w.event, w.town, w.lead, w.at, d.unit, d.due_at, d.due_rule, d.passed, d.arrived_at, d.arrived_by, d.done_at, d.warranted, \
         w.closed_at"
    };
}
pub(crate) use called_columns;

pub(crate) fn called_row(row: &store::Row, from: usize) -> Result<Called, StoreError> {
    let (lead, unit): (UnitId, UnitId) = (row.id(from + 2)?, row.id(from + 4)?);
    Ok(Called {
        whistle: EventId(row.id(from)?),
        town: row.id(from + 1)?,
        leads: lead == unit,
        at: row.time(from + 3)?,
        unit,
        due: Due { at: row.time(from + 5)?, rule: row.text(from + 6)?.to_owned() },
        passed: row.bool(from + 7)?,
        arrived_at: row.opt_time(from + 8)?,
        arrived_by: row.opt_id(from + 9)?,
        done_at: row.opt_time(from + 10)?,
        warranted: row.opt_int(from + 11)?.map(|n| n == 1),
        closed_at: row.opt_time(from + 12)?,
    })
}

/// Walks `concern_whistle_by_concern` and the primary key of `concern_called`.
const OF: &Sql = sql!(concat!(
    "SELECT ",
    called_columns!(),
    " FROM concern_whistle w JOIN concern_called d ON d.whistle = w.event WHERE w.concern = ?1 ORDER BY w.event, d.unit"
));

/// All units that were called to a concern, whistle by whistle, who leads first.
///
/// # Errors
/// Only the store's.
pub fn of(tx: &mut Tx, concern: ConcernId) -> Result<Vec<Called>, StoreError> {
    let mut found = tx.all(OF, p![concern], |row| called_row(row, 0))?;
    found.sort_by_key(|called| (called.whistle, !called.leads));
    Ok(found)
}

/// Proof for a unit that was called to the open whistle, and that unit.
pub fn is_called(actor: &Somebody, tree: &Tree, concern: &Concern, called: &[Called]) -> Option<(Proof<Handle>, UnitId)> {
    let apart = sight::is_hidden(actor, tree, concern) || sight::knows_caller(actor, tree, concern);
    if apart || !matches!(concern.now.state, State::Dispatched | State::InHand) {
        return None;
    }
    let open: Vec<&Called> = called.iter().filter(|called| called.closed_at.is_none() && called.done_at.is_none()).collect();
    actor
        .each::<Handle>()
        .find_map(|proof| open.iter().find(|called| called.unit == proof.unit()).map(|called| (proof.clone(), called.unit)))
}
