//! A few visits by oversight, by a checklist that was changed once: findings that are open, wait for a second look, and are
//! closed; and a visit that found nothing.

use std::sync::Arc;

use ::inspections::checklist::{change, enter};
use ::inspections::inspect::{Inspect, Rectify, Visit, inspect, recheck, rectify};
use base::Time;
use people::{Level, Role};
use store::Store;

use crate::CreateError;
use crate::settle::{Ground, Member, persist};

/// The number of the piece of work here.
const PIECE: u64 = 1 << 41;

/// What was looked at first, and what is since the list was changed.
const BEFORE: &str = "公示栏的网格员姓名、电话准确\n受理窗口有人值守\n一次性告知单齐全\n消防通道畅通";
const LINES: &str = "公示栏的网格员姓名、电话准确\n受理窗口有人值守\n一次性告知单齐全\n消防通道畅通\n台账不重复填报";

/// Where in the list something was wrong, what, and how far it has come: what was done, and the second look.
const FINDINGS: [(usize, &str, Option<(&str, Option<&str>)>); 3] = [
    (0, "公示栏上两名网格员已调岗，姓名和电话没有更新。", Some(("已更换公示内容，逐个拨打核对。", Some("现场核对，电话畅通。")))),
    (3, "一楼楼道堆放杂物，占用消防通道。", Some(("已清理并张贴提示。", None))),
    (4, "同一走访内容在两本台账里重复登记。", None),
];

/// Write a list down, visit towns, and let each put right what was found as far as it got.
pub(crate) fn add(store: &Store, ground: &Ground, members: &Arc<Vec<Member>>, end: Time) -> Result<(), CreateError> {
    let (work, all) = (ground.clone(), Arc::clone(members));
    persist(store, move |tx| {
        let piece = work.piece(PIECE, end);
        let ctx = piece.at(end);
        let who =
            all.iter().find_map(|member| member.actor.has::<Inspect>()).ok_or_else(|| CreateError::Refused("nobody inspects".into()))?;
        let first = enter(tx, &ctx, &who, "社区窗口和网格公示", BEFORE).map_err(CreateError::refused)?;
        let tree = people::tree(tx)?;
        let towns: Vec<_> = tree.of_level(Level::Town).map(|town| town.id).collect();
        if let Some(community) = tree.of_level(Level::Community).next().map(|community| community.id) {
            let note = "窗口秩序良好，公示准确，没有发现问题。".into();
            let visit = Visit { checklist: first, unit: community, on: end.plus(-3 * Time::DAY).date(), note, findings: Vec::new() };
            inspect(tx, &ctx, &who, &visit).map_err(CreateError::refused)?;
        }
        let checklist = change(tx, &ctx, &who, first, "社区窗口和网格公示", LINES).map_err(CreateError::refused)?;
        for (found, unit) in FINDINGS.iter().zip(towns.iter().cycle()) {
            let (line, words, done) = *found;
            let visit = Visit {
                checklist,
                unit: *unit,
                on: end.date(),
                note: "总体规范，个别事项需整改。".into(),
                findings: vec![(line, words.into())],
            };
            let visited = inspect(tx, &ctx, &who, &visit).map_err(CreateError::refused)?;
            let Some((done, seen)) = done else { continue };
            let findings = ::inspections::read::of_inspection(tx, visited)?;
            let own = all
                .iter()
                .flat_map(|member| member.actor.each::<Rectify>())
                .find(|proof| proof.unit() == *unit && proof.role() == Role::TownDesk);
            let (Some(finding), Some(own)) = (findings.first(), own) else { continue };
            rectify(tx, &ctx, &own, finding.id, finding.v, done, &[]).map_err(CreateError::refused)?;
            if let Some(seen) = seen {
                recheck(tx, &ctx, &who, finding.id, finding.v + 1, true, seen).map_err(CreateError::refused)?;
            }
        }
        Ok(())
    })
}
