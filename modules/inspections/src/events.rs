//! What the record says of inspections, and what is counted of it.

use base::{Time, UnitId};
use record::measure::{Better, Count, Kind, Measure, Only};
use record::{Facts, KindInfo};
use serde::{Deserialize, Serialize};

base::id! {
    /// A list of things to look at.
    pub ChecklistId;
    /// A visit.
    pub InspectionId;
    /// Something found wrong.
    pub FindingId;
}

store::bind_ids!(ChecklistId, InspectionId, FindingId);

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
    /// A checklist was entered; the subject is the checklist.
    ChecklistEntered {
        /// The digest of its name and lines.
        body: String,
    }
    /// A checklist was changed; the subject is the new version.
    ChecklistChanged {
        /// The list, by its first version.
        list: ChecklistId,
        /// From 2.
        version: i64,
        /// The digest of its name and lines.
        body: String,
    }
    /// A checklist was taken out of use; the subject is its first version.
    ChecklistEnded {
        /// How many versions it had.
        version: i64,
    }
    /// A unit was visited; the subject is the inspection, the unit the one that was visited.
    InspectionMade {
        /// By which list.
        checklist: ChecklistId,
        /// On which day.
        on: String,
        /// The unit that visited.
        by: UnitId,
        /// The digest of the note.
        note: String,
    }
    /// Something was found wrong; the subject is the finding.
    FindingMade {
        /// At which visit.
        inspection: InspectionId,
        /// Until when it is to be put right.
        due: Time,
        /// The digest of the item and of what was found.
        text: String,
    }
    /// The unit says that it put the finding right.
    FindingRectified {
        /// The version after it.
        v: i64,
        /// Whether it was in time.
        in_time: bool,
        /// The digest of what was done.
        text: String,
        /// The digests of the evidence.
        photos: Vec<String>,
        /// Until when somebody is to look again; none in what was recorded before that had a term.
        #[serde(default)]
        due: Option<Time>,
    }
    /// Somebody looked again.
    FindingRechecked {
        /// The version after it.
        v: i64,
        /// Whether it is put right.
        pass: bool,
        /// Until when it is to be done where it is not.
        due: Option<Time>,
        /// The digest of what was seen.
        text: String,
    }
    /// A deadline passed; the unit is the one that is late.
    FindingOverdue {
        /// The version that is late.
        v: i64,
        /// The deadline.
        due: Time,
        /// Whether it was that of the second look.
        rechecking: bool,
    }
    /// Its deadline was counted anew, since other working days hold than those by which it was counted.
    FindingDeadlineMoved {
        /// The version after it.
        v: i64,
        /// Until when now.
        due: Time,
    }
    /// The unit ended, and another one has to put it right.
    FindingPassed {
        /// The version after it.
        v: i64,
        /// Who has it now.
        unit: UnitId,
    }
}

record::measures! {
    /// What is counted of inspections.
    pub MEASURES = [
        Measure {
            id: "inspections.findings", title_zh: "督查发现问题", title_en: "Findings", unit_zh: "个", unit_en: "findings",
            note_zh: "督导检查发现的问题，计入被检查的单位", note_en: "What inspections found wrong, for the unit that was visited",
            counts: &[Count { kind: "FindingMade", ..Count::ONE }], ..Measure::COUNT
        },
        Measure {
            id: "inspections.rectified", title_zh: "提交整改", title_en: "Rectified", unit_zh: "次", unit_en: "times",
            note_zh: "提交整改结果的次数，复查退回的重复计", note_en: "Times the unit said that it was put right, again after each return",
            counts: &[Count { kind: "FindingRectified", ..Count::ONE }], ..Measure::COUNT
        },
        Measure {
            id: "inspections.rectified_in_time", title_zh: "按时整改", title_en: "Rectified in time", unit_zh: "次", unit_en: "times", better: Better::Up,
            note_zh: "在整改期限内提交的整改结果", note_en: "What was put right before its deadline",
            counts: &[Count { kind: "FindingRectified", only: &[Only::True("in_time")], ..Count::ONE }], ..Measure::COUNT
        },
        Measure {
            id: "inspections.in_time_rate", title_zh: "按时整改率", title_en: "Rectified in time, share", better: Better::Up,
            note_zh: "按时整改占提交整改的比例", note_en: "Share of what was put right that was so in time",
            kind: Kind::Rate { num: "inspections.rectified_in_time", den: "inspections.rectified" }, ..Measure::COUNT
        },
        Measure {
            id: "inspections.closed", title_zh: "整改销号", title_en: "Closed", unit_zh: "个", unit_en: "findings", better: Better::Up,
            note_zh: "经复查确认整改到位的问题", note_en: "Findings that a second look showed to be put right",
            counts: &[Count { kind: "FindingRechecked", only: &[Only::True("pass")], ..Count::ONE }], ..Measure::COUNT
        },
        Measure {
            id: "inspections.returned", title_zh: "复查退回", title_en: "Returned", unit_zh: "次", unit_en: "times", better: Better::Down,
            note_zh: "复查认为没有整改到位的次数", note_en: "Times a second look showed that it was not put right",
            counts: &[Count { kind: "FindingRechecked", only: &[Only::False("pass")], ..Count::ONE }], ..Measure::COUNT
        },
        Measure {
            id: "inspections.overdue", title_zh: "整改超期", title_en: "Rectified late or not yet", unit_zh: "次", unit_en: "times",
            better: Better::Down,
            note_zh: "整改期限已过而没有提交整改的次数", note_en: "Times a deadline for putting right passed",
            counts: &[Count { kind: "FindingOverdue", only: &[Only::False("rechecking")], ..Count::ONE }], ..Measure::COUNT
        },
        Measure {
            id: "inspections.rechecks", title_zh: "复查", title_en: "Second looks", unit_zh: "次", unit_en: "times",
            note_zh: "检查单位对提交的整改进行复查的次数，计入被检查的单位", note_en: "Times somebody looked again at what was put right, for the unit that was visited",
            counts: &[Count { kind: "FindingRechecked", ..Count::ONE }], ..Measure::COUNT
        },
        Measure {
            id: "inspections.rechecks_late", title_zh: "复查超期", title_en: "Second looks late or not yet", unit_zh: "次", unit_en: "times",
            better: Better::Down,
            note_zh: "提交整改后复查期限已过而没有复查的次数，计入应当复查的检查单位", note_en: "Times the deadline of a second look passed, for the unit that was to look again",
            counts: &[Count { kind: "FindingOverdue", only: &[Only::True("rechecking")], ..Count::ONE }], ..Measure::COUNT
        },
    ]
}
