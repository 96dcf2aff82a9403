//! What is recorded of registers: that there is an entry, where, and the digest of its sealed columns. A
//! sealed value is random to everybody without the keys, so that its digest tells nothing, and an entry that
//! is removed leaves nothing behind.

use base::{Id, UnitId};
use record::{Facts, KindInfo};
use serde::{Deserialize, Serialize};

macro_rules! facts {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty),* $(,)? })+) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
            pub struct $name { $($(#[$field_meta])* pub $field: $type),* }

            impl Facts for $name {
                const KIND: &'static str = stringify!($name);
                const V: i64 = 1;
            }
        )+

        /// The kinds of events of this module.
        pub const KINDS: &[KindInfo] = &[$(KindInfo::of::<$name>()),+];
    };
}

facts! {
    /// Somebody was entered; the subject is the entry, as in all that follow.
    ResidentEntered {
        /// The community whose register it is.
        community: UnitId,
        /// The grid.
        grid: Option<UnitId>,
        /// The digest of the sealed columns.
        sealed: String,
    }
    /// An entry was put right.
    ResidentChanged {
        /// The grid.
        grid: Option<UnitId>,
        /// The digest of the sealed columns.
        sealed: String,
        /// That nobody looked whether the entry is right, so that its term goes on: a unit was succeeded by another, an
        /// import was undone.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unseen: bool,
    }
    /// The community was succeeded by another, whose register the entry is in now.
    ResidentMoved {
        /// That community.
        community: UnitId,
    }
    /// An entry was removed, with all it said.
    ResidentRemoved {
        /// Why, as a code of [`crate::Why`]; nothing in what was recorded before it was asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    }
    /// Somebody said that an entry is still right and still needed: its term begins anew.
    ResidentConfirmed {}
    /// It was noted by what right an entry's notes for care are kept.
    ResidentBasisNoted {
        /// As a code of [`crate::Ground`].
        ground: String,
        /// By what means there was consent.
        means: Option<String>,
        /// The day.
        on: String,
    }
    /// A basis that an import had noted was taken back with it.
    ResidentBasisUndone {
        /// The event that noted it.
        told: Id,
    }
    /// Consent was withdrawn.
    ResidentConsentWithdrawn {}
    /// A community was told that the term of some of its entries is ending; the subject is the reminder.
    RegisterEnding {
        /// How many.
        entries: i64,
    }
    /// An entry was read in plain.
    ResidentOpened {
        /// The unit of the post by which it was read.
        unit: UnitId,
        /// The digest of the reason.
        reason: String,
    }
}
