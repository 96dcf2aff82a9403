//! Counting and scoring: every tally made anew from the record, and a card of a hundred measures for each
//! of ten thousand units.

use std::time::Instant;

use anyhow::{Result, ensure};
use base::{Clock, Id, SystemClock, Time, UnitId};
use measures::{Period, Tallies};
use record::measure::{Count, Measure, Only};
use record::{About, Actor, Facts, Reader};
use scores::events::SchemeId;
use scores::scheme::{Bands, Definition, Item, Scheme, Span};
use scores::score::{Excluded, Plan};
use store::{Sql, Store, StoreError, p, sql};

use crate::Wish;
use crate::ground;
use crate::stats::median;

/// Units in all: a district, its towns, their communities.
const TOWNS: usize = 100;
const COMMUNITIES: usize = 9_899;
/// Events in the record.
const EVENTS: usize = 1_000_000;
/// Events written in one transaction.
const TOGETHER: usize = 2_000;

const INSERT_UNIT: &Sql =
    sql!("INSERT INTO unit (id, code, name, level, parent, ord, valid_from, salt) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7)");
const INSERT_VERSION: &Sql = sql!("INSERT INTO unit_version (one, version, prior) VALUES (1, ?1, ?1)");

macro_rules! kinds {
    ($($kind:ident $a:literal $b:literal $c:literal $d:literal;)+) => {
        $(
            /// An event to count: as large as those of concerns are.
            #[derive(serde::Serialize, serde::Deserialize)]
            struct $kind { v: i64, unit: UnitId, part: i64, due: Due, texts: Texts }
            impl Facts for $kind { const KIND: &'static str = stringify!($kind); const V: i64 = 1; }
        )+

        record::measures! {
            /// A hundred measures.
            MEASURES = [$(
                Measure { id: $a, title_zh: "甲", title_en: "A", counts: &[Count { kind: stringify!($kind), only: &[Only::Is("part", "0")], ..Count::ONE }], ..Measure::COUNT },
                Measure { id: $b, title_zh: "乙", title_en: "B", counts: &[Count { kind: stringify!($kind), only: &[Only::Is("part", "1")], ..Count::ONE }], ..Measure::COUNT },
                Measure { id: $c, title_zh: "丙", title_en: "C", counts: &[Count { kind: stringify!($kind), only: &[Only::Is("part", "2")], ..Count::ONE }], ..Measure::COUNT },
                Measure { id: $d, title_zh: "丁", title_en: "D", counts: &[Count { kind: stringify!($kind), only: &[Only::Is("part", "3")], ..Count::ONE }], ..Measure::COUNT },
            )+]
        }

        /// Appends an event of the so many-th kind.
        fn append(tx: &mut store::Tx, ctx: &base::Ctx, about: About, kind: usize, unit: UnitId, part: i64) -> Result<(), StoreError> {
            let mut at = 0;
            $(
                if at == kind {
                    record::append(tx, ctx, about, &$kind { v: 3, unit, part, due: Due::default(), texts: Texts::default() })?;
                }
                at += 1;
            )+
            let _ = at;
            Ok(())
        }
    };
}

/// What events of concerns hold beside what is counted.
#[derive(serde::Serialize, serde::Deserialize)]
struct Due {
    at: i64,
    rule: String,
}

impl Default for Due {
    fn default() -> Due {
        Due { at: 1_790_000_000_000_000, rule: "concerns.resolve".into() }
    }
}

/// The digest of a text.
#[derive(serde::Serialize, serde::Deserialize)]
struct Texts {
    shown: String,
}

impl Default for Texts {
    fn default() -> Texts {
        Texts { shown: "7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730".into() }
    }
}

kinds! {
    Bench00 "b.k00a" "b.k00b" "b.k00c" "b.k00d"; Bench01 "b.k01a" "b.k01b" "b.k01c" "b.k01d"; Bench02 "b.k02a" "b.k02b" "b.k02c" "b.k02d";
    Bench03 "b.k03a" "b.k03b" "b.k03c" "b.k03d"; Bench04 "b.k04a" "b.k04b" "b.k04c" "b.k04d"; Bench05 "b.k05a" "b.k05b" "b.k05c" "b.k05d";
    Bench06 "b.k06a" "b.k06b" "b.k06c" "b.k06d"; Bench07 "b.k07a" "b.k07b" "b.k07c" "b.k07d"; Bench08 "b.k08a" "b.k08b" "b.k08c" "b.k08d";
    Bench09 "b.k09a" "b.k09b" "b.k09c" "b.k09d"; Bench10 "b.k10a" "b.k10b" "b.k10c" "b.k10d"; Bench11 "b.k11a" "b.k11b" "b.k11c" "b.k11d";
    Bench12 "b.k12a" "b.k12b" "b.k12c" "b.k12d"; Bench13 "b.k13a" "b.k13b" "b.k13c" "b.k13d"; Bench14 "b.k14a" "b.k14b" "b.k14c" "b.k14d";
    Bench15 "b.k15a" "b.k15b" "b.k15c" "b.k15d"; Bench16 "b.k16a" "b.k16b" "b.k16c" "b.k16d"; Bench17 "b.k17a" "b.k17b" "b.k17c" "b.k17d";
    Bench18 "b.k18a" "b.k18b" "b.k18c" "b.k18d"; Bench19 "b.k19a" "b.k19b" "b.k19c" "b.k19d"; Bench20 "b.k20a" "b.k20b" "b.k20c" "b.k20d";
    Bench21 "b.k21a" "b.k21b" "b.k21c" "b.k21d"; Bench22 "b.k22a" "b.k22b" "b.k22c" "b.k22d"; Bench23 "b.k23a" "b.k23b" "b.k23c" "b.k23d";
    Bench24 "b.k24a" "b.k24b" "b.k24c" "b.k24d";
}

pub(crate) fn run(wish: &Wish) -> Result<()> {
    let fresh = ground::empty(&wish.dir)?;
    let store = &fresh.store;
    let units = plant(store)?;
    let now = SystemClock.now();
    write(store, &units, now)?;
    rebuild(store, wish.rounds)?;
    cards(store, &units, now, wish.rounds)
}

/// Ten thousand units, put into the table at once: making them one by one is another bench.
fn plant(store: &Store) -> Result<Vec<UnitId>> {
    let env = ground::env()?;
    let units = store.write_now(move |tx| {
        let ctx = env.ctx();
        let mut made: Vec<UnitId> = Vec::new();
        for n in 0..=(TOWNS + COMMUNITIES) {
            let id: Id = env.ctx().id();
            let (level, parent) = match n {
                0 => ("district", None),
                n if n <= TOWNS => ("town", made.first().copied()),
                n => ("community", made.get(1 + n % TOWNS).copied()),
            };
            let (code, ord) = (format!("bench{n}"), i64::try_from(n).unwrap_or(0));
            tx.exec(INSERT_UNIT, p![id, code.as_str(), code.as_str(), level, parent, ord, &ctx.salt()[..]])?;
            made.push(UnitId(id));
        }
        let version = [ctx.salt(), ctx.salt()].concat();
        tx.exec(INSERT_VERSION, p![&version[..]])?;
        Ok::<_, StoreError>(made)
    })?;
    Ok(units)
}

/// A year of events, spread over the communities.
fn write(store: &Store, units: &[UnitId], now: Time) -> Result<()> {
    let env = ground::env()?;
    let communities: Vec<UnitId> = units.iter().skip(1 + TOWNS).copied().collect();
    for first in (0..EVENTS).step_by(TOGETHER) {
        let (env, communities) = (env.clone(), communities.clone());
        store.write_now(move |tx| {
            let ctx = env.ctx();
            for n in first..first + TOGETHER {
                let number = i64::try_from(n).unwrap_or(0);
                let step = i64::try_from(EVENTS).unwrap_or(1);
                let unit = communities.get(n * 7919 % communities.len()).copied().unwrap_or_default();
                let at = now.plus(-(step - number) * (365 * Time::DAY / step));
                let about = About { occurred_at: at, actor: Actor::System, unit: Some(unit), subject: ctx.id::<Id>(), batch: None };
                append(tx, &ctx, about, n % 25, unit, number / 25 % 4)?;
            }
            Ok::<_, StoreError>(())
        })?;
        record::sequence_all(store, &ground::env()?)?;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people")]
fn rebuild(store: &Store, rounds: usize) -> Result<()> {
    let mut rates = Vec::new();
    for _ in 0..rounds {
        store.write_now(|tx| record::reset(tx, &Tallies))?;
        let begun = Instant::now();
        store.write_now(|tx| record::advance(tx, &Tallies, 500).map_err(|error| StoreError::Other(error.to_string())))?;
        while Tallies.leap(store)? {}
        while store.write_now(|tx| record::advance(tx, &Tallies, 500).map_err(|error| StoreError::Other(error.to_string())))? > 0 {}
        rates.push(EVENTS as f64 / begun.elapsed().as_secs_f64());
    }
    let (size, at) = store.read_now(|tx| Ok::<_, StoreError>((record::head(tx)?.size, measures::as_of(tx)?)))?;
    ensure!(size == at, "the reader stands at {at} of {size}");
    println!("rebuild of all tallies: {:.0} events/s (wanted: 250,000), {EVENTS} events, {} units", median(rates), TOWNS + COMMUNITIES + 1);
    Ok(())
}

fn cards(store: &Store, units: &[UnitId], now: Time, rounds: usize) -> Result<()> {
    let items: Vec<Item> = MEASURES
        .iter()
        .map(|measure| Item {
            title: measure.id.to_owned(),
            formula: format!("{id} > 3 ? 100 : max(0, 60 + {id} * 10)", id = measure.id),
            weight: 1,
            document: String::new(),
        })
        .collect();
    let says = Definition {
        name: "bench".into(),
        level: "community".into(),
        period: Span::Quarter,
        from: "2020-01-01".into(),
        few: 10,
        document: String::new(),
        bands: Bands { good: 90, fair: 80, middling: 60 },
        items,
    };
    let (level, from, formulas) = says.check().map_err(|wrong| anyhow::anyhow!("{wrong:?}"))?;
    let scheme = std::sync::Arc::new(Scheme { id: SchemeId::default(), version: 1, says, level, from, formulas });
    let period = Period::quarter_of(now.plus(-100 * Time::DAY).date());
    let score = |units: Vec<UnitId>| {
        let scheme = std::sync::Arc::clone(&scheme);
        store.read_now(move |tx| Plan::of(&scheme).lines(tx, &units, &period, &Excluded::new()))
    };
    let mut whole = Vec::new();
    for _ in 0..rounds {
        let begun = Instant::now();
        let lines = score(units.to_vec())?;
        whole.push(begun.elapsed().as_secs_f64());
        ensure!(lines.len() == units.len() && lines.iter().any(|line| line.total.is_some()), "nothing was scored");
    }
    println!("cards of {} units by {} measures, from scratch: {:.2} s (wanted: 2)", units.len(), MEASURES.len(), median(whole));

    let mut after = Vec::new();
    for n in 0..20_usize {
        let unit = units.get(1 + TOWNS + n * 97).copied().unwrap_or_default();
        let env = ground::env()?;
        store.write_now(move |tx| {
            let ctx = env.ctx();
            let about = About { occurred_at: now, actor: Actor::System, unit: Some(unit), subject: ctx.id::<Id>(), batch: None };
            append(tx, &ctx, about, n, unit, 0)
        })?;
        let begun = Instant::now();
        record::sequence_all(store, &ground::env()?)?;
        store.write_now(|tx| record::advance(tx, &Tallies, 500).map_err(|error| StoreError::Other(error.to_string())))?;
        let path =
            store.read_now(move |tx| Ok::<_, StoreError>(people::tree(tx)?.get(unit).map(|unit| unit.path.clone()).unwrap_or_default()))?;
        score(path)?;
        after.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    println!("after one new event, its unit and all above it scored again: {:.1} ms (wanted: 50)", median(after));
    Ok(())
}
