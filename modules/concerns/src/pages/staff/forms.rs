//! What each step asks: its inputs, what will happen, and which rule says so.

use base::{Ctx, UnitId};
use people::{Level, Tree};
use store::{StoreError, Tx};
use web::kit::{Choice, Fact, Group};
use web::{Errors, Fields, Signed, dates, fill};

use super::input::{Input, Mark};
use super::kinds::{Kinds, name};
use super::{StaffTexts, joined, read_back};
use crate::concern::Concern;
use crate::learn::{self, Likely};
use crate::model::{Channel, Outcome, Reply, rule};
use crate::pages::kept::Kept;
use crate::pages::resident::ResidentTexts;
use crate::pages::timeline;
use crate::pages::words::Words;
use crate::read::Detail;
use crate::said::{LONGEST, LONGEST_NOTE};
use crate::sight::{self, Act};
use crate::submit::title_of;
use crate::suggest::{self, Suggestion, Why};

/// A button that sends the form.
pub(super) struct Button {
    pub(super) text: &'static str,
    pub(super) kind: &'static str,
    pub(super) name: &'static str,
    pub(super) value: &'static str,
}

/// A step's form.
pub(super) struct Form {
    pub(super) title: &'static str,
    pub(super) facts: Vec<Fact>,
    pub(super) rule: String,
    pub(super) inputs: Vec<Input>,
    pub(super) buttons: Vec<Button>,
    pub(super) upload: bool,
}

/// What a form is made of.
pub(super) struct Asked<'a> {
    pub(super) who: &'a Signed,
    pub(super) ctx: &'a Ctx,
    pub(super) detail: &'a Detail,
    pub(super) fields: &'a Fields,
    pub(super) errors: &'a Errors,
    /// Photos that the form has already.
    pub(super) kept: Vec<Kept>,
    pub(super) t: &'static StaffTexts,
    pub(super) w: &'static Words,
}

impl Asked<'_> {
    pub(super) fn concern(&self) -> &Concern {
        &self.detail.concern
    }

    pub(super) fn area(
        &self,
        name: &'static str,
        label: &'static str,
        hint: &'static str,
        rows: usize,
        max: usize,
        optional: bool,
    ) -> Input {
        Input::Area {
            name,
            label,
            value: self.fields.value(name).to_owned(),
            error: self.errors.of(name).to_owned(),
            hint,
            rows,
            max,
            optional,
        }
    }

    pub(super) fn note(&self) -> Input {
        self.area("note", self.t.note, self.t.note_hint, 3, LONGEST_NOTE, true)
    }

    fn reason(&self) -> Input {
        self.area("reason", self.t.reason, "", 4, LONGEST_NOTE, false)
    }

    pub(super) fn radios(&self, name: &'static str, legend: &'static str, list: &[(&str, &str)]) -> Input {
        let list = Choice::list(list.iter().copied(), self.fields.value(name));
        Input::Radios { name, legend, list, error: self.errors.of(name).to_owned(), hint: "", inline: true }
    }

    /// The kinds of reply, one under the other: they are sentences.
    fn reply(&self, legend: &'static str, list: &[(&str, &str)]) -> Input {
        let list = Choice::list(list.iter().copied(), self.fields.value("reply"));
        Input::Radios { name: "reply", legend, list, error: self.errors.of("reply").to_owned(), hint: "", inline: false }
    }

    fn channels(&self, legend: &'static str, list: &[Channel]) -> Input {
        let list: Vec<(&str, &str)> = list.iter().map(|channel| (channel.code(), self.w.channel(*channel))).collect();
        self.radios("channel", legend, &list)
    }

    /// A line that says until when, and the rule that says so.
    fn due(&self, facts: &mut Vec<Fact>, id: &'static str) -> String {
        let rules = self.ctx.rules();
        let due = rules.deadline(id, self.ctx.now);
        let lang = self.who.visit().lang;
        facts.push(Fact::new(self.t.will_due, dates::due(lang, due.at, self.ctx.now, rules.calendar())));
        timeline::rule(rules, lang, id, self.ctx.now)
    }
}

/// The field of photos, with those that the form has already.
pub(super) fn photos(lang: web::Lang, label: &'static str, error: &str, kept: Vec<Kept>) -> Input {
    let r = ResidentTexts::of(lang);
    Input::Photos { name: "photo", label, error: error.to_owned(), kept, kept_label: r.what_photos_kept, drop: r.what_photo_drop }
}

fn send(text: &'static str) -> Vec<Button> {
    vec![Button { text, kind: "primary", name: "", value: "" }]
}

/// The form of a step.
pub(super) fn form(tx: &mut Tx, act: Act, ask: &Asked<'_>) -> Result<Form, StoreError> {
    let (t, w, tree, concern) = (ask.t, ask.w, &*ask.who.tree, ask.concern());
    let lang = ask.who.visit().lang;
    let name = |unit| name(tree, unit);
    let mut facts = vec![Fact::new(t.fact_number, base::number::show(&concern.no))];
    let mut form =
        Form { title: w.act(act), facts: Vec::new(), rule: String::new(), inputs: Vec::new(), buttons: send(w.act(act)), upload: false };
    match act {
        Act::Dispatch => {
            let rules = ask.due(&mut facts, rule::CLAIM);
            facts.push(Fact::new(t.will_then, t.dispatch_then));
            let kinds = Kinds::load(tx)?;
            let text = read_back::words(ask.detail);
            let likely = learn::likely(tx, &title_of(&text), &text, 3)?;
            let suggested = suggest::suggest(tx, tree, &text, concern.now.kind.as_deref(), concern.place)?;
            form.inputs = joined::repeats_note(tx, ask)?.into_iter().collect();
            form.inputs.extend(joined::emergency(ask, &text));
            form.inputs.extend(joined::review_note(ask, tree));
            form.inputs.extend(dispatch_inputs(ask, tree, &kinds, &suggested, &likely));
            form.buttons = send(t.dispatch_send);
            form.rule = rules;
        }
        Act::Decide => {
            if let Some((unit, reason)) = read_back::objection(ask.detail) {
                facts.push(Fact::new(t.fact_holder, name(Some(unit))));
                form.inputs.push(Input::Quote { title: t.decide_said.to_owned(), text: reason });
            }
            form.inputs.push(ask.area("reason", t.reason, t.decide_reason_hint, 4, LONGEST_NOTE, true));
            form.buttons = vec![
                Button { text: t.decide_uphold, kind: "primary", name: "uphold", value: "1" },
                Button { text: t.decide_refuse, kind: "plain", name: "uphold", value: "0" },
            ];
        }
        Act::Claim => form.rule = ask.due(&mut facts, if concern.now.reachable { rule::CONTACT } else { rule::RESOLVE }),
        Act::FirstContact => {
            form.inputs =
                vec![ask.channels(t.contact_channel, &[Channel::Phone, Channel::Visit, Channel::Meeting, Channel::Message]), ask.note()];
            form.buttons = send(t.contact_send);
        }
        Act::Resolve => {
            facts.push(Fact::new(t.will_then, fill(t.resolve_then, &[("unit", &name(Some(concern.now.desk)))])));
            let kinds = Reply::of(concern.now.term.as_deref());
            if !kinds.is_empty() {
                let list: Vec<(&str, &str)> = kinds.iter().map(|reply| (reply.code(), w.reply(*reply))).collect();
                form.inputs.push(ask.reply(t.resolve_reply, &list));
            }
            form.inputs.extend([
                ask.area("answer", t.resolve_answer, t.resolve_answer_hint, 8, LONGEST, false),
                photos(lang, t.resolve_photos, ask.errors.of("photo"), ask.kept.clone()),
                ask.note(),
            ]);
            form.upload = true;
            form.buttons = send(t.resolve_send);
        }
        Act::Object => {
            facts.push(Fact::new(t.will_then, fill(t.object_then, &[("unit", &name(Some(concern.now.desk)))])));
            form.inputs = vec![ask.reason()];
            form.rule = timeline::rule(ask.ctx.rules(), lang, rule::OBJECT, ask.ctx.now);
        }
        Act::Escalate => {
            facts.push(Fact::new(t.will_unit, name(concern.now.holder.and_then(|unit| tree.parent(unit)).map(|unit| unit.id))));
            form.rule = ask.due(&mut facts, rule::CLAIM);
            form.inputs = vec![ask.reason()];
            form.buttons = send(t.escalate_send);
        }
        Act::SendDown => {
            form.rule = ask.due(&mut facts, rule::CLAIM);
            form.inputs = vec![below(ask, tree), ask.reason(), joined::exception(ask)];
            form.buttons = send(t.down_send);
        }
        Act::Review => {
            if let Some(answer) = read_back::answer(ask.detail) {
                form.inputs.push(Input::Quote { title: t.review_answer.to_owned(), text: answer });
            }
            form.inputs.extend(joined::merged_note(ask));
            form.inputs.push(ask.area("reason", t.review_note, t.review_note_hint, 4, LONGEST_NOTE, true));
            form.buttons = vec![
                Button { text: t.review_pass, kind: "primary", name: "pass", value: "1" },
                Button { text: t.review_return, kind: "plain", name: "pass", value: "0" },
            ];
        }
        Act::CallBack => {
            facts.push(Fact::new(t.will_then, t.call_then));
            if let Some(answer) = read_back::answer(ask.detail) {
                form.inputs.push(Input::Quote { title: t.review_answer.to_owned(), text: answer });
            }
            form.inputs.extend([
                ask.channels(t.call_channel, &[Channel::Phone, Channel::Visit, Channel::Meeting, Channel::Message]),
                Input::Reveal("reached"),
                ask.radios("reached", t.call_reached, &[("1", t.call_reached_yes), ("0", t.call_reached_no)]),
                Input::When("1"),
                ask.radios("solved", t.call_solved, &[("1", t.yes_solved), ("0", t.no_solved)]),
            ]);
            if !concern.confidential {
                form.inputs.push(ask.radios("contacted", t.call_contacted, &[("1", t.yes_contacted), ("0", t.no_contacted)]));
            }
            form.inputs.extend([
                ask.radios("satisfied", t.call_satisfied, &[("1", t.yes_satisfied), ("0", t.no_satisfied)]),
                ask.area("words", t.call_words, t.call_words_hint, 3, LONGEST_NOTE, true),
                Input::EndWhen,
                Input::EndReveal,
                ask.note(),
            ]);
            form.buttons = send(t.call_send);
        }
        Act::Relay => {
            facts.push(Fact::new(t.will_unit, name(concern.now.handler)));
            form.inputs.push(Input::Note(t.redact_why.to_owned()));
            if let Some((of, text)) = read_back::later(ask.detail, None) {
                let before = concern.redactions.iter().rev().find(|text| text.of == Some(of)).and_then(|text| written(ask, text.event));
                let photos_only = text.is_empty();
                let masked = if photos_only { t.relay_photos.to_owned() } else { base::text::mask_personal(&text) };
                form.inputs.push(Input::Hidden("of", of.0.to_string()));
                if !photos_only {
                    form.inputs.push(Input::Marked { title: t.relay_said, pieces: Mark::of(&text) });
                }
                form.inputs.push(handlers(ask, before.as_deref().unwrap_or(&masked)));
            }
            form.inputs.extend(share_photos(ask));
            form.buttons = send(t.redact_send);
        }
        Act::Redact => {
            let text = original(ask);
            // What was given back is written on, not begun anew.
            let before = concern.redactions.iter().rev().find(|text| text.of.is_none()).and_then(|text| written(ask, text.event));
            form.inputs.push(Input::Note(t.redact_why.to_owned()));
            form.inputs.push(Input::Marked { title: t.redact_original, pieces: Mark::of(&text) });
            form.inputs.push(handlers(ask, before.as_deref().unwrap_or(&base::text::mask_personal(&text))));
            form.inputs.extend(share_photos(ask));
            form.buttons = send(t.redact_send);
        }
        Act::Approve => {
            let Some(waits) = concern.waits_for(ask.who.person) else { return Ok(form) };
            let writer = ask.detail.entries.iter().find(|entry| entry.event == waits.event).and_then(|entry| match &entry.by {
                crate::read::By::Staff { name, .. } => Some(name.clone()),
                _ => None,
            });
            facts.push(Fact::new(t.approve_writer, writer.unwrap_or_default()));
            if waits.share_photos {
                // They stand on the concern's page, where they are looked at before they are shared.
                facts.push(Fact::new(t.approve_photos, t.approve_photos_yes).to(format!("/work/c/{}", concern.no)));
            }
            let text = match waits.of {
                Some(_) => read_back::later(ask.detail, Some(&waits)).map(|(_, text)| text).unwrap_or_default(),
                None => original(ask),
            };
            form.inputs = vec![
                Input::Hidden("of", waits.event.0.to_string()),
                Input::Marked { title: t.redact_original, pieces: Mark::of(&text) },
                Input::Marked { title: t.approve_text, pieces: Mark::of(&written(ask, waits.event).unwrap_or_default()) },
                ask.area("reason", t.approve_reason, t.approve_reason_hint, 3, LONGEST_NOTE, true),
            ];
            form.buttons = vec![
                Button { text: t.approve_pass, kind: "primary", name: "pass", value: "1" },
                Button { text: t.approve_return, kind: "plain", name: "pass", value: "0" },
            ];
        }
        Act::OpenContact => {
            form.inputs = vec![Input::Note(t.open_warning.to_owned()), ask.area("reason", t.open_why, "", 3, LONGEST_NOTE, false)];
            form.buttons = send(t.open_send);
        }
        Act::ArchiveUnreachable | Act::Archive => {
            let outcomes = [Outcome::Unreachable, Outcome::Withdrawn, Outcome::Duplicate];
            let possible: Vec<(&str, &str)> = outcomes
                .iter()
                .filter(|o| act == Act::ArchiveUnreachable || **o != Outcome::Unreachable)
                .map(|o| (o.code(), w.outcome(*o)))
                .chain(joined::exits(concern, w))
                .collect();
            form.inputs = vec![
                Input::Reveal("outcome"),
                ask.radios("outcome", t.archive_outcome, &possible),
                Input::When(Outcome::Duplicate.code()),
                Input::Line {
                    name: "duplicate_of",
                    label: t.archive_other,
                    value: ask.fields.value("duplicate_of").to_owned(),
                    error: ask.errors.of("duplicate_of").to_owned(),
                    hint: t.archive_other_hint,
                    kind: "text",
                    optional: true,
                },
                Input::EndWhen,
                Input::EndReveal,
                ask.area("reason", t.reason, joined::exit_hint(lang), 4, LONGEST_NOTE, false),
            ];
            form.buttons = send(t.archive_send);
        }
        Act::Pause
        | Act::Resume
        | Act::AskExtension
        | Act::DecideExtension
        | Act::Whistle
        | Act::Arrive
        | Act::Part
        | Act::CloseWhistle
        | Act::Merge
        | Act::Unmerge
        | Act::Supervise
        | Act::AnswerOrder => joined::form(tx, act, ask, &mut facts, &mut form)?,
    }
    form.facts = facts;
    Ok(form)
}

fn dispatch_inputs(ask: &Asked<'_>, tree: &Tree, kinds: &Kinds, suggested: &[Suggestion], likely: &[Likely]) -> Vec<Input> {
    let (t, concern) = (ask.t, ask.concern());
    let chosen_kind = match ask.fields.get("kind") {
        Some(kind) => kind.to_owned(),
        None => concern.now.kind.clone().or_else(|| likely.first().map(|likely| likely.code.clone())).unwrap_or_default(),
    };
    let chosen_unit = match ask.fields.get("unit") {
        Some(unit) => unit.to_owned(),
        None => suggested.first().map(|s| s.unit.to_string()).unwrap_or_default(),
    };
    let mut inputs = vec![
        Input::Select {
            name: "kind",
            label: t.dispatch_kind,
            list: kinds.suggested(&chosen_kind, likely, t.dispatch_likely),
            error: ask.errors.of("kind").to_owned(),
            hint: if likely.iter().any(|likely| likely.confidence.is_some()) { t.dispatch_likely_hint } else { "" },
            optional: false,
        },
        Input::Picker {
            name: "unit",
            legend: t.dispatch_unit,
            groups: units(ask, tree, suggested, &chosen_unit),
            error: ask.errors.of("unit").to_owned(),
            hint: t.dispatch_unit_hint,
        },
    ];
    if let Some(text) = ask.detail.handlers_text() {
        inputs.push(Input::Quote { title: t.dispatch_text.to_owned(), text: text.to_owned() });
    }
    inputs.push(joined::terms(ask));
    inputs.push(joined::exception(ask));
    inputs.push(ask.note());
    inputs
}

/// A confidential caller's words with the exact place, both of which may give them away.
fn original(ask: &Asked<'_>) -> String {
    let spot = ask.detail.entries.first().and_then(|entry| entry.spot.clone()).unwrap_or_default();
    format!("{}\n{spot}", read_back::words(ask.detail)).trim().to_owned()
}

/// The text for handlers that came with an event.
fn written(ask: &Asked<'_>, event: record::EventId) -> Option<String> {
    ask.detail.entries.iter().find(|entry| entry.event == event).and_then(|entry| entry.handlers.clone())
}

fn handlers(ask: &Asked<'_>, masked: &str) -> Input {
    let t = ask.t;
    Input::Area {
        name: "handlers",
        label: t.dispatch_text,
        value: ask.fields.get("handlers").unwrap_or(masked).to_owned(),
        error: ask.errors.of("handlers").to_owned(),
        hint: t.dispatch_text_hint,
        rows: 8,
        max: LONGEST,
        optional: false,
    }
}

/// Whether handlers may see the photos, where there are any of the caller's.
fn share_photos(ask: &Asked<'_>) -> Option<Input> {
    let answered = |entry: &&crate::read::Entry| !matches!(entry.happened, crate::events::Happened::ConcernResolved(_));
    ask.detail.entries.iter().filter(answered).any(|entry| !entry.photos.is_empty()).then(|| Input::Boxes {
        error: String::new(),
        hint: "",
        name: "share",
        legend: ask.t.share_legend,
        list: vec![Choice::new("1", ask.t.share_photos).chosen(ask.fields.has("share"))],
    })
}

/// Units to send to: those the catalogue names first, then departments, then towns with their
/// communities. Who may not have it is not in the list.
fn units(ask: &Asked<'_>, tree: &Tree, suggested: &[Suggestion], chosen: &str) -> Vec<Group> {
    let (t, concern) = (ask.t, ask.concern());
    let choice =
        |unit: UnitId, label: String, hint: String| Choice::new(unit.to_string(), label).hint(hint).chosen(unit.to_string() == chosen);
    let fits = |unit: UnitId| sight::may_have(tree, concern, unit);
    let first: Vec<Choice> = suggested.iter().filter(|s| fits(s.unit)).map(|s| choice(s.unit, tree.full_name(s.unit), why(t, s))).collect();
    let listed = |unit: UnitId| suggested.iter().any(|s| s.unit == unit);
    let departments = tree
        .departments()
        .filter(|unit| fits(unit.id) && !listed(unit.id))
        .map(|unit| choice(unit.id, unit.name.clone(), String::new()))
        .collect();
    let mut groups = vec![
        Group { title: t.dispatch_suggested.to_owned(), choices: first },
        Group { title: t.dispatch_departments.to_owned(), choices: departments },
    ];
    // The town of the place first: most matters stay near.
    let mut towns: Vec<_> = tree.of_level(Level::Town).collect();
    towns.sort_by_key(|town| Some(town.id) != concern.town);
    for town in towns {
        let mut choices = Vec::new();
        let community = |id: UnitId| tree.children(id).filter(|unit| unit.level == Level::Community).map(|unit| unit.id);
        for unit in std::iter::once(town.id).chain(community(town.id)) {
            if fits(unit) && !listed(unit) {
                let label = tree.get(unit).map(|unit| unit.name.clone()).unwrap_or_default();
                choices.push(choice(unit, label, String::new()));
            }
        }
        groups.push(Group { title: town.name.clone(), choices });
    }
    groups.retain(|group| !group.choices.is_empty());
    groups
}

/// Why a unit is suggested, in a line under its name.
fn why(t: &StaffTexts, suggestion: &Suggestion) -> String {
    match &suggestion.why {
        Why::Duty { kind_name, document, .. } => fill(t.why_duty, &[("kind", kind_name), ("document", document)]),
        Why::Before { n, of } => fill(t.why_before, &[("n", n), ("of", of)]),
        Why::Place => t.why_place.to_owned(),
    }
}

/// The units right below the holder that may have it.
fn below(ask: &Asked<'_>, tree: &Tree) -> Input {
    let (t, concern) = (ask.t, ask.concern());
    let holder = concern.now.holder.unwrap_or_default();
    let chosen = ask.fields.value("unit");
    let choices = tree
        .children(holder)
        .filter(|unit| sight::may_have(tree, concern, unit.id))
        .map(|unit| {
            Choice::new(unit.id.to_string(), unit.name.clone()).chosen(unit.id.to_string() == chosen || concern.place == Some(unit.id))
        })
        .collect();
    Input::Picker {
        name: "unit",
        legend: t.down_unit,
        groups: vec![Group { title: String::new(), choices }],
        error: ask.errors.of("unit").to_owned(),
        hint: "",
    }
}
