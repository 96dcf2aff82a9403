//! Signing in through another house (OpenID Connect), and linking its identity to one's own account.

use askama::Template;
use axum::Router;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use people::sign::{self, SignIn};
use people::{Away, Door, LinkIdentityError, identities, leave, link_identity, sign_in_from_outside, unlink_identities};

use crate::outside::{Journey, Side};
use crate::pages::login::{agent, next_of, signed_in};
use crate::shell::Tone;
use crate::{App, Fields, Limit, Page, PageError, Redirect, Shell, Staff, Visit, page, redirect};

crate::texts! {
    /// Words of signing in through another house.
    pub(crate) OutsideTexts;
    title: "统一认证登录", "Sign-in with another account";
    lead: "绑定后，可以用“{name}”登录本系统。本系统只记下身份的摘要，不取姓名、电话等信息", "Once linked, you can sign in here through {name}. Only a digest of that identity is kept; neither name nor telephone is asked for";
    linked: "{when} 绑定", "Linked {when}";
    none: "还没有绑定", "Not linked yet";
    link: "绑定“{name}”", "Link {name}";
    go: "前往“{name}”", "Go to {name}";
    going: "接下来到“{name}”登录一次，回来就绑定好了", "Sign in once at {name}; when you come back, it is linked";
    unlink: "解除绑定", "Unlink";
    unlinked: "已解除绑定", "Unlinked";
    done: "已绑定", "Linked";
    taken: "这个身份已绑定到别的账号", "That identity is linked to another account";
    sign_in: "用“{name}”登录", "Sign in through {name}";
    failed: "“{name}”没有完成登录，请再试一次或用密码登录", "{name} did not finish; try again or use your password";
    unknown: "这个身份还没有绑定账号。请先用密码登录，再到“我的账号”里绑定", "No account is linked to that identity. Sign in with your password first, then link it under My account";
    barred: "账号已被安全管理员锁定，请与其联系", "Your security administrator has locked this account, please ask them";
}

/// The cookie that ties a browser to the sign-in that it began.
const AWAY: &str = "away";
/// Where the other house sends people back to.
const BACK: &str = "/login/outside/back";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/login/outside", get(begin))
        .route(BACK, get(back))
        .route("/me/outside", get(show).post(begin_link))
        .route("/me/outside/unlink", post(unlink))
}

const SIDE: Side = Side { door: Door::Staff, cookie: AWAY, back: BACK };

fn journey(visit: &Visit) -> Result<Journey, PageError> {
    visit.app.config().house.clone().map(|house| Journey::new(house, SIDE)).ok_or(PageError::NotFound)
}

async fn begin(visit: Visit, fields: Fields) -> Result<Response, PageError> {
    visit.limit(Limit::SignIn)?;
    let journey = journey(&visit)?;
    let away = journey.away(&visit, next_of(&fields), None);
    let kept = away.clone();
    let state = visit.write(move |tx, ctx| leave(tx, ctx, &kept).map_err(PageError::from)).await?;
    match journey.address(&visit, &away, &state).await? {
        Some(to) => journey.send(&visit, &to, &state),
        None => Ok(failed(&visit, &journey).into_response()),
    }
}

fn failed(visit: &Visit, journey: &Journey) -> Redirect {
    let words = crate::fill(OutsideTexts::of(visit.lang).failed, &[("name", &journey.house.name)]);
    redirect("/login").flash(Tone::Error, words).header(header::SET_COOKIE, journey.over(visit))
}

async fn back(visit: Visit, headers: HeaderMap, fields: Fields) -> Result<Response, PageError> {
    visit.limit(Limit::SignIn)?;
    let t = OutsideTexts::of(visit.lang);
    let journey = journey(&visit)?;
    let Some((away, claims)) = journey.back(&visit, &headers, &fields).await? else {
        return Ok(failed(&visit, &journey).into_response());
    };
    let issuer = journey.house.issuer.clone();
    if let Some(account) = away.link {
        let Some(token) = visit.token else { return Err(PageError::SignIn("/me/outside".into())) };
        let done = visit
            .write(move |tx, ctx| {
                // Whoever comes back must be who went.
                match sign::actor(tx, ctx.now, &token).map_err(LinkIdentityError::from)? {
                    Some(actor) if actor.account.0 == account => link_identity(tx, ctx, &actor, &issuer, &claims.subject).map(Some),
                    _ => Ok(None),
                }
            })
            .await;
        let to = redirect("/me/outside").header(header::SET_COOKIE, journey.over(&visit));
        return match done {
            Ok(Some(())) => Ok(to.done(t.done).into_response()),
            Ok(None) => Err(PageError::SignIn("/me/outside".into())),
            Err(LinkIdentityError::Taken) => Ok(to.flash(Tone::Error, t.taken).into_response()),
            Err(LinkIdentityError::Store(error)) => Err(error.into()),
        };
    }
    let agent = agent(&headers);
    let entered = visit.write(move |tx, ctx| sign_in_from_outside(tx, ctx, &issuer, &claims.subject, &agent).map_err(PageError::from));
    let refused =
        |words: &str| redirect("/login").flash(Tone::Warning, words).header(header::SET_COOKIE, journey.over(&visit)).into_response();
    Ok(match entered.await? {
        SignIn::In(token) => {
            signed_in(&visit, &token, redirect(away.next)).header(header::SET_COOKIE, journey.over(&visit)).into_response()
        }
        SignIn::Barred => refused(t.barred),
        SignIn::Wrong | SignIn::Locked { .. } | SignIn::SecondFactor(_) => refused(t.unknown),
    })
}

#[derive(Template)]
#[template(path = "me-outside.html")]
struct OutsidePage {
    shell: Shell,
    t: &'static OutsideTexts,
    lead: String,
    link: String,
    /// When it was linked, and by whose word.
    rows: Vec<(String, String)>,
    /// The door, on the way to linking; empty before.
    door: String,
    go: String,
}

async fn show(staff: Staff) -> Result<Page, PageError> {
    let name = journey(&staff)?.house.name.clone();
    staff
        .read(move |tx, ctx, who| {
            let lang = who.visit().lang;
            let t = OutsideTexts::of(lang);
            let rows = identities(tx, who.account)?
                .into_iter()
                .map(|linked| (linked.issuer, crate::fill(t.linked, &[("when", &crate::dates::moment(lang, linked.made_at, ctx.now))])));
            let named = |text: &str| crate::fill(text, &[("name", &name)]);
            let (lead, link) = (named(t.lead), named(t.link));
            page(&OutsidePage { shell: who.shell(t.title), t, lead, link, rows: rows.collect(), door: String::new(), go: String::new() })
        })
        .await
}

async fn begin_link(staff: Staff, _checked: Fields) -> Result<Response, PageError> {
    let journey = journey(&staff)?;
    let name = journey.house.name.clone();
    let drawn = journey.away(&staff, "/me/outside".into(), None);
    let (state, away) = staff
        .write(move |tx, ctx, who| {
            let away = Away { link: Some(who.account.0), ..drawn.clone() };
            Ok((leave(tx, ctx, &away)?, away))
        })
        .await?;
    let door = journey.address(&staff, &away, &state).await?.ok_or(PageError::Busy)?;
    let made = staff
        .read(move |_, _, who| {
            let t = OutsideTexts::of(who.visit().lang);
            let named = |text: &str| crate::fill(text, &[("name", &name)]);
            let (lead, go) = (named(t.going), named(t.go));
            page(&OutsidePage { shell: who.shell(t.title), t, lead, link: String::new(), rows: Vec::new(), door: door.clone(), go })
        })
        .await?;
    let mut response = made.into_response();
    response.headers_mut().append(header::SET_COOKIE, journey.keep(&staff, &state));
    Ok(response)
}

async fn unlink(staff: Staff, _checked: Fields) -> Result<Redirect, PageError> {
    let t = OutsideTexts::of(staff.lang);
    staff.write(|tx, ctx, who| Ok(unlink_identities(tx, ctx, record::Actor::Person(who.person), who.account)?)).await?;
    Ok(redirect("/me/outside").done(t.unlinked))
}
