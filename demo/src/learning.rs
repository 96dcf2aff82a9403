//! What is studied in the demo district: courses, a plan that came due and one that runs, rounds of secretaries' training
//! that were held, a lecture that was corrected and can be joined, a class that is not held, collective study, committees,
//! a little discussion. Some have studied much, some nothing yet.

mod meetings;

use std::sync::Arc;

use ::learning::class::{NewClass, Terms, announce, cancel, finish};
use ::learning::collective::{Held, hold};
use ::learning::lesson::{Words, add};
use ::learning::model::{ClassId, ClassSort, CourseId, CourseState, LessonKind, Occasion, end_of};
use ::learning::permissions::{Keep, Learn, Plan, Teach};
use ::learning::plan::{NewPlan, conclude, make, ready};
use ::learning::{attend, correct, course, read, remark, seat, since, study};
use base::{Ctx, Date, Time, UnitId};
use measures::Period;
use people::{Actor, Role};
use serde::Deserialize;
use store::{Store, Tx};
use web::media::{Kind, Media};

use crate::CreateError;
use crate::settle::{Ground, Member, Piece, persist};

/// The first number of the pieces of work here.
const PIECE: u64 = 1 << 45;

#[derive(Clone, Deserialize)]
struct Data {
    course: Vec<Course>,
    class: Vec<Class>,
    study: Vec<Study>,
    /// What branches hold because a rule orders it: theme days, and last a Party lecture.
    life: Vec<Study>,
    /// Meetings, in the order in which an organisation holds them.
    meeting: Vec<meetings::Meeting>,
    remark: Vec<Remark>,
}

#[derive(Clone, Deserialize)]
struct Course {
    title: String,
    about: String,
    lesson: Vec<Lesson>,
}

#[derive(Clone, Deserialize)]
struct Lesson {
    kind: String,
    title: String,
    source: String,
    on: String,
    minutes: i64,
    body: String,
}

#[derive(Clone, Deserialize)]
struct Class {
    title: String,
    place: String,
    notice: String,
}

#[derive(Clone, Deserialize)]
struct Study {
    topic: String,
    minute: String,
    hours: i64,
}

#[derive(Clone, Deserialize)]
struct Remark {
    who: String,
    text: String,
}

fn data() -> Result<Data, CreateError> {
    toml::from_str(include_str!("../data/learning.toml")).map_err(|error| CreateError::Data(format!("learning.toml: {error}")))
}

/// Who takes part: the office that teaches, secretaries and members of branches.
struct Cast {
    office: Actor,
    actors: Vec<Actor>,
}

impl Cast {
    fn of(members: &[Member]) -> Result<Cast, CreateError> {
        let actors: Vec<Actor> = members.iter().map(|member| member.actor.clone()).collect();
        let office = actors.iter().find(|actor| actor.is(Role::PartyAffairs)).cloned();
        Ok(Cast { office: office.ok_or_else(|| CreateError::Data("nobody teaches".into()))?, actors })
    }

    fn teaches(&self) -> Result<people::Proof<Teach>, CreateError> {
        self.office.has::<Teach>().ok_or(CreateError::Taken)
    }

    fn with(&self, role: Role) -> Vec<&Actor> {
        self.actors.iter().filter(|actor| actor.is(role)).collect()
    }
}

/// A key that no form brings, for each thing once.
fn key(ctx: &Ctx) -> [u8; 16] {
    ctx.salt()
}

/// A moment later, so that nothing happens at once.
fn next(piece: &Piece) -> Ctx {
    use base::Clock as _;
    piece.at(piece.clock.now().plus(Time::SECOND / 1000))
}

/// A tone of half a minute, as WAV.
pub(crate) fn tone() -> Vec<u8> {
    let (rate, seconds) = (8_000_u32, 30_u32);
    let count = rate * seconds;
    let mut out = b"RIFF".to_vec();
    out.extend_from_slice(&(36 + count).to_le_bytes());
    out.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    out.extend_from_slice(&rate.to_le_bytes());
    out.extend_from_slice(&rate.to_le_bytes());
    out.extend_from_slice(b"\x01\0\x08\0data");
    out.extend_from_slice(&count.to_le_bytes());
    // A soft note each second, higher as time goes on, so that one hears where one is.
    out.extend((0..count).map(|n| {
        let (second, within) = (n / rate, n % rate);
        let half = rate / (2 * (220 + second * 8));
        match (within < rate / 3, within / half.max(1) % 2) {
            (true, 0) => 140,
            (true, _) => 116,
            (false, _) => 128,
        }
    }));
    out
}

/// Before the year of the demonstration: courses, a class that is held to its end, a plan that comes due.
pub(crate) fn begin(store: &Store, ground: &Ground, at: Time, members: &[Member]) -> Result<(), CreateError> {
    let data = data()?;
    let cast = Arc::new(Cast::of(members)?);
    let sound = tone();
    let digest = store.blobs().put(&sound).map_err(|error| CreateError::Picture(error.to_string()))?;
    let media = Media { digest, size: u64::try_from(sound.len()).unwrap_or(0), kind: Kind::Wav, name: "tone.wav".into() };
    let courses = {
        let (ground, cast, all) = (ground.clone(), Arc::clone(&cast), data.course.clone());
        persist(store, move |tx| {
            let piece = ground.piece(PIECE, at);
            let (proof, tree) = (cast.teaches()?, people::tree(tx)?);
            all.iter().map(|one| enter_course(tx, &piece, &proof, &tree, one, &media)).collect::<Result<Vec<_>, CreateError>>()
        })?
    };
    let held = at.plus(3 * Time::DAY);
    let first = data.class.first().cloned().ok_or_else(|| CreateError::Data("learning.toml: no class".into()))?;
    hold_round(store, ground, &cast, (PIECE + 1, first), (at.plus(Time::HOUR), held))?;
    // A plan for every branch: two of three have all studied when it comes due.
    let due = at.plus(6 * Time::DAY);
    let plan = {
        let (ground, cast, course) = (ground.clone(), Arc::clone(&cast), courses.get(1).copied().unwrap_or_default());
        persist(store, move |tx| {
            let piece = ground.piece(PIECE + 3, held.plus(Time::DAY));
            let new = (vec![course], due, "全体党员学习基本要求", Some(Role::BranchSecretary));
            let id = enter_plan(tx, &piece, &cast, new)?;
            for (n, actor) in cast.with(Role::BranchSecretary).into_iter().enumerate() {
                if n % 3 != 2 {
                    study_all(tx, &piece, actor, course, usize::MAX)?;
                }
            }
            Ok(id)
        })?
    };
    let ground = ground.clone();
    persist(store, move |tx| {
        let piece = ground.piece(PIECE + 4, end_of(due.date()).plus(Time::MINUTE));
        let ctx = next(&piece);
        let plan = read::plan(tx, plan)?.ok_or(CreateError::Taken)?;
        let some = ready(tx, &ctx, &plan)?;
        conclude(tx, &ctx, plan.id, &some)?;
        Ok(())
    })
}

/// At the end of the year: a plan that runs, a class that can be joined, this year's study of some branches, discussion.
pub(crate) fn go_on(store: &Store, ground: &Ground, members: &Arc<Vec<Member>>, end: Time) -> Result<(), CreateError> {
    let data = data()?;
    let cast = Arc::new(Cast::of(members)?);
    {
        let (ground, cast) = (ground.clone(), Arc::clone(&cast));
        persist(store, move |tx| {
            let piece = ground.piece(PIECE + 8, end);
            let courses: Vec<CourseId> = read::courses(tx)?.into_iter().map(|course| course.id).collect();
            let (first, second) = match courses.as_slice() {
                [third, second, first] => (*first, [*third, *second]),
                _ => return Err(CreateError::Data("learning.toml: three courses are wanted".into())),
            };
            let old: Vec<_> = read::open_plans(tx)?;
            let proof = cast.office.has::<Plan>().ok_or(CreateError::Taken)?;
            let tree = people::tree(tx)?;
            for plan in old {
                ::learning::plan::end(tx, &next(&piece), &proof, &tree, plan.id).map_err(CreateError::refused)?;
            }
            enter_plan(tx, &piece, &cast, (vec![first, second[1]], end.plus(6 * Time::DAY), "四季度党员集中学习", None))?;
            let grid = NewPlan {
                target: tree.district().map(|unit| unit.id).unwrap_or_default(),
                role: Some(Role::GridWorker),
                ..quarter(&[second[0]], end)
            };
            make(tx, &next(&piece), &proof, &tree, &key(&next(&piece)), &grid).map_err(CreateError::refused)?;
            Ok(())
        })?;
    }
    // Few in one transaction: whoever is a member has studied more or less.
    let studied: Vec<Actor> =
        cast.actors.iter().filter(|actor| actor.is(Role::Member) || actor.is(Role::BranchSecretary)).take(240).cloned().collect();
    for (n, some) in (0_u64..).zip(studied.chunks(24)) {
        let (ground, some) = (ground.clone(), some.to_vec());
        persist(store, move |tx| {
            let piece = ground.piece(PIECE + 16 + n, end);
            let courses: Vec<CourseId> = read::courses(tx)?.into_iter().map(|course| course.id).collect();
            for (k, actor) in some.iter().enumerate() {
                for (c, course) in courses.iter().enumerate().skip(1) {
                    // The whole, a part, or nothing.
                    let lessons = [usize::MAX, usize::MAX, 1, 0].get((k + c) % 4).copied().unwrap_or(0);
                    study_all(tx, &piece, actor, *course, lessons)?;
                }
            }
            Ok(())
        })?;
    }
    {
        let (ground, cast, studies) = (ground.clone(), Arc::clone(&cast), data.study.clone());
        persist(store, move |tx| {
            let piece = ground.piece(PIECE + 9, end);
            let tree = people::tree(tx)?;
            for (n, actor) in cast.with(Role::BranchSecretary).into_iter().take(20).enumerate() {
                let Some(proof) = actor.has::<Keep>() else { continue };
                for (k, one) in studies.iter().enumerate().take(1 + n % 2) {
                    let ctx = next(&piece);
                    let present = people::read::holders_in(tx, ctx.now, proof.unit())?.into_iter().map(|holding| holding.person);
                    let held = Held {
                        branch: proof.unit(),
                        occasion: Occasion::Study,
                        on: end.plus(-Time::DAY * (3 + 20 * i64::try_from(k).unwrap_or(0))).date(),
                        minutes: one.hours * 60,
                        topic: one.topic.clone(),
                        minute: one.minute.clone(),
                        present: present.collect::<std::collections::BTreeSet<_>>().into_iter().collect(),
                    };
                    hold(tx, &ctx, &proof, &tree, &key(&ctx), &held).map_err(CreateError::refused)?;
                }
            }
            Ok(())
        })?;
    }
    meetings::found(store, ground, &cast, end)?;
    for back in (0..MONTHS_OF_LIFE).rev() {
        live(store, ground, &cast, &data.life, (back, end))?;
        meetings::hold(store, ground, &cast, &data.meeting, (back, end))?;
    }
    // This year's round, some weeks ago; one in seven did not come.
    let second = data.class.get(2).cloned().ok_or_else(|| CreateError::Data("learning.toml: four classes are wanted".into()))?;
    hold_round(store, ground, &cast, (PIECE + 11, second), (end.plus(-26 * Time::DAY), end.plus(-20 * Time::DAY)))?;
    {
        let (ground, cast, one) = (ground.clone(), Arc::clone(&cast), data.class.get(3).cloned());
        persist(store, move |tx| {
            let piece = ground.piece(PIECE + 14, end.plus(-Time::HOUR));
            let Some(one) = &one else { return Ok(()) };
            let (proof, tree) = (cast.teaches()?, people::tree(tx)?);
            let day = Time::from_civil(end.plus(8 * Time::DAY).date().at(9, 0, 0, 0));
            let days = vec![(day, day.plus(2 * Time::HOUR), 120)];
            let id = enter_class(tx, &piece, &cast, one, (ClassSort::Training, 30, days))?;
            cancel(tx, &next(&piece), &proof, &tree, id, "讲课教师出差，改为线上课程").map_err(CreateError::refused)?;
            // Some secretaries began two months before the house did, and say so.
            let began = tree.district().map(|unit| unit.valid_from.plus(-60 * Time::DAY).date());
            for (n, actor) in cast.with(Role::BranchSecretary).into_iter().take(20).enumerate() {
                let Some(proof) = actor.has::<Keep>() else { continue };
                if n % 4 == 1 {
                    let who = (proof.unit(), actor.person);
                    since::say(tx, &next(&piece), &proof, &tree, who, began).map_err(CreateError::refused)?;
                }
            }
            Ok(())
        })?;
    }
    let ground = ground.clone();
    persist(store, move |tx| {
        let piece = ground.piece(PIECE + 10, end);
        let one = data.class.get(1).ok_or_else(|| CreateError::Data("learning.toml: two classes are wanted".into()))?;
        let day = Time::from_civil(end.plus(4 * Time::DAY).date().at(14, 0, 0, 0));
        let id = enter_class(tx, &piece, &cast, one, (ClassSort::Lecture, 6, vec![(day, day.plus(3 * Time::HOUR), 180)]))?;
        // Two more than there are seats.
        for actor in cast.with(Role::Member).into_iter().skip(1).take(8) {
            enter_seat(tx, &next(&piece), actor, id)?;
        }
        // One cannot come, and says why.
        let day = read::days(tx, id)?.first().map(|day| day.id);
        let seated = read::seats(tx, id)?.first().map(|seat| seat.person);
        let absent = cast.actors.iter().find(|actor| Some(actor.person) == seated);
        if let (Some(day), Some(proof)) = (day, absent.and_then(|actor| actor.has::<Learn>())) {
            seat::ask_leave(tx, &next(&piece), &proof, day, "当天下午在网格值班").map_err(CreateError::refused)?;
        }
        let tree = people::tree(tx)?;
        // The room was too small: another one, and a seat more for who waits.
        let class = read::class(tx, id)?.ok_or(CreateError::Taken)?;
        let terms = Terms {
            title: class.title,
            place: "区政务中心二楼会议室".into(),
            notice: class.notice,
            quota: class.quota + 1,
            until: class.join_until,
            must: class.must,
            days: read::days(tx, id)?.iter().map(|day| (day.starts, day.ends, day.minutes)).collect(),
        };
        correct::correct(tx, &next(&piece), &cast.teaches()?, &tree, (id, class.v), &terms).map_err(CreateError::refused)?;
        let Some(course) = read::courses(tx)?.pop() else { return Ok(()) };
        let Some(lesson) = read::lessons(tx, course.id)?.first().map(|lesson| lesson.id) else { return Ok(()) };
        for said in &data.remark {
            let ctx = next(&piece);
            let who = if said.who == "office" { Some(&cast.office) } else { cast.with(Role::Member).into_iter().next() };
            let Some((actor, proof)) = who.and_then(|actor| Some((actor, actor.has::<Learn>()?))) else { continue };
            let teaches = actor.has::<Teach>();
            remark::say(tx, &ctx, &proof, teaches.as_ref(), (&tree, &actor.units()), &key(&ctx), (lesson, &said.text))
                .map_err(CreateError::refused)?;
        }
        Ok(())
    })
}

/// So many months of branch life are told of, the present one too.
const MONTHS_OF_LIFE: u8 = 3;

/// The first day of the month so many months back.
fn month_before(end: Time, back: u8) -> Date {
    (0..back).fold(Period::month_of(end.date()), |month, _| month.previous()).from
}

/// A month of branch life: most branches hold their theme day, one in four forgets last month's, and half of them have their
/// Party lecture this quarter.
fn live(store: &Store, ground: &Ground, cast: &Arc<Cast>, life: &[Study], (back, end): (u8, Time)) -> Result<(), CreateError> {
    let month = month_before(end, back);
    let on = |day: i8| Date::new(month.year(), month.month(), day).unwrap_or(month);
    let lecture = life.last().cloned().ok_or_else(|| CreateError::Data("learning.toml: no lecture".into()))?;
    let theme = life.get(usize::from(back)).cloned().ok_or_else(|| CreateError::Data("learning.toml: no theme day".into()))?;
    for (part, (one, occasion, on)) in (0..).zip([(theme, Occasion::ThemeDay, on(5)), (lecture, Occasion::Lecture, on(18))]) {
        let at = Time::from_civil(on.at(20, 30, 0, 0));
        if at > end || (occasion == Occasion::Lecture && back != 1) {
            continue;
        }
        let (ground, cast) = (ground.clone(), Arc::clone(cast));
        persist(store, move |tx| {
            let piece = ground.piece(PIECE + 64 + 2 * u64::from(back) + part, at);
            let tree = people::tree(tx)?;
            for (n, actor) in cast.with(Role::BranchSecretary).into_iter().take(40).enumerate() {
                let forgets = match occasion {
                    Occasion::ThemeDay => n % 4 == 3 && back == 1,
                    _ => n % 2 == 1,
                };
                let Some(proof) = actor.has::<Keep>().filter(|_| !forgets) else { continue };
                let ctx = next(&piece);
                let present: std::collections::BTreeSet<_> =
                    people::read::holders_in(tx, ctx.now, proof.unit())?.into_iter().map(|holding| holding.person).collect();
                if present.is_empty() {
                    continue;
                }
                let held = Held {
                    branch: proof.unit(),
                    occasion,
                    on,
                    minutes: one.hours * 60,
                    topic: one.topic.clone(),
                    minute: one.minute.clone(),
                    present: present.into_iter().collect(),
                };
                hold(tx, &ctx, &proof, &tree, &key(&ctx), &held).map_err(CreateError::refused)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn enter_course(
    tx: &mut Tx,
    piece: &Piece,
    proof: &people::Proof<Teach>,
    tree: &people::Tree,
    one: &Course,
    media: &Media,
) -> Result<CourseId, CreateError> {
    let ctx = next(piece);
    let id = course::make(tx, &ctx, proof, tree, &key(&ctx), proof.unit(), (&one.title, &one.about)).map_err(CreateError::refused)?;
    for lesson in &one.lesson {
        let ctx = next(piece);
        let kind = LessonKind::from_code(&lesson.kind).ok_or_else(|| CreateError::Data(format!("learning.toml: {}", lesson.kind)))?;
        let words = Words {
            title: lesson.title.clone(),
            source: lesson.source.clone(),
            source_on: lesson.on.parse().map_err(|_| CreateError::Data(format!("learning.toml: {}", lesson.on)))?,
            minutes: lesson.minutes,
            body: lesson.body.clone(),
        };
        let file = (kind == LessonKind::Audio).then_some(media);
        add(tx, &ctx, proof, tree, &key(&ctx), (id, kind), (&words, file)).map_err(CreateError::refused)?;
    }
    course::set_state(tx, &next(piece), proof, tree, (id, 1), CourseState::Open).map_err(CreateError::refused)?;
    Ok(id)
}

/// A round of secretaries' training: announced, joined, held, closed with certificates; one in seven does not come.
fn hold_round(
    store: &Store,
    ground: &Ground,
    cast: &Arc<Cast>,
    (number, one): (u64, Class),
    (announced, held): (Time, Time),
) -> Result<(), CreateError> {
    let begins = Time::from_civil(held.date().at(9, 0, 0, 0));
    let id = {
        let (ground, cast) = (ground.clone(), Arc::clone(cast));
        persist(store, move |tx| {
            let piece = ground.piece(number, announced);
            let days = vec![(begins, begins.plus(8 * Time::HOUR), 480)];
            let id = enter_class(tx, &piece, &cast, &one, (ClassSort::Rotation, 30, days))?;
            for actor in cast.with(Role::BranchSecretary).into_iter().take(28) {
                enter_seat(tx, &next(&piece), actor, id)?;
            }
            Ok(id)
        })?
    };
    let (ground, cast) = (ground.clone(), Arc::clone(cast));
    persist(store, move |tx| {
        let piece = ground.piece(number + 1, begins);
        let day = read::days(tx, id)?.first().copied().ok_or(CreateError::Taken)?;
        let proof = cast.teaches()?;
        let tree = people::tree(tx)?;
        for (n, seat) in read::seats(tx, id)?.into_iter().enumerate() {
            if n % 7 == 6 {
                continue;
            }
            let ctx = next(&piece);
            let (_, short, _) = attend::screen(&ctx, day.id);
            attend::enter(tx, &ctx, &proof, &tree, (day.id, seat.person), &short).map_err(CreateError::refused)?;
        }
        finish(tx, &piece.at(begins.plus(9 * Time::HOUR)), &proof, &tree, id).map(drop).map_err(CreateError::refused)
    })
}

/// What is said of a class beside its words: what it is, how many seats, its days.
type Said = (ClassSort, i64, Vec<(Time, Time, i64)>);

fn enter_class(tx: &mut Tx, piece: &Piece, cast: &Cast, one: &Class, (sort, quota, days): Said) -> Result<ClassId, CreateError> {
    let (ctx, proof, tree) = (next(piece), cast.teaches()?, people::tree(tx)?);
    let until = days.first().map_or(ctx.now, |day| day.0.plus(-20 * Time::HOUR));
    let terms = Terms { title: one.title.clone(), place: one.place.clone(), notice: one.notice.clone(), quota, until, must: 1, days };
    let new = NewClass { unit: proof.unit(), audience: proof.unit(), sort, terms };
    announce(tx, &ctx, &proof, &tree, &key(&ctx), &new).map_err(CreateError::refused)
}

fn enter_seat(tx: &mut Tx, ctx: &Ctx, actor: &Actor, id: ClassId) -> Result<(), CreateError> {
    let tree = people::tree(tx)?;
    let Some(proof) = actor.has::<Learn>() else { return Ok(()) };
    seat::join(tx, ctx, &proof, &tree, &actor.units(), id).map(drop).map_err(CreateError::refused)
}

/// A plan of these courses that is due in some days, for the whole of the Party tree.
fn quarter(courses: &[CourseId], end: Time) -> NewPlan {
    NewPlan {
        target: UnitId::default(),
        role: None,
        title: "网格员岗位学习".into(),
        note: "新上岗的先学，其他人按期学完。".into(),
        starts: end.date(),
        due: end.plus(9 * Time::DAY).date(),
        courses: courses.to_vec(),
    }
}

type Planned = (Vec<CourseId>, Time, &'static str, Option<Role>);

fn enter_plan(
    tx: &mut Tx,
    piece: &Piece,
    cast: &Cast,
    (courses, due, title, role): Planned,
) -> Result<::learning::model::PlanId, CreateError> {
    let (ctx, tree) = (next(piece), people::tree(tx)?);
    let proof = cast.office.has::<Plan>().ok_or(CreateError::Taken)?;
    let new = NewPlan {
        target: proof.unit(),
        role,
        title: title.into(),
        note: "按期学完，学时只给本人和支部看。".into(),
        starts: ctx.now.date(),
        due: due.date(),
        courses,
    };
    make(tx, &ctx, &proof, &tree, &key(&ctx), &new).map_err(CreateError::refused)
}

/// Somebody studies so many lessons of a course.
fn study_all(tx: &mut Tx, piece: &Piece, actor: &Actor, course: CourseId, most: usize) -> Result<(), CreateError> {
    let (tree, Some(proof)) = (people::tree(tx)?, actor.has::<Learn>()) else { return Ok(()) };
    for lesson in read::lessons(tx, course)?.into_iter().take(most) {
        study::complete(tx, &next(piece), &proof, &tree, &actor.units(), lesson.id).map_err(CreateError::refused)?;
    }
    Ok(())
}
