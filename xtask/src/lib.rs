//! What the house promises about itself, in a form that tests can read: the crates and who uses whom
//! ([`crates`]), the files under hand ([`files`]), licence expressions ([`spdx`]).
//!
//! The promises stand in `tests/it`: layering, tidiness, licences. They need no tool and no network.

pub mod crates;
pub mod files;
pub mod spdx;

use std::path::{Path, PathBuf};

/// The root of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}
