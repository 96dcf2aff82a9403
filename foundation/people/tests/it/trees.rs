//! Two trees side by side, acting posts, duties, merging and splitting, and what the pages tell of the past.

use base::{Ctx, Time, UnitId};
use people::history::{Past, history, posts_ever};
use people::testing::{TREES, World, assert_clean, env, later, world};
use people::{
    ActError, Authority, ChangeUnit, ClosePostError, CreatePerson, CreatePost, CreateUnit, DescribeError, DutyError, DutyKind, Grant,
    GridProfile, HoldError, Level, LinkError, ManagePeople, ManageUnits, Passing, Role, Split, SucceedError, WithdrawError, act,
    change_unit, close_post, close_unit, create_person, create_post, create_unit, describe_grid, duties_of, end_duty, give_duty,
    grid_profile, hold, link, links_of, merge_units, rename_post, split_unit, tree, unlink, withdraw_holding, withdraw_person,
};
use store::{Store, StoreError, Tx, p, sql};

/// Writes as the command line does.
fn console<T: Send + 'static, E: From<StoreError> + Send + 'static>(
    store: &Store,
    env: &base::Env,
    f: impl Fn(&mut Tx, &Ctx) -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    let env = env.clone();
    store.write_now(move |tx| f(tx, &env.ctx()))
}

fn nothing(_: &mut Tx, _: &Ctx, _: record::Actor, _: &Passing) -> Result<i64, StoreError> {
    Ok(0)
}

fn one(_: &mut Tx, _: &Ctx, _: record::Actor, _: &Passing) -> Result<i64, StoreError> {
    Ok(1)
}

fn names(world: &World) -> (UnitId, UnitId, UnitId) {
    (world.communities[0], world.communities[1], world.communities[2])
}

store::both_engines! {
    [TREES[0], TREES[1]]

    fn an_acting_post_follows_its_dates_by_the_clock(store) {
        let (env, clock) = env(41);
        let world = world(&store, &env);
        let member = world.member_in(Role::GridWorker, world.grids[0]).clone();
        let post = world.member(Role::TownLeader).post;
        let (granting, admin) = (world.actor(Role::SecurityAdmin), world.actor(Role::SystemAdmin));
        assert!(admin.has::<Grant>().is_none());
        let (from, to) = (env.clock.now().plus(Time::HOUR), env.clock.now().plus(2 * Time::HOUR));
        let give = |from: Time, to: Time| {
            let granting = granting.clone();
            console(&store, &env, move |tx, ctx| act(tx, ctx, &granting.has::<Grant>().unwrap(), member.person, post, from, to))
        };
        assert!(matches!(give(to, from), Err(ActError::Dates)));
        give(from, to).unwrap();
        assert!(matches!(give(from, to.plus(1)), Err(ActError::Hold(HoldError::Held))));
        let roles = |now: Time| {
            let held = store.read_now(move |tx| people::read::holders_in(tx, now, world.towns[0])).unwrap();
            held.iter().filter(|held| held.person == member.person).map(|held| (held.role, held.acting)).collect::<Vec<_>>()
        };
        assert_eq!(roles(env.clock.now()), []);
        assert_eq!(roles(from), [(Role::TownLeader, true)]);
        let during = later(&env, &clock, 90 * Time::MINUTE).now;
        let token = member.token;
        store.write_now(move |tx| people::sign::touch(tx, during, member.actor.session)).unwrap();
        let acting = store.read_now(move |tx| people::sign::actor(tx, during, &token)).unwrap();
        assert!(acting.is_none_or(|actor| actor.is(Role::TownLeader)), "the post's permissions come with its time");
        assert_eq!(roles(to), [], "and go with it");
        assert_clean(&store, &env);
    }

    fn the_trees_are_linked_explicitly(store) {
        let (env, _) = env(42);
        let world = world(&store, &env);
        let (here, _, _) = names(&world);
        let admin = world.actor(Role::SystemAdmin);
        let staff = world.actor(Role::TownLeader);
        assert!(staff.has::<ManageUnits>().is_none());
        let made = {
            let admin = admin.clone();
            console(&store, &env, move |tx, ctx| link(tx, ctx, &admin.has::<ManageUnits>().unwrap(), world.branch, here)).unwrap()
        };
        assert!(matches!(console(&store, &env, move |tx, ctx| link(tx, ctx, Authority::Console, here, world.branch)), Err(LinkError::Linked)));
        assert!(matches!(console(&store, &env, move |tx, ctx| link(tx, ctx, Authority::Console, here, here)), Err(LinkError::OneTree)));
        for unit in [here, world.branch] {
            let links = store.read_now(move |tx| links_of(tx, unit)).unwrap();
            assert_eq!(links.iter().map(|link| (link.unit, link.party)).collect::<Vec<_>>(), [(here, world.branch)]);
        }
        console(&store, &env, move |tx, ctx| unlink(tx, ctx, Authority::Console, made)).unwrap();
        assert!(matches!(console(&store, &env, move |tx, ctx| unlink(tx, ctx, Authority::Console, made)), Err(LinkError::Gone)));
        assert_clean(&store, &env);
    }

    fn one_post_answers_first_for_a_matter(store) {
        let (env, _) = env(43);
        let world = world(&store, &env);
        let (here, _, _) = names(&world);
        let (secretary, staff) = (world.member_in(Role::CommunitySecretary, here).post, world.member_in(Role::CommunityStaff, here).post);
        let give = |post, kind, matter: &'static str| console(&store, &env, move |tx, ctx| give_duty(tx, ctx, Authority::Console, here, post, kind, matter));
        let first = give(secretary, DutyKind::Principal, "党建工作").unwrap();
        assert!(matches!(give(staff, DutyKind::Principal, "党建工作"), Err(DutyError::Taken)));
        assert!(matches!(give(staff, DutyKind::Dual, " "), Err(DutyError::BadMatter)));
        give(staff, DutyKind::Dual, "安全生产").unwrap();
        let listed = store.read_now(move |tx| duties_of(tx, here)).unwrap();
        assert_eq!(listed.iter().map(|duty| (duty.kind, duty.matter.as_str())).collect::<Vec<_>>(), [(DutyKind::Principal, "党建工作"), (DutyKind::Dual, "安全生产")]);
        console(&store, &env, move |tx, ctx| end_duty(tx, ctx, Authority::Console, first)).unwrap();
        assert!(give(staff, DutyKind::Principal, "党建工作").is_ok());
        assert_clean(&store, &env);
    }

    fn merged_units_leave_nothing_behind(store) {
        let (env, clock) = env(44);
        let world = world(&store, &env);
        let (here, there, elsewhere) = names(&world);
        let secretary = world.member_in(Role::CommunitySecretary, here).clone();
        let worker = world.member_in(Role::GridWorker, world.grids[0]).clone();
        console(&store, &env, move |tx, ctx| link(tx, ctx, Authority::Console, here, world.branch)).unwrap();
        console(&store, &env, move |tx, ctx| give_duty(tx, ctx, Authority::Console, here, secretary.post, DutyKind::Principal, "基层治理")).unwrap();
        let merge = |unit, into| console(&store, &env, move |tx, ctx| merge_units(tx, ctx, Authority::Console, unit, into, &one));
        assert!(matches!(merge(here, here), Err(SucceedError::Unlike)));
        assert!(matches!(merge(here, world.grids[0]), Err(SucceedError::Unlike)));
        assert!(matches!(merge(world.towns[0], world.towns[1]), Err(SucceedError::HasChildren(2))));
        let leader = world.actor(Role::TownLeader);
        assert!(leader.has::<ManageUnits>().is_none(), "who does not keep units cannot even ask");

        let now = later(&env, &clock, Time::DAY).now;
        let done = merge(here, there).unwrap();
        assert_eq!((done.units, done.posts, done.passed), (2, 4, 3), "two grids, two posts of theirs and two of its own, asked of each");
        let trees = store.read_now(tree).unwrap();
        assert_eq!(trees.get(here).and_then(|unit| unit.successor), Some(there));
        assert!(trees.get(here).is_some_and(|unit| unit.is_closed()) && trees.children(there).count() == 4);
        let codes: Vec<&str> = trees.children(there).map(|unit| unit.code.as_str()).collect();
        assert!(codes.contains(&"990105001002003") && codes.contains(&"990105001002004"), "{codes:?}");
        let held = store.read_now(move |tx| people::read::units_of(tx, now, worker.person)).unwrap();
        assert_eq!(trees.parent(held[0]).map(|unit| unit.id), Some(there), "the worker has the same grid under its new code");
        let holders = store.read_now(move |tx| people::read::holders_in(tx, now, there)).unwrap();
        assert!(holders.iter().any(|held| held.person == secretary.person));
        assert_eq!(store.read_now(move |tx| links_of(tx, there)).unwrap().len(), 1);
        let duties = store.read_now(move |tx| duties_of(tx, there)).unwrap();
        assert_eq!((duties.len(), duties[0].post_unit), (1, there));
        assert!(matches!(merge(here, there), Err(SucceedError::Gone)));

        let (told, posts) = store.read_now(move |tx| {
            let trees = tree(tx)?;
            Ok::<_, StoreError>((history(tx, &trees, here)?, posts_ever(tx, here)?))
        }).unwrap();
        assert_eq!(told.last().map(|(_, past)| past.clone()), Some(Past::Ended(Some(there))));
        assert!(posts.iter().all(|post| post.successor.is_some_and(|(_, unit)| unit == there) && post.holders.len() == 1));
        let took = store.read_now(move |tx| { let trees = tree(tx)?; history(tx, &trees, there) }).unwrap();
        assert!(took.iter().any(|(at, past)| (*at, past) == (now, &Past::Took(here))));
        assert!(store.read_now(move |tx| { let trees = tree(tx)?; history(tx, &trees, elsewhere) }).unwrap().len() == 1);
        assert_clean(&store, &env);
    }

    fn a_split_gives_some_grids_to_a_new_unit(store) {
        let (env, clock) = env(45);
        let world = world(&store, &env);
        let (here, _, _) = names(&world);
        later(&env, &clock, Time::DAY);
        let split = |parts: Vec<UnitId>, code: &'static str| {
            let input = Split { unit: here, code: code.into(), name: "东门北社区".into(), parts };
            console(&store, &env, move |tx, ctx| split_unit(tx, ctx, Authority::Console, &input, &nothing))
        };
        assert!(matches!(split(vec![], "990105001003"), Err(SucceedError::BadParts)));
        assert!(matches!(split(vec![world.grids[0], world.grids[1]], "990105001003"), Err(SucceedError::BadParts)), "something stays");
        assert!(matches!(split(vec![world.grids[4]], "990105001003"), Err(SucceedError::BadParts)), "another's grid");
        assert!(matches!(split(vec![world.grids[1]], "990105001002"), Err(SucceedError::New(_))), "the code is taken");
        let done = split(vec![world.grids[1]], "990105001003").unwrap();
        let trees = store.read_now(tree).unwrap();
        assert_eq!(trees.children(done.unit).map(|grid| grid.code.clone()).collect::<Vec<_>>(), ["990105001003002"]);
        assert_eq!(trees.children(here).count(), 1);
        assert!(trees.is_within(world.grids[1], here), "what was recorded stays where it happened");
        let told = store.read_now(move |tx| { let trees = tree(tx)?; history(tx, &trees, done.unit) }).unwrap();
        assert!(told.iter().any(|(_, past)| *past == Past::Took(here)));
        assert_clean(&store, &env);
    }

    fn former_names_and_boards_are_kept(store) {
        let (env, clock) = env(46);
        let world = world(&store, &env);
        let (here, grid) = (world.communities[0], world.grids[0]);
        for name in ["东门里社区", "东门新社区"] {
            later(&env, &clock, Time::DAY);
            console(&store, &env, move |tx, ctx| change_unit(tx, ctx, Authority::Console, &ChangeUnit { unit: here, name: name.into(), phone: None, ord: 3 })).unwrap();
        }
        let told = store.read_now(move |tx| { let trees = tree(tx)?; history(tx, &trees, here) }).unwrap();
        let called: Vec<_> = told.into_iter().filter_map(|(_, past)| match past { Past::Called { before, after } => Some((before, after)), _ => None }).collect();
        assert_eq!(called, [("东门社区".to_owned(), "东门里社区".to_owned()), ("东门里社区".to_owned(), "东门新社区".to_owned())]);
        let profile = GridProfile { scope: "东至  建设路".into(), households: Some(312), ..GridProfile::default() };
        let entered = profile.clone();
        console(&store, &env, move |tx, ctx| describe_grid(tx, ctx, Authority::Console, grid, &entered)).unwrap();
        assert_eq!(store.read_now(move |tx| grid_profile(tx, grid)).unwrap().map(|found| found.scope), Some("东至 建设路".into()));
        assert!(matches!(console(&store, &env, move |tx, ctx| describe_grid(tx, ctx, Authority::Console, here, &profile)), Err(DescribeError::Gone)));
        assert_clean(&store, &env);
    }

    fn nothing_goes_on_pointing_at_a_unit_that_was_closed(store) {
        let (env, _) = env(49);
        let world = world(&store, &env);
        let (district, branch, next) = (world.district, world.branch, world.departments[0]);
        let leader = world.member(Role::DistrictLeader).post;
        let made = |code: &'static str| console(&store, &env, move |tx, ctx| {
            let input = CreateUnit { code: code.into(), name: "临时机构".into(), phone: None, level: Level::Department, parent: Some(district), ord: 50 };
            let unit = create_unit(tx, ctx, Authority::Console, &input).map_err(|error| StoreError::Other(error.to_string()))?;
            let post = CreatePost { unit, reach: None, role: Role::DepartmentLead, title: "负责人".into() };
            let own = create_post(tx, ctx, Authority::Console, &post).map_err(|error| StoreError::Other(error.to_string()))?;
            link(tx, ctx, Authority::Console, unit, branch).map_err(|error| StoreError::Other(error.to_string()))?;
            for (post, kind, matter) in [(leader, DutyKind::Principal, "防汛"), (own, DutyKind::Dual, "安全生产")] {
                give_duty(tx, ctx, Authority::Console, unit, post, kind, matter).map_err(|error| StoreError::Other(error.to_string()))?;
            }
            Ok::<_, StoreError>((unit, own))
        }).unwrap();
        let around = |unit: UnitId| store.read_now(move |tx| {
            let matters: Vec<String> = duties_of(tx, unit)?.into_iter().map(|duty| duty.matter).collect();
            let posts = posts_ever(tx, unit)?.iter().filter(|post| post.to.is_none()).count();
            Ok::<_, StoreError>((links_of(tx, unit)?.len(), matters, posts))
        }).unwrap();
        let had = around(next).2;
        let (first, own) = made("LSJG1");
        assert_eq!(around(first), (1, vec!["防汛".to_owned(), "安全生产".to_owned()], 1));
        console(&store, &env, move |tx, ctx| close_unit(tx, ctx, Authority::Console, first, Some(next))).unwrap();
        assert_eq!(around(first), (0, vec![], 0), "its own posts end with it");
        assert_eq!(around(next), (1, vec!["防汛".to_owned()], had), "what others answer for in it goes along, and so does the link");
        let (second, _) = made("LSJG2");
        console(&store, &env, move |tx, ctx| close_unit(tx, ctx, Authority::Console, second, None)).unwrap();
        assert_eq!((around(second), around(next).0), ((0, vec![], 0), 1));
        let person = world.member(Role::TownStaff).person;
        assert!(matches!(console(&store, &env, move |tx, ctx| hold(tx, ctx, Authority::Console, person, own, ctx.now)), Err(HoldError::NoPost)));
        // A post that ends by itself leaves what it answered for to the one that follows it.
        let (third, own) = made("LSJG3");
        let follows = console(&store, &env, move |tx, ctx| create_post(tx, ctx, Authority::Console, &CreatePost { unit: third, reach: None, role: Role::DepartmentStaff, title: "办事员".into() })).unwrap();
        console(&store, &env, move |tx, ctx| close_post(tx, ctx, Authority::Console, own, Some(follows))).unwrap();
        let duties = store.read_now(move |tx| duties_of(tx, third)).unwrap();
        assert!(duties.iter().any(|duty| duty.post == follows && duty.matter == "安全生产") && duties.iter().all(|duty| duty.post != own));
        assert_clean(&store, &env);
    }

    fn posts_end_and_mistakes_are_taken_back(store) {
        let (env, _) = env(47);
        let world = world(&store, &env);
        let post = world.member(Role::TownStaff).post;
        assert!(matches!(console(&store, &env, move |tx, ctx| close_post(tx, ctx, Authority::Console, post, None)), Err(ClosePostError::Held)));
        let unit = world.member(Role::TownStaff).unit;
        let ever = || store.read_now(move |tx| posts_ever(tx, unit)).unwrap().into_iter().find(|ever| ever.id == post).unwrap();
        let before = ever().title;
        console(&store, &env, move |tx, ctx| rename_post(tx, ctx, Authority::Console, post, "综治办干部")).unwrap();
        let called: Vec<String> = ever().called.into_iter().map(|(_, title)| title).collect();
        assert_eq!((ever().title.as_str(), called), ("综治办干部", vec![before]), "what it was called before is kept");
        // As programs wrote it that did not keep what a post was called.
        console(&store, &env, move |tx, ctx| {
            let salt: [u8; 16] = tx.one(sql!("SELECT salt FROM post WHERE id = ?1"), p![post], |row| row.array(0))?;
            tx.exec(sql!("UPDATE post SET title = '综治干部' WHERE id = ?1"), p![post])?;
            let about = record::About { occurred_at: ctx.now.plus(1), actor: record::Actor::System, unit: Some(unit), subject: post.0, batch: None };
            let facts = people::events::PostChanged { title: record::text_digest_hex(&salt, "综治干部"), kept: false };
            record::append(tx, ctx, about, &facts).map(drop)
        })
        .unwrap();
        let person = console(&store, &env, |tx, ctx| create_person(tx, ctx, Authority::<ManagePeople>::Console, &CreatePerson { name: "钱多".into(), phone: None })).unwrap();
        let holding = console(&store, &env, move |tx, ctx| hold(tx, ctx, Authority::Console, person, post, ctx.now)).unwrap();
        let back = move |tx: &mut Tx, ctx: &Ctx| withdraw_person(tx, ctx, Authority::Console, person);
        assert!(matches!(console(&store, &env, back), Err(WithdrawError::Used)));
        console(&store, &env, move |tx, ctx| withdraw_holding(tx, ctx, Authority::Console, holding)).unwrap();
        console(&store, &env, back).unwrap();
        assert!(matches!(console(&store, &env, back), Err(WithdrawError::Gone)));
        let admin = world.member(Role::SystemAdmin).person;
        let held = store.read_now(move |tx| people::read::holdings_of(tx, admin)).unwrap()[0].id;
        let refused = console(&store, &env, move |tx, ctx| withdraw_holding(tx, ctx, Authority::Console, held));
        assert!(matches!(refused, Err(WithdrawError::Used)), "administrators are released, never undone");
        // One who has not begun has administrated nothing.
        let post = world.member(Role::SystemAdmin).post;
        let person = console(&store, &env, |tx, ctx| create_person(tx, ctx, Authority::<ManagePeople>::Console, &CreatePerson { name: "孙好".into(), phone: None })).unwrap();
        let later = console(&store, &env, move |tx, ctx| hold(tx, ctx, Authority::Console, person, post, ctx.now.plus(base::Time::DAY))).unwrap();
        let gone = console(&store, &env, move |tx, ctx| withdraw_holding(tx, ctx, Authority::Console, later)).unwrap();
        assert_eq!((gone.person, gone.unit), (person, world.district));
        assert_clean(&store, &env);
    }

    fn a_change_past_the_product_is_found(store) {
        let (env, _) = env(48);
        let world = world(&store, &env);
        let (here, branch, post) = (world.communities[0], world.branch, world.member(Role::TownStaff).post);
        console(&store, &env, move |tx, ctx| link(tx, ctx, Authority::Console, here, branch)).unwrap();
        console(&store, &env, move |tx, ctx| rename_post(tx, ctx, Authority::Console, post, "综治办干部")).unwrap();
        for change in [
            sql!("UPDATE unit_link SET from_at = from_at - 1"),
            sql!("UPDATE holding SET acting = 1"),
            sql!("UPDATE post SET valid_to = 1 WHERE role = 'town_desk'"),
            sql!("UPDATE post_was SET title = 'x'"),
        ] {
            store.write_now(move |tx| tx.exec(change, p![])).unwrap();
        }
        record::sequence_all(&store, &env).unwrap();
        let report = record::verify(&store, &[people::fold, people::fold_tree], &[]).unwrap();
        let report = report.to_string();
        assert!(["unit_link", "holding", "post", "post_was"].iter().all(|table| report.contains(table)), "{report}");
    }
}
