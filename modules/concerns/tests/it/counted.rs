//! What is counted of the record, and what the catalogue offers.

use std::collections::BTreeMap;

use base::{Time, UnitId};
use concerns::catalogue::{self, CatalogueError, Duty, Kind, Why};
use concerns::permissions::{Authority, Catalogue};
use people::Role;
use record::measure::{Only, Whose};

use crate::town::{Step, TREES, Town};

/// Every measure over the whole log, by unit: worked out here from whole facts, in another way than the reader does.
pub(crate) fn counted(town: &Town) -> BTreeMap<(&'static str, UnitId), i64> {
    record::sequence_all(&town.store, &town.env).unwrap();
    let events = town.read(|tx, _| record::after(tx, 0, 10_000));
    let mut sums = BTreeMap::new();
    for event in &events {
        let facts: serde_json::Value = serde_json::from_str(&event.facts).unwrap();
        for measure in concerns::MEASURES {
            for count in measure.counts.iter().filter(|count| count.kind == event.kind) {
                let holds = |only: &Only| match only {
                    Only::True(name) => facts[name] == true,
                    Only::False(name) => facts[name] != true,
                    Only::Given(name) => !facts[name].is_null(),
                    Only::Is(name, text) => facts[name].to_string().trim_matches('"') == *text,
                };
                let unit = match count.unit {
                    Whose::Fact(name) => facts[name].as_str().and_then(|text| text.parse().ok()).or(event.unit),
                    Whose::Event => event.unit,
                };
                if let (true, Some(unit)) = (count.only.iter().all(holds), unit) {
                    *sums.entry((measure.id, unit)).or_insert(0) += 1;
                }
            }
        }
    }
    sums
}

store::both_engines! {
    TREES
    fn by_the_unit_that_handled_it(store) {
        let town = Town::new(store);
        let world = &town.world;
        let [east, _] = world.towns;
        let department = world.departments[0];
        let (one, two) = (town.submit(town.form(world.grids[0])), town.submit(town.form(world.grids[1])));
        for receipt in [&one, &two] {
            town.to_call_back(&receipt.no);
        }
        town.step(Role::CallBack, world.call_back, &one.no, Step::CallBack(Some(true)));
        town.step(Role::CallBack, world.call_back, &two.no, Step::CallBack(Some(false)));
        // The second goes to a community, which is late, and is never asked about.
        let community = world.communities[0];
        town.step(Role::TownDesk, east, &two.no, Step::Dispatch(community, "03"));
        town.step(Role::CommunityStaff, community, &two.no, Step::Claim);
        town.clock.advance(30 * Time::DAY);
        town.write(|tx, ctx| concerns::passed::pass_deadlines(tx, ctx, 10)).unwrap();
        town.step(Role::CommunityStaff, community, &two.no, Step::Resolve);
        let counted = counted(&town);
        let of = |id, unit| counted.get(&(id, unit)).copied().unwrap_or(0);
        assert_eq!((of("concerns.received", east), of("concerns.dispatched", department), of("concerns.dispatched", community)), (2, 2, 1));
        assert_eq!((of("concerns.resolved", department), of("concerns.resolved_in_time", department)), (2, 2));
        assert_eq!((of("concerns.resolved_late", community), of("concerns.resolved_in_time", community)), (1, 0));
        assert_eq!((of("concerns.called_back", department), of("concerns.solved", department), of("concerns.unsolved", department)), (2, 1, 1));
        assert_eq!((of("concerns.satisfied", department), of("concerns.asked_satisfied", department)), (1, 2));
        assert_eq!((of("concerns.called_back", community), of("concerns.deadlines_passed", community)), (0, 1));
        assert_eq!((of("concerns.raised", world.grids[0]), of("concerns.first_dispatched", department)), (1, 2));
        let kinds = || concerns::MEASURES.iter().flat_map(|measure| measure.counts).map(|count| count.kind);
        assert!(kinds().all(|kind| concerns::events::KINDS.iter().any(|known| known.name == kind)));
        assert!(concerns::DUTIES.iter().all(|duty| town.env.rules.rule(duty.rule).is_some() && concerns::MEASURES.iter().any(|m| m.id == duty.measure)));
        town.assert_clean();
    }

    fn the_catalogue_suggests_and_answers_residents(store) {
        let town = Town::new(store);
        let world = &town.world;
        let (grid, community, east) = (world.grids[0], world.communities[0], world.towns[0]);
        let suggested = town.read(move |tx, _| {
            let tree = people::tree(tx)?;
            Ok([
                catalogue::suggest(tx, &tree, "门口的垃圾桶满了没人管", None, Some(grid))?,
                catalogue::suggest(tx, &tree, "楼上半夜噪音很大", None, Some(grid))?,
                catalogue::suggest(tx, &tree, "随便什么", Some("02"), None)?,
            ])
        });
        let units = suggested.each_ref().map(|list| list.iter().map(|one| one.unit).collect::<Vec<_>>());
        assert_eq!(units, [vec![world.departments[0], community, east], vec![community, east], vec![world.departments[1]]]);
        let Why::Duty { kind, words, document, .. } = &suggested[0][0].why else { panic!("{suggested:?}") };
        assert_eq!((kind.as_str(), words.join(" ").as_str(), document.as_str()), ("0101", "垃圾桶", "三定规定"), "by the kind above it");

        let whose = |words: &'static str| town.read(move |tx, _| catalogue::whose(tx, words, 5));
        assert_eq!(whose("电梯老是坏")[0].duties[0].unit, world.departments[1]);
        assert_eq!(whose("垃圾")[0].kind.code, "01");
        assert_eq!((whose("").len(), whose("谢谢").len()), (4, 0));

        let desk = world.actor_in(Role::DistrictDesk, world.district);
        assert!(world.actor_in(Role::TownDesk, east).has::<Catalogue>().is_none());
        let enter = |code: &str, parent: Option<&str>| {
            let (desk, code, parent) = (desk.clone(), code.to_owned(), parent.map(str::to_owned));
            town.write(move |tx, ctx| {
                let proof = desk.has::<Catalogue>().unwrap();
                let kind = Kind { code: code.clone(), name: "供水".into(), parent: parent.clone(), ord: 9, keywords: vec!["停水".into()] };
                catalogue::enter_kind(tx, ctx, Authority::Staff(&proof), &kind)
            })
        };
        enter("04", None).unwrap();
        enter("04", None).unwrap();
        assert!(matches!(enter("04", Some("04")), Err(CatalogueError::NoKind)), "no kind is part of itself");
        assert!(matches!(enter("01", Some("0101")), Err(CatalogueError::NoKind)), "nor of its own part");
        assert!(matches!(enter("05", Some("nowhere")), Err(CatalogueError::NoKind)));
        assert!(matches!(enter("a b", None), Err(CatalogueError::Code)));
        let unit = world.departments[0];
        town.write(move |tx, ctx| catalogue::withdraw_duty(tx, ctx, Authority::Console, "01", unit)).unwrap();
        let party = world.branch;
        let wrong = town.write(move |tx, ctx| {
            let duty = Duty { kind: "04".into(), unit: party, document: "无".into() };
            catalogue::assign_duty(tx, ctx, Authority::Console, &duty)
        });
        assert!(matches!(wrong, Err(CatalogueError::NoUnit)), "{wrong:?}");
        town.assert_clean();
    }
}
