//! A report as a file: .docx, PDF, and its figures as a workbook.

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use documents::{Document, Fonts, PdfError};
use sheets::{Export, FileKind, Head, Value};
use web::{Fields, Leaving, PageError, Staff};

use super::ReportTexts;
use super::show::{Loaded, load};
use crate::document::document;
use crate::facts::{Cover, Facts, Past, Shown};
use crate::period;
use crate::report::State;

fn file(bytes: Vec<u8>, kind: &'static str, name: &str, extension: &str) -> Result<Response, PageError> {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let named = format!("attachment; filename=\"report.{extension}\"; filename*=UTF-8''{}.{extension}", web::shell::percent(name));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&named).map_err(PageError::internal)?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The document, and what its file is called.
async fn read(staff: &Staff, id: String, fields: &Fields) -> Result<(Document, String), PageError> {
    let v = fields.int("v");
    staff
        .read(move |tx, _, who| {
            let Loaded { report, body, facts, v } = load(tx, who, &id, v)?;
            let draft =
                (report.state == State::Draft || v != report.v).then(|| format!("（草稿第{v}版  {}）", period::day(facts.taken_at.date())));
            Ok((document(&body, &facts, draft.as_deref()), body.title.replace('\n', "")))
        })
        .await
}

/// The .docx.
pub(super) async fn word(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (document, name) = read(&staff, id, &fields).await?;
    let made = tokio::task::spawn_blocking(move || documents::docx(&document)).await;
    file(made.map_err(PageError::internal)?.map_err(PageError::internal)?, documents::DOCX, &name, "docx")
}

/// The PDF.
pub(super) async fn pdf(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (document, name) = read(&staff, id, &fields).await?;
    let folders = staff.app.config().fonts.clone();
    let made = tokio::task::spawn_blocking(move || documents::pdf(&document, &Fonts::find(&folders))).await;
    match made.map_err(PageError::internal)? {
        Ok(printed) => file(printed.bytes, documents::PDF, &name, "pdf"),
        Err(PdfError::NoFont(_)) => Err(PageError::Conflict(ReportTexts::of(staff.lang).pdf_no_font.to_owned())),
        Err(error @ PdfError::BadFont { .. }) => Err(PageError::internal(error)),
    }
}

/// The headers of the workbook, in the product's first language: it goes into other people's tables.
const HEADS: [(&str, u16); 8] =
    [("项目", 34), ("分项", 26), ("本期", 14), ("上期", 14), ("上年同期", 14), ("样本数", 12), ("单位", 8), ("时间", 26)];

/// The figures.
pub(super) async fn figures(staff: Staff, Path(id): Path<String>) -> Result<Response, PageError> {
    let (facts, name, unit, person) = staff
        .read(move |tx, _, who| {
            let loaded = load(tx, who, &id, None)?;
            Ok((loaded.facts, loaded.body.title.replace('\n', ""), loaded.report.unit, who.person))
        })
        .await?;
    let (bytes, rows) =
        tokio::task::spawn_blocking(move || workbook(&facts)).await.map_err(PageError::internal)?.map_err(PageError::internal)?;
    staff.hand_out(person, Leaving { table: "reports.figures", unit: Some(unit), rows, masked: false }).await?;
    file(bytes, FileKind::Xlsx.media_type(), &name, "xlsx")
}

/// The workbook, and how many rows it has.
fn workbook(facts: &Facts) -> Result<(Vec<u8>, usize), sheets::WriteError> {
    let heads: Vec<Head> = HEADS.iter().map(|(header, width)| Head::new(*header, *width)).collect();
    let mut book = Export::new(FileKind::Xlsx, "汇报数字", None, &heads)?;
    let over = format!("{} 至 {}", facts.from, facts.to);
    let mut rows = 0;
    let mut row = |cells: [String; 8]| {
        rows += 1;
        // What is a number is one in the workbook too.
        let value = |cell: &String| match cell.replace(',', "").parse::<i64>() {
            Ok(number) => Value::Int(number),
            Err(_) => Value::Text(cell.clone().into()),
        };
        let values: Vec<Value<'_>> = cells.iter().map(value).collect();
        book.row(&values)
    };
    for taken in facts.figures.values() {
        let bare = |num| taken.bare(num);
        let n = taken.now.of().map(|n| n.to_string()).unwrap_or_default();
        let was = |past| match (taken.was(past), taken.cover(past)) {
            (None, _) => String::new(),
            (Some(_), Cover::Nothing) => "没有记录".to_owned(),
            (Some(num), Cover::Part) => format!("{}（记录不全）", bare(num)),
            (Some(num), Cover::Whole) => bare(num),
        };
        let (last, year) = (was(Past::Last), was(Past::Year));
        row([taken.title.clone(), String::new(), bare(taken.now), last, year, n, taken.unit.clone(), over.clone()])?;
        for (at, (name, count)) in taken.list.iter().enumerate() {
            let then = |past| match (taken.was.get(at), taken.cover(past), past) {
                (Some((last, _)), Cover::Whole, Past::Last) => last.to_string(),
                (Some((_, year)), Cover::Whole, Past::Year) => year.to_string(),
                _ => String::new(),
            };
            row([
                taken.title.clone(),
                name.clone(),
                count.to_string(),
                then(Past::Last),
                then(Past::Year),
                String::new(),
                taken.unit.clone(),
                over.clone(),
            ])?;
        }
    }
    for shown in facts.shown.values() {
        match shown {
            Shown::Table { caption, heads, rows } => {
                for cells in rows {
                    for ((title, _, _), cell) in heads.iter().zip(cells).skip(1) {
                        let first = cells.first().map(|cell| cell.text.as_str()).unwrap_or_default();
                        let empty = String::new;
                        row([
                            caption.clone(),
                            format!("{first} {title}"),
                            cell.text.clone(),
                            empty(),
                            empty(),
                            empty(),
                            empty(),
                            over.clone(),
                        ])?;
                    }
                }
            }
            Shown::Chart { caption, lines, series, .. } => {
                for points in series {
                    for (value, opens) in &points.values {
                        let text = value.map(|v| if *lines { format!("{}.{:02}%", v / 100, v % 100) } else { (v / 100).to_string() });
                        let span = format!("{} 至 {}", opens.from, opens.to);
                        let empty = String::new;
                        row([caption.clone(), points.name.clone(), text.unwrap_or_default(), empty(), empty(), empty(), empty(), span])?;
                    }
                }
            }
        }
    }
    let mut bytes = Vec::new();
    book.finish(&mut bytes)?;
    Ok((bytes, rows))
}
