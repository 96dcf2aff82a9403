//! What everybody else may see of a test that they did not set: figures of ten and more, and the people of their own unit by
//! name. All of it is read from what was kept by unit when the test was closed, and one page of people.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use base::{PersonId, UnitId};
use store::Tx;
use web::kit::Column;
use web::{Fields, Page, PageError, Shell, Signed, Staff, fill, page};

use super::{id, percent};
use crate::by_unit::{self, Sum};
use crate::close::FEWEST;
use crate::events::TestId;
use crate::permissions::{concerned, own_units};
use crate::read::{self, Test};
use crate::render::points;
use crate::seats::{self, Scored};
use crate::set_test::seat_of;
use crate::texts::{SitTexts, TheoryTexts};

/// So many people stand on a page.
const ON_A_PAGE: usize = 100;

struct UnitRow {
    name: String,
    n: String,
    mean: String,
    spread: String,
}

struct OwnRow {
    name: String,
    unit: String,
    score: String,
    state: &'static str,
    tone: &'static str,
}

#[derive(Template)]
#[template(path = "theory/figures.html")]
struct Figures {
    shell: Shell,
    base: String,
    t: &'static TheoryTexts,
    whole: String,
    columns: Vec<Column>,
    units: Vec<UnitRow>,
    own: Vec<OwnRow>,
    own_columns: Vec<Column>,
    next: String,
}

/// Figures of groups that exclude one another, so that nothing follows about fewer than [`FEWEST`]: a group with fewer is
/// not told; and where the groups that are not told are together fewer, the next smallest is not told either, since it and
/// the whole would tell. Answers which may be told.
pub(crate) fn told(sizes: &[i64]) -> Vec<bool> {
    let mut told: Vec<bool> = sizes.iter().map(|n| *n >= FEWEST).collect();
    loop {
        let hidden: i64 = sizes.iter().zip(&told).filter(|(_, told)| !**told).map(|(n, _)| *n).sum();
        if hidden == 0 || hidden >= FEWEST {
            return told;
        }
        let smallest = (0..sizes.len()).filter(|at| told.get(*at) == Some(&true)).min_by_key(|at| sizes.get(*at).copied());
        match smallest.and_then(|at| told.get_mut(at)) {
            Some(one) => *one = false,
            None => return told,
        }
    }
}

/// What who did not set the test sees: the people of their own unit by name, and of all others n, mean and spread, from ten
/// on, once the test is closed and nothing in it changes any more. What follows for those they do not know by name from what
/// they do know must be of ten people too.
pub(super) async fn figures(staff: Staff, Path(test): Path<String>, fields: Fields) -> Result<Page, PageError> {
    let test: TestId = id(&test)?;
    staff
        .read(move |tx, _, who| {
            let test = read::test(tx, test)?.ok_or(PageError::NotFound)?;
            let own = own_units(who, &who.tree);
            let seat = seat_of(tx, test.id, who.person)?;
            if !concerned(who, &who.tree, &test) && seat.is_none() && !seats::any_of(tx, test.id, &own)? {
                return Err(PageError::NotFound);
            }
            let t = TheoryTexts::of(who.visit().lang);
            let mut shown = empty(who, t, &test);
            if test.state != "closed" {
                return page(&shown);
            }
            let kept = by_unit::kept(tx, test.id)?;
            // The reader is known to themselves, if they have a score.
            let myself = match seat {
                Some(seat) if !own.contains(&seat.unit) => {
                    let scored = read::attempts(tx, test.id, who.person)?.iter().any(|attempt| attempt.score.is_some());
                    scored.then_some(seat.unit)
                }
                _ => None,
            };
            tell(&mut shown, t, who, &test, &groups(who, &test, &kept, &own, myself));
            let units: Vec<UnitId> = own.into_iter().filter(|unit| kept.iter().any(|(of, _)| of == unit)).collect();
            let after = fields.id::<UnitId>("unit").zip(fields.id::<PersonId>("after"));
            let mut people = seats::of_units(tx, test.id, &units, after, ON_A_PAGE + 1)?;
            if people.len() > ON_A_PAGE {
                people.truncate(ON_A_PAGE);
                shown.next = people.last().map(|last| next(&test, last)).unwrap_or_default();
            }
            let s = SitTexts::of(who.visit().lang);
            for one in &people {
                shown.own.push(own_row(tx, who, s, &test, one)?);
            }
            page(&shown)
        })
        .await
}

/// The page with nothing told.
fn empty(who: &Signed, t: &'static TheoryTexts, test: &Test) -> Figures {
    Figures {
        shell: who.shell(format!("{} · {}", t.figures, test.name)),
        base: format!("/tests/t/{}", test.id),
        t,
        whole: t.figures_later.to_owned(),
        columns: vec![
            Column::new(t.column_unit),
            Column::number(t.column_n),
            Column::number(t.column_mean),
            Column::number(t.column_spread),
        ],
        units: Vec::new(),
        own: Vec::new(),
        own_columns: vec![
            Column::new(t.column_name),
            Column::number(t.column_score),
            Column::new(t.column_state),
            Column::new(t.column_unit),
        ],
        next: String::new(),
    }
}

/// By group the scores added up, and how many of them the reader does not know by name.
type Groups = BTreeMap<UnitId, (Sum, i64)>;

fn groups(who: &Signed, test: &Test, kept: &[(UnitId, Sum)], own: &[UnitId], myself: Option<UnitId>) -> Groups {
    let mut groups = Groups::new();
    for (unit, sum) in kept.iter().filter(|(_, sum)| sum.sat > 0) {
        let strange = if own.contains(unit) { 0 } else { sum.sat - i64::from(myself == Some(*unit)) };
        let (all, strangers) = groups.entry(group(who, test, *unit)).or_default();
        (*all, *strangers) = (all.with(*sum), *strangers + strange);
    }
    groups
}

/// Tells what may be told of all of them and of each group.
fn tell(shown: &mut Figures, t: &TheoryTexts, who: &Signed, test: &Test, groups: &Groups) {
    let (all, unknown) = groups.values().fold((Sum::default(), 0), |(all, unknown), (sum, strange)| (all.with(*sum), unknown + strange));
    let whole = all.figures();
    if whole.sat < FEWEST || (unknown != 0 && unknown < FEWEST) {
        shown.whole = fill(t.figures_few, &[("k", &FEWEST)]);
        return;
    }
    shown.whole = fill(t.figures_text, &[("n", &whole.sat), ("mean", &percent(whole.mean)), ("spread", &percent(whole.spread))]);
    if groups.len() < 2 {
        return;
    }
    let sizes: Vec<i64> = groups.values().map(|(sum, _)| sum.sat).collect();
    // In the fixed order of units, never by score.
    let order: Vec<UnitId> = who.tree.subtree(test.scope.unwrap_or(test.unit)).iter().map(|unit| unit.id).collect();
    let mut rows: Vec<(usize, UnitRow)> = Vec::new();
    for ((unit, (sum, strange)), tells) in groups.iter().zip(told(&sizes)) {
        let one = sum.figures();
        // A group of which the reader knows some by name must leave ten others.
        let tells = tells && (*strange == 0 || *strange >= FEWEST);
        let row = UnitRow {
            name: who.tree.full_name(*unit),
            n: if tells { one.sat.to_string() } else { "–".into() },
            mean: if tells { format!("{}%", percent(one.mean)) } else { "–".into() },
            spread: if tells { percent(one.spread) } else { "–".into() },
        };
        rows.push((order.iter().position(|at| at == unit).unwrap_or(usize::MAX), row));
    }
    rows.sort_by_key(|(at, _)| *at);
    // A table in which nothing may be told says nothing.
    if rows.iter().any(|(_, row)| row.n != "–") {
        shown.units = rows.into_iter().map(|(_, row)| row).collect();
    }
}

/// The unit right under the one that sits the test, in which somebody's unit lies.
fn group(who: &Signed, test: &Test, unit: UnitId) -> UnitId {
    let top = test.scope.unwrap_or(test.unit);
    let unit = who.tree.heir(unit);
    let path = who.tree.get(unit).map_or(&[][..], |unit| unit.path.as_slice());
    match path.iter().position(|above| *above == top) {
        Some(at) => path.get(at + 1).copied().unwrap_or(unit),
        None => unit,
    }
}

fn own_row(tx: &mut Tx, who: &Signed, s: &'static SitTexts, test: &Test, one: &Scored) -> Result<OwnRow, PageError> {
    let (state, tone) = match one.best {
        Some(score) if test.passes(score) => (s.state_passed, "success"),
        Some(_) => (s.state_failed, "error"),
        None => (s.state_missed, ""),
    };
    let name = people::read::name_of(tx, one.person)?.unwrap_or_default();
    Ok(OwnRow { name, unit: who.tree.full_name(one.unit), score: one.best.map(points).unwrap_or_default(), state, tone })
}

/// The page after this person.
fn next(test: &Test, last: &Scored) -> String {
    let (unit, after) = (last.unit.to_string(), last.person.to_string());
    format!("/tests/t/{}/figures?{}", test.id, web::form::encode([("unit", unit.as_str()), ("after", after.as_str())]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_told_does_not_follow() {
        assert_eq!(told(&[12, 30]), [true, true]);
        assert_eq!(told(&[3, 12, 30]), [false, false, true], "the three would follow from the whole and the rest");
        assert_eq!(told(&[3, 8, 30]), [false, false, true], "eleven together");
        assert_eq!(told(&[3, 4]), [false, false]);
        assert_eq!(told(&[]), Vec::<bool>::new());
        for sizes in [[1, 9, 10], [1, 2, 40], [9, 11, 12], [10, 10, 1]] {
            let told = told(&sizes);
            let hidden: i64 = sizes.iter().zip(&told).filter(|(_, told)| !**told).map(|(n, _)| *n).sum();
            assert!(hidden == 0 || hidden >= FEWEST, "{sizes:?}: {hidden} would follow");
        }
    }
}
