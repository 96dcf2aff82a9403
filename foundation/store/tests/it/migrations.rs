//! Migrations: once each, never edited, never backwards, also when two processes start at once.

use std::sync::Barrier;

use store::testing::{NOW, Place};
use store::{Migration, OpenError, Store};

use super::{TABLES, add, count, places};

const FIRST: &[Migration] = &[Migration { name: "m/0001", sql: "CREATE TABLE m (id @int NOT NULL CONSTRAINT m_pk PRIMARY KEY) @end;" }];
const EDITED: &[Migration] = &[Migration { name: "m/0001", sql: "CREATE TABLE m (id @int NOT NULL CONSTRAINT m_key PRIMARY KEY) @end;" }];
const SECOND: &[Migration] = &[
    Migration { name: "m/0001", sql: FIRST[0].sql },
    Migration { name: "m/0002", sql: "ALTER TABLE m ADD COLUMN more @text; CREATE INDEX m_more ON m (more);" },
];
const BROKEN: &[Migration] = &[
    Migration { name: "m/0001", sql: FIRST[0].sql },
    Migration { name: "m/0002", sql: "CREATE TABLE half (id @int) @end; CREATE TABLE half (id @int) @end;" },
];

fn open(place: &Place, trees: &[&'static [Migration]]) -> Result<Store, OpenError> {
    Store::open(&place.database, &place.options(), trees, NOW)
}

places! {
    fn opening_again_changes_nothing(place) {
        let store = open(&place, &[TABLES]).unwrap();
        add(&store, 1).unwrap();
        drop(store);
        assert_eq!(count(&open(&place, &[TABLES]).unwrap()), 1);
    }

    fn a_newer_version_adds_and_the_older_one_refuses(place) {
        drop(open(&place, &[FIRST]).unwrap());
        drop(open(&place, &[TABLES, SECOND]).unwrap());
        let refused = open(&place, &[TABLES, FIRST]).err().unwrap();
        assert!(matches!(&refused, OpenError::Newer(name) if name == "m/0002"));
        assert!(refused.to_string().contains("newer version") && refused.to_string().contains("m/0002"), "{refused}");
    }

    fn an_edited_migration_is_refused(place) {
        drop(open(&place, &[FIRST]).unwrap());
        let refused = open(&place, &[EDITED]).err().unwrap();
        assert!(matches!(&refused, OpenError::Edited(name) if name == "m/0001"), "{refused}");
    }

    fn a_broken_migration_leaves_nothing(place) {
        let refused = open(&place, &[BROKEN]).err().unwrap();
        assert!(matches!(&refused, OpenError::Migration { name, .. } if name == "m/0002"), "{refused}");
        drop(open(&place, &[SECOND]).unwrap());
    }

    fn processes_that_start_at_once_do_not_meet(place) {
        let barrier = Barrier::new(4);
        std::thread::scope(|scope| {
            let opening: Vec<_> = (0..4).map(|_| scope.spawn(|| {
                barrier.wait();
                open(&place, &[TABLES, SECOND])
            })).collect();
            for (id, store) in (0..).zip(opening) {
                add(&store.join().unwrap().unwrap(), id).unwrap();
            }
        });
        assert_eq!(count(&open(&place, &[TABLES, SECOND]).unwrap()), 4);
    }
}

#[test]
fn words_when_there_is_no_database() {
    let place = Place::fresh(store::Engine::Sqlite).unwrap();
    let open = |url: &str, schema: &str| {
        let database = store::Database::Postgres { url: url.into(), schema: schema.into() };
        Store::open(&database, &place.options(), &[], NOW).err().unwrap().to_string()
    };
    assert!(open("postgres://nobody:secret@127.0.0.1:1/x", "a").starts_with("the database could not be opened: PostgreSQL:"));
    assert!(!open("postgres://nobody:secret@127.0.0.1:1/x", "a").contains("secret"));
    assert!(open("postgres://nobody@127.0.0.1:1/x", "a; DROP").contains("is not a name for a schema"));
    let file = place.directory.join("text.db");
    std::fs::write(&file, "this is no database, but a text that is long enough to be taken for one".repeat(100)).unwrap();
    let error = Store::open(&store::Database::Sqlite { file }, &place.options(), &[], NOW).err().unwrap().to_string();
    assert!(error.contains("text.db") && error.contains("not a database"), "{error}");
}
