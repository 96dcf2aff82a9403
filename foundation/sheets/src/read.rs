//! What kind of file it is, and the rows in it. Every limit is checked before memory is taken, and
//! whatever the bytes are, the answer is rows or words.

use std::fmt;

use crate::cell::Cell;

/// How much a file may hold.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of the file.
    pub file: usize,
    /// Bytes of everything in a workbook, unpacked.
    pub unpacked: u64,
    /// Rows that hold something.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// Characters of one cell.
    pub cell: usize,
    /// Cells that hold something, and the empty ones before them in their rows, which take as much room.
    pub cells: usize,
    /// Bytes of text in all cells together: one shared text may stand in many cells.
    pub text: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { file: 64 << 20, unpacked: 400 << 20, rows: 200_000, columns: 200, cell: 100_000, cells: 8_000_000, text: 256 << 20 }
    }
}

/// A row as it stands in the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// Its number in the file, from 1, as a spreadsheet program shows it.
    pub number: u32,
    /// Its cells from the first column on; empty ones at the end are left out.
    pub cells: Vec<Cell>,
}

impl Row {
    /// The cell in a column, from 0.
    pub fn cell(&self, column: usize) -> &Cell {
        self.cells.get(column).unwrap_or(Cell::EMPTY)
    }
}

/// One sheet of a file before its header is known: the rows that hold something.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grid {
    /// The sheet's name; empty for CSV.
    pub name: String,
    /// Its rows, in order.
    pub rows: Vec<Row>,
}

/// Why a file cannot be read. `Display` is English, [`ReadError::zh`] Chinese.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// No byte in the file.
    EmptyFile,
    /// More bytes than the limit, in MB.
    FileTooLarge(usize),
    /// A workbook of Excel 95 or before.
    OldExcel,
    /// A workbook with a password.
    Encrypted,
    /// A web page or an XML table under a spreadsheet's name, as some systems export it.
    WebPage,
    /// Another kind of document, named.
    Other(&'static str),
    /// Nothing that holds a table.
    NotASpreadsheet,
    /// A workbook that is cut short or altered.
    Damaged,
    /// A workbook that unpacks to more than the limit, in MB.
    UnpacksTooLarge(u64),
    /// More rows than the limit.
    TooManyRows(usize),
    /// Something stands right of the last column that is read.
    TooManyColumns(usize),
    /// A cell longer than the limit: row, column from 0, limit.
    CellTooLong(u32, usize, usize),
    /// All cells together hold more than the limit.
    TooMuch,
    /// A text file in an unknown encoding.
    Encoding,
    /// A quotation mark opened in this row and never closed.
    OpenQuote(u32),
    /// No sheet holds a row.
    NoRows,
    /// No sheet of this name.
    NoSheet(String),
}

impl ReadError {
    /// The same in Chinese, for the person who chose the file.
    pub fn zh(&self) -> String {
        match self {
            ReadError::EmptyFile => "文件是空的，请重新选择".into(),
            ReadError::FileTooLarge(mb) => format!("文件超过 {mb} MB，请拆成几个再导入"),
            ReadError::OldExcel => "这是 Excel 95 或更早的文件，请用 Excel 或 WPS 打开后另存为 .xlsx 再导入".into(),
            ReadError::Encrypted => "文件设了密码，请去掉密码后再导入".into(),
            ReadError::WebPage => "这个文件其实是网页，请用 Excel 或 WPS 打开后另存为 .xlsx 再导入".into(),
            ReadError::Other(kind) => format!("这是 {kind} 文件，不是表格，请选择 .xlsx、.xls 或 .csv 文件"),
            ReadError::NotASpreadsheet => "这不是表格文件，请选择 .xlsx、.xls 或 .csv 文件".into(),
            ReadError::Damaged => "文件不完整或已损坏，请用 Excel 或 WPS 打开检查后重新保存".into(),
            ReadError::UnpacksTooLarge(mb) => format!("文件解压后超过 {mb} MB，不能导入"),
            ReadError::TooManyRows(rows) => format!("表格超过 {rows} 行，请拆成几个再导入"),
            ReadError::TooManyColumns(columns) => format!("表格超过 {columns} 列，请删去多余的列"),
            ReadError::CellTooLong(row, column, limit) => {
                format!("第 {row} 行 {} 列的文字超过 {limit} 字", letters(*column))
            }
            ReadError::TooMuch => "表格内容太多，请拆成几个再导入".into(),
            ReadError::Encoding => "看不懂文件的文字编码，请另存为 UTF-8 格式的 CSV 或 .xlsx".into(),
            ReadError::OpenQuote(row) => format!("第 {row} 行有一个引号没有配对，后面的内容无法分行"),
            ReadError::NoRows => "表格里没有内容".into(),
            ReadError::NoSheet(name) => format!("没有名为“{name}”的工作表"),
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::EmptyFile => f.write_str("the file is empty; choose another"),
            ReadError::FileTooLarge(mb) => write!(f, "the file is larger than {mb} MB; split it and import the parts"),
            ReadError::OldExcel => {
                f.write_str("this is a file of Excel 95 or before; open it in a spreadsheet program and save it as .xlsx")
            }
            ReadError::Encrypted => f.write_str("the file is protected by a password; remove it and try again"),
            ReadError::WebPage => f.write_str("the file is really a web page; open it in a spreadsheet program and save it as .xlsx"),
            ReadError::Other(kind) => write!(f, "this is a {kind} file, not a table; choose an .xlsx, .xls or .csv file"),
            ReadError::NotASpreadsheet => f.write_str("this is no spreadsheet; choose an .xlsx, .xls or .csv file"),
            ReadError::Damaged => f.write_str("the file is incomplete or damaged; open it in a spreadsheet program and save it again"),
            ReadError::UnpacksTooLarge(mb) => write!(f, "the file unpacks to more than {mb} MB and cannot be imported"),
            ReadError::TooManyRows(rows) => write!(f, "the table has more than {rows} rows; split it and import the parts"),
            ReadError::TooManyColumns(columns) => write!(f, "the table has more than {columns} columns; remove what is not needed"),
            ReadError::CellTooLong(row, column, limit) => {
                write!(f, "row {row}, column {}: the text is longer than {limit} characters", letters(*column))
            }
            ReadError::TooMuch => f.write_str("the table holds too much; split it and import the parts"),
            ReadError::Encoding => f.write_str("the file's text encoding is unknown; save it as .xlsx or as CSV in UTF-8"),
            ReadError::OpenQuote(row) => write!(f, "row {row} opens a quotation mark that is never closed"),
            ReadError::NoRows => f.write_str("the table is empty"),
            ReadError::NoSheet(name) => write!(f, "there is no sheet named “{name}”"),
        }
    }
}

impl std::error::Error for ReadError {}

/// A column as spreadsheet programs name it: 0 is A, 26 is AA.
pub fn letters(column: usize) -> String {
    let mut rest = column;
    let mut name = Vec::new();
    loop {
        name.push(b'A' + u8::try_from(rest % 26).unwrap_or(0));
        if rest < 26 {
            break;
        }
        rest = rest / 26 - 1;
    }
    name.iter().rev().map(|b| char::from(*b)).collect()
}

/// Reads the sheets of a file that hold something, visible ones first. What the file is, its bytes say, not its name.
///
/// # Errors
/// [`ReadError`], in words for the person who chose the file.
pub fn grids(bytes: &[u8], limits: &Limits) -> Result<Vec<Grid>, ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::EmptyFile);
    }
    if bytes.len() > limits.file {
        return Err(ReadError::FileTooLarge(limits.file >> 20));
    }
    let grids = match bytes {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => crate::xlsx::read(bytes, limits)?,
        // Old workbooks, and new ones that have a password.
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => crate::xls::read(bytes, limits)?,
        [b'%', b'P', b'D', b'F', ..] => return Err(ReadError::Other("PDF")),
        [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, 0xff, ..] | [b'G', b'I', b'F', b'8', ..] => {
            return Err(ReadError::Other("图片 (image)"));
        }
        [b'R', b'a', b'r', b'!', ..] | [b'7', b'z', 0xbc, 0xaf, ..] | [0x1f, 0x8b, ..] => {
            return Err(ReadError::Other("压缩 (archive)"));
        }
        [b'{', b'\\', b'r', b't', b'f', ..] => return Err(ReadError::Other("RTF")),
        _ => vec![crate::csv::read(bytes, limits)?],
    };
    if grids.iter().all(|g| g.rows.is_empty()) {
        return Err(ReadError::NoRows);
    }
    Ok(grids.into_iter().filter(|g| !g.rows.is_empty()).collect())
}

/// Gathers rows and keeps the limits, for both kinds of file.
pub(crate) struct Gather<'a> {
    limits: &'a Limits,
    rows: usize,
    cells: usize,
    text: usize,
}

impl<'a> Gather<'a> {
    pub(crate) fn new(limits: &'a Limits) -> Gather<'a> {
        Gather { limits, rows: 0, cells: 0, text: 0 }
    }

    /// Puts a cell into a row, filling the gap before it.
    pub(crate) fn put(&mut self, row: &mut Row, column: usize, cell: Cell) -> Result<(), ReadError> {
        if matches!(cell, Cell::Empty) {
            return Ok(());
        }
        if column >= self.limits.columns {
            // White space far to the right is no column.
            return if cell.is_empty() { Ok(()) } else { Err(ReadError::TooManyColumns(self.limits.columns)) };
        }
        if let Cell::Text(text) = &cell {
            self.text = self.text.saturating_add(text.len());
            if text.len() > self.limits.cell && text.chars().count() > self.limits.cell {
                return Err(ReadError::CellTooLong(row.number, column, self.limits.cell));
            }
        }
        self.cells += (column + 1).saturating_sub(row.cells.len());
        if self.cells > self.limits.cells || self.text > self.limits.text {
            return Err(ReadError::TooMuch);
        }
        if row.cells.len() <= column {
            row.cells.resize(column + 1, Cell::Empty);
        }
        if let Some(place) = row.cells.get_mut(column) {
            *place = cell;
        }
        Ok(())
    }

    /// Whether a finished row holds something, and is not one too many.
    pub(crate) fn holds(&mut self, row: &Row) -> Result<bool, ReadError> {
        if row.cells.iter().all(Cell::is_empty) {
            return Ok(false);
        }
        self.rows += 1;
        if self.rows > self.limits.rows { Err(ReadError::TooManyRows(self.limits.rows)) } else { Ok(true) }
    }

    /// Keeps a finished row if it holds something.
    pub(crate) fn keep(&mut self, rows: &mut Vec<Row>, row: Row) -> Result<(), ReadError> {
        if self.holds(&row)? {
            rows.push(row);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_names() {
        for (column, name) in [(0, "A"), (25, "Z"), (26, "AA"), (199, "GR"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letters(column), name);
        }
    }

    #[test]
    fn other_files_are_named() {
        let limits = Limits::default();
        for (bytes, error) in [
            (&b""[..], ReadError::EmptyFile),
            (b"%PDF-1.7", ReadError::Other("PDF")),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Workbook", ReadError::Damaged),
            (b"PK\x03\x04", ReadError::Damaged),
            (b"PK\x03\x04 cut short", ReadError::Damaged),
            (b"<html><table><tr><td>1", ReadError::WebPage),
            (b"\xef\xbb\xbf <!DOCTYPE html>", ReadError::WebPage),
            (b"<?xml version=\"1.0\"?><Workbook>", ReadError::WebPage),
            (b"\x00\x01\x02\x03", ReadError::NotASpreadsheet),
            (b" \n\t\n", ReadError::NoRows),
        ] {
            assert_eq!(grids(bytes, &limits), Err(error), "{}", bytes.escape_ascii());
        }
        assert_eq!(grids(b"a,b", &Limits { file: 2, ..limits }), Err(ReadError::FileTooLarge(0)));
    }
}
