//! Schemes, locked scores and appeals as the record tells them, beside their tables.

use std::collections::BTreeMap;

use base::{Id, Time, UnitId};
use record::{Actor, BadFacts, Difference, Event, Facts, Fold, text_digest_hex};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{RulesKept, SchemeEntered, ScoreAppealDecided, ScoreAppealOverdue, ScoreAppealed, ScoresLocked};
use crate::lock::Lines;
use crate::rules;

/// A new fold, for a list of them.
pub fn fold() -> Box<dyn Fold> {
    Box::new(ScoresFold::default())
}

#[derive(Default)]
struct ScoresFold {
    schemes: BTreeMap<(Id, i64), (SchemeEntered, String)>,
    rounds: BTreeMap<Id, (ScoresLocked, String)>,
    appeals: BTreeMap<Id, Appeal>,
    rules: Rows,
}

struct Appeal {
    facts: ScoreAppealed,
    made: String,
    unit: Option<UnitId>,
    decided: Option<(ScoreAppealDecided, String)>,
    passed: bool,
}

/// Who did it and when, as a line of a table has it.
fn done(event: &Event) -> Result<String, BadFacts> {
    match event.actor {
        Actor::Person(person) => Ok(stamp(event.occurred_at, person.0)),
        Actor::Resident | Actor::System => Err(event.bad("nobody did it")),
    }
}

fn stamp(at: Time, by: Id) -> String {
    format!("{} {by}", at.0)
}

impl Fold for ScoresFold {
    fn apply(&mut self, event: &Event) -> Result<(), BadFacts> {
        match event.kind.as_str() {
            SchemeEntered::KIND => {
                let facts: SchemeEntered = event.facts()?;
                if self.schemes.insert((event.subject, facts.version), (facts, done(event)?)).is_some() {
                    return Err(event.bad("this version was entered before"));
                }
            }
            ScoresLocked::KIND if self.rounds.insert(event.subject, (event.facts()?, done(event)?)).is_some() => {
                return Err(event.bad("these scores were locked before"));
            }
            ScoreAppealed::KIND => {
                let appeal = Appeal { facts: event.facts()?, made: done(event)?, unit: event.unit, decided: None, passed: false };
                if self.appeals.insert(event.subject, appeal).is_some() {
                    return Err(event.bad("it was appealed before"));
                }
            }
            ScoreAppealDecided::KIND => {
                let appeal = self.appeals.get_mut(&event.subject).ok_or_else(|| event.bad("there is no such appeal"))?;
                if appeal.decided.replace((event.facts()?, done(event)?)).is_some() {
                    return Err(event.bad("it was decided before"));
                }
            }
            ScoreAppealOverdue::KIND => {
                let f: ScoreAppealOverdue = event.facts()?;
                let found = self.appeals.get_mut(&event.subject).filter(|appeal| appeal.decided.is_none() && appeal.facts.due == f.due);
                found.ok_or_else(|| event.bad("there is no such deadline"))?.passed = true;
            }
            RulesKept::KIND => {
                let f: RulesKept = event.facts()?;
                self.rules.insert(event.subject.to_string(), format!("{} {} {}", f.digest, f.digest, event.occurred_at.0));
            }
            _ => {}
        }
        Ok(())
    }

    fn compare(&self, tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
        let mut out = Vec::new();
        same("scheme", &self.schemes(), &schemes(tx)?, &mut out);
        same("score_round", &self.rounds(), &rounds(tx)?, &mut out);
        same("score_appeal", &self.appeals(), &appeals(tx)?, &mut out);
        same("rule_version", &self.rules, &rule_versions(tx)?, &mut out);
        Ok(out)
    }
}

type Rows = BTreeMap<String, String>;

impl ScoresFold {
    fn schemes(&self) -> Rows {
        let line = |(f, done): &(SchemeEntered, String)| format!("{} {} {} {} {done}", f.level, f.period, f.from, f.body);
        self.schemes.iter().map(|((id, version), facts)| (format!("{id} {version}"), line(facts))).collect()
    }

    fn rounds(&self) -> Rows {
        let line = |(f, done): &(ScoresLocked, String)| {
            let appeal = f.appeal.map_or_else(String::new, |appeal| appeal.to_string());
            format!("{} {} {} {} {} {} {} {appeal} {done}", f.scheme, f.version, f.from, f.to, f.revision, f.pos, f.lines)
        };
        self.rounds.iter().map(|(id, facts)| (id.to_string(), line(facts))).collect()
    }

    fn appeals(&self) -> Rows {
        self.appeals
            .iter()
            .map(|(id, Appeal { facts, made, unit, decided, passed })| {
                let unit = unit.map_or_else(String::new, |unit| unit.to_string());
                let (state, decided) = match decided {
                    None => ("open", String::new()),
                    Some((f, done)) => (if f.upheld { "upheld" } else { "refused" }, format!("{} {} {done}", f.decider, f.answer)),
                };
                let (ScoreAppealed { round, case, reason, due }, passed) = (facts, i64::from(*passed));
                let line = format!("{round} {unit} {case} {reason} {} {passed} {made} {state} {decided}", due.0);
                (id.to_string(), line)
            })
            .collect()
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
        let body = text_digest_hex(&row.array(6)?, row.text(5)?);
        let done = stamp(row.time(7)?, row.id(8)?);
        let line = format!("{} {} {} {body} {done}", row.text(2)?, row.text(3)?, row.text(4)?);
        Ok((format!("{} {}", row.id::<Id>(0)?, row.int(1)?), line))
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
        let lines = digests.remove(&row.id::<Id>(0)?).unwrap_or_default().hex();
        let appeal = row.opt_id::<Id>(7)?.map_or_else(String::new, |id| id.to_string());
        let (scheme, version, revision, pos) = (row.id::<Id>(1)?, row.int(2)?, row.int(5)?, row.int(6)?);
        let done = stamp(row.time(8)?, row.id(9)?);
        let line = format!("{scheme} {version} {} {} {revision} {pos} {lines} {appeal} {done}", row.text(3)?, row.text(4)?);
        Ok((row.id::<Id>(0)?.to_string(), line))
    })?;
    Ok(rows.into_iter().collect())
}

fn appeals(tx: &mut Tx) -> Result<Rows, StoreError> {
    let rows = tx.all(APPEALS, p![], |row| {
        let reason = text_digest_hex(&row.array(5)?, row.text(4)?);
        let answer = match row.opt_text(9)? {
            Some(answer) => text_digest_hex(&row.array(10)?, answer),
            None => String::new(),
        };
        let decider = row.opt_id::<Id>(8)?.map_or_else(String::new, |id| id.to_string());
        let (round, unit, event, due) = (row.id::<Id>(1)?, row.id::<Id>(2)?, row.id::<Id>(3)?, row.int(6)?);
        let made = stamp(row.time(11)?, row.id(12)?);
        let decided = match (row.opt_time(13)?, row.opt_id(14)?) {
            (Some(at), Some(by)) => format!("{decider} {answer} {}", stamp(at, by)),
            (None, None) if decider.is_empty() && answer.is_empty() => String::new(),
            (at, by) => format!("{decider} {answer} {at:?} {by:?}"),
        };
        Ok((
            row.id::<Id>(0)?.to_string(),
            format!("{round} {unit} {event} {reason} {due} {} {made} {} {decided}", row.int(15)?, row.text(7)?),
        ))
    })?;
    Ok(rows.into_iter().collect())
}

/// Each with the digest by which it is found and the one of what stands there.
fn rule_versions(tx: &mut Tx) -> Result<Rows, StoreError> {
    let rows = tx.all(RULES, p![], |row| {
        let (named, is) = (record::hex(row.blob(1)?), rules::digest_of(row.text(2)?));
        Ok((row.id::<Id>(0)?.to_string(), format!("{named} {is} {}", row.int(3)?)))
    })?;
    Ok(rows.into_iter().collect())
}

fn same(table: &'static str, expected: &Rows, found: &Rows, out: &mut Vec<Difference>) {
    let nothing = || "nothing".to_owned();
    let keys: std::collections::BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
    for key in keys {
        let (wanted, is) = (expected.get(key), found.get(key));
        if wanted != is {
            let (expected, found) = (wanted.cloned().unwrap_or_else(nothing), is.cloned().unwrap_or_else(nothing));
            out.push(Difference { table, key: key.clone(), expected, found });
        }
    }
}
