//! Photos of a form that did not pass. They are kept for a day like a draft, under a name that comes
//! from the form's key, so that who mends a field need not choose them again, with scripts or without.

use axum::extract::Path;
use axum::response::Response;
use base::Ctx;
use store::{StoreError, Tx};
use web::drafts::{self, Token};
use web::photos::{self, Photo, PhotoError};
use web::{Errors, Fields, Lang, PageError, Visit};

use super::resident::ResidentTexts;
use crate::said::{self, MOST_PHOTOS};

/// A photo that a form has already, to be shown in it.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    /// Its digest, which drops it when its box is ticked.
    pub(crate) value: String,
    /// Its address.
    pub(crate) src: String,
    /// What it is called for who does not see it.
    pub(crate) alt: String,
}

/// What is wrong with the photos that were not taken, in one line.
pub(super) fn words(lang: Lang, refused: &[PhotoError]) -> String {
    let parts: Vec<String> = refused.iter().filter_map(|error| error.words(lang)).collect();
    parts.join(if lang.is_chinese() { "；" } else { "; " })
}

/// The photos that this form has kept so far.
///
/// # Errors
/// Only the store's.
pub(super) fn load(tx: &mut Tx, ctx: &Ctx, fields: &Fields) -> Result<Vec<Photo>, StoreError> {
    match fields.op_key() {
        Ok(key) => Ok(drafts::load(tx, ctx, &Token::of_form(&key))?.unwrap_or_default()),
        Err(_) => Ok(Vec::new()),
    }
}

/// The photos of a form that was sent: those it had, less those to be dropped, and those that came now.
/// What cannot be taken is said beside the field.
///
/// # Errors
/// The store's and the disk's; a form without a key.
pub(super) async fn gather(visit: &Visit, fields: &Fields, errors: &mut Errors) -> Result<Vec<Photo>, PageError> {
    let sent = fields.clone();
    let mut all: Vec<Photo> = visit.read(move |tx, ctx| Ok::<_, PageError>(load(tx, ctx, &sent)?)).await?;
    all.retain(|photo| !fields.chose("drop", &record::hex(&photo.digest)));
    let (taken, refused) = photos::take_each(visit, fields, "photo", MOST_PHOTOS).await?;
    if !refused.is_empty() {
        errors.add("photo", words(visit.lang, &refused));
    }
    for photo in taken {
        // Chosen twice, it is one photo.
        if all.iter().any(|other| other.digest == photo.digest) {
            continue;
        }
        if all.len() == MOST_PHOTOS {
            errors.add("photo", ResidentTexts::of(visit.lang).photos_many);
            break;
        }
        all.push(photo);
    }
    Ok(all)
}

/// Keeps the photos of a form that is shown again.
///
/// # Errors
/// The store's; a form without a key.
pub(super) async fn hold(visit: &Visit, fields: &Fields, all: &[Photo]) -> Result<(), PageError> {
    if all.is_empty() && fields.all("drop").next().is_none() {
        return Ok(());
    }
    let (token, all) = (Token::of_form(&fields.op_key()?), all.to_vec());
    let save = move |tx: &mut Tx, ctx: &Ctx| {
        drafts::discard(tx, &token)?;
        drafts::save(tx, ctx, &token, &all)?;
        for photo in &all {
            photos::keep(tx, photo, token.subject())?;
        }
        Ok::<_, PageError>(())
    };
    visit.write(save).await
}

/// Lets go of what was kept, in the transaction in which the form came through.
///
/// # Errors
/// Only the store's.
pub(super) fn done(tx: &mut Tx, op_key: &[u8; 16]) -> Result<(), StoreError> {
    drafts::discard(tx, &Token::of_form(op_key))
}

/// The kept photos for the form.
///
/// # Errors
/// Only the store's.
pub(super) fn shown(tx: &mut Tx, ctx: &Ctx, visit: &Visit, fields: &Fields) -> Result<Vec<Kept>, StoreError> {
    let all = load(tx, ctx, fields)?;
    let Ok(key) = fields.op_key() else { return Ok(Vec::new()) };
    let (token, shell) = (Token::of_form(&key).text(), visit.shell(""));
    let one = |(at, photo): (usize, &Photo)| {
        let value = record::hex(&photo.digest);
        Kept { src: format!("/report/kept/{token}/{value}"), value, alt: shell.n(shell.t.photo_n, at + 1) }
    };
    Ok(all.iter().enumerate().map(one).collect())
}

/// A kept photo, small, for who has the form.
pub(super) async fn photo(visit: Visit, Path((token, digest)): Path<(String, String)>) -> Result<Response, PageError> {
    let token = Token::parse(&token).ok_or(PageError::NotFound)?;
    let wanted = photos::parse_digest(&digest).ok_or(PageError::NotFound)?;
    let small = visit
        .read(move |tx, ctx| {
            let all: Vec<Photo> = drafts::load(tx, ctx, &token)?.unwrap_or_default();
            all.iter().find(|photo| photo.digest == wanted).map(|photo| photo.small).ok_or(PageError::NotFound)
        })
        .await?;
    photos::serve(&visit.district, small).await
}

/// As the operations take them.
pub(super) fn input(all: &[Photo]) -> Vec<said::Photo> {
    all.iter().map(|photo| said::Photo { digest: photo.digest, width: photo.width, height: photo.height }).collect()
}
