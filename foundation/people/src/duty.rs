//! Who answers for what in a unit: the first-responsible post (第一责任人), and posts that answer for a
//! matter beside their own work (一岗双责). It is said of posts, so that it passes to whoever holds them.

use base::{Ctx, Id, UnitId};
use record::{append, text_digest_hex};
use serde::{Deserialize, Serialize};
use store::{Sql, StoreError, Tx, p, sql};

use crate::actor::PostId;
use crate::authority::Authority;
use crate::create_unit::named;
use crate::events::{UnitDutyEnded, UnitDutyGiven, about};
use crate::permission::ManageUnits;
use crate::tree::tree;

/// How a post answers for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DutyKind {
    /// 第一责任人
    Principal,
    /// 一岗双责
    Dual,
}

impl DutyKind {
    /// As it stands in the store.
    pub fn code(self) -> &'static str {
        match self {
            DutyKind::Principal => "principal",
            DutyKind::Dual => "dual",
        }
    }

    /// From [`DutyKind::code`].
    pub fn parse(code: &str) -> Option<DutyKind> {
        [DutyKind::Principal, DutyKind::Dual].into_iter().find(|kind| kind.code() == code)
    }
}

/// A duty as it stands, with who holds the post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitDuty {
    /// Its id.
    pub id: Id,
    /// In which unit.
    pub unit: UnitId,
    /// Which post.
    pub post: PostId,
    /// How.
    pub kind: DutyKind,
    /// For what.
    pub matter: String,
    /// The unit of the post.
    pub post_unit: UnitId,
    /// The title of the post.
    pub title: String,
}

/// Why a duty was not given or ended.
#[derive(Debug, thiserror::Error)]
pub enum DutyError {
    /// The proof does not cover the unit.
    #[error("the post held does not cover this unit")]
    NotCovered,
    /// There is no such unit or post, or it was closed; or the duty has ended.
    #[error("it is not there any more")]
    Gone,
    /// The unit has a first-responsible post for this matter.
    #[error("another post answers first for this matter")]
    Taken,
    /// Empty, or longer than 60 characters.
    #[error("a matter has 1 to 60 characters")]
    BadMatter,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const POST: &Sql = sql!("SELECT unit FROM post WHERE id = ?1 AND valid_to IS NULL");
/// By the index `unit_duty_by_unit`.
const OF_UNIT: &Sql = sql!(
    "SELECT d.id, d.unit, d.post, d.kind, d.matter, o.unit, o.title FROM unit_duty d JOIN post o ON o.id = d.post
     WHERE d.unit = ?1 AND d.to_at IS NULL ORDER BY d.kind DESC, d.from_at, d.id"
);
/// By the index `unit_duty_by_post`.
const OF_POST: &Sql = sql!(
    "SELECT d.id, d.unit, d.post, d.kind, d.matter, o.unit, o.title FROM unit_duty d JOIN post o ON o.id = d.post
     WHERE d.post = ?1 AND d.to_at IS NULL ORDER BY d.kind DESC, d.from_at, d.id"
);
const INSERT: &Sql =
    sql!("INSERT INTO unit_duty (id, unit, post, kind, matter, salt, from_at, to_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL)");
const UNIT_OF: &Sql = sql!("SELECT unit FROM unit_duty WHERE id = ?1 AND to_at IS NULL");
const END: &Sql = sql!("UPDATE unit_duty SET to_at = ?2 WHERE id = ?1 AND to_at IS NULL");

fn row(row: &store::Row<'_>) -> Result<UnitDuty, StoreError> {
    let kind = row.text(3)?;
    Ok(UnitDuty {
        id: row.id(0)?,
        unit: row.id(1)?,
        post: row.id(2)?,
        kind: DutyKind::parse(kind).ok_or_else(|| StoreError::unknown("unit_duty", "kind", kind))?,
        matter: row.text(4)?.to_owned(),
        post_unit: row.id(5)?,
        title: row.text(6)?.to_owned(),
    })
}

/// Who answers for what in a unit at present.
///
/// # Errors
/// Only the store's.
pub fn duties_of(tx: &mut Tx, unit: UnitId) -> Result<Vec<UnitDuty>, StoreError> {
    tx.all(OF_UNIT, p![unit], row)
}

/// What a post answers for at present.
///
/// # Errors
/// Only the store's.
pub fn duties_of_post(tx: &mut Tx, post: PostId) -> Result<Vec<UnitDuty>, StoreError> {
    tx.all(OF_POST, p![post], row)
}

/// Say that a post answers for something in a unit. One post answers first for each matter.
///
/// # Errors
/// [`DutyError`].
pub fn give_duty<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    who: impl Into<Authority<'a, ManageUnits>>,
    unit: UnitId,
    post: PostId,
    kind: DutyKind,
    matter: &str,
) -> Result<Id, DutyError> {
    let (who, tree) = (who.into(), tree(tx)?);
    if !who.covers(&tree, unit) {
        return Err(DutyError::NotCovered);
    }
    let exists = tree.get(unit).is_some_and(|unit| !unit.is_closed());
    let post_unit: UnitId = tx.opt(POST, p![post], |row| row.id(0))?.filter(|_| exists).ok_or(DutyError::Gone)?;
    if !who.covers(&tree, post_unit) {
        return Err(DutyError::NotCovered);
    }
    let matter = named(matter).ok_or(DutyError::BadMatter)?;
    let same = |duty: &UnitDuty| duty.matter == matter && (duty.post == post || kind == DutyKind::Principal && duty.kind == kind);
    if duties_of(tx, unit)?.iter().any(same) {
        return Err(DutyError::Taken);
    }
    insert(tx, ctx, who.actor(), unit, post, kind, &matter)
}

pub(crate) fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: record::Actor,
    unit: UnitId,
    post: PostId,
    kind: DutyKind,
    matter: &str,
) -> Result<Id, DutyError> {
    let (id, salt): (Id, [u8; 16]) = (ctx.id(), ctx.salt());
    tx.exec(INSERT, p![id, unit, post, kind.code(), matter, &salt[..], ctx.now])?;
    let facts = UnitDutyGiven { of: unit, post, duty: kind, matter: text_digest_hex(&salt, matter) };
    append(tx, ctx, about(ctx, actor, Some(unit), id), &facts)?;
    Ok(id)
}

/// End a duty.
///
/// # Errors
/// [`DutyError`].
pub fn end_duty<'a>(tx: &mut Tx, ctx: &Ctx, who: impl Into<Authority<'a, ManageUnits>>, duty: Id) -> Result<(), DutyError> {
    let who = who.into();
    let unit: UnitId = tx.opt(UNIT_OF, p![duty], |row| row.id(0))?.ok_or(DutyError::Gone)?;
    if !who.covers(&*tree(tx)?, unit) {
        return Err(DutyError::NotCovered);
    }
    end(tx, ctx, who.actor(), unit, duty).map_err(DutyError::Store)
}

pub(crate) fn end(tx: &mut Tx, ctx: &Ctx, actor: record::Actor, unit: UnitId, duty: Id) -> Result<(), StoreError> {
    tx.exec(END, p![duty, ctx.now])?;
    append(tx, ctx, about(ctx, actor, Some(unit), duty), &UnitDutyEnded { at: ctx.now })?;
    Ok(())
}
