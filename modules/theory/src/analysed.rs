//! The item analysis of a test, from the sheets that were handed in.

use std::collections::BTreeMap;
use std::sync::Arc;

use store::{Sql, StoreError, Tx, p, sql};

use crate::analysis::{ItemFigures, Sat, Version, analyse};
use crate::events::QuestionId;
use crate::model::{Item, KeyItem};
use crate::read::{self, Test};
use crate::sit::key_of;

/// A test analysed.
#[derive(Clone, Debug)]
pub struct Analysed {
    /// How many sheets.
    pub sat: i64,
    /// The questions of each version of the paper.
    pub versions: Vec<Vec<Item>>,
    /// What each question gave.
    pub figures: BTreeMap<QuestionId, ItemFigures>,
}

/// By the primary key.
const SHEETS: &Sql = sql!("SELECT variant, sheet FROM attempt WHERE test = ?1 AND submitted_at IS NOT NULL ORDER BY person, n");

/// Analyses a test.
///
/// # Errors
/// Only the store's.
pub fn of_test(tx: &mut Tx, test: &Test) -> Result<Analysed, StoreError> {
    let mut versions: Vec<(Vec<Item>, Arc<Vec<KeyItem>>)> = Vec::new();
    for n in 1..=test.variants {
        versions.push((read::items(tx, test.paper, n)?, key_of(tx, test.paper, n)?));
    }
    let sheets: Vec<(usize, Vec<u8>)> =
        tx.all(SHEETS, p![test.id], |row| Ok((usize::try_from(row.int(0)? - 1).unwrap_or(0), row.blob(1)?.to_vec())))?;
    let of: Vec<Version<'_>> = versions.iter().map(|(items, key)| Version { items, key }).collect();
    let sat: Vec<Sat<'_>> = sheets.iter().map(|(version, sheet)| Sat { version: *version, sheet }).collect();
    let figures = analyse(&of, &sat, test.terms.partial);
    let sat = i64::try_from(sheets.len()).unwrap_or(i64::MAX);
    Ok(Analysed { sat, versions: versions.into_iter().map(|(items, _)| items).collect(), figures })
}
