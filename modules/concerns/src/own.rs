//! What residents may do with what they gave: see it, put their telephone right, withdraw that it may be
//! published, have it erased; and what goes by itself when its term is over. The record keeps that it was
//! done; the texts, their salts, the photos and the contact are gone, and the proof stays good.

use base::{Ctx, Id, Time};
use record::Actor;
use store::{Sql, StoreError, Tx, p, sql};
use web::{Kept, Lang, photos};
use zeroize::Zeroizing;

use crate::concern::{Concern, ConcernId, StepError, get, tell};
use crate::events::{ConcernContactChanged, ConcernErased, ConcernPublishingWithdrawn};
use crate::model::NotNow;
use crate::receipt::Holder;
use crate::said::{Part, Said};
use crate::submit::{CONTACT, Contact, SealedContact};

/// What a concern holds of its caller.
#[derive(Debug)]
pub struct Own {
    /// The concern.
    pub concern: Concern,
    /// The name, as far as it was given.
    pub name: Option<Zeroizing<String>>,
    /// The telephone, where there is one.
    pub phone: Option<Zeroizing<String>>,
    /// Whether the caller's words are there.
    pub words: bool,
    /// How many photos there are.
    pub photos: i64,
    /// Since when the caller agrees to be told by short message.
    pub told: Option<Time>,
}

const CONTACT_OF: &Sql = sql!("SELECT name, phone FROM concern_contact WHERE concern = ?1");
/// Each walks the primary key of its table within one concern.
const WORDS: &Sql = sql!("SELECT COUNT(*) FROM concern_text WHERE concern = ?1 AND part IN ('words', 'spot', 'handlers')");
const PHOTOS: &Sql = sql!("SELECT COUNT(*) FROM concern_photo WHERE concern = ?1");

/// What a concern holds of whoever shows its receipt.
///
/// # Errors
/// Only the store's.
pub fn own(tx: &mut Tx, ctx: &Ctx, holder: &Holder) -> Result<Option<Own>, StoreError> {
    let Some(concern) = get(tx, holder.concern())? else { return Ok(None) };
    let sealed = tx.opt(CONTACT_OF, p![concern.id], |row| Ok((row.opt_blob(0)?.map(<[u8]>::to_vec), row.blob(1)?.to_vec())))?;
    let clear = |sealed: &[u8]| {
        let plain = ctx.keys().open(CONTACT, sealed).ok()?;
        String::from_utf8(plain.to_vec()).ok().map(Zeroizing::new)
    };
    let (name, phone) = sealed.map_or((None, None), |(name, phone)| (name.as_deref().and_then(clear), clear(&phone)));
    let words = tx.one(WORDS, p![concern.id], |row| row.int(0))? > 0;
    let photos = tx.one(PHOTOS, p![concern.id], |row| row.int(0))?;
    let told = crate::told::agreed(tx, concern.id)?;
    Ok(Some(Own { concern, name, phone, words, photos, told }))
}

const DROP_CONTACT: &Sql = sql!("DELETE FROM concern_contact WHERE concern = ?1");
const REACHABLE: &Sql = sql!("UPDATE concern SET reachable = ?2 WHERE id = ?1");

/// Put one's name and telephone right, or give them later than the words.
///
/// # Errors
/// [`StepError`].
pub fn change_contact(tx: &mut Tx, ctx: &Ctx, holder: &Holder, op_key: &[u8; 16], contact: &Contact) -> Result<(), StepError> {
    store::once(tx, ctx.now, op_key, "concerns.change_contact", holder.concern().bytes(), |tx| {
        let concern = get(tx, holder.concern())?.ok_or(StepError::NotFound)?;
        let sealed = SealedContact::seal(ctx, contact)?;
        tx.exec(DROP_CONTACT, p![concern.id])?;
        sealed.insert(tx, concern.id)?;
        tx.exec(REACHABLE, p![concern.id, true])?;
        let facts = ConcernContactChanged { contact: sealed.digest() };
        tell(tx, ctx, concern.id, Actor::Resident, concern.now.holder, &facts, &Said::default())?;
        Ok(())
    })
}

const UNPUBLISH: &Sql = sql!("UPDATE concern SET may_publish = 0 WHERE id = ?1");

/// Withdraw that it may be published.
///
/// # Errors
/// [`StepError`].
pub fn withdraw_publishing(tx: &mut Tx, ctx: &Ctx, holder: &Holder, op_key: &[u8; 16]) -> Result<(), StepError> {
    store::once(tx, ctx.now, op_key, "concerns.withdraw_publishing", holder.concern().bytes(), |tx| {
        let concern = get(tx, holder.concern())?.ok_or(StepError::NotFound)?;
        if concern.may_publish {
            tx.exec(UNPUBLISH, p![concern.id])?;
            let facts = ConcernPublishingWithdrawn {};
            tell(tx, ctx, concern.id, Actor::Resident, concern.now.holder, &facts, &Said::default())?;
        }
        Ok(())
    })
}

/// What of a concern is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erase {
    /// How the caller can be reached.
    Contact,
    /// That, and what the caller said and showed.
    Own,
    /// That, and every text of staff about it: its term is over.
    All,
}

impl Erase {
    fn parts(self) -> &'static [Part] {
        match self {
            Erase::Contact => &[],
            Erase::Own => &[Part::Words, Part::Spot, Part::Handlers],
            Erase::All => &[Part::Words, Part::Spot, Part::Handlers, Part::Shown, Part::Note],
        }
    }
}

const DROP_TEXT: &Sql = sql!("DELETE FROM concern_text WHERE concern = ?1 AND part = ?2");
const DROP_PHOTOS: &Sql = sql!("DELETE FROM concern_photo WHERE concern = ?1");
const DROP_TITLE: &Sql = sql!("UPDATE concern SET title = '' WHERE id = ?1");

/// Erase, and record that it was done: what, never what it said.
fn erase_now(tx: &mut Tx, ctx: &Ctx, concern: &Concern, by: Actor, what: Erase) -> Result<(), StoreError> {
    tx.exec(DROP_CONTACT, p![concern.id])?;
    crate::told::drop(tx, concern.id.0)?;
    tx.exec(REACHABLE, p![concern.id, false])?;
    for part in what.parts() {
        tx.exec(DROP_TEXT, p![concern.id, part.code()])?;
    }
    let photos = what != Erase::Contact;
    if photos {
        tx.exec(DROP_PHOTOS, p![concern.id])?;
        tx.exec(DROP_TITLE, p![concern.id])?;
        photos::release(tx, concern.id.0)?;
    }
    let facts = ConcernErased { contact: true, parts: what.parts().to_vec(), photos };
    tell(tx, ctx, concern.id, by, concern.now.handler, &facts, &Said::default())?;
    Ok(())
}

/// Have what one gave erased. While a concern is open it is needed to answer it, so that it is closed first.
///
/// # Errors
/// [`StepError`].
pub fn erase(tx: &mut Tx, ctx: &Ctx, holder: &Holder, op_key: &[u8; 16], what: Erase) -> Result<(), StepError> {
    store::once(tx, ctx.now, op_key, "concerns.erase", holder.concern().bytes(), |tx| {
        let concern = get(tx, holder.concern())?.ok_or(StepError::NotFound)?;
        if concern.now.is_open() {
            return Err(NotNow::State.into());
        }
        Ok(erase_now(tx, ctx, &concern, Actor::Resident, what)?)
    })
}

/// Walks the index `concern_closed`; what is gone already is passed over by its primary key.
const OLD_CONTACTS: &Sql =
    sql!("SELECT c.id FROM concern c JOIN concern_contact k ON k.concern = c.id WHERE c.closed_at < ?1 ORDER BY c.closed_at LIMIT ?2");
const OLD_WORDS: &Sql = sql!(
    "SELECT c.id FROM concern c WHERE c.closed_at < ?1 AND EXISTS (SELECT 1 FROM concern_text t WHERE t.concern = c.id)
     ORDER BY c.closed_at LIMIT ?2"
);

fn old_contacts(tx: &mut Tx, before: Time, limit: i64) -> Result<Vec<Id>, StoreError> {
    tx.all(OLD_CONTACTS, p![before, limit], |row| row.id(0))
}

fn old_words(tx: &mut Tx, before: Time, limit: i64) -> Result<Vec<Id>, StoreError> {
    tx.all(OLD_WORDS, p![before, limit], |row| row.id(0))
}

fn let_go(tx: &mut Tx, ctx: &Ctx, ids: &[Id], before: Time, what: Erase) -> Result<u64, StoreError> {
    let mut gone = 0;
    for id in ids {
        // One that was opened again meanwhile is needed again.
        if let Some(concern) = get(tx, ConcernId(*id))?.filter(|concern| concern.now.closed_at.is_some_and(|at| at < before)) {
            erase_now(tx, ctx, &concern, Actor::System, what)?;
            gone += 1;
        }
    }
    Ok(gone)
}

web::texts! {
    /// What is kept of callers, and what for.
    pub(crate) KeptTexts;
    contact: "反映人的称呼和电话", "Name and telephone of a caller";
    contact_purpose: "联系反映人、告知办理结果和回访", "To reach the caller, tell the outcome and call back";
    claim: "登录的居民加进清单的诉求", "Concerns that residents who sign in added to their list";
    claim_purpose: "本人登录后查看自己的诉求", "To let residents see what is theirs";
    words: "反映的原话、地点和照片，办理中的说明", "What was said, where, the photos, and what staff wrote about it";
    words_purpose: "办理诉求、回访和复查", "To deal with the concern, call back and look again";
}

/// What this module keeps of people.
pub(crate) const KEPT: &[Kept] = &[
    Kept {
        id: "concerns.claim",
        what: |lang: Lang| KeptTexts::of(lang).claim,
        purpose: |lang: Lang| KeptTexts::of(lang).claim_purpose,
        sealed: false,
        keep: Some("keep.visitors"),
        due: Some(crate::claimed::old),
        let_go: crate::claimed::let_go,
    },
    Kept {
        id: "concerns.contact",
        what: |lang: Lang| KeptTexts::of(lang).contact,
        purpose: |lang: Lang| KeptTexts::of(lang).contact_purpose,
        sealed: true,
        keep: Some("keep.concerns.contact"),
        due: Some(old_contacts),
        let_go: |tx, ctx, ids, before| let_go(tx, ctx, ids, before, Erase::Contact),
    },
    Kept {
        id: "concerns.words",
        what: |lang: Lang| KeptTexts::of(lang).words,
        purpose: |lang: Lang| KeptTexts::of(lang).words_purpose,
        sealed: false,
        keep: Some("keep.concerns.words"),
        due: Some(old_words),
        let_go: |tx, ctx, ids, before| let_go(tx, ctx, ids, before, Erase::All),
    },
];
