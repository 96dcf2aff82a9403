//! Concerns as dashboards and walls show them: from the district to the single case, what is kept from whom, what moves.

use std::time::Duration;

use base::UnitId;
use concerns::catalogue::Kind;
use concerns::permissions::{Authority, Desk};
use concerns::submit::Submit;
use people::Role;
use store::StoreError;
use testkit::{Answer, Client, TestApp};
use web::Lang;

fn modules() -> Vec<web::Module> {
    vec![concerns::module(), measures::module(), dashboard::module()]
}

/// A concern that happened at this place, about that unit.
fn submit(app: &TestApp, place: UnitId, about: Option<UnitId>, words: &str) -> String {
    let words = words.to_owned();
    let receipt = app.district().write_now(move |tx, ctx| {
        let input = Submit {
            op_key: ctx.salt(),
            words: words.clone(),
            spot: None,
            place: Some(place),
            kind: None,
            about_unit: about,
            about_person: None,
            contact: None,
            confidential: false,
            may_publish: false,
            photos: Vec::new(),
        };
        Ok::<_, StoreError>(concerns::submit::submit(tx, ctx, &input).expect("it is taken in"))
    });
    receipt.unwrap().no
}

fn dispatch(app: &TestApp, no: &str, unit: UnitId) {
    let (desk, no) = (app.world().actor_in(Role::TownDesk, app.world().towns[0]), no.to_owned());
    app.district()
        .write_now(move |tx, ctx| {
            if concerns::catalogue::kind(tx, "02")?.is_none() {
                let kind = Kind { code: "02".into(), name: "邻里纠纷".into(), parent: None, ord: 1, keywords: vec!["噪音".into()] };
                concerns::catalogue::enter_kind(tx, ctx, Authority::Console, &kind).expect("a kind");
            }
            let tree = people::tree(tx)?;
            let concern = concerns::concern::find(tx, &no)?.expect("it is there");
            let proof = desk.require::<Desk>(&tree, concern.now.desk).expect("the desk");
            let input = concerns::dispatch::Dispatch {
                op_key: ctx.salt(),
                no: no.clone(),
                v: concern.v,
                unit,
                kind: "02".into(),
                shown: None,
                note: None,
                term: None,
                exception: None,
            };
            concerns::dispatch::dispatch(tx, ctx, &proof, &input).expect("it is sent");
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

/// The link with this text, or, in a row that begins with these words, the first link to a list.
fn link(page: &Answer, text: &str) -> String {
    let html = page.html();
    let found = html.all("main a").into_iter().find(|a| a.text().trim() == text);
    found.and_then(|a| a.attribute("href")).unwrap_or_else(|| panic!("no link {text} on {}:\n{}", page.path, page.main_text())).to_owned()
}

/// How much is open, as the first figure says.
fn open(browser: &Client, path: &str) -> String {
    let page = browser.get(path).expect(200);
    let html = page.html();
    html.first(".board-due .figure-number").map_or_else(|| "0".to_owned(), |figure| figure.text())
}

testkit::on_both! {
    [modules()]

    fn from_the_district_to_the_case_in_four_taps(app) {
        let community = app.world().communities[0];
        let no = submit(app, community, None, "楼上夜里噪音大");
        dispatch(app, &no, community);
        app.settle();
        let leader = app.staff(Role::DistrictLeader);
        let mut taps = 0;
        let mut at = leader.get("/board").expect(200);
        for text in ["东街街道", "东门社区", "1"] {
            at = leader.get(&link(&at, text)).expect(200);
            taps += 1;
        }
        let case = at.html().first("a.item").unwrap().attribute("href").unwrap().to_owned();
        leader.get(&case).expect(200).says("楼上夜里噪音大");
        taps += 1;
        assert!(taps <= 4);
        // The number in the town's row opens at once what is under it: three taps.
        let page = leader.get("/board").expect(200);
        let html = page.html();
        let row = html.all(".units-table tbody tr").into_iter().find(|row| row.text().contains("东街街道")).expect("a row of the town");
        let href = row.all("td a").first().and_then(|a| a.attribute("href")).expect("its number opens").to_owned();
        leader.get(&href).expect(200).says("楼上夜里噪音大");
    }

    fn numbers_and_lists_agree_and_neither_tells_who_it_is_about(app) {
        let (town, community) = (app.world().towns[0], app.world().communities[0]);
        let seen = submit(app, community, None, "路灯不亮");
        submit(app, community, Some(community), "社区公示栏一直不更新");
        submit(app, community, Some(town), "街道窗口态度不好");
        submit(app, community, Some(app.world().district), "区里的热线打不通");
        dispatch(app, &seen, community);
        app.settle();
        // Whom it is about, who else it is about, and what each of them therefore counts and lists.
        let (secretary, mayor) = (app.staff_in(Role::CommunitySecretary, community), app.staff_in(Role::TownLeader, town));
        let (leader, oversight) = (app.staff(Role::DistrictLeader), app.staff(Role::Oversight));
        for (who, count) in [(&secretary, "1"), (&mayor, "2"), (&leader, "3"), (&oversight, "4")] {
            assert_eq!(open(who, "/board"), count);
            let unit = who.get("/board").expect(200);
            let list = who.get(&link_of(&unit)).expect(200);
            assert_eq!(list.html().all("a.item").len().to_string(), count, "{}", list.main_text());
            for item in list.html().all("a.item") {
                who.get(item.attribute("href").unwrap()).expect(200);
            }
        }
        assert_eq!(open(&mayor, &format!("/board?unit={community}")), "1");
        let list = secretary.get("/board/due?of=concerns").expect(200);
        assert!(!list.main_text().contains("公示栏") && !list.main_text().contains("窗口"));
        secretary.get("/board/due?of=concerns&late=over").expect(200).says("这里没有您可以看的事项");
        secretary.get("/board/due?of=nothing").expect(404);
    }

    fn a_long_list_goes_on(app) {
        let community = app.world().communities[0];
        for n in 0..33 {
            submit(app, community, None, &format!("第 {n} 件"));
        }
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        let page = desk.get("/board/due?of=concerns&step=received").expect(200);
        assert_eq!(page.html().all("a.item").len(), 30);
        let next = page.html().first("#more a").unwrap().attribute("href").unwrap().to_owned();
        let rest = desk.htmx().get(&next).expect(200);
        assert_eq!(rest.html().all("a.item").len(), 3);
        assert!(rest.html().all("#more a").is_empty());
    }

    fn a_wall_tells_nobody_s_words_and_no_name(app) {
        let community = app.world().communities[0];
        submit(app, community, None, "王先生家的水管漏了");
        submit(app, community, Some(community), "社区的事");
        app.settle();
        let leader = app.staff(Role::DistrictLeader);
        let wall = leader.get("/wall").expect(200).says("东街街道 东门社区").says("尚未分类 · 待派单");
        let text = wall.main_text();
        assert!(!text.contains("水管") && !text.contains("王"), "{text}");
        assert_eq!(wall.html().all("[data-list=recent] li").len(), 1, "what is about a unit is on no screen");
        assert_eq!(wall.html().first("[data-w=open]").unwrap().text(), "2", "it counts");
        leader.get(&format!("/wall?unit={community}")).expect(404);
    }
}

#[test]
fn a_wall_moves_when_a_concern_is_submitted() {
    let Some(app) = TestApp::new(testkit::Engine::Sqlite, modules()) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (district, face) = (app.district().clone(), (app.world().district, Lang::Hans));
    let seat = |face| {
        let _inside = runtime.enter();
        dashboard::wall::sit(&app.app, &district, face)
    };
    let mut first = seat(face).expect("a place");
    let mut told = |wanted: &str| {
        runtime.block_on(async {
            let wait = async {
                loop {
                    let now = first.told.borrow_and_update().faces.get(&face).cloned();
                    if let Some(now) = now.filter(|now| now.contains(wanted)) {
                        return now;
                    }
                    first.told.changed().await.expect("the watcher goes on");
                }
            };
            tokio::time::timeout(Duration::from_secs(20), wait).await.expect("it is told")
        })
    };
    told(r#""open":"0""#);
    submit(&app, app.world().communities[0], None, "路灯不亮");
    app.settle();
    let now = told(r#""open":"1""#);
    assert!(now.contains("东门社区") && !now.contains("路灯"), "{now}");
    drop(first);

    // There are so many places, and one that is left is free.
    let mut seats: Vec<_> = (0..dashboard::wall::MOST_SCREENS).map(|_| seat(face).expect("a place")).collect();
    assert!(seat(face).is_none(), "no more than there are");
    seats.pop();
    assert!(seat(face).is_some());
    drop(seats);
    runtime.shutdown_background();
    app.finish();
}

/// The link of the first figure.
fn link_of(page: &Answer) -> String {
    page.html().first(".board-due .figure a").unwrap().attribute("href").unwrap().to_owned()
}
