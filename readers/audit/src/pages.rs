//! The pages of the audit administrator. None of them writes.

mod integrity;
mod list;
pub(crate) mod named;
mod texts;
mod workbook;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base::{Id, Time};
use people::{Actor, ReadRecord, Tree};
use record::{Actor as By, Event, EventId};
use store::{StoreError, Tx};
use web::kit::Fact;
use web::{App, Lang, MenuItem, PageError, Shell, Signed, Staff, audited, page, redirect};

use texts::AuditTexts;

/// All routes.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/audit", get(|| async { redirect("/audit/record") }))
        .route("/audit/record", get(list::record))
        .route("/audit/log/{log}", get(list::log))
        .route("/audit/export", get(workbook::workbook))
        .route("/audit/integrity", get(integrity::show))
        .route("/audit/event/{event}", get(one))
        .route("/audit/subject/{subject}", get(list::subject))
}

/// The places of the audit administrator in the menu.
pub(crate) fn menu(actor: &Actor, _: &Tree, lang: Lang) -> Vec<MenuItem> {
    if actor.has::<ReadRecord>().is_none() {
        return Vec::new();
    }
    let t = AuditTexts::of(lang);
    vec![
        MenuItem::new("/audit/record", t.record_menu, "history"),
        MenuItem::new("/audit/log/sign-in", t.logs_menu, "clipboard-list"),
        MenuItem::new("/audit/integrity", t.integrity_menu, "shield-check"),
    ]
}

/// Audit administrators only.
fn admit(who: &Signed) -> Result<(), PageError> {
    who.has::<ReadRecord>().map(drop).ok_or(PageError::Forbidden)
}

/// An event as a line.
struct Line {
    id: String,
    when: String,
    kind: String,
    /// Which table left; empty for an event of another kind.
    about: String,
    code: String,
    who: String,
    unit: String,
    subject: String,
    place: String,
}

/// To the second, since an audit asks what came first.
fn exactly(at: Time) -> String {
    at.civil().strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn name_of(who: &Signed, kind: &str) -> String {
    let visit = who.visit();
    audited(visit.app.modules(), visit.lang, kind).map_or_else(|| kind.to_owned(), |known| known.name.to_owned())
}

/// Who did it: staff by name, since they answer for what they do; residents by nothing.
fn doer(tx: &mut Tx, t: &AuditTexts, by: By) -> Result<String, StoreError> {
    Ok(match by {
        By::Person(person) => people::read::name_of(tx, person)?.unwrap_or_else(|| person.to_string()),
        By::Resident => t.resident.to_owned(),
        By::System => t.system.to_owned(),
    })
}

fn line(tx: &mut Tx, who: &Signed, t: &AuditTexts, event: &Event) -> Result<Line, StoreError> {
    Ok(Line {
        id: event.id.0.to_string(),
        when: exactly(event.recorded_at),
        kind: name_of(who, &event.kind),
        about: named::what_left(&who.visit().app, who.visit().lang, event),
        code: event.kind.clone(),
        who: doer(tx, t, event.actor)?,
        unit: event.unit.map(|unit| who.tree.full_name(unit)).unwrap_or_default(),
        subject: event.subject.to_string(),
        place: record::place(tx, event.id)?.map_or_else(|| t.waiting.to_owned(), |place| place.to_string()),
    })
}

#[derive(Template)]
#[template(path = "audit-event.html")]
struct EventPage {
    shell: Shell,
    t: &'static AuditTexts,
    facts: Vec<Fact>,
    body: String,
}

async fn one(staff: Staff, Path(event): Path<Id>) -> Result<Response, PageError> {
    staff
        .read(move |tx, _, who| {
            admit(who)?;
            let t = AuditTexts::of(who.visit().lang);
            let found = record::find(tx, EventId(event))?.ok_or(PageError::NotFound)?;
            let shown = line(tx, who, t, &found)?;
            let mut facts = vec![
                Fact::new(t.kind, format!("{} · {} v{}", shown.kind, shown.code, found.v)),
                Fact::new(t.recorded, shown.when.clone()),
                Fact::new(t.occurred, exactly(found.occurred_at)),
                Fact::new(t.who, shown.who.clone()),
            ];
            if !shown.about.is_empty() {
                facts.push(Fact::new(t.table, shown.about.clone()));
            }
            if !shown.unit.is_empty() {
                facts.push(Fact::new(t.unit, shown.unit.clone()));
            }
            facts.push(Fact::new(t.subject, shown.subject.clone()).to(format!("/audit/subject/{}", shown.subject)));
            facts.push(Fact::new(t.place, shown.place.clone()));
            facts.push(Fact::new(t.rules, record::hex(&found.rules_digest)));
            page(&EventPage { shell: who.shell(shown.kind), t, facts, body: found.facts }).map(IntoResponse::into_response)
        })
        .await
}
