//! Both trees of units in memory, for look-ups that cost no query.
//!
//! A tree is kept for the whole process under the version of the `unit` table, which is a digest
//! chained over every change: equal versions mean equal trees, in whichever store they are.

use std::collections::HashMap;
use std::sync::Arc;

use base::{Time, UnitId};
use store::{Chained, Kept, Sql, StoreError, Tx, p, sql};

use crate::level::{Level, TreeKind};

/// A unit of either tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// Its code: 12 digits for divisions, 15 for grids, an own one for the others.
    pub code: String,
    /// Its name without those above it.
    pub name: String,
    /// A telephone of the office, where it has one.
    pub phone: Option<String>,
    /// Its level.
    pub level: Level,
    /// The unit it stands under.
    pub parent: Option<UnitId>,
    /// Its place among its siblings: the fixed order in which units are listed.
    pub ord: i64,
    /// Since when it has existed.
    pub valid_from: Time,
    /// Until when; none while it exists.
    pub valid_to: Option<Time>,
    /// The unit that took over when it was closed.
    pub successor: Option<UnitId>,
    /// The units from the root down to itself.
    pub path: Vec<UnitId>,
}

impl Unit {
    /// The tree it is in.
    pub fn tree(&self) -> TreeKind {
        self.level.tree()
    }

    /// Whether it has been closed.
    pub fn is_closed(&self) -> bool {
        self.valid_to.is_some()
    }

    /// Whether it existed at that time.
    pub fn existed_at(&self, at: Time) -> bool {
        self.valid_from <= at && self.valid_to.is_none_or(|to| at < to)
    }
}

/// All units, closed ones too. Lists hold those that exist, in their fixed order.
#[derive(Debug, Default)]
pub struct Tree {
    units: Vec<Node>,
    by_id: HashMap<UnitId, usize>,
    by_code: HashMap<String, usize>,
    roots: Vec<usize>,
    /// Units that were split off: from which, which, and when.
    gave: Vec<(UnitId, UnitId, Time)>,
}

#[derive(Debug)]
struct Node {
    unit: Unit,
    children: Vec<usize>,
}

impl Tree {
    /// A tree of these units, whose `path` is filled in here. A unit whose parent is missing, or that
    /// stands under itself, becomes a root: a damaged table must not keep anyone from looking at it.
    pub fn of(mut units: Vec<Unit>) -> Tree {
        units.sort_by(|a, b| (a.level, a.ord, &a.code, a.id).cmp(&(b.level, b.ord, &b.code, b.id)));
        let by_id: HashMap<UnitId, usize> = units.iter().enumerate().map(|(n, unit)| (unit.id, n)).collect();
        let written = |n: usize| units.get(n).and_then(|unit| unit.parent).and_then(|parent| by_id.get(&parent).copied());
        let up: Vec<Option<usize>> = (0..units.len()).map(|n| written(n).filter(|_| !stands_under_itself(n, written))).collect();
        let parent = |n: usize| up.get(n).copied().flatten();
        let paths: Vec<Vec<usize>> = (0..units.len())
            .map(|n| {
                let mut path: Vec<usize> = std::iter::successors(Some(n), |at| parent(*at)).collect();
                path.reverse();
                path
            })
            .collect();
        let ids: Vec<UnitId> = units.iter().map(|unit| unit.id).collect();
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); units.len()];
        let mut roots = Vec::new();
        for n in 0..units.len() {
            match parent(n).and_then(|up| children.get_mut(up)) {
                Some(siblings) => siblings.push(n),
                None => roots.push(n),
            }
        }
        let by_code = units.iter().enumerate().filter(|(_, unit)| !unit.is_closed()).map(|(n, unit)| (unit.code.clone(), n)).collect();
        let units = units
            .into_iter()
            .zip(paths)
            .zip(children)
            .map(|((mut unit, path), children)| {
                unit.path = path.iter().filter_map(|n| ids.get(*n)).copied().collect();
                Node { unit, children }
            })
            .collect();
        Tree { units, by_id, by_code, roots, gave: Vec::new() }
    }

    /// The same tree, which also knows what was split off from which unit, and when.
    #[must_use]
    pub fn splitting(self, gave: Vec<(UnitId, UnitId, Time)>) -> Tree {
        Tree { gave, ..self }
    }

    /// The unit that stands in the place of this one now: itself while it exists, or where nothing took over.
    pub fn heir(&self, id: UnitId) -> UnitId {
        let mut at = id;
        // As many steps as there are units: a damaged table must not hold anybody up.
        for _ in 0..self.units.len() {
            match self.get(at).and_then(|unit| unit.successor) {
                Some(next) if next != id => at = next,
                _ => break,
            }
        }
        at
    }

    /// The unit itself and every unit that took over from it, as a whole (it was merged, or moved) or in part (it was split):
    /// whoever must not hear of the one must not hear of it by way of the others.
    pub fn heirs(&self, id: UnitId) -> Vec<UnitId> {
        self.heirs_but(id, &[])
    }

    /// The same, without parts that had gone their own way: those are heirs only where they took over as a whole.
    pub fn heirs_but(&self, id: UnitId, apart: &[UnitId]) -> Vec<UnitId> {
        let mut found = vec![id];
        let mut at = 0;
        while let Some(unit) = found.get(at).copied() {
            let whole = self.get(unit).and_then(|unit| unit.successor);
            let parts = self.gave.iter().filter(|(from, part, _)| *from == unit && !apart.contains(part)).map(|(_, part, _)| *part);
            let new: Vec<UnitId> = whole.into_iter().chain(parts).collect();
            for next in new {
                if !found.contains(&next) {
                    found.push(next);
                }
            }
            at += 1;
        }
        found
    }

    /// What was split off from a unit, or from whoever took over from it, and when.
    pub fn parts(&self, id: UnitId) -> Vec<(UnitId, Time)> {
        if self.gave.is_empty() {
            return Vec::new();
        }
        let of = self.heirs(id);
        self.gave.iter().filter(|(from, ..)| of.contains(from)).map(|(_, part, at)| (*part, *at)).collect()
    }

    /// The units that ended and in whose place this one stands now.
    pub fn forebears(&self, id: UnitId) -> Vec<UnitId> {
        self.all().filter(|unit| unit.successor.is_some() && unit.id != id && self.heir(unit.id) == id).map(|unit| unit.id).collect()
    }

    fn node(&self, id: UnitId) -> Option<&Node> {
        self.by_id.get(&id).and_then(|n| self.units.get(*n))
    }

    /// A unit, closed or not.
    pub fn get(&self, id: UnitId) -> Option<&Unit> {
        self.node(id).map(|node| &node.unit)
    }

    /// The existing unit with this code.
    pub fn find_code(&self, code: &str) -> Option<&Unit> {
        self.by_code.get(code).and_then(|n| self.units.get(*n)).map(|node| &node.unit)
    }

    /// The existing units right under this one, in their fixed order.
    pub fn children(&self, id: UnitId) -> impl Iterator<Item = &Unit> {
        self.node(id)
            .into_iter()
            .flat_map(|node| &node.children)
            .filter_map(|n| self.units.get(*n))
            .map(|node| &node.unit)
            .filter(|unit| !unit.is_closed())
    }

    /// The unit that this one stands under.
    pub fn parent(&self, id: UnitId) -> Option<&Unit> {
        self.get(id)?.parent.and_then(|parent| self.get(parent))
    }

    /// The unit itself and those above it, from the root down.
    pub fn ancestors(&self, id: UnitId) -> impl DoubleEndedIterator<Item = &Unit> {
        self.node(id).into_iter().flat_map(|node| &node.unit.path).filter_map(|id| self.get(*id))
    }

    /// The unit of this level that `id` is in or is: the town of a grid, say.
    pub fn at_level(&self, id: UnitId, level: Level) -> Option<&Unit> {
        self.ancestors(id).find(|unit| unit.level == level)
    }

    /// Whether `id` is `of` or stands somewhere under it.
    pub fn is_within(&self, id: UnitId, of: UnitId) -> bool {
        self.node(id).is_some_and(|node| node.unit.path.contains(&of))
    }

    /// The level of a unit.
    pub fn level(&self, id: UnitId) -> Option<Level> {
        self.get(id).map(|unit| unit.level)
    }

    /// The existing units of a tree that stand under none.
    pub fn roots(&self, kind: TreeKind) -> impl Iterator<Item = &Unit> {
        self.roots
            .iter()
            .filter_map(|n| self.units.get(*n))
            .map(|node| &node.unit)
            .filter(move |unit| unit.tree() == kind && !unit.is_closed())
    }

    /// The district: the root of the four levels.
    pub fn district(&self) -> Option<&Unit> {
        self.roots(TreeKind::Admin).find(|unit| unit.level == Level::District)
    }

    /// The existing departments, in their fixed order.
    pub fn departments(&self) -> impl Iterator<Item = &Unit> {
        self.of_level(Level::Department)
    }

    /// The existing units of a level, in their fixed order.
    pub fn of_level(&self, level: Level) -> impl Iterator<Item = &Unit> {
        self.all().filter(move |unit| unit.level == level && !unit.is_closed())
    }

    /// All units, closed ones too, upper levels first.
    pub fn all(&self) -> impl Iterator<Item = &Unit> {
        self.units.iter().map(|node| &node.unit)
    }

    /// The unit itself and everything under it, closed ones too, each parent before its children.
    pub fn subtree(&self, id: UnitId) -> Vec<&Unit> {
        let mut out = Vec::new();
        let mut waiting: Vec<&Node> = self.node(id).into_iter().collect();
        while let Some(node) = waiting.pop() {
            out.push(&node.unit);
            waiting.extend(node.children.iter().rev().filter_map(|n| self.units.get(*n)));
        }
        out
    }

    /// The name with those above it, without the district: 东街街道 东门社区. A root gives its own name.
    pub fn full_name(&self, id: UnitId) -> String {
        let names: Vec<&str> = self.ancestors(id).map(|unit| unit.name.as_str()).collect();
        match names.as_slice() {
            [_, below @ ..] if !below.is_empty() => below.join(" "),
            all => all.join(" "),
        }
    }

    /// How many units there are, closed ones too.
    pub fn len(&self) -> usize {
        self.units.len()
    }

    /// Whether there is no unit at all: nothing has been set up yet.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }
}

/// Whether the way up from here comes back here.
fn stands_under_itself(n: usize, parent: impl Fn(usize) -> Option<usize>) -> bool {
    let mut seen = vec![n];
    let mut at = n;
    while let Some(up) = parent(at) {
        if seen.contains(&up) {
            return up == n;
        }
        seen.push(up);
        at = up;
    }
    false
}

const VERSION: Chained = store::chained!("unit_version");

/// Reads the whole table: some hundreds of rows, once for each change of it.
const ALL: &Sql = sql!("SELECT id, code, name, phone, level, parent, ord, valid_from, valid_to, successor FROM unit ORDER BY id");

/// Reads the whole table: a row for each unit that was ever split off.
const GAVE: &Sql = sql!("SELECT unit, successor, at FROM unit_succession ORDER BY at, unit, successor");

static CACHE: Kept<Tree> = Kept::new(256);

/// The trees as they stand in this transaction, by one point query when they have not changed.
///
/// # Errors
/// Only the store's.
pub fn tree(tx: &mut Tx) -> Result<Arc<Tree>, StoreError> {
    CACHE.of(tx, &VERSION, |tx| {
        let units = tx.all(ALL, p![], unit)?;
        let gave = tx.all(GAVE, p![], |row| Ok((row.id(0)?, row.id(1)?, row.time(2)?)))?;
        Ok(Tree::of(units).splitting(gave))
    })
}

fn unit(row: &store::Row) -> Result<Unit, StoreError> {
    let level = row.text(4)?;
    Ok(Unit {
        id: row.id(0)?,
        code: row.text(1)?.to_owned(),
        name: row.text(2)?.to_owned(),
        phone: row.opt_text(3)?.map(str::to_owned),
        level: Level::parse(level).ok_or_else(|| StoreError::unknown("unit", "level", level))?,
        parent: row.opt_id(5)?,
        ord: row.int(6)?,
        valid_from: row.time(7)?,
        valid_to: row.opt_time(8)?,
        successor: row.opt_id(9)?,
        path: Vec::new(),
    })
}

/// Chain a change of `unit` into its version. Every operation that writes the table calls this with the
/// id of the event that tells of the change, and with the row as it is now.
pub(crate) fn changed(tx: &mut Tx, event: record::EventId, row: &[&str]) -> Result<(), StoreError> {
    let id = event.bytes();
    let parts: Vec<&[u8]> = std::iter::once(id).chain(row.iter().map(|part| part.as_bytes())).collect();
    VERSION.change(tx, &parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Id;

    fn unit(n: u8, level: Level, parent: Option<u8>) -> Unit {
        Unit {
            id: UnitId(Id([n; 16])),
            code: n.to_string(),
            name: format!("u{n}"),
            phone: None,
            level,
            parent: parent.map(|n| UnitId(Id([n; 16]))),
            ord: i64::from(255 - n),
            valid_from: Time(0),
            valid_to: None,
            successor: None,
            path: Vec::new(),
        }
    }

    fn id(n: u8) -> UnitId {
        UnitId(Id([n; 16]))
    }

    #[test]
    fn looks_up_and_down() {
        let mut closed = unit(6, Level::Community, Some(2));
        closed.valid_to = Some(Time(5));
        let tree = Tree::of(vec![
            unit(5, Level::Grid, Some(4)),
            unit(4, Level::Community, Some(2)),
            unit(2, Level::Town, Some(1)),
            unit(3, Level::Town, Some(1)),
            unit(1, Level::District, None),
            unit(9, Level::Branch, None),
            closed,
        ]);
        assert_eq!(tree.get(id(5)).unwrap().path, [id(1), id(2), id(4), id(5)]);
        assert!(tree.is_within(id(5), id(2)) && tree.is_within(id(5), id(5)) && !tree.is_within(id(2), id(5)));
        assert!(!tree.is_within(id(5), id(3)) && !tree.is_within(id(77), id(1)));
        assert_eq!(tree.children(id(1)).map(|u| u.id).collect::<Vec<_>>(), [id(3), id(2)], "by ord");
        assert_eq!(tree.children(id(2)).count(), 1, "closed units are not listed");
        assert_eq!(tree.subtree(id(2)).len(), 4);
        assert_eq!(tree.full_name(id(5)), "u2 u4 u5");
        assert_eq!(tree.full_name(id(1)), "u1");
        assert_eq!(tree.at_level(id(5), Level::Town).unwrap().id, id(2));
        assert_eq!(tree.district().unwrap().id, id(1));
        assert!(tree.find_code("6").is_none() && tree.find_code("5").is_some());
        assert_eq!(tree.roots(TreeKind::Party).count(), 1);
    }

    #[test]
    fn what_took_over_is_known_as_a_whole_and_in_part() {
        let ended = |n: u8, next: u8| {
            let mut unit = unit(n, Level::Community, Some(1));
            (unit.valid_to, unit.successor) = (Some(Time(5)), Some(UnitId(Id([next; 16]))));
            unit
        };
        let open = |n: u8| unit(n, Level::Community, Some(1));
        let units = vec![unit(1, Level::Town, None), ended(2, 3), ended(3, 4), open(4), open(5), open(6), ended(7, 8), ended(8, 7)];
        let tree = Tree::of(units).splitting(vec![(id(4), id(5), Time(7)), (id(3), id(6), Time(8))]);
        assert_eq!([2, 3, 4, 5, 99].map(|n| tree.heir(id(n))), [4, 4, 4, 5, 99].map(id));
        assert_eq!(tree.heirs(id(2)), [2, 3, 4, 6, 5].map(id), "also what was split off on the way");
        assert_eq!((tree.heirs(id(4)), tree.heirs(id(5))), ([4, 5].map(id).to_vec(), vec![id(5)]), "not the other way round");
        assert_eq!(tree.parts(id(2)), [(id(5), Time(7)), (id(6), Time(8))]);
        assert_eq!(tree.heirs_but(id(2), &[id(6)]), [2, 3, 4, 5].map(id), "what had gone its own way is left out");
        assert_eq!(tree.heirs_but(id(2), &[id(4)]), [2, 3, 4, 6, 5].map(id), "but not who took over as a whole");
        assert_eq!((tree.forebears(id(4)), tree.forebears(id(5))), ([3, 2].map(id).to_vec(), vec![]));
        // A damaged table goes round and is left again.
        assert_eq!((tree.heir(id(7)), tree.heirs(id(7))), (id(8), [7, 8].map(id).to_vec()));
    }

    #[test]
    fn a_damaged_table_neither_loops_nor_hides() {
        let tree = Tree::of(vec![
            unit(1, Level::Town, Some(2)),
            unit(2, Level::Town, Some(1)),
            unit(3, Level::Grid, Some(99)),
            unit(4, Level::Grid, Some(4)),
            unit(5, Level::Grid, Some(1)),
        ]);
        assert_eq!(tree.len(), 5);
        assert_eq!(tree.get(id(5)).unwrap().path, [id(1), id(5)]);
        assert_eq!(tree.get(id(3)).unwrap().path, [id(3)]);
        assert_eq!([tree.subtree(id(1)).len(), tree.subtree(id(2)).len(), tree.subtree(id(4)).len()], [2, 1, 1]);
    }
}
