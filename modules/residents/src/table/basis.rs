//! By what right notes for care are kept, as three columns of a community's table: the ground, how consent was given, the day.
//! A row that leaves them empty says nothing of it; what was noted before holds on.

use base::{Ctx, Id};
use people::Authority;
use sheets::{Problem, Record};
use store::{Sql, StoreError, Tx, p, sql};
use web::Lang;
use web::bring::problem;

use crate::ResidentId;
use crate::basis::{self, Basis, Ground, Means};
use crate::enter::{EnterError, about};
use crate::events::ResidentBasisUndone;
use crate::model::Resident;
use crate::pages::texts::ResidentTexts;
use crate::permissions::Keep;

/// What a ground is called in a table.
pub(super) fn ground_name(ground: Ground) -> &'static str {
    let t = ResidentTexts::of(Lang::Hans);
    match ground {
        Ground::Consent => t.ground_consent,
        Ground::Guardian => t.ground_guardian,
        Ground::Duty => t.ground_duty,
    }
}

/// What means are called in a table.
pub(super) fn means_name(means: Means) -> &'static str {
    let t = ResidentTexts::of(Lang::Hans);
    match means {
        Means::Written => t.means_written,
        Means::Spoken => t.means_spoken,
        Means::Telephone => t.means_telephone,
        Means::Online => t.means_online,
    }
}

/// The ground that a cell names, as offices write it.
fn ground(said: &str) -> Option<Ground> {
    let known = Ground::ALL.into_iter().find(|ground| ground_name(*ground) == said);
    known.or(match said {
        "同意" | "本人" => Some(Ground::Consent),
        "监护人" | "家长同意" | "父母同意" => Some(Ground::Guardian),
        "法定职责" | "依法履职" => Some(Ground::Duty),
        _ => None,
    })
}

fn means(said: &str) -> Option<Means> {
    let known = Means::ALL.into_iter().find(|means| means_name(*means) == said);
    known.or(match said {
        "书面同意" | "签字" => Some(Means::Written),
        "口头" | "当面" => Some(Means::Spoken),
        "电话同意" => Some(Means::Telephone),
        "网上" | "微信" => Some(Means::Online),
        _ => None,
    })
}

/// The basis of a row, whose other cells are right; nothing where it names none, or one that cannot be, which the record says.
pub(super) fn read(ctx: &Ctx, record: &mut Record<'_>, plain: &Resident) -> Option<Basis> {
    let (said, how, on) = (record.line("ground"), record.line("means"), record.date("on"));
    let Some(said) = said else {
        if how.is_some() || on.is_some() {
            record.error("ground", Problem::Missing);
        }
        return None;
    };
    let Some(ground) = ground(&said) else {
        record.error("ground", problem("请填“本人同意”“监护人同意”或“履行法定职责”", "must be 本人同意, 监护人同意 or 履行法定职责"));
        return None;
    };
    let means = match how.filter(|_| ground != Ground::Duty) {
        None => None,
        Some(how) => {
            let found = means(&how);
            if found.is_none() {
                record.error("means", problem("请填“书面”“当面口头”“电话”或“线上”", "must be 书面, 当面口头, 电话 or 线上"));
                return None;
            }
            found
        }
    };
    let Some(on) = on else {
        // A cell that is no day says so itself.
        if record.errors().is_empty() {
            record.error("on", Problem::Missing);
        }
        return None;
    };
    let basis = Basis { ground, means, on };
    match basis::check(ctx, plain, &basis) {
        Ok(()) => return Some(basis),
        Err(EnterError::Child) => {
            record.error("ground", problem("不满十四周岁的，要由监护人同意", "below fourteen a parent or guardian consents"));
        }
        Err(_) if on > ctx.now.date() => record.error("on", problem("日期不能晚于今天", "is in the future")),
        Err(_) => record.error("means", Problem::Missing),
    }
    None
}

/// Notes what a row says, unless that holds already; tells under which id.
pub(super) fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    who: Authority<'_, Keep>,
    (community, id): (base::UnitId, ResidentId),
    basis: Option<&Basis>,
    batch: Id,
) -> Result<Option<Id>, StoreError> {
    let Some(basis) = basis else { return Ok(None) };
    basis::insert(tx, ctx, who, community, id, basis, Some(batch)).map(Some)
}

/// Whether a row says something of the basis that does not hold already.
pub(super) fn is_new(tx: &mut Tx, id: ResidentId, basis: Option<&Basis>) -> Result<bool, StoreError> {
    match basis {
        None => Ok(false),
        Some(basis) => Ok(basis::basis(tx, id)?.is_none_or(|holds| holds.basis != *basis)),
    }
}

/// By the primary key.
const UNDO: &Sql = sql!("UPDATE resident_basis SET withdrawn_at = ?2 WHERE told = ?1 AND withdrawn_at IS NULL");

/// Takes back what an import noted.
pub(super) fn undo(
    tx: &mut Tx,
    ctx: &Ctx,
    who: Authority<'_, Keep>,
    (community, id): (base::UnitId, ResidentId),
    told: Id,
    batch: Id,
) -> Result<(), StoreError> {
    if tx.exec(UNDO, p![told, ctx.now])? == 1 {
        record::append(tx, ctx, about(ctx, who.actor(), community, id, Some(batch)), &ResidentBasisUndone { told })?;
    }
    Ok(())
}
