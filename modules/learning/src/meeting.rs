//! A meeting of a Party organisation 三会、组织生活会、中心组学习 as its book has it: what, when and where, who led it, how many
//! were expected and came, what was decided. Nobody is signed in, nothing is voted on here, and it counts for no person and
//! in no score: it tells whether a duty was met.

mod read;
pub mod table;
pub(crate) mod texts;

use base::{Ctx, Date, Id, Time, UnitId};
use people::{Authority, Level, Proof, Tree};
use record::{About, text_digest_hex};
use store::{Sql, Tx, p, sql};

use crate::events::{BranchLifeHeld, BranchLifeWithdrawn, BranchMeetingHeld, BranchMeetingWithdrawn};
use crate::model::{Gathering, LONGEST_NOTE, LONGEST_REMARK, LONGEST_TITLE, MeetingId};
use crate::operate::{LearnError, line, text};
use crate::permissions::Meet;

pub use read::{Filter, Kept, find, list};

/// More people than this are not expected at any meeting.
pub const MOST: i64 = 10_000;

/// No meeting of an earlier year is written down: a number below it was no year, or another than was meant.
pub(crate) const FIRST_YEAR: i16 = 1949;

/// What is written down.
#[derive(Clone, Debug)]
pub struct Held {
    /// Of which organisation.
    pub organisation: UnitId,
    /// What it was.
    pub what: Gathering,
    /// The day.
    pub on: Date,
    /// When it began, as 19:00; empty where nobody knows.
    pub begins: String,
    /// When it ended.
    pub ends: String,
    /// About what.
    pub topic: String,
    /// Where.
    pub place: String,
    /// Who led it.
    pub chair: String,
    /// Who wrote it down.
    pub recorder: String,
    /// Who lectured.
    pub lecturer: String,
    /// How many were expected 应到.
    pub expected: i64,
    /// How many came 实到.
    pub present: i64,
    /// Of those who may vote, how many were expected and how many came.
    pub voting: Option<(i64, i64)>,
    /// Who was absent and why.
    pub absent: String,
    /// Who sat in 列席.
    pub guests: String,
    /// What was on the agenda.
    pub agenda: String,
    /// What was decided.
    pub decided: String,
}

/// The meetings that an organisation of this level holds.
pub fn of_level(level: Level) -> &'static [Gathering] {
    match level {
        Level::Branch => &[Gathering::General, Gathering::Committee, Gathering::Group, Gathering::Life],
        Level::GeneralBranch => &[Gathering::General, Gathering::Committee, Gathering::Life],
        Level::PartyGroup => &[Gathering::Group, Gathering::Life],
        Level::PartyCommittee => &[Gathering::Centre],
        _ => &[],
    }
}

/// Whether a post keeps the book of an organisation: its own, or that of a Party group right under it.
pub fn keeps(who: &Proof<Meet>, tree: &Tree, organisation: UnitId) -> bool {
    let own = organisation == who.unit() && tree.level(organisation).is_some_and(|level| !of_level(level).is_empty());
    own || (tree.level(organisation) == Some(Level::PartyGroup) && tree.parent(organisation).is_some_and(|above| above.id == who.unit()))
}

/// The organisations whose book somebody keeps, each with its Party groups behind it.
pub fn kept(actor: &people::Actor, tree: &Tree) -> Vec<UnitId> {
    let mut all: Vec<UnitId> = Vec::new();
    for proof in actor.each::<Meet>() {
        let groups = tree.children(proof.unit()).filter(|unit| unit.level == Level::PartyGroup).map(|unit| unit.id);
        let some = std::iter::once(proof.unit()).chain(groups).filter(|unit| keeps(&proof, tree, *unit));
        for unit in some {
            if !all.contains(&unit) {
                all.push(unit);
            }
        }
    }
    all
}

const PUT: &Sql = sql!(
    "INSERT INTO branch_meeting (id, organisation, what, held_on, begins, ends, topic, place, chair, recorder, lecturer, expected, present,
        voting_expected, voting_present, absent, guests, agenda, decided, salt, withdrawn, reason, batch, made_at, made_by)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, 0, '', ?21, ?22, ?23)"
);
/// By the primary key.
const WITHDRAW: &Sql = sql!("UPDATE branch_meeting SET withdrawn = 1, reason = ?2 WHERE id = ?1 AND withdrawn = 0");

/// The digest of the words of a meeting.
pub(crate) fn words(salt: &[u8; 16], held: &Held) -> String {
    let all =
        [&held.topic, &held.place, &held.chair, &held.recorder, &held.lecturer, &held.absent, &held.guests, &held.agenda, &held.decided];
    digest(salt, &all.map(String::as_str))
}

/// The same of the words as the table has them: each with its length, so that none can move into another's place.
pub(crate) fn digest(salt: &[u8; 16], words: &[&str; 9]) -> String {
    let all: Vec<String> = words.iter().map(|part| format!("{} {part}", part.len())).collect();
    text_digest_hex(salt, &all.join("\n"))
}

/// The time of day as it is kept, 09:05; empty for nothing. Nothing where it is no time.
pub(crate) fn clock(typed: &str) -> Option<String> {
    let folded = base::text::fold(typed.trim()).replace('：', ":");
    if folded.is_empty() {
        return Some(String::new());
    }
    let (hours, minutes) = folded.split_once(':')?;
    let number = |part: &str, most: u8| part.parse::<u8>().ok().filter(|n| *n < most && part.len() <= 2 && !part.starts_with('+'));
    Some(format!("{:02}:{:02}", number(hours, 24)?, number(minutes.get(..2)?, 60)?))
}

/// What was typed, cleaned and held against itself and against what such an organisation holds. What branches record with its
/// hours elsewhere comes here only from a table.
fn checked(ctx: &Ctx, tree: &Tree, from_table: bool, held: &Held) -> Result<Held, LearnError> {
    let level = tree.get(held.organisation).filter(|unit| !unit.is_closed()).map(|unit| unit.level).ok_or(LearnError::Denied)?;
    let without_hours = from_table && level == Level::Branch && matches!(held.what, Gathering::ThemeDay | Gathering::Lecture);
    if !of_level(level).contains(&held.what) && !without_hours {
        return Err(LearnError::Field("what"));
    }
    let short = |typed: &str, field| match base::text::clean_line(typed) {
        clean if clean.is_empty() => Ok(clean),
        clean => line(&clean, field, LONGEST_TITLE),
    };
    let clean = Held {
        topic: line(&held.topic, "topic", LONGEST_TITLE)?,
        place: short(&held.place, "place")?,
        chair: line(&held.chair, "chair", LONGEST_TITLE)?,
        recorder: short(&held.recorder, "recorder")?,
        lecturer: short(&held.lecturer, "lecturer")?,
        begins: clock(&held.begins).ok_or(LearnError::Field("begins"))?,
        ends: clock(&held.ends).ok_or(LearnError::Field("ends"))?,
        absent: text(&held.absent, "absent", LONGEST_REMARK, true)?,
        guests: text(&held.guests, "guests", LONGEST_REMARK, true)?,
        agenda: text(&held.agenda, "agenda", LONGEST_NOTE, true)?,
        decided: text(&held.decided, "decided", LONGEST_NOTE, true)?,
        ..held.clone()
    };
    if clean.on > ctx.now.date() || clean.on.year() < FIRST_YEAR {
        return Err(LearnError::Field("on"));
    }
    if !clean.begins.is_empty() && !clean.ends.is_empty() && clean.begins >= clean.ends {
        return Err(LearnError::Field("ends"));
    }
    if !(1..=MOST).contains(&clean.expected) {
        return Err(LearnError::Field("expected"));
    }
    if !(1..=clean.expected).contains(&clean.present) {
        return Err(LearnError::Field("present_n"));
    }
    if let Some((expected, present)) = clean.voting
        && !((0..=clean.expected).contains(&expected) && (0..=expected.min(clean.present)).contains(&present))
    {
        return Err(LearnError::Field("voting"));
    }
    Ok(clean)
}

/// The same for somebody whose book it is, and refused to anybody else.
pub(crate) fn checked_by(ctx: &Ctx, who: Authority<'_, Meet>, tree: &Tree, from_table: bool, held: &Held) -> Result<Held, LearnError> {
    if let Authority::Staff(proof) = who
        && !keeps(proof, tree, held.organisation)
    {
        return Err(LearnError::Denied);
    }
    checked(ctx, tree, from_table, held)
}

/// Write a meeting down, for an organisation whose book one keeps. What is there already, the same kind of meeting about the
/// same on the same day, is not written down twice.
///
/// # Errors
/// [`LearnError`].
pub fn hold(
    tx: &mut Tx,
    ctx: &Ctx,
    who: Authority<'_, Meet>,
    tree: &Tree,
    batch: Option<Id>,
    held: &Held,
) -> Result<MeetingId, LearnError> {
    let held = checked_by(ctx, who, tree, batch.is_some(), held)?;
    if read::is_there(tx, &held)? {
        return Err(LearnError::Field("twice"));
    }
    let (id, salt, on) = (ctx.id::<MeetingId>(), ctx.salt(), held.on.to_string());
    let by = match who {
        Authority::Staff(proof) => Some(proof.person()),
        Authority::Console => None,
    };
    let (voting_expected, voting_present) = held.voting.unzip();
    tx.exec(
        PUT,
        p![
            id,
            held.organisation,
            held.what.code(),
            &on,
            &held.begins,
            &held.ends,
            &held.topic,
            &held.place,
            &held.chair,
            &held.recorder,
            &held.lecturer,
            held.expected,
            held.present,
            voting_expected,
            voting_present,
            &held.absent,
            &held.guests,
            &held.agenda,
            &held.decided,
            &salt,
            batch,
            ctx.now,
            by
        ],
    )?;
    let facts = BranchMeetingHeld {
        organisation: held.organisation,
        what: held.what.code().to_owned(),
        on,
        begins: held.begins.clone(),
        ends: held.ends.clone(),
        expected: held.expected,
        present: held.present,
        voting_expected,
        voting_present,
        words: words(&salt, &held),
    };
    // Of no unit: how often somebody met and how many came is a figure of nobody's work.
    record::append(tx, ctx, About { occurred_at: ctx.now, actor: who.actor(), unit: None, subject: id.0, batch }, &facts)?;
    let life = BranchLifeHeld { branch: held.organisation, what: held.what.code().to_owned(), times: 1 };
    record::append(tx, ctx, on_the_day(ctx, who, &held, (id, batch)), &life)?;
    Ok(id)
}

/// It counts for the day on which it was held, however late it is written down.
fn on_the_day(ctx: &Ctx, who: Authority<'_, Meet>, held: &Held, (id, batch): (MeetingId, Option<Id>)) -> About {
    let occurred_at = Time::from_civil(held.on.at(12, 0, 0, 0)).min(ctx.now);
    About { occurred_at, actor: who.actor(), unit: Some(held.organisation), subject: id.0, batch }
}

/// Take a record back that was wrong. It stays to be seen, and meets no duty any more.
///
/// # Errors
/// [`LearnError`].
pub fn withdraw(
    tx: &mut Tx,
    ctx: &Ctx,
    who: Authority<'_, Meet>,
    tree: &Tree,
    batch: Option<Id>,
    (id, reason): (MeetingId, &str),
) -> Result<(), LearnError> {
    let kept = find(tx, id)?.ok_or(LearnError::NotFound)?;
    if let Authority::Staff(proof) = who
        && !keeps(proof, tree, kept.held.organisation)
    {
        return Err(LearnError::Denied);
    }
    let reason = line(reason, "reason", LONGEST_REMARK)?;
    if tx.exec(WITHDRAW, p![id, &reason])? != 1 {
        return Err(LearnError::NotNow);
    }
    let facts = BranchMeetingWithdrawn { reason: text_digest_hex(&kept.salt, &reason) };
    record::append(tx, ctx, About { occurred_at: ctx.now, actor: who.actor(), unit: None, subject: id.0, batch }, &facts)?;
    let life = BranchLifeWithdrawn { branch: kept.held.organisation, what: kept.held.what.code().to_owned(), times: -1 };
    record::append(tx, ctx, on_the_day(ctx, who, &kept.held, (id, batch)), &life)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::clock;

    #[test]
    fn times_of_day_as_they_are_typed() {
        for (typed, kept) in [("", Some("")), ("9:05", Some("09:05")), ("１９：００", Some("19:00")), ("19:00:00", Some("19:00"))] {
            assert_eq!(clock(typed).as_deref(), kept, "{typed}");
        }
        for typed in ["24:00", "19:60", "7pm", "19", "+9:00", "123:00", "9:5x"] {
            assert_eq!(clock(typed), None, "{typed}");
        }
    }
}
