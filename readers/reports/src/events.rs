//! What the record holds of reports: ids, days, counts of what was changed by hand, salted digests of figures and texts.

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

        /// The kinds of event.
        pub const KINDS: &[KindInfo] = &[$(KindInfo::of::<$name>()),+];
    };
}

facts! {
    /// A report was made from the record; the subject is the report.
    ReportMade {
        /// The first day.
        from: String,
        /// The last day.
        to: String,
        /// The digest of the figures.
        facts: String,
        /// The digest of the text.
        body: String,
    }
    /// A draft was changed by hand.
    ReportEdited {
        /// The version that this made.
        v: i64,
        /// The digest of the text.
        body: String,
        /// How many of the problems that the record shows now read otherwise.
        problems_rewritten: i64,
        /// How many of them are left out.
        problems_dropped: i64,
        /// How many figures in it were typed by hand.
        typed: i64,
    }
    /// A report was finished: nobody changes it any more.
    ReportFinished {
        /// The version that is final.
        v: i64,
        /// The digest of the figures.
        facts: String,
        /// The digest of the text.
        body: String,
        /// Its length.
        characters: i64,
        /// How many of the problems that the record shows read otherwise.
        problems_rewritten: i64,
        /// How many of them are left out.
        problems_dropped: i64,
        /// How many figures in it were typed by hand.
        typed: i64,
    }
    /// A draft was thrown away.
    ReportDiscarded {
        /// The version it had.
        v: i64,
    }
    /// An office rewrote a template, or went back to the one that comes with the product.
    ReportTemplateChanged {
        /// The paragraph.
        paragraph: String,
        /// The version that this made.
        v: i64,
        /// The digest of the text; none for going back.
        text: Option<String>,
    }
}
