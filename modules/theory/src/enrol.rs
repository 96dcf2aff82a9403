//! Enrolling, in pieces: a district of 100,000 is no single transaction. The first piece is written with the test, the others
//! by a tick, which goes on where it was after the program began anew. Who sits a test is fixed by the moment at which it was
//! set: whoever held a post then.

use std::sync::Arc;

use base::{Ctx, PersonId, Time, UnitId};
use people::Proof;
use record::About;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{Sql, StoreError, Tx, p, sql};
use web::{District, Fault, Tick};

use crate::events::{PeopleEnrolled, TestId};
use crate::permissions::Organise;
use crate::read::Test;

/// How many are enrolled in one transaction, with one event; so many are told at once, too.
pub const AT_ONCE: usize = 250;

/// Goes on with what was begun.
pub const TICK: Tick = Tick { name: "theory.enrol", every: 5, run };

/// Where enrolling is. It stands in the row of the test until everybody has a seat.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Rest {
    /// Whoever held a post then.
    at: Time,
    /// The last batch.
    batch: i64,
    /// Who is still to come.
    who: Left,
}

/// Who is still to be enrolled.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Left {
    /// The people of the units under this one, by the ids of both: after that unit, and in the next one after that person.
    Unit(UnitId, Option<UnitId>, Option<PersonId>),
    /// These people, each with the unit they sit it for.
    People(Vec<(PersonId, UnitId)>),
    /// Those who did not pass, or did not sit, the test with this id, after that person; with what passes, in thousandths of a
    /// point.
    Failed(TestId, i64, Option<PersonId>),
}

impl Rest {
    /// From the beginning.
    pub(crate) fn new(at: Time, who: Left) -> Rest {
        Rest { at, batch: 0, who }
    }

    /// As it stands in the store.
    fn write(&self) -> Result<String, StoreError> {
        serde_json::to_string(self).map_err(|error| StoreError::Other(format!("theory_test: enrolling: {error}")))
    }
}

/// By the primary keys.
const FAILED: &Sql = sql!(
    "SELECT s.person, s.unit FROM seat s WHERE s.test = ?1 AND s.person > ?2
       AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.test = s.test AND a.person = s.person AND a.score * 100 >= ?3)
     ORDER BY s.person LIMIT ?4"
);

/// The next people, at most so many, and who is left after them.
fn next(tx: &mut Tx, at: Time, left: Left, most: usize) -> Result<(Vec<(PersonId, UnitId)>, Option<Left>), StoreError> {
    match left {
        Left::Unit(scope, mut done, mut after) => {
            let tree = people::tree(tx)?;
            let mut units: Vec<UnitId> = tree.subtree(scope).into_iter().filter(|unit| unit.existed_at(at)).map(|unit| unit.id).collect();
            units.sort_unstable();
            let mut seats = Vec::new();
            for unit in units.into_iter().filter(|unit| done.is_none_or(|done| *unit > done)).collect::<Vec<_>>() {
                let holders = people::read::holders_in(tx, at, unit)?.into_iter().filter(|holding| !holding.role.is_admin());
                let mut people: Vec<PersonId> =
                    holders.map(|holding| holding.person).filter(|person| after.is_none_or(|after| *person > after)).collect();
                people.sort_unstable();
                people.dedup();
                let whole = people.len() <= most - seats.len();
                people.truncate(most - seats.len());
                after = if whole { None } else { people.last().copied().or(after) };
                seats.extend(people.into_iter().map(|person| (person, unit)));
                if !whole {
                    return Ok((seats, Some(Left::Unit(scope, done, after))));
                }
                done = Some(unit);
            }
            Ok((seats, None))
        }
        Left::People(mut list) => {
            let rest = list.split_off(list.len().min(most));
            Ok((list, (!rest.is_empty()).then_some(Left::People(rest))))
        }
        Left::Failed(test, passes, after) => {
            let limit = i64::try_from(most).unwrap_or(i64::MAX);
            let seats: Vec<(PersonId, UnitId)> =
                tx.all(FAILED, p![test, after.unwrap_or_default(), passes, limit], |row| Ok((row.id(0)?, row.id(1)?)))?;
            let last = if seats.len() < most { None } else { seats.last().map(|(person, _)| *person) };
            Ok((seats, last.map(|last| Left::Failed(test, passes, Some(last)))))
        }
    }
}

/// Enrols the next people, of whom some may have a seat through another unit of theirs. Tells how many came in, and whether
/// there are others.
pub(crate) fn piece(
    tx: &mut Tx,
    ctx: &Ctx,
    (by, unit, test): (PersonId, UnitId, TestId),
    rest: Rest,
    most: usize,
) -> Result<(i64, bool), StoreError> {
    let (at, batch) = (rest.at, rest.batch + 1);
    let (seats, left) = next(tx, at, rest.who, most)?;
    let rest = left.map(|who| Rest { at, batch, who }.write()).transpose()?;
    let n = put(tx, ctx, (record::Actor::Person(by), unit, test), batch, seats, rest.as_deref())?;
    Ok((n, rest.is_some()))
}

const SEAT: &Sql = sql!(
    "INSERT INTO seat (test, person, unit, batch, extra, large, salt) VALUES (?1, ?2, ?3, ?4, 0, 0, NULL)
     ON CONFLICT (test, person) DO NOTHING"
);
const COUNT: &Sql = sql!("UPDATE theory_test SET enrolled = enrolled + ?2, enrolling = ?3 WHERE id = ?1");

/// What the digest of a batch of people is of.
pub(crate) fn people_digest<'a>(seats: impl Iterator<Item = (&'a PersonId, &'a UnitId)>) -> String {
    let mut digest = Sha256::new();
    for (person, unit) in seats {
        digest.update(person.bytes());
        digest.update(unit.bytes());
    }
    record::hex(&<[u8; 32]>::from(digest.finalize()))
}

fn put(
    tx: &mut Tx,
    ctx: &Ctx,
    (actor, unit, test): (record::Actor, UnitId, TestId),
    batch: i64,
    mut seats: Vec<(PersonId, UnitId)>,
    rest: Option<&str>,
) -> Result<i64, StoreError> {
    seats.sort_by_key(|(person, _)| *person);
    let mut taken = Vec::with_capacity(seats.len());
    for (person, unit) in seats {
        if tx.exec(SEAT, p![test, person, unit, batch])? == 1 {
            taken.push((person, unit));
        }
    }
    let n = i64::try_from(taken.len()).unwrap_or(i64::MAX);
    tx.exec(COUNT, p![test, n, rest])?;
    let people = people_digest(taken.iter().map(|(person, unit)| (person, unit)));
    let about = About { occurred_at: ctx.now, actor, unit: Some(unit), subject: test.0, batch: None };
    record::append(tx, ctx, about, &PeopleEnrolled { batch, n, people, more: rest.is_some() })?;
    Ok(n)
}

/// Enrols these people as one batch, for whoever knows them all.
///
/// # Errors
/// The store's.
pub fn enrol(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<Organise>,
    test: TestId,
    batch: i64,
    seats: &[(PersonId, UnitId)],
) -> Result<i64, StoreError> {
    put(tx, ctx, (who.actor(), who.unit(), test), batch, seats.to_vec(), None)
}

/// By the index `theory_test_enrolling`.
const GOING: &Sql = sql!("SELECT id FROM theory_test WHERE enrolling IS NOT NULL AND state = 'set' ORDER BY id LIMIT 1");
const WHERE: &Sql = sql!("SELECT unit, created_by, enrolling FROM theory_test WHERE id = ?1 AND state = 'set' AND enrolling IS NOT NULL");

/// The next piece of the enrolment of a test, of at most so many people; tells whether there was one.
///
/// # Errors
/// The store's.
pub fn go_on(tx: &mut Tx, ctx: &Ctx, test: TestId, most: usize) -> Result<bool, StoreError> {
    let found = tx.opt(WHERE, p![test], |row| Ok((row.id::<UnitId>(0)?, row.id::<PersonId>(1)?, row.text(2)?.to_owned())))?;
    let Some((unit, by, rest)) = found else { return Ok(false) };
    let rest: Rest = serde_json::from_str(&rest).map_err(|error| StoreError::Other(format!("theory_test: enrolling: {error}")))?;
    piece(tx, ctx, (by, unit, test), rest, most)?;
    Ok(true)
}

fn run(district: &Arc<District>) -> Result<(), Fault> {
    while let Some(test) = district.read_now(|tx, _| tx.opt(GOING, p![], |row| row.id::<TestId>(0)))? {
        district.write_now(move |tx, ctx| go_on(tx, ctx, test, AT_ONCE))?;
    }
    Ok(())
}

/// The beginning of enrolling those who did not pass a test, or did not sit it.
pub(crate) fn failed(test: &Test) -> Left {
    Left::Failed(test.id, test.full * test.terms.pass, None)
}
