//! Lists of findings and of visits: bounded, page by page, with filters, of what somebody may see.
//!
//! What is not closed stands with what is due first; everything else with the newest first. A list of the whole district is
//! one walk along an index; one of a part is a walk for each unit there, merged.

use base::{Time, UnitId};
use people::{Actor, Tree};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{FindingId, InspectionId};
use crate::read::{Finding, State, finding_columns, heir, is_visited, may_see, reaches, row};

/// Which findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// Those that are not closed.
    #[default]
    Waiting,
    /// Those at this point.
    At(State),
    /// Those past the deadline of their step.
    Late,
    /// All of them.
    Ever,
}

impl Show {
    /// All that can be asked for, in the order of the list.
    pub const ALL: [Show; 6] =
        [Show::Waiting, Show::At(State::Open), Show::At(State::Rectified), Show::Late, Show::At(State::Closed), Show::Ever];

    /// As it stands in addresses.
    pub fn code(self) -> &'static str {
        match self {
            Show::Waiting => "waiting",
            Show::At(state) => state.code(),
            Show::Late => "late",
            Show::Ever => "ever",
        }
    }

    /// From [`Show::code`].
    pub fn parse(code: &str) -> Option<Show> {
        Show::ALL.into_iter().find(|show| show.code() == code)
    }

    fn by_deadline(self) -> bool {
        !matches!(self, Show::At(State::Closed) | Show::Ever)
    }
}

/// What a list shows. Nothing set shows everything that this person may see.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Which findings; visits do not ask.
    pub show: Show,
    /// Of this unit and those under it.
    pub unit: Option<UnitId>,
    /// Visited on this day or later, as `2026-11-01`.
    pub from: Option<String>,
    /// Visited on this day or before.
    pub to: Option<String>,
}

/// A page of a list, and what is given back for the next one.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next ones begin; nothing after the last.
    pub next: Option<String>,
}

/// The units that are walked one by one; nothing for a walk over all.
fn walks(actor: &Actor, tree: &Tree, filter: &Filter) -> Option<Vec<UnitId>> {
    let reaches = reaches(actor);
    if filter.unit.is_none() && tree.district().is_some_and(|unit| reaches.contains(&unit.id)) {
        return None;
    }
    let under = |unit: UnitId, above: UnitId| tree.is_within(unit, above) || tree.is_within(heir(tree, unit), above);
    let wanted = |unit: UnitId| filter.unit.is_none_or(|above| under(unit, above)) && reaches.iter().any(|above| under(unit, *above));
    Some(tree.all().filter(|unit| is_visited(unit.level) && wanted(unit.id)).map(|unit| unit.id).collect())
}

macro_rules! days {
    () => {
        " AND (i.visited_on >= ?1 OR ?1 IS NULL) AND (i.visited_on <= ?2 OR ?2 IS NULL) "
    };
}
macro_rules! waiting {
    () => {
        "AND (f.due_at, f.id) > (?3, ?4) AND (f.state = ?5 OR ?5 IS NULL) AND (f.due_at < ?6 OR ?6 IS NULL)
         ORDER BY f.due_at, f.id LIMIT ?7"
    };
}
macro_rules! ever {
    () => {
        "AND f.id < ?3 AND (f.state = ?4 OR ?4 IS NULL) ORDER BY f.id DESC LIMIT ?5"
    };
}

/// Walks `finding_open`.
const WAITING: &Sql = sql!(concat!(finding_columns!(), "WHERE f.state <> 'closed'", days!(), waiting!()));
/// Walks `finding_open_unit`.
const WAITING_OF: &Sql = sql!(concat!(finding_columns!(), "WHERE f.state <> 'closed' AND f.unit = ?8", days!(), waiting!()));
/// Walks the primary key from its end.
const EVER: &Sql = sql!(concat!(finding_columns!(), "WHERE TRUE", days!(), ever!()));
/// Walks `finding_by_unit` from its end.
const EVER_OF: &Sql = sql!(concat!(finding_columns!(), "WHERE f.unit = ?6", days!(), ever!()));

/// Where a page begins: after this deadline and finding, or before this id.
#[derive(Clone, Copy)]
struct Begin {
    due: Time,
    id: FindingId,
}

fn walk(tx: &mut Tx, filter: &Filter, unit: Option<UnitId>, begin: Begin, now: Time, limit: i64) -> Result<Vec<Finding>, StoreError> {
    let (from, to) = (&filter.from, &filter.to);
    let state = match filter.show {
        Show::At(state) => Some(state.code()),
        _ => None,
    };
    let late = (filter.show == Show::Late).then_some(now);
    match (filter.show.by_deadline(), unit) {
        (true, None) => tx.all(WAITING, p![from, to, begin.due, begin.id, state, late, limit], row),
        (true, Some(unit)) => tx.all(WAITING_OF, p![from, to, begin.due, begin.id, state, late, limit, unit], row),
        (false, None) => tx.all(EVER, p![from, to, begin.id, state, limit], row),
        (false, Some(unit)) => tx.all(EVER_OF, p![from, to, begin.id, state, limit, unit], row),
    }
}

const FIRST: base::Id = base::Id([0; 16]);
const LAST: base::Id = base::Id([0xff; 16]);

/// A page of findings. `after` is what the page before it gave as `next`.
///
/// # Errors
/// Only the store's.
pub fn findings(
    tx: &mut Tx,
    actor: &Actor,
    tree: &Tree,
    filter: &Filter,
    now: Time,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<Finding>, StoreError> {
    let by_deadline = filter.show.by_deadline();
    let given = after.and_then(|after| {
        let (due, id) = after.split_once('-')?;
        Some(Begin { due: Time(due.parse().ok()?), id: id.parse().ok()? })
    });
    let start = Begin { due: Time(i64::MIN), id: FindingId(if by_deadline { FIRST } else { LAST }) };
    let mut begin = given.unwrap_or(start);
    let units = walks(actor, tree, filter);
    let mut rows: Vec<Finding> = Vec::new();
    loop {
        let wanted = limit + 1 - rows.len();
        let ask = i64::try_from(wanted).unwrap_or(i64::MAX);
        let mut found = match &units {
            None => walk(tx, filter, None, begin, now, ask)?,
            Some(units) => {
                let mut all = Vec::new();
                for unit in units {
                    all.extend(walk(tx, filter, Some(*unit), begin, now, ask)?);
                }
                all
            }
        };
        if by_deadline {
            found.sort_by_key(|finding| (finding.due, finding.id));
        } else {
            found.sort_by_key(|finding| std::cmp::Reverse(finding.id));
        }
        let more = found.len() >= wanted;
        found.truncate(wanted);
        if let Some(last) = found.last() {
            begin = Begin { due: last.due, id: last.id };
        }
        rows.extend(found.into_iter().filter(|finding| may_see(actor, tree, finding.unit)));
        if rows.len() > limit || !more {
            break;
        }
    }
    let next = (rows.len() > limit).then(|| rows.get(limit - 1).map(|last| format!("{}-{}", last.due.0, last.id))).flatten();
    rows.truncate(limit);
    Ok(Page { rows, next })
}

/// A visit on a list.
#[derive(Clone, Debug)]
pub struct VisitLine {
    /// Which.
    pub id: InspectionId,
    /// Where.
    pub unit: UnitId,
    /// Who visited.
    pub by: UnitId,
    /// On which day.
    pub on: String,
    /// By which list.
    pub checklist: String,
    /// How much was found.
    pub found: i64,
    /// How much of that is not closed.
    pub waiting: i64,
}

macro_rules! visit_columns {
    () => {
        "SELECT i.id, i.unit, i.by_unit, i.visited_on, c.name,
                (SELECT COUNT(*) FROM finding f WHERE f.inspection = i.id),
                (SELECT COUNT(*) FROM finding f WHERE f.inspection = i.id AND f.state <> 'closed')
         FROM inspection i JOIN checklist c ON c.id = i.checklist "
    };
}

/// Walks the primary key from its end.
const VISITS: &Sql = sql!(concat!(visit_columns!(), "WHERE i.id < ?3", days!(), "ORDER BY i.id DESC LIMIT ?4"));
/// Walks `inspection_by_unit` from its end.
const VISITS_OF: &Sql = sql!(concat!(visit_columns!(), "WHERE i.unit = ?5 AND i.id < ?3", days!(), "ORDER BY i.id DESC LIMIT ?4"));

fn visit_line(row: &store::Row<'_>) -> Result<VisitLine, StoreError> {
    Ok(VisitLine {
        id: row.id(0)?,
        unit: row.id(1)?,
        by: row.id(2)?,
        on: row.text(3)?.to_owned(),
        checklist: row.text(4)?.to_owned(),
        found: row.int(5)?,
        waiting: row.int(6)?,
    })
}

/// A page of visits, the newest first. `after` is what the page before it gave as `next`.
///
/// # Errors
/// Only the store's.
pub fn visits(
    tx: &mut Tx,
    actor: &Actor,
    tree: &Tree,
    filter: &Filter,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<VisitLine>, StoreError> {
    let mut begin = after.and_then(|after| after.parse().ok()).unwrap_or(InspectionId(LAST));
    let units = walks(actor, tree, filter);
    let (from, to) = (&filter.from, &filter.to);
    let mut rows: Vec<VisitLine> = Vec::new();
    loop {
        let wanted = limit + 1 - rows.len();
        let ask = i64::try_from(wanted).unwrap_or(i64::MAX);
        let mut found = match &units {
            None => tx.all(VISITS, p![from, to, begin, ask], visit_line)?,
            Some(units) => {
                let mut all = Vec::new();
                for unit in units {
                    all.extend(tx.all(VISITS_OF, p![from, to, begin, ask, *unit], visit_line)?);
                }
                all
            }
        };
        found.sort_by_key(|visit| std::cmp::Reverse(visit.id));
        let more = found.len() >= wanted;
        found.truncate(wanted);
        if let Some(last) = found.last() {
            begin = last.id;
        }
        rows.extend(found.into_iter().filter(|visit| may_see(actor, tree, visit.unit)));
        if rows.len() > limit || !more {
            break;
        }
    }
    let next = (rows.len() > limit).then(|| rows.get(limit - 1).map(|last| last.id.to_string())).flatten();
    rows.truncate(limit);
    Ok(Page { rows, next })
}

/// Walks `finding_open`.
const OPEN: &Sql = sql!(concat!(finding_columns!(), "WHERE f.state <> 'closed' ORDER BY f.due_at, f.id"));

/// Every finding that is not closed, first due first: for those who count what units owe.
///
/// # Errors
/// Only the store's.
pub fn open(tx: &mut Tx) -> Result<Vec<Finding>, StoreError> {
    tx.all(OPEN, p![], row)
}
