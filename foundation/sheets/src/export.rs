//! Tables out: .xlsx in constant memory, or CSV that spreadsheet programs open as UTF-8. Rows go to a
//! temporary file as they come, so that a hundred thousand need no more memory than ten.

use std::borrow::Cow;
use std::fmt;
use std::io::{BufWriter, Read, Seek, Write};

use base::{Date, Time};
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Workbook, XlsxError};

/// Rows that a sheet can hold, header and title included.
const SHEET_ROWS: u32 = 1_048_576;

/// Characters that a cell of a workbook can hold.
const CELL: usize = 32_767;

/// Which kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A workbook.
    Xlsx,
    /// Text, with a byte order mark so that spreadsheet programs see the encoding.
    Csv,
}

impl FileKind {
    /// What the file's name ends with.
    pub fn extension(self) -> &'static str {
        match self {
            FileKind::Xlsx => "xlsx",
            FileKind::Csv => "csv",
        }
    }

    /// The media type to send it as.
    pub fn media_type(self) -> &'static str {
        match self {
            FileKind::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            FileKind::Csv => "text/csv; charset=utf-8",
        }
    }
}

/// A column of a table that goes out.
#[derive(Debug, Clone)]
pub struct Head {
    /// The header: the same that an import takes.
    pub header: String,
    /// Its width in Latin characters; a Han character takes two.
    pub width: u16,
}

impl Head {
    /// A header and its width.
    pub fn new(header: impl Into<String>, width: u16) -> Head {
        Head { header: header.into(), width }
    }
}

/// What goes into a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Nothing.
    Empty,
    /// Text; never taken for a formula.
    Text(Cow<'a, str>),
    /// A whole number.
    Int(i64),
    /// A number.
    Decimal(f64),
    /// A day.
    Date(Date),
    /// A day and its time, in +08:00, to the second.
    Time(Time),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Value<'a> {
        if text.is_empty() { Value::Empty } else { Value::Text(Cow::Borrowed(text)) }
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        if text.is_empty() { Value::Empty } else { Value::Text(Cow::Owned(text)) }
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Value::Int(number)
    }
}

impl From<Date> for Value<'_> {
    fn from(date: Date) -> Self {
        Value::Date(date)
    }
}

impl From<Time> for Value<'_> {
    fn from(at: Time) -> Self {
        Value::Time(at)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Empty, Into::into)
    }
}

/// Why a table cannot be written. `Display` is English, [`WriteError::zh`] Chinese.
#[derive(Debug)]
pub enum WriteError {
    /// More rows than a sheet can hold.
    TooManyRows,
    /// The temporary file or the reader's connection failed.
    Io(std::io::Error),
    /// The workbook could not be made.
    Workbook(String),
}

impl WriteError {
    /// The same in Chinese.
    pub fn zh(&self) -> String {
        match self {
            WriteError::TooManyRows => "超过一个工作表能放的行数，请缩小范围或改用 CSV".into(),
            WriteError::Io(_) | WriteError::Workbook(_) => "表格没有写成，请稍后再试".into(),
        }
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteError::TooManyRows => f.write_str("more rows than a sheet can hold; narrow the selection or choose CSV"),
            WriteError::Io(error) => write!(f, "the table could not be written: {error}"),
            WriteError::Workbook(error) => write!(f, "the workbook could not be made: {error}"),
        }
    }
}

impl std::error::Error for WriteError {}

impl From<std::io::Error> for WriteError {
    fn from(error: std::io::Error) -> WriteError {
        WriteError::Io(error)
    }
}

impl From<XlsxError> for WriteError {
    fn from(error: XlsxError) -> WriteError {
        match error {
            XlsxError::IoError(error) => WriteError::Io(error),
            XlsxError::RowColumnLimitError => WriteError::TooManyRows,
            other => WriteError::Workbook(other.to_string()),
        }
    }
}

/// A table that is being written.
pub struct Export {
    rows: u32,
    out: Out,
}

enum Out {
    Xlsx(Box<Book>),
    Csv(BufWriter<std::fs::File>),
}

impl Export {
    /// Begins a table: the sheet's name, a title line above the header if there is one, and the columns.
    ///
    /// # Errors
    /// [`WriteError`] when no temporary file can be made.
    pub fn new(kind: FileKind, sheet: &str, title: Option<&str>, heads: &[Head]) -> Result<Export, WriteError> {
        let out = match kind {
            FileKind::Xlsx => {
                let mut book = Book::new(sheet)?;
                book.widths(heads)?;
                if let Some(title) = title {
                    book.title(title, heads.len())?;
                }
                book.header(heads.iter().map(|h| h.header.as_str()))?;
                Out::Xlsx(Box::new(book))
            }
            FileKind::Csv => {
                let mut file = BufWriter::new(tempfile::tempfile()?);
                file.write_all(b"\xef\xbb\xbf")?;
                csv_row(&mut file, heads.iter().map(|h| Value::from(h.header.as_str())))?;
                Out::Csv(file)
            }
        };
        Ok(Export { rows: 0, out })
    }

    /// Writes a row; values beyond the header are written too, missing ones are empty.
    ///
    /// # Errors
    /// [`WriteError`]
    pub fn row(&mut self, values: &[Value<'_>]) -> Result<(), WriteError> {
        match &mut self.out {
            Out::Xlsx(book) => {
                for (column, value) in values.iter().enumerate() {
                    book.put(column, value, false)?;
                }
                book.next_row()?;
            }
            Out::Csv(file) => csv_row(file, values.iter().cloned())?,
        }
        self.rows += 1;
        Ok(())
    }

    /// Rows written so far.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// Ends the table in a temporary file without a name, which is read from its beginning; with how long it is.
    ///
    /// # Errors
    /// [`WriteError`]
    pub fn into_file(self) -> Result<(std::fs::File, u64), WriteError> {
        let mut file = tempfile::tempfile()?;
        self.finish(&mut file)?;
        let size = file.metadata()?.len();
        file.rewind()?;
        Ok((file, size))
    }

    /// Ends the table and writes the file.
    ///
    /// # Errors
    /// [`WriteError`]
    pub fn finish(self, out: &mut (impl Write + Send)) -> Result<u32, WriteError> {
        match self.out {
            Out::Xlsx(book) => book.finish(out)?,
            Out::Csv(file) => {
                let mut file = file.into_inner().map_err(|e| WriteError::Io(e.into_error()))?;
                file.rewind()?;
                let mut buffer = vec![0; 64 << 10];
                loop {
                    let taken = file.read(&mut buffer)?;
                    if taken == 0 {
                        break;
                    }
                    out.write_all(buffer.get(..taken).unwrap_or(&[]))?;
                }
            }
        }
        out.flush()?;
        Ok(self.rows)
    }
}

/// A workbook with one sheet, written row after row.
pub(crate) struct Book {
    workbook: Workbook,
    row: u32,
    styles: Styles,
}

struct Styles {
    title: Format,
    header: Format,
    text: Format,
    number: Format,
    date: Format,
    time: Format,
    bad: Format,
}

impl Book {
    pub(crate) fn new(sheet: &str) -> Result<Book, WriteError> {
        let mut workbook = Workbook::new();
        let worksheet = workbook.add_worksheet_with_constant_memory()?;
        worksheet.set_name(sheet_name(sheet))?;
        let top = Format::new().set_align(FormatAlign::Top);
        let styles = Styles {
            title: Format::new().set_bold().set_font_size(16).set_align(FormatAlign::Center),
            header: Format::new()
                .set_bold()
                .set_background_color(Color::RGB(0x00F2_F0EC))
                .set_border_bottom(FormatBorder::Thin)
                .set_align(FormatAlign::VerticalCenter),
            text: top.clone().set_text_wrap(),
            number: top.clone(),
            date: top.clone().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left),
            time: top.set_num_format("yyyy-mm-dd hh:mm:ss").set_align(FormatAlign::Left),
            bad: Format::new()
                .set_align(FormatAlign::Top)
                .set_text_wrap()
                .set_background_color(Color::RGB(0x00FD_E3E0))
                .set_border(FormatBorder::Thin)
                .set_border_color(Color::RGB(0x00C8_3C2B)),
        };
        Ok(Book { workbook, row: 0, styles })
    }

    pub(crate) fn widths(&mut self, heads: &[Head]) -> Result<(), WriteError> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        for (column, head) in heads.iter().enumerate() {
            sheet.set_column_width(column_number(column)?, f64::from(head.width))?;
        }
        Ok(())
    }

    pub(crate) fn title(&mut self, title: &str, columns: usize) -> Result<(), WriteError> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        if columns > 1 {
            sheet.merge_range(self.row, 0, self.row, column_number(columns - 1)?, &fitted(title), &self.styles.title)?;
        } else {
            sheet.write_string_with_format(self.row, 0, fitted(title).as_ref(), &self.styles.title)?;
        }
        self.next_row()
    }

    pub(crate) fn header<'h>(&mut self, headers: impl Iterator<Item = &'h str>) -> Result<(), WriteError> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        for (column, header) in headers.enumerate() {
            sheet.write_string_with_format(self.row, column_number(column)?, fitted(header).as_ref(), &self.styles.header)?;
        }
        sheet.set_freeze_panes(self.row + 1, 0)?;
        self.next_row()
    }

    pub(crate) fn put(&mut self, column: usize, value: &Value<'_>, bad: bool) -> Result<(), WriteError> {
        let (row, column) = (self.row, column_number(column)?);
        let styles = &self.styles;
        let sheet = self.workbook.worksheet_from_index(0)?;
        let style = |usual| if bad { &styles.bad } else { usual };
        match value {
            Value::Empty if bad => sheet.write_blank(row, column, &styles.bad)?,
            Value::Empty => sheet,
            Value::Text(text) => sheet.write_string_with_format(row, column, fitted(text).as_ref(), style(&styles.text))?,
            Value::Int(number) if number.unsigned_abs() > 1 << 53 => {
                sheet.write_string_with_format(row, column, number.to_string(), style(&styles.text))?
            }
            #[expect(clippy::cast_precision_loss, reason = "at most 2^53")]
            Value::Int(number) => sheet.write_number_with_format(row, column, *number as f64, style(&styles.number))?,
            Value::Decimal(number) if number.is_finite() => sheet.write_number_with_format(row, column, *number, style(&styles.number))?,
            Value::Decimal(_) => sheet,
            Value::Date(date) => match serial(date.at(0, 0, 0, 0)) {
                Some(serial) => sheet.write_number_with_format(row, column, serial, style(&styles.date))?,
                None => sheet.write_string_with_format(row, column, date.to_string(), style(&styles.text))?,
            },
            Value::Time(at) => match serial(at.civil()) {
                Some(serial) => sheet.write_number_with_format(row, column, serial, style(&styles.time))?,
                None => sheet.write_string_with_format(row, column, time_text(*at), style(&styles.text))?,
            },
        };
        Ok(())
    }

    pub(crate) fn next_row(&mut self) -> Result<(), WriteError> {
        self.row += 1;
        if self.row > SHEET_ROWS { Err(WriteError::TooManyRows) } else { Ok(()) }
    }

    pub(crate) fn finish(mut self, out: &mut (impl Write + Send)) -> Result<(), WriteError> {
        Ok(self.workbook.save_to_writer(out)?)
    }
}

/// Days since 1899-12-30 of the 1900 system; none before March 1900, where programs differ.
fn serial(at: jiff::civil::DateTime) -> Option<f64> {
    if at.date() < Date::constant(1900, 3, 1) {
        return None;
    }
    let days = Date::constant(1899, 12, 30).until(at.date()).ok()?.get_days();
    let seconds = i32::from(at.hour()) * 3600 + i32::from(at.minute()) * 60 + i32::from(at.second());
    Some(f64::from(days) + f64::from(seconds) / 86_400.0)
}

fn column_number(column: usize) -> Result<u16, WriteError> {
    u16::try_from(column).map_err(|_| WriteError::TooManyRows)
}

/// A text that fits into a cell; programs call a workbook damaged that holds a longer one.
fn fitted(text: &str) -> Cow<'_, str> {
    if text.len() <= CELL {
        return Cow::Borrowed(text);
    }
    let units: usize = text.chars().map(char::len_utf16).sum();
    if units <= CELL {
        return Cow::Borrowed(text);
    }
    let note = format!("……（全文 {} 字，此处从略）", text.chars().count());
    let mut left = CELL.saturating_sub(note.chars().count());
    let kept: String = text
        .chars()
        .take_while(|c| match left.checked_sub(c.len_utf16()) {
            Some(rest) => {
                left = rest;
                true
            }
            None => false,
        })
        .collect();
    Cow::Owned(kept + &note)
}

/// A name that programs accept for a sheet: at most 31 characters, none of `[]:*?/\`.
fn sheet_name(name: &str) -> String {
    let line = base::text::clean_line(name);
    let kept: String = line.chars().filter(|c| !"[]:*?/\\'".contains(*c)).take(31).collect();
    if kept.trim().is_empty() { "Sheet1".into() } else { kept }
}

/// Whether a program would take a text for a formula when it opens it from CSV.
pub(crate) fn looks_like_a_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

fn time_text(at: Time) -> String {
    let civil = at.civil();
    format!("{} {:02}:{:02}:{:02}", civil.date(), civil.hour(), civil.minute(), civil.second())
}

fn csv_row<'v>(out: &mut impl Write, values: impl Iterator<Item = Value<'v>>) -> Result<(), WriteError> {
    for (column, value) in values.enumerate() {
        if column > 0 {
            out.write_all(b",")?;
        }
        match value {
            Value::Empty => {}
            Value::Int(number) => write!(out, "{number}")?,
            Value::Decimal(number) if number.is_finite() => write!(out, "{number}")?,
            Value::Decimal(_) => {}
            Value::Date(date) => write!(out, "{date}")?,
            Value::Time(at) => out.write_all(time_text(at).as_bytes())?,
            Value::Text(text) => {
                let guard = if looks_like_a_formula(&text) { "'" } else { "" };
                let quote = text.contains([',', '"', '\n', '\r', ';', '\t']) || text.starts_with(' ') || text.ends_with(' ');
                if quote {
                    write!(out, "\"{guard}{}\"", text.replace('"', "\"\""))?;
                } else {
                    write!(out, "{guard}{text}")?;
                }
            }
        }
    }
    out.write_all(b"\r\n")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cell, Limits, grids};

    fn written(kind: FileKind) -> Vec<u8> {
        let heads = [Head::new("事项", 20), Head::new("数量", 8), Head::new("日期", 12), Head::new("时间", 20)];
        let mut export = Export::new(kind, "a/b:清单", Some("清单标题"), &heads).unwrap();
        let at = Time::from_civil(jiff::civil::date(2019, 4, 25).at(9, 32, 9, 0));
        export.row(&["=1+1".into(), 5.into(), Date::constant(2019, 7, 1).into(), at.into()]).unwrap();
        export.row(&["第一行\n\"第二\"".into(), Value::Empty, Date::constant(1850, 1, 2).into(), Value::Decimal(f64::NAN)]).unwrap();
        let mut bytes = Vec::new();
        assert_eq!(export.finish(&mut bytes).unwrap(), 2);
        bytes
    }

    #[test]
    fn what_is_written_is_read_back() {
        let grid = grids(&written(FileKind::Xlsx), &Limits::default()).unwrap().remove(0);
        assert_eq!((grid.name.as_str(), grid.rows.len()), ("ab清单", 4));
        assert_eq!(grid.rows[0].cells, [Cell::text("清单标题")]);
        let at = jiff::civil::date(2019, 4, 25).at(9, 32, 9, 0);
        assert_eq!(
            grid.rows[2].cells,
            [Cell::text("=1+1"), Cell::Number(5.0), Cell::Date(jiff::civil::date(2019, 7, 1).at(0, 0, 0, 0)), Cell::Date(at)]
        );
        assert_eq!(grid.rows[3].cells, [Cell::text("第一行\n\"第二\""), Cell::Empty, Cell::text("1850-01-02")]);

        let bytes = written(FileKind::Csv);
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert_eq!(
            text,
            "\u{feff}事项,数量,日期,时间\r\n'=1+1,5,2019-07-01,2019-04-25 09:32:09\r\n\"第一行\n\"\"第二\"\"\",,1850-01-02,\r\n"
        );
        let grid = grids(&bytes, &Limits::default()).unwrap().remove(0);
        assert_eq!(grid.rows[1].cells[0], Cell::text("=1+1"));
    }

    #[test]
    fn a_text_too_long_for_a_cell_is_cut_and_says_so() {
        let text = "字".repeat(40_000);
        let fit = fitted(&text);
        assert_eq!(fit.chars().count(), CELL);
        assert!(fit.ends_with("……（全文 40000 字，此处从略）"));
        assert_eq!(fitted("短"), "短");
        assert!(fitted(&"😀".repeat(20_000)).chars().map(char::len_utf16).sum::<usize>() <= CELL);
    }
}
