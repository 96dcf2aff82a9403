//! Units of the demonstration are merged into their neighbours with everything that they have, on both engines: departments,
//! communities and branches. Nothing stays behind, and the record still tells all tables.

use base::{Ctx, UnitId};
use people::{Authority, Level, Passing};
use store::{Engine, Tx};
use testkit::TestApp;

use crate::small::demonstration;

/// What the modules say that a unit has in hand.
fn held(app: &TestApp, unit: UnitId) -> Vec<String> {
    let whole = app.app.clone();
    app.district().read_now(move |tx, _| whole.in_hand(tx, web::Lang::Hans, unit)).unwrap()
}

/// The units of a level that exist, those that have most first.
fn units(app: &TestApp, level: Level) -> Vec<UnitId> {
    let tree = app.district().read_now(|tx, _| people::tree(tx)).unwrap();
    let mut all: Vec<UnitId> = tree.of_level(level).map(|unit| unit.id).collect();
    all.sort_by_cached_key(|unit| std::cmp::Reverse(held(app, *unit).len()));
    all
}

fn merged(engine: Engine) {
    let Some((app, _)) = demonstration(engine, 3) else { return };
    let mut kinds = std::collections::BTreeSet::new();
    for level in [Level::Department, Level::Community, Level::Branch] {
        // Those that have most are merged into the one that has least.
        let all = units(&app, level);
        let Some((into, some)) = all.split_last() else { panic!("the demonstration has no {level:?}") };
        for unit in some.iter().take(3) {
            let (unit, into) = (*unit, *into);
            let words = held(&app, unit);
            let whole = app.app.clone();
            let done = app.district().write_now(move |tx, ctx| {
                let pass = |tx: &mut Tx, ctx: &Ctx, actor: record::Actor, passing: &Passing| whole.pass(tx, ctx, actor, passing);
                let done = people::merge_units(tx, ctx, Authority::Console, unit, into, &pass);
                done.map_err(|error| store::StoreError::Other(error.to_string()))
            });
            let done = done.unwrap();
            assert!(done.passed > 0 || words.is_empty(), "{level:?}: {words:?} did not go along");
            assert_eq!(held(&app, unit), Vec::<String>::new(), "{level:?}: it had {words:?}");
            let said = words.iter().map(|said| said.chars().filter(|c| !c.is_ascii_digit()).collect::<String>());
            kinds.extend(said);
        }
    }
    assert!(kinds.len() >= 6, "the demonstration is too empty to try this: {kinds:?}");
    // What passes is verified, folded and rebuilt as everything else is.
    app.settle();
    app.finish();
}

#[test]
fn units_are_merged_with_all_that_they_have_on_sqlite() {
    merged(Engine::Sqlite);
}

#[test]
fn units_are_merged_with_all_that_they_have_on_postgres() {
    merged(Engine::Postgres);
}
