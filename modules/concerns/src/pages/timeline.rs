//! Steps of a concern in words: one timeline for the resident and for staff, made of the same entries.

use base::Time;
use people::Tree;
use web::kit::{Photo, Step, StepState};
use web::{Lang, Shell, dates, fill};

use super::words::Words;
use crate::events::Happened;
use crate::read::{By, Entry};

/// Who reads the timeline.
pub(super) struct Reader<'a> {
    pub(super) lang: Lang,
    pub(super) now: Time,
    pub(super) tree: &'a Tree,
    pub(super) w: &'static Words,
    pub(super) shell: &'a Shell,
    /// The address under which the concern's photos lie, as `/work/c/…/photo`.
    pub(super) photos: String,
    /// Staff see who did a step; the resident sees the unit and, for an answer, the person.
    pub(super) staff: bool,
}

impl Reader<'_> {
    /// The whole timeline, newest first, as it is read on a phone. The first words stand elsewhere on the page.
    pub(super) fn steps(&self, entries: &[Entry], open: bool) -> Vec<Step> {
        // A call shows in the whistle's line, unit by unit in the facts.
        let shown = entries.iter().filter(|entry| !matches!(entry.happened, Happened::ConcernCalled(_)));
        let mut steps: Vec<Step> = shown.enumerate().map(|(at, entry)| self.step(entry, at == 0)).collect();
        steps.reverse();
        if let Some(last) = steps.first_mut()
            && open
            && last.state == StepState::Past
        {
            last.state = StepState::Now;
        }
        steps
    }

    /// Photos of an entry.
    pub(super) fn pictures(&self, entry: &Entry) -> Vec<Photo> {
        let address = |n: i64, size: &str| format!("{}/{}/{n}{size}", self.photos, entry.event.0);
        let shots = entry.photos.iter().enumerate();
        shots
            .map(|(at, shot)| Photo {
                thumb: address(shot.n, "?small=1"),
                full: address(shot.n, ""),
                alt: self.shell.n(self.shell.t.photo_n, at + 1),
            })
            .collect()
    }

    fn step(&self, entry: &Entry, first: bool) -> Step {
        let said = if first { None } else { entry.words.as_deref().or(entry.handlers.as_deref()).or(entry.shown.as_deref()) };
        let handlers = entry.handlers.as_deref().filter(|_| self.staff && first);
        let title = self.title(&entry.happened);
        let bad = matches!(
            entry.happened,
            Happened::ConcernDeadlinePassed(_)
                | Happened::ConcernOverdueRaised(_)
                | Happened::ConcernArrivalPassed(_)
                | Happened::ConcernSupervisionPassed(_)
        );
        Step {
            title,
            when: dates::moment(self.lang, entry.at, self.now),
            at: dates::machine(entry.at),
            who: self.who(entry),
            text: said.or(handlers).unwrap_or_default().to_owned(),
            note: entry.note.clone().filter(|_| self.staff).unwrap_or_default(),
            state: if bad { StepState::Bad } else { StepState::Past },
            photos: if first { Vec::new() } else { self.pictures(entry) },
        }
    }

    fn who(&self, entry: &Entry) -> String {
        let unit = entry.unit.map(|unit| self.tree.full_name(unit)).unwrap_or_default();
        match &entry.by {
            By::Resident if self.staff => self.w.resident.to_owned(),
            By::Resident => String::new(),
            By::System => self.w.system.to_owned(),
            By::Staff { name, .. }
                if self.staff || matches!(entry.happened, Happened::ConcernResolved(_) | Happened::ConcernClaimed(_)) =>
            {
                format!("{unit} {name}").trim().to_owned()
            }
            By::Staff { .. } => unit,
        }
    }

    /// What a step is called.
    pub(super) fn title(&self, happened: &Happened) -> String {
        let w = self.w;
        let unit = |text: &str, unit: base::UnitId| fill(text, &[("unit", &self.tree.full_name(unit))]);
        // A way that is a label elsewhere stands within a line here.
        let how = |text: &str, how: &str| match self.lang {
            Lang::En => fill(text, &[("how", &how.to_lowercase())]),
            Lang::Hans | Lang::Hant => fill(text, &[("how", &how)]),
        };
        match happened {
            Happened::ConcernSubmitted(f) if f.registered => w.event_registered.to_owned(),
            Happened::ConcernSubmitted(_) => w.event_submitted.to_owned(),
            Happened::ConcernDispatched(f) => unit(w.event_dispatched, f.unit),
            Happened::ConcernObjected(f) => unit(w.event_objected, f.unit),
            Happened::ConcernObjectionUpheld(_) => w.event_upheld.to_owned(),
            Happened::ConcernObjectionRefused(f) => unit(w.event_refused, f.unit),
            Happened::ConcernClaimed(f) => unit(w.event_claimed, f.unit),
            Happened::ConcernHandedOver(f) => unit(w.event_handed_over, f.unit),
            Happened::ConcernRecalled(f) if f.due.is_some() => w.event_recalled.to_owned(),
            Happened::ConcernRecalled(f) => unit(w.event_moved, f.holder),
            Happened::ConcernKeptFrom(f) => unit(w.event_kept_from, f.unit),
            Happened::ConcernPartsPassed(f) => match f.unit {
                Some(to) => unit(w.event_parts, to),
                None => unit(w.event_parts_ended, f.from),
            },
            Happened::ConcernContacted(f) => how(w.event_contacted, w.channel(f.channel)),
            Happened::ConcernEscalated(f) => unit(w.event_escalated, f.unit),
            Happened::ConcernSentDown(f) => unit(w.event_sent_down, f.unit),
            Happened::ConcernResolved(f) => match f.reply {
                Some(reply) => fill(w.event_resolved_as, &[("unit", &self.tree.full_name(f.unit)), ("reply", &w.reply(reply))]),
                None => unit(w.event_resolved, f.unit),
            },
            Happened::ConcernReviewPassed(_) => w.event_passed.to_owned(),
            Happened::ConcernReturned(f) => unit(w.event_returned, f.unit),
            Happened::ConcernTried(f) => how(w.event_tried, w.channel(f.channel)),
            Happened::ConcernCalledBack(f) => {
                let mut text = how(if f.solved { w.event_called_back_yes } else { w.event_called_back_no }, w.channel(f.channel));
                let more = [
                    f.satisfied.map(|yes| if yes { w.event_satisfied } else { w.event_unsatisfied }),
                    f.contacted.map(|yes| if yes { w.event_was_contacted } else { w.event_not_contacted }),
                ];
                for part in more.into_iter().flatten() {
                    text.push_str(if self.lang.is_chinese() { "，" } else { ", " });
                    text.push_str(part);
                }
                text
            }
            Happened::ConcernReopened(_) => w.event_reopened.to_owned(),
            Happened::ConcernArchived(f) => how(w.event_archived, w.outcome(f.outcome)),
            Happened::ConcernAdded(_) => w.event_added.to_owned(),
            Happened::ConcernPublicationProposed(_) => w.event_proposed.to_owned(),
            Happened::ConcernPublished(_) => w.event_published.to_owned(),
            Happened::ConcernPublicationReturned(_) => w.event_publication_returned.to_owned(),
            Happened::ConcernPublicationWithdrawn(_) => w.event_taken_back.to_owned(),
            Happened::ConcernRedacted(f) if f.of.is_some() => w.event_relayed.to_owned(),
            Happened::ConcernRedacted(_) => w.event_redacted.to_owned(),
            Happened::ConcernRedactionApproved(_) => w.event_redaction_approved.to_owned(),
            Happened::ConcernRedactionReturned(_) => w.event_redaction_returned.to_owned(),
            Happened::ConcernContactOpened(f) => unit(w.event_contact_opened, f.unit),
            Happened::ConcernPhoneLookedUp(f) => unit(w.event_looked_up, f.unit),
            Happened::ConcernContactChanged(_) => w.event_contact_changed.to_owned(),
            Happened::ConcernPublishingWithdrawn(_) => w.event_unpublished.to_owned(),
            Happened::ConcernTellingChanged(f) => if f.agrees { w.event_telling } else { w.event_no_telling }.to_owned(),
            Happened::ConcernErased(_) => w.event_erased.to_owned(),
            Happened::ConcernDeadlinePassed(_) => w.event_deadline.to_owned(),
            Happened::ConcernImported(_) => w.event_imported.to_owned(),
            Happened::ConcernImportUndone(_) => w.event_import_undone.to_owned(),
            Happened::ConcernPaused(f) => unit(w.event_paused, f.unit),
            Happened::ConcernResumed(_) => w.event_resumed.to_owned(),
            Happened::ConcernExtensionAsked(f) => unit(w.event_extension_asked, f.unit),
            Happened::ConcernExtensionGranted(f) => {
                fill(w.event_extension_granted, &[("when", &dates::day(self.lang, f.resolve_by.date(), self.now))])
            }
            Happened::ConcernExtensionRefused(_) => w.event_extension_refused.to_owned(),
            Happened::ConcernDeadlinesMoved(f) => match f.due.as_ref().map(|due| due.at) {
                Some(at) => fill(w.event_deadlines_moved, &[("when", &dates::day(self.lang, at.date(), self.now))]),
                None => w.event_deadlines_moved_else.to_owned(),
            },
            Happened::ConcernWhistled(f) if self.staff => {
                let (town, lead) = (self.tree.full_name(f.town), self.tree.full_name(f.lead));
                fill(w.event_whistled, &[("unit", &town), ("n", &f.units.len()), ("lead", &lead)])
            }
            Happened::ConcernWhistled(f) => fill(w.event_whistled_resident, &[("n", &f.units.len())]),
            Happened::ConcernArrived(f) => unit(if f.in_time { w.event_arrived } else { w.event_arrived_late }, f.unit),
            Happened::ConcernPartDone(f) => unit(if f.warranted { w.event_part } else { w.event_part_unwarranted }, f.unit),
            Happened::ConcernArrivalPassed(f) => unit(w.event_arrival_passed, f.unit),
            Happened::ConcernWhistleClosed(f) => unit(w.event_whistle_closed, f.town),
            Happened::ConcernMerged(f) if self.staff => fill(w.event_merged, &[("no", &base::number::show(&f.into_no))]),
            Happened::ConcernMerged(_) => w.event_merged_resident.to_owned(),
            Happened::ConcernUnmerged(_) => w.event_unmerged.to_owned(),
            Happened::ConcernAnsweredWith(f) => {
                let name = f.handler.map(|unit| self.tree.full_name(unit)).unwrap_or_default();
                let text = if self.staff { w.event_answered_with } else { w.event_answered_with_resident };
                fill(text, &[("unit", &name), ("no", &base::number::show(&f.main_no))])
            }
            Happened::ConcernOverdueRaised(f) => unit(w.event_raised, f.unit),
            Happened::ConcernSupervised(f) => unit(w.event_supervised, f.by),
            Happened::ConcernSupervisionAnswered(f) => unit(w.event_order_answered, f.unit),
            Happened::ConcernSupervisionPassed(f) => unit(w.event_order_passed, f.unit),
            Happened::ConcernCalled(_) => String::new(),
            // The catalogue's own events are not of a concern.
            Happened::ConcernKindEntered(_)
            | Happened::ConcernKindEnded(_)
            | Happened::ConcernDutyAssigned(_)
            | Happened::ConcernDutyWithdrawn(_)
            | Happened::ConcernCasesLabelled(_)
            | Happened::ConcernModelTrained(_) => String::new(),
        }
    }
}

/// A rule by its id, as a page names it: title, document and article, as it stood when the deadline was set.
pub(super) fn rule(rules: &base::rules::Rules, lang: Lang, id: &str, at: Time) -> String {
    let Some(rule) = rules.rule_on(id, at.date()) else { return String::new() };
    let w = Words::of(lang);
    let title = match lang {
        Lang::Hans => rule.title_zh.to_string(),
        Lang::Hant => web::lang::to_hant(&rule.title_zh),
        Lang::En => rule.title_en.to_string(),
    };
    // A document keeps its name in every language; what no document says is the system's own choice.
    if rule.mark == base::rules::Mark::C {
        return fill(w.rule_own, &[("title", &title)]);
    }
    fill(w.rule_of, &[("title", &title), ("document", &source(rule, lang))])
}

/// The document and article of a rule; what no document says is the system's own choice.
pub(super) fn source(rule: &base::rules::Rule, lang: Lang) -> String {
    if rule.mark == base::rules::Mark::C {
        return Words::of(lang).rule_ours.to_owned();
    }
    let document = format!("{}{}", rule.document, rule.article);
    if lang == Lang::Hant { web::lang::to_hant(&document) } else { document }
}
