//! Changing a draft by hand. What the record shows to be wrong can be put otherwise, or left out with a reason; either is marked
//! in the document and in the record.

use std::collections::BTreeMap;

use base::Ctx;
use base::text::{clean, clean_line};
use people::Proof;
use store::Tx;

use crate::body::{Block, Body, Content, SECTIONS, code, said};
use crate::events::ReportEdited;
use crate::permissions::Write;
use crate::report::{ReportError, ReportId, about, draft, next, put, version};

/// The longest paragraph.
pub const LONGEST: usize = 3000;
/// The longest title.
pub const LONGEST_TITLE: usize = 80;
/// The longest reason.
pub const LONGEST_REASON: usize = 200;
/// Paragraphs that one report may have.
const MOST: usize = 300;

/// The form.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which report.
    pub id: ReportId,
    /// The version that the form showed.
    pub v: i64,
    /// The title; a line break where it is to be broken.
    pub title: String,
    /// The text of each paragraph that was shown, by its block.
    pub texts: BTreeMap<String, String>,
    /// Why a paragraph does not stand, by its block; only of problems.
    pub dropped: BTreeMap<String, String>,
    /// Tables and charts that stand, of those that were shown.
    pub exhibits: BTreeMap<String, bool>,
    /// Paragraphs to add, by section.
    pub added: BTreeMap<String, String>,
}

/// Keeps a new version of the draft; tells its number. A form that changes nothing keeps nothing.
///
/// # Errors
/// [`ReportError`].
pub fn edit(tx: &mut Tx, ctx: &Ctx, who: &Proof<Write>, input: &Edit) -> Result<i64, ReportError> {
    store::once(tx, ctx.now, &input.op_key, "reports.edit", who.person().bytes(), |tx| {
        let report = draft(tx, who.unit(), input.id, input.v)?;
        let before = version(tx, input.id, input.v)?.ok_or(ReportError::NotFound)?.body;
        let after = changed(&before, input)?;
        if after == before {
            return Ok(report.v);
        }
        next(tx, input.id, input.v)?;
        let v = input.v + 1;
        let body = put(tx, ctx, who.person(), input.id, v, &after)?;
        let hand = after.changed();
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let told = ReportEdited {
            v,
            body,
            problems_rewritten: count(hand.problems_rewritten),
            problems_dropped: count(hand.problems_dropped.len()),
            typed: count(hand.typed.len()),
        };
        record::append(tx, ctx, about(ctx, who.person(), report.unit, input.id), &told)?;
        Ok(v)
    })
}

/// The body after the form.
fn changed(before: &Body, input: &Edit) -> Result<Body, ReportError> {
    let title = input.title.split('\n').map(clean_line).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    if title.is_empty() || title.chars().count() > LONGEST_TITLE {
        return Err(ReportError::Title);
    }
    let mut blocks = Vec::new();
    for block in &before.blocks {
        match &block.content {
            Content::Heading(_) => blocks.push(block.clone()),
            Content::Exhibit(_) => {
                if input.exhibits.get(&block.id).copied().unwrap_or(true) {
                    blocks.push(block.clone());
                }
            }
            Content::Text { given, edited, .. } => {
                let own = given.is_empty();
                let shown = edited.clone().unwrap_or_else(|| said(given));
                let text = input.texts.get(&block.id).map_or(shown, |text| clean(text));
                if text.chars().count() > LONGEST {
                    return Err(ReportError::TooLong(block.id.clone()));
                }
                let dropped = match input.dropped.get(&block.id) {
                    Some(reason) if block.is_problem() => Some(reason_of(reason).ok_or_else(|| ReportError::NoReason(block.id.clone()))?),
                    _ => None,
                };
                if text.is_empty() && dropped.is_none() {
                    if block.is_problem() {
                        return Err(ReportError::NoReason(block.id.clone()));
                    }
                    continue;
                }
                let edited = if !own && (text == said(given) || dropped.is_some()) { None } else { Some(text) };
                let content = Content::Text { given: given.clone(), edited, dropped };
                blocks.push(Block { content, ..block.clone() });
            }
        }
    }
    let mut out = Vec::new();
    for section in SECTIONS {
        let here = code(section);
        out.extend(blocks.iter().filter(|block| block.section == here).cloned());
        let text = clean(input.added.get(here).map_or("", String::as_str));
        for line in text.split('\n').map(str::trim).filter(|line| !line.is_empty()) {
            if line.chars().count() > LONGEST {
                return Err(ReportError::TooLong(format!("added.{here}")));
            }
            let id = (1..).map(|n| format!("own.{here}.{n}")).find(|id| !out.iter().chain(&blocks).any(|block| block.id == *id));
            let content = Content::Text { given: Vec::new(), edited: Some(line.to_owned()), dropped: None };
            out.push(Block { id: id.unwrap_or_default(), section: here.to_owned(), content });
        }
    }
    if out.len() > MOST {
        return Err(ReportError::TooLong("added.practice".into()));
    }
    Ok(Body { title, blocks: orphans(out) })
}

/// Without headings that nothing follows.
fn orphans(blocks: Vec<Block>) -> Vec<Block> {
    let alone = |n: usize| match blocks.get(n + 1) {
        None => true,
        Some(after) => matches!(after.content, Content::Heading(_)) || blocks.get(n).is_some_and(|block| block.section != after.section),
    };
    let keep: Vec<bool> = blocks.iter().enumerate().map(|(n, block)| !matches!(block.content, Content::Heading(_)) || !alone(n)).collect();
    blocks.into_iter().zip(keep).filter(|(_, keep)| *keep).map(|(block, _)| block).collect()
}

fn reason_of(reason: &str) -> Option<String> {
    let reason = clean_line(reason);
    (!reason.is_empty() && reason.chars().count() <= LONGEST_REASON).then_some(reason)
}
