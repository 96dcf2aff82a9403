//! Meetings as they stand in the table.

use base::{Date, UnitId};
use store::{Row, Sql, StoreError, Tx, p, sql};

use super::Held;
use crate::model::{Gathering, MeetingId};
use crate::read::{bad, date};

/// A meeting that was written down.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its id.
    pub id: MeetingId,
    /// What was written down.
    pub held: Held,
    /// The salt of its digests.
    pub salt: [u8; 16],
    /// Why it was taken back, where it was.
    pub withdrawn: Option<String>,
    /// The import that it came with.
    pub batch: Option<base::Id>,
}

/// Which meetings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Of this kind.
    pub what: Option<Gathering>,
    /// From this day on.
    pub from: Option<Date>,
    /// Up to this day.
    pub to: Option<Date>,
    /// Behind this one of this day, as a list goes on.
    pub after: Option<(Date, MeetingId)>,
}

impl Filter {
    /// The days as the tables have them.
    pub(super) fn days(&self) -> (String, String) {
        let day = |day: Option<Date>, open: &str| day.map_or_else(|| open.to_owned(), |day| day.to_string());
        (day(self.from, "0000"), day(self.to, "9999"))
    }
}

macro_rules! columns {
    () => {
        "id, organisation, what, held_on, begins, ends, topic, place, chair, recorder, lecturer, expected, present, voting_expected,
            voting_present, absent, guests, agenda, decided, salt, withdrawn, reason, batch"
    };
}

/// By the primary key.
const ONE: &Sql = sql!(concat!("SELECT ", columns!(), " FROM branch_meeting WHERE id = ?1"));
/// By the index `branch_meeting_by_organisation`, from its end.
const LIST: &Sql = sql!(concat!(
    "SELECT ",
    columns!(),
    " FROM branch_meeting WHERE organisation = ?1 AND held_on >= ?2 AND held_on <= ?3 AND (what = ?4 OR ?4 IS NULL)
       AND (held_on < ?5 OR (held_on = ?5 AND id < ?6))
     ORDER BY held_on DESC, id DESC LIMIT ?7"
));
/// By the index `branch_meeting_by_organisation`.
const SAME: &Sql =
    sql!("SELECT id FROM branch_meeting WHERE organisation = ?1 AND held_on = ?2 AND what = ?3 AND topic = ?4 AND withdrawn = 0 LIMIT 1");

pub(crate) fn row(row: &Row<'_>) -> Result<Kept, StoreError> {
    let text = |at: usize| row.text(at).map(str::to_owned);
    let held = Held {
        organisation: row.id(1)?,
        what: Gathering::from_code(row.text(2)?).ok_or_else(|| bad("a meeting"))?,
        on: date(row.text(3)?)?,
        begins: text(4)?,
        ends: text(5)?,
        topic: text(6)?,
        place: text(7)?,
        chair: text(8)?,
        recorder: text(9)?,
        lecturer: text(10)?,
        expected: row.int(11)?,
        present: row.int(12)?,
        voting: row.opt_int(13)?.zip(row.opt_int(14)?),
        absent: text(15)?,
        guests: text(16)?,
        agenda: text(17)?,
        decided: text(18)?,
    };
    Ok(Kept { id: row.id(0)?, held, salt: row.array(19)?, withdrawn: row.bool(20)?.then(|| text(21)).transpose()?, batch: row.opt_id(22)? })
}

/// One meeting.
///
/// # Errors
/// Only the store's.
pub fn find(tx: &mut Tx, id: MeetingId) -> Result<Option<Kept>, StoreError> {
    tx.opt(ONE, p![id], row)
}

/// The meetings of an organisation, the last first, at most so many.
///
/// # Errors
/// Only the store's.
pub fn list(tx: &mut Tx, organisation: UnitId, filter: &Filter, limit: i64) -> Result<Vec<Kept>, StoreError> {
    let (from, to) = filter.days();
    let (day, id) = filter.after.map_or_else(|| ("9999-99".to_owned(), MeetingId::default()), |(day, id)| (day.to_string(), id));
    tx.all(LIST, p![organisation, &from, &to, filter.what.map(Gathering::code), &day, id, limit], row)
}

/// By the index `collective_study_by_branch`.
const STUDIED: &Sql =
    sql!("SELECT id FROM collective_study WHERE branch = ?1 AND held_on = ?2 AND occasion = ?3 AND withdrawn = 0 LIMIT 1");

/// Whether it stands here already: the same kind of meeting about the same on the same day, or the theme day or lecture of
/// that day as a collective study.
pub(super) fn is_there(tx: &mut Tx, held: &Held) -> Result<bool, StoreError> {
    let (on, what) = (held.on.to_string(), held.what.code());
    let same = tx.opt(SAME, p![held.organisation, &on, what, &held.topic], |row| row.id::<base::Id>(0))?;
    Ok(same.is_some() || tx.opt(STUDIED, p![held.organisation, &on, what], |row| row.id::<base::Id>(0))?.is_some())
}
