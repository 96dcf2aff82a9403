//! Study plans: what a unit's people, or those of one post in it, are to study until when; and how that came out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base::{Ctx, Date, PersonId, Time, UnitId};
use people::{Proof, Role, Tree};
use record::text_digest_hex;
use store::{Sql, StoreError, Tx, p, sql};
use web::{District, Fault};

use crate::events::{StudyPlanConcluded, StudyPlanEnded, StudyPlanMade, StudyPlanReminded};
use crate::model::{CourseId, CourseState, LONGEST_NOTE, LONGEST_TITLE, MOST_COURSES, PlanId, end_of};
use crate::operate::{LearnError, about, counterpart, is_for, line, text};
use crate::permissions::{Plan, covers};
use crate::read;

const PUT: &Sql = sql!(
    "INSERT INTO study_plan (id, unit, target, role, title, note, salt, starts_on, due_on, due_at, state, made_at, made_by)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'open', ?11, ?12)"
);
const PUT_COURSE: &Sql = sql!("INSERT INTO study_plan_course (plan, course, ord) VALUES (?1, ?2, ?3)");
/// By the primary key.
const END: &Sql = sql!("UPDATE study_plan SET state = 'ended' WHERE id = ?1 AND state = 'open'");
const CONCLUDE: &Sql = sql!(
    "INSERT INTO study_plan_result (plan, branch, met, people, done) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (plan, branch) DO NOTHING"
);

/// By the primary key.
const REMIND: &Sql = sql!("UPDATE study_plan SET reminded_at = ?2 WHERE id = ?1 AND state = 'open' AND reminded_at IS NULL");

/// The rule that says so many days before its end a plan is brought to mind.
pub const REMINDER: &str = "learning.remind";

/// A plan to be set.
#[derive(Clone, Debug)]
pub struct NewPlan {
    /// For the people of this unit.
    pub target: UnitId,
    /// Only those with such a post.
    pub role: Option<Role>,
    /// What it is called.
    pub title: String,
    /// What else is to be said.
    pub note: String,
    /// From this day.
    pub starts: Date,
    /// Until the end of this day.
    pub due: Date,
    /// What is to be studied.
    pub courses: Vec<CourseId>,
}

/// The digest of a plan's words.
pub(crate) fn words(salt: &[u8; 16], title: &str, note: &str) -> String {
    text_digest_hex(salt, &format!("{title}\n\n{note}"))
}

/// Set a plan.
///
/// # Errors
/// [`LearnError`].
pub fn make(tx: &mut Tx, ctx: &Ctx, who: &Proof<Plan>, tree: &Tree, op_key: &[u8; 16], plan: &NewPlan) -> Result<PlanId, LearnError> {
    let target = tree.get(plan.target).filter(|unit| !unit.is_closed()).ok_or(LearnError::Field("target"))?.id;
    if !covers(who, tree, target) {
        return Err(LearnError::Denied);
    }
    let title = line(&plan.title, "title", LONGEST_TITLE)?;
    let note = text(&plan.note, "note", LONGEST_NOTE, true)?;
    if plan.due < plan.starts || plan.due < ctx.now.date() {
        return Err(LearnError::Field("due"));
    }
    let unique: BTreeSet<CourseId> = plan.courses.iter().copied().collect();
    if unique.is_empty() || unique.len() != plan.courses.len() || unique.len() > MOST_COURSES {
        return Err(LearnError::Field("courses"));
    }
    store::once(tx, ctx.now, op_key, "learning.plan", who.person().bytes(), |tx| {
        for id in &plan.courses {
            let course = read::course(tx, *id)?.ok_or(LearnError::Field("courses"))?;
            if course.state != CourseState::Open || !is_for(tree, course.unit, &[target]) {
                return Err(LearnError::Field("courses"));
            }
        }
        let (id, salt) = (ctx.id::<PlanId>(), ctx.salt());
        let (starts, due) = (plan.starts.to_string(), plan.due.to_string());
        let role = plan.role.map(Role::code);
        tx.exec(PUT, p![id, who.unit(), target, role, &title, &note, &salt, &starts, &due, end_of(plan.due), ctx.now, who.person()])?;
        for (ord, course) in (1_i64..).zip(&plan.courses) {
            tx.exec(PUT_COURSE, p![id, *course, ord])?;
        }
        let facts = StudyPlanMade {
            by: who.unit(),
            target,
            role: role.map(str::to_owned),
            starts,
            due,
            courses: plan.courses.clone(),
            words: words(&salt, &title, &note),
        };
        let place = counterpart(tx, tree, target)?;
        record::append(tx, ctx, about(ctx, who.actor(), place, id.0), &facts)?;
        Ok(id)
    })
}

/// End a plan before its day, or after it.
///
/// # Errors
/// [`LearnError`].
pub fn end(tx: &mut Tx, ctx: &Ctx, who: &Proof<Plan>, tree: &Tree, id: PlanId) -> Result<(), LearnError> {
    let plan = read::plan(tx, id)?.ok_or(LearnError::NotFound)?;
    // Whoever sets plans there; a branch does not end what was set above it.
    if !covers(who, tree, plan.unit) {
        return Err(LearnError::Denied);
    }
    if tx.exec(END, p![id])? != 1 {
        return Err(LearnError::NotNow);
    }
    let place = counterpart(tx, tree, plan.target)?;
    record::append(tx, ctx, about(ctx, who.actor(), place, id.0), &StudyPlanEnded {})?;
    Ok(())
}

/// Those whom a plan is for, by the unit in which they hold the post, each once there.
///
/// # Errors
/// Only the store's.
pub fn people_of(
    tx: &mut Tx,
    now: Time,
    tree: &Tree,
    plan: &read::Plan,
) -> Result<BTreeMap<UnitId, BTreeMap<PersonId, String>>, StoreError> {
    let mut all: BTreeMap<UnitId, BTreeMap<PersonId, String>> = BTreeMap::new();
    let mut take = |holding: people::read::Holding| {
        if !holding.role.is_admin() && plan.role.is_none_or(|role| holding.role == role) && tree.is_within(holding.unit, plan.target) {
            all.entry(holding.unit).or_default().insert(holding.person, holding.name);
        }
    };
    match plan.role {
        Some(role) => people::read::holders_of(tx, now, role)?.into_iter().for_each(&mut take),
        None => {
            let units: Vec<UnitId> = tree.subtree(plan.target).into_iter().filter(|unit| !unit.is_closed()).map(|unit| unit.id).collect();
            for unit in units {
                people::read::holders_in(tx, now, unit)?.into_iter().for_each(&mut take);
            }
        }
    }
    Ok(all)
}

/// How a plan stands for the people of one unit.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Whose people.
    pub unit: UnitId,
    /// Who they are, and whether they have studied it all.
    pub people: Vec<(PersonId, String, bool)>,
    /// How it came out, where it did.
    pub met: Option<bool>,
}

impl Standing {
    /// How many have studied it all.
    pub fn done(&self) -> usize {
        self.people.iter().filter(|person| person.2).count()
    }

    /// Whether something is still owed.
    pub fn is_owed(&self) -> bool {
        self.done() < self.people.len()
    }
}

/// How a plan stands for every unit whose people it is for.
///
/// # Errors
/// Only the store's.
pub fn standings(tx: &mut Tx, now: Time, tree: &Tree, plan: &read::Plan) -> Result<Vec<Standing>, StoreError> {
    let people = people_of(tx, now, tree, plan)?;
    let done = read::finished_plan(tx, plan.id)?;
    let results: BTreeMap<UnitId, bool> = read::results(tx, plan.id)?.into_iter().map(|result| (result.branch, result.met)).collect();
    let standing = |(unit, people): (UnitId, BTreeMap<PersonId, String>)| Standing {
        unit,
        people: people.into_iter().map(|(person, name)| (person, name, done.contains(&person))).collect(),
        met: results.get(&unit).copied(),
    };
    let mut all: Vec<Standing> = people.into_iter().map(standing).collect();
    let place = |unit: UnitId| tree.all().position(|one| one.id == unit);
    all.sort_by_cached_key(|standing| place(standing.unit));
    Ok(all)
}

/// The units for which a plan has come out: everybody there has studied it all, or its day has passed; with how many
/// people they have and how many of these have studied.
///
/// # Errors
/// Only the store's.
pub fn ready(tx: &mut Tx, ctx: &Ctx, plan: &read::Plan) -> Result<Vec<(UnitId, i64, i64)>, StoreError> {
    let tree = people::tree(tx)?;
    let size = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let over = ctx.now > plan.due_at;
    let all = standings(tx, ctx.now, &tree, plan)?;
    let ready = all.into_iter().filter(|one| one.met.is_none() && !one.people.is_empty() && (over || !one.is_owed()));
    Ok(ready.map(|one| (one.unit, size(one.people.len()), size(one.done()))).collect())
}

/// Record how a plan came out for some units, once for each.
///
/// # Errors
/// Only the store's.
pub fn conclude(tx: &mut Tx, ctx: &Ctx, id: PlanId, some: &[(UnitId, i64, i64)]) -> Result<(), StoreError> {
    let tree = people::tree(tx)?;
    for (branch, people, done) in some {
        let met = people == done;
        if tx.exec(CONCLUDE, p![id, *branch, met, *people, *done])? == 1 {
            let facts = StudyPlanConcluded { branch: *branch, people: *people, done: *done, met };
            let place = counterpart(tx, &tree, *branch)?;
            record::append(tx, ctx, about(ctx, record::Actor::System, place, id.0), &facts)?;
        }
    }
    Ok(())
}

/// Whether a plan is to be brought to mind: its end is near, it was set before that, and somebody still owes something.
///
/// # Errors
/// Only the store's.
pub fn is_to_remind(tx: &mut Tx, ctx: &Ctx, plan: &read::Plan) -> Result<bool, StoreError> {
    let Some(rule) = ctx.rules().rule_on(REMINDER, ctx.now.date()) else { return Ok(false) };
    let from = plan.due_at.plus(-i64::from(rule.amount) * Time::DAY);
    let near = !plan.reminded && plan.made_at < from && (from..=plan.due_at).contains(&ctx.now);
    if !near || plan.starts_on > ctx.now.date() {
        return Ok(false);
    }
    let tree = people::tree(tx)?;
    Ok(standings(tx, ctx.now, &tree, plan)?.iter().any(Standing::is_owed))
}

/// Bring a plan to the mind of those who still owe something of it, once.
///
/// # Errors
/// Only the store's.
pub fn remind(tx: &mut Tx, ctx: &Ctx, plan: &read::Plan) -> Result<(), StoreError> {
    if tx.exec(REMIND, p![plan.id, ctx.now])? == 1 {
        let tree = people::tree(tx)?;
        let place = counterpart(tx, &tree, plan.target)?;
        record::append(tx, ctx, about(ctx, record::Actor::System, place, plan.id.0), &StudyPlanReminded {})?;
    }
    Ok(())
}

/// The tick of plans, with what a branch's committee is owed by an upgrade: few units in one transaction, so that nobody's writing waits.
///
/// # Errors
/// The store's.
pub(crate) fn tick(district: &Arc<District>) -> Result<(), Fault> {
    crate::committee::caught_up(district)?;
    for plan in district.read_now(|tx, _| read::open_plans(tx))? {
        let (id, near, same) = (plan.id, plan.clone(), plan.clone());
        if district.read_now(move |tx, ctx| is_to_remind(tx, ctx, &near))? {
            district.write_now(move |tx, ctx| remind(tx, ctx, &same))?;
        }
        let open = district.read_now(move |tx, ctx| ready(tx, ctx, &plan))?;
        for some in open.chunks(20) {
            let some = some.to_vec();
            district.write_now(move |tx, ctx| conclude(tx, ctx, id, &some))?;
        }
    }
    Ok(())
}
