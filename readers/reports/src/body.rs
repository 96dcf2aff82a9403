//! A report as it is written: blocks that came from templates, what people changed in them, and what they added. What was
//! changed by hand stays beside what the record gave, so that the difference can be told.

use serde::{Deserialize, Serialize};

/// A part of a report, by the number it has in the text. Problems and what will be done are both in 五.
pub use web::paragraph::Section;

/// All parts in their order.
pub const SECTIONS: [Section; 6] =
    [Section::Practice, Section::Innovation, Section::Carrier, Section::Safeguard, Section::Problems, Section::Next];

/// As it is kept.
pub fn code(section: Section) -> &'static str {
    match section {
        Section::Practice => "practice",
        Section::Innovation => "innovation",
        Section::Carrier => "carrier",
        Section::Safeguard => "safeguard",
        Section::Problems => "problems",
        Section::Next => "next",
    }
}

/// From [`code`].
pub fn section(text: &str) -> Option<Section> {
    SECTIONS.into_iter().find(|section| code(*section) == text)
}

/// The heading in the text; 五 is one heading over two parts.
pub fn heading(section: Section) -> &'static str {
    match section {
        Section::Practice => "一、做法与成效",
        Section::Innovation => "二、创新机制",
        Section::Carrier => "三、载体",
        Section::Safeguard => "四、保障",
        Section::Problems | Section::Next => "五、问题与下一步",
    }
}

/// A piece of a paragraph: text, or a figure with the source that it opens to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// What it says.
    pub text: String,
    /// The figure's source, as in [`crate::facts::Facts::figures`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figure: Option<String>,
}

/// What a block is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// A heading of the second level, without its number.
    Heading(String),
    /// A paragraph.
    Text {
        /// As the record gave it; nothing in what people added.
        given: Vec<Piece>,
        /// As people rewrote it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        edited: Option<String>,
        /// Why it does not stand in the text: only for what the record shows to be wrong.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dropped: Option<String>,
    },
    /// A table or chart, as in [`crate::facts::Facts::shown`].
    Exhibit(String),
}

/// A block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Its name in forms: the paragraph and a number.
    pub id: String,
    /// The part, by [`code`].
    pub section: String,
    /// What it is.
    pub content: Content,
}

/// A report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Its title; a line break where it is to be broken.
    pub title: String,
    /// Its blocks, in order.
    pub blocks: Vec<Block>,
}

/// What was changed by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Paragraphs that were rewritten.
    pub rewritten: usize,
    /// Paragraphs that were added.
    pub added: usize,
    /// Figures that nobody but the writer knows.
    pub typed: Vec<String>,
    /// How many problems the record gave.
    pub problems: usize,
    /// How many of them were rewritten.
    pub problems_rewritten: usize,
    /// Those that were left out: what they said, and why.
    pub problems_dropped: Vec<(String, String)>,
}

impl Block {
    /// Whether it tells what the record shows to be wrong, which cannot be left out in silence.
    pub fn is_problem(&self) -> bool {
        self.section == code(Section::Problems)
            && matches!(&self.content, Content::Text { given, .. } if given.iter().any(|p| p.figure.is_some()))
    }

    /// The text as it stands; nothing for what is no paragraph or was dropped.
    pub fn text(&self) -> Option<String> {
        match &self.content {
            Content::Text { dropped: Some(_), .. } => None,
            Content::Text { given, edited, .. } => Some(edited.clone().unwrap_or_else(|| said(given))),
            Content::Heading(_) | Content::Exhibit(_) => None,
        }
    }
}

impl Body {
    /// As it is kept and digested.
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What was changed by hand.
    pub fn changed(&self) -> Changed {
        let mut changed = Changed::default();
        for block in &self.blocks {
            let Content::Text { given, edited, dropped } = &block.content else { continue };
            let problem = block.is_problem();
            changed.problems += usize::from(problem);
            if let Some(why) = dropped {
                changed.problems_dropped.push((said(given), why.clone()));
                continue;
            }
            let Some(edited) = edited else { continue };
            if given.is_empty() {
                changed.added += 1;
            } else {
                changed.rewritten += 1;
                changed.problems_rewritten += usize::from(problem);
            }
            changed.typed.extend(link(edited, given).into_iter().filter(|span| span.typed).map(|span| span.text));
        }
        changed
    }
}

/// The text of pieces.
pub fn said(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| piece.text.as_str()).collect()
}

/// A stretch of a paragraph as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What it says.
    pub text: String,
    /// The source that it opens to.
    pub figure: Option<String>,
    /// A figure typed by hand.
    pub typed: bool,
}

impl Span {
    fn plain(text: String) -> Span {
        Span { text, figure: None, typed: false }
    }
}

/// The spans of what the record gave.
pub fn spans(given: &[Piece]) -> Vec<Span> {
    given.iter().map(|piece| Span { text: piece.text.clone(), figure: piece.figure.clone(), typed: false }).collect()
}

/// Finds the figures of the record again in a text that was rewritten. A figure that stands there unchanged still opens to its
/// evidence; one that the record did not give is marked as typed.
pub fn link(text: &str, given: &[Piece]) -> Vec<Span> {
    let chars: Vec<char> = text.chars().collect();
    let mut owner: Vec<Option<usize>> = vec![None; chars.len()];
    for (n, piece) in given.iter().enumerate().filter(|(_, piece)| piece.figure.is_some()) {
        let wanted: Vec<char> = piece.text.chars().collect();
        if let Some(at) = find(&chars, &owner, &wanted) {
            owner.iter_mut().skip(at).take(wanted.len()).for_each(|o| *o = Some(n));
        }
    }
    let mut out: Vec<Span> = Vec::new();
    let mut plain = String::new();
    let mut at = 0;
    while at < chars.len() {
        match owner.get(at).copied().flatten() {
            Some(n) => {
                let end = (at..chars.len()).find(|i| owner.get(*i).copied().flatten() != Some(n)).unwrap_or(chars.len());
                out.extend(unowned(&std::mem::take(&mut plain), given));
                let text = chars.get(at..end).unwrap_or(&[]).iter().collect();
                out.push(Span { text, figure: given.get(n).and_then(|p| p.figure.clone()), typed: false });
                at = end;
            }
            None => {
                plain.extend(chars.get(at));
                at += 1;
            }
        }
    }
    out.extend(unowned(&plain, given));
    out
}

/// Where these characters stand free, not in the middle of a longer number.
fn find(chars: &[char], owner: &[Option<usize>], wanted: &[char]) -> Option<usize> {
    let number = |c: Option<&char>| c.is_some_and(|c| c.is_ascii_digit());
    if wanted.is_empty() {
        return None;
    }
    (0..=chars.len().checked_sub(wanted.len())?).find(|at| {
        let end = at + wanted.len();
        chars.get(*at..end) == Some(wanted)
            && owner.get(*at..end).is_some_and(|o| o.iter().all(Option::is_none))
            && !(number(wanted.first()) && at.checked_sub(1).is_some_and(|n| number(chars.get(n)) || chars.get(n) == Some(&',')))
            && !(number(wanted.last()) && number(chars.get(end)))
    })
}

/// Text without figures of the record: a number in it that the record did not say in words either is typed.
fn unowned(text: &str, given: &[Piece]) -> Vec<Span> {
    let mut out = Vec::new();
    let mut plain = String::new();
    let mut number = String::new();
    let known = |number: &str| given.iter().any(|piece| piece.figure.is_none() && piece.text.contains(number));
    let close = |number: &mut String, plain: &mut String, out: &mut Vec<Span>| {
        if number.is_empty() {
            return;
        }
        if known(number) {
            plain.push_str(number);
        } else {
            if !plain.is_empty() {
                out.push(Span::plain(std::mem::take(plain)));
            }
            out.push(Span { text: number.clone(), figure: None, typed: true });
        }
        number.clear();
    };
    for c in text.chars() {
        let inside = c.is_ascii_digit() || (!number.is_empty() && matches!(c, '.' | ',' | '%'));
        if inside {
            number.push(c);
        } else {
            close(&mut number, &mut plain, &mut out);
            plain.push(c);
        }
    }
    close(&mut number, &mut plain, &mut out);
    if !plain.is_empty() {
        out.push(Span::plain(plain));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given() -> Vec<Piece> {
        let plain = |text: &str| Piece { text: text.into(), figure: None };
        let figure = |text: &str, key: &str| Piece { text: text.into(), figure: Some(key.into()) };
        vec![plain("2026年上半年，收到"), figure("1,234件", "m:a"), plain("，办结"), figure("12件", "m:b"), plain("。")]
    }

    #[test]
    fn figures_are_found_again_and_others_are_marked() {
        let spans = link("上半年收到1,234件（2026年），办结12件，另办112件、3次。", &given());
        let figures: Vec<(&str, &str)> = spans.iter().filter_map(|s| s.figure.as_deref().map(|k| (s.text.as_str(), k))).collect();
        assert_eq!(figures, [("1,234件", "m:a"), ("12件", "m:b")]);
        let typed: Vec<&str> = spans.iter().filter(|s| s.typed).map(|s| s.text.as_str()).collect();
        assert_eq!(typed, ["112", "3"]);
        assert_eq!(spans.iter().map(|s| s.text.as_str()).collect::<String>(), "上半年收到1,234件（2026年），办结12件，另办112件、3次。");
    }

    #[test]
    fn what_was_not_touched_is_whole() {
        let spans = link(&said(&given()), &given());
        assert!(spans.iter().all(|s| !s.typed));
        assert_eq!(spans.iter().filter(|s| s.figure.is_some()).count(), 2);
        assert_eq!(link("", &given()), []);
    }

    #[test]
    fn what_was_changed_is_counted() {
        let text = |edited: Option<&str>, dropped: Option<&str>| Content::Text {
            given: given(),
            edited: edited.map(str::to_owned),
            dropped: dropped.map(str::to_owned),
        };
        let block = |section: Section, content| Block { id: "x".into(), section: code(section).into(), content };
        let own = Content::Text { given: vec![], edited: Some("自己写的99".into()), dropped: None };
        let body = Body {
            title: String::new(),
            blocks: vec![
                block(Section::Practice, text(Some("收到1,234件"), None)),
                block(Section::Problems, text(Some("没有"), None)),
                block(Section::Problems, text(None, Some("已整改"))),
                block(Section::Problems, own.clone()),
            ],
        };
        let changed = body.changed();
        assert_eq!((changed.rewritten, changed.added, changed.problems, changed.problems_rewritten), (2, 1, 2, 1));
        assert_eq!(changed.typed, ["99"]);
        assert_eq!(changed.problems_dropped[0].1, "已整改");
    }
}
