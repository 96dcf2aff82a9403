//! When a unit is succeeded by another, its banks, papers and tests go along: who keeps the bank, runs a test, marks it. Who
//! sat for which unit stays as it was: the tree tells who took over from it.

use base::{Ctx, Id, UnitId};
use people::Passing;
use store::{Sql, StoreError, Tx, p, sql};
use web::Lang;

use crate::bank::about;
use crate::events::{BankPassed, PaperPassed, TestPassed};

/// By the indexes `bank_by_unit` and `paper_by_unit`.
const BANKS: &Sql = sql!("SELECT id FROM bank WHERE unit = ?1 ORDER BY id");
const PAPERS: &Sql = sql!("SELECT id FROM paper WHERE unit = ?1 ORDER BY id");
/// Walks the table, some hundreds of rows a year; units end once in years.
const TESTS: &Sql = sql!("SELECT id, unit, scope FROM theory_test WHERE (unit = ?1 OR scope = ?1) AND state <> 'cancelled' ORDER BY id");
const BANK: &Sql = sql!("UPDATE bank SET unit = ?2 WHERE id = ?1");
const PAPER: &Sql = sql!("UPDATE paper SET unit = ?2 WHERE id = ?1");
const TEST: &Sql = sql!("UPDATE theory_test SET unit = ?2, scope = ?3 WHERE id = ?1");

/// See [`web::Module::pass`]. A person who leaves has nothing in hand here: banks and tests are their unit's.
pub(crate) fn pass(tx: &mut Tx, ctx: &Ctx, actor: record::Actor, passing: &Passing) -> Result<i64, StoreError> {
    let Passing::Unit { from, to } = passing else { return Ok(0) };
    let (from, to) = (*from, *to);
    let banks: Vec<Id> = tx.all(BANKS, p![from], |row| row.id(0))?;
    for id in &banks {
        tx.exec(BANK, p![*id, to])?;
        record::append(tx, ctx, about(ctx, actor, to, *id), &BankPassed {})?;
    }
    let papers: Vec<Id> = tx.all(PAPERS, p![from], |row| row.id(0))?;
    for id in &papers {
        tx.exec(PAPER, p![*id, to])?;
        record::append(tx, ctx, about(ctx, actor, to, *id), &PaperPassed {})?;
    }
    let tests: Vec<(Id, UnitId, Option<UnitId>)> = tx.all(TESTS, p![from], |row| Ok((row.id(0)?, row.id(1)?, row.opt_id(2)?)))?;
    let after = |unit: UnitId| if unit == from { to } else { unit };
    for (id, unit, scope) in &tests {
        let (unit, scope) = (after(*unit), scope.map(after));
        tx.exec(TEST, p![*id, unit, scope])?;
        record::append(tx, ctx, about(ctx, actor, unit, *id), &TestPassed { scope })?;
    }
    Ok(i64::try_from(banks.len() + papers.len() + tests.len()).unwrap_or(i64::MAX))
}

/// By the index `theory_test_by_unit`.
const HELD: &Sql = sql!("SELECT COUNT(*) FROM theory_test WHERE unit = ?1 AND state = 'set'");

web::texts! {
    /// What a unit has in hand, in words.
    HeldTexts;
    tests: "未结束的测试 {n} 场", "{n} tests that are not over";
}

/// See [`web::Module::in_hand`].
pub(crate) fn in_hand(tx: &mut Tx, lang: Lang, unit: UnitId) -> Result<Vec<String>, StoreError> {
    let n = tx.one(HELD, p![unit], |row| row.int(0))?;
    Ok(if n > 0 { vec![web::fill(HeldTexts::of(lang).tests, &[("n", &n)])] } else { Vec::new() })
}
