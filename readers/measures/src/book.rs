//! The cases under a number as a workbook: the rows of the page, with how much each counts, so that whoever has the file can
//! work the number out again. What somebody may not know of stands there without a word of it, as on the page.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base::text::mask_personal;
use base::{Ctx, Id, UnitId};
use record::measure::{Kind, Measure};
use sheets::{Export, FileKind, Head, Value};
use store::Tx;
use web::{PageError, Signed, fill};

use crate::period::Period;
use crate::texts::MeasureTexts;
use crate::{Case, cases, pages};

/// Rows read at once, and the most that one workbook holds.
const ROWS: usize = 500;
const MOST: usize = 20_000;

/// Which cases.
pub struct Under<'a> {
    /// Under which number.
    pub measure: &'static Measure,
    /// Of which unit, with everything under it.
    pub unit: UnitId,
    /// In which period.
    pub period: &'a Period,
    /// Up to which position of the log, where the number is a locked one.
    pub upto: Option<i64>,
}

/// What one more column says of a case, under its title.
pub type Also<'a> = (&'static str, &'a dyn Fn(&Case) -> &'static str);

/// The workbook, and how many rows it has. `title` stands above them.
///
/// # Errors
/// The store's, or that the file could not be written.
pub fn cases_book(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Signed,
    under: &Under<'_>,
    title: &str,
    also: Option<Also<'_>>,
) -> Result<(Vec<u8>, usize), PageError> {
    let t = MeasureTexts::of(who.visit().lang);
    let rate = matches!(under.measure.kind, Kind::Rate { .. });
    let mut heads = vec![
        Head::new(t.case_pos, 12),
        Head::new(t.column_when, 18),
        Head::new(t.column_what, 40),
        Head::new(t.column_more, 44),
        Head::new(t.column_unit, 32),
        Head::new(if rate { t.column_below } else { t.column_counts }, 8),
    ];
    if rate {
        heads.push(Head::new(t.column_above, 8));
    }
    heads.extend(also.map(|(title, _)| Head::new(title, 20)));
    let mut found: Vec<Case> = Vec::new();
    let mut after = None;
    loop {
        let some = cases(tx, under.measure.id, under.unit, under.period, after, ROWS)?;
        after = some.last().filter(|_| some.len() == ROWS).map(Case::after);
        found.extend(some.into_iter().filter(|case| under.upto.is_none_or(|upto| case.pos <= upto)));
        if after.is_none() || found.len() >= MOST {
            break;
        }
    }
    let cut = after.is_some() || found.len() > MOST;
    found.truncate(MOST);
    let title = if cut { format!("{title} {}", fill(t.book_cut, &[("n", &MOST)])) } else { title.to_owned() };
    let mut book = Export::new(FileKind::Xlsx, t.book_name, Some(&title), &heads).map_err(PageError::internal)?;
    for some in found.chunks(ROWS) {
        let subjects: Vec<Id> = some.iter().map(|case| case.subject).collect();
        let lines = pages::lines_of(tx, ctx, who, under.unit, &subjects)?;
        for case in some {
            let line = lines.get(&case.subject);
            let words = |text: Option<&String>| text.map(|text| mask_personal(text)).unwrap_or_default();
            let matter = if line.is_some() { words(line.map(|line| &line.title)) } else { t.hidden.to_owned() };
            let mut row: Vec<Value<'_>> = vec![
                case.pos.into(),
                Value::Time(case.at),
                matter.into(),
                words(line.map(|line| &line.sub)).into(),
                who.tree.full_name(case.unit).into(),
                case.n.into(),
            ];
            if rate {
                row.push(case.above.into());
            }
            row.extend(also.map(|(_, says)| Value::from(says(case))));
            book.row(&row).map_err(PageError::internal)?;
        }
    }
    let mut bytes = Vec::new();
    book.finish(&mut bytes).map_err(PageError::internal)?;
    Ok((bytes, found.len()))
}

/// A workbook as an answer, under a name that every browser can write and the one that people read.
///
/// # Errors
/// That the name cannot stand in a header.
pub fn sent(bytes: Vec<u8>, plain: &str, name: &str) -> Result<Response, PageError> {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FileKind::Xlsx.media_type()));
    let file = format!("attachment; filename=\"{plain}.xlsx\"; filename*=UTF-8''{}.xlsx", web::shell::percent(name));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&file).map_err(PageError::internal)?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
