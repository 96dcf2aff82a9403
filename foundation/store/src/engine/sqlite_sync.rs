//! Puts committed groups on disk and answers them, beside the writer.
//!
//! The writer's COMMIT leaves its frames with the kernel. Waiting there for the disk would leave the
//! writer idle for as long as a group takes to run, so the log is synced by a thread of its own, which
//! answers a group only after a sync that began when the group had been committed. Whatever groups came
//! meanwhile share the next sync. SQLite itself syncs the log before it moves pages from it to the file.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::StoreError;
use crate::job::Job;

/// Committed groups that may wait for the disk; behind them the writer waits.
const WAITING: usize = 4;

/// The way to the thread that syncs.
pub(crate) struct Syncer {
    groups: Sender<Vec<Box<dyn Job>>>,
    /// Groups that were handed over and are not on disk yet.
    waiting: Arc<AtomicUsize>,
    broken: Arc<AtomicBool>,
}

impl Syncer {
    /// The way, and the work of its thread.
    pub(crate) fn over(log: PathBuf) -> (Syncer, impl FnOnce() + Send + 'static) {
        let (groups, committed) = bounded(WAITING);
        let broken = Arc::new(AtomicBool::new(false));
        let waiting = Arc::new(AtomicUsize::new(0));
        let (of_thread, left) = (broken.clone(), waiting.clone());
        (Syncer { groups, waiting, broken }, move || work(&log, &committed, &left, &of_thread))
    }

    /// Whether the disk has nothing to do.
    pub(crate) fn is_idle(&self) -> bool {
        self.waiting.load(Ordering::Acquire) == 0
    }

    /// Why nothing may be written any more: after a failed sync the kernel does not say again what it lost.
    pub(crate) fn refusal(&self) -> Option<StoreError> {
        self.broken.load(Ordering::Acquire).then(lost)
    }

    /// Hands over a group that was committed.
    pub(crate) fn committed(&self, group: Vec<Box<dyn Job>>) {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        if let Err(refused) = self.groups.send(group) {
            refuse(refused.0);
        }
    }
}

fn work(log: &PathBuf, committed: &Receiver<Vec<Box<dyn Job>>>, waiting: &AtomicUsize, broken: &AtomicBool) {
    // The log is there from the first commit until the last connection closes, always the same file.
    let mut file: Option<File> = None;
    while let Ok(mut group) = committed.recv() {
        let mut groups = 1;
        for more in committed.try_iter() {
            groups += 1;
            group.extend(more);
        }
        let done = match &file {
            Some(file) => file.sync_data(),
            None => File::open(log).and_then(|opened| file.insert(opened).sync_data()),
        };
        waiting.fetch_sub(groups, Ordering::AcqRel);
        match done {
            Ok(()) if !broken.load(Ordering::Acquire) => group.into_iter().for_each(Job::answer),
            done => {
                broken.store(true, Ordering::Release);
                tell(done);
                refuse(group);
            }
        }
    }
}

fn tell(done: io::Result<()>) {
    if let Err(error) = done {
        tracing::error!(%error, "the log could not be synced; nothing more is written until the program is started anew");
    }
}

fn lost() -> StoreError {
    StoreError::Other("the disk failed to keep what was written; nothing more is written".into())
}

fn refuse(group: Vec<Box<dyn Job>>) {
    for mut job in group {
        job.fail(lost());
        job.answer();
    }
}
