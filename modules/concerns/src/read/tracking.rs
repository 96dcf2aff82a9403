//! The resident's own page: what was done, who has it now and until when, what they may do.
//!
//! Staff's notes and reasons are left out. An answer is shown once the desk has passed it: what the
//! desk gave back never reached the resident.

use base::{Ctx, Time, UnitId};
use record::EventId;
use store::{StoreError, Tx};

use super::detail::{Entry, due_since, entries, shot};
use crate::catalogue;
use crate::concern::get;
use crate::events::Happened;
use crate::light::{Light, light};
use crate::model::{Due, Outcome, State};
use crate::receipt::Holder;
use crate::staff;

/// A concern as the holder of its receipt sees it.
#[derive(Clone, Debug)]
pub struct Tracking {
    /// The number.
    pub no: String,
    /// How many steps it has gone through.
    pub v: i64,
    /// Where it is on its way.
    pub state: State,
    /// The name of its kind, once the desk has confirmed one.
    pub kind_name: Option<String>,
    /// Where it happened.
    pub place: Option<UnitId>,
    /// Who must act next.
    pub holder: Option<UnitId>,
    /// The name of whose hands it is in.
    pub assignee_name: Option<String>,
    /// The deadline of the present step.
    pub due: Option<Due>,
    /// How that deadline stands.
    pub light: Option<Light>,
    /// The deadline of the answer as a whole.
    pub resolve_by: Option<Time>,
    /// When it came.
    pub received_at: Time,
    /// 1, and one more each time it was opened again.
    pub round: i64,
    /// Whether the resident is kept from those who handle it.
    pub confidential: bool,
    /// Whether the resident left a telephone.
    pub reachable: bool,
    /// How it was closed.
    pub outcome: Option<Outcome>,
    /// When it was closed.
    pub closed_at: Option<Time>,
    /// Whether words and photos may be added.
    pub may_add: bool,
    /// Whether the resident is asked whether it was solved.
    pub may_answer: bool,
    /// Until when it may be opened again; nothing if it may not.
    pub may_reopen_until: Option<Time>,
    /// The rule of its term, where it has one of its own: a petition, a request for information.
    pub term: Option<String>,
    /// When the present deadline was set.
    pub due_since: Time,
    /// Whether the clock stands still.
    pub paused: bool,
    /// The timeline, oldest first.
    pub entries: Vec<Entry>,
}

/// What the holder of a receipt sees.
///
/// # Errors
/// Only the store's.
pub fn tracking(tx: &mut Tx, ctx: &Ctx, holder: &Holder) -> Result<Option<Tracking>, StoreError> {
    let Some(concern) = get(tx, holder.concern())? else { return Ok(None) };
    let entries = for_resident(entries(tx, ctx, &concern, true)?);
    let now = &concern.now;
    let kind_name = match &now.kind {
        Some(code) => catalogue::kind(tx, code)?.map(|kind| kind.name),
        None => None,
    };
    Ok(Some(Tracking {
        no: concern.no.clone(),
        v: concern.v,
        state: now.state,
        kind_name,
        place: concern.place,
        holder: now.holder,
        assignee_name: now.assignee.map_or(Ok(None), |person| staff::name(tx, person))?,
        light: now.due.as_ref().map(|due| light(ctx.rules().calendar(), due.at, ctx.now)),
        due: now.due.clone(),
        resolve_by: now.resolve_by,
        received_at: concern.received_at,
        round: now.round,
        confidential: concern.confidential,
        reachable: now.reachable,
        outcome: now.outcome,
        closed_at: now.closed_at,
        may_add: now.is_open(),
        may_answer: now.state == State::CallBack,
        may_reopen_until: now.reopen_until(ctx.rules()).filter(|until| ctx.now <= *until && !now.is_final()),
        term: now.term.clone(),
        due_since: due_since(&concern, &entries),
        paused: now.pause.is_some(),
        entries,
    }))
}

/// What of the timeline the resident sees.
fn for_resident(entries: Vec<Entry>) -> Vec<Entry> {
    let mut seen: Vec<Entry> = Vec::new();
    for mut entry in entries {
        entry.note = None;
        entry.handlers = None;
        match &entry.happened {
            // Staff among themselves.
            Happened::ConcernRedacted(_)
            | Happened::ConcernRedactionApproved(_)
            | Happened::ConcernPublicationProposed(_)
            | Happened::ConcernPublicationReturned(_)
            | Happened::ConcernRedactionReturned(_)
            | Happened::ConcernImportUndone(_)
            | Happened::ConcernExtensionAsked(_)
            | Happened::ConcernExtensionRefused(_)
            | Happened::ConcernCalled(_)
            | Happened::ConcernArrived(_)
            | Happened::ConcernPartDone(_)
            | Happened::ConcernArrivalPassed(_)
            | Happened::ConcernWhistleClosed(_)
            | Happened::ConcernOverdueRaised(_)
            | Happened::ConcernSupervisionAnswered(_)
            | Happened::ConcernPartsPassed(_)
            | Happened::ConcernKeptFrom(_)
            | Happened::ConcernSupervisionPassed(_) => continue,
            // The answer was given back: it was none.
            Happened::ConcernReturned(_) => {
                if let Some(at) = seen.iter().rposition(|entry| matches!(entry.happened, Happened::ConcernResolved(_))) {
                    seen.remove(at);
                }
                continue;
            }
            // It stays an answer of nobody's: who gave it may not know of the concern any more.
            Happened::ConcernRecalled(f) if f.due.is_some() => {
                if let Some(at) = seen.iter().rposition(|entry| matches!(entry.happened, Happened::ConcernResolved(_))) {
                    seen.remove(at);
                }
            }
            _ => {}
        }
        seen.push(entry);
    }
    // An answer that the desk has not looked at yet.
    let looked_at = |entry: &Entry| matches!(entry.happened, Happened::ConcernReviewPassed(_));
    if let Some(at) = seen.iter().rposition(|entry| matches!(entry.happened, Happened::ConcernResolved(_)))
        && !seen.iter().skip(at).any(looked_at)
        && let Some(answer) = seen.get_mut(at)
    {
        answer.shown = None;
        answer.photos.clear();
    }
    seen
}

/// The digest of a photo on the resident's page.
///
/// # Errors
/// Only the store's.
pub fn tracking_photo(tx: &mut Tx, ctx: &Ctx, holder: &Holder, event: EventId, n: i64) -> Result<Option<[u8; 32]>, StoreError> {
    let Some(page) = tracking(tx, ctx, holder)? else { return Ok(None) };
    let shown = page.entries.iter().any(|entry| entry.event == event && entry.photos.iter().any(|shot| shot.n == n));
    Ok(if shown { shot(tx, holder.concern(), event, n)?.map(|found| found.0) } else { None })
}
