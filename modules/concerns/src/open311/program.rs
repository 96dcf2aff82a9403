//! Programs of others that may hand concerns in: admitted and taken back by the system administrator, known by a key of
//! which only the hash is kept. A program reads nothing that not everybody may read.

use base::{Ctx, Purpose, Time};
use people::{Proof, Role};
use record::{About, hex, text_digest_hex};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{Sql, StoreError, Tx, p, sql};

use super::events::{ConcernProgramAdmitted, ConcernProgramRevoked};
use crate::concern::ConcernId;
use crate::receipt;

base::id! {
    /// One program.
    pub ProgramId;
}
store::bind_ids!(ProgramId);

/// Admit programs and take their keys back.
#[derive(Debug)]
pub struct KeepPrograms;

impl people::Permission for KeepPrograms {
    const NAME: &'static str = "concerns.programs";
    const ROLES: &'static [Role] = &[Role::SystemAdmin];
}

const KEY: Purpose = Purpose("concerns.program");
/// Programs with a key at once.
const MOST: i64 = 200;
/// Characters of a name.
pub const LONGEST: usize = 40;
/// Characters of a key.
const KEY_LENGTH: usize = 40;

const COUNT: &Sql = sql!("SELECT COUNT(*) FROM concern_program WHERE revoked_at IS NULL");
const PUT: &Sql =
    sql!("INSERT INTO concern_program (id, name, salt, key, token_first, admitted_at, revoked_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL)");
/// By the primary key.
const REVOKE: &Sql = sql!("UPDATE concern_program SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL");
/// By the index `concern_program_key`.
const FIND: &Sql = sql!("SELECT id, token_first FROM concern_program WHERE key = ?1 AND revoked_at IS NULL");
/// By the primary key.
const HOLDS: &Sql = sql!("SELECT 1 FROM concern_program WHERE id = ?1 AND revoked_at IS NULL");
/// Walks the primary key, a few rows; of each, its concerns by the index `concern_through_by_program`.
const ALL: &Sql = sql!(
    "SELECT p.id, p.name, p.token_first, p.admitted_at, p.revoked_at, (SELECT COUNT(*) FROM concern_through t WHERE t.program = p.id)
     FROM concern_program p ORDER BY p.id DESC LIMIT 400"
);
const BROUGHT: &Sql = sql!("INSERT INTO concern_through (concern, program, token) VALUES (?1, ?2, ?3)");
/// By the index `concern_through_token`.
const BY_TOKEN: &Sql = sql!("SELECT c.no FROM concern_through t JOIN concern c ON c.id = t.concern WHERE t.token = ?1");

/// A program that showed a key which holds. Only [`by_key`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    pub(crate) id: ProgramId,
    pub(crate) token_first: bool,
}

/// A program as a page lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Which one.
    pub id: ProgramId,
    /// Whose it is.
    pub name: String,
    /// Whether it is told a token first.
    pub token_first: bool,
    /// Since when.
    pub admitted_at: Time,
    /// When its key was taken back.
    pub revoked_at: Option<Time>,
    /// How many concerns it brought.
    pub brought: i64,
}

/// A program that was just admitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// Which one.
    pub id: ProgramId,
}

/// Why a program was not admitted.
#[derive(Debug, thiserror::Error)]
pub enum AdmitError {
    /// It has no name, or a long one.
    #[error("a name of 1 to {LONGEST} characters is wanted")]
    Name,
    /// There are many already.
    #[error("there are {MOST} programs already")]
    TooMany,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The key that this form makes. It is derived from the form's key, so that a retry shows the same one while only its
/// hash is kept.
pub fn key(ctx: &Ctx, op_key: &[u8; 16]) -> String {
    hex(ctx.keys().blind(KEY, op_key).get(..KEY_LENGTH / 2).unwrap_or_default())
}

fn hashed(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

/// Admits a program.
///
/// # Errors
/// [`AdmitError`].
pub fn admit(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<KeepPrograms>,
    op_key: &[u8; 16],
    name: &str,
    token_first: bool,
) -> Result<Given, AdmitError> {
    let name = base::text::clean_line(name);
    if name.is_empty() || name.chars().count() > LONGEST {
        return Err(AdmitError::Name);
    }
    store::once(tx, ctx.now, op_key, "concerns.admit_program", who.person().bytes(), |tx| {
        if tx.one(COUNT, p![], |row| row.int(0))? >= MOST {
            return Err(AdmitError::TooMany);
        }
        let (id, salt): (ProgramId, _) = (ctx.id(), ctx.salt());
        let hash = hashed(&key(ctx, op_key));
        tx.exec(PUT, p![id, &name, &salt, &hash, token_first, ctx.now])?;
        let facts = ConcernProgramAdmitted { name: text_digest_hex(&salt, &name), key: hex(&hash), token_first };
        let about = About { occurred_at: ctx.now, actor: who.actor(), unit: Some(who.unit()), subject: id.0, batch: None };
        record::append(tx, ctx, about, &facts)?;
        Ok(Given { id })
    })
}

/// Takes the key of a program back; one that was taken back before stays so. What it brought stays.
///
/// # Errors
/// Only the store's.
pub fn revoke(tx: &mut Tx, ctx: &Ctx, who: &Proof<KeepPrograms>, id: ProgramId) -> Result<(), StoreError> {
    if tx.exec(REVOKE, p![id, ctx.now])? == 1 {
        let about = About { occurred_at: ctx.now, actor: who.actor(), unit: Some(who.unit()), subject: id.0, batch: None };
        record::append(tx, ctx, about, &ConcernProgramRevoked {})?;
    }
    Ok(())
}

/// The program whose key this is, if the key holds.
///
/// # Errors
/// Only the store's.
pub fn by_key(tx: &mut Tx, key: &str) -> Result<Option<Admitted>, StoreError> {
    if key.len() != KEY_LENGTH {
        return Ok(None);
    }
    tx.opt(FIND, p![&hashed(key)], |row| Ok(Admitted { id: row.id(0)?, token_first: row.bool(1)? }))
}

/// Whether the key of a program still holds.
///
/// # Errors
/// Only the store's.
pub fn holds(tx: &mut Tx, program: &Admitted) -> Result<bool, StoreError> {
    Ok(tx.opt(HOLDS, p![program.id], |_| Ok(()))?.is_some())
}

/// All programs, the newest first.
///
/// # Errors
/// Only the store's.
pub fn all(tx: &mut Tx) -> Result<Vec<Program>, StoreError> {
    tx.all(ALL, p![], |row| {
        Ok(Program {
            id: row.id(0)?,
            name: row.text(1)?.to_owned(),
            token_first: row.bool(2)?,
            admitted_at: row.time(3)?,
            revoked_at: row.opt_time(4)?,
            brought: row.int(5)?,
        })
    })
}

/// Notes which program brought a concern, in the transaction that takes it in.
pub(crate) fn brought(tx: &mut Tx, concern: ConcernId, program: ProgramId, token: &[u8; 32]) -> Result<(), StoreError> {
    tx.exec(BROUGHT, p![concern, program, token]).map(drop)
}

/// The number of the concern that a token stands for.
///
/// # Errors
/// Only the store's.
pub fn no_of_token(tx: &mut Tx, token: &str) -> Result<Option<String>, StoreError> {
    let Some(token) = receipt::typed(token) else { return Ok(None) };
    tx.opt(BY_TOKEN, p![&receipt::digest(&token)], |row| row.text(0).map(str::to_owned))
}
