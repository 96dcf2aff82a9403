//! Handing over what is in somebody's hands when they leave, and what a unit holds when it ends. Deadlines
//! stay as they are: who comes after has no more time than who was there before.

use base::Ctx;
use people::Passing;
use store::{Sql, StoreError, Tx, p, sql};

use crate::concern::{ConcernId, StepError, get, tell};
use crate::events::ConcernHandedOver;
use crate::line::Involved;
use crate::said::Said;

/// By the index of the holder's inbox.
const OF_PERSON: &Sql = sql!("SELECT id FROM concern WHERE holder = ?1 AND assignee = ?2 AND closed_at IS NULL ORDER BY id");
const OF_UNIT: &Sql = sql!("SELECT id FROM concern WHERE (holder = ?1 OR desk = ?1) AND closed_at IS NULL ORDER BY id");
const DESK: &Sql = sql!("UPDATE concern SET desk = ?2 WHERE id = ?1");

/// See [`web::Module::pass`].
///
/// # Errors
/// Only the store's.
pub fn pass(tx: &mut Tx, ctx: &Ctx, actor: record::Actor, passing: &Passing) -> Result<i64, StoreError> {
    let found: Vec<ConcernId> = match passing {
        Passing::Person { person, unit, .. } => tx.all(OF_PERSON, p![*unit, *person], |row| row.id(0))?,
        Passing::Unit { from, .. } => tx.all(OF_UNIT, p![*from], |row| row.id(0))?,
    };
    let tree = people::tree(tx)?;
    for id in &found {
        let Some(concern) = get(tx, *id)? else { continue };
        let mut then = concern.now.clone();
        let (from, unit) = match passing {
            Passing::Person { unit, to, .. } => {
                then.assignee = *to;
                (*unit, *unit)
            }
            Passing::Unit { from, to } => {
                then.holder = then.holder.map(|holder| if holder == *from { *to } else { holder });
                then.handler = then.handler.map(|handler| if handler == *from { *to } else { handler });
                if then.holder == Some(*to) && then.desk != *from && !then.involved.iter().any(|involved| involved.unit == *to) {
                    then.involved.push(Involved { unit: *to, excused: false });
                }
                if then.desk == *from {
                    then.desk = *to;
                    tx.exec(DESK, p![*id, *to])?;
                }
                (*from, *to)
            }
        };
        let done = concern.save(tx, &tree, &then).map_err(|error| match error {
            StepError::Store(error) => error,
            other => StoreError::Other(format!("handing {} over: {other}", concern.no)),
        })?;
        let facts = ConcernHandedOver { v: done.v, from, unit, to: then.assignee };
        tell(tx, ctx, *id, actor, Some(unit), &facts, &Said::default())?;
    }
    Ok(i64::try_from(found.len()).unwrap_or(i64::MAX))
}
