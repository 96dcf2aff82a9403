//! What verifying found, in words: Chinese for those who run it, English beside it. The same facts stand in both.

use std::fmt;

use crate::digest::hex;

/// Which part of the record a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The order and its digests.
    Log,
    /// Events that are in no place, or in two.
    Queue,
    /// Events that the sequencer set aside.
    Quarantine,
    /// Facts that cannot be read, or a module's tables.
    State,
    /// A reader's tables.
    Reader,
}

impl Part {
    fn said(self) -> (&'static str, &'static str) {
        match self {
            Part::Log => ("log", "总账"),
            Part::Queue => ("queue", "等待编号的记录"),
            Part::Quarantine => ("set aside", "没有编号的记录"),
            Part::State => ("state", "数据表"),
            Part::Reader => ("reader", "由记录算出的表"),
        }
    }
}

/// The same in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) en: String,
    pub(crate) zh: String,
}

/// [`Said`], with what stands in braces filled in, in both languages.
macro_rules! said {
    ($en:literal, $zh:literal) => {
        $crate::verify::report::Said { en: format!($en), zh: format!($zh) }
    };
}
pub(crate) use said;

/// Something that does not agree, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub part: Part,
    /// The position in the log, where there is one.
    pub pos: Option<i64>,
    /// What.
    pub words: String,
    /// What, in Chinese.
    pub words_zh: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = self.part.said().0;
        match self.pos {
            Some(pos) => write!(f, "{part}, position {pos}: {}", self.words),
            None => write!(f, "{part}: {}", self.words),
        }
    }
}

impl Finding {
    /// The line in Chinese.
    pub fn zh(&self) -> String {
        let part = self.part.said().1;
        match self.pos {
            Some(pos) => format!("{part}第 {pos} 条：{}", self.words_zh),
            None => format!("{part}：{}", self.words_zh),
        }
    }
}

/// What verifying found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Events with a position.
    pub size: i64,
    /// Events that wait for one.
    pub pending: i64,
    /// The root of the tree that was recomputed, over all events with a position.
    pub head: [u8; 32],
    /// What does not agree, at most [`MOST`] of each part, in the order in which it was found.
    pub findings: Vec<Finding>,
    /// How many more there were.
    pub more: usize,
}

/// Findings of one part that are kept; the rest are counted.
pub const MOST: usize = 50;

impl Report {
    /// Whether everything agrees.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.more == 0
    }

    /// The first position of the log at which something does not agree.
    pub fn first_bad(&self) -> Option<i64> {
        self.findings.iter().filter_map(|finding| finding.pos).min()
    }

    pub(super) fn add(&mut self, part: Part, pos: Option<i64>, said: Said) {
        if self.findings.iter().filter(|finding| finding.part == part).count() < MOST {
            self.findings.push(Finding { part, pos, words: said.en, words_zh: said.zh });
        } else {
            self.more += 1;
        }
    }

    /// The whole of it in Chinese; [`fmt::Display`] has it in English.
    pub fn zh(&self) -> String {
        let mut lines = vec![format!("总账 {} 条，等待编号 {} 条，指纹 {}", self.size, self.pending, hex(&self.head))];
        lines.extend(self.findings.iter().map(Finding::zh));
        lines.extend(self.first_bad().map(|pos| format!("最早对不上的是总账第 {pos} 条")));
        lines.push(match (self.is_clean(), self.more) {
            (true, _) => "全部一致".to_owned(),
            (false, 0) => format!("共 {} 处对不上", self.findings.len()),
            (false, more) => format!("列出 {} 处对不上，同类的还有 {more} 处", self.findings.len()),
        });
        lines.join("\n")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} events in the log, {} waiting, root {}", self.size, self.pending, hex(&self.head))?;
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        if let Some(pos) = self.first_bad() {
            writeln!(f, "the first position of the log that does not agree is {pos}")?;
        }
        match (self.is_clean(), self.more) {
            (true, _) => f.write_str("everything agrees"),
            (false, 0) => write!(f, "{} findings", self.findings.len()),
            (false, more) => write!(f, "{} findings, and {more} more like them", self.findings.len()),
        }
    }
}

/// What of two long lines is told: from a little before they part, and no more than a screen can hold.
const SHOWN: usize = 80;

/// A line of a reader beside what it should be, each cut to where the two part.
pub(super) fn beside(live: Option<&String>, rebuilt: Option<&String>) -> (Option<String>, Option<String>) {
    let same = match (live, rebuilt) {
        (Some(a), Some(b)) => a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count(),
        _ => 0,
    };
    // A line says first what it is about: that is told before the place where the two part.
    let cut = |line: &String| {
        let all: Vec<char> = line.chars().collect();
        if all.len() <= 2 * SHOWN {
            return line.clone();
        }
        let part = |from: usize, to: usize| all.get(from..to.min(all.len())).unwrap_or_default().iter().collect::<String>();
        let from = same.saturating_sub(SHOWN / 4);
        let end = if from + SHOWN < all.len() { "…" } else { "" };
        if from <= SHOWN {
            format!("{}{end}", part(0, from + SHOWN))
        } else {
            format!("{}…{}{end}", part(0, SHOWN), part(from, from + SHOWN))
        }
    };
    (live.map(cut), rebuilt.map(cut))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::Difference;

    #[test]
    fn a_report_names_the_first_bad_position_in_both_languages() {
        let mut report = Report { size: 9, ..Report::default() };
        assert!(report.zh().ends_with("全部一致") && report.to_string().ends_with("everything agrees"));
        let n = 7;
        report.add(Part::Log, Some(n), said!("event {n} is gone", "记录 {n} 不见了"));
        report.add(Part::Log, Some(4), said!("event {n} is gone", "记录 {n} 不见了"));
        report.add(Part::State, None, Difference::column("concern", "26", "kind", "01", None::<i64>).said());
        let (en, zh) = (report.to_string(), report.zh());
        assert!(en.contains("log, position 7: event 7 is gone\n") && en.contains("that does not agree is 4\n3 findings"), "{en}");
        assert!(en.contains("table concern, row 26, column kind: by the record 01, in the table nothing"), "{en}");
        assert!(zh.contains("总账第 7 条：记录 7 不见了\n") && zh.contains("最早对不上的是总账第 4 条\n共 3 处对不上"), "{zh}");
        assert!(zh.contains("数据表：表 concern，行 26，列 kind：按记录应是 01，表里是空"), "{zh}");
        for _ in 0..MOST {
            report.add(Part::Log, None, said!("again", "又"));
        }
        assert!(report.to_string().contains("and 2 more like them") && report.zh().contains("还有 2 处"));
    }

    #[test]
    fn long_lines_are_cut_where_they_part() {
        let line = |at: usize, letter: char| -> String {
            let mut all: Vec<char> = format!("month 01a0 {}", "0".repeat(2000)).chars().collect();
            all[at] = letter;
            all.into_iter().collect()
        };
        let (live, rebuilt) = beside(Some(&line(1000, 'a')), Some(&line(1000, 'b')));
        let (live, rebuilt) = (live.unwrap(), rebuilt.unwrap());
        assert!(live.starts_with("month 01a0 ") && live.contains('a') && rebuilt.contains('b'), "{live} {rebuilt}");
        assert!(live.chars().count() < 2 * SHOWN + 3 && live.ends_with('…'));
        // Near the beginning nothing is left out between.
        let (live, _) = beside(Some(&line(30, 'a')), Some(&line(30, 'b')));
        assert_eq!(live.unwrap().matches('…').count(), 1);
        let short = "audit 1".to_owned();
        assert_eq!(beside(Some(&short), None), (Some(short.clone()), None));
    }
}
