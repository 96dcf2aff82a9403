//! Readers: each event once, also when two processes move one reader; a new version starts anew.

use record::{AdvanceError, Reader, advance, position};
use store::{Store, StoreError, p, sql};

use crate::lamps::{self, LampDays, assert_clean, mend_some, world};

fn total(store: &Store) -> i64 {
    let sum = sql!("SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM lamp_day");
    store.read_now(move |tx| tx.one(sum, p![], |row| row.int(0))).unwrap()
}

fn step(store: &Store, version: i64, limit: usize) -> Result<usize, AdvanceError> {
    store.write_now(move |tx| advance(tx, &LampDays(version), limit))
}

store::both_engines! {
    [record::MIGRATIONS, lamps::TREES[1]]

    fn a_reader_takes_each_event_once(store) {
        let world = world(11);
        assert_eq!(step(&store, 1, 10).unwrap(), 0);
        mend_some(&store, &world, 25);
        assert_eq!(step(&store, 1, 10).unwrap(), 0, "what has no position is not read");
        record::sequence_all(&store, &world.env).unwrap();
        assert_eq!([step(&store, 1, 10).unwrap(), step(&store, 1, 10).unwrap(), step(&store, 1, 10).unwrap(), step(&store, 1, 10).unwrap()], [10, 10, 5, 0]);
        assert_eq!(total(&store), 25);
        assert_eq!(store.read_now(|tx| position(tx, &LampDays(1))).unwrap(), Some(25));
        assert_clean(&store);
    }

    fn another_version_begins_anew(store) {
        let world = world(12);
        mend_some(&store, &world, 5);
        record::sequence_all(&store, &world.env).unwrap();
        step(&store, 1, 100).unwrap();
        assert_eq!(store.read_now(|tx| position(tx, &LampDays(2))).unwrap(), None);
        assert_eq!(step(&store, 2, 3).unwrap(), 3);
        assert_eq!(total(&store), 3);
        assert_eq!(step(&store, 2, 3).unwrap(), 2);
        assert_eq!(total(&store), 5);
    }

    fn a_number_changed_by_hand_is_found_and_verifying_changes_nothing(store) {
        let world = world(13);
        mend_some(&store, &world, 9);
        record::sequence_all(&store, &world.env).unwrap();
        step(&store, 1, 4).unwrap();
        assert_clean(&store);
        assert_eq!(total(&store), 4, "verifying replays in a transaction that is rolled back");
        store.write_now(|tx| tx.exec(sql!("UPDATE lamp_day SET n = n + 1"), p![])).unwrap();
        let report = lamps::verify(&store);
        assert!(report.to_string().contains("reader: lamp_days: rebuilt it says"), "{report}");
        store.write_now(|tx| record::reset(tx, &LampDays(1))).unwrap();
        assert_clean(&store);
    }

    fn a_reader_that_fails_stays_where_it_was(store) {
        struct Broken;
        impl Reader for Broken {
            fn name(&self) -> &'static str { "lamp_days" }
            fn version(&self) -> i64 { 1 }
            fn apply(&self, tx: &mut store::Tx, events: &[record::Event]) -> Result<(), StoreError> {
                LampDays(1).apply(tx, events)?;
                Err(StoreError::Other("broken".into()))
            }
            fn clear(&self, tx: &mut store::Tx) -> Result<(), StoreError> { LampDays(1).clear(tx) }
            fn dump(&self, tx: &mut store::Tx) -> Result<Vec<String>, StoreError> { LampDays(1).dump(tx) }
        }
        let world = world(14);
        mend_some(&store, &world, 3);
        record::sequence_all(&store, &world.env).unwrap();
        assert!(store.write_now(|tx| advance(tx, &Broken, 10)).is_err());
        assert_eq!(total(&store), 0);
        assert_eq!(step(&store, 1, 10).unwrap(), 3);
        assert_clean(&store);
    }
}

#[test]
fn two_stores_on_one_schema_move_one_reader() {
    let Some(place) = lamps::postgres() else { return };
    let stores = [place.open(&lamps::TREES), place.open(&lamps::TREES)];
    let world = world(15);
    mend_some(&stores[0], &world, 100);
    record::sequence_all(&stores[0], &world.env).unwrap();
    std::thread::scope(|scope| {
        for store in &stores {
            scope.spawn(move || {
                loop {
                    match step(store, 1, 3) {
                        Ok(0) => break,
                        Ok(_) | Err(AdvanceError::Lost) => {}
                        Err(AdvanceError::Store(error)) => panic!("{error}"),
                    }
                }
            });
        }
    });
    assert_eq!(total(&stores[0]), 100);
    assert_clean(&stores[0]);
    for store in &stores {
        store.close();
    }
}
