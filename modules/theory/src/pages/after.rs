//! After a test: marking by hand and item analysis.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use store::Tx;
use web::kit::Column;
use web::shell::Tone;
use web::{Fields, Page, PageError, Shell, Signed, Staff, fill, page, redirect};

use super::papers::tenths;
use super::{id, organised, picture_address};
use crate::analysed::of_test;
use crate::close::FEWEST;
use crate::events::{AttemptId, TestId};
use crate::mark::{self, MarkError, mark_answer};
use crate::model::letters;
use crate::permissions::Mark;
use crate::read::{self, Test};
use crate::render::{player, points};
use crate::texts::{SitTexts, TheoryTexts};

struct Waiting {
    attempt: String,
    place: i64,
    stem: String,
    /// Where its picture lies; empty where it has none.
    picture: String,
    /// What plays its recording; empty where it has none.
    player: String,
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
                        player: item.zip(question.recording.as_ref()).map(|(item, one)| player(s, item.q, 1, one)).unwrap_or_default(),
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
