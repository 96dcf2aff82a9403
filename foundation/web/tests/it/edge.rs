//! What holds for every page: headers, origin, hosts, languages, limits, errors.

use base::Time;
use testkit::{Engine, TestApp};
use web::{Limit, Rate};

fn words(answer: &testkit::Answer) -> String {
    answer.main_text()
}

testkit::on_both! {
    [vec![]]
    fn every_answer_is_protected(app) {
        for path in ["/login", "/nothing-here", "/health"] {
            let answer = app.client().get(path);
            let policy = answer.headers["content-security-policy"].to_str().unwrap();
            assert!(!policy.contains("unsafe") && policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"));
            assert_eq!(answer.headers["x-content-type-options"], "nosniff");
            assert_eq!(answer.headers["referrer-policy"], "same-origin");
            assert!(answer.headers.contains_key("permissions-policy"));
            let text = answer.text();
            assert!(!text.contains("<style") && !text.contains(" style=") && !text.contains(" onclick"), "{path}");
            for script in answer.html().all("script") {
                assert!(script.attribute("src").is_some() && script.text().is_empty(), "{path}");
            }
        }
        let ours = app.client().get("/login");
        assert!(ours.headers.contains_key("content-length") || !ours.bytes.is_empty());
        assert_eq!(ours.headers["cache-control"], "no-store");
    }

    fn health_tells_that_the_store_can_be_read(app) {
        let answer = app.client().get("/health").expect(200);
        assert_eq!(answer.text(), "ok\n");
    }

    fn errors_speak_the_readers_language(app) {
        let anybody = app.client();
        let page = anybody.get("/nothing-here").expect(404);
        assert!(words(&page).contains("没有找到这个页面"));
        anybody.with_header("accept-language", "zh-TW").get("/nothing-here").expect(404).says("沒有找到這個頁面");
        anybody.with_header("accept-language", "en-GB,en;q=0.8").get("/nothing-here").expect(404).says("Page not found");
        anybody.get("/view?lang=en&next=/login").leads_to("/login");
        anybody.get("/nothing-here").expect(404).says("Page not found");
        let part = anybody.htmx().get("/nothing-here").expect(404);
        assert!(!part.text().contains("<html") && part.text().contains("Page not found"));
    }

    fn a_form_from_another_site_is_refused(app) {
        let staff = app.staff(people::Role::SystemAdmin);
        staff.from_origin("https://evil.example").post("/logout", &[]).expect(403);
        staff.with_header("sec-fetch-site", "cross-site").post("/logout", &[]).expect(403);
        // Ours, but without the session's token: an old page.
        staff.post("/logout", &[]).expect(403).says("过时");
        staff.post("/logout", &[("csrf", &"0".repeat(64))]).expect(403);
        staff.get("/me").expect(200);
    }

    fn bytes_that_are_no_form_are_refused(app) {
        let anybody = app.client();
        anybody.post_bytes("/login", "application/json", b"{}".to_vec()).expect(400);
        anybody.post_bytes("/login", "application/x-www-form-urlencoded", b"login=%ff".to_vec()).expect(400);
        anybody.post_bytes("/login", "application/x-www-form-urlencoded", vec![b'a'; 600 << 10]).expect(413);
        anybody.post_bytes("/login", "multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\ncut".to_vec()).expect(400);
        anybody.post_bytes("/login", "multipart/form-data", Vec::new()).expect(400);
    }
}

#[test]
fn too_many_from_one_address_wait() {
    let app =
        TestApp::configured(Engine::Sqlite, vec![], |config| config.rates.set(Limit::SignIn, Rate { burst: 2, per_minute: 6 })).unwrap();
    let anybody = app.client();
    for _ in 0..2 {
        anybody.post("/login", &[("login", ""), ("password", "")]).expect(422);
    }
    let refused = anybody.post("/login", &[("login", ""), ("password", "")]).expect(429).says("请在 10 秒后再试");
    assert_eq!(refused.headers["retry-after"], "10");
    anybody.address("10.0.0.9").post("/login", &[("login", ""), ("password", "")]).expect(422);
    // A claimed address counts only when a trusted proxy reports it.
    anybody.with_header("x-forwarded-for", "10.9.9.9").post("/login", &[("login", ""), ("password", "")]).expect(429);
    app.clock.advance(10 * Time::SECOND);
    anybody.post("/login", &[("login", ""), ("password", "")]).expect(422);
}

#[test]
fn a_trusted_proxy_tells_address_and_scheme() {
    let app = TestApp::configured(Engine::Sqlite, vec![], |config| {
        config.rates.set(Limit::SignIn, Rate { burst: 1, per_minute: 1 });
        config.proxies = vec!["127.0.0.1".parse().unwrap()];
    })
    .unwrap();
    let through = |from: &str| app.client().with_header("x-forwarded-for", from).with_header("x-forwarded-proto", "https");
    through("1.1.1.1, 10.0.0.1").post("/login", &[]).expect(422);
    through("2.2.2.2, 10.0.0.1").post("/login", &[]).expect(429);
    let login = app.world().members[0].login.clone();
    let browser = through("10.0.0.2");
    let page = browser.get("/login");
    assert!(page.headers.contains_key("strict-transport-security"));
    let answer = browser.submit(&page, "form[action=/login]", &[("login", &login), ("password", people::testing::PASSWORD)]).expect(303);
    let cookie = answer.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(
        cookie.starts_with("__Host-lianxin=")
            && cookie.contains("; Secure")
            && cookie.contains("HttpOnly")
            && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
}

#[test]
fn each_host_has_its_own_district() {
    let store = || store::testing::fresh(Engine::Sqlite, &testkit::trees(&[]));
    let (east, west) = (store(), store());
    let app = TestApp::over(vec![(vec!["east.example".into()], east), (vec!["west.example".into(), "w".into()], west)], vec![], |_| {});
    let [first, second] = app.app.districts() else { panic!() };
    let here = people::testing::world(first.store(), &first.env());
    let there = people::testing::world(second.store(), &second.env());
    let east = app.client().host("east.example:8080");
    let token = here.members[0].token.to_string();
    east.set_cookie("lianxin", &token);
    east.get("/me").expect(200);
    // The same browser, the same cookie, another district: nobody.
    east.host("WEST.example").get("/me").leads_to("/login");
    east.host("w").get("/login").expect(200);
    assert_ne!(token, there.members[0].token.to_string());
    let lost = app.client().host("elsewhere.example").get("/login").expect(421);
    assert!(lost.text().contains("No district") && lost.headers.contains_key("content-security-policy"));
}

#[test]
fn a_full_queue_says_so() {
    let app = TestApp::new(Engine::Sqlite, vec![]).unwrap();
    // A store that takes no more is the same to a page as a full queue.
    app.district().store().close();
    let answer = app.client().post("/login", &[("login", "x"), ("password", "y")]).expect(503).says("办理的人较多");
    assert!(answer.headers.contains_key("retry-after"));
    app.client().get("/health").expect(503);
    std::mem::forget(app);
}
