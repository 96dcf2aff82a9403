//! What the rules order of a branch is told from what it records: met or not, by the day on which it was held, taken back when
//! the record is, and nothing of who came.

use base::{Time, UnitId};
use measures::Period;
use measures::duties::{self, Stands};
use people::Role;
use testkit::TestApp;

use super::{modules, place};

/// How a duty of the branch stands in a month.
fn stands(app: &TestApp, branch: UnitId, id: &'static str, back: i64) -> Option<Stands> {
    app.district()
        .read_now(move |tx, ctx| {
            let period = Period::month_of(ctx.now.plus(-back * 30 * Time::DAY).date());
            let tree = people::tree(tx)?;
            let all = duties::of(tx, ctx.rules(), &tree, branch, &period, ctx.now.date())?;
            Ok::<_, store::StoreError>(all.into_iter().find(|owed| owed.duty.id == id).map(|owed| owed.stands))
        })
        .unwrap()
}

testkit::on_both! {
    [modules()]

    fn a_theme_day_is_met_when_it_is_recorded_and_not_when_that_is_taken_back(app) {
        let branch = app.world().branch;
        assert!(matches!(stands(app, branch, "learning.theme_day", 0), Some(Stands::Open(_))));
        assert_eq!(stands(app, app.world().communities[0], "learning.theme_day", 0), None, "a community owes no theme day");
        let secretary = app.staff(Role::BranchSecretary);
        let page = secretary.get("/learning/branch/study").expect(200).says("主题党日每月 1 次").says("党课每季度 1 次");
        let form = "form[action=/learning/branch/study]";
        let said = [("topic", "学条例"), ("hours", "2"), ("occasion", "theme_day")];
        secretary.submit(&page, form, &[("topic", "学条例"), ("hours", "2"), ("occasion", "party")]).expect(422).says("请选择这次是什么");
        let study = place(&secretary.submit(&page, form, &said).leads_to("/learning/branch/study/"));
        secretary.get(&study).expect(200).says("主题党日");
        secretary.get("/learning/branch").expect(200).says("主题党日 ·");
        app.settle();
        assert_eq!(stands(app, branch, "learning.theme_day", 0), Some(Stands::Met));
        assert!(matches!(stands(app, branch, "learning.lecture", 0), Some(Stands::Open(_))), "a theme day is no lecture");
        // Above it is seen that it was held and when; what was said and who came is the branch's.
        let office = app.staff(Role::PartyAffairs);
        let period = Period::month_of(app.district().env().clock.now().date());
        let cases = office.get(&measures::cases_href("learning.theme_days", branch, &period)).expect(200).says("主题党日").says("东门社区党支部");
        assert!(!cases.main_text().contains("学条例") && cases.html().all("#cases a").iter().all(|a| a.attribute("href") != Some(study.as_str())));
        office.get(&study).expect(404);
        let cases = secretary.get(&measures::cases_href("learning.theme_days", branch, &period)).expect(200);
        assert!(cases.html().first(&format!("#cases a[href={study}]")).is_some());
        // Taken back, it is not met any more, and both records stay to be seen.
        let page = secretary.get(&study).expect(200);
        secretary.submit(&page, &format!("form[action={study}/withdraw]"), &[("reason", "登错日期")]).expect(303);
        app.settle();
        assert!(matches!(stands(app, branch, "learning.theme_day", 0), Some(Stands::Open(_))));
        office.get(&measures::cases_href("learning.theme_days", branch, &period)).expect(200).says("记录已撤回");
    }

    fn what_is_written_down_late_counts_for_its_own_month(app) {
        let branch = app.world().branch;
        app.pass(70 * Time::DAY);
        assert_eq!(stands(app, branch, "learning.theme_day", 1), Some(Stands::Unmet));
        assert_eq!(stands(app, branch, "learning.theme_day", 6), None, "nothing is asked of a branch before there was one");
        let on = app.district().env().clock.now().plus(-30 * Time::DAY).date().to_string();
        let secretary = app.staff(Role::BranchSecretary);
        let page = secretary.get("/learning/branch/study").expect(200);
        let said = [("topic", "补登"), ("hours", "2"), ("occasion", "theme_day"), ("on", on.as_str())];
        secretary.submit(&page, "form[action=/learning/branch/study]", &said).expect(303);
        app.settle();
        assert_eq!(stands(app, branch, "learning.theme_day", 1), Some(Stands::Met));
        assert!(matches!(stands(app, branch, "learning.theme_day", 0), Some(Stands::Open(_))));
        app.staff(Role::BranchSecretary).get("/board").expect(200).says("开展主题党日").says("上党课");
    }
}
