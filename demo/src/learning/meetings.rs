//! Meetings in the demo district: committees meet each month, most branches have their general meeting in the quarter, some
//! their meeting on organisation life already; a committee's central group has studied. One record was wrong and taken back.

use std::collections::BTreeSet;
use std::sync::Arc;

use ::learning::committee;
use ::learning::meeting::{self, Held};
use ::learning::model::Gathering;
use ::learning::permissions::{Keep, Meet};
use base::{Date, Time};
use people::{Actor, Authority, Role};
use serde::Deserialize;
use store::{Store, Tx};

use super::{Cast, MONTHS_OF_LIFE, PIECE, month_before, next};
use crate::CreateError;
use crate::settle::{Ground, Piece, persist};

/// What is said of a kind of meeting.
#[derive(Clone, Deserialize)]
pub(super) struct Meeting {
    what: String,
    topic: String,
    place: String,
    agenda: String,
    decided: String,
}

/// So many branches have a committee, and meet.
const BRANCHES: usize = 20;

/// At the beginning of what is told: who sits on a committee beside the secretary, two of each of some branches.
pub(super) fn found(store: &Store, ground: &Ground, cast: &Arc<Cast>, end: Time) -> Result<(), CreateError> {
    let at = Time::from_civil(month_before(end, MONTHS_OF_LIFE - 1).at(9, 0, 0, 0));
    let (ground, cast) = (ground.clone(), Arc::clone(cast));
    persist(store, move |tx| {
        let piece = ground.piece(PIECE + 80, at);
        let tree = people::tree(tx)?;
        for actor in cast.with(Role::BranchSecretary).into_iter().take(BRANCHES) {
            let Some(proof) = actor.has::<Keep>() else { continue };
            let members = people::read::holders_in(tx, at, proof.unit())?;
            let some: Vec<_> = members.into_iter().filter(|held| held.role == Role::Member).map(|held| held.person).take(2).collect();
            committee::set(tx, &next(&piece), &proof, &tree, proof.unit(), &some).map_err(CreateError::refused)?;
        }
        Ok(())
    })
}

/// The meetings of a month so many months back.
pub(super) fn hold(store: &Store, ground: &Ground, cast: &Arc<Cast>, all: &[Meeting], (back, end): (u8, Time)) -> Result<(), CreateError> {
    let month = month_before(end, back);
    let on = |day: i8| Date::new(month.year(), month.month(), day).unwrap_or(month);
    for (part, (one, day)) in (0..).zip(all.iter().zip([8, 12, 20, 16])) {
        let what = Gathering::from_code(&one.what).ok_or_else(|| CreateError::Data(format!("learning.toml: {}", one.what)))?;
        let on = on(day);
        let at = Time::from_civil(on.at(21, 0, 0, 0));
        if at > end || (back != 1 && what != Gathering::Committee) {
            continue;
        }
        let (ground, cast, one) = (ground.clone(), Arc::clone(cast), one.clone());
        persist(store, move |tx| {
            let piece = ground.piece(PIECE + 81 + 8 * u64::from(back) + part, at);
            let role = if what == Gathering::Centre { Role::PartyAffairs } else { Role::BranchSecretary };
            for (n, actor) in cast.with(role).into_iter().take(BRANCHES).enumerate() {
                let meets = match what {
                    Gathering::Committee => n % 5 != 4 || back != 1,
                    Gathering::General => n % 4 != 2,
                    Gathering::Life => n % 3 == 1,
                    _ => n % 2 == 0,
                };
                if meets {
                    enter(tx, &piece, actor, (what, on), &one)?;
                }
            }
            // Written down twice, once with another topic by mistake.
            if what == Gathering::General
                && let Some(actor) = cast.with(role).first()
            {
                take_back(tx, &piece, actor, (what, on), &one)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// What a secretary writes down of a meeting.
fn held(tx: &mut Tx, actor: &Actor, (what, on): (Gathering, Date), one: &Meeting, at: Time) -> Result<Option<Held>, CreateError> {
    let Some(proof) = actor.has::<Meet>() else { return Ok(None) };
    let members: BTreeSet<_> = people::read::holders_in(tx, at, proof.unit())?.into_iter().map(|holding| holding.person).collect();
    let sitting = committee::of(tx, proof.unit())?.len() + 1;
    let expected = i64::try_from(if what == Gathering::Committee { sitting } else { members.len() }).unwrap_or(1).max(1);
    let present = if expected > 3 { expected - 1 } else { expected };
    let name = people::read::name_of(tx, actor.person)?.unwrap_or_default();
    Ok(Some(Held {
        organisation: proof.unit(),
        what,
        on,
        begins: "19:00".into(),
        ends: "20:30".into(),
        topic: one.topic.clone(),
        place: one.place.clone(),
        chair: name.clone(),
        recorder: name,
        lecturer: String::new(),
        expected,
        present,
        voting: (what == Gathering::General).then_some((expected, present)),
        absent: if present < expected { "1人外出".into() } else { String::new() },
        guests: String::new(),
        agenda: one.agenda.clone(),
        decided: one.decided.clone(),
    }))
}

fn enter(
    tx: &mut Tx,
    piece: &Piece,
    actor: &Actor,
    of: (Gathering, Date),
    one: &Meeting,
) -> Result<Option<::learning::model::MeetingId>, CreateError> {
    let (ctx, tree) = (next(piece), people::tree(tx)?);
    let (Some(held), Some(proof)) = (held(tx, actor, of, one, ctx.now)?, actor.has::<Meet>()) else { return Ok(None) };
    match meeting::hold(tx, &ctx, Authority::Staff(&proof), &tree, None, &held) {
        Ok(id) => Ok(Some(id)),
        // Whoever else keeps the same book has written it down.
        Err(::learning::LearnError::Field("twice")) => Ok(None),
        Err(error) => Err(CreateError::refused(error)),
    }
}

fn take_back(tx: &mut Tx, piece: &Piece, actor: &Actor, of: (Gathering, Date), one: &Meeting) -> Result<(), CreateError> {
    let wrong = Meeting { topic: format!("{}（初稿）", one.topic), ..one.clone() };
    let Some(id) = enter(tx, piece, actor, of, &wrong)? else { return Ok(()) };
    let (ctx, tree) = (next(piece), people::tree(tx)?);
    let Some(proof) = actor.has::<Meet>() else { return Ok(()) };
    meeting::withdraw(tx, &ctx, Authority::Staff(&proof), &tree, None, (id, "与正式记录重复")).map_err(CreateError::refused)
}
