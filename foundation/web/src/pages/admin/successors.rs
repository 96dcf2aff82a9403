//! The units that a form offers to choose from, by what stands above them: whoever merges or closes a unit sees names, and
//! types no code.

use base::UnitId;
use people::{Level, ManageUnits, Proof, TreeKind, Unit};

use crate::Signed;
use crate::kit::{Choice, Group};

/// Units of the level of this one that may take over from it: the neighbours under the same unit first. Of grids only those
/// of the same town are offered, since a grid goes to its neighbour and a district has thousands.
pub(super) fn successors(who: &Signed, unit: &Unit, chosen: &str) -> Vec<Group> {
    let town = who.tree.at_level(unit.id, Level::Town).map(|town| town.id);
    let near = |other: &Unit| unit.level != Level::Grid || who.tree.at_level(other.id, Level::Town).map(|town| town.id) == town;
    groups(who, unit, chosen, |other| other.level == unit.level && near(other))
}

/// Units of the other tree that may stand beside this one. Grids have no Party organisation of their own.
pub(super) fn counterparts(who: &Signed, unit: &Unit, chosen: &str) -> Vec<Group> {
    groups(who, unit, chosen, |other| other.tree() != unit.tree() && other.level != Level::Grid)
}

/// Open units that the form may name, under what stands above them, in the fixed order of the tree.
fn groups(who: &Signed, unit: &Unit, chosen: &str, fits: impl Fn(&Unit) -> bool) -> Vec<Group> {
    let (tree, home) = (&who.tree, who.tree.parent(unit.id).map(|above| above.id));
    let proofs: Vec<Proof<ManageUnits>> = who.each::<ManageUnits>().collect();
    let mut groups: Vec<(Option<UnitId>, Group)> = Vec::new();
    let roots = tree.roots(TreeKind::Admin).chain(tree.roots(TreeKind::Party));
    for other in roots.flat_map(|root| tree.subtree(root.id)) {
        let apart = other.id != unit.id && !other.is_closed() && !tree.is_within(other.id, unit.id) && !tree.is_within(unit.id, other.id);
        if !apart || !fits(other) || !proofs.iter().any(|proof| people::covers(proof, tree, other.id)) {
            continue;
        }
        let above = tree.parent(other.id).map(|above| above.id);
        let choice = Choice::new(&other.code, &other.name).hint(&other.code).chosen(other.code == chosen);
        match groups.iter_mut().find(|(of, _)| *of == above) {
            Some((_, group)) => group.choices.push(choice),
            None => {
                let title = above.map(|above| tree.full_name(above)).unwrap_or_default();
                groups.push((above, Group { title, choices: vec![choice] }));
            }
        }
    }
    // The neighbours first; everything else stays in its order.
    groups.sort_by_key(|(of, _)| *of != home);
    groups.into_iter().map(|(_, group)| group).collect()
}
