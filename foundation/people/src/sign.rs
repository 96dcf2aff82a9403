//! Signing in and sessions.
//!
//! Signing in is [`candidate`] (a read), [`crate::password::Candidate::verify`] outside the store, then
//! [`sign_in`] (a write). Five failures lock a login for half an hour, counted in the store and for
//! logins that nobody has as well, so that nothing tells the two apart. Of a token only the SHA-256
//! is stored. A session ends after 30 minutes without a sight of it and after 12 hours in any case.

use base::text::{clean_line, fold};
use base::{Ctx, Purpose, Time, policy};
use record::{Actor as By, append};
use sha2::{Digest, Sha256};
use store::{Sql, StoreError, Tx, p, sql};

use crate::actor::{AccountId, Actor, Held, SessionId};
use crate::events::{SessionsRevoked, SignInLocked, SignedIn, about};
use crate::password::{Candidate, Checked};
use crate::role::Role;

/// Failures that lock a login.
pub const FAILURES: i64 = 5;
/// How long it stays locked, and after how long failures are forgotten.
pub const LOCKED_FOR: i64 = 30 * Time::MINUTE;
/// How long a session lives without a sight of it.
pub const IDLE: i64 = 30 * Time::MINUTE;
/// How long a session lives at most.
pub const ABSOLUTE: i64 = 12 * Time::HOUR;
/// How long the second factor may take after the password.
pub const BETWEEN_FACTORS: i64 = 5 * Time::MINUTE;
/// How old the last sight must be to be written anew.
pub const TOUCH: i64 = Time::MINUTE;

const LOGIN: Purpose = Purpose("people.login");

/// What a browser holds: 32 random bytes, 64 hexadecimal digits in the cookie.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Token([u8; 32]);

impl Token {
    pub(crate) fn draw(ctx: &Ctx) -> Token {
        let mut bytes = [0; 32];
        ctx.random().fill(&mut bytes);
        Token(bytes)
    }

    /// From the text of a cookie.
    pub fn parse(text: &str) -> Option<Token> {
        let (first, second) = text.split_at_checked(32)?;
        let (first, second): (base::Id, base::Id) = (first.parse().ok()?, second.parse().ok()?);
        let mut bytes = [0; 32];
        for (to, from) in bytes.iter_mut().zip(first.0.iter().chain(&second.0)) {
            *to = *from;
        }
        Some(Token(bytes))
    }

    pub(crate) fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&record::hex(&self.0))
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(..)")
    }
}

/// How a session began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// With login and password, and the second factor where there is one.
    #[default]
    Password,
    /// With a passkey.
    Passkey,
    /// Through another house that knows the person.
    Outside,
    /// As somebody of a demonstration.
    Demonstration,
}

impl Way {
    /// From [`Way::code`].
    pub(crate) fn parse(code: &str) -> Way {
        [Way::Passkey, Way::Outside, Way::Demonstration].into_iter().find(|way| way.code() == code).unwrap_or_default()
    }

    /// As it stands in the store.
    pub fn code(self) -> &'static str {
        match self {
            Way::Password => "password",
            Way::Passkey => "passkey",
            Way::Outside => "outside",
            Way::Demonstration => "demonstration",
        }
    }
}

/// How an attempt to sign in ended. Wrong and locked say nothing about whether there is such an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignIn {
    /// Signed in.
    In(Token),
    /// The password was right; the second factor is wanted, with this token, within five minutes.
    SecondFactor(Token),
    /// The login or the password is wrong.
    Wrong,
    /// Too many failures.
    Locked {
        /// Until when.
        until: Time,
    },
    /// The password was right, and an administrator has locked the account.
    Barred,
}

/// A login as it is stored and compared: on one line, folded.
pub(crate) fn folded(login: &str) -> String {
    fold(&clean_line(login))
}

pub(crate) fn guard_key(ctx: &Ctx, folded: &str) -> [u8; 32] {
    ctx.keys().blind(LOGIN, folded.as_bytes())
}

/// By the index `account_login`.
const BY_LOGIN: &Sql = sql!("SELECT id, hash FROM account WHERE login = ?1");

/// First step of signing in: who it might be, also when it is nobody.
///
/// # Errors
/// Only the store's.
pub fn candidate(tx: &mut Tx, ctx: &Ctx, login: &str) -> Result<Candidate, StoreError> {
    let login = folded(login);
    let found = if login.contains('\0') {
        None
    } else {
        tx.opt(BY_LOGIN, p![login.as_str()], |row| Ok((row.id::<AccountId>(0)?, row.text(1)?.to_owned())))?
    };
    let (account, hash) = found.map_or((None, String::new()), |(account, hash)| (Some(account), hash));
    Ok(Candidate { login: guard_key(ctx, &login), account, hash })
}

const BY_ACCOUNT: &Sql = sql!("SELECT login, hash FROM account WHERE id = ?1");

/// The candidate that somebody signed in is, for trying their password before it is changed.
///
/// # Errors
/// Only the store's.
pub fn candidate_of(tx: &mut Tx, ctx: &Ctx, actor: &Actor) -> Result<Candidate, StoreError> {
    let (login, hash) = tx.one(BY_ACCOUNT, p![actor.account], |row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())))?;
    Ok(Candidate { login: guard_key(ctx, &login), account: Some(actor.account), hash })
}

const ACCOUNT: &Sql = sql!("SELECT hash, locked, totp FROM account WHERE id = ?1");
const OPEN: &Sql =
    sql!("INSERT INTO session (token, id, account, created_at, seen_at, agent, whole, way) VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7)");

/// Second step of signing in. A refused attempt is counted, so that it too is an `Ok`.
///
/// # Errors
/// Only the store's.
pub fn sign_in(tx: &mut Tx, ctx: &Ctx, checked: &Checked, agent: &str) -> Result<SignIn, StoreError> {
    if let Some(until) = locked_until(tx, ctx, &checked.login)? {
        return Ok(SignIn::Locked { until });
    }
    let account = match (checked.right, checked.account) {
        (true, Some(account)) => account,
        (_, account) => {
            return failed(tx, ctx, &checked.login, account).map(|locked| locked.map_or(SignIn::Wrong, |until| SignIn::Locked { until }));
        }
    };
    let found = tx.opt(ACCOUNT, p![account], |row| Ok((row.text(0)?.to_owned(), row.bool(1)?, !row.is_null(2)?)))?;
    let (locked, has_totp) = match found {
        // Between the steps the password was changed: the one that was tried is not it any more.
        Some((hash, ..)) if hash != checked.hash => return Ok(SignIn::Wrong),
        None => return Ok(SignIn::Wrong),
        Some((_, locked, has_totp)) => (locked, has_totp),
    };
    if locked {
        return Ok(SignIn::Barred);
    }
    purge(tx, ctx, account)?;
    let token = Token::draw(ctx);
    if has_totp {
        insert(tx, ctx, &token, account, agent, None)?;
        return Ok(SignIn::SecondFactor(token));
    }
    forget_failures(tx, &checked.login)?;
    admit(tx, ctx, &token, account, agent, Way::Password)?;
    Ok(SignIn::In(token))
}

/// Open a whole session and record it.
pub(crate) fn admit(tx: &mut Tx, ctx: &Ctx, token: &Token, account: AccountId, agent: &str, way: Way) -> Result<SessionId, StoreError> {
    // An administrator is signed in once at a time.
    if is_admin(tx, ctx, account)? {
        tx.exec(END_ALL, p![account])?;
    }
    let session = insert(tx, ctx, token, account, agent, Some(way))?;
    let by = by(tx, account)?;
    append(tx, ctx, about(ctx, by, None, account.0), &SignedIn { session, way })?;
    Ok(session)
}

/// A session; without a way it is half of one, until the second factor comes.
fn insert(tx: &mut Tx, ctx: &Ctx, token: &Token, account: AccountId, agent: &str, way: Option<Way>) -> Result<SessionId, StoreError> {
    let session: SessionId = ctx.id();
    let agent: String = clean_line(agent).chars().take(200).collect();
    tx.exec(OPEN, p![&token.digest()[..], session, account, ctx.now, agent.as_str(), way.is_some(), way.unwrap_or_default().code()])?;
    Ok(session)
}

const PERSON: &Sql = sql!("SELECT person FROM account WHERE id = ?1");

/// The person behind an account, as an event's actor.
pub(crate) fn by(tx: &mut Tx, account: AccountId) -> Result<By, StoreError> {
    tx.one(PERSON, p![account], |row| Ok(By::Person(row.id(0)?)))
}

/// Walks the index `holding_by_person`.
const IS_ADMIN: &Sql = sql!(
    "SELECT COUNT(*) FROM account a JOIN holding h ON h.person = a.person JOIN post o ON o.id = h.post
     WHERE a.id = ?1 AND (h.to_at IS NULL OR h.to_at > ?2) AND o.role IN ('system_admin', 'security_admin', 'audit_admin')"
);

fn is_admin(tx: &mut Tx, ctx: &Ctx, account: AccountId) -> Result<bool, StoreError> {
    tx.one(IS_ADMIN, p![account, ctx.now], |row| Ok(row.int(0)? > 0))
}

const GUARD: &Sql = sql!("SELECT failures, last_at, locked_until FROM sign_in_guard WHERE login = ?1");
const SET_GUARD: &Sql = sql!(
    "INSERT INTO sign_in_guard (login, failures, last_at, locked_until) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (login) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at, locked_until = excluded.locked_until"
);
/// Walks the index `sign_in_guard_by_age`.
const FORGET_OLD: &Sql = sql!("DELETE FROM sign_in_guard WHERE last_at < ?1");
const FORGET: &Sql = sql!("DELETE FROM sign_in_guard WHERE login = ?1");

/// Until when a login is locked, if it is.
pub(crate) fn locked_until(tx: &mut Tx, ctx: &Ctx, login: &[u8; 32]) -> Result<Option<Time>, StoreError> {
    let until = tx.opt(GUARD, p![&login[..]], |row| row.opt_time(2))?;
    Ok(until.flatten().filter(|until| *until > ctx.now))
}

/// Count a failure; tells until when the login is locked, if it is now.
pub(crate) fn failed(tx: &mut Tx, ctx: &Ctx, login: &[u8; 32], account: Option<AccountId>) -> Result<Option<Time>, StoreError> {
    let before = tx.opt(GUARD, p![&login[..]], |row| Ok((row.int(0)?, row.time(1)?, row.opt_time(2)?)))?;
    let failures = match before {
        Some((failures, last_at, None)) if ctx.now.since(last_at) < LOCKED_FOR => failures + 1,
        _ => 1,
    };
    let until = (failures >= FAILURES).then(|| ctx.now.plus(LOCKED_FOR));
    tx.exec(SET_GUARD, p![&login[..], failures, ctx.now, until])?;
    tx.exec(FORGET_OLD, p![ctx.now.plus(-Time::DAY)])?;
    if let (Some(until), Some(account)) = (until, account) {
        append(tx, ctx, about(ctx, By::System, None, account.0), &SignInLocked { until })?;
    }
    Ok(until)
}

pub(crate) fn forget_failures(tx: &mut Tx, login: &[u8; 32]) -> Result<(), StoreError> {
    tx.exec(FORGET, p![&login[..]]).map(drop)
}

/// Walks the index `session_by_account`.
const PURGE: &Sql = sql!("DELETE FROM session WHERE account = ?1 AND (created_at < ?2 OR seen_at < ?3 OR (whole = 0 AND created_at < ?4))");

fn purge(tx: &mut Tx, ctx: &Ctx, account: AccountId) -> Result<(), StoreError> {
    tx.exec(PURGE, p![account, ctx.now.plus(-ABSOLUTE), ctx.now.plus(-IDLE), ctx.now.plus(-BETWEEN_FACTORS)]).map(drop)
}

/// A point look-up of the session, its account and person; then the index `holding_by_person`.
const ACTOR: &Sql = sql!(
    "SELECT s.id, s.created_at, s.seen_at, a.id, a.totp, p.id, p.name, o.id, o.unit, o.reach, o.role, o.title,
            s.way, a.password_at
     FROM session s
     JOIN account a ON a.id = s.account
     JOIN person p ON p.id = a.person
     LEFT JOIN holding h ON h.person = p.id AND h.from_at <= ?2 AND (h.to_at IS NULL OR h.to_at > ?2)
     LEFT JOIN post o ON o.id = h.post
     WHERE s.token = ?1 AND s.whole = 1 AND a.locked = 0"
);

/// Who is signed in with this token, with the posts they hold now. One query, on the way of every page
/// of staff. When [`Actor::touch`] is set, the page should have [`touch`] written.
///
/// # Errors
/// Only the store's.
pub fn actor(tx: &mut Tx, now: Time, token: &Token) -> Result<Option<Actor>, StoreError> {
    let mut actor = None;
    let mut posts: Vec<Held> = Vec::new();
    tx.each(ACTOR, p![&token.digest()[..], now], |row| {
        if actor.is_none() {
            let (created_at, seen_at) = (row.time(1)?, row.time(2)?);
            if now.since(created_at) > ABSOLUTE || now.since(seen_at) > IDLE {
                return Ok(());
            }
            actor = Some(Actor {
                session: row.id(0)?,
                account: row.id(3)?,
                has_totp: !row.is_null(4)?,
                person: row.id(5)?,
                name: row.text(6)?.to_owned(),
                posts: Vec::new(),
                touch: now.since(seen_at) > TOUCH,
                way: Way::parse(row.text(12)?),
                password_old: password_old(now, Way::parse(row.text(12)?), row.time(13).unwrap_or(now)),
            });
        }
        if !row.is_null(7)?
            && let Some(role) = Role::parse(row.text(10)?)
        {
            posts.push(Held { post: row.id(7)?, unit: row.id(8)?, reach: row.id(9)?, role, title: row.text(11)?.to_owned() });
        }
        Ok(())
    })?;
    posts.sort_by_key(|held| (held.role, held.post));
    posts.dedup_by_key(|held| held.post);
    Ok(actor.map(|actor| Actor { posts, ..actor }))
}

/// Somebody signed in, for what needs no post: less is read than for an [`Actor`]. Made only from a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignedPerson {
    /// The person.
    pub person: base::PersonId,
    /// The session.
    pub session: SessionId,
    /// Whether the session's last sight should be written anew: [`touch`].
    pub touch: bool,
    /// Whether the password with which the session began is older than passwords may be.
    pub password_old: bool,
}

/// A point look-up of the session and its account.
const PERSON_OF: &Sql = sql!(
    "SELECT s.id, s.created_at, s.seen_at, a.person, s.way, a.password_at
     FROM session s JOIN account a ON a.id = s.account WHERE s.token = ?1 AND s.whole = 1 AND a.locked = 0"
);

/// Who is signed in with this token, without their posts: on the way of what thousands do at the same second.
///
/// # Errors
/// Only the store's.
pub fn person(tx: &mut Tx, now: Time, token: &Token) -> Result<Option<SignedPerson>, StoreError> {
    let found = tx.opt(PERSON_OF, p![&token.digest()[..]], |row| {
        let (created_at, seen_at) = (row.time(1)?, row.time(2)?);
        if now.since(created_at) > ABSOLUTE || now.since(seen_at) > IDLE {
            return Ok(None);
        }
        Ok(Some(SignedPerson {
            person: row.id(3)?,
            session: row.id(0)?,
            touch: now.since(seen_at) > TOUCH,
            password_old: password_old(now, Way::parse(row.text(4)?), row.time(5)?),
        }))
    })?;
    Ok(found.flatten())
}

fn password_old(now: Time, way: Way, since: Time) -> bool {
    way == Way::Password && policy::number("password.days").is_some_and(|days| now.since(since) > days.micros())
}

/// A point look-up of the person and the account; then the index `holding_by_person`.
const ON_BEHALF: &Sql = sql!(
    "SELECT a.id, p.name, o.id, o.unit, o.reach, o.role, o.title
     FROM person p
     JOIN account a ON a.person = p.id AND a.locked = 0
     LEFT JOIN holding h ON h.person = p.id AND h.from_at <= ?2 AND (h.to_at IS NULL OR h.to_at > ?2)
     LEFT JOIN post o ON o.id = h.post
     WHERE p.id = ?1"
);

/// Somebody in whose name long work goes on that they began while signed in, with the posts they hold by now: what they
/// may not do any more, the work does not do either. There is no session; only a job that recorded who began it calls this.
///
/// # Errors
/// Only the store's.
pub fn on_behalf(tx: &mut Tx, now: Time, person: base::PersonId) -> Result<Option<Actor>, StoreError> {
    let mut actor: Option<Actor> = None;
    let mut posts = Vec::new();
    tx.each(ON_BEHALF, p![person, now], |row| {
        if actor.is_none() {
            let (account, name) = (row.id(0)?, row.text(1)?.to_owned());
            let session = crate::actor::SessionId(base::Id::default());
            let (posts, way) = (Vec::new(), Way::Password);
            actor = Some(Actor { account, person, name, posts, session, has_totp: true, way, password_old: false, touch: false });
        }
        if !row.is_null(2)?
            && let Some(role) = Role::parse(row.text(5)?)
        {
            posts.push(Held { post: row.id(2)?, unit: row.id(3)?, reach: row.id(4)?, role, title: row.text(6)?.to_owned() });
        }
        Ok(())
    })?;
    posts.sort_by_key(|held| (held.role, held.post));
    posts.dedup_by_key(|held| held.post);
    Ok(actor.map(|actor| Actor { posts, ..actor }))
}

const SEEN: &Sql = sql!("UPDATE session SET seen_at = ?2 WHERE id = ?1 AND seen_at < ?3");

/// Write that a session was seen, at most once a minute.
///
/// # Errors
/// Only the store's.
pub fn touch(tx: &mut Tx, now: Time, session: SessionId) -> Result<(), StoreError> {
    tx.exec(SEEN, p![session, now, now.plus(-TOUCH)]).map(drop)
}

/// Reads a table of some thousands of rows, once a day.
const OLD: &Sql = sql!("SELECT id FROM session WHERE seen_at < ?1 ORDER BY id LIMIT ?2");
const DROP_OLD: &Sql = sql!("DELETE FROM session WHERE id = ?1 AND seen_at < ?2");

/// Sessions that were not seen since this time, at most so many: rows that nobody came back for.
///
/// # Errors
/// Only the store's.
pub fn old_sessions(tx: &mut Tx, before: Time, limit: i64) -> Result<Vec<base::Id>, StoreError> {
    tx.all(OLD, p![before, limit], |row| row.id(0))
}

/// Let go of these sessions; tells of how many.
///
/// # Errors
/// Only the store's.
pub fn drop_sessions(tx: &mut Tx, ids: &[base::Id], before: Time) -> Result<u64, StoreError> {
    ids.iter().try_fold(0, |gone, id| Ok(gone + tx.exec(DROP_OLD, p![*id, before])?))
}

const OUT: &Sql = sql!("DELETE FROM session WHERE token = ?1");

/// Sign out: the session is gone. Nothing is recorded of when somebody left.
///
/// # Errors
/// Only the store's.
pub fn sign_out(tx: &mut Tx, token: &Token) -> Result<(), StoreError> {
    tx.exec(OUT, p![&token.digest()[..]]).map(drop)
}

/// One session, for the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// When it began.
    pub created_at: Time,
    /// When it was last seen, to the minute.
    pub seen_at: Time,
    /// What the browser says of itself.
    pub agent: String,
}

/// Walks the index `session_by_account`.
const OF_ACCOUNT: &Sql = sql!(
    "SELECT id, created_at, seen_at, agent FROM session
     WHERE account = ?1 AND whole = 1 AND created_at >= ?2 AND seen_at >= ?3 ORDER BY created_at DESC, id DESC"
);

/// The sessions of an account that are alive, newest first.
///
/// # Errors
/// Only the store's.
pub fn sessions(tx: &mut Tx, now: Time, account: AccountId) -> Result<Vec<Session>, StoreError> {
    tx.all(OF_ACCOUNT, p![account, now.plus(-ABSOLUTE), now.plus(-IDLE)], |row| {
        Ok(Session { id: row.id(0)?, created_at: row.time(1)?, seen_at: row.time(2)?, agent: row.text(3)?.to_owned() })
    })
}

const END_OWN: &Sql = sql!("DELETE FROM session WHERE id = ?1 AND account = ?2");
pub(crate) const END_OTHERS: &Sql = sql!("DELETE FROM session WHERE account = ?1 AND id <> ?2");
pub(crate) const END_ALL: &Sql = sql!("DELETE FROM session WHERE account = ?1");

/// End one of one's own sessions; false when there is no such session.
///
/// # Errors
/// Only the store's.
pub fn revoke(tx: &mut Tx, ctx: &Ctx, actor: &Actor, session: SessionId) -> Result<bool, StoreError> {
    let ended = tx.exec(END_OWN, p![session, actor.account])?;
    ended_by(tx, ctx, By::Person(actor.person), actor.account, ended)?;
    Ok(ended > 0)
}

/// End all of one's own sessions but the present one; tells how many.
///
/// # Errors
/// Only the store's.
pub fn revoke_others(tx: &mut Tx, ctx: &Ctx, actor: &Actor) -> Result<u64, StoreError> {
    let ended = tx.exec(END_OTHERS, p![actor.account, actor.session])?;
    ended_by(tx, ctx, By::Person(actor.person), actor.account, ended)?;
    Ok(ended)
}

pub(crate) fn ended_by(tx: &mut Tx, ctx: &Ctx, by: By, account: AccountId, ended: u64) -> Result<(), StoreError> {
    if ended > 0 {
        let facts = SessionsRevoked { sessions: i64::try_from(ended).unwrap_or(i64::MAX) };
        append(tx, ctx, about(ctx, by, None, account.0), &facts)?;
    }
    Ok(())
}
