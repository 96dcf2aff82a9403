//! What the record says of a concern: one struct of facts for each kind of event.
//!
//! Facts hold ids, codes, times and salted digests. What was said lies in `concern_text` and can be erased there. Each step
//! carries the version `v` that the concern has after it, so that steps are told apart and put in order whatever clock wrote them.

mod declare;
mod happened;
mod parts;

use base::{PersonId, Time, UnitId};
use record::{BadFacts, Event, EventId, Facts, KindInfo};
use serde::{Deserialize, Serialize};

use crate::concern::ConcernId;
use crate::model::{Channel, Due, Outcome, Reply, Source};
use crate::open311::program::ProgramId;
use crate::said::Part;

use declare::events;
pub use parts::{Digest, MovedPart, Texts};
use parts::{is_no, is_none};

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
        /// The lines that may not be told; behind a unit that is none those that had been split off from them long before.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        bars: Vec<UnitId>,
        /// Whether the caller is kept from those who handle it.
        #[serde(default, skip_serializing_if = "is_no")] confidential: bool,
        /// Whether the resident allows their words to be published once checked.
        #[serde(default, skip_serializing_if = "is_no")] may_publish: bool,
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
        /// The program of somebody else that brought it.
        #[serde(default, skip_serializing_if = "Option::is_none")] via: Option<ProgramId>,
    }

    /// The desk sent it to a unit.
    ConcernDispatched = 1 {
        #[doc = "The version after it."] v: i64,
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
        /// The rule for the answer as a whole, where it is not the usual one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        term: Option<String>,
        /// Whether a department's duty was given to a community or a grid; the note says why.
        #[serde(default, skip_serializing_if = "is_no")]
        exception: bool,
        /// What was said.
        #[serde(default, skip_serializing_if = "is_none")]
        texts: Texts,
    }

    /// The unit said that it is not its matter.
    ConcernObjected = 1 {
        #[doc = "The version after it."] v: i64,
        #[doc = "Which unit."] unit: UnitId,
        /// The deadline of deciding on it.
        due: Due,
        /// The reason.
        texts: Texts,
    }

    /// The desk agreed with the objection.
    ConcernObjectionUpheld = 1 {
        #[doc = "The version after it."] v: i64,
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
        #[doc = "The version after it."] v: i64,
        /// Whose objection.
        unit: UnitId,
        /// The deadline of claiming it.
        due: Due,
        /// The reason.
        texts: Texts,
    }

    /// Somebody of the unit took it; the actor of the event.
    ConcernClaimed = 1 {
        #[doc = "The version after it."] v: i64,
        #[doc = "Which unit."] unit: UnitId,
        /// Whether it was in time.
        in_time: bool,
        /// The deadline of what comes next.
        due: Due,
    }

    /// The handler spoke to the resident for the first time in this round.
    ConcernContacted = 1 {
        #[doc = "The version after it."] v: i64,
        #[doc = "Which unit."] unit: UnitId,
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
        #[doc = "The version after it."] v: i64,
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
        #[doc = "The version after it."] v: i64,
        /// From whom.
        from: UnitId,
        /// To whom.
        unit: UnitId,
        /// The deadline of claiming it.
        due: Due,
        /// Until when the unit may object.
        object_by: Time,
        /// Whether a department's duty was given to a community or a grid.
        #[serde(default, skip_serializing_if = "is_no")]
        exception: bool,
        /// The reason.
        texts: Texts,
    }

    /// The unit answered.
    ConcernResolved = 1 {
        #[doc = "The version after it."] v: i64,
        #[doc = "Which unit."] unit: UnitId,
        /// Whether the whole was in time.
        in_time: bool,
        /// What kind of reply it is, where a text says which there are.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply: Option<Reply>,
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
        #[doc = "The version after it."] v: i64,
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
        #[doc = "The version after it."] v: i64,
        /// To whom.
        unit: UnitId,
        /// The deadline of the next answer.
        due: Due,
        /// The reason.
        texts: Texts,
    }

    /// The resident was called and did not answer.
    ConcernTried = 1 {
        #[doc = "The version after it."] v: i64,
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
        #[doc = "The version after it."] v: i64,
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
        #[doc = "The version after it."] v: i64,
        /// The deadline of dispatching it.
        due: Due,
        /// The reason.
        texts: Texts,
    }

    /// The desk closed it.
    ConcernArchived = 1 {
        #[doc = "The version after it."] v: i64,
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

    /// The desk looked up what else came with this telephone; the actor of the event.
    ConcernPhoneLookedUp = 1 {
        /// For which unit.
        unit: UnitId,
        /// The reason.
        texts: Texts,
    }

    /// The resident put the contact right, or gave one.
    ConcernContactChanged = 1 {
        /// The digest of the sealed contact.
        contact: Digest,
    }

    /// The resident does not want it published any more.
    ConcernPublishingWithdrawn = 1 {}

    /// The resident agrees to be told by short message, or does so no longer.
    ConcernTellingChanged = 1 {
        /// Whether they do.
        agrees: bool,
    }

    /// Personal data was erased: by the resident, or by the program at the end of its term.
    ConcernErased = 1 {
        /// The contact.
        contact: bool,
        /// All texts that play these parts, with their salts.
        parts: Vec<Part>,
        /// All photos.
        photos: bool,
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

    /// A kind is offered no more.
    ConcernKindEnded = 1 {
        /// Its code.
        code: String,
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

    /// What somebody who left, or a unit that ended, had in hand passed to another.
    ConcernHandedOver = 1 {
        /// The concern's version after it.
        v: i64,
        /// The unit that had it.
        from: UnitId,
        /// The unit that has it now; often the same.
        unit: UnitId,
        /// Who has it in hand; nobody where it went back to the unit.
        to: Option<PersonId>,
    }

    /// Units were merged or split, and whoever has it in hand, or its desk, is of the line that it is about from now on: it
    /// was taken back from them.
    ConcernRecalled = 1 {
        /// The concern's version after it.
        v: i64,
        /// The unit from which it was taken.
        from: UnitId,
        /// The desk that it has from now on.
        desk: UnitId,
        /// Who must act next.
        holder: UnitId,
        /// The deadline of dispatching it again; nothing where it stays at its step.
        due: Option<Due>,
    }

    /// Somebody whom it is about came to a unit: its line may not know of it from now on.
    ConcernKeptFrom = 1 {
        /// The unit.
        unit: UnitId,
        /// All lines that may not be told, as they stand now.
        bars: Vec<UnitId>,
    }

    /// A unit that ended was to come, to answer or to be told: who took over from it is, or nobody where that one may not know of it.
    ConcernPartsPassed = 1 {
        /// The unit that ended.
        from: UnitId,
        /// The unit that stands in its place; nothing where nobody may.
        unit: Option<UnitId>,
        /// Whether it was called to it, and so takes part from now on.
        called: bool,
    }

    /// Somebody of the desk wrote what everybody may read; a second person looks at it.
    ConcernPublicationProposed = 1 {
        /// The words and the answer.
        texts: Texts,
    }

    /// A second person published it.
    ConcernPublished = 1 {
        /// Which text, by its event.
        of: EventId,
    }

    /// A second person gave it back.
    ConcernPublicationReturned = 1 {
        /// Which text, by its event.
        of: EventId,
        /// The reason.
        texts: Texts,
    }

    /// It was taken back from the public.
    ConcernPublicationWithdrawn = 1 {
        /// Which text, by its event.
        of: EventId,
        /// The reason.
        texts: Texts,
    }

    /// Labelled cases were brought in, to learn from.
    ConcernCasesLabelled = 1 {
        /// How many there are now.
        cases: i64,
        /// A digest over all of them.
        digest: String,
    }

    /// A model was trained.
    ConcernModelTrained = 1 {
        /// Which.
        name: String,
        /// From how many cases.
        cases: i64,
        /// SHA-256 of the model.
        digest: String,
        /// SHA-256 of what was measured of it; none in what was recorded before that was kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        measured: Option<Digest>,
    }

    /// A kind is no longer a unit's duty.
    ConcernDutyWithdrawn = 1 {
        /// The kind.
        kind: String,
        /// The unit.
        unit: UnitId,
    }

    /// The handler stopped the clock.
    ConcernPaused = 1 {
        #[doc = "The version after it."] v: i64,
        #[doc = "Which unit."] unit: UnitId,
        /// Until when it may stand still.
        due: Due,
        /// The reason.
        texts: Texts,
    }

    /// The clock went on: the handler, or the end of the time that it may stand still.
    ConcernResumed = 1 {
        #[doc = "The version after it."] v: i64,
        #[doc = "Which unit."] unit: UnitId,
        /// The deadline that goes on.
        due: Due,
        /// The deadline of the answer as a whole.
        resolve_by: Option<Time>,
        /// Until when the unit may object.
        object_by: Option<Time>,
        /// What was said.
        #[serde(default, skip_serializing_if = "is_none")]
        texts: Texts,
    }

    /// The handler asked for more time; the actor of the event.
    ConcernExtensionAsked = 1 {
        #[doc = "The version after it."] v: i64,
        #[doc = "Which unit."] unit: UnitId,
        /// The reason.
        texts: Texts,
    }

    /// The desk gave more time.
    ConcernExtensionGranted = 1 {
        #[doc = "The version after it."] v: i64,
        /// Which unit has it.
        unit: UnitId,
        /// The deadline of what the unit owes next.
        due: Due,
        /// The deadline of the answer as a whole.
        resolve_by: Time,
        /// What was said.
        #[serde(default, skip_serializing_if = "is_none")]
        texts: Texts,
    }

    /// The desk gave no more time.
    ConcernExtensionRefused = 1 {
        #[doc = "The version after it."] v: i64,
        /// Which unit has it.
        unit: UnitId,
        /// The reason.
        texts: Texts,
    }

    /// A town called units to help (吹哨). The event's id is the whistle's.
    ConcernWhistled = 1 {
        #[doc = "The version after it."] v: i64,
        /// Who calls.
        town: UnitId,
        /// The unit that leads.
        lead: UnitId,
        /// All that are called.
        units: Vec<UnitId>,
        /// What is asked of them.
        texts: Texts,
    }

    /// A unit was called by a whistle.
    ConcernCalled = 1 {
        /// The whistle.
        whistle: EventId,
        #[doc = "Which unit."] unit: UnitId,
        /// Until when it comes.
        due: Due,
    }

    /// A unit that was called came (报到); the actor of the event.
    ConcernArrived = 1 {
        /// The whistle.
        whistle: EventId,
        #[doc = "Which unit."] unit: UnitId,
        /// Whether it was in time.
        in_time: bool,
        /// What was said.
        #[serde(default, skip_serializing_if = "is_none")]
        texts: Texts,
    }

    /// A unit that was called did its part.
    ConcernPartDone = 1 {
        /// The whistle.
        whistle: EventId,
        #[doc = "Which unit."] unit: UnitId,
        /// Who called.
        town: UnitId,
        /// Whether the unit says that it was rightly called.
        warranted: bool,
        /// What it did.
        texts: Texts,
    }

    /// The time to come passed and a unit that was called had not.
    ConcernArrivalPassed = 1 {
        /// The whistle.
        whistle: EventId,
        #[doc = "Which unit."] unit: UnitId,
        /// Which deadline.
        due: Due,
    }

    /// The town closed the whistle.
    ConcernWhistleClosed = 1 {
        /// The whistle.
        whistle: EventId,
        /// Who called.
        town: UnitId,
        /// What became of it.
        texts: Texts,
    }

    /// The desk has it answered together with another (并单).
    ConcernMerged = 1 {
        #[doc = "The version after it."] v: i64,
        /// With which.
        into: ConcernId,
        /// That one's number.
        into_no: String,
        /// The deadline of the answer.
        due: Due,
        /// The reason.
        texts: Texts,
    }

    /// It goes its own way again.
    ConcernUnmerged = 1 {
        #[doc = "The version after it."] v: i64,
        /// The one it was merged into.
        from: ConcernId,
        /// The deadline of dispatching it.
        due: Due,
        /// The reason.
        #[serde(default, skip_serializing_if = "is_none")]
        texts: Texts,
    }

    /// It was answered with the one that it is merged into.
    ConcernAnsweredWith = 1 {
        #[doc = "The version after it."] v: i64,
        /// That one.
        main: ConcernId,
        /// That one's number.
        main_no: String,
        /// Who answered.
        handler: Option<UnitId>,
        /// The person who did.
        resolver: Option<PersonId>,
        /// The units of its line.
        involved: Vec<UnitId>,
        /// Who asks the resident.
        holder: UnitId,
        /// The deadline of asking.
        due: Due,
        /// The answer.
        texts: Texts,
    }

    /// What is overdue was told to a unit above.
    ConcernOverdueRaised = 1 {
        /// The version at which it is overdue.
        v: i64,
        /// 1 for the unit right above, and one more each time.
        level: i64,
        /// Who was told.
        unit: UnitId,
        /// When the next one above is, if it is still owed; nothing at the top.
        next: Option<Time>,
    }

    /// A unit above asked how it stands (督办). The event's id is the order's.
    ConcernSupervised = 1 {
        /// Who asks.
        by: UnitId,
        /// Who is to answer.
        unit: UnitId,
        /// Until when.
        due: Due,
        /// What is asked.
        texts: Texts,
    }

    /// The unit answered to that.
    ConcernSupervisionAnswered = 1 {
        /// The order.
        order: EventId,
        #[doc = "Which unit."] unit: UnitId,
        /// Whether it was in time.
        in_time: bool,
        /// The answer.
        texts: Texts,
    }

    /// The time to answer to an order passed.
    ConcernSupervisionPassed = 1 {
        /// The order.
        order: EventId,
        /// Who was to answer.
        unit: UnitId,
        /// Which deadline.
        due: Due,
    }

    /// Its open deadlines were counted anew, since other holidays hold than those by which they were counted.
    ConcernDeadlinesMoved = 1 {
        #[doc = "The version after it."] v: i64,
        /// The deadline of the step that is owed, where it moved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Due>,
        /// That of the answer, where it moved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resolve_by: Option<Time>,
        /// That of objecting, where it moved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        object_by: Option<Time>,
        /// The one that stands still, where it moved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stopped: Option<Time>,
        /// When units that were called come, where that moved.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        called: Vec<MovedPart>,
        /// When orders are answered, where that moved.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        orders: Vec<MovedPart>,
    }
}
