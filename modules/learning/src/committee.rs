//! Who sits on the committee 班子 of a branch beside its secretary: the branch says so, since more is asked of them.

use std::collections::BTreeSet;

use base::{Ctx, PersonId, UnitId};
use people::{Proof, Tree};
use record::Facts as _;
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{BranchCommitteeSet, BranchCommitteeStood};
use crate::operate::{LearnError, about};
use crate::permissions::Keep;

/// By the primary key.
const OF: &Sql = sql!("SELECT person FROM branch_committee WHERE branch = ?1 ORDER BY person");
/// By the index `branch_committee_by_person`.
const SEATS: &Sql = sql!("SELECT branch FROM branch_committee WHERE person = ?1");
/// By the primary key.
const CLEAR: &Sql = sql!("DELETE FROM branch_committee WHERE branch = ?1");
const PUT: &Sql = sql!("INSERT INTO branch_committee (branch, person) VALUES (?1, ?2)");

/// Who sits on a branch's committee, as it was said last.
///
/// # Errors
/// Only the store's.
pub fn of(tx: &mut Tx, branch: UnitId) -> Result<BTreeSet<PersonId>, StoreError> {
    Ok(tx.all(OF, p![branch], |row| row.id(0))?.into_iter().collect())
}

/// The branches on whose committees somebody was said to sit; whoever left a branch sits there no more.
///
/// # Errors
/// Only the store's.
pub fn seats(tx: &mut Tx, person: PersonId) -> Result<Vec<UnitId>, StoreError> {
    tx.all(SEATS, p![person], |row| row.id(0))
}

/// Say who sits on a branch's committee. Nothing is recorded where it is as it was.
///
/// # Errors
/// [`LearnError`].
pub fn set(tx: &mut Tx, ctx: &Ctx, who: &Proof<Keep>, tree: &Tree, branch: UnitId, people: &[PersonId]) -> Result<(), LearnError> {
    if !who.covers(tree, branch) {
        return Err(LearnError::Denied);
    }
    let people: BTreeSet<PersonId> = people.iter().copied().collect();
    let members: BTreeSet<PersonId> = people::read::holders_in(tx, ctx.now, branch)?.into_iter().map(|holding| holding.person).collect();
    if !people.is_subset(&members) {
        return Err(LearnError::Field("committee"));
    }
    stand(tx, ctx, who.actor(), branch, !people.is_empty())?;
    if people == of(tx, branch)? {
        return Ok(());
    }
    tx.exec(CLEAR, p![branch])?;
    for person in &people {
        tx.exec(PUT, p![branch, *person])?;
    }
    let facts = BranchCommitteeSet { branch, people: people.into_iter().collect() };
    record::append(tx, ctx, about(ctx, who.actor(), None, branch.0), &facts)?;
    Ok(())
}

/// Records that a branch has a committee since, or has none any more, where that is news: whether meetings of a committee are
/// asked of a branch is told from it.
pub(crate) fn stand(tx: &mut Tx, ctx: &Ctx, actor: record::Actor, branch: UnitId, stands: bool) -> Result<(), StoreError> {
    let mut stood = 0;
    for event in record::of_subject(tx, branch.0)?.iter().filter(|event| event.kind == BranchCommitteeStood::KIND) {
        let facts: BranchCommitteeStood = event.facts().map_err(|error| StoreError::Other(error.to_string()))?;
        stood += facts.times;
    }
    if (stood > 0) == stands {
        return Ok(());
    }
    let facts = BranchCommitteeStood { branch, times: if stands { 1 } else { -1 } };
    record::append(tx, ctx, about(ctx, actor, None, branch.0), &facts).map(drop)
}
