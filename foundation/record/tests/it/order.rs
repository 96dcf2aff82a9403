//! Positions: given once, in the order of writing, by one sequencer or by several at once.

use std::sync::Arc;

use base::Time;
use record::{EventId, SequenceError};
use store::{Store, StoreError, p, sql};

use crate::lamps::{self, LampFold, World, assert_clean, lamp, mend, mend_some, world};

fn order(store: &Store) -> Vec<EventId> {
    store.read_now(|tx| tx.all(sql!("SELECT event FROM log ORDER BY pos"), p![], |row| Ok(EventId(row.id(0)?)))).unwrap()
}

store::both_engines! {
    [record::MIGRATIONS, lamps::TREES[1]]

    fn an_event_is_on_its_timeline_at_once_and_in_the_log_after_a_batch(store) {
        let world = world(1);
        assert_clean(&store);
        mend_some(&store, &world, 20);
        let timeline = store.read_now(|tx| record::of_subject(tx, lamp(3))).unwrap();
        assert_eq!(timeline.iter().map(|event| event.facts::<lamps::LampMended>().unwrap().bulbs).collect::<Vec<_>>(), [3, 10, 17]);
        let id = timeline[0].id;
        assert_eq!(store.read_now(move |tx| record::find(tx, id)).unwrap().unwrap(), timeline[0]);
        let report = lamps::verify(&store);
        assert!(report.is_clean() && report.pending == 20 && report.size == 0, "{report}");

        let env = world.env.clone();
        assert_eq!(store.write_now(move |tx| record::sequence(tx, &env.ctx(), 7)).unwrap(), 7);
        assert_eq!(record::sequence_all(&store, &world.env).unwrap(), 13);
        assert_eq!(record::sequence_all(&store, &world.env).unwrap(), 0);
        let report = lamps::verify(&store);
        assert!(report.is_clean() && report.pending == 0 && report.size == 20, "{report}");
        assert_eq!(store.read_now(record::tree_size).unwrap().root, report.head);
        let kinds = [record::KindInfo::of::<lamps::LampMended>()];
        assert_eq!(store.read_now(move |tx| record::unknown_kinds(tx, &kinds)).unwrap(), []);
        assert_eq!(store.read_now(|tx| record::unknown_kinds(tx, &[])).unwrap(), [("LampMended".to_owned(), 1)]);
    }

    fn a_clock_that_steps_back_does_not_turn_the_order_round(store) {
        let world = world(2);
        let mut written = Vec::new();
        for step in [0, -3, 5, -4, -1] {
            world.clock.advance(step * Time::SECOND);
            let env = world.env.clone();
            written.push(store.write_now(move |tx| mend(tx, &env.ctx(), lamp(1), 1)).unwrap());
        }
        record::sequence_all(&store, &world.env).unwrap();
        assert_eq!(order(&store), written);
        assert_clean(&store);
    }

    fn what_a_failed_job_appended_is_gone_with_it(store) {
        let world = world(3);
        let env = world.env.clone();
        let failed: Result<(), StoreError> = store.write_now(move |tx| {
            mend(tx, &env.ctx(), lamp(1), 1)?;
            Err(StoreError::Other("no".into()))
        });
        assert!(failed.is_err());
        mend_some(&store, &world, 3);
        record::sequence_all(&store, &world.env).unwrap();
        assert_eq!(order(&store).len(), 3);
        assert_clean(&store);
    }

    fn an_event_from_another_time_is_set_aside_and_shown(store) {
        let world = world(4);
        mend_some(&store, &world, 2);
        record::sequence_all(&store, &world.env).unwrap();
        world.clock.advance(-11 * Time::MINUTE);
        mend_some(&store, &world, 1);
        world.clock.advance(30 * Time::MINUTE);
        mend_some(&store, &world, 1);
        world.clock.advance(-5 * Time::MINUTE);
        assert_eq!(record::sequence_all(&store, &world.env).unwrap(), 2);
        let report = lamps::verify(&store);
        assert_eq!((report.size, report.pending), (2, 0));
        let words: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
        assert!(words[0].starts_with("set aside: event ") && words[0].contains("long before the last batch"), "{words:?}");
        assert!(words[1].contains("which is after the batch"), "{words:?}");
        assert_eq!(order(&store).len(), 2, "neither is in the log, neither is lost");
    }

    fn a_store_in_use_is_verified(store) {
        let world = world(8);
        std::thread::scope(|scope| {
            let writing = scope.spawn(|| {
                for _ in 0..6 {
                    mend_some(&store, &world, 10);
                    record::sequence_all(&store, &world.env).unwrap();
                }
            });
            while !writing.is_finished() {
                assert_clean(&store);
            }
        });
        assert_eq!(lamps::verify(&store).size, 60);
    }

    fn two_thousand_and_more_take_two_batches(store) {
        let world = world(5);
        for piece in 0..10_i64 {
            let env = world.env.clone();
            store.write_now(move |tx| {
                let ctx = env.ctx();
                for at in piece * 230..(piece + 1) * 230 {
                    mend(tx, &ctx, lamp(u8::try_from(at % 200).unwrap_or(0)), at)?;
                }
                Ok::<(), StoreError>(())
            }).unwrap();
        }
        let env = world.env.clone();
        assert_eq!(store.write_now(move |tx| record::sequence(tx, &env.ctx(), usize::MAX)).unwrap(), record::BATCH);
        assert_eq!(record::sequence_all(&store, &world.env).unwrap(), 300);
        assert_clean(&store);
    }
}

/// Two processes on one PostgreSQL: each writes and each sequences.
#[test]
fn two_stores_on_one_schema_give_each_event_one_position() {
    let Some(place) = lamps::postgres() else { return };
    let stores = [place.open(&lamps::TREES), place.open(&lamps::TREES)];
    let worlds: [World; 2] = [world(6), world(7)];
    std::thread::scope(|scope| {
        for (store, world) in stores.iter().zip(&worlds) {
            scope.spawn(move || mend_some(store, world, 120));
            scope.spawn(move || {
                let mut lost = 0;
                let mut taken = 0;
                while taken == 0 || store.read_now(|tx| tx.one(sql!("SELECT COUNT(*) FROM event"), p![], |row| row.int(0))).unwrap() < 240 {
                    let env = world.env.clone();
                    match store.write_now(move |tx| record::sequence(tx, &env.ctx(), 5)) {
                        Ok(n) => taken += n,
                        Err(SequenceError::Lost) => lost += 1,
                        Err(SequenceError::Store(error)) => panic!("{error}"),
                    }
                    if lost > 100_000 {
                        panic!("no progress");
                    }
                }
            });
        }
    });
    record::sequence_all(&stores[0], &worlds[1].env).unwrap();
    let positions: Vec<i64> = stores[1].read_now(|tx| tx.all(sql!("SELECT pos FROM log ORDER BY pos"), p![], |row| row.int(0))).unwrap();
    assert_eq!(positions, (1..=240).collect::<Vec<_>>());
    let report = record::verify(&stores[1], &[|| Box::new(LampFold::default())], &[Arc::new(lamps::LampDays(1))]).unwrap();
    assert!(report.is_clean(), "{report}");
    for store in &stores {
        store.close();
    }
}
