//! Typing in an answer sheet of a test that was sat on paper.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::PersonId;
use web::kit::Choice;
use web::shell::Tone;
use web::{Fields, Page, PageError, Shell, Staff, fill, page, redirect};

use super::{id, organised, sit};
use crate::events::TestId;
use crate::sit::key_of;
use crate::texts::TheoryTexts;
use crate::typed::{TypeError, Typed, type_sheet};
use crate::{read, render};

#[derive(Template)]
#[template(path = "theory/typed.html")]
struct TypedPage {
    shell: Shell,
    t: &'static TheoryTexts,
    base: String,
    people: Vec<Choice>,
    versions: Vec<Choice>,
    person: String,
    variant: i64,
    name: String,
    body: String,
    op_key: String,
}

/// First whose sheet it is, then the sheet.
pub(super) async fn form(staff: Staff, Path(test): Path<String>, fields: Fields) -> Result<Page, PageError> {
    let test: TestId = id(&test)?;
    let op_key = staff.op_key();
    staff
        .read(move |tx, _, who| {
            let (test, _) = organised(tx, who, test)?;
            let lang = who.visit().lang;
            let t = TheoryTexts::of(lang);
            let variant = fields.int("variant").unwrap_or(1).clamp(1, test.variants);
            let sat: Vec<PersonId> = read::attempts_of(tx, test.id)?.into_iter().map(|attempt| attempt.person).collect();
            let (mut people, mut name) = (Vec::new(), String::new());
            let chosen = fields.id::<PersonId>("person");
            for seat in
                read::seats(tx, test.id)?.into_iter().filter(|seat| !sat.contains(&seat.person) && seat.person != who.person).take(500)
            {
                let label = format!("{} {}", people::read::name_of(tx, seat.person)?.unwrap_or_default(), who.tree.full_name(seat.unit));
                if chosen == Some(seat.person) {
                    name.clone_from(&label);
                }
                people.push(Choice::new(seat.person.to_string(), label));
            }
            let mut body = String::new();
            if !name.is_empty() {
                let items = read::items(tx, test.paper, variant)?;
                let mut questions = Vec::new();
                for item in &items {
                    questions.push((item.q, read::version(tx, item.q, item.v)?));
                }
                let find = |item: &crate::model::Item| questions.iter().find(|(q, _)| *q == item.q).and_then(|(_, found)| found.as_ref());
                body = render::filled(lang, &items, find, None);
            }
            page(&TypedPage {
                shell: who.shell(format!("{} · {}", t.typed, test.name)),
                t,
                base: format!("/tests/t/{}", test.id),
                people,
                versions: (1..=test.variants)
                    .map(|n| Choice::new(n.to_string(), fill(t.variant, &[("n", &n)])).chosen(n == variant))
                    .collect(),
                person: chosen.filter(|_| !name.is_empty()).map(|person| person.to_string()).unwrap_or_default(),
                variant,
                name,
                body,
                op_key: op_key.clone(),
            })
        })
        .await
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
