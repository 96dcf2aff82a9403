//! The life of a concern as a pure function: where it stands, which step is taken, where it then stands.
//!
//! Invariants, each a property test below: an open concern always has a holder and a deadline; a barred
//! unit never becomes the holder; a concern is closed only by a resident who says it is solved or by the
//! archive step; nobody reviews their own answer.

mod clock;
mod joined;
mod reply;

use base::{PersonId, Time, UnitId};
use serde::{Deserialize, Serialize};

use crate::concern::ConcernId;
use crate::line::{self, Involved, Lines};

pub use clock::{DISCLOSURE, FINAL, PETITION, Pause, REVIEW, is_term, later_term};
pub use joined::Followed;
pub use reply::Reply;

/// Declares an enum that is stored and recorded by a short code.
macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $code)] $variant,)+ }

        impl $name {
            /// Every value, in the order in which a form offers them.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// The code in the store, in the record and in addresses.
            pub fn code(self) -> &'static str {
                match self { $($name::$variant => $code,)+ }
            }

            /// The value with this code.
            pub fn from_code(code: &str) -> Option<$name> {
                match code { $($code => Some($name::$variant),)+ _ => None }
            }
        }
    };
}

pub(crate) use codes;

codes! {
    /// Where a concern is on its way.
    State {
        /// 待派单: the desk has it and looks for the right unit.
        Received = "received",
        /// 待签收: sent to a unit, which has not said yet that it takes it.
        Dispatched = "dispatched",
        /// 异议待裁: the unit says it is not its matter; the desk decides.
        Objected = "objected",
        /// 办理中: claimed, in somebody's hands.
        InHand = "in_hand",
        /// 待审核: answered; the desk looks at the answer.
        Resolved = "resolved",
        /// 待回访: the resident is asked whether it was solved.
        CallBack = "call_back",
        /// 已归档: closed.
        Archived = "archived",
    }
}

codes! {
    /// How a concern came to us.
    Source {
        /// 网上: the resident's own form.
        Web = "web",
        /// 窗口: said at a counter.
        Counter = "counter",
        /// 电话: said on the telephone.
        Phone = "phone",
        /// 走访: said at home.
        Visit = "visit",
        /// 网格: found by a grid worker.
        Grid = "grid",
        /// 来信: written on paper.
        Letter = "letter",
        /// 热线转来: passed on by the city's hotline.
        Hotline = "hotline",
        /// 导入: from another system's table.
        Import = "import",
        /// 开放接口: by a program of somebody else, for the resident who used it.
        Open311 = "open311",
    }
}

codes! {
    /// The way by which a resident was spoken to.
    Channel {
        /// 电话.
        Phone = "phone",
        /// 上门.
        Visit = "visit",
        /// 面谈.
        Meeting = "meeting",
        /// 短信.
        Message = "message",
        /// 凭查询码: the resident by themselves, with the receipt.
        Receipt = "receipt",
    }
}

codes! {
    /// How a concern was closed.
    Outcome {
        /// 已解决: the resident says so.
        Solved = "solved",
        /// 未能联系上: asked, and no answer came. Never counted as satisfied.
        Unreachable = "unreachable",
        /// 本人撤回.
        Withdrawn = "withdrawn",
        /// 重复: the same matter is followed under another number.
        Duplicate = "duplicate",
        /// 历史答复: answered in the system it was imported from; nobody was asked.
        Answered = "answered",
        /// 诉讼: a court decides such matters.
        Court = "court",
        /// 仲裁: an arbitration body does.
        Arbitration = "arbitration",
        /// 纪检监察: the discipline inspection does.
        Discipline = "discipline",
        /// 行政复议: an administrative review does.
        Review = "review",
        /// 政府信息公开: it is a request for information.
        Disclosure = "disclosure",
        /// 信访: it is a petition.
        Petition = "petition",
    }
}

impl Outcome {
    /// The legal ways that lead out of this system: the resident is told where to go.
    pub const EXITS: [Outcome; 6] =
        [Outcome::Court, Outcome::Arbitration, Outcome::Discipline, Outcome::Review, Outcome::Disclosure, Outcome::Petition];

    /// Whether it is one of [`Outcome::EXITS`].
    pub fn is_exit(self) -> bool {
        Outcome::EXITS.contains(&self)
    }

    /// Whether the resident reads the reason that the desk gives: where else their answer is.
    pub fn is_told_why(self) -> bool {
        self.is_exit() || self == Outcome::Duplicate
    }
}

/// A deadline and the rule that sets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The last instant that is in time.
    pub at: Time,
    /// The rule's id, by which pages show document and article.
    pub rule: String,
}

/// Where a concern stands: everything that steps change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where it is on its way.
    pub state: State,
    /// Whose desk dispatches, decides, reviews and archives it.
    pub desk: UnitId,
    /// Who must act next; nobody once it is archived.
    pub holder: Option<UnitId>,
    /// Whose hands it is in, from claim to answer.
    pub assignee: Option<PersonId>,
    /// The kind of matter, confirmed when it is dispatched.
    pub kind: Option<String>,
    /// The deadline of the step that the holder owes.
    pub due: Option<Due>,
    /// The deadline of the answer as a whole, from dispatch.
    pub resolve_by: Option<Time>,
    /// Until when the holder may object; nothing when it may not.
    pub object_by: Option<Time>,
    /// Whether the record says already that `due` passed.
    pub passed: bool,
    /// 1, and one more each time it was opened again.
    pub round: i64,
    /// Whether somebody can be called about it.
    pub reachable: bool,
    /// Whether somebody has spoken to the resident in this round: the handler, or the desk for a confidential caller.
    pub contacted: bool,
    /// The unit that handles or last handled it.
    pub handler: Option<UnitId>,
    /// Who gave the last answer.
    pub resolver: Option<PersonId>,
    /// Attempts to ask the resident in this round.
    pub tries: i64,
    /// How it was closed.
    pub outcome: Option<Outcome>,
    /// When it was closed.
    pub closed_at: Option<Time>,
    /// The rule that sets the length of the answer as a whole; nothing for [`rule::RESOLVE`].
    pub term: Option<String>,
    /// The clock stands still since then; `due` is until when it may.
    pub pause: Option<Pause>,
    /// Who asked for more time, as long as that is not decided.
    pub asked_by: Option<PersonId>,
    /// Whether more time was given in this round.
    pub extended: bool,
    /// The concern with which it is answered.
    pub merged_into: Option<ConcernId>,
    /// The lines that may not be told, see [`line::bars`].
    pub bars: Vec<UnitId>,
    /// The units through whose hands it has gone.
    pub involved: Vec<Involved>,
}

/// What is done to a concern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The desk sends it to a unit.
    Dispatch {
        /// To whom.
        unit: UnitId,
        /// The kind that the desk confirms.
        kind: Option<String>,
        /// Whether the catalogue gives this kind to departments only, and no reason for an exception is given.
        departments_only: bool,
        /// The rule for the answer as a whole, where it is not the one it has.
        term: Option<String>,
    },
    /// The holder says that it is not its matter.
    Object,
    /// The desk agrees with the objection.
    Uphold,
    /// The desk does not agree: it stays, and no further objection is heard.
    Refuse,
    /// Somebody of the holder takes it.
    Claim {
        /// Who.
        person: PersonId,
    },
    /// The handler has spoken to the resident.
    FirstContact,
    /// The holder passes it to the unit above.
    Escalate,
    /// The holder passes it to a unit directly below.
    SendDown {
        /// To whom.
        unit: UnitId,
        /// Whether the catalogue gives its kind to departments only.
        departments_only: bool,
    },
    /// The answer.
    Resolve {
        /// Who answers.
        person: PersonId,
    },
    /// The desk finds the answer good.
    Pass {
        /// Who looked.
        person: PersonId,
    },
    /// The desk gives the answer back.
    Return {
        /// Who looked.
        person: PersonId,
    },
    /// The resident was called and did not answer.
    Try,
    /// The resident says whether it was solved.
    Answer {
        /// Whether.
        solved: bool,
    },
    /// The resident opens it again.
    Reopen,
    /// The desk closes it.
    Archive {
        /// Why.
        outcome: Outcome,
    },
    /// The handler stops the clock.
    Pause,
    /// The clock goes on.
    Resume,
    /// The handler asks for more time.
    AskExtension {
        /// Who asks.
        person: PersonId,
    },
    /// The desk gives it, once in a round.
    GrantExtension {
        /// Who decides.
        person: PersonId,
    },
    /// The desk does not.
    RefuseExtension {
        /// Who decides.
        person: PersonId,
    },
    /// A town calls units to help (吹哨): they take part from now on.
    Whistle {
        /// Whom.
        units: Vec<UnitId>,
    },
    /// The desk has it answered together with another (并单).
    Merge {
        /// With which.
        into: ConcernId,
        /// Who follows it.
        person: PersonId,
        /// Until when that one is to be answered, where it is known.
        resolve_by: Option<Time>,
    },
    /// It goes its own way again.
    Unmerge,
    /// The one it is merged into was answered, and the answer passed: its resident is asked for themselves.
    Follow(Followed),
}

/// Why a step cannot be taken as things stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    /// The concern is not at the point where this step is taken.
    #[error("the concern is not at this step")]
    State,
    /// The unit is of the line that the concern is about.
    #[error("the concern is about this unit's line")]
    Barred,
    /// The desk agreed earlier that it is not this unit's matter.
    #[error("this unit's objection was upheld")]
    Excused,
    /// Who knows a confidential caller does not handle what they brought.
    #[error("who knows the caller does not handle it")]
    KnowsCaller,
    /// Everybody of the unit knows the confidential caller.
    #[error("everybody of this unit knows the caller")]
    AllKnowCaller,
    /// A petition is reviewed, and this is of the line that answered it.
    #[error("a petition is not reviewed by the unit that answered it, nor by one below it")]
    OwnReview,
    /// The unit takes no concerns: closed, of the Party tree, or unknown.
    #[error("this unit takes no concerns")]
    NoSuchUnit,
    /// The catalogue gives this kind to departments: a community or a grid may not be made to lead it.
    #[error("a department's duty is not given to a community or a grid")]
    DepartmentDuty,
    /// The unit has it already.
    #[error("the unit has it already")]
    Already,
    /// The time for it is over.
    #[error("the time for this is over")]
    TooLate,
    /// The desk refused an objection: no further one is heard.
    #[error("no further objection is heard")]
    NoObjection,
    /// There is no unit above.
    #[error("there is no unit above")]
    NothingAbove,
    /// The unit is not directly below the holder.
    #[error("the unit is not directly below")]
    NotBelow,
    /// Nobody approves the text that they wrote for handlers.
    #[error("nobody approves their own text")]
    OwnText,
    /// The caller sent photos after the text was written that would let handlers see all of them.
    #[error("photos came after the text was written")]
    PhotosSince,
    /// A confidential concern goes to nobody before a second person has approved what handlers read.
    #[error("what handlers read is not approved yet")]
    NoText,
    /// Nothing of this concern may be public.
    #[error("nothing of this concern may be public")]
    NotPublic,
    /// The one who answered may not review the answer.
    #[error("nobody reviews their own answer")]
    OwnAnswer,
    /// Nobody has tried to ask the resident yet.
    #[error("the resident was not asked yet")]
    NotTried,
    /// This person has opened as many contacts today as anybody may.
    #[error("too many contacts were opened today")]
    TooMany,
    /// This outcome is not for the desk to choose.
    #[error("this outcome is not for the desk to say")]
    NotForDesk,
    /// The clock stands still: it is to go on first.
    #[error("the clock stands still")]
    Paused,
    /// It is answered together with another concern.
    #[error("it is merged into another concern")]
    Merged,
    /// What is about somebody goes its own way; a concern is not merged into itself, into a merged one, or
    /// into one of another desk.
    #[error("these cannot be merged")]
    NotMergeable,
    /// No rule gives more time for this, or it was given already.
    #[error("no more time can be given")]
    NoExtension,
    /// Who asked for something does not decide on it.
    #[error("nobody decides on their own request")]
    OwnRequest,
    /// The last instance has answered: it is not opened again.
    #[error("the last instance has answered")]
    Final,
    /// The unit was not called, has come already, or the call is over.
    #[error("there is no such call")]
    NoCall,
}

/// Sets deadlines: the rule packs, or a test's.
pub trait Clocks {
    /// The deadline that a rule sets for what begins at `from`.
    fn due(&self, rule: &str, from: Time) -> Due;
    /// Whether there is such a rule at this time.
    fn knows(&self, rule: &str, at: Time) -> bool;
    /// Whether a rule may refuse what comes after its deadline: what was read in the primary text or is
    /// the district's own choice does, what is from a secondary page or from memory does not.
    fn blocks(&self, rule: &str, at: Time) -> bool;
    /// A deadline of this rule, later by the time that its clock stood still.
    fn later(&self, due: &Due, from: Time, to: Time) -> Time;
}

impl Clocks for base::rules::Rules {
    fn due(&self, rule: &str, from: Time) -> Due {
        let due = self.deadline(rule, from);
        Due { at: due.at, rule: due.rule.as_ref().to_owned() }
    }

    fn knows(&self, rule: &str, at: Time) -> bool {
        self.holding(rule, at.date()).is_some()
    }

    fn blocks(&self, rule: &str, at: Time) -> bool {
        self.rule_on(rule, at.date()).is_some_and(|rule| rule.mark.may_block())
    }

    fn later(&self, due: &Due, from: Time, to: Time) -> Time {
        self.later_by(&due.rule, due.at, from, to)
    }
}

/// What a step is decided on, beside the concern itself.
pub struct Ground<'a> {
    /// The tree of units.
    pub lines: &'a dyn Lines,
    /// The rules that set deadlines.
    pub clocks: &'a dyn Clocks,
    /// Now.
    pub at: Time,
    /// The units where call-back posts sit, in their order.
    pub call_back: &'a [UnitId],
    /// Units where the person whom the concern is about holds a post now: barred beside the bars that
    /// were set when it came, since people change posts.
    pub posts_of_person: &'a [UnitId],
    /// Whether the caller is kept from the handler: then the desk speaks with them, and the handler owes the answer alone.
    pub confidential: bool,
}

/// The rule ids that the steps use.
pub mod rule {
    #![allow(missing_docs, reason = "the names say it")]
    pub const DISPATCH: &str = "concerns.dispatch";
    pub const CLAIM: &str = "concerns.claim";
    pub const CONTACT: &str = "concerns.contact";
    pub const RESOLVE: &str = "concerns.resolve";
    pub const OBJECT: &str = "concerns.object";
    pub const DECIDE: &str = "concerns.decide";
    pub const REVIEW: &str = "concerns.review";
    pub const CALL_BACK: &str = "concerns.call_back";
    pub const REOPEN: &str = "concerns.reopen";
    pub const PAUSE: &str = "concerns.pause";
    pub const ARRIVE: &str = "concerns.arrive";
    pub const SUPERVISE: &str = "concerns.supervise";
    pub const RAISE: &str = "concerns.raise";
    pub const APART: &str = "concerns.apart";
}

impl Standing {
    /// A concern that has just come to a desk.
    pub fn received(clocks: &dyn Clocks, at: Time, desk: UnitId, kind: Option<String>, reachable: bool, bars: Vec<UnitId>) -> Standing {
        Standing {
            state: State::Received,
            desk,
            holder: Some(desk),
            assignee: None,
            kind,
            due: Some(clocks.due(rule::DISPATCH, at)),
            resolve_by: None,
            object_by: None,
            passed: false,
            round: 1,
            reachable,
            contacted: false,
            handler: None,
            resolver: None,
            tries: 0,
            outcome: None,
            closed_at: None,
            term: None,
            pause: None,
            asked_by: None,
            extended: false,
            merged_into: None,
            bars,
            involved: Vec::new(),
        }
    }

    /// Whether it is still open.
    pub fn is_open(&self) -> bool {
        self.state != State::Archived
    }

    /// Whether a unit may neither hold nor read it.
    pub fn bars(&self, lines: &dyn Lines, unit: UnitId) -> bool {
        line::barred(lines, &self.bars, self.desk, unit)
    }

    /// Until when the resident may open it again, once it is closed.
    pub fn reopen_until(&self, clocks: &dyn Clocks) -> Option<Time> {
        self.closed_at.map(|at| clocks.due(&self.clock(clocks, "reopen", rule::REOPEN, at), at).at)
    }
}

/// Where a concern stands after a step, or why the step cannot be taken.
///
/// # Errors
/// [`NotNow`]; the concern then stays as it is.
pub fn next(now: &Standing, step: &Step, ground: &Ground<'_>) -> Result<Standing, NotNow> {
    use State::{Archived, CallBack, Dispatched, InHand, Objected, Received, Resolved};
    let at = ground.at;
    let mut then = now.clone();
    then.passed = false;
    if let Some(merged) = joined::while_merged(now, step, ground) {
        return merged;
    }
    if now.pause.is_some() && !matches!(step, Step::Resume | Step::Archive { .. }) {
        return Err(NotNow::Paused);
    }
    match (now.state, step) {
        (Received, Step::Dispatch { unit, kind, departments_only, term }) => {
            then.kind = kind.clone().or(then.kind);
            then.term = term.clone().or(then.term);
            then.resolve_by = Some(ground.clocks.due(then.answer_rule(), at).at);
            send(&mut then, ground, *unit, *departments_only)?;
        }
        (Dispatched | InHand, Step::Object) => {
            if at > now.object_by.ok_or(NotNow::NoObjection)? && ground.clocks.blocks(rule::OBJECT, at) {
                return Err(NotNow::TooLate);
            }
            then.object_by = None;
            then.asked_by = None;
            hold(&mut then, ground, Objected, now.desk, rule::DECIDE);
        }
        (Objected, Step::Uphold) => {
            for involved in then.involved.iter_mut().filter(|i| Some(i.unit) == now.handler) {
                involved.excused = true;
            }
            then.resolve_by = None;
            then.extended = false;
            then.handler = None;
            hold(&mut then, ground, Received, now.desk, rule::DISPATCH);
        }
        (Objected, Step::Refuse) => {
            let unit = now.handler.ok_or(NotNow::State)?;
            hold(&mut then, ground, Dispatched, unit, rule::CLAIM);
        }
        (Dispatched, Step::Claim { person }) => {
            then.state = InHand;
            then.assignee = Some(*person);
            then.due = Some(handling_due(&then, ground));
        }
        (InHand, Step::FirstContact) if now.reachable => {
            if now.contacted {
                return Err(NotNow::Already);
            }
            then.contacted = true;
            then.due = Some(handling_due(&then, ground));
            // The same deadline passes once.
            then.passed = now.passed && then.due == now.due;
        }
        (Dispatched | InHand, Step::Escalate) => {
            let unit = now.holder.and_then(|holder| ground.lines.parent(holder)).ok_or(NotNow::NothingAbove)?;
            send(&mut then, ground, unit, false)?;
        }
        (Dispatched | InHand, Step::SendDown { unit, departments_only }) => {
            if ground.lines.parent(*unit) != now.holder {
                return Err(NotNow::NotBelow);
            }
            send(&mut then, ground, *unit, *departments_only)?;
        }
        (InHand, Step::Resolve { person }) => {
            then.resolver = Some(*person);
            then.object_by = None;
            then.asked_by = None;
            hold(&mut then, ground, Resolved, now.desk, rule::REVIEW);
        }
        (Resolved, Step::Pass { person } | Step::Return { person }) if now.resolver == Some(*person) => {
            return Err(NotNow::OwnAnswer);
        }
        (Resolved, Step::Pass { .. }) => {
            let unit = line::call_back_unit(ground.lines, &now.involved, &now.bars, now.desk, ground.call_back);
            hold(&mut then, ground, CallBack, unit, rule::CALL_BACK);
        }
        (Resolved, Step::Return { .. }) => {
            then.state = InHand;
            then.holder = Some(now.handler.ok_or(NotNow::State)?);
            then.assignee = now.resolver;
            then.due = Some(handling_due(&then, ground));
        }
        (CallBack, Step::Try) => {
            then.tries += 1;
            then.passed = now.passed;
        }
        (CallBack, Step::Answer { solved: true }) => close(&mut then, at, Outcome::Solved),
        (CallBack, Step::Answer { solved: false }) => reopen(&mut then, ground),
        (Archived, Step::Reopen) => {
            if now.reopen_until(ground.clocks).is_none_or(|until| at > until) {
                return Err(NotNow::TooLate);
            }
            if now.is_final() {
                return Err(NotNow::Final);
            }
            reopen(&mut then, ground);
        }
        (CallBack, Step::Archive { outcome: Outcome::Unreachable }) => {
            // Where nobody can be called, or nobody may call, the resident had until the deadline to answer by receipt.
            let caller = now.holder.is_some_and(|unit| line::is_outside(ground.lines, &now.involved, unit));
            let waited = (!now.reachable || !caller) && now.due.as_ref().is_some_and(|due| at > due.at);
            if now.tries == 0 && !waited {
                return Err(NotNow::NotTried);
            }
            close(&mut then, at, Outcome::Unreachable);
        }
        (Archived, Step::Archive { .. }) => return Err(NotNow::State),
        (_, Step::Archive { outcome: outcome @ (Outcome::Withdrawn | Outcome::Duplicate) }) => close(&mut then, at, *outcome),
        (_, Step::Archive { outcome: Outcome::Solved | Outcome::Answered }) => return Err(NotNow::NotForDesk),
        (Received | Dispatched | Objected | InHand, Step::Archive { outcome }) if outcome.is_exit() => close(&mut then, at, *outcome),
        (InHand, Step::Pause) => clock::pause(&mut then, ground)?,
        (InHand, Step::Resume) => clock::resume(&mut then, ground)?,
        (InHand, Step::AskExtension { person }) => clock::ask(&mut then, now, ground, *person)?,
        (InHand, Step::GrantExtension { person }) => clock::grant(&mut then, now, ground, *person)?,
        (InHand, Step::RefuseExtension { person }) => clock::refuse(&mut then, now, *person)?,
        (Dispatched | InHand, Step::Whistle { units }) => joined::whistle(&mut then, now, ground, units)?,
        (Received | Dispatched | InHand, Step::Merge { into, person, resolve_by }) => {
            joined::merge(&mut then, ground, *into, *person, *resolve_by)?;
        }
        _ => return Err(NotNow::State),
    }
    Ok(then)
}

/// Puts the concern before a unit that owes the step whose deadline `rule` sets.
fn hold(then: &mut Standing, ground: &Ground<'_>, state: State, unit: UnitId, rule: &'static str) {
    then.state = state;
    then.holder = Some(unit);
    then.assignee = None;
    then.due = Some(ground.clocks.due(rule, ground.at));
}

/// Sends it to a unit, if that unit may have it.
fn send(then: &mut Standing, ground: &Ground<'_>, unit: UnitId, departments_only: bool) -> Result<(), NotNow> {
    if !ground.lines.takes_concerns(unit) {
        return Err(NotNow::NoSuchUnit);
    }
    if then.bars(ground.lines, unit) || line::barred(ground.lines, ground.posts_of_person, then.desk, unit) {
        return Err(NotNow::Barred);
    }
    if then.involved.iter().any(|i| i.unit == unit && i.excused) {
        return Err(NotNow::Excused);
    }
    if departments_only && ground.lines.is_base(unit) {
        return Err(NotNow::DepartmentDuty);
    }
    if !then.involved.iter().any(|i| i.unit == unit) {
        then.involved.push(Involved { unit, excused: false });
        then.involved.sort_unstable();
    }
    then.handler = Some(unit);
    then.object_by = Some(ground.clocks.due(rule::OBJECT, ground.at).at);
    then.asked_by = None;
    hold(then, ground, State::Dispatched, unit, rule::CLAIM);
    let claim = ground.clocks.due(&then.clock(ground.clocks, "claim", rule::CLAIM, ground.at), ground.at);
    then.due = Some(then.within_answer(claim, ground.at));
    Ok(())
}

/// What the handler owes next: to speak to the resident where they can, then the answer.
fn handling_due(then: &Standing, ground: &Ground<'_>) -> Due {
    let speaks = !then.contacted && then.reachable && !ground.confidential;
    match then.resolve_by {
        Some(at) if !speaks => Due { at, rule: then.answer_rule().to_owned() },
        _ if speaks => {
            let contact = ground.clocks.due(&then.clock(ground.clocks, "contact", rule::CONTACT, ground.at), ground.at);
            then.within_answer(contact, ground.at)
        }
        _ => ground.clocks.due(then.answer_rule(), ground.at),
    }
}

fn reopen(then: &mut Standing, ground: &Ground<'_>) {
    then.round += 1;
    then.contacted = false;
    then.tries = 0;
    then.resolve_by = None;
    then.object_by = None;
    then.extended = false;
    then.term = then.term.as_deref().map(|term| later_term(term).to_owned());
    then.outcome = None;
    then.closed_at = None;
    hold(then, ground, State::Received, then.desk, rule::DISPATCH);
}

fn close(then: &mut Standing, at: Time, outcome: Outcome) {
    then.state = State::Archived;
    then.holder = None;
    then.assignee = None;
    then.due = None;
    then.object_by = None;
    then.pause = None;
    then.asked_by = None;
    then.outcome = Some(outcome);
    then.closed_at = Some(at);
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
