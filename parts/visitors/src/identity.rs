//! Who a resident is elsewhere: the issuer's subject as one keyed digest, which finds the visitor that it belongs to. Names,
//! numbers and addresses that another house may tell are neither asked for nor read.

use base::{Ctx, Purpose, Time};
use people::identity_of;
use store::{Sql, StoreError, Tx, p, sql};

use crate::session::{self, Token, Visitor, VisitorId};

/// Another purpose than that of staff, so that the two digests of one human have nothing in common.
const IDENTITY: Purpose = Purpose("visitors.identity");

const FIND: &Sql = sql!("SELECT visitor FROM visitor_identity WHERE identity = ?1");
const INSERT: &Sql = sql!("INSERT INTO visitor_identity (identity, visitor, made_at) VALUES (?1, ?2, ?3)");
/// By the index `visitor_identity_by_visitor`.
const OF: &Sql = sql!("SELECT made_at FROM visitor_identity WHERE visitor = ?1 ORDER BY made_at LIMIT 1");
const UNLINK: &Sql = sql!("DELETE FROM visitor_identity WHERE visitor = ?1");

/// Why an identity was not linked.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// It signs somebody else in already.
    #[error("this identity belongs to another visitor")]
    Taken,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Signs in whoever another house has vouched for; who was never here is made a visitor without a number.
///
/// # Errors
/// Only the store's.
pub fn sign_in(tx: &mut Tx, ctx: &Ctx, issuer: &str, subject: &str) -> Result<Token, StoreError> {
    let identity = identity_of(ctx, IDENTITY, issuer, subject);
    let visitor = match tx.opt(FIND, p![&identity[..]], |row| row.id::<VisitorId>(0))? {
        Some(visitor) => visitor,
        None => {
            let visitor = session::made(tx, ctx)?;
            tx.exec(INSERT, p![&identity[..], visitor, ctx.now])?;
            visitor
        }
    };
    session::begin_of(tx, ctx, visitor)
}

/// Links an identity to whoever is signed in, so that it opens the same list.
///
/// # Errors
/// [`LinkError`].
pub fn link(tx: &mut Tx, ctx: &Ctx, visitor: &Visitor, issuer: &str, subject: &str) -> Result<(), LinkError> {
    let identity = identity_of(ctx, IDENTITY, issuer, subject);
    match tx.opt(FIND, p![&identity[..]], |row| row.id::<VisitorId>(0))? {
        Some(whose) if whose == visitor.id() => Ok(()),
        Some(_) => Err(LinkError::Taken),
        None => {
            tx.exec(INSERT, p![&identity[..], visitor.id(), ctx.now])?;
            Ok(())
        }
    }
}

/// Since when an identity of another house is linked.
///
/// # Errors
/// Only the store's.
pub fn linked(tx: &mut Tx, visitor: &Visitor) -> Result<Option<Time>, StoreError> {
    tx.opt(OF, p![visitor.id()], |row| row.time(0))
}

/// Unlinks whatever is linked; tells whether it did. Whoever proved no number would not get in any more, and erases
/// themselves instead.
///
/// # Errors
/// Only the store's.
pub fn unlink(tx: &mut Tx, visitor: &Visitor) -> Result<bool, StoreError> {
    Ok(visitor.phone().is_some() && tx.exec(UNLINK, p![visitor.id()])? > 0)
}
