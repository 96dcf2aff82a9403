//! Workbooks of Excel 97–2003 (.xls), as offices still keep them: BIFF8 records in a compound file ([MS-XLS]).
//!
//! The container is read by the crate `cfb`. The records are read here and not by calamine, which believes what a
//! record says of itself: sixteen bytes make it ask for more memory than there is, which ends the process, and one
//! long text named by a million cells is copied a million times. Here everything is counted before it is taken.

use std::collections::{BTreeMap, HashMap};
use std::io::{Cursor, Read};
use std::panic::AssertUnwindSafe;

use calamine::{DataRef, ExcelDateTime, ExcelDateTimeType};

use crate::biff::{Records, Run, u16_at, u32_at};
use crate::cell::Cell;
use crate::read::{Gather, Grid, Limits, ReadError, Row};
use crate::xlsx::{SHEETS, convert};

/// More different texts than are kept.
const TEXTS: usize = 4_000_000;

/// Records that are looked at, by their number in [MS-XLS] 2.3.1.
mod record {
    pub(super) const FORMULA: u16 = 0x0006;
    pub(super) const EOF: u16 = 0x000a;
    pub(super) const DATE_1904: u16 = 0x0022;
    pub(super) const FILE_PASS: u16 = 0x002f;
    pub(super) const BOUND_SHEET: u16 = 0x0085;
    pub(super) const MUL_RK: u16 = 0x00bd;
    pub(super) const RICH_STRING: u16 = 0x00d6;
    pub(super) const XF: u16 = 0x00e0;
    pub(super) const SHARED: u16 = 0x00fc;
    pub(super) const LABEL_SHARED: u16 = 0x00fd;
    pub(super) const NUMBER: u16 = 0x0203;
    pub(super) const LABEL: u16 = 0x0204;
    pub(super) const BOOL_OR_ERROR: u16 = 0x0205;
    pub(super) const STRING: u16 = 0x0207;
    pub(super) const RK: u16 = 0x027e;
    pub(super) const FORMAT: u16 = 0x041e;
    pub(super) const BOF: u16 = 0x0809;
}

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Vec<Grid>, ReadError> {
    // As for .xlsx: the container's reader is other people's code and the bytes are anybody's.
    std::panic::catch_unwind(AssertUnwindSafe(|| {
        let stream = stream(bytes)?;
        let book = Book::read(&stream, limits)?;
        let mut gather = Gather::new(limits);
        book.sheets
            .iter()
            .map(|sheet| Ok(Grid { name: sheet.name.clone(), rows: book.rows(&stream, sheet.at, &mut gather, limits)? }))
            .collect()
    }))
    .unwrap_or(Err(ReadError::Damaged))
}

/// The records of the workbook, out of its container.
fn stream(bytes: &[u8]) -> Result<Vec<u8>, ReadError> {
    let mut container = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|_| ReadError::Damaged)?;
    for (name, error) in [
        ("EncryptedPackage", ReadError::Encrypted),
        ("WordDocument", ReadError::Other("Word")),
        ("PowerPoint Document", ReadError::Other("PowerPoint")),
    ] {
        if container.is_stream(name) {
            return Err(error);
        }
    }
    if !container.is_stream("Workbook") {
        // Excel 5 and 95 call it so, and their texts are in whatever encoding that computer had.
        return Err(if container.is_stream("Book") { ReadError::OldExcel } else { ReadError::NotASpreadsheet });
    }
    let mut stream = Vec::new();
    let most = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let part = container.open_stream("Workbook").map_err(|_| ReadError::Damaged)?;
    part.take(most).read_to_end(&mut stream).map_err(|_| ReadError::Damaged)?;
    Ok(stream)
}

/// What holds for all sheets.
struct Book {
    sheets: Vec<Listed>,
    texts: Vec<Box<str>>,
    /// What a number means, by the format that its cell names.
    formats: Vec<Meaning>,
    from_1904: bool,
}

struct Listed {
    name: String,
    hidden: bool,
    /// Where its records begin.
    at: usize,
}

/// What a number stands for, by its format.
#[derive(Clone, Copy, PartialEq)]
enum Meaning {
    Number,
    Moment,
    Duration,
}

impl Book {
    fn read(stream: &[u8], limits: &Limits) -> Result<Book, ReadError> {
        let mut book = Book { sheets: Vec::new(), texts: Vec::new(), formats: Vec::new(), from_1904: false };
        let mut written: HashMap<u16, Meaning> = HashMap::new();
        let mut named = Vec::new();
        let mut records = Records::new(stream);
        match records.next() {
            Some(Ok((record::BOF, start))) if u16_at(start.here, 0) == Some(0x0600) => {}
            Some(Ok((record::BOF, _))) => return Err(ReadError::OldExcel),
            _ => return Err(ReadError::Damaged),
        }
        for found in records {
            let (kind, mut run) = found?;
            match kind {
                record::FILE_PASS => return Err(ReadError::Encrypted),
                record::DATE_1904 => book.from_1904 = u16_at(run.here, 0) == Some(1),
                record::FORMAT => {
                    let id = run.u16()?;
                    let length = run.u16()?;
                    written.insert(id, meaning_of_text(&run.text(usize::from(length))?));
                }
                record::XF => named.push(u16_at(run.here, 2).ok_or(ReadError::Damaged)?),
                record::BOUND_SHEET => {
                    let at = usize::try_from(run.u32()?).map_err(|_| ReadError::Damaged)?;
                    let (state, sort, length) = (run.byte()?, run.byte()?, run.byte()?);
                    let name = run.text(usize::from(length))?;
                    // Charts and macros are sheets too.
                    if sort == 0 && book.sheets.len() < SHEETS {
                        book.sheets.push(Listed { name, hidden: state & 3 != 0, at });
                    }
                }
                record::SHARED => book.texts = shared(&mut run, limits)?,
                record::EOF => break,
                _ => {}
            }
        }
        book.formats = named.iter().map(|id| written.get(id).copied().unwrap_or_else(|| meaning_of_id(*id))).collect();
        book.sheets.sort_by_key(|sheet| sheet.hidden);
        Ok(book)
    }

    fn rows(&self, stream: &[u8], at: usize, gather: &mut Gather<'_>, limits: &Limits) -> Result<Vec<Row>, ReadError> {
        let mut records = Records::new(stream.get(at..).ok_or(ReadError::Damaged)?);
        if !matches!(records.next(), Some(Ok((record::BOF, _)))) {
            return Err(ReadError::Damaged);
        }
        let mut rows: BTreeMap<u16, Row> = BTreeMap::new();
        // Where the formula stands whose text comes in a record of its own.
        let mut awaited = None;
        // A chart within the sheet has records like cells between a beginning and an end of its own.
        let mut depth = 0u32;
        for found in records {
            let (kind, mut run) = found?;
            match kind {
                record::BOF => depth += 1,
                record::EOF if depth == 0 => break,
                record::EOF => depth -= 1,
                _ if depth > 0 => {}
                record::STRING => {
                    if let Some((row, column)) = awaited.take() {
                        let length = run.u16()?;
                        let text = run.bounded(usize::from(length), limits, row, column)?;
                        put(&mut rows, gather, row, column, Cell::text(&text))?;
                    }
                }
                record::MUL_RK => {
                    let (row, first) = (run.u16()?, run.u16()?);
                    // Six bytes a number; the last column stands behind them.
                    for (step, number) in run.here.chunks_exact(6).enumerate() {
                        let column = usize::from(first).saturating_add(step);
                        let (format, packed) = (u16_at(number, 0), u32_at(number, 2));
                        let (Some(format), Some(packed)) = (format, packed) else { return Err(ReadError::Damaged) };
                        put(&mut rows, gather, row, column, self.number(unpacked(packed), format))?;
                    }
                }
                record::FORMULA
                | record::RICH_STRING
                | record::LABEL_SHARED
                | record::NUMBER
                | record::LABEL
                | record::BOOL_OR_ERROR
                | record::RK => {
                    let (row, column, format) = (run.u16()?, usize::from(run.u16()?), run.u16()?);
                    let cell = match kind {
                        record::NUMBER => self.number(run.f64()?, format),
                        record::RK => self.number(unpacked(run.u32()?), format),
                        record::BOOL_OR_ERROR => match (run.byte()?, run.byte()?) {
                            (truth, 0) => Cell::Bool(truth != 0),
                            (code, _) => error(code),
                        },
                        record::LABEL_SHARED => {
                            let which = usize::try_from(run.u32()?).unwrap_or(usize::MAX);
                            let text = self.texts.get(which).ok_or(ReadError::Damaged)?;
                            // A text is measured before it is copied.
                            if text.len() > limits.cell && text.chars().count() > limits.cell {
                                return Err(ReadError::CellTooLong(u32::from(row) + 1, column, limits.cell));
                            }
                            Cell::text(text)
                        }
                        record::FORMULA => {
                            let shown = run.here.get(..8).and_then(|b| <[u8; 8]>::try_from(b).ok()).ok_or(ReadError::Damaged)?;
                            match shown {
                                [0, .., 0xff, 0xff] => {
                                    awaited = Some((row, column));
                                    Cell::Empty
                                }
                                [1, _, truth, .., 0xff, 0xff] => Cell::Bool(truth != 0),
                                [2, _, code, .., 0xff, 0xff] => error(code),
                                [.., 0xff, 0xff] => Cell::Empty,
                                number => self.number(f64::from_le_bytes(number), format),
                            }
                        }
                        _ => {
                            let length = run.u16()?;
                            Cell::text(&run.bounded(usize::from(length), limits, row, column)?)
                        }
                    };
                    put(&mut rows, gather, row, column, cell)?;
                }
                _ => {}
            }
        }
        let mut kept = Vec::with_capacity(rows.len());
        for row in rows.into_values() {
            gather.keep(&mut kept, row)?;
        }
        Ok(kept)
    }

    fn number(&self, number: f64, format: u16) -> Cell {
        let kind = match self.formats.get(usize::from(format)) {
            Some(Meaning::Moment) => ExcelDateTimeType::DateTime,
            Some(Meaning::Duration) => ExcelDateTimeType::TimeDelta,
            _ => return convert(&DataRef::Float(number)),
        };
        if number.is_finite() {
            convert(&DataRef::DateTime(ExcelDateTime::new(number, kind, self.from_1904)))
        } else {
            convert(&DataRef::Float(number))
        }
    }
}

fn put(rows: &mut BTreeMap<u16, Row>, gather: &mut Gather<'_>, row: u16, column: usize, cell: Cell) -> Result<(), ReadError> {
    if matches!(cell, Cell::Empty) {
        return Ok(());
    }
    let row = rows.entry(row).or_insert_with(|| Row { number: u32::from(row) + 1, cells: Vec::new() });
    gather.put(row, column, cell)
}

/// The texts that cells name by their number.
fn shared(run: &mut Run<'_>, limits: &Limits) -> Result<Vec<Box<str>>, ReadError> {
    // How many there are is not believed: they are read until the record and its continuations end.
    run.skip(8)?;
    let (mut texts, mut held) = (Vec::new(), 0usize);
    while run.more() {
        let length = run.u16()?;
        let text = run.rich_text(usize::from(length))?;
        held = held.saturating_add(text.len());
        if held > limits.text || texts.len() >= TEXTS {
            return Err(ReadError::TooMuch);
        }
        texts.push(text.into_boxed_str());
    }
    Ok(texts)
}

/// A number packed into four bytes ([MS-XLS] 2.5.217): whole or the upper half of a double, perhaps in hundredths.
fn unpacked(packed: u32) -> f64 {
    let number = if packed & 2 != 0 { f64::from(packed.cast_signed() >> 2) } else { f64::from_bits(u64::from(packed & !3) << 32) };
    if packed & 1 != 0 { number / 100.0 } else { number }
}

fn error(code: u8) -> Cell {
    let name = match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        _ => "#N/A",
    };
    Cell::Error(name.into())
}

/// The formats that have a number only; 27–36 and 50–58 are the dates of Chinese programs.
fn meaning_of_id(id: u16) -> Meaning {
    match id {
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => Meaning::Moment,
        46 => Meaning::Duration,
        _ => Meaning::Number,
    }
}

/// The formats that are written out, as `yyyy"年"m"月"`: a letter of a date outside what is quoted makes one.
fn meaning_of_text(format: &str) -> Meaning {
    let mut rest = format.chars();
    while let Some(sign) = rest.next() {
        match sign.to_ascii_lowercase() {
            '"' => while rest.next().is_some_and(|c| c != '"') {},
            '\\' | '_' | '*' => {
                rest.next();
            }
            '[' => {
                let within: String = rest.by_ref().take_while(|c| *c != ']').collect::<String>().to_ascii_lowercase();
                // [h]:mm counts hours; [Red] and [$-804] are a colour and a language.
                if !within.is_empty() && within.chars().all(|c| matches!(c, 'h' | 'm' | 's')) {
                    return Meaning::Duration;
                }
            }
            ';' => return Meaning::Number,
            'y' | 'm' | 'd' | 'h' | 's' => return Meaning::Moment,
            _ => {}
        }
    }
    Meaning::Number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats() {
        for (text, moment) in [
            ("yyyy\"年\"m\"月\"d\"日\"", true),
            ("[$-804]yyyy/m/d h:mm;@", true),
            ("yyyy\\.mm", true),
            ("mm:ss.0", true),
            ("0.00E+00", false),
            ("#,##0.00;[Red]-#,##0.00", false),
            ("General", false),
            ("\"day\"0", false),
            ("0;yyyy", false),
            ("@", false),
            ("\"never closed", false),
            ("[never closed", false),
        ] {
            assert_eq!(meaning_of_text(text) == Meaning::Moment, moment, "{text}");
        }
        assert!(meaning_of_text("[h]:mm:ss") == Meaning::Duration);
    }

    #[test]
    fn packed_numbers() {
        for (packed, number) in [(0x0000_0006u32, 1.0), (0xffff_fffe, -1.0), (0x3ff0_0000, 1.0), (0x0000_0197, 1.01), (0x4059_0001, 1.0)] {
            assert!((unpacked(packed) - number).abs() < 1e-12, "{packed:x}");
        }
    }
}
