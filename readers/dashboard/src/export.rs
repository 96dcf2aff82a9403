//! What a dashboard shows as a workbook: the units below, the figures, and the numbers under each chart; the same numbers and
//! the same ones kept back.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use sheets::{Export, FileKind, Head, Value};
use web::due::Look;
use web::{Fields, Leaving, PageError, Staff};

use crate::board::{Cell, Section, owed, sections};
use crate::scope::{Scope, name};
use crate::texts::BoardTexts;

/// The workbook.
pub(crate) async fn workbook(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (bytes, title, person, leaving) = staff
        .read(move |tx, ctx, who| {
            let scope = Scope::of(who, ctx, &fields)?;
            let lang = who.visit().lang;
            let t = BoardTexts::of(lang);
            let look = Look { actor: Some(who), tree: &who.tree, lang, unit: scope.unit };
            let owed = owed(tx, ctx, who, &look)?;
            let title = format!("{} {}", name(&who.tree, scope.unit), scope.period.label(lang));
            let sections = sections(tx, who, &scope, &owed)?;
            // Each section has columns of its own; a unit has one row over all of them.
            let several = sections.len() > 1;
            let mut heads: Vec<Head> = vec![Head::new(t.unit, 28)];
            for section in &sections {
                let title = |column: &str| if several { format!("{} · {column}", section.title) } else { column.to_owned() };
                heads.extend(section.columns.iter().skip(1).map(|column| Head::new(title(&column.title), 14)));
            }
            let mut book = Export::new(FileKind::Xlsx, t.sheet, Some(&title), &heads).map_err(PageError::internal)?;
            let mut rows = table(&sections, name(&who.tree, scope.unit));
            let leaving = Leaving { table: "board", unit: Some(scope.unit), rows: rows.len(), masked: false };
            rows.extend(sections.iter().flat_map(shown));
            for row in rows {
                book.row(&row).map_err(PageError::internal)?;
            }
            let mut bytes = Vec::new();
            book.finish(&mut bytes).map_err(PageError::internal)?;
            Ok((bytes, title, who.person, leaving))
        })
        .await?;
    staff.hand_out(person, leaving).await?;
    file(bytes, "dashboard", &title)
}

/// A workbook to be taken away, under its own name and a plain one.
pub(crate) fn file(bytes: Vec<u8>, plain: &str, title: &str) -> Result<Response, PageError> {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FileKind::Xlsx.media_type()));
    let file = format!("attachment; filename=\"{plain}.xlsx\"; filename*=UTF-8''{}.xlsx", web::shell::percent(title));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&file).map_err(PageError::internal)?);
    Ok(response)
}

/// A row for each unit below in their fixed order, then what the unit has itself, then the whole; a cell is empty where a
/// section does not tell of a unit.
fn table(sections: &[Section], whole: String) -> Vec<Vec<Value<'_>>> {
    // By address, since two units may bear one name; the unit's own row has none.
    let mut units: Vec<(&str, &str)> = Vec::new();
    for row in sections.iter().flat_map(|section| &section.below).flat_map(|below| &below.rows) {
        if !units.contains(&(&*row.href, &*row.name)) {
            units.push((&row.href, &row.name));
        }
    }
    // What a unit has itself stands behind those below it, whichever section names it.
    units.sort_by_key(|(href, _)| href.is_empty());
    let mut rows = Vec::with_capacity(units.len() + 1);
    for (href, name) in units {
        let mut values: Vec<Value<'_>> = vec![Value::Text(name.into())];
        for section in sections {
            let found = section.below.iter().flat_map(|below| &below.rows).find(|row| row.href == href && row.name == name);
            match found {
                Some(row) => values.extend(row.cells.iter().map(value)),
                None => values.extend(section.columns.iter().skip(1).map(|_| Value::Empty)),
            }
        }
        rows.push(values);
    }
    let mut last: Vec<Value<'_>> = vec![Value::Text(whole.into())];
    last.extend(sections.iter().flat_map(|section| &section.total).map(value));
    rows.push(last);
    rows
}

/// What a section shows beside the units: its figures with their n, and the numbers under each chart.
fn shown(section: &Section) -> Vec<Vec<Value<'_>>> {
    let mut rows = vec![Vec::new(), vec![Value::Text(section.title.into())]];
    for figure in &section.figures {
        let mut row = vec![Value::Text(figure.label.as_str().into()), number(&figure.number, "")];
        row.extend(figure.notes.iter().map(|note| Value::Text(note.as_str().into())));
        rows.push(row);
    }
    for chart in &section.charts {
        let title = format!("{} · {}", section.title, chart.title);
        rows.extend([Vec::new(), vec![Value::Text(title.into())]]);
        let heads = std::iter::once(chart.axis).chain(chart.series.iter().map(String::as_str));
        rows.push(heads.map(|head| Value::Text(head.into())).collect());
        for (label, values) in &chart.rows {
            let mut row = vec![Value::Text(label.as_str().into())];
            row.extend(values.iter().map(|n| Value::Int(*n)));
            rows.push(row);
        }
    }
    rows
}

fn value(cell: &Cell) -> Value<'_> {
    number(&cell.text, &cell.note)
}

/// A number as a number; what is none with the note that explains it.
pub(crate) fn number(text: &str, note: &str) -> Value<'static> {
    let plain: String = text.chars().filter(|c| *c != ',').collect();
    match plain.parse::<i64>() {
        Ok(number) => Value::Int(number),
        Err(_) if note.is_empty() => Value::Text(plain.into()),
        Err(_) => Value::Text(format!("{plain} ({note})").into()),
    }
}
