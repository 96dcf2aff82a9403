//! Learning as the record tells it, row by row and column by column, compared with the tables. Only where somebody left
//! off in a recording is not in it: that is working state.

mod tables;

use std::collections::{BTreeMap, BTreeSet};

use base::{PersonId, Time, UnitId};
use record::{Actor, BadFacts, Cell, Difference, Event, Facts, Fold, Why};
use store::{StoreError, Tx};

use crate::events::{
    BranchCommitteeSet, BranchMeetingHeld, BranchMeetingWithdrawn, CertificateGiven, ClassAnnounced, ClassAttended, ClassCancelled,
    ClassCorrected, ClassFinished, ClassLeaveAsked, ClassLeaveDecided, ClassPassed, ClassSeatGiven, ClassSeatLeft, ClassSeatTaken,
    CollectiveStudyHeld, CollectiveStudyWithdrawn, CourseClosed, CourseMade, CourseOpened, CoursePassed, CourseRevised, LessonAdded,
    LessonCompleted, LessonRemoved, LessonRevised, RemarkHidden, RemarkMade, SecretarySinceSet, StudyPlanConcluded, StudyPlanEnded,
    StudyPlanMade, StudyPlanPassed, StudyPlanReminded,
};
use crate::model::end_of;

/// A new fold, for a list of them.
pub fn fold() -> Box<dyn Fold> {
    Box::new(Learned::default())
}

/// A table's rows: the key, and the columns as texts.
pub(crate) type Rows = BTreeMap<String, Vec<String>>;

#[derive(Default)]
struct Learned(BTreeMap<&'static str, Rows>);

/// Columns, each as a text.
macro_rules! cells {
    ($($value:expr),* $(,)?) => { vec![$($value.to_string()),*] };
}
pub(crate) use cells;

impl Learned {
    fn put(&mut self, event: &Event, table: &'static str, key: impl ToString, cells: Vec<String>) -> Result<(), BadFacts> {
        match self.0.entry(table).or_default().insert(key.to_string(), cells) {
            None => Ok(()),
            Some(_) => Err(event.bad(Why::Before)),
        }
    }

    /// The cells of a row that must be there.
    fn row(&mut self, event: &Event, table: &'static str, key: impl ToString) -> Result<&mut Vec<String>, BadFacts> {
        self.0.entry(table).or_default().get_mut(&key.to_string()).ok_or_else(|| event.bad(Why::Nothing))
    }

    fn set(&mut self, event: &Event, table: &'static str, key: impl ToString, changes: &[(usize, &dyn ToString)]) -> Result<(), BadFacts> {
        let row = self.row(event, table, key)?;
        for (at, value) in changes {
            if let Some(cell) = row.get_mut(*at) {
                *cell = value.to_string();
            }
        }
        Ok(())
    }

    /// Adds to a number.
    fn add(&mut self, event: &Event, table: &'static str, key: impl ToString, at: usize, n: i64) -> Result<(), BadFacts> {
        let row = self.row(event, table, key)?;
        if let Some(cell) = row.get_mut(at) {
            *cell = (cell.parse::<i64>().unwrap_or(i64::MIN / 2) + n).to_string();
        }
        Ok(())
    }
}

fn person(event: &Event) -> Result<PersonId, BadFacts> {
    match event.actor {
        Actor::Person(person) => Ok(person),
        Actor::Resident | Actor::System => Err(event.bad(Why::Nobody)),
    }
}

fn flag(value: bool) -> &'static str {
    if value { "1" } else { "0" }
}

impl Fold for Learned {
    fn apply(&mut self, event: &Event) -> Result<(), BadFacts> {
        let key = event.subject;
        match event.kind.as_str() {
            CourseMade::KIND => {
                let f: CourseMade = event.facts()?;
                let row = cells![f.owner, f.words, "draft", 1, event.recorded_at.0, person(event)?];
                self.put(event, "course", key, row)?;
            }
            CourseRevised::KIND => {
                let f: CourseRevised = event.facts()?;
                self.set(event, "course", key, &[(1, &f.words), (3, &f.v)])?;
            }
            CourseOpened::KIND => {
                let f: CourseOpened = event.facts()?;
                self.set(event, "course", key, &[(2, &"open"), (3, &f.v)])?;
            }
            CourseClosed::KIND => {
                let f: CourseClosed = event.facts()?;
                self.set(event, "course", key, &[(2, &"closed"), (3, &f.v)])?;
            }
            CoursePassed::KIND => {
                let f: CoursePassed = event.facts()?;
                self.set(event, "course", key, &[(0, &f.owner)])?;
            }
            LessonAdded::KIND => {
                let f: LessonAdded = event.facts()?;
                let file = f.file.map(|file| format!("{} {} {}", file.digest, file.kind, file.size)).unwrap_or_default();
                let row = cells![f.course, f.ord, f.kind, f.study_minutes, f.words, file, "0", 1, event.recorded_at.0];
                self.put(event, "lesson", key, row)?;
            }
            LessonRevised::KIND => {
                let f: LessonRevised = event.facts()?;
                self.set(event, "lesson", key, &[(3, &f.study_minutes), (4, &f.words), (7, &f.v)])?;
            }
            LessonRemoved::KIND => {
                let f: LessonRemoved = event.facts()?;
                self.set(event, "lesson", key, &[(6, &"1"), (7, &f.v)])?;
            }
            LessonCompleted::KIND => {
                let f: LessonCompleted = event.facts()?;
                self.put(event, "lesson_done", format!("{} {key}", person(event)?), cells![f.on, f.study_minutes])?;
            }
            CertificateGiven::KIND => {
                let f: CertificateGiven = event.facts()?;
                self.put(event, "certificate", key, cells![f.person, f.kind, f.of, f.no, event.recorded_at.0])?;
            }
            RemarkMade::KIND => {
                let f: RemarkMade = event.facts()?;
                let row = cells![f.lesson, person(event)?, f.words, flag(f.office), event.recorded_at.0, "", ""];
                self.put(event, "remark", key, row)?;
            }
            RemarkHidden::KIND => {
                let f: RemarkHidden = event.facts()?;
                self.set(event, "remark", key, &[(5, &person(event)?), (6, &f.reason)])?;
            }
            _ => self.planned(event)?,
        }
        Ok(())
    }

    fn compare(&self, tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
        let mut out = Vec::new();
        let none = Rows::new();
        for (table, columns, read) in tables::ALL {
            let cells = |row: &Vec<String>| columns.iter().zip(row).map(|(column, text)| tables::cell(column, text)).collect::<Vec<Cell>>();
            let expected = self.0.get(table).unwrap_or(&none);
            record::differ(table, columns, String::clone, cells, expected, &read(tx)?, &mut out);
        }
        Ok(out)
    }
}

impl Learned {
    /// Plans and collective study.
    fn planned(&mut self, event: &Event) -> Result<(), BadFacts> {
        let key = event.subject;
        match event.kind.as_str() {
            StudyPlanMade::KIND => {
                let f: StudyPlanMade = event.facts()?;
                let due: base::Date = f.due.parse().map_err(|_| event.bad(Why::Shape(format!("no day: {}", f.due))))?;
                let role = f.role.unwrap_or_default();
                let (at, by) = (event.recorded_at.0, person(event)?);
                let row = cells![f.by, f.target, role, f.words, f.starts, f.due, end_of(due).0, "open", at, by, ""];
                self.put(event, "study_plan", key, row)?;
                for (ord, course) in (1..).zip(&f.courses) {
                    self.put(event, "study_plan_course", format!("{key} {course}"), cells![ord])?;
                }
            }
            StudyPlanReminded::KIND => self.set(event, "study_plan", key, &[(10, &event.recorded_at.0)])?,
            StudyPlanPassed::KIND => {
                let f: StudyPlanPassed = event.facts()?;
                self.set(event, "study_plan", key, &[(0, &f.by), (1, &f.target)])?;
            }
            StudyPlanEnded::KIND => self.set(event, "study_plan", key, &[(7, &"ended")])?,
            StudyPlanConcluded::KIND => {
                let f: StudyPlanConcluded = event.facts()?;
                self.put(event, "study_plan_result", format!("{key} {}", f.branch), cells![flag(f.met), f.people, f.done])?;
            }
            CollectiveStudyHeld::KIND => {
                let f: CollectiveStudyHeld = event.facts()?;
                let (at, by) = (event.recorded_at.0, person(event)?);
                let row = cells![f.branch, f.on, f.study_minutes, f.words, "0", "", at, by, f.occasion];
                self.put(event, "collective_study", key, row)?;
                for one in &f.present {
                    self.put(event, "collective_present", format!("{key} {one}"), cells![])?;
                }
            }
            CollectiveStudyWithdrawn::KIND => {
                let f: CollectiveStudyWithdrawn = event.facts()?;
                self.set(event, "collective_study", key, &[(4, &"1"), (5, &f.reason)])?;
            }
            BranchMeetingHeld::KIND => {
                let f: BranchMeetingHeld = event.facts()?;
                let number = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
                let by = match event.actor {
                    Actor::Person(id) => id.to_string(),
                    _ => String::new(),
                };
                let batch = event.batch.map(|id| id.to_string()).unwrap_or_default();
                let voting = (number(f.voting_expected), number(f.voting_present));
                let row = cells![
                    f.organisation,
                    f.what,
                    f.on,
                    f.begins,
                    f.ends,
                    f.expected,
                    f.present,
                    voting.0,
                    voting.1,
                    f.words,
                    "0",
                    "",
                    batch,
                    event.recorded_at.0,
                    by
                ];
                self.put(event, "branch_meeting", key, row)?;
            }
            BranchMeetingWithdrawn::KIND => {
                let f: BranchMeetingWithdrawn = event.facts()?;
                self.set(event, "branch_meeting", key, &[(10, &"1"), (11, &f.reason)])?;
            }
            BranchCommitteeSet::KIND => {
                let f: BranchCommitteeSet = event.facts()?;
                let branch = f.branch.to_string();
                let rows = self.0.entry("branch_committee").or_default();
                rows.retain(|row, _| !row.starts_with(&branch));
                rows.extend(f.people.iter().map(|person| (format!("{branch} {person}"), cells![])));
            }
            SecretarySinceSet::KIND => {
                let f: SecretarySinceSet = event.facts()?;
                let rows = self.0.entry("secretary_since").or_default();
                match f.on {
                    Some(on) => drop(rows.insert(f.person.to_string(), cells![f.branch, on])),
                    None => drop(rows.remove(&f.person.to_string())),
                }
            }
            _ => self.taught(event)?,
        }
        Ok(())
    }

    /// Classes.
    fn taught(&mut self, event: &Event) -> Result<(), BadFacts> {
        let key = event.subject;
        match event.kind.as_str() {
            ClassAnnounced::KIND => {
                let f: ClassAnnounced = event.facts()?;
                let (at, by): (i64, PersonId) = (event.recorded_at.0, person(event)?);
                let owner: UnitId = f.owner;
                let row = cells![owner, f.audience, f.words, f.quota, f.until.0, f.must, 0, 0, "open", "", at, by, f.sort, 1];
                self.put(event, "training_class", key, row)?;
                for day in &f.days {
                    self.put(event, "class_day", day.id, cells![key, day.starts.0, day.ends.0, day.study_minutes])?;
                }
            }
            ClassCorrected::KIND => self.corrected(event)?,
            ClassPassed::KIND => {
                let f: ClassPassed = event.facts()?;
                self.set(event, "training_class", key, &[(0, &f.owner), (1, &f.audience)])?;
            }
            ClassFinished::KIND => self.set(event, "training_class", key, &[(8, &"finished")])?,
            ClassCancelled::KIND => {
                let f: ClassCancelled = event.facts()?;
                self.set(event, "training_class", key, &[(8, &"cancelled"), (9, &f.reason)])?;
            }
            ClassSeatTaken::KIND => {
                let f: ClassSeatTaken = event.facts()?;
                let state = if f.waiting { "waiting" } else { "in" };
                self.set(event, "training_class", key, &[(7, &f.ticket)])?;
                if !f.waiting {
                    self.add(event, "training_class", key, 6, 1)?;
                }
                let seat = format!("{key} {}", person(event)?);
                self.0.entry("class_seat").or_default().insert(seat, cells![state, f.ticket]);
            }
            ClassSeatLeft::KIND => {
                let seat = format!("{key} {}", person(event)?);
                if self.row(event, "class_seat", &seat)?.first().is_some_and(|state| state == "in") {
                    self.add(event, "training_class", key, 6, -1)?;
                }
                self.set(event, "class_seat", &seat, &[(0, &"left")])?;
            }
            ClassSeatGiven::KIND => {
                let f: ClassSeatGiven = event.facts()?;
                self.add(event, "training_class", key, 6, 1)?;
                self.set(event, "class_seat", format!("{key} {}", f.person), &[(0, &"in")])?;
            }
            ClassLeaveAsked::KIND => {
                let f: ClassLeaveAsked = event.facts()?;
                self.put(event, "class_leave", format!("{} {}", f.day, person(event)?), cells![f.words, "asked"])?;
            }
            ClassLeaveDecided::KIND => {
                let f: ClassLeaveDecided = event.facts()?;
                let state = if f.granted { "granted" } else { "denied" };
                self.set(event, "class_leave", format!("{} {}", f.day, f.person), &[(1, &state)])?;
            }
            ClassAttended::KIND => {
                let f: ClassAttended = event.facts()?;
                self.put(event, "class_presence", format!("{} {}", f.person, f.day), cells![f.way, f.on, f.study_minutes])?;
            }
            _ => {}
        }
        Ok(())
    }

    /// A class as it was stands beside it; of its days those that were taken off are gone, with the leave asked from them.
    fn corrected(&mut self, event: &Event) -> Result<(), BadFacts> {
        let (key, f): (_, ClassCorrected) = (event.subject, event.facts()?);
        let was = self.row(event, "training_class", key)?.clone();
        let cell = |at: usize| was.get(at).cloned().unwrap_or_default();
        let of = key.to_string();
        let days = self.0.entry("class_day").or_default();
        let number = |row: &[String], at: usize| row.get(at).and_then(|cell| cell.parse::<i64>().ok()).unwrap_or_default();
        let mut before: Vec<(Time, Time, i64)> = days
            .values()
            .filter(|row| row.first() == Some(&of))
            .map(|row| (Time(number(row, 1)), Time(number(row, 2)), number(row, 3)))
            .collect();
        before.sort_unstable();
        days.retain(|_, row| row.first() != Some(&of));
        for day in &f.days {
            days.insert(day.id.to_string(), cells![key, day.starts.0, day.ends.0, day.study_minutes]);
        }
        let days: BTreeSet<String> = days.keys().cloned().collect();
        self.0.entry("class_leave").or_default().retain(|row, _| row.split(' ').next().is_some_and(|day| days.contains(day)));
        let row = cells![cell(2), cell(3), cell(4), cell(5), crate::correct::lines(&before), event.recorded_at.0, person(event)?];
        self.put(event, "class_was", format!("{key} {}", f.v - 1), row)?;
        self.set(event, "training_class", key, &[(2, &f.words), (3, &f.quota), (4, &f.until.0), (5, &f.must), (13, &f.v)])
    }
}
