//! Schemes, locked scores and appeals as the record tells them, beside their tables.

use std::collections::BTreeMap;

use base::{Id, PersonId, Time, UnitId};
use record::{Actor, BadFacts, Cell, Difference, Event, Facts, Fold, Rows, Why, cells, same, text_digest_hex};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{RulesKept, SchemeEntered, ScoreAppealDecided, ScoreAppealMoved, ScoreAppealOverdue, ScoreAppealed, ScoresLocked};
use crate::lock::Lines;
use crate::rules;

/// A new fold, for a list of them.
pub fn fold() -> Box<dyn Fold> {
    Box::new(ScoresFold::default())
}

#[derive(Default)]
struct ScoresFold {
    schemes: BTreeMap<(Id, i64), (SchemeEntered, Done)>,
    rounds: BTreeMap<Id, (ScoresLocked, Done)>,
    appeals: BTreeMap<Id, Appeal>,
    rules: Rows,
}

struct Appeal {
    facts: ScoreAppealed,
    made: Done,
    unit: Option<UnitId>,
    decided: Option<(ScoreAppealDecided, Done)>,
    passed: bool,
}

/// When it was done, and by whom.
type Done = (Time, PersonId);

fn done(event: &Event) -> Result<Done, BadFacts> {
    match event.actor {
        Actor::Person(person) => Ok((event.occurred_at, person)),
        Actor::Resident | Actor::System => Err(event.bad(Why::Nobody)),
    }
}

impl Fold for ScoresFold {
    fn apply(&mut self, event: &Event) -> Result<(), BadFacts> {
        match event.kind.as_str() {
            SchemeEntered::KIND => {
                let facts: SchemeEntered = event.facts()?;
                if self.schemes.insert((event.subject, facts.version), (facts, done(event)?)).is_some() {
                    return Err(event.bad(Why::Before));
                }
            }
            ScoresLocked::KIND if self.rounds.insert(event.subject, (event.facts()?, done(event)?)).is_some() => {
                return Err(event.bad(Why::Before));
            }
            ScoreAppealed::KIND => {
                let appeal = Appeal { facts: event.facts()?, made: done(event)?, unit: event.unit, decided: None, passed: false };
                if self.appeals.insert(event.subject, appeal).is_some() {
                    return Err(event.bad(Why::Before));
                }
            }
            ScoreAppealDecided::KIND => {
                let appeal = self.appeals.get_mut(&event.subject).ok_or_else(|| event.bad(Why::Nothing))?;
                if appeal.decided.replace((event.facts()?, done(event)?)).is_some() {
                    return Err(event.bad(Why::Before));
                }
            }
            ScoreAppealOverdue::KIND => {
                let f: ScoreAppealOverdue = event.facts()?;
                let found = self.appeals.get_mut(&event.subject).filter(|appeal| appeal.decided.is_none() && appeal.facts.due == f.due);
                found.ok_or_else(|| event.bad(Why::NotThen))?.passed = true;
            }
            ScoreAppealMoved::KIND => {
                let f: ScoreAppealMoved = event.facts()?;
                let found = self.appeals.get_mut(&event.subject);
                let found = found.filter(|appeal| appeal.decided.is_none() && !appeal.passed && appeal.facts.due == f.was);
                found.ok_or_else(|| event.bad(Why::NotThen))?.facts.due = f.due;
            }
            RulesKept::KIND => {
                let f: RulesKept = event.facts()?;
                self.rules.insert(event.subject.to_string(), cells![Cell::digest(&f.digest), Cell::digest(&f.digest), event.occurred_at]);
            }
            _ => {}
        }
        Ok(())
    }

    fn compare(&self, tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
        let mut out = Vec::new();
        let columns = &["level", "period", "from_day", "body", "created_at", "created_by"];
        same("scheme", columns, &self.schemes(), schemes(tx)?, &mut out);
        let columns = &["scheme", "version", "from_day", "to_day", "revision", "pos", "score_line", "appeal", "locked_at", "locked_by"];
        same("score_round", columns, &self.rounds(), rounds(tx)?, &mut out);
        let columns = &[
            "round",
            "unit",
            "event",
            "reason",
            "due_at",
            "passed",
            "appealed_at",
            "appealed_by",
            "state",
            "decider",
            "answer",
            "decided_at",
            "decided_by",
        ];
        same("score_appeal", columns, &self.appeals(), appeals(tx)?, &mut out);
        same("rule_version", &["digest", "packs", "kept_at"], &self.rules, rule_versions(tx)?, &mut out);
        Ok(out)
    }
}

impl ScoresFold {
    fn schemes(&self) -> Rows {
        let row = |(f, (at, by)): &(SchemeEntered, Done)| cells![&f.level, &f.period, &f.from, Cell::digest(&f.body), *at, *by];
        self.schemes.iter().map(|((id, version), facts)| (format!("{id} {version}"), row(facts))).collect()
    }

    fn rounds(&self) -> Rows {
        let row = |(f, (at, by)): &(ScoresLocked, Done)| {
            let (lines, appeal) = (Cell::digest(&f.lines), f.appeal.map(|appeal| appeal.0));
            cells![f.scheme.0, f.version, &f.from, &f.to, f.revision, f.pos, lines, appeal, *at, *by]
        };
        self.rounds.iter().map(|(id, facts)| (id.to_string(), row(facts))).collect()
    }

    fn appeals(&self) -> Rows {
        let row = |Appeal { facts, made, unit, decided, passed }: &Appeal| {
            let ScoreAppealed { round, case, reason, due } = facts;
            let (state, decided) = match decided {
                None => ("open", cells![Cell::Nothing, Cell::Nothing, Cell::Nothing, Cell::Nothing]),
                Some((f, (at, by))) => (if f.upheld { "upheld" } else { "refused" }, cells![f.decider, Cell::digest(&f.answer), *at, *by]),
            };
            [cells![round.0, *unit, *case, Cell::digest(reason), *due, *passed, made.0, made.1, state], decided].concat()
        };
        self.appeals.iter().map(|(id, appeal)| (id.to_string(), row(appeal))).collect()
    }
}

const SCHEMES: &Sql =
    sql!("SELECT scheme, version, level, period, from_day, body, salt, created_at, created_by FROM scheme ORDER BY scheme, version");
const ROUNDS: &Sql =
    sql!("SELECT id, scheme, version, from_day, to_day, revision, pos, appeal, locked_at, locked_by FROM score_round ORDER BY id");
const LINES: &Sql = sql!("SELECT round, unit, total, band, items FROM score_line ORDER BY round, unit");
const APPEALS: &Sql = sql!(
    "SELECT id, round, unit, event, reason, salt, due_at, state, decider, answer, answer_salt, appealed_at, appealed_by, decided_at,
            decided_by, passed
     FROM score_appeal ORDER BY id"
);

/// Some versions of the rules a year.
const RULES: &Sql = sql!("SELECT id, digest, packs, kept_at FROM rule_version ORDER BY digest");

fn schemes(tx: &mut Tx) -> Result<Rows, StoreError> {
    let rows = tx.all(SCHEMES, p![], |row| {
        let body = Cell::digest(text_digest_hex(&row.array(6)?, row.text(5)?));
        let cells = cells![row.text(2)?, row.text(3)?, row.text(4)?, body, row.time(7)?, row.id::<Id>(8)?];
        Ok((format!("{} {}", row.id::<Id>(0)?, row.int(1)?), cells))
    })?;
    Ok(rows.into_iter().collect())
}

fn rounds(tx: &mut Tx) -> Result<Rows, StoreError> {
    let mut digests: BTreeMap<Id, Lines> = BTreeMap::new();
    tx.each(LINES, p![], |row| {
        digests.entry(row.id(0)?).or_default().add(row.id(1)?, row.opt_int(2)?, row.opt_text(3)?, row.text(4)?);
        Ok(())
    })?;
    let rows = tx.all(ROUNDS, p![], |row| {
        let lines = Cell::digest(digests.remove(&row.id::<Id>(0)?).unwrap_or_default().hex());
        let (scheme, version, revision, pos) = (row.id::<Id>(1)?, row.int(2)?, row.int(5)?, row.int(6)?);
        let (appeal, at, by) = (row.opt_id::<Id>(7)?, row.time(8)?, row.id::<Id>(9)?);
        let cells = cells![scheme, version, row.text(3)?, row.text(4)?, revision, pos, lines, appeal, at, by];
        Ok((row.id::<Id>(0)?.to_string(), cells))
    })?;
    Ok(rows.into_iter().collect())
}

fn appeals(tx: &mut Tx) -> Result<Rows, StoreError> {
    let rows = tx.all(APPEALS, p![], |row| {
        let reason = Cell::digest(text_digest_hex(&row.array(5)?, row.text(4)?));
        let answer = match row.opt_text(9)? {
            Some(answer) => Cell::digest(text_digest_hex(&row.array(10)?, answer)),
            None => Cell::Nothing,
        };
        let (round, unit, event) = (row.id::<Id>(1)?, row.id::<Id>(2)?, row.id::<Id>(3)?);
        let (due, passed, at, by) = (row.time(6)?, row.int(15)?, row.time(11)?, row.id::<Id>(12)?);
        let made = cells![round, unit, event, reason, due, passed, at, by, row.text(7)?];
        let decided = cells![row.opt_id::<Id>(8)?, answer, row.opt_time(13)?, row.opt_id::<Id>(14)?];
        Ok((row.id::<Id>(0)?.to_string(), [made, decided].concat()))
    })?;
    Ok(rows.into_iter().collect())
}

/// Each with the digest by which it is found and the one of what stands there.
fn rule_versions(tx: &mut Tx) -> Result<Rows, StoreError> {
    let rows = tx.all(RULES, p![], |row| {
        let named = Cell::digest(record::hex(row.blob(1)?));
        let is = rules::digest_of(row.text(2)?).map_or(Cell::Filled, Cell::digest);
        Ok((row.id::<Id>(0)?.to_string(), cells![named, is, row.time(3)?]))
    })?;
    Ok(rows.into_iter().collect())
}
