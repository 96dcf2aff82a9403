//! What the record says of tests. Questions, names and answers stand in the tables; here are their digests. Of a sitting
//! there is one event for the start and one for the handing in; scores follow from the answers and the key and are in none.

use base::{PersonId, Time, UnitId};
use record::{Facts, KindInfo};
use serde::{Deserialize, Serialize};
use web::{Audited, Lang};

base::id! {
    /// A bank of questions.
    pub BankId;
    /// A question.
    pub QuestionId;
    /// A paper.
    pub PaperId;
    /// A test.
    pub TestId;
    /// A sitting.
    pub AttemptId;
}

store::bind_ids!(BankId, QuestionId, PaperId, TestId, AttemptId);

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
    /// A bank was opened; the subject is the bank.
    BankOpened {
        /// The digest of its name.
        name: String,
    }
    /// A version of a question was written; the subject is the question.
    QuestionWritten {
        /// In which bank.
        bank: BankId,
        /// Which version.
        v: i64,
        /// Of which kind.
        kind: String,
        /// How hard, from 1 to 5.
        difficulty: i64,
        /// The digest of all its words.
        body: String,
    }
    /// A question was taken out of the bank, or put back.
    QuestionRetired {
        /// Whether it is out.
        retired: bool,
    }
    /// A question that was brought in was taken back before anybody used it.
    QuestionWithdrawn {
        /// The version that stands again; 0 where none does.
        v: i64,
    }
    /// A paper was made; the subject is the paper.
    PaperMade {
        /// From which bank.
        bank: BankId,
        /// How many questions.
        questions: i64,
        /// Tenths of a point.
        full: i64,
        /// The digest of its name and of how it was drawn.
        words: String,
        /// The digest of each of its versions, with what is right in it.
        variants: Vec<String>,
        /// The digests of its pages, by version and language.
        sheets: Vec<String>,
    }
    /// A test was set; the subject is the test.
    TestSet {
        /// Which paper.
        paper: PaperId,
        /// Whose people sit it.
        scope: Option<UnitId>,
        /// When it opens.
        opens: Time,
        /// When it closes.
        closes: Time,
        /// The digest of its name and of how it is sat.
        terms: String,
    }
    /// People were enrolled, at most a few hundred at once.
    PeopleEnrolled {
        /// Which time.
        batch: i64,
        /// How many.
        n: i64,
        /// The digest of who they are, in their order.
        people: String,
        /// Whether others are enrolled after them.
        #[serde(default)]
        more: bool,
    }
    /// Somebody was given more time or larger type.
    AccommodationGiven {
        /// The digest of who, and of what.
        seat: String,
        /// Who.
        person: PersonId,
    }
    /// A test was called off before it began.
    TestCancelled {
        /// The digest of the reason; empty in those that were called off before one was asked for.
        #[serde(default)]
        why: String,
    }
    /// A batch of those who were to sit a test is told that it was called off; the subject is the test.
    TestCancellationTold {
        /// Which batch.
        batch: i64,
    }
    /// Somebody began; the subject is the sitting, the unit the one that set the test.
    AttemptStarted {
        /// Which test.
        test: TestId,
        /// Who sits it.
        person: PersonId,
        /// Which time of this person.
        n: i64,
        /// Which version of the paper.
        variant: i64,
        /// Until when.
        ends: Time,
        /// The unit they sit it for.
        seat: UnitId,
    }
    /// It was handed in.
    AttemptSubmitted {
        /// By the person, by the end of the time, or by the office from paper.
        how: String,
        /// The digest of the answers.
        sheet: String,
    }
    /// An answer was marked by hand.
    AnswerMarked {
        /// Which question of the paper, by its place.
        place: i64,
        /// As the first, the second or the third.
        round: i64,
        /// The digest of the points.
        mark: String,
    }
    /// Who sits it on paper has been typed in, says the office that set the test; results wait no longer.
    TypingEnded {}
    /// A batch of those who sit a test is told that it is soon; the subject is the test.
    TestReminded {
        /// Which batch.
        batch: i64,
    }
    /// A batch of those who sat a test is told that its results are out; the subject is the test.
    TestResultsOut {
        /// Which batch.
        batch: i64,
    }
    /// A bank went to the unit that took over, which is the event's.
    BankPassed {}
    /// A paper went to the unit that took over, which is the event's.
    PaperPassed {}
    /// A test went along with a unit that ended: the event's unit runs it.
    TestPassed {
        /// Whose people sit it.
        scope: Option<UnitId>,
    }
    /// A test is over and all of it marked; the subject is the test.
    TestClosed {
        /// How many sat it.
        sat: i64,
        /// Tenths of a percent of the full marks, on average; only where enough sat.
        mean: Option<i64>,
        /// The standard deviation, likewise.
        spread: Option<i64>,
        /// The same mean times how many, so that means of several tests can be weighed; only where enough sat.
        sum: Option<i64>,
        /// A thousand times how many, likewise: what the sum is of.
        whole: Option<i64>,
    }
}

web::texts! {
    /// What the events are called in the audit.
    pub(crate) KindTexts;
    bank_opened: "建立题库", "Question bank opened";
    question_written: "编写试题", "Question written";
    question_retired: "停用或启用试题", "Question retired or put back";
    question_withdrawn: "撤回导入的试题", "Imported question taken back";
    paper_made: "组卷", "Paper made";
    test_set: "安排测试", "Test set";
    people_enrolled: "确定应考人员", "People enrolled";
    accommodation_given: "给予考试便利", "Accommodation given";
    test_cancelled: "取消测试", "Test called off";
    test_cancellation_told: "告知测试取消", "Calling off of a test told";
    attempt_started: "开始作答", "Sitting begun";
    attempt_submitted: "交卷", "Paper handed in";
    answer_marked: "人工阅卷", "Answer marked by hand";
    test_closed: "测试结束", "Test closed";
    typing_ended: "结束录入纸质答卷", "Typing in from paper ended";
    test_reminded: "提醒参加测试", "Reminder of a test";
    test_results_out: "告知测试成绩公布", "Results of a test told";
    bank_passed: "移交题库", "Question bank passed on";
    paper_passed: "移交试卷", "Paper passed on";
    test_passed: "移交测试", "Test passed on";
}

/// See [`web::Module::audited`].
pub(crate) fn audited(lang: Lang, kind: &str) -> Option<Audited> {
    let t = KindTexts::of(lang);
    let name = match kind {
        "BankOpened" => t.bank_opened,
        "QuestionWritten" => t.question_written,
        "QuestionRetired" => t.question_retired,
        "QuestionWithdrawn" => t.question_withdrawn,
        "PaperMade" => t.paper_made,
        "TestSet" => t.test_set,
        "PeopleEnrolled" => t.people_enrolled,
        "AccommodationGiven" => t.accommodation_given,
        "TestCancelled" => t.test_cancelled,
        "TestCancellationTold" => t.test_cancellation_told,
        "AttemptStarted" => t.attempt_started,
        "AttemptSubmitted" => t.attempt_submitted,
        "AnswerMarked" => t.answer_marked,
        "TestClosed" => t.test_closed,
        "TypingEnded" => t.typing_ended,
        "TestReminded" => t.test_reminded,
        "TestResultsOut" => t.test_results_out,
        "BankPassed" => t.bank_passed,
        "PaperPassed" => t.paper_passed,
        "TestPassed" => t.test_passed,
        _ => return None,
    };
    Some(Audited { name, log: None })
}
