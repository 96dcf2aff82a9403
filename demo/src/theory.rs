//! What is sat in the demo district: a bank of questions laid out as a teacher would, a paper of it and the tests of one town
//! (one that is over and was marked by two, its retake, one that is open, one to come, one called off, one on paper); and
//! tests of the whole district, of its members and of its staff, so that everybody finds one that is open and one with results.

mod banks;
mod sitting;
mod wide;

use std::sync::Arc;

use ::theory::events::{PaperId, TestId};
use ::theory::permissions::Organise;
use ::theory::read::Terms;
use ::theory::set_test::{SetError, Setting, Who, accommodate, cancel, set_test};
use base::{Ctx, PersonId, Time, UnitId};
use people::{Actor, Level, Proof, Role};
use store::{Store, Tx};

use crate::CreateError;
use crate::settle::{Ground, Member, persist};

/// Numbers of the pieces of work here; each group has a range of its own.
const PIECES: u64 = 1 << 42;

/// Work whose pieces are numbered from somewhere on.
#[derive(Clone)]
struct Work {
    store: Store,
    ground: Ground,
    from: u64,
}

impl Work {
    fn run<T: Send + 'static>(
        &self,
        n: u64,
        at: Time,
        f: impl Fn(&mut Tx, &Ctx) -> Result<T, CreateError> + Send + Sync + 'static,
    ) -> Result<T, CreateError> {
        let (ground, number) = (self.ground.clone(), self.from + n);
        persist(&self.store, move |tx| f(tx, &ground.piece(number, at).env.ctx()))
    }

    /// Sets a test; nothing where nobody would sit it.
    fn set(&self, n: u64, at: Time, by: &Actor, setting: Setting) -> Result<Option<TestId>, CreateError> {
        let by = by.clone();
        self.run(n, at, move |tx, ctx| {
            let (proof, tree) = (organises(&by)?, people::tree(tx)?);
            match set_test(tx, ctx, &proof, &tree, &setting) {
                Ok(test) => {
                    while ::theory::enrol::go_on(tx, ctx, test, ::theory::enrol::AT_ONCE)? {}
                    Ok(Some(test))
                }
                Err(SetError::Nobody) => Ok(None),
                Err(error) => Err(CreateError::refused(error)),
            }
        })
    }

    /// Closes a test whose time is over, as the tick does.
    fn close(&self, n: u64, at: Time, test: TestId) -> Result<(), CreateError> {
        self.run(n, at, move |tx, ctx| Ok(::theory::close::close_when_done(tx, ctx, test).map(drop)?))
    }
}

/// The permission to keep banks and set tests.
fn organises(by: &Actor) -> Result<Proof<Organise>, CreateError> {
    by.has::<Organise>().ok_or_else(|| CreateError::Refused("nobody sets tests".into()))
}

/// This hour of the day so many days ago.
fn day(end: Time, ago: i64, hour: i64) -> Time {
    crate::hours::midnight(end.plus(-ago * Time::DAY)).plus(hour * Time::HOUR)
}

/// How most tests are sat.
fn terms() -> Terms {
    Terms::of(40)
}

/// Make it all, each thing on its day.
pub(crate) fn add(store: &Store, ground: &Ground, members: &Arc<Vec<Member>>, end: Time) -> Result<(), CreateError> {
    let people: Vec<Actor> = members.iter().map(|member| member.actor.clone()).collect();
    let group = |k: u64| Work { store: store.clone(), ground: ground.clone(), from: PIECES + (k << 32) };
    town(&group(0), &people, end)?;
    wide::of_members(&group(1), &people, end)?;
    wide::of_staff(&group(2), &people, end)
}

/// The tests of one town, set by its desk.
fn town(work: &Work, people: &[Actor], end: Time) -> Result<(), CreateError> {
    let tree = work.store.read_now(people::tree)?;
    let Some(town) = tree.of_level(Level::Town).next().map(|unit| unit.id) else { return Ok(()) };
    let held = |role: Role| people.iter().filter(move |actor| actor.posts.iter().any(|held| held.role == role && held.unit == town));
    let Some(desk) = held(Role::TownDesk).next().cloned() else { return Ok(()) };
    // Nobody marks their own answer: there are more who mark than an answer needs.
    let markers: Vec<Actor> = held(Role::TownLeader).take(1).chain([&desk]).chain(held(Role::TownStaff).take(3)).cloned().collect();
    let paper = banks::town(work, &desk, end.plus(-12 * Time::DAY))?;
    let set = |n: u64, name: &str, who: Who, (opens, closes): (Time, Time), terms: Terms| {
        let at = opens.plus(-Time::HOUR).min(end.plus(-Time::HOUR));
        work.set(n, at, &desk, Setting { paper, name: name.to_owned(), who, opens, closes, terms })
    };
    let past = day(end, 9, 9);
    let window = (past, past.plus(4 * Time::HOUR));
    if let Some(first) = set(10, "组织生活应知应会测试", Who::Unit(town), window, Terms { second: 15, ..terms() })? {
        let sat = sitting::Sat { test: first, opens: past, within: 2 * Time::HOUR, absent: 120, stream: "theory" };
        sitting::sat(work, 100, &sat, people)?;
        sitting::marked(work, 10_000, first, &markers, past.plus(5 * Time::HOUR))?;
        work.close(30, past.plus(8 * Time::HOUR), first)?;
        // Who did not pass, or did not come: some have sat the retake, and what they wrote waits to be marked.
        let opens = day(end, 1, 9);
        let window = (opens, day(end, -2, 18));
        if let Some(again) = set(43, "组织生活知识补考", Who::Failed(first), window, Terms { second: 15, ..terms() })? {
            let sat = sitting::Sat { test: again, opens, within: 5 * Time::HOUR, absent: 500, stream: "theory again" };
            sitting::sat(work, 60_000, &sat, people)?;
            sitting::marked(work, 70_000, again, markers.get(..1).unwrap_or_default(), opens.plus(6 * Time::HOUR))?;
        }
    }
    let open = set(40, "为基层减负知识测试", Who::Unit(town), (end.plus(-Time::HOUR), day(end, -3, 18)), terms())?;
    set(41, "年终理论测试", Who::Unit(town), (day(end, -6, 9), day(end, -6, 18)), terms())?;
    if let Some(off) = set(44, "基层治理专题测试", Who::Unit(town), (day(end, -2, 9), day(end, -2, 18)), terms())? {
        let by = desk.clone();
        work.run(45, end.plus(-40 * Time::MINUTE), move |tx, ctx| {
            let proof = organises(&by)?;
            let test = ::theory::read::test(tx, off)?.ok_or_else(|| CreateError::Refused("no test".into()))?;
            cancel(tx, ctx, &proof, &test, "与区里的接诉即办业务测试内容重复，不再单独组织。").map_err(CreateError::refused)
        })?;
    }
    let community = tree.subtree(town).into_iter().find(|unit| unit.level == Level::Community).map(|unit| unit.id);
    if let (Some(community), Some(second)) = (community, markers.first()) {
        let opens = day(end, 2, 9);
        let terms = Terms { on_paper: true, ..terms() };
        let test = set(42, "社区工作者纸笔测试", Who::Unit(community), (opens, opens.plus(3 * Time::HOUR)), terms)?;
        if let Some(test) = test {
            sitting::typed(work, test, [&desk, second], opens.plus(5 * Time::HOUR))?;
        }
    }
    match open {
        Some(open) => give(work, open, &desk, people, end.plus(-30 * Time::MINUTE)),
        None => Ok(()),
    }
}

/// More time for one of those who have not begun.
fn give(work: &Work, test: TestId, desk: &Actor, people: &[Actor], at: Time) -> Result<(), CreateError> {
    let seats = work.store.read_now(move |tx| ::theory::read::seats(tx, test))?;
    let worker = |person: &PersonId| people.iter().any(|actor| actor.person == *person && actor.is(Role::GridWorker));
    let Some(person) = seats.iter().map(|seat| seat.person).find(worker) else { return Ok(()) };
    let by = desk.clone();
    work.run(20_000, at, move |tx, ctx| {
        let proof = organises(&by)?;
        let test = ::theory::read::test(tx, test)?.ok_or_else(|| CreateError::Refused("no test".into()))?;
        accommodate(tx, ctx, &proof, &test, person, (50, false)).map_err(CreateError::refused)
    })
}

/// A test of a paper for a unit.
fn for_unit(paper: PaperId, name: &str, unit: UnitId, opens: Time, closes: Time, terms: Terms) -> Setting {
    Setting { paper, name: name.to_owned(), who: Who::Unit(unit), opens, closes, terms }
}
