//! Tables that leave the product as files: who took which, of which unit, how many rows, masked or plain. The file is made by
//! reading; it goes out once the record has the event, so that none leaves without one.

use base::{Ctx, Id, PersonId, UnitId};
use record::{About, Actor, Facts, append};
use serde::{Deserialize, Serialize};
use store::{StoreError, Tx};

use crate::{PageError, Staff};

/// A table left as a file. The subject is the file, the unit the one whose rows it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableExported {
    /// Which table, as `residents`.
    pub table: String,
    /// How many rows.
    pub rows: i64,
    /// Whether what says who somebody is was masked.
    pub masked: bool,
}

impl Facts for TableExported {
    const KIND: &'static str = "TableExported";
    const V: i64 = 1;
}

/// What leaves.
#[derive(Debug, Clone, Copy)]
pub struct Leaving {
    /// Which table.
    pub table: &'static str,
    /// Whose rows; nothing for the whole district's.
    pub unit: Option<UnitId>,
    /// How many.
    pub rows: usize,
    /// Whether what says who somebody is was masked.
    pub masked: bool,
}

impl Leaving {
    /// Records it.
    ///
    /// # Errors
    /// The store's.
    pub fn record(self, tx: &mut Tx, ctx: &Ctx, actor: Actor) -> Result<(), StoreError> {
        let about = About { occurred_at: ctx.now, actor, unit: self.unit, subject: ctx.id::<Id>(), batch: None };
        let rows = i64::try_from(self.rows).unwrap_or(i64::MAX);
        append(tx, ctx, about, &TableExported { table: self.table.to_owned(), rows, masked: self.masked }).map(drop)
    }
}

impl Staff {
    /// Records that a table leaves with whoever read it. What was read and by whom was checked when it was read: this writes
    /// nothing else, so that a link may do it.
    ///
    /// # Errors
    /// The store's; then nothing leaves.
    pub async fn hand_out(&self, person: PersonId, leaving: Leaving) -> Result<(), PageError> {
        let job = move |tx: &mut Tx, ctx: &Ctx| leaving.record(tx, ctx, Actor::Person(person)).map_err(PageError::from);
        self.district.write(job).await
    }
}
