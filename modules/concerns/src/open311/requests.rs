//! Requests as everybody may read them: published texts only, which two people have looked at. Whatever is not published
//! is not there, for programs with a key as well.

use base::{Time, UnitId};
use people::Tree;
use store::Tx;
use web::Lang;

use super::answer::{Problem, Value};
use super::input::Parameters;
use super::services::GENERAL;
use super::texts::ApiTexts;
use crate::model::State;
use crate::read::{self, Between, Published};

/// The longest time that one list covers.
const DAYS: i64 = 90;
/// The most requests in one list.
const MOST: usize = 1_000;

/// What a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    numbers: Option<Vec<String>>,
    codes: Option<Vec<String>>,
    from: Time,
    to: Time,
    closed: Option<bool>,
}

/// The time that two parameters leave: at most [`DAYS`], the last ones where nothing is said.
pub(super) fn span(parameters: &Parameters, now: Time) -> Result<(Time, Time), Problem> {
    let longest = DAYS * Time::DAY;
    Ok(match (parameters.time("start_date")?, parameters.time("end_date")?) {
        (None, None) => (now.plus(-longest), now.plus(Time::SECOND)),
        (Some(from), None) => (from, from.plus(longest)),
        (None, Some(to)) => (to.plus(-longest), to),
        (Some(from), Some(to)) if to < from => return Err(Problem::Wrong("end_date")),
        (Some(from), Some(to)) => (from, to.min(from.plus(longest))),
    })
}

impl Asked {
    /// From the parameters of a list.
    ///
    /// # Errors
    /// [`Problem`] where one of them is not as it should be.
    pub(super) fn of(parameters: &Parameters, now: Time) -> Result<Asked, Problem> {
        let (from, to) = span(parameters, now)?;
        let is_state = |text: &str| ["open", "closed"].iter().any(|state| text.eq_ignore_ascii_case(state));
        let states = parameters.list("status", is_state)?.unwrap_or_default();
        let closed: Vec<bool> = states.iter().map(|state| state.eq_ignore_ascii_case("closed")).collect();
        Ok(Asked {
            numbers: parameters.list("service_request_id", |no| no.len() == 14 && no.bytes().all(|b| b.is_ascii_digit()))?,
            codes: parameters.list("service_code", crate::catalogue::is_code)?,
            from,
            to,
            closed: closed.first().copied().filter(|first| closed.iter().all(|other| other == first)),
        })
    }
}

/// A list. Numbers that are given override everything else, as the specification has it.
///
/// # Errors
/// Only the store's.
pub(super) fn list(tx: &mut Tx, lang: Lang, asked: &Asked) -> Result<Value, Problem> {
    let tree = people::tree(tx)?;
    let mut found = Vec::new();
    if let Some(numbers) = &asked.numbers {
        for no in numbers.iter().filter_map(|no| base::number::parse(no).ok()) {
            found.extend(read::published(tx, &no)?);
        }
    } else {
        let span = Between { from: asked.from, to: asked.to, closed: asked.closed };
        match &asked.codes {
            None => found = read::published_between(tx, span, None, MOST)?,
            Some(codes) => {
                for code in codes.iter().filter(|code| *code != GENERAL) {
                    let left = MOST.saturating_sub(found.len());
                    found.extend(read::published_between(tx, span, Some(code), left)?);
                }
            }
        }
    }
    let requests = found.iter().map(|one| request(lang, &tree, one));
    Ok(Value::List("request", requests.collect()))
}

/// One request.
///
/// # Errors
/// [`Problem::NoRequest`], also for one that is there and not published.
pub(super) fn one(tx: &mut Tx, lang: Lang, no: &str) -> Result<Value, Problem> {
    let no = base::number::parse(no).map_err(|_| Problem::NoRequest)?;
    let found = read::published(tx, &no)?.ok_or(Problem::NoRequest)?;
    let tree = people::tree(tx)?;
    Ok(Value::List("request", vec![request(lang, &tree, &found)]))
}

/// `open` or `closed`.
pub(super) fn status(state: State) -> &'static str {
    if state == State::Archived { "closed" } else { "open" }
}

/// A moment with our zone.
pub(super) fn stamp(at: Time) -> String {
    let civil = at.civil();
    let whole = civil.date().at(civil.hour(), civil.minute(), civil.second(), 0);
    format!("{whole}+08:00")
}

fn request(lang: Lang, tree: &Tree, one: &Published) -> Value {
    let t = ApiTexts::of(lang);
    let name = |unit: Option<UnitId>| unit.map(|unit| tree.full_name(unit));
    let code = |unit: Option<UnitId>| unit.and_then(|unit| tree.get(unit)).map(|unit| unit.code.clone());
    let updated = one.closed_at.map_or(one.published_at, |closed| closed.max(one.published_at));
    Value::Map(vec![
        ("service_request_id", one.no.clone().into()),
        ("status", status(one.state).into()),
        ("status_notes", crate::pages::progress(lang, one).into()),
        ("service_name", one.kind_name.clone().unwrap_or_else(|| t.general.to_owned()).into()),
        ("service_code", one.kind.clone().unwrap_or_else(|| GENERAL.to_owned()).into()),
        ("description", one.words.clone().into()),
        ("agency_responsible", name(one.handler).into()),
        ("service_notice", one.answer.clone().into()),
        ("requested_datetime", stamp(one.received_at).into()),
        ("updated_datetime", stamp(updated).into()),
        // Never told: a deadline is the office's, and a place is public as far as its community.
        ("expected_datetime", Value::Nothing),
        ("address", name(one.place).into()),
        ("address_id", code(one.place).into()),
        ("zipcode", Value::Nothing),
        ("lat", Value::Nothing),
        ("long", Value::Nothing),
        ("media_url", Value::Nothing),
    ])
}
