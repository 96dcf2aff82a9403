//! Saved views: filters of the list that somebody keeps under a name, for themselves and nobody else.

use std::collections::BTreeMap;

use base::{Ctx, Id, PersonId};
use people::Proof;
use record::{About, Actor, BadFacts, Cell, Difference, Event, Facts, Fold, KindInfo, Why, cells, text_digest_hex};
use serde::{Deserialize, Serialize};
use store::{Sql, StoreError, Tx, p, sql};

use crate::permissions::Read;

base::id! {
    /// One saved view.
    pub ViewId;
}
store::bind_ids!(ViewId);

/// Views that one person keeps.
pub const MOST: usize = 20;
/// Characters of a name.
pub const LONGEST: usize = 20;
/// Bytes of a filter as an address has it.
const LONGEST_FILTER: usize = 600;

/// Each walks the primary key within one person.
const OF: &Sql = sql!("SELECT id, name, filter FROM concern_view WHERE person = ?1 ORDER BY id");
const PUT: &Sql = sql!("INSERT INTO concern_view (person, id, name, filter, salt) VALUES (?1, ?2, ?3, ?4, ?5)");
const DROP: &Sql = sql!("DELETE FROM concern_view WHERE person = ?1 AND id = ?2");
/// The whole table, for comparing it with the record.
const ALL: &Sql = sql!("SELECT person, id, name, filter, salt FROM concern_view ORDER BY person, id");

/// A saved view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Which one.
    pub id: ViewId,
    /// What it is called.
    pub name: String,
    /// The filter as an address has it.
    pub filter: String,
}

/// Why a view was not kept.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// It has no name, or a long one.
    #[error("a name of 1 to {LONGEST} characters is wanted")]
    Name,
    /// There is nothing to keep, or too much of it.
    #[error("there is no filter to keep")]
    Filter,
    /// There are many already.
    #[error("there are {MOST} views already")]
    TooMany,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Somebody kept a filter under a name; the subject is the view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConcernViewKept {
    /// Digest of its name.
    pub name: String,
    /// Digest of the filter.
    pub filter: String,
}

/// They dropped it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConcernViewDropped {}

impl Facts for ConcernViewKept {
    const KIND: &'static str = "ConcernViewKept";
    const V: i64 = 1;
}

impl Facts for ConcernViewDropped {
    const KIND: &'static str = "ConcernViewDropped";
    const V: i64 = 1;
}

/// Both kinds.
pub const KINDS: [KindInfo; 2] = [KindInfo::of::<ConcernViewKept>(), KindInfo::of::<ConcernViewDropped>()];

web::texts! {
    /// What the events are called in the audit.
    pub(crate) KindTexts;
    kept: "保存筛选", "View saved";
    dropped: "删除筛选", "View dropped";
}

/// See [`web::Module::audited`].
pub(crate) fn audited(lang: web::Lang, kind: &str) -> Option<web::Audited> {
    let t = KindTexts::of(lang);
    let name = match kind {
        ConcernViewKept::KIND => t.kept,
        ConcernViewDropped::KIND => t.dropped,
        _ => return None,
    };
    Some(web::Audited { name, log: None })
}

/// The views of a person, in the order in which they were kept.
///
/// # Errors
/// Only the store's.
pub fn of(tx: &mut Tx, person: PersonId) -> Result<Vec<View>, StoreError> {
    tx.all(OF, p![person], |row| Ok(View { id: row.id(0)?, name: row.text(1)?.to_owned(), filter: row.text(2)?.to_owned() }))
}

/// Keeps a filter under a name.
///
/// # Errors
/// [`ViewError`].
pub fn keep(tx: &mut Tx, ctx: &Ctx, who: &Proof<Read>, op_key: &[u8; 16], name: &str, filter: &str) -> Result<ViewId, ViewError> {
    let name = base::text::clean_line(name);
    if name.is_empty() || name.chars().count() > LONGEST {
        return Err(ViewError::Name);
    }
    if filter.is_empty() || filter.len() > LONGEST_FILTER {
        return Err(ViewError::Filter);
    }
    store::once(tx, ctx.now, op_key, "concerns.keep_view", who.person().bytes(), |tx| {
        if of(tx, who.person())?.len() >= MOST {
            return Err(ViewError::TooMany);
        }
        let (id, salt): (ViewId, _) = (ctx.id(), ctx.salt());
        tx.exec(PUT, p![who.person(), id, &name, filter, &salt])?;
        let facts = ConcernViewKept { name: text_digest_hex(&salt, &name), filter: text_digest_hex(&salt, filter) };
        record::append(tx, ctx, about(ctx, who, id), &facts)?;
        Ok(id)
    })
}

/// Drops a view of one's own; one that is not there stays so.
///
/// # Errors
/// Only the store's.
pub fn drop_view(tx: &mut Tx, ctx: &Ctx, who: &Proof<Read>, id: ViewId) -> Result<(), StoreError> {
    if tx.exec(DROP, p![who.person(), id])? == 1 {
        record::append(tx, ctx, about(ctx, who, id), &ConcernViewDropped {})?;
    }
    Ok(())
}

fn about(ctx: &Ctx, who: &Proof<Read>, id: ViewId) -> About {
    About { occurred_at: ctx.now, actor: who.actor(), unit: None, subject: id.0, batch: None }
}

/// A new fold, for a list of them.
pub(crate) fn fold() -> Box<dyn Fold> {
    Box::new(Views::default())
}

type Kept = (Option<PersonId>, String, String);

#[derive(Default)]
struct Views(BTreeMap<Id, Kept>);

impl Fold for Views {
    fn apply(&mut self, event: &Event) -> Result<(), BadFacts> {
        match event.kind.as_str() {
            ConcernViewKept::KIND => {
                let ConcernViewKept { name, filter } = event.facts()?;
                let person = if let Actor::Person(person) = event.actor { Some(person) } else { None };
                self.0.insert(event.subject, (person, name, filter));
            }
            ConcernViewDropped::KIND => {
                self.0.remove(&event.subject).ok_or_else(|| event.bad(Why::Nothing))?;
            }
            _ => {}
        }
        Ok(())
    }

    fn compare(&self, tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
        let mut stands: BTreeMap<Id, Kept> = BTreeMap::new();
        tx.each(ALL, p![], |row| {
            let salt: [u8; 16] = row.blob(4)?.try_into().unwrap_or_default();
            let digest = |text: &str| text_digest_hex(&salt, text);
            stands.insert(row.id(1)?, (Some(row.id(0)?), digest(row.text(2)?), digest(row.text(3)?)));
            Ok(())
        })?;
        let mut found = Vec::new();
        let cells = |(person, name, filter): &Kept| cells![*person, Cell::digest(name), Cell::digest(filter)];
        record::differ("concern_view", &["person", "name", "filter"], Id::to_string, cells, &self.0, &stands, &mut found);
        Ok(found)
    }
}
