//! Workbooks of Excel 97–2003: two that other programs wrote, and hostile ones made here record by record.

use std::io::{Cursor, Write};

use proptest::prelude::*;
use sheets::{Cell, Limits, ReadError, grids};

/// Written by LibreOffice: two rows of header, every kind of cell and formula, texts that go on over several records,
/// a hidden sheet and an empty one.
const LIBREOFFICE: &[u8] = include_bytes!("../files/libreoffice.xls");
/// Written by the Python package xlwt: texts in one byte and in two, numbers packed together.
const XLWT: &[u8] = include_bytes!("../files/xlwt.xls");

fn written(bytes: &[u8], sheet: usize) -> Vec<(u32, Vec<String>)> {
    let grid = grids(bytes, &Limits::default()).unwrap().remove(sheet);
    grid.rows.iter().map(|row| (row.number, row.cells.iter().map(Cell::as_written).collect())).collect()
}

#[test]
fn what_libreoffice_wrote() {
    let names: Vec<String> = grids(LIBREOFFICE, &Limits::default()).unwrap().into_iter().map(|grid| grid.name).collect();
    assert_eq!(names, ["人员", "旧表"], "the hidden sheet comes last, the empty one not at all");
    let rows = written(LIBREOFFICE, 0);
    let texts = |row: usize| rows[row].1.iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(texts(0), ["青山区社区工作者花名册"]);
    assert_eq!(texts(1), ["序号", "姓名", "出生年月", "入职日期", "身份证号", "家庭住址", "", "备注"]);
    assert_eq!(texts(2), ["", "", "", "", "", "小区", "室"]);
    assert_eq!(texts(3), ["1", "张三", "2019.07", "2019-07-01", "'11010519491231002X", "桃园里", "101", "无"]);
    assert_eq!(texts(4), ["2", "李四", "201907", "2019-04-25 09:32:09", "1.10105E+17", "桃园里", "102.5", "—"]);
    assert_eq!(texts(5), ["3", "王五", "2019-07-01", "2019-05-05", "１１０１０５", "柳园里", "0.1", "2"]);
    assert_eq!(texts(6), ["4", "赵六", "2019/7", "09:30:00", "", "柳园里", "-3", "TRUE"]);
    assert_eq!(texts(7), ["5", "", "", "2019-07-02", "TRUE", "#DIV/0!", "203.6", "张三同志"]);
    for (row, cells) in &rows[8..rows.len() - 1] {
        assert_eq!(cells[1], format!("居民{row}"));
        assert_eq!(cells[7], format!("第{row}条：楼道灯不亮，已报修；").repeat(20), "the text goes on in another record");
    }
    assert_eq!(rows.last().unwrap(), &(31, vec!["合计".to_owned(), "65".into()]));
}

#[test]
fn what_xlwt_wrote() {
    let rows = written(XLWT, 0);
    // Its formula was never worked out: that row shows nothing.
    assert_eq!(rows.len(), 41);
    assert_eq!(rows[1].1, ["1", "café 第1名", "2026-01-02", "0.25"]);
    assert_eq!(rows[2].1, ["2", "plain 2", "2026-01-03", "0.5"]);
    assert_eq!(rows[39].1, ["39", "café 第39名", "2026-01-12", "9.75"]);
    assert_eq!(rows[40], (42, vec!["TRUE".to_owned()]));
}

/// calamine, which is not ours, reads the same from both.
#[test]
fn as_calamine_reads_them() {
    use calamine::{Data, Reader};
    for bytes in [LIBREOFFICE, XLWT] {
        let mut theirs: calamine::Xls<_> = calamine::Xls::new(Cursor::new(bytes)).unwrap();
        let (mut compared, ours) = (0, grids(bytes, &Limits::default()).unwrap());
        for grid in ours {
            let range = theirs.worksheet_range(&grid.name).unwrap();
            let shown = |value: &Data| !matches!(value, Data::String(text) if text.is_empty());
            for (row, column, value) in range.used_cells().filter(|(_, _, value)| shown(value)) {
                let start = range.start().unwrap();
                let number = start.0 + u32::try_from(row).unwrap() + 1;
                let row = grid.rows.iter().find(|row| row.number == number).unwrap();
                let ours = row.cell(column + usize::try_from(start.1).unwrap());
                match (value, ours) {
                    (Data::String(theirs), Cell::Text(ours)) => assert_eq!(theirs.as_str(), &**ours),
                    (Data::Float(theirs), Cell::Number(ours)) => assert!((theirs - ours).abs() <= f64::EPSILON * theirs.abs()),
                    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
                    (Data::Int(theirs), Cell::Number(ours)) => assert!((*theirs as f64 - ours).abs() < f64::EPSILON),
                    (Data::Bool(theirs), Cell::Bool(ours)) => assert_eq!(theirs, ours),
                    (Data::Error(theirs), Cell::Error(ours)) => assert_eq!(theirs.to_string(), **ours),
                    (Data::DateTime(theirs), Cell::Date(ours)) => {
                        assert_eq!(theirs.to_ymd_hms_milli().0, u16::try_from(ours.year()).unwrap());
                    }
                    (Data::DateTime(_), Cell::Text(time)) => assert_eq!(time.len(), 8, "{time}"),
                    (theirs, ours) => panic!("{number}: {theirs:?} beside {ours:?}"),
                }
                compared += 1;
            }
        }
        assert!(compared > 100, "{compared}");
    }
}

/// A record.
fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &u16::try_from(data.len()).unwrap().to_le_bytes(), data].concat()
}

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000a;
const CONTINUE: u16 = 0x003c;
const LABEL_SHARED: u16 = 0x00fd;

fn beginning(version: u16, kind: u16) -> Vec<u8> {
    record(BOF, &[version.to_le_bytes(), kind.to_le_bytes(), [0; 2], [0; 2], [0; 2], [0; 2], [0; 2], [0; 2]].concat())
}

/// A container with one stream in it.
fn container(name: &str, stream: &[u8]) -> Vec<u8> {
    let mut container = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    container.create_stream(name).unwrap().write_all(stream).unwrap();
    container.into_inner().into_inner()
}

/// A workbook with one sheet: its own records before the sheet's, and those of the sheet.
fn book(before: &[u8], sheet: &[u8]) -> Vec<u8> {
    let listed = |at: u32| record(0x0085, &[&at.to_le_bytes()[..], &[0, 0, 1, 0, b'S']].concat());
    let length = [beginning(0x0600, 5), listed(0), before.to_vec(), record(EOF, &[])].concat().len();
    let start = [beginning(0x0600, 5), listed(u32::try_from(length).unwrap()), before.to_vec(), record(EOF, &[])].concat();
    container("Workbook", &[start, beginning(0x0600, 0x10), sheet.to_vec(), record(EOF, &[])].concat())
}

/// A cell that names the first shared text.
fn named(row: u16, column: u16) -> Vec<u8> {
    record(LABEL_SHARED, &[row.to_le_bytes(), column.to_le_bytes(), [0; 2], [0; 2], [0; 2]].concat())
}

fn number(row: u16, column: u16) -> Vec<u8> {
    record(0x0203, &[&row.to_le_bytes()[..], &column.to_le_bytes(), &[0, 0], &1.5f64.to_le_bytes()].concat())
}

/// The shared texts of one long text, which goes on over as many records as it needs.
fn long_text(units: u16) -> Vec<u8> {
    let mut out = record(0x00fc, &[&[0; 8][..], &units.to_le_bytes(), &[1]].concat());
    let mut left = usize::from(units);
    while left > 0 {
        let here = left.min(4_000);
        out.extend(record(
            CONTINUE,
            &[&[1][..], &"长".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>().repeat(here)].concat(),
        ));
        left -= here;
    }
    out
}

#[test]
fn records_that_lie() {
    let limits = Limits::default();
    let one = |sheet: &[u8]| grids(&book(&[], sheet), &limits);
    // Dimensions of four thousand million rows: what a reader that believes them takes at once.
    let dimensions = record(0x0200, &[&[0; 4][..], &[0xff; 4], &[0, 0, 0xff, 0xff, 0, 0]].concat());
    assert_eq!(one(&[dimensions, number(0, 0)].concat()).unwrap()[0].rows.len(), 1);
    // A cell far down costs no more than one at the top.
    assert_eq!(one(&[number(0, 0), number(65_535, 0)].concat()).unwrap()[0].rows[1].number, 65_536);
    assert_eq!(one(&number(0, 255)), Err(ReadError::TooManyColumns(200)));
    assert_eq!(one(&named(0, 0)), Err(ReadError::Damaged), "there is no such text");
    assert_eq!(one(&record(0x0203, &[0; 5])), Err(ReadError::Damaged));
    assert_eq!(one(&record(0x00bd, &[0; 3])), Err(ReadError::Damaged));
    assert_eq!(one(&[0x03, 0x02, 0xff, 0xff]), Err(ReadError::Damaged), "a record longer than the file");
    // A chart in the sheet has cells of its own between its beginning and its end.
    let chart = [beginning(0x0600, 0x20), number(7, 7), record(EOF, &[]), number(1, 1)].concat();
    assert_eq!(one(&chart).unwrap()[0].rows.len(), 1);
    // The sheet begins where there is none.
    let astray = [beginning(0x0600, 5), record(0x0085, &[0xff, 0xff, 0xff, 0xff, 0, 0, 1, 0, b'S']), record(EOF, &[])].concat();
    assert_eq!(grids(&container("Workbook", &astray), &limits), Err(ReadError::Damaged));
    // Rows that come in any order are put in order.
    assert_eq!(
        one(&[number(5, 0), number(2, 0), number(5, 1)].concat()).unwrap()[0].rows.iter().map(|r| r.number).collect::<Vec<_>>(),
        [3, 6]
    );
}

#[test]
fn one_text_in_many_cells() {
    let cells = |rows: u16| (0..rows).flat_map(|row| named(row, 0)).collect::<Vec<u8>>();
    let read = grids(&book(&long_text(60_000), &cells(2)), &Limits::default()).unwrap();
    assert_eq!(read[0].rows[1].cell(0).as_written().chars().count(), 60_000);
    assert_eq!(grids(&book(&long_text(60_000), &cells(5_000)), &Limits::default()), Err(ReadError::TooMuch));
    let limits = Limits { cell: 1_000, ..Limits::default() };
    assert_eq!(grids(&book(&long_text(60_000), &cells(1)), &limits), Err(ReadError::CellTooLong(1, 0, 1_000)));
    // A cell in the last column of every row: what is empty before it takes room too.
    let wide: Vec<u8> = (0..50_000).flat_map(|row| number(row, 199)).collect();
    assert_eq!(grids(&book(&[], &wide), &Limits::default()), Err(ReadError::TooMuch));
}

#[test]
fn other_things_in_the_same_container() {
    let limits = Limits::default();
    for (name, error) in [
        ("EncryptedPackage", ReadError::Encrypted),
        ("WordDocument", ReadError::Other("Word")),
        ("PowerPoint Document", ReadError::Other("PowerPoint")),
        ("Book", ReadError::OldExcel),
        ("Contents", ReadError::NotASpreadsheet),
    ] {
        assert_eq!(grids(&container(name, b"x"), &limits), Err(error), "{name}");
    }
    let locked = [beginning(0x0600, 5), record(0x002f, &[1, 0])].concat();
    assert_eq!(grids(&container("Workbook", &locked), &limits), Err(ReadError::Encrypted));
    assert_eq!(grids(&container("Workbook", &beginning(0x0500, 5)), &limits), Err(ReadError::OldExcel));
    assert_eq!(grids(&book(&[], &[]), &limits), Err(ReadError::NoRows));
}

#[test]
fn cut_short_and_altered() {
    let limits = Limits::default();
    for cut in (8..XLWT.len()).step_by(61) {
        let _ = grids(&XLWT[..cut], &limits);
    }
    for at in (0..XLWT.len()).step_by(5) {
        let mut altered = XLWT.to_vec();
        altered[at] ^= 1 << (at % 8);
        if let Err(error) = grids(&altered, &limits) {
            assert!(!error.zh().is_empty() && !error.to_string().is_empty());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_records(kinds in proptest::collection::vec((0usize..12, proptest::collection::vec(any::<u8>(), 0..40)), 0..12)) {
        let known = [0x0006u16, 0x000a, 0x003c, 0x00bd, 0x00d6, 0x00fc, 0x00fd, 0x0203, 0x0204, 0x0205, 0x0207, 0x027e];
        let records: Vec<u8> = kinds.iter().flat_map(|(kind, data)| record(known[*kind], data)).collect();
        let _ = grids(&book(&records, &records), &Limits::default());
    }
}
