//! The long way of one concern, from each person's side.

use base::Time;
use concerns::call_back::Answer;
use concerns::events::Happened;
use concerns::{Channel, NotNow, Outcome, State, StepError};
use people::Role;

use crate::town::{Step, TREES, Town};

store::both_engines! {
    TREES
    fn from_the_first_word_to_the_residents_own_answer(store) {
        let town = Town::new(store);
        let [east, _] = town.world.towns;
        let community = town.world.communities[0];
        let grid = town.world.grids[0];
        let [first, second] = town.world.departments;

        let receipt = town.submit(town.form(grid));
        assert_eq!((receipt.desk, receipt.secret.len()), (east, 16));
        assert_eq!(receipt.due.rule, "concerns.dispatch");
        let no = receipt.no.as_str();

        town.step(Role::TownDesk, east, no, Step::Dispatch(first, "01"));
        town.step(Role::DepartmentStaff, first, no, Step::Object);
        assert_eq!(town.concern(no).now.holder, Some(east));
        town.step(Role::TownDesk, east, no, Step::Decide(true));
        let desk = town.world.actor_in(Role::TownDesk, east);
        let v = town.concern(no).v;
        let again = town.attempt(&desk, no, v, &Step::Dispatch(first, "03")).unwrap();
        assert!(matches!(again, Err(StepError::NotNow(NotNow::Excused))), "{again:?}");
        let base = town.attempt(&desk, no, v, &Step::Dispatch(community, "0101")).unwrap();
        assert!(matches!(base, Err(StepError::NotNow(NotNow::DepartmentDuty))), "{base:?}");
        town.step(Role::TownDesk, east, no, Step::Dispatch(community, "03"));
        town.step(Role::CommunityStaff, community, no, Step::SendDown(grid));
        town.step(Role::GridWorker, grid, no, Step::Claim);
        town.step(Role::GridWorker, grid, no, Step::FirstContact);
        town.step(Role::GridWorker, grid, no, Step::Escalate);
        town.step(Role::CommunitySecretary, community, no, Step::Escalate);
        assert_eq!(town.concern(no).now.holder, Some(east));
        town.step(Role::TownStaff, east, no, Step::Claim);
        town.step(Role::TownStaff, east, no, Step::Resolve);
        town.step(Role::TownDesk, east, no, Step::Review(false));
        town.step(Role::TownStaff, east, no, Step::Resolve);
        town.step(Role::TownDesk, east, no, Step::Review(true));
        assert_eq!(town.concern(no).now.holder, Some(town.world.call_back));
        town.step(Role::CallBack, town.world.call_back, no, Step::CallBack(None));
        town.step(Role::CallBack, town.world.call_back, no, Step::CallBack(Some(false)));
        let reopened = town.concern(no).now;
        assert_eq!((reopened.state, reopened.round, reopened.tries), (State::Received, 2, 0));

        town.step(Role::TownDesk, east, no, Step::Dispatch(second, "02"));
        town.step(Role::DepartmentLead, second, no, Step::Claim);
        town.step(Role::DepartmentLead, second, no, Step::Resolve);
        town.step(Role::TownDesk, east, no, Step::Review(true));
        let (holder, key) = (town.holder(&receipt), town.key());
        let answer = Answer { contacted: Some(true), solved: true, satisfied: Some(true), words: Some("清运了，谢谢。".into()) };
        let done = town.write(move |tx, ctx| concerns::call_back::answer(tx, ctx, &holder, &key, &answer)).unwrap();
        assert_eq!((done.state, done.holder, done.due), (State::Archived, None, None));
        assert_eq!(town.concern(no).now.outcome, Some(Outcome::Solved));

        let shown = {
            let holder = town.holder(&receipt);
            town.read(move |tx, ctx| concerns::read::tracking(tx, ctx, &holder)).unwrap()
        };
        assert!(shown.entries.iter().all(|entry| entry.note.is_none() && entry.handlers.is_none()));
        let answers = shown.entries.iter().filter(|entry| matches!(entry.happened, Happened::ConcernResolved(_)));
        assert_eq!(answers.map(|entry| entry.shown.is_some()).collect::<Vec<_>>(), [true, true], "what was given back is not shown");
        assert_eq!(shown.entries[0].words.as_deref(), Some("楼下的垃圾桶三天没有人清运，味道很大。"));
        assert!(shown.may_reopen_until.is_some() && !shown.may_add && !shown.may_answer);

        town.clock.advance(31 * Time::DAY);
        let (holder, key) = (town.holder(&receipt), town.key());
        let late = town.write(move |tx, ctx| concerns::reopen::reopen(tx, ctx, &holder, &key, "又堆起来了"));
        assert!(matches!(late, Err(StepError::NotNow(NotNow::TooLate))), "{late:?}");
        town.assert_clean();
    }

    fn opened_again_and_closed_without_an_answer(store) {
        let town = Town::new(store);
        let [east, _] = town.world.towns;
        let receipt = town.submit(town.form(town.world.communities[1]));
        let no = receipt.no.as_str();
        town.to_call_back(no);
        let desk = town.world.actor_in(Role::TownDesk, east);
        let early = town.attempt(&desk, no, town.concern(no).v, &Step::Archive(Outcome::Unreachable)).unwrap();
        assert!(matches!(early, Err(StepError::NotNow(NotNow::NotTried))), "{early:?}");
        town.step(Role::CallBack, town.world.call_back, no, Step::CallBack(None));
        town.step(Role::TownDesk, east, no, Step::Archive(Outcome::Unreachable));
        let (holder, key) = (town.holder(&receipt), town.key());
        let reason = "电话打来时我在住院";
        let done = town.write(move |tx, ctx| concerns::reopen::reopen(tx, ctx, &holder, &key, reason)).unwrap();
        assert_eq!((done.state, done.holder), (State::Received, Some(east)));
        let (holder, key) = (town.holder(&receipt), town.key());
        let add = concerns::reopen::Add { words: Some("补充：在 5 号楼后面。".into()), photos: vec![] };
        town.write(move |tx, ctx| concerns::reopen::add(tx, ctx, &holder, &key, &add)).unwrap();
        town.step(Role::TownDesk, east, no, Step::Archive(Outcome::Withdrawn));
        let (holder, key) = (town.holder(&receipt), town.key());
        let add = concerns::reopen::Add { words: Some("还有".into()), photos: vec![] };
        let closed = town.write(move |tx, ctx| concerns::reopen::add(tx, ctx, &holder, &key, &add));
        assert!(matches!(closed, Err(StepError::NotNow(NotNow::State))), "{closed:?}");
        town.assert_clean();
    }

    fn a_deadline_that_passed_is_recorded_once(store) {
        let town = Town::new(store);
        let [east, _] = town.world.towns;
        let receipt = town.submit(town.form(town.world.grids[1]));
        let no = receipt.no.as_str();
        let pass = || town.write(|tx, ctx| concerns::passed::pass_deadlines(tx, ctx, 100)).unwrap();
        assert_eq!(pass(), 0);
        town.clock.set(receipt.due.at);
        assert_eq!(pass(), 1, "one second after it");
        assert_eq!(pass(), 0);
        assert!(town.concern(no).now.passed);
        town.step(Role::TownDesk, east, no, Step::Dispatch(town.world.departments[0], "01"));
        assert!(!town.concern(no).now.passed);
        assert_eq!(pass(), 0);
        town.clock.advance(30 * Time::DAY);
        assert_eq!((pass(), pass()), (1, 0));
        town.step(Role::DepartmentStaff, town.world.departments[0], no, Step::Claim);
        town.step(Role::DepartmentStaff, town.world.departments[0], no, Step::Resolve);
        town.step(Role::TownDesk, east, no, Step::Review(true));
        town.clock.advance(30 * Time::DAY);
        assert_eq!(pass(), 1);
        town.step(Role::CallBack, town.world.call_back, no, Step::CallBack(None));
        assert_eq!(pass(), 0, "an attempt does not renew the deadline");
        assert!(town.concern(no).now.passed);
        town.assert_clean();
    }

    fn what_is_sent_twice_is_done_once(store) {
        let town = Town::new(store);
        let [east, _] = town.world.towns;
        let form = town.form(town.world.grids[2]);
        let (first, second) = (town.submit(form.clone()), town.submit(form));
        assert_eq!(first, second, "number and secret");
        let no = first.no.as_str();
        let desk = town.world.actor_in(Role::TownDesk, east);
        let key = town.key();
        let step = Step::Dispatch(town.world.departments[0], "01");
        let one = town.attempt_with(&desk, no, 1, &step, key).unwrap().unwrap();
        let two = town.attempt_with(&desk, no, 1, &step, key).unwrap().unwrap();
        assert_eq!(one, two);
        let stale = town.attempt(&desk, no, 1, &step).unwrap();
        let Err(StepError::Conflict(conflict)) = stale else { panic!("{stale:?}") };
        assert_eq!((conflict.by.as_deref(), conflict.kind.as_str(), conflict.v), (Some(desk.name.as_str()), "ConcernDispatched", 2));
        let other = town.world.actor_in(Role::DistrictDesk, town.world.district);
        let stolen = town.attempt_with(&other, no, 1, &step, key).unwrap();
        assert!(matches!(stolen, Err(StepError::Store(store::StoreError::Unique(_)))), "{stolen:?}");

        let (holder, key) = (town.holder(&first), town.key());
        for _ in 0..2 {
            let holder = holder.clone();
            let add = concerns::reopen::Add { words: Some("补充一句".into()), photos: vec![] };
            town.write(move |tx, ctx| concerns::reopen::add(tx, ctx, &holder, &key, &add)).unwrap();
        }
        let events = {
            let id = town.concern(no).id;
            town.read(move |tx, _| record::of_subject(tx, id.0))
        };
        let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(kinds, ["ConcernSubmitted", "ConcernDispatched", "ConcernAdded"]);
        town.assert_clean();
    }

    fn staff_write_down_what_a_resident_says(store) {
        let town = Town::new(store);
        let worker = town.world.actor_in(Role::GridWorker, town.world.grids[3]);
        let form = town.form(town.world.grids[3]);
        let said = town.env.clock.now().plus(-2 * Time::HOUR);
        let receipt = {
            let worker = worker.clone();
            town.write(move |tx, ctx| {
                let proof = worker.has::<concerns::permissions::Register>().unwrap();
                let how = concerns::submit::Registered { source: concerns::Source::Visit, occurred_at: Some(said) };
                concerns::submit::register(tx, ctx, &proof, &form, &how)
            })
            .unwrap()
        };
        let concern = town.concern(&receipt.no);
        assert_eq!((concern.registered_by, concern.occurred_at), (Some(worker.person), said));
        let listed = {
            let worker = worker.clone();
            town.read(move |tx, _| {
                let tree = people::tree(tx)?;
                let filter = concerns::read::Filter { registered_by_me: true, ..Default::default() };
                concerns::read::list(tx, &worker, &tree, &filter, None, 10)
            })
        };
        assert_eq!(listed.rows.len(), 1);
        let _ = Channel::ALL;
        town.assert_clean();
    }
}
