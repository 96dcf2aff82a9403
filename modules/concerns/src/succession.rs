//! When a unit ends and another one stands in its place: what it has in hand, what it was called to, is to answer and is
//! told of passes on, and so does whose duty a kind is. Nobody comes to hear of a concern about them by being merged: what
//! the line that it is about would have in hand from now on is taken back to a desk that may know of it.

use std::collections::BTreeSet;

use base::{Ctx, UnitId};
use people::{Role, Tree};
use record::Actor;
use store::{Sql, StoreError, Tx, p, sql};

use crate::catalogue;
use crate::concern::{Concern, ConcernId, get, involve, tell};
use crate::events::{ConcernPartsPassed, ConcernRecalled};
use crate::hand_over::{hand, kept, set_desk};
use crate::line::{self, Lines};
use crate::model::{Clocks, Standing, State, rule};
use crate::said::Said;
use crate::staff;
use crate::whistle::open_whistle;

/// Units end once in years: what is open is looked through.
const IN_HAND: &Sql = sql!("SELECT id FROM concern WHERE (holder = ?1 OR desk = ?1 OR handler = ?1) AND closed_at IS NULL ORDER BY id");
/// Walks `concern_guarded`: the few open ones that are about somebody.
const GUARDED: &Sql = sql!("SELECT id FROM concern WHERE holder IS NOT NULL AND bars IS NOT NULL ORDER BY id");
/// By `concern_called_by_unit`.
const CALLS: &Sql = sql!(
    "SELECT d.concern FROM concern_called d JOIN concern_whistle w ON w.event = d.whistle
     WHERE d.unit = ?1 AND d.done_at IS NULL AND w.closed_at IS NULL"
);
/// By `concern_whistle_by_town`.
const WHISTLED: &Sql = sql!("SELECT concern FROM concern_whistle WHERE town = ?1 AND closed_at IS NULL");
/// By `concern_order_by_unit`.
const ORDERS: &Sql = sql!("SELECT concern FROM concern_order WHERE unit = ?1 AND answered_at IS NULL");
/// By `concern_order_by_asker`.
const ASKED: &Sql = sql!("SELECT concern FROM concern_order WHERE by_unit = ?1 AND answered_at IS NULL");
/// By `concern_raise_by_unit`.
const RAISED: &Sql = sql!("SELECT concern FROM concern_raise WHERE unit = ?1 AND settled = 0");

/// By the primary keys, and by `concern_order_by_concern`.
const IS_CALLED: &Sql = sql!("SELECT 1 FROM concern_called WHERE whistle = ?1 AND unit = ?2 AND done_at IS NULL");
const WAS_CALLED: &Sql = sql!("SELECT 1 FROM concern_called WHERE whistle = ?1 AND unit = ?2");
const CALL_OTHER: &Sql = sql!("UPDATE concern_called SET unit = ?3 WHERE whistle = ?1 AND unit = ?2");
const LEAD: &Sql = sql!("UPDATE concern_whistle SET lead = ?3 WHERE event = ?1 AND lead = ?2");
const UNCALL: &Sql = sql!("DELETE FROM concern_called WHERE whistle = ?1 AND unit = ?2");
const WHISTLE_OF: &Sql = sql!("UPDATE concern_whistle SET town = ?3 WHERE event = ?1 AND town = ?2");
const ORDER_OTHER: &Sql = sql!("UPDATE concern_order SET unit = ?3 WHERE concern = ?1 AND unit = ?2 AND answered_at IS NULL");
const ASK_OTHER: &Sql = sql!("UPDATE concern_order SET by_unit = ?3 WHERE concern = ?1 AND by_unit = ?2 AND answered_at IS NULL");
const UNORDER: &Sql = sql!("DELETE FROM concern_order WHERE concern = ?1 AND unit = ?2 AND answered_at IS NULL");
const RAISE_OTHER: &Sql = sql!("UPDATE concern_raise SET unit = ?3 WHERE concern = ?1 AND unit = ?2 AND settled = 0");
const UNRAISE: &Sql = sql!("DELETE FROM concern_raise WHERE concern = ?1 AND unit = ?2 AND settled = 0");

/// The units that take part in one concern and have not done so yet.
const CALLED_TO: &Sql = sql!(
    "SELECT d.unit FROM concern_whistle w JOIN concern_called d ON d.whistle = w.event
     WHERE w.concern = ?1 AND w.closed_at IS NULL AND d.done_at IS NULL"
);
const ORDERED_IN: &Sql = sql!("SELECT unit FROM concern_order WHERE concern = ?1 AND answered_at IS NULL");
const RAISED_IN: &Sql = sql!("SELECT unit FROM concern_raise WHERE concern = ?1 AND settled = 0");

/// The tree as it is once one unit stands in the place of another, which the tables do not say yet.
struct After<'a> {
    tree: &'a Tree,
    from: UnitId,
    to: UnitId,
}

impl Lines for After<'_> {
    fn within(&self, unit: UnitId, of: UnitId) -> bool {
        self.tree.within(unit, of)
    }
    fn parent(&self, unit: UnitId) -> Option<UnitId> {
        Lines::parent(self.tree, unit)
    }
    fn root(&self) -> UnitId {
        self.tree.root()
    }
    fn town(&self, unit: UnitId) -> Option<UnitId> {
        self.tree.town(unit)
    }
    fn is_base(&self, unit: UnitId) -> bool {
        self.tree.is_base(unit)
    }
    fn takes_concerns(&self, unit: UnitId) -> bool {
        unit != self.from && self.tree.takes_concerns(unit)
    }
    fn heir(&self, unit: UnitId) -> UnitId {
        let heir = self.tree.heir(unit);
        if heir == self.from { self.tree.heir(self.to) } else { heir }
    }
    fn heirs(&self, unit: UnitId, apart: &[UnitId]) -> Vec<UnitId> {
        let mut heirs = self.tree.heirs_but(unit, apart);
        if heirs.contains(&self.from) {
            heirs.extend(self.tree.heirs_but(self.to, apart));
        }
        heirs
    }
}

/// Passes on what a unit that ends has in hand; says how many concerns and duties it was.
///
/// # Errors
/// Only the store's.
pub(crate) fn pass(tx: &mut Tx, ctx: &Ctx, actor: Actor, from: UnitId, to: UnitId) -> Result<i64, StoreError> {
    let tree = people::tree(tx)?;
    let after = After { tree: &tree, from, to };
    let duties = catalogue::pass_duties(tx, ctx, actor, from, to)?;
    let mut touched: BTreeSet<ConcernId> = BTreeSet::new();
    for id in in_hand(tx, from)? {
        if let Some(concern) = get(tx, id)? {
            hand(tx, ctx, actor, &tree, &concern, (from, to), None)?;
            touched.insert(id);
        }
    }
    for id in with_parts(tx, from)? {
        parts(tx, ctx, actor, &tree, id, from, Some(to))?;
        touched.insert(id);
    }
    let passed = touched.len() + duties;
    touched.extend(tx.all(GUARDED, p![], |row| row.id::<ConcernId>(0))?);
    let oversight = staff::units_with(tx, Role::Oversight)?;
    let callers = staff::units_with(tx, Role::CallBack)?;
    for id in touched {
        let Some(concern) = get(tx, id)? else { continue };
        if concern.now.is_open() {
            recall(tx, ctx, actor, &after, &concern, &oversight, &callers)?;
        }
    }
    Ok(i64::try_from(passed).unwrap_or(i64::MAX))
}

fn in_hand(tx: &mut Tx, unit: UnitId) -> Result<Vec<ConcernId>, StoreError> {
    tx.all(IN_HAND, p![unit], |row| row.id(0))
}

/// The concerns in which a unit has a part that is not done.
fn with_parts(tx: &mut Tx, unit: UnitId) -> Result<BTreeSet<ConcernId>, StoreError> {
    let mut found = BTreeSet::new();
    for sql in [CALLS, WHISTLED, ORDERS, ASKED, RAISED] {
        found.extend(tx.all(sql, p![unit], |row| row.id::<ConcernId>(0))?);
    }
    Ok(found)
}

/// Passes on what a unit was to do in one concern, or lets it end where nobody may know of it.
fn parts(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: Actor,
    tree: &Tree,
    concern: ConcernId,
    from: UnitId,
    unit: Option<UnitId>,
) -> Result<(), StoreError> {
    let (mut changed, mut called) = (0, false);
    if let Some((whistle, _)) = open_whistle(tx, concern)? {
        called = tx.opt(IS_CALLED, p![whistle.0, from], |_| Ok(()))?.is_some();
        let free = match unit {
            Some(unit) => tx.opt(WAS_CALLED, p![whistle.0, unit], |_| Ok(()))?.is_none(),
            None => false,
        };
        if called {
            changed += if free { tx.exec(CALL_OTHER, p![whistle.0, from, unit])? } else { tx.exec(UNCALL, p![whistle.0, from])? };
        }
        if let Some(unit) = unit {
            if called {
                tx.exec(LEAD, p![whistle.0, from, unit])?;
            }
            changed += tx.exec(WHISTLE_OF, p![whistle.0, from, unit])?;
        }
    }
    match unit {
        Some(unit) => {
            for sql in [ORDER_OTHER, ASK_OTHER, RAISE_OTHER] {
                changed += tx.exec(sql, p![concern, from, unit])?;
            }
        }
        None => {
            for sql in [UNORDER, UNRAISE] {
                changed += tx.exec(sql, p![concern, from])?;
            }
        }
    }
    if changed == 0 {
        return Ok(());
    }
    if let Some(unit) = unit.filter(|_| called) {
        involve(tx, tree, concern, unit)?;
    }
    tell(tx, ctx, concern, actor, unit, &ConcernPartsPassed { from, unit, called }, &Said::default()).map(drop)
}

/// Takes a concern back from whoever may not know of it any more, as the tree and its bars are.
///
/// # Errors
/// Only the store's.
pub(crate) fn recall_as_it_is(tx: &mut Tx, ctx: &Ctx, actor: Actor, tree: &Tree, id: ConcernId) -> Result<(), StoreError> {
    let Some(concern) = get(tx, id)?.filter(|concern| concern.now.is_open()) else { return Ok(()) };
    let (oversight, callers) = (staff::units_with(tx, Role::Oversight)?, staff::units_with(tx, Role::CallBack)?);
    // No unit takes over from another.
    let after = After { tree, from: line::APART, to: line::APART };
    recall(tx, ctx, actor, &after, &concern, &oversight, &callers)
}

/// Takes a concern back from whoever may not know of it any more, and lets end what such units were to do in it.
fn recall(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: Actor,
    after: &After<'_>,
    concern: &Concern,
    oversight: &[UnitId],
    callers: &[UnitId],
) -> Result<(), StoreError> {
    let bars = &concern.now.bars;
    let (then, again) = recalled(after, ctx.rules(), ctx.now, &concern.now, oversight, callers);
    if then != concern.now {
        let from = concern.now.holder.unwrap_or(concern.now.desk);
        if then.desk != concern.now.desk {
            set_desk(tx, concern.id, then.desk)?;
        }
        let v = kept(concern, concern.save(tx, after.tree, &then))?;
        let holder = then.holder.unwrap_or(then.desk);
        let facts = ConcernRecalled { v, from, desk: then.desk, holder, due: then.due.clone().filter(|_| again) };
        tell(tx, ctx, concern.id, actor, Some(holder), &facts, &Said::default())?;
    }
    if bars.is_empty() {
        return Ok(());
    }
    let mut units: BTreeSet<UnitId> = BTreeSet::new();
    for sql in [CALLED_TO, ORDERED_IN, RAISED_IN] {
        units.extend(tx.all(sql, p![concern.id], |row| row.id::<UnitId>(0))?);
    }
    for unit in units.into_iter().filter(|unit| line::barred(after, bars, then.desk, *unit)) {
        parts(tx, ctx, actor, after.tree, concern.id, unit, None)?;
    }
    Ok(())
}

/// Where a concern stands once units were merged or split, and whether it is to be dispatched again; as before where all
/// who have it may know of it.
fn recalled(
    lines: &dyn Lines,
    clocks: &dyn Clocks,
    at: base::Time,
    now: &Standing,
    oversight: &[UnitId],
    callers: &[UnitId],
) -> (Standing, bool) {
    let mut then = now.clone();
    if line::barred(lines, &now.bars, now.desk, now.desk) {
        then.desk = line::desk(lines, None, &now.bars, oversight).unwrap_or(now.desk);
    }
    let barred = |unit: UnitId| line::barred(lines, &now.bars, then.desk, unit);
    let being_answered = matches!(now.state, State::Dispatched | State::Objected | State::InHand | State::Resolved);
    if being_answered && now.handler.is_some_and(barred) {
        then.state = State::Received;
        then.holder = Some(then.desk);
        then.due = Some(clocks.due(rule::DISPATCH, at));
        then.assignee = None;
        then.handler = None;
        then.resolve_by = None;
        then.object_by = None;
        then.asked_by = None;
        then.pause = None;
        then.extended = false;
        then.contacted = false;
        then.passed = false;
        return (then, true);
    }
    if now.holder == Some(now.desk) {
        then.holder = Some(then.desk);
    }
    // Who asks the resident stands outside the line that answered, also when both were made one.
    let asks = |unit: UnitId| !barred(unit) && line::is_outside(lines, &now.involved, unit);
    if now.state == State::CallBack && !then.holder.is_some_and(|unit| unit == then.desk || asks(unit)) {
        then.holder = Some(line::call_back_unit(lines, &now.involved, &now.bars, then.desk, callers));
    }
    (then, false)
}

/// What a unit has in hand, in numbers: what keeps it from ending while nobody takes over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InHand {
    /// Open concerns that it holds, whose desk it is, or that it answers.
    pub concerns: usize,
    /// Calls and orders that it has not answered to, and calls that it has not closed.
    pub parts: usize,
    /// Kinds that are its duty.
    pub duties: usize,
}

web::texts! {
    /// What a unit has in hand, in words.
    pub(crate) HeldTexts;
    concerns: "在办诉求 {n} 件", "{n} open concerns";
    parts: "未办结的吹哨、督办 {n} 件", "{n} open calls and orders";
    duties: "派单目录职责 {n} 项", "{n} duties of the catalogue";
}

/// See [`web::Module::in_hand`].
pub(crate) fn words(tx: &mut Tx, lang: web::Lang, unit: UnitId) -> Result<Vec<String>, StoreError> {
    let (t, has) = (HeldTexts::of(lang), holds(tx, unit)?);
    let each = [(t.concerns, has.concerns), (t.parts, has.parts), (t.duties, has.duties)];
    Ok(each.into_iter().filter(|(_, n)| *n > 0).map(|(text, n)| web::fill(text, &[("n", &n)])).collect())
}

impl InHand {
    /// Whether it has nothing.
    pub fn is_empty(self) -> bool {
        self == InHand::default()
    }
}

/// What a unit has in hand.
///
/// # Errors
/// Only the store's.
pub fn holds(tx: &mut Tx, unit: UnitId) -> Result<InHand, StoreError> {
    let concerns: BTreeSet<ConcernId> = in_hand(tx, unit)?.into_iter().collect();
    let mut parts = BTreeSet::new();
    for sql in [CALLS, WHISTLED, ORDERS] {
        parts.extend(tx.all(sql, p![unit], |row| row.id::<ConcernId>(0))?);
    }
    let parts = parts.difference(&concerns).count();
    Ok(InHand { concerns: concerns.len(), parts, duties: catalogue::duties_of(tx, unit)?.len() })
}
