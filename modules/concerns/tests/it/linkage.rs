//! Clocks that stand still or run longer, departments that are called, concerns with one answer, and what is
//! overdue: each from both sides, and each refused to whoever has not the post.

use base::Time;
use concerns::events::Happened;
use concerns::model::rule;
use concerns::read::{JointLine, Tab};
use concerns::submit::Receipt;
use concerns::{NotNow, Outcome, State, StepError};
use people::Role;

use crate::counted::counted;
use crate::town::{Step, TREES, Town};

fn civil(text: &str) -> Time {
    Time::from_civil(text.parse().unwrap())
}

/// A concern in the hands of the first department.
fn in_hand(town: &Town) -> Receipt {
    let receipt = town.submit(town.form(town.world.grids[0]));
    let department = town.world.departments[0];
    town.step(Role::TownDesk, town.world.towns[0], &receipt.no, Step::Dispatch(department, "01"));
    town.step(Role::DepartmentStaff, department, &receipt.no, Step::Claim);
    town.step(Role::DepartmentStaff, department, &receipt.no, Step::FirstContact);
    receipt
}

fn refused(town: &Town, role: Role, unit: base::UnitId, no: &str, step: &Step) -> StepError {
    let actor = town.world.actor_in(role, unit);
    match town.attempt(&actor, no, town.concern(no).v, step) {
        Some(Err(error)) => error,
        other => panic!("{role:?} {step:?}: {other:?}"),
    }
}

/// What a resident sees on the page of their own receipt.
fn page(town: &Town, receipt: &Receipt) -> concerns::read::Tracking {
    let holder = town.holder(receipt);
    town.read(move |tx, ctx| concerns::read::tracking(tx, ctx, &holder)).unwrap()
}

fn joint(town: &Town, role: Role, unit: base::UnitId, tab: Tab) -> Vec<JointLine> {
    let actor = town.world.actor_in(role, unit);
    town.read(move |tx, _| {
        let tree = people::tree(tx)?;
        concerns::read::joint(tx, &actor, &tree, tab, 50)
    })
}

store::both_engines! {
    TREES
    fn a_clock_stands_still_and_goes_on(store) {
        let town = Town::new(store);
        let department = town.world.departments[0];
        town.clock.set(civil("2026-11-23T09:00"));
        let receipt = in_hand(&town);
        let no = receipt.no.as_str();
        let due = town.concern(no).now.resolve_by.unwrap();
        assert_eq!(due, civil("2026-11-30T17:30"));
        town.clock.set(civil("2026-11-24T10:00"));
        town.step(Role::DepartmentStaff, department, no, Step::Pause);
        let paused = town.concern(no).now;
        assert_eq!((paused.due.unwrap().rule.as_str(), paused.pause.unwrap().due.at), (rule::PAUSE, due));
        assert!(page(&town, &receipt).paused);
        let still = refused(&town, Role::DepartmentStaff, department, no, &Step::Resolve);
        assert!(matches!(still, StepError::NotNow(NotNow::Paused)), "{still:?}");
        town.clock.set(civil("2026-11-26T10:00"));
        town.step(Role::DepartmentStaff, department, no, Step::Resume);
        let now = town.concern(no).now;
        assert_eq!((now.resolve_by, now.due.unwrap().at), (Some(civil("2026-12-02T17:30")), civil("2026-12-02T17:30")), "two working days later");
        // A pause that nobody ends ends by itself, and counts from when it should have.
        town.step(Role::DepartmentStaff, department, no, Step::Pause);
        town.clock.set(civil("2026-12-20T10:00"));
        town.tick();
        let now = town.concern(no).now;
        assert_eq!((now.pause.clone(), now.resolve_by, now.passed), (None, Some(civil("2026-12-16T17:30")), true), "ten working days, then over");
        let late = refused(&town, Role::DepartmentStaff, department, no, &Step::Pause);
        assert!(matches!(late, StepError::NotNow(NotNow::TooLate)), "what has run out is not stopped: {late:?}");
        town.assert_clean();
    }

    fn more_time_is_given_once_and_by_somebody_else(store) {
        let town = Town::new(store);
        let ([east, _], department) = (town.world.towns, town.world.departments[0]);
        town.clock.set(civil("2026-11-23T09:00"));
        let receipt = in_hand(&town);
        let no = receipt.no.as_str();
        let early = refused(&town, Role::TownDesk, east, no, &Step::Grant(true));
        assert!(matches!(early, StepError::NotNow(NotNow::State)), "{early:?}");
        town.step(Role::DepartmentStaff, department, no, Step::Ask);
        let asked = page(&town, &receipt);
        assert!(!asked.entries.iter().any(|entry| matches!(entry.happened, Happened::ConcernExtensionAsked(_))), "not before it is given");
        town.step(Role::TownDesk, east, no, Step::Grant(false));
        town.step(Role::DepartmentStaff, department, no, Step::Ask);
        town.step(Role::TownDesk, east, no, Step::Grant(true));
        let now = town.concern(no).now;
        assert_eq!((now.resolve_by, now.due.unwrap().at), (Some(civil("2026-12-07T17:30")), civil("2026-12-07T17:30")));
        let given = page(&town, &receipt);
        let told = given.entries.iter().find(|entry| matches!(entry.happened, Happened::ConcernExtensionGranted(_))).unwrap();
        assert_eq!(told.shown.as_deref(), Some("因为需要这样办理"), "the resident is told why");
        let again = refused(&town, Role::DepartmentStaff, department, no, &Step::Ask);
        assert!(matches!(again, StepError::NotNow(NotNow::NoExtension)), "{again:?}");

        // Who sits at the desk and handles it as well does not decide on their own request.
        let own = town.submit(town.form(town.world.grids[0]));
        town.step(Role::TownDesk, east, &own.no, Step::Dispatch(east, "03"));
        town.step(Role::TownDesk, east, &own.no, Step::Claim);
        town.step(Role::TownDesk, east, &own.no, Step::Ask);
        let own = refused(&town, Role::TownDesk, east, &own.no, &Step::Grant(true));
        assert!(matches!(own, StepError::NotNow(NotNow::OwnRequest)), "{own:?}");
        town.assert_clean();
    }

    fn a_departments_duty_goes_to_a_community_with_a_reason_or_not_at_all(store) {
        let town = Town::new(store);
        let ([east, _], community) = (town.world.towns, town.world.communities[0]);
        let receipt = town.submit(town.form(town.world.grids[0]));
        let none = refused(&town, Role::TownDesk, east, &receipt.no, &Step::DispatchAs(community, "01", None, Some("  ")));
        assert!(matches!(none, StepError::NotNow(NotNow::DepartmentDuty)), "{none:?}");
        let unknown = refused(&town, Role::TownDesk, east, &receipt.no, &Step::DispatchAs(community, "03", Some("terms.petition.extend"), None));
        assert!(matches!(unknown, StepError::Invalid(_)), "what stands beside a term is none: {unknown:?}");
        town.step(Role::TownDesk, east, &receipt.no, Step::DispatchAs(community, "01", Some("terms.disclosure"), Some("部门已与社区约定")));
        assert_eq!(town.concern(&receipt.no).now.answer_rule(), "terms.disclosure");
        assert_eq!(counted(&town).get(&("concerns.duty_exceptions", community)), Some(&1));
        town.assert_clean();
    }

    fn a_town_calls_two_departments(store) {
        let town = Town::new(store);
        let ([east, west], [first, second]) = (town.world.towns, town.world.departments);
        town.clock.set(civil("2026-11-23T09:00"));
        let receipt = town.submit(town.form(town.world.grids[0]));
        let no = receipt.no.as_str();
        town.step(Role::TownDesk, east, no, Step::Dispatch(east, "03"));
        town.step(Role::TownStaff, east, no, Step::Claim);
        let elsewhere = refused(&town, Role::TownDesk, west, no, &Step::Whistle(vec![first]));
        assert!(matches!(elsewhere, StepError::Denied), "{elsewhere:?}");
        let base = refused(&town, Role::TownDesk, east, no, &Step::Whistle(vec![town.world.communities[0]]));
        assert!(matches!(base, StepError::Invalid(_)), "only departments are called: {base:?}");
        town.step(Role::TownLeader, east, no, Step::Whistle(vec![first, second]));
        let twice = refused(&town, Role::TownLeader, east, no, &Step::Whistle(vec![first]));
        assert!(matches!(twice, StepError::NotNow(NotNow::Already)), "{twice:?}");
        assert_eq!(joint(&town, Role::DepartmentStaff, second, Tab::Called).len(), 1);
        let early = refused(&town, Role::DepartmentStaff, first, no, &Step::Part(true));
        assert!(matches!(early, StepError::NotNow(NotNow::NoCall)), "nothing is done before somebody came: {early:?}");
        town.step(Role::DepartmentStaff, first, no, Step::Arrive);
        town.clock.set(civil("2026-11-24T17:31"));
        town.tick();
        town.step(Role::DepartmentStaff, second, no, Step::Arrive);
        town.step(Role::DepartmentStaff, first, no, Step::Part(true));
        town.step(Role::DepartmentLead, second, no, Step::Part(false));
        town.step(Role::TownDesk, east, no, Step::CloseWhistle);
        let id = town.concern(no).id;
        let called = town.read(move |tx, _| concerns::whistle::of(tx, id));
        let seen: Vec<_> = called.iter().map(|c| (c.unit, c.leads, c.passed, c.warranted, c.closed_at.is_some())).collect();
        assert_eq!(seen, [(first, true, false, Some(true), true), (second, false, true, Some(false), true)]);
        assert_eq!(town.concern(no).now.holder, Some(east), "who leads the call does not take the concern from its holder");

        let counted = counted(&town);
        let of = |id: &'static str, unit| counted.get(&(id, unit)).copied().unwrap_or(0);
        assert_eq!((of("concerns.whistles", east), of("concerns.whistles_unwarranted", east)), (1, 1), "the town's side");
        assert_eq!((of("concerns.called", first), of("concerns.arrived_in_time", first), of("concerns.parts_done", first)), (1, 1, 1));
        assert_eq!((of("concerns.called", second), of("concerns.arrived_in_time", second), of("concerns.arrivals_missed", second)), (1, 0, 1));
        let resident = page(&town, &receipt);
        assert!(resident.entries.iter().any(|entry| matches!(entry.happened, Happened::ConcernWhistled(_)) && entry.note.is_none()));
        town.assert_clean();
    }

    fn three_repeats_have_one_answer_and_three_call_backs(store) {
        let town = Town::new(store);
        let ([east, _], department) = (town.world.towns, town.world.departments[0]);
        let main = in_hand(&town);
        let others = [town.submit(town.form(town.world.grids[0])), town.submit(town.form(town.world.grids[1]))];
        let suggested = {
            let (actor, no) = (town.world.actor_in(Role::TownDesk, east), main.no.clone());
            town.read(move |tx, ctx| {
                let tree = people::tree(tx)?;
                let concern = concerns::concern::find(tx, &no)?.unwrap();
                concerns::merge::repeats(tx, ctx, &actor, &tree, &concern, 8)
            })
        };
        let mut found: Vec<&str> = suggested.iter().map(|repeat| repeat.no.as_str()).collect();
        found.sort_unstable();
        let mut wanted: Vec<&str> = others.iter().map(|receipt| receipt.no.as_str()).collect();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "same community, same words");
        let numbers: Vec<String> = others.iter().map(|receipt| receipt.no.clone()).collect();
        town.step(Role::TownDesk, east, &main.no, Step::Merge(numbers));
        for other in &others {
            let now = town.concern(&other.no).now;
            assert_eq!((now.state, now.holder, now.merged_into), (State::InHand, Some(east), Some(town.concern(&main.no).id)));
            let alone = refused(&town, Role::TownDesk, east, &other.no, &Step::Resolve);
            assert!(matches!(alone, StepError::NotNow(NotNow::Merged)), "{alone:?}");
            assert_eq!(page(&town, other).entries[0].words.as_deref(), Some("楼下的垃圾桶三天没有人清运，味道很大。"), "nothing is lost");
        }
        let chain = refused(&town, Role::TownDesk, east, &others[0].no, &Step::Merge(vec![main.no.clone()]));
        assert!(matches!(chain, StepError::NotNow(NotNow::NotMergeable)), "{chain:?}");
        // One is taken out and put back.
        town.step(Role::TownDesk, east, &others[1].no, Step::Unmerge);
        assert_eq!(town.concern(&others[1].no).now.state, State::Received);
        town.step(Role::TownDesk, east, &main.no, Step::Merge(vec![others[1].no.clone()]));

        town.step(Role::DepartmentStaff, department, &main.no, Step::Resolve);
        town.step(Role::TownDesk, east, &main.no, Step::Review(true));
        for receipt in [&main, &others[0], &others[1]] {
            let now = town.concern(&receipt.no).now;
            assert_eq!((now.state, now.holder, now.handler), (State::CallBack, Some(town.world.call_back), Some(department)));
            let answer = page(&town, receipt).entries.into_iter().rev().find_map(|entry| entry.shown);
            assert_eq!(answer.as_deref(), Some("已于今天清运，并改为每日一次。"), "each reads the answer on their own page");
        }
        // Each is asked for themselves: one is content, one is not, one answers nothing.
        town.step(Role::CallBack, town.world.call_back, &main.no, Step::CallBack(Some(true)));
        town.step(Role::CallBack, town.world.call_back, &others[0].no, Step::CallBack(Some(false)));
        town.step(Role::CallBack, town.world.call_back, &others[1].no, Step::CallBack(None));
        let states = [&main, &others[0], &others[1]].map(|receipt| town.concern(&receipt.no).now.state);
        assert_eq!(states, [State::Archived, State::Received, State::CallBack]);
        town.assert_clean();
    }

    fn what_is_merged_goes_its_own_way_when_the_other_ends(store) {
        let town = Town::new(store);
        let [east, west] = town.world.towns;
        let (main, other) = (town.submit(town.form(town.world.grids[0])), town.submit(town.form(town.world.grids[0])));
        let far = town.submit(town.form(town.world.grids[4]));
        let foreign = refused(&town, Role::TownDesk, east, &main.no, &Step::Merge(vec![far.no.clone()]));
        assert!(matches!(foreign, StepError::Invalid(_)), "another desk's is as if it were not there: {foreign:?}");
        let foreign = refused(&town, Role::TownDesk, west, &far.no, &Step::Merge(vec![main.no.clone()]));
        assert!(matches!(foreign, StepError::Invalid(_)), "{foreign:?}");
        let mut about = town.form(town.world.grids[0]);
        about.about_unit = Some(town.world.communities[0]);
        let about = town.submit(about);
        let guarded = refused(&town, Role::TownDesk, east, &main.no, &Step::Merge(vec![about.no]));
        assert!(matches!(guarded, StepError::NotNow(NotNow::NotMergeable)), "{guarded:?}");
        town.step(Role::TownDesk, east, &main.no, Step::Merge(vec![other.no.clone()]));
        town.step(Role::TownDesk, east, &main.no, Step::Archive(Outcome::Withdrawn));
        let now = town.concern(&other.no).now;
        assert_eq!((now.state, now.merged_into), (State::Received, None));
        town.assert_clean();
    }

    fn what_is_overdue_climbs_by_the_clock(store) {
        let town = Town::new(store);
        let ([east, _], community) = (town.world.towns, town.world.communities[0]);
        town.clock.set(civil("2026-12-29T10:00"));
        let receipt = town.submit(town.form(town.world.grids[0]));
        let no = receipt.no.as_str();
        town.clock.set(civil("2026-12-30T10:00"));
        town.step(Role::TownDesk, east, no, Step::Dispatch(community, "03"));
        // 31 December is the last working day before the holiday.
        assert_eq!(town.concern(no).now.due.unwrap().at, civil("2026-12-31T17:30"));
        town.clock.set(civil("2026-12-31T17:29:50"));
        town.tick();
        assert!(joint(&town, Role::TownLeader, east, Tab::Overdue).is_empty(), "in time to the last minute");
        town.clock.set(civil("2026-12-31T17:30"));
        town.tick();
        assert_eq!(joint(&town, Role::TownLeader, east, Tab::Overdue).len(), 1, "the town is told at once");
        assert!(joint(&town, Role::DistrictLeader, town.world.district, Tab::Overdue).is_empty());
        town.clock.set(civil("2027-01-03T12:00"));
        town.tick();
        assert!(joint(&town, Role::DistrictLeader, town.world.district, Tab::Overdue).is_empty(), "a holiday is no working day");
        town.clock.set(civil("2027-01-04T17:31"));
        town.tick();
        assert_eq!(joint(&town, Role::DistrictLeader, town.world.district, Tab::Overdue).len(), 1, "then the district");
        town.step(Role::CommunityStaff, community, no, Step::Claim);
        assert!(joint(&town, Role::TownLeader, east, Tab::Overdue).is_empty(), "the step was taken");
        town.assert_clean();
    }

    fn a_unit_above_asks_and_is_answered(store) {
        let town = Town::new(store);
        let ([east, west], department) = (town.world.towns, town.world.departments[0]);
        let receipt = in_hand(&town);
        let no = receipt.no.as_str();
        let other = refused(&town, Role::TownLeader, west, no, &Step::Supervise);
        assert!(matches!(other, StepError::Denied), "{other:?}");
        let own = refused(&town, Role::TownLeader, east, no, &Step::Supervise);
        assert!(matches!(own, StepError::Denied), "a department is not below a town: {own:?}");
        town.step(Role::DistrictLeader, town.world.district, no, Step::Supervise);
        let again = refused(&town, Role::DistrictDesk, town.world.district, no, &Step::Supervise);
        assert!(matches!(again, StepError::NotNow(NotNow::Already)), "{again:?}");
        let stranger = refused(&town, Role::DepartmentStaff, town.world.departments[1], no, &Step::AnswerOrder);
        assert!(matches!(stranger, StepError::Denied), "{stranger:?}");
        town.clock.advance(9 * Time::DAY);
        town.tick();
        assert!(matches!(&joint(&town, Role::DepartmentStaff, department, Tab::Orders)[..], [JointLine::Order(_, order)] if order.passed));
        town.step(Role::DepartmentStaff, department, no, Step::AnswerOrder);
        assert!(matches!(&joint(&town, Role::DistrictLeader, town.world.district, Tab::Orders)[..], [JointLine::Order(_, order)] if order.answered_at.is_some()));
        town.assert_clean();
    }

    fn nobody_is_late_for_what_is_over(store) {
        let town = Town::new(store);
        let ([east, _], [first, second]) = (town.world.towns, town.world.departments);
        town.clock.set(civil("2026-11-23T09:00"));
        let (answered, closed) = (in_hand(&town), in_hand(&town));
        for receipt in [&answered, &closed] {
            town.step(Role::TownLeader, east, &receipt.no, Step::Whistle(vec![second]));
            town.step(Role::DistrictLeader, town.world.district, &receipt.no, Step::Supervise);
        }
        town.step(Role::DepartmentStaff, first, &answered.no, Step::Resolve);
        town.step(Role::TownDesk, east, &closed.no, Step::Archive(Outcome::Withdrawn));
        town.clock.set(civil("2026-12-04T09:00"));
        town.tick();
        let missed = |receipt: &concerns::submit::Receipt| {
            let id = town.concern(&receipt.no).id;
            town.read(move |tx, _| Ok((concerns::whistle::of(tx, id)?[0].passed, concerns::supervise::of(tx, id)?[0].passed)))
        };
        assert_eq!(missed(&closed), (false, false), "it was withdrawn before anybody had to come or to answer");
        assert_eq!(missed(&answered), (false, true), "what was answered needs nobody to come; the order still waits");
        // Given back it is needed again.
        town.step(Role::TownDesk, east, &answered.no, Step::Review(false));
        town.tick();
        assert_eq!(missed(&answered), (true, true));
        town.assert_clean();
    }

    fn the_law_has_another_way(store) {
        let town = Town::new(store);
        let [east, _] = town.world.towns;
        let receipt = town.submit(town.form(town.world.grids[0]));
        town.step(Role::TownDesk, east, &receipt.no, Step::Archive(Outcome::Arbitration));
        let seen = page(&town, &receipt);
        assert_eq!((seen.outcome, seen.may_reopen_until.is_some()), (Some(Outcome::Arbitration), true));
        assert_eq!(seen.entries.last().unwrap().shown.as_deref(), Some("因为需要这样办理"), "the resident reads why");
        let answered = town.submit(town.form(town.world.grids[0]));
        town.to_call_back(&answered.no);
        let late = refused(&town, Role::TownDesk, east, &answered.no, &Step::Archive(Outcome::Court));
        assert!(matches!(late, StepError::NotNow(NotNow::State)), "what is answered is not sent elsewhere: {late:?}");
        town.assert_clean();
    }
}
