//! What is about a unit or a person is kept from their line: not sent there, not listed, not counted,
//! not opened, not even known of.

use base::UnitId;
use concerns::catalogue::suggest;
use concerns::read::{Filter, InboxFilter, Tray, Whose};
use concerns::submit::{Receipt, SubmitError};
use concerns::{NotNow, StepError};
use people::{Actor, Permission, Role};

use crate::town::{Step, TREES, Town};

/// Whether somebody finds a concern on any page.
fn finds(town: &Town, actor: &Actor, no: &str) -> bool {
    let (actor, no) = (actor.clone(), no.to_owned());
    town.read(move |tx, ctx| {
        let tree = people::tree(tx)?;
        let mut found = Vec::new();
        let mut filters = vec![Filter::default(), Filter { registered_by_me: true, ..Filter::default() }];
        filters.extend(tree.all().map(|unit| Filter { unit: Some(unit.id), ..Filter::default() }));
        for filter in filters {
            let page = concerns::read::list(tx, &actor, &tree, &filter, None, 50)?;
            let counted = concerns::read::count(tx, &actor, &tree, &filter, 50)?;
            assert_eq!(page.rows.len(), counted.n, "the list and its count");
            found.push(page.rows.iter().any(|row| row.no == no));
        }
        let all = InboxFilter { whose: Whose::Everybodys, ..InboxFilter::of(Tray::All) };
        found.push(concerns::read::inbox(tx, &actor, &tree, &all, None, 50)?.rows.iter().any(|row| row.no == no));
        let badges = concerns::read::badges(tx, &actor, &tree, ctx.now)?;
        let trays =
            [(Tray::Work, badges.work), (Tray::Desk, badges.desk), (Tray::Review, badges.review), (Tray::CallBack, badges.call_back)];
        for (tray, badge) in trays {
            let filter = InboxFilter { whose: Whose::Everybodys, ..InboxFilter::of(tray) };
            assert_eq!(concerns::read::inbox(tx, &actor, &tree, &filter, None, 50)?.rows.len(), badge.n, "{tray:?}");
        }
        let detail = concerns::read::detail(tx, ctx, &actor, &tree, &no)?.is_some();
        if !detail {
            assert!(!found.contains(&true), "listed, but not to be opened");
        }
        Ok(detail)
    })
}

fn about(town: &Town, place: UnitId, unit: Option<UnitId>, person: Option<base::PersonId>) -> Receipt {
    let mut form = town.form(place);
    form.about_unit = unit;
    form.about_person = person;
    town.submit(form)
}

store::both_engines! {
    TREES
    fn a_line_to_which_somebody_comes_hears_of_nothing_about_them(store) {
        let town = Town::new(store);
        let world = &town.world;
        let ([east, _], [first, second]) = (world.towns, world.departments);
        let person = world.member_in(Role::CommunityStaff, world.communities[1]).person;
        let reader = world.actor_in(Role::DepartmentStaff, first);
        let held = about(&town, world.grids[0], None, Some(person)).no;
        town.step(Role::TownDesk, east, &held, Step::Dispatch(first, "01"));
        town.step(Role::DepartmentStaff, first, &held, Step::Claim);
        let over = about(&town, world.grids[0], None, Some(person)).no;
        town.step(Role::TownDesk, east, &over, Step::Dispatch(first, "01"));
        town.step(Role::TownDesk, east, &over, Step::Archive(concerns::Outcome::Withdrawn));
        let elsewhere = about(&town, world.grids[0], None, Some(world.member_in(Role::CommunityStaff, world.communities[2]).person)).no;
        town.step(Role::TownDesk, east, &elsewhere, Step::Dispatch(first, "01"));
        assert!(finds(&town, &reader, &held) && finds(&town, &reader, &over));
        // They act there from tomorrow on.
        let post = world.member_in(Role::DepartmentLead, first).post;
        town.write(move |tx, ctx| {
            let (from, to) = (ctx.now.plus(base::Time::DAY), ctx.now.plus(9 * base::Time::DAY));
            people::act(tx, ctx, people::Authority::Console, person, post, from, to).map(drop).map_err(|error| store::StoreError::Other(error.to_string()))
        })
        .unwrap();
        assert!(town.read(concerns::moved::came).is_empty());
        town.clock.advance(base::Time::DAY + base::Time::MINUTE);
        assert_eq!(town.read(concerns::moved::came), [(person, first)]);
        assert_eq!(town.write(move |tx, ctx| concerns::moved::keep_from(tx, ctx, person, first)).unwrap(), 2);
        assert!(town.read(concerns::moved::came).is_empty(), "once");
        assert!(!finds(&town, &reader, &held) && !finds(&town, &reader, &over));
        assert!(finds(&town, &reader, &elsewhere), "what is about others stays");
        let now = town.concern(&held).now;
        assert_eq!((now.state, now.holder, now.handler), (concerns::State::Received, Some(east), None), "taken back");
        let desk = world.actor_in(Role::TownDesk, east);
        let refused = town.attempt(&desk, &held, town.concern(&held).v, &Step::Dispatch(first, "01"));
        assert!(matches!(refused, Some(Err(StepError::NotNow(NotNow::Barred)))), "{refused:?}");
        town.step(Role::TownDesk, east, &held, Step::Dispatch(second, "02"));
        assert!(finds(&town, &world.actor_in(Role::DepartmentStaff, second), &held));
        // That they leave again tells the line nothing of what came before.
        town.clock.advance(20 * base::Time::DAY);
        assert!(!finds(&town, &reader, &held));
        town.tick();
        town.assert_clean();
    }

    fn a_line_is_not_told_what_is_about_it(store) {
        let town = Town::new(store);
        let world = &town.world;
        let reads = <concerns::permissions::Read as Permission>::ROLES;
        let tree = town.read(|tx, _| people::tree(tx));

        let plain = town.submit(town.form(world.grids[0]));
        let of_town = about(&town, world.grids[0], Some(world.towns[0]), None);
        assert_eq!(of_town.desk, world.district, "the next desk up");
        let of_community = about(&town, world.grids[0], Some(world.communities[0]), None);
        assert_eq!(of_community.desk, world.towns[0], "the town stands above");
        let of_district = about(&town, world.grids[0], Some(world.district), None);
        assert_eq!(of_district.desk, world.oversight);

        for member in world.members.iter().filter(|member| reads.contains(&member.role)) {
            let within = |unit| tree.is_within(member.unit, unit);
            assert!(!(finds(&town, &member.actor, &of_town.no) && within(world.towns[0])), "{:?}", member.role);
            assert!(!(finds(&town, &member.actor, &of_community.no) && within(world.communities[0])), "{:?}", member.role);
            assert_eq!(finds(&town, &member.actor, &of_district.no), member.role == Role::Oversight, "{:?}", member.role);
        }
        assert!(finds(&town, &world.actor_in(Role::TownDesk, world.towns[0]), &plain.no));
        assert!(finds(&town, &world.actor_in(Role::TownDesk, world.towns[0]), &of_community.no));
        assert!(finds(&town, &world.actor_in(Role::DistrictDesk, world.district), &of_town.no));
        assert!(!finds(&town, &world.actor_in(Role::TownDesk, world.towns[1]), &plain.no), "another town's");

        // Not dispatched there, by no road.
        let desk = world.actor_in(Role::DistrictDesk, world.district);
        for unit in [world.towns[0], world.communities[0], world.grids[1]] {
            let sent = town.attempt(&desk, &of_town.no, 1, &Step::Dispatch(unit, "03")).unwrap();
            assert!(matches!(sent, Err(StepError::NotNow(NotNow::Barred))), "{sent:?}");
        }
        town.step(Role::DistrictDesk, world.district, &of_town.no, Step::Dispatch(world.departments[0], "01"));
        let own = world.actor_in(Role::TownDesk, world.towns[0]);
        let known = town.attempt(&own, &of_town.no, 2, &Step::Review(true)).unwrap();
        assert!(matches!(known, Err(StepError::NotFound)), "not even that it is there: {known:?}");
        let stale = town.attempt(&own, &of_town.no, 1, &Step::Review(true)).unwrap();
        assert!(matches!(stale, Err(StepError::NotFound)), "nor what was done meanwhile: {stale:?}");
        let apart = world.actor_in(Role::DepartmentStaff, world.departments[1]);
        let stale = town.attempt(&apart, &of_town.no, 1, &Step::Claim).unwrap();
        assert!(matches!(stale, Err(StepError::Denied)), "{stale:?}");
        town.step(Role::TownDesk, world.towns[0], &of_community.no, Step::Dispatch(world.towns[0], "03"));
        let staff = world.actor_in(Role::TownStaff, world.towns[0]);
        let down = town.attempt(&staff, &of_community.no, 2, &Step::SendDown(world.communities[0])).unwrap();
        assert!(matches!(down, Err(StepError::NotNow(NotNow::Barred))), "{down:?}");
        let offered = town.read(move |tx, _| {
            let tree = people::tree(tx)?;
            suggest(tx, &tree, "垃圾桶满了", None, None)
        });
        assert_eq!(offered[0].unit, world.departments[0]);
        town.assert_clean();
    }

    fn whom_it_is_about_does_not_read_it_wherever_they_sit(store) {
        let town = Town::new(store);
        let world = &town.world;
        let staff = world.member_in(Role::CommunityStaff, world.communities[0]);
        let receipt = about(&town, world.grids[0], None, Some(staff.person));
        assert_eq!(receipt.desk, world.towns[0]);
        for unit in [world.communities[0], world.grids[0]] {
            let desk = world.actor_in(Role::TownDesk, world.towns[0]);
            let sent = town.attempt(&desk, &receipt.no, 1, &Step::Dispatch(unit, "03")).unwrap();
            assert!(matches!(sent, Err(StepError::NotNow(NotNow::Barred))), "{sent:?}");
        }
        assert!(!finds(&town, &staff.actor, &receipt.no));
        assert!(!finds(&town, &world.actor_in(Role::CommunitySecretary, world.communities[0]), &receipt.no), "their colleagues");
        assert!(finds(&town, &world.actor_in(Role::TownLeader, world.towns[0]), &receipt.no));

        // The desk's own clerk: the colleagues may not, the district may.
        let clerk = world.member_in(Role::TownDesk, world.towns[0]);
        let receipt = about(&town, world.grids[0], None, Some(clerk.person));
        assert_eq!(receipt.desk, world.district);
        assert!(!finds(&town, &clerk.actor, &receipt.no));

        // Somebody of the district: oversight. Somebody of oversight: not oversight.
        let leader = world.member(Role::DistrictLeader);
        assert_eq!(about(&town, world.grids[0], None, Some(leader.person)).desk, world.oversight);
        let overseer = world.member(Role::Oversight);
        assert_eq!(about(&town, world.grids[0], None, Some(overseer.person)).desk, world.towns[0]);
        let mut both = town.form(world.grids[0]);
        (both.about_unit, both.about_person) = (Some(world.district), Some(overseer.person));
        let nobody = town.write(move |tx, ctx| concerns::submit::submit(tx, ctx, &both));
        assert!(matches!(nobody, Err(SubmitError::BeyondDistrict)), "{nobody:?}");
        town.assert_clean();
    }
}
