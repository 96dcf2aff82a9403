//! What suggestions are learned from, and what was learned: cases that somebody labelled, and dispatches
//! that people confirmed. A person confirms every suggestion; nothing is decided here.

mod label;
mod suggest;
mod train;

use std::collections::HashMap;
use std::sync::Arc;

use base::UnitId;
use guess::Model;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{Kept, Sql, StoreError, Tx, p, sql};

pub use label::{LABEL_COLUMNS, Labelled, LabelledReport, bring_labelled, read_labelled};
pub(crate) use label::{all as all_labels, digest as labels_digest};
pub use suggest::{Likely, likely};
pub use train::{JOB, TICK, TRAIN_JOB, ask, import_labelled, train};

/// A model as its row says, without its body.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    /// Which: `top` tells the widest kinds apart, `leaf` the narrowest, `unit` who handled them.
    pub name: String,
    /// From how many cases.
    pub cases: i64,
    /// What was measured.
    pub measured: Option<Measured>,
    /// When.
    pub trained_at: base::Time,
    pub(crate) digest: [u8; 32],
}

/// What was measured of a training, on cases that it did not see.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "as in guess::Measured")]
pub struct Measured {
    pub parts: usize,
    pub shuffles: usize,
    pub first: f64,
    pub first_spread: f64,
    pub three: f64,
    pub three_spread: f64,
}

/// Who handled what: units with how often, by kind and town, and by kind alone.
pub(crate) type Handled = HashMap<(String, Option<UnitId>), Vec<(UnitId, u32)>>;

/// Everything that was learned, in memory.
#[derive(Debug, Default)]
pub struct Learned {
    pub(crate) top: Option<Model>,
    pub(crate) leaf: Option<Model>,
    pub(crate) units: Handled,
}

/// Three rows.
const TRAINED: &Sql = sql!("SELECT name, cases, measured, trained_at, digest FROM concern_model ORDER BY name");
const BODY: &Sql = sql!("SELECT body FROM concern_model WHERE name = ?1");
const PUT: &Sql = sql!(
    "INSERT INTO concern_model (name, body, digest, cases, measured, trained_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
     ON CONFLICT (name) DO UPDATE SET body = excluded.body, digest = excluded.digest, cases = excluded.cases,
            measured = excluded.measured, trained_at = excluded.trained_at"
);

/// The models that there are.
///
/// # Errors
/// Only the store's.
pub fn trained(tx: &mut Tx) -> Result<Vec<Trained>, StoreError> {
    tx.all(TRAINED, p![], |row| {
        Ok(Trained {
            name: row.text(0)?.to_owned(),
            cases: row.int(1)?,
            measured: serde_json::from_str(row.text(2)?).ok(),
            trained_at: row.time(3)?,
            digest: row.array(4)?,
        })
    })
}

/// Stores a model; gives the digests of it and of what was measured of it.
fn put(
    tx: &mut Tx,
    name: &str,
    body: &[u8],
    cases: usize,
    measured: Option<Measured>,
    at: base::Time,
) -> Result<([u8; 32], [u8; 32]), StoreError> {
    let digest: [u8; 32] = Sha256::digest(body).into();
    let measured = serde_json::to_string(&measured).unwrap_or_default();
    tx.exec(PUT, p![name, body, &digest, i64::try_from(cases).unwrap_or(i64::MAX), &measured, at])?;
    Ok((digest, Sha256::digest(measured).into()))
}

/// What was learned, of a few districts: a model takes megabytes.
static KEPT: Kept<Learned> = Kept::new(4);

/// What was learned: from memory where the models have not changed since.
///
/// # Errors
/// Only the store's.
pub fn learned(tx: &mut Tx) -> Result<Arc<Learned>, StoreError> {
    let digests: Vec<[u8; 32]> = trained(tx)?.into_iter().map(|model| model.digest).collect();
    if digests.is_empty() {
        return Ok(Arc::default());
    }
    let version: [u8; 32] = digests.iter().fold(Sha256::new(), |hash, digest| hash.chain_update(digest)).finalize().into();
    KEPT.get(version, None, || {
        let mut body = |name: &str| tx.opt(BODY, p![name], |row| Ok(row.blob(0)?.to_vec()));
        // A model of another version of the program is as good as none until it is trained anew.
        let mut model = |name: &str| Ok::<_, StoreError>(body(name)?.and_then(|bytes| Model::from_bytes(&bytes).ok()));
        let (top, leaf) = (model("top")?, model("leaf")?);
        let units: Vec<(String, Option<UnitId>, Vec<(UnitId, u32)>)> =
            body("unit")?.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        let units = units.into_iter().map(|(kind, town, counts)| ((kind, town), counts)).collect();
        Ok(Learned { top, leaf, units })
    })
}

impl Learned {
    /// Who handled such matters there before, the most frequent first, and how many there were in all.
    pub(crate) fn handled(&self, kind: &str, town: Option<UnitId>) -> (&[(UnitId, u32)], u32) {
        let found = [town, None].into_iter().find_map(|town| self.units.get(&(kind.to_owned(), town)));
        let found = found.map(Vec::as_slice).unwrap_or_default();
        (found, found.iter().map(|(_, n)| n).sum())
    }
}
