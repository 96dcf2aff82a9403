//! The way of a concern, for who holds its receipt: where it stands, what was done, and what the
//! resident can do: answer whether it was solved, add something, open it again.

use askama::Template;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use base::{Ctx, Id};
use record::EventId;
use store::Tx;
use web::kit::{Choice, Fact, Light, Photo, Step};
use web::{Errors, Fields, Lang, Limit, Page, PageError, Shell, Visit, dates, fill, photos, redirect};

use super::ResidentTexts;
use super::own::OwnTexts;
use super::proof::ProvedTexts;
use crate::concern::StepError;
use crate::model::{self, Outcome, State, rule};
use crate::pages::kept::{self, Kept};
use crate::pages::timeline::{self, Reader};
use crate::pages::words::{self, Words};
use crate::read::{self, Tracking};
use crate::receipt::{self, Holder};
use crate::reopen::Add;
use crate::said::{LONGEST, LONGEST_NOTE};
use crate::{call_back, reopen};

#[derive(Template)]
#[template(path = "resident/show.html")]
struct ShowPage {
    shell: Shell,
    t: &'static ResidentTexts,
    proof: &'static ProvedTexts,
    check: String,
    errors: Errors,
    /// The words of the button that keeps it in one's list; empty for who is not signed in.
    claim: &'static str,
    /// The form that was sent and is shown again: `answer`, `add`, `reopen`, or none.
    opened: &'static str,
    fields: Fields,
    number: String,
    state: &'static str,
    /// Where to turn, for a concern that the law has another way for.
    elsewhere: &'static str,
    open: bool,
    light: Light,
    left: String,
    overdue: bool,
    asks: bool,
    path: String,
    op_key: String,
    facts: Vec<Fact>,
    steps: Vec<Step>,
    body: String,
    photos: Vec<Photo>,
    solved: Vec<Choice>,
    contacted: Vec<Choice>,
    confidential: bool,
    satisfied: Vec<Choice>,
    reopen_until: String,
    /// The title, the label and the button of opening it again.
    reopen: [&'static str; 3],
    kept: Vec<Kept>,
    most: usize,
    most_words: usize,
    own: &'static str,
    gone: &'static str,
}

type Address = Path<(String, String)>;

/// The page.
pub(super) async fn show(visit: Visit, Path((no, secret)): Address, headers: HeaderMap) -> Result<Page, PageError> {
    visit.limit(Limit::Track)?;
    let (v, token) = (visit.clone(), visitors::session::brought(&visit, &headers));
    visit
        .read(move |tx, ctx| {
            if receipt::find(tx, &no, &secret)?.is_none() {
                return super::track::cut_off(&v, &no);
            }
            let opened = if super::mine::is_in(tx, ctx, token.as_ref())? { "claim" } else { "" };
            render(tx, ctx, &v, &no, &secret, opened, &Fields::default(), Errors::none())
        })
        .await
}

fn holder(tx: &mut Tx, no: &str, secret: &str) -> Result<Holder, PageError> {
    receipt::find(tx, no, secret)?.ok_or(PageError::NotFound)
}

#[expect(clippy::too_many_arguments, reason = "a page and the form on it that is shown again")]
fn render(
    tx: &mut Tx,
    ctx: &Ctx,
    visit: &Visit,
    no: &str,
    secret: &str,
    opened: &'static str,
    fields: &Fields,
    errors: Errors,
) -> Result<Page, PageError> {
    let holder = holder(tx, no, secret)?;
    let found = read::tracking(tx, ctx, &holder)?.ok_or(PageError::NotFound)?;
    let tree = people::tree(tx)?;
    let (lang, t, w) = (visit.lang, ResidentTexts::of(visit.lang), words::words(visit.lang));
    let shell = visit.shell(t.show_title);
    let path = format!("/r/{}/{secret}", found.no);
    let reader = Reader { lang, now: ctx.now, tree: &tree, w, shell: &shell, photos: format!("{path}/photo"), staff: false };
    let steps = reader.steps(&found.entries, found.may_add);
    let first = found.entries.first().filter(|entry| entry.happened.v() == Some(1));
    let photos = first.map(|entry| reader.pictures(entry)).unwrap_or_default();
    let calendar = ctx.rules().calendar();
    let light = found.due.as_ref().map_or(Light::Done, |due| words::light(ctx, due));
    let pair = |name: &str, yes: &'static str, no: &'static str| Choice::list([("1", yes), ("0", no)], fields.value(name));
    let further = further(t, found.term.as_deref());
    let page = ShowPage {
        t,
        proof: ProvedTexts::of(lang),
        check: web::CheckTexts::of(lang).json(),
        claim: if opened == "claim" { super::mine::MineTexts::of(lang).claim } else { "" },
        opened,
        number: base::number::show(&found.no),
        state: state_words(t, found.state, found.outcome),
        elsewhere: match found.outcome {
            Some(_) if found.term.as_deref() == Some(model::FINAL) => t.final_said,
            Some(outcome) => elsewhere(lang, outcome),
            None => "",
        },
        open: found.may_add,
        light,
        left: found.due.as_ref().map(|due| dates::left(lang, due.at, ctx.now, calendar)).unwrap_or_default(),
        overdue: light == Light::Over,
        asks: found.may_answer,
        confidential: found.confidential,
        op_key: fields.get("op_key").map_or_else(|| visit.op_key(), str::to_owned),
        facts: facts(ctx, visit, &tree, t, w, &found, light == Light::Over),
        steps,
        body: first.and_then(|entry| entry.words.clone()).unwrap_or_default(),
        photos,
        solved: pair("solved", t.answer_solved_yes, t.answer_solved_no),
        contacted: pair("contacted", t.answer_contacted_yes, t.answer_contacted_no),
        satisfied: pair("satisfied", t.answer_satisfied_yes, t.answer_satisfied_no),
        reopen_until: found
            .may_reopen_until
            .map(|until| fill(further.until, &[("when", &dates::day(lang, until.date(), ctx.now))]))
            .unwrap_or_default(),
        reopen: [further.title, further.label, further.send],
        kept: if opened == "add" { kept::shown(tx, ctx, visit, fields)? } else { Vec::new() },
        most: LONGEST,
        most_words: LONGEST_NOTE,
        own: OwnTexts::of(lang).title,
        // Words that nobody can find are not said to be erased: the record of their step was taken out.
        gone: if first.is_some() { OwnTexts::of(lang).gone } else { OwnTexts::of(lang).lost },
        fields: fields.clone(),
        errors,
        path,
        shell,
    };
    web::page(&page).map(Page::secret)
}

/// Where it is, in a resident's words: those of the office stand on the staff's pages.
pub(super) fn state_words(t: &'static ResidentTexts, state: State, outcome: Option<Outcome>) -> &'static str {
    match state {
        State::Received => t.state_received,
        State::Dispatched => t.state_dispatched,
        State::Objected => t.state_objected,
        State::InHand => t.state_in_hand,
        State::Resolved => t.state_resolved,
        State::CallBack => t.state_call_back,
        State::Archived if matches!(outcome, Some(Outcome::Solved | Outcome::Answered)) => t.state_done,
        State::Archived => t.state_closed,
    }
}

/// In which words a resident takes it further: a petition is reviewed, then reviewed a last time.
struct Further {
    title: &'static str,
    label: &'static str,
    send: &'static str,
    until: &'static str,
}

fn further(t: &'static ResidentTexts, term: Option<&str>) -> Further {
    let review = |send, until| Further { title: t.review_title, label: t.review_label, send, until };
    match term {
        Some(model::PETITION) => review(t.review_send, t.review_until),
        Some(model::REVIEW) => review(t.final_send, t.final_until),
        _ => Further { title: t.reopen_title, label: t.reopen_label, send: t.reopen_send, until: t.reopen_until },
    }
}

/// Where a resident turns whose concern the law has another way for; empty where it has none.
fn elsewhere(lang: Lang, outcome: Outcome) -> &'static str {
    let t = super::ExitTexts::of(lang);
    match outcome {
        Outcome::Court => t.court,
        Outcome::Arbitration => t.arbitration,
        Outcome::Discipline => t.discipline,
        Outcome::Review => t.review,
        Outcome::Disclosure => t.disclosure,
        Outcome::Petition => t.petition,
        Outcome::Solved | Outcome::Unreachable | Outcome::Withdrawn | Outcome::Duplicate | Outcome::Answered => "",
    }
}

/// What happens next and until when, as a sentence; what should have happened where the time is over.
fn next(ctx: &Ctx, lang: Lang, t: &ResidentTexts, found: &Tracking, late: bool) -> Option<String> {
    let due = found.due.as_ref()?;
    if found.paused {
        return Some(fill(t.next_paused, &[("when", &dates::by(lang, due.at, ctx.now))]));
    }
    let text = match found.state {
        State::Received | State::Objected => t.next_dispatch,
        State::Dispatched => t.next_claim,
        State::InHand if due.rule == rule::CONTACT => t.next_contact,
        State::InHand => t.next_resolve,
        State::Resolved => t.next_review,
        State::CallBack if found.reachable && !late => t.next_answer_called,
        State::CallBack => return Some(t.next_answer.to_owned()),
        State::Archived => return None,
    };
    let text = fill(text, &[("when", &dates::by(lang, due.at, ctx.now))]);
    Some(if late { fill(t.next_late, &[("what", &text)]) } else { text })
}

fn facts(
    ctx: &Ctx,
    visit: &Visit,
    tree: &people::Tree,
    t: &'static ResidentTexts,
    w: &'static Words,
    found: &Tracking,
    late: bool,
) -> Vec<Fact> {
    let lang = visit.lang;
    let mut facts = Vec::new();
    if let Some(holder) = found.holder {
        let name = found.assignee_name.as_deref().unwrap_or_default();
        facts.push(Fact::new(t.show_holder, format!("{} {name}", tree.full_name(holder)).trim()));
        if let Some(phone) = tree.get(holder).and_then(|unit| unit.phone.as_deref()).filter(|_| found.may_add) {
            facts.push(Fact::new(t.show_phone, phone).to(format!("tel:{}", phone.replace(' ', ""))));
        }
    }
    if let Some(text) = next(ctx, lang, t, found, late) {
        facts.push(Fact::new(t.show_next, text));
        // A length that the system chose itself says so: it is no rule that a resident could appeal to.
        if let Some(due) = &found.due {
            let rule = timeline::rule(ctx.rules(), lang, &due.rule, found.due_since);
            facts.extend(Some(rule).filter(|rule| !rule.is_empty()).map(|rule| Fact::new(t.show_rule, rule)));
        }
    }
    let answered = matches!(found.state, State::Resolved | State::CallBack | State::Archived);
    let shown = |by: &base::Time| !answered && found.due.as_ref().is_none_or(|due| due.at != *by);
    if let Some(by) = found.resolve_by.filter(shown) {
        facts.push(Fact::new(t.show_resolve_by, dates::by(lang, by, ctx.now)));
    }
    if let Some(outcome) = found.outcome {
        facts.push(Fact::new(t.show_outcome, w.outcome(outcome)));
    }
    facts.push(Fact::new(t.show_received, dates::moment(lang, found.received_at, ctx.now)));
    let spot = found.entries.first().and_then(|entry| entry.spot.clone()).unwrap_or_default();
    let place = found.place.map(|place| tree.full_name(place)).unwrap_or_default();
    let place = format!("{place} {spot}");
    if !place.trim().is_empty() {
        facts.push(Fact::new(t.show_place, place.trim()));
    }
    if let Some(kind) = &found.kind_name {
        facts.push(Fact::new(t.show_kind, kind.clone()));
    }
    facts
}

/// Does what a form asks, and goes back to the page; or shows the page again with what was typed.
#[expect(clippy::too_many_arguments, reason = "a form, where it came from, and what it does")]
async fn act<F>(
    visit: Visit,
    no: String,
    secret: String,
    form: &'static str,
    fields: Fields,
    errors: Errors,
    done: fn(&ResidentTexts, bool) -> &str,
    step: F,
) -> Result<Response, PageError>
where
    F: Fn(&mut Tx, &Ctx, &Holder, [u8; 16], &Fields) -> Result<crate::Done, StepError> + Send + 'static,
{
    visit.limit(Limit::Submit)?;
    let key = fields.op_key()?;
    let lang = visit.lang;
    let mut errors = errors;
    if errors.is_empty() {
        let (number, code, typed) = (no.clone(), secret.clone(), fields.clone());
        let answer = visit
            .write(move |tx, ctx| {
                let holder = receipt::find(tx, &number, &code)?.ok_or(StepError::NotFound)?;
                step(tx, ctx, &holder, key, &typed)
            })
            .await;
        match answer {
            Ok(after) => {
                let open = after.state != crate::State::Archived;
                return Ok(redirect(format!("/r/{no}/{secret}")).done(done(ResidentTexts::of(lang), open)).into_response());
            }
            Err(StepError::NotFound) => return Err(PageError::NotFound),
            Err(StepError::Store(error)) => return Err(error.into()),
            Err(StepError::Invalid(invalid)) => errors.add(form_field(form), words::words(lang).invalid(invalid).1),
            Err(StepError::NotNow(_) | StepError::Conflict(_) | StepError::Denied) => {
                errors.add(form_field(form), ResidentTexts::of(lang).meanwhile)
            }
        }
    }
    let v = visit.clone();
    let again = visit.read(move |tx, ctx| render(tx, ctx, &v, &no, &secret, form, &fields, errors.clone())).await?;
    Ok(again.again().into_response())
}

fn form_field(form: &str) -> &'static str {
    match form {
        "add" => "body",
        "reopen" => "reason",
        _ => "words",
    }
}

/// Stands in the form in place of a question that is not asked.
const NOT_ASKED: &str = "not_asked";

/// The resident's word on whether it was solved.
pub(super) async fn answer(visit: Visit, Path((no, secret)): Address, fields: Fields) -> Result<Response, PageError> {
    let t = ResidentTexts::of(visit.lang);
    let mut errors = Errors::none();
    for name in ["solved", "contacted", "satisfied"] {
        let unasked = name == "contacted" && fields.chose(name, NOT_ASKED);
        if !fields.chose(name, "1") && !fields.chose(name, "0") && !unasked {
            errors.add(name, t.answer_missing);
        }
    }
    if fields.chose("solved", "0") && fields.text("words").is_empty() {
        errors.add("words", t.answer_words_needed);
    }
    let done = |t: &ResidentTexts, open: bool| if open { t.answer_thanks_reopened } else { t.answer_thanks };
    act(visit, no, secret, "answer", fields, errors, done, |tx, ctx, holder, key, fields| {
        let yes = |name: &str| Some(fields.chose(name, "1"));
        let input = call_back::Answer {
            contacted: yes("contacted").filter(|_| !fields.chose("contacted", NOT_ASKED)),
            solved: fields.chose("solved", "1"),
            satisfied: yes("satisfied"),
            words: fields.opt("words"),
        };
        call_back::answer(tx, ctx, holder, &key, &input)
    })
    .await
}

/// More words, more photos.
pub(super) async fn add(visit: Visit, Path((no, secret)): Address, fields: Fields) -> Result<Response, PageError> {
    let t = ResidentTexts::of(visit.lang);
    let mut errors = Errors::none();
    // Photos are looked at for those who hold the receipt.
    visit.limit(Limit::Track)?;
    let (number, key) = (no.clone(), secret.clone());
    visit.read(move |tx, _| holder(tx, &number, &key).map(drop)).await?;
    let taken = kept::gather(&visit, &fields, &mut errors).await?;
    if fields.text("body").is_empty() && taken.is_empty() {
        errors.add("body", t.add_empty);
    }
    if !errors.is_empty() {
        kept::hold(&visit, &fields, &taken).await?;
    }
    act(
        visit,
        no,
        secret,
        "add",
        fields,
        errors,
        |t, _| t.add_done,
        move |tx, ctx, holder, key, fields| {
            let done = reopen::add(tx, ctx, holder, &key, &Add { words: fields.opt("body"), photos: kept::input(&taken) })?;
            kept::done(tx, &key)?;
            for photo in &taken {
                photos::keep(tx, photo, holder.concern().0)?;
            }
            Ok(done)
        },
    )
    .await
}

/// It came back.
pub(super) async fn reopen(visit: Visit, Path((no, secret)): Address, fields: Fields) -> Result<Response, PageError> {
    let mut errors = Errors::none();
    if fields.text("reason").is_empty() {
        errors.add("reason", ResidentTexts::of(visit.lang).reopen_empty);
    }
    act(
        visit,
        no,
        secret,
        "reopen",
        fields,
        errors,
        |t, _| t.reopen_done,
        |tx, ctx, holder, key, fields| reopen::reopen(tx, ctx, holder, &key, &fields.text("reason")),
    )
    .await
}

/// A photo of the timeline.
pub(super) async fn photo(
    visit: Visit,
    Path((no, secret, event, n)): Path<(String, String, Id, i64)>,
    fields: Fields,
) -> Result<Response, PageError> {
    visit.limit(Limit::Track)?;
    let small = fields.has("small");
    let digest = visit
        .read(move |tx, ctx| {
            let holder = holder(tx, &no, &secret)?;
            let digest = read::tracking_photo(tx, ctx, &holder, EventId(event), n)?.ok_or(PageError::NotFound)?;
            Ok::<_, PageError>(crate::pages::sized(tx, digest, small)?)
        })
        .await?;
    photos::serve(&visit.district, digest).await
}
