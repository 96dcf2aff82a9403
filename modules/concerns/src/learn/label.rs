//! Cases that somebody labelled, from a workbook: a title, a text, and the name of a kind.

use std::collections::BTreeMap;

use base::{Ctx, Id};
use record::{About, hex};
use sha2::{Digest, Sha256};
use sheets::{CellError, Column, Kind as Cells, Problem, Record, map_headers};
use store::{Sql, StoreError, Tx, p, sql};

use crate::catalogue;
use crate::events::ConcernCasesLabelled;
use crate::import::ImportError;
use crate::permissions::{Authority, Catalogue};
use crate::said::LONGEST;

/// The columns of a workbook of labelled cases.
pub const LABEL_COLUMNS: &[Column] = &[
    Column { key: "title", header: "留言主题", also: &["主题", "标题", "诉求标题"], required: false, kind: Cells::Line },
    Column {
        key: "words", header: "留言详情", also: &["内容", "诉求内容", "详情", "正文"], required: true, kind: Cells::Text
    },
    Column {
        key: "kind", header: "一级分类", also: &["类别", "分类", "一级标签", "标签"], required: true, kind: Cells::Line
    },
];

/// A labelled case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labelled {
    /// A title; empty where there is none.
    pub head: String,
    /// The text.
    pub text: String,
    /// The name or the code of its kind.
    pub label: String,
}

/// What came of a workbook of labelled cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelledReport {
    /// Cases that are new or have another kind now.
    pub made: usize,
    /// Cases that were there as they are.
    pub same: usize,
    /// Labels that the catalogue does not know, with how many cases have them.
    pub unknown: BTreeMap<String, usize>,
}

/// Reads a workbook of labelled cases.
///
/// # Errors
/// [`ImportError`] where the file is no table or columns are not found; the cells that are wrong.
pub fn read_labelled(bytes: &[u8]) -> Result<(Vec<Labelled>, Vec<CellError>), ImportError> {
    let sheet = sheets::read(bytes, LABEL_COLUMNS)?;
    let mapping = map_headers(&sheet, LABEL_COLUMNS);
    let missing: Vec<&'static str> =
        LABEL_COLUMNS.iter().filter(|column| column.required && mapping.place(column.key).is_none()).map(|column| column.header).collect();
    if !missing.is_empty() {
        return Err(ImportError::Columns(missing));
    }
    let (mut cases, mut wrong) = (Vec::new(), Vec::new());
    for row in &sheet.rows {
        let mut record = Record::new(&sheet, &mapping, row);
        let (head, text, label) = (record.line("title"), record.text("words"), record.line("kind"));
        let text = record.need("words", text.map(|text| base::text::clean(&text)).filter(|text| !text.is_empty()));
        let label = record.need("kind", label);
        let long = text.as_deref().map_or(0, base::text::count_chars);
        if long > LONGEST * 2 {
            record.error("words", Problem::TooLong(long, LONGEST * 2));
        }
        if let (Some(text), Some(label), true) = (text, label, record.errors().is_empty()) {
            cases.push(Labelled { head: head.unwrap_or_default(), text, label });
        }
        wrong.extend(record.into_errors());
    }
    Ok((cases, wrong))
}

const FIND: &Sql = sql!("SELECT kind FROM concern_label WHERE key = ?1");
const PUT: &Sql =
    sql!("INSERT INTO concern_label (key, kind, head, body) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (key) DO UPDATE SET kind = excluded.kind");
/// The whole table, in the order of its key: what a training reads.
const ALL: &Sql = sql!("SELECT key, kind, head, body FROM concern_label ORDER BY key");

/// A row of the table.
pub(crate) struct Row {
    pub(crate) key: [u8; 32],
    pub(crate) kind: String,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// All labelled cases.
pub(crate) fn all(tx: &mut Tx) -> Result<Vec<Row>, StoreError> {
    tx.all(ALL, p![], |row| {
        Ok(Row { key: row.array(0)?, kind: row.text(1)?.to_owned(), head: row.text(2)?.to_owned(), body: row.text(3)?.to_owned() })
    })
}

fn key(head: &str, text: &str) -> [u8; 32] {
    Sha256::digest(format!("{head}\0{text}")).into()
}

/// What the record holds of all labelled cases: a digest over them, each compared with its own key first.
pub(crate) fn digest(rows: &[Row]) -> String {
    let mut hasher = Sha256::new();
    for row in rows {
        hasher.update(if key(&row.head, &row.body) == row.key { row.key } else { [0; 32] });
        hasher.update(row.kind.as_bytes());
        hasher.update([0]);
    }
    let digest: [u8; 32] = hasher.finalize().into();
    hex(&digest)
}

/// The subject of what is learned.
pub(super) fn subject() -> Id {
    let digest: [u8; 32] = Sha256::digest("concern suggestions").into();
    Id::from_slice(digest.get(..16).unwrap_or(&[])).unwrap_or_default()
}

/// Takes in labelled cases. Labels that the catalogue does not know are told, and their cases left out.
///
/// # Errors
/// [`ImportError`].
pub fn bring_labelled(tx: &mut Tx, ctx: &Ctx, who: Authority<'_, Catalogue>, cases: &[Labelled]) -> Result<LabelledReport, ImportError> {
    let kinds = catalogue::kinds(tx)?;
    let mut report = LabelledReport::default();
    for case in cases {
        let folded = base::text::fold(&case.label);
        // The widest kind of a name: a table's first level is meant where two levels are called alike.
        let found = kinds
            .iter()
            .find(|kind| kind.code == case.label)
            .or_else(|| kinds.iter().filter(|kind| base::text::fold(&kind.name) == folded).min_by_key(|kind| kind.code.len()));
        let Some(kind) = found else {
            *report.unknown.entry(case.label.clone()).or_default() += 1;
            continue;
        };
        let key = key(&case.head, &case.text);
        if tx.opt(FIND, p![&key], |row| Ok(row.text(0)?.to_owned()))?.as_ref() == Some(&kind.code) {
            report.same += 1;
            continue;
        }
        tx.exec(PUT, p![&key, &kind.code, &case.head, &case.text])?;
        report.made += 1;
    }
    if report.made > 0 {
        let rows = all(tx)?;
        let cases = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let about = About { occurred_at: ctx.now, actor: who.actor(), unit: None, subject: subject(), batch: None };
        record::append(tx, ctx, about, &ConcernCasesLabelled { cases, digest: digest(&rows) })?;
    }
    Ok(report)
}
