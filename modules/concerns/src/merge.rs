//! 并单: what several residents ask for is answered once. Each keeps their own number, words, receipt and call-back.
//!
//! A merged concern stays with its desk until the one that leads is answered; then the answer is written to its
//! own page and its resident is asked for themselves. Who is not content has theirs taken up again alone. Where
//! the leading one ends without an answer, the others go their own way again.

use std::collections::HashSet;

use base::{Ctx, Time};
use people::{Actor as Somebody, Proof, Tree};
use store::{Sql, StoreError, Tx, p, sql};

use crate::concern::{Concern, ConcernId, Done, StepError, columns, due_of, find, from_row, get, open, tell};
use crate::events::{ConcernAnsweredWith, ConcernMerged, ConcernUnmerged};
use crate::model::{Followed, NotNow, State, Step};
use crate::permissions::Desk;
use crate::said::{Field, Invalid, LONGEST_NOTE, Part, Said, needed, optional};
use crate::sight;

/// The most that one form merges.
pub const MOST: usize = 30;

/// The desk's form: the concern it is on leads.
#[derive(Clone, Debug)]
pub struct Merge {
    /// The form's key.
    pub op_key: [u8; 16],
    /// The one that leads.
    pub no: String,
    /// The version that the form showed.
    pub v: i64,
    /// Those that are merged into it.
    pub others: Vec<String>,
    /// Why they are the same.
    pub reason: String,
}

/// Walks `concern_merged`.
const MERGED: &Sql = sql!(concat!("SELECT ", columns!(), " FROM concern c WHERE c.merged_into = ?1 ORDER BY c.id"));

/// The concerns that are merged into one.
///
/// # Errors
/// Only the store's.
pub fn merged(tx: &mut Tx, main: ConcernId) -> Result<Vec<Concern>, StoreError> {
    let ids = tx.all(MERGED, p![main], |row| Ok(from_row(row)?.id))?;
    let mut all = Vec::new();
    for id in ids {
        all.extend(get(tx, id)?);
    }
    Ok(all)
}

/// Merges others into a concern.
///
/// # Errors
/// [`StepError`].
pub fn merge(tx: &mut Tx, ctx: &Ctx, who: &Proof<Desk>, input: &Merge) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.merge", who.person().bytes(), |tx| {
        let (main, tree) = open(tx, who, &input.no, input.v)?;
        main.on_desk_of(&tree, who)?;
        leads(&main)?;
        if input.others.is_empty() {
            return Err(Invalid::Missing(Field::DuplicateOf).into());
        }
        if input.others.len() > MOST {
            return Err(Invalid::TooLong(Field::DuplicateOf, MOST).into());
        }
        let reason = needed(&input.reason, Field::Note, LONGEST_NOTE)?;
        let mut seen = HashSet::new();
        for no in &input.others {
            let no = base::number::parse(no).map_err(|_| Invalid::Unknown(Field::DuplicateOf))?;
            if !seen.insert(no.clone()) {
                continue;
            }
            let other = find(tx, &no)?.filter(|other| other.id != main.id).ok_or(Invalid::Unknown(Field::DuplicateOf))?;
            if other.is_hidden_from(tx, &tree, who.person(), who.unit())? || other.on_desk_of(&tree, who).is_err() {
                return Err(Invalid::Unknown(Field::DuplicateOf).into());
            }
            if other.now.desk != main.now.desk || !merged(tx, other.id)?.is_empty() {
                return Err(NotNow::NotMergeable.into());
            }
            let mut said = Said::default();
            said.open(ctx, Part::Note, reason.clone());
            other.keeps_caller(tx, ctx, &tree, who, &said)?;
            let step = Step::Merge { into: main.id, person: who.person(), resolve_by: main.now.resolve_by };
            let then = other.after(tx, ctx, &tree, &step)?;
            let done = other.save(tx, &tree, &then)?;
            let facts = ConcernMerged { v: done.v, into: main.id, into_no: main.no.clone(), due: due_of(&then)?, texts: said.texts() };
            tell(tx, ctx, other.id, who.actor(), Some(other.now.desk), &facts, &said)?;
        }
        let now = main.now;
        Ok(Done { no: main.no, v: main.v, state: now.state, holder: now.holder, due: now.due })
    })
}

/// Whether others can be merged into a concern: it is not answered yet, not merged itself, and about nobody.
fn leads(main: &Concern) -> Result<(), NotNow> {
    if main.now.merged_into.is_some() || !main.now.bars.is_empty() {
        return Err(NotNow::NotMergeable);
    }
    match main.now.state {
        State::Received | State::Dispatched | State::Objected | State::InHand => Ok(()),
        State::Resolved | State::CallBack | State::Archived => Err(NotNow::State),
    }
}

/// The desk's form for taking one out.
#[derive(Clone, Debug)]
pub struct Unmerge {
    /// The form's key.
    pub op_key: [u8; 16],
    /// The one that is merged.
    pub no: String,
    /// The version that the form showed.
    pub v: i64,
    /// Why.
    pub reason: Option<String>,
}

/// Takes a concern out of the one that it is merged into: it waits to be dispatched.
///
/// # Errors
/// [`StepError`].
pub fn unmerge(tx: &mut Tx, ctx: &Ctx, who: &Proof<Desk>, input: &Unmerge) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.unmerge", who.person().bytes(), |tx| {
        let (concern, tree) = open(tx, who, &input.no, input.v)?;
        concern.on_desk_of(&tree, who)?;
        let mut said = Said::default();
        said.maybe(ctx, Part::Note, optional(input.reason.as_deref(), Field::Note, LONGEST_NOTE)?);
        concern.keeps_caller(tx, ctx, &tree, who, &said)?;
        take_out(tx, ctx, &tree, &concern, who.actor(), &said)
    })
}

fn take_out(tx: &mut Tx, ctx: &Ctx, tree: &Tree, concern: &Concern, actor: record::Actor, said: &Said) -> Result<Done, StepError> {
    let from = concern.now.merged_into.ok_or(NotNow::State)?;
    let then = concern.after(tx, ctx, tree, &Step::Unmerge)?;
    let done = concern.save(tx, tree, &then)?;
    let facts = ConcernUnmerged { v: done.v, from, due: due_of(&then)?, texts: said.texts() };
    tell(tx, ctx, concern.id, actor, Some(concern.now.desk), &facts, said)?;
    Ok(done)
}

/// The answer of the leading concern was passed: it is the answer of each that is merged into it as well.
pub(crate) fn follow(tx: &mut Tx, ctx: &Ctx, tree: &Tree, main: &Concern, actor: record::Actor) -> Result<(), StepError> {
    let all = merged(tx, main.id)?;
    if all.is_empty() {
        return Ok(());
    }
    let answer = last_answer(tx, main.id)?.unwrap_or_default();
    let followed = Followed {
        handler: main.now.handler,
        resolver: main.now.resolver,
        involved: main.now.involved.iter().filter(|i| !i.excused).map(|i| i.unit).collect(),
    };
    for concern in all {
        let mut said = Said::default();
        said.open(ctx, Part::Shown, answer.clone());
        let then = concern.after(tx, ctx, tree, &Step::Follow(followed.clone()))?;
        let done = concern.save(tx, tree, &then)?;
        let facts = ConcernAnsweredWith {
            v: done.v,
            main: main.id,
            main_no: main.no.clone(),
            handler: followed.handler,
            resolver: followed.resolver,
            involved: followed.involved.clone(),
            holder: then.holder.ok_or(NotNow::State)?,
            due: due_of(&then)?,
            texts: said.texts(),
        };
        tell(tx, ctx, concern.id, actor, main.now.handler, &facts, &said)?;
    }
    Ok(())
}

/// The leading concern ended without an answer: the others wait to be dispatched.
pub(crate) fn release(tx: &mut Tx, ctx: &Ctx, tree: &Tree, main: ConcernId, actor: record::Actor) -> Result<(), StepError> {
    for concern in merged(tx, main)? {
        take_out(tx, ctx, tree, &concern, actor, &Said::default())?;
    }
    Ok(())
}

/// Walks the primary key of `concern_text` within one concern.
const ANSWERS: &Sql = sql!("SELECT event, body FROM concern_text WHERE concern = ?1 AND part = 'shown' AND body IS NOT NULL");

fn last_answer(tx: &mut Tx, concern: ConcernId) -> Result<Option<String>, StoreError> {
    let texts = tx.all(ANSWERS, p![concern], |row| Ok((row.id::<base::Id>(0)?, row.text(1)?.to_owned())))?;
    let events = record::of_subject(tx, concern.0)?;
    let last = events.iter().rev().find(|event| event.kind == "ConcernResolved");
    Ok(last.and_then(|event| texts.into_iter().find(|(id, _)| *id == event.id.0).map(|(_, body)| body)))
}

/// A concern that may be the same matter as another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// Its number.
    pub no: String,
    /// Its first words.
    pub title: String,
    /// When it came.
    pub received_at: Time,
    /// Of a thousand: how alike the words are, and that the kind is the same.
    pub likeness: u32,
}

/// Below this, two texts only share common words.
const LEAST: u32 = 180;
/// How long back a repeat is looked for.
const RECENT: i64 = 60 * Time::DAY;
/// The most that are compared.
const COMPARED: i64 = 400;

/// Walks `concern_town`, which holds the community too, newest first.
const NEAR: &Sql = sql!(concat!(
    "SELECT ",
    columns!(),
    " FROM concern c WHERE c.town = ?6 AND c.community = ?1 AND c.id <> ?2 AND c.received_at > ?3 AND c.state IN ('received', 'dispatched', 'in_hand')
      AND c.merged_into IS NULL AND c.desk = ?4 AND c.bars IS NULL AND c.paused_at IS NULL ORDER BY c.id DESC LIMIT ?5"
));

/// What came from the same community lately, is still open and reads alike, the likeliest first: what the desk
/// is offered to merge. A person decides.
///
/// # Errors
/// Only the store's.
pub fn repeats(tx: &mut Tx, ctx: &Ctx, actor: &Somebody, tree: &Tree, concern: &Concern, most: usize) -> Result<Vec<Repeat>, StoreError> {
    let Some(community) = concern.community.filter(|_| concern.now.merged_into.is_none() && concern.now.bars.is_empty()) else {
        return Ok(Vec::new());
    };
    let since = ctx.now.plus(-RECENT);
    let near = tx.all(NEAR, p![community, concern.id, since, concern.now.desk, COMPARED, concern.town], from_row)?;
    let own = pairs(&concern.title);
    let mut found: Vec<Repeat> = near
        .into_iter()
        .filter(|other| sight::may_read(actor, tree, other))
        .map(|other| {
            let same_kind = concern.now.kind.is_some() && concern.now.kind == other.now.kind;
            let same_place = concern.place.is_some() && concern.place == other.place;
            let likeness = alike(&own, &pairs(&other.title)) + 120 * u32::from(same_kind) + 60 * u32::from(same_place);
            Repeat { no: other.no, title: other.title, received_at: other.received_at, likeness }
        })
        .filter(|repeat| repeat.likeness >= LEAST && !repeat.title.is_empty())
        .collect();
    found.sort_by(|a, b| b.likeness.cmp(&a.likeness).then_with(|| b.no.cmp(&a.no)));
    found.truncate(most);
    Ok(found)
}

/// Pairs of neighbouring characters, punctuation left out.
fn pairs(text: &str) -> HashSet<(char, char)> {
    let plain: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
    plain.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?))).collect()
}

/// Of a thousand: what two texts share of all that they have.
fn alike(a: &HashSet<(char, char)>, b: &HashSet<(char, char)>) -> u32 {
    let (both, all) = (a.intersection(b).count(), a.union(b).count());
    (both * 1000).checked_div(all).map_or(0, |share| u32::try_from(share).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_matter_reads_alike_and_another_does_not() {
        let of = |a: &str, b: &str| alike(&pairs(a), &pairs(b));
        assert!(of("小区东门路灯坏了三天，晚上看不清路", "东门的路灯坏了，晚上看不清") > LEAST);
        assert!(of("小区东门路灯坏了三天", "楼上半夜一直有噪音") < 50);
        assert_eq!((of("", ""), of("路灯", "路灯")), (0, 1000));
    }
}
