//! The ledger: what is to leave the house, what left, what was given up. Each message stands in it once.

use base::{Ctx, Id, PersonId, Time, UnitId};
use people::Proof;
use record::{About, append};
use store::{Row, Sql, StoreError, Tx, p, sql};
use web::notice::{Channel, Notice, Outbox, Whom};
use web::{Kept, Lang};

use crate::events::DeliveryRetried;
use crate::permissions::KeepOutbox;
use crate::{address, texts::NoticeTexts};

/// What is older is told to nobody.
pub const FRESH: i64 = Time::DAY;
/// So many messages may wait; while there are more, what happens is noted and not yet taken apart.
const MOST: i64 = 20_000;
/// How long whoever sends has to say what became of it.
const LEASE: i64 = 5 * Time::MINUTE;
/// How long until it is tried again, by how often it was tried; after the last it is given up.
pub const PATIENCE: [i64; 6] = [Time::MINUTE, 5 * Time::MINUTE, 15 * Time::MINUTE, Time::HOUR, 3 * Time::HOUR, 8 * Time::HOUR];

/// How a message stands.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The message.
    pub id: Id,
    /// The event, or the subject where there is none.
    pub event: Id,
    /// The notice.
    pub name: String,
    /// What it is about.
    pub subject: Id,
    /// By which way.
    pub channel: Channel,
    /// Whom it is for.
    pub whom: Whom,
    /// Who reads it.
    pub reader: Id,
    /// How often it was tried.
    pub tries: i64,
    /// When it was to leave first.
    pub made_at: Time,
    /// When it left or was given up.
    pub done_at: Option<Time>,
    /// Why it did not go, the last time.
    pub why: String,
}

/// By the index `notice_new`.
const NEW: &Sql = sql!("SELECT event, name, at FROM notice WHERE told = 0 ORDER BY at, event LIMIT ?1");
const TOLD: &Sql = sql!("UPDATE notice SET told = 1 WHERE event = ?1 AND name = ?2 AND told = 0");
const DROP_NOTICE: &Sql = sql!("DELETE FROM notice WHERE event = ?1 AND name = ?2");
const LIST: &Sql = sql!(
    "INSERT INTO notice_for (whom, at, event, name, subject) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (whom, at, event, name) DO NOTHING"
);
/// By the index `delivery_next`, which holds what waits.
const WAITING: &Sql = sql!("SELECT COUNT(*) FROM delivery WHERE state IN ('waiting', 'sending')");
const INSERT: &Sql = sql!(
    "INSERT INTO delivery (id, event, name, subject, channel, kind, whom, reader, state, tries, next_at, made_at, done_at, why)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'waiting', 0, ?9, ?9, NULL, '')
     ON CONFLICT (event, name, channel, reader) DO NOTHING"
);

fn parts(whom: Whom) -> (&'static str, Id) {
    match whom {
        Whom::Unit(unit) => ("unit", unit.0),
        Whom::Person(person) => ("person", person.0),
        Whom::Resident(id) => ("resident", id),
    }
}

#[expect(clippy::too_many_arguments, reason = "a row has many columns")]
fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    event: Id,
    name: &str,
    subject: Id,
    channel: Channel,
    whom: Whom,
    reader: Option<PersonId>,
) -> Result<(), StoreError> {
    let (kind, id) = parts(whom);
    let reader = reader.map_or(id, |person| person.0);
    tx.exec(INSERT, p![ctx.id::<Id>(), event, name, subject, channel.code(), kind, id, reader, ctx.now])?;
    Ok(())
}

/// Sends something without an event, once for each subject: a code for a resident who signs in.
///
/// # Errors
/// Only the store's.
pub fn post(tx: &mut Tx, ctx: &Ctx, notice: &str, channel: Channel, subject: Id) -> Result<(), StoreError> {
    insert(tx, ctx, subject, notice, subject, channel, Whom::Resident(subject), None)
}

/// Finds whom the next few notices are for, and writes down what is to leave. Tells how many it took.
///
/// # Errors
/// Only the store's.
pub fn take_apart(tx: &mut Tx, ctx: &Ctx, notices: &[&'static Notice], outbox: &Outbox, limit: i64) -> Result<usize, StoreError> {
    if tx.one(WAITING, p![], |row| row.int(0))? > MOST {
        return Ok(0);
    }
    let new = tx.all(NEW, p![limit], |row| Ok((row.id::<Id>(0)?, row.text(1)?.to_owned(), row.time(2)?)))?;
    for (event, name, at) in &new {
        let notice = notices.iter().find(|notice| notice.name == name);
        let found = match notice.filter(|_| ctx.now.since(*at) < FRESH) {
            Some(notice) => record::find(tx, record::EventId(*event))?.map(|event| (notice, event)),
            None => None,
        };
        let Some((notice, found)) = found else {
            tx.exec(DROP_NOTICE, p![*event, name.as_str()])?;
            continue;
        };
        if tx.exec(TOLD, p![*event, name.as_str()])? != 1 {
            continue;
        }
        for whom in (notice.whom)(tx, ctx, &found)? {
            spread(tx, ctx, outbox, *event, notice.name, found.subject, *at, whom)?;
        }
    }
    Ok(new.len())
}

#[expect(clippy::too_many_arguments, reason = "what a row of the ledger is made of")]
fn spread(
    tx: &mut Tx,
    ctx: &Ctx,
    outbox: &Outbox,
    event: Id,
    name: &'static str,
    subject: Id,
    at: Time,
    whom: Whom,
) -> Result<(), StoreError> {
    let staff = match whom {
        Whom::Resident(_) => {
            if outbox.has(Channel::Sms) {
                insert(tx, ctx, event, name, subject, Channel::Sms, whom, None)?;
            }
            return Ok(());
        }
        Whom::Person(person) => vec![person],
        Whom::Unit(unit) => {
            if robot(tx, outbox, unit)?.is_some() {
                insert(tx, ctx, event, name, subject, Channel::Robot, whom, None)?;
            }
            let mut staff: Vec<PersonId> = people::read::holders_in(tx, ctx.now, unit)?
                .into_iter()
                .filter(|holding| !holding.role.is_admin())
                .map(|holding| holding.person)
                .collect();
            staff.sort_unstable();
            staff.dedup();
            staff
        }
    };
    tx.exec(LIST, p![parts(whom).1, at, event, name, subject])?;
    for person in staff {
        for channel in [Channel::Email, Channel::Wecom] {
            if outbox.has(channel) && address::has(tx, person, channel)? {
                insert(tx, ctx, event, name, subject, channel, whom, Some(person))?;
            }
        }
    }
    Ok(())
}

/// The code of the unit whose robot tells this unit: its own, or the nearest above.
///
/// # Errors
/// Only the store's.
pub fn robot(tx: &mut Tx, outbox: &Outbox, unit: UnitId) -> Result<Option<String>, StoreError> {
    if outbox.robots.is_empty() {
        return Ok(None);
    }
    let tree = people::tree(tx)?;
    let path = tree.get(unit).map(|unit| unit.path.clone()).unwrap_or_default();
    let codes = path.iter().rev().filter_map(|id| tree.get(*id)).map(|unit| unit.code.clone());
    Ok(codes.into_iter().find(|code| outbox.robots.iter().any(|(of, _)| of == code)))
}

/// By the index `delivery_next`.
const DUE: &Sql = sql!(
    "SELECT id, event, name, subject, channel, kind, whom, reader, tries, made_at, done_at, why FROM delivery
     WHERE state IN ('waiting', 'sending') AND next_at <= ?1 ORDER BY next_at, id LIMIT ?2"
);
const BEGIN: &Sql = sql!(
    "UPDATE delivery SET state = 'sending', tries = tries + 1, next_at = ?3
     WHERE id = ?1 AND tries = ?2 AND state IN ('waiting', 'sending')"
);
const END: &Sql =
    sql!("UPDATE delivery SET state = ?3, next_at = ?4, done_at = ?5, why = ?6 WHERE id = ?1 AND tries = ?2 AND state = 'sending'");

fn row(row: &Row<'_>) -> Result<Delivery, StoreError> {
    let (channel, kind, id) = (row.text(4)?, row.text(5)?, row.id::<Id>(6)?);
    let wrong = |what: &str| StoreError::Other(format!("delivery: {what} is not known"));
    Ok(Delivery {
        id: row.id(0)?,
        event: row.id(1)?,
        name: row.text(2)?.to_owned(),
        subject: row.id(3)?,
        channel: Channel::parse(channel).ok_or_else(|| wrong("channel"))?,
        whom: match kind {
            "unit" => Whom::Unit(UnitId(id)),
            "person" => Whom::Person(PersonId(id)),
            "resident" => Whom::Resident(id),
            _ => return Err(wrong("kind")),
        },
        reader: row.id(7)?,
        tries: row.int(8)?,
        made_at: row.time(9)?,
        done_at: row.opt_time(10)?,
        why: row.text(11)?.to_owned(),
    })
}

/// Takes the next few messages in hand: they are this process's until the lease runs out. A message whose sender died
/// goes again with the same key, by which a gateway knows it.
///
/// # Errors
/// Only the store's.
pub fn take(tx: &mut Tx, ctx: &Ctx, limit: i64) -> Result<Vec<Delivery>, StoreError> {
    let mut mine = Vec::new();
    for mut delivery in tx.all(DUE, p![ctx.now, limit], row)? {
        if tx.exec(BEGIN, p![delivery.id, delivery.tries, ctx.now.plus(LEASE)])? == 1 {
            delivery.tries += 1;
            mine.push(delivery);
        }
    }
    Ok(mine)
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Became {
    /// It left.
    Sent,
    /// There is nothing to say any more, or nobody to say it to.
    Void,
    /// It did not leave; whether it may later, and why not.
    Failed(bool, String),
}

/// Writes down what became of a message.
///
/// # Errors
/// Only the store's.
pub fn note(tx: &mut Tx, ctx: &Ctx, delivery: &Delivery, became: &Became) -> Result<(), StoreError> {
    let later = usize::try_from(delivery.tries - 1).ok().and_then(|tried| PATIENCE.get(tried));
    let (state, next, done, why) = match (became, later) {
        (Became::Sent, _) => ("sent", ctx.now, Some(ctx.now), ""),
        (Became::Void, _) => ("void", ctx.now, Some(ctx.now), ""),
        (Became::Failed(true, why), Some(wait)) => ("waiting", ctx.now.plus(*wait), None, why.as_str()),
        (Became::Failed(_, why), _) => ("dead", ctx.now, Some(ctx.now), why.as_str()),
    };
    tx.exec(END, p![delivery.id, delivery.tries, state, next, done, why])?;
    Ok(())
}

/// Why something was not sent again.
#[derive(Debug, thiserror::Error)]
pub enum RetryError {
    /// There is no such message that was given up.
    #[error("there is no such message that was given up")]
    NotFound,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const FIND_DEAD: &Sql = sql!(
    "SELECT id, event, name, subject, channel, kind, whom, reader, tries, made_at, done_at, why FROM delivery WHERE id = ?1 AND state = 'dead'"
);
const AGAIN: &Sql = sql!("UPDATE delivery SET state = 'waiting', tries = 0, next_at = ?2, done_at = NULL WHERE id = ?1 AND state = 'dead'");

/// Sends again what was given up.
///
/// # Errors
/// [`RetryError`].
pub fn retry(tx: &mut Tx, ctx: &Ctx, who: &Proof<KeepOutbox>, id: Id) -> Result<(), RetryError> {
    let dead = tx.opt(FIND_DEAD, p![id], row)?.ok_or(RetryError::NotFound)?;
    if tx.exec(AGAIN, p![id, ctx.now])? != 1 {
        return Err(RetryError::NotFound);
    }
    let facts = DeliveryRetried { channel: dead.channel.code().to_owned(), notice: dead.name };
    let about = About { occurred_at: ctx.now, actor: who.actor(), unit: None, subject: id, batch: None };
    append(tx, ctx, about, &facts)?;
    Ok(())
}

/// By the index `delivery_dead`.
const DEAD: &Sql = sql!(
    "SELECT id, event, name, subject, channel, kind, whom, reader, tries, made_at, done_at, why FROM delivery
     WHERE state = 'dead' ORDER BY done_at DESC, id DESC LIMIT ?1"
);
/// Walks `delivery_by_age` over the days that are asked for.
const COUNT: &Sql =
    sql!("SELECT channel, state, COUNT(*) FROM delivery WHERE made_at >= ?1 GROUP BY channel, state ORDER BY channel, state");

/// What was given up, the latest first.
///
/// # Errors
/// Only the store's.
pub fn dead(tx: &mut Tx, limit: i64) -> Result<Vec<Delivery>, StoreError> {
    tx.all(DEAD, p![limit], row)
}

/// How many messages there are of each way and state since then.
///
/// # Errors
/// Only the store's.
pub fn counts(tx: &mut Tx, since: Time) -> Result<Vec<(Channel, String, i64)>, StoreError> {
    let rows = tx.all(COUNT, p![since], |row| Ok((Channel::parse(row.text(0)?), row.text(1)?.to_owned(), row.int(2)?)))?;
    Ok(rows.into_iter().filter_map(|(channel, state, n)| Some((channel?, state, n))).collect())
}

/// A line of somebody's list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// When.
    pub at: Time,
    /// Which notice.
    pub name: String,
    /// What it is about.
    pub subject: Id,
    /// The unit or the person that it is for.
    pub whom: Id,
}

/// A range of the primary key of `notice_for`.
const FOR: &Sql = sql!("SELECT at, name, subject, whom FROM notice_for WHERE whom = ?1 AND at >= ?2 ORDER BY at DESC, event DESC LIMIT ?3");

/// What somebody was told since then, themselves and as one of these units, the latest first.
///
/// # Errors
/// Only the store's.
pub fn list(tx: &mut Tx, whom: &[Id], since: Time, limit: i64) -> Result<Vec<Listed>, StoreError> {
    let mut all = Vec::new();
    for id in whom {
        all.extend(tx.all(FOR, p![*id, since, limit], |row| {
            Ok(Listed { at: row.time(0)?, name: row.text(1)?.to_owned(), subject: row.id(2)?, whom: row.id(3)? })
        })?);
    }
    all.sort_by_key(|one| std::cmp::Reverse(one.at));
    all.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(all)
}

const SEEN: &Sql = sql!("SELECT at FROM notice_seen WHERE person = ?1");
const SEE: &Sql = sql!("INSERT INTO notice_seen (person, at) VALUES (?1, ?2) ON CONFLICT (person) DO UPDATE SET at = excluded.at");

/// Up to when somebody has seen their list.
///
/// # Errors
/// Only the store's.
pub fn seen(tx: &mut Tx, person: PersonId) -> Result<Option<Time>, StoreError> {
    tx.opt(SEEN, p![person], |row| row.time(0))
}

/// Somebody has seen their list up to now. It is theirs alone and counted nowhere.
///
/// # Errors
/// Only the store's.
pub fn see(tx: &mut Tx, person: PersonId, at: Time) -> Result<(), StoreError> {
    tx.exec(SEE, p![person, at]).map(drop)
}

/// By the index `delivery_by_age`.
const OLD: &Sql = sql!("SELECT id FROM delivery WHERE made_at < ?1 ORDER BY made_at, id LIMIT ?2");
const DROP: &Sql = sql!("DELETE FROM delivery WHERE id = ?1 AND made_at < ?2");
const OLD_LISTED: &Sql = sql!("DELETE FROM notice_for WHERE at < ?1");
const OLD_NOTICES: &Sql = sql!("DELETE FROM notice WHERE at < ?1");

fn old(tx: &mut Tx, before: Time, limit: i64) -> Result<Vec<Id>, StoreError> {
    tx.all(OLD, p![before, limit], |row| row.id(0))
}

fn let_go(tx: &mut Tx, _: &Ctx, ids: &[Id], before: Time) -> Result<u64, StoreError> {
    tx.exec(OLD_LISTED, p![before])?;
    tx.exec(OLD_NOTICES, p![before])?;
    ids.iter().try_fold(0, |gone, id| Ok(gone + tx.exec(DROP, p![*id, before])?))
}

/// What this reader keeps of people.
pub(crate) const KEPT: &[Kept] = &[
    Kept {
        id: "notices.delivery",
        what: |lang: Lang| NoticeTexts::of(lang).kept_ledger,
        purpose: |lang: Lang| NoticeTexts::of(lang).kept_ledger_purpose,
        sealed: false,
        keep: Some("keep.notices"),
        due: Some(old),
        let_go,
    },
    Kept {
        id: "notices.address",
        what: |lang: Lang| NoticeTexts::of(lang).kept_address,
        purpose: |lang: Lang| NoticeTexts::of(lang).kept_address_purpose,
        sealed: true,
        keep: None,
        due: None,
        let_go: |_, _, _, _| Ok(0),
    },
];
