//! What must stay apart in the whole program: the three administrators from one another and from the work,
//! and what one module knows of a resident from what another knows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use people::Role;
use store::Engine;
use testkit::TestApp;
use web::Lang;

use crate::open::{modules, trees};

mod keyed;

/// The sources of all crates that answer requests, by their path from the root.
fn sources() -> Vec<(String, String)> {
    fn walk(root: &Path, folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                if !["target", "node_modules", "tests", ".git", "dist"].contains(&name.as_str()) {
                    walk(root, &path, found);
                }
            } else if name.ends_with(".rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned();
                found.push((path.strip_prefix(root).unwrap().display().to_string(), text));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = Vec::new();
    for folder in ["foundation/web", "readers", "modules", "parts"] {
        walk(root, &root.join(folder), &mut found);
    }
    found.sort();
    found
}

/// The addresses of pages, as the sources of all crates name them.
pub(crate) fn routes() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (file, text) in sources() {
        for part in text.split(".route(").skip(1) {
            let Some(quoted) = part.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()) else { continue };
            found.push((file.clone(), quoted.to_owned()));
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

/// Every table that may leave is known to the audit by name, and so is every reader: what a code in the record means is no
/// riddle to whoever audits.
#[test]
fn what_the_audit_knows_by_codes_has_names() {
    let app = TestApp::new(Engine::Sqlite, modules()).unwrap();
    let mut codes: BTreeSet<String> = app.app.brings().map(|kind| kind.key.to_owned()).collect();
    for (_, text) in sources() {
        // As `Leaving { table: "concerns", …`, or through a function of that name.
        for part in text.split("Leaving { table: ").chain(text.split("leaving(who, ")).skip(1) {
            let Some(code) = part.strip_prefix('"').and_then(|rest| rest.split('"').next()) else { continue };
            codes.insert(code.to_owned());
        }
    }
    let there: BTreeSet<&str> = app.app.brings().map(|kind| kind.key).collect();
    assert_eq!(there, BTreeSet::from(crate::args::TABLES), "each table of an office goes in and out at the command line too");
    assert!(codes.contains("concerns.joint") && codes.contains("inspections") && codes.contains("units"), "{codes:?}");
    for lang in [Lang::Hans, Lang::Hant, Lang::En] {
        let named: BTreeSet<String> = audit::tables(&app.app, lang).iter().map(|(code, _)| (*code).to_owned()).collect();
        assert_eq!(codes.difference(&named).collect::<Vec<_>>(), Vec::<&String>::new(), "name them in readers/audit/src/pages/named.rs");
        for reader in app.app.readers() {
            assert!(audit::reader_name(lang, reader.name()).is_some(), "name {} in readers/audit/src/pages/named.rs", reader.name());
        }
    }
    app.finish();
}

/// Columns by which a resident is found though what they hold is sealed: keyed digests of a telephone, of an identity number,
/// of a name with its home.
const BLIND: &[&str] = &["_blind", "number_key", "home_key"];

/// The statements that find something by such a digest and should not: each that may is bound to one case, or counts against
/// a quota, or is of the sign-in of whoever holds that telephone, or of the register of one community; nobody else's tables
/// are joined with it.
fn found_by_digest(statements: &[&str], owners: &BTreeMap<String, String>) -> Vec<String> {
    let alone = |sql: &str, module: &str| {
        let named = tables(sql, owners);
        !named.is_empty() && named.iter().all(|(_, owner)| *owner == module)
    };
    let allowed = |sql: &str| {
        (sql.contains("concern_contact") && sql.contains("LIMIT") && alone(sql, "concerns"))
            || alone(sql, "visitors")
            || (alone(sql, "residents") && sql.contains("WHERE community = ?1 AND "))
    };
    let flat = statements.iter().map(|sql| sql.split_whitespace().collect::<Vec<_>>().join(" "));
    let by_digest = |sql: &String| sql.split("WHERE").skip(1).any(|clause| BLIND.iter().any(|column| clause.contains(column)));
    flat.filter(|sql| by_digest(sql) && !allowed(sql)).collect()
}

#[test]
fn a_sealed_telephone_or_number_finds_nothing_but_where_a_case_asks() {
    let (all, owners) = (store::all_statements(), owners());
    let statements: Vec<&str> = all.iter().map(|sql| sql.text()).collect();
    assert_eq!(found_by_digest(&statements, &owners), Vec::<String>::new());
    for planted in [
        "SELECT concern FROM concern_contact WHERE phone_blind = ?1",
        "SELECT id FROM resident WHERE number_key = ?1",
        "SELECT r.id FROM resident r, concern_contact k WHERE community = ?1 AND r.phone_blind = k.phone_blind LIMIT 9",
        "SELECT v.id FROM visitor v JOIN concern c ON c.id = v.id WHERE v.phone_blind = ?1",
    ] {
        assert_eq!(found_by_digest(&[planted], &owners).len(), 1, "{planted}");
    }
}
