//! Word and PowerPoint: archives of XML. Headings, paragraphs, lists and tables of a document; titles and lines of slides.

use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::Event;
use zip::ZipArchive;

use super::{ImportError, MOST_PART, MOST_PARTS};
use crate::model::LessonKind;

/// Read an archive.
pub(super) fn read(bytes: &[u8]) -> Result<(LessonKind, String), ImportError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| ImportError::Damaged)?;
    if archive.len() > MOST_PARTS * 4 {
        return Err(ImportError::TooLarge);
    }
    if let Some(xml) = part(&mut archive, "word/document.xml")? {
        return Ok((LessonKind::Text, word(&xml)?));
    }
    let mut numbers: Vec<u32> = archive
        .file_names()
        .flatten()
        .filter_map(|name| name.strip_prefix("ppt/slides/slide")?.strip_suffix(".xml")?.parse().ok())
        .take(MOST_PARTS)
        .collect();
    numbers.sort_unstable();
    if numbers.is_empty() {
        return Err(ImportError::Unknown);
    }
    let mut slides = Vec::new();
    for number in numbers {
        if let Some(xml) = part(&mut archive, &format!("ppt/slides/slide{number}.xml"))? {
            let text = slide(&xml)?;
            if !text.trim().is_empty() {
                slides.push(text.trim().to_owned());
            }
        }
    }
    Ok((LessonKind::Slides, slides.join("\n\n---\n\n")))
}

/// A part of the archive, unpacked within its bound.
fn part(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Option<Vec<u8>>, ImportError> {
    let file = match archive.by_name(name) {
        Ok(file) => file,
        Err(zip::result::ZipError::FileNotFound) => return Ok(None),
        Err(_) => return Err(ImportError::Damaged),
    };
    let mut out = Vec::new();
    file.take(MOST_PART + 1).read_to_end(&mut out).map_err(|_| ImportError::Damaged)?;
    if u64::try_from(out.len()).unwrap_or(u64::MAX) > MOST_PART { Err(ImportError::TooLarge) } else { Ok(Some(out)) }
}

/// What Markdown would take for a mark is told apart from it.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// What a paragraph begins with would make it something else: a heading, a list, a line.
pub(super) fn paragraph(text: &str) -> String {
    let text = plain(text.trim());
    let marks =
        text.starts_with(['#', '-', '+', '=']) || text.split_once(['.', ')']).is_some_and(|(n, _)| n.bytes().all(|b| b.is_ascii_digit()));
    if !marks {
        return text;
    }
    // A number is written as it is read, with its point told apart from that of a list.
    match text.char_indices().find(|(_, c)| matches!(c, '.' | ')')) {
        Some((at, _)) if text.starts_with(|c: char| c.is_ascii_digit()) => {
            format!("{}\\{}", text.get(..at).unwrap_or(""), text.get(at..).unwrap_or(""))
        }
        _ => format!("\\{text}"),
    }
}

#[derive(Default)]
struct Paragraph {
    text: String,
    heading: Option<usize>,
    list: bool,
}

/// The body of a document.
fn word(xml: &[u8]) -> Result<String, ImportError> {
    let mut reader = Reader::from_reader(xml);
    let (mut out, mut now, mut inside) = (String::new(), Paragraph::default(), false);
    // Tables: the rows so far, and the depth, since tables stand in tables.
    let (mut rows, mut depth): (Vec<Vec<String>>, usize) = (Vec::new(), 0);
    loop {
        match reader.read_event().map_err(|_| ImportError::Damaged)? {
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "tab" => now.text.push(' '),
            Event::Empty(tag) if tag.local_name().as_ref() == "br" => now.text.push(' '),
            Event::Start(tag) if tag.local_name().as_ref() == "t" => inside = true,
            Event::End(tag) if tag.local_name().as_ref() == "t" => inside = false,
            Event::Start(tag) | Event::Empty(tag) if matches!(tag.local_name().as_ref(), "pStyle" | "outlineLvl" | "numPr") => {
                if tag.local_name().as_ref() == "numPr" {
                    now.list = true;
                }
                let value = tag.attributes().flatten().find(|one| one.key.local_name().as_ref() == "val");
                let value = value.map(|one| one.value.clone().into_owned()).unwrap_or_default();
                if tag.local_name().as_ref() == "pStyle" {
                    now.heading = heading(&value).or(now.heading);
                } else if tag.local_name().as_ref() == "outlineLvl" {
                    now.heading = value.parse::<usize>().ok().filter(|level| *level < 6).map(|level| level + 1).or(now.heading);
                }
            }
            Event::Text(text) if inside => now.text.push_str(&text),
            Event::GeneralRef(name) if inside => now.text.push_str(entity(&name)),
            Event::Start(tag) if tag.local_name().as_ref() == "tbl" => depth += 1,
            Event::Start(tag) if depth == 1 && tag.local_name().as_ref() == "tr" => rows.push(Vec::new()),
            Event::Start(tag) if depth == 1 && tag.local_name().as_ref() == "tc" => {
                if let Some(row) = rows.last_mut() {
                    row.push(String::new());
                }
            }
            Event::End(tag) if tag.local_name().as_ref() == "tbl" => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    table(&mut out, &std::mem::take(&mut rows));
                }
            }
            Event::End(tag) if tag.local_name().as_ref() == "p" => {
                let done = std::mem::take(&mut now);
                match rows.last_mut().and_then(|row| row.last_mut()).filter(|_| depth > 0) {
                    Some(cell) => {
                        if !cell.is_empty() && !done.text.trim().is_empty() {
                            cell.push(' ');
                        }
                        cell.push_str(plain(done.text.trim()).as_str());
                    }
                    None => write(&mut out, &done),
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    Ok(out)
}

/// The level of a heading by the id of its style, as Word, WPS and LibreOffice write them.
fn heading(style: &str) -> Option<usize> {
    let lower = style.to_ascii_lowercase();
    if lower == "title" {
        return Some(1);
    }
    let digits = lower.strip_prefix("heading").or_else(|| style.strip_prefix("标题")).unwrap_or("");
    digits.trim().parse::<usize>().ok().filter(|level| (1..=6).contains(level))
}

fn entity(name: &str) -> &'static str {
    match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "",
    }
}

fn write(out: &mut String, done: &Paragraph) {
    if done.text.trim().is_empty() {
        return;
    }
    match done.heading {
        Some(level) => out.push_str(&format!("{} {}", "#".repeat(level), plain(done.text.trim()))),
        None if done.list => out.push_str(&format!("- {}", plain(done.text.trim()))),
        None => out.push_str(&paragraph(&done.text)),
    }
    // Lines of a list stand together.
    out.push_str(if done.list && done.heading.is_none() { "\n" } else { "\n\n" });
}

fn table(out: &mut String, rows: &[Vec<String>]) {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    if width == 0 {
        return;
    }
    out.push('\n');
    for (n, row) in rows.iter().enumerate() {
        let cells: Vec<&str> = (0..width).map(|at| row.get(at).map_or("", String::as_str)).collect();
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
        if n == 0 {
            out.push_str(&format!("|{}\n", "---|".repeat(width)));
        }
    }
    out.push('\n');
}

/// A slide: its first lines are its title where a placeholder says so, the others are points.
fn slide(xml: &[u8]) -> Result<String, ImportError> {
    let mut reader = Reader::from_reader(xml);
    let (mut out, mut line, mut inside, mut title) = (String::new(), String::new(), false, false);
    loop {
        match reader.read_event().map_err(|_| ImportError::Damaged)? {
            Event::Start(tag) if tag.local_name().as_ref() == "sp" => title = false,
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "ph" => {
                let kind = tag.attributes().flatten().find(|one| one.key.local_name().as_ref() == "type");
                title = kind.is_some_and(|one| matches!(&*one.value, "title" | "ctrTitle"));
            }
            Event::Start(tag) if tag.local_name().as_ref() == "t" => inside = true,
            Event::End(tag) if tag.local_name().as_ref() == "t" => inside = false,
            Event::Text(text) if inside => line.push_str(&text),
            Event::GeneralRef(name) if inside => line.push_str(entity(&name)),
            Event::End(tag) if tag.local_name().as_ref() == "p" => {
                let text = std::mem::take(&mut line);
                if !text.trim().is_empty() {
                    let text = plain(text.trim());
                    out.push_str(&if title { format!("# {text}\n\n") } else { format!("- {text}\n") });
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    Ok(out)
}

/// The parsers alone, without an archive around them.
pub(super) fn fuzz(data: &[u8]) {
    let _ = word(data);
    let _ = slide(data);
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::super::{ImportError, read};
    use super::*;

    pub(crate) fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn a_word_document_becomes_markdown() {
        let xml = r#"<w:document xmlns:w="w"><w:body>
            <w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>基层减负 &amp; 赋能</w:t></w:r></w:p>
            <w:p><w:r><w:t xml:space="preserve">一是 </w:t></w:r><w:r><w:t>不重复报数；</w:t></w:r></w:p>
            <w:p><w:r><w:t>1. 开头像列表的段落</w:t></w:r></w:p>
            <w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>要点*甲*</w:t></w:r></w:p>
            <w:tbl><w:tr><w:tc><w:p><w:r><w:t>事项</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>时限</w:t></w:r></w:p></w:tc></w:tr>
            <w:tr><w:tc><w:p><w:r><w:t>签收</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>1天</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
            <w:p/></w:body></w:document>"#;
        let found = read("讲义.docx", &archive(&[("word/document.xml", xml)])).unwrap();
        assert_eq!((found.kind, found.title.as_str(), found.cut), (LessonKind::Text, "基层减负 & 赋能", false));
        assert!(
            found.body.starts_with("# 基层减负 & 赋能\n\n一是 不重复报数；\n\n1\\. 开头像列表的段落\n\n- 要点\\*甲\\*"),
            "{}",
            found.body
        );
        let html = crate::markdown::html(&found.body);
        assert!(
            html.contains("<p>1. 开头像列表的段落</p>") && html.contains("<li>要点*甲*</li>") && html.contains("<td>1天</td>"),
            "{html}"
        );
    }

    #[test]
    fn slides_become_slides_in_their_order() {
        let slide = |title: &str, point: &str| {
            format!(
                r#"<p:sld xmlns:p="p" xmlns:a="a"><p:sp><p:nvPr><p:ph type="title"/></p:nvPr><a:p><a:r><a:t>{title}</a:t></a:r></a:p></p:sp>
                <p:sp><p:nvPr><p:ph idx="1"/></p:nvPr><a:p><a:r><a:t>{point}</a:t></a:r></a:p></p:sp></p:sld>"#
            )
        };
        let (one, two, ten) = (slide("第一", "甲"), slide("第二", "乙"), slide("第十", "丙"));
        let parts = [("ppt/slides/slide10.xml", &*ten), ("ppt/slides/slide2.xml", &*two), ("ppt/slides/slide1.xml", &*one)];
        let found = read("课件.pptx", &archive(&parts)).unwrap();
        assert_eq!(found.kind, LessonKind::Slides);
        assert_eq!(found.body, "# 第一\n\n- 甲\n\n---\n\n# 第二\n\n- 乙\n\n---\n\n# 第十\n\n- 丙");
        assert_eq!(crate::markdown::slides(&found.body).len(), 3);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert_eq!(read("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1"), Err(ImportError::Unknown));
        assert_eq!(read("a.docx", b"PK\x03\x04nothing"), Err(ImportError::Damaged));
        assert_eq!(read("a.zip", &archive(&[("a.txt", "x")])), Err(ImportError::Unknown));
        assert_eq!(read("a.md", b" \n \n"), Err(ImportError::Empty));
        assert_eq!(read("a.docx", &archive(&[("word/document.xml", "<a><w:p")])), Err(ImportError::Damaged));
        // A small archive that unpacks to very much.
        let bomb = archive(&[("word/document.xml", &"<a/>".repeat(3 << 20))]);
        assert!(bomb.len() < 1 << 20);
        assert_eq!(read("a.docx", &bomb), Err(ImportError::TooLarge));
        let long = "长".repeat(crate::model::LONGEST_BODY) + "\n尾";
        let found = read("a.md", long.as_bytes()).unwrap();
        assert!(found.cut && !found.body.contains('尾'));
    }

    #[test]
    fn the_fuzzer_takes_anything() {
        let random = base::SeededRandom::new(3);
        for length in 0..400 {
            let mut data = vec![0; length];
            base::Random::fill(&random, &mut data);
            super::super::fuzz(&data);
        }
        super::super::fuzz(&archive(&[("word/document.xml", "<w:p><w:t>a&amp;b</w:t></w:p>")]));
    }
}
