//! Which working days hold, on both engines: in which order they came, and who may say so.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use base::rules::{BUILTIN, Rules};
use base::{Ctx, Id};
use store::{Migration, Store, StoreError, Tx, p, sql};
use workdays::{Count, Work};

const TREES: [&[Migration]; 2] = [record::MIGRATIONS, workdays::MIGRATIONS];

fn year(days: &str) -> String {
    format!("[[year]]\nyear = 2027\ndocument = \"通知\"\nsource = \"\"\nmark = \"R\"\ndays = [{days}]\nwork = []\n")
}

fn by(packs: &[(&str, &str)]) -> Arc<Rules> {
    Arc::new(Rules::parse(packs, "").unwrap())
}

fn versions(store: &Store) -> Vec<(i64, i64)> {
    let all = sql!("SELECT v, edition FROM working_days ORDER BY v");
    store.read_now(move |tx| tx.all(all, p![], |row| Ok((row.int(0)?, row.int(1)?)))).unwrap()
}

/// Work of which nothing is open.
const NOTHING: Work<()> = Work {
    name: "nothing",
    next: |_: &mut Tx, _: Id, _: u32| Ok(Vec::new()),
    one: |_: &mut Tx, _: &Ctx, _: &Count, (): ()| Ok(()),
    at_once: 5,
};

store::both_engines! {
    TREES
    fn days_that_change_are_versions_and_an_older_program_says_nothing(store) {
        let (mut env, _) = people::testing::env(7);
        let hold = |rules: &Arc<Rules>, adopted: bool, env: &mut base::Env| {
            env.rules = Arc::clone(rules);
            let env = env.clone();
            store.write_now(move |tx| {
                workdays::hold(tx, &env.ctx(), adopted, || Rules::builtin().calendar().clone())?;
                let mut pieces = 0;
                while NOTHING.piece(tx, &env.ctx())? {
                    pieces += 1;
                }
                Ok::<_, StoreError>((pieces, workdays::under_way(tx)?))
            }).unwrap()
        };
        let longer = year("\"2027-01-01/2027-01-04\"");
        let brought = by(&[BUILTIN, &[("holidays/2027", longer.as_str())]].concat());
        // What was brought in before anybody noted what held is a change from the days of the files.
        assert_eq!(hold(&brought, true, &mut env), (3, false));
        assert_eq!(versions(&store), [(1, 1), (2, 1)]);
        assert_eq!(hold(&brought, true, &mut env), (0, false));
        // A process that has not taken it up yet counts nothing back; taken back, it is a change again.
        hold(&Rules::builtin(), false, &mut env);
        assert_eq!(versions(&store).len(), 2);
        hold(&Rules::builtin(), true, &mut env);
        assert_eq!(versions(&store), [(1, 1), (2, 1), (3, 1)]);
        // A newer program has newer tables; the older one beside it leaves the deadlines to it.
        let newer = format!("edition = 1\n{longer}");
        let newer = by(&[BUILTIN, &[("newer", newer.as_str())]].concat());
        hold(&newer, true, &mut env);
        hold(&Rules::builtin(), true, &mut env);
        assert_eq!(versions(&store), [(1, 1), (2, 1), (3, 1), (4, 2)]);

        record::sequence_all(&store, &env).unwrap();
        let clean = |what: &str| {
            let report = record::verify(&store, &[workdays::fold], &[]).unwrap().to_string();
            assert_eq!(report.contains("table working_days"), !what.is_empty(), "{what}: {report}");
        };
        clean("");
        store.write_now(|tx| tx.exec(sql!("UPDATE working_days SET edition = 9 WHERE v = 4"), p![])).unwrap();
        clean("another edition");
    }
}
