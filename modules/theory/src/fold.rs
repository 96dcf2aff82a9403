//! Tests as the record tells them, beside their tables. Scores are in no event: they are worked out again from the answers,
//! the keys and the marks, whose digests the events hold, and compared.

use std::collections::{BTreeMap, BTreeSet};

use base::{Id, PersonId, Time, UnitId};
use record::{BadFacts, Cell, Difference, Event, Facts, Fold, Rows, Why, cells, same, text_digest_hex};
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
    unit: Option<UnitId>,
    by: Option<PersonId>,
    at: Time,
    state: String,
    enrolled: i64,
    /// Whether others are to be enrolled.
    enrolling: bool,
    typing_ended: Option<Time>,
    reminded: i64,
    results_told: i64,
    off_told: i64,
    /// The digest of why it was called off.
    why: String,
    /// Of a closed one: how many sat it, the mean and the spread.
    figures: [Option<i64>; 3],
}

impl Stands {
    const COLUMNS: &'static [&'static str] = &[
        "paper",
        "scope",
        "opens_at",
        "closes_at",
        "name+minutes+late+early+attempts+pass+open_book+partial+second+shown_at_once+on_paper+retake_of",
        "unit",
        "created_by",
        "created_at",
        "state",
        "enrolled",
        "enrolling",
        "typing_ended_at",
        "reminded",
        "results_told",
        "off_told",
        "why",
        "sat",
        "mean",
        "spread",
    ];

    fn new(set: TestSet, event: &Event) -> Stands {
        Stands {
            set,
            unit: event.unit,
            by: actor(event),
            at: event.occurred_at,
            state: "set".to_owned(),
            enrolled: 0,
            enrolling: false,
            typing_ended: None,
            reminded: 0,
            results_told: 0,
            off_told: 0,
            why: String::new(),
            figures: [None; 3],
        }
    }

    fn cells(&self) -> Vec<Cell> {
        let Stands { set, unit, by, at, state, enrolled, enrolling, typing_ended, reminded, results_told, off_told, why, figures } = self;
        let TestSet { paper, scope, opens, closes, terms } = set;
        let [sat, mean, spread] = *figures;
        // Who is still to be enrolled stands in a column of its own while there are any.
        let enrolling = if *enrolling { Cell::Filled } else { Cell::Nothing };
        cells![
            paper.0,
            *scope,
            *opens,
            *closes,
            Cell::digest(terms),
            *unit,
            *by,
            *at,
            state,
            *enrolled,
            enrolling,
            *typing_ended,
            *reminded,
            *results_told,
            *off_told,
            Cell::digest(why),
            sat,
            mean,
            spread
        ]
    }
}

fn actor(event: &Event) -> Option<PersonId> {
    match event.actor {
        record::Actor::Person(person) => Some(person),
        _ => None,
    }
}

/// The unit of a row was followed by another one; it stands first.
fn passed(row: &mut [Cell], event: &Event) {
    if let Some(unit) = row.first_mut() {
        *unit = event.unit.into();
    }
}

impl TheoryFold {
    fn question(&mut self, event: &Event) -> Result<bool, BadFacts> {
        let missing = || event.bad(Why::Nothing);
        match event.kind.as_str() {
            BankOpened::KIND => {
                let f: BankOpened = event.facts()?;
                let row = cells![event.unit, actor(event), event.occurred_at, Cell::digest(f.name)];
                self.banks.insert(event.subject.to_string(), row);
            }
            BankPassed::KIND => {
                let row = self.banks.get_mut(&event.subject.to_string());
                passed(row.ok_or_else(|| event.bad(Why::Nothing))?, event);
            }
            QuestionWritten::KIND => {
                let f: QuestionWritten = event.facts()?;
                let stands = self.questions.entry(event.subject).or_insert_with(|| (f.bank.to_string(), 0, false));
                if stands.1 + 1 != f.v {
                    return Err(event.bad(Why::NotThen));
                }
                (stands.1, stands.2) = (f.v, false);
                let row = cells![f.kind, f.difficulty, actor(event), event.occurred_at, Cell::digest(f.body)];
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
        let missing = || event.bad(Why::Nothing);
        match event.kind.as_str() {
            PaperMade::KIND => {
                let f: PaperMade = event.facts()?;
                let variants: Vec<Cell> = f.variants.into_iter().map(Cell::digest).collect();
                let (by, words) = (actor(event), Cell::digest(f.words));
                let row = cells![event.unit, by, event.occurred_at, f.bank.0, f.questions, f.full, words, variants, Cell::Nothing];
                self.papers.insert(event.subject.to_string(), row);
                self.pages.extend(f.sheets);
            }
            PaperPassed::KIND => {
                let row = self.papers.get_mut(&event.subject.to_string());
                passed(row.ok_or_else(|| event.bad(Why::Nothing))?, event);
            }
            TestPassed::KIND => {
                let stands = self.tests.get_mut(&event.subject).ok_or_else(missing)?;
                stands.set.scope = event.facts::<TestPassed>()?.scope;
                stands.unit = event.unit;
            }
            TestSet::KIND => {
                let set: TestSet = event.facts()?;
                self.tests.insert(event.subject, Stands::new(set, event));
            }
            PeopleEnrolled::KIND => {
                let f: PeopleEnrolled = event.facts()?;
                let stands = self.tests.get_mut(&event.subject).ok_or_else(missing)?;
                stands.enrolled += f.n;
                stands.enrolling = f.more;
                // The last piece may find that all who are left have a seat.
                if f.n > 0 {
                    self.batches.insert(format!("{} {}", event.subject, f.batch), cells![Cell::digest(f.people)]);
                }
            }
            AccommodationGiven::KIND => {
                let f: AccommodationGiven = event.facts()?;
                self.given.insert(format!("{} {}", event.subject, f.person), cells![Cell::digest(f.seat)]);
            }
            TestCancelled::KIND => {
                let stands = self.tests.get_mut(&event.subject).ok_or_else(missing)?;
                (stands.state, stands.enrolling) = ("cancelled".to_owned(), false);
                stands.why = event.facts::<TestCancelled>()?.why;
            }
            TestCancellationTold::KIND => {
                self.tests.get_mut(&event.subject).ok_or_else(missing)?.off_told = event.facts::<TestCancellationTold>()?.batch;
            }
            TypingEnded::KIND => {
                self.tests.get_mut(&event.subject).ok_or_else(missing)?.typing_ended = Some(event.occurred_at);
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
                stands.state = "closed".to_owned();
                stands.figures = [Some(f.sat), f.mean, f.spread];
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
                let row = cells![f.test.0, f.person, f.n, f.variant, event.occurred_at, f.ends, f.seat];
                self.attempts.insert(key, row);
            }
            AttemptSubmitted::KIND => {
                let f: AttemptSubmitted = event.facts()?;
                self.sheets.insert(key, cells![f.how, event.occurred_at, Cell::digest(f.sheet)]);
            }
            AnswerMarked::KIND => {
                let f: AnswerMarked = event.facts()?;
                let row = cells![actor(event), event.occurred_at, Cell::digest(f.mark)];
                self.marks.insert(format!("{key} {} {}", f.place, f.round), row);
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
            let name = Cell::digest(text_digest_hex(&row.array(4)?, row.text(3)?));
            Ok((row.id::<Id>(0)?.to_string(), cells![row.id::<Id>(1)?, row.id::<Id>(2)?, row.time(5)?, name]))
        })?;
        same("bank", &["unit", "created_by", "created_at", "name"], &self.banks, banks, out);
        let mut senses: BTreeMap<String, [u8; 16]> = BTreeMap::new();
        let texts = tx.all(TEXTS, p![], |row| {
            let (question, key) = (read::words(row, 4)?, format!("{} {}", row.id::<Id>(0)?, row.int(1)?));
            senses.insert(key.clone(), crate::bank::alike(&question));
            let body = Cell::digest(text_digest_hex(&row.array(3)?, &question.words()));
            Ok((key, cells![question.kind.code(), question.difficulty, row.id::<Id>(2)?, row.time(15)?, body]))
        })?;
        let columns = &["kind", "difficulty", "written_by", "written_at", "topic+stem+options+answer+note+picture+recording"];
        same("question_text", columns, &self.texts, texts, out);
        let questions = tx.all(QUESTIONS, p![], |row| {
            let alike = Cell::digest(record::hex(row.blob(4)?));
            Ok((row.id::<Id>(0)?.to_string(), cells![row.id::<Id>(1)?, row.int(2)?, row.int(3)?, alike]))
        })?;
        // What questions are compared by is made of their texts.
        let sense = |id: &Id, v: i64| senses.get(&format!("{id} {v}")).map(|sense| Cell::digest(record::hex(sense)));
        let line = |(id, (bank, v, retired)): (&Id, &(String, i64, bool))| (id.to_string(), cells![bank, *v, *retired, sense(id, *v)]);
        let expected = self.questions.iter().map(line).collect();
        same("question", &["bank", "v", "retired", "alike"], &expected, questions, out);
        Ok(())
    }

    fn compare_papers(&self, tx: &mut Tx, out: &mut Vec<Difference>) -> Result<(), StoreError> {
        let rows = tx.all(PAPERS, p![], |row| {
            let salt: [u8; 16] = row.array(5)?;
            let words = Cell::digest(text_digest_hex(&salt, &format!("{}\n{}", row.text(6)?, row.text(7)?)));
            let (unit, by, at, bank) = (row.id::<Id>(1)?, row.id::<Id>(10)?, row.time(11)?, row.id::<Id>(2)?);
            let line = cells![unit, by, at, bank, row.int(3)?, row.int(4)?, words];
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
            let digests: Vec<Cell> = parts.into_iter().map(|(digest, _)| Cell::digest(digest)).collect();
            // How many variants there are, and whether a hand marks them, is seen from the variants themselves.
            let unfit = if fits { Cell::Nothing } else { cells![variants, by_hand].into() };
            found.push((id.to_string(), [line, cells![digests, unfit]].concat()));
        }
        let columns =
            &["unit", "created_by", "created_at", "bank", "questions", "full_marks", "name+blueprint", "paper_variant", "variants+by_hand"];
        same("paper", columns, &self.papers, found, out);
        let pages = tx.all(PAGES, p![], |row| {
            let (paper, variant) = (row.id::<PaperId>(1)?, row.int(2)?);
            let digest = paper::page_digest(paper, variant, row.text(3)?, row.blob(4)?);
            Ok((record::hex(row.blob(0)?), cells![Cell::digest(record::hex(&digest))]))
        })?;
        let expected = self.pages.iter().map(|digest| (digest.clone(), cells![Cell::digest(digest)])).collect();
        same("paper_page", &["paper+variant+lang+body"], &expected, pages, out);
        Ok(())
    }

    fn compare_tests(&self, tx: &mut Tx, out: &mut Vec<Difference>) -> Result<(), StoreError> {
        let rows = tx.all(TESTS, p![], |row| {
            let figures = [row.opt_int(2)?, row.opt_int(3)?, row.opt_int(4)?];
            let (salt, why) = (row.array::<16>(1)?, row.text(12)?);
            let why = if why.is_empty() { String::new() } else { text_digest_hex(&salt, why) };
            let (enrolling, typing_ended) = (!row.is_null(7)?, row.opt_time(8)?);
            let told = (row.int(9)?, row.opt_int(10)?.unwrap_or(0), row.opt_int(11)?.unwrap_or(0));
            Ok((row.id::<TestId>(0)?, salt, figures, (row.id(5)?, row.time(6)?), (enrolling, typing_ended, told, why)))
        })?;
        let mut found = Vec::new();
        for (id, salt, figures, (by, at), (enrolling, typing_ended, told, why)) in rows {
            let Some(test) = read::test(tx, id)? else { continue };
            let terms = text_digest_hex(&salt, &set_test::words(&test.name, &test.terms, test.retake_of));
            let stands = Stands {
                set: TestSet { paper: test.paper, scope: test.scope, opens: test.opens, closes: test.closes, terms },
                unit: Some(test.unit),
                by: Some(by),
                at,
                state: test.state,
                enrolled: test.enrolled,
                enrolling,
                typing_ended,
                reminded: told.0,
                results_told: told.1,
                off_told: told.2,
                why,
                figures,
            };
            found.push((id.to_string(), stands.cells()));
        }
        let expected = self.tests.iter().map(|(id, stands)| (id.to_string(), stands.cells())).collect();
        same("theory_test", Stands::COLUMNS, &expected, found, out);
        let (mut batches, mut given): (BTreeMap<String, Vec<_>>, Vec<(String, Vec<Cell>)>) = (BTreeMap::new(), Vec::new());
        tx.each(SEATS, p![], |row| {
            let (test, person) = (row.id::<Id>(0)?, row.id(2)?);
            batches.entry(format!("{test} {}", row.int(1)?)).or_default().push((person, row.id(3)?));
            let (extra, large) = (row.int(4)?, row.bool(5)?);
            match row.opt_array(6)? {
                Some(salt) => {
                    let digest = text_digest_hex(&salt, &set_test::seat_words(extra, large));
                    given.push((format!("{test} {person}"), cells![Cell::digest(digest)]));
                }
                None if extra != 0 || large => given.push((format!("{test} {person}"), cells![Cell::Filled])),
                None => {}
            }
            Ok(())
        })?;
        let digest =
            |seats: &Vec<(PersonId, UnitId)>| cells![Cell::digest(enrol::people_digest(seats.iter().map(|(one, unit)| (one, unit))))];
        same("seat", &["person+unit"], &self.batches, batches.iter().map(|(key, seats)| (key.clone(), digest(seats))), out);
        same("seat", &["extra+large"], &self.given, given, out);
        Ok(())
    }

    fn compare_attempts(&self, tx: &mut Tx, out: &mut Vec<Difference>) -> Result<(), StoreError> {
        let mut marked: BTreeMap<Id, mark::Rounds> = BTreeMap::new();
        let marks = tx.all(MARKS, p![], |row| {
            let (attempt, place, points) = (row.id::<Id>(0)?, row.int(1)?, row.int(3)?);
            let by: PersonId = row.id(5)?;
            marked.entry(attempt).or_default().push((place, points, by));
            let digest = Cell::digest(text_digest_hex(&row.array(4)?, &mark::mark_words(points)));
            Ok((format!("{attempt} {place} {}", row.int(2)?), cells![by, row.time(6)?, digest]))
        })?;
        same("hand_mark", &["marked_by", "marked_at", "points"], &self.marks, marks, out);
        // Keys from the tables, never from memory: what is compared is what stands there.
        let mut keys: BTreeMap<(TestId, i64), (Vec<KeyItem>, bool, i64)> = BTreeMap::new();
        let wanted: BTreeSet<(TestId, i64)> = tx.all(ATTEMPTS, p![], |row| Ok((row.id(1)?, row.int(3)?)))?.into_iter().collect();
        for (id, variant) in wanted {
            if let Some(test) = read::test(tx, id)? {
                keys.insert((id, variant), (read::answers(tx, test.paper, variant)?, test.terms.partial, test.terms.second));
            }
        }
        let (mut attempts, mut sheets) = (Vec::new(), Vec::new());
        let mut reckoned: BTreeMap<Id, [Option<i64>; 3]> = BTreeMap::new();
        let mut scores = BTreeMap::new();
        tx.each(ATTEMPTS, p![], |row| {
            let (id, test, variant) = (row.id::<Id>(0)?, row.id::<TestId>(1)?, row.int(3)?);
            let (person, seat) = (row.id::<Id>(13)?, row.id::<Id>(5)?);
            attempts.push((id.to_string(), cells![test.0, person, row.int(2)?, variant, row.time(14)?, row.time(4)?, seat]));
            let is = [row.opt_int(10)?, row.opt_int(11)?, row.opt_int(12)?];
            let Some(submitted) = row.opt_time(7)? else {
                reckoned.insert(id, [None; 3]);
                scores.insert(id, is);
                return Ok(());
            };
            let sheet = row.blob(6)?;
            let digest = Cell::digest(text_digest_hex(&row.array(9)?, &sit::sheet_words(sheet)));
            sheets.push((id.to_string(), cells![row.text(8)?, submitted, digest]));
            let Some((key, partial, second)) = keys.get(&(test, variant)) else { return Ok(()) };
            let mut points = vec![0; key.len()];
            let by_key = mark_packed(key, sheet, *partial, &mut points);
            let none = Vec::new();
            let hand = key.iter().any(|item| item.right == crate::model::Right::Hand);
            let by_hand = if hand { mark::by_hand(key, sheet, marked.get(&id).unwrap_or(&none), *second) } else { None };
            let score = if hand { by_hand.map(|points| points + by_key) } else { Some(by_key) };
            reckoned.insert(id, [Some(by_key), by_hand, score]);
            scores.insert(id, is);
            Ok(())
        })?;
        let columns = &["test", "person", "n", "variant", "started_at", "ends_at", "unit"];
        same("attempt", columns, &self.attempts, attempts, out);
        same("attempt", &["how", "submitted_at", "sheet"], &self.sheets, sheets, out);
        let cells = |points: &[Option<i64>; 3]| Vec::from(points.map(Cell::from));
        record::differ("attempt", &["by_key", "by_hand", "score"], Id::to_string, cells, &reckoned, &scores, out);
        Ok(())
    }
}

/// What is kept of closed tests by unit, beside their seats and sittings.
fn compare_units(tx: &mut Tx, out: &mut Vec<Difference>) -> Result<(), StoreError> {
    let row = |sum: &by_unit::Sum| cells![sum.enrolled, sum.sat, sum.passed, sum.won, sum.squares];
    let mut expected = Rows::new();
    for id in tx.all(CLOSED, p![], |row| row.id::<TestId>(0))? {
        let Some(test) = read::test(tx, id)? else { continue };
        for (unit, sum) in by_unit::reckon(tx, &test)? {
            expected.insert(format!("{id} {unit}"), row(&sum));
        }
    }
    let found = tx.all(UNITS, p![], |found| {
        let sum =
            by_unit::Sum { enrolled: found.int(2)?, sat: found.int(3)?, passed: found.int(4)?, won: found.int(5)?, squares: found.int(6)? };
        Ok((format!("{} {}", found.id::<Id>(0)?, found.id::<Id>(1)?), row(&sum)))
    })?;
    same("test_unit", &["enrolled", "sat", "passed", "won", "squares"], &expected, found, out);
    Ok(())
}
