//! What other pages are told of findings: what units owe, and the findings and visits behind a number.

use std::collections::BTreeMap;

use base::{Ctx, Id, Time, UnitId};
use store::{StoreError, Tx};
use web::due::{Due, Late, Line, Lines, Look, Owed};
use web::kit::Light;
use web::{Lang, dates, fill};

use crate::events::{FindingId, InspectionId};
use crate::list;
use crate::read::{self, Finding, State};
use crate::texts::InspectTexts;

/// What this module declares.
pub(crate) const DUE: &[Due] = &[Due { name: "inspections", title: |lang| InspectTexts::of(lang).due_title, steps, counts, list: listed }];

fn steps(lang: Lang) -> Vec<(&'static str, &'static str)> {
    let t = InspectTexts::of(lang);
    vec![(State::Open.code(), t.state_open), (State::Rectified.code(), t.state_rectified)]
}

fn midnight(now: Time) -> Time {
    let day = 8 * Time::HOUR;
    Time((now.0 + day).div_euclid(Time::DAY) * Time::DAY + Time::DAY - day)
}

/// What is open of the units that are looked at, as far as who looks may know of it.
fn open(tx: &mut Tx, look: &Look<'_>) -> Result<Vec<Finding>, StoreError> {
    let known = |finding: &Finding| look.actor.is_none_or(|actor| read::may_see(actor, look.tree, finding.unit));
    Ok(list::open(tx)?.into_iter().filter(|finding| look.covers(finding.owes(look.tree)) && known(finding)).collect())
}

fn counts(tx: &mut Tx, ctx: &Ctx, look: &Look<'_>) -> Result<Vec<Owed>, StoreError> {
    let tonight = midnight(ctx.now);
    let mut sums: BTreeMap<(UnitId, &'static str), [i64; 3]> = BTreeMap::new();
    for finding in open(tx, look)? {
        let sum = sums.entry((finding.owes(look.tree), finding.state.code())).or_default();
        sum[0] += 1;
        sum[1] += i64::from(finding.due >= ctx.now && finding.due < tonight);
        sum[2] += i64::from(finding.due < ctx.now);
    }
    Ok(sums.into_iter().map(|((unit, step), [open, today, late])| Owed { unit, step, open, today, late }).collect())
}

fn listed(
    tx: &mut Tx,
    ctx: &Ctx,
    look: &Look<'_>,
    step: Option<&str>,
    late: Late,
    after: Option<&str>,
    limit: usize,
) -> Result<Lines, StoreError> {
    let tonight = midnight(ctx.now);
    let begin = after.and_then(|after| {
        let (at, id) = after.split_once('-')?;
        Some((Time(at.parse().ok()?), id.parse::<FindingId>().ok()?))
    });
    let mut found = open(tx, look)?;
    found.retain(|finding| {
        let when = match late {
            Late::Any => true,
            Late::Over => finding.due < ctx.now,
            Late::Today => finding.due >= ctx.now && finding.due < tonight,
        };
        when && step.is_none_or(|step| step == finding.state.code()) && begin.is_none_or(|begin| (finding.due, finding.id) > begin)
    });
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|finding| format!("{}-{}", finding.due.0, finding.id));
    Ok(Lines { lines: found.iter().map(|finding| line(ctx, look, finding)).collect(), next })
}

/// How a finding stands: a light and words.
pub(crate) fn light(ctx: &Ctx, lang: Lang, finding: &Finding) -> (Light, String) {
    if finding.state == State::Closed {
        return (Light::Done, InspectTexts::of(lang).state_closed.to_owned());
    }
    let calendar = ctx.rules().calendar();
    (dates::light(finding.due, ctx.now, calendar), dates::left(lang, finding.due, ctx.now, calendar))
}

/// What a state is called.
pub(crate) fn state(t: &InspectTexts, state: State) -> &'static str {
    match state {
        State::Open => t.state_open,
        State::Rectified => t.state_rectified,
        State::Closed => t.state_closed,
    }
}

/// A finding as a line.
pub(crate) fn line(ctx: &Ctx, look: &Look<'_>, finding: &Finding) -> Line {
    let t = InspectTexts::of(look.lang);
    let (light, left) = light(ctx, look.lang, finding);
    let sub = fill(t.sub, &[("unit", &look.tree.full_name(finding.unit)), ("on", &finding.on)]);
    Line {
        href: format!("/inspections/f/{}", finding.id),
        title: finding.item.clone(),
        sub: format!("{} · {sub}", state(t, finding.state)),
        light,
        left,
    }
}

/// Findings and visits as lines of lists that other pages draw.
pub(crate) fn lines(tx: &mut Tx, ctx: &Ctx, look: &Look<'_>, ids: &[Id]) -> Result<Vec<(Id, Line)>, StoreError> {
    let mut found = Vec::new();
    let Some(actor) = look.actor else { return Ok(found) };
    for id in ids {
        if let Some(finding) = read::finding(tx, FindingId(*id))? {
            if read::may_see(actor, look.tree, finding.unit) {
                found.push((*id, line(ctx, look, &finding)));
            }
        } else if let Some(visit) = read::visit(tx, InspectionId(*id))?.filter(|visit| read::may_see(actor, look.tree, visit.unit)) {
            let t = InspectTexts::of(look.lang);
            let sub = fill(t.sub, &[("unit", &look.tree.full_name(visit.unit)), ("on", &visit.on)]);
            let href = format!("/inspections/v/{}", visit.id);
            found.push((*id, Line { href, title: t.visit.to_owned(), sub, light: Light::None, left: String::new() }));
        }
    }
    Ok(found)
}
