//! What is there to be seen beside concerns: the map of units, and what communities are asked to fill in.

use std::collections::BTreeMap;

use base::Time;
use burden::decide::decide;
use burden::model::{Rhythm, State};
use burden::permissions::{Decide, Register};
use burden::register::{Registered, register};
use dashboard::permissions::KeepMap;
use dashboard::shape::Shape;
use people::Role;
use serde::Deserialize;

use crate::case::key;
use crate::course::Course;
use crate::outlines;
use crate::plan::Size;
use crate::settle::persist;
use crate::{CreateError, hours};

/// `data/burdens.toml`.
#[derive(Deserialize)]
struct Burdens {
    burden: Vec<Burden>,
}

#[derive(Deserialize, Clone)]
struct Burden {
    title: String,
    by: String,
    #[serde(default)]
    outside: String,
    document: String,
    scope: String,
    #[serde(default)]
    entered: String,
    fields: Vec<String>,
    minutes: i64,
    rhythm: String,
    start: i64,
    decided: Option<i64>,
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    reason: String,
}

/// Number of the first piece of this file's work.
const PIECES: u64 = 1 << 33;

/// Bring in the map, and enter what is asked, each thing on its day.
pub(crate) fn show(course: &Course<'_>, size: Size, end: Time) -> Result<(), CreateError> {
    map(course, size, end)?;
    burdens(course, end)
}

fn map(course: &Course<'_>, size: Size, end: Time) -> Result<(), CreateError> {
    let outlines = outlines::draw(course.plan, &course.root, size);
    let shapes: BTreeMap<_, _> = outlines.into_iter().map(|(unit, rings)| (course.id(unit), Shape::of(&rings))).collect();
    let keeper = course.members.iter().find(|member| member.actor.is(Role::SystemAdmin)).ok_or(CreateError::Taken)?.actor.clone();
    let ground = course.ground.clone();
    let at = hours::midnight(end.plus(-30 * Time::DAY)).plus(10 * Time::HOUR);
    persist(course.store, move |tx| {
        let piece = ground.piece(PIECES, at);
        let proof = keeper.has::<KeepMap>().ok_or(CreateError::Taken)?;
        dashboard::map::take(tx, &piece.at(at), &proof, &shapes).map_err(CreateError::refused)
    })?;
    Ok(())
}

fn burdens(course: &Course<'_>, end: Time) -> Result<(), CreateError> {
    let text = include_str!("../data/burdens.toml");
    let burdens: Burdens = toml::from_str(text).map_err(|error| CreateError::Data(format!("burdens.toml: {error}")))?;
    let decider = course.members.iter().find(|member| member.actor.is(Role::DistrictDesk)).ok_or(CreateError::Taken)?.actor.clone();
    for (number, burden) in (PIECES + 1..).zip(burdens.burden) {
        let mut dice = course.root.stream(&format!("burden {number}"));
        let town = |at: usize| course.plan.towns.get(at % course.plan.towns.len().max(1)).copied();
        let scope = match burden.scope.parse::<usize>() {
            Err(_) => Some(0),
            Ok(at) if burden.entered == "community" => {
                town(at).and_then(|town| course.plan.communities.iter().find(|one| one.town == town)).map(|one| one.unit)
            }
            Ok(at) => town(at),
        };
        let scope = scope.ok_or_else(|| CreateError::Data(format!("burdens.toml: {} asks nobody", burden.title)))?;
        let asker = course.plan.department(&burden.by);
        let enters = match (burden.entered.as_str(), asker) {
            ("community", _) => (scope, Role::CommunitySecretary),
            (_, Some(department)) => (department, Role::DepartmentStaff),
            (_, None) => (0, Role::DistrictDesk),
        };
        let who = course.someone(&mut dice, enters.0, &[enters.1, Role::DepartmentLead, Role::Oversight], None);
        let Some(enterer) = who.and_then(|who| course.members.get(who)).map(|member| member.actor.clone()) else { continue };
        let day = |before: i64, hour: i64| hours::midnight(end.plus(-before * Time::DAY)).plus(hour * Time::HOUR);
        let (entered, starts) = (day(burden.start + 3, 9), day(burden.start, 0).date());
        let decided = burden.decided.map(|before| day(before, 15));
        let keys = [key(&mut dice), key(&mut dice)];
        let (ground, tree_scope, asker, decider) =
            (course.ground.clone(), course.id(scope), asker.map(|asker| course.id(asker)), decider.clone());
        persist(course.store, move |tx| {
            let piece = ground.piece(number, entered);
            let tree = people::tree(tx)?;
            let input = Registered {
                title: burden.title.clone(),
                asker,
                asker_name: burden.outside.clone(),
                document: burden.document.clone(),
                scope: tree_scope,
                fields: burden.fields.join("\n"),
                minutes: burden.minutes,
                rhythm: Rhythm::from_code(&burden.rhythm).unwrap_or(Rhythm::Once),
                starts,
                ends: None,
            };
            let proof = enterer.has::<Register>().ok_or(CreateError::Taken)?;
            let made = register(tx, &piece.at(entered), &proof, &tree, &keys[0], &input).map_err(CreateError::refused)?;
            if let (Some(at), Some(outcome)) = (decided, State::from_code(&burden.outcome)) {
                // Who entered it does not decide on it: the other desk does, or nobody has yet.
                let proof = decider.has::<Decide>().filter(|proof| proof.person() != enterer.person);
                if let Some(proof) = proof {
                    decide(tx, &piece.at(at), &proof, &keys[1], made.id, outcome, &burden.reason).map_err(CreateError::refused)?;
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}
