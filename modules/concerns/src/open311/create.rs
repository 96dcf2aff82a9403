//! A request is made: a concern like any other, by the same operation, with the same event, desk and receipt. What is not
//! needed (e-mail addresses, marks of devices and accounts) is read past and kept nowhere.

use base::phone::Phone;
use base::{Ctx, Purpose, UnitId};
use people::{Level, Tree};
use store::Tx;
use web::{Lang, LocateFn, fill};

use super::answer::{Problem, Value};
use super::input::Parameters;
use super::program::Admitted;
use super::services::Service;
use super::texts::ApiTexts;
use crate::emergency;
use crate::said::{Field, Invalid, LONGEST_LINE};
use crate::submit::{Contact, Submit, SubmitError, pass_on};

/// The most characters of a description, as the specification has it.
pub(super) const LONGEST_DESCRIPTION: usize = 4_000;
/// The fewest.
const SHORTEST: usize = 4;
/// The most characters of an address of a picture.
const LONGEST_ADDRESS: usize = 500;

/// What keys of forms are made of, where a program says which request is which.
const REPEATED: Purpose = Purpose("concerns.open311.repeated");

/// What was sent, each part looked over by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sent {
    service: String,
    words: String,
    spot: Option<String>,
    address_id: Option<String>,
    at: Option<(i64, i64)>,
    place: Option<String>,
    about: Option<String>,
    confidential: bool,
    publish: bool,
    phone: Option<Phone>,
    name: Option<String>,
}

/// The address of a picture: kept as words, never fetched by us.
pub(super) fn media(parameters: &Parameters) -> Result<Option<&str>, Problem> {
    let Some(address) = parameters.text("media_url", LONGEST_ADDRESS)? else { return Ok(None) };
    let fits = (address.starts_with("https://") || address.starts_with("http://")) && address.chars().all(|c| c.is_ascii_graphic());
    fits.then_some(Some(address)).ok_or(Problem::Wrong("media_url"))
}

/// The description with the address of the picture.
pub(super) fn description(parameters: &Parameters) -> Result<String, Problem> {
    let text = parameters.text("description", LONGEST_DESCRIPTION)?.ok_or(Problem::Missing("description"))?;
    let words = base::text::clean(text);
    if base::text::count_chars(&words) < SHORTEST {
        return Err(Problem::Wrong("description"));
    }
    Ok(match media(parameters)? {
        Some(address) => format!("{words}\n\n{address}"),
        None => words,
    })
}

impl Sent {
    /// From the parameters of a request to be made.
    ///
    /// # Errors
    /// [`Problem`] where one is missing or not as it should be.
    pub(super) fn of(parameters: &Parameters) -> Result<Sent, Problem> {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let service = owned(parameters.text("service_code", 40)?).ok_or(Problem::Missing("service_code"))?;
        let words = description(parameters)?;
        let address = parameters.text("address_string", LONGEST_LINE)?;
        let at = match (parameters.degrees("lat", 90.0)?, parameters.degrees("long", 180.0)?) {
            (Some(lat), Some(long)) => Some((long, lat)),
            (None, None) => None,
            (Some(_), None) => return Err(Problem::Missing("long")),
            (None, Some(_)) => return Err(Problem::Missing("lat")),
        };
        let phone = match parameters.text("phone", 40)? {
            Some(typed) => Some(Phone::parse(typed).map_err(|_| Problem::Wrong("phone"))?),
            None => None,
        };
        // Chinese names are written last name first, without a space.
        let (last, first) = (parameters.text("last_name", 40)?.unwrap_or(""), parameters.text("first_name", 40)?.unwrap_or(""));
        let space = if last.is_ascii() && !last.is_empty() && !first.is_empty() { " " } else { "" };
        let name = base::text::clean_line(&format!("{last}{space}{first}"));
        for unused in ["email", "device_id", "account_id"] {
            parameters.text(unused, 200)?;
        }
        parameters.text("media_url", LONGEST_ADDRESS)?;
        let sent = Sent {
            service,
            words,
            spot: spot(address, at),
            address_id: owned(parameters.text("address_id", 40)?),
            at,
            place: owned(parameters.text("attribute[place]", 40)?),
            about: owned(parameters.text("attribute[about]", 40)?),
            confidential: parameters.yes("attribute[confidential]")?,
            publish: parameters.yes("attribute[publish]")?,
            phone,
            name: Some(name).filter(|name| !name.is_empty()),
        };
        if sent.spot.is_none() && sent.address_id.is_none() && sent.place.is_none() {
            return Err(Problem::Missing("lat, long"));
        }
        Ok(sent)
    }

    /// The unit where it is: what was said, else in whose outline the point lies.
    fn place(&self, tx: &mut Tx, tree: &Tree, locate: &[LocateFn]) -> Result<Option<UnitId>, Problem> {
        let is_place = |level| matches!(level, Level::Town | Level::Community | Level::Grid);
        for (name, code) in [("attribute[place]", &self.place), ("address_id", &self.address_id)] {
            if let Some(code) = code {
                let unit = tree.find_code(code).filter(|unit| is_place(unit.level));
                return unit.map(|unit| Some(unit.id)).ok_or(Problem::Wrong(name));
            }
        }
        if let Some(at) = self.at {
            for locate in locate {
                if let Some(unit) = locate(tx, tree, at)? {
                    return Ok(Some(unit));
                }
            }
        }
        Ok(None)
    }
}

/// The place in words: as it was said, with the point where there is room for it.
fn spot(address: Option<&str>, at: Option<(i64, i64)>) -> Option<String> {
    let degrees = |n: i64| format!("{}{}.{:06}", if n < 0 { "-" } else { "" }, n.abs() / 1_000_000, n.abs() % 1_000_000);
    let point = at.map(|(long, lat)| format!("{}, {}", degrees(lat), degrees(long)));
    let address = address.map(base::text::clean).filter(|address| !address.is_empty());
    match (address, point) {
        (Some(address), Some(point)) => {
            let both = format!("{address}（{point}）");
            Some(if base::text::count_chars(&both) > LONGEST_LINE { address } else { both })
        }
        (address, point) => address.or(point),
    }
}

/// The key of a form that a program sends: what it says repeats is known again, everything else is new.
pub(super) fn op_key(ctx: &Ctx, program: &Admitted, what: &str, repeated: Option<&str>) -> [u8; 16] {
    let Some(repeated) = repeated else { return ctx.id::<base::Id>().0 };
    let bits = ctx.keys().blind(REPEATED, format!("{} {what} {repeated}", program.id).as_bytes());
    let mut key = [0; 16];
    key.iter_mut().zip(bits).for_each(|(to, from)| *to = from);
    key
}

/// A request to be made.
#[derive(Clone, Copy)]
pub(super) struct Made<'a> {
    /// In which language it is answered.
    pub(super) lang: Lang,
    /// Who brings it.
    pub(super) program: &'a Admitted,
    /// What was sent.
    pub(super) sent: &'a Sent,
    /// The form's key.
    pub(super) key: [u8; 16],
    /// How the unit of a point is found.
    pub(super) locate: &'a [LocateFn],
    /// The whole address of a path of ours.
    pub(super) link: &'a dyn Fn(&str) -> String,
}

/// Makes a request.
///
/// # Errors
/// [`Problem`].
pub(super) fn create(tx: &mut Tx, ctx: &Ctx, made: &Made<'_>) -> Result<Value, Problem> {
    let Made { lang, program, sent, key, locate, link } = *made;
    let service = Service::find(tx, &sent.service)?;
    let tree = people::tree(tx)?;
    let about_unit = match &sent.about {
        Some(code) => Some(tree.find_code(code).ok_or(Problem::Wrong("attribute[about]"))?.id),
        None => None,
    };
    let input = Submit {
        op_key: key,
        words: sent.words.clone(),
        spot: sent.spot.clone(),
        place: sent.place(tx, &tree, locate)?,
        kind: service.0.map(|kind| kind.code),
        about_unit,
        about_person: None,
        contact: sent.phone.clone().map(|phone| Contact { name: sent.name.clone(), phone }),
        confidential: sent.confidential,
        may_publish: sent.publish,
        photos: Vec::new(),
    };
    let receipt = pass_on(tx, ctx, program, &input).map_err(|error| match error {
        SubmitError::BeyondDistrict => Problem::Beyond,
        SubmitError::NoDistrict => Problem::NoJurisdiction,
        SubmitError::Invalid(
            Invalid::Missing(field) | Invalid::TooLong(field, _) | Invalid::Unknown(field) | Invalid::TellsCaller(field),
        ) => Problem::Wrong(named(field)),
        SubmitError::Store(error) => error.into(),
    })?;
    let t = ApiTexts::of(lang);
    let mut notice = fill(t.notice, &[("no", &base::number::show(&receipt.no))]);
    let numbers = emergency::numbers(&sent.words, lang);
    if !numbers.is_empty() {
        notice = format!("{}{notice}", fill(t.notice_emergency, &[("n", &numbers)]));
    }
    let first =
        if program.token_first { ("token", receipt.secret.clone().into()) } else { ("service_request_id", receipt.no.clone().into()) };
    let made = Value::Map(vec![
        first,
        ("service_notice", notice.into()),
        ("account_id", Value::Nothing),
        ("receipt_url", link(&format!("/r/{}/{}", receipt.no, receipt.secret)).into()),
    ]);
    Ok(Value::List("request", vec![made]))
}

/// The parameter that a field of the operation comes from.
fn named(field: Field) -> &'static str {
    match field {
        Field::Spot => "address_string",
        Field::Name => "first_name",
        Field::Kind => "service_code",
        Field::Place => "attribute[place]",
        Field::AboutUnit | Field::AboutPerson => "attribute[about]",
        _ => "description",
    }
}
