//! Notices from the event to the peer: who is told, each once whatever is rebuilt, again while it does not go, given up and
//! sent again by hand; and the protocols, each against a peer on this machine.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod peers;

use std::sync::{Arc, Mutex};

use base::{Ctx, Time};
use notices::ledger::PATIENCE;
use people::{Grant, Role};
use record::Event;
use store::{StoreError, Tx};
use testkit::TestApp;
use web::Module;
use web::due::{Line, Look};
use web::kit::Light;
use web::notice::{Carrier, Failure, Notice, Outbox, Parcel, Said, Told, Whom};

/// A module that wants the unit told of whoever is given a post there.
const HELD: &[Notice] = &[Notice { name: "trial.held", title: |_| "新到岗", kinds: &["PostHeld"], whom, say }];

fn whom(_: &mut Tx, _: &Ctx, event: &Event) -> Result<Vec<Whom>, StoreError> {
    Ok(event.unit.map(Whom::Unit).into_iter().collect())
}

fn say(_: &mut Tx, _: &Ctx, told: &Told<'_>) -> Result<Option<Said>, StoreError> {
    let Whom::Unit(_) = told.whom else { return Ok(None) };
    Ok(Some(Said { subject: "新到岗".into(), text: "有人到岗".into(), path: "/x".into(), phone: None }))
}

fn lines(_: &mut Tx, _: &Ctx, look: &Look<'_>, ids: &[base::Id]) -> Result<Vec<(base::Id, Line)>, StoreError> {
    assert!(look.actor.is_some());
    let line = |id: &base::Id| {
        let line = Line { href: "/x".into(), title: "到岗的人".into(), sub: "岗位".into(), light: Light::None, left: String::new() };
        (*id, line)
    };
    Ok(ids.iter().map(line).collect())
}

fn modules() -> Vec<Module> {
    vec![notices::module(), Module { notices: HELD, lines, ..Module::new("trial") }]
}

/// A carrier that takes, refuses or is away, as it is told.
#[derive(Default)]
struct Hand {
    fails: Mutex<Option<Failure>>,
    took: Mutex<Vec<(String, String)>>,
}

impl Carrier for Hand {
    fn carry(&self, parcel: &Parcel) -> Result<(), Failure> {
        if let Some(failure) = self.fails.lock().unwrap().clone() {
            return Err(failure);
        }
        self.took.lock().unwrap().push((parcel.to.to_string(), parcel.text.clone()));
        Ok(())
    }
}

impl Hand {
    fn taken(&self) -> Vec<(String, String)> {
        self.took.lock().unwrap().clone()
    }

    fn fail(&self, failure: Option<Failure>) {
        *self.fails.lock().unwrap() = failure;
    }
}

fn app(engine: testkit::Engine, hand: &Arc<Hand>) -> Option<TestApp> {
    let carrier: Arc<dyn Carrier> = Arc::clone(hand) as Arc<dyn Carrier>;
    TestApp::configured(engine, modules(), move |config| {
        config.outbox = Outbox { address: Some("https://lx.example".into()), email: Some(carrier), ..Outbox::default() };
    })
}

/// Whoever carries the post of the first community's staff asks to be told by e-mail.
fn asks(app: &TestApp) {
    let staff = app.staff_in(Role::CommunityStaff, app.world().communities[0]);
    let page = staff.get("/me/notices").expect(200).says("邮箱");
    staff.submit(&page, "form[action=/me/notices]", &[("email", "wang@@x")]).expect(422).says("邮箱格式不对");
    let answer = staff.submit(&page, "form[action=/me/notices]", &[("email", "wang@example.gov.cn")]);
    assert!(staff.follow(answer).expect(200).text().contains("wang@example.gov.cn"));
}

/// Somebody more is given the post, so that the unit is told.
fn given(app: &TestApp) {
    let world = app.world();
    let (post, person) = (world.member_in(Role::CommunityStaff, world.communities[0]).post, world.member(Role::GridWorker).person);
    let security = world.actor(Role::SecurityAdmin);
    app.district()
        .write_now(move |tx, ctx| {
            let held = people::hold(tx, ctx, &security.has::<Grant>().unwrap(), person, post, ctx.now).unwrap();
            Ok::<_, StoreError>(held)
        })
        .unwrap();
}

/// Time passes until the work beside the pages is due again.
fn later(app: &TestApp, micros: i64) {
    app.pass(micros.max(6 * Time::SECOND));
}

fn told_once(engine: testkit::Engine) {
    let hand = Arc::new(Hand::default());
    let Some(app) = app(engine, &hand) else { return };
    later(&app, 0);
    assert_eq!(hand.taken(), [], "nobody gave an address yet");
    asks(&app);
    given(&app);
    later(&app, 0);
    let sent = [("wang@example.gov.cn".to_owned(), "有人到岗 https://lx.example/x".to_owned())];
    assert_eq!(hand.taken(), sent);
    let staff = app.staff_in(Role::CommunityStaff, app.world().communities[0]);
    staff.get("/notices").expect(200).says("新到岗").says("到岗的人").says("新");
    let again = staff.get("/notices").expect(200);
    let page = again.html();
    assert!(page.first("header a[href=/notices][aria-current=page]").is_some(), "beside one's name");
    assert!(page.first(".rail a[href=/notices]").is_none(), "and not among the places of work");
    assert_eq!(again.text().matches(">新<").count(), 0, "what was seen is not new: {}", again.text());
    app.staff(Role::SystemAdmin).get("/notices").expect(403);
    // Rebuilding forgets nothing that left.
    for reader in app.app.readers() {
        let reader = Arc::clone(reader);
        app.district().write_now(move |tx, _| record::reset(tx, &*reader)).unwrap();
    }
    later(&app, Time::HOUR);
    assert_eq!(hand.taken(), sent);
    // What happened while nobody followed is not told days later.
    given_again(&app);
    app.clock.advance(3 * Time::DAY);
    later(&app, 0);
    assert_eq!(hand.taken(), sent);
    app.finish();
}

/// The same post is given up and taken again.
fn given_again(app: &TestApp) {
    let world = app.world();
    let (person, unit) = (world.member(Role::GridWorker).person, world.communities[0]);
    let security = world.actor(Role::SecurityAdmin);
    app.district()
        .write_now(move |tx, ctx| {
            let held = people::read::holdings_of(tx, person)?.into_iter().find(|held| held.unit == unit && held.to.is_none()).unwrap();
            let proof = security.has::<Grant>().unwrap();
            people::release(tx, ctx, &proof, held.id, ctx.now).unwrap();
            people::hold(tx, ctx, &proof, person, held.post, ctx.now).unwrap();
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[test]
fn a_unit_is_told_once_sqlite() {
    told_once(testkit::Engine::Sqlite);
}

#[test]
fn a_unit_is_told_once_postgres() {
    told_once(testkit::Engine::Postgres);
}

fn given_up(engine: testkit::Engine) {
    let hand = Arc::new(Hand::default());
    let Some(app) = app(engine, &hand) else { return };
    // Those who were given posts when the district began are told to nobody: no address was there.
    later(&app, 0);
    asks(&app);
    hand.fail(Some(Failure::again("nobody is there")));
    given(&app);
    // A session ends sooner than the last try: who looks signs in each time.
    let looks = || app.staff(Role::SystemAdmin);
    for wait in PATIENCE {
        later(&app, 0);
        looks().get("/admin/outbox").expect(200).says("等待发送").says("没有放弃的提醒");
        later(&app, wait);
    }
    let page = looks().get("/admin/outbox").expect(200).says("nobody is there").says("没有送出，已放弃");
    assert!(!page.text().contains("wang@"), "no address on the page");
    app.staff(Role::SecurityAdmin).get("/admin/outbox").expect(403);
    hand.fail(None);
    later(&app, Time::DAY);
    assert_eq!(hand.taken(), [], "what was given up stays so");
    let admin = looks();
    let page = admin.get("/admin/outbox").expect(200);
    let answer = admin.submit(&page, "main li form", &[]);
    admin.follow(answer).expect(200).says("已重新排队");
    later(&app, 0);
    assert_eq!(hand.taken().len(), 1);
    admin.get("/admin/outbox").expect(200).says("没有放弃的提醒");
    // Refused for good is given up at once; a message to nobody is no failure.
    hand.fail(Some(Failure::never("the mail server refused: 550")));
    given_again(&app);
    later(&app, 0);
    admin.get("/admin/outbox").expect(200).says("refused: 550");
    app.finish();
}

#[test]
fn what_does_not_go_is_tried_again_by_the_clock_and_given_up_sqlite() {
    given_up(testkit::Engine::Sqlite);
}

#[test]
fn what_does_not_go_is_tried_again_by_the_clock_and_given_up_postgres() {
    given_up(testkit::Engine::Postgres);
}
