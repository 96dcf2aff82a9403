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
const COMPARED: i64 = 400;

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
        // A word weighs by how many texts have it, of which there are never more than these: each weight is worked out once.
        let mut weights = vec![0.0];
        weights.extend((1..=self.docs.len() + 1).map(|n| (1.0 + all / f64::from(u32::try_from(n).unwrap_or(u32::MAX))).ln()));
        let weigh = |n: u32| weights.get(n as usize).copied().unwrap_or(0.0);
        // Which of the text's words each document has, one document's after another's.
        let (mut counted, mut shared) = (Counted::of(own), Vec::new());
        let found: Vec<Range<usize>> = self
            .docs
            .iter()
            .map(|doc| {
                let from = shared.len();
                shared.extend(self.of(&doc.1).iter().filter_map(|term| counted.count(*term)));
                from..shared.len()
            })
            .collect();
        let of_own: Vec<f64> = counted.documents.iter().map(|n| weigh(1 + n)).collect();
        let own_weight: f64 = of_own.iter().sum();
        // No word weighs less than one that all documents and the text have.
        let lightest = weigh(1 + u32::try_from(self.docs.len()).unwrap_or(u32::MAX - 1));
        let candidates: Vec<(&(Id, Range<usize>), f64)> = self
            .docs
            .iter()
            .zip(found)
            .filter_map(|(doc, found)| {
                let has = shared.get(found).unwrap_or_default();
                let shared: f64 = has.iter().filter_map(|at| of_own.get(*at as usize)).sum();
                let others = f64::from(u32::try_from(doc.1.len() - has.len()).unwrap_or(u32::MAX));
                let at_most = dice(shared, own_weight, shared + others * lightest);
                (at_most >= least).then_some((doc, shared))
            })
            .collect();
        if candidates.is_empty() {
            return Vec::new();
        }
        let mut words: Vec<u32> = candidates.iter().flat_map(|(doc, _)| self.of(&doc.1)).copied().collect();
        words.sort_unstable();
        words.dedup();
        let mut others = Counted::of(&words);
        for term in &self.terms {
            others.count(*term);
        }
        for term in own {
            others.count(*term);
        }
        candidates
            .into_iter()
            .map(|(doc, shared)| {
                let other = self.of(&doc.1).iter().map(|term| weigh(others.documents(*term))).sum();
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

/// How many texts have each of some words.
struct Counted {
    /// By the word's place among them.
    documents: Vec<u32>,
    /// Where a word is among them, by its number and the free places after it; most words are none of these, and nearly
    /// always one look tells so.
    places: Vec<(u32, u32)>,
    /// How far a number is shifted to come to a place.
    shift: u32,
}

/// No word's place.
const FREE: u32 = u32::MAX;

impl Counted {
    /// Of these words, each once.
    fn of(terms: &[u32]) -> Counted {
        let bits = (terms.len() * 4).max(64).ilog2() + 1;
        let mut counted = Counted { documents: vec![0; terms.len()], places: vec![(0, FREE); 1 << bits], shift: 32 - bits.min(31) };
        for (n, term) in (0_u32..).zip(terms) {
            let mut at = counted.first(*term);
            while counted.places.get(at).is_some_and(|place| place.1 != FREE) {
                at = (at + 1) % counted.places.len();
            }
            if let Some(place) = counted.places.get_mut(at) {
                *place = (*term, n);
            }
        }
        counted
    }

    /// Where a word is looked for first: numbers that end alike lie apart.
    fn first(&self, term: u32) -> usize {
        (term.wrapping_mul(0x9e37_79b1) >> self.shift) as usize
    }

    fn at(&self, term: u32) -> Option<u32> {
        let mut at = self.first(term);
        loop {
            match self.places.get(at) {
                Some((_, FREE)) | None => return None,
                Some((found, n)) if *found == term => return Some(*n),
                Some(_) => at = (at + 1) & (self.places.len() - 1),
            }
        }
    }

    /// Counts one more text that has this word; tells which it is of those that are counted.
    fn count(&mut self, term: u32) -> Option<u32> {
        let n = self.at(term)?;
        if let Some(documents) = self.documents.get_mut(n as usize) {
            *documents += 1;
        }
        Some(n)
    }

    fn documents(&self, term: u32) -> u32 {
        self.at(term).and_then(|n| self.documents.get(n as usize)).copied().unwrap_or(0)
    }
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
