//! Somebody whom a concern is about comes to another unit: from then on that line may not know of it either, whether it was
//! promoted to stand above those who have it in hand or moved beside them. What they have is taken back.
//!
//! Posts are given elsewhere, and an acting post begins by its date: the tick looks who came where.

use std::sync::Arc;

use base::{Ctx, PersonId, Time, UnitId};
use record::Actor;
use store::{Sql, StoreError, Tx, p, sql};
use web::{District, Fault};

use crate::concern::{Concern, ConcernId, get, pack, tell};
use crate::events::ConcernKeptFrom;
use crate::line;
use crate::said::Said;
use crate::succession;

/// How long ago somebody may have come for the tick to look: longer than a program stands still.
const LOOKED_BACK: i64 = 40 * Time::DAY;

/// Walks the index `concern_by_about_person`: few are about somebody, while many come and go.
const PEOPLE: &Sql = sql!("SELECT DISTINCT about_person FROM concern WHERE about_person IS NOT NULL ORDER BY about_person");
/// By the same.
const ABOUT: &Sql = sql!("SELECT id FROM concern WHERE about_person = ?1 ORDER BY id");
const BARS: &Sql = sql!("UPDATE concern SET bars = ?2 WHERE id = ?1");

/// What is not kept yet from the line of a unit.
fn open_to(tx: &mut Tx, person: PersonId, unit: UnitId) -> Result<Vec<Concern>, StoreError> {
    let ids: Vec<ConcernId> = tx.all(ABOUT, p![person], |row| row.id(0))?;
    let mut found = Vec::new();
    if ids.is_empty() {
        return Ok(found);
    }
    let tree = people::tree(tx)?;
    for id in ids {
        if let Some(concern) = get(tx, id)?
            && !line::barred(&*tree, &concern.now.bars, concern.now.desk, unit)
        {
            found.push(concern);
        }
    }
    Ok(found)
}

/// Who came to a unit whose line may still know of a concern about them. It looks by reading.
///
/// # Errors
/// Only the store's.
pub fn came(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<(PersonId, UnitId)>, StoreError> {
    let since = ctx.now.plus(-LOOKED_BACK);
    let people: Vec<PersonId> = tx.all(PEOPLE, p![], |row| row.id(0))?;
    let mut found = Vec::new();
    for person in people {
        let held = people::read::holdings_of(tx, person)?;
        let lately =
            held.into_iter().filter(|held| (since.plus(1)..=ctx.now).contains(&held.from) && held.to.is_none_or(|to| to > ctx.now));
        for unit in lately.map(|held| held.unit) {
            if !found.contains(&(person, unit)) && !open_to(tx, person, unit)?.is_empty() {
                found.push((person, unit));
            }
        }
    }
    Ok(found)
}

/// Keeps what is about somebody from the line of the unit that they came to; says how many concerns it was.
///
/// # Errors
/// Only the store's.
pub fn keep_from(tx: &mut Tx, ctx: &Ctx, person: PersonId, unit: UnitId) -> Result<usize, StoreError> {
    let concerns = open_to(tx, person, unit)?;
    let tree = people::tree(tx)?;
    for concern in &concerns {
        let lines: Vec<UnitId> = line::lines(&concern.now.bars).iter().copied().chain([unit]).collect();
        let bars = line::bars(line::outermost(&*tree, &lines), line::apart(&concern.now.bars).to_vec());
        if bars == concern.now.bars {
            continue;
        }
        let packed = pack(&bars, true);
        tx.exec(BARS, p![concern.id, packed.as_ref()])?;
        let holder = concern.now.holder.filter(|holder| !line::barred(&*tree, &bars, concern.now.desk, *holder));
        tell(tx, ctx, concern.id, Actor::System, holder, &ConcernKeptFrom { unit, bars }, &Said::default())?;
        succession::recall_as_it_is(tx, ctx, Actor::System, &tree, concern.id)?;
    }
    Ok(concerns.len())
}

/// See [`web::Module::ticks`].
pub(crate) fn run(district: &Arc<District>) -> Result<(), Fault> {
    for (person, unit) in district.read_now(came)? {
        district.write_now(move |tx, ctx| keep_from(tx, ctx, person, unit))?;
    }
    Ok(())
}
