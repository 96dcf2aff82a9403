//! rules

/// Rules.
pub struct Rules;
