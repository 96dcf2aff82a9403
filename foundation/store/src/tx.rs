//! A transaction as the domain sees it: statements in, rows out, the same on both engines.
//!
//! A statement that failed spoils its transaction, because PostgreSQL goes on with nothing after an
//! error: whatever the job does then, nothing of it is kept. [`Tx::attempt`] is for a job that wants
//! to go on after a failure.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::engine::postgres::Postgres;
use crate::engine::sqlite::Sqlite;
use crate::engine::{Deadline, Fault, Remedy};
use crate::job::Job;
use crate::{MANY, Row, Sql, StoreError, Val};

/// The transaction that a job runs in. Jobs have no effect but through it, since they may be run again.
pub struct Tx {
    pub(crate) conn: Conn,
    fault: Option<Fault>,
}

pub(crate) enum Conn {
    Sqlite(Sqlite),
    Postgres(Box<Postgres>),
}

impl Tx {
    pub(crate) fn over(conn: Conn) -> Tx {
        Tx { conn, fault: None }
    }

    /// Runs a statement that gives no rows wanted here, and says how many rows it changed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn exec(&mut self, sql: &'static Sql, params: &[Val<'_>]) -> Result<u64, StoreError> {
        self.ready()?;
        let done = match &mut self.conn {
            Conn::Sqlite(conn) => conn.exec(sql, params),
            Conn::Postgres(conn) => conn.exec(sql, params),
        };
        done.map_err(|fault| self.spoil(fault))
    }

    /// Runs a statement and hands each row to `f`. An error from `f` ends it and is returned; it does
    /// not spoil the transaction.
    ///
    /// # Errors
    /// [`StoreError`], or what `f` returned.
    pub fn each(
        &mut self,
        sql: &'static Sql,
        params: &[Val<'_>],
        mut f: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.rows(sql, params, &mut f)
    }

    /// The one row of a statement. None, or a second one, is an error.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn one<T>(
        &mut self,
        sql: &'static Sql,
        params: &[Val<'_>],
        f: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.opt(sql, params, f)?.ok_or_else(|| StoreError::Other(format!("{}: a row is wanted, none came", sql.place())))
    }

    /// The row of a statement that gives one or none. A second one is an error.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn opt<T>(
        &mut self,
        sql: &'static Sql,
        params: &[Val<'_>],
        mut f: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut found = None;
        self.rows(sql, params, &mut |row| match found {
            None => {
                found = Some(f(row)?);
                Ok(())
            }
            Some(_) => Err(StoreError::Other(format!("{}: one row is wanted, more came", sql.place()))),
        })?;
        Ok(found)
    }

    /// All rows of a statement.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn all<T>(
        &mut self,
        sql: &'static Sql,
        params: &[Val<'_>],
        mut f: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        self.rows(sql, params, &mut |row| {
            found.push(f(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The rows that keys name, in no order: each key asked for by `one`, or where every question costs a way there and back
    /// [`MANY`] at a time by `many`. The key is the first value of `one`, the keys are the first [`MANY`] of `many`; `more`
    /// follows them in both.
    ///
    /// For keys that are not the first columns of their index: given a list of them, both engines' planners would rather walk
    /// all that the first columns name.
    ///
    /// # Errors
    /// [`StoreError`], or what `f` returned.
    pub fn each_of<'a, T: Copy + Into<Val<'a>>>(
        &mut self,
        one: &'static Sql,
        many: &'static Sql,
        keys: &[T],
        more: &[Val<'a>],
        mut f: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let (sql, at_once) = if matches!(self.conn, Conn::Sqlite(_)) { (one, 1) } else { (many, MANY) };
        for some in keys.chunks(at_once) {
            let mut bound = if at_once == 1 { some.iter().map(|key| (*key).into()).collect() } else { crate::many(some) };
            bound.extend_from_slice(more);
            self.rows(sql, &bound, &mut f)?;
        }
        Ok(())
    }

    /// Runs `f` so that its failure undoes only what it did itself: after an error the transaction
    /// stands as it stood before.
    ///
    /// # Errors
    /// What `f` returned, or a [`StoreError`].
    pub fn attempt<T, E: From<StoreError>>(&mut self, f: impl FnOnce(&mut Tx) -> Result<T, E>) -> Result<T, E> {
        self.ready()?;
        self.control("SAVEPOINT attempt")?;
        let result = f(self);
        match (result, &self.fault) {
            (Ok(value), None) => {
                self.control("RELEASE SAVEPOINT attempt")?;
                Ok(value)
            }
            // What needs the whole transaction again cannot be mended by a part of it.
            (result, Some(fault)) if fault.remedy != Remedy::None || !self.stands() => {
                let error = fault.error.clone();
                result.and(Err(error.into()))
            }
            (result, fault) => {
                let swallowed = fault.as_ref().map(|fault| fault.error.clone());
                self.control("ROLLBACK TO SAVEPOINT attempt")?;
                self.control("RELEASE SAVEPOINT attempt")?;
                self.fault = None;
                match (result, swallowed) {
                    (Ok(_), Some(error)) => Err(error.into()),
                    (result, _) => result,
                }
            }
        }
    }

    /// Runs the job as guarded as the engines need it: a panic is a failure like another, and what a
    /// failed statement left behind is not kept even where the job says that all is well.
    pub(crate) fn run(&mut self, job: &mut dyn Job) -> bool {
        self.fault = None;
        let well = match catch_unwind(AssertUnwindSafe(|| job.run(self))) {
            Ok(well) => well,
            Err(panic) => {
                job.fail(StoreError::Other(format!("the operation panicked: {}", words(&*panic))));
                false
            }
        };
        match &self.fault {
            Some(fault) if well => {
                job.fail(fault.error.clone());
                false
            }
            _ => well,
        }
    }

    /// What the first failed statement of the job met; the next job starts without it.
    pub(crate) fn take_fault(&mut self) -> Option<Fault> {
        self.fault.take()
    }

    /// The job is to be run again, although no statement of it said so.
    pub(crate) fn retry(&mut self, error: StoreError) -> StoreError {
        self.spoil(Fault { error, remedy: Remedy::Retry })
    }

    /// A statement of transaction control.
    pub(crate) fn control(&mut self, text: &'static str) -> Result<(), StoreError> {
        let done = match &mut self.conn {
            Conn::Sqlite(conn) => conn.control(text),
            Conn::Postgres(conn) => conn.control(text),
        };
        done.map_err(|fault| self.spoil(fault))
    }

    /// The job that runs now must have ended then.
    pub(crate) fn limit(&mut self, deadline: Deadline) {
        match &mut self.conn {
            Conn::Sqlite(conn) => conn.limit(deadline),
            Conn::Postgres(conn) => conn.limit(deadline),
        }
    }

    /// Rows changed so far on a SQLite connection, by which the writer sees whether a job wrote.
    pub(crate) fn changes(&self) -> u64 {
        match &self.conn {
            Conn::Sqlite(conn) => conn.changes(),
            Conn::Postgres(_) => 0,
        }
    }

    /// Forgets what was prepared on this connection.
    pub(crate) fn forget(&mut self) {
        if let Conn::Postgres(conn) = &mut self.conn {
            conn.forget();
        }
    }

    /// Whether a transaction is open. SQLite drops the whole of it on some errors.
    pub(crate) fn stands(&self) -> bool {
        match &self.conn {
            Conn::Sqlite(conn) => conn.stands(),
            Conn::Postgres(conn) => conn.stands(),
        }
    }

    fn rows(
        &mut self,
        sql: &'static Sql,
        params: &[Val<'_>],
        f: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.ready()?;
        // The caller's own error is kept apart: it must not be taken for a failure of the engine.
        let mut refused = None;
        let mut each = |row: &Row<'_>| match f(row) {
            Ok(()) => true,
            Err(error) => {
                refused = Some(error);
                false
            }
        };
        let done = match &mut self.conn {
            Conn::Sqlite(conn) => conn.rows(sql, params, &mut each),
            Conn::Postgres(conn) => conn.rows(sql, params, &mut each),
        };
        done.map_err(|fault| self.spoil(fault))?;
        refused.map_or(Ok(()), Err)
    }

    fn ready(&self) -> Result<(), StoreError> {
        match &self.fault {
            None => Ok(()),
            Some(fault) => Err(fault.error.clone()),
        }
    }

    fn spoil(&mut self, fault: Fault) -> StoreError {
        let error = fault.error.clone();
        self.fault.get_or_insert(fault);
        error
    }
}

fn words(panic: &(dyn std::any::Any + Send)) -> &str {
    panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without words")
}
