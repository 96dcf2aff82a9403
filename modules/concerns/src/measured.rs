//! What is counted of concerns, by handling unit and time: from what residents answered and from
//! deadlines, never from what a unit says of itself.

use base::{Time, UnitId};
use record::{Event, Facts, Measure};

use crate::events::{
    ConcernCalledBack, ConcernDeadlinePassed, ConcernDispatched, ConcernObjected, ConcernObjectionUpheld, ConcernReopened, ConcernResolved,
    ConcernSubmitted,
};

/// For the unit of the event, at the time it happened.
fn one(event: &Event) -> Option<(UnitId, Time, i64)> {
    Some((event.unit?, event.occurred_at, 1))
}

/// The same, where the facts say so.
fn one_if<F: Facts>(event: &Event, counts: impl FnOnce(&F) -> bool) -> Option<(UnitId, Time, i64)> {
    event.facts::<F>().ok().filter(counts).and_then(|_| one(event))
}

macro_rules! measures {
    ($($id:literal, $zh:literal, $en:literal, $facts:ident => $count:expr;)+) => {
        &[$(Measure { id: $id, title_zh: $zh, title_en: $en, kind: $facts::KIND, count: $count },)+]
    };
}

/// The measures of this module.
pub const MEASURES: &[Measure] = measures! {
    "concerns.received", "收到", "Received", ConcernSubmitted => one;
    "concerns.dispatched", "派单", "Dispatched", ConcernDispatched => one;
    "concerns.objected", "提出异议", "Objected", ConcernObjected => one;
    "concerns.objection_upheld", "异议成立", "Objections upheld", ConcernObjectionUpheld => one;
    "concerns.resolved", "办结", "Resolved", ConcernResolved => one;
    "concerns.resolved_in_time", "按时办结", "Resolved in time", ConcernResolved => |event| one_if(event, |f: &ConcernResolved| f.in_time);
    "concerns.resolved_late", "超期办结", "Resolved late", ConcernResolved => |event| one_if(event, |f: &ConcernResolved| !f.in_time);
    "concerns.called_back", "回访得到答复", "Called back", ConcernCalledBack => one;
    "concerns.contacted", "回访：联系过", "Contacted, by the resident", ConcernCalledBack
        => |event| one_if(event, |f: &ConcernCalledBack| f.contacted == Some(true));
    "concerns.asked_contacted", "回访：答了是否联系", "Asked whether contacted", ConcernCalledBack
        => |event| one_if(event, |f: &ConcernCalledBack| f.contacted.is_some());
    "concerns.solved", "回访：已解决", "Solved, by the resident", ConcernCalledBack => |event| one_if(event, |f: &ConcernCalledBack| f.solved);
    "concerns.unsolved", "回访：未解决，再办", "Not solved, by the resident", ConcernCalledBack
        => |event| one_if(event, |f: &ConcernCalledBack| !f.solved);
    "concerns.satisfied", "回访：满意", "Satisfied, by the resident", ConcernCalledBack
        => |event| one_if(event, |f: &ConcernCalledBack| f.satisfied == Some(true));
    "concerns.asked_satisfied", "回访：答了是否满意", "Asked whether satisfied", ConcernCalledBack
        => |event| one_if(event, |f: &ConcernCalledBack| f.satisfied.is_some());
    "concerns.reopened", "归档后再办", "Reopened", ConcernReopened => one;
    "concerns.deadlines_passed", "环节超期", "Deadlines passed", ConcernDeadlinePassed => one;
};
