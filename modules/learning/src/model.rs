//! What courses, plans and classes are made of, and the rules that need no store.

use base::Date;

base::id! {
    /// A course.
    pub CourseId;
    /// A lesson.
    pub LessonId;
    /// Something said of a lesson.
    pub RemarkId;
    /// A study plan.
    pub PlanId;
    /// A collective study.
    pub StudyId;
    /// A training class or lecture.
    pub ClassId;
    /// One day of it.
    pub DayId;
    /// A certificate.
    pub CertificateId;
    /// A meeting of a Party organisation.
    pub MeetingId;
}
store::bind_ids!(CourseId, LessonId, RemarkId, PlanId, StudyId, ClassId, DayId, CertificateId, MeetingId);

macro_rules! codes {
    ($($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal,)+ })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$vmeta])* $variant,)+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// As it stands in the store.
            pub fn code(self) -> &'static str {
                match self { $($name::$variant => $code,)+ }
            }

            /// From its code.
            pub fn from_code(code: &str) -> Option<$name> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
            }
        }
    )+};
}

codes! {
    /// How a course stands.
    CourseState {
        /// Being written; only who teaches sees it.
        Draft = "draft",
        /// Open to be studied.
        Open = "open",
        /// Not offered any more.
        Closed = "closed",
    }
    /// What a lesson is.
    LessonKind {
        /// A text.
        Text = "text",
        /// A document as a file.
        Document = "document",
        /// To be heard.
        Audio = "audio",
        /// To be watched.
        Video = "video",
        /// A text in slides.
        Slides = "slides",
    }
    /// What a class is.
    ClassSort {
        /// People trained together.
        Training = "training",
        /// The district's yearly round for secretaries.
        Rotation = "rotation",
        /// For who has become a secretary.
        Induction = "induction",
        /// A lecture: its hours count, as training together it does not.
        Lecture = "lecture",
    }
    /// What a collective study was at the same time. The rules of branches want some of these so many times.
    Occasion {
        /// Study and nothing else.
        Study = "study",
        /// 主题党日.
        ThemeDay = "theme_day",
        /// 党课.
        Lecture = "lecture",
    }
    /// What a Party organisation met as. The rules want some of these so many times.
    Gathering {
        /// 支部党员大会.
        General = "general_meeting",
        /// 支部委员会会议.
        Committee = "committee_meeting",
        /// 党小组会.
        Group = "group_meeting",
        /// 组织生活会.
        Life = "organisation_life",
        /// 理论学习中心组学习.
        Centre = "centre_group",
        /// 主题党日, from a table that knows no hours.
        ThemeDay = "theme_day",
        /// 党课, from a table that knows no hours.
        Lecture = "lecture",
    }
    /// How a class stands.
    ClassState {
        /// Announced.
        Open = "open",
        /// Over, certificates given.
        Finished = "finished",
        /// Not held.
        Cancelled = "cancelled",
    }
    /// A seat in a class.
    SeatState {
        /// Has a seat.
        In = "in",
        /// On the waiting list.
        Waiting = "waiting",
        /// Gave it back.
        Left = "left",
    }
    /// A request for leave from a day.
    LeaveState {
        /// Not answered yet.
        Asked = "asked",
        /// Given.
        Granted = "granted",
        /// Not given.
        Denied = "denied",
    }
    /// How somebody signed in to a day.
    Way {
        /// By the code on the screen, with their own phone.
        Qr = "qr",
        /// Entered by the registrar.
        Desk = "desk",
    }
    /// What a certificate is of.
    CertificateKind {
        /// A course.
        Course = "course",
        /// A class.
        Class = "class",
    }
}

/// Characters of titles and names.
pub const LONGEST_TITLE: usize = 80;
/// Characters of an introduction, a note, a notice.
pub const LONGEST_NOTE: usize = 4_000;
/// Characters of a lesson's text.
pub const LONGEST_BODY: usize = 20_000;
/// Characters of a remark or a reason.
pub const LONGEST_REMARK: usize = 500;
/// Lessons of a course.
pub const MOST_LESSONS: usize = 100;
/// Courses of a plan.
pub const MOST_COURSES: usize = 20;
/// Days of a class.
pub const MOST_DAYS: usize = 20;
/// Seats of a class.
pub const MOST_SEATS: i64 = 500;

/// A text of more than one line as it is kept: line ends made one, invisible control characters gone, Markdown left alone.
pub fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.replace("\r\n", "\n").replace('\r', "\n").lines() {
        let kept: String = line.chars().filter(|c| *c == '\t' || (!c.is_control() && !base::text::is_invisible(*c))).collect();
        out.push_str(kept.trim_end());
        out.push('\n');
    }
    out.trim_matches('\n').to_owned()
}

/// Minutes as hours, with a half or a quarter where it is one: 90 minutes are 1.5.
pub fn hours(minutes: i64) -> String {
    let (whole, rest) = (minutes / 60, minutes % 60);
    match rest {
        0 => whole.to_string(),
        _ => {
            let hundredths = (rest * 100 + 30) / 60;
            let digits = format!("{hundredths:02}");
            format!("{whole}.{}", digits.trim_end_matches('0'))
        }
    }
}

/// The end of a day in +08:00, one microsecond before the next.
pub fn end_of(day: Date) -> base::Time {
    base::Time::from_civil(day.at(0, 0, 0, 0)).plus(base::Time::DAY - 1)
}

/// The first and the last day of a year, as they stand in the store.
pub fn year_of(day: Date) -> (String, String) {
    (format!("{}-01-01", day.year()), format!("{}-12-31", day.year()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_as_people_say_them() {
        for (minutes, said) in [(0, "0"), (60, "1"), (90, "1.5"), (45, "0.75"), (40, "0.67"), (20, "0.33"), (1920, "32")] {
            assert_eq!(hours(minutes), said);
        }
    }

    #[test]
    fn a_text_is_tidied_and_its_layout_kept() {
        assert_eq!(tidy("\r\n# 一\r\n\r\n  - 甲 \u{200b}\u{0}\n    - 乙\r"), "# 一\n\n  - 甲\n    - 乙");
        assert_eq!(tidy(&tidy("a\n\n\nb\n")), "a\n\n\nb");
    }
}
