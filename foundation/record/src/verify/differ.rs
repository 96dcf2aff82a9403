//! What a table holds otherwise than the events say: which row, which column, what is wanted there and what is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use base::{Id, PersonId, Time, UnitId};

use super::report::Said;
use crate::event::EventId;
use crate::sequence::exact;

/// What stands in a column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// Nothing.
    Nothing,
    /// Something, of which the record does not say what.
    Filled,
    /// An instant.
    Time(Time),
    /// A number, an id, a code: as it stands there.
    Plain(String),
    /// The digest of what stands there: events hold no texts.
    Digest(String),
    /// Several, one after the other.
    Each(Vec<Cell>),
}

impl Cell {
    /// A digest; nothing where there is none.
    pub fn digest(digest: impl Into<String>) -> Cell {
        let digest = digest.into();
        if digest.is_empty() { Cell::Nothing } else { Cell::Digest(digest) }
    }

    fn said(&self) -> Said {
        let same = |text: String| Said { en: text.clone(), zh: text };
        match self {
            Cell::Nothing => Said { en: "nothing".into(), zh: "空".into() },
            Cell::Filled => Said { en: "something".into(), zh: "有内容".into() },
            Cell::Time(at) => same(exact(*at)),
            Cell::Plain(text) if text.is_empty() => Said { en: "an empty text".into(), zh: "空白".into() },
            Cell::Plain(text) => same(text.clone()),
            Cell::Digest(digest) => Said { en: format!("digest {digest}"), zh: format!("指纹 {digest}") },
            Cell::Each(cells) if cells.is_empty() => Cell::Nothing.said(),
            Cell::Each(cells) => {
                let said: Vec<Said> = cells.iter().map(Cell::said).collect();
                let join = |of: fn(&Said) -> &str, by: &str| said.iter().map(of).collect::<Vec<_>>().join(by);
                Said { en: join(|said| &said.en, ", "), zh: join(|said| &said.zh, "、") }
            }
        }
    }
}

macro_rules! plain {
    ($($type:ty),+) => {$(
        impl From<$type> for Cell {
            fn from(value: $type) -> Cell {
                Cell::Plain(value.to_string())
            }
        }
    )+};
}

plain!(i16, i64, usize, &str, &String, Id, UnitId, PersonId, EventId);

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Plain(text)
    }
}

/// As tables have it.
impl From<bool> for Cell {
    fn from(value: bool) -> Cell {
        i64::from(value).into()
    }
}

impl From<Time> for Cell {
    fn from(at: Time) -> Cell {
        Cell::Time(at)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Cell {
        value.map_or(Cell::Nothing, Into::into)
    }
}

impl<T: Into<Cell>> From<Vec<T>> for Cell {
    fn from(values: Vec<T>) -> Cell {
        Cell::Each(values.into_iter().map(Into::into).collect())
    }
}

/// The columns of a row: `cells![unit, state.code(), due]`.
#[macro_export]
macro_rules! cells {
    ($($value:expr),* $(,)?) => { ::std::vec![$($crate::Cell::from($value)),*] };
}

/// In what a row is not what the events say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// The events tell of the row, the table does not have it.
    Gone,
    /// The table has the row, no event tells of it.
    Unknown,
    /// A column holds something else.
    Column {
        /// The column, or several of which one digest is made, as `title+note`.
        column: &'static str,
        /// What the events say.
        expected: Cell,
        /// What the table says.
        found: Cell,
    },
    /// The table has more or fewer rows.
    Count {
        /// By the events.
        expected: i64,
        /// In the table.
        found: i64,
    },
    /// The row cannot be read. In English and in Chinese.
    Unread(String, String),
    /// It differs where no column can be named.
    Somehow,
}

/// Where a table is not what the events say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: &'static str,
    /// The row, by its id or number; empty for the table as a whole.
    pub row: String,
    /// In what.
    pub how: How,
}

impl Difference {
    /// A column that holds something else.
    pub fn column(
        table: &'static str,
        row: impl ToString,
        column: &'static str,
        expected: impl Into<Cell>,
        found: impl Into<Cell>,
    ) -> Difference {
        Difference { table, row: row.to_string(), how: How::Column { column, expected: expected.into(), found: found.into() } }
    }

    /// Of a row, or of the table as a whole.
    pub fn of(table: &'static str, row: impl ToString, how: How) -> Difference {
        Difference { table, row: row.to_string(), how }
    }

    /// In Chinese; [`fmt::Display`] has it in English.
    pub fn zh(&self) -> String {
        self.said().zh
    }

    pub(super) fn said(&self) -> Said {
        let Difference { table, row, how } = self;
        let (mut en, mut zh) = (format!("table {table}"), format!("表 {table}"));
        if !row.is_empty() {
            en.push_str(&format!(", row {row}"));
            zh.push_str(&format!("，行 {row}"));
        }
        let (how_en, how_zh): (String, String) = match how {
            How::Gone => (": the record tells of it, the table does not have it".into(), "：按记录应有，表里没有".into()),
            How::Unknown => (": the table has it, the record does not tell of it".into(), "：表里有，记录里没有".into()),
            How::Column { column, expected, found } => {
                let (expected, found) = (expected.said(), found.said());
                (
                    format!(", column {column}: by the record {}, in the table {}", expected.en, found.en),
                    format!("，列 {column}：按记录应是{}，表里是{}", spaced(&expected.zh), spaced(&found.zh)),
                )
            }
            How::Count { expected, found } => {
                (format!(": {expected} rows by the record, {found} in the table"), format!("：按记录应有 {expected} 行，表里有 {found} 行"))
            }
            How::Unread(en, zh) => (format!(": {en}"), format!("：{zh}")),
            How::Somehow => (": it is not what the record says".into(), "：和记录不一致".into()),
        };
        Said { en: en + &how_en, zh: zh + &how_zh }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said().en)
    }
}

/// With a space before letters and digits, as they stand beside Chinese.
fn spaced(words: &str) -> String {
    if words.starts_with(|c: char| c.is_ascii_alphanumeric()) { format!(" {words}") } else { words.to_owned() }
}

/// Compares the rows that the events make with those of a table, and names each column that differs. `row` names a row by
/// its key, `cells` gives its columns in the order of `columns`.
pub fn differ<K: Ord, T: PartialEq>(
    table: &'static str,
    columns: &[&'static str],
    row: impl Fn(&K) -> String,
    cells: impl Fn(&T) -> Vec<Cell>,
    expected: &BTreeMap<K, T>,
    found: &BTreeMap<K, T>,
    out: &mut Vec<Difference>,
) {
    if expected == found {
        return;
    }
    for key in expected.keys().chain(found.keys()).collect::<BTreeSet<_>>() {
        match (expected.get(key), found.get(key)) {
            (Some(wanted), Some(is)) if wanted == is => {}
            (Some(wanted), Some(is)) => {
                let before = out.len();
                for (column, (wanted, is)) in columns.iter().zip(cells(wanted).into_iter().zip(cells(is))) {
                    if wanted != is {
                        out.push(Difference::column(table, row(key), column, wanted, is));
                    }
                }
                if out.len() == before {
                    out.push(Difference::of(table, row(key), How::Somehow));
                }
            }
            (wanted, _) => out.push(Difference::of(table, row(key), if wanted.is_some() { How::Gone } else { How::Unknown })),
        }
    }
}

/// Rows by their keys, each as its columns.
pub type Rows = BTreeMap<String, Vec<Cell>>;

/// [`differ`] for rows that are read as their columns.
pub fn same(
    table: &'static str,
    columns: &[&'static str],
    expected: &Rows,
    found: impl IntoIterator<Item = (String, Vec<Cell>)>,
    out: &mut Vec<Difference>,
) {
    differ(table, columns, String::clone, Vec::clone, expected, &found.into_iter().collect(), out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_named_by_row_and_column_in_both_languages() {
        let row = |state: &str, due: Option<Time>| cells![state, due, Cell::digest("ab")];
        let expected = BTreeMap::from([(1_i64, row("open", Some(Time(0)))), (2, row("open", None)), (4, row("", None))]);
        let found = BTreeMap::from([(1, row("closed", None)), (3, row("open", None)), (4, row("", None))]);
        let mut out = Vec::new();
        differ("task", &["state", "due_at", "text"], i64::to_string, Vec::clone, &expected, &found, &mut out);
        let zh: Vec<String> = out.iter().map(|one| one.said().zh).collect();
        assert_eq!(
            zh,
            [
                "表 task，行 1，列 state：按记录应是 open，表里是 closed",
                "表 task，行 1，列 due_at：按记录应是 1970-01-01 08:00:00.000000，表里是空",
                "表 task，行 2：按记录应有，表里没有",
                "表 task，行 3：表里有，记录里没有",
            ]
        );
        assert_eq!(out[2].to_string(), "table task, row 2: the record tells of it, the table does not have it");
        let none: Vec<&str> = Vec::new();
        let whole = Difference::column("concern", "26", "bars", none, vec!["a", "b"]);
        assert_eq!(whole.said().zh, "表 concern，行 26，列 bars：按记录应是空，表里是 a、b");
        let digest = Difference::column("concern", "26", "title", Cell::digest("ab"), "");
        assert_eq!(digest.said().zh, "表 concern，行 26，列 title：按记录应是指纹 ab，表里是空白");
        assert_eq!(digest.to_string(), "table concern, row 26, column title: by the record digest ab, in the table an empty text");
    }
}
