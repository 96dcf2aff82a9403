//! From a sent form to the operation: the fields are read, the proof is made, the step is taken, all in
//! one transaction. A retry reaches the operation as well, which gives its first answer.

use base::{Ctx, UnitId};
use store::Tx;
use web::{Errors, Fields, Lang, PageError, Signed, fill, photos};

use super::{StaffTexts, joined};
use crate::call_back::Answer;
use crate::concern::{Concern, Done, StepError};
use crate::model::{Channel, Outcome, Reply};
use crate::pages::kept;
use crate::pages::words::Words;
use crate::permissions::{CallBack, Desk, Handle};
use crate::said::{self, Field};
use crate::sight::{self, Act};
use crate::{archive, call_back, claim, dispatch, linkage, object, redact, resolve};

/// Looks over what no operation can see: a choice that was left open.
pub(super) fn look(act: Act, fields: &Fields, lang: Lang) -> Errors {
    let t = StaffTexts::of(lang);
    let mut errors = Errors::none();
    joined::look(act, fields, lang, &mut errors);
    let mut needs = |name: &'static str, words: &'static str| {
        if fields.value(name).trim().is_empty() {
            errors.add(name, words);
        }
    };
    match act {
        Act::Dispatch => {
            needs("kind", t.dispatch_kind_missing);
            needs("unit", t.dispatch_unit_missing);
        }
        Act::SendDown => {
            needs("unit", t.dispatch_unit_missing);
            needs("reason", t.reason_missing);
        }
        Act::Object | Act::Escalate | Act::OpenContact => needs("reason", t.reason_missing),
        Act::FirstContact => needs("channel", t.contact_channel_missing),
        Act::Resolve => needs("answer", t.resolve_answer_missing),
        Act::Archive | Act::ArchiveUnreachable => {
            needs("outcome", t.archive_outcome_missing);
            needs("reason", t.reason_missing);
        }
        Act::CallBack => {
            needs("channel", t.contact_channel_missing);
            needs("reached", t.call_reached_missing);
            if fields.chose("reached", "1") {
                needs("solved", t.call_missing);
                needs("contacted", t.call_missing);
                needs("satisfied", t.call_missing);
                if fields.chose("solved", "0") {
                    needs("words", t.call_words_needed);
                }
            }
        }
        Act::Review | Act::Approve if fields.chose("pass", "0") => needs("reason", t.reason_missing),
        Act::Decide if fields.chose("uphold", "0") => needs("reason", t.reason_missing),
        Act::Redact | Act::Relay => needs("handlers", t.dispatch_text_missing),
        _ => {}
    }
    errors
}

/// Takes the step.
pub(super) fn take(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Signed,
    concern: &Concern,
    act: Act,
    fields: &Fields,
    taken: &[photos::Photo],
) -> Result<Done, StepError> {
    let tree = &*who.tree;
    let op_key = fields.op_key().map_err(|_| StepError::Denied)?;
    let (no, v) = (concern.no.clone(), fields.int("v").unwrap_or(-1));
    let (note, reason) = (fields.opt("note"), fields.opt("reason"));
    let unit = || fields.id::<UnitId>("unit").ok_or(StepError::NotNow(crate::NotNow::NoSuchUnit));
    let channel = || Channel::from_code(fields.value("channel")).ok_or(StepError::Invalid(said::Invalid::Missing(Field::Note)));
    // The proofs that fit as things stand; where none does, any of the kind, with which the operation
    // recognises a retry or says why not.
    let desk = || sight::is_on_desk(who, tree, concern).or_else(|| who.has::<Desk>()).ok_or(StepError::Denied);
    let handle = || sight::handles(who, tree, concern).or_else(|| who.has::<Handle>()).ok_or(StepError::Denied);
    let caller = || sight::calls_back(who, tree, concern).or_else(|| who.has::<CallBack>()).ok_or(StepError::Denied);
    match act {
        Act::Dispatch => {
            let (term, exception) = (fields.opt("term"), fields.opt("exception"));
            let input = dispatch::Dispatch { op_key, no, v, unit: unit()?, kind: fields.text("kind"), shown: None, note, term, exception };
            dispatch::dispatch(tx, ctx, &desk()?, &input)
        }
        Act::Decide => {
            object::decide(tx, ctx, &desk()?, &object::Decide { op_key, no, v, uphold: fields.chose("uphold", "1"), reason, shown: None })
        }
        Act::Claim => claim::claim(tx, ctx, &handle()?, &claim::Claim { op_key, no, v }),
        Act::FirstContact => {
            let contact = sight::contacts(who, tree, concern).or_else(|| who.has::<Handle>()).ok_or(StepError::Denied)?;
            claim::first_contact(tx, ctx, &contact, &claim::FirstContact { op_key, no, v, channel: channel()?, shown: None, note })
        }
        Act::Resolve => {
            let photos = kept::input(taken);
            let (answer, reply) = (fields.text("answer"), Reply::from_code(fields.value("reply")));
            let done = resolve::resolve(tx, ctx, &handle()?, &resolve::Resolve { op_key, no, v, answer, reply, photos, note })?;
            for photo in taken {
                photos::keep(tx, photo, concern.id.0)?;
            }
            kept::done(tx, &op_key)?;
            Ok(done)
        }
        Act::Object => object::object(tx, ctx, &handle()?, &object::Object { op_key, no, v, reason: reason.unwrap_or_default() }),
        Act::Escalate => {
            linkage::escalate(tx, ctx, &handle()?, &linkage::Escalate { op_key, no, v, reason: reason.unwrap_or_default(), shown: None })
        }
        Act::SendDown => {
            let exception = fields.opt("exception");
            let input = linkage::SendDown { op_key, no, v, unit: unit()?, reason: reason.unwrap_or_default(), exception, shown: None };
            linkage::send_down(tx, ctx, &handle()?, &input)
        }
        Act::Review => {
            resolve::review(tx, ctx, &desk()?, &resolve::Review { op_key, no, v, pass: fields.chose("pass", "1"), reason, shown: None })
        }
        Act::CallBack => {
            let yes = |name: &str| Some(fields.chose(name, "1"));
            let answer = fields.chose("reached", "1").then(|| Answer {
                contacted: yes("contacted"),
                solved: fields.chose("solved", "1"),
                satisfied: yes("satisfied"),
                words: fields.opt("words"),
            });
            call_back::call_back(tx, ctx, &caller()?, &call_back::CallBack { op_key, no, v, channel: channel()?, answer, note })
        }
        Act::Relay => {
            let of = fields.id::<base::Id>("of").map(record::EventId).ok_or(StepError::NotNow(crate::NotNow::State))?;
            let input = redact::Redact { op_key, no, of: Some(of), handlers: fields.text("handlers"), share_photos: fields.has("share") };
            redact::redact(tx, ctx, &desk()?, &input)
        }
        Act::Redact => {
            let input = redact::Redact { op_key, no, of: None, handlers: fields.text("handlers"), share_photos: fields.has("share") };
            redact::redact(tx, ctx, &desk()?, &input)
        }
        Act::Approve => {
            let of = fields.id::<base::Id>("of").map(record::EventId).ok_or(StepError::NotNow(crate::NotNow::State))?;
            redact::approve(tx, ctx, &desk()?, &redact::Approve { op_key, no, of, pass: fields.chose("pass", "1"), reason })
        }
        Act::Archive | Act::ArchiveUnreachable => {
            let outcome = Outcome::from_code(fields.value("outcome")).ok_or(StepError::NotNow(crate::NotNow::NotForDesk))?;
            let duplicate_of = fields.opt("duplicate_of").map(|typed| base::number::parse(&typed).unwrap_or(typed));
            let input = archive::Archive { op_key, no, v, outcome, duplicate_of, reason: reason.unwrap_or_default(), shown: None };
            archive::archive(tx, ctx, &desk()?, &input)
        }
        Act::OpenContact => Err(StepError::Denied),
        other => joined::take(tx, ctx, who, concern, other, fields),
    }
}

/// What somebody else did, by the kind of its event.
fn did(t: &StaffTexts, kind: &str) -> &'static str {
    match kind {
        "ConcernReopened" => t.did_received,
        "ConcernCalledBack" | "ConcernTried" => t.did_called,
        "ConcernDispatched" => t.did_dispatched,
        "ConcernObjected" => t.did_objected,
        "ConcernObjectionUpheld" | "ConcernObjectionRefused" => t.did_decided,
        "ConcernClaimed" => t.did_claimed,
        "ConcernContacted" => t.did_contacted,
        "ConcernEscalated" | "ConcernSentDown" => t.did_moved,
        "ConcernResolved" => t.did_resolved,
        "ConcernReviewPassed" | "ConcernReturned" => t.did_reviewed,
        "ConcernArchived" => t.did_archived,
        "ConcernPaused" | "ConcernResumed" => t.did_paused,
        "ConcernExtensionAsked" | "ConcernExtensionGranted" | "ConcernExtensionRefused" => t.did_extended,
        "ConcernDeadlinesMoved" => t.did_counted,
        "ConcernWhistled" => t.did_whistled,
        "ConcernMerged" | "ConcernUnmerged" | "ConcernAnsweredWith" => t.did_merged,
        _ => t.did_other,
    }
}

/// What was refused, beside its field; what has nothing to do with the form is a page of its own.
pub(super) fn refuse(error: StepError, act: Act, t: &StaffTexts, w: &Words) -> Result<Errors, PageError> {
    let mut errors = Errors::none();
    match error {
        StepError::NotFound => return Err(PageError::NotFound),
        StepError::Denied => return Err(PageError::Forbidden),
        StepError::Store(error) => return Err(error.into()),
        StepError::NotNow(why) => errors.add(
            match act {
                Act::Dispatch | Act::SendDown if why == crate::NotNow::DepartmentDuty => "exception",
                Act::Dispatch | Act::SendDown => "unit",
                Act::Arrive | Act::Part | Act::Resume => "note",
                _ => "reason",
            },
            fill(t.not_now, &[("why", &w.not_now(why))]),
        ),
        StepError::Conflict(conflict) => {
            // The unit of an event may be the one that was chosen, not the one that acted: only the name is sure.
            let nobody = if conflict.by_system { w.system } else { w.resident };
            let who = conflict.by.unwrap_or_else(|| nobody.to_owned());
            let what = did(t, &conflict.kind);
            errors.add("v", fill(t.conflict, &[("who", &who), ("what", &what), ("state", &w.state(conflict.state))]));
        }
        StepError::Invalid(invalid) => {
            let (field, words) = w.invalid(invalid);
            let name = match (field, act) {
                (Field::Shown, Act::Resolve) => "answer",
                (Field::Note, Act::FirstContact | Act::Dispatch | Act::CallBack | Act::Arrive | Act::Part | Act::Resume) => "note",
                (Field::Note, _) => "reason",
                (Field::Handlers, _) => "handlers",
                (Field::Words, _) => "words",
                (Field::Kind, _) => "kind",
                (Field::Photos, _) => "photo",
                (Field::DuplicateOf, Act::Merge) => "numbers",
                (Field::DuplicateOf, _) => "duplicate_of",
                (Field::Term, _) => "term",
                (Field::Exception, _) => "exception",
                (Field::Called, _) => "called",
                (Field::Reply, _) => "reply",
                _ => "reason",
            };
            errors.add(name, words);
        }
    }
    Ok(errors)
}
