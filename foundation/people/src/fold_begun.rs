//! When persons, posts and accounts came into being, and that an open unit has no successor: what [`crate::fold`] leaves.

use std::collections::BTreeMap;

use base::{Id, Time};
use record::{BadFacts, Difference, Event, Facts, Fold};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{AccountOpened, PersonCreated, PostCreated};

/// A new fold, for a list of them.
pub fn fold_begun() -> Box<dyn Fold> {
    Box::new(Begun::default())
}

#[derive(Default)]
struct Begun(BTreeMap<(&'static str, Id), Time>);

/// These read whole tables, which is what comparing takes.
const PERSONS: &Sql = sql!("SELECT id, created_at FROM person");
const POSTS: &Sql = sql!("SELECT id, created_at FROM post");
const ACCOUNTS: &Sql = sql!("SELECT id, created_at FROM account");
const SUCCEEDED: &Sql = sql!("SELECT id, successor FROM unit WHERE valid_to IS NULL AND successor IS NOT NULL");

impl Fold for Begun {
    fn apply(&mut self, event: &Event) -> Result<(), BadFacts> {
        let table = match event.kind.as_str() {
            PersonCreated::KIND => "person",
            PostCreated::KIND => "post",
            AccountOpened::KIND => "account",
            _ => return Ok(()),
        };
        self.0.insert((table, event.subject), event.recorded_at);
        Ok(())
    }

    fn compare(&self, tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
        let mut found = Vec::new();
        for (table, all) in [("person", PERSONS), ("post", POSTS), ("account", ACCOUNTS)] {
            for (id, at) in tx.all(all, p![], |row| Ok((row.id::<Id>(0)?, row.time(1)?)))? {
                // A row that no event speaks of is the other fold's to find.
                let expected = self.0.get(&(table, id)).filter(|expected| **expected != at);
                found.extend(expected.map(|expected| Difference::column(table, id, "created_at", *expected, at)));
            }
        }
        for (id, successor) in tx.all(SUCCEEDED, p![], |row| Ok((row.id::<Id>(0)?, row.opt_id::<Id>(1)?)))? {
            found.push(Difference::column("unit", id, "successor", None::<Id>, successor));
        }
        Ok(found)
    }
}
