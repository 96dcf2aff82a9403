//! Item analysis: how many points a question gave, how far it told the strong from the weak, which options drew whom. Pure,
//! over packed answer sheets; a question of several versions of a paper is counted together.

use std::collections::BTreeMap;

use crate::events::QuestionId;
use crate::model::{Item, KeyItem, Right, mark_packed};

/// One version of a paper.
#[derive(Clone, Debug)]
pub struct Version<'a> {
    /// What is asked.
    pub items: &'a [Item],
    /// What is right.
    pub key: &'a [KeyItem],
}

/// A sitting: which version, counted from 0, the packed answers, and tenths of a point given by hand.
#[derive(Clone, Copy, Debug)]
pub struct Sat<'a> {
    /// Which version.
    pub version: usize,
    /// The packed answers.
    pub sheet: &'a [u8],
}

/// What a question gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemFigures {
    /// How many were asked.
    pub n: i64,
    /// The share of the points that were won, from 0 to 1.
    pub facility: f64,
    /// The correlation with the rest of the paper; nothing where all answered alike.
    pub discrimination: Option<f64>,
    /// The share won by the upper 27 percent minus that of the lower.
    pub groups: f64,
    /// How many chose each option, by its place in the question.
    pub chosen: Vec<i64>,
    /// Which options are right.
    pub right: u16,
    /// Whether it is marked by hand, so that nothing is told of it here.
    pub by_hand: bool,
}

#[derive(Clone, Default)]
struct Sums {
    n: i64,
    points: i64,
    x: i64,
    xx: i64,
    t: i64,
    tt: i64,
    xt: i64,
    upper: (i64, i64),
    lower: (i64, i64),
    chosen: Vec<i64>,
    right: u16,
    by_hand: bool,
}

/// Figures of each question, in the order of their ids.
pub fn analyse(versions: &[Version<'_>], sat: &[Sat<'_>], partial: bool) -> BTreeMap<QuestionId, ItemFigures> {
    let mut sums: Vec<Vec<Sums>> = versions.iter().map(begin).collect();
    let longest = versions.iter().map(|version| version.key.len()).max().unwrap_or(0);
    let mut points = vec![0; longest];
    // First who is strong: the total of each by the key.
    let mut totals = Vec::with_capacity(sat.len());
    for one in sat {
        let key = versions.get(one.version).map_or(&[][..], |version| version.key);
        totals.push(mark_packed(key, one.sheet, partial, &mut points));
    }
    let mut sorted = totals.clone();
    sorted.sort_unstable();
    let group = (sorted.len() * 27).div_ceil(100);
    let low = group.checked_sub(1).and_then(|at| sorted.get(at)).copied().unwrap_or(i64::MIN);
    let high = sorted.len().checked_sub(group).and_then(|at| sorted.get(at)).copied().unwrap_or(i64::MAX);
    for (one, total) in sat.iter().zip(&totals) {
        let (Some(version), Some(sums)) = (versions.get(one.version), sums.get_mut(one.version)) else { continue };
        mark_packed(version.key, one.sheet, partial, &mut points);
        let slots = one.sheet.get(2..).unwrap_or_default().chunks_exact(4);
        for ((sum, got), slot) in sums.iter_mut().zip(&points).zip(slots) {
            let rest = total - got;
            sum.n += 1;
            sum.x += got;
            sum.xx += got * got;
            sum.t += rest;
            sum.tt += rest * rest;
            sum.xt += got * rest;
            if *total >= high {
                sum.upper = (sum.upper.0 + 1, sum.upper.1 + got);
            }
            if *total <= low {
                sum.lower = (sum.lower.0 + 1, sum.lower.1 + got);
            }
            if let [a, b, ..] = slot {
                let mut left = u16::from_le_bytes([*a, *b]);
                while left != 0 {
                    let bit = left.trailing_zeros() as usize;
                    left &= left - 1;
                    if let Some(chosen) = sum.chosen.get_mut(bit) {
                        *chosen += 1;
                    }
                }
            }
        }
    }
    together(versions, &sums)
}

fn begin(version: &Version<'_>) -> Vec<Sums> {
    let one = |key: &KeyItem| Sums {
        points: key.points,
        chosen: vec![0; 15],
        right: if let Right::Letters(right) = key.right { right } else { 0 },
        by_hand: key.right == Right::Hand,
        ..Sums::default()
    };
    version.key.iter().map(one).collect()
}

/// Versions added up, options by their places in the question.
fn together(versions: &[Version<'_>], sums: &[Vec<Sums>]) -> BTreeMap<QuestionId, ItemFigures> {
    let mut all: BTreeMap<QuestionId, Sums> = BTreeMap::new();
    for (version, sums) in versions.iter().zip(sums) {
        for (item, sum) in version.items.iter().zip(sums) {
            let to = all.entry(item.q).or_insert_with(|| Sums {
                points: sum.points,
                chosen: vec![0; 15],
                by_hand: sum.by_hand,
                ..Sums::default()
            });
            to.n += sum.n;
            to.x += sum.x;
            to.xx += sum.xx;
            to.t += sum.t;
            to.tt += sum.tt;
            to.xt += sum.xt;
            to.upper = (to.upper.0 + sum.upper.0, to.upper.1 + sum.upper.1);
            to.lower = (to.lower.0 + sum.lower.0, to.lower.1 + sum.lower.1);
            for (shown, count) in sum.chosen.iter().enumerate() {
                let place = item.order.get(shown).map_or(shown, |place| usize::from(*place));
                if let Some(chosen) = to.chosen.get_mut(place) {
                    *chosen += count;
                }
                if sum.right & (1 << shown) != 0 {
                    to.right |= 1 << place;
                }
            }
        }
    }
    all.into_iter().map(|(id, sum)| (id, figures(&sum))).collect()
}

#[expect(clippy::cast_precision_loss, reason = "sums of points of some hundred thousand sittings lie far below 2^52")]
fn figures(sum: &Sums) -> ItemFigures {
    let n = sum.n as f64;
    let full = (sum.points.max(1)) as f64;
    let share = |(n, points): (i64, i64)| if n == 0 { 0.0 } else { points as f64 / n as f64 / full };
    let (x, t) = (sum.x as f64, sum.t as f64);
    let (vx, vt) = (sum.xx as f64 * n - x * x, sum.tt as f64 * n - t * t);
    let correlation = (vx > 0.0 && vt > 0.0).then(|| (sum.xt as f64 * n - x * t) / (vx * vt).sqrt());
    ItemFigures {
        n: sum.n,
        facility: if sum.n == 0 { 0.0 } else { x / n / full },
        discrimination: correlation,
        groups: share(sum.upper) - share(sum.lower),
        chosen: sum.chosen.clone(),
        right: sum.right,
        by_hand: sum.by_hand,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Given, Sheet};

    fn paper() -> (Vec<Item>, Vec<KeyItem>) {
        let item = |n: u8, order: &[u8]| Item { q: QuestionId(base::Id([n; 16])), v: 1, order: order.to_vec(), points: 10 };
        let key = |right: u16| KeyItem { right: Right::Letters(right), points: 10, several: false };
        (vec![item(1, &[0, 1]), item(2, &[1, 0]), item(3, &[0, 1])], vec![key(1), key(2), key(1)])
    }

    fn sheet(letters: [u16; 3]) -> Vec<u8> {
        let mut sheet = Sheet::new(3);
        for (place, letters) in letters.into_iter().enumerate() {
            sheet.set(place, Given::Letters(letters), 1);
        }
        sheet.write()
    }

    #[test]
    fn a_question_that_the_strong_get_right_discriminates() {
        let (items, key) = paper();
        // The first two go together; the third is right for all.
        let sheets: Vec<Vec<u8>> = (0..20).map(|n| if n % 2 == 0 { sheet([1, 2, 1]) } else { sheet([2, 1, 1]) }).collect();
        let sat: Vec<Sat<'_>> = sheets.iter().map(|sheet| Sat { version: 0, sheet }).collect();
        let found = analyse(&[Version { items: &items, key: &key }], &sat, false);
        let of = |n: u8| &found[&QuestionId(base::Id([n; 16]))];
        assert!((of(1).facility - 0.5).abs() < 1e-9 && of(1).discrimination.unwrap() > 0.99);
        assert!((of(1).groups - 1.0).abs() < 1e-9);
        assert_eq!((of(3).discrimination, of(3).chosen[0]), (None, 20));
        // Shown as B, it is the first option of the question.
        assert_eq!((of(2).right, of(2).chosen[0], of(2).chosen[1]), (1, 10, 10));
    }

    #[test]
    fn versions_are_counted_together() {
        let (items, key) = paper();
        let mut turned = items.clone();
        turned[0].order = vec![1, 0];
        let other = vec![KeyItem { right: Right::Letters(2), ..key[0].clone() }, key[1].clone(), key[2].clone()];
        let (one, two) = (sheet([1, 2, 1]), sheet([2, 2, 1]));
        let sat = [Sat { version: 0, sheet: &one }, Sat { version: 1, sheet: &two }];
        let found = analyse(&[Version { items: &items, key: &key }, Version { items: &turned, key: &other }], &sat, false);
        let first = &found[&QuestionId(base::Id([1; 16]))];
        assert_eq!((first.n, first.chosen[0], first.right), (2, 2, 1));
        assert!((first.facility - 1.0).abs() < 1e-9);
    }
}
