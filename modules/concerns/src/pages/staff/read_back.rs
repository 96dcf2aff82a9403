//! What a form shows of the steps before it: the words, the last answer, the last objection.

use base::UnitId;
use record::EventId;

use crate::events::Happened;
use crate::read::Detail;

/// The resident's words, as far as they may be read; what handlers read where they may not.
pub(super) fn words(detail: &Detail) -> String {
    let first = detail.entries.first();
    let own = first.and_then(|entry| entry.words.clone());
    own.or_else(|| detail.handlers_text().map(str::to_owned)).unwrap_or_default()
}

/// The last objection: whose, and why.
pub(super) fn objection(detail: &Detail) -> Option<(UnitId, String)> {
    detail.entries.iter().rev().find_map(|entry| match &entry.happened {
        Happened::ConcernObjected(facts) => Some((facts.unit, entry.note.clone().unwrap_or_default())),
        _ => None,
    })
}

/// The last answer.
pub(super) fn answer(detail: &Detail) -> Option<String> {
    detail.entries.iter().rev().find_map(|entry| match entry.happened {
        Happened::ConcernResolved(_) => entry.shown.clone(),
        _ => None,
    })
}

/// What the resident added last.
pub(super) fn last_added(detail: &Detail) -> Option<(EventId, String)> {
    detail.entries.iter().rev().find_map(|entry| match entry.happened {
        Happened::ConcernAdded(_) => Some((entry.event, entry.words.clone().unwrap_or_default())),
        _ => None,
    })
}
