//! A few visits by oversight: findings that are open, wait for a second look, and are closed.

use std::sync::Arc;

use ::inspections::inspect::{Inspect, Rectify, Visit, enter_checklist, inspect, recheck, rectify};
use base::Time;
use people::{Level, Role};
use store::Store;

use crate::CreateError;
use crate::settle::{Ground, Member, persist};

/// The number of the piece of work here.
const PIECE: u64 = 1 << 41;

/// What is looked at.
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
        let checklist = enter_checklist(tx, &ctx, &who, "社区窗口和网格公示", LINES).map_err(CreateError::refused)?;
        let tree = people::tree(tx)?;
        let towns: Vec<_> = tree.of_level(Level::Town).map(|town| town.id).collect();
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
