//! How units stand on a wall: as many on a page as leave each its whole name, in letters that are read from five metres.

use crate::wall::Below;

/// Rows of one line that there is room for.
const ROWS: usize = 8;
/// How wide a Han character is.
const EM: usize = 10;
/// The widest names that two columns have room for, beside small numbers and beside large ones.
const TWO_COLUMNS: (usize, usize) = (7 * EM, 4 * EM);

/// How many columns and rows a page has, and how wide the names in it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shape {
    columns: usize,
    rows: usize,
    names: &'static str,
}

/// About how wide a text is, and rather more: a Han character is [`EM`].
pub(crate) fn width(text: &str) -> usize {
    let wide = |c: char| match c {
        'M' | 'W' | 'm' | 'w' | '%' | '@' => EM,
        'A'..='Z' => 7,
        c if c.is_ascii() => 6,
        _ => EM,
    };
    text.chars().map(wide).sum()
}

/// The most that a page has room for.
fn room(units: &[Below]) -> Shape {
    let name = units.iter().map(|unit| width(&unit.name)).max().unwrap_or(0);
    let small = units.iter().all(|unit| unit.open < 1_000 && unit.late < 100);
    if units.len() > ROWS && name <= if small { TWO_COLUMNS.0 } else { TWO_COLUMNS.1 } {
        return Shape { columns: 2, rows: ROWS, names: if small { "small" } else { "large" } };
    }
    let (rows, names) = match name.div_ceil(EM) {
        0..=7 => (ROWS, "name-7"),
        8..=12 => (ROWS, "name-12"),
        13..=17 => (ROWS, "name-17"),
        18..=20 => (ROWS, "name-all"),
        // Two lines, and three.
        21..=40 => (4, "name-all"),
        _ => (3, "name-all"),
    };
    Shape { columns: 1, rows, names }
}

/// The pages of units, each with about as many, and the classes by which all of them are drawn.
pub(crate) fn stand(units: &[Below]) -> (String, Vec<Vec<Below>>) {
    let most = room(units);
    let pages = units.len().div_ceil(most.columns * most.rows).max(1);
    let each = units.len().div_ceil(pages).max(1);
    let rows = each.div_ceil(most.columns);
    let class = format!("columns-{} rows-{rows} {}", most.columns, most.names);
    (class, units.chunks(each).map(<[Below]>::to_vec).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(n: usize, name: &str, late: i64) -> Vec<Below> {
        let one = |_| Below { name: name.to_owned(), open: 12, late, late_text: String::new(), wide: 0, late_wide: 0, sum: false };
        (0..n).map(one).collect()
    }

    #[test]
    fn each_unit_stands_on_one_page_with_room_for_its_name() {
        let long = "经济技术开发区管理委员会综合执法局";
        let longest = "某".repeat(people::NAME_LIMIT);
        for n in [0, 1, 8, 9, 16, 17, 24, 40, 100] {
            for name in
                ["东门街道", "东门街道办事处", "某某社区居民委员会", long, "某某省某某市某某区某某某某街道综合行政执法大队", &longest]
            {
                let (class, pages) = stand(&units(n, name, 3));
                assert_eq!(pages.iter().map(Vec::len).sum::<usize>(), n, "{class}");
                let rows: usize = class.split("rows-").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
                let columns = if class.starts_with("columns-2") { 2 } else { 1 };
                assert!(pages.iter().all(|page| page.len() <= rows * columns) && rows <= ROWS, "{n} of {name}: {class}");
                assert!(pages.windows(2).all(|two| two[0].len() - two[1].len() <= two[0].len() / 2 + 1), "{n} of {name}: {class}");
            }
        }
        let says = |n, name: &str, late| {
            let (class, pages) = stand(&units(n, name, late));
            (class, pages.len())
        };
        assert_eq!(says(8, "东门街道", 3), ("columns-1 rows-8 name-7".to_owned(), 1));
        assert_eq!(says(16, "东门街道", 3), ("columns-2 rows-8 small".to_owned(), 1));
        assert_eq!(says(17, "东门街道", 3), ("columns-2 rows-5 small".to_owned(), 2));
        assert_eq!(says(17, "东门街道", 300), ("columns-2 rows-5 large".to_owned(), 2));
        assert_eq!(says(9, "东门街道办事处", 300), ("columns-1 rows-5 name-7".to_owned(), 2));
        assert_eq!(says(24, long, 3), ("columns-1 rows-8 name-17".to_owned(), 3));
        assert_eq!(says(24, &longest, 3), ("columns-1 rows-3 name-all".to_owned(), 8));
    }

    #[test]
    fn a_width_is_rather_more_than_it_is() {
        assert_eq!([width("东门街道"), width("Departments"), width("WM"), width("")], [40, 71, 20, 0]);
    }
}
