//! 我的诉求: what is theirs who signed in, opened by a key that is good for an hour.

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use base::Ctx;
use store::Tx;
use visitors::Visitor;
use visitors::session::{self, brought, forget};
use web::kit::Light;
use web::{Fields, Limit, Page, PageError, Shell, Visit, dates, fill, page, redirect};

use crate::claimed;
use crate::pages::words;
use crate::receipt;

web::texts! {
    /// Words of one's own list.
    pub(crate) MineTexts;
    title: "我的诉求", "My concerns";
    lead: "用 {phone} 反映的事，和您用回执加进来的事。要求保密的事只能用回执打开。", "What you raised with {phone}, and what you added by its receipt. What you asked to keep confidential opens by its receipt only.";
    lead_claimed: "您用回执加进来的事。打开回执，点“加到我的诉求”就会出现在这里。", "What you added by its receipt. Open a receipt and press “Add to my concerns”, and it appears here.";
    none: "这里还没有诉求", "Nothing here yet";
    none_text: "用登录的手机号反映的事会出现在这里；其他的事可以打开回执，再加进来。", "What you raise with the number that you sign in with appears here. Open a receipt to add another concern.";
    when: "{when} 反映", "Raised {when}";
    untitled: "（内容已删除或保密）", "(erased or confidential)";
    leave: "退出登录", "Sign out";
    erase: "注销登录", "Erase this sign-in";
    erase_text: "删除登录用的手机号、统一认证绑定和这份清单。诉求本身不受影响，仍可用回执查询。", "Deletes the number and the linked identity kept for signing in, and this list. Your concerns stay and can be followed by their receipts.";
    erased: "已注销，登录信息已删除", "Erased; what you signed in with is gone";
    identity: "统一认证登录", "Sign-in through another account";
    claim: "加到我的诉求", "Add to my concerns";
    claimed: "已加到我的诉求", "Added to your concerns";
    sign_in: "登录，查看我的诉求", "Sign in to see your concerns";
}

struct Row {
    no: String,
    title: String,
    sub: String,
    light: Light,
    left: String,
}

#[derive(Template)]
#[template(path = "resident/mine.html")]
struct MinePage {
    shell: Shell,
    t: &'static MineTexts,
    lead: String,
    rows: Vec<Row>,
    /// Whether another house vouches for residents here, so that it can be linked.
    vouched: bool,
}

/// The list; who is not signed in is asked to.
pub(super) async fn list(visit: Visit, headers: HeaderMap) -> Result<Response, PageError> {
    let (token, v) = (brought(&visit, &headers), visit.clone());
    visit
        .read(move |tx, ctx| match session::current(tx, ctx, token.as_ref())? {
            None => Ok(redirect("/my/sign-in").into_response()),
            Some(visitor) => shown(tx, ctx, &v, &visitor).map(|page| page.secret().into_response()),
        })
        .await
}

fn shown(tx: &mut Tx, ctx: &Ctx, visit: &Visit, visitor: &Visitor) -> Result<Page, PageError> {
    let (t, lang, w) = (MineTexts::of(visit.lang), visit.lang, words::words(visit.lang));
    let calendar = ctx.rules().calendar();
    let row = |concern: crate::Concern| Row {
        title: if concern.title.is_empty() { t.untitled.to_owned() } else { concern.title.clone() },
        sub: format!(
            "{} · {}",
            base::number::show(&concern.no),
            fill(t.when, &[("when", &dates::day(lang, concern.received_at.date(), ctx.now))])
        ),
        light: concern.now.due.as_ref().map_or(Light::Done, |due| words::light(ctx, due)),
        left: match &concern.now.due {
            Some(due) => dates::left(lang, due.at, ctx.now, calendar),
            None => concern.now.outcome.map(|outcome| w.outcome(outcome).to_owned()).unwrap_or_default(),
        },
        no: concern.no,
    };
    let rows = claimed::of(tx, ctx, visitor)?.into_iter().map(row).collect();
    let lead = visitor.phone().map_or_else(|| t.lead_claimed.to_owned(), |phone| fill(t.lead, &[("phone", &phone.masked())]));
    page(&MinePage { shell: visit.shell(t.title), t, lead, rows, vouched: visitors::vouched(visit) })
}

/// Who is signed in, for a form of theirs.
fn signed_in(tx: &mut Tx, ctx: &Ctx, token: Option<&[u8; 32]>) -> Result<Visitor, PageError> {
    session::current(tx, ctx, token)?.ok_or(PageError::NotFound)
}

/// Opens one of theirs.
pub(super) async fn open(visit: Visit, Path(no): Path<String>, headers: HeaderMap, _: Fields) -> Result<Response, PageError> {
    visit.limit(Limit::Track)?;
    let token = brought(&visit, &headers);
    let number = base::number::parse(&no).map_err(|_| PageError::NotFound)?;
    let to = number.clone();
    let pass = visit
        .write(move |tx, ctx| {
            let visitor = signed_in(tx, ctx, token.as_ref())?;
            claimed::open(tx, ctx, &visitor, &number)?.ok_or(PageError::NotFound)
        })
        .await?;
    Ok(redirect(format!("/r/{to}/{pass}")).into_response())
}

/// Keeps a concern, whose receipt is shown, in one's list.
pub(super) async fn claim(
    visit: Visit,
    Path((no, secret)): Path<(String, String)>,
    headers: HeaderMap,
    _: Fields,
) -> Result<Response, PageError> {
    visit.limit(Limit::Track)?;
    let token = brought(&visit, &headers);
    visit
        .write(move |tx, ctx| {
            let visitor = signed_in(tx, ctx, token.as_ref())?;
            let holder = receipt::find(tx, &no, &secret)?.ok_or(PageError::NotFound)?;
            Ok::<_, PageError>(claimed::claim(tx, ctx, &visitor, &holder)?)
        })
        .await?;
    Ok(redirect("/my").done(MineTexts::of(visit.lang).claimed).into_response())
}

/// Leaves, with every key that opens something.
pub(super) async fn leave(visit: Visit, headers: HeaderMap, fields: Fields) -> Result<Response, PageError> {
    let token = brought(&visit, &headers);
    let erases = fields.chose("erase", "1");
    visit
        .write(move |tx, ctx| {
            let Some(visitor) = session::current(tx, ctx, token.as_ref())? else { return Ok(()) };
            if erases {
                claimed::forget(tx, visitor.id())?;
                session::erase(tx, visitor.id())?;
            } else if let Some(token) = &token {
                claimed::close(tx, visitor.id())?;
                session::end(tx, token)?;
            }
            Ok::<_, PageError>(())
        })
        .await?;
    let t = MineTexts::of(visit.lang);
    let to = redirect("/").header(header::SET_COOKIE, forget(&visit));
    Ok(if erases { to.done(t.erased).into_response() } else { to.into_response() })
}

/// Whether somebody is signed in, for a page that offers them more.
pub(super) fn is_in(tx: &mut Tx, ctx: &Ctx, token: Option<&[u8; 32]>) -> Result<bool, PageError> {
    Ok(session::current(tx, ctx, token)?.is_some())
}
