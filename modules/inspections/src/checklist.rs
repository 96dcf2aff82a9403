//! Checklists: entered, changed as another version, taken out of use. What a visit was made by stays as it was.

use base::Ctx;
use people::Proof;
use record::text_digest_hex;
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{ChecklistChanged, ChecklistEnded, ChecklistEntered, ChecklistId};
use crate::inspect::{Inspect, InspectError, about};
use crate::read;

/// The most lines of a checklist.
pub const MOST_LINES: usize = 60;

/// What stands in an event of a checklist: its name and its lines.
pub(crate) fn body(name: &str, lines: &str) -> String {
    format!("{name}\n\n{lines}")
}

/// Name and lines as they are kept.
fn clean(name: &str, lines: &str) -> Result<(String, String), InspectError> {
    let name = base::text::clean_line(name);
    if name.is_empty() || base::text::count_chars(&name) > 60 {
        return Err(InspectError::Field("name"));
    }
    let lines: Vec<String> = lines.lines().map(base::text::clean_line).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() || lines.len() > MOST_LINES || lines.iter().any(|line| base::text::count_chars(line) > 200) {
        return Err(InspectError::Field("lines"));
    }
    Ok((name, lines.join("\n")))
}

const ENTER: &Sql =
    sql!("INSERT INTO checklist (id, name, lines, salt, created_at, created_by, list, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");

/// Enters a checklist: a name, and a line for each thing to look at.
///
/// # Errors
/// [`InspectError`].
pub fn enter(tx: &mut Tx, ctx: &Ctx, who: &Proof<Inspect>, name: &str, lines: &str) -> Result<ChecklistId, InspectError> {
    let (name, lines) = clean(name, lines)?;
    let (salt, id) = (ctx.salt(), ctx.id::<ChecklistId>());
    let values = p![id, name.as_str(), lines.as_str(), &salt[..], ctx.now, who.person(), None::<ChecklistId>, 1_i64];
    tx.exec(ENTER, values)?;
    let facts = ChecklistEntered { body: text_digest_hex(&salt, &body(&name, &lines)) };
    record::append(tx, ctx, about(ctx, who.actor(), who.unit(), id.0), &facts)?;
    Ok(id)
}

/// Enters the next version of a checklist that is in use; `of` is the version that the change was made from.
///
/// # Errors
/// [`InspectError`]; [`InspectError::NotNow`] where somebody was quicker.
pub fn change(tx: &mut Tx, ctx: &Ctx, who: &Proof<Inspect>, of: ChecklistId, name: &str, lines: &str) -> Result<ChecklistId, InspectError> {
    let from = read::checklist(tx, of)?.ok_or(InspectError::NotFound)?;
    let newest = read::checklists(tx)?.into_iter().find(|one| one.list == from.list);
    if newest.is_none_or(|newest| newest.id != of) {
        return Err(InspectError::NotNow);
    }
    let (name, lines) = clean(name, lines)?;
    let (salt, id, version) = (ctx.salt(), ctx.id::<ChecklistId>(), from.version + 1);
    let values = p![id, name.as_str(), lines.as_str(), &salt[..], ctx.now, who.person(), from.list, version];
    tx.exec(ENTER, values).map_err(|error| match error {
        StoreError::Unique(name) if name == "checklist_version" => InspectError::NotNow,
        other => InspectError::Store(other),
    })?;
    let facts = ChecklistChanged { list: from.list, version, body: text_digest_hex(&salt, &body(&name, &lines)) };
    record::append(tx, ctx, about(ctx, who.actor(), who.unit(), id.0), &facts)?;
    Ok(id)
}

const END: &Sql = sql!("UPDATE checklist SET ended_at = ?2, ended_by = ?3 WHERE id = ?1 AND ended_at IS NULL");

/// Takes a checklist out of use: no further visit is made by it, those that were stay.
///
/// # Errors
/// [`InspectError`].
pub fn end(tx: &mut Tx, ctx: &Ctx, who: &Proof<Inspect>, of: ChecklistId) -> Result<(), InspectError> {
    let from = read::checklist(tx, of)?.ok_or(InspectError::NotFound)?;
    let newest = read::checklists(tx)?.into_iter().find(|one| one.list == from.list).ok_or(InspectError::NotNow)?;
    if tx.exec(END, p![from.list, ctx.now, who.person()])? != 1 {
        return Err(InspectError::NotNow);
    }
    record::append(tx, ctx, about(ctx, who.actor(), who.unit(), from.list.0), &ChecklistEnded { version: newest.version })?;
    Ok(())
}
