//! Counting on both engines: exact, once, and the same when made again.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use base::{Env, Time, UnitId};
use measures::{Month, Tallies, by_month, by_unit, tally, total};
use people::testing::{env, world};
use people::tree;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use record::{About, Actor, Event, Facts, Measure, Reader};
use store::{Store, StoreError};

#[derive(serde::Serialize, serde::Deserialize)]
struct TreePlanted {
    trees: i64,
}

impl Facts for TreePlanted {
    const KIND: &'static str = "TreePlanted";
    const V: i64 = 1;
}

#[derive(serde::Serialize, serde::Deserialize)]
struct TreeFelled {}

impl Facts for TreeFelled {
    const KIND: &'static str = "TreeFelled";
    const V: i64 = 1;
}

fn trees(event: &Event) -> Option<(UnitId, Time, i64)> {
    Some((event.unit?, event.occurred_at, event.facts::<TreePlanted>().ok()?.trees))
}

const PLANTED: Measure = Measure { id: "test.planted", title_zh: "种下", title_en: "Planted", kind: "TreePlanted", count: trees };
const TIMES: Measure = Measure {
    id: "test.times",
    title_zh: "次数",
    title_en: "Times",
    kind: "TreePlanted",
    count: |event| trees(event).map(|(unit, at, _)| (unit, at, 1)),
};
const LEFT: Measure = Measure { id: "test.left", title_zh: "留下", title_en: "Left", ..PLANTED };
const FELLED: Measure = Measure {
    id: "test.left",
    title_zh: "留下",
    title_en: "Left",
    kind: "TreeFelled",
    count: |event| Some((event.unit?, event.occurred_at, -1)),
};

fn reader() -> Tallies {
    Tallies::of([PLANTED, TIMES, LEFT, FELLED])
}

fn plant(store: &Store, env: &Env, unit: UnitId, at: Time, trees: i64) {
    let env = env.clone();
    store
        .write_now(move |tx| {
            let about = About { occurred_at: at, actor: Actor::System, unit: Some(unit), subject: unit.0, batch: None };
            let ctx = env.ctx();
            if trees < 0 {
                record::append(tx, &ctx, about, &TreeFelled {})
            } else {
                record::append(tx, &ctx, about, &TreePlanted { trees })
            }
        })
        .unwrap();
}

fn follow(store: &Store, env: &Env, limit: usize) {
    record::sequence_all(store, env).unwrap();
    while store.write_now(move |tx| record::advance(tx, &reader(), limit).map_err(|error| StoreError::Other(error.to_string()))).unwrap()
        > 0
    {}
}

fn assert_clean(store: &Store) {
    let report = record::verify(store, &[people::fold], &[Arc::new(reader())]).unwrap();
    assert!(report.is_clean(), "{report}");
}

store::both_engines! {
    [record::MIGRATIONS, people::MIGRATIONS, measures::MIGRATIONS]

    fn numbers_roll_up_the_tree(store) {
        let (env, _) = env(51);
        let world = world(&store, &env);
        let now = env.clock.now();
        let this = Month::of(now);
        plant(&store, &env, world.grids[0], now, 3);
        plant(&store, &env, world.grids[1], now, 4);
        plant(&store, &env, world.communities[0], now.plus(-40 * Time::DAY), 5);
        plant(&store, &env, world.grids[5], now, 6);
        plant(&store, &env, world.district, now, 7);
        follow(&store, &env, 3);
        let grid = world.grids[0];
        assert_eq!(store.read_now(move |tx| tally(tx, "test.planted", grid, this, this)).unwrap(), 3);
        let tree = store.read_now(tree).unwrap();
        let sum = |measure: &'static str, unit, from| {
            let tree = tree.clone();
            store.read_now(move |tx| total(tx, &tree, measure, unit, from, this)).unwrap()
        };
        assert_eq!(sum("test.planted", world.towns[0], this), 7);
        assert_eq!(sum("test.planted", world.towns[0], this.plus(-2)), 12);
        assert_eq!(sum("test.planted", world.district, this.plus(-2)), 25);
        assert_eq!(sum("test.times", world.district, this.plus(-2)), 5);
        assert_eq!(sum("test.nothing", world.district, this.plus(-2)), 0);
        let (town, shape) = (world.towns[0], tree.clone());
        let months = store.read_now(move |tx| by_month(tx, &shape, "test.planted", town, this.plus(-2), this)).unwrap();
        assert_eq!(months.iter().map(|month| month.1).collect::<Vec<_>>(), [0, 5, 7]);
        let (district, shape) = (world.district, tree.clone());
        let parts = store.read_now(move |tx| by_unit(tx, &shape, "test.planted", district, this.plus(-2), this)).unwrap();
        assert_eq!(parts.iter().map(|part| part.1).collect::<Vec<_>>(), [12, 6, 0, 0, 0, 0, 7]);
        assert_eq!(parts.last().unwrap().0, world.district);
        assert_clean(&store);
    }

    fn another_list_of_measures_makes_the_numbers_anew(store) {
        let (env, _) = env(52);
        let world = world(&store, &env);
        let now = env.clock.now();
        plant(&store, &env, world.towns[1], now, 3);
        follow(&store, &env, 100);
        let fewer = || Tallies::of([TIMES]);
        assert_ne!(fewer().version(), reader().version());
        assert_eq!(Tallies::of([TIMES, PLANTED]).version(), Tallies::of([PLANTED, TIMES]).version(), "whatever their order");
        let (town, month) = (world.towns[1], Month::of(now));
        store.write_now(move |tx| record::advance(tx, &fewer(), 2_000).map_err(|error| StoreError::Other(error.to_string()))).unwrap();
        let numbers = store.read_now(move |tx| Ok::<_, StoreError>((tally(tx, "test.planted", town, month, month)?, tally(tx, "test.times", town, month, month)?)));
        assert_eq!(numbers.unwrap(), (0, 1));
        assert_clean(&store);
    }

    /// However events fall into months, units and batches, the numbers are those of a plain count.
    fn counting_is_exact(store) {
        let (env, clock) = env(53);
        let world = world(&store, &env);
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let mut runner = TestRunner::new_with_rng(Config { cases: 6, failure_persistence: None, ..Config::default() }, rng);
        let mut all: Vec<(UnitId, Month, i64)> = Vec::new();
        let all = std::cell::RefCell::new(&mut all);
        let cases = prop::collection::vec((0..8usize, -120i64..=0, -1i64..5), 1..25);
        runner.run(&(cases, 1..9usize), |(events, batch)| {
            let mut all = all.borrow_mut();
            for (grid, days, n) in events {
                clock.advance(Time::SECOND);
                let at = env.clock.now().plus(days * Time::DAY);
                plant(&store, &env, world.grids[grid], at, n);
                all.push((world.grids[grid], Month::of(at), n));
            }
            follow(&store, &env, batch);
            let now = Month::of(env.clock.now());
            for unit in world.grids {
                let counted = store.read_now(move |tx| tally(tx, "test.left", unit, now.plus(-5), now)).unwrap();
                prop_assert_eq!(counted, all.iter().filter(|event| event.0 == unit).map(|event| event.2).sum::<i64>());
            }
            Ok(())
        }).unwrap();
        assert_clean(&store);
    }
}
