//! Text tables: comma, semicolon or tab; UTF-8 with or without its mark, UTF-16, or GB18030 as programs
//! in China write it; quotation after RFC 4180.

use crate::cell::Cell;
use crate::read::{Gather, Grid, Limits, ReadError, Row};

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Grid, ReadError> {
    let text = decode(bytes)?;
    let head: String = text.trim_start().chars().take(2000).collect::<String>().to_lowercase();
    if ["<html", "<!doctype", "<table", "<?xml", "<meta", "<head", "<style"].iter().any(|tag| head.starts_with(tag)) {
        return Err(ReadError::WebPage);
    }
    let control = text.chars().take(4000).filter(|c| c.is_control() && !c.is_whitespace()).count();
    if text.contains('\0') || control > 8 {
        return Err(ReadError::NotASpreadsheet);
    }
    // Excel's own way of naming the separator in a first line of its own.
    let named = text.strip_prefix("sep=").and_then(|rest| rest.chars().next());
    let (separator, body, first) = match named {
        Some(separator) if !separator.is_alphanumeric() => {
            let end = text.find('\n').map_or(text.len(), |at| at + 1);
            (separator, text.get(end..).unwrap_or(""), 2)
        }
        _ => (separator_of(&text), text.as_str(), 1),
    };
    let mut gather = Gather::new(limits);
    let mut rows = Vec::new();
    let mut row = Row { number: first, cells: Vec::new() };
    let mut field = String::new();
    let mut column = 0;
    let (mut quoted, mut opened_in) = (false, 0);
    let mut at_start = true;
    let mut characters = body.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if at_start => (quoted, opened_in, at_start) = (true, row.number, false),
            c if quoted => field.push(c),
            c if c == separator => {
                gather.put(&mut row, column, cell(&field))?;
                field.clear();
                (column, at_start) = (column + 1, true);
            }
            '\r' | '\n' => {
                if c == '\r' && characters.peek() == Some(&'\n') {
                    characters.next();
                }
                gather.put(&mut row, column, cell(&field))?;
                field.clear();
                let next = Row { number: row.number.saturating_add(1), cells: Vec::new() };
                gather.keep(&mut rows, std::mem::replace(&mut row, next))?;
                (column, at_start) = (0, true);
            }
            c => {
                // Blanks before a quotation mark do not make it part of the text.
                at_start = at_start && c == ' ' && characters.peek().is_some_and(|n| matches!(n, ' ' | '"'));
                if !at_start {
                    field.push(c);
                }
            }
        }
        // A closing mark that is missing would make one field of the rest of the file.
        if field.len() > limits.cell.saturating_mul(4) {
            return Err(if quoted { ReadError::OpenQuote(opened_in) } else { ReadError::CellTooLong(row.number, column, limits.cell) });
        }
    }
    if quoted {
        return Err(ReadError::OpenQuote(opened_in));
    }
    gather.put(&mut row, column, cell(&field))?;
    gather.keep(&mut rows, row)?;
    Ok(Grid { name: String::new(), rows })
}

/// The text of a field. An apostrophe that guards a formula sign, as [`crate::Export`] writes it, is taken off again.
fn cell(field: &str) -> Cell {
    let guarded = field.strip_prefix('\'').filter(|rest| crate::export::looks_like_a_formula(rest));
    Cell::text(guarded.unwrap_or(field))
}

fn decode(bytes: &[u8]) -> Result<String, ReadError> {
    let utf16 = match bytes {
        [0xff, 0xfe, ..] => Some(encoding_rs::UTF_16LE),
        [0xfe, 0xff, ..] => Some(encoding_rs::UTF_16BE),
        _ => None,
    };
    if let Some(encoding) = utf16 {
        let (text, _, wrong) = encoding.decode(bytes);
        return if wrong { Err(ReadError::Encoding) } else { Ok(text.into_owned()) };
    }
    let bare = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bare) {
        return Ok(text.to_owned());
    }
    if bytes.iter().take(4000).any(|b| *b == 0) {
        return Err(ReadError::NotASpreadsheet);
    }
    let (text, wrong) = encoding_rs::GB18030.decode_without_bom_handling(bare);
    if wrong { Err(ReadError::Encoding) } else { Ok(text.into_owned()) }
}

/// The separator that stands most often outside quotation marks in the first lines.
fn separator_of(text: &str) -> char {
    let mut counts = [(',', 0), ('\t', 0), (';', 0)];
    let mut quoted = false;
    for c in text.chars().take(8000) {
        if c == '"' {
            quoted = !quoted;
        } else if !quoted && let Some((_, count)) = counts.iter_mut().find(|(separator, _)| *separator == c) {
            *count += 1;
        }
    }
    // The first of equals, so that a comma wins where there is none.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(',', |(separator, _)| *separator)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(bytes: &[u8]) -> Vec<Vec<String>> {
        let grid = read(bytes, &Limits::default()).unwrap();
        grid.rows.iter().map(|row| row.cells.iter().map(Cell::as_written).collect()).collect()
    }

    #[test]
    fn encodings() {
        let gb = encoding_rs::GB18030.encode("姓名,事项\n张,路灯").0.into_owned();
        let utf16: Vec<u8> = "\u{feff}姓名\t事项\r\n张\t路灯".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in ["姓名,事项\n张,路灯".as_bytes(), "\u{feff}姓名,事项\r\n张,路灯\r\n".as_bytes(), &gb, &utf16] {
            assert_eq!(texts(bytes), [["姓名", "事项"], ["张", "路灯"]]);
        }
        assert_eq!(read(b"a,\xff\xff\xff", &Limits::default()), Err(ReadError::Encoding));
    }

    #[test]
    fn quotation() {
        assert_eq!(texts(b"a,\"b\nc, \"\"d\"\"\",e\r\n1,2"), [vec!["a", "b\nc, \"d\"", "e"], vec!["1", "2"]]);
        assert_eq!(texts(b"a, \"b\",5\" pipe"), [["a", "b", "5\" pipe"]]);
        assert_eq!(texts(b"a;b\n1;2"), [["a", "b"], ["1", "2"]]);
        assert_eq!(texts(b"sep=;\na;b,c"), [["a", "b,c"]]);
        assert_eq!(texts(b"'=1+1,'quoted,'-x"), [["=1+1", "'quoted", "-x"]]);
        assert_eq!(read(b"a\n\"b,c\nd", &Limits::default()), Err(ReadError::OpenQuote(2)));
        let grid = read(b"a\n\n\nb", &Limits::default()).unwrap();
        assert_eq!(grid.rows.iter().map(|r| r.number).collect::<Vec<_>>(), [1, 4]);
    }

    #[test]
    fn limits() {
        let small = Limits { rows: 2, columns: 2, cell: 3, ..Limits::default() };
        assert_eq!(read(b"1\n2\n3", &small), Err(ReadError::TooManyRows(2)));
        assert_eq!(read(b"1,2,3", &small), Err(ReadError::TooManyColumns(2)));
        assert!(read(b"1,2, ,,\n", &small).is_ok());
        assert_eq!(read("1,二三四五".as_bytes(), &small), Err(ReadError::CellTooLong(1, 1, 3)));
        assert_eq!(read(b"a,b", &Limits { text: 1, ..Limits::default() }), Err(ReadError::TooMuch));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&bytes, &Limits::default());
        }

        #[test]
        fn what_was_quoted_is_read_back(fields in proptest::collection::vec(proptest::collection::vec("[a-z,;\"\\n\\t 字]{1,6}x", 1..5), 1..6)) {
            let text: Vec<String> = fields.iter()
                .map(|row| row.iter().map(|f| format!("\"{}\"", f.replace('"', "\"\""))).collect::<Vec<_>>().join(","))
                .collect();
            let mut body = text.join("\r\n");
            body.insert_str(0, "\"h\",\"h\",\"h\"\n");
            let read: Vec<Vec<String>> = texts(body.as_bytes()).split_off(1);
            prop_assert_eq!(read, fields);
        }
    }
}
