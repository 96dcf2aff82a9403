//! One thing that somebody does, prepared as plain data and then done through the operation.

use base::Time;
use concerns::archive::{Archive, archive};
use concerns::call_back::{Answer, CallBack, answer, call_back};
use concerns::claim::{Claim, FirstContact, claim, first_contact};
use concerns::dispatch::{Dispatch, dispatch};
use concerns::linkage::{Escalate, SendDown, escalate, send_down};
use concerns::model::NotNow;
use concerns::object::{Decide, Object, decide, object};
use concerns::open_contact::{OpenContact, open_contact};
use concerns::permissions::{CallBack as MayCall, Desk, Handle, Register};
use concerns::publish::{Judge, Propose, judge, propose};
use concerns::redact::{Approve, Redact, approve, redact};
use concerns::reopen::{Add, add, reopen};
use concerns::resolve::{Resolve, Review, resolve, review};
use concerns::submit::{Receipt, Registered, Submit, register, submit};
use concerns::{Done, StepError, passed, receipt};
use people::{Actor, Permission, Proof, Tree};
use store::Tx;

use crate::settle::Member;

/// Something that is done at a time.
pub(crate) struct Act {
    /// When.
    pub(crate) at: Time,
    /// For which case; none for the passing of deadlines.
    pub(crate) case: Option<usize>,
    /// By which member of staff; none for the resident.
    pub(crate) who: Option<usize>,
    /// What.
    pub(crate) deed: Deed,
}

/// What is done. `over` in a proof is the unit that holds the concern, or its desk.
pub(crate) enum Deed {
    Submit(Box<Submit>),
    Register(Box<Submit>, Registered),
    Dispatch(base::UnitId, Box<Dispatch>),
    Object(base::UnitId, Object),
    Decide(base::UnitId, Decide),
    Claim(base::UnitId, Claim),
    Contact(base::UnitId, FirstContact),
    Escalate(base::UnitId, Escalate),
    SendDown(base::UnitId, SendDown),
    Resolve(base::UnitId, Box<Resolve>),
    Review(base::UnitId, Review),
    CallBack(CallBack),
    Answer(Slip, Answer),
    Add(Slip, Add),
    Redact(base::UnitId, Box<Text>),
    /// The keys of both forms, and who looks at the text.
    Publish(base::UnitId, String, [[u8; 16]; 2], usize),
    Reopen(Slip, String),
    Archive(base::UnitId, Archive),
    PassDeadlines,
}

/// A resident's receipt, with the key of the form that they send with it.
pub(crate) struct Slip {
    pub(crate) no: String,
    pub(crate) secret: String,
    pub(crate) op_key: [u8; 16],
}

/// A text for the handlers of a confidential concern.
pub(crate) struct Text {
    pub(crate) op_key: [u8; 16],
    pub(crate) no: String,
    pub(crate) handlers: String,
    /// Whether it stands for what the caller added last.
    pub(crate) added: bool,
    pub(crate) share_photos: bool,
    /// Who looks at it then, with the key of their form.
    pub(crate) second: (usize, [u8; 16]),
}

/// What came of it.
pub(crate) enum Came {
    /// It was taken in.
    Receipt(Receipt),
    /// A step was taken.
    Step(Done),
    /// Nothing that a case needs to know.
    Nothing,
}

/// The deadlines that are marked as passed in one operation.
const DEADLINES: u32 = 200;

/// Do it.
pub(crate) fn run(tx: &mut Tx, ctx: &base::Ctx, members: &[Member], act: &Act) -> Result<Came, String> {
    let actor = act.who.and_then(|who| members.get(who)).map(|member| &member.actor);
    let deed = &act.deed;
    let tree = people::tree(tx).map_err(|error| error.to_string())?;
    let step = |done: Result<Done, concerns::StepError>| done.map(Came::Step).map_err(|error| error.to_string());
    match deed {
        Deed::Submit(input) => submit(tx, ctx, input).map(Came::Receipt).map_err(|error| error.to_string()),
        Deed::Register(input, how) => {
            let proof = actor.and_then(Actor::has::<Register>).ok_or("nobody registers")?;
            register(tx, ctx, &proof, input, how).map(Came::Receipt).map_err(|error| error.to_string())
        }
        Deed::Dispatch(over, input) => step(dispatch(tx, ctx, &proof::<Desk>(&tree, actor, *over)?, input)),
        Deed::Object(over, input) => step(object(tx, ctx, &proof::<Handle>(&tree, actor, *over)?, input)),
        Deed::Decide(over, input) => step(decide(tx, ctx, &proof::<Desk>(&tree, actor, *over)?, input)),
        Deed::Claim(over, input) => step(claim(tx, ctx, &proof::<Handle>(&tree, actor, *over)?, input)),
        Deed::Contact(over, input) => step(first_contact(tx, ctx, &proof::<Handle>(&tree, actor, *over)?, input)),
        Deed::Escalate(over, input) => step(escalate(tx, ctx, &proof::<Handle>(&tree, actor, *over)?, input)),
        Deed::SendDown(over, input) => step(send_down(tx, ctx, &proof::<Handle>(&tree, actor, *over)?, input)),
        Deed::Resolve(over, input) => step(resolve(tx, ctx, &proof::<Handle>(&tree, actor, *over)?, input)),
        Deed::Review(over, input) => step(review(tx, ctx, &proof::<Desk>(&tree, actor, *over)?, input)),
        Deed::CallBack(input) => {
            let actor = actor.ok_or("nobody calls back")?;
            let proof = actor.has::<MayCall>().ok_or("nobody calls back")?;
            // Who calls has looked the number up, and is in the log of who did.
            let number = OpenContact { no: input.no.clone(), reason: "回访办理结果".into() };
            match open_contact(tx, ctx, actor, &number) {
                Ok(_) | Err(StepError::NotNow(NotNow::TooMany)) => {}
                Err(error) => return Err(error.to_string()),
            }
            step(call_back(tx, ctx, &proof, input))
        }
        Deed::Answer(slip, input) => {
            let holder = holder(tx, slip)?;
            step(answer(tx, ctx, &holder, &slip.op_key, input))
        }
        Deed::Add(slip, input) => {
            let holder = holder(tx, slip)?;
            add(tx, ctx, &holder, &slip.op_key, input).map(|_| Came::Nothing).map_err(|error| error.to_string())
        }
        Deed::Reopen(slip, reason) => {
            let holder = holder(tx, slip)?;
            step(reopen(tx, ctx, &holder, &slip.op_key, reason))
        }
        Deed::Archive(over, input) => step(archive(tx, ctx, &proof::<Desk>(&tree, actor, *over)?, input)),
        Deed::Redact(over, text) => {
            let writer = proof::<Desk>(&tree, actor, *over)?;
            let Text { op_key, no, handlers, added, share_photos, second } = &**text;
            let of = if *added { Some(last_added(tx, no)?.ok_or("nothing was added")?) } else { None };
            let input = Redact { op_key: *op_key, no: no.clone(), of, handlers: handlers.clone(), share_photos: *share_photos };
            redact(tx, ctx, &writer, &input).map_err(|error| error.to_string())?;
            let (second, op_key) = second;
            let second = proof::<Desk>(&tree, members.get(*second).map(|member| &member.actor), *over)?;
            let concern = concerns::concern::find(tx, no).map_err(|error| error.to_string())?.ok_or("no such concern")?;
            let of = concern.waits_for(second.person()).ok_or("nothing waits")?.event;
            let input = Approve { op_key: *op_key, no: no.clone(), of, pass: true, reason: None };
            approve(tx, ctx, &second, &input).map_err(|error| error.to_string())?;
            Ok(Came::Nothing)
        }
        Deed::Publish(over, no, [first, second], colleague) => {
            let text = |error: concerns::StepError| error.to_string();
            let writer = proof::<Desk>(&tree, actor, *over)?;
            let who = actor.ok_or("nobody is there to do it")?;
            let seen = concerns::read::detail(tx, ctx, who, &tree, no).map_err(|error| error.to_string())?.ok_or("no such concern")?;
            let words = seen.entries.first().and_then(|entry| entry.words.as_deref()).unwrap_or_default();
            let answer = seen.entries.iter().rev().find(|entry| matches!(entry.happened, concerns::events::Happened::ConcernResolved(_)));
            let answer = answer.and_then(|entry| entry.shown.as_deref()).map(base::text::mask_personal);
            let input = Propose { op_key: *first, no: no.clone(), words: base::text::mask_personal(words), answer };
            propose(tx, ctx, &writer, &input).map_err(text)?;
            let concern = concerns::concern::find(tx, no).map_err(|error| error.to_string())?.ok_or("no such concern")?;
            let of = concern.proposed_text().ok_or("nothing was proposed")?.event;
            let colleague = proof::<Desk>(&tree, members.get(*colleague).map(|member| &member.actor), *over)?;
            judge(tx, ctx, &colleague, &Judge { op_key: *second, no: no.clone(), of, pass: true, reason: None }).map_err(text)?;
            Ok(Came::Nothing)
        }
        Deed::PassDeadlines => {
            while passed::pass_deadlines(tx, ctx, DEADLINES).map_err(|error| error.to_string())? > 0 {}
            while passed::raise_overdue(tx, ctx, DEADLINES).map_err(|error| error.to_string())? > 0 {}
            Ok(Came::Nothing)
        }
    }
}

fn proof<P: Permission>(tree: &Tree, actor: Option<&Actor>, over: base::UnitId) -> Result<Proof<P>, String> {
    let actor = actor.ok_or("nobody is there to do it")?;
    actor.require::<P>(tree, over).map_err(|error| error.to_string())
}

fn holder(tx: &mut Tx, slip: &Slip) -> Result<receipt::Holder, String> {
    let found = receipt::find(tx, &slip.no, &slip.secret).map_err(|error| error.to_string())?;
    found.ok_or_else(|| "a receipt that was given out is not known".to_owned())
}

fn last_added(tx: &mut Tx, no: &str) -> Result<Option<record::EventId>, String> {
    let concern = concerns::concern::find(tx, no).map_err(|error| error.to_string())?.ok_or("no such concern")?;
    let events = record::of_subject(tx, concern.id.0).map_err(|error| error.to_string())?;
    Ok(events.iter().rev().find(|event| event.kind == "ConcernAdded").map(|event| event.id))
}
