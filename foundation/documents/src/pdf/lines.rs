//! Breaking text into lines: each Han character may begin one, words and figures stay whole, and 避头尾: no line begins
//! with a closing mark or ends with an opening one.

use crate::fonts::Role;
use crate::pdf::glyphs::{Glyph, Glyphs};

/// How a piece of text is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    pub(super) role: Role,
    pub(super) size: f32,
    /// From line to line.
    pub(super) pitch: f32,
    /// By how much full-width characters are drawn together.
    pub(super) grid: f32,
    /// Characters by which the first line is set in.
    pub(super) indent: f32,
    pub(super) width: f32,
}

/// A glyph in a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    pub(super) c: char,
    pub(super) glyph: Glyph,
    /// From the line's beginning.
    pub(super) x: f32,
}

/// A line.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub(super) glyphs: Vec<Placed>,
    /// Its own width, before it is stretched.
    pub(super) width: f32,
    /// Where between glyphs it may be stretched: the glyph before which there is room.
    pub(super) gaps: Vec<usize>,
    /// The last of its paragraph, which is not stretched.
    pub(super) last: bool,
    /// Stretched so far that who copies it would find spaces.
    pub(super) wide: bool,
}

const NO_START: &str = "，。、；：？！）》〉」』】〕”’％%‰℃·—…～,.;:?!)]}";
const NO_END: &str = "（《〈「『【〔“‘([{￥¥第";

/// Characters that stay together: figures with their point, comma and per cent, Latin words.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | ',' | '%' | '-' | '/' | '+' | ':' | '@' | '_' | '=')
}

/// Whether a line may end between these two.
pub(crate) fn may_break(before: Option<char>, after: Option<char>) -> bool {
    match (before, after) {
        (Some(before), Some(after)) => {
            // A figure keeps the word it counts: 12 件, 3 个.
            let counted = before.is_ascii_digit() && "年月日时件个项次人条户名万亿".contains(after);
            let held = is_word(before) && is_word(after);
            !(counted || held || NO_START.contains(after) || NO_END.contains(before))
        }
        _ => true,
    }
}

/// The lines of a paragraph. A break in the text is a break of the line.
pub(super) fn lines(text: &str, set: &Setting, glyphs: &Glyphs) -> Vec<Line> {
    let mut out = Vec::new();
    for (n, part) in text.split('\n').enumerate() {
        let indent = if n == 0 { set.indent * set.size * set.grid } else { 0.0 };
        one(part, set, glyphs, indent, &mut out);
    }
    out
}

struct Item {
    c: char,
    glyph: Glyph,
    advance: f32,
}

fn one(text: &str, set: &Setting, glyphs: &Glyphs, indent: f32, out: &mut Vec<Line>) {
    let items: Vec<Item> = text
        .chars()
        .filter(|c| !c.is_control())
        .filter_map(|c| {
            let glyph = glyphs.get(set.role, c)?;
            // Only full-width characters keep to the grid.
            let factor = if glyph.advance > 0.9 { set.grid } else { 1.0 };
            Some(Item { c, glyph, advance: glyph.advance * set.size * factor })
        })
        .collect();
    let mut begin = 0;
    let mut room = set.width - indent;
    let mut start_x = indent;
    while begin < items.len() {
        let end = end_of_line(&items, begin, room);
        let slice = items.get(begin..end).unwrap_or(&[]);
        let mut line = place(slice, start_x);
        line.last = end >= items.len();
        out.push(line);
        begin = end;
        while items.get(begin).is_some_and(|item| item.c == ' ') {
            begin += 1;
        }
        room = set.width;
        start_x = 0.0;
    }
    if items.is_empty() {
        out.push(Line { last: true, ..Line::default() });
    }
}

/// Where the line that begins at `begin` ends.
fn end_of_line(items: &[Item], begin: usize, room: f32) -> usize {
    let mut width = 0.0;
    let mut good = None;
    for (n, item) in items.iter().enumerate().skip(begin) {
        let before = n.checked_sub(1).and_then(|n| items.get(n)).map(|item| item.c);
        if n > begin && may_break(before, Some(item.c)) {
            good = Some(n);
        }
        width += item.advance;
        if width > room + 0.01 && item.c != ' ' {
            // A word longer than the line is cut; one glyph always fits.
            return good.unwrap_or(n).max(begin + 1);
        }
    }
    items.len()
}

fn place(items: &[Item], start: f32) -> Line {
    let mut line = Line { width: start, ..Line::default() };
    let used = items.iter().rposition(|item| item.c != ' ').map_or(0, |n| n + 1);
    for (n, item) in items.iter().take(used).enumerate() {
        let before = n.checked_sub(1).and_then(|n| items.get(n)).map(|item| item.c);
        if n > 0 && !(before.is_some_and(is_word) && is_word(item.c)) {
            line.gaps.push(n);
        }
        line.glyphs.push(Placed { c: item.c, glyph: item.glyph, x: line.width });
        line.width += item.advance;
    }
    line
}

impl Line {
    /// Spreads what is missing to `width` over the gaps, unless it is the last or there is too much of it.
    pub(super) fn spread(&mut self, width: f32, size: f32) {
        let missing = width - self.width;
        if self.last || self.gaps.is_empty() || missing <= 0.0 || missing > size * 5.0 {
            return;
        }
        let each = missing / f32::from(u16::try_from(self.gaps.len()).unwrap_or(u16::MAX));
        let mut moved = 0.0;
        for (n, placed) in self.glyphs.iter_mut().enumerate() {
            if self.gaps.binary_search(&n).is_ok() {
                moved += each;
            }
            placed.x += moved;
        }
        self.width = width;
        self.wide = each > size * 0.1;
    }
}

#[cfg(test)]
mod tests {
    use super::may_break;

    fn breaks(text: &str) -> Vec<usize> {
        let chars: Vec<char> = text.chars().collect();
        (1..chars.len()).filter(|n| may_break(Some(chars[n - 1]), Some(chars[*n]))).collect()
    }

    #[test]
    fn marks_stay_with_their_words() {
        assert_eq!(breaks("甲，乙"), [2]);
        assert_eq!(breaks("（甲）乙"), [3]);
        assert_eq!(breaks("共1,234件甲"), [1, 7]);
        assert_eq!(breaks("率96.5%，升"), [1, 7]);
        assert_eq!(breaks("《甲》。乙"), [4]);
        assert_eq!(breaks("占8%（n=1,234）甲"), [1, 3, 12]);
    }
}
