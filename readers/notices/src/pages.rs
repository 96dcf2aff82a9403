//! The pages: one's own list, where one is told, and the outbox for who runs the machine.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base::{Ctx, Id, Time};
use people::{Actor, Tree};
use store::Tx;
use web::due::{Line, Look};
use web::kit::Fact;
use web::notice::Channel;
use web::{App, Errors, Fields, Lang, MenuItem, Page, PageError, Shell, Signed, Staff, dates, fill, page, redirect};

use crate::address;
use crate::ledger::{self, PATIENCE, RetryError};
use crate::permissions::KeepOutbox;
use crate::texts::NoticeTexts;

/// How far back a list goes.
const BACK: i64 = 30 * Time::DAY;
/// Lines of a list.
const LINES: i64 = 100;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/notices", get(list))
        .route("/me/notices", get(settings).post(set))
        .route("/admin/outbox", get(outbox))
        .route("/admin/outbox/{id}/retry", post(retry))
}

pub(crate) fn menu(actor: &Actor, _: &Tree, lang: Lang) -> Vec<MenuItem> {
    let t = NoticeTexts::of(lang);
    let mut items = Vec::new();
    if !actor.is_admin() && !actor.posts.is_empty() {
        items.push(MenuItem::new("/notices", t.menu, "bell").at_the_top());
    }
    if actor.has::<KeepOutbox>().is_some() {
        items.push(MenuItem::new("/admin/outbox", t.outbox_menu, "send"));
    }
    items
}

struct Row {
    title: &'static str,
    when: String,
    fresh: bool,
    line: Line,
}

#[derive(Template)]
#[template(path = "notices/list.html")]
struct ListPage {
    shell: Shell,
    t: &'static NoticeTexts,
    rows: Vec<Row>,
}

/// Lines of somebody's list, without what they may not know of: each module says so of its own.
fn rows(tx: &mut Tx, ctx: &Ctx, who: &Signed) -> Result<Vec<Row>, PageError> {
    let mut whom: Vec<Id> = who.units().into_iter().map(|unit| unit.0).collect();
    whom.push(who.person.0);
    let seen = ledger::seen(tx, who.person)?.unwrap_or(Time(0));
    let listed = ledger::list(tx, &whom, ctx.now.plus(-BACK), LINES)?;
    let lang = who.visit().lang;
    let modules = who.visit().app.modules();
    let mut ids: Vec<Id> = listed.iter().map(|one| one.subject).collect();
    ids.sort_unstable();
    ids.dedup();
    let top = who.tree.district().map(|unit| unit.id).unwrap_or_default();
    let look = Look { actor: Some(who), tree: &who.tree, lang, unit: top };
    let mut lines: Vec<(Id, Line)> = Vec::new();
    for module in modules {
        lines.extend((module.lines)(tx, ctx, &look, &ids)?);
    }
    let row = |one: ledger::Listed| {
        let notice = modules.iter().flat_map(|module| module.notices).find(|notice| notice.name == one.name)?;
        let (_, line) = lines.iter().find(|(id, _)| *id == one.subject)?;
        Some(Row { title: (notice.title)(lang), when: dates::moment(lang, one.at, ctx.now), fresh: one.at > seen, line: line.clone() })
    };
    Ok(listed.into_iter().filter_map(row).collect())
}

async fn list(staff: Staff) -> Result<Page, PageError> {
    let (page, person, at) = staff
        .read(|tx, ctx, who| {
            if who.is_admin() {
                return Err(PageError::Forbidden);
            }
            let t = NoticeTexts::of(who.visit().lang);
            let made = page(&ListPage { shell: who.shell(t.title), t, rows: rows(tx, ctx, who)? })?;
            Ok((made, who.person, ctx.now))
        })
        .await?;
    staff.visit().write(move |tx, _| ledger::see(tx, person, at)).await?;
    Ok(page)
}

#[derive(Template)]
#[template(path = "notices/settings.html")]
struct SettingsPage {
    shell: Shell,
    t: &'static NoticeTexts,
    errors: Errors,
    email: Option<String>,
    wecom: Option<String>,
    op_key: String,
}

async fn settings(staff: Staff) -> Result<Page, PageError> {
    settings_shown(&staff, Fields::default(), Errors::none()).await
}

async fn settings_shown(staff: &Staff, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    let op_key = staff.op_key();
    staff
        .read(move |tx, ctx, who| {
            let t = NoticeTexts::of(who.visit().lang);
            let outbox = &who.visit().app.config().outbox;
            let mut own = |channel: Channel| -> Result<Option<String>, PageError> {
                if !outbox.has(channel) {
                    return Ok(None);
                }
                let kept = address::of(tx, ctx, who.person, channel)?.map(|kept| kept.to_string()).unwrap_or_default();
                Ok(Some(fields.get(channel.code()).map_or(kept, str::to_owned)))
            };
            let (email, wecom) = (own(Channel::Email)?, own(Channel::Wecom)?);
            let made = SettingsPage { shell: who.shell(t.settings), t, errors: errors.clone(), email, wecom, op_key: op_key.clone() };
            page(&made)
        })
        .await
}

async fn set(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (key, t) = (fields.op_key()?, NoticeTexts::of(staff.lang));
    let mut errors = Errors::none();
    for (channel, words) in [(Channel::Email, t.wrong_email), (Channel::Wecom, t.wrong_wecom)] {
        let typed = fields.text(channel.code());
        if !typed.is_empty() && !address::fits(channel, &typed) {
            errors.add(channel.code(), words);
        }
    }
    if !errors.is_empty() {
        return Ok(settings_shown(&staff, fields, errors).await?.again().into_response());
    }
    staff
        .write(move |tx, ctx, who| {
            let person = who.person;
            store::once(tx, ctx.now, &key, "notices.address", person.bytes(), |tx| {
                for channel in [Channel::Email, Channel::Wecom] {
                    if fields.has(channel.code()) {
                        address::set(tx, ctx, person, channel, &fields.text(channel.code()))?;
                    }
                }
                Ok::<_, PageError>(())
            })
        })
        .await?;
    Ok(redirect("/me/notices").done(t.saved).into_response())
}

struct Counted {
    way: &'static str,
    state: &'static str,
    n: i64,
}

struct Dead {
    id: String,
    title: &'static str,
    sub: String,
    why: String,
}

#[derive(Template)]
#[template(path = "notices/outbox.html")]
struct OutboxPage {
    shell: Shell,
    t: &'static NoticeTexts,
    ways: Vec<Fact>,
    counts: Vec<Counted>,
    dead: Vec<Dead>,
    none: String,
    op_key: String,
}

fn way(t: &NoticeTexts, channel: Channel) -> &'static str {
    match channel {
        Channel::Email => t.email,
        Channel::Sms => t.sms,
        Channel::Wecom => t.wecom,
        Channel::Robot => t.robot,
    }
}

fn state(t: &NoticeTexts, state: &str) -> &'static str {
    match state {
        "waiting" => t.state_waiting,
        "sending" => t.state_sending,
        "sent" => t.state_sent,
        "dead" => t.state_dead,
        _ => t.state_void,
    }
}

async fn outbox(staff: Staff) -> Result<Page, PageError> {
    let op_key = staff.op_key();
    staff
        .read(move |tx, ctx, who| {
            who.has::<KeepOutbox>().ok_or(PageError::Forbidden)?;
            let lang = who.visit().lang;
            let t = NoticeTexts::of(lang);
            let config = &who.visit().app.config().outbox;
            let on = |channel| if config.has(channel) { t.way_on } else { t.way_off };
            let counted = |(channel, code, n): (Channel, String, i64)| Counted { way: way(t, channel), state: state(t, &code), n };
            let modules = who.visit().app.modules();
            let title = |name: &str| {
                let notice = modules.iter().flat_map(|module| module.notices).find(|notice| notice.name == name);
                notice.map_or("", |notice| (notice.title)(lang))
            };
            let dead = |one: ledger::Delivery| Dead {
                title: title(&one.name),
                sub: fill(
                    t.dead_line,
                    &[("way", &way(t, one.channel)), ("when", &dates::moment(lang, one.done_at.unwrap_or(one.made_at), ctx.now))],
                ),
                id: one.id.to_string(),
                why: one.why,
            };
            page(&OutboxPage {
                shell: who.shell(t.outbox),
                t,
                ways: Channel::ALL.into_iter().map(|channel| Fact::new(way(t, channel), on(channel))).collect(),
                counts: ledger::counts(tx, ctx.now.plus(-7 * Time::DAY))?.into_iter().map(counted).collect(),
                dead: ledger::dead(tx, LINES)?.into_iter().map(dead).collect(),
                none: fill(t.dead_none_text, &[("n", &(PATIENCE.len() + 1))]),
                op_key: op_key.clone(),
            })
        })
        .await
}

async fn retry(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (key, id): (_, Id) = (fields.op_key()?, id.parse().map_err(|_| PageError::NotFound)?);
    staff
        .write(move |tx, ctx, who| {
            let proof = who.has::<KeepOutbox>().ok_or(PageError::Forbidden)?;
            // The key of the page's forms and the message together: each can be sent again from one page.
            let done =
                store::once(tx, ctx.now, &mix(&key, id), "notices.retry", who.person.bytes(), |tx| ledger::retry(tx, ctx, &proof, id));
            done.map_err(|error| match error {
                RetryError::NotFound => PageError::NotFound,
                RetryError::Store(error) => error.into(),
            })
        })
        .await?;
    Ok(redirect("/admin/outbox").done(NoticeTexts::of(staff.lang).retried).into_response())
}

fn mix(key: &[u8; 16], id: Id) -> [u8; 16] {
    let mut mixed = *key;
    for (byte, other) in mixed.iter_mut().zip(id.0) {
        *byte ^= other;
    }
    mixed
}
