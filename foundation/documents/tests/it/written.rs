//! What comes out, looked at from outside.

use std::io::{Cursor, Read};

use documents::{Block, Document, Fonts, Role, docx, pdf};

use crate::sample::sample;

fn part(bytes: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut out = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut out).unwrap();
    out
}

/// The fonts of this machine; a machine without any says so and has nothing to set.
fn fonts() -> Option<Fonts> {
    let fonts = Fonts::find(&[]);
    match fonts.check() {
        Ok(()) => Some(fonts),
        Err(error) => {
            println!("skipped: {error}");
            None
        }
    }
}

#[test]
fn a_docx_is_the_same_twice_and_holds_what_was_said() {
    let bytes = docx(&sample()).unwrap();
    assert_eq!(bytes, docx(&sample()).unwrap());
    let body = part(&bytes, "word/document.xml");
    for wanted in ["一、做法与成效", "Heading1", "1,234件", "w:tblHeader", "chart2", "w:linePitch=\"579\"", "喆堃玥"] {
        assert!(body.contains(wanted), "{wanted}");
    }
    let styles = part(&bytes, "word/styles.xml");
    for role in Role::ALL {
        assert!(styles.contains(role.official()), "{role:?}");
    }
    assert!(part(&bytes, "word/charts/chart1.xml").contains("c:barChart"));
    assert!(part(&bytes, "docProps/core.xml").contains("2026-11-22"));
    assert_eq!(part(&bytes, "word/footer1.xml").matches("PAGE").count(), 1);
}

#[test]
fn a_docx_of_nothing_is_still_one() {
    let bytes = docx(&Document::default()).unwrap();
    assert!(part(&bytes, "word/document.xml").contains("<w:sectPr>"));
}

#[test]
fn a_pdf_is_the_same_twice() {
    let Some(fonts) = fonts() else { return };
    let (first, second) = (pdf(&sample(), &fonts).unwrap(), pdf(&sample(), &Fonts::find(&[])).unwrap());
    assert_eq!(first.bytes, second.bytes);
    assert!(first.bytes.starts_with(b"%PDF-1.7"));
    assert!(first.pages >= 4, "{}", first.pages);
    assert_eq!(first.missing, [], "{:?}", first.families);
}

#[test]
fn a_rare_character_of_a_name_is_printed() {
    let Some(fonts) = fonts() else { return };
    let of = |name: &str| Document { title: name.into(), blocks: vec![Block::Paragraph(name.into())], ..Document::default() };
    let rare = pdf(&of("㐀𠮷䶮玥堃喆"), &fonts).unwrap();
    assert_eq!(rare.missing, [], "{:?}", rare.families);
    // Noto Serif CJK lacks this one and Noto Sans CJK has it: the text is 仿宋, whose own fonts end with the former.
    let only = fonts.of(Role::Fang).iter().all(|found| found.family == "Noto Serif CJK SC");
    if only && fonts.of(Role::Hei).iter().any(|found| found.family == "Noto Sans CJK SC") {
        let element = pdf(&of("鿬"), &fonts).unwrap();
        assert_eq!(element.missing, [], "{:?}", element.families);
        assert!(element.families.iter().any(|family| family.starts_with("Noto Sans CJK")), "{:?}", element.families);
    }
}

#[test]
fn an_annex_stands_on_a_page_of_its_own() {
    let sample = sample();
    let table = sample.blocks.iter().find_map(|block| if let Block::Table(table) = block { Some(table.clone()) } else { None }).unwrap();
    let annexed =
        Document { annex: Some(documents::Table { caption: "数字对照".into(), ..table }), ..Document { blocks: vec![], ..sample } };
    let body = part(&docx(&annexed).unwrap(), "word/document.xml");
    assert!(body.contains("附件：数字对照") && body.contains("w:val=\"Annex\"") && body.matches("<w:tbl>").count() == 1);
    assert!(part(&docx(&annexed).unwrap(), "word/styles.xml").contains("<w:pageBreakBefore/>"));
    if let Some(fonts) = fonts() {
        let without = pdf(&Document { annex: None, ..annexed.clone() }, &fonts).unwrap();
        assert!(pdf(&annexed, &fonts).unwrap().pages > without.pages);
    }
}

#[test]
fn twenty_two_lines_of_twenty_eight_characters_fill_a_page() {
    let Some(fonts) = fonts() else { return };
    let lines =
        |n: usize| Document { title: "题".into(), blocks: vec![Block::Paragraph("国".repeat(28 * n - 2))], ..Document::default() };
    // The title and the empty line after it take 35 pt and one line of the 22; 19 more fit.
    assert_eq!(pdf(&lines(19), &fonts).unwrap().pages, 1);
    assert_eq!(pdf(&lines(20), &fonts).unwrap().pages, 2);
    assert_eq!(pdf(&lines(19 + 22), &fonts).unwrap().pages, 2);
    assert_eq!(pdf(&lines(19 + 22 + 1), &fonts).unwrap().pages, 3);
}

#[test]
fn hostile_text_breaks_neither() {
    let text = "\u{0}\u{1F600}\u{FFFF}<w:p>&amp;\r\t𬱖".repeat(50) + &"9".repeat(500);
    let document =
        Document { title: text.clone(), blocks: vec![Block::Paragraph(text.clone()), Block::Heading(9, text)], ..Document::default() };
    let bytes = docx(&document).unwrap();
    assert!(!part(&bytes, "word/document.xml").contains("<w:p>&amp;amp"));
    if let Some(fonts) = fonts() {
        let printed = pdf(&document, &fonts).unwrap();
        assert!(printed.missing.contains(&'\u{1F600}'));
    }
}

#[test]
fn no_font_is_said_in_words() {
    let none = Fonts::within(vec!["no-such-folder".into()]);
    let error = pdf(&sample(), &none).unwrap_err();
    assert!(error.to_string().contains("方正小标宋简体") && error.to_string().contains("no-such-folder"), "{error}");
}
