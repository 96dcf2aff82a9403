//! Signing in: password, then the second factor where there is one; and signing out.

use askama::Template;
use axum::Router;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base::Time;
use people::sign::{self, SignIn, Token};
use people::totp::{self, Second};

use crate::cookie::{self, Life};
use crate::pages::outside::OutsideTexts;
use crate::pages::passkeys::PasskeyTexts;
use crate::pages::words::PeopleTexts;
use crate::shell::{is_local, percent};
use crate::{App, Errors, Fields, Limit, Page, PageError, Redirect, Shell, Staff, Visit, page, redirect};

crate::texts! {
    /// Words of the pages that sign in.
    pub(crate) LoginTexts;
    title: "工作人员登录", "Staff sign-in";
    submit: "登录", "Sign in";
    missing: "请填写登录名和密码", "Please enter your login name and password";
    wrong: "登录名或密码不对", "Login name or password is wrong";
    barred: "账号已被安全管理员锁定，请与其联系", "Your security administrator has locked this account, please ask them";
    join: "有邀请码，第一次登录", "I have an invitation code";
    forgotten: "忘记密码时，请联系本单位的管理员取得新的邀请码", "If you forgot your password, ask your administrator for a new invitation code";
    code_title: "两步验证", "Two-step verification";
    code_submit: "继续", "Continue";
    gone: "等得太久了，请重新登录", "That took too long, please sign in again";
    play: "演示：不用密码，点一下进入", "Demonstration: enter with one tap";
}

/// The cookie between password and second factor.
const HALF: &str = "half";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/login", get(show).post(send))
        .route("/login/code", get(show_code).post(send_code))
        .route("/logout", post(leave))
        .route("/start", get(start))
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    shell: Shell,
    t: &'static LoginTexts,
    p: &'static PeopleTexts,
    errors: Errors,
    login: String,
    next: String,
    play: bool,
    k: &'static PasskeyTexts,
    /// The button of another house; empty where there is none.
    outside: String,
    outside_href: String,
}

#[derive(Template)]
#[template(path = "login-code.html")]
struct CodePage {
    shell: Shell,
    t: &'static LoginTexts,
    p: &'static PeopleTexts,
    errors: Errors,
    next: String,
}

pub(super) fn next_of(fields: &Fields) -> String {
    Some(fields.value("next")).filter(|next| is_local(next)).unwrap_or("/start").to_owned()
}

async fn show(visit: Visit, fields: Fields) -> Result<Page, PageError> {
    form(&visit, &fields, Errors::none())
}

fn form(visit: &Visit, fields: &Fields, errors: Errors) -> Result<Page, PageError> {
    let t = LoginTexts::of(visit.lang);
    let login = fields.value("login").to_owned();
    page(&LoginPage {
        shell: visit.shell(t.title),
        t,
        p: PeopleTexts::of(visit.lang),
        errors,
        login,
        next: next_of(fields),
        play: visit.may_play(),
        k: PasskeyTexts::of(visit.lang),
        outside: visit
            .app
            .config()
            .house
            .as_ref()
            .map_or_else(String::new, |house| crate::fill(OutsideTexts::of(visit.lang).sign_in, &[("name", &house.name)])),
        outside_href: format!("/login/outside?next={}", percent(&next_of(fields))),
    })
}

async fn send(visit: Visit, headers: HeaderMap, fields: Fields) -> Result<Response, PageError> {
    visit.limit(Limit::SignIn)?;
    let t = LoginTexts::of(visit.lang);
    let (login, password) = (fields.value("login").to_owned(), fields.value("password").to_owned());
    let refuse = |field: &str, words: &str| {
        let mut errors = Errors::none();
        errors.add(field, words);
        form(&visit, &fields, errors).map(|page| page.again().into_response())
    };
    if login.trim().is_empty() || password.is_empty() {
        return refuse("login", t.missing);
    }
    let candidate = visit.read(move |tx, ctx| sign::candidate(tx, ctx, &login).map_err(PageError::from)).await?;
    let checked = visit.app.hash(&visit.district, move |params| candidate.verify(params, &password)).await?;
    let agent = agent(&headers);
    match visit.write(move |tx, ctx| sign::sign_in(tx, ctx, &checked, &agent).map_err(PageError::from)).await? {
        SignIn::In(token) => Ok(signed_in(&visit, &token, redirect(next_of(&fields))).into_response()),
        SignIn::SecondFactor(half) => {
            let to = format!("/login/code?next={}", percent(&next_of(&fields)));
            let life = Life::Seconds(u32::try_from(sign::BETWEEN_FACTORS / Time::SECOND).unwrap_or(300));
            let keep = cookie::write(HALF, &half.to_string(), life, visit.secure);
            Ok(redirect(to).header(header::SET_COOKIE, keep).into_response())
        }
        SignIn::Wrong => refuse("login", t.wrong),
        SignIn::Locked { until } => refuse("login", &locked(&visit, until)),
        SignIn::Barred => refuse("login", t.barred),
    }
}

/// The browser keeps the session's token until it is closed; the session itself ends earlier by itself.
pub(super) fn signed_in(visit: &Visit, token: &Token, to: Redirect) -> Redirect {
    to.header(header::SET_COOKIE, cookie::write(cookie::session_name(visit.secure), &token.to_string(), Life::Session, visit.secure))
}

pub(super) fn locked(visit: &Visit, until: Time) -> String {
    let when = crate::dates::moment(visit.lang, until, visit.district.env().clock.now());
    crate::fill(PeopleTexts::of(visit.lang).locked, &[("when", &when)])
}

/// What the browser says of itself, for the list of one's own sessions.
pub(super) fn agent(headers: &HeaderMap) -> String {
    let said = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
    said.chars().take(200).collect()
}

async fn show_code(visit: Visit, fields: Fields) -> Result<Page, PageError> {
    code_form(&visit, &fields, Errors::none())
}

fn code_form(visit: &Visit, fields: &Fields, errors: Errors) -> Result<Page, PageError> {
    let t = LoginTexts::of(visit.lang);
    page(&CodePage { shell: visit.shell(t.code_title), t, p: PeopleTexts::of(visit.lang), errors, next: next_of(fields) })
}

async fn send_code(visit: Visit, headers: HeaderMap, fields: Fields) -> Result<Response, PageError> {
    visit.limit(Limit::SignIn)?;
    let t = LoginTexts::of(visit.lang);
    let p = PeopleTexts::of(visit.lang);
    let refuse = |words: &str| {
        let mut errors = Errors::none();
        errors.add("code", words);
        code_form(&visit, &fields, errors).map(|page| page.again().into_response())
    };
    let again = || redirect("/login").flash(crate::shell::Tone::Warning, t.gone).into_response();
    let Some(half) = cookie::read(&headers, HALF).and_then(Token::parse) else { return Ok(again()) };
    let typed = fields.value("code").to_owned();
    match visit.write(move |tx, ctx| totp::second_factor(tx, ctx, &half, &typed).map_err(PageError::from)).await? {
        Second::In(token) => {
            let over = cookie::write(HALF, "", Life::Over, visit.secure);
            Ok(signed_in(&visit, &token, redirect(next_of(&fields))).header(header::SET_COOKIE, over).into_response())
        }
        Second::Wrong => refuse(p.code_wrong),
        Second::Locked { until } => refuse(&locked(&visit, until)),
        Second::Gone => Ok(again()),
    }
}

async fn leave(staff: Staff, _checked: Fields) -> Result<Redirect, PageError> {
    let token = staff.token();
    staff.visit().write(move |tx, _| token.as_ref().map_or(Ok(()), |token| sign::sign_out(tx, token)).map_err(PageError::from)).await?;
    let over = cookie::write(cookie::session_name(staff.secure), "", Life::Over, staff.secure);
    Ok(redirect("/login").header(header::SET_COOKIE, over))
}

/// Where somebody's work begins: the first place of their menu.
async fn start(staff: Staff) -> Result<Redirect, PageError> {
    staff.read(|_, _, who| Ok(redirect(who.shell("").menu.first().map_or_else(|| "/me".to_owned(), |item| item.href.clone())))).await
}
