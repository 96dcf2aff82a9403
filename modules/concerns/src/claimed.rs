//! What residents who signed in see of theirs: concerns that left the number which they proved, and those whose receipt
//! they showed. A confidential concern is found by its receipt only, for a number may have more than one user.

use base::{Ctx, Id, Time};
use store::{Sql, StoreError, Tx, p, sql};
use visitors::{Visitor, VisitorId};

use crate::concern::{Concern, ConcernId, get};
use crate::receipt::{self, Holder};
use crate::submit::CONTACT;

/// How long a key is good that opens one concern.
const GOOD: i64 = Time::HOUR;
/// Concerns on the list.
const MOST: usize = 200;

const CLAIM: &Sql = sql!("INSERT INTO concern_claim (visitor, concern, at) VALUES (?1, ?2, ?3) ON CONFLICT (visitor, concern) DO NOTHING");
/// By the primary key of `concern_claim`.
const CLAIMED: &Sql = sql!("SELECT concern FROM concern_claim WHERE visitor = ?1");
/// By the index `concern_contact_by_phone`.
const OF_PHONE: &Sql = sql!(
    "SELECT k.concern FROM concern_contact k JOIN concern c ON c.id = k.concern WHERE k.phone_blind = ?1 AND c.confidential = 0
     ORDER BY k.concern DESC LIMIT ?2"
);
const PASS: &Sql = sql!("INSERT INTO concern_pass (digest, concern, visitor, until) VALUES (?1, ?2, ?3, ?4)");
const DROP_PASSES: &Sql = sql!("DELETE FROM concern_pass WHERE visitor = ?1");
const DROP_CLAIMS: &Sql = sql!("DELETE FROM concern_claim WHERE visitor = ?1");
const OVER: &Sql = sql!("DELETE FROM concern_pass WHERE until < ?1");
/// By the index `concern_claim_by_age`.
const OLD: &Sql = sql!("SELECT concern FROM concern_claim WHERE at < ?1 ORDER BY at, visitor LIMIT ?2");
/// By the index `concern_claim_by_concern`.
const DROP_OLD: &Sql = sql!("DELETE FROM concern_claim WHERE concern = ?1 AND at < ?2");

/// Keeps a concern, whose receipt was shown, in the list of who is signed in.
///
/// # Errors
/// Only the store's.
pub fn claim(tx: &mut Tx, ctx: &Ctx, visitor: &Visitor, holder: &Holder) -> Result<(), StoreError> {
    tx.exec(CLAIM, p![visitor.id(), holder.concern(), ctx.now]).map(drop)
}

/// What is theirs, the newest first.
///
/// # Errors
/// Only the store's.
pub fn of(tx: &mut Tx, ctx: &Ctx, visitor: &Visitor) -> Result<Vec<Concern>, StoreError> {
    let mut ids: Vec<ConcernId> = tx.all(CLAIMED, p![visitor.id()], |row| row.id(0))?;
    // Whoever came by another house's word proved no number: theirs is what they claimed by receipt.
    if let Some(phone) = visitor.phone() {
        let blind = ctx.keys().blind(CONTACT, phone.digits().as_bytes());
        ids.extend(tx.all(OF_PHONE, p![&blind[..], i64::try_from(MOST).unwrap_or(0)], |row| row.id::<ConcernId>(0))?);
    }
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.dedup();
    ids.truncate(MOST);
    let mut all = Vec::new();
    for id in ids {
        // What was brought in from another system has no receipt, and nobody here promised its caller one.
        all.extend(get(tx, id)?.filter(|concern| concern.secret.is_some()));
    }
    Ok(all)
}

/// A key that opens one of theirs for a while, in the place of the receipt's secret.
///
/// # Errors
/// Only the store's.
pub fn open(tx: &mut Tx, ctx: &Ctx, visitor: &Visitor, no: &str) -> Result<Option<String>, StoreError> {
    let Some(concern) = of(tx, ctx, visitor)?.into_iter().find(|concern| concern.no == no) else { return Ok(None) };
    let pass = receipt::secret(ctx, &ctx.salt());
    tx.exec(PASS, p![&receipt::digest(&pass)[..], concern.id, visitor.id(), ctx.now.plus(GOOD)])?;
    Ok(Some(pass))
}

/// Whoever leaves takes their keys along.
///
/// # Errors
/// Only the store's.
pub fn close(tx: &mut Tx, visitor: VisitorId) -> Result<(), StoreError> {
    tx.exec(DROP_PASSES, p![visitor]).map(drop)
}

/// Forgets what a resident claimed, with whatever opens it.
///
/// # Errors
/// Only the store's.
pub fn forget(tx: &mut Tx, visitor: VisitorId) -> Result<(), StoreError> {
    close(tx, visitor)?;
    tx.exec(DROP_CLAIMS, p![visitor]).map(drop)
}

/// Keys end with their time.
pub(crate) fn sweep(district: &std::sync::Arc<web::District>) -> Result<(), web::Fault> {
    district.write_now(|tx, ctx| tx.exec(OVER, p![ctx.now]))?;
    Ok(())
}

/// Claims past their term, by their concerns.
pub(crate) fn old(tx: &mut Tx, before: Time, limit: i64) -> Result<Vec<Id>, StoreError> {
    tx.all(OLD, p![before, limit], |row| row.id(0))
}

/// Lets go of them.
pub(crate) fn let_go(tx: &mut Tx, _: &Ctx, ids: &[Id], before: Time) -> Result<u64, StoreError> {
    ids.iter().try_fold(0, |gone, id| Ok(gone + tx.exec(DROP_OLD, p![*id, before])?))
}
