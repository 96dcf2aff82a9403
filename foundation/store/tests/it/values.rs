//! Values in and out, the traps between the engines, and errors by name.

use base::{Id, Time};
use store::{Sql, Store, StoreError, p, sql};

use super::{ADD, TABLES, add, count};

const SWAPPED: &Sql = sql!("SELECT CAST(?2 AS BIGINT), CAST(?1 AS BIGINT), CAST(?2 AS BIGINT)");
const FILL: &Sql =
    sql!("INSERT INTO note (id, body, no, place, ord, flag, size, share, raw, parent) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
const READ: &Sql = sql!("SELECT id, body, no, ord, flag, share, raw FROM note WHERE id = ?1");
const PLUS: &Sql = sql!("SELECT COALESCE(?1, 0) + 1");
const WIDE: &Sql = sql!("SELECT CAST(?1 AS BIGINT) + 1");
const SUM_CAST: &Sql = sql!("SELECT CAST(SUM(ord) AS BIGINT), CAST(COALESCE(SUM(ord), 0) AS BIGINT) FROM note WHERE ord > ?1");
const EXISTS: &Sql = sql!("SELECT EXISTS (SELECT 1 FROM note WHERE id = ?1)");
const BODIES: &Sql = sql!("SELECT body FROM note ORDER BY body");
const UPSERT: &Sql =
    sql!("INSERT INTO counter (id, n) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET n = counter.n + excluded.n RETURNING n");
const ONE_OF: &Sql = sql!("SELECT id FROM note WHERE id = ?1 AND ord = ?2");
const MANY_OF: &Sql = sql!(concat!("SELECT id FROM note WHERE ord = ?201 AND id IN (", store::many!(), ")"));
const REMOVE: &Sql = sql!("DELETE FROM note WHERE id = ?1");

/// A note with one column set, the others plain.
#[derive(Clone, Copy)]
struct Note {
    id: i64,
    body: &'static str,
    no: Option<&'static str>,
    place: Option<&'static str>,
    ord: Option<i64>,
    flag: i64,
    size: Option<i64>,
    parent: Option<i64>,
}

const PLAIN: Note = Note { id: 1, body: "b", no: None, place: None, ord: None, flag: 0, size: None, parent: None };

fn fill(store: &Store, note: Note) -> Result<u64, StoreError> {
    store.write_now(move |tx| {
        let Note { id, body, no, place, ord, flag, size, parent } = note;
        tx.exec(FILL, p![id, body, no, place, ord, flag, size, None::<f64>, None::<&[u8]>, parent])
    })
}

store::both_engines! {
    [TABLES]

    fn many_keys_are_asked_for_at_once_or_one_by_one(store) {
        for (id, ord) in [(1, 5), (2, 6), (201, 5), (449, 5), (999, 5)] {
            fill(&store, Note { id, ord: Some(ord), ..PLAIN }).unwrap();
        }
        let keys: Vec<i64> = (1..450).collect();
        let ask = move |keys: Vec<i64>| {
            let mut found = store.read_now(move |tx| {
                let mut found = Vec::new();
                tx.each_of(ONE_OF, MANY_OF, &keys, p![5_i64], |row| {
                    found.push(row.int(0)?);
                    Ok(())
                })?;
                Ok::<_, StoreError>(found)
            }).unwrap();
            found.sort_unstable();
            found
        };
        assert_eq!(ask(keys), [1, 201, 449], "of three lots, the last of them not full");
        assert_eq!(ask(Vec::new()), Vec::<i64>::new());
    }

    fn values_come_back_as_they_went_in(store) {
        let id = Id([7; 16]);
        store.write_now(move |tx| {
            tx.exec(FILL, p![i64::MIN, "心𠮷\u{1F600}", "", None::<&str>, i64::MAX, true, None::<i64>, -0.1, id, None::<i64>])
        }).unwrap();
        store.read_now(move |tx| {
            tx.one(READ, p![i64::MIN], |row| {
                assert_eq!((row.int(0)?, row.text(1)?, row.text(2)?), (i64::MIN, "心𠮷\u{1F600}", ""));
                assert_eq!((row.int(3)?, row.bool(4)?, row.time(3)?), (i64::MAX, true, Time(i64::MAX)));
                assert!((row.real(5)? + 0.1).abs() < 1e-12);
                assert_eq!((row.blob(6)?, row.id::<Id>(6)?, row.array::<16>(6)?), (&[7; 16][..], id, [7; 16]));
                assert_eq!((row.opt_int(0)?, row.opt_text(1)?, row.is_null(2)?), (Some(i64::MIN), Some("心𠮷\u{1F600}"), false));
                assert!(matches!(row.int(1), Err(StoreError::Misfit { en, zh }) if en.contains("holds text, not an integer") && zh.contains("列存的是文字，应为整数")));
                assert!(row.text(0).is_err() && row.blob(1).is_err() && row.array::<15>(6).is_err() && row.int(7).is_err());
                Ok(())
            })
        }).unwrap();
        fill(&store, PLAIN).unwrap();
        store.read_now(|tx| tx.one(READ, p![1], |row| {
            assert_eq!((row.opt_text(2)?, row.opt_int(3)?, row.opt_real(5)?, row.opt_id::<Id>(6)?), (None, None, None, None));
            assert!(matches!(row.int(3), Err(StoreError::Misfit { en, .. }) if en.contains("holds nothing")));
            Ok(())
        })).unwrap();
    }

    fn placeholders_are_numbered_not_ordered(store) {
        let got = store.read_now(|tx| tx.one(SWAPPED, p![10, 20], |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?)))).unwrap();
        assert_eq!(got, (20, 10, 20));
    }

    fn a_wrong_number_of_values_is_refused(store) {
        for wrong in [0, 1, 3] {
            let error = store.read_now(move |tx| tx.all(SWAPPED, &p![1, 2, 3][..wrong], |_| Ok(()))).unwrap_err();
            assert!(error.to_string().contains(&format!("2 values are wanted, {wrong} given")), "{error}");
        }
    }

    fn an_integer_fits_the_inferred_type_or_is_refused(store) {
        let plus = |value: i64| store.read_now(move |tx| tx.one(PLUS, p![value], |row| row.int(0)));
        assert_eq!(plus(41), Ok(42));
        // PostgreSQL infers int4 beside a literal; SQLite has one kind of integer.
        match store.engine() {
            store::Engine::Sqlite => assert_eq!(plus(1 << 40), Ok((1 << 40) + 1)),
            store::Engine::Postgres => assert!(plus(1 << 40).unwrap_err().to_string().contains("int4")),
        }
        assert_eq!(store.read_now(|tx| tx.one(WIDE, p![1_i64 << 40], |row| row.int(0))), Ok((1 << 40) + 1));
    }

    fn sums_are_integers_when_cast(store) {
        for (id, ord) in [(1, 1 << 40), (2, 1 << 41)] {
            fill(&store, Note { id, ord: Some(ord), ..PLAIN }).unwrap();
        }
        let sum = |above: i64| store.read_now(move |tx| tx.one(SUM_CAST, p![above], |row| Ok((row.opt_int(0)?, row.int(1)?))));
        assert_eq!(sum(0), Ok((Some(3 << 40), 3 << 40)));
        assert_eq!(sum(i64::MAX), Ok((None, 0)));
    }

    fn comparisons_are_truth_values(store) {
        let there = |id: i64| store.read_now(move |tx| tx.one(EXISTS, p![id], |row| row.bool(0)));
        assert_eq!(there(1), Ok(false));
        add(&store, 1).unwrap();
        assert_eq!(there(1), Ok(true));
    }

    fn texts_are_ordered_by_code_point(store) {
        for (id, body) in (1..).zip(["乙", "a", "B", "甲", "", "é", "Z", "_", "𠮷"]) {
            fill(&store, Note { id, body, ..PLAIN }).unwrap();
        }
        let bodies = store.read_now(|tx| tx.all(BODIES, p![], |row| row.text(0).map(str::to_owned))).unwrap();
        assert_eq!(bodies, ["", "B", "Z", "_", "a", "é", "乙", "甲", "𠮷"]);
    }

    fn upserts_return_rows(store) {
        let add = |n: i64| store.write_now(move |tx| tx.one(UPSERT, p![1, n], |row| row.int(0)));
        assert_eq!((add(2), add(3)), (Ok(2), Ok(5)));
    }

    fn what_the_engines_treat_differently_is_refused(store) {
        let nul: Result<u64, StoreError> = store.write_now(|tx| tx.exec(ADD, p![1, "a\0b"]));
        assert!(matches!(nul, Err(StoreError::Other(words)) if words.contains("U+0000")));
        let nan: Result<u64, StoreError> = store.write_now(|tx| {
            tx.exec(FILL, p![1, "b", None::<&str>, None::<&str>, None::<i64>, 0, None::<i64>, f64::NAN, None::<&[u8]>, None::<i64>])
        });
        assert!(matches!(nan, Err(StoreError::Other(words)) if words.contains("NaN")));
        let other: Result<u64, StoreError> = store.write_now(|tx| tx.exec(ADD, p!["one", "b"]));
        assert!(matches!(other, Err(StoreError::Other(_))), "a text for an integer: {other:?}");
        let other: Result<u64, StoreError> = store.write_now(|tx| tx.exec(ADD, p![1, &[1_u8, 2][..]]));
        assert!(matches!(other, Err(StoreError::Other(_))), "bytes for a text: {other:?}");
        assert_eq!(count(&store), 0);
    }

    fn constraints_are_told_by_the_same_names(store) {
        fill(&store, Note { no: Some("n"), place: Some("p"), ord: Some(1), flag: 1, ..PLAIN }).unwrap();
        let second = Note { id: 2, body: "c", ..PLAIN };
        for (note, error) in [
            (PLAIN, StoreError::Unique("note_pk".into())),
            (Note { no: Some("n"), ..second }, StoreError::Unique("note_no".into())),
            (Note { place: Some("p"), ord: Some(1), ..second }, StoreError::Unique("note_place_ord_key".into())),
            (Note { body: "b", flag: 1, ..second }, StoreError::Unique("note_body_flagged".into())),
            (Note { flag: 2, ..second }, StoreError::Check("note_flag".into())),
            (Note { size: Some(100), ..second }, StoreError::Check("note_size_check".into())),
            (Note { parent: Some(9), ..second }, StoreError::ForeignKey),
        ] {
            assert_eq!(fill(&store, note), Err(error));
        }
        let empty: Result<u64, StoreError> = store.write_now(|tx| tx.exec(ADD, p![2, None::<&str>]));
        assert_eq!(empty, Err(StoreError::Check("note.body".into())));
        fill(&store, Note { parent: Some(1), ..second }).unwrap();
        assert_eq!(store.write_now(|tx| tx.exec(REMOVE, p![1])), Err(StoreError::ForeignKey));
        assert_eq!(store.write_now(|tx| Ok::<_, StoreError>((tx.exec(REMOVE, p![2])?, tx.exec(REMOVE, p![2])?))), Ok((1, 0)));
    }

    fn one_row_is_one_row(store) {
        let one = |tx: &mut store::Tx| tx.one(BODIES, p![], |row| row.text(0).map(str::to_owned));
        let opt = |tx: &mut store::Tx| tx.opt(BODIES, p![], |row| row.text(0).map(str::to_owned));
        assert!(store.read_now(one).unwrap_err().to_string().contains("none came"));
        assert_eq!(store.read_now(opt), Ok(None));
        fill(&store, PLAIN).unwrap();
        assert_eq!((store.read_now(one), store.read_now(opt)), (Ok("b".into()), Ok(Some("b".into()))));
        fill(&store, Note { id: 2, ..PLAIN }).unwrap();
        for error in [store.read_now(one).unwrap_err(), store.read_now(opt).map(|_| ()).unwrap_err()] {
            assert!(error.to_string().contains("more came"), "{error}");
        }
    }

    fn an_error_of_the_caller_ends_a_listing_but_not_the_transaction(store) {
        for id in 1..=5 {
            fill(&store, Note { id, ..PLAIN }).unwrap();
        }
        let seen = store.write_now(|tx| {
            let mut seen = 0;
            let stopped = tx.each(BODIES, p![], |_| {
                seen += 1;
                if seen == 2 { Err(StoreError::Other("enough".into())) } else { Ok(()) }
            });
            assert_eq!(stopped, Err(StoreError::Other("enough".into())));
            tx.exec(ADD, p![6, "after"]).map(|_| seen)
        });
        assert_eq!((seen, count(&store)), (Ok(2), 6));
    }
}
