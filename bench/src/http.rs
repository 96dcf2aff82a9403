//! Over HTTP, server and load on the same cores: an empty answer, the staff inbox and the resident's
//! page of a district with many concerns, and the resident's form, which is on disk when it is answered.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Result, anyhow, ensure};
use axum::Router;
use axum::routing::get;
use base::{PersonId, UnitId};
use demo::Size;
use people::Level;
use store::{Store, StoreError, p, sql};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use web::background::Background;
use web::{App, Config, District, Module, Rates};

use crate::Wish;
use crate::ground::{self, Large};
use crate::load::{self, Given, load};
use crate::stats::{Round, Table, verdict};

const READERS: usize = 64;
const SENDERS: usize = 256;

/// Answers nothing, through all that every page goes through.
fn empty() -> Module {
    Module { routes: || Router::new().route("/bench/empty", get(async || "")), ..Module::new("bench") }
}

/// The program, serving one district on a port of its own.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) app: App,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<std::thread::JoinHandle<Result<()>>>,
}

impl Running {
    pub(crate) fn start(store: &Store) -> Result<Running> {
        let district = District::new(Vec::new(), store.clone(), ground::env()?)?;
        let mut modules = ground::modules();
        modules.push(empty());
        // Limits brake a single sender, which is what a load generator is.
        let config = Config { rates: Rates::OFF, demo_entries: None, ..Config::default() };
        let app = App::new(config, vec![district], modules);
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = std::sync::mpsc::channel();
        let served = app.clone();
        let serving = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
            let background = Background::start(&served)?;
            tell.send(listener.local_addr()?)?;
            runtime.block_on(web::serve(web::Server::new(served), listener, async {
                let _ = stopped.await;
            }));
            background.stop();
            Ok(())
        });
        Ok(Running { address: told.recv()?, app, stop: Some(stop), serving: Some(serving) })
    }

    pub(crate) fn stop(mut self) -> Result<()> {
        drop(self.stop.take());
        match self.serving.take().map(std::thread::JoinHandle::join) {
            Some(Err(_)) => Err(anyhow!("the server panicked")),
            Some(Ok(ended)) => ended,
            None => Ok(()),
        }
    }
}

pub(crate) fn run(wish: &Wish) -> Result<()> {
    let mut table = Table::new(format!(
        "over HTTP on loopback, load on the same cores, medians of {} rounds of {} s",
        wish.rounds,
        wish.time.as_secs()
    ));
    pages(wish, &mut table)?;
    form(wish, &mut table)?;
    table.print();
    Ok(())
}

/// Cookies of the people with the most to do who handle concerns.
pub(crate) fn sessions(large: &Large) -> Result<Vec<String>> {
    let env = ground::env()?;
    let mut cookies = Vec::new();
    for entry in large.store.read_now(demo::entries)? {
        let Some(person) = entry.person.filter(|_| ["department_staff", "town_staff"].contains(&entry.role.as_str())) else { continue };
        cookies.push(format!("lianxin={}", enter(&large.store, &env, person)?));
    }
    ensure!(!cookies.is_empty(), "nobody can be entered as");
    Ok(cookies)
}

pub(crate) fn enter(store: &Store, env: &base::Env, person: PersonId) -> Result<String> {
    let env = env.clone();
    Ok(store.write_now(move |tx| {
        let (account, _) = people::read::account_of(tx, person)?.ok_or_else(|| StoreError::Other("no account".into()))?;
        people::enter_demonstration(tx, &env.ctx(), account, "bench").map(|token| token.to_string())
    })?)
}

fn pages(wish: &Wish, table: &mut Table) -> Result<()> {
    let large = ground::large(wish, wish.concerns)?;
    let running = Running::start(&large.store)?;
    let host = running.address.to_string();
    let cookies = sessions(&large)?;
    let named = |requests: Vec<Vec<u8>>| -> Arc<load::Next> {
        Arc::new(move |client, sent, out| {
            let at = (client + sent * 7) % requests.len().max(1);
            out.extend_from_slice(requests.get(at).map_or(&[], Vec::as_slice));
        })
    };
    let variants: [(&str, Arc<load::Next>, f64); 3] = [
        ("an empty answer", named(vec![load::get(&host, "/bench/empty", "")]), 0.0),
        ("staff inbox", named(cookies.iter().map(|cookie| load::get(&host, "/work", cookie)).collect()), 8_000.0),
        (
            "resident's tracking page",
            named(large.receipts.iter().take(5_000).map(|(no, secret)| load::get(&host, &format!("/r/{no}/{secret}"), "")).collect()),
            8_000.0,
        ),
    ];
    let mut rounds: Vec<(Vec<Round>, usize)> = variants.iter().map(|_| (Vec::new(), 0)).collect();
    for number in 0..=wish.rounds {
        eprintln!("pages: {}", if number == 0 { "warming up".to_owned() } else { format!("round {number} of {}", wish.rounds) });
        for ((name, next, _), (rounds, bytes)) in variants.iter().zip(&mut rounds) {
            if !name.contains(&wish.only) {
                continue;
            }
            let time = if number == 0 { wish.time / 4 } else { wish.time };
            let given: Given = load(running.address, READERS, time, 200, Arc::clone(next))?;
            *bytes = given.bytes;
            if number > 0 {
                rounds.push(Round::of(given.micros, given.over));
            }
        }
    }
    for ((name, _, wanted), (rounds, bytes)) in variants.iter().zip(rounds) {
        if rounds.is_empty() {
            continue;
        }
        let round = Round::median(&rounds);
        let name = format!("{name}, {READERS} connections, {:.1} KB", bytes as f64 / 1024.0);
        let wanted = if *wanted > 0.0 { verdict(round.rate >= *wanted, &format!("≥ {wanted:.0}/s")) } else { String::new() };
        table.row(name, round, wanted);
    }
    running.stop()?;
    large.store.close();
    Ok(())
}

const COUNT: &store::Sql = sql!("SELECT COUNT(*) FROM concern");

fn count(store: &Store) -> Result<i64> {
    Ok(store.read_now(|tx| tx.one(COUNT, p![], |row| row.int(0)))?)
}

fn form(wish: &Wish, table: &mut Table) -> Result<()> {
    if !"the resident's form".contains(&wish.only) {
        return Ok(());
    }
    let mut rounds = Vec::new();
    for number in 1..=wish.rounds {
        eprintln!("form: round {number} of {}", wish.rounds);
        let fresh = ground::sqlite(&wish.dir, 256, Size::Full)?;
        let running = Running::start(&fresh.store)?;
        let before = count(&fresh.store)?;
        let next = forms(&fresh.store, &running.address.to_string())?;
        let warm = load(running.address, SENDERS, wish.time / 8, 303, Arc::clone(&next))?;
        let given = load(running.address, SENDERS, wish.time, 303, next)?;
        let (acknowledged, stored) = (warm.micros.len() + given.micros.len(), count(&fresh.store)? - before);
        ensure!(i64::try_from(acknowledged)? == stored, "{acknowledged} acknowledged, {stored} stored");
        rounds.push(Round::of(given.micros, given.over));
        running.stop()?;
    }
    let round = Round::median(&rounds);
    let met = round.rate >= 8_000.0 && round.p99 < 100.0;
    table.row(format!("the resident's form, {SENDERS} connections"), round, verdict(met, "≥ 8000/s on disk, p99 < 100 ms"));
    Ok(())
}

/// The one-page form as browsers send it, from many communities, each with a key of its own.
fn forms(store: &Store, host: &str) -> Result<Arc<load::Next>> {
    const KEY: &str = "00000000000000000000000000000000";
    let places: Vec<UnitId> =
        store.read_now(|tx| Ok::<_, StoreError>(people::tree(tx)?.of_level(Level::Community).map(|place| place.id).collect()))?;
    let mut requests = Vec::new();
    for form in crate::durable::forms(store)?.into_iter().take(256) {
        let place = places.get(requests.len() % places.len().max(1)).map(ToString::to_string).unwrap_or_default();
        let phone = form.contact.as_ref().map(|contact| contact.phone.digits().to_owned()).unwrap_or_default();
        let fields = [
            ("op_key", KEY),
            ("text", form.words.as_str()),
            ("place", place.as_str()),
            ("spot", form.spot.as_deref().unwrap_or("")),
            ("about", "none"),
            ("who", "phone"),
            ("phone", phone.as_str()),
            ("name", "王女士"),
            ("flag", "publish"),
        ];
        let bytes = load::post(host, "/report/all", &fields);
        let at = bytes.windows(KEY.len()).position(|part| part == KEY.as_bytes()).ok_or_else(|| anyhow!("a form without a key"))?;
        requests.push((bytes, at));
    }
    Ok(Arc::new(move |client, sent, out| {
        let Some((bytes, at)) = requests.get((client + sent * 13) % requests.len().max(1)) else { return };
        let from = out.len();
        out.extend_from_slice(bytes);
        let key = base::Id(crate::durable::op_key()).to_string();
        if let Some(place) = out.get_mut(from + at..from + at + key.len()) {
            place.copy_from_slice(key.as_bytes());
        }
    }))
}
