//! Who sits on the committee 班子 of a branch beside its secretary: the branch says so, since more is asked of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use base::{Ctx, PersonId, UnitId};
use people::{Proof, Tree};
use record::Facts as _;
use store::{Sql, StoreError, Tx, p, sql};
use web::{District, Fault};

use crate::events::{BranchCommitteeSet, BranchCommitteeStood};
use crate::operate::{LearnError, about};
use crate::permissions::Keep;

/// By the primary key.
const OF: &Sql = sql!("SELECT person FROM branch_committee WHERE branch = ?1 ORDER BY person");
/// By the index `branch_committee_by_person`.
const SEATS: &Sql = sql!("SELECT branch FROM branch_committee WHERE person = ?1");
/// By the primary key, over the branches behind one.
const BRANCHES: &Sql = sql!("SELECT DISTINCT branch FROM branch_committee WHERE branch > ?1 ORDER BY branch LIMIT ?2");
/// By the primary key.
const CLEAR: &Sql = sql!("DELETE FROM branch_committee WHERE branch = ?1");
const PUT: &Sql = sql!("INSERT INTO branch_committee (branch, person) VALUES (?1, ?2)");

/// Branches that are looked at in one transaction.
const AT_ONCE: i64 = 20;

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
    if (stood(tx, branch)?.unwrap_or(0) > 0) == stands {
        return Ok(());
    }
    let facts = BranchCommitteeStood { branch, times: if stands { 1 } else { -1 } };
    record::append(tx, ctx, about(ctx, actor, None, branch.0), &facts).map(drop)
}

/// Whether a committee stands by what was recorded, as a sum; nothing where nothing was recorded of it.
fn stood(tx: &mut Tx, branch: UnitId) -> Result<Option<i64>, StoreError> {
    let mut stood = None;
    for event in record::of_subject(tx, branch.0)?.iter().filter(|event| event.kind == BranchCommitteeStood::KIND) {
        let facts: BranchCommitteeStood = event.facts().map_err(|error| StoreError::Other(error.to_string()))?;
        stood = Some(stood.unwrap_or(0) + facts.times);
    }
    Ok(stood)
}

/// The branches with a committee of which nothing was recorded as standing, up to so many behind one, and the last that was
/// looked at.
fn unsaid(tx: &mut Tx, after: UnitId) -> Result<(Vec<UnitId>, Option<UnitId>), StoreError> {
    let all: Vec<UnitId> = tx.all(BRANCHES, p![after, AT_ONCE], |row| row.id(0))?;
    let last = all.last().copied();
    let mut unsaid = Vec::new();
    for branch in all {
        if stood(tx, branch)?.is_none() {
            unsaid.push(branch);
        }
    }
    Ok((unsaid, last))
}

/// Committees that were said before it was recorded that they stand are recorded as standing, once: otherwise their meetings
/// would be asked of nobody until somebody says them again. From today, as nobody was asked before. Part of a tick, few
/// branches in one transaction.
pub(crate) fn caught_up(district: &Arc<District>) -> Result<(), Fault> {
    let mut after = UnitId::default();
    loop {
        let (some, last) = district.read_now(move |tx, _| unsaid(tx, after))?;
        if !some.is_empty() {
            district.write_now(move |tx, ctx| {
                for branch in some.iter().copied() {
                    // Somebody may have said otherwise in between.
                    if stood(tx, branch)?.is_none() && !of(tx, branch)?.is_empty() {
                        stand(tx, ctx, record::Actor::System, branch, true)?;
                    }
                }
                Ok::<_, StoreError>(())
            })?;
        }
        let Some(last) = last else { return Ok(()) };
        after = last;
    }
}
