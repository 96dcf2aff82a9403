//! What goes on beside the pages: the sequencer, the readers, ticks, jobs and sweeps.
//!
//! Each is right when several processes do it on one store: who does a thing is settled by moving a row. Each district
//! has two threads: one follows the record, woken by writes; one looks now and then what time has made due.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use base::{Id, Time};
use record::{AdvanceError, SealError, SequenceError};
use store::{Sql, StoreError, jobs, p, sql};

use crate::district::Bell;
use crate::{App, District, Fault, Piece, Tick};

/// Events that a reader takes in at once.
const READ_BATCH: usize = 500;
/// How long writes are gathered before they are put in order: the record is at most this far behind.
const GATHER: Duration = Duration::from_millis(15);
/// How long a checkpoint stands before the next, while there is more to sign: residents' steps are provable so soon.
const SEAL_EVERY: Duration = Duration::from_millis(400);
/// How often it is looked for what another process left behind.
const LOOK: Duration = Duration::from_secs(2);
/// How often it is looked for jobs and ticks.
const BEAT: Duration = Duration::from_millis(500);

/// A row for each tick, a dozen in all.
const NEXT: &Sql = sql!("SELECT name, due_at FROM tick");
const FIRST: &Sql = sql!("INSERT INTO tick (name, due_at) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING");
const MOVE: &Sql = sql!("UPDATE tick SET due_at = ?3 WHERE name = ?1 AND due_at = ?2");
const WAITING: &Sql = sql!("SELECT 1 FROM pending_event LIMIT 1");
/// By the index `job_open`.
const OPEN_JOB: &Sql = sql!("SELECT 1 FROM job WHERE state = ?1 AND lease_until < ?2 LIMIT 1");

/// Letting go of what is past its term asks all modules, which a tick does not know: it is run by its name.
const KEPT: &str = "web.kept";

/// The house's own ticks.
const OWN: &[Tick] = &[
    Tick { name: "web.drafts", every: 600, run: sweep_drafts },
    Tick { name: "web.forms", every: 600, run: sweep_forms },
    Tick { name: "web.blobs", every: 3600, run: sweep_blobs },
    crate::bring::TICK,
    Tick { name: KEPT, every: 86_400, run: |_| Ok(()) },
];

/// The threads beside the pages.
pub struct Background {
    stop: Arc<AtomicBool>,
    beat: Arc<Bell>,
    app: App,
    threads: Vec<JoinHandle<()>>,
}

impl Background {
    /// Start them for all districts of an application.
    ///
    /// # Errors
    /// When the machine gives no more threads.
    pub fn start(app: &App) -> std::io::Result<Background> {
        let mut all =
            Background { stop: Arc::new(AtomicBool::new(false)), beat: Arc::new(Bell::default()), app: app.clone(), threads: Vec::new() };
        for district in app.districts() {
            let (d, a, stop) = (Arc::clone(district), app.clone(), Arc::clone(&all.stop));
            all.threads.push(std::thread::Builder::new().name("record".into()).spawn(move || follow(&a, &d, &stop))?);
            if let Err(error) = crate::witnesses::only(district, &app.config().witnesses) {
                tracing::error!(%error, "the witnesses could not be noted");
            }
            if !app.config().witnesses.is_empty() {
                let (d, a, stop) = (Arc::clone(district), app.clone(), Arc::clone(&all.stop));
                let asking = move || crate::witnesses::keep_asking(&d, a.config(), &stop);
                all.threads.push(std::thread::Builder::new().name("witness".into()).spawn(asking)?);
            }
            let (d, a, stop, beat) = (Arc::clone(district), app.clone(), Arc::clone(&all.stop), Arc::clone(&all.beat));
            all.threads.push(std::thread::Builder::new().name("work".into()).spawn(move || work(&a, &d, &stop, &beat))?);
            if app.modules().iter().any(|module| !module.beside.is_empty()) {
                let (d, a, stop) = (Arc::clone(district), app.clone(), Arc::clone(&all.stop));
                all.threads.push(std::thread::Builder::new().name("beside".into()).spawn(move || beside(&a, &d, &stop))?);
            }
        }
        Ok(all)
    }

    /// End them: what is in hand is finished, and the record is brought up to what was written.
    pub fn stop(self) {
        self.stop.store(true, Ordering::Release);
        self.beat.ring();
        for district in self.app.districts() {
            district.written().ring();
        }
        for thread in self.threads {
            // A thread that panicked has told so itself.
            let _ = thread.join();
        }
    }
}

/// Put what was written in order and let the readers follow, batch by batch, until there is nothing more.
///
/// # Errors
/// The store's.
pub fn catch_up(app: &App, district: &Arc<District>) -> Result<(), StoreError> {
    let mut anything = false;
    while go_on(app, district)? {
        anything = true;
    }
    if anything {
        district.moved();
    }
    record::seal_all(district.store(), &district.env())
}

/// One batch for the sequencer and for each reader; tells whether anything moved.
fn go_on(app: &App, district: &Arc<District>) -> Result<bool, StoreError> {
    let mut moved = match record::step(district.store(), &district.env(), record::Window::default()) {
        Ok(taken) => taken > 0,
        Err(SequenceError::Lost) => true,
        Err(SequenceError::Store(error)) => return Err(error),
    };
    for reader in app.readers() {
        let reader = Arc::clone(reader);
        moved |= reader.leap(district.store())?;
        moved |= match district.store().write_now(move |tx| record::advance(tx, &*reader, READ_BATCH)) {
            Ok(taken) => taken > 0,
            Err(AdvanceError::Lost) => true,
            Err(AdvanceError::Store(error)) => return Err(error),
        };
    }
    Ok(moved)
}

/// Brings the record up to what was written, and signs it now and then on the way: under load there is no end of
/// catching up. Tells whether something is left to sign.
fn keep_up(app: &App, district: &Arc<District>, sealed: &mut Time, stop: &AtomicBool) -> Result<bool, StoreError> {
    let mut moving = behind(app, district)?;
    loop {
        moving = moving && go_on(app, district)?;
        if moving {
            district.moved();
        }
        let now = district.env().clock.now();
        let due = now.since(*sealed) >= i64::try_from(SEAL_EVERY.as_micros()).unwrap_or(0) || now < *sealed;
        let last = stop.load(Ordering::Acquire) && !moving;
        if due || last {
            match record::seal(district.store(), &district.env()) {
                Ok(true) => *sealed = now,
                Ok(false) if !moving => return Ok(false),
                Ok(false) | Err(SealError::Lost) => {}
                Err(SealError::Store(error)) => return Err(error),
            }
        } else if !moving {
            return Ok(true);
        }
    }
}

/// Whether there is something to put in order or to follow, by reading only.
fn behind(app: &App, district: &Arc<District>) -> Result<bool, StoreError> {
    let readers = app.readers().to_vec();
    district.store().read_now(move |tx| {
        let size = record::head(tx)?.size;
        if tx.opt(WAITING, p![], |_| Ok(()))?.is_some() {
            return Ok(true);
        }
        for reader in &readers {
            if record::position(tx, &**reader)? != Some(size) {
                return Ok(true);
            }
        }
        Ok(false)
    })
}

fn follow(app: &App, district: &Arc<District>, stop: &AtomicBool) {
    let mut ill = Patience::default();
    let (mut sealed, mut unsigned) = (Time(0), false);
    loop {
        let rung = district.written().wait(if unsigned { SEAL_EVERY } else { LOOK });
        let last = stop.load(Ordering::Acquire);
        if rung && !last {
            std::thread::sleep(GATHER);
        }
        let done = keep_up(app, district, &mut sealed, stop);
        unsigned = *done.as_ref().unwrap_or(&false);
        ill.note("the record", done.map(drop).map_err(Into::into));
        if last {
            return;
        }
        ill.rest();
    }
}

fn work(app: &App, district: &Arc<District>, stop: &AtomicBool, beat: &Bell) {
    let worker = Id(district.env().random.bits().to_le_bytes());
    let mut ill = Patience::default();
    let mut named = district.env().clock.now();
    while !stop.load(Ordering::Acquire) {
        let now = district.env().clock.now();
        if now.since(named) > Time::MINUTE {
            named = now;
            ill.note("the name", district.refresh_name().map_err(Into::into));
            for module in app.modules() {
                ill.note(module.name, (module.refresh)(district));
            }
        }
        ill.note("a tick", run_ticks(app, district));
        ill.note("a job", run_jobs(app, district, worker, &|| stop.load(Ordering::Acquire)));
        ill.rest();
        beat.wait(BEAT);
    }
}

fn beside(app: &App, district: &Arc<District>, stop: &AtomicBool) {
    let mut ill = Patience::default();
    while !stop.load(Ordering::Acquire) {
        ill.note("work beside", run_beside(app, district));
        ill.rest();
        std::thread::sleep(BEAT);
    }
}

/// Do what modules do beside the ticks, where it is due.
///
/// # Errors
/// The first failure; the others were done all the same.
pub fn run_beside(app: &App, district: &Arc<District>) -> Result<(), Fault> {
    let due = due_ticks(district)?;
    let now = district.env().clock.now();
    let mut failed = Ok(());
    for work in app.modules().iter().flat_map(|module| module.beside) {
        let due = due.iter().find(|(name, _)| name == work.name).map(|(_, due)| *due);
        if due.is_some_and(|due| due > now) {
            continue;
        }
        let done = take_tick(district, work.name, work.every, due, now).map_err(Fault::from);
        if let Err(error) = done.and_then(|mine| if mine { (work.run)(app, district) } else { Ok(()) }) {
            failed = failed.and(Err(error));
        }
    }
    failed
}

fn due_ticks(district: &Arc<District>) -> Result<Vec<(String, Time)>, StoreError> {
    district.store().read_now(|tx| tx.all(NEXT, p![], |row| Ok((row.text(0)?.to_owned(), row.time(1)?))))
}

/// Do each tick that is due, once among all processes; a tick that fails is tried again when it is due next.
///
/// # Errors
/// The first failure; the other ticks were done all the same.
pub fn run_ticks(app: &App, district: &Arc<District>) -> Result<(), Fault> {
    let due = due_ticks(district)?;
    let now = district.env().clock.now();
    let mut failed = Ok(());
    for tick in OWN.iter().chain(app.modules().iter().flat_map(|module| module.ticks)) {
        let due = due.iter().find(|(name, _)| name == tick.name).map(|(_, due)| *due);
        if due.is_some_and(|due| due > now) {
            continue;
        }
        let done = take_tick(district, tick.name, tick.every, due, now).map_err(Fault::from).and_then(|mine| match mine {
            true if tick.name == KEPT => crate::kept::purge(app, district),
            true => (tick.run)(district),
            false => Ok(()),
        });
        if let Err(error) = done {
            tracing::error!(tick = tick.name, %error, "a tick failed");
            failed = failed.and(Err(error));
        }
    }
    failed
}

/// Whether this process is the one to do the tick: whoever moves its row.
fn take_tick(district: &Arc<District>, name: &'static str, every: i64, due: Option<Time>, now: Time) -> Result<bool, StoreError> {
    district.store().write_now(move |tx| {
        let next = now.plus(every.max(1) * Time::SECOND);
        match due {
            Some(due) => Ok(tx.exec(MOVE, p![name, due, next])? == 1),
            None => Ok(tx.exec(FIRST, p![name, next])? == 1),
        }
    })
}

/// Do the jobs that wait, piece by piece, until there is none or `stop` says so.
///
/// # Errors
/// The store's; a job that fails is recorded as failed, with its words.
pub fn run_jobs(app: &App, district: &Arc<District>, worker: Id, stop: &dyn Fn() -> bool) -> Result<(), Fault> {
    while !stop() {
        let now = district.env().clock.now();
        let open = district.store().read_now(move |tx| {
            let found = |state: &str, tx: &mut store::Tx| Ok::<_, StoreError>(tx.opt(OPEN_JOB, p![state, now], |_| Ok(()))?.is_some());
            Ok::<_, StoreError>(found("waiting", tx)? || found("running", tx)?)
        })?;
        if !open {
            return Ok(());
        }
        let Some(job) = district.store().write_now(move |tx| jobs::take(tx, now, worker))? else { return Ok(()) };
        run_job(app, district, worker, job, stop)?;
    }
    Ok(())
}

fn run_job(app: &App, district: &Arc<District>, worker: Id, mut job: jobs::Job, stop: &dyn Fn() -> bool) -> Result<(), Fault> {
    let kind = app.modules().iter().flat_map(|module| module.jobs).find(|kind| kind.kind == job.kind);
    let id = job.id;
    loop {
        let done = match kind {
            None if job.kind == crate::bring::JOB => crate::bring::piece(app, district, &job),
            Some(kind) => (kind.piece)(district, &job),
            None => Err(format!("no module of this program does `{}`", job.kind).into()),
        };
        match done {
            Ok(Piece::More) if stop() => return Ok(()),
            Ok(Piece::More) => match district.store().read_now(move |tx| jobs::find(tx, id))? {
                Some(now) if now.state == jobs::State::Running && now.lease_by == Some(worker) => job = now,
                _ => return Ok(()),
            },
            Ok(Piece::Done) => return Ok(()),
            Err(error) => {
                tracing::error!(kind = job.kind, %error, "a job failed");
                let (why, now) = (error.to_string(), district.env().clock.now());
                district.store().write_now(move |tx| jobs::fail(tx, now, id, worker, &why))?;
                return Ok(());
            }
        }
    }
}

fn sweep_drafts(district: &Arc<District>) -> Result<(), Fault> {
    while district.write_now(|tx, ctx| crate::drafts::sweep(tx, ctx.now, 100))? == 100 {}
    Ok(())
}

fn sweep_forms(district: &Arc<District>) -> Result<(), Fault> {
    while district.write_now(|tx, ctx| store::sweep_answers(tx, ctx.now, 500))? == 500 {}
    Ok(())
}

fn sweep_blobs(district: &Arc<District>) -> Result<(), Fault> {
    store::blobs::sweep(district.store(), district.env().clock.now())?;
    Ok(())
}

/// Tells of a failure once, not at each beat, and rests longer while it lasts.
#[derive(Default)]
struct Patience {
    failures: u32,
    told: Option<String>,
}

impl Patience {
    fn note(&mut self, what: &str, done: Result<(), Fault>) {
        match done {
            Ok(()) => {}
            Err(error) => {
                self.failures += 2;
                let words = format!("{what}: {error}");
                if self.told.as_ref() != Some(&words) {
                    tracing::error!("{words}");
                    self.told = Some(words);
                }
            }
        }
        self.failures = self.failures.saturating_sub(1).min(20);
        if self.failures == 0 {
            self.told = None;
        }
    }

    fn rest(&self) {
        if self.failures > 0 {
            std::thread::sleep(Duration::from_millis(u64::from(self.failures) * 100));
        }
    }
}
