//! Registering what a resident said at the counter, on the telephone, at home.

use askama::Template;
use axum::response::{IntoResponse, Response};
use base::UnitId;
use base::phone::Phone;
use store::Tx;
use web::kit::Choice;
use web::{Errors, Fields, Page, PageError, Shell, Signed, Staff, page, photos};

use super::{Input, StaffTexts, codes, joined};
use crate::model::Source;
use crate::pages::kept::{self, Kept};
use crate::pages::resident::{self, ResidentTexts};
use crate::pages::words;
use crate::permissions::Register;
use crate::said::LONGEST;
use crate::submit::{self, Contact, Receipt, Registered, Submit, SubmitError};

#[derive(Template)]
#[template(path = "staff/new.html")]
struct NewPage {
    shell: Shell,
    t: &'static StaffTexts,
    errors: Errors,
    inputs: Vec<Input>,
    op_key: String,
    /// That it may not wait, said once before it is written down.
    emergency: String,
    /// Whether there are grids whose QR codes could be put up.
    codes: bool,
}

/// Ways in which staff write something down.
const SOURCES: [Source; 6] = [Source::Counter, Source::Phone, Source::Visit, Source::Grid, Source::Letter, Source::Hotline];

/// The form.
pub(super) async fn form(staff: Staff) -> Result<Page, PageError> {
    staff.read(move |_, _, who| draw(who, &Fields::default(), Errors::none(), Vec::new())).await
}

fn draw(who: &Signed, fields: &Fields, errors: Errors, kept: Vec<Kept>) -> Result<Page, PageError> {
    if who.has::<Register>().is_none() {
        return Err(PageError::Forbidden);
    }
    let lang = who.visit().lang;
    let (t, r, w) = (StaffTexts::of(lang), ResidentTexts::of(lang), words::words(lang));
    let error = |name: &str| errors.of(name).to_owned();
    let value = |name: &str| fields.value(name).to_owned();
    let line = |name, label, hint, kind| Input::Line { name, label, value: value(name), error: error(name), hint, kind, optional: true };
    let sources = SOURCES.iter().map(|s| Choice::new(s.code(), w.source(*s)).chosen(fields.value("source") == s.code())).collect();
    let place = if fields.has("place") { value("place") } else { resident::places::home_of(who).unwrap_or_default() };
    let inputs = vec![
        Input::Radios { name: "source", legend: t.new_source, list: sources, error: error("source"), hint: "", inline: true },
        Input::Area {
            name: "text",
            label: t.new_text,
            value: value("text"),
            error: error("text"),
            hint: r.what_why,
            rows: 7,
            max: LONGEST,
            optional: false,
        },
        super::forms::photos(lang, r.what_photos, errors.of("photo"), kept),
        Input::Select {
            name: "place",
            label: r.where_label,
            list: resident::places::places(&who.tree, r, &place),
            error: error("place"),
            hint: "",
            optional: false,
        },
        line("spot", r.where_spot, r.where_spot_hint, "text"),
        line("name", t.new_name, "", "text"),
        line("phone", t.new_phone, t.new_phone_hint, "tel"),
        Input::Select {
            name: "about_unit",
            label: t.new_about,
            list: resident::places::units_flat(&who.tree, fields.value("about_unit")),
            error: error("about_unit"),
            hint: t.new_about_hint,
            optional: true,
        },
        line("about_name", t.new_about_name, r.about_name_hint, "text"),
        Input::Boxes {
            name: "flag",
            legend: t.new_flags,
            error: String::new(),
            hint: "",
            list: vec![
                Choice::new("confidential", t.new_confidential).chosen(fields.chose("flag", "confidential")),
                Choice::new("publish", t.new_publish).chosen(fields.chose("flag", "publish")),
            ],
        },
    ];
    page(&NewPage {
        shell: who.shell(t.new_title),
        codes: codes::any(who),
        emergency: joined::emergency_now(lang, fields.value("text")),
        t,
        errors,
        inputs,
        op_key: fields.get("op_key").map_or_else(|| who.visit().op_key(), str::to_owned),
    })
}

#[derive(Template)]
#[template(path = "staff/registered.html")]
struct RegisteredPage {
    shell: Shell,
    t: &'static StaffTexts,
    number: String,
    secret: String,
    qr: String,
    href: String,
}

/// Writes it down and shows the receipt, once, to be handed over.
pub(super) async fn send(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let lang = staff.lang;
    let (t, r) = (StaffTexts::of(lang), ResidentTexts::of(lang));
    let mut errors = Errors::none();
    // Nobody's photos are looked at before it is known that they may write something down.
    staff.read(|_, _, who| if who.has::<Register>().is_some() { Ok(()) } else { Err(PageError::Forbidden) }).await?;
    let taken = kept::gather(&staff, &fields, &mut errors).await?;
    let photos = taken.clone();
    let source = Source::from_code(fields.value("source")).filter(|source| SOURCES.contains(source));
    if source.is_none() {
        errors.add("source", t.new_source_missing);
    }
    resident::check_text(lang, fields.value("text"), &mut errors);
    if fields.value("place").is_empty() {
        errors.add("place", r.where_missing);
    }
    let phone = match fields.value("phone").trim() {
        "" => None,
        typed => match Phone::parse(typed) {
            Ok(phone) => Some(phone),
            Err(wrong) => {
                errors.add("phone", resident::by_lang(lang, &wrong.zh(), &wrong.to_string()));
                None
            }
        },
    };
    // A name alone bars no line, and is kept with no telephone.
    if !fields.value("about_name").trim().is_empty() && fields.value("about_unit").is_empty() {
        errors.add("about_unit", r.about_unit_missing);
    }
    if !fields.value("name").trim().is_empty() && fields.value("phone").trim().is_empty() {
        errors.add("phone", t.new_name_alone);
    }
    let key = fields.op_key()?;
    let warn = !fields.has("warned") && !joined::emergency_now(lang, fields.value("text")).is_empty();
    if let Some(source) = source.filter(|_| errors.is_empty() && !warn) {
        let typed = fields.clone();
        let receipt = staff
            .attempt(move |tx, ctx, who| {
                let proof = who.has::<Register>().ok_or(Refused::Forbidden)?;
                let input = input(tx, who, key, &typed, phone.as_ref(), &taken)?;
                let receipt = submit::register(tx, ctx, &proof, &input, &Registered { source, occurred_at: None })?;
                if !taken.is_empty()
                    && let Some(concern) = crate::concern::find(tx, &receipt.no)?
                {
                    for photo in &taken {
                        photos::keep(tx, photo, concern.id.0)?;
                    }
                }
                kept::done(tx, &key)?;
                Ok::<_, Refused>((receipt, who.shell(t.registered_title)))
            })
            .await?;
        match receipt {
            Ok((receipt, shell)) => return Ok(shown(&staff, shell, t, &receipt)?.into_response()),
            Err(Refused::Forbidden) => return Err(PageError::Forbidden),
            Err(Refused::Submit(SubmitError::Store(error))) => return Err(error.into()),
            Err(Refused::Submit(SubmitError::NoDistrict)) => return Err(PageError::NotFound),
            Err(Refused::Submit(SubmitError::BeyondDistrict)) => errors.add("about_unit", r.above),
            Err(Refused::Submit(SubmitError::Invalid(invalid))) => errors.add("text", words::words(lang).invalid(invalid).1),
        }
    }
    kept::hold(&staff, &fields, &photos).await?;
    let again = staff.read(move |tx, ctx, who| {
        let kept = kept::shown(tx, ctx, who.visit(), &fields)?;
        draw(who, &fields, errors.clone(), kept)
    });
    Ok(again.await?.again().into_response())
}

enum Refused {
    Forbidden,
    Submit(SubmitError),
}

impl From<store::StoreError> for Refused {
    fn from(error: store::StoreError) -> Refused {
        Refused::Submit(error.into())
    }
}

impl From<SubmitError> for Refused {
    fn from(error: SubmitError) -> Refused {
        Refused::Submit(error)
    }
}

fn input(
    tx: &mut Tx,
    who: &Signed,
    op_key: [u8; 16],
    fields: &Fields,
    phone: Option<&Phone>,
    taken: &[photos::Photo],
) -> Result<Submit, store::StoreError> {
    let about_unit = fields.id::<UnitId>("about_unit").filter(|unit| who.tree.get(*unit).is_some());
    let about_person = match about_unit {
        Some(unit) => resident::named(tx, &who.tree, unit, fields.value("about_name"))?,
        None => None,
    };
    Ok(Submit {
        op_key,
        words: resident::words_about(fields.value("text"), fields.value("about_name")),
        spot: fields.opt("spot"),
        place: fields.id::<UnitId>("place"),
        kind: None,
        about_unit,
        about_person,
        contact: phone.map(|phone| Contact { name: fields.opt("name"), phone: phone.clone() }),
        confidential: fields.chose("flag", "confidential"),
        may_publish: fields.chose("flag", "publish"),
        photos: kept::input(taken),
    })
}

fn shown(staff: &Staff, shell: Shell, t: &'static StaffTexts, receipt: &Receipt) -> Result<Page, PageError> {
    let link = staff.link(&format!("/r/{}/{}", receipt.no, receipt.secret));
    let page = RegisteredPage {
        shell,
        t,
        number: base::number::show(&receipt.no),
        secret: resident::grouped(&receipt.secret),
        qr: web::qr::svg(&link, t.registered_qr).unwrap_or_default(),
        href: format!("/work/c/{}", receipt.no),
    };
    web::page(&page).map(Page::secret)
}
