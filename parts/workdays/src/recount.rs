//! Open deadlines counted anew in pieces, by one kind of work after the other.

use base::rules::Rules;
use base::{Ctx, Id, Time};
use store::{Sql, StoreError, Tx, p, sql};

use crate::clock::Clock;
use crate::held;

const STATE: &Sql = sql!("SELECT v, target, cursor FROM recount WHERE name = ?1");
const FIRST: &Sql = sql!("INSERT INTO recount (name, v) VALUES (?1, 1) ON CONFLICT (name) DO NOTHING");
const BEGIN: &Sql = sql!("UPDATE recount SET target = ?3, cursor = ?4 WHERE name = ?1 AND v = ?2 AND target IS NULL");
const GO_ON: &Sql = sql!("UPDATE recount SET cursor = ?3 WHERE name = ?1 AND cursor = ?2");
const END: &Sql = sql!("UPDATE recount SET v = target, target = NULL, cursor = NULL WHERE name = ?1 AND cursor = ?2");
/// A row for each kind of work, a handful.
const BEHIND: &Sql = sql!("SELECT 1 FROM recount WHERE v < ?1 LIMIT 1");

/// A kind of work whose deadlines are counted by working days.
#[derive(Clone, Copy)]
pub struct Work<T> {
    /// As `concerns`; also the row that says how far it is.
    pub name: &'static str,
    /// What is open, by id, after this one; at most so many.
    pub next: fn(&mut Tx, Id, u32) -> Result<Vec<(Id, T)>, StoreError>,
    /// Moves the deadlines of one of them to where they lie now.
    pub one: fn(&mut Tx, &Ctx, &Count, T) -> Result<(), StoreError>,
    /// How many are looked at in one transaction.
    pub at_once: u32,
}

/// The same rules by the days that held before, and by those that hold now.
pub struct Count {
    before: Rules,
    after: Rules,
    now: Time,
    first: Time,
}

impl Count {
    /// Where a deadline lies now that runs by one of these clocks: nothing where it stays, or where it is not known to run so.
    pub fn moved(&self, at: Time, clocks: &[&Clock]) -> Option<Time> {
        let clock = clocks.iter().find(|clock| clock.ends(&self.before) == at)?;
        let then = clock.ends(&self.after);
        (then != at && at > self.now && then > self.now).then_some(then)
    }

    /// Whether a deadline can depend on what changed: one before the first day that did cannot.
    pub fn reaches(&self, at: Time) -> bool {
        at >= self.first
    }
}

/// Whether deadlines are being counted anew.
///
/// # Errors
/// Only the store's.
pub fn under_way(tx: &mut Tx) -> Result<bool, StoreError> {
    let Some(latest) = held::latest(tx)? else { return Ok(false) };
    Ok(tx.opt(BEHIND, p![latest], |_| Ok(()))?.is_some())
}

impl<T> Work<T> {
    /// Counts some open deadlines anew, where other working days hold than those by which they were counted; says whether more
    /// may be left.
    ///
    /// # Errors
    /// Only the store's.
    pub fn piece(&self, tx: &mut Tx, ctx: &Ctx) -> Result<bool, StoreError> {
        let Some(latest) = held::latest(tx)? else { return Ok(false) };
        let state = tx.opt(STATE, p![self.name], |row| Ok((row.int(0)?, row.opt_int(1)?, row.opt_id::<Id>(2)?)))?;
        let Some((v, target, cursor)) = state else {
            return Ok(tx.exec(FIRST, p![self.name])? == 1 && latest > 1);
        };
        let (Some(target), Some(cursor)) = (target, cursor) else {
            return Ok(v < latest && tx.exec(BEGIN, p![self.name, v, latest, Id::default()])? == 1);
        };
        let (before, after) = (held::of(tx, v)?, held::of(tx, target)?);
        let first = before.first_difference(&after);
        let found = if first.is_some() { (self.next)(tx, cursor, self.at_once)? } else { Vec::new() };
        let mine = match found.last() {
            Some((last, _)) => tx.exec(GO_ON, p![self.name, cursor, *last])?,
            None => tx.exec(END, p![self.name, cursor])?,
        };
        // Another process was quicker.
        let (true, Some(first)) = (mine == 1, first) else { return Ok(mine == 1) };
        let first = Time::from_civil(first.at(0, 0, 0, 0));
        let count = Count { before: ctx.rules().counted_by(before), after: ctx.rules().counted_by(after), now: ctx.now, first };
        for (_, one) in found {
            (self.one)(tx, ctx, &count, one)?;
        }
        Ok(true)
    }
}
