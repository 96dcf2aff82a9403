//! As whom a demonstration can be entered: one person for each role, chosen for the work that waits for
//! them, and some receipts of residents. They are kept as the result of the job that made the demo.

use base::{Id, PersonId, Time};
use people::Role;
use serde::{Deserialize, Serialize};
use store::{Store, StoreError, Tx, jobs};

use crate::CreateError;
use crate::course::Course;

/// The job of making the demo: there is one in a store.
const JOB: Id = Id(*b"lianxin-demo-job");
/// Who does it.
const WORKER: Id = Id(*b"lianxin-demo-own");

/// Somebody as whom a demonstration can be entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The role's code as in [`Role::code`], or `resident`.
    pub role: String,
    /// Who; none for a resident.
    pub person: Option<PersonId>,
    /// Their name; of a resident's concern the first words.
    pub name: String,
    /// The full name of the unit.
    pub unit: String,
    /// What they are called there; of a resident's concern its state.
    pub title: String,
    /// How much waited for them when the demo was made.
    pub waiting: usize,
    /// The page to begin with.
    pub link: String,
}

/// How far a demonstration was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing was made here.
    None,
    /// The making was broken off: the store is to be thrown away.
    Unfinished,
    /// It is whole.
    Whole,
}

/// How far the demonstration in this store was made.
///
/// # Errors
/// Only the store's.
pub fn state(tx: &mut Tx) -> Result<State, StoreError> {
    Ok(match jobs::find(tx, JOB)? {
        None => State::None,
        Some(job) if job.result.is_some() => State::Whole,
        Some(_) => State::Unfinished,
    })
}

/// As whom this demonstration can be entered, residents first, in a fixed order.
///
/// # Errors
/// Only the store's.
pub fn entries(tx: &mut Tx) -> Result<Vec<Entry>, StoreError> {
    let Some(result) = jobs::find(tx, JOB)?.and_then(|job| job.result) else { return Ok(Vec::new()) };
    serde_json::from_str(&result).map_err(|error| StoreError::Other(format!("the demo's entries: {error}")))
}

pub(crate) fn begin(store: &Store, now: Time, seed: u64) -> Result<(), CreateError> {
    let begun = store.write_now(move |tx| {
        if jobs::find(tx, JOB)?.is_some() {
            return Ok::<bool, StoreError>(false);
        }
        jobs::create(tx, now, JOB, "demo", &seed.to_string(), None)?;
        Ok(jobs::take(tx, now, WORKER)?.is_some_and(|job| job.id == JOB))
    })?;
    if begun { Ok(()) } else { Err(CreateError::Taken) }
}

pub(crate) fn finish(store: &Store, now: Time, course: &Course<'_>) -> Result<(), CreateError> {
    let result = serde_json::to_string(&all(course)).map_err(CreateError::refused)?;
    let kept = store.write_now(move |tx| jobs::finish(tx, now, JOB, WORKER, &result))?;
    if kept { Ok(()) } else { Err(CreateError::Taken) }
}

/// The roles that can be entered, in the order in which they are shown, with the page to begin with.
const ROLES: [(Role, &str); 16] = [
    (Role::GridWorker, "/work"),
    (Role::CommunitySecretary, "/work"),
    (Role::TownDesk, "/work/desk"),
    (Role::TownStaff, "/work"),
    (Role::TownLeader, "/board"),
    (Role::DepartmentStaff, "/work"),
    (Role::CallBack, "/work/callbacks"),
    (Role::Oversight, "/work/all"),
    (Role::DistrictDesk, "/work/desk"),
    (Role::DistrictLeader, "/board"),
    (Role::PartyAffairs, "/learning/plans"),
    (Role::BranchSecretary, "/learning/branch"),
    (Role::Member, "/learning"),
    (Role::SystemAdmin, "/admin"),
    (Role::SecurityAdmin, "/admin"),
    (Role::AuditAdmin, "/me"),
];

/// Concerns of residents that are shown, by the state in which they are.
const RECEIPTS: [concerns::State; 3] = [concerns::State::CallBack, concerns::State::InHand, concerns::State::Archived];

fn all(course: &Course<'_>) -> Vec<Entry> {
    let mut all = vec![Entry {
        role: "resident".into(),
        person: None,
        name: String::new(),
        unit: String::new(),
        title: String::new(),
        waiting: 0,
        link: "/".into(),
    }];
    // In the order of arrival, since a map keeps none.
    let mut numbers: Vec<usize> = course.cases.keys().copied().collect();
    numbers.sort_unstable();
    for state in RECEIPTS {
        let fits = |number: &&usize| {
            course.cases.get(number).is_some_and(|case| case.state == state && !case.confidential && case.about.is_none() && case.reachable)
        };
        let Some(case) = numbers.iter().rev().find(fits).and_then(|number| course.cases.get(number)) else { continue };
        all.push(Entry {
            role: "resident".into(),
            person: None,
            name: case.told.title.clone(),
            unit: course.plan.communities.get(case.community).map_or(String::new(), |community| full_name(course, community.unit)),
            title: state.code().into(),
            waiting: 0,
            link: format!("/r/{}/{}", case.no, case.secret),
        });
    }
    all.extend(ROLES.iter().filter_map(|(role, link)| best(course, *role, link)));
    all
}

/// The holder of a role for whom most waits; of secretaries, on whom no concern waits, whoever's branch has most members.
fn best(course: &Course<'_>, role: Role, link: &str) -> Option<Entry> {
    let held = |who: usize| course.people.get(who)?.posts.iter().find(|post| post.role == role);
    let (who, waiting) = (0..course.people.len())
        .filter(|who| held(*who).is_some())
        .map(|who| (who, held(who).map_or(0, |post| waiting(course, who, post.unit, role))))
        .max_by_key(|(who, waiting)| {
            let members = held(*who).filter(|post| post.role == Role::BranchSecretary).map_or(0, |post| members(course, post.unit));
            (members, *waiting, std::cmp::Reverse(*who))
        })?;
    let (person, post) = (course.people.get(who)?, held(who)?);
    Some(Entry {
        role: role.code().into(),
        person: Some(course.members.get(who)?.person),
        name: person.name.clone(),
        unit: full_name(course, post.unit),
        title: post.title.into(),
        waiting,
        link: link.into(),
    })
}

fn members(course: &Course<'_>, branch: usize) -> usize {
    let belongs = |person: &&crate::staff::Person| person.posts.iter().any(|post| post.role == Role::Member && post.unit == branch);
    course.people.iter().filter(belongs).count()
}

fn waiting(course: &Course<'_>, who: usize, unit: usize, role: Role) -> usize {
    let id = course.id(unit);
    let waits = |case: &&crate::case::Case| {
        let desk = matches!(case.state, concerns::State::Received | concerns::State::Objected | concerns::State::Resolved);
        let theirs = match role {
            Role::TownDesk | Role::DistrictDesk => desk,
            Role::CallBack => case.state == concerns::State::CallBack,
            Role::Oversight => true,
            _ => !desk && case.assignee.is_none_or(|assignee| assignee == who),
        };
        case.holder == Some(id) && theirs
    };
    course.cases.values().filter(waits).count()
}

fn full_name(course: &Course<'_>, unit: usize) -> String {
    let mut names = Vec::new();
    let mut at = Some(unit);
    while let Some(unit) = at.and_then(|at| course.plan.units.get(at)) {
        // The district's own name stands only where there is nothing below it.
        if unit.parent.is_some() || names.is_empty() {
            names.push(unit.name.as_str());
        }
        at = unit.parent;
    }
    names.reverse();
    names.join(" ")
}
