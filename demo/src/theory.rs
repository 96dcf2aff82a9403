//! A bank of questions laid out as a teacher would, a paper of it, and three tests of one town: one that is over and marked,
//! one that is open, one that is to come; sat by the town's people, some better and some worse.

use std::sync::Arc;

use ::theory::bank::{Into, open_bank, write_question};
use ::theory::events::TestId;
use ::theory::model::{Kind, mask};
use ::theory::paper::{Choice, Line, Wanted, draft, make_paper};
use ::theory::permissions::{Mark, Organise};
use ::theory::read::Terms;
use ::theory::seat::Seat;
use ::theory::set_test::{Setting, Who, accommodate, set_test};
use ::theory::sit::{Answer, start, submit};
use ::theory::typed::{TypeError, type_sheet};
use base::{PersonId, Time, UnitId};
use people::{Actor, Level, Role};
use store::Store;

use crate::CreateError;
use crate::dice::Dice;
use crate::settle::{Ground, Member, persist};

/// Numbers of the pieces of work here.
const PIECES: u64 = 1 << 42;
/// The questions.
const TEXT: &str = include_str!("../data/theory.txt");
/// Tenths of a point by kind.
const POINTS: [(Kind, i64); 5] = [(Kind::Single, 50), (Kind::Multiple, 60), (Kind::Judge, 30), (Kind::Blank, 40), (Kind::Short, 120)];

/// Make it all, each thing on its day.
pub(crate) fn add(store: &Store, ground: &Ground, members: &Arc<Vec<Member>>, end: Time) -> Result<(), CreateError> {
    let tree = store.read_now(people::tree)?;
    let Some(town) = tree.of_level(Level::Town).next().map(|unit| unit.id) else { return Ok(()) };
    let held = |role: Role| {
        members.iter().map(|member| &member.actor).find(|actor| actor.posts.iter().any(|held| held.role == role && held.unit == town))
    };
    let Some(desk) = held(Role::TownDesk).cloned() else { return Ok(()) };
    let marker = held(Role::TownLeader).or_else(|| held(Role::TownStaff)).cloned();
    let begun = end.plus(-12 * Time::DAY);
    let paper = made(store, ground, &desk, begun)?;
    let set = |n: u64, name: &str, scope: UnitId, opens: Time, closes: Time| -> Result<TestId, CreateError> {
        let (ground, desk, name) = (ground.clone(), desk.clone(), name.to_owned());
        persist(store, move |tx| {
            let ctx = ground.piece(PIECES + n, opens.plus(-Time::HOUR).min(end.plus(-Time::HOUR))).env.ctx();
            let proof = desk.has::<Organise>().ok_or_else(|| CreateError::Refused("nobody sets tests".into()))?;
            let terms = Terms {
                minutes: 40,
                late: 0,
                early: 0,
                attempts: 1,
                pass: 60,
                open_book: false,
                partial: true,
                second: 0,
                shown_at_once: false,
                on_paper: n == 42,
            };
            let tree = people::tree(tx)?;
            let setting = Setting { paper, name: name.clone(), who: Who::Unit(scope), opens, closes, terms };
            set_test(tx, &ctx, &proof, &tree, &setting).map_err(CreateError::refused)
        })
    };
    let past = end.plus(-9 * Time::DAY);
    let first = set(10, "组织生活应知应会测试", town, past, past.plus(4 * Time::HOUR))?;
    let people: Vec<Actor> = members.iter().map(|member| member.actor.clone()).collect();
    sat(store, ground, first, &people, past)?;
    // Nobody marks their own answer: what the first of them wrote, the other marks.
    for (n, marker) in (0..).zip(marker.iter().chain([&desk])) {
        marked(store, ground, first, marker, past.plus(5 * Time::HOUR + n * Time::MINUTE), 1_000 * n.unsigned_abs())?;
    }
    let ground_ = ground.clone();
    persist(store, move |tx| {
        let ctx = ground_.piece(PIECES + 30, past.plus(6 * Time::HOUR)).env.ctx();
        Ok(::theory::close::close_when_done(tx, &ctx, first)?)
    })?;
    let open = set(40, "为基层减负知识测试", town, end.plus(-Time::HOUR), end.plus(3 * Time::DAY))?;
    set(41, "年终理论测试", town, end.plus(6 * Time::DAY), end.plus(7 * Time::DAY))?;
    let community = tree.subtree(town).into_iter().find(|unit| unit.level == Level::Community).map(|unit| unit.id);
    if let (Some(community), Some(second)) = (community, &marker) {
        let opens = end.plus(-2 * Time::DAY);
        let on_paper = set(42, "社区工作者纸笔测试", community, opens, opens.plus(3 * Time::HOUR))?;
        typed(store, ground, on_paper, [&desk, second], opens.plus(5 * Time::HOUR))?;
    }
    give(store, ground, open, &desk, &people, end.plus(-30 * Time::MINUTE))
}

fn made(store: &Store, ground: &Ground, desk: &Actor, at: Time) -> Result<::theory::events::PaperId, CreateError> {
    let (work, by) = (ground.clone(), desk.clone());
    let bank = persist(store, move |tx| {
        let ctx = work.piece(PIECES, at).env.ctx();
        let proof = by.has::<Organise>().ok_or_else(|| CreateError::Refused("nobody keeps a bank".into()))?;
        let tree = people::tree(tx)?;
        let bank = open_bank(tx, &ctx, &proof, "党务和群众工作").map_err(CreateError::refused)?;
        let lines: Vec<String> = TEXT.lines().map(str::to_owned).collect();
        for found in ::theory::layout::read(&lines, "") {
            if let Some(wrong) = found.wrong {
                return Err(CreateError::Data(format!("theory.txt, line {}: {wrong}", found.line)));
            }
            write_question(tx, &ctx, &proof, &tree, Into::Bank(bank), found.question).map_err(CreateError::refused)?;
        }
        Ok(bank)
    })?;
    let (work, by) = (ground.clone(), desk.clone());
    persist(store, move |tx| {
        let ctx = work.piece(PIECES + 1, at.plus(Time::HOUR)).env.ctx();
        let proof = by.has::<Organise>().ok_or_else(|| CreateError::Refused("nobody makes papers".into()))?;
        let all = ::theory::read::questions(tx, bank)?;
        let worth = |kind: Kind| POINTS.iter().find(|(of, _)| *of == kind).map_or(10, |(_, points)| *points);
        let chosen = all.iter().map(|one| (one.id, worth(one.question.kind))).collect();
        let wanted = Wanted {
            bank,
            name: "组织生活和群众工作 A 卷".into(),
            choice: Choice::Chosen(chosen),
            variants: 2,
            shuffle: true,
            shuffle_options: true,
        };
        let tree = people::tree(tx)?;
        let drawn = draft(tx, &ctx, &proof, &tree, &wanted).map_err(CreateError::refused)?;
        let paper = make_paper(tx, &ctx, &proof, &drawn).map_err(CreateError::refused)?;
        let line = |kind, count| Line { kind, topic: String::new(), difficulty: None, count, points: worth(kind) };
        let lines = [line(Kind::Single, 5), line(Kind::Multiple, 2), line(Kind::Judge, 3)];
        let lines = lines.into_iter().flat_map(|line| {
            let topics: std::collections::BTreeSet<String> =
                all.iter().filter(|one| one.question.kind == line.kind).map(|one| one.question.topic.clone()).collect();
            topics.into_iter().next().map(|topic| Line { topic, count: 1, ..line })
        });
        let wanted = Wanted {
            bank,
            name: "随机抽题卷".into(),
            choice: Choice::Drawn(lines.collect()),
            variants: 1,
            shuffle: true,
            shuffle_options: false,
        };
        if let Ok(drawn) = draft(tx, &ctx, &proof, &tree, &wanted) {
            make_paper(tx, &ctx, &proof, &drawn).map_err(CreateError::refused)?;
        }
        Ok(paper)
    })
}

/// The people of the town sit it, one after the other; some know more than others.
fn sat(store: &Store, ground: &Ground, test: TestId, people: &[Actor], opens: Time) -> Result<(), CreateError> {
    let seats = store.read_now(move |tx| ::theory::read::seats(tx, test))?;
    let mut dice = Dice::new(ground.seed).stream("theory");
    let mut at = opens.plus(2 * Time::MINUTE);
    for (n, seat) in (0..).zip(&seats) {
        let Some(actor) = people.iter().find(|actor| actor.person == seat.person).cloned() else { continue };
        // One in eight does not come.
        if dice.chance(120) {
            continue;
        }
        let knows = 0.3 + 0.6 * share(&mut dice);
        let draws: Vec<f64> = (0..64).map(|_| share(&mut dice)).collect();
        let work = ground.clone();
        persist(store, move |tx| {
            let ctx = work.piece(PIECES + 100 + n, at).env.ctx();
            let seat = Seat::find(tx, &actor.signed(), test)?.ok_or_else(|| CreateError::Refused("no seat".into()))?;
            let attempt = start(tx, &ctx, &seat).map_err(CreateError::refused)?;
            let own = ::theory::read::attempts(tx, test, actor.person)?;
            let variant = own.last().map_or(1, |own| own.variant);
            let key = ::theory::read::answers(tx, seat.test().paper, variant)?;
            let answers: Vec<Answer> =
                key.iter().zip(draws.iter().cycle()).enumerate().map(|(place, (item, draw))| answered(place, item, *draw, knows)).collect();
            let ctx = work.piece(PIECES + 5_000 + n, at.plus(20 * Time::MINUTE)).env.ctx();
            submit(tx, &ctx, &seat, attempt, &answers).map_err(CreateError::refused)
        })?;
        at = at.plus(Time::MINUTE / 2);
    }
    Ok(())
}

/// From 0 to 1.
fn share(dice: &mut Dice) -> f64 {
    f64::from(u32::try_from(dice.below(1_000)).unwrap_or(0)) / 1_000.0
}

/// What somebody answers who knows so much.
fn answered(place: usize, item: &::theory::model::KeyItem, draw: f64, knows: f64) -> Answer {
    use ::theory::model::Right;
    let (letters, words) = match &item.right {
        Right::Letters(right) if draw < knows => (*right, String::new()),
        Right::Letters(right) => (if *right == 1 { 2 } else { mask("A").unwrap_or(1) }, String::new()),
        Right::Blanks(blanks) if draw < knows => {
            let words: Vec<&str> = blanks.iter().filter_map(|right| right.first().map(String::as_str)).collect();
            (0, words.join(&::theory::model::BETWEEN.to_string()))
        }
        Right::Blanks(_) => (0, String::new()),
        Right::Hand => (0, "先听清楚居民说的是什么事，当天联系，到现场看，办完再问一问解决了没有。".to_owned()),
    };
    Answer { place, letters, words, ago: 0 }
}

fn marked(store: &Store, ground: &Ground, test: TestId, marker: &Actor, at: Time, from: u64) -> Result<(), CreateError> {
    let (work, by) = (ground.clone(), marker.clone());
    for n in from..from + 400 {
        let (work, by) = (work.clone(), by.clone());
        let more = persist(store, move |tx| {
            let Some(proof) = by.has::<Mark>() else { return Ok(false) };
            let Some(found) = ::theory::read::test(tx, test)? else { return Ok(false) };
            let (waiting, _) = ::theory::mark::waiting(tx, &found, by.person, 8)?;
            let ctx = work.piece(PIECES + 10_000 + n, at).env.ctx();
            for (one, points) in waiting.iter().zip([90, 100, 70, 110, 80, 60, 100, 90]) {
                ::theory::mark::mark_answer(tx, &ctx, &proof, one.attempt, one.place, points).map_err(CreateError::refused)?;
            }
            Ok(!waiting.is_empty())
        })?;
        if !more {
            break;
        }
    }
    Ok(())
}

/// Sheets of a test that was sat on paper: two were typed in by two people, one by the first of them, and the others are to come.
fn typed(store: &Store, ground: &Ground, test: TestId, by: [&Actor; 2], at: Time) -> Result<(), CreateError> {
    let seats = store.read_now(move |tx| ::theory::read::seats(tx, test))?;
    let mut dice = Dice::new(ground.seed).stream("theory on paper");
    for (n, seat) in (0..3_u64).zip(&seats) {
        let (person, knows) = (seat.person, 0.5 + 0.4 * share(&mut dice));
        let draws: Vec<f64> = (0..64).map(|_| share(&mut dice)).collect();
        for (turn, typist) in (0..).zip(by).take(if n < 2 { 2 } else { 1 }) {
            let (work, typist, draws) = (ground.clone(), typist.clone(), draws.clone());
            let minutes = i64::try_from(10 * n + turn).unwrap_or(0);
            persist(store, move |tx| {
                let ctx = work.piece(PIECES + 21_000 + 10 * n + turn, at.plus(minutes * Time::MINUTE)).env.ctx();
                let proof = typist.has::<Organise>().ok_or_else(|| CreateError::Refused("nobody types in".into()))?;
                let found = ::theory::read::test(tx, test)?.ok_or_else(|| CreateError::Refused("no test".into()))?;
                let key = ::theory::read::answers(tx, found.paper, 1)?;
                let answers: Vec<Answer> = key
                    .iter()
                    .zip(draws.iter().cycle())
                    .enumerate()
                    .map(|(place, (item, draw))| answered(place, item, *draw, knows))
                    .collect();
                match type_sheet(tx, &ctx, &proof, &found, person, 1, &answers) {
                    Ok(_) => Ok(()),
                    Err(TypeError::Store(error)) => Err(error.into()),
                    Err(error) => Err(CreateError::refused(error)),
                }
            })?;
        }
    }
    Ok(())
}

/// More time for one of those who have not begun.
fn give(store: &Store, ground: &Ground, test: TestId, desk: &Actor, people: &[Actor], at: Time) -> Result<(), CreateError> {
    let seats = store.read_now(move |tx| ::theory::read::seats(tx, test))?;
    let worker = |person: &PersonId| people.iter().any(|actor| actor.person == *person && actor.is(Role::GridWorker));
    let Some(person) = seats.iter().map(|seat| seat.person).find(worker) else { return Ok(()) };
    let (work, by) = (ground.clone(), desk.clone());
    persist(store, move |tx| {
        let ctx = work.piece(PIECES + 20_000, at).env.ctx();
        let proof = by.has::<Organise>().ok_or_else(|| CreateError::Refused("nobody sets tests".into()))?;
        let test = ::theory::read::test(tx, test)?.ok_or_else(|| CreateError::Refused("no test".into()))?;
        accommodate(tx, &ctx, &proof, &test, person, (50, false)).map_err(CreateError::refused)
    })
}
