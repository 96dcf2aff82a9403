//! Two who seal at once, step by step: whoever comes second has written nothing, on both engines.

use std::sync::Arc;

use base::rules::Rules;
use base::{FixedClock, Id, Keys, SeededRandom};
use store::{Store, p, sql};

use super::*;
use crate::{About, Actor, Facts};

#[derive(serde::Serialize, serde::Deserialize)]
struct Counted {
    n: i64,
}

impl Facts for Counted {
    const KIND: &'static str = "Counted";
    const V: i64 = 1;
}

fn env() -> Env {
    let random = Arc::new(SeededRandom::new(5));
    let keys = Arc::new(Keys::seeded(&*random));
    Env { clock: Arc::new(FixedClock::at(store::testing::NOW)), random, rules: Rules::builtin(), keys }
}

/// So many events, each with its position and under no checkpoint.
fn count(store: &Store, env: &Env, n: i64) {
    let ctx = env.clone();
    let done: Result<(), StoreError> = store.write_now(move |tx| {
        for n in 0..n {
            let ctx = ctx.ctx();
            let about = About { occurred_at: ctx.now, actor: Actor::System, unit: None, subject: Id([7; 16]), batch: None };
            crate::append(tx, &ctx, about, &Counted { n })?;
        }
        crate::sequence(tx, &ctx.ctx(), 1000).map(drop).map_err(|error| StoreError::Other(error.to_string()))
    });
    done.unwrap();
}

/// Everything that a checkpoint writes.
fn written(store: &Store) -> (Tree, Vec<(i64, Vec<u8>)>, Vec<(i64, String)>) {
    let all = store.read_now(|tx| {
        Ok::<_, StoreError>((
            tree(tx)?,
            tx.all(sql!("SELECT id, hashes FROM log_tile ORDER BY id"), p![], |row| Ok((row.int(0)?, row.blob(1)?.to_vec())))?,
            tx.all(sql!("SELECT size, note FROM checkpoint ORDER BY size"), p![], |row| Ok((row.int(0)?, row.text(1)?.to_owned())))?,
        ))
    });
    all.unwrap()
}

store::both_engines! {
    [crate::MIGRATIONS]

    fn of_two_who_seal_at_once_the_second_writes_nothing(store) {
        let env = env();
        // From nothing, and from a tree that is there.
        for (before, more) in [(300, 20), (10, 5)] {
            count(&store, &env, before);
            let slow = store.read_now(grown).unwrap().unwrap();
            count(&store, &env, more);
            assert!(seal(&store, &env).unwrap());
            let after = written(&store);
            let late = env.clone();
            let lost = store.write_now(move |tx| write(tx, &late.ctx(), &slow));
            assert!(matches!(lost, Err(SealError::Lost)), "{lost:?}");
            assert_eq!(written(&store), after);
            assert!(!seal(&store, &env).unwrap());
        }
        assert_eq!(written(&store).0.size, 335);
    }

    fn a_checkpoint_that_cannot_be_signed_leaves_no_tile(store) {
        let env = env();
        count(&store, &env, 40);
        assert!(seal(&store, &env).unwrap());
        let before = written(&store);
        count(&store, &env, 300);
        // Another key file: tiles are ready to be written, and none is.
        let other = Env { keys: Arc::new(Keys::seeded(&SeededRandom::new(6))), ..env.clone() };
        assert!(seal(&store, &other).unwrap_err().to_string().contains("not the one that this log was begun with"));
        assert_eq!(written(&store), before);
        assert!(seal(&store, &env).unwrap());
        let (tree, tiles, checkpoints) = written(&store);
        assert_eq!((tree.size, tiles.len()), (340, 3));
        // What the newest head covers is there to be read: every leaf of it, in the tiles that came with it.
        let held: usize = tiles.iter().filter(|(id, _)| *id < 1 << 48).map(|(_, hashes)| hashes.len() / 32).sum();
        assert_eq!((checkpoints.last().map(|(size, _)| *size), held), (Some(340), 340));
    }
}
