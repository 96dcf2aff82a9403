//! Workbooks. Before the reader sees a file, every part of it is unpacked once into nothing and counted,
//! so that a small file cannot take all memory, and what the reader trusts is looked at.

use std::io::{Cursor, Read};
use std::panic::AssertUnwindSafe;

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx};
use jiff::civil::DateTime;

use crate::cell::Cell;
use crate::read::{Gather, Grid, Limits, ReadError, Row};

/// More parts than any workbook of people has.
const PARTS: usize = 10_000;

/// More sheets than are looked at.
pub(crate) const SHEETS: usize = 50;

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<Grid>, ReadError> {
    // The readers are other people's code and the bytes are anybody's: should one panic, the file is
    // called damaged and the process goes on. Nothing outlives the call that a panic could leave half done.
    std::panic::catch_unwind(AssertUnwindSafe(|| {
        inspect(bytes, limits)?;
        sheets(bytes, limits)
    }))
    .unwrap_or(Err(ReadError::Damaged))
}

/// Unpacks and counts everything, and looks at the numbers that decide how much memory is taken at once.
fn inspect(bytes: &[u8], limits: &Limits) -> Result<(), ReadError> {
    let too_large = || ReadError::UnpacksTooLarge(limits.unpacked >> 20);
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| ReadError::Damaged)?;
    if archive.len() > PARTS {
        return Err(ReadError::Damaged);
    }
    let (mut left, mut declared, mut workbook, mut kind) = (limits.unpacked, 0u64, false, None);
    for at in 0..archive.len() {
        let part = archive.by_index_raw(at).map_err(|_| ReadError::Damaged)?;
        if part.encrypted() {
            return Err(ReadError::Encrypted);
        }
        declared = declared.saturating_add(part.size());
        let name = part.name().map_err(|_| ReadError::Damaged)?.to_lowercase().replace('\\', "/");
        workbook |= name.ends_with("workbook.xml");
        kind = kind.or(if name.starts_with("word/") {
            Some("Word")
        } else if name.starts_with("ppt/") {
            Some("PowerPoint")
        } else if name == "content.xml" {
            Some("OpenDocument")
        } else if name.ends_with("workbook.bin") {
            Some(".xlsb")
        } else {
            None
        });
    }
    if !workbook {
        return Err(kind.map_or(ReadError::NotASpreadsheet, ReadError::Other));
    }
    if declared > limits.unpacked {
        return Err(too_large());
    }
    let mut buffer = vec![0; 64 << 10];
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).map_err(|_| ReadError::Damaged)?;
        let mut first = true;
        loop {
            let taken = part.read(&mut buffer).map_err(|_| ReadError::Damaged)?;
            if taken == 0 {
                break;
            }
            left = left.checked_sub(u64::try_from(taken).unwrap_or(u64::MAX)).ok_or_else(too_large)?;
            if first && claims_too_much(buffer.get(..taken).unwrap_or(&[]), bytes.len()) {
                return Err(ReadError::Damaged);
            }
            first = false;
        }
    }
    Ok(())
}

/// Whether the table of shared texts says it holds more entries than the file could: memory is taken for them at once.
fn claims_too_much(start: &[u8], file: usize) -> bool {
    let word = b"uniqueCount";
    let Some(at) = start.windows(word.len()).position(|window| window == word) else { return false };
    let digits: String = start
        .iter()
        .skip(at + word.len())
        .take(40)
        .skip_while(|b| !b.is_ascii_digit())
        .take_while(|b| b.is_ascii_digit())
        .map(|b| char::from(*b))
        .collect();
    // A packed entry takes far more than a hundredth of a byte; four million is 100 MB taken at once.
    digits.parse::<usize>().map_or(!digits.is_empty(), |count| count > 4_000_000 || count > file.saturating_mul(100))
}

fn sheets(bytes: &[u8], limits: &Limits) -> Result<Vec<Grid>, ReadError> {
    let (mut book, listed) = listed(bytes)?;
    let mut gather = Gather::new(limits);
    let mut grids = Vec::new();
    for name in listed {
        let rows = rows(&mut book, &name, &mut gather, limits)?;
        grids.push(Grid { name, rows });
    }
    Ok(grids)
}

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;

/// The workbook and its sheets: visible ones first, otherwise in the file's order.
fn listed(bytes: &[u8]) -> Result<(Book<'_>, Vec<String>), ReadError> {
    let book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| ReadError::Damaged)?;
    let mut listed: Vec<(bool, String)> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .take(SHEETS)
        .map(|sheet| (sheet.visible != SheetVisible::Visible, sheet.name.clone()))
        .collect();
    listed.sort_by_key(|(hidden, _)| *hidden);
    Ok((book, listed.into_iter().map(|(_, name)| name).collect()))
}

/// The first rows of each sheet, in which the header is looked for. The whole file is looked at once, as in [`read`].
pub(crate) fn beginnings(bytes: &[u8], limits: &Limits, most: usize) -> Result<Vec<Grid>, ReadError> {
    std::panic::catch_unwind(AssertUnwindSafe(|| {
        inspect(bytes, limits)?;
        let (mut book, listed) = listed(bytes)?;
        let mut grids = Vec::new();
        for name in listed {
            let mut rows = Vec::new();
            walk(&mut book, &name, &mut Gather::new(limits), limits, &mut |row| {
                rows.push(row);
                rows.len() < most
            })?;
            grids.push(Grid { name, rows });
        }
        Ok(grids)
    }))
    .unwrap_or(Err(ReadError::Damaged))
}

/// The rows of one sheet, one after another, as long as they are wanted. The file was looked at by [`beginnings`].
pub(crate) fn each_row(
    bytes: &[u8],
    name: &str,
    gather: &mut Gather<'_>,
    limits: &Limits,
    f: &mut dyn FnMut(Row) -> bool,
) -> Result<(), ReadError> {
    std::panic::catch_unwind(AssertUnwindSafe(|| {
        let mut book: Book<'_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| ReadError::Damaged)?;
        walk(&mut book, name, gather, limits, f)
    }))
    .unwrap_or(Err(ReadError::Damaged))
}

fn rows(book: &mut Book<'_>, name: &str, gather: &mut Gather<'_>, limits: &Limits) -> Result<Vec<Row>, ReadError> {
    let (mut rows, mut ordered): (Vec<Row>, bool) = (Vec::new(), true);
    walk(book, name, gather, limits, &mut |row| {
        ordered &= rows.last().is_none_or(|last| last.number < row.number);
        rows.push(row);
        true
    })?;
    if !ordered {
        rows.sort_by_key(|row| row.number);
    }
    Ok(rows)
}

/// Gives each row that holds something to `f`, until it wants no more.
fn walk(
    book: &mut Book<'_>,
    name: &str,
    gather: &mut Gather<'_>,
    limits: &Limits,
    f: &mut dyn FnMut(Row) -> bool,
) -> Result<(), ReadError> {
    let mut cells = match book.worksheet_cells_reader(name) {
        Ok(cells) => cells,
        // A chart or dialogue among the sheets is no damage.
        Err(calamine::XlsxError::NotAWorksheet(_)) => return Ok(()),
        Err(_) => return Err(ReadError::Damaged),
    };
    let mut row = Row::default();
    while let Some(cell) = cells.next_cell().map_err(|_| ReadError::Damaged)? {
        let (at, column) = cell.get_position();
        let number = at.saturating_add(1);
        if number != row.number {
            let whole = std::mem::replace(&mut row, Row { number, cells: Vec::new() });
            if gather.holds(&whole)? && !f(whole) {
                return Ok(());
            }
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        // A text is measured before it is copied.
        if let DataRef::SharedString(text) = cell.get_value()
            && text.len() > limits.cell
            && text.chars().count() > limits.cell
        {
            return Err(ReadError::CellTooLong(number, column, limits.cell));
        }
        gather.put(&mut row, column, convert(cell.get_value()))?;
    }
    if gather.holds(&row)? {
        f(row);
    }
    Ok(())
}

/// A value of a workbook, new or old, as a cell.
pub(crate) fn convert(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        #[expect(clippy::cast_precision_loss, reason = "a workbook knows no exact whole numbers above 2^53 either")]
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) if number.is_finite() => Cell::Number(*number),
        DataRef::Float(_) => Cell::Error("#NUM!".into()),
        DataRef::String(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(text),
        DataRef::Bool(truth) => Cell::Bool(*truth),
        DataRef::Error(error) => Cell::Error(error.to_string().into()),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::text(text),
        DataRef::DateTime(at) => {
            let serial = at.as_f64();
            if !(0.0..2_958_466.0).contains(&serial) {
                return Cell::Number(serial);
            }
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            if at.is_duration() || serial < 1.0 {
                return Cell::text(&format!("{hour:02}:{minute:02}:{second:02}"));
            }
            let small = |n: u8| i8::try_from(n).unwrap_or(-1);
            match DateTime::new(i16::try_from(year).unwrap_or(-1), small(month), small(day), small(hour), small(minute), small(second), 0) {
                Ok(at) => Cell::Date(at),
                Err(_) => Cell::Number(serial),
            }
        }
    }
}
