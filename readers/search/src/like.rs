//! Likeness: which documents near a place say nearly the same. Words that many of them share count little.

use std::ops::Range;

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

/// A range of the primary key, from its end.
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
    let mut near = Near::default();
    for area in areas {
        tx.each(NEAR, p![shelf, *area, COMPARED], |row| near.push(row.id(0)?, row.blob(1)?))?;
    }
    let mut likes = near.like(&own, least);
    likes.sort_by(|a, b| b.likeness.total_cmp(&a.likeness).then_with(|| b.doc.cmp(&a.doc)));
    likes.dedup_by_key(|like| like.doc);
    likes.truncate(most);
    Ok(likes)
}

/// Documents that are compared: their words one after another, each document's in order.
#[derive(Default)]
struct Near {
    docs: Vec<(Id, Range<usize>)>,
    terms: Vec<u32>,
}

impl Near {
    fn push(&mut self, doc: Id, bytes: &[u8]) -> Result<(), StoreError> {
        let from = self.terms.len();
        self.terms.extend(terms_of(bytes));
        if self.terms.len() > from {
            self.docs.push((doc, from..self.terms.len()));
        }
        Ok(())
    }

    fn of(&self, range: &Range<usize>) -> &[u32] {
        self.terms.get(range.clone()).unwrap_or_default()
    }

    /// Those that are as like a text as this, or liker, in no order. What a word weighs depends on how many documents have
    /// it, and to count that for every word of every document takes ten times as long as reading them: so the words of the
    /// text are counted first, which tells of nearly all documents that they cannot be like it, and then the words of the
    /// few that are left.
    fn like(&self, own: &[u32], least: f64) -> Vec<Like> {
        let all = f64::from(u32::try_from(self.docs.len()).unwrap_or(u32::MAX)) + 1.0;
        let weigh = |n: u32| (1.0 + all / f64::from(n)).ln();
        let counted = Counted::of(own.to_vec(), self);
        let own_weight: f64 = own.iter().map(|term| weigh(1 + counted.documents(*term))).sum();
        // No word weighs less than one that all documents and the text have.
        let lightest = weigh(1 + u32::try_from(self.docs.len()).unwrap_or(u32::MAX - 1));
        let shared = |terms: &[u32]| {
            let shared = terms.iter().filter(|term| counted.has(**term));
            shared.fold((0, 0.0), |(n, sum), term| (n + 1, sum + weigh(1 + counted.documents(*term))))
        };
        let candidates: Vec<(&(Id, Range<usize>), f64)> = self
            .docs
            .iter()
            .filter_map(|doc| {
                let terms = self.of(&doc.1);
                let (n, shared) = shared(terms);
                let others = f64::from(u32::try_from(terms.len() - n).unwrap_or(u32::MAX));
                let at_most = dice(shared, own_weight, shared + others * lightest);
                (at_most >= least).then_some((doc, shared))
            })
            .collect();
        let mut words: Vec<u32> = candidates.iter().flat_map(|(doc, _)| self.of(&doc.1)).copied().collect();
        words.sort_unstable();
        words.dedup();
        let others = Counted::of(words, self);
        let in_text = |term: u32| u32::from(own.binary_search(&term).is_ok());
        candidates
            .into_iter()
            .map(|(doc, shared)| {
                let other = self.of(&doc.1).iter().map(|term| weigh(in_text(*term) + others.documents(*term))).sum();
                Like { doc: doc.0, likeness: dice(shared, own_weight, other) }
            })
            .filter(|like| like.likeness >= least)
            .collect()
    }
}

/// Dice's measure: a short text within a long one is still like it.
fn dice(shared: f64, own: f64, other: f64) -> f64 {
    2.0 * shared / (own + other).max(f64::MIN_POSITIVE)
}

/// How many documents have each of some words.
struct Counted {
    /// In order, each once.
    terms: Vec<u32>,
    documents: Vec<u32>,
    /// A bit for each end of a word's number: most words are none of these, and one look tells so.
    bits: Vec<u64>,
}

/// Ends of a word's number that are told apart.
const ENDS: usize = 1 << 16;

impl Counted {
    fn of(terms: Vec<u32>, near: &Near) -> Counted {
        let mut bits = vec![0_u64; ENDS / 64];
        for term in &terms {
            let (at, bit) = end(*term);
            if let Some(word) = bits.get_mut(at) {
                *word |= bit;
            }
        }
        let mut counted = Counted { documents: vec![0; terms.len()], terms, bits };
        for term in &near.terms {
            if let Some(n) = counted.at(*term).and_then(|at| counted.documents.get_mut(at)) {
                *n += 1;
            }
        }
        counted
    }

    fn at(&self, term: u32) -> Option<usize> {
        let (at, bit) = end(term);
        let may = self.bits.get(at).is_some_and(|word| word & bit != 0);
        if may { self.terms.binary_search(&term).ok() } else { None }
    }

    fn has(&self, term: u32) -> bool {
        self.at(term).is_some()
    }

    fn documents(&self, term: u32) -> u32 {
        self.at(term).and_then(|at| self.documents.get(at)).copied().unwrap_or(0)
    }
}

fn end(term: u32) -> (usize, u64) {
    let end = term as usize % ENDS;
    (end / 64, 1 << (end % 64))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// By the definition, word by word.
    fn plainly(docs: &[(Id, Vec<u32>)], own: &[u32], least: f64) -> Vec<(Id, f64)> {
        let mut seen: HashMap<u32, f64> = own.iter().map(|term| (*term, 1.0)).collect();
        for term in docs.iter().flat_map(|(_, terms)| terms) {
            *seen.entry(*term).or_default() += 1.0;
        }
        let all = docs.len() as f64 + 1.0;
        let weight = |term: &u32| (1.0 + all / seen[term]).ln();
        let own_weight: f64 = own.iter().map(weight).sum();
        let like = |terms: &[u32]| {
            let shared: f64 = terms.iter().filter(|term| own.contains(term)).map(weight).sum();
            2.0 * shared / (own_weight + terms.iter().map(weight).sum::<f64>())
        };
        docs.iter().map(|(id, terms)| (*id, like(terms))).filter(|(_, likeness)| *likeness >= least).collect()
    }

    #[test]
    fn what_is_left_out_early_could_not_have_been_like_it() {
        let mut state = 7_u64;
        let mut next = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut found = 0;
        for round in 0..40_u64 {
            // Few words, so that texts share many; numbers that end alike, so that the ends tell nothing.
            let mut words = |n: u64| {
                let step = if round % 2 == 0 { 1 } else { 1 << 16 };
                let mut terms: Vec<u32> = (0..n).map(|_| u32::try_from(next(60 + round * 20) * step).unwrap()).collect();
                terms.sort_unstable();
                terms.dedup();
                terms
            };
            let docs: Vec<(Id, Vec<u32>)> = (0..200_u64).map(|n| (Id(u128::from(n).to_be_bytes()), words(3 + (n * 7) % 40))).collect();
            let own = words(20);
            let mut near = Near::default();
            for (id, terms) in &docs {
                near.push(*id, &terms.iter().flat_map(|term| term.to_le_bytes()).collect::<Vec<u8>>()).unwrap();
            }
            let quick = near.like(&own, 0.3);
            let plain = plainly(&docs, &own, 0.3);
            found += plain.len();
            assert_eq!(quick.len(), plain.len(), "round {round}");
            for (quick, (id, likeness)) in quick.iter().zip(plain) {
                assert_eq!(quick.doc, id);
                assert!((quick.likeness - likeness).abs() < 1e-9, "{} is not {likeness}", quick.likeness);
            }
        }
        assert!(found > 100, "{found} is too few to say anything");
    }
}
