//! Editing a draft: every paragraph as plain text. What was typed survives whatever goes wrong.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use web::{Errors, Fields, Page, PageError, Shell, Staff, fill, page, redirect};

use super::show::load;
use super::{ReportTexts, broken};
use crate::body::{Block, Content, SECTIONS, Section, code, said};
use crate::edit::{Edit, LONGEST, LONGEST_REASON, edit};
use crate::facts::Shown;
use crate::permissions::{Write, in_unit};
use crate::report::{ReportError, State, seen};

/// A block as a field.
enum Field {
    Heading(String),
    Text {
        name: String,
        label: String,
        value: String,
        error: String,
        rows: usize,
    },
    Problem {
        name: String,
        label: String,
        value: String,
        error: String,
        rows: usize,
        was: String,
        drop: String,
        dropped: bool,
        reason: String,
        why: String,
        why_error: String,
    },
    Exhibit {
        name: String,
        label: String,
        on: bool,
    },
}

struct PartForm {
    title: &'static str,
    fields: Vec<Field>,
    add: String,
    added: String,
    add_error: String,
}

#[derive(Template)]
#[template(path = "reports/edit.html")]
struct EditPage {
    shell: Shell,
    t: &'static ReportTexts,
    errors: Errors,
    base: String,
    op_key: String,
    v: i64,
    title: String,
    parts: Vec<PartForm>,
}

/// The form.
pub(super) async fn show(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    draw(&staff, id, None, Errors::none()).await
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

fn rows(text: &str) -> usize {
    (text.chars().count() / 34 + text.matches('\n').count() + 2).clamp(3, 14)
}

async fn draw(staff: &Staff, id: String, typed: Option<Fields>, errors: Errors) -> Result<Page, PageError> {
    staff
        .read(move |tx, _, who| {
            let loaded = load(tx, who, &id, None)?;
            let t = ReportTexts::of(who.visit().lang);
            in_unit::<Write>(who, loaded.report.unit).ok_or(PageError::Forbidden)?;
            if loaded.report.state != State::Draft {
                return Err(PageError::Conflict(t.closed.to_owned()));
            }
            let value = |name: &str, kept: &str| typed.as_ref().and_then(|fields| fields.get(name)).unwrap_or(kept).to_owned();
            let mut number = 0;
            let mut parts = Vec::new();
            for section in SECTIONS {
                let here = code(section);
                let mut fields = Vec::new();
                for block in loaded.body.blocks.iter().filter(|block| block.section == here) {
                    fields.push(field(t, &loaded.facts, block, &mut number, &value, &errors, typed.as_ref()));
                }
                let add = format!("a.{here}");
                parts.push(PartForm {
                    title: part_title(t, section),
                    fields,
                    added: value(&add, ""),
                    add_error: errors.of(&add).to_owned(),
                    add,
                });
            }
            let made = page(&EditPage {
                shell: who.shell(t.edit_title),
                t,
                base: format!("/reports/{}", loaded.report.id),
                op_key: value("op_key", &who.visit().op_key()),
                // After somebody else was quicker, the form is of the newest version.
                v: loaded.report.v,
                title: value("title", &loaded.body.title),
                parts,
                errors: errors.clone(),
            })?;
            Ok(if errors.is_empty() { made } else { made.again() })
        })
        .await
}

fn field(
    t: &ReportTexts,
    facts: &crate::facts::Facts,
    block: &Block,
    number: &mut usize,
    value: &impl Fn(&str, &str) -> String,
    errors: &Errors,
    typed: Option<&Fields>,
) -> Field {
    match &block.content {
        Content::Heading(text) => Field::Heading(text.clone()),
        Content::Exhibit(key) => {
            let name = format!("x.{}", block.id);
            let caption = match facts.shown.get(key) {
                Some(Shown::Table { caption, .. } | Shown::Chart { caption, .. }) => caption.clone(),
                None => String::new(),
            };
            let on = typed.is_none_or(|fields| fields.has(&name));
            Field::Exhibit { label: fill(t.exhibit, &[("name", &caption)]), on, name }
        }
        Content::Text { given, edited, dropped } => {
            *number += 1;
            let name = format!("t.{}", block.id);
            let kept = edited.clone().unwrap_or_else(|| said(given));
            let text = value(&name, &kept);
            let (label, error, rows) = (fill(t.paragraph, &[("n", number)]), errors.of(&name).to_owned(), rows(&text));
            if !block.is_problem() {
                return Field::Text { name, label, value: text, error, rows };
            }
            let (drop, reason) = (format!("d.{}", block.id), format!("r.{}", block.id));
            Field::Problem {
                dropped: typed.map_or(dropped.is_some(), |fields| fields.has(&drop)),
                why: value(&reason, dropped.as_deref().unwrap_or_default()),
                why_error: errors.of(&reason).to_owned(),
                was: said(given),
                name,
                label,
                value: text,
                error,
                rows,
                drop,
                reason,
            }
        }
    }
}

/// Keeps a new version.
pub(super) async fn save(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let t = ReportTexts::of(staff.lang);
    let report = id.parse().map_err(|_| PageError::NotFound)?;
    let taken = |prefix: &str| -> BTreeMap<String, String> {
        let own = fields.pairs().filter_map(|(name, value)| Some((name.strip_prefix(prefix)?.to_owned(), value.to_owned())));
        own.collect()
    };
    let reasons = taken("r.");
    let dropped = taken("d.").into_keys().map(|block| (block.clone(), reasons.get(&block).cloned().unwrap_or_default())).collect();
    let input = Edit {
        op_key: fields.op_key()?,
        id: report,
        v: fields.int("v").ok_or(PageError::BadForm)?,
        title: fields.value("title").replace("\r\n", "\n"),
        texts: taken("t."),
        dropped,
        // A box that is not ticked is not sent: the form tells beside it which there were.
        exhibits: taken("e.").into_keys().map(|block| (block.clone(), fields.has(&format!("x.{block}")))).collect(),
        added: taken("a."),
    };
    let done = staff
        .attempt(move |tx, ctx, who| {
            let report = seen(tx, who, &who.tree, input.id)?.ok_or(ReportError::NotFound)?;
            let proof = in_unit::<Write>(who, report.unit).ok_or(ReportError::Denied)?;
            edit(tx, ctx, &proof, &input)
        })
        .await?;
    let mut errors = Errors::none();
    match done {
        Ok(v) => return Ok(redirect(format!("/reports/{id}")).done(fill(t.saved, &[("v", &v)])).into_response()),
        Err(ReportError::Title) => errors.add("title", t.title_bad),
        Err(ReportError::TooLong(block)) => match block.strip_prefix("added.") {
            Some(section) => errors.add(format!("a.{section}"), t.text_long),
            None => errors.add(format!("t.{block}"), t.text_long),
        },
        Err(ReportError::NoReason(block)) => errors.add(format!("r.{block}"), t.no_reason),
        Err(ReportError::Stale) => errors.add("title", t.stale),
        Err(error) => return Err(broken(error, t)),
    }
    Ok(draw(&staff, id, Some(fields), errors).await?.into_response())
}
