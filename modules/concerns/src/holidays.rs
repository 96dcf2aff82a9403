//! Public holidays of a year as the desk brought them in, in the words of the yearly notice. They are a rule pack like those in
//! files, behind all others, so that each event says by which it was counted; [`crate::recount`] counts open deadlines anew.

pub mod notice;

use std::collections::BTreeMap;
use std::sync::Arc;

use base::rules::Rules;
use base::{Ctx, Date, Id};
use people::Proof;
use record::{About, BadFacts, Difference, Event, Facts, Fold, KindInfo, Why, cells};
use serde::{Deserialize, Serialize};
use store::{Sql, StoreError, Tx, p, sql};
use web::{District, Fault};

use crate::permissions::Catalogue;
use crate::said::LONGEST_LINE;

/// What the names of these packs begin with.
const PACK: &str = "holidays/";

/// Each walks the primary key.
const ALL: &Sql = sql!("SELECT year, document, off, work FROM concern_holidays ORDER BY year");
const PUT: &Sql = sql!(
    "INSERT INTO concern_holidays (year, document, off, work) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (year) DO UPDATE SET document = excluded.document, off = excluded.off, work = excluded.work"
);
const DROP: &Sql = sql!("DELETE FROM concern_holidays WHERE year = ?1");

/// The holidays of a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The year.
    pub year: i16,
    /// The notice that sets them.
    pub document: String,
    /// Days off, also those on a weekend.
    pub off: Vec<Date>,
    /// Weekend days that are worked.
    pub work: Vec<Date>,
}

/// Why a table was not brought in.
#[derive(Debug, thiserror::Error)]
pub enum HolidaysError {
    /// The notice has no name, or a long one.
    #[error("the notice needs a name of 1 to {LONGEST_LINE} characters")]
    Document,
    /// It cannot be a table of holidays.
    #[error("{0}")]
    Wrong(String),
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The desk brought in the holidays of a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConcernHolidaysSet {
    /// The year.
    pub year: i16,
    /// The notice.
    pub document: String,
    /// Days off, with spaces between.
    pub off: String,
    /// Weekend days that are worked.
    pub work: String,
}

/// It took them back: the program's own hold again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConcernHolidaysWithdrawn {
    /// The year.
    pub year: i16,
}

impl Facts for ConcernHolidaysSet {
    const KIND: &'static str = "ConcernHolidaysSet";
    const V: i64 = 1;
}

impl Facts for ConcernHolidaysWithdrawn {
    const KIND: &'static str = "ConcernHolidaysWithdrawn";
    const V: i64 = 1;
}

/// Both kinds.
pub const KINDS: [KindInfo; 2] = [KindInfo::of::<ConcernHolidaysSet>(), KindInfo::of::<ConcernHolidaysWithdrawn>()];

web::texts! {
    /// What the events are called in the audit.
    pub(crate) KindTexts;
    set: "导入放假安排", "Holidays brought in";
    withdrawn: "撤回放假安排", "Holidays taken back";
}

/// See [`web::Module::audited`].
pub(crate) fn audited(lang: web::Lang, kind: &str) -> Option<web::Audited> {
    let t = KindTexts::of(lang);
    let name = match kind {
        ConcernHolidaysSet::KIND => t.set,
        ConcernHolidaysWithdrawn::KIND => t.withdrawn,
        _ => return None,
    };
    Some(web::Audited { name, log: Some(web::Log::Permission) })
}

fn written(days: &[Date]) -> String {
    days.iter().map(Date::to_string).collect::<Vec<_>>().join(" ")
}

fn days(text: &str) -> Vec<Date> {
    text.split_whitespace().filter_map(|day| day.parse().ok()).collect()
}

impl Table {
    /// As a rule pack: its name and its text.
    fn pack(&self) -> (String, String) {
        let list = |days: &[Date]| days.iter().map(|day| format!("\"{day}\"")).collect::<Vec<_>>().join(", ");
        // A string of JSON is one of TOML.
        let document = serde_json::Value::from(self.document.as_str()).to_string();
        let text = format!(
            "[[year]]\nyear = {}\ndocument = {document}\nsource = \"\"\nmark = \"R2\"\ndays = [{}]\nwork = [{}]\n",
            self.year,
            list(&self.off),
            list(&self.work)
        );
        (format!("{PACK}{}", self.year), text)
    }
}

/// The tables that were brought in, the earliest year first.
///
/// # Errors
/// Only the store's.
pub fn all(tx: &mut Tx) -> Result<Vec<Table>, StoreError> {
    tx.all(ALL, p![], |row| {
        let year = i16::try_from(row.int(0)?).map_err(|_| StoreError::Other("concern_holidays: a year that is none".into()))?;
        Ok(Table { year, document: row.text(1)?.to_owned(), off: days(row.text(2)?), work: days(row.text(3)?) })
    })
}

/// Brings in the holidays of a year; those that were brought in for it before make way.
///
/// # Errors
/// [`HolidaysError`].
pub fn set(tx: &mut Tx, ctx: &Ctx, who: &Proof<Catalogue>, op_key: &[u8; 16], table: &Table) -> Result<(), HolidaysError> {
    let document = base::text::clean_line(&table.document);
    if document.is_empty() || document.chars().count() > LONGEST_LINE {
        return Err(HolidaysError::Document);
    }
    let table = Table { document, ..table.clone() };
    let (name, text) = table.pack();
    Rules::parse(&[(&name, &text)], "").map_err(|error| HolidaysError::Wrong(error.to_string()))?;
    store::once(tx, ctx.now, op_key, "concerns.set_holidays", who.person().bytes(), |tx| {
        let (off, work) = (written(&table.off), written(&table.work));
        tx.exec(PUT, p![i64::from(table.year), &table.document, &off, &work])?;
        let facts = ConcernHolidaysSet { year: table.year, document: table.document.clone(), off, work };
        record::append(tx, ctx, about(ctx, who), &facts).map(drop)
    })?;
    Ok(())
}

/// Takes the holidays of a year back; what is not there stays so.
///
/// # Errors
/// Only the store's.
pub fn withdraw(tx: &mut Tx, ctx: &Ctx, who: &Proof<Catalogue>, year: i16) -> Result<(), StoreError> {
    if tx.exec(DROP, p![i64::from(year)])? == 1 {
        record::append(tx, ctx, about(ctx, who), &ConcernHolidaysWithdrawn { year })?;
    }
    Ok(())
}

fn about(ctx: &Ctx, who: &Proof<Catalogue>) -> About {
    About { occurred_at: ctx.now, actor: who.actor(), unit: Some(who.unit()), subject: ctx.id::<Id>(), batch: None }
}

/// Whether the tables that were brought in are those by which these rules count.
///
/// # Errors
/// Only the store's.
fn held(tx: &mut Tx, rules: &Rules) -> Result<bool, StoreError> {
    let wanted: Vec<_> = all(tx)?.iter().map(Table::pack).collect();
    Ok(rules.packs().iter().filter(|(name, _)| name.starts_with(PACK)).eq(&wanted))
}

/// Notes in the record which working days hold by now (see [`workdays::hold`]).
///
/// # Errors
/// Only the store's.
pub(crate) fn hold(tx: &mut Tx, ctx: &Ctx) -> Result<(), StoreError> {
    let rules = ctx.rules();
    let adopted = held(tx, rules)?;
    workdays::hold(tx, ctx, adopted, || {
        let files = rules.packs().iter().filter(|(name, _)| !name.starts_with(PACK));
        let packs: Vec<(&str, &str)> = files.map(|(name, text)| (name.as_str(), text.as_str())).collect();
        // They were read when the district was opened.
        Rules::parse(&packs, "").map_or_else(|_| rules.calendar().clone(), |files| files.calendar().clone())
    })
}

/// Lets the tables that were brought in hold in this process: when it begins, after a change, and now and then for what another
/// process changed.
///
/// A table that is no rule pack, which [`set`] does not let in, was written past the product: `verify` names it, and until it
/// is put right the days hold that held before.
///
/// # Errors
/// Only the store's.
pub fn adopt(district: &Arc<District>) -> Result<(), Fault> {
    let rules = district.env().rules;
    let (wanted, division) = district.read_now(|tx, _| {
        let packs: Vec<_> = all(tx)?.iter().map(Table::pack).collect();
        let division = people::tree(tx)?.district().map(|unit| unit.code.clone()).unwrap_or_default();
        Ok::<_, StoreError>((packs, division))
    })?;
    let (brought, others): (Vec<_>, Vec<_>) = rules.packs().iter().cloned().partition(|(name, _)| name.starts_with(PACK));
    if brought == wanted {
        return Ok(());
    }
    let packs: Vec<(&str, &str)> = others.iter().chain(&wanted).map(|(name, text)| (name.as_str(), text.as_str())).collect();
    match Rules::parse(&packs, &division) {
        Ok(rules) => district.rule_by(Arc::new(rules)),
        Err(error) => tracing::error!(%error, "the holidays that were brought in cannot be used"),
    }
    Ok(())
}

/// A new fold, for a list of them.
pub(crate) fn fold() -> Box<dyn Fold> {
    Box::new(Tables::default())
}

#[derive(Default)]
struct Tables(BTreeMap<i16, Table>);

impl Fold for Tables {
    fn apply(&mut self, event: &Event) -> Result<(), BadFacts> {
        match event.kind.as_str() {
            ConcernHolidaysSet::KIND => {
                let ConcernHolidaysSet { year, document, off, work } = event.facts()?;
                self.0.insert(year, Table { year, document, off: days(&off), work: days(&work) });
            }
            ConcernHolidaysWithdrawn::KIND => {
                let ConcernHolidaysWithdrawn { year } = event.facts()?;
                self.0.remove(&year).ok_or_else(|| event.bad(Why::Nothing))?;
            }
            _ => {}
        }
        Ok(())
    }

    fn compare(&self, tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
        let stands: BTreeMap<i16, Table> = all(tx)?.into_iter().map(|table| (table.year, table)).collect();
        let mut found = Vec::new();
        let cells = |Table { year: _, document, off, work }: &Table| cells![document, written(off), written(work)];
        record::differ("concern_holidays", &["document", "off", "work"], i16::to_string, cells, &self.0, &stands, &mut found);
        Ok(found)
    }
}
