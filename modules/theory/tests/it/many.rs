//! However many they are: enrolled in pieces, found by name, given something and exported one by one.

use std::collections::BTreeSet;

use base::Time;
use people::Role;
use testkit::TestApp;
use theory::events::TestId;
use theory::model::Kind;
use theory::permissions::Organise;
use theory::set_test::{Setting, Who, set_in_pieces};

use super::{begin, desk, modules, paper, terms, test};

/// A test of the town of which three have a seat, and the others are still to be enrolled.
fn begun(app: &TestApp) -> TestId {
    let (of, actor, town) = (paper(app, &[Kind::Single], 1), desk(app).actor, app.world().towns[0]);
    app.district()
        .write_now(move |tx, ctx| {
            let (proof, tree) = (actor.has::<Organise>().unwrap(), people::tree(tx)?);
            let (opens, closes) = (ctx.now, ctx.now.plus(2 * Time::HOUR));
            let setting = Setting { paper: of, name: "全镇测试".into(), who: Who::Unit(town), opens, closes, terms: terms() };
            set_in_pieces(tx, ctx, &proof, &tree, &setting, 3)
        })
        .unwrap()
}

fn seated(app: &TestApp, id: TestId) -> Vec<base::PersonId> {
    app.district().read_now(move |tx, _| theory::read::seats(tx, id)).unwrap().iter().map(|seat| seat.person).collect()
}

testkit::on_both! {
    [modules()]

    fn enrolling_goes_in_pieces_and_goes_on_where_it_was(app) {
        let world = app.world();
        let id = begun(app);
        assert_eq!(seated(app, id).len(), 3);
        let desk = app.staff_in(Role::TownDesk, world.towns[0]);
        desk.get(&format!("/tests/t/{id}/run")).expect(200).says("正在登记应考人员，已登记 3 人");
        // Whoever leaves meanwhile was there when it was set; whoever is there already begins.
        let first = world.members.iter().find(|member| member.person == seated(app, id)[0]).unwrap();
        app.signed_in(&first.login).get(&format!("/tests/t/{id}")).expect(200).says("开始作答");
        app.district().write_now(move |tx, ctx| theory::enrol::go_on(tx, ctx, id, 4)).unwrap();
        assert_eq!(seated(app, id).len(), 7);
        // What was done stands in the tables: the tick of a program that began anew goes on from there.
        app.pass(10 * Time::SECOND);
        let own: BTreeSet<base::PersonId> =
            world.members.iter().filter(|member| {
                let below = [world.towns[0], world.communities[0], world.communities[1], world.grids[0], world.grids[1], world.grids[2], world.grids[3]];
                below.contains(&member.unit)
            }).map(|member| member.person).collect();
        assert_eq!(seated(app, id).into_iter().collect::<BTreeSet<_>>(), own);
        let page = app.staff_in(Role::TownDesk, world.towns[0]).get(&format!("/tests/t/{id}/run")).expect(200);
        assert!(!page.main_text().contains("正在登记"), "{}", page.main_text());
        page.says(&own.len().to_string());
        assert!(!app.district().write_now(move |tx, ctx| theory::enrol::go_on(tx, ctx, id, 4)).unwrap(), "there is nobody left");
    }

    fn what_was_called_off_enrols_nobody_else(app) {
        let (of, actor, town) = (paper(app, &[Kind::Single], 1), desk(app).actor, app.world().towns[0]);
        let id = app.district().write_now(move |tx, ctx| {
            let (proof, tree) = (actor.has::<Organise>().unwrap(), people::tree(tx)?);
            let (opens, closes) = (ctx.now.plus(Time::HOUR), ctx.now.plus(2 * Time::HOUR));
            let setting = Setting { paper: of, name: "全镇测试".into(), who: Who::Unit(town), opens, closes, terms: terms() };
            let id = set_in_pieces(tx, ctx, &proof, &tree, &setting, 3)?;
            let test = theory::read::test(tx, id)?.unwrap();
            theory::set_test::cancel(tx, ctx, &proof, &test, "改期")?;
            Ok::<_, theory::set_test::SetError>(id)
        }).unwrap();
        app.pass(10 * Time::SECOND);
        assert_eq!(seated(app, id).len(), 3);
    }

    fn somebody_is_found_by_name_and_page_follows_page(app) {
        let world = app.world();
        let of = paper(app, &[Kind::Single], 1);
        let id = test(app, of, terms());
        let all = seated(app, id);
        let some = |after: Option<base::PersonId>| app.district().read_now(move |tx, _| theory::seats::some(tx, id, "", after, 4)).unwrap();
        let (mut after, mut walked) = (None, Vec::new());
        while let Some(last) = some(after).last().map(|seat| seat.person) {
            walked.extend(some(after).iter().map(|seat| seat.person));
            after = Some(last);
        }
        assert_eq!(walked, all);
        let member = world.member_in(Role::CommunitySecretary, world.communities[0]);
        let desk = app.staff_in(Role::TownDesk, world.towns[0]);
        let run = format!("/tests/t/{id}/run");
        for typed in [member.actor.name.as_str(), member.login.as_str()] {
            let page = desk.get(&format!("{run}?{}", web::form::encode([("q", typed)]))).expect(200).says(&member.actor.name);
            assert!(page.html().all("table tbody tr").len() < all.len(), "{typed}");
        }
        desk.get(&format!("{run}?q=%25")).expect(200).says("应考人员");
        desk.get(&format!("{run}?q=nobody.of.this.name")).expect(200).says("没有找到");
        let seat = format!("/tests/t/{id}/seat/{}", member.person);
        let page = desk.get(&seat).expect(200).says("给予便利").says("录入纸质答卷");
        app.staff_in(Role::TownDesk, world.towns[1]).get(&seat).expect(404);
        app.staff_in(Role::CommunitySecretary, world.communities[0]).get(&seat).expect(404);
        let stranger = world.member_in(Role::TownDesk, world.towns[1]).person;
        desk.get(&format!("/tests/t/{id}/seat/{stranger}")).expect(404);
        let form = format!("form[action={seat}]");
        desk.follow(desk.submit(&page, &form, &[("extra", "900")])).expect(200).says("数字超出范围");
        desk.follow(desk.submit(&page, &form, &[("extra", "30"), ("large", "1")])).expect(200).says("延长 30%").says("大字");
        let typed = desk.get(&format!("/tests/t/{id}/typed?{}", web::form::encode([("q", member.actor.name.as_str())]))).expect(200);
        assert_eq!(typed.html().all("a.item").iter().filter(|item| item.text().contains(&member.actor.name)).count(), 1);
        let who = app.staff_in(Role::CommunitySecretary, world.communities[0]);
        who.follow(begin(&who, &format!("/tests/t/{id}"))).expect(200);
        let page = desk.get(&seat).expect(200).says("正在作答");
        assert!(page.html().first(&form).is_none() && !page.main_text().contains("录入"), "they have begun");
    }

    fn results_go_out_to_who_may_see_them(app) {
        let world = app.world();
        let of = paper(app, &[Kind::Single], 1);
        let id = test(app, of, terms());
        let (cover, file) = (format!("/tests/t/{id}"), format!("/tests/t/{id}/results.xlsx"));
        for community in [world.communities[0], world.communities[1]] {
            let who = app.staff_in(Role::CommunitySecretary, community);
            let page = who.get(&cover).expect(200);
            let form = who.follow(who.submit(&page, &format!("form[action={cover}/start]"), &[])).expect(200);
            who.submit(&form, &format!("form[action={cover}/plain]"), &[("q1", "B"), ("submit", "1")]).expect(303);
        }
        let rows = |bytes: &[u8]| -> Vec<String> {
            let grid = sheets::grids(bytes, &sheets::Limits::default()).unwrap().remove(0);
            grid.rows.iter().map(|row| row.cells.iter().map(|cell| cell.as_written()).collect::<Vec<_>>().join("|")).collect()
        };
        let [first, second] = [0, 1].map(|at| world.member_in(Role::CommunitySecretary, world.communities[at]).actor.name.clone());
        let desk = app.staff_in(Role::TownDesk, world.towns[0]);
        let all = rows(&desk.get(&file).expect(200).bytes);
        assert!(all.iter().any(|row| row.starts_with(&first) && row.contains("合格") && row.contains("|2|")), "{all:?}");
        assert!(all.iter().any(|row| row.starts_with(&second)));
        // Before it is closed nobody else has anything; afterwards a secretary has their own people, and strangers nothing.
        app.staff_in(Role::CommunitySecretary, world.communities[0]).get(&file).expect(404);
        app.pass(3 * Time::HOUR);
        let own = rows(&app.staff_in(Role::CommunitySecretary, world.communities[0]).get(&file).expect(200).bytes);
        assert!(own.iter().any(|row| row.starts_with(&first)) && !own.iter().any(|row| row.starts_with(&second)), "{own:?}");
        app.staff_in(Role::CommunitySecretary, world.communities[2]).get(&file).expect(404);
        app.staff_in(Role::GridWorker, world.grids[0]).get(&file).expect(404);
    }
}
