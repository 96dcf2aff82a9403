//! Durable submissions: 64 clients through the real operation with its event, the sequencer running.
//! SQLite in groups beside one commit each in the same round, PostgreSQL beside it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use base::UnitId;
use base::phone::Phone;
use base::{Clock, SystemClock};
use concerns::submit::{Contact, Ready, Submit, hand_in};
use store::Store;

use crate::ground::{self, Fresh};
use crate::stats::{Round, Table, verdict};
use crate::{Wish, stats};

/// Clients that each send the next form when the last is on disk.
const CLIENTS: u64 = 64;

const WORDS: &str = "我家住在梧桐苑12号楼2单元，楼里唯一的一部电梯已经坏了三天，每次都说在等配件。老人下不了楼，孩子上学也耽误，\
                     找了物业四次都没有结果，请有关部门督促尽快修好，并查一查这部电梯还能不能用。";

pub(crate) fn run(wish: &Wish) -> Result<()> {
    let mut rounds: [Vec<Round>; 3] = Default::default();
    for number in 1..=wish.rounds {
        eprintln!("store: round {number} of {}", wish.rounds);
        rounds[0].push(measure(&ground::sqlite(&wish.dir, 256, demo::Size::Small)?, wish.time)?);
        rounds[1].push(measure(&ground::sqlite(&wish.dir, 1, demo::Size::Small)?, wish.time)?);
        if let Some(fresh) = ground::postgres()? {
            rounds[2].push(measure(&fresh, wish.time)?);
        }
    }
    let [grouped, alone, postgres] = &rounds;
    let (grouped, alone, ratios) = (
        Round::median(grouped),
        Round::median(alone),
        stats::median(grouped.iter().zip(alone).map(|(grouped, alone)| grouped.rate / alone.rate.max(1.0)).collect()),
    );
    let mut table = Table::new(format!("durable submissions, {CLIENTS} clients, sequencer running, medians of {} rounds", wish.rounds));
    table.row("SQLite, committed in groups", grouped, verdict(grouped.rate >= 20_000.0, "≥ 20,000/s"));
    table.row("SQLite, one commit each", alone, verdict(ratios >= 5.0, &format!("groups ≥ 5 times it ({ratios:.1})")));
    if postgres.is_empty() {
        println!("\nPostgreSQL: skipped, LIANXIN_TEST_PG names none");
    } else {
        table.row("PostgreSQL", Round::median(postgres), "");
    }
    table.print();
    Ok(())
}

/// Forms as residents send them, each from another grid.
pub(crate) fn forms(store: &Store) -> Result<Vec<Submit>> {
    let grids: Vec<UnitId> =
        store.read_now(|tx| Ok::<_, store::StoreError>(people::tree(tx)?.of_level(people::Level::Grid).map(|grid| grid.id).collect()))?;
    let form = |(n, grid): (usize, &UnitId)| -> Result<Submit> {
        let phone = Phone::parse(&format!("142{:08}", n * 7919)).map_err(|error| anyhow::anyhow!("{error}"))?;
        Ok(Submit {
            op_key: [0; 16],
            words: format!("{WORDS}（{n}）"),
            spot: Some("12号楼2单元".into()),
            place: Some(*grid),
            kind: None,
            about_unit: None,
            about_person: None,
            contact: Some(Contact { name: Some("王女士".into()), phone }),
            confidential: false,
            may_publish: true,
            photos: Vec::new(),
        })
    };
    grids.iter().enumerate().map(form).collect()
}

/// A key that no other form of this process has.
pub(crate) fn op_key() -> [u8; 16] {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    // As a page makes them: the time, the marks of an id, and then what nobody guesses.
    let mut key = base::Id::first_at(SystemClock.now()).0;
    key[8..].copy_from_slice(&NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    key[6] = 0x70;
    key[7] = std::process::id().to_le_bytes()[0];
    key[8] |= 0x80;
    key
}

fn measure(fresh: &Fresh, time: Duration) -> Result<Round> {
    let store = fresh.store.clone();
    let (forms, env) = (Arc::new(forms(&store)?), ground::env()?);
    let stop = Arc::new(AtomicBool::new(false));
    let sequencer = {
        let (store, env, stop) = (store.clone(), env.clone(), Arc::clone(&stop));
        std::thread::spawn(move || -> Result<usize, store::StoreError> {
            let mut all = 0;
            while !stop.load(Ordering::Acquire) {
                all += record::sequence_all(&store, &env)?;
                std::thread::sleep(Duration::from_millis(15));
            }
            Ok(all + record::sequence_all(&store, &env)?)
        })
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let begun = Instant::now();
    let until = begun + time;
    let all = runtime.block_on(async {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let (store, forms, env) = (store.clone(), Arc::clone(&forms), env.clone());
                tokio::spawn(async move {
                    let mut micros = Vec::with_capacity(4096);
                    let mut n = client as usize;
                    while Instant::now() < until {
                        let (forms, env, key, at) = (Arc::clone(&forms), env.clone(), op_key(), n % forms.len().max(1));
                        n += 1;
                        let sent = Instant::now();
                        let Some(form) = forms.get(at).cloned() else { break };
                        let form = Submit { op_key: key, ..form };
                        let ready = Ready::of(&env.ctx(), &form);
                        let answer = store.write(move |tx| hand_in(tx, &env.ctx(), &form, ready.as_ref())).await;
                        answer.map_err(|error| anyhow::anyhow!("{error}"))?;
                        micros.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
                    }
                    anyhow::Ok(micros)
                })
            })
            .collect();
        let mut all = Vec::new();
        for client in clients {
            all.extend(client.await??);
        }
        anyhow::Ok(all)
    })?;
    let took = begun.elapsed();
    stop.store(true, Ordering::Release);
    let sequenced = sequencer.join().map_err(|_| anyhow::anyhow!("the sequencer panicked"))??;
    anyhow::ensure!(sequenced >= all.len(), "{} acknowledged, {sequenced} sequenced", all.len());
    Ok(Round::of(all, took))
}
