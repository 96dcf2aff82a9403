//! Who is told of what: of a class those who may join, of its correction or end those who joined, of leave the office and
//! whoever asked, of a plan those who are to study, of a certificate whoever it was given to.

use std::collections::BTreeMap;

use base::{Ctx, PersonId, UnitId};
use people::{Level, Role, Tree, TreeKind};
use record::{Event, Facts};
use store::{StoreError, Tx};
use web::notice::{Notice, Said, Told, Whom};
use web::{dates, fill};

use crate::events::{
    CertificateGiven, ClassAnnounced, ClassCancelled, ClassCorrected, ClassLeaveAsked, ClassLeaveDecided, ClassSeatGiven, StudyPlanMade,
    StudyPlanReminded,
};
use crate::model::{ClassId, ClassSort, ClassState, PlanId, SeatState};
use crate::{plan, read};

web::texts! {
    /// Words of notices.
    pub(crate) ToldTexts;
    announced: "新的培训班", "New class";
    announced_text: "【{district}】“{title}”开始报名，{until} 截止。", "[{district}] “{title}” is open to join until {until}.";
    corrected: "培训班更正", "Class corrected";
    corrected_text: "【{district}】您报名的“{title}”有更正，请看最新的时间、地点。", "[{district}] “{title}” was corrected; please look at its times and place again.";
    seat_given: "候补转正", "A seat from the waiting list";
    seat_given_text: "【{district}】您候补的“{title}”有名额了，已为您转为正式名额。不能参加请尽早退出。", "[{district}] You have a seat in “{title}” now. Please give it back early if you cannot come.";
    cancelled: "培训班取消", "Class cancelled";
    cancelled_text: "【{district}】您报名的“{title}”取消了，原因见培训班页面。", "[{district}] “{title}” is not held; its page says why.";
    leave_asked: "培训请假待批", "Leave asked for";
    leave_asked_text: "【{district}】有人向“{title}”请假，请在培训班页面批复。", "[{district}] Somebody asks for leave from “{title}”; please decide on its page.";
    leave_decided: "培训请假批复", "Leave decided";
    leave_decided_text: "【{district}】您向“{title}”请的假已批复，结果见培训班页面。", "[{district}] Your leave from “{title}” was decided; its page says how.";
    plan: "新的学习计划", "New study plan";
    plan_text: "【{district}】请在{due}学完“{title}”。", "[{district}] Please study “{title}”, due {due}.";
    plan_due: "学习计划快到期", "Study plan due soon";
    plan_due_text: "【{district}】“{title}”还没有学完，请在{due}学完。", "[{district}] “{title}” is not completed yet; it is due {due}.";
    certificate: "证书", "Certificate";
    certificate_text: "【{district}】您有一份新的证书，可以在“学习”里下载。", "[{district}] You have a new certificate, to be had under “Learning”.";
}

/// What this module declares.
pub(crate) const NOTICES: &[Notice] = &[
    Notice {
        name: "learning.class",
        title: |lang| ToldTexts::of(lang).announced,
        kinds: &[ClassAnnounced::KIND],
        whom: invited,
        say: announced,
    },
    Notice {
        name: "learning.corrected",
        title: |lang| ToldTexts::of(lang).corrected,
        kinds: &[ClassCorrected::KIND],
        whom: seated,
        say: |tx, _, told| class(tx, told, |t| t.corrected_text),
    },
    Notice {
        name: "learning.seat",
        title: |lang| ToldTexts::of(lang).seat_given,
        kinds: &[ClassSeatGiven::KIND],
        whom: |_, _, event| Ok(person::<ClassSeatGiven>(event, |facts| facts.person)),
        say: |tx, _, told| class(tx, told, |t| t.seat_given_text),
    },
    Notice {
        name: "learning.cancelled",
        title: |lang| ToldTexts::of(lang).cancelled,
        kinds: &[ClassCancelled::KIND],
        whom: seated,
        say: |tx, _, told| class(tx, told, |t| t.cancelled_text),
    },
    Notice {
        name: "learning.leave_asked",
        title: |lang| ToldTexts::of(lang).leave_asked,
        kinds: &[ClassLeaveAsked::KIND],
        whom: |tx, _, event| Ok(read::class(tx, ClassId(event.subject))?.map(|class| Whom::Unit(class.unit)).into_iter().collect()),
        say: |tx, _, told| class(tx, told, |t| t.leave_asked_text),
    },
    Notice {
        name: "learning.leave_decided",
        title: |lang| ToldTexts::of(lang).leave_decided,
        kinds: &[ClassLeaveDecided::KIND],
        whom: |_, _, event| Ok(person::<ClassLeaveDecided>(event, |facts| facts.person)),
        say: |tx, _, told| class(tx, told, |t| t.leave_decided_text),
    },
    Notice {
        name: "learning.plan",
        title: |lang| ToldTexts::of(lang).plan,
        kinds: &[StudyPlanMade::KIND],
        whom: asked,
        say: |tx, ctx, told| of_plan(tx, ctx, told, |t| t.plan_text),
    },
    Notice {
        name: "learning.plan_due",
        title: |lang| ToldTexts::of(lang).plan_due,
        kinds: &[StudyPlanReminded::KIND],
        whom: owing,
        say: |tx, ctx, told| of_plan(tx, ctx, told, |t| t.plan_due_text),
    },
    Notice {
        name: "learning.certificate",
        title: |lang| ToldTexts::of(lang).certificate,
        kinds: &[CertificateGiven::KIND],
        whom: |_, _, event| Ok(person::<CertificateGiven>(event, |facts| facts.person)),
        say: |_, _, told| {
            let t = ToldTexts::of(told.lang);
            Ok(Some(said(t.certificate, fill(t.certificate_text, &[("district", &told.district)]), "/learning".to_owned())))
        },
    },
];

fn person<F: Facts>(event: &Event, of: fn(&F) -> PersonId) -> Vec<Whom> {
    event.facts::<F>().map(|facts| vec![Whom::Person(of(&facts))]).unwrap_or_default()
}

/// Whoever has a seat, or waits for one.
fn seated(tx: &mut Tx, _: &Ctx, event: &Event) -> Result<Vec<Whom>, StoreError> {
    let seats = read::seats(tx, ClassId(event.subject))?;
    Ok(seats.into_iter().filter(|seat| seat.state != SeatState::Left).map(|seat| Whom::Person(seat.person)).collect())
}

/// Whoever a class is for: of a class for secretaries each of them, else the branches or units of its audience.
fn invited(tx: &mut Tx, ctx: &Ctx, event: &Event) -> Result<Vec<Whom>, StoreError> {
    let Some(class) = read::class(tx, ClassId(event.subject))? else { return Ok(Vec::new()) };
    let tree = people::tree(tx)?;
    if matches!(class.sort, ClassSort::Rotation | ClassSort::Induction) {
        let mut who = Vec::new();
        for role in [Role::BranchSecretary, Role::CommunitySecretary] {
            let holders = people::read::holders_of(tx, ctx.now, role)?;
            who.extend(holders.into_iter().filter(|held| class.is_open_to(&tree, &[held.unit])).map(|held| held.person));
        }
        return Ok(persons(who));
    }
    Ok(units(&tree, class.audience, |level| !matches!(level, Level::Grid | Level::PartyGroup)))
}

/// The units under one that are told of something that is for their people; in the tree of the Party the branches.
fn units(tree: &Tree, top: UnitId, fits: impl Fn(Level) -> bool) -> Vec<Whom> {
    let branches_only = tree.get(top).is_some_and(|unit| unit.tree() == TreeKind::Party);
    let below = tree.subtree(top).into_iter().filter(|unit| !unit.is_closed());
    let told = below.filter(|unit| unit.id == top || (fits(unit.level) && (!branches_only || unit.level == Level::Branch)));
    told.map(|unit| Whom::Unit(unit.id)).collect()
}

/// Each person once.
fn persons(mut who: Vec<PersonId>) -> Vec<Whom> {
    who.sort_unstable();
    who.dedup();
    who.into_iter().map(Whom::Person).collect()
}

/// Whoever a plan is for: of one post its holders, else the units.
fn asked(tx: &mut Tx, ctx: &Ctx, event: &Event) -> Result<Vec<Whom>, StoreError> {
    let Some(one) = read::plan(tx, PlanId(event.subject))? else { return Ok(Vec::new()) };
    let tree = people::tree(tx)?;
    if one.role.is_none() {
        return Ok(units(&tree, one.target, |_| true));
    }
    let all = plan::people_of(tx, ctx.now, &tree, &one)?;
    Ok(persons(all.into_values().flat_map(BTreeMap::into_keys).collect()))
}

/// Whoever still owes something of a plan.
fn owing(tx: &mut Tx, ctx: &Ctx, event: &Event) -> Result<Vec<Whom>, StoreError> {
    let Some(one) = read::plan(tx, PlanId(event.subject))? else { return Ok(Vec::new()) };
    let tree = people::tree(tx)?;
    let all = plan::standings(tx, ctx.now, &tree, &one)?.into_iter().flat_map(|standing| standing.people);
    Ok(persons(all.filter(|(_, _, done)| !done).map(|(person, ..)| person).collect()))
}

fn said(subject: &str, text: String, path: String) -> Said {
    Said { subject: subject.to_owned(), text, path, phone: None }
}

/// The words of a notice about a class.
fn class(tx: &mut Tx, told: &Told<'_>, text: fn(&'static ToldTexts) -> &'static str) -> Result<Option<Said>, StoreError> {
    let (t, id) = (ToldTexts::of(told.lang), ClassId(told.subject));
    let Some(class) = read::class(tx, id)? else { return Ok(None) };
    let words = fill(text(t), &[("district", &told.district), ("title", &class.title)]);
    Ok(Some(said(&class.title, words, format!("/learning/classes/{id}"))))
}

/// That one may join a class, while one may.
fn announced(tx: &mut Tx, ctx: &Ctx, told: &Told<'_>) -> Result<Option<Said>, StoreError> {
    let (t, id) = (ToldTexts::of(told.lang), ClassId(told.subject));
    let Some(class) = read::class(tx, id)?.filter(|class| class.state == ClassState::Open && ctx.now <= class.join_until) else {
        return Ok(None);
    };
    let until = dates::moment(told.lang, class.join_until, ctx.now);
    let words = fill(t.announced_text, &[("district", &told.district), ("title", &class.title), ("until", &until)]);
    Ok(Some(said(&class.title, words, format!("/learning/classes/{id}"))))
}

/// The words of a notice about a plan, while it runs.
fn of_plan(tx: &mut Tx, ctx: &Ctx, told: &Told<'_>, text: fn(&'static ToldTexts) -> &'static str) -> Result<Option<Said>, StoreError> {
    let (t, id) = (ToldTexts::of(told.lang), PlanId(told.subject));
    let Some(one) = read::plan(tx, id)?.filter(|one| one.open && ctx.now <= one.due_at) else { return Ok(None) };
    let due = dates::by(told.lang, one.due_at, ctx.now);
    let words = fill(text(t), &[("district", &told.district), ("title", &one.title), ("due", &due)]);
    Ok(Some(said(&one.title, words, format!("/learning/plans/{id}"))))
}
