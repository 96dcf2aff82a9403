//! Who is told of a test: those who sit it, when it was set, a day before it opens, when it was called off, and when its
//! results are out. Each batch of
//! seats is an event, and the reader of notices finds whom it is for: nothing of it is written with the test, and a district
//! of 100,000 is told by units.

use std::collections::BTreeSet;
use std::sync::Arc;

use base::{Ctx, PersonId, Time, UnitId};
use record::{About, Event, Facts};
use store::{Sql, StoreError, Tx, p, sql};
use web::notice::{Notice, Said, Told, Whom};
use web::{District, Fault, Tick, dates, fill};

use crate::events::{PeopleEnrolled, TestCancellationTold, TestId, TestReminded, TestResultsOut};
use crate::read::{self, Test};
use crate::set_test::seat_of;

web::texts! {
    /// Words of notices.
    pub(crate) ToldTexts;
    set: "安排了测试", "A test to sit";
    set_text: "【{district}】安排您参加“{name}”，{from} 开放，{to} 关闭。", "[{district}] You are to sit “{name}”, open from {from} to {to}.";
    soon: "测试快开始了", "A test is soon";
    soon_text: "【{district}】“{name}” {from} 开放，请按时参加。", "[{district}] “{name}” opens {from}.";
    off: "测试已取消", "A test was called off";
    off_text: "【{district}】原定 {from} 开放的“{name}”已取消：{why}", "[{district}] “{name}”, which was to open {from}, was called off: {why}";
    results: "测试成绩公布", "Results of a test";
    results_text: "【{district}】“{name}”已结束，可以查看成绩和答题情况。", "[{district}] “{name}” is over; your result and answers can be seen.";
}

/// What this module declares.
pub(crate) const NOTICES: &[Notice] = &[
    Notice {
        name: "theory.set",
        title: |lang| ToldTexts::of(lang).set,
        kinds: &[PeopleEnrolled::KIND],
        whom: |tx, _, event| whom(tx, event, event.facts::<PeopleEnrolled>().ok().map(|facts| facts.batch)),
        say: |tx, ctx, told| say(tx, ctx, told, |t| (t.set, t.set_text), |test, now| test.state == "set" && now < test.closes),
    },
    Notice {
        name: "theory.soon",
        title: |lang| ToldTexts::of(lang).soon,
        kinds: &[TestReminded::KIND],
        whom: |tx, _, event| whom(tx, event, event.facts::<TestReminded>().ok().map(|facts| facts.batch)),
        say: |tx, ctx, told| say(tx, ctx, told, |t| (t.soon, t.soon_text), |test, now| test.state == "set" && now < test.closes),
    },
    Notice {
        name: "theory.off",
        title: |lang| ToldTexts::of(lang).off,
        kinds: &[TestCancellationTold::KIND],
        whom: |tx, _, event| whom(tx, event, event.facts::<TestCancellationTold>().ok().map(|facts| facts.batch)),
        say: |tx, ctx, told| say(tx, ctx, told, |t| (t.off, t.off_text), |test, _| test.state == "cancelled"),
    },
    Notice {
        name: "theory.results",
        title: |lang| ToldTexts::of(lang).results,
        kinds: &[TestResultsOut::KIND],
        whom: |tx, _, event| whom(tx, event, event.facts::<TestResultsOut>().ok().map(|facts| facts.batch)),
        say: |tx, ctx, told| match told.person {
            // Who did not sit it has no result.
            Some(person) if read::attempts(tx, TestId(told.subject), person)?.is_empty() => Ok(None),
            _ => say(tx, ctx, told, |t| (t.results, t.results_text), |test, _| test.state == "closed"),
        },
    },
];

/// By the index `seat_by_batch`.
const BATCH: &Sql = sql!("SELECT person, unit FROM seat WHERE test = ?1 AND batch = ?2 ORDER BY person");

/// Of a test for a unit the units of a batch, each once: those of the batch before were told with it. Of a list or a retake the
/// people, since others need not know of it.
fn whom(tx: &mut Tx, event: &Event, batch: Option<i64>) -> Result<Vec<Whom>, StoreError> {
    let (Some(test), Some(batch)) = (read::test(tx, TestId(event.subject))?, batch) else { return Ok(Vec::new()) };
    let mut seats = |batch: i64| tx.all(BATCH, p![test.id, batch], |row| Ok((row.id::<PersonId>(0)?, row.id::<UnitId>(1)?)));
    let here = seats(batch)?;
    if test.scope.is_none() {
        return Ok(here.into_iter().map(|(person, _)| Whom::Person(person)).collect());
    }
    let before: BTreeSet<UnitId> = seats(batch - 1)?.into_iter().map(|(_, unit)| unit).collect();
    let units: BTreeSet<UnitId> = here.into_iter().map(|(_, unit)| unit).filter(|unit| !before.contains(unit)).collect();
    Ok(units.into_iter().map(Whom::Unit).collect())
}

type Pick = fn(&'static ToldTexts) -> (&'static str, &'static str);

fn say(tx: &mut Tx, ctx: &Ctx, told: &Told<'_>, pick: Pick, fits: fn(&Test, Time) -> bool) -> Result<Option<Said>, StoreError> {
    let Some(test) = read::test(tx, TestId(told.subject))?.filter(|test| fits(test, ctx.now)) else { return Ok(None) };
    if let Some(person) = told.person
        && seat_of(tx, test.id, person)?.is_none()
    {
        return Ok(None);
    }
    let (subject, text) = pick(ToldTexts::of(told.lang));
    let when = |at: Time| dates::moment(told.lang, at, ctx.now);
    let (from, to) = (when(test.opens), when(test.closes));
    let text = fill(text, &[("district", &told.district), ("name", &test.name), ("from", &from), ("to", &to), ("why", &test.why)]);
    Ok(Some(Said { subject: subject.to_owned(), text, path: format!("/tests/t/{}", test.id), phone: None }))
}

/// Lets those who sit a test be told, batch by batch.
pub(crate) const TICK: Tick = Tick { name: "theory.tell", every: 60, run };

/// How long before it opens, of a test that was set before that.
const SOON: i64 = Time::DAY;
/// How many batches are told in one transaction.
const AT_ONCE: i64 = 50;

/// By the index `theory_test_by_state`, then `seat_by_batch`.
const COMING: &Sql = sql!(
    "SELECT id FROM theory_test t WHERE state = 'set' AND enrolling IS NULL AND opens_at > ?1 AND opens_at <= ?2
       AND opens_at - created_at > ?3 AND reminded < (SELECT MAX(s.batch) FROM seat s WHERE s.test = t.id)
     ORDER BY opens_at, id LIMIT 1"
);
/// As before.
const OUT: &Sql = sql!(
    "SELECT id FROM theory_test t WHERE state = 'closed' AND sat > 0
       AND results_told < (SELECT MAX(s.batch) FROM seat s WHERE s.test = t.id)
     ORDER BY closes_at, id LIMIT 1"
);
/// As before; who was told of it is told before it would have opened, or as soon as can be.
const OFF: &Sql = sql!(
    "SELECT id FROM theory_test t WHERE state = 'cancelled' AND off_told < (SELECT MAX(s.batch) FROM seat s WHERE s.test = t.id)
     ORDER BY opens_at, id LIMIT 1"
);
const TOLD: &Sql = sql!(
    "SELECT unit, reminded, results_told, off_told, (SELECT MAX(s.batch) FROM seat s WHERE s.test = ?1) FROM theory_test WHERE id = ?1"
);
const REMINDED: &Sql = sql!("UPDATE theory_test SET reminded = ?3 WHERE id = ?1 AND state = 'set' AND reminded = ?2");
const RESULTS: &Sql = sql!("UPDATE theory_test SET results_told = ?3 WHERE id = ?1 AND state = 'closed' AND results_told = ?2");
const CALLED_OFF: &Sql = sql!("UPDATE theory_test SET off_told = ?3 WHERE id = ?1 AND state = 'cancelled' AND off_told = ?2");

/// What a batch is told.
#[derive(Clone, Copy)]
enum What {
    Soon,
    Off,
    Results,
}

fn run(district: &Arc<District>) -> Result<(), Fault> {
    for what in [What::Off, What::Soon, What::Results] {
        while let Some(test) = district.read_now(move |tx, ctx| due(tx, ctx, what))? {
            district.write_now(move |tx, ctx| tell(tx, ctx, test, what))?;
        }
    }
    Ok(())
}

fn due(tx: &mut Tx, ctx: &Ctx, what: What) -> Result<Option<TestId>, StoreError> {
    match what {
        What::Soon => tx.opt(COMING, p![ctx.now, ctx.now.plus(SOON), SOON], |row| row.id(0)),
        What::Off => tx.opt(OFF, p![], |row| row.id(0)),
        What::Results => tx.opt(OUT, p![], |row| row.id(0)),
    }
}

/// The next few batches of a test.
fn tell(tx: &mut Tx, ctx: &Ctx, test: TestId, what: What) -> Result<(), StoreError> {
    let (column, moves) = match what {
        What::Soon => (1, REMINDED),
        What::Results => (2, RESULTS),
        What::Off => (3, CALLED_OFF),
    };
    let found = tx.opt(TOLD, p![test], |row| Ok((row.id::<UnitId>(0)?, row.opt_int(column)?, row.opt_int(4)?)))?;
    let Some((unit, Some(from), Some(all))) = found else { return Ok(()) };
    let to = all.min(from + AT_ONCE);
    if tx.exec(moves, p![test, from, to])? != 1 {
        return Ok(());
    }
    let about = || About { occurred_at: ctx.now, actor: record::Actor::System, unit: Some(unit), subject: test.0, batch: None };
    for batch in from + 1..=to {
        match what {
            What::Soon => record::append(tx, ctx, about(), &TestReminded { batch })?,
            What::Off => record::append(tx, ctx, about(), &TestCancellationTold { batch })?,
            What::Results => record::append(tx, ctx, about(), &TestResultsOut { batch })?,
        };
    }
    Ok(())
}
