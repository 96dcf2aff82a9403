//! A PDF in the layout of GB/T 9704: the grid of 22 lines and 28 characters, tagged, with text that can be searched and copied.
//!
//! Fonts are cut down to the characters used and embedded. The same document and the same fonts give the same bytes.

mod chart;
mod glyphs;
pub(crate) mod lines;
mod pages;
mod table;
mod write;

use std::collections::BTreeSet;

use crate::fonts::{Fonts, NoFont, Role};
use crate::model::{Block, Document, Table};
use crate::page;
use glyphs::Glyphs;
use lines::Setting;
use pages::{Align, Pages, Tag};

/// A finished PDF.
#[derive(Clone, Debug)]
pub struct Printed {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// Characters that no font has; each stands as 〓.
    pub missing: Vec<char>,
    /// The families that were used, the official ones first.
    pub families: Vec<String>,
}

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// A font is missing.
    #[error(transparent)]
    NoFont(#[from] NoFont),
    /// A font file cannot be used.
    #[error("the font {family} cannot be embedded: {why}")]
    BadFont {
        /// Its family.
        family: String,
        /// Why.
        why: String,
    },
}

/// The document as a PDF.
///
/// # Errors
/// [`PdfError`], when a font is missing or damaged.
pub fn pdf(document: &Document, fonts: &Fonts) -> Result<Printed, PdfError> {
    fonts.check()?;
    let glyphs = Glyphs::of(fonts, &characters(document))?;
    let mut pages = Pages::new(&glyphs);
    let title = Setting { role: Role::Title, size: page::TITLE, pitch: 35.0, grid: 1.0, indent: 0.0, width: page::TEXT_WIDTH };
    pages.text(Tag::Title, &document.title_lines(), &title, Align::Middle, false);
    let body = Setting { role: Role::Fang, size: page::BODY, pitch: page::PITCH, grid: page::GRID, indent: 2.0, width: page::TEXT_WIDTH };
    if !document.subtitle.is_empty() {
        pages.text(Tag::Paragraph, &document.subtitle, &Setting { role: Role::Kai, indent: 0.0, ..body }, Align::Middle, false);
    }
    pages.skip(page::PITCH);
    for block in &document.blocks {
        match block {
            Block::Heading(level, text) => {
                let role = [Role::Hei, Role::Kai].get(usize::from(*level).saturating_sub(1)).copied().unwrap_or(Role::Fang);
                pages.text(Tag::Heading(*level), text, &Setting { role, ..body }, Align::Left, true);
            }
            Block::Paragraph(text) => text.split('\n').for_each(|text| pages.text(Tag::Paragraph, text, &body, Align::Both, false)),
            Block::Table(table) => table::set(&mut pages, table),
            Block::Chart(chart) => chart::set(&mut pages, chart),
        }
    }
    if let Some(annex) = &document.annex {
        pages.skip(page::PITCH);
        pages.text(Tag::Paragraph, &format!("附件：{}", annex.caption), &body, Align::Both, false);
    }
    if let Some(signature) = &document.signature {
        // 右空四字; the two lines stay together.
        let line = Setting { indent: 0.0, width: page::TEXT_WIDTH - 4.0 * page::BODY * page::GRID, ..body };
        pages.keep(page::PITCH * 3.0);
        pages.skip(page::PITCH);
        pages.text(Tag::Paragraph, &signature.unit, &line, Align::Right, false);
        pages.text(Tag::Paragraph, &signature.date, &line, Align::Right, false);
    }
    let remark = Setting { role: Role::Kai, size: page::SMALL, pitch: 22.0, grid: 1.0, indent: 2.0, width: page::TEXT_WIDTH };
    for note in &document.notes {
        pages.skip(6.0);
        pages.text(Tag::Note, note, &remark, Align::Both, false);
    }
    if let Some(annex) = &document.annex {
        pages.turn();
        pages.text(Tag::Heading(1), "附件", &Setting { role: Role::Hei, indent: 0.0, ..body }, Align::Left, true);
        table::set(&mut pages, annex);
    }
    let pages = pages.finish();
    let bytes = write::file(document, fonts, &glyphs, &pages)?;
    Ok(Printed { bytes, pages: pages.len(), missing: glyphs.missing.clone(), families: glyphs.families() })
}

/// The characters of a table.
fn of_table(table: &Table, add: &mut impl FnMut(Role, &str)) {
    add(Role::Hei, &table.caption);
    table.columns.iter().for_each(|column| add(Role::Hei, &column.title));
    table.rows.iter().flatten().for_each(|cell| add(Role::Fang, cell));
}

/// Which characters each role sets, so that glyphs are looked up once.
fn characters(document: &Document) -> Vec<(Role, BTreeSet<char>)> {
    let mut sets: Vec<(Role, BTreeSet<char>)> = Role::ALL.into_iter().map(|role| (role, BTreeSet::new())).collect();
    let mut add = |role: Role, text: &str| {
        if let Some((_, set)) = sets.iter_mut().find(|(of, _)| *of == role) {
            set.extend(text.chars().filter(|c| !c.is_control()));
        }
    };
    add(Role::Title, &document.title);
    add(Role::Kai, &document.subtitle);
    add(Role::Song, "— 0123456789");
    for role in Role::ALL {
        add(role, "〓");
    }
    for block in &document.blocks {
        match block {
            Block::Heading(1, text) => add(Role::Hei, text),
            Block::Heading(2, text) => add(Role::Kai, text),
            Block::Heading(_, text) | Block::Paragraph(text) => add(Role::Fang, text),
            Block::Table(table) => of_table(table, &mut add),
            Block::Chart(chart) => {
                add(Role::Hei, &chart.caption);
                add(Role::Fang, "0123456789.");
                chart.labels.iter().chain(chart.series.iter().map(|s| &s.name)).for_each(|text| add(Role::Fang, text));
            }
        }
    }
    if let Some(annex) = &document.annex {
        add(Role::Hei, "附件");
        add(Role::Fang, &format!("附件：{}", annex.caption));
        of_table(annex, &mut add);
    }
    if let Some(signature) = &document.signature {
        add(Role::Fang, &signature.unit);
        add(Role::Fang, &signature.date);
    }
    document.notes.iter().for_each(|note| add(Role::Kai, note));
    sets
}
