//! Lists that an index leads: what has certain words, and the few that are open at one step. The walks of
//! [`super::list`] then only say yes or no.

use std::collections::HashSet;

use base::Time;
use people::{Actor, Tree};
use search::Query;
use store::{Sql, StoreError, Tx, p, sql};

use super::list::{Filter, Walk};
use super::{Count, Page, Row, named, one};
use crate::concern::ConcernId;
use crate::found;
use crate::model::State;

/// By the primary keys.
const HANDLED: &Sql = sql!("SELECT 1 FROM concern_unit WHERE unit = ?1 AND concern = ?2");
const REGISTERED: &Sql = sql!("SELECT 1 FROM concern WHERE id = ?1 AND registered_by = ?2");
const BROUGHT: &Sql = sql!("SELECT 1 FROM concern WHERE id = ?1 AND batch = ?2");
/// Walks `concern_inbox`, which holds open concerns only: some thousands, however many there are in all.
const OPEN: &Sql = sql!("SELECT id FROM concern WHERE holder IS NOT NULL AND (state = ?1 OR ?1 IS NULL) AND (due_at < ?2 OR ?2 IS NULL)");

/// Ids that are read from an index at a time.
const AT_ONCE: usize = 200;
/// Rows that are looked at for one page at most: a page that is not full then says where to go on.
const MOST_LOOKED: usize = 3_000;

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

    fn ids(&self, tx: &mut Tx, after: Option<ConcernId>) -> Result<Vec<ConcernId>, StoreError> {
        match self {
            Lead::Words(query) => found::find(tx, query, after, AT_ONCE),
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

/// Whether one of the walks would have come by it.
fn is_on(tx: &mut Tx, tree: &Tree, walks: &[Walk], row: &Row) -> Result<bool, StoreError> {
    for walk in walks {
        let on = match walk {
            Walk::All => true,
            Walk::Town(unit) | Walk::Community(unit, _) | Walk::Grid(unit, _) => {
                row.place.is_some_and(|place| tree.is_within(place, *unit))
            }
            Walk::Handled(unit) => tx.opt(HANDLED, p![*unit, row.id], |_| Ok(()))?.is_some(),
            Walk::Registered(person) => tx.opt(REGISTERED, p![row.id, *person], |_| Ok(()))?.is_some(),
            Walk::Batch(batch) => tx.opt(BROUGHT, p![row.id, *batch], |_| Ok(()))?.is_some(),
        };
        if on {
            return Ok(true);
        }
    }
    Ok(false)
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
    let (mut after, mut looked) = (before, 0);
    loop {
        let ids = lead.ids(tx, after)?;
        let more = !lead.is_whole() && ids.len() == AT_ONCE;
        for id in ids {
            after = Some(id);
            looked += 1;
            let Some(row) = one(tx, id)? else { continue };
            if filter.fits(&row) && !row.is_hidden_from(actor, tree) && is_on(tx, tree, walks, &row)? && !each(row) {
                return Ok(None);
            }
            if looked >= MOST_LOOKED {
                return Ok(after);
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
