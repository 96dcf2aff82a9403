//! Tests of the whole district: one that is over with its results, one that is open and that some have sat; of the members by
//! the Party office, of the staff by the district's desk.

use ::theory::events::PaperId;
use ::theory::read::Terms;
use base::{Time, UnitId};
use people::{Actor, Level, Role};

use super::sitting::{self, Sat};
use super::{Work, banks, day, for_unit, terms};
use crate::CreateError;

/// What is the same in both.
struct Pair<'a> {
    by: &'a Actor,
    scope: UnitId,
    paper: PaperId,
    past: (&'static str, Time, &'static str),
    open: (&'static str, Time, &'static str),
}

/// Three days for the one that is over, a week for the one that is open.
fn pair(work: &Work, people: &[Actor], end: Time, pair: &Pair<'_>) -> Result<(), CreateError> {
    let (name, opens, stream) = pair.past;
    let closes = opens.plus(2 * Time::DAY + 9 * Time::HOUR);
    let setting = for_unit(pair.paper, name, pair.scope, opens, closes, terms());
    if let Some(test) = work.set(10, opens.plus(-2 * Time::DAY), pair.by, setting)? {
        sitting::sat(work, 1_000, &Sat { test, opens, within: 6 * Time::HOUR, absent: 100, stream }, people)?;
        work.close(11, closes.plus(5 * Time::MINUTE), test)?;
    }
    let (name, opens, stream) = pair.open;
    let setting = for_unit(pair.paper, name, pair.scope, opens, day(end, -6, 18), Terms { shown_at_once: true, ..terms() });
    if let Some(test) = work.set(20, opens.plus(-2 * Time::DAY), pair.by, setting)? {
        sitting::sat(work, 10_000, &Sat { test, opens, within: 5 * Time::HOUR, absent: 650, stream }, people)?;
    }
    Ok(())
}

/// Who has this role in this unit.
fn held(people: &[Actor], role: Role, unit: UnitId) -> Option<&Actor> {
    people.iter().find(|actor| actor.posts.iter().any(|held| held.role == role && held.unit == unit))
}

/// All members, by the office of the committee over them.
pub(super) fn of_members(work: &Work, people: &[Actor], end: Time) -> Result<(), CreateError> {
    let tree = work.store.read_now(people::tree)?;
    let top = tree.of_level(Level::PartyCommittee).find(|unit| unit.parent.is_none()).map(|unit| unit.id);
    let Some((scope, by)) = top.and_then(|top| held(people, Role::PartyAffairs, top).map(|by| (top, by))) else { return Ok(()) };
    let paper = banks::members(work, by, end.plus(-24 * Time::DAY))?;
    let past = ("党员应知应会测试", day(end, 20, 9), "theory of members");
    let open = ("学习党章专题测试", day(end, 1, 9), "theory of members again");
    pair(work, people, end, &Pair { by, scope, paper, past, open })
}

/// All who work in the district, by its desk.
pub(super) fn of_staff(work: &Work, people: &[Actor], end: Time) -> Result<(), CreateError> {
    let tree = work.store.read_now(people::tree)?;
    let top = tree.district().map(|unit| unit.id);
    let Some((scope, by)) = top.and_then(|top| held(people, Role::DistrictDesk, top).map(|by| (top, by))) else { return Ok(()) };
    let paper = banks::staff(work, by, end.plus(-34 * Time::DAY))?;
    let past = ("接诉即办业务测试", day(end, 30, 9), "theory of staff");
    let open = ("群众工作应知应会测试", day(end, 1, 9), "theory of staff again");
    pair(work, people, end, &Pair { by, scope, paper, past, open })
}
