//! Lists that an index leads: what has certain words, and the few that are open at one step. The walks of
//! [`super::list`] then only say yes or no.

use std::collections::{HashMap, HashSet};

use base::{Id, PersonId, Time, UnitId};
use people::{Actor, Tree};
use search::Query;
use store::{Sql, StoreError, Tx, p, sql};

use super::list::{Filter, Walk};
use super::{Count, Page, Row, named, row_columns};
use crate::concern::ConcernId;
use crate::found;
use crate::model::State;

/// By the index `concern_unit_by_concern`: a concern has a few units, a unit has tens of thousands of concerns.
const HANDLED: &Sql = sql!(concat!("SELECT concern, unit FROM concern_unit WHERE concern IN (", store::many!(), ")"));
/// By the primary keys.
const WHERE: &Sql = sql!(concat!("SELECT id, place, registered_by, batch FROM concern WHERE id IN (", store::many!(), ")"));
const ROWS: &Sql = sql!(concat!("SELECT ", row_columns!(), " FROM concern c WHERE c.id IN (", store::many!(), ")"));
/// Walks `concern_inbox`, which holds open concerns only: some thousands, however many there are in all.
const OPEN: &Sql = sql!("SELECT id FROM concern WHERE holder IS NOT NULL AND (state = ?1 OR ?1 IS NULL) AND (due_at < ?2 OR ?2 IS NULL)");

/// Ids that are read from an index at first: most pages are full with these. Whoever sees few of them looks twice as far each
/// time, since each look asks anew where the index begins.
const AT_ONCE: usize = store::MANY;
/// Those of them that are looked at first: most pages are full with these.
const FIRST: usize = 50;
/// Rows that are looked at for one page at most: a page that is not full then says where to go on.
const MOST_LOOKED: usize = 2_000;

/// What leads a list.
pub(super) enum Lead {
    /// The words that it must have.
    Words(Query),
    /// The open ones at a step, or past a deadline.
    Open(Option<State>, Option<Time>),
}

impl Lead {
    /// What leads the list of this filter; nothing where a walk along an area is as good.
    pub(super) fn of(filter: &Filter) -> Option<Lead> {
        if let Some(words) = &filter.words {
            return Some(Lead::Words(Query::of(words)));
        }
        let is_open = filter.state.is_some_and(|state| state != State::Archived) || filter.open == Some(true) || filter.late_at.is_some();
        (is_open && filter.holder.is_none()).then_some(Lead::Open(filter.state, filter.late_at))
    }

    fn ids(&self, tx: &mut Tx, after: Option<ConcernId>, most: usize) -> Result<Vec<ConcernId>, StoreError> {
        match self {
            Lead::Words(query) => found::find(tx, query, after, most),
            Lead::Open(state, late) => {
                let mut ids: Vec<ConcernId> = tx.all(OPEN, p![state.map(State::code), *late], |row| row.id(0))?;
                ids.retain(|id| after.is_none_or(|after| *id < after));
                ids.sort_unstable_by(|a, b| b.cmp(a));
                Ok(ids)
            }
        }
    }

    /// Whether one look gave everything.
    fn is_whole(&self) -> bool {
        matches!(self, Lead::Open(..))
    }
}

/// Those that one of the walks would have come by.
fn on_walks(tx: &mut Tx, tree: &Tree, walks: &[Walk], ids: &[ConcernId]) -> Result<Vec<ConcernId>, StoreError> {
    if walks.contains(&Walk::All) {
        return Ok(ids.to_vec());
    }
    let mut on: Vec<ConcernId> = Vec::new();
    let bound = store::many(ids);
    if walks.iter().any(|walk| !matches!(walk, Walk::Handled(_))) {
        tx.each(WHERE, &bound, |row| {
            let (place, by, batch) = (row.opt_id::<UnitId>(1)?, row.opt_id::<PersonId>(2)?, row.opt_id::<Id>(3)?);
            let is_on = |walk: &Walk| match walk {
                Walk::All => true,
                Walk::Town(unit) | Walk::Community(unit, _) | Walk::Grid(unit, _) => {
                    place.is_some_and(|place| tree.is_within(place, *unit))
                }
                Walk::Registered(person) => by == Some(*person),
                Walk::Batch(of) => batch == Some(*of),
                Walk::Handled(_) => false,
            };
            if walks.iter().any(is_on) {
                on.push(row.id(0)?);
            }
            Ok(())
        })?;
    }
    if walks.iter().any(|walk| matches!(walk, Walk::Handled(_))) {
        tx.each(HANDLED, &bound, |row| {
            if walks.contains(&Walk::Handled(row.id(1)?)) {
                on.push(row.id(0)?);
            }
            Ok(())
        })?;
    }
    on.sort_unstable();
    on.dedup();
    Ok(on)
}

impl Filter {
    fn fits(&self, row: &Row) -> bool {
        self.state.is_none_or(|state| row.state == state)
            && self.open.is_none_or(|open| open == row.closed_at.is_none())
            && self.kind.as_ref().is_none_or(|kind| row.kind.as_ref() == Some(kind))
            && self.holder.is_none_or(|holder| row.holder == Some(holder))
            && self.assignee.is_none_or(|assignee| row.assignee == Some(assignee))
            && self.source.is_none_or(|source| row.source == source)
            && self.outcome.is_none_or(|outcome| row.outcome == Some(outcome))
            && self.late_at.is_none_or(|at| row.due.as_ref().is_some_and(|due| due.at < at))
            && self.from.is_none_or(|from| row.received_at >= from)
            && self.to.is_none_or(|to| row.received_at < to)
            && self.since.is_none_or(|since| row.occurred_at >= since)
            && self.until.is_none_or(|until| row.occurred_at < until)
    }
}

/// Walks the leading index from the newest; `each` says whether to go on.
#[expect(clippy::too_many_arguments, reason = "who looks, at what, and what is done with it")]
fn led(
    tx: &mut Tx,
    actor: &Actor,
    tree: &Tree,
    lead: &Lead,
    walks: &[Walk],
    filter: &Filter,
    before: Option<ConcernId>,
    mut each: impl FnMut(Row) -> bool,
) -> Result<Option<ConcernId>, StoreError> {
    let (mut after, mut looked, mut most) = (before, 0, AT_ONCE);
    loop {
        let ids = lead.ids(tx, after, most)?;
        let more = !lead.is_whole() && ids.len() == most;
        most = (2 * most).min(MOST_LOOKED);
        let mut rest = ids.as_slice();
        let mut at_once = FIRST;
        while !rest.is_empty() {
            let (these, others) = rest.split_at(rest.len().min(at_once));
            (rest, at_once) = (others, store::MANY);
            let on = on_walks(tx, tree, walks, these)?;
            let mut rows: HashMap<ConcernId, Row> = HashMap::new();
            if !on.is_empty() {
                tx.each(ROWS, &store::many(&on), |row| {
                    let row = Row::read(row)?;
                    rows.insert(row.id, row);
                    Ok(())
                })?;
            }
            for id in these {
                after = Some(*id);
                looked += 1;
                if let Some(row) = rows.remove(id)
                    && filter.fits(&row)
                    && !row.is_hidden_from(actor, tree)
                    && !each(row)
                {
                    return Ok(None);
                }
                if looked >= MOST_LOOKED {
                    return Ok(after);
                }
            }
        }
        if !more {
            return Ok(None);
        }
    }
}

/// A page of such a list.
#[expect(clippy::too_many_arguments, reason = "a list has a reader, a filter and a place to go on")]
pub(super) fn list(
    tx: &mut Tx,
    actor: &Actor,
    tree: &Tree,
    lead: &Lead,
    walks: &[Walk],
    filter: &Filter,
    before: Option<ConcernId>,
    limit: usize,
) -> Result<Page, StoreError> {
    let mut rows: Vec<Row> = Vec::new();
    let gone_on = led(tx, actor, tree, lead, walks, filter, before, |row| {
        rows.push(row);
        rows.len() <= limit
    })?;
    let full = rows.len() > limit;
    rows.truncate(limit);
    named(tx, &mut rows)?;
    let next = if full { rows.last().map(|row| row.id.to_string()) } else { gone_on.map(|id| id.to_string()) };
    Ok(Page { rows, next })
}

/// How many such a list has, up to a limit.
pub(super) fn count(
    tx: &mut Tx,
    actor: &Actor,
    tree: &Tree,
    lead: &Lead,
    walks: &[Walk],
    filter: &Filter,
    most: usize,
) -> Result<Count, StoreError> {
    let mut seen: HashSet<ConcernId> = HashSet::new();
    let gone_on = led(tx, actor, tree, lead, walks, filter, None, |row| {
        seen.insert(row.id);
        seen.len() <= most
    })?;
    Ok(Count { n: seen.len().min(most), more: seen.len() > most || gone_on.is_some() })
}
