//! Training classes and lectures: the list, one of them, joining, leave, announcing, closing with certificates.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::{Ctx, PersonId, Time};
use store::Tx;
use web::kit::{Choice, Fact};
use web::{Errors, Fields, Lang, Page, PageError, Shell, Signed, Staff, dates, fill, page, redirect};

use super::days::span;
use super::{Row, Tab, class_sort, learner, name, person, refusal, tabs, teacher};
use crate::class;
use crate::model::{ClassId, ClassState, DayId, LeaveState, SeatState, hours};
use crate::operate::LearnError;
use crate::permissions::{Learn, Teach};
use crate::texts::LearnTexts;
use crate::{read, seat, sight};

/// How a class stands, in a word.
fn state(t: &LearnTexts, class: &read::Class, days: &[read::Day], now: Time) -> (&'static str, &'static str) {
    match class.state {
        ClassState::Finished => (t.state_finished, ""),
        ClassState::Cancelled => (t.state_cancelled, "warning"),
        ClassState::Open if now <= class.join_until => (t.state_joining, "success"),
        ClassState::Open if days.last().is_some_and(|day| now >= day.ends) => (t.state_over, "warning"),
        ClassState::Open => (t.state_running, "info"),
    }
}

#[derive(Template)]
#[template(path = "learning/classes.html")]
struct ListPage {
    shell: Shell,
    t: &'static LearnTexts,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    /// What was finished or is not held.
    past: Vec<Row>,
    may_make: bool,
}

/// The list: what is to come or to be finished first, then what is over.
pub(super) async fn list(staff: Staff) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            learner(who)?;
            let lang = who.visit().lang;
            let t = LearnTexts::of(lang);
            let (mut rows, mut past) = (Vec::new(), Vec::new());
            for class in read::classes(tx)? {
                if !sight::class_listed(tx, who, &who.tree, &class)? {
                    continue;
                }
                let days = read::days(tx, class.id)?;
                let first = days.first().map(|day| dates::moment(lang, day.starts, ctx.now)).unwrap_or_default();
                let (tag, tone) = state(t, &class, &days, ctx.now);
                let list = if class.state == ClassState::Open { &mut rows } else { &mut past };
                list.push(Row {
                    href: format!("/learning/classes/{}", class.id),
                    title: class.title,
                    sub: [class_sort(t, class.sort).to_owned(), first, class.place, name(&who.tree, class.unit)].join(" · "),
                    tag: tag.to_owned(),
                    tone,
                    end: format!("{}/{}", class.taken, class.quota),
                });
            }
            page(&ListPage {
                shell: who.shell(t.classes),
                t,
                tabs: tabs(who, "/learning/classes"),
                rows,
                past,
                may_make: who.has::<Teach>().is_some(),
            })
        })
        .await
}

struct DayRow {
    id: String,
    name: String,
    when: String,
    mine: &'static str,
    tone: &'static str,
    /// Whether the sign-in screen is to be had.
    screen: bool,
}

struct SeatRow {
    name: String,
    state: String,
    tone: &'static str,
    days: Vec<&'static str>,
}

struct LeaveRow {
    day: String,
    person: String,
    name: String,
    when: String,
    reason: String,
    state: &'static str,
    asked: bool,
}

/// A correction: when, by whom, what.
struct Change {
    when: String,
    who: String,
    lines: Vec<String>,
}

/// What was corrected each time, the last first, in the reader's language.
fn changes(tx: &mut Tx, ctx: &Ctx, lang: Lang, class: &read::Class, days: &[read::Day]) -> Result<Vec<Change>, PageError> {
    let t = LearnTexts::of(lang);
    let mut after = read::ClassWas {
        title: class.title.clone(),
        place: class.place.clone(),
        notice: class.notice.clone(),
        quota: class.quota,
        join_until: class.join_until,
        must: class.must,
        days: days.iter().map(|day| (day.starts, day.ends, day.minutes)).collect(),
        at: ctx.now,
        by: PersonId::default(),
    };
    let mut all = Vec::new();
    for was in read::class_was(tx, class.id)?.into_iter().rev() {
        let times = |one: &read::ClassWas| {
            let day = |(starts, ends, minutes): &(Time, Time, i64)| {
                format!("{} {}", span(lang, (*starts, *ends), ctx.now), fill(t.hours_n, &[("n", &hours(*minutes))]))
            };
            one.days.iter().map(day).collect::<Vec<_>>().join(if lang.is_chinese() { "；" } else { "; " })
        };
        let until = |one: &read::ClassWas| dates::moment(lang, one.join_until, ctx.now);
        let rows = [
            (t.f_title, was.title.clone(), after.title.clone()),
            (t.class_where, was.place.clone(), after.place.clone()),
            (t.class_when, times(&was), times(&after)),
            (t.class_seats, was.quota.to_string(), after.quota.to_string()),
            (t.class_until, until(&was), until(&after)),
            (t.f_must, was.must.to_string(), after.must.to_string()),
        ];
        let mut lines: Vec<String> = rows
            .into_iter()
            .filter(|(_, old, new)| old != new)
            .map(|(what, old, new)| fill(t.changes_line, &[("what", &what), ("old", &old), ("new", &new)]))
            .collect();
        if was.notice != after.notice {
            lines.push(t.changes_notice.to_owned());
        }
        all.push(Change { when: dates::moment(lang, was.at, ctx.now), who: person(tx, was.by)?, lines });
        after = was;
    }
    Ok(all)
}

#[derive(Template)]
#[template(path = "learning/class.html")]
struct ClassPage {
    shell: Shell,
    t: &'static LearnTexts,
    id: String,
    state: &'static str,
    tone: &'static str,
    facts: Vec<Fact>,
    notice: String,
    cancelled: String,
    seat: String,
    seat_tone: &'static str,
    may_join: bool,
    may_leave: bool,
    may_ask: bool,
    certificate: String,
    days: Vec<DayRow>,
    ask_days: Vec<Choice>,
    teaches: bool,
    runs: bool,
    may_finish: bool,
    changes: Vec<Change>,
    seats: Vec<SeatRow>,
    leaves: Vec<LeaveRow>,
    errors: Errors,
    typed: String,
    op_key: String,
}

/// One class.
pub(super) async fn show(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    draw(&staff, id, String::new(), Errors::none()).await
}

fn leave_state(t: &LearnTexts, state: LeaveState) -> &'static str {
    match state {
        LeaveState::Asked => t.leave_state_asked,
        LeaveState::Granted => t.leave_state_granted,
        LeaveState::Denied => t.leave_state_denied,
    }
}

async fn draw(staff: &Staff, id: String, typed: String, errors: Errors) -> Result<Page, PageError> {
    let id: ClassId = id.parse().map_err(|_| PageError::NotFound)?;
    staff
        .read(move |tx, ctx, who| {
            learner(who)?;
            let lang = who.visit().lang;
            let t = LearnTexts::of(lang);
            let class = read::class(tx, id)?.ok_or(PageError::NotFound)?;
            if !sight::class(tx, who, &who.tree, &class)? {
                return Err(PageError::NotFound);
            }
            let (days, seats) = (read::days(tx, id)?, read::seats(tx, id)?);
            let (leaves, came) = (read::leaves(tx, id)?, read::came(tx, id)?);
            let is_here = |day: DayId, person: PersonId| came.iter().any(|one| one.0 == day && one.1 == person);
            let leave_of =
                |day: DayId, person: PersonId| leaves.iter().find(|one| one.day == day && one.person == person).map(|one| one.state);
            let waiting: Vec<PersonId> = seats.iter().filter(|one| one.state == SeatState::Waiting).map(|one| one.person).collect();
            let place = |person: PersonId| waiting.iter().position(|one| *one == person).map_or(0, |at| at + 1);
            let mine = seats.iter().find(|one| one.person == who.person).map(|one| one.state).filter(|state| *state != SeatState::Left);
            let (said, seat_tone) = match mine {
                Some(SeatState::In) => (t.seat_in.to_owned(), "success"),
                Some(_) => (fill(t.seat_waiting, &[("n", &place(who.person))]), "warning"),
                None => (String::new(), ""),
            };
            let began = days.first().is_some_and(|day| ctx.now >= day.starts);
            let open = class.state == ClassState::Open;
            let teaches = teacher(who, class.unit).is_some();
            let day_rows = (1..).zip(&days).map(|(n, day)| {
                let (mine, tone) = match (mine == Some(SeatState::In), is_here(day.id, who.person), leave_of(day.id, who.person)) {
                    (true, true, _) => (t.day_present, "success"),
                    (true, false, Some(leave)) => (leave_state(t, leave), "info"),
                    (true, false, None) if ctx.now > day.ends => (t.day_absent, "warning"),
                    _ => ("", ""),
                };
                DayRow {
                    id: day.id.to_string(),
                    name: fill(t.day_n, &[("n", &n)]),
                    when: span(lang, (day.starts, day.ends), ctx.now),
                    mine,
                    tone,
                    screen: teaches && open && ctx.now <= day.ends,
                }
            });
            let ask_days =
                (1..).zip(&days).filter(|(_, day)| ctx.now <= day.ends && leave_of(day.id, who.person).is_none()).map(|(n, day)| {
                    Choice::new(
                        day.id.to_string(),
                        format!("{} {}", fill(t.day_n, &[("n", &n)]), dates::day(lang, day.starts.date(), ctx.now)),
                    )
                });
            let (mut seat_rows, mut leave_rows) = (Vec::new(), Vec::new());
            if teaches {
                for seat in seats.iter().filter(|seat| seat.state != SeatState::Left) {
                    let (state, tone) = match seat.state {
                        SeatState::In => (t.seat_in.to_owned(), "success"),
                        _ => (fill(t.seat_waiting, &[("n", &place(seat.person))]), "warning"),
                    };
                    let cells = days.iter().map(|day| {
                        if is_here(day.id, seat.person) {
                            t.day_present
                        } else if let Some(leave) = leave_of(day.id, seat.person) {
                            leave_state(t, leave)
                        } else if ctx.now > day.ends && seat.state == SeatState::In {
                            t.day_absent
                        } else {
                            "–"
                        }
                    });
                    seat_rows.push(SeatRow { name: person(tx, seat.person)?, state, tone, days: cells.collect() });
                }
                for leave in &leaves {
                    let at = days.iter().position(|day| day.id == leave.day).map_or(0, |at| at + 1);
                    leave_rows.push(LeaveRow {
                        day: leave.day.to_string(),
                        person: leave.person.to_string(),
                        name: person(tx, leave.person)?,
                        when: fill(t.day_n, &[("n", &at)]),
                        reason: leave.reason.clone(),
                        state: leave_state(t, leave.state),
                        asked: leave.state == LeaveState::Asked && open,
                    });
                }
            }
            let own = read::certificates(tx, who.person)?.into_iter().find(|given| given.of == id.0);
            let (word, tone) = state(t, &class, &days, ctx.now);
            let first = days.first().map(|day| dates::moment(lang, day.starts, ctx.now)).unwrap_or_default();
            page(&ClassPage {
                shell: who.shell(&class.title),
                t,
                id: id.to_string(),
                state: word,
                tone,
                facts: vec![
                    Fact::new(t.class_sort, class_sort(t, class.sort)),
                    Fact::new(t.class_when, first),
                    Fact::new(t.class_where, class.place.clone()),
                    Fact::new(t.class_who, name(&who.tree, class.audience)),
                    Fact::new(t.class_by, name(&who.tree, class.unit)),
                    Fact::new(
                        t.class_seats,
                        fill(t.class_seats_n, &[("taken", &class.taken), ("quota", &class.quota), ("waiting", &waiting.len())]),
                    ),
                    Fact::new(t.class_until, dates::moment(lang, class.join_until, ctx.now)),
                    Fact::new(t.class_must, fill(t.class_must_n, &[("n", &class.must), ("of", &days.len())])),
                ],
                notice: crate::markdown::html(&class.notice),
                cancelled: if class.reason.is_empty() { String::new() } else { fill(t.class_cancelled, &[("reason", &class.reason)]) },
                seat: said,
                seat_tone,
                may_join: open && mine.is_none() && ctx.now <= class.join_until && class.is_open_to(&who.tree, &who.units()),
                may_leave: open && mine.is_some() && !began,
                may_ask: open && mine == Some(SeatState::In),
                certificate: own.map(|given| format!("/learning/certificates/{}", given.id)).unwrap_or_default(),
                days: day_rows.collect(),
                ask_days: ask_days.collect(),
                teaches,
                runs: teaches && open,
                may_finish: teaches && open && days.last().is_some_and(|day| ctx.now >= day.ends),
                changes: changes(tx, ctx, lang, &class, &days)?,
                seats: seat_rows,
                leaves: leave_rows,
                errors: errors.clone(),
                typed: typed.clone(),
                op_key: who.visit().op_key(),
            })
        })
        .await
}

/// What an operation on a class came to: back to its page, in words; or the page with what is wrong.
async fn answer(staff: &Staff, id: String, typed: String, done: Result<String, LearnError>) -> Result<Response, PageError> {
    match done {
        Ok(words) => Ok(redirect(format!("/learning/classes/{id}")).done(words).into_response()),
        Err(error) => {
            let (field, words) = refusal(LearnTexts::of(staff.lang), error)?;
            let mut errors = Errors::none();
            errors.add(field, words);
            Ok(draw(staff, id, typed, errors).await?.again().into_response())
        }
    }
}

/// Join.
pub(super) async fn join(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (key, t) = (fields.op_key()?, LearnTexts::of(staff.lang));
    let class: ClassId = id.parse().map_err(|_| PageError::NotFound)?;
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = who.has::<Learn>().ok_or(LearnError::Denied)?;
            store::once(tx, ctx.now, &key, "learning.join", who.person.bytes(), |tx| {
                let state = seat::join(tx, ctx, &proof, &who.tree, &who.units(), class)?;
                Ok::<_, LearnError>(state == SeatState::In)
            })
        })
        .await?;
    let words = |seated: bool| if seated { t.class_joined } else { t.class_waits }.to_owned();
    answer(&staff, id, String::new(), done.map(words)).await
}

/// Give a seat back.
pub(super) async fn leave(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (key, t) = (fields.op_key()?, LearnTexts::of(staff.lang));
    let class: ClassId = id.parse().map_err(|_| PageError::NotFound)?;
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = who.has::<Learn>().ok_or(LearnError::Denied)?;
            store::once(tx, ctx.now, &key, "learning.seat.leave", who.person.bytes(), |tx| seat::leave(tx, ctx, &proof, class))
        })
        .await?;
    answer(&staff, id, String::new(), done.map(|()| t.class_left.to_owned())).await
}

/// Ask for leave.
pub(super) async fn ask(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let t = LearnTexts::of(staff.lang);
    let (day, reason) = (fields.id::<DayId>("day").ok_or(PageError::BadForm)?, fields.value("reason").to_owned());
    let typed = reason.clone();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = who.has::<Learn>().ok_or(LearnError::Denied)?;
            seat::ask_leave(tx, ctx, &proof, day, &reason)
        })
        .await?;
    answer(&staff, id, typed, done.map(|()| t.leave_asked.to_owned())).await
}

/// Decide on leave.
pub(super) async fn decide(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let t = LearnTexts::of(staff.lang);
    let class: ClassId = id.parse().map_err(|_| PageError::NotFound)?;
    let day = fields.id::<DayId>("day").ok_or(PageError::BadForm)?;
    let person = fields.id::<PersonId>("person").ok_or(PageError::BadForm)?;
    let granted = fields.chose("to", "grant");
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = of_class(tx, who, class)?;
            seat::decide_leave(tx, ctx, &proof, &who.tree, (day, person), granted)
        })
        .await?;
    answer(&staff, id, String::new(), done.map(|()| t.leave_decided.to_owned())).await
}

pub(super) fn of_class(tx: &mut Tx, who: &Signed, class: ClassId) -> Result<people::Proof<Teach>, LearnError> {
    let unit = read::class(tx, class)?.ok_or(LearnError::NotFound)?.unit;
    teacher(who, unit).ok_or(LearnError::Denied)
}

/// Say that a class is not held.
pub(super) async fn cancel(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let t = LearnTexts::of(staff.lang);
    let class: ClassId = id.parse().map_err(|_| PageError::NotFound)?;
    let reason = fields.value("reason").to_owned();
    let typed = reason.clone();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = of_class(tx, who, class)?;
            class::cancel(tx, ctx, &proof, &who.tree, class, &reason)
        })
        .await?;
    answer(&staff, id, typed, done.map(|()| t.state_cancelled.to_owned())).await
}

/// Close a class, with certificates.
pub(super) async fn finish(staff: Staff, Path(id): Path<String>, _: Fields) -> Result<Response, PageError> {
    let t = LearnTexts::of(staff.lang);
    let class: ClassId = id.parse().map_err(|_| PageError::NotFound)?;
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = of_class(tx, who, class)?;
            class::finish(tx, ctx, &proof, &who.tree, class)
        })
        .await?;
    answer(&staff, id, String::new(), done.map(|given| fill(t.class_finished, &[("n", &given)]))).await
}
