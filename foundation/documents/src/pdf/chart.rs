//! Charts as lines and boxes: a zero base, values beside their bars, the names of the series above.

use pdf_writer::Content;

use crate::fonts::Role;
use crate::model::{Chart, ChartKind, plain};
use crate::page;
use crate::pdf::glyphs::Glyphs;
use crate::pdf::lines::{Setting, lines};
use crate::pdf::pages::{Align, Pages, Tag, round, show};

const HEIGHT: f32 = page::PITCH * 7.0;
const TEXT: f32 = 9.0;
/// Greys and a blue that differ in print without colour.
const COLOURS: [[f32; 3]; 2] = [[0.122, 0.306, 0.475], [0.663, 0.722, 0.788]];

/// Sets a chart with its caption.
pub(super) fn set(pages: &mut Pages<'_>, chart: &Chart) {
    pages.keep(page::PITCH + HEIGHT);
    let caption = Setting { role: Role::Hei, size: page::SMALL, pitch: page::PITCH, grid: 1.0, indent: 0.0, width: page::TEXT_WIDTH };
    pages.text(Tag::Caption, &chart.caption, &caption, Align::Middle, false);
    let top = pages.take(HEIGHT);
    let element = pages.element(Tag::Figure, None);
    pages.describe(element, chart.words());
    let glyphs = pages.glyphs;
    pages.draw(element, |content| draw(content, chart, glyphs, top));
    pages.skip(page::PITCH / 2.0);
}

fn colour(n: usize) -> [f32; 3] {
    COLOURS.get(n % COLOURS.len()).copied().unwrap_or([0.25; 3])
}

fn many(n: usize) -> f32 {
    f32::from(u16::try_from(n).unwrap_or(u16::MAX))
}

fn draw(content: &mut Content, chart: &Chart, glyphs: &Glyphs, top: f32) {
    let (left, right) = (page::LEFT + 24.0, page::LEFT + page::TEXT_WIDTH - 4.0);
    let base = top - HEIGHT + 22.0;
    let ceiling = top - 30.0;
    content.save_state();
    content.set_fill_gray(0.0);
    if chart.series.len() > 1 {
        legend(content, chart, glyphs, left, top - 14.0);
    }
    // The scale: four lines of a round number.
    let (floor, scale) = (chart.floor(), chart.top() - chart.floor());
    content.set_line_width(0.4).set_stroke_gray(0.75);
    for step in 0..=4_u8 {
        let y = base + (ceiling - base) * f32::from(step) / 4.0;
        content.move_to(round(left), round(y)).line_to(round(right), round(y)).stroke();
        label(content, glyphs, &plain(floor + scale * f64::from(step) / 4.0), left - 3.0, y - 3.0, Align::Right);
    }
    let slot = (right - left) / many(chart.labels.len().max(1));
    // Where there are many, every second or third is named.
    let widest =
        chart.labels.iter().map(|text| text.chars().map(|c| if c.is_ascii() { 0.55 } else { 1.0 }).sum::<f32>() * TEXT).fold(0.0, f32::max);
    let every = ((widest + 2.0) / slot).ceil().max(1.0) as usize;
    for (n, text) in chart.labels.iter().enumerate().filter(|(n, _)| n % every == 0) {
        label(content, glyphs, text, left + slot * (many(n) + 0.5), base - 12.0, Align::Middle);
    }
    let height = |value: f64| (((value - floor) / scale) as f32).clamp(0.0, 1.0) * (ceiling - base);
    for (s, series) in chart.series.iter().enumerate() {
        let [r, g, b] = colour(s);
        match chart.kind {
            ChartKind::Bars => {
                let width = slot * 0.64 / many(chart.series.len());
                content.set_fill_rgb(r, g, b);
                for (n, value) in series.values.iter().enumerate() {
                    if let Some(value) = value {
                        let x = left + slot * (many(n) + 0.18) + width * many(s);
                        content.rect(round(x), round(base), round(width - 0.6), round(height(*value))).fill_nonzero();
                    }
                }
            }
            ChartKind::Lines => {
                content.set_stroke_rgb(r, g, b).set_line_width(1.6);
                let mut open = false;
                for (n, value) in series.values.iter().enumerate() {
                    let Some(value) = value else {
                        if open {
                            content.stroke();
                        }
                        open = false;
                        continue;
                    };
                    let (x, y) = (round(left + slot * (many(n) + 0.5)), round(base + height(*value)));
                    if open {
                        content.line_to(x, y);
                    } else {
                        content.move_to(x, y);
                        open = true;
                    }
                }
                if open {
                    content.stroke();
                }
                content.set_fill_rgb(r, g, b);
                for (n, value) in series.values.iter().enumerate() {
                    if let Some(value) = value {
                        let (x, y) = (left + slot * (many(n) + 0.5), base + height(*value));
                        content.rect(round(x - 1.6), round(y - 1.6), 3.2, 3.2).fill_nonzero();
                    }
                }
            }
        }
        content.set_fill_gray(0.0);
    }
    // The values of the first series stand beside their marks, unless they would run into one another.
    if let Some(series) = chart.series.first() {
        let width = if chart.kind == ChartKind::Bars { slot * 0.64 / many(chart.series.len()) } else { 0.0 };
        for (n, value) in series.values.iter().enumerate() {
            let Some(value) = value else { continue };
            let text = plain(*value);
            if many(text.len()) * TEXT * 0.55 > slot {
                continue;
            }
            let x = match chart.kind {
                ChartKind::Bars => left + slot * (many(n) + 0.18) + width / 2.0,
                ChartKind::Lines => left + slot * (many(n) + 0.5),
            };
            label(content, glyphs, &text, x, base + height(*value) + 3.0, Align::Middle);
        }
    }
    content.set_stroke_gray(0.0).set_line_width(0.8);
    content.move_to(round(left), round(base)).line_to(round(right), round(base)).stroke();
    content.restore_state();
}

fn legend(content: &mut Content, chart: &Chart, glyphs: &Glyphs, left: f32, y: f32) {
    let mut x = left;
    for (n, series) in chart.series.iter().enumerate() {
        let [r, g, b] = colour(n);
        content.set_fill_rgb(r, g, b).rect(round(x), round(y), 8.0, 8.0).fill_nonzero().set_fill_gray(0.0);
        x += 11.0;
        x += label(content, glyphs, &series.name, x, y + 0.5, Align::Left) + 16.0;
    }
}

/// A short text on one line; tells how wide it is.
fn label(content: &mut Content, glyphs: &Glyphs, text: &str, x: f32, y: f32, align: Align) -> f32 {
    let set = Setting { role: Role::Fang, size: TEXT, pitch: TEXT, grid: 1.0, indent: 0.0, width: page::TEXT_WIDTH };
    let Some(line) = lines(text, &set, glyphs).into_iter().next() else { return 0.0 };
    let x = match align {
        Align::Left | Align::Both => x,
        Align::Middle => x - line.width / 2.0,
        Align::Right => x - line.width,
    };
    show(content, &line, TEXT, x, y);
    line.width
}
