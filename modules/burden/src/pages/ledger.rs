//! The ledger of a unit and a year, and of the units below it.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use base::{Ctx, Date, UnitId};
use people::{Level, Tree};
use sheets::{Export, FileKind, Head, Value};
use store::Tx;
use web::kit::Column;
use web::{Fields, Leaving, Page, PageError, Shell, Signed, Staff, dates, fill, page};

use super::{BurdenTexts, duration, file, grouped, hours, name, seen};
use crate::model::{Ledger, Load, Request, State};
use crate::permissions::Register;
use crate::read;

/// The year of somebody's question, and what it came to.
struct Reckoned {
    unit: UnitId,
    year: i16,
    today: Date,
    requests: Vec<Request>,
    sums: BTreeMap<UnitId, Ledger>,
}

fn reckon(tx: &mut Tx, ctx: &Ctx, who: &Signed, fields: &Fields) -> Result<Reckoned, PageError> {
    let widest = seen(who).ok_or(PageError::Forbidden)?;
    let tree: &Tree = &who.tree;
    let unit = match fields.id::<UnitId>("unit") {
        None => widest,
        Some(unit) if tree.is_within(unit, widest) => unit,
        Some(unit) => return Err(if tree.get(unit).is_some() { PageError::Forbidden } else { PageError::NotFound }),
    };
    let today = ctx.now.date();
    let asked = fields.int("year").and_then(|year| i16::try_from(year).ok()).filter(|year| (2000..=today.year()).contains(year));
    let year = asked.unwrap_or(today.year());
    let requests = read::all(tx)?;
    let sums = read::by_community(tree, &requests, unit, year, today);
    Ok(Reckoned { unit, year, today, requests, sums })
}

impl Reckoned {
    fn whole(&self) -> Ledger {
        self.sums.values().fold(Ledger::default(), |mut sum, one| {
            sum += *one;
            sum
        })
    }

    /// The units below with what came of the communities in them, in their fixed order; then those that ended, where the year
    /// came to anything for them.
    fn below(&self, tree: &Tree) -> Vec<(UnitId, Ledger)> {
        let of = |unit: UnitId| {
            let mut sum = Ledger::default();
            self.sums.iter().filter(|(community, _)| tree.is_within(**community, unit)).for_each(|(_, one)| sum += *one);
            sum
        };
        let wanted = |unit: &&people::Unit| matches!(unit.level, Level::Town | Level::Community);
        let ended = tree.all().filter(|unit| unit.is_closed() && unit.parent == Some(self.unit)).filter(wanted);
        let children = tree.children(self.unit).filter(wanted).map(|unit| (unit.id, of(unit.id)));
        children.chain(ended.map(|unit| (unit.id, of(unit.id))).filter(|(_, sum)| *sum != Ledger::default())).collect()
    }
}

struct Block {
    title: &'static str,
    tone: &'static str,
    forms: String,
    fields: String,
    hours: String,
    note: String,
}

struct Row {
    name: String,
    href: String,
    cells: Vec<String>,
}

struct Asked {
    href: String,
    title: String,
    sub: String,
    state: &'static str,
    tone: &'static str,
    /// What the year came to, in words.
    came_to: String,
}

/// What one demand came to for one community in a year: what was filled in, what the record answered, what was refused.
fn came_to(t: &BurdenTexts, ledger: &Ledger) -> String {
    let words = |text: &'static str, load: &Load| {
        let time = duration(t, load.minutes);
        let (forms, fields) = (grouped(load.forms), grouped(load.fields));
        fill(text, &[("forms", &forms), ("fields", &fields), ("time", &time)])
    };
    let mut parts = Vec::new();
    if ledger.asked.forms > 0 {
        parts.push(words(t.one_asked, &ledger.asked));
    }
    if ledger.answered.forms > 0 {
        parts.push(words(t.one_answered, &ledger.answered));
    } else if ledger.answered.fields > 0 {
        parts.push(words(t.one_fields_answered, &ledger.answered));
    }
    if ledger.refused.forms > 0 {
        parts.push(words(t.one_refused, &ledger.refused));
    } else if ledger.refused.fields > 0 {
        parts.push(words(t.one_fields_refused, &ledger.refused));
    }
    parts.into_iter().reduce(|a, b| fill(t.join, &[("a", &a), ("b", &b)])).unwrap_or_else(|| t.one_none.to_owned())
}

#[derive(Template)]
#[template(path = "burden/ledger.html")]
struct LedgerPage {
    shell: Shell,
    t: &'static BurdenTexts,
    crumbs: Vec<(String, String)>,
    years: Vec<(String, String, bool)>,
    blocks: Vec<Block>,
    notes: Vec<(String, i64, String)>,
    export: String,
    requests: String,
    may_enter: bool,
    below_title: &'static str,
    columns: Vec<Column>,
    rows: Vec<Row>,
    whole: Vec<String>,
    asked: Vec<Asked>,
    /// How the numbers are reckoned.
    how: [&'static str; 6],
    fixed: String,
}

/// The page.
pub(super) async fn show(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let found = reckon(tx, ctx, who, &fields)?;
            let (tree, lang): (&Tree, _) = (&who.tree, who.visit().lang);
            let t = BurdenTexts::of(lang);
            let whole = found.whole();
            let path = tree.ancestors(found.unit).filter(|above| seen(who).is_some_and(|top| tree.is_within(above.id, top)));
            let block = |title, tone, load: Load, note: String| Block {
                title,
                tone,
                forms: fill(t.forms_n, &[("n", &grouped(load.forms))]),
                fields: fill(t.fields_n, &[("n", &grouped(load.fields))]),
                hours: duration(t, load.minutes),
                note,
            };
            let all = whole.asked.minutes + whole.answered.minutes + whole.refused.minutes;
            let share = if all > 0 && whole.answered.minutes > 0 {
                fill(t.share, &[("n", &(whole.answered.minutes * 100 / all))])
            } else {
                String::new()
            };
            let here: Vec<&Request> = found.requests.iter().filter(|one| read::concerns(tree, one, found.unit)).collect();
            let open = |one: &&&Request| one.ends.is_none_or(|ends| ends > found.today);
            let pending = here.iter().filter(open).filter(|one| one.state == State::Pending).count();
            let bare =
                here.iter().filter(open).filter(|one| one.document.is_empty() && matches!(one.state, State::Pending | State::Fill)).count();
            let count = |n: usize| i64::try_from(n).unwrap_or(0);
            let list = |filter: &str| format!("/burden/requests?unit={}{filter}", found.unit);
            let below = found.below(tree);
            let leaf = tree.level(found.unit) == Some(Level::Community);
            let came = |one: &&Request| {
                let sums = read::by_community(tree, std::slice::from_ref(*one), found.unit, found.year, found.today);
                sums.get(&found.unit).copied().unwrap_or_default()
            };
            // What was over before the year, or began after it, is none of its demands.
            let asked = here.iter().filter(|_| leaf).map(|one| (one, came(one)));
            let runs = |one: &&Request| found.year == found.today.year() && open(&one);
            let asked = asked.filter(|(one, ledger)| *ledger != Ledger::default() || runs(one)).map(|(one, ledger)| Asked {
                href: format!("/burden/{}", one.id),
                title: one.title.clone(),
                sub: [fill(t.by, &[("who", &super::requests::asker(tree, one))]), super::rhythm(t, one.rhythm).to_owned()].join(" · "),
                state: super::requests::stands(t, one, found.today),
                tone: if open(&one) { super::tone(one.state) } else { "" },
                came_to: came_to(t, &ledger),
            });
            page(&LedgerPage {
                shell: who.shell(fill(t.title, &[("unit", &name(tree, found.unit))])),
                t,
                crumbs: path.map(|unit| (format!("/burden?unit={}&year={}", unit.id, found.year), unit.name.clone())).collect(),
                years: (0..3)
                    .map(|back| found.today.year() - back)
                    .map(|year| (format!("/burden?unit={}&year={year}", found.unit), fill(t.year_n, &[("y", &year)]), year == found.year))
                    .collect(),
                blocks: vec![
                    block(t.asked, "asked", whole.asked, String::new()),
                    block(t.answered, "answered", whole.answered, share),
                    block(t.refused, "refused", whole.refused, String::new()),
                ],
                notes: vec![
                    (t.pending.to_owned(), count(pending), list("&state=pending")),
                    (t.no_document.to_owned(), count(bare), list("&bare=1")),
                ],
                export: format!("/burden.xlsx?unit={}&year={}", found.unit, found.year),
                requests: list(""),
                may_enter: who.has::<Register>().is_some(),
                below_title: if tree.level(found.unit) == Some(Level::District) { t.below_towns } else { t.below_communities },
                columns: columns(t)
                    .into_iter()
                    .enumerate()
                    .map(|(n, title)| if n == 0 { Column::new(title) } else { Column::number(title) })
                    .collect(),
                rows: below
                    .iter()
                    .map(|(unit, ledger)| Row {
                        name: super::marked(t, tree, *unit, name(tree, *unit)),
                        href: format!("/burden?unit={unit}&year={}", found.year),
                        cells: cells(ledger),
                    })
                    .collect(),
                whole: cells(&whole),
                asked: asked.collect(),
                how: [t.how_minutes, t.how_times, t.how_pending, t.how_known, t.how_answer, t.how_units],
                fixed: fill(t.fixed, &[("day", &dates::day(lang, found.today.min(last(found.year)), ctx.now))]),
            })
        })
        .await
}

fn last(year: i16) -> Date {
    Date::new(year, 12, 31).unwrap_or(Date::MAX)
}

fn columns(t: &BurdenTexts) -> [&'static str; 7] {
    [t.col_unit, t.col_forms, t.col_fields, t.col_hours, t.col_answered_forms, t.col_answered_fields, t.col_spared]
}

fn numbers(ledger: &Ledger) -> [i64; 5] {
    let spared = ledger.answered.minutes + ledger.refused.minutes;
    [ledger.asked.forms, ledger.asked.fields, ledger.answered.forms, ledger.answered.fields, spared]
}

fn cells(ledger: &Ledger) -> Vec<String> {
    let [forms, fields, answered, answered_fields, spared] = numbers(ledger);
    vec![grouped(forms), grouped(fields), hours(ledger.asked.minutes), grouped(answered), grouped(answered_fields), hours(spared)]
}

/// The same as a workbook: each community with its town.
pub(super) async fn workbook(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (bytes, title, person, leaving) = staff
        .read(move |tx, ctx, who| {
            let found = reckon(tx, ctx, who, &fields)?;
            let t = BurdenTexts::of(who.visit().lang);
            let title = format!("{} {}", fill(t.title, &[("unit", &name(&who.tree, found.unit))]), fill(t.year_n, &[("y", &found.year)]));
            let heads: Vec<Head> =
                columns(t).into_iter().enumerate().map(|(n, title)| Head::new(title, if n == 0 { 30 } else { 12 })).collect();
            let mut book = Export::new(FileKind::Xlsx, t.sheet, Some(&title), &heads).map_err(PageError::internal)?;
            let named = |unit| super::marked(t, &who.tree, unit, who.tree.full_name(unit));
            let communities =
                who.tree.subtree(found.unit).into_iter().filter_map(|unit| Some((named(unit.id), *found.sums.get(&unit.id)?)));
            let mut rows = 0;
            for (name, ledger) in communities.chain([(t.whole.to_owned(), found.whole())]) {
                rows += 1;
                let [forms, fields, answered, answered_fields, spared] = numbers(&ledger);
                #[allow(clippy::cast_precision_loss, reason = "minutes of a year")]
                let hours = |minutes: i64| Value::Decimal((minutes as f64 / 6.0).round() / 10.0);
                let row = [
                    name.into(),
                    forms.into(),
                    fields.into(),
                    hours(ledger.asked.minutes),
                    answered.into(),
                    answered_fields.into(),
                    hours(spared),
                ];
                book.row(&row).map_err(PageError::internal)?;
            }
            let mut bytes = Vec::new();
            book.finish(&mut bytes).map_err(PageError::internal)?;
            Ok::<_, PageError>((bytes, title, who.person, Leaving { table: "burden", unit: Some(found.unit), rows, masked: false }))
        })
        .await?;
    staff.hand_out(person, leaving).await?;
    file(bytes, &title)
}
