//! Tables: the head again on every page, rows that are not cut.

use crate::fonts::Role;
use crate::model::Table;
use crate::page;
use crate::pdf::lines::{Line, Setting, lines};
use crate::pdf::pages::{Align, Pages, Tag, round, show};

const PITCH: f32 = 16.0;
const PADDING: f32 = 4.0;
const RULE: f32 = 0.5;

struct Cell {
    lines: Vec<Line>,
    align: Align,
}

/// Sets a table with its caption.
pub(super) fn set(pages: &mut Pages<'_>, table: &Table) {
    let sum: f32 = table.columns.iter().map(|c| f32::from(c.weight.max(1))).sum();
    let widths: Vec<f32> = table.columns.iter().map(|c| page::TEXT_WIDTH * f32::from(c.weight.max(1)) / sum).collect();
    let cell = |pages: &Pages<'_>, n: usize, text: &str, role: Role, align: Align| {
        let width = widths.get(n).copied().unwrap_or(page::TEXT_WIDTH) - 2.0 * PADDING;
        let set = Setting { role, size: page::TABLE, pitch: PITCH, grid: 1.0, indent: 0.0, width };
        Cell { lines: lines(text, &set, pages.glyphs), align }
    };
    let head: Vec<Cell> = table.columns.iter().enumerate().map(|(n, c)| cell(pages, n, &c.title, Role::Hei, Align::Middle)).collect();
    let rows: Vec<Vec<Cell>> = table
        .rows
        .iter()
        .map(|row| {
            let cells = table.columns.iter().enumerate();
            cells
                .map(|(n, column)| {
                    let align = if column.number { Align::Right } else { Align::Left };
                    cell(pages, n, row.get(n).map_or("", String::as_str), Role::Fang, align)
                })
                .collect()
        })
        .collect();
    // The caption, the head and two rows stand together.
    let first: f32 = rows.iter().take(2).map(|row| height(row)).sum();
    pages.keep(page::PITCH + height(&head) + first);
    let caption = Setting { role: Role::Hei, size: page::SMALL, pitch: page::PITCH, grid: 1.0, indent: 0.0, width: page::TEXT_WIDTH };
    pages.text(Tag::Caption, &table.caption, &caption, Align::Middle, false);
    let element = pages.element(Tag::Table, None);
    row(pages, &head, &widths, element, Tag::HeadCell);
    for cells in &rows {
        if pages.left() < height(cells) {
            pages.turn();
            repeat(pages, &head, &widths);
        }
        row(pages, cells, &widths, element, Tag::Cell);
    }
    pages.skip(page::PITCH / 2.0);
}

fn height(cells: &[Cell]) -> f32 {
    let most = cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(1).max(1);
    PITCH * f32::from(u16::try_from(most).unwrap_or(u16::MAX)) + 2.0 * PADDING
}

fn row(pages: &mut Pages<'_>, cells: &[Cell], widths: &[f32], table: usize, tag: Tag) {
    let height = height(cells);
    let top = pages.take(height);
    frame(pages, widths, top, height);
    let row = pages.element(Tag::Row, Some(table));
    let mut x = page::LEFT;
    for (cell, width) in cells.iter().zip(widths) {
        let element = pages.element(tag, Some(row));
        pages.draw(element, |content| fill(content, cell, x, *width, top, height));
        x += width;
    }
}

/// The head again, which is not read again.
fn repeat(pages: &mut Pages<'_>, cells: &[Cell], widths: &[f32]) {
    let height = height(cells);
    let top = pages.take(height);
    frame(pages, widths, top, height);
    pages.decorate(|content| {
        let mut x = page::LEFT;
        for (cell, width) in cells.iter().zip(widths) {
            fill(content, cell, x, *width, top, height);
            x += width;
        }
    });
}

fn frame(pages: &mut Pages<'_>, widths: &[f32], top: f32, height: f32) {
    pages.decorate(|content| {
        content.set_line_width(RULE).set_stroke_gray(0.0);
        let mut x = page::LEFT;
        for width in widths {
            content.rect(round(x), round(top - height), round(*width), round(height));
            x += width;
        }
        content.stroke();
    });
}

fn fill(content: &mut pdf_writer::Content, cell: &Cell, x: f32, width: f32, top: f32, height: f32) {
    let many = f32::from(u16::try_from(cell.lines.len()).unwrap_or(u16::MAX));
    let mut y = top - (height - PITCH * many) / 2.0;
    for line in &cell.lines {
        let room = width - 2.0 * PADDING - line.width;
        let shift = match cell.align {
            Align::Left | Align::Both => 0.0,
            Align::Middle => room / 2.0,
            Align::Right => room,
        };
        show(content, line, page::TABLE, x + PADDING + shift, y - (PITCH - page::TABLE) / 2.0 - page::TABLE * 0.88);
        y -= PITCH;
    }
}
