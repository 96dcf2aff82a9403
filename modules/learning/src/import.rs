//! Content of other programs into lessons: Word, PowerPoint, PDF, Markdown and plain text become Markdown, which is shown
//! before anything is kept.
//!
//! Whatever the bytes are, reading ends within its bounds and without a panic.

mod office;
mod pdf;

use crate::model::{LONGEST_BODY, LessonKind, tidy};

/// Bytes of one part of an archive, unpacked.
pub const MOST_PART: u64 = 8 << 20;
/// Parts that are looked at.
pub const MOST_PARTS: usize = 400;

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// A text, or slides.
    pub kind: LessonKind,
    /// What it may be called.
    pub title: String,
    /// The text, in Markdown.
    pub body: String,
    /// Whether its end was left out, since it was too long for one lesson.
    pub cut: bool,
}

/// Why nothing was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// A format that is not known here.
    #[error("not a format that is read here")]
    Unknown,
    /// It asks for a password.
    #[error("it asks for a password")]
    Locked,
    /// Of the right kind, and damaged.
    #[error("it is damaged")]
    Damaged,
    /// Too large, or unpacked too large.
    #[error("it is too large")]
    TooLarge,
    /// There is no text in it.
    #[error("there is no text in it")]
    Empty,
}

/// Read a file by its first bytes; its name only says whether plain text is Markdown.
///
/// # Errors
/// [`ImportError`].
pub fn read(name: &str, bytes: &[u8]) -> Result<Read, ImportError> {
    let (kind, body) = if bytes.starts_with(b"PK\x03\x04") {
        office::read(bytes)?
    } else if bytes.starts_with(b"%PDF") {
        (LessonKind::Text, pdf::read(bytes)?)
    } else {
        let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).map_err(|_| ImportError::Unknown)?;
        if text.contains('\0') {
            return Err(ImportError::Unknown);
        }
        (LessonKind::Text, text.to_owned())
    };
    let body = tidy(&body);
    if body.trim().is_empty() {
        return Err(ImportError::Empty);
    }
    let (body, cut) = shortened(body);
    let heading = body.lines().find_map(|line| line.strip_prefix('#')).map(|line| line.trim_start_matches('#').trim());
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let title = heading.filter(|heading| !heading.is_empty()).unwrap_or(stem);
    Ok(Read { kind, title: base::text::excerpt(title, 60), body, cut })
}

/// As much as one lesson holds, up to the end of a paragraph.
fn shortened(body: String) -> (String, bool) {
    if base::text::count_chars(&body) <= LONGEST_BODY {
        return (body, false);
    }
    let (mut out, mut count) = (String::new(), 0);
    for line in body.lines() {
        count += base::text::count_chars(line);
        if count > LONGEST_BODY {
            break;
        }
        out.push_str(line);
        out.push('\n');
    }
    (out.trim_end().to_owned(), true)
}

/// The entry of the fuzzer.
pub fn fuzz(data: &[u8]) {
    if let Ok(found) = read("x.md", data) {
        assert!(base::text::count_chars(&found.body) <= LONGEST_BODY);
        crate::markdown::fuzz(found.body.as_bytes());
    }
    office::fuzz(data);
}
