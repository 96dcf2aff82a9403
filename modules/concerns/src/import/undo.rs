//! Undoing an import: its concerns go, with their texts, and the record says so. What somebody has
//! worked on since is kept and listed.

use base::{Ctx, Id, PersonId};
use people::Proof;
use store::{Sql, Tx, blobs, jobs, p, sql};

use super::batch::{LET_GO, NOTE, batch, json};
use super::piece::Went;
use super::{BatchId, BatchState, ImportError, NoteKind, Payload, UNDO_JOB};
use crate::bring_in::{Importer, undo_import};
use crate::concern::ConcernId;
use crate::permissions::Import;

/// Concerns of a piece.
const CONCERNS: u32 = 40;

const BEGIN: &Sql = sql!("UPDATE concern_import SET state = 'undoing', job = ?2, ended_at = NULL WHERE id = ?1 AND state = 'done'");
/// By the indexes `concern_batch` and `concern_source_by_concern`.
const KEYS: &Sql =
    sql!("SELECT s.key FROM concern c JOIN concern_source s ON s.concern = c.id WHERE c.batch = ?1 AND c.id > ?2 ORDER BY c.id LIMIT ?3");
const FORGET_SEEN: &Sql =
    sql!("DELETE FROM concern_import_seen WHERE key = ?1 AND NOT EXISTS (SELECT 1 FROM concern_source s WHERE s.key = ?1)");
const MOVE: &Sql =
    sql!("UPDATE concern_import SET undone_to = ?2, removed = removed + ?3, kept = kept + ?4 WHERE id = ?1 AND state = 'undoing'");
const END: &Sql = sql!("UPDATE concern_import SET state = 'undone', ended_at = ?2 WHERE id = ?1 AND state = 'undoing'");
/// Begins to undo an import: a job.
///
/// # Errors
/// [`ImportError`].
pub fn undo(tx: &mut Tx, ctx: &Ctx, who: &Proof<Import>, id: BatchId) -> Result<Id, ImportError> {
    begin(tx, ctx, id, Some(who.person()))
}

/// The same for whoever runs the program on the server.
///
/// # Errors
/// [`ImportError`].
pub fn undo_from_console(tx: &mut Tx, ctx: &Ctx, id: BatchId) -> Result<Id, ImportError> {
    begin(tx, ctx, id, None)
}

fn begin(tx: &mut Tx, ctx: &Ctx, id: BatchId, by: Option<PersonId>) -> Result<Id, ImportError> {
    let found = batch(tx, id)?.ok_or(ImportError::NotFound)?;
    if let (BatchState::Undoing | BatchState::Undone, Some(job)) = (found.state, found.job) {
        return Ok(job);
    }
    let job: Id = ctx.id();
    if tx.exec(BEGIN, p![id, job])? != 1 {
        return Err(ImportError::NotNow);
    }
    jobs::create(tx, ctx.now, job, UNDO_JOB, &json(&Payload { batch: id.0 })?, by.map(|p| p.0))?;
    Ok(job)
}

/// Undoes some concerns and says how far it is, in one transaction.
pub(super) fn some(tx: &mut Tx, ctx: &Ctx, id: BatchId, job: Id, worker: Id) -> Result<Went, ImportError> {
    let found = batch(tx, id)?.ok_or(ImportError::NotFound)?;
    if found.state != BatchState::Undoing {
        return Err(ImportError::NotNow);
    }
    let who = match jobs::find(tx, job)?.and_then(|job| job.created_by) {
        Some(person) => Importer::Begun(PersonId(person)),
        None => Importer::Console,
    };
    let from = found.undone_to.unwrap_or_default();
    let keys: Vec<[u8; 32]> = tx.all(KEYS, p![id, from, CONCERNS], |row| row.array(0))?;
    let undone = undo_import(tx, ctx, who, id.0, Some(ConcernId(from)), CONCERNS)?;
    for key in &keys {
        tx.exec(FORGET_SEEN, p![key])?;
    }
    let (removed, kept) = (count(undone.undone), count(undone.kept.len()));
    for (n, no) in (found.kept..).zip(&undone.kept) {
        tx.exec(NOTE, p![id, NoteKind::Kept.code(), n, 0_i64, no, "{}"])?;
    }
    let to = undone.next.map_or(from, |concern| concern.0);
    if tx.exec(MOVE, p![id, to, removed, kept])? != 1 {
        return Err(ImportError::Lost);
    }
    let done = found.removed + found.kept + removed + kept;
    let mut held = jobs::progress(tx, ctx.now, job, worker, done, found.made, "")?;
    let last = undone.next.is_none();
    if last {
        tx.exec(END, p![id, ctx.now])?;
        blobs::release(tx, id.0)?;
        tx.exec(LET_GO, p![id])?;
        held = held && jobs::finish(tx, ctx.now, job, worker, "{}")?;
    }
    match (held, last) {
        (false, _) => Err(ImportError::Lost),
        (true, false) => Ok(Went::On),
        (true, true) => Ok(Went::Done),
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
