//! What other pages are told of findings: what units owe, and the findings and visits behind a number.

use base::{Ctx, Id, Time};
use people::Level;
use store::{StoreError, Tx};
use web::due::{self, Board, Due, Late, Line, Lines, Look, Owed, Pending};
use web::kit::Light;
use web::{Lang, dates, fill};

use crate::events::{FindingId, InspectionId};
use crate::list;
use crate::read::{self, Finding, State};
use crate::texts::InspectTexts;

/// What this module declares.
pub(crate) const DUE: &[Due] = &[Due { name: "inspections", title: |lang| InspectTexts::of(lang).due_title, steps, counts, list: listed }];

/// The section on dashboards.
pub(crate) const BOARDS: &[Board] = &[Board {
    name: "inspections",
    title: |lang| InspectTexts::of(lang).title,
    figures: |level| match level {
        Level::District => {
            &["inspections.findings", "inspections.closed", "inspections.overdue", "inspections.rechecks_late", "inspections.in_time_rate"]
        }
        Level::Town | Level::Community | Level::Department => {
            &["inspections.findings", "inspections.closed", "inspections.overdue", "inspections.returned", "inspections.in_time_rate"]
        }
        _ => &[],
    },
    trend: |_| &["inspections.findings", "inspections.closed"],
    parts: &[],
    below: &["inspections.findings", "inspections.closed", "inspections.overdue", "inspections.in_time_rate"],
    wall: None,
}];

fn steps(lang: Lang) -> Vec<(&'static str, &'static str)> {
    let t = InspectTexts::of(lang);
    vec![(State::Open.code(), t.state_open), (State::Rectified.code(), t.state_rectified)]
}

/// A day as people say it, from the one of the table.
pub(crate) fn day(lang: Lang, on: &str, now: Time) -> String {
    on.parse().map_or_else(|_| on.to_owned(), |on| dates::day(lang, on, now))
}

/// What is open of the units that are looked at, as far as who looks may know of it.
fn open(tx: &mut Tx, look: &Look<'_>) -> Result<Vec<Finding>, StoreError> {
    let known = |finding: &Finding| look.actor.is_none_or(|actor| read::may_see(actor, look.tree, finding.unit));
    Ok(list::open(tx)?.into_iter().filter(|finding| look.covers(finding.owes(look.tree)) && known(finding)).collect())
}

fn counts(tx: &mut Tx, ctx: &Ctx, look: &Look<'_>) -> Result<Vec<Owed>, StoreError> {
    let open = open(tx, look)?;
    Ok(due::tally(ctx.now, open.iter().map(|finding| (finding.owes(look.tree), finding))))
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
    let (found, next) = due::some(ctx.now, open(tx, look)?, step, late, after, limit);
    Ok(Lines { lines: found.iter().map(|finding| line(ctx, look, finding)).collect(), next })
}

impl Pending for Finding {
    fn id(&self) -> Id {
        self.id.0
    }

    fn step(&self) -> &'static str {
        self.state.code()
    }

    fn due(&self) -> Time {
        self.due
    }
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
    let sub = fill(t.sub, &[("unit", &look.tree.full_name(finding.unit)), ("on", &day(look.lang, &finding.on, ctx.now))]);
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
            let sub = fill(t.sub, &[("unit", &look.tree.full_name(visit.unit)), ("on", &day(look.lang, &visit.on, ctx.now))]);
            let href = format!("/inspections/v/{}", visit.id);
            found.push((*id, Line { href, title: t.visit.to_owned(), sub, light: Light::None, left: String::new() }));
        }
    }
    Ok(found)
}
