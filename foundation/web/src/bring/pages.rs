//! Tables in and out: what can be brought, upload, a look at the columns and the first rows, a trial,
//! progress, what came of it, undoing.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base::{Id, UnitId};
use people::{Actor, Tree};
use sheets::{FileKind, Record, letters, map_headers};
use store::jobs;

use super::batch::{self, Batch, State};
use super::texts::{BringTexts, either, say};
use super::{Bring, BringError};
use crate::kit::{Choice, Column, Fact};
use crate::shell::Tone;
use crate::{App, Errors, Fields, Lang, MenuItem, Page, PageError, Shell, Signed, Staff, dates, fill, page, redirect};

/// Rows that a preview shows.
const SHOWN: usize = 6;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/tables", get(all))
        .route("/tables/{kind}", get(list).post(upload))
        .route("/tables/{kind}/export.xlsx", get(export))
        .route("/tables/{kind}/{id}", get(show))
        .route("/tables/{kind}/{id}/choose", post(choose))
        .route("/tables/{kind}/{id}/check", post(|staff, path, fields| begin(staff, path, fields, true)))
        .route("/tables/{kind}/{id}/start", post(|staff, path, fields| begin(staff, path, fields, false)))
        .route("/tables/{kind}/{id}/resume", post(resume))
        .route("/tables/{kind}/{id}/discard", post(discard))
        .route("/tables/{kind}/{id}/undo", get(ask_undo).post(undo))
        .route("/tables/{kind}/{id}/errors.xlsx", get(workbook))
}

/// The place in the menu of those who bring any table.
pub(crate) fn menu(app: &App, actor: &Actor, tree: &Tree, lang: Lang) -> Vec<MenuItem> {
    let any = app.brings().any(|kind| !(kind.scopes)(actor, tree).is_empty());
    if any { vec![MenuItem::new("/tables", BringTexts::of(lang).menu, "file-spreadsheet")] } else { Vec::new() }
}

/// The kind, with the units into which whoever is signed in may bring it.
fn allowed(who: &Signed, key: &str) -> Result<(&'static Bring, Vec<UnitId>), PageError> {
    let kind = who.visit().app.brings().find(|kind| kind.key == key).ok_or(PageError::NotFound)?;
    let scopes = (kind.scopes)(who, &who.tree);
    if scopes.is_empty() { Err(PageError::Forbidden) } else { Ok((kind, scopes)) }
}

/// An import that whoever is signed in may see.
fn find(tx: &mut store::Tx, who: &Signed, key: &str, id: &str) -> Result<(&'static Bring, Batch), PageError> {
    let (kind, scopes) = allowed(who, key)?;
    let id: Id = id.parse().map_err(|_| PageError::NotFound)?;
    let found = batch::batch(tx, id)?.filter(|found| found.kind == key && scopes.contains(&found.scope)).ok_or(PageError::NotFound)?;
    Ok((kind, found))
}

/// Whether what stands in the cells of an import may be shown to them. What says something about residents is shown to whoever
/// brought the file and to nobody else: to a colleague it would be a register in plain, without a reason and unseen.
fn is_theirs(who: &Signed, kind: &Bring, found: &Batch) -> bool {
    !kind.personal || found.created_by == Some(who.person)
}

fn broken(error: BringError) -> PageError {
    match error {
        BringError::NotFound => PageError::NotFound,
        BringError::FileGone => PageError::Gone,
        BringError::Denied => PageError::Forbidden,
        BringError::Store(error) => error.into(),
        other => PageError::internal(other),
    }
}

async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, PageError> {
    tokio::task::spawn_blocking(work).await.map_err(PageError::internal)
}

#[derive(Template)]
#[template(path = "bring/all.html")]
struct AllPage {
    shell: Shell,
    t: &'static BringTexts,
    kinds: Vec<(&'static str, super::Words)>,
}

async fn all(staff: Staff) -> Result<Page, PageError> {
    staff
        .read(|_, _, who| {
            let lang = who.visit().lang;
            let t = BringTexts::of(lang);
            let mine = who.visit().app.brings().filter(|kind| !(kind.scopes)(who, &who.tree).is_empty());
            let kinds: Vec<_> = mine.map(|kind| (kind.key, (kind.words)(lang))).collect();
            if kinds.is_empty() {
                return Err(PageError::Forbidden);
            }
            page(&AllPage { shell: who.shell(t.title), t, kinds })
        })
        .await
}

struct Item {
    href: String,
    name: String,
    state: &'static str,
    sub: String,
}

#[derive(Template)]
#[template(path = "bring/list.html")]
struct ListPage {
    shell: Shell,
    t: &'static BringTexts,
    errors: Errors,
    op_key: String,
    words: super::Words,
    base: String,
    scopes: Vec<Choice>,
    exports: Vec<(String, String)>,
    items: Vec<Item>,
}

async fn list(staff: Staff, Path(key): Path<String>) -> Result<Page, PageError> {
    draw_list(&staff, key, None, Errors::none()).await
}

async fn draw_list(staff: &Staff, key: String, chosen: Option<UnitId>, errors: Errors) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let (kind, scopes) = allowed(who, &key)?;
            let lang = who.visit().lang;
            let t = BringTexts::of(lang);
            let words = (kind.words)(lang);
            let item = |found: Batch| Item {
                href: format!("/tables/{}/{}", kind.key, found.id),
                state: state(t, found.state),
                sub: format!("{} · {}", dates::moment(lang, found.created_at, ctx.now), summary(t, &found)),
                name: found.file_name,
            };
            let full = |unit: &UnitId| who.tree.full_name(*unit);
            let href = |unit: &UnitId| format!("/tables/{}/export.xlsx?unit={unit}", kind.key);
            let earlier = batch::latest(tx, kind.key, 60)?.into_iter().filter(|found| scopes.contains(&found.scope));
            page(&ListPage {
                shell: who.shell(words.title),
                t,
                errors: errors.clone(),
                op_key: who.visit().op_key(),
                words,
                base: format!("/tables/{}", kind.key),
                exports: scopes.iter().map(|unit| (href(unit), full(unit))).collect(),
                items: earlier.take(30).map(item).collect(),
                scopes: scopes.iter().map(|unit| Choice::new(unit.to_string(), full(unit)).chosen(chosen == Some(*unit))).collect(),
            })
        })
        .await
}

fn state(t: &'static BringTexts, state: State) -> &'static str {
    match state {
        State::Draft => t.state_draft,
        State::Checking => t.state_checking,
        State::Running => t.state_running,
        State::Done => t.state_done,
        State::Undoing => t.state_undoing,
        State::Undone => t.state_undone,
    }
}

fn counted(words: &str, counts: &batch::Counts) -> String {
    fill(words, &[("n", &counts.made), ("s", &counts.same), ("c", &counts.changed), ("w", &counts.wrong)])
}

fn summary(t: &BringTexts, found: &Batch) -> String {
    match found.state {
        State::Draft | State::Checking => fill(t.rows, &[("n", &found.total)]),
        State::Undoing | State::Undone => fill(t.sum_undone, &[("n", &found.removed), ("k", &found.kept)]),
        State::Running | State::Done => counted(t.sum, &found.counts),
    }
}

async fn upload(staff: Staff, Path(key): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let lang = staff.lang;
    let t = BringTexts::of(lang);
    let (asked, wanted) = (key.clone(), fields.id::<UnitId>("unit"));
    // Before a large file is read: may they at all.
    let (kind, scope) = staff
        .read(move |_, _, who| {
            let (kind, scopes) = allowed(who, &asked)?;
            let scope = wanted.or_else(|| scopes.first().copied()).filter(|unit| scopes.contains(unit)).ok_or(PageError::Forbidden)?;
            Ok((kind, scope))
        })
        .await?;
    let file = match fields.files("file").next() {
        None => Err(t.error_no_file.to_owned()),
        Some(file) => file.bytes.as_ref().map(|bytes| (file.name.clone(), bytes.to_vec())).ok_or_else(|| t.error_large.to_owned()),
    };
    let again = |words: String| async {
        let mut errors = Errors::none();
        errors.add("file", words);
        Ok::<Response, PageError>(draw_list(&staff, key.clone(), Some(scope), errors).await?.again().into_response())
    };
    let (name, bytes) = match file {
        Ok(file) => file,
        Err(words) => return again(words).await,
    };
    let (store, env) = (staff.district.store().clone(), staff.district.env().clone());
    let draft = match beside(move || batch::take_in(&store, &env, kind, &name, bytes)).await? {
        Ok(draft) => draft,
        Err(error @ BringError::Read(_)) => return again(say(lang, &error)).await,
        Err(error) => return Err(broken(error)),
    };
    let op_key = fields.op_key()?;
    let made = staff
        .write(move |tx, ctx, who| {
            if !batch::may(kind, who, &who.tree, scope) {
                return Err(PageError::Forbidden);
            }
            let person = who.person;
            store::once(tx, ctx.now, &op_key, "web.bring", person.bytes(), |tx| batch::draft(tx, ctx, Some(person), kind, scope, &draft))
                .map_err(broken)
        })
        .await?;
    Ok(redirect(format!("/tables/{key}/{made}")).into_response())
}

async fn export(staff: Staff, Path(key): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let wanted: Option<UnitId> = fields.id("unit");
    let (bytes, name, person, leaving) = staff
        .read(move |tx, ctx, who| {
            let (kind, scopes) = allowed(who, &key)?;
            let scope = wanted.or_else(|| scopes.first().copied()).filter(|unit| scopes.contains(unit)).ok_or(PageError::NotFound)?;
            let (bytes, rows) = super::console::table(tx, ctx, kind, scope, FileKind::Xlsx).map_err(broken)?;
            Ok((bytes, (kind.words)(Lang::Hans).title, who.person, super::console::leaving(kind, scope, rows)))
        })
        .await?;
    staff.hand_out(person, leaving).await?;
    workbook_of(bytes, name, "table")
}

fn workbook_of(bytes: Vec<u8>, name: &str, plain: &str) -> Result<Response, PageError> {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FileKind::Xlsx.media_type()));
    let file = format!("attachment; filename=\"{plain}.xlsx\"; filename*=UTF-8''{}.xlsx", crate::shell::percent(name));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&file).map_err(PageError::internal)?);
    Ok(response)
}

#[derive(Template)]
#[template(path = "bring/choose.html")]
struct ChoosePage {
    shell: Shell,
    t: &'static BringTexts,
    base: String,
    list_href: String,
    facts: Vec<Fact>,
    left_out_title: String,
    left_out: Vec<Choice>,
    columns_title: String,
    columns: Vec<(String, &'static str, &'static str, Vec<Choice>)>,
    heads: Vec<Column>,
    rows: Vec<(u32, Vec<String>)>,
    checks: Vec<(Tone, String)>,
    wrong: Vec<String>,
    workbook: String,
    ready: bool,
}

#[derive(Template)]
#[template(path = "bring/show.html")]
struct ShowPage {
    shell: Shell,
    t: &'static BringTexts,
    base: String,
    list_href: String,
    working: bool,
    doing: &'static str,
    done: i64,
    total: i64,
    failed: String,
    facts: Vec<Fact>,
    workbook: String,
    wrong: Vec<String>,
    /// Whose file it is, while it is a draft of somebody else that only they may look into.
    others: String,
    undo: bool,
    undo_href: String,
    undo_facts: Vec<Fact>,
}

/// One import: its columns while it is a draft, then how far it is, then what came of it.
async fn show(staff: Staff, Path((key, id)): Path<(String, String)>) -> Result<Page, PageError> {
    let (asked, wanted) = (key.clone(), id.clone());
    let found = staff.read(move |tx, _, who| {
        let (kind, found) = find(tx, who, &asked, &wanted)?;
        Ok((kind, is_theirs(who, kind, &found), found))
    });
    match found.await? {
        (kind, true, found) if found.state == State::Draft => draw_choose(&staff, kind, found).await,
        _ => draw_show(&staff, key, id).await,
    }
}

/// Rows that were taken for no records, to be taken in all the same: their number, what they are taken for, what they say.
pub fn left_out_choices(lang: Lang, rows: &[sheets::LeftOut], taken: &BTreeSet<u32>) -> Vec<Choice> {
    let words = left_out_lines(lang, rows);
    rows.iter().zip(words).map(|(row, words)| Choice::new(row.row.to_string(), words).chosen(taken.contains(&row.row))).collect()
}

/// The same as lines, where nothing is chosen.
pub fn left_out_lines(lang: Lang, rows: &[sheets::LeftOut]) -> impl Iterator<Item = String> {
    let t = BringTexts::of(lang);
    rows.iter().map(move |row| {
        let why = either(lang, || row.why.zh().to_owned(), || row.why.en().to_owned());
        fill(t.left_out_row, &[("row", &row.row), ("why", &why), ("text", &row.text)])
    })
}

/// The rows of a form that are to be taken in.
pub fn taken(fields: &Fields) -> BTreeSet<u32> {
    fields.all("take").filter_map(|row| row.parse().ok()).collect()
}

fn label(lang: Lang, kind: &Bring, at: usize) -> &'static str {
    let header = kind.columns.get(at).map_or("", |column| column.header);
    if lang.is_chinese() { header } else { kind.labels.get(at).copied().unwrap_or(header) }
}

async fn draw_choose(staff: &Staff, kind: &'static Bring, found: Batch) -> Result<Page, PageError> {
    let district = std::sync::Arc::clone(&staff.district);
    let looked = found.clone();
    let opened = beside(move || -> Result<_, BringError> {
        let mut stream = batch::stream(district.store(), &district.env(), kind, &looked)?;
        let rows = stream.take(SHOWN)?;
        Ok((stream.head().clone(), rows))
    });
    let (sheet, rows) = opened.await?.map_err(broken)?;
    staff
        .read(move |tx, ctx, who| {
            let lang = who.visit().lang;
            let t = BringTexts::of(lang);
            let mapping = found.mapping(kind);
            let by_header = map_headers(&sheet, kind.columns);
            let places: Vec<(String, String)> = (0..sheet.headers.len())
                .map(|at| (at.to_string(), fill(t.place, &[("letter", &letters(at)), ("header", &sheet.header(at))])))
                .collect();
            let column = |(at, column): (usize, &sheets::Column)| {
                let chosen = mapping.place(column.key).map_or_else(|| "-".into(), |at| at.to_string());
                let mut list = vec![Choice::new("-", t.place_none).chosen(chosen == "-")];
                list.extend(places.iter().map(|(value, label)| Choice::new(value, label).chosen(*value == chosen)));
                let hint = match (mapping.place(column.key), column.required) {
                    (None, true) => t.place_needed,
                    (Some(at), _) if by_header.place(column.key) == Some(at) => t.place_found,
                    _ => "",
                };
                (format!("c_{}", column.key), label(lang, kind, at), hint, list)
            };
            let shown: Vec<usize> =
                (0..kind.columns.len()).filter(|at| kind.columns.get(*at).is_some_and(|c| mapping.place(c.key).is_some())).collect();
            let cells = |row: &sheets::Row| {
                let record = Record::new(&sheet, &mapping, row);
                let cell = |at: &usize| {
                    kind.columns.get(*at).map(|c| base::text::excerpt(&record.cell(c.key).as_written(), 40)).unwrap_or_default()
                };
                (row.number, shown.iter().map(cell).collect::<Vec<String>>())
            };
            let mut heads = vec![Column::number(t.row)];
            heads.extend(shown.iter().map(|at| Column::new(label(lang, kind, *at))));
            let missing: Vec<&str> = mapping
                .missing(kind.columns)
                .into_iter()
                .filter_map(|key| kind.columns.iter().position(|c| c.key == key))
                .map(|at| label(lang, kind, at))
                .collect();
            let mut checks = Vec::new();
            if !missing.is_empty() {
                let names = missing.join(if lang.is_chinese() { "、" } else { ", " });
                checks.push((Tone::Warning, fill(t.error_columns, &[("columns", &names)])));
            } else if let Some(counts) = &found.checked {
                checks.push((if counts.wrong > 0 { Tone::Warning } else { Tone::Success }, counted(t.checked, counts)));
            } else {
                checks.push((Tone::Info, t.check_text.to_owned()));
            }
            let errors = if found.checked.is_some() { batch::wrong(tx, found.id, 10)? } else { Vec::new() };
            let base = format!("/tables/{}/{}", kind.key, found.id);
            let left_out = batch::left_out(tx, ctx, found.id)?;
            let facts = vec![
                Fact::new(t.fact_scope, who.tree.full_name(found.scope)),
                Fact::new(t.fact_file, &found.file_name),
                Fact::new(t.fact_rows, found.total.to_string()),
                Fact::new(t.fact_left_out, (left_out.len() - found.taken.len().min(left_out.len())).to_string()),
                Fact::new(t.fact_unmatched, mapping.unmatched(&sheet).len().to_string()),
            ];
            page(&ChoosePage {
                shell: who.shell(t.choose_title),
                t,
                list_href: format!("/tables/{}", kind.key),
                facts,
                left_out_title: fill(t.left_out_title, &[("n", &left_out.len())]),
                left_out: left_out_choices(lang, &left_out, &found.taken),
                columns_title: fill(t.columns_title, &[("n", &shown.len()), ("m", &kind.columns.len())]),
                columns: kind.columns.iter().enumerate().map(column).collect(),
                heads,
                rows: rows.iter().map(cells).collect(),
                checks,
                workbook: if errors.is_empty() { String::new() } else { format!("{base}/errors.xlsx") },
                wrong: errors.iter().map(|error| either(lang, || error.zh(), || error.to_string())).collect(),
                base,
                ready: missing.is_empty(),
            })
        })
        .await
}

async fn draw_show(staff: &Staff, key: String, id: String) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let (kind, found) = find(tx, who, &key, &id)?;
            let lang = who.visit().lang;
            let t = BringTexts::of(lang);
            let job = match found.job {
                Some(job) => jobs::find(tx, job)?,
                None => None,
            };
            let working = found.state.is_working();
            let failed = job.filter(|job| working && job.state == jobs::State::Failed).map(|job| job.message);
            let counts = found.counts;
            let (done, total) = match found.state {
                State::Undoing => (found.removed + found.kept, counts.made + counts.changed),
                _ => (found.position, found.total),
            };
            let errors = if found.state == State::Done { batch::wrong(tx, found.id, 10)? } else { Vec::new() };
            let mut facts = vec![
                Fact::new(t.fact_scope, who.tree.full_name(found.scope)),
                Fact::new(t.fact_file, &found.file_name),
                Fact::new(t.fact_when, dates::moment(lang, found.created_at, ctx.now)),
                Fact::new(t.fact_made, counts.made.to_string()),
            ];
            let rest = [(t.fact_same, counts.same), (t.fact_changed, counts.changed), (t.fact_wrong, counts.wrong)];
            facts.extend(rest.into_iter().filter(|(_, n)| *n > 0).map(|(term, n)| Fact::new(term, n.to_string())));
            if matches!(found.state, State::Undoing | State::Undone) {
                facts.push(Fact::new(t.fact_removed, found.removed.to_string()));
                facts.push(Fact::new(t.fact_kept, found.kept.to_string()));
            }
            let theirs = is_theirs(who, kind, &found);
            let others = match found.created_by {
                Some(person) if found.state == State::Draft => people::read::name_of(tx, person)?.unwrap_or_default(),
                _ => String::new(),
            };
            let title = if working || found.state == State::Draft {
                state(t, found.state)
            } else if found.state == State::Undone {
                t.undone_title
            } else {
                t.done_title
            };
            let base = format!("/tables/{}/{}", kind.key, found.id);
            page(&ShowPage {
                shell: who.shell(title),
                t,
                list_href: format!("/tables/{}", kind.key),
                working: working && failed.is_none(),
                doing: state(t, found.state),
                done,
                total: total.max(1),
                failed: failed.map(|why| fill(t.failed, &[("why", &why)])).unwrap_or_default(),
                facts,
                workbook: if errors.is_empty() || found.file.is_none() || !theirs { String::new() } else { format!("{base}/errors.xlsx") },
                wrong: errors.iter().map(|error| either(lang, || error.zh(), || error.to_string())).collect(),
                others: if others.is_empty() { others } else { fill(t.others_draft, &[("name", &others)]) },
                undo: found.state == State::Done && counts.made + counts.changed > 0,
                undo_href: format!("{base}/undo"),
                undo_facts: undo_facts(t, &found),
                base,
            })
        })
        .await
}

fn undo_facts(t: &BringTexts, found: &Batch) -> Vec<Fact> {
    vec![
        Fact::new(t.fact_file, &found.file_name),
        Fact::new(t.undo_back, fill(t.undo_back_text, &[("n", &found.counts.made), ("c", &found.counts.changed)])),
        Fact::new(t.undo_kept, t.undo_kept_text),
    ]
}

/// Keeps the choices of the form, then does something, and goes back to the page, which shows what is so.
async fn step(
    staff: &Staff,
    key: String,
    id: String,
    f: impl Fn(&mut store::Tx, &base::Ctx, &Signed, &'static Bring, &Batch) -> Result<(), BringError> + Send + 'static,
) -> Result<Response, PageError> {
    let back = redirect(format!("/tables/{key}/{id}"));
    let done = staff.attempt(move |tx, ctx, who| -> Result<(), Stop> {
        let (kind, found) = find(tx, who, &key, &id).map_err(Stop::Page)?;
        f(tx, ctx, who, kind, &found).map_err(Stop::Bring)
    });
    match done.await? {
        Ok(()) => Ok(back.into_response()),
        Err(Stop::Page(error)) => Err(error),
        Err(Stop::Bring(error @ (BringError::NotNow | BringError::Columns(_)))) => {
            Ok(back.flash(Tone::Warning, say(staff.lang, &error)).into_response())
        }
        Err(Stop::Bring(error)) => Err(broken(error)),
    }
}

enum Stop {
    Page(PageError),
    Bring(BringError),
}

impl From<store::StoreError> for Stop {
    fn from(error: store::StoreError) -> Stop {
        Stop::Page(error.into())
    }
}

/// The choices of a form; none where it has none.
fn chosen(kind: &Bring, fields: &Fields) -> Option<BTreeMap<String, usize>> {
    let named: Vec<(&str, &str)> =
        kind.columns.iter().filter_map(|column| Some((column.key, fields.get(&format!("c_{}", column.key))?))).collect();
    let place = |(key, at): &(&str, &str)| at.parse::<usize>().ok().map(|at| ((*key).to_owned(), at));
    (!named.is_empty()).then(|| named.iter().filter_map(place).collect())
}

async fn choose(staff: Staff, Path((key, id)): Path<(String, String)>, fields: Fields) -> Result<Response, PageError> {
    step(&staff, key, id, move |tx, ctx, who, kind, found| {
        if !is_theirs(who, kind, found) {
            return Err(BringError::Denied);
        }
        batch::choose(tx, ctx, found, &chosen(kind, &fields).unwrap_or_default(), &taken(&fields))
    })
    .await
}

async fn begin(staff: Staff, Path((key, id)): Path<(String, String)>, fields: Fields, dry: bool) -> Result<Response, PageError> {
    step(&staff, key, id, move |tx, ctx, who, kind, found| {
        if !is_theirs(who, kind, found) {
            return Err(BringError::Denied);
        }
        let same = |choices: &BTreeMap<String, usize>| *choices == found.choices && taken(&fields) == found.taken;
        if let Some(choices) = chosen(kind, &fields).filter(|choices| found.state == State::Draft && !same(choices)) {
            batch::choose(tx, ctx, found, &choices, &taken(&fields))?;
        }
        batch::begin(tx, ctx, Some(who.person), kind, found.id, dry).map(drop)
    })
    .await
}

async fn resume(staff: Staff, Path((key, id)): Path<(String, String)>, _checked: Fields) -> Result<Response, PageError> {
    step(&staff, key, id, |tx, ctx, who, _, found| batch::resume(tx, ctx, Some(who.person), found.id).map(drop)).await
}

async fn discard(staff: Staff, Path((key, id)): Path<(String, String)>, _checked: Fields) -> Result<Response, PageError> {
    let t = BringTexts::of(staff.lang);
    let back = format!("/tables/{key}");
    staff
        .write(move |tx, _, who| {
            let (_, found) = find(tx, who, &key, &id)?;
            batch::discard(tx, found.id).map_err(|error| match error {
                BringError::NotNow => PageError::NotFound,
                other => broken(other),
            })
        })
        .await?;
    Ok(redirect(back).done(t.discarded).into_response())
}

#[derive(Template)]
#[template(path = "bring/undo.html")]
struct UndoPage {
    shell: Shell,
    t: &'static BringTexts,
    base: String,
    facts: Vec<Fact>,
}

async fn ask_undo(staff: Staff, Path((key, id)): Path<(String, String)>) -> Result<Page, PageError> {
    staff
        .read(move |tx, _, who| {
            let (kind, found) = find(tx, who, &key, &id)?;
            if found.state != State::Done {
                return Err(PageError::NotFound);
            }
            let t = BringTexts::of(who.visit().lang);
            let base = format!("/tables/{}/{}", kind.key, found.id);
            page(&UndoPage { shell: who.shell(t.undo), t, base, facts: undo_facts(t, &found) })
        })
        .await
}

async fn undo(staff: Staff, Path((key, id)): Path<(String, String)>, _checked: Fields) -> Result<Response, PageError> {
    step(&staff, key, id, |tx, ctx, who, _, found| batch::undo(tx, ctx, Some(who.person), found.id).map(drop)).await
}

/// The rows that could not be brought in, as a workbook to be corrected.
async fn workbook(staff: Staff, Path((key, id)): Path<(String, String)>) -> Result<Response, PageError> {
    let (kind, found, person) = staff
        .read(move |tx, _, who| {
            let (kind, found) = find(tx, who, &key, &id)?;
            if !is_theirs(who, kind, &found) {
                return Err(PageError::Forbidden);
            }
            Ok::<_, PageError>((kind, found, who.person))
        })
        .await?;
    let district = std::sync::Arc::clone(&staff.district);
    let written = beside(move || {
        let mut bytes = Vec::new();
        super::console::write_wrong(&district, kind, &found, record::Actor::Person(person), &mut bytes).map(|_| bytes)
    });
    let bytes = written.await?.map_err(broken)?;
    workbook_of(bytes, BringTexts::of(staff.lang).workbook_name, "errors")
}
