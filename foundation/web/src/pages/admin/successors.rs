//! The units that a form offers to choose from, by what stands above them: whoever merges or closes a unit sees names, and
//! types no code.

use base::UnitId;
use people::{Level, ManageUnits, Proof, TreeKind, Unit};

use crate::Signed;
use crate::kit::{Choice, Group};

/// Grids of other towns that one search offers.
pub(super) const FOUND: usize = 60;

/// Units of the level of this one that may take over from it: the neighbours under the same unit first. A grid goes to its
/// neighbour most often, and a district has thousands: of other towns those are offered whose name, with the names above it,
/// or whose code was searched for, and the one that was chosen. Says also whether more were found than are offered.
pub(super) fn successors(who: &Signed, unit: &Unit, chosen: &str, search: &str) -> (Vec<Group>, bool) {
    let tree = &who.tree;
    let town = tree.at_level(unit.id, Level::Town).map(|town| town.id);
    let near = |other: &Unit| unit.level != Level::Grid || tree.at_level(other.id, Level::Town).map(|town| town.id) == town;
    let wanted = base::text::fold(&base::text::clean_line(search));
    let found = |other: &Unit| {
        other.code == wanted || base::text::fold(&tree.full_name(other.id)).replace(' ', "").contains(&wanted.replace(' ', ""))
    };
    let mut left = FOUND;
    let mut more = false;
    let groups = groups(who, unit, chosen, |other| {
        if other.level != unit.level {
            return false;
        }
        if near(other) || other.code == chosen {
            return true;
        }
        if wanted.is_empty() || !found(other) {
            return false;
        }
        more |= left == 0;
        let fits = left > 0;
        left = left.saturating_sub(1);
        fits
    });
    (groups, more)
}

/// Units of the other tree that may stand beside this one. Grids have no Party organisation of their own.
pub(super) fn counterparts(who: &Signed, unit: &Unit, chosen: &str) -> Vec<Group> {
    groups(who, unit, chosen, |other| other.tree() != unit.tree() && other.level != Level::Grid)
}

/// Open units that the form may name, under what stands above them, in the fixed order of the tree.
fn groups(who: &Signed, unit: &Unit, chosen: &str, mut fits: impl FnMut(&Unit) -> bool) -> Vec<Group> {
    let (tree, home) = (&who.tree, who.tree.parent(unit.id).map(|above| above.id));
    let proofs: Vec<Proof<ManageUnits>> = who.each::<ManageUnits>().collect();
    let mut groups: Vec<(Option<UnitId>, Group)> = Vec::new();
    let roots = tree.roots(TreeKind::Admin).chain(tree.roots(TreeKind::Party));
    for other in roots.flat_map(|root| tree.subtree(root.id)) {
        let apart = other.id != unit.id && !other.is_closed() && !tree.is_within(other.id, unit.id) && !tree.is_within(unit.id, other.id);
        if !apart || !proofs.iter().any(|proof| people::covers(proof, tree, other.id)) || !fits(other) {
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
