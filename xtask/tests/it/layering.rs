//! Each crate uses only crates to its left; a module uses no module; only `store` names a driver.

use xtask::crates::{Ours, ours};

/// Left to right. A crate of one place may use every crate of the places before it.
const ORDER: &[&[&str]] = &[
    &["foundation/base"],
    &["foundation/store"],
    &["foundation/record"],
    &["foundation/people"],
    &["foundation/sheets", "foundation/documents"],
    &["foundation/web"],
    &["readers/measures"],
    &["readers/*"],
    &["parts/*"],
    &["modules/*"],
    &["demo"],
    &["app"],
];

/// Beside the row, for tests and measurements: nothing in the row uses them, except that tests may use `testkit`.
const BESIDE: &[&str] = &["testkit", "bench", "fuzz", "xtask"];

/// Crates that talk to a database.
const DRIVERS: &[&str] = &["rusqlite", "postgres", "tokio-postgres", "libsqlite3-sys", "sqlx", "diesel", "sea-orm"];

fn place(folder: &str) -> Option<usize> {
    ORDER.iter().position(|group| {
        group.iter().any(|pattern| match pattern.strip_suffix("/*") {
            Some(parent) => folder.strip_prefix(parent).is_some_and(|rest| rest.starts_with('/')),
            None => *pattern == folder,
        })
    })
}

fn wrong_use(by: &Ours, of: &Ours, dev: bool) -> Option<String> {
    let line = format!("{}/Cargo.toml uses `{}`", by.folder, of.name);
    if by.folder == "xtask" {
        return Some(format!("{line}: xtask looks at the house from outside. Remove the line."));
    }
    if of.folder == "testkit" {
        let fine = dev || by.folder == "bench";
        return (!fine).then(|| format!("{line}: move it to [dev-dependencies]; testkit never ships."));
    }
    if BESIDE.contains(&of.folder.as_str()) {
        return Some(format!(
            "{line}: `{}` stands beside the house and is used by nobody. Move what you need into a crate of the row.",
            of.name
        ));
    }
    match (by.folder.as_str(), place(&by.folder), place(&of.folder)) {
        ("bench" | "fuzz", ..) => None,
        ("testkit", _, Some(right)) if right <= 5 => None,
        ("testkit", ..) => Some(format!("{line}: testkit stands on `web` and below and takes modules as an argument.")),
        (_, Some(left), Some(right)) if right < left => None,
        (_, Some(left), Some(right)) if right == left => Some(format!(
            "{line}: neighbours do not know one another. Meet through the record, a link, or a page that posts to the other's form."
        )),
        (_, Some(_), Some(_)) => {
            Some(format!("{line}, which stands to its right. Move what you need leftwards, or pass it in from the right."))
        }
        _ => Some(format!("{line}: a folder without a place. Give it one in xtask/tests/it/layering.rs and in ARCHITECTURE.md.")),
    }
}

#[test]
fn each_crate_uses_only_crates_to_its_left() {
    let crates = ours().expect("cargo metadata");
    let mut problems = Vec::new();
    for by in &crates {
        if place(&by.folder).is_none() && !BESIDE.contains(&by.folder.as_str()) {
            problems
                .push(format!("{}: a crate without a place. Give it one in xtask/tests/it/layering.rs and in ARCHITECTURE.md.", by.folder));
        }
        for used in &by.uses {
            if let Some(of) = crates.iter().find(|c| c.name == used.name) {
                problems.extend(wrong_use(by, of, used.dev));
            }
        }
    }
    crate::none("The layers of ARCHITECTURE.md do not hold:", &problems);
}

#[test]
fn only_store_names_a_driver() {
    let mut problems = Vec::new();
    for by in ours().expect("cargo metadata") {
        for used in &by.uses {
            if DRIVERS.contains(&used.name.as_str()) && by.folder != "foundation/store" {
                problems.push(format!(
                    "{}/Cargo.toml names the driver `{}`: go through store::Tx, which serves both engines.",
                    by.folder, used.name
                ));
            }
        }
    }
    crate::none("A database driver is named outside store:", &problems);
}

#[test]
fn a_line_in_the_wrong_direction_is_seen() {
    let ours =
        |folder: &str| Ours { name: folder.rsplit('/').next().unwrap_or_default().to_owned(), folder: folder.to_owned(), uses: Vec::new() };
    for (by, of, dev, right) in [
        ("modules/concerns", "foundation/web", false, true),
        ("modules/concerns", "readers/measures", false, true),
        ("modules/concerns", "modules/learning", false, false),
        ("readers/measures", "readers/search", false, false),
        ("foundation/store", "foundation/record", false, false),
        ("foundation/web", "modules/concerns", false, false),
        ("modules/concerns", "testkit", true, true),
        ("modules/concerns", "testkit", false, false),
        ("testkit", "modules/concerns", false, false),
        ("demo", "modules/concerns", false, true),
        ("app", "demo", false, true),
        ("demo", "app", false, false),
        ("xtask", "foundation/base", false, false),
        ("bench", "modules/concerns", false, true),
        ("app", "bench", false, false),
    ] {
        assert_eq!(wrong_use(&ours(by), &ours(of), dev).is_none(), right, "{by} uses {of}");
    }
}
