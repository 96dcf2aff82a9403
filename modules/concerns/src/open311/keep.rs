//! Where the system administrator admits programs and takes their keys back.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::Ctx;
use store::StoreError;
use web::kit::{Choice, Column, Fact};
use web::{Errors, Fields, Page, PageError, Shell, Staff, dates, page, redirect};

use super::program::{self, AdmitError, KeepPrograms, Program, ProgramId};
use super::texts::KeepTexts;

struct Row {
    id: String,
    name: String,
    since: String,
    answers: &'static str,
    brought: i64,
    open: bool,
}

#[derive(Template)]
#[template(path = "open311/keep.html")]
struct KeepPage {
    shell: Shell,
    t: &'static KeepTexts,
    errors: Errors,
    fields: Fields,
    op_key: String,
    answers: Vec<Choice>,
    addresses: Vec<Fact>,
    made: String,
    columns: Vec<Column>,
    rows: Vec<Row>,
}

/// The programs, and the form for another.
pub(super) async fn show(staff: Staff) -> Result<Page, PageError> {
    draw(&staff, Fields::default(), Errors::none(), String::new()).await
}

async fn draw(staff: &Staff, fields: Fields, errors: Errors, made: String) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx: &Ctx, who| {
            who.has::<KeepPrograms>().ok_or(PageError::Forbidden)?;
            let v = who.visit();
            let t = KeepTexts::of(v.lang);
            let row = |one: Program| Row {
                id: one.id.to_string(),
                name: one.name,
                since: dates::moment(v.lang, one.admitted_at, ctx.now),
                answers: if one.token_first { t.short_token } else { t.short_number },
                brought: one.brought,
                open: one.revoked_at.is_none(),
            };
            let address = |term: &str, path: &str| Fact::new(term, v.link(path));
            let token = fields.chose("answers", "token");
            page(&KeepPage {
                shell: who.shell(t.title),
                t,
                errors: errors.clone(),
                op_key: v.op_key(),
                answers: vec![Choice::new("number", t.answers_number).chosen(!token), Choice::new("token", t.answers_token).chosen(token)],
                addresses: vec![
                    address(t.base, "/open311/v2"),
                    address(t.discovery, "/open311/discovery.json"),
                    address(t.schema, "/open311/v2/openapi.json"),
                ],
                made: made.clone(),
                columns: vec![
                    Column::new(t.col_name),
                    Column::new(t.col_since),
                    Column::new(t.col_answers),
                    Column::number(t.col_brought),
                    Column::new(t.col_state),
                    Column::new(t.col_do),
                ],
                rows: program::all(tx)?.into_iter().map(row).collect(),
                fields: fields.clone(),
            })
        })
        .await
}

/// Admits a program, and shows its key once.
pub(super) async fn give(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let key = fields.op_key()?;
    let t = KeepTexts::of(staff.lang);
    let (name, token_first) = (fields.text("name"), fields.chose("answers", "token"));
    let done = staff
        .attempt(move |tx, ctx, who| -> Result<Option<String>, AdmitError> {
            let Some(proof) = who.has::<KeepPrograms>() else { return Ok(None) };
            program::admit(tx, ctx, &proof, &key, &name, token_first)?;
            Ok(Some(program::key(ctx, &key)))
        })
        .await?;
    let mut errors = Errors::none();
    match done {
        Ok(None) => return Err(PageError::Forbidden),
        Ok(Some(made)) => return Ok(draw(&staff, Fields::default(), errors, made).await?.secret().into_response()),
        Err(AdmitError::Name) => errors.add("name", t.name_wrong),
        Err(AdmitError::TooMany) => errors.add("name", t.many),
        Err(AdmitError::Store(error)) => return Err(error.into()),
    }
    Ok(draw(&staff, fields, errors, String::new()).await?.again().into_response())
}

/// Takes a key back.
pub(super) async fn revoke(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let key = fields.op_key()?;
    let id: ProgramId = id.parse().map_err(|_| PageError::NotFound)?;
    let t = KeepTexts::of(staff.lang);
    staff
        .write(move |tx, ctx, who| {
            let proof = who.has::<KeepPrograms>().ok_or(PageError::Forbidden)?;
            let done: Result<(), StoreError> =
                store::once(tx, ctx.now, &key, "concerns.revoke_program", who.person.bytes(), |tx| program::revoke(tx, ctx, &proof, id));
            done.map_err(PageError::from)
        })
        .await?;
    Ok(redirect("/admin/open311").done(t.revoked).into_response())
}
