//! Watching a test: who sits it, some at a time or found by name, who was given what, how it went; and the page of one of them.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::{Ctx, PersonId};
use store::{StoreError, Tx};
use web::kit::{Column, Fact};
use web::shell::Tone;
use web::{Fields, Page, PageError, Shell, Signed, Staff, dates, fill, page, redirect};

use super::{home, id, organised};
use crate::events::TestId;
use crate::read::{self, Attempt, Enrolled, Test};
use crate::render::points;
use crate::seats::{self, Sat};
use crate::set_test::{self, SetError, accommodate, seat_of};
use crate::texts::{SitTexts, TheoryTexts};
use crate::typed;

/// So many rows stand on a page.
pub(super) const ON_A_PAGE: i64 = 100;

/// Somebody who sits it.
struct Row {
    href: String,
    name: String,
    unit: String,
    state: &'static str,
    tone: &'static str,
    score: String,
    more: String,
}

#[derive(Template)]
#[template(path = "theory/run.html")]
struct Run {
    shell: Shell,
    t: &'static TheoryTexts,
    state: &'static str,
    window: String,
    figures: Vec<(String, &'static str)>,
    columns: Vec<Column>,
    rows: Vec<Row>,
    q: String,
    next: String,
    base: String,
    id: String,
    /// What is still going on with the people; empty where they are all there.
    enrolling: String,
    coming: bool,
    /// Whether it was called off.
    off: bool,
    /// Why it was called off; empty where it was not.
    why: String,
    marks: bool,
    closed: bool,
    types: bool,
    /// That results wait for sheets from paper, and for how long; empty where they do not.
    waits: String,
    half: String,
    op_key: String,
}

/// How somebody stands in a test: in words, with a colour, and their best score.
pub(super) fn stands(
    tx: &mut Tx,
    ctx: &Ctx,
    s: &SitTexts,
    test: &Test,
    person: PersonId,
) -> Result<(&'static str, &'static str, Option<i64>), StoreError> {
    let sat = sat(&read::attempts(tx, test.id, person)?);
    let (state, tone) = said(ctx, s, test, sat);
    Ok((state, tone, sat.best))
}

/// What somebody's sittings come to.
pub(super) fn sat(attempts: &[Attempt]) -> Sat {
    Sat {
        best: attempts.iter().filter_map(|attempt| attempt.score).max(),
        begun: !attempts.is_empty(),
        going: attempts.last().is_some_and(|attempt| attempt.submitted.is_none()),
    }
}

/// The same in words and a colour.
pub(super) fn said(ctx: &Ctx, s: &SitTexts, test: &Test, sat: Sat) -> (&'static str, &'static str) {
    match sat.best {
        _ if test.state == "cancelled" => (s.state_cancelled, ""),
        Some(score) if test.passes(score) => (s.state_passed, "success"),
        Some(_) => (s.state_failed, "error"),
        None if sat.going => (s.state_sitting, "info"),
        None if sat.begun => (s.result_waiting, "warning"),
        None if test.is_open(ctx.now) || test.waits_for_sheets(ctx.now) => (s.state_none, ""),
        None if test.has_begun(ctx.now) => (s.state_missed, ""),
        None => (s.state_coming, ""),
    }
}

/// What somebody was given.
pub(super) fn more(t: &TheoryTexts, seat: &Enrolled) -> String {
    let time = (seat.extra > 0).then(|| fill(t.more_time, &[("n", &seat.extra)]));
    let large = seat.large.then(|| t.more_large.to_owned());
    time.into_iter().chain(large).collect::<Vec<_>>().join("、")
}

/// The page after this one, of so many rows read where one more than a page was asked for.
pub(super) fn cut(seats: &mut Vec<Enrolled>, base: &str, q: &str) -> String {
    let most = usize::try_from(ON_A_PAGE).unwrap_or(usize::MAX);
    if seats.len() <= most {
        return String::new();
    }
    seats.truncate(most);
    let last = seats.last().map(|seat| seat.person.to_string()).unwrap_or_default();
    format!("{base}?{}", web::form::encode([("q", q), ("after", last.as_str())]))
}

pub(super) async fn run(staff: Staff, Path(test): Path<String>, fields: Fields) -> Result<Page, PageError> {
    let test: TestId = id(&test)?;
    let op_key = staff.op_key();
    staff
        .read(move |tx, ctx, who| {
            let (test, _) = organised(tx, who, test)?;
            let lang = who.visit().lang;
            let (t, s) = (TheoryTexts::of(lang), SitTexts::of(lang));
            let (base, q) = (format!("/tests/t/{}", test.id), fields.value("q").trim().to_owned());
            let mut found = seats::some(tx, test.id, &q, fields.id::<PersonId>("after"), ON_A_PAGE + 1)?;
            let next = cut(&mut found, &format!("{base}/run"), &q);
            let mut rows = Vec::with_capacity(found.len());
            for seat in &found {
                let (state, tone, score) = stands(tx, ctx, s, &test, seat.person)?;
                rows.push(Row {
                    href: format!("{base}/seat/{}", seat.person),
                    name: people::read::name_of(tx, seat.person)?.unwrap_or_default(),
                    unit: who.tree.full_name(seat.unit),
                    state,
                    tone,
                    score: score.map(points).unwrap_or_default(),
                    more: more(t, seat),
                });
            }
            let standing = seats::standing(tx, &test)?;
            let figures = vec![
                (test.enrolled.to_string(), t.run_enrolled),
                (standing.going.to_string(), t.run_sitting),
                (standing.handed.to_string(), t.run_sat),
                (standing.passed.to_string(), t.run_passed),
                (standing.waiting.to_string(), t.run_waiting),
            ];
            let waits = test.waits_for_sheets(ctx.now);
            let half = if waits { typed::half(tx, test.id)? } else { 0 };
            page(&Run {
                shell: who.shell(test.name.clone()),
                t,
                state: home::state(t, &test, ctx.now).1,
                window: home::window(lang, &test, ctx.now),
                figures,
                columns: vec![
                    Column::new(t.column_name),
                    Column::new(t.column_state),
                    Column::number(t.column_score),
                    Column::new(t.column_more),
                    Column::new(t.column_unit),
                ],
                rows,
                q,
                next,
                id: test.id.to_string(),
                enrolling: if test.enrolling { fill(t.run_enrolling, &[("n", &test.enrolled)]) } else { String::new() },
                off: test.state == "cancelled",
                why: test.why.clone(),
                coming: test.state == "set" && !test.has_begun(ctx.now),
                marks: test.by_hand && standing.waiting > 0,
                closed: test.state == "closed",
                types: test.takes_sheets(ctx.now),
                waits: if waits {
                    fill(t.typing_waits, &[("when", &dates::moment(lang, test.typed_until(), ctx.now))])
                } else {
                    String::new()
                },
                half: if half > 0 { fill(t.typing_half, &[("n", &half)]) } else { String::new() },
                base,
                op_key: op_key.clone(),
            })
        })
        .await
}

#[derive(Template)]
#[template(path = "theory/seat.html")]
struct SeatPage {
    shell: Shell,
    t: &'static TheoryTexts,
    back: (String, String),
    base: String,
    facts: Vec<Fact>,
    /// Whether something can still be given.
    gives: bool,
    extra: i64,
    large: bool,
    /// Where their sheet is typed in; empty where it cannot be.
    types: String,
    op_key: String,
}

/// One of those who sit a test.
pub(super) async fn seat(staff: Staff, Path((test, person)): Path<(String, String)>) -> Result<Page, PageError> {
    let (test, person): (TestId, PersonId) = (id(&test)?, id(&person)?);
    let op_key = staff.op_key();
    staff
        .read(move |tx, ctx, who| {
            let (test, _) = organised(tx, who, test)?;
            let seat = seat_of(tx, test.id, person)?.ok_or(PageError::NotFound)?;
            let lang = who.visit().lang;
            let (t, s) = (TheoryTexts::of(lang), SitTexts::of(lang));
            let (state, _, score) = stands(tx, ctx, s, &test, person)?;
            let begun = !read::attempts(tx, test.id, person)?.is_empty();
            let mut facts = vec![Fact::new(t.column_unit, who.tree.full_name(seat.unit)), Fact::new(t.column_state, state)];
            facts.extend(score.map(|score| Fact::new(t.column_score, format!("{} / {}", points(score), points(test.full)))));
            let given = more(t, &seat);
            if !given.is_empty() {
                facts.push(Fact::new(t.column_more, given));
            }
            let base = format!("/tests/t/{}", test.id);
            page(&SeatPage {
                shell: who.shell(people::read::name_of(tx, person)?.unwrap_or_default()),
                t,
                back: (format!("{base}/run"), test.name.clone()),
                facts,
                gives: test.state == "set" && !begun,
                extra: seat.extra,
                large: seat.large,
                types: if test.takes_sheets(ctx.now) && !begun && person != who.person {
                    format!("{base}/typed?person={person}")
                } else {
                    String::new()
                },
                base: format!("{base}/seat/{person}"),
                op_key: op_key.clone(),
            })
        })
        .await
}

/// Gives somebody more time or large type.
pub(super) async fn give(staff: Staff, Path((test, person)): Path<(String, String)>, fields: Fields) -> Result<Response, PageError> {
    let (test, person): (TestId, PersonId) = (id(&test)?, id(&person)?);
    let (key, t) = (fields.op_key()?, TheoryTexts::of(staff.lang));
    let given = (fields.int("extra").unwrap_or(0), fields.has("large"));
    let done = staff
        .write(move |tx, ctx, who: &Signed| {
            let (test, proof) = organised(tx, who, test)?;
            let done =
                store::once(tx, ctx.now, &key, "theory.seat", who.person.bytes(), |tx| accommodate(tx, ctx, &proof, &test, person, given));
            match done {
                Err(SetError::Field(_)) => Ok(false),
                done => done.map(|()| true).map_err(|error| refuse(t, error)),
            }
        })
        .await?;
    let to = redirect(format!("/tests/t/{test}/seat/{person}"));
    Ok(if done { to.done(t.given) } else { to.flash(Tone::Error, t.wrong_number_field) }.into_response())
}

fn refuse(t: &TheoryTexts, error: SetError) -> PageError {
    match error {
        SetError::Store(error) => error.into(),
        SetError::NotFound => PageError::NotFound,
        SetError::Denied => PageError::Forbidden,
        SetError::NotNow => PageError::Conflict(t.wrong_now.to_owned()),
        SetError::Field(_) | SetError::Nobody => PageError::Conflict(t.wrong_number_field.to_owned()),
    }
}

pub(super) async fn cancel(staff: Staff, Path(test): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let test: TestId = id(&test)?;
    let (key, t, why) = (fields.op_key()?, TheoryTexts::of(staff.lang), fields.text("why"));
    let done = staff
        .write(move |tx, ctx, who| {
            let (test, proof) = organised(tx, who, test)?;
            let done =
                store::once(tx, ctx.now, &key, "theory.cancel", who.person.bytes(), |tx| set_test::cancel(tx, ctx, &proof, &test, &why));
            match done {
                Err(SetError::Field(_)) => Ok(false),
                done => done.map(|()| true).map_err(|error| refuse(t, error)),
            }
        })
        .await?;
    Ok(if done {
        redirect("/tests").done(t.cancelled).into_response()
    } else {
        redirect(format!("/tests/t/{test}/run")).flash(Tone::Error, t.wrong_why).into_response()
    })
}
