//! What the rules ask of members, committees and secretaries: hours, training together, the yearly round, training of who
//! has become a secretary; who sees it, and that it is of the year.

use base::{PersonId, Time};
use learning::class::{NewClass, Terms, announce};
use learning::hours::{self, Asked, Stands};
use learning::model::{ClassId, ClassSort};
use learning::permissions::{Learn, Teach};
use learning::{attend, seat};
use people::{Grant, Role};
use testkit::TestApp;

use super::modules;

/// A class of this kind that somebody attended: announced now, held tomorrow, finished.
fn attended(app: &TestApp, sort: ClassSort, who: Role) -> ClassId {
    let (office, actor) = (app.world().actor(Role::PartyAffairs), app.world().actor(who));
    let (party, now) = (app.world().party, app.district().env().clock.now());
    let (starts, ends) = (now.plus(Time::DAY), now.plus(Time::DAY + 8 * Time::HOUR));
    let teach = office.clone();
    let (id, day) = app
        .district()
        .write_now(move |tx, ctx| {
            let tree = people::tree(tx)?;
            let terms = Terms {
                title: format!("班{}", sort.code()),
                place: "党校".into(),
                notice: "通知".into(),
                quota: 9,
                until: starts,
                must: 1,
                days: vec![(starts, ends, 480)],
            };
            let new = NewClass { unit: party, audience: party, sort, terms };
            let id = announce(tx, ctx, &teach.has::<Teach>().unwrap(), &tree, &ctx.salt(), &new).unwrap();
            seat::join(tx, ctx, &actor.has::<Learn>().unwrap(), &tree, &actor.units(), id).unwrap();
            Ok::<_, store::StoreError>((id, learning::read::days(tx, id)?[0].id))
        })
        .unwrap();
    app.pass(Time::DAY);
    let person = app.world().member(who).person;
    app.district()
        .write_now(move |tx, ctx| {
            let tree = people::tree(tx)?;
            let (_, short, _) = attend::screen(ctx, day);
            assert!(attend::enter(tx, ctx, &office.has::<Teach>().unwrap(), &tree, (day, person), &short).unwrap());
            Ok::<_, store::StoreError>(())
        })
        .unwrap();
    id
}

fn stands(app: &TestApp, person: PersonId) -> (Option<i64>, Vec<(&'static str, Stands)>) {
    app.district()
        .read_now(move |tx, ctx| {
            let hours = hours::of(tx, ctx, person)?;
            Ok::<_, store::StoreError>((hours.asked, hours.duties.iter().map(|duty| (duty.rule, duty.stands)).collect()))
        })
        .unwrap()
}

testkit::on_both! {
    [modules()]

    fn training_is_asked_of_secretaries_and_counts_by_its_kind(app) {
        let person = app.world().member(Role::BranchSecretary).person;
        let end = base::Date::new(app.district().env().clock.now().date().year(), 12, 31).unwrap();
        assert_eq!(stands(app, person), (Some(56), vec![(hours::TRAINING, Stands::Open(end)), (hours::ROTATION, Stands::Open(end))]));
        let secretary = app.staff(Role::BranchSecretary);
        secretary.get("/learning").expect(200).says("集中培训").says("书记轮训").says("未参加，12月31日");
        // A member owes hours and nothing besides.
        let text = app.staff(Role::Member).get("/learning").expect(200).main_text();
        assert!(!text.contains("书记轮训"), "{text}");
        // A lecture counts hours, and is no training together.
        attended(app, ClassSort::Lecture, Role::BranchSecretary);
        assert_eq!(stands(app, person).1[0].1, Stands::Open(end));
        app.staff(Role::BranchSecretary).get("/learning").expect(200).says("已学 8 学时，应学 56 学时");
        attended(app, ClassSort::Training, Role::BranchSecretary);
        assert_eq!(stands(app, person).1, [(hours::TRAINING, Stands::Met), (hours::ROTATION, Stands::Open(end))]);
        let class = attended(app, ClassSort::Rotation, Role::BranchSecretary);
        assert_eq!(stands(app, person).1, [(hours::TRAINING, Stands::Met), (hours::ROTATION, Stands::Met)]);
        let page = app.staff(Role::BranchSecretary).get("/learning").expect(200).says("已参加");
        assert!(page.html().first(&format!("a[href=/learning/classes/{class}]")).is_some());
        // The book of the branch shows it, with the rules; those above see none of it.
        let book = app.staff(Role::BranchSecretary).get("/learning/branch").expect(200).main_text();
        for words in ["书记和班子成员 56、党员 32", "应参加的培训", "书记轮训", "183 天内", "来自二手资料，没有核对原文"] {
            assert!(book.contains(words), "{words}: {book}");
        }
        app.staff(Role::PartyAffairs).get("/learning/branch").expect(403);
        // It is of the year: next year it is asked anew.
        app.pass(60 * Time::DAY);
        assert!(stands(app, person).1.iter().all(|(_, stands)| matches!(stands, Stands::Open(_))));
    }

    fn the_committee_owes_what_the_secretary_owes(app) {
        let member = app.world().member(Role::Member).person;
        assert_eq!(stands(app, member), (Some(32), vec![]));
        let secretary = app.staff(Role::BranchSecretary);
        let form = "form[action=/learning/branch/committee]";
        let page = secretary.get("/learning/branch/committee").expect(200);
        let stranger = app.world().member(Role::TownDesk).person.to_string();
        secretary.submit(&page, form, &[("person", &stranger)]).expect(422).says("请在本支部人员里选择");
        secretary.submit(&page, form, &[("person", &member.to_string())]).leads_to("/learning/branch");
        let (asked, duties) = stands(app, member);
        assert_eq!((asked, duties.len(), duties[0].0), (Some(56), 1, hours::TRAINING));
        app.staff(Role::Member).get("/learning").expect(200).says("应学 56 学时").says("集中培训");
        secretary.get("/learning/branch").expect(200).says("班子成员");
        // The same again is no event; it is said otherwise, and counts so.
        let events = |app: &TestApp| app.district().read_now(|tx, _| tx.one(SET, store::p![], |row| row.int(0))).unwrap();
        let page = secretary.get("/learning/branch/committee").expect(200);
        secretary.submit(&page, form, &[]).leads_to("/learning/branch");
        assert_eq!(events(app), 1);
        let page = secretary.get("/learning/branch/committee").expect(200);
        let csrf = page.html().first("input[name=csrf]").unwrap().attribute("value").unwrap().to_owned();
        let key = page.html().first("input[name=op_key]").unwrap().attribute("value").unwrap().to_owned();
        let branch = app.world().branch.to_string();
        secretary.post("/learning/branch/committee", &[("csrf", &csrf), ("op_key", &key), ("unit", &branch)]).leads_to("/learning/branch");
        assert_eq!((events(app), stands(app, member).0), (2, Some(32)));
        // Nobody else says it.
        for role in [Role::Member, Role::PartyAffairs, Role::TownLeader] {
            app.staff(role).get("/learning/branch/committee").expect(403);
        }
    }

    fn who_follows_another_as_secretary_is_to_be_trained_within_half_a_year(app) {
        let world = app.world();
        let (post, old, new) = (world.member(Role::BranchSecretary).post, world.member(Role::BranchSecretary).person, world.member(Role::Member).person);
        let asked = |app: &TestApp, person| app.district().read_now(move |tx, ctx| hours::asked(tx, ctx.now, person)).unwrap();
        // Of the first one that the records know, nobody knows since when.
        assert_eq!(asked(app, old), Asked::Secretary(None));
        app.pass(Time::DAY);
        let security = world.actor(Role::SecurityAdmin);
        app.district().write_now(move |tx, ctx| {
            let held = people::read::holdings_of(tx, old)?.into_iter().find(|held| held.post == post).unwrap();
            let proof = security.has::<Grant>().unwrap();
            people::release(tx, ctx, &proof, held.id, ctx.now).unwrap();
            people::hold(tx, ctx, &proof, new, post, ctx.now).unwrap();
            Ok::<_, store::StoreError>(())
        }).unwrap();
        let began = app.district().env().clock.now();
        assert_eq!(asked(app, new), Asked::Secretary(Some(began)));
        let until = began.plus(183 * Time::DAY).date();
        assert_eq!(stands(app, new).1.last(), Some(&(hours::INDUCTION, Stands::Open(until))));
        app.staff(Role::Member).get("/learning").expect(200).says("新任书记任职培训");
        app.pass(184 * Time::DAY);
        assert_eq!(stands(app, new).1.last(), Some(&(hours::INDUCTION, Stands::Missed(until))));
    }
}

testkit::on_both! {
    [modules()]

    fn the_first_secretary_is_new_since_the_day_that_the_branch_says(app) {
        let person = app.world().member(Role::BranchSecretary).person;
        let induction = |app: &TestApp, person| stands(app, person).1.into_iter().find(|(rule, _)| *rule == hours::INDUCTION);
        assert_eq!(induction(app, person), None, "nobody knows since when");
        let today = app.district().env().clock.now().date();
        let form = "form[action=/learning/branch/committee]";
        let secretary = app.staff(Role::BranchSecretary);
        let say = |day: Option<base::Date>| {
            let page = secretary.get("/learning/branch/committee").expect(200).says("任支部书记的日期").says("183");
            secretary.submit(&page, form, &[("since", &day.map(|day| day.to_string()).unwrap_or_default())])
        };
        let ago = |days: i64| Some(app.district().env().clock.now().plus(-days * Time::DAY).date());
        say(ago(-2)).expect(422).says("日期不能在今天以后");
        say(ago(30)).leads_to("/learning/branch");
        let until = base::Time::from_civil(ago(30).unwrap().at(0, 0, 0, 0)).plus(183 * Time::DAY).date();
        assert_eq!(induction(app, person), Some((hours::INDUCTION, Stands::Open(until))));
        secretary.get("/learning").expect(200).says("新任书记任职培训");
        let shown = secretary.get("/learning/branch/committee").expect(200);
        assert_eq!(shown.html().first("input[name=since]").unwrap().attribute("value"), ago(30).map(|day| day.to_string()).as_deref());
        // Whoever began so long ago that the term had passed before the house began is asked nothing; nor after it is taken back.
        say(ago(400)).leads_to("/learning/branch");
        assert_eq!(induction(app, person), None);
        say(ago(30)).leads_to("/learning/branch");
        say(None).leads_to("/learning/branch");
        assert_eq!(induction(app, person), None);
        assert_eq!(today, app.district().env().clock.now().date());
        app.staff(Role::Member).get("/learning/branch/committee").expect(403);
    }

    fn a_branch_that_was_set_up_later_has_a_new_secretary(app) {
        let early = crate::another_branch(app);
        crate::hire(app, early, Role::BranchSecretary, "first.leads");
        let person = |app: &TestApp, login: &'static str| app.district().read_now(move |tx, _| tx.one(PERSON, store::p![login], |row| row.id(0))).unwrap();
        let induction = |app: &TestApp, login| stands(app, person(app, login)).1.into_iter().find(|(rule, _)| *rule == hours::INDUCTION);
        assert_eq!(induction(app, "first.leads"), None, "the house is new itself");
        app.pass(200 * Time::DAY);
        let (late, began) = (crate::new_branch(app, "SANZB", "第三党支部"), app.district().env().clock.now());
        crate::hire(app, late, Role::BranchSecretary, "second.leads");
        let until = began.plus(183 * Time::DAY).date();
        assert_eq!(induction(app, "second.leads"), Some((hours::INDUCTION, Stands::Open(until))));
    }
}

const PERSON: &store::Sql = store::sql!("SELECT person FROM account WHERE login = ?1");
const SET: &store::Sql = store::sql!("SELECT COUNT(*) FROM event WHERE kind = 'BranchCommitteeSet'");
