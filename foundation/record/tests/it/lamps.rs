//! A small module to test with: lamps that are mended, a table of how often, its fold and a reader.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use base::rules::Rules;
use base::{Ctx, Env, FixedClock, Id, Keys, SeededRandom, Time};
use record::{About, Actor, BadFacts, Difference, Event, EventId, Facts, Fold, Reader, Report, cells};
use store::{Migration, Store, StoreError, Tx, p, sql};

pub(crate) const TREES: [&[Migration]; 2] = [record::MIGRATIONS, LAMPS];

const LAMPS: &[Migration] = &[Migration {
    name: "lamps/0001_lamp",
    sql: "CREATE TABLE lamp (id @blob NOT NULL PRIMARY KEY, mended @int NOT NULL) @end;
          CREATE TABLE lamp_day (day @int NOT NULL PRIMARY KEY, n @int NOT NULL) @end;",
}];

#[derive(serde::Serialize, serde::Deserialize)]
pub(crate) struct LampMended {
    pub(crate) bulbs: i64,
}

impl Facts for LampMended {
    const KIND: &'static str = "LampMended";
    const V: i64 = 1;
}

pub(crate) struct World {
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) env: Env,
}

pub(crate) fn world(seed: u64) -> World {
    static RULES: OnceLock<Arc<Rules>> = OnceLock::new();
    let clock = Arc::new(FixedClock::at(store::testing::NOW));
    let random = Arc::new(SeededRandom::new(seed));
    let keys = Arc::new(Keys::parse(&Keys::generate(&*random)).unwrap());
    let rules = RULES.get_or_init(Rules::builtin).clone();
    World { env: Env { clock: clock.clone(), random, rules, keys }, clock }
}

pub(crate) fn lamp(n: u8) -> Id {
    Id([n; 16])
}

/// The operation: the table and the event in one transaction.
pub(crate) fn mend(tx: &mut Tx, ctx: &Ctx, lamp: Id, bulbs: i64) -> Result<EventId, StoreError> {
    let upsert =
        sql!("INSERT INTO lamp (id, mended) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET mended = lamp.mended + excluded.mended");
    tx.exec(upsert, p![lamp, bulbs])?;
    let about = About { occurred_at: ctx.now, actor: Actor::System, unit: None, subject: lamp, batch: None };
    record::append(tx, ctx, about, &LampMended { bulbs })
}

/// Mend so many lamps, each in a transaction of its own.
pub(crate) fn mend_some(store: &Store, world: &World, n: u8) {
    for at in 0..n {
        let env = world.env.clone();
        store.write_now(move |tx| mend(tx, &env.ctx(), lamp(at % 7), i64::from(at))).unwrap();
        world.clock.advance(Time::SECOND);
    }
}

#[derive(Default)]
pub(crate) struct LampFold(BTreeMap<Id, i64>);

impl Fold for LampFold {
    fn apply(&mut self, event: &Event) -> Result<(), BadFacts> {
        if event.is::<LampMended>() {
            let facts: LampMended = event.facts()?;
            *self.0.entry(event.subject).or_default() += facts.bulbs;
        }
        Ok(())
    }

    fn compare(&self, tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
        let table: BTreeMap<Id, i64> =
            tx.all(sql!("SELECT id, mended FROM lamp ORDER BY id"), p![], |row| Ok((row.id(0)?, row.int(1)?)))?.into_iter().collect();
        let mut out = Vec::new();
        record::differ("lamp", &["mended"], Id::to_string, |mended| cells![*mended], &self.0, &table, &mut out);
        Ok(out)
    }
}

/// Counts mendings by day.
pub(crate) struct LampDays(pub(crate) i64);

impl Reader for LampDays {
    fn name(&self) -> &'static str {
        "lamp_days"
    }

    fn version(&self) -> i64 {
        self.0
    }

    fn apply(&self, tx: &mut Tx, events: &[Event]) -> Result<(), StoreError> {
        let add = sql!("INSERT INTO lamp_day (day, n) VALUES (?1, 1) ON CONFLICT (day) DO UPDATE SET n = lamp_day.n + excluded.n");
        for event in events {
            tx.exec(add, p![event.occurred_at.0.div_euclid(Time::DAY)])?;
        }
        Ok(())
    }

    fn clear(&self, tx: &mut Tx) -> Result<(), StoreError> {
        tx.exec(sql!("DELETE FROM lamp_day"), p![]).map(drop)
    }

    fn dump(&self, tx: &mut Tx) -> Result<Vec<String>, StoreError> {
        tx.all(sql!("SELECT day, n FROM lamp_day ORDER BY day"), p![], |row| Ok(format!("lamp_day {} {}", row.int(0)?, row.int(1)?)))
    }
}

pub(crate) fn verify(store: &Store) -> Report {
    let report = record::verify(store, &[|| Box::new(LampFold::default())], &[Arc::new(LampDays(1))]).unwrap();
    assert_chinese(&report.zh());
    report
}

/// Tables and columns that a line may name.
const NAMES: &[&str] = &[
    "lamp",
    "lamp_day",
    "mended",
    "event",
    "id",
    "v",
    "actor",
    "actor_kind",
    "unit",
    "subject",
    "batch",
    "rules_digest",
    "salt",
    "log_tree",
    "log_tile",
    "root",
    "quarantined_event",
    "outcome",
    "note",
];

/// That what is told in Chinese holds no other words than names, digests and the kinds of events, which stand in brackets.
pub(crate) fn assert_chinese(report: &str) {
    for line in report.lines() {
        let (mut inside, mut words) = (false, String::new());
        for c in line.chars() {
            inside = (inside || c == '（') && c != '）';
            words.push(if inside || !(c.is_ascii_alphanumeric() || c == '_') { ' ' } else { c });
        }
        let digits = |word: &str| word.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c));
        let strange = words.split(' ').find(|word| !digits(word) && !NAMES.contains(word));
        assert_eq!(strange, None, "{line}");
    }
}

pub(crate) fn assert_clean(store: &Store) {
    let report = verify(store);
    assert!(report.is_clean(), "{report}");
}

/// A place on PostgreSQL for tests of two processes, or none, saying so.
pub(crate) fn postgres() -> Option<store::testing::Place> {
    let place = store::testing::Place::fresh(store::Engine::Postgres);
    if place.is_none() {
        eprintln!("skipped: {} holds no URL of a PostgreSQL server", store::testing::PG_VARIABLE);
    }
    place
}
