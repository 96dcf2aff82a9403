//! A joint conference of the first town, with a decision that is done, one that waits for a look, and two that
//! have time; and who answers first in each town.

use std::sync::Arc;

use ::conferences::hold::{Hold, hold};
use ::conferences::permissions::{CarryOut, Convene};
use ::conferences::task::{confirm, give, report};
use base::Time;
use people::{DutyKind, Level, ManageUnits, Role};
use store::Store;

use crate::CreateError;
use crate::settle::{Ground, Member, persist};

/// The number of the piece of work here.
const PIECE: u64 = 1 << 42;

/// What was decided, which unit of those that took part does it, in how many days, and what became of it.
const TASKS: [(&str, usize, i64, Option<(&str, Option<&str>)>); 4] = [
    ("夜市沿线划出摊位线和消防通道，现场立牌。", 0, 5, Some(("已划线 46 处、立牌 8 块。", Some("现场看过，线已划好。")))),
    ("对占道堆物的 12 家商户逐户告知，签收留底。", 1, 8, Some(("12 家已全部告知。", None))),
    ("夜市出口加装两处照明。", 0, 2, None),
    ("收集周边居民对收摊时间的意见，报联席会议。", 2, 20, None),
];

/// Write a conference down and let each decision come as far as it got.
pub(crate) fn add(store: &Store, ground: &Ground, members: &Arc<Vec<Member>>, end: Time) -> Result<(), CreateError> {
    let (work, all) = (ground.clone(), Arc::clone(members));
    persist(store, move |tx| {
        let piece = work.piece(PIECE, end);
        let tree = people::tree(tx)?;
        let Some(town) = tree.of_level(Level::Town).find(|town| !town.is_closed()).map(|town| town.id) else { return Ok(()) };
        let own = |role: Role| move |held: &people::Held| held.role == role && held.unit == town;
        let leader = all.iter().find(|member| member.actor.posts.iter().any(own(Role::TownDesk)));
        let Some(convene) = leader.and_then(|member| member.actor.each::<Convene>().find(|proof| proof.unit() == town)) else {
            return Ok(());
        };
        let departments: Vec<_> = tree.departments().filter(|unit| !unit.is_closed()).map(|unit| unit.id).take(2).collect();
        let community = tree.children(town).find(|unit| unit.level == Level::Community && !unit.is_closed()).map(|unit| unit.id);
        let units: Vec<_> = departments.iter().copied().chain(community).collect();
        if units.len() < 3 {
            return Ok(());
        }
        let ctx = piece.at(end);
        if let Some(manage) = all.iter().find_map(|member| member.actor.has::<ManageUnits>()) {
            for (post, kind, matter) in [(Role::TownLeader, DutyKind::Principal, "基层治理"), (Role::TownDesk, DutyKind::Dual, "安全生产")]
            {
                let held = all.iter().flat_map(|member| &member.actor.posts).find(|held| held.unit == town && held.role == post);
                if let Some(held) = held {
                    people::give_duty(tx, &ctx, &manage, town, held.post, kind, matter).map_err(CreateError::refused)?;
                }
            }
        }
        let input = Hold {
            title: "夜市占道经营整治联席会议".into(),
            on: end.date(),
            place: "街道三楼会议室".into(),
            units: units.clone(),
            note: "会议听取夜市沿线占道经营、消防通道和照明情况，议定四件事，分别由参会单位负责，街道召集人逐项确认。".into(),
        };
        let held = hold(tx, &ctx, &convene, &input).map_err(CreateError::refused)?;
        for (what, at, days, done) in TASKS {
            let Some(unit) = units.get(at).copied() else { continue };
            let day = end.plus(days * Time::DAY).date();
            let task = give(tx, &ctx, &convene, held, unit, what, day).map_err(CreateError::refused)?;
            let carry = all.iter().flat_map(|member| member.actor.each::<CarryOut>()).find(|proof| proof.unit() == unit);
            let (Some((said, seen)), Some(carry)) = (done, carry) else { continue };
            report(tx, &ctx, &carry, task, 1, said, &[]).map_err(CreateError::refused)?;
            if let Some(seen) = seen {
                confirm(tx, &ctx, &convene, task, 2, None, seen).map_err(CreateError::refused)?;
            }
        }
        Ok(())
    })
}
