//! A program of somebody else that hands concerns in, and a filter that somebody keeps under a name.

use base::Time;
use concerns::open311::program::{self, KeepPrograms};
use concerns::permissions::Read;
use concerns::submit::{Submit, pass_on};
use people::Role;
use serde::Deserialize;

use crate::CreateError;
use crate::case::key;
use crate::course::Course;
use crate::settle::persist;

/// `data/programs.toml`.
#[derive(Deserialize)]
struct Programs {
    /// Whose program it is.
    name: String,
    call: Vec<Call>,
    view: View,
}

#[derive(Deserialize, Clone)]
struct Call {
    words: String,
    spot: String,
}

#[derive(Deserialize, Clone)]
struct View {
    name: String,
    filter: String,
}

/// Number of the first piece of this file's work.
const PIECES: u64 = 1 << 35;

/// Admits the program, lets it hand in what was said to it within the last hour, and keeps a view for a town's desk.
pub(crate) fn add(course: &Course<'_>, end: Time) -> Result<(), CreateError> {
    let text = include_str!("../data/programs.toml");
    let Programs { name, call, view } = toml::from_str(text).map_err(|error| CreateError::Data(format!("programs.toml: {error}")))?;
    let mut dice = course.root.stream("programs");
    let with = |role: Role| {
        let member = course.members.iter().find(|member| member.actor.is(role));
        member.map(|member| member.actor.clone()).ok_or(CreateError::Taken)
    };
    let (keeper, op_key, at) = (with(Role::SystemAdmin)?, key(&mut dice), end.plus(-2 * Time::HOUR));
    let ground = course.ground.clone();
    persist(course.store, move |tx| {
        let piece = ground.piece(PIECES, at);
        let proof = keeper.has::<KeepPrograms>().ok_or(CreateError::Taken)?;
        program::admit(tx, &piece.at(at), &proof, &op_key, &name, false).map(drop).map_err(CreateError::refused)
    })?;
    for (number, (call, place)) in (PIECES + 1..).zip(call.into_iter().zip(&course.plan.communities)) {
        let at = end.plus(-Time::HOUR);
        let (ground, place, form_key) = (course.ground.clone(), course.id(place.unit), key(&mut dice));
        persist(course.store, move |tx| {
            let piece = ground.piece(number, at);
            let ctx = piece.at(at);
            let admitted = program::by_key(tx, &program::key(&ctx, &op_key))?.ok_or(CreateError::Taken)?;
            let input = Submit {
                op_key: form_key,
                words: call.words.clone(),
                spot: Some(call.spot.clone()),
                place: Some(place),
                kind: None,
                about_unit: None,
                about_person: None,
                contact: None,
                confidential: false,
                may_publish: true,
                photos: Vec::new(),
            };
            pass_on(tx, &ctx, &admitted, &input).map(drop).map_err(CreateError::refused)
        })?;
    }
    let (desk, op_key, at, ground) = (with(Role::TownDesk)?, key(&mut dice), end.plus(-Time::HOUR), course.ground.clone());
    persist(course.store, move |tx| {
        let piece = ground.piece(PIECES + (1 << 20), at);
        let proof = desk.has::<Read>().ok_or(CreateError::Taken)?;
        concerns::view::keep(tx, &piece.at(at), &proof, &op_key, &view.name, &view.filter).map(drop).map_err(CreateError::refused)
    })?;
    Ok(())
}
