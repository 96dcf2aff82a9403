//! What dashboards and reports are told of learning: which plans units have not met yet, what was counted of courses and
//! plans. Never who studied what, and never hours.

use std::collections::BTreeMap;

use base::{Ctx, Time, UnitId};
use people::{Level, TreeKind};
use store::{StoreError, Tx};
use web::due::{Board, Due, Late, Line, Lines, Look, Owed};
use web::paragraph::{Figure, Paragraph, Section, Told};
use web::{Lang, dates, fill};

use crate::operate::counterpart;
use crate::plan::{self, Standing};
use crate::read;
use crate::reported;
use crate::texts::LearnTexts;

/// What this module declares.
pub(crate) const DUE: &[Due] = &[Due { name: "learning", title, steps, counts, list }];

/// The section on dashboards.
pub(crate) const BOARDS: &[Board] = &[UNITS, reported::PARTY];

/// That of the four levels.
const UNITS: Board = Board {
    name: "learning",
    title,
    figures: |level| match level {
        Level::District | Level::Town => {
            &["learning.courses_opened", "learning.classes", "learning.plans_due", "learning.plans_met", "learning.plans_met_rate"]
        }
        level if level.tree() == TreeKind::Party => &[],
        _ => &["learning.plans_due", "learning.plans_met", "learning.plans_met_rate"],
    },
    trend: |_| &["learning.plans_due", "learning.plans_met"],
    parts: &[],
    below: &["learning.plans_due", "learning.plans_met", "learning.plans_met_rate"],
    wall: None,
};

/// The paragraphs in reports.
pub(crate) const PARAGRAPHS: &[Paragraph] = &[PLANS, reported::PARAGRAPHS[0], reported::PARAGRAPHS[1], reported::PARAGRAPHS[2]];

/// What was studied.
const PLANS: Paragraph = Paragraph {
    id: "learning.plans",
    section: Section::Practice,
    title_zh: "学习教育",
    title_en: "Learning",
    heading: "学习教育",
    template: "{期间}，开放课程{开放课程}；到期学习计划{到期计划}，其中全体应学人员按期学完的{完成计划}。",
    figures: &[
        Figure::measure("开放课程", "learning.courses_opened"),
        Figure::measure("到期计划", "learning.plans_due"),
        Figure::measure("完成计划", "learning.plans_met"),
    ],
    exhibits: &[],
    told: Told::Given("到期计划"),
    must: &["到期计划"],
};

fn title(lang: Lang) -> &'static str {
    LearnTexts::of(lang).board_plans
}

fn steps(lang: Lang) -> Vec<(&'static str, &'static str)> {
    vec![("plan", LearnTexts::of(lang).step_plan)]
}

fn tonight(now: Time) -> Time {
    crate::model::end_of(now.date())
}

/// Where a branch's plan stands on dashboards: the branch itself where it is looked at, else the unit it belongs to.
fn place(tx: &mut Tx, look: &Look<'_>, branch: UnitId, known: &mut BTreeMap<UnitId, Option<UnitId>>) -> Result<Option<UnitId>, StoreError> {
    if look.covers(branch) {
        return Ok(Some(branch));
    }
    let unit = match known.get(&branch) {
        Some(unit) => *unit,
        None => {
            let unit = counterpart(tx, look.tree, branch)?;
            known.insert(branch, unit);
            unit
        }
    };
    Ok(unit.filter(|unit| look.covers(*unit)))
}

/// The plans that run, with those units that are looked at and still owe something.
fn owing(tx: &mut Tx, ctx: &Ctx, look: &Look<'_>) -> Result<Vec<(read::Plan, Vec<(UnitId, Standing)>)>, StoreError> {
    let mut known = BTreeMap::new();
    let mut all = Vec::new();
    for one in read::open_plans(tx)? {
        let mut units = Vec::new();
        for standing in plan::standings(tx, ctx.now, look.tree, &one)?.into_iter().filter(Standing::is_owed) {
            if let Some(unit) = place(tx, look, standing.unit, &mut known)? {
                units.push((unit, standing));
            }
        }
        if !units.is_empty() {
            all.push((one, units));
        }
    }
    Ok(all)
}

fn counts(tx: &mut Tx, ctx: &Ctx, look: &Look<'_>) -> Result<Vec<Owed>, StoreError> {
    let mut sums: BTreeMap<UnitId, [i64; 3]> = BTreeMap::new();
    for (one, units) in owing(tx, ctx, look)? {
        for (unit, _) in units {
            let sum = sums.entry(unit).or_default();
            sum[0] += 1;
            sum[1] += i64::from(one.due_at >= ctx.now && one.due_at <= tonight(ctx.now));
            sum[2] += i64::from(one.due_at < ctx.now);
        }
    }
    Ok(sums.into_iter().map(|(unit, [open, today, late])| Owed { unit, step: "plan", open, today, late }).collect())
}

fn list(
    tx: &mut Tx,
    ctx: &Ctx,
    look: &Look<'_>,
    _: Option<&str>,
    late: Late,
    after: Option<&str>,
    limit: usize,
) -> Result<Lines, StoreError> {
    let (t, calendar) = (LearnTexts::of(look.lang), ctx.rules().calendar());
    let mut lines = Vec::new();
    for (one, units) in owing(tx, ctx, look)? {
        let wanted = match late {
            Late::Any => true,
            Late::Over => one.due_at < ctx.now,
            Late::Today => one.due_at >= ctx.now && one.due_at <= tonight(ctx.now),
        };
        if !wanted {
            continue;
        }
        for (_, standing) in units {
            lines.push(Line {
                href: format!("/learning/plans/{}", one.id),
                title: one.title.clone(),
                sub: fill(t.plan_for, &[("unit", &look.tree.full_name(standing.unit))]),
                light: dates::light(one.due_at, ctx.now, calendar),
                left: dates::left(look.lang, one.due_at, ctx.now, calendar),
            });
        }
    }
    let from = after.and_then(|after| after.parse::<usize>().ok()).unwrap_or(0);
    let more = lines.len() > from.saturating_add(limit);
    let lines: Vec<Line> = lines.into_iter().skip(from).take(limit).collect();
    let next = more.then(|| (from + limit).to_string());
    Ok(Lines { lines, next })
}
