//! Who sits a test, however many they are: some at a time in the order of their ids, found by name or login, and the figures
//! over all of them.

use base::{PersonId, Time, UnitId};
use store::{Row, Sql, StoreError, Tx, p, sql};

use crate::by_unit;
use crate::events::TestId;
use crate::read::{Enrolled, Test};

/// By the primary key.
const AFTER: &Sql = sql!("SELECT person, unit, extra, large FROM seat WHERE test = ?1 AND person > ?2 ORDER BY person LIMIT ?3");
/// By the primary keys; reads the names of who comes after.
const FOUND: &Sql = sql!(
    "SELECT s.person, s.unit, s.extra, s.large FROM seat s JOIN person n ON n.id = s.person LEFT JOIN account a ON a.person = n.id
     WHERE s.test = ?1 AND s.person > ?2 AND (n.name LIKE ?3 OR a.login = ?4) ORDER BY s.person LIMIT ?5"
);
/// By the primary keys.
const UNSAT: &Sql = sql!(
    "SELECT s.person, s.unit, s.extra, s.large FROM seat s JOIN person n ON n.id = s.person LEFT JOIN account a ON a.person = n.id
     WHERE s.test = ?1 AND s.person > ?2 AND (n.name LIKE ?3 OR a.login = ?4)
       AND NOT EXISTS (SELECT 1 FROM attempt t WHERE t.test = s.test AND t.person = s.person)
     ORDER BY s.person LIMIT ?5"
);

fn enrolled(row: &Row<'_>) -> Result<Enrolled, StoreError> {
    Ok(Enrolled { person: row.id(0)?, unit: row.id(1)?, extra: row.int(2)?, large: row.bool(3)? })
}

/// What is looked for: part of a name, or a whole login. Empty finds everybody.
fn pattern(typed: &str) -> (String, String) {
    let typed = base::text::clean_line(typed);
    let name: String = typed.chars().filter(|c| !matches!(c, '%' | '_' | '\\')).collect();
    (format!("%{name}%"), base::text::fold(&typed))
}

/// So many of those who sit a test, after this person; with words, those whose name holds them or whose login they are.
///
/// # Errors
/// Only the store's.
pub fn some(tx: &mut Tx, test: TestId, typed: &str, after: Option<PersonId>, most: i64) -> Result<Vec<Enrolled>, StoreError> {
    let after = after.unwrap_or_default();
    if typed.trim().is_empty() {
        return tx.all(AFTER, p![test, after, most], enrolled);
    }
    let (name, login) = pattern(typed);
    tx.all(FOUND, p![test, after, name.as_str(), login.as_str(), most], enrolled)
}

/// The same of those who have not begun.
///
/// # Errors
/// Only the store's.
pub fn unsat(tx: &mut Tx, test: TestId, typed: &str, after: Option<PersonId>, most: i64) -> Result<Vec<Enrolled>, StoreError> {
    let (name, login) = pattern(typed);
    tx.all(UNSAT, p![test, after.unwrap_or_default(), name.as_str(), login.as_str(), most], enrolled)
}

/// What somebody's sittings come to.
#[derive(Clone, Copy, Debug)]
pub struct Sat {
    /// Their best score, in tenths of a point.
    pub best: Option<i64>,
    /// Whether they began.
    pub begun: bool,
    /// Whether they sit it now.
    pub going: bool,
}

/// Somebody as the workbook of results has them.
#[derive(Clone, Debug)]
pub struct Out {
    /// Their seat.
    pub seat: Enrolled,
    /// Their name.
    pub name: String,
    /// How they stand.
    pub sat: Sat,
    /// When they handed in last.
    pub handed: Option<Time>,
}

/// By the primary keys.
const OUT: &Sql = sql!(
    "SELECT s.person, s.unit, s.extra, s.large, n.name,
            (SELECT MAX(a.score) FROM attempt a WHERE a.test = s.test AND a.person = s.person),
            (SELECT MAX(a.submitted_at) FROM attempt a WHERE a.test = s.test AND a.person = s.person),
            (SELECT COUNT(*) FROM attempt a WHERE a.test = s.test AND a.person = s.person),
            (SELECT COUNT(*) FROM attempt a WHERE a.test = s.test AND a.person = s.person AND a.submitted_at IS NULL)
     FROM seat s JOIN person n ON n.id = s.person WHERE s.test = ?1 AND s.person > ?2 ORDER BY s.person LIMIT ?3"
);

/// So many of those who sit a test, after this person, with how they stand.
///
/// # Errors
/// Only the store's.
pub fn out(tx: &mut Tx, test: TestId, after: Option<PersonId>, most: usize) -> Result<Vec<Out>, StoreError> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    tx.all(OUT, p![test, after.unwrap_or_default(), most], |row| {
        let sat = Sat { best: row.opt_int(5)?, begun: row.int(7)? > 0, going: row.int(8)? > 0 };
        Ok(Out { seat: enrolled(row)?, name: row.text(4)?.to_owned(), sat, handed: row.opt_time(6)? })
    })
}

/// How a test stands, in numbers of people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Who sits it now.
    pub going: i64,
    /// Who handed in.
    pub handed: i64,
    /// Whose paper waits to be marked.
    pub waiting: i64,
    /// Who passed.
    pub passed: i64,
}

/// By the primary key.
const STANDING: &Sql = sql!(
    "SELECT CAST(COALESCE(SUM(b.going), 0) AS BIGINT), CAST(COALESCE(SUM(b.handed), 0) AS BIGINT),
            CAST(COALESCE(SUM(b.waiting), 0) AS BIGINT), CAST(COALESCE(SUM(b.passed), 0) AS BIGINT)
     FROM (SELECT person,
                  MAX(CASE WHEN submitted_at IS NULL THEN 1 ELSE 0 END) AS going,
                  MAX(CASE WHEN submitted_at IS NOT NULL THEN 1 ELSE 0 END) AS handed,
                  MAX(CASE WHEN submitted_at IS NOT NULL AND score IS NULL THEN 1 ELSE 0 END) AS waiting,
                  MAX(CASE WHEN score * 100 >= ?2 THEN 1 ELSE 0 END) AS passed
           FROM attempt WHERE test = ?1 GROUP BY person) b"
);

/// The figures of a test. Of a closed one they are what was kept; nothing in it changes any more.
///
/// # Errors
/// Only the store's.
pub fn standing(tx: &mut Tx, test: &Test) -> Result<Standing, StoreError> {
    if test.state == "closed" {
        let sum = by_unit::kept(tx, test.id)?.into_iter().fold(by_unit::Sum::default(), |all, (_, one)| all.with(one));
        return Ok(Standing { going: 0, handed: sum.sat, waiting: 0, passed: sum.passed });
    }
    tx.one(STANDING, p![test.id, test.full * test.terms.pass], |row| {
        Ok(Standing { going: row.int(0)?, handed: row.int(1)?, waiting: row.int(2)?, passed: row.int(3)? })
    })
}

/// Somebody of a unit, with the best score that they have, in tenths of a point.
#[derive(Clone, Copy, Debug)]
pub struct Scored {
    /// Who.
    pub person: PersonId,
    /// The unit they sit it for.
    pub unit: UnitId,
    /// Nothing where they have none.
    pub best: Option<i64>,
}

/// By the index `seat_by_unit`.
const OF_UNIT: &Sql = sql!(
    "SELECT s.person, (SELECT MAX(a.score) FROM attempt a WHERE a.test = s.test AND a.person = s.person)
     FROM seat s WHERE s.test = ?1 AND s.unit = ?2 AND s.person > ?3 ORDER BY s.person LIMIT ?4"
);
/// By the index `seat_by_unit`.
const ANY_OF: &Sql = sql!("SELECT 1 FROM seat WHERE test = ?1 AND unit = ?2 LIMIT 1");

/// So many of those who sit a test for these units, in the order of the units, after this unit and person.
///
/// # Errors
/// Only the store's.
pub fn of_units(
    tx: &mut Tx,
    test: TestId,
    units: &[UnitId],
    after: Option<(UnitId, PersonId)>,
    most: usize,
) -> Result<Vec<Scored>, StoreError> {
    let from = after.and_then(|(unit, _)| units.iter().position(|one| *one == unit)).unwrap_or(0);
    let mut out: Vec<Scored> = Vec::new();
    for unit in units.iter().skip(from).copied() {
        let person = after.filter(|(of, _)| *of == unit).map(|(_, person)| person).unwrap_or_default();
        let left = i64::try_from(most - out.len()).unwrap_or(i64::MAX);
        out.extend(tx.all(OF_UNIT, p![test, unit, person, left], |row| {
            Ok::<_, StoreError>(Scored { person: row.id(0)?, unit, best: row.opt_int(1)? })
        })?);
        if out.len() >= most {
            break;
        }
    }
    Ok(out)
}

/// Whether anybody sits a test for one of these units.
///
/// # Errors
/// Only the store's.
pub fn any_of(tx: &mut Tx, test: TestId, units: &[UnitId]) -> Result<bool, StoreError> {
    for unit in units {
        if tx.opt(ANY_OF, p![test, *unit], |_| Ok(()))?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
