//! Correcting a class that was announced: another time or place, other words, more or fewer seats. What it was stays
//! beside it to be read, and whoever has a seat or waits for one is told.

use base::{Ctx, Time};
use people::{Proof, Tree};
use store::{Sql, Tx, p, sql};

use crate::attend::EARLY;
use crate::class::{PUT_DAY, Terms, owned, words};
use crate::events::{ClassCorrected, Day};
use crate::model::{ClassId, DayId};
use crate::operate::{LearnError, about, counterpart};
use crate::permissions::Teach;
use crate::{read, seat};

/// By the primary key.
const CORRECT: &Sql = sql!(
    "UPDATE training_class SET title = ?3, place = ?4, notice = ?5, salt = ?6, quota = ?7, join_until = ?8, must = ?9, v = v + 1
     WHERE id = ?1 AND v = ?2 AND state = 'open'"
);
const KEEP: &Sql = sql!(
    "INSERT INTO class_was (class, v, title, place, notice, salt, quota, join_until, must, days, changed_at, changed_by)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
);
/// By the primary key.
const MOVE_DAY: &Sql = sql!("UPDATE class_day SET starts_at = ?2, ends_at = ?3, minutes = ?4 WHERE id = ?1");
/// By the primary key.
const DROP_LEAVE: &Sql = sql!("DELETE FROM class_leave WHERE day = ?1");
/// By the primary key.
const DROP_DAY: &Sql = sql!("DELETE FROM class_day WHERE id = ?1");

/// Correct a class that is open. A day on which one could already sign in stays as it was; a day that stays on its date
/// keeps the leave that was asked from it. More seats go to whoever waits, in the same transaction.
///
/// # Errors
/// [`LearnError`]; [`LearnError::Unchanged`] where all is as it was.
pub fn correct(tx: &mut Tx, ctx: &Ctx, who: &Proof<Teach>, tree: &Tree, (id, v): (ClassId, i64), terms: &Terms) -> Result<(), LearnError> {
    let class = owned(tx, who, tree, id)?;
    let terms = terms.checked()?;
    let before = read::days(tx, id)?;
    if class.v != v {
        return Err(LearnError::NotNow);
    }
    let was = Terms {
        title: class.title.clone(),
        place: class.place.clone(),
        notice: class.notice.clone(),
        quota: class.quota,
        until: class.join_until,
        must: class.must,
        days: before.iter().map(|day| (day.starts, day.ends, day.minutes)).collect(),
    };
    if terms == was {
        return Err(LearnError::Unchanged);
    }
    if terms.until != class.join_until && terms.until <= ctx.now {
        return Err(LearnError::Field("until"));
    }
    if terms.quota < class.taken {
        return Err(LearnError::Field("taken"));
    }
    let days = matched(ctx, &before, &terms.days);
    let begun = |starts: Time| ctx.now >= starts.plus(-EARLY);
    let same =
        |day: &Day, old: &read::Day| (day.id, day.starts, day.ends, day.study_minutes) == (old.id, old.starts, old.ends, old.minutes);
    let kept = before.iter().filter(|old| begun(old.starts)).all(|old| days.iter().any(|day| same(day, old)));
    let ahead = days.iter().all(|day| before.iter().any(|old| same(day, old)) || !begun(day.starts));
    if !kept || !ahead {
        return Err(LearnError::Field("begun"));
    }
    let salt = ctx.salt();
    let Terms { title, place, notice, quota, until, must, .. } = &terms;
    if tx.exec(CORRECT, p![id, v, title, place, notice, &salt, *quota, *until, *must])? != 1 {
        return Err(LearnError::NotNow);
    }
    let old = lines(&was.days);
    tx.exec(
        KEEP,
        p![id, v, &was.title, &was.place, &was.notice, &class.salt, was.quota, was.until, was.must, &old, ctx.now, who.person()],
    )?;
    for gone in before.iter().filter(|old| days.iter().all(|day| day.id != old.id)) {
        tx.exec(DROP_LEAVE, p![gone.id])?;
        tx.exec(DROP_DAY, p![gone.id])?;
    }
    for day in &days {
        match before.iter().find(|old| old.id == day.id) {
            Some(old) if same(day, old) => 0,
            Some(_) => tx.exec(MOVE_DAY, p![day.id, day.starts, day.ends, day.study_minutes])?,
            None => tx.exec(PUT_DAY, p![day.id, id, day.starts, day.ends, day.study_minutes])?,
        };
    }
    let facts = ClassCorrected { v: v + 1, quota: *quota, until: *until, must: *must, days, words: words(&salt, title, place, notice) };
    let unit = counterpart(tx, tree, class.unit)?;
    record::append(tx, ctx, about(ctx, who.actor(), unit, id.0), &facts)?;
    while seat::pass_on(tx, ctx, id)? {}
    Ok(())
}

/// The days as they will stand: one that begins as before, or stays on its date, is the same day; the others are new.
fn matched(ctx: &Ctx, before: &[read::Day], after: &[(Time, Time, i64)]) -> Vec<Day> {
    let mut free: Vec<&read::Day> = before.iter().collect();
    let mut ids: Vec<Option<DayId>> = vec![None; after.len()];
    for by_date in [false, true] {
        for (id, (starts, ..)) in ids.iter_mut().zip(after).filter(|(id, _)| id.is_none()) {
            let same = |day: &&read::Day| if by_date { day.starts.date() == starts.date() } else { day.starts == *starts };
            *id = free.iter().position(same).map(|at| free.remove(at).id);
        }
    }
    let day = |(id, (starts, ends, minutes)): (Option<DayId>, &(Time, Time, i64))| Day {
        id: id.unwrap_or_else(|| ctx.id()),
        starts: *starts,
        ends: *ends,
        study_minutes: *minutes,
    };
    ids.into_iter().zip(after).map(day).collect()
}

/// Days as they stand in a row of what a class was.
pub(crate) fn lines(days: &[(Time, Time, i64)]) -> String {
    days.iter().map(|(starts, ends, minutes)| format!("{} {} {minutes}", starts.0, ends.0)).collect::<Vec<_>>().join("\n")
}

/// The same, read.
pub(crate) fn parse(lines: &str) -> Option<Vec<(Time, Time, i64)>> {
    let day = |line: &str| {
        let mut parts = line.split(' ').map(str::parse::<i64>);
        Some((Time(parts.next()?.ok()?), Time(parts.next()?.ok()?), parts.next()?.ok()?))
    };
    lines.lines().map(day).collect()
}
