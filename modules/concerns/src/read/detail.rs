//! One concern, as far as somebody may see it: its words, what was done as a timeline, what can be done.

use std::collections::HashMap;

use base::{Ctx, PersonId, Time, UnitId};
use people::{Actor, Tree};
use record::{Event, EventId};
use store::{Sql, StoreError, Tx, p, sql};

use super::linked::Linked;
use crate::caller::is_of_the_caller;
use crate::catalogue;
use crate::concern::{Concern, ConcernId, find};
use crate::events::Happened;
use crate::light::{Light, light};
use crate::redact::{Judged, Redaction, is_said_later};
use crate::said::{Part, WORDS};
use crate::sight::{self, Act};
use crate::staff;

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// A member of staff.
    Staff {
        /// Who.
        person: PersonId,
        /// Their name.
        name: String,
    },
    /// The resident.
    Resident,
    /// The passing of time.
    System,
}

/// A photo of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shot {
    /// Its place in the event.
    pub n: i64,
    /// In pixels.
    pub width: i64,
    /// In pixels.
    pub height: i64,
    /// Under which it lies among the blobs.
    pub digest: [u8; 32],
}

/// A step of the timeline, with what was said as far as the reader may read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The event.
    pub event: EventId,
    /// When it happened.
    pub at: Time,
    /// Who did it.
    pub by: By,
    /// For which unit, where it was for one.
    pub unit: Option<UnitId>,
    /// What happened.
    pub happened: Happened,
    /// The resident's own words.
    pub words: Option<String>,
    /// The exact place, in the resident's words.
    pub spot: Option<String>,
    /// What handlers of a confidential concern read.
    pub handlers: Option<String>,
    /// What the resident is shown.
    pub shown: Option<String>,
    /// What only staff read.
    pub note: Option<String>,
    /// Whether there is something that this reader may not read: said so in its place.
    pub sealed: bool,
    /// The photos.
    pub photos: Vec<Shot>,
}

/// A concern with everything that its page shows.
#[derive(Clone, Debug)]
pub struct Detail {
    /// The concern.
    pub concern: Concern,
    /// The name of its kind.
    pub kind_name: Option<String>,
    /// In whose hands it is.
    pub assignee_name: Option<String>,
    /// Who gave the last answer.
    pub resolver_name: Option<String>,
    /// Who wrote it down.
    pub registered_by_name: Option<String>,
    /// Whom it is about, for those who may know.
    pub about_person_name: Option<String>,
    /// How the deadline stands.
    pub light: Option<Light>,
    /// The timeline, oldest first. The first entry has the resident's words.
    pub entries: Vec<Entry>,
    /// What this person may do now, the likeliest first.
    pub acts: Vec<Act>,
    /// Until when the resident may open it again.
    pub reopen_until: Option<Time>,
    /// Who was called to it, who asks about it, what is answered with it.
    pub linked: Linked,
}

impl Detail {
    /// When the present deadline was set.
    pub fn due_since(&self) -> Time {
        due_since(&self.concern, &self.entries)
    }

    /// What handlers read last in place of a confidential caller's words.
    pub fn handlers_text(&self) -> Option<&str> {
        let event = self.concern.approved_text()?;
        self.entries.iter().find(|entry| entry.event == event)?.handlers.as_deref()
    }

    /// What a confidential caller said and showed later and handlers were not told yet, oldest first; of a text for handlers
    /// that passes on such, what it stands for.
    pub(crate) fn said_later(&self, of: Option<&Redaction>) -> Vec<&Entry> {
        entries_since(&self.concern, &self.entries, of).iter().filter(|entry| is_said(entry)).collect()
    }
}

/// Whether an entry has something of the caller's that came after the beginning.
fn is_said(entry: &Entry) -> bool {
    is_said_later(&entry.happened) && (entry.words.is_some() || !entry.photos.is_empty())
}

/// The part of the timeline that a text for handlers passes on: from after what another one did, up to its own event. Without
/// one, all that none passes on.
fn entries_since<'a>(concern: &Concern, entries: &'a [Entry], of: Option<&Redaction>) -> &'a [Entry] {
    let at = |event: EventId| entries.iter().position(|entry| entry.event == event);
    let own = of.and_then(|text| at(text.of?));
    let to = own.map_or(entries.len(), |own| own + 1);
    let others = concern.redactions.iter().filter(|text| text.state != Judged::Returned && of.is_none_or(|of| of.event != text.event));
    let passed = others.filter_map(|text| at(text.of?)).filter(|at| own.is_none_or(|own| *at < own)).max();
    entries.get(passed.map_or(0, |at| at + 1)..to).unwrap_or_default()
}

/// The concern with this number, as far as this person may see it; nothing where they may not know of it.
///
/// # Errors
/// Only the store's.
pub fn detail(tx: &mut Tx, ctx: &Ctx, actor: &Actor, tree: &Tree, no: &str) -> Result<Option<Detail>, StoreError> {
    let Some(concern) = find(tx, no)?.filter(|concern| sight::may_read(actor, tree, concern)) else { return Ok(None) };
    let own = sight::sees_words(actor, tree, &concern);
    let entries = entries(tx, ctx, &concern, own)?;
    let mut name = |person: Option<PersonId>| person.map_or(Ok(None), |person| staff::name(tx, person));
    let (assignee_name, resolver_name) = (name(concern.now.assignee)?, name(concern.now.resolver)?);
    let (registered_by_name, about_person_name) = (name(concern.registered_by)?, name(concern.about_person)?);
    let kind_name = match &concern.now.kind {
        Some(code) => catalogue::kind(tx, code)?.map(|kind| kind.name),
        None => None,
    };
    let linked = Linked::of(tx, actor, tree, &concern)?;
    let mut acts = sight::acts(actor, tree, ctx.rules(), ctx.now, &concern);
    linked.add_acts(actor, tree, &concern, &mut acts);
    if !entries_since(&concern, &entries, None).iter().any(is_said) {
        acts.retain(|act| *act != Act::Relay);
    }
    Ok(Some(Detail {
        linked,
        kind_name,
        assignee_name,
        resolver_name,
        registered_by_name,
        about_person_name,
        light: concern.now.due.as_ref().map(|due| light(ctx.rules().calendar(), due.at, ctx.now)),
        entries,
        acts,
        reopen_until: concern.now.reopen_until(ctx.rules()),
        concern,
    }))
}

/// When the present deadline was set: that of the answer when it was dispatched, another by the last step.
pub(super) fn due_since(concern: &Concern, entries: &[Entry]) -> Time {
    let answer = concern.now.due.as_ref().is_some_and(|due| due.rule == concern.now.answer_rule());
    let sets = |entry: &&Entry| match answer {
        true => matches!(entry.happened, Happened::ConcernDispatched(_) | Happened::ConcernMerged(_)),
        // Other holidays move a deadline; the rule that set it stays that of its day.
        false => entry.happened.v().is_some() && !matches!(entry.happened, Happened::ConcernDeadlinesMoved(_)),
    };
    entries.iter().rev().find(sets).map_or(concern.received_at, |entry| entry.at)
}

const TEXTS: &Sql = sql!("SELECT event, part, body, sealed FROM concern_text WHERE concern = ?1");
const PHOTOS: &Sql = sql!("SELECT event, n, width, height, digest, shared FROM concern_photo WHERE concern = ?1 ORDER BY event, n");

#[derive(Default)]
struct Pieces {
    words: Option<String>,
    spot: Option<String>,
    handlers: Option<String>,
    shown: Option<String>,
    note: Option<String>,
    sealed: bool,
    photos: Vec<Shot>,
}

/// The timeline in the order of its steps. `own` says whether the resident's sealed words may be read.
pub(super) fn entries(tx: &mut Tx, ctx: &Ctx, concern: &Concern, own: bool) -> Result<Vec<Entry>, StoreError> {
    let mut pieces: HashMap<EventId, Pieces> = HashMap::new();
    let texts = tx.all(TEXTS, p![concern.id], |row| {
        let sealed = row.opt_blob(3)?.map(<[u8]>::to_vec);
        Ok((EventId(row.id(0)?), Part::from_code(row.text(1)?), row.opt_text(2)?.map(str::to_owned), sealed))
    })?;
    for (event, part, body, sealed) in texts {
        let pieces = pieces.entry(event).or_default();
        let text = match (body, sealed) {
            (Some(body), _) => Some(body),
            (None, Some(sealed)) if own => {
                let opened = ctx.keys().open(WORDS, &sealed).map_err(|e| StoreError::Other(format!("words of {}: {e}", concern.id)))?;
                String::from_utf8(opened.to_vec()).ok()
            }
            _ => {
                pieces.sealed = true;
                None
            }
        };
        match part {
            Some(Part::Words) => pieces.words = text,
            Some(Part::Spot) => pieces.spot = text,
            Some(Part::Handlers) => pieces.handlers = text,
            Some(Part::Shown) => pieces.shown = text,
            Some(Part::Note) => pieces.note = text,
            None => {}
        }
    }
    let photos = tx.all(PHOTOS, p![concern.id], |row| {
        let shot = Shot { n: row.int(1)?, width: row.int(2)?, height: row.int(3)?, digest: row.array(4)? };
        Ok((EventId(row.id(0)?), shot, row.bool(5)?))
    })?;
    for (event, shot, shared) in photos {
        let pieces = pieces.entry(event).or_default();
        match own || shared {
            true => pieces.photos.push(shot),
            false => pieces.sealed = true,
        }
    }
    let mut names: HashMap<PersonId, String> = HashMap::new();
    let mut entries = Vec::new();
    for event in record::of_subject(tx, concern.id.0)? {
        let Some(happened) = Happened::read(&event).map_err(|bad| StoreError::Other(bad.to_string()))? else { continue };
        // Who handles it reads nothing that a second person has not approved, and no word about it.
        let hidden = match &happened {
            Happened::ConcernRedacted(_) => !concern.handlers_may_read(event.id),
            Happened::ConcernRedactionApproved(_) | Happened::ConcernRedactionReturned(_) => true,
            _ => false,
        };
        if hidden && !own {
            continue;
        }
        let by = match event.actor {
            record::Actor::Resident => By::Resident,
            record::Actor::System => By::System,
            record::Actor::Person(person) => {
                let name = match names.get(&person) {
                    Some(name) => name.clone(),
                    None => staff::name(tx, person)?.unwrap_or_default(),
                };
                names.insert(person, name.clone());
                By::Staff { person, name }
            }
        };
        let mut said = pieces.remove(&event.id).unwrap_or_default();
        if !own && is_of_the_caller(&happened) {
            said.note = None;
        }
        entries.push(Entry {
            event: event.id,
            at: event.occurred_at,
            by,
            unit: acting_unit(concern, &event, &happened),
            happened,
            words: said.words,
            spot: said.spot,
            handlers: said.handlers,
            shown: said.shown,
            note: said.note,
            sealed: said.sealed,
            photos: said.photos,
        });
    }
    // What happened within one millisecond may stand in any order; the beginning is the beginning.
    entries.sort_by_key(|entry: &Entry| !matches!(entry.happened, Happened::ConcernSubmitted(_) | Happened::ConcernImported(_)));
    Ok(entries)
}

/// The unit for which the actor of a step acted, which is not always the one that the event counts for.
fn acting_unit(concern: &Concern, event: &Event, happened: &Happened) -> Option<UnitId> {
    match happened {
        Happened::ConcernSubmitted(_) | Happened::ConcernAdded(_) | Happened::ConcernReopened(_) => None,
        Happened::ConcernDispatched(_)
        | Happened::ConcernObjectionUpheld(_)
        | Happened::ConcernObjectionRefused(_)
        | Happened::ConcernReviewPassed(_)
        | Happened::ConcernReturned(_)
        | Happened::ConcernPublicationProposed(_)
        | Happened::ConcernPublished(_)
        | Happened::ConcernPublicationReturned(_)
        | Happened::ConcernPublicationWithdrawn(_)
        | Happened::ConcernRedacted(_)
        | Happened::ConcernRedactionApproved(_)
        | Happened::ConcernRedactionReturned(_)
        | Happened::ConcernMerged(_)
        | Happened::ConcernUnmerged(_)
        | Happened::ConcernAnsweredWith(_)
        | Happened::ConcernExtensionGranted(_)
        | Happened::ConcernExtensionRefused(_)
        | Happened::ConcernArchived(_) => Some(concern.now.desk),
        Happened::ConcernWhistled(facts) => Some(facts.town),
        Happened::ConcernSupervised(facts) => Some(facts.by),
        Happened::ConcernTried(facts) => Some(facts.caller),
        Happened::ConcernCalledBack(facts) => facts.caller,
        _ => event.unit,
    }
}

const PHOTO: &Sql = sql!("SELECT digest, shared FROM concern_photo WHERE concern = ?1 AND event = ?2 AND n = ?3");

/// The digest of a photo, for who may see it.
///
/// # Errors
/// Only the store's.
pub fn photo(tx: &mut Tx, actor: &Actor, tree: &Tree, no: &str, event: EventId, n: i64) -> Result<Option<[u8; 32]>, StoreError> {
    let Some(concern) = find(tx, no)?.filter(|concern| sight::may_read(actor, tree, concern)) else { return Ok(None) };
    let own = sight::sees_words(actor, tree, &concern);
    Ok(shot(tx, concern.id, event, n)?.filter(|(_, shared)| own || *shared).map(|(digest, _)| digest))
}

/// A photo and whether handlers may see it.
pub(super) fn shot(tx: &mut Tx, concern: ConcernId, event: EventId, n: i64) -> Result<Option<([u8; 32], bool)>, StoreError> {
    tx.opt(PHOTO, p![concern, event.0, n], |row| Ok((row.array(0)?, row.bool(1)?)))
}
