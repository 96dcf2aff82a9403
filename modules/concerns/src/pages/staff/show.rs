//! One concern: the resident's words first, then what was done, then the facts, and what can be done now.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use base::{Ctx, Id};
use record::EventId;
use web::kit::{Fact, Light, Photo, Step};
use web::{Fields, Page, PageError, Shell, Signed, Staff, dates, fill, page, photos};

use super::trail::Trail;
use super::{StaffTexts, joined, kinds, read_back, step};
use crate::pages::timeline::{self, Reader};
use crate::pages::words::{self, Words};
use crate::read::{self, Badges, Detail};
use crate::sight::{self, Act};

struct Action {
    href: String,
    text: &'static str,
    kind: &'static str,
    /// Done by one press, without a page in between.
    at_once: bool,
}

#[derive(Template)]
#[template(path = "staff/show.html")]
struct ShowPage {
    shell: Shell,
    t: &'static StaffTexts,
    title: String,
    number: String,
    state: &'static str,
    light: Light,
    left: String,
    marks: Vec<String>,
    redacted: &'static str,
    body: String,
    handlers: String,
    photos: Vec<Photo>,
    steps: Vec<Step>,
    facts: Vec<Fact>,
    first: Vec<Action>,
    rest: Vec<Action>,
    op_key: String,
    v: i64,
    trail: Trail,
}

/// The page.
pub(super) async fn show(staff: Staff, Path(no): Path<String>, fields: Fields) -> Result<Page, PageError> {
    let trail = Trail::of(&fields);
    staff
        .read(move |tx, ctx, who| {
            let no = base::number::parse(&no).unwrap_or(no.clone());
            let detail = read::detail(tx, ctx, who, &who.tree, &no)?.ok_or(PageError::NotFound)?;
            // Beside a list there is a menu already.
            let badges = if trail.beside { Badges::default() } else { read::badges(tx, who, &who.tree, ctx.now)? };
            page(&draw(ctx, who, &detail, trail, &badges))
        })
        .await
}

fn draw(ctx: &Ctx, who: &Signed, detail: &Detail, trail: Trail, badges: &Badges) -> ShowPage {
    let (lang, tree, concern) = (who.visit().lang, &*who.tree, &detail.concern);
    let (t, w) = (StaffTexts::of(lang), words::words(lang));
    let title = if concern.title.is_empty() { t.untitled.to_owned() } else { concern.title.clone() };
    let shell = Shell { place: trail.place(), ..super::counted_shell(who, title.clone(), badges) };
    let reader = Reader { lang, now: ctx.now, tree, w, shell: &shell, photos: format!("/work/c/{}/photo", concern.no), staff: true };
    let first = detail.entries.first();
    let sees = sight::sees_words(who, tree, concern);
    let handlers = if sees { detail.handlers_text().unwrap_or_default().to_owned() } else { String::new() };
    let light = concern.now.due.as_ref().map_or(Light::Done, |due| words::light(ctx, due));
    let left = concern.now.due.as_ref().map(|due| dates::left(lang, due.at, ctx.now, ctx.rules().calendar())).unwrap_or_default();
    let mut marks = Vec::new();
    if concern.confidential {
        marks.push(t.mark_confidential.to_owned());
    }
    if !concern.now.bars.is_empty() {
        marks.push(t.mark_about.to_owned());
    }
    if concern.now.pause.is_some() {
        marks.push(joined::JoinTexts::of(lang).fact_paused.to_owned());
    }
    if concern.now.round > 1 {
        marks.push(fill(t.mark_round, &[("n", &concern.now.round)]));
    }
    let (first_acts, rest) = actions(concern, &detail.acts, w, trail);
    ShowPage {
        t,
        title,
        number: base::number::show(&concern.no),
        state: w.state(concern.now.state),
        light,
        left,
        marks,
        redacted: match (concern.confidential, sees) {
            (true, true) if sight::is_kept_apart(who, tree, concern) => t.show_apart_desk,
            (true, false) if sight::is_kept_apart(who, tree, concern) => t.show_apart,
            (true, false) => t.show_redacted,
            (true, true)
                if concern.now.state == crate::State::Received
                    && detail.acts.iter().all(|act| !matches!(act, Act::Dispatch | Act::Approve)) =>
            {
                if concern.redactions.is_empty() {
                    ""
                } else {
                    t.redact_waits
                }
            }
            _ => "",
        },
        body: read_back::words(detail),
        handlers,
        photos: first.map(|entry| reader.pictures(entry)).unwrap_or_default(),
        steps: reader.steps(&detail.entries, concern.now.is_open()),
        facts: facts(ctx, who, detail, t, w, trail),
        first: first_acts,
        rest,
        op_key: who.visit().op_key(),
        v: concern.v,
        trail,
        shell,
    }
}

/// The first three stand on the bar, the others under 更多. Opening the contact is a link among the facts.
fn actions(concern: &crate::Concern, acts: &[Act], w: &'static Words, trail: Trail) -> (Vec<Action>, Vec<Action>) {
    let mut all: Vec<Action> = acts
        .iter()
        .filter(|act| **act != Act::OpenContact && !(**act == Act::Archive && acts.contains(&Act::ArchiveUnreachable)))
        .map(|act| Action {
            href: format!("/work/c/{}/{}{}", concern.no, step::code(*act), if *act == Act::Claim { String::new() } else { trail.query() }),
            text: w.act(*act),
            kind: "plain",
            at_once: *act == Act::Claim,
        })
        .collect();
    // Where nothing is owed here, what can be done all the same does not stand in the way.
    let beside = [Act::Archive, Act::Redact, Act::Relay, Act::Whistle, Act::CloseWhistle, Act::Supervise, Act::Merge];
    let archive_first = acts.iter().find(|act| **act != Act::OpenContact).is_some_and(|act| beside.contains(act))
        && !acts.contains(&Act::Approve)
        && concern.now.state != crate::State::Received;
    let rest = all.split_off(all.len().min(if archive_first { 0 } else { 3 }));
    if let Some(first) = all.first_mut() {
        first.kind = "primary";
    }
    (all, rest)
}

fn facts(ctx: &Ctx, who: &Signed, detail: &Detail, t: &'static StaffTexts, w: &'static Words, trail: Trail) -> Vec<Fact> {
    let (lang, tree, concern) = (who.visit().lang, &*who.tree, &detail.concern);
    let now = &concern.now;
    let name = |unit| kinds::name(tree, unit);
    let mut facts = Vec::new();
    let mut put = |term: &str, text: String| {
        if !text.trim().is_empty() {
            facts.push(Fact::new(term, text.trim()));
        }
    };
    put(t.fact_holder, name(now.holder));
    put(t.fact_assignee, detail.assignee_name.clone().unwrap_or_default());
    if let Some(due) = &now.due {
        put(t.fact_due, dates::due(lang, due.at, ctx.now, ctx.rules().calendar()));
    }
    if let Some(by) = now.resolve_by.filter(|_| now.is_open()) {
        put(t.fact_resolve_by, dates::by(lang, by, ctx.now));
    }
    if let Some(due) = &now.due {
        let rule = timeline::rule(ctx.rules(), lang, &due.rule, detail.due_since());
        if !rule.is_empty() {
            facts.push(Fact::new(t.fact_rule, rule).to("/work/rules"));
        }
    }
    joined::facts(ctx, who, detail, &mut facts);
    let mut put = |term: &str, text: String| {
        if !text.trim().is_empty() {
            facts.push(Fact::new(term, text.trim()));
        }
    };
    put(t.fact_outcome, now.outcome.map(|outcome| w.outcome(outcome).to_owned()).unwrap_or_default());
    put(t.fact_kind, detail.kind_name.clone().unwrap_or_else(|| t.fact_no_kind.to_owned()));
    let spot = detail.entries.first().and_then(|entry| entry.spot.clone()).unwrap_or_default();
    let place = concern.place.map_or_else(|| t.fact_unknown_place.to_owned(), |place| tree.full_name(place));
    put(t.fact_place, format!("{place} {spot}"));
    let about = format!("{} {}", name(concern.about_unit), detail.about_person_name.clone().unwrap_or_default());
    put(t.fact_about, about);
    put(t.fact_received, dates::moment(lang, concern.occurred_at, ctx.now));
    let by = detail.registered_by_name.clone().unwrap_or_default();
    put(t.fact_source, format!("{} {by}", w.source(concern.source)));
    // A closed one may have been on the desk of a unit that ended since.
    put(t.fact_desk, name(Some(tree.heir(now.desk))));
    if concern.may_be_public() && sight::is_on_desk(who, tree, concern).is_some() {
        let link = super::publish::PublishTexts::of(lang).link;
        let address = format!("/work/c/{}/publish", concern.no);
        facts.push(Fact::new(t.fact_publish, t.fact_publish_yes).change(link, address));
    } else {
        // What is confidential is never public, whatever was ticked beside it.
        let text = if concern.may_publish && !concern.confidential { t.fact_publish_yes } else { t.fact_publish_no };
        facts.push(Fact::new(t.fact_publish, text));
    }
    let contact = match (now.reachable, detail.acts.contains(&Act::OpenContact)) {
        (false, _) => Fact::new(t.fact_contact, t.fact_contact_none),
        (true, true) => Fact::new(t.fact_contact, t.fact_contact_show).to(format!("/work/c/{}/contact{}", concern.no, trail.query())),
        (true, false) if concern.confidential => Fact::new(t.fact_contact, t.fact_contact_hidden),
        (true, false) => Fact::new(t.fact_contact, t.fact_contact_not_now),
    };
    facts.push(match crate::same_phone::may_look_up(who, tree, concern) {
        Some(_) => contact.change(super::same::SameTexts::of(lang).title, format!("/work/c/{}/same", concern.no)),
        None => contact,
    });
    facts
}

/// A photo, for who may see it.
pub(super) async fn photo(staff: Staff, Path((no, event, n)): Path<(String, Id, i64)>, fields: Fields) -> Result<Response, PageError> {
    let small = fields.has("small");
    let digest = staff
        .read(move |tx, _, who| {
            let digest = read::photo(tx, who, &who.tree, &no, EventId(event), n)?.ok_or(PageError::NotFound)?;
            Ok(crate::pages::sized(tx, digest, small)?)
        })
        .await?;
    photos::serve(&staff.district, digest).await
}
