//! One concern as its own events make it, beside its row: what the page of a receipt shows is compared with the record
//! without going through the whole of it.

use record::{Difference, Fold, How};
use store::{StoreError, Tx};

use super::{ConcernFold, compare};
use crate::concern::{Concern, ConcernId};

/// A concern twice.
#[derive(Debug)]
pub(crate) struct Beside {
    /// As the record has it, but for its title.
    pub(crate) record: Concern,
    /// As its row has it.
    pub(crate) table: Concern,
    /// The tables of which something differs, each with the column where there is one.
    pub(crate) differs: Vec<(&'static str, &'static str)>,
}

/// Folds the events of one concern and compares it with its tables. Nothing where the record does not lead to where a concern
/// could stand, because a step of it is gone or was changed, and where the table does not have it.
///
/// # Errors
/// Only the store's.
pub(crate) fn of_one(tx: &mut Tx, id: ConcernId) -> Result<Option<Beside>, StoreError> {
    let mut fold = ConcernFold::default();
    for event in record::in_order(tx, id.0)? {
        if fold.apply(&event).is_err() {
            return Ok(None);
        }
    }
    let Some(folded) = fold.concerns.remove(&id).filter(|folded| folded.early.is_empty()) else { return Ok(None) };
    let Some((table, differences)) = compare::compare_one(tx, &folded)? else { return Ok(None) };
    let named = |one: Difference| match one.how {
        How::Column { column, .. } => (one.table, column),
        _ => (one.table, ""),
    };
    Ok(Some(Beside { record: folded.expected(), table, differs: differences.into_iter().map(named).collect() }))
}
