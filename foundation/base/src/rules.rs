//! rules

use std::sync::Arc;

/// Rules.
pub struct Rules;

impl Rules {
    /// The built-in packs.
    pub fn builtin() -> Arc<Rules> {
        Arc::new(Rules)
    }
}
