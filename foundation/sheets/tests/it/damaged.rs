//! Whatever the bytes are, the answer is rows or words.

use std::io::{Cursor, Write};

use proptest::prelude::*;
use sheets::{Limits, ReadError, grids};
use zip::write::SimpleFileOptions;

use crate::workbook;

/// The parts of a small workbook, to be put together with one of them changed.
fn parts(shared: &str, sheet: &str) -> Vec<(&'static str, String)> {
    let rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    vec![
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"{rel}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{rel}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"{rel}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        ("xl/sharedStrings.xml", shared.to_owned()),
        ("xl/worksheets/sheet1.xml", format!("<worksheet xmlns=\"{main}\"><sheetData>{sheet}</sheetData></worksheet>")),
    ]
}

fn zipped(parts: &[(&str, String)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

const SHARED: &str = "<sst uniqueCount=\"1\"><si><t>甲</t></si></sst>";

#[test]
fn a_hand_made_workbook_is_read() {
    let sheet = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row><row r=\"3\"><c r=\"B3\"><v>5</v></c><c t=\"inlineStr\"><is><t>乙</t></is></c></row>";
    let grid = grids(&zipped(&parts(SHARED, sheet)), &Limits::default()).unwrap().remove(0);
    let texts: Vec<(u32, Vec<String>)> =
        grid.rows.iter().map(|r| (r.number, r.cells.iter().map(sheets::Cell::as_written).collect())).collect();
    assert_eq!(texts, [(1, vec!["甲".to_owned()]), (3, vec![String::new(), "5".into(), "乙".into()])]);
}

#[test]
fn cut_short_anywhere() {
    let whole = workbook(20);
    for cut in (4..whole.len()).step_by(7) {
        let error = grids(&whole[..cut], &Limits::default()).unwrap_err();
        assert!(matches!(error, ReadError::Damaged | ReadError::NotASpreadsheet | ReadError::Encoding), "cut at {cut}: {error:?}");
    }
}

#[test]
fn every_byte_altered() {
    let whole = workbook(3);
    let limits = Limits { unpacked: 4 << 20, ..Limits::default() };
    for at in (0..whole.len()).step_by(3) {
        let mut altered = whole.clone();
        altered[at] ^= 1 << (at % 8);
        // Rows or words; what must not happen is a panic, or an hour.
        if let Err(error) = grids(&altered, &limits) {
            assert!(!error.zh().is_empty() && !error.to_string().is_empty());
        }
    }
}

#[test]
fn a_small_file_that_unpacks_to_much() {
    let mut bomb = parts(SHARED, "");
    bomb.push(("xl/media/image1.png", "0".repeat(3 << 20)));
    let bytes = zipped(&bomb);
    assert!(bytes.len() < 20_000);
    let limits = Limits { unpacked: 2 << 20, ..Limits::default() };
    assert_eq!(grids(&bytes, &limits), Err(ReadError::UnpacksTooLarge(2)));
    assert_eq!(grids(&bytes, &Limits::default()), Err(ReadError::NoRows));

    // The same with a directory that tells a smaller size: the size stands in the last record of the part.
    let (size, told) = ((3u32 << 20).to_le_bytes(), 100u32.to_le_bytes());
    let mut lying = bytes.clone();
    let places: Vec<usize> = bytes.windows(4).enumerate().filter(|(_, w)| *w == size).map(|(at, _)| at).collect();
    assert!(!places.is_empty());
    for at in places {
        lying[at..at + 4].copy_from_slice(&told);
    }
    let answer = grids(&lying, &limits);
    assert!(matches!(answer, Err(ReadError::UnpacksTooLarge(2) | ReadError::Damaged)), "{answer:?}");
}

#[test]
fn claims_and_places_that_would_take_all_memory() {
    let limits = Limits::default();
    for count in ["99999999999999", "18446744073709551615", "5000000", "99999999999999999999999999"] {
        let shared = SHARED.replace("\"1\"", &format!("\"{count}\""));
        assert_eq!(grids(&zipped(&parts(&shared, "")), &limits), Err(ReadError::Damaged), "{count}");
    }
    for (sheet, error) in [
        ("<row r=\"1\"><c r=\"XFD1\"><v>1</v></c></row>", ReadError::TooManyColumns(200)),
        ("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>7</v></c></row>", ReadError::Damaged),
        ("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>-1</v></c></row>", ReadError::Damaged),
        ("<row r=\"1\"><c r=\"A99999999999\"><v>1</v></c></row>", ReadError::Damaged),
        ("<row r=\"1\"><c r=\"A1\"><v>1", ReadError::Damaged),
        ("<row r=\"4294967295\"><c><v></v></c></row>", ReadError::NoRows),
    ] {
        let answer = grids(&zipped(&parts(SHARED, sheet)), &limits);
        let rows = answer.as_ref().is_ok_and(|g| g.iter().all(|g| g.rows.len() <= 1));
        assert!(answer == Err(error.clone()) || answer == Err(ReadError::Damaged) || rows, "{sheet}: {answer:?}, not {error:?}");
    }
    // One long text in many cells.
    let shared = format!("<sst uniqueCount=\"1\"><si><t>{}</t></si></sst>", "长".repeat(90_000));
    let cells: String = (1..3000).map(|row| format!("<row r=\"{row}\"><c r=\"A{row}\" t=\"s\"><v>0</v></c></row>")).collect();
    assert_eq!(grids(&zipped(&parts(&shared, &cells)), &limits), Err(ReadError::TooMuch));
    let shared = shared.replace("</t>", &format!("{}</t>", "长".repeat(10_001)));
    assert_eq!(grids(&zipped(&parts(&shared, &cells)), &limits), Err(ReadError::CellTooLong(1, 0, 100_000)));
}

#[test]
fn other_office_files_are_named() {
    for (part, kind) in [
        ("word/document.xml", "Word"),
        ("ppt/presentation.xml", "PowerPoint"),
        ("content.xml", "OpenDocument"),
        ("xl/workbook.bin", ".xlsb"),
    ] {
        assert_eq!(grids(&zipped(&[(part, "<x/>".into())]), &Limits::default()), Err(ReadError::Other(kind)));
    }
    assert_eq!(grids(&zipped(&[("readme.txt", "x".into())]), &Limits::default()), Err(ReadError::NotASpreadsheet));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400), start in 0usize..4) {
        let start: &[u8] = [&b""[..], b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe"][start];
        let _ = sheets::read(&[start, &bytes].concat(), &[]);
    }

    #[test]
    fn any_sheet_text(shared in "(<si>|</si>|<t>|</t>|<r>|&amp;|&#x41;|&bad;|[a-z甲]|<!\\[CDATA\\[|\\]\\]>){0,20}", sheet in "(<row>|<row r=\"[0-9]{1,6}\">|</row>|<c>|<c r=\"[A-Z]{1,3}[0-9]{1,4}\" t=\"(s|b|e|d|str|n)\" s=\"[0-9]\">|</c>|<v>|</v>|[0-9.eE-]{1,9}){0,30}") {
        let shared = format!("<sst uniqueCount=\"3\">{shared}</sst>");
        let _ = sheets::read(&zipped(&parts(&shared, &sheet)), &[]);
    }
}
