//! Files beside the store, named by the SHA-256 of what they hold: photos, documents, imports.
//!
//! A blob is on disk before [`Blobs::put`] returns, so it can be put before the transaction that holds
//! it. Subjects hold blobs in the table `blob_hold`; what no subject holds is removed by [`sweep`]
//! once it is older than the time in which a transaction may still come to hold it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use base::{Id, Time};
use sha2::Sha256;

use crate::{Sql, Store, StoreError, Tx, p, sql};

/// The SHA-256 of a blob: its name.
pub type Digest = [u8; 32];

/// How long a blob that nothing holds is left alone, counted from when it was last put.
pub const GRACE: Duration = Duration::from_secs(24 * 3600);

const HOLD: &Sql =
    sql!("INSERT INTO blob_hold (digest, subject, n) VALUES (?1, ?2, 1) ON CONFLICT (digest, subject) DO UPDATE SET n = blob_hold.n + 1");
/// By the index `blob_hold_subject`.
const RELEASE: &Sql = sql!("DELETE FROM blob_hold WHERE subject = ?1");
const DROP_LAST: &Sql = sql!("DELETE FROM blob_hold WHERE digest = ?1 AND subject = ?2 AND n = 1");
const DROP_ONE: &Sql = sql!("UPDATE blob_hold SET n = n - 1 WHERE digest = ?1 AND subject = ?2");
const HELD: &Sql = sql!("SELECT 1 FROM blob_hold WHERE digest = ?1 LIMIT 1");
/// By the index `blob_hold_subject`.
const OF_SUBJECT: &Sql = sql!("SELECT digest FROM blob_hold WHERE subject = ?1 ORDER BY digest");

/// The directory of a store's blobs: `ab/cd/abcd….`, and `tmp` for what is being written.
#[derive(Debug)]
pub struct Blobs {
    directory: PathBuf,
    made: AtomicU64,
}

impl Blobs {
    pub(crate) fn open(directory: &Path) -> io::Result<Blobs> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        // Photos and documents are nobody's who merely has an account on the machine.
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(directory.join("tmp"))?;
        sync_directory(directory)?;
        Ok(Blobs { directory: directory.to_owned(), made: AtomicU64::new(0) })
    }

    /// Writes a blob; it is on disk when this returns. Blocks: call it outside of async tasks.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn put(&self, bytes: &[u8]) -> io::Result<Digest> {
        let digest: Digest = <Sha256 as sha2::Digest>::digest(bytes).into();
        let path = self.path(&digest);
        if !touched(&path, bytes.len())? {
            self.write(&path, bytes)?;
        }
        Ok(digest)
    }

    /// The bytes of a blob.
    ///
    /// # Errors
    /// Those of the file system. A blob that is not there is `Ok(None)`.
    pub fn get(&self, digest: &Digest) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.path(digest)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Where a blob lies, if it is there.
    pub fn path(&self, digest: &Digest) -> PathBuf {
        let name = hex(digest);
        self.directory.join(&name[..2]).join(&name[2..4]).join(name)
    }

    /// All blobs that are there, in the order of their digests, for backups and checks.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn all(&self) -> io::Result<Vec<Digest>> {
        let mut found = Vec::new();
        for outer in names(&self.directory)?.iter().filter(|name| name.len() == 2) {
            for inner in names(&self.directory.join(outer))? {
                for name in names(&self.directory.join(outer).join(inner))? {
                    found.extend(unhex(&name));
                }
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Begins a blob that arrives in pieces, however large: it lies in `tmp` until [`Incoming::settle`]. Blocks.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn begin(&self) -> io::Result<Incoming> {
        let place = self.temporary();
        let file = File::create_new(&place)?;
        Ok(Incoming { file, place, hasher: Sha256::default(), length: 0 })
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let temporary = self.temporary();
        let mut file = File::create_new(&temporary)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| self.settle(&temporary, path));
        if written.is_err() {
            // The first error is the one to tell.
            fs::remove_file(&temporary).ok();
        }
        written
    }

    /// Moves a finished file to its place, and the place to disk with each directory that was made for it.
    fn settle(&self, temporary: &Path, path: &Path) -> io::Result<()> {
        let inner = path.parent().unwrap_or(&self.directory);
        let outer = inner.parent().unwrap_or(&self.directory);
        if !inner.is_dir() {
            fs::create_dir_all(inner)?;
            sync_directory(outer)?;
            sync_directory(&self.directory)?;
        }
        fs::rename(temporary, path)?;
        sync_directory(inner)
    }

    fn temporary(&self) -> PathBuf {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        // Unique among the processes that share the directory, and among the threads of this one.
        self.directory.join("tmp").join(format!("{}-{number}-{:p}", std::process::id(), self))
    }

    /// Removes a blob unless it was put again meanwhile. It is moved aside first, so that a `put` at the
    /// same moment either is seen here by its touch or misses the file and writes it anew.
    fn remove(&self, digest: &Digest, before: SystemTime) -> io::Result<bool> {
        let (path, aside) = (self.path(digest), self.temporary());
        fs::rename(&path, &aside)?;
        if fs::metadata(&aside)?.modified()? >= before {
            fs::rename(&aside, &path)?;
            return Ok(false);
        }
        fs::remove_file(&aside)?;
        Ok(true)
    }
}

/// A blob that is still arriving. What is dropped before it settles leaves nothing.
#[derive(Debug)]
pub struct Incoming {
    file: File,
    place: PathBuf,
    hasher: Sha256,
    length: u64,
}

impl Incoming {
    /// Adds a piece.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        sha2::Digest::update(&mut self.hasher, bytes);
        self.length += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(())
    }

    /// How many bytes have come.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Moves what came to its place; it is on disk when this returns.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn settle(mut self, blobs: &Blobs) -> io::Result<Digest> {
        let hasher = std::mem::take(&mut self.hasher);
        let digest: Digest = sha2::Digest::finalize(hasher).into();
        let path = blobs.path(&digest);
        let length = usize::try_from(self.length).unwrap_or(usize::MAX);
        if !touched(&path, length)? {
            self.file.sync_all()?;
            blobs.settle(&self.place, &path)?;
        }
        Ok(digest)
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // After it settled by being moved there is nothing to remove.
        fs::remove_file(&self.place).ok();
    }
}

/// Counts one more use of a blob by a subject (a concern, a document), which keeps it from being swept.
///
/// # Errors
/// [`StoreError`].
pub fn hold(tx: &mut Tx, digest: &Digest, subject: Id) -> Result<(), StoreError> {
    tx.exec(HOLD, p![digest, subject]).map(drop)
}

/// Counts one use of a blob by a subject less.
///
/// # Errors
/// [`StoreError`].
pub fn drop_one(tx: &mut Tx, digest: &Digest, subject: Id) -> Result<(), StoreError> {
    if tx.exec(DROP_LAST, p![digest, subject])? == 0 {
        tx.exec(DROP_ONE, p![digest, subject])?;
    }
    Ok(())
}

/// Lets go of all blobs of a subject, when the subject is erased.
///
/// # Errors
/// [`StoreError`].
pub fn release(tx: &mut Tx, subject: Id) -> Result<(), StoreError> {
    tx.exec(RELEASE, p![subject]).map(drop)
}

/// The blobs that a subject holds.
///
/// # Errors
/// [`StoreError`].
pub fn of_subject(tx: &mut Tx, subject: Id) -> Result<Vec<Digest>, StoreError> {
    tx.all(OF_SUBJECT, p![subject], |row| row.array(0))
}

/// Removes the blobs that nothing holds and that were put before `now` less [`GRACE`]; says how many.
/// Blocks: call it outside of async tasks.
///
/// # Errors
/// [`StoreError`].
pub fn sweep(store: &Store, now: Time) -> Result<usize, StoreError> {
    let micros = u64::try_from(now.0).unwrap_or(0);
    let before = SystemTime::UNIX_EPOCH + Duration::from_micros(micros).saturating_sub(GRACE);
    let blobs = store.blobs();
    let told = |error: io::Error| StoreError::Other(format!("{}: {error}", blobs.directory.display()));
    let mut gone = 0;
    for digest in blobs.all().map_err(told)? {
        let old = match fs::metadata(blobs.path(&digest)) {
            Ok(meta) => meta.modified().map_err(told)? < before,
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(told(error)),
        };
        let held = move |tx: &mut Tx| tx.opt(HELD, p![&digest], |_| Ok(())).map(|found| found.is_some());
        if old && !store.read_now::<_, StoreError>(held)? && blobs.remove(&digest, before).map_err(told)? {
            gone += 1;
        }
    }
    for name in names(&blobs.directory.join("tmp")).map_err(told)? {
        let path = blobs.directory.join("tmp").join(name);
        // What a process that died left half written. One that another sweep removed is gone as well.
        if fs::metadata(&path).and_then(|meta| meta.modified()).is_ok_and(|at| at < before) {
            fs::remove_file(&path).ok();
        }
    }
    Ok(gone)
}

/// Marks a blob that is there as put just now; false where it is not there, or was cut short.
fn touched(path: &Path, length: usize) -> io::Result<bool> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    if file.metadata()?.len() != u64::try_from(length).unwrap_or(u64::MAX) {
        return Ok(false);
    }
    set_modified_now(&file)?;
    // Whoever wrote it may not have come to this yet.
    sync_directory(path.parent().unwrap_or(path))?;
    Ok(path.exists())
}

#[expect(clippy::disallowed_methods, reason = "file times are the machine's: they are compared with the grace only")]
fn set_modified_now(file: &File) -> io::Result<()> {
    file.set_modified(SystemTime::now())
}

fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

fn names(directory: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        names.extend(entry?.file_name().into_string());
    }
    Ok(names)
}

fn hex(digest: &Digest) -> String {
    let (first, second) = digest.split_at(16);
    [first, second].iter().filter_map(|half| Id::from_slice(half).ok()).map(|half| half.to_string()).collect()
}

fn unhex(name: &str) -> Option<Digest> {
    let half = |text: Option<&str>| text.and_then(|text| text.parse::<Id>().ok());
    let (first, second) = (half(name.get(..32))?, half(name.get(32..))?);
    let mut digest = [0; 32];
    digest[..16].copy_from_slice(&first.0);
    digest[16..].copy_from_slice(&second.0);
    Some(digest)
}
