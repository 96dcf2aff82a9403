//! When a unit is succeeded by another, the courses that it offers, its plans and its classes go along, and so does a branch's
//! committee where the other branch has none. A plan that has come out for the people of the unit that ends, or whose day has
//! passed, is not asked of anybody again.

use base::{Ctx, Id, UnitId};
use people::Passing;
use store::{Sql, StoreError, Tx, p, sql};
use web::Lang;

use crate::committee;
use crate::events::{BranchCommitteeSet, ClassPassed, CoursePassed, StudyPlanPassed};
use crate::operate::{about, counterpart};

/// Units end once in years: some hundreds of courses, plans and classes are looked through.
const COURSES: &Sql = sql!("SELECT id FROM course WHERE unit = ?1 ORDER BY id");
const COURSE: &Sql = sql!("UPDATE course SET unit = ?2 WHERE id = ?1");
/// By the index `study_plan_by_state`; of each, whether it has come out for the unit.
const PLANS: &Sql = sql!(
    "SELECT s.id, s.unit, s.target, s.due_at, (SELECT COUNT(*) FROM study_plan_result r WHERE r.plan = s.id AND r.branch = ?1)
     FROM study_plan s WHERE s.state = 'open' AND (s.unit = ?1 OR s.target = ?1) ORDER BY s.id"
);
const PLAN: &Sql = sql!("UPDATE study_plan SET unit = ?2, target = ?3 WHERE id = ?1");
const CLASSES: &Sql =
    sql!("SELECT id, unit, audience FROM training_class WHERE state = 'open' AND (unit = ?1 OR audience = ?1) ORDER BY id");
const CLASS: &Sql = sql!("UPDATE training_class SET unit = ?2, audience = ?3 WHERE id = ?1");
const COMMITTEE: &Sql = sql!("INSERT INTO branch_committee (branch, person) VALUES (?1, ?2)");

/// See [`web::Module::pass`]. A person who leaves has nothing in hand here: what is offered and set is their unit's.
pub(crate) fn pass(tx: &mut Tx, ctx: &Ctx, actor: record::Actor, passing: &Passing) -> Result<i64, StoreError> {
    let Passing::Unit { from, to } = passing else { return Ok(0) };
    let (from, to) = (*from, *to);
    let tree = people::tree(tx)?;
    let place = counterpart(tx, &tree, to)?;
    let after = |unit: UnitId| if unit == from { to } else { unit };
    let courses: Vec<Id> = tx.all(COURSES, p![from], |row| row.id(0))?;
    for id in &courses {
        tx.exec(COURSE, p![*id, to])?;
        record::append(tx, ctx, about(ctx, actor, place, *id), &CoursePassed { owner: to })?;
    }
    let plans: Vec<(Id, UnitId, UnitId, bool)> = tx.all(PLANS, p![from], |row| {
        let over = row.time(3)? < ctx.now || row.int(4)? > 0;
        Ok((row.id(0)?, row.id(1)?, row.id(2)?, over))
    })?;
    let mut passed = courses.len();
    for (id, unit, target, over) in plans {
        let (by, target_then) = (after(unit), if over { target } else { after(target) });
        if (by, target_then) != (unit, target) {
            tx.exec(PLAN, p![id, by, target_then])?;
            record::append(tx, ctx, about(ctx, actor, place, id), &StudyPlanPassed { by, target: target_then })?;
            passed += 1;
        }
    }
    let classes: Vec<(Id, UnitId, UnitId)> = tx.all(CLASSES, p![from], |row| Ok((row.id(0)?, row.id(1)?, row.id(2)?)))?;
    for (id, unit, audience) in &classes {
        let (owner, audience) = (after(*unit), after(*audience));
        tx.exec(CLASS, p![*id, owner, audience])?;
        record::append(tx, ctx, about(ctx, actor, place, *id), &ClassPassed { owner, audience })?;
    }
    let people = committee::of(tx, from)?;
    if !people.is_empty() && committee::of(tx, to)?.is_empty() {
        for person in &people {
            tx.exec(COMMITTEE, p![to, *person])?;
        }
        committee::stand(tx, ctx, actor, to, true)?;
        let facts = BranchCommitteeSet { branch: to, people: people.into_iter().collect() };
        record::append(tx, ctx, about(ctx, actor, None, to.0), &facts)?;
    }
    Ok(i64::try_from(passed + classes.len()).unwrap_or(i64::MAX))
}

/// By the index `study_plan_by_state`: what was set, or is for the unit and has not come out for it.
const OPEN_PLANS: &Sql = sql!(
    "SELECT COUNT(*) FROM study_plan s WHERE s.state = 'open' AND (s.unit = ?1 OR s.target = ?1)
       AND NOT EXISTS (SELECT 1 FROM study_plan_result r WHERE r.plan = s.id AND r.branch = ?1)"
);
const OPEN_CLASSES: &Sql = sql!("SELECT COUNT(*) FROM training_class WHERE state = 'open' AND (unit = ?1 OR audience = ?1)");

web::texts! {
    /// What a unit has in hand, in words.
    HeldTexts;
    plans: "未结束的学习计划 {n} 项", "{n} open study plans";
    classes: "未结业的培训班 {n} 期", "{n} open classes";
}

/// See [`web::Module::in_hand`].
pub(crate) fn in_hand(tx: &mut Tx, lang: Lang, unit: UnitId) -> Result<Vec<String>, StoreError> {
    let (t, mut words) = (HeldTexts::of(lang), Vec::new());
    for (text, sql) in [(t.plans, OPEN_PLANS), (t.classes, OPEN_CLASSES)] {
        let n = tx.one(sql, p![unit], |row| row.int(0))?;
        if n > 0 {
            words.push(web::fill(text, &[("n", &n)]));
        }
    }
    Ok(words)
}
