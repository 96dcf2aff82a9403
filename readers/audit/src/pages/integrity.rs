//! Whether the record is whole: where it stands, what waits, what was set aside, how far readers have come.

use askama::Template;
use axum::response::{IntoResponse, Response};
use web::kit::Fact;
use web::{PageError, Shell, Staff, fill, page};

use super::texts::AuditTexts;
use super::{admit, exactly, named};

#[derive(Template)]
#[template(path = "audit-integrity.html")]
struct IntegrityPage {
    shell: Shell,
    t: &'static AuditTexts,
    facts: Vec<Fact>,
    readers: Vec<Fact>,
    aside: Vec<(String, String, String)>,
}

pub(super) async fn show(staff: Staff) -> Result<Response, PageError> {
    staff
        .read(move |tx, _, who| {
            admit(who)?;
            let t = AuditTexts::of(who.visit().lang);
            let head = record::head(tx)?;
            let facts = vec![
                Fact::new(t.size, head.size.to_string()),
                Fact::new(t.pending, record::waiting(tx)?.to_string()),
                Fact::new(t.last, head.last_at.map_or_else(|| t.none_yet.to_owned(), exactly)),
                Fact::new(t.head, record::hex(&record::tree_size(tx)?.root)),
            ];
            let mut readers = Vec::new();
            for reader in who.visit().app.readers() {
                let at = record::position(tx, &**reader)?.unwrap_or(0);
                let behind = head.size - at;
                let words = if behind > 0 { fill(t.behind, &[("at", &at), ("n", &behind)]) } else { fill(t.level, &[("at", &at)]) };
                readers.push(Fact::new(named::reader_name(who.visit().lang, reader.name()).unwrap_or(reader.name()), words));
            }
            let why = |why: record::Refused| web::lang::either(who.visit().lang, || why.zh(), || why.to_string());
            let aside = record::set_aside(tx)?.into_iter().map(|(id, at, refused)| (id.0.to_string(), exactly(at), why(refused))).collect();
            page(&IntegrityPage { shell: who.shell(t.integrity), t, facts, readers, aside }).map(IntoResponse::into_response)
        })
        .await
}
