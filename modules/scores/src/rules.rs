//! The rules as they were in force, whole. Each event carries the digest of its rules; here stands what that is of, so that
//! a case opens to the very text by which it was judged. A version is kept when the program first runs by it.

use std::sync::Arc;

use base::rules::Rules;
use base::{Ctx, Time};
use store::{Sql, StoreError, Tx, p, sql};
use web::{District, Fault};

use crate::events::{RuleVersionId, RulesKept, about};

/// A version of the rules.
#[derive(Clone, Debug)]
pub struct RuleVersion {
    /// By which events name it.
    pub digest: [u8; 32],
    /// Since when it is known here.
    pub at: Time,
    /// Names and texts of the packs.
    pub packs: Vec<(String, String)>,
}

impl RuleVersion {
    /// As the program reads them, for a district with this division code.
    ///
    /// # Errors
    /// What is wrong with them for this program, in words.
    pub fn read(&self, division: &str) -> Result<Rules, String> {
        let packs: Vec<(&str, &str)> = self.packs.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        Rules::parse(&packs, division).map_err(|error| error.to_string())
    }
}

fn written(packs: &[(String, String)]) -> Result<String, StoreError> {
    serde_json::to_string(packs).map_err(|error| StoreError::Other(error.to_string()))
}

/// The digest of what a row holds; none where it is not as it was written.
pub(crate) fn digest_of(text: &str) -> Option<String> {
    let packs: Option<Vec<(String, String)>> = serde_json::from_str(text).ok();
    let same = packs.filter(|packs| written(packs).is_ok_and(|again| again == text));
    same.map(|packs| record::hex(&base::rules::digest_of(&packs)))
}

const KNOWN: &Sql = sql!("SELECT 1 FROM rule_version WHERE digest = ?1");
const INSERT: &Sql = sql!("INSERT INTO rule_version (digest, id, packs, kept_at) VALUES (?1, ?2, ?3, ?4)");

/// Keeps the rules in force, where they are not known yet.
///
/// # Errors
/// Only the store's.
pub fn keep(tx: &mut Tx, ctx: &Ctx) -> Result<(), StoreError> {
    let digest = ctx.rules().digest();
    if tx.opt(KNOWN, p![&digest], |_| Ok(()))?.is_some() {
        return Ok(());
    }
    let id: RuleVersionId = ctx.id();
    let packs = written(ctx.rules().packs())?;
    tx.exec(INSERT, p![&digest, id, packs.as_str(), ctx.now])?;
    record::append(tx, ctx, about(ctx, record::Actor::System, None, id.0), &RulesKept { digest: record::hex(&digest) })?;
    Ok(())
}

/// See [`web::Module::ticks`].
pub(crate) fn run(district: &Arc<District>) -> Result<(), Fault> {
    let digest = district.env().rules.digest();
    let known = district.store().read_now(move |tx| tx.opt(KNOWN, p![&digest], |_| Ok(())))?;
    if known.is_none() {
        district.write_now(keep)?;
    }
    Ok(())
}

const ALL: &Sql = sql!("SELECT digest, kept_at, packs FROM rule_version ORDER BY kept_at DESC, digest");
const ONE: &Sql = sql!("SELECT digest, kept_at, packs FROM rule_version WHERE digest = ?1");

fn version(row: &store::Row<'_>) -> Result<RuleVersion, StoreError> {
    let packs = serde_json::from_str(row.text(2)?).map_err(|error| StoreError::Other(format!("rule_version: {error}")))?;
    Ok(RuleVersion { digest: row.array(0)?, at: row.time(1)?, packs })
}

/// Every version that was kept, the newest first.
///
/// # Errors
/// Only the store's.
pub fn all(tx: &mut Tx) -> Result<Vec<RuleVersion>, StoreError> {
    tx.all(ALL, p![], version)
}

/// One version.
///
/// # Errors
/// Only the store's.
pub fn find(tx: &mut Tx, digest: &[u8; 32]) -> Result<Option<RuleVersion>, StoreError> {
    tx.opt(ONE, p![digest], version)
}
