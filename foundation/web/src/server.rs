//! The edge: from a request to the district it is for, and from what a handler answers to what a browser gets.
//!
//! Everything that holds for all pages is done here, once, in plain code: host, origin, cookies, the words of errors,
//! protecting headers, the access log (which never joins an address with what was asked: it holds no address at all).

use std::net::IpAddr;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::{Purpose, Time};
use tower::Service;

use crate::cookie::{self, Life};
use crate::page::Carried;
use crate::shell::{ELDER_COOKIE, Flash, LANG_COOKIE, Tone};
use crate::visit::{Seen, Visit};
use crate::{App, Lang, PageError};

const FLASH: Purpose = Purpose("web.flash");
const FLASH_COOKIE: &str = "flash";

/// The application with its routes. Cheap to clone.
#[derive(Clone)]
pub struct Server {
    app: App,
    router: Router,
}

impl Server {
    /// The routes of the house and of all modules.
    pub fn new(app: App) -> Server {
        let mut router = crate::pages::routes();
        for module in app.modules() {
            router = router.merge((module.routes)());
        }
        let router = router
            .fallback(|| async { PageError::NotFound })
            .method_not_allowed_fallback(|| async { PageError::NotFound })
            .with_state(app.clone());
        Server { app, router }
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Answer one request that came from this address.
    pub async fn handle(&self, mut request: Request, peer: IpAddr) -> Response {
        let visit = match self.look(&request, peer) {
            Ok(visit) => visit,
            Err(status) => return unknown_host(status),
        };
        let start = visit.district.env().clock.now();
        let method = request.method().clone();
        let had_flash = visit.flash.is_some();
        let host = host_of(&request).to_owned();
        let mut response = if crate::secure::same_site(&method, request.headers(), &host, visit.token.is_some()) {
            request.extensions_mut().insert(visit.clone());
            DefaultBodyLimit::disable().apply(&mut request);
            // A router is always ready, and its error is Infallible.
            match self.router.clone().call(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            }
        } else {
            PageError::CrossSite.into_response()
        };
        if let Some(error) = response.extensions_mut().remove::<PageError>() {
            response = crate::pages::error::answer(&visit, error);
        } else if visit.htmx && response.status() == StatusCode::SEE_OTHER {
            response = on_by_htmx(response);
        }
        self.finish(&visit, had_flash, &mut response);
        self.log(&visit, &method, &response, start);
        response
    }

    /// What the request brings, or the status for a host that no district has.
    fn look(&self, request: &Request, peer: IpAddr) -> Result<Visit, StatusCode> {
        let headers = request.headers();
        let host = host_of(request);
        let district = self.app.district(host).ok_or(StatusCode::MISDIRECTED_REQUEST)?;
        let trusted = self.app.config().proxies.iter().any(|network| network.holds(peer));
        let forwarded = |name: &str| headers.get(name).filter(|_| trusted).and_then(|value| value.to_str().ok());
        let secure =
            self.app.config().always_secure || forwarded("x-forwarded-proto").is_some_and(|proto| proto.eq_ignore_ascii_case("https"));
        // The last address in the list is the one that our own proxy saw; those before it are whatever was claimed.
        let address = forwarded("x-forwarded-for").and_then(|list| list.rsplit(',').next()?.trim().parse().ok()).unwrap_or(peer);
        let name = crate::app::host_name(host);
        let local = peer.to_canonical().is_loopback()
            && !headers.contains_key("x-forwarded-for")
            && (matches!(name, "localhost" | "127.0.0.1" | "[::1]") || name.ends_with(".localhost"));
        let lang = match cookie::read(headers, LANG_COOKIE).and_then(Lang::parse) {
            Some(lang) => lang,
            None => headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).map(Lang::accept).unwrap_or_default(),
        };
        Ok(Visit::new(Seen {
            app: self.app.clone(),
            district: district.clone(),
            lang,
            elder: cookie::read(headers, ELDER_COOKIE) == Some("1"),
            htmx: headers.contains_key("hx-request") && !headers.contains_key("hx-boosted"),
            secure,
            local,
            host: host.to_owned(),
            path: request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            flash: cookie::read(headers, FLASH_COOKIE).and_then(|value| open_flash(district, value)),
            token: cookie::read(headers, cookie::session_name(secure)).and_then(people::sign::Token::parse),
            draft: cookie::read(headers, "draft").map(str::to_owned),
            address,
            route: OnceLock::new(),
            checked: AtomicBool::new(false),
            touch: OnceLock::new(),
        }))
    }

    fn finish(&self, visit: &Visit, had_flash: bool, response: &mut Response) {
        let carried = response.extensions_mut().remove::<Carried>();
        let shown = had_flash && response.status() == StatusCode::OK && is_page(response.headers());
        let headers = response.headers_mut();
        if let Some(Carried(flash)) = carried {
            headers.append(header::SET_COOKIE, cookie::write(FLASH_COOKIE, &seal_flash(visit, &flash), Life::Seconds(60), visit.secure));
        } else if shown {
            headers.append(header::SET_COOKIE, cookie::write(FLASH_COOKIE, "", Life::Over, visit.secure));
        }
        crate::secure::protect(headers, visit.secure);
    }

    fn log(&self, visit: &Visit, method: &axum::http::Method, response: &Response, start: Time) {
        if !tracing::enabled!(target: "access", tracing::Level::INFO) {
            return;
        }
        let took = visit.district.env().clock.now().since(start);
        let route = visit.route.get().map_or("-", |route| route.as_str());
        let status = response.status().as_u16();
        tracing::info!(target: "access", %method, route, status, ms = took / 1000, district = visit.district.label());
    }
}

fn host_of(request: &Request) -> &str {
    let named = request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    named.or_else(|| request.uri().authority().map(|authority| authority.as_str())).unwrap_or("")
}

fn is_page(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// htmx follows a redirect by itself and would put a whole page into a fragment's place; it is told to go there instead.
fn on_by_htmx(mut response: Response) -> Response {
    *response.status_mut() = StatusCode::OK;
    if let Some(to) = response.headers_mut().remove(header::LOCATION) {
        response.headers_mut().insert("hx-redirect", to);
    }
    response
}

/// The plain page for a host that no district of this process has. Its reader is whoever set up the name.
fn unknown_host(status: StatusCode) -> Response {
    let text = "没有以此域名提供服务的区县。\nNo district is served under this host name.\n";
    let mut response = (status, text).into_response();
    crate::secure::protect(response.headers_mut(), false);
    response
}

/// `tone, text in hexadecimal, seal`: cookies hold ASCII, and nobody but us may put words on our pages.
fn seal_flash(visit: &Visit, flash: &Flash) -> String {
    let tone = match flash.tone {
        Tone::Info => 'i',
        Tone::Success => 's',
        Tone::Warning => 'w',
        Tone::Error => 'e',
    };
    let text: String = flash.text.chars().take(60).collect();
    let body = format!("{tone}{}", record::hex(text.as_bytes()));
    let seal = visit.district.env().keys.blind(FLASH, body.as_bytes());
    format!("{body}.{}", record::hex(seal.get(..8).unwrap_or_default()))
}

fn open_flash(district: &crate::District, value: &str) -> Option<Flash> {
    let (body, seal) = value.split_once('.')?;
    let ours = district.env().keys.blind(FLASH, body.as_bytes());
    if !crate::secure::equal(record::hex(ours.get(..8)?).as_bytes(), seal.as_bytes()) {
        return None;
    }
    let tone = match body.chars().next()? {
        'i' => Tone::Info,
        's' => Tone::Success,
        'w' => Tone::Warning,
        _ => Tone::Error,
    };
    let digits = body.get(1..)?;
    let bytes: Option<Vec<u8>> =
        (0..digits.len()).step_by(2).map(|at| digits.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok())).collect();
    Some(Flash { tone, text: String::from_utf8(bytes?).ok()? })
}
