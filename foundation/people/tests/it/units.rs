//! Units: what stands where, what changes, and the tree in memory.

use people::testing::{TREES, assert_clean, env, world};
use people::{
    ChangeUnit, CloseUnitError, CreateUnit, CreateUnitError, Level, ManageUnits, Role, TreeKind, change_unit, close_unit, create_unit, tree,
};
use store::testing::Place;
use store::{Engine, Store, StoreError};

fn unit(level: Level, parent: base::UnitId, code: &str) -> CreateUnit {
    CreateUnit { code: code.into(), name: "某单位".into(), phone: None, level, parent: Some(parent), ord: 9 }
}

fn try_create(store: &Store, env: &base::Env, admin: &people::Actor, input: CreateUnit) -> Result<base::UnitId, CreateUnitError> {
    let (env, admin) = (env.clone(), admin.clone());
    store.write_now(move |tx| create_unit(tx, &env.ctx(), &admin.has::<ManageUnits>().unwrap(), &input))
}

store::both_engines! {
    [TREES[0], TREES[1]]

    fn a_small_district_stands(store) {
        let (env, _) = env(1);
        let world = world(&store, &env);
        let tree = store.read_now(tree).unwrap();
        assert_eq!(tree.len(), 1 + 2 + 4 + 8 + 4 + 2);
        assert_eq!(tree.full_name(world.grids[2]), "东街街道 学府社区 第一网格");
        assert_eq!(tree.district().unwrap().id, world.district);
        assert_eq!(tree.departments().count(), 4);
        assert_eq!(tree.children(world.district).map(|unit| unit.name.as_str()).collect::<Vec<_>>(),
            ["东街街道", "西河镇", "城市管理局", "住房和城乡建设局", "督查室", "回访中心"]);
        assert_eq!(tree.roots(TreeKind::Party).map(|unit| unit.id).collect::<Vec<_>>(), [world.party]);
        assert_eq!(tree.find_code("990105002001").unwrap().id, world.communities[2]);
        assert_eq!(world.members.len(), 2 + 6 + 4 + 6 + 8 + 8 + 3);
        for role in Role::ALL {
            assert_eq!(world.actor(role).posts.len(), 1, "{role:?}");
        }
        let again = store.read_now(people::tree).unwrap();
        assert!(std::sync::Arc::ptr_eq(&tree, &again), "an unchanged tree is not read again");
        assert_clean(&store, &env);
    }

    fn units_stand_only_where_they_may(store) {
        let (env, _) = env(2);
        let world = world(&store, &env);
        let admin = world.actor(Role::SystemAdmin);
        let create = |input| try_create(&store, &env, &admin, input);
        assert!(matches!(create(unit(Level::Grid, world.towns[0], "990105001000001")), Err(CreateUnitError::WrongPlace)));
        assert!(matches!(create(unit(Level::Community, world.towns[0], "990105002009")), Err(CreateUnitError::BadCode)));
        assert!(matches!(create(unit(Level::Community, world.towns[0], "990105001001")), Err(CreateUnitError::CodeTaken)));
        assert!(matches!(create(unit(Level::Branch, world.towns[0], "B")), Err(CreateUnitError::WrongPlace)));
        assert!(matches!(create(CreateUnit { name: " \u{3000} ".into(), ..unit(Level::Community, world.towns[0], "990105001009") }), Err(CreateUnitError::BadName)));
        let district = CreateUnit { parent: None, ..unit(Level::District, world.district, "990106000000") };
        assert!(matches!(create(district), Err(CreateUnitError::WrongPlace)), "one district is one store");
        assert!(create(unit(Level::PartyGroup, world.branch, "Z1")).is_ok());
        assert_clean(&store, &env);
    }

    fn a_renamed_unit_is_seen_at_once_and_only_changes_are_recorded(store) {
        let (env, _) = env(3);
        let world = world(&store, &env);
        let admin = world.actor(Role::SystemAdmin);
        let town = world.towns[1];
        let change = ChangeUnit { unit: town, name: "西河 街道".into(), phone: Some("029-8888 0000".into()), ord: 1 };
        for _ in 0..2 {
            let (env, admin, change) = (env.clone(), admin.clone(), change.clone());
            store.write_now(move |tx| change_unit(tx, &env.ctx(), &admin.has::<ManageUnits>().unwrap(), &change)).unwrap();
        }
        let tree = store.read_now(tree).unwrap();
        assert_eq!(tree.get(town).unwrap().name, "西河 街道");
        assert_eq!(tree.get(town).unwrap().phone.as_deref(), Some("029-8888 0000"));
        assert_eq!(store.read_now(move |tx| record::of_subject(tx, town.0)).unwrap().len(), 2);
        assert_clean(&store, &env);
    }

    fn a_unit_is_closed_when_nothing_is_left_in_it(store) {
        let (env, clock) = env(4);
        let world = world(&store, &env);
        let admin = world.actor(Role::SystemAdmin);
        let close = |unit, successor| {
            let (env, admin) = (env.clone(), admin.clone());
            store.write_now(move |tx| close_unit(tx, &env.ctx(), &admin.has::<ManageUnits>().unwrap(), unit, successor))
        };
        assert!(matches!(close(world.towns[0], None), Err(CloseUnitError::HasChildren(2))));
        assert!(matches!(close(world.district, None), Err(CloseUnitError::District)));
        assert!(matches!(close(world.grids[0], None), Err(CloseUnitError::Held(1))));
        let empty = try_create(&store, &env, &admin, unit(Level::Grid, world.communities[0], "990105001001009")).unwrap();
        assert!(matches!(close(empty, Some(empty)), Err(CloseUnitError::BadSuccessor)));
        assert!(matches!(close(empty, Some(world.branch)), Err(CloseUnitError::BadSuccessor)));
        clock.advance(base::Time::HOUR);
        close(empty, Some(world.grids[0])).unwrap();
        assert!(matches!(close(empty, None), Err(CloseUnitError::Gone)));
        let tree = store.read_now(tree).unwrap();
        let closed = tree.get(empty).unwrap();
        assert_eq!(closed.successor, Some(world.grids[0]));
        assert!(closed.existed_at(people::testing::NOW) && !closed.existed_at(env.clock.now()));
        assert_eq!(tree.children(world.communities[0]).count(), 2);
        // Its code is free again.
        assert!(try_create(&store, &env, &admin, unit(Level::Grid, world.communities[0], "990105001001009")).is_ok());
        assert_clean(&store, &env);
    }

    fn a_tree_of_a_job_that_failed_is_not_kept(store) {
        let (env, _) = env(5);
        let world = world(&store, &env);
        let admin = world.actor(Role::SystemAdmin);
        let before = store.read_now(tree).unwrap();
        let inside = env.clone();
        let input = unit(Level::Grid, world.communities[0], "990105001001008");
        let failed: Result<(), StoreError> = store.write_now(move |tx| {
            create_unit(tx, &inside.ctx(), &admin.has::<ManageUnits>().unwrap(), &input).map_err(|error| StoreError::Other(error.to_string()))?;
            assert!(tree(tx)?.find_code("990105001001008").is_some());
            Err(StoreError::Other("no".into()))
        });
        assert!(failed.is_err());
        let after = store.read_now(tree).unwrap();
        assert_eq!(after.len(), before.len());
        assert!(after.find_code("990105001001008").is_none());
        assert_clean(&store, &env);
    }

    fn a_table_changed_by_hand_is_found(store) {
        let (env, _) = env(6);
        let world = world(&store, &env);
        assert_clean(&store, &env);
        let unit = world.towns[0];
        store.write_now(move |tx| tx.exec(store::sql!("UPDATE unit SET name = '东街' WHERE id = ?1"), store::p![unit])).unwrap();
        let post = world.member(Role::TownStaff).post;
        store.write_now(move |tx| tx.exec(store::sql!("UPDATE post SET role = 'town_leader' WHERE id = ?1"), store::p![post])).unwrap();
        let report = record::verify(&store, &[people::fold], &[]).unwrap();
        let words = report.to_string();
        assert_eq!(report.findings.len(), 2, "{words}");
        assert!(words.contains("table unit") && words.contains("table post") && words.contains("town_leader"), "{words}");
    }
}

/// Two processes: what one changes, the other sees at its next look.
#[test]
fn two_stores_on_one_schema_see_one_tree() {
    let Some(place) = Place::fresh(Engine::Postgres) else {
        eprintln!("skipped: {} holds no URL of a PostgreSQL server", store::testing::PG_VARIABLE);
        return;
    };
    let stores = [place.open(&TREES), place.open(&TREES)];
    let (env, _) = env(7);
    let world = world(&stores[0], &env);
    let admin = world.actor(Role::SystemAdmin);
    let seen = stores[1].read_now(tree).unwrap();
    let made = try_create(&stores[0], &env, &admin, unit(Level::Grid, world.communities[0], "990105001001007")).unwrap();
    assert!(seen.get(made).is_none());
    assert!(stores[1].read_now(tree).unwrap().get(made).is_some());
    assert_clean(&stores[1], &env);
    for store in &stores {
        store.close();
    }
}
