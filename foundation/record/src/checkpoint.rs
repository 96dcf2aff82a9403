//! Checkpoints: the tree grown over what has a position, its head signed, and what witnesses say of it.
//!
//! A tile is written in the transaction of the checkpoint that covers it, which moves on by
//! compare-and-swap: of two processes that seal at once, one does. Leaves are hashed into the tree
//! outside of the writer.

use base::{Ctx, Env, Time};
use store::{Sql, Store, StoreError, Tx, p, sql};

use crate::append::whole;
use crate::digest::commitment;
use crate::note::{NoteError, Signed, Skey, Vkey};
use crate::tree::{Digest, EMPTY_ROOT, Edge, tile_id};

/// The most leaves that the tree grows by at once.
const PIECE: i64 = 16_384;

const TREE: &Sql = sql!("SELECT size, root FROM log_tree WHERE one = 1");
const FIRST_TREE: &Sql = sql!("INSERT INTO log_tree (one, size, root) VALUES (1, ?1, ?2) ON CONFLICT (one) DO NOTHING");
const MOVE_TREE: &Sql = sql!("UPDATE log_tree SET size = ?1, root = ?2 WHERE one = 1 AND size = ?3 AND root = ?4");
/// Walks the primary key of `log`.
const LEAVES: &Sql = sql!("SELECT pos, leaf FROM log WHERE pos > ?1 ORDER BY pos LIMIT ?2");
const PUT_TILE: &Sql = sql!("INSERT INTO log_tile (id, hashes) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET hashes = excluded.hashes");

const ORIGIN: &Sql = sql!("SELECT origin, vkey FROM log_origin WHERE one = 1");
const FIRST_ORIGIN: &Sql = sql!("INSERT INTO log_origin (one, origin, vkey) VALUES (1, ?1, ?2) ON CONFLICT (one) DO NOTHING");

/// Walks the primary key of `checkpoint` backwards.
const NEWEST: &Sql = sql!("SELECT size, at, note FROM checkpoint ORDER BY size DESC LIMIT 1");
const PUT: &Sql = sql!("INSERT INTO checkpoint (size, at, kept, note) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (size) DO NOTHING");
/// Only the last one or two are not kept.
const THIN: &Sql = sql!("DELETE FROM checkpoint WHERE size < ?1 AND size >= ?2 AND kept = 0");
/// Walks the primary key of `checkpoint` backwards, past one or two that are not kept.
const LAST_KEPT: &Sql = sql!("SELECT size, at FROM checkpoint WHERE kept = 1 ORDER BY size DESC LIMIT 1");
const KEEP: &Sql = sql!("UPDATE checkpoint SET kept = 1 WHERE size = ?1");
/// By the first column of the primary key.
const COSIGNATURES: &Sql = sql!("SELECT vkey, at, line FROM cosignature WHERE size = ?1 ORDER BY vkey");
/// Walks the primary key of `cosignature` backwards.
const NEWEST_COSIGNED: &Sql =
    sql!("SELECT c.size, c.at, c.note FROM cosignature s JOIN checkpoint c ON c.size = s.size ORDER BY s.size DESC, s.vkey LIMIT 1");
const PUT_COSIGNATURE: &Sql =
    sql!("INSERT INTO cosignature (size, vkey, at, line) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (size, vkey) DO NOTHING");

/// How far the tree has grown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tree {
    /// Leaves in it.
    pub size: i64,
    /// Its root.
    pub root: Digest,
}

/// How far the tree has grown.
///
/// # Errors
/// Only the store's.
pub fn tree(tx: &mut Tx) -> Result<Tree, StoreError> {
    let found = tx.opt(TREE, p![], |row| Ok(Tree { size: row.int(0)?, root: row.array(1)? }))?;
    Ok(found.unwrap_or(Tree { size: 0, root: EMPTY_ROOT }))
}

/// A signed head of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Leaves in the tree.
    pub size: i64,
    /// When it was signed.
    pub at: Time,
    /// The note: text, the log's signature, and those of witnesses.
    pub note: String,
    /// Which witnesses signed, by their keys, and when they say that they did.
    pub witnesses: Vec<(String, Time)>,
}

/// What the log calls itself, and the key that its signatures are checked with; none before the first checkpoint.
///
/// # Errors
/// Only the store's.
pub fn origin(tx: &mut Tx) -> Result<Option<(String, String)>, StoreError> {
    tx.opt(ORIGIN, p![], |row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())))
}

/// Names the log, once and for all: by the host at which it can be asked, where there is one. Later calls change nothing.
///
/// # Errors
/// The store's; a host that cannot stand in a name is left out.
pub fn name_log(tx: &mut Tx, ctx: &Ctx, host: Option<&str>) -> Result<(), StoreError> {
    let named = host.and_then(|host| Skey::of_log(ctx.keys(), &format!("{host}/log")).ok());
    let key = match named {
        Some(key) => key,
        None => {
            let any = Skey::of_log(ctx.keys(), "lianxin").map_err(bad_key)?;
            let digest = <sha2::Sha256 as sha2::Digest>::digest(any.vkey().to_string());
            let short = crate::hex(digest.get(..4).unwrap_or_default());
            Skey::of_log(ctx.keys(), &format!("lianxin/{short}")).map_err(bad_key)?
        }
    };
    let vkey = key.vkey();
    tx.exec(FIRST_ORIGIN, p![vkey.name(), vkey.to_string().as_str()]).map(drop)
}

fn bad_key(error: NoteError) -> StoreError {
    StoreError::misfit(format!("the log's key: {error}"), format!("总账的密钥：{}", error.zh()))
}

/// The log's key, if it is the one that the store was begun with.
fn signer(tx: &mut Tx, ctx: &Ctx) -> Result<Skey, StoreError> {
    if origin(tx)?.is_none() {
        name_log(tx, ctx, None)?;
    }
    let (origin, vkey) = origin(tx)?.unwrap_or_default();
    let key = Skey::of_log(ctx.keys(), &origin).map_err(bad_key)?;
    if key.vkey().to_string() == vkey {
        Ok(key)
    } else {
        Err(StoreError::misfit(
            "the key file is not the one that this log was begun with: its oldest key signs the log",
            "密钥文件不是建立总账时的那一份：总账由其中最早的密钥签名",
        ))
    }
}

/// Why a checkpoint was not made.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// Another process was quicker. Nothing was changed; there may be more to do.
    #[error("another process sealed the log")]
    Lost,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the tree becomes, computed before it is written.
struct Grown {
    before: Tree,
    after: Tree,
    tiles: Vec<(i64, Vec<u8>)>,
}

fn grown(tx: &mut Tx) -> Result<Option<Grown>, StoreError> {
    let before = tree(tx)?;
    let mut leaves: Vec<Digest> = Vec::new();
    let mut last = before.size;
    tx.each(LEAVES, p![before.size, PIECE], |row| {
        let pos = row.int(0)?;
        if pos != last + 1 {
            let gone = last + 1;
            return Err(StoreError::misfit(format!("log: position {gone} is missing"), format!("总账缺第 {gone} 条")));
        }
        last = pos;
        leaves.push(row.array(1)?);
        Ok(())
    })?;
    if leaves.is_empty() {
        return Ok(None);
    }
    let mut edge = Edge::read(tx, u64::try_from(before.size).unwrap_or(0))?;
    // What somebody changed at the edge would otherwise be signed with what comes after it.
    if edge.root() != Some(before.root) {
        return Err(StoreError::misfit(
            "log_tile: the tiles are not those of the tree; `lianxin verify` names where",
            "表 log_tile 里的指纹块和指纹树对不上，lianxin verify 会指出在哪里",
        ));
    }
    edge.grow(&leaves);
    let root = edge.root().ok_or_else(|| StoreError::misfit("log_tile: tiles of the tree are missing", "表 log_tile 里缺指纹块"))?;
    let tiles = edge.changed.into_iter().filter_map(|((level, n), hashes)| Some((tile_id(level, n)?, hashes))).collect();
    Ok(Some(Grown { before, after: Tree { size: last, root }, tiles }))
}

fn write(tx: &mut Tx, ctx: &Ctx, grown: &Grown) -> Result<(), SealError> {
    let (before, after) = (grown.before, grown.after);
    // The tree moves first: who is too late learns it before having written anything.
    let mut moved = tx.exec(MOVE_TREE, p![after.size, &after.root[..], before.size, &before.root[..]])?;
    if moved == 0 && before.size == 0 {
        moved = tx.exec(FIRST_TREE, p![after.size, &after.root[..]])?;
    }
    if moved != 1 {
        return Err(SealError::Lost);
    }
    let key = signer(tx, ctx)?;
    signed_before(tx, &key, before)?;
    for (id, hashes) in &grown.tiles {
        tx.exec(PUT_TILE, p![*id, &hashes[..]])?;
    }
    let note = key.sign_head(u64::try_from(after.size).unwrap_or(0), after.root).map_err(bad_key)?;
    let kept = tx.opt(LAST_KEPT, p![], |row| Ok((row.int(0)?, row.time(1)?)))?;
    let hour = |at: Time| at.0.div_euclid(3600 * Time::SECOND);
    let keep = kept.is_none_or(|(_, at)| hour(at) != hour(ctx.now));
    tx.exec(PUT, p![after.size, ctx.now, keep, note.as_str()])?;
    tx.exec(THIN, p![after.size, kept.map_or(0, |(size, _)| size)])?;
    Ok(())
}

/// Nothing is signed on top of a tree that was not signed itself: whoever may write to the tables, but has not the
/// key, cannot have another past signed.
fn signed_before(tx: &mut Tx, key: &Skey, before: Tree) -> Result<(), StoreError> {
    let last = tx.opt(NEWEST, p![], row)?;
    let fits = match &last {
        None => before.size == 0,
        Some((_, _, note)) => Signed::parse(note).is_ok_and(|signed| {
            let same = i64::try_from(signed.size) == Ok(before.size) && signed.root == before.root && signed.origin == key.vkey().name();
            same && key.vkey().check(&signed).is_ok()
        }),
    };
    if fits {
        Ok(())
    } else {
        Err(StoreError::misfit(
            "log_tree: the tree is not the one that was signed last; `lianxin verify` names where",
            "表 log_tree 里的指纹树不是上次签名的那一棵，lianxin verify 会指出在哪里",
        ))
    }
}

/// Grow the tree over what has a position and sign its head. Tells whether there was anything to do; a large log
/// grows by pieces, one a call.
///
/// # Errors
/// [`SealError::Lost`] when another process was quicker.
pub fn seal(store: &Store, env: &Env) -> Result<bool, SealError> {
    let Some(grown) = store.read_now(grown)? else { return Ok(false) };
    let env = env.clone();
    store.write_now(move |tx| write(tx, &env.ctx(), &grown))?;
    Ok(true)
}

/// [`seal`] until the tree has all that has a position.
///
/// # Errors
/// The store's.
pub fn seal_all(store: &Store, env: &Env) -> Result<(), StoreError> {
    loop {
        match seal(store, env) {
            Ok(false) => return Ok(()),
            Ok(true) | Err(SealError::Lost) => {}
            Err(SealError::Store(error)) => return Err(error),
        }
    }
}

fn with_cosignatures(tx: &mut Tx, found: Option<(i64, Time, String)>) -> Result<Option<Checkpoint>, StoreError> {
    let Some((size, at, mut note)) = found else { return Ok(None) };
    let mut witnesses = Vec::new();
    tx.each(COSIGNATURES, p![size], |row| {
        witnesses.push((row.text(0)?.to_owned(), row.time(1)?));
        note.push_str(row.text(2)?);
        Ok(())
    })?;
    Ok(Some(Checkpoint { size, at, note, witnesses }))
}

fn row(row: &store::Row<'_>) -> Result<(i64, Time, String), StoreError> {
    Ok((row.int(0)?, row.time(1)?, row.text(2)?.to_owned()))
}

/// The newest checkpoint, with what witnesses said of it.
///
/// # Errors
/// Only the store's.
pub fn newest(tx: &mut Tx) -> Result<Option<Checkpoint>, StoreError> {
    let found = tx.opt(NEWEST, p![], row)?;
    with_cosignatures(tx, found)
}

/// The newest checkpoint that a witness has signed.
///
/// # Errors
/// Only the store's.
pub fn newest_witnessed(tx: &mut Tx) -> Result<Option<Checkpoint>, StoreError> {
    let found = tx.opt(NEWEST_COSIGNED, p![], row)?;
    with_cosignatures(tx, found)
}

/// A checkpoint that is about to be shown to witnesses is kept from now on.
///
/// # Errors
/// Only the store's.
pub fn keep(tx: &mut Tx, size: i64) -> Result<bool, StoreError> {
    Ok(tx.exec(KEEP, p![size])? == 1)
}

/// What a witness answered is checked and kept beside the checkpoint. Tells when the witness says that it signed.
///
/// # Errors
/// [`NoteError`] in the inner result where it is not that witness's signature of this checkpoint.
pub fn add_cosignature(tx: &mut Tx, of: &Checkpoint, vkey: &Vkey, lines: &str) -> Result<Result<Time, NoteError>, StoreError> {
    let checked = || -> Result<(String, i64), NoteError> {
        let base = Signed::parse(&of.note)?;
        for line in lines.lines().filter(|line| !line.is_empty()) {
            let line = format!("{line}\n");
            let note = format!("{}\n{line}", base.text());
            match Signed::parse(&note).and_then(|note| vkey.check(&note)) {
                Ok(Some(at)) => return Ok((line, at)),
                Err(NoteError::Unsigned) | Ok(None) => {}
                Err(other) => return Err(other),
            }
        }
        Err(NoteError::Unsigned)
    };
    match checked() {
        Ok((line, at)) => {
            let at = Time(at.saturating_mul(Time::SECOND));
            tx.exec(PUT_COSIGNATURE, p![of.size, vkey.to_string().as_str(), at, line.as_str()])?;
            Ok(Ok(at))
        }
        Err(error) => Ok(Err(error)),
    }
}

/// Walks the primary key of `log`.
const ENTRIES: &Sql = sql!(
    "SELECT l.pos, e.id, e.kind, e.v, e.recorded_at, e.occurred_at, e.actor_kind, e.actor, e.unit, e.subject, e.batch,
            e.rules_digest, e.facts, e.salt
     FROM log l JOIN event e ON e.id = l.event WHERE l.pos > ?1 AND l.pos <= ?2 ORDER BY l.pos"
);

/// The entries of the log as everybody may have them (C2SP tlog-tiles entry bundles): the commitments of so many
/// events after the first so many. None where events are gone: a part would be taken for the whole.
///
/// # Errors
/// Only the store's.
pub fn entries(tx: &mut Tx, first: u64, n: usize) -> Result<Option<Vec<u8>>, StoreError> {
    let (Ok(first), Ok(wide)) = (i64::try_from(first), i64::try_from(n)) else { return Ok(None) };
    let mut out = Vec::with_capacity(n * 34);
    tx.each(ENTRIES, p![first, first.saturating_add(wide)], |row| {
        out.extend_from_slice(&[0, 32]);
        out.extend_from_slice(&commitment(&whole(row, 1, None)?));
        Ok(())
    })?;
    Ok((out.len() == n * 34).then_some(out))
}

#[cfg(test)]
#[path = "checkpoint_tests.rs"]
mod tests;
