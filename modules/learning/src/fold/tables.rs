//! The tables as rows of texts, in the same columns as the fold has them.

use base::{Id, Time};
use record::{Cell, text_digest_hex};
use store::{Row, Sql, StoreError, Tx, p, sql};

use super::{Rows, cells};

type Read = fn(&mut Tx) -> Result<Rows, StoreError>;

/// Every table that the record tells of, with the names of what its rows hold beside their keys.
pub(super) const ALL: [(&str, &[&str], Read); 19] = [
    ("course", &["unit", "title+about", "state", "v", "made_at", "made_by"], courses),
    (
        "lesson",
        &["course", "ord", "kind", "minutes", "title+source+source_on+body", "file+file_kind+file_size", "removed", "v", "made_at"],
        lessons,
    ),
    ("lesson_done", &["done_on", "minutes"], |tx| pairs(tx, DONE, |row| Ok(cells![row.text(2)?, row.int(3)?]))),
    ("remark", &["lesson", "person", "text", "office", "made_at", "hidden_by", "reason"], remarks),
    ("certificate", &["person", "kind", "of", "no", "given_at"], certificates),
    (
        "study_plan",
        &["unit", "target", "role", "title+note", "starts_on", "due_on", "due_at", "state", "made_at", "made_by", "reminded_at"],
        plans,
    ),
    ("study_plan_course", &["ord"], |tx| pairs(tx, PLAN_COURSES, |row| Ok(cells![row.int(2)?]))),
    ("study_plan_result", &["met", "people", "done"], |tx| pairs(tx, RESULTS, |row| Ok(cells![row.int(2)?, row.int(3)?, row.int(4)?]))),
    (
        "collective_study",
        &["branch", "held_on", "minutes", "topic+minute", "withdrawn", "reason", "made_at", "made_by", "occasion"],
        studies,
    ),
    ("collective_present", &[], |tx| pairs(tx, PRESENT, |_| Ok(cells![]))),
    (
        "branch_meeting",
        &[
            "organisation",
            "what",
            "held_on",
            "begins",
            "ends",
            "expected",
            "present",
            "voting_expected",
            "voting_present",
            "topic+place+chair+recorder+lecturer+absent+guests+agenda+decided",
            "withdrawn",
            "reason",
            "batch",
            "made_at",
            "made_by",
        ],
        meetings,
    ),
    ("branch_committee", &[], |tx| pairs(tx, COMMITTEES, |_| Ok(cells![]))),
    ("secretary_since", &["branch", "since"], |tx| one(tx, SINCE, |row| Ok(cells![row.id::<Id>(1)?, row.text(2)?]))),
    (
        "training_class",
        &[
            "unit",
            "audience",
            "title+place+notice",
            "quota",
            "join_until",
            "must",
            "taken",
            "tickets",
            "state",
            "reason",
            "made_at",
            "made_by",
            "sort",
            "v",
        ],
        classes,
    ),
    ("class_was", &["title+place+notice", "quota", "join_until", "must", "days", "changed_at", "changed_by"], were),
    ("class_day", &["class", "starts_at", "ends_at", "minutes"], |tx| {
        one(tx, DAYS, |row| Ok(cells![row.id::<Id>(1)?, row.int(2)?, row.int(3)?, row.int(4)?]))
    }),
    ("class_seat", &["state", "ticket"], |tx| pairs(tx, SEATS, |row| Ok(cells![row.text(2)?, row.int(3)?]))),
    ("class_leave", &["reason", "state"], |tx| {
        pairs(tx, LEAVES, |row| Ok(cells![text_digest_hex(&row.array(3)?, row.text(2)?), row.text(4)?]))
    }),
    ("class_presence", &["way", "came_on", "minutes"], |tx| pairs(tx, CAME, |row| Ok(cells![row.text(2)?, row.text(3)?, row.int(4)?]))),
];

/// A text of a row as what its column holds.
pub(super) fn cell(column: &str, text: &str) -> Cell {
    let digested = column.contains('+') || matches!(column, "reason" | "text");
    match text.parse() {
        _ if text.is_empty() => Cell::Nothing,
        Ok(at) if column.ends_with("_at") || column == "join_until" => Cell::Time(Time(at)),
        _ if column == "days" => text.lines().collect::<Vec<_>>().into(),
        _ if digested => Cell::digest(text),
        _ => Cell::from(text),
    }
}

/// Rows whose key is one id.
fn one(tx: &mut Tx, sql: &'static Sql, cells: impl Fn(&Row<'_>) -> Result<Vec<String>, StoreError>) -> Result<Rows, StoreError> {
    Ok(tx.all(sql, p![], |row| Ok((row.id::<Id>(0)?.to_string(), cells(row)?)))?.into_iter().collect())
}

/// Rows whose key is two ids.
fn pairs(tx: &mut Tx, sql: &'static Sql, cells: impl Fn(&Row<'_>) -> Result<Vec<String>, StoreError>) -> Result<Rows, StoreError> {
    let rows = tx.all(sql, p![], |row| Ok((format!("{} {}", row.id::<Id>(0)?, row.id::<Id>(1)?), cells(row)?)))?;
    Ok(rows.into_iter().collect())
}

const COURSES: &Sql = sql!("SELECT id, unit, title, about, salt, state, v, made_at, made_by FROM course ORDER BY id");
const LESSONS: &Sql = sql!(
    "SELECT id, course, ord, kind, title, source, source_on, minutes, body, file, file_kind, file_size, salt, removed, v, made_at
     FROM lesson ORDER BY id"
);
const DONE: &Sql = sql!("SELECT person, lesson, done_on, minutes FROM lesson_done ORDER BY person, lesson");
const REMARKS: &Sql = sql!("SELECT id, lesson, person, text, salt, office, made_at, hidden_by, reason FROM remark ORDER BY id");
const CERTIFICATES: &Sql = sql!("SELECT id, person, kind, of, no, given_at FROM certificate ORDER BY id");
const PLANS: &Sql = sql!(
    "SELECT id, unit, target, role, title, note, salt, starts_on, due_on, due_at, state, made_at, made_by, reminded_at
     FROM study_plan ORDER BY id"
);
const PLAN_COURSES: &Sql = sql!("SELECT plan, course, ord FROM study_plan_course ORDER BY plan, course");
const RESULTS: &Sql = sql!("SELECT plan, branch, met, people, done FROM study_plan_result ORDER BY plan, branch");
const STUDIES: &Sql = sql!(
    "SELECT id, branch, held_on, minutes, topic, minute, salt, withdrawn, reason, made_at, made_by, occasion
     FROM collective_study ORDER BY id"
);
const PRESENT: &Sql = sql!("SELECT study, person FROM collective_present ORDER BY study, person");
const MEETINGS: &Sql = sql!(
    "SELECT id, organisation, what, held_on, begins, ends, topic, place, chair, recorder, lecturer, expected, present, voting_expected,
        voting_present, absent, guests, agenda, decided, salt, withdrawn, reason, batch, made_at, made_by
     FROM branch_meeting ORDER BY id"
);
const CLASSES: &Sql = sql!(
    "SELECT id, unit, audience, title, place, notice, salt, quota, join_until, must, taken, tickets, state, reason, made_at, made_by,
        sort, v
     FROM training_class ORDER BY id"
);
const WERE: &Sql = sql!(
    "SELECT class, v, title, place, notice, salt, quota, join_until, must, days, changed_at, changed_by FROM class_was ORDER BY class, v"
);
const SINCE: &Sql = sql!("SELECT person, branch, since FROM secretary_since ORDER BY person");
const COMMITTEES: &Sql = sql!("SELECT branch, person FROM branch_committee ORDER BY branch, person");
const DAYS: &Sql = sql!("SELECT id, class, starts_at, ends_at, minutes FROM class_day ORDER BY id");
const SEATS: &Sql = sql!("SELECT class, person, state, ticket FROM class_seat ORDER BY class, person");
const LEAVES: &Sql = sql!("SELECT day, person, reason, salt, state FROM class_leave ORDER BY day, person");
const CAME: &Sql = sql!("SELECT person, day, way, came_on, minutes FROM class_presence ORDER BY person, day");

fn courses(tx: &mut Tx) -> Result<Rows, StoreError> {
    one(tx, COURSES, |row| {
        let words = crate::course::words(&row.array(4)?, row.text(2)?, row.text(3)?);
        Ok(cells![row.id::<Id>(1)?, words, row.text(5)?, row.int(6)?, row.int(7)?, row.id::<Id>(8)?])
    })
}

fn lessons(tx: &mut Tx) -> Result<Rows, StoreError> {
    one(tx, LESSONS, |row| {
        let words = crate::lesson::digest(&row.array(12)?, row.text(4)?, row.text(5)?, row.text(6)?, row.text(8)?);
        let file = match (row.opt_blob(9)?, row.opt_text(10)?, row.opt_int(11)?) {
            (None, None, None) => String::new(),
            (digest, kind, size) => {
                format!("{} {} {}", digest.map(record::hex).unwrap_or_default(), kind.unwrap_or_default(), size.unwrap_or_default())
            }
        };
        let (course, ord, kind, minutes) = (row.id::<Id>(1)?, row.int(2)?, row.text(3)?, row.int(7)?);
        Ok(cells![course, ord, kind, minutes, words, file, row.int(13)?, row.int(14)?, row.int(15)?])
    })
}

fn remarks(tx: &mut Tx) -> Result<Rows, StoreError> {
    one(tx, REMARKS, |row| {
        let salt = row.array(4)?;
        let by = row.opt_id::<Id>(7)?.map(|by| by.to_string()).unwrap_or_default();
        let reason = row.opt_text(8)?.map(|reason| text_digest_hex(&salt, reason)).unwrap_or_default();
        let words = text_digest_hex(&salt, row.text(3)?);
        Ok(cells![row.id::<Id>(1)?, row.id::<Id>(2)?, words, row.int(5)?, row.int(6)?, by, reason])
    })
}

fn certificates(tx: &mut Tx) -> Result<Rows, StoreError> {
    one(tx, CERTIFICATES, |row| Ok(cells![row.id::<Id>(1)?, row.text(2)?, row.id::<Id>(3)?, row.text(4)?, row.int(5)?]))
}

fn plans(tx: &mut Tx) -> Result<Rows, StoreError> {
    one(tx, PLANS, |row| {
        let words = crate::plan::words(&row.array(6)?, row.text(4)?, row.text(5)?);
        let (unit, target, role) = (row.id::<Id>(1)?, row.id::<Id>(2)?, row.opt_text(3)?.unwrap_or_default().to_owned());
        let (starts, due, at) = (row.text(7)?, row.text(8)?, row.int(9)?);
        let reminded = row.opt_int(13)?.map(|at| at.to_string()).unwrap_or_default();
        Ok(cells![unit, target, role, words, starts, due, at, row.text(10)?, row.int(11)?, row.id::<Id>(12)?, reminded])
    })
}

fn studies(tx: &mut Tx) -> Result<Rows, StoreError> {
    one(tx, STUDIES, |row| {
        let salt = row.array(6)?;
        let words = crate::collective::words(&salt, row.text(4)?, row.text(5)?);
        let reason = if row.text(8)?.is_empty() { String::new() } else { text_digest_hex(&salt, row.text(8)?) };
        let (branch, on, minutes) = (row.id::<Id>(1)?, row.text(2)?, row.int(3)?);
        Ok(cells![branch, on, minutes, words, row.int(7)?, reason, row.int(9)?, row.id::<Id>(10)?, row.text(11)?])
    })
}

fn meetings(tx: &mut Tx) -> Result<Rows, StoreError> {
    one(tx, MEETINGS, |row| {
        let number = |at: usize| row.opt_int(at).map(|n| n.map(|n| n.to_string()).unwrap_or_default());
        let id = |at: usize| row.opt_id::<Id>(at).map(|id| id.map(|id| id.to_string()).unwrap_or_default());
        let salt = row.array(19)?;
        let words = crate::meeting::digest(
            &salt,
            &[
                row.text(6)?,
                row.text(7)?,
                row.text(8)?,
                row.text(9)?,
                row.text(10)?,
                row.text(15)?,
                row.text(16)?,
                row.text(17)?,
                row.text(18)?,
            ],
        );
        let reason = if row.text(21)?.is_empty() { String::new() } else { text_digest_hex(&salt, row.text(21)?) };
        let (organisation, what, on, begins, ends) = (row.id::<Id>(1)?, row.text(2)?, row.text(3)?, row.text(4)?, row.text(5)?);
        let (expected, present, voting) = (row.int(11)?, row.int(12)?, (number(13)?, number(14)?));
        let (withdrawn, batch, at, by) = (row.int(20)?, id(22)?, row.int(23)?, id(24)?);
        Ok(cells![organisation, what, on, begins, ends, expected, present, voting.0, voting.1, words, withdrawn, reason, batch, at, by])
    })
}

fn classes(tx: &mut Tx) -> Result<Rows, StoreError> {
    one(tx, CLASSES, |row| {
        let salt = row.array(6)?;
        let words = crate::class::words(&salt, row.text(3)?, row.text(4)?, row.text(5)?);
        let reason = if row.text(13)?.is_empty() { String::new() } else { text_digest_hex(&salt, row.text(13)?) };
        let (unit, audience) = (row.id::<Id>(1)?, row.id::<Id>(2)?);
        let (quota, until, must, taken, tickets) = (row.int(7)?, row.int(8)?, row.int(9)?, row.int(10)?, row.int(11)?);
        let (at, by) = (row.int(14)?, row.id::<Id>(15)?);
        let (state, sort, v) = (row.text(12)?, row.text(16)?, row.int(17)?);
        Ok(cells![unit, audience, words, quota, until, must, taken, tickets, state, reason, at, by, sort, v])
    })
}

/// Classes as they were: the key is an id and a number.
fn were(tx: &mut Tx) -> Result<Rows, StoreError> {
    let rows = tx.all(WERE, p![], |row| {
        let words = crate::class::words(&row.array(5)?, row.text(2)?, row.text(3)?, row.text(4)?);
        let (quota, until, must, days) = (row.int(6)?, row.int(7)?, row.int(8)?, row.text(9)?);
        let cells = cells![words, quota, until, must, days, row.int(10)?, row.id::<Id>(11)?];
        Ok((format!("{} {}", row.id::<Id>(0)?, row.int(1)?), cells))
    })?;
    Ok(rows.into_iter().collect())
}
