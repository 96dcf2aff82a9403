//! The files that people keep: everything in the checkout but what is built, downloaded or made at run time.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Folders that nobody edits, wherever they stand.
const SKIPPED: &[&str] = &["target", "node_modules", "dist", "out", "test-results", "playwright-report", "corpus", "artifacts", ".git"];

/// A text file and where it stands.
pub struct File {
    /// From the root of the workspace, with `/` between folders.
    pub path: String,
    /// All of it.
    pub text: String,
}

impl File {
    /// What stands after the last dot of the name.
    pub fn extension(&self) -> &str {
        self.path.rsplit_once('.').map_or("", |(_, end)| end)
    }

    /// Whether it stands under the folder.
    pub fn under(&self, folder: &str) -> bool {
        self.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    }

    /// Its lines, numbered as editors do.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(at, line)| (at + 1, line))
    }
}

/// All text files, by path. What is not UTF-8 (pictures, workbooks) is left out.
///
/// # Errors
/// When a folder cannot be read.
pub fn all() -> Result<Vec<File>> {
    let root = crate::root();
    let mut found = Vec::new();
    walk(&root, &root, &mut found)?;
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<File>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path: PathBuf = entry?.path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            // `/data` holds demo districts; a folder of that name deeper down is somebody's source.
            if !SKIPPED.contains(&name) && path != root.join("data") {
                walk(root, &path, found)?;
            }
        } else if let Ok(text) = fs::read_to_string(&path) {
            let path = path.strip_prefix(root).unwrap_or(&path).display().to_string().replace('\\', "/");
            found.push(File { path, text });
        }
    }
    Ok(())
}
