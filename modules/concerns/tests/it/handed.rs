//! What is in somebody's hands when they leave, and what a unit holds when it is merged: nothing is orphaned.

use concerns::State;
use concerns::hand_over::{left_behind, pass};
use people::{Authority, Passing, Role, act, merge_units};
use store::StoreError;

use crate::pages::{catalogue, report, step};
use crate::town::{Step, TREES, Town};
use testkit::{TestApp, Upload};

store::both_engines! {
    TREES
    fn what_is_in_hand_goes_to_a_colleague_or_back_to_the_unit(store) {
        let town = Town::new(store);
        let [east, _] = town.world.towns;
        let community = town.world.communities[0];
        let receipt = town.submit(town.form(town.world.grids[0]));
        let no = receipt.no.as_str();
        town.step(Role::TownDesk, east, no, Step::Dispatch(community, "03"));
        town.step(Role::CommunityStaff, community, no, Step::Claim);
        let due = town.concern(no).now.due;
        let staff = town.world.member_in(Role::CommunityStaff, community).person;
        let secretary = town.world.member_in(Role::CommunitySecretary, community).person;
        let hand = |person, to| {
            let passing = Passing::Person { person, unit: community, to };
            town.write(move |tx, ctx| pass(tx, ctx, record::Actor::System, &passing)).unwrap()
        };
        assert_eq!(hand(secretary, None), 0, "nothing is in these hands");
        assert_eq!(hand(staff, Some(secretary)), 1);
        let now = town.concern(no).now;
        assert_eq!((now.assignee, now.holder, now.state), (Some(secretary), Some(community), State::InHand));
        assert_eq!(now.due, due, "no more time than before");
        assert_eq!(hand(secretary, None), 1);
        assert_eq!(town.concern(no).now.assignee, None);
        town.step(Role::CommunityStaff, community, no, Step::FirstContact);
        town.step(Role::CommunityStaff, community, no, Step::Resolve);
        town.assert_clean();
    }

    fn what_somebody_who_acted_had_goes_back_when_the_day_comes(store) {
        let town = Town::new(store);
        let [east, _] = town.world.towns;
        let (community, other) = (town.world.communities[0], town.world.communities[1]);
        let post = town.world.member_in(Role::CommunityStaff, community).post;
        let person = town.world.member_in(Role::CommunityStaff, other).person;
        town.write(move |tx, ctx| {
            let done = act(tx, ctx, Authority::Console, person, post, ctx.now, ctx.now.plus(10 * base::Time::DAY));
            done.map(drop).map_err(|error| StoreError::Other(error.to_string()))
        })
        .unwrap();
        let no = town.submit(town.form(town.world.grids[0])).no;
        town.step(Role::TownDesk, east, &no, Step::Dispatch(community, "03"));
        let actor = town.read(move |tx, ctx| people::sign::on_behalf(tx, ctx.now, person)).unwrap();
        let claimed = town.attempt(&actor, &no, town.concern(&no).v, &Step::Claim);
        assert!(matches!(claimed, Some(Ok(_))), "{claimed:?}");
        assert_eq!(town.concern(&no).now.assignee, Some(person));
        let behind = || town.read(left_behind);
        assert!(behind().is_empty());
        town.clock.advance(11 * base::Time::DAY);
        assert_eq!(behind(), [(person, community)]);
        let passing = Passing::Person { person, unit: community, to: None };
        town.write(move |tx, ctx| pass(tx, ctx, record::Actor::System, &passing)).unwrap();
        assert!(behind().is_empty());
        let now = town.concern(&no).now;
        assert_eq!((now.assignee, now.holder, now.state), (None, Some(community), State::InHand));
        // What somebody of the town took in hand at a community goes back to that community.
        let worker = town.world.member_in(Role::TownStaff, east).clone();
        let below = town.submit(town.form(town.world.grids[0])).no;
        town.step(Role::TownDesk, east, &below, Step::Dispatch(community, "03"));
        let claimed = town.attempt(&worker.actor, &below, town.concern(&below).v, &Step::Claim);
        assert!(matches!(claimed, Some(Ok(_))), "{claimed:?}");
        let passing = Passing::Person { person: worker.person, unit: east, to: None };
        assert_eq!(town.write(move |tx, ctx| pass(tx, ctx, record::Actor::System, &passing)).unwrap(), 1);
        assert_eq!((town.concern(&below).now.assignee, town.concern(&below).now.holder), (None, Some(community)));
        town.assert_clean();
    }

    fn what_a_unit_holds_goes_to_the_one_it_is_merged_into(store) {
        let town = Town::new(store);
        let [east, _] = town.world.towns;
        let (here, there) = (town.world.communities[0], town.world.communities[1]);
        let receipt = town.submit(town.form(town.world.grids[0]));
        let no = receipt.no.as_str();
        town.step(Role::TownDesk, east, no, Step::Dispatch(here, "03"));
        let passed = town.write(move |tx, ctx| {
            let merged = merge_units(tx, ctx, Authority::Console, here, there, &pass);
            merged.map(|merged| merged.passed).map_err(|error| StoreError::Other(error.to_string()))
        });
        assert_eq!(passed.unwrap(), 1);
        let now = town.concern(no).now;
        assert_eq!((now.holder, now.handler, now.state), (Some(there), Some(there), State::Dispatched));
        town.step(Role::CommunityStaff, there, no, Step::Claim);
        town.assert_clean();
    }
}

testkit::on_both! {
    [vec![concerns::module()]]

    fn what_was_taken_in_hand_by_a_post_that_an_undone_table_gave_goes_back(app) {
        catalogue(app);
        let (here, there) = (app.world().communities[0], app.world().communities[1]);
        let person = app.world().member_in(Role::CommunityStaff, there).person;
        let (name, code, title) = app
            .district()
            .read_now(move |tx, ctx| {
                let posts = people::read::posts_in(tx, ctx.now, here)?;
                let title = posts.into_iter().find(|post| post.role == Role::CommunityStaff).unwrap().title;
                let code = people::tree(tx)?.get(here).unwrap().code.clone();
                Ok::<_, StoreError>((people::read::name_of(tx, person)?.unwrap(), code, title))
            })
            .unwrap();
        let security = app.staff(Role::SecurityAdmin);
        let file = format!("姓名,单位代码,岗位名称\n{name},{code},{title}\n");
        let list = security.get("/tables/holdings").expect(200);
        let file = [Upload { field: "file", name: "任职.csv", bytes: file.as_bytes() }];
        let sent = security.submit_files(&list, "form[action=/tables/holdings]", &[], &file);
        let page = press(app, &security, &security.follow(sent).path, "start").says("新增 1");

        let (no, _) = report(app, &app.client(), "", &[("who", "none")]);
        let desk = app.staff_in(Role::TownDesk, app.world().towns[0]);
        step(&desk, &no, "dispatch", &[("kind", "02"), ("unit", &here.to_string())]);
        let worker = app.staff_in(Role::CommunityStaff, there);
        let detail = worker.get(&format!("/work/c/{no}")).expect(200);
        worker.submit(&detail, &format!("form[action=/work/c/{no}/claim]"), &[]).leads_to("/work/c/");
        let assignee = || {
            let no = no.clone();
            app.district().read_now(move |tx, _| Ok::<_, StoreError>(concerns::concern::find(tx, &no)?.unwrap().now.assignee)).unwrap()
        };
        assert_eq!(assignee(), Some(person));

        press(app, &security, &page.path, "undo").says("导入已撤销");
        worker.get(&format!("/work/c/{no}")).expect(404);
        assert_eq!(assignee(), None, "nobody waits for who never was there");
    }
}

fn press(app: &TestApp, browser: &testkit::Client, path: &str, what: &str) -> testkit::Answer {
    let page = browser.get(path).expect(200);
    let values = page.html().first("main form").unwrap().form_values();
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(&format!("{path}/{what}"), &values).leads_to(path);
    app.settle();
    browser.get(path).expect(200)
}
