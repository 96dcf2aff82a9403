//! The log: events appended by 64 clients, each on disk when it is answered, while the sequencer, the tree and its signed
//! head keep up and are served over HTTP on the same cores; then a million events verified.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};
use base::{Clock, Ctx, Env, Id, SystemClock};
use record::{About, Actor, Facts};
use serde::{Deserialize, Serialize};
use store::{Database, Options, Store, StoreError, Tx};

use crate::http::Running;
use crate::load::{self, load};
use crate::stats::{Round, Table, verdict};
use crate::{Wish, ground};

const CLIENTS: usize = 64;
const MANY: u64 = 1_000_000;

#[derive(Serialize, Deserialize)]
struct BenchStepped {
    v: i64,
    unit: Id,
    text: String,
}

impl Facts for BenchStepped {
    const KIND: &'static str = "BenchStepped";
    const V: i64 = 1;
}

fn append(tx: &mut Tx, ctx: &Ctx, n: u64) -> Result<(), StoreError> {
    let about = About { occurred_at: ctx.now, actor: Actor::System, unit: None, subject: Id(u128::from(n / 8).to_be_bytes()), batch: None };
    let facts = BenchStepped { v: 1, unit: Id(u128::from(n).to_be_bytes()), text: record::hex(&[7; 32]) };
    record::append(tx, ctx, about, &facts).map(drop)
}

pub(crate) fn run(wish: &Wish) -> Result<()> {
    let mut table = Table::new(format!("the log, {CLIENTS} clients appending one event a transaction, {} s", wish.time.as_secs()));
    let fresh = ground::sqlite(&wish.dir, 256, demo::Size::Small)?;
    let (round, behind, reads) = appends(&fresh.store, wish.time)?;
    table.row("appended while sealed and served", round, verdict(round.rate >= 10_000.0, "≥ 10,000/s"));
    table.print();
    println!("the signed head was at most {:.2} s behind: {}", behind.as_secs_f64(), verdict(behind <= Duration::from_secs(1), "≤ 1 s"));
    println!("meanwhile {reads} requests for the head and for tiles were answered");
    drop(fresh);
    verifying(wish)
}

fn appends(store: &Store, time: Duration) -> Result<(Round, Duration, usize)> {
    let running = Running::start(store)?;
    let host = running.address.to_string();
    let district = Arc::clone(running.app.districts().first().ok_or_else(|| anyhow!("no district"))?);
    let base = u64::try_from(store.read_now(record::head)?.size).unwrap_or(0);
    let done = Arc::new(AtomicU64::new(0));
    let stop = Arc::new(AtomicBool::new(false));
    let watching = {
        let (done, stop, store) = (Arc::clone(&done), Arc::clone(&stop), store.clone());
        std::thread::spawn(move || -> Result<Duration, StoreError> {
            let (mut seen, mut most) = (std::collections::VecDeque::from([(Instant::now(), 0_u64)]), Duration::ZERO);
            while !stop.load(Ordering::Acquire) {
                std::thread::sleep(Duration::from_millis(20));
                seen.push_back((Instant::now(), done.load(Ordering::Acquire)));
                let signed = u64::try_from(store.read_now(record::newest)?.map_or(0, |head| head.size)).unwrap_or(0).saturating_sub(base);
                while seen.get(1).is_some_and(|(_, n)| *n <= signed) {
                    seen.pop_front();
                }
                // The head covers what was there then.
                if seen.len() > 1
                    && let Some((at, _)) = seen.front()
                {
                    most = most.max(at.elapsed());
                }
            }
            Ok(most)
        })
    };
    let reading = {
        let requests =
            [load::get(&host, "/checkpoint", ""), load::get(&host, "/tile/0/000", ""), load::get(&host, "/tile/entries/000", "")];
        let next: Arc<load::Next> = Arc::new(move |client, sent, out| {
            out.extend_from_slice(requests.get((client + sent) % 3).map_or(&[], Vec::as_slice));
        });
        let address = running.address;
        std::thread::spawn(move || load(address, 2, time, 200, next))
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let begun = Instant::now();
    let until = begun + time;
    let all = runtime.block_on(async {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let (district, done) = (Arc::clone(&district), Arc::clone(&done));
                tokio::spawn(async move {
                    let mut micros = Vec::with_capacity(4096);
                    while Instant::now() < until {
                        let sent = Instant::now();
                        let n = u64::try_from(micros.len()).unwrap_or(0);
                        district.write(move |tx, ctx| append(tx, ctx, n)).await?;
                        done.fetch_add(1, Ordering::AcqRel);
                        micros.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
                    }
                    Ok::<_, StoreError>(micros)
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
    let behind = watching.join().map_err(|_| anyhow!("the watching thread panicked"))??;
    let reads = reading.join().map_err(|_| anyhow!("the reading thread panicked"))??;
    running.stop()?;
    let size = store.read_now(record::tree_size)?.size;
    ensure!(u64::try_from(size).unwrap_or(0) >= base + done.load(Ordering::Acquire), "acknowledged, but not in the tree");
    Ok((Round::of(all, took), behind, reads.micros.len()))
}

fn verifying(wish: &Wish) -> Result<()> {
    let directory = wish.dir.join(format!("log-{}", std::process::id()));
    std::fs::create_dir_all(&directory)?;
    let options = Options { blobs: directory.join("blobs"), job_limit: Duration::from_secs(600), ..Options::default() };
    let store = Store::open(&Database::Sqlite { file: directory.join("log.db") }, &options, &ground::trees(), SystemClock.now())?;
    let env = ground::env()?;
    let begun = Instant::now();
    for piece in 0..MANY / 2_000 {
        let given: Env = env.clone();
        store.write_now(move |tx| {
            for n in 0..2_000 {
                append(tx, &given.ctx(), piece * 2_000 + n)?;
            }
            Ok::<(), StoreError>(())
        })?;
        if piece % 4 == 3 {
            record::step(&store, &env, record::Window::default())?;
        }
    }
    eprintln!("log: {MANY} events appended in {:.1} s", begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let waiting = record::sequence_all(&store, &env)?;
    println!("position, leaf and tree for one event: {:.2} µs of {waiting}", begun.elapsed().as_secs_f64() * 1e6 / waiting.max(1) as f64);
    let mut took = Vec::new();
    for _ in 0..wish.rounds {
        let begun = Instant::now();
        let report = record::verify(&store, &[], &[])?;
        took.push(begun.elapsed().as_secs_f64());
        ensure!(report.is_clean() && report.size == i64::try_from(MANY)?, "{report}");
    }
    let median = crate::stats::median(took);
    println!("{MANY} events verified, tree and head with them: {median:.2} s: {}", verdict(median < 3.0, "< 3 s"));
    store.close();
    std::fs::remove_dir_all(&directory)?;
    Ok(())
}
