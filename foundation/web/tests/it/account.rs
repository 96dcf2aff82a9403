//! One's own account: sessions, password, second factor.

use base::Time;
use people::Role;
use people::testing::{PASSWORD, shown_code};

testkit::on_both! {
    [vec![]]
    fn a_revoked_session_ends_at_once(app) {
        let here = app.staff(Role::TownDesk);
        let there = app.staff(Role::TownDesk);
        there.get("/me").expect(200);
        let page = here.get("/me").expect(200).says("这台设备");
        let rows = page.html().all("form[action=/me/sessions/end]").len();
        assert!(rows >= 1);
        here.submit(&page, "form[action=/me/sessions/end-others]", &[]).leads_to("/me");
        there.get("/me").leads_to("/login");
        here.get("/me").expect(200).says("已退出");
        here.get("/me").expect(200);
    }

    fn an_idle_session_ends_and_a_seen_one_goes_on(app) {
        let busy = app.staff(Role::TownDesk);
        let idle = app.staff(Role::TownDesk);
        for _ in 0..4 {
            app.clock.advance(20 * Time::MINUTE);
            busy.get("/me").expect(200);
        }
        idle.get("/me").leads_to("/login");
    }

    fn a_new_password_is_asked_for_the_old_one_and_ends_other_sessions(app) {
        let here = app.staff(Role::TownDesk);
        let there = app.staff(Role::TownDesk);
        let page = here.get("/me/password").expect(200);
        let form = "form[action=/me/password]";
        let refused = here.submit(&page, form, &[("old", "wrong"), ("new", "Another-word-2026"), ("again", "Another-word-2026")]);
        refused.expect(422).says("现在的密码不对");
        here.submit(&page, form, &[("old", PASSWORD), ("new", "Another-word-2026"), ("again", "other")]).expect(422).says("两次输入的密码不一样");
        here.submit(&page, form, &[("old", PASSWORD), ("new", "short"), ("again", "short")]).expect(422).says("密码至少要 8 个字符");
        here.submit(&page, form, &[("old", PASSWORD), ("new", "Another-word-2026"), ("again", "Another-word-2026")]).leads_to("/me");
        there.get("/me").leads_to("/login");
        let login = app.world().member(Role::TownDesk).login.clone();
        app.client().post("/login", &[("login", &login), ("password", PASSWORD)]).expect(422);
        app.client().post("/login", &[("login", &login), ("password", "Another-word-2026")]).leads_to("/start");
    }

    fn a_second_factor_is_set_up_asked_for_and_taken_away(app) {
        let here = app.staff(Role::TownDesk);
        let login = app.world().member(Role::TownDesk).login.clone();
        let page = here.get("/me/totp").expect(200);
        let offer = here.submit(&page, "form[action=/me/totp]", &[]).expect(200);
        assert!(offer.html().first("svg").is_some());
        let secret = offer.html().first("main code").unwrap().text().replace(' ', "");
        here.submit(&offer, "form[action=/me/totp/confirm]", &[("code", "000000")]).expect(422);
        let now = || shown_code(&secret, app.district().env().clock.now()).unwrap();
        let codes = here.submit(&offer, "form[action=/me/totp/confirm]", &[("code", &now())]).expect(200);
        let codes: Vec<String> = codes.html().all("main code").iter().map(|code| code.text()).collect();
        assert!(codes.len() >= 8, "{codes:?}");

        app.clock.advance(Time::MINUTE);
        let browser = app.client();
        let step = browser.follow(browser.post("/login", &[("login", &login), ("password", PASSWORD)]).leads_to("/login/code")).expect(200);
        browser.get("/me").leads_to("/login");
        browser.submit(&step, "form[action=/login/code]", &[("code", "123456")]).expect(422).says("验证码不对");
        browser.submit(&step, "form[action=/login/code]", &[("code", &now())]).leads_to("/start");
        browser.get("/me").expect(200);

        // Without the phone, a recovery code works once.
        let other = app.client();
        let step = other.follow(other.post("/login", &[("login", &login), ("password", PASSWORD)])).expect(200);
        other.submit(&step, "form[action=/login/code]", &[("code", &codes[0])]).leads_to("/start");
        let third = app.client();
        let step = third.follow(third.post("/login", &[("login", &login), ("password", PASSWORD)])).expect(200);
        third.submit(&step, "form[action=/login/code]", &[("code", &codes[0])]).expect(422);

        app.clock.advance(Time::MINUTE);
        let page = other.get("/me/totp").expect(200);
        other.submit(&page, "form[action=/me/totp/remove]", &[("code", &now())]).leads_to("/me");
        app.client().post("/login", &[("login", &login), ("password", PASSWORD)]).leads_to("/start");
    }

    fn waiting_too_long_between_the_steps_begins_again(app) {
        app.client().post("/login/code", &[("code", "123456")]).leads_to("/login");
    }
}
