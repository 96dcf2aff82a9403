//! Persons, the posts they hold, and their accounts.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base::{Ctx, PersonId, UnitId};
use people::read::{Account, Person};
use people::{
    Authority, CreatePerson, CreatePersonError, Grant, HoldingId, Invite, InviteError, LockError, ManageAccounts, ManagePeople, Permission,
    Proof, ReleaseError, WithdrawError, change_person, create_person, invite, lock_account, release, revoke_sessions, unlock_account,
    withdraw_holding,
};
use store::Tx;

use super::words::AdminTexts;
use super::{Refusal, act, admit, by, phone};
use crate::kit::{Choice, Fact};
use crate::pages::words::role;
use crate::{App, Errors, Fields, Lang, PageError, Shell, Signed, Staff, page, redirect};

/// Persons on one page.
const ROWS: usize = 50;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/admin/people", get(list))
        .route("/admin/people/add", get(add_form).post(add))
        .route("/admin/people/{person}", get(show))
        .route("/admin/people/{person}/change", get(change_form).post(change))
        .route("/admin/people/{person}/invite", get(invite_form).post(send_invite))
        .route("/admin/people/{person}/release", post(send_release))
        .route("/admin/people/{person}/lock", post(lock))
        .route("/admin/people/{person}/unlock", post(unlock))
        .route("/admin/people/{person}/sessions/end", post(end_sessions))
}

fn to_person(person: PersonId) -> String {
    format!("/admin/people/{person}")
}

#[derive(Template)]
#[template(path = "admin-people.html")]
struct ListPage {
    shell: Shell,
    t: &'static AdminTexts,
    rows: Vec<Person>,
    q: String,
    none: String,
    next: String,
    manages: bool,
}

async fn list(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    staff
        .read(move |tx, _, who| {
            admit(who)?;
            let t = AdminTexts::of(who.visit().lang);
            let q = fields.text("q");
            let mut rows = if q.is_empty() {
                people::read::persons(tx, fields.id("after"), i64::try_from(ROWS).unwrap_or(50) + 1)?
            } else {
                people::read::find_persons(tx, &q)?
            };
            let mut next = String::new();
            if q.is_empty() && rows.len() > ROWS {
                rows.truncate(ROWS);
                next = rows.last().map(|last| format!("/admin/people?after={}", last.id)).unwrap_or_default();
            }
            let none = if q.is_empty() { t.people_none.to_owned() } else { crate::fill(t.find_none, &[("q", &q)]) };
            let manages = who.has::<ManagePeople>().is_some();
            page(&ListPage { shell: who.shell(t.people_title), t, rows, q, none, next, manages }).map(IntoResponse::into_response)
        })
        .await
}

/// What a form about a person does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Add,
    Change,
    Invite,
}

#[derive(Template)]
#[template(path = "admin-person-form.html")]
struct FormPage {
    shell: Shell,
    t: &'static AdminTexts,
    errors: Errors,
    fields: Fields,
    form: Form,
    op_key: String,
    action: String,
    back: String,
    has_account: bool,
    has_totp: bool,
}

async fn add_form(staff: Staff) -> Result<Response, PageError> {
    form(&staff, None, Fields::default(), Form::Add, Errors::none()).await
}

async fn change_form(staff: Staff, Path(person): Path<PersonId>) -> Result<Response, PageError> {
    form(&staff, Some(person), Fields::default(), Form::Change, Errors::none()).await
}

async fn invite_form(staff: Staff, Path(person): Path<PersonId>) -> Result<Response, PageError> {
    form(&staff, Some(person), Fields::default(), Form::Invite, Errors::none()).await
}

/// A form, with what was typed and what is wrong with it.
async fn form(staff: &Staff, person: Option<PersonId>, fields: Fields, form: Form, errors: Errors) -> Result<Response, PageError> {
    staff
        .read(move |tx, _, who| {
            admit(who)?;
            let t = AdminTexts::of(who.visit().lang);
            let person = match person {
                Some(id) => Some(people::read::person(tx, id)?.ok_or(PageError::NotFound)?),
                None => None,
            };
            let account = person.as_ref().and_then(|person| person.account.as_ref());
            let mut fields = fields.clone();
            if form == Form::Change
                && fields.get("name").is_none()
                && let Some(person) = &person
            {
                fields.set("name", person.name.clone());
                fields.set("phone", person.phone.clone().unwrap_or_default());
            }
            let back = person.as_ref().map_or_else(|| "/admin/people".to_owned(), |person| to_person(person.id));
            let (title, action) = match form {
                Form::Add => (t.add_person, "/admin/people/add".to_owned()),
                Form::Change => (t.change_person, format!("{back}/change")),
                Form::Invite if account.is_some() => (t.invite_reset, format!("{back}/invite")),
                Form::Invite => (t.invite, format!("{back}/invite")),
            };
            let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
            let made = page(&FormPage {
                shell: who.shell(title),
                t,
                op_key: fields.get("op_key").map_or_else(|| who.visit().op_key(), str::to_owned),
                has_account: account.is_some(),
                has_totp: account.is_some_and(|account| account.has_totp),
                errors: errors.clone(),
                fields,
                form,
                action,
                back,
            })?;
            Ok(made.status(status).into_response())
        })
        .await
}

async fn add(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (typed, key) = (fields.clone(), fields.op_key()?);
    let work = move |tx: &mut Tx, ctx: &Ctx, who: &Signed| {
        let t = AdminTexts::of(who.visit().lang);
        let proof = who.has::<ManagePeople>().ok_or(PageError::Forbidden)?;
        let input = CreatePerson { name: typed.text("name"), phone: phone(who.visit().lang, &typed)? };
        let made = store::once(tx, ctx.now, &key, "people.create_person", who.person.bytes(), |tx| {
            create_person(tx, ctx, &proof, &input).map_err(|error| person_refused(t, error))
        })?;
        Ok(redirect(to_person(made)).done(t.added))
    };
    act(&staff, work, |errors| form(&staff, None, fields, Form::Add, errors)).await
}

fn person_refused(t: &AdminTexts, error: CreatePersonError) -> Refusal {
    match error {
        CreatePersonError::BadName => Refusal::field("name", t.name_bad),
        CreatePersonError::Gone => Refusal::Page(PageError::NotFound),
        CreatePersonError::NotCovered => Refusal::field("name", t.not_covered),
        CreatePersonError::Store(error) => error.into(),
    }
}

async fn change(staff: Staff, Path(person): Path<PersonId>, fields: Fields) -> Result<Response, PageError> {
    let typed = fields.clone();
    let work = move |tx: &mut Tx, ctx: &Ctx, who: &Signed| {
        let t = AdminTexts::of(who.visit().lang);
        let proof = over::<ManagePeople>(tx, ctx, who, person)?;
        let input = CreatePerson { name: typed.text("name"), phone: phone(who.visit().lang, &typed)? };
        change_person(tx, ctx, &proof, person, &input).map_err(|error| person_refused(t, error))?;
        Ok(redirect(to_person(person)).done(t.saved))
    };
    act(&staff, work, |errors| form(&staff, Some(person), fields, Form::Change, errors)).await
}

/// A holding in the list of a person's posts.
struct HeldRow {
    id: HoldingId,
    unit: UnitId,
    place: String,
    title: String,
    role: &'static str,
    when: String,
    open: bool,
    /// Whether it has begun; until then it is taken back rather than ended.
    begun: bool,
    /// The name of the field, and colleagues who could take over what is in hand.
    field: String,
    others: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "admin-person.html")]
struct PersonPage {
    shell: Shell,
    t: &'static AdminTexts,
    person: Person,
    facts: Vec<Fact>,
    held: Vec<HeldRow>,
    manages: bool,
    grants: bool,
    guards: bool,
    invites: bool,
    /// The code of this administrator is not given out here.
    apart: bool,
}

async fn show(staff: Staff, Path(person): Path<PersonId>) -> Result<Response, PageError> {
    staff
        .read(move |tx, ctx, who| {
            admit(who)?;
            let lang = who.visit().lang;
            let t = AdminTexts::of(lang);
            let found = people::read::person(tx, person)?.ok_or(PageError::NotFound)?;
            let guards = covering::<ManageAccounts>(tx, ctx, who, person)?.is_some();
            let manages = covering::<ManagePeople>(tx, ctx, who, person)?.is_some();
            let invites = covering::<Invite>(tx, ctx, who, person)?.is_some() && (found.account.is_none() || guards);
            let apart = guards && people::is_apart(tx, ctx, person)?;
            let day = |at: base::Time| crate::dates::day(lang, at.date(), ctx.now);
            let holdings = people::read::holdings_of(tx, person)?;
            let mut colleagues = Vec::new();
            for holding in &holdings {
                let mut others = vec![Choice::new("", t.back_to_unit).chosen(true)];
                for held in colleagues_of(tx, ctx, person, holding.unit)? {
                    if !others.iter().any(|other| other.value == held.person.to_string()) {
                        others.push(Choice::new(held.person.to_string(), held.name));
                    }
                }
                colleagues.push(others);
            }
            let held = holdings.into_iter().zip(colleagues).map(|(holding, others)| HeldRow {
                field: format!("successor-{}", holding.id),
                others,
                open: holding.to.is_none_or(|to| to > ctx.now),
                begun: holding.from <= ctx.now,
                when: match holding.to {
                    None => crate::fill(t.held_since, &[("when", &day(holding.from))]),
                    // The day that counts whole is the one before the moment at which it ends.
                    Some(to) => {
                        let last = if holding.acting { to.plus(-1) } else { to };
                        crate::fill(t.held_from_to, &[("from", &day(holding.from)), ("to", &day(last))])
                    }
                },
                id: holding.id,
                unit: holding.unit,
                place: who.tree.full_name(holding.unit),
                title: if holding.acting { format!("{}{}", holding.title, t.acting) } else { holding.title },
                role: role(lang, holding.role),
            });
            let made = page(&PersonPage {
                shell: who.shell(found.name.clone()),
                t,
                facts: facts(t, lang, &found, ctx),
                held: held.collect(),
                manages,
                grants: who.has::<Grant>().is_some(),
                guards,
                invites: invites && !apart,
                apart,
                person: found,
            })?;
            Ok(made.into_response())
        })
        .await
}

fn facts(t: &AdminTexts, lang: Lang, person: &Person, ctx: &Ctx) -> Vec<Fact> {
    let mut facts = Vec::new();
    if let Some(phone) = &person.phone {
        facts.push(Fact::new(t.person_phone, phone.clone()));
    }
    match &person.account {
        None => facts.push(Fact::new(t.account, t.no_account)),
        Some(Account { login, locked, has_totp, created_at, .. }) => {
            facts.push(Fact::new(t.login, login.clone()));
            facts.push(Fact::new(t.opened, crate::dates::day(lang, created_at.date(), ctx.now)));
            let state: Vec<&str> =
                [(*locked, t.locked), (*has_totp, t.second_factor)].into_iter().filter(|(is, _)| *is).map(|(_, w)| w).collect();
            if !state.is_empty() {
                facts.push(Fact::new(t.account, state.join(if lang.is_chinese() { "、" } else { ", " })));
            }
        }
    }
    facts
}

#[derive(Template)]
#[template(path = "admin-code.html")]
struct CodePage {
    shell: Shell,
    t: &'static AdminTexts,
    code: String,
    back: String,
}

async fn send_invite(staff: Staff, Path(person): Path<PersonId>, fields: Fields) -> Result<Response, PageError> {
    let typed = fields.clone();
    let done = staff.attempt(move |tx, ctx, who| {
        admit(who)?;
        let t = AdminTexts::of(who.visit().lang);
        let proof = over::<Invite>(tx, ctx, who, person)?;
        let code = invite(tx, ctx, &proof, person, typed.value("login"), typed.has("reset_totp")).map_err(|error| match error {
            InviteError::NoPerson => Refusal::Page(PageError::NotFound),
            InviteError::NotCovered => Refusal::Page(PageError::Conflict(t.not_covered.to_owned())),
            InviteError::BadLogin => Refusal::field("login", crate::pages::words::PeopleTexts::of(who.visit().lang).login_bad),
            InviteError::LoginTaken => Refusal::field("login", crate::pages::words::PeopleTexts::of(who.visit().lang).login_taken),
            InviteError::Administrator => Refusal::Page(PageError::Conflict(t.code_apart.to_owned())),
            InviteError::HasAccount => Refusal::Page(PageError::Conflict(t.has_account.to_owned())),
            InviteError::Store(error) => error.into(),
        })?;
        Ok(page(&CodePage { shell: who.shell(t.invite_code), t, code, back: to_person(person) })?.into_response())
    });
    match done.await? {
        Ok(shown) => Ok(shown),
        Err(Refusal::Page(error)) => Err(error),
        Err(Refusal::Field(field, words)) => {
            let mut errors = Errors::none();
            errors.add(field, words);
            form(&staff, Some(person), fields, Form::Invite, errors).await
        }
    }
}

/// An operation without a form: what it refuses is a page.
async fn simple(
    staff: Staff,
    f: impl Fn(&mut Tx, &Ctx, &Signed, &'static AdminTexts) -> Result<crate::Redirect, Refusal> + Send + 'static,
) -> Result<Response, PageError> {
    let work = move |tx: &mut Tx, ctx: &Ctx, who: &Signed| f(tx, ctx, who, AdminTexts::of(who.visit().lang));
    act(&staff, work, |errors| std::future::ready(Err(PageError::Invalid(errors)))).await
}

async fn send_release(staff: Staff, Path(person): Path<PersonId>, fields: Fields) -> Result<Response, PageError> {
    let holding: HoldingId = fields.id("holding").ok_or(PageError::BadForm)?;
    let successor: Option<PersonId> = fields.id(&format!("successor-{holding}"));
    simple(staff, move |tx, ctx, who, t| {
        let of = people::read::holdings_of(tx, person)?.into_iter().find(|held| held.id == holding).map(|held| held.unit);
        let proof = by::<Grant>(who, of.as_slice())?;
        let left = match release(tx, ctx, &proof, holding, ctx.now) {
            Ok(left) => left,
            // What has not begun is taken back: there was nothing to hand over.
            Err(ReleaseError::BeforeItBegins) => {
                withdraw_holding(tx, ctx, &proof, holding).map_err(|error| match error {
                    WithdrawError::Store(error) => error.into(),
                    WithdrawError::NotCovered => Refusal::Page(PageError::Forbidden),
                    WithdrawError::Gone | WithdrawError::Used => Refusal::Page(PageError::Conflict(t.gone.to_owned())),
                })?;
                return Ok(redirect(to_person(person)).done(t.taken_back));
            }
            Err(ReleaseError::NotCovered) => return Err(Refusal::Page(PageError::Forbidden)),
            Err(ReleaseError::Gone) => return Err(Refusal::Page(PageError::Conflict(t.gone.to_owned()))),
            Err(ReleaseError::LastAdmin) => return Err(Refusal::Page(PageError::Conflict(t.last_admin.to_owned()))),
            Err(ReleaseError::Store(error)) => return Err(error.into()),
        };
        let passed = hand_over(tx, ctx, who, person, holding, successor)?;
        let words = match (passed, left.holders_left) {
            (0, 0) => t.released_last.to_owned(),
            (0, _) => t.released.to_owned(),
            (n, _) => crate::fill(if successor.is_some() { t.released_passed } else { t.released_back }, &[("n", &n)]),
        };
        Ok(redirect(to_person(person)).done(words))
    })
    .await
}

/// Who else is in a unit and could take over what is in hand there. Administrators do no business.
fn colleagues_of(tx: &mut Tx, ctx: &Ctx, person: PersonId, unit: UnitId) -> Result<Vec<people::read::Holding>, store::StoreError> {
    let mut held = people::read::holders_in(tx, ctx.now, unit)?;
    held.retain(|held| held.person != person && !held.role.is_admin());
    Ok(held)
}

/// What somebody has in hand in a unit where they hold nothing any more goes to a colleague there, or back to the unit.
fn hand_over(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Signed,
    person: PersonId,
    holding: HoldingId,
    successor: Option<PersonId>,
) -> Result<i64, Refusal> {
    let held = people::read::holdings_of(tx, person)?;
    let Some(unit) = held.iter().find(|held| held.id == holding).map(|held| held.unit) else { return Ok(0) };
    let still = people::read::units_of(tx, ctx.now, person)?.contains(&unit);
    let colleagues = colleagues_of(tx, ctx, person, unit)?;
    if successor.is_some_and(|successor| !colleagues.iter().any(|held| held.person == successor)) {
        return Err(Refusal::Page(PageError::BadForm));
    }
    if still {
        return Ok(0);
    }
    let passing = people::Passing::Person { person, unit, to: successor };
    Ok(who.visit().app.pass(tx, ctx, record::Actor::Person(who.person), &passing)?)
}

/// By which post an administrator does something to a person: one that covers all that they hold, where they hold such a one.
fn over<P: Permission>(tx: &mut Tx, ctx: &Ctx, who: &Signed, person: PersonId) -> Result<Proof<P>, PageError> {
    match covering(tx, ctx, who, person)? {
        Some(proof) => Ok(proof),
        None => who.has::<P>().ok_or(PageError::Forbidden),
    }
}

fn covering<P: Permission>(tx: &mut Tx, ctx: &Ctx, who: &Signed, person: PersonId) -> Result<Option<Proof<P>>, store::StoreError> {
    for proof in who.each::<P>() {
        if Authority::from(&proof).covers_person(tx, ctx, person)? {
            return Ok(Some(proof));
        }
    }
    Ok(None)
}

/// The account of a person, for what is done to it.
fn account(tx: &mut Tx, person: PersonId) -> Result<people::AccountId, Refusal> {
    people::read::account_of(tx, person)?.map(|(id, _)| id).ok_or(Refusal::Page(PageError::NotFound))
}

fn lock_refused(t: &AdminTexts, error: LockError) -> Refusal {
    match error {
        LockError::Own => Refusal::Page(PageError::Conflict(t.lock_own.to_owned())),
        LockError::Gone => Refusal::Page(PageError::NotFound),
        LockError::NotCovered => Refusal::Page(PageError::Conflict(t.not_covered.to_owned())),
        LockError::Store(error) => error.into(),
    }
}

async fn lock(staff: Staff, Path(person): Path<PersonId>, _checked: Fields) -> Result<Response, PageError> {
    simple(staff, move |tx, ctx, who, t| {
        let proof = over::<ManageAccounts>(tx, ctx, who, person)?;
        let account = account(tx, person)?;
        lock_account(tx, ctx, &proof, account).map_err(|error| lock_refused(t, error))?;
        Ok(redirect(to_person(person)).done(t.lock_done))
    })
    .await
}

async fn unlock(staff: Staff, Path(person): Path<PersonId>, _checked: Fields) -> Result<Response, PageError> {
    simple(staff, move |tx, ctx, who, t| {
        let proof = over::<ManageAccounts>(tx, ctx, who, person)?;
        let account = account(tx, person)?;
        unlock_account(tx, ctx, &proof, account).map_err(|error| lock_refused(t, error))?;
        Ok(redirect(to_person(person)).done(t.unlock_done))
    })
    .await
}

async fn end_sessions(staff: Staff, Path(person): Path<PersonId>, _checked: Fields) -> Result<Response, PageError> {
    simple(staff, move |tx, ctx, who, t| {
        let proof = over::<ManageAccounts>(tx, ctx, who, person)?;
        let account = account(tx, person)?;
        revoke_sessions(tx, ctx, &proof, account).map_err(|error| lock_refused(t, error))?;
        Ok(redirect(to_person(person)).done(t.ended))
    })
    .await
}
