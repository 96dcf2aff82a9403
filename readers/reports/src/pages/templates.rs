//! The templates: a list, and one with its figures, its preview, and what is wrong with it.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::{Ctx, UnitId};
use people::Tree;
use store::Tx;
use web::kit::Choice;
use web::paragraph::Paragraph;
use web::{Errors, Fields, Lang, Page, PageError, Shell, Signed, Staff, fill, page, redirect};

use super::show::{Piece, piece};
use super::{ReportTexts, broken};
use crate::body::Content;
use crate::body::{Block, Body, SECTIONS, Section, code};
use crate::compose::{Line, Refused, WORDS, Writer, loaded, vocabulary};
use crate::document::parts;
use crate::permissions::{Template as Rewrite, in_unit};
use crate::report::ReportError;
use crate::template::{parse, words};
use crate::templates::{Change, change, current};
use crate::{period, take};

struct Item {
    href: String,
    title: &'static str,
    from: String,
    own: bool,
}

struct PartList {
    title: &'static str,
    items: Vec<Item>,
}

#[derive(Template)]
#[template(path = "reports/templates.html")]
struct ListPage {
    shell: Shell,
    t: &'static ReportTexts,
    units: Vec<Choice>,
    parts: Vec<PartList>,
    refused: Vec<String>,
}

/// The units whose templates this person rewrites, and the one that is meant.
fn unit_of(who: &Signed, wanted: Option<UnitId>) -> Result<(UnitId, Vec<UnitId>), PageError> {
    let mut units: Vec<UnitId> = who.each::<Rewrite>().map(|proof| proof.unit()).collect();
    units.dedup();
    let unit = wanted.filter(|unit| units.contains(unit)).or(units.first().copied()).ok_or(PageError::Forbidden)?;
    Ok((unit, units))
}

fn unit_choices(tree: &Tree, units: &[UnitId], chosen: UnitId) -> Vec<Choice> {
    let list: Vec<(String, String)> = units.iter().map(|unit| (unit.to_string(), crate::unit_name(tree, *unit))).collect();
    super::choices(&list, &chosen.to_string())
}

fn titled(lang: Lang, paragraph: &Paragraph) -> &'static str {
    if lang == Lang::En { paragraph.title_en } else { paragraph.title_zh }
}

fn part_title(t: &ReportTexts, section: Section) -> &'static str {
    match section {
        Section::Practice => t.section_practice,
        Section::Innovation => t.section_innovation,
        Section::Carrier => t.section_carrier,
        Section::Safeguard => t.section_safeguard,
        Section::Problems => t.section_problems,
        Section::Next => t.section_next,
    }
}

/// The list.
pub(super) async fn list(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    staff
        .read(move |tx, _, who| {
            let lang = who.visit().lang;
            let t = ReportTexts::of(lang);
            let (unit, units) = unit_of(who, fields.id("unit"))?;
            let own = current(tx, &who.tree, unit)?;
            let (paragraphs, refused) = loaded(who.visit().app.modules());
            let parts = SECTIONS.into_iter().map(|section| PartList {
                title: part_title(t, section),
                items: paragraphs
                    .iter()
                    .filter(|paragraph| paragraph.section == section)
                    .map(|paragraph| {
                        let from = own.get(paragraph.id).map(|own| own.unit);
                        Item {
                            href: format!("/reports/templates/{}?unit={unit}", paragraph.id),
                            title: titled(lang, paragraph),
                            own: from == Some(unit),
                            from: match from {
                                None => t.templates_builtin.to_owned(),
                                Some(of) if of == unit => t.templates_own.to_owned(),
                                Some(of) => fill(t.templates_above, &[("unit", &crate::unit_name(&who.tree, of))]),
                            },
                        }
                    })
                    .collect(),
            });
            page(&ListPage {
                shell: who.shell(t.templates_title),
                t,
                units: unit_choices(&who.tree, &units, unit),
                parts: parts.filter(|part| !part.items.is_empty()).collect(),
                refused: refused.iter().map(|refused| refusal(lang, t, refused)).collect(),
            })
        })
        .await
}

fn refusal(lang: Lang, t: &ReportTexts, refused: &Refused) -> String {
    match refused {
        Refused::Measure(paragraph, measure) => fill(t.template_refused_measure, &[("paragraph", paragraph), ("measure", measure)]),
        Refused::Template(paragraph, wrong) => format!("{paragraph}：{}", words(lang, wrong)),
    }
}

#[derive(Template)]
#[template(path = "reports/template.html")]
struct ShowPage {
    shell: Shell,
    t: &'static ReportTexts,
    errors: Errors,
    op_key: String,
    unit: UnitId,
    action: String,
    back: String,
    name: &'static str,
    from: String,
    text: String,
    rows: usize,
    own: bool,
    hint: String,
    names: Vec<(&'static str, String)>,
    forms: Vec<(String, &'static str)>,
    preview_title: String,
    pieces: Vec<Piece>,
    preview_note: &'static str,
}

/// One template.
pub(super) async fn show(staff: Staff, Path(paragraph): Path<String>, fields: Fields) -> Result<Page, PageError> {
    let fields = Arc::new(fields);
    staff.read(move |tx, ctx, who| draw(tx, ctx, who, &paragraph, &fields, None, &Errors::none())).await
}

fn braced(name: &str) -> String {
    format!("{{{name}}}")
}

fn draw(tx: &mut Tx, ctx: &Ctx, who: &Signed, id: &str, fields: &Fields, typed: Option<&str>, errors: &Errors) -> Result<Page, PageError> {
    let lang = who.visit().lang;
    let t = ReportTexts::of(lang);
    let (unit, _) = unit_of(who, fields.id("unit"))?;
    let modules = who.visit().app.modules();
    let (paragraphs, _) = loaded(modules);
    let paragraph = paragraphs.into_iter().find(|paragraph| paragraph.id == id).ok_or(PageError::NotFound)?;
    let own = current(tx, &who.tree, unit)?.remove(id);
    let from = own.as_ref().map(|own| own.unit);
    let text = typed.map_or_else(|| own.map_or_else(|| paragraph.template.to_owned(), |own| own.text), str::to_owned);
    // The year so far shows most.
    let today = ctx.now.date();
    let over = period::choices(lang, today).first().and_then(|(code, _)| period::parse(code)).ok_or(PageError::BadForm)?;
    let facts = take::take(tx, ctx, &who.tree, modules, &[paragraph], unit, &over)?;
    let writer = Writer::new(paragraph, &facts);
    let mut note = "";
    let mut pieces = Vec::new();
    if let Ok(nodes) = parse(&text, &vocabulary(paragraph)) {
        let block = |(n, line): (usize, Line)| Block {
            id: format!("p{n}"),
            section: code(Section::Practice).into(),
            content: match line {
                Line::Text(given) => Content::Text { given, edited: None, dropped: None },
                Line::Exhibit(key) => Content::Exhibit(key),
            },
        };
        let body = Body { title: String::new(), blocks: writer.lines(&nodes).into_iter().enumerate().map(block).collect() };
        // Without the heading of the part: only the paragraph itself is of interest here.
        pieces = parts(&body, &facts).into_iter().skip(1).enumerate().map(|(at, part)| piece(t, "", at, part)).collect();
        if !writer.told() {
            note = t.preview_not_told;
        } else if pieces.is_empty() {
            note = t.preview_empty;
        }
    }
    let v = vocabulary(paragraph);
    let join = |names: &[String]| names.iter().map(|name| braced(name)).collect::<Vec<_>>().join(" ");
    let exhibits: Vec<String> = v.exhibits.iter().map(|name| format!("表：{name}")).collect();
    let names = [
        (t.template_figures, join(&v.figures)),
        (t.template_lists, join(&v.lists)),
        (t.template_exhibits, join(&exhibits)),
        (t.template_words, join(&WORDS.map(str::to_owned))),
        (t.template_must, join(&v.must)),
    ];
    let sample = v.figures.first().map_or("收到", String::as_str);
    let mut forms = vec![
        (braced(sample), t.template_form_whole),
        (braced(&format!("{sample}：数")), t.template_form_number),
        (braced(&format!("{sample}：n")), t.template_form_n),
        (braced(&format!("{sample}：同比")), t.template_form_year),
        (braced(&format!("{sample}：环比")), t.template_form_last),
        (format!("{} {}", braced(&format!("{sample}：上期")), braced(&format!("{sample}：上年"))), t.template_form_past),
    ];
    if let Some(list) = v.lists.first() {
        forms.push((braced(&format!("{list}：前3")), t.template_form_first));
    }
    forms.push((format!("{}……{}……{}", braced(&format!("如果 {sample} 有数据")), braced("否则"), braced("结束")), t.template_form_if));
    let made = page(&ShowPage {
        shell: who.shell(titled(lang, paragraph)),
        t,
        op_key: fields.get("op_key").map_or_else(|| who.visit().op_key(), str::to_owned),
        unit,
        action: format!("/reports/templates/{id}"),
        back: format!("/reports/templates?unit={unit}"),
        name: titled(lang, paragraph),
        from: match from {
            None => t.templates_builtin.to_owned(),
            Some(of) if of == unit => t.templates_own.to_owned(),
            Some(of) => fill(t.templates_above, &[("unit", &crate::unit_name(&who.tree, of))]),
        },
        rows: (text.chars().count() / 30 + text.matches('\n').count() + 3).clamp(6, 20),
        text,
        own: from == Some(unit),
        hint: fill(t.template_hint, &[("a", &braced(sample)), ("b", &"：同比")]),
        names: names.into_iter().filter(|(_, names)| !names.is_empty()).collect(),
        forms,
        preview_title: fill(t.preview_title, &[("unit", &crate::unit_name(&who.tree, unit)), ("period", &period::label(&over))]),
        pieces,
        preview_note: note,
        errors: errors.clone(),
    })?;
    Ok(if errors.is_empty() { made } else { made.again() })
}

/// The same page with what was typed, and what it would say. Nothing is kept.
pub(super) async fn preview(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    let paragraph = fields.text("paragraph");
    typed(&staff, paragraph, fields, None).await
}

/// The page again, with what is wrong with the template.
async fn typed(staff: &Staff, paragraph: String, fields: Fields, wrong: Option<String>) -> Result<Page, PageError> {
    let text = fields.value("text").replace("\r\n", "\n");
    let (fields, text) = (Arc::new(fields), Arc::new(text));
    staff
        .read(move |tx, ctx, who| {
            let (paragraphs, _) = loaded(who.visit().app.modules());
            let known = paragraphs.into_iter().find(|known| known.id == paragraph).ok_or(PageError::NotFound)?;
            let mut errors = Errors::none();
            let found = parse(&text, &vocabulary(known)).err().map(|wrong| words(who.visit().lang, &wrong));
            if let Some(words) = wrong.clone().or(found) {
                errors.add("text", words);
            }
            draw(tx, ctx, who, &paragraph, &fields, Some(&text), &errors)
        })
        .await
}

/// Keeps it, or goes back to the one that comes with the product.
pub(super) async fn save(staff: Staff, Path(paragraph): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let lang = staff.lang;
    let t = ReportTexts::of(lang);
    let unit = fields.id::<UnitId>("unit").ok_or(PageError::BadForm)?;
    let text = if fields.has("reset") { None } else { Some(fields.value("text").replace("\r\n", "\n")) };
    let input = Change { op_key: fields.op_key()?, unit, paragraph: paragraph.clone(), text };
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = in_unit::<Rewrite>(who, unit).ok_or(ReportError::Denied)?;
            change(tx, ctx, who.visit().app.modules(), &proof, &input)
        })
        .await?;
    match done {
        Ok(()) => Ok(redirect(format!("/reports/templates?unit={unit}")).done(t.template_saved).into_response()),
        Err(ReportError::Template(wrong)) => Ok(typed(&staff, paragraph, fields, Some(words(lang, &wrong))).await?.into_response()),
        Err(error) => Err(broken(error, t)),
    }
}
