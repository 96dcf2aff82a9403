//! A row read by the names of its columns. Every cell that is wrong is noted, so that a person corrects them all at once.

use std::fmt;

use base::Date;
use serde::{Deserialize, Serialize};

use crate::cell::{Cell, DIGITS_LOST};
use crate::column::{Column, Kind, Mapping};
use crate::dates::{self, Moment, NotADate};
use crate::read::{Row, letters};
use crate::sheet::Sheet;

/// What is wrong with a cell. `Display` is English, [`Problem::zh`] Chinese.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Problem {
    /// Nothing stands where something must.
    Missing,
    /// No date.
    NotADate,
    /// A number such as 2019.1: January, or October whose zero was dropped.
    JanuaryOrOctober,
    /// No number.
    NotANumber,
    /// A number with a fraction where a whole one is wanted, or too large.
    NotWhole,
    /// A long number that the spreadsheet program has rounded.
    DigitsLost,
    /// Neither 是 nor 否.
    NotYesNo,
    /// A formula's error, as `#N/A`.
    Formula,
    /// More characters than there may be: found, limit.
    TooLong(usize, usize),
    /// What the import itself found, in both languages.
    Other {
        /// Chinese.
        zh: String,
        /// English.
        en: String,
    },
}

impl Problem {
    /// The same in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Problem::Missing => "不能为空".into(),
            Problem::NotADate => "不是日期，请写成 2026-11-21 或 2026-11-21 09:30".into(),
            Problem::JanuaryOrOctober => "看不出是 1 月还是 10 月，请写成 2019-01 或 2019-10".into(),
            Problem::NotANumber => "不是数字".into(),
            Problem::NotWhole => "应为整数".into(),
            Problem::DigitsLost => "号码被表格软件改成了科学计数，末几位已丢失，请把这一列设为文本后重新填写".into(),
            Problem::NotYesNo => "请填“是”或“否”".into(),
            Problem::Formula => "公式出错，请改成结果".into(),
            Problem::TooLong(found, limit) => format!("共 {found} 字，最多 {limit} 字"),
            Problem::Other { zh, .. } => zh.clone(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Missing => f.write_str("must not be empty"),
            Problem::NotADate => f.write_str("is no date; write 2026-11-21 or 2026-11-21 09:30"),
            Problem::JanuaryOrOctober => f.write_str("may be January or October; write 2019-01 or 2019-10"),
            Problem::NotANumber => f.write_str("is no number"),
            Problem::NotWhole => f.write_str("must be a whole number"),
            Problem::DigitsLost => {
                f.write_str("has lost its last digits to scientific notation; format the column as text and enter it again")
            }
            Problem::NotYesNo => f.write_str("must be 是 or 否"),
            Problem::Formula => f.write_str("holds a formula that fails; enter its result"),
            Problem::TooLong(found, limit) => write!(f, "has {found} characters; {limit} are allowed"),
            Problem::Other { en, .. } => f.write_str(en),
        }
    }
}

/// A cell that is wrong. Kept as JSON while an import runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellError {
    /// The row's number in the file, from 1.
    pub row: u32,
    /// The place of the column in the file; none where the error is the row's.
    pub column: Option<usize>,
    /// The column's header.
    pub header: String,
    /// The beginning of the cell as written.
    pub written: String,
    /// What is wrong.
    pub problem: Problem,
}

impl CellError {
    /// The whole sentence in Chinese.
    pub fn zh(&self) -> String {
        let at = self.column.map_or(String::new(), |column| format!(" {} 列", letters(column)));
        let header = if self.header.is_empty() { String::new() } else { format!("“{}”", self.header) };
        let written = if self.written.is_empty() { String::new() } else { format!("（现在是“{}”）", self.written) };
        format!("第 {} 行{at}{header}：{}{written}", self.row, self.problem.zh())
    }

    /// Without its place, for the column 错误说明 of the row itself.
    pub(crate) fn in_row(&self) -> String {
        if self.header.is_empty() { self.problem.zh() } else { format!("{}：{}", self.header, self.problem.zh()) }
    }
}

impl fmt::Display for CellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}", self.row)?;
        if let Some(column) = self.column {
            write!(f, ", column {}", letters(column))?;
        }
        if !self.header.is_empty() {
            write!(f, " “{}”", self.header)?;
        }
        write!(f, " {}", self.problem)?;
        if self.written.is_empty() { Ok(()) } else { write!(f, " (now “{}”)", self.written) }
    }
}

/// A row under the names of its columns.
pub struct Record<'a> {
    sheet: &'a Sheet,
    mapping: &'a Mapping,
    row: &'a Row,
    errors: Vec<CellError>,
}

impl<'a> Record<'a> {
    /// A row of a sheet.
    pub fn new(sheet: &'a Sheet, mapping: &'a Mapping, row: &'a Row) -> Record<'a> {
        Record { sheet, mapping, row, errors: Vec::new() }
    }

    /// The row's number in the file.
    pub fn number(&self) -> u32 {
        self.row.number
    }

    /// The cell of a column; empty where the table has no such column.
    pub fn cell(&self, key: &str) -> &'a Cell {
        self.mapping.place(key).map_or(Cell::EMPTY, |at| self.row.cell(at))
    }

    /// Words with their paragraphs, cleaned; none where the cell says nothing.
    pub fn text(&mut self, key: &str) -> Option<String> {
        let cell = self.filled(key)?;
        Some(base::text::clean(&cell.as_written())).filter(|text| !text.is_empty())
    }

    /// One line, cleaned.
    pub fn line(&mut self, key: &str) -> Option<String> {
        let cell = self.filled(key)?;
        Some(base::text::clean_line(&cell.as_written())).filter(|text| !text.is_empty())
    }

    /// A number that is a name, in half-width characters without white space; every digit must be there.
    pub fn code(&mut self, key: &str) -> Option<String> {
        let cell = self.filled(key)?;
        match cell {
            Cell::Number(number) if number.abs() >= DIGITS_LOST => self.note(key, Problem::DigitsLost),
            Cell::Text(text) => {
                let code: String = text
                    .chars()
                    .filter(|c| !base::text::is_blank(*c) && !base::text::is_invisible(*c))
                    .map(base::text::half_width)
                    .collect();
                let code = code.trim_start_matches('\'').to_owned();
                let scientific = code.to_ascii_uppercase().split_once("E+").is_some_and(|(mantissa, power)| {
                    mantissa.contains('.') && mantissa.parse::<f64>().is_ok() && power.parse::<u32>().is_ok()
                });
                if scientific { self.note(key, Problem::DigitsLost) } else { Some(code).filter(|c| !c.is_empty()) }
            }
            other => Some(other.as_written()),
        }
    }

    /// A number; full-width digits, separators of thousands, ¥, 元 and % are understood.
    pub fn decimal(&mut self, key: &str) -> Option<f64> {
        let cell = self.filled(key)?;
        match cell {
            Cell::Number(number) => Some(*number),
            Cell::Text(text) => match decimal_of(text) {
                Some(number) => Some(number),
                None => self.note(key, Problem::NotANumber),
            },
            _ => self.note(key, Problem::NotANumber),
        }
    }

    /// A whole number.
    pub fn integer(&mut self, key: &str) -> Option<i64> {
        let number = self.decimal(key)?;
        if number.fract() == 0.0 && number.abs() < DIGITS_LOST {
            #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
            return Some(number as i64);
        }
        self.note(key, Problem::NotWhole)
    }

    /// A day, with its time where one was written.
    pub fn moment(&mut self, key: &str) -> Option<Moment> {
        let cell = self.filled(key)?;
        let found = match cell {
            Cell::Date(at) => {
                let midnight = at.time() == jiff::civil::Time::midnight();
                Ok(Moment { at: *at, precision: if midnight { dates::Precision::Day } else { dates::Precision::Time } })
            }
            Cell::Number(number) => dates::of_number(*number),
            Cell::Text(text) => dates::of_text(text),
            _ => Err(NotADate::Unreadable),
        };
        match found {
            Ok(moment) => Some(moment),
            Err(NotADate::Unreadable) => self.note(key, Problem::NotADate),
            Err(NotADate::JanuaryOrOctober) => self.note(key, Problem::JanuaryOrOctober),
        }
    }

    /// A day.
    pub fn date(&mut self, key: &str) -> Option<Date> {
        self.moment(key).map(|moment| moment.at.date())
    }

    /// 是 or 否.
    pub fn yes_no(&mut self, key: &str) -> Option<bool> {
        let cell = self.cell(key);
        match cell {
            Cell::Bool(truth) => return Some(*truth),
            // Before 无 is taken for an empty cell: here it says no.
            Cell::Text(text) if base::text::clean_line(text) == "无" => return Some(false),
            _ => {}
        }
        let cell = self.filled(key)?;
        let folded = base::text::fold(&base::text::clean_line(&cell.as_written()));
        match folded.as_str() {
            "是" | "有" | "对" | "√" | "✓" | "✔" | "y" | "yes" | "true" | "1" => Some(true),
            "否" | "不是" | "没有" | "×" | "✗" | "✘" | "x" | "n" | "no" | "false" | "0" => Some(false),
            _ => self.note(key, Problem::NotYesNo),
        }
    }

    /// A value that must be there: notes that it is missing unless its cell was already found wrong.
    pub fn need<T>(&mut self, key: &str, value: Option<T>) -> Option<T> {
        let place = self.mapping.place(key);
        if value.is_none() && !self.errors.iter().any(|e| e.column == place && place.is_some()) {
            self.error(key, Problem::Missing);
        }
        value
    }

    /// Notes what the import itself found wrong; an empty key means the row as a whole.
    pub fn error(&mut self, key: &str, problem: Problem) {
        let column = self.mapping.place(key);
        let header = column.map_or(String::new(), |at| self.sheet.header(at));
        let written = base::text::excerpt(&self.cell(key).as_written(), 40);
        self.errors.push(CellError { row: self.row.number, column, header, written, problem });
    }

    /// Reads every column after its kind and notes what is wrong: the check of a preview.
    pub fn check(&mut self, columns: &[Column]) {
        for column in columns {
            let key = column.key;
            let there = match column.kind {
                Kind::Line => self.line(key).is_some(),
                Kind::Text => self.text(key).is_some(),
                Kind::Code => self.code(key).is_some(),
                Kind::Integer => self.integer(key).is_some(),
                Kind::Decimal => self.decimal(key).is_some(),
                Kind::Date | Kind::Moment => self.moment(key).is_some(),
                Kind::YesNo => self.yes_no(key).is_some(),
            };
            if column.required {
                self.need(key, there.then_some(()));
            }
        }
    }

    /// What was noted.
    pub fn errors(&self) -> &[CellError] {
        &self.errors
    }

    /// Ends the reading of the row.
    pub fn into_errors(self) -> Vec<CellError> {
        self.errors
    }

    fn filled(&mut self, key: &str) -> Option<&'a Cell> {
        let cell = self.cell(key);
        if matches!(cell, Cell::Error(_)) {
            return self.note(key, Problem::Formula);
        }
        (!cell.is_blank()).then_some(cell)
    }

    fn note<T>(&mut self, key: &str, problem: Problem) -> Option<T> {
        self.error(key, problem);
        None
    }
}

fn decimal_of(text: &str) -> Option<f64> {
    let half: String =
        text.chars().filter(|c| !base::text::is_blank(*c) && !base::text::is_invisible(*c)).map(base::text::half_width).collect();
    let bare = half.trim_start_matches(['\'', '¥', '￥']).trim_end_matches('元');
    let (bare, scale) = bare.strip_suffix('%').map_or((bare, 1.0), |rest| (rest, 0.01));
    let digits = bare.replace(',', "");
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'))
        && digits.bytes().any(|b| b.is_ascii_digit());
    digits.parse::<f64>().ok().filter(|n| plain && n.is_finite()).map(|n| n * scale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::map_headers;
    use crate::dates::Precision;

    const COLUMNS: &[Column] = &[
        Column { key: "code", header: "号码", also: &[], required: true, kind: Kind::Code },
        Column { key: "n", header: "数量", also: &[], required: false, kind: Kind::Integer },
        Column { key: "d", header: "日期", also: &[], required: false, kind: Kind::Date },
        Column { key: "y", header: "是否", also: &[], required: false, kind: Kind::YesNo },
        Column { key: "t", header: "内容", also: &[], required: true, kind: Kind::Text },
    ];

    fn sheet(cells: Vec<Cell>) -> Sheet {
        let headers = COLUMNS.iter().map(|c| c.header.to_owned()).collect();
        Sheet { headers, rows: vec![Row { number: 7, cells }], ..Sheet::default() }
    }

    fn with<T>(cells: Vec<Cell>, read: impl Fn(&mut Record<'_>) -> T) -> (T, Vec<String>) {
        let sheet = sheet(cells);
        let mapping = map_headers(&sheet, COLUMNS);
        let mut record = Record::new(&sheet, &mapping, &sheet.rows[0]);
        let value = read(&mut record);
        (value, record.into_errors().iter().map(CellError::to_string).collect())
    }

    #[test]
    fn codes_keep_every_digit() {
        let code = |cell: Cell| with(vec![cell], |r| r.code("code"));
        assert_eq!(code(Cell::Number(160_212.0)).0.as_deref(), Some("160212"));
        assert_eq!(code(Cell::text("'１１０１0519491231002x ")).0.as_deref(), Some("11010519491231002x"));
        assert_eq!(code(Cell::text("—")).0, None);
        for lost in [Cell::Number(1.101_05e17), Cell::text("1.10105E+17")] {
            let (found, errors) = code(lost);
            assert_eq!((found, errors), (None, vec![
                "row 7, column A “号码” has lost its last digits to scientific notation; format the column as text and enter it again (now “1.10105E+17”)".to_owned()
            ]));
        }
    }

    #[test]
    fn numbers_and_dates_and_yes() {
        let cells = |n: Cell, d: Cell, y: Cell| vec![Cell::Empty, n, d, y];
        for (cell, number) in
            [(Cell::text("１，２３４"), Some(1234)), (Cell::text("¥5元"), Some(5)), (Cell::Number(3.0), Some(3)), (Cell::text("无"), None)]
        {
            assert_eq!(with(cells(cell, Cell::Empty, Cell::Empty), |r| r.integer("n")), (number, vec![]));
        }
        assert_eq!(
            with(cells(Cell::Number(2.5), Cell::Empty, Cell::Empty), |r| r.integer("n")).1,
            ["row 7, column B “数量” must be a whole number (now “2.5”)"]
        );
        assert_eq!(
            with(cells(Cell::text("许多"), Cell::Empty, Cell::Empty), |r| r.decimal("n")).1,
            ["row 7, column B “数量” is no number (now “许多”)"]
        );
        let at = jiff::civil::date(2019, 4, 25).at(9, 32, 9, 0);
        assert_eq!(
            with(cells(Cell::Empty, Cell::Date(at), Cell::Empty), |r| r.moment("d")).0,
            Some(Moment { at, precision: Precision::Time })
        );
        assert_eq!(with(cells(Cell::Empty, Cell::Number(2019.1), Cell::Empty), |r| r.date("d")).1.len(), 1);
        for (cell, answer) in
            [(Cell::text("是 "), Some(true)), (Cell::text("无"), Some(false)), (Cell::Bool(true), Some(true)), (Cell::Empty, None)]
        {
            assert_eq!(with(cells(Cell::Empty, Cell::Empty, cell), |r| r.yes_no("y")), (answer, vec![]));
        }
    }

    #[test]
    fn a_check_finds_all_at_once_and_each_once() {
        let cells = vec![Cell::Number(1e17), Cell::text("x"), Cell::text("昨天"), Cell::text("也许"), Cell::Error("#N/A".into())];
        let ((), errors) = with(cells, |r| r.check(COLUMNS));
        assert_eq!(errors.len(), 5, "{errors:?}");
        let ((), errors) = with(vec![], |r| r.check(COLUMNS));
        assert_eq!(errors, ["row 7, column A “号码” must not be empty", "row 7, column E “内容” must not be empty"]);
        let error = CellError { row: 3, column: Some(2), header: "日期".into(), written: "昨天".into(), problem: Problem::NotADate };
        assert_eq!(error.zh(), "第 3 行 C 列“日期”：不是日期，请写成 2026-11-21 或 2026-11-21 09:30（现在是“昨天”）");
        let json = serde_json::to_string(&error).unwrap();
        assert_eq!(serde_json::from_str::<CellError>(&json).unwrap(), error);
    }
}
