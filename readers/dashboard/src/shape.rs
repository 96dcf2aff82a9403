//! Outlines: made smaller for keeping, packed into bytes, drawn as paths.

use std::fmt::Write as _;

use crate::geojson::Point;

/// A point in millionths of a degree.
pub type Fixed = (i64, i64);

/// The outlines and holes of one unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape(pub Vec<Vec<Fixed>>);

/// Points that one unit's outline keeps; more would not be seen.
const MOST_POINTS: usize = 1_200;

impl Shape {
    /// From degrees, with no more points than are seen.
    pub fn of(rings: &[Vec<Point>]) -> Shape {
        let mut fixed: Vec<Vec<Fixed>> = rings
            .iter()
            .map(|ring| {
                let mut ring: Vec<Fixed> = ring.iter().map(|(x, y)| (millionths(*x), millionths(*y))).collect();
                ring.dedup();
                ring
            })
            .filter(|ring| ring.len() >= 3)
            .collect();
        let mut tolerance = 5.0;
        while fixed.iter().map(Vec::len).sum::<usize>() > MOST_POINTS && tolerance < 1e6 {
            fixed = fixed.iter().map(|ring| simpler(ring, tolerance)).filter(|ring| ring.len() >= 3).collect();
            tolerance *= 2.0;
        }
        Shape(fixed)
    }

    /// As it is kept: counts and steps from point to point, each in as few bytes as it needs.
    pub fn pack(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        put(&mut bytes, i64::try_from(self.0.len()).unwrap_or(0));
        for ring in &self.0 {
            put(&mut bytes, i64::try_from(ring.len()).unwrap_or(0));
            let mut at = (0, 0);
            for point in ring {
                put(&mut bytes, point.0 - at.0);
                put(&mut bytes, point.1 - at.1);
                at = *point;
            }
        }
        bytes
    }

    /// The reverse of [`Shape::pack`]; none where the bytes are no shape.
    pub fn unpack(bytes: &[u8]) -> Option<Shape> {
        let mut rest = bytes;
        let rings = usize::try_from(take(&mut rest)?).ok().filter(|rings| *rings <= bytes.len())?;
        let mut all = Vec::new();
        for _ in 0..rings {
            let points = usize::try_from(take(&mut rest)?).ok().filter(|points| *points <= bytes.len())?;
            let (mut ring, mut at) = (Vec::with_capacity(points), (0_i64, 0_i64));
            for _ in 0..points {
                at = (at.0.checked_add(take(&mut rest)?)?, at.1.checked_add(take(&mut rest)?)?);
                ring.push(at);
            }
            all.push(ring);
        }
        rest.is_empty().then_some(Shape(all))
    }

    /// Whether a point lies inside: within an odd number of its rings, so that a hole is outside.
    pub fn holds(&self, (x, y): Fixed) -> bool {
        let mut inside = false;
        for ring in &self.0 {
            let ends = ring.iter().zip(ring.iter().cycle().skip(1));
            for (a, b) in ends.filter(|(a, b)| (a.1 > y) != (b.1 > y)) {
                // Left of the edge, told without division: millionths of a degree multiply well within 128 bits.
                let (dx, dy) = (i128::from(b.0) - i128::from(a.0), i128::from(b.1) - i128::from(a.1));
                let side = (i128::from(x) - i128::from(a.0)) * dy - dx * (i128::from(y) - i128::from(a.1));
                if (dy > 0 && side < 0) || (dy < 0 && side > 0) {
                    inside = !inside;
                }
            }
        }
        inside
    }

    /// How far another shape of the same unit lies from this one, in metres to the east and to the north, by the middle of its
    /// points; none where either has no point.
    #[allow(clippy::cast_precision_loss, reason = "millionths of a degree are small")]
    pub fn off(&self, other: &Shape) -> Option<(f64, f64)> {
        /// Metres of a millionth of a degree along a meridian.
        const METRE: f64 = 0.111_32;
        let middle =
            |shape: &Shape| shape.bounds().map(|[west, south, east, north]| ((west + east) as f64 / 2.0, (south + north) as f64 / 2.0));
        let (a, b) = (middle(self)?, middle(other)?);
        Some(((b.0 - a.0) * METRE * (a.1 / 1e6).to_radians().cos(), (b.1 - a.1) * METRE))
    }

    /// The box around it: west, south, east, north.
    pub fn bounds(&self) -> Option<[i64; 4]> {
        let points = || self.0.iter().flatten();
        Some([points().map(|p| p.0).min()?, points().map(|p| p.1).min()?, points().map(|p| p.0).max()?, points().map(|p| p.1).max()?])
    }
}

#[allow(clippy::cast_possible_truncation, reason = "degrees were checked to lie within ±180")]
fn millionths(degrees: f64) -> i64 {
    (degrees * 1e6).round() as i64
}

/// One number, its sign in the lowest bit, seven bits a byte.
fn put(bytes: &mut Vec<u8>, number: i64) {
    let mut left = ((number << 1) ^ (number >> 63)).cast_unsigned();
    loop {
        let low = u8::try_from(left & 0x7f).unwrap_or(0);
        left >>= 7;
        if left == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}

fn take(bytes: &mut &[u8]) -> Option<i64> {
    let mut number = 0_u64;
    for shift in (0..63).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some((number >> 1).cast_signed() ^ -((number & 1).cast_signed()));
        }
    }
    None
}

/// Leaves out points that lie nearer than `tolerance` to the line between those that stay (Douglas and Peucker).
#[allow(clippy::cast_precision_loss, reason = "millionths of a degree are small")]
fn simpler(ring: &[Fixed], tolerance: f64) -> Vec<Fixed> {
    let Some(last) = ring.len().checked_sub(1).filter(|last| *last >= 3) else { return ring.to_vec() };
    let mut keep = vec![false; ring.len()];
    // A ring is cut at its first point and at the one that lies farthest from it.
    let apart = |a: Fixed, b: Fixed| ((a.0 - b.0) as f64).hypot((a.1 - b.1) as f64);
    let point = |at: usize| ring.get(at).copied().unwrap_or_default();
    let far = (1..=last).max_by(|a, b| apart(point(0), point(*a)).total_cmp(&apart(point(0), point(*b)))).unwrap_or(last);
    for at in [0, far, last] {
        if let Some(keep) = keep.get_mut(at) {
            *keep = true;
        }
    }
    let mut waiting = vec![(0, far), (far, last)];
    while let Some((from, to)) = waiting.pop() {
        let (a, b) = (point(from), point(to));
        let length = apart(a, b);
        let off = |at: usize| {
            let p = point(at);
            if length == 0.0 {
                return apart(a, p);
            }
            let cross = (b.0 - a.0) as f64 * (a.1 - p.1) as f64 - (a.0 - p.0) as f64 * (b.1 - a.1) as f64;
            cross.abs() / length
        };
        if let Some(at) = (from + 1..to).max_by(|a, b| off(*a).total_cmp(&off(*b)))
            && off(at) > tolerance
        {
            if let Some(keep) = keep.get_mut(at) {
                *keep = true;
            }
            waiting.extend([(from, at), (at, to)]);
        }
    }
    ring.iter().zip(keep).filter(|(_, keep)| *keep).map(|(point, _)| *point).collect()
}

/// Fits outlines into a drawing: north is up, and a degree of longitude is as long as it is at that latitude.
#[derive(Clone, Copy, Debug)]
pub struct Projection {
    west: i64,
    north: i64,
    squeeze: f64,
    scale: f64,
    left: f64,
    top: f64,
    /// The width of the drawing.
    pub width: f64,
    /// The height of the drawing.
    pub height: f64,
}

impl Projection {
    /// For outlines within these bounds, so that they fill a drawing of this width, at most so high, with a margin.
    #[allow(clippy::cast_precision_loss, reason = "millionths of a degree are small")]
    pub fn fit(bounds: [i64; 4], width: f64, highest: f64) -> Projection {
        let margin = 6.0;
        let [west, south, east, north] = bounds;
        let middle = (south + north) as f64 / 2e6;
        let squeeze = middle.to_radians().cos().max(0.05);
        let (wide, high) = (((east - west) as f64 * squeeze).max(1.0), ((north - south) as f64).max(1.0));
        let scale = ((width - 2.0 * margin) / wide).min((highest - 2.0 * margin) / high);
        let height = high * scale + 2.0 * margin;
        Projection { west, north, squeeze, scale, left: (width - wide * scale) / 2.0, top: margin, width, height }
    }

    /// Where a point lies in the drawing.
    #[allow(clippy::cast_precision_loss, reason = "millionths of a degree are small")]
    pub fn at(&self, point: Fixed) -> (f64, f64) {
        let x = (point.0 - self.west) as f64 * self.squeeze * self.scale + self.left;
        let y = (self.north - point.1) as f64 * self.scale + self.top;
        (x, y)
    }

    /// A shape as the data of a path, with the rule that makes inner rings holes.
    pub fn path(&self, shape: &Shape) -> String {
        let mut out = String::new();
        for ring in &shape.0 {
            let mut last = String::new();
            for (n, point) in ring.iter().enumerate() {
                let (x, y) = self.at(*point);
                let text = format!("{x:.1} {y:.1}");
                // Points that fall together in the drawing are one.
                if text != last {
                    // Writing to a String cannot fail.
                    let _ = write!(out, "{}{text}", if n == 0 { "M" } else { "L" });
                    last = text;
                }
            }
            out.push('Z');
        }
        out
    }

    /// Where a name stands best: the middle of the widest line through the largest ring, and how long that line is.
    pub fn label(&self, shape: &Shape) -> Option<(f64, f64, f64)> {
        let ring = shape.0.iter().max_by_key(|ring| ring.len())?;
        let points: Vec<(f64, f64)> = ring.iter().map(|point| self.at(*point)).collect();
        let (low, high) = points.iter().fold((f64::MAX, f64::MIN), |(low, high), (_, y)| (low.min(*y), high.max(*y)));
        let mut best: Option<(f64, f64, f64)> = None;
        for step in 1..12_i32 {
            let y = low + (high - low) * f64::from(step) / 12.0;
            let mut crossings: Vec<f64> = Vec::new();
            for (a, b) in points.iter().zip(points.iter().cycle().skip(1)) {
                if (a.1 > y) != (b.1 > y) {
                    crossings.push(a.0 + (y - a.1) / (b.1 - a.1) * (b.0 - a.0));
                }
            }
            crossings.sort_by(f64::total_cmp);
            for pair in crossings.chunks_exact(2) {
                if let [from, to] = pair {
                    // The middle of the height is preferred where lines are about as long.
                    let worth = (to - from) * (1.0 - 0.04 * f64::from((step - 6).abs()));
                    if best.is_none_or(|(_, _, wide)| worth > wide) {
                        best = Some(((from + to) / 2.0, y, worth));
                    }
                }
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_and_unpacked() {
        let shape = Shape(vec![vec![(150_000_000, -20_000_000), (150_000_100, -20_000_000), (0, 7)], vec![(1, 2), (3, 4), (-5, 6)]]);
        assert_eq!(Shape::unpack(&shape.pack()), Some(shape));
        for bytes in [&[][..], &[2], &[2, 200, 1, 1], &[0xff; 12], &[2, 2, 2, 2, 9]] {
            assert_eq!(Shape::unpack(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn a_point_is_inside_or_in_the_hole_or_outside() {
        let square = |from: i64, to: i64| vec![(from, from), (to, from), (to, to), (from, to)];
        let ring = Shape(vec![square(0, 10), square(4, 6)]);
        for (at, inside) in [((1, 1), true), ((5, 3), true), ((5, 5), false), ((11, 5), false), ((-1, 5), false), ((5, 11), false)] {
            assert_eq!(ring.holds(at), inside, "{at:?}");
        }
        let turned = Shape(ring.0.iter().map(|ring| ring.iter().rev().copied().collect()).collect());
        assert!(turned.holds((1, 1)) && !turned.holds((5, 5)) && !Shape::default().holds((0, 0)));
    }

    #[test]
    fn many_points_become_few() {
        let circle: Vec<Point> =
            (0..20_000).map(|n| f64::from(n) / 20_000.0 * std::f64::consts::TAU).map(|a| (100.0 + a.cos(), 30.0 + a.sin())).collect();
        let shape = Shape::of(&[circle]);
        let points = shape.0[0].len();
        assert!((50..=MOST_POINTS).contains(&points), "{points}");
        let [west, south, east, north] = shape.bounds().unwrap();
        assert!((east - west - 2_000_000).abs() < 20_000 && (north - south - 2_000_000).abs() < 20_000);
    }

    #[test]
    fn a_square_degree_is_narrower_away_from_the_equator() {
        let shape = Shape(vec![vec![(0, 60_000_000), (1_000_000, 60_000_000), (1_000_000, 61_000_000), (0, 61_000_000)]]);
        let projection = Projection::fit(shape.bounds().unwrap(), 1000.0, 600.0);
        let (west, _) = projection.at((0, 61_000_000));
        let (east, top) = projection.at((1_000_000, 61_000_000));
        let (_, bottom) = projection.at((0, 60_000_000));
        assert!(top < bottom && ((east - west) / (bottom - top) - 0.49).abs() < 0.02);
        assert!(projection.path(&shape).starts_with('M'));
        let (x, y, wide) = projection.label(&shape).unwrap();
        assert!((x - 500.0).abs() < 1.0 && y > top && y < bottom && wide > 200.0);
    }
}
