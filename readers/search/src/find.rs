//! Finding: documents that have all words of a query, the newest first, segment by segment.

use std::collections::HashMap;

use base::Id;
use store::{Sql, StoreError, Tx, p, sql};

use crate::{SEGMENT, key, numbers_of, terms_of, words};

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    terms: Vec<u32>,
}

impl Query {
    /// The words of what somebody typed; all of them must be there.
    pub fn of(text: &str) -> Query {
        Query { terms: words::of_query(text) }
    }

    /// Whether nothing is looked for.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }
}

/// Ranges of the index `search_doc_n`, from its end.
const TAIL: &Sql = sql!("SELECT n, doc, terms FROM search_doc WHERE shelf = ?1 AND n >= ?2 AND n < ?3 ORDER BY n DESC");
const LAST: &Sql = sql!("SELECT n FROM search_doc WHERE shelf = ?1 ORDER BY n DESC LIMIT 1");
/// By the index `search_doc_id`.
const NUMBER: &Sql = sql!("SELECT n FROM search_doc WHERE shelf = ?1 AND doc = ?2");
const TERMS: &Sql = sql!("SELECT terms FROM search_doc WHERE shelf = ?1 AND doc = ?2");
/// By the index `search_doc_n`.
const DOC: &Sql = sql!("SELECT n, doc FROM search_doc WHERE n = ?1 AND shelf = ?2");
const DOCS: &Sql = sql!(concat!("SELECT n, doc FROM search_doc WHERE shelf = ?201 AND n IN (", store::many!(), ")"));
/// A range of the primary key: at most a row for each segment.
const SEGMENTS: &Sql = sql!("SELECT segment, docs FROM search_posting WHERE term = ?1 AND segment <= ?2 ORDER BY segment DESC LIMIT ?3");
const HOW_MANY: &Sql = sql!("SELECT COUNT(*) FROM search_posting WHERE term = ?1");
const POSTINGS: &Sql = sql!("SELECT segment, docs FROM search_posting WHERE term = ?1 AND segment >= ?2 AND segment <= ?3");

/// Segments read at a time.
const AT_ONCE: i64 = 16;

/// Documents with all words of the query, the newest first, at most so many, after the one that is given.
///
/// # Errors
/// Only the store's.
pub fn find(tx: &mut Tx, shelf: i64, query: &Query, after: Option<Id>, most: usize) -> Result<Vec<Id>, StoreError> {
    let mut found = Vec::new();
    if query.is_empty() || most == 0 {
        return Ok(found);
    }
    let Some(last) = tx.opt(LAST, p![shelf], |row| row.int(0))? else { return Ok(found) };
    let below = match after {
        None => last + 1,
        Some(after) => match tx.opt(NUMBER, p![shelf, after], |row| row.int(0))? {
            Some(n) => n,
            None => return Ok(found),
        },
    };
    let open = last / SEGMENT * SEGMENT;
    if below > open {
        tx.each(TAIL, p![shelf, open, below], |row| {
            if found.len() < most && has_all(row.blob(2)?, &query.terms) {
                found.push(row.id(1)?);
            }
            Ok(())
        })?;
    }
    // The rarest word leads; the others only say yes or no.
    let mut terms = Vec::new();
    for term in &query.terms {
        terms.push((tx.one(HOW_MANY, p![key(shelf, *term)], |row| row.int(0))?, *term));
    }
    terms.sort_unstable();
    let Some(((segments, lead), others)) = terms.split_first() else { return Ok(found) };
    if *segments == 0 {
        return Ok(found);
    }
    let mut from = (below.min(open) - 1).div_euclid(SEGMENT);
    while found.len() < most && from >= 0 {
        let rows = tx.all(SEGMENTS, p![key(shelf, *lead), from, AT_ONCE], |row| Ok((row.int(0)?, row.blob(1)?.to_vec())))?;
        let Some(end) = rows.last().map(|row| row.0) else { break };
        let newest = rows.first().map_or(end, |row| row.0);
        // Of each other word the same segments, in one look.
        let mut also: Vec<HashMap<i64, Vec<u16>>> = Vec::new();
        for (_, term) in others {
            let mut with = HashMap::new();
            tx.each(POSTINGS, p![key(shelf, *term), end, newest], |row| {
                with.insert(row.int(0)?, numbers_of(row.blob(1)?).collect());
                Ok(())
            })?;
            also.push(with);
        }
        let mut numbers: Vec<i64> = Vec::new();
        for (segment, docs) in rows {
            let mut locals: Vec<u16> = numbers_of(&docs).collect();
            for with in &also {
                let with = with.get(&segment).map_or(&[][..], Vec::as_slice);
                locals.retain(|local| with.binary_search(local).is_ok());
            }
            numbers.extend(locals.into_iter().rev().map(|local| segment * SEGMENT + i64::from(local)).filter(|n| *n < below));
        }
        numbers.truncate(most - found.len());
        let mut docs: Vec<(i64, Id)> = Vec::with_capacity(numbers.len());
        tx.each_of(DOC, DOCS, &numbers, p![shelf], |row| {
            docs.push((row.int(0)?, row.id(1)?));
            Ok(())
        })?;
        docs.sort_unstable_by_key(|(n, _)| std::cmp::Reverse(*n));
        found.extend(docs.into_iter().map(|(_, doc)| doc));
        from = end - 1;
    }
    Ok(found)
}

/// Whether a document has all words of the query.
///
/// # Errors
/// Only the store's.
pub fn contains(tx: &mut Tx, shelf: i64, query: &Query, doc: Id) -> Result<bool, StoreError> {
    Ok(tx.opt(TERMS, p![shelf, doc], |row| Ok(has_all(row.blob(0)?, &query.terms)))?.unwrap_or(false))
}

/// Both in order: one walk.
fn has_all(document: &[u8], wanted: &[u32]) -> bool {
    let mut has = terms_of(document);
    wanted.iter().all(|term| has.by_ref().find(|other| other >= term).is_some_and(|other| other == *term))
}
