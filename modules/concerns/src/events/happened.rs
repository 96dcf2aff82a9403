//! What is common to all that can happen: its version, its texts, its photos.

use super::{Digest, Happened, Texts};

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
            Happened::ConcernHandedOver(f) => Some(f.v),
            Happened::ConcernRecalled(f) => Some(f.v),
            Happened::ConcernPaused(f) => Some(f.v),
            Happened::ConcernResumed(f) => Some(f.v),
            Happened::ConcernExtensionAsked(f) => Some(f.v),
            Happened::ConcernExtensionGranted(f) => Some(f.v),
            Happened::ConcernExtensionRefused(f) => Some(f.v),
            Happened::ConcernWhistled(f) => Some(f.v),
            Happened::ConcernMerged(f) => Some(f.v),
            Happened::ConcernUnmerged(f) => Some(f.v),
            Happened::ConcernAnsweredWith(f) => Some(f.v),
            Happened::ConcernDeadlinesMoved(f) => Some(f.v),
            Happened::ConcernCalled(_)
            | Happened::ConcernPartsPassed(_)
            | Happened::ConcernKeptFrom(_)
            | Happened::ConcernKindEnded(_)
            | Happened::ConcernArrived(_)
            | Happened::ConcernPartDone(_)
            | Happened::ConcernArrivalPassed(_)
            | Happened::ConcernWhistleClosed(_)
            | Happened::ConcernOverdueRaised(_)
            | Happened::ConcernSupervised(_)
            | Happened::ConcernSupervisionAnswered(_)
            | Happened::ConcernSupervisionPassed(_)
            | Happened::ConcernAdded(_)
            | Happened::ConcernPublicationProposed(_)
            | Happened::ConcernPublished(_)
            | Happened::ConcernPublicationReturned(_)
            | Happened::ConcernPublicationWithdrawn(_)
            | Happened::ConcernRedacted(_)
            | Happened::ConcernRedactionApproved(_)
            | Happened::ConcernRedactionReturned(_)
            | Happened::ConcernContactOpened(_)
            | Happened::ConcernContactChanged(_)
            | Happened::ConcernPublishingWithdrawn(_)
            | Happened::ConcernTellingChanged(_)
            | Happened::ConcernPhoneLookedUp(_)
            | Happened::ConcernErased(_)
            | Happened::ConcernDeadlinePassed(_)
            | Happened::ConcernImportUndone(_)
            | Happened::ConcernKindEntered(_)
            | Happened::ConcernDutyAssigned(_)
            | Happened::ConcernCasesLabelled(_)
            | Happened::ConcernModelTrained(_)
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
            Happened::ConcernPublicationProposed(f) => Some(&f.texts),
            Happened::ConcernPublicationReturned(f) => Some(&f.texts),
            Happened::ConcernPublicationWithdrawn(f) => Some(&f.texts),
            Happened::ConcernRedactionReturned(f) => Some(&f.texts),
            Happened::ConcernContactOpened(f) => Some(&f.texts),
            Happened::ConcernPhoneLookedUp(f) => Some(&f.texts),
            Happened::ConcernImported(f) => Some(&f.texts),
            Happened::ConcernPaused(f) => Some(&f.texts),
            Happened::ConcernResumed(f) => Some(&f.texts),
            Happened::ConcernExtensionAsked(f) => Some(&f.texts),
            Happened::ConcernExtensionGranted(f) => Some(&f.texts),
            Happened::ConcernExtensionRefused(f) => Some(&f.texts),
            Happened::ConcernWhistled(f) => Some(&f.texts),
            Happened::ConcernArrived(f) => Some(&f.texts),
            Happened::ConcernPartDone(f) => Some(&f.texts),
            Happened::ConcernWhistleClosed(f) => Some(&f.texts),
            Happened::ConcernMerged(f) => Some(&f.texts),
            Happened::ConcernUnmerged(f) => Some(&f.texts),
            Happened::ConcernAnsweredWith(f) => Some(&f.texts),
            Happened::ConcernSupervised(f) => Some(&f.texts),
            Happened::ConcernSupervisionAnswered(f) => Some(&f.texts),
            Happened::ConcernCalled(_)
            | Happened::ConcernArrivalPassed(_)
            | Happened::ConcernOverdueRaised(_)
            | Happened::ConcernSupervisionPassed(_)
            | Happened::ConcernDeadlinesMoved(_)
            | Happened::ConcernRedactionApproved(_)
            | Happened::ConcernPublished(_)
            | Happened::ConcernClaimed(_)
            | Happened::ConcernHandedOver(_)
            | Happened::ConcernRecalled(_)
            | Happened::ConcernPartsPassed(_)
            | Happened::ConcernKeptFrom(_)
            | Happened::ConcernKindEnded(_)
            | Happened::ConcernContactChanged(_)
            | Happened::ConcernPublishingWithdrawn(_)
            | Happened::ConcernTellingChanged(_)
            | Happened::ConcernErased(_)
            | Happened::ConcernDeadlinePassed(_)
            | Happened::ConcernImportUndone(_)
            | Happened::ConcernKindEntered(_)
            | Happened::ConcernDutyAssigned(_)
            | Happened::ConcernCasesLabelled(_)
            | Happened::ConcernModelTrained(_)
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
