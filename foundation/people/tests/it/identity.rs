//! Passwords that grow old, second factors that are guessed, administrators who are nothing else.

use base::{Env, Time};
use people::password::{NewPassword, Params, Strength, Weak, past};
use people::sign::{self, SignIn, Way, candidate, candidate_of, sign_in};
use people::testing::{PASSWORD, TREES, assert_clean, env, shown_code, world};
use people::totp::{RemoveTotp, confirm_totp, enrol_totp, remove_totp};
use people::{Actor, ChangePassword, Grant, HoldError, Role, change_password, enter_demonstration, hold};
use store::Store;

fn enter(store: &Store, env: &Env, login: &str, password: &str) -> SignIn {
    let (outer, name) = (env.clone(), login.to_owned());
    let checked = store.read_now(move |tx| candidate(tx, &outer.ctx(), &name)).unwrap().verify(&Params::light(), password);
    let env = env.clone();
    store.write_now(move |tx| sign_in(tx, &env.ctx(), &checked, "test")).unwrap()
}

fn change(store: &Store, env: &Env, who: &Actor, old: &str, new: &str) -> Result<ChangePassword, Weak> {
    let (inner, actor) = (env.clone(), who.clone());
    let checked = store.read_now(move |tx| candidate_of(tx, &inner.ctx(), &actor)).unwrap().verify(&Params::light(), old);
    let account = who.account;
    let past = store.read_now(move |tx| past(tx, account)).unwrap();
    let new = NewPassword::make(&Params::light(), &*env.random, new, "", Strength::Staff)?.unlike(new, past)?;
    let (inner, actor) = (env.clone(), who.clone());
    Ok(store.write_now(move |tx| change_password(tx, &inner.ctx(), &actor, &checked, &new)).unwrap())
}

store::both_engines! {
    [TREES[0], TREES[1]]

    fn none_of_the_last_five_passwords_is_taken_again_and_the_sixth_is(store) {
        let (env, clock) = env(61);
        let world = world(&store, &env);
        let who = world.actor(Role::TownStaff);
        let names: Vec<String> = (0..6).map(|n| format!("Neues-Kennwort-{n}")).collect();
        let mut present = PASSWORD.to_owned();
        for name in &names {
            clock.advance(Time::DAY);
            assert_eq!(change(&store, &env, &who, &present, name).unwrap(), ChangePassword::Changed);
            present.clone_from(name);
        }
        for name in &names[1..] {
            assert_eq!(change(&store, &env, &who, &present, name), Err(Weak::Used(5)), "{name}");
        }
        assert_eq!(change(&store, &env, &who, &present, &names[0]).unwrap(), ChangePassword::Changed, "six ago is long ago");
        assert_clean(&store, &env);
    }

    fn a_password_of_ninety_days_wants_changing_however_it_is_only_asked_of_passwords(store) {
        let (env, clock) = env(62);
        let world = world(&store, &env);
        let member = world.member(Role::DistrictDesk).clone();
        let seen = |token: sign::Token| {
            let now = env.clock.now();
            store.read_now(move |tx| sign::actor(tx, now, &token)).unwrap().unwrap()
        };
        clock.advance(89 * Time::DAY);
        let SignIn::In(token) = enter(&store, &env, &member.login, PASSWORD) else { panic!("signed in") };
        assert!(!seen(token).password_old);
        clock.advance(2 * Time::DAY);
        let SignIn::In(token) = enter(&store, &env, &member.login, PASSWORD) else { panic!("signed in") };
        let old = seen(token);
        assert!(old.password_old);
        let (inner, account) = (env.clone(), old.account);
        let played = store.write_now(move |tx| enter_demonstration(tx, &inner.ctx(), account, "")).unwrap();
        assert!(!seen(played).password_old, "nobody knows the passwords of a demonstration");
        assert_eq!(change(&store, &env, &old, PASSWORD, "Neues-Kennwort-1").unwrap(), ChangePassword::Changed);
        assert!(!seen(token).password_old);
        assert_eq!(Way::default(), Way::Password, "events of before there was another way");
        assert_clean(&store, &env);
    }

    fn guessing_at_the_second_factor_to_take_it_away_locks(store) {
        let (env, clock) = env(63);
        let world = world(&store, &env);
        let who = world.actor(Role::CommunityStaff);
        let (inner, actor) = (env.clone(), who.clone());
        let offer = store.write_now(move |tx| enrol_totp(tx, &inner.ctx(), &actor, "连心")).unwrap();
        let code = shown_code(&offer.secret, env.clock.now()).unwrap();
        let (inner, actor) = (env.clone(), who.clone());
        store.write_now(move |tx| confirm_totp(tx, &inner.ctx(), &actor, &code)).unwrap();
        clock.advance(Time::MINUTE);
        let remove = |code: &str| {
            let (inner, actor, code) = (env.clone(), who.clone(), code.to_owned());
            store.write_now(move |tx| remove_totp(tx, &inner.ctx(), &actor, &code)).unwrap()
        };
        for _ in 0..4 {
            assert_eq!(remove("000000"), RemoveTotp::Wrong);
        }
        let until = env.clock.now().plus(30 * Time::MINUTE);
        assert_eq!(remove("000000"), RemoveTotp::Locked { until });
        let right = shown_code(&offer.secret, env.clock.now()).unwrap();
        assert_eq!(remove(&right), RemoveTotp::Locked { until }, "the right code does not help now");
        clock.advance(31 * Time::MINUTE);
        let right = shown_code(&offer.secret, env.clock.now()).unwrap();
        assert_eq!(remove(&right), RemoveTotp::Removed);
        assert_clean(&store, &env);
    }

    fn an_administrator_holds_no_other_post_and_nobody_with_a_post_becomes_one(store) {
        let (env, _) = env(64);
        let world = world(&store, &env);
        let granting = world.actor(Role::SecurityAdmin);
        let give = |to: Role, of: Role| {
            let (person, post) = (world.member(to).person, world.member(of).post);
            let (env, by) = (env.clone(), granting.clone());
            store.write_now(move |tx| hold(tx, &env.ctx(), &by.has::<Grant>().unwrap(), person, post, env.clock.now()))
        };
        let admins = [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin];
        for one in admins {
            for other in admins.into_iter().filter(|other| *other != one).chain([Role::TownStaff, Role::DistrictLeader]) {
                assert!(matches!(give(one, other), Err(HoldError::Excluded)), "{one:?} as {other:?}");
            }
            assert!(matches!(give(Role::GridWorker, one), Err(HoldError::Excluded)), "a grid worker as {one:?}");
        }
        assert!(give(Role::GridWorker, Role::CommunityStaff).is_ok(), "two posts of one kind of work are fine");
        assert_clean(&store, &env);
    }
}
