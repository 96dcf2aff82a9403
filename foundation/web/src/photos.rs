//! Pictures: known by their first bytes, decoded within bounds, turned upright, and written anew as JPEG, so that nothing
//! of the device and the place stays in them.
//!
//! A module takes the pictures of a form with [`take`] before its transaction, holds them in it with [`keep`], and serves
//! them with [`serve`] after it has checked who may see them.

use std::io::Cursor;
use std::sync::Arc;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base::Id;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};
use serde::{Deserialize, Serialize};
use store::{Sql, StoreError, Tx, p, sql};

use crate::form::{File, MOST_FILES};
use crate::{District, Fields, Lang, PageError, Visit};

/// The longest side of a picture that is kept.
pub const LONGEST_SIDE: u32 = 2560;
/// The longest side of its small version.
pub const SMALL_SIDE: u32 = 480;
const MOST_SIDE: u32 = 16_384;
const MOST_PIXELS: u64 = 64_000_000;
const MOST_MEMORY: u64 = 320 << 20;

/// The SHA-256 of a picture: its name.
pub type Digest = [u8; 32];

/// A picture that lies in the blobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Photo {
    /// The picture.
    pub digest: Digest,
    /// Its small version.
    pub small: Digest,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

crate::texts! {
    /// Words about pictures that were not taken.
    pub PhotoTexts;
    heic: "第 {n} 张是 HEIC 格式，暂时打不开。请在相机设置里选“兼容性最佳”，或截屏后再上传", "Photo {n} is in HEIC format, which cannot be opened here. Choose “Most Compatible” in the camera settings, or upload a screenshot of it";
    too_large: "第 {n} 张超过 12 MB，请换一张小一些的", "Photo {n} is over 12 MB; please choose a smaller one";
    too_many: "最多 {n} 张照片，请去掉几张", "Up to {n} photos, please remove some";
    not_a_picture: "第 {n} 个文件不是照片（可以用 JPG、PNG、WebP）", "File {n} is not a photo (JPG, PNG and WebP will do)";
    broken: "第 {n} 张照片不完整，打不开，请重新选择", "Photo {n} is damaged and cannot be opened; please choose it again";
    too_wide: "第 {n} 张照片的尺寸太大，请缩小后再上传", "Photo {n} has too many pixels; please make it smaller first";
}

/// Why a picture was not taken. The number counts the pictures of the form from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhotoError {
    /// Apple's format, which no free decoder of ours reads.
    #[error("picture {0} is HEIC")]
    Heic(usize),
    /// Over 12 MB.
    #[error("picture {0} is too large")]
    TooLarge(usize),
    /// More pictures than the page asks for; so many are taken.
    #[error("more than {0} pictures")]
    TooMany(usize),
    /// Something else, whatever its name says.
    #[error("file {0} is not a picture")]
    NotAPicture(usize),
    /// Cut short or damaged.
    #[error("picture {0} is broken")]
    Broken(usize),
    /// More pixels than are decoded.
    #[error("picture {0} has too many pixels")]
    TooWide(usize),
    /// It could not be stored, which is no fault of the picture.
    #[error("{0}")]
    Disk(String),
}

impl PhotoError {
    /// What to tell the person beside the field; none where the fault is ours.
    pub fn words(&self, lang: Lang) -> Option<String> {
        let t = PhotoTexts::of(lang);
        let (text, n) = match self {
            PhotoError::Heic(n) => (t.heic, n),
            PhotoError::TooLarge(n) => (t.too_large, n),
            PhotoError::TooMany(n) => (t.too_many, n),
            PhotoError::NotAPicture(n) => (t.not_a_picture, n),
            PhotoError::Broken(n) => (t.broken, n),
            PhotoError::TooWide(n) => (t.too_wide, n),
            PhotoError::Disk(_) => return None,
        };
        Some(crate::fill(text, &[("n", n)]))
    }
}

impl From<PhotoError> for PageError {
    fn from(error: PhotoError) -> PageError {
        match error {
            PhotoError::Disk(cause) => PageError::Internal(cause),
            PhotoError::TooLarge(_) => PageError::TooLarge,
            _ => PageError::BadForm,
        }
    }
}

const REMEMBER: &Sql = sql!("INSERT INTO picture (digest, small, width, height) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (digest) DO NOTHING");
const FIND: &Sql = sql!("SELECT small, width, height FROM picture WHERE digest = ?1");
const FORGET: &Sql = sql!("DELETE FROM picture WHERE digest = ?1 AND NOT EXISTS (SELECT 1 FROM blob_hold WHERE digest = ?1)");

/// Decode, clean and store the pictures of a field. They lie on disk when this returns, held by nothing yet.
///
/// # Errors
/// [`PhotoError`], with the number of the picture.
pub async fn take(visit: &Visit, fields: &Fields, field: &str, most: usize) -> Result<Vec<Photo>, PhotoError> {
    let files: Vec<File> = fields.files(field).cloned().collect();
    if files.len() > most || fields.too_many_files() {
        return Err(PhotoError::TooMany(most.min(MOST_FILES)));
    }
    let mut photos = Vec::with_capacity(files.len());
    for (at, file) in files.into_iter().enumerate() {
        photos.push(one(visit, file, at + 1).await?);
    }
    Ok(photos)
}

/// The same, but one picture that cannot be taken does not cost the others: those that were taken, and
/// what is wrong with the rest.
///
/// # Errors
/// [`PhotoError::Disk`] only.
pub async fn take_each(visit: &Visit, fields: &Fields, field: &str, most: usize) -> Result<(Vec<Photo>, Vec<PhotoError>), PhotoError> {
    let files: Vec<File> = fields.files(field).cloned().collect();
    let (mut photos, mut refused) = (Vec::with_capacity(files.len().min(most)), Vec::new());
    if files.len() > most || fields.too_many_files() {
        refused.push(PhotoError::TooMany(most.min(MOST_FILES)));
    }
    for (at, file) in files.into_iter().take(most).enumerate() {
        match one(visit, file, at + 1).await {
            Ok(photo) => photos.push(photo),
            Err(error @ PhotoError::Disk(_)) => return Err(error),
            Err(error) => refused.push(error),
        }
    }
    Ok((photos, refused))
}

async fn one(visit: &Visit, file: File, n: usize) -> Result<Photo, PhotoError> {
    let bytes = file.bytes.ok_or(PhotoError::TooLarge(n))?;
    // A picture unpacked is large: few are unpacked at once, whoever else waits.
    let turn = Arc::clone(visit.app.decoders()).acquire_owned().await.map_err(|error| PhotoError::Disk(error.to_string()))?;
    let store = visit.district.store().clone();
    let work = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        let clean = clean(&bytes, n)?;
        let put = |bytes: &[u8]| store.blobs().put(bytes).map_err(|error| PhotoError::Disk(error.to_string()));
        Ok(Photo { digest: put(&clean.full)?, small: put(&clean.small)?, width: clean.width, height: clean.height })
    });
    work.await.map_err(|error| PhotoError::Disk(error.to_string()))?
}

/// Hold a picture for a subject (a concern, a draft), in the transaction that makes use of it.
///
/// # Errors
/// [`StoreError`].
pub fn keep(tx: &mut Tx, photo: &Photo, subject: Id) -> Result<(), StoreError> {
    tx.exec(REMEMBER, p![&photo.digest, &photo.small, i64::from(photo.width), i64::from(photo.height)])?;
    store::blobs::hold(tx, &photo.digest, subject)?;
    store::blobs::hold(tx, &photo.small, subject)
}

/// Let go of all pictures of a subject. What nothing else holds is gone with the next sweep.
///
/// # Errors
/// [`StoreError`].
pub fn release(tx: &mut Tx, subject: Id) -> Result<(), StoreError> {
    let held = store::blobs::of_subject(tx, subject)?;
    store::blobs::release(tx, subject)?;
    for digest in &held {
        tx.exec(FORGET, p![digest])?;
    }
    Ok(())
}

/// A picture by its digest.
///
/// # Errors
/// [`StoreError`].
pub fn find(tx: &mut Tx, digest: &Digest) -> Result<Option<Photo>, StoreError> {
    tx.opt(FIND, p![digest], |row| {
        let side = |column| row.int(column).map(|side| u32::try_from(side).unwrap_or(0));
        Ok(Photo { digest: *digest, small: row.array(0)?, width: side(1)?, height: side(2)? })
    })
}

/// The bytes of a picture as an answer. Who may see it is for the caller to have checked.
///
/// # Errors
/// [`PageError::NotFound`], or the disk's.
pub async fn serve(district: &Arc<District>, digest: Digest) -> Result<Response, PageError> {
    let store = district.store().clone();
    let read = tokio::task::spawn_blocking(move || store.blobs().get(&digest)).await.map_err(PageError::internal)?;
    let bytes = read.map_err(PageError::internal)?.ok_or(PageError::NotFound)?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400, immutable"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline; filename=\"photo.jpg\""));
    Ok(response)
}

/// A digest as 64 hexadecimal digits, for addresses and hidden fields.
pub fn parse_digest(text: &str) -> Option<Digest> {
    let bytes = text.as_bytes();
    if bytes.len() != 64 {
        return None;
    }
    let mut out = [0; 32];
    for (byte, pair) in out.iter_mut().zip(bytes.chunks_exact(2)) {
        let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.bytes().all(|b| b.is_ascii_hexdigit()))?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(out)
}

/// A picture written anew.
struct Clean {
    full: Vec<u8>,
    small: Vec<u8>,
    width: u32,
    height: u32,
}

fn clean(bytes: &[u8], n: usize) -> Result<Clean, PhotoError> {
    let format = sniff(bytes, n)?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_SIDE);
    limits.max_image_height = Some(MOST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| refusal(&error, n))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(PhotoError::TooWide(n));
    }
    // A picture whose note on orientation is damaged is shown as it lies.
    let upright = decoder.orientation().ok();
    let image = DynamicImage::from_decoder(decoder).map_err(|error| refusal(&error, n))?;
    let mut image = if width.max(height) > LONGEST_SIDE { image.resize(LONGEST_SIDE, LONGEST_SIDE, FilterType::Triangle) } else { image };
    if let Some(upright) = upright {
        image.apply_orientation(upright);
    }
    let full = on_white(image);
    let small = DynamicImage::ImageRgb8(full.clone());
    let small =
        if full.width().max(full.height()) > SMALL_SIDE { small.resize(SMALL_SIDE, SMALL_SIDE, FilterType::Triangle) } else { small };
    Ok(Clean { width: full.width(), height: full.height(), full: jpeg(&full, 84, n)?, small: jpeg(&small.into_rgb8(), 78, n)? })
}

/// What the bytes are, whatever their name says.
fn sniff(bytes: &[u8], n: usize) -> Result<ImageFormat, PhotoError> {
    let brand = bytes.get(4..12).and_then(|head| head.strip_prefix(b"ftyp"));
    match bytes {
        [0xff, 0xd8, 0xff, ..] => Ok(ImageFormat::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Ok(ImageFormat::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(ImageFormat::WebP),
        _ if brand.is_some_and(|b| matches!(b, b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1" | b"avif")) => {
            Err(PhotoError::Heic(n))
        }
        _ => Err(PhotoError::NotAPicture(n)),
    }
}

fn refusal(error: &image::ImageError, n: usize) -> PhotoError {
    match error {
        image::ImageError::Limits(_) => PhotoError::TooWide(n),
        _ => PhotoError::Broken(n),
    }
}

/// Without transparency, which JPEG does not have: on white, as it was seen.
fn on_white(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let from = image.into_rgba8();
    let mut out = RgbImage::new(from.width(), from.height());
    for (to, from) in out.pixels_mut().zip(from.pixels()) {
        let [r, g, b, a] = from.0;
        let over = |c: u8| u8::try_from((u16::from(c) * u16::from(a) + 255 * (255 - u16::from(a)) + 127) / 255).unwrap_or(u8::MAX);
        to.0 = [over(r), over(g), over(b)];
    }
    out
}

fn jpeg(image: &RgbImage, quality: u8, n: usize) -> Result<Vec<u8>, PhotoError> {
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, quality).encode_image(image).map_err(|_| PhotoError::Broken(n))?;
    Ok(out)
}

#[cfg(test)]
#[path = "photos/tests.rs"]
mod tests;
