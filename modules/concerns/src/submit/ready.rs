//! What of a form needs no store: cleaned, sealed, salted and digested before the transaction begins, so
//! that the one thread which writes has little left to do.

use base::{Ctx, Purpose};
use store::{Sql, StoreError, Tx, p, sql};

use super::{Contact, Submit, title_of};
use crate::concern::ConcernId;
use crate::receipt;
use crate::said::{Field, Invalid, LONGEST, LONGEST_LINE, Part, Said, needed, optional};

/// What contacts are sealed for.
pub(crate) const CONTACT: Purpose = Purpose("concerns.contact");

/// A form made ready. Its words, contact and photos are taken from the form; where it is about and whom
/// it is about are looked up in the transaction.
pub struct Ready {
    pub(super) id: ConcernId,
    /// A number, which is drawn again where it is taken.
    pub(super) no: String,
    /// The receipt's secret.
    pub(super) secret: String,
    /// Of the receipt's secret.
    pub(super) digest: [u8; 32],
    pub(super) title: String,
    pub(super) title_digest: Option<String>,
    pub(super) said: Said,
    pub(super) contact: Option<SealedContact>,
    pub(super) contact_digest: Option<String>,
    op_key: [u8; 16],
}

impl Ready {
    /// Makes a form ready.
    ///
    /// # Errors
    /// A field that is refused.
    pub fn of(ctx: &Ctx, input: &Submit) -> Result<Ready, Invalid> {
        let words = needed(&input.words, Field::Words, LONGEST)?;
        let spot = optional(input.spot.as_deref(), Field::Spot, LONGEST_LINE)?;
        let title = if input.confidential { String::new() } else { title_of(&words) };
        let mut said = Said::default();
        said.own(ctx, Part::Words, words, input.confidential);
        if let Some(spot) = spot {
            said.own(ctx, Part::Spot, spot, input.confidential);
        }
        said.photos(&input.photos, !input.confidential)?;
        let salt = said.salt(Part::Words).filter(|_| !title.is_empty());
        let title_digest = salt.map(|salt| record::text_digest_hex(salt, &title));
        let contact = input.contact.as_ref().map(|contact| SealedContact::seal(ctx, contact)).transpose()?;
        let secret = receipt::secret(ctx, &input.op_key);
        Ok(Ready {
            id: ctx.id(),
            no: base::number::draw(ctx),
            digest: receipt::digest(&secret),
            secret,
            title,
            title_digest,
            said,
            contact_digest: contact.as_ref().map(SealedContact::digest),
            contact,
            op_key: input.op_key,
        })
    }

    /// Whether it was made from this form.
    pub(super) fn is_of(&self, input: &Submit) -> bool {
        self.op_key == input.op_key
    }
}

/// A contact as it is stored.
pub(crate) struct SealedContact {
    name: Option<Vec<u8>>,
    phone: Vec<u8>,
    blind: [u8; 32],
    salt: [u8; 16],
}

impl SealedContact {
    pub(crate) fn seal(ctx: &Ctx, contact: &Contact) -> Result<SealedContact, Invalid> {
        let name = optional(contact.name.as_deref(), Field::Name, LONGEST_LINE)?;
        let seal = |plain: &str| ctx.keys().seal(ctx.random(), CONTACT, plain.as_bytes());
        Ok(SealedContact {
            name: name.as_deref().map(base::text::clean_line).as_deref().map(seal),
            phone: seal(contact.phone.digits()),
            blind: ctx.keys().blind(CONTACT, contact.phone.digits().as_bytes()),
            salt: ctx.salt(),
        })
    }

    pub(crate) fn digest(&self) -> String {
        contact_digest(&self.salt, self.name.as_deref(), &self.phone, &self.blind)
    }

    pub(crate) fn insert(&self, tx: &mut Tx, concern: ConcernId) -> Result<(), StoreError> {
        tx.exec(INSERT_CONTACT, p![concern, self.name.as_ref(), &self.phone, &self.blind, &self.salt]).map(drop)
    }
}

/// What the record holds of a contact: a digest of the sealed columns, so that verifying needs no key.
pub(crate) fn contact_digest(salt: &[u8; 16], name: Option<&[u8]>, phone: &[u8], blind: &[u8]) -> String {
    let name = name.map(record::hex).unwrap_or_default();
    record::text_digest_hex(salt, &format!("{name} {} {}", record::hex(phone), record::hex(blind)))
}

const INSERT_CONTACT: &Sql = sql!("INSERT INTO concern_contact (concern, name, phone, phone_blind, salt) VALUES (?1, ?2, ?3, ?4, ?5)");
