//! How an entry lies in the store: sealed, with blind indexes and the digest that the record holds.

use base::{Ctx, Time, UnitId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use store::{Row, Sql, StoreError, Tx, p, sql};

use crate::ResidentId;
use crate::model::{HOME, IDENTITY, KEY, PHONE, Resident, TRAITS};

/// The sealed columns of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sealed {
    pub(crate) grid: Option<base::Id>,
    pub(crate) number_key: Option<[u8; 32]>,
    pub(crate) home_key: [u8; 32],
    pub(crate) home: Vec<u8>,
    pub(crate) identity: Vec<u8>,
    pub(crate) phone: Option<Vec<u8>>,
    pub(crate) traits: Vec<u8>,
}

/// An entry as its row has it.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) id: ResidentId,
    pub(crate) community: UnitId,
    pub(crate) v: i64,
    pub(crate) batch: Option<base::Id>,
    pub(crate) sealed: Sealed,
    pub(crate) entered_at: Time,
    pub(crate) changed_at: Time,
    /// When somebody last said that it is right and needed.
    pub(crate) confirmed_at: Time,
}

impl Entry {
    pub(crate) fn grid(&self) -> Option<UnitId> {
        self.sealed.grid.map(UnitId)
    }
}

/// The columns that [`entry`] reads.
macro_rules! columns {
    () => {
        "id, community, v, batch, grid, number_key, home_key, home, identity, phone, traits, entered_at, changed_at, confirmed_at"
    };
}
pub(crate) use columns;

const ONE: &Sql = sql!(concat!("SELECT ", columns!(), " FROM resident WHERE id = ?1"));
/// By the indexes `resident_number` and `resident_by_home`.
const BY_NUMBER: &Sql = sql!(concat!("SELECT ", columns!(), " FROM resident WHERE community = ?1 AND number_key = ?2"));
const BY_HOME: &Sql = sql!(concat!("SELECT ", columns!(), " FROM resident WHERE community = ?1 AND home_key = ?2 ORDER BY id LIMIT 2"));
pub(crate) const INSERT: &Sql = sql!(
    "INSERT INTO resident (id, community, grid, number_key, home_key, home, identity, phone, traits, batch, v, entered_at, changed_at, confirmed_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1, ?11, ?11, ?11)"
);
pub(crate) const UPDATE: &Sql = sql!(
    "UPDATE resident SET grid = ?2, number_key = ?3, home_key = ?4, home = ?5, identity = ?6, phone = ?7, traits = ?8, v = v + 1,
     changed_at = ?9, confirmed_at = ?10 WHERE id = ?1"
);

pub(crate) fn entry(row: &Row<'_>) -> Result<Entry, StoreError> {
    Ok(Entry {
        id: row.id(0)?,
        community: row.id(1)?,
        v: row.int(2)?,
        batch: row.opt_id(3)?,
        sealed: Sealed {
            grid: row.opt_id(4)?,
            number_key: row.opt_array(5)?,
            home_key: row.array(6)?,
            home: row.blob(7)?.to_vec(),
            identity: row.blob(8)?.to_vec(),
            phone: row.opt_blob(9)?.map(<[u8]>::to_vec),
            traits: row.blob(10)?.to_vec(),
        },
        entered_at: row.time(11)?,
        changed_at: row.time(12)?,
        confirmed_at: row.time(13)?,
    })
}

pub(crate) fn find(tx: &mut Tx, id: ResidentId) -> Result<Option<Entry>, StoreError> {
    tx.opt(ONE, p![id], entry)
}

/// The entry that is the same person: by the identity number; where one side has none, by name and home.
pub(crate) fn find_same(tx: &mut Tx, community: UnitId, sealed: &Sealed) -> Result<Option<Entry>, StoreError> {
    if let Some(key) = &sealed.number_key
        && let Some(found) = tx.opt(BY_NUMBER, p![community, &key[..]], entry)?
    {
        return Ok(Some(found));
    }
    let at_home = tx.all(BY_HOME, p![community, &sealed.home_key[..]], entry)?;
    let other = |found: &Entry| found.sealed.number_key.is_none() || sealed.number_key.is_none();
    Ok(match <[Entry; 1]>::try_from(at_home) {
        Ok([found]) if other(&found) => Some(found),
        _ => None,
    })
}

impl Sealed {
    /// Seals somebody. Equal values are sealed differently each time.
    pub(crate) fn of(ctx: &Ctx, grid: Option<UnitId>, plain: &Resident) -> Result<Sealed, StoreError> {
        let (keys, random) = (ctx.keys(), ctx.random());
        let json = |value: Result<Vec<u8>, serde_json::Error>| value.map_err(|error| StoreError::Other(error.to_string()));
        let Resident { home, identity, phone, traits } = plain;
        let place = format!("{}\n{}", base::text::fold(&identity.name), base::text::fold(&home.whole()));
        Ok(Sealed {
            grid: grid.map(|grid| grid.0),
            number_key: (!identity.number.is_empty()).then(|| keys.blind(KEY, identity.number.as_bytes())),
            home_key: keys.blind(KEY, place.as_bytes()),
            home: keys.seal(random, HOME, &json(serde_json::to_vec(home))?),
            identity: keys.seal(random, IDENTITY, &json(serde_json::to_vec(identity))?),
            phone: (!phone.is_empty()).then(|| keys.seal(random, PHONE, phone.as_bytes())),
            traits: keys.seal(random, TRAITS, &json(serde_json::to_vec(traits))?),
        })
    }

    /// What the record holds of it.
    pub(crate) fn digest(&self) -> String {
        let mut hasher = Sha256::new();
        let number = self.number_key.as_ref().map_or(&[][..], |key| &key[..]);
        for part in [number, &self.home_key, &self.home, &self.identity, self.phone.as_deref().unwrap_or(&[]), &self.traits] {
            hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(part);
        }
        record::hex(&<[u8; 32]>::from(hasher.finalize()))
    }

    /// Opens all of it.
    pub(crate) fn plain(&self, ctx: &Ctx) -> Result<Resident, StoreError> {
        Ok(Resident {
            home: opened(ctx, HOME, &self.home)?,
            identity: opened(ctx, IDENTITY, &self.identity)?,
            phone: self.phone(ctx)?,
            traits: opened(ctx, TRAITS, &self.traits)?,
        })
    }

    /// Opens the telephone.
    pub(crate) fn phone(&self, ctx: &Ctx) -> Result<String, StoreError> {
        let Some(sealed) = &self.phone else { return Ok(String::new()) };
        let plain = ctx.keys().open(PHONE, sealed).map_err(|error| StoreError::Other(format!("resident: {error}")))?;
        String::from_utf8(plain.to_vec()).map_err(|_| StoreError::Other("resident: a telephone that is not text".into()))
    }
}

/// Opens one group of columns.
pub(crate) fn opened<T: DeserializeOwned>(ctx: &Ctx, purpose: base::Purpose, sealed: &[u8]) -> Result<T, StoreError> {
    let plain = ctx.keys().open(purpose, sealed).map_err(|error| StoreError::Other(format!("resident: {error}")))?;
    serde_json::from_slice(&plain).map_err(|error| StoreError::Other(format!("resident: {error}")))
}
