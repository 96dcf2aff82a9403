//! The pieces of the work: some rows each, in one transaction with how far it is, so that whatever happens
//! each row counts once. The file is read by a stream that goes on from piece to piece.

use std::sync::{Arc, Mutex, PoisonError};

use base::{Ctx, Id};
use sheets::{CellError, Mapping, Record, Stream};
use store::jobs::{self, Job};
use store::{Sql, Tx, blobs, p, sql};

use super::batch::{Counts, FORGET_WRONG, LET_GO, OLD_AT_ONCE, Payload, State, json, release_old_files};
use super::{Became, Bring, BringError, Run, Seen, Undone, batch};
use crate::{App, District, Fault, Piece, Tick};

/// The job of imports.
pub(crate) const JOB: &str = "bring";

/// Lets go of files whose time is over.
pub(crate) const TICK: Tick = Tick { name: "web.bring_files", every: 3600, run: release };

/// Files that are being read at once in one process; the one longest unused is opened anew when it is its turn.
const OPEN_AT_ONCE: usize = 4;

/// Rows that an undoing takes back in one piece.
const BACK_AT_ONCE: usize = 40;

/// Where another process did these rows, the position has moved on and nothing is changed.
const ADVANCE: &Sql = sql!(
    "UPDATE brought SET position = ?3, made = made + ?4, same = same + ?5, changed = changed + ?6, wrong = wrong + ?7
     WHERE id = ?1 AND position = ?2 AND state = ?8"
);
const END: &Sql = sql!("UPDATE brought SET state = 'done', ended_at = ?2 WHERE id = ?1 AND state = 'running'");
const CHECKED: &Sql = sql!(
    "UPDATE brought SET state = 'draft', checked = ?2, position = 0, made = 0, same = 0, changed = 0, wrong = 0
     WHERE id = ?1 AND state = 'checking'"
);
const KEEP_ROW: &Sql = sql!("INSERT INTO brought_row (batch, row, subject, before) VALUES (?1, ?2, ?3, ?4)");
const KEEP_WRONG: &Sql = sql!(
    "INSERT INTO brought_wrong (batch, row, n, facts) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (batch, row, n) DO UPDATE SET facts = excluded.facts"
);
/// By the primary key, from the end: what stands on something else goes before it.
const LAST_ROWS: &Sql = sql!("SELECT row, subject, before FROM brought_row WHERE batch = ?1 ORDER BY row DESC LIMIT ?2");
const FORGET_ROW: &Sql = sql!("DELETE FROM brought_row WHERE batch = ?1 AND row = ?2");
const BACK: &Sql = sql!("UPDATE brought SET removed = removed + ?2, kept = kept + ?3 WHERE id = ?1 AND state = 'undoing'");
const UNDONE: &Sql = sql!("UPDATE brought SET state = 'undone', ended_at = ?2 WHERE id = ?1 AND state = 'undoing'");

/// A file that is being read.
struct Open {
    batch: Id,
    dry: bool,
    position: i64,
    stream: Stream,
    mapping: Mapping,
    seen: Seen,
}

static OPEN: Mutex<Vec<Open>> = Mutex::new(Vec::new());

fn release(district: &Arc<District>) -> Result<(), Fault> {
    while district.write_now(|tx, ctx| release_old_files(tx, ctx.now))? == OLD_AT_ONCE {}
    Ok(())
}

/// Does one piece of an import's job.
pub(crate) fn piece(app: &App, district: &Arc<District>, job: &Job) -> Result<Piece, Fault> {
    let payload: Payload = serde_json::from_str(&job.payload)?;
    let found = district.read_now(move |tx, _| batch(tx, payload.batch))?.ok_or(BringError::NotFound)?;
    let kind = app.brings().find(|kind| kind.key == found.kind).ok_or(BringError::NotFound)?;
    let more = match found.state {
        State::Checking | State::Running => bring(app, district, job, kind, &found)?,
        State::Undoing => back(app, district, job, kind, &found)?,
        _ => return Err(BringError::NotNow.into()),
    };
    district.written().ring();
    Ok(if more { Piece::More } else { Piece::Done })
}

/// The file where the work is, kept open from the last piece or opened anew.
fn open(district: &Arc<District>, kind: &Bring, found: &super::Batch, dry: bool) -> Result<Open, BringError> {
    let mut all = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(at) = all.iter().position(|open| (open.batch, open.dry, open.position) == (found.id, dry, found.position)) {
        return Ok(all.swap_remove(at));
    }
    drop(all);
    let mut stream = super::batch::stream(district.store(), &district.env(), kind, found)?;
    stream.skip(usize::try_from(found.position).unwrap_or(0))?;
    Ok(Open { batch: found.id, dry, position: found.position, stream, mapping: found.mapping(kind), seen: Seen::new() })
}

fn bring(app: &App, district: &Arc<District>, job: &Job, kind: &'static Bring, found: &super::Batch) -> Result<bool, BringError> {
    let dry = found.state == State::Checking;
    let mut open = open(district, kind, found, dry)?;
    let rows = Arc::new(open.stream.take(kind.at_once)?);
    let last = rows.len() < kind.at_once || found.position + count(rows.len()) >= found.total;
    let head = Arc::new(open.stream.head().bare());
    let (mapping, seen, batch) = (open.mapping.clone(), Arc::new(std::mem::take(&mut open.seen)), found.clone());
    let (worker, job_id, by, inner) = (job.lease_by.unwrap_or_default(), job.id, job.created_by, Arc::clone(&seen));
    let (to, app) = (found.position + count(rows.len()), app.clone());
    let written = district.write_now(move |tx, ctx| -> Result<Vec<([u8; 16], u32)>, BringError> {
        let who = acting(tx, ctx, kind, &batch, by)?;
        let (tree, app) = (people::tree(tx)?, app.clone());
        let mut run = Run { batch: batch.id, scope: batch.scope, who, dry, tree, app, seen: &inner, new: Vec::new() };
        let mut counts = Counts::default();
        for row in rows.iter() {
            let mut record = Record::new(&head, &mapping, row);
            let became = (kind.row)(tx, ctx, &mut run, &mut record)?;
            let errors = record.into_errors();
            match became {
                _ if !errors.is_empty() => counts.wrong += 1,
                Became::Wrong => counts.wrong += 1,
                Became::Same => counts.same += 1,
                Became::New(subject) => {
                    counts.made += 1;
                    if !dry {
                        tx.exec(KEEP_ROW, p![batch.id, i64::from(row.number), subject, None::<&[u8]>])?;
                    }
                }
                Became::Changed(subject, before) => {
                    counts.changed += 1;
                    if !dry {
                        tx.exec(KEEP_ROW, p![batch.id, i64::from(row.number), subject, &before[..]])?;
                    }
                }
            }
            for (n, error) in errors.iter().enumerate() {
                let error = CellError { written: if kind.personal { String::new() } else { error.written.clone() }, ..error.clone() };
                tx.exec(KEEP_WRONG, p![batch.id, i64::from(row.number), count(n), &json(&error)?])?;
            }
        }
        let moved = p![batch.id, batch.position, to, counts.made, counts.same, counts.changed, counts.wrong, batch.state.code()];
        if tx.exec(ADVANCE, moved)? != 1 {
            return Err(BringError::Lost);
        }
        let mut held = jobs::progress(tx, ctx.now, job_id, worker, to, batch.total, "")?;
        if last {
            let Counts { made, same, changed, wrong } = batch.counts;
            let sum = Counts {
                made: made + counts.made,
                same: same + counts.same,
                changed: changed + counts.changed,
                wrong: wrong + counts.wrong,
            };
            if dry {
                tx.exec(CHECKED, p![batch.id, &json(&sum)?])?;
            } else {
                tx.exec(END, p![batch.id, ctx.now])?;
                if sum.wrong == 0 {
                    // Nothing is left to be corrected: what it says need not lie here twice.
                    blobs::release(tx, batch.id)?;
                    tx.exec(LET_GO, p![batch.id])?;
                }
            }
            held = held && jobs::finish(tx, ctx.now, job_id, worker, "{}")?;
        }
        if held { Ok(run.new) } else { Err(BringError::Lost) }
    })?;
    if !last {
        let mut seen = Arc::try_unwrap(seen).unwrap_or_else(|shared| (*shared).clone());
        seen.extend(written);
        let mut all = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= OPEN_AT_ONCE {
            all.remove(0);
        }
        all.push(Open { position: to, seen, ..open });
    }
    Ok(!last)
}

/// Who began the job, with the posts they hold by now; nobody at the command line. Whoever uploaded the file may be somebody else.
fn acting(tx: &mut Tx, ctx: &Ctx, kind: &Bring, batch: &super::Batch, by: Option<Id>) -> Result<Option<people::Actor>, BringError> {
    let Some(person) = by.map(base::PersonId) else { return Ok(None) };
    let actor = people::sign::on_behalf(tx, ctx.now, person)?.ok_or(BringError::Denied)?;
    let tree = people::tree(tx)?;
    if super::batch::may(kind, &actor, &tree, batch.scope) { Ok(Some(actor)) } else { Err(BringError::Denied) }
}

fn back(app: &App, district: &Arc<District>, job: &Job, kind: &'static Bring, found: &super::Batch) -> Result<bool, BringError> {
    let (batch, worker, job_id, by) = (found.clone(), job.lease_by.unwrap_or_default(), job.id, job.created_by);
    let most = kind.at_once.clamp(BACK_AT_ONCE, BACK_AT_ONCE * 4);
    let app = app.clone();
    let more = district.write_now(move |tx, ctx| -> Result<bool, BringError> {
        let rows =
            tx.all(LAST_ROWS, p![batch.id, count(most)], |row| Ok((row.int(0)?, row.id::<Id>(1)?, row.opt_blob(2)?.map(<[u8]>::to_vec))))?;
        let who = acting(tx, ctx, kind, &batch, by)?;
        let nothing = Seen::new();
        let (tree, app) = (people::tree(tx)?, app.clone());
        let run = Run { batch: batch.id, scope: batch.scope, who, dry: false, tree, app, seen: &nothing, new: Vec::new() };
        let (mut removed, mut kept) = (0_i64, 0_i64);
        for (row, subject, before) in &rows {
            match (kind.undo)(tx, ctx, &run, *subject, before.as_deref())? {
                Undone::Back => removed += 1,
                Undone::Kept => kept += 1,
            }
            tx.exec(FORGET_ROW, p![batch.id, *row])?;
        }
        if tx.exec(BACK, p![batch.id, removed, kept])? != 1 {
            return Err(BringError::Lost);
        }
        let done = batch.removed + batch.kept + removed + kept;
        let mut held = jobs::progress(tx, ctx.now, job_id, worker, done, batch.counts.made + batch.counts.changed, "")?;
        let more = rows.len() == most;
        if !more {
            tx.exec(UNDONE, p![batch.id, ctx.now])?;
            blobs::release(tx, batch.id)?;
            tx.exec(LET_GO, p![batch.id])?;
            tx.exec(FORGET_WRONG, p![batch.id])?;
            held = held && jobs::finish(tx, ctx.now, job_id, worker, "{}")?;
        }
        if held { Ok(more) } else { Err(BringError::Lost) }
    })?;
    Ok(more)
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
