//! Smoke.
use store::{Migration, Sql, StoreError, p, sql};

const TABLES: &[Migration] = &[Migration { name: "test/0001", sql: "CREATE TABLE n (id @int NOT NULL CONSTRAINT n_pk PRIMARY KEY, v @int NOT NULL, t @text) @clustered;" }];
const ADD: &Sql = sql!("INSERT INTO n (id, v, t) VALUES (?1, ?2, ?3)");
const GET: &Sql = sql!("SELECT v, t FROM n WHERE id = ?1");

store::both_engines! {
    [TABLES]
    fn smoke(store) {
        store.write_now(|tx| tx.exec(ADD, p![1, 2_i64, "a"])).unwrap();
        let again: Result<u64, StoreError> = store.write_now(|tx| tx.exec(ADD, p![1, 2_i64, None::<&str>]));
        eprintln!("{again:?}");
        let got = store.read_now(|tx| tx.one(GET, p![1], |r| Ok((r.int(0)?, r.opt_text(1)?.map(str::to_owned))))).unwrap();
        assert_eq!(got, (2, Some("a".to_owned())));
        let refused: Result<u64, StoreError> = store.read_now(|tx| tx.exec(ADD, p![2, 2_i64, None::<&str>]));
        eprintln!("{refused:?}");
        eprintln!("{}", store::all_statements().len());
    }
}
