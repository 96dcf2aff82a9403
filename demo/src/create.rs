//! Makes the whole demo district in an empty store, with progress, the same for the same seed and day.

use std::sync::Arc;

use base::rules::Rules;
use base::{Keys, Time};
use concerns::State;
use concerns::catalogue::{Duty, Kind, assign_duty, enter_kind};
use concerns::permissions::{Authority, Catalogue};
use people::Role;
use record::Reader;
use store::Store;

use crate::course::{Cast, Course};
use crate::data::Data;
use crate::dice::Dice;
use crate::entries;
use crate::plan::{Plan, Size};
use crate::settle::{Ground, Member, Settling, persist};
use crate::staff;
use crate::{CreateError, hours, pictures, programs, registers, report, seen};

/// What a demo district is made of.
pub struct Make<'a> {
    /// An empty store with the tables of people and concerns.
    pub store: &'a Store,
    /// The rules in force.
    pub rules: Arc<Rules>,
    /// The keys of the district.
    pub keys: Arc<Keys>,
    /// The present; the demo's year ends at its last full hour.
    pub now: Time,
    /// What decides everything that is drawn.
    pub seed: u64,
    /// How much.
    pub size: Size,
    /// So many concerns that come and go by themselves, where the size's own number is not wanted.
    pub concerns: Option<usize>,
    /// Readers that are brought up to the record at the end.
    pub readers: &'a [Arc<dyn Reader>],
}

/// What is being made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Units of both trees.
    Units,
    /// People with posts and accounts.
    People,
    /// Concerns, as they come and go.
    Concerns,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being made.
    pub stage: Stage,
    /// So many are made.
    pub done: usize,
    /// Of so many.
    pub total: usize,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Units of both trees.
    pub units: usize,
    /// People who work in them.
    pub people: usize,
    /// Concerns that were brought.
    pub concerns: usize,
    /// Receipts of concerns that are open or were closed lately, as number and secret, for benches:
    /// nobody can be told them again.
    pub receipts: Vec<(String, String)>,
}

/// Concerns of the full size.
const FULL: usize = 20_000;
/// Concerns of the small size that come and go by themselves.
const SMALL: usize = 60;
/// Days that lie behind a district. The small one has at least one whole month, whose scores can be locked.
const YEAR: i64 = 365;
const MONTHS: i64 = 75;
/// States at which some concerns of the last days are left alone, so that there is work waiting in each.
const LEFT: [State; 6] = [State::Received, State::Dispatched, State::Objected, State::InHand, State::Resolved, State::CallBack];

/// Make the district.
///
/// # Errors
/// [`CreateError`].
pub fn create(make: &Make<'_>, progress: &mut dyn FnMut(Progress)) -> Result<Made, CreateError> {
    let data = Data::load().map_err(CreateError::Data)?;
    let root = Dice::new(make.seed);
    let plan = Plan::draw(&data, &root, make.size);
    let people = staff::draw(&data, &plan, &root, make.size);
    let ground = Ground { rules: make.rules.clone(), keys: make.keys.clone(), seed: make.seed };
    let end = Time(make.now.0.div_euclid(Time::HOUR) * Time::HOUR);
    let days = if make.size == Size::Full { YEAR } else { MONTHS };
    let start = hours::midnight(end.plus(-days * Time::DAY));
    entries::begin(make.store, make.now, make.seed)?;

    let mut settling = Settling::new(make.store, &ground, &plan, start.plus(-20 * Time::DAY + 8 * Time::HOUR));
    let first = people.first().ok_or_else(|| CreateError::Data("nobody works here".into()))?;
    let first = settling.found(first)?;
    settling.make_units(&mut |done| progress(Progress { stage: Stage::Units, done, total: plan.units.len() }))?;
    let members = settling.make_people(&people, first, &mut |done| {
        progress(Progress { stage: Stage::People, done, total: people.len() });
    })?;
    let units = settling.units.clone();
    enter_catalogue(make.store, &ground, settling.now(), &data, &plan, &units, &members)?;
    let standing = registers::Standing { data: &data, plan: &plan, units: &units, members: &members, size: make.size };
    registers::enter(make.store, &ground, settling.now().plus(5 * Time::DAY), &standing)?;
    crate::learning::begin(make.store, &ground, settling.now().plus(6 * Time::DAY), &members)?;
    let photos = hang(make.store, units.first().copied().unwrap_or_default(), make.size)?;

    let arrivals = arrivals(make, &root, start, end);
    let total = arrivals.len();
    let actors: Vec<people::Actor> = members.iter().map(|member| member.actor.clone()).collect();
    let cast = Cast { store: make.store, ground: &ground, data: &data, plan: &plan, people: &people, members, units: &units, photos, root };
    let mut course = Course::new(cast, arrivals, end);
    course.run(make.readers, &mut |done| progress(Progress { stage: Stage::Concerns, done, total }))?;
    crate::linked::link(make.store, &ground, end, &actors)?;
    crate::scores::add(make.store, &ground, &course.members(), end, make.size)?;
    crate::inspections::add(make.store, &ground, &course.members(), end)?;
    crate::conferences::add(make.store, &ground, &course.members(), end)?;
    crate::learning::go_on(make.store, &ground, &course.members(), end)?;
    crate::theory::add(make.store, &ground, &course.members(), end)?;
    seen::show(&course, make.size, end)?;
    programs::add(&course, end)?;
    course.settle(make.readers)?;
    // Reports read what the readers counted; without readers there is nothing to report.
    if !make.readers.is_empty() {
        report::write(make.store, &ground, &course.members(), end)?;
        course.settle(make.readers)?;
    }
    entries::finish(make.store, make.now, &course)?;
    Ok(Made { units: plan.units.len(), people: people.len(), concerns: total, receipts: course.receipts() })
}

/// When concerns come, and which of them are left alone at some state.
fn arrivals(make: &Make<'_>, root: &Dice, start: Time, end: Time) -> Vec<(Time, Option<State>)> {
    let mut dice = root.stream("arrivals");
    let calendar = make.rules.calendar();
    let (count, left, back) = if make.size == Size::Full { (FULL, 60, 25) } else { (SMALL, 18, 6) };
    let count = make.concerns.unwrap_or(count);
    let mut all: Vec<(Time, Option<State>)> =
        hours::arrivals(calendar, &mut dice, start, end, count).into_iter().map(|at| (at, None)).collect();
    let recent = hours::arrivals(calendar, &mut dice, end.plus(-back * Time::DAY), end.plus(-2 * Time::DAY), left);
    all.extend(recent.into_iter().enumerate().map(|(n, at)| (at, LEFT.get(n % LEFT.len()).copied())));
    all.sort_by_key(|(at, _)| *at);
    all
}

/// The classification and whose duty each kind is, entered by the district's desk.
fn enter_catalogue(
    store: &Store,
    ground: &Ground,
    at: Time,
    data: &Data,
    plan: &Plan,
    units: &[base::UnitId],
    members: &[Member],
) -> Result<(), CreateError> {
    let desk = members.iter().find(|member| member.actor.is(Role::DistrictDesk)).ok_or(CreateError::Taken)?.actor.clone();
    let above = |code: &str| code.get(..code.len().saturating_sub(2)).filter(|above| !above.is_empty()).map(str::to_owned);
    let kinds: Vec<Kind> = (0_i64..)
        .zip(&data.kinds)
        .map(|(ord, kind)| Kind {
            code: kind.code.clone(),
            name: kind.name.clone(),
            parent: above(&kind.code),
            ord,
            keywords: kind.words.clone(),
        })
        .collect();
    let mut duties = Vec::new();
    for kind in &data.kinds {
        let inherits = data.kinds.iter().any(|other| Some(&other.code) == above(&kind.code).as_ref() && other.to == kind.to);
        if inherits {
            continue;
        }
        let of: Vec<usize> = match kind.to.as_str() {
            "town" => plan.towns.clone(),
            "community" => plan.communities.iter().map(|community| community.unit).collect(),
            key => plan.department(key).into_iter().collect(),
        };
        let to = |unit: &usize| units.get(*unit).map(|unit| Duty { kind: kind.code.clone(), unit: *unit, document: kind.document.clone() });
        duties.extend(of.iter().filter_map(to));
    }
    let entries: Vec<Entered> = kinds.into_iter().map(Entered::Kind).chain(duties.into_iter().map(Entered::Duty)).collect();
    for (piece, some) in (1_u64 << 31..).zip(entries.chunks(25)) {
        let (some, desk, ground) = (some.to_vec(), desk.clone(), ground.clone());
        let begin = at.plus(Time::MINUTE * i64::try_from(piece - (1 << 31)).unwrap_or(0));
        persist(store, move |tx| {
            let piece = ground.piece(piece, begin);
            let proof = desk.has::<Catalogue>().ok_or(CreateError::Taken)?;
            for entry in &some {
                let ctx = piece.at(piece.env.clock.now().plus(Time::SECOND));
                match entry {
                    Entered::Kind(kind) => enter_kind(tx, &ctx, Authority::Staff(&proof), kind),
                    Entered::Duty(duty) => assign_duty(tx, &ctx, Authority::Staff(&proof), duty),
                }
                .map_err(CreateError::refused)?;
            }
            Ok::<(), CreateError>(())
        })?;
    }
    Ok(())
}

/// An entry of the catalogue.
#[derive(Clone)]
enum Entered {
    Kind(Kind),
    Duty(Duty),
}

/// Paint the pictures and lay them among the blobs; the district holds them, so that none is swept away.
fn hang(store: &Store, district: base::UnitId, size: Size) -> Result<Vec<concerns::Photo>, CreateError> {
    let mut photos = Vec::new();
    for number in 0..if size == Size::Full { pictures::COUNT } else { 2 } {
        let picture = pictures::paint(number).map_err(|error| CreateError::Picture(error.to_string()))?;
        let digest = store.blobs().put(&picture.bytes).map_err(|error| CreateError::Picture(error.to_string()))?;
        photos.push(web::photos::Photo { digest, small: digest, width: picture.width, height: picture.height });
    }
    let kept = photos.clone();
    store.write_now(move |tx| kept.iter().try_for_each(|photo| web::photos::keep(tx, photo, district.0)))?;
    Ok(photos.iter().map(|photo| concerns::Photo { digest: photo.digest, width: photo.width, height: photo.height }).collect())
}

/// The people of a plan, for tests that look at both.
#[cfg(test)]
pub(crate) fn planned(seed: u64, size: Size) -> Result<(Data, Plan, Vec<staff::Person>), String> {
    let data = Data::load()?;
    let root = Dice::new(seed);
    let plan = Plan::draw(&data, &root, size);
    let people = staff::draw(&data, &plan, &root, size);
    Ok((data, plan, people))
}

#[cfg(test)]
#[path = "create_tests.rs"]
mod tests;
