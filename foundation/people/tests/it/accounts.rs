//! Accounts: signing in, lock-out, second factor, sessions, codes, the first administrator.

use base::{Env, FixedClock, Time};
use people::password::{NewPassword, Params, Strength};
use people::setup::{FirstAdmin, SetupError, first_code, make_first_admin};
use people::sign::{self, SignIn, Token, candidate, candidate_of, sign_in};
use people::testing::{PASSWORD, TREES, World, assert_clean, env, shown_code, world};
use people::totp::{self, Second, confirm_totp, enrol_totp, remove_totp, second_factor};
use people::{
    Actor, ChangePassword, Invite, InviteError, LockError, ManageAccounts, OpenAccountError, Role, change_password, invite, invited,
    lock_account, open_account, revoke_sessions, unlock_account,
};
use store::Store;

fn enter(store: &Store, env: &Env, login: &str, password: &str) -> SignIn {
    let (outer, name) = (env.clone(), login.to_owned());
    let candidate = store.read_now(move |tx| candidate(tx, &outer.ctx(), &name)).unwrap();
    let checked = candidate.verify(&Params::light(), password);
    let env = env.clone();
    store.write_now(move |tx| sign_in(tx, &env.ctx(), &checked, "Chrome 109\u{0} 测试")).unwrap()
}

fn token(entered: SignIn) -> Token {
    match entered {
        SignIn::In(token) | SignIn::SecondFactor(token) => token,
        other => panic!("{other:?}"),
    }
}

fn who(store: &Store, env: &Env, token: Token) -> Option<Actor> {
    let now = env.clock.now();
    store.read_now(move |tx| sign::actor(tx, now, &token)).unwrap()
}

fn second(store: &Store, env: &Env, half: Token, code: &str) -> Second {
    let (env, code) = (env.clone(), code.to_owned());
    store.write_now(move |tx| second_factor(tx, &env.ctx(), &half, &code)).unwrap()
}

fn password(env: &Env, text: &str, strength: Strength) -> NewPassword {
    NewPassword::make(&Params::light(), &*env.random, text, "", strength).unwrap()
}

/// Set up a second factor; the secret and the recovery codes.
fn enrolled(store: &Store, env: &Env, actor: &Actor) -> (String, Vec<String>) {
    let (inner, who) = (env.clone(), actor.clone());
    let offer = store.write_now(move |tx| enrol_totp(tx, &inner.ctx(), &who, "连心 明水区")).unwrap();
    assert!(offer.uri.starts_with("otpauth://totp/%E8%BF%9E") && offer.uri.contains(&offer.secret), "{}", offer.uri);
    let code = shown_code(&offer.secret, env.clock.now()).unwrap();
    let (inner, who) = (env.clone(), actor.clone());
    let codes = store.write_now(move |tx| confirm_totp(tx, &inner.ctx(), &who, &code)).unwrap();
    (offer.secret, codes)
}

fn small(store: &Store, seed: u64) -> (Env, std::sync::Arc<FixedClock>, World) {
    let (env, clock) = env(seed);
    let world = world(store, &env);
    (env, clock, world)
}

store::both_engines! {
    [TREES[0], TREES[1]]

    fn a_session_lives_half_an_hour_unseen_and_twelve_in_all(store) {
        let (env, clock, world) = small(&store, 31);
        let login = world.member(Role::TownStaff).login.clone();
        let first = token(enter(&store, &env, &login.to_uppercase(), PASSWORD));
        assert_eq!(Token::parse(&first.to_string()), Some(first));
        assert_eq!(Token::parse("xyz"), None);
        let actor = who(&store, &env, first).unwrap();
        assert_eq!((actor.person, actor.touch), (world.member(Role::TownStaff).person, false));
        let mut hours = 0;
        while hours < 24 {
            clock.advance(29 * Time::MINUTE);
            let Some(actor) = who(&store, &env, first) else { break };
            assert!(actor.touch);
            let (now, session) = (env.clock.now(), actor.session);
            store.write_now(move |tx| sign::touch(tx, now, session)).unwrap();
            assert!(!who(&store, &env, first).unwrap().touch);
            hours += 1;
        }
        assert_eq!(hours, 12 * 60 / 29, "it ends after twelve hours, however often it is seen");
        let other = token(enter(&store, &env, &login, PASSWORD));
        clock.advance(31 * Time::MINUTE);
        assert!(who(&store, &env, other).is_none());
        assert_clean(&store, &env);
    }

    fn five_failures_lock_a_login_that_exists_and_one_that_does_not_alike(store) {
        let (env, clock, world) = small(&store, 32);
        let real = world.member(Role::TownDesk).login.clone();
        for login in [real.as_str(), "no.such.login"] {
            let answers: Vec<SignIn> = (0..7).map(|_| enter(&store, &env, login, "Wrong-password-1")).collect();
            let until = env.clock.now().plus(30 * Time::MINUTE);
            assert_eq!(answers[..4], [SignIn::Wrong; 4], "{login}");
            assert_eq!(answers[4..], [SignIn::Locked { until }; 3], "{login}");
        }
        assert!(matches!(enter(&store, &env, &real, PASSWORD), SignIn::Locked { .. }), "the right password does not help");
        clock.advance(30 * Time::MINUTE);
        assert_eq!(enter(&store, &env, &real, "Wrong-password-1"), SignIn::Wrong, "counted from the beginning");
        assert!(matches!(enter(&store, &env, &real, PASSWORD), SignIn::In(_)));
        for _ in 0..4 {
            assert_eq!(enter(&store, &env, &real, "Wrong-password-1"), SignIn::Wrong, "forgotten by the right password");
        }
        clock.advance(31 * Time::MINUTE);
        assert_eq!(enter(&store, &env, &real, "Wrong-password-1"), SignIn::Wrong, "forgotten with time");
        assert_clean(&store, &env);
    }

    fn a_second_factor_is_asked_for_and_a_code_is_good_once(store) {
        let (env, clock, world) = small(&store, 33);
        let member = world.member(Role::DistrictDesk).clone();
        let (secret, _) = enrolled(&store, &env, &member.actor);
        let code = shown_code(&secret, env.clock.now()).unwrap();
        let SignIn::SecondFactor(half) = enter(&store, &env, &member.login, PASSWORD) else { panic!("a second factor is wanted") };
        assert!(who(&store, &env, half).is_none(), "half a session is none");
        assert_eq!(second(&store, &env, half, &code), Second::Wrong, "the code that confirmed it is spent");
        clock.advance(30 * Time::SECOND);
        let code = shown_code(&secret, env.clock.now()).unwrap();
        let Second::In(whole) = second(&store, &env, half, &format!("{} {}", &code[..3], &code[3..])) else { panic!("the code is right") };
        assert_ne!(whole, half);
        assert!(who(&store, &env, whole).unwrap().has_totp);
        assert_eq!(second(&store, &env, half, &code), Second::Gone);
        let SignIn::SecondFactor(half) = enter(&store, &env, &member.login, PASSWORD) else { panic!("a second factor is wanted") };
        assert_eq!(second(&store, &env, half, &code), Second::Wrong, "spent");
        clock.advance(6 * Time::MINUTE);
        let code = shown_code(&secret, env.clock.now()).unwrap();
        assert_eq!(second(&store, &env, half, &code), Second::Gone, "too late");
        assert_clean(&store, &env);
    }

    fn wrong_second_factors_lock_too_and_recovery_codes_are_good_once(store) {
        let (env, clock, world) = small(&store, 34);
        let member = world.member(Role::Oversight).clone();
        let (_, codes) = enrolled(&store, &env, &member.actor);
        assert_eq!(codes.len(), 8);
        let half = token(enter(&store, &env, &member.login, PASSWORD));
        assert!(matches!(second(&store, &env, half, &codes[0].to_lowercase()), Second::In(_)));
        let half = token(enter(&store, &env, &member.login, PASSWORD));
        assert_eq!(second(&store, &env, half, &codes[0]), Second::Wrong);
        let account = member.actor.account;
        assert_eq!(store.read_now(move |tx| totp::recovery_left(tx, account)).unwrap(), 7);
        for _ in 0..3 {
            assert_eq!(second(&store, &env, half, "000000"), Second::Wrong);
        }
        assert!(matches!(second(&store, &env, half, "000000"), Second::Locked { .. }));
        assert!(matches!(second(&store, &env, half, &codes[1]), Second::Locked { .. }));
        assert!(matches!(enter(&store, &env, &member.login, PASSWORD), SignIn::Locked { .. }));
        clock.advance(31 * Time::MINUTE);
        let half = token(enter(&store, &env, &member.login, PASSWORD));
        assert!(matches!(second(&store, &env, half, &codes[1]), Second::In(_)));
        assert_clean(&store, &env);
    }

    fn a_password_right_again_and_again_does_not_reset_the_count_of_second_factors(store) {
        let (env, _, world) = small(&store, 35);
        let member = world.member(Role::CallBack).clone();
        enrolled(&store, &env, &member.actor);
        let mut answers = Vec::new();
        for _ in 0..5 {
            let half = token(enter(&store, &env, &member.login, PASSWORD));
            answers.push(second(&store, &env, half, "123456"));
        }
        assert!(matches!(answers[4], Second::Locked { .. }), "{answers:?}");
        assert_clean(&store, &env);
    }

    fn a_second_factor_is_taken_away_with_a_code_but_not_by_an_administrator(store) {
        let (env, clock, world) = small(&store, 36);
        for (role, kept) in [(Role::GridWorker, false), (Role::AuditAdmin, true)] {
            let member = world.member(role).clone();
            let (secret, _) = enrolled(&store, &env, &member.actor);
            clock.advance(Time::MINUTE);
            let code = shown_code(&secret, env.clock.now()).unwrap();
            let (inner, who) = (env.clone(), member.actor.clone());
            let removed = store.write_now(move |tx| remove_totp(tx, &inner.ctx(), &who, &code));
            assert_eq!(!matches!(removed, Ok(totp::RemoveTotp::Removed)), kept, "{role:?}");
            assert_eq!(matches!(enter(&store, &env, &member.login, PASSWORD), SignIn::SecondFactor(_)), kept);
        }
        assert_clean(&store, &env);
    }

    fn sessions_are_listed_and_ended(store) {
        let (env, clock, world) = small(&store, 37);
        let member = world.member(Role::CommunityStaff).clone();
        clock.advance(Time::MINUTE);
        let tokens = [token(enter(&store, &env, &member.login, PASSWORD)), token(enter(&store, &env, &member.login, PASSWORD))];
        let actor = who(&store, &env, tokens[0]).unwrap();
        let (now, account) = (env.clock.now(), actor.account);
        let listed = store.read_now(move |tx| sign::sessions(tx, now, account)).unwrap();
        assert_eq!(listed.len(), 3, "with the one of the small district");
        assert_eq!(listed[0].agent, "Chrome 109 测试");
        let other = who(&store, &env, tokens[1]).unwrap().session;
        let stranger = world.actor(Role::TownLeader);
        let inner = env.clone();
        assert!(!store.write_now(move |tx| sign::revoke(tx, &inner.ctx(), &stranger, other)).unwrap(), "only one's own");
        let (inner, own) = (env.clone(), actor.clone());
        assert!(store.write_now(move |tx| sign::revoke(tx, &inner.ctx(), &own, other)).unwrap());
        assert!(who(&store, &env, tokens[1]).is_none());
        let (inner, own) = (env.clone(), actor.clone());
        assert_eq!(store.write_now(move |tx| sign::revoke_others(tx, &inner.ctx(), &own)).unwrap(), 1);
        let security = world.actor(Role::SecurityAdmin);
        let inner = env.clone();
        assert_eq!(store.write_now(move |tx| revoke_sessions(tx, &inner.ctx(), &security.has::<ManageAccounts>().unwrap(), account)).unwrap(), 1);
        assert!(who(&store, &env, tokens[0]).is_none());
        let last = token(enter(&store, &env, &member.login, PASSWORD));
        store.write_now(move |tx| sign::sign_out(tx, &last)).unwrap();
        assert!(who(&store, &env, last).is_none());
        assert_clean(&store, &env);
    }

    fn an_administrator_is_signed_in_once(store) {
        let (env, _, world) = small(&store, 38);
        let member = world.member(Role::SecurityAdmin).clone();
        let next = token(enter(&store, &env, &member.login, PASSWORD));
        assert!(who(&store, &env, member.token).is_none() && who(&store, &env, next).is_some());
        assert_clean(&store, &env);
    }

    fn a_locked_account_is_out_until_it_is_unlocked(store) {
        let (env, _, world) = small(&store, 39);
        let member = world.member(Role::TownLeader).clone();
        let account = member.actor.account;
        let security = world.actor(Role::SecurityAdmin);
        let own = security.account;
        let (inner, by) = (env.clone(), security.clone());
        assert!(matches!(store.write_now(move |tx| lock_account(tx, &inner.ctx(), &by.has::<ManageAccounts>().unwrap(), own)), Err(LockError::Own)));
        let (inner, by) = (env.clone(), security.clone());
        store.write_now(move |tx| lock_account(tx, &inner.ctx(), &by.has::<ManageAccounts>().unwrap(), account)).unwrap();
        assert!(who(&store, &env, member.token).is_none());
        assert_eq!(enter(&store, &env, &member.login, "Wrong-password-1"), SignIn::Wrong, "nothing is told to who does not know the password");
        assert_eq!(enter(&store, &env, &member.login, PASSWORD), SignIn::Barred);
        let inner = env.clone();
        store.write_now(move |tx| unlock_account(tx, &inner.ctx(), &security.has::<ManageAccounts>().unwrap(), account)).unwrap();
        assert!(matches!(enter(&store, &env, &member.login, PASSWORD), SignIn::In(_)));
        assert_clean(&store, &env);
    }

    fn a_password_is_changed_with_the_old_one(store) {
        let (env, _, world) = small(&store, 40);
        let member = world.member(Role::BranchSecretary).clone();
        let other = token(enter(&store, &env, &member.login, PASSWORD));
        let change = |old: &str, new: &NewPassword| {
            let (inner, who) = (env.clone(), member.actor.clone());
            let checked = store.read_now(move |tx| candidate_of(tx, &inner.ctx(), &who)).unwrap().verify(&Params::light(), old);
            let (inner, who, new) = (env.clone(), member.actor.clone(), new.clone());
            store.write_now(move |tx| change_password(tx, &inner.ctx(), &who, &checked, &new)).unwrap()
        };
        let account = member.actor.account;
        let tried = |text: &str| {
            let past = store.read_now(move |tx| people::password::past(tx, account)).unwrap();
            NewPassword::make(&Params::light(), &*env.random, text, "", Strength::Staff).unwrap().unlike(text, past)
        };
        let new = password(&env, "Neues-Kennwort-7", Strength::Staff);
        assert_eq!(change(PASSWORD, &new), ChangePassword::Used, "not tried against those of before");
        assert!(matches!(tried(PASSWORD), Err(people::password::Weak::Used(5))));
        let new = tried("Neues-Kennwort-7").unwrap();
        assert_eq!(change("Wrong-password-1", &new), ChangePassword::Wrong);
        assert_eq!(change(PASSWORD, &new), ChangePassword::Changed);
        assert!(who(&store, &env, member.token).is_some() && who(&store, &env, other).is_none(), "other sessions end");
        assert_eq!(enter(&store, &env, &member.login, PASSWORD), SignIn::Wrong);
        assert!(matches!(enter(&store, &env, &member.login, "Neues-Kennwort-7"), SignIn::In(_)));
        assert_clean(&store, &env);
    }

    fn a_password_changed_between_the_steps_does_not_let_the_old_one_in(store) {
        let (env, _, world) = small(&store, 41);
        let member = world.member(Role::BranchSecretary).clone();
        let (inner, login) = (env.clone(), member.login.clone());
        let checked = store.read_now(move |tx| candidate(tx, &inner.ctx(), &login)).unwrap().verify(&Params::light(), PASSWORD);
        let (inner, own) = (env.clone(), member.actor.clone());
        let account = member.actor.account;
        let past = store.read_now(move |tx| people::password::past(tx, account)).unwrap();
        let (old, new) = (checked.clone(), password(&env, "Neues-Kennwort-7", Strength::Staff).unlike("Neues-Kennwort-7", past).unwrap());
        store.write_now(move |tx| change_password(tx, &inner.ctx(), &own, &old, &new)).unwrap();
        let inner = env.clone();
        assert_eq!(store.write_now(move |tx| sign_in(tx, &inner.ctx(), &checked, "")).unwrap(), SignIn::Wrong);
        assert_clean(&store, &env);
    }

    fn who_administers_a_town_has_no_hand_in_accounts_above_it(store) {
        let (env, _, world) = small(&store, 43);
        let (inner, town, system) = (env.clone(), world.towns[0], world.actor(Role::SystemAdmin));
        let local = store
            .write_now(move |tx| {
                let ctx = inner.ctx();
                let post = people::CreatePost { unit: town, reach: None, role: Role::SecurityAdmin, title: "街道安全管理员".into() };
                let post = people::create_post(tx, &ctx, people::Authority::Console, &post).unwrap();
                let person = people::CreatePerson { name: "方正".into(), phone: None };
                let person = people::create_person(tx, &ctx, people::Authority::Console, &person).unwrap();
                people::hold(tx, &ctx, people::Authority::Console, person, post, ctx.now).unwrap();
                let code = invite(tx, &ctx, &system.has::<Invite>().unwrap(), person, "fang.zheng", false).unwrap();
                open_account(tx, &ctx, &code, &password(&inner, "Another-pass-99", Strength::Admin)).unwrap();
                sign::on_behalf(tx, ctx.now, person)
            })
            .unwrap()
            .unwrap();
        let may = |of: &people::testing::Member| {
            let (env, by, person, account) = (env.clone(), local.clone(), of.person, of.actor.account);
            store
                .write_now(move |tx| {
                    let ctx = env.ctx();
                    let proof = by.has::<ManageAccounts>().unwrap();
                    let reset = invite(tx, &ctx, &by.has::<Invite>().unwrap(), person, "", true);
                    let locked = lock_account(tx, &ctx, &proof, account);
                    let (ended, unlocked) = (revoke_sessions(tx, &ctx, &proof, account), unlock_account(tx, &ctx, &proof, account));
                    let refused = [
                        matches!(reset, Err(InviteError::NotCovered)),
                        matches!(locked, Err(LockError::NotCovered)),
                        matches!(ended, Err(LockError::NotCovered)),
                        matches!(unlocked, Err(LockError::NotCovered)),
                    ];
                    assert!(refused.iter().all(|one| *one == refused[0]), "{refused:?}");
                    assert!(refused[0] || reset.is_ok() && locked.is_ok() && ended.is_ok() && unlocked.is_ok());
                    Ok::<bool, store::StoreError>(!refused[0])
                })
                .unwrap()
        };
        for role in [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin, Role::DistrictLeader, Role::CallBack, Role::BranchSecretary] {
            assert!(!may(world.member(role)), "{role:?}");
        }
        assert!(!may(world.member_in(Role::TownDesk, world.towns[1])));
        assert!(may(world.member_in(Role::TownDesk, world.towns[0])) && may(world.member_in(Role::CommunityStaff, world.communities[0])));
        assert_clean(&store, &env);
    }

    fn a_code_opens_an_account_once_and_resets_only_for_the_security_administrator(store) {
        let (env, clock, world) = small(&store, 42);
        let admin = world.actor(Role::SystemAdmin);
        let security = world.actor(Role::SecurityAdmin);
        let (inner, by) = (env.clone(), admin.clone());
        let person = store.write_now(move |tx| {
            people::create_person(tx, &inner.ctx(), &by.has().unwrap(), &people::CreatePerson { name: "新人".into(), phone: None })
        }).unwrap();
        let ask = |by: &Actor, person, login: &str, reset| {
            let (env, by, login) = (env.clone(), by.clone(), login.to_owned());
            store.write_now(move |tx| invite(tx, &env.ctx(), &by.has::<Invite>().unwrap(), person, &login, reset))
        };
        assert!(matches!(ask(&admin, person, "x", false), Err(InviteError::BadLogin)));
        assert!(matches!(ask(&admin, person, &world.member(Role::TownDesk).login, false), Err(InviteError::LoginTaken)));
        let first = ask(&admin, person, "Xin.Ren", false).unwrap();
        let code = ask(&admin, person, "xin.ren", false).unwrap();
        let open = |code: &str, strength| {
            let (env, code, new) = (env.clone(), code.to_owned(), password(&env, "Another-pass-99", strength));
            store.write_now(move |tx| open_account(tx, &env.ctx(), &code, &new))
        };
        assert!(matches!(open(&first, Strength::Staff), Err(OpenAccountError::WrongCode)), "a later code voids an earlier one");
        let (inner, typed) = (env.clone(), code.to_lowercase());
        let found = store.read_now(move |tx| invited(tx, &inner.ctx(), &typed)).unwrap().unwrap();
        assert_eq!((found.login.as_str(), found.strength, found.has_account), ("xin.ren", Strength::Staff, false));
        open(&code, Strength::Staff).unwrap();
        assert!(matches!(open(&code, Strength::Staff), Err(OpenAccountError::WrongCode)), "once");
        assert!(matches!(enter(&store, &env, "xin.ren", "Another-pass-99"), SignIn::In(_)));

        assert!(matches!(ask(&admin, person, "xin.ren", false), Err(InviteError::HasAccount)));
        let audit = world.member(Role::AuditAdmin).clone();
        enrolled(&store, &env, &audit.actor);
        // With the auditor's code a security administrator would be the auditor: the command line gives it.
        assert!(matches!(ask(&security, audit.person, "", true), Err(InviteError::Administrator)));
        let inner = env.clone();
        let code = store
            .write_now(move |tx| invite(tx, &inner.ctx(), people::Authority::Console, audit.person, "", true))
            .unwrap();
        assert!(matches!(open(&code, Strength::Staff), Err(OpenAccountError::TooWeak)));
        assert!(matches!(open(&code, Strength::Admin), Err(OpenAccountError::Used)), "not tried against those of before");
        let (inner, typed) = (env.clone(), code.clone());
        let past = store.read_now(move |tx| invited(tx, &inner.ctx(), &typed)).unwrap().unwrap().past;
        let (inner, new) = (env.clone(), password(&env, "Another-pass-99", Strength::Admin).unlike("Another-pass-99", past).unwrap());
        store.write_now(move |tx| open_account(tx, &inner.ctx(), &code, &new)).unwrap();
        assert!(who(&store, &env, audit.token).is_none(), "the sessions of before have ended");
        assert!(matches!(enter(&store, &env, &audit.login, "Another-pass-99"), SignIn::In(_)), "and the second factor is gone");
        let code = ask(&security, person, "", false).unwrap();
        clock.advance(8 * Time::DAY);
        assert!(matches!(open(&code, Strength::Staff), Err(OpenAccountError::WrongCode)), "too old");
        assert_clean(&store, &env);
    }

    fn the_first_administrator_is_made_once_with_the_code_that_was_printed(store) {
        let (env, clock) = env(43);
        let code = |env: &Env| {
            let env = env.clone();
            store.write_now(move |tx| first_code(tx, &env.ctx())).unwrap()
        };
        let make = |code: &str, strength| {
            let first = FirstAdmin {
                code: code.to_owned(), district_code: "990105000000".into(), district_name: "明水区".into(), name: "石磊".into(),
                login: "admin.shi".into(), title: "系统管理员".into(),
            };
            let (env, new) = (env.clone(), password(&env, PASSWORD, strength));
            store.write_now(move |tx| make_first_admin(tx, &env.ctx(), &first, &new))
        };
        assert!(matches!(make("", Strength::Admin), Err(SetupError::WrongCode)), "no code, no administrator");
        let first = code(&env).unwrap();
        let second = code(&env).unwrap();
        assert!(matches!(make(&first, Strength::Admin), Err(SetupError::WrongCode)), "the one printed last counts");
        assert!(matches!(make(&second, Strength::Staff), Err(SetupError::Account(OpenAccountError::TooWeak))));
        clock.advance(25 * Time::HOUR);
        assert!(matches!(make(&second, Strength::Admin), Err(SetupError::WrongCode)), "too old");
        let third = code(&env).unwrap();
        let made = make(&third, Strength::Admin).unwrap();
        assert!(matches!(make(&third, Strength::Admin), Err(SetupError::Done)));
        assert_eq!(code(&env), None);
        let token = token(enter(&store, &env, "Admin.Shi", PASSWORD));
        let actor = who(&store, &env, token).unwrap();
        assert_eq!((actor.person, actor.posts[0].role, actor.posts[0].unit), (made.person, Role::SystemAdmin, made.district));
        assert_clean(&store, &env);
    }
}
