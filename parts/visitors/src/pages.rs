//! Signing in: the number, then the code, one question a page; or by way of another house.

mod outside;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base::phone::Phone;
use base::{Id, Time};
use web::{App, Errors, Fields, Lang, Limit, Page, PageError, Shell, Visit, fill, page, redirect};

use crate::code;
use crate::session::keep;
use crate::texts::VisitorTexts;

pub(crate) fn routes() -> Router<App> {
    let by_code = Router::new().route("/my/sign-in", get(number).post(number_sent)).route("/my/code/{id}", get(code_page).post(code_sent));
    by_code.merge(outside::routes())
}

#[derive(Template)]
#[template(path = "visitors/number.html")]
struct NumberPage {
    shell: Shell,
    t: &'static VisitorTexts,
    errors: Errors,
    offered: bool,
    by_phone: bool,
    /// The words that lead to another house; empty where none vouches.
    outside: String,
    typed: String,
}

#[derive(Template)]
#[template(path = "visitors/code.html")]
struct CodePage {
    shell: Shell,
    t: &'static VisitorTexts,
    errors: Errors,
    lead: String,
    id: String,
}

fn number_page(visit: &Visit, typed: &str, errors: Errors) -> Result<Page, PageError> {
    let t = VisitorTexts::of(visit.lang);
    let outside = visit.district.vouches().map(|house| fill(t.outside, &[("name", &house.name)])).unwrap_or_default();
    let (offered, by_phone) = (crate::offered(visit), crate::by_phone(visit));
    page(&NumberPage { shell: visit.shell(t.title), t, errors, offered, by_phone, outside, typed: typed.to_owned() })
}

async fn number(visit: Visit) -> Result<Page, PageError> {
    number_page(&visit, "", Errors::none())
}

async fn number_sent(visit: Visit, fields: Fields) -> Result<Response, PageError> {
    visit.limit(Limit::SignIn)?;
    if !crate::by_phone(&visit) {
        return Err(PageError::NotFound);
    }
    let (t, typed) = (VisitorTexts::of(visit.lang), fields.value("phone").to_owned());
    let words = match Phone::parse(&typed) {
        Ok(phone) if phone.is_mobile() => {
            let id = visit.write(move |tx, ctx| code::ask(tx, ctx, &phone)).await?;
            return Ok(redirect(format!("/my/code/{id}")).into_response());
        }
        Ok(_) => t.phone_landline.to_owned(),
        Err(_) if typed.trim().is_empty() => t.phone_missing.to_owned(),
        Err(wrong) => match visit.lang {
            Lang::Hans => wrong.zh(),
            Lang::Hant => web::lang::to_hant(&wrong.zh()),
            Lang::En => wrong.to_string(),
        },
    };
    let mut errors = Errors::none();
    errors.add("phone", words);
    Ok(number_page(&visit, &typed, errors)?.again().into_response())
}

fn code_shown(visit: &Visit, id: Id, errors: Errors) -> Result<Page, PageError> {
    let t = VisitorTexts::of(visit.lang);
    let lead = fill(t.code_lead, &[("n", &(code::GOOD / Time::MINUTE))]);
    page(&CodePage { shell: visit.shell(t.code_title), t, errors, lead, id: id.to_string() })
}

async fn code_page(visit: Visit, Path(id): Path<String>) -> Result<Page, PageError> {
    let id: Id = id.parse().map_err(|_| PageError::NotFound)?;
    code_shown(&visit, id, Errors::none())
}

async fn code_sent(visit: Visit, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    visit.limit(Limit::SignIn)?;
    let id: Id = id.parse().map_err(|_| PageError::NotFound)?;
    let typed = fields.value("code").to_owned();
    match visit.write(move |tx, ctx| code::enter(tx, ctx, id, &typed)).await? {
        Some(token) => Ok(redirect("/my").header(header::SET_COOKIE, keep(&visit, &token)).into_response()),
        None => {
            let mut errors = Errors::none();
            errors.add("code", VisitorTexts::of(visit.lang).code_wrong);
            Ok(code_shown(&visit, id, errors)?.again().into_response())
        }
    }
}
