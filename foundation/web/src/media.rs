//! Recordings and documents: streamed to the blobs as they arrive, known by their first bytes, served by ranges so that
//! a player can begin anywhere.
//!
//! A module takes a form with such files by [`receive`] or [`receive_each`] before its transaction, holds the blobs in it,
//! and serves them with [`serve`] after it has checked who may have them.

use std::io::{self, Read, Seek, SeekFrom};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::body::Frame;
use serde::{Deserialize, Serialize};
use store::blobs::{Digest, Incoming};
use tokio::task::JoinHandle;

use crate::form::parts::{gather, refusal};
use crate::form::{FormError, MOST_FIELD_BYTES, MOST_FIELDS, MOST_FORM_BYTES, urlencoded};
use crate::{District, Fields, Lang, PageError, Staff};

/// Bytes of one recording or document.
pub const MOST_BYTES: u64 = 512 << 20;
/// How long the next piece of an upload may take to come.
const PIECE_TIMEOUT: Duration = Duration::from_secs(60);
/// Bytes that are read from the disk at once while serving.
const READ: usize = 128 << 10;

crate::texts! {
    /// Words about files that were not taken.
    pub MediaTexts;
    too_large: "文件超过 {n} MB，请压缩或剪短后再上传", "The file is over {n} MB; please compress or shorten it";
    unknown: "认不出这个文件的格式，可以用 PDF、MP3、M4A、WAV、OGG、MP4、WebM", "That format is not known here; PDF, MP3, M4A, WAV, OGG, MP4 and WebM will do";
    many: "一次最多上传 {n} 个文件", "At most {n} at a time, please";
}

/// What a file is, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A document.
    Pdf,
    /// Sound.
    Mp3,
    /// Sound in a MPEG-4 container.
    M4a,
    /// Sound without compression.
    Wav,
    /// Sound in an Ogg container.
    Ogg,
    /// A film.
    Mp4,
    /// A film in a WebM container.
    Webm,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 7] = [Kind::Pdf, Kind::Mp3, Kind::M4a, Kind::Wav, Kind::Ogg, Kind::Mp4, Kind::Webm];

    /// As it stands in the store; also the end of a file's name.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Pdf => "pdf",
            Kind::Mp3 => "mp3",
            Kind::M4a => "m4a",
            Kind::Wav => "wav",
            Kind::Ogg => "ogg",
            Kind::Mp4 => "mp4",
            Kind::Webm => "webm",
        }
    }

    /// From [`Kind::code`].
    pub fn from_code(code: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Kind::Pdf => "application/pdf",
            Kind::Mp3 => "audio/mpeg",
            Kind::M4a => "audio/mp4",
            Kind::Wav => "audio/wav",
            Kind::Ogg => "audio/ogg",
            Kind::Mp4 => "video/mp4",
            Kind::Webm => "video/webm",
        }
    }

    /// Whether it is heard.
    pub fn is_sound(self) -> bool {
        matches!(self, Kind::Mp3 | Kind::M4a | Kind::Wav | Kind::Ogg)
    }

    /// Whether it is watched.
    pub fn is_film(self) -> bool {
        matches!(self, Kind::Mp4 | Kind::Webm)
    }

    /// What the first bytes say, whatever a name says.
    pub fn sniff(head: &[u8]) -> Option<Kind> {
        match head {
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Kind::Pdf),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => Some(Kind::Wav),
            [b'O', b'g', b'g', b'S', ..] => Some(Kind::Ogg),
            [b'I', b'D', b'3', ..] | [0xff, 0xfb | 0xf3 | 0xf2 | 0xfa, ..] => Some(Kind::Mp3),
            [_, _, _, _, b'f', b't', b'y', b'p', b'M', b'4', b'A', ..] => Some(Kind::M4a),
            [_, _, _, _, b'f', b't', b'y', b'p', b'i' | b'm' | b'a' | b'M' | b'd', ..] => Some(Kind::Mp4),
            [0x1a, 0x45, 0xdf, 0xa3, rest @ ..] if rest.windows(4).take(60).any(|part| part == b"webm") => Some(Kind::Webm),
            _ => None,
        }
    }
}

/// A file that lies in the blobs, held by nothing yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// Its name there.
    pub digest: Digest,
    /// Its bytes.
    pub size: u64,
    /// What it is.
    pub kind: Kind,
    /// What the sender's device called it.
    pub name: String,
}

/// Why a file was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// Over this many bytes.
    #[error("over {0} bytes")]
    TooLarge(u64),
    /// Nothing that is known.
    #[error("not a known format")]
    Unknown,
    /// More than so many.
    #[error("more than {0} files")]
    Many(usize),
}

impl MediaError {
    /// What to tell the person beside the field.
    pub fn words(&self, lang: Lang) -> String {
        let t = MediaTexts::of(lang);
        match self {
            MediaError::TooLarge(most) => crate::fill(t.too_large, &[("n", &(most >> 20))]),
            MediaError::Unknown => t.unknown.to_owned(),
            MediaError::Many(most) => crate::fill(t.many, &[("n", most)]),
        }
    }
}

/// The fields of a form, and its one file, which lies on disk when this returns. The session's token stands before the
/// file in the form: without it nothing is written.
///
/// # Errors
/// A form that is none of ours, a sender that is too slow, the disk. What is wrong with the file is the inner answer.
pub async fn receive(staff: &Staff, request: Request, most: u64) -> Result<(Fields, Result<Option<Media>, MediaError>), PageError> {
    let (fields, files) = receive_each(staff, request, most, 1).await?;
    Ok((fields, files.map(|mut files| files.pop())))
}

/// The fields of a form and at most so many files of at most so many bytes each.
///
/// # Errors
/// As [`receive`]; what is wrong with one of the files is the inner answer.
pub async fn receive_each(
    staff: &Staff,
    request: Request,
    most: u64,
    files: usize,
) -> Result<(Fields, Result<Vec<Media>, MediaError>), PageError> {
    let limit = usize::try_from(most).unwrap_or(usize::MAX).saturating_mul(files).saturating_add(4 << 20);
    let limited = request.map(|body| Body::new(http_body_util::Limited::new(body, limit)));
    let mut parts = Multipart::from_request(limited, &()).await.map_err(|_| PageError::BadForm)?;
    let (mut values, mut total, mut taken): (Vec<(String, String)>, usize, Result<Vec<Media>, MediaError>) =
        (Vec::new(), 0, Ok(Vec::new()));
    loop {
        let next = tokio::time::timeout(PIECE_TIMEOUT, parts.next_field()).await.map_err(|_| PageError::TooSlow)?;
        let part = match next {
            Ok(Some(part)) => part,
            Ok(None) => break,
            Err(error) => return Err(refusal(&error).into()),
        };
        let Some(name) = part.name().map(str::to_owned).filter(|name| name.len() <= 200) else { return Err(FormError::Broken.into()) };
        match part.file_name().map(str::to_owned) {
            Some(file_name) => {
                let sent = values.iter().find(|(key, _)| key == "csrf").map_or("", |(_, value)| value.as_str());
                staff.visit().check_token(sent)?;
                let one = take(staff, part, most).await?;
                let shown: String = file_name.chars().filter(|c| !c.is_control()).take(120).collect();
                taken = match (taken, one) {
                    (before, Ok(None)) => before,
                    (Ok(before), Ok(Some(_))) if before.len() >= files => Err(MediaError::Many(files)),
                    (Ok(mut before), Ok(Some((digest, size, kind)))) => {
                        before.push(Media { digest, size, kind, name: shown });
                        Ok(before)
                    }
                    (Ok(_), Err(error)) => Err(error),
                    (before @ Err(_), _) => before,
                };
            }
            None => {
                if values.len() == MOST_FIELDS {
                    return Err(FormError::TooMany.into());
                }
                let bytes = tokio::time::timeout(PIECE_TIMEOUT, gather(part, MOST_FIELD_BYTES)).await.map_err(|_| PageError::TooSlow)??;
                let bytes = bytes.ok_or(FormError::TooLong)?;
                total += bytes.len();
                if total > MOST_FORM_BYTES {
                    return Err(FormError::TooLong.into());
                }
                values.push((name, urlencoded::text(bytes)?));
            }
        }
    }
    let fields = Fields::of_texts(values)?;
    staff.visit().check_token(fields.value("csrf"))?;
    Ok((fields, taken))
}

type Taken = Result<Option<(Digest, u64, Kind)>, MediaError>;

/// One file to disk; what is too large is read to its end and thrown away, so that the page can say so.
async fn take(staff: &Staff, mut part: axum::extract::multipart::Field<'_>, most: u64) -> Result<Taken, PageError> {
    let store = staff.district.store().clone();
    let (mut head, mut incoming, mut refused): (Vec<u8>, Option<Incoming>, Option<MediaError>) = (Vec::new(), None, None);
    loop {
        let next = tokio::time::timeout(PIECE_TIMEOUT, part.chunk()).await.map_err(|_| PageError::TooSlow)?;
        let chunk = match next {
            Ok(Some(chunk)) => chunk,
            Ok(None) => break,
            Err(error) => return Err(refusal(&error).into()),
        };
        if refused.is_some() {
            continue;
        }
        head.extend_from_slice(chunk.get(..chunk.len().min(64_usize.saturating_sub(head.len()))).unwrap_or_default());
        let length = incoming.as_ref().map_or(0, Incoming::length) + u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        if length > most {
            (incoming, refused) = (None, Some(MediaError::TooLarge(most)));
            continue;
        }
        let (store, before) = (store.clone(), incoming.take());
        let wrote = tokio::task::spawn_blocking(move || {
            let mut file = match before {
                Some(file) => file,
                None => store.blobs().begin()?,
            };
            file.push(&chunk)?;
            Ok::<_, io::Error>(file)
        });
        incoming = Some(wrote.await.map_err(PageError::internal)?.map_err(PageError::internal)?);
    }
    if let Some(error) = refused {
        return Ok(Err(error));
    }
    let Some(file) = incoming else { return Ok(Ok(None)) };
    let Some(kind) = Kind::sniff(&head) else { return Ok(Err(MediaError::Unknown)) };
    let size = file.length();
    let digest = tokio::task::spawn_blocking(move || file.settle(store.blobs())).await.map_err(PageError::internal)?;
    Ok(Ok(Some((digest.map_err(PageError::internal)?, size, kind))))
}

/// The part of a file that a request asks for: the first byte and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    All,
    Part(u64, u64),
    Never,
}

/// Reads `Range: bytes=…`. More than one range, and what is none, is answered with the whole file, as the standard allows.
fn wanted(range: Option<&str>, size: u64) -> Wanted {
    let Some((first, last)) = range.and_then(|text| text.strip_prefix("bytes=")).and_then(|text| text.trim().split_once('-')) else {
        return Wanted::All;
    };
    match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
        (Ok(first), _) if first >= size => Wanted::Never,
        (Ok(first), Ok(last)) if last < first => Wanted::All,
        (Ok(first), Ok(last)) => Wanted::Part(first, last.min(size - 1) - first + 1),
        (Ok(first), Err(_)) if last.trim().is_empty() => Wanted::Part(first, size - first),
        (Err(_), Ok(last)) if first.trim().is_empty() => match last.min(size) {
            0 => Wanted::Never,
            count => Wanted::Part(size - count, count),
        },
        _ => Wanted::All,
    }
}

/// A blob as an answer, whole or in part. Who may have it is for the caller to have checked.
///
/// # Errors
/// [`PageError::NotFound`], or the disk's.
pub async fn serve(
    district: &Arc<District>,
    method: &Method,
    headers: &HeaderMap,
    digest: Digest,
    kind: Kind,
    name: &str,
) -> Result<Response, PageError> {
    let path = district.store().blobs().path(&digest);
    let opened = tokio::task::spawn_blocking(move || {
        let file = std::fs::File::open(path)?;
        let size = file.metadata()?.len();
        Ok::<_, io::Error>((file, size))
    });
    let (mut file, size) = match opened.await.map_err(PageError::internal)? {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(PageError::NotFound),
        Err(error) => return Err(PageError::internal(error)),
    };
    let tag = format!("\"{}\"", record::hex(digest.get(..16).unwrap_or_default()));
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let same = text(header::IF_RANGE).is_none_or(|wanted| wanted == tag);
    let (status, from, count) = match wanted(text(header::RANGE).filter(|_| same), size) {
        Wanted::All => (StatusCode::OK, 0, size),
        Wanted::Part(from, count) => (StatusCode::PARTIAL_CONTENT, from, count),
        Wanted::Never => (StatusCode::RANGE_NOT_SATISFIABLE, 0, 0),
    };
    let mut response = if status == StatusCode::RANGE_NOT_SATISFIABLE || *method == Method::HEAD {
        Response::new(Body::empty())
    } else {
        file.seek(SeekFrom::Start(from)).map_err(PageError::internal)?;
        body(file, count).into_response()
    };
    *response.status_mut() = status;
    let out = response.headers_mut();
    let value = |text: String| HeaderValue::from_str(&text).map_err(PageError::internal);
    match status {
        StatusCode::PARTIAL_CONTENT => {
            out.insert(header::CONTENT_RANGE, value(format!("bytes {from}-{}/{size}", from + count.saturating_sub(1)))?);
        }
        StatusCode::RANGE_NOT_SATISFIABLE => {
            out.insert(header::CONTENT_RANGE, value(format!("bytes */{size}"))?);
        }
        _ => {}
    }
    if status != StatusCode::RANGE_NOT_SATISFIABLE {
        out.insert(header::CONTENT_LENGTH, value(count.to_string())?);
    }
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind.media_type()));
    out.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    out.insert(header::ETAG, value(tag)?);
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    let named = format!("inline; filename=\"file.{code}\"; filename*=UTF-8''{}.{code}", crate::shell::percent(name), code = kind.code());
    out.insert(header::CONTENT_DISPOSITION, value(named)?);
    Ok(response)
}

/// A file as the body of an answer, from where it stands on, read as fast as it is taken.
pub fn body(file: std::fs::File, size: u64) -> Body {
    Body::new(Piecewise { turn: Turn::Idle(file), left: size })
}

enum Turn {
    Idle(std::fs::File),
    Reading(JoinHandle<io::Result<(std::fs::File, Bytes)>>),
    Over,
}

/// A file that is read as fast as it is taken, and no faster: whoever pauses costs an open file and nothing else.
struct Piecewise {
    turn: Turn,
    left: u64,
}

impl hyper::body::Body for Piecewise {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        loop {
            match std::mem::replace(&mut self.turn, Turn::Over) {
                Turn::Over => return Poll::Ready(None),
                Turn::Idle(_) if self.left == 0 => return Poll::Ready(None),
                Turn::Idle(mut file) => {
                    let count = usize::try_from(self.left).unwrap_or(usize::MAX).min(READ);
                    self.turn = Turn::Reading(tokio::task::spawn_blocking(move || {
                        let mut piece = vec![0; count];
                        file.read_exact(&mut piece)?;
                        Ok((file, Bytes::from(piece)))
                    }));
                }
                Turn::Reading(mut reading) => match Pin::new(&mut reading).poll(cx) {
                    Poll::Pending => {
                        self.turn = Turn::Reading(reading);
                        return Poll::Pending;
                    }
                    Poll::Ready(read) => {
                        let (file, piece) = match read.map_err(io::Error::other) {
                            Ok(Ok(read)) => read,
                            Ok(Err(error)) | Err(error) => return Poll::Ready(Some(Err(error))),
                        };
                        self.left = self.left.saturating_sub(u64::try_from(piece.len()).unwrap_or(u64::MAX));
                        self.turn = Turn::Idle(file);
                        return Poll::Ready(Some(Ok(Frame::data(piece))));
                    }
                },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_their_first_bytes() {
        assert_eq!(Kind::sniff(b"%PDF-1.7"), Some(Kind::Pdf));
        assert_eq!(Kind::sniff(b"RIFF\x10\0\0\0WAVEfmt "), Some(Kind::Wav));
        assert_eq!(Kind::sniff(b"\0\0\0\x20ftypisom\0\0"), Some(Kind::Mp4));
        assert_eq!(Kind::sniff(b"\0\0\0\x20ftypM4A \0\0"), Some(Kind::M4a));
        assert_eq!(Kind::sniff(b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\x82\x84webm"), Some(Kind::Webm));
        for other in [&b""[..], b"<html>", b"MZ\x90", b"PK\x03\x04", b"\0\0\0\x20ftypheic", b"\x1a\x45\xdf\xa3\x01matroska"] {
            assert_eq!(Kind::sniff(other), None);
        }
        assert!(Kind::ALL.into_iter().all(|kind| Kind::from_code(kind.code()) == Some(kind)));
    }

    #[test]
    fn ranges_as_players_ask_for_them() {
        assert_eq!(wanted(None, 100), Wanted::All);
        assert_eq!(wanted(Some("bytes=0-"), 100), Wanted::Part(0, 100));
        assert_eq!(wanted(Some("bytes=10-19"), 100), Wanted::Part(10, 10));
        assert_eq!(wanted(Some("bytes=90-300"), 100), Wanted::Part(90, 10));
        assert_eq!(wanted(Some("bytes=-5"), 100), Wanted::Part(95, 5));
        assert_eq!(wanted(Some("bytes=100-"), 100), Wanted::Never);
        assert_eq!(wanted(Some("bytes=-0"), 100), Wanted::Never);
        for whole in ["bytes=5-2", "bytes=0-1,4-5", "lines=1-2", "bytes=a-b", "bytes="] {
            assert_eq!(wanted(Some(whole), 100), Wanted::All, "{whole}");
        }
    }
}
