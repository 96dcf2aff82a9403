//! The list of appeals: bounded, page by page, with filters, of what somebody may see. What waits stands with what is due
//! first, everything else with the newest first. It walks the table, which grows by some hundreds of rows a year.

use base::{Id, Time, UnitId};
use people::{Actor, Tree};
use store::{Sql, StoreError, Tx, p, sql};

use crate::appeal::{Appealed, columns, heir, may_see, row};
use crate::events::AppealId;

/// Which appeals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// Those that wait for a decision.
    #[default]
    Waiting,
    /// Those that wait past their deadline.
    Late,
    /// Those that were upheld.
    Upheld,
    /// Those that were refused.
    Refused,
    /// All of them.
    Ever,
}

impl Show {
    /// All that can be asked for, in the order of the list.
    pub const ALL: [Show; 5] = [Show::Waiting, Show::Late, Show::Upheld, Show::Refused, Show::Ever];

    /// As it stands in addresses.
    pub fn code(self) -> &'static str {
        match self {
            Show::Waiting => "waiting",
            Show::Late => "late",
            Show::Upheld => "upheld",
            Show::Refused => "refused",
            Show::Ever => "ever",
        }
    }

    /// From [`Show::code`].
    pub fn parse(code: &str) -> Option<Show> {
        Show::ALL.into_iter().find(|show| show.code() == code)
    }

    fn by_deadline(self) -> bool {
        matches!(self, Show::Waiting | Show::Late)
    }
}

/// What a list shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Which appeals.
    pub show: Show,
    /// Of this unit and those under it.
    pub unit: Option<UnitId>,
}

/// A page of the list, and what is given back for the next one.
#[derive(Clone, Debug)]
pub struct Page {
    /// The appeals.
    pub rows: Vec<Appealed>,
    /// Where the next ones begin; nothing after the last.
    pub next: Option<String>,
}

/// Walks the index `score_appeal_open`.
const WAITING: &Sql = sql!(concat!(
    "SELECT ",
    columns!(),
    " FROM score_appeal WHERE state = 'open' AND (due_at, id) > (?1, ?2) AND (due_at < ?3 OR ?3 IS NULL) ORDER BY due_at, id LIMIT ?4"
));
/// Walks the primary key from its end.
const EVER: &Sql =
    sql!(concat!("SELECT ", columns!(), " FROM score_appeal WHERE id < ?1 AND (state = ?2 OR ?2 IS NULL) ORDER BY id DESC LIMIT ?3"));

const FIRST: Id = Id([0; 16]);
const LAST: Id = Id([0xff; 16]);

/// A page of appeals. `after` is what the page before it gave as `next`.
///
/// # Errors
/// Only the store's.
pub fn appeals(
    tx: &mut Tx,
    actor: &Actor,
    tree: &Tree,
    filter: Filter,
    now: Time,
    after: Option<&str>,
    limit: usize,
) -> Result<Page, StoreError> {
    let by_deadline = filter.show.by_deadline();
    let given = after.and_then(|after| {
        let (due, id) = after.split_once('-')?;
        Some((Time(due.parse().ok()?), id.parse::<AppealId>().ok()?))
    });
    let mut begin = given.unwrap_or((Time(i64::MIN), AppealId(if by_deadline { FIRST } else { LAST })));
    let late = (filter.show == Show::Late).then_some(now);
    let state = matches!(filter.show, Show::Upheld | Show::Refused).then(|| filter.show.code());
    let of =
        |one: &Appealed| filter.unit.is_none_or(|above| tree.is_within(one.unit, above) || tree.is_within(heir(tree, one.unit), above));
    let mut rows: Vec<Appealed> = Vec::new();
    loop {
        let wanted = limit + 1 - rows.len();
        let ask = i64::try_from(wanted).unwrap_or(i64::MAX);
        let found =
            if by_deadline { tx.all(WAITING, p![begin.0, begin.1, late, ask], row)? } else { tx.all(EVER, p![begin.1, state, ask], row)? };
        let more = found.len() >= wanted;
        if let Some(last) = found.last() {
            begin = (last.due, last.id);
        }
        rows.extend(found.into_iter().filter(|one| of(one) && may_see(actor, tree, one)));
        if rows.len() > limit || !more {
            break;
        }
    }
    let next = (rows.len() > limit).then(|| rows.get(limit - 1).map(|last| format!("{}-{}", last.due.0, last.id))).flatten();
    rows.truncate(limit);
    Ok(Page { rows, next })
}
