//! The inputs of a step's form, put together in Rust because they depend on the step and the concern.

use web::kit::{Choice, Group};

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
    Radios { name: &'static str, legend: &'static str, list: Vec<Choice>, error: String, hint: &'static str },
    /// Any of a few.
    Boxes { name: &'static str, legend: &'static str, list: Vec<Choice> },
    /// One of many, under headings.
    Picker { name: &'static str, legend: &'static str, groups: Vec<Group>, error: String, hint: &'static str },
    /// One of a list.
    Select { name: &'static str, label: &'static str, list: Vec<Choice>, error: String, hint: &'static str, optional: bool },
    /// Photos.
    Photos { name: &'static str, label: &'static str, error: String },
    /// A text to read before answering.
    Quote { title: String, text: String },
    /// Something to know.
    Note(String),
}
