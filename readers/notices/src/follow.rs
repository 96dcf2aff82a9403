//! Following the record: events that somebody wants people to be told of are noted, each once.

use base::Time;
use record::{Event, Reader};
use store::{Sql, StoreError, Tx, p, sql};
use web::Module;

/// An event that is older than this beside the newest is nobody's news: a store that is followed for the first time,
/// or anew, does not tell people of last year.
const NEWS: i64 = 2 * Time::DAY;

/// By the primary keys of `log` and `event`: one row from the end.
const NEWEST: &Sql = sql!("SELECT e.recorded_at FROM log l JOIN event e ON e.id = l.event ORDER BY l.pos DESC LIMIT 1");
const NOTE: &Sql =
    sql!("INSERT INTO notice (event, name, subject, at, told) VALUES (?1, ?2, ?3, ?4, 0) ON CONFLICT (event, name) DO NOTHING");

/// The reader.
pub struct Follow(Vec<(&'static str, &'static str)>);

impl Follow {
    /// Of the notices that these modules declare.
    pub fn of(modules: &[Module]) -> Follow {
        let all = modules.iter().flat_map(|module| module.notices);
        Follow(all.flat_map(|notice| notice.kinds.iter().map(|kind| (*kind, notice.name))).collect())
    }
}

impl Reader for Follow {
    fn name(&self) -> &'static str {
        "notices"
    }

    fn version(&self) -> i64 {
        1
    }

    fn apply(&self, tx: &mut Tx, events: &[Event]) -> Result<(), StoreError> {
        let told = |event: &Event| self.0.iter().any(|(kind, _)| *kind == event.kind);
        if !events.iter().any(told) {
            return Ok(());
        }
        let newest = tx.opt(NEWEST, p![], |row| row.time(0))?.unwrap_or(Time(0));
        for event in events.iter().filter(|event| newest.since(event.recorded_at) < NEWS) {
            for (_, name) in self.0.iter().filter(|(kind, _)| *kind == event.kind) {
                tx.exec(NOTE, p![event.id.0, *name, event.subject, event.recorded_at])?;
            }
        }
        Ok(())
    }

    /// What was noted stays: the ledger is the memory of what left the house, and no rebuilding forgets it.
    fn clear(&self, _: &mut Tx) -> Result<(), StoreError> {
        Ok(())
    }

    /// Nothing here can be compared: what is too old was dropped, whenever that was.
    fn dump(&self, _: &mut Tx) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }
}
