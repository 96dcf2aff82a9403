//! The program in a test's own process: one district on a fresh store of either engine, a clock that stands still, seeded
//! randomness, browsers that keep cookies. At the end of each test the record is verified, every module folded, every
//! reader rebuilt, and all compared with the tables: each test tests the central promise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "a test that cannot go on stops")]

mod client;
pub mod html;
pub mod peer;
pub mod tampered;

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use base::{FixedClock, PersonId, UnitId};
use people::password::Params;
use people::sign::{SignIn, candidate, sign_in};
use people::testing::{Member, PASSWORD, World};
use people::{PostId, Role};
pub use store::Engine;
use store::{Migration, Store, StoreError};
use web::{App, Config, District, Module, Rates, Server};

pub use client::{Answer, Client, Upload};

/// The tables of the house and of these modules.
pub fn trees(modules: &[Module]) -> Vec<&'static [Migration]> {
    let mut trees = vec![record::MIGRATIONS, people::MIGRATIONS, web::MIGRATIONS];
    trees.extend(modules.iter().map(|module| module.migrations));
    trees
}

/// The program on one fresh district, or on several.
pub struct TestApp {
    /// The application.
    pub app: App,
    /// The clock of the first district.
    pub clock: Arc<FixedClock>,
    world: Option<World>,
    server: Server,
    runtime: Rc<tokio::runtime::Runtime>,
    finished: Cell<bool>,
}

impl TestApp {
    /// A small district with people (see [`people::testing::World`]) and these modules, without rate limits; none where
    /// the engine is not there, which the test says and passes.
    pub fn new(engine: Engine, modules: Vec<Module>) -> Option<TestApp> {
        TestApp::configured(engine, modules, |_| {})
    }

    /// As [`TestApp::new`], with a configuration of the test's own.
    pub fn configured(engine: Engine, modules: Vec<Module>, change: impl FnOnce(&mut Config)) -> Option<TestApp> {
        let mut app = TestApp::empty(engine, modules, change)?;
        app.world = Some(people::testing::world(app.district().store(), &app.district().env()));
        app.district().refresh_name().expect("the district has a name");
        Some(app)
    }

    /// A store that waits to be set up.
    pub fn empty(engine: Engine, modules: Vec<Module>, change: impl FnOnce(&mut Config)) -> Option<TestApp> {
        let Some(store) = store::testing::try_fresh(engine, &trees(&modules)) else {
            eprintln!("skipped: there is no PostgreSQL to test on");
            return None;
        };
        Some(TestApp::over(vec![(Vec::new(), store)], modules, change))
    }

    /// Several districts, each with its hosts and its store; without people.
    ///
    /// # Panics
    /// When a store cannot be read.
    pub fn over(stores: Vec<(Vec<String>, Store)>, modules: Vec<Module>, change: impl FnOnce(&mut Config)) -> TestApp {
        let mut config = Config { rates: Rates::OFF, passwords: Params::light(), admin_second_factor: false, ..Config::default() };
        change(&mut config);
        let mut clocks = Vec::new();
        let districts = stores.into_iter().zip(1..).map(|((hosts, store), seed)| {
            let (env, clock) = people::testing::env(seed);
            clocks.push(clock);
            District::new(hosts, store, env).expect("a district over its store")
        });
        let app = App::new(config, districts.collect(), modules);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        TestApp {
            server: Server::new(app.clone()),
            app,
            clock: clocks.swap_remove(0),
            world: None,
            runtime: Rc::new(runtime),
            finished: Cell::new(false),
        }
    }

    /// The people of the district.
    ///
    /// # Panics
    /// When the test began with an empty store.
    pub fn world(&self) -> &World {
        self.world.as_ref().expect("this district has no people")
    }

    /// A browser in which the first member with this role has just signed in.
    pub fn staff(&self, role: Role) -> Client {
        self.signed_in(&self.world().member(role).login)
    }

    /// A browser in which the member with this role in this unit has just signed in.
    pub fn staff_in(&self, role: Role, unit: UnitId) -> Client {
        self.signed_in(&self.world().member_in(role, unit).login)
    }

    /// A browser in which this login has just signed in, with the password of everybody.
    ///
    /// # Panics
    /// When it does not get in.
    pub fn signed_in(&self, login: &str) -> Client {
        let login = login.to_owned();
        let token = self.district().write_now(move |tx, ctx| {
            let checked = candidate(tx, ctx, &login)?.verify(&Params::light(), PASSWORD);
            match sign_in(tx, ctx, &checked, "test")? {
                SignIn::In(token) => Ok(token),
                other => Err(StoreError::Other(format!("{login}: {other:?}"))),
            }
        });
        let client = self.client();
        client.set_cookie("lianxin", &token.expect("they sign in").to_string());
        client
    }

    /// Who a member is: person and post.
    pub fn member(&self, role: Role) -> (PersonId, PostId) {
        let Member { person, post, .. } = self.world().member(role);
        (*person, *post)
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
            web::background::run_beside(&self.app, district).expect("what is done beside");
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

    /// End without looking: the record was damaged on purpose. The store is closed.
    pub fn leave(self) {
        self.finished.set(true);
        for district in self.app.districts() {
            district.store().close();
        }
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

/// Tests of pages that run on both engines, each with an application of its own:
///
/// ```ignore
/// testkit::on_both! {
///     [vec![concerns::module()]]
///     fn a_concern_is_sent(app) { app.client().get("/report").expect(200); }
/// }
/// ```
/// makes the tests `a_concern_is_sent::sqlite` and `a_concern_is_sent::postgres`.
#[macro_export]
macro_rules! on_both {
    ([$modules:expr] $($(#[$meta:meta])* fn $name:ident($app:ident) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[$meta])*
            fn case($app: &$crate::TestApp) $body

            #[test]
            fn sqlite() {
                if let Some(app) = $crate::TestApp::new($crate::Engine::Sqlite, $modules) {
                    case(&app);
                    app.finish();
                }
            }

            #[test]
            fn postgres() {
                if let Some(app) = $crate::TestApp::new($crate::Engine::Postgres, $modules) {
                    case(&app);
                    app.finish();
                }
            }
        }
    )+};
}
