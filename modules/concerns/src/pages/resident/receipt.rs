//! The receipt: number, code, QR and what happens next. Shown when a concern was sent; whoever has the
//! code can open it again.

use askama::Template;
use axum::extract::Path;
use web::kit::{Step, StepState};
use web::{Limit, Page, PageError, Shell, Visit, dates, fill, page};

use super::ResidentTexts;
use crate::State;
use crate::{concern, receipt};

#[derive(Template)]
#[template(path = "resident/sent.html")]
struct SentPage {
    shell: Shell,
    t: &'static ResidentTexts,
    number: String,
    secret: String,
    qr: String,
    link: String,
    path: String,
    next: Vec<Step>,
}

/// A secret in groups of four, as it is read aloud and typed.
pub(in crate::pages) fn grouped(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// The page after sending.
pub(super) async fn show(visit: Visit, Path((no, secret)): Path<(String, String)>) -> Result<Page, PageError> {
    visit.limit(Limit::Track)?;
    let v = visit.clone();
    visit
        .read(move |tx, ctx| {
            let Some(holder) = receipt::find(tx, &no, &secret)? else { return super::track::cut_off(&v, &no) };
            let found = concern::get(tx, holder.concern())?.ok_or(PageError::NotFound)?;
            let t = ResidentTexts::of(v.lang);
            let path = format!("/r/{}/{secret}", holder.no());
            let link = v.link(&path);
            let due = found.now.due.as_ref().map(|due| dates::by(v.lang, due.at, ctx.now)).unwrap_or_default();
            let step = |text: String, state| Step::new(text, "").state(state);
            // Once it is with a unit, its own page says what comes next.
            let next = if found.now.state == State::Received {
                vec![
                    step(fill(t.sent_next_dispatch, &[("when", &due)]), StepState::Now),
                    step(t.sent_next_claim.to_owned(), StepState::Next),
                    step(t.sent_next_call.to_owned(), StepState::Next),
                ]
            } else {
                Vec::new()
            };
            page(&SentPage {
                shell: v.shell(t.sent_title),
                t,
                number: base::number::show(holder.no()),
                secret: grouped(&secret),
                qr: web::qr::svg(&link, t.sent_qr).unwrap_or_default(),
                link,
                path,
                next,
            })
            .map(Page::secret)
        })
        .await
}
