//! Signing in to a day of a class, by a code on a screen that is another one every half minute.
//!
//! The code is computed from a key of the district, so that nothing needs to be stored or told to the screen. Whoever
//! scans it gets a slip that is good for some minutes and for them alone: forwarding the picture is of use for a minute
//! at most, and only to who has a seat. Without a phone, the registrar enters the six digits from the screen for
//! somebody on the list.

use base::{Ctx, Keys, PersonId, Purpose, Time};
use people::{Proof, Tree};
use store::{Sql, Tx, p, sql};

use crate::class::owned;
use crate::events::ClassAttended;
use crate::model::{ClassState, DayId, SeatState, Way};
use crate::operate::{LearnError, about};
use crate::permissions::{Learn, Teach};
use crate::read;

const SCREEN: Purpose = Purpose("learning.screen");
const SLIP: Purpose = Purpose("learning.slip");

/// How long a code stands on the screen; the one before it is still good.
pub const TURN: i64 = 30 * Time::SECOND;
/// How long a slip is good.
pub const SLIP_GOOD: i64 = 10 * Time::MINUTE;
/// So long before a day begins one may sign in.
pub const EARLY: i64 = Time::HOUR;

const CAME: &Sql = sql!(
    "INSERT INTO class_presence (person, day, way, came_on, minutes) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (person, day) DO NOTHING"
);

fn turn_at(now: Time) -> i64 {
    now.0.div_euclid(TURN)
}

fn mark(keys: &Keys, purpose: Purpose, day: DayId, rest: &[u8]) -> [u8; 32] {
    let mut plain = day.bytes().to_vec();
    plain.extend_from_slice(rest);
    keys.blind(purpose, &plain)
}

/// The code of a turn: what the QR holds, and its six digits.
fn code_of(keys: &Keys, day: DayId, turn: i64) -> (String, String) {
    let mark = mark(keys, SCREEN, day, &turn.to_be_bytes());
    let number = mark.iter().skip(16).take(4).fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte)) % 1_000_000;
    (record::hex(mark.get(..12).unwrap_or_default()), format!("{number:06}"))
}

/// What stands on the screen at this moment, and for how many seconds.
pub fn screen(ctx: &Ctx, day: DayId) -> (String, String, i64) {
    let (long, short) = code_of(ctx.keys(), day, turn_at(ctx.now));
    (long, short, (TURN - ctx.now.0.rem_euclid(TURN)) / Time::SECOND + 1)
}

fn stands(ctx: &Ctx, day: DayId, typed: &str) -> bool {
    let now = turn_at(ctx.now);
    (now - 1..=now).any(|turn| {
        let (long, short) = code_of(ctx.keys(), day, turn);
        typed == long || typed == short
    })
}

/// A slip for who scanned the code: good for them and some minutes.
///
/// # Errors
/// [`LearnError::Code`] where the code is not on the screen any more.
pub fn slip(ctx: &Ctx, day: DayId, person: PersonId, code: &str) -> Result<String, LearnError> {
    if !stands(ctx, day, code.trim()) {
        return Err(LearnError::Code);
    }
    Ok(slip_of(ctx.keys(), day, person, ctx.now.0))
}

fn slip_of(keys: &Keys, day: DayId, person: PersonId, at: i64) -> String {
    let mut rest = person.bytes().to_vec();
    rest.extend_from_slice(&at.to_be_bytes());
    format!("{at}.{}", record::hex(mark(keys, SLIP, day, &rest).get(..16).unwrap_or_default()))
}

fn slip_holds(ctx: &Ctx, day: DayId, person: PersonId, slip: &str) -> bool {
    let Some(at) = slip.split_once('.').and_then(|(at, _)| at.parse::<i64>().ok()) else { return false };
    (0..=SLIP_GOOD).contains(&(ctx.now.0.saturating_sub(at))) && slip == slip_of(ctx.keys(), day, person, at)
}

/// Sign in with a slip.
///
/// # Errors
/// [`LearnError`].
pub fn sign_in(tx: &mut Tx, ctx: &Ctx, who: &Proof<Learn>, day: DayId, slip: &str) -> Result<bool, LearnError> {
    let day = read::day(tx, day)?.ok_or(LearnError::NotFound)?;
    let class = read::class(tx, day.class)?.ok_or(LearnError::NotFound)?;
    if !slip_holds(ctx, day.id, who.person(), slip) {
        return Err(LearnError::Code);
    }
    came(tx, ctx, who.actor(), (&class, &day), who.person(), Way::Qr)
}

/// The registrar enters the six digits from the screen for somebody who has a seat.
///
/// # Errors
/// [`LearnError`].
pub fn enter(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<Teach>,
    tree: &Tree,
    (day, person): (DayId, PersonId),
    code: &str,
) -> Result<bool, LearnError> {
    let day = read::day(tx, day)?.ok_or(LearnError::NotFound)?;
    let class = owned(tx, who, tree, day.class)?;
    let typed: String = base::text::fold(code).chars().filter(char::is_ascii_digit).collect();
    if !stands(ctx, day.id, &typed) {
        return Err(LearnError::Code);
    }
    came(tx, ctx, who.actor(), (&class, &day), person, Way::Desk)
}

fn came(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: record::Actor,
    (class, day): (&read::Class, &read::Day),
    person: PersonId,
    way: Way,
) -> Result<bool, LearnError> {
    let seat = read::seat(tx, class.id, person)?.filter(|seat| seat.state == SeatState::In);
    seat.ok_or(LearnError::NoSeat)?;
    if class.state != ClassState::Open || ctx.now < day.starts.plus(-EARLY) || ctx.now > day.ends {
        return Err(LearnError::NotNow);
    }
    let on = day.starts.date().to_string();
    if tx.exec(CAME, p![person, day.id, way.code(), &on, day.minutes])? == 0 {
        return Ok(false);
    }
    let facts = ClassAttended { day: day.id, person, way: way.code().to_owned(), on, study_minutes: day.minutes };
    record::append(tx, ctx, about(ctx, actor, None, class.id.0), &facts)?;
    Ok(true)
}
