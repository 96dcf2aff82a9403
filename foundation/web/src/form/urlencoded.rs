//! `application/x-www-form-urlencoded`, as the URL standard has it, with bounds.

use super::{FormError, MOST_FIELD_BYTES, MOST_FIELDS, MOST_FORM_BYTES};

/// The pairs in their order. A percent sign that begins no escape stands for itself.
pub(super) fn parse(body: &[u8]) -> Result<Vec<(String, String)>, FormError> {
    if body.len() > MOST_FORM_BYTES {
        return Err(FormError::TooLong);
    }
    let mut out = Vec::new();
    for pair in body.split(|&b| b == b'&').filter(|pair| !pair.is_empty()) {
        if out.len() == MOST_FIELDS {
            return Err(FormError::TooMany);
        }
        let (name, value) = match pair.iter().position(|&b| b == b'=') {
            Some(at) => (pair.get(..at).unwrap_or(b""), pair.get(at + 1..).unwrap_or(b"")),
            None => (pair, &b""[..]),
        };
        out.push((decode(name, 200)?, decode(value, MOST_FIELD_BYTES)?));
    }
    Ok(out)
}

fn decode(escaped: &[u8], most: usize) -> Result<String, FormError> {
    let mut out = Vec::with_capacity(escaped.len().min(most));
    let mut rest = escaped;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        out.push(match (byte, tail) {
            (b'+', _) => b' ',
            (b'%', [high, low, ..]) => match (nibble(*high), nibble(*low)) {
                (Some(high), Some(low)) => {
                    rest = tail.get(2..).unwrap_or(b"");
                    high << 4 | low
                }
                _ => b'%',
            },
            (byte, _) => byte,
        });
        if out.len() > most {
            return Err(FormError::TooLong);
        }
    }
    text(out)
}

/// UTF-8 without NUL, which no text of ours holds and PostgreSQL refuses.
pub(crate) fn text(bytes: Vec<u8>) -> Result<String, FormError> {
    if bytes.contains(&0) {
        return Err(FormError::NotText);
    }
    String::from_utf8(bytes).map_err(|_| FormError::NotText)
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|n| u8::try_from(n).ok())
}

/// Pairs as a query string or a body.
pub fn encode<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        escape(name, &mut out);
        out.push('=');
        escape(value, &mut out);
    }
    out
}

fn escape(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            byte => {
                out.push('%');
                out.push(char::from(HEX[usize::from(byte >> 4)]));
                out.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
    }
}
