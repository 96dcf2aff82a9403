//! What was made in memory of rows that seldom change: read once for each change of them, by every transaction since.

use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::{Sql, StoreError, Tx, p};

/// What rows that seldom change are known by: one row of a table of its own, a digest chained over every change of them.
/// Equal versions mean equal rows, in whichever store they are. Made by [`chained!`](crate::chained).
#[derive(Debug)]
pub struct Chained {
    #[doc(hidden)]
    pub read: &'static Sql,
    #[doc(hidden)]
    pub write: &'static Sql,
}

/// The version that a table of `one`, `version` and `prior` holds.
#[macro_export]
macro_rules! chained {
    ($table:literal) => {
        $crate::Chained {
            read: $crate::sql!(concat!("SELECT version, prior FROM ", $table, " WHERE one = 1")),
            write: $crate::sql!(concat!(
                "INSERT INTO ",
                $table,
                " (one, version, prior) VALUES (1, ?1, ?2) ON CONFLICT (one) DO UPDATE SET version = excluded.version, prior = excluded.prior"
            )),
        }
    };
}

impl Chained {
    /// The present version and the one before it; nothing before the first change.
    fn versions(&self, tx: &mut Tx) -> Result<Option<([u8; 32], [u8; 32])>, StoreError> {
        tx.opt(self.read, p![], |row| Ok((row.array(0)?, row.array(1)?)))
    }

    /// Chains a change on, told by parts of which one is never the same twice, as the id of its event. Whatever writes the
    /// rows calls this.
    ///
    /// # Errors
    /// The store's.
    pub fn change(&self, tx: &mut Tx, parts: &[&[u8]]) -> Result<(), StoreError> {
        let prior = self.versions(tx)?.map_or([0; 32], |found| found.0);
        let mut hasher = Sha256::new_with_prefix(prior);
        for part in parts {
            hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(part);
        }
        let version: [u8; 32] = hasher.finalize().into();
        tx.exec(self.write, p![&version[..], &prior[..]]).map(drop)
    }
}

/// What rows were made into, for the versions that are in use: one for each district that a process serves, and some to
/// spare. A version is whatever stands for the rows and changes with them, read in the transaction that asks.
#[derive(Debug)]
pub struct Kept<T> {
    most: usize,
    made: Mutex<Vec<Made<T>>>,
}

#[derive(Debug)]
struct Made<T> {
    version: [u8; 32],
    it: Arc<T>,
    used: u64,
}

impl<T> Kept<T> {
    /// Nothing yet, and at most so many versions at once.
    pub const fn new(most: usize) -> Kept<T> {
        Kept { most, made: Mutex::new(Vec::new()) }
    }

    /// What the rows behind a version were made into as they stand in this transaction: by one point query when they have
    /// not changed.
    ///
    /// # Errors
    /// The store's, and those of `make`.
    pub fn of(&self, tx: &mut Tx, version: &Chained, make: impl FnOnce(&mut Tx) -> Result<T, StoreError>) -> Result<Arc<T>, StoreError> {
        match version.versions(tx)? {
            Some((version, prior)) => self.get(version, Some(prior), || make(tx)),
            None => make(tx).map(Arc::new),
        }
    }

    /// What these rows were made into; `make` reads them where that has not been done. What was made of the version before
    /// them, where one is named, goes.
    ///
    /// # Errors
    /// Those of `make`.
    pub fn get<E>(&self, version: [u8; 32], before: Option<[u8; 32]>, make: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        let newest = |made: &[Made<T>]| made.iter().map(|made| made.used).max().unwrap_or(0);
        {
            let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
            let newest = newest(&made);
            if let Some(found) = made.iter_mut().find(|made| made.version == version) {
                found.used = newest + 1;
                return Ok(Arc::clone(&found.it));
            }
        }
        // Made outside the lock: of two threads that do so at once, both make the same.
        let it = Arc::new(make()?);
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let used = newest(&made) + 1;
        made.retain(|made| Some(made.version) != before && made.version != version);
        if made.len() >= self.most
            && let Some(oldest) = (0..made.len()).min_by_key(|n| made.get(*n).map(|made| made.used))
        {
            made.swap_remove(oldest);
        }
        made.push(Made { version, it: Arc::clone(&it), used });
        Ok(it)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_is_made_once_and_the_one_not_used_longest_goes() {
        let kept: Kept<u8> = Kept::new(2);
        let made = std::cell::Cell::new(0);
        let get = |version: u8, before: Option<u8>| {
            let it = kept.get([version; 32], before.map(|before| [before; 32]), || {
                made.set(made.get() + 1);
                Ok::<_, ()>(version)
            });
            (*it.unwrap(), made.get())
        };
        assert_eq!(get(1, None), (1, 1));
        assert_eq!(get(1, None), (1, 1));
        assert_eq!(get(2, None), (2, 2));
        assert_eq!(get(1, None), (1, 2));
        assert_eq!(get(3, None), (3, 3), "2 goes, which was not used for longest");
        assert_eq!(get(1, None), (1, 3));
        assert_eq!(get(4, Some(1)), (4, 4), "and 1, in whose place 4 stands");
        assert_eq!(get(3, None), (3, 4));
        assert_eq!(get(1, None), (1, 5));
        assert_eq!(kept.get([9; 32], None, || Err("not there")).err(), Some("not there"), "and what fails is not kept");
        assert_eq!(get(9, None), (9, 6));
    }
}
