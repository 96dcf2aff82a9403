//! What many events hold: digests of what was said with them.

use base::{Time, UnitId};
use record::EventId;
use serde::{Deserialize, Serialize};

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

pub(super) fn is_none(texts: &Texts) -> bool {
    *texts == Texts::default()
}

pub(super) fn is_no(flag: &bool) -> bool {
    !*flag
}

/// A deadline beside a concern's own that moved: of a unit that was called, or of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedPart {
    /// The call or the order, by its event.
    pub event: EventId,
    /// Whose it is.
    pub unit: UnitId,
    /// Where it lies now.
    pub at: Time,
}
