//! An administrator with SQL at hand: every column of every table is changed once, and a row of every table
//! taken away, each in a transaction of its own that is rolled back; the record must tell. A table that no
//! event tells of is named with the reason, so that a new one is not forgotten. What is told of it in Chinese is Chinese.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use record::{BadFacts, Difference, Fold, Reader};
use store::testing::{Column, Kind, columns, statement};
use store::{Row, Sql, StoreError, Tx, Val};

use crate::TestApp;

/// A table or a column that no event tells of: its name, its column or `*`, and why.
pub type Spared = (&'static str, &'static str, &'static str);

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fate {
    /// With what is said of it in Chinese; nothing where a reader is what tells.
    Found(Vec<String>),
    Unseen,
    /// There is no row that could be changed.
    Empty,
}

/// Ends the transaction so that nothing of it is kept.
#[derive(Debug)]
enum Undo {
    Fate(Fate),
    Refused(StoreError),
}

impl From<StoreError> for Undo {
    fn from(error: StoreError) -> Undo {
        Undo::Refused(error)
    }
}

/// A value of its own, of any kind.
#[derive(Debug, Clone, PartialEq)]
enum Held {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

impl Held {
    fn read(kind: Kind, row: &Row<'_>) -> Result<Held, StoreError> {
        Ok(match kind {
            _ if row.is_null(0)? => Held::Null,
            Kind::Int => Held::Int(row.int(0)?),
            Kind::Real => Held::Real(row.real(0)?),
            Kind::Text => Held::Text(row.text(0)?.to_owned()),
            Kind::Blob => Held::Blob(row.blob(0)?.to_vec()),
        })
    }

    fn bound(&self) -> Val<'_> {
        match self {
            Held::Null => Val::Null,
            Held::Int(n) => Val::Int(*n),
            Held::Real(n) => Val::Real(*n),
            Held::Text(text) => Val::Text(text),
            Held::Blob(bytes) => Val::Blob(bytes),
        }
    }

    /// What it may be changed to: other values of the column first for ids, so that what refers to something still does.
    fn others(&self, kind: Kind, beside: &[Held], words: &[String]) -> Vec<Held> {
        let beside = beside.iter().filter(|other| *other != self).cloned();
        let mut all: Vec<Held> = match self {
            Held::Int(n) => [n + 1, n - 1, 1 - n, n + 86_400_000_000, n - 86_400_000_000].map(Held::Int).to_vec(),
            Held::Real(n) => [n + 0.5, n - 0.5].map(Held::Real).to_vec(),
            Held::Text(text) => {
                let known = words.iter().filter(|word| *word != text).cloned();
                [format!("{text}1")].into_iter().chain(known).map(Held::Text).collect()
            }
            Held::Blob(bytes) => {
                let mut flipped = bytes.clone();
                if let Some(last) = flipped.last_mut() {
                    *last ^= 1;
                }
                vec![Held::Blob(flipped), Held::Blob([bytes.as_slice(), &[1]].concat())]
            }
            Held::Null => match kind {
                Kind::Int => vec![Held::Int(1), Held::Int(0), Held::Int(1_790_000_000_000_000)],
                Kind::Real => vec![Held::Real(1.0)],
                Kind::Text => ["1".to_owned()].into_iter().chain(words.iter().cloned()).map(Held::Text).collect(),
                Kind::Blob => vec![Held::Blob(vec![7; 16]), Held::Blob(vec![7; 32])],
            },
        };
        all.extend(beside);
        if *self != Held::Null {
            all.push(Held::Null);
        }
        all
    }
}

/// All folds over all events; `applied` is told how each event was taken.
fn folded(app: &TestApp, applied: &dyn Fn(Result<(), BadFacts>)) -> Vec<Box<dyn Fold>> {
    let events = app.district().read_now(|tx, _| record::after(tx, 0, i64::MAX as usize)).expect("the events");
    let mut folds: Vec<Box<dyn Fold>> = app.app.folds().iter().map(|new| new()).collect();
    for event in &events {
        for fold in &mut folds {
            applied(fold.apply(event));
        }
    }
    folds
}

/// What any of these folds says that differs.
fn all_of(folds: &[Box<dyn Fold>], tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
    let mut all = Vec::new();
    for fold in folds {
        all.extend(fold.compare(tx)?);
    }
    Ok(all)
}

/// What the events say: the folds of all modules and what the readers made.
struct Truth {
    folds: Vec<Box<dyn Fold>>,
    /// The fold that found something last: the next change is likely of the same module.
    last: usize,
    readers: Vec<(Arc<dyn Reader>, Vec<String>)>,
}

impl Truth {
    fn of(app: &TestApp) -> Truth {
        let folds = folded(app, &|applied| applied.expect("an event that can be read"));
        let readers = app.app.readers().to_vec();
        let dumped = readers.into_iter().map(|reader| {
            let same = Arc::clone(&reader);
            let lines = app.district().read_now(move |tx, _| same.dump(tx)).expect("a reader's tables");
            (reader, lines)
        });
        Truth { readers: dumped.collect(), folds, last: 0 }
    }

    fn differs(&mut self, tx: &mut Tx) -> Result<Option<Vec<Difference>>, StoreError> {
        let others = (0..self.folds.len()).filter(|n| *n != self.last);
        for n in [self.last].into_iter().chain(others.collect::<Vec<_>>()) {
            let Some(fold) = self.folds.get(n) else { continue };
            let found = fold.compare(tx)?;
            if !found.is_empty() {
                self.last = n;
                return Ok(Some(found));
            }
        }
        for (reader, lines) in &self.readers {
            if reader.dump(tx)? != *lines {
                return Ok(Some(Vec::new()));
            }
        }
        Ok(None)
    }
}

/// The words of other letters than Chinese that a line may hold.
struct Known {
    /// Tables, their columns, the codes that they take, the kinds of events.
    always: BTreeSet<String>,
    /// What stands in a table as text.
    stands: BTreeMap<String, BTreeSet<String>>,
}

/// Runs of letters, digits and `_`.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
}

impl Known {
    fn of(app: &TestApp, all: &[Column], words: &BTreeMap<String, Vec<String>>) -> Known {
        let kinds = statement("SELECT DISTINCT kind FROM event".to_owned());
        let kinds = app.district().read_now(move |tx, _| tx.all(kinds, &[], |row| Ok(row.text(0)?.to_owned()))).expect("the kinds");
        let mut always: BTreeSet<String> = kinds.into_iter().chain(words.values().flatten().cloned()).collect();
        always.extend(all.iter().flat_map(|column| [column.table.clone(), column.name.clone()]));
        let mut stands: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for column in all.iter().filter(|column| column.kind == Kind::Text) {
            let (table, name) = (&column.table, &column.name);
            let sql = statement(format!("SELECT DISTINCT {name} FROM {table} WHERE {name} IS NOT NULL"));
            let texts = app.district().read_now(move |tx, _| tx.all(sql, &[], |row| Ok(row.text(0)?.to_owned()))).expect("a column");
            stands.entry(table.clone()).or_default().extend(texts.iter().flat_map(|text| runs(text).map(str::to_owned)));
        }
        Known { always, stands }
    }

    /// The first word in these lines that is neither Chinese nor known: numbers and digests are.
    fn strange(&self, table: &str, values: &[Held], lines: &[String]) -> Option<String> {
        let given: BTreeSet<&str> =
            values.iter().flat_map(|value| if let Held::Text(text) = value { runs(text).collect() } else { Vec::new() }).collect();
        let number = |word: &str| word.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c));
        let known = |word: &str| {
            number(word)
                || self.always.contains(word)
                || given.contains(word)
                || self.stands.get(table).is_some_and(|all| all.contains(word))
        };
        lines.iter().find_map(|line| runs(line).find(|word| !known(word)).map(|word| format!("“{word}” in: {line}")))
    }
}

struct Attack<'a> {
    app: &'a TestApp,
    truth: Arc<Mutex<Truth>>,
    known: Known,
    /// Words of lines that are not Chinese.
    strange: Mutex<Vec<String>>,
}

impl Attack<'_> {
    /// Changes, looks, takes it back.
    fn try_one(&self, sql: &'static Sql, values: Vec<Held>) -> Result<Fate, StoreError> {
        let truth = Arc::clone(&self.truth);
        let done: Result<(), Undo> = self.app.district().write_now(move |tx, _| {
            let bound: Vec<Val<'_>> = values.iter().map(Held::bound).collect();
            if tx.exec(sql, &bound)? == 0 {
                return Err(Undo::Fate(Fate::Empty));
            }
            Err(Undo::Fate(match truth.lock().unwrap().differs(tx) {
                Ok(Some(found)) => Fate::Found(found.iter().map(Difference::zh).collect()),
                Ok(None) => Fate::Unseen,
                // What can no longer be read was found too.
                Err(error) => Fate::Found(vec![error.zh()]),
            }))
        });
        match done {
            Ok(()) => Ok(Fate::Unseen),
            Err(Undo::Fate(fate)) => Ok(fate),
            Err(Undo::Refused(error)) => Err(error),
        }
    }

    fn values(&self, column: &Column) -> Vec<Held> {
        let (table, name, kind) = (&column.table, &column.name, column.kind);
        let sql = statement(format!("SELECT DISTINCT {name} FROM {table} ORDER BY {name} DESC LIMIT 40"));
        self.app.district().read_now(move |tx, _| tx.all(sql, &[], |row| Held::read(kind, row))).expect("a column is read")
    }

    /// Changes a column in such a way that its table takes it; none where it takes no change.
    fn column(&self, column: &Column, words: &[String]) -> Option<Fate> {
        let beside = self.values(column);
        let Some(old) = beside.iter().find(|held| **held != Held::Null).or(beside.first()).cloned() else { return Some(Fate::Empty) };
        let (table, name) = (&column.table, &column.name);
        for new in old.others(column.kind, &beside, words) {
            let done = match &old {
                Held::Null => self.try_one(statement(format!("UPDATE {table} SET {name} = ?1 WHERE {name} IS NULL")), vec![new.clone()]),
                old => self.try_one(statement(format!("UPDATE {table} SET {name} = ?1 WHERE {name} = ?2")), vec![new.clone(), old.clone()]),
            };
            if let Ok(fate) = done {
                self.told(column, &[&beside[..], &[new][..]].concat(), &fate);
                return Some(fate);
            }
        }
        None
    }

    /// Takes rows away.
    fn delete(&self, column: &Column) -> Result<Fate, StoreError> {
        let Some(one) = self.values(column).into_iter().find(|held| *held != Held::Null) else { return Ok(Fate::Empty) };
        let (table, name) = (&column.table, &column.name);
        let fate = self.try_one(statement(format!("DELETE FROM {table} WHERE {name} = ?1")), vec![one])?;
        self.told(column, &[], &fate);
        Ok(fate)
    }

    /// Notes words that are not Chinese in what was said.
    fn told(&self, column: &Column, values: &[Held], fate: &Fate) {
        if let Fate::Found(lines) = fate
            && let Some(strange) = self.known.strange(&column.table, values, lines)
        {
            self.strange.lock().unwrap().push(format!("{}.{}: {strange}", column.table, column.name));
        }
    }

    /// Changes something in a table for good, if the tables can all still be read and somebody tells of it beside what differed
    /// before: gives all that differs then, the same as before where a reader is who tells.
    fn keep_one(&self, column: &Column, words: &[String], before: &[Difference]) -> Option<Vec<Difference>> {
        let beside = self.values(column);
        let old = beside.iter().find(|held| **held != Held::Null)?.clone();
        let (table, name) = (column.table.clone(), &column.name);
        for new in old.others(column.kind, &beside, words) {
            let (truth, table, before) = (Arc::clone(&self.truth), table.clone(), before.to_vec());
            let sql = statement(format!("UPDATE {table} SET {name} = ?1 WHERE {name} = ?2"));
            let old = old.clone();
            let done: Result<Vec<Difference>, Undo> = self.app.district().write_now(move |tx, _| {
                tx.exec(sql, &[new.bound(), old.bound()])?;
                let truth = truth.lock().unwrap();
                let after = all_of(&truth.folds, tx)?;
                if after != before {
                    return Ok(after);
                }
                let own = |lines: &[String]| -> Vec<String> {
                    lines.iter().filter(|line| line.split(' ').next() == Some(table.as_str())).cloned().collect()
                };
                for (reader, lines) in &truth.readers {
                    if own(&reader.dump(tx)?) != own(lines) {
                        return Ok(after);
                    }
                }
                Err(Undo::Fate(Fate::Unseen))
            });
            if let Ok(after) = done {
                return Some(after);
            }
        }
        None
    }
}

/// The words that the checks of each table name.
fn words_of(app: &TestApp) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for migration in crate::trees(app.app.modules()).into_iter().flatten() {
        for part in migration.sql.split("CREATE TABLE ").skip(1) {
            let table = part.split([' ', '(']).next().unwrap_or_default().to_owned();
            let words = part.split('\'').skip(1).step_by(2).filter(|word| !word.is_empty()).map(str::to_owned);
            all.entry(table).or_default().extend(words);
        }
    }
    all
}

/// What is tried.
pub struct Attacks<'a> {
    /// What no event tells of.
    pub spared: &'a [Spared],
    /// Tables of the log itself, whose own tests look at them with the whole of `verify`.
    pub log: &'a [&'a str],
    /// Tables in which this district has nothing; the tests of their modules try them.
    pub empty: &'a [&'a str],
    /// Only these tables, where there are any.
    pub only: &'a [&'a str],
    /// Each so-manyth column.
    pub every: usize,
}

/// Changes each column of each table, and deletes from each.
///
/// # Panics
/// Where something was changed and not found, where a table has nothing that could be changed, and where something
/// is excused that is not there.
pub fn every_column(app: &TestApp, attacks: &Attacks<'_>) {
    app.settle();
    let all = columns(app.district().store());
    let words = words_of(app);
    let attack =
        Attack { app, truth: Arc::new(Mutex::new(Truth::of(app))), known: Known::of(app, &all, &words), strange: Mutex::default() };
    let truth = Arc::clone(&attack.truth);
    let differs = app.district().write_now(move |tx, _| truth.lock().unwrap().differs(tx)).expect("the tables can be read");
    assert!(differs.is_none(), "the tables differ before anything was changed: {differs:?}");
    let named = |table: &str| all.iter().any(|column| column.table == table);
    for (table, name, _) in attacks.spared {
        let there = all.iter().any(|column| column.table == *table && (*name == "*" || column.name == *name));
        assert!(there, "{table}.{name} is spared and not there");
    }
    for table in attacks.log.iter().chain(attacks.empty).chain(attacks.only) {
        assert!(named(table), "there is no table {table}");
    }
    for table in attacks.empty {
        let sql = statement(format!("SELECT COUNT(*) FROM {table}"));
        let rows = app.district().read_now(move |tx, _| tx.one(sql, &[], |row| row.int(0))).expect("a table is counted");
        assert_eq!(rows, 0, "{table} is excused as empty and is not: take it off the list, so that it is attacked");
    }
    let is_spared = |table: &str, name: &str| {
        attacks.log.contains(&table)
            || !attacks.only.is_empty() && !attacks.only.contains(&table)
            || attacks.spared.iter().any(|(t, c, _)| *t == table && (*c == "*" || *c == name))
    };
    let mut wrong: BTreeMap<String, &str> = BTreeMap::new();
    let mut found = 0;
    let mut first: BTreeMap<&str, &Column> = BTreeMap::new();
    for (n, column) in all.iter().enumerate() {
        first.entry(&column.table).or_insert(column);
        if n % attacks.every != 0 || is_spared(&column.table, &column.name) {
            continue;
        }
        let name = format!("{}.{}", column.table, column.name);
        match attack.column(column, words.get(&column.table).map_or(&[], Vec::as_slice)) {
            // A key that others lean on is kept by the table itself.
            Some(Fate::Found(_)) | None => found += 1,
            Some(Fate::Empty) if attacks.empty.contains(&column.table.as_str()) => {}
            Some(Fate::Empty) => drop(wrong.insert(name, "the table is empty: nothing was tried")),
            Some(Fate::Unseen) => drop(wrong.insert(name, "changed and not found")),
        }
    }
    for (table, column) in first {
        if !is_spared(table, "*") && matches!(attack.delete(column), Ok(Fate::Unseen)) {
            wrong.insert(table.to_owned(), "a row was deleted and not found");
        }
    }
    let list: Vec<String> = wrong.iter().map(|(name, why)| format!("{name}: {why}")).collect();
    assert!(wrong.is_empty(), "{found} were found, these not:\n{}", list.join("\n"));
    let strange = attack.strange.into_inner().unwrap();
    assert!(strange.is_empty(), "said in Chinese with words that are not:\n{}", strange.join("\n"));
}

/// Changes one column in each table that is attacked, for good, and tells which tables folds name then, and whether a reader
/// is who tells of some.
///
/// # Panics
/// Where nothing can be changed in a table so that all tables can still be read.
pub fn one_of_each(app: &TestApp, attacks: &Attacks<'_>) -> (BTreeSet<&'static str>, bool) {
    app.settle();
    let all = columns(app.district().store());
    let words = words_of(app);
    let attack =
        Attack { app, truth: Arc::new(Mutex::new(Truth::of(app))), known: Known::of(app, &all, &words), strange: Mutex::default() };
    let spared = |column: &Column| {
        attacks.log.contains(&column.table.as_str())
            || attacks.empty.contains(&column.table.as_str())
            || attacks.spared.iter().any(|(table, name, _)| *table == column.table && (*name == "*" || *name == column.name))
    };
    let tried: Vec<&Column> = all.iter().filter(|column| !spared(column)).collect();
    let (mut differs, mut done, mut by_reader): (Vec<Difference>, BTreeSet<&str>, bool) = (Vec::new(), BTreeSet::new(), false);
    for column in &tried {
        if done.contains(column.table.as_str()) {
            continue;
        }
        if let Some(after) = attack.keep_one(column, words.get(&column.table).map_or(&[], Vec::as_slice), &differs) {
            done.insert(&column.table);
            by_reader |= after == differs;
            differs = after;
        }
    }
    let none: BTreeSet<&str> = tried.iter().map(|column| column.table.as_str()).filter(|table| !done.contains(table)).collect();
    assert!(none.is_empty(), "nothing could be changed in {none:?}");
    (differs.iter().map(|one| one.table).collect(), by_reader)
}

/// The tables of which the folds say now that they differ.
///
/// # Panics
/// Where the store cannot be read.
pub fn named(app: &TestApp) -> BTreeSet<&'static str> {
    // What was changed may have led to events that cannot have happened.
    let folds = folded(app, &|_| {});
    let differs = app.district().read_now(move |tx, _| all_of(&folds, tx)).expect("the tables can be read");
    differs.iter().map(|one| one.table).collect()
}

/// That what is told in Chinese is Chinese.
///
/// # Panics
/// Where a line holds words that are neither that nor names of what stands in the store.
pub fn assert_chinese(app: &TestApp, report: &record::Report) {
    let mut known = Known::of(app, &columns(app.district().store()), &words_of(app));
    let everywhere = known.stands.values().flatten().cloned().collect();
    known.stands.insert(String::new(), everywhere);
    let lines: Vec<String> = report.zh().lines().map(str::to_owned).collect();
    assert_eq!(known.strange("", &[], &lines), None);
}
