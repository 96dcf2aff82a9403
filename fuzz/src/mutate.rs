//! Changes to an input that a seed decides: the same stream of inputs on every run.

use std::io::{Cursor, Read, Write};

use base::{Random, SeededRandom};

/// Pieces that often find a mistake.
const TOKENS: &[&[u8]] = &[
    b"\0",
    b"\xff\xff\xff\xff",
    b"\r\n",
    b"\"",
    b"\"\"",
    b"'",
    b",",
    b"&",
    b"=",
    b"%",
    b"%E8",
    b"--x",
    b"<",
    b"</",
    b"/>",
    b"]]>",
    b"&#x0;",
    b"&amp;",
    b"18446744073709551615",
    b"-1",
    b"1e999",
    b"A1048577",
    b"XFD1",
    b"\xef\xbb\xbf",
    b"\xe2\x80\x8b",
    b"\xed\xa0\x80",
    b"t=\"s\"",
    b"<v>99</v>",
    b"{",
    b"}",
    b"null",
];

fn below(random: &SeededRandom, n: usize) -> usize {
    usize::try_from(random.below(n.max(1) as u64)).unwrap_or(0)
}

/// One to four changes: bits, bytes, pieces removed, doubled or put in, the end cut off.
pub fn bytes(random: &SeededRandom, input: &[u8]) -> Vec<u8> {
    let mut out = input.to_vec();
    for _ in 0..=below(random, 4) {
        let at = below(random, out.len() + 1).min(out.len());
        let end = (at + 1 + below(random, 24)).min(out.len());
        match below(random, 7) {
            0 if at < out.len() => out[at] ^= 1 << below(random, 8),
            1 if at < out.len() => out[at] = u8::try_from(below(random, 256)).unwrap_or(0),
            2 => drop(out.drain(at..end)),
            3 => {
                let piece = out[at..end].to_vec();
                out.splice(at..at, piece);
            }
            4 | 5 => {
                let token = TOKENS[below(random, TOKENS.len())];
                let replaced = if below(random, 2) == 0 { at } else { (at + token.len()).min(out.len()) };
                out.splice(at..replaced, token.iter().copied());
            }
            _ => out.truncate(at),
        }
    }
    out
}

/// Changes one part inside a zip archive and packs it anew, so that its checksum is right and the reader goes on.
pub fn inside_zip(random: &SeededRandom, input: &[u8]) -> Vec<u8> {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(input)) else { return bytes(random, input) };
    let chosen = below(random, archive.len());
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for at in 0..archive.len() {
        let Ok(mut part) = archive.by_index(at) else { continue };
        let name = part.name().map(|name| name.into_owned()).unwrap_or_default();
        let mut body = Vec::new();
        if part.read_to_end(&mut body).is_err() || out.start_file(name, options).is_err() {
            continue;
        }
        let body = if at == chosen { bytes(random, &body) } else { body };
        if out.write_all(&body).is_err() {
            break;
        }
    }
    out.finish().map(Cursor::into_inner).unwrap_or_default()
}
