//! What pages and operations read of banks, papers, tests and sittings.

use base::{PersonId, Time, UnitId};
use store::{Row, Sql, StoreError, Tx, p, sql};

use crate::events::{AttemptId, BankId, PaperId, QuestionId, TestId};
use crate::model::{Item, KeyItem, Kind, Question, Recording};

/// A bank.
#[derive(Clone, Debug)]
pub struct Bank {
    /// Which.
    pub id: BankId,
    /// The unit that keeps it.
    pub unit: UnitId,
    /// What it is called.
    pub name: String,
}

fn bank_row(row: &Row<'_>) -> Result<Bank, StoreError> {
    Ok(Bank { id: row.id(0)?, unit: row.id(1)?, name: row.text(2)?.to_owned() })
}

const BANK: &Sql = sql!("SELECT id, unit, name FROM bank WHERE id = ?1");
/// A district has some dozens.
const BANKS: &Sql = sql!("SELECT id, unit, name FROM bank ORDER BY id");

/// One bank.
///
/// # Errors
/// Only the store's.
pub fn bank(tx: &mut Tx, id: BankId) -> Result<Option<Bank>, StoreError> {
    tx.opt(BANK, p![id], bank_row)
}

/// All banks, the oldest first.
///
/// # Errors
/// Only the store's.
pub fn banks(tx: &mut Tx) -> Result<Vec<Bank>, StoreError> {
    tx.all(BANKS, p![], bank_row)
}

/// A question at its newest version.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Which.
    pub id: QuestionId,
    /// In which bank.
    pub bank: BankId,
    /// Its version.
    pub v: i64,
    /// Whether it was taken out.
    pub retired: bool,
    /// What it says.
    pub question: Question,
}

fn stored(row: &Row<'_>) -> Result<Stored, StoreError> {
    Ok(Stored { id: row.id(0)?, bank: row.id(1)?, v: row.int(2)?, retired: row.bool(3)?, question: words(row, 4)? })
}

/// A question from the eleven columns that begin at `at`.
pub(crate) fn words(row: &Row<'_>, at: usize) -> Result<Question, StoreError> {
    let kind = row.text(at)?;
    Ok(Question {
        kind: Kind::parse(kind).ok_or_else(|| StoreError::unknown("question_text", "kind", kind))?,
        topic: row.text(at + 1)?.to_owned(),
        difficulty: row.int(at + 2)?,
        stem: row.text(at + 3)?.to_owned(),
        options: row.text(at + 4)?.lines().map(str::to_owned).collect(),
        answer: row.text(at + 5)?.to_owned(),
        note: row.text(at + 6)?.to_owned(),
        picture: row.opt_array(at + 7)?,
        recording: recording(row, at + 8)?,
    })
}

fn recording(row: &Row<'_>, at: usize) -> Result<Option<Recording>, StoreError> {
    let Some(digest) = row.opt_array(at)? else { return Ok(None) };
    let (kind, name) = (row.opt_text(at + 1)?.unwrap_or_default(), row.opt_text(at + 2)?.unwrap_or_default().to_owned());
    let kind = web::media::Kind::from_code(kind).ok_or_else(|| StoreError::unknown("question_text", "recording_kind", kind))?;
    Ok(Some(Recording { digest, kind, name }))
}

const QUESTION: &Sql = sql!(
    "SELECT q.id, q.bank, q.v, q.retired, t.kind, t.topic, t.difficulty, t.stem, t.options, t.answer, t.note, t.picture,
        t.recording, t.recording_kind, t.recording_name
     FROM question q JOIN question_text t ON t.question = q.id AND t.v = q.v WHERE q.id = ?1"
);
/// By the index `question_by_bank`.
const OF_BANK: &Sql = sql!(
    "SELECT q.id, q.bank, q.v, q.retired, t.kind, t.topic, t.difficulty, t.stem, t.options, t.answer, t.note, t.picture,
        t.recording, t.recording_kind, t.recording_name
     FROM question q JOIN question_text t ON t.question = q.id AND t.v = q.v WHERE q.bank = ?1 ORDER BY q.id"
);
/// By the index `question_alike`.
const ALIKE: &Sql = sql!(
    "SELECT q.id, q.bank, q.v, q.retired, t.kind, t.topic, t.difficulty, t.stem, t.options, t.answer, t.note, t.picture,
        t.recording, t.recording_kind, t.recording_name
     FROM question q JOIN question_text t ON t.question = q.id AND t.v = q.v WHERE q.bank = ?1 AND q.alike = ?2 ORDER BY q.id LIMIT 1"
);
const VERSION: &Sql = sql!(
    "SELECT kind, topic, difficulty, stem, options, answer, note, picture, recording, recording_kind, recording_name
     FROM question_text WHERE question = ?1 AND v = ?2"
);
/// By the index `question_by_bank`.
const COUNT: &Sql = sql!("SELECT COUNT(*) FROM question WHERE bank = ?1 AND retired = 0");

/// One question at its newest version.
///
/// # Errors
/// Only the store's.
pub fn question(tx: &mut Tx, id: QuestionId) -> Result<Option<Stored>, StoreError> {
    tx.opt(QUESTION, p![id], stored)
}

/// The questions of a bank, those taken out among them.
///
/// # Errors
/// Only the store's.
pub fn questions(tx: &mut Tx, bank: BankId) -> Result<Vec<Stored>, StoreError> {
    tx.all(OF_BANK, p![bank], stored)
}

pub(crate) fn alike(tx: &mut Tx, bank: BankId, alike: &[u8; 16]) -> Result<Option<Stored>, StoreError> {
    tx.opt(ALIKE, p![bank, alike], stored)
}

/// A version of a question.
///
/// # Errors
/// Only the store's.
pub fn version(tx: &mut Tx, id: QuestionId, v: i64) -> Result<Option<Question>, StoreError> {
    tx.opt(VERSION, p![id, v], |row| words(row, 0))
}

/// How many questions of a bank can be used.
///
/// # Errors
/// Only the store's.
pub fn question_count(tx: &mut Tx, bank: BankId) -> Result<i64, StoreError> {
    tx.one(COUNT, p![bank], |row| row.int(0))
}

/// The versions of questions that papers of a bank hold.
///
/// # Errors
/// Only the store's.
pub(crate) fn used(tx: &mut Tx, bank: BankId) -> Result<std::collections::BTreeSet<(QuestionId, i64)>, StoreError> {
    let mut used = std::collections::BTreeSet::new();
    for paper in papers(tx)?.into_iter().filter(|paper| paper.bank == bank) {
        for n in 1..=paper.variants {
            used.extend(items(tx, paper.id, n)?.into_iter().map(|item| (item.q, item.v)));
        }
    }
    Ok(used)
}

/// A paper.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Which.
    pub id: PaperId,
    /// The unit that made it.
    pub unit: UnitId,
    /// From which bank.
    pub bank: BankId,
    /// What it is called.
    pub name: String,
    /// How it was drawn; empty for chosen questions.
    pub blueprint: String,
    /// How many questions.
    pub questions: i64,
    /// In how many versions.
    pub variants: i64,
    /// Tenths of a point.
    pub full: i64,
    /// Whether some answers are marked by hand.
    pub by_hand: bool,
    /// When it was made.
    pub made: Time,
}

fn paper_row(row: &Row<'_>) -> Result<Paper, StoreError> {
    Ok(Paper {
        id: row.id(0)?,
        unit: row.id(1)?,
        bank: row.id(2)?,
        name: row.text(3)?.to_owned(),
        blueprint: row.text(4)?.to_owned(),
        questions: row.int(5)?,
        variants: row.int(6)?,
        full: row.int(7)?,
        by_hand: row.bool(8)?,
        made: row.time(9)?,
    })
}

const PAPER: &Sql =
    sql!("SELECT id, unit, bank, name, blueprint, questions, variants, full_marks, by_hand, created_at FROM paper WHERE id = ?1");
/// A district makes some hundreds in a year.
const PAPERS: &Sql =
    sql!("SELECT id, unit, bank, name, blueprint, questions, variants, full_marks, by_hand, created_at FROM paper ORDER BY id DESC");

/// One paper.
///
/// # Errors
/// Only the store's.
pub fn paper(tx: &mut Tx, id: PaperId) -> Result<Option<Paper>, StoreError> {
    tx.opt(PAPER, p![id], paper_row)
}

/// All papers, the newest first.
///
/// # Errors
/// Only the store's.
pub fn papers(tx: &mut Tx) -> Result<Vec<Paper>, StoreError> {
    tx.all(PAPERS, p![], paper_row)
}

const ITEMS: &Sql = sql!("SELECT items FROM paper_variant WHERE paper = ?1 AND n = ?2");
const ANSWERS: &Sql = sql!("SELECT answers FROM paper_variant WHERE paper = ?1 AND n = ?2");
const SPREAD: &Sql = sql!("SELECT n, difficulty FROM paper_variant WHERE paper = ?1 ORDER BY n");

pub(crate) fn json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::unreadable("paper_variant", "items+answers"))
}

/// The questions of a version of a paper, in its order.
///
/// # Errors
/// Only the store's.
pub fn items(tx: &mut Tx, paper: PaperId, variant: i64) -> Result<Vec<Item>, StoreError> {
    Ok(tx.opt(ITEMS, p![paper, variant], |row| json(row.text(0)?))?.unwrap_or_default())
}

/// What is right in a version of a paper.
///
/// # Errors
/// Only the store's.
pub fn answers(tx: &mut Tx, paper: PaperId, variant: i64) -> Result<Vec<KeyItem>, StoreError> {
    Ok(tx.opt(ANSWERS, p![paper, variant], |row| json(row.text(0)?))?.unwrap_or_default())
}

/// The versions of a paper with hundredths of their mean difficulty.
///
/// # Errors
/// Only the store's.
pub fn difficulties(tx: &mut Tx, paper: PaperId) -> Result<Vec<(i64, i64)>, StoreError> {
    tx.all(SPREAD, p![paper], |row| Ok((row.int(0)?, row.int(1)?)))
}

/// A test.
#[derive(Clone, Debug)]
pub struct Test {
    /// Which.
    pub id: TestId,
    /// The unit that set it.
    pub unit: UnitId,
    /// Which paper.
    pub paper: PaperId,
    /// What it is called.
    pub name: String,
    /// Whose people sit it; nothing for a list.
    pub scope: Option<UnitId>,
    /// When it opens.
    pub opens: Time,
    /// When it closes.
    pub closes: Time,
    /// How it is sat.
    pub terms: Terms,
    /// The test that this one is the retake of.
    pub retake_of: Option<TestId>,
    /// How many people sit it.
    pub enrolled: i64,
    /// `set`, `closed` or `cancelled`.
    pub state: String,
    /// How many sat, and tenths of a percent of mean and spread, once it is closed.
    pub figures: Option<(i64, Option<(i64, i64)>)>,
    /// Tenths of a point that can be had.
    pub full: i64,
    /// Whether some answers are marked by hand.
    pub by_hand: bool,
    /// How many questions.
    pub questions: i64,
    /// In how many versions.
    pub variants: i64,
    /// When its office said that all sheets from paper are typed in.
    pub typing_ended: Option<Time>,
    /// Whether people are still being enrolled.
    pub enrolling: bool,
    /// Why it was called off; empty where it was not.
    pub why: String,
}

/// How long results of a test that some sat on paper wait for what is typed in.
pub const TYPED_WITHIN: i64 = 7 * Time::DAY;

/// How a test is sat and marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How long.
    pub minutes: i64,
    /// Minutes after the opening when nobody may begin any more; 0 for until it closes.
    pub late: i64,
    /// Minutes after the start before which nobody hands in.
    pub early: i64,
    /// How often somebody may sit it; the best counts.
    pub attempts: i64,
    /// Percent of the full marks from which it is passed.
    pub pass: i64,
    /// Whether books may be opened.
    pub open_book: bool,
    /// Half the points for some of several right letters and no wrong one.
    pub partial: bool,
    /// Percent of a question's points by which two markers may differ; 0 for one marker.
    pub second: i64,
    /// Whether the score is shown when it is handed in.
    pub shown_at_once: bool,
    /// Whether some sit it on paper, so that results wait for what is typed in.
    pub on_paper: bool,
}

impl Terms {
    /// How most tests are sat: once, for so many minutes at any time while it is open, by one's own knowledge, passed from 60.
    pub const fn of(minutes: i64) -> Terms {
        Terms {
            minutes,
            late: 0,
            early: 0,
            attempts: 1,
            pass: 60,
            open_book: false,
            partial: true,
            second: 0,
            shown_at_once: false,
            on_paper: false,
        }
    }

    /// In one line, for the digest.
    pub(crate) fn words(&self) -> String {
        let Terms { minutes, late, early, attempts, pass, open_book, partial, second, shown_at_once, on_paper } = self;
        // What came later is only there where it is so: digests of older tests stay as they are.
        let paper = if *on_paper { " on_paper" } else { "" };
        format!("{minutes} {late} {early} {attempts} {pass} {open_book} {partial} {second} {shown_at_once}{paper}")
    }
}

impl Test {
    /// Whether it is open now.
    pub fn is_open(&self, now: Time) -> bool {
        self.state == "set" && self.opens <= now && now < self.closes
    }

    /// Whether it has begun.
    pub fn has_begun(&self, now: Time) -> bool {
        self.opens <= now
    }

    /// The last moment at which somebody may begin.
    pub fn last_start(&self) -> Time {
        if self.terms.late == 0 { self.closes } else { self.opens.plus(self.terms.late * Time::MINUTE).min(self.closes) }
    }

    /// Until when sheets of those who sat on paper can be typed in.
    pub fn typed_until(&self) -> Time {
        match (self.terms.on_paper, self.typing_ended) {
            (false, _) => self.closes,
            (true, Some(ended)) => ended,
            (true, None) => self.closes.plus(TYPED_WITHIN),
        }
    }

    /// Whether it is over and its results wait for sheets that are typed in.
    pub fn waits_for_sheets(&self, now: Time) -> bool {
        self.state == "set" && self.closes <= now && now < self.typed_until()
    }

    /// Whether a sheet can be typed in.
    pub fn takes_sheets(&self, now: Time) -> bool {
        self.state == "set" && self.has_begun(now) && (!self.terms.on_paper || now < self.typed_until())
    }

    /// Whether these tenths of a point pass.
    pub fn passes(&self, score: i64) -> bool {
        score * 100 >= self.full * self.terms.pass
    }
}

pub(crate) fn test_row(row: &Row<'_>) -> Result<Test, StoreError> {
    let figures = match (row.opt_int(19)?, row.opt_int(20)?, row.opt_int(21)?) {
        (Some(sat), mean, spread) => Some((sat, mean.zip(spread))),
        _ => None,
    };
    Ok(Test {
        id: row.id(0)?,
        unit: row.id(1)?,
        paper: row.id(2)?,
        name: row.text(3)?.to_owned(),
        scope: row.opt_id(4)?,
        opens: row.time(5)?,
        closes: row.time(6)?,
        terms: Terms {
            minutes: row.int(7)?,
            late: row.int(8)?,
            early: row.int(9)?,
            attempts: row.int(10)?,
            pass: row.int(11)?,
            open_book: row.bool(12)?,
            partial: row.bool(13)?,
            second: row.int(14)?,
            shown_at_once: row.bool(15)?,
            on_paper: row.bool(26)?,
        },
        retake_of: row.opt_id(16)?,
        enrolled: row.int(17)?,
        state: row.text(18)?.to_owned(),
        figures,
        full: row.int(22)?,
        by_hand: row.bool(23)?,
        questions: row.int(24)?,
        variants: row.int(25)?,
        typing_ended: row.opt_time(27)?,
        enrolling: !row.is_null(28)?,
        why: row.text(29)?.to_owned(),
    })
}

const TEST: &Sql = sql!(
    "SELECT t.id, t.unit, t.paper, t.name, t.scope, t.opens_at, t.closes_at, t.minutes, t.late, t.early, t.attempts, t.pass,
            t.open_book, t.partial, t.second, t.shown_at_once, t.retake_of, t.enrolled, t.state, t.sat, t.mean, t.spread,
            p.full_marks, p.by_hand, p.questions, p.variants, t.on_paper, t.typing_ended_at, t.enrolling, t.why
     FROM theory_test t JOIN paper p ON p.id = t.paper WHERE t.id = ?1"
);
/// By the index `theory_test_by_unit`; an office sets some dozens in a year.
const SET_BY: &Sql = sql!(
    "SELECT t.id, t.unit, t.paper, t.name, t.scope, t.opens_at, t.closes_at, t.minutes, t.late, t.early, t.attempts, t.pass,
            t.open_book, t.partial, t.second, t.shown_at_once, t.retake_of, t.enrolled, t.state, t.sat, t.mean, t.spread,
            p.full_marks, p.by_hand, p.questions, p.variants, t.on_paper, t.typing_ended_at, t.enrolling, t.why
     FROM theory_test t JOIN paper p ON p.id = t.paper WHERE t.unit = ?1 ORDER BY t.opens_at DESC, t.id DESC LIMIT 200"
);
/// By the index `seat_by_person`.
const OF_PERSON: &Sql = sql!(
    "SELECT t.id, t.unit, t.paper, t.name, t.scope, t.opens_at, t.closes_at, t.minutes, t.late, t.early, t.attempts, t.pass,
            t.open_book, t.partial, t.second, t.shown_at_once, t.retake_of, t.enrolled, t.state, t.sat, t.mean, t.spread,
            p.full_marks, p.by_hand, p.questions, p.variants, t.on_paper, t.typing_ended_at, t.enrolling, t.why
     FROM seat s JOIN theory_test t ON t.id = s.test JOIN paper p ON p.id = t.paper
     WHERE s.person = ?1 ORDER BY t.opens_at DESC, t.id DESC LIMIT 200"
);

/// One test.
///
/// # Errors
/// Only the store's.
pub fn test(tx: &mut Tx, id: TestId) -> Result<Option<Test>, StoreError> {
    tx.opt(TEST, p![id], test_row)
}

/// The newest tests that one of these units set, the newest first.
///
/// # Errors
/// Only the store's.
pub fn set_by(tx: &mut Tx, units: &[UnitId]) -> Result<Vec<Test>, StoreError> {
    let mut all = Vec::new();
    for unit in units {
        all.extend(tx.all(SET_BY, p![*unit], test_row)?);
    }
    all.sort_by_key(|test| std::cmp::Reverse((test.opens, test.id)));
    Ok(all)
}

/// The tests that somebody sits or sat, the newest first.
///
/// # Errors
/// Only the store's.
pub fn tests_of(tx: &mut Tx, person: PersonId) -> Result<Vec<Test>, StoreError> {
    tx.all(OF_PERSON, p![person], test_row)
}

/// A sitting.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Which, for who marks it.
    pub id: AttemptId,
    /// Of which test.
    pub test: TestId,
    /// Who.
    pub person: PersonId,
    /// Which time.
    pub n: i64,
    /// The unit they sit it for.
    pub unit: UnitId,
    /// Which version of the paper.
    pub variant: i64,
    /// Since when.
    pub started: Time,
    /// Until when.
    pub ends: Time,
    /// The answers, packed.
    pub sheet: Vec<u8>,
    /// When it was handed in.
    pub submitted: Option<Time>,
    /// Tenths of a point by the key.
    pub by_key: Option<i64>,
    /// All, once everything is marked.
    pub score: Option<i64>,
    /// When an answer was kept last.
    pub saved: Time,
    /// `person`, `time`, `office`, or empty while it goes on.
    pub how: String,
}

pub(crate) fn attempt_row(row: &Row<'_>) -> Result<Attempt, StoreError> {
    Ok(Attempt {
        id: row.id(0)?,
        test: row.id(1)?,
        person: row.id(2)?,
        n: row.int(3)?,
        unit: row.id(4)?,
        variant: row.int(5)?,
        started: row.time(6)?,
        ends: row.time(7)?,
        sheet: row.blob(8)?.to_vec(),
        submitted: row.opt_time(9)?,
        by_key: row.opt_int(10)?,
        score: row.opt_int(11)?,
        saved: row.time(12)?,
        how: row.text(13)?.to_owned(),
    })
}

/// By the primary key.
const ATTEMPTS: &Sql = sql!(
    "SELECT id, test, person, n, unit, variant, started_at, ends_at, sheet, submitted_at, by_key, score, saved_at, how
     FROM attempt WHERE test = ?1 AND person = ?2 ORDER BY n"
);
/// By the index `attempt_id`.
const ATTEMPT: &Sql = sql!(
    "SELECT id, test, person, n, unit, variant, started_at, ends_at, sheet, submitted_at, by_key, score, saved_at, how
     FROM attempt WHERE id = ?1"
);

/// The sittings of somebody, the first first.
///
/// # Errors
/// Only the store's.
pub fn attempts(tx: &mut Tx, test: TestId, person: PersonId) -> Result<Vec<Attempt>, StoreError> {
    tx.all(ATTEMPTS, p![test, person], attempt_row)
}

/// One sitting, for who marks it.
///
/// # Errors
/// Only the store's.
pub fn attempt(tx: &mut Tx, id: AttemptId) -> Result<Option<Attempt>, StoreError> {
    tx.opt(ATTEMPT, p![id], attempt_row)
}

/// Somebody's place in a test.
#[derive(Clone, Debug)]
pub struct Enrolled {
    /// Who.
    pub person: PersonId,
    /// The unit they sit it for.
    pub unit: UnitId,
    /// Percent more time.
    pub extra: i64,
    /// Whether in large type.
    pub large: bool,
}

/// By the primary key.
const SEATS: &Sql = sql!("SELECT person, unit, extra, large FROM seat WHERE test = ?1 ORDER BY person");

/// Who sits a test.
///
/// # Errors
/// Only the store's.
pub fn seats(tx: &mut Tx, test: TestId) -> Result<Vec<Enrolled>, StoreError> {
    tx.all(SEATS, p![test], |row| Ok(Enrolled { person: row.id(0)?, unit: row.id(1)?, extra: row.int(2)?, large: row.bool(3)? }))
}
