//! A training class or lecture: announcing it, cancelling it, closing it with certificates.

use base::{Ctx, Time, UnitId};
use people::{Proof, Tree};
use record::text_digest_hex;
use store::{Sql, Tx, p, sql};

use crate::certificate;
use crate::events::{ClassAnnounced, ClassCancelled, ClassFinished, Day};
use crate::model::{
    CertificateKind, ClassId, ClassSort, ClassState, DayId, LONGEST_NOTE, LONGEST_REMARK, LONGEST_TITLE, MOST_DAYS, MOST_SEATS,
};
use crate::operate::{LearnError, about, counterpart, line, text};
use crate::permissions::{Teach, covers};
use crate::read;

const PUT: &Sql = sql!(
    "INSERT INTO training_class (id, unit, audience, title, place, notice, salt, quota, join_until, must, taken, tickets, state, reason, made_at,
        made_by, sort, v)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, 0, 'open', '', ?11, ?12, ?13, 1)"
);
pub(crate) const PUT_DAY: &Sql = sql!("INSERT INTO class_day (id, class, starts_at, ends_at, minutes) VALUES (?1, ?2, ?3, ?4, ?5)");
/// By the primary key.
const CLOSE: &Sql = sql!("UPDATE training_class SET state = ?2, reason = ?3 WHERE id = ?1 AND state = 'open'");

/// A class to be announced.
#[derive(Clone, Debug)]
pub struct NewClass {
    /// Who holds it.
    pub unit: UnitId,
    /// Whose people may join.
    pub audience: UnitId,
    /// What it is.
    pub sort: ClassSort,
    /// What it says and when it is.
    pub terms: Terms,
}

/// What a class says of itself and when it is: announced, and corrected afterwards where it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What it is called.
    pub title: String,
    /// Where.
    pub place: String,
    /// The notice.
    pub notice: String,
    /// Seats.
    pub quota: i64,
    /// Until when one may join.
    pub until: Time,
    /// So many days are needed for a certificate.
    pub must: i64,
    /// Its days: when each begins and ends, and the minutes that it counts.
    pub days: Vec<(Time, Time, i64)>,
}

impl Terms {
    /// The same with clean words; everything within bounds, the days one after the other.
    pub(crate) fn checked(&self) -> Result<Terms, LearnError> {
        let (title, place) = (line(&self.title, "title", LONGEST_TITLE)?, line(&self.place, "place", LONGEST_TITLE)?);
        let notice = text(&self.notice, "notice", LONGEST_NOTE, false)?;
        if !(1..=MOST_SEATS).contains(&self.quota) {
            return Err(LearnError::Field("quota"));
        }
        let in_order = self.days.windows(2).all(|pair| matches!(pair, [a, b] if a.1 <= b.0));
        let sound = self.days.iter().all(|(from, to, minutes)| from < to && to.since(*from) <= Time::DAY && (1..=960).contains(minutes));
        if self.days.is_empty() || self.days.len() > MOST_DAYS || !in_order || !sound {
            return Err(LearnError::Field("days"));
        }
        if self.days.first().is_none_or(|day| self.until > day.0) {
            return Err(LearnError::Field("until"));
        }
        if !(1..=i64::try_from(self.days.len()).unwrap_or(1)).contains(&self.must) {
            return Err(LearnError::Field("must"));
        }
        Ok(Terms { title, place, notice, ..self.clone() })
    }
}

/// The digest of a class's words.
pub(crate) fn words(salt: &[u8; 16], title: &str, place: &str, notice: &str) -> String {
    text_digest_hex(salt, &format!("{title}\n{place}\n\n{notice}"))
}

/// Announce a class.
///
/// # Errors
/// [`LearnError`].
pub fn announce(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<Teach>,
    tree: &Tree,
    op_key: &[u8; 16],
    class: &NewClass,
) -> Result<ClassId, LearnError> {
    let terms = class.terms.checked()?;
    if !covers(who, tree, class.unit) || !covers(who, tree, class.audience) {
        return Err(LearnError::Denied);
    }
    if terms.until <= ctx.now {
        return Err(LearnError::Field("until"));
    }
    // The yearly round is the district's: it is held by a post that reaches the whole of it.
    if class.sort == ClassSort::Rotation && tree.parent(who.reach()).is_some() {
        return Err(LearnError::Field("sort"));
    }
    store::once(tx, ctx.now, op_key, "learning.class", who.person().bytes(), |tx| {
        let (id, salt) = (ctx.id::<ClassId>(), ctx.salt());
        let Terms { title, place, notice, quota, until, must, .. } = &terms;
        let sort = class.sort.code();
        tx.exec(PUT, p![id, class.unit, class.audience, title, place, notice, &salt, *quota, *until, *must, ctx.now, who.person(), sort])?;
        let mut days = Vec::with_capacity(terms.days.len());
        for (starts, ends, minutes) in &terms.days {
            let day = Day { id: ctx.id::<DayId>(), starts: *starts, ends: *ends, study_minutes: *minutes };
            tx.exec(PUT_DAY, p![day.id, id, day.starts, day.ends, day.study_minutes])?;
            days.push(day);
        }
        let facts = ClassAnnounced {
            owner: class.unit,
            audience: class.audience,
            quota: *quota,
            until: *until,
            must: *must,
            days,
            words: words(&salt, title, place, notice),
            sort: sort.to_owned(),
        };
        let unit = counterpart(tx, tree, class.unit)?;
        record::append(tx, ctx, about(ctx, who.actor(), unit, id.0), &facts)?;
        Ok(id)
    })
}

/// A class that this post may run.
pub(crate) fn owned(tx: &mut Tx, who: &Proof<Teach>, tree: &Tree, id: ClassId) -> Result<read::Class, LearnError> {
    let class = read::class(tx, id)?.ok_or(LearnError::NotFound)?;
    if covers(who, tree, class.unit) { Ok(class) } else { Err(LearnError::Denied) }
}

/// Say that a class is not held.
///
/// # Errors
/// [`LearnError`].
pub fn cancel(tx: &mut Tx, ctx: &Ctx, who: &Proof<Teach>, tree: &Tree, id: ClassId, reason: &str) -> Result<(), LearnError> {
    let class = owned(tx, who, tree, id)?;
    let reason = line(reason, "reason", LONGEST_REMARK)?;
    if tx.exec(CLOSE, p![id, ClassState::Cancelled.code(), &reason])? != 1 {
        return Err(LearnError::NotNow);
    }
    let facts = ClassCancelled { reason: text_digest_hex(&class.salt, &reason) };
    let unit = counterpart(tx, tree, class.unit)?;
    record::append(tx, ctx, about(ctx, who.actor(), unit, id.0), &facts)?;
    Ok(())
}

/// Close a class after its last day: whoever came to as many days as it asks for gets a certificate.
///
/// # Errors
/// [`LearnError`].
pub fn finish(tx: &mut Tx, ctx: &Ctx, who: &Proof<Teach>, tree: &Tree, id: ClassId) -> Result<i64, LearnError> {
    let class = owned(tx, who, tree, id)?;
    let days = read::days(tx, id)?;
    if days.last().is_none_or(|day| ctx.now < day.ends) || tx.exec(CLOSE, p![id, ClassState::Finished.code(), ""])? != 1 {
        return Err(LearnError::NotNow);
    }
    let mut given = 0;
    for (person, came) in read::attendance(tx, id)? {
        if came >= class.must && certificate::give(tx, ctx, who.actor(), person, CertificateKind::Class, id.0)? {
            given += 1;
        }
    }
    let unit = counterpart(tx, tree, class.unit)?;
    record::append(
        tx,
        ctx,
        about(ctx, who.actor(), unit, id.0),
        &ClassFinished { certificates: given, sort: class.sort.code().to_owned() },
    )?;
    Ok(given)
}
