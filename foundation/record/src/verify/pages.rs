//! Pages of the log, read, hashed and compared with the tiles on several threads, handed on in order.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::mpsc;

use base::Id;
use store::{Sql, Store, StoreError, Tx, p, sql};

use super::report::{Said, said};
use super::{PAGE, joined};
use crate::digest::leaf;
use crate::event::Event;
use crate::sequence::head;
use crate::tree::{Digest, tile};

/// Pages that may wait to be handed on, so that fast threads do not fill the memory.
const AHEAD: i64 = 16;

/// Walks the primary key of `log`.
const LOG: &Sql = sql!(
    "SELECT l.pos, l.event, l.leaf, e.id, e.kind, e.v, e.recorded_at, e.occurred_at, e.actor_kind, e.actor, e.unit, e.subject,
            e.batch, e.rules_digest, e.facts, e.salt
     FROM log l LEFT JOIN event e ON e.id = l.event WHERE l.pos > ?1 AND l.pos <= ?2 ORDER BY l.pos"
);

/// A piece of the log, looked at.
#[derive(Default)]
pub(super) struct Page {
    /// The position before its first one.
    pub(super) first: i64,
    /// Rows that are there.
    pub(super) rows: i64,
    /// Rows whose event is there.
    pub(super) met: i64,
    /// A leaf for each position, whether its row is there or not: of the event, if it can be read.
    pub(super) leaves: Vec<Digest>,
    /// The events that can be read.
    pub(super) events: Vec<Event>,
    /// What does not agree, by position.
    pub(super) findings: Vec<(i64, Said)>,
}

/// The page after this position, up to the size that the log says of itself, or beyond it if there are rows.
pub(super) fn page(tx: &mut Tx, first: i64, size: i64) -> Result<Page, StoreError> {
    let mut page = Page { first, ..Page::default() };
    let to = first.saturating_add(PAGE);
    let mut last = first;
    let mut written = Vec::new();
    tx.each(LOG, p![first, to], |row| {
        let (pos, id) = (row.int(0)?, row.opt_blob(1)?.and_then(|bytes| Id::from_slice(bytes).ok()).unwrap_or_default());
        if pos != last + 1 {
            page.findings.push((last + 1, said!("missing: after position {last} comes {pos}", "缺失：第 {last} 条之后是第 {pos} 条")));
            let gap = usize::try_from(pos - last - 1).unwrap_or(0);
            page.leaves.extend(std::iter::repeat_n([0; 32], gap));
            written.extend(std::iter::repeat_n(None, gap));
        }
        last = pos;
        page.rows += 1;
        let stored = <Digest>::try_from(row.blob(2)?).ok();
        if stored.is_none() {
            page.findings.push((pos, said!("the leaf is not 32 bytes", "叶子不是 32 个字节")));
        }
        let computed = match joined(row, pos)? {
            None => {
                page.findings.push((pos, said!("event {id} is gone", "记录 {id} 不见了")));
                None
            }
            Some(Err(bad)) => {
                page.met += 1;
                let zh = bad.zh();
                page.findings.push((pos, said!("event {id}: {bad}", "记录 {id} 读不出来：{zh}")));
                None
            }
            Some(Ok(event)) => {
                page.met += 1;
                let computed = leaf(&event);
                if stored != Some(computed) {
                    let kind = &event.kind;
                    let words =
                        said!("event {id} ({kind}) is not what the leaf was made of", "记录 {id}（{kind}）和当时算出的指纹对不上，被改过");
                    page.findings.push((pos, words));
                }
                page.events.push(event);
                Some(computed)
            }
        };
        written.push(stored);
        page.leaves.push(computed.or(stored).unwrap_or_default());
        Ok(())
    })?;
    let end = size.min(to);
    if last < end {
        page.findings.push((last + 1, said!("the log ends at {last}, its head says {size}", "总账到第 {last} 条为止，登记的是 {size} 条")));
        let gap = usize::try_from(end - last).unwrap_or(0);
        page.leaves.extend(std::iter::repeat_n([0; 32], gap));
        written.extend(std::iter::repeat_n(None, gap));
    }
    if last > size && page.rows > 0 {
        page.findings.push((
            size.max(first) + 1,
            said!("the log ends at {last}, its head says {size}", "总账到第 {last} 条为止，登记的是 {size} 条"),
        ));
    }
    against_tiles(tx, &mut page, &written)?;
    Ok(page)
}

/// Compares with the tiles of leaves, as far as these reach.
fn against_tiles(tx: &mut Tx, page: &mut Page, written: &[Option<Digest>]) -> Result<(), StoreError> {
    let Page { leaves, findings, first, .. } = page;
    for (n, chunk) in leaves.chunks(256).enumerate() {
        let at = u64::try_from(*first).unwrap_or(0) / 256 + u64::try_from(n).unwrap_or(0);
        let held = tile(tx, 0, at)?.unwrap_or_default();
        for (i, (leaf, held)) in chunk.iter().zip(held.chunks(32)).enumerate() {
            let index = n * 256 + i;
            // Where the row itself is wrong, that was said already.
            let told = written.get(index).copied().flatten() != Some(*leaf);
            if leaf != held && !told {
                let pos = *first + i64::try_from(index).unwrap_or(0) + 1;
                findings.push((pos, said!("the tile of the tree holds another leaf than the log", "指纹块里的叶子和总账里的不同")));
            }
        }
    }
    Ok(())
}

/// All whole pages of the log as it stands, in order, each read on a thread of a few.
pub(super) fn in_order(store: &Store, mut each: impl FnMut(Page)) -> Result<(), StoreError> {
    let size = store.read_now(head)?.size;
    let whole = size / PAGE;
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get).clamp(1, 4);
    let (next, done, stop) = (AtomicI64::new(0), AtomicI64::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let (send, receive) = mpsc::channel();
        for _ in 0..threads {
            let send = send.clone();
            let (next, done, stop) = (&next, &done, &stop);
            scope.spawn(move || {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= whole {
                        return;
                    }
                    while n - done.load(Ordering::Acquire) > AHEAD && !stop.load(Ordering::Acquire) {
                        std::thread::park_timeout(std::time::Duration::from_millis(1));
                    }
                    let page = store.read_now(move |tx| page(tx, n * PAGE, size));
                    if stop.load(Ordering::Acquire) || send.send((n, page)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(send);
        let mut waiting = BTreeMap::new();
        for (n, page) in receive {
            match page {
                Ok(page) => waiting.insert(n, page),
                Err(error) => {
                    stop.store(true, Ordering::Release);
                    return Err(error);
                }
            };
            while let Some(page) = waiting.remove(&done.load(Ordering::Relaxed)) {
                each(page);
                done.fetch_add(1, Ordering::Release);
            }
        }
        Ok(())
    })
}
