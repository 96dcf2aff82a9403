//! A decision as a task: given, said to be done with evidence, looked at by whoever called the conference, given more time.

use base::{Ctx, Date, Id, Time, UnitId};
use people::Proof;
use record::{About, EventId, Facts, text_digest_hex};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{ConferenceId, ConferenceTaskConfirmed, ConferenceTaskGiven, ConferenceTaskMoved, ConferenceTaskReported, TaskId};
use crate::hold::{ConferenceError, text};
use crate::permissions::{CarryOut, Convene};
use crate::read::{self, Task};

/// The rule that says how long looking at it may take.
pub const CONFIRM: &str = "conferences.confirm";
/// The most photos of evidence.
pub const MOST_PHOTOS: usize = 6;

/// The end of a day at work.
pub fn end_of(day: Date) -> Time {
    Time::from_civil(day.at(17, 30, 0, 0))
}

fn about(ctx: &Ctx, actor: record::Actor, unit: UnitId, subject: Id) -> About {
    About { occurred_at: ctx.now, actor, unit: Some(unit), subject, batch: None }
}

/// A deadline that lies ahead: a day that a person chose, which no change of the working days moves.
fn ahead(ctx: &Ctx, day: Date) -> Result<Time, ConferenceError> {
    let due = end_of(day);
    if due <= ctx.now || due.since(ctx.now) > 3 * 366 * Time::DAY { Err(ConferenceError::Field("due")) } else { Ok(due) }
}

const INSERT: &Sql = sql!(
    "INSERT INTO conference_task (id, conference, by_unit, unit, text, salt, state, due_at, passed, v)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'open', ?7, 0, 1)"
);

/// Gives what was decided to a unit that took part, or keeps it for one's own.
///
/// # Errors
/// [`ConferenceError`].
pub fn give(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<Convene>,
    conference: ConferenceId,
    unit: UnitId,
    what: &str,
    day: Date,
) -> Result<TaskId, ConferenceError> {
    let held = read::conference(tx, conference)?.ok_or(ConferenceError::NotFound)?;
    let tree = people::tree(tx)?;
    // Who took over from a unit took part in its place.
    let caller = tree.heir(held.unit);
    if caller != who.unit() {
        return Err(ConferenceError::Denied);
    }
    let open = tree.get(unit).is_some_and(|unit| !unit.is_closed());
    if !open || (unit != caller && !held.units.iter().any(|part| tree.heir(*part) == unit)) {
        return Err(ConferenceError::Field("unit"));
    }
    let (what, due) = (text(what, "text")?, ahead(ctx, day)?);
    let (id, salt) = (ctx.id::<TaskId>(), ctx.salt());
    tx.exec(INSERT, p![id, conference, caller, unit, what.as_str(), &salt[..], due])?;
    let facts = ConferenceTaskGiven { conference, by: caller, due, text: text_digest_hex(&salt, &what) };
    record::append(tx, ctx, about(ctx, who.actor(), unit, id.0), &facts)?;
    Ok(id)
}

const STEP: &Sql = sql!("INSERT INTO conference_step (event, task, text, salt) VALUES (?1, ?2, ?3, ?4)");
const PHOTO: &Sql = sql!("INSERT INTO conference_photo (event, n, task, digest) VALUES (?1, ?2, ?3, ?4)");
const MOVE: &Sql =
    sql!("UPDATE conference_task SET state = ?4, due_at = ?5, passed = 0, v = v + 1 WHERE id = ?1 AND v = ?2 AND state = ?3");

fn step<F: Facts>(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: record::Actor,
    task: &Task,
    said: (&str, [u8; 16]),
    facts: &F,
) -> Result<EventId, StoreError> {
    let event = record::append(tx, ctx, about(ctx, actor, task.unit, task.id.0), facts)?;
    tx.exec(STEP, p![event, task.id, said.0, &said.1[..]])?;
    Ok(event)
}

/// Says that a task of one's own unit is done, with evidence.
///
/// # Errors
/// [`ConferenceError`].
pub fn report(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<CarryOut>,
    id: TaskId,
    v: i64,
    done: &str,
    photos: &[[u8; 32]],
) -> Result<(), ConferenceError> {
    let task = read::task(tx, id)?.ok_or(ConferenceError::NotFound)?;
    if who.unit() != task.unit {
        return Err(ConferenceError::Denied);
    }
    let done = text(done, "text")?;
    if photos.len() > MOST_PHOTOS {
        return Err(ConferenceError::Field("photo"));
    }
    let due = ctx.rules().deadline(CONFIRM, ctx.now).at;
    if tx.exec(MOVE, p![id, v, "open", "reported", due])? != 1 {
        return Err(ConferenceError::NotNow);
    }
    let salt = ctx.salt();
    let facts = ConferenceTaskReported {
        v: v + 1,
        in_time: ctx.now <= task.due,
        due,
        text: text_digest_hex(&salt, &done),
        photos: photos.iter().map(|digest| record::hex(digest)).collect(),
    };
    let event = step(tx, ctx, who.actor(), &task, (&done, salt), &facts)?;
    for (n, digest) in (0_i64..).zip(photos) {
        tx.exec(PHOTO, p![event, n, id, &digest[..]])?;
    }
    Ok(())
}

/// Looks at what was done: it is closed, or to be done by another day.
///
/// # Errors
/// [`ConferenceError`].
pub fn confirm(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<Convene>,
    id: TaskId,
    v: i64,
    again: Option<Date>,
    said: &str,
) -> Result<(), ConferenceError> {
    let task = read::task(tx, id)?.ok_or(ConferenceError::NotFound)?;
    if who.unit() != task.by {
        return Err(ConferenceError::Denied);
    }
    let said = text(said, "text")?;
    let due = again.map(|day| ahead(ctx, day)).transpose()?;
    let state = if due.is_some() { "open" } else { "closed" };
    if tx.exec(MOVE, p![id, v, "reported", state, due.unwrap_or(task.due)])? != 1 {
        return Err(ConferenceError::NotNow);
    }
    let salt = ctx.salt();
    let facts = ConferenceTaskConfirmed { v: v + 1, done: due.is_none(), due, text: text_digest_hex(&salt, &said) };
    step(tx, ctx, who.actor(), &task, (&said, salt), &facts)?;
    Ok(())
}

/// Gives the unit another day, with a reason that stays.
///
/// # Errors
/// [`ConferenceError`].
pub fn postpone(tx: &mut Tx, ctx: &Ctx, who: &Proof<Convene>, id: TaskId, v: i64, day: Date, why: &str) -> Result<(), ConferenceError> {
    let task = read::task(tx, id)?.ok_or(ConferenceError::NotFound)?;
    if who.unit() != task.by {
        return Err(ConferenceError::Denied);
    }
    let (why, due) = (text(why, "why")?, ahead(ctx, day)?);
    if tx.exec(MOVE, p![id, v, "open", "open", due])? != 1 {
        return Err(ConferenceError::NotNow);
    }
    let salt = ctx.salt();
    let facts = ConferenceTaskMoved { v: v + 1, due, text: text_digest_hex(&salt, &why) };
    step(tx, ctx, who.actor(), &task, (&why, salt), &facts)?;
    Ok(())
}
