//! Programs of others, by Open311: what they read is what everybody may read, and what they hand in is a concern like any
//! other. Each guard is attacked: contacts, texts that nobody published, keys that do not hold, concerns of others.

use people::Role;
use serde_json::Value;
use testkit::{Answer, Client, TestApp};

use crate::pages::{catalogue, step};

const FORM: &str = "application/x-www-form-urlencoded";

fn json(answer: &Answer) -> Value {
    assert_eq!(answer.headers.get("content-type").unwrap(), "application/json; charset=utf-8", "{}", answer.path);
    serde_json::from_str(answer.text()).unwrap()
}

fn text<'a>(value: &'a Value, at: &str) -> &'a str {
    value.pointer(at).and_then(Value::as_str).unwrap_or_else(|| panic!("no {at} in {value}"))
}

/// A key, given by the system administrator on the page.
fn key(app: &TestApp, name: &str, first: &str) -> String {
    let admin = app.staff(Role::SystemAdmin);
    let page = admin.get("/admin/open311").expect(200);
    let made = admin.submit(&page, "form[action=/admin/open311]", &[("name", name), ("answers", first)]).expect(200).says("只显示这一次");
    let again = admin.submit(&page, "form[action=/admin/open311]", &[("name", name), ("answers", first)]).expect(200);
    let shown = |answer: &Answer| answer.html().first("code").unwrap().text();
    assert_eq!(shown(&made), shown(&again), "sent twice, one key");
    assert!(!admin.get("/admin/open311").expect(200).text().contains(&shown(&made)), "shown once");
    shown(&made)
}

fn post(client: &Client, path: &str, fields: &[(&str, &str)]) -> Answer {
    client.post_bytes(path, FORM, web::form::encode(fields.iter().copied()).into_bytes())
}

fn made<'a>(key: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![("api_key", key), ("service_code", "01"), ("description", "小区东门的路灯不亮，已经三天了")];
    fields.extend(more);
    fields
}

/// The whole way of a concern up to its published text.
fn publish(app: &TestApp, no: &str) {
    let department = app.world().departments[0];
    let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
    step(&desk, no, "dispatch", &[("kind", "01"), ("unit", &department.to_string())]);
    let officer = app.staff_in(Role::DepartmentStaff, department);
    let page = officer.get(&format!("/work/c/{no}")).expect(200);
    officer.submit(&page, &format!("form[action=/work/c/{no}/claim]"), &[]).leads_to("/work/c/");
    step(&officer, no, "resolve", &[("answer", "已更换灯具。")]);
    let page = desk.get(&format!("/work/c/{no}/publish")).expect(200);
    desk.submit(&page, "#propose", &[("words", "小区门口的路灯不亮。"), ("answer", "已更换灯具，恢复照明。")]).leads_to("/work/c/");
    let second = app.staff(Role::DistrictDesk);
    let page = second.get(&format!("/work/c/{no}/publish")).expect(200);
    second.submit(&page, "#judge", &[("pass", "1")]).leads_to("/work/c/");
    app.settle();
}

testkit::on_both! {
    [vec![concerns::module(), dashboard::module()]]

    fn a_program_hands_in_a_concern_like_any_other(app) {
        catalogue(app);
        let anybody = app.client();
        let key = key(app, "市 12345 热线平台", "number");
        let services = json(&anybody.get("/open311/v2/services.json").expect(200));
        let codes: Vec<&str> = services.as_array().unwrap().iter().map(|service| text(service, "/service_code")).collect();
        assert_eq!(codes, ["01", "02", "general"]);
        assert!(anybody.get("/open311/v2/services.xml").expect(200).text().contains("<service><service_code>01</service_code>"));
        let definition = json(&anybody.get("/open311/v2/services/01.json").expect(200));
        assert_eq!(text(&definition, "/attributes/1/code"), "about");
        let community = app.world().communities[0];
        let code = app.district().read_now(move |tx, _| Ok::<_, store::StoreError>(people::tree(tx)?.get(community).unwrap().code.clone())).unwrap();

        let sent = made(&key, &[("address_id", &code), ("address_string", "东门"), ("phone", "13800001234"), ("last_name", "李"), ("first_name", "阿姨"), ("email", "li@example.org"), ("device_id", "d-77")]);
        let once = anybody.with_header("idempotency-key", "call-1");
        let answer = json(&post(&once, "/open311/v2/requests.json", &sent).expect(201));
        assert_eq!(json(&post(&once, "/open311/v2/requests.json", &sent).expect(201)), answer, "the same call, one concern");
        for wrong in ["", "call 1", "call/1", &"k".repeat(201)] {
            let refused = post(&anybody.with_header("idempotency-key", wrong), "/open311/v2/requests.json", &sent).expect(400);
            assert!(refused.text().contains("Idempotency-Key"), "{}", refused.text());
        }
        let no = text(&answer, "/0/service_request_id").to_owned();
        let other = json(&post(&anybody, "/open311/v2/requests.json", &sent).expect(201));
        assert_ne!(text(&other, "/0/service_request_id"), no);

        // The receipt is the resident's, the desk has it like any other, and only the contact page opens the telephone.
        let receipt = text(&answer, "/0/receipt_url").trim_start_matches("http://localhost").to_owned();
        anybody.get(&receipt).expect(200).says("正在确定承办单位");
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        let page = desk.get(&format!("/work/c/{no}")).expect(200).says("小区东门的路灯不亮").says("东门").says("开放接口");
        assert!(!page.text().contains("13800001234") && !page.text().contains("li@example.org") && !page.text().contains("d-77"));
        let opened = desk.get(&format!("/work/c/{no}/contact")).expect(200);
        desk.submit(&opened, &format!("form[action=/work/c/{no}/contact]"), &[("reason", "问清位置")]).expect(200).says("13800001234").says("李阿姨");

        // Nothing of it is public, not even that it is there; the program adds to its own and to no other.
        anybody.get(&format!("/open311/v2/requests/{no}.json")).expect(404);
        assert_eq!(json(&anybody.get(&format!("/open311/v2/requests.json?service_request_id={no}")).expect(200)), serde_json::json!([]));
        let update = [("api_key", &key[..]), ("service_request_id", &no), ("update_id", "u1"), ("description", "今晚更暗了"), ("status", "CLOSED")];
        let added = json(&post(&anybody, "/open311/v2/servicerequestupdates.json", &update).expect(201));
        assert_eq!(text(&added, "/0/update_id"), "u1");
        post(&anybody, "/open311/v2/servicerequestupdates.json", &update).expect(201);
        let page = desk.get(&format!("/work/c/{no}")).expect(200).says("今晚更暗了");
        assert_eq!(page.text().matches("今晚更暗了").count(), 1, "sent twice, added once");
        let stranger = self::key(app, "别家", "number");
        let stolen = [("api_key", &stranger[..]), ("service_request_id", &no), ("description", "不是我的")];
        post(&anybody, "/open311/v2/servicerequestupdates.json", &stolen).expect(403);
        let unknown = [("api_key", &stranger[..]), ("service_request_id", "26112148271934"), ("description", "不是我的")];
        post(&anybody, "/open311/v2/servicerequestupdates.json", &unknown).expect(403);

        // A key that was taken back does nothing any more; what it brought stays.
        let admin = app.staff(Role::SystemAdmin);
        let page = admin.get("/admin/open311").expect(200).says("市 12345 热线平台");
        let row = page.html().all("tr").into_iter().find(|row| row.text().contains("市 12345")).unwrap().first("form").unwrap().attribute("action").unwrap().to_owned();
        admin.submit(&page, &format!("form[action={row}]"), &[]).leads_to("/admin/open311");
        post(&anybody, "/open311/v2/requests.json", &sent).expect(403);
        post(&anybody, "/open311/v2/servicerequestupdates.json", &update).expect(403);
        desk.get(&format!("/work/c/{no}")).expect(200);
    }

    fn only_published_texts_are_read(app) {
        catalogue(app);
        let anybody = app.client();
        let key = key(app, "街道小程序", "token");
        let services = json(&anybody.with_header("x-api-key", &key).get("/open311/v2/services.json").expect(200));
        assert_eq!(text(&services, "/0/type"), "batch");
        assert_eq!(text(&json(&anybody.get("/open311/v2/services.json").expect(200)), "/0/type"), "realtime");
        let community = app.world().communities[0];
        let code = app.district().read_now(move |tx, _| Ok::<_, store::StoreError>(people::tree(tx)?.get(community).unwrap().code.clone())).unwrap();
        let sent = made(&key, &[("attribute[place]", &code), ("attribute[publish]", "yes"), ("phone", "13800001234")]);
        let answer = json(&post(&anybody, "/open311/v2/requests.json", &sent).expect(201));
        assert_eq!(answer.pointer("/0/service_request_id"), None, "a token first");
        let token = text(&answer, "/0/token").to_owned();
        let found = json(&anybody.get(&format!("/open311/v2/tokens/{token}.json")).expect(200));
        let no = text(&found, "/0/service_request_id").to_owned();
        anybody.get("/open311/v2/tokens/0123456789ABCDEF.json").expect(404);

        publish(app, &no);
        for path in [format!("/open311/v2/requests/{no}.json"), "/open311/v2/requests.json".into(), "/open311/v2/requests.json?service_code=01&status=open".into()] {
            let read = anybody.get(&path).expect(200);
            let one = json(&read);
            assert_eq!((text(&one, "/0/description"), text(&one, "/0/service_notice"), text(&one, "/0/status")), ("小区门口的路灯不亮。", "已更换灯具，恢复照明。", "open"), "{path}");
            assert!(!read.text().contains("已经三天了") && !read.text().contains("13800001234"), "{path}");
        }
        assert_eq!(json(&anybody.get("/open311/v2/requests.json?status=closed").expect(200)), serde_json::json!([]));
        assert_eq!(json(&anybody.get("/open311/v2/requests.json?service_code=02").expect(200)), serde_json::json!([]));
        assert_eq!(json(&anybody.get("/open311/v2/requests.json?end_date=2020-01-01T00:00:00Z").expect(200)), serde_json::json!([]));
        let updates = json(&anybody.get("/open311/v2/servicerequestupdates.json").expect(200));
        assert_eq!((text(&updates, "/0/service_request_id"), text(&updates, "/0/description"), text(&updates, "/0/status")), (&no[..], "已更换灯具，恢复照明。", "open"));
        let xml = anybody.get(&format!("/open311/v2/requests/{no}.xml")).expect(200);
        assert_eq!(xml.headers.get("content-type").unwrap(), "text/xml; charset=utf-8");
        assert!(xml.text().contains("<description>小区门口的路灯不亮。</description>") && xml.text().contains("<lat/>"));

        // Solved, it is closed, and that is an update; taken back, it is gone from every list.
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        let page = desk.get(&format!("/work/c/{no}/review")).expect(200);
        desk.submit(&page, &format!("form[action=/work/c/{no}/review]"), &[("pass", "1")]).leads_to("/work/c/");
        let receipt = text(&answer, "/0/receipt_url").trim_start_matches("http://localhost").to_owned();
        let page = anybody.get(&receipt).expect(200);
        let words = [("solved", "1"), ("contacted", "1"), ("satisfied", "1")];
        anybody.submit(&page, &format!("form[action={receipt}/answer]"), &words).leads_to(&receipt);
        let updates = json(&anybody.get("/open311/v2/servicerequestupdates.json").expect(200));
        assert_eq!((text(&updates, "/1/status"), text(&updates, "/1/description")), ("closed", "已解决"));
        let update = [("api_key", &key[..]), ("service_request_id", &no), ("description", "路灯又坏了")];
        post(&anybody, "/open311/v2/servicerequestupdates.json", &update).expect(409);
        let page = desk.get(&format!("/work/c/{no}/publish")).expect(200);
        desk.submit(&page, "#withdraw", &[("withdraw", "居民要求撤下")]).leads_to("/work/c/");
        for path in ["/open311/v2/requests.json", "/open311/v2/servicerequestupdates.json"] {
            assert_eq!(json(&anybody.get(path).expect(200)), serde_json::json!([]), "{path}");
        }
        anybody.get(&format!("/open311/v2/requests/{no}.json")).expect(404);
    }

    fn the_guards_of_a_concern_hold_for_programs(app) {
        catalogue(app);
        let anybody = app.client();
        let key = key(app, "热线", "number");
        let department = app.world().departments[0];
        let code = app.district().read_now(move |tx, _| Ok::<_, store::StoreError>(people::tree(tx)?.get(department).unwrap().code.clone())).unwrap();
        let send = |more: &[(&str, &str)]| {
            let answer = json(&post(&anybody, "/open311/v2/requests.json", &made(&key, more)).expect(201));
            text(&answer, "/0/service_request_id").to_owned()
        };
        // About a unit: kept from its line. Confidential: sealed for handlers, and never public.
        let about = send(&[("address_string", "东门"), ("attribute[about]", &code)]);
        app.staff_in(Role::DepartmentStaff, department).get(&format!("/work/c/{about}")).expect(404);
        let hidden = send(&[("address_string", "三楼"), ("attribute[confidential]", "yes"), ("attribute[publish]", "yes")]);
        let desk = app.staff(Role::DistrictDesk);
        desk.get(&format!("/work/c/{hidden}/publish")).expect(200).says("不能公开");
        desk.get(&format!("/work/c/{hidden}/dispatch")).leads_to("/work/c/");
        // What cannot wait is told so at once.
        let urgent = [("api_key", &key[..]), ("service_code", "general"), ("description", "三楼着火了，快来人"), ("lat", "36.65"), ("long", "117.12")];
        let answer = json(&post(&anybody, "/open311/v2/requests.json", &urgent).expect(201));
        assert!(text(&answer, "/0/service_notice").contains("119"), "{answer}");
        let no = text(&answer, "/0/service_request_id");
        desk.get(&format!("/work/c/{no}")).expect(200).says("36.650000, 117.120000");
    }

    fn whatever_is_wrong_is_answered_in_the_shape_of_the_specification(app) {
        catalogue(app);
        let anybody = app.client();
        let key = key(app, "热线", "number");
        let wrong = |answer: &Answer, code: u64| {
            let errors = json(answer);
            assert_eq!((u64::from(answer.status.as_u16()), errors.pointer("/0/code").and_then(Value::as_u64)), (code, Some(code)), "{errors}");
            assert!(!text(&errors, "/0/description").is_empty());
        };
        for path in ["v2/nothing.json", "v2/requests/x.json", "v2/services/99.json", "v2/requests/%FF.json", "v2/services.json?jurisdiction_id=elsewhere"] {
            wrong(&anybody.get(&format!("/open311/{path}")), 404);
        }
        for path in ["status=lost", "start_date=soon", "start_date=2026-02-01T00:00:00Z&end_date=2026-01-01T00:00:00Z", "status=open&status=closed"] {
            wrong(&anybody.get(&format!("/open311/v2/requests.json?{path}")), 400);
        }
        let here = [("address_string", "东门")];
        for (fields, code) in [
            (made("", &here), 403),
            (made("00112233445566778899aabbccddeeff00112233", &here), 403),
            (made(&key, &[]), 400),
            (made(&key, &[("lat", "36.6")]), 400),
            (made(&key, &[("lat", "91"), ("long", "0")]), 400),
            (made(&key, &[("address_string", "东门"), ("phone", "123")]), 400),
            (made(&key, &[("address_id", "nowhere")]), 400),
            (made(&key, &[("address_string", "东门"), ("attribute[about]", "nobody")]), 400),
            (made(&key, &[("address_string", "东门"), ("media_url", "javascript:1")]), 400),
            (vec![("api_key", &key[..]), ("service_code", "99"), ("description", "路灯不亮了"), ("address_string", "东门")], 404),
            (vec![("api_key", &key[..]), ("service_code", "01"), ("description", "短"), ("address_string", "东门")], 400),
            (vec![("api_key", &key[..]), ("service_code", "01"), ("address_string", "东门")], 400),
        ] {
            wrong(&post(&anybody, "/open311/v2/requests.json", &fields), code);
        }
        wrong(&anybody.post_bytes("/open311/v2/requests.json", "application/json", b"{}".to_vec()), 415);
        wrong(&anybody.post_bytes("/open311/v2/requests.json", FORM, vec![b'a'; 70_000]), 413);
        let method = anybody.post_bytes("/open311/v2/services.json", FORM, Vec::new());
        wrong(&method, 405);
        assert_eq!(method.headers.get("allow").unwrap(), "GET, HEAD");
        assert!(anybody.get("/open311/v2/nothing.xml").expect(404).text().contains("<errors><error><code>404</code>"));
        let discovery = json(&anybody.get("/open311/discovery.json").expect(200));
        assert_eq!(text(&discovery, "/endpoints/0/url"), "http://localhost/open311/v2");
        assert_eq!(text(&json(&anybody.get("/open311/v2/openapi.json").expect(200)), "/openapi"), "3.0.3");

        // The page is the system administrator's.
        for role in [Role::SecurityAdmin, Role::AuditAdmin, Role::DistrictDesk] {
            app.staff(role).get("/admin/open311").expect(403);
        }
        let admin = app.staff(Role::SystemAdmin);
        let page = admin.get("/admin/open311").expect(200);
        admin.submit(&page, "form[action=/admin/open311]", &[("name", " ")]).expect(422).says("1 至 40");
    }
}

/// Too many from one address or with one key are slowed down, in the shape of the specification.
#[test]
fn too_many_are_slowed_down() {
    let few = web::Rate { burst: 3, per_minute: 1 };
    let Some(app) = TestApp::configured(testkit::Engine::Sqlite, vec![concerns::module()], |config| config.rates.set(web::Limit::Api, few))
    else {
        return;
    };
    let anybody = app.client();
    for _ in 0..3 {
        anybody.get("/open311/v2/services.json").expect(200);
    }
    let limited = anybody.get("/open311/v2/services.json").expect(429);
    assert_eq!(limited.headers.get("retry-after").unwrap(), "60");
    assert_eq!(json(&limited).pointer("/0/code").and_then(Value::as_u64), Some(429));
    anybody.address("10.0.0.9").get("/open311/v2/services.json").expect(200);
    app.finish();
}
