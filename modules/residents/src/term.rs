//! How long an entry is kept: until its term is over, which begins anew when somebody confirms that the entry is still right
//! and still needed. What nobody confirmed is erased by itself, and what is left is that it was, when and why.

use base::{Ctx, Id, PersonId, Time, UnitId};
use people::Authority;
use record::{Actor, EventId, append};
use store::{Sql, StoreError, Tx, p, sql};

use crate::ResidentId;
use crate::basis::kept;
use crate::enter::{EnterError, about, take_out};
use crate::events::ResidentConfirmed;
use crate::keep::{Entry, find};
use crate::permissions::Keep;

/// The number that says how long, of `rules/security.toml` or the district's own.
pub const KEEP: &str = "keep.residents.entry";
/// How long before its end a term is shown to be ending.
pub const ENDING: i64 = 90 * Time::DAY;
/// What was confirmed lately is not confirmed again by an import that finds it unchanged.
const LATELY: i64 = 30 * Time::DAY;

/// Why an entry was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// 迁出
    Moved,
    /// 去世
    Died,
    /// 本人要求
    Asked,
    /// 登记有误
    Wrong,
    /// 保存期限已到
    Term,
    /// 撤销导入
    Undone,
    /// 合并后的名册里已有
    Twice,
}

impl Why {
    /// All of them.
    pub const ALL: [Why; 7] = [Why::Moved, Why::Died, Why::Asked, Why::Wrong, Why::Term, Why::Undone, Why::Twice];
    /// Those that somebody chooses from.
    pub const BY_HAND: [Why; 4] = [Why::Moved, Why::Died, Why::Asked, Why::Wrong];

    /// As it is kept.
    pub fn code(self) -> &'static str {
        match self {
            Why::Moved => "moved",
            Why::Died => "died",
            Why::Asked => "asked",
            Why::Wrong => "wrong",
            Why::Term => "term",
            Why::Undone => "undone",
            Why::Twice => "twice",
        }
    }

    /// The one with this code.
    pub fn parse(code: &str) -> Option<Why> {
        Why::ALL.into_iter().find(|why| why.code() == code)
    }
}

/// That an entry was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// The event.
    pub told: EventId,
    /// The entry that there was.
    pub resident: ResidentId,
    /// From which register.
    pub community: UnitId,
    /// When.
    pub at: Time,
    /// Why.
    pub why: Why,
    /// By whom; nobody where it went by itself.
    pub by: Option<PersonId>,
}

const CONFIRM: &Sql = sql!("UPDATE resident SET confirmed_at = ?2 WHERE id = ?1");
/// By the index `resident_by_term`.
const OLD: &Sql = sql!("SELECT id FROM resident WHERE confirmed_at < ?1 ORDER BY confirmed_at, id LIMIT ?2");
/// Within one community, by its rows.
const ENDING_OF: &Sql = sql!("SELECT COUNT(*) FROM resident WHERE community = ?1 AND confirmed_at < ?2");
/// By the index `resident_gone_by_community`.
const GONE: &Sql = sql!(
    "SELECT told, resident, community, gone_at, why, gone_by FROM resident_gone WHERE community = ?1 ORDER BY gone_at DESC, told DESC LIMIT ?2"
);
const GONE_ONE: &Sql = sql!("SELECT told, resident, community, gone_at, why, gone_by FROM resident_gone WHERE told = ?1");

/// When an entry is erased unless somebody confirms it; never where no rule says how long.
pub(crate) fn ends(ctx: &Ctx, entry: &Entry) -> Option<Time> {
    ctx.rules().number(KEEP).map(|term| entry.confirmed_at.plus(term.micros()))
}

/// The moment before which an entry was confirmed whose term ends within the time in which that is shown.
pub(crate) fn ending_before(ctx: &Ctx) -> Option<Time> {
    ctx.rules().number(KEEP).map(|term| ctx.now.plus(ENDING - term.micros()))
}

/// How many entries of a community have a term that is ending.
///
/// # Errors
/// Only the store's.
pub fn ending(tx: &mut Tx, ctx: &Ctx, community: UnitId) -> Result<i64, StoreError> {
    let Some(before) = ending_before(ctx) else { return Ok(0) };
    tx.one(ENDING_OF, p![community, before], |row| row.int(0))
}

/// Confirm that an entry is still right and still needed: its term begins anew.
///
/// # Errors
/// [`EnterError`].
pub fn confirm(tx: &mut Tx, ctx: &Ctx, who: Authority<'_, Keep>, id: ResidentId) -> Result<(), EnterError> {
    let entry = kept(tx, who, id)?;
    Ok(confirmed(tx, ctx, who, &entry, None)?)
}

/// The same for an entry that an import found unchanged, unless it was confirmed lately.
pub(crate) fn confirm_again(tx: &mut Tx, ctx: &Ctx, who: Authority<'_, Keep>, entry: &Entry, batch: Id) -> Result<(), StoreError> {
    if ctx.now.since(entry.confirmed_at) < LATELY { Ok(()) } else { confirmed(tx, ctx, who, entry, Some(batch)) }
}

fn confirmed(tx: &mut Tx, ctx: &Ctx, who: Authority<'_, Keep>, entry: &Entry, batch: Option<Id>) -> Result<(), StoreError> {
    tx.exec(CONFIRM, p![entry.id, ctx.now])?;
    append(tx, ctx, about(ctx, who.actor(), entry.community, entry.id, batch), &ResidentConfirmed {}).map(drop)
}

/// Entries past their term.
pub(crate) fn old(tx: &mut Tx, before: Time, limit: i64) -> Result<Vec<Id>, StoreError> {
    tx.all(OLD, p![before, limit], |row| row.id(0))
}

/// Erases them, where nobody confirmed them meanwhile.
pub(crate) fn let_go(tx: &mut Tx, ctx: &Ctx, ids: &[Id], before: Time) -> Result<u64, StoreError> {
    let mut gone = 0;
    for id in ids {
        if let Some(entry) = find(tx, ResidentId(*id))?.filter(|entry| entry.confirmed_at < before) {
            take_out(tx, ctx, Actor::System, &entry, None, Why::Term)?;
            gone += 1;
        }
    }
    Ok(gone)
}

fn gone_row(row: &store::Row<'_>) -> Result<Gone, StoreError> {
    let why = Why::parse(row.text(4)?).ok_or_else(|| StoreError::Other("a row of resident_gone".into()))?;
    Ok(Gone { told: EventId(row.id(0)?), resident: row.id(1)?, community: row.id(2)?, at: row.time(3)?, why, by: row.opt_id(5)? })
}

/// The entries that were erased from a register, the last first.
///
/// # Errors
/// Only the store's.
pub fn gone(tx: &mut Tx, community: UnitId, most: i64) -> Result<Vec<Gone>, StoreError> {
    tx.all(GONE, p![community, most], gone_row)
}

/// One of them, by its event.
///
/// # Errors
/// Only the store's.
pub fn gone_one(tx: &mut Tx, told: EventId) -> Result<Option<Gone>, StoreError> {
    tx.opt(GONE_ONE, p![told.0], gone_row)
}
