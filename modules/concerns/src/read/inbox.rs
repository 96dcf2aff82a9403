//! Inboxes: what a person's units must act on, due first. One index range for each unit, however many
//! concerns there are.

use base::{Id, PersonId, Time, UnitId};
use people::{Actor, Permission, Tree};
use store::{Sql, StoreError, Tx, p, sql};

use super::{Count, Page, Row, row_columns, row_joins};
use crate::concern::ConcernId;
use crate::model::State;
use crate::permissions::{CallBack, Desk, Handle};

/// Which of the trays on somebody's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tray {
    /// What my units handle: to claim, and in hand.
    Work,
    /// The desk: to dispatch, and objections to decide on.
    Desk,
    /// Answers to review.
    Review,
    /// Residents to ask.
    CallBack,
    /// All that my units hold, whatever they owe.
    All,
}

/// Whose of a unit's concerns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Whose {
    /// In my hands, and in nobody's.
    #[default]
    MineAndFree,
    /// In my hands.
    Mine,
    /// In nobody's hands.
    Free,
    /// In anybody's.
    Everybodys,
}

/// What an inbox shows.
#[derive(Clone, Debug)]
pub struct InboxFilter {
    /// Which tray.
    pub which: Tray,
    /// Whose.
    pub whose: Whose,
    /// Of one of my units only.
    pub unit: Option<UnitId>,
    /// Only what is due until then: with the present for what is late.
    pub due_until: Option<Time>,
}

impl InboxFilter {
    /// Everything of a tray that is mine to act on.
    pub fn of(which: Tray) -> InboxFilter {
        InboxFilter { which, whose: Whose::default(), unit: None, due_until: None }
    }
}

/// Walks `concern_inbox` for one unit. The states that do not apply are given twice.
const OF_UNIT: &Sql = sql!(concat!(
    "SELECT ",
    row_columns!(),
    " FROM concern c",
    row_joins!(),
    "WHERE c.holder = ?1 AND (c.due_at, c.id) > (?2, ?3) AND c.due_at <= ?4 AND c.state IN (?5, ?6, ?7, ?8, ?9, ?10)
     AND (c.assignee = ?11 OR (c.assignee IS NULL AND ?12 = 1) OR ?13 = 1) ORDER BY c.due_at, c.id LIMIT ?14"
));

/// Walks `concern_mine`.
const OF_PERSON: &Sql = sql!(concat!(
    "SELECT ",
    row_columns!(),
    " FROM concern c",
    row_joins!(),
    "WHERE c.assignee = ?1 AND (c.due_at, c.id) > (?2, ?3) AND c.due_at <= ?4 ORDER BY c.due_at, c.id LIMIT ?5"
));

/// Where a page of an inbox begins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct After(Time, ConcernId);

impl After {
    const START: After = After(Time(i64::MIN), ConcernId(Id([0; 16])));

    fn parse(text: &str) -> Option<After> {
        let (at, id) = text.split_once('-')?;
        Some(After(Time(at.parse().ok()?), id.parse().ok()?))
    }
}

impl std::fmt::Display for After {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.0.0, self.1)
    }
}

/// What a unit's tray holds for this person: the steps that their posts there are for.
fn states(actor: &Actor, unit: UnitId, which: Tray) -> Vec<State> {
    let holds = |roles: &[people::Role]| actor.posts.iter().any(|held| held.unit == unit && roles.contains(&held.role));
    let parts: [(Tray, &[people::Role], &[State]); 4] = [
        (Tray::Work, Handle::ROLES, &[State::Dispatched, State::InHand]),
        (Tray::Desk, Desk::ROLES, &[State::Received, State::Objected]),
        (Tray::Review, Desk::ROLES, &[State::Resolved]),
        (Tray::CallBack, CallBack::ROLES, &[State::CallBack]),
    ];
    let wanted = parts.iter().filter(|(part, roles, _)| (which == *part || which == Tray::All) && holds(roles));
    wanted.flat_map(|(_, _, states)| states.iter().copied()).collect()
}

/// A page of an inbox, due first.
///
/// # Errors
/// Only the store's.
pub fn inbox(tx: &mut Tx, actor: &Actor, tree: &Tree, filter: &InboxFilter, after: Option<&str>, limit: usize) -> Result<Page, StoreError> {
    let mut after = after.and_then(After::parse).unwrap_or(After::START);
    let mut rows: Vec<Row> = Vec::new();
    // A page from which a few hidden ones were taken is filled up again.
    for _ in 0..8 {
        let wanted = limit + 1 - rows.len().min(limit);
        let (found, more) = chunk(tx, actor, filter, after, wanted)?;
        if let Some(last) = found.last() {
            after = key(last);
        }
        rows.extend(found.into_iter().filter(|row| !row.is_hidden_from(actor, tree)));
        if rows.len() > limit || !more {
            break;
        }
    }
    let next = (rows.len() > limit).then(|| rows.get(limit - 1).map(|row| key(row).to_string())).flatten();
    rows.truncate(limit);
    Ok(Page { rows, next })
}

fn key(row: &Row) -> After {
    After(row.due.as_ref().map_or(Time(i64::MAX), |due| due.at), row.id)
}

/// At most `wanted` rows after a key out of all units' trays, and whether there may be more.
fn chunk(tx: &mut Tx, actor: &Actor, filter: &InboxFilter, after: After, wanted: usize) -> Result<(Vec<Row>, bool), StoreError> {
    let limit = i64::try_from(wanted).unwrap_or(i64::MAX);
    let until = filter.due_until.unwrap_or(Time(i64::MAX));
    if filter.which == Tray::Work && filter.whose == Whose::Mine && filter.unit.is_none() {
        let rows = tx.all(OF_PERSON, p![actor.person, after.0, after.1, until, limit], Row::read)?;
        let more = rows.len() == wanted;
        return Ok((rows, more));
    }
    let mut all: Vec<Row> = Vec::new();
    let mut more = false;
    for unit in units(actor, filter) {
        let states = states(actor, unit, filter.which);
        let Some(first) = states.first().copied() else { continue };
        let code = |n: usize| states.get(n).copied().unwrap_or(first).code();
        let (free, any) = match filter.whose {
            Whose::Mine => (false, false),
            Whose::MineAndFree | Whose::Free => (true, false),
            Whose::Everybodys => (true, true),
        };
        // Nobody has the empty id: `Free` asks for what is in nobody's hands alone.
        let person = if filter.whose == Whose::Free { PersonId::default() } else { actor.person };
        let found = tx.all(
            OF_UNIT,
            p![unit, after.0, after.1, until, code(0), code(1), code(2), code(3), code(4), code(5), person, free, any, limit],
            Row::read,
        )?;
        more |= found.len() == wanted;
        match all.is_empty() {
            true => all = found,
            false => all.extend(found),
        }
    }
    if all.len() > wanted {
        more = true;
        all.sort_by_key(key);
        all.truncate(wanted);
    } else {
        all.sort_by_key(key);
    }
    Ok((all, more))
}

fn units(actor: &Actor, filter: &InboxFilter) -> Vec<UnitId> {
    let mut units = actor.units();
    if let Some(one) = filter.unit {
        units.retain(|unit| *unit == one);
    }
    units
}

/// How many of an inbox, up to a limit. Reads the index alone.
const COUNT_UNIT: &Sql = sql!(
    "SELECT COUNT(*) FROM (SELECT 1 FROM concern c WHERE c.holder = ?1 AND c.due_at <= ?2 AND c.state IN (?3, ?4, ?5, ?6, ?7, ?8)
     LIMIT ?9) n"
);
/// Walks `concern_guarded`: the few of a unit that may not be told to everybody.
const GUARDED: &Sql = sql!(concat!(
    "SELECT ",
    row_columns!(),
    " FROM concern c",
    row_joins!(),
    "WHERE c.holder = ?1 AND c.bars IS NOT NULL AND c.due_at <= ?2 AND c.state IN (?3, ?4, ?5, ?6, ?7, ?8) LIMIT 1000"
));

/// The numbers beside the trays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Badges {
    /// To claim and in hand, of my units.
    pub work: Count,
    /// To dispatch and to decide on.
    pub desk: Count,
    /// To review.
    pub review: Count,
    /// To call back.
    pub call_back: Count,
    /// Of all these, past their deadline.
    pub late: Count,
}

/// The most that a badge counts.
pub const BADGE: usize = 99;

/// The numbers beside the trays, each up to 99.
///
/// # Errors
/// Only the store's.
pub fn badges(tx: &mut Tx, actor: &Actor, tree: &Tree, now: Time) -> Result<Badges, StoreError> {
    let forever = Time(i64::MAX);
    Ok(Badges {
        work: tally(tx, actor, tree, Tray::Work, forever)?,
        desk: tally(tx, actor, tree, Tray::Desk, forever)?,
        review: tally(tx, actor, tree, Tray::Review, forever)?,
        call_back: tally(tx, actor, tree, Tray::CallBack, forever)?,
        late: tally(tx, actor, tree, Tray::All, now.plus(-1))?,
    })
}

fn tally(tx: &mut Tx, actor: &Actor, tree: &Tree, which: Tray, until: Time) -> Result<Count, StoreError> {
    let mut n = 0_usize;
    // One unit's holdings are hidden from its own people only where they hold another post as well, or
    // are themselves whom it is about.
    for unit in actor.units() {
        let states = states(actor, unit, which);
        let Some(first) = states.first().copied() else { continue };
        let code = |n: usize| states.get(n).copied().unwrap_or(first).code();
        let guarded = tx.all(GUARDED, p![unit, until, code(0), code(1), code(2), code(3), code(4), code(5)], Row::read)?;
        let hidden = guarded.iter().filter(|row| row.is_hidden_from(actor, tree)).count();
        let limit = i64::try_from(BADGE + 1 + hidden).unwrap_or(i64::MAX);
        let found = tx.one(COUNT_UNIT, p![unit, until, code(0), code(1), code(2), code(3), code(4), code(5), limit], |row| row.int(0))?;
        n += usize::try_from(found).unwrap_or(0).saturating_sub(hidden);
    }
    Ok(Count { n: n.min(BADGE), more: n > BADGE })
}
