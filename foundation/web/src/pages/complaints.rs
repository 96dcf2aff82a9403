//! 投诉建议: what people say about the product itself. Sealed, shown to system administrators, marked as seen to.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base::{Id, Purpose, Time};
use people::{Permission, Role};
use store::{Sql, StoreError, p, sql};

use crate::{App, Errors, Fields, Limit, Page, PageError, Redirect, Shell, Staff, Visit, page, redirect};

crate::texts! {
    /// Words of the page and of the administrators' list.
    pub(crate) ComplaintTexts;
    title: "投诉建议", "Complaints and suggestions";
    intro: "这里说的是本平台好不好用。身边的问题请从首页“我要反映”提交，才能转给承办单位。", "This is about the product itself. To have a problem around you solved, report it from the home page.";
    text: "您的意见", "What would you like to say?";
    text_hint: "请不要写身份证号、银行卡号", "Please leave out identity and bank card numbers";
    text_missing: "请写下您的意见", "Please write something";
    text_long: "最多 2000 个字，请写短一些", "At most 2,000 characters, please shorten it";
    contact: "联系方式", "How to reach you";
    contact_hint: "需要答复时填写，只有系统管理员看得到", "If you would like an answer; only the system administrators see it";
    submit: "提交", "Send";
    done: "已收到，谢谢您的意见", "Received, thank you";
    list: "投诉建议", "Complaints";
    list_empty: "还没有人提意见", "Nobody has said anything yet";
    list_empty_text: "页脚“投诉建议”里写的意见会出现在这里", "What people write under “Complaints and suggestions” appears here";
    mark: "已处理", "Mark as seen to";
    marked: "已标记为处理", "Marked";
    seen_to: "{when} 处理", "Seen to {when}";
    unreadable: "（这条意见打不开：密钥文件里没有它的密钥）", "(This cannot be opened: its key is not in the key file)";
}

/// Read what people say about the product, and mark it as seen to.
struct SeeComplaints;

impl Permission for SeeComplaints {
    const NAME: &'static str = "web.complaints";
    const ROLES: &'static [Role] = &[Role::SystemAdmin];
}

const SEALED: Purpose = Purpose("web.complaint");

const INSERT: &Sql = sql!("INSERT INTO complaint (id, created_at, sealed, done_at, done_by) VALUES (?1, ?2, ?3, NULL, NULL)");
/// Walks the primary key backwards: the newest first.
const LIST: &Sql = sql!("SELECT id, created_at, sealed, done_at FROM complaint ORDER BY id DESC LIMIT 100");
const DONE: &Sql = sql!("UPDATE complaint SET done_at = ?2, done_by = ?3 WHERE id = ?1 AND done_at IS NULL");

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/complaints", get(show).post(send))
        .route("/admin/complaints", get(list))
        .route("/admin/complaints/done", post(done))
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Said {
    text: String,
    contact: String,
}

#[derive(Template)]
#[template(path = "me-complaints.html")]
struct ComplaintPage {
    shell: Shell,
    t: &'static ComplaintTexts,
    errors: Errors,
    fields: Fields,
    op_key: String,
}

async fn show(visit: Visit) -> Result<Page, PageError> {
    form(&visit, Fields::default(), Errors::none())
}

fn form(visit: &Visit, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    let t = ComplaintTexts::of(visit.lang);
    let op_key = fields.get("op_key").map_or_else(|| visit.op_key(), str::to_owned);
    page(&ComplaintPage { shell: visit.shell(t.title), t, errors, fields, op_key })
}

async fn send(visit: Visit, fields: Fields) -> Result<Response, PageError> {
    visit.limit(Limit::Submit)?;
    let t = ComplaintTexts::of(visit.lang);
    let (text, contact) = (fields.text("text"), fields.text("contact"));
    let mut errors = Errors::none();
    if text.is_empty() {
        errors.add("text", t.text_missing);
    } else if text.chars().count() > 2000 {
        errors.add("text", t.text_long);
    }
    if !errors.is_empty() {
        return Ok(form(&visit, fields, errors)?.again().into_response());
    }
    let key = fields.op_key()?;
    let said = Said { text, contact: contact.chars().take(200).collect() };
    visit
        .write(move |tx, ctx| {
            store::once(tx, ctx.now, &key, "web.complaint", b"", |tx| {
                let plain = serde_json::to_vec(&said).map_err(|error| StoreError::Other(error.to_string()))?;
                let sealed = ctx.keys().seal(ctx.random(), SEALED, &plain);
                let id: Id = ctx.id();
                tx.exec(INSERT, p![id, ctx.now, &sealed]).map(drop)
            })
            .map_err(|error: StoreError| PageError::from(error))
        })
        .await?;
    Ok(redirect("/").done(t.done).into_response())
}

/// One of them, for the list.
struct Row {
    id: Id,
    when: String,
    text: String,
    contact: String,
    done: String,
}

#[derive(Template)]
#[template(path = "admin-complaints.html")]
struct ListPage {
    shell: Shell,
    t: &'static ComplaintTexts,
    rows: Vec<Row>,
}

async fn list(staff: Staff) -> Result<Page, PageError> {
    staff
        .read(|tx, ctx, who| {
            who.has::<SeeComplaints>().ok_or(PageError::Forbidden)?;
            let lang = who.visit().lang;
            let t = ComplaintTexts::of(lang);
            let found = tx.all(LIST, p![], |row| Ok((row.id::<Id>(0)?, row.time(1)?, row.blob(2)?.to_vec(), row.opt_time(3)?)))?;
            let moment = |at: Time| crate::dates::moment(lang, at, ctx.now);
            let rows = found.into_iter().map(|(id, at, sealed, done)| {
                let said = ctx.keys().open(SEALED, &sealed).ok().and_then(|plain| serde_json::from_slice::<Said>(&plain).ok());
                let (text, contact) = said.map_or_else(|| (t.unreadable.to_owned(), String::new()), |said| (said.text, said.contact));
                let done = done.map(|done| crate::fill(t.seen_to, &[("when", &moment(done))])).unwrap_or_default();
                Row { id, when: moment(at), text, contact, done }
            });
            page(&ListPage { shell: who.shell(t.list), t, rows: rows.collect() })
        })
        .await
}

async fn done(staff: Staff, fields: Fields) -> Result<Redirect, PageError> {
    let t = ComplaintTexts::of(staff.lang);
    let id: Id = fields.id("id").ok_or(PageError::BadForm)?;
    staff
        .write(move |tx, ctx, who| {
            let proof = who.has::<SeeComplaints>().ok_or(PageError::Forbidden)?;
            tx.exec(DONE, p![id, ctx.now, proof.person()])?;
            Ok(())
        })
        .await?;
    Ok(redirect("/admin/complaints").done(t.marked))
}
