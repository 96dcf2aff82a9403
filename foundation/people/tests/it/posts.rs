//! Persons and posts: who may hold what, and the three administrators.

use base::{PersonId, Time};
use people::testing::{TREES, World, assert_clean, env, world};
use people::{
    CreatePerson, CreatePost, CreatePostError, Grant, HoldError, ManagePeople, ManageUnits, PostId, ReleaseError, Role, appoint_security,
    change_person, create_person, create_post, hold, release,
};
use store::Store;

fn new_post(store: &Store, env: &base::Env, world: &World, input: CreatePost) -> Result<PostId, CreatePostError> {
    let (env, admin) = (env.clone(), world.actor(Role::SystemAdmin));
    store.write_now(move |tx| create_post(tx, &env.ctx(), &admin.has::<ManageUnits>().unwrap(), &input))
}

fn new_person(store: &Store, env: &base::Env, world: &World) -> PersonId {
    let (env, admin) = (env.clone(), world.actor(Role::SystemAdmin));
    let input = CreatePerson { name: "钱多".into(), phone: Some("029-1".into()) };
    store.write_now(move |tx| create_person(tx, &env.ctx(), &admin.has::<ManagePeople>().unwrap(), &input)).unwrap()
}

fn give(store: &Store, env: &base::Env, world: &World, person: PersonId, post: PostId) -> Result<people::HoldingId, HoldError> {
    let (env, granting) = (env.clone(), world.actor(Role::SecurityAdmin));
    store.write_now(move |tx| {
        let ctx = env.ctx();
        hold(tx, &ctx, &granting.has::<Grant>().unwrap(), person, post, ctx.now)
    })
}

store::both_engines! {
    [TREES[0], TREES[1]]

    fn the_three_administrators_exclude_one_another(store) {
        let (env, _) = env(21);
        let world = world(&store, &env);
        let admins = [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin];
        for one in admins {
            for other in admins {
                let result = give(&store, &env, &world, world.member(one).person, world.member(other).post);
                match one == other {
                    true => assert!(matches!(result, Err(HoldError::Held)), "{one:?}"),
                    false => assert!(matches!(result, Err(HoldError::Excluded)), "{one:?} {other:?}"),
                }
            }
        }
        assert_clean(&store, &env);
    }

    fn who_gave_the_code_does_not_make_another_kind_of_administrator(store) {
        let (env, clock) = env(24);
        let world = world(&store, &env);
        let person = new_person(&store, &env, &world);
        let code = |by: Role, login: &str| {
            clock.advance(Time::SECOND);
            let (env, by, login) = (env.clone(), world.actor(by), login.to_owned());
            store.write_now(move |tx| people::invite(tx, &env.ctx(), &by.has::<people::Invite>().unwrap(), person, &login, false)).unwrap()
        };
        let post = |role: Role| world.member(role).post;
        code(Role::SecurityAdmin, "qian.duo");
        for role in [Role::AuditAdmin, Role::SystemAdmin, Role::SecurityAdmin] {
            assert!(matches!(give(&store, &env, &world, person, post(role)), Err(HoldError::OwnCode)), "{role:?}");
            let (inner, granting, post) = (env.clone(), world.actor(Role::SecurityAdmin), post(role));
            let acting = store.write_now(move |tx| {
                let ctx = inner.ctx();
                people::act(tx, &ctx, &granting.has::<Grant>().unwrap(), person, post, ctx.now, ctx.now.plus(Time::DAY))
            });
            assert!(matches!(acting, Err(people::ActError::Hold(HoldError::OwnCode))), "{role:?}");
        }
        // The system administrator makes the account, the security administrator says what it is for.
        code(Role::SystemAdmin, "qian.duo");
        assert!(give(&store, &env, &world, person, post(Role::AuditAdmin)).is_ok());
        let (inner, by) = (env.clone(), world.actor(Role::SecurityAdmin));
        let late = store.write_now(move |tx| people::invite(tx, &inner.ctx(), &by.has::<people::Invite>().unwrap(), person, "qian.duo", false));
        assert!(matches!(late, Err(people::InviteError::Administrator)), "nor the code after the post");
        assert_clean(&store, &env);
    }

    fn only_the_first_security_administrator_is_appointed(store) {
        let (env, _) = env(22);
        let world = world(&store, &env);
        let person = new_person(&store, &env, &world);
        let (inner, admin, post) = (env.clone(), world.actor(Role::SystemAdmin), world.member(Role::SecurityAdmin).post);
        let result = store.write_now(move |tx| appoint_security(tx, &inner.ctx(), &admin.has::<ManagePeople>().unwrap(), person, post));
        assert!(matches!(result, Err(HoldError::NotFirst)));
        assert!(world.actor(Role::SystemAdmin).has::<Grant>().is_none(), "who makes accounts does not give posts");
        assert!(give(&store, &env, &world, person, post).is_ok());
        assert_clean(&store, &env);
    }

    fn a_post_is_held_once_by_one_person_and_by_several_persons(store) {
        let (env, _) = env(23);
        let world = world(&store, &env);
        let person = new_person(&store, &env, &world);
        let post = world.member_in(Role::TownStaff, world.towns[0]).post;
        let holding = give(&store, &env, &world, person, post).unwrap();
        assert!(matches!(give(&store, &env, &world, person, post), Err(HoldError::Held)));
        assert!(matches!(give(&store, &env, &world, PersonId::default(), post), Err(HoldError::NoPerson)));
        assert!(matches!(give(&store, &env, &world, person, PostId::default()), Err(HoldError::NoPost)));
        let now = env.clock.now();
        let town = world.towns[0];
        let holders = store.read_now(move |tx| people::read::holders_in(tx, now, town)).unwrap();
        assert_eq!(holders.iter().filter(|held| held.post == post).count(), 2);
        assert_eq!(store.read_now(move |tx| people::read::units_of(tx, now, person)).unwrap(), [town]);

        let end = |to: Time| {
            let (env, granting) = (env.clone(), world.actor(Role::SecurityAdmin));
            store.write_now(move |tx| release(tx, &env.ctx(), &granting.has::<Grant>().unwrap(), holding, to))
        };
        assert!(matches!(end(now.plus(-1)), Err(ReleaseError::BeforeItBegins)));
        assert_eq!(end(now).unwrap().holders_left, 1);
        assert!(matches!(end(now), Err(ReleaseError::Gone)));
        assert!(give(&store, &env, &world, person, post).is_ok(), "and given again");
        assert_clean(&store, &env);
    }

    fn the_last_administrators_stay(store) {
        let (env, _) = env(24);
        let world = world(&store, &env);
        for role in [Role::SystemAdmin, Role::SecurityAdmin] {
            let person = world.member(role).person;
            let (inner, granting) = (env.clone(), world.actor(Role::SecurityAdmin));
            let held = store.read_now(move |tx| people::read::holdings_of(tx, person)).unwrap()[0].id;
            let result = store.write_now(move |tx| {
                let ctx = inner.ctx();
                release(tx, &ctx, &granting.has::<Grant>().unwrap(), held, ctx.now)
            });
            assert!(matches!(result, Err(ReleaseError::LastAdmin)), "{role:?}");
        }
        assert_clean(&store, &env);
    }

    fn posts_reach_no_further_than_their_kind(store) {
        let (env, _) = env(25);
        let world = world(&store, &env);
        let post = |unit, reach, role| new_post(&store, &env, &world, CreatePost { unit, reach, role, title: "试".into() });
        assert!(matches!(post(world.towns[0], Some(world.district), Role::TownStaff), Err(CreatePostError::BadReach)));
        assert!(matches!(post(world.towns[0], Some(world.towns[1]), Role::CallBack), Err(CreatePostError::BadReach)));
        assert!(matches!(post(world.branch, Some(world.district), Role::Oversight), Err(CreatePostError::BadReach)));
        assert!(post(world.towns[0], Some(world.district), Role::CallBack).is_ok());
        assert_clean(&store, &env);
    }

    fn a_name_is_put_right(store) {
        let (env, _) = env(26);
        let world = world(&store, &env);
        let person = new_person(&store, &env, &world);
        let (inner, admin) = (env.clone(), world.actor(Role::SystemAdmin));
        let input = CreatePerson { name: "钱　多多".into(), phone: None };
        store.write_now(move |tx| change_person(tx, &inner.ctx(), &admin.has::<ManagePeople>().unwrap(), person, &input)).unwrap();
        let found = store.read_now(move |tx| people::read::person(tx, person)).unwrap().unwrap();
        assert_eq!((found.name.as_str(), found.phone), ("钱 多多", None));
        assert_eq!(store.read_now(|tx| people::read::find_persons(tx, "钱 多多")).unwrap().len(), 1);
        let facts: String = store.read_now(move |tx| record::of_subject(tx, person.0)).unwrap().into_iter().map(|event| event.facts).collect();
        assert!(!facts.contains('钱'), "{facts}");
        assert_clean(&store, &env);
    }
}
