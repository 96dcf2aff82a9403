//! What is kept of residents who sign in, and when it goes.

use base::{Ctx, Id, Time};
use store::{Sql, StoreError, Tx, p, sql};
use web::{Kept, Lang};

use crate::session::{VisitorId, erase};
use crate::texts::VisitorTexts;

/// By the index `visitor_by_age`.
const OLD: &Sql = sql!("SELECT id FROM visitor WHERE seen_at < ?1 ORDER BY seen_at, id LIMIT ?2");
const IS_OLD: &Sql = sql!("SELECT 1 FROM visitor WHERE id = ?1 AND seen_at < ?2");
/// By the index `visitor_code_by_age`.
const OLD_CODES: &Sql = sql!("SELECT id FROM visitor_code WHERE made_at < ?1 ORDER BY made_at, id LIMIT ?2");
const DROP_CODE: &Sql = sql!("DELETE FROM visitor_code WHERE id = ?1 AND made_at < ?2");
const OVER: &Sql = sql!("DELETE FROM visitor_session WHERE until < ?1");

fn old(tx: &mut Tx, before: Time, limit: i64) -> Result<Vec<Id>, StoreError> {
    tx.all(OLD, p![before, limit], |row| row.id(0))
}

fn let_go(tx: &mut Tx, _: &Ctx, ids: &[Id], before: Time) -> Result<u64, StoreError> {
    let mut gone = 0;
    for id in ids {
        if tx.opt(IS_OLD, p![*id, before], |_| Ok(()))?.is_some() {
            erase(tx, VisitorId(*id))?;
            gone += 1;
        }
    }
    Ok(gone)
}

fn old_codes(tx: &mut Tx, before: Time, limit: i64) -> Result<Vec<Id>, StoreError> {
    tx.all(OLD_CODES, p![before, limit], |row| row.id(0))
}

fn drop_codes(tx: &mut Tx, ctx: &Ctx, ids: &[Id], before: Time) -> Result<u64, StoreError> {
    tx.exec(OVER, p![ctx.now])?;
    ids.iter().try_fold(0, |gone, id| Ok(gone + tx.exec(DROP_CODE, p![*id, before])?))
}

/// See [`web::Module::kept`].
pub(crate) const KEPT: &[Kept] = &[
    Kept {
        id: "visitors.visitor",
        what: |lang: Lang| VisitorTexts::of(lang).kept,
        purpose: |lang: Lang| VisitorTexts::of(lang).kept_purpose,
        sealed: true,
        keep: Some("keep.visitors"),
        due: Some(old),
        let_go,
    },
    Kept {
        id: "visitors.code",
        what: |lang: Lang| VisitorTexts::of(lang).kept_code,
        purpose: |lang: Lang| VisitorTexts::of(lang).kept_code_purpose,
        sealed: true,
        keep: Some("keep.visitors.code"),
        due: Some(old_codes),
        let_go: drop_codes,
    },
];
