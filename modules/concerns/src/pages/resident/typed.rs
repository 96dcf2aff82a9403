//! What a resident has typed so far, how it is looked over, and what becomes of it when it is sent.

use base::phone::Phone;
use base::{PersonId, UnitId};
use people::{Level, Tree};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::{StoreError, Tx};
use web::{Errors, Fields, Lang, fill, photos};

use super::ResidentTexts;
use crate::said::{self, LONGEST, LONGEST_LINE};
use crate::staff;
use crate::submit::{Contact, Submit};

/// The fewest characters that say what happened.
pub(super) const SHORTEST: usize = 4;
/// The value of the row that says that the place is not known.
pub(super) const UNKNOWN: &str = "unknown";

/// The form as it was typed, kept as a draft between its pages. Texts stay as they came, so that a page
/// shown again shows just that.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::pages) struct Typed {
    /// The form's key.
    pub op_key: String,
    pub(in crate::pages) text: String,
    pub photos: Vec<photos::Photo>,
    /// A unit's id, [`UNKNOWN`], or empty before the question was answered.
    pub place: String,
    pub spot: String,
    /// `none`, `unit`, `person`, or empty.
    pub about: String,
    pub about_unit: String,
    pub about_name: String,
    /// `phone`, `none`, or empty.
    pub who: String,
    pub phone: String,
    pub name: String,
    pub confidential: bool,
    pub may_publish: bool,
    /// Told by short message.
    #[serde(default)]
    pub tell: bool,
}

impl Typed {
    /// What the one-page form sent.
    pub(super) fn of(fields: &Fields) -> Typed {
        let text = |name: &str| fields.value(name).to_owned();
        Typed {
            op_key: text("op_key"),
            text: text("text"),
            photos: Vec::new(),
            place: text("place"),
            spot: text("spot"),
            about: text("about"),
            about_unit: text("about_unit"),
            about_name: text("about_name"),
            who: text("who"),
            phone: text("phone"),
            name: text("name"),
            confidential: fields.chose("flag", "confidential"),
            may_publish: fields.chose("flag", "publish"),
            tell: fields.chose("flag", "tell"),
        }
    }

    /// The key with which just what stands here is sent. What another tab changed meanwhile has another, so that
    /// nobody sends what they were not shown, and nothing goes under the receipt of something else.
    pub(super) fn key(&self) -> String {
        let typed = serde_json::to_vec(self).unwrap_or_default();
        let digest = Sha256::new().chain_update(b"lianxin report").chain_update(typed).finalize();
        record::hex(digest.get(..16).unwrap_or_default())
    }

    /// The place, if one was chosen and still exists.
    pub(in crate::pages) fn place(&self, tree: &Tree) -> Option<UnitId> {
        let unit = tree.get(UnitId(self.place.parse().ok()?))?;
        (matches!(unit.level, Level::Town | Level::Community | Level::Grid) && !unit.is_closed()).then_some(unit.id)
    }

    /// The unit that it is about, if one was chosen.
    pub(super) fn about_unit(&self, tree: &Tree) -> Option<UnitId> {
        if self.about != "unit" && self.about != "person" {
            return None;
        }
        tree.get(UnitId(self.about_unit.parse().ok()?)).map(|unit| unit.id)
    }

    /// Looks over the answer to the first question.
    pub(super) fn check_what(&self, lang: Lang, errors: &mut Errors) {
        let t = ResidentTexts::of(lang);
        check_text(lang, &self.text, errors);
        if self.photos.len() > said::MOST_PHOTOS {
            errors.add("photo", t.photos_many);
        }
    }

    /// Looks over the answer to the second.
    pub(super) fn check_where(&self, lang: Lang, tree: &Tree, errors: &mut Errors) {
        let t = ResidentTexts::of(lang);
        let now = base::text::count_chars(&base::text::clean(&self.spot));
        if now > LONGEST_LINE {
            errors.add("spot", fill(t.where_spot_long, &[("n", &LONGEST_LINE), ("now", &now)]));
        }
        if self.place != UNKNOWN && self.place(tree).is_none() {
            errors.add("place", t.where_missing);
        }
    }

    /// Looks over the answer to the third.
    pub(super) fn check_about(&self, lang: Lang, tree: &Tree, errors: &mut Errors) {
        let t = ResidentTexts::of(lang);
        match self.about.as_str() {
            // Without scripts all fields stand: who named somebody and left the first row chosen is asked.
            "none" if !self.about_unit.is_empty() || !self.about_name.trim().is_empty() => errors.add("about", t.about_unclear),
            "none" => {}
            "unit" | "person" => {
                if self.about_unit(tree).is_none() {
                    errors.add("about_unit", t.about_unit_missing);
                }
                if base::text::count_chars(&self.about_name) > LONGEST_LINE {
                    errors.add("about_name", fill(t.who_name_long, &[("n", &LONGEST_LINE)]));
                }
            }
            _ => errors.add("about", t.about_missing),
        }
    }

    /// Looks over the answer to the fourth.
    pub(super) fn check_who(&self, lang: Lang, errors: &mut Errors) {
        let t = ResidentTexts::of(lang);
        match self.who.as_str() {
            "none" => {}
            "phone" => {
                match Phone::parse(&self.phone) {
                    Ok(_) => {}
                    Err(_) if self.phone.trim().is_empty() => errors.add("phone", t.who_phone_missing),
                    Err(wrong) => errors.add("phone", by_lang(lang, &wrong.zh(), &wrong.to_string())),
                }
                if base::text::count_chars(&self.name) > LONGEST_LINE {
                    errors.add("name", fill(t.who_name_long, &[("n", &LONGEST_LINE)]));
                }
            }
            _ => errors.add("who", t.who_missing),
        }
    }

    /// The page of the first question that is not answered well yet, if any.
    pub(super) fn gap(&self, lang: Lang, tree: &Tree) -> Option<&'static str> {
        let wrong = |look: &dyn Fn(&mut Errors)| {
            let mut errors = Errors::none();
            look(&mut errors);
            !errors.is_empty()
        };
        if wrong(&|e| self.check_what(lang, e)) {
            return Some("/report/what");
        }
        if wrong(&|e| self.check_where(lang, tree, e)) {
            return Some("/report/where");
        }
        if wrong(&|e| self.check_about(lang, tree, e)) {
            return Some("/report/about");
        }
        wrong(&|e| self.check_who(lang, e)).then_some("/report/who")
    }

    /// What the operation takes, but for where it is and whom it is about: see [`Typed::place_in`].
    pub(super) fn form(&self, op_key: [u8; 16]) -> Submit {
        let contact = match self.who.as_str() {
            "phone" => Phone::parse(&self.phone).ok(),
            _ => None,
        };
        let name = Some(base::text::clean(&self.name)).filter(|name| !name.is_empty());
        Submit {
            op_key,
            words: words_about(&self.text, if self.about == "person" { &self.about_name } else { "" }),
            spot: Some(base::text::clean(&self.spot)).filter(|spot| !spot.is_empty()),
            place: None,
            kind: None,
            about_unit: None,
            about_person: None,
            contact: contact.map(|phone| Contact { name, phone }),
            confidential: self.confidential,
            may_publish: self.may_publish,
            photos: self.photos.iter().map(|p| said::Photo { digest: p.digest, width: p.width, height: p.height }).collect(),
        }
    }

    /// The same form with its place and whom it is about. A name that is not of the staff of that unit
    /// changes nothing: the unit's whole line stands aside in any case.
    pub(super) fn place_in(&self, tx: &mut Tx, tree: &Tree, form: &Submit) -> Result<Submit, StoreError> {
        let about_unit = self.about_unit(tree);
        let about_person = match about_unit {
            Some(unit) if self.about == "person" => named(tx, tree, unit, &self.about_name)?,
            _ => None,
        };
        Ok(Submit { place: self.place(tree), about_unit, about_person, ..form.clone() })
    }
}

/// Looks over what happened.
pub(in crate::pages) fn check_text(lang: Lang, text: &str, errors: &mut Errors) {
    let t = ResidentTexts::of(lang);
    match base::text::count_chars(&base::text::clean(text)) {
        0 => errors.add("text", t.what_empty),
        now if now < SHORTEST => errors.add("text", fill(t.what_short, &[("n", &SHORTEST), ("now", &now)])),
        now if now > LONGEST => errors.add("text", fill(t.what_long, &[("n", &LONGEST), ("now", &now)])),
        _ => {}
    }
}

/// The words. A name that was given apart goes with them: it is the resident's, and only the desk may
/// see whom it means.
pub(in crate::pages) fn words_about(text: &str, name: &str) -> String {
    match base::text::clean_line(name) {
        name if name.is_empty() => text.to_owned(),
        name => format!("{text}\n\n{}{name}", ResidentTexts::of(Lang::Hans).about_in_words),
    }
}

/// Words that [`base`] has in simplified Chinese and in English.
pub(in crate::pages) fn by_lang(lang: Lang, hans: &str, en: &str) -> String {
    match lang {
        Lang::Hans => hans.to_owned(),
        Lang::Hant => web::lang::to_hant(hans),
        Lang::En => en.to_owned(),
    }
}

/// The member of staff of this name in this unit's line; none where there is none or more than one.
pub(in crate::pages) fn named(tx: &mut Tx, tree: &Tree, unit: UnitId, name: &str) -> Result<Option<PersonId>, StoreError> {
    let name = base::text::clean_line(name);
    if name.is_empty() {
        return Ok(None);
    }
    let found: Vec<PersonId> =
        staff::named(tx, &name)?.into_iter().filter(|(_, at)| tree.is_within(*at, unit)).map(|(person, _)| person).collect();
    Ok(match found[..] {
        [first, ref rest @ ..] if rest.iter().all(|other| *other == first) => Some(first),
        _ => None,
    })
}
