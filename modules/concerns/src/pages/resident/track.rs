//! Following a concern by typing its number and code.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use web::{Errors, Fields, Limit, Page, PageError, Shell, Visit, page, redirect};

use super::ResidentTexts;
use crate::receipt;

#[derive(Template)]
#[template(path = "resident/track.html")]
struct TrackPage {
    shell: Shell,
    t: &'static ResidentTexts,
    errors: Errors,
    fields: Fields,
    /// Why the link that was opened leads nowhere; empty where none was.
    cut: &'static str,
    /// The words that lead to signing in; empty where nobody can.
    sign_in: &'static str,
}

fn form_page(visit: &Visit, fields: Fields, errors: Errors, cut: &'static str) -> Result<Page, PageError> {
    let t = ResidentTexts::of(visit.lang);
    let sign_in = if visitors::offered(visit) { super::mine::MineTexts::of(visit.lang).sign_in } else { "" };
    page(&TrackPage { shell: visit.shell(t.track_title), t, errors, fields, cut, sign_in })
}

/// The form for who opened a link of a receipt that leads nowhere: cut off where it was sent on, copied with a letter
/// missing, or older than the sign-in that it was for. What of it can be a number stands there already.
pub(super) fn cut_off(visit: &Visit, no: &str) -> Result<Page, PageError> {
    let mut fields = Fields::default();
    if let Ok(no) = base::number::parse(no) {
        fields.set("no", base::number::show(&no));
    }
    let page = form_page(visit, fields, Errors::none(), ResidentTexts::of(visit.lang).track_cut)?;
    Ok(page.status(StatusCode::NOT_FOUND).secret())
}

/// A link without its code.
pub(super) async fn cut(visit: Visit, Path(no): Path<String>) -> Result<Page, PageError> {
    visit.limit(Limit::Track)?;
    cut_off(&visit, &no)
}

/// A link without a number.
pub(super) async fn bare(visit: Visit) -> Result<Page, PageError> {
    cut_off(&visit, "")
}

/// The empty form.
pub(super) async fn form(visit: Visit) -> Result<Page, PageError> {
    form_page(&visit, Fields::default(), Errors::none(), "")
}

/// Opens the concern, or says what does not fit. Whether the number or the code is wrong is not told.
pub(super) async fn find(visit: Visit, fields: Fields) -> Result<Response, PageError> {
    visit.limit(Limit::Track)?;
    let t = ResidentTexts::of(visit.lang);
    let mut errors = Errors::none();
    let (no, secret) = (fields.text("no"), fields.text("secret"));
    if no.is_empty() {
        errors.add("no", t.track_number_empty);
    } else if let Err(wrong) = base::number::parse(&no) {
        errors.add("no", super::typed::by_lang(visit.lang, &wrong.zh(), &wrong.to_string()));
    }
    if secret.is_empty() {
        errors.add("secret", t.track_secret_empty);
    }
    if errors.is_empty() {
        let typed = secret.clone();
        let found = visit.read(move |tx, _| receipt::find(tx, &no, &typed)).await?;
        match found {
            Some(holder) => {
                return Ok(redirect(format!("/r/{}/{}", holder.no(), receipt::typed(&secret).unwrap_or_default())).into_response());
            }
            None => errors.add("secret", t.track_none),
        }
    }
    Ok(form_page(&visit, fields, errors, "")?.again().into_response())
}
