//! The pages behind figures and messages: a course, a class, a plan, a certificate as a line of a list that another page
//! draws. Whatever somebody may not see is left out; of what a person studied there is a line for that person only.

use base::{Ctx, Id};
use people::Actor;
use store::{StoreError, Tx};
use web::due::{Line, Look};
use web::kit::Light;
use web::{dates, fill};

use crate::model::{CertificateId, CertificateKind, ClassId, ClassState, CourseId, MeetingId, Occasion, PlanId, StudyId};
use crate::permissions::{Keep, Learn, Meet};
use crate::texts::LearnTexts;
use crate::{meeting, read, sight};

/// See [`web::Module::lines`].
pub(crate) fn lines(tx: &mut Tx, ctx: &Ctx, look: &Look<'_>, ids: &[Id]) -> Result<Vec<(Id, Line)>, StoreError> {
    let Some(actor) = look.actor.filter(|actor| actor.has::<Learn>().is_some()) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for id in ids {
        if let Some(course) = read::course(tx, CourseId(*id))? {
            found.extend(of_course(tx, actor, look, &course)?.map(|line| (*id, line)));
        } else if let Some(class) = read::class(tx, ClassId(*id))? {
            found.extend(of_class(tx, ctx, actor, look, &class)?.map(|line| (*id, line)));
        } else if let Some(plan) = read::plan(tx, PlanId(*id))? {
            found.extend(of_plan(tx, ctx, actor, look, &plan)?.map(|line| (*id, line)));
        } else if let Some(study) = read::study(tx, StudyId(*id))?.filter(|study| study.occasion != Occasion::Study) {
            found.push((*id, of_study(ctx, actor, look, &study)));
        } else if let Some(kept) = meeting::find(tx, MeetingId(*id))? {
            found.push((*id, of_meeting(ctx, actor, look, &kept)));
        } else if let Some(given) = read::certificate(tx, CertificateId(*id))?.filter(|given| given.person == actor.person) {
            found.push((*id, of_certificate(tx, ctx, look, &given)?));
        }
    }
    Ok(found)
}

fn line(href: String, title: String, sub: String) -> Line {
    Line { href, title, sub, light: Light::None, left: String::new() }
}

fn of_course(tx: &mut Tx, actor: &Actor, look: &Look<'_>, course: &read::Course) -> Result<Option<Line>, StoreError> {
    if !sight::course(tx, actor, look.tree, course)? {
        return Ok(None);
    }
    Ok(Some(line(format!("/learning/courses/{}", course.id), course.title.clone(), look.tree.full_name(course.unit))))
}

fn of_class(tx: &mut Tx, ctx: &Ctx, actor: &Actor, look: &Look<'_>, class: &read::Class) -> Result<Option<Line>, StoreError> {
    if !sight::class(tx, actor, look.tree, class)? {
        return Ok(None);
    }
    let t = LearnTexts::of(look.lang);
    let first = read::days(tx, class.id)?.first().map(|day| dates::moment(look.lang, day.starts, ctx.now)).unwrap_or_default();
    let sub = [first, class.place.clone(), look.tree.full_name(class.unit)].join(" · ");
    let left = match class.state {
        ClassState::Open => "",
        ClassState::Finished => t.state_finished,
        ClassState::Cancelled => t.state_cancelled,
    };
    let light = if class.state == ClassState::Finished { Light::Done } else { Light::None };
    Ok(Some(Line { light, left: left.to_owned(), ..line(format!("/learning/classes/{}", class.id), class.title.clone(), sub) }))
}

fn of_plan(tx: &mut Tx, ctx: &Ctx, actor: &Actor, look: &Look<'_>, plan: &read::Plan) -> Result<Option<Line>, StoreError> {
    if !sight::plan_applies(actor, look.tree, plan) && !sight::plan_overseen(tx, actor, look.tree, plan)? {
        return Ok(None);
    }
    let (t, calendar) = (LearnTexts::of(look.lang), ctx.rules().calendar());
    let sub = [fill(t.plan_for, &[("unit", &look.tree.full_name(plan.target))]), dates::by(look.lang, plan.due_at, ctx.now)].join(" · ");
    let (light, left) = match plan.open {
        true => (dates::light(plan.due_at, ctx.now, calendar), dates::left(look.lang, plan.due_at, ctx.now, calendar)),
        false => (Light::Done, t.plan_ended.to_owned()),
    };
    Ok(Some(Line { light, left, ..line(format!("/learning/plans/{}", plan.id), plan.title.clone(), sub) }))
}

/// What a branch did of what rules order: that it did, and when. What was said and who came its own secretary opens.
fn of_study(ctx: &Ctx, actor: &Actor, look: &Look<'_>, study: &read::Study) -> Line {
    let t = LearnTexts::of(look.lang);
    let own = actor.each::<Keep>().any(|proof| proof.unit() == study.branch);
    let href = if own { format!("/learning/branch/study/{}", study.id) } else { String::new() };
    let on = dates::day(look.lang, study.on, ctx.now);
    let mut sub = fill(t.line_on, &[("unit", &look.tree.full_name(study.branch)), ("on", &on)]);
    if study.withdrawn.is_some() {
        sub = [sub.as_str(), t.line_back].join(" · ");
    }
    line(href, crate::pages::occasion(t, study.occasion).to_owned(), sub)
}

/// That an organisation met, and when: whoever keeps its book opens it.
fn of_meeting(ctx: &Ctx, actor: &Actor, look: &Look<'_>, kept: &meeting::Kept) -> Line {
    let held = &kept.held;
    let own = actor.each::<Meet>().any(|proof| meeting::keeps(&proof, look.tree, held.organisation));
    let href = if own { format!("/learning/meetings/{}", kept.id) } else { String::new() };
    let on = dates::day(look.lang, held.on, ctx.now);
    let t = LearnTexts::of(look.lang);
    let mut sub = fill(t.line_on, &[("unit", &look.tree.full_name(held.organisation)), ("on", &on)]);
    if kept.withdrawn.is_some() {
        sub = [sub.as_str(), t.line_back].join(" · ");
    }
    line(href, meeting::texts::what(look.lang, held.what).to_owned(), sub)
}

fn of_certificate(tx: &mut Tx, ctx: &Ctx, look: &Look<'_>, given: &read::Given) -> Result<Line, StoreError> {
    let t = LearnTexts::of(look.lang);
    let (title, kind) = match given.kind {
        CertificateKind::Course => (read::course(tx, CourseId(given.of))?.map(|of| of.title), t.certificate_of_course),
        CertificateKind::Class => (read::class(tx, ClassId(given.of))?.map(|of| of.title), t.certificate_of_class),
    };
    let sub = [kind.to_owned(), dates::day(look.lang, given.at.date(), ctx.now)].join(" · ");
    Ok(line(format!("/learning/certificates/{}", given.id), title.unwrap_or_default(), sub))
}
