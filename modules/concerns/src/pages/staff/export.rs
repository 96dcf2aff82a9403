//! A list as a workbook, with the headers that cadres use. It holds no contact and no words of
//! confidential callers, so that a mislaid file gives nobody away.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base::Time;
use sheets::{Export, FileKind, Head, Value};
use web::{Fields, PageError, Signed, Staff};

use super::StaffTexts;
use super::list::filter;
use crate::pages::words;
use crate::permissions::Read;
use crate::read::{self, Row};

/// Rows in one workbook.
const MOST: usize = 5_000;
/// Rows read at a time.
const CHUNK: usize = 500;

/// The headers: the product's first language, since this is the form that other systems read.
const HEADS: [(&str, u16); 12] = [
    ("编号", 18),
    ("来源", 10),
    ("受理时间", 20),
    ("类别", 16),
    ("地点", 28),
    ("标题", 44),
    ("状态", 10),
    ("主办", 28),
    ("经办人", 12),
    ("时限", 20),
    ("办结时间", 20),
    ("结果", 14),
];

/// The workbook.
pub(super) async fn workbook(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let name = StaffTexts::of(staff.lang).export_name;
    let bytes = staff
        .read(move |tx, ctx, who| {
            who.has::<Read>().ok_or(PageError::Forbidden)?;
            let filter = filter(&fields, ctx);
            let heads: Vec<Head> = HEADS.iter().map(|(header, width)| Head::new(*header, *width)).collect();
            let mut book = Export::new(FileKind::Xlsx, "诉求工单", None, &heads).map_err(PageError::internal)?;
            let (mut before, mut left) = (None, MOST);
            while left > 0 {
                let found = read::list(tx, who, &who.tree, &filter, before.as_deref(), CHUNK.min(left))?;
                for row in &found.rows {
                    write(&mut book, who, row)?;
                }
                left = left.saturating_sub(found.rows.len());
                before = found.next;
                if before.is_none() {
                    break;
                }
            }
            let mut bytes = Vec::new();
            book.finish(&mut bytes).map_err(PageError::internal)?;
            Ok(bytes)
        })
        .await?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FileKind::Xlsx.media_type()));
    let file = format!("attachment; filename=\"concerns.xlsx\"; filename*=UTF-8''{}.xlsx", web::shell::percent(name));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&file).map_err(PageError::internal)?);
    Ok(response)
}

fn write(book: &mut Export, who: &Signed, row: &Row) -> Result<(), PageError> {
    let w = words::words(web::Lang::Hans);
    let name = |unit: Option<base::UnitId>| unit.map(|unit| who.tree.full_name(unit)).unwrap_or_default();
    let time = |at: Option<Time>| at.map(|at| at.civil().strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default();
    let cells = [
        row.no.clone(),
        w.source(row.source).to_owned(),
        time(Some(row.occurred_at)),
        row.kind_name.clone().unwrap_or_default(),
        name(row.place),
        row.title.clone(),
        w.state(row.state).to_owned(),
        name(row.handler.or(row.holder)),
        row.assignee_name.clone().unwrap_or_default(),
        time(row.due.as_ref().map(|due| due.at)),
        time(row.closed_at),
        row.outcome.map(|outcome| w.outcome(outcome).to_owned()).unwrap_or_default(),
    ];
    let values: Vec<Value<'_>> = cells.iter().map(|cell| Value::Text(cell.into())).collect();
    book.row(&values).map_err(PageError::internal)
}
