//! Three schemes that give points and one that shows what branches are ordered to do, two periods of locked scores, and
//! appeals in each state: what an office finds that has used the product for a year.

use std::sync::Arc;

use base::{Time, UnitId};
use measures::Period;
use people::Role;
use record::EventId;
use scores::appeal::{self, Deciders, appeal};
use scores::events::{RoundId, SchemeId};
use scores::lock;
use scores::permissions::{Appeal, Schemes};
use scores::scheme::{Bands, Definition, Item, Span, enter};
use store::Store;

use crate::CreateError;
use crate::plan::Size;
use crate::settle::{Ground, Member, persist};

/// The number of the first piece of work here, past all that concerns take.
const PIECE: u64 = 1 << 40;

/// Reasons of units and what was decided; the last two wait.
const APPEALS: [(&str, Option<(bool, &str)>); 4] = [
    ("该地块上月已划归邻近街道，事项由对方续办，不应计入本单位。", Some((true, "经核实，区划调整文件已生效，该件不计入。"))),
    ("现场情况与居民所说不符，请核对。", Some((false, "经现场核对，居民所说属实，维持原结果。"))),
    ("同一事项重复反映，已并案办理。", None),
    ("该路段由区级部门养护，本单位只是协办，不应计入。", None),
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
        let departments =
            enter(tx, &ctx, &desk, None, &definition("部门诉求办理考核", "department", &from, span, few)).map_err(CreateError::refused)?;
        enter(tx, &ctx, &desk, None, &of_branches(&from)).map_err(CreateError::refused)?;
        let lock =
            |tx: &mut store::Tx, id: SchemeId, period: &Period| lock::lock(tx, &ctx, &desk, id, period).map_err(CreateError::refused);
        let both = |tx: &mut store::Tx, id: SchemeId| {
            lock(tx, id, &last.previous())?;
            lock(tx, id, &last)
        };
        both(tx, communities)?;
        Ok((both(tx, towns)?, both(tx, departments)?))
    })?;
    let mut used: Vec<(UnitId, EventId)> = Vec::new();
    for (number, (reason, decision)) in (1..).zip(APPEALS) {
        let (work, all, taken) = (ground.clone(), Arc::clone(members), used.clone());
        let case =
            persist(store, move |tx| one(tx, &work.piece(PIECE + number, end).at(end), &all, round, &last, &taken, (reason, decision)))?;
        used.extend(case);
    }
    Ok(())
}

/// What is appealed, the likeliest first: what the resident said was not solved, else whatever was called back or resolved.
const CASES: [&str; 3] = ["concerns.unsolved", "concerns.called_back", "concerns.resolved"];

/// One appeal of a town or a department, of one that has not appealed yet where there is such; none where nobody has a case. The
/// small district sends little to its towns.
fn one(
    tx: &mut store::Tx,
    ctx: &base::Ctx,
    members: &[Member],
    (of_towns, of_departments): (RoundId, RoundId),
    period: &Period,
    taken: &[(UnitId, EventId)],
    (reason, decision): (&str, Option<(bool, &str)>),
) -> Result<Option<(UnitId, EventId)>, CreateError> {
    let of = |role: Role| members.iter().flat_map(|member| member.actor.each::<Appeal>()).filter(move |proof| proof.role() == role);
    let who: Vec<people::Proof<Appeal>> = of(Role::TownDesk).chain(of(Role::DepartmentLead)).collect();
    let has = |unit: UnitId| taken.iter().any(|(other, _)| *other == unit);
    for (measure, again) in CASES.into_iter().flat_map(|measure| [(measure, false), (measure, true)]) {
        for proof in who.iter().filter(|proof| has(proof.unit()) == again) {
            let unit = proof.unit();
            let found = measures::cases(tx, measure, unit, period, None, APPEALS.len())?;
            let fresh = found.into_iter().find(|case| taken.iter().all(|(_, event)| *event != case.event));
            let Some(case) = fresh.map(|case| case.event) else { continue };
            let round = if proof.role() == Role::TownDesk { of_towns } else { of_departments };
            let id = appeal(tx, ctx, proof, round, unit, case, reason).map_err(CreateError::refused)?;
            if let Some((upheld, answer)) = decision {
                let tree = people::tree(tx)?;
                let deciders = Deciders::find(tx, ctx.now, &tree)?;
                let decider = members.iter().find_map(|member| appeal::decides(&member.actor, &tree, &deciders, unit));
                let decider = decider.ok_or_else(|| CreateError::Refused("nobody decides".into()))?;
                appeal::decide(tx, ctx, &decider, id, upheld, answer).map_err(CreateError::refused)?;
            }
            return Ok(Some((unit, case)));
        }
    }
    Ok(None)
}
