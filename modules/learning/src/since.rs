//! Since when somebody is a secretary. Who followed another here is known by the posts; of the first secretary of a unit that
//! the records know, the branch says it, since the records begin with the house. A unit that was set up when the house had
//! stood for as long as a secretary is new has a new one.

use base::{Ctx, Date, PersonId, Time, UnitId};
use people::read::Holding;
use people::{Proof, Role, Tree};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::SecretarySinceSet;
use crate::hours::INDUCTION;
use crate::operate::{LearnError, about};
use crate::permissions::Keep;

/// By the primary key.
const SAID: &Sql = sql!("SELECT since FROM secretary_since WHERE person = ?1");
const PUT: &Sql = sql!(
    "INSERT INTO secretary_since (person, branch, since) VALUES (?1, ?2, ?3)
     ON CONFLICT (person) DO UPDATE SET branch = excluded.branch, since = excluded.since"
);
const DROP: &Sql = sql!("DELETE FROM secretary_since WHERE person = ?1");

/// What the branch said.
///
/// # Errors
/// Only the store's.
pub fn said(tx: &mut Tx, person: PersonId) -> Result<Option<Date>, StoreError> {
    let since = tx.opt(SAID, p![person], |row| Ok(row.text(0)?.to_owned()))?;
    since.map(|text| text.parse().map_err(|_| StoreError::Other(format!("secretary_since: {text} is no day")))).transpose()
}

/// Says since when somebody is the secretary of a branch, or takes it back. Nothing is recorded where it is as it was.
///
/// # Errors
/// [`LearnError`].
pub fn say(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<Keep>,
    tree: &Tree,
    (branch, person): (UnitId, PersonId),
    since: Option<Date>,
) -> Result<(), LearnError> {
    if !who.covers(tree, branch) {
        return Err(LearnError::Denied);
    }
    let leads = |held: &Holding| held.person == person && held.role == Role::BranchSecretary && !held.acting;
    if !people::read::holders_in(tx, ctx.now, branch)?.iter().any(leads) {
        return Err(LearnError::NotFound);
    }
    if since.is_some_and(|since| since > ctx.now.date() || since.year() < 1921) {
        return Err(LearnError::Field("since"));
    }
    if said(tx, person)? == since {
        return Ok(());
    }
    let on = since.map(|since| since.to_string());
    match &on {
        Some(on) => tx.exec(PUT, p![person, branch, on.as_str()])?,
        None => tx.exec(DROP, p![person])?,
    };
    record::append(tx, ctx, about(ctx, who.actor(), None, branch.0), &SecretarySinceSet { branch, person, on })?;
    Ok(())
}

/// Since when the first secretary is one whom nobody followed: as the branch said, else since the unit was set up here. Nothing
/// where that cannot be known, or where the term had passed before the records began.
///
/// # Errors
/// Only the store's.
pub(crate) fn of_first(tx: &mut Tx, ctx: &Ctx, person: PersonId, first: &Holding) -> Result<Option<Time>, StoreError> {
    let tree = people::tree(tx)?;
    let Some(began) = tree.district().map(|unit| unit.valid_from) else { return Ok(None) };
    let term = |since: Time| ctx.rules().deadline(INDUCTION, since).at;
    if let Some(on) = said(tx, person)? {
        let since = Time::from_civil(on.at(0, 0, 0, 0));
        return Ok((term(since) >= began).then_some(since));
    }
    let set_up = tree.get(first.unit).map(|unit| unit.valid_from);
    Ok(set_up.filter(|set_up| *set_up > term(began)).map(|_| first.from))
}
