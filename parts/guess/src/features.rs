//! What a text is seen as: its Han characters one by one and in pairs, of the head and of the whole apart.
//! Digits, Latin letters and signs say nothing of the matter and much of the writer, and are left out.

use std::collections::HashMap;

/// A text as features and how often each stands in it, not weighed yet, in the order of the features.
pub(crate) type Counts = Vec<(u64, u32)>;

/// Bits of a character.
const CHARACTER: u32 = 21;
/// Marks features of the head.
const HEAD: u64 = 1 << 63;

fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}')
}

/// The features of a head, such as a title, and of the whole text.
pub(crate) fn counts(head: &str, text: &str) -> Counts {
    let mut counted: HashMap<u64, u32> = HashMap::new();
    let mut count = |text: &str, mark: u64| {
        let mut before: Option<char> = None;
        for c in text.chars() {
            if !is_han(c) {
                before = None;
                continue;
            }
            let one = u64::from(u32::from(c));
            *counted.entry(mark | one).or_default() += 1;
            if let Some(before) = before {
                *counted.entry(mark | u64::from(u32::from(before)) << CHARACTER | one).or_default() += 1;
            }
            before = Some(c);
        }
    };
    count(head, HEAD);
    count(head, 0);
    count(text, 0);
    let mut counts: Counts = counted.into_iter().collect();
    counts.sort_unstable();
    counts
}

/// Whether a feature is of the head.
pub(crate) fn is_of_head(feature: u64) -> bool {
    feature & HEAD != 0
}
