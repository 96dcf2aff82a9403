//! Lists of a subtree, newest first: what happened in a place, and what went through a unit's hands.
//!
//! Each list is one or two walks along an index in the order of ids, which is the order in which
//! concerns came; two walks are merged here, and what both found is shown once.

use std::collections::HashSet;

use base::{Id, PersonId, Time, UnitId};
use people::{Actor, Level, Tree};
use store::{Sql, StoreError, Tx, p, sql};

use super::searched::{self, Lead};
use super::{Count, Page, Row, named, row_columns};
use crate::concern::ConcernId;
use crate::line::Lines;
use crate::model::{Outcome, Source, State};
use crate::permissions::Read;
use crate::sight;

/// What a list shows. Nothing set shows everything that this person may read.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of a unit: what happened there and what went through its hands.
    pub unit: Option<UnitId>,
    /// Written down by this person themselves.
    pub registered_by_me: bool,
    /// At this point of its way.
    pub state: Option<State>,
    /// Open ones only, or closed ones only.
    pub open: Option<bool>,
    /// Of this kind.
    pub kind: Option<String>,
    /// In this unit's hands now.
    pub holder: Option<UnitId>,
    /// In this person's hands now.
    pub assignee: Option<PersonId>,
    /// That came this way.
    pub source: Option<Source>,
    /// Closed in this way.
    pub outcome: Option<Outcome>,
    /// Past the deadline of the present step at this time.
    pub late_at: Option<Time>,
    /// Recorded at this time or later.
    pub from: Option<Time>,
    /// Recorded before this time.
    pub to: Option<Time>,
    /// Said at this time or later, which for what was brought in is long before it was recorded.
    pub since: Option<Time>,
    /// Said before this time.
    pub until: Option<Time>,
    /// Brought by this import.
    pub batch: Option<Id>,
    /// With all of these words.
    pub words: Option<String>,
}

/// The filters that every walk has, after the walk's own place. Compared first, so that both engines know the type.
macro_rules! filters {
    () => {
        " AND c.id < ?2 AND c.id >= ?3 AND (c.state = ?4 OR ?4 IS NULL) AND (c.kind = ?5 OR ?5 IS NULL) \
         AND (c.holder = ?6 OR ?6 IS NULL) AND (c.assignee = ?7 OR ?7 IS NULL) AND (c.source = ?8 OR ?8 IS NULL) \
         AND (c.outcome = ?9 OR ?9 IS NULL) AND (c.due_at < ?10 OR ?10 IS NULL) AND (c.batch = ?11 OR ?11 IS NULL) \
         AND (?12 = 0 OR (?12 = 1) = (c.closed_at IS NULL)) AND (c.occurred_at >= ?14 OR ?14 IS NULL) \
         AND (c.occurred_at < ?15 OR ?15 IS NULL) ORDER BY c.id DESC LIMIT ?13"
    };
}

/// Walks the primary key.
const ALL: &Sql = sql!(concat!("SELECT ", row_columns!(), " FROM concern c WHERE c.received_at >= ?1", filters!()));
/// Walks `concern_town`.
const TOWN: &Sql = sql!(concat!("SELECT ", row_columns!(), " FROM concern c WHERE c.town = ?1", filters!()));
/// Walks `concern_town` of the community's town, which holds the community too.
const COMMUNITY: &Sql = sql!(concat!("SELECT ", row_columns!(), " FROM concern c WHERE c.town = ?16 AND c.community = ?1", filters!()));
/// Walks `concern_town` of the grid's town, which holds the place too.
const GRID: &Sql = sql!(concat!("SELECT ", row_columns!(), " FROM concern c WHERE c.town = ?16 AND c.place = ?1", filters!()));
/// Walks the primary key of `concern_unit`.
const HANDLED: &Sql = sql!(concat!(
    "SELECT ",
    row_columns!(),
    " FROM concern_unit u JOIN concern c ON c.id = u.concern",
    " WHERE u.unit = ?1 AND u.concern < ?2 AND u.concern >= ?3",
    " AND (c.state = ?4 OR ?4 IS NULL) AND (c.kind = ?5 OR ?5 IS NULL) AND (c.holder = ?6 OR ?6 IS NULL)
      AND (c.assignee = ?7 OR ?7 IS NULL) AND (c.source = ?8 OR ?8 IS NULL) AND (c.outcome = ?9 OR ?9 IS NULL)
      AND (c.due_at < ?10 OR ?10 IS NULL) AND (c.batch = ?11 OR ?11 IS NULL)
      AND (?12 = 0 OR (?12 = 1) = (c.closed_at IS NULL)) AND (c.occurred_at >= ?14 OR ?14 IS NULL)
      AND (c.occurred_at < ?15 OR ?15 IS NULL) ORDER BY u.concern DESC LIMIT ?13"
));
/// Walks `concern_registered`.
const REGISTERED: &Sql = sql!(concat!("SELECT ", row_columns!(), " FROM concern c WHERE c.registered_by = ?1", filters!()));
/// Walks `concern_batch`.
const BATCH: &Sql = sql!(concat!("SELECT ", row_columns!(), " FROM concern c WHERE c.batch = ?1", filters!()));

/// One walk along an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Walk {
    All,
    Town(UnitId),
    /// And its town.
    Community(UnitId, UnitId),
    /// And its town.
    Grid(UnitId, UnitId),
    Handled(UnitId),
    Registered(PersonId),
    Batch(Id),
}

/// The walks that together show what this person may read of what is asked for.
fn walks(actor: &Actor, tree: &Tree, filter: &Filter) -> Vec<Walk> {
    if filter.registered_by_me {
        return if actor.has::<Read>().is_some() { vec![Walk::Registered(actor.person)] } else { Vec::new() };
    }
    let mut walks = Vec::new();
    for proof in actor.each::<Read>() {
        // What is asked for must lie within what the post reaches.
        let unit = filter.unit.unwrap_or(proof.reach());
        if !tree.is_within(unit, proof.reach()) {
            continue;
        }
        let places = sight::reads_places(proof.role());
        if unit == tree.root() && places {
            return vec![filter.batch.map_or(Walk::All, Walk::Batch)];
        }
        let mut add = |walk: Walk| {
            if !walks.contains(&walk) {
                walks.push(walk);
            }
        };
        // What the units had in whose place this one stands now.
        for unit in [unit].into_iter().chain(tree.forebears(unit)) {
            place_walk(tree, unit).filter(|_| places).into_iter().chain([Walk::Handled(unit)]).for_each(&mut add);
        }
    }
    walks
}

/// The walk along what happened in a place.
fn place_walk(tree: &Tree, unit: UnitId) -> Option<Walk> {
    let town = || tree.at_level(unit, Level::Town).map(|town| town.id);
    match tree.level(unit) {
        Some(Level::Town) => Some(Walk::Town(unit)),
        Some(Level::Community) => town().map(|town| Walk::Community(unit, town)),
        Some(Level::Grid) => town().map(|town| Walk::Grid(unit, town)),
        _ => None,
    }
}

/// The first id of a time: ids begin with their milliseconds.
pub(crate) fn first_id(at: Time) -> ConcernId {
    let millis = u64::try_from(at.0.max(0) / 1000).unwrap_or(0).to_be_bytes();
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip(millis.iter().skip(2)) {
        *to = *from;
    }
    ConcernId(Id(id))
}

const LAST: ConcernId = ConcernId(Id([0xff; 16]));

fn walk(tx: &mut Tx, walk: Walk, filter: &Filter, before: ConcernId, limit: usize) -> Result<Vec<Row>, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let before = filter.to.map_or(before, |to| before.min(first_id(to)));
    // Nothing is recorded before it was said, so that a walk ends where the days that are asked for begin.
    let from = filter.from.max(filter.since).map_or(ConcernId::default(), first_id);
    let (state, kind, source) = (filter.state.map(State::code), &filter.kind, filter.source.map(Source::code));
    let outcome = filter.outcome.map(Outcome::code);
    let open = match filter.open {
        None => 0_i64,
        Some(true) => 1,
        Some(false) => 2,
    };
    macro_rules! with {
        ($sql:expr, $first:expr $(, $more:expr)*) => {
            tx.all(
                $sql,
                p![
                    $first, before, from, state, kind, filter.holder, filter.assignee, source, outcome, filter.late_at, filter.batch,
                    open, limit, filter.since, filter.until $(, $more)*
                ],
                Row::read,
            )
        };
    }
    match walk {
        Walk::All => with!(ALL, filter.from.unwrap_or(Time(i64::MIN))),
        Walk::Town(unit) => with!(TOWN, unit),
        Walk::Community(unit, town) => with!(COMMUNITY, unit, town),
        Walk::Grid(unit, town) => with!(GRID, unit, town),
        Walk::Handled(unit) => with!(HANDLED, unit),
        Walk::Registered(person) => with!(REGISTERED, person),
        Walk::Batch(batch) => with!(BATCH, batch),
    }
}

/// A page of a list, newest first. `before` is what the page before it gave as `next`.
///
/// # Errors
/// Only the store's.
pub fn list(tx: &mut Tx, actor: &Actor, tree: &Tree, filter: &Filter, before: Option<&str>, limit: usize) -> Result<Page, StoreError> {
    let mut before = before.and_then(|text| text.parse().ok()).unwrap_or(LAST);
    let walks = walks(actor, tree, filter);
    if let Some(lead) = Lead::of(filter) {
        let after = Some(before).filter(|before| *before != LAST);
        return searched::list(tx, actor, tree, &lead, &walks, filter, after, limit);
    }
    let mut rows: Vec<Row> = Vec::new();
    for _ in 0..8 {
        let wanted = limit + 1 - rows.len().min(limit);
        let (found, more) = merged(tx, &walks, filter, before, wanted)?;
        if let Some(last) = found.last() {
            before = last.id;
        }
        rows.extend(found.into_iter().filter(|row| !row.is_hidden_from(actor, tree)));
        if rows.len() > limit || !more {
            break;
        }
    }
    let next = (rows.len() > limit).then(|| rows.get(limit - 1).map(|row| row.id.to_string())).flatten();
    rows.truncate(limit);
    named(tx, &mut rows)?;
    Ok(Page { rows, next })
}

fn merged(tx: &mut Tx, walks: &[Walk], filter: &Filter, before: ConcernId, wanted: usize) -> Result<(Vec<Row>, bool), StoreError> {
    let (mut all, mut more) = (Vec::new(), false);
    for one in walks {
        let found = walk(tx, *one, filter, before, wanted)?;
        more |= found.len() == wanted;
        all.extend(found);
    }
    if walks.len() > 1 {
        all.sort_by_key(|row| std::cmp::Reverse(row.id));
        all.dedup_by_key(|row| row.id);
        more |= all.len() > wanted;
        all.truncate(wanted);
    }
    Ok((all, more))
}

/// How many a list has, up to a limit.
///
/// # Errors
/// Only the store's.
pub fn count(tx: &mut Tx, actor: &Actor, tree: &Tree, filter: &Filter, most: usize) -> Result<Count, StoreError> {
    let walks = walks(actor, tree, filter);
    if let Some(lead) = Lead::of(filter) {
        return searched::count(tx, actor, tree, &lead, &walks, filter, most);
    }
    let mut seen = HashSet::new();
    for one in walks {
        let mut before = LAST;
        loop {
            let found = walk(tx, one, filter, before, most + 1)?;
            let Some(last) = found.last().map(|row| row.id) else { break };
            let full = found.len() > most;
            seen.extend(found.into_iter().filter(|row| !row.is_hidden_from(actor, tree)).map(|row| row.id));
            if seen.len() > most || !full {
                break;
            }
            before = last;
        }
    }
    Ok(Count { n: seen.len().min(most), more: seen.len() > most })
}
