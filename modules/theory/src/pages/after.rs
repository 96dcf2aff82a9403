//! After a test: marking by hand, item analysis, and what everybody else may see.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::{PersonId, UnitId};
use store::Tx;
use web::kit::Column;
use web::shell::Tone;
use web::{Fields, Page, PageError, Shell, Signed, Staff, fill, page, redirect};

use super::papers::tenths;
use super::{id, organised, percent, picture_address};
use crate::analysed::of_test;
use crate::close::{FEWEST, figures as reckon};
use crate::events::{AttemptId, TestId};
use crate::mark::{self, MarkError, mark_answer};
use crate::model::letters;
use crate::permissions::{Mark, SeeOwn, concerned};
use crate::read::{self, Test};
use crate::render::points;
use crate::seats;
use crate::texts::{SitTexts, TheoryTexts};

struct Waiting {
    attempt: String,
    place: i64,
    stem: String,
    /// Where its picture lies; empty where it has none.
    picture: String,
    reference: String,
    words: String,
    label: String,
    max: String,
}

#[derive(Template)]
#[template(path = "theory/mark.html")]
struct MarkPage {
    shell: Shell,
    s: &'static SitTexts,
    t: &'static TheoryTexts,
    base: String,
    left: String,
    one: Option<Waiting>,
    op_key: String,
}

fn marker(tx: &mut Tx, who: &Signed, id: TestId) -> Result<(Test, people::Proof<Mark>), PageError> {
    let test = read::test(tx, id)?.ok_or(PageError::NotFound)?;
    let proof = who.each::<Mark>().find(|proof| proof.unit() == test.unit).ok_or(PageError::NotFound)?;
    Ok((test, proof))
}

pub(super) async fn mark(staff: Staff, Path(test): Path<String>) -> Result<Page, PageError> {
    let test: TestId = id(&test)?;
    let op_key = staff.op_key();
    staff
        .read(move |tx, _, who| {
            let (test, _) = marker(tx, who, test)?;
            let lang = who.visit().lang;
            let (s, t) = (SitTexts::of(lang), TheoryTexts::of(lang));
            let (waiting, left) = mark::waiting(tx, &test, who.person, 1)?;
            let one = match waiting.into_iter().next() {
                None => None,
                Some(one) => {
                    let items = read::items(tx, test.paper, one.variant)?;
                    let item = usize::try_from(one.place).ok().and_then(|place| items.get(place));
                    let question = match item {
                        Some(item) => read::version(tx, item.q, item.v)?,
                        None => None,
                    };
                    let question = question.ok_or(PageError::NotFound)?;
                    Some(Waiting {
                        attempt: one.attempt.to_string(),
                        place: one.place,
                        picture: item.zip(question.picture).map(|(item, digest)| picture_address(item.q, &digest)).unwrap_or_default(),
                        stem: question.stem,
                        reference: question.answer,
                        words: one.words,
                        label: fill(t.mark_points, &[("max", &points(one.points))]),
                        max: points(one.points),
                    })
                }
            };
            page(&MarkPage {
                shell: who.shell(format!("{} · {}", t.mark, test.name)),
                s,
                t,
                base: format!("/tests/t/{}", test.id),
                left: fill(t.mark_left, &[("n", &left)]),
                one,
                op_key: op_key.clone(),
            })
        })
        .await
}

pub(super) async fn mark_send(staff: Staff, Path(test): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let test: TestId = id(&test)?;
    let (key, t) = (fields.op_key()?, TheoryTexts::of(staff.lang));
    let (attempt, place) = (fields.id::<AttemptId>("attempt").ok_or(PageError::BadForm)?, fields.int("place").ok_or(PageError::BadForm)?);
    let to = format!("/tests/t/{test}/mark");
    let Some(given) = tenths(fields.value("points")) else {
        return Ok(redirect(to).flash(Tone::Error, fill(t.mark_wrong, &[("max", &fields.value("max"))])).into_response());
    };
    let done = staff
        .attempt(move |tx, ctx, who| {
            let (_, proof) = marker(tx, who, test).map_err(|_| MarkError::NotFound)?;
            store::once(tx, ctx.now, &key, "theory.mark", who.person.bytes(), |tx| mark_answer(tx, ctx, &proof, attempt, place, given))
        })
        .await?;
    match done {
        Ok(()) => Ok(redirect(to).done(t.marked).into_response()),
        Err(MarkError::Points(max)) => Ok(redirect(to).flash(Tone::Error, fill(t.mark_wrong, &[("max", &points(max))])).into_response()),
        Err(MarkError::Denied | MarkError::Enough) => Ok(redirect(to).flash(Tone::Warning, t.mark_again).into_response()),
        Err(MarkError::NotFound) => Err(PageError::NotFound),
        Err(MarkError::Store(error)) => Err(error.into()),
    }
}

struct ItemRow {
    no: usize,
    stem: String,
    facility: String,
    discrimination: String,
    groups: String,
    choices: String,
    look: bool,
}

#[derive(Template)]
#[template(path = "theory/analysis.html")]
struct Analysis {
    shell: Shell,
    t: &'static TheoryTexts,
    base: String,
    few: String,
    columns: Vec<Column>,
    rows: Vec<ItemRow>,
}

/// Only for who set the test, and only from so many papers on.
pub(super) async fn analysis(staff: Staff, Path(test): Path<String>) -> Result<Page, PageError> {
    let test: TestId = id(&test)?;
    staff
        .read(move |tx, _, who| {
            let (test, _) = organised(tx, who, test)?;
            let t = TheoryTexts::of(who.visit().lang);
            let all = of_test(tx, &test)?;
            let enough = all.sat >= FEWEST;
            let mut rows = Vec::new();
            if enough {
                let mut seen = Vec::new();
                for items in &all.versions {
                    for item in items {
                        if seen.contains(&item.q) {
                            continue;
                        }
                        seen.push(item.q);
                        let (Some(question), Some(figures)) = (read::version(tx, item.q, item.v)?, all.figures.get(&item.q)) else {
                            continue;
                        };
                        let part = |(place, n): (usize, &i64)| {
                            let mark = if figures.right & (1 << place) == 0 { "" } else { "✓" };
                            format!("{}{mark} {n}", letters(1 << place))
                        };
                        let shown = if question.options.is_empty() { usize::from(figures.right != 0) * 2 } else { question.options.len() };
                        rows.push(ItemRow {
                            no: rows.len() + 1,
                            stem: base::text::excerpt(&question.stem, 40),
                            facility: if figures.by_hand { "–".into() } else { format!("{:.0}%", figures.facility * 100.0) },
                            discrimination: figures.discrimination.map_or_else(|| "–".to_owned(), |d| format!("{d:.2}")),
                            groups: if figures.by_hand { "–".into() } else { format!("{:.2}", figures.groups) },
                            choices: figures.chosen.iter().enumerate().take(shown).map(part).collect::<Vec<_>>().join("  "),
                            look: figures.discrimination.is_some_and(|d| d < 0.2),
                        });
                    }
                }
            }
            page(&Analysis {
                shell: who.shell(format!("{} · {}", t.analysis, test.name)),
                t,
                base: format!("/tests/t/{}", test.id),
                few: if enough { String::new() } else { fill(t.analysis_none, &[("k", &FEWEST)]) },
                columns: vec![
                    Column::number("#"),
                    Column::new(t.stem),
                    Column::number(t.analysis_facility),
                    Column::number(t.analysis_discrimination),
                    Column::number(t.analysis_groups),
                    Column::new(t.analysis_choices),
                ],
                rows,
            })
        })
        .await
}

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
    passed: bool,
}

#[derive(Template)]
#[template(path = "theory/figures.html")]
struct Figures {
    shell: Shell,
    base: String,
    t: &'static TheoryTexts,
    s: &'static SitTexts,
    whole: String,
    columns: Vec<Column>,
    units: Vec<UnitRow>,
    own: Vec<OwnRow>,
    own_columns: Vec<Column>,
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
pub(super) async fn figures(staff: Staff, Path(test): Path<String>) -> Result<Page, PageError> {
    let test: TestId = id(&test)?;
    staff
        .read(move |tx, _, who| {
            let test = read::test(tx, test)?.ok_or(PageError::NotFound)?;
            let lang = who.visit().lang;
            let (t, s) = (TheoryTexts::of(lang), SitTexts::of(lang));
            let seats = read::seats(tx, test.id)?;
            let concerned = concerned(who, &who.tree, &test);
            let sees_own = |unit: UnitId| who.each::<SeeOwn>().any(|proof| proof.covers(&who.tree, unit));
            let enrolled = seats.iter().any(|seat| seat.person == who.person);
            if !concerned && !enrolled && !seats.iter().any(|seat| sees_own(seat.unit)) {
                return Err(PageError::NotFound);
            }
            let mut page_ = Figures {
                shell: who.shell(format!("{} · {}", t.figures, test.name)),
                base: format!("/tests/t/{}", test.id),
                t,
                s,
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
                    Column::new(t.column_unit),
                    Column::number(t.column_score),
                    Column::new(t.column_state),
                ],
            };
            if test.state != "closed" {
                return page(&page_);
            }
            let best: BTreeMap<PersonId, i64> = seats::best(tx, test.id)?.into_iter().collect();
            // By group the scores, and how many of them the reader does not know by name.
            let mut groups: BTreeMap<UnitId, (Vec<i64>, i64)> = BTreeMap::new();
            for seat in &seats {
                let Some(score) = best.get(&seat.person) else { continue };
                let known = sees_own(seat.unit) || seat.person == who.person;
                let (scores, strange) = groups.entry(group(who, &test, seat.unit)).or_default();
                scores.push(*score);
                *strange += i64::from(!known);
                if sees_own(seat.unit) {
                    page_.own.push(own_row(tx, who, &test, seat.person, seat.unit, *score)?);
                }
            }
            let all: Vec<i64> = groups.values().flat_map(|(scores, _)| scores).copied().collect();
            let unknown: i64 = groups.values().map(|(_, strange)| strange).sum();
            let whole = reckon(&all, test.full);
            let safe = whole.sat >= FEWEST && (unknown == 0 || unknown >= FEWEST);
            page_.whole = if safe {
                fill(t.figures_text, &[("n", &whole.sat), ("mean", &percent(whole.mean)), ("spread", &percent(whole.spread))])
            } else {
                fill(t.figures_few, &[("k", &FEWEST)])
            };
            if safe && groups.len() > 1 {
                let sizes: Vec<i64> = groups.values().map(|(scores, _)| i64::try_from(scores.len()).unwrap_or(0)).collect();
                let tells = told(&sizes);
                // In the fixed order of units, never by score.
                let mut rows: Vec<(usize, UnitRow)> = Vec::new();
                let order: Vec<UnitId> = who.tree.subtree(test.scope.unwrap_or(test.unit)).iter().map(|unit| unit.id).collect();
                for ((unit, (scores, strange)), tells) in groups.iter().zip(tells) {
                    let one = reckon(scores, test.full);
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
                if rows.iter().all(|(_, row)| row.n == "–") {
                    rows.clear();
                }
                page_.units = rows.into_iter().map(|(_, row)| row).collect();
            }
            page(&page_)
        })
        .await
}

/// The unit right under the one that sits the test, in which somebody's unit lies.
fn group(who: &Signed, test: &Test, unit: UnitId) -> UnitId {
    let top = test.scope.unwrap_or(test.unit);
    let path = who.tree.get(unit).map_or(&[][..], |unit| unit.path.as_slice());
    match path.iter().position(|above| *above == top) {
        Some(at) => path.get(at + 1).copied().unwrap_or(unit),
        None => unit,
    }
}

fn own_row(tx: &mut Tx, who: &Signed, test: &Test, person: PersonId, unit: UnitId, score: i64) -> Result<OwnRow, PageError> {
    let name = people::read::name_of(tx, person)?.unwrap_or_default();
    Ok(OwnRow { name, unit: who.tree.full_name(unit), score: points(score), passed: test.passes(score) })
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
