//! A unit appeals a case that counted for it; somebody outside its line decides. Where the appeal is
//! upheld, the next revision of the score follows in the same transaction.

use std::collections::BTreeSet;

use base::{Ctx, Time, UnitId};
use people::{Actor, Proof, Role, Tree};
use record::{EventId, text_digest_hex};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{AppealId, RoundId, ScoreAppealDecided, ScoreAppealed, about};
use crate::lock::{self, Round};
use crate::permissions::{Appeal, Decide};
use crate::scheme;
use crate::score::{Excluded, Plan};

/// The longest reason or answer, in characters.
pub const LONGEST: usize = 1_000;
/// The rule that says how long a unit may appeal, and how long deciding may take.
pub const APPEAL_RULE: &str = "scores.appeal";
/// The rule that says how long deciding may take.
pub const DECIDE_RULE: &str = "scores.decide";

/// Why an appeal or a decision was refused.
#[derive(Debug, thiserror::Error)]
pub enum AppealError {
    /// There is no such score, case or appeal.
    #[error("there is no such case under this score")]
    NotFound,
    /// Not for one's own unit, or not from outside the line.
    #[error("not for this unit")]
    Denied,
    /// The time for it is over.
    #[error("the time for appeals is over")]
    TooLate,
    /// It was appealed or decided already.
    #[error("it was appealed or decided already")]
    Already,
    /// The reason or answer is empty.
    #[error("a reason is wanted")]
    Missing,
    /// It is too long.
    #[error("the text is too long")]
    TooLong,
    /// The store's.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for AppealError {
    fn from(error: StoreError) -> AppealError {
        match error {
            StoreError::Unique(name) if name == "score_appeal_once" => AppealError::Already,
            other => AppealError::Store(other),
        }
    }
}

/// An appeal as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appealed {
    /// Which.
    pub id: AppealId,
    /// Against which locked scores.
    pub round: RoundId,
    /// By which unit.
    pub unit: UnitId,
    /// Which case.
    pub event: EventId,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Time,
    /// Until when it is to be decided.
    pub due: Time,
    /// `open`, `upheld` or `refused`.
    pub state: String,
    /// What was decided, in words.
    pub answer: Option<String>,
    /// The unit that decided.
    pub decider: Option<UnitId>,
    /// When it was decided.
    pub decided_at: Option<Time>,
}

fn text(typed: &str) -> Result<String, AppealError> {
    let clean = base::text::clean(typed);
    match base::text::count_chars(&clean) {
        0 => Err(AppealError::Missing),
        n if n > LONGEST => Err(AppealError::TooLong),
        _ => Ok(clean),
    }
}

/// What an event counts as for a unit under a scheme's period: the measure and how much.
fn counts_for(tree: &Tree, event: &record::Event, unit: UnitId, round: &Round, bases: &[&'static str]) -> Vec<(&'static str, i64)> {
    measures::counted(event)
        .into_iter()
        .filter(|(id, of, at, _)| bases.contains(id) && (*of == unit || tree.is_within(*of, unit)) && round.period.holds(at.date()))
        .map(|(id, _, _, n)| (id, n))
        .collect()
}

const INSERT: &Sql = sql!(
    "INSERT INTO score_appeal (id, round, unit, event, reason, salt, appealed_at, appealed_by, due_at, state)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'open')"
);

/// Appeals a case, for one's own unit, or one that it took over from, and while there is time.
///
/// # Errors
/// [`AppealError`].
pub fn appeal(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<Appeal>,
    round: RoundId,
    unit: UnitId,
    event: EventId,
    reason: &str,
) -> Result<AppealId, AppealError> {
    // What an appeal makes is a round as well. The scores that were locked are appealed, each case of them once.
    let round = lock::find(tx, round)?.filter(|round| round.appeal.is_none()).ok_or(AppealError::NotFound)?;
    let tree = people::tree(tx)?;
    if who.unit() != unit && who.unit() != heir(&tree, unit) {
        return Err(AppealError::Denied);
    }
    if ctx.rules().deadline(APPEAL_RULE, round.at).at < ctx.now {
        return Err(AppealError::TooLate);
    }
    let reason = text(reason)?;
    let scheme = scheme::find(tx, round.scheme, round.version)?.ok_or(AppealError::NotFound)?;
    let found = record::find(tx, event)?.ok_or(AppealError::NotFound)?;
    // What was recorded after the lock counts in nothing that it could be taken out of.
    let counted = record::place(tx, event)?.is_some_and(|pos| pos <= round.pos);
    if !counted || counts_for(&tree, &found, unit, &round, Plan::of(&scheme).bases()).is_empty() {
        return Err(AppealError::NotFound);
    }
    let id: AppealId = ctx.id();
    let salt = ctx.salt();
    let due = ctx.rules().deadline(DECIDE_RULE, ctx.now).at;
    tx.exec(INSERT, p![id, round.id, unit, event, reason.as_str(), &salt[..], ctx.now, who.person(), due])?;
    let facts = ScoreAppealed { round: round.id, case: event, reason: text_digest_hex(&salt, &reason), due };
    record::append(tx, ctx, about(ctx, who.actor(), Some(unit), id.0), &facts)?;
    Ok(id)
}

/// Whether a unit stands outside another's line: neither above it nor below it, nor of the line of who took over from it.
pub fn is_outside(tree: &Tree, unit: UnitId, of: UnitId) -> bool {
    [of, heir(tree, of)].into_iter().all(|of| !tree.is_within(unit, of) && !tree.is_within(of, unit))
}

/// The proof by which somebody may decide on a unit's appeal.
pub fn decides(actor: &Actor, tree: &Tree, deciders: &Deciders, of: UnitId) -> Option<Proof<Decide>> {
    actor.each::<Decide>().find(|proof| deciders.may(tree, proof, of))
}

/// The units where somebody decides on appeals, to be asked about many of them.
#[derive(Clone, Debug)]
pub struct Deciders {
    oversight: Vec<UnitId>,
    district: Option<UnitId>,
}

impl Deciders {
    /// As posts are held at that time.
    ///
    /// # Errors
    /// Only the store's.
    pub fn find(tx: &mut Tx, now: Time, tree: &Tree) -> Result<Deciders, StoreError> {
        let held: BTreeSet<UnitId> = people::read::holders_of(tx, now, Role::Oversight)?.into_iter().map(|holding| holding.unit).collect();
        // In the fixed order of units.
        let oversight = tree.all().filter(|unit| held.contains(&unit.id)).map(|unit| unit.id).collect();
        Ok(Deciders { oversight, district: tree.district().map(|unit| unit.id) })
    }

    /// The units that are to decide on an appeal of this one: oversight outside its line, else the district, whose desk
    /// decides for oversight's own line and sees what nobody else can.
    pub fn of(&self, tree: &Tree, unit: UnitId) -> Vec<UnitId> {
        let outside: Vec<UnitId> = self.oversight.iter().copied().filter(|other| is_outside(tree, *other, unit)).collect();
        if outside.is_empty() { self.district.into_iter().collect() } else { outside }
    }

    /// Whether somebody is of those who decide on an appeal of this unit.
    fn may(&self, tree: &Tree, who: &Proof<Decide>, of: UnitId) -> bool {
        let role = if is_outside(tree, who.unit(), of) { Role::Oversight } else { Role::DistrictDesk };
        who.role() == role && self.of(tree, of).contains(&who.unit())
    }
}

/// The unit that took over from one that was closed, and so on; itself where it stands.
pub fn heir(tree: &Tree, unit: UnitId) -> UnitId {
    let mut at = unit;
    // A damaged table may lead in a circle.
    for _ in 0..16 {
        match tree.get(at).and_then(|one| one.successor) {
            Some(next) => at = next,
            None => break,
        }
    }
    at
}

const DECIDE: &Sql = sql!(
    "UPDATE score_appeal SET state = ?2, answer = ?3, answer_salt = ?4, decider = ?5, decided_at = ?6, decided_by = ?7
     WHERE id = ?1 AND state = 'open'"
);

/// Decides on an appeal. Where it is upheld, the case no longer counts for the unit, and the next revision is locked.
///
/// # Errors
/// [`AppealError`].
pub fn decide(tx: &mut Tx, ctx: &Ctx, who: &Proof<Decide>, id: AppealId, upheld: bool, answer: &str) -> Result<(), AppealError> {
    let appeal = find(tx, id)?.ok_or(AppealError::NotFound)?;
    let tree = people::tree(tx)?;
    if !Deciders::find(tx, ctx.now, &tree)?.may(&tree, who, appeal.unit) {
        return Err(AppealError::Denied);
    }
    let answer = text(answer)?;
    let salt = ctx.salt();
    let state = if upheld { "upheld" } else { "refused" };
    if tx.exec(DECIDE, p![id, state, answer.as_str(), &salt[..], who.unit(), ctx.now, who.person()])? != 1 {
        return Err(AppealError::Already);
    }
    let facts = ScoreAppealDecided { upheld, decider: who.unit(), answer: text_digest_hex(&salt, &answer) };
    record::append(tx, ctx, about(ctx, who.actor(), Some(who.unit()), id.0), &facts)?;
    if upheld {
        revise(tx, ctx, who, &appeal)?;
    }
    Ok(())
}

/// The next revision of a unit's score, without the cases of its appeals that were upheld.
fn revise(tx: &mut Tx, ctx: &Ctx, who: &Proof<Decide>, appeal: &Appealed) -> Result<(), AppealError> {
    let first = lock::find(tx, appeal.round)?.ok_or(AppealError::NotFound)?;
    let revisions: Vec<Round> = lock::rounds(tx, first.scheme)?.into_iter().filter(|round| round.period == first.period).collect();
    let last = revisions.last().ok_or(AppealError::NotFound)?;
    let scheme = scheme::find(tx, last.scheme, last.version)?.ok_or(AppealError::NotFound)?;
    let plan = Plan::of(&scheme);
    let mut line = None;
    for revision in &revisions {
        line = lock::line_of(tx, revision.id, appeal.unit)?.or(line);
    }
    let line = line.ok_or(AppealError::NotFound)?;
    // What was locked stays what it was counted to, whatever was recorded since: only the case goes.
    let tree = people::tree(tx)?;
    let event = record::find(tx, appeal.event)?.ok_or(AppealError::NotFound)?;
    let mut out = Excluded::new();
    for (measure, n) in counts_for(&tree, &event, appeal.unit, last, plan.bases()) {
        *out.entry((appeal.unit, measure)).or_default() += n;
    }
    let raw =
        plan.bases().iter().zip(&line.counts.raw).map(|(measure, n)| n - out.get(&(appeal.unit, *measure)).copied().unwrap_or(0)).collect();
    let round = Round { id: ctx.id(), revision: last.revision + 1, appeal: Some(appeal.id), at: ctx.now, ..last.clone() };
    lock::write(tx, ctx, who.actor(), who.person(), who.unit(), &round, &[plan.score(appeal.unit, raw)])?;
    Ok(())
}

macro_rules! columns {
    () => {
        "id, round, unit, event, reason, appealed_at, due_at, state, answer, decider, decided_at"
    };
}
pub(crate) use columns;

const ONE: &Sql = sql!(concat!("SELECT ", columns!(), " FROM score_appeal WHERE id = ?1"));
pub(crate) fn row(row: &store::Row<'_>) -> Result<Appealed, StoreError> {
    Ok(Appealed {
        id: row.id(0)?,
        round: row.id(1)?,
        unit: row.id(2)?,
        event: row.id(3)?,
        reason: row.text(4)?.to_owned(),
        at: row.time(5)?,
        due: row.time(6)?,
        state: row.text(7)?.to_owned(),
        answer: row.opt_text(8)?.map(str::to_owned),
        decider: row.opt_id(9)?,
        decided_at: row.opt_time(10)?,
    })
}

/// One appeal.
///
/// # Errors
/// Only the store's.
pub fn find(tx: &mut Tx, id: AppealId) -> Result<Option<Appealed>, StoreError> {
    tx.opt(ONE, p![id], row)
}

/// Whether somebody may see an appeal: of the unit, from above it, of the one that took over, oversight outside its line,
/// and the district's desk, which decides where no oversight is outside.
pub fn may_see(actor: &Actor, tree: &Tree, appeal: &Appealed) -> bool {
    let heir = heir(tree, appeal.unit);
    let own = |unit: UnitId| tree.is_within(appeal.unit, unit) || tree.is_within(heir, unit);
    let decider = |proof: Proof<Decide>| match proof.role() {
        Role::DistrictDesk => true,
        role => role == Role::Oversight && is_outside(tree, proof.unit(), appeal.unit),
    };
    actor.each::<Appeal>().any(|proof| own(proof.unit())) || actor.each::<Decide>().any(decider)
}

/// By the index `score_appeal_open`.
const OPEN: &Sql = sql!(concat!("SELECT ", columns!(), " FROM score_appeal WHERE state = 'open' ORDER BY due_at, id"));

/// Every appeal that waits, first due first.
///
/// # Errors
/// Only the store's.
pub fn open(tx: &mut Tx) -> Result<Vec<Appealed>, StoreError> {
    tx.all(OPEN, p![], row)
}

#[cfg(test)]
#[path = "appeal_tests.rs"]
mod tests;
