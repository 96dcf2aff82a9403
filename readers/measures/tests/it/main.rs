//! Counting on both engines: exact, once, rolled up, and the same when made again.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{Date, Env, Id, Time, UnitId};
use measures::{Grade, Period, Tallies, Value, by_child, by_key, by_unit, cases, grade, series, value, values};
use people::testing::{World, env, world};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use record::measure::{Amount, Count, Key, Kind, Measure, Nature, Only, Whose};
use record::{About, Actor, Facts, Reader};
use store::{Store, StoreError, Tx};

#[derive(serde::Serialize, serde::Deserialize)]
struct TreePlanted {
    trees: i64,
    sort: String,
    where_to: Option<UnitId>,
    lived: bool,
}

impl Facts for TreePlanted {
    const KIND: &'static str = "TreePlanted";
    const V: i64 = 1;
}

const PLANTED: Count = Count { kind: "TreePlanted", ..Count::ONE };

record::measures! {
    /// What these tests count.
    pub TREES = [
        Measure { id: "test.times", title_zh: "次数", title_en: "Times", counts: &[PLANTED], ..Measure::COUNT },
        Measure { id: "test.trees", title_zh: "棵数", title_en: "Trees", kind: Kind::Sum,
            counts: &[Count { amount: Amount::Fact("trees"), key: Key::Fact("sort"), ..PLANTED }], ..Measure::COUNT },
        Measure { id: "test.places", title_zh: "地点", title_en: "Places", counts: &[Count { unit: Whose::Fact("where_to"), ..PLANTED }], ..Measure::COUNT },
        Measure { id: "test.lived", title_zh: "成活", title_en: "Lived", counts: &[Count { only: &[Only::True("lived")], ..PLANTED }], ..Measure::COUNT },
        Measure { id: "test.oaks", title_zh: "橡树", title_en: "Oaks", counts: &[Count { only: &[Only::Is("sort", "oak")], ..PLANTED }], ..Measure::COUNT },
        Measure { id: "test.life", title_zh: "成活比", title_en: "Share that lived", kind: Kind::Rate { num: "test.lived", den: "test.times" }, ..Measure::COUNT },
        Measure { id: "test.grown", title_zh: "长成的棵数", title_en: "Trees that grew", kind: Kind::Sum,
            counts: &[Count { amount: Amount::Fact("trees"), only: &[Only::True("lived")], ..PLANTED }], ..Measure::COUNT },
        Measure { id: "test.share", title_zh: "长成的比例", title_en: "Share that grew", kind: Kind::Rate { num: "test.grown", den: "test.trees" },
            each: Some("test.times"), ..Measure::COUNT },
        Measure { id: "test.of_trees", title_zh: "没有样本数的比例", title_en: "A share without an n", kind: Kind::Rate { num: "test.grown", den: "test.trees" }, ..Measure::COUNT },
        Measure { id: "test.days", title_zh: "天数", title_en: "Days", kind: Kind::Median, counts: &[Count { key: Key::Days, ..PLANTED }], ..Measure::COUNT },
        Measure { id: "test.likes", title_zh: "点赞", title_en: "Applause", counts: &[PLANTED], ..Measure::COUNT },
        Measure { id: "test.mean", title_zh: "解决率", title_en: "Self-reported", nature: Nature::Fact, kind: Kind::Rate { num: "test.lived", den: "test.times" }, ..Measure::COUNT },
    ]
}

/// A planting, as far as a test tells it apart.
struct Deed {
    unit: UnitId,
    at: Time,
    trees: i64,
    sort: &'static str,
    lived: bool,
    to: Option<UnitId>,
}

fn deed(unit: UnitId, at: Time, trees: i64) -> Deed {
    Deed { unit, at, trees, sort: "oak", lived: true, to: None }
}

fn plant(store: &Store, env: &Env, deed: Deed) {
    let env = env.clone();
    store
        .write_now(move |tx| {
            let ctx = env.ctx();
            let about = About { occurred_at: deed.at, actor: Actor::System, unit: Some(deed.unit), subject: ctx.id::<Id>(), batch: None };
            record::append(
                tx,
                &ctx,
                about,
                &TreePlanted { trees: deed.trees, sort: deed.sort.into(), where_to: deed.to, lived: deed.lived },
            )
        })
        .unwrap();
}

fn follow(store: &Store, env: &Env, limit: usize) {
    record::sequence_all(store, env).unwrap();
    while store.write_now(move |tx| record::advance(tx, &Tallies, limit).map_err(|error| StoreError::Other(error.to_string()))).unwrap() > 0
    {
    }
}

fn read<T: Send + 'static>(store: &Store, f: impl Fn(&mut Tx) -> Result<T, StoreError> + Send + 'static) -> T {
    store.read_now(f).unwrap()
}

fn assert_clean(store: &Store) {
    let report = record::verify(store, &[people::fold], &[Arc::new(Tallies)]).unwrap();
    assert!(report.is_clean(), "{report}");
}

fn dump(store: &Store) -> Vec<String> {
    store.read_now(|tx| Tallies.dump(tx)).unwrap()
}

#[test]
fn the_catalogue_holds_what_the_guard_lets_through() {
    assert!(measures::find("test.trees").is_some());
    assert!(measures::find("test.likes").is_none() && measures::find("test.mean").is_none());
    let refused: Vec<&str> = measures::refused().iter().map(|refused| refused.what.as_str()).collect();
    assert_eq!(refused, ["test.likes", "test.mean", "test.of_trees"]);
    assert!(measures::refused()[2].text_zh.contains("样本数"), "the sum of an amount is no number of people");
    assert!(measures::refused()[0].text_zh.contains("点赞量、网络投票数、转发量、学习时长不得作为考评依据"));
    assert!(measures::refused()[1].text_zh.contains("回访"));
}

store::both_engines! {
    [record::MIGRATIONS, people::MIGRATIONS, measures::MIGRATIONS]

    fn numbers_roll_up_the_tree_and_open_to_their_cases(store) {
        let (env, _) = env(51);
        let world = world(&store, &env);
        let now = env.clock.now();
        let long_ago = now.plus(-40 * Time::DAY);
        plant(&store, &env, deed(world.grids[0], now, 3));
        plant(&store, &env, Deed { sort: "elm", lived: false, ..deed(world.grids[1], now, 4) });
        plant(&store, &env, deed(world.communities[0], long_ago, 5));
        plant(&store, &env, deed(world.grids[5], now, 6));
        plant(&store, &env, Deed { to: Some(world.grids[5]), ..deed(world.district, now, 7) });
        plant(&store, &env, deed(world.branch, now, 9));
        follow(&store, &env, 3);
        let today = now.date();
        let (this, year) = (Period::month_of(today), Period { from: long_ago.date(), to: today });
        let (grid, town, district, branch) = (world.grids[0], world.towns[0], world.district, world.branch);
        let sum = |id: &'static str, unit, period: Period| read(&store, move |tx| value(tx, id, unit, &period)).num;
        assert_eq!((sum("test.trees", grid, this), sum("test.trees", town, this), sum("test.trees", town, year)), (3, 7, 12));
        assert_eq!((sum("test.trees", district, year), sum("test.times", district, year), sum("test.nothing", district, year)), (25, 5, 0));
        assert_eq!(sum("test.trees", world.party_committee(), year), 9, "up the Party tree as well");
        assert_eq!((sum("test.trees", branch, this), sum("test.places", world.grids[5], this), sum("test.times", world.grids[5], this)), (9, 2, 1));
        let life = read(&store, move |tx| value(tx, "test.life", town, &this));
        assert_eq!((life, grade(life, 10), grade(life, 2)), (Value::rate_of(1, 2), Grade::TooFew, Grade::Enough));
        // A share of trees rests on how many planted, however many trees they planted.
        let share = read(&store, move |tx| value(tx, "test.share", district, &year));
        assert_eq!((share.num, share.den, share.of(), share.n()), (21, Some(25), Some(5), 5));
        assert_eq!((grade(share, 10), grade(share, 5)), (Grade::TooFew, Grade::Enough));
        let parts = read(&store, move |tx| by_child(tx, "test.share", district, &year));
        assert_eq!(parts.iter().map(|(_, part)| part.n()).collect::<Vec<_>>(), [3, 1, 0, 0, 0, 0, 1]);
        assert_eq!(read(&store, move |tx| cases(tx, "test.share", district, &year, None, 10)).len(), 5);
        assert_eq!(read(&store, move |tx| series(tx, "test.share", district, &[this]))[0].n(), 4);
        assert_eq!(read(&store, move |tx| by_unit(tx, &["test.share"], &[town], &year))[0][0].n(), 3);
        assert_eq!(read(&store, move |tx| values(tx, &["test.oaks", "test.times"], town, &this)), [Value::count(1), Value::count(2)]);
        // A day is a part of its month.
        assert_eq!((sum("test.trees", town, Period::day(today)), sum("test.trees", town, Period::day(long_ago.date()))), (7, 5));

        let parts = read(&store, move |tx| by_child(tx, "test.trees", district, &year));
        assert_eq!(parts.iter().map(|part| part.1.num).collect::<Vec<_>>(), [12, 6, 0, 0, 0, 0, 7]);
        assert_eq!(parts.last().unwrap().0, district);
        assert_eq!(read(&store, move |tx| by_key(tx, "test.trees", town, &year)), [("oak".to_owned(), 8), ("elm".to_owned(), 4)]);
        let months = [this.previous().previous(), this.previous(), this];
        let line = read(&store, move |tx| series(tx, "test.trees", town, &months));
        assert_eq!(line.iter().map(|value| value.num).sum::<i64>(), 12);
        assert_eq!(line[2].num, 7);
        // A subject's age: those that are about what happened before it was made count as none.
        assert_eq!(read(&store, move |tx| value(tx, "test.days", district, &year)), Value::rate_of(0, 5));

        let first = read(&store, move |tx| cases(tx, "test.times", district, &year, None, 2));
        assert_eq!((first.len(), first[0].at), (2, now));
        let after = first[1].after().to_string().parse().unwrap();
        let rest = read(&store, move |tx| cases(tx, "test.times", district, &year, Some(after), 10));
        assert_eq!((rest.len(), rest[2].at), (3, long_ago));
        assert!(rest.iter().all(|case| first.iter().all(|other| other.event != case.event)));
        assert_eq!(read(&store, move |tx| cases(tx, "test.oaks", town, &this, None, 10)).len(), 1);
        assert_eq!(read(&store, move |tx| cases(tx, "test.life", town, &this, None, 10)).len(), 2, "a rate opens to what it is of");
        assert_clean(&store);
    }

    fn a_long_step_counts_what_short_ones_do(store) {
        let (env, _) = env(52);
        let world = world(&store, &env);
        let units: Vec<UnitId> = world.grids.iter().copied().chain(world.communities.iter().copied()).chain([world.branch]).collect();
        let now = env.clock.now();
        follow(&store, &env, 500);
        let (many, places) = (env.clone(), units.clone());
        store
            .write_now(move |tx| {
                let ctx = many.ctx();
                for n in 0..6_000_i64 {
                    let unit = places[usize::try_from(n).unwrap() % places.len()];
                    let at = now.plus(-(n % 97) * Time::DAY);
                    let about = About { occurred_at: at, actor: Actor::System, unit: Some(unit), subject: ctx.id::<Id>(), batch: None };
                    let sort = ["oak", "elm", "fir"][usize::try_from(n % 3).unwrap()];
                    record::append(tx, &ctx, about, &TreePlanted { trees: n % 5, sort: sort.into(), where_to: None, lived: n % 2 == 0 })?;
                }
                Ok::<_, StoreError>(())
            })
            .unwrap();
        record::sequence_all(&store, &env).unwrap();
        assert!(Tallies.leap(&store).unwrap());
        assert!(!Tallies.leap(&store).unwrap(), "then it is not far behind any more");
        follow(&store, &env, 500);
        let leapt = dump(&store);
        // In many steps, each pair read while the one before is written, it comes to the same.
        store.write_now(|tx| record::reset(tx, &Tallies)).unwrap();
        store.write_now(|tx| record::advance(tx, &Tallies, 1).map_err(|error| StoreError::Other(error.to_string()))).unwrap();
        assert!(measures::leap(&store, 700).unwrap());
        follow(&store, &env, 500);
        assert_eq!(dump(&store), leapt);
        store.write_now(|tx| record::reset(tx, &Tallies)).unwrap();
        follow(&store, &env, 700);
        assert_eq!(dump(&store), leapt);
        let district = world.district;
        let whole = Period { from: now.plus(-100 * Time::DAY).date(), to: now.date() };
        let all = read(&store, move |tx| value(tx, "test.times", district, &whole));
        let expected = (0..6_000_usize).filter(|n| units[n % units.len()] != world.branch).count();
        assert_eq!(all.num, i64::try_from(expected).unwrap());
        assert_eq!(read(&store, move |tx| by_unit(tx, &["test.times", "test.trees"], &[district], &whole))[0][0], all);
        assert_clean(&store);
    }

    fn a_changed_row_is_found(store) {
        let (env, _) = env(53);
        let world = world(&store, &env);
        plant(&store, &env, deed(world.towns[1], env.clock.now(), 3));
        follow(&store, &env, 10);
        assert_clean(&store);
        let attack: [&'static store::Sql; 3] = [
            store::sql!("UPDATE tally SET cells = (SELECT cells FROM tally_apart LIMIT 1) WHERE unit = ?1"),
            store::sql!("DELETE FROM tally_apart WHERE unit = ?1"),
            store::sql!("UPDATE tally_case SET day = day + 1 WHERE unit = ?1"),
        ];
        for sql in attack {
            let town = world.towns[1];
            store.write_now(move |tx| tx.exec(sql, store::p![town])).unwrap();
            let report = record::verify(&store, &[people::fold], &[Arc::new(Tallies)]).unwrap();
            assert!(report.to_string().contains("measures"), "{report}");
            store.write_now(|tx| record::reset(tx, &Tallies)).unwrap();
            follow(&store, &env, 10);
        }
        assert_clean(&store);
    }
}

/// What was planted where and on which day of the last ninety, in which batches it was read.
fn deeds() -> impl Strategy<Value = (Vec<(usize, i64, i64, bool)>, usize)> {
    (prop::collection::vec((0_usize..8, 0_i64..90, 0_i64..9, any::<bool>()), 1..40), 1_usize..9)
}

#[test]
fn a_scan_of_the_record_gives_the_same_numbers() {
    let mut runner = TestRunner::new_with_rng(Config { cases: 12, ..Config::default() }, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    runner
        .run(&deeds(), |(deeds, limit)| {
            let Some(store) =
                store::testing::try_fresh(store::Engine::Sqlite, &[record::MIGRATIONS, people::MIGRATIONS, measures::MIGRATIONS])
            else {
                return Ok(());
            };
            let (env, _) = env(54);
            let world = world(&store, &env);
            let spots: Vec<UnitId> = world.grids.iter().copied().chain([world.communities[0], world.towns[1]]).collect();
            let now = env.clock.now();
            let mut expected: BTreeMap<(UnitId, Date), (i64, i64)> = BTreeMap::new();
            for (spot, days, trees, lived) in &deeds {
                let (unit, at) = (spots[spot % spots.len()], now.plus(-days * Time::DAY));
                plant(&store, &env, Deed { lived: *lived, ..deed(unit, at, *trees) });
                let tree = read(&store, people::tree);
                for above in &tree.get(unit).unwrap().path {
                    let sums = expected.entry((*above, at.date())).or_default();
                    sums.0 += trees;
                    sums.1 += i64::from(*lived);
                }
            }
            follow(&store, &env, limit);
            for ((unit, date), (trees, lived)) in expected {
                let day = Period::day(date);
                let found = read(&store, move |tx| values(tx, &["test.trees", "test.lived"], unit, &day));
                prop_assert_eq!(found, [Value::count(trees), Value::count(lived)]);
            }
            assert_clean(&store);
            Ok(())
        })
        .unwrap();
}

/// The top of the Party tree.
trait Party {
    fn party_committee(&self) -> UnitId;
}

impl Party for World {
    fn party_committee(&self) -> UnitId {
        self.party
    }
}
