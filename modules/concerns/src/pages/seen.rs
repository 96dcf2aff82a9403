//! What dashboards are told of concerns: what units owe, the concerns behind a number, what came last.

use std::collections::{BTreeMap, HashMap, HashSet};

use base::{Ctx, Id, Time, UnitId};
use people::{Level, Tree};
use store::{Sql, StoreError, Tx, p, sql};
use web::due::{Board, Due, Late, Line, Lines, Look, Owed, Parts, Recent, midnight};
use web::{Lang, dates};

use super::staff::StaffTexts;
use super::words;
use crate::concern::{self, ConcernId};
use crate::model::{Outcome, State};
use crate::sight;

web::texts! {
    /// Words of concerns on dashboards.
    pub(crate) SeenTexts;
    title: "居民诉求", "Residents' concerns";
    no_kind: "尚未分类", "not sorted yet";
    kinds: "类别", "Kinds";
}

/// The states in which somebody owes a step.
const OPEN: [State; 6] = [State::Received, State::Dispatched, State::Objected, State::InHand, State::Resolved, State::CallBack];

/// What this module declares.
pub(crate) const DUE: &[Due] = &[Due { name: "concerns", title, steps, counts, list }];

/// Where things happen, then what became of them: a department has no place.
const PLACES: &[&str] = &[
    "concerns.raised",
    "concerns.dispatched",
    "concerns.resolved",
    "concerns.in_time_rate",
    "concerns.contact_rate",
    "concerns.solution_rate",
    "concerns.satisfaction_rate",
];

/// The section on dashboards.
pub(crate) const BOARDS: &[Board] = &[Board {
    name: "concerns",
    title,
    figures,
    trend,
    parts: &[Parts { measure: "concerns.first_dispatched", title: |lang| SeenTexts::of(lang).kinds, names: kind_names }],
    below: PLACES,
    wall: Some(("concerns.received", &["concerns.contact_rate", "concerns.solution_rate", "concerns.satisfaction_rate"])),
}];

/// Concerns come to desks, which the district and its towns have; other units are given them, and those that are places are where
/// they are about.
fn figures(level: Level) -> &'static [&'static str] {
    match level {
        Level::District | Level::Town => &[
            "concerns.received",
            "concerns.dispatched",
            "concerns.resolved",
            "concerns.in_time_rate",
            "concerns.contact_rate",
            "concerns.solution_rate",
            "concerns.satisfaction_rate",
        ],
        Level::Community | Level::Grid => PLACES,
        _ => PLACES.get(1..).unwrap_or_default(),
    }
}

fn trend(level: Level) -> &'static [&'static str] {
    match level {
        Level::District | Level::Town => &["concerns.received", "concerns.resolved"],
        Level::Community | Level::Grid => &["concerns.raised", "concerns.resolved"],
        _ => &["concerns.dispatched", "concerns.resolved"],
    }
}

/// Kinds under the name of the large kind that each is part of, so that there are few.
fn kind_names(tx: &mut Tx, _: Lang) -> Result<Vec<(String, String)>, StoreError> {
    let kinds = crate::catalogue::kinds(tx)?;
    let above = |code: &str| kinds.iter().find(|kind| kind.code == code);
    let top = |code: &str| {
        let mut at = above(code);
        // A catalogue is two or three deep; the bound only keeps a damaged one from going round.
        for _ in 0..8 {
            match at.and_then(|kind| kind.parent.as_deref()).and_then(above) {
                Some(parent) => at = Some(parent),
                None => break,
            }
        }
        at.map(|kind| kind.name.clone()).unwrap_or_default()
    };
    Ok(kinds.iter().map(|kind| (kind.code.clone(), top(&kind.code))).collect())
}

fn title(lang: Lang) -> &'static str {
    SeenTexts::of(lang).title
}

fn steps(lang: Lang) -> Vec<(&'static str, &'static str)> {
    OPEN.iter().map(|state| (state.code(), words::words(lang).state(*state))).collect()
}

/// Walks `concern_inbox` from end to end, which holds what is open and nothing else.
const COUNT: &Sql = sql!(
    "SELECT holder, state, COUNT(*), CAST(SUM(CASE WHEN due_at < ?1 THEN 1 ELSE 0 END) AS BIGINT),
            CAST(SUM(CASE WHEN due_at >= ?1 AND due_at < ?2 THEN 1 ELSE 0 END) AS BIGINT)
     FROM concern WHERE holder IS NOT NULL GROUP BY holder, state"
);
/// A range of `concern_inbox`.
const COUNT_OF: &Sql = sql!(
    "SELECT holder, state, COUNT(*), CAST(SUM(CASE WHEN due_at < ?1 THEN 1 ELSE 0 END) AS BIGINT),
            CAST(SUM(CASE WHEN due_at >= ?1 AND due_at < ?2 THEN 1 ELSE 0 END) AS BIGINT)
     FROM concern WHERE holder = ?3 GROUP BY holder, state"
);
/// Walks `concern_guarded` from end to end: the few that may not be told to everybody.
const GUARDED: &Sql =
    sql!("SELECT id, holder, state, due_at, bars, about_person, desk FROM concern WHERE holder IS NOT NULL AND bars IS NOT NULL");
/// Walks `concern_inbox` from end to end.
const ALL: &Sql = sql!("SELECT holder, state, due_at, id FROM concern WHERE holder IS NOT NULL");
/// A range of `concern_inbox`.
const OF: &Sql = sql!("SELECT holder, state, due_at, id FROM concern WHERE holder = ?1");
/// Walks the primary key from its end, a few hundred rows and no more.
const LAST: &Sql = sql!(
    "SELECT c.id, c.received_at, c.place, c.state, k.name, c.bars, c.confidential, c.batch
     FROM concern c LEFT JOIN concern_kind k ON k.code = c.kind WHERE c.id < ?1 ORDER BY c.id DESC LIMIT ?2"
);

/// How many of the last concerns are looked through for what a screen may show.
const LOOKED_THROUGH: i64 = 400;

/// Up to so many units are asked one by one; for more, everything that is open is walked once.
const ONE_BY_ONE: usize = 24;

/// The units that are looked at, where they are few.
fn few(look: &Look<'_>) -> Option<Vec<UnitId>> {
    let units: Vec<UnitId> = look.tree.subtree(look.unit).into_iter().map(|unit| unit.id).collect();
    (units.len() <= ONE_BY_ONE).then_some(units)
}

struct Hidden {
    id: ConcernId,
    holder: UnitId,
    state: State,
    due: Time,
}

fn state(code: &str) -> Result<State, StoreError> {
    State::from_code(code).ok_or_else(|| StoreError::unknown("concern", "state", code))
}

/// What is kept from who looks, of what is open.
fn hidden(tx: &mut Tx, look: &Look<'_>) -> Result<Vec<Hidden>, StoreError> {
    let Some(actor) = look.actor else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    tx.each(GUARDED, p![], |row| {
        let bars = concern::unpack(row.blob(4)?);
        if sight::is_guarded_from(actor, look.tree, row.opt_id(5)?, &bars, row.id(6)?) {
            all.push(Hidden { id: row.id(0)?, holder: row.id(1)?, state: state(row.text(2)?)?, due: row.time(3)? });
        }
        Ok(())
    })?;
    Ok(all)
}

fn counts(tx: &mut Tx, ctx: &Ctx, look: &Look<'_>) -> Result<Vec<Owed>, StoreError> {
    let (now, tonight) = (ctx.now, midnight(ctx.now));
    let mut sums: BTreeMap<(UnitId, State), [i64; 3]> = BTreeMap::new();
    let mut take = |row: &store::Row<'_>| {
        let unit = row.id(0)?;
        if look.covers(unit) {
            sums.insert((unit, state(row.text(1)?)?), [row.int(2)?, row.int(3)?, row.int(4)?]);
        }
        Ok(())
    };
    match few(look) {
        Some(units) => {
            for unit in units {
                tx.each(COUNT_OF, p![now, tonight, unit], &mut take)?;
            }
        }
        None => tx.each(COUNT, p![now, tonight], &mut take)?,
    }
    for gone in hidden(tx, look)? {
        if let Some([open, late, today]) = sums.get_mut(&(gone.holder, gone.state)) {
            *open -= 1;
            *late -= i64::from(gone.due < now);
            *today -= i64::from(gone.due >= now && gone.due < tonight);
        }
    }
    let owed = |((unit, state), [open, late, today]): ((UnitId, State), [i64; 3])| Owed { unit, step: state.code(), open, today, late };
    Ok(sums.into_iter().filter(|(_, [open, ..])| *open > 0).map(owed).collect())
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
    let (now, tonight) = (ctx.now, midnight(ctx.now));
    let only = step.and_then(State::from_code);
    let begin = after.and_then(|after| {
        let (at, id) = after.split_once('-')?;
        Some((Time(at.parse().ok()?), id.parse::<ConcernId>().ok()?))
    });
    let hidden: HashSet<ConcernId> = hidden(tx, look)?.into_iter().map(|gone| gone.id).collect();
    let mut found: Vec<(Time, ConcernId)> = Vec::new();
    let mut take = |row: &store::Row<'_>| {
        let (due, id) = (row.time(2)?, row.id::<ConcernId>(3)?);
        let when = match late {
            Late::Any => true,
            Late::Over => due < now,
            Late::Today => due >= now && due < tonight,
        };
        let wanted = when && look.covers(row.id(0)?) && begin.is_none_or(|begin| (due, id) > begin) && !hidden.contains(&id);
        if wanted && (only.is_none() || only == State::from_code(row.text(1)?)) {
            found.push((due, id));
        }
        Ok(())
    };
    match few(look) {
        Some(units) => {
            for unit in units {
                tx.each(OF, p![unit], &mut take)?;
            }
        }
        None => tx.each(ALL, p![], &mut take)?,
    }
    found.sort_unstable();
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(due, id)| format!("{}-{id}", due.0));
    let ids: Vec<Id> = found.iter().map(|(_, id)| id.0).collect();
    Ok(Lines { lines: lines(tx, ctx, look, &ids)?.into_iter().map(|(_, line)| line).collect(), next })
}

/// The lines of concerns that this person may read; with nobody who looks there are none.
pub(crate) fn lines(tx: &mut Tx, ctx: &Ctx, look: &Look<'_>, ids: &[Id]) -> Result<Vec<(Id, Line)>, StoreError> {
    let Some(actor) = look.actor else { return Ok(Vec::new()) };
    let (t, w, calendar) = (StaffTexts::of(look.lang), words::words(look.lang), ctx.rules().calendar());
    let mut kinds: HashMap<String, Option<String>> = HashMap::new();
    let mut lines = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(concern) = concern::get(tx, ConcernId(*id))? else { continue };
        if !sight::may_read(actor, look.tree, &concern) {
            continue;
        }
        let now = &concern.now;
        let kind = match &now.kind {
            None => String::new(),
            Some(code) => {
                if !kinds.contains_key(code) {
                    kinds.insert(code.clone(), crate::catalogue::kind(tx, code)?.map(|kind| kind.name));
                }
                kinds.get(code).cloned().flatten().unwrap_or_default()
            }
        };
        let (light, left) = match &now.due {
            Some(due) => (dates::light(due.at, ctx.now, calendar), dates::left(look.lang, due.at, ctx.now, calendar)),
            None => (web::kit::Light::Done, now.outcome.map(|outcome: Outcome| w.outcome(outcome).to_owned()).unwrap_or_default()),
        };
        let parts = [
            w.state(now.state).to_owned(),
            concern.place.map(|place| place_name(look.tree, place)).unwrap_or_default(),
            kind,
            now.holder
                .or(now.handler)
                .and_then(|unit| look.tree.get(look.tree.heir(unit)))
                .map(|unit| unit.name.clone())
                .unwrap_or_default(),
        ];
        let line = Line {
            href: format!("/work/c/{}", concern.no),
            title: if concern.title.is_empty() { t.untitled.to_owned() } else { concern.title.clone() },
            sub: parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" · "),
            light,
            left,
        };
        lines.push((*id, line));
    }
    Ok(lines)
}

/// Town, community and the grid's number.
fn place_name(tree: &Tree, place: UnitId) -> String {
    let name = |level: Level| tree.at_level(place, level).map(|unit| unit.name.as_str());
    let grid = name(Level::Grid).map(|name| name.split('（').next().unwrap_or(name));
    [name(Level::Town), name(Level::Community), grid].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// What came last: the place down to the community, the kind, the state; never a word of the resident.
pub(crate) fn recent(tx: &mut Tx, _: &Ctx, look: &Look<'_>, limit: usize) -> Result<Vec<Recent>, StoreError> {
    let (t, w) = (SeenTexts::of(look.lang), words::words(look.lang));
    let mut all = Vec::new();
    tx.each(LAST, p![&[0xff_u8; 16], LOOKED_THROUGH], |row| {
        // What is about somebody, comes from a confidential caller or was brought in from elsewhere is on no screen; a
        // screen of a town shows what happened there.
        let told = row.is_null(5)? && !row.bool(6)? && row.is_null(7)?;
        let place: Option<UnitId> = row.opt_id(2)?;
        let within = place.map_or(look.tree.parent(look.unit).is_none(), |place| look.covers(place));
        if told && within && all.len() < limit {
            let place = place.map(|place| look.tree.at_level(place, Level::Community).map_or(place, |community| community.id));
            let text = format!("{} · {}", row.opt_text(4)?.unwrap_or(t.no_kind), w.state(state(row.text(3)?)?));
            all.push(Recent { id: row.id(0)?, at: row.time(1)?, place, text });
        }
        Ok(())
    })?;
    Ok(all)
}
