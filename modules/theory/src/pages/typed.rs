//! Typing in answer sheets of a test that was sat on paper, and saying that all are in.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::PersonId;
use store::Tx;
use web::kit::Choice;
use web::shell::Tone;
use web::{Fields, Lang, Page, PageError, Shell, Staff, fill, page, redirect};

use super::run::{ON_A_PAGE, cut};
use super::{id, organised, sit};
use crate::events::TestId;
use crate::model::Item;
use crate::read::Test;
use crate::set_test::seat_of;
use crate::sit::key_of;
use crate::texts::TheoryTexts;
use crate::typed::{TypeError, Typed, end_typing, is_half, type_sheet};
use crate::{read, render, seats};

/// Somebody whose sheet can be typed in.
struct Row {
    href: String,
    name: String,
    unit: String,
    /// Typed in once.
    half: bool,
}

#[derive(Template)]
#[template(path = "theory/typed.html")]
struct TypedPage {
    shell: Shell,
    t: &'static TheoryTexts,
    base: String,
    rows: Vec<Row>,
    q: String,
    next: String,
    versions: Vec<Choice>,
    person: String,
    name: String,
    /// The sheet; empty before it was said of which version it is.
    body: String,
    variant: i64,
    op_key: String,
}

/// First whose sheet it is, then of which version, then the sheet.
pub(super) async fn form(staff: Staff, Path(test): Path<String>, fields: Fields) -> Result<Page, PageError> {
    let test: TestId = id(&test)?;
    let op_key = staff.op_key();
    staff
        .read(move |tx, _, who| {
            let (test, _) = organised(tx, who, test)?;
            let lang = who.visit().lang;
            let t = TheoryTexts::of(lang);
            let (base, q) = (format!("/tests/t/{}", test.id), fields.value("q").trim().to_owned());
            let mut made = TypedPage {
                shell: who.shell(format!("{} · {}", t.typed, test.name)),
                t,
                base: base.clone(),
                rows: Vec::new(),
                q: q.clone(),
                next: String::new(),
                versions: (1..=test.variants).map(|n| Choice::new(n.to_string(), fill(t.variant, &[("n", &n)])).chosen(n == 1)).collect(),
                person: String::new(),
                name: String::new(),
                body: String::new(),
                variant: 0,
                op_key: op_key.clone(),
            };
            if let Some(person) = fields.id::<PersonId>("person").filter(|person| *person != who.person) {
                let seat = seat_of(tx, test.id, person)?.ok_or(PageError::NotFound)?;
                made.person = person.to_string();
                made.name = format!("{} {}", people::read::name_of(tx, person)?.unwrap_or_default(), who.tree.full_name(seat.unit));
                let one = (test.variants == 1).then_some(1);
                if let Some(variant) = one.or_else(|| fields.int("variant").filter(|n| (1..=test.variants).contains(n))) {
                    made.variant = variant;
                    made.body = sheet(tx, lang, &test, variant)?;
                }
                return page(&made);
            }
            let mut found = seats::unsat(tx, test.id, &q, fields.id::<PersonId>("after"), ON_A_PAGE + 1)?;
            made.next = cut(&mut found, &format!("{base}/typed"), &q);
            for seat in found.into_iter().filter(|seat| seat.person != who.person) {
                made.rows.push(Row {
                    href: format!("{base}/typed?person={}", seat.person),
                    name: people::read::name_of(tx, seat.person)?.unwrap_or_default(),
                    unit: who.tree.full_name(seat.unit),
                    half: is_half(tx, test.id, seat.person)?,
                });
            }
            page(&made)
        })
        .await
}

/// The questions of a version, empty, as fields.
fn sheet(tx: &mut Tx, lang: Lang, test: &Test, variant: i64) -> Result<String, PageError> {
    let items = read::items(tx, test.paper, variant)?;
    let mut questions = Vec::new();
    for item in &items {
        questions.push((item.q, read::version(tx, item.q, item.v)?));
    }
    let find = |item: &Item| questions.iter().find(|(q, _)| *q == item.q).and_then(|(_, found)| found.as_ref());
    Ok(render::filled(lang, &items, find, None))
}

/// Says that all sheets are typed in.
pub(super) async fn end(staff: Staff, Path(test): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let test: TestId = id(&test)?;
    let (t, key) = (TheoryTexts::of(staff.lang), fields.op_key()?);
    staff
        .write(move |tx, ctx, who| {
            let (test, proof) = organised(tx, who, test)?;
            let done = store::once(tx, ctx.now, &key, "theory.typed", who.person.bytes(), |tx| end_typing(tx, ctx, &proof, &test));
            done.map_err(|error| match error {
                TypeError::Store(error) => error.into(),
                _ => PageError::Conflict(t.wrong_now.to_owned()),
            })
        })
        .await?;
    Ok(redirect(format!("/tests/t/{test}/run")).done(t.typing_ended).into_response())
}

pub(super) async fn send(staff: Staff, Path(test): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let test: TestId = id(&test)?;
    let (t, key) = (TheoryTexts::of(staff.lang), fields.op_key()?);
    let person = fields.id::<PersonId>("person").ok_or(PageError::BadForm)?;
    let variant = fields.int("variant").ok_or(PageError::BadForm)?;
    let to = format!("/tests/t/{test}/typed");
    let done = staff
        .write(move |tx, ctx, who| {
            let (test, proof) = organised(tx, who, test)?;
            let answers = sit::typed(&fields, &key_of(tx, test.paper, variant)?);
            let done = store::once(tx, ctx.now, &key, "theory.type", who.person.bytes(), |tx| {
                type_sheet(tx, ctx, &proof, &test, person, variant, &answers)
            });
            // What was typed the first time is kept although it has to be said that somebody else types the second.
            Ok(match done {
                Ok(typed) => Ok(typed),
                Err(TypeError::Store(error)) => return Err(error.into()),
                Err(error) => Err(error),
            })
        })
        .await?;
    Ok(match done {
        Ok(Typed::Done) => redirect(to).done(t.typed_done).into_response(),
        Ok(Typed::First) => redirect(to).done(t.typed_first).into_response(),
        Err(TypeError::Differs(places)) => {
            let places = places.iter().map(ToString::to_string).collect::<Vec<_>>().join("、");
            redirect(to).flash(Tone::Error, fill(t.typed_differ, &[("places", &places)])).into_response()
        }
        Err(TypeError::Same) => redirect(to).flash(Tone::Warning, t.typed_same).into_response(),
        Err(TypeError::Twice) => redirect(to).flash(Tone::Warning, t.typed_twice).into_response(),
        Err(TypeError::NotNow) => redirect(to).flash(Tone::Warning, t.wrong_now).into_response(),
        Err(_) => return Err(PageError::NotFound),
    })
}
