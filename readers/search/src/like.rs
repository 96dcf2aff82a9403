//! Likeness: which documents near a place say nearly the same. Words that many of them share count little.

use std::collections::HashMap;

use base::Id;
use store::{Sql, StoreError, Tx, p, sql};

use crate::{terms_of, words};

/// A document that is like a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Like {
    /// The document.
    pub doc: Id,
    /// How like, from 0 to 1.
    pub likeness: f64,
}

/// Walks `search_doc_area` from its end.
const NEAR: &Sql = sql!("SELECT doc, terms FROM search_doc WHERE shelf = ?1 AND area = ?2 ORDER BY n DESC LIMIT ?3");

/// Documents of an area that are compared: the newest.
const COMPARED: i64 = 600;

/// The documents of these areas that are most like a text, the likest first: at most so many, none less
/// like than `least`.
///
/// # Errors
/// Only the store's.
pub fn similar(tx: &mut Tx, shelf: i64, areas: &[Id], text: &str, least: f64, most: usize) -> Result<Vec<Like>, StoreError> {
    let own = words::of_document(text);
    if own.is_empty() {
        return Ok(Vec::new());
    }
    let mut docs: Vec<(Id, Vec<u32>)> = Vec::new();
    for area in areas {
        tx.each(NEAR, p![shelf, *area, COMPARED], |row| {
            docs.push((row.id(0)?, terms_of(row.blob(1)?).collect()));
            Ok(())
        })?;
    }
    let mut seen: HashMap<u32, u32> = own.iter().map(|term| (*term, 1)).collect();
    for (_, terms) in &docs {
        for term in terms {
            *seen.entry(*term).or_default() += 1;
        }
    }
    let all = f64::from(u32::try_from(docs.len()).unwrap_or(u32::MAX)) + 1.0;
    let weight = |term: &u32| (1.0 + all / f64::from(seen.get(term).copied().unwrap_or(1))).ln();
    let own_weight: f64 = own.iter().map(weight).sum();
    let mut likes: Vec<Like> = docs
        .iter()
        .filter(|(_, terms)| !terms.is_empty())
        .map(|(doc, terms)| {
            let shared: f64 = terms.iter().filter(|term| own.binary_search(term).is_ok()).map(weight).sum();
            let other: f64 = terms.iter().map(weight).sum();
            // Dice's measure: a short text within a long one is still like it.
            Like { doc: *doc, likeness: 2.0 * shared / (own_weight + other).max(f64::MIN_POSITIVE) }
        })
        .filter(|like| like.likeness >= least)
        .collect();
    likes.sort_by(|a, b| b.likeness.total_cmp(&a.likeness).then_with(|| b.doc.cmp(&a.doc)));
    likes.dedup_by_key(|like| like.doc);
    likes.truncate(most);
    Ok(likes)
}
