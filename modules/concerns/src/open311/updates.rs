//! What became of requests (the updates extension): of public ones, when their text was published and when they were
//! closed. The program that brought a request may add to it, as the holder of its receipt may.

use base::{Ctx, Time};
use store::Tx;
use web::Lang;

use super::answer::{Problem, Value};
use super::create;
use super::input::Parameters;
use super::program::Admitted;
use super::requests::{span, stamp, status};
use super::texts::ApiTexts;
use crate::concern::StepError;
use crate::model::NotNow;
use crate::read::{self, Published};
use crate::receipt;
use crate::reopen::{Add, add};

/// The most updates of either sort in one list.
const MOST: i64 = 500;

/// What was sent to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sent {
    no: String,
    words: String,
    /// The program's own id of it, by which it is known again.
    pub(super) id: Option<String>,
}

impl Sent {
    /// The number of the request.
    pub(super) fn no(&self) -> &str {
        &self.no
    }

    /// From the parameters.
    ///
    /// # Errors
    /// [`Problem`] where one is missing or not as it should be.
    pub(super) fn of(parameters: &Parameters) -> Result<Sent, Problem> {
        let no = parameters.text("service_request_id", 40)?.ok_or(Problem::Missing("service_request_id"))?.to_owned();
        match parameters.text("status", 20)?.map(str::to_ascii_lowercase).as_deref() {
            // What a program thinks of the state is not taken over: the resident is asked.
            None | Some("open" | "closed") => {}
            Some(_) => return Err(Problem::Wrong("status")),
        }
        parameters.time("updated_datetime")?;
        for unused in ["title", "email", "first_name", "last_name", "account_id", "service_request_id_ext"] {
            parameters.text(unused, 200)?;
        }
        Ok(Sent { no, words: create::description(parameters)?, id: parameters.text("update_id", 100)?.map(str::to_owned) })
    }
}

/// The span of time that a list is asked for.
///
/// # Errors
/// [`Problem`] where a time is none.
pub(super) fn asked(parameters: &Parameters, now: Time) -> Result<(Time, Time), Problem> {
    span(parameters, now)
}

/// A list.
///
/// # Errors
/// Only the store's.
pub(super) fn list(tx: &mut Tx, lang: Lang, (from, to): (Time, Time)) -> Result<Value, Problem> {
    let t = ApiTexts::of(lang);
    let [published, closed] = read::changed_between(tx, from, to, MOST)?;
    let update = |id: String, one: &Published, status: &str, at: Time, words: String| {
        let update = Value::Map(vec![
            ("update_id", id.into()),
            ("service_request_id", one.no.clone().into()),
            ("status", status.into()),
            ("updated_datetime", stamp(at).into()),
            ("description", words.into()),
            ("media_url", Value::Nothing),
        ]);
        (at, update)
    };
    let mut updates: Vec<(Time, Value)> = Vec::new();
    for one in &published {
        // A text that was published after the end tells the end too.
        let state = if one.closed_at.is_some_and(|closed| closed <= one.published_at) { "closed" } else { "open" };
        let words = one.answer.clone().unwrap_or_else(|| t.published.to_owned());
        updates.push(update(one.event.to_string(), one, state, one.published_at, words));
    }
    for one in &closed {
        if let Some(at) = one.closed_at {
            updates.push(update(format!("{}-{}", one.no, at.0), one, status(one.state), at, crate::pages::progress(lang, one)));
        }
    }
    updates.sort_by_key(|(at, _)| *at);
    Ok(Value::List("request_update", updates.into_iter().map(|(_, update)| update).collect()))
}

/// Adds to a request.
///
/// # Errors
/// [`Problem`].
pub(super) fn post(tx: &mut Tx, ctx: &Ctx, program: &Admitted, sent: &Sent, key: &[u8; 16]) -> Result<Value, Problem> {
    let holder = receipt::brought_by(tx, program, &sent.no)?.ok_or(Problem::NotYours)?;
    let input = Add { words: Some(sent.words.clone()), photos: Vec::new() };
    add(tx, ctx, &holder, key, &input).map_err(|error| match error {
        StepError::NotNow(NotNow::State) => Problem::Closed,
        StepError::Invalid(_) => Problem::Wrong("description"),
        StepError::NotFound => Problem::NoRequest,
        StepError::Store(error) => error.into(),
        other => Problem::Internal(other.to_string()),
    })?;
    let id = sent.id.clone().unwrap_or_else(|| base::Id(*key).to_string());
    Ok(Value::List("request_update", vec![Value::Map(vec![("update_id", id.into())])]))
}
