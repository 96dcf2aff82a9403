//! Keeping the filter of the list under a name, and dropping it again.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use store::StoreError;
use web::shell::Tone;
use web::{Fields, PageError, Staff, redirect};

use super::StaffTexts;
use crate::permissions::Read;
use crate::view::{self, ViewError, ViewId};

/// What of an address is a filter.
const FILTERS: [&str; 9] = ["q", "state", "unit", "kind", "light", "source", "outcome", "since", "until"];

/// The filter of an address, as it is kept; empty where there is none.
pub(super) fn filter(fields: &Fields) -> String {
    let kept = FILTERS.iter().map(|name| (*name, fields.value(name).trim())).filter(|(_, value)| !value.is_empty());
    web::form::encode(kept)
}

/// Keeps the filter that the list shows.
pub(super) async fn keep(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let key = fields.op_key()?;
    let (name, kept) = (fields.text("name"), filter(&fields));
    let (t, to) = (StaffTexts::of(staff.lang), format!("/work/all?{kept}"));
    let done = staff
        .attempt(move |tx, ctx, who| {
            let Some(proof) = who.has::<Read>() else { return Ok(None) };
            view::keep(tx, ctx, &proof, &key, &name, &kept).map(Some)
        })
        .await?;
    let back = redirect(to);
    Ok(match done {
        Ok(Some(_)) => back.done(t.view_kept),
        Ok(None) => return Err(PageError::Forbidden),
        Err(ViewError::Name) => back.flash(Tone::Error, t.view_name_wrong),
        Err(ViewError::Filter) => back.flash(Tone::Error, t.view_nothing),
        Err(ViewError::TooMany) => back.flash(Tone::Error, t.view_many),
        Err(ViewError::Store(error)) => return Err(error.into()),
    }
    .into_response())
}

/// Drops a view.
pub(super) async fn discard(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let key = fields.op_key()?;
    let id: ViewId = id.parse().map_err(|_| PageError::NotFound)?;
    let t = StaffTexts::of(staff.lang);
    staff
        .write(move |tx, ctx, who| {
            let proof = who.has::<Read>().ok_or(PageError::Forbidden)?;
            let done: Result<(), StoreError> =
                store::once(tx, ctx.now, &key, "concerns.drop_view", who.person.bytes(), |tx| view::drop_view(tx, ctx, &proof, id));
            done.map_err(PageError::from)
        })
        .await?;
    Ok(redirect("/work/all").done(t.view_dropped).into_response())
}
