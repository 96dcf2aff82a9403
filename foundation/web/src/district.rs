//! One district: its store and its surroundings, with the only async edge to them.

use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use base::{Ctx, Env};
use store::{Sql, Store, StoreError, Tx, p, sql};
use tokio::sync::watch;

use crate::outside::House;

pub(crate) const IS_DEMO: &Sql = sql!("SELECT demo FROM origin WHERE one = 1");
const FOUND: &Sql = sql!("INSERT INTO origin (one, demo, created_at) VALUES (1, ?1, ?2) ON CONFLICT (one) DO NOTHING");

/// Says of a store, the first time it is opened, whether it is a demonstration, which nothing changes later; answers what
/// it is. Only a demonstration can be entered without a password, so that real data never can.
///
/// # Errors
/// The store's.
pub fn found(store: &Store, now: base::Time, demo: bool) -> Result<bool, StoreError> {
    if let Some(demo) = store.read_now(|tx| tx.opt(IS_DEMO, p![], |row| row.bool(0)))? {
        return Ok(demo);
    }
    store.write_now(move |tx| {
        tx.exec(FOUND, p![demo, now])?;
        tx.one(IS_DEMO, p![], |row| row.bool(0))
    })
}

/// A district that this process serves. All that it knows lies in its store; processes may share one.
pub struct District {
    hosts: Vec<String>,
    name: RwLock<Arc<str>>,
    store: Store,
    env: RwLock<Env>,
    demo: bool,
    written: Bell,
    moves: watch::Sender<Move>,
    vouches: OnceLock<Arc<House>>,
}

/// How far the readers of a district have moved, as it is told to whoever shows figures while they change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Move {
    /// Grows whenever the readers have taken in something.
    pub n: u64,
    /// The program ends: what is still open is to be closed.
    pub end: bool,
}

impl District {
    /// A district over its open store. `hosts` are the names by which browsers ask for it; empty for any.
    /// Whether it is a demonstration is what the store says of itself (see [`found`]).
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn new(hosts: Vec<String>, store: Store, env: Env) -> Result<Arc<District>, StoreError> {
        let demo = store.read_now(|tx| tx.opt(IS_DEMO, p![], |row| row.bool(0)))?.unwrap_or(false);
        let district = District {
            hosts,
            name: RwLock::new("".into()),
            store,
            env: RwLock::new(env),
            demo,
            written: Bell::default(),
            moves: watch::Sender::default(),
            vouches: OnceLock::new(),
        };
        district.refresh_name()?;
        Ok(Arc::new(district))
    }

    /// Read in one snapshot, on a reader thread.
    ///
    /// # Errors
    /// What `f` answers, or the store's own.
    pub async fn read<T, E>(self: &Arc<Self>, f: impl Fn(&mut Tx, &Ctx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let district = Arc::clone(self);
        self.store.read(move |tx| f(tx, &district.env().ctx())).await
    }

    /// Write in one transaction, which is on disk when this returns. `f` may run more than once, and does nothing but
    /// through `tx`.
    ///
    /// # Errors
    /// What `f` answers (then nothing was written), or the store's own.
    pub async fn write<T, E>(self: &Arc<Self>, f: impl Fn(&mut Tx, &Ctx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let district = Arc::clone(self);
        let answer = self.store.write(move |tx| f(tx, &district.env().ctx())).await;
        self.written.ring();
        answer
    }

    /// [`District::read`] for threads outside a runtime: ticks, jobs, tests, the command line.
    ///
    /// # Errors
    /// As there.
    pub fn read_now<T, E>(self: &Arc<Self>, f: impl Fn(&mut Tx, &Ctx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let district = Arc::clone(self);
        self.store.read_now(move |tx| f(tx, &district.env().ctx()))
    }

    /// [`District::write`] for threads outside a runtime.
    ///
    /// # Errors
    /// As there.
    pub fn write_now<T, E>(self: &Arc<Self>, f: impl Fn(&mut Tx, &Ctx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let district = Arc::clone(self);
        let answer = self.store.write_now(move |tx| f(tx, &district.env().ctx()));
        self.written.ring();
        answer
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The surroundings, as they are now.
    pub fn env(&self) -> Env {
        self.env.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on other rules are in force: a table of holidays came in. What has begun goes on by those it began with.
    pub fn rule_by(&self, rules: Arc<base::rules::Rules>) {
        self.env.write().unwrap_or_else(PoisonError::into_inner).rules = rules;
    }

    /// Says who vouches for residents here by OpenID Connect: once, when the district is opened.
    pub fn let_vouch(&self, house: Arc<House>) {
        // Whoever was named first stays: nothing names another while pages are served.
        let _ = self.vouches.set(house);
    }

    /// Who vouches for residents here, if anybody does.
    pub fn vouches(&self) -> Option<&Arc<House>> {
        self.vouches.get()
    }

    /// Whether its store was made as a demonstration.
    pub fn demo(&self) -> bool {
        self.demo
    }

    /// What the log calls it: its first host.
    pub(crate) fn label(&self) -> &str {
        self.hosts.first().map_or("-", String::as_str)
    }

    /// The hosts by which browsers ask for it; empty for any.
    pub fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// The district's name; empty before it is set up.
    pub fn name(&self) -> Arc<str> {
        Arc::clone(&self.name.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Look its name up again: after the set-up, after a change of the units, and now and then for what another
    /// process changed.
    ///
    /// # Errors
    /// The store's.
    pub fn refresh_name(&self) -> Result<(), StoreError> {
        let name = self.store.read_now(|tx| {
            let tree = people::tree(tx)?;
            Ok::<_, StoreError>(tree.district().map(|unit| unit.name.clone()).unwrap_or_default())
        })?;
        *self.name.write().unwrap_or_else(PoisonError::into_inner) = name.into();
        Ok(())
    }

    /// Told whenever the readers have taken in events, of this process or another; any number may listen.
    pub fn moves(&self) -> watch::Receiver<Move> {
        self.moves.subscribe()
    }

    /// The readers have taken in something.
    pub(crate) fn moved(&self) {
        self.moves.send_modify(|at| at.n = at.n.wrapping_add(1));
    }

    /// The program ends: answers that go on and on are to end by themselves.
    pub(crate) fn end(&self) {
        self.moves.send_modify(|at| at.end = true);
    }

    /// Rung after each write of this process, so that what follows the record need not look again and again.
    pub fn written(&self) -> &Bell {
        &self.written
    }
}

/// Something to wait for: rung by who has written, heard by who follows.
#[derive(Default)]
pub struct Bell {
    rung: Mutex<bool>,
    heard: Condvar,
}

impl Bell {
    /// Wake who waits, or who comes next.
    pub fn ring(&self) {
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        if !*rung {
            *rung = true;
            self.heard.notify_all();
        }
    }

    /// Wait until it was rung since it was heard last, or for so long.
    pub fn wait(&self, most: Duration) -> bool {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut rung, _) = self.heard.wait_timeout_while(rung, most, |rung| !*rung).unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut rung)
    }
}
