//! The catalogue: kinds of matter in a tree, and whose duty each kind is. What the desk confirms, what
//! suggestions are made of, and what residents look up under 这事归谁管.

mod known;

use std::collections::BTreeMap;

use base::{Ctx, Id, Time, UnitId};
use record::{About, EventId, Facts};
use sha2::{Digest, Sha256};
use store::{Row, Sql, StoreError, Tx, p, sql};

use crate::events::{ConcernDutyAssigned, ConcernDutyWithdrawn, ConcernKindEnded, ConcernKindEntered};
use crate::line::Lines;
use crate::permissions::{Authority, Catalogue};
use crate::said::LONGEST_LINE;

pub use crate::suggest::{KindGuess, Suggestion, Whose, Why, suggest, whose};
pub use known::{KnownKinds, known};

/// A kind of matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The kind it is part of.
    pub parent: Option<String>,
    /// Its place among its siblings.
    pub ord: i64,
    /// Words that speak for it.
    pub keywords: Vec<String>,
}

/// Characters of the words that speak for a kind.
const LONGEST_WORDS: usize = 1_000;

/// Whose duty a kind is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// The kind.
    pub kind: String,
    /// The unit.
    pub unit: UnitId,
    /// The document that makes it so.
    pub document: String,
}

const IS_KIND: &Sql = sql!("SELECT 1 FROM concern_kind WHERE code = ?1 AND ended_at IS NULL");
/// The whole table: some hundreds of rows.
const KINDS: &Sql = sql!("SELECT code, name, parent, ord, keywords FROM concern_kind ORDER BY ord, code");
const KIND: &Sql = sql!("SELECT code, name, parent, ord, keywords FROM concern_kind WHERE code = ?1");
/// Walks the whole table: some hundreds of rows.
const ENDED: &Sql = sql!("SELECT code, ended_at FROM concern_kind WHERE ended_at IS NOT NULL ORDER BY code");
const END: &Sql = sql!("UPDATE concern_kind SET ended_at = ?2 WHERE code = ?1 AND ended_at IS NULL");
const DUTIES: &Sql = sql!("SELECT kind, unit, document FROM concern_duty WHERE kind = ?1 ORDER BY unit");
const DUTIES_OF: &Sql = sql!("SELECT kind, unit, document FROM concern_duty WHERE unit = ?1 ORDER BY kind");
const PUT_KIND: &Sql = sql!(
    "INSERT INTO concern_kind (code, name, parent, ord, keywords) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT (code) DO UPDATE SET name = excluded.name, parent = excluded.parent, ord = excluded.ord, keywords = excluded.keywords,
        ended_at = NULL"
);
const PUT_DUTY: &Sql = sql!(
    "INSERT INTO concern_duty (kind, unit, document) VALUES (?1, ?2, ?3)
     ON CONFLICT (kind, unit) DO UPDATE SET document = excluded.document"
);
/// The whole table: some hundreds of rows.
const ALL_DUTIES: &Sql = sql!("SELECT kind, unit, document FROM concern_duty ORDER BY kind, unit");
const DROP_DUTY: &Sql = sql!("DELETE FROM concern_duty WHERE kind = ?1 AND unit = ?2");

fn kind_row(row: &Row) -> Result<Kind, StoreError> {
    Ok(Kind {
        code: row.text(0)?.to_owned(),
        name: row.text(1)?.to_owned(),
        parent: row.opt_text(2)?.map(str::to_owned),
        ord: row.int(3)?,
        keywords: row.text(4)?.split_whitespace().map(str::to_owned).collect(),
    })
}

fn duty_row(row: &Row) -> Result<Duty, StoreError> {
    Ok(Duty { kind: row.text(0)?.to_owned(), unit: row.id(1)?, document: row.text(2)?.to_owned() })
}

/// Whether a kind with this code can be chosen.
pub(crate) fn is_kind(tx: &mut Tx, code: &str) -> Result<bool, StoreError> {
    Ok(tx.opt(IS_KIND, p![code], |_| Ok(()))?.is_some())
}

/// The kinds that can be chosen, in their order: those that have not ended.
///
/// # Errors
/// Only the store's.
pub fn offered(tx: &mut Tx) -> Result<Vec<Kind>, StoreError> {
    Ok(known(tx)?.offered().cloned().collect())
}

/// The kinds that have ended, and when: they stay for what was of them.
///
/// # Errors
/// Only the store's.
pub fn ended(tx: &mut Tx) -> Result<BTreeMap<String, Time>, StoreError> {
    Ok(tx.all(ENDED, p![], |row| Ok((row.text(0)?.to_owned(), row.time(1)?)))?.into_iter().collect())
}

/// All kinds, in their order, ended ones too.
///
/// # Errors
/// Only the store's.
pub fn kinds(tx: &mut Tx) -> Result<Vec<Kind>, StoreError> {
    tx.all(KINDS, p![], kind_row)
}

/// Kinds with those that are part of them right behind them, each with how deep it stands; what is part of none of them
/// stands at the top.
pub(crate) fn in_order(kinds: &[Kind]) -> Vec<(&Kind, usize)> {
    fn below<'a>(kinds: &'a [Kind], parent: &str, depth: usize, out: &mut Vec<(&'a Kind, usize)>) {
        // A damaged catalogue that goes round must not hold anybody up.
        if depth > 8 {
            return;
        }
        for kind in kinds.iter().filter(|kind| kind.parent.as_deref() == Some(parent)) {
            out.push((kind, depth));
            below(kinds, &kind.code, depth + 1, out);
        }
    }
    let is_there = |code: &String| kinds.iter().any(|kind| kind.code == *code);
    let mut out = Vec::with_capacity(kinds.len());
    for kind in kinds.iter().filter(|kind| !kind.parent.as_ref().is_some_and(is_there)) {
        out.push((kind, 0));
        below(kinds, &kind.code, 1, &mut out);
    }
    out
}

/// The kind with this code.
///
/// # Errors
/// Only the store's.
pub fn kind(tx: &mut Tx, code: &str) -> Result<Option<Kind>, StoreError> {
    tx.opt(KIND, p![code], kind_row)
}

/// Whose duty a kind is. Where nobody is named for the kind itself, those of the kind it is part of.
///
/// # Errors
/// Only the store's.
pub fn duties(tx: &mut Tx, code: &str) -> Result<Vec<Duty>, StoreError> {
    let mut at = Some(code.to_owned());
    // A catalogue that names itself as its own parent must not hold anybody up.
    for _ in 0..8 {
        let Some(code) = at else { break };
        let found = tx.all(DUTIES, p![&code], duty_row)?;
        if !found.is_empty() {
            return Ok(found);
        }
        at = kind(tx, &code)?.and_then(|kind| kind.parent);
    }
    Ok(Vec::new())
}

/// The kinds that are this unit's duty.
///
/// # Errors
/// Only the store's.
pub fn duties_of(tx: &mut Tx, unit: UnitId) -> Result<Vec<Duty>, StoreError> {
    tx.all(DUTIES_OF, p![unit], duty_row)
}

/// Why the catalogue was not changed.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// A code is 1 to 40 letters, digits, `.`, `-` or `_`.
    #[error("a code is 1 to 40 letters, digits, dots or dashes")]
    Code,
    /// A name, a document or the words are missing or too long.
    #[error("a name or document is missing or too long")]
    Name,
    /// The kind, or the kind it is to be part of, is not there; or it would be part of itself.
    #[error("no such kind")]
    NoKind,
    /// The unit is not there.
    #[error("no such unit")]
    NoUnit,
    /// There is a kind with this code already.
    #[error("there is such a code")]
    Taken,
    /// Kinds that have not ended are part of it.
    #[error("kinds are part of it")]
    HasParts,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The subject of a kind's events: an id that its code decides.
pub(crate) fn subject(code: &str) -> Id {
    let digest: [u8; 32] = Sha256::digest(format!("concern kind {code}")).into();
    Id::from_slice(digest.get(..16).unwrap_or(&[])).unwrap_or_default()
}

fn tell<F: Facts>(
    tx: &mut Tx,
    ctx: &Ctx,
    who: Authority<'_, Catalogue>,
    code: &str,
    unit: Option<UnitId>,
    facts: &F,
) -> Result<EventId, StoreError> {
    append(tx, ctx, who.actor(), code, unit, facts)
}

fn append<F: Facts>(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: record::Actor,
    code: &str,
    unit: Option<UnitId>,
    facts: &F,
) -> Result<EventId, StoreError> {
    let about = About { occurred_at: ctx.now, actor, unit, subject: subject(code), batch: None };
    record::append(tx, ctx, about, facts)
}

/// Whether a text can be the code of a kind: 1–40 letters, digits, `.`, `-` and `_`.
pub(crate) fn is_code(text: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    (1..=40).contains(&text.chars().count()) && text.chars().all(plain)
}

/// Enters a kind, or changes it.
///
/// # Errors
/// [`CatalogueError`].
pub fn enter_kind(tx: &mut Tx, ctx: &Ctx, who: Authority<'_, Catalogue>, input: &Kind) -> Result<(), CatalogueError> {
    if !is_code(&input.code) {
        return Err(CatalogueError::Code);
    }
    let name = base::text::clean_line(&input.name);
    if name.is_empty() || name.chars().count() > LONGEST_LINE {
        return Err(CatalogueError::Name);
    }
    let keywords: Vec<String> = input
        .keywords
        .iter()
        .flat_map(|words| base::text::clean_line(words).split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    if keywords.iter().map(|word| word.chars().count() + 1).sum::<usize>() > LONGEST_WORDS {
        return Err(CatalogueError::Name);
    }
    // The kind that it is part of is there, and following it up never leads back here.
    let mut above = input.parent.clone();
    while let Some(code) = above {
        if code == input.code {
            return Err(CatalogueError::NoKind);
        }
        if !is_kind(tx, &code)? {
            return Err(CatalogueError::NoKind);
        }
        above = kind(tx, &code)?.ok_or(CatalogueError::NoKind)?.parent;
    }
    let entered = Kind { code: input.code.clone(), name, parent: input.parent.clone(), ord: input.ord, keywords };
    if kind(tx, &input.code)?.as_ref() == Some(&entered) && is_kind(tx, &input.code)? {
        return Ok(());
    }
    tx.exec(PUT_KIND, p![&entered.code, &entered.name, &entered.parent, entered.ord, &entered.keywords.join(" ")])?;
    let Kind { code, name, parent, ord, keywords } = entered;
    let event = tell(tx, ctx, who, &input.code, None, &ConcernKindEntered { code, name, parent, ord, keywords })?;
    known::changed(tx, event)?;
    Ok(())
}

/// Ends a kind: it is offered no more, and nobody's duty. What was of it stays so, and entering it again begins it anew.
///
/// # Errors
/// [`CatalogueError`].
pub fn end_kind(tx: &mut Tx, ctx: &Ctx, who: Authority<'_, Catalogue>, code: &str) -> Result<(), CatalogueError> {
    if offered(tx)?.iter().any(|kind| kind.parent.as_deref() == Some(code)) {
        return Err(CatalogueError::HasParts);
    }
    if tx.exec(END, p![code, ctx.now])? != 1 {
        return Err(CatalogueError::NoKind);
    }
    for duty in own_duties(tx, code)? {
        withdraw_duty(tx, ctx, who, code, duty.unit)?;
    }
    let event = tell(tx, ctx, who, code, None, &ConcernKindEnded { code: code.to_owned() })?;
    known::changed(tx, event)?;
    Ok(())
}

/// The duties that name a kind itself, in the order of units.
///
/// # Errors
/// Only the store's.
pub fn own_duties(tx: &mut Tx, code: &str) -> Result<Vec<Duty>, StoreError> {
    tx.all(DUTIES, p![code], duty_row)
}

/// Enters a kind that is not there yet, also not as one that has ended.
///
/// # Errors
/// [`CatalogueError`].
pub fn add_kind(tx: &mut Tx, ctx: &Ctx, who: Authority<'_, Catalogue>, input: &Kind) -> Result<(), CatalogueError> {
    if kind(tx, &input.code)?.is_some() {
        return Err(CatalogueError::Taken);
    }
    enter_kind(tx, ctx, who, input)
}

/// Makes a kind a unit's duty, with the document that says so.
///
/// # Errors
/// [`CatalogueError`].
pub fn assign_duty(tx: &mut Tx, ctx: &Ctx, who: Authority<'_, Catalogue>, input: &Duty) -> Result<(), CatalogueError> {
    let document = base::text::clean_line(&input.document);
    if document.is_empty() || document.chars().count() > LONGEST_LINE {
        return Err(CatalogueError::Name);
    }
    if !is_kind(tx, &input.kind)? {
        return Err(CatalogueError::NoKind);
    }
    if !people::tree(tx)?.takes_concerns(input.unit) {
        return Err(CatalogueError::NoUnit);
    }
    tx.exec(PUT_DUTY, p![&input.kind, input.unit, &document])?;
    let facts = ConcernDutyAssigned { kind: input.kind.clone(), unit: input.unit, document };
    tell(tx, ctx, who, &input.kind, Some(input.unit), &facts)?;
    Ok(())
}

/// Takes a duty from a unit.
///
/// # Errors
/// [`CatalogueError`].
pub fn withdraw_duty(tx: &mut Tx, ctx: &Ctx, who: Authority<'_, Catalogue>, kind: &str, unit: UnitId) -> Result<(), CatalogueError> {
    if tx.exec(DROP_DUTY, p![kind, unit])? != 1 {
        return Err(CatalogueError::NoKind);
    }
    tell(tx, ctx, who, kind, Some(unit), &ConcernDutyWithdrawn { kind: kind.to_owned(), unit })?;
    Ok(())
}

/// Passes the duties of a unit that ends to the one that stands in its place; says how many. Where that one has the kind
/// already, the document that gave it stays.
pub(crate) fn pass_duties(tx: &mut Tx, ctx: &Ctx, actor: record::Actor, from: UnitId, to: UnitId) -> Result<usize, StoreError> {
    let had = duties_of(tx, from)?;
    let has = duties_of(tx, to)?;
    for Duty { kind, document, .. } in &had {
        tx.exec(DROP_DUTY, p![kind, from])?;
        append(tx, ctx, actor, kind, Some(from), &ConcernDutyWithdrawn { kind: kind.clone(), unit: from })?;
        if !has.iter().any(|duty| duty.kind == *kind) {
            tx.exec(PUT_DUTY, p![kind, to, document])?;
            append(tx, ctx, actor, kind, Some(to), &ConcernDutyAssigned { kind: kind.clone(), unit: to, document: document.clone() })?;
        }
    }
    Ok(had.len())
}

/// All duties, kind by kind.
///
/// # Errors
/// Only the store's.
pub fn all_duties(tx: &mut Tx) -> Result<Vec<Duty>, StoreError> {
    tx.all(ALL_DUTIES, p![], duty_row)
}
