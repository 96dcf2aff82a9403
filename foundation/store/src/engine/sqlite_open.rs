//! Opens a SQLite store: file, migrations, the writer and the readers.

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use base::Time;
use rusqlite::Connection;

use super::sqlite::{self, Role, Sqlite};
use super::sqlite_move::Mover;
use super::sqlite_sync::Syncer;
use super::{Engine, sqlite_writer};
use crate::migrate::{self, Migration, Target};
use crate::names::Names;
use crate::store::Running;
use crate::tx::{Conn, Tx};
use crate::{OpenError, Options, StoreError};

pub(crate) fn open(file: &Path, options: &Options, trees: &[&'static [Migration]], now: Time) -> Result<Running, OpenError> {
    let told = |error: &dyn std::fmt::Display| OpenError::Open(format!("{}: {error}", file.display()));
    if let Some(directory) = file.parent() {
        std::fs::create_dir_all(directory).map_err(|error| told(&error))?;
    }
    make_private(file).map_err(|error| told(&error))?;
    let mut first = sqlite::connect(file, Role::Write).map_err(|error| told(&error))?;
    migrate::run(&mut first, trees, now)?;
    let names = Arc::new(Names::read(&first).map_err(|error| told(&error))?);
    let tx = |conn| Sqlite::over(conn, names.clone()).map(|conn| Tx::over(Conn::Sqlite(conn))).map_err(|error| told(&error));

    let (writes, queue) = crossbeam_channel::bounded(options.queue.max(1));
    let spawn = |name: String, work: Box<dyn FnOnce() + Send>| thread::Builder::new().name(name).spawn(work).map_err(|error| told(&error));
    let mut writers = Vec::new();
    // One commit for each job is asked for where each is to wait for the disk by itself.
    let (syncer, mover) = if options.group > 1 {
        first.execute_batch("PRAGMA synchronous = NORMAL;").map_err(|error| told(&error))?;
        let mut log = file.as_os_str().to_owned();
        log.push("-wal");
        let (syncer, work) = Syncer::over(log.into());
        writers.push(spawn("store-sync".into(), Box::new(work))?);
        let beside = sqlite::connect(file, Role::Write).and_then(Mover::over);
        let (mover, work) = beside.map_err(|error| told(&error))?;
        writers.push(spawn("store-move".into(), Box::new(work))?);
        (Some(syncer), Some(mover))
    } else {
        (None, None)
    };
    let writer = sqlite_writer::Writer::new(tx(first)?, queue, options, syncer, mover);
    writers.insert(0, spawn("store-write".into(), Box::new(move || writer.work()))?);

    let (reads, queue) = crossbeam_channel::bounded(options.queue.max(1));
    let mut readers = Vec::new();
    for number in 0..options.readers.max(1) {
        let tx = tx(sqlite::connect(file, Role::Read).map_err(|error| told(&error))?)?;
        let (queue, limit) = (queue.clone(), options.job_limit);
        readers.push(spawn(format!("store-read-{number}"), Box::new(move || sqlite_writer::read(tx, &queue, limit)))?);
    }
    Ok(Running { writes, reads, writers, readers })
}

/// Makes the file so that no other user of the machine may read it; SQLite's files beside it follow. A
/// file that is there is not opened here: closing it would drop the locks that another store of this
/// process holds on it.
fn make_private(file: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn words(error: rusqlite::Error) -> StoreError {
    sqlite::fault(&Names::default(), &error, "").error
}

impl Target for Connection {
    fn engine(&self) -> Engine {
        Engine::Sqlite
    }

    fn make_table(&mut self) -> Result<(), StoreError> {
        let sql = migrate::worded(migrate::TABLE, Engine::Sqlite).map_err(StoreError::Other)?;
        self.execute_batch(&sql).map_err(words)
    }

    fn applied(&mut self) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let mut statement = self.prepare("SELECT name, digest FROM migration ORDER BY name").map_err(words)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(words)?;
        rows.collect::<Result<_, _>>().map_err(words)
    }

    fn apply(&mut self, name: &str, digest: &[u8], now: Time, sql: &str) -> Result<bool, StoreError> {
        let tx = self.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(words)?;
        let insert = "INSERT INTO migration (name, digest, applied_at) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO NOTHING";
        if tx.execute(insert, rusqlite::params![name, digest, now.0]).map_err(words)? == 0 {
            return Ok(false);
        }
        tx.execute_batch(sql).map_err(words)?;
        tx.commit().map_err(words)?;
        Ok(true)
    }
}
