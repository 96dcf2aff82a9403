//! Permissions: they come from posts, reach down the subtree, and end with the holding.

use people::testing::{TREES, assert_clean, env, later, world};
use people::{Actor, Grant, ManageUnits, Permission, Role, Tree, release, sign, tree};
use proptest::prelude::*;

struct Handle;
impl Permission for Handle {
    const NAME: &'static str = "test.handle";
    const ROLES: &'static [Role] = &[Role::GridWorker, Role::CommunityStaff, Role::TownStaff, Role::DepartmentStaff, Role::DistrictDesk];
}

struct CallBack;
impl Permission for CallBack {
    const NAME: &'static str = "test.call_back";
    const ROLES: &'static [Role] = &[Role::CallBack];
}

/// The definition, written again in the plainest way.
fn by_definition<P: Permission>(actor: &Actor, tree: &Tree, over: base::UnitId) -> bool {
    let mut at = Some(over);
    while let Some(unit) = at {
        if actor.posts.iter().any(|held| held.reach == unit && P::ROLES.contains(&held.role)) {
            return true;
        }
        at = tree.get(unit).and_then(|unit| unit.parent);
    }
    false
}

store::both_engines! {
    [TREES[0], TREES[1]]

    fn a_post_reaches_its_subtree_and_no_further(store) {
        let (env, _) = env(11);
        let world = world(&store, &env);
        let tree = store.read_now(tree).unwrap();
        let town = world.actor_in(Role::TownStaff, world.towns[0]);
        assert!(town.may::<Handle>(&tree, world.towns[0]) && town.may::<Handle>(&tree, world.grids[3]));
        assert!(!town.may::<Handle>(&tree, world.grids[4]) && !town.may::<Handle>(&tree, world.district));
        assert!(!town.may::<Handle>(&tree, world.branch), "the other tree is another tree");
        let call_back = world.actor(Role::CallBack);
        let proof = call_back.require::<CallBack>(&tree, world.grids[7]).unwrap();
        assert_eq!((proof.unit(), proof.reach(), proof.over()), (world.call_back, world.district, Some(world.grids[7])));
        assert_eq!(proof.person(), world.member(Role::CallBack).person);
        let denied = world.actor(Role::DistrictLeader).require::<Handle>(&tree, world.grids[0]).unwrap_err();
        assert_eq!(denied.permission, "test.handle");
        for member in &world.members {
            for unit in tree.all() {
                assert_eq!(member.actor.may::<Handle>(&tree, unit.id), by_definition::<Handle>(&member.actor, &tree, unit.id));
                let covers = [Role::SystemAdmin].contains(&member.role);
                assert_eq!(member.actor.has::<ManageUnits>().is_some(), covers);
            }
        }
        assert_clean(&store, &env);
    }

    fn a_permission_ends_with_the_holding(store) {
        let (env, clock) = env(12);
        let world = world(&store, &env);
        let grid = world.member(Role::GridWorker);
        let (person, post, unit, token) = (grid.person, grid.post, grid.unit, grid.token);
        let granting = world.actor(Role::SecurityAdmin);
        let ctx = later(&env, &clock, base::Time::SECOND);
        let now = ctx.now;
        let held = store.read_now(move |tx| people::read::holdings_of(tx, person)).unwrap();
        let (id, inner) = (held[0].id, env.clone());
        let released = store.write_now(move |tx| release(tx, &inner.ctx(), &granting.has::<Grant>().unwrap(), id, now)).unwrap();
        assert_eq!(released.holders_left, 0);
        let actor = store.read_now(move |tx| sign::actor(tx, now, &token)).unwrap().unwrap();
        assert_eq!(actor.posts, []);
        assert!(!actor.may::<Handle>(&store.read_now(tree).unwrap(), unit));
        let posts = store.read_now(move |tx| people::read::posts_in(tx, now, unit)).unwrap();
        assert!(posts.iter().any(|shown| shown.id == post && shown.holders.is_empty()), "a post that nobody holds is shown");
        assert_clean(&store, &env);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any tree, any unit: being within is standing on the way to the root.
    #[test]
    fn within_is_on_the_way_up(parents in prop::collection::vec(any::<prop::sample::Index>(), 1..40)) {
        let id = |n: usize| base::UnitId(base::Id([u8::try_from(n).unwrap(); 16]));
        let parent = |n: usize| if n == 0 { None } else { Some(parents[n].index(n)) };
        let units = (0..parents.len()).map(|n| people::Unit {
            id: id(n), code: n.to_string(), name: n.to_string(), phone: None, level: people::Level::Town, parent: parent(n).map(id),
            ord: 0, valid_from: base::Time(0), valid_to: None, successor: None, path: Vec::new(),
        });
        let tree = Tree::of(units.collect());
        for n in 0..parents.len() {
            let mut way = vec![n];
            while let Some(up) = parent(*way.last().unwrap()) {
                way.push(up);
            }
            for other in 0..parents.len() {
                prop_assert_eq!(tree.is_within(id(n), id(other)), way.contains(&other));
            }
            prop_assert_eq!(tree.ancestors(id(n)).map(|unit| unit.id).collect::<Vec<_>>(), way.iter().rev().map(|n| id(*n)).collect::<Vec<_>>());
            prop_assert!(tree.subtree(id(n)).iter().all(|unit| tree.is_within(unit.id, id(n))));
        }
    }
}
