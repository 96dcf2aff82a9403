//! Study hours 学时 and training: what the rules ask of members, of committees and of secretaries, beside what somebody
//! has. For the person and the branch; nobody above sees them, and nothing is counted from them.

use base::rules::{Mark, Rule};
use base::{Ctx, Date, PersonId, Time};
use people::Role;
use people::read::Holding;
use store::{StoreError, Tx};

use crate::committee;
use crate::model::{ClassSort, hours, year_of};
use crate::read::{self, Attended};
use crate::since;

/// The rule for members.
pub const MEMBER: &str = "learning.hours.member";
/// The rule for secretaries and the committee.
pub const SECRETARY: &str = "learning.hours.secretary";
/// The rule for training together of secretaries and the committee.
pub const TRAINING: &str = "learning.training";
/// The rule for the district's yearly round.
pub const ROTATION: &str = "learning.rotation";
/// The rule for who has become a secretary.
pub const INDUCTION: &str = "learning.induction";
/// The rule for what a day counts.
pub const DAY: &str = "learning.day";
/// The rule for what half a day counts.
pub const HALF_DAY: &str = "learning.half_day";

/// What is asked of somebody, by what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Nothing: who is no member.
    Nothing,
    /// What is asked of members.
    Member,
    /// What is asked of who sits on a branch's committee.
    Committee,
    /// What is asked of a secretary; with the moment since when, of who followed another in the post.
    Secretary(Option<Time>),
}

/// How a duty stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// It was done.
    Met,
    /// Not yet, and there is time until this day.
    Open(Date),
    /// Not until this day, which has passed.
    Missed(Date),
}

/// Training that is asked of somebody beside hours.
#[derive(Clone, Debug)]
pub struct Duty {
    /// The rule, by its id.
    pub rule: &'static str,
    /// How often in the year; once where a rule sets a term.
    pub times: i64,
    /// Where the rule stands: document and article.
    pub source: String,
    /// How the rule came to us.
    pub mark: Mark,
    /// How it stands.
    pub stands: Stands,
    /// The classes that count for it.
    pub by: Vec<Attended>,
}

/// What somebody has studied in a year beside what is asked.
#[derive(Clone, Debug)]
pub struct Hours {
    /// The year.
    pub year: i16,
    /// What they have, as it is said.
    pub has: String,
    /// In minutes.
    pub minutes: i64,
    /// What is asked, in hours; nothing of who is no member.
    pub asked: Option<i64>,
    /// Where the rule stands: document and article.
    pub source: String,
    /// How the rule came to us.
    pub mark: Option<Mark>,
    /// Training that is asked beside.
    pub duties: Vec<Duty>,
}

impl Hours {
    /// What is still to come, as it is said; nothing where enough was studied.
    pub fn left(&self) -> Option<String> {
        self.asked.map(|asked| asked * 60 - self.minutes).filter(|left| *left > 0).map(hours)
    }
}

/// Hours that a rule sets for a day, or for half of one; nothing where no pack has it.
pub fn of_day(ctx: &Ctx, rule: &str) -> Option<i64> {
    ctx.rules().rule_on(rule, ctx.now.date()).map(|rule| i64::from(rule.amount))
}

/// Where a rule stands.
pub fn source(rule: &Rule) -> String {
    format!("{}{}", rule.document, rule.article)
}

fn is_secretary(role: Role) -> bool {
    matches!(role, Role::BranchSecretary | Role::CommunitySecretary)
}

/// What is asked of somebody. Whoever stands in for another owes what they owed before.
///
/// # Errors
/// Only the store's.
pub fn asked(tx: &mut Tx, now: Time, person: PersonId) -> Result<Asked, StoreError> {
    let all: Vec<Holding> = people::read::holdings_of(tx, person)?.into_iter().filter(|held| !held.acting && held.from <= now).collect();
    let present: Vec<&Holding> = all.iter().filter(|held| held.to.is_none_or(|to| to > now)).collect();
    if present.iter().any(|held| is_secretary(held.role)) {
        return Ok(Asked::Secretary(after_another(tx, &all)?));
    }
    let committees = committee::seats(tx, person)?;
    if present.iter().any(|held| committees.contains(&held.unit)) {
        return Ok(Asked::Committee);
    }
    Ok(if present.iter().any(|held| held.role == Role::Member) { Asked::Member } else { Asked::Nothing })
}

/// The first post of a secretary that somebody held.
fn first(all: &[Holding]) -> Option<&Holding> {
    all.iter().filter(|held| is_secretary(held.role)).min_by_key(|held| held.from)
}

/// Since when somebody is a secretary who was none before, where they followed another. Of the first secretary of a unit see
/// [`since::of_first`].
fn after_another(tx: &mut Tx, all: &[Holding]) -> Result<Option<Time>, StoreError> {
    let Some(first) = first(all) else { return Ok(None) };
    let followed = people::history::posts_ever(tx, first.unit)?
        .into_iter()
        .filter(|post| post.role == first.role)
        .flat_map(|post| post.holders)
        .any(|before| before.person != first.person && !before.acting && before.from < first.from);
    Ok(followed.then_some(first.from))
}

/// The same of a secretary who followed nobody.
fn of_first(tx: &mut Tx, ctx: &Ctx, person: PersonId) -> Result<Option<Time>, StoreError> {
    let all: Vec<Holding> =
        people::read::holdings_of(tx, person)?.into_iter().filter(|held| !held.acting && held.from <= ctx.now).collect();
    match first(&all) {
        Some(first) => since::of_first(tx, ctx, person, first),
        None => Ok(None),
    }
}

/// Somebody's hours in this year, and the training that is asked of them.
///
/// # Errors
/// Only the store's.
pub fn of(tx: &mut Tx, ctx: &Ctx, person: PersonId) -> Result<Hours, StoreError> {
    let today = ctx.now.date();
    let asked = match asked(tx, ctx.now, person)? {
        Asked::Secretary(None) => Asked::Secretary(of_first(tx, ctx, person)?),
        asked => asked,
    };
    let minutes = read::minutes(tx, person, &year_of(today))?;
    let rule = match asked {
        Asked::Nothing => None,
        Asked::Member => Some(MEMBER),
        Asked::Committee | Asked::Secretary(_) => Some(SECRETARY),
    };
    let rule = rule.and_then(|id| ctx.rules().rule_on(id, today));
    let attended = match asked {
        Asked::Nothing | Asked::Member => Vec::new(),
        Asked::Committee | Asked::Secretary(_) => read::attended(tx, person)?,
    };
    Ok(Hours {
        year: today.year(),
        has: hours(minutes),
        minutes,
        asked: rule.map(|rule| i64::from(rule.amount)),
        source: rule.map(source).unwrap_or_default(),
        mark: rule.map(|rule| rule.mark),
        duties: duties(ctx, asked, &attended),
    })
}

/// The training that is asked, with what was attended.
fn duties(ctx: &Ctx, asked: Asked, attended: &[Attended]) -> Vec<Duty> {
    let today = ctx.now.date();
    let year_end = Date::new(today.year(), 12, 31).unwrap_or(Date::MAX);
    let duty = |id: &'static str, from: Date, until: Option<Date>, counts: fn(ClassSort) -> bool| {
        let rule = ctx.rules().rule_on(id, today)?;
        let times = if until.is_some() { 1 } else { i64::from(rule.amount) };
        let by: Vec<Attended> = attended.iter().filter(|one| one.on >= from && counts(one.sort)).cloned().collect();
        let until = until.unwrap_or(year_end);
        let stands = match i64::try_from(by.len()).unwrap_or(i64::MAX) >= times {
            true => Stands::Met,
            false if today > until => Stands::Missed(until),
            false => Stands::Open(until),
        };
        Some(Duty { rule: id, times, source: source(rule), mark: rule.mark, stands, by })
    };
    let new_year = Date::new(today.year(), 1, 1).unwrap_or(today);
    let mut all = Vec::new();
    if asked != Asked::Nothing && asked != Asked::Member {
        all.extend(duty(TRAINING, new_year, None, |sort| sort != ClassSort::Lecture));
    }
    if let Asked::Secretary(since) = asked {
        all.extend(duty(ROTATION, new_year, None, |sort| sort == ClassSort::Rotation));
        if let Some(since) = since {
            // The term is a rule's, in days.
            let term = ctx.rules().deadline(INDUCTION, since).at.date();
            let induction = duty(INDUCTION, since.date(), Some(term), |sort| matches!(sort, ClassSort::Induction | ClassSort::Rotation));
            // What was done in an earlier year is nothing to think of any more.
            let past = |duty: &Duty| duty.stands == Stands::Met && duty.by.iter().all(|one| one.on < new_year);
            all.extend(induction.filter(|duty| !past(duty)));
        }
    }
    all
}
