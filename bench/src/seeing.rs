//! Dashboards with ten million events behind them: the demo district, and beside its own events so many synthetic ones that
//! the tallies are those of ten million. Only the tallies are made, by the reader that makes them in service; the synthetic
//! events themselves are not kept, since a dashboard reads none of them.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use base::{Id, Random, SeededRandom, Time, UnitId};
use people::Level;
use record::{Actor, Event, EventId, Reader};
use store::{Sql, p, sql};

use crate::Wish;
use crate::ground;
use crate::http::{Running, enter};
use crate::load::{self, load};
use crate::stats::{Round, Table, verdict};

/// Events behind the pages.
const EVENTS: usize = 10_000_000;
/// Events that the reader takes in at once.
const BATCH: usize = 20_000;
const READERS: usize = 16;

const OPEN: &Sql = sql!("SELECT COUNT(*) FROM concern WHERE holder IS NOT NULL");
const MARK: &str = "tallies-of-ten-million";

pub(crate) fn run(wish: &Wish) -> Result<()> {
    let large = ground::large(wish, 20_000)?;
    let whole = wish.dir.join(format!("{MARK}-{:?}", wish.engine));
    if !whole.exists() {
        amplify(&large.store)?;
        std::fs::write(&whole, "").context("a mark")?;
    }
    measure(wish, &large.store)
}

/// Let the reader take in synthetic events until ten million are behind its tallies.
fn amplify(store: &store::Store) -> Result<()> {
    let modules = ground::modules();
    let readers: Vec<Arc<dyn Reader>> = modules.iter().flat_map(|module| (module.readers)(&modules)).collect();
    let reader = readers.into_iter().find(|reader| reader.name() == "measures").context("the reader of measures")?;
    let tree = store.read_now(people::tree)?;
    let handlers: Vec<UnitId> = tree
        .all()
        .filter(|unit| !unit.is_closed() && matches!(unit.level, Level::Department | Level::Community | Level::Grid | Level::Town))
        .map(|unit| unit.id)
        .collect();
    let desks: Vec<UnitId> = tree.of_level(Level::Town).map(|unit| unit.id).collect();
    let kinds = store.read_now(concerns::catalogue::kinds)?;
    let codes: Vec<String> = kinds.into_iter().map(|kind| kind.code).collect();
    ensure!(!handlers.is_empty() && !desks.is_empty() && !codes.is_empty(), "a district without units or kinds");
    let end = base::Clock::now(&base::SystemClock);
    let begun = Instant::now();
    let mut made = 0;
    while made < EVENTS {
        let (reader, handlers, desks, codes) = (Arc::clone(&reader), handlers.clone(), desks.clone(), codes.clone());
        store.write_now(move |tx| {
            let random = SeededRandom::new(made as u64);
            let events: Vec<Event> = (0..BATCH).map(|n| synthetic(&random, made + n, end, &handlers, &desks, &codes)).collect();
            reader.apply(tx, &events)
        })?;
        made += BATCH;
        if made % 1_000_000 < BATCH {
            eprintln!("  tallies of {made} events after {:.0} s", begun.elapsed().as_secs_f64());
        }
    }
    println!(
        "tallies of {EVENTS} synthetic events made in {:.1} s ({:.0} events/s)",
        begun.elapsed().as_secs_f64(),
        EVENTS as f64 / begun.elapsed().as_secs_f64()
    );
    Ok(())
}

/// An event as concerns append them, with the facts that measures look at.
fn synthetic(random: &SeededRandom, n: usize, end: Time, handlers: &[UnitId], desks: &[UnitId], codes: &[String]) -> Event {
    let pick = |list: &[UnitId]| list.get(usize::try_from(random.below(list.len() as u64)).unwrap_or(0)).copied().unwrap_or_default();
    let (handler, desk) = (pick(handlers), pick(desks));
    let code = codes.get(usize::try_from(random.below(codes.len() as u64)).unwrap_or(0)).map_or("01", String::as_str);
    let at = end.plus(-i64::try_from(random.below(365 * 24 * 60)).unwrap_or(0) * Time::MINUTE);
    let flag = |of: u64| random.below(100) < of;
    let (kind, unit, facts) = match n % 5 {
        0 => (
            "ConcernSubmitted",
            desk,
            format!(
                r#"{{"no":"1","secret":"00","source":"web","desk":"{desk}","place":"{handler}","due":{{"at":1,"rule":"concerns.dispatch"}},"texts":{{}}}}"#
            ),
        ),
        1 => (
            "ConcernDispatched",
            handler,
            format!(
                r#"{{"v":2,"unit":"{handler}","kind":"{code}","due":{{"at":1,"rule":"concerns.claim"}},"resolve_by":1,"object_by":1}}"#
            ),
        ),
        2 => (
            "ConcernClaimed",
            handler,
            format!(r#"{{"v":3,"unit":"{handler}","in_time":true,"due":{{"at":1,"rule":"concerns.resolve"}}}}"#),
        ),
        3 => (
            "ConcernResolved",
            handler,
            format!(r#"{{"v":4,"unit":"{handler}","in_time":{},"due":{{"at":1,"rule":"concerns.review"}},"texts":{{}}}}"#, flag(88)),
        ),
        _ => (
            "ConcernCalledBack",
            handler,
            format!(
                r#"{{"v":5,"channel":"phone","caller":null,"contacted":{},"solved":{},"satisfied":{},"unit":"{handler}","due":null,"texts":{{}}}}"#,
                flag(92),
                flag(85),
                flag(80)
            ),
        ),
    };
    Event {
        pos: None,
        id: EventId(Id(random.bits().to_be_bytes())),
        kind: kind.into(),
        v: 1,
        recorded_at: at,
        occurred_at: at,
        actor: Actor::System,
        unit: Some(unit),
        subject: Id(random.bits().to_be_bytes()),
        batch: None,
        rules_digest: [0; 32],
        facts,
        salt: [0; 16],
    }
}

fn measure(wish: &Wish, store: &store::Store) -> Result<()> {
    let open = store.read_now(|tx| tx.one(OPEN, p![], |row| row.int(0)))?;
    let running = Running::start(store)?;
    let host = running.address.to_string();
    let env = ground::env()?;
    let entries = store.read_now(demo::entries)?;
    let leader = entries.iter().find(|entry| entry.role == "district_leader").and_then(|entry| entry.person).context("a leader")?;
    let cookie = format!("lianxin={}", enter(store, &env, leader)?);
    let tree = store.read_now(people::tree)?;
    let named = |requests: Vec<String>| -> Arc<load::Next> {
        let requests: Vec<Vec<u8>> = requests.iter().map(|path| load::get(&host, path, &cookie)).collect();
        Arc::new(move |client, sent, out| {
            out.extend_from_slice(requests.get((client + sent * 7) % requests.len().max(1)).map_or(&[], Vec::as_slice))
        })
    };
    let spans = ["month", "quarter", "year"];
    let of =
        |units: Vec<UnitId>| units.iter().flat_map(|unit| spans.map(|span| format!("/board?unit={unit}&p={span}"))).collect::<Vec<_>>();
    let towns: Vec<UnitId> = tree.of_level(Level::Town).map(|unit| unit.id).collect();
    let communities: Vec<UnitId> = tree.of_level(Level::Community).map(|unit| unit.id).collect();
    let variants: [(&str, Arc<load::Next>); 4] = [
        ("dashboard of the district", named(spans.map(|span| format!("/board?p={span}")).to_vec())),
        ("dashboards of towns", named(of(towns))),
        ("dashboards of communities", named(of(communities))),
        ("map of the district, communities", named(vec!["/board/map?p=year&level=far&m=concerns.dispatched".into()])),
    ];
    let mut table = Table::new(format!(
        "dashboards over HTTP, tallies of {EVENTS} events, {open} concerns open, load on the same cores, medians of {} rounds of {} s",
        wish.rounds,
        wish.time.as_secs()
    ));
    for (name, next) in variants {
        for (readers, label) in [(1, "one reader"), (READERS, "16 readers")] {
            if !name.contains(&wish.only) {
                continue;
            }
            let mut rounds = Vec::new();
            for number in 0..=wish.rounds {
                let given = load(running.address, readers, if number == 0 { wish.time / 4 } else { wish.time }, 200, Arc::clone(&next))?;
                if number > 0 {
                    rounds.push(Round::of(given.micros, given.over));
                }
            }
            let round = Round::median(&rounds);
            let wanted = if readers == 1 { verdict(round.p99 < 20.0, "p99 < 20 ms") } else { String::new() };
            table.row(format!("{name}, {label}"), round, wanted);
        }
    }
    table.print();
    running.stop()
}
