//! The inputs of a step's form, put together in Rust because they depend on the step and the concern.

use web::kit::{Choice, Group};

use crate::pages::kept::Kept;

/// A piece of a text, and whether it should be taken out.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// The piece.
    pub(crate) text: String,
    /// Whether it gives somebody away.
    pub(crate) telling: bool,
}

impl Mark {
    /// A text in pieces.
    pub(crate) fn of(text: &str) -> Vec<Mark> {
        base::text::personal_pieces(text).into_iter().map(|piece| Mark { telling: piece.label.is_some(), text: piece.text }).collect()
    }
}

/// One input; `templates/staff/inputs.html` draws it.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the fields are the arguments of the kit's macros")]
pub(crate) enum Input {
    /// Several lines of text.
    Area {
        name: &'static str,
        label: &'static str,
        value: String,
        error: String,
        hint: &'static str,
        rows: usize,
        max: usize,
        optional: bool,
    },
    /// One line.
    Line { name: &'static str, label: &'static str, value: String, error: String, hint: &'static str, kind: &'static str, optional: bool },
    /// One of a few.
    Radios { name: &'static str, legend: &'static str, list: Vec<Choice>, error: String, hint: &'static str, inline: bool },
    /// Any of a few.
    Boxes { name: &'static str, legend: &'static str, list: Vec<Choice>, error: String, hint: &'static str },
    /// One of many, under headings.
    Picker { name: &'static str, legend: &'static str, groups: Vec<Group>, error: String, hint: &'static str },
    /// One of a list.
    Select { name: &'static str, label: &'static str, list: Vec<Choice>, error: String, hint: &'static str, optional: bool },
    /// Photos, with those that the form has already.
    Photos { name: &'static str, label: &'static str, error: String, kept: Vec<Kept>, kept_label: &'static str, drop: &'static str },
    /// The answers to this question decide what else is asked, up to [`Input::EndReveal`].
    Reveal(&'static str),
    /// Asked where the answer is this, up to [`Input::EndWhen`].
    When(&'static str),
    /// The end of what is asked then.
    EndWhen,
    /// The end of what the question decides.
    EndReveal,
    /// A text to read before answering.
    Quote { title: String, text: String },
    /// A text in which what should be taken out is marked.
    Marked { title: &'static str, pieces: Vec<Mark> },
    /// What the form carries unseen.
    Hidden(&'static str, String),
    /// Something to know.
    Note(String),
}
