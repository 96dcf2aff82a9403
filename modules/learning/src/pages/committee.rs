//! Who sits on the branch's committee beside its secretary, and since when the secretary is one: said by the branch, since
//! more study is asked of them.

use askama::Template;
use axum::response::{IntoResponse, Response};
use base::{Ctx, Date, PersonId, Time, UnitId};
use people::Role;
use store::{StoreError, Tx};
use web::kit::Choice;
use web::{Errors, Fields, Page, PageError, Shell, Staff, fill, page, redirect};

use super::branch::{keeper, members};
use super::refusal;
use crate::operate::LearnError;
use crate::texts::LearnTexts;
use crate::{committee, hours, since};

#[derive(Template)]
#[template(path = "learning/committee.html")]
struct FormPage {
    shell: Shell,
    t: &'static LearnTexts,
    branch: String,
    errors: Errors,
    op_key: String,
    people: Vec<Choice>,
    /// The secretary of the branch; empty where it has none.
    leads: String,
    since: String,
    since_hint: String,
}

async fn draw(staff: &Staff, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let branch = keeper(who, fields.id("unit"))?.unit();
            let t = LearnTexts::of(who.visit().lang);
            let sits = committee::of(tx, branch)?;
            let leads = secretary(tx, ctx.now, branch)?;
            let since = match &leads {
                _ if fields.has("since") => fields.value("since").to_owned(),
                Some((person, _)) => since::said(tx, *person)?.map(|since| since.to_string()).unwrap_or_default(),
                None => String::new(),
            };
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
                leads: leads.map(|(_, name)| name).unwrap_or_default(),
                since,
                since_hint: induction(t, ctx),
            })
        })
        .await
}

/// Who leads a branch, not only for the time being.
fn secretary(tx: &mut Tx, now: Time, branch: UnitId) -> Result<Option<(PersonId, String)>, StoreError> {
    let held = people::read::holders_in(tx, now, branch)?.into_iter().find(|held| held.role == Role::BranchSecretary && !held.acting);
    Ok(held.map(|held| (held.person, held.name)))
}

/// Why it is asked, with the rule.
fn induction(t: &LearnTexts, ctx: &Ctx) -> String {
    let rule = ctx.rules().rule_on(hours::INDUCTION, ctx.now.date());
    rule.map(|rule| fill(t.since_hint, &[("n", &rule.amount)])).unwrap_or_default()
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
            let typed = sent.value("since").trim();
            let on = if typed.is_empty() { None } else { Some(typed.parse::<Date>().map_err(|_| LearnError::Field("since"))?) };
            store::once(tx, ctx.now, &key, "learning.committee", who.person.bytes(), |tx| {
                committee::set(tx, ctx, &proof, &who.tree, branch, &people)?;
                match secretary(tx, ctx.now, branch)? {
                    Some((person, _)) => since::say(tx, ctx, &proof, &who.tree, (branch, person), on),
                    None => Ok(()),
                }
            })
        })
        .await?;
    match done {
        Ok(()) => Ok(redirect(format!("/learning/branch?unit={branch}")).done(t.saved).into_response()),
        Err(error) => {
            let (field, words) = refusal(t, error)?;
            let mut errors = Errors::none();
            errors.add(field, words);
            Ok(draw(&staff, fields, errors).await?.again().into_response())
        }
    }
}
