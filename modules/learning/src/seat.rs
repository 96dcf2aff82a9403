//! Seats of a class: taken while there are some, then a waiting list in the order of asking; leave from a day.
//!
//! The row of the class is what concurrent requests meet at: a seat is taken by moving its count, so that no two get
//! the last one, whichever engine it is and however many ask at once.

use base::{Ctx, PersonId};
use people::{Proof, Tree};
use record::text_digest_hex;
use store::{Sql, StoreError, Tx, p, sql};

use crate::class::owned;
use crate::events::{ClassLeaveAsked, ClassLeaveDecided, ClassSeatGiven, ClassSeatLeft, ClassSeatTaken};
use crate::model::{ClassId, ClassState, DayId, LONGEST_REMARK, LeaveState, SeatState};
use crate::operate::{LearnError, about, line};
use crate::permissions::{Learn, Teach};
use crate::read;

/// By the primary key.
const TICKET: &Sql = sql!("UPDATE training_class SET tickets = tickets + 1 WHERE id = ?1 AND state = 'open'");
/// By the primary key.
const TAKE: &Sql = sql!("UPDATE training_class SET taken = taken + 1 WHERE id = ?1 AND taken < quota");
/// By the primary key.
const GIVE_BACK: &Sql = sql!("UPDATE training_class SET taken = taken - 1 WHERE id = ?1 AND taken > 0");
const SEAT: &Sql = sql!(
    "INSERT INTO class_seat (class, person, state, ticket) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (class, person) DO UPDATE SET state = excluded.state, ticket = excluded.ticket"
);
/// By the primary key.
const SET: &Sql = sql!("UPDATE class_seat SET state = ?3 WHERE class = ?1 AND person = ?2 AND state = ?4");
/// By the index `class_seat_waiting`.
const FIRST_WAITING: &Sql = sql!("SELECT person FROM class_seat WHERE class = ?1 AND state = 'waiting' ORDER BY ticket LIMIT 1");

/// Take a seat, or a place on the waiting list.
///
/// # Errors
/// [`LearnError`].
pub fn join(tx: &mut Tx, ctx: &Ctx, who: &Proof<Learn>, tree: &Tree, units: &[base::UnitId], id: ClassId) -> Result<SeatState, LearnError> {
    let class = read::class(tx, id)?.ok_or(LearnError::NotFound)?;
    if !class.is_open_to(tree, units) {
        return Err(LearnError::Denied);
    }
    if class.state != ClassState::Open || ctx.now > class.join_until {
        return Err(LearnError::NotNow);
    }
    let person = who.person();
    // Asked for twice, taken once.
    if let Some(seat) = read::seat(tx, id, person)?.filter(|seat| seat.state != SeatState::Left) {
        return Ok(seat.state);
    }
    if tx.exec(TICKET, p![id])? != 1 {
        return Err(LearnError::NotNow);
    }
    let ticket = read::class(tx, id)?.ok_or(LearnError::NotFound)?.tickets;
    let state = if tx.exec(TAKE, p![id])? == 1 { SeatState::In } else { SeatState::Waiting };
    tx.exec(SEAT, p![id, person, state.code(), ticket])?;
    let facts = ClassSeatTaken { ticket, waiting: state == SeatState::Waiting };
    record::append(tx, ctx, about(ctx, who.actor(), None, id.0), &facts)?;
    Ok(state)
}

/// Give a seat back; the first on the waiting list gets it in the same transaction.
///
/// # Errors
/// [`LearnError`].
pub fn leave(tx: &mut Tx, ctx: &Ctx, who: &Proof<Learn>, id: ClassId) -> Result<(), LearnError> {
    let class = read::class(tx, id)?.ok_or(LearnError::NotFound)?;
    let seat = read::seat(tx, id, who.person())?.ok_or(LearnError::NoSeat)?;
    let began = read::days(tx, id)?.first().is_some_and(|day| ctx.now >= day.starts);
    if class.state != ClassState::Open || began {
        return Err(LearnError::NotNow);
    }
    if seat.state == SeatState::Left || tx.exec(SET, p![id, who.person(), SeatState::Left.code(), seat.state.code()])? != 1 {
        return Err(LearnError::NoSeat);
    }
    record::append(tx, ctx, about(ctx, who.actor(), None, id.0), &ClassSeatLeft {})?;
    if seat.state == SeatState::In {
        tx.exec(GIVE_BACK, p![id])?;
        pass_on(tx, ctx, id)?;
    }
    Ok(())
}

/// The first on the waiting list gets a free seat; says whether there were both.
pub(crate) fn pass_on(tx: &mut Tx, ctx: &Ctx, id: ClassId) -> Result<bool, StoreError> {
    let Some(next) = tx.opt(FIRST_WAITING, p![id], |row| row.id::<PersonId>(0))? else { return Ok(false) };
    if tx.exec(TAKE, p![id])? != 1 {
        return Ok(false);
    }
    tx.exec(SET, p![id, next, SeatState::In.code(), SeatState::Waiting.code()])?;
    record::append(tx, ctx, about(ctx, record::Actor::System, None, id.0), &ClassSeatGiven { person: next })?;
    Ok(true)
}

const ASK: &Sql = sql!(
    "INSERT INTO class_leave (day, person, reason, salt, state) VALUES (?1, ?2, ?3, ?4, 'asked') ON CONFLICT (day, person) DO NOTHING"
);
/// By the primary key.
const DECIDE: &Sql = sql!("UPDATE class_leave SET state = ?3 WHERE day = ?1 AND person = ?2 AND state = 'asked'");

/// Ask for leave from a day that is not over.
///
/// # Errors
/// [`LearnError`].
pub fn ask_leave(tx: &mut Tx, ctx: &Ctx, who: &Proof<Learn>, day: DayId, reason: &str) -> Result<(), LearnError> {
    let day = read::day(tx, day)?.ok_or(LearnError::NotFound)?;
    let class = read::class(tx, day.class)?.ok_or(LearnError::NotFound)?;
    let seat = read::seat(tx, class.id, who.person())?.filter(|seat| seat.state == SeatState::In);
    seat.ok_or(LearnError::NoSeat)?;
    if class.state != ClassState::Open || ctx.now > day.ends {
        return Err(LearnError::NotNow);
    }
    let (reason, salt) = (line(reason, "reason", LONGEST_REMARK)?, ctx.salt());
    if tx.exec(ASK, p![day.id, who.person(), &reason, &salt])? != 1 {
        return Err(LearnError::Already);
    }
    let facts = ClassLeaveAsked { day: day.id, words: text_digest_hex(&salt, &reason) };
    record::append(tx, ctx, about(ctx, who.actor(), None, class.id.0), &facts)?;
    Ok(())
}

/// Give leave, or not.
///
/// # Errors
/// [`LearnError`].
pub fn decide_leave(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<Teach>,
    tree: &Tree,
    (day, person): (DayId, PersonId),
    granted: bool,
) -> Result<(), LearnError> {
    let day = read::day(tx, day)?.ok_or(LearnError::NotFound)?;
    let class = owned(tx, who, tree, day.class)?;
    if who.person() == person {
        return Err(LearnError::Denied);
    }
    let state = if granted { LeaveState::Granted } else { LeaveState::Denied };
    if tx.exec(DECIDE, p![day.id, person, state.code()])? != 1 {
        return Err(LearnError::NotNow);
    }
    record::append(tx, ctx, about(ctx, who.actor(), None, class.id.0), &ClassLeaveDecided { day: day.id, person, granted })?;
    Ok(())
}
