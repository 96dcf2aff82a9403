//! Passkeys: signing in with one, and one's own list of them.

use askama::Template;
use axum::Router;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base::Time;
use people::sign::{SignIn, Token};
use people::webauthn::{base64url, unbase64url};
use people::{AddPasskeyError, NewPasskey, PasskeyId, UsedPasskey, add_passkey, challenge, passkeys, remove_passkey, sign_in_with_passkey};

use crate::app::host_name;
use crate::cookie::{self, Life};
use crate::pages::login::{agent, next_of, signed_in};
use crate::shell::Tone;
use crate::{App, Errors, Fields, Limit, Page, PageError, Redirect, Shell, Signed, Staff, Visit, page, redirect};

crate::texts! {
    /// Words of passkeys.
    pub(crate) PasskeyTexts;
    title: "通行密钥", "Passkeys";
    lead: "用这台设备的指纹、面容、锁屏密码或安全钥匙登录，不用再输密码和验证码。密钥不离开您的设备，本系统只存公钥", "Sign in with the fingerprint, face, screen lock or security key of a device instead of password and code. The key stays in your device; only its public half is kept here";
    none: "还没有通行密钥", "No passkeys yet";
    made: "{when} 添加", "Added {when}";
    used: "{when} 用过", "Used {when}";
    unused: "还没有用过", "Not used yet";
    label: "给它起个名字", "Give it a name";
    label_hint: "例如：办公室电脑", "Such as: office computer";
    add: "添加这台设备", "Add this device";
    added: "已添加通行密钥", "Passkey added";
    remove: "删除", "Remove";
    removed: "已删除", "Removed";
    sign_in: "用通行密钥登录", "Sign in with a passkey";
    failed: "没有完成，请再试一次或用密码登录", "That was not finished; try again or use your password";
    gone: "等得太久了，请再试一次", "That took too long, please try again";
    refused: "这个通行密钥没有通过核对，请再试一次或用密码登录", "This passkey could not be checked; try again or use your password";
    barred: "账号已被安全管理员锁定，请与其联系", "Your security administrator has locked this account, please ask them";
    known: "这台设备已经添加过", "This device was added before";
    too_many: "最多 10 个，请先删除不用的", "At most 10; remove one that you do not use";
    no_script: "添加通行密钥需要较新的浏览器，并允许运行脚本", "Adding a passkey needs a recent browser with scripts";
}

/// The cookie that shows which challenge a browser was given.
const ASKED: &str = "asked";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/login/passkey/ask", post(ask))
        .route("/login/passkey", post(enter))
        .route("/me/passkeys", get(list).post(add))
        .route("/me/passkeys/ask", post(ask_new))
        .route("/me/passkeys/remove", post(remove))
}

fn keep(visit: &Visit, token: &Token) -> HeaderValue {
    cookie::write(ASKED, &token.to_string(), Life::Seconds(u32::try_from(5 * Time::MINUTE / Time::SECOND).unwrap_or(300)), visit.secure)
}

fn over(visit: &Visit) -> HeaderValue {
    cookie::write(ASKED, "", Life::Over, visit.secure)
}

fn json(visit: &Visit, token: &Token, body: &serde_json::Value) -> Response {
    let mut response = body.to_string().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.append(header::SET_COOKIE, keep(visit, token));
    response
}

async fn ask(visit: Visit) -> Result<Response, PageError> {
    visit.limit(Limit::SignIn)?;
    let asked = visit.write(|tx, ctx| challenge(tx, ctx, None).map_err(PageError::from)).await?;
    let body = serde_json::json!({ "challenge": base64url(&asked.bytes), "host": host_name(&visit.host) });
    Ok(json(&visit, &asked.token, &body))
}

fn part(fields: &Fields, name: &str) -> Vec<u8> {
    unbase64url(fields.value(name)).unwrap_or_default()
}

async fn enter(visit: Visit, headers: HeaderMap, fields: Fields) -> Result<Response, PageError> {
    visit.limit(Limit::SignIn)?;
    let t = PasskeyTexts::of(visit.lang);
    let back = |words: &str| redirect("/login").flash(Tone::Error, words).header(header::SET_COOKIE, over(&visit)).into_response();
    let Some(token) = cookie::read(&headers, ASKED).and_then(Token::parse) else { return Ok(back(t.gone)) };
    let used = UsedPasskey {
        credential: part(&fields, "id"),
        client: part(&fields, "client"),
        data: part(&fields, "data"),
        signature: part(&fields, "signature"),
        origin: visit.link(""),
        host: host_name(&visit.host).to_owned(),
    };
    let agent = agent(&headers);
    match visit.write(move |tx, ctx| sign_in_with_passkey(tx, ctx, &token, &used, &agent).map_err(PageError::from)).await? {
        SignIn::In(token) => {
            Ok(signed_in(&visit, &token, redirect(next_of(&fields))).header(header::SET_COOKIE, over(&visit)).into_response())
        }
        SignIn::Barred => Ok(back(t.barred)),
        SignIn::Wrong | SignIn::Locked { .. } | SignIn::SecondFactor(_) => Ok(back(t.refused)),
    }
}

struct Row {
    id: PasskeyId,
    label: String,
    when: String,
}

#[derive(Template)]
#[template(path = "me-passkeys.html")]
struct ListPage {
    shell: Shell,
    t: &'static PasskeyTexts,
    errors: Errors,
    rows: Vec<Row>,
}

async fn list(staff: Staff) -> Result<Page, PageError> {
    staff.read(|tx, ctx, who| show(tx, ctx, who, Errors::none())).await
}

fn show(tx: &mut store::Tx, ctx: &base::Ctx, who: &Signed, errors: Errors) -> Result<Page, PageError> {
    let lang = who.visit().lang;
    let t = PasskeyTexts::of(lang);
    let moment = |at: Time| crate::dates::moment(lang, at, ctx.now);
    let rows = passkeys(tx, who.account)?.into_iter().map(|passkey| Row {
        id: passkey.id,
        label: passkey.label,
        when: format!(
            "{} · {}",
            crate::fill(t.made, &[("when", &moment(passkey.made_at))]),
            passkey.used_at.map_or_else(|| t.unused.to_owned(), |at| crate::fill(t.used, &[("when", &moment(at))]))
        ),
    });
    page(&ListPage { shell: who.shell(t.title), t, errors, rows: rows.collect() })
}

async fn ask_new(staff: Staff, _checked: Fields) -> Result<Response, PageError> {
    let (asked, body) = staff
        .write(|tx, ctx, who| {
            let asked = challenge(tx, ctx, Some(who.account))?;
            let known: Vec<String> = passkeys(tx, who.account)?.iter().map(|passkey| base64url(&passkey.credential)).collect();
            let login = people::read::account_of(tx, who.person)?.map(|(_, login)| login).unwrap_or_default();
            let body = serde_json::json!({
                "challenge": base64url(&asked.bytes), "host": host_name(&who.visit().host), "user": base64url(&who.account.0.0),
                "name": login, "title": who.visit().shell("").brand(), "known": known,
            });
            Ok((asked, body))
        })
        .await?;
    Ok(json(&staff, &asked.token, &body))
}

async fn add(staff: Staff, headers: HeaderMap, fields: Fields) -> Result<Response, PageError> {
    let t = PasskeyTexts::of(staff.lang);
    let token = cookie::read(&headers, ASKED).and_then(Token::parse);
    let label = fields.text("label");
    let new = NewPasskey {
        client: part(&fields, "client"),
        attestation: part(&fields, "attestation"),
        label: if label.is_empty() { t.title.to_owned() } else { label },
        origin: staff.link(""),
        host: host_name(&staff.host).to_owned(),
    };
    let done = match token {
        None => Err(AddPasskeyError::Gone),
        Some(token) => staff.attempt(move |tx, ctx, who| add_passkey(tx, ctx, who, &token, &new)).await?,
    };
    let words = match done {
        Ok(_) => return Ok(redirect("/me/passkeys").done(t.added).header(header::SET_COOKIE, over(&staff)).into_response()),
        Err(AddPasskeyError::Store(error)) => return Err(error.into()),
        Err(AddPasskeyError::Gone) => t.gone,
        Err(AddPasskeyError::Known) => t.known,
        Err(AddPasskeyError::TooMany) => t.too_many,
        Err(AddPasskeyError::Refused(_)) => t.refused,
    };
    let form = move |tx: &mut store::Tx, ctx: &base::Ctx, who: &Signed| {
        let mut errors = Errors::none();
        errors.add("label", words);
        show(tx, ctx, who, errors).map(|page| page.again().into_response())
    };
    staff.read(form).await
}

async fn remove(staff: Staff, fields: Fields) -> Result<Redirect, PageError> {
    let t = PasskeyTexts::of(staff.lang);
    let passkey: PasskeyId = fields.id("passkey").ok_or(PageError::BadForm)?;
    staff.write(move |tx, ctx, who| Ok(remove_passkey(tx, ctx, who, passkey)?)).await?;
    Ok(redirect("/me/passkeys").done(t.removed))
}
