//! Everything under the product may be used, changed and handed on by a public body without conditions
//! beyond naming its authors. The list is that of `deny.toml`; this test needs neither tool nor network.

use xtask::crates::theirs;
use xtask::spdx::permits;

/// The `allow = [...]` list of `[licenses]` in `deny.toml`.
fn allowed() -> Option<Vec<String>> {
    let deny = std::fs::read_to_string(xtask::root().join("deny.toml")).ok()?;
    let (_, section) = deny.split_once("[licenses]")?;
    let (_, list) = section.split_once("allow = [")?;
    let (list, _) = list.split_once(']')?;
    Some(list.split(',').map(|name| name.trim().trim_matches('"').to_owned()).filter(|name| !name.is_empty()).collect())
}

#[test]
fn every_dependency_is_permissive() {
    let allowed = allowed().expect("a list `allow` under [licenses] in deny.toml");
    assert!(allowed.len() > 5, "the list of deny.toml could not be read: {allowed:?}");
    let mut problems = Vec::new();
    for package in theirs().expect("cargo metadata") {
        match &package.license {
            None => problems.push(format!("{}: names no licence. Look for one without this question.", package.name)),
            Some(expression) if permits(expression, &|name| allowed.iter().any(|a| a == name)) => {}
            Some(expression) => problems.push(format!(
                "{}: {expression}. Look for another crate, or add the licence to deny.toml if it is permissive and say why.",
                package.name
            )),
        }
    }
    crate::none("A dependency may not stand under this product:", &problems);
}
