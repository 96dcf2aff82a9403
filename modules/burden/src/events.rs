//! What the record says of what is asked. Titles, names of fields and reasons stand in the table; here are their digests.

use base::UnitId;
use record::{Facts, KindInfo};
use serde::{Deserialize, Serialize};
use web::{Audited, Lang};

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

        /// The kinds of event of this module.
        pub const KINDS: &[KindInfo] = &[$(KindInfo::of::<$name>(),)+];
    };
}

events! {
    /// Something is asked of communities; its subject is the request.
    BurdenRequested = 1 {
        /// Who asks, where it is a unit of the district.
        asker: Option<UnitId>,
        /// The communities under this unit are asked.
        scope: UnitId,
        /// How many fields.
        fields: i64,
        /// How many of them the record knows.
        known: i64,
        /// Minutes each time.
        minutes: i64,
        /// How often.
        rhythm: String,
        /// The first time it is due.
        starts: String,
        /// The last day on which it can be.
        ends: Option<String>,
        /// Digest of the words: title, who asks, document, fields, known fields.
        words: String,
    }

    /// It was decided on.
    BurdenDecided = 1 {
        /// `fill`, `answer` or `refuse`.
        state: String,
        /// Digest of the reason.
        reason: String,
        /// From this day on.
        on: String,
    }

    /// It is not asked any more after this day.
    BurdenEnded = 1 {
        /// The last day on which it can be due.
        ends: String,
    }
}

web::texts! {
    /// What the events are called in the audit.
    pub(crate) KindTexts;
    requested: "登记填报要求", "Demand entered";
    decided: "核定填报要求", "Demand decided on";
    ended: "结束填报要求", "Demand ended";
}

/// See [`web::Module::audited`].
pub(crate) fn audited(lang: Lang, kind: &str) -> Option<Audited> {
    let t = KindTexts::of(lang);
    let name = match kind {
        "BurdenRequested" => t.requested,
        "BurdenDecided" => t.decided,
        "BurdenEnded" => t.ended,
        _ => return None,
    };
    Some(Audited { name, log: None })
}
