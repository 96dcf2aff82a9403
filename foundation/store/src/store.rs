//! The store: queues in front, threads with connections behind. Cheap to clone; closes when the last clone goes.

use std::any::Any;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use base::Time;
use crossbeam_channel::{Sender, TrySendError};
use tokio::sync::oneshot;

use crate::job::{Call, Job, Message, Reply};
use crate::{Blobs, Engine, Migration, OpenError, StoreError, Tx, engine, migrate};

/// Where the data lies.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// One file, in this process.
    Sqlite {
        /// The file; it and its directory are made if they are not there.
        file: PathBuf,
    },
    /// One schema of a PostgreSQL database.
    Postgres {
        /// `postgres://user:password@host:port/database`.
        url: String,
        /// The schema; it is made if it is not there.
        schema: String,
    },
}

impl fmt::Debug for Database {
    /// Without the URL, which holds a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Database::Sqlite { file } => write!(f, "SQLite in {}", file.display()),
            Database::Postgres { schema, .. } => write!(f, "PostgreSQL, schema {schema}"),
        }
    }
}

/// How a store works. The defaults suit a server of the size a district has.
#[derive(Debug, Clone)]
pub struct Options {
    /// Jobs that may wait in each queue; beyond it callers are told [`StoreError::Busy`].
    pub queue: usize,
    /// SQLite: jobs that are committed together at most.
    pub group: usize,
    /// Threads that read.
    pub readers: usize,
    /// PostgreSQL: threads that write.
    pub pg_writers: usize,
    /// How long one job may run. Longer work goes in pieces.
    pub job_limit: Duration,
    /// The directory of the blobs.
    pub blobs: PathBuf,
}

impl Default for Options {
    fn default() -> Options {
        Options { queue: 4096, group: 256, readers: 4, pg_writers: 8, job_limit: Duration::from_secs(2), blobs: PathBuf::from("blobs") }
    }
}

/// A district's data.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    engine: Engine,
    writes: Sender<Message>,
    reads: Sender<Message>,
    writers: usize,
    readers: usize,
    closed: AtomicBool,
    threads: Mutex<Vec<JoinHandle<()>>>,
    blobs: Blobs,
    database: Database,
    /// Dropped when all else has ended; tests put here what removes their files.
    kept: Mutex<Option<Box<dyn Any + Send>>>,
}

/// The threads of a store and the queues before them.
pub(crate) struct Running {
    pub(crate) writes: Sender<Message>,
    pub(crate) reads: Sender<Message>,
    pub(crate) writers: Vec<JoinHandle<()>>,
    pub(crate) readers: Vec<JoinHandle<()>>,
}

impl Store {
    /// Opens the store and brings its tables up to what `trees` hold; the store's own come first.
    ///
    /// # Errors
    /// [`OpenError`], in words that can be shown to whoever starts the program.
    pub fn open(database: &Database, options: &Options, trees: &[&'static [Migration]], now: Time) -> Result<Store, OpenError> {
        let all: Vec<_> = std::iter::once(migrate::OWN).chain(trees.iter().copied()).collect();
        let (engine, running) = match database {
            Database::Sqlite { file } => (Engine::Sqlite, engine::sqlite_open::open(file, options, &all, now)?),
            Database::Postgres { url, schema } => (Engine::Postgres, engine::postgres_open::open(url, schema, options, &all, now)?),
        };
        let Running { writes, reads, mut writers, readers } = running;
        let (writers_count, readers_count) = (writers.len(), readers.len());
        writers.extend(readers);
        Ok(Store(Arc::new(Inner {
            engine,
            writes,
            reads,
            writers: writers_count,
            readers: readers_count,
            closed: AtomicBool::new(false),
            threads: Mutex::new(writers),
            blobs: Blobs::open(&options.blobs).map_err(|error| OpenError::Open(format!("{}: {error}", options.blobs.display())))?,
            database: database.clone(),
            kept: Mutex::new(None),
        })))
    }

    /// Runs `f` in a transaction that writes, and answers once it is on disk. It may be run more than
    /// once, so it has no effect but through `tx`. Dropping the future before its turn came cancels it.
    ///
    /// # Errors
    /// What `f` returned, or why the store did not keep its work.
    pub async fn write<T, E>(&self, f: impl Fn(&mut Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.queue(&self.0.writes, f).await
    }

    /// Runs `f` on one snapshot. Writing is refused.
    ///
    /// # Errors
    /// What `f` returned, or why the store could not read.
    pub async fn read<T, E>(&self, f: impl Fn(&mut Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.queue(&self.0.reads, f).await
    }

    /// [`Store::write`] for a thread outside a runtime: blocks until the answer is there.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_now<T, E>(&self, f: impl Fn(&mut Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.queue_now(&self.0.writes, f)
    }

    /// [`Store::read`] for a thread outside a runtime.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn read_now<T, E>(&self, f: impl Fn(&mut Tx) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.queue_now(&self.0.reads, f)
    }

    /// The files that belong to it.
    pub fn blobs(&self) -> &Blobs {
        &self.0.blobs
    }

    pub(crate) fn database(&self) -> &Database {
        &self.0.database
    }

    pub(crate) fn keep(&self, what: impl Any + Send) {
        *self.0.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(what));
    }

    /// Which engine it stands on.
    pub fn engine(&self) -> Engine {
        self.0.engine
    }

    /// Takes no more work, finishes what is queued, and ends the threads. Further calls do nothing.
    pub fn close(&self) {
        self.0.close();
    }

    async fn queue<T, E, F>(&self, queue: &Sender<Message>, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: Fn(&mut Tx) -> Result<T, E> + Send + 'static,
    {
        let (to, answer) = oneshot::channel();
        self.enqueue(queue, Box::new(Call::new(f, Reply::Task(to))))?;
        answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    fn queue_now<T, E, F>(&self, queue: &Sender<Message>, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: Fn(&mut Tx) -> Result<T, E> + Send + 'static,
    {
        let (to, answer) = mpsc::sync_channel(1);
        self.enqueue(queue, Box::new(Call::new(f, Reply::Thread(to))))?;
        answer.recv().unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    fn enqueue(&self, queue: &Sender<Message>, job: Box<dyn Job>) -> Result<(), StoreError> {
        if self.0.closed.load(Ordering::Acquire) {
            return Err(StoreError::Closed);
        }
        queue.try_send(Some(job)).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Busy,
            TrySendError::Disconnected(_) => StoreError::Closed,
        })
    }
}

impl Inner {
    fn close(&self) {
        if self.closed.swap(true, Ordering::AcqRel) {
            return;
        }
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        // The last clone may have lived in a job. A thread of the store cannot wait for its own end, nor for
        // another's that may be waiting for it: the queues close with this, and each ends when its own is empty.
        if threads.iter().any(|thread| thread.thread().id() == std::thread::current().id()) {
            return;
        }
        // One word to stop for each thread, behind all that was queued before.
        for (queue, threads) in [(&self.writes, self.writers), (&self.reads, self.readers)] {
            for _ in 0..threads {
                if queue.send(None).is_err() {
                    break;
                }
            }
        }
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the store ended in a panic");
            }
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}
