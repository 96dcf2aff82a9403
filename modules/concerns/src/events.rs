//! What the record says of a concern: one struct of facts for each kind of event.
//!
//! Facts hold ids, codes, times and salted digests. What was said lies in `concern_text` and can be
//! erased there. Each step carries the version `v` that the concern has after it, so that steps are
//! told apart and put in order whatever clock wrote them.

use base::{PersonId, Time, UnitId};
use record::{BadFacts, Event, EventId, Facts, KindInfo};
use serde::{Deserialize, Serialize};

use crate::model::{Channel, Due, Outcome, Source};

/// Hexadecimal digest, salted with a salt that lies beside the text and goes with it.
pub type Digest = String;

/// Digests of what was said with an event, by the part that each text plays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Texts {
    /// The resident's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<Digest>,
    /// The exact place, in the resident's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spot: Option<Digest>,
    /// What handlers of a confidential concern read in place of the words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handlers: Option<Digest>,
    /// What the resident is shown of the step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown: Option<Digest>,
    /// What only staff read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Digest>,
}

fn is_none(texts: &Texts) -> bool {
    *texts == Texts::default()
}

fn is_no(flag: &bool) -> bool {
    !*flag
}

/// Declares the events: the struct, its [`Facts`], and the enum of all of them.
macro_rules! events {
    ($($(#[$meta:meta])* $name:ident = $v:literal { $($(#[$fmeta:meta])* $field:ident: $type:ty,)* })+) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
            pub struct $name { $($(#[$fmeta])* pub $field: $type,)* }

            impl Facts for $name {
                const KIND: &'static str = stringify!($name);
                const V: i64 = $v;
            }
        )+

        /// What happened, read from an event of this module.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each is the struct of its name")]
        pub enum Happened { $($name($name),)+ }

        /// The kinds of event of this module.
        pub const KINDS: &[KindInfo] = &[$(KindInfo::of::<$name>(),)+];

        impl Happened {
            /// Reads an event; nothing for one of another module.
            ///
            /// # Errors
            /// Facts that are not in shape.
            pub fn read(event: &Event) -> Result<Option<Happened>, BadFacts> {
                Ok(match event.kind.as_str() {
                    $(stringify!($name) => Some(Happened::$name(event.facts()?)),)+
                    _ => None,
                })
            }

            /// The kind, as it stands in the record.
            pub fn kind(&self) -> &'static str {
                match self { $(Happened::$name(_) => stringify!($name),)+ }
            }
        }
    };
}

events! {
    /// A resident asked for something, or a member of staff wrote down what one asked for.
    ConcernSubmitted = 1 {
        /// The public number.
        no: String,
        /// SHA-256 of the receipt's secret, in hexadecimal digits.
        secret: String,
        /// How it came.
        source: Source,
        /// Whether a member of staff wrote it down for the resident: the actor of the event.
        #[serde(default, skip_serializing_if = "is_no")]
        registered: bool,
        /// The kind, where it is known already.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<String>,
        /// Where, as far as it is known: town, community or grid.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<UnitId>,
        /// The town of the place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        town: Option<UnitId>,
        /// The community of the place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        community: Option<UnitId>,
        /// Whose desk it came to.
        desk: UnitId,
        /// The deadline of dispatching it.
        due: Due,
        /// The unit it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        about_unit: Option<UnitId>,
        /// The member of staff it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        about_person: Option<PersonId>,
        /// The lines that may not be told.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        bars: Vec<UnitId>,
        /// Whether the caller is kept from those who handle it.
        #[serde(default, skip_serializing_if = "is_no")]
        confidential: bool,
        /// Whether the resident allows their words to be published once checked.
        #[serde(default, skip_serializing_if = "is_no")]
        may_publish: bool,
        /// Digest of the sealed contact.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact: Option<Digest>,
        /// Digest of the title, with the salt of the words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<Digest>,
        /// What was said.
        texts: Texts,
        /// The photos' digests.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        photos: Vec<Digest>,
    }

    /// The desk sent it to a unit.
    ConcernDispatched = 1 {
        /// The version after it.
        v: i64,
        /// To whom.
        unit: UnitId,
        /// The kind that the desk confirmed.
        kind: Option<String>,
        /// The deadline of claiming it.
        due: Due,
        /// The deadline of the answer.
        resolve_by: Time,
        /// Until when the unit may object.
        object_by: Time,
        /// Digest of a new title, with the salt of the handlers' text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<Digest>,
        /// The approved text that handlers of a confidential concern read, by its event.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        redaction: Option<EventId>,
        /// What was said.
        #[serde(default, skip_serializing_if = "is_none")]
        texts: Texts,
    }

    /// The unit said that it is not its matter.
    ConcernObjected = 1 {
        /// The version after it.
        v: i64,
        /// Which unit.
        unit: UnitId,
        /// The deadline of deciding on it.
        due: Due,
        /// The reason.
        texts: Texts,
    }

    /// The desk agreed with the objection.
    ConcernObjectionUpheld = 1 {
        /// The version after it.
        v: i64,
        /// Whose objection.
        unit: UnitId,
        /// The deadline of dispatching it again.
        due: Due,
        /// What was said.
        #[serde(default, skip_serializing_if = "is_none")]
        texts: Texts,
    }

    /// The desk did not agree: the unit keeps it.
    ConcernObjectionRefused = 1 {
        /// The version after it.
        v: i64,
        /// Whose objection.
        unit: UnitId,
        /// The deadline of claiming it.
        due: Due,
        /// The reason.
        texts: Texts,
    }

    /// Somebody of the unit took it; the actor of the event.
    ConcernClaimed = 1 {
        /// The version after it.
        v: i64,
        /// Which unit.
        unit: UnitId,
        /// Whether it was in time.
        in_time: bool,
        /// The deadline of what comes next.
        due: Due,
    }

    /// The handler spoke to the resident for the first time in this round.
    ConcernContacted = 1 {
        /// The version after it.
        v: i64,
        /// Which unit.
        unit: UnitId,
        /// By which way.
        channel: Channel,
        /// Whether it was in time.
        in_time: bool,
        /// The deadline of what comes next.
        due: Due,
        /// What was said.
        #[serde(default, skip_serializing_if = "is_none")]
        texts: Texts,
    }

    /// The unit passed it to the one above.
    ConcernEscalated = 1 {
        /// The version after it.
        v: i64,
        /// From whom.
        from: UnitId,
        /// To whom.
        unit: UnitId,
        /// The deadline of claiming it.
        due: Due,
        /// Until when the unit may object.
        object_by: Time,
        /// The reason.
        texts: Texts,
    }

    /// The unit passed it to one directly below.
    ConcernSentDown = 1 {
        /// The version after it.
        v: i64,
        /// From whom.
        from: UnitId,
        /// To whom.
        unit: UnitId,
        /// The deadline of claiming it.
        due: Due,
        /// Until when the unit may object.
        object_by: Time,
        /// The reason.
        texts: Texts,
    }

    /// The unit answered.
    ConcernResolved = 1 {
        /// The version after it.
        v: i64,
        /// Which unit.
        unit: UnitId,
        /// Whether the whole was in time.
        in_time: bool,
        /// The deadline of reviewing the answer.
        due: Due,
        /// The answer, and a note for the desk.
        texts: Texts,
        /// The evidence.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        photos: Vec<Digest>,
    }

    /// The desk found the answer good.
    ConcernReviewPassed = 1 {
        /// The version after it.
        v: i64,
        /// Who asks the resident.
        holder: UnitId,
        /// The deadline of asking.
        due: Due,
        /// What was said.
        #[serde(default, skip_serializing_if = "is_none")]
        texts: Texts,
    }

    /// The desk gave the answer back.
    ConcernReturned = 1 {
        /// The version after it.
        v: i64,
        /// To whom.
        unit: UnitId,
        /// The deadline of the next answer.
        due: Due,
        /// The reason.
        texts: Texts,
    }

    /// The resident was called and did not answer.
    ConcernTried = 1 {
        /// The version after it.
        v: i64,
        /// By which way.
        channel: Channel,
        /// The unit that called.
        caller: UnitId,
        /// What was said.
        #[serde(default, skip_serializing_if = "is_none")]
        texts: Texts,
    }

    /// The resident said whether it was solved: called by staff, or by the receipt.
    ConcernCalledBack = 1 {
        /// The version after it.
        v: i64,
        /// By which way.
        channel: Channel,
        /// The unit that called; none where the resident answered by the receipt.
        caller: Option<UnitId>,
        /// Whether the handler had spoken to them.
        contacted: Option<bool>,
        /// Whether it was solved. If not, it is open again.
        solved: bool,
        /// Whether they are satisfied.
        satisfied: Option<bool>,
        /// The deadline of dispatching it again.
        due: Option<Due>,
        /// What was said.
        #[serde(default, skip_serializing_if = "is_none")]
        texts: Texts,
    }

    /// The resident opened it again after it was closed.
    ConcernReopened = 1 {
        /// The version after it.
        v: i64,
        /// The deadline of dispatching it.
        due: Due,
        /// The reason.
        texts: Texts,
    }

    /// The desk closed it.
    ConcernArchived = 1 {
        /// The version after it.
        v: i64,
        /// Why.
        outcome: Outcome,
        /// The number under which the same matter is followed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        duplicate_of: Option<String>,
        /// The reason.
        texts: Texts,
    }

    /// The resident added words or photos.
    ConcernAdded = 1 {
        /// What was said.
        #[serde(default, skip_serializing_if = "is_none")]
        texts: Texts,
        /// The photos' digests.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        photos: Vec<Digest>,
    }

    /// The desk wrote what handlers of a confidential concern may read; a second person looks at it.
    ConcernRedacted = 1 {
        /// What the resident added, by its event; nothing for the words of the beginning.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<EventId>,
        /// Whether handlers may see the photos sent so far, once it is approved.
        #[serde(default, skip_serializing_if = "is_no")]
        share_photos: bool,
        /// The handlers' text.
        texts: Texts,
    }

    /// A second person approved it: handlers may read it.
    ConcernRedactionApproved = 1 {
        /// Which text, by its event.
        of: EventId,
    }

    /// A second person gave it back.
    ConcernRedactionReturned = 1 {
        /// Which text, by its event.
        of: EventId,
        /// The reason.
        texts: Texts,
    }

    /// Somebody opened the resident's contact; the actor of the event.
    ConcernContactOpened = 1 {
        /// For which unit.
        unit: UnitId,
        /// The reason.
        texts: Texts,
    }

    /// A deadline passed and the step that it is for had not been taken.
    ConcernDeadlinePassed = 1 {
        /// The version at which it passed.
        v: i64,
        /// Who held it.
        holder: UnitId,
        /// Which deadline.
        due: Due,
    }

    /// A concern of another system was brought in from its table.
    ConcernImported = 1 {
        /// The public number.
        no: String,
        /// Digest of what names the row in its source.
        key: String,
        /// The kind, where the table's kind is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<String>,
        /// Where.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<UnitId>,
        /// The town of the place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        town: Option<UnitId>,
        /// The community of the place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        community: Option<UnitId>,
        /// Whose desk it came to.
        desk: UnitId,
        /// The unit that answered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        handler: Option<UnitId>,
        /// When it was answered; an unanswered one is open at the desk.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answered_at: Option<Time>,
        /// The deadline of dispatching it, where it was not answered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Due>,
        /// Digest of the title, with the salt of the words.
        title: Digest,
        /// The words, and what was answered.
        texts: Texts,
    }

    /// The import that brought it was undone, and with it the concern.
    ConcernImportUndone = 1 {
        /// The public number it had.
        no: String,
    }

    /// A kind was entered in the catalogue, or changed.
    ConcernKindEntered = 1 {
        /// Its code.
        code: String,
        /// Its name.
        name: String,
        /// The kind it is part of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<String>,
        /// Its place among its siblings.
        ord: i64,
        /// Words that speak for it.
        keywords: Vec<String>,
    }

    /// A kind was made a unit's duty, or the document that makes it so was changed.
    ConcernDutyAssigned = 1 {
        /// The kind.
        kind: String,
        /// The unit.
        unit: UnitId,
        /// The document.
        document: String,
    }

    /// A kind is no longer a unit's duty.
    ConcernDutyWithdrawn = 1 {
        /// The kind.
        kind: String,
        /// The unit.
        unit: UnitId,
    }
}

impl Happened {
    /// The version of the concern after this step; nothing for what is no step.
    pub fn v(&self) -> Option<i64> {
        match self {
            Happened::ConcernSubmitted(_) | Happened::ConcernImported(_) => Some(1),
            Happened::ConcernDispatched(f) => Some(f.v),
            Happened::ConcernObjected(f) => Some(f.v),
            Happened::ConcernObjectionUpheld(f) => Some(f.v),
            Happened::ConcernObjectionRefused(f) => Some(f.v),
            Happened::ConcernClaimed(f) => Some(f.v),
            Happened::ConcernContacted(f) => Some(f.v),
            Happened::ConcernEscalated(f) => Some(f.v),
            Happened::ConcernSentDown(f) => Some(f.v),
            Happened::ConcernResolved(f) => Some(f.v),
            Happened::ConcernReviewPassed(f) => Some(f.v),
            Happened::ConcernReturned(f) => Some(f.v),
            Happened::ConcernTried(f) => Some(f.v),
            Happened::ConcernCalledBack(f) => Some(f.v),
            Happened::ConcernReopened(f) => Some(f.v),
            Happened::ConcernArchived(f) => Some(f.v),
            Happened::ConcernAdded(_)
            | Happened::ConcernRedacted(_)
            | Happened::ConcernRedactionApproved(_)
            | Happened::ConcernRedactionReturned(_)
            | Happened::ConcernContactOpened(_)
            | Happened::ConcernDeadlinePassed(_)
            | Happened::ConcernImportUndone(_)
            | Happened::ConcernKindEntered(_)
            | Happened::ConcernDutyAssigned(_)
            | Happened::ConcernDutyWithdrawn(_) => None,
        }
    }

    /// Digests of what was said with it.
    pub fn texts(&self) -> Option<&Texts> {
        match self {
            Happened::ConcernSubmitted(f) => Some(&f.texts),
            Happened::ConcernDispatched(f) => Some(&f.texts),
            Happened::ConcernObjected(f) => Some(&f.texts),
            Happened::ConcernObjectionUpheld(f) => Some(&f.texts),
            Happened::ConcernObjectionRefused(f) => Some(&f.texts),
            Happened::ConcernContacted(f) => Some(&f.texts),
            Happened::ConcernEscalated(f) => Some(&f.texts),
            Happened::ConcernSentDown(f) => Some(&f.texts),
            Happened::ConcernResolved(f) => Some(&f.texts),
            Happened::ConcernReviewPassed(f) => Some(&f.texts),
            Happened::ConcernReturned(f) => Some(&f.texts),
            Happened::ConcernTried(f) => Some(&f.texts),
            Happened::ConcernCalledBack(f) => Some(&f.texts),
            Happened::ConcernReopened(f) => Some(&f.texts),
            Happened::ConcernArchived(f) => Some(&f.texts),
            Happened::ConcernAdded(f) => Some(&f.texts),
            Happened::ConcernRedacted(f) => Some(&f.texts),
            Happened::ConcernRedactionReturned(f) => Some(&f.texts),
            Happened::ConcernContactOpened(f) => Some(&f.texts),
            Happened::ConcernImported(f) => Some(&f.texts),
            Happened::ConcernClaimed(_)
            | Happened::ConcernRedactionApproved(_)
            | Happened::ConcernDeadlinePassed(_)
            | Happened::ConcernImportUndone(_)
            | Happened::ConcernKindEntered(_)
            | Happened::ConcernDutyAssigned(_)
            | Happened::ConcernDutyWithdrawn(_) => None,
        }
    }

    /// Digests of the photos that came with it.
    pub fn photos(&self) -> &[Digest] {
        match self {
            Happened::ConcernSubmitted(f) => &f.photos,
            Happened::ConcernResolved(f) => &f.photos,
            Happened::ConcernAdded(f) => &f.photos,
            _ => &[],
        }
    }
}
