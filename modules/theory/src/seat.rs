//! The permission to sit a test: a place among those who were enrolled, held by somebody signed in. Only [`Seat::find`] makes
//! one, in the transaction that uses it; no post is asked for, and nobody sits for somebody else.

use base::{PersonId, UnitId};
use people::sign::SignedPerson;
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::TestId;
use crate::read::{Test, test_row};

/// That somebody sits a test.
#[derive(Debug)]
pub struct Seat {
    test: Test,
    person: PersonId,
    unit: UnitId,
    extra: i64,
    large: bool,
}

/// By the primary keys.
const FIND: &Sql = sql!(
    "SELECT t.id, t.unit, t.paper, t.name, t.scope, t.opens_at, t.closes_at, t.minutes, t.late, t.early, t.attempts, t.pass,
            t.open_book, t.partial, t.second, t.shown_at_once, t.retake_of, t.enrolled, t.state, t.sat, t.mean, t.spread,
            p.full_marks, p.by_hand, p.questions, p.variants, t.on_paper, t.typing_ended_at, t.enrolling, t.why, s.unit, s.extra, s.large
     FROM seat s JOIN theory_test t ON t.id = s.test JOIN paper p ON p.id = t.paper WHERE s.test = ?1 AND s.person = ?2"
);

impl Seat {
    /// The seat of somebody in a test; none where they were not enrolled, or it was called off.
    ///
    /// # Errors
    /// Only the store's.
    pub fn find(tx: &mut Tx, who: &SignedPerson, test: TestId) -> Result<Option<Seat>, StoreError> {
        Ok(Seat::any(tx, who, test)?.filter(|seat| seat.test.state != "cancelled"))
    }

    /// A test that somebody was to sit and that was called off.
    ///
    /// # Errors
    /// Only the store's.
    pub fn called_off(tx: &mut Tx, who: &SignedPerson, test: TestId) -> Result<Option<Test>, StoreError> {
        Ok(Seat::any(tx, who, test)?.map(|seat| seat.test).filter(|test| test.state == "cancelled"))
    }

    fn any(tx: &mut Tx, who: &SignedPerson, test: TestId) -> Result<Option<Seat>, StoreError> {
        tx.opt(FIND, p![test, who.person], |row| {
            Ok(Seat { test: test_row(row)?, person: who.person, unit: row.id(30)?, extra: row.int(31)?, large: row.bool(32)? })
        })
    }

    /// The test.
    pub fn test(&self) -> &Test {
        &self.test
    }

    /// Who.
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// The unit they sit it for.
    pub fn unit(&self) -> UnitId {
        self.unit
    }

    /// Minutes that they have, with what they were given more.
    pub fn minutes(&self) -> i64 {
        self.test.terms.minutes * (100 + self.extra) / 100
    }

    /// Percent more time.
    pub fn extra(&self) -> i64 {
        self.extra
    }

    /// Whether in large type.
    pub fn large(&self) -> bool {
        self.large
    }
}
