//! A district that adopts the profile of Beijing: four classes of length, chosen as a concern is dispatched, and more time
//! for those that the profile lets have it.

use std::sync::Arc;

use base::Time;
use base::rules::{BUILTIN, PROFILES, Rules};
use concerns::model::NotNow;
use concerns::{Light, State, StepError};
use people::Role;

use crate::town::{Step, TREES, Town};

fn beijing(store: store::Store) -> Town {
    let mut town = Town::new(store);
    let packs: Vec<(&str, &str)> = BUILTIN.iter().chain(PROFILES).copied().collect();
    town.env.rules = Arc::new(Rules::parse(&packs, "990105000000").unwrap());
    town
}

fn civil(text: &str) -> Time {
    Time::from_civil(text.parse().unwrap())
}

store::both_engines! {
    TREES
    fn four_classes_are_dispatched_each_with_its_length(store) {
        let town = beijing(store);
        let ([east, _], department) = (town.world.towns, town.world.departments[0]);
        for (term, until) in [
            ("terms.urgent", "2026-11-24T11:00"),
            ("terms.timely", "2026-11-25T09:00"),
            ("terms.ordinary", "2026-12-01T23:59"),
            ("terms.hard", "2026-12-09T23:59"),
        ] {
            let receipt = town.submit(town.form(town.world.grids[0]));
            let no = receipt.no.as_str();
            town.clock.set(civil("2026-11-24T08:59:59"));
            town.step(Role::TownDesk, east, no, Step::DispatchAs(department, "01", Some(term), None));
            let now = town.concern(no).now;
            assert_eq!(now.term.as_deref(), Some(term));
            let by = now.resolve_by.unwrap();
            assert_eq!(by.civil().to_string().get(..16), Some(until), "{term}");
            // No step on the way lies behind the answer.
            assert!(now.due.as_ref().unwrap().at <= by, "{term}: {:?}", now.due);
            town.step(Role::DepartmentStaff, department, no, Step::Claim);
            assert!(town.concern(no).now.due.unwrap().at <= by, "{term}");
            town.step(Role::DepartmentStaff, department, no, Step::FirstContact);
            let due = town.concern(no).now.due.unwrap();
            assert_eq!((due.at, due.rule.as_str()), (by, term));
        }
        town.assert_clean();
    }

    fn hours_run_out_at_night_and_what_is_urgent_is_not_made_longer(store) {
        let town = beijing(store);
        let ([east, _], department) = (town.world.towns, town.world.departments[0]);
        town.clock.set(civil("2026-11-27T22:00"));
        let receipt = town.submit(town.form(town.world.grids[0]));
        let no = receipt.no.as_str();
        town.step(Role::TownDesk, east, no, Step::DispatchAs(department, "01", Some("terms.urgent"), None));
        town.step(Role::DepartmentStaff, department, no, Step::Claim);
        let staff = town.world.actor_in(Role::DepartmentStaff, department);
        let asked = town.attempt(&staff, no, town.concern(no).v, &Step::Ask);
        assert!(matches!(asked, Some(Err(StepError::NotNow(NotNow::NoExtension)))), "{asked:?}");
        town.clock.set(civil("2026-11-28T00:01"));
        town.tick();
        let concern = town.concern(no);
        assert!(concern.now.passed && concern.now.state == State::InHand, "two hours, also on a Friday night");
        let calendar = town.env.rules.calendar();
        assert_eq!(concerns::light::light(calendar, concern.now.due.unwrap().at, town.env.clock.now()), Light::Over);
        town.assert_clean();
    }

    fn more_time_is_as_long_as_the_class(store) {
        let town = beijing(store);
        let ([east, _], department) = (town.world.towns, town.world.departments[0]);
        for (term, days) in [("terms.timely", 1), ("terms.ordinary", 7), ("terms.hard", 15)] {
            town.clock.set(civil("2026-11-24T09:00"));
            let receipt = town.submit(town.form(town.world.grids[0]));
            let no = receipt.no.as_str();
            town.step(Role::TownDesk, east, no, Step::DispatchAs(department, "01", Some(term), None));
            town.step(Role::DepartmentStaff, department, no, Step::Claim);
            town.step(Role::DepartmentStaff, department, no, Step::FirstContact);
            let before = town.concern(no).now.resolve_by.unwrap();
            town.step(Role::DepartmentStaff, department, no, Step::Ask);
            town.step(Role::TownDesk, east, no, Step::Grant(true));
            let now = town.concern(no).now;
            let by = now.resolve_by.unwrap();
            assert_eq!((by.since(before), now.due.unwrap().at), (days * Time::DAY, by), "{term}");
            let staff = town.world.actor_in(Role::DepartmentStaff, department);
            let twice = town.attempt(&staff, no, town.concern(no).v, &Step::Ask);
            assert!(matches!(twice, Some(Err(StepError::NotNow(NotNow::NoExtension)))), "once: {twice:?}");
        }
        town.assert_clean();
    }

    fn a_district_without_the_profile_has_none_of_the_classes(store) {
        let town = Town::new(store);
        let receipt = town.submit(town.form(town.world.grids[0]));
        let desk = town.world.actor_in(Role::TownDesk, town.world.towns[0]);
        let step = Step::DispatchAs(town.world.departments[0], "01", Some("terms.urgent"), None);
        let refused = town.attempt(&desk, &receipt.no, 1, &step);
        assert!(matches!(refused, Some(Err(StepError::Invalid(_)))), "{refused:?}");
    }
}
