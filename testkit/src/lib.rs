//! The program in a test's own process: one district on a fresh store of either engine, a clock that stands still, seeded
//! randomness, browsers that keep cookies. At the end of each test the record is verified, every module folded, every
//! reader rebuilt, and all compared with the tables: each test tests the central promise.

mod client;
pub mod html;

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use base::rules::Rules;
use base::{Env, FixedClock, Keys, SeededRandom, Time};
use store::{Engine, Migration, Store};
use web::{App, Config, District, Module, Rates, Server};

pub use client::{Answer, Client, Upload};

/// When tests begin: Monday, 2 November 2026, 09:00 in +08:00.
pub fn start() -> Time {
    Time::from_civil(base::Date::constant(2026, 11, 2).at(9, 0, 0, 0))
}

/// The tables of the house and of these modules.
pub fn trees(modules: &[Module]) -> Vec<&'static [Migration]> {
    let mut trees = vec![record::MIGRATIONS, people::MIGRATIONS, web::MIGRATIONS];
    trees.extend(modules.iter().map(|module| module.migrations));
    trees
}

/// A district's surroundings that a seed decides.
pub fn env(clock: &Arc<FixedClock>, seed: u64) -> Env {
    let random = SeededRandom::new(seed);
    let keys = Arc::new(Keys::seeded(&random));
    Env { clock: clock.clone(), random: Arc::new(random), rules: Rules::builtin(), keys }
}

/// The program on one fresh district, or on several.
pub struct TestApp {
    /// The application.
    pub app: App,
    /// The clock of all districts.
    pub clock: Arc<FixedClock>,
    server: Server,
    runtime: Rc<tokio::runtime::Runtime>,
    finished: Cell<bool>,
}

impl TestApp {
    /// A district without people, with these modules and without rate limits; none where the engine is not there.
    pub fn empty(engine: Engine, modules: Vec<Module>) -> Option<TestApp> {
        TestApp::configured(engine, modules, |_| {})
    }

    /// As [`TestApp::empty`], with a configuration of the test's own.
    pub fn configured(engine: Engine, modules: Vec<Module>, change: impl FnOnce(&mut Config)) -> Option<TestApp> {
        let store = store::testing::try_fresh(engine, &trees(&modules))?;
        let clock = Arc::new(FixedClock::at(start()));
        let mut config = Config { rates: Rates::OFF, ..Config::default() };
        change(&mut config);
        Some(TestApp::over(vec![(Vec::new(), store)], modules, config, clock))
    }

    /// Several districts, each with its hosts and its store.
    ///
    /// # Panics
    /// When a store cannot be read.
    pub fn over(stores: Vec<(Vec<String>, Store)>, modules: Vec<Module>, config: Config, clock: Arc<FixedClock>) -> TestApp {
        let districts = stores.into_iter().zip(1..).map(|((hosts, store), seed)| {
            District::new(hosts, store, env(&clock, seed)).expect("a district over its store")
        });
        let app = App::new(config, districts.collect(), modules);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        TestApp { server: Server::new(app.clone()), app, clock, runtime: Rc::new(runtime), finished: Cell::new(false) }
    }

    /// The first district.
    pub fn district(&self) -> &Arc<District> {
        &self.app.districts()[0]
    }

    /// A browser without cookies.
    pub fn client(&self) -> Client {
        Client::new(self.server.clone(), Rc::clone(&self.runtime))
    }

    /// Let time pass: the clock moves, and what becomes due is done.
    pub fn pass(&self, micros: i64) {
        self.clock.advance(micros);
        self.settle();
    }

    /// Do what the threads beside the pages would: put events in order, let readers follow, do ticks and jobs.
    ///
    /// # Panics
    /// When one of them fails.
    pub fn settle(&self) {
        for district in self.app.districts() {
            web::background::catch_up(&self.app, district).expect("the record is brought up");
            web::background::run_ticks(&self.app, district).expect("the ticks are done");
            let worker = base::Id([7; 16]);
            web::background::run_jobs(&self.app, district, worker, &|| false).expect("the jobs are done");
            web::background::catch_up(&self.app, district).expect("the record is brought up");
        }
    }

    /// Settle, then verify the record and compare it with every table that is made of it. Every test ends so; dropping
    /// the application does it where the test did not.
    ///
    /// # Panics
    /// When anything differs, with what and where.
    pub fn finish(self) {
        self.check();
    }

    fn check(&self) {
        if self.finished.replace(true) {
            return;
        }
        self.settle();
        for district in self.app.districts() {
            let report = record::verify(district.store(), &self.app.folds(), self.app.readers()).expect("the record can be read");
            assert!(report.is_clean(), "the record and the tables differ:\n{report}");
            assert_eq!(report.pending, 0, "events were left without a place");
        }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.check();
        }
    }
}
