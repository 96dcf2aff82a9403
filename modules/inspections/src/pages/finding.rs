//! A finding: what was wrong, what was done about it, and the one step that applies.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::Ctx;
use record::Event;
use store::Tx;
use web::kit::{Choice, Fact, Light, Photo, Step, StepState};
use web::{Errors, Fields, Lang, Page, PageError, Shell, Signed, Staff, dates, fill, page, photos, redirect};

use super::refuse;
use crate::events::{FindingDeadlineMoved, FindingId, FindingMade, FindingOverdue, FindingPassed, FindingRechecked, FindingRectified};
use crate::inspect::{self, Inspect, InspectError, MOST_PHOTOS, Rectify};
use crate::read::{self, Finding, State};
use crate::seen;
use crate::texts::InspectTexts;

#[derive(Template)]
#[template(path = "inspections/finding.html")]
struct FindingPage {
    shell: Shell,
    t: &'static InspectTexts,
    errors: Errors,
    light: Light,
    left: String,
    facts: Vec<Fact>,
    text: String,
    steps: Vec<Step>,
    rectifies: bool,
    rechecks: bool,
    choices: Vec<Choice>,
    typed: String,
    id: String,
    v: i64,
    op_key: String,
}

pub(super) async fn show(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    shown(&staff, &id, Fields::default(), Errors::none()).await
}

/// A finding that this person may see.
fn known(tx: &mut Tx, who: &Signed, id: FindingId) -> Result<Finding, PageError> {
    read::finding(tx, id)?.filter(|finding| read::may_see(who, &who.tree, finding.unit)).ok_or(PageError::NotFound)
}

/// What an event of a finding is called, and how it stands.
fn step(lang: Lang, ctx: &Ctx, tree: &people::Tree, event: &Event) -> Option<(String, StepState)> {
    let t = InspectTexts::of(lang);
    if event.is::<FindingMade>() {
        return Some((t.step_made.to_owned(), StepState::Past));
    }
    if let Ok(f) = event.facts::<FindingRectified>() {
        let (words, stands) = if f.in_time { (t.step_rectified, StepState::Past) } else { (t.step_rectified_late, StepState::Bad) };
        return Some((words.to_owned(), stands));
    }
    if let Ok(f) = event.facts::<FindingRechecked>() {
        let (words, stands) = if f.pass { (t.step_passed, StepState::Past) } else { (t.step_returned, StepState::Bad) };
        return Some((words.to_owned(), stands));
    }
    if let Ok(f) = event.facts::<FindingOverdue>() {
        return Some((if f.rechecking { t.step_recheck_overdue } else { t.step_overdue }.to_owned(), StepState::Bad));
    }
    if let Ok(f) = event.facts::<FindingDeadlineMoved>() {
        return Some((fill(t.step_deadline_moved, &[("due", &dates::by(lang, f.due, ctx.now))]), StepState::Past));
    }
    let passed = event.facts::<FindingPassed>().ok()?;
    Some((fill(t.step_passed_on, &[("unit", &tree.full_name(passed.unit))]), StepState::Past))
}

async fn shown(staff: &Staff, id: &str, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    let id: FindingId = id.parse().map_err(|_| PageError::NotFound)?;
    let op_key = fields.get("op_key").map_or_else(|| staff.op_key(), str::to_owned);
    staff
        .read(move |tx, ctx, who| {
            let finding = known(tx, who, id)?;
            let lang = who.visit().lang;
            let t = InspectTexts::of(lang);
            let mut steps = Vec::new();
            for (event, words, evidence) in read::steps(tx, id)? {
                let Some((title, stands)) = step(lang, ctx, &who.tree, &event) else { continue };
                let photos = evidence.iter().map(|digest| {
                    let full = format!("/inspections/f/{id}/photo/{}", record::hex(digest));
                    Photo { thumb: full.clone(), full, alt: t.photo.to_owned() }
                });
                let mut step = Step::new(title, dates::moment(lang, event.occurred_at, ctx.now)).text(words).state(stands);
                step.photos = photos.collect();
                steps.push(step);
            }
            let (light, left) = seen::light(ctx, lang, &finding);
            let own = who.each::<Rectify>().any(|proof| proof.unit() == finding.unit);
            let term = if finding.state == State::Rectified { t.fact_recheck_due } else { t.fact_due };
            let rechecks =
                who.require::<Inspect>(&who.tree, finding.unit).is_ok_and(|proof| !who.tree.is_within(finding.unit, proof.unit()));
            let visit = format!("{} · {}", who.tree.full_name(finding.by), seen::day(lang, &finding.on, ctx.now));
            let chosen = fields.value("pass");
            page(&FindingPage {
                shell: who.shell(t.finding),
                t,
                errors: errors.clone(),
                light,
                left,
                facts: vec![
                    Fact::new(t.fact_unit, who.tree.full_name(finding.unit)),
                    Fact::new(t.fact_item, finding.item.clone()),
                    Fact::new(t.fact_visit, visit).to(format!("/inspections/v/{}", finding.inspection)),
                    Fact::new(term, dates::by(lang, finding.due, ctx.now)),
                    Fact::new(t.fact_state, seen::state(t, finding.state)),
                ],
                steps,
                rectifies: own && finding.state == State::Open,
                rechecks: rechecks && finding.state == State::Rectified,
                choices: vec![
                    Choice::new("1", t.recheck_pass).chosen(chosen == "1"),
                    Choice::new("0", t.recheck_return).chosen(chosen == "0"),
                ],
                typed: fields.value("text").to_owned(),
                id: id.to_string(),
                v: finding.v,
                text: finding.text,
                op_key: op_key.clone(),
            })
        })
        .await
}

pub(super) async fn rectify(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (key, t) = (fields.op_key()?, InspectTexts::of(staff.lang));
    let finding: FindingId = id.parse().map_err(|_| PageError::NotFound)?;
    let mut errors = Errors::none();
    // Nobody's photos are looked at before it is known that they may put it right.
    staff
        .read(move |tx, _, who| {
            let at = read::finding(tx, finding)?.ok_or(PageError::NotFound)?;
            if who.each::<Rectify>().any(|proof| proof.unit() == at.unit) { Ok(()) } else { Err(PageError::Forbidden) }
        })
        .await?;
    let (taken, refused) = photos::take_each(staff.visit(), &fields, "photo", MOST_PHOTOS).await?;
    let refused: Vec<String> = refused.iter().filter_map(|error| error.words(staff.lang)).collect();
    if !refused.is_empty() {
        errors.add("photo", refused.join("；"));
        return Ok(shown(&staff, &id, fields, errors).await?.again().into_response());
    }
    let sent = fields.clone();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let at = read::finding(tx, finding)?.ok_or(InspectError::NotFound)?;
            let proof = who.each::<Rectify>().find(|proof| proof.unit() == at.unit).ok_or(InspectError::Denied)?;
            let digests: Vec<[u8; 32]> = taken.iter().map(|photo| photo.digest).collect();
            store::once(tx, ctx.now, &key, "inspections.rectify", who.person.bytes(), |tx| {
                inspect::rectify(tx, ctx, &proof, finding, sent.int("v").unwrap_or(0), sent.value("text"), &digests)?;
                for photo in &taken {
                    photos::keep(tx, photo, finding.0)?;
                }
                Ok::<_, InspectError>(())
            })
        })
        .await?;
    answer(&staff, id, fields, done, t.rectified).await
}

pub(super) async fn recheck(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (key, t) = (fields.op_key()?, InspectTexts::of(staff.lang));
    let finding: FindingId = id.parse().map_err(|_| PageError::NotFound)?;
    if !fields.chose("pass", "1") && !fields.chose("pass", "0") {
        let mut errors = Errors::none();
        errors.add("pass", t.choose);
        return Ok(shown(&staff, &id, fields, errors).await?.again().into_response());
    }
    let sent = fields.clone();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let at = read::finding(tx, finding)?.ok_or(InspectError::NotFound)?;
            let proof = who.require::<Inspect>(&who.tree, at.unit)?;
            store::once(tx, ctx.now, &key, "inspections.recheck", who.person.bytes(), |tx| {
                inspect::recheck(tx, ctx, &proof, finding, sent.int("v").unwrap_or(0), sent.chose("pass", "1"), sent.value("text"))
            })
        })
        .await?;
    answer(&staff, id, fields, done, t.rechecked).await
}

async fn answer(staff: &Staff, id: String, fields: Fields, done: Result<(), InspectError>, words: &str) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(redirect(format!("/inspections/f/{id}")).done(words).into_response()),
        Err(error) => {
            let errors = refuse(InspectTexts::of(staff.lang), error)?;
            Ok(shown(staff, &id, fields, errors).await?.again().into_response())
        }
    }
}

pub(super) async fn photo(staff: Staff, Path((id, digest)): Path<(String, String)>) -> Result<Response, PageError> {
    let id: FindingId = id.parse().map_err(|_| PageError::NotFound)?;
    let wanted = photos::parse_digest(&digest).ok_or(PageError::NotFound)?;
    staff
        .read(move |tx, _, who| {
            known(tx, who, id)?;
            let held = read::steps(tx, id)?.into_iter().any(|(_, _, evidence)| evidence.contains(&wanted));
            held.then_some(()).ok_or(PageError::NotFound)
        })
        .await?;
    photos::serve(&staff.district, wanted).await
}
