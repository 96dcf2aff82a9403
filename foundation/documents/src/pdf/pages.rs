//! Pages as they fill: lines of text, rules and boxes, each under the tag that says what it is.

use pdf_writer::{Content, Name, Str, TextStr};

use crate::page;
use crate::pdf::glyphs::Glyphs;
use crate::pdf::lines::{Line, Setting, lines};

/// What a piece is, for who reads the document by ear, and for copying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Title,
    Heading(u8),
    Paragraph,
    Note,
    Caption,
    Table,
    Row,
    HeadCell,
    Cell,
    Figure,
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Middle,
    Right,
    Both,
}

/// An element of the structure: its parts on pages, the elements in it.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) tag: Tag,
    pub(super) parent: Option<usize>,
    pub(super) marks: Vec<(usize, i32)>,
    pub(super) alt: Option<String>,
}

/// A page: what is drawn, and which element each marked piece belongs to.
pub(super) struct Leaf {
    pub(super) content: Content,
    pub(super) owners: Vec<usize>,
}

/// Pages being filled.
pub(super) struct Pages<'a> {
    pub(super) glyphs: &'a Glyphs,
    leaves: Vec<Leaf>,
    elements: Vec<Element>,
    /// How much of the page's 版心 is used.
    used: f32,
}

/// The whole, to be written.
pub(super) struct Filled {
    pub(super) leaves: Vec<Leaf>,
    pub(super) elements: Vec<Element>,
}

impl Filled {
    pub(super) fn len(&self) -> usize {
        self.leaves.len()
    }
}

impl<'a> Pages<'a> {
    pub(super) fn new(glyphs: &'a Glyphs) -> Pages<'a> {
        let mut pages = Pages { glyphs, leaves: Vec::new(), elements: Vec::new(), used: 0.0 };
        pages.turn();
        pages
    }

    /// Begins a new page.
    pub(super) fn turn(&mut self) {
        self.leaves.push(Leaf { content: Content::new(), owners: Vec::new() });
        self.used = 0.0;
    }

    /// Room that is left on the page.
    pub(super) fn left(&self) -> f32 {
        page::TEXT_HEIGHT - self.used + 0.05
    }

    /// Turns the page unless so much fits on it.
    pub(super) fn keep(&mut self, height: f32) {
        if self.left() < height && self.used > 0.0 {
            self.turn();
        }
    }

    /// Leaves room; none at the top of a page.
    pub(super) fn skip(&mut self, height: f32) {
        if self.used > 0.0 {
            self.used += height;
        }
    }

    /// Takes room and tells its upper edge, measured from the bottom of the paper.
    pub(super) fn take(&mut self, height: f32) -> f32 {
        let top = page::HEIGHT - page::TOP - self.used;
        self.used += height;
        top
    }

    pub(super) fn element(&mut self, tag: Tag, parent: Option<usize>) -> usize {
        self.elements.push(Element { tag, parent, marks: Vec::new(), alt: None });
        self.elements.len() - 1
    }

    pub(super) fn describe(&mut self, element: usize, alt: String) {
        if let Some(element) = self.elements.get_mut(element) {
            element.alt = Some(alt);
        }
    }

    /// Draws on the page, as part of an element.
    pub(super) fn draw(&mut self, element: usize, f: impl FnOnce(&mut Content)) {
        let page = self.leaves.len() - 1;
        let Some(leaf) = self.leaves.last_mut() else { return };
        let mark = i32::try_from(leaf.owners.len()).unwrap_or(i32::MAX);
        leaf.owners.push(element);
        if let Some(element) = self.elements.get_mut(element) {
            element.marks.push((page, mark));
        }
        let name = name_of(self.elements.get(element).map_or(Tag::Paragraph, |element| element.tag));
        leaf.content.begin_marked_content_with_properties(Name(name)).properties().identify(mark);
        f(&mut leaf.content);
        leaf.content.end_marked_content();
    }

    /// Draws what says nothing: rules of tables, page numbers.
    pub(super) fn decorate(&mut self, f: impl FnOnce(&mut Content)) {
        let Some(leaf) = self.leaves.last_mut() else { return };
        leaf.content.begin_marked_content(Name(b"Artifact"));
        f(&mut leaf.content);
        leaf.content.end_marked_content();
    }

    /// Sets a paragraph, over pages where it must. A heading keeps a line of what follows it on its page; one of the first level
    /// keeps the heading under it and a line of that.
    pub(super) fn text(&mut self, tag: Tag, text: &str, set: &Setting, align: Align, heading: bool) {
        let mut lines = lines(text, set, self.glyphs);
        let element = self.element(tag, None);
        if heading {
            let many = f32::from(u16::try_from(lines.len()).unwrap_or(1));
            let after = if tag == Tag::Heading(1) { 2.0 } else { 1.0 };
            self.keep(set.pitch * many + page::PITCH * after);
        }
        let mut rest = lines.as_mut_slice();
        while !rest.is_empty() {
            self.keep(set.pitch);
            let fit = ((self.left() / set.pitch).floor().max(1.0) as usize).min(rest.len());
            let (now, after) = rest.split_at_mut(fit);
            let mut set_lines: Vec<(f32, f32, &Line)> = Vec::new();
            for line in now.iter_mut() {
                if align == Align::Both {
                    line.spread(set.width, set.size);
                }
                let top = self.take(set.pitch);
                // The characters stand in the middle of their line; the baseline lies 0.88 of the size under their top.
                let y = top - (set.pitch - set.size) / 2.0 - set.size * 0.88;
                let x = page::LEFT
                    + match align {
                        Align::Left | Align::Both => 0.0,
                        Align::Middle => (set.width - line.width) / 2.0,
                        Align::Right => set.width - line.width,
                    };
                set_lines.push((x, y, line));
            }
            self.draw(element, |content| {
                for (x, y, line) in &set_lines {
                    show(content, line, set.size, *x, *y);
                }
            });
            rest = after;
        }
    }

    /// The pages, each with its number.
    pub(super) fn finish(mut self) -> Filled {
        let glyphs = self.glyphs;
        let set = Setting {
            role: crate::fonts::Role::Song,
            size: page::SMALL,
            pitch: page::SMALL,
            grid: 1.0,
            indent: 0.0,
            width: page::TEXT_WIDTH,
        };
        for (n, leaf) in self.leaves.iter_mut().enumerate() {
            let Some(line) = lines(&format!("— {} —", n + 1), &set, glyphs).into_iter().next() else { continue };
            // One character in from the outer edge: right on odd pages, left on even ones.
            let x = if n % 2 == 0 { page::LEFT + page::TEXT_WIDTH - page::SMALL - line.width } else { page::LEFT + page::SMALL };
            let y = page::HEIGHT - page::TOP - page::TEXT_HEIGHT - page::NUMBER_DROP - page::SMALL * 0.88;
            leaf.content.begin_marked_content(Name(b"Artifact"));
            show(&mut leaf.content, &line, page::SMALL, x, y);
            leaf.content.end_marked_content();
        }
        Filled { leaves: self.leaves, elements: self.elements }
    }
}

/// The name of a tag in the content, which is that of the structure.
pub(super) fn name_of(tag: Tag) -> &'static [u8] {
    match tag {
        Tag::Title | Tag::Heading(1) => b"H1",
        Tag::Heading(2) => b"H2",
        Tag::Heading(_) => b"H3",
        Tag::Paragraph => b"P",
        Tag::Note => b"Note",
        Tag::Caption => b"Caption",
        Tag::Table => b"Table",
        Tag::Row => b"TR",
        Tag::HeadCell => b"TH",
        Tag::Cell => b"TD",
        Tag::Figure => b"Figure",
    }
}

/// Shows a line with its beginning at this point. Glyphs of one font that stand side by side go into one operator.
pub(super) fn show(content: &mut Content, line: &Line, size: f32, x: f32, y: f32) {
    if line.glyphs.is_empty() {
        return;
    }
    if line.wide {
        let said: String = line.glyphs.iter().map(|placed| placed.c).collect();
        content.begin_marked_content_with_properties(Name(b"Span")).properties().actual_text(TextStr(&said));
    }
    content.begin_text();
    let mut at = 0;
    while let Some(first) = line.glyphs.get(at) {
        let font = first.glyph.font;
        let run = line.glyphs.iter().skip(at).take_while(|placed| placed.glyph.font == font).count();
        content.set_font(Name(format!("F{font}").as_bytes()), size);
        content.set_text_matrix([1.0, 0.0, 0.0, 1.0, round(x + first.x), round(y)]);
        {
            let mut positioned = content.show_positioned();
            let mut items = positioned.items();
            let mut bytes: Vec<u8> = Vec::new();
            let mut pen = first.x;
            for placed in line.glyphs.iter().skip(at).take(run) {
                let shift = placed.x - pen;
                if shift.abs() > 0.005 {
                    if !bytes.is_empty() {
                        items.show(Str(&bytes));
                        bytes.clear();
                    }
                    items.adjust((-shift / size * 1000.0 * 10.0).round() / 10.0);
                }
                bytes.extend(placed.glyph.id.to_be_bytes());
                pen = placed.x + placed.glyph.advance * size;
            }
            items.show(Str(&bytes));
        }
        at += run;
    }
    content.end_text();
    if line.wide {
        content.end_marked_content();
    }
}

/// Two places are finer than any printer, and keep files small.
pub(super) fn round(value: f32) -> f32 {
    (value * 100.0).round() / 100.0
}
