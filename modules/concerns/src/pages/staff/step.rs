//! A step's page: what will happen, to whom, by when, by which rule; and taking it.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::Ctx;
use store::Tx;
use web::kit::Fact;
use web::shell::Tone;
use web::{Errors, Fields, Lang, Page, PageError, Shell, Signed, Staff, fill, page, redirect};

use super::forms::{self, Asked, Button};
use super::trail::Trail;
use super::{Input, StaffTexts, joined, take};
use crate::concern::{self, Done, StepError};
use crate::model::State;
use crate::open_contact::{self, OpenContact};
use crate::pages::{kept, words};
use crate::permissions::{CallBack, Desk, Handle, Supervise, Whistle};
use crate::read;
use crate::sight::Act;

#[derive(Template)]
#[template(path = "staff/step.html")]
struct StepPage {
    shell: Shell,
    errors: Errors,
    facts: Vec<Fact>,
    rule: String,
    inputs: Vec<Input>,
    buttons: Vec<Button>,
    upload: bool,
    action: String,
    cancel: String,
    op_key: String,
    v: i64,
    trail: Trail,
    /// What somebody else has done meanwhile.
    meanwhile: String,
    /// Where to look, in place of the buttons, when the step is over.
    see_now: &'static str,
}

/// A step by the last part of its address.
pub(super) fn act(code: &str) -> Option<Act> {
    Some(match code {
        "dispatch" => Act::Dispatch,
        "decide" => Act::Decide,
        "claim" => Act::Claim,
        "contacted" => Act::FirstContact,
        "resolve" => Act::Resolve,
        "object" => Act::Object,
        "escalate" => Act::Escalate,
        "send-down" => Act::SendDown,
        "review" => Act::Review,
        "call-back" => Act::CallBack,
        "redact" => Act::Redact,
        "approve" => Act::Approve,
        "relay" => Act::Relay,
        "contact" => Act::OpenContact,
        "unreachable" => Act::ArchiveUnreachable,
        "archive" => Act::Archive,
        "pause" => Act::Pause,
        "resume" => Act::Resume,
        "extend" => Act::AskExtension,
        "extension" => Act::DecideExtension,
        "whistle" => Act::Whistle,
        "arrive" => Act::Arrive,
        "part" => Act::Part,
        "whistle-close" => Act::CloseWhistle,
        "merge" => Act::Merge,
        "unmerge" => Act::Unmerge,
        "supervise" => Act::Supervise,
        "supervised" => Act::AnswerOrder,
        _ => return None,
    })
}

/// The last part of a step's address.
pub(super) fn code(act: Act) -> &'static str {
    match act {
        Act::Dispatch => "dispatch",
        Act::Decide => "decide",
        Act::Claim => "claim",
        Act::FirstContact => "contacted",
        Act::Resolve => "resolve",
        Act::Object => "object",
        Act::Escalate => "escalate",
        Act::SendDown => "send-down",
        Act::Review => "review",
        Act::CallBack => "call-back",
        Act::Redact => "redact",
        Act::Approve => "approve",
        Act::Relay => "relay",
        Act::OpenContact => "contact",
        Act::ArchiveUnreachable => "unreachable",
        Act::Archive => "archive",
        Act::Pause => "pause",
        Act::Resume => "resume",
        Act::AskExtension => "extend",
        Act::DecideExtension => "extension",
        Act::Whistle => "whistle",
        Act::Arrive => "arrive",
        Act::Part => "part",
        Act::CloseWhistle => "whistle-close",
        Act::Merge => "merge",
        Act::Unmerge => "unmerge",
        Act::Supervise => "supervise",
        Act::AnswerOrder => "supervised",
    }
}

/// The form of a step. Only who may take it now sees it.
pub(super) async fn form(staff: Staff, Path((no, code)): Path<(String, String)>, fields: Fields) -> Result<Response, PageError> {
    let trail = Trail::of(&fields);
    let act = act(&code).ok_or(PageError::NotFound)?;
    staff
        .read(move |tx, ctx, who| {
            let detail = read::detail(tx, ctx, who, &who.tree, &no)?.ok_or(PageError::NotFound)?;
            if !detail.acts.contains(&act) {
                // Who takes such steps came too late, from a page that is old by now.
                if !takes_such(who, act) {
                    return Err(PageError::Forbidden);
                }
                let (t, w) = (StaffTexts::of(who.visit().lang), words::words(who.visit().lang));
                let over = fill(t.over, &[("state", &w.state(detail.concern.now.state))]);
                return Ok(redirect(trail.back(&detail.concern.no)).flash(Tone::Warning, over).into_response());
            }
            let way = Fields::from_pairs(fields.pairs().filter(|(name, _)| matches!(*name, "from" | "beside")));
            Ok(draw(tx, ctx, who, act, &detail, &way, Errors::none())?.into_response())
        })
        .await
}

fn draw(tx: &mut Tx, ctx: &Ctx, who: &Signed, act: Act, detail: &read::Detail, fields: &Fields, errors: Errors) -> Result<Page, PageError> {
    let lang = who.visit().lang;
    let kept = kept::shown(tx, ctx, who.visit(), fields)?;
    let asked = Asked { who, ctx, detail, fields, errors: &errors, kept, t: StaffTexts::of(lang), w: words::words(lang) };
    let mut form = forms::form(tx, act, &asked)?;
    let trail = Trail::of(fields);
    let over = !detail.acts.contains(&act);
    if over {
        // Nothing of it will happen any more.
        form.buttons.clear();
        form.facts.truncate(1);
        form.rule.clear();
    }
    let mut meanwhile = errors.of("v").to_owned();
    if over && meanwhile.is_empty() {
        meanwhile = fill(asked.t.over, &[("state", &asked.w.state(detail.concern.now.state))]);
    }
    let mut beside = Errors::none();
    for (field, words) in errors.iter().filter(|(field, _)| *field != "v") {
        beside.add(field, words);
    }
    page(&StepPage {
        shell: Shell { place: trail.place(), ..super::counted_shell(who, form.title, &read::badges(tx, who, &who.tree, ctx.now)?) },
        errors: beside,
        facts: form.facts,
        rule: form.rule,
        inputs: form.inputs,
        buttons: form.buttons,
        upload: form.upload,
        action: format!("/work/c/{}/{}", detail.concern.no, code(act)),
        cancel: trail.back(&detail.concern.no),
        trail,
        meanwhile,
        see_now: if over { StaffTexts::of(lang).see_now } else { "" },
        op_key: fields.get("op_key").map_or_else(|| who.visit().op_key(), str::to_owned),
        v: detail.concern.v,
    })
}

/// Takes the step, or shows its form again with what was typed and why not.
pub(super) async fn send(staff: Staff, Path((no, code)): Path<(String, String)>, fields: Fields) -> Result<Response, PageError> {
    let act = act(&code).ok_or(PageError::NotFound)?;
    let t = StaffTexts::of(staff.lang);
    let mut errors = take::look(act, &fields, staff.lang);
    let pass = fields.chose("pass", "1");
    let taken = if act == Act::Resolve {
        known(&staff, &no, act).await?;
        kept::gather(&staff, &fields, &mut errors).await?
    } else {
        Vec::new()
    };
    let photos = taken.clone();
    let tried = errors.is_empty();
    if tried {
        if act == Act::OpenContact {
            return open(staff, no, fields).await;
        }
        let (number, typed) = (no.clone(), fields.clone());
        let done = staff
            .attempt(move |tx, ctx, who| {
                let found = concern::find(tx, &number)?.ok_or(StepError::NotFound)?;
                let done = take::take(tx, ctx, who, &found, act, &typed, &taken)?;
                let granted = typed.chose("grant", "1");
                Ok::<_, StepError>((said(who.visit().lang, act, pass || granted, &done, |unit| who.tree.full_name(unit)), done))
            })
            .await?;
        match done {
            Ok((words, done)) => return Ok(redirect(Trail::of(&fields).after(&done.no, act)).done(words).into_response()),
            Err(error) => {
                errors = take::refuse(error, act, t, words::words(staff.lang))?;
            }
        }
    }
    kept::hold(&staff, &fields, &photos).await?;
    again(staff, no, act, fields, errors, tried).await
}

/// That somebody takes such steps and may know of this concern, before photos that they sent are looked at. Whether
/// they may take this one now, the operation says, which also knows a retry.
async fn known(staff: &Staff, no: &str, act: Act) -> Result<(), PageError> {
    let no = no.to_owned();
    staff
        .read(move |tx, ctx, who| {
            read::detail(tx, ctx, who, &who.tree, &no)?.ok_or(PageError::NotFound)?;
            if takes_such(who, act) { Ok(()) } else { Err(PageError::Forbidden) }
        })
        .await
}

/// Whether somebody holds a post for steps of this kind at all.
fn takes_such(who: &Signed, act: Act) -> bool {
    match act {
        Act::Dispatch
        | Act::Decide
        | Act::Review
        | Act::Relay
        | Act::Redact
        | Act::Approve
        | Act::ArchiveUnreachable
        | Act::Archive
        | Act::DecideExtension
        | Act::Merge
        | Act::Unmerge => who.has::<Desk>().is_some(),
        Act::Claim
        | Act::FirstContact
        | Act::Resolve
        | Act::Object
        | Act::Escalate
        | Act::SendDown
        | Act::Pause
        | Act::Resume
        | Act::AskExtension
        | Act::Arrive
        | Act::Part
        | Act::AnswerOrder => who.has::<Handle>().is_some(),
        Act::Whistle | Act::CloseWhistle => who.has::<Whistle>().is_some(),
        Act::Supervise => who.has::<Supervise>().is_some(),
        Act::CallBack => who.has::<CallBack>().is_some(),
        Act::OpenContact => false,
    }
}

/// The form once more. Where the concern has left this person's sight or the step is over for them, a
/// page says so. Whoever may not take the step is not shown its form for having left something open.
async fn again(staff: Staff, no: String, act: Act, fields: Fields, errors: Errors, tried: bool) -> Result<Response, PageError> {
    let page = staff
        .read(move |tx, ctx, who| {
            let detail = read::detail(tx, ctx, who, &who.tree, &no)?.ok_or(PageError::NotFound)?;
            let told = |(field, _): (&str, &str)| field == "v" || field == "reason" || field == "unit";
            let late = takes_such(who, act) && (!tried || errors.iter().next().is_none_or(told));
            if !detail.acts.contains(&act) && !late {
                return Err(PageError::Forbidden);
            }
            draw(tx, ctx, who, act, &detail, &fields, errors.clone())
        })
        .await?;
    Ok(page.again().into_response())
}

/// What the next page says was done.
fn said(lang: Lang, act: Act, pass: bool, done: &Done, name: impl Fn(base::UnitId) -> String) -> String {
    let t = StaffTexts::of(lang);
    let unit = done.holder.map(name).unwrap_or_default();
    let unit = |text: &str| fill(text, &[("unit", &unit)]);
    match act {
        Act::Dispatch => unit(t.dispatch_done),
        Act::Decide if done.state == State::Received => t.decide_done_uphold.to_owned(),
        Act::Decide => t.decide_done_refuse.to_owned(),
        Act::Claim => t.claim_done.to_owned(),
        Act::FirstContact => t.contact_done.to_owned(),
        Act::Resolve => t.resolve_done.to_owned(),
        Act::Object => t.object_done.to_owned(),
        Act::Escalate => unit(t.escalate_done),
        Act::SendDown => unit(t.down_done),
        Act::Review if done.state == State::CallBack => t.review_done_pass.to_owned(),
        Act::Review => t.review_done_return.to_owned(),
        Act::CallBack => match done.state {
            State::Archived => t.call_done_archived,
            State::CallBack => t.call_done_tried,
            _ => t.call_done_reopened,
        }
        .to_owned(),
        Act::Redact | Act::Relay => t.redact_done.to_owned(),
        Act::Approve if pass => t.approve_done_pass.to_owned(),
        Act::Approve => t.approve_done_return.to_owned(),
        Act::OpenContact | Act::ArchiveUnreachable | Act::Archive => t.archive_done.to_owned(),
        other => joined::said(lang, other, pass).to_owned(),
    }
}

#[derive(Template)]
#[template(path = "staff/contact.html")]
struct ContactPage {
    shell: Shell,
    t: &'static StaffTexts,
    facts: Vec<Fact>,
    cancel: String,
}

/// Shows the contact once; the reading is in the record before the page is made.
async fn open(staff: Staff, no: String, fields: Fields) -> Result<Response, PageError> {
    let t = StaffTexts::of(staff.lang);
    let (number, reason, place) = (no.clone(), fields.text("reason"), Trail::of(&fields).place());
    let opened = staff
        .attempt(move |tx, ctx, who| {
            let found = open_contact::open_contact(tx, ctx, who, &OpenContact { no: number.clone(), reason: reason.clone() })?;
            let name = found.name.map(|name| name.to_string()).unwrap_or_default();
            let shell = Shell { place: place.clone(), ..who.shell(t.open_title) };
            Ok::<_, StepError>((vec![Fact::new(t.open_name, name), Fact::new(t.open_phone, found.phone.to_string())], shell))
        })
        .await?;
    match opened {
        Ok((facts, shell)) => Ok(page(&ContactPage { shell, t, facts, cancel: Trail::of(&fields).back(&no) })?.secret().into_response()),
        Err(error) => {
            let errors = take::refuse(error, Act::OpenContact, t, words::words(staff.lang))?;
            again(staff, no, Act::OpenContact, fields, errors, true).await
        }
    }
}
