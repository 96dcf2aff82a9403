//! One report: as it reads, its versions, finishing and discarding it.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::Ctx;
use store::Tx;
use web::kit::{Column, Fact};
use web::{Fields, Lang, Page, PageError, Shell, Signed, Staff, dates, fill, page, redirect};

use super::{ReportTexts, broken};
use crate::body::{Body, Content, Span, said};
use crate::document::{Mark, Part, annex, document, notes, parts};
use crate::facts::{Facts, Shown};
use crate::finish::{Close, discard as discard_report, finish as finish_report};
use crate::period;
use crate::permissions::{Finish, Write, in_unit};
use crate::report::{Report, ReportId, State, facts, facts_digest, seen, version, versions};

/// A span as a page shows it.
pub(super) struct Run {
    pub(super) text: String,
    pub(super) href: String,
    pub(super) typed: bool,
}

/// A cell or a point: what it says, where it opens.
pub(super) struct Open {
    pub(super) text: String,
    pub(super) href: String,
    pub(super) number: bool,
}

/// A piece of the page.
pub(super) enum Piece {
    First(String),
    Second(String),
    Text { runs: Vec<Run>, mark: &'static str, dropped: String },
    Table { id: String, caption: String, heads: Vec<Column>, rows: Vec<Vec<Open>> },
    Chart { id: String, caption: String, chart: Bars, heads: Vec<Column>, rows: Vec<Vec<Open>> },
}

/// A chart as an SVG: bars or points in a box of 600 by 220.
pub(super) struct Bars {
    /// What the line at the foot stands for, where it is not nothing.
    pub(super) scale: Option<String>,
    pub(super) lines: Vec<(usize, String)>,
    pub(super) boxes: Vec<(usize, String, String, String, String)>,
    pub(super) labels: Vec<(String, String)>,
    pub(super) values: Vec<(String, String, String)>,
    pub(super) names: Vec<(usize, String)>,
}

#[derive(Template)]
#[template(path = "reports/show.html")]
struct ShowPage {
    shell: Shell,
    t: &'static ReportTexts,
    base: String,
    title: Vec<String>,
    subtitle: String,
    pieces: Vec<Piece>,
    notes: Vec<String>,
    /// The table behind it all; nothing where there is none.
    annex: Vec<Piece>,
    signature: (String, String),
    facts: Vec<Fact>,
    advice: String,
    old: String,
    edits: bool,
    finishes: bool,
    query: String,
}

impl ShowPage {
    fn to(&self, page: &str) -> String {
        format!("{}/{page}", self.base)
    }
}

/// The number by which the annex is known on the page, beyond those of all other parts.
const ANNEX_ID: usize = 9_999;

/// What is needed to show a report.
pub(super) struct Loaded {
    pub(super) report: Report,
    pub(super) v: i64,
    pub(super) body: Body,
    pub(super) facts: Facts,
}

/// The report at a version; the newest where none is named.
pub(super) fn load(tx: &mut Tx, who: &Signed, id: &str, v: Option<i64>) -> Result<Loaded, PageError> {
    let id: ReportId = id.parse().map_err(|_| PageError::NotFound)?;
    let report = seen(tx, who, &who.tree, id)?.ok_or(PageError::NotFound)?;
    // Who is above the unit sees what was finished, not how it came about.
    let v = v.filter(|_| in_unit::<Write>(who, report.unit).is_some()).unwrap_or(report.v);
    let body = version(tx, id, v)?.ok_or(PageError::NotFound)?.body;
    let facts = facts(tx, id)?.ok_or(PageError::NotFound)?;
    Ok(Loaded { report, v, body, facts })
}

/// The page.
pub(super) async fn show(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let loaded = load(tx, who, &id, fields.int("v"))?;
            draw(tx, ctx, who, &loaded)
        })
        .await
}

fn draw(tx: &mut Tx, ctx: &Ctx, who: &Signed, loaded: &Loaded) -> Result<Page, PageError> {
    let Loaded { report, v, body, facts } = loaded;
    let lang = who.visit().lang;
    let t = ReportTexts::of(lang);
    let base = format!("/reports/{}", report.id);
    let whole = document(body, facts, None);
    let n = whole.characters();
    let draft = report.state == State::Draft;
    let newest = *v == report.v;
    let pieces = parts(body, facts).into_iter().enumerate().map(|(at, part)| piece(t, &base, at, part)).collect();
    page(&ShowPage {
        shell: who.shell(body.title.replace('\n', "")),
        t,
        title: body.title.split('\n').map(str::to_owned).collect(),
        subtitle: whole.subtitle,
        notes: notes(body, facts),
        annex: annex(body, facts).iter().map(|shown| exhibit(t, ANNEX_ID, shown, "附件")).collect(),
        signature: whole.signature.map(|s| (s.unit, s.date)).unwrap_or_default(),
        pieces,
        facts: about(tx, ctx, who, loaded, n)?,
        advice: advice(ctx, t, n),
        old: if newest { String::new() } else { fill(t.old_version, &[("v", v), ("now", &report.v)]) },
        edits: draft && newest && in_unit::<Write>(who, report.unit).is_some(),
        finishes: draft && newest && in_unit::<Finish>(who, report.unit).is_some(),
        query: if newest { String::new() } else { format!("?v={v}") },
        base,
    })
}

/// The facts beside the report.
fn about(tx: &mut Tx, ctx: &Ctx, who: &Signed, loaded: &Loaded, characters: usize) -> Result<Vec<Fact>, PageError> {
    let Loaded { report, v, body, facts } = loaded;
    let lang = who.visit().lang;
    let t = ReportTexts::of(lang);
    let name = |tx: &mut Tx, person| people::read::name_of(tx, person).map(Option::unwrap_or_default);
    let by = |name: &str, at| fill(t.by_at, &[("who", &name), ("when", &dates::moment(lang, at, ctx.now))]);
    let state = if report.state == State::Draft { t.draft } else { t.finished };
    let label = period::between(&report.from, &report.to).map(|p| if lang == Lang::En { p.label(lang) } else { period::label(&p) });
    let mut out = vec![
        Fact::new(t.unit, crate::unit_name(&who.tree, report.unit)),
        Fact::new(t.period, label.unwrap_or_default()),
        Fact::new(t.state, format!("{state} · {}", fill(t.version_n, &[("v", v)]))),
        Fact::new(t.length, fill(t.characters, &[("n", &characters)])),
        Fact::new(t.taken, dates::moment(lang, facts.taken_at, ctx.now)),
    ];
    let made = name(tx, report.made_by)?;
    out.push(Fact::new(t.made_by, by(&made, report.made_at)));
    if let (Some(at), Some(person)) = (report.closed_at, report.closed_by) {
        let finished = name(tx, person)?;
        out.push(Fact::new(t.finished_by, by(&finished, at)));
        let digest = facts_digest(tx, report.id)?;
        out.push(Fact::new(t.digest, digest.get(..16).unwrap_or_default()));
    }
    let changed = body.changed();
    let (a, b, c) = (changed.rewritten, changed.added, changed.typed.len());
    let words = if a + b + c == 0 { t.changed_none.to_owned() } else { fill(t.changed_some, &[("a", &a), ("b", &b), ("c", &c)]) };
    out.push(Fact::new(t.changed, words));
    let dropped = changed.problems_dropped.len();
    if changed.problems_rewritten + dropped > 0 {
        let values: [(&str, &dyn std::fmt::Display); 3] = [("n", &changed.problems), ("a", &changed.problems_rewritten), ("b", &dropped)];
        out.push(Fact::new(t.changed, fill(t.changed_problems, &values)));
    }
    Ok(out)
}

/// What the rules say of such a length; nothing while it is short.
fn advice(ctx: &Ctx, t: &ReportTexts, n: usize) -> String {
    let over = |id: &str, words: &'static str| {
        let rule = ctx.rules().rule(id)?;
        let most = usize::try_from(rule.amount).ok().filter(|most| n > *most)?;
        Some(fill(words, &[("n", &n), ("most", &most), ("document", &rule.document), ("note", &rule.note)]))
    };
    over("documents.comprehensive", t.too_long).or_else(|| over("documents.special", t.long)).unwrap_or_default()
}

/// The spans of a paragraph.
pub(super) fn runs(base: &str, spans: Vec<Span>) -> Vec<Run> {
    let run = |span: Span| Run {
        href: span.figure.map(|key| format!("{base}/figure?k={}", web::shell::percent(&key))).unwrap_or_default(),
        typed: span.typed,
        text: span.text,
    };
    spans.into_iter().map(run).collect()
}

pub(super) fn piece(t: &ReportTexts, base: &str, at: usize, part: Part<'_>) -> Piece {
    match part {
        Part::Heading(1, text) => Piece::First(text),
        Part::Heading(_, text) => Piece::Second(text),
        Part::Text { spans, mark } => Piece::Text {
            runs: runs(base, spans),
            mark: match mark {
                Mark::Given => "",
                Mark::Rewritten => t.mark_rewritten,
                Mark::Problem => t.mark_problem,
                Mark::Dropped(_) => t.mark_dropped,
                Mark::Own => t.mark_own,
            },
            dropped: if let Mark::Dropped(why) = mark { fill(t.reason_is, &[("why", &why)]) } else { String::new() },
        },
        Part::Exhibit(shown, number) => exhibit(t, at, shown, &number),
    }
}

fn exhibit(t: &ReportTexts, at: usize, shown: &Shown, number: &str) -> Piece {
    let id = format!("x{at}");
    let column = |title: &str, number: bool| if number { Column::number(title) } else { Column::new(title) };
    match shown {
        Shown::Table { caption, heads, rows } => {
            let cell = |(n, cell): (usize, &crate::facts::Cell)| Open {
                text: cell.text.clone(),
                href: cell.opens.as_ref().and_then(crate::facts::Opens::href).unwrap_or_default(),
                number: heads.get(n).is_some_and(|(_, _, number)| *number),
            };
            Piece::Table {
                id,
                caption: format!("{number} {caption}"),
                heads: heads.iter().map(|(title, _, number)| column(title, *number)).collect(),
                rows: rows.iter().map(|row| row.iter().enumerate().map(cell).collect()).collect(),
            }
        }
        Shown::Chart { caption, lines, labels, series } => {
            let mut chart = bars(*lines, labels, series);
            chart.scale = chart.scale.map(|n| fill(t.axis_from, &[("n", &n)]));
            let mut heads = vec![column(t.label, false)];
            heads.extend(series.iter().map(|points| column(&points.name, true)));
            let rows = labels.iter().enumerate().map(|(n, label)| {
                let mut row = vec![Open { text: label.clone(), href: String::new(), number: false }];
                row.extend(series.iter().map(|points| {
                    let point = points.values.get(n);
                    let text = point.and_then(|(value, _)| *value).map_or_else(|| "—".to_owned(), |value| hundredths(value, *lines));
                    Open { text, href: point.and_then(|(_, opens)| opens.href()).unwrap_or_default(), number: true }
                }));
                row
            });
            Piece::Chart { id, caption: format!("{number} {caption}"), chart, heads, rows: rows.collect() }
        }
    }
}

fn hundredths(value: i64, percent: bool) -> String {
    if percent { format!("{}.{}%", value / 100, value.rem_euclid(100) / 10) } else { crate::facts::grouped(value / 100) }
}

const WIDE: i64 = 600;
const HIGH: i64 = 170;
const BASE: i64 = 195;

/// Where lines of rates begin, in hundredths: at the round number under the lowest, as on paper, since all of them lie high up.
fn floor(lines: bool, series: &[crate::facts::Points]) -> i64 {
    let least = series.iter().flat_map(|points| &points.values).filter_map(|(value, _)| *value).min();
    let fits = |floor: &i64| lines && least.is_some_and(|least| least >= floor + 200);
    [8_000, 6_000, 4_000, 2_000].into_iter().find(fits).unwrap_or(0)
}

/// Places in whole units: a chart drawn twice is the same.
fn bars(lines: bool, labels: &[String], series: &[crate::facts::Points]) -> Bars {
    let count = i64::try_from(labels.len().max(1)).unwrap_or(1);
    let most = series.iter().flat_map(|points| &points.values).filter_map(|(value, _)| *value).max().unwrap_or(0).max(1);
    let floor = floor(lines, series);
    let most = if lines { most.max(10_000) } else { most };
    let slot = WIDE / count;
    let index = |n: usize| i64::try_from(n).unwrap_or(0);
    let height = |value: i64| (value - floor).max(0).saturating_mul(HIGH) / (most - floor).max(1);
    let groups = index(series.len().max(1));
    let width = (slot * 7 / 10 / groups).max(2);
    let scale = if floor > 0 { Some(hundredths(floor, lines)) } else { None };
    let mut out = Bars { scale, lines: Vec::new(), boxes: Vec::new(), labels: Vec::new(), values: Vec::new(), names: Vec::new() };
    let every = usize::try_from((36 / slot.max(1)).max(0)).unwrap_or(0) + 1;
    for (n, label) in labels.iter().enumerate().filter(|(n, _)| n % every == 0) {
        out.labels.push(((slot * index(n) + slot / 2).to_string(), label.clone()));
    }
    for (s, points) in series.iter().enumerate() {
        out.names.push((s, points.name.clone()));
        let mut line = String::new();
        for (n, (value, _)) in points.values.iter().enumerate() {
            let Some(value) = *value else { continue };
            let (middle, top) = (slot * index(n) + slot / 2, BASE - height(value));
            if lines {
                let letter = if line.is_empty() { 'M' } else { 'L' };
                line.push_str(&format!("{letter}{middle} {top}"));
            } else {
                let x = slot * index(n) + slot * 15 / 100 + width * index(s);
                out.boxes.push((s, x.to_string(), top.to_string(), (width - 1).max(1).to_string(), height(value).to_string()));
            }
            if s == 0 && slot >= 26 {
                let x = if lines { middle } else { slot * index(n) + slot * 15 / 100 + width / 2 };
                out.values.push((x.to_string(), (top - 5).to_string(), hundredths(value, lines)));
            }
        }
        if !line.is_empty() {
            out.lines.push((s, line));
        }
    }
    out
}

#[derive(Template)]
#[template(path = "reports/ask.html")]
struct AskPage {
    shell: Shell,
    t: &'static ReportTexts,
    base: String,
    action: String,
    text: &'static str,
    button: &'static str,
    danger: bool,
    facts: Vec<Fact>,
    op_key: String,
    v: i64,
}

async fn ask(staff: Staff, id: String, finishing: bool) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let loaded = load(tx, who, &id, None)?;
            let t = ReportTexts::of(who.visit().lang);
            let unit = loaded.report.unit;
            let may = if finishing { in_unit::<Finish>(who, unit).is_some() } else { in_unit::<Write>(who, unit).is_some() };
            if !may {
                return Err(PageError::Forbidden);
            }
            if loaded.report.state != State::Draft {
                return Err(PageError::Conflict(t.closed.to_owned()));
            }
            let n = document(&loaded.body, &loaded.facts, None).characters();
            let base = format!("/reports/{}", loaded.report.id);
            page(&AskPage {
                shell: who.shell(if finishing { t.finish_title } else { t.discard_title }),
                t,
                action: format!("{base}/{}", if finishing { "finish" } else { "discard" }),
                base,
                text: if finishing { t.finish_text } else { t.discard_text },
                button: if finishing { t.finish } else { t.discard },
                danger: !finishing,
                facts: about(tx, ctx, who, &loaded, n)?,
                op_key: who.visit().op_key(),
                v: loaded.report.v,
            })
        })
        .await
}

/// Asks before finishing.
pub(super) async fn ask_finish(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    ask(staff, id, true).await
}

/// Asks before discarding.
pub(super) async fn ask_discard(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    ask(staff, id, false).await
}

/// Finishes it.
pub(super) async fn finish(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let t = ReportTexts::of(staff.lang);
    let close = closing(&id, &fields)?;
    let done = staff.attempt(move |tx, ctx, who| {
        let report = seen(tx, who, &who.tree, close.id)?.ok_or(crate::ReportError::NotFound)?;
        let proof = in_unit::<Finish>(who, report.unit).ok_or(crate::ReportError::Denied)?;
        finish_report(tx, ctx, &proof, &close)
    });
    done.await?.map_err(|error| broken(error, t))?;
    Ok(redirect(format!("/reports/{id}")).done(t.finish_done).into_response())
}

/// Discards it.
pub(super) async fn discard(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let t = ReportTexts::of(staff.lang);
    let close = closing(&id, &fields)?;
    let done = staff.attempt(move |tx, ctx, who| {
        // A second press finds it discarded, which `once` answers as the first.
        let report = crate::report::find(tx, close.id)?.ok_or(crate::ReportError::NotFound)?;
        let proof = in_unit::<Write>(who, report.unit).ok_or(crate::ReportError::NotFound)?;
        discard_report(tx, ctx, &proof, &close)
    });
    done.await?.map_err(|error| broken(error, t))?;
    Ok(redirect("/reports").done(t.discarded).into_response())
}

fn closing(id: &str, fields: &Fields) -> Result<Close, PageError> {
    let id = id.parse().map_err(|_| PageError::NotFound)?;
    Ok(Close { op_key: fields.op_key()?, id, v: fields.int("v").ok_or(PageError::BadForm)? })
}

/// What one version changed.
struct Step {
    title: String,
    sub: String,
    href: String,
    changes: Vec<(&'static str, String, String)>,
    none: &'static str,
}

#[derive(Template)]
#[template(path = "reports/history.html")]
struct HistoryPage {
    shell: Shell,
    t: &'static ReportTexts,
    base: String,
    steps: Vec<Step>,
}

/// Who changed what.
pub(super) async fn history(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let lang = who.visit().lang;
            let t = ReportTexts::of(lang);
            let id: ReportId = id.parse().map_err(|_| PageError::NotFound)?;
            let report = seen(tx, who, &who.tree, id)?.ok_or(PageError::NotFound)?;
            in_unit::<Write>(who, report.unit).ok_or(PageError::Forbidden)?;
            let all = versions(tx, id)?;
            let mut steps = Vec::new();
            for (n, version) in all.iter().enumerate() {
                let changes = all.get(n + 1).map(|before| differences(t, &before.body, &version.body)).unwrap_or_default();
                let name = people::read::name_of(tx, version.by)?.unwrap_or_default();
                steps.push(Step {
                    title: fill(t.version_n, &[("v", &version.v)]),
                    sub: fill(t.by_at, &[("who", &name), ("when", &dates::moment(lang, version.at, ctx.now))]),
                    href: format!("/reports/{id}?v={}", version.v),
                    none: if n + 1 == all.len() { t.history_first } else { t.history_same },
                    changes,
                });
            }
            page(&HistoryPage { shell: who.shell(t.history_title), t, base: format!("/reports/{id}"), steps })
        })
        .await
}

/// The paragraphs that differ: what was done, before, after.
fn differences(t: &ReportTexts, before: &Body, after: &Body) -> Vec<(&'static str, String, String)> {
    let words = |block: &crate::body::Block| match &block.content {
        Content::Text { given, dropped: Some(why), .. } => crate::document::left_out(&said(given), why),
        _ => block.text().unwrap_or_default(),
    };
    let mut out = Vec::new();
    for block in before.blocks.iter().filter(|block| matches!(block.content, Content::Text { .. })) {
        match after.blocks.iter().find(|other| other.id == block.id) {
            None => out.push((t.history_removed, words(block), String::new())),
            Some(other) if words(other) != words(block) => out.push(("", words(block), words(other))),
            Some(_) => {}
        }
    }
    for block in after.blocks.iter().filter(|block| matches!(block.content, Content::Text { .. })) {
        if !before.blocks.iter().any(|other| other.id == block.id) {
            out.push((t.history_added, String::new(), words(block)));
        }
    }
    out
}
