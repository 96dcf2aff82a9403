//! The audit administrator sees everything that happened and nothing of anybody, and changes nothing.
#![allow(clippy::unwrap_used, reason = "tests")]

use base::Time;
use people::Role;

testkit::on_both! {
    [vec![audit::module()]]
    fn what_was_done_is_found_by_time_kind_and_person(app) {
        let security = app.staff(Role::SecurityAdmin);
        let town = app.world().member(Role::TownStaff).clone();
        let page = security.get(&format!("/admin/people/{}", town.person)).expect(200);
        security.submit(&page, &format!("form[action=/admin/people/{}/lock]", town.person), &[]).leads_to("/admin/people/");
        app.settle();

        let audit = app.staff(Role::AuditAdmin);
        audit.open("/start").expect(200).says("全部记录").says("锁定账号");
        let all = audit.get("/audit/record").expect(200).says("授予岗位");
        assert!(!all.text().contains(people::testing::PASSWORD));
        audit.get("/audit/record?kind=AccountLocked").expect(200).says("锁定账号").html().first("table tbody tr").unwrap();
        assert_eq!(audit.get("/audit/record?kind=AccountLocked").html().all("table tbody tr").len(), 1);
        let name = people_name(app, Role::SecurityAdmin);
        let by = audit.get(&format!("/audit/record?kind=AccountLocked&q={}", web::shell::percent(&name))).expect(200);
        assert_eq!(by.html().all("table tbody tr").len(), 1);
        audit.get("/audit/record?q=%E6%B2%A1%E6%9C%89").expect(200).says("没有叫");
        audit.get("/audit/record?from=2020-01-01&to=2020-01-02").expect(200).says("这段时间没有");
        let href = by.html().first("table tbody a").unwrap().attribute("href").unwrap().to_owned();
        audit.get(&href).expect(200).says("AccountLocked").says("写入时间");
    }

    fn logs_stand_apart_and_go_out_as_workbooks(app) {
        app.settle();
        let audit = app.staff(Role::AuditAdmin);
        audit.get("/audit/log/sign-in").expect(200).says("登录");
        let given = audit.get("/audit/log/permission").expect(200).says("授予岗位");
        assert_eq!(given.html().all("table tbody tr").len(), 50);
        let html = given.html();
        let older = html.all("main a").into_iter().find(|a| a.text() == "更早的").unwrap();
        audit.get(older.attribute("href").unwrap()).expect(200);
        audit.get("/audit/log/reading").expect(200).says("没有这样的记录");
        audit.get("/audit/log/nothing").expect(404);
        let book = audit.get("/audit/export?log=permission").expect(200);
        let sheet = sheets::grids(&book.bytes, &sheets::Limits::default()).unwrap();
        assert!(sheet[0].rows.len() > 50, "the workbook holds more than a page");
        let whole = audit.get("/audit/integrity").expect(200).says("没有被拦下的记录").says("已跟上").says("审计日志");
        let codes = whole.html().all("dt").iter().map(|term| term.text()).filter(|term| term.is_ascii()).collect::<Vec<_>>();
        assert_eq!(codes, Vec::<String>::new(), "readers have names");
        app.pass(Time::MINUTE);
    }

    fn a_table_that_left_is_named_and_found(app) {
        app.settle();
        let (audit, system) = (app.staff(Role::AuditAdmin), app.staff(Role::SystemAdmin));
        for table in ["units", "people", "units"] {
            system.get(&format!("/tables/{table}/export.xlsx")).expect(200);
        }
        audit.get("/audit/export?log=permission").expect(200);
        app.settle();
        let list = audit.get("/audit/log/data").expect(200).says("导出表格").says("审计记录，").says(" 行");
        let rows = |page: &testkit::Answer| page.html().all("table tbody tr").iter().map(|row| row.text()).collect::<Vec<_>>();
        let (all, units) = (rows(&list), rows(&audit.get("/audit/log/data?table=units").expect(200)));
        assert_eq!((all.len(), units.len()), (4, 2), "{all:?}");
        assert!(units.iter().all(|row| row.contains("单位") && row.contains("导出表格")), "{units:?}");
        let chosen = audit.get("/audit/log/data?table=units");
        assert_eq!(chosen.html().first("select[name=table] option[selected]").unwrap().attribute("value"), Some("units"));
        assert_eq!(rows(&audit.get("/audit/record?table=people").expect(200)).len(), 1, "in the whole record too");
        assert_eq!(rows(&audit.get("/audit/log/data?table=residents").expect(200).says("没有这样的记录")).len(), 0);
        let by = |role: Role| {
            let name = web::shell::percent(&people_name(app, role));
            rows(&audit.get(&format!("/audit/log/data?table=units&q={name}")).expect(200)).len()
        };
        assert_eq!((by(Role::SystemAdmin), by(Role::SecurityAdmin)), (2, 0));
        assert!(audit.get("/audit/log/sign-in").html().first("select[name=table]").is_none(), "tables leave by one log");
        let book = audit.get("/audit/export?log=data&table=units").expect(200);
        let sheet = sheets::grids(&book.bytes, &sheets::Limits::default()).unwrap();
        let cells: Vec<String> = sheet[0].rows.iter().flat_map(|row| (0..9).map(|at| row.cell(at).as_written()).collect::<Vec<_>>()).collect();
        assert!(cells.iter().any(|cell| cell == "表格") && cells.iter().filter(|cell| cell.starts_with("单位，")).count() == 2, "{cells:?}");
        let english = audit.with_header("accept-language", "en").get("/audit/log/data?table=units").expect(200);
        assert!(english.text().contains("Units, "), "{}", english.text());
        // However long ago it left, its log names it; the whole record is looked through in the days that it says.
        app.pass(60 * Time::DAY);
        let audit = app.staff(Role::AuditAdmin);
        assert_eq!(rows(&audit.get("/audit/log/data?table=units").expect(200)).len(), 2);
        audit.get("/audit/record?table=units").expect(200).says("没有这样的记录");
        assert!(!rows(&audit.get("/audit/log/sign-in?table=units").expect(200)).is_empty(), "no table leaves by signing in");
    }

    fn the_three_see_apart_and_the_audit_changes_nothing(app) {
        let audit = app.staff(Role::AuditAdmin);
        for path in ["/admin/units", "/admin/people", "/admin/people/add", "/admin/complaints"] {
            audit.get(path).expect(403);
        }
        let person = app.world().member(Role::TownStaff).person;
        let page = audit.get("/me").expect(200);
        let token = page.html().first("input[name=csrf]").unwrap().attribute("value").unwrap().to_owned();
        for path in [format!("/admin/people/{person}/lock"), format!("/admin/people/{person}/change"), "/admin/posts/give".to_owned(), "/admin/units/add".to_owned()] {
            let typed = [("op_key", "00112233445566778899aabbccddeeff"), ("csrf", &token), ("name", "x"), ("unit", "x"), ("post", "x")];
            let refused = audit.post(&path, &typed);
            assert!([403, 404, 400].contains(&refused.status.as_u16()), "{path}: {}", refused.status);
        }
        for role in [Role::SystemAdmin, Role::SecurityAdmin, Role::DistrictLeader, Role::TownDesk] {
            let other = app.staff(role);
            for path in ["/audit/record", "/audit/log/sign-in", "/audit/integrity", "/audit/export"] {
                other.get(path).expect(403);
            }
        }
    }
}

fn people_name(app: &testkit::TestApp, role: Role) -> String {
    app.world().member(role).actor.name.clone()
}
