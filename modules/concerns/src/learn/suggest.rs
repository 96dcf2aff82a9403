//! The likeliest kinds of a text: what was learned, and the words of the catalogue.

use store::{StoreError, Tx};

use super::{Learned, learned};
use crate::catalogue::{self, KnownKinds};

/// A kind that a text may be of.
#[derive(Clone, Debug, PartialEq)]
pub struct Likely {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// How sure, from 0 to 1; nothing where only words of the catalogue speak for it.
    pub confidence: Option<f64>,
    /// Words of the catalogue that stand in the text.
    pub words: Vec<String>,
}

/// Below this share a guess says nothing.
const FAINT: f64 = 0.02;

/// The likeliest kinds of a text, at most so many, the likeliest first.
///
/// # Errors
/// Only the store's.
pub fn likely(tx: &mut Tx, head: &str, text: &str, most: usize) -> Result<Vec<Likely>, StoreError> {
    let catalogue = catalogue::known(tx)?;
    let learned = learned(tx)?;
    Ok(of(&catalogue, &learned, head, text, most))
}

pub(crate) fn of(catalogue: &KnownKinds, learned: &Learned, head: &str, text: &str, most: usize) -> Vec<Likely> {
    // What is learned from was folded too: traditional characters say the same as simplified ones.
    let (head, text) = (&*search::folded(head), &*search::folded(text));
    let by_words = catalogue.guess_folded(text, usize::MAX);
    let words_of = |code: &str| by_words.iter().find(|guess| guess.code == code).map(|guess| guess.words.clone()).unwrap_or_default();
    let named = |code: &str, confidence: Option<f64>| {
        let kind = catalogue.choice(code)?;
        Some(Likely { code: kind.code.clone(), name: kind.name.clone(), confidence, words: words_of(code) })
    };
    let Some(top) = &learned.top else {
        return by_words.iter().take(most).filter_map(|guess| named(&guess.code, None)).collect();
    };
    let tops = top.guess(head, text, top.classes().len());
    let share_of = |code: &str| {
        let root = catalogue.root(code);
        tops.iter().find(|guess| guess.class == root).map_or(0.0, |guess| guess.confidence)
    };
    let mut shares: Vec<(String, f64)> = Vec::new();
    if let Some(leaf) = &learned.leaf {
        for guess in leaf.guess(head, text, leaf.classes().len()) {
            let share = guess.confidence * share_of(&guess.class).max(1e-3);
            shares.push((guess.class, share));
        }
    }
    for guess in &tops {
        let inside: Vec<_> = by_words.iter().filter(|words| catalogue.root(&words.code) == guess.class).collect();
        let all: usize = inside.iter().map(|words| words.score).sum();
        for words in &inside {
            #[expect(clippy::cast_precision_loss, reason = "a score of a few thousand")]
            let part = guess.confidence * words.score as f64 / all.max(1) as f64;
            match shares.iter_mut().find(|(code, _)| *code == words.code) {
                Some((_, share)) => *share += part,
                None => shares.push((words.code.clone(), part)),
            }
        }
        // No word of the catalogue says which part of it: the wide kind itself is offered.
        if inside.is_empty() && learned.leaf.is_none() {
            shares.push((guess.class.clone(), guess.confidence));
        }
    }
    let sum: f64 = shares.iter().map(|(_, share)| share).sum();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let kept = shares.iter().map(|(code, share)| (code, share / sum.max(f64::MIN_POSITIVE))).filter(|(_, share)| *share >= FAINT);
    kept.filter_map(|(code, share)| named(code, Some(share))).take(most).collect()
}
