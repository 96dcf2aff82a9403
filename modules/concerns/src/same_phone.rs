//! Looking up what else came with a telephone: only from within a concern that is open at one's own desk, with a reason,
//! so many times a day, and told to the resident, in whose timeline it stands. There is no other way to ask by a number.

use base::{Ctx, Time, UnitId};
use people::{Actor, Tree};
use store::{Sql, Tx, p, sql};

use crate::concern::{Concern, ConcernId, StepError, find, get, tell};
use crate::events::ConcernPhoneLookedUp;
use crate::model::NotNow;
use crate::said::{Field, Invalid, LONGEST_NOTE, Part, Said, needed};
use crate::sight;

/// How many look-ups one person may make in a day: those of a desk that asks whether somebody has called before.
pub const MOST_A_DAY: i64 = 20;
/// How many concerns are shown at most.
const MOST: i64 = 20;

/// Walks `concern_lookup_by_person`.
const LATELY: &Sql = sql!("SELECT COUNT(*) FROM concern_lookup WHERE person = ?1 AND at > ?2");
const BLIND: &Sql = sql!("SELECT phone_blind FROM concern_contact WHERE concern = ?1");
/// By the index `concern_contact_by_phone`.
const SAME: &Sql = sql!(
    "SELECT k.concern FROM concern_contact k JOIN concern c ON c.id = k.concern
     WHERE k.phone_blind = ?1 AND k.concern <> ?2 AND c.confidential = 0 ORDER BY k.concern DESC LIMIT ?3"
);
const LOG: &Sql = sql!("INSERT INTO concern_lookup (event, concern, person, unit, at) VALUES (?1, ?2, ?3, ?4, ?5)");

/// For which unit somebody may look up, as things stand: the desk of an open concern whose caller is not kept from anybody.
pub fn may_look_up(actor: &Actor, tree: &Tree, concern: &Concern) -> Option<UnitId> {
    let open = concern.now.is_open() && concern.now.reachable && !concern.confidential;
    sight::is_on_desk(actor, tree, concern).filter(|_| open).map(|proof| proof.unit())
}

/// Looks up. It is written down in the same transaction: no log, no answer. What this person may not read is not among it,
/// nor is what came from confidential callers.
///
/// # Errors
/// [`StepError`].
pub fn look_up(tx: &mut Tx, ctx: &Ctx, actor: &Actor, no: &str, reason: &str) -> Result<Vec<Concern>, StepError> {
    let concern = find(tx, no)?.ok_or(StepError::NotFound)?;
    let tree = people::tree(tx)?;
    if !sight::may_read(actor, &tree, &concern) {
        return Err(StepError::NotFound);
    }
    let unit = may_look_up(actor, &tree, &concern).ok_or(StepError::Denied)?;
    if tx.one(LATELY, p![actor.person, ctx.now.plus(-Time::DAY)], |row| row.int(0))? >= MOST_A_DAY {
        return Err(NotNow::TooMany.into());
    }
    let mut said = Said::default();
    said.open(ctx, Part::Note, needed(reason, Field::Note, LONGEST_NOTE)?);
    let blind = tx.opt(BLIND, p![concern.id], |row| row.array::<32>(0))?.ok_or(Invalid::Missing(Field::Contact))?;
    let mut same = Vec::new();
    for id in tx.all(SAME, p![&blind[..], concern.id, MOST], |row| row.id::<ConcernId>(0))? {
        same.extend(get(tx, id)?.filter(|other| sight::may_read(actor, &tree, other)));
    }
    let facts = ConcernPhoneLookedUp { unit, texts: said.texts() };
    let event = tell(tx, ctx, concern.id, record::Actor::Person(actor.person), Some(unit), &facts, &said)?;
    tx.exec(LOG, p![event.0, concern.id, actor.person, unit, ctx.now])?;
    Ok(same)
}
