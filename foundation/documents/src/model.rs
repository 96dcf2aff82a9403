//! What a document says, without how it looks.

/// A document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// Its title; set in the middle, over as many lines as it needs.
    pub title: String,
    /// A line under the title: the unit and the date, in brackets as a rule.
    pub subtitle: String,
    /// Who issues it, for the properties of the file.
    pub author: String,
    /// The day it is of, as `2026-11-22`, for the properties of the file: it is given, never asked for.
    pub date: String,
    /// What it says.
    pub blocks: Vec<Block>,
    /// Who signs it and when, at the end on the right.
    pub signature: Option<Signature>,
    /// Remarks after the signature: where figures come from, what was changed by hand.
    pub notes: Vec<String>,
    /// A table on pages of its own behind all this (附件), named under the text; its caption is its title.
    pub annex: Option<Table>,
}

/// The end of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// The unit.
    pub unit: String,
    /// The day in words: 2026年11月22日.
    pub date: String,
}

/// A piece of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A heading: 1 is 一、 in 黑体, 2 is （一） in 楷体, 3 is 1. in 仿宋. The number is part of the text.
    Heading(u8, String),
    /// A paragraph of the text.
    Paragraph(String),
    /// A table.
    Table(Table),
    /// A chart.
    Chart(Chart),
}

/// A table. Its head stands again on every page that it reaches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each with a cell for each column.
    pub rows: Vec<Vec<String>>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub title: String,
    /// Its share of the width, against that of the others.
    pub weight: u16,
    /// It holds numbers, which stand at the right.
    pub number: bool,
}

impl Column {
    /// A column of words.
    pub fn new(title: impl Into<String>, weight: u16) -> Column {
        Column { title: title.into(), weight, number: false }
    }

    /// A column of numbers.
    pub fn number(title: impl Into<String>, weight: u16) -> Column {
        Column { title: title.into(), weight, number: true }
    }
}

/// How a chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChartKind {
    /// Upright bars from zero.
    Bars,
    /// Lines from month to month.
    Lines,
}

/// A chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// What it shows, with its unit.
    pub caption: String,
    /// How.
    pub kind: ChartKind,
    /// What stands under each point.
    pub labels: Vec<String>,
    /// At most two of them: more cannot be told apart in print.
    pub series: Vec<Series>,
}

/// A row of values.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What it is called.
    pub name: String,
    /// A value for each label; none where there is none.
    pub values: Vec<Option<f64>>,
}

impl Document {
    /// The title over as many lines as it needs, none of them much shorter than the others: a break stands where it was written,
    /// else as near to the middle as a word allows.
    pub(crate) fn title_lines(&self) -> String {
        const FIT: usize = 19;
        let mut out = Vec::new();
        for line in self.title.split('\n') {
            let chars: Vec<char> = line.chars().collect();
            if chars.len() <= FIT {
                out.push(line.to_owned());
                continue;
            }
            let middle = chars.len().div_ceil(2);
            let breaks =
                |at: &usize| crate::pdf::lines::may_break(at.checked_sub(1).and_then(|n| chars.get(n)).copied(), chars.get(*at).copied());
            let at = (1..chars.len()).filter(breaks).min_by_key(|at| at.abs_diff(middle)).unwrap_or(middle);
            out.push(chars.iter().take(at).collect());
            out.push(chars.iter().skip(at).collect());
        }
        out.join("\n")
    }

    /// The characters of the title and the running text, without spaces, tables and remarks: what a limit of length counts.
    pub fn characters(&self) -> usize {
        let texts = self.blocks.iter().filter_map(|block| match block {
            Block::Heading(_, text) | Block::Paragraph(text) => Some(text),
            Block::Table(_) | Block::Chart(_) => None,
        });
        texts.chain([&self.title]).map(|text| text.chars().filter(|c| !c.is_whitespace()).count()).sum()
    }
}

impl Chart {
    /// Where the scale begins. Bars begin at nothing; lines of rates that all lie high up would fall together there, so that
    /// their scale begins at the round number under them, which stands beside it.
    pub(crate) fn floor(&self) -> f64 {
        let least = self.series.iter().flat_map(|s| &s.values).flatten().copied().fold(f64::INFINITY, f64::min);
        match self.kind {
            ChartKind::Lines if (self.top() - 100.0).abs() < 0.01 => {
                [80.0, 60.0, 40.0, 20.0].into_iter().find(|floor| least.is_finite() && least >= floor + 2.0).unwrap_or(0.0)
            }
            _ => 0.0,
        }
    }

    /// The chart in words, for who cannot see it.
    pub(crate) fn words(&self) -> String {
        let mut out = self.caption.clone();
        for series in &self.series {
            let values = self.labels.iter().zip(&series.values).filter_map(|(label, value)| value.map(|v| format!("{label} {}", plain(v))));
            out.push_str(&format!("；{}：{}", series.name, values.collect::<Vec<_>>().join("，")));
        }
        out
    }

    /// The top of the scale: a round number that nothing exceeds.
    pub(crate) fn top(&self) -> f64 {
        let most = self.series.iter().flat_map(|s| &s.values).flatten().copied().fold(0.0, f64::max);
        if most <= 0.0 {
            return 1.0;
        }
        let unit = 10_f64.powf(most.log10().floor());
        [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|n| n * unit).find(|top| *top >= most).unwrap_or(most)
    }
}

/// A number as people write it: no fraction where there is none, one digit of it otherwise.
pub(crate) fn plain(value: f64) -> String {
    if (value - value.round()).abs() < 0.05 { format!("{value:.0}") } else { format!("{value:.1}") }
}
