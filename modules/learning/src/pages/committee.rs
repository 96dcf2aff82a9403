//! Who sits on the branch's committee beside its secretary: said by the branch, since more study is asked of them.

use askama::Template;
use axum::response::{IntoResponse, Response};
use base::PersonId;
use people::Role;
use web::kit::Choice;
use web::{Errors, Fields, Page, PageError, Shell, Staff, page, redirect};

use super::branch::{keeper, members};
use super::refusal;
use crate::committee;
use crate::operate::LearnError;
use crate::texts::LearnTexts;

#[derive(Template)]
#[template(path = "learning/committee.html")]
struct FormPage {
    shell: Shell,
    t: &'static LearnTexts,
    branch: String,
    errors: Errors,
    op_key: String,
    people: Vec<Choice>,
}

async fn draw(staff: &Staff, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let branch = keeper(who, fields.id("unit"))?.unit();
            let t = LearnTexts::of(who.visit().lang);
            let sits = committee::of(tx, branch)?;
            // The secretary is one of them by the post.
            let others = members(tx, ctx, branch)?.into_iter().filter(|(_, (_, roles))| !roles.contains(&Role::BranchSecretary));
            let people = others.map(|(id, (name, _))| Choice::new(id.to_string(), name).chosen(sits.contains(&id)));
            page(&FormPage {
                shell: who.shell(t.committee_title),
                t,
                branch: branch.to_string(),
                errors: errors.clone(),
                op_key: who.visit().op_key(),
                people: people.collect(),
            })
        })
        .await
}

/// The form.
pub(super) async fn form(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    draw(&staff, fields, Errors::none()).await
}

/// Say who sits there.
pub(super) async fn set(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (key, t) = (fields.op_key()?, LearnTexts::of(staff.lang));
    let branch = fields.value("unit").to_owned();
    let sent = fields.clone();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let branch = sent.id("unit").ok_or(LearnError::Denied)?;
            let proof = keeper(who, Some(branch)).map_err(|_| LearnError::Denied)?;
            let people: Vec<PersonId> = sent.all("person").filter_map(|id| id.parse().ok()).collect();
            store::once(tx, ctx.now, &key, "learning.committee", who.person.bytes(), |tx| {
                committee::set(tx, ctx, &proof, &who.tree, branch, &people)
            })
        })
        .await?;
    match done {
        Ok(()) => Ok(redirect(format!("/learning/branch?unit={branch}")).done(t.saved).into_response()),
        Err(error) => {
            let (_, words) = refusal(t, error)?;
            let mut errors = Errors::none();
            errors.add("person", words);
            Ok(draw(&staff, fields, errors).await?.again().into_response())
        }
    }
}
