//! Questions in from Word and Excel, and out to both; a paper to be printed.

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base::UnitId;
use documents::{Block, Document};
use sheets::{Export, FileKind, Head, Value};
use web::{Errors, Fields, Leaving, Page, PageError, Shell, Signed, Staff, fill, page, redirect};

use super::bank::wrong_words;
use super::{bank as found, id, kind_name, papers};
use crate::bring::{self, BringError, BroughtId, COLUMNS};
use crate::events::{BankId, PaperId};
use crate::layout;
use crate::model::{Kind, LARGEST_RECORDING, Wrong, letters};
use crate::permissions::Organise;
use crate::read;
use crate::render::points;
use crate::texts::TheoryTexts;

struct Last {
    href: String,
    file: String,
    sub: String,
}

#[derive(Template)]
#[template(path = "theory/import.html")]
struct Form {
    shell: Shell,
    t: &'static TheoryTexts,
    errors: Errors,
    bank: String,
    base: String,
    last: Vec<Last>,
    op_key: String,
}

pub(super) async fn form(staff: Staff, Path(bank): Path<String>) -> Result<Page, PageError> {
    shown(&staff, id(&bank)?, Errors::none()).await
}

async fn shown(staff: &Staff, bank: BankId, errors: Errors) -> Result<Page, PageError> {
    let op_key = staff.op_key();
    staff
        .read(move |tx, _, who| {
            let (bank, own) = found(tx, who, bank)?;
            if !own {
                return Err(PageError::Forbidden);
            }
            let t = TheoryTexts::of(who.visit().lang);
            let last = bring::last(tx, bank.id)?.into_iter().map(|(id, file, done, state)| Last {
                href: format!("/tests/import/{id}"),
                file,
                sub: if state == "back" {
                    t.import_undone.replace("{n}", "")
                } else {
                    fill(t.import_done, &[("n", &done), ("same", &"–")])
                },
            });
            let (errors, op_key) = (errors.clone(), op_key.clone());
            let base = format!("/tests/banks/{}", bank.id);
            page(&Form { shell: who.shell(t.import), t, errors, bank: bank.name, base, last: last.collect(), op_key })
        })
        .await
}

/// Looks into a file and keeps what was found, to be looked at.
pub(super) async fn upload(staff: Staff, Path(bank): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let bank: BankId = id(&bank)?;
    let (key, t) = (fields.op_key()?, TheoryTexts::of(staff.lang));
    let mut errors = Errors::none();
    let file = fields.files("file").next();
    let name = file.map(|file| file.name.clone()).unwrap_or_default();
    let Some(bytes) = file.and_then(|file| file.bytes.clone()) else {
        errors.add("file", t.import_none);
        return Ok(shown(&staff, bank, errors).await?.again().into_response());
    };
    let chinese = staff.lang != web::Lang::En;
    // Away from the threads that answer pages: a large file takes a while to read.
    let looked = tokio::task::spawn_blocking(move || bring::look(&bytes)).await.map_err(PageError::internal)?;
    let words = match looked {
        Ok(looked) if looked.found.is_empty() => t.import_none.to_owned(),
        Ok(looked) => {
            let made = staff
                .write(move |tx, ctx, who| {
                    let (bank, own) = super::bank(tx, who, bank)?;
                    if !own {
                        return Err(PageError::Forbidden);
                    }
                    Ok(store::once(tx, ctx.now, &key, "theory.look", who.person.bytes(), |tx| {
                        bring::keep(tx, ctx, who.person, bank.id, &name, &looked)
                    })?)
                })
                .await?;
            return Ok(redirect(format!("/tests/import/{made}")).into_response());
        }
        Err(BringError::Docx(error)) => fill(t.import_bad, &[("why", &if chinese { error.zh().to_owned() } else { error.to_string() })]),
        Err(BringError::Sheet(error)) => fill(t.import_bad, &[("why", &if chinese { error.zh() } else { error.to_string() })]),
        Err(_) => t.import_none.to_owned(),
    };
    errors.add("file", words);
    Ok(shown(&staff, bank, errors).await?.again().into_response())
}

struct Row {
    title: String,
    kind: &'static str,
    stem: String,
    options: Vec<String>,
    answer: String,
    plays: String,
    wrong: &'static str,
}

#[derive(Template)]
#[template(path = "theory/preview.html")]
struct Preview {
    shell: Shell,
    t: &'static TheoryTexts,
    back: String,
    base: String,
    summary: String,
    send: String,
    undo: bool,
    waits: bool,
    /// Which recordings are missing; empty where none is.
    missing: String,
    files_hint: String,
    wrong: Vec<Row>,
    left_out_title: String,
    left_out: Vec<String>,
    rows: Vec<Row>,
    op_key: String,
}

/// An import into a bank that this person may write in.
pub(super) fn own(tx: &mut store::Tx, who: &Signed, id: BroughtId) -> Result<bring::Import, PageError> {
    let import = bring::import(tx, id)?.ok_or(PageError::NotFound)?;
    let (_, own) = found(tx, who, import.bank)?;
    if own { Ok(import) } else { Err(PageError::Forbidden) }
}

pub(super) async fn show(staff: Staff, Path(import): Path<String>) -> Result<Page, PageError> {
    let import: BroughtId = id(&import)?;
    let op_key = staff.op_key();
    staff
        .read(move |tx, _, who| {
            let import = own(tx, who, import)?;
            let lang = who.visit().lang;
            let t = TheoryTexts::of(lang);
            // A table names its rows; what a Word file has bears numbers of its own.
            let of_table = import.found.iter().all(|one| u32::try_from(one.line) == Ok(one.number));
            let numbered = if of_table { t.import_row } else { t.import_line };
            let row = |one: &layout::Found| {
                let question = &one.question;
                let answer = match question.kind {
                    Kind::Judge => if question.answer == "A" { "对" } else { "错" }.to_owned(),
                    _ => question.answer.lines().collect::<Vec<_>>().join("；"),
                };
                Row {
                    title: fill(numbered, &[("n", &one.number)]),
                    kind: kind_name(lang, question.kind),
                    stem: question.stem.clone(),
                    options: question.options.iter().enumerate().map(|(at, text)| format!("{} {text}", letters(1 << at))).collect(),
                    answer,
                    plays: if one.plays.is_empty() { String::new() } else { fill(t.import_plays, &[("name", &one.plays)]) },
                    wrong: one.wrong.map_or("", |wrong| wrong_words(t, wrong)),
                }
            };
            let lacking: Vec<&layout::Found> = import.found.iter().filter(|one| one.wrong == Some(Wrong::Recording)).collect();
            let mut names: Vec<&str> = lacking.iter().map(|one| one.plays.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            let missing = if lacking.is_empty() || import.state != "shown" {
                String::new()
            } else {
                fill(t.import_files_text, &[("n", &lacking.len()), ("names", &names.join(if lang.is_chinese() { "、" } else { ", " }))])
            };
            let waits = import.state == "shown" || (import.state == "in" && import.done < import.good);
            page(&Preview {
                shell: who.shell(format!("{} · {}", t.import_preview, import.file)),
                t,
                back: format!("/tests/banks/{}", import.bank),
                base: format!("/tests/import/{}", import.id),
                summary: fill(t.import_found, &[("n", &import.found.len()), ("wrong", &import.bad)]),
                send: fill(t.import_send, &[("n", &(import.good - import.done))]),
                undo: import.state == "in",
                waits: waits && import.good > 0,
                missing,
                files_hint: fill(t.recording_hint, &[("n", &(LARGEST_RECORDING >> 20))]),
                wrong: import.found.iter().filter(|one| one.wrong.is_some()).take(200).map(row).collect(),
                left_out_title: fill(t.import_left_out, &[("n", &import.left_out.len())]),
                left_out: web::bring::left_out_lines(lang, &import.left_out).collect(),
                rows: import.found.iter().filter(|one| one.wrong.is_none()).take(300).map(row).collect(),
                op_key: op_key.clone(),
            })
        })
        .await
}

fn proof(who: &Signed, unit: base::UnitId) -> Result<people::Proof<Organise>, PageError> {
    who.require::<Organise>(&who.tree, unit).map_err(|_| PageError::Forbidden)
}

fn failed(error: BringError) -> PageError {
    match error {
        BringError::Store(error) => error.into(),
        BringError::NotFound => PageError::NotFound,
        other => PageError::Conflict(other.to_string()),
    }
}

/// Brings in, piece by piece. Pressed again after something went wrong, it goes on where it was.
pub(super) async fn send(staff: Staff, Path(import): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let import: BroughtId = id(&import)?;
    fields.op_key()?;
    let t = TheoryTexts::of(staff.lang);
    let mut brought;
    loop {
        let (done, all, to) = staff
            .write(move |tx, ctx, who| {
                let import = own(tx, who, import)?;
                if import.state == "in" && import.done >= import.good {
                    return Ok((import.done, true, import.bank));
                }
                let unit = read::bank(tx, import.bank)?.ok_or(PageError::NotFound)?.unit;
                let (done, all) = bring::bring_in(tx, ctx, &proof(who, unit)?, import.id).map_err(failed)?;
                Ok((done, all, import.bank))
            })
            .await?;
        brought = (done, to);
        if all {
            break;
        }
    }
    let (done, bank) = brought;
    Ok(redirect(format!("/tests/banks/{bank}")).done(fill(t.import_done, &[("n", &done), ("same", &0)])).into_response())
}

pub(super) async fn undo(staff: Staff, Path(import): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let import: BroughtId = id(&import)?;
    fields.op_key()?;
    let t = TheoryTexts::of(staff.lang);
    let mut back = 0;
    let bank = loop {
        let (some, all, bank) = staff
            .write(move |tx, ctx, who| {
                let import = own(tx, who, import)?;
                let unit = read::bank(tx, import.bank)?.ok_or(PageError::NotFound)?.unit;
                let (back, all) = bring::undo(tx, ctx, &proof(who, unit)?, import.id).map_err(failed)?;
                Ok((back, all, import.bank))
            })
            .await?;
        back += some;
        if all {
            break bank;
        }
    };
    Ok(redirect(format!("/tests/banks/{bank}")).done(fill(t.import_undone, &[("n", &back)])).into_response())
}

/// A file to be kept, with its name and a plain one for old browsers.
pub(super) fn attachment(bytes: Vec<u8>, kind: &'static str, name: &str, plain: &str) -> Result<Response, PageError> {
    let file = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", web::shell::percent(name));
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&file).map_err(PageError::internal)?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// Heading or paragraph, as the layout has them.
fn block(line: String) -> Block {
    if line.starts_with(['一', '二', '三', '四', '五']) && line.contains('、') {
        Block::Heading(1, line)
    } else {
        Block::Paragraph(line)
    }
}

/// That the questions of a bank leave, with their answers.
fn questions(unit: UnitId, rows: usize) -> Leaving {
    Leaving { table: "theory.questions", unit: Some(unit), rows, masked: false }
}

pub(super) async fn docx(staff: Staff, Path(bank): Path<String>) -> Result<Response, PageError> {
    let bank: BankId = id(&bank)?;
    let (name, bytes, person, leaving) = staff
        .read(move |tx, ctx, who| {
            let (bank, own) = found(tx, who, bank)?;
            if !own {
                return Err(PageError::Forbidden);
            }
            let all: Vec<_> = read::questions(tx, bank.id)?.into_iter().filter(|one| !one.retired).map(|one| one.question).collect();
            let document = Document {
                title: bank.name.clone(),
                author: who.tree.full_name(bank.unit),
                date: ctx.now.date().to_string(),
                blocks: layout::written(&all).into_iter().map(block).collect(),
                ..Document::default()
            };
            let leaving = questions(bank.unit, all.len());
            Ok((bank.name, documents::docx(&document).map_err(PageError::internal)?, who.person, leaving))
        })
        .await?;
    staff.hand_out(person, leaving).await?;
    attachment(bytes, DOCX, &format!("{name}.docx"), "questions.docx")
}

pub(super) async fn xlsx(staff: Staff, Path(bank): Path<String>) -> Result<Response, PageError> {
    let bank: BankId = id(&bank)?;
    let (name, bytes, person, leaving) = staff
        .read(move |tx, _, who| {
            let (bank, own) = found(tx, who, bank)?;
            if !own {
                return Err(PageError::Forbidden);
            }
            let wide = |key: &str| if matches!(key, "stem" | "note") { 50 } else { 16 };
            let heads: Vec<Head> =
                COLUMNS.iter().filter(|column| column.key != "options").map(|column| Head::new(column.header, wide(column.key))).collect();
            let mut table = Export::new(FileKind::Xlsx, "试题", None, &heads).map_err(PageError::internal)?;
            let mut rows = 0;
            for one in read::questions(tx, bank.id)?.into_iter().filter(|one| !one.retired) {
                let question = one.question;
                rows += 1;
                let mut cells: Vec<Value<'_>> = vec![layout::name(question.kind).into(), question.stem.as_str().into()];
                cells.extend((0..8).map(|at| question.options.get(at).map(String::as_str).unwrap_or("").into()));
                let answer = match question.kind {
                    Kind::Judge => if question.answer == "A" { "正确" } else { "错误" }.to_owned(),
                    Kind::Blank => question.answer.lines().collect::<Vec<_>>().join("；"),
                    _ => question.answer.clone(),
                };
                cells.push(answer.into());
                cells.push(layout::level(question.difficulty).into());
                let plays = question.recording.as_ref().map_or("", |one| one.name.as_str());
                cells.extend([question.topic.as_str().into(), question.note.as_str().into(), plays.into()]);
                table.row(&cells).map_err(PageError::internal)?;
            }
            let mut bytes = Vec::new();
            table.finish(&mut bytes).map_err(PageError::internal)?;
            Ok((bank.name, bytes, who.person, questions(bank.unit, rows)))
        })
        .await?;
    staff.hand_out(person, leaving).await?;
    attachment(bytes, FileKind::Xlsx.media_type(), &format!("{name}.xlsx"), "questions.xlsx")
}

/// A paper to be printed: each version with a sheet for answers, without what is right.
pub(super) async fn paper(staff: Staff, Path(paper): Path<String>) -> Result<Response, PageError> {
    let paper: PaperId = id(&paper)?;
    let (name, bytes) = staff
        .read(move |tx, ctx, who| {
            let paper = papers::papers(tx, who)?.into_iter().find(|one| one.id == paper).ok_or(PageError::NotFound)?;
            let mut blocks = Vec::new();
            for n in 1..=paper.variants {
                if paper.variants > 1 {
                    blocks.push(Block::Heading(1, format!("版本{n}")));
                }
                blocks.push(Block::Paragraph("姓名：____________　单位：____________________　得分：________".into()));
                let mut before = None;
                for (place, item) in (1..).zip(read::items(tx, paper.id, n)?) {
                    let Some(question) = read::version(tx, item.q, item.v)? else { continue };
                    if before != Some(question.kind) {
                        before = Some(question.kind);
                        blocks.push(Block::Heading(2, layout::name(question.kind).to_owned()));
                    }
                    blocks.push(Block::Paragraph(format!("{place}．{}（{}分）", question.stem, points(item.points))));
                    if question.picture.is_some() {
                        blocks.push(Block::Paragraph("（本题有图，请另附）".into()));
                    }
                    if let Some(recording) = &question.recording {
                        let what = if recording.kind.is_film() { "视频" } else { "音频" };
                        blocks.push(Block::Paragraph(format!("（本题由监考人员播放{what}“{}”）", recording.name)));
                    }
                    for (bit, at) in item.order.iter().enumerate() {
                        if let Some(option) = question.options.get(usize::from(*at)) {
                            blocks.push(Block::Paragraph(format!("{}．{option}", letters(1 << bit))));
                        }
                    }
                    match question.kind {
                        Kind::Single | Kind::Multiple => blocks.push(Block::Paragraph("答：______".into())),
                        Kind::Judge => blocks.push(Block::Paragraph("答（对、错）：______".into())),
                        Kind::Blank => blocks.push(Block::Paragraph("答：__________________________".into())),
                        Kind::Short => blocks.extend((0..4).map(|_| Block::Paragraph("______________________________".into()))),
                    }
                }
            }
            let document = Document {
                title: paper.name.clone(),
                subtitle: format!("满分 {} 分", points(paper.full)),
                author: who.tree.full_name(paper.unit),
                date: ctx.now.date().to_string(),
                blocks,
                ..Document::default()
            };
            Ok((paper.name, documents::docx(&document).map_err(PageError::internal)?))
        })
        .await?;
    attachment(bytes, DOCX, &format!("{name}.docx"), "paper.docx")
}
