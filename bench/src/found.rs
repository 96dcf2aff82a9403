//! What reading texts costs in a district with many concerns: search, likeness, a suggested kind; and how
//! good suggestions are, by cross-validation over the labelled cases of LIANXIN_REAL_DATA where it is set.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use base::UnitId;
use people::{Actor, Role};
use store::{Sql, Store, StoreError, p, sql};
use web::background;

use crate::Wish;
use crate::ground;
use crate::stats::{Round, Table, verdict};

/// The newest words that came with concerns.
/// The bound has SQLite walk the key from its end; without one it would look through all texts first.
const WORDS: &Sql = sql!(
    "SELECT t.body, c.place FROM concern c JOIN concern_text t ON t.concern = c.id
     WHERE c.id < ?1 AND c.confidential = 0 AND t.part = 'words' AND t.body IS NOT NULL ORDER BY c.id DESC LIMIT 2000"
);

/// Words that people look for.
const LOOKED_FOR: [&str; 12] =
    ["路灯", "漏水", "噪音 施工", "垃圾", "电梯 停运", "停车", "路燈", "学校", "物业 收费", "河道", "消防通道", "公交"];

pub(crate) fn run(wish: &Wish) -> Result<()> {
    quality()?;
    let large = ground::large(wish, wish.concerns)?;
    let district = web::District::new(Vec::new(), large.store.clone(), ground::env()?)?;
    let app = web::App::new(web::Config::default(), vec![district], ground::modules());
    let district = app.districts().first().ok_or_else(|| anyhow!("no district"))?;
    let begun = Instant::now();
    background::catch_up(&app, district)?;
    println!("the index is up to the record after {:.1} s", begun.elapsed().as_secs_f64());
    if large.store.read_now(concerns::learn::trained)?.is_empty() {
        let begun = Instant::now();
        concerns::learn::train(district)?;
        println!("learned from confirmed dispatches in {:.1} s", begun.elapsed().as_secs_f64());
    }
    let told: Vec<(String, Option<UnitId>)> = large.store.read_now(|tx| {
        tx.all(WORDS, p![concerns::concern::ConcernId(base::Id([0xff; 16]))], |row| Ok((row.text(0)?.to_owned(), row.opt_id(1)?)))
    })?;
    let actors = actors(&large.store)?;
    let mut table = Table::new(format!("reading texts among {} concerns, medians of {} rounds", wish.concerns, wish.rounds));
    let at = |n: usize| told.get(n % told.len().max(1)).cloned().unwrap_or_default();

    let found = rounds(wish, |n| {
        let actor = actors.get(n % actors.len().max(1)).cloned().ok_or_else(|| anyhow!("nobody reads"))?;
        let words = LOOKED_FOR.get(n % LOOKED_FOR.len()).copied().unwrap_or("");
        Ok(large.store.read_now(move |tx| {
            let tree = people::tree(tx)?;
            let filter = concerns::read::Filter { words: Some(words.to_owned()), ..concerns::read::Filter::default() };
            concerns::read::list(tx, &actor, &tree, &filter, None, 30).map(|page| page.rows.len())
        })?)
    })?;
    table.row("search, a page of what staff may see", found, verdict(found.p99 < 20.0, "p99 < 20 ms"));

    let alike = rounds(wish, |n| {
        let (text, place) = at(n * 7);
        Ok(large.store.read_now(move |tx| {
            let tree = people::tree(tx)?;
            let kinds = concerns::learn::likely(tx, "", &text, 3)?.len();
            Ok::<_, StoreError>(kinds + concerns::found::similar(tx, &tree, &text, place, 5)?.len())
        })?)
    })?;
    table.row("likeness and suggestion of one text", alike, verdict(alike.p99 < 5.0, "p99 < 5 ms"));

    let guessed = rounds(wish, |n| {
        let (text, _) = at(n * 7);
        Ok(large.store.read_now(move |tx| concerns::learn::likely(tx, "", &text, 3).map(|kinds| kinds.len()))?)
    })?;
    table.row("suggestion alone", guessed, verdict(guessed.p50 < 1.0, "< 1 ms"));
    table.print();
    large.store.close();
    Ok(())
}

/// Staff of different reach.
fn actors(store: &Store) -> Result<Vec<Actor>> {
    let mut actors = Vec::new();
    let env = ground::env()?;
    for entry in store.read_now(demo::entries)? {
        let Some(person) = entry.person else { continue };
        let env = env.clone();
        let actor = store.write_now(move |tx| {
            let (account, _) = people::read::account_of(tx, person)?.ok_or_else(|| StoreError::Other("no account".into()))?;
            let token = people::enter_demonstration(tx, &env.ctx(), account, "bench")?;
            people::sign::actor(tx, env.ctx().now, &token)
        })?;
        let reads = [Role::TownDesk, Role::DistrictDesk, Role::CommunityStaff, Role::DepartmentStaff, Role::TownLeader];
        actors.extend(actor.filter(|actor| actor.posts.iter().any(|post| reads.contains(&post.role))));
    }
    Ok(actors)
}

fn rounds(wish: &Wish, one: impl Fn(usize) -> Result<usize>) -> Result<Round> {
    let mut all = Vec::new();
    for round in 0..=wish.rounds {
        let (mut micros, begun, mut n) = (Vec::new(), Instant::now(), 0);
        let time = if round == 0 { wish.time / 4 } else { wish.time };
        while begun.elapsed() < time.max(Duration::from_millis(200)) {
            let before = Instant::now();
            one(n)?;
            micros.push(u32::try_from(before.elapsed().as_micros()).unwrap_or(u32::MAX));
            n += 1;
        }
        if round > 0 {
            all.push(Round::of(micros, begun.elapsed()));
        }
    }
    Ok(Round::median(&all))
}

/// How often suggestions are right, on cases that were not learned from.
fn quality() -> Result<()> {
    let Some(folder) = std::env::var_os("LIANXIN_REAL_DATA") else {
        println!("quality of suggestions: skipped, LIANXIN_REAL_DATA names no folder");
        return Ok(());
    };
    let file = Path::new(&folder).join("messages-labelled.xlsx");
    let bytes = std::fs::read(&file).with_context(|| file.display().to_string())?;
    let (cases, _) = concerns::learn::read_labelled(&bytes)?;
    let cases: Vec<guess::Case> =
        cases.into_iter().map(|case| guess::Case { head: case.head, text: case.text, class: case.label }).collect();
    let found = guess::measure(&cases, 10, 10).ok_or_else(|| anyhow!("too few cases"))?;
    let met = verdict(found.first >= 0.84 && found.three >= 0.97, "≥ 84.0% and ≥ 97.0%");
    println!(
        "quality of suggestions: {} cases, {}-fold cross-validation over {} shuffles: first right {:.1}% ± {:.1}, among three {:.1}% ± {:.1}  {met}",
        found.cases,
        found.parts,
        found.shuffles,
        found.first * 100.0,
        found.first_spread * 100.0,
        found.three * 100.0,
        found.three_spread * 100.0
    );
    Ok(())
}
