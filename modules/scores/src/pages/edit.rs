//! Schemes: the list, the editor with its preview, and schemes as files.

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use measures::ReadNumbers;
use people::{Actor, Level};
use web::kit::{Choice, Column};
use web::{Errors, Fields, Page, PageError, Shell, Staff, fill, page, redirect};

use super::board::{duty_columns, stood};
use super::{band, points};
use crate::duties;
use crate::events::SchemeId;
use crate::formula::FormulaError;
use crate::lock;
use crate::permissions::Schemes;
use crate::scheme::{self, Bands, Definition, Item, LEVELS, Scheme, SchemeError, Span, Wrong};
use crate::score::{Excluded, Plan};
use crate::texts::ScoreTexts;

/// Lines that a form offers beyond those that are filled.
const SPARE: usize = 3;
/// Units that a preview shows.
const SHOWN: usize = 40;

struct Row {
    name: String,
    sub: String,
    edit: String,
    file: String,
}

#[derive(Template)]
#[template(path = "scores/schemes.html")]
struct ListPage {
    shell: Shell,
    t: &'static ScoreTexts,
    may_write: bool,
    rows: Vec<Row>,
}

pub(super) async fn list(staff: Staff) -> Result<Page, PageError> {
    staff
        .read(|tx, _, who| {
            who.has::<ReadNumbers>().ok_or(PageError::Forbidden)?;
            let t = ScoreTexts::of(who.visit().lang);
            let row = |scheme: &Scheme| Row {
                name: scheme.says.name.clone(),
                sub: [
                    level(t, who.visit().lang, scheme.level),
                    span(t, scheme.says.period).to_owned(),
                    fill(t.version, &[("n", &scheme.version), ("from", &scheme.says.from)]),
                    if scheme.scores() { fill(t.scheme_items, &[("n", &scheme.says.items.len())]) } else { t.scheme_duties.to_owned() },
                ]
                .join(" · "),
                edit: format!("/scores/schemes/edit?s={}", scheme.id),
                file: format!("/scores/schemes/{}/file", scheme.id),
            };
            let rows = scheme::latest(tx)?.iter().map(row).collect();
            page(&ListPage { shell: who.shell(t.schemes), t, may_write: may_write(who), rows })
        })
        .await
}

fn may_write(actor: &Actor) -> bool {
    actor.has::<Schemes>().is_some()
}

fn span(t: &ScoreTexts, span: Span) -> &'static str {
    match span {
        Span::Month => t.span_month,
        Span::Quarter => t.span_quarter,
        Span::Year => t.span_year,
    }
}

/// What the kit calls a level.
fn level(_: &ScoreTexts, lang: web::Lang, level: Level) -> String {
    web::level_name(lang, level).to_owned()
}

struct ItemForm {
    n: usize,
    label: String,
    item: Item,
    weight: String,
    errors: [String; 4],
}

struct Preview {
    name: String,
    /// What it comes to, and whether each is a number.
    cells: Vec<(String, bool)>,
}

#[derive(Template)]
#[template(path = "scores/edit.html")]
struct EditPage {
    shell: Shell,
    t: &'static ScoreTexts,
    errors: Errors,
    fields: Fields,
    levels: Vec<Choice>,
    spans: Vec<Choice>,
    items: Vec<ItemForm>,
    of: String,
    version: i64,
    measures: Vec<(&'static str, String)>,
    preview: Vec<Preview>,
    preview_title: String,
    columns: Vec<Column>,
    op_key: String,
}

/// A scheme as the form holds it.
fn filled(says: &Definition) -> Fields {
    let mut fields = Fields::default();
    let mut set = |name: &str, value: &str| fields.set(name, value);
    set("name", &says.name);
    set("level", &says.level);
    set("period", says.period.code());
    set("from", &says.from);
    set("few", &says.few.to_string());
    set("document", &says.document);
    set("good", &says.bands.good.to_string());
    set("fair", &says.bands.fair.to_string());
    set("middling", &says.bands.middling.to_string());
    for (n, item) in says.items.iter().enumerate() {
        set(&format!("title{n}"), &item.title);
        set(&format!("formula{n}"), &item.formula);
        set(&format!("weight{n}"), &item.weight.to_string());
        set(&format!("document{n}"), &item.document);
    }
    fields
}

/// What was typed. Lines that are wholly empty are left out; the numbers of the others in the form are given too.
fn typed(fields: &Fields) -> (Definition, Vec<usize>) {
    let number = |name: &str| fields.int(name).unwrap_or(-1);
    let mut items = Vec::new();
    let mut places = Vec::new();
    for n in 0..scheme::MOST_ITEMS {
        let part = |name: &str| fields.text(&format!("{name}{n}"));
        let item =
            Item { title: part("title"), formula: part("formula"), weight: number(&format!("weight{n}")), document: part("document") };
        if !item.title.is_empty() || !item.formula.is_empty() {
            items.push(item);
            places.push(n);
        }
    }
    let says = Definition {
        name: fields.text("name"),
        level: fields.value("level").to_owned(),
        period: Span::parse(fields.value("period")).unwrap_or(Span::Quarter),
        from: fields.value("from").to_owned(),
        few: number("few"),
        document: fields.text("document"),
        bands: Bands { good: number("good"), fair: number("fair"), middling: number("middling") },
        items,
    };
    (says, places)
}

/// What is wrong, beside its field.
fn words(t: &ScoreTexts, chinese: bool, wrong: &[Wrong], places: &[usize]) -> Errors {
    let mut errors = Errors::none();
    let at = |name: &str, n: usize| format!("{name}{}", places.get(n).copied().unwrap_or(n));
    let refused = |why: &measures::guard::Refused| {
        fill(t.wrong_refused, &[("found", &why.found), ("document", &why.document), ("text", &why.text(chinese))])
    };
    for wrong in wrong {
        match wrong {
            Wrong::Name => errors.add("name", t.wrong_name),
            Wrong::Level => errors.add("level", t.wrong_level),
            Wrong::From => errors.add("from", t.wrong_from),
            Wrong::Few => errors.add("few", t.wrong_few),
            Wrong::Bands => errors.add("good", t.wrong_bands),
            Wrong::Items => errors.add("title0", t.wrong_items),
            Wrong::Title(n) => errors.add(at("title", *n), t.wrong_title),
            Wrong::Weight(n) => errors.add(at("weight", *n), t.wrong_weight),
            Wrong::Refused(n, why) => errors.add(at("title", *n), refused(why)),
            Wrong::Formula(n, why) => {
                let message = match why {
                    FormulaError::Syntax(place, _) => fill(t.wrong_syntax, &[("n", place)]),
                    FormulaError::Empty => t.wrong_empty.to_owned(),
                    FormulaError::NoMeasure => t.wrong_no_measure.to_owned(),
                    FormulaError::Unknown(id) => fill(t.wrong_unknown, &[("id", id)]),
                    FormulaError::Median(id) => fill(t.wrong_median, &[("id", id)]),
                    FormulaError::Type(part) => fill(t.wrong_type, &[("part", part)]),
                    FormulaError::Unused(part) => fill(t.wrong_unused, &[("part", part)]),
                    FormulaError::Refused(why) => refused(why),
                    FormulaError::Duty(id) => fill(t.wrong_duty, &[("id", id)]),
                };
                errors.add(at("formula", *n), message);
            }
        }
    }
    errors
}

pub(super) async fn form(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    let wanted = fields.id::<SchemeId>("s");
    let start = staff
        .read(move |tx, ctx, who| {
            who.has::<Schemes>().ok_or(PageError::Forbidden)?;
            let Some(id) = wanted else {
                let mut fields = Fields::default();
                fields.set("few", "10");
                fields.set("good", "90");
                fields.set("fair", "80");
                fields.set("middling", "60");
                fields.set("level", "town");
                fields.set("period", "quarter");
                fields.set("from", ctx.now.date().to_string());
                return Ok(fields);
            };
            let found = scheme::latest(tx)?.into_iter().find(|scheme| scheme.id == id).ok_or(PageError::NotFound)?;
            let mut fields = filled(&found.says);
            fields.set("of", found.id.to_string());
            fields.set("version", found.version.to_string());
            Ok(fields)
        })
        .await?;
    shown(&staff, start, Errors::none(), false).await
}

async fn shown(staff: &Staff, fields: Fields, errors: Errors, preview: bool) -> Result<Page, PageError> {
    let op_key = fields.get("op_key").map_or_else(|| staff.op_key(), str::to_owned);
    staff
        .read(move |tx, ctx, who| {
            who.has::<Schemes>().ok_or(PageError::Forbidden)?;
            let lang = who.visit().lang;
            let t = ScoreTexts::of(lang);
            let (says, places) = typed(&fields);
            let (mut lines, mut title) = (Vec::new(), String::new());
            if preview && let Ok((level, from, formulas)) = says.check() {
                let period = says.period.of(ctx.now.date());
                let scheme = Scheme { id: SchemeId::default(), version: 0, level, from, formulas, says: says.clone() };
                let mut units = lock::units(&who.tree, &scheme, &period);
                units.truncate(SHOWN);
                if scheme.scores() {
                    for line in Plan::of(&scheme).lines(tx, &units, &period, &Excluded::new())? {
                        let cells = vec![(points(line.total), true), (band(t, line.band).to_owned(), false)];
                        lines.push(Preview { name: who.tree.full_name(line.unit), cells });
                    }
                } else {
                    let all = duties::of_all(tx, ctx.rules(), &who.tree, &units, &period, ctx.now.date())?;
                    lines.extend(units.iter().zip(&all).map(|(unit, stands)| Preview {
                        name: who.tree.full_name(*unit),
                        cells: stood(stands).iter().map(|n| (n.to_string(), true)).collect(),
                    }));
                }
                title = fill(t.preview_title, &[("period", &period.label(lang))]);
            }
            let count = places.last().map_or(0, |last| last + 1) + SPARE;
            let items = (0..count.max(5)).map(|n| {
                let value = |name: &str| fields.value(&format!("{name}{n}")).to_owned();
                let error = |name: &str| errors.of(&format!("{name}{n}")).to_owned();
                ItemForm {
                    n,
                    label: fill(t.item, &[("n", &(n + 1))]),
                    item: Item { title: value("title"), formula: value("formula"), weight: 0, document: value("document") },
                    weight: value("weight"),
                    errors: [error("title"), error("formula"), error("weight"), error("document")],
                }
            });
            let version = fields.int("version").unwrap_or(0);
            page(&EditPage {
                shell: who.shell(if version > 0 { fill(t.edit, &[("n", &version)]) } else { t.edit_new.to_owned() }),
                t,
                errors: errors.clone(),
                levels: LEVELS
                    .iter()
                    .map(|one| Choice::new(one.code(), level(t, lang, *one)).chosen(one.code() == fields.value("level")))
                    .collect(),
                spans: Span::ALL
                    .iter()
                    .map(|one| Choice::new(one.code(), span(t, *one)).chosen(one.code() == fields.value("period")))
                    .collect(),
                items: items.collect(),
                of: fields.value("of").to_owned(),
                version,
                measures: measures::catalogue().iter().map(|measure| (measure.id, measures::title(lang, measure))).collect(),
                preview: lines,
                preview_title: title,
                columns: if says.items.is_empty() {
                    duty_columns(t)
                } else {
                    vec![Column::new(t.column_unit), Column::number(t.column_total), Column::new(t.column_band)]
                },
                op_key: op_key.clone(),
                fields: fields.clone(),
            })
        })
        .await
}

pub(super) async fn send(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (key, t, chinese) = (fields.op_key()?, ScoreTexts::of(staff.lang), staff.lang.is_chinese());
    if fields.chose("do", "load") {
        let mut errors = Errors::none();
        let text = fields.files("file").next().and_then(|file| file.bytes.as_deref()).map(String::from_utf8_lossy).unwrap_or_default();
        return match Definition::from_toml(&text) {
            Ok(says) => {
                let mut read = filled(&says);
                for name in ["of", "version", "op_key"] {
                    read.set(name, fields.value(name));
                }
                Ok(shown(&staff, read, errors, false).await?.into_response())
            }
            Err(why) => {
                errors.add("file", fill(t.load_failed, &[("why", &why)]));
                Ok(shown(&staff, fields, errors, false).await?.again().into_response())
            }
        };
    }
    let (says, places) = typed(&fields);
    if let Err(wrong) = says.check() {
        let errors = words(t, chinese, &wrong, &places);
        return Ok(shown(&staff, fields, errors, false).await?.again().into_response());
    }
    if fields.chose("do", "preview") {
        return Ok(shown(&staff, fields, Errors::none(), true).await?.into_response());
    }
    let of = fields.id::<SchemeId>("of").map(|id| (id, fields.int("version").unwrap_or(0)));
    let entered = says.clone();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = who.has::<Schemes>().ok_or(SchemeError::Stale)?;
            store::once(tx, ctx.now, &key, "scores.scheme", who.person.bytes(), |tx| scheme::enter(tx, ctx, &proof, of, &entered))
        })
        .await?;
    match done {
        Ok(id) => Ok(redirect(format!("/scores?s={id}")).done(t.saved).into_response()),
        Err(SchemeError::Wrong(wrong)) => {
            let errors = words(t, chinese, &wrong, &places);
            Ok(shown(&staff, fields, errors, false).await?.again().into_response())
        }
        Err(SchemeError::Stale) => {
            let mut errors = Errors::none();
            errors.add("name", t.stale);
            Ok(shown(&staff, fields, errors, false).await?.again().into_response())
        }
        Err(SchemeError::Store(error)) => Err(error.into()),
    }
}

pub(super) async fn file(staff: Staff, Path(id): Path<String>) -> Result<Response, PageError> {
    let id: SchemeId = id.parse().map_err(|_| PageError::NotFound)?;
    let text = staff
        .read(move |tx, _, who| {
            who.has::<ReadNumbers>().ok_or(PageError::Forbidden)?;
            let found = scheme::latest(tx)?.into_iter().find(|scheme| scheme.id == id).ok_or(PageError::NotFound)?;
            Ok(found.says.to_toml())
        })
        .await?;
    let mut response = text.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/toml; charset=utf-8"));
    response.headers_mut().insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"scheme.toml\""));
    Ok(response)
}
