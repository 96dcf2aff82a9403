//! An inspection from the list to the second look, on both engines, on the pages; and what is refused.
#![expect(clippy::unwrap_used, reason = "tests")]

use base::Time;
use inspections::inspect::{Inspect, InspectError, Rectify, Visit, enter_checklist, inspect, recheck, rectify};
use people::Role;
use testkit::TestApp;
use testkit::tampered::{Attacks, every_column};

fn modules() -> Vec<web::Module> {
    vec![inspections::module()]
}

testkit::on_both! {
    [modules()]

    fn a_finding_is_put_right_and_closed(app) {
        let world = app.world();
        let east = world.towns[0];
        let oversight = app.staff(Role::Oversight);
        let form = oversight.get("/inspections/lists/new").expect(200);
        oversight.submit(&form, "form[action=/inspections/lists/new]", &[("name", "窗口服务"), ("lines", "")]).expect(422).says("一行");
        let answer = oversight.submit(&form, "form[action=/inspections/lists/new]", &[("name", "窗口服务"), ("lines", "公示栏信息准确\n一次性告知")]);
        let form = oversight.follow(answer).expect(200);
        let unit = east.to_string();
        let lines = oversight.submit(&form, "form[action=/inspections/new]", &[("unit", &unit)]).expect(200).says("一次性告知");
        let visit = [("finding0", "公示栏网格员电话未更新"), ("note", "")];
        let again = oversight.submit(&lines, "form[action=/inspections/new]", &visit).expect(422).says("1 到 1000 字");
        let answer = oversight.submit(&again, "form[action=/inspections/new]", &[("note", "总体较好，一处需整改。")]);
        let list = oversight.follow(answer).expect(200).says("公示栏信息准确");
        let href = list.html().first("#rows a").unwrap().attribute("href").unwrap().to_owned();

        let town = app.staff_in(Role::TownDesk, east);
        town.get("/inspections").expect(200).says("公示栏信息准确");
        app.staff_in(Role::TownDesk, world.towns[1]).get(&href).expect(404);
        let page = town.get(&href).expect(200);
        let rectify = format!("form[action={href}/rectify]");
        town.submit(&page, &rectify, &[("text", "")]).expect(422);
        let answer = town.submit(&page, &rectify, &[("text", "已更换公示内容并核对电话。")]);
        town.follow(answer).expect(200).says("待复查");
        town.submit(&page, &rectify, &[("text", "再交一次")]).expect(303);

        let oversight = app.staff(Role::Oversight);
        let page = oversight.get(&href).expect(200);
        let recheck = format!("form[action={href}/recheck]");
        oversight.submit(&page, &recheck, &[("text", "还不对")]).expect(422).says("请选择结论");
        let answer = oversight.submit(&page, &recheck, &[("pass", "0"), ("text", "电话仍不通。")]);
        oversight.follow(answer).expect(200).says("待整改");
        let page = town.get(&href).expect(200);
        let answer = town.submit(&page, &rectify, &[("text", "电话已开通。")]);
        town.follow(answer).expect(200);
        let page = oversight.get(&href).expect(200);
        let answer = oversight.submit(&page, &recheck, &[("pass", "1"), ("text", "拨打核实，属实。")]);
        oversight.follow(answer).expect(200).says("已销号");
        app.staff(Role::CallBack).get("/inspections").expect(403);
        let only = ["checklist", "inspection", "finding", "finding_step", "finding_photo"];
        every_column(app, &Attacks { spared: &[], log: &[], empty: &["finding_photo"], only: &only, every: 1 });
    }

    fn nobody_inspects_themselves_or_puts_right_what_is_not_theirs(app) {
        let world = app.world();
        let (east, west, own) = (world.towns[0], world.towns[1], world.oversight);
        let oversight = world.actor_in(Role::Oversight, own);
        let visit = |unit| {
            let oversight = oversight.clone();
            app.district().write_now(move |tx, ctx| {
                let proof = oversight.has::<Inspect>().unwrap();
                let list = enter_checklist(tx, ctx, &proof, "表", "甲\n乙")?;
                let visit = Visit { checklist: list, unit, on: ctx.now.date(), note: "记录".into(), findings: vec![(1, "有问题".into())] };
                inspect(tx, ctx, &proof, &visit)
            })
        };
        assert!(matches!(visit(own), Err(InspectError::Denied)));
        visit(east).unwrap();
        let desk = world.actor_in(Role::TownDesk, west);
        assert!(desk.has::<Inspect>().is_none());
        let finding = app.district().read_now({ let oversight = oversight.clone(); move |tx, _| {
            let tree = people::tree(tx)?;
            inspections::read::findings(tx, &oversight, &tree)
        } }).unwrap().remove(0);
        let id = finding.id;
        let refused = app.district().write_now(move |tx, ctx| rectify(tx, ctx, &desk.has::<Rectify>().unwrap(), id, 1, "做了", &[]));
        assert!(matches!(refused, Err(InspectError::Denied)));
        let early = app.district().write_now({ let oversight = oversight.clone(); move |tx, ctx| recheck(tx, ctx, &oversight.has::<Inspect>().unwrap(), id, 1, true, "看了") });
        assert!(matches!(early, Err(InspectError::NotNow)), "there is nothing to look at yet");
        app.pass(20 * Time::DAY);
        let own = world.actor_in(Role::TownDesk, east);
        let late = move |v| { let own = own.clone(); app.district().write_now(move |tx, ctx| rectify(tx, ctx, &own.has::<Rectify>().unwrap(), id, v, "做了", &[])) };
        late(1).unwrap();
        assert!(matches!(late(1), Err(InspectError::NotNow)));
    }
}

#[test]
fn a_row_changed_by_sql_is_found() {
    let Some(app) = TestApp::new(testkit::Engine::Sqlite, modules()) else { return };
    let world = app.world();
    let (oversight, town, east) =
        (world.actor_in(Role::Oversight, world.oversight), world.actor_in(Role::TownDesk, world.towns[0]), world.towns[0]);
    app.district()
        .write_now(move |tx, ctx| {
            let proof = oversight.has::<Inspect>().unwrap();
            let list = enter_checklist(tx, ctx, &proof, "表", "甲")?;
            inspect(
                tx,
                ctx,
                &proof,
                &Visit { checklist: list, unit: east, on: ctx.now.date(), note: "记录".into(), findings: vec![(0, "错".into())] },
            )?;
            let tree = people::tree(tx)?;
            let finding = inspections::read::findings(tx, &oversight, &tree)?.remove(0);
            rectify(tx, ctx, &town.has::<Rectify>().unwrap(), finding.id, 1, "改了", &[])
        })
        .unwrap();
    app.settle();
    let attacks: [(&str, [&'static store::Sql; 2]); 5] = [
        ("checklist", [store::sql!("UPDATE checklist SET name = '别的'"), store::sql!("UPDATE checklist SET name = '表'")]),
        ("inspection", [store::sql!("UPDATE inspection SET note = '别的'"), store::sql!("UPDATE inspection SET note = '记录'")]),
        ("finding", [store::sql!("UPDATE finding SET due_at = due_at + 1"), store::sql!("UPDATE finding SET due_at = due_at - 1")]),
        ("finding", [store::sql!("UPDATE finding SET state = 'closed'"), store::sql!("UPDATE finding SET state = 'rectified'")]),
        ("finding_step", [store::sql!("UPDATE finding_step SET text = '没改'"), store::sql!("UPDATE finding_step SET text = '改了'")]),
    ];
    for (table, [attack, repair]) in attacks {
        app.district().write_now(move |tx, _| tx.exec(attack, store::p![])).unwrap();
        let report = record::verify(app.district().store(), &app.app.folds(), app.app.readers()).unwrap();
        assert!(report.to_string().contains(&format!("table {table}")), "{report}");
        app.district().write_now(move |tx, _| tx.exec(repair, store::p![])).unwrap();
    }
}
