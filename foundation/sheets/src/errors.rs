//! The workbook of errors: the sheet as it came, with only the rows that are wrong, so that they can be
//! corrected in place and imported again.

use std::collections::BTreeMap;
use std::io::Write;

use crate::cell::{Cell, DIGITS_LOST};
use crate::export::{Book, Head, Value, WriteError};
use crate::record::CellError;
use crate::sheet::Sheet;

/// The header of the column that says what is wrong.
pub const REASON: &str = "错误说明";

/// The header of the column with the row's number in the file that was imported.
pub const ORIGINAL_ROW: &str = "原行号";

/// Writes the workbook: titles and headers as they were, the bad rows with their bad cells tinted, the
/// reasons and the original row number in two more columns. Gives the number of rows.
///
/// # Errors
/// [`WriteError`]
pub fn write_errors(sheet: &Sheet, errors: &[CellError], out: &mut (impl Write + Send)) -> Result<usize, WriteError> {
    let mut by_row: BTreeMap<u32, Vec<&CellError>> = BTreeMap::new();
    for error in errors {
        by_row.entry(error.row).or_default().push(error);
    }
    // A file that went through here before already has the two columns: they are written anew, at their places.
    let own = |header: &str| sheet.headers.iter().position(|h| h == header);
    let reason_at = own(REASON).unwrap_or(sheet.headers.len());
    let number_at = own(ORIGINAL_ROW).unwrap_or(if reason_at == sheet.headers.len() { reason_at + 1 } else { sheet.headers.len() });
    let width = (reason_at.max(number_at) + 1).max(sheet.headers.len());
    let headers: Vec<String> = (0..width)
        .map(|at| match at {
            _ if at == reason_at => REASON.to_owned(),
            _ if at == number_at => ORIGINAL_ROW.to_owned(),
            _ => sheet.headers.get(at).cloned().unwrap_or_default(),
        })
        .collect();

    let mut book = Book::new(if sheet.name.is_empty() { "错误" } else { &sheet.name })?;
    let heads: Vec<Head> = headers.iter().map(|h| Head::new(h.as_str(), if h == REASON { 60 } else { 18 })).collect();
    book.widths(&heads)?;
    for title in &sheet.title {
        book.title(title, width)?;
    }
    if sheet.under.is_empty() {
        book.header(headers.iter().map(String::as_str))?;
    } else {
        // The groups above, and below them only what stood there: read again, it is the same header.
        let own = |at: usize| if at == reason_at || at == number_at { headers.get(at).map_or("", String::as_str) } else { "" };
        book.header((0..width).map(|at| sheet.groups.get(at).filter(|text| !text.is_empty()).map_or_else(|| own(at), String::as_str)))?;
        book.header((0..width).map(|at| sheet.under.get(at).map_or("", String::as_str)))?;
    }
    let mut written = 0;
    for row in &sheet.rows {
        let Some(errors) = by_row.get(&row.number) else { continue };
        for column in 0..width {
            if column == reason_at {
                let reasons: Vec<String> = errors.iter().map(|e| e.in_row()).collect();
                book.put(column, &Value::from(reasons.join("\n")), false)?;
            } else if column == number_at {
                book.put(column, &Value::Int(row.number.into()), false)?;
            } else {
                let bad = errors.iter().any(|e| e.column == Some(column));
                book.put(column, &value(row.cell(column)), bad)?;
            }
        }
        book.next_row()?;
        written += 1;
    }
    book.finish(out)?;
    Ok(written)
}

fn value(cell: &Cell) -> Value<'_> {
    match cell {
        Cell::Empty => Value::Empty,
        Cell::Text(text) => Value::from(&**text),
        Cell::Number(number) if number.abs() < DIGITS_LOST => Value::Decimal(*number),
        // A tinted date with a number format is shown as a bare number; as text it can be read and corrected.
        other => Value::from(other.as_written()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::tests::COLUMNS;
    use crate::{Mapping, Record, map_headers, read};

    fn check(sheet: &Sheet, mapping: &Mapping) -> Vec<CellError> {
        let mut errors = Vec::new();
        for row in &sheet.rows {
            let mut record = Record::new(sheet, mapping, row);
            record.check(COLUMNS);
            errors.extend(record.into_errors());
        }
        errors
    }

    #[test]
    fn only_bad_rows_in_the_same_layout_and_again() {
        let csv = "汇总表\n留言编号,留言主题,留言时间,留言详情,备注\n901,路灯,2026-11-01,不亮,a\n902,,昨天,=坏了,b\n903,树,2026-11-03,倒了,c\n904,水,2026-11-04,,d\n";
        let sheet = read(csv.as_bytes(), COLUMNS).unwrap();
        let errors = check(&sheet, &map_headers(&sheet, COLUMNS));
        assert_eq!(errors.len(), 3);
        let mut bytes = Vec::new();
        assert_eq!(write_errors(&sheet, &errors, &mut bytes).unwrap(), 2);

        let again = read(&bytes, COLUMNS).unwrap();
        assert_eq!(again.title, ["汇总表"]);
        assert_eq!(again.headers, ["留言编号", "留言主题", "留言时间", "留言详情", "备注", REASON, ORIGINAL_ROW]);
        assert_eq!(again.rows.len(), 2);
        assert_eq!(again.rows[0].cell(3), &Cell::text("=坏了"));
        assert_eq!(again.rows[0].cell(5), &Cell::text("留言主题：不能为空\n留言时间：不是日期，请写成 2026-11-21 或 2026-11-21 09:30"));
        assert_eq!((again.rows[0].cell(6), again.rows[1].cell(6)), (&Cell::Number(4.0), &Cell::Number(6.0)));

        // Once more through: the two columns stay where they are.
        let errors = check(&again, &map_headers(&again, COLUMNS));
        let mut bytes = Vec::new();
        write_errors(&again, &errors, &mut bytes).unwrap();
        assert_eq!(read(&bytes, COLUMNS).unwrap().headers, again.headers);
    }
}
