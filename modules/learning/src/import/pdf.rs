//! The text of a PDF. It says where letters stand and not what they belong to, so that paragraphs are guessed, which whoever
//! brings it in is told. A scanned page has no letters.
//!
//! The library bounds how deep things lie in one another and what a stream unpacks to; pages and letters are bounded here.

use std::collections::BTreeMap;

use lopdf::content::Content;
use lopdf::{Document, Encoding, Error, LoadOptions, Object, ObjectId};

use super::office::paragraph;
use super::{ImportError, MOST_PART, MOST_PARTS};
use crate::model::LONGEST_BODY;

/// Ends of sentences, after which a line is taken to end a paragraph.
const ENDS: [char; 8] = ['。', '！', '？', '；', '：', '.', '!', '?'];
/// What may stand after them.
const CLOSES: [char; 5] = ['”', '’', '）', '」', ')'];

/// Read a document.
pub(super) fn read(bytes: &[u8]) -> Result<String, ImportError> {
    let most = usize::try_from(MOST_PART).unwrap_or(usize::MAX);
    let document = Document::load_mem_with_options(bytes, LoadOptions::with_max_decompressed_size(most)).map_err(told)?;
    if document.is_encrypted() {
        return Err(ImportError::Locked);
    }
    let pages: Vec<ObjectId> = document.get_pages().into_values().take(MOST_PARTS + 1).collect();
    if pages.len() > MOST_PARTS {
        return Err(ImportError::TooLarge);
    }
    let (mut out, mut now) = (String::new(), String::new());
    for page in pages {
        for line in lines(&document, page, most)? {
            add(&mut out, &mut now, &line);
        }
        if out.len() > LONGEST_BODY * 8 {
            break;
        }
    }
    end(&mut out, &mut now);
    Ok(out)
}

/// The lines of a page. What is damaged in it costs its own letters, not the document.
fn lines(document: &Document, page: ObjectId, most: usize) -> Result<Vec<String>, ImportError> {
    let content = match document.get_page_content_with_limit(page, most) {
        Ok(content) => content,
        Err(error) if is_too_large(&error) => return Err(ImportError::TooLarge),
        Err(_) => return Ok(Vec::new()),
    };
    let Ok(content) = Content::decode(&content) else { return Ok(Vec::new()) };
    let mut fonts = BTreeMap::new();
    for (name, font) in document.get_page_fonts(page).unwrap_or_default() {
        match font.get_font_encoding_with_limit(document, most) {
            // Codes of a font that does not say what they mean would come out as other letters.
            Ok(Encoding::OneByteEncoding(_)) if font.get(b"Subtype").and_then(Object::as_name).is_ok_and(|kind| kind == b"Type0") => {}
            Ok(encoding) => drop(fonts.insert(name, encoding)),
            Err(error) if is_too_large(&error) => return Err(ImportError::TooLarge),
            Err(_) => {}
        }
    }
    let mut pen = Pen { scale: 1.0, ..Pen::default() };
    let mut encoding = None;
    for step in &content.operations {
        let number = |at: usize| step.operands.get(at).and_then(|value| value.as_float().ok()).unwrap_or(0.0);
        match step.operator.as_str() {
            "BT" => (pen.y, pen.scale) = (0.0, 1.0),
            "Tf" => {
                encoding = step.operands.first().and_then(|name| name.as_name().ok()).and_then(|name| fonts.get(name));
                pen.size = number(1).abs();
            }
            "Td" | "TD" => {
                pen.y += number(1) * pen.scale;
                if step.operator == "TD" {
                    pen.leading = -number(1);
                }
            }
            "TL" => pen.leading = number(0),
            "Tm" => (pen.y, pen.scale) = (number(5), number(3).abs()),
            "T*" => pen.y -= pen.leading * pen.scale,
            "Tj" => pen.show(encoding, step.operands.first()),
            "'" | "\"" => {
                pen.y -= pen.leading * pen.scale;
                pen.show(encoding, step.operands.last());
            }
            "TJ" => {
                for piece in step.operands.first().and_then(|list| list.as_array().ok()).into_iter().flatten() {
                    // A wide step back of the pen is how some programs write a space.
                    if piece.as_float().is_ok_and(|back| back < -200.0) && pen.line.ends_with(|c: char| c.is_ascii_alphanumeric()) {
                        pen.line.push(' ');
                    }
                    pen.show(encoding, Some(piece));
                }
            }
            _ => {}
        }
    }
    pen.lines.push(pen.line);
    Ok(pen.lines)
}

/// Where on the page the text is written.
#[derive(Default)]
struct Pen {
    y: f32,
    scale: f32,
    size: f32,
    leading: f32,
    /// How high the line stands that is being read.
    at: f32,
    line: String,
    lines: Vec<String>,
}

impl Pen {
    /// Reads a piece of text: into the line, or, where it stands at another height, into the next.
    fn show(&mut self, encoding: Option<&Encoding<'_>>, text: Option<&Object>) {
        let (Some(encoding), Some(Object::String(bytes, _))) = (encoding, text) else { return };
        let Ok(text) = Document::decode_text(encoding, bytes) else { return };
        // Raised letters of a note stand less than that from their line.
        let near = (self.y - self.at).abs() <= 0.5 * self.size * self.scale;
        if !near && !self.line.is_empty() {
            self.lines.push(std::mem::take(&mut self.line));
        }
        if !near {
            self.at = self.y;
        }
        self.line.push_str(&text);
    }
}

/// A line of a page: into the paragraph before, or the beginning of the next.
fn add(out: &mut String, now: &mut String, line: &str) {
    let line = line.trim();
    if line.is_empty() || is_page_number(line) {
        return;
    }
    if begins(line) || now.trim_end_matches(CLOSES).ends_with(ENDS) {
        end(out, now);
    }
    let word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == ',');
    if word(now.chars().next_back()) && word(line.chars().next()) {
        now.push(' ');
    }
    now.push_str(line);
}

fn end(out: &mut String, now: &mut String) {
    if !now.is_empty() {
        out.push_str(&paragraph(now));
        out.push_str("\n\n");
        now.clear();
    }
}

/// 「— 3 —」, 「3」, 「第 3 页」.
fn is_page_number(line: &str) -> bool {
    let mut rest: String = line.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '－' | '—' | '–' | '·')).collect();
    if let Some(inner) = rest.strip_prefix('第').and_then(|inner| inner.strip_suffix('页')) {
        rest = inner.to_owned();
    }
    (1..=3).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_digit()) && (rest.len() < line.len() || line.len() < 4)
}

/// 「一、」, 「（一）」, 「第三条」, 「2．」: what numbers its paragraphs begins one.
fn begins(line: &str) -> bool {
    const HAN: &str = "一二三四五六七八九十百零";
    let bare = line.trim_start_matches(['（', '(']);
    let digits = bare.trim_start_matches(|c: char| HAN.contains(c));
    if digits.len() < bare.len() && (digits.starts_with('、') || (bare.len() < line.len() && digits.starts_with(['）', ')']))) {
        return true;
    }
    if let Some(rest) = line.strip_prefix('第') {
        let after = rest.trim_start_matches(|c: char| HAN.contains(c) || c.is_ascii_digit());
        return after.len() < rest.len() && after.starts_with(['章', '节', '条', '编']);
    }
    let after = line.trim_start_matches(|c: char| c.is_ascii_digit());
    (1..=2).contains(&(line.len() - after.len())) && after.starts_with(['．', '、'])
}

fn is_too_large(error: &Error) -> bool {
    matches!(error, Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }) | Error::RecursionLimit)
}

fn told(error: Error) -> ImportError {
    match error {
        Error::InvalidPassword | Error::Decryption(_) | Error::AlreadyEncrypted => ImportError::Locked,
        error if is_too_large(&error) => ImportError::TooLarge,
        _ => ImportError::Damaged,
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::super::read;
    use super::*;

    /// A document of one page for each list of lines, as programs write Chinese: codes of a font that says what they mean.
    fn document(pages: &[&[&str]]) -> Vec<u8> {
        let mut letters: Vec<char> = pages.iter().flat_map(|page| page.iter()).flat_map(|line| line.chars()).collect();
        letters.sort_unstable();
        letters.dedup();
        let code = |c: char| letters.binary_search(&c).unwrap() + 1;
        let mut map = String::from(
            "/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo<<\n/Registry (Adobe)\n/Ordering (UCS)\n\
             /Supplement 0\n>> def\n/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <ffff>\n\
             endcodespacerange\n",
        );
        for some in letters.chunks(100) {
            writeln!(map, "{} beginbfchar", some.len()).unwrap();
            some.iter().for_each(|c| writeln!(map, "<{:04x}> <{:04x}>", code(*c), u32::from(*c)).unwrap());
            map.push_str("endbfchar\n");
        }
        map.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend");
        let kids: String = (0..pages.len()).map(|n| format!("{} 0 R ", 10 + n * 2)).collect();
        let mut out = format!(
            "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[{kids}]/Count {}>>endobj\n\
             5 0 obj<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/ToUnicode 6 0 R/DescendantFonts[7 0 R]>>endobj\n\
             6 0 obj<</Length {}>>stream\n{map}\nendstream endobj\n\
             7 0 obj<</Type/Font/Subtype/CIDFontType2/BaseFont/X/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>endobj\n",
            pages.len(),
            map.len()
        );
        for (n, page) in pages.iter().enumerate() {
            let mut shown = String::from("BT /F1 12 Tf 50 700 Td ");
            for line in *page {
                let codes: String = line.chars().map(|c| format!("{:04x}", code(c))).collect();
                write!(shown, "<{codes}> Tj 0 -20 Td ").unwrap();
            }
            shown.push_str("ET");
            let at = 10 + n * 2;
            write!(
                out,
                "{at} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>/Contents {} 0 R>>endobj\n\
                 {} 0 obj<</Length {}>>stream\n{shown}\nendstream endobj\n",
                at + 1,
                at + 1,
                shown.len()
            )
            .unwrap();
        }
        write!(out, "trailer<</Root 1 0 R/Size {}>>\n%%EOF", 10 + pages.len() * 2).unwrap();
        out.into_bytes()
    }

    #[test]
    fn lines_become_paragraphs() {
        let pages: [&[&str]; 2] = [
            &["一、减负", "一是不重复报数，一次登记，", "各处使用。", "二是少填表，用*记录*说话；", "— 1 —"],
            &["（二）赋能", "第三条　网格员每天", "走访，see page", "two of it.", "2"],
        ];
        let found = read("讲义.pdf", &document(&pages)).unwrap();
        assert_eq!(found.kind, crate::model::LessonKind::Text);
        assert_eq!(found.title, "讲义");
        let lines: Vec<&str> = found.body.lines().filter(|line| !line.is_empty()).collect();
        let wanted = [
            "一、减负一是不重复报数，一次登记，各处使用。",
            "二是少填表，用\\*记录\\*说话；",
            "（二）赋能",
            "第三条　网格员每天走访，see page two of it.",
        ];
        assert_eq!(lines, wanted);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert_eq!(read("a.pdf", b"%PDF-1.4\n"), Err(ImportError::Damaged));
        assert_eq!(read("a.pdf", &document(&[])), Err(ImportError::Empty), "as a scanned one, without a letter");
        let mut locked = document(&[&["甲"]]);
        let at = locked.windows(7).position(|seven| seven == b"trailer").unwrap();
        locked.truncate(at);
        locked.extend_from_slice(
            b"90 0 obj<</Filter/Standard/V 1/R 2/O(01234567890123456789012345678901)/U(01234567890123456789012345678901)/P -4>>endobj\n\
              trailer<</Root 1 0 R/Size 91/Encrypt 90 0 R/ID[(a)(b)]>>\n%%EOF",
        );
        assert_eq!(read("a.pdf", &locked), Err(ImportError::Locked));
        let many: Vec<&[&str]> = vec![&["甲"]; MOST_PARTS + 1];
        assert_eq!(read("a.pdf", &document(&many)), Err(ImportError::TooLarge));
    }

    #[test]
    fn damaged_in_any_place_it_ends_well() {
        let whole = document(&[&["一、减负", "一次登记，", "各处使用。"]]);
        let random: &dyn base::Random = &base::SeededRandom::new(11);
        for _ in 0..300 {
            let mut broken = whole.clone();
            for _ in 0..1 + random.below(6) {
                let at = usize::try_from(random.below(broken.len() as u64)).unwrap();
                broken[at] = u8::try_from(random.below(256)).unwrap();
            }
            let _ = read("a.pdf", &broken);
        }
        for end in (0..whole.len()).step_by(37) {
            let _ = read("a.pdf", &whole[..end]);
        }
    }

    #[test]
    fn page_numbers_and_beginnings() {
        for line in ["— 12 —", "3", "第 3 页", "-7-"] {
            assert!(is_page_number(line), "{line}");
        }
        for line in ["2026", "三", "第三页", "3 人"] {
            assert!(!is_page_number(line), "{line}");
        }
        for line in ["一、总则", "（十二）要求", "第二十条 期限", "3．其他", "12、其他"] {
            assert!(begins(line), "{line}");
        }
        for line in ["一次登记", "（见附件）", "第三方", "2026年", "3.5 亿"] {
            assert!(!begins(line), "{line}");
        }
    }
}
