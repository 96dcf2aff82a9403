//! Who may not have the review of a petition (复查, 复核): 信访工作条例 第三十五条、第三十六条 give it to the unit above the one
//! that answered. Which unit that is a person decides; that it is neither the one whose answer is reviewed, nor of its line,
//! nor whoever took over from it, is held here.

use base::UnitId;
use people::Tree;
use store::{StoreError, Tx};

use crate::concern::{Concern, ConcernId};
use crate::events::Happened;
use crate::line::Lines;
use crate::model::{FINAL, REVIEW};

impl Concern {
    /// Whether `unit` would review an answer of its own line.
    pub(crate) fn is_reviewed_by_its_own(&self, tx: &mut Tx, tree: &Tree, unit: UnitId) -> Result<bool, StoreError> {
        if !matches!(self.now.term.as_deref(), Some(REVIEW | FINAL)) {
            return Ok(false);
        }
        let root = tree.root();
        // Everybody lies below the district: of its own answers only itself is kept away.
        let of_line = |had: UnitId| had == unit || (had != root && tree.is_within(unit, had));
        Ok(answered_before(tx, self.id)?.into_iter().any(|had| tree.heirs(had).into_iter().any(of_line)))
    }
}

/// The units that answered before the concern was last taken further.
fn answered_before(tx: &mut Tx, id: ConcernId) -> Result<Vec<UnitId>, StoreError> {
    let mut steps: Vec<(i64, Happened)> = Vec::new();
    for event in record::of_subject(tx, id.0)? {
        // What cannot be read is `verify`'s to name.
        let Ok(Some(happened)) = Happened::read(&event) else { continue };
        if let Some(v) = happened.v() {
            steps.push((v, happened));
        }
    }
    steps.sort_by_key(|(v, _)| *v);
    let (mut before, mut now) = (Vec::new(), Vec::new());
    for (_, happened) in steps {
        match happened {
            Happened::ConcernResolved(f) => now.push(f.unit),
            Happened::ConcernAnsweredWith(f) => now.extend(f.handler),
            Happened::ConcernReopened(_) => before.append(&mut now),
            Happened::ConcernCalledBack(f) if f.due.is_some() => before.append(&mut now),
            _ => {}
        }
    }
    Ok(before)
}
