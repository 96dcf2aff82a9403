//! What the record says of learning. Titles, texts and reasons stand in tables; here are their digests. What somebody
//! studied counts for no unit: those events have none, and the guard of measures refuses them besides.

use base::{PersonId, Time, UnitId};
use record::measure::{Amount, Better, Count, Duty, Kind, Measure, Met, Nature, Only, Whose};
use record::{Facts, KindInfo};
use serde::{Deserialize, Serialize};
use web::{Audited, Lang};

use crate::model::{CourseId, DayId, LessonId};

macro_rules! events {
    ($($(#[$meta:meta])* $name:ident { $($(#[$fmeta:meta])* $field:ident: $type:ty),* $(,)? } $zh:literal $en:literal;)+) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
            pub struct $name { $($(#[$fmeta])* pub $field: $type),* }

            impl Facts for $name {
                const KIND: &'static str = stringify!($name);
                const V: i64 = 1;
            }
        )+

        /// The kinds of event of this module.
        pub const KINDS: &[KindInfo] = &[$(KindInfo::of::<$name>()),+];

        #[allow(non_snake_case, reason = "named as the kinds are")]
        mod names {
            web::texts! {
                /// What the events are called in the audit.
                pub(super) KindTexts;
                $($name: $zh, $en;)+
            }
        }

        /// See [`web::Module::audited`].
        pub(crate) fn audited(lang: Lang, kind: &str) -> Option<Audited> {
            let t = names::KindTexts::of(lang);
            let name = match kind {
                $(stringify!($name) => t.$name,)+
                _ => return None,
            };
            Some(Audited { name, log: None })
        }
    };
}

/// What collective studies were before they were told apart.
fn study() -> String {
    "study".to_owned()
}

/// What classes were before they were told apart.
fn training() -> String {
    "training".to_owned()
}

/// One day of a class, as an event tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// Its id.
    pub id: DayId,
    /// When it begins.
    pub starts: Time,
    /// When it ends.
    pub ends: Time,
    /// What it counts for whoever comes.
    pub study_minutes: i64,
}

/// A lesson's file, as an event tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its SHA-256.
    pub digest: String,
    /// What it is.
    pub kind: String,
    /// Its bytes.
    pub size: i64,
}

events! {
    /// A course was begun.
    CourseMade {
        /// Who owns it: an organisation of the Party, or a unit.
        owner: UnitId,
        /// Digest of title and introduction.
        words: String,
    } "新建课程" "Course made";
    /// Its words were changed.
    CourseRevised {
        /// The version after it.
        v: i64,
        /// Digest of title and introduction.
        words: String,
    } "修改课程" "Course changed";
    /// It can be studied.
    CourseOpened {
        /// The version after it.
        v: i64,
    } "开放课程" "Course opened";
    /// It is not offered any more.
    CourseClosed {
        /// The version after it.
        v: i64,
    } "停用课程" "Course closed";
    /// Another unit took over from the one that owned it.
    CoursePassed {
        /// Who owns it now.
        owner: UnitId,
    } "移交课程" "Course passed on";
    /// A lesson was added; it is the subject.
    LessonAdded {
        /// To which course.
        course: CourseId,
        /// Its place.
        ord: i64,
        /// What it is.
        kind: String,
        /// What it counts for whoever completes it.
        study_minutes: i64,
        /// Digest of its words.
        words: String,
        /// Its file.
        file: Option<File>,
    } "增加课时" "Lesson added";
    /// A lesson's words were changed.
    LessonRevised {
        /// The version after it.
        v: i64,
        /// What it counts from now on.
        study_minutes: i64,
        /// Digest of its words.
        words: String,
    } "修改课时" "Lesson changed";
    /// A lesson was taken out.
    LessonRemoved {
        /// The version after it.
        v: i64,
    } "移除课时" "Lesson removed";
    /// Somebody completed a lesson, which is the subject.
    LessonCompleted {
        /// Of which course.
        course: CourseId,
        /// The day.
        on: String,
        /// What it stood for.
        study_minutes: i64,
    } "学完课时" "Lesson completed";
    /// Somebody was given a certificate, which is the subject.
    CertificateGiven {
        /// Who.
        person: PersonId,
        /// `course` or `class`.
        kind: String,
        /// The course or class.
        of: base::Id,
        /// Its number.
        no: String,
    } "发放证书" "Certificate given";
    /// A plan was set; it is the subject.
    StudyPlanMade {
        /// Who sets it.
        by: UnitId,
        /// For the people of this unit.
        target: UnitId,
        /// Only those with such a post.
        role: Option<String>,
        /// From this day.
        starts: String,
        /// Until the end of this day.
        due: String,
        /// What is to be studied.
        courses: Vec<CourseId>,
        /// Digest of title and note.
        words: String,
    } "制定学习计划" "Study plan set";
    /// Those who had not studied yet were reminded of a plan.
    StudyPlanReminded {} "学习计划提醒" "Study plan reminded";
    /// A plan went along with a unit that ended.
    StudyPlanPassed {
        /// Who sets it now.
        by: UnitId,
        /// For the people of this unit now.
        target: UnitId,
    } "移交学习计划" "Study plan passed on";
    /// A plan was ended.
    StudyPlanEnded {} "结束学习计划" "Study plan ended";
    /// A plan came out for the people of one unit: they had all studied, or its day passed.
    StudyPlanConcluded {
        /// Whose people.
        branch: UnitId,
        /// How many they are.
        people: i64,
        /// How many of them had studied it all.
        done: i64,
        /// Whether that was everybody, in time.
        met: bool,
    } "学习计划到期" "Study plan concluded";
    /// A branch studied together; the study is the subject.
    CollectiveStudyHeld {
        /// Which branch.
        branch: UnitId,
        /// The day.
        on: String,
        /// What it counts for those present.
        study_minutes: i64,
        /// Who was present.
        present: Vec<PersonId>,
        /// Digest of topic and minutes.
        words: String,
        /// What it was at the same time: `study` for nothing else, `theme_day` or `lecture`.
        #[serde(default = "study")] occasion: String,
    } "登记集中学习" "Collective study recorded";
    /// A record of collective study was taken back.
    CollectiveStudyWithdrawn {
        /// Digest of the reason.
        reason: String,
    } "撤回集中学习记录" "Collective study taken back";
    /// A Party organisation met; the meeting is the subject.
    BranchMeetingHeld {
        /// Which organisation.
        organisation: UnitId,
        /// What it met as.
        what: String,
        /// The day.
        on: String,
        /// When it began, as 19:00; empty where nobody wrote it down.
        begins: String,
        /// When it ended.
        ends: String,
        /// How many were expected.
        expected: i64,
        /// How many came.
        present: i64,
        /// How many of those who may vote were expected.
        voting_expected: Option<i64>,
        /// How many of them came.
        voting_present: Option<i64>,
        /// Digest of everything that was written down in words.
        words: String,
    } "登记会议" "Meeting recorded";
    /// The record of a meeting was taken back.
    BranchMeetingWithdrawn {
        /// Digest of the reason.
        reason: String,
    } "撤回会议记录" "Meeting taken back";
    /// A branch has a committee since, or has none any more: meetings of it are asked of those branches only.
    BranchCommitteeStood {
        /// Which branch.
        branch: UnitId,
        /// One more or one less.
        times: i64,
    } "支委会设立情况" "Branch committee stands";
    /// A branch did what the rules want of it so many times; the collective study or the meeting is the subject. Nothing of who came or for
    /// how long: duties are told from it, and nothing else may be.
    BranchLifeHeld {
        /// Which branch.
        branch: UnitId,
        /// Which of its kinds: `theme_day`, `lecture`, or that of a meeting.
        what: String,
        /// One.
        times: i64,
    } "登记组织生活" "Branch life recorded";
    /// The record of it was taken back.
    BranchLifeWithdrawn {
        /// Which branch.
        branch: UnitId,
        /// Which of its kinds.
        what: String,
        /// One less.
        times: i64,
    } "撤回组织生活记录" "Branch life taken back";
    /// It was said who sits on a branch's committee beside its secretary.
    BranchCommitteeSet {
        /// Which branch.
        branch: UnitId,
        /// Who.
        people: Vec<PersonId>,
    } "登记班子成员" "Branch committee recorded";
    /// It was said since when somebody is the secretary of a branch.
    SecretarySinceSet {
        /// Which branch.
        branch: UnitId,
        /// Who.
        person: PersonId,
        /// The day; nothing where it was taken back.
        on: Option<String>,
    } "登记书记任职日期" "Beginning of a secretary recorded";
    /// A class was announced; it is the subject.
    ClassAnnounced {
        /// Who holds it.
        owner: UnitId,
        /// Whose people may join.
        audience: UnitId,
        /// Seats.
        quota: i64,
        /// Until when one may join.
        until: Time,
        /// So many days are needed for a certificate.
        must: i64,
        /// Its days.
        days: Vec<Day>,
        /// Digest of title, place and notice.
        words: String,
        /// What it is: `training`, `rotation`, `induction` or `lecture`.
        #[serde(default = "training")] sort: String,
    } "发布培训班" "Class announced";
    /// What was announced was corrected: words, seats, times.
    ClassCorrected {
        /// The version after it.
        v: i64,
        /// Seats.
        quota: i64,
        /// Until when one may join.
        until: Time,
        /// So many days are needed for a certificate.
        must: i64,
        /// Its days as they are now.
        days: Vec<Day>,
        /// Digest of title, place and notice.
        words: String,
    } "更正培训班" "Class corrected";
    /// A class went along with a unit that ended.
    ClassPassed {
        /// Who holds it now.
        owner: UnitId,
        /// Whose people may join now.
        audience: UnitId,
    } "移交培训班" "Class passed on";
    /// Somebody took a seat, or a place on the waiting list.
    ClassSeatTaken {
        /// The ticket, by which the waiting list is ordered.
        ticket: i64,
        /// Whether all seats were taken.
        waiting: bool,
    } "报名" "Seat taken";
    /// Somebody gave a seat or a place on the list back.
    ClassSeatLeft {} "退出报名" "Seat given back";
    /// The first on the waiting list got a seat.
    ClassSeatGiven {
        /// Who.
        person: PersonId,
    } "候补转正" "Seat given from the waiting list";
    /// Somebody asks for leave from a day.
    ClassLeaveAsked {
        /// Which day.
        day: DayId,
        /// Digest of the reason.
        words: String,
    } "培训请假" "Leave asked for";
    /// Leave was given or not.
    ClassLeaveDecided {
        /// Which day.
        day: DayId,
        /// Whose.
        person: PersonId,
        /// Whether it was given.
        granted: bool,
    } "培训准假" "Leave decided";
    /// Somebody came to a day.
    ClassAttended {
        /// Which day.
        day: DayId,
        /// Who.
        person: PersonId,
        /// `qr` or `desk`.
        way: String,
        /// The day, as a date.
        on: String,
        /// What it counts.
        study_minutes: i64,
    } "培训到课" "Class attended";
    /// A class is over.
    ClassFinished {
        /// How many certificates were given.
        certificates: i64,
        /// What it was, as it was announced.
        #[serde(default = "training")] sort: String,
    } "培训班结业" "Class finished";
    /// A class is not held.
    ClassCancelled {
        /// Digest of the reason.
        reason: String,
    } "取消培训班" "Class cancelled";
    /// Something was said of a lesson; the remark is the subject.
    RemarkMade {
        /// Which lesson.
        lesson: LessonId,
        /// Whether the office answers.
        office: bool,
        /// Digest of the words.
        words: String,
    } "课程讨论" "Remark made";
    /// A remark was hidden.
    RemarkHidden {
        /// Digest of the reason.
        reason: String,
    } "隐藏讨论" "Remark hidden";
}

record::measures! {
    /// What is counted of learning: what there is and which plans were met, never what a person did.
    pub MEASURES = [
        Measure {
            id: "learning.courses_opened", title_zh: "开放课程", title_en: "Courses opened", unit_zh: "门", unit_en: "courses",
            note_zh: "开放学习的课程，计入开课单位", note_en: "Courses opened to be studied, for the unit that offers them",
            counts: &[Count { kind: "CourseOpened", ..Count::ONE }], ..Measure::COUNT
        },
        Measure {
            id: "learning.classes", title_zh: "结业培训班", title_en: "Classes finished", unit_zh: "期", unit_en: "classes",
            note_zh: "办完的培训班、讲座，计入主办单位", note_en: "Training classes and lectures that were finished, for the unit that held them",
            counts: &[Count { kind: "ClassFinished", ..Count::ONE }], nature: Nature::Duty, ..Measure::COUNT
        },
        Measure {
            id: "learning.rotations", title_zh: "办完书记轮训", title_en: "Rounds of secretaries’ training", unit_zh: "期", unit_en: "classes",
            note_zh: "办完的书记轮训班，计入主办单位", note_en: "Classes of the yearly round for secretaries that were finished, for the unit that held them",
            counts: &[Count { kind: "ClassFinished", only: &[Only::Is("sort", "rotation")], ..Count::ONE }], nature: Nature::Duty, ..Measure::COUNT
        },
        Measure {
            id: "learning.plans_due", title_zh: "到期学习计划", title_en: "Study plans due", unit_zh: "项", unit_en: "plans",
            note_zh: "学习计划按支部、单位逐个到期，计入该支部所在的单位", note_en: "Study plans that came due, once for each branch or unit, for the unit it belongs to",
            counts: &[Count { kind: "StudyPlanConcluded", ..Count::ONE }],
            nature: Nature::Duty, ..Measure::COUNT
        },
        Measure {
            id: "learning.plans_met", title_zh: "完成学习计划", title_en: "Study plans met", unit_zh: "项", unit_en: "plans", better: Better::Up,
            note_zh: "到期前全体应学人员都学完的计划", note_en: "Plans that everybody whom they were for had studied before they were due",
            counts: &[Count { kind: "StudyPlanConcluded", only: &[Only::True("met")], ..Count::ONE }],
            nature: Nature::Duty, ..Measure::COUNT
        },
        Measure {
            id: "learning.plans_met_rate", title_zh: "计划完成比例", title_en: "Study plans met, share", better: Better::Up,
            note_zh: "完成的学习计划占到期计划的比例", note_en: "Share of the plans due that were met",
            kind: Kind::Rate { num: "learning.plans_met", den: "learning.plans_due" }, nature: Nature::Duty, ..Measure::COUNT
        },
    ]
}

/// What an organisation did of one kind, and what of that was taken back.
macro_rules! branch_life {
    ($what:literal) => {
        &[
            Count {
                kind: "BranchLifeHeld",
                unit: Whose::Fact("branch"),
                amount: Amount::Fact("times"),
                only: &[Only::Is("what", $what)],
                ..Count::ONE
            },
            Count {
                kind: "BranchLifeWithdrawn",
                unit: Whose::Fact("branch"),
                amount: Amount::Fact("times"),
                only: &[Only::Is("what", $what)],
                ..Count::ONE
            },
        ]
    };
}

record::measures! {
    /// What branches did of what the rules order. They are duties: nothing of it is in points.
    pub LIFE = [
        Measure {
            id: "learning.theme_days", title_zh: "主题党日", title_en: "Theme days", unit_zh: "次", unit_en: "times",
            note_zh: "支部登记为主题党日的集中学习，计入该支部，按开展的日期计", note_en: "Collective studies that a branch recorded as its theme day, by the day on which they were held",
            kind: Kind::Sum, counts: branch_life!("theme_day"), nature: Nature::Duty, ..Measure::COUNT
        },
        Measure {
            id: "learning.lectures", title_zh: "党课", title_en: "Party lectures", unit_zh: "次", unit_en: "times",
            note_zh: "支部登记为党课的集中学习，计入该支部，按开展的日期计", note_en: "Collective studies that a branch recorded as a Party lecture, by the day on which they were held",
            kind: Kind::Sum, counts: branch_life!("lecture"), nature: Nature::Duty, ..Measure::COUNT
        },
        Measure {
            id: "learning.general_meetings", title_zh: "支部党员大会", title_en: "General meetings of branches", unit_zh: "次", unit_en: "times",
            note_zh: "支部登记的支部党员大会，按召开的日期计", note_en: "General meetings that a branch recorded, by the day on which they were held",
            kind: Kind::Sum, counts: branch_life!("general_meeting"), nature: Nature::Duty, ..Measure::COUNT
        },
        Measure {
            id: "learning.committee_meetings", title_zh: "支部委员会会议", title_en: "Meetings of branch committees", unit_zh: "次", unit_en: "times",
            note_zh: "支部登记的支委会，按召开的日期计", note_en: "Meetings of its committee that a branch recorded, by the day on which they were held",
            kind: Kind::Sum, counts: branch_life!("committee_meeting"), nature: Nature::Duty, ..Measure::COUNT
        },
        Measure {
            id: "learning.committee_meeting_owed", title_zh: "设支部委员会的支部", title_en: "Branches with a committee", unit_zh: "个", unit_en: "branches",
            note_zh: "登记了班子成员的支部，支委会只问这些支部", note_en: "Branches that said who sits on their committee; its meetings are asked of these only",
            kind: Kind::Sum, nature: Nature::Duty,
            counts: &[Count { kind: "BranchCommitteeStood", unit: Whose::Fact("branch"), amount: Amount::Fact("times"), ..Count::ONE }],
            ..Measure::COUNT
        },
        Measure {
            id: "learning.group_meetings", title_zh: "党小组会", title_en: "Meetings of Party groups", unit_zh: "次", unit_en: "times",
            note_zh: "登记的党小组会，计入该党小组，按召开的日期计", note_en: "Meetings of Party groups, for the group, by the day on which they were held",
            kind: Kind::Sum, counts: branch_life!("group_meeting"), nature: Nature::Duty, ..Measure::COUNT
        },
        Measure {
            id: "learning.life_meetings", title_zh: "组织生活会", title_en: "Meetings on organisation life", unit_zh: "次", unit_en: "times",
            note_zh: "登记的组织生活会，按召开的日期计", note_en: "Meetings on organisation life, by the day on which they were held",
            kind: Kind::Sum, counts: branch_life!("organisation_life"), nature: Nature::Duty, ..Measure::COUNT
        },
        Measure {
            id: "learning.centre_groups", title_zh: "中心组学习", title_en: "Study of committees’ central groups", unit_zh: "次", unit_en: "times",
            note_zh: "党委登记的理论学习中心组集体学习，按开展的日期计", note_en: "Collective study that a Party committee’s central group recorded, by the day on which it was held",
            kind: Kind::Sum, counts: branch_life!("centre_group"), nature: Nature::Duty, ..Measure::COUNT
        },
    ]
}

record::duties! {
    /// What the rules order: of the district that its secretaries are trained, of organisations that they meet and learn.
    /// Never how much anybody studied, nor how many came.
    pub DUTIES = [
        Duty {
            id: "learning.theme_day", title_zh: "开展主题党日", title_en: "Theme day",
            rule: "party.theme_day", measure: "learning.theme_days", met: Met::AsOften, levels: &["branch"], ..Duty::BASE
        },
        Duty {
            id: "learning.lecture", title_zh: "上党课", title_en: "Party lecture",
            rule: "party.lecture", measure: "learning.lectures", met: Met::AsOften, levels: &["branch"], ..Duty::BASE
        },
        Duty {
            id: "learning.general_meeting", title_zh: "召开支部党员大会", title_en: "General meeting of the branch",
            rule: "party.general_meeting", measure: "learning.general_meetings", met: Met::AsOften, levels: &["branch"], ..Duty::BASE
        },
        Duty {
            id: "learning.committee_meeting", title_zh: "召开支部委员会会议", title_en: "Meeting of the branch committee",
            rule: "party.committee_meeting", measure: "learning.committee_meetings", met: Met::AsOften, levels: &["branch"], ..Duty::BASE
        },
        Duty {
            id: "learning.group_meeting", title_zh: "召开党小组会", title_en: "Meeting of the Party group",
            rule: "party.group_meeting", measure: "learning.group_meetings", met: Met::AsOften, levels: &["party_group"], ..Duty::BASE
        },
        Duty {
            id: "learning.life_meeting", title_zh: "召开组织生活会", title_en: "Meeting on organisation life",
            rule: "party.organisation_life_meeting", measure: "learning.life_meetings", met: Met::AsOften, levels: &["branch"], ..Duty::BASE
        },
        Duty {
            id: "learning.centre_group", title_zh: "开展中心组学习", title_en: "Study of the central group",
            rule: "party.centre_group", measure: "learning.centre_groups", met: Met::AsOften, levels: &["party_committee"], ..Duty::BASE
        },
        Duty {
            id: "learning.rotation", title_zh: "举办书记轮训", title_en: "Train all secretaries in turn",
            rule: "learning.rotation", measure: "learning.rotations", met: Met::AsOften, levels: &["district"], ..Duty::BASE
        },
    ]
}
