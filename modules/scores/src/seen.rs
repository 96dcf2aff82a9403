//! What other pages are told of appeals: who is to decide on how many, and the appeals and locked scores behind a subject.

use base::{Ctx, Id, Time, UnitId};
use measures::ReadNumbers;
use store::{StoreError, Tx};
use web::due::{self, Due, Late, Line, Lines, Look, Owed, Pending};
use web::kit::Light;
use web::{Lang, dates, fill};

use crate::appeal::{self, Appealed, Deciders};
use crate::events::{AppealId, RoundId};
use crate::texts::ScoreTexts;
use crate::{lock, scheme};

/// The only step of an appeal.
const STEP: &str = "open";

/// What this module declares.
pub(crate) const DUE: &[Due] = &[Due { name: "scores", title: |lang| ScoreTexts::of(lang).due_title, steps, counts, list }];

fn steps(lang: Lang) -> Vec<(&'static str, &'static str)> {
    vec![(STEP, ScoreTexts::of(lang).appeal_open)]
}

/// What waits at the units that are looked at, with who is to decide, as far as who looks may know of it.
fn open(tx: &mut Tx, ctx: &Ctx, look: &Look<'_>) -> Result<Vec<(UnitId, Appealed)>, StoreError> {
    let waiting = appeal::open(tx)?;
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let deciders = Deciders::find(tx, ctx.now, look.tree)?;
    let known = |appeal: &Appealed| look.actor.is_none_or(|actor| appeal::may_see(actor, look.tree, appeal));
    let owed = waiting.into_iter().filter(known).filter_map(|appeal| {
        let unit = deciders.of(look.tree, appeal.unit).into_iter().find(|unit| look.covers(*unit))?;
        Some((unit, appeal))
    });
    Ok(owed.collect())
}

fn counts(tx: &mut Tx, ctx: &Ctx, look: &Look<'_>) -> Result<Vec<Owed>, StoreError> {
    let open = open(tx, ctx, look)?;
    Ok(due::tally(ctx.now, open.iter().map(|(unit, appeal)| (*unit, appeal))))
}

fn list(
    tx: &mut Tx,
    ctx: &Ctx,
    look: &Look<'_>,
    step: Option<&str>,
    late: Late,
    after: Option<&str>,
    limit: usize,
) -> Result<Lines, StoreError> {
    let open = open(tx, ctx, look)?.into_iter().map(|(_, appeal)| appeal).collect();
    let (found, next) = due::some(ctx.now, open, step, late, after, limit);
    let lines = found.iter().map(|appeal| line(tx, ctx, look, appeal)).collect::<Result<_, _>>()?;
    Ok(Lines { lines, next })
}

impl Pending for Appealed {
    fn id(&self) -> Id {
        self.id.0
    }

    fn step(&self) -> &'static str {
        STEP
    }

    fn due(&self) -> Time {
        self.due
    }
}

/// How an appeal stands: a light and words.
pub(crate) fn light(ctx: &Ctx, lang: Lang, appeal: &Appealed) -> (Light, String) {
    let t = ScoreTexts::of(lang);
    match appeal.state.as_str() {
        "upheld" => (Light::Done, t.appeal_upheld.to_owned()),
        "refused" => (Light::Done, t.appeal_refused.to_owned()),
        _ => {
            let calendar = ctx.rules().calendar();
            (dates::light(appeal.due, ctx.now, calendar), dates::left(lang, appeal.due, ctx.now, calendar))
        }
    }
}

/// The scheme and the period of locked scores, as people say it.
pub(crate) fn of_round(tx: &mut Tx, lang: Lang, id: RoundId) -> Result<Option<(lock::Round, String)>, StoreError> {
    let Some(round) = lock::find(tx, id)? else { return Ok(None) };
    let name = scheme::find(tx, round.scheme, round.version)?.map(|scheme| scheme.says.name).unwrap_or_default();
    let words = format!("{name} · {}", round.period.label(lang));
    Ok(Some((round, words)))
}

/// An appeal as a line.
pub(crate) fn line(tx: &mut Tx, ctx: &Ctx, look: &Look<'_>, appeal: &Appealed) -> Result<Line, StoreError> {
    let (light, left) = light(ctx, look.lang, appeal);
    let sub = of_round(tx, look.lang, appeal.round)?.map(|(_, words)| words).unwrap_or_default();
    let title = fill(ScoreTexts::of(look.lang).appeal_one, &[("unit", &look.tree.full_name(appeal.unit))]);
    Ok(Line { href: format!("/scores/appeals/{}", appeal.id), title, sub, light, left })
}

/// Appeals and locked scores as lines of lists that other pages draw.
pub(crate) fn lines(tx: &mut Tx, ctx: &Ctx, look: &Look<'_>, ids: &[Id]) -> Result<Vec<(Id, Line)>, StoreError> {
    let mut found = Vec::new();
    let Some(actor) = look.actor else { return Ok(found) };
    for id in ids {
        if let Some(appeal) = appeal::find(tx, AppealId(*id))? {
            if appeal::may_see(actor, look.tree, &appeal) {
                found.push((*id, line(tx, ctx, look, &appeal)?));
            }
        } else if actor.has::<ReadNumbers>().is_some()
            && let Some((round, sub)) = of_round(tx, look.lang, RoundId(*id))?
        {
            let t = ScoreTexts::of(look.lang);
            let href = format!("/scores?s={}&from={}&rev={}", round.scheme, round.period.from, round.revision);
            let at = dates::moment(look.lang, round.at, ctx.now);
            let left = fill(t.state_locked, &[("n", &round.revision), ("at", &at)]);
            found.push((*id, Line { href, title: t.title.to_owned(), sub, light: Light::Done, left }));
        }
    }
    Ok(found)
}
