//! What the record says of conferences, and what is counted of it.

use base::{Time, UnitId};
use record::measure::{Better, Count, Kind, Measure, Only};
use record::{Facts, KindInfo};
use serde::{Deserialize, Serialize};

base::id! {
    /// A joint conference.
    pub ConferenceId;
    /// A task that one decided.
    pub TaskId;
}

store::bind_ids!(ConferenceId, TaskId);

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
    /// A conference was held; the subject is the conference, the unit the one that called it.
    ConferenceHeld {
        /// On which day.
        on: String,
        /// The units that took part.
        units: Vec<UnitId>,
        /// The digest of title, place and minutes.
        body: String,
    }
    /// A conference decided something; the subject is the task, the unit the one that does it.
    ConferenceTaskGiven {
        /// Which conference.
        conference: ConferenceId,
        /// Who called it, and looks at what was done.
        by: UnitId,
        /// Until when.
        due: Time,
        /// The digest of what is to be done.
        text: String,
    }
    /// The unit says that it is done.
    ConferenceTaskReported {
        /// The version after it.
        v: i64,
        /// Whether it was in time.
        in_time: bool,
        /// Until when it is looked at.
        due: Time,
        /// The digest of what was done.
        text: String,
        /// The digests of the evidence.
        photos: Vec<String>,
    }
    /// Whoever called the conference looked at it.
    ConferenceTaskConfirmed {
        /// The version after it.
        v: i64,
        /// Whether it is done.
        done: bool,
        /// Until when it is to be done where it is not.
        due: Option<Time>,
        /// The digest of what was said.
        text: String,
    }
    /// The unit was given another deadline.
    ConferenceTaskMoved {
        /// The version after it.
        v: i64,
        /// Until when now.
        due: Time,
        /// The digest of why.
        text: String,
    }
    /// The deadline of looking at it was counted anew, since other working days hold than those by which it was counted; the
    /// unit is the one that looks.
    ConferenceTaskLookMoved {
        /// The version after it.
        v: i64,
        /// Until when now.
        due: Time,
    }
    /// A deadline passed and the step that it is for had not been taken; the unit is the one that owes it.
    ConferenceTaskOverdue {
        /// The version at which it passed.
        v: i64,
        /// Which deadline.
        due: Time,
        /// Whether it was that of looking at it.
        confirming: bool,
    }
    /// A unit that ended passed it on; the unit is the one that has it now.
    ConferenceTaskPassed {
        /// The version after it.
        v: i64,
        /// Who does it.
        unit: UnitId,
        /// Who looks at it.
        by: UnitId,
    }
}

record::measures! {
    /// What is counted of conferences. That they were held is not: meetings are no measure of work.
    pub MEASURES = [
        Measure {
            id: "conferences.tasks", title_zh: "联席会议任务", title_en: "Tasks of conferences", unit_zh: "项", unit_en: "tasks",
            note_zh: "联席会议议定、由本单位负责的任务", note_en: "What joint conferences gave to the unit",
            counts: &[Count { kind: "ConferenceTaskGiven", ..Count::ONE }], ..Measure::COUNT
        },
        Measure {
            id: "conferences.reported", title_zh: "报告完成", title_en: "Said to be done", unit_zh: "次", unit_en: "times",
            note_zh: "责任单位报告完成的次数，退回后重复计", note_en: "Times the unit said that it was done, again after each return",
            counts: &[Count { kind: "ConferenceTaskReported", ..Count::ONE }], ..Measure::COUNT
        },
        Measure {
            id: "conferences.reported_in_time", title_zh: "按期报告完成", title_en: "Said to be done in time", unit_zh: "次", unit_en: "times", better: Better::Up,
            note_zh: "在完成时限内报告完成的次数", note_en: "Of these, before the deadline",
            counts: &[Count { kind: "ConferenceTaskReported", only: &[Only::True("in_time")], ..Count::ONE }], ..Measure::COUNT
        },
        Measure {
            id: "conferences.in_time_rate", title_zh: "任务按期完成率", title_en: "Done in time, share", better: Better::Up,
            note_zh: "按期报告完成占报告完成的比例", note_en: "Share of what was said to be done that was so in time",
            kind: Kind::Rate { num: "conferences.reported_in_time", den: "conferences.reported" }, ..Measure::COUNT
        },
        Measure {
            id: "conferences.closed", title_zh: "任务销号", title_en: "Closed", unit_zh: "项", unit_en: "tasks", better: Better::Up,
            note_zh: "经召集单位确认完成的任务", note_en: "Tasks that whoever called the conference found done",
            counts: &[Count { kind: "ConferenceTaskConfirmed", only: &[Only::True("done")], ..Count::ONE }], ..Measure::COUNT
        },
        Measure {
            id: "conferences.overdue", title_zh: "任务超期", title_en: "Overdue", unit_zh: "次", unit_en: "times", better: Better::Down,
            note_zh: "任务到期没有报告完成的次数", note_en: "Times a task was not said to be done by its deadline",
            counts: &[Count { kind: "ConferenceTaskOverdue", only: &[Only::False("confirming")], ..Count::ONE }], ..Measure::COUNT
        },
    ]
}
