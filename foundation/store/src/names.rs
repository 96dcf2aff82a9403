//! The names that migrations give to constraints, which SQLite does not say when one refuses a row.

use std::collections::HashMap;

/// From what SQLite says to the name that the migration gave.
#[derive(Debug, Default)]
pub(crate) struct Names {
    unique: HashMap<String, String>,
    check: HashMap<String, String>,
}

impl Names {
    /// `t.a, t.b`, or `index 'name'`.
    pub(crate) fn unique(&self, failed: &str) -> String {
        let index = failed.strip_prefix("index '").and_then(|rest| rest.strip_suffix('\''));
        index.map_or_else(|| self.unique.get(failed).map_or(failed, String::as_str), |name| name).to_owned()
    }

    /// The constraint's name, or the text of the condition where it has none.
    pub(crate) fn check(&self, failed: &str) -> String {
        self.check.get(failed).map_or(failed, String::as_str).to_owned()
    }
}
