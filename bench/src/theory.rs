//! A whole district at the same second: 100,000 people enrolled in one test with their sessions standing, of whom 20,000 start
//! within ten seconds; answers saved one by one, on disk when they are acknowledged; handing in; marking and item analysis of
//! 100,000 sittings of 100 questions. Server and load on the same cores; the people, and the answers of the 100,000, are put into
//! the tables, all else is the product.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use base::{Clock, Env, Id, PersonId, Purpose, SystemClock, Time, UnitId};
use people::sign::Token;
use people::{Proof, Role};
use sha2::{Digest, Sha256};
use store::{Store, StoreError, p, sql};
use theory::enrol::enrol;
use theory::events::TestId;
use theory::model::{Given, Kind, Question, Sheet};
use theory::paper::{Choice, Wanted, draft, make_paper};
use theory::permissions::Organise;
use theory::read::Terms;
use theory::set_test::{Setting, Who, insert};

use crate::Wish;
use crate::ground;
use crate::http::{Running, enter};
use crate::load::{self, arrive, load};
use crate::stats::{Round, Table, verdict};

const PEOPLE: usize = 100_000;
const STARTERS: usize = 20_000;
const WITHIN: Duration = Duration::from_secs(10);
const QUESTIONS: usize = 100;
const CONNECTIONS: usize = 256;
/// Connections that save answers: twice what is committed at once, so that requests are read while others are written.
const SAVING: usize = 512;

/// Somebody enrolled.
struct Sitter {
    person: PersonId,
    token: String,
    csrf: String,
}

const PERSON: &store::Sql = sql!("INSERT INTO person (id, name, phone, created_at, salt) VALUES (?1, ?2, NULL, ?3, ?4)");
const ACCOUNT: &store::Sql = sql!(
    "INSERT INTO account (id, person, login, hash, locked, totp, totp_step, created_at, password_at) VALUES (?1, ?2, ?3, '-', 0, NULL, 0, ?4, ?4)"
);
const SESSION: &store::Sql = sql!(
    "INSERT INTO session (token, id, account, created_at, seen_at, agent, whole, way) VALUES (?1, ?2, ?3, ?4, ?4, 'bench', 1, 'demonstration')"
);

pub(crate) fn run(wish: &Wish) -> Result<()> {
    let mut table = Table::new("100,000 people enrolled in one test of 100 questions, load on the same cores");
    let fresh = ground::sqlite(&wish.dir, 256, demo::Size::Small)?;
    let env = ground::env()?;
    let store = fresh.store.clone();
    let begun = Instant::now();
    let test = set(&store, &env)?;
    let sitters = Arc::new(sitters(&store, &env, test)?);
    eprintln!("{} people with sessions enrolled after {:.0} s", sitters.len(), begun.elapsed().as_secs_f64());
    let running = Running::start(&store)?;
    let host = running.address.to_string();

    let starts = (Arc::clone(&sitters), host.clone());
    let next: Arc<load::Next> = Arc::new(move |at, _, out| {
        let Some(sitter) = starts.0.get(at) else { return };
        let key = Id(crate::durable::op_key()).to_string();
        let fields = [("csrf", sitter.csrf.as_str()), ("op_key", key.as_str()), ("js", "1")];
        out.extend_from_slice(&with_cookie(&load::post(&starts.1, &format!("/tests/t/{test}/start"), &fields), &sitter.token));
    });
    let given = arrive(running.address, CONNECTIONS, STARTERS, WITHIN, 303, next).context("starting")?;
    ensure!(given.micros.len() == STARTERS, "not all were answered");
    let round = Round::of(given.micros, given.over);
    let met = round.p99 < 200.0 && given.over < WITHIN + Duration::from_secs(1);
    table.row(format!("{STARTERS} starts within {} s", WITHIN.as_secs()), round, verdict(met, "p99 < 200 ms, none failed"));
    let begun_count = store.read_now(|tx| tx.one(OPEN, p![], |row| row.int(0)))?;
    ensure!(usize::try_from(begun_count)? == STARTERS, "{begun_count} began");

    pages(&running, &sitters, &host, test, wish, &mut table)?;
    answers(&running, &sitters, &host, test, wish, &mut table, &store)?;
    hand_ins(&running, &sitters, &host, test, &mut table)?;
    running.stop()?;
    bulk(&store, &env, test, &sitters)?;
    table.print();
    Ok(())
}

const OPEN: &store::Sql = sql!("SELECT COUNT(*) FROM attempt WHERE submitted_at IS NULL");

/// The same request with a session.
fn with_cookie(request: &[u8], token: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(request);
    text.replacen("\r\nAccept:", &format!("\r\nCookie: lianxin={token}\r\nAccept:"), 1).into_bytes()
}

/// Who sets the test: somebody of the demonstration whose post reaches the district.
fn organiser(store: &Store, env: &Env) -> Result<people::Actor> {
    for entry in store.read_now(demo::entries)? {
        let Some(person) = entry.person.filter(|_| entry.role == Role::DistrictDesk.code()) else { continue };
        let token = Token::parse(&enter(store, env, person)?).ok_or_else(|| anyhow!("a token"))?;
        return store.read_now(move |tx| people::sign::actor(tx, SystemClock.now(), &token))?.ok_or_else(|| anyhow!("a session"));
    }
    Err(anyhow!("nobody is the district's desk"))
}

fn proof(actor: &people::Actor) -> Result<Proof<Organise>, StoreError> {
    actor.has::<Organise>().ok_or_else(|| StoreError::Other("no permission".into()))
}

fn other(error: impl std::fmt::Display) -> StoreError {
    StoreError::Other(error.to_string())
}

fn set(store: &Store, env: &Env) -> Result<TestId> {
    let actor = organiser(store, env)?;
    let (by, with) = (actor.clone(), env.clone());
    let bank = store.write_now(move |tx| {
        let (ctx, who, tree) = (with.ctx(), proof(&by)?, people::tree(tx)?);
        let bank = theory::bank::open_bank(tx, &ctx, &who, "bench").map_err(other)?;
        for n in 0..QUESTIONS {
            let (kind, answer) = match n % 10 {
                0..6 => (Kind::Single, "B"),
                6..8 => (Kind::Multiple, "AC"),
                _ => (Kind::Judge, "A"),
            };
            let options =
                ["甲：全心全意为人民服务", "乙：实事求是、群众路线", "丙：独立自主", "丁：以上都不是"].map(str::to_owned).to_vec();
            let options = if kind == Kind::Judge { Vec::new() } else { options };
            let stem = format!("第 {n} 题：下列关于基层治理的说法，正确的是（　　）。");
            let question = Question {
                kind,
                topic: "基层治理".into(),
                difficulty: 3,
                stem,
                options,
                answer: answer.into(),
                note: String::new(),
                picture: None,
                recording: None,
            };
            theory::bank::write_question(tx, &ctx, &who, &tree, theory::bank::Into::Bank(bank), question).map_err(other)?;
        }
        Ok::<_, StoreError>(bank)
    })?;
    let (by, with) = (actor.clone(), env.clone());
    let drawn = store.read_now(move |tx| {
        let tree = people::tree(tx)?;
        let choice = Choice::Chosen(theory::read::questions(tx, bank)?.iter().map(|one| (one.id, 10)).collect());
        let wanted = Wanted { bank, name: "bench".into(), choice, variants: 4, shuffle: true, shuffle_options: true };
        draft(tx, &with.ctx(), &proof(&by)?, &tree, &wanted).map_err(other)
    })?;
    let with = env.clone();
    Ok(store.write_now(move |tx| {
        let (ctx, who, tree) = (with.ctx(), proof(&actor)?, people::tree(tx)?);
        let paper = make_paper(tx, &ctx, &who, &drawn).map_err(other)?;
        let terms = Terms { shown_at_once: true, ..Terms::of(90) };
        let scope = tree.district().map(|unit| unit.id).unwrap_or_default();
        let (opens, closes) = (ctx.now, ctx.now.plus(5 * Time::HOUR));
        let setting = Setting { paper, name: "bench".into(), who: Who::Unit(scope), opens, closes, terms };
        insert(tx, &ctx, &who, &tree, &setting).map_err(other)
    })?)
}

/// People with accounts and sessions, enrolled.
fn sitters(store: &Store, env: &Env, test: TestId) -> Result<Vec<Sitter>> {
    let actor = organiser(store, env)?;
    let mut all = Vec::with_capacity(PEOPLE);
    for batch in 1..=PEOPLE / 500 {
        let mut some = Vec::with_capacity(500);
        for _ in 0..500 {
            let ctx = env.ctx();
            let mut token = [0; 32];
            env.random.fill(&mut token);
            some.push((ctx.id::<PersonId>(), ctx.id::<Id>(), ctx.id::<Id>(), token));
        }
        some.sort_unstable_by_key(|one| one.0);
        for (person, _, _, token) in &some {
            let token = record::hex(token);
            let csrf = record::hex(&env.keys.blind(Purpose("web.csrf"), token.as_bytes()));
            all.push(Sitter { person: *person, token, csrf });
        }
        let (actor, env) = (actor.clone(), env.clone());
        store.write_now(move |tx| {
            let (ctx, who) = (env.ctx(), proof(&actor)?);
            let unit: UnitId = who.unit();
            for (person, account, session, token) in &some {
                let (login, digest) = (person.to_string(), <[u8; 32]>::from(Sha256::digest(token)));
                tx.exec(PERSON, p![*person, "考生", ctx.now, &ctx.salt()[..]])?;
                tx.exec(ACCOUNT, p![*account, *person, login.as_str(), ctx.now])?;
                tx.exec(SESSION, p![&digest[..], *session, *account, ctx.now])?;
            }
            let seats: Vec<(PersonId, UnitId)> = some.iter().map(|(person, ..)| (*person, unit)).collect();
            enrol(tx, &ctx, &who, test, i64::try_from(batch).unwrap_or(0), &seats).map(drop)
        })?;
    }
    Ok(all)
}

/// What follows a start: the page of the sitting, then the questions as they were made.
fn pages(running: &Running, sitters: &Arc<Vec<Sitter>>, host: &str, test: TestId, wish: &Wish, table: &mut Table) -> Result<()> {
    let requests = |path: String| -> Arc<load::Next> {
        let (sitters, host) = (Arc::clone(sitters), host.to_owned());
        Arc::new(move |client, sent, out| {
            let at = (client + sent * CONNECTIONS) % STARTERS;
            let Some(sitter) = sitters.get(at) else { return };
            out.extend_from_slice(&load::get(&host, &path, &format!("lianxin={}", sitter.token)));
        })
    };
    let page = load(running.address, 64, wish.time, 200, requests(format!("/tests/t/{test}/sit")))?;
    let bytes = page.bytes;
    table.row(format!("the page of a sitting, {:.1} KB", bytes as f64 / 1024.0), Round::of(page.micros, page.over), "");
    Ok(())
}

/// What was acknowledged last, by sitter and question; 0 for nothing. The generator shares the cores with what it measures:
/// remembering costs it one store.
type Acknowledged = Vec<AtomicU8>;

/// Answers, one a request, each from one of its connection's own sitters; afterwards every acknowledged one is looked up.
fn answers(
    running: &Running,
    sitters: &Arc<Vec<Sitter>>,
    host: &str,
    test: TestId,
    wish: &Wish,
    table: &mut Table,
    store: &Store,
) -> Result<()> {
    let sent: Arc<Acknowledged> = Arc::new((0..STARTERS * QUESTIONS).map(|_| AtomicU8::new(0)).collect());
    let head = format!(
        "POST /tests/t/{test}/save HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nCookie: lianxin="
    );
    let (to, known) = (Arc::clone(sitters), Arc::clone(&sent));
    let share = STARTERS / SAVING;
    let next: Arc<load::Next> = Arc::new(move |client, turn, out| {
        let (at, question) = (client * share + turn * 7 % share, (turn * 13 + turn / share) % QUESTIONS + 1);
        let Some(sitter) = to.get(at) else { return };
        let letter = if turn % 2 == 0 { 'A' } else { 'B' };
        if let Some(one) = known.get(at * QUESTIONS + question - 1) {
            one.store(if letter == 'A' { 1 } else { 2 }, Ordering::Relaxed);
        }
        let body = format!("csrf={}&n=1&q{question}={letter}&t{question}=0", sitter.csrf);
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(sitter.token.as_bytes());
        out.extend_from_slice(format!("\r\nContent-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    });
    let mut rounds = Vec::new();
    for number in 0..=wish.rounds {
        let time = if number == 0 { wish.time / 4 } else { wish.time };
        let given = load(running.address, SAVING, time, 200, Arc::clone(&next))?;
        if number > 0 {
            rounds.push(Round::of(given.micros, given.over));
        }
    }
    let round = Round::median(&rounds);
    let met = round.rate >= 15_000.0 && round.p99 < 100.0;
    table.row(format!("answers saved, {SAVING} connections"), round, verdict(met, "≥ 15000/s on disk, p99 < 100 ms"));
    // Each request of the generator was answered; what was given last of each question must stand there.
    let (mut wrong, mut answered) = (0, 0);
    let sheets: HashMap<PersonId, Sheet> =
        store.read_now(move |tx| tx.all(SHEETS, p![test], |row| Ok((row.id(0)?, Sheet::read(row.blob(1)?)))))?.into_iter().collect();
    for (place, letters) in sent.iter().enumerate() {
        let letters = letters.load(Ordering::Relaxed);
        if letters == 0 {
            continue;
        }
        answered += 1;
        let sheet = sitters.get(place / QUESTIONS).and_then(|sitter| sheets.get(&sitter.person));
        wrong += usize::from(sheet.map(|sheet| sheet.given(place % QUESTIONS)) != Some(Given::Letters(u16::from(letters))));
    }
    ensure!(wrong == 0, "{wrong} of {answered} acknowledged answers are not there");
    eprintln!("{answered} questions answered, each found as it was acknowledged last");
    Ok(())
}

const SHEETS: &store::Sql = sql!("SELECT person, sheet FROM attempt WHERE test = ?1");
const FILL: &store::Sql = sql!(
    "INSERT INTO attempt (test, person, n, id, unit, variant, started_at, ends_at, sheet, saved_at, submitted_at, how, salt)
     VALUES (?1, ?2, 2, ?3, ?4, ?5, ?6, ?7, ?8, ?6, NULL, '', ?9)"
);
const MARKED: &store::Sql =
    sql!("SELECT COUNT(*) FROM attempt WHERE test = ?1 AND n = 2 AND submitted_at IS NOT NULL AND score IS NOT NULL");

/// Everybody who began hands in, through the page: marked and recorded when it is answered.
fn hand_ins(running: &Running, sitters: &Arc<Vec<Sitter>>, host: &str, test: TestId, table: &mut Table) -> Result<()> {
    let (to, host) = (Arc::clone(sitters), host.to_owned());
    let next: Arc<load::Next> = Arc::new(move |at, _, out| {
        let Some(sitter) = to.get(at) else { return };
        let key = Id(crate::durable::op_key()).to_string();
        let fields = [("csrf", sitter.csrf.as_str()), ("op_key", key.as_str()), ("n", "1")];
        out.extend_from_slice(&with_cookie(&load::post(&host, &format!("/tests/t/{test}/submit"), &fields), &sitter.token));
    });
    let given = arrive(running.address, CONNECTIONS, STARTERS, WITHIN, 303, next).context("handing in")?;
    ensure!(given.micros.len() == STARTERS, "not all were answered");
    table.row(format!("{STARTERS} hand-ins within {} s", WITHIN.as_secs()), Round::of(given.micros, given.over), "");
    let open: i64 = table_count(running, OPEN)?;
    ensure!(open == 0, "{open} are still open");
    Ok(())
}

fn table_count(running: &Running, count: &'static store::Sql) -> Result<i64> {
    let district = running.app.districts().first().context("a district")?;
    Ok(district.store().read_now(move |tx| tx.one(count, p![], |row| row.int(0)))?)
}

/// 100,000 sittings of 100 questions whose time is over: found, marked, written and recorded by what the tick of the product
/// does; then analysed by what its page does. Only the answers themselves are put into the tables.
fn bulk(store: &Store, env: &Env, test: TestId, sitters: &[Sitter]) -> Result<()> {
    let unit = organiser(store, env)?.posts.first().map(|held| held.unit).unwrap_or_default();
    for some in sitters.chunks(500) {
        let (people, env): (Vec<PersonId>, Env) = (some.iter().map(|sitter| sitter.person).collect(), env.clone());
        store.write_now(move |tx| {
            let ctx = env.ctx();
            let (begun, ended) = (ctx.now.plus(-2 * Time::HOUR), ctx.now.plus(-Time::MINUTE));
            for person in &people {
                let mut sheet = Sheet::new(QUESTIONS);
                for place in 0..QUESTIONS {
                    let mut drawn = [0; 1];
                    env.random.fill(&mut drawn);
                    sheet.set(place, Given::Letters(u16::from(drawn[0] % 7) + 1), 1);
                }
                let variant = i64::from(person.0.0[15] % 4) + 1;
                tx.exec(FILL, p![test, *person, ctx.id::<Id>(), unit, variant, begun, ended, &sheet.write()[..], &ctx.salt()[..]])?;
            }
            Ok::<_, StoreError>(())
        })?;
    }
    let begun = Instant::now();
    loop {
        let with = env.clone();
        let sittings = store.read_now(move |tx| theory::close::overdue(tx, &with.ctx()))?;
        if sittings.is_empty() {
            break;
        }
        let with = env.clone();
        store.write_now(move |tx| theory::close::hand_in(tx, &with.ctx(), &sittings))?;
    }
    let took = begun.elapsed();
    let marked: i64 = store.read_now(move |tx| tx.one(MARKED, p![test], |row| row.int(0)))?;
    ensure!(usize::try_from(marked)? == PEOPLE, "{marked} were marked");
    println!(
        "\nhanding in, marking and recording {PEOPLE} sittings of {QUESTIONS} questions: {:.2} s; {}",
        took.as_secs_f64(),
        verdict(took < Duration::from_secs(5), "< 5 s")
    );
    let begun = Instant::now();
    let found = store.read_now(move |tx| {
        let test = theory::read::test(tx, test)?.ok_or_else(|| other("no test"))?;
        Ok::<_, StoreError>(theory::analysed::of_test(tx, &test)?.figures.len())
    })?;
    let took = begun.elapsed();
    ensure!(found == QUESTIONS, "{found} questions were analysed");
    println!("item analysis of the same: {:.2} s; {}", took.as_secs_f64(), verdict(took < Duration::from_secs(2), "< 2 s"));
    Ok(())
}
