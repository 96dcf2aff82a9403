//! Personal data that is kept: each class declared by whose it is, with its purpose, how long it is kept by
//! which rule, and how it goes. A tick lets go of what is past its term and records that it did.

use std::sync::Arc;

use base::{Ctx, Id, Time};
use record::{About, Actor, Facts, append};
use serde::{Deserialize, Serialize};
use store::{Sql, StoreError, Tx, p, sql};

use crate::{App, District, Fault, Lang};

/// Finds at most so many rows whose term began before this time.
pub type Due = fn(&mut Tx, Time, i64) -> Result<Vec<Id>, StoreError>;

/// One class of personal data.
#[derive(Clone, Copy)]
pub struct Kept {
    /// Its name, as `concerns.contact`: table and what of it.
    pub id: &'static str,
    /// What it is, in the reader's language.
    pub what: fn(Lang) -> &'static str,
    /// What it is there for.
    pub purpose: fn(Lang) -> &'static str,
    /// Whether it lies sealed, with a key of its own.
    pub sealed: bool,
    /// The number that says how long, of [`base::policy`] or the district's own; none for what stays as long as what it belongs to.
    pub keep: Option<&'static str>,
    /// Finds what is past its term: by reading, so that nobody's writing waits for it.
    pub due: Option<Due>,
    /// Lets go of these rows, where their term still began before this time; tells of how many.
    pub let_go: fn(&mut Tx, &Ctx, &[Id], Time) -> Result<u64, StoreError>,
}

/// Personal data was let go of because its term was over. The subject is the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataPurged {
    /// The class.
    pub class: String,
    /// How many rows.
    pub rows: u64,
    /// What began before this time is past its term.
    pub before: Time,
    /// How many days it was kept.
    pub days: i64,
}

impl Facts for DataPurged {
    const KIND: &'static str = "DataPurged";
    const V: i64 = 1;
}

/// Rows in one transaction.
const PIECE: i64 = 50;
/// Pieces in one run; what is left goes in the next.
const PIECES: usize = 200;

/// Let go of everything that is past its term, of the house and of all modules.
///
/// # Errors
/// The store's.
pub fn purge(app: &App, district: &Arc<District>) -> Result<(), Fault> {
    let rules = Arc::clone(&district.env().rules);
    for class in all(app) {
        let (Some(due), Some(term)) = (class.due, class.keep.and_then(|id| rules.number(id))) else { continue };
        let days = term.amount;
        let before = district.env().clock.now().plus(-term.micros());
        for _ in 0..PIECES {
            let ids = district.read_now(move |tx, _| due(tx, before, PIECE))?;
            if ids.is_empty() {
                break;
            }
            let rows = district.write_now(move |tx, ctx| {
                let rows = (class.let_go)(tx, ctx, &ids, before)?;
                if rows > 0 {
                    let about = About { occurred_at: ctx.now, actor: Actor::System, unit: None, subject: ctx.id::<Id>(), batch: None };
                    append(tx, ctx, about, &DataPurged { class: class.id.to_owned(), rows, before, days })?;
                }
                Ok::<_, StoreError>(rows)
            })?;
            if rows == 0 {
                break;
            }
        }
    }
    Ok(())
}

/// Every class, of the house first.
pub(crate) fn all(app: &App) -> impl Iterator<Item = Kept> + '_ {
    HOUSE.iter().chain(app.modules().iter().flat_map(|module| module.kept)).copied()
}

crate::texts! {
    /// What the house keeps of people, and what for.
    pub(crate) HouseTexts;
    complaints: "对本系统的投诉建议", "What people say about this system";
    complaints_purpose: "改进系统、答复来信", "To improve the system and to answer";
    sessions: "工作人员的登录会话", "Sessions of staff";
    sessions_purpose: "保持登录，让本人看到自己在哪里登录", "To keep staff signed in and show them where";
    drafts: "没有提交的表单", "Forms that were not sent";
    drafts_purpose: "让填到一半的内容不丢", "So that half a form is not lost";
    staff: "工作人员的姓名、单位电话和登录名", "Names, office telephones and logins of staff";
    staff_purpose: "记明是谁办的", "To say who did what";
}

/// Walks the index `complaint_open`, those that were dealt with.
const OLD_COMPLAINTS: &Sql = sql!("SELECT id FROM complaint WHERE done_at < ?1 ORDER BY done_at, id LIMIT ?2");
const DROP_COMPLAINT: &Sql = sql!("DELETE FROM complaint WHERE id = ?1 AND done_at < ?2");

fn old_complaints(tx: &mut Tx, before: Time, limit: i64) -> Result<Vec<Id>, StoreError> {
    tx.all(OLD_COMPLAINTS, p![before, limit], |row| row.id(0))
}

fn drop_complaints(tx: &mut Tx, _: &Ctx, ids: &[Id], before: Time) -> Result<u64, StoreError> {
    ids.iter().try_fold(0, |gone, id| Ok(gone + tx.exec(DROP_COMPLAINT, p![*id, before])?))
}

fn nothing(_: &mut Tx, _: &Ctx, _: &[Id], _: Time) -> Result<u64, StoreError> {
    Ok(0)
}

const HOUSE: &[Kept] = &[
    Kept {
        id: "web.complaint",
        what: |lang| HouseTexts::of(lang).complaints,
        purpose: |lang| HouseTexts::of(lang).complaints_purpose,
        sealed: true,
        keep: Some("keep.complaints"),
        due: Some(old_complaints),
        let_go: drop_complaints,
    },
    Kept {
        id: "people.session",
        what: |lang| HouseTexts::of(lang).sessions,
        purpose: |lang| HouseTexts::of(lang).sessions_purpose,
        sealed: false,
        keep: Some("keep.sessions"),
        due: Some(people::sign::old_sessions),
        let_go: |tx, _, ids, before| people::sign::drop_sessions(tx, ids, before),
    },
    Kept {
        id: "web.draft",
        what: |lang| HouseTexts::of(lang).drafts,
        purpose: |lang| HouseTexts::of(lang).drafts_purpose,
        sealed: true,
        keep: Some("keep.drafts"),
        // Drafts know their own end; the sweep of every ten minutes takes them.
        due: None,
        let_go: nothing,
    },
    Kept {
        id: "people.person",
        what: |lang| HouseTexts::of(lang).staff,
        purpose: |lang| HouseTexts::of(lang).staff_purpose,
        sealed: false,
        keep: None,
        due: None,
        let_go: nothing,
    },
];
