//! Lines: who may not be told of a concern, who may check how it was handled, whose desk it is on.
//!
//! Everything here is pure. A *line* is a unit with everything below it. A concern about a unit bars
//! that unit's line; a concern about a person bars the line of every unit where they hold a post.
//!
//! Units are merged and split. Who took over from a barred unit is of its line from then on; so is a part that is split off
//! from it, since the same people stand there. What had been split off long before a concern came is another line, and may
//! hear of it: these parts stand among the bars too, behind [`APART`].

use base::UnitId;

/// What a decision needs to know of the tree of units.
pub trait Lines {
    /// Whether `unit` is `of` or lies below it.
    fn within(&self, unit: UnitId, of: UnitId) -> bool;
    /// The unit directly above.
    fn parent(&self, unit: UnitId) -> Option<UnitId>;
    /// The district, which stands above every other unit of the administrative tree.
    fn root(&self) -> UnitId;
    /// The town that `unit` is or lies in.
    fn town(&self, unit: UnitId) -> Option<UnitId>;
    /// Whether `unit` is a community or a grid, which may not be given what is a department's duty.
    fn is_base(&self, unit: UnitId) -> bool;
    /// The unit that stands in the place of this one now.
    fn heir(&self, unit: UnitId) -> UnitId {
        unit
    }
    /// The unit itself and every unit that took over from it, whole or in part; of the parts not those that are apart.
    fn heirs(&self, unit: UnitId, _apart: &[UnitId]) -> Vec<UnitId> {
        vec![unit]
    }
    /// Whether concerns can be sent to `unit`: it exists, is open, and is not of the Party tree.
    fn takes_concerns(&self, unit: UnitId) -> bool;
}

/// A unit through whose hands a concern has gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Involved {
    /// The unit.
    pub unit: UnitId,
    /// Whether the desk agreed that it is not this unit's matter: it is never sent there again.
    pub excused: bool,
}

/// The outermost of these units, in a fixed order, each once: what is stored as a concern's bars.
///
/// The district swallows none of the others: when it is barred, the department that oversees is left,
/// and then it matters whether that one is barred by itself.
pub fn outermost(lines: &dyn Lines, units: &[UnitId]) -> Vec<UnitId> {
    let swallows = |other: UnitId, unit: UnitId| other != unit && other != lines.root() && lines.within(unit, other);
    let mut roots: Vec<UnitId> = units.iter().copied().filter(|unit| !units.iter().any(|other| swallows(*other, *unit))).collect();
    roots.sort_unstable();
    roots.dedup();
    roots
}

/// No unit: it stands between the lines that are barred and the parts that had gone their own way before.
pub const APART: UnitId = UnitId(base::Id([0xff; 16]));

/// These bars, with what had gone its own way long before; as before where nothing had.
pub fn bars(lines: Vec<UnitId>, mut apart: Vec<UnitId>) -> Vec<UnitId> {
    // What is barred by itself is not apart.
    apart.retain(|unit| !lines.contains(unit));
    apart.sort_unstable();
    apart.dedup();
    if lines.is_empty() || apart.is_empty() {
        return lines;
    }
    lines.into_iter().chain([APART]).chain(apart).collect()
}

/// The lines that are barred, without what had gone its own way before.
pub fn lines(bars: &[UnitId]) -> &[UnitId] {
    bars.split(|unit| *unit == APART).next().unwrap_or_default()
}

/// What had gone its own way before.
pub fn apart(bars: &[UnitId]) -> &[UnitId] {
    bars.split(|unit| *unit == APART).nth(1).unwrap_or_default()
}

/// The bars with what took over from them: who was merged with the line that a concern is about, or was split off from
/// it since, is of that line from then on.
fn with_heirs(lines: &dyn Lines, bars: &[UnitId]) -> Vec<UnitId> {
    let apart = apart(bars);
    self::lines(bars).iter().flat_map(|bar| lines.heirs(*bar, apart)).collect()
}

/// Whether `unit` may neither hold nor read a concern with these bars.
///
/// A bar on the district bars everybody, so that one line is left: the desk's, which was chosen
/// (see [`desk`]) because it lies apart from what the district does.
pub fn barred(lines: &dyn Lines, bars: &[UnitId], desk: UnitId, unit: UnitId) -> bool {
    // Most concerns are about nobody.
    if bars.is_empty() {
        return false;
    }
    let desk = lines.heir(desk);
    with_heirs(lines, bars).iter().any(|bar| {
        let desk_is_apart = *bar != desk && lines.within(desk, *bar);
        lines.within(unit, *bar) && !(desk_is_apart && lines.within(unit, desk))
    })
}

/// Whose desk a concern comes to: the town of the place, else the district; where those are barred,
/// the next desk above; where the district itself is, the department that oversees.
///
/// `None` where all of these are barred: the matter is above the district, and the resident is told
/// who can hear it.
pub fn desk(lines: &dyn Lines, place: Option<UnitId>, bars: &[UnitId], oversight: &[UnitId]) -> Option<UnitId> {
    let root = lines.root();
    let bars = with_heirs(lines, bars);
    let free = |unit: UnitId| !bars.iter().any(|bar| lines.within(unit, *bar));
    if let Some(town) = place.and_then(|place| lines.town(place)).map(|town| lines.heir(town)).filter(|town| free(*town)) {
        return Some(town);
    }
    if free(root) {
        return Some(root);
    }
    // The district is barred, and with it everything below: only a bar of its own stops oversight.
    oversight.iter().copied().find(|unit| !bars.iter().any(|bar| *bar != root && lines.within(*unit, *bar)))
}

/// Whether `unit` stands outside the line that handled a concern, so that it may ask the resident
/// whether it was solved: none of the units involved, nor above or below one. The district stands
/// above everybody and is excepted, unless it handled the concern itself.
pub fn is_outside(lines: &dyn Lines, involved: &[Involved], unit: UnitId) -> bool {
    let root = lines.root();
    let of_line = |i: UnitId| i == unit || (i != root && unit != root && (lines.within(unit, i) || lines.within(i, unit)));
    // Who took over from a unit that handled it asks as little as that one would have.
    !involved.iter().any(|i| lines.heirs(i.unit, &[]).into_iter().any(of_line))
}

/// The unit that asks the resident: the first of the call-back units outside the line and not barred,
/// else the district, else the desk, where only the resident's own answer counts.
pub fn call_back_unit(lines: &dyn Lines, involved: &[Involved], bars: &[UnitId], desk: UnitId, units: &[UnitId]) -> UnitId {
    let fits = |unit: &UnitId| is_outside(lines, involved, *unit) && !barred(lines, bars, desk, *unit);
    units.iter().copied().chain([lines.root()]).find(fits).unwrap_or(desk)
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;
    use base::Id;

    /// A little district: 0 district; 1, 2 towns; 3, 4 communities of 1; 5 community of 2; 6, 7 grids
    /// of 3; 8, 9 departments; 10 the department that calls back; 11 the one that oversees.
    pub(crate) struct Little;

    pub(crate) const UNITS: u8 = 12;
    pub(crate) const CALL_BACK: u8 = 10;
    pub(crate) const OVERSIGHT: u8 = 11;

    pub(crate) fn unit(n: u8) -> UnitId {
        UnitId(Id([n; 16]))
    }

    fn above(n: u8) -> Option<u8> {
        match n {
            0 => None,
            3 | 4 => Some(1),
            5 => Some(2),
            6 | 7 => Some(3),
            _ => Some(0),
        }
    }

    impl Lines for Little {
        fn within(&self, unit: UnitId, of: UnitId) -> bool {
            let mut at = Some(unit);
            while let Some(here) = at {
                if here == of {
                    return true;
                }
                at = self.parent(here);
            }
            false
        }
        fn parent(&self, unit: UnitId) -> Option<UnitId> {
            above(unit.0.0[0]).map(testing::unit)
        }
        fn root(&self) -> UnitId {
            unit(0)
        }
        fn town(&self, unit: UnitId) -> Option<UnitId> {
            [1, 2].into_iter().map(testing::unit).find(|town| self.within(unit, *town))
        }
        fn is_base(&self, unit: UnitId) -> bool {
            (3..=7).contains(&unit.0.0[0])
        }
        fn takes_concerns(&self, unit: UnitId) -> bool {
            unit.0.0[0] < UNITS
        }
    }
    use crate::line::testing;
}

#[cfg(test)]
mod tests {
    use super::testing::{CALL_BACK, Little, OVERSIGHT, UNITS, unit};
    use super::*;

    #[test]
    fn the_desk_is_never_of_the_barred_line() {
        let oversight = [unit(OVERSIGHT)];
        let desk_of = |place: Option<u8>, bars: &[u8]| {
            let bars = outermost(&Little, &bars.iter().map(|n| unit(*n)).collect::<Vec<_>>());
            let desk = desk(&Little, place.map(unit), &bars, &oversight);
            if let Some(desk) = desk {
                assert!(!barred(&Little, &bars, desk, desk), "place {place:?}, bars {bars:?}");
            }
            desk.map(|d| d.0.0[0])
        };
        assert_eq!(desk_of(Some(6), &[]), Some(1));
        assert_eq!(desk_of(Some(1), &[]), Some(1));
        assert_eq!(desk_of(None, &[]), Some(0));
        assert_eq!(desk_of(Some(8), &[]), Some(0), "a department lies in no town");
        assert_eq!(desk_of(Some(6), &[3]), Some(1), "the town stands above the community it is about");
        assert_eq!(desk_of(Some(6), &[1]), Some(0));
        assert_eq!(desk_of(Some(6), &[0]), Some(OVERSIGHT));
        assert_eq!(desk_of(Some(6), &[0, 3]), Some(OVERSIGHT));
        assert_eq!(desk_of(Some(6), &[OVERSIGHT]), Some(1));
        assert_eq!(desk_of(Some(6), &[0, OVERSIGHT]), None, "above the district");
        for place in 0..UNITS {
            for bar in 0..UNITS {
                assert!(desk_of(Some(place), &[bar]).is_some());
            }
        }
    }

    #[test]
    fn a_matter_about_the_district_is_known_to_oversight_alone() {
        let (bars, desk) = (vec![unit(0)], unit(OVERSIGHT));
        for n in 0..UNITS {
            assert_eq!(barred(&Little, &bars, desk, unit(n)), n != OVERSIGHT, "{n}");
        }
        let town = (vec![unit(1)], unit(0));
        for n in 0..UNITS {
            assert_eq!(barred(&Little, &town.0, town.1, unit(n)), [1, 3, 4, 6, 7].contains(&n), "{n}");
        }
    }

    /// The little district, where 4 was split off from 3, and 5 took over from 4 where that is said.
    struct Split {
        merged: bool,
    }

    impl Lines for Split {
        fn within(&self, unit: UnitId, of: UnitId) -> bool {
            Little.within(unit, of)
        }
        fn parent(&self, unit: UnitId) -> Option<UnitId> {
            Little.parent(unit)
        }
        fn root(&self) -> UnitId {
            Little.root()
        }
        fn town(&self, unit: UnitId) -> Option<UnitId> {
            Little.town(unit)
        }
        fn is_base(&self, unit: UnitId) -> bool {
            Little.is_base(unit)
        }
        fn heirs(&self, of: UnitId, apart: &[UnitId]) -> Vec<UnitId> {
            let part = of == unit(3) && !apart.contains(&unit(4));
            let heir = self.merged && (part || of == unit(4));
            [of].into_iter().chain(part.then_some(unit(4))).chain(heir.then_some(unit(5))).collect()
        }
        fn takes_concerns(&self, unit: UnitId) -> bool {
            Little.takes_concerns(unit)
        }
    }

    #[test]
    fn what_had_gone_its_own_way_may_hear_of_it() {
        let told = |bars: &[UnitId], merged: bool| -> Vec<u8> {
            let split = Split { merged };
            (0..UNITS).filter(|n| barred(&split, bars, unit(1), unit(*n))).collect()
        };
        assert_eq!(told(&bars(vec![unit(3)], vec![]), false), [3, 4, 6, 7], "the part is of the line");
        assert_eq!(told(&bars(vec![unit(3)], vec![unit(4)]), false), [3, 6, 7], "it had gone before");
        assert_eq!(told(&bars(vec![unit(3)], vec![unit(4)]), true), [3, 6, 7], "nor whoever took over from it");
        assert_eq!(told(&bars(vec![unit(3), unit(4)], vec![unit(4)]), true), [3, 4, 5, 6, 7], "what is barred by itself stays so");
        assert_eq!(bars(vec![], vec![unit(4)]), [], "about nobody");
        assert_eq!(desk(&Split { merged: false }, Some(unit(6)), &bars(vec![unit(3)], vec![unit(4)]), &[]), Some(unit(1)));
    }

    #[test]
    fn only_an_outsider_asks_whether_it_was_solved() {
        let involved = |n: u8| [Involved { unit: unit(n), excused: false }];
        for (handler, outside) in
            [(3, vec![0, 2, 4, 5, 8, 9, 10, 11]), (8, vec![0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11]), (0, (1..12).collect())]
        {
            let found: Vec<u8> = (0..UNITS).filter(|n| is_outside(&Little, &involved(handler), unit(*n))).collect();
            assert_eq!(found, outside, "handled by {handler}");
        }
        let asks = |handler: u8| call_back_unit(&Little, &involved(handler), &[], unit(1), &[unit(CALL_BACK)]).0.0[0];
        assert_eq!((asks(3), asks(CALL_BACK), asks(0)), (CALL_BACK, 0, CALL_BACK));
    }
}
