//! Inboxes and lists: in order, page after page, nothing twice and nothing left out; and every query
//! walks an index.

use std::collections::BTreeSet;

use base::{Time, UnitId};
use concerns::permissions::Register;
use concerns::read::{Filter, InboxFilter, Tray, Whose};
use concerns::submit::{Registered, register};
use concerns::{Light, Outcome, Source, State};
use people::Role;

use crate::town::{Step, TREES, Town};

store::both_engines! {
    TREES
    fn an_inbox_page_after_page(store) {
        let town = Town::new(store);
        let world = &town.world;
        let east = world.towns[0];
        let mut sent = BTreeSet::new();
        for n in 0..25 {
            sent.insert(town.submit(town.form(world.grids[n % 4])).no);
            if n % 5 == 0 {
                town.clock.advance(Time::DAY);
            }
        }
        let desk = world.actor_in(Role::TownDesk, east);
        let mut seen = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let (actor, from) = (desk.clone(), after.clone());
            let page = town.read(move |tx, _| {
                let tree = people::tree(tx)?;
                concerns::read::inbox(tx, &actor, &tree, &InboxFilter::of(Tray::Desk), from.as_deref(), 4)
            });
            assert!(page.rows.len() <= 4);
            seen.extend(page.rows.into_iter().map(|row| (row.due.unwrap().at, row.no)));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert!(seen.is_sorted_by_key(|row| row.0), "due first");
        assert_eq!(seen.iter().map(|row| row.1.clone()).collect::<BTreeSet<_>>(), sent);
        assert_eq!(seen.len(), 25);

        let staff = world.actor_in(Role::TownStaff, east);
        let empty = town.read(move |tx, ctx| {
            let tree = people::tree(tx)?;
            concerns::read::badges(tx, &staff, &tree, ctx.now)
        });
        assert_eq!(empty.desk.n, 0, "what is on the desk is not for those beside it");
        town.assert_clean();
    }

    fn mine_and_what_is_free(store) {
        let town = Town::new(store);
        let world = &town.world;
        let east = world.towns[0];
        let department = world.departments[0];
        for _ in 0..6 {
            let receipt = town.submit(town.form(world.grids[0]));
            town.step(Role::TownDesk, east, &receipt.no, Step::Dispatch(department, "01"));
        }
        let (staff, lead) = (world.actor_in(Role::DepartmentStaff, department), world.actor_in(Role::DepartmentLead, department));
        let rows = |actor: &people::Actor, whose: Whose| {
            let actor = actor.clone();
            town.read(move |tx, _| {
                let tree = people::tree(tx)?;
                let filter = InboxFilter { whose, ..InboxFilter::of(Tray::Work) };
                Ok(concerns::read::inbox(tx, &actor, &tree, &filter, None, 50)?.rows)
            })
        };
        let all = rows(&staff, Whose::MineAndFree);
        for row in &all[..2] {
            town.step(Role::DepartmentStaff, department, &row.no, Step::Claim);
        }
        town.step(Role::DepartmentLead, department, &all[2].no, Step::Claim);
        let sizes = |actor| [Whose::MineAndFree, Whose::Mine, Whose::Free, Whose::Everybodys].map(|whose| rows(actor, whose).len());
        assert_eq!((sizes(&staff), sizes(&lead)), ([5, 2, 3, 6], [4, 1, 3, 6]));
        let mine = rows(&staff, Whose::Mine);
        assert!(mine.iter().all(|row| row.assignee_name.as_deref() == Some(staff.name.as_str()) && row.kind_name.is_some()));
        town.clock.advance(20 * Time::DAY);
        let (actor, now) = (staff.clone(), town.env.clock.now());
        let badges = town.read(move |tx, _| {
            let tree = people::tree(tx)?;
            concerns::read::badges(tx, &actor, &tree, now)
        });
        assert_eq!((badges.work.n, badges.late.n, badges.late.more), (6, 6, false));
        let due = mine[0].due.as_ref().unwrap().at;
        assert_eq!(concerns::light::light(town.env.rules.calendar(), due, now), Light::Over);
        town.assert_clean();
    }

    fn lists_of_a_subtree(store) {
        let town = Town::new(store);
        let world = &town.world;
        let mut numbers = Vec::new();
        for n in 0..16 {
            numbers.push(town.submit(town.form(world.grids[n % 8])).no);
        }
        // Two of the east go to a department, one of the west is sent to the east.
        town.step(Role::TownDesk, world.towns[0], &numbers[0], Step::Dispatch(world.departments[0], "01"));
        town.step(Role::TownDesk, world.towns[0], &numbers[1], Step::Dispatch(world.departments[0], "01"));
        town.step(Role::TownDesk, world.towns[1], &numbers[4], Step::Dispatch(world.grids[0], "03"));
        let list = |role, unit: UnitId, filter: Filter| {
            let actor = world.actor_in(role, unit);
            town.read(move |tx, _| {
                let tree = people::tree(tx)?;
                let mut all = Vec::new();
                let mut before: Option<String> = None;
                loop {
                    let page = concerns::read::list(tx, &actor, &tree, &filter, before.as_deref(), 3)?;
                    all.extend(page.rows.into_iter().map(|row| (row.id, row.no)));
                    before = page.next;
                    if before.is_none() {
                        break;
                    }
                }
                assert!(all.is_sorted_by(|a, b| a.0 > b.0), "newest first, nothing twice");
                assert_eq!(concerns::read::count(tx, &actor, &tree, &filter, 100)?.n, all.len());
                Ok(all.len())
            })
        };
        let all = Filter::default;
        assert_eq!(list(Role::DistrictDesk, world.district, all()), 16);
        assert_eq!(list(Role::TownStaff, world.towns[0], all()), 9, "eight of its own and one sent to its grid");
        assert_eq!(list(Role::CommunityStaff, world.communities[0], all()), 5);
        assert_eq!(list(Role::GridWorker, world.grids[0], all()), 1, "a grid reads what is in its hands");
        assert_eq!(list(Role::DepartmentStaff, world.departments[0], all()), 2);
        assert_eq!(list(Role::DepartmentStaff, world.departments[1], all()), 0);
        assert_eq!(list(Role::SystemAdmin, world.district, all()), 0, "administrators read no business");
        let of = |unit| Filter { unit: Some(unit), ..Filter::default() };
        assert_eq!(list(Role::DistrictDesk, world.district, of(world.grids[0])), 3);
        assert_eq!(list(Role::DistrictDesk, world.district, of(world.departments[0])), 2);
        assert_eq!(list(Role::TownStaff, world.towns[0], of(world.communities[2])), 0, "not beyond what the post reaches");
        let filtered = |filter| list(Role::DistrictDesk, world.district, filter);
        assert_eq!(filtered(Filter { state: Some(State::Dispatched), ..all() }), 3);
        assert_eq!(filtered(Filter { kind: Some("01".into()), ..all() }), 2);
        assert_eq!(filtered(Filter { holder: Some(world.grids[0]), open: Some(true), ..all() }), 1);
        assert_eq!(filtered(Filter { open: Some(false), ..all() }), 0);
        let now = town.env.clock.now();
        assert_eq!((filtered(Filter { to: Some(now.plus(-Time::DAY)), ..all() }), filtered(Filter { from: Some(now.plus(-Time::DAY)), ..all() })), (0, 16));
        assert_eq!((filtered(Filter { late_at: Some(now), ..all() }), filtered(Filter { late_at: Some(now.plus(9 * Time::DAY)), ..all() })), (0, 16));
        // What was said long ago and written down today: found by the day on which it was said.
        let (form, worker, said) = (town.form(world.grids[0]), world.actor_in(Role::TownDesk, world.towns[0]), now.plus(-40 * Time::DAY));
        let told = town.write(move |tx, ctx| {
            let how = Registered { source: Source::Phone, occurred_at: Some(said) };
            register(tx, ctx, &worker.has::<Register>().unwrap(), &form, &how)
        });
        let month = |since: i64, until: i64| Filter { since: Some(now.plus(since * Time::DAY)), until: Some(now.plus(until * Time::DAY)), ..all() };
        assert_eq!([month(-60, -30), month(-30, 1), month(-60, 1), month(-60, -40)].map(filtered), [1, 16, 17, 0]);
        assert_eq!([Source::Phone, Source::Web, Source::Letter].map(|source| filtered(Filter { source: Some(source), ..all() })), [1, 16, 0]);
        let in_town = |filter| list(Role::TownStaff, world.towns[0], filter);
        assert_eq!((in_town(month(-60, -30)), in_town(Filter { unit: Some(world.communities[0]), ..month(-60, -30) })), (1, 1), "of a place");
        assert_eq!(list(Role::CommunityStaff, world.communities[1], month(-60, -30)), 0, "not beyond what the post reaches");
        let led = Filter { open: Some(true), ..month(-60, -30) };
        assert_eq!(filtered(led), 1, "the few that are open are looked through in the same way");
        town.step(Role::TownDesk, world.towns[0], &told.unwrap().no, Step::Archive(Outcome::Withdrawn));
        assert_eq!([Outcome::Withdrawn, Outcome::Solved].map(|outcome| filtered(Filter { outcome: Some(outcome), ..all() })), [1, 0]);
        town.assert_clean();
    }
}

store::both_engines! {
    TREES
    fn every_statement_is_prepared_and_walks_an_index(store) {
        let wrong = store::check_statements(&store);
        let ours = |line: &&String| line.contains("modules/concerns/src");
        assert_eq!(wrong.iter().filter(ours).count(), 0, "{wrong:#?}");
        // What may read a whole table: the catalogue and the posts are some hundreds of rows; the rest is
        // the comparison with the record, which reads everything by its nature. `n` is what a count counts.
        // Units that are merged, once in years, look through what is open. Programs of others are a handful, as are years of holidays.
        let may = [
            "src/catalogue",
            "src/staff.rs",
            "src/fold/",
            "src/import",
            "src/succession.rs",
            "src/learn/label.rs",
            "src/open311/fold.rs",
            "src/open311/program.rs",
            "src/holidays.rs",
            "src/view.rs",
            "src/publish.rs",
            "src/redact.rs",
        ];
        let scans = store::full_scans(&store);
        let slow: Vec<_> = scans.iter().filter(ours).filter(|line| !may.iter().any(|file| line.contains(file)) && !line.ends_with("SCAN n")).collect();
        assert!(slow.is_empty(), "{slow:#?}");
    }
}
