//! Two schemes that give points and one that shows what branches are ordered to do, two periods of locked scores, and
//! appeals in each state: what an office finds that has used the product for a year.

use std::sync::Arc;

use base::{Time, UnitId};
use measures::Period;
use people::Role;
use record::EventId;
use scores::appeal::{self, appeal};
use scores::events::{RoundId, SchemeId};
use scores::lock;
use scores::permissions::{Appeal, Schemes};
use scores::scheme::{Bands, Definition, Item, Span, enter};
use store::{Store, StoreError};

use crate::CreateError;
use crate::plan::Size;
use crate::settle::{Ground, Member, persist};

/// The number of the first piece of work here, past all that concerns take.
const PIECE: u64 = 1 << 40;

/// Reasons of units and what was decided; the last one waits.
const APPEALS: [(&str, Option<(bool, &str)>); 3] = [
    ("居民已搬离本辖区，事项由其他单位续办，不应计入本单位。", Some((true, "经核实情况属实，该件不计入。"))),
    ("答复时已说明需待汛期后施工，居民未听清。", Some((false, "答复中未写明完成时间，维持原结果。"))),
    ("同一事项重复反映，已并案办理。", None),
];

fn definition(name: &str, level: &str, from: &str, span: Span, few: i64) -> Definition {
    let item = |title: &str, formula: &str, weight| Item { title: title.into(), formula: formula.into(), weight, document: String::new() };
    Definition {
        name: name.into(),
        level: level.into(),
        period: span,
        from: from.into(),
        few,
        document: "清和区诉求办理工作考核办法（演示）".into(),
        bands: Bands { good: 90, fair: 80, middling: 60 },
        items: vec![
            item("联系率", "concerns.contact_rate * 100", 10),
            item("解决率", "concerns.solution_rate * 100", 40),
            item("满意率", "concerns.satisfaction_rate * 100", 35),
            item("按时办结", "concerns.in_time_rate >= 0.98 ? 100 : concerns.in_time_rate * 100", 15),
        ],
    }
}

/// What branches are ordered to do, by the month: met or not, and no points.
fn of_branches(from: &str) -> Definition {
    Definition {
        document: "中国共产党支部工作条例（试行）".into(),
        items: Vec::new(),
        ..definition("党支部规定动作", "branch", from, Span::Month, 1)
    }
}

/// Write schemes, lock the last two quarters and appeal a few cases.
pub(crate) fn add(store: &Store, ground: &Ground, members: &Arc<Vec<Member>>, end: Time, size: Size) -> Result<(), CreateError> {
    // The small district has two months behind it, and few answers in each.
    let (span, few) = if size == Size::Full { (Span::Quarter, 10) } else { (Span::Month, 1) };
    let last = span.of(end.date()).previous();
    let (work, all) = (ground.clone(), Arc::clone(members));
    let round = persist(store, move |tx| {
        let piece = work.piece(PIECE, end);
        let ctx = piece.at(end);
        let desk =
            all.iter().find_map(|member| member.actor.has::<Schemes>()).ok_or_else(|| CreateError::Refused("nobody locks".into()))?;
        // The program would do so within its first minute.
        scores::rules::keep(tx, &ctx)?;
        let from = last.previous().previous().from.to_string();
        let towns =
            enter(tx, &ctx, &desk, None, &definition("镇街诉求办理考核", "town", &from, span, few)).map_err(CreateError::refused)?;
        let communities =
            enter(tx, &ctx, &desk, None, &definition("社区诉求办理考核", "community", &from, span, few)).map_err(CreateError::refused)?;
        enter(tx, &ctx, &desk, None, &of_branches(&from)).map_err(CreateError::refused)?;
        let lock =
            |tx: &mut store::Tx, id: SchemeId, period: &Period| lock::lock(tx, &ctx, &desk, id, period).map_err(CreateError::refused);
        for period in [last.previous(), last] {
            lock(tx, communities, &period)?;
        }
        lock(tx, towns, &last.previous())?;
        lock(tx, towns, &last)
    })?;
    let mut used: Vec<UnitId> = Vec::new();
    for (number, (reason, decision)) in (1..).zip(APPEALS) {
        let (work, all, taken) = (ground.clone(), Arc::clone(members), used.clone());
        let unit =
            persist(store, move |tx| one(tx, &work.piece(PIECE + number, end).at(end), &all, round, &last, &taken, (reason, decision)))?;
        used.extend(unit);
    }
    Ok(())
}

/// One appeal of a town that has not appealed yet; none where no town has a case to appeal.
fn one(
    tx: &mut store::Tx,
    ctx: &base::Ctx,
    members: &[Member],
    round: RoundId,
    period: &Period,
    taken: &[UnitId],
    (reason, decision): (&str, Option<(bool, &str)>),
) -> Result<Option<UnitId>, CreateError> {
    for proof in members.iter().flat_map(|member| member.actor.each::<Appeal>()).filter(|proof| proof.role() == Role::TownDesk) {
        let unit = proof.unit();
        if taken.contains(&unit) {
            continue;
        }
        let Some(case) = unsolved(tx, unit, period)? else { continue };
        let id = appeal(tx, ctx, &proof, round, unit, case, reason).map_err(CreateError::refused)?;
        if let Some((upheld, answer)) = decision {
            let tree = people::tree(tx)?;
            let decider = members.iter().find_map(|member| appeal::decides(&member.actor, &tree, unit));
            let decider = decider.ok_or_else(|| CreateError::Refused("nobody decides".into()))?;
            appeal::decide(tx, ctx, &decider, id, upheld, answer).map_err(CreateError::refused)?;
        }
        return Ok(Some(unit));
    }
    Ok(None)
}

/// A case of which the resident said that it was not solved.
fn unsolved(tx: &mut store::Tx, unit: UnitId, period: &Period) -> Result<Option<EventId>, StoreError> {
    Ok(measures::cases(tx, "concerns.unsolved", unit, period, None, 1)?.first().map(|case| case.event))
}
