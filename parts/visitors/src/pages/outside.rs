//! Signing in by another house's word, and linking it to the number with which one is signed in.

use askama::Template;
use axum::Router;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use people::{Away, Door, leave};
use web::outside::{Journey, Side};
use web::shell::Tone;
use web::{App, Fields, Limit, Page, PageError, Redirect, Shell, Visit, dates, fill, page, redirect};

use crate::identity::{self, LinkError};
use crate::session::{brought, current, keep};
use crate::texts::VisitorTexts;

const LIST: &str = "/my";
const HERE: &str = "/my/identity";
const SIDE: Side = Side { door: Door::Residents, cookie: "my-away", back: "/my/outside/back" };

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/my/outside", get(begin))
        .route(SIDE.back, get(back))
        .route(HERE, get(show).post(begin_link))
        .route("/my/identity/unlink", post(unlink))
}

fn journey(visit: &Visit) -> Result<Journey, PageError> {
    visit.district.vouches().cloned().map(|house| Journey::new(house, SIDE)).ok_or(PageError::NotFound)
}

fn failed(visit: &Visit, journey: &Journey) -> Redirect {
    let words = fill(VisitorTexts::of(visit.lang).outside_failed, &[("name", &journey.house.name)]);
    redirect("/my/sign-in").flash(Tone::Error, words).header(header::SET_COOKIE, journey.over(visit))
}

async fn begin(visit: Visit) -> Result<Response, PageError> {
    visit.limit(Limit::SignIn)?;
    let journey = journey(&visit)?;
    let away = journey.away(&visit, LIST.into(), None);
    let kept = away.clone();
    let state = visit.write(move |tx, ctx| leave(tx, ctx, &kept).map_err(PageError::from)).await?;
    match journey.address(&visit, &away, &state).await? {
        Some(to) => journey.send(&visit, &to, &state),
        None => Ok(failed(&visit, &journey).into_response()),
    }
}

async fn back(visit: Visit, headers: HeaderMap, fields: Fields) -> Result<Response, PageError> {
    visit.limit(Limit::SignIn)?;
    let t = VisitorTexts::of(visit.lang);
    let journey = journey(&visit)?;
    let Some((away, claims)) = journey.back(&visit, &headers, &fields).await? else {
        return Ok(failed(&visit, &journey).into_response());
    };
    let issuer = journey.house.issuer.clone();
    let Some(whose) = away.link else {
        let token = visit.write(move |tx, ctx| identity::sign_in(tx, ctx, &issuer, &claims.subject).map_err(PageError::from)).await?;
        let to = redirect(away.next).header(header::SET_COOKIE, keep(&visit, &token));
        return Ok(to.header(header::SET_COOKIE, journey.over(&visit)).into_response());
    };
    let token = brought(&visit, &headers);
    let done = visit
        .write(move |tx, ctx| -> Result<bool, LinkError> {
            // Whoever comes back must be who went.
            match current(tx, ctx, token.as_ref())? {
                Some(visitor) if visitor.id().0 == whose => identity::link(tx, ctx, &visitor, &issuer, &claims.subject).map(|()| true),
                _ => Ok(false),
            }
        })
        .await;
    let to = redirect(HERE).header(header::SET_COOKIE, journey.over(&visit));
    match done {
        Ok(true) => Ok(to.done(t.link_done).into_response()),
        Ok(false) => Ok(failed(&visit, &journey).into_response()),
        Err(LinkError::Taken) => Ok(to.flash(Tone::Error, t.link_taken).into_response()),
        Err(LinkError::Store(error)) => Err(error.into()),
    }
}

#[derive(Template)]
#[template(path = "visitors/identity.html")]
struct IdentityPage {
    shell: Shell,
    t: &'static VisitorTexts,
    lead: String,
    /// Since when; empty where nothing is linked.
    since: String,
    /// Whether it can be unlinked, and the visitor still gets in.
    unlinks: bool,
    link: String,
    /// The door, on the way to linking; empty before.
    door: String,
    go: String,
}

impl IdentityPage {
    fn new(visit: &Visit, name: &str, since: String, unlinks: bool) -> IdentityPage {
        let t = VisitorTexts::of(visit.lang);
        let named = |text: &str| fill(text, &[("name", &name)]);
        let (lead, link, go) = (named(t.link_lead), named(t.link), named(t.link_go));
        IdentityPage { shell: visit.shell(t.link_title), t, lead, since, unlinks, link, door: String::new(), go }
    }
}

async fn show(visit: Visit, headers: HeaderMap) -> Result<Response, PageError> {
    let name = journey(&visit)?.house.name.clone();
    let (token, v) = (brought(&visit, &headers), visit.clone());
    visit
        .read(move |tx, ctx| {
            let Some(visitor) = current(tx, ctx, token.as_ref())? else { return Ok(redirect("/my/sign-in").into_response()) };
            let t = VisitorTexts::of(v.lang);
            let since = identity::linked(tx, &visitor)?.map(|at| fill(t.link_since, &[("when", &dates::moment(v.lang, at, ctx.now))]));
            let made = IdentityPage::new(&v, &name, since.unwrap_or_default(), visitor.phone().is_some());
            Ok::<_, PageError>(page(&made)?.secret().into_response())
        })
        .await
}

async fn begin_link(visit: Visit, headers: HeaderMap, _: Fields) -> Result<Response, PageError> {
    visit.limit(Limit::SignIn)?;
    let journey = journey(&visit)?;
    let token = brought(&visit, &headers);
    let drawn = journey.away(&visit, HERE.into(), None);
    let left = visit
        .write(move |tx, ctx| {
            let Some(visitor) = current(tx, ctx, token.as_ref())? else { return Ok(None) };
            let away = Away { link: Some(visitor.id().0), ..drawn.clone() };
            Ok::<_, PageError>(Some((leave(tx, ctx, &away)?, away)))
        })
        .await?;
    let Some((state, away)) = left else { return Ok(redirect("/my/sign-in").into_response()) };
    let Some(door) = journey.address(&visit, &away, &state).await? else { return Ok(failed(&visit, &journey).into_response()) };
    let t = VisitorTexts::of(visit.lang);
    let lead = fill(t.link_going, &[("name", &journey.house.name)]);
    let made: Page = page(&IdentityPage { door, lead, ..IdentityPage::new(&visit, &journey.house.name, String::new(), false) })?;
    let mut response = made.into_response();
    response.headers_mut().append(header::SET_COOKIE, journey.keep(&visit, &state));
    Ok(response)
}

async fn unlink(visit: Visit, headers: HeaderMap, _: Fields) -> Result<Redirect, PageError> {
    journey(&visit)?;
    let t = VisitorTexts::of(visit.lang);
    let token = brought(&visit, &headers);
    let gone = visit
        .write(move |tx, ctx| {
            let visitor = current(tx, ctx, token.as_ref())?.ok_or(PageError::NotFound)?;
            Ok::<_, PageError>(identity::unlink(tx, &visitor)?)
        })
        .await?;
    let to = redirect(HERE);
    Ok(if gone { to.done(t.unlinked) } else { to.flash(Tone::Warning, t.only_way) })
}
