//! Outlines of the invented district's units: a blot on a lattice, divided among towns, each town's part among its
//! communities, each community's among its grids. Borders are shared, so that the parts fit together without gaps.

use std::collections::{BTreeMap, HashMap};

use people::Level;

use crate::dice::Dice;
use crate::plan::{Plan, Size};

/// A corner of the lattice.
type Corner = (i32, i32);
/// A cell of the lattice.
type Cell = (i32, i32);
/// Longitude and latitude.
type Point = (f64, f64);

/// Where the district lies: in the sea, so that nobody takes it for a place that exists.
const WEST: f64 = 150.20;
const NORTH: f64 = 24.60;
/// The side of a cell in degrees.
const SIDE: f64 = 0.003_2;

/// The outlines of the units of a plan, by their place in it.
pub fn draw(plan: &Plan, dice: &Dice, size: Size) -> BTreeMap<usize, Vec<Vec<Point>>> {
    let (wide, high) = if size == Size::Full { (128, 84) } else { (44, 30) };
    let mut dice = dice.stream("outlines");
    let cells = blot(wide, high, &mut dice);
    let mut parts: BTreeMap<usize, Vec<Cell>> = BTreeMap::from([(0, cells)]);
    // Parents stand before their children in a plan, so that each part is there when it is divided.
    for at in 0..plan.units.len() {
        let children: Vec<usize> = plan
            .units
            .iter()
            .enumerate()
            .filter(|(_, unit)| unit.parent == Some(at) && matches!(unit.level, Level::Town | Level::Community | Level::Grid))
            .map(|(child, _)| child)
            .collect();
        let Some(cells) = parts.get(&at).filter(|_| !children.is_empty()).cloned() else { continue };
        for (child, part) in children.iter().zip(divide(&cells, children.len(), &mut dice)) {
            parts.insert(*child, part);
        }
    }
    let smooth = smoothed(&parts, plan, &mut dice);
    parts.iter().map(|(unit, cells)| (*unit, rings(cells).iter().map(|ring| placed(ring, &smooth)).collect())).collect()
}

/// The cells of the whole: an ellipse with bays and headlands.
fn blot(wide: i32, high: i32, dice: &mut Dice) -> Vec<Cell> {
    let waves: Vec<(f64, f64, f64)> =
        (2..7).map(|n| (f64::from(n), real(dice, 0.0, std::f64::consts::TAU), real(dice, 0.02, 0.16) / f64::from(n).sqrt())).collect();
    let mut cells = Vec::new();
    for y in 0..high {
        for x in 0..wide {
            let (dx, dy) = ((f64::from(x) + 0.5) / f64::from(wide) * 2.0 - 1.0, (f64::from(y) + 0.5) / f64::from(high) * 2.0 - 1.0);
            let angle = dy.atan2(dx);
            let edge = 0.84 + waves.iter().map(|(n, shift, size)| size * (n * angle + shift).sin()).sum::<f64>();
            if dx.hypot(dy) < edge {
                cells.push((x, y));
            }
        }
    }
    cells
}

#[allow(clippy::cast_precision_loss, reason = "a million parts are enough")]
fn real(dice: &mut Dice, low: f64, high: f64) -> f64 {
    low + (high - low) * dice.below(1_000_000) as f64 / 1_000_000.0
}

fn apart(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)
}

fn middle(cell: Cell) -> (f64, f64) {
    (f64::from(cell.0) + 0.5, f64::from(cell.1) + 0.5)
}

/// Divides cells into so many parts of about the same size, each nearest to its middle.
#[allow(clippy::cast_precision_loss, reason = "some thousands of cells")]
fn divide(cells: &[Cell], count: usize, dice: &mut Dice) -> Vec<Vec<Cell>> {
    let Some(first) = dice.pick(cells) else { return vec![Vec::new(); count] };
    // Each next seed lies farthest from those before it.
    let mut seeds = vec![middle(*first)];
    while seeds.len() < count {
        let far = |cell: &Cell| seeds.iter().map(|seed| apart(*seed, middle(*cell))).fold(f64::MAX, f64::min);
        let next = cells.iter().max_by(|a, b| far(a).total_cmp(&far(b))).copied().unwrap_or_default();
        seeds.push(middle(next));
    }
    let mut parts = Vec::new();
    for _ in 0..6 {
        parts = vec![Vec::new(); count];
        for cell in cells {
            let near = (0..count).min_by(|a, b| {
                let to = |n: &usize| seeds.get(*n).map_or(f64::MAX, |seed| apart(*seed, middle(*cell)));
                to(a).total_cmp(&to(b))
            });
            if let Some(part) = near.and_then(|near| parts.get_mut(near)) {
                part.push(*cell);
            }
        }
        for (seed, part) in seeds.iter_mut().zip(&parts) {
            let sum = part.iter().map(|cell| middle(*cell)).fold((0.0, 0.0), |sum, at| (sum.0 + at.0, sum.1 + at.1));
            if !part.is_empty() {
                *seed = (sum.0 / part.len() as f64, sum.1 / part.len() as f64);
            }
        }
    }
    parts
}

/// The edges around a set of cells, each with the set on its right, as rings of corners.
fn rings(cells: &[Cell]) -> Vec<Vec<Corner>> {
    let set: std::collections::HashSet<Cell> = cells.iter().copied().collect();
    let mut next: BTreeMap<Corner, Vec<Corner>> = BTreeMap::new();
    for &(x, y) in cells {
        let sides = [
            ((x, y - 1), (x, y), (x + 1, y)),
            ((x + 1, y), (x + 1, y), (x + 1, y + 1)),
            ((x, y + 1), (x + 1, y + 1), (x, y + 1)),
            ((x - 1, y), (x, y + 1), (x, y)),
        ];
        for (beyond, from, to) in sides {
            if !set.contains(&beyond) {
                next.entry(from).or_default().push(to);
            }
        }
    }
    let mut all = Vec::new();
    while let Some(start) = next.keys().next().copied() {
        let (mut ring, mut at) = (Vec::new(), start);
        while let Some(to) = next.get_mut(&at).and_then(Vec::pop) {
            if next.get(&at).is_some_and(Vec::is_empty) {
                next.remove(&at);
            }
            ring.push(at);
            at = to;
        }
        if ring.len() >= 4 {
            all.push(ring);
        }
    }
    all
}

/// Where each corner of a border lies: drawn a little aside, then between its neighbours, so that borders wind as borders do.
fn smoothed(parts: &BTreeMap<usize, Vec<Cell>>, plan: &Plan, dice: &mut Dice) -> HashMap<Corner, (f64, f64)> {
    let mut beside: BTreeMap<Corner, Vec<Corner>> = BTreeMap::new();
    for (unit, cells) in parts {
        if plan.units.get(*unit).is_none_or(|unit| unit.level != Level::Grid) && parts.len() > 1 && *unit != 0 {
            continue;
        }
        for ring in rings(cells) {
            for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
                let known = beside.entry(*a).or_default();
                if !known.contains(b) {
                    known.push(*b);
                }
                let known = beside.entry(*b).or_default();
                if !known.contains(a) {
                    known.push(*a);
                }
            }
        }
    }
    let mut at: HashMap<Corner, (f64, f64)> = beside
        .keys()
        .map(|corner| (*corner, (f64::from(corner.0) + real(dice, -0.3, 0.3), f64::from(corner.1) + real(dice, -0.3, 0.3))))
        .collect();
    for _ in 0..3 {
        let before = at.clone();
        for (corner, around) in &beside {
            let known: Vec<(f64, f64)> = around.iter().filter_map(|one| before.get(one)).copied().collect();
            let count = f64::from(u32::try_from(known.len()).unwrap_or(1).max(1));
            let sum = known.iter().fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
            if let Some(place) = at.get_mut(corner) {
                *place = (place.0 * 0.5 + sum.0 / count * 0.5, place.1 * 0.5 + sum.1 / count * 0.5);
            }
        }
    }
    at
}

fn placed(ring: &[Corner], smooth: &HashMap<Corner, (f64, f64)>) -> Vec<Point> {
    let place = |corner: &Corner| smooth.get(corner).copied().unwrap_or((f64::from(corner.0), f64::from(corner.1)));
    ring.iter().map(place).map(|(x, y)| (WEST + x * SIDE, NORTH - y * SIDE)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Data;

    #[test]
    fn every_place_has_an_outline_and_the_parts_fill_the_whole() {
        let data = Data::load().unwrap();
        for size in [Size::Small, Size::Full] {
            let plan = Plan::draw(&data, &Dice::new(3), size);
            let outlines = draw(&plan, &Dice::new(3), size);
            let places = plan
                .units
                .iter()
                .enumerate()
                .filter(|(_, unit)| matches!(unit.level, Level::District | Level::Town | Level::Community | Level::Grid));
            for (at, unit) in places {
                assert!(outlines.get(&at).is_some_and(|rings| !rings.is_empty()), "{} has no outline", unit.name);
            }
            let area = |rings: &Vec<Vec<Point>>| {
                rings
                    .iter()
                    .map(|ring| ring.iter().zip(ring.iter().cycle().skip(1)).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f64>())
                    .sum::<f64>()
                    .abs()
            };
            let towns: f64 = plan.towns.iter().filter_map(|town| outlines.get(town)).map(area).sum();
            let whole = area(&outlines[&0]);
            assert!((towns / whole - 1.0).abs() < 1e-6, "{towns} of {whole}");
            assert_eq!(outlines, draw(&plan, &Dice::new(3), size));
        }
    }
}
