//! Entering a demonstration as any role with one tap. Only where the store was made as a demonstration, we listen to this
//! machine only, and the browser is on it: see [`Visit::may_play`]; and the store is asked once more in the transaction.

use askama::Template;
use axum::Router;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base::{Ctx, PersonId};
use people::Role;
use store::{StoreError, Tx, p};

use crate::district::IS_DEMO;
use crate::pages::login::{agent, signed_in};
use crate::pages::words::role;
use crate::{App, DemoEntry, Fields, Page, PageError, Shell, Visit, page, redirect};

crate::texts! {
    /// Words of the page of roles.
    pub(crate) DemoTexts;
    title: "选一个角色进入", "Enter as";
    intro: "这是演示环境，人员和诉求都是虚构的。选一个角色，不用密码就能进入；换角色时先退出。", "Everything here is invented. Choose a role to enter without a password; sign out to change roles.";
    resident: "居民", "Resident";
    resident_hint: "不用登录，直接反映问题、查进度", "Needs no account: report a concern, follow it";
    waiting: "{n} 件待办", "{n} waiting";
    receipts: "以居民身份看一件诉求", "See a concern as its resident does";
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/demo", get(show).post(enter))
}

/// A role with somebody who holds it.
struct Card {
    role: &'static str,
    person: PersonId,
    name: String,
    place: String,
    more: String,
}

/// A concern of a resident, by its receipt.
struct Receipt {
    name: String,
    place: String,
    link: String,
}

#[derive(Template)]
#[template(path = "demo.html")]
struct DemoPage {
    shell: Shell,
    t: &'static DemoTexts,
    cards: Vec<Card>,
    receipts: Vec<Receipt>,
}

async fn show(visit: Visit) -> Result<Page, PageError> {
    if !visit.may_play() {
        return Err(PageError::NotFound);
    }
    let v = visit.clone();
    visit
        .read(move |tx, ctx| {
            let t = DemoTexts::of(v.lang);
            let entries = match v.app.config().demo_entries {
                Some(entries) => entries(tx)?,
                None => holders(tx, ctx)?,
            };
            let waits = |n: usize| if n > 0 { crate::fill(t.waiting, &[("n", &n)]) } else { String::new() };
            let cards = entries.iter().filter_map(|entry| {
                let (person, kind) = (entry.person?, Role::parse(&entry.role)?);
                let (name, place) = (entry.name.clone(), entry.unit.clone());
                Some(Card { role: role(v.lang, kind), person, name, place, more: waits(entry.waiting) })
            });
            let receipts = entries.iter().filter(|entry| entry.person.is_none() && !entry.name.is_empty());
            let receipts = receipts.map(|entry| Receipt { name: entry.name.clone(), place: entry.unit.clone(), link: entry.link.clone() });
            page(&DemoPage { shell: v.shell(t.title), t, cards: cards.collect(), receipts: receipts.collect() })
        })
        .await
}

/// The first holder of each role.
fn holders(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<DemoEntry>, StoreError> {
    let tree = people::tree(tx)?;
    let mut entries = Vec::new();
    for kind in Role::ALL {
        if let Some(first) = people::read::holders_of(tx, ctx.now, kind)?.into_iter().next() {
            entries.push(DemoEntry {
                role: kind.code().to_owned(),
                person: Some(first.person),
                name: first.name,
                unit: tree.full_name(first.unit),
                link: "/start".to_owned(),
                waiting: 0,
            });
        }
    }
    Ok(entries)
}

async fn enter(visit: Visit, headers: HeaderMap, fields: Fields) -> Result<Response, PageError> {
    if !visit.may_play() {
        return Err(PageError::NotFound);
    }
    let person: PersonId = fields.id("person").ok_or(PageError::BadForm)?;
    let agent = agent(&headers);
    let entries = visit.app.config().demo_entries;
    let (token, link) = visit
        .write(move |tx, ctx| {
            let demo = tx.opt(IS_DEMO, p![], |row| row.bool(0))?.unwrap_or(false);
            if !demo {
                return Err(PageError::NotFound);
            }
            let (account, _) = people::read::account_of(tx, person)?.ok_or(PageError::NotFound)?;
            let entries = entries.map_or(Ok(Vec::new()), |entries| entries(tx))?;
            let link = entries.into_iter().find(|entry| entry.person == Some(person)).map(|entry| entry.link);
            Ok((people::enter_demonstration(tx, ctx, account, &agent)?, link))
        })
        .await?;
    Ok(signed_in(&visit, &token, redirect(link.unwrap_or_else(|| "/start".to_owned()))).into_response())
}
