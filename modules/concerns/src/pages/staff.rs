//! What staff see: the workbench, lists, one concern with the steps that apply, registering for a
//! resident, the grids' QR codes, and the list as a workbook.

mod codes;
mod export;
mod forms;
mod holidays;
mod input;
mod joined;
mod joint;
mod kinds;
mod list;
mod new;
mod publish;
mod read_back;
mod rules;
mod same;
mod second;
mod show;
mod step;
mod take;
mod texts;
mod trail;
mod views;

use axum::Router;
use axum::routing::{get, post};
use people::{Actor, Tree};
use web::{App, Lang, MenuItem, Shell, Signed};

use crate::pages::learning::LearningTexts;
use crate::permissions::{CallBack, Catalogue, Desk, Handle, Import, Read, Register};
use crate::read::{Badges, Count};
pub(crate) use input::{Input, Mark};
pub(crate) use texts::StaffTexts;

/// The routes of staff.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/work", get(list::inbox))
        .route("/work/desk", get(list::desk))
        .route("/work/review", get(list::review))
        .route("/work/callbacks", get(list::call_backs))
        .route("/work/all", get(list::all))
        .route("/work/all.xlsx", get(export::workbook))
        .route("/work/all/views", post(views::keep))
        .route("/work/all/views/{id}/drop", post(views::discard))
        .route("/work/c/{no}/publish", get(publish::show).post(publish::send))
        .route("/work/second", get(second::list))
        .route("/work/rules", get(rules::page))
        .route("/work/rules/holidays", get(holidays::form).post(holidays::send))
        .route("/work/rules/holidays/{year}/withdraw", post(holidays::withdraw))
        .route("/work/joint", get(joint::page))
        .route("/work/joint.xlsx", get(joint::workbook))
        .route("/work/new", get(new::form).post(new::send))
        .route("/work/codes", get(codes::page))
        .route("/work/c/{no}", get(show::show))
        .route("/work/c/{no}/same", get(same::form).post(same::send))
        .route("/work/c/{no}/photo/{event}/{n}", get(show::photo))
        .route("/work/c/{no}/{act}", get(step::form).post(step::send))
}

/// The places in the menu: what the posts of this person give them to do.
pub(super) fn menu(actor: &Actor, tree: &Tree, lang: Lang) -> Vec<MenuItem> {
    let t = StaffTexts::of(lang);
    let mut items = Vec::new();
    if actor.has::<Handle>().is_some() {
        items.push(MenuItem::new("/work", t.menu_inbox, "inbox"));
    }
    if actor.has::<Desk>().is_some() {
        items.push(MenuItem::new("/work/desk", t.menu_desk, "send"));
        items.push(MenuItem::new("/work/review", t.menu_review, "clipboard-list"));
        items.push(MenuItem::new("/work/second", second::menu(lang), "eye"));
    }
    if actor.has::<CallBack>().is_some() {
        items.push(MenuItem::new("/work/callbacks", t.menu_call_backs, "phone"));
    }
    if let Some(tab) = joint::first(actor, tree) {
        let menu = joint::JointTexts::of(lang).menu;
        items.push(MenuItem::new(format!("/work/joint?tab={}", tab.code()), menu, "layers"));
    }
    if actor.has::<Read>().is_some() {
        items.push(MenuItem::new("/work/all", t.menu_all, "list"));
    }
    if actor.has::<Register>().is_some() {
        items.push(MenuItem::new("/work/new", t.menu_new, "message-square-plus"));
    }
    if actor.has::<Import>().is_some() {
        items.push(MenuItem::new("/work/import", t.menu_import, "upload"));
    }
    if actor.has::<Catalogue>().is_some() {
        items.push(MenuItem::new("/work/catalogue", crate::pages::catalogue::menu(lang), "folder-open"));
        items.push(MenuItem::new("/work/learning", LearningTexts::of(lang).menu, "lightbulb"));
        items.push(MenuItem::new("/work/rules", rules::RuleTexts::of(lang).title, "hourglass"));
    }
    items
}

/// The shell, with how many things wait behind each place of the menu.
fn counted_shell(who: &Signed, title: impl Into<String>, badges: &Badges) -> Shell {
    let mut shell = who.shell(title);
    let waiting = |count: Count| i64::try_from(count.n).unwrap_or(0) + i64::from(count.more);
    for item in &mut shell.menu {
        let count = match item.href.as_str() {
            "/work" => badges.work,
            "/work/desk" => badges.desk,
            "/work/review" => badges.review,
            "/work/callbacks" => badges.call_back,
            _ => continue,
        };
        item.count = Some(waiting(count)).filter(|n| *n > 0);
    }
    shell
}
