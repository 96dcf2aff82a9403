//! A task: what is to be done, who answers for it, what was done, and the one step that applies.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::{Ctx, Date};
use people::DutyKind;
use record::Event;
use store::{StoreError, Tx};
use web::kit::{Choice, Fact, Light, Photo, Step, StepState};
use web::{Errors, Fields, Lang, Page, PageError, Shell, Signed, Staff, dates, fill, page, photos, redirect};

use super::refuse;
use crate::events::{
    ConferenceTaskConfirmed, ConferenceTaskGiven, ConferenceTaskLookMoved, ConferenceTaskMoved, ConferenceTaskOverdue,
    ConferenceTaskPassed, ConferenceTaskReported, TaskId,
};
use crate::hold::ConferenceError;
use crate::permissions::{CarryOut, Convene};
use crate::read::{self, State, Task};
use crate::seen;
use crate::task::{self, MOST_PHOTOS};
use crate::texts::ConferenceTexts;

#[derive(Template)]
#[template(path = "conferences/task.html")]
struct TaskPage {
    shell: Shell,
    t: &'static ConferenceTexts,
    errors: Errors,
    fields: Fields,
    light: Light,
    left: String,
    facts: Vec<Fact>,
    text: String,
    steps: Vec<Step>,
    reports: bool,
    confirms: bool,
    postpones: bool,
    choices: Vec<Choice>,
    id: String,
    v: i64,
    op_key: String,
}

/// A task that this person may see.
fn known(tx: &mut Tx, who: &Signed, id: TaskId) -> Result<Task, PageError> {
    let task = read::task(tx, id)?.ok_or(PageError::NotFound)?;
    if read::may_see_task(tx, who, &who.tree, &task)? { Ok(task) } else { Err(PageError::NotFound) }
}

/// Who answers for the unit: the first-responsible post and those that answer beside their own work, with who holds them.
fn answers(tx: &mut Tx, ctx: &Ctx, lang: Lang, task: &Task) -> Result<Vec<Fact>, StoreError> {
    let t = ConferenceTexts::of(lang);
    let mut facts = Vec::new();
    for duty in people::duties_of(tx, task.unit)? {
        let holders = people::read::holders_in(tx, ctx.now, duty.post_unit)?;
        let names: Vec<&str> = holders.iter().filter(|holding| holding.post == duty.post).map(|holding| holding.name.as_str()).collect();
        let who = format!("{} {}", duty.title, names.join(" ")).trim().to_owned();
        let term = if duty.kind == DutyKind::Principal { t.fact_principal } else { t.fact_dual };
        facts.push(Fact::new(term, format!("{who} · {}", duty.matter)));
    }
    Ok(facts)
}

fn step(lang: Lang, ctx: &Ctx, tree: &people::Tree, event: &Event) -> Option<(String, StepState)> {
    let t = ConferenceTexts::of(lang);
    let by = |words: &str, due| fill(words, &[("due", &dates::by(lang, due, ctx.now))]);
    if let Ok(f) = event.facts::<ConferenceTaskGiven>() {
        return Some((by(t.step_given, f.due), StepState::Past));
    }
    if let Ok(f) = event.facts::<ConferenceTaskReported>() {
        return Some(if f.in_time {
            (t.step_reported.to_owned(), StepState::Past)
        } else {
            (t.step_reported_late.to_owned(), StepState::Bad)
        });
    }
    if let Ok(f) = event.facts::<ConferenceTaskConfirmed>() {
        return Some(match f.due {
            None => (t.step_done.to_owned(), StepState::Past),
            Some(due) => (by(t.step_returned, due), StepState::Bad),
        });
    }
    if let Ok(f) = event.facts::<ConferenceTaskMoved>() {
        return Some((by(t.step_moved, f.due), StepState::Past));
    }
    if let Ok(f) = event.facts::<ConferenceTaskLookMoved>() {
        return Some((by(t.step_look_moved, f.due), StepState::Past));
    }
    if let Ok(f) = event.facts::<ConferenceTaskOverdue>() {
        return Some((if f.confirming { t.step_overdue_confirm } else { t.step_overdue }.to_owned(), StepState::Bad));
    }
    let f = event.facts::<ConferenceTaskPassed>().ok()?;
    Some((fill(t.step_passed, &[("unit", &tree.full_name(f.unit))]), StepState::Past))
}

pub(super) async fn show(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    shown(&staff, &id, Fields::default(), Errors::none()).await
}

async fn shown(staff: &Staff, id: &str, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    let id: TaskId = id.parse().map_err(|_| PageError::NotFound)?;
    let op_key = fields.get("op_key").map_or_else(|| staff.op_key(), str::to_owned);
    staff
        .read(move |tx, ctx, who| {
            let task = known(tx, who, id)?;
            let (lang, tree) = (who.visit().lang, &who.tree);
            let t = ConferenceTexts::of(lang);
            let mut steps = Vec::new();
            for (event, words, evidence) in read::steps(tx, id)? {
                let Some((title, state)) = step(lang, ctx, tree, &event) else { continue };
                let mut step = Step::new(title, dates::moment(lang, event.occurred_at, ctx.now)).text(words).state(state);
                let photo = |digest: &[u8; 32]| {
                    let full = format!("/conferences/t/{id}/photo/{}", record::hex(digest));
                    Photo { thumb: full.clone(), full, alt: t.photo.to_owned() }
                };
                step.photos = evidence.iter().map(photo).collect();
                if let record::Actor::Person(person) = event.actor {
                    step = step.who(people::read::name_of(tx, person)?.unwrap_or_default());
                }
                steps.push(step);
            }
            let held = read::conference(tx, task.conference)?.ok_or(PageError::NotFound)?;
            let (light, left) = seen::light(ctx, lang, &task);
            let mut facts = vec![Fact::new(t.fact_unit, tree.full_name(task.unit))];
            facts.extend(answers(tx, ctx, lang, &task)?);
            let due = if task.state == State::Reported { t.fact_confirm_due } else { t.fact_due };
            let from = Fact::new(t.fact_conference, held.title.clone());
            let opens = read::may_see(who, tree, &held);
            facts.extend([
                Fact::new(t.fact_by, tree.full_name(task.by)),
                if opens { from.to(format!("/conferences/{}", held.id)) } else { from },
                Fact::new(due, dates::by(lang, task.due, ctx.now)),
                Fact::new(t.fact_state, seen::state(lang, task.state)),
            ]);
            let convenes = who.each::<Convene>().any(|proof| proof.unit() == task.by);
            let carries = who.each::<CarryOut>().any(|proof| proof.unit() == task.unit);
            let chosen = fields.value("done");
            page(&TaskPage {
                shell: who.shell(t.task),
                t,
                errors: errors.clone(),
                light,
                left,
                facts,
                steps,
                reports: carries && task.state == State::Open,
                confirms: convenes && task.state == State::Reported,
                postpones: convenes && task.state == State::Open,
                choices: vec![
                    Choice::new("1", t.confirm_done).chosen(chosen == "1"),
                    Choice::new("0", t.confirm_again).chosen(chosen == "0"),
                ],
                id: id.to_string(),
                v: task.v,
                text: task.text,
                op_key: op_key.clone(),
                fields: fields.clone(),
            })
        })
        .await
}

pub(super) async fn report(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (key, t) = (fields.op_key()?, ConferenceTexts::of(staff.lang));
    let task: TaskId = id.parse().map_err(|_| PageError::NotFound)?;
    let (taken, refused) = photos::take_each(staff.visit(), &fields, "photo", MOST_PHOTOS).await?;
    let refused: Vec<String> = refused.iter().filter_map(|error| error.words(staff.lang)).collect();
    if !refused.is_empty() {
        let mut errors = Errors::none();
        errors.add("photo", refused.join("；"));
        return Ok(shown(&staff, &id, fields, errors).await?.again().into_response());
    }
    let sent = fields.clone();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let at = read::task(tx, task)?.ok_or(ConferenceError::NotFound)?;
            let proof = who.each::<CarryOut>().find(|proof| proof.unit() == at.unit).ok_or(ConferenceError::Denied)?;
            let digests: Vec<[u8; 32]> = taken.iter().map(|photo| photo.digest).collect();
            store::once(tx, ctx.now, &key, "conferences.report", who.person.bytes(), |tx| {
                task::report(tx, ctx, &proof, task, sent.int("v").unwrap_or(0), sent.value("text"), &digests)?;
                for photo in &taken {
                    photos::keep(tx, photo, task.0)?;
                }
                Ok::<_, ConferenceError>(())
            })
        })
        .await?;
    answer(&staff, id, fields, done, t.reported).await
}

pub(super) async fn confirm(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (key, t) = (fields.op_key()?, ConferenceTexts::of(staff.lang));
    let task: TaskId = id.parse().map_err(|_| PageError::NotFound)?;
    if !fields.chose("done", "1") && !fields.chose("done", "0") {
        let mut errors = Errors::none();
        errors.add("done", t.choose);
        return Ok(shown(&staff, &id, fields, errors).await?.again().into_response());
    }
    let sent = fields.clone();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let at = read::task(tx, task)?.ok_or(ConferenceError::NotFound)?;
            let proof = who.each::<Convene>().find(|proof| proof.unit() == at.by).ok_or(ConferenceError::Denied)?;
            let again = match sent.chose("done", "0") {
                true => Some(sent.value("due").parse::<Date>().map_err(|_| ConferenceError::Field("due"))?),
                false => None,
            };
            store::once(tx, ctx.now, &key, "conferences.confirm", who.person.bytes(), |tx| {
                task::confirm(tx, ctx, &proof, task, sent.int("v").unwrap_or(0), again, sent.value("text"))
            })
        })
        .await?;
    answer(&staff, id, fields, done, t.confirmed).await
}

pub(super) async fn postpone(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (key, t) = (fields.op_key()?, ConferenceTexts::of(staff.lang));
    let task: TaskId = id.parse().map_err(|_| PageError::NotFound)?;
    let sent = fields.clone();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let at = read::task(tx, task)?.ok_or(ConferenceError::NotFound)?;
            let proof = who.each::<Convene>().find(|proof| proof.unit() == at.by).ok_or(ConferenceError::Denied)?;
            let day = sent.value("due").parse::<Date>().map_err(|_| ConferenceError::Field("due"))?;
            store::once(tx, ctx.now, &key, "conferences.postpone", who.person.bytes(), |tx| {
                task::postpone(tx, ctx, &proof, task, sent.int("v").unwrap_or(0), day, sent.value("why"))
            })
        })
        .await?;
    answer(&staff, id, fields, done, t.postponed).await
}

async fn answer(staff: &Staff, id: String, fields: Fields, done: Result<(), ConferenceError>, words: &str) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(redirect(format!("/conferences/t/{id}")).done(words).into_response()),
        Err(error) => {
            let errors = refuse(ConferenceTexts::of(staff.lang), error)?;
            Ok(shown(staff, &id, fields, errors).await?.again().into_response())
        }
    }
}

pub(super) async fn photo(staff: Staff, Path((id, digest)): Path<(String, String)>) -> Result<Response, PageError> {
    let id: TaskId = id.parse().map_err(|_| PageError::NotFound)?;
    let wanted = photos::parse_digest(&digest).ok_or(PageError::NotFound)?;
    staff
        .read(move |tx, _, who| {
            known(tx, who, id)?;
            let there = read::steps(tx, id)?.into_iter().any(|(_, _, evidence)| evidence.contains(&wanted));
            there.then_some(()).ok_or(PageError::NotFound)
        })
        .await?;
    photos::serve(&staff.district, wanted).await
}
