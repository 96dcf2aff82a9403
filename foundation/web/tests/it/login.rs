//! Signing in and out, locks, second factors.

use base::Time;
use people::Role;
use people::testing::PASSWORD;

testkit::on_both! {
    [vec![]]
    fn a_password_opens_a_session_and_signing_out_ends_it(app) {
        let login = app.world().member(Role::TownDesk).login.clone();
        let browser = app.client();
        browser.get("/me").leads_to("/login?next=/me");
        let page = browser.open("/me").expect(200);
        browser.submit(&page, "form[action=/login]", &[("login", &login), ("password", PASSWORD)]).leads_to("/me");
        let me = browser.get("/me").expect(200);
        let copy = browser.copy();
        browser.submit(&me, "form[action=/logout]", &[]).leads_to("/login");
        assert_eq!(browser.cookie("lianxin"), None);
        copy.get("/me").leads_to("/login");
    }

    fn wrong_passwords_keep_the_login_and_lock_it_at_last(app) {
        let login = app.world().member(Role::TownDesk).login.clone();
        let browser = app.client();
        let page = browser.get("/login");
        let refused = browser.submit(&page, "form[action=/login]", &[("login", &login), ("password", "wrong")]).expect(422).says("登录名或密码不对");
        assert_eq!(refused.html().first("#f-login").unwrap().attribute("value"), Some(login.as_str()));
        assert_eq!(refused.html().first("#f-password").unwrap().attribute("value"), Some(""));
        for _ in 0..4 {
            browser.post("/login", &[("login", &login), ("password", "wrong")]).expect(422);
        }
        browser.post("/login", &[("login", &login), ("password", PASSWORD)]).expect(422).says("尝试次数太多");
        // A login that nobody has is no different.
        for _ in 0..5 {
            browser.post("/login", &[("login", "nobody"), ("password", "wrong")]).expect(422);
        }
        browser.post("/login", &[("login", "nobody"), ("password", "wrong")]).expect(422).says("尝试次数太多");
        app.clock.advance(31 * Time::MINUTE);
        browser.post("/login", &[("login", &login), ("password", PASSWORD)]).leads_to("/start");
    }

    fn next_leads_only_to_ourselves(app) {
        let login = app.world().member(Role::TownDesk).login.clone();
        for next in ["//evil.example/x", "https://evil.example", "/\\evil"] {
            app.client().post("/login", &[("login", &login), ("password", PASSWORD), ("next", next)]).leads_to("/start");
        }
    }
}
