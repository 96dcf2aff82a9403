//! Open311 GeoReport v2 with the extension for updates: how programs of others read public concerns and hand concerns
//! in. Reading needs no key and gives published texts only; a request that is made is a concern like any other.
//!
//! All addresses are answered here, so that whatever is asked, the answer has the shape of the specification.

mod answer;
mod create;
pub mod events;
mod fold;
mod input;
mod keep;
pub mod program;
mod requests;
mod services;
mod texts;
mod updates;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::{any, get, post};
use base::Ctx;
use people::Actor;
use store::Tx;
use web::{App, Lang, Limit, LocateFn, MenuItem, Visit};

use answer::{Format, Problem, Value, plain};
use input::{MOST_BYTES, Parameters, Wanted};

pub use fold::fold;
pub use input::fuzz;

/// The description of the interface, written by hand.
const SCHEMA: &str = include_str!("open311/openapi.json");
/// Where everything lies.
const ROOT: &str = "/open311/";
/// What the specification calls itself.
const SPECIFICATION: &str = "http://wiki.open311.org/GeoReport_v2";

/// The routes.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/open311/v2/openapi.json", get(|| async { plain(SCHEMA, "application/json; charset=utf-8", StatusCode::OK) }))
        .route("/open311/{*rest}", any(answered))
        .route("/admin/open311", get(keep::show).post(keep::give))
        .route("/admin/open311/{id}/revoke", post(keep::revoke))
}

/// The place in the menu of the system administrator.
pub(crate) fn menu(actor: &Actor, lang: Lang) -> Option<MenuItem> {
    actor.has::<program::KeepPrograms>().map(|_| MenuItem::new("/admin/open311", texts::KeepTexts::of(lang).menu, "link"))
}

async fn answered(visit: Visit, State(app): State<App>, request: Request) -> Response {
    let path = request.uri().path().strip_prefix(ROOT).unwrap_or_default();
    let parsed = Wanted::parse(path);
    let format = parsed.as_ref().map_or(Format::of(path.rsplit('.').next().unwrap_or("")).unwrap_or(Format::Xml), |(_, format)| *format);
    let lang = visit.lang;
    let done = match parsed {
        None => Err(Problem::NoPage),
        Some((wanted, _)) => answer(visit, &app, wanted, request).await,
    };
    match done {
        Ok((root, status, value)) => value.answer(format, root, status),
        Err(problem) => problem.answer(format, lang),
    }
}

type Answered = Result<(&'static str, StatusCode, Value), Problem>;

async fn answer(visit: Visit, app: &App, wanted: Wanted, request: Request) -> Answered {
    let methods = wanted.methods();
    match (request.method(), &wanted) {
        (&Method::GET | &Method::HEAD, _) => {
            visit.limit(Limit::Api)?;
            let parameters = Parameters::parse(request.uri().query().unwrap_or("").as_bytes())?;
            look(visit, wanted, parameters, request.headers()).await
        }
        (&Method::POST, Wanted::Requests | Wanted::Updates) => change(visit, app, wanted, request).await,
        _ => Err(Problem::Method(methods)),
    }
}

/// A district answers to its code and to its host.
fn jurisdiction(tx: &mut Tx, parameters: &Parameters, host: &str) -> Result<(), Problem> {
    let Some(named) = parameters.text("jurisdiction_id", 253)? else { return Ok(()) };
    let tree = people::tree(tx)?;
    let host = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let ours = tree.district().is_some_and(|district| district.code == named) || host.eq_ignore_ascii_case(named);
    if ours { Ok(()) } else { Err(Problem::NoJurisdiction) }
}

/// The key, from the parameters as the specification has it, or from a header, which no log of a proxy keeps.
fn key(parameters: &Parameters, headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let sent = headers.get("x-api-key").and_then(|value| value.to_str().ok());
    Ok(parameters.text("api_key", 100)?.or(sent).map(str::to_owned))
}

/// The program that shows its key.
fn program(tx: &mut Tx, key: Option<&str>) -> Result<Option<program::Admitted>, Problem> {
    Ok(match key {
        Some(key) => program::by_key(tx, key)?,
        None => None,
    })
}

async fn look(visit: Visit, wanted: Wanted, parameters: Parameters, headers: &HeaderMap) -> Answered {
    let (v, key) = (visit.clone(), key(&parameters, headers)?);
    visit
        .read(move |tx, ctx| {
            jurisdiction(tx, &parameters, &v.host)?;
            let lang = v.lang;
            let (root, value) = match &wanted {
                Wanted::Discovery => ("discovery", discovery(&v)),
                Wanted::Services => {
                    let first = program(tx, key.as_deref())?.is_some_and(|program| program.token_first);
                    ("services", services::list(tx, lang, first)?)
                }
                Wanted::Service(code) => ("service_definition", services::definition(tx, lang, code)?),
                Wanted::Requests => {
                    let asked = requests::Asked::of(&parameters, ctx.now)?;
                    ("service_requests", requests::list(tx, lang, &asked)?)
                }
                Wanted::Request(no) => ("service_requests", requests::one(tx, lang, no)?),
                Wanted::Token(token) => ("service_requests", token_of(tx, token)?),
                Wanted::Updates => ("service_request_updates", updates::list(tx, lang, updates::asked(&parameters, ctx.now)?)?),
            };
            Ok((root, StatusCode::OK, value))
        })
        .await
}

fn token_of(tx: &mut Tx, token: &str) -> Result<Value, Problem> {
    let no = program::no_of_token(tx, token)?.ok_or(Problem::NoToken)?;
    Ok(Value::List("request", vec![Value::Map(vec![("service_request_id", no.into()), ("token", token.into())])]))
}

async fn change(visit: Visit, app: &App, wanted: Wanted, request: Request) -> Answered {
    // The address first: who has no key yet is slowed down as well.
    visit.limit(Limit::Api)?;
    let headers = request.headers().clone();
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    if kind.split(';').next().is_none_or(|kind| !kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")) {
        return Err(Problem::NoForm);
    }
    let read = axum::body::to_bytes(request.into_body(), MOST_BYTES);
    let body = tokio::time::timeout(app.config().body_timeout, read).await.map_err(|_| Problem::TooSlow)?;
    let parameters = Parameters::parse(&body.map_err(|_| Problem::TooLarge)?)?;
    let shown = key(&parameters, &headers)?;
    let (v, checked) = (visit.clone(), parameters.clone());
    let found = visit.read(move |tx, _: &Ctx| {
        let program = program(tx, shown.as_deref())?.ok_or(Problem::Key)?;
        jurisdiction(tx, &checked, &v.host)?;
        Ok::<_, Problem>(program)
    });
    let program = found.await?;
    visit.limit_of(Limit::Api, program.id.0)?;
    let repeated = repeated(&headers)?;
    let v = visit.clone();
    if wanted == Wanted::Updates {
        let sent = updates::Sent::of(&parameters)?;
        let id = sent.id.clone().or_else(|| repeated.map(str::to_owned)).map(|id| format!("{} {id}", sent.no()));
        let key = create::op_key(&visit.district.env().ctx(), &program, "update", id.as_deref());
        let value = visit.write(move |tx, ctx| still(tx, &program).and_then(|()| updates::post(tx, ctx, &program, &sent, &key))).await?;
        return Ok(("service_request_updates", StatusCode::CREATED, value));
    }
    let sent = create::Sent::of(&parameters)?;
    let locate: Vec<LocateFn> = app.modules().iter().map(|module| module.locate).collect();
    let key = create::op_key(&visit.district.env().ctx(), &program, "request", repeated);
    let value = visit.write(move |tx, ctx| {
        still(tx, &program)?;
        create::create(
            tx,
            ctx,
            &create::Made { lang: v.lang, program: &program, sent: &sent, key, locate: &locate, link: &|path| v.link(path) },
        )
    });
    Ok(("service_requests", StatusCode::CREATED, value.await?))
}

/// By what a call that is sent again is known as the same. One that is not in the shape of the description is refused: a
/// program that counts on it must not find two concerns.
fn repeated(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    const NAME: &str = "Idempotency-Key";
    let Some(value) = headers.get(NAME) else { return Ok(None) };
    let fits = |text: &&str| (1..=200).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    value.to_str().ok().filter(fits).map(Some).ok_or(Problem::Wrong(NAME))
}

/// That the key still holds, in the transaction that acts on it.
fn still(tx: &mut Tx, program: &program::Admitted) -> Result<(), Problem> {
    if program::holds(tx, program)? { Ok(()) } else { Err(Problem::Key) }
}

fn discovery(visit: &Visit) -> Value {
    let formats = Value::List("format", vec!["text/xml".into(), "application/json".into()]);
    let endpoint = Value::Map(vec![
        ("specification", SPECIFICATION.into()),
        ("url", visit.link("/open311/v2").into()),
        ("changeset", "2026-11-28 00:00".into()),
        ("type", if visit.district.demo() { "test" } else { "production" }.into()),
        ("formats", formats),
        ("openapi", visit.link("/open311/v2/openapi.json").into()),
    ]);
    Value::Map(vec![
        ("changeset", "2026-11-28 00:00".into()),
        ("contact", visit.link("/complaints").into()),
        ("key_service", visit.link("/complaints").into()),
        ("endpoints", Value::List("endpoint", vec![endpoint])),
    ])
}
