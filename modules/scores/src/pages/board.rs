//! The board: the units of a scheme in their fixed order, for one period.

use askama::Template;
use axum::response::{IntoResponse, Response};
use base::{Ctx, Date, Time, UnitId};
use measures::{Period, ReadNumbers};
use sheets::{Export, FileKind, Head, Value};
use store::{StoreError, Tx};
use web::kit::{Choice, Column};
use web::{Fields, Leaving, Page, PageError, Shell, Signed, Staff, fill, page, redirect};

use super::{Seen, band, points, seen};
use crate::duties::{self, Stands};
use crate::events::SchemeId;
use crate::lock::{self, LockError, Round};
use crate::permissions::{Decide, Schemes};
use crate::scheme;
use crate::score::Line;
use crate::texts::ScoreTexts;

/// A unit: what it came to, and whether each cell is a number.
struct Row {
    name: String,
    href: String,
    cells: Vec<(String, bool)>,
}

#[derive(Template)]
#[template(path = "scores/board.html")]
struct BoardPage {
    shell: Shell,
    t: &'static ScoreTexts,
    any: bool,
    may_write: bool,
    /// Whether the list of appeals is anything to them.
    appeals: bool,
    schemes: Vec<Choice>,
    periods: Vec<Choice>,
    /// Text and address of the period before and the one after; empty where there is none.
    before: (String, String),
    after: (String, String),
    /// Text and address of each revision, and whether it is the one that is shown.
    revisions: Vec<(String, String, bool)>,
    state: String,
    document: String,
    /// What a row tells where no points are given.
    note: &'static str,
    caption: &'static str,
    columns: Vec<Column>,
    rows: Vec<Row>,
    export: String,
    lockable: bool,
    scheme: String,
    from: String,
    op_key: String,
    error: String,
}

/// The units of a scheme that this person may see, in their fixed order.
fn visible(who: &Signed, seen: &Seen) -> Vec<UnitId> {
    let mut units = lock::units(&who.tree, &seen.scheme, &seen.period);
    units.retain(|unit| who.each::<ReadNumbers>().any(|proof| who.tree.is_within(*unit, proof.reach())));
    units
}

/// How many periods are offered at least, and at most.
const LEAST: usize = 6;
const MOST: usize = 120;

/// The periods to choose from, the present one first: back to the first that the scheme held for or that was locked.
fn periods(tx: &mut Tx, seen: &Seen, today: Date) -> Result<Vec<Period>, StoreError> {
    let first = scheme::versions(tx, seen.scheme.id)?.iter().map(|version| version.from).min();
    let locked = lock::rounds(tx, seen.scheme.id)?.iter().map(|round| round.period.from).min();
    let back = [first, locked, Some(seen.period.from)].into_iter().flatten().min().unwrap_or(today);
    let mut all = Vec::new();
    let mut period = seen.scheme.says.period.of(today);
    while all.len() < LEAST || (period.to >= back && all.len() < MOST) {
        all.push(period);
        period = period.previous();
    }
    if !all.contains(&seen.period) {
        all.push(seen.period);
    }
    Ok(all)
}

/// The revisions to choose from, where there is more than one.
fn revisions(t: &ScoreTexts, seen: &Seen, href: impl Fn(&Round) -> String) -> Vec<(String, String, bool)> {
    if seen.all().count() < 2 {
        return Vec::new();
    }
    let (shown, last) = (seen.revisions.last().map(|round| round.id), seen.all().last().map(|round| round.id));
    let link = |round: &Round| {
        let words = if round.revision == 1 { t.revision_short_first.to_owned() } else { fill(t.revision_short, &[("n", &round.revision)]) };
        let words = if Some(round.id) == last { fill(t.revision_last, &[("revision", &words)]) } else { words };
        (words, href(round), Some(round.id) == shown)
    };
    seen.all().map(link).collect()
}

/// Where the address names no scheme: the first one that this person sees units of.
fn own_first(tx: &mut Tx, who: &Signed, fields: &Fields, now: Time) -> Result<Fields, PageError> {
    let mut fields = fields.clone();
    if fields.id::<SchemeId>("s").is_none() {
        for scheme in scheme::latest(tx)? {
            let mut one = fields.clone();
            one.set("s", scheme.id.to_string());
            if seen(tx, &one, now)?.is_some_and(|seen| !visible(who, &seen).is_empty()) {
                fields = one;
                break;
            }
        }
    }
    Ok(fields)
}

pub(super) async fn board(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    show(&staff, fields, String::new()).await
}

async fn show(staff: &Staff, fields: Fields, error: String) -> Result<Page, PageError> {
    let op_key = staff.op_key();
    staff
        .read(move |tx, ctx, who| {
            who.has::<ReadNumbers>().ok_or(PageError::Forbidden)?;
            let lang = who.visit().lang;
            let t = ScoreTexts::of(lang);
            let may_write = who.has::<Schemes>().is_some();
            let mut board = BoardPage {
                shell: who.shell(t.title),
                t,
                any: false,
                may_write,
                appeals: sees_appeals(who),
                schemes: Vec::new(),
                periods: Vec::new(),
                before: Default::default(),
                after: Default::default(),
                revisions: Vec::new(),
                state: String::new(),
                document: String::new(),
                note: "",
                caption: t.caption,
                columns: Vec::new(),
                rows: Vec::new(),
                export: String::new(),
                lockable: false,
                scheme: String::new(),
                from: String::new(),
                op_key: op_key.clone(),
                error: error.clone(),
            };
            let fields = own_first(tx, who, &fields, ctx.now)?;
            let Some(seen) = seen(tx, &fields, ctx.now)? else { return page(&board) };
            let units = visible(who, &seen);
            board.rows = rows(tx, ctx, t, who, &seen, &units)?;
            let id = seen.scheme.id.to_string();
            board.any = true;
            board.schemes = scheme::latest(tx)?
                .into_iter()
                .map(|scheme| Choice::new(scheme.id.to_string(), scheme.says.name).chosen(scheme.id == seen.scheme.id))
                .collect();
            let all = periods(tx, &seen, ctx.now.date())?;
            board.periods =
                all.iter().map(|period| Choice::new(period.from.to_string(), period.label(lang)).chosen(*period == seen.period)).collect();
            let at = all.iter().position(|period| *period == seen.period);
            let step = |words: &str, period: Option<&Period>| {
                let link =
                    |period: &Period| (fill(words, &[("period", &period.label(lang))]), format!("/scores?{}", seen.query_at(period)));
                period.map(link).unwrap_or_default()
            };
            board.before = step(t.period_before, at.and_then(|at| all.get(at + 1)));
            board.after = step(t.period_after, at.and_then(|at| all.get(at.checked_sub(1)?)));
            board.revisions = revisions(t, &seen, |round| format!("/scores?{}", seen.query_of(round)));
            board.state = seen.state(t, lang, ctx.now);
            board.document = seen.scheme.says.document.clone();
            board.columns = if seen.scheme.scores() {
                let scored = Column::number(t.column_scored);
                vec![Column::new(t.column_unit), Column::number(t.column_total), Column::new(t.column_band), scored]
            } else {
                duty_columns(t)
            };
            if !seen.scheme.scores() {
                (board.note, board.caption) = (t.duties_lead, t.duties);
            }
            board.export = format!("/scores/book.xlsx?{}", seen.query());
            board.lockable = may_write && seen.scheme.scores() && seen.revisions.is_empty() && seen.period.to < ctx.now.date();
            (board.scheme, board.from) = (id, seen.period.from.to_string());
            page(&board)
        })
        .await
}

/// A row for each unit: its points, or, by a scheme that gives none, how many of its duties are met, have time, are not met.
fn rows(tx: &mut Tx, ctx: &Ctx, t: &ScoreTexts, who: &Signed, seen: &Seen, units: &[UnitId]) -> Result<Vec<Row>, PageError> {
    let row = |unit: UnitId, cells: Vec<(String, bool)>| Row {
        name: who.tree.full_name(unit),
        href: format!("/scores/card?unit={unit}&{}", seen.query()),
        cells,
    };
    if seen.scheme.scores() {
        let scored = |line: &Line| {
            let scored = line.counts.points.iter().filter(|points| points.is_some()).count();
            format!("{scored} / {}", line.counts.points.len())
        };
        let cells = |line: &Line| vec![(points(line.total), true), (band(t, line.band).to_owned(), false), (scored(line), true)];
        return Ok(seen.lines(tx, units)?.iter().map(|line| row(line.unit, cells(line))).collect());
    }
    let all = duties::of_all(tx, ctx.rules(), &who.tree, units, &seen.period, ctx.now.date())?;
    let cells = |stands: &[Stands]| stood(stands).iter().map(|n| (n.to_string(), true)).collect();
    Ok(units.iter().zip(&all).map(|(unit, stands)| row(*unit, cells(stands))).collect())
}

/// The columns where duties are told and no points are given.
pub(super) fn duty_columns(t: &ScoreTexts) -> Vec<Column> {
    let titles = [t.column_met, t.column_open, t.column_unmet];
    std::iter::once(Column::new(t.column_unit)).chain(titles.map(Column::number)).collect()
}

/// How many duties are met, have time, are not met.
pub(super) fn stood(stands: &[Stands]) -> [usize; 3] {
    let count = |so: fn(&Stands) -> bool| stands.iter().filter(|stands| so(stands)).count();
    [count(|stands| *stands == Stands::Met), count(|stands| matches!(stands, Stands::Open(_))), count(|stands| *stands == Stands::Unmet)]
}

pub(super) async fn lock_period(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let key = fields.op_key()?;
    let t = ScoreTexts::of(staff.lang);
    let sent = fields.clone();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = who.has::<Schemes>().ok_or(LockError::NoScheme)?;
            let id = sent.id("s").ok_or(LockError::NoScheme)?;
            let day = sent.value("from").parse().map_err(|_| LockError::NoScheme)?;
            let scheme = scheme::latest(tx)?.into_iter().find(|scheme| scheme.id == id).ok_or(LockError::NoScheme)?;
            let period = scheme.says.period.of(day);
            store::once(tx, ctx.now, &key, "scores.lock", who.person.bytes(), |tx| lock::lock(tx, ctx, &proof, id, &period).map(|_| ()))
        })
        .await?;
    let words = match done {
        Ok(()) => {
            let to = format!("/scores?s={}&from={}", fields.value("s"), fields.value("from"));
            return Ok(redirect(to).done(t.locked).into_response());
        }
        Err(LockError::NotOver) => t.not_over,
        Err(LockError::NoPoints) => t.no_points,
        Err(LockError::Already) => t.already,
        Err(LockError::NoScheme) => t.no_version,
        Err(LockError::Nobody) => t.nobody,
        Err(LockError::Store(error)) => return Err(error.into()),
    };
    Ok(show(&staff, fields, words.to_owned()).await?.again().into_response())
}

pub(super) async fn workbook(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let name = ScoreTexts::of(staff.lang).export_name;
    let (bytes, person, leaving) = staff
        .read(move |tx, ctx, who| {
            who.has::<ReadNumbers>().ok_or(PageError::Forbidden)?;
            let seen = seen(tx, &fields, ctx.now)?.ok_or(PageError::NotFound)?;
            let t = ScoreTexts::of(web::Lang::Hans);
            let says = &seen.scheme.says;
            let mut heads = vec![Head::new(t.column_unit, 32)];
            if seen.scheme.scores() {
                heads.extend([Head::new(t.column_total, 10), Head::new(t.column_band, 20)]);
                heads.extend(says.items.iter().map(|item| Head::new(&*item.title, 16)));
            } else {
                heads.extend([t.column_met, t.column_open, t.column_unmet].map(|title| Head::new(title, 10)));
            }
            let mut book = Export::new(FileKind::Xlsx, "考核得分", None, &heads).map_err(PageError::internal)?;
            let units = visible(who, &seen);
            let mut all: Vec<Vec<String>> = Vec::new();
            if seen.scheme.scores() {
                for line in seen.lines(tx, &units)? {
                    let mut cells = vec![who.tree.full_name(line.unit), points(line.total), band(t, line.band).to_owned()];
                    cells.extend(line.counts.points.iter().map(|mine| points(*mine)));
                    all.push(cells);
                }
            } else {
                for row in rows(tx, ctx, t, who, &seen, &units)? {
                    all.push(std::iter::once(row.name).chain(row.cells.into_iter().map(|(text, _)| text)).collect());
                }
            }
            for cells in &all {
                let values: Vec<Value<'_>> = cells.iter().map(|cell| Value::Text(cell.into())).collect();
                book.row(&values).map_err(PageError::internal)?;
            }
            let mut bytes = Vec::new();
            book.finish(&mut bytes).map_err(PageError::internal)?;
            let unit = who.posts.first().map(|held| held.unit);
            Ok((bytes, who.person, Leaving { table: "scores", unit, rows: all.len(), masked: true }))
        })
        .await?;
    staff.hand_out(person, leaving).await?;
    measures::sent(bytes, "scores", name)
}

/// Whether somebody has to do with appeals at all.
pub(super) fn sees_appeals(who: &Signed) -> bool {
    who.has::<Decide>().is_some() || who.has::<crate::permissions::Appeal>().is_some()
}
