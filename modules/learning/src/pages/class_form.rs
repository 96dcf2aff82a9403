//! Announcing a class, and correcting what was announced.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::{Ctx, Date, Time, UnitId};
use store::Tx;
use web::kit::Choice;
use web::{Errors, Fields, Page, PageError, Shell, Staff, page, redirect};

use super::classes::of_class;
use super::days::{days, line};
use super::{choices, class_sort, minutes_of, refusal, teacher};
use crate::class::{self, NewClass, Terms};
use crate::model::{ClassId, ClassSort, ClassState, end_of};
use crate::operate::LearnError;
use crate::permissions::{Teach, covers};
use crate::texts::LearnTexts;
use crate::{correct, hours, read};

#[derive(Template)]
#[template(path = "learning/class-form.html")]
struct FormPage {
    shell: Shell,
    t: &'static LearnTexts,
    errors: Errors,
    fields: Fields,
    op_key: String,
    sorts: Vec<Choice>,
    units: Vec<Choice>,
    audiences: Vec<Choice>,
    hours_hint: String,
}

fn sort_hint(t: &LearnTexts, sort: ClassSort) -> &'static str {
    match sort {
        ClassSort::Training => t.sort_training_hint,
        ClassSort::Rotation => t.sort_rotation_hint,
        ClassSort::Induction => t.sort_induction_hint,
        ClassSort::Lecture => t.sort_lecture_hint,
    }
}

async fn draw_form(staff: &Staff, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    staff
        .read(move |_: &mut Tx, ctx: &Ctx, who| {
            let t = LearnTexts::of(who.visit().lang);
            let own = who.has::<Teach>().ok_or(PageError::Forbidden)?.unit().to_string();
            let reach = |unit| who.each::<Teach>().any(|proof| covers(&proof, &who.tree, unit));
            let level = |unit| who.tree.level(unit) != Some(people::Level::Grid);
            let mut fields = fields.clone();
            if !fields.has("title") {
                let day = hours::of_day(ctx, hours::DAY).map(|hours| hours.to_string()).unwrap_or_default();
                let sort = ClassSort::Training.code();
                for (name, value) in [("quota", "40"), ("day_hours", day.as_str()), ("must", "1"), ("sort", sort)] {
                    fields.set(name, value);
                }
            }
            // The yearly round is held by who stands at the top of the Party's tree.
            let whole = who.each::<Teach>().any(|proof| who.tree.parent(proof.reach()).is_none());
            let sort = |sort: &ClassSort| {
                Choice::new(sort.code(), class_sort(t, *sort)).hint(sort_hint(t, *sort)).chosen(fields.chose("sort", sort.code()))
            };
            let sorts = ClassSort::ALL.iter().filter(|sort| whole || **sort != ClassSort::Rotation).map(sort).collect();
            let chosen = |name: &str| fields.get(name).map_or_else(|| own.clone(), str::to_owned);
            page(&FormPage {
                shell: who.shell(t.class_new),
                t,
                errors: errors.clone(),
                op_key: fields.get("op_key").map_or_else(|| who.visit().op_key(), str::to_owned),
                sorts,
                units: choices(&who.tree, reach, &chosen("unit"), true),
                audiences: choices(&who.tree, |unit| level(unit) && reach(unit), &chosen("audience"), false),
                hours_hint: super::hours_hint(t, ctx),
                fields,
            })
        })
        .await
}

/// The form.
pub(super) async fn form(staff: Staff) -> Result<Page, PageError> {
    draw_form(&staff, Fields::default(), Errors::none()).await
}

/// What the form says.
fn announced(fields: &Fields) -> Result<NewClass, LearnError> {
    let minutes = minutes_of(fields.value("day_hours")).ok_or(LearnError::Field("day_hours"))?;
    let days = days(fields.value("days"), minutes)?;
    // Whoever names the day of the class itself closes joining as it begins.
    let day = end_of(date(fields, "until")?);
    let until = days.first().map_or(day, |first| day.min(first.0));
    let unit = |name: &'static str| fields.id::<UnitId>(name).ok_or(LearnError::Field(name));
    Ok(NewClass {
        unit: unit("unit")?,
        audience: unit("audience")?,
        sort: ClassSort::from_code(fields.value("sort")).ok_or(LearnError::Field("sort"))?,
        terms: terms(fields, until, days)?,
    })
}

fn date(fields: &Fields, name: &'static str) -> Result<Date, LearnError> {
    fields.value(name).trim().parse::<Date>().map_err(|_| LearnError::Field(name))
}

fn terms(fields: &Fields, until: Time, days: Vec<(Time, Time, i64)>) -> Result<Terms, LearnError> {
    Ok(Terms {
        title: fields.value("title").to_owned(),
        place: fields.value("place").to_owned(),
        notice: fields.value("notice").to_owned(),
        quota: fields.int("quota").ok_or(LearnError::Field("quota"))?,
        until,
        must: fields.int("must").ok_or(LearnError::Field("must"))?,
        days,
    })
}

/// Announce a class.
pub(super) async fn announce(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (key, t) = (fields.op_key()?, LearnTexts::of(staff.lang));
    let sent = fields.clone();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let new = announced(&sent)?;
            let proof = teacher(who, new.unit).ok_or(LearnError::Denied)?;
            class::announce(tx, ctx, &proof, &who.tree, &key, &new)
        })
        .await?;
    match done {
        Ok(id) => Ok(redirect(format!("/learning/classes/{id}")).done(t.class_announced).into_response()),
        Err(error) => {
            let (field, words) = refusal(t, error)?;
            let mut errors = Errors::none();
            errors.add(field, if field == "day_hours" { t.e_hours } else { words });
            Ok(draw_form(&staff, fields, errors).await?.again().into_response())
        }
    }
}

#[derive(Template)]
#[template(path = "learning/class-correct.html")]
struct CorrectPage {
    shell: Shell,
    t: &'static LearnTexts,
    id: String,
    v: i64,
    errors: Errors,
    fields: Fields,
    op_key: String,
}

async fn draw_correct(staff: &Staff, id: ClassId, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    staff
        .read(move |tx, _, who| {
            let t = LearnTexts::of(who.visit().lang);
            let class = read::class(tx, id)?.ok_or(PageError::NotFound)?;
            teacher(who, class.unit).ok_or(PageError::Forbidden)?;
            if class.state != ClassState::Open {
                return Err(PageError::Conflict(t.e_not_now.to_owned()));
            }
            let mut fields = fields.clone();
            if !fields.has("title") {
                let days: Vec<String> = read::days(tx, id)?.iter().map(|day| line(day.starts, day.ends, day.minutes)).collect();
                for (name, value) in [
                    ("title", class.title.clone()),
                    ("notice", class.notice.clone()),
                    ("place", class.place.clone()),
                    ("days", days.join("\n")),
                    ("quota", class.quota.to_string()),
                    ("until", class.join_until.date().to_string()),
                    ("must", class.must.to_string()),
                ] {
                    fields.set(name, value);
                }
            }
            page(&CorrectPage {
                shell: who.shell(t.class_correct),
                t,
                id: id.to_string(),
                // What somebody else changed meanwhile is not undone by who did not see it.
                v: fields.int("v").unwrap_or(class.v),
                errors: errors.clone(),
                op_key: fields.get("op_key").map_or_else(|| who.visit().op_key(), str::to_owned),
                fields,
            })
        })
        .await
}

/// The form for a correction.
pub(super) async fn correct_form(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    let id: ClassId = id.parse().map_err(|_| PageError::NotFound)?;
    draw_correct(&staff, id, Fields::default(), Errors::none()).await
}

/// What the form says of a class that is there.
fn corrected(fields: &Fields, class: &read::Class, before: &[read::Day]) -> Result<Terms, LearnError> {
    let days = days(fields.value("days"), before.first().map_or(0, |day| day.minutes))?;
    let typed = date(fields, "until")?;
    // The day that stood there is the moment that stood there; where that was the beginning, it goes with the beginning.
    let at_start = before.first().is_some_and(|day| day.starts == class.join_until);
    let day = if typed == class.join_until.date() && !at_start { class.join_until } else { end_of(typed) };
    let until = days.first().map_or(day, |first| day.min(first.0));
    terms(fields, until, days)
}

/// Correct a class.
pub(super) async fn correct(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (key, t) = (fields.op_key()?, LearnTexts::of(staff.lang));
    let class: ClassId = id.parse().map_err(|_| PageError::NotFound)?;
    let sent = fields.clone();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = of_class(tx, who, class)?;
            let (found, before) = (read::class(tx, class)?.ok_or(LearnError::NotFound)?, read::days(tx, class)?);
            store::once(tx, ctx.now, &key, "learning.class.correct", who.person.bytes(), |tx| {
                let terms = corrected(&sent, &found, &before)?;
                correct::correct(tx, ctx, &proof, &who.tree, (class, sent.int("v").unwrap_or(0)), &terms)
            })
        })
        .await?;
    match done {
        Ok(()) => Ok(redirect(format!("/learning/classes/{id}")).done(t.class_corrected).into_response()),
        Err(error) => {
            let (field, words) = refusal(t, error)?;
            let mut errors = Errors::none();
            errors.add(field, words);
            Ok(draw_correct(&staff, class, fields, errors).await?.again().into_response())
        }
    }
}
