//! The reader: documents as they stand, and postings of full segments. What is indexed is read from the
//! module's tables at each event that touches it, so that a text that was erased or withdrawn is gone.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use base::Id;
use record::{Event, Reader};
use store::{Sql, StoreError, Tx, p, sql};

use crate::{SEGMENT, key, numbers_of, terms_of, words};

/// A document as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doc {
    /// Where it is; zero where that is not known.
    pub area: Id,
    /// Everything by which it may be found.
    pub text: String,
}

/// Which documents some events touch, each as it stands now; nothing for one that is not to be found any
/// more. A document of which no word may be found yet is not named at all.
pub type Touched = fn(&mut Tx, &[Event]) -> Result<Vec<(Id, Option<Doc>)>, StoreError>;

/// An index on its own shelf.
#[derive(Debug)]
pub struct Index {
    name: &'static str,
    shelf: i64,
    version: i64,
    touched: Touched,
}

impl Index {
    /// An index with its own name, shelf, version of what is indexed, and what events touch.
    pub fn new(name: &'static str, shelf: i64, version: i64, touched: Touched) -> Index {
        Index { name, shelf, version, touched }
    }
}

/// By the index `search_doc_id`.
const FIND: &Sql = sql!("SELECT n, area, terms FROM search_doc WHERE shelf = ?1 AND doc = ?2");
/// The end of the index `search_doc_n`.
const LAST: &Sql = sql!("SELECT n FROM search_doc WHERE shelf = ?1 ORDER BY n DESC LIMIT 1");
const INSERT: &Sql = sql!("INSERT INTO search_doc (shelf, n, doc, area, terms) VALUES (?1, ?2, ?3, ?4, ?5)");
/// By the index `search_doc_n`.
const UPDATE: &Sql = sql!("UPDATE search_doc SET area = ?3, terms = ?4 WHERE shelf = ?1 AND n = ?2");
/// A range of the index `search_doc_n`.
const OF_SEGMENT: &Sql = sql!("SELECT n, terms FROM search_doc WHERE shelf = ?1 AND n >= ?2 AND n < ?3 ORDER BY n");
const SEAL: &Sql = sql!("INSERT INTO search_posting (term, segment, docs) VALUES (?1, ?2, ?3)");
const POSTING: &Sql = sql!("SELECT docs FROM search_posting WHERE term = ?1 AND segment = ?2");
const PUT: &Sql = sql!(
    "INSERT INTO search_posting (term, segment, docs) VALUES (?1, ?2, ?3) ON CONFLICT (term, segment) DO UPDATE SET docs = excluded.docs"
);
const DROP: &Sql = sql!("DELETE FROM search_posting WHERE term = ?1 AND segment = ?2");
const CLEAR_DOCS: &Sql = sql!("DELETE FROM search_doc WHERE shelf = ?1");
const CLEAR_POSTINGS: &Sql = sql!("DELETE FROM search_posting WHERE term >= ?1 AND term < ?2");
/// Both tables as a whole, for comparing live with rebuilt.
const DUMP: &Sql = sql!("SELECT n, doc, area, terms FROM search_doc WHERE shelf = ?1 ORDER BY n");
const DUMP_POSTINGS: &Sql = sql!("SELECT term, segment, docs FROM search_posting WHERE term >= ?1 AND term < ?2 ORDER BY term, segment");

fn bytes(terms: &[u32]) -> Vec<u8> {
    terms.iter().flat_map(|term| term.to_le_bytes()).collect()
}

impl Index {
    fn put(&self, tx: &mut Tx, next: &mut i64, id: Id, doc: Option<&Doc>) -> Result<(), StoreError> {
        let (area, terms) = doc.map_or((Id::default(), Vec::new()), |doc| (doc.area, words::of_document(&doc.text)));
        let known =
            tx.opt(FIND, p![self.shelf, id], |row| Ok((row.int(0)?, row.id::<Id>(1)?, terms_of(row.blob(2)?).collect::<Vec<u32>>())))?;
        let Some((n, old_area, old)) = known else {
            if terms.is_empty() {
                return Ok(());
            }
            let n = *next;
            *next += 1;
            if n % SEGMENT == 0 && n > 0 {
                self.seal(tx, n / SEGMENT - 1)?;
            }
            return tx.exec(INSERT, p![self.shelf, n, id, area, &bytes(&terms)]).map(drop);
        };
        if old == terms && old_area == area {
            return Ok(());
        }
        tx.exec(UPDATE, p![self.shelf, n, area, &bytes(&terms)])?;
        let segment = n / SEGMENT;
        if segment == (*next - 1) / SEGMENT {
            return Ok(());
        }
        // The segment is full and written already: only what changed is written anew.
        let local = u16::try_from(n % SEGMENT).unwrap_or(0);
        let (before, after): (BTreeSet<u32>, BTreeSet<u32>) = (old.into_iter().collect(), terms.into_iter().collect());
        for term in before.symmetric_difference(&after) {
            let at = key(self.shelf, *term);
            let found = tx.opt(POSTING, p![at, segment], |row| Ok(numbers_of(row.blob(0)?).collect::<BTreeSet<u16>>()))?;
            let mut docs = found.unwrap_or_default();
            if after.contains(term) {
                docs.insert(local);
            } else {
                docs.remove(&local);
            }
            if docs.is_empty() {
                tx.exec(DROP, p![at, segment])?;
            } else {
                let docs: Vec<u8> = docs.into_iter().flat_map(u16::to_le_bytes).collect();
                tx.exec(PUT, p![at, segment, &docs])?;
            }
        }
        Ok(())
    }

    /// Writes the postings of a segment that is full.
    fn seal(&self, tx: &mut Tx, segment: i64) -> Result<(), StoreError> {
        let mut postings: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
        let from = segment * SEGMENT;
        tx.each(OF_SEGMENT, p![self.shelf, from, from + SEGMENT], |row| {
            let local = u16::try_from(row.int(0)? - from).unwrap_or(0).to_le_bytes();
            for term in terms_of(row.blob(1)?) {
                postings.entry(term).or_default().extend(local);
            }
            Ok(())
        })?;
        for (term, docs) in postings {
            tx.exec(SEAL, p![key(self.shelf, term), segment, &docs])?;
        }
        Ok(())
    }
}

impl Reader for Index {
    fn name(&self) -> &'static str {
        self.name
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn apply(&self, tx: &mut Tx, events: &[Event]) -> Result<(), StoreError> {
        let touched = (self.touched)(tx, events)?;
        if touched.is_empty() {
            return Ok(());
        }
        let mut next = tx.opt(LAST, p![self.shelf], |row| row.int(0))?.map_or(0, |last| last + 1);
        for (id, doc) in &touched {
            self.put(tx, &mut next, *id, doc.as_ref())?;
        }
        Ok(())
    }

    fn clear(&self, tx: &mut Tx) -> Result<(), StoreError> {
        tx.exec(CLEAR_DOCS, p![self.shelf])?;
        tx.exec(CLEAR_POSTINGS, p![key(self.shelf, 0), key(self.shelf + 1, 0)]).map(drop)
    }

    /// What would be found: of full segments from their postings, of the last from its documents. The
    /// numbers are left out, which depend on what was gone when the index was made.
    fn dump(&self, tx: &mut Tx) -> Result<Vec<String>, StoreError> {
        let docs = tx.all(DUMP, p![self.shelf], |row| {
            Ok((row.int(0)?, row.id::<Id>(1)?, row.id::<Id>(2)?, terms_of(row.blob(3)?).collect::<BTreeSet<u32>>()))
        })?;
        let open = docs.last().map_or(0, |last| last.0 / SEGMENT * SEGMENT);
        let mut found: HashMap<i64, BTreeSet<u32>> = HashMap::new();
        tx.each(DUMP_POSTINGS, p![key(self.shelf, 0), key(self.shelf + 1, 0)], |row| {
            let term = u32::try_from(row.int(0)? & i64::from(u32::MAX)).unwrap_or(0);
            let from = row.int(1)? * SEGMENT;
            for local in numbers_of(row.blob(2)?) {
                found.entry(from + i64::from(local)).or_default().insert(term);
            }
            Ok(())
        })?;
        let mut lines = Vec::new();
        for (n, id, area, terms) in docs {
            let posted = if n < open { found.remove(&n).unwrap_or_default() } else { terms.clone() };
            if posted != terms {
                lines.push(format!("search_posting {id} {area} {terms:x?}"));
            }
            if !posted.is_empty() {
                lines.push(format!("search_doc {id} {area} {posted:x?}"));
            }
        }
        lines.extend(found.keys().map(|n| format!("search_posting {n}")));
        lines.sort_unstable();
        Ok(lines)
    }
}
