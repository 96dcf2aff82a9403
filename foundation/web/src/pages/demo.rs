//! Entering a demonstration as any role with one tap. Only where the store was made as a demonstration, we listen to this
//! machine only, and the browser is on it: see [`Visit::may_play`]; and the store is asked once more in the transaction.

use askama::Template;
use axum::Router;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base::PersonId;
use people::Role;
use store::p;

use crate::district::IS_DEMO;
use crate::pages::login::{agent, signed_in};
use crate::pages::words::role;
use crate::{App, Fields, Page, PageError, Shell, Visit, page, redirect};

crate::texts! {
    /// Words of the page of roles.
    pub(crate) DemoTexts;
    title: "选一个角色进入", "Enter as";
    intro: "这是演示环境，人员和诉求都是虚构的。选一个角色，不用密码就能进入；换角色时先退出。", "Everything here is invented. Choose a role to enter without a password; sign out to change roles.";
    resident: "居民", "Resident";
    resident_hint: "不用登录，直接反映问题、查进度", "Needs no account: report a concern, follow it";
    more: "这个角色还有 {n} 人", "{n} more hold this role";
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

#[derive(Template)]
#[template(path = "demo.html")]
struct DemoPage {
    shell: Shell,
    t: &'static DemoTexts,
    cards: Vec<Card>,
}

/// The order in which a visitor meets them: along the way of a concern, then the offices beside it.
const ORDER: [Role; 16] = [
    Role::TownDesk,
    Role::CommunityStaff,
    Role::GridWorker,
    Role::DepartmentStaff,
    Role::CallBack,
    Role::DistrictDesk,
    Role::TownStaff,
    Role::CommunitySecretary,
    Role::TownLeader,
    Role::DepartmentLead,
    Role::DistrictLeader,
    Role::Oversight,
    Role::BranchSecretary,
    Role::SystemAdmin,
    Role::SecurityAdmin,
    Role::AuditAdmin,
];

async fn show(visit: Visit) -> Result<Page, PageError> {
    if !visit.may_play() {
        return Err(PageError::NotFound);
    }
    let v = visit.clone();
    visit
        .read(move |tx, ctx| {
            let t = DemoTexts::of(v.lang);
            let tree = people::tree(tx)?;
            let mut cards = Vec::new();
            for kind in ORDER {
                let holders = people::read::holders_of(tx, ctx.now, kind)?;
                let Some(first) = holders.first() else { continue };
                let more = holders.len() - 1;
                cards.push(Card {
                    role: role(v.lang, kind),
                    person: first.person,
                    name: first.name.clone(),
                    place: tree.full_name(first.unit),
                    more: if more > 0 { crate::fill(t.more, &[("n", &more)]) } else { String::new() },
                });
            }
            page(&DemoPage { shell: v.shell(t.title), t, cards })
        })
        .await
}

async fn enter(visit: Visit, headers: HeaderMap, fields: Fields) -> Result<Response, PageError> {
    if !visit.may_play() {
        return Err(PageError::NotFound);
    }
    let person: PersonId = fields.id("person").ok_or(PageError::BadForm)?;
    let agent = agent(&headers);
    let token = visit
        .write(move |tx, ctx| {
            let demo = tx.opt(IS_DEMO, p![], |row| row.bool(0))?.unwrap_or(false);
            if !demo {
                return Err(PageError::NotFound);
            }
            let (account, _) = people::read::account_of(tx, person)?.ok_or(PageError::NotFound)?;
            Ok(people::enter_demonstration(tx, ctx, account, &agent)?)
        })
        .await?;
    Ok(signed_in(&visit, &token, redirect("/start")).into_response())
}
