//! Lists to choose a place or a unit from.

use base::UnitId;
use people::{Level, Tree, Unit};
use web::kit::{Choice, Group};

use super::ResidentTexts;
use super::typed::UNKNOWN;

/// The communities by town, and a last row for who does not know.
pub(super) fn communities(tree: &Tree, t: &ResidentTexts, chosen: &str) -> Vec<Group> {
    let of = |unit: &Unit| choice(unit, chosen);
    let mut groups: Vec<Group> = tree
        .of_level(Level::Town)
        .map(|town| Group {
            title: town.name.clone(),
            choices: tree.children(town.id).filter(|u| u.level == Level::Community).map(of).collect(),
        })
        .filter(|group| !group.choices.is_empty())
        .collect();
    let unknown = Choice::new(UNKNOWN, t.where_unknown).chosen(chosen == UNKNOWN);
    groups.push(Group { title: String::new(), choices: vec![unknown] });
    groups
}

/// The same in one list.
pub(in crate::pages) fn places(tree: &Tree, t: &ResidentTexts, chosen: &str) -> Vec<Choice> {
    let mut list: Vec<Choice> = tree
        .of_level(Level::Town)
        .flat_map(|town| tree.children(town.id).filter(|u| u.level == Level::Community))
        .map(|unit| Choice::new(unit.id.to_string(), tree.full_name(unit.id)).chosen(unit.id.to_string() == chosen))
        .collect();
    // A grid from a QR code is not in the list of communities and comes first.
    if let Some(grid) = chosen.parse().ok().map(UnitId).and_then(|id| tree.get(id)).filter(|unit| unit.level == Level::Grid) {
        list.insert(0, Choice::new(chosen, tree.full_name(grid.id)).chosen(true));
    }
    list.push(Choice::new(UNKNOWN, t.where_unknown).chosen(chosen == UNKNOWN));
    list
}

/// The grids of a community, the first row for who does not know.
pub(super) fn grids(tree: &Tree, t: &ResidentTexts, community: UnitId, chosen: &str) -> Vec<Choice> {
    let known = tree.children(community).any(|grid| grid.id.to_string() == chosen);
    let unknown = Choice::new(community.to_string(), t.grid_unknown).chosen(!known);
    std::iter::once(unknown).chain(tree.children(community).map(|grid| choice(grid, chosen))).collect()
}

/// All units that somebody may complain of: departments, then each town with its communities.
pub(super) fn units(tree: &Tree, departments: &str, chosen: &str) -> Vec<Group> {
    let district = tree.district().map(|unit| choice(unit, chosen));
    let first =
        Group { title: departments.to_owned(), choices: tree.departments().map(|unit| choice(unit, chosen)).chain(district).collect() };
    let towns = tree.of_level(Level::Town).map(|town| Group {
        title: town.name.clone(),
        choices: std::iter::once(town)
            .chain(tree.children(town.id).filter(|unit| unit.level == Level::Community))
            .map(|unit| choice(unit, chosen))
            .collect(),
    });
    std::iter::once(first).chain(towns).filter(|group| !group.choices.is_empty()).collect()
}

/// The same in one list.
pub(in crate::pages) fn units_flat(tree: &Tree, chosen: &str) -> Vec<Choice> {
    units(tree, "", chosen).into_iter().flat_map(|group| group.choices).collect()
}

fn choice(unit: &Unit, chosen: &str) -> Choice {
    let id = unit.id.to_string();
    let chosen = id == chosen;
    Choice::new(id, unit.name.clone()).chosen(chosen)
}

/// The community that a member of staff works in, to be chosen beforehand in their form.
pub(in crate::pages) fn home_of(who: &web::Signed) -> Option<String> {
    who.posts.iter().find_map(|held| who.tree.at_level(held.unit, Level::Community)).map(|unit| unit.id.to_string())
}
