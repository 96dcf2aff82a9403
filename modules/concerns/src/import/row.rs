//! A row of the file, read and checked, before anything is written.

use std::collections::HashMap;

use base::Time;
use base::text::count_chars;
use sheets::{CellError, Mapping, Problem, Record, Row, Sheet};

use super::COLUMNS;
use crate::bring_in::LONGEST_IMPORTED as LONGEST;
use crate::catalogue::Kind;

/// Characters of a title.
const TITLE: usize = 60;

/// Rows that a preview checks; the rest shows itself when they are brought in.
const CHECKED: usize = 5_000;

/// What a row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// The row of the file.
    pub(super) row: u32,
    /// Its number in its source.
    pub(super) no: String,
    /// The title.
    pub(super) title: String,
    /// When it was said.
    pub(super) at: Time,
    /// What was said.
    pub(super) words: String,
    /// The answer and its time.
    pub(super) answer: Option<(String, Time)>,
    /// Names of its kind, the widest first.
    pub(super) kinds: Vec<String>,
    /// What only staff read: its number there and who wrote it.
    pub(super) note: String,
}

/// Reads a row. `now` is the present: nothing is said in the future.
pub(super) fn read(sheet: &Sheet, mapping: &Mapping, row: &Row, now: Time) -> Result<Said, Vec<CellError>> {
    let mut record = Record::new(sheet, mapping, row);
    let no = record.code("no");
    let no = record.need("no", no);
    let at = record.moment("at");
    let at = record.need("at", at).map(|moment| Time::from_civil(moment.at));
    let words = record.text("words");
    let words = record.need("words", words);
    let title = record.line("title");
    let answer = record.text("answer");
    let answered = record.moment("answered").map(|moment| Time::from_civil(moment.at));
    let user = record.line("user");
    let kinds: Vec<String> = ["kind1", "kind2", "kind3"].into_iter().filter_map(|key| record.line(key)).collect();
    for (key, text) in [("words", &words), ("answer", &answer)] {
        let found = text.as_deref().map_or(0, count_chars);
        if found > LONGEST {
            record.error(key, Problem::TooLong(found, LONGEST));
        }
    }
    for (key, time) in [("at", at), ("answered", answered)] {
        if time.is_some_and(|time| time > now) {
            record.error(key, Problem::Other { zh: "时间在今天以后".into(), en: "lies in the future".into() });
        }
    }
    if no.as_deref().is_some_and(|no| no.chars().count() > 100) {
        record.error("no", Problem::TooLong(no.as_deref().map_or(0, |no| no.chars().count()), 100));
    }
    let answer = match (answer, answered) {
        (Some(text), Some(at)) => Some((text, at)),
        (Some(_), None) => {
            // A cell that is no date has said so already.
            record.need("answered", None::<Time>);
            None
        }
        (None, _) => None,
    };
    match (no, at, words, record.errors().is_empty()) {
        (Some(no), Some(at), Some(words), true) => {
            let title = base::text::excerpt(title.as_deref().unwrap_or(&words), TITLE);
            let note = user.map_or_else(|| format!("原编号：{no}"), |user| format!("原编号：{no}\n留言用户：{user}"));
            Ok(Said { row: row.number, no, title, at, words, answer, kinds, note })
        }
        _ => Err(record.into_errors()),
    }
}

/// Finds kinds by their names.
pub(super) struct KindIndex {
    by_parent: HashMap<(Option<String>, String), String>,
    /// A name that several kinds bear leads nowhere.
    by_name: HashMap<String, Option<String>>,
}

impl KindIndex {
    pub(super) fn of(kinds: &[Kind]) -> KindIndex {
        let mut index = KindIndex { by_parent: HashMap::new(), by_name: HashMap::new() };
        for kind in kinds {
            let name = base::text::fold(&kind.name);
            index.by_parent.insert((kind.parent.clone(), name.clone()), kind.code.clone());
            index.by_name.entry(name).and_modify(|code| *code = None).or_insert_with(|| Some(kind.code.clone()));
        }
        index
    }

    /// The deepest kind that the names lead to; none where not even the first is known.
    pub(super) fn find(&self, names: &[String]) -> Option<String> {
        let mut found: Option<String> = None;
        for name in names {
            let name = base::text::fold(name);
            let below = self.by_parent.get(&(found.clone(), name.clone())).cloned();
            let next = below.or_else(|| if found.is_none() { self.by_name.get(&name).cloned().flatten() } else { None });
            match next {
                Some(code) => found = Some(code),
                None => break,
            }
        }
        found
    }
}

/// What a preview shows: the first rows as they would be read, and what is wrong.
pub struct Preview {
    /// The first rows: the cells of each column of [`COLUMNS`], cut short.
    pub rows: Vec<(u32, Vec<String>)>,
    /// Rows checked.
    pub checked: usize,
    /// How many of them are wrong.
    pub wrong: usize,
    /// The first errors.
    pub errors: Vec<CellError>,
    /// How many of the rows checked have no answer, and would be open.
    pub open: usize,
}

/// Looks at the first rows of a sheet under a mapping; nothing is written.
pub fn preview(sheet: &Sheet, mapping: &Mapping, now: Time, shown: usize) -> Preview {
    let mut out = Preview { rows: Vec::new(), checked: 0, wrong: 0, errors: Vec::new(), open: 0 };
    for (i, row) in sheet.rows.iter().take(CHECKED).enumerate() {
        if i < shown {
            let record = Record::new(sheet, mapping, row);
            let cell = |key: &str| base::text::excerpt(&record.cell(key).as_written(), 60);
            out.rows.push((row.number, COLUMNS.iter().map(|column| cell(column.key)).collect()));
        }
        out.checked += 1;
        match read(sheet, mapping, row, now) {
            Ok(said) => out.open += usize::from(said.answer.is_none()),
            Err(errors) => {
                out.wrong += 1;
                if out.errors.len() < 20 {
                    out.errors.extend(errors);
                }
            }
        }
    }
    out
}
