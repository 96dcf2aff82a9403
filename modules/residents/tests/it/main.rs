//! The register on both engines, and as a browser sees it.
#![expect(clippy::unwrap_used, reason = "tests")]

mod table;
mod term;

use base::Time;
use people::Role;
use residents::{OpenError, ResidentId, open};
use store::{StoreError, p, sql};
use testkit::tampered::{Attacks, every_column};
use testkit::{TestApp, Upload};

fn modules() -> Vec<web::Module> {
    vec![residents::module()]
}

/// Enters somebody through the page; gives the entry.
fn entered(app: &TestApp, name: &str, number: &str) -> ResidentId {
    let staff = app.staff(Role::CommunitySecretary);
    let page = staff.get("/work/residents/new").expect(200);
    let typed =
        [("name", name), ("number", number), ("phone", "138 1234 1234"), ("estate", "春和苑"), ("building", "3栋"), ("room", "502")];
    staff.submit(&page, "form[action=/work/residents/new]", &typed).leads_to("/work/residents?unit=");
    app.district().read_now(|tx, _| tx.one(sql!("SELECT id FROM resident ORDER BY id DESC LIMIT 1"), p![], |row| row.id(0))).unwrap()
}

testkit::on_both! {
    [modules()]

    fn an_entry_is_masked_until_somebody_says_why(app) {
        let id = entered(app, "王小明", "11010519491231002x");
        let staff = app.staff(Role::CommunitySecretary);
        let list = staff.get("/work/residents").expect(200).says("王**").says("110105**********2X").says("138****1234");
        let page = staff.get(&format!("/work/residents/{id}")).expect(200).says("王**");
        for shown in [list.text(), page.text()] {
            assert!(!["王小明", "502", "19491231", "13812341234"].iter().any(|word| shown.contains(word)), "{shown}");
        }
        let form = format!("form[action=/work/residents/{id}/open]");
        staff.submit(&page, &form, &[("reason", " ")]).expect(422).says("请写明原因");
        let opened = staff.submit(&page, &form, &[("reason", "上门走访")]).expect(200).says("王小明").says("11010519491231002X");
        assert!(opened.headers.get("cache-control").is_some_and(|value| value.to_str().unwrap().contains("no-store")), "{:?}", opened.headers);
        staff.get(&format!("/work/residents/{id}")).expect(200).says("上门走访");
        let search = staff.get("/work/residents?q=%E5%B0%8F%E6%98%8E").expect(200);
        assert!(search.says("王**").main_text().contains("春和苑"));
        // What the store and the record hold says nothing.
        let (row, facts) = app.district().read_now(move |tx, _| {
            let row = tx.one(sql!("SELECT identity, home FROM resident WHERE id = ?1"), p![id], |row| Ok([row.blob(0)?, row.blob(1)?].concat()))?;
            let facts: String = record::of_subject(tx, id.0)?.into_iter().map(|event| event.facts).collect();
            Ok::<_, StoreError>((row, facts))
        }).unwrap();
        assert!(!String::from_utf8_lossy(&row).contains("春和苑") && !facts.contains('王') && !facts.contains("走访"));
    }

    fn others_do_not_know_of_it(app) {
        let id = entered(app, "李四", "");
        let world = app.world();
        for role in [Role::TownLeader, Role::DistrictLeader, Role::SystemAdmin, Role::AuditAdmin, Role::Oversight, Role::DistrictDesk] {
            let browser = app.staff(role);
            browser.get("/work/residents").expect(403);
            browser.get(&format!("/work/residents/{id}")).expect(404);
            browser.get("/tables/residents").expect(403);
            browser.get("/tables/residents/export.xlsx").expect(403);
            let file = Upload { field: "file", name: "居民信息.xlsx", bytes: b"PK" };
            browser.upload("/tables/residents", &[], &[file]).expect(403);
            browser.get("/work/residents/gone").expect(403);
        }
        let other = app.staff_in(Role::CommunityStaff, world.communities[1]);
        other.get(&format!("/work/residents/{id}")).expect(404);
        other.get(&format!("/work/residents?unit={}", world.communities[0])).expect(404);
        let worker = app.staff_in(Role::GridWorker, world.grids[0]);
        worker.get("/work/residents").expect(200);
        worker.get("/work/residents/new").expect(403);
        worker.get("/work/residents/gone").expect(403);
        worker.get("/tables/residents/export.xlsx").expect(403);
        worker.get(&format!("/work/residents/{id}")).expect(404);
        app.client().get("/work/residents").leads_to("/login");
    }

    fn what_is_wrong_is_said_and_kept(app) {
        let staff = app.staff(Role::CommunitySecretary);
        let page = staff.get("/work/residents/new").expect(200);
        let typed = [("name", "赵六"), ("number", "110105194912310021"), ("estate", "春和苑")];
        let again = staff.submit(&page, "form[action=/work/residents/new]", &typed).expect(422).says("校验位不对");
        assert_eq!(again.html().first("#f-estate").unwrap().attribute("value"), Some("春和苑"));
        staff.submit(&again, "form[action=/work/residents/new]", &[("number", "11010519491231002X")]).leads_to("/work/residents?unit=");
        // The same person once more.
        let page = staff.get("/work/residents/new").expect(200);
        staff.submit(&page, "form[action=/work/residents/new]", &[("name", "赵六六"), ("number", "11010519491231002X")]).expect(422).says("名册里已有这个人");
        let id: ResidentId = app.district().read_now(|tx, _| tx.one(sql!("SELECT id FROM resident"), p![], |row| row.id(0))).unwrap();
        let page = staff.get(&format!("/work/residents/{id}")).expect(200);
        let opened = staff.submit(&page, &format!("form[action=/work/residents/{id}/open]"), &[("reason", "更正姓名")]).expect(200);
        staff.submit(&opened, &format!("form[action=/work/residents/{id}/change]"), &[("name", "赵路")]).leads_to("/work/residents?unit=");
        staff.get("/work/residents").expect(200).says("赵*");
    }

    fn who_keeps_two_registers_enters_into_the_one_that_is_looked_at(app) {
        let (own, other) = (app.world().communities[0], app.world().communities[1]);
        let person = app.world().member_in(Role::CommunitySecretary, own).person;
        let post = app.world().member_in(Role::CommunitySecretary, other).post;
        app.district()
            .write_now(move |tx, ctx| {
                let until = ctx.now.plus(10 * Time::DAY);
                people::act(tx, ctx, people::Authority::Console, person, post, ctx.now, until).unwrap();
                Ok::<_, StoreError>(())
            })
            .unwrap();
        let staff = app.staff_in(Role::CommunitySecretary, own);
        for unit in [own, other] {
            let name = app.district().read_now(move |tx, _| Ok::<_, StoreError>(people::tree(tx)?.full_name(unit))).unwrap();
            let list = staff.get(&format!("/work/residents?unit={unit}")).expect(200);
            let html = list.html();
            let link = html.all("main a").into_iter().filter_map(|a| a.attribute("href")).find(|href| href.starts_with("/work/residents/new")).unwrap();
            let page = staff.get(link).expect(200).says(&name);
            staff.submit(&page, "form[action=/work/residents/new]", &[("name", "王小明")]).leads_to(&format!("/work/residents?unit={unit}"));
            let count = app.district().read_now(move |tx, _| residents::count(tx, unit, None)).unwrap();
            assert_eq!(count, 1);
            // What is to be set right is entered into the same one.
            let page = staff.get(link).expect(200);
            let again = staff.submit(&page, "form[action=/work/residents/new]", &[("name", "李四"), ("phone", "12")]).expect(422).says(&name);
            staff.submit(&again, "form[action=/work/residents/new]", &[("phone", "")]).leads_to(&format!("/work/residents?unit={unit}"));
        }
    }

    fn so_many_a_day(app) {
        let id = entered(app, "孙七", "");
        let actor = app.world().actor(Role::CommunitySecretary);
        let read = |actor: people::Actor| app.district().write_now(move |tx, ctx| open(tx, ctx, &actor, id, "走访"));
        for _ in 0..residents::MOST_A_DAY {
            read(actor.clone()).unwrap();
        }
        assert!(matches!(read(actor.clone()), Err(OpenError::TooMany)));
        let stranger = app.world().actor_in(Role::CommunitySecretary, app.world().communities[1]);
        assert!(matches!(read(stranger), Err(OpenError::NotFound)));
        app.clock.advance(Time::DAY);
        read(actor).unwrap();
        // Removing takes the reasons along, and the record still agrees.
        let staff = app.staff(Role::CommunitySecretary);
        let page = staff.get(&format!("/work/residents/{id}/remove")).expect(200);
        let form = format!("form[action=/work/residents/{id}/remove]");
        let page = staff.submit(&page, &form, &[]).expect(422).says("请选择原因");
        staff.submit(&page, &form, &[("why", "moved")]).leads_to("/work/residents?unit=");
        staff.get(&format!("/work/residents/{id}")).expect(404);
        let left: i64 = app.district().read_now(|tx, _| tx.one(sql!("SELECT COUNT(*) FROM resident_reading WHERE reason <> ''"), p![], |row| row.int(0))).unwrap();
        assert_eq!(left, 0);
    }
}

/// Readings, bases and removals, each with rows, on both engines.
fn attacked(engine: testkit::Engine) {
    let Some(app) = TestApp::new(engine, modules()) else { return };
    let (one, other) = (entered(&app, "王小明", ""), entered(&app, "李小红", ""));
    let (actor, staff) = (app.world().actor(Role::CommunitySecretary), app.staff(Role::CommunitySecretary));
    app.district().write_now(move |tx, ctx| open(tx, ctx, &actor, one, "走访")).unwrap();
    let page = staff.get(&format!("/work/residents/{one}")).expect(200);
    let day = app.district().env().clock.now().date().to_string();
    let typed = [("ground", "consent"), ("means", "written"), ("on", day.as_str())];
    staff.submit(&page, &format!("form[action=/work/residents/{one}/basis]"), &typed).leads_to("/work/residents/");
    let page = staff.get(&format!("/work/residents/{other}/remove")).expect(200);
    staff.submit(&page, &format!("form[action=/work/residents/{other}/remove]"), &[("why", "died")]).leads_to("/work/residents?unit=");
    let spared = &[("resident", "batch", "for undoing"), ("resident", "v", "for undoing")];
    let only = &["resident", "resident_basis", "resident_gone", "resident_reading"];
    every_column(&app, &Attacks { spared, log: &[], empty: &[], only, every: 1 });
    app.finish();
}

#[test]
fn every_column_is_watched_on_sqlite() {
    attacked(testkit::Engine::Sqlite);
}

#[test]
fn every_column_is_watched_on_postgres() {
    attacked(testkit::Engine::Postgres);
}

#[test]
fn a_change_past_the_product_is_found() {
    let app = TestApp::new(testkit::Engine::Sqlite, modules()).unwrap();
    let (one, other) = (entered(&app, "王小明", ""), entered(&app, "李小红", ""));
    app.settle();
    // One's name put under another's entry: it would open, and is found all the same.
    let store = app.district().store();
    store
        .write_now(move |tx| {
            let sealed = tx.one(sql!("SELECT identity FROM resident WHERE id = ?1"), p![one], |row| Ok(row.blob(0)?.to_vec()))?;
            tx.exec(sql!("UPDATE resident SET identity = ?2 WHERE id = ?1"), p![other, &sealed[..]])
        })
        .unwrap();
    let report = record::verify(store, &app.app.folds(), app.app.readers()).unwrap();
    assert!(report.to_string().contains("resident"), "{report}");
    std::mem::forget(app);
}
