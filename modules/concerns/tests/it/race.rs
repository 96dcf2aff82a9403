//! Many hands at once: of those who act on the same version one is first, and what is sent twice is
//! done once.

use std::sync::Barrier;

use concerns::{Channel, StepError};
use people::{Actor, Role};

use crate::town::{Step, TREES, Town};

const HANDS: usize = 12;

store::both_engines! {
    TREES
    fn one_of_many_is_first(store) {
        let town = Town::new(store);
        let [east, _] = town.world.towns;
        let department = town.world.departments[0];
        let receipt = town.submit(town.form(town.world.grids[0]));
        let no = receipt.no.as_str();
        let both = [town.world.actor_in(Role::DepartmentStaff, department), town.world.actor_in(Role::DepartmentLead, department)];
        let desks = [town.world.actor_in(Role::TownDesk, east), town.world.actor_in(Role::DistrictDesk, town.world.district)];
        let caller = [town.world.actor_in(Role::CallBack, town.world.call_back)];
        let way: [(&[Actor], Step); 7] = [
            (&desks, Step::Dispatch(department, "01")),
            (&both, Step::Claim),
            (&both, Step::FirstContact),
            (&both, Step::Resolve),
            (&desks, Step::Review(true)),
            (&caller, Step::CallBack(None)),
            (&caller, Step::CallBack(Some(false))),
        ];
        for (actors, step) in way {
            let v = town.concern(no).v;
            let together = Barrier::new(HANDS);
            let results: Vec<_> = std::thread::scope(|scope| {
                let hands: Vec<_> = (0..HANDS)
                    .map(|n| {
                        let (town, together, step) = (&town, &together, &step);
                        let actor = &actors[n % actors.len()];
                        scope.spawn(move || {
                            together.wait();
                            town.attempt(actor, no, v, step).unwrap()
                        })
                    })
                    .collect();
                hands.into_iter().map(|hand| hand.join().unwrap()).collect()
            });
            let first = results.iter().filter(|result| result.is_ok()).count();
            assert_eq!(first, 1, "{step:?}: {results:?}");
            for result in &results {
                match result {
                    Ok(done) => assert_eq!(done.v, v + 1),
                    Err(StepError::Conflict(conflict)) => assert_eq!(conflict.v, v + 1),
                    Err(other) => panic!("{step:?}: {other:?}"),
                }
            }
        }
        let _ = Channel::ALL;
        town.assert_clean();
    }

    fn a_form_sent_by_many_threads_at_once_is_one_concern(store) {
        let town = Town::new(store);
        let form = town.form(town.world.grids[4]);
        let receipts: Vec<_> = std::thread::scope(|scope| {
            let hands: Vec<_> = (0..HANDS)
                .map(|_| {
                    let (town, form) = (&town, form.clone());
                    scope.spawn(move || town.submit(form))
                })
                .collect();
            hands.into_iter().map(|hand| hand.join().unwrap()).collect()
        });
        assert!(receipts.windows(2).all(|pair| pair[0] == pair[1]), "{receipts:?}");
        let west = town.world.actor_in(Role::TownDesk, town.world.towns[1]);
        let listed = town.read(move |tx, _| {
            let tree = people::tree(tx)?;
            concerns::read::list(tx, &west, &tree, &Default::default(), None, 10)
        });
        assert_eq!(listed.rows.len(), 1);
        town.assert_clean();
    }

    fn many_residents_at_once(store) {
        let town = Town::new(store);
        let numbers: Vec<String> = std::thread::scope(|scope| {
            let hands: Vec<_> = (0..HANDS)
                .map(|n| {
                    let town = &town;
                    scope.spawn(move || {
                        (0..10).map(|m| town.submit(town.form(town.world.grids[(n + m) % 8])).no).collect::<Vec<_>>()
                    })
                })
                .collect();
            hands.into_iter().flat_map(|hand| hand.join().unwrap()).collect()
        });
        let different: std::collections::BTreeSet<_> = numbers.iter().collect();
        assert_eq!(different.len(), HANDS * 10);
        town.assert_clean();
    }
}
