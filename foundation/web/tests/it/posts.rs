//! What is done with posts by hand: given for good or for a time, taken back before they begin, called otherwise, ended.

use people::Role;
use testkit::{Answer, Client, TestApp};

/// The page on which a post of a unit is given, after somebody was searched for.
fn giving(browser: &Client, unit: base::UnitId, post: people::PostId, name: &str) -> Answer {
    browser.get(&format!("/admin/posts/give?unit={unit}&post={post}&q={}", web::shell::percent(name))).expect(200)
}

fn name(app: &TestApp, person: base::PersonId) -> String {
    app.district().read_now(move |tx, _| people::read::name_of(tx, person)).unwrap().unwrap()
}

const GIVE: &str = "form[method=post][action=/admin/posts/give]";

testkit::on_both! {
    [vec![]]

    fn a_post_is_given_for_a_time_and_what_is_wrong_is_said_beside_its_field(app) {
        let security = app.staff(Role::SecurityAdmin);
        let town = app.world().towns[0];
        let post = app.world().member_in(Role::TownLeader, town).post;
        let member = app.world().member_in(Role::CommunitySecretary, app.world().communities[1]).clone();
        let (person, called) = (member.person.to_string(), name(app, member.person));
        let page = giving(&security, town, post, &called);
        let give = |since: &str, until: &str| {
            security.submit(&page, GIVE, &[("since", since), ("until", until), ("person", &person)])
        };
        let kept = |answer: &Answer| {
            let values = answer.html().first(GIVE).unwrap().form_values();
            ["since", "until", "q"].map(|name| values.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default())
        };
        let refused = give("2099-03-31", "2099-03-01").expect(422).says("截止应在开始和今天之后");
        assert_eq!(kept(&refused), ["2099-03-31", "2099-03-01", &called], "what was typed stays");
        assert!(refused.html().first("#f-until[aria-invalid]").is_some());
        assert_eq!(kept(&give("下周一", "").expect(422).says("日期请写成"))[0], "下周一");
        // Nothing was given by what was refused.
        let path = format!("/admin/people/{person}");
        let leads = |browser: &Client| browser.get(&path).expect(200).main_text().contains("镇街领导");
        assert!(!leads(&security));

        // From a day to come, for good: it holds from that day, and until then it can be taken back.
        give("2099-03-01", "").leads_to("/admin/units?unit=");
        let unit = format!("/admin/units?unit={town}");
        assert!(!security.get(&unit).expect(200).main_text().contains(&called));
        let page = security.get(&path).expect(200).says("2099").says("取消");
        let release = format!("form[action={path}/release]");
        let later = page.html().all(&release).iter().position(|form| form.text().contains("取消")).unwrap();
        let values = page.html().all(&release)[later].form_values();
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        security.post(&format!("{path}/release"), &values).leads_to(&path);
        assert!(!leads(&security));

        // For a time, from now on: the page says so beside the name.
        let page = giving(&security, town, post, &called);
        security.submit(&page, GIVE, &[("until", "2099-03-31"), ("person", &person)]).leads_to("/admin/units?unit=");
        security.get(&unit).expect(200).says(&format!("{called}（代理）"));
        security.get(&path).expect(200).says("至 2099年3月31日");
        let page = giving(&security, town, post, &called);
        let again = security.submit(&page, GIVE, &[("until", "2099-02-01"), ("person", &person)]).expect(422).says("已有这个岗位");
        assert_eq!(kept(&again), ["", "2099-02-01", &called]);
    }

    fn one_of_the_three_is_not_given_another_post_and_the_page_says_so(app) {
        let security = app.staff(Role::SecurityAdmin);
        let town = app.world().towns[0];
        let post = app.world().member_in(Role::TownLeader, town).post;
        for role in [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin] {
            let (person, called) = (app.member(role).0, name(app, app.member(role).0));
            let page = giving(&security, town, post, &called);
            for until in ["", "2099-03-31"] {
                let typed = [("until", until), ("person", &person.to_string())];
                security.submit(&page, GIVE, &typed).expect(422).says("三员不能由同一人兼任");
            }
        }
    }

    fn the_page_says_why_an_administrators_code_is_not_given(app) {
        let security = app.staff(Role::SecurityAdmin);
        let officer = app.world().member_in(Role::TownStaff, app.world().towns[0]).clone();
        let other = format!("/admin/people/{}", officer.person);
        for role in [Role::SystemAdmin, Role::AuditAdmin] {
            let path = format!("/admin/people/{}", app.member(role).0);
            let page = security.get(&path).expect(200).says("不由安全管理员发").says("lianxin code");
            assert!(page.html().first(&format!("a[href={path}/invite]")).is_none());
            // The form of somebody else, sent for this one.
            let values = security.get(&format!("{other}/invite")).expect(200).html();
            let values = values.first(&format!("form[action={other}/invite]")).unwrap().form_values();
            let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            security.post(&format!("{path}/invite"), &values).expect(409).says("不由安全管理员发");
        }
        // Of everybody else the code is given, and then another hand must make them an administrator.
        let page = security.get(&format!("{other}/invite")).expect(200);
        security.submit(&page, &format!("form[action={other}/invite]"), &[]).expect(200).says("邀请码");
        let who = officer.person;
        let held = app.district().read_now(move |tx, _| people::read::holdings_of(tx, who)).unwrap()[0].id.to_string();
        let page = security.get(&other).expect(200).says("重置密码的邀请码");
        security.submit(&page, &format!("form[action={other}/release]"), &[("holding", &held)]).leads_to(&other);
        let called = name(app, officer.person);
        let post = app.world().member(Role::AuditAdmin).post;
        let page = giving(&security, app.world().district, post, &called);
        for until in ["", "2099-03-31"] {
            let typed = [("until", until), ("person", &officer.person.to_string())];
            security.submit(&page, GIVE, &typed).expect(422).says("请由另一位安全管理员任命");
        }
    }

    fn a_post_is_called_otherwise_and_ended_when_nobody_holds_it(app) {
        let (system, security) = (app.staff(Role::SystemAdmin), app.staff(Role::SecurityAdmin));
        let town = app.world().towns[0];
        let held = app.world().member_in(Role::TownStaff, town).clone();
        let unit = format!("/admin/units?unit={town}");
        let page_of = |post: people::PostId| format!("/admin/posts/change?unit={town}&post={post}");
        assert!(system.get(&unit).expect(200).text().contains(&format!("/admin/posts/change?unit={town}&amp;post={}", held.post)));
        assert!(!security.get(&unit).expect(200).text().contains("/admin/posts/change"));
        security.get(&page_of(held.post)).expect(403);
        app.staff(Role::TownLeader).get(&page_of(held.post)).expect(403);

        let page = system.get(&page_of(held.post)).expect(200).says("请安全管理员先免去");
        assert!(page.html().first("form[action=/admin/posts/end]").is_none(), "a post that is held is not ended");
        let form = "form[action=/admin/posts/change]";
        let refused = system.submit(&page, form, &[("title", " ")]).expect(422).says("1 到 60 个字");
        assert!(refused.html().first("#f-title[aria-invalid]").is_some());
        system.submit(&page, form, &[("title", "综治专员")]).leads_to(&unit);
        system.get(&unit).expect(200).says("综治专员");

        // Nobody holds a new one; what it answers for goes to another post of the unit.
        let made = app
            .district()
            .write_now(move |tx, ctx| {
                let input = people::CreatePost { unit: town, reach: None, role: Role::TownStaff, title: "安办专员".into() };
                let post = people::create_post(tx, ctx, people::Authority::Console, &input).unwrap();
                people::give_duty(tx, ctx, people::Authority::Console, town, post, people::DutyKind::Dual, "安全生产").unwrap();
                Ok::<_, store::StoreError>(post)
            })
            .unwrap();
        let page = system.get(&page_of(made)).expect(200).says("安全生产").says("由哪个岗位接续");
        let next = held.post.to_string();
        let elsewhere = app.world().member_in(Role::TownStaff, app.world().towns[1]).post.to_string();
        let end = "form[action=/admin/posts/end]";
        system.submit(&page, end, &[("successor", &elsewhere)]).expect(422);
        system.submit(&page, end, &[("successor", &next)]).leads_to(&unit);
        let shown = system.get(&unit).expect(200);
        assert!(!shown.main_text().contains("安办专员"));
        system.get(&page_of(made)).expect(404);
        let around = system.get(&format!("/admin/units/around?unit={town}")).expect(200).says("安办专员").says("已撤销");
        assert!(around.main_text().contains("综治专员"), "the duty is the other post's");
        let duties = app.district().read_now(move |tx, _| people::duties_of(tx, town)).unwrap();
        assert!(duties.iter().any(|duty| duty.post == held.post && duty.matter == "安全生产"));
    }

    fn telephones_and_numbers_are_checked_beside_their_fields(app) {
        let system = app.staff(Role::SystemAdmin);
        let community = app.world().communities[0];
        let page = system.get("/admin/people/add").expect(200);
        let form = "form[action=/admin/people/add]";
        let refused = system.submit(&page, form, &[("name", "赵新"), ("phone", "1381234123")]).expect(422).says("手机号应为 11 位，现在是 10 位");
        assert_eq!(refused.html().first("#f-phone").unwrap().attribute("value"), Some("1381234123"));
        assert_eq!(refused.html().first("#f-name").unwrap().attribute("value"), Some("赵新"));
        for good in ["13812341234", "0380-8800300", "12345", ""] {
            let page = system.get("/admin/people/add").expect(200);
            system.submit(&page, form, &[("name", "赵新"), ("phone", good)]).leads_to("/admin/people/");
        }
        let page = system.get(&format!("/admin/units/change?unit={community}")).expect(200);
        let form = "form[action=/admin/units/change]";
        system.submit(&page, form, &[("phone", "电话")]).expect(422).says("电话号码里不应有");
        let refused = system.submit(&page, form, &[("ord", "第三")]).expect(422).says("排序要写整数");
        assert_eq!(refused.html().first("#f-ord").unwrap().attribute("value"), Some("第三"));
        // What was chosen stays chosen where something else is to be set right.
        let around = system.get(&format!("/admin/units/around?unit={community}")).expect(200);
        let part = app.world().grids[1].to_string();
        let refused = system.submit(&around, "form[action=/admin/units/split]", &[("name", "新社区"), ("code", "1"), ("parts", &part)]).expect(422);
        let values = refused.html().first("form[action=/admin/units/split]").unwrap().form_values();
        assert!(values.contains(&("parts".to_owned(), part)), "{values:?}");
        let refused = system.submit(&around, "form[action=/admin/units/duty]", &[("kind", "dual"), ("matter", " ")]).expect(422);
        let values = refused.html().first("form[action=/admin/units/duty]").unwrap().form_values();
        assert!(values.contains(&("kind".to_owned(), "dual".to_owned())), "{values:?}");
    }
}
