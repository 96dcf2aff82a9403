//! The small district, on both engines: whole, verified, the same each time.

use std::collections::HashMap;

use base::SeededRandom;
use people::Level;
use store::testing::NOW;

use super::*;

const TREES: [&[store::Migration]; 12] = [
    record::MIGRATIONS,
    people::MIGRATIONS,
    web::MIGRATIONS,
    concerns::MIGRATIONS,
    residents::MIGRATIONS,
    measures::MIGRATIONS,
    scores::MIGRATIONS,
    inspections::MIGRATIONS,
    conferences::MIGRATIONS,
    theory::MIGRATIONS,
    dashboard::MIGRATIONS,
    burden::MIGRATIONS,
];

const STATES: &store::Sql = store::sql!("SELECT state, COUNT(*) FROM concern GROUP BY state");

fn keys() -> Arc<Keys> {
    Arc::new(Keys::seeded(&SeededRandom::new(5)))
}

fn small(store: &Store, seed: u64) -> Made {
    let make = Make { store, rules: Rules::builtin(), keys: keys(), now: NOW, seed, size: Size::Small, concerns: None, readers: &[] };
    let mut last = None;
    let made = create(&make, &mut |progress| {
        assert!(progress.done <= progress.total, "{progress:?}");
        last = Some(progress);
    })
    .unwrap();
    assert_eq!(last.map(|last| (last.stage, last.done)), Some((Stage::Concerns, made.concerns)));
    made
}

fn head(store: &Store) -> (i64, [u8; 32]) {
    store.read_now(|tx| record::tree_size(tx).map(|tree| (tree.size, tree.root))).unwrap()
}

store::both_engines! {
    TREES
    fn whole_and_verified(store) {
        let made = small(&store, 1);
        assert_eq!(made.concerns, SMALL + 18);
        let report = record::verify(&store, &[people::fold, people::fold_tree, concerns::fold, residents::fold, scores::fold, inspections::fold, conferences::fold, theory::fold], &[]).unwrap();
        assert!(report.is_clean() && report.pending == 0, "{report}");
        let (_, plan, people) = planned(1, Size::Small).unwrap();
        let counts = store.read_now(|tx| {
            let tree = people::tree(tx)?;
            Ok::<_, store::StoreError>(Level::ALL.map(|level| tree.of_level(level).count()))
        });
        assert_eq!(counts.unwrap(), Level::ALL.map(|level| plan.units.iter().filter(|unit| unit.level == level).count()));
        let entries = store.read_now(crate::entries).unwrap();
        for role in Role::ALL.into_iter().filter(|role| !matches!(role, Role::CommunityStaff | Role::DepartmentLead | Role::BranchSecretary)) {
            let entry = entries.iter().find(|entry| entry.role == role.code()).unwrap();
            assert!(people.iter().any(|person| person.name == entry.name) && entry.person.is_some(), "{entry:?}");
        }
        assert!(entries.iter().filter(|entry| entry.role == "resident").count() >= 3);
        assert_eq!(store.read_now(crate::state).unwrap(), crate::State::Whole);
    }

    fn the_same_seed_gives_the_same_record(store) {
        small(&store, 7);
        let again = store::testing::fresh(store::Engine::Sqlite, &TREES);
        small(&again, 7);
        let other = store::testing::fresh(store::Engine::Sqlite, &TREES);
        small(&other, 8);
        // On whichever engine: the record does not know which one it is on.
        assert_eq!(head(&store), head(&again));
        assert_ne!(head(&store).1, head(&other).1);
    }

    fn there_is_work_in_every_state(store) {
        small(&store, 3);
        let states = store.read_now(|tx| {
            let counts = tx.all(STATES, store::p![], |row| Ok((row.text(0)?.to_owned(), row.int(1)?)))?;
            Ok::<HashMap<String, i64>, store::StoreError>(counts.into_iter().collect())
        }).unwrap();
        for state in concerns::State::ALL {
            assert!(states.get(state.code()).copied().unwrap_or(0) > 0, "{state:?}: {states:?}");
        }
    }

    fn more_people_than_one_batch_of_the_sequencer(store) {
        // The units and people of the full size have more events than a batch takes.
        if store.engine() == store::Engine::Sqlite {
            let make = Make { store: &store, rules: Rules::builtin(), keys: keys(), now: NOW, seed: 4, size: Size::Full, concerns: Some(30), readers: &[] };
            let made = create(&make, &mut |_| {}).unwrap();
            assert!(made.people > 850 && made.concerns >= 30);
            let report = record::verify(&store, &[people::fold, people::fold_tree, concerns::fold, residents::fold, scores::fold, inspections::fold, conferences::fold, theory::fold], &[]).unwrap();
            assert!(report.is_clean() && report.pending == 0, "{report}");
        }
    }

    fn a_store_in_use_is_left_alone(store) {
        small(&store, 1);
        let make = Make { store: &store, rules: Rules::builtin(), keys: keys(), now: NOW, seed: 2, size: Size::Small, concerns: None, readers: &[] };
        let before = head(&store);
        assert!(matches!(create(&make, &mut |_| {}), Err(CreateError::Taken)));
        assert_eq!(head(&store), before);
    }
}
