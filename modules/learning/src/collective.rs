//! Collective study 集中学习 of a branch: when, about what, who was present. It counts for each of those present.

use std::collections::BTreeSet;

use base::{Ctx, Date, PersonId, Time, UnitId};
use people::{Proof, Tree};
use record::{About, text_digest_hex};
use store::{Sql, Tx, p, sql};

use crate::events::{BranchLifeHeld, BranchLifeWithdrawn, CollectiveStudyHeld, CollectiveStudyWithdrawn};
use crate::model::{LONGEST_NOTE, LONGEST_REMARK, LONGEST_TITLE, Occasion, StudyId};
use crate::operate::{LearnError, about, line, text};
use crate::permissions::Keep;
use crate::read;

const PUT: &Sql = sql!(
    "INSERT INTO collective_study (id, branch, held_on, minutes, topic, minute, salt, withdrawn, reason, made_at, made_by, occasion)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, '', ?8, ?9, ?10)"
);
const PRESENT: &Sql = sql!("INSERT INTO collective_present (study, person) VALUES (?1, ?2)");
/// By the primary key.
const WITHDRAW: &Sql = sql!("UPDATE collective_study SET withdrawn = 1, reason = ?2 WHERE id = ?1 AND withdrawn = 0");

/// What is written down.
#[derive(Clone, Debug)]
pub struct Held {
    /// Which branch.
    pub branch: UnitId,
    /// What it was at the same time.
    pub occasion: Occasion,
    /// The day.
    pub on: Date,
    /// How long.
    pub minutes: i64,
    /// About what.
    pub topic: String,
    /// The minutes in short.
    pub minute: String,
    /// Who was present.
    pub present: Vec<PersonId>,
}

/// The digest of what was written down.
pub(crate) fn words(salt: &[u8; 16], topic: &str, minute: &str) -> String {
    text_digest_hex(salt, &format!("{topic}\n\n{minute}"))
}

/// Write a collective study down.
///
/// # Errors
/// [`LearnError`].
pub fn hold(tx: &mut Tx, ctx: &Ctx, who: &Proof<Keep>, tree: &Tree, op_key: &[u8; 16], held: &Held) -> Result<StudyId, LearnError> {
    if !who.covers(tree, held.branch) {
        return Err(LearnError::Denied);
    }
    let topic = line(&held.topic, "topic", LONGEST_TITLE)?;
    let minute = text(&held.minute, "minute", LONGEST_NOTE, true)?;
    if held.on > ctx.now.date() {
        return Err(LearnError::Field("on"));
    }
    if !(1..=960).contains(&held.minutes) {
        return Err(LearnError::Field("minutes"));
    }
    let present: BTreeSet<PersonId> = held.present.iter().copied().collect();
    store::once(tx, ctx.now, op_key, "learning.collective", who.person().bytes(), |tx| {
        let members: BTreeSet<PersonId> =
            people::read::holders_in(tx, ctx.now, held.branch)?.into_iter().map(|holding| holding.person).collect();
        if present.is_empty() || !present.is_subset(&members) {
            return Err(LearnError::Field("present"));
        }
        let (id, salt, on) = (ctx.id::<StudyId>(), ctx.salt(), held.on.to_string());
        tx.exec(PUT, p![id, held.branch, &on, held.minutes, &topic, &minute, &salt, ctx.now, who.person(), held.occasion.code()])?;
        for person in &present {
            tx.exec(PRESENT, p![id, *person])?;
        }
        let facts = CollectiveStudyHeld {
            branch: held.branch,
            on,
            study_minutes: held.minutes,
            present: present.iter().copied().collect(),
            words: words(&salt, &topic, &minute),
            occasion: held.occasion.code().to_owned(),
        };
        // Of no unit: neither meetings nor hours are a figure of anybody's work.
        record::append(tx, ctx, about(ctx, who.actor(), None, id.0), &facts)?;
        if let Some(what) = ordered(held.occasion) {
            let facts = BranchLifeHeld { branch: held.branch, what, times: 1 };
            record::append(tx, ctx, on_the_day(ctx, who, held.branch, held.on, id), &facts)?;
        }
        Ok(id)
    })
}

/// What an occasion is called where a rule orders it.
fn ordered(occasion: Occasion) -> Option<String> {
    (occasion != Occasion::Study).then(|| occasion.code().to_owned())
}

/// It counts for the day on which it was held, however late it is written down.
fn on_the_day(ctx: &Ctx, who: &Proof<Keep>, branch: UnitId, on: Date, id: StudyId) -> About {
    let occurred_at = Time::from_civil(on.at(12, 0, 0, 0)).min(ctx.now);
    About { occurred_at, ..about(ctx, who.actor(), Some(branch), id.0) }
}

/// Take a record back that was wrong. It stays to be seen, and counts for nobody any more.
///
/// # Errors
/// [`LearnError`].
pub fn withdraw(tx: &mut Tx, ctx: &Ctx, who: &Proof<Keep>, tree: &Tree, id: StudyId, reason: &str) -> Result<(), LearnError> {
    let study = read::study(tx, id)?.ok_or(LearnError::NotFound)?;
    if !who.covers(tree, study.branch) {
        return Err(LearnError::Denied);
    }
    let reason = line(reason, "reason", LONGEST_REMARK)?;
    if tx.exec(WITHDRAW, p![id, &reason])? != 1 {
        return Err(LearnError::NotNow);
    }
    let facts = CollectiveStudyWithdrawn { reason: text_digest_hex(&study.salt, &reason) };
    record::append(tx, ctx, about(ctx, who.actor(), None, id.0), &facts)?;
    if let Some(what) = ordered(study.occasion) {
        let facts = BranchLifeWithdrawn { branch: study.branch, what, times: -1 };
        record::append(tx, ctx, on_the_day(ctx, who, study.branch, study.on, id), &facts)?;
    }
    Ok(())
}
