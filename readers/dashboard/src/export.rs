//! The table of a dashboard as a workbook, with the same numbers and the same ones kept back.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use sheets::{Export, FileKind, Head, Value};
use web::due::Look;
use web::{Fields, PageError, Staff};

use crate::board::{owed, sections};
use crate::scope::{Scope, name};
use crate::texts::BoardTexts;

/// The workbook.
pub(crate) async fn workbook(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (bytes, title) = staff
        .read(move |tx, ctx, who| {
            let scope = Scope::of(who, ctx, &fields)?;
            let lang = who.visit().lang;
            let t = BoardTexts::of(lang);
            let look = Look { actor: Some(who), tree: &who.tree, lang, unit: scope.unit };
            let owed = owed(tx, ctx, who, &look)?;
            let title = format!("{} {}", name(&who.tree, scope.unit), scope.period.label(lang));
            let sections = sections(tx, who, &scope, &owed)?;
            let mut heads: Vec<Head> = vec![Head::new(t.unit, 28)];
            for section in sections.iter().take(1) {
                for column in section.columns.iter().skip(1) {
                    heads.push(Head::new(column.title.clone(), 12));
                }
            }
            let mut book = Export::new(FileKind::Xlsx, t.sheet, Some(&title), &heads).map_err(PageError::internal)?;
            let whole = name(&who.tree, scope.unit);
            let below = sections.iter().flat_map(|section| &section.below).flat_map(|below| &below.rows);
            let rows = below.map(|row| (&row.name, &row.cells)).chain(sections.iter().map(|section| (&whole, &section.total)));
            for (name, cells) in rows {
                let mut values: Vec<Value<'_>> = vec![name.as_str().into()];
                for cell in cells {
                    let plain: String = cell.text.chars().filter(|c| *c != ',').collect();
                    values.push(match plain.parse::<i64>() {
                        Ok(number) => Value::Int(number),
                        Err(_) if cell.note.is_empty() => Value::Text(plain.into()),
                        Err(_) => Value::Text(format!("{plain} ({})", cell.note).into()),
                    });
                }
                book.row(&values).map_err(PageError::internal)?;
            }
            let mut bytes = Vec::new();
            book.finish(&mut bytes).map_err(PageError::internal)?;
            Ok((bytes, title))
        })
        .await?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FileKind::Xlsx.media_type()));
    let file = format!("attachment; filename=\"dashboard.xlsx\"; filename*=UTF-8''{}.xlsx", web::shell::percent(&title));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&file).map_err(PageError::internal)?);
    Ok(response)
}
