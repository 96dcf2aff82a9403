//! Templates as offices rewrote them. One holds for the unit that wrote it and for all below, until one of those writes its own;
//! every version is kept.

use std::collections::BTreeMap;

use base::text::clean;
use base::{Ctx, Id, PersonId, Time, UnitId};
use people::{Proof, Tree};
use record::{About, text_digest_hex};
use sha2::{Digest, Sha256};
use store::{Sql, StoreError, Tx, p, sql};
use web::Module;

use crate::compose::{loaded, vocabulary};
use crate::events::ReportTemplateChanged;
use crate::permissions::Template;
use crate::report::ReportError;
use crate::template::parse;

/// A template that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// Who wrote it.
    pub unit: UnitId,
    /// What it says.
    pub text: String,
    /// When.
    pub at: Time,
    /// By whom.
    pub by: PersonId,
}

/// By the primary key: some dozens of rows for each unit on the way up.
const OF_UNIT: &Sql = sql!("SELECT paragraph, v, at, by, text FROM report_template WHERE unit = ?1 ORDER BY paragraph, v");
const LATEST: &Sql = sql!("SELECT v, text FROM report_template WHERE unit = ?1 AND paragraph = ?2 ORDER BY v DESC LIMIT 1");
const PUT: &Sql = sql!("INSERT INTO report_template (unit, paragraph, v, at, by, text, salt) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
/// Every row, for comparing with the record.
const ALL: &Sql = sql!("SELECT unit, paragraph, v, at, by, text, salt FROM report_template ORDER BY unit, paragraph, v");

/// The rewritten templates that hold for a unit: its own before those of the units above it.
///
/// # Errors
/// Only the store's.
pub fn current(tx: &mut Tx, tree: &Tree, unit: UnitId) -> Result<BTreeMap<String, Own>, StoreError> {
    let mut out = BTreeMap::new();
    for above in tree.ancestors(unit) {
        let of = above.id;
        let rows = tx.all(OF_UNIT, p![of], |row| {
            let text = row.opt_text(4)?.map(str::to_owned);
            Ok((row.text(0)?.to_owned(), row.time(2)?, row.id(3)?, text))
        })?;
        // The last version of each counts; without a text it gives way to those above.
        let mut latest: BTreeMap<String, Option<Own>> = BTreeMap::new();
        for (paragraph, at, by, text) in rows {
            latest.insert(paragraph, text.map(|text| Own { unit: of, text, at, by }));
        }
        out.extend(latest.into_iter().filter_map(|(paragraph, own)| own.map(|own| (paragraph, own))));
    }
    Ok(out)
}

/// The form.
#[derive(Clone, Debug)]
pub struct Change {
    /// The form's key.
    pub op_key: [u8; 16],
    /// The unit that the template is of.
    pub unit: UnitId,
    /// The paragraph.
    pub paragraph: String,
    /// The text; none to go back to what holds above, or comes with the product.
    pub text: Option<String>,
}

/// Rewrites a template.
///
/// # Errors
/// [`ReportError`]; [`ReportError::Template`] with the place where it is wrong.
pub fn change(tx: &mut Tx, ctx: &Ctx, modules: &[Module], who: &Proof<Template>, input: &Change) -> Result<(), ReportError> {
    store::once(tx, ctx.now, &input.op_key, "reports.template", who.person().bytes(), |tx| {
        if who.unit() != input.unit {
            return Err(ReportError::Denied);
        }
        let (paragraphs, _) = loaded(modules);
        let paragraph = paragraphs.into_iter().find(|p| p.id == input.paragraph).ok_or(ReportError::NotFound)?;
        let text = input.text.as_deref().map(clean);
        if let Some(text) = &text {
            parse(text, &vocabulary(paragraph)).map_err(ReportError::Template)?;
        }
        let latest = tx.opt(LATEST, p![input.unit, paragraph.id], |row| Ok((row.int(0)?, row.opt_text(1)?.map(str::to_owned))))?;
        let (v, held) = latest.unwrap_or_default();
        if held == text {
            return Ok(());
        }
        let salt = ctx.salt();
        tx.exec(PUT, p![input.unit, paragraph.id, v + 1, ctx.now, who.person(), text.as_deref(), &salt[..]])?;
        let text = text.as_deref().map(|text| text_digest_hex(&salt, text));
        let about = About {
            occurred_at: ctx.now,
            actor: who.actor(),
            unit: Some(input.unit),
            subject: subject(input.unit, paragraph.id),
            batch: None,
        };
        record::append(tx, ctx, about, &ReportTemplateChanged { paragraph: paragraph.id.to_owned(), v: v + 1, text })?;
        Ok(())
    })
}

/// The subject of a template's events: an id that its unit and paragraph decide.
fn subject(unit: UnitId, paragraph: &str) -> Id {
    let digest: [u8; 32] = Sha256::digest(format!("report template {unit} {paragraph}")).into();
    Id::from_slice(digest.get(..16).unwrap_or(&[])).unwrap_or_default()
}

/// A row as it is compared: unit, paragraph, version, when, by whom, the digest of its text.
pub(crate) type Kept = (UnitId, String, i64, Time, PersonId, Option<String>);

/// Every row, for comparing.
pub(crate) fn all(tx: &mut Tx) -> Result<Vec<Kept>, StoreError> {
    tx.all(ALL, p![], |row| {
        let salt = row.array(6)?;
        let text = row.opt_text(5)?.map(|text| text_digest_hex(&salt, text));
        Ok((row.id(0)?, row.text(1)?.to_owned(), row.int(2)?, row.time(3)?, row.id(4)?, text))
    })
}
