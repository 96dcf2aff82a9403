//! Making an appeal, and deciding on one.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::{Ctx, UnitId};
use people::Denied;
use record::EventId;
use store::Tx;
use web::kit::{Choice, Fact};
use web::{Errors, Fields, Page, PageError, Shell, Signed, Staff, dates, fill, page, redirect};

use super::card::{own, state};
use crate::appeal::{self, AppealError, DECIDE_RULE, Deciders};
use crate::events::{AppealId, RoundId, ScoreAppealMoved};
use crate::texts::ScoreTexts;
use crate::{lock, scheme};

#[derive(Template)]
#[template(path = "scores/appeal.html")]
struct AppealPage {
    shell: Shell,
    t: &'static ScoreTexts,
    errors: Errors,
    lead: String,
    facts: Vec<Fact>,
    reason: String,
    round: String,
    unit: String,
    event: String,
    op_key: String,
}

pub(super) async fn form(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    shown(&staff, fields, Errors::none()).await
}

async fn shown(staff: &Staff, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    let op_key = fields.get("op_key").map_or_else(|| staff.op_key(), str::to_owned);
    staff
        .read(move |tx, ctx, who| {
            let (Some(round), Some(unit), Some(event)) =
                (fields.id::<RoundId>("round"), fields.id::<UnitId>("unit"), fields.id::<EventId>("event"))
            else {
                return Err(PageError::NotFound);
            };
            own(who, unit).ok_or(PageError::Forbidden)?;
            let lang = who.visit().lang;
            let t = ScoreTexts::of(lang);
            let facts = about(tx, ctx, who, round, unit, event)?;
            let due = ctx.rules().deadline(DECIDE_RULE, ctx.now);
            page(&AppealPage {
                shell: who.shell(t.appeal_title),
                t,
                errors: errors.clone(),
                lead: fill(t.appeal_lead, &[("due", &dates::by(lang, due.at, ctx.now))]),
                facts,
                reason: fields.value("reason").to_owned(),
                round: round.to_string(),
                unit: unit.to_string(),
                event: event.to_string(),
                op_key: op_key.clone(),
            })
        })
        .await
}

/// The case and the score that an appeal is about.
fn about(tx: &mut Tx, ctx: &Ctx, who: &Signed, round: RoundId, unit: UnitId, event: EventId) -> Result<Vec<Fact>, PageError> {
    let lang = who.visit().lang;
    let t = ScoreTexts::of(lang);
    let round = lock::find(tx, round)?.ok_or(PageError::NotFound)?;
    let scheme = scheme::find(tx, round.scheme, round.version)?.ok_or(PageError::NotFound)?;
    let found = record::find(tx, event)?.ok_or(PageError::NotFound)?;
    let mut pages = measures::lines_of(tx, ctx, who, unit, &[found.subject])?;
    let matter = match pages.remove(&found.subject) {
        Some(line) => Fact::new(t.appeal_case, line.title).to(line.href),
        None => Fact::new(t.appeal_case, t.hidden),
    };
    let card = format!("/scores/card?unit={unit}&s={}&from={}", round.scheme, round.period.from);
    Ok(vec![matter, Fact::new(t.appeal_scheme, format!("{} · {}", scheme.says.name, round.period.label(lang))).to(card)])
}

/// A refusal as a message beside a field, or as a page.
fn refuse(t: &ScoreTexts, error: AppealError, field: &str) -> Result<Errors, PageError> {
    let mut errors = Errors::none();
    let words = match error {
        AppealError::NotFound => return Err(PageError::NotFound),
        AppealError::Denied => return Err(PageError::Forbidden),
        AppealError::Store(error) => return Err(error.into()),
        AppealError::TooLate => t.appeal_late,
        AppealError::Already => {
            if field == "reason" {
                t.appeal_twice
            } else {
                t.decided_before
            }
        }
        AppealError::Missing => t.reason_missing,
        AppealError::TooLong => t.too_long,
    };
    errors.add(field, words);
    Ok(errors)
}

impl From<Denied> for AppealError {
    fn from(_: Denied) -> AppealError {
        AppealError::Denied
    }
}

pub(super) async fn send(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (key, t) = (fields.op_key()?, ScoreTexts::of(staff.lang));
    let sent = fields.clone();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let (Some(round), Some(unit), Some(event)) = (sent.id("round"), sent.id("unit"), sent.id("event")) else {
                return Err(AppealError::NotFound);
            };
            let proof = own(who, unit).ok_or(AppealError::Denied)?;
            store::once(tx, ctx.now, &key, "scores.appeal", who.person.bytes(), |tx| {
                appeal::appeal(tx, ctx, &proof, round, unit, event, sent.value("reason"))
            })
        })
        .await?;
    match done {
        Ok(id) => Ok(redirect(format!("/scores/appeals/{id}")).done(t.appealed).into_response()),
        Err(error) => {
            let errors = refuse(t, error, "reason")?;
            Ok(shown(&staff, fields, errors).await?.again().into_response())
        }
    }
}

#[derive(Template)]
#[template(path = "scores/decide.html")]
struct ShowPage {
    shell: Shell,
    t: &'static ScoreTexts,
    errors: Errors,
    facts: Vec<Fact>,
    reason: String,
    answer: String,
    decides: bool,
    choices: Vec<Choice>,
    typed: String,
    op_key: String,
    id: String,
}

pub(super) async fn show(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    one(&staff, id, Fields::default(), Errors::none()).await
}

async fn one(staff: &Staff, id: String, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    let id: AppealId = id.parse().map_err(|_| PageError::NotFound)?;
    let op_key = fields.get("op_key").map_or_else(|| staff.op_key(), str::to_owned);
    staff
        .read(move |tx, ctx, who| {
            let found = appeal::find(tx, id)?.filter(|one| appeal::may_see(who, &who.tree, one)).ok_or(PageError::NotFound)?;
            let lang = who.visit().lang;
            let t = ScoreTexts::of(lang);
            let mut facts = about(tx, ctx, who, found.round, found.unit, found.event)?;
            facts.push(Fact::new(t.appeal_when, dates::moment(lang, found.at, ctx.now)));
            facts.push(Fact::new(t.appeal_state, state(t, &found)));
            match (found.decider, found.decided_at) {
                (Some(unit), Some(at)) => {
                    facts.push(Fact::new(t.appeal_decider, format!("{} {}", who.tree.full_name(unit), dates::moment(lang, at, ctx.now))));
                }
                _ => {
                    let due = dates::by(lang, found.due, ctx.now);
                    let moved = record::of_subject(tx, found.id.0)?.iter().any(|event| event.is::<ScoreAppealMoved>());
                    facts.push(Fact::new(t.appeal_due, if moved { fill(t.appeal_moved, &[("due", &due)]) } else { due }));
                }
            }
            let chosen = fields.value("upheld");
            let deciders = Deciders::find(tx, ctx.now, &who.tree)?;
            page(&ShowPage {
                shell: who.shell(fill(t.appeal_one, &[("unit", &who.tree.full_name(found.unit))])),
                t,
                errors: errors.clone(),
                facts,
                decides: found.state == "open" && appeal::decides(who, &who.tree, &deciders, found.unit).is_some(),
                reason: found.reason,
                answer: found.answer.unwrap_or_default(),
                choices: vec![
                    Choice::new("1", t.decide_upheld).chosen(chosen == "1"),
                    Choice::new("0", t.decide_refused).chosen(chosen == "0"),
                ],
                typed: fields.value("answer").to_owned(),
                op_key: op_key.clone(),
                id: id.to_string(),
            })
        })
        .await
}

pub(super) async fn decide(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (key, t) = (fields.op_key()?, ScoreTexts::of(staff.lang));
    let mut errors = Errors::none();
    if !fields.chose("upheld", "1") && !fields.chose("upheld", "0") {
        errors.add("upheld", t.decide_missing);
        return Ok(one(&staff, id, fields, errors).await?.again().into_response());
    }
    let (appeal_id, sent) = (id.parse::<AppealId>().map_err(|_| PageError::NotFound)?, fields.clone());
    let done = staff
        .attempt(move |tx, ctx, who| {
            let found = appeal::find(tx, appeal_id)?.ok_or(AppealError::NotFound)?;
            let deciders = Deciders::find(tx, ctx.now, &who.tree)?;
            let proof = appeal::decides(who, &who.tree, &deciders, found.unit).ok_or(AppealError::Denied)?;
            store::once(tx, ctx.now, &key, "scores.decide", who.person.bytes(), |tx| {
                appeal::decide(tx, ctx, &proof, appeal_id, sent.chose("upheld", "1"), sent.value("answer"))
            })
        })
        .await?;
    match done {
        Ok(()) => Ok(redirect(format!("/scores/appeals/{id}")).done(t.decided).into_response()),
        Err(error) => {
            let errors = refuse(t, error, "answer")?;
            Ok(one(&staff, id, fields, errors).await?.again().into_response())
        }
    }
}
