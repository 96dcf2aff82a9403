//! Tests as the record tells them, beside their tables. Scores are in no event: they are worked out again from the answers,
//! the keys and the marks, whose digests the events hold, and compared.

use std::collections::{BTreeMap, BTreeSet};

use base::Id;
use record::{BadFacts, Difference, Event, Facts, Fold, text_digest_hex};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{
    AccommodationGiven, AnswerMarked, AttemptStarted, AttemptSubmitted, BankOpened, BankPassed, PaperId, PaperMade, PaperPassed,
    PeopleEnrolled, QuestionRetired, QuestionWithdrawn, QuestionWritten, TestCancellationTold, TestCancelled, TestClosed, TestId,
    TestPassed, TestReminded, TestResultsOut, TestSet, TypingEnded,
};
use crate::model::{KeyItem, mark_packed};
use crate::{by_unit, enrol, mark, paper, read, set_test, sit};

/// A new fold, for a list of them.
pub fn fold() -> Box<dyn Fold> {
    Box::new(TheoryFold::default())
}

type Rows = BTreeMap<String, String>;

#[derive(Default)]
struct TheoryFold {
    banks: Rows,
    questions: BTreeMap<Id, (String, i64, bool)>,
    texts: Rows,
    papers: Rows,
    pages: BTreeSet<String>,
    tests: BTreeMap<Id, Stands>,
    batches: Rows,
    given: Rows,
    attempts: Rows,
    sheets: Rows,
    marks: Rows,
}

struct Stands {
    set: TestSet,
    unit: String,
    state: &'static str,
    enrolled: i64,
    /// Whether others are to be enrolled.
    enrolling: bool,
    typing_ended: Option<i64>,
    reminded: i64,
    results_told: i64,
    off_told: i64,
    /// The digest of why it was called off.
    why: String,
    figures: String,
}

impl Stands {
    fn new(set: TestSet, unit: String) -> Stands {
        Stands {
            set,
            unit,
            state: "set",
            enrolled: 0,
            enrolling: false,
            typing_ended: None,
            reminded: 0,
            results_told: 0,
            off_told: 0,
            why: String::new(),
            figures: "- - -".into(),
        }
    }

    /// What went on beside its state.
    fn went(&self) -> String {
        let told = [self.reminded, self.results_told, self.off_told];
        went(self.enrolling, self.typing_ended, told, &self.why)
    }
}

fn went(enrolling: bool, typing_ended: Option<i64>, told: [i64; 3], why: &str) -> String {
    format!("{} {} {told:?} {why}", if enrolling { "enrolling" } else { "enrolled" }, opt(typing_ended))
}

fn unit(event: &Event) -> String {
    event.unit.map_or_else(String::new, |unit| unit.to_string())
}

fn actor(event: &Event) -> String {
    match event.actor {
        record::Actor::Person(person) => person.to_string(),
        _ => String::new(),
    }
}

fn opt(n: Option<i64>) -> String {
    n.map_or_else(|| "-".to_owned(), |n| n.to_string())
}

/// Who was followed by another unit, at the beginning of a row.
fn passed(row: &mut String, event: &Event) {
    let rest = row.split_once(' ').map_or("", |(_, rest)| rest);
    *row = format!("{} {rest}", unit(event));
}

impl TheoryFold {
    fn question(&mut self, event: &Event) -> Result<bool, BadFacts> {
        let missing = || event.bad("there is no such question yet");
        match event.kind.as_str() {
            BankOpened::KIND => {
                let f: BankOpened = event.facts()?;
                self.banks
                    .insert(event.subject.to_string(), format!("{} {} {} {}", unit(event), actor(event), event.occurred_at.0, f.name));
            }
            BankPassed::KIND => {
                let row = self.banks.get_mut(&event.subject.to_string());
                passed(row.ok_or_else(|| event.bad("there is no such bank yet"))?, event);
            }
            QuestionWritten::KIND => {
                let f: QuestionWritten = event.facts()?;
                let stands = self.questions.entry(event.subject).or_insert_with(|| (f.bank.to_string(), 0, false));
                if stands.1 + 1 != f.v {
                    return Err(event.bad("a version is missing before this one"));
                }
                (stands.1, stands.2) = (f.v, false);
                let row = format!("{} {} {} {} {}", f.kind, f.difficulty, actor(event), event.occurred_at.0, f.body);
                self.texts.insert(format!("{} {}", event.subject, f.v), row);
            }
            QuestionRetired::KIND => {
                self.questions.get_mut(&event.subject).ok_or_else(missing)?.2 = event.facts::<QuestionRetired>()?.retired;
            }
            QuestionWithdrawn::KIND => {
                let f: QuestionWithdrawn = event.facts()?;
                self.texts.remove(&format!("{} {}", event.subject, f.v + 1)).ok_or_else(missing)?;
                if f.v == 0 {
                    self.questions.remove(&event.subject);
                } else {
                    self.questions.get_mut(&event.subject).ok_or_else(missing)?.1 = f.v;
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn test(&mut self, event: &Event) -> Result<bool, BadFacts> {
        let missing = || event.bad("there is no such test yet");
        match event.kind.as_str() {
            PaperMade::KIND => {
                let f: PaperMade = event.facts()?;
                let by = format!("{} {} {}", unit(event), actor(event), event.occurred_at.0);
                let row = format!("{by} {} {} {} {} {}", f.bank, f.questions, f.full, f.words, f.variants.join(","));
                self.papers.insert(event.subject.to_string(), row);
                self.pages.extend(f.sheets);
            }
            PaperPassed::KIND => {
                let row = self.papers.get_mut(&event.subject.to_string());
                passed(row.ok_or_else(|| event.bad("there is no such paper yet"))?, event);
            }
            TestPassed::KIND => {
                let stands = self.tests.get_mut(&event.subject).ok_or_else(missing)?;
                stands.set.scope = event.facts::<TestPassed>()?.scope;
                passed(&mut stands.unit, event);
            }
            TestSet::KIND => {
                let set: TestSet = event.facts()?;
                let by = format!("{} {} {}", unit(event), actor(event), event.occurred_at.0);
                self.tests.insert(event.subject, Stands::new(set, by));
            }
            PeopleEnrolled::KIND => {
                let f: PeopleEnrolled = event.facts()?;
                let stands = self.tests.get_mut(&event.subject).ok_or_else(missing)?;
                stands.enrolled += f.n;
                stands.enrolling = f.more;
                // The last piece may find that all who are left have a seat.
                if f.n > 0 {
                    self.batches.insert(format!("{} {}", event.subject, f.batch), f.people);
                }
            }
            AccommodationGiven::KIND => {
                let f: AccommodationGiven = event.facts()?;
                self.given.insert(format!("{} {}", event.subject, f.person), f.seat);
            }
            TestCancelled::KIND => {
                let stands = self.tests.get_mut(&event.subject).ok_or_else(missing)?;
                (stands.state, stands.enrolling) = ("cancelled", false);
                stands.why = event.facts::<TestCancelled>()?.why;
            }
            TestCancellationTold::KIND => {
                self.tests.get_mut(&event.subject).ok_or_else(missing)?.off_told = event.facts::<TestCancellationTold>()?.batch;
            }
            TypingEnded::KIND => {
                self.tests.get_mut(&event.subject).ok_or_else(missing)?.typing_ended = Some(event.occurred_at.0);
            }
            TestReminded::KIND => {
                self.tests.get_mut(&event.subject).ok_or_else(missing)?.reminded = event.facts::<TestReminded>()?.batch;
            }
            TestResultsOut::KIND => {
                self.tests.get_mut(&event.subject).ok_or_else(missing)?.results_told = event.facts::<TestResultsOut>()?.batch;
            }
            TestClosed::KIND => {
                let f: TestClosed = event.facts()?;
                let stands = self.tests.get_mut(&event.subject).ok_or_else(missing)?;
                stands.state = "closed";
                stands.figures = format!("{} {} {}", f.sat, opt(f.mean), opt(f.spread));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl Fold for TheoryFold {
    fn apply(&mut self, event: &Event) -> Result<(), BadFacts> {
        if self.question(event)? || self.test(event)? {
            return Ok(());
        }
        let key = event.subject.to_string();
        match event.kind.as_str() {
            AttemptStarted::KIND => {
                let f: AttemptStarted = event.facts()?;
                let row = format!("{} {} {} {} {} {} {}", f.test, f.person, f.n, f.variant, event.occurred_at.0, f.ends.0, f.seat);
                self.attempts.insert(key, row);
            }
            AttemptSubmitted::KIND => {
                let f: AttemptSubmitted = event.facts()?;
                self.sheets.insert(key, format!("{} {} {}", f.how, event.occurred_at.0, f.sheet));
            }
            AnswerMarked::KIND => {
                let f: AnswerMarked = event.facts()?;
                self.marks.insert(format!("{key} {} {}", f.place, f.round), format!("{} {} {}", actor(event), event.occurred_at.0, f.mark));
            }
            _ => {}
        }
        Ok(())
    }

    fn compare(&self, tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
        let mut out = Vec::new();
        self.compare_questions(tx, &mut out)?;
        self.compare_papers(tx, &mut out)?;
        self.compare_tests(tx, &mut out)?;
        self.compare_attempts(tx, &mut out)?;
        compare_units(tx, &mut out)?;
        Ok(out)
    }
}

const BANKS: &Sql = sql!("SELECT id, unit, created_by, name, salt, created_at FROM bank ORDER BY id");
const QUESTIONS: &Sql = sql!("SELECT id, bank, v, retired, alike FROM question ORDER BY id");
const TEXTS: &Sql = sql!(
    "SELECT question, v, written_by, salt, kind, topic, difficulty, stem, options, answer, note, picture,
        recording, recording_kind, recording_name, written_at
     FROM question_text ORDER BY question, v"
);
const PAPERS: &Sql = sql!(
    "SELECT id, unit, bank, questions, full_marks, salt, name, blueprint, variants, by_hand, created_by, created_at
     FROM paper ORDER BY id"
);
const VARIANTS: &Sql = sql!("SELECT items, answers, difficulty FROM paper_variant WHERE paper = ?1 ORDER BY n");
const PAGES: &Sql = sql!("SELECT digest, paper, variant, lang, body FROM paper_page ORDER BY digest");
const TESTS: &Sql = sql!(
    "SELECT id, salt, sat, mean, spread, created_by, created_at, enrolling, typing_ended_at, reminded, results_told,
        off_told, why
     FROM theory_test ORDER BY id"
);
const SEATS: &Sql = sql!("SELECT test, batch, person, unit, extra, large, salt FROM seat ORDER BY test, batch, person");
const ATTEMPTS: &Sql = sql!(
    "SELECT id, test, n, variant, ends_at, unit, sheet, submitted_at, how, salt, by_key, by_hand, score, person, started_at
     FROM attempt ORDER BY test, person, n"
);
const CLOSED: &Sql = sql!("SELECT id FROM theory_test WHERE state = 'closed' ORDER BY id");
const UNITS: &Sql = sql!("SELECT test, unit, enrolled, sat, passed, won, squares FROM test_unit ORDER BY test, unit");
const MARKS: &Sql = sql!("SELECT attempt, place, round, points, salt, marked_by, marked_at FROM hand_mark ORDER BY attempt, place, round");

impl TheoryFold {
    fn compare_questions(&self, tx: &mut Tx, out: &mut Vec<Difference>) -> Result<(), StoreError> {
        let banks = tx.all(BANKS, p![], |row| {
            let name = text_digest_hex(&row.array(4)?, row.text(3)?);
            Ok((row.id::<Id>(0)?.to_string(), format!("{} {} {} {name}", row.id::<Id>(1)?, row.id::<Id>(2)?, row.int(5)?)))
        })?;
        same("bank", &self.banks, banks, out);
        let mut senses: BTreeMap<String, [u8; 16]> = BTreeMap::new();
        let texts = tx.all(TEXTS, p![], |row| {
            let (question, key) = (read::words(row, 4)?, format!("{} {}", row.id::<Id>(0)?, row.int(1)?));
            senses.insert(key.clone(), crate::bank::alike(&question));
            let body = text_digest_hex(&row.array(3)?, &question.words());
            Ok((key, format!("{} {} {} {} {body}", question.kind.code(), question.difficulty, row.id::<Id>(2)?, row.int(15)?)))
        })?;
        same("question_text", &self.texts, texts, out);
        let questions = tx.all(QUESTIONS, p![], |row| {
            let (id, v) = (row.id::<Id>(0)?, row.int(2)?);
            let known = senses.get(&format!("{id} {v}")).is_some_and(|sense| row.blob(4).is_ok_and(|kept| kept == sense));
            Ok((id.to_string(), format!("{} {v} {} {}", row.id::<Id>(1)?, row.int(3)?, if known { "" } else { "unlike" })))
        })?;
        let expected = self
            .questions
            .iter()
            .map(|(id, (bank, v, retired))| (id.to_string(), format!("{bank} {v} {} ", i64::from(*retired))))
            .collect();
        same("question", &expected, questions, out);
        Ok(())
    }

    fn compare_papers(&self, tx: &mut Tx, out: &mut Vec<Difference>) -> Result<(), StoreError> {
        let rows = tx.all(PAPERS, p![], |row| {
            let salt: [u8; 16] = row.array(5)?;
            let words = text_digest_hex(&salt, &format!("{}\n{}", row.text(6)?, row.text(7)?));
            let by = format!("{} {} {}", row.id::<Id>(1)?, row.id::<Id>(10)?, row.int(11)?);
            let line = format!("{by} {} {} {} {words}", row.id::<Id>(2)?, row.int(3)?, row.int(4)?);
            Ok((row.id::<PaperId>(0)?, salt, line, row.int(8)?, row.bool(9)?))
        })?;
        let mut found = Vec::new();
        for (id, salt, line, variants, by_hand) in rows {
            let parts = tx.all(VARIANTS, p![id], |row| {
                let hand = row.text(1)?.contains("\"hand\"");
                Ok((text_digest_hex(&salt, &paper::variant_words(row.text(0)?, row.text(1)?, row.int(2)?)), hand))
            })?;
            let count = i64::try_from(parts.len()).unwrap_or(-1) == variants;
            let fits = count && parts.iter().any(|(_, hand)| *hand) == by_hand;
            let digests: Vec<String> = parts.into_iter().map(|(digest, _)| digest).collect();
            found.push((id.to_string(), format!("{line} {}{}", digests.join(","), if fits { "" } else { " unfit" })));
        }
        same("paper", &self.papers, found, out);
        let pages = tx.all(PAGES, p![], |row| {
            let (paper, variant) = (row.id::<PaperId>(1)?, row.int(2)?);
            let digest = paper::page_digest(paper, variant, row.text(3)?, row.blob(4)?);
            Ok((record::hex(row.blob(0)?), record::hex(&digest)))
        })?;
        let expected = self.pages.iter().map(|digest| (digest.clone(), digest.clone())).collect();
        same("paper_page", &expected, pages, out);
        Ok(())
    }

    fn compare_tests(&self, tx: &mut Tx, out: &mut Vec<Difference>) -> Result<(), StoreError> {
        let rows = tx.all(TESTS, p![], |row| {
            let figures = format!("{} {} {}", opt(row.opt_int(2)?), opt(row.opt_int(3)?), opt(row.opt_int(4)?));
            let (salt, why) = (row.array::<16>(1)?, row.text(12)?);
            let why = if why.is_empty() { String::new() } else { text_digest_hex(&salt, why) };
            let told = [row.int(9)?, row.opt_int(10)?.unwrap_or(0), row.opt_int(11)?.unwrap_or(0)];
            let went = went(!row.is_null(7)?, row.opt_int(8)?, told, &why);
            Ok((row.id::<TestId>(0)?, salt, figures, format!("{} {}", row.id::<Id>(5)?, row.int(6)?), went))
        })?;
        let mut found = Vec::new();
        for (id, salt, figures, by, went) in rows {
            let Some(test) = read::test(tx, id)? else { continue };
            let terms = text_digest_hex(&salt, &set_test::words(&test.name, &test.terms, test.retake_of));
            let set = TestSet { paper: test.paper, scope: test.scope, opens: test.opens, closes: test.closes, terms };
            found.push((id.to_string(), format!("{set:?} {} {by} {} {} {went} {figures}", test.unit, test.state, test.enrolled)));
        }
        let expected = self
            .tests
            .iter()
            .map(|(id, s)| (id.to_string(), format!("{:?} {} {} {} {} {}", s.set, s.unit, s.state, s.enrolled, s.went(), s.figures)))
            .collect();
        same("theory_test", &expected, found, out);
        let (mut batches, mut given): (BTreeMap<String, Vec<_>>, Vec<(String, String)>) = (BTreeMap::new(), Vec::new());
        tx.each(SEATS, p![], |row| {
            let (test, person) = (row.id::<Id>(0)?, row.id(2)?);
            batches.entry(format!("{test} {}", row.int(1)?)).or_default().push((person, row.id(3)?));
            let (extra, large) = (row.int(4)?, row.bool(5)?);
            match row.opt_array(6)? {
                Some(salt) => given.push((format!("{test} {person}"), text_digest_hex(&salt, &set_test::seat_words(extra, large)))),
                None if extra != 0 || large => given.push((format!("{test} {person}"), "given by nobody".into())),
                None => {}
            }
            Ok(())
        })?;
        let digest = |seats: &Vec<(base::PersonId, base::UnitId)>| enrol::people_digest(seats.iter().map(|(person, unit)| (person, unit)));
        same("seat", &self.batches, batches.iter().map(|(key, seats)| (key.clone(), digest(seats))).collect(), out);
        same("seat", &self.given, given, out);
        Ok(())
    }

    fn compare_attempts(&self, tx: &mut Tx, out: &mut Vec<Difference>) -> Result<(), StoreError> {
        let mut marked: BTreeMap<Id, mark::Rounds> = BTreeMap::new();
        let marks = tx.all(MARKS, p![], |row| {
            let (attempt, place, points) = (row.id::<Id>(0)?, row.int(1)?, row.int(3)?);
            let by: base::PersonId = row.id(5)?;
            marked.entry(attempt).or_default().push((place, points, by));
            let digest = text_digest_hex(&row.array(4)?, &mark::mark_words(points));
            Ok((format!("{attempt} {place} {}", row.int(2)?), format!("{by} {} {digest}", row.int(6)?)))
        })?;
        same("hand_mark", &self.marks, marks, out);
        // Keys from the tables, never from memory: what is compared is what stands there.
        let mut keys: BTreeMap<(TestId, i64), (Vec<KeyItem>, bool, i64)> = BTreeMap::new();
        let wanted: BTreeSet<(TestId, i64)> = tx.all(ATTEMPTS, p![], |row| Ok((row.id(1)?, row.int(3)?)))?.into_iter().collect();
        for (id, variant) in wanted {
            if let Some(test) = read::test(tx, id)? {
                keys.insert((id, variant), (read::answers(tx, test.paper, variant)?, test.terms.partial, test.terms.second));
            }
        }
        let (mut attempts, mut sheets, mut scores) = (Vec::new(), Vec::new(), Vec::new());
        tx.each(ATTEMPTS, p![], |row| {
            let (id, test, variant) = (row.id::<Id>(0)?, row.id::<TestId>(1)?, row.int(3)?);
            let (person, seat) = (row.id::<Id>(13)?, row.id::<Id>(5)?);
            let line = format!("{test} {person} {} {variant} {} {} {seat}", row.int(2)?, row.int(14)?, row.int(4)?);
            attempts.push((id.to_string(), line));
            let is = format!("{} {} {}", opt(row.opt_int(10)?), opt(row.opt_int(11)?), opt(row.opt_int(12)?));
            let Some(submitted) = row.opt_int(7)? else {
                scores.push((id, "- - -".to_owned(), is));
                return Ok(());
            };
            let sheet = row.blob(6)?;
            sheets.push((
                id.to_string(),
                format!("{} {submitted} {}", row.text(8)?, text_digest_hex(&row.array(9)?, &sit::sheet_words(sheet))),
            ));
            let Some((key, partial, second)) = keys.get(&(test, variant)) else { return Ok(()) };
            let mut points = vec![0; key.len()];
            let by_key = mark_packed(key, sheet, *partial, &mut points);
            let none = Vec::new();
            let hand = key.iter().any(|item| item.right == crate::model::Right::Hand);
            let by_hand = if hand { mark::by_hand(key, sheet, marked.get(&id).unwrap_or(&none), *second) } else { None };
            let score = if hand { by_hand.map(|points| points + by_key) } else { Some(by_key) };
            scores.push((id, format!("{by_key} {} {}", opt(by_hand), opt(score)), is));
            Ok(())
        })?;
        same("attempt", &self.attempts, attempts, out);
        same("attempt", &self.sheets, sheets, out);
        for (id, wanted, is) in scores.into_iter().filter(|(_, wanted, is)| wanted != is) {
            out.push(Difference {
                table: "attempt",
                key: id.to_string(),
                expected: format!("points {wanted}"),
                found: format!("points {is}"),
            });
        }
        Ok(())
    }
}

/// What is kept of closed tests by unit, beside their seats and sittings.
fn compare_units(tx: &mut Tx, out: &mut Vec<Difference>) -> Result<(), StoreError> {
    let line = |sum: &by_unit::Sum| format!("{sum:?}");
    let mut expected = Rows::new();
    for id in tx.all(CLOSED, p![], |row| row.id::<TestId>(0))? {
        let Some(test) = read::test(tx, id)? else { continue };
        for (unit, sum) in by_unit::reckon(tx, &test)? {
            expected.insert(format!("{id} {unit}"), line(&sum));
        }
    }
    let found = tx.all(UNITS, p![], |row| {
        let sum = by_unit::Sum { enrolled: row.int(2)?, sat: row.int(3)?, passed: row.int(4)?, won: row.int(5)?, squares: row.int(6)? };
        Ok((format!("{} {}", row.id::<Id>(0)?, row.id::<Id>(1)?), line(&sum)))
    })?;
    same("test_unit", &expected, found, out);
    Ok(())
}

fn same(table: &'static str, expected: &Rows, found: Vec<(String, String)>, out: &mut Vec<Difference>) {
    let found: Rows = found.into_iter().collect();
    let keys: BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
    for key in keys {
        let (wanted, is) = (expected.get(key), found.get(key));
        if wanted != is {
            let words = |line: Option<&String>| line.cloned().unwrap_or_else(|| "nothing".to_owned());
            out.push(Difference { table, key: key.clone(), expected: words(wanted), found: words(is) });
        }
    }
}
