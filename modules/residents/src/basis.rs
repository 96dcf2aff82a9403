//! By what right notes for care 人群标签 are kept. They are sensitive: the law on personal information wants consent of its
//! own for them (article 29), that of a parent or guardian below fourteen (article 31), or a duty that the law sets
//! (article 13). Whoever consented can withdraw (article 15), and the notes go with the consent.

use base::{Ctx, Date, Id, PersonId, Time};
use people::Authority;
use record::{About, append};
use store::{Sql, StoreError, Tx, p, sql};

use crate::ResidentId;
use crate::enter::{EnterError, about, update};
use crate::events::{ResidentBasisNoted, ResidentConsentWithdrawn};
use crate::keep::{Entry, Sealed, find};
use crate::model::Resident;
use crate::permissions::Keep;

/// Below this age a parent or guardian consents.
const OF_AGE: i16 = 14;

/// By what right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// 本人同意
    Consent,
    /// 监护人同意
    Guardian,
    /// 履行法定职责
    Duty,
}

impl Ground {
    /// All of them, in the order of the form.
    pub const ALL: [Ground; 3] = [Ground::Consent, Ground::Guardian, Ground::Duty];

    /// As it is kept.
    pub fn code(self) -> &'static str {
        match self {
            Ground::Consent => "consent",
            Ground::Guardian => "guardian",
            Ground::Duty => "duty",
        }
    }

    /// The ground with this code.
    pub fn parse(code: &str) -> Option<Ground> {
        Ground::ALL.into_iter().find(|ground| ground.code() == code)
    }
}

/// By what means somebody consented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// 书面
    Written,
    /// 当面口头
    Spoken,
    /// 电话
    Telephone,
    /// 线上
    Online,
}

impl Means {
    /// All of them, in the order of the form.
    pub const ALL: [Means; 4] = [Means::Written, Means::Spoken, Means::Telephone, Means::Online];

    /// As it is kept.
    pub fn code(self) -> &'static str {
        match self {
            Means::Written => "written",
            Means::Spoken => "spoken",
            Means::Telephone => "telephone",
            Means::Online => "online",
        }
    }

    /// The means with this code.
    pub fn parse(code: &str) -> Option<Means> {
        Means::ALL.into_iter().find(|means| means.code() == code)
    }
}

/// A basis as somebody notes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Basis {
    /// By what right.
    pub ground: Ground,
    /// By what means; none for a duty.
    pub means: Option<Means>,
    /// The day of the consent, or from which the duty is there.
    pub on: Date,
}

/// A basis as it was noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// What was noted.
    pub basis: Basis,
    /// By whom; nobody where the command line did.
    pub by: Option<PersonId>,
    /// When.
    pub at: Time,
    /// When it was withdrawn.
    pub withdrawn: Option<Time>,
}

const INSERT: &Sql = sql!(
    "INSERT INTO resident_basis (told, resident, ground, means, on_day, noted_by, noted_at, withdrawn_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL)"
);
/// By the index `resident_basis_by_resident`.
const OF: &Sql = sql!(
    "SELECT ground, means, on_day, noted_by, noted_at, withdrawn_at FROM resident_basis WHERE resident = ?1 ORDER BY noted_at DESC, told DESC"
);
const WITHDRAW: &Sql =
    sql!("UPDATE resident_basis SET withdrawn_at = ?2 WHERE resident = ?1 AND withdrawn_at IS NULL AND ground <> 'duty'");

/// What was noted for an entry, the last first.
///
/// # Errors
/// The store's, among them a row that cannot be one.
pub fn bases(tx: &mut Tx, id: ResidentId) -> Result<Vec<Noted>, StoreError> {
    let rows = tx.all(OF, p![id], |row| {
        let basis = (Ground::parse(row.text(0)?), row.opt_text(1)?.and_then(Means::parse), row.text(2)?.parse::<Date>());
        Ok((basis, row.opt_id::<PersonId>(3)?, row.time(4)?, row.opt_time(5)?))
    })?;
    let wrong = || StoreError::Other("a row of resident_basis".into());
    let noted = rows.into_iter().map(|((ground, means, on), by, at, withdrawn)| {
        let basis = Basis { ground: ground.ok_or_else(wrong)?, means, on: on.map_err(|_| wrong())? };
        Ok(Noted { basis, by, at, withdrawn })
    });
    noted.collect()
}

/// The basis that holds.
///
/// # Errors
/// As [`bases`].
pub fn basis(tx: &mut Tx, id: ResidentId) -> Result<Option<Noted>, StoreError> {
    Ok(bases(tx, id)?.into_iter().find(|noted| noted.withdrawn.is_none()))
}

/// Whether a basis is one: its day has come, consent has means, and a child's is not its own.
pub(crate) fn check(ctx: &Ctx, plain: &Resident, basis: &Basis) -> Result<(), EnterError> {
    let today = ctx.now.date();
    if basis.on > today || basis.means.is_none() != (basis.ground == Ground::Duty) {
        return Err(EnterError::Basis);
    }
    let birth = base::id_number::IdNumber::parse(&plain.identity.number).ok().and_then(|number| number.birth());
    let years = |birth: Date| {
        let had = (today.month(), today.day()) >= (birth.month(), birth.day());
        today.year() - birth.year() - i16::from(!had)
    };
    if basis.ground == Ground::Consent && birth.is_some_and(|birth| years(birth) < OF_AGE) {
        return Err(EnterError::Child);
    }
    Ok(())
}

pub(crate) fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    who: Authority<'_, Keep>,
    community: base::UnitId,
    id: ResidentId,
    basis: &Basis,
    batch: Option<Id>,
) -> Result<Id, StoreError> {
    let (ground, means, on) = (basis.ground.code(), basis.means.map(Means::code), basis.on.to_string());
    let facts = ResidentBasisNoted { ground: ground.to_owned(), means: means.map(str::to_owned), on: on.clone() };
    let event: Id = append(tx, ctx, about(ctx, who.actor(), community, id, batch), &facts)?.0;
    let by = match who.actor() {
        record::Actor::Person(person) => Some(person),
        record::Actor::Resident | record::Actor::System => None,
    };
    tx.exec(INSERT, p![event, id, ground, means, on.as_str(), by, ctx.now])?;
    Ok(event)
}

/// Note by what right an entry's notes for care are kept.
///
/// # Errors
/// [`EnterError`].
pub fn note_basis(tx: &mut Tx, ctx: &Ctx, who: Authority<'_, Keep>, id: ResidentId, basis: &Basis) -> Result<(), EnterError> {
    let entry = kept(tx, who, id)?;
    check(ctx, &entry.sealed.plain(ctx)?, basis)?;
    insert(tx, ctx, who, entry.community, id, basis, None)?;
    Ok(())
}

/// Whoever consented withdrew: the notes for care go in the same transaction.
///
/// # Errors
/// [`EnterError`]; [`EnterError::Basis`] where no consent holds.
pub fn withdraw_consent(tx: &mut Tx, ctx: &Ctx, who: Authority<'_, Keep>, id: ResidentId) -> Result<(), EnterError> {
    let entry = kept(tx, who, id)?;
    if tx.exec(WITHDRAW, p![id, ctx.now])? == 0 {
        return Err(EnterError::Basis);
    }
    let about: About = about(ctx, who.actor(), entry.community, id, None);
    append(tx, ctx, about, &ResidentConsentWithdrawn {})?;
    let mut plain = entry.sealed.plain(ctx)?;
    if basis(tx, id)?.is_none() && !plain.traits.tags.is_empty() {
        plain.traits.tags = String::new();
        let sealed = Sealed::of(ctx, entry.grid(), &plain)?;
        update(tx, ctx, who, &entry, &sealed, None)?;
    }
    Ok(())
}

/// An entry of a register that is kept by whoever this is.
pub(crate) fn kept(tx: &mut Tx, who: Authority<'_, Keep>, id: ResidentId) -> Result<Entry, EnterError> {
    let entry = find(tx, id)?.ok_or(EnterError::Gone)?;
    if who.is_over(&*people::tree(tx)?, entry.community) { Ok(entry) } else { Err(EnterError::Denied) }
}
