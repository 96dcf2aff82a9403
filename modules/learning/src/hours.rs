//! Study hours 学时: what a rule asks of members and of secretaries in a year, beside what somebody has. For the person
//! and the branch; nobody above sees them, and nothing is counted from them.

use base::{Ctx, PersonId};
use people::Role;
use store::{StoreError, Tx};

use crate::model::{hours, year_of};
use crate::read;

/// The rule for members.
pub const MEMBER: &str = "learning.hours.member";
/// The rule for secretaries and the committee.
pub const SECRETARY: &str = "learning.hours.secretary";

/// What somebody has studied in a year beside what is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    pub mark: &'static str,
}

impl Hours {
    /// What is still to come, as it is said; nothing where enough was studied.
    pub fn left(&self) -> Option<String> {
        self.asked.map(|asked| asked * 60 - self.minutes).filter(|left| *left > 0).map(hours)
    }
}

/// The rule that is asked of somebody with these roles.
fn rule(roles: &[Role]) -> Option<&'static str> {
    if roles.contains(&Role::BranchSecretary) { Some(SECRETARY) } else { roles.contains(&Role::Member).then_some(MEMBER) }
}

/// Somebody's hours in this year.
///
/// # Errors
/// Only the store's.
pub fn of(tx: &mut Tx, ctx: &Ctx, person: PersonId, roles: &[Role]) -> Result<Hours, StoreError> {
    let today = ctx.now.date();
    let minutes = read::minutes(tx, person, &year_of(today))?;
    let rule = rule(roles).and_then(|id| ctx.rules().rule_on(id, today));
    Ok(Hours {
        year: today.year(),
        has: hours(minutes),
        minutes,
        asked: rule.map(|rule| i64::from(rule.amount)),
        source: rule.map(|rule| format!("{}{}", rule.document, rule.article)).unwrap_or_default(),
        mark: rule.map_or("", |rule| rule.mark.code()),
    })
}
