//! Moves what was committed from the log to the file, beside the writer.
//!
//! SQLite has whoever commits beyond a length of the log do it there and then, and all who wait for the writer wait for
//! that too. Here most of it has been done before that length is reached, and little is left for the writer. This is help
//! and no more: where it cannot keep up, the writer does the rest as before.

use crossbeam_channel::{Receiver, Sender, bounded};
use rusqlite::Connection;

/// Rows changed between two rounds: a few tens of megabytes of the log.
const ROWS: u64 = 32_000;

/// The way to the thread that moves.
pub(crate) struct Mover {
    wake: Sender<()>,
    /// Rows changed when it was last woken.
    at: u64,
}

impl Mover {
    /// The way, and the work of its thread, which has this connection to itself.
    pub(crate) fn over(conn: Connection) -> rusqlite::Result<(Mover, impl FnOnce() + Send + 'static)> {
        conn.execute_batch("PRAGMA wal_autocheckpoint = 0;")?;
        let (wake, woken) = bounded(1);
        Ok((Mover { wake, at: 0 }, move || work(&conn, &woken)))
    }

    /// Tells how many rows have been changed by now. Nobody waits: one that is at work is woken the next time.
    pub(crate) fn changed(&mut self, rows: u64) {
        if rows >= self.at.saturating_add(ROWS) && self.wake.try_send(()).is_ok() {
            self.at = rows;
        }
    }
}

fn work(conn: &Connection, woken: &Receiver<()>) {
    while woken.recv().is_ok() {
        // PASSIVE waits for nobody. What it cannot do, the writer meets and tells.
        if let Err(error) = conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
            tracing::debug!(%error, "the log was not moved");
        }
    }
}
