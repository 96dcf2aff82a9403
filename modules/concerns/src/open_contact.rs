//! Reading how the resident can be reached: with a reason, written in the reading log and told to the
//! resident, who sees on the receipt's page who looked and when.

use base::{Ctx, Time, UnitId};
use people::{Actor, Tree};
use store::{Sql, StoreError, Tx, p, sql};
use zeroize::Zeroizing;

use crate::concern::{Concern, StepError, find, tell};
use crate::events::ConcernContactOpened;
use crate::model::NotNow;
use crate::said::{Field, Invalid, LONGEST_NOTE, Part, Said, needed};
use crate::sight;
use crate::submit::CONTACT;

/// Who wants to read it, and why.
#[derive(Clone, Debug)]
pub struct OpenContact {
    /// Which concern.
    pub no: String,
    /// Why.
    pub reason: String,
}

/// A contact in clear. Overwritten when dropped; never logged, never stored.
#[derive(Debug)]
pub struct OpenedContact {
    /// The name, as far as it was given.
    pub name: Option<Zeroizing<String>>,
    /// The telephone.
    pub phone: Zeroizing<String>,
}

/// How many contacts one person may open in a day: far more than anybody calls, far fewer than a list.
pub const MOST_A_DAY: i64 = 60;

/// Walks `concern_reading_by_person`.
const LATELY: &Sql = sql!("SELECT COUNT(*) FROM concern_reading WHERE person = ?1 AND at > ?2");
const FIND: &Sql = sql!("SELECT name, phone FROM concern_contact WHERE concern = ?1");
const LOG: &Sql = sql!("INSERT INTO concern_reading (event, concern, person, unit, at) VALUES (?1, ?2, ?3, ?4, ?5)");

/// For which unit somebody may open the contact as things stand: who handles it, unless the caller is
/// kept from them; who calls back, while it is to be called back; the desk, as long as it is open.
pub(crate) fn may_open(actor: &Actor, tree: &Tree, concern: &Concern) -> Option<UnitId> {
    // Those above the holder may act for it, but whoever is nearest calls: the unit itself, and who has it in hand.
    let is_near = |unit: &UnitId| Some(*unit) == concern.now.holder || concern.now.assignee == Some(actor.person);
    let handles = || sight::handles(actor, tree, concern).filter(|_| !concern.confidential).map(|proof| proof.unit()).filter(is_near);
    let calls = || sight::calls_back(actor, tree, concern).map(|proof| proof.unit());
    let desk = || sight::is_on_desk(actor, tree, concern).filter(|_| concern.now.is_open()).map(|proof| proof.unit());
    if !concern.now.reachable || sight::is_hidden(actor, tree, concern) {
        return None;
    }
    handles().or_else(calls).or_else(desk)
}

/// Opens the contact. The reading is written down in the same transaction: no log, no contact.
///
/// # Errors
/// [`StepError`].
pub fn open_contact(tx: &mut Tx, ctx: &Ctx, actor: &Actor, input: &OpenContact) -> Result<OpenedContact, StepError> {
    let concern = find(tx, &input.no)?.ok_or(StepError::NotFound)?;
    let tree = people::tree(tx)?;
    if !sight::may_read(actor, &tree, &concern) {
        return Err(StepError::NotFound);
    }
    let unit = may_open(actor, &tree, &concern).ok_or(StepError::Denied)?;
    let lately = tx.one(LATELY, p![actor.person, ctx.now.plus(-Time::DAY)], |row| row.int(0))?;
    if lately >= MOST_A_DAY {
        return Err(NotNow::TooMany.into());
    }
    let mut said = Said::default();
    said.open(ctx, Part::Note, needed(&input.reason, Field::Note, LONGEST_NOTE)?);
    let sealed = tx.opt(FIND, p![concern.id], |row| Ok((row.opt_blob(0)?.map(<[u8]>::to_vec), row.blob(1)?.to_vec())))?;
    let (name, phone) = sealed.ok_or(Invalid::Missing(Field::Contact))?;
    let clear = |sealed: &[u8]| -> Result<Zeroizing<String>, StoreError> {
        let plain = ctx.keys().open(CONTACT, sealed).map_err(|error| StoreError::Other(format!("contact of {}: {error}", concern.id)))?;
        String::from_utf8(plain.to_vec()).map(Zeroizing::new).map_err(|_| StoreError::Other("a contact that is not text".into()))
    };
    let contact = OpenedContact { name: name.as_deref().map(clear).transpose()?, phone: clear(&phone)? };
    let facts = ConcernContactOpened { unit, texts: said.texts() };
    let event = tell(tx, ctx, concern.id, record::Actor::Person(actor.person), Some(unit), &facts, &said)?;
    tx.exec(LOG, p![event.0, concern.id, actor.person, unit, ctx.now])?;
    Ok(contact)
}
