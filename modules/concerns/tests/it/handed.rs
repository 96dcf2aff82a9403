//! What is in somebody's hands when they leave, and what a unit holds when it is merged: nothing is orphaned.

use concerns::State;
use concerns::hand_over::pass;
use people::{Authority, Passing, Role, merge_units};
use store::StoreError;

use crate::town::{Step, TREES, Town};

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
