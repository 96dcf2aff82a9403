//! Study plans: those that concern who looks, one of them, setting and ending one.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::{Ctx, Date};
use people::Role;
use store::Tx;
use web::kit::{Choice, Fact, Light};
use web::{Errors, Fields, Page, PageError, Shell, Staff, dates, fill, page, redirect};

use super::home::Mine;
use super::{Row, Tab, choices, learner, name, planner, refusal, tabs};
use crate::model::{CourseId, CourseState, PlanId, hours};
use crate::operate::{LearnError, is_for};
use crate::permissions::{Keep, Plan, covers};
use crate::plan::{self, NewPlan, Standing};
use crate::texts::LearnTexts;
use crate::{read, sight};

#[derive(Template)]
#[template(path = "learning/plans.html")]
struct ListPage {
    shell: Shell,
    t: &'static LearnTexts,
    tabs: Vec<Tab>,
    open: Vec<Mine>,
    ended: Vec<Row>,
}

/// The plans.
pub(super) async fn list(staff: Staff) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            who.has::<Plan>().ok_or(PageError::Forbidden)?;
            let lang = who.visit().lang;
            let t = LearnTexts::of(lang);
            let mut open = Vec::new();
            for one in read::open_plans(tx)?.into_iter().filter(|one| sight::plan_concerns(who, &who.tree, one)) {
                let standings = plan::standings(tx, ctx.now, &who.tree, &one)?;
                let done = i64::try_from(standings.iter().filter(|standing| !standing.is_owed()).count()).unwrap_or(0);
                let of = i64::try_from(standings.len()).unwrap_or(0);
                open.push(Mine {
                    href: format!("/learning/plans/{}", one.id),
                    title: one.title.clone(),
                    sub: [fill(t.plan_for, &[("unit", &name(&who.tree, one.target))]), fill(t.line_plan, &[("done", &done), ("n", &of)])]
                        .join(" · "),
                    light: if done == of { Light::Done } else { dates::light(one.due_at, ctx.now, ctx.rules().calendar()) },
                    left: if done == of { t.plan_met.to_owned() } else { dates::left(lang, one.due_at, ctx.now, ctx.rules().calendar()) },
                    done,
                    of,
                });
            }
            let ended = read::ended_plans(tx)?.into_iter().filter(|one| sight::plan_concerns(who, &who.tree, one)).map(|one| Row {
                href: format!("/learning/plans/{}", one.id),
                title: one.title,
                sub: fill(t.plan_for, &[("unit", &name(&who.tree, one.target))]),
                tag: t.plan_ended.to_owned(),
                tone: "",
                end: dates::day(lang, one.due_on, ctx.now),
            });
            page(&ListPage { shell: who.shell(t.plans), t, tabs: tabs(who, "/learning/plans"), open, ended: ended.collect() })
        })
        .await
}

struct UnitRow {
    name: String,
    state: &'static str,
    tone: &'static str,
    people: String,
}

struct PersonRow {
    name: String,
    done: bool,
}

#[derive(Template)]
#[template(path = "learning/plan.html")]
struct PlanPage {
    shell: Shell,
    t: &'static LearnTexts,
    id: String,
    back: &'static str,
    light: Light,
    left: String,
    facts: Vec<Fact>,
    note: String,
    courses: Vec<Row>,
    mine: Option<(i64, i64)>,
    units: Vec<UnitRow>,
    people: Vec<PersonRow>,
    may_end: bool,
    op_key: String,
}

/// One plan: its courses for who is to study them, how units stand for who sets plans, who of the own unit has studied.
pub(super) async fn show(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    let id: PlanId = id.parse().map_err(|_| PageError::NotFound)?;
    staff
        .read(move |tx, ctx, who| {
            learner(who)?;
            let lang = who.visit().lang;
            let t = LearnTexts::of(lang);
            let plan = read::plan(tx, id)?.ok_or(PageError::NotFound)?;
            let applies = sight::plan_applies(who, &who.tree, &plan);
            let oversees = sight::plan_overseen(tx, who, &who.tree, &plan)?;
            if !applies && !oversees {
                return Err(PageError::NotFound);
            }
            let mut courses = Vec::new();
            for course in read::plan_courses(tx, id)? {
                let progress = read::progress(tx, who.person, course.id)?;
                courses.push(Row {
                    href: format!("/learning/courses/{}", course.id),
                    title: course.title,
                    sub: fill(t.course_size, &[("n", &progress.lessons), ("h", &hours(progress.minutes))]),
                    tag: if applies && progress.done >= progress.lessons { t.course_done.to_owned() } else { String::new() },
                    tone: "success",
                    end: if applies { fill(t.course_begun, &[("done", &progress.done), ("n", &progress.lessons)]) } else { String::new() },
                });
            }
            let standings = if oversees { plan::standings(tx, ctx.now, &who.tree, &plan)? } else { Vec::new() };
            // Numbers of people are the branch's own: others see whether the plan was met there.
            let own = |standing: &Standing| who.each::<Plan>().any(|proof| proof.unit() == standing.unit);
            let units = standings.iter().map(|standing| {
                let (state, tone) = match standing.met {
                    Some(true) => (t.plan_met, "success"),
                    Some(false) if standing.is_owed() => (t.plan_missed, "warning"),
                    _ if !standing.is_owed() => (t.plan_met, "success"),
                    _ => (t.plan_running, ""),
                };
                let people = fill(t.plan_people, &[("done", &standing.done()), ("n", &standing.people.len())]);
                UnitRow { name: who.tree.full_name(standing.unit), state, tone, people: if own(standing) { people } else { String::new() } }
            });
            let people = standings
                .iter()
                .filter(|standing| own(standing))
                .flat_map(|standing| standing.people.iter())
                .map(|(_, name, done)| PersonRow { name: name.clone(), done: *done });
            let (of, done) = read::plan_progress(tx, id, who.person)?;
            let role = plan.role.map_or(t.f_role_all, |role| web::role_name(lang, role));
            page(&PlanPage {
                shell: who.shell(&plan.title),
                t,
                id: id.to_string(),
                back: if who.has::<Plan>().is_some() { "/learning/plans" } else { "/learning" },
                light: if plan.open && done < of { dates::light(plan.due_at, ctx.now, ctx.rules().calendar()) } else { Light::Done },
                left: match (plan.open, applies && done >= of) {
                    (false, _) => t.plan_ended.to_owned(),
                    (true, true) => t.course_done.to_owned(),
                    (true, false) => dates::left(lang, plan.due_at, ctx.now, ctx.rules().calendar()),
                },
                facts: vec![
                    Fact::new(t.f_target, [who.tree.full_name(plan.target), role.to_owned()].join(" · ")),
                    Fact::new(t.plan_due, dates::day(lang, plan.due_on, ctx.now)),
                    Fact::new(t.plan_by, name(&who.tree, plan.unit)),
                ],
                note: crate::markdown::html(&plan.note),
                courses,
                mine: applies.then_some((done, of)),
                units: units.collect(),
                people: people.collect(),
                may_end: plan.open && planner(who, plan.unit).is_some(),
                op_key: who.visit().op_key(),
            })
        })
        .await
}

/// The posts that a plan may be limited to.
const ROLES: [Role; 10] = [
    Role::Member,
    Role::BranchSecretary,
    Role::PartyAffairs,
    Role::GridWorker,
    Role::CommunityStaff,
    Role::CommunitySecretary,
    Role::TownStaff,
    Role::TownDesk,
    Role::DepartmentStaff,
    Role::DistrictDesk,
];

#[derive(Template)]
#[template(path = "learning/plan-form.html")]
struct FormPage {
    shell: Shell,
    t: &'static LearnTexts,
    errors: Errors,
    fields: Fields,
    op_key: String,
    targets: Vec<Choice>,
    roles: Vec<Choice>,
    courses: Vec<Choice>,
}

async fn draw_form(staff: &Staff, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    staff
        .read(move |tx: &mut Tx, ctx: &Ctx, who| {
            let lang = who.visit().lang;
            let t = LearnTexts::of(lang);
            let first = who.has::<Keep>().map(|proof| proof.unit()).or(who.has::<Plan>().map(|proof| proof.unit()));
            let own = first.ok_or(PageError::Forbidden)?.to_string();
            let mut fields = fields.clone();
            if fields.value("starts").is_empty() {
                fields.set("starts", ctx.now.date().to_string());
            }
            let chosen = fields.get("target").map_or(own, str::to_owned);
            let reach = |unit| who.each::<Plan>().any(|proof| covers(&proof, &who.tree, unit));
            let units = who.units();
            let mut courses = Vec::new();
            for course in read::courses(tx)?.into_iter().filter(|course| course.state == CourseState::Open) {
                if is_for(&who.tree, course.unit, &units) || reach(course.unit) {
                    let id = course.id.to_string();
                    let checked = fields.chose("course", &id);
                    courses.push(Choice::new(id, course.title).hint(name(&who.tree, course.unit)).chosen(checked));
                }
            }
            // Grids are many, and their workers are reached by their post.
            let level = |unit| who.tree.level(unit) != Some(people::Level::Grid);
            page(&FormPage {
                shell: who.shell(t.plan_new),
                t,
                errors: errors.clone(),
                op_key: fields.get("op_key").map_or_else(|| who.visit().op_key(), str::to_owned),
                targets: choices(&who.tree, |unit| level(unit) && reach(unit), &chosen, false),
                roles: ROLES
                    .iter()
                    .map(|role| Choice::new(role.code(), web::role_name(lang, *role)).chosen(fields.chose("role", role.code())))
                    .collect(),
                courses,
                fields,
            })
        })
        .await
}

/// The form.
pub(super) async fn form(staff: Staff) -> Result<Page, PageError> {
    draw_form(&staff, Fields::default(), Errors::none()).await
}

/// Set a plan.
pub(super) async fn make(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (key, t) = (fields.op_key()?, LearnTexts::of(staff.lang));
    let sent = fields.clone();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let day = |name: &str| sent.value(name).trim().parse::<Date>().map_err(|_| LearnError::Field("due"));
            let target = sent.id("target").ok_or(LearnError::Field("target"))?;
            let proof = planner(who, target).ok_or(LearnError::Field("target"))?;
            let new = NewPlan {
                target,
                role: Role::parse(sent.value("role")),
                title: sent.value("title").to_owned(),
                note: sent.value("note").to_owned(),
                starts: day("starts")?,
                due: day("due")?,
                courses: sent.all("course").filter_map(|id| id.parse::<CourseId>().ok()).collect(),
            };
            plan::make(tx, ctx, &proof, &who.tree, &key, &new)
        })
        .await?;
    match done {
        Ok(id) => Ok(redirect(format!("/learning/plans/{id}")).done(t.plan_made).into_response()),
        Err(error) => {
            let (field, words) = refusal(t, error)?;
            let mut errors = Errors::none();
            errors.add(if field == "courses" { "course" } else { field }, words);
            Ok(draw_form(&staff, fields, errors).await?.again().into_response())
        }
    }
}

/// End a plan.
pub(super) async fn end(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (key, t) = (fields.op_key()?, LearnTexts::of(staff.lang));
    let id: PlanId = id.parse().map_err(|_| PageError::NotFound)?;
    let done = staff
        .attempt(move |tx, ctx, who| {
            let unit = read::plan(tx, id)?.ok_or(LearnError::NotFound)?.unit;
            let proof = planner(who, unit).ok_or(LearnError::Denied)?;
            store::once(tx, ctx.now, &key, "learning.plan.end", who.person.bytes(), |tx| plan::end(tx, ctx, &proof, &who.tree, id))
        })
        .await?;
    match done {
        Ok(()) => Ok(redirect(format!("/learning/plans/{id}")).done(t.plan_ended).into_response()),
        Err(error) => Err(refusal(t, error).err().unwrap_or(PageError::BadForm)),
    }
}
