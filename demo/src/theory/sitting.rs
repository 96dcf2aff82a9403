//! How tests are sat and marked here: some know more than others, and some do not come.

use std::sync::Arc;

use ::theory::events::TestId;
use ::theory::model::{BETWEEN, KeyItem, Kind, Right};
use ::theory::permissions::Mark;
use ::theory::seat::Seat;
use ::theory::sit::{Answer, start, submit};
use ::theory::typed::{TypeError, type_sheet};
use base::Time;
use people::Actor;

use super::banks::worth;
use super::{Work, organises};
use crate::CreateError;
use crate::dice::Dice;

/// What people write where words are wanted, with the tenths of a point that it is worth.
const WRITTEN: [(&str, i64); 6] = [
    ("先听清居民说的是什么事，记下地点和电话，当天联系；到现场看过，再说明什么时候办好，办完回访。", 105),
    ("先分清是谁的职责：自己的马上办，别人的转给责任部门并跟着办，结果要告诉居民。", 95),
    ("认真负责，热情服务，让群众满意。", VAGUE),
    ("小事也当大事办。及时签收，当天答复；一时办不了的说明原因和时限，同类问题一次解决。", 90),
    ("先登记，再上报，等上级安排。", 30),
    ("听、记、办、回：听清诉求，记录在案，限时办结，电话回访，没办好的重新办。", 110),
];
/// The points of what two markers do not agree about.
const VAGUE: i64 = 50;

/// A test that is sat.
pub(super) struct Sat {
    pub(super) test: TestId,
    pub(super) opens: Time,
    /// In which the people begin, one after the other.
    pub(super) within: i64,
    /// Of a thousand, so many do not come.
    pub(super) absent: u64,
    /// The name of the dice.
    pub(super) stream: &'static str,
}

/// Somebody who comes.
#[derive(Clone)]
struct Comer {
    n: u64,
    actor: Actor,
    at: Time,
    knows: f64,
    draws: Vec<f64>,
}

/// So many sit it in one transaction.
const AT_ONCE: usize = 12;

/// The people sit it; pieces are numbered from `from` on, two for each.
pub(super) fn sat(work: &Work, from: u64, sat: &Sat, people: &[Actor]) -> Result<(), CreateError> {
    let test = sat.test;
    let seats = work.store.read_now(move |tx| ::theory::read::seats(tx, test))?;
    let mut dice = Dice::new(work.ground.seed).stream(sat.stream);
    let step = (sat.within / i64::try_from(seats.len().max(1)).unwrap_or(1)).clamp(Time::SECOND, 2 * Time::MINUTE);
    let mut comers = Vec::new();
    for (n, seat) in (0_u64..).zip(&seats) {
        let Some(actor) = people.iter().find(|actor| actor.person == seat.person).cloned() else { continue };
        if dice.chance(sat.absent) {
            continue;
        }
        let knows = 0.3 + 0.6 * share(&mut dice);
        let draws = (0..64).map(|_| share(&mut dice)).collect();
        let at = sat.opens.plus(2 * Time::MINUTE + i64::try_from(n).unwrap_or(0) * step);
        comers.push(Comer { n, actor, at, knows, draws });
    }
    for some in comers.chunks(AT_ONCE) {
        let (some, ground, from) = (Arc::new(some.to_vec()), work.ground.clone(), work.from + from);
        crate::settle::persist(&work.store, move |tx| {
            for comer in some.iter() {
                let ctx = ground.piece(from + 2 * comer.n, comer.at).env.ctx();
                let seat = Seat::find(tx, &comer.actor.signed(), test)?.ok_or_else(|| CreateError::Refused("no seat".into()))?;
                let attempt = start(tx, &ctx, &seat).map_err(CreateError::refused)?;
                let own = ::theory::read::attempts(tx, test, comer.actor.person)?;
                let key = ::theory::read::answers(tx, seat.test().paper, own.last().map_or(1, |own| own.variant))?;
                let answers = answers(&key, &comer.draws, comer.knows);
                let ctx = ground.piece(from + 2 * comer.n + 1, comer.at.plus(20 * Time::MINUTE)).env.ctx();
                submit(tx, &ctx, &seat, attempt, &answers).map_err(CreateError::refused)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// From 0 to 1.
fn share(dice: &mut Dice) -> f64 {
    f64::from(u32::try_from(dice.below(1_000)).unwrap_or(0)) / 1_000.0
}

fn answers(key: &[KeyItem], draws: &[f64], knows: f64) -> Vec<Answer> {
    key.iter().zip(draws.iter().cycle()).enumerate().map(|(place, (item, draw))| answered(place, item, *draw, knows)).collect()
}

/// What somebody answers who knows so much.
fn answered(place: usize, item: &KeyItem, draw: f64, knows: f64) -> Answer {
    let (letters, words) = match &item.right {
        Right::Letters(right) if draw < knows => (*right, String::new()),
        // Those who do not know are not all wrong in the same way.
        Right::Letters(right) => (wrong(*right, if item.points == worth(Kind::Judge) { 2 } else { 4 }, draw), String::new()),
        Right::Blanks(blanks) if draw < knows => {
            let words: Vec<&str> = blanks.iter().filter_map(|right| right.first().map(String::as_str)).collect();
            (0, words.join(&BETWEEN.to_string()))
        }
        Right::Blanks(_) => (0, String::new()),
        Right::Hand => {
            let at = WRITTEN.len().checked_sub(1).map_or(0, |last| last.min(thousandths(draw) * WRITTEN.len() / 1_000));
            (0, WRITTEN.get(at).map_or("", |(words, _)| words).to_owned())
        }
    };
    Answer { place, letters, words, ago: 0 }
}

fn thousandths(draw: f64) -> usize {
    (0..1_000).find(|n| f64::from(u16::try_from(*n).unwrap_or(0)) / 1_000.0 >= draw).unwrap_or(999)
}

/// One of so many letters, and not the right one.
fn wrong(right: u16, letters: u32, draw: f64) -> u16 {
    let others: Vec<u16> = (0..letters).map(|bit| 1 << bit).filter(|letter| *letter != right).collect();
    others.get(thousandths(draw) % others.len().max(1)).copied().unwrap_or(1)
}

/// Those who mark give points, each in turn, until nothing waits for any of them.
pub(super) fn marked(work: &Work, from: u64, test: TestId, markers: &[Actor], at: Time) -> Result<(), CreateError> {
    let mut n = from;
    for (turn, (k, marker)) in (0..).zip((0..2).flat_map(|_| (0_i64..).zip(markers))) {
        for _ in 0..200 {
            let by = marker.clone();
            n += 1;
            let more = work.run(n, at.plus(turn * 10 * Time::MINUTE), move |tx, ctx| {
                let Some(proof) = by.has::<Mark>() else { return Ok(false) };
                let Some(found) = ::theory::read::test(tx, test)? else { return Ok(false) };
                let (waiting, _) = ::theory::mark::waiting(tx, &found, by.person, 8)?;
                for one in &waiting {
                    let points = opinion(&one.words, k);
                    ::theory::mark::mark_answer(tx, ctx, &proof, one.attempt, one.place, points).map_err(CreateError::refused)?;
                }
                Ok(!waiting.is_empty())
            })?;
            if !more {
                break;
            }
        }
    }
    Ok(())
}

/// What somebody thinks that an answer is worth: nearly what the others think, but for one answer.
fn opinion(words: &str, marker: i64) -> i64 {
    let points = WRITTEN.iter().find(|(written, _)| *written == words).map_or(60, |(_, points)| *points);
    match (points, marker) {
        (VAGUE, 0) => 30,
        (VAGUE, 1) => 70,
        (VAGUE, _) => 60,
        (points, marker) => points + 5 * (marker % 3 - 1),
    }
}

/// Sheets of a test that was sat on paper: two were typed in by two people, one by the first of them, and the others are to come.
pub(super) fn typed(work: &Work, test: TestId, by: [&Actor; 2], at: Time) -> Result<(), CreateError> {
    let seats = work.store.read_now(move |tx| ::theory::read::seats(tx, test))?;
    let mut dice = Dice::new(work.ground.seed).stream("theory on paper");
    for (n, seat) in (0..3_u64).zip(&seats) {
        let (person, knows) = (seat.person, 0.5 + 0.4 * share(&mut dice));
        let draws: Vec<f64> = (0..64).map(|_| share(&mut dice)).collect();
        for (turn, typist) in (0..).zip(by).take(if n < 2 { 2 } else { 1 }) {
            let (typist, draws) = (typist.clone(), draws.clone());
            let minutes = i64::try_from(10 * n + turn).unwrap_or(0);
            work.run(21_000 + 10 * n + turn, at.plus(minutes * Time::MINUTE), move |tx, ctx| {
                let proof = organises(&typist)?;
                let found = ::theory::read::test(tx, test)?.ok_or_else(|| CreateError::Refused("no test".into()))?;
                let key = ::theory::read::answers(tx, found.paper, 1)?;
                match type_sheet(tx, ctx, &proof, &found, person, 1, &answers(&key, &draws, knows)) {
                    Ok(_) => Ok(()),
                    Err(TypeError::Store(error)) => Err(error.into()),
                    Err(error) => Err(CreateError::refused(error)),
                }
            })?;
        }
    }
    Ok(())
}
