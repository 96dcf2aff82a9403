//! What the record says of schemes, scores and appeals: codes, dates and digests.

use base::{Id, UnitId};
use record::{EventId, Facts, KindInfo};
use serde::{Deserialize, Serialize};

base::id! {
    /// A scheme, in all its versions.
    pub SchemeId;
    /// The locked scores of a scheme and a period, in one revision.
    pub RoundId;
    /// An appeal.
    pub AppealId;
    /// The rules as they were in force.
    pub RuleVersionId;
}

store::bind_ids!(SchemeId, RoundId, AppealId, RuleVersionId);

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
    /// A version of a scheme was entered; the subject is the scheme.
    SchemeEntered {
        /// From 1.
        version: i64,
        /// The level of the units that it scores.
        level: String,
        /// How long a period is.
        period: String,
        /// From which day on.
        from: String,
        /// The digest of all the rest.
        body: String,
    }
    /// The scores of a period were locked; the subject is the round.
    ScoresLocked {
        /// By which scheme.
        scheme: SchemeId,
        /// Which version of it.
        version: i64,
        /// The first day of the period.
        from: String,
        /// The last day of the period.
        to: String,
        /// From 1; one more after each appeal that was upheld.
        revision: i64,
        /// Everything up to this position of the log was counted.
        pos: i64,
        /// The digest of the units' lines.
        lines: String,
        /// The appeal that made this revision.
        appeal: Option<AppealId>,
    }
    /// A unit said that a case should not have counted for it; the subject is the appeal.
    ScoreAppealed {
        /// Which locked scores.
        round: RoundId,
        /// The case.
        case: EventId,
        /// The digest of the reason.
        reason: String,
        /// Until when it is to be decided.
        due: base::Time,
    }
    /// Somebody outside the line decided; the subject is the appeal.
    ScoreAppealDecided {
        /// Whether the case no longer counts.
        upheld: bool,
        /// The unit that decided.
        decider: UnitId,
        /// The digest of the answer.
        answer: String,
    }
    /// Nobody decided in time; the unit is the one that was to.
    ScoreAppealOverdue {
        /// The deadline.
        due: base::Time,
    }
    /// Other working days came to hold: until when it is to be decided was counted anew; the subject is the appeal.
    ScoreAppealMoved {
        /// The deadline that it had.
        was: base::Time,
        /// The one that it has.
        due: base::Time,
    }
    /// The rules in force were kept whole; the subject is their version.
    RulesKept {
        /// By which events name them.
        digest: String,
    }
}

/// What an event of this module is about, now.
pub(crate) fn about(ctx: &base::Ctx, actor: record::Actor, unit: Option<UnitId>, subject: Id) -> record::About {
    record::About { occurred_at: ctx.now, actor, unit, subject, batch: None }
}
