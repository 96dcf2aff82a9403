//! What search finds of concerns. Staff find what handlers may read, and never a confidential caller's own
//! words; everybody finds what was published.

use base::{Id, UnitId};
use record::Event;
use search::{Doc, Index, Like, Query};
use store::{Sql, StoreError, Tx, p, sql};

use crate::concern::ConcernId;

/// What staff find.
pub(crate) const STAFF: i64 = 1;
/// What everybody finds.
pub(crate) const PUBLIC: i64 = 2;

/// How like two concerns are that may be about one matter.
pub const ALIKE: f64 = 0.30;

/// The readers of this module.
pub(crate) fn readers() -> Vec<std::sync::Arc<dyn record::Reader>> {
    search::load();
    vec![
        std::sync::Arc::new(Index::new("concerns.search", STAFF, 2, staff)),
        std::sync::Arc::new(Index::new("concerns.public", PUBLIC, 2, public)),
    ]
}

/// By the primary key.
const WHERE: &Sql = sql!("SELECT c.town, c.community FROM concern c WHERE c.id = ?1");
/// A range of the primary key. A text for handlers counts once it was approved; what was written for the
/// public has its own shelf.
const TEXTS: &Sql = sql!(
    "SELECT t.body FROM concern_text t LEFT JOIN concern_redaction r ON r.event = t.event
     WHERE t.concern = ?1 AND t.body IS NOT NULL AND t.part IN ('words', 'spot', 'handlers')
       AND (t.part <> 'handlers' OR r.state = 'approved')
       AND NOT EXISTS (SELECT 1 FROM concern_publication b WHERE b.event = t.event)
     ORDER BY t.event, t.part"
);
const PUBLIC_TEXTS: &Sql = sql!(
    "SELECT t.body FROM concern_publication b JOIN concern_text t ON t.concern = b.concern AND t.event = b.event
     JOIN concern c ON c.id = b.concern AND c.may_publish = 1 WHERE b.concern = ?1 AND b.state = 'published' AND t.body IS NOT NULL ORDER BY t.part"
);

/// Subjects of events of these kinds, each once, in the order of the log.
fn subjects(events: &[Event], kinds: &[&str]) -> Vec<Id> {
    let mut found: Vec<Id> = Vec::new();
    for event in events.iter().filter(|event| kinds.contains(&event.kind.as_str())) {
        if !found.contains(&event.subject) {
            found.push(event.subject);
        }
    }
    found
}

fn docs(tx: &mut Tx, events: &[Event], kinds: &[&str], texts: &'static Sql) -> Result<Vec<(Id, Option<Doc>)>, StoreError> {
    let mut docs = Vec::new();
    for id in subjects(events, kinds) {
        let area = tx.opt(WHERE, p![id], |row| Ok((row.opt_id::<UnitId>(0)?, row.opt_id::<UnitId>(1)?)))?;
        let Some((town, community)) = area else {
            docs.push((id, None));
            continue;
        };
        let text = tx.all(texts, p![id], |row| Ok(row.text(0)?.to_owned()))?.join("\n");
        let area = community.or(town).map_or(Id::default(), |unit| unit.0);
        docs.push((id, Some(Doc { area, text }).filter(|doc| !doc.text.is_empty())));
    }
    Ok(docs)
}

/// Steps that erase a text are named by whoever erases it: each kind that changes what stands in a text.
fn staff(tx: &mut Tx, events: &[Event]) -> Result<Vec<(Id, Option<Doc>)>, StoreError> {
    const KINDS: [&str; 8] = [
        "ConcernSubmitted",
        "ConcernImported",
        "ConcernImportUndone",
        "ConcernAdded",
        // The resident's own words come with these too.
        "ConcernCalledBack",
        "ConcernReopened",
        "ConcernRedactionApproved",
        "ConcernErased",
    ];
    docs(tx, events, &KINDS, TEXTS)
}

fn public(tx: &mut Tx, events: &[Event]) -> Result<Vec<(Id, Option<Doc>)>, StoreError> {
    docs(tx, events, &["ConcernPublished", "ConcernPublicationWithdrawn", "ConcernPublishingWithdrawn", "ConcernErased"], PUBLIC_TEXTS)
}

/// Concerns with all words of a query, the newest first, after one: for staff, whose sight is checked apart.
pub(crate) fn find(tx: &mut Tx, query: &Query, after: Option<ConcernId>, most: usize) -> Result<Vec<ConcernId>, StoreError> {
    Ok(search::find(tx, STAFF, query, after.map(|id| id.0), most)?.into_iter().map(ConcernId).collect())
}

/// Areas to look in for a place: its community, and what is known by its town only.
fn areas(tree: &people::Tree, place: Option<UnitId>) -> Vec<Id> {
    let at = |level| place.and_then(|place| tree.at_level(place, level)).map(|unit| unit.id.0);
    let mut areas: Vec<Id> = [at(people::Level::Community), at(people::Level::Town)].into_iter().flatten().collect();
    if areas.is_empty() {
        areas.push(Id::default());
    }
    areas
}

/// Concerns near a place that say nearly the same, the likest first. Sight is checked by who asks.
///
/// # Errors
/// Only the store's.
pub fn similar(
    tx: &mut Tx,
    tree: &people::Tree,
    text: &str,
    place: Option<UnitId>,
    most: usize,
) -> Result<Vec<(ConcernId, f64)>, StoreError> {
    let likes = search::similar(tx, STAFF, &areas(tree, place), text, ALIKE, most)?;
    Ok(likes.into_iter().map(|Like { doc, likeness }| (ConcernId(doc), likeness)).collect())
}

/// Published concerns near a place that say nearly the same: for a resident who is about to send one.
///
/// # Errors
/// Only the store's.
pub fn similar_public(
    tx: &mut Tx,
    tree: &people::Tree,
    text: &str,
    place: Option<UnitId>,
    most: usize,
) -> Result<Vec<(ConcernId, f64)>, StoreError> {
    let likes = search::similar(tx, PUBLIC, &areas(tree, place), text, ALIKE, most)?;
    Ok(likes.into_iter().map(|Like { doc, likeness }| (ConcernId(doc), likeness)).collect())
}
