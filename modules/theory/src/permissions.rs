//! Who may do what with tests. Sitting one needs no post: the seat is the permission, see [`crate::seat`].

use people::{Actor, Permission, Proof, Role, Tree};

use crate::read::Test;

/// Keep banks and papers, set tests for the people under one's unit, see how they went. A Party office does so for the branches
/// under its committee, not for the units beside them.
#[derive(Debug)]
pub struct Organise;

impl Permission for Organise {
    const NAME: &'static str = "theory.organise";
    const ROLES: &'static [Role] = &[
        Role::CommunitySecretary,
        Role::TownStaff,
        Role::TownDesk,
        Role::TownLeader,
        Role::DepartmentStaff,
        Role::DepartmentLead,
        Role::DistrictDesk,
        Role::DistrictLeader,
        Role::BranchSecretary,
        Role::PartyAffairs,
    ];
}

/// Mark answers by hand.
#[derive(Debug)]
pub struct Mark;

impl Permission for Mark {
    const NAME: &'static str = "theory.mark";
    const ROLES: &'static [Role] = <Organise as Permission>::ROLES;
}

/// See how the people of one's own unit did.
#[derive(Debug)]
pub struct SeeOwn;

impl Permission for SeeOwn {
    const NAME: &'static str = "theory.own";
    const ROLES: &'static [Role] = &[Role::CommunitySecretary, Role::TownLeader, Role::DepartmentLead, Role::BranchSecretary];
}

/// The units whose people this person sees by name, in their fixed order; those that ended are of the one that took over.
pub(crate) fn own_units(actor: &Actor, tree: &Tree) -> Vec<base::UnitId> {
    let own: Vec<Proof<SeeOwn>> = actor.each::<SeeOwn>().collect();
    if own.is_empty() {
        return Vec::new();
    }
    tree.all().map(|unit| unit.id).filter(|unit| own.iter().any(|proof| proof.covers(tree, tree.heir(*unit)))).collect()
}

/// Whether questions and papers of this unit may be used by that one: what is above is open to what is below.
pub(crate) fn open_to(tree: &Tree, owner: base::UnitId, user: base::UnitId) -> bool {
    tree.is_within(user, owner)
}

/// Whether a test is this person's business without their having set it or sitting it: it is for their unit, for one above it,
/// or for one that their post reaches.
pub(crate) fn concerned(actor: &Actor, tree: &Tree, test: &Test) -> bool {
    actor.each::<Organise>().any(|proof| {
        proof.unit() == test.unit || test.scope.is_some_and(|scope| tree.is_within(proof.unit(), scope) || proof.covers(tree, scope))
    })
}
