//! What links units and concerns, a few of each on the last day: a call to two departments, repeats with one
//! answer, supervision, a clock that stands still, a request for more time, a concern that the law has another way for.

use base::{Ctx, Time};
use concerns::permissions::{Desk, Handle};
use concerns::read::{Detail, Filter, detail, list};
use concerns::sight::{self, Act};
use concerns::{Outcome, State, archive, extend, merge, pause, supervise, whistle};
use people::{Actor, Role, Tree};
use store::{Store, Tx};

use crate::CreateError;
use crate::settle::{Ground, persist};

/// How many concerns of a tray are looked through.
const LOOKED: usize = 25;

/// One thing that is done, if something open lends itself to it.
type Deed = fn(&mut Tx, &Ctx, &Tree, &[Actor]) -> Result<(), CreateError>;

/// Does each on its own, so that what a small district has nothing for is left out.
pub(crate) fn link(store: &Store, ground: &Ground, end: Time, actors: &[Actor]) -> Result<(), CreateError> {
    let deeds: [Deed; 8] = [call, call_and_come, supervise, stand_still, more_time, merge_repeats, merge_repeats, elsewhere];
    for (n, deed) in (0_i64..).zip(deeds) {
        let (ground, actors) = (ground.clone(), actors.to_vec());
        let at = end.plus(-Time::MINUTE + n * Time::SECOND);
        persist(store, move |tx| {
            let piece = ground.piece((1_u64 << 34) + u64::try_from(n).unwrap_or(0), at);
            let tree = people::tree(tx)?;
            deed(tx, &piece.env.ctx(), &tree, &actors)
        })?;
    }
    Ok(())
}

fn with_role(actors: &[Actor], role: Role) -> impl Iterator<Item = &Actor> {
    actors.iter().filter(move |actor| actor.is(role))
}

/// The first concern at this point of its way to which this person may do this.
fn found(tx: &mut Tx, ctx: &Ctx, tree: &Tree, actor: &Actor, state: State, act: Act) -> Result<Option<Detail>, CreateError> {
    let filter = Filter { state: Some(state), ..Filter::default() };
    for row in list(tx, actor, tree, &filter, None, LOOKED)?.rows {
        if row.confidential {
            continue;
        }
        if let Some(detail) = detail(tx, ctx, actor, tree, &row.no)?.filter(|detail| detail.acts.contains(&act)) {
            return Ok(Some(detail));
        }
    }
    Ok(None)
}

fn blow(tx: &mut Tx, ctx: &Ctx, tree: &Tree, actors: &[Actor], nth: usize) -> Result<Option<(String, Vec<base::UnitId>)>, CreateError> {
    let Some(desk) = with_role(actors, Role::TownDesk).nth(nth) else { return Ok(None) };
    let Some(seen) = found(tx, ctx, tree, desk, State::InHand, Act::Whistle)? else { return Ok(None) };
    let Some(proof) = whistle::whistles(desk, tree, &seen.concern) else { return Ok(None) };
    let fits = |unit: base::UnitId| sight::may_have(tree, &seen.concern, unit) && seen.concern.now.holder != Some(unit);
    // A department that has no matter of its own is called to none.
    let duties = concerns::catalogue::all_duties(tx)?;
    let works = |unit: base::UnitId| duties.iter().any(|duty| duty.unit == unit);
    let units: Vec<_> = tree.departments().map(|unit| unit.id).filter(|unit| works(*unit) && fits(*unit)).take(2).collect();
    let Some(lead) = units.first().copied() else { return Ok(None) };
    let (no, v) = (seen.concern.no.clone(), seen.concern.v);
    let ask = "请明天上午九点到现场会商，明确分工和完成时间。".to_owned();
    let input = whistle::Call { op_key: ctx.salt(), no: no.clone(), v, lead, units: units.clone(), ask };
    whistle::call(tx, ctx, &proof, &input).map_err(CreateError::refused)?;
    Ok(Some((no, units)))
}

fn call(tx: &mut Tx, ctx: &Ctx, tree: &Tree, actors: &[Actor]) -> Result<(), CreateError> {
    blow(tx, ctx, tree, actors, 0).map(drop)
}

fn call_and_come(tx: &mut Tx, ctx: &Ctx, tree: &Tree, actors: &[Actor]) -> Result<(), CreateError> {
    let last = with_role(actors, Role::TownDesk).count().saturating_sub(1);
    let Some((no, units)) = blow(tx, ctx, tree, actors, last)? else { return Ok(()) };
    for (unit, done) in units.into_iter().zip([true, false]) {
        let Some(proof) = actors.iter().find_map(|actor| actor.each::<Handle>().find(|proof| proof.unit() == unit)) else { continue };
        let come = |note: &str| whistle::Answer { op_key: ctx.salt(), no: no.clone(), unit, note: Some(note.into()), warranted: true };
        whistle::arrive(tx, ctx, &proof, &come("已派人到场。")).map_err(CreateError::refused)?;
        if done {
            whistle::part(tx, ctx, &proof, &come("现场核查完毕，已整改。")).map_err(CreateError::refused)?;
        }
    }
    Ok(())
}

fn supervise(tx: &mut Tx, ctx: &Ctx, tree: &Tree, actors: &[Actor]) -> Result<(), CreateError> {
    let Some(leader) = with_role(actors, Role::DistrictLeader).next() else { return Ok(()) };
    let Some(seen) = found(tx, ctx, tree, leader, State::InHand, Act::Supervise)? else { return Ok(()) };
    let Some(proof) = supervise::supervises(leader, tree, &seen.concern) else { return Ok(()) };
    let text = "请说明办理进展、存在的困难和预计完成时间。".to_owned();
    let input = supervise::Words { op_key: ctx.salt(), no: seen.concern.no.clone(), text };
    supervise::order(tx, ctx, &proof, &input).map(drop).map_err(CreateError::refused)
}

/// A concern in hand, seen by somebody of the unit that has it.
fn handled(
    tx: &mut Tx,
    ctx: &Ctx,
    tree: &Tree,
    actors: &[Actor],
    act: Act,
) -> Result<Option<(people::Proof<Handle>, Detail)>, CreateError> {
    for actor in with_role(actors, Role::DepartmentStaff).take(8).chain(with_role(actors, Role::CommunitySecretary).take(8)) {
        if let Some(seen) = found(tx, ctx, tree, actor, State::InHand, act)?
            && let Some(proof) = sight::handles(actor, tree, &seen.concern)
        {
            return Ok(Some((proof, seen)));
        }
    }
    Ok(None)
}

fn stand_still(tx: &mut Tx, ctx: &Ctx, tree: &Tree, actors: &[Actor]) -> Result<(), CreateError> {
    let Some((proof, seen)) = handled(tx, ctx, tree, actors, Act::Pause)? else { return Ok(()) };
    let (no, v) = (seen.concern.no.clone(), seen.concern.v);
    let input = pause::Pause { op_key: ctx.salt(), no, v, reason: "等待专业机构出具检测报告。".into() };
    pause::pause(tx, ctx, &proof, &input).map(drop).map_err(CreateError::refused)
}

fn more_time(tx: &mut Tx, ctx: &Ctx, tree: &Tree, actors: &[Actor]) -> Result<(), CreateError> {
    let Some((proof, seen)) = handled(tx, ctx, tree, actors, Act::AskExtension)? else { return Ok(()) };
    let (no, v) = (seen.concern.no.clone(), seen.concern.v);
    let input = extend::AskExtension { op_key: ctx.salt(), no, v, reason: "施工需要连续晴天，原时限内无法完成。".into() };
    extend::ask(tx, ctx, &proof, &input).map(drop).map_err(CreateError::refused)
}

fn merge_repeats(tx: &mut Tx, ctx: &Ctx, tree: &Tree, actors: &[Actor]) -> Result<(), CreateError> {
    for desk in with_role(actors, Role::TownDesk).take(4) {
        let filter = Filter { open: Some(true), ..Filter::default() };
        for row in list(tx, desk, tree, &filter, None, LOOKED)?.rows {
            let Some(seen) = detail(tx, ctx, desk, tree, &row.no)?.filter(|seen| seen.acts.contains(&Act::Merge)) else { continue };
            let Some(proof) = sight::is_on_desk(desk, tree, &seen.concern) else { continue };
            let alike = merge::repeats(tx, ctx, desk, tree, &seen.concern, 2)?;
            if seen.linked.merged_count > 0 || alike.is_empty() || merge_of(tx, &proof, ctx, &seen, &alike).is_err() {
                continue;
            }
            return Ok(());
        }
    }
    Ok(())
}

fn merge_of(
    tx: &mut Tx,
    proof: &people::Proof<Desk>,
    ctx: &Ctx,
    seen: &Detail,
    alike: &[merge::Repeat],
) -> Result<(), concerns::StepError> {
    // One, so that a refusal comes before anything was written.
    let others = alike.iter().take(1).map(|repeat| repeat.no.clone()).collect();
    let (no, v) = (seen.concern.no.clone(), seen.concern.v);
    merge::merge(tx, ctx, proof, &merge::Merge { op_key: ctx.salt(), no, v, others, reason: "同一地点的同一问题。".into() }).map(drop)
}

fn elsewhere(tx: &mut Tx, ctx: &Ctx, tree: &Tree, actors: &[Actor]) -> Result<(), CreateError> {
    let Some(desk) = with_role(actors, Role::TownDesk).next() else { return Ok(()) };
    let Some(seen) = found(tx, ctx, tree, desk, State::Received, Act::Archive)? else { return Ok(()) };
    let Some(proof) = sight::is_on_desk(desk, tree, &seen.concern) else { return Ok(()) };
    let (no, v) = (seen.concern.no.clone(), seen.concern.v);
    let reason = "您反映的是劳动报酬争议，依法先经劳动仲裁，我们无权作出认定。".into();
    let input = archive::Archive { op_key: ctx.salt(), no, v, outcome: Outcome::Arbitration, duplicate_of: None, reason, shown: None };
    archive::archive(tx, ctx, &proof, &input).map(drop).map_err(CreateError::refused)
}
