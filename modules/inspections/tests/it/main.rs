//! An inspection from the list to the second look, on both engines, on the pages; and what is refused.
#![expect(clippy::unwrap_used, reason = "tests")]

use base::rules::{BUILTIN, Rules};
use base::{Time, UnitId};
use inspections::checklist;
use inspections::events::{ChecklistId, FindingId, InspectionId};
use inspections::inspect::{Inspect, InspectError, Rectify, Visit, inspect, recheck, rectify};
use inspections::list::{Filter, Show};
use inspections::read;
use people::{Actor, Role};
use testkit::TestApp;
use testkit::tampered::{Attacks, every_column};

fn modules() -> Vec<web::Module> {
    vec![measures::module(), inspections::module()]
}

fn oversight(app: &TestApp) -> Actor {
    app.world().actor_in(Role::Oversight, app.world().oversight)
}

/// A checklist of these lines.
fn written(app: &TestApp, lines: &'static str) -> ChecklistId {
    let who = oversight(app);
    app.district().write_now(move |tx, ctx| checklist::enter(tx, ctx, &who.has::<Inspect>().unwrap(), "窗口服务", lines)).unwrap()
}

/// A visit to a unit by that list, today, with something wrong at so many of its lines.
fn visited(app: &TestApp, checklist: ChecklistId, unit: UnitId, wrong: usize) -> InspectionId {
    let who = oversight(app);
    let findings: Vec<(usize, String)> = (0..wrong).map(|n| (n, format!("第 {n} 项有问题"))).collect();
    app.district()
        .write_now(move |tx, ctx| {
            let visit = Visit { checklist, unit, on: ctx.now.date(), note: "记录".into(), findings: findings.clone() };
            inspect(tx, ctx, &who.has::<Inspect>().unwrap(), &visit)
        })
        .unwrap()
}

fn found(app: &TestApp, visit: InspectionId) -> FindingId {
    app.district().read_now(move |tx, _| read::of_inspection(tx, visit)).unwrap()[0].id
}

/// Whom a notice of this module about an event of that kind is for, and its words.
fn told(app: &TestApp, notice: &'static str, subject: base::Id, kind: &'static str) -> Vec<(web::notice::Whom, Option<String>)> {
    app.district()
        .read_now(move |tx, ctx| {
            let notice = inspections::module().notices.iter().find(|one| one.name == notice).unwrap();
            assert!(notice.kinds.contains(&kind));
            let event = record::of_subject(tx, subject)?.into_iter().rfind(|event| event.kind == kind).unwrap();
            let mut all = Vec::new();
            for whom in (notice.whom)(tx, ctx, &event)? {
                let told =
                    web::notice::Told { event: event.id.0, subject, whom, person: None, lang: web::Lang::Hans, district: "明水区" };
                all.push((whom, (notice.say)(tx, ctx, &told)?.map(|said| format!("{} {}", said.text, said.path))));
            }
            Ok::<_, store::StoreError>(all)
        })
        .unwrap()
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
        let shown = oversight.follow(answer).expect(200).says("公示栏信息准确").says("窗口服务（第 1 版）").says("总体较好");
        let href = shown.html().first("#lines a").unwrap().attribute("href").unwrap().to_owned();
        let visit = shown.path.clone();

        let town = app.staff_in(Role::TownDesk, east);
        town.get("/inspections").expect(200).says("公示栏信息准确");
        app.staff_in(Role::TownDesk, world.towns[1]).get(&href).expect(404);
        app.staff_in(Role::TownDesk, world.towns[1]).get(&visit).expect(404);
        town.get(&visit).expect(200).says("公示栏网格员电话未更新").says("没有发现问题");
        // Who answers for the district sees it and changes nothing.
        let leader = app.staff(Role::DistrictLeader);
        // What numbers are made of is called by its name.
        let measures = leader.get("/measures").expect(200).says("登记督查问题").main_text();
        assert!(!measures.contains("FindingMade"), "{measures}");
        leader.get("/inspections").expect(200).says("公示栏信息准确");
        leader.get(&visit).expect(200).says("公示栏网格员电话未更新");
        let seen = leader.get(&href).expect(200).says("公示栏网格员电话未更新");
        assert!(seen.html().first("main form").is_none());
        leader.get("/inspections/new").expect(403);
        leader.get("/inspections/findings.xlsx").expect(200);
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
        town.get("/inspections").expect(200).says("没有督查发现的问题");
        town.get("/inspections?show=closed").expect(200).says("公示栏信息准确");
        for path in ["/inspections", "/inspections/visits", "/inspections/findings.xlsx", "/inspections/visits.xlsx", "/inspections/lists"] {
            app.staff(Role::CallBack).get(path).expect(403);
        }
        let only = ["checklist", "inspection", "finding", "finding_step", "finding_photo"];
        every_column(app, &Attacks { spared: &[], log: &[], empty: &["finding_photo"], only: &only, every: 1 });
    }

    fn what_a_unit_that_ends_has_in_hand_is_said_and_goes_on(app) {
        let world = app.world();
        let ([east, west], own, other) = (world.towns, world.oversight, world.departments[0]);
        let visit = visited(app, written(app, "甲\n乙"), east, 2);
        let finding = found(app, visit);
        let desk = world.actor_in(Role::TownDesk, east);
        app.district().write_now(move |tx, ctx| rectify(tx, ctx, &desk.has::<Rectify>().unwrap(), finding, 1, "已改", &[])).unwrap();
        let says = |unit: UnitId| app.district().read_now(move |tx, _| (inspections::module().in_hand)(tx, web::Lang::Hans, unit)).unwrap();
        assert_eq!(says(east), ["未销号的检查问题 2 个"]);
        assert_eq!(says(own), ["待复查的检查问题 1 个"]);
        assert!(says(west).is_empty() && says(other).is_empty());
        let pass = |from: UnitId, to: UnitId| app.district().write_now(move |tx, ctx| {
            (inspections::module().pass)(tx, ctx, record::Actor::System, &people::Passing::Unit { from, to })
        }).unwrap();
        assert_eq!(pass(east, west), 2);
        assert_eq!(says(west), ["未销号的检查问题 2 个"]);
        assert!(says(east).is_empty());
        app.staff_in(Role::TownDesk, west).get(&format!("/inspections/f/{finding}")).expect(200);
    }

    fn nobody_inspects_themselves_or_puts_right_what_is_not_theirs(app) {
        let world = app.world();
        let (east, west, own) = (world.towns[0], world.towns[1], world.oversight);
        let oversight = world.actor_in(Role::Oversight, own);
        let visit = |unit| {
            let oversight = oversight.clone();
            app.district().write_now(move |tx, ctx| {
                let proof = oversight.has::<Inspect>().unwrap();
                let list = checklist::enter(tx, ctx, &proof, "表", "甲\n乙")?;
                let visit = Visit { checklist: list, unit, on: ctx.now.date(), note: "记录".into(), findings: vec![(1, "有问题".into())] };
                inspect(tx, ctx, &proof, &visit)
            })
        };
        assert!(matches!(visit(own), Err(InspectError::Denied)));
        visit(east).unwrap();
        let desk = world.actor_in(Role::TownDesk, west);
        assert!(desk.has::<Inspect>().is_none());
        let finding = app.district().read_now({ let oversight = oversight.clone(); move |tx, ctx| {
            let tree = people::tree(tx)?;
            inspections::list::findings(tx, &oversight, &tree, &Filter::default(), ctx.now, None, 5)
        } }).unwrap().rows.remove(0);
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

    fn a_list_that_is_changed_leaves_what_was_visited_by_it(app) {
        let east = app.world().towns[0];
        let first = written(app, "公示栏信息准确\n一次性告知");
        let visit = visited(app, first, east, 1);
        let staff = app.staff(Role::Oversight);
        let shown = staff.get("/inspections/lists").expect(200).says("第 1 版");
        let href = shown.html().first("#rows a").unwrap().attribute("href").unwrap().to_owned();
        let town = app.staff_in(Role::TownDesk, east);
        town.get(&href).expect(200).says("一次性告知");
        town.get(&format!("{href}/edit")).expect(403);
        let (edit, end) = (format!("form[action={href}/edit]"), format!("form[action={href}/end]"));
        let (form, stale, whole) = (staff.get(&format!("{href}/edit")).expect(200), staff.get(&format!("{href}/edit")).expect(200), staff.get(&href).expect(200));
        staff.submit(&form, &edit, &[("lines", "")]).expect(422).says("一行");
        let answer = staff.submit(&form, &edit, &[("lines", "公示栏信息准确\n窗口有人值守\n一次性告知")]);
        let second = staff.follow(answer).expect(200).says("第 2 版").says("窗口有人值守").says("第 1 版");
        staff.submit(&stale, &edit, &[("lines", "别的")]).expect(422).says("别人刚改过");
        let past = staff.get(&format!("/inspections/v/{visit}")).expect(200).says("第 1 版");
        assert!(!past.main_text().contains("窗口有人值守"), "a past visit keeps its list");
        staff.get("/inspections/new").expect(200).says("窗口服务");

        // Its town may not take it out of use; oversight does, and nobody visits by it any more.
        assert!(whole.html().first(&end).is_some() && town.get(&href).html().first(&end).is_none());
        staff.submit(&whole, &end, &[]).expect(303);
        let again = staff.submit(&second, &format!("form[action={}/end]", second.path), &[]);
        again.expect(422).says("已停用");
        let answer = staff.get("/inspections/lists");
        staff.follow(answer).expect(200).says("还没有检查表");
        let who = oversight(app);
        let late = app.district().write_now(move |tx, ctx| {
            let visit = Visit { checklist: first, unit: east, on: ctx.now.date(), note: "记录".into(), findings: Vec::new() };
            inspect(tx, ctx, &who.has::<Inspect>().unwrap(), &visit)
        });
        assert!(matches!(late, Err(InspectError::Field("list"))));
        every_column(app, &Attacks { spared: &[], log: &[], empty: &[], only: &["checklist"], every: 1 });
    }

    fn a_visit_that_found_nothing_has_its_page(app) {
        let [east, west] = app.world().towns;
        let list = written(app, "公示栏信息准确");
        let visit = visited(app, list, east, 0);
        let town = app.staff_in(Role::TownDesk, east);
        let all = town.get("/inspections/visits").expect(200).says("没有发现问题");
        let href = all.html().first("#rows a").unwrap().attribute("href").unwrap().to_owned();
        assert_eq!(href, format!("/inspections/v/{visit}"));
        town.get(&href).expect(200).says("公示栏信息准确").says("没有发现问题").says("记录");
        let other = app.staff_in(Role::TownDesk, west);
        other.get(&href).expect(404);
        assert!(other.get("/inspections/visits").expect(200).html().first("#rows a").is_none());
        assert!(told(app, "inspections.found", visit.0, "InspectionMade").is_empty(), "nobody is told of nothing");
    }

    fn lists_come_page_by_page_and_as_workbooks(app) {
        let world = app.world();
        let [east, west] = world.towns;
        let list = written(app, "甲\n乙\n丙\n丁\n戊\n己\n庚");
        for n in 0..5 {
            visited(app, list, if n % 2 == 0 { east } else { world.communities[0] }, 7);
            visited(app, list, west, 1);
            app.pass(Time::DAY);
        }
        let walk = |who: Actor, filter: Filter| {
            let (mut after, mut all, mut pages) = (None::<String>, Vec::new(), 0);
            loop {
                let (who, filter, from) = (who.clone(), filter.clone(), after.clone());
                let page = app.district().read_now(move |tx, ctx| {
                    let tree = people::tree(tx)?;
                    inspections::list::findings(tx, &who, &tree, &filter, ctx.now, from.as_deref(), 9)
                }).unwrap();
                pages += 1;
                all.extend(page.rows);
                after = page.next;
                if after.is_none() {
                    return (all, pages);
                }
            }
        };
        let (all, pages) = walk(oversight(app), Filter::default());
        assert_eq!((all.len(), pages), (40, 5));
        assert!(all.is_sorted_by_key(|finding| (finding.due, finding.id)), "what is due first stands first");
        let ids: std::collections::BTreeSet<FindingId> = all.iter().map(|finding| finding.id).collect();
        assert_eq!(ids.len(), 40, "none twice");
        // A town sees its own and its communities', merged in the same order.
        let (own, _) = walk(world.actor_in(Role::TownDesk, east), Filter::default());
        assert_eq!(own.iter().map(|one| one.id).collect::<Vec<_>>(), all.iter().filter(|one| one.unit != west).map(|one| one.id).collect::<Vec<_>>());
        let (other, _) = walk(world.actor_in(Role::TownDesk, west), Filter { unit: Some(east), ..Filter::default() });
        assert!(other.is_empty(), "of another town nothing, whatever the address says");
        let (ever, _) = walk(oversight(app), Filter { show: Show::Ever, ..Filter::default() });
        assert!(ever.len() == 40 && ever.is_sorted_by_key(|one| std::cmp::Reverse(one.id)));
        let day = all[0].on.clone();
        let (first, _) = walk(oversight(app), Filter { to: Some(day.clone()), ..Filter::default() });
        assert_eq!(first.len(), 8);
        assert!(walk(oversight(app), Filter { show: Show::Late, ..Filter::default() }).0.is_empty());

        let staff = app.staff(Role::Oversight);
        let page = staff.get("/inspections").expect(200);
        let rows = page.html().all("#rows a").len();
        let next = page.html().first("#more a").unwrap().attribute("href").unwrap().replace("&amp;", "&");
        assert_eq!((rows, staff.get(&next).expect(200).html().all("#rows a").len()), (30, 10));
        assert_eq!(staff.get(&format!("/inspections?unit={west}")).expect(200).html().all("#rows a").len(), 5);
        assert_eq!(staff.get(&format!("/inspections?to={day}")).expect(200).html().all("#rows a").len(), 8);
        staff.get("/inspections?show=rectified").expect(200).says("没有符合条件的");
        assert_eq!(staff.get("/inspections/visits").expect(200).html().all("#rows a").len(), 10);
        // Each leaves once the record says so, with how many rows it has.
        for (path, table, rows) in [("/inspections/findings.xlsx?show=ever", "inspections.findings", 40), ("/inspections/visits.xlsx", "inspections", 10)] {
            assert!(staff.get(path).expect(200).bytes.starts_with(b"PK"));
            let left = store::sql!("SELECT facts FROM event WHERE kind = 'TableExported' ORDER BY id DESC");
            let left = app.district().read_now(move |tx, _| tx.all(left, store::p![], |row| Ok(row.text(0)?.to_owned()))).unwrap();
            let said = |one: &String| one.contains(&format!("\"table\":\"{table}\",\"rows\":{rows},"));
            assert_eq!(left.iter().filter(|one| said(one)).count(), 1, "{left:?}");
        }
    }

    fn deadlines_pass_once_and_everybody_concerned_is_told(app) {
        let world = app.world();
        let east = world.towns[0];
        let visit = visited(app, written(app, "甲\n乙"), east, 1);
        let id = found(app, visit);
        let counts = |who: Actor, unit: UnitId| app.district().read_now(move |tx, ctx| {
            let tree = people::tree(tx)?;
            let look = web::due::Look { actor: Some(&who), tree: &tree, lang: web::Lang::Hans, unit };
            let due = inspections::module().due[0];
            let owed = (due.counts)(tx, ctx, &look)?;
            let listed = (due.list)(tx, ctx, &look, None, web::due::Late::Over, None, 10)?;
            Ok::<_, store::StoreError>((owed.into_iter().map(|one| (one.unit, one.step, one.open, one.late)).collect::<Vec<_>>(), listed.lines.len()))
        }).unwrap();
        let desk = world.actor_in(Role::TownDesk, east);
        assert_eq!(counts(desk.clone(), east), (vec![(east, "open", 1, 0)], 0));
        assert_eq!(counts(world.actor_in(Role::TownDesk, world.towns[1]), world.district).0, [], "not known to another town");
        let words = told(app, "inspections.found", visit.0, "InspectionMade");
        assert!(words[0].0 == web::notice::Whom::Unit(east) && words[0].1.as_ref().unwrap().contains("发现 1 个问题"));

        app.pass(20 * Time::DAY);
        let overdue = || app.district().read_now(move |tx, _| {
            Ok::<_, store::StoreError>(record::of_subject(tx, id.0)?.iter().filter(|event| event.kind == "FindingOverdue").count())
        }).unwrap();
        assert_eq!((overdue(), counts(desk.clone(), east)), (1, (vec![(east, "open", 1, 1)], 1)));
        app.pass(Time::DAY);
        assert_eq!(overdue(), 1, "once");
        assert_eq!(told(app, "inspections.late", id.0, "FindingOverdue")[0].0, web::notice::Whom::Unit(east));
        app.staff_in(Role::TownDesk, east).get(&format!("/inspections/f/{id}")).expect(200).says("整改期限已过");

        app.district().write_now(move |tx, ctx| rectify(tx, ctx, &desk.has::<Rectify>().unwrap(), id, 1, "做了", &[])).unwrap();
        let who = oversight(app);
        assert_eq!(counts(who.clone(), world.district).0, [(world.oversight, "rectified", 1, 0)], "now oversight owes the second look");
        let words = told(app, "inspections.rectified", id.0, "FindingRectified");
        assert!(words[0].0 == web::notice::Whom::Unit(world.oversight) && words[0].1.is_some());
        app.pass(20 * Time::DAY);
        assert_eq!(overdue(), 2, "nobody looked at it");
        // Each late step counts for whoever was late: the unit once, the one that was to look again once.
        let late = |id: &'static str, unit: UnitId| app.district().read_now(move |tx, ctx| {
            let year = measures::Period::between(ctx.now.plus(-300 * Time::DAY).date(), ctx.now.date());
            Ok::<_, store::StoreError>(measures::value(tx, id, unit, &year)?.num)
        }).unwrap();
        app.settle();
        assert_eq!((late("inspections.overdue", east), late("inspections.rechecks_late", east)), (1, 0));
        assert_eq!((late("inspections.overdue", world.oversight), late("inspections.rechecks_late", world.oversight)), (0, 1));
        assert_eq!(told(app, "inspections.late", id.0, "FindingOverdue")[0].0, web::notice::Whom::Unit(world.oversight));
        app.district().write_now(move |tx, ctx| recheck(tx, ctx, &who.has::<Inspect>().unwrap(), id, 2, true, "看了")).unwrap();
        assert!(told(app, "inspections.returned", id.0, "FindingRechecked").is_empty());
        let words = told(app, "inspections.closed", id.0, "FindingRechecked");
        assert!(words[0].0 == web::notice::Whom::Unit(east) && words[0].1.as_ref().unwrap().contains("已销号"));
        assert!(told(app, "inspections.late", id.0, "FindingOverdue")[0].1.is_none(), "what is closed is late no more");
        assert_eq!(counts(oversight(app), world.district).0, []);
        let named = inspections::module().kinds.iter().all(|kind| (inspections::module().audited)(web::Lang::Hans, kind.name).is_some());
        assert!(named, "every kind has a name in the audit");
    }

    fn deadlines_are_counted_anew_when_other_working_days_hold(app) {
        let civil = |text: &str| Time::from_civil(text.parse().unwrap());
        let rules = |packs: &[(&str, &str)]| std::sync::Arc::new(Rules::parse(&[BUILTIN, packs].concat(), "").unwrap());
        let hold = |rules: std::sync::Arc<Rules>| {
            app.district().rule_by(rules);
            app.district().write_now(|tx, ctx| workdays::hold(tx, ctx, true, || Rules::builtin().calendar().clone())).unwrap();
            app.pass(2 * Time::MINUTE);
        };
        let due = |id: FindingId| app.district().read_now(move |tx, _| read::finding(tx, id)).unwrap().unwrap().due.civil().to_string();
        let (east, list) = (app.world().towns[0], written(app, "甲"));
        app.clock.set(civil("2026-12-29T10:00"));
        let natural = found(app, visited(app, list, east, 1));
        // From here on the district counts putting right by working days.
        let own = "[[rule]]\nid = \"inspections.rectify\"\ntitle_zh = \"整改\"\ntitle_en = \"Put right\"\namount = 5\nclock = \"working_days\"\n\
            document = \"某区规定\"\narticle = \"\"\nmark = \"R\"\nlocality = \"\"\neffective_from = \"2026-12-30\"\n";
        app.clock.set(civil("2026-12-30T10:00"));
        hold(rules(&[("own", own)]));
        let [open, looked] = [0, 1].map(|_| found(app, visited(app, list, east, 1)));
        let desk = app.world().actor_in(Role::TownDesk, east);
        app.district().write_now(move |tx, ctx| rectify(tx, ctx, &desk.has::<Rectify>().unwrap(), looked, 1, "做了", &[])).unwrap();
        let all = || [natural, open, looked].map(due);
        let before = all();
        assert_eq!(before, ["2027-01-13T23:59:59", "2027-01-07T17:30:00", "2027-01-14T17:30:00"]);

        let longer = "[[year]]\nyear = 2027\ndocument = \"通知\"\nsource = \"\"\nmark = \"R\"\ndays = [\"2027-01-01/2027-01-04\"]\nwork = []\n";
        hold(rules(&[("own", own), ("holidays/2027", longer)]));
        assert_eq!(all(), ["2027-01-13T23:59:59", "2027-01-08T17:30:00", "2027-01-15T17:30:00"]);
        let staff = app.staff_in(Role::TownDesk, east);
        staff.get(&format!("/inspections/f/{open}")).expect(200).says("期限按新的工作日重新计算").says("1月8日");
        app.staff(Role::Oversight).get(&format!("/inspections/f/{looked}")).expect(200).says("1月15日");
        // Again changes nothing; taken back, each lies where it lay; it goes on by what holds now.
        app.pass(2 * Time::MINUTE);
        assert_eq!(app.district().read_now(move |tx, _| read::finding(tx, open)).unwrap().unwrap().v, 2);
        hold(rules(&[("own", own)]));
        assert_eq!(all(), before);
        let desk = app.world().actor_in(Role::TownDesk, east);
        app.district().write_now(move |tx, ctx| rectify(tx, ctx, &desk.has::<Rectify>().unwrap(), open, 3, "做了", &[])).unwrap();
        // Nothing becomes overdue by a table that comes late, and what is over stays over.
        app.clock.set(civil("2027-01-14T20:00"));
        app.settle();
        let late = |id: FindingId| app.district().read_now(move |tx, _| {
            Ok::<_, store::StoreError>(record::of_subject(tx, id.0)?.iter().filter(|event| event.kind == "FindingOverdue").count())
        }).unwrap();
        assert_eq!([natural, open, looked].map(late), [1, 1, 1]);
        hold(rules(&[("own", own), ("holidays/2027", longer)]));
        assert_eq!((all(), [natural, open, looked].map(late)), ([before[0].clone(), before[2].clone(), before[2].clone()], [1, 1, 1]));
    }

    fn what_was_found_at_a_unit_that_ends_goes_on(app) {
        let world = app.world();
        let (from, to) = (world.communities[0], world.communities[1]);
        let visit = visited(app, written(app, "甲"), from, 1);
        let id = found(app, visit);
        let admin = world.actor(Role::SystemAdmin);
        app.district().write_now(move |tx, ctx| {
            let proof = admin.has::<people::ManageUnits>().unwrap();
            let pass = inspections::module().pass;
            let done = people::merge_units(tx, ctx, &proof, from, to, &pass).map_err(|error| store::StoreError::Other(error.to_string()))?;
            assert_eq!(done.passed, 1);
            assert_eq!(read::finding(tx, id)?.unwrap().unit, to);
            Ok::<_, store::StoreError>(())
        }).unwrap();
        let heir = app.staff_in(Role::CommunitySecretary, to);
        let page = heir.get(&format!("/inspections/f/{id}")).expect(200).says("移交");
        heir.get(&format!("/inspections/v/{visit}")).expect(200);
        let answer = heir.submit(&page, &format!("form[action=/inspections/f/{id}/rectify]"), &[("text", "接着整改好了。")]);
        heir.follow(answer).expect(200).says("待复查");
        assert_eq!(told(app, "inspections.returned", id.0, "FindingPassed")[0].0, web::notice::Whom::Unit(to));
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
            let list = checklist::enter(tx, ctx, &proof, "表", "甲")?;
            inspect(
                tx,
                ctx,
                &proof,
                &Visit { checklist: list, unit: east, on: ctx.now.date(), note: "记录".into(), findings: vec![(0, "错".into())] },
            )?;
            let tree = people::tree(tx)?;
            let finding = inspections::list::findings(tx, &oversight, &tree, &Filter::default(), ctx.now, None, 5)?.rows.remove(0);
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
