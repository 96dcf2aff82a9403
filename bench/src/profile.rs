//! What one thing costs when nothing else goes on: for finding where the time goes.

use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use concerns::read::{InboxFilter, Tray};
use concerns::submit::{Ready, Submit, hand_in};
use store::StoreError;

use crate::durable::{forms, op_key};
use crate::ground;
use crate::http::{Running, sessions};
use crate::{Wish, stats};

/// Operations in one transaction.
const TOGETHER: usize = 200;

pub(crate) fn run(wish: &Wish) -> Result<()> {
    submissions(wish)?;
    reads(wish)
}

fn submissions(wish: &Wish) -> Result<()> {
    let fresh = ground::sqlite(&wish.dir, 256, demo::Size::Small)?;
    let env = ground::env()?;
    let all = forms(&fresh.store)?;
    let (begun, mut done) = (Instant::now(), 0);
    let (mut before, mut inside, mut busy) = (Duration::ZERO, Duration::ZERO, None);
    while begun.elapsed() < wish.time {
        let env = env.clone();
        let form = |form: &Submit| -> Result<(Submit, Ready)> {
            let form = Submit { op_key: op_key(), ..form.clone() };
            let ready = Ready::of(&env.ctx(), &form)?;
            Ok((form, ready))
        };
        let started = Instant::now();
        let forms = all.iter().cycle().take(TOGETHER).map(form).collect::<Result<Vec<_>>>()?;
        before += started.elapsed();
        let (took, first, last) = fresh.store.write_now(move |tx| {
            let (started, first) = (Instant::now(), stats::thread_time());
            for (form, ready) in &forms {
                hand_in(tx, &env.ctx(), form, Ok(ready)).map_err(|error| StoreError::Other(error.to_string()))?;
            }
            Ok::<_, StoreError>((started.elapsed(), first, stats::thread_time()))
        })?;
        inside += took;
        busy = first.zip(last).map(|(first, last)| (busy.map_or(first, |(begun, _)| begun), last)).or(busy);
        done += TOGETHER;
    }
    println!("\nmaking one form ready: {:.1} µs", before.as_secs_f64() * 1e6 / done as f64);
    println!("one submission in a transaction of {TOGETHER}: {:.1} µs", inside.as_secs_f64() * 1e6 / done as f64);
    // The thread's own time, commits among it: the same whatever else the machine does.
    if let Some((first, last)) = busy {
        println!("of the writer's time, with its share of the commits: {:.1} µs", (last - first).as_secs_f64() * 1e6 / done as f64);
    }
    let started = Instant::now();
    let sequenced = record::sequence_all(&fresh.store, &env)?;
    println!("giving one event its position: {:.1} µs", started.elapsed().as_secs_f64() * 1e6 / sequenced.max(1) as f64);
    Ok(())
}

fn reads(wish: &Wish) -> Result<()> {
    let large = ground::large(wish, wish.concerns)?;
    let cookies = sessions(&large)?;
    for cookie in &cookies {
        let token = people::sign::Token::parse(cookie.trim_start_matches("lianxin=")).ok_or_else(|| anyhow::anyhow!("a session"))?;
        let env = ground::env()?;
        let (actor, inbox, rows) = large.store.read_now(move |tx| {
            let (mut signed, mut listed, mut rows) = (Duration::ZERO, Duration::ZERO, 0);
            for _ in 0..500 {
                let started = Instant::now();
                let now = env.clock.now();
                let actor = people::sign::actor(tx, now, &token)?.ok_or_else(|| StoreError::Other("no session".into()))?;
                let tree = people::tree(tx)?;
                signed += started.elapsed();
                let started = Instant::now();
                rows = concerns::read::inbox(tx, &actor, &tree, &InboxFilter::of(Tray::Work), None, 30)?.rows.len();
                listed += started.elapsed();
            }
            Ok::<_, StoreError>((signed.as_secs_f64() * 2e3, listed.as_secs_f64() * 2e3, rows))
        })?;
        println!("who is signed in: {actor:.1} µs; inbox of {rows} rows: {inbox:.1} µs");
    }
    let running = Running::start(&large.store)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let server = web::Server::new(running.app.clone());
    let receipt = large.receipts.get(large.receipts.len() / 2).map(|(no, secret)| format!("/r/{no}/{secret}")).unwrap_or_default();
    for (path, cookie) in [("/bench/empty", ""), ("/work", cookies.first().map_or("", String::as_str)), (receipt.as_str(), "")] {
        let took = runtime.block_on(async {
            let (mut best, mut size) = (f64::MAX, 0);
            for _ in 0..5 {
                let begun = Instant::now();
                for _ in 0..200 {
                    let request = Request::get(path).header("host", "127.0.0.1").header("cookie", cookie).body(Body::empty())?;
                    let answer = server.handle(request, IpAddr::V4(Ipv4Addr::LOCALHOST)).await;
                    ensure!(answer.status() == 200, "{path}: {}", answer.status());
                    size = to_bytes(answer.into_body(), 1 << 22).await?.len();
                }
                best = f64::min(best, begun.elapsed().as_secs_f64() * 5e3);
            }
            anyhow::Ok((best, size))
        })?;
        println!("{path}: {:.1} µs, {} bytes, one after another without TCP", took.0, took.1);
    }
    running.stop()
}
