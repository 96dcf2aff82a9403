//! From templates and facts to the blocks of a report. Pure: the same templates and facts give the same report.

use std::collections::BTreeMap;

use web::Module;
use web::paragraph::{Figure, Paragraph, Section, Source, Told};

use crate::body::{Block, Body, Content, Piece, SECTIONS, code};
use crate::facts::{Cover, Facts, Made, Num, Past, Taken};
use crate::take;
use crate::template::{Form, Node, Test, Vocabulary, Wrong, parse};

/// Words that every template may name.
pub(crate) const WORDS: [&str; 4] = ["单位", "期间", "截至", "今日"];

/// What stands among the problems where the record shows none.
const NONE: &str = "本期没有超过时限、变红或者下降的指标。";
/// What stands there where there is no record that could show any.
const NOTHING: &str = "本期没有工作记录，无从得出不足。";

/// Why a paragraph is not loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It reads a measure that is not there, or was refused because of its source.
    Measure(&'static str, &'static str),
    /// Its own template is wrong.
    Template(&'static str, Wrong),
}

/// What a template of this paragraph may name.
pub fn vocabulary(paragraph: &Paragraph) -> Vocabulary {
    let list = |keep: fn(&Source) -> bool| paragraph.figures.iter().filter(|f| keep(&f.source)).map(|f| f.name.to_owned()).collect();
    Vocabulary {
        words: WORDS.iter().map(|word| (*word).to_owned()).collect(),
        figures: list(|source| !matches!(source, Source::Keys(..) | Source::Unmet)),
        lists: list(|source| matches!(source, Source::Keys(..) | Source::Unmet)),
        exhibits: paragraph.exhibits.iter().map(|exhibit| exhibit.name.to_owned()).collect(),
        must: paragraph.must.iter().map(|name| (*name).to_owned()).collect(),
    }
}

/// The paragraphs of all modules that pass the guard, in the order of the report; and those that do not.
pub fn loaded(modules: &[Module]) -> (Vec<&'static Paragraph>, Vec<Refused>) {
    let mut good: Vec<&'static Paragraph> = Vec::new();
    let mut refused = Vec::new();
    for paragraph in modules.iter().flat_map(|module| module.paragraphs) {
        if let Some(id) = take::reads(paragraph).into_iter().find(|id| measures::find(id).is_none()) {
            refused.push(Refused::Measure(paragraph.id, id));
        } else if let Err(wrong) = parse(paragraph.template, &vocabulary(paragraph)) {
            refused.push(Refused::Template(paragraph.id, wrong));
        } else {
            good.push(paragraph);
        }
    }
    good.sort_by_key(|paragraph| paragraph.section);
    (good, refused)
}

/// A line of a rendered template.
pub(crate) enum Line {
    Text(Vec<Piece>),
    Exhibit(String),
}

/// A paragraph with these facts.
pub(crate) struct Writer<'a> {
    paragraph: &'a Paragraph,
    facts: &'a Facts,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(paragraph: &'a Paragraph, facts: &'a Facts) -> Writer<'a> {
        Writer { paragraph, facts }
    }

    fn figure(&self, name: &str) -> Option<(String, &'a Taken)> {
        let Figure { source, .. } = self.paragraph.figures.iter().find(|figure| figure.name == name)?;
        let key = take::key(source);
        self.facts.figures.get(&key).map(|taken| (key, taken))
    }

    /// Whether the paragraph is told in this report.
    pub(crate) fn told(&self) -> bool {
        match self.paragraph.told {
            Told::Always => true,
            Told::Given(name) => self.figure(name).is_some_and(|(_, taken)| taken.given()),
            Told::Worse(name) => self.figure(name).is_some_and(|(_, taken)| taken.worse()),
        }
    }

    /// The lines of a template; those without a word are left out.
    pub(crate) fn lines(&self, nodes: &[Node]) -> Vec<Line> {
        let mut pieces = Vec::new();
        self.pieces(nodes, &mut pieces);
        let mut lines = Vec::new();
        let mut line: Vec<Piece> = Vec::new();
        let end = |line: &mut Vec<Piece>, lines: &mut Vec<Line>| {
            let pieces = std::mem::take(line);
            if pieces.iter().any(|piece| !piece.text.trim().is_empty()) {
                lines.push(Line::Text(trimmed(pieces)));
            }
        };
        for piece in pieces {
            match piece {
                Out::Exhibit(name) => {
                    end(&mut line, &mut lines);
                    let key = format!("{}/{name}", self.paragraph.id);
                    if self.facts.shown.contains_key(&key) {
                        lines.push(Line::Exhibit(key));
                    }
                }
                Out::Piece(Piece { text, figure: None }) => {
                    for (n, part) in text.split('\n').enumerate() {
                        if n > 0 {
                            end(&mut line, &mut lines);
                        }
                        if !part.is_empty() {
                            line.push(Piece { text: part.to_owned(), figure: None });
                        }
                    }
                }
                Out::Piece(piece) => line.push(piece),
            }
        }
        end(&mut line, &mut lines);
        lines
    }

    /// Whether a comparison is with a time that the record does not reach.
    fn is_beyond(&self, name: &str, form: Form) -> bool {
        let past = match form {
            Form::AgainstLast => Past::Last,
            Form::AgainstYear => Past::Year,
            _ => return false,
        };
        self.figure(name).is_some_and(|(_, taken)| taken.cover(past) != Cover::Whole)
    }

    fn pieces(&self, nodes: &[Node], out: &mut Vec<Out>) {
        for node in nodes {
            match node {
                Node::Text(text) => out.push(Out::Piece(Piece { text: text.clone(), figure: None })),
                Node::Word(name) => {
                    let text = self.facts.words.get(name).cloned().unwrap_or_default();
                    out.push(Out::Piece(Piece { text, figure: None }));
                }
                Node::Exhibit(name) => out.push(Out::Exhibit(name.clone())),
                // What cannot be compared because the record does not reach so far back is told once, at the end.
                Node::Figure(name, form) if self.is_beyond(name, *form) && takes_back(out) => {}
                Node::Figure(name, form) => match self.figure(name) {
                    Some((key, taken)) => out.push(Out::Piece(Piece { text: show(taken, *form), figure: Some(key) })),
                    None => out.push(Out::Piece(Piece { text: "—".into(), figure: None })),
                },
                Node::If { figure, test, then, otherwise } => {
                    let holds = self.figure(figure).is_some_and(|(_, taken)| asked(taken, *test));
                    self.pieces(if holds { then } else { otherwise }, out);
                }
            }
        }
    }
}

enum Out {
    Piece(Piece),
    Exhibit(String),
}

/// Takes back the comma after which a comparison would stand; where there is none the sentence needs its words.
fn takes_back(out: &mut [Out]) -> bool {
    let Some(Out::Piece(Piece { text, figure: None })) = out.last_mut() else { return false };
    let Some(rest) = text.strip_suffix('，') else { return false };
    *text = rest.to_owned();
    true
}

/// Without the spaces at both ends of the line.
fn trimmed(mut pieces: Vec<Piece>) -> Vec<Piece> {
    if let Some(first) = pieces.first_mut().filter(|piece| piece.figure.is_none()) {
        first.text = first.text.trim_start().to_owned();
    }
    if let Some(last) = pieces.last_mut().filter(|piece| piece.figure.is_none()) {
        last.text = last.text.trim_end().to_owned();
    }
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

fn show(taken: &Taken, form: Form) -> String {
    let other = |num: Option<Num>| num.map_or_else(|| "—".to_owned(), |num| taken.whole(num));
    match form {
        Form::Whole => taken.whole(taken.now),
        Form::Number => taken.bare(taken.now),
        Form::N => crate::facts::grouped(taken.now.of().unwrap_or(taken.now.num)),
        Form::Last => other(taken.last),
        Form::Year => other(taken.year),
        Form::AgainstLast => taken.change(Past::Last),
        Form::AgainstYear => taken.change(Past::Year),
        Form::First(n) => {
            let first = taken.list.iter().take(usize::from(n));
            if taken.made == Made::Named {
                return first.map(|(name, _)| name.as_str()).collect::<Vec<_>>().join("；");
            }
            first.map(|(name, count)| format!("{name}{}{}", crate::facts::grouped(*count), taken.unit)).collect::<Vec<_>>().join("、")
        }
    }
}

fn asked(taken: &Taken, test: Test) -> bool {
    let number = || taken.number(taken.now).unwrap_or(0.0);
    let moved = || taken.moved(Past::Year).unwrap_or(0.0);
    match test {
        Test::Given => taken.given(),
        Test::Risen => moved() > 0.05,
        Test::Fallen => moved() < -0.05,
        Test::Over(n) => number() > n,
        Test::Under(n) => taken.given() && number() < n,
        Test::Equal(n) => (number() - n).abs() < 0.05,
    }
}

/// The report: each paragraph that is told, by the template that holds for the unit.
pub(crate) fn compose(paragraphs: &[&'static Paragraph], templates: &BTreeMap<String, String>, facts: &Facts) -> Body {
    let mut blocks = Vec::new();
    for section in SECTIONS {
        for paragraph in paragraphs.iter().filter(|paragraph| paragraph.section == section) {
            let writer = Writer::new(paragraph, facts);
            if !writer.told() {
                continue;
            }
            let text = templates.get(paragraph.id).map_or(paragraph.template, String::as_str);
            // A template that was right when it was kept, and is not since the module changed, gives way to the module's own.
            let own = || parse(paragraph.template, &vocabulary(paragraph)).unwrap_or_default();
            let nodes = parse(text, &vocabulary(paragraph)).unwrap_or_else(|_| own());
            add(&mut blocks, paragraph, writer.lines(&nodes));
        }
        if section == Section::Problems && !blocks.iter().any(|block: &Block| block.section == code(section)) {
            // Where nothing was recorded, nothing can be said to be well.
            let text = if facts.is_empty() { NOTHING } else { NONE }.to_owned();
            let given = vec![Piece { text, figure: None }];
            let content = Content::Text { given, edited: None, dropped: None };
            blocks.push(Block { id: "house.none".into(), section: code(section).into(), content });
        }
    }
    let word = |name: &str| facts.words.get(name).cloned().unwrap_or_default();
    Body { title: format!("{}{}\n工作进展情况汇报", word("单位"), word("期间")), blocks }
}

fn add(blocks: &mut Vec<Block>, paragraph: &Paragraph, lines: Vec<Line>) {
    let section = code(paragraph.section).to_owned();
    if lines.is_empty() {
        return;
    }
    if !paragraph.heading.is_empty() {
        let content = Content::Heading(paragraph.heading.to_owned());
        blocks.push(Block { id: format!("{}.h", paragraph.id), section: section.clone(), content });
    }
    for (n, line) in lines.into_iter().enumerate() {
        let content = match line {
            Line::Text(given) => Content::Text { given, edited: None, dropped: None },
            Line::Exhibit(key) => Content::Exhibit(key),
        };
        blocks.push(Block { id: format!("{}.{n}", paragraph.id), section: section.clone(), content });
    }
}
