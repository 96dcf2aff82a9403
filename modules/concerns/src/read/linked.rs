//! What links a concern to other units and other concerns; and the lists of it: calls, orders, what is overdue.

use base::{PersonId, Time, UnitId};
use people::{Actor, Tree};
use store::{Sql, StoreError, Tx, p, sql};

use super::{Row, row_columns};
use crate::concern::{Concern, get};
use crate::merge;
use crate::model::State;
use crate::permissions::{Handle, Supervise, Whistle};
use crate::sight::{self, Act};
use crate::supervise::{self, Order, order_columns, order_row};
use crate::whistle::{self, Called, called_columns, called_row};

/// Another concern, as far as this person may know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joint {
    /// Its number.
    pub no: String,
    /// Its first words.
    pub title: String,
}

/// Who was called to a concern, who asks about it, what is answered with it.
#[derive(Clone, Debug, Default)]
pub struct Linked {
    /// The units that were called, whistle by whistle.
    pub called: Vec<Called>,
    /// The orders, oldest first.
    pub orders: Vec<Order>,
    /// The concerns that are merged into it.
    pub merged: Vec<Joint>,
    /// How many are, also those of which this person may not know.
    pub merged_count: usize,
    /// The one that it is merged into.
    pub into: Option<Joint>,
}

impl Linked {
    pub(super) fn of(tx: &mut Tx, actor: &Actor, tree: &Tree, concern: &Concern) -> Result<Linked, StoreError> {
        let joint = |other: &Concern| Joint { no: other.no.clone(), title: other.title.clone() };
        let merged = merge::merged(tx, concern.id)?;
        let into = match concern.now.merged_into {
            Some(id) => get(tx, id)?.filter(|main| sight::may_read(actor, tree, main)).map(|main| joint(&main)),
            None => None,
        };
        Ok(Linked {
            called: whistle::of(tx, concern.id)?,
            orders: supervise::of(tx, concern.id)?,
            merged_count: merged.len(),
            merged: merged.iter().filter(|other| sight::may_read(actor, tree, other)).map(joint).collect(),
            into,
        })
    }

    /// The steps that the links make possible: those that wait for this person come first.
    pub(super) fn add_acts(&self, actor: &Actor, tree: &Tree, concern: &Concern, acts: &mut Vec<Act>) {
        let now = &concern.now;
        if now.is_open() {
            if let Some((_, unit)) = whistle::is_called(actor, tree, concern, &self.called) {
                let arrived = self.called.iter().any(|c| c.unit == unit && c.closed_at.is_none() && c.arrived_at.is_some());
                acts.insert(0, if arrived { Act::Part } else { Act::Arrive });
            }
            if supervise::is_supervised(actor, tree, concern, &self.orders).is_some() {
                acts.insert(0, Act::AnswerOrder);
            }
        }
        // Those that go on beside the steps stand before closing it, which comes last.
        let end =
            acts.iter().position(|act| matches!(act, Act::OpenContact | Act::Relay | Act::ArchiveUnreachable | Act::Merge | Act::Archive));
        let mut more = Vec::new();
        let works = matches!(now.state, State::Dispatched | State::InHand) && now.merged_into.is_none();
        if let Some(proof) = whistle::whistles(actor, tree, concern) {
            let open = self.called.iter().find(|called| called.closed_at.is_none());
            match open {
                Some(called) if proof.covers(tree, called.town) => more.push(Act::CloseWhistle),
                None if works && now.pause.is_none() => more.push(Act::Whistle),
                _ => {}
            }
        }
        if now.is_open()
            && let Some(proof) = supervise::supervises(actor, tree, concern)
            && !self.orders.iter().any(|order| order.answered_at.is_none() && order.by == proof.unit())
        {
            more.push(Act::Supervise);
        }
        let at = end.unwrap_or(acts.len());
        acts.splice(at..at, more);
    }
}

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// Calls to my units (报到).
    Called,
    /// Calls of my town (吹哨).
    Whistles,
    /// Orders to my units, and of my units (督办).
    Orders,
    /// What is overdue below and was told to my units (超期上报).
    Overdue,
}

impl Tab {
    /// All of them.
    pub const ALL: [Tab; 4] = [Tab::Called, Tab::Whistles, Tab::Orders, Tab::Overdue];

    /// In an address.
    pub fn code(self) -> &'static str {
        match self {
            Tab::Called => "called",
            Tab::Whistles => "whistles",
            Tab::Orders => "orders",
            Tab::Overdue => "overdue",
        }
    }

    /// Whether somebody has such a list.
    pub fn is_for(self, actor: &Actor, tree: &Tree) -> bool {
        match self {
            Tab::Called => departments(actor, tree).next().is_some(),
            Tab::Whistles => actor.has::<Whistle>().is_some(),
            Tab::Orders => actor.has::<Supervise>().is_some() || actor.has::<Handle>().is_some(),
            Tab::Overdue => actor.has::<Handle>().is_some() || actor.has::<Supervise>().is_some(),
        }
    }
}

/// The departments in which somebody handles concerns: only these are called.
fn departments<'a>(actor: &'a Actor, tree: &'a Tree) -> impl Iterator<Item = UnitId> + 'a {
    let mine = actor.each::<Handle>().map(|proof| proof.unit());
    mine.filter(|unit| tree.level(*unit) == Some(people::Level::Department))
}

/// One line of such a list.
#[derive(Clone, Debug)]
pub enum JointLine {
    /// A unit that was called.
    Called(Row, Called),
    /// An order.
    Order(Row, Order),
    /// What is overdue, and when this unit was told.
    Overdue(Row, UnitId, Time),
}

impl JointLine {
    /// The concern.
    pub fn row(&self) -> &Row {
        match self {
            JointLine::Called(row, _) | JointLine::Order(row, _) | JointLine::Overdue(row, ..) => row,
        }
    }
}

/// The columns of a [`Row`], counted: what is joined to it comes after.
const ROW: usize = 23;

/// Each walks the index of its table by unit, newest first.
const CALLED: &Sql = sql!(concat!(
    "SELECT ",
    row_columns!(),
    ", ",
    called_columns!(),
    " FROM concern_called d JOIN concern_whistle w ON w.event = d.whistle JOIN concern c ON c.id = d.concern",
    " WHERE d.unit = ?1 ORDER BY d.whistle DESC LIMIT ?2"
));
const WHISTLES: &Sql = sql!(concat!(
    "SELECT ",
    row_columns!(),
    ", ",
    called_columns!(),
    " FROM concern_whistle w JOIN concern_called d ON d.whistle = w.event JOIN concern c ON c.id = w.concern",
    " WHERE w.town = ?1 ORDER BY w.event DESC, d.unit LIMIT ?2"
));
const ORDERS: &Sql = sql!(concat!(
    "SELECT ",
    row_columns!(),
    ", ",
    order_columns!(),
    " FROM concern_order o JOIN concern c ON c.id = o.concern",
    " WHERE o.unit = ?1 ORDER BY o.event DESC LIMIT ?2"
));
const ASKED: &Sql = sql!(concat!(
    "SELECT ",
    row_columns!(),
    ", ",
    order_columns!(),
    " FROM concern_order o JOIN concern c ON c.id = o.concern",
    " WHERE o.by_unit = ?1 ORDER BY o.event DESC LIMIT ?2"
));
const OVERDUE: &Sql = sql!(concat!(
    "SELECT ",
    row_columns!(),
    ", r.unit, r.at FROM concern_raise r JOIN concern c ON c.id = r.concern",
    " WHERE r.unit = ?1 AND r.settled = 0 ORDER BY r.at DESC, r.concern LIMIT ?2"
));

/// A list, newest first, of the units in which this person holds posts.
///
/// # Errors
/// Only the store's.
pub fn joint(tx: &mut Tx, actor: &Actor, tree: &Tree, tab: Tab, most: usize) -> Result<Vec<JointLine>, StoreError> {
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let mut lines = Vec::new();
    if !tab.is_for(actor, tree) {
        return Ok(lines);
    }
    let units: Vec<UnitId> = match tab {
        Tab::Called => departments(actor, tree).collect(),
        Tab::Whistles => actor.each::<Whistle>().map(|proof| proof.unit()).collect(),
        Tab::Orders | Tab::Overdue => actor.units(),
    };
    let mut seen = std::collections::HashSet::new();
    for unit in units {
        if !seen.insert(unit) {
            continue;
        }
        match tab {
            Tab::Called => {
                lines.extend(tx.all(CALLED, p![unit, limit], |row| Ok(JointLine::Called(Row::read(row)?, called_row(row, ROW)?)))?)
            }
            Tab::Whistles => {
                lines.extend(tx.all(WHISTLES, p![unit, limit], |row| Ok(JointLine::Called(Row::read(row)?, called_row(row, ROW)?)))?)
            }
            Tab::Orders => {
                for sql in [ORDERS, ASKED] {
                    lines.extend(tx.all(sql, p![unit, limit], |row| Ok(JointLine::Order(Row::read(row)?, order_row(row, ROW)?)))?);
                }
            }
            Tab::Overdue => lines
                .extend(tx.all(OVERDUE, p![unit, limit], |row| Ok(JointLine::Overdue(Row::read(row)?, row.id(ROW)?, row.time(ROW + 1)?)))?),
        }
    }
    lines.retain(|line| !line.row().is_hidden_from(actor, tree));
    Ok(lines)
}

/// Who came or answered, by name: a list asks for each once.
pub fn name(tx: &mut Tx, person: Option<PersonId>) -> Result<String, StoreError> {
    person.map_or(Ok(None), |person| crate::staff::name(tx, person)).map(Option::unwrap_or_default)
}
