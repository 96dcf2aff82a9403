//! Links for screens on walls: given and taken back by the system administrator. Who holds one sees the figures of one
//! unit on one page, and nothing else.

use base::{Ctx, Id, Purpose, Time, UnitId};
use people::{Proof, Tree};
use record::{About, hex, text_digest_hex};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{WallLinkGiven, WallLinkRevoked};
use crate::permissions::KeepLinks;

base::id! {
    /// One link for a screen.
    pub LinkId;
}
store::bind_ids!(LinkId);

const SECRET: Purpose = Purpose("dashboard.wall");
/// Links that a district has at once.
const MOST: i64 = 200;
/// Characters of a name.
const LONGEST: usize = 40;

const COUNT: &Sql = sql!("SELECT COUNT(*) FROM wall_link WHERE revoked_at IS NULL");
const PUT: &Sql = sql!("INSERT INTO wall_link (id, unit, name, salt, secret, made_at, revoked_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL)");
/// By the primary key.
const REVOKE: &Sql = sql!("UPDATE wall_link SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL");
/// By the index `wall_link_secret`.
const FIND: &Sql = sql!("SELECT id, unit FROM wall_link WHERE secret = ?1 AND revoked_at IS NULL");
/// Walks the primary key: a few rows.
const ALL: &Sql = sql!("SELECT id, unit, name, made_at, revoked_at FROM wall_link ORDER BY id DESC LIMIT 200");
/// Walks the primary key: a few rows.
const OPEN: &Sql = sql!("SELECT id FROM wall_link WHERE revoked_at IS NULL ORDER BY id");

/// A link as a page lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Which one.
    pub id: LinkId,
    /// Whose figures.
    pub unit: UnitId,
    /// Where the screen hangs.
    pub name: String,
    /// Since when.
    pub made_at: Time,
    /// When it was taken back.
    pub revoked_at: Option<Time>,
}

/// A link that was just given. The secret is derived from the form's key, so that a retry shows the same one while only
/// its hash is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// Which one.
    pub id: LinkId,
}

/// Why a link was not given.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// It has no name, or a long one.
    #[error("a name of 1 to {LONGEST} characters is wanted")]
    Name,
    /// A wall shows the district or a town.
    #[error("a wall shows the district or a town")]
    Unit,
    /// There are many already.
    #[error("there are {MOST} links already")]
    TooMany,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The secret of a link that this form makes: 24 letters and digits.
pub fn secret(ctx: &Ctx, op_key: &[u8; 16]) -> String {
    hex(ctx.keys().blind(SECRET, op_key).get(..12).unwrap_or_default())
}

fn hashed(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Whether a unit has a wall: the district and its towns.
pub fn has_wall(tree: &Tree, unit: UnitId) -> bool {
    tree.get(unit).is_some_and(|unit| !unit.is_closed() && matches!(unit.level, people::Level::District | people::Level::Town))
}

/// Give a link.
///
/// # Errors
/// [`LinkError`].
pub fn give(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<KeepLinks>,
    tree: &Tree,
    op_key: &[u8; 16],
    unit: UnitId,
    name: &str,
) -> Result<Given, LinkError> {
    let name = base::text::clean_line(name);
    if name.is_empty() || name.chars().count() > LONGEST {
        return Err(LinkError::Name);
    }
    if !has_wall(tree, unit) || !who.covers(tree, unit) {
        return Err(LinkError::Unit);
    }
    store::once(tx, ctx.now, op_key, "dashboard.give_link", who.person().bytes(), |tx| {
        if tx.one(COUNT, p![], |row| row.int(0))? >= MOST {
            return Err(LinkError::TooMany);
        }
        let (id, salt): (LinkId, _) = (ctx.id(), ctx.salt());
        let hash = hashed(&secret(ctx, op_key));
        tx.exec(PUT, p![id, unit, &name, &salt, &hash, ctx.now])?;
        let facts = WallLinkGiven { unit, name: text_digest_hex(&salt, &name), secret: hex(&hash) };
        let about = About { occurred_at: ctx.now, actor: who.actor(), unit: Some(unit), subject: id.0, batch: None };
        record::append(tx, ctx, about, &facts)?;
        Ok(Given { id })
    })
}

/// Take a link back; one that was taken back before stays so.
///
/// # Errors
/// Only the store's.
pub fn revoke(tx: &mut Tx, ctx: &Ctx, who: &Proof<KeepLinks>, id: LinkId) -> Result<(), StoreError> {
    if tx.exec(REVOKE, p![id, ctx.now])? == 1 {
        let about = About { occurred_at: ctx.now, actor: who.actor(), unit: Some(who.unit()), subject: id.0, batch: None };
        record::append(tx, ctx, about, &WallLinkRevoked {})?;
    }
    Ok(())
}

/// The link that a secret opens: which one, and whose figures it shows.
///
/// # Errors
/// Only the store's.
pub fn find(tx: &mut Tx, secret: &str) -> Result<Option<(LinkId, UnitId)>, StoreError> {
    if secret.len() != 24 {
        return Ok(None);
    }
    tx.opt(FIND, p![&hashed(secret)], |row| Ok((row.id(0)?, row.id(1)?)))
}

/// All links, the newest first.
///
/// # Errors
/// Only the store's.
pub fn all(tx: &mut Tx) -> Result<Vec<Link>, StoreError> {
    tx.all(ALL, p![], |row| {
        Ok(Link { id: row.id(0)?, unit: row.id(1)?, name: row.text(2)?.to_owned(), made_at: row.time(3)?, revoked_at: row.opt_time(4)? })
    })
}

/// Those that are still good.
///
/// # Errors
/// Only the store's.
pub(crate) fn open(tx: &mut Tx) -> Result<Vec<Id>, StoreError> {
    tx.all(OPEN, p![], |row| row.id(0))
}
