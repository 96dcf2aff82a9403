//! What only the whole program can be asked: whether every statement, every text and every template it holds is in order.

use store::{Engine, Store};

use crate::open::{modules, trees};

/// Statements that may read a whole table: those of administrators and of checks, and tables of a few rows.
fn prepared(store: Store) {
    assert_eq!(store::check_statements(&store), Vec::<String>::new());
    assert!(store::all_statements().len() > 150, "statements of other crates are missing here");
}

#[test]
fn every_statement_is_prepared_on_sqlite() {
    store::testing::run(Engine::Sqlite, &trees(&modules()), prepared);
}

#[test]
fn every_statement_is_prepared_on_postgres() {
    store::testing::run(Engine::Postgres, &trees(&modules()), prepared);
}

#[test]
fn every_text_is_there_in_every_language() {
    // The language of report templates is Chinese, and so are the names of the fonts that a standard asks for.
    let named = |fault: &String| fault.starts_with("reports::") && fault.contains("en has a Chinese character");
    assert_eq!(web::texts::check_all().into_iter().filter(|fault| !named(fault)).collect::<Vec<_>>(), Vec::<String>::new());
    assert!(web::texts::tables().count() > 10);
}

#[test]
fn every_kind_of_event_has_a_name_in_the_audit() {
    let modules = modules();
    let kinds = || modules.iter().flat_map(|module| module.kinds).chain(people::KINDS).chain(record::KINDS);
    for lang in web::Lang::ALL {
        let unnamed = kinds().map(|kind| kind.name).filter(|kind| web::audited(&modules, lang, kind).is_none());
        assert_eq!(unnamed.collect::<Vec<_>>(), Vec::<&str>::new(), "{lang:?}");
    }
}

#[test]
fn templates_hold_structure_and_no_words() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for folder in [
        "foundation/web/templates",
        "readers/audit/templates",
        "readers/measures/templates",
        "readers/checks/templates",
        "readers/dashboard/templates",
        "modules/concerns/templates",
        "modules/residents/templates",
        "modules/burden/templates",
        "modules/learning/templates",
        "modules/scores/templates",
        "modules/inspections/templates",
        "modules/conferences/templates",
        "readers/notices/templates",
        "parts/visitors/templates",
        "modules/theory/templates",
        "readers/reports/templates",
    ] {
        assert_eq!(web::texts::han_in_templates(&root.join(folder)).unwrap(), Vec::<String>::new());
    }
}

#[test]
fn every_paragraph_of_reports_is_loaded() {
    let modules = modules();
    let (paragraphs, refused) = reports::loaded(&modules);
    assert_eq!(refused, []);
    assert!(web::paragraph::Section::Problems < web::paragraph::Section::Next && paragraphs.len() > 10);
}

#[test]
fn no_two_routes_of_modules_are_alike() {
    // A router panics when two handlers claim one address.
    let store = store::testing::fresh(Engine::Sqlite, &trees(&modules()));
    let (env, _) = people::testing::env(1);
    let district = web::District::new(vec![], store, env).unwrap();
    let app = web::App::new(web::Config::default(), vec![district], modules());
    let _ = web::Server::new(app);
}

fn checked(store: Store) {
    let (_, clock) = people::testing::env(1);
    let now = base::Clock::now(&*clock);
    for check in checks::all() {
        store.read_now(move |tx| check.run(tx, now, 10)).unwrap_or_else(|error| panic!("{}: {error}", check.id()));
    }
}

#[test]
fn every_check_of_the_data_runs_on_sqlite() {
    store::testing::run(Engine::Sqlite, &trees(&modules()), checked);
}

#[test]
fn every_check_of_the_data_runs_on_postgres() {
    store::testing::run(Engine::Postgres, &trees(&modules()), checked);
}
