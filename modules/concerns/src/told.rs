//! Who is told outside the pages: the unit that is given a concern or is late with it, and the resident who agreed to be
//! told by short message. What leaves holds the number and the deadline, never a word of what was said.

use base::phone::Phone;
use base::{Ctx, Id, Time};
use record::{Actor, Event};
use store::{Sql, StoreError, Tx, p, sql};
use web::notice::{Notice, Said as Words, Told, Whom};
use web::{dates, fill};

use crate::concern::{Concern, ConcernId, get, tell};
use crate::events::{ConcernTellingChanged, Happened};
use crate::model::{Outcome, Standing};
use crate::receipt::Holder;
use crate::said::Said;
use crate::submit::CONTACT;

web::texts! {
    /// The words of notices about concerns.
    pub(crate) ToldTexts;
    given: "派到本单位", "Given to your unit";
    given_text: "诉求 {no} 派到了{unit}，请在{due}前办理这一步。", "Concern {no} was given to {unit}. The next step is due {due}.";
    returned: "退回重办", "Given back";
    returned_text: "诉求 {no} 的答复没有通过审核，已退回{unit}，请在{due}前重新答复。", "The answer to concern {no} was given back to {unit}. It is due {due}.";
    late: "已经超期", "Past its deadline";
    late_text: "诉求 {no} 在{unit}已经超期，请尽快办理。", "Concern {no} is past its deadline at {unit}.";
    raised: "下级超期", "Late below";
    raised_text: "{unit}下属单位办理的诉求 {no} 已经超期。", "Concern {no} is past its deadline at a unit below {unit}.";
    called: "吹哨请到", "Called by a whistle";
    called_text: "诉求 {no} 吹哨，请{unit}按时报到。", "{unit} is called to concern {no}. Please come in time.";
    added: "反映人补充了情况", "More was added";
    added_text: "诉求 {no} 的反映人补充了情况，请{unit}查看。", "The resident added something to concern {no}. Please look, {unit}.";
    added_sealed_text: "诉求 {no} 的反映人补充了情况。反映人要求保密，请{unit}看过后转给承办单位。", "The resident added something to concern {no} and asked to stay unknown. Please pass it on to the handlers, {unit}.";
    to_contact: "请联系反映人", "Please speak with the caller";
    to_contact_text: "保密诉求 {no} 已经签收。承办人员不知道反映人是谁，请{unit}联系反映人，并登记首次联系。", "Confidential concern {no} was taken in hand. The handlers do not know the caller: {unit}, please speak with them and write down the first contact.";
    ordered: "督办", "Under orders";
    ordered_text: "诉求 {no} 已督办，请{unit}在{due}前回复。", "Concern {no} is under orders. {unit} answers by {due}.";
    answered: "诉求有了答复", "A concern has its answer";
    answered_text: "【{district}】您反映的 {no} 号诉求有了答复。请用回执上的链接或查询码查看，并告诉我们是否解决。", "[{district}] Your concern {no} has been answered. Open it with your receipt and tell us whether it is solved.";
    elsewhere: "另有法定途径", "The law has another way";
    elsewhere_text: "【{district}】您反映的 {no} 号诉求依法应走另外的途径，该找哪里、怎么办已经写明。请用回执上的链接或查询码查看。", "[{district}] The law has another way for your concern {no}. Where to turn is written down: open it with your receipt.";
    repeat: "归为重复", "Found to be a repeat";
    repeat_text: "【{district}】您反映的 {no} 号诉求和另一件是同一件事，那一件办得怎样已经写明。请用回执上的链接或查询码查看。", "[{district}] Your concern {no} is the same matter as another one. How that one was answered is written down: open it with your receipt.";
    longer: "答复时限延长", "More time for an answer";
    longer_text: "【{district}】您反映的 {no} 号诉求需要更多时间，改为{due}答复。原因请用回执上的链接或查询码查看。", "[{district}] Your concern {no} takes longer and is answered {due}. The reason stands on its page; open it with your receipt.";
    paused: "办理计时暂停", "The clock was stopped";
    paused_text: "【{district}】您反映的 {no} 号诉求暂停计时，会在{due}恢复。原因请用回执上的链接或查询码查看。", "[{district}] The clock of your concern {no} was stopped and goes on {due}. The reason stands on its page; open it with your receipt.";
    tried: "回访没有接通", "A call-back was not answered";
    tried_text: "【{district}】我们就 {no} 号诉求给您打过回访电话，没有接通。您也可以用回执在网上回答是否解决。", "[{district}] We called you about concern {no} and did not reach you. You can also answer with your receipt.";
}

/// What this module wants people to be told of.
pub(crate) const NOTICES: &[Notice] = &[
    Notice {
        name: "concerns.given",
        title: |lang| ToldTexts::of(lang).given,
        kinds: &["ConcernDispatched", "ConcernEscalated", "ConcernSentDown", "ConcernObjectionRefused", "ConcernUnmerged"],
        whom,
        say: |tx, ctx, told| unit(tx, ctx, told, |t| (t.given, t.given_text)),
    },
    Notice {
        name: "concerns.returned",
        title: |lang| ToldTexts::of(lang).returned,
        kinds: &["ConcernReturned"],
        whom,
        say: |tx, ctx, told| unit(tx, ctx, told, |t| (t.returned, t.returned_text)),
    },
    Notice {
        name: "concerns.late",
        title: |lang| ToldTexts::of(lang).late,
        kinds: &["ConcernDeadlinePassed"],
        whom,
        say: |tx, ctx, told| unit(tx, ctx, told, |t| (t.late, t.late_text)),
    },
    Notice {
        name: "concerns.raised",
        title: |lang| ToldTexts::of(lang).raised,
        kinds: &["ConcernOverdueRaised"],
        whom,
        say: |tx, ctx, told| unit(tx, ctx, told, |t| (t.raised, t.raised_text)),
    },
    Notice {
        name: "concerns.called",
        title: |lang| ToldTexts::of(lang).called,
        kinds: &["ConcernCalled"],
        whom,
        say: |tx, ctx, told| unit(tx, ctx, told, |t| (t.called, t.called_text)),
    },
    Notice {
        name: "concerns.added",
        title: |lang| ToldTexts::of(lang).added,
        kinds: &["ConcernAdded"],
        whom: whose_to_read,
        say: |tx, ctx, told| {
            let sealed = get(tx, ConcernId(told.subject))?.is_some_and(|concern| concern.confidential);
            unit(tx, ctx, told, if sealed { |t| (t.added, t.added_sealed_text) } else { |t| (t.added, t.added_text) })
        },
    },
    Notice {
        name: "concerns.to_contact",
        title: |lang| ToldTexts::of(lang).to_contact,
        kinds: &["ConcernClaimed"],
        whom: whose_to_contact,
        say: |tx, ctx, told| unit(tx, ctx, told, |t| (t.to_contact, t.to_contact_text)),
    },
    Notice {
        name: "concerns.ordered",
        title: |lang| ToldTexts::of(lang).ordered,
        kinds: &["ConcernSupervised"],
        whom,
        say: |tx, ctx, told| unit(tx, ctx, told, |t| (t.ordered, t.ordered_text)),
    },
    Notice {
        name: "concerns.answered",
        title: |lang| ToldTexts::of(lang).answered,
        kinds: &["ConcernReviewPassed", "ConcernAnsweredWith"],
        whom: caller,
        say: |tx, ctx, told| resident(tx, ctx, told, is_open, |t| (t.answered, t.answered_text)),
    },
    Notice {
        name: "concerns.tried",
        title: |lang| ToldTexts::of(lang).tried,
        kinds: &["ConcernTried"],
        whom: caller,
        say: |tx, ctx, told| resident(tx, ctx, told, is_open, |t| (t.tried, t.tried_text)),
    },
    Notice {
        name: "concerns.elsewhere",
        title: |lang| ToldTexts::of(lang).elsewhere,
        kinds: &["ConcernArchived"],
        whom: sent_elsewhere,
        say: |tx, ctx, told| {
            let still = |now: &Standing, _: &Day<'_>| now.outcome.is_some_and(Outcome::is_exit).then(String::new);
            resident(tx, ctx, told, still, |t| (t.elsewhere, t.elsewhere_text))
        },
    },
    Notice {
        name: "concerns.repeat",
        title: |lang| ToldTexts::of(lang).repeat,
        kinds: &["ConcernArchived"],
        whom: found_repeated,
        say: |tx, ctx, told| {
            let still = |now: &Standing, _: &Day<'_>| (now.outcome == Some(Outcome::Duplicate)).then(String::new);
            resident(tx, ctx, told, still, |t| (t.repeat, t.repeat_text))
        },
    },
    Notice {
        name: "concerns.longer",
        title: |lang| ToldTexts::of(lang).longer,
        kinds: &["ConcernExtensionGranted"],
        whom: caller,
        say: |tx, ctx, told| {
            let still = |now: &Standing, day: &Day<'_>| now.resolve_by.filter(|_| now.is_open()).map(day);
            resident(tx, ctx, told, still, |t| (t.longer, t.longer_text))
        },
    },
    Notice {
        name: "concerns.paused",
        title: |lang| ToldTexts::of(lang).paused,
        kinds: &["ConcernPaused"],
        whom: caller,
        say: |tx, ctx, told| {
            let still = |now: &Standing, day: &Day<'_>| now.due.as_ref().filter(|_| now.pause.is_some()).map(|due| day(due.at));
            resident(tx, ctx, told, still, |t| (t.paused, t.paused_text))
        },
    },
];

/// The unit that an event gives something to.
fn whom(_: &mut Tx, _: &Ctx, event: &Event) -> Result<Vec<Whom>, StoreError> {
    let happened = Happened::read(event).map_err(|error| StoreError::Other(error.to_string()))?;
    let unit = match happened {
        Some(Happened::ConcernDispatched(f)) => Some(f.unit),
        Some(Happened::ConcernEscalated(f)) => Some(f.unit),
        Some(Happened::ConcernSentDown(f)) => Some(f.unit),
        Some(Happened::ConcernObjectionRefused(f)) => Some(f.unit),
        Some(Happened::ConcernReturned(f)) => Some(f.unit),
        Some(Happened::ConcernDeadlinePassed(f)) => Some(f.holder),
        Some(Happened::ConcernOverdueRaised(f)) => Some(f.unit),
        Some(Happened::ConcernCalled(f)) => Some(f.unit),
        Some(Happened::ConcernSupervised(f)) => Some(f.unit),
        _ => None,
    };
    Ok(unit.map(Whom::Unit).into_iter().collect())
}

/// Who reads what the resident adds: whose hands it is in; of a confidential caller the desk, which passes it on.
fn whose_to_read(tx: &mut Tx, _: &Ctx, event: &Event) -> Result<Vec<Whom>, StoreError> {
    let Some(concern) = get(tx, ConcernId(event.subject))? else { return Ok(Vec::new()) };
    let unit = if concern.confidential { Some(concern.now.desk) } else { event.unit };
    Ok(unit.map(Whom::Unit).into_iter().collect())
}

/// Who speaks with a confidential caller in the handler's place: the desk, where nobody has in this round.
fn whose_to_contact(tx: &mut Tx, _: &Ctx, event: &Event) -> Result<Vec<Whom>, StoreError> {
    let Some(concern) = get(tx, ConcernId(event.subject))? else { return Ok(Vec::new()) };
    let waits = concern.confidential && concern.now.reachable && !concern.now.contacted;
    Ok(waits.then_some(Whom::Unit(concern.now.desk)).into_iter().collect())
}

/// The resident, where they agreed; what they agreed to is asked again when it is said.
fn caller(tx: &mut Tx, _: &Ctx, event: &Event) -> Result<Vec<Whom>, StoreError> {
    let agreed = agreed(tx, ConcernId(event.subject))?.is_some();
    Ok(agreed.then_some(Whom::Resident(event.subject)).into_iter().collect())
}

type Pick = fn(&'static ToldTexts) -> (&'static str, &'static str);

fn unit(tx: &mut Tx, ctx: &Ctx, told: &Told<'_>, pick: Pick) -> Result<Option<Words>, StoreError> {
    let (Whom::Unit(unit), Some(concern)) = (told.whom, get(tx, ConcernId(told.subject))?) else { return Ok(None) };
    let tree = people::tree(tx)?;
    // Nobody is told of what is about them or their line; what is closed is nobody's news.
    let hidden = concern.now.bars(&*tree, unit) || (told.person.is_some() && concern.about_person == told.person);
    if hidden || !concern.now.is_open() {
        return Ok(None);
    }
    let (subject, text) = pick(ToldTexts::of(told.lang));
    let due = concern.now.due.as_ref().map(|due| dates::by(told.lang, due.at, ctx.now)).unwrap_or_default();
    let text = fill(text, &[("no", &spoken(&concern)), ("unit", &tree.full_name(unit)), ("due", &due)]);
    let subject = format!("{subject} {}", spoken(&concern));
    Ok(Some(Words { subject, text, path: format!("/work/c/{}", concern.no), phone: None }))
}

/// The resident who agreed, where the concern was closed because the law has another way for it.
fn sent_elsewhere(tx: &mut Tx, ctx: &Ctx, event: &Event) -> Result<Vec<Whom>, StoreError> {
    closed_as(tx, ctx, event, Outcome::is_exit)
}

/// The resident who agreed, where the concern was closed because the same matter is followed under another number.
fn found_repeated(tx: &mut Tx, ctx: &Ctx, event: &Event) -> Result<Vec<Whom>, StoreError> {
    closed_as(tx, ctx, event, |outcome| outcome == Outcome::Duplicate)
}

fn closed_as(tx: &mut Tx, ctx: &Ctx, event: &Event, fits: fn(Outcome) -> bool) -> Result<Vec<Whom>, StoreError> {
    let happened = Happened::read(event).map_err(|error| StoreError::Other(error.to_string()))?;
    let closed = matches!(happened, Some(Happened::ConcernArchived(f)) if fits(f.outcome));
    if closed { caller(tx, ctx, event) } else { Ok(Vec::new()) }
}

/// A time as a message says it.
type Day<'a> = dyn Fn(Time) -> String + 'a;

/// Whether a message still holds when it leaves, and the day that it names; empty where it names none.
type Still = fn(&Standing, &Day<'_>) -> Option<String>;

fn is_open(now: &Standing, _: &Day<'_>) -> Option<String> {
    now.is_open().then(String::new)
}

const PHONE: &Sql = sql!("SELECT phone FROM concern_contact WHERE concern = ?1");

fn resident(tx: &mut Tx, ctx: &Ctx, told: &Told<'_>, still: Still, pick: Pick) -> Result<Option<Words>, StoreError> {
    let Some(concern) = get(tx, ConcernId(told.subject))? else { return Ok(None) };
    let Some(due) = still(&concern.now, &|at| dates::by(told.lang, at, ctx.now)) else { return Ok(None) };
    if agreed(tx, concern.id)?.is_none() {
        return Ok(None);
    }
    let sealed = tx.opt(PHONE, p![concern.id], |row| Ok(row.blob(0)?.to_vec()))?;
    let plain = sealed.and_then(|sealed| ctx.keys().open(CONTACT, &sealed).ok());
    let phone = plain.and_then(|plain| Phone::parse(std::str::from_utf8(&plain).ok()?).ok()).filter(Phone::is_mobile);
    let Some(phone) = phone else { return Ok(None) };
    let (subject, text) = pick(ToldTexts::of(told.lang));
    let text = fill(text, &[("no", &spoken(&concern)), ("district", &told.district), ("due", &due)]);
    Ok(Some(Words { subject: subject.to_owned(), text, path: "/track".to_owned(), phone: Some(phone) }))
}

fn spoken(concern: &Concern) -> String {
    base::number::show(&concern.no)
}

const AGREED: &Sql = sql!("SELECT since FROM concern_telling WHERE concern = ?1");
const AGREE: &Sql = sql!("INSERT INTO concern_telling (concern, since) VALUES (?1, ?2)");
const WITHDRAW: &Sql = sql!("DELETE FROM concern_telling WHERE concern = ?1");

/// Since when the resident of a concern agrees to be told by short message.
///
/// # Errors
/// Only the store's.
pub fn agreed(tx: &mut Tx, concern: ConcernId) -> Result<Option<Time>, StoreError> {
    tx.opt(AGREED, p![concern], |row| row.time(0))
}

/// The resident agrees to be told by short message, or does so no longer. Saying the same again changes nothing, nor does
/// agreeing where there is no telephone.
///
/// # Errors
/// Only the store's.
pub fn set(tx: &mut Tx, ctx: &Ctx, holder: &Holder, agrees: bool) -> Result<(), StoreError> {
    let Some(concern) = get(tx, holder.concern())? else { return Ok(()) };
    if agreed(tx, concern.id)?.is_some() == agrees || (agrees && !concern.now.reachable) {
        return Ok(());
    }
    match agrees {
        true => tx.exec(AGREE, p![concern.id, ctx.now])?,
        false => tx.exec(WITHDRAW, p![concern.id])?,
    };
    tell(tx, ctx, concern.id, Actor::Resident, concern.now.holder, &ConcernTellingChanged { agrees }, &Said::default())?;
    Ok(())
}

/// The consent ends with the telephone it was given for.
pub(crate) fn drop(tx: &mut Tx, concern: Id) -> Result<(), StoreError> {
    tx.exec(WITHDRAW, p![concern]).map(std::mem::drop)
}

/// Whether the box is to be shown: where short messages can leave at all.
pub(crate) fn offered(visit: &web::Visit) -> bool {
    visit.app.config().outbox.has(web::notice::Channel::Sms)
}
