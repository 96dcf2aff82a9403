//! From which list somebody came to a concern, so that they are led back there: to the next one where
//! it has left the list, to the same one where it stays.

use web::Fields;

use crate::sight::Act;

/// The lists, by the word in an address.
const LISTS: [(&str, &str); 5] =
    [("work", "/work"), ("desk", "/work/desk"), ("review", "/work/review"), ("callbacks", "/work/callbacks"), ("all", "/work/all")];

/// The way that somebody came.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Trail {
    /// The list; empty where none is known.
    pub(super) from: &'static str,
    /// Whether the concern is shown beside the list.
    pub(super) beside: bool,
}

impl Trail {
    /// As an address or a form has it.
    pub(super) fn of(fields: &Fields) -> Trail {
        let from = LISTS.iter().find(|(word, _)| fields.chose("from", word)).map_or("", |(word, _)| *word);
        Trail { from, beside: fields.has("beside") && !from.is_empty() }
    }

    /// The word for a list by its path.
    pub(super) fn word(path: &str) -> &'static str {
        LISTS.iter().find(|(_, list)| *list == path).map_or("", |(word, _)| *word)
    }

    /// The list to go back to.
    pub(super) fn list(self) -> &'static str {
        LISTS.iter().find(|(word, _)| *word == self.from).map_or("/work", |(_, list)| *list)
    }

    /// The place of the menu to which a concern belongs that was opened this way: its list, or none.
    pub(super) fn place(self) -> String {
        if self.from.is_empty() { "-".to_owned() } else { self.list().to_owned() }
    }

    /// What is put behind an address, so that the way is not lost.
    pub(super) fn query(self) -> String {
        match (self.from, self.beside) {
            ("", _) => String::new(),
            (from, true) => format!("?from={from}&beside=1"),
            (from, false) => format!("?from={from}"),
        }
    }

    /// Where to go when a step was left: beside its list, or on its own page.
    pub(super) fn back(self, no: &str) -> String {
        if self.beside { format!("{}?at={no}", self.list()) } else { format!("/work/c/{no}{}", self.query()) }
    }

    /// Where to go when a step was taken.
    pub(super) fn after(self, no: &str, act: Act) -> String {
        let stays = !matches!(
            act,
            Act::Dispatch
                | Act::Decide
                | Act::Object
                | Act::Escalate
                | Act::SendDown
                | Act::Resolve
                | Act::Review
                | Act::CallBack
                | Act::ArchiveUnreachable
                | Act::Archive
        );
        match self.from {
            "desk" | "review" | "callbacks" if !self.beside && !stays => self.list().to_owned(),
            "work" if !self.beside && matches!(act, Act::Resolve | Act::Object | Act::Escalate | Act::SendDown) => self.list().to_owned(),
            _ => self.back(no),
        }
    }
}
