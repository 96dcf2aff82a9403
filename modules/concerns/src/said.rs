//! What was said with an event: texts, sealed where the caller is kept from handlers, and their digests.

use base::{Ctx, Purpose};
use record::EventId;
use store::{Sql, StoreError, Tx, blobs, p, sql};

use crate::concern::ConcernId;
use crate::events::Texts;
use crate::model::codes;

/// What the sealed words of confidential callers are sealed for.
pub(crate) const WORDS: Purpose = Purpose("concerns.words");

/// The most characters of a text that a resident or a handler writes.
pub const LONGEST: usize = 5_000;
/// The most characters of a note or a reason.
pub const LONGEST_NOTE: usize = 1_000;
/// The most characters of a place or a name.
pub const LONGEST_LINE: usize = 100;
/// The most photos with one event.
pub const MOST_PHOTOS: usize = 6;

codes! {
    /// The part that a text plays in an event.
    Part {
        /// The resident's own words.
        Words = "words",
        /// The exact place, in the resident's words.
        Spot = "spot",
        /// What handlers of a confidential concern read in place of the words.
        Handlers = "handlers",
        /// What the resident is shown of the step.
        Shown = "shown",
        /// What only staff read.
        Note = "note",
    }
}

/// A field of a form that an operation refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// What happened.
    Words,
    /// The exact place.
    Spot,
    /// The text for handlers.
    Handlers,
    /// What the resident is shown; the answer.
    Shown,
    /// The note or reason.
    Note,
    /// The resident's name.
    Name,
    /// The photos.
    Photos,
    /// The kind of matter.
    Kind,
    /// The place.
    Place,
    /// The unit it is about.
    AboutUnit,
    /// The person it is about.
    AboutPerson,
    /// The number of the other concern.
    DuplicateOf,
    /// The contact.
    Contact,
    /// The rule for the length of the answer.
    Term,
    /// Why a department's duty is given to a community.
    Exception,
    /// The units that are called.
    Called,
    /// What kind of reply an answer is.
    Reply,
}

/// Why a field was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// It must be filled.
    #[error("{0:?} must be filled")]
    Missing(Field),
    /// It is longer than the most allowed characters.
    #[error("{0:?} is longer than {1}")]
    TooLong(Field, usize),
    /// It names something that is not there.
    #[error("{0:?} names something that is not there")]
    Unknown(Field),
    /// Handlers read it, and it holds the name or the telephone of a caller who asked to be kept from them.
    #[error("{0:?} gives a confidential caller away")]
    TellsCaller(Field),
}

/// A photo that lies among the blobs already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Photo {
    /// Its digest, under which it lies there.
    pub digest: [u8; 32],
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// A text cleaned and measured; nothing if nothing is left of it.
pub(crate) fn text(text: &str, field: Field, longest: usize) -> Result<Option<String>, Invalid> {
    let clean = base::text::clean(text);
    if base::text::count_chars(&clean) > longest {
        return Err(Invalid::TooLong(field, longest));
    }
    Ok(Some(clean).filter(|clean| !clean.is_empty()))
}

/// The same for one that must be there.
pub(crate) fn needed(body: &str, field: Field, longest: usize) -> Result<String, Invalid> {
    text(body, field, longest)?.ok_or(Invalid::Missing(field))
}

/// The same for one that may be left out.
pub(crate) fn optional(body: Option<&str>, field: Field, longest: usize) -> Result<Option<String>, Invalid> {
    body.map_or(Ok(None), |body| text(body, field, longest))
}

enum Body {
    Open(String),
    Sealed(Vec<u8>),
}

/// Texts and photos to be written with an event. The digests go into the facts first, since the
/// event's id is known only after it was appended.
#[derive(Default)]
pub(crate) struct Said {
    pieces: Vec<(Part, Body, [u8; 16])>,
    photos: Vec<Photo>,
    shared: bool,
    texts: Texts,
}

impl Said {
    /// Adds a text that is kept as it is.
    pub(crate) fn open(&mut self, ctx: &Ctx, part: Part, body: String) {
        let salt = ctx.salt();
        self.put(part, record::text_digest_hex(&salt, &body), Body::Open(body), salt);
    }

    /// Adds a text if there is one.
    pub(crate) fn maybe(&mut self, ctx: &Ctx, part: Part, body: Option<String>) {
        if let Some(body) = body {
            self.open(ctx, part, body);
        }
    }

    /// Adds the resident's own text: sealed where they are kept from those who handle it.
    pub(crate) fn own(&mut self, ctx: &Ctx, part: Part, body: String, confidential: bool) {
        if !confidential {
            return self.open(ctx, part, body);
        }
        let salt = ctx.salt();
        let sealed = ctx.keys().seal(ctx.random(), WORDS, body.as_bytes());
        self.put(part, sealed_digest(&salt, &sealed), Body::Sealed(sealed), salt);
    }

    fn put(&mut self, part: Part, digest: String, body: Body, salt: [u8; 16]) {
        let slot = match part {
            Part::Words => &mut self.texts.words,
            Part::Spot => &mut self.texts.spot,
            Part::Handlers => &mut self.texts.handlers,
            Part::Shown => &mut self.texts.shown,
            Part::Note => &mut self.texts.note,
        };
        *slot = Some(digest);
        self.pieces.push((part, body, salt));
    }

    /// Adds photos; `shared` says whether handlers may see them.
    pub(crate) fn photos(&mut self, photos: &[Photo], shared: bool) -> Result<(), Invalid> {
        if photos.len() > MOST_PHOTOS {
            return Err(Invalid::TooLong(Field::Photos, MOST_PHOTOS));
        }
        self.photos = photos.to_vec();
        self.shared = shared;
        Ok(())
    }

    /// The texts that are kept as they are.
    pub(crate) fn in_clear(&self) -> impl Iterator<Item = (Part, &str)> {
        self.pieces.iter().filter_map(|(part, body, _)| match body {
            Body::Open(text) => Some((*part, text.as_str())),
            Body::Sealed(_) => None,
        })
    }

    /// The digests of the texts, for the facts.
    pub(crate) fn texts(&self) -> Texts {
        self.texts.clone()
    }

    /// The digests of the photos, for the facts.
    pub(crate) fn photo_digests(&self) -> Vec<String> {
        self.photos.iter().map(|photo| record::hex(&photo.digest)).collect()
    }

    /// The salt of a part, with which a title taken from it is digested too.
    pub(crate) fn salt(&self, part: Part) -> Option<&[u8; 16]> {
        self.pieces.iter().find(|piece| piece.0 == part).map(|piece| &piece.2)
    }

    /// Writes what was said with this event.
    pub(crate) fn write(&self, tx: &mut Tx, concern: ConcernId, event: EventId) -> Result<(), StoreError> {
        for (part, body, salt) in &self.pieces {
            let (open, sealed) = match body {
                Body::Open(text) => (Some(text), None),
                Body::Sealed(bytes) => (None, Some(bytes)),
            };
            tx.exec(INSERT_TEXT, p![concern, event.0, part.code(), open, sealed, salt])?;
        }
        for (n, photo) in (0_i64..).zip(&self.photos) {
            tx.exec(INSERT_PHOTO, p![concern, event.0, n, &photo.digest, photo.width, photo.height, self.shared])?;
            blobs::hold(tx, &photo.digest, concern.0)?;
        }
        Ok(())
    }
}

/// What the record holds of a sealed text: a digest of the sealed bytes, so that verifying needs no key.
pub(crate) fn sealed_digest(salt: &[u8; 16], sealed: &[u8]) -> String {
    record::text_digest_hex(salt, &record::hex(sealed))
}

const INSERT_TEXT: &Sql = sql!("INSERT INTO concern_text (concern, event, part, body, sealed, salt) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
const INSERT_PHOTO: &Sql =
    sql!("INSERT INTO concern_photo (concern, event, n, digest, width, height, shared) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
