//! What must stay apart in the whole program: the three administrators from one another and from the work,
//! and what one module knows of a resident from what another knows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use people::Role;
use store::Engine;
use testkit::TestApp;

use crate::open::{modules, trees};

/// The addresses of pages, as the sources of all crates name them.
fn routes() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                if !["target", "node_modules", "tests", ".git", "dist"].contains(&name.as_str()) {
                    walk(&path, found);
                }
            } else if name.ends_with(".rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                for part in text.split(".route(").skip(1) {
                    let Some(quoted) = part.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()) else { continue };
                    found.push((path.display().to_string(), quoted.to_owned()));
                }
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for folder in ["foundation", "readers", "modules", "parts"] {
        let folder = root.join(folder);
        if folder.is_dir() {
            walk(&folder, &mut found);
        }
    }
    assert!(found.len() > 50, "the routes were not found: {}", found.len());
    found
}

#[test]
fn administrators_open_no_page_of_the_work_and_not_one_anothers() {
    let app = TestApp::new(Engine::Sqlite, modules()).unwrap();
    let pages: BTreeSet<String> = routes().into_iter().map(|(_, path)| path).filter(|path| !path.contains('{')).collect();
    for role in [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin] {
        let who = app.staff(role);
        let mut open = Vec::new();
        for path in pages.iter().filter(|path| path.starts_with("/work")) {
            if who.get(path).status.as_u16() == 200 {
                open.push(path.clone());
            }
        }
        assert_eq!(open, Vec::<String>::new(), "{role:?} reads the work");
        for path in pages.iter().filter(|path| path.starts_with("/audit/")) {
            let status = who.get(path).status.as_u16();
            assert_eq!(status == 403, role != Role::AuditAdmin, "{role:?} {path}: {status}");
        }
        // How the record stands is for all three to see; what was set aside only one of them settles.
        for path in pages.iter().filter(|path| path.starts_with("/admin") && path.as_str() != "/admin/record") {
            let status = who.get(path).status.as_u16();
            assert!(role != Role::AuditAdmin || status != 200, "the audit administrates: {path}");
        }
    }
    app.finish();
}

/// Words in an address or in SQL that name one resident.
const RESIDENT: &[&str] = &["resident", "contact", "caller", "phone", "id_number", "citizen"];

#[test]
fn no_address_names_a_resident_or_a_telephone() {
    let mut keyed = Vec::new();
    for (file, path) in routes() {
        for key in path.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
            // The register of one community is a list of its own; nothing else may be asked for by a person.
            let register = file.contains("/register/") || path.starts_with("/work/register") || path.starts_with("/work/residents");
            if !register && RESIDENT.iter().any(|word| key.contains(word)) {
                keyed.push(format!("{file}: {path}"));
            }
        }
    }
    assert_eq!(keyed, Vec::<String>::new());
}

/// Which crate made which table, by the migrations.
fn owners() -> BTreeMap<String, String> {
    let mut owners = BTreeMap::new();
    for tree in trees(&modules()) {
        for migration in tree {
            let owner = migration.name.split('/').next().unwrap().to_owned();
            for part in migration.sql.split("CREATE TABLE ").skip(1) {
                let table: String = part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                owners.insert(table, owner.clone());
            }
        }
    }
    assert!(owners.len() > 20, "{}", owners.len());
    owners
}

/// The tables that a statement names after FROM, JOIN, INTO and UPDATE.
fn tables<'a>(sql: &str, owners: &'a BTreeMap<String, String>) -> BTreeSet<(&'a str, &'a str)> {
    let words: BTreeSet<&str> = sql.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    owners.iter().filter(|(table, _)| words.contains(table.as_str())).map(|(table, owner)| (table.as_str(), owner.as_str())).collect()
}

#[test]
fn no_statement_joins_a_resident_with_another_modules_tables() {
    let owners = owners();
    let human = |table: &str| table.contains("resident") || table.contains("contact");
    let mut joined = Vec::new();
    for sql in store::all_statements() {
        let named = tables(sql.text(), &owners);
        let of_humans: BTreeSet<&str> = named.iter().filter(|(table, _)| human(table)).map(|(_, owner)| *owner).collect();
        for owner in of_humans {
            if let Some((table, other)) = named.iter().find(|(_, other)| *other != owner) {
                joined.push(format!("{}: a table of residents of {owner} with {table} of {other}", sql.text()));
            }
        }
    }
    assert_eq!(joined, Vec::<String>::new());
}

/// The statements that find something by the keyed digest of a telephone: each is bound to one case, or counts
/// against a quota, or is of the sign-in of whoever holds that telephone, whose tables nobody else's are joined with.
#[test]
fn a_telephone_finds_nothing_but_where_a_case_asks() {
    let mut by_phone = Vec::new();
    for sql in store::all_statements() {
        let flat = sql.text().split_whitespace().collect::<Vec<_>>().join(" ");
        if flat.contains("WHERE") && flat.split("WHERE").skip(1).any(|clause| clause.contains("phone_blind")) {
            by_phone.push(flat);
        }
    }
    let owners = owners();
    let signing_in = |sql: &str| {
        let named = tables(sql, &owners);
        !named.is_empty() && named.iter().all(|(_, owner)| *owner == "visitors")
    };
    let allowed = |sql: &str| (sql.contains("concern_contact") && sql.contains("LIMIT")) || signing_in(sql);
    by_phone.retain(|sql| !allowed(sql));
    assert_eq!(by_phone, Vec::<String>::new());
}
