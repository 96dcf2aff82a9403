//! Each check of the data finds a fault that was planted for it, on both engines; its page shows it to the one who may look,
//! leads to where it is put right, and is refused to everybody else.

use base::Id;
use concerns::permissions::Authority;
use people::password::{NewPassword, Params, Strength};
use people::{Level, ManagePeople, ManageUnits, Role};
use store::testing::statement;
use store::{StoreError, p};
use testkit::{Client, TestApp, on_both};

use crate::open::modules;

/// What is planted: the check that is to find it, and what its page is to name.
struct Planted {
    check: &'static str,
    names: String,
}

/// Faults that come about by what people do or leave undone: a post and a grid that nobody has, an account without a post,
/// a kind that is nobody's duty.
fn left_undone(app: &TestApp) -> Vec<Planted> {
    let world = app.world();
    let (admin, town, community, department) = (world.actor(Role::SystemAdmin), world.towns[0], world.communities[0], world.departments[0]);
    let done = app.district().write_now(move |tx, ctx| {
        let units = admin.has::<ManageUnits>().unwrap();
        let post = people::CreatePost { unit: town, reach: None, role: Role::TownStaff, title: "空岗一个".into() };
        people::create_post(tx, ctx, &units, &post).unwrap();
        let grid = people::CreateUnit {
            code: "990105001001003".into(),
            name: "无人网格".into(),
            phone: None,
            level: Level::Grid,
            parent: Some(community),
            ord: 9,
        };
        people::create_unit(tx, ctx, &units, &grid).unwrap();
        let proof = admin.has::<ManagePeople>().unwrap();
        let person = people::create_person(tx, ctx, &proof, &people::CreatePerson { name: "甄无岗".into(), phone: None }).unwrap();
        let code = people::invite(tx, ctx, &admin.has().unwrap(), person, "zhen.wugang", false).unwrap();
        let password = NewPassword::make(&Params::light(), ctx.random(), people::testing::PASSWORD, "", Strength::Staff).unwrap();
        people::open_account(tx, ctx, &code, &password).unwrap();
        // One that is nobody's; one that has its duty from two levels above; one that has ended.
        for (code, name, parent) in [
            ("77", "无主事项", None),
            ("78", "有主大类", None),
            ("7801", "有主中类", Some("78")),
            ("780101", "有主小类", Some("7801")),
            ("79", "停用事项", None),
        ] {
            let parent = parent.map(str::to_owned);
            let kind = concerns::catalogue::Kind { code: code.into(), name: name.into(), parent, ord: 77, keywords: Vec::new() };
            concerns::catalogue::enter_kind(tx, ctx, Authority::Console, &kind).unwrap();
        }
        let duty = concerns::catalogue::Duty { kind: "78".into(), unit: department, document: "职责清单".into() };
        concerns::catalogue::assign_duty(tx, ctx, Authority::Console, &duty).unwrap();
        concerns::catalogue::end_kind(tx, ctx, Authority::Console, "79").unwrap();
        Ok::<(), StoreError>(())
    });
    done.unwrap();
    [
        ("posts_without_holder", "空岗一个"),
        ("grids_without_worker", "无人网格"),
        ("people_without_post", "甄无岗"),
        ("duties_without_owner", "无主事项"),
    ]
    .map(|(check, names)| Planted { check, names: names.to_owned() })
    .into()
}

/// A concern that waits at the desk of the second town; its id and number.
fn waiting(app: &TestApp) -> (Id, String) {
    let input = concerns::bring_in::Imported { place: Some(app.world().towns[1]), ..crate::tampered::filled::imported(1) };
    let brought = app.district().write_now(move |tx, ctx| concerns::bring_in::bring_in(tx, ctx, Authority::Console, &input));
    let concerns::bring_in::Brought::New { no } = brought.unwrap() else { panic!("it is new") };
    let wanted = no.clone();
    let found = app.district().read_now(move |tx, _| concerns::concern::find(tx, &wanted)).unwrap().unwrap();
    (found.id.0, no)
}

/// Closes a unit, or opens it again.
fn close(app: &TestApp, unit: Id, at: Option<i64>) {
    let sql = statement("UPDATE unit SET valid_to = ?2 WHERE id = ?1".into());
    assert_eq!(app.district().write_now(move |tx, _| tx.exec(sql, p![unit, at])).unwrap(), 1);
}

/// Sets whether a concern's deadline passed, when it was to be resolved, when its step was due.
fn late(app: &TestApp, concern: Id, [passed, resolve_by, due]: [Option<i64>; 3]) {
    let sql = statement("UPDATE concern SET passed = ?2, resolve_by = ?3, due_at = ?4 WHERE id = ?1".into());
    assert_eq!(app.district().write_now(move |tx, _| tx.exec(sql, p![concern, passed, resolve_by, due])).unwrap(), 1);
}

fn found(app: &TestApp, check: &str) -> Vec<String> {
    let check = checks::all().iter().find(|one| one.id() == check).unwrap();
    let (count, rows) = app.district().read_now(move |tx, ctx| check.run(tx, ctx.now, 100)).unwrap();
    assert_eq!(usize::try_from(count).unwrap(), rows.len());
    rows.into_iter().map(|row| row.name).collect()
}

/// Whoever may look sees the fault on the list and on the page of the check, and gets to where it is put right.
fn is_shown(browser: &Client, planted: &Planted) {
    let path = format!("/checks/{}", planted.check);
    let list = browser.get("/checks").expect(200).html();
    let row = list.all("a").into_iter().find(|a| a.attribute("href") == Some(&path)).expect("a line of the list");
    assert!(row.text().contains("处"), "{}: {}", planted.check, row.text());
    let page = browser.get(&path).expect(200).says(&planted.names).says("怎么办").html();
    let link = page.all("main a").into_iter().find(|a| a.text().contains(&planted.names));
    let href = link.and_then(|a| a.attribute("href").map(str::to_owned)).expect("a way to where it is put right");
    browser.get(&href).expect(200);
}

on_both! {
    [modules()]

    fn each_check_finds_what_was_planted_for_it(app) {
        let world = app.world();
        let (no_id, no) = waiting(app);
        let of_system = ["posts_without_holder", "posts_in_closed_units", "grids_without_worker", "people_without_post"];
        let before: Vec<(String, Vec<String>)> = checks::all().iter().map(|check| (check.id().to_owned(), found(app, check.id()))).collect();
        let mut planted = left_undone(app);
        let read = statement("SELECT passed, resolve_by, due_at FROM concern WHERE id = ?1".into());
        let old = app.district().read_now(move |tx, _| tx.one(read, p![no_id], |row| {
            let whole = |at| if row.is_null(at)? { Ok::<_, StoreError>(None) } else { row.int(at).map(Some) };
            Ok([whole(0)?, whole(1)?, whole(2)?])
        })).unwrap();
        // What operations refuse is done past them, as a faulty program or a hand in the database would.
        let town = world.towns[1].0;
        late(app, no_id, [Some(1); 3]);
        close(app, town, Some(1));
        for (check, names) in [("concerns_past_everything", no.clone()), ("concerns_in_closed_units", no.clone()), ("posts_in_closed_units", "西河镇".to_owned())] {
            planted.push(Planted { check, names });
        }
        assert_eq!(planted.len(), checks::all().len(), "a check that is new is tried here as well");
        for one in &planted {
            let already = before.iter().find(|(check, _)| check == one.check).unwrap();
            assert!(!already.1.iter().any(|name| name.contains(&one.names)), "{} finds {} before it is there", one.check, one.names);
            let now = found(app, one.check);
            assert!(now.iter().any(|name| name.contains(&one.names)), "{} finds {now:?}", one.check);
        }
        let nobodys = found(app, "duties_without_owner");
        assert!(!nobodys.iter().any(|name| name.contains("有主") || name.contains("停用")), "{nobodys:?}");
        // The tick counts them; whoever looks after units and people sees theirs, the desk and oversight theirs.
        let tick = checks::module().ticks.iter().find(|tick| tick.name == "checks.run").unwrap();
        (tick.run)(app.district()).unwrap();
        let (system, desk, oversight) = (app.staff(Role::SystemAdmin), app.staff(Role::DistrictDesk), app.staff(Role::Oversight));
        for one in &planted {
            let path = format!("/checks/{}", one.check);
            if of_system.contains(&one.check) {
                is_shown(&system, one);
                desk.get(&path).expect(403);
                oversight.get(&path).expect(403);
            } else {
                is_shown(&desk, one);
                system.get(&path).expect(403);
            }
        }
        oversight.get("/checks/concerns_past_everything").expect(200).says(&no);
        // Oversight sees whose duty is missing and leaves the catalogue to the desk that keeps it.
        let seen = oversight.get("/checks/duties_without_owner").expect(200).says("无主事项").html();
        assert!(!seen.all("main a").iter().any(|a| a.text().contains("无主事项")));
        for role in [Role::TownDesk, Role::DistrictLeader, Role::AuditAdmin, Role::SecurityAdmin, Role::GridWorker] {
            let somebody = app.staff(role);
            somebody.get("/checks").expect(403);
            somebody.get("/checks/people_without_post").expect(403);
        }
        app.client().get("/checks").leads_to("/login");
        system.get("/checks/no_such_check").expect(404);
        // Put right, it is found no more.
        late(app, no_id, old);
        close(app, town, None);
        for check in ["concerns_past_everything", "concerns_in_closed_units", "posts_in_closed_units"] {
            assert_eq!(found(app, check), Vec::<String>::new(), "{check}");
        }
        desk.get("/checks/concerns_past_everything").expect(200).says("没有发现问题");
    }
}
