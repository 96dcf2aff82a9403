//! What is changed by SQL is found: any byte of an event, a leaf or the head, and any row of the log.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::{Engine, Sql, Store, StoreError, p, sql};

use crate::lamps::{self, assert_clean, mend_some, verify, world};

const EVENTS: u8 = 12;

fn filled(engine: Engine) -> Option<Store> {
    let store = store::testing::try_fresh(engine, &lamps::TREES)?;
    let world = world(21);
    mend_some(&store, &world, EVENTS);
    record::sequence_all(&store, &world.env).unwrap();
    assert_clean(&store);
    Some(store)
}

fn run(store: &Store, statement: &'static Sql, pos: i64) -> u64 {
    store.write_now(move |tx| tx.exec(statement, p![pos])).unwrap()
}

/// A column of the event at a position: how it is read and how it is written.
#[derive(Clone, Copy, Debug)]
struct Column {
    name: &'static str,
    read: &'static Sql,
    write: &'static Sql,
}

macro_rules! columns {
    ($($name:literal),+) => {[$(Column {
        name: $name,
        read: sql!(concat!("SELECT e.", $name, " FROM event e JOIN log l ON l.event = e.id WHERE l.pos = ?1")),
        write: sql!(concat!("UPDATE event SET ", $name, " = ?2 WHERE id = (SELECT event FROM log WHERE pos = ?1)")),
    }),+]};
}

fn flip(store: &Store, column: Column, pos: i64, at: usize, bit: u8) -> bool {
    let flipped = |bytes: &[u8]| {
        let mut bytes = bytes.to_vec();
        let at = at % bytes.len().max(1);
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1 << (bit % 7);
        }
        bytes
    };
    match column.name {
        "v" | "recorded_at" | "occurred_at" | "actor_kind" => {
            let value: i64 = store.read_now(move |tx| tx.one(column.read, p![pos], |row| row.int(0))).unwrap();
            let value = value ^ (1 << (bit % 62));
            store.write_now(move |tx| tx.exec(column.write, p![pos, value])).unwrap() == 1
        }
        "kind" | "facts" => {
            let text: String = store.read_now(move |tx| tx.one(column.read, p![pos], |row| Ok(row.text(0)?.to_owned()))).unwrap();
            let Ok(text) = String::from_utf8(flipped(text.as_bytes())) else { return false };
            !text.contains('\0') && store.write_now(move |tx| tx.exec(column.write, p![pos, text.as_str()])).unwrap() == 1
        }
        _ => {
            let bytes: Option<Vec<u8>> =
                store.read_now(move |tx| tx.one(column.read, p![pos], |row| Ok(row.opt_blob(0)?.map(<[u8]>::to_vec)))).unwrap();
            // Where there was nothing, something is put.
            let bytes = bytes.map_or_else(|| vec![bit; 16], |bytes| flipped(&bytes));
            store.write_now(move |tx| tx.exec(column.write, p![pos, &bytes[..]])).unwrap() == 1
        }
    }
}

fn any_flipped_bit_of_an_event_is_found_at_its_position(engine: Engine) {
    let Some(store) = filled(engine) else { return };
    let columns = columns!(
        "kind",
        "v",
        "recorded_at",
        "occurred_at",
        "actor_kind",
        "actor",
        "unit",
        "subject",
        "batch",
        "rules_digest",
        "facts",
        "salt"
    );
    let originals = store.read_now(|tx| record::after(tx, 0, 100)).unwrap();
    let mut runner = TestRunner::new_with_rng(
        Config { cases: 96, failure_persistence: None, ..Config::default() },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    runner
        .run(&(0..columns.len(), 1..=i64::from(EVENTS), any::<usize>(), any::<u8>()), |(column, pos, at, bit)| {
            let column = columns[column];
            if flip(&store, column, pos, at, bit) {
                let report = verify(&store);
                prop_assert_eq!(report.first_bad(), Some(pos), "{:?} at {}: {}", column, pos, report);
            }
            let original = originals[usize::try_from(pos - 1).unwrap()].clone();
            put_back(&store, &original);
            Ok(())
        })
        .unwrap();
    assert_clean(&store);
}

fn put_back(store: &Store, event: &record::Event) {
    let event = event.clone();
    store
        .write_now(move |tx| {
            let (tag, actor) = match event.actor {
                record::Actor::Person(person) => (0, Some(person.0)),
                record::Actor::Resident => (1, None),
                record::Actor::System => (2, None),
            };
            tx.exec(
                sql!(
                    "UPDATE event SET kind = ?2, v = ?3, recorded_at = ?4, occurred_at = ?5, actor_kind = ?6, actor = ?7, unit = ?8,
                     subject = ?9, batch = ?10, rules_digest = ?11, facts = ?12, salt = ?13 WHERE id = ?1"
                ),
                p![
                    event.id,
                    event.kind.as_str(),
                    event.v,
                    event.recorded_at,
                    event.occurred_at,
                    tag,
                    actor,
                    event.unit,
                    event.subject,
                    event.batch,
                    &event.rules_digest[..],
                    event.facts.as_str(),
                    &event.salt[..]
                ],
            )
        })
        .unwrap();
}

fn changed_leaves_head_and_rows_are_found(engine: Engine) {
    let Some(store) = filled(engine) else { return };
    let read = sql!("SELECT leaf FROM log WHERE pos = ?1");
    let write = sql!("UPDATE log SET leaf = ?2 WHERE pos = ?1");
    for byte in 0..32 {
        let pos = i64::from(EVENTS) - i64::try_from(byte % 12).unwrap();
        let leaf: [u8; 32] = store.read_now(move |tx| tx.one(read, p![pos], |row| row.array(0))).unwrap();
        let mut other = leaf;
        other[byte] ^= 0x10;
        store.write_now(move |tx| tx.exec(write, p![pos, &other[..]])).unwrap();
        assert_eq!(verify(&store).first_bad(), Some(pos));
        store.write_now(move |tx| tx.exec(write, p![pos, &leaf[..]])).unwrap();
    }
    let size = i64::from(EVENTS);
    let set_size = sql!("UPDATE log_head SET size = size + ?1");
    assert_eq!(run(&store, set_size, 1), 1);
    assert_eq!(verify(&store).first_bad(), Some(size + 1));
    assert_eq!(run(&store, set_size, -2), 1);
    assert_eq!(verify(&store).first_bad(), Some(size));
    assert_eq!(run(&store, set_size, 1), 1);
    assert_clean(&store);

    // Two rows change places.
    let swap = |a: i64, b: i64| {
        store
            .write_now(move |tx| {
                let row = sql!("SELECT event, leaf FROM log WHERE pos = ?1");
                let first = tx.one(row, p![a], |row| Ok((row.array::<16>(0)?, row.array::<32>(1)?)))?;
                let second = tx.one(row, p![b], |row| Ok((row.array::<16>(0)?, row.array::<32>(1)?)))?;
                let write = sql!("UPDATE log SET event = ?2, leaf = ?3 WHERE pos = ?1");
                tx.exec(write, p![a, &[0u8; 16][..], &first.1[..]])?;
                tx.exec(write, p![b, &first.0[..], &first.1[..]])?;
                tx.exec(write, p![a, &second.0[..], &second.1[..]])?;
                Ok::<(), StoreError>(())
            })
            .unwrap();
    };
    swap(4, 9);
    assert!(!verify(&store).is_clean());
    swap(4, 9);
    assert_clean(&store);

    // A row is taken out of the middle, put in twice over, taken off the end.
    let (event, leaf) = store
        .read_now(|tx| {
            tx.one(sql!("SELECT event, leaf FROM log WHERE pos = 5"), p![], |row| Ok((row.array::<16>(0)?, row.array::<32>(1)?)))
        })
        .unwrap();
    assert_eq!(run(&store, sql!("DELETE FROM log WHERE pos = ?1"), 5), 1);
    let report = verify(&store);
    assert_eq!(report.first_bad(), Some(5));
    assert!(report.to_string().contains("has no position, does not wait for one"), "{report}");
    let insert = sql!("INSERT INTO log (pos, event, leaf) VALUES (?1, ?2, ?3)");
    store.write_now(move |tx| tx.exec(insert, p![i64::from(EVENTS) + 1, &event[..], &leaf[..]])).unwrap();
    assert_eq!(verify(&store).first_bad(), Some(5));
    store.write_now(move |tx| tx.exec(sql!("UPDATE log SET pos = 5 WHERE pos = ?1"), p![i64::from(EVENTS) + 1])).unwrap();
    assert_clean(&store);
    store.write_now(move |tx| tx.exec(insert, p![i64::from(EVENTS) + 1, &[7u8; 16][..], &leaf[..]])).unwrap();
    let report = verify(&store);
    assert_eq!(report.first_bad(), Some(i64::from(EVENTS) + 1));
    assert!(report.to_string().contains("is gone"), "{report}");
    assert_eq!(run(&store, sql!("DELETE FROM log WHERE pos = ?1"), i64::from(EVENTS) + 1), 1);
    assert_eq!(run(&store, sql!("DELETE FROM log WHERE pos = ?1"), i64::from(EVENTS)), 1);
    assert_eq!(verify(&store).first_bad(), Some(i64::from(EVENTS)));

    // Back in the queue, it would get a second position: found as long as it has one.
    store.write_now(|tx| tx.exec(sql!("INSERT INTO pending_event (id) SELECT event FROM log WHERE pos = 1"), p![])).unwrap();
    assert!(verify(&store).to_string().contains("has a position and yet waits for one"));
}

fn a_table_changed_by_hand_is_found(engine: Engine) {
    let Some(store) = filled(engine) else { return };
    store.write_now(|tx| tx.exec(sql!("UPDATE lamp SET mended = mended + 1 WHERE id = ?1"), p![lamps::lamp(3)])).unwrap();
    let report = verify(&store);
    assert!(
        report
            .to_string()
            .contains("state: table lamp, row 03030303030303030303030303030303, column mended: by the record 13, in the table 14"),
        "{report}"
    );
}

/// What no longer has the shape in which it was written is named with its table, and the rest is looked at all the same.
fn what_is_out_of_shape_is_a_finding(engine: Engine) {
    let Some(store) = filled(engine) else { return };
    let short = |statement: &'static Sql| store.write_now(move |tx| tx.exec(statement, p![&[1u8, 2][..]])).unwrap();
    assert_eq!(short(sql!("UPDATE lamp SET id = ?1 WHERE mended = 13")), 1);
    assert_eq!(short(sql!("UPDATE log_tree SET root = ?1")), 1);
    store.write_now(|tx| tx.exec(sql!("UPDATE event SET v = 9 WHERE id = (SELECT event FROM log WHERE pos = 3)"), p![])).unwrap();
    let report = verify(&store);
    assert_eq!(report.first_bad(), Some(3), "{report}");
    for words in [
        "log: cannot be read: table log_tree, column root holds 2 bytes, not 32 bytes",
        "state: cannot be read: table lamp, column id holds 2 bytes, not 16 bytes",
    ] {
        assert!(report.to_string().contains(words), "{words}: {report}");
    }
    assert!(report.zh().contains("数据表：读不出来：表 lamp 的 id 列存的是 2 个字节，应为 16 个字节"), "{}", report.zh());
    assert!(report.zh().contains("最早对不上的是总账第 3 条"), "{}", report.zh());
}

macro_rules! on_both {
    ($($case:ident),+) => {$(
        mod $case {
            #[test]
            fn sqlite() {
                super::$case(store::Engine::Sqlite);
            }
            #[test]
            fn postgres() {
                super::$case(store::Engine::Postgres);
            }
        }
    )+};
}

on_both!(
    any_flipped_bit_of_an_event_is_found_at_its_position,
    changed_leaves_head_and_rows_are_found,
    a_table_changed_by_hand_is_found,
    what_is_out_of_shape_is_a_finding
);
