//! The book of meetings: what the rules order is told from it, and nothing else may be; who keeps whose; what is written down
//! must hold together; the table that branches know goes out and comes in under the same headers and is undone.

use base::{Time, UnitId};
use measures::Period;
use measures::duties::{self, Stands};
use people::Role;
use sheets::{Export, FileKind, Head, Value};
use store::{p, sql};
use testkit::{Answer, Client, TestApp, Upload};

use super::{another_branch, hire, modules, place};

const FORM: &str = "form[action=/learning/meetings/new]";

/// How a duty of a unit stands in the period of today, so many days back.
fn stands(app: &TestApp, unit: UnitId, id: &'static str, back: i64) -> Option<Stands> {
    app.district()
        .read_now(move |tx, ctx| {
            let period = Period::month_of(ctx.now.plus(-back * Time::DAY).date());
            let tree = people::tree(tx)?;
            let all = duties::of(tx, ctx.rules(), &tree, unit, &period, ctx.now.date())?;
            let many = duties::of_all(tx, ctx.rules(), &tree, &[unit], &period, ctx.now.date())?;
            assert_eq!(many[0], all.iter().filter(|owed| !owed.duty.levels.is_empty()).map(|owed| owed.stands).collect::<Vec<_>>());
            Ok::<_, store::StoreError>(all.into_iter().find(|owed| owed.duty.id == id).map(|owed| owed.stands))
        })
        .unwrap()
}

/// What a form says of a meeting that holds together.
const SAID: [(&str, &str); 6] =
    [("what", "general_meeting"), ("topic", "讨论转正"), ("chair", "王敏"), ("expected", "12"), ("present_n", "9"), ("begins", "19:00")];

fn recorded(who: &Client, more: &[(&str, &str)]) -> String {
    let page = who.get("/learning/meetings/new").expect(200);
    let mut said = SAID.to_vec();
    said.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    said.extend_from_slice(more);
    place(&who.submit(&page, FORM, &said).leads_to("/learning/meetings/"))
}

fn today(app: &TestApp) -> base::Date {
    app.district().env().clock.now().date()
}

testkit::on_both! {
    [modules()]

    fn a_general_meeting_is_told_as_met_with_its_facts_and_its_source(app) {
        let branch = app.world().branch;
        assert!(matches!(stands(app, branch, "learning.general_meeting", 0), Some(Stands::Open(_))));
        let secretary = app.staff(Role::BranchSecretary);
        secretary.get("/learning/meetings/new").expect(200).says("每季度召开1次").says("第十一条").says("没有核对原文");
        let meeting = recorded(&secretary, &[("voting_expected", "8"), ("voting_present", "7"), ("decided", "同意转正")]);
        secretary.get(&meeting).expect(200).says("应到 12 人，实到 9 人（75%）").says("应到 8 人，实到 7 人（87.5%）").says("同意转正").says("半数以上有表决权的党员到会");
        secretary.get("/learning/meetings").expect(200).says("讨论转正").says("应到 12，实到 9");
        app.settle();
        assert_eq!(stands(app, branch, "learning.general_meeting", 0), Some(Stands::Met));
        assert!(matches!(stands(app, branch, "learning.life_meeting", 0), Some(Stands::Open(_))), "it is no other meeting");
        // Nobody's hours of study grow by meetings.
        let minutes = app.district().read_now(|tx, _| tx.one(sql!("SELECT COUNT(*) FROM collective_present"), p![], |row| row.int(0))).unwrap();
        assert_eq!(minutes, 0);
        // Above it is seen that it was held and when; what was said is the branch's.
        let office = app.staff(Role::PartyAffairs);
        let month = Period::month_of(today(app));
        let cases = office.get(&measures::cases_href("learning.general_meetings", branch, &month)).expect(200).says("支部党员大会");
        assert!(!cases.main_text().contains("讨论转正") && cases.html().first(&format!("#cases a[href={meeting}]")).is_none());
        office.get(&meeting).expect(404);
        app.staff(Role::Member).get("/learning/meetings").expect(403);
        app.staff(Role::TownDesk).get("/learning/meetings/new").expect(403);
        // Taken back, it meets nothing any more; both records stay.
        let page = secretary.get(&meeting).expect(200);
        let form = format!("form[action={meeting}/withdraw]");
        secretary.submit(&page, &form, &[("reason", "")]).expect(422);
        secretary.submit(&page, &form, &[("reason", "登错了")]).expect(303);
        secretary.submit(&page, &form, &[("reason", "再撤一次")]).expect(409);
        secretary.get(&meeting).expect(200).says("已撤回：登错了");
        app.settle();
        assert!(matches!(stands(app, branch, "learning.general_meeting", 0), Some(Stands::Open(_))));
        secretary.get("/board").expect(200).says("召开支部党员大会");
    }

    fn what_does_not_hold_together_is_said_beside_its_field(app) {
        let secretary = app.staff(Role::BranchSecretary);
        let page = secretary.get("/learning/meetings/new").expect(200);
        let tomorrow = app.district().env().clock.now().plus(Time::DAY).date().to_string();
        let wrong: [(&[(&str, &str)], &str); 12] = [
            (&[("what", "centre_group")], "这个组织没有这类会议"),
            (&[("what", "theme_day")], "这个组织没有这类会议"),
            (&[("what", "party")], "这个组织没有这类会议"),
            (&[("topic", "")], "主题"),
            (&[("chair", " ")], "请写主持人"),
            (&[("present_n", "13")], "实到人数应在"),
            (&[("expected", "0")], "应到人数应在"),
            (&[("voting_expected", "8")], "两格都要填"),
            (&[("voting_expected", "10"), ("voting_present", "10")], "不能多于"),
            (&[("ends", "18:30")], "晚于开始时间"),
            (&[("on", tomorrow.as_str())], "不晚于今天"),
            (&[("on", "0026-11-05")], "1949 年以后"),
        ];
        for (fields, words) in wrong {
            let mut said = SAID.to_vec();
            said.retain(|(name, _)| fields.iter().all(|(other, _)| other != name));
            said.extend_from_slice(fields);
            let answer = secretary.submit(&page, FORM, &said).expect(422);
            assert!(answer.main_text().contains(words), "{fields:?}: {}", answer.main_text());
            assert!(answer.text().contains("19:00"), "what was typed stays");
        }
        // The same meeting is not written down twice, and a second press is not a second meeting.
        let first = secretary.submit(&page, FORM, &SAID).leads_to("/learning/meetings/");
        assert_eq!(place(&secretary.submit(&page, FORM, &SAID)), place(&first));
        let fresh = secretary.get("/learning/meetings/new").expect(200);
        secretary.submit(&fresh, FORM, &SAID).expect(422).says("已经登记过");
        let count = app.district().read_now(|tx, _| tx.one(sql!("SELECT COUNT(*) FROM branch_meeting"), p![], |row| row.int(0))).unwrap();
        assert_eq!(count, 1);
    }

    fn an_organisation_keeps_its_own_book_and_its_groups(app) {
        use people::{CreateUnit, Level, ManageUnits};
        let (branch, other) = (app.world().branch, another_branch(app));
        let system = app.world().actor(Role::SystemAdmin);
        let group = app.district().write_now(move |tx, ctx| {
            let unit = CreateUnit { code: "XZ1".into(), name: "第一党小组".into(), phone: None, level: Level::PartyGroup, parent: Some(branch), ord: 1 };
            Ok::<_, store::StoreError>(people::create_unit(tx, ctx, &system.has::<ManageUnits>().unwrap(), &unit).unwrap())
        }).unwrap();
        let secretary = app.staff(Role::BranchSecretary);
        let stranger = hire(app, other, Role::BranchSecretary, "second.secretary");
        let page = secretary.get("/learning/meetings/new").expect(200);
        let mine = |unit: UnitId| {
            let unit = unit.to_string();
            let said = [("what", "group_meeting"), ("topic", "小组学习"), ("chair", "李敏"), ("expected", "4"), ("present_n", "4"), ("unit", unit.as_str())];
            secretary.submit(&page, FORM, &said).status
        };
        assert_eq!(mine(other), 403, "another branch keeps its own");
        assert_eq!(mine(app.world().party), 403, "nor is it the committee's");
        assert_eq!(mine(group), 303);
        app.settle();
        assert_eq!(stands(app, group, "learning.group_meeting", 0), Some(Stands::Met));
        assert_eq!(stands(app, branch, "learning.group_meeting", 0), None, "a branch owes no meeting of a group");
        assert!(!stranger.get("/learning/meetings").expect(200).main_text().contains("小组学习"));
        // The committee's central group: a rule from memory informs, and never reddens.
        let office = app.staff(Role::PartyAffairs);
        office.get("/learning/meetings/new").expect(200).says("中心组").says("凭记忆录入");
        recorded(&office, &[("what", "centre_group"), ("topic", "专题学习")]);
        app.settle();
        assert_eq!(stands(app, app.world().party, "learning.centre_group", 0), Some(Stands::Met));
        app.pass(200 * Time::DAY);
        let (party, period) = (app.world().party, Period::quarter_of(app.district().env().clock.now().plus(-100 * Time::DAY).date()));
        let owed = app.district().read_now(move |tx, ctx| {
            let tree = people::tree(tx)?;
            assert!(duties::of_all(tx, ctx.rules(), &tree, &[party], &period, ctx.now.date())?[0].is_empty(), "nor is it counted as undone");
            duties::of(tx, ctx.rules(), &tree, party, &period, ctx.now.date())
        }).unwrap();
        let owed = owed.into_iter().find(|owed| owed.duty.id == "learning.centre_group").unwrap();
        assert_eq!((owed.stands, owed.is_unmet()), (Stands::Unmet, false));
    }

    fn meetings_of_a_committee_are_asked_of_branches_that_have_one(app) {
        let branch = app.world().branch;
        let id = "learning.committee_meeting";
        assert_eq!(stands(app, branch, id, 0), None, "nobody said that there is a committee");
        let secretary = app.staff(Role::BranchSecretary);
        let set = |chosen: bool| {
            let keeper = app.staff(Role::BranchSecretary);
            let page = keeper.get("/learning/branch/committee").expect(200);
            let member = page.html().first("input[name=person]").unwrap().attribute("value").unwrap().to_owned();
            let values = page.html().first("form[action=/learning/branch/committee]").unwrap().form_values();
            let mut said: Vec<(&str, &str)> =
                values.iter().filter(|(name, _)| name != "person").map(|(name, value)| (name.as_str(), value.as_str())).collect();
            if chosen {
                said.push(("person", member.as_str()));
            }
            keeper.post("/learning/branch/committee", &said).expect(303);
            app.settle();
        };
        set(true);
        assert!(matches!(stands(app, branch, id, 0), Some(Stands::Open(_))));
        set(true);
        let stood = |n: i64| {
            let found = app.district().read_now(|tx, _| tx.one(sql!("SELECT COUNT(*) FROM event WHERE kind = 'BranchCommitteeStood'"), p![], |row| row.int(0)));
            assert_eq!(found.unwrap(), n);
        };
        stood(1);
        recorded(&secretary, &[("what", "committee_meeting"), ("expected", "3"), ("present_n", "2")]);
        app.settle();
        assert_eq!(stands(app, branch, id, 0), Some(Stands::Met));
        // The month in which it was set up is asked of nobody; the ones after it are.
        app.pass(70 * Time::DAY);
        assert_eq!(stands(app, branch, id, 40), Some(Stands::Unmet));
        set(false);
        stood(2);
        assert_eq!(stands(app, branch, id, 0), None, "a branch without a committee owes none");
        assert_eq!(stands(app, branch, id, 40), Some(Stands::Unmet), "what was owed stays owed");
    }

    fn the_table_that_branches_know_goes_out_and_comes_in(app) {
        let secretary = app.staff(Role::BranchSecretary);
        let on = today(app);
        let line = |what: &str, topic: &str, times: String, counts: (&str, &str), votes: &str| {
            ["", what, topic, &times, "会议室", "王敏", "李敏", "", counts.0, counts.1, "1人外出，电话13800001234", "无", "议题", "决议", votes, "照片.jpg"].map(str::to_owned)
        };
        let good = [
            line("党员大会", "一季度大会", format!("{on} 9：00-10：30"), ("12", "11"), "应到有表决权10/实到9/赞成9/反对0/弃权0"),
            line("支委会", "研究分工", on.to_string(), ("3", "3"), "—"),
            line("主题党日", "清理楼道", format!("{on} 下午2:00"), ("12", "8"), "一致通过"),
        ];
        let bad = [
            line("茶话会", "闲谈", on.to_string(), ("12", "8"), ""),
            line("党课", "讲课", "2026年".into(), ("3", "8"), ""),
            line("党课", "讲课", "26年11月5日".into(), ("12", "8"), ""),
        ];
        let all: Vec<[String; 16]> = good.iter().chain(&bad).cloned().collect();
        let page = upload(&secretary, &workbook(&all));
        let tried = press(app, &secretary, &page, "check").says("新增 3").says("有错误 3");
        assert_eq!(count(app), (0, 0));
        let done = press(app, &secretary, &tried, "start");
        assert_eq!(count(app), (3, 0), "{}", done.main_text());
        assert_eq!(stands(app, app.world().branch, "learning.theme_day", 0), Some(Stands::Met));
        let list = secretary.get("/learning/meetings").expect(200).says("一季度大会").says("研究分工");
        let meeting = list.html().all("#rows a").iter().find(|a| a.text().contains("一季度大会")).unwrap().attribute("href").unwrap().to_owned();
        secretary.get(&meeting).expect(200).says("09:00—10:30").says("应到 10 人，实到 9 人").says("表决：").says("赞成9");
        // Votes in words are kept as words, and a time by the part of the day.
        let day = list.html().all("#rows a").iter().find(|a| a.text().contains("清理楼道")).unwrap().attribute("href").unwrap().to_owned();
        let day = secretary.get(&day).expect(200).says("14:00").says("表决：一致通过").says("13800001234");
        assert!(!day.main_text().contains("有表决权"));
        // It goes out under the headers by which it came in, after the record has the event; what comes in again is there.
        for (path, rows) in [("/learning/meetings.xlsx", 3), ("/learning/meetings.xlsx?what=committee_meeting", 1), ("/tables/meetings/export.xlsx", 3)] {
            let before = left(app);
            let book = secretary.get(path).expect(200);
            assert_eq!(left(app), before + 1, "{path}");
            let sheet = sheets::read(&book.bytes, learning::meeting::table::TABLE.columns).unwrap();
            assert_eq!(sheet.rows.len(), rows, "{path}");
            let all = format!("{:?}", sheet.rows);
            assert!(all.contains("1人外出") && !all.contains("13800001234"), "{path}: {all}");
            assert!(last_left(app).ends_with("\"masked\":true}"), "{path}");
            assert_eq!(sheet.headers.iter().map(String::as_str).collect::<Vec<_>>(), learning::meeting::table::TABLE.columns.iter().map(|column| column.header).collect::<Vec<_>>());
            let page = upload(&secretary, &book.bytes);
            press(app, &secretary, &page, "start").says(&format!("已有，没有变化 {rows}"));
            assert_eq!(count(app), (3, 0), "{path}");
        }
        // Undoing takes back what this import wrote, and what it wrote only.
        recorded(&secretary, &[("topic", "自己登记的")]);
        press(app, &secretary, &secretary.get(&format!("{}/undo", done.path)).expect(200), "undo").says("导入已撤销");
        assert_eq!(count(app), (1, 3));
        assert!(matches!(stands(app, app.world().branch, "learning.theme_day", 0), Some(Stands::Open(_))));
        app.staff(Role::Member).get("/learning/meetings.xlsx").expect(403);
        app.staff(Role::Member).get("/tables/meetings").expect(403);
    }

    fn a_trial_refuses_what_the_import_would(app) {
        let other = another_branch(app);
        let office = app.staff(Role::PartyAffairs);
        let on = today(app).to_string();
        let line = |branch: &str, what: &str| [branch, what, "学习", &on, "", "王敏", "", "", "12", "9", "", "", "", "", "", ""].map(str::to_owned);
        // The committee's office keeps the committee's book, and of no branch under it.
        let page = upload(&office, &workbook(&[line("", "中心组学习"), line("ELZB", "党员大会")]));
        let tried = press(app, &office, &page, "check").says("新增 1").says("有错误 1").says("不能登记这个组织的会议");
        let done = press(app, &office, &tried, "start").says("不能登记这个组织的会议");
        assert_eq!(count(app), (1, 0), "{}", done.main_text());
        // Whoever keeps the branch's book has the same row taken.
        let keeper = hire(app, other, Role::BranchSecretary, "second.secretary");
        let page = upload(&keeper, &workbook(&[line("ELZB", "党员大会")]));
        press(app, &keeper, &press(app, &keeper, &page, "check").says("新增 1"), "start");
        assert_eq!(count(app), (2, 0));
    }

    fn a_long_book_goes_on(app) {
        let (branch, actor, on) = (app.world().branch, app.world().actor(Role::BranchSecretary), today(app));
        app.district().write_now(move |tx, ctx| {
            let tree = people::tree(tx)?;
            let proof = actor.has::<learning::permissions::Meet>().unwrap();
            for n in 0..51_i64 {
                // Some on one day, so that a page ends within a day.
                let day = Time::from_civil(on.at(12, 0, 0, 0)).plus(-(n / 4) * Time::DAY).date();
                let held = learning::meeting::Held {
                    organisation: branch, what: learning::model::Gathering::General, on: day, begins: String::new(), ends: String::new(),
                    topic: format!("第{n}次"), place: String::new(), chair: "王敏".into(), recorder: String::new(), lecturer: String::new(),
                    expected: 12, present: 9, voting: None, absent: String::new(), guests: String::new(), agenda: String::new(), decided: String::new(),
                };
                learning::meeting::hold(tx, ctx, people::Authority::Staff(&proof), &tree, None, &held).unwrap();
            }
            Ok::<_, store::StoreError>(())
        }).unwrap();
        let secretary = app.staff(Role::BranchSecretary);
        let shown = |page: &Answer| page.html().all("#rows a").iter().map(|a| a.attribute("href").unwrap().to_owned()).collect::<Vec<_>>();
        let first = secretary.get("/learning/meetings?what=general_meeting").expect(200);
        let next = first.html().first("#more a").unwrap().attribute("href").unwrap().to_owned();
        assert!(next.contains("what=general_meeting"));
        let second = secretary.get(&next).expect(200);
        assert!(second.html().first("#more a").is_none());
        let (mut all, behind) = (shown(&first), shown(&second));
        assert_eq!((all.len(), behind.len()), (50, 1));
        all.extend(behind);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 51, "each once");
    }

    fn every_theme_day_and_lecture_of_the_asked_days_leaves(app) {
        use learning::model::Occasion;
        let (branch, actor, on) = (app.world().branch, app.world().actor(Role::BranchSecretary), today(app));
        let member = actor.person;
        let day = move |back: i64| Time::from_civil(on.at(12, 0, 0, 0)).plus(-back * Time::DAY).date();
        app.district().write_now(move |tx, ctx| {
            let tree = people::tree(tx)?;
            let proof = actor.has::<learning::permissions::Keep>().unwrap();
            // The lectures are the oldest, behind all theme days and all that is only study.
            let kinds = [(0..120_i64, Occasion::Study), (120..340, Occasion::ThemeDay), (340..345, Occasion::Lecture)];
            for (n, occasion) in kinds.into_iter().flat_map(|(all, occasion)| all.map(move |n| (n, occasion))) {
                let held = learning::collective::Held {
                    branch, occasion, on: day(n), minutes: 60, topic: format!("第{n}次"), minute: String::new(), present: vec![member],
                };
                let mut key = [5; 16];
                key[..8].copy_from_slice(&n.to_be_bytes());
                learning::collective::hold(tx, ctx, &proof, &tree, &key, &held).unwrap();
            }
            Ok::<_, store::StoreError>(())
        }).unwrap();
        let secretary = app.staff(Role::BranchSecretary);
        let rows = |query: &str| {
            let book = secretary.get(&format!("/learning/meetings.xlsx{query}")).expect(200);
            sheets::read(&book.bytes, learning::meeting::table::TABLE.columns).unwrap().rows.len()
        };
        assert_eq!(rows(""), 225, "study that is nothing else is no meeting");
        assert_eq!(rows("?what=lecture"), 5);
        assert_eq!(rows("?what=general_meeting"), 0);
        assert_eq!(rows(&format!("?from={}&to={}", day(342), day(335))), 8);
        assert_eq!(rows(&format!("?what=theme_day&to={}", day(335))), 5);
    }

    fn who_has_a_post_in_the_committee_and_one_in_a_branch_brings_in_for_both(app) {
        use people::{CreatePost, Grant, ManageUnits};
        let (branch, party) = (another_branch(app), app.world().party);
        let office = hire(app, party, Role::PartyAffairs, "both.posts");
        let (system, security) = (app.world().actor(Role::SystemAdmin), app.world().actor(Role::SecurityAdmin));
        app.district().write_now(move |tx, ctx| {
            let post = CreatePost { unit: branch, reach: None, role: Role::BranchSecretary, title: "书记".into() };
            let post = people::create_post(tx, ctx, &system.has::<ManageUnits>().unwrap(), &post).unwrap();
            let person = people::read::holders_in(tx, ctx.now, party)?.into_iter().find(|held| held.name.ends_with("both.posts")).unwrap().person;
            people::hold(tx, ctx, &security.has::<Grant>().unwrap(), person, post, ctx.now).unwrap();
            Ok::<_, store::StoreError>(())
        }).unwrap();
        let on = today(app).to_string();
        let line = |branch: &str, what: &str| [branch, what, "学习", &on, "", "王敏", "", "", "12", "9", "", "", "", "", "", ""].map(str::to_owned);
        let list = office.get("/tables/meetings").expect(200);
        let book = workbook(&[line("", "中心组学习"), line("ELZB", "党员大会")]);
        let file = Upload { field: "file", name: "三会一课.xlsx", bytes: &book };
        let into = party.to_string();
        let page = office.follow(office.submit_files(&list, "form[action=/tables/meetings]", &[("unit", &into)], &[file])).expect(200);
        let tried = press(app, &office, &page, "check").says("新增 2").says("有错误 0");
        let done = press(app, &office, &tried, "start");
        assert_eq!(count(app), (2, 0), "{}", done.main_text());
        press(app, &office, &office.get(&format!("{}/undo", done.path)).expect(200), "undo").says("导入已撤销");
        assert_eq!(count(app), (0, 2));
    }

    fn a_committee_of_before_the_upgrade_is_asked_for_its_meetings(app) {
        let branch = app.world().branch;
        let person = app.world().members.iter().find(|member| member.role == Role::Member).unwrap().person;
        // As it was written before it was recorded that a committee stands.
        app.district().write_now(move |tx, ctx| {
            tx.exec(sql!("INSERT INTO branch_committee (branch, person) VALUES (?1, ?2)"), p![branch, person])?;
            let about = record::About { occurred_at: ctx.now, actor: record::Actor::System, unit: None, subject: branch.0, batch: None };
            record::append(tx, ctx, about, &learning::events::BranchCommitteeSet { branch, people: vec![person] }).map(drop)
        }).unwrap();
        let stood = || app.district().read_now(|tx, _| tx.one(sql!("SELECT COUNT(*) FROM event WHERE kind = 'BranchCommitteeStood'"), p![], |row| row.int(0))).unwrap();
        assert_eq!((stood(), stands(app, branch, "learning.committee_meeting", 0)), (0, None));
        app.pass(Time::DAY / 24);
        app.settle();
        assert_eq!(stood(), 1);
        assert!(matches!(stands(app, branch, "learning.committee_meeting", 0), Some(Stands::Open(_))));
        app.pass(Time::DAY);
        assert_eq!(stood(), 1, "once");
    }
}

/// Meetings that stand, and those that were taken back.
fn count(app: &TestApp) -> (i64, i64) {
    app.district()
        .read_now(|tx, _| {
            tx.one(sql!("SELECT CAST(COALESCE(SUM(1 - withdrawn), 0) AS BIGINT), CAST(COALESCE(SUM(withdrawn), 0) AS BIGINT) FROM branch_meeting"), p![], |row| {
                Ok((row.int(0)?, row.int(1)?))
            })
        })
        .unwrap()
}

/// How many tables left.
fn left(app: &TestApp) -> i64 {
    app.district()
        .read_now(|tx, _| tx.one(sql!("SELECT COUNT(*) FROM event WHERE kind = 'TableExported'"), p![], |row| row.int(0)))
        .unwrap()
}

/// What was recorded of the table that left last.
fn last_left(app: &TestApp) -> String {
    let last = sql!("SELECT facts FROM event WHERE kind = 'TableExported' ORDER BY id DESC LIMIT 1");
    app.district().read_now(move |tx, _| tx.one(last, p![], |row| Ok(row.text(0)?.to_owned()))).unwrap()
}

/// A table under the headers that branches know.
fn workbook(rows: &[[String; 16]]) -> Vec<u8> {
    let heads: Vec<Head> = learning::meeting::table::TABLE.columns.iter().map(|column| Head::new(column.header, 14)).collect();
    let mut export = Export::new(FileKind::Xlsx, "三会一课", Some("三会一课记录"), &heads).unwrap();
    for row in rows {
        export.row(&row.each_ref().map(|cell| Value::from(cell.as_str()))).unwrap();
    }
    let mut bytes = Vec::new();
    export.finish(&mut bytes).unwrap();
    bytes
}

fn upload(staff: &Client, bytes: &[u8]) -> Answer {
    let list = staff.get("/tables/meetings").expect(200);
    let file = Upload { field: "file", name: "三会一课.xlsx", bytes };
    let sent = staff.submit_files(&list, "form[action=/tables/meetings]", &[], &[file]).leads_to("/tables/meetings/");
    staff.follow(sent).expect(200)
}

/// Presses a button of the page and lets the job run.
fn press(app: &TestApp, staff: &Client, page: &Answer, what: &str) -> Answer {
    let base = page.path.trim_end_matches("/undo").to_owned();
    let html = page.html();
    let values = html.first("main form").unwrap().form_values();
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    staff.post(&format!("{base}/{what}"), &values).leads_to(&base);
    app.settle();
    staff.get(&base).expect(200)
}

#[test]
fn a_meeting_changed_by_sql_is_found() {
    let Some(app) = TestApp::new(testkit::Engine::Sqlite, modules()) else { return };
    recorded(&app.staff(Role::BranchSecretary), &[("voting_expected", "8"), ("voting_present", "7")]);
    let meeting = recorded(&app.staff(Role::BranchSecretary), &[("topic", "另一次")]);
    let secretary = app.staff(Role::BranchSecretary);
    let page = secretary.get(&meeting).expect(200);
    secretary.submit(&page, &format!("form[action={meeting}/withdraw]"), &[("reason", "登错了")]).expect(303);
    app.settle();
    let attacks = testkit::tampered::Attacks { spared: &[], log: &[], empty: &[], only: &["branch_meeting"], every: 1 };
    testkit::tampered::every_column(&app, &attacks);
}
