//! What a form shows of the steps before it: the words, the last answer, the last objection.

use base::UnitId;
use record::EventId;

use crate::events::Happened;
use crate::read::Detail;
use crate::redact::Redaction;

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

/// What a confidential caller said later, as a text for handlers passes it on, and the event up to which; nothing where
/// nothing waits to be passed on.
pub(super) fn later(detail: &Detail, of: Option<&Redaction>) -> Option<(EventId, String)> {
    let said = detail.said_later(of);
    let words: Vec<&str> = said.iter().filter_map(|entry| entry.words.as_deref()).collect();
    Some((said.last()?.event, words.join("\n")))
}
