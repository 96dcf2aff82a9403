//! Signing in to a day: the screen with its changing code, what a phone sees that scanned it, the registrar's desk.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::PersonId;
use web::kit::Choice;
use web::{Errors, Fields, Page, PageError, Shell, Staff, fill, page, redirect};

use super::classes::of_class;
use super::{learner, person, refusal, teacher};
use crate::attend;
use crate::model::{ClassState, DayId, SeatState};
use crate::operate::LearnError;
use crate::permissions::Learn;
use crate::read;
use crate::texts::LearnTexts;

#[derive(Template)]
#[template(path = "learning/screen.html")]
struct ScreenPage {
    shell: Shell,
    t: &'static LearnTexts,
    id: String,
    class: String,
    link: String,
    svg: String,
    short: String,
    seconds: i64,
    came: String,
    early: bool,
    people: Vec<Choice>,
    errors: Errors,
}

/// The screen for the room: it asks for itself anew when the code turns, with a script or without.
pub(super) async fn screen(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    draw(&staff, id, Errors::none()).await
}

async fn draw(staff: &Staff, id: String, errors: Errors) -> Result<Page, PageError> {
    let id: DayId = id.parse().map_err(|_| PageError::NotFound)?;
    staff
        .read(move |tx, ctx, who| {
            let t = LearnTexts::of(who.visit().lang);
            let day = read::day(tx, id)?.ok_or(PageError::NotFound)?;
            let class = read::class(tx, day.class)?.ok_or(PageError::NotFound)?;
            teacher(who, class.unit).ok_or(PageError::Forbidden)?;
            // No code is shown for what is over or not held: nobody could sign in with it.
            if class.state != ClassState::Open || ctx.now > day.ends {
                return Err(PageError::Conflict(t.screen_closed.to_owned()));
            }
            let (long, short, seconds) = attend::screen(ctx, id);
            let link = who.visit().link(&format!("/learning/days/{id}/in?c={long}"));
            let came: Vec<PersonId> = read::came(tx, class.id)?.into_iter().filter(|one| one.0 == id).map(|one| one.1).collect();
            let seats: Vec<read::Seat> = read::seats(tx, class.id)?.into_iter().filter(|seat| seat.state == SeatState::In).collect();
            let mut people = Vec::new();
            for seat in seats.iter().filter(|seat| !came.contains(&seat.person)) {
                people.push(Choice::new(seat.person.to_string(), person(tx, seat.person)?));
            }
            page(&ScreenPage {
                shell: who.shell(fill(t.screen_title, &[("title", &class.title)])),
                t,
                id: id.to_string(),
                class: class.id.to_string(),
                svg: web::qr::svg(&link, t.screen_scan).unwrap_or_default(),
                link,
                short,
                seconds,
                came: fill(t.screen_came, &[("n", &came.len()), ("of", &seats.len())]),
                early: ctx.now < day.starts.plus(-attend::EARLY),
                people,
                errors: errors.clone(),
            })
        })
        .await
}

/// The registrar signs somebody in by the digits on the screen.
pub(super) async fn desk(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let t = LearnTexts::of(staff.lang);
    staff.limit(web::Limit::SignIn)?;
    let day: DayId = id.parse().map_err(|_| PageError::NotFound)?;
    let who_came = fields.id::<PersonId>("person");
    let code = fields.value("code").to_owned();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let class = read::day(tx, day)?.ok_or(LearnError::NotFound)?.class;
            let proof = of_class(tx, who, class)?;
            let person = who_came.ok_or(LearnError::Field("person"))?;
            attend::enter(tx, ctx, &proof, &who.tree, (day, person), &code)
        })
        .await?;
    match done {
        Ok(first) => {
            let words = if first { t.desk_came } else { t.desk_before };
            Ok(redirect(format!("/learning/days/{id}/screen")).done(words).into_response())
        }
        Err(error) => {
            let (field, words) = refusal(t, error)?;
            let mut errors = Errors::none();
            errors.add(field, if field == "person" { t.desk_person } else { words });
            Ok(draw(&staff, id, errors).await?.again().into_response())
        }
    }
}

#[derive(Template)]
#[template(path = "learning/sign.html")]
struct SignPage {
    shell: Shell,
    t: &'static LearnTexts,
    id: String,
    class: String,
    title: String,
    slip: String,
    done: bool,
}

/// What a phone sees that scanned the code: a slip, and a button. Looking at a page signs nobody in.
pub(super) async fn scanned(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Page, PageError> {
    let id: DayId = id.parse().map_err(|_| PageError::NotFound)?;
    staff
        .read(move |tx, ctx, who| {
            let t = LearnTexts::of(who.visit().lang);
            learner(who)?;
            let day = read::day(tx, id)?.ok_or(PageError::NotFound)?;
            let class = read::class(tx, day.class)?.ok_or(PageError::NotFound)?;
            let done = read::came(tx, class.id)?.iter().any(|one| one.0 == id && one.1 == who.person);
            if !done && (class.state != ClassState::Open || ctx.now > day.ends) {
                return Err(PageError::Conflict(t.screen_closed.to_owned()));
            }
            let slip = match attend::slip(ctx, id, who.person, fields.value("c")) {
                Ok(slip) => slip,
                Err(_) if done => String::new(),
                Err(_) => return Err(PageError::Conflict(t.sign_old.to_owned())),
            };
            page(&SignPage {
                shell: who.shell(t.sign_title),
                t,
                id: id.to_string(),
                class: class.id.to_string(),
                title: class.title,
                slip,
                done,
            })
        })
        .await
}

/// Sign in with the slip.
pub(super) async fn sign_in(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let t = LearnTexts::of(staff.lang);
    let day: DayId = id.parse().map_err(|_| PageError::NotFound)?;
    let slip = fields.value("slip").to_owned();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = who.has::<Learn>().ok_or(LearnError::Denied)?;
            attend::sign_in(tx, ctx, &proof, day, &slip)?;
            Ok::<_, LearnError>(read::day(tx, day)?.ok_or(LearnError::NotFound)?.class)
        })
        .await?;
    match done {
        Ok(class) => Ok(redirect(format!("/learning/classes/{class}")).done(t.sign_done).into_response()),
        Err(LearnError::Code) => Err(PageError::Conflict(t.sign_old.to_owned())),
        Err(error) => Err(refusal(t, error).err().unwrap_or(PageError::BadForm)),
    }
}
