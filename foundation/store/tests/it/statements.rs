//! Transactions: what is kept, what is undone, and the look at all statements.

use store::{Engine, Sql, StoreError, p, sql};

use super::{ADD, COUNT, START, SUM, TABLES, add, count};

const WRONG: &Sql = sql!("SELECT id FROM nowhere");
const SCANNING: &Sql = sql!("SELECT id FROM note WHERE share > ?1");

store::both_engines! {
    [TABLES]

    fn an_error_undoes_the_whole_job(store) {
        let failed: Result<(), StoreError> = store.write_now(|tx| {
            tx.exec(ADD, p![1, "x"])?;
            Err(StoreError::Other("no".into()))
        });
        assert_eq!((failed, count(&store)), (Err(StoreError::Other("no".into())), 0));
    }

    fn a_swallowed_error_is_still_one(store) {
        add(&store, 1).unwrap();
        let swallowed = store.write_now(|tx| {
            tx.exec(ADD, p![2, "x"])?;
            drop(tx.exec(ADD, p![1, "again"]));
            assert!(tx.one(COUNT, p![], |row| row.int(0)).is_err(), "nothing goes on after an error");
            Ok::<_, StoreError>(())
        });
        assert_eq!((swallowed, count(&store)), (Err(StoreError::Unique("note_pk".into())), 1));
    }

    fn an_attempt_undoes_only_itself(store) {
        add(&store, 1).unwrap();
        let done = store.write_now(|tx| {
            tx.exec(ADD, p![2, "kept"])?;
            let twice = tx.attempt(|tx| {
                tx.exec(ADD, p![3, "undone"])?;
                tx.attempt(|tx| tx.exec(ADD, p![4, "undone with the outer one"]))?;
                tx.exec(ADD, p![1, "refused"])
            });
            assert_eq!(twice, Err(StoreError::Unique("note_pk".into())));
            let swallowed = tx.attempt(|tx| {
                drop(tx.exec(ADD, p![1, "refused"]));
                Ok::<_, StoreError>(())
            });
            assert_eq!(swallowed, Err(StoreError::Unique("note_pk".into())));
            let own: Result<(), StoreError> = tx.attempt(|tx| {
                tx.exec(ADD, p![3, "undone"])?;
                Err(StoreError::Other("own".into()))
            });
            assert_eq!(own, Err(StoreError::Other("own".into())));
            tx.attempt(|tx| tx.exec(ADD, p![5, "kept"]))
        });
        assert_eq!((done, count(&store)), (Ok(1), 3));
    }

    fn reads_cannot_write(store) {
        let refused: Result<u64, StoreError> = store.read_now(|tx| tx.exec(ADD, p![1, "x"]));
        assert!(matches!(&refused, Err(StoreError::Other(words)) if words.contains("a read cannot write")), "{refused:?}");
        assert_eq!(count(&store), 0);
        add(&store, 1).unwrap();
    }

    fn a_snapshot_stands_still_while_writes_go_on(store) {
        store.write_now(|tx| tx.exec(START, p![1])).unwrap();
        let writer = store.clone();
        store.read_now(move |tx| {
            let before = tx.one(COUNT, p![], |row| row.int(0))?;
            // The write is complete, and acknowledged, before the same snapshot is asked again.
            add(&writer, before + 1)?;
            assert_eq!(tx.one(COUNT, p![], |row| row.int(0))?, before);
            assert_eq!(tx.one(SUM, p![], |row| row.int(0))?, 0);
            Ok::<_, StoreError>(())
        }).unwrap();
        assert_eq!(count(&store), 1);
    }

    fn every_statement_is_looked_at(store) {
        // Other cases hold statements of one engine on purpose.
        let ours = |line: &&String| !line.contains("PRAGMA") && !line.contains("group.rs") && !line.contains("concurrency.rs");
        let failed = store::check_statements(&store);
        let failed: Vec<_> = failed.iter().filter(ours).collect();
        let [only] = &failed[..] else { panic!("{failed:#?}") };
        assert!(only.contains(&WRONG.place()) && only.contains("nowhere"), "{only}");
        let scans = store::full_scans(&store);
        match store.engine() {
            Engine::Sqlite => assert!(scans.iter().any(|line| line.contains(&SCANNING.place()) && line.contains("SCAN note")), "{scans:#?}"),
            Engine::Postgres => assert!(scans.is_empty()),
        }
        let own: Vec<_> = scans.iter().filter(|line| line.contains("store/src")).collect();
        assert!(own.is_empty(), "the store's own statements have an index each: {own:#?}");
    }

    fn a_copy_is_a_whole_store(store) {
        for id in 0..50 {
            add(&store, id).unwrap();
        }
        let path = store.blobs().path(&[0; 32]).ancestors().nth(3).unwrap().join("copy.db");
        match store.engine() {
            Engine::Sqlite => {
                store.backup_to(&path).unwrap();
                assert!(matches!(store.backup_to(&path), Err(store::BackupError::Exists(_))));
                let database = store::Database::Sqlite { file: path.clone() };
                let options = store::Options { blobs: path.with_extension("blobs"), ..Default::default() };
                let copy = store::Store::open(&database, &options, &[TABLES], base::Time(0)).unwrap();
                assert_eq!(count(&copy), 50);
                add(&copy, 50).unwrap();
                assert_eq!((count(&copy), count(&store)), (51, 50));
            }
            Engine::Postgres => assert!(store.backup_to(&path).unwrap_err().to_string().contains("pg_dump --schema=lianxin_test")),
        }
    }
}
