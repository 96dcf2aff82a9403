//! A report as a document: numbers of headings, marks where people changed what the record gave, remarks at the end.

use documents::{Block as Piece, Chart, ChartKind, Column, Document, Series, Signature, Table};

use crate::body::{self, Body, Content, SECTIONS, Section, Span, code, heading};
use crate::exhibits::widths;
use crate::facts::{Cell, Cover, Facts, Num, Opens, Past, Points, Shown, Taken, grouped};

/// A part of a report as it is read, in the browser and on paper.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Part<'a> {
    /// A heading with its number.
    Heading(u8, String),
    /// A paragraph.
    Text {
        /// What it says; figures open.
        spans: Vec<Span>,
        /// How it was changed.
        mark: Mark,
    },
    /// A table or chart, with its number.
    Exhibit(&'a Shown, String),
}

/// How a paragraph was changed by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// It stands as the record gave it.
    Given,
    /// Rewritten.
    Rewritten,
    /// Rewritten, of what the record shows to be wrong.
    Problem,
    /// Left out, of what the record shows to be wrong; why.
    Dropped(String),
    /// Added.
    Own,
}

/// What stands in the text behind a problem that was rewritten.
pub(crate) const REWRITTEN: &str = "〔本条经人工改写〕";

const NUMBERS: [&str; 20] = [
    "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四", "十五", "十六", "十七", "十八", "十九",
    "二十",
];

fn number(n: usize) -> &'static str {
    NUMBERS.get(n.saturating_sub(1)).copied().unwrap_or("〇")
}

/// The parts of a report in order, each part of the skeleton under its heading.
pub(crate) fn parts<'a>(body: &Body, facts: &'a Facts) -> Vec<Part<'a>> {
    let mut out = Vec::new();
    let (mut tables, mut charts) = (0, 0);
    for section in SECTIONS {
        let here: Vec<_> = body.blocks.iter().filter(|block| block.section == code(section)).collect();
        if here.is_empty() {
            continue;
        }
        let title = heading(section);
        if !out.contains(&Part::Heading(1, title.to_owned())) {
            out.push(Part::Heading(1, title.to_owned()));
        }
        let mut second = 0;
        let mut third = 0;
        let listed = matches!(section, Section::Problems | Section::Next);
        if listed {
            out.push(Part::Heading(2, if section == Section::Problems { "（一）存在不足".into() } else { "（二）下一步打算".into() }));
        }
        for block in here {
            match &block.content {
                // Problems and plans are numbered one by one; what they are about stands in them.
                Content::Heading(_) if listed => {}
                Content::Heading(text) => {
                    second += 1;
                    out.push(Part::Heading(2, format!("（{}）{text}", number(second))));
                }
                Content::Text { given, edited, dropped } => {
                    let problem = block.is_problem();
                    let mark = match (dropped, edited) {
                        (Some(why), _) => Mark::Dropped(why.clone()),
                        (None, Some(_)) if given.is_empty() => Mark::Own,
                        (None, Some(_)) if problem => Mark::Problem,
                        (None, Some(_)) => Mark::Rewritten,
                        (None, None) => Mark::Given,
                    };
                    let text = edited.as_deref();
                    for line in lines(text, given) {
                        let mut spans = line;
                        if listed && !matches!(mark, Mark::Dropped(_)) {
                            third += 1;
                            spans.insert(0, Span { text: format!("{third}．"), figure: None, typed: false });
                        }
                        out.push(Part::Text { spans, mark: mark.clone() });
                    }
                }
                Content::Exhibit(key) => {
                    if let Some(shown) = facts.shown.get(key) {
                        let number = match shown {
                            Shown::Table { .. } => {
                                tables += 1;
                                format!("表{tables}")
                            }
                            Shown::Chart { .. } => {
                                charts += 1;
                                format!("图{charts}")
                            }
                        };
                        out.push(Part::Exhibit(shown, number));
                    }
                }
            }
        }
    }
    out
}

/// The spans of each line of a paragraph.
fn lines(edited: Option<&str>, given: &[body::Piece]) -> Vec<Vec<Span>> {
    match edited {
        None => vec![body::spans(given)],
        Some(text) => text.split('\n').filter(|line| !line.trim().is_empty()).map(|line| body::link(line, given)).collect(),
    }
}

/// What a problem that was left out leaves in the text.
pub(crate) fn left_out(said: &str, why: &str) -> String {
    let first: String = said.chars().take(60).collect();
    let more = if said.chars().count() > 60 { "……" } else { "" };
    format!("〔由数据得出的不足“{first}{more}”未写入正文，理由：{why}〕")
}

/// Every figure that stands in the text beside what it was in the period before and a year before: on paper nothing opens.
pub(crate) fn annex(body: &Body, facts: &Facts) -> Option<Shown> {
    let pieces = body.blocks.iter().filter_map(|block| match &block.content {
        Content::Text { given, dropped: None, .. } => Some(given),
        _ => None,
    });
    // What was counted at a moment stands here where an earlier moment is known.
    let known = |key: &str| facts.figures.get(key).is_some_and(|taken| taken.last.is_some() || taken.year.is_some());
    let mut keys: Vec<&str> = Vec::new();
    for key in pieces.flatten().filter_map(|piece| piece.figure.as_deref()).filter(|key| !key.starts_with("k:") && known(key)) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let period = facts.period()?;
    // Where the record reaches neither of the two periods there is nothing to stand beside; a report that was finished before
    // its facts held where the record begins stays as it was.
    // Units alone are no reason for a table of their own.
    let reached = |taken: &Taken| facts.began.is_some() && (taken.cover_last == Cover::Whole || taken.cover_year == Cover::Whole);
    if !keys.iter().filter(|key| !key.starts_with("units:")).filter_map(|key| facts.figures.get(*key)).any(reached) {
        return None;
    }
    let row = |key: &&str| {
        let (taken, measure) = (facts.figures.get(*key)?, key.strip_prefix("m:"));
        let when_told = if key.starts_with("open:") || key.starts_with("late:") { "（当期汇报定稿时）" } else { "" };
        let n = |num: Num| num.of().filter(|n| *n > 0).map(|n| format!("（n={}）", grouped(n))).unwrap_or_default();
        let cell = |num: Num, over: &measures::Period| {
            let opens = |measure: &str| Opens {
                measure: measure.to_owned(),
                unit: facts.unit,
                from: over.from.to_string(),
                to: over.to.to_string(),
            };
            Cell { text: format!("{}{}", taken.whole(num), n(num)), opens: measure.map(opens) }
        };
        let was = |past: Past, over: measures::Period| match (taken.was(past), taken.cover(past)) {
            (Some(_), Cover::Nothing) => plain("没有记录"),
            (Some(_), Cover::Part) => plain("记录不全"),
            (Some(num), Cover::Whole) => {
                let mut then = cell(num, &over);
                then.text.push_str(when_told);
                then
            }
            (None, _) => plain("—"),
        };
        let now = cell(taken.now, &period);
        Some(vec![plain(&taken.title), now, was(Past::Last, period.previous()), was(Past::Year, period.last_year())])
    };
    let rows: Vec<Vec<Cell>> = keys.iter().filter_map(row).collect();
    let heads = ["指标", "本期", "上期", "上年同期"].into_iter().enumerate().map(|(at, head)| (head.to_owned(), 0, at > 0)).collect();
    (!rows.is_empty() && !facts.is_empty()).then(|| Shown::Table { caption: ANNEX.to_owned(), heads: widths(heads, &rows), rows })
}

/// What the annex is called.
const ANNEX: &str = "文中数字与上期、上年同期对照";

fn plain(text: &str) -> Cell {
    Cell { text: text.to_owned(), opens: None }
}

/// The remarks at the end.
pub(crate) fn notes(body: &Body, facts: &Facts) -> Vec<String> {
    let until = crate::period::day(facts.taken_at.date());
    let mut notes = vec![format!(
        "注：本文数字于{until}由工作记录生成（记录第{}号以前），同比指与上年同期比较，环比指与上一相同长度的时期比较；样本不足{}的不列比率。",
        facts.as_of,
        measures::FEW
    )];
    let short = |taken: &Taken| taken.cover_last != Cover::Whole || taken.cover_year != Cover::Whole;
    if let Some(began) = facts.began.as_deref().and_then(|began| began.parse().ok()).filter(|_| facts.figures.values().any(short)) {
        notes.push(format!("工作记录自{}开始，没有记录或者记录不全的时期不作比较。", crate::period::day(began)));
    }
    let changed = body.changed();
    if changed.problems_rewritten > 0 || !changed.problems_dropped.is_empty() {
        notes.push(format!(
            "由数据得出的不足共{}条，其中经人工改写{}条、未写入正文{}条，改动的人和时间见系统记录。",
            changed.problems,
            changed.problems_rewritten,
            changed.problems_dropped.len()
        ));
    }
    if !changed.typed.is_empty() {
        let shown: Vec<&str> = changed.typed.iter().map(String::as_str).take(20).collect();
        notes.push(format!("文中{}处数字为人工填写，不是由工作记录得出：{}。", changed.typed.len(), shown.join("、")));
    }
    notes
}

/// The document. `draft` is what a draft bears under its title, in place of nothing.
pub(crate) fn document(body: &Body, facts: &Facts, draft: Option<&str>) -> Document {
    let word = |name: &str| facts.words.get(name).cloned().unwrap_or_default();
    let blocks = parts(body, facts).into_iter().map(|part| match part {
        Part::Heading(level, text) => Piece::Heading(level, text),
        Part::Text { spans, mark } => {
            let text: String = spans.into_iter().map(|span| span.text).collect();
            Piece::Paragraph(match mark {
                Mark::Problem => format!("{text}{REWRITTEN}"),
                Mark::Dropped(why) => left_out(&text, &why),
                Mark::Given | Mark::Rewritten | Mark::Own => text,
            })
        }
        Part::Exhibit(shown, number) => exhibit(shown, &number),
    });
    let date = facts.taken_at.date();
    Document {
        title: body.title.clone(),
        subtitle: draft.map_or_else(|| format!("（{}  {}）", word("单位"), crate::period::day(date)), str::to_owned),
        author: word("单位"),
        date: date.to_string(),
        blocks: blocks.collect(),
        signature: Some(Signature { unit: word("单位"), date: crate::period::day(date) }),
        notes: notes(body, facts),
        annex: annex(body, facts).and_then(|shown| table(&shown, None)),
    }
}

#[expect(clippy::cast_precision_loss, reason = "hundredths of counts")]
fn value(hundredths: i64) -> f64 {
    hundredths as f64 / 100.0
}

/// A table as a document has it, with its number where it has one; none for a chart.
fn table(shown: &Shown, number: Option<&str>) -> Option<Table> {
    let Shown::Table { caption, heads, rows } = shown else { return None };
    let columns = heads.iter().map(|(title, weight, number)| Column { title: title.clone(), weight: *weight, number: *number });
    Some(Table {
        caption: number.map_or_else(|| caption.clone(), |number| format!("{number}　{caption}")),
        columns: columns.collect(),
        rows: rows.iter().map(|row| row.iter().map(|cell| cell.text.clone()).collect()).collect(),
    })
}

fn exhibit(shown: &Shown, number: &str) -> Piece {
    match shown {
        Shown::Table { .. } => Piece::Table(table(shown, Some(number)).unwrap_or_default()),
        Shown::Chart { caption, lines, labels, series } => {
            let points =
                |points: &Points| Series { name: points.name.clone(), values: points.values.iter().map(|(v, _)| v.map(value)).collect() };
            Piece::Chart(Chart {
                caption: format!("{number}　{caption}"),
                kind: if *lines { ChartKind::Lines } else { ChartKind::Bars },
                labels: labels.clone(),
                series: series.iter().map(points).collect(),
            })
        }
    }
}
