//! Search in Chinese, and likeness: a reader of the record that keeps an index of its own.
//!
//! A module says which documents an event touches and what their words are now; what nobody may read it
//! does not give. Simplified finds traditional and the reverse. Who may see what is found is not asked
//! here: the module filters what comes back.

mod find;
mod index;
mod like;
mod words;

pub use find::{Query, contains, find};
pub use index::{Doc, Index, Touched};
pub use like::{Like, similar};
pub use words::{folded, load};

/// The tables of this reader.
pub const MIGRATIONS: &[store::Migration] = store::migrations!("search", "0001_search", "0002_near");

/// Documents of one segment.
pub(crate) const SEGMENT: i64 = 1024;

/// A word on a shelf, as postings are keyed.
pub(crate) fn key(shelf: i64, term: u32) -> i64 {
    shelf << 32 | i64::from(term)
}

/// The words of a document or a posting's numbers, from their bytes.
pub(crate) fn terms_of(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.as_chunks::<4>().0.iter().map(|chunk| u32::from_le_bytes(*chunk))
}

pub(crate) fn numbers_of(bytes: &[u8]) -> impl DoubleEndedIterator<Item = u16> + '_ {
    bytes.as_chunks::<2>().0.iter().map(|chunk| u16::from_le_bytes(*chunk))
}
