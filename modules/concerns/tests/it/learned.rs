//! Suggestions: labelled cases teach them, pages offer the likeliest with how sure, a person confirms.

use concerns::catalogue::{Kind, enter_kind};
use concerns::learn::{Labelled, bring_labelled, likely, train, trained};
use concerns::permissions::Authority;
use people::Role;
use store::StoreError;
use testkit::{TestApp, Upload};

const TOLD: [(&str, [&str; 3]); 3] = [
    ("道路", ["路灯不亮天黑看不清路", "路面有大坑骑车摔倒", "路口红绿灯坏了很久"]),
    ("供水", ["水管漏水家里停水两天", "自来水发黄有铁锈味", "楼上漏水天花板湿了"]),
    ("学校", ["学校食堂饭菜不新鲜", "学校门口放学时拥挤", "老师布置作业太多孩子睡不够"]),
];

fn catalogue(app: &TestApp) {
    let entered = app.district().write_now(|tx, ctx| {
        for ((name, _), (ord, code)) in TOLD.iter().zip([(1, "01"), (2, "02"), (3, "03")]) {
            let kind = Kind { code: code.into(), name: (*name).into(), parent: None, ord, keywords: vec![] };
            enter_kind(tx, ctx, Authority::Console, &kind).unwrap();
        }
        Ok::<(), StoreError>(())
    });
    entered.unwrap();
}

/// Eight turns of each text, so that there is enough to learn from.
fn cases() -> Vec<Labelled> {
    let turned = |n: usize| {
        TOLD.iter().flat_map(move |(label, texts)| {
            texts
                .iter()
                .map(move |text| Labelled { head: String::new(), text: format!("第{n}次反映：{text}"), label: (*label).into() })
        })
    };
    (0..8).flat_map(turned).collect()
}

testkit::on_both! {
    [vec![concerns::module()]]
    fn labelled_cases_teach(app) {
        catalogue(app);
        let unknown = Labelled { head: String::new(), text: "别的事".into(), label: "没有的类".into() };
        let mut all = cases();
        all.push(unknown);
        let report = app.district().write_now({
            let all = all.clone();
            move |tx, ctx| bring_labelled(tx, ctx, Authority::Console, &all)
        });
        let report = report.unwrap();
        assert_eq!((report.made, report.same, report.unknown.get("没有的类")), (72, 0, Some(&1)));
        let again = app.district().write_now(move |tx, ctx| bring_labelled(tx, ctx, Authority::Console, &all)).unwrap();
        assert_eq!((again.made, again.same), (0, 72));
        assert!(train(app.district()).unwrap());
        let models = app.district().read_now(|tx, _| trained(tx)).unwrap();
        let top = models.iter().find(|model| model.name == "top").unwrap();
        assert!(top.cases == 72 && top.measured.unwrap().first > 0.9, "{top:?}");
        let guesses = app.district().read_now(|tx, _| likely(tx, "", "小区的水管漏了，一直在漏水", 3)).unwrap();
        assert_eq!(guesses[0].code, "02", "{guesses:?}");
        assert!(guesses.len() <= 3 && guesses[0].confidence.unwrap() > 0.5, "{guesses:?}");
        assert_eq!(likely_of(app, "道路上的路灯坏了"), "01");

        // The desk's form offers it with how sure it is, and takes what the person chooses.
        let anybody = app.client();
        let place = app.world().communities[0].to_string();
        let form = [("text", "水管漏水，地上都是水，请来修"), ("place", &place[..]), ("about", "none"), ("who", "none")];
        let page = anybody.get("/report/all").expect(200);
        let sent = anybody.submit_files(&page, "form", &form, &[]).leads_to("/r/");
        let no = sent.location().unwrap().split('/').nth(2).unwrap().to_owned();
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        desk.get(&format!("/work/c/{no}/dispatch")).expect(200).says("把握").says("推测");
    }

    fn a_workbook_is_brought_in_by_who_keeps_the_catalogue(app) {
        catalogue(app);
        let mut csv = String::from("留言主题,留言详情,一级分类\n");
        for case in cases() {
            csv.push_str(&format!("{},{},{}\n", case.text.chars().take(8).collect::<String>(), case.text, case.label));
        }
        let desk = app.staff(Role::DistrictDesk);
        let page = desk.get("/work/learning").expect(200).says("还没有学过");
        let file = |bytes: &'static [u8]| Upload { field: "file", name: "cases.csv", bytes };
        desk.submit_files(&page, "#labelled", &[], &[file(b"a,b\n1,2\n")]).expect(422);
        desk.submit_files(&page, "#labelled", &[], &[file(csv.into_bytes().leak())]).leads_to("/work/learning");
        app.settle();
        desk.get("/work/learning").expect(200).says("72").says("折交叉验证");
        app.staff(Role::TownDesk).get("/work/learning").expect(403);
        app.staff(Role::SystemAdmin).get("/work/learning").expect(403);
    }
}

fn likely_of(app: &TestApp, text: &'static str) -> String {
    app.district().read_now(move |tx, _| likely(tx, "", text, 3)).unwrap().remove(0).code
}

/// The real labelled cases, where the environment names their folder: what must be reached.
#[test]
fn real_cases_are_told_apart() {
    let Some(folder) = std::env::var_os("LIANXIN_REAL_DATA") else {
        eprintln!("skipped: LIANXIN_REAL_DATA names no folder");
        return;
    };
    let bytes = std::fs::read(std::path::Path::new(&folder).join("messages-labelled.xlsx")).unwrap();
    let (cases, wrong) = concerns::learn::read_labelled(&bytes).unwrap();
    assert!(wrong.is_empty() && cases.len() > 300, "{} cases, {} wrong", cases.len(), wrong.len());
    let cases: Vec<guess::Case> =
        cases.into_iter().map(|case| guess::Case { head: case.head, text: case.text, class: case.label }).collect();
    let found = guess::measure(&cases, 10, 5).unwrap();
    eprintln!("{found:?}");
    assert!(found.first >= 0.84 && found.three >= 0.97, "{found:?}");
}
