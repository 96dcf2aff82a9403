//! The crates of the workspace and of everything under it, as `cargo metadata` tells them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// One of our crates.
pub struct Ours {
    /// Its name.
    pub name: String,
    /// Its folder from the root of the workspace, such as `foundation/base`.
    pub folder: String,
    /// What it names in its `Cargo.toml`.
    pub uses: Vec<Use>,
}

/// A line of a `Cargo.toml` that names another crate.
pub struct Use {
    /// The crate that is used.
    pub name: String,
    /// Only by tests and benches.
    pub dev: bool,
}

/// A crate that we did not write.
pub struct Theirs {
    /// Name and version, as people say them.
    pub name: String,
    /// The licence expression of its `Cargo.toml`.
    pub license: Option<String>,
}

/// Our crates, by name.
///
/// # Errors
/// When cargo cannot be run or says something unexpected.
pub fn ours() -> Result<Vec<Ours>> {
    let root = crate::root();
    let metadata = metadata(&["--no-deps"])?;
    let mut found = Vec::new();
    for package in list(&metadata, "packages")? {
        let manifest = PathBuf::from(text(package, "manifest_path")?);
        let folder = manifest.parent().and_then(|p| p.strip_prefix(&root).ok()).unwrap_or(Path::new("")).display().to_string();
        let uses = list(package, "dependencies")?
            .iter()
            .map(|line| Ok(Use { name: text(line, "name")?.to_owned(), dev: line["kind"] == "dev" }))
            .collect::<Result<_>>()?;
        found.push(Ours { name: text(package, "name")?.to_owned(), folder, uses });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// Every crate that is compiled for this machine and is not ours. Reads what cargo has fetched already.
///
/// # Errors
/// When cargo cannot be run or says something unexpected.
pub fn theirs() -> Result<Vec<Theirs>> {
    let host = host()?;
    let metadata = metadata(&["--filter-platform", &host])?;
    let mut found = Vec::new();
    for package in list(&metadata, "packages")? {
        if package["source"].is_null() {
            continue;
        }
        let name = format!("{} {}", text(package, "name")?, text(package, "version")?);
        found.push(Theirs { name, license: package["license"].as_str().map(str::to_owned) });
    }
    Ok(found)
}

fn host() -> Result<String> {
    let out = Command::new("rustc").arg("-vV").output().context("rustc -vV")?;
    let said = String::from_utf8(out.stdout)?;
    said.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned).context("rustc -vV names no host")
}

fn metadata(arguments: &[&str]) -> Result<Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let out = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .args(arguments)
        .current_dir(crate::root())
        .output()
        .context("cargo metadata")?;
    if !out.status.success() {
        bail!("cargo metadata: {}", String::from_utf8_lossy(&out.stderr));
    }
    Ok(serde_json::from_slice(&out.stdout)?)
}

fn list<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    value[key].as_array().with_context(|| format!("cargo metadata has no list {key}"))
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str> {
    value[key].as_str().with_context(|| format!("cargo metadata has no text {key}"))
}
