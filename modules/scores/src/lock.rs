//! Locking the scores of a period: what every unit came to is written down with the position of the log
//! that it was counted up to. A locked revision is never changed; an appeal that is upheld makes the next one.

use base::{Ctx, Date, PersonId, UnitId};
use measures::Period;
use people::{Proof, Tree};
use sha2::{Digest, Sha256};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{AppealId, RoundId, SchemeId, ScoresLocked, about};
use crate::permissions::Schemes;
use crate::scheme::{self, Scheme};
use crate::score::{Band, Counts, Excluded, Line, Plan};

/// Why scores were not locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// There is no such scheme, or none of its versions holds for the period.
    #[error("no version of the scheme holds for this period")]
    NoScheme,
    /// The period has not ended.
    #[error("the period has not ended")]
    NotOver,
    /// It gives no points.
    #[error("this scheme gives no points")]
    NoPoints,
    /// It was locked already.
    #[error("the scores of this period are locked")]
    Already,
    /// No unit of the level exists.
    #[error("there is no unit of this level")]
    Nobody,
    /// The store's.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for LockError {
    fn from(error: StoreError) -> LockError {
        match error {
            StoreError::Unique(name) if name == "score_round_revision" => LockError::Already,
            other => LockError::Store(other),
        }
    }
}

/// Locked scores, in one revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// Which.
    pub id: RoundId,
    /// By which scheme.
    pub scheme: SchemeId,
    /// Which version of it.
    pub version: i64,
    /// Over which days.
    pub period: Period,
    /// From 1.
    pub revision: i64,
    /// Everything up to this position of the log was counted.
    pub pos: i64,
    /// The appeal that made it.
    pub appeal: Option<AppealId>,
    /// When it was locked.
    pub at: base::Time,
}

const INSERT: &Sql = sql!(
    "INSERT INTO score_round (id, scheme, version, from_day, to_day, revision, pos, appeal, locked_at, locked_by)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
);
const INSERT_LINE: &Sql = sql!("INSERT INTO score_line (round, unit, total, band, items) VALUES (?1, ?2, ?3, ?4, ?5)");

/// The units that a scheme scores: those of its level that existed at the end of the period, in their fixed order.
pub fn units(tree: &Tree, scheme: &Scheme, period: &Period) -> Vec<UnitId> {
    let end = base::Time::from_civil(period.to.at(23, 59, 59, 0));
    tree.all().filter(|unit| unit.level == scheme.level && unit.existed_at(end.min(base::Time(i64::MAX)))).map(|unit| unit.id).collect()
}

/// Locks the scores of a period that is over.
///
/// # Errors
/// [`LockError`].
pub fn lock(tx: &mut Tx, ctx: &Ctx, who: &Proof<Schemes>, id: SchemeId, period: &Period) -> Result<RoundId, LockError> {
    let scheme = scheme::for_period(tx, id, period)?.ok_or(LockError::NoScheme)?;
    if !scheme.scores() {
        return Err(LockError::NoPoints);
    }
    if period.to >= ctx.now.date() {
        return Err(LockError::NotOver);
    }
    let tree = people::tree(tx)?;
    let units = units(&tree, &scheme, period);
    if units.is_empty() {
        return Err(LockError::Nobody);
    }
    let lines = Plan::of(&scheme).lines(tx, &units, period, &Excluded::new())?;
    let pos = measures::as_of(tx)?;
    let round = Round { id: ctx.id(), scheme: id, version: scheme.version, period: *period, revision: 1, pos, appeal: None, at: ctx.now };
    write(tx, ctx, who.actor(), who.person(), who.unit(), &round, &lines)?;
    Ok(round.id)
}

/// Writes a revision with its lines and its event.
pub(crate) fn write(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: record::Actor,
    person: PersonId,
    unit: UnitId,
    round: &Round,
    lines: &[Line],
) -> Result<(), StoreError> {
    let (from, to) = (round.period.from.to_string(), round.period.to.to_string());
    let values =
        p![round.id, round.scheme, round.version, from.as_str(), to.as_str(), round.revision, round.pos, round.appeal, ctx.now, person];
    tx.exec(INSERT, values)?;
    let mut lines: Vec<&Line> = lines.iter().collect();
    lines.sort_by_key(|line| line.unit);
    let mut digest = Lines::default();
    for line in lines {
        let items = serde_json::to_string(&line.counts).map_err(|error| StoreError::Other(error.to_string()))?;
        let band = line.band.map(Band::code);
        digest.add(line.unit, line.total, band, &items);
        tx.exec(INSERT_LINE, p![round.id, line.unit, line.total, band, items.as_str()])?;
    }
    let facts = ScoresLocked {
        scheme: round.scheme,
        version: round.version,
        from,
        to,
        revision: round.revision,
        pos: round.pos,
        lines: digest.hex(),
        appeal: round.appeal,
    };
    record::append(tx, ctx, about(ctx, actor, Some(unit), round.id.0), &facts)?;
    Ok(())
}

/// The digest of a revision's lines, in the order of their units' ids.
#[derive(Default)]
pub(crate) struct Lines(Sha256);

impl Lines {
    pub(crate) fn add(&mut self, unit: UnitId, total: Option<i64>, band: Option<&str>, items: &str) {
        self.0.update(format!("{unit} {total:?} {band:?} {}\n{items}\n", items.len()));
    }

    pub(crate) fn hex(self) -> String {
        let digest: [u8; 32] = self.0.finalize().into();
        record::hex(&digest)
    }
}

/// By the index `score_round_revision`.
const ROUNDS: &Sql = sql!(
    "SELECT id, scheme, version, from_day, to_day, revision, pos, appeal, locked_at
     FROM score_round WHERE scheme = ?1 ORDER BY from_day, revision"
);
const ROUND: &Sql = sql!("SELECT id, scheme, version, from_day, to_day, revision, pos, appeal, locked_at FROM score_round WHERE id = ?1");
const LINE: &Sql = sql!("SELECT unit, total, band, items FROM score_line WHERE round = ?1 AND unit = ?2");
const LINES: &Sql = sql!("SELECT unit, total, band, items FROM score_line WHERE round = ?1 ORDER BY unit");

fn round(row: &store::Row<'_>) -> Result<Round, StoreError> {
    let date = |at: usize| row.text(at)?.parse::<Date>().map_err(|error| StoreError::Other(format!("score_round: {error}")));
    Ok(Round {
        id: row.id(0)?,
        scheme: row.id(1)?,
        version: row.int(2)?,
        period: Period { from: date(3)?, to: date(4)? },
        revision: row.int(5)?,
        pos: row.int(6)?,
        appeal: row.opt_id(7)?,
        at: row.time(8)?,
    })
}

fn line(row: &store::Row<'_>) -> Result<Line, StoreError> {
    let counts: Counts = serde_json::from_str(row.text(3)?).map_err(|error| StoreError::Other(format!("score_line: {error}")))?;
    Ok(Line { unit: row.id(0)?, total: row.opt_int(1)?, band: row.opt_text(2)?.and_then(Band::parse), counts })
}

/// The revisions of a scheme, the oldest period first.
///
/// # Errors
/// Only the store's.
pub fn rounds(tx: &mut Tx, scheme: SchemeId) -> Result<Vec<Round>, StoreError> {
    tx.all(ROUNDS, p![scheme], round)
}

/// One revision.
///
/// # Errors
/// Only the store's.
pub fn find(tx: &mut Tx, id: RoundId) -> Result<Option<Round>, StoreError> {
    tx.opt(ROUND, p![id], round)
}

/// What a revision says of a unit; none where it did not change it.
///
/// # Errors
/// Only the store's.
pub fn line_of(tx: &mut Tx, round: RoundId, unit: UnitId) -> Result<Option<Line>, StoreError> {
    tx.opt(LINE, p![round, unit], line)
}

/// Every unit's line of a period, as its last revision has it: the revisions of one period are given.
///
/// # Errors
/// Only the store's.
pub fn lines(tx: &mut Tx, revisions: &[Round]) -> Result<Vec<Line>, StoreError> {
    let mut all: Vec<Line> = Vec::new();
    for revision in revisions {
        for line in tx.all(LINES, p![revision.id], line)? {
            match all.iter_mut().find(|known| known.unit == line.unit) {
                Some(known) => *known = line,
                None => all.push(line),
            }
        }
    }
    Ok(all)
}
