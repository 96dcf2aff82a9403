//! Who may know of a concern, who may see its words, and who may take which step: for pages, which
//! show only what applies. The operations check again for themselves.
//!
//! A unit reads what is in its hands or has gone through them; communities, towns and the district
//! also read what happened within them. Nobody reads what is about them or about their line.

use base::{Time, UnitId};
use people::{Actor, Held, Permission, Proof, Role, Tree};

use crate::concern::Concern;
use crate::line::{self, Lines};
use crate::model::{self, Clocks, Ground, Outcome, Standing, State, Step};
use crate::open_contact::may_open;
use crate::permissions::{CallBack, Desk, Handle, Read};
use crate::redact::Judged;

/// Whether a concern is about this person, or about a line in which they hold a post.
pub fn is_hidden(actor: &Actor, tree: &Tree, concern: &Concern) -> bool {
    is_guarded_from(actor, tree, concern.about_person, &concern.now.bars, concern.now.desk)
}

pub(crate) fn is_guarded_from(actor: &Actor, tree: &Tree, about_person: Option<base::PersonId>, bars: &[UnitId], desk: UnitId) -> bool {
    about_person == Some(actor.person) || (!bars.is_empty() && actor.posts.iter().any(|held| line::barred(tree, bars, desk, held.unit)))
}

/// Whether a post reads what happened in its area, beside what went through its hands.
pub(crate) fn reads_places(role: Role) -> bool {
    !matches!(role, Role::GridWorker | Role::DepartmentStaff | Role::DepartmentLead)
}

/// Whether somebody may read a concern at all.
pub fn may_read(actor: &Actor, tree: &Tree, concern: &Concern) -> bool {
    if is_hidden(actor, tree, concern) {
        return false;
    }
    let now = &concern.now;
    // Who stands in the place of a unit that ended reads what it had.
    let reached = |unit: UnitId, held: &Held| tree.is_within(unit, held.reach) || tree.is_within(tree.heir(unit), held.reach);
    let in_hands = |held: &Held| {
        let units = now.holder.into_iter().chain(now.handler).chain([now.desk]).chain(now.involved.iter().map(|i| i.unit));
        units.into_iter().any(|unit| reached(unit, held))
    };
    let placed = |held: &Held| reads_places(held.role) && concern.place.is_some_and(|place| reached(place, held));
    let reads = |held: &Held| Read::ROLES.contains(&held.role);
    actor.posts.iter().any(|held| reads(held) && (in_hands(held) || placed(held)))
        || (concern.registered_by == Some(actor.person) && actor.has::<Read>().is_some())
}

/// Whether somebody sees a confidential caller's own words: the desk, and who calls them back.
pub fn sees_words(actor: &Actor, tree: &Tree, concern: &Concern) -> bool {
    !concern.confidential || is_on_desk(actor, tree, concern).is_some() || calls_back(actor, tree, concern).is_some()
}

/// Proof for the steps of the desk, where somebody is of this concern's desk.
pub fn is_on_desk(actor: &Actor, tree: &Tree, concern: &Concern) -> Option<Proof<Desk>> {
    if is_hidden(actor, tree, concern) {
        return None;
    }
    actor.each::<Desk>().find(|proof| concern.is_desk(tree, proof.role(), proof.unit(), proof.reach()))
}

/// Whether somebody knows a confidential caller, and so handles nothing of it.
pub fn knows_caller(actor: &Actor, tree: &Tree, concern: &Concern) -> bool {
    concern.is_known_by(tree, actor.person, actor.posts.iter().map(|held| (held.role, held.unit, held.reach)))
}

/// Whether it is in the hands of a unit of theirs, for which somebody would act, did they not know the caller.
pub fn is_kept_apart(actor: &Actor, tree: &Tree, concern: &Concern) -> bool {
    let handled = matches!(concern.now.state, State::Dispatched | State::InHand);
    let near = |held: &Held| Handle::ROLES.contains(&held.role) && Some(held.unit) == concern.now.holder;
    handled && knows_caller(actor, tree, concern) && actor.posts.iter().any(near)
}

/// Proof for the steps of the handler, where somebody is of the unit that has it in hand.
pub fn handles(actor: &Actor, tree: &Tree, concern: &Concern) -> Option<Proof<Handle>> {
    let holder = concern.now.holder.filter(|_| matches!(concern.now.state, State::Dispatched | State::InHand))?;
    if is_hidden(actor, tree, concern) || knows_caller(actor, tree, concern) {
        return None;
    }
    // The nearest post first, so that the record says for which unit somebody acted.
    let reaches = |proof: &Proof<Handle>| concern.is_held(tree, proof.role(), proof.unit(), proof.reach(), holder);
    let depth = |proof: &Proof<Handle>| tree.get(proof.unit()).map_or(0, |unit| unit.path.len());
    actor.each::<Handle>().filter(reaches).max_by_key(depth)
}

/// Proof for speaking with the resident while it is in hand: the handler's, and the desk's where the caller is kept from them.
pub fn contacts(actor: &Actor, tree: &Tree, concern: &Concern) -> Option<Proof<Handle>> {
    if !concern.confidential {
        return handles(actor, tree, concern);
    }
    let of_desk = |proof: &Proof<Handle>| concern.is_desk(tree, proof.role(), proof.unit(), proof.reach());
    if is_hidden(actor, tree, concern) { None } else { actor.each::<Handle>().find(of_desk) }
}

/// Proof for calling back, while it is to be called back and somebody stands outside the line.
pub fn calls_back(actor: &Actor, tree: &Tree, concern: &Concern) -> Option<Proof<CallBack>> {
    let now = &concern.now;
    if now.state != State::CallBack || now.resolver == Some(actor.person) || is_hidden(actor, tree, concern) {
        return None;
    }
    actor.each::<CallBack>().find(|proof| line::is_outside(tree, &now.involved, proof.unit()))
}

/// What can be done to a concern, as buttons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is the operation of its name")]
pub enum Act {
    Dispatch,
    Decide,
    Claim,
    FirstContact,
    Resolve,
    Object,
    Escalate,
    SendDown,
    Review,
    CallBack,
    Redact,
    Approve,
    Relay,
    OpenContact,
    ArchiveUnreachable,
    Archive,
    Pause,
    Resume,
    AskExtension,
    DecideExtension,
    Whistle,
    Arrive,
    Part,
    CloseWhistle,
    Merge,
    Unmerge,
    Supervise,
    AnswerOrder,
}

/// What this person may do to a concern now, the likeliest first.
pub fn acts(actor: &Actor, tree: &Tree, clocks: &dyn Clocks, at: Time, concern: &Concern) -> Vec<Act> {
    let now = &concern.now;
    let mut acts = Vec::new();
    if now.merged_into.is_some() {
        // It is answered with another: nothing is left to do to it alone.
        return if is_on_desk(actor, tree, concern).is_some() { vec![Act::Unmerge, Act::Archive] } else { acts };
    }
    if let Some(proof) = is_on_desk(actor, tree, concern) {
        if now.is_open() && concern.confidential && concern.waits_for(proof.person()).is_some() {
            acts.push(Act::Approve);
        }
        match now.state {
            State::Received if !concern.confidential || concern.approved_text().is_some() => acts.push(Act::Dispatch),
            State::Received if concern.redactions.iter().any(|text| text.of.is_none() && text.state == Judged::Waiting) => {}
            State::Received => acts.push(Act::Redact),
            State::InHand if now.asked_by.is_some_and(|asked| asked != proof.person()) && now.pause.is_none() => {
                acts.push(Act::DecideExtension);
            }
            State::Objected => acts.push(Act::Decide),
            State::Resolved if now.resolver != Some(proof.person()) => acts.push(Act::Review),
            _ => {}
        }
    }
    if now.pause.is_some() {
        acts.extend(handles(actor, tree, concern).map(|_| Act::Resume));
    } else if handles(actor, tree, concern).is_some() {
        let held = now.holder.unwrap_or_default();
        let in_hand = now.state == State::InHand;
        let can = [
            (Act::Claim, !in_hand),
            (Act::FirstContact, in_hand && now.reachable && !now.contacted && !concern.confidential),
            (Act::Resolve, in_hand),
            (Act::Object, now.object_by.is_some_and(|by| at <= by)),
            (Act::Escalate, Lines::parent(tree, held).is_some_and(|up| may_have(tree, concern, up))),
            (Act::SendDown, tree.children(held).any(|unit| may_have(tree, concern, unit.id))),
            (Act::AskExtension, in_hand && takes(tree, clocks, at, now, &Step::AskExtension { person: actor.person })),
            (Act::Pause, in_hand && takes(tree, clocks, at, now, &Step::Pause)),
        ];
        acts.extend(can.into_iter().filter(|(_, can)| *can).map(|(act, _)| act));
    }
    if concern.confidential
        && now.pause.is_none()
        && now.state == State::InHand
        && now.reachable
        && !now.contacted
        && contacts(actor, tree, concern).is_some()
    {
        acts.push(Act::FirstContact);
    }
    if calls_back(actor, tree, concern).is_some() {
        acts.push(Act::CallBack);
    }
    if may_open(actor, tree, concern).is_some() {
        acts.push(Act::OpenContact);
    }
    if now.is_open() && is_on_desk(actor, tree, concern).is_some() {
        if concern.confidential && now.handler.is_some() {
            acts.push(Act::Relay);
        }
        if concern.confidential && !acts.contains(&Act::Redact) {
            acts.push(Act::Redact);
        }
        if takes(tree, clocks, at, now, &Step::Archive { outcome: Outcome::Unreachable }) {
            acts.push(Act::ArchiveUnreachable);
        }
        let unanswered = matches!(now.state, State::Received | State::Dispatched | State::Objected | State::InHand);
        if unanswered && now.bars.is_empty() && concern.community.is_some() {
            acts.push(Act::Merge);
        }
        acts.push(Act::Archive);
    }
    acts
}

/// Whether the model allows a step as things stand.
fn takes(tree: &Tree, clocks: &dyn Clocks, at: Time, now: &Standing, step: &Step) -> bool {
    // What a caller keeps to themselves moves deadlines, and allows or forbids no step.
    let ground = Ground { lines: tree, clocks, at, call_back: &[], posts_of_person: &[], confidential: false };
    model::next(now, step, &ground).is_ok()
}

/// Whether a unit may be sent this concern, as far as the tree and the bars tell.
pub fn may_have(tree: &Tree, concern: &Concern, unit: UnitId) -> bool {
    let excused = concern.now.involved.iter().any(|i| i.unit == unit && i.excused);
    Lines::takes_concerns(tree, unit) && !excused && !concern.now.bars(tree, unit)
}
