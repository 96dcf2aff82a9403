//! Bringing a table in: upload, a look at the columns and the first rows, progress, what came of it, undoing.

mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base::Id;
use sheets::{CellError, FileKind, Sheet, letters, map_headers, write_errors};
use store::jobs;
use web::kit::{Choice, Column, Fact};
use web::shell::Tone;
use web::{App, Errors, Fields, Lang, Page, PageError, Redirect, Shell, Signed, Staff, dates, fill, page, redirect};

use crate::import::{self, Batch, BatchId, BatchState, COLUMNS, Draft, ImportError, NoteKind};
use crate::permissions::{Authority, Catalogue, Import};
use texts::ImportTexts;

/// Rows that a preview shows.
const SHOWN: usize = 6;
/// Notes of a kind that a page lists.
const LISTED: i64 = 100;
/// Errors that a workbook holds.
const IN_WORKBOOK: i64 = 200_000;

/// The routes.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/work/import", get(list).post(upload))
        .route("/work/import/kinds", post(kinds))
        .route("/work/import/{id}", get(show))
        .route("/work/import/{id}/choose", post(choose))
        .route("/work/import/{id}/start", post(start))
        .route("/work/import/{id}/resume", post(resume))
        .route("/work/import/{id}/discard", post(discard))
        .route("/work/import/{id}/undo", get(ask_undo).post(undo))
        .route("/work/import/{id}/errors.xlsx", get(workbook))
}

struct Item {
    href: String,
    name: String,
    state: &'static str,
    sub: String,
}

#[derive(Template)]
#[template(path = "import/list.html")]
struct ListPage {
    shell: Shell,
    t: &'static ImportTexts,
    errors: Errors,
    op_key: String,
    items: Vec<Item>,
    catalogue: bool,
}

#[derive(Template)]
#[template(path = "import/choose.html")]
struct ChoosePage {
    shell: Shell,
    t: &'static ImportTexts,
    errors: Errors,
    base: String,
    facts: Vec<Fact>,
    left_out_title: String,
    left_out: Vec<Choice>,
    source: String,
    columns_title: String,
    columns: Vec<(String, &'static str, &'static str, Vec<Choice>)>,
    heads: Vec<Column>,
    rows: Vec<(u32, Vec<String>)>,
    checks: Vec<(Tone, String)>,
    wrong: Vec<String>,
    ready: bool,
}

#[derive(Template)]
#[template(path = "import/show.html")]
struct ShowPage {
    shell: Shell,
    t: &'static ImportTexts,
    base: String,
    working: bool,
    doing: &'static str,
    done: i64,
    total: i64,
    failed: String,
    facts: Vec<Fact>,
    changed: Vec<(String, String)>,
    unknown: Vec<String>,
    kept: Vec<String>,
    workbook: bool,
    workbook_href: String,
    undo_href: String,
    list_href: String,
    wrong: Vec<String>,
    undo: bool,
    undo_facts: Vec<Fact>,
}

#[derive(Template)]
#[template(path = "import/undo.html")]
struct UndoPage {
    shell: Shell,
    t: &'static ImportTexts,
    base: String,
    facts: Vec<Fact>,
}

/// Earlier imports, and the form for another one.
async fn list(staff: Staff) -> Result<Page, PageError> {
    draw_list(&staff, Errors::none()).await
}

async fn draw_list(staff: &Staff, errors: Errors) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            who.has::<Import>().ok_or(PageError::Forbidden)?;
            let lang = who.visit().lang;
            let t = ImportTexts::of(lang);
            let item = |batch: Batch| Item {
                href: format!("/work/import/{}", batch.id),
                state: state(t, batch.state),
                sub: format!("{} · {}", dates::moment(lang, batch.created_at, ctx.now), summary(t, &batch)),
                name: batch.file_name,
            };
            page(&ListPage {
                shell: who.shell(t.title),
                t,
                errors: errors.clone(),
                op_key: who.visit().op_key(),
                items: import::batches(tx, 30)?.into_iter().map(item).collect(),
                catalogue: who.has::<Catalogue>().is_some(),
            })
        })
        .await
}

fn state(t: &'static ImportTexts, state: BatchState) -> &'static str {
    match state {
        BatchState::Draft => t.state_draft,
        BatchState::Running => t.state_running,
        BatchState::Done => t.state_done,
        BatchState::Undoing => t.state_undoing,
        BatchState::Undone => t.state_undone,
    }
}

fn summary(t: &ImportTexts, batch: &Batch) -> String {
    match batch.state {
        BatchState::Draft => fill(t.rows, &[("n", &batch.total)]),
        BatchState::Undoing | BatchState::Undone => fill(t.sum_undone, &[("n", &batch.removed), ("k", &batch.kept)]),
        _ => fill(t.sum, &[("n", &batch.made), ("s", &batch.same), ("c", &batch.changed), ("w", &batch.wrong)]),
    }
}

/// Words of an error, in the reader's language.
pub fn say(lang: Lang, error: &ImportError) -> String {
    let t = ImportTexts::of(lang);
    match error {
        ImportError::Read(error) => either(lang, || error.zh(), || error.to_string()),
        ImportError::NotFound => t.error_not_found.to_owned(),
        ImportError::NotNow | ImportError::Lost => t.error_not_now.to_owned(),
        ImportError::NoDistrict => t.error_no_district.to_owned(),
        ImportError::Columns(headers) => {
            let names: Vec<&str> = COLUMNS.iter().filter(|c| headers.contains(&c.header)).map(|c| label(t, c.key)).collect();
            fill(t.error_columns, &[("columns", &names.join(if lang.is_chinese() { "、" } else { ", " }))])
        }
        ImportError::Source => t.error_source.to_owned(),
        ImportError::FileGone => t.error_file_gone.to_owned(),
        ImportError::Failed(_) | ImportError::Io(_) | ImportError::Catalogue(_) | ImportError::Store(_) => t.error_later.to_owned(),
    }
}

fn either(lang: Lang, zh: impl Fn() -> String, en: impl Fn() -> String) -> String {
    match lang {
        Lang::Hans => zh(),
        Lang::Hant => web::lang::to_hant(&zh()),
        Lang::En => en(),
    }
}

fn label(t: &'static ImportTexts, key: &str) -> &'static str {
    match key {
        "no" => t.col_no,
        "user" => t.col_user,
        "title" => t.col_title,
        "at" => t.col_at,
        "words" => t.col_words,
        "answer" => t.col_answer,
        "answered" => t.col_answered,
        "kind1" => t.col_kind1,
        "kind2" => t.col_kind2,
        _ => t.col_kind3,
    }
}

/// An error of an operation as a page: what the store says goes to the log.
fn broken(error: ImportError) -> PageError {
    match error {
        ImportError::NotFound => PageError::NotFound,
        ImportError::Store(error) => error.into(),
        other => PageError::internal(other),
    }
}

/// Runs what blocks beside the pages.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, PageError> {
    tokio::task::spawn_blocking(work).await.map_err(PageError::internal)
}

/// The one file of a form: its name and bytes, or what is wrong in words.
fn uploaded(fields: &Fields, t: &ImportTexts) -> Result<(String, Vec<u8>), String> {
    let file = fields.files("file").next().ok_or(t.error_no_file)?;
    let bytes = file.bytes.as_ref().ok_or(t.error_large)?;
    Ok((file.name.clone(), bytes.to_vec()))
}

async fn upload(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let lang = staff.lang;
    // Before a large file is read: may they at all.
    staff.read(|_, _, who| who.has::<Import>().map(drop).ok_or(PageError::Forbidden)).await?;
    let (name, bytes) = match uploaded(&fields, ImportTexts::of(lang)) {
        Ok(file) => file,
        Err(words) => return again(&staff, "file", words).await,
    };
    let store = staff.district.store().clone();
    let read = beside(move || -> Result<Draft, ImportError> {
        let sheet = sheets::read(&bytes, COLUMNS)?;
        if sheet.rows.is_empty() && sheet.skipped.is_empty() {
            return Err(sheets::ReadError::NoRows.into());
        }
        let digest = store.blobs().put(&bytes)?;
        Ok(Draft::of(digest, &name, &sheet))
    });
    let draft = match read.await? {
        Ok(draft) => draft,
        Err(error @ ImportError::Read(_)) => return again(&staff, "file", say(lang, &error)).await,
        Err(error) => return Err(broken(error)),
    };
    let op_key = fields.op_key()?;
    let made = staff
        .write(move |tx, ctx, who| {
            let proof = who.has::<Import>().ok_or(PageError::Forbidden)?;
            import::draft(tx, ctx, &proof, &op_key, &draft).map_err(broken)
        })
        .await?;
    Ok(redirect(format!("/work/import/{made}")).into_response())
}

async fn again(staff: &Staff, field: &str, words: String) -> Result<Response, PageError> {
    let mut errors = Errors::none();
    errors.add(field, words);
    Ok(draw_list(staff, errors).await?.again().into_response())
}

async fn kinds(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let lang = staff.lang;
    let t = ImportTexts::of(lang);
    staff.read(|_, _, who| who.has::<Catalogue>().map(drop).ok_or(PageError::Forbidden)).await?;
    let (_, bytes) = match uploaded(&fields, t) {
        Ok(file) => file,
        Err(words) => return again(&staff, "kinds", words).await,
    };
    let (paths, wrong) = match beside(move || import::read_kinds(&bytes)).await? {
        Ok(read) => read,
        Err(error) => return again(&staff, "kinds", say(lang, &error)).await,
    };
    if let Some(first) = wrong.first() {
        return again(&staff, "kinds", either(lang, || first.zh(), || first.to_string())).await;
    }
    let mut made = 0;
    // In pieces, so that the writer never stalls; each is right by itself.
    let paths = Arc::new(paths);
    for from in (0..paths.len()).step_by(import::KINDS_AT_ONCE) {
        let paths = Arc::clone(&paths);
        let report = staff
            .write(move |tx, ctx, who| {
                let proof = who.has::<Catalogue>().ok_or(PageError::Forbidden)?;
                let some = paths.get(from..(from + import::KINDS_AT_ONCE).min(paths.len())).unwrap_or(&[]);
                import::bring_kinds(tx, ctx, Authority::Staff(&proof), some).map_err(broken)
            })
            .await?;
        made += report.made;
    }
    Ok(redirect("/work/import").done(fill(t.kinds_done, &[("n", &paths.len()), ("m", &made)])).into_response())
}

fn batch_id(id: &str) -> Result<BatchId, PageError> {
    id.parse::<Id>().map(BatchId).map_err(|_| PageError::NotFound)
}

async fn load(staff: &Staff, id: BatchId) -> Result<Batch, PageError> {
    staff
        .read(move |tx, _, who| {
            who.has::<Import>().ok_or(PageError::Forbidden)?;
            import::batch(tx, id)?.ok_or(PageError::NotFound)
        })
        .await
}

/// One import: its columns while it is a draft, then how far it is, then what came of it.
async fn show(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    let id = batch_id(&id)?;
    let batch = load(&staff, id).await?;
    if batch.state == BatchState::Draft { draw_choose(&staff, batch, Errors::none()).await } else { draw_show(&staff, id).await }
}

/// The sheet as it is taken by itself, without the rows that a person took in.
async fn plain_sheet(staff: &Staff, batch: &Batch) -> Result<Arc<Sheet>, PageError> {
    let mut batch = batch.clone();
    batch.taken.clear();
    open_sheet(staff, &batch).await
}

async fn open_sheet(staff: &Staff, batch: &Batch) -> Result<Arc<Sheet>, PageError> {
    let file = import::file(batch).map_err(|_| PageError::Gone)?;
    let (store, taken) = (staff.district.store().clone(), batch.taken.clone());
    beside(move || import::sheet(&store, &file, &taken)).await?.map_err(broken)
}

async fn draw_choose(staff: &Staff, batch: Batch, errors: Errors) -> Result<Page, PageError> {
    let left_out = plain_sheet(staff, &batch).await?;
    let sheet = open_sheet(staff, &batch).await?;
    let mapping = batch.mapping();
    let now = staff.district.env().clock.now();
    let (looked_at, looked_by) = (Arc::clone(&sheet), mapping.clone());
    let preview = beside(move || import::preview(&looked_at, &looked_by, now, SHOWN)).await?;
    let found = map_headers(&sheet, COLUMNS);
    staff
        .read(move |_, _, who| {
            let lang = who.visit().lang;
            let t = ImportTexts::of(lang);
            let places: Vec<(String, String)> = (0..sheet.headers.len())
                .map(|at| (at.to_string(), fill(t.place, &[("letter", &letters(at)), ("header", &sheet.header(at))])))
                .collect();
            let columns = COLUMNS
                .iter()
                .map(|column| {
                    let chosen = mapping.place(column.key).map(|at| at.to_string()).unwrap_or_else(|| "-".into());
                    let mut list = vec![Choice::new("-", t.place_none).chosen(chosen == "-")];
                    list.extend(places.iter().map(|(value, label)| Choice::new(value, label).chosen(*value == chosen)));
                    let hint = match (mapping.place(column.key), column.required) {
                        (None, true) => t.place_needed,
                        (Some(at), _) if found.place(column.key) == Some(at) => t.place_found,
                        _ => "",
                    };
                    (format!("c_{}", column.key), label(t, column.key), hint, list)
                })
                .collect();
            let shown: Vec<usize> =
                (0..COLUMNS.len()).filter(|at| COLUMNS.get(*at).is_some_and(|c| mapping.place(c.key).is_some())).collect();
            let mut heads = vec![Column::number(t.row)];
            heads.extend(shown.iter().filter_map(|at| COLUMNS.get(*at)).map(|c| Column::new(label(t, c.key))));
            let rows = preview
                .rows
                .iter()
                .map(|(number, cells)| (*number, shown.iter().filter_map(|at| cells.get(*at).cloned()).collect()))
                .collect();
            let missing: Vec<&str> = mapping.missing(COLUMNS).into_iter().map(|key| label(t, key)).collect();
            let mut checks = Vec::new();
            if missing.is_empty() {
                let good = preview.checked - preview.wrong;
                checks.push((Tone::Info, fill(t.check_good, &[("n", &preview.checked), ("g", &good)])));
                if preview.wrong > 0 {
                    checks.push((Tone::Warning, fill(t.check_wrong, &[("n", &preview.wrong)])));
                }
                if preview.open > 0 {
                    checks.push((Tone::Info, fill(t.check_open, &[("n", &preview.open)])));
                }
            } else {
                let names = missing.join(if lang.is_chinese() { "、" } else { ", " });
                checks.push((Tone::Warning, fill(t.error_columns, &[("columns", &names)])));
            }
            let unmatched = mapping.unmatched(&sheet).len();
            let facts = vec![
                Fact::new(t.fact_file, &batch.file_name),
                Fact::new(t.fact_rows, sheet.rows.len().to_string()),
                Fact::new(t.fact_skipped, sheet.left_out.to_string()),
                Fact::new(t.fact_unmatched, unmatched.to_string()),
            ];
            let wrong = if missing.is_empty() { preview.errors.iter().take(10).map(|e| words_of(lang, e)).collect() } else { Vec::new() };
            page(&ChoosePage {
                shell: who.shell(t.choose_title),
                t,
                errors: errors.clone(),
                base: format!("/work/import/{}", batch.id),
                facts,
                left_out_title: fill(t.left_out_title, &[("n", &left_out.left_out)]),
                left_out: web::bring::left_out_choices(lang, &left_out.skipped, &batch.taken),
                source: batch.source.clone(),
                columns_title: fill(t.columns_title, &[("n", &shown.len()), ("m", &COLUMNS.len())]),
                columns,
                heads,
                rows,
                checks,
                wrong,
                ready: missing.is_empty(),
            })
        })
        .await
}

fn words_of(lang: Lang, error: &CellError) -> String {
    either(lang, || error.zh(), || error.to_string())
}

/// The choices of a form.
fn choices(fields: &Fields) -> BTreeMap<String, usize> {
    COLUMNS
        .iter()
        .filter_map(|column| {
            let at = fields.value(&format!("c_{}", column.key)).parse::<usize>().ok()?;
            Some((column.key.to_owned(), at))
        })
        .collect()
}

async fn choose(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    keep(&staff, batch_id(&id)?, &fields).await.map(|kept| match kept {
        Ok(to) => to.into_response(),
        Err(page) => page.again().into_response(),
    })
}

/// Keeps the choices; the page again where the source has no name.
async fn keep(staff: &Staff, id: BatchId, fields: &Fields) -> Result<Result<Redirect, Page>, PageError> {
    let batch = load(staff, id).await?;
    let choice = match batch.state {
        BatchState::Draft => {
            let sheet = plain_sheet(staff, &batch).await?;
            let wanted = web::bring::taken(fields);
            let taken: BTreeSet<u32> = sheet.skipped.iter().map(|row| row.row).filter(|row| wanted.contains(row)).collect();
            let total = sheet.rows.len() + taken.len();
            import::Choice { choices: choices(fields), source: fields.value("source").to_owned(), taken, total }
        }
        // Somebody was quicker, and the file may be gone.
        _ => return Ok(Ok(redirect(format!("/work/import/{id}")))),
    };
    let kept = staff
        .attempt(move |tx, _, who| -> Result<(), ImportError> {
            let proof = who.has::<Import>().ok_or(ImportError::NotFound)?;
            import::choose(tx, &proof, id, &choice)
        })
        .await?;
    match kept {
        Ok(()) => Ok(Ok(redirect(format!("/work/import/{id}")))),
        Err(error @ ImportError::Source) => {
            let mut errors = Errors::none();
            errors.add("source", say(staff.lang, &error));
            let batch = load(staff, id).await?;
            Ok(Err(draw_choose(staff, batch, errors).await?))
        }
        Err(ImportError::NotNow) => Ok(Ok(redirect(format!("/work/import/{id}")))),
        Err(error) => Err(broken(error)),
    }
}

async fn start(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let id = batch_id(&id)?;
    // The form carries the choices as they are on the page, so that nothing is lost that was not kept.
    match keep(&staff, id, &fields).await? {
        Ok(_) => {}
        Err(page) => return Ok(page.again().into_response()),
    }
    step(&staff, id, move |tx, ctx, who| {
        let proof = who.has::<Import>().ok_or(ImportError::NotFound)?;
        import::start(tx, ctx, &proof, id).map(drop)
    })
    .await
}

async fn resume(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (id, _) = (batch_id(&id)?, fields);
    step(&staff, id, move |tx, ctx, who| {
        let proof = who.has::<Import>().ok_or(ImportError::NotFound)?;
        import::resume(tx, ctx, &proof, id)
    })
    .await
}

async fn discard(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (id, _) = (batch_id(&id)?, fields);
    let t = ImportTexts::of(staff.lang);
    staff
        .write(move |tx, _, who| {
            let proof = who.has::<Import>().ok_or(PageError::Forbidden)?;
            import::discard(tx, &proof, id).map_err(|error| match error {
                ImportError::NotNow => PageError::NotFound,
                other => broken(other),
            })
        })
        .await?;
    Ok(redirect("/work/import").done(t.discarded).into_response())
}

async fn undo(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (id, _) = (batch_id(&id)?, fields);
    step(&staff, id, move |tx, ctx, who| {
        let proof = who.has::<Import>().ok_or(ImportError::NotFound)?;
        import::undo(tx, ctx, &proof, id).map(drop)
    })
    .await
}

/// Does something to an import and goes back to its page, which shows what is so; what cannot be done is said there.
async fn step(
    staff: &Staff,
    id: BatchId,
    f: impl Fn(&mut store::Tx, &base::Ctx, &Signed) -> Result<(), ImportError> + Send + 'static,
) -> Result<Response, PageError> {
    let back = redirect(format!("/work/import/{id}"));
    match staff.attempt(f).await? {
        Ok(()) => Ok(back.into_response()),
        Err(error @ (ImportError::NotNow | ImportError::Columns(_) | ImportError::NoDistrict)) => {
            Ok(back.flash(Tone::Warning, say(staff.lang, &error)).into_response())
        }
        Err(error) => Err(broken(error)),
    }
}

fn undo_facts(t: &ImportTexts, batch: &Batch) -> Vec<Fact> {
    vec![
        Fact::new(t.fact_file, &batch.file_name),
        Fact::new(t.undo_what, fill(t.undo_what_text, &[("n", &batch.made)])),
        Fact::new(t.undo_kept, t.undo_kept_text),
    ]
}

async fn ask_undo(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    let id = batch_id(&id)?;
    staff
        .read(move |tx, _, who| {
            who.has::<Import>().ok_or(PageError::Forbidden)?;
            let batch = import::batch(tx, id)?.filter(|b| b.state == BatchState::Done).ok_or(PageError::NotFound)?;
            let t = ImportTexts::of(who.visit().lang);
            page(&UndoPage { shell: who.shell(t.undo_title), t, base: format!("/work/import/{id}"), facts: undo_facts(t, &batch) })
        })
        .await
}

async fn draw_show(staff: &Staff, id: BatchId) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            who.has::<Import>().ok_or(PageError::Forbidden)?;
            let batch = import::batch(tx, id)?.ok_or(PageError::NotFound)?;
            let lang = who.visit().lang;
            let t = ImportTexts::of(lang);
            let job = match batch.job {
                Some(job) => jobs::find(tx, job)?,
                None => None,
            };
            let working = matches!(batch.state, BatchState::Running | BatchState::Undoing);
            let failed = job.filter(|job| working && job.state == jobs::State::Failed).map(|job| job.message);
            let (doing, done, total) = if batch.state == BatchState::Undoing {
                (t.state_undoing, batch.removed + batch.kept, batch.made)
            } else {
                (t.state_running, batch.position, batch.total)
            };
            let changed = import::notes(tx, id, NoteKind::Changed, LISTED)?
                .into_iter()
                .map(|note| {
                    let what: Vec<String> = serde_json::from_str(&note.facts).unwrap_or_default();
                    let names: Vec<&str> = COLUMNS.iter().filter(|c| what.iter().any(|h| h == c.header)).map(|c| label(t, c.key)).collect();
                    let names = names.join(if lang.is_chinese() { "、" } else { ", " });
                    (fill(t.changed_row, &[("row", &note.row), ("what", &names)]), note.concern_no.unwrap_or_default())
                })
                .collect();
            let mut unknown: Vec<String> = Vec::new();
            for note in import::notes(tx, id, NoteKind::Kind, 5_000)? {
                let name: String = serde_json::from_str(&note.facts).unwrap_or_default();
                if !unknown.contains(&name) && unknown.len() < 50 {
                    unknown.push(name);
                }
            }
            let kept = import::notes(tx, id, NoteKind::Kept, LISTED)?.into_iter().filter_map(|note| note.concern_no).collect();
            let wrong: Vec<String> = import::notes(tx, id, NoteKind::Wrong, 10)?
                .iter()
                .filter_map(|note| serde_json::from_str::<CellError>(&note.facts).ok())
                .map(|error| words_of(lang, &error))
                .collect();
            let mut facts = vec![
                Fact::new(t.fact_file, &batch.file_name),
                Fact::new(t.fact_source, &batch.source),
                Fact::new(t.fact_when, dates::moment(lang, batch.created_at, ctx.now)),
                Fact::new(t.fact_made, count(t, batch.made)),
            ];
            let rest = [(t.fact_same, batch.same), (t.fact_changed, batch.changed), (t.fact_wrong, batch.wrong)];
            facts.extend(rest.into_iter().filter(|(_, n)| *n > 0).map(|(term, n)| Fact::new(term, count(t, n))));
            if matches!(batch.state, BatchState::Undoing | BatchState::Undone) {
                facts.push(Fact::new(t.fact_removed, count(t, batch.removed)));
                facts.push(Fact::new(t.fact_kept, count(t, batch.kept)));
            }
            let title = if batch.state == BatchState::Undone { t.undone_title } else { t.done_title };
            page(&ShowPage {
                shell: who.shell(if working { t.working_title } else { title }),
                t,
                base: format!("/work/import/{id}"),
                working: working && failed.is_none(),
                doing,
                done,
                total: total.max(1),
                failed: failed.map(|why| fill(t.failed, &[("why", &why)])).unwrap_or_default(),
                facts,
                changed,
                unknown,
                kept,
                workbook: batch.wrong > 0 && batch.file.is_some() && !working,
                workbook_href: format!("/work/import/{id}/errors.xlsx"),
                undo_href: format!("/work/import/{id}/undo"),
                list_href: format!("/work/all?batch={id}"),
                wrong,
                undo: batch.state == BatchState::Done && batch.made > 0,
                undo_facts: undo_facts(t, &batch),
            })
        })
        .await
}

fn count(t: &ImportTexts, n: i64) -> String {
    fill(t.n, &[("n", &n)])
}

/// The rows that could not be brought in, as a workbook to be corrected.
async fn workbook(staff: Staff, Path(id): Path<String>) -> Result<Response, PageError> {
    let id = batch_id(&id)?;
    let batch = load(&staff, id).await?;
    let (errors, person) = staff
        .read(move |tx, _, who| {
            who.has::<Import>().ok_or(PageError::Forbidden)?;
            let notes = import::notes(tx, id, NoteKind::Wrong, IN_WORKBOOK)?;
            let errors: Vec<CellError> = notes.iter().filter_map(|note| serde_json::from_str(&note.facts).ok()).collect();
            Ok((errors, who.person))
        })
        .await?;
    let sheet = open_sheet(&staff, &batch).await?;
    staff.hand_out(person, import::wrong_leave(&errors)).await?;
    let bytes = beside(move || {
        let mut bytes = Vec::new();
        write_errors(&sheet, &errors, &mut bytes).map(|_| bytes)
    })
    .await?
    .map_err(PageError::internal)?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FileKind::Xlsx.media_type()));
    let name = web::shell::percent(ImportTexts::of(staff.lang).workbook_name);
    let file = format!("attachment; filename=\"errors.xlsx\"; filename*=UTF-8''{name}.xlsx");
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&file).map_err(PageError::internal)?);
    Ok(response)
}
