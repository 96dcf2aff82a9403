//! A list as a workbook, with the headers that cadres use. It holds no contact and no words of confidential callers, and
//! from the words of others what gives a person away is taken out, so that a mislaid file gives nobody away.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base::Time;
use sheets::{Export, FileKind, Head, Value};
use store::{Sql, StoreError, Tx, p, sql};
use web::{Fields, Leaving, PageError, Signed, Staff};

use super::StaffTexts;
use super::list::filter;
use crate::catalogue::{self, Kind};
use crate::events::Happened;
use crate::pages::words;
use crate::permissions::Read;
use crate::read::{self, Row};

/// Rows that are read in one snapshot, so that no reader is kept for long.
const CHUNK: usize = 500;

/// The headers of 诉求工单: the product's first language, since this is the form that other systems read.
const HEADS: [(&str, u16); 21] = [
    ("编号", 18),
    ("来源", 10),
    ("受理时间", 18),
    ("诉求人", 10),
    ("电话", 10),
    ("是否保密", 10),
    ("类别", 16),
    ("地址", 28),
    ("内容", 44),
    ("主办", 28),
    ("协办", 28),
    ("派单", 18),
    ("签收", 18),
    ("首次联系", 18),
    ("时限", 18),
    ("办结", 18),
    ("回访", 24),
    ("退单/延期记录", 24),
    ("状态", 10),
    ("经办人", 12),
    ("结果", 14),
];

/// What stands under the last row where there are more than leave at once.
const CUT: &str = "本表最多导出 {n} 件，还有未导出的，请用日期、单位等条件分次导出";

/// What stands in the columns of the caller: who they are is opened one at a time, with a reason.
const HIDDEN: &str = "已隐去";

/// What the record says of the steps, the last of each.
#[derive(Default)]
struct Steps {
    dispatched: Option<Time>,
    claimed: Option<Time>,
    contacted: Option<Time>,
    resolved: Option<Time>,
    called_back: String,
    objected: u32,
    upheld: u32,
    extended: u32,
    units: Vec<base::UnitId>,
}

fn steps(tx: &mut Tx, row: &Row) -> Result<Steps, StoreError> {
    let mut steps = Steps::default();
    for event in record::of_subject(tx, row.id.0)? {
        let Ok(Some(happened)) = Happened::read(&event) else { continue };
        let at = Some(event.occurred_at);
        match happened {
            Happened::ConcernDispatched(f) => {
                steps.dispatched = at;
                steps.units.push(f.unit);
            }
            Happened::ConcernSentDown(f) => steps.units.push(f.unit),
            Happened::ConcernEscalated(f) => steps.units.push(f.unit),
            Happened::ConcernClaimed(_) => steps.claimed = at,
            Happened::ConcernContacted(_) => steps.contacted = at,
            Happened::ConcernResolved(_) => steps.resolved = at,
            Happened::ConcernObjected(_) => steps.objected += 1,
            Happened::ConcernObjectionUpheld(_) => steps.upheld += 1,
            Happened::ConcernExtensionGranted(_) => steps.extended += 1,
            Happened::ConcernCalledBack(f) => {
                let yes = |value: Option<bool>| match value {
                    Some(true) => "是",
                    Some(false) => "否",
                    None => "—",
                };
                steps.called_back = format!("联系：{}；解决：{}；满意：{}", yes(f.contacted), yes(Some(f.solved)), yes(f.satisfied));
            }
            _ => {}
        }
    }
    steps.units.retain(|unit| Some(*unit) != row.handler);
    steps.units.sort_unstable();
    steps.units.dedup();
    Ok(steps)
}

/// By the primary key of `concern_text`; those of confidential callers are sealed and not read.
const WORDS: &Sql = sql!("SELECT body FROM concern_text WHERE concern = ?1 AND part = 'words' AND body IS NOT NULL ORDER BY event LIMIT 1");

/// What was asked for: the resident's words without names, telephones, dwellings and numbers; of a confidential caller the
/// title that handlers read.
fn content(tx: &mut Tx, row: &Row) -> Result<String, StoreError> {
    if row.confidential {
        return Ok(row.title.clone());
    }
    let words = tx.opt(WORDS, p![row.id], |row| row.text(0).map(str::to_owned))?;
    Ok(words.map_or_else(|| row.title.clone(), |words| base::text::mask_personal(&words)))
}

/// What one snapshot gives.
struct Piece {
    rows: Vec<[String; HEADS.len()]>,
    next: Option<String>,
    person: base::PersonId,
    unit: Option<base::UnitId>,
}

/// The workbook. It is read piece by piece, newest first, and lies in a temporary file until it has left: how many rows it has
/// is no matter of memory. What was said meanwhile is newer than where the reading began.
pub(super) async fn workbook(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let name = StaffTexts::of(staff.lang).export_name;
    let most = staff.app.config().export_rows;
    let heads: Vec<Head> = HEADS.iter().map(|(header, width)| Head::new(*header, *width)).collect();
    let mut book = Export::new(FileKind::Xlsx, "诉求工单", None, &heads).map_err(PageError::internal)?;
    let (mut before, mut rows) = (None, 0);
    let (person, unit) = loop {
        let (fields, from, limit) = (fields.clone(), before.take(), CHUNK.min(most.saturating_sub(rows)));
        let piece = staff.read(move |tx, ctx, who| piece(tx, who, &filter(&fields, ctx), from.as_deref(), limit)).await?;
        for cells in &piece.rows {
            let values: Vec<Value<'_>> = cells.iter().map(|cell| Value::Text(cell.into())).collect();
            book.row(&values).map_err(PageError::internal)?;
        }
        rows += piece.rows.len();
        before = piece.next;
        if before.is_none() || rows >= most {
            break (piece.person, piece.unit);
        }
    };
    if before.is_some() {
        book.row(&[Value::Text(web::fill(CUT, &[("n", &most)]).into())]).map_err(PageError::internal)?;
    }
    let ended = tokio::task::spawn_blocking(move || book.into_file());
    let (file, size) = ended.await.map_err(PageError::internal)?.map_err(PageError::internal)?;
    staff.hand_out(person, Leaving { table: "concerns", unit, rows, masked: true }).await?;
    let mut response = web::media::body(file, size).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FileKind::Xlsx.media_type()));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    let file = format!("attachment; filename=\"concerns.xlsx\"; filename*=UTF-8''{}.xlsx", web::shell::percent(name));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&file).map_err(PageError::internal)?);
    Ok(response)
}

fn piece(tx: &mut Tx, who: &Signed, filter: &read::Filter, before: Option<&str>, limit: usize) -> Result<Piece, PageError> {
    who.has::<Read>().ok_or(PageError::Forbidden)?;
    let kinds = catalogue::kinds(tx)?;
    let found = read::list(tx, who, &who.tree, filter, before, limit)?;
    let mut rows = Vec::with_capacity(found.rows.len());
    for row in &found.rows {
        let (steps, words) = (steps(tx, row)?, content(tx, row)?);
        let kind = row.kind.as_deref().map(|code| path(&kinds, code)).unwrap_or_default();
        rows.push(cells(who, row, &steps, (kind, words)));
    }
    Ok(Piece { rows, next: found.next, person: who.person, unit: who.posts.first().map(|held| held.unit) })
}

/// A kind with those that it is part of, the widest first.
fn path(kinds: &[Kind], code: &str) -> String {
    let mut names: Vec<&str> = Vec::new();
    let mut at = kinds.iter().find(|kind| kind.code == code);
    while let Some(kind) = at.filter(|_| names.len() < 8) {
        names.insert(0, &kind.name);
        at = kind.parent.as_ref().and_then(|above| kinds.iter().find(|kind| kind.code == *above));
    }
    names.join("／")
}

fn cells(who: &Signed, row: &Row, steps: &Steps, (kind, words): (String, String)) -> [String; HEADS.len()] {
    let w = words::words(web::Lang::Hans);
    let name = |unit: Option<base::UnitId>| unit.map(|unit| who.tree.full_name(unit)).unwrap_or_default();
    let time = |at: Option<Time>| at.map(|at| at.civil().strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default();
    let mut moved = Vec::new();
    for (n, what) in [(steps.objected, "异议"), (steps.upheld, "退单"), (steps.extended, "延期")] {
        if n > 0 {
            moved.push(format!("{what}{n}次"));
        }
    }
    [
        row.no.clone(),
        w.source(row.source).to_owned(),
        time(Some(row.occurred_at)),
        HIDDEN.to_owned(),
        HIDDEN.to_owned(),
        if row.confidential { "是" } else { "否" }.to_owned(),
        kind,
        name(row.place),
        words,
        name(row.handler.or(row.holder)),
        steps.units.iter().map(|unit| name(Some(*unit))).collect::<Vec<_>>().join("、"),
        time(steps.dispatched),
        time(steps.claimed),
        time(steps.contacted),
        time(row.resolve_by.or(row.due.as_ref().map(|due| due.at))),
        time(steps.resolved),
        steps.called_back.clone(),
        moved.join("，"),
        w.state(row.state).to_owned(),
        row.assignee_name.clone().unwrap_or_default(),
        row.outcome.map(|outcome| w.outcome(outcome).to_owned()).unwrap_or_default(),
    ]
}
