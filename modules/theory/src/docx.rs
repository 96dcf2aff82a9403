//! The lines of a Word file: what stands in its paragraphs, with the numbers that Word itself counts. Bounded before memory is
//! taken: the file, what it unpacks to, the depth of its lists and the number of its lines.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Bytes of a file.
pub const MOST_BYTES: usize = 12 << 20;
/// Bytes of one part, unpacked.
const MOST_UNPACKED: u64 = 48 << 20;
/// Characters of one line.
const LONGEST_LINE: usize = 8_000;

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocxError {
    /// It is too large, or unpacks to too much.
    #[error("the file is too large")]
    TooLarge,
    /// It is no Word file of the kind that ends in .docx.
    #[error("this is no .docx file")]
    NotDocx,
    /// What is in it cannot be read.
    #[error("the file is damaged")]
    Damaged,
}

impl DocxError {
    /// The same in Chinese.
    pub fn zh(&self) -> &'static str {
        match self {
            DocxError::TooLarge => "文件太大",
            DocxError::NotDocx => "不是 .docx 文件，请在 Word 里另存为 .docx",
            DocxError::Damaged => "文件已损坏，请在 Word 里重新保存",
        }
    }
}

/// The lines of a Word file, in its order; those of tables cell by cell.
///
/// # Errors
/// [`DocxError`].
pub fn lines(bytes: &[u8]) -> Result<Vec<String>, DocxError> {
    if bytes.len() > MOST_BYTES {
        return Err(DocxError::TooLarge);
    }
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| DocxError::NotDocx)?;
    let numbering = part(&mut zip, "word/numbering.xml").ok().flatten().unwrap_or_default();
    let document = part(&mut zip, "word/document.xml")?.ok_or(DocxError::NotDocx)?;
    read(&document, &formats(&numbering))
}

fn part(zip: &mut zip::ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Option<Vec<u8>>, DocxError> {
    let Ok(file) = zip.by_name(name) else { return Ok(None) };
    let mut out = Vec::new();
    // What the header says of its size is not believed.
    file.take(MOST_UNPACKED + 1).read_to_end(&mut out).map_err(|_| DocxError::Damaged)?;
    if u64::try_from(out.len()).unwrap_or(u64::MAX) > MOST_UNPACKED { Err(DocxError::TooLarge) } else { Ok(Some(out)) }
}

/// How a level of a list counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Decimal,
    Letter,
    Chinese,
    Other,
}

/// By list and level.
type Formats = HashMap<(String, String), Format>;

fn value(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(found.value.into_owned())
}

/// How the lists of a document count: from its numbering, by the list's number and level.
fn formats(xml: &[u8]) -> Formats {
    let mut reader = Reader::from_reader(xml);
    let (mut of_abstract, mut lists): (Formats, Vec<(String, String)>) = (HashMap::new(), Vec::new());
    let (mut kind, mut level, mut number) = (String::new(), String::new(), String::new());
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let Ok(event) = reader.read_event_into(&mut buffer) else { break };
        let start = match &event {
            Event::Start(start) | Event::Empty(start) => start,
            Event::Eof => break,
            _ => continue,
        };
        match start.local_name().as_ref() {
            "abstractNum" => kind = value(start, "abstractNumId").unwrap_or_default(),
            "lvl" => level = value(start, "ilvl").unwrap_or_default(),
            "numFmt" if of_abstract.len() < 10_000 => {
                let format = match value(start, "val").unwrap_or_default().as_str() {
                    "decimal" | "decimalFullWidth" | "decimalZero" => Format::Decimal,
                    "upperLetter" | "lowerLetter" => Format::Letter,
                    "chineseCounting" | "chineseCountingThousand" | "japaneseCounting" | "ideographTraditional" => Format::Chinese,
                    _ => Format::Other,
                };
                of_abstract.insert((kind.clone(), level.clone()), format);
            }
            "num" => number = value(start, "numId").unwrap_or_default(),
            "abstractNumId" if lists.len() < 10_000 => lists.push((number.clone(), value(start, "val").unwrap_or_default())),
            _ => {}
        }
    }
    let mut out = HashMap::new();
    for (number, of) in lists {
        for ((kind, level), format) in &of_abstract {
            if *kind == of && out.len() < 100_000 {
                out.insert((number.clone(), level.clone()), *format);
            }
        }
    }
    out
}

/// Counts of the lists of a document.
#[derive(Default)]
struct Counts {
    by_list: HashMap<(String, String), u32>,
}

impl Counts {
    /// What Word would draw before a paragraph of this list.
    fn next(&mut self, formats: &Formats, list: &str, level: &str) -> String {
        let key = (list.to_owned(), level.to_owned());
        let format = formats.get(&key).copied().unwrap_or(Format::Other);
        if format == Format::Other || self.by_list.len() > 10_000 {
            return String::new();
        }
        if format == Format::Decimal {
            // Letters begin anew under each number.
            self.by_list.retain(|(of, at), _| formats.get(&(of.clone(), at.clone())) != Some(&Format::Letter));
        }
        let count = self.by_list.entry(key).or_insert(0);
        *count += 1;
        match format {
            Format::Decimal => format!("{count}．"),
            Format::Letter => char::from_u32(u32::from('A') + (*count - 1) % 26).map(|letter| format!("{letter}．")).unwrap_or_default(),
            Format::Chinese => {
                let numeral = usize::try_from(*count - 1).ok().and_then(|at| "一二三四五六七八九十".chars().nth(at));
                numeral.map(|numeral| format!("{numeral}、")).unwrap_or_default()
            }
            Format::Other => String::new(),
        }
    }
}

fn read(xml: &[u8], formats: &Formats) -> Result<Vec<String>, DocxError> {
    let mut reader = Reader::from_reader(xml);
    let (mut lines, mut line, mut counts) = (Vec::new(), String::new(), Counts::default());
    let (mut list, mut level, mut in_text, mut seen) = (String::new(), String::new(), false, false);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|_| DocxError::Damaged)? {
            Event::Start(start) | Event::Empty(start) => match start.local_name().as_ref() {
                "document" => seen = true,
                "p" => {
                    list.clear();
                    level.clear();
                }
                "numId" => list = value(&start, "val").unwrap_or_default(),
                "ilvl" => level = value(&start, "val").unwrap_or_default(),
                "t" => in_text = true,
                "tab" => line.push(' '),
                "br" | "cr" => end(&mut lines, &mut line, String::new()),
                _ => {}
            },
            Event::Text(text) if in_text => push(&mut line, &text),
            Event::CData(text) if in_text => push(&mut line, &text),
            Event::GeneralRef(name) if in_text => push(&mut line, &entity(&name)),
            Event::End(end_of) => match end_of.local_name().as_ref() {
                "t" => in_text = false,
                "p" => {
                    let mark = if list.is_empty() || list == "0" || line.trim().is_empty() {
                        String::new()
                    } else {
                        counts.next(formats, &list, if level.is_empty() { "0" } else { &level })
                    };
                    end(&mut lines, &mut line, mark);
                }
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
        if lines.len() > crate::layout::MOST_LINES {
            return Err(DocxError::TooLarge);
        }
    }
    if seen { Ok(lines) } else { Err(DocxError::NotDocx) }
}

fn push(line: &mut String, text: &str) {
    if line.len() < LONGEST_LINE * 3 {
        line.push_str(text);
    }
}

fn end(lines: &mut Vec<String>, line: &mut String, mark: String) {
    let text = std::mem::take(line);
    lines.push(if mark.is_empty() { text } else { format!("{mark}{text}") });
}

fn entity(name: &str) -> String {
    let numbered = |digits: &str, base| u32::from_str_radix(digits, base).ok().and_then(char::from_u32).map(String::from);
    match name {
        "amp" => "&".into(),
        "lt" => "<".into(),
        "gt" => ">".into(),
        "quot" => "\"".into(),
        "apos" => "'".into(),
        other => match other.strip_prefix("#x") {
            Some(digits) => numbered(digits, 16),
            None => other.strip_prefix('#').and_then(|digits| numbered(digits, 10)),
        }
        .unwrap_or_default(),
    }
}

/// The entry of the fuzzer: whatever the bytes are, reading ends in lines or words; as a whole file and as its parts.
pub fn fuzz(data: &[u8]) {
    let _ = lines(data);
    if let Ok(lines) = read(data, &formats(data)) {
        crate::layout::read(&lines, "");
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn packed(document: &str, numbering: &str) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in [("word/document.xml", document), ("word/numbering.xml", numbering)] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn paragraphs_are_lines_and_word_counts() {
        let paragraph = |list: &str, text: &str| {
            format!(
                "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"{list}\"/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"
            )
        };
        let document = format!(
            "<?xml version=\"1.0\"?><w:document xmlns:w=\"x\"><w:body><w:p><w:r><w:t>一、单选题</w:t></w:r></w:p>{}{}{}{}{}<w:p><w:r><w:t xml:space=\"preserve\">答案：</w:t></w:r><w:r><w:t>B &amp; &#x4E2D;</w:t><w:br/><w:t>完</w:t></w:r></w:p></w:body></w:document>",
            paragraph("1", "甲"),
            paragraph("2", "一"),
            paragraph("2", "二"),
            paragraph("1", "乙"),
            paragraph("2", "三")
        );
        let numbering = "<w:numbering xmlns:w=\"x\"><w:abstractNum w:abstractNumId=\"7\"><w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"decimal\"/></w:lvl></w:abstractNum><w:abstractNum w:abstractNumId=\"8\"><w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"upperLetter\"/></w:lvl></w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"7\"/></w:num><w:num w:numId=\"2\"><w:abstractNumId w:val=\"8\"/></w:num></w:numbering>";
        let found = lines(&packed(&document, numbering)).unwrap();
        assert_eq!(found, ["一、单选题", "1．甲", "A．一", "B．二", "2．乙", "A．三", "答案：B & 中", "完"]);
    }

    #[test]
    fn what_our_own_export_writes_is_read() {
        let document = documents::Document {
            title: "题库".into(),
            blocks: vec![documents::Block::Paragraph("1．甲（　）".into()), documents::Block::Paragraph("A．一 & 二".into())],
            date: "2026-11-29".into(),
            ..documents::Document::default()
        };
        let found = lines(&documents::docx(&document).unwrap()).unwrap();
        assert!(found.iter().any(|line| line == "A．一 & 二"), "{found:?}");
    }

    #[test]
    fn what_is_no_word_file_is_said() {
        assert_eq!(lines(b"PK nothing"), Err(DocxError::NotDocx));
        assert_eq!(lines(&packed("<html/>", "")), Err(DocxError::NotDocx));
        for data in [&b""[..], b"<w:p", b"<w:document><w:p><w:t>&#xFFFFFFFF;</w:t></w:p>", b"<a><![CDATA["] {
            fuzz(data);
        }
    }
}
