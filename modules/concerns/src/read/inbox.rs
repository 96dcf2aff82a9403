//! Inboxes: what a person's units must act on, due first. One index range for each unit and state,
//! however many concerns there are.

use base::{Id, PersonId, Time, UnitId};
use people::{Actor, Permission, Tree};
use store::{Sql, StoreError, Tx, p, sql};

use super::{Count, Page, Row, named, one, row_columns};
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

/// Walks `concern_inbox` for one unit and one state, and reads nothing else.
const OF_UNIT: &Sql = sql!(
    "SELECT due_at, id FROM concern WHERE holder = ?1 AND state = ?2 AND merged_into IS NULL
       AND (due_at, id) > (?3, ?4) AND due_at <= ?5 ORDER BY due_at, id LIMIT ?6"
);

/// Walks `concern_mine`, and reads nothing else.
const OF_PERSON: &Sql = sql!(
    "SELECT due_at, id FROM concern WHERE assignee = ?1 AND merged_into IS NULL
       AND (due_at, id) > (?2, ?3) AND due_at <= ?4 AND (holder = ?5 OR ?5 IS NULL) ORDER BY due_at, id LIMIT ?6"
);

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
        let (keys, more) = chunk(tx, actor, filter, after, wanted)?;
        after = keys.last().copied().unwrap_or(after);
        for After(_, id) in keys {
            rows.extend(one(tx, id)?.filter(|row| !row.is_hidden_from(actor, tree)));
        }
        if rows.len() > limit || !more {
            break;
        }
    }
    let next = (rows.len() > limit).then(|| rows.get(limit - 1).map(|row| key(row).to_string())).flatten();
    rows.truncate(limit);
    named(tx, &mut rows)?;
    Ok(Page { rows, next })
}

fn key(row: &Row) -> After {
    After(row.due.as_ref().map_or(Time(i64::MAX), |due| due.at), row.id)
}

/// One walk along an index; an inbox is the merger of a few.
#[derive(Clone, Copy, Debug)]
enum Walk {
    Unit(UnitId, State),
    Person(PersonId),
}

/// The walks that together show an inbox. What is in hand is in somebody's hands, and nothing else is.
fn walks(actor: &Actor, filter: &InboxFilter) -> Vec<Walk> {
    let mut walks = Vec::new();
    let works = matches!(filter.which, Tray::Work | Tray::All);
    if works && matches!(filter.whose, Whose::Mine | Whose::MineAndFree) {
        walks.push(Walk::Person(actor.person));
    }
    for unit in actor.units().into_iter().filter(|unit| filter.unit.is_none_or(|one| one == *unit)) {
        let shown = |state: &State| match filter.whose {
            Whose::Mine => false,
            Whose::MineAndFree | Whose::Free => *state != State::InHand,
            Whose::Everybodys => true,
        };
        walks.extend(states(actor, unit, filter.which).into_iter().filter(shown).map(|state| Walk::Unit(unit, state)));
    }
    walks
}

/// At most `wanted` keys after one, and whether there may be more. Of what several walks find only what is shown is read.
fn chunk(tx: &mut Tx, actor: &Actor, filter: &InboxFilter, after: After, wanted: usize) -> Result<(Vec<After>, bool), StoreError> {
    let limit = i64::try_from(wanted).unwrap_or(i64::MAX);
    let until = filter.due_until.unwrap_or(Time(i64::MAX));
    let (mut all, mut more): (Vec<After>, bool) = (Vec::new(), false);
    let walks = walks(actor, filter);
    for walk in &walks {
        let key = |row: &store::Row| Ok(After(row.time(0)?, row.id(1)?));
        let found = match *walk {
            Walk::Unit(unit, state) => tx.all(OF_UNIT, p![unit, state.code(), after.0, after.1, until, limit], key)?,
            Walk::Person(person) => tx.all(OF_PERSON, p![person, after.0, after.1, until, filter.unit, limit], key)?,
        };
        more |= found.len() == wanted;
        all.extend(found);
    }
    if walks.len() > 1 {
        all.sort_unstable();
        more |= all.len() > wanted;
        all.truncate(wanted);
    }
    Ok((all, more))
}

/// How many of one unit in one state, and how many of these are late, which come first. Reads `concern_inbox` alone.
const COUNT: &Sql = sql!(
    "SELECT COUNT(*), COALESCE(SUM(CASE WHEN due_at < ?3 THEN 1 ELSE 0 END), 0)
     FROM (SELECT due_at FROM concern WHERE holder = ?1 AND state = ?2 AND merged_into IS NULL ORDER BY due_at LIMIT ?4) n"
);
/// Walks `concern_guarded`: the few of a unit that may not be told to everybody. In another order SQLite walks all that the
/// unit holds.
const GUARDED: &Sql = sql!(concat!(
    "SELECT ",
    row_columns!(),
    " FROM concern c WHERE c.holder = ?1 AND c.bars IS NOT NULL AND c.merged_into IS NULL ORDER BY c.id LIMIT 10000"
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
    let mut sums = [0_usize; 5];
    for unit in actor.units() {
        let states = states(actor, unit, Tray::All);
        if states.is_empty() {
            continue;
        }
        let hidden: Vec<Row> = tx.all(GUARDED, p![unit], Row::read)?.into_iter().filter(|row| row.is_hidden_from(actor, tree)).collect();
        for state in states {
            let of_state = || hidden.iter().filter(|row| row.state == state);
            let late = |row: &&Row| row.due.as_ref().is_some_and(|due| due.at < now);
            let (less, less_late) = (of_state().count(), of_state().filter(late).count());
            let limit = i64::try_from(BADGE + 1 + less).unwrap_or(i64::MAX);
            let found = tx.one(COUNT, p![unit, state.code(), now, limit], |row| Ok([row.int(0)?, row.int(1)?]))?;
            let [n, n_late] = found.map(|n| usize::try_from(n).unwrap_or(0));
            let tray = match state {
                State::Received | State::Objected => 1,
                State::Resolved => 2,
                State::CallBack => 3,
                State::Dispatched | State::InHand | State::Archived => 0,
            };
            if let Some(sum) = sums.get_mut(tray) {
                *sum += n.saturating_sub(less);
            }
            sums[4] += n_late.saturating_sub(less_late);
        }
    }
    let [work, desk, review, call_back, late] = sums.map(|n| Count { n: n.min(BADGE), more: n > BADGE });
    Ok(Badges { work, desk, review, call_back, late })
}
