//! Personal data that is kept: each class declared by whose it is, with its purpose, how long it is kept by
//! which rule, and how it goes. A tick lets go of what is past its term and records that it did.

use std::sync::Arc;

use base::{Ctx, Id, Time, policy};
use record::{About, Actor, Facts, append};
use serde::{Deserialize, Serialize};
use store::{StoreError, Tx};

use crate::{District, Fault, Lang};

/// One class of personal data.
#[derive(Clone, Copy)]
pub struct Kept {
    /// Its name, as `concerns.contact`: table and what of it.
    pub id: &'static str,
    /// What it is, in the reader's language.
    pub what: fn(Lang) -> &'static str,
    /// What it is there for.
    pub purpose: fn(Lang) -> &'static str,
    /// Whether it lies sealed, with a key of its own.
    pub sealed: bool,
    /// The number that says how long, of [`base::policy`]; none for what stays as long as what it belongs to.
    pub keep: Option<&'static str>,
    /// Lets go of at most so many rows whose term began before this time; tells how many it let go of.
    pub purge: Option<fn(&mut Tx, &Ctx, Time, i64) -> Result<u64, StoreError>>,
}

/// Personal data was let go of because its term was over. The subject is the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataPurged {
    /// The class.
    pub class: String,
    /// How many rows.
    pub rows: u64,
    /// What began before this time is past its term.
    pub before: Time,
    /// How many days it was kept.
    pub days: i64,
}

impl Facts for DataPurged {
    const KIND: &'static str = "DataPurged";
    const V: i64 = 1;
}

/// Rows in one transaction.
const PIECE: i64 = 100;

/// Let go of everything of these classes that is past its term.
///
/// # Errors
/// The store's.
pub fn purge(district: &Arc<District>, kept: &[Kept]) -> Result<(), Fault> {
    for class in kept {
        let (Some(purge), Some(term)) = (class.purge, class.keep.and_then(policy::number)) else { continue };
        loop {
            let class = *class;
            let rows = district.write_now(move |tx, ctx| {
                let before = ctx.now.plus(-term.micros());
                let rows = purge(tx, ctx, before, PIECE)?;
                if rows > 0 {
                    let about = About { occurred_at: ctx.now, actor: Actor::System, unit: None, subject: ctx.id::<Id>(), batch: None };
                    append(tx, ctx, about, &DataPurged { class: class.id.to_owned(), rows, before, days: term.amount })?;
                }
                Ok::<_, StoreError>(rows)
            })?;
            if rows < u64::try_from(PIECE).unwrap_or(1) {
                break;
            }
        }
    }
    Ok(())
}
