//! A list of the audit as a workbook, with the filters it was seen with.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use sheets::{Export, FileKind, Head, Value};
use web::{Fields, Lang, Leaving, Log, PageError, Staff};

use super::list::{Asked, headers};
use super::texts::AuditTexts;
use super::{admit, line};

/// Rows in one workbook.
const MOST: usize = 10_000;
/// Rows read at a time.
const PIECE: i64 = 500;

/// The workbook.
pub(super) async fn workbook(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let name = AuditTexts::of(staff.lang).export_name;
    let (response, person, leaving) = staff
        .read(move |tx, ctx, who| {
            admit(who)?;
            let t = AuditTexts::of(Lang::Hans);
            let heads: Vec<Head> = headers().iter().map(|(header, width)| Head::new(*header, *width)).collect();
            let mut book = Export::new(FileKind::Xlsx, t.export_name, None, &heads).map_err(PageError::internal)?;
            let mut asked = Asked::of(&fields, ctx, Log::parse(fields.value("log"))).settled(tx)?;
            let mut rows = 0;
            loop {
                let events = asked.events(tx, PIECE)?;
                for event in &events {
                    let line = line(tx, who, t, event)?;
                    let cells = [line.place, line.when, line.kind, line.about, line.code, line.who, line.unit, line.subject, line.id];
                    let values: Vec<Value<'_>> = cells.iter().map(|cell| Value::Text(cell.into())).collect();
                    book.row(&values).map_err(PageError::internal)?;
                }
                rows += events.len();
                match events.last() {
                    Some(last) if rows < MOST => asked = asked.after(last),
                    _ => break,
                }
            }
            let mut bytes = Vec::new();
            book.finish(&mut bytes).map_err(PageError::internal)?;
            let mut response = bytes.into_response();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FileKind::Xlsx.media_type()));
            let file = format!("attachment; filename=\"audit.xlsx\"; filename*=UTF-8''{}.xlsx", web::shell::percent(name));
            headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&file).map_err(PageError::internal)?);
            Ok((response, who.person, Leaving { table: "audit", unit: None, rows, masked: false }))
        })
        .await?;
    staff.hand_out(person, leaving).await?;
    Ok(response)
}
