//! What pages show: inboxes, lists, one concern with its timeline, and the resident's own page.
//!
//! Every query takes the [`people::Actor`] and leaves out what may not be told to them: in lists, in
//! counts, in what is opened. A reader of any of these needs no further check.

mod detail;
mod inbox;
mod linked;
mod list;
mod proved;
mod public;
mod searched;
mod tracking;

use base::{PersonId, Time, UnitId};
use people::{Actor, Tree};
use store::{Row as StoreRow, Sql, StoreError, Tx, p, sql};

use crate::catalogue;
use crate::concern::{ConcernId, unpack};
use crate::model::{Due, Outcome, Source, State};
use crate::sight;

pub use detail::{By, Detail, Entry, Shot, detail, photo};
pub use inbox::{BADGE, Badges, InboxFilter, Tray, Whose, badges, inbox};
pub use linked::{Joint, JointLine, Linked, Tab, joint, name};
pub(crate) use list::first_id;
pub use list::{Filter, count, list};
pub use proved::{Proved, proved};
pub use public::{Between, Published, changed_between, public_list, published, published_between, published_by_id};
pub use tracking::{Tracking, tracking, tracking_photo};

/// A concern as a line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub id: ConcernId,
    /// Its number.
    pub no: String,
    /// Its version, for steps taken right from the list.
    pub v: i64,
    /// The first words; empty where a confidential concern was not dispatched yet.
    pub title: String,
    /// Where it is on its way.
    pub state: State,
    /// The code of its kind.
    pub kind: Option<String>,
    /// The name of its kind, on a page of a list.
    pub kind_name: Option<String>,
    /// Where it happened.
    pub place: Option<UnitId>,
    /// Who must act next.
    pub holder: Option<UnitId>,
    /// Who handles or handled it.
    pub handler: Option<UnitId>,
    /// In whose hands it is.
    pub assignee: Option<PersonId>,
    /// The name of that person, on a page of a list.
    pub assignee_name: Option<String>,
    /// The deadline of the present step.
    pub due: Option<Due>,
    /// The deadline of the answer as a whole.
    pub resolve_by: Option<Time>,
    /// How it came.
    pub source: Source,
    /// When it was said.
    pub occurred_at: Time,
    /// When it was recorded here.
    pub received_at: Time,
    /// Whether the caller is kept from those who handle it.
    pub confidential: bool,
    /// 1, and one more each time it was opened again.
    pub round: i64,
    /// How it was closed.
    pub outcome: Option<Outcome>,
    /// When it was closed.
    pub closed_at: Option<Time>,
    guard: Option<Guard>,
}

/// What says from whom a concern is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Guard {
    about_person: Option<PersonId>,
    bars: Vec<UnitId>,
    desk: UnitId,
}

impl Guard {
    fn hides_from(&self, actor: &Actor, tree: &Tree) -> bool {
        sight::is_guarded_from(actor, tree, self.about_person, &self.bars, self.desk)
    }
}

/// The columns of a [`Row`], from `concern c`; its names are read by [`named`].
macro_rules! row_columns {
    () => {
        "c.id, c.no, c.v, c.title, c.state, c.kind, c.place, c.holder, c.handler, c.assignee, c.due_at, c.due_rule, c.resolve_by, \
         c.source, c.occurred_at, c.received_at, c.confidential, c.round, c.outcome, c.closed_at, c.bars, c.about_person, c.desk"
    };
}
use row_columns;

fn known<T>(value: Option<T>, what: &str) -> Result<T, StoreError> {
    value.ok_or_else(|| StoreError::Other(format!("concern: a {what} that is not known")))
}

impl Row {
    fn read(row: &StoreRow) -> Result<Row, StoreError> {
        Ok(Row {
            id: row.id(0)?,
            no: row.text(1)?.to_owned(),
            v: row.int(2)?,
            title: row.text(3)?.to_owned(),
            state: known(State::from_code(row.text(4)?), "state")?,
            kind: row.opt_text(5)?.map(str::to_owned),
            kind_name: None,
            place: row.opt_id(6)?,
            holder: row.opt_id(7)?,
            handler: row.opt_id(8)?,
            assignee: row.opt_id(9)?,
            assignee_name: None,
            due: match (row.opt_time(10)?, row.opt_text(11)?) {
                (Some(at), Some(rule)) => Some(Due { at, rule: rule.to_owned() }),
                _ => None,
            },
            resolve_by: row.opt_time(12)?,
            source: known(Source::from_code(row.text(13)?), "source")?,
            occurred_at: row.time(14)?,
            received_at: row.time(15)?,
            confidential: row.bool(16)?,
            round: row.int(17)?,
            outcome: row.opt_text(18)?.map(|code| known(Outcome::from_code(code), "outcome")).transpose()?,
            closed_at: row.opt_time(19)?,
            guard: match row.opt_blob(20)? {
                None => None,
                Some(bars) => Some(Guard { bars: unpack(bars), about_person: row.opt_id(21)?, desk: row.id(22)? }),
            },
        })
    }

    fn is_hidden_from(&self, actor: &Actor, tree: &Tree) -> bool {
        self.guard.as_ref().is_some_and(|guard| guard.hides_from(actor, tree))
    }
}

/// By the primary key.
const ONE: &Sql = sql!(concat!("SELECT ", row_columns!(), " FROM concern c WHERE c.id = ?1"));

/// One concern as a line.
fn one(tx: &mut Tx, id: ConcernId) -> Result<Option<Row>, StoreError> {
    tx.opt(ONE, p![id], Row::read)
}

/// Fills in what kinds and people are called: of the few lines that are shown, and each person asked for once.
fn named(tx: &mut Tx, rows: &mut [Row]) -> Result<(), StoreError> {
    let catalogue = catalogue::known(tx)?;
    let mut people: Vec<(PersonId, Option<String>)> = Vec::new();
    for row in rows {
        row.kind_name = row.kind.as_deref().and_then(|code| catalogue.get(code)).map(|kind| kind.name.clone());
        let Some(person) = row.assignee else { continue };
        row.assignee_name = match people.iter().find(|(known, _)| *known == person) {
            Some((_, name)) => name.clone(),
            None => {
                let name = crate::staff::name(tx, person)?;
                people.push((person, name.clone()));
                name
            }
        };
    }
    Ok(())
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The lines.
    pub rows: Vec<Row>,
    /// Where the next page begins; nothing after the last. Goes into the address of the next page.
    pub next: Option<String>,
}

/// A count that stops at a limit: shown as `99+`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// How many, at most the limit.
    pub n: usize,
    /// Whether there are more.
    pub more: bool,
}
