//! One's own account: posts, sessions, password, second factor.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use people::password::{NewPassword, Strength};
use people::sign;
use people::totp::{self, RemoveTotp, TotpError};
use people::{ChangePassword, SessionId, change_password};

use crate::kit::Fact;
use crate::pages::login::locked;
use crate::pages::outside::OutsideTexts;
use crate::pages::passkeys::PasskeyTexts;
use crate::pages::words::{PeopleTexts, role};
use crate::shell::Tone;
use crate::{App, Errors, Fields, Limit, Page, PageError, Redirect, Shell, Signed, Staff, page, redirect};

crate::texts! {
    /// Words of one's own account.
    pub(crate) MeTexts;
    title: "我的账号", "My account";
    posts: "我的岗位", "My posts";
    no_posts: "还没有岗位。岗位由安全管理员授予", "No post yet. Posts are given by the security administrator";
    reaches: "管到 {unit}", "Reaches {unit}";
    sessions: "登录的设备", "Where you are signed in";
    sessions_hint: "不认识的设备，请让它退出并修改密码", "If you do not know a device, sign it out and change your password";
    session_this: "这台设备", "This device";
    session_seen: "{when} 用过", "Seen {when}";
    session_since: "{when} 登录", "Signed in {when}";
    session_unknown: "没有说明的浏览器", "A browser that does not say what it is";
    session_end: "让它退出", "Sign it out";
    sessions_end: "让其他设备都退出", "Sign out all other devices";
    session_ended: "已退出", "Signed out";
    password: "修改密码", "Change password";
    password_old: "现在的密码", "Current password";
    password_new: "新密码", "New password";
    password_save: "保存新密码", "Save the new password";
    password_saved: "密码已修改，其他设备已退出", "Password changed; other devices are signed out";
    password_old_now: "密码已用满 {n} 天，请先换一个新密码", "Your password is older than {n} days, please set a new one first";
    password_wrong: "现在的密码不对", "The current password is wrong";
    totp: "两步验证", "Two-step verification";
    totp_on: "已开启。还有 {n} 个恢复码可用", "On. {n} recovery codes are left";
    totp_off: "还没有开启。开启后，登录时除密码外还要输入手机验证器上的数字", "Off. When it is on, signing in needs a number from your phone beside the password";
    totp_start: "开启两步验证", "Turn it on";
    totp_scan: "用手机上的验证器（如 Google 身份验证器、FreeOTP，或微信里的同类小程序）扫描", "Scan this with an authenticator on your phone, such as FreeOTP or Google Authenticator";
    totp_type: "不能扫描时，在验证器里输入这串字符", "If you cannot scan it, type this into the authenticator";
    totp_confirm: "验证器上现在的 6 位数字", "The 6 digits it shows now";
    totp_save: "完成开启", "Finish";
    totp_done: "两步验证已开启", "Two-step verification is on";
    totp_codes: "请把这些恢复码抄下来收好。手机不在身边时，每个可以用一次。它们不会再显示", "Write these recovery codes down and keep them safe. Each works once when you are without your phone. They are not shown again";
    totp_kept: "我已抄好", "I have written them down";
    totp_remove: "关闭两步验证", "Turn it off";
    totp_removed: "两步验证已关闭", "Two-step verification is off";
    totp_no_offer: "等得太久了，请重新扫描", "That took too long, please scan again";
    totp_already: "两步验证已经开启", "Two-step verification is already on";
    totp_needed: "管理员必须保留两步验证", "Administrators must keep two-step verification";
    elder: "大字", "Large text";
    qr: "两步验证的二维码", "QR code for two-step verification";
}

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/me", get(show))
        .route("/me/password", get(show_password).post(set_password))
        .route("/me/sessions/end", post(end_session))
        .route("/me/sessions/end-others", post(end_others))
        .route("/me/totp", get(show_totp).post(start_totp))
        .route("/me/totp/confirm", post(confirm_totp))
        .route("/me/totp/remove", post(remove_totp))
}

/// One session, for the list.
struct SessionRow {
    id: SessionId,
    agent: String,
    when: String,
    this: bool,
}

#[derive(Template)]
#[template(path = "me.html")]
struct MePage {
    shell: Shell,
    t: &'static MeTexts,
    posts: Vec<Fact>,
    sessions: Vec<SessionRow>,
    totp: String,
    has_totp: bool,
    k: &'static PasskeyTexts,
    o: &'static OutsideTexts,
    outside: String,
}

async fn show(staff: Staff) -> Result<Page, PageError> {
    staff
        .read(|tx, ctx, who| {
            let lang = who.visit().lang;
            let t = MeTexts::of(lang);
            let posts = who.posts.iter().map(|held| {
                let mut text = format!("{}（{}）", held.title, role(lang, held.role));
                if !lang.is_chinese() {
                    text = format!("{} ({})", held.title, role(lang, held.role));
                }
                if held.reach != held.unit {
                    text = format!("{text} · {}", crate::fill(t.reaches, &[("unit", &who.tree.full_name(held.reach))]));
                }
                Fact::new(who.tree.full_name(held.unit), text)
            });
            let sessions = sign::sessions(tx, ctx.now, who.account)?.into_iter().map(|session| SessionRow {
                this: session.id == who.session,
                agent: browser(&session.agent).unwrap_or_else(|| t.session_unknown.to_owned()),
                when: format!(
                    "{} · {}",
                    crate::fill(t.session_since, &[("when", &crate::dates::moment(lang, session.created_at, ctx.now))]),
                    crate::fill(t.session_seen, &[("when", &crate::dates::ago(lang, session.seen_at, ctx.now))])
                ),
                id: session.id,
            });
            let totp =
                if who.has_totp { crate::fill(t.totp_on, &[("n", &totp::recovery_left(tx, who.account)?)]) } else { t.totp_off.to_owned() };
            page(&MePage {
                shell: who.shell(t.title),
                t,
                posts: posts.collect(),
                sessions: sessions.collect(),
                totp,
                has_totp: who.has_totp,
                k: PasskeyTexts::of(lang),
                o: OutsideTexts::of(lang),
                outside: who.visit().app.config().house.as_ref().map(|house| house.name.clone()).unwrap_or_default(),
            })
        })
        .await
}

/// What a browser calls itself, in two words: `Chrome · Windows`.
fn browser(agent: &str) -> Option<String> {
    let find = |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let name = find(&[("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari")])?;
    let system = find(&[
        ("HarmonyOS", "HarmonyOS"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    Some(system.map_or_else(|| name.to_owned(), |system| format!("{name} · {system}")))
}

async fn end_session(staff: Staff, fields: Fields) -> Result<Redirect, PageError> {
    let t = MeTexts::of(staff.lang);
    let session: SessionId = fields.id("session").ok_or(PageError::BadForm)?;
    staff.write(move |tx, ctx, who| Ok(sign::revoke(tx, ctx, who, session)?)).await?;
    Ok(redirect("/me").done(t.session_ended))
}

async fn end_others(staff: Staff, _checked: Fields) -> Result<Redirect, PageError> {
    let t = MeTexts::of(staff.lang);
    staff.write(|tx, ctx, who| Ok(sign::revoke_others(tx, ctx, who)?)).await?;
    Ok(redirect("/me").done(t.session_ended))
}

#[derive(Template)]
#[template(path = "me-password.html")]
struct PasswordPage {
    shell: Shell,
    t: &'static MeTexts,
    p: &'static PeopleTexts,
    errors: Errors,
    hint: String,
    /// Why the page came by itself; empty when it did not.
    old: String,
}

async fn show_password(staff: Staff) -> Result<Page, PageError> {
    staff.read(|_, _, who| password_form(who, Errors::none())).await
}

fn strength(who: &Signed) -> Strength {
    if who.is_admin() { Strength::Admin } else { Strength::Staff }
}

/// A session whose password is too old may change it, sign out, and nothing else.
pub(crate) fn may_with_old_password(path: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    matches!(path, "/me/password" | "/logout")
}

/// An administrator without a second factor may turn one on, see to their own account, sign out, and nothing else.
pub(crate) fn may_without_second_factor(path: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    path == "/logout" || path == "/me" || path.starts_with("/me/")
}

fn password_form(who: &Signed, errors: Errors) -> Result<Page, PageError> {
    let lang = who.visit().lang;
    let (t, p) = (MeTexts::of(lang), PeopleTexts::of(lang));
    let hint = crate::fill(p.password_hint, &[("n", &strength(who).least())]);
    let old =
        if who.password_old { crate::fill(t.password_old_now, &[("n", &base::policy::amount("password.days"))]) } else { String::new() };
    page(&PasswordPage { shell: who.shell(t.password), t, p, errors, hint, old })
}

async fn again(staff: &Staff, field: &'static str, words: String) -> Result<Response, PageError> {
    let form = move |_: &mut store::Tx, _: &base::Ctx, who: &Signed| {
        let mut errors = Errors::none();
        errors.add(field, words.clone());
        password_form(who, errors).map(|page| page.again().into_response())
    };
    staff.read(form).await
}

async fn set_password(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    staff.limit(Limit::SignIn)?;
    let (t, p) = (MeTexts::of(staff.lang), PeopleTexts::of(staff.lang));
    let (old, new) = (fields.value("old").to_owned(), fields.value("new").to_owned());
    if new != fields.value("again") {
        return again(&staff, "again", p.password_differs.to_owned()).await;
    }
    let (candidate, login, strength, past) = staff
        .read(|tx, ctx, who| {
            let login = people::read::account_of(tx, who.person)?.map(|(_, login)| login).unwrap_or_default();
            let past = people::password::past(tx, who.account)?;
            Ok((sign::candidate_of(tx, ctx, who)?, login, strength(who), past))
        })
        .await?;
    let random = staff.district.env().random.clone();
    let work = move |params: &people::password::Params| {
        let checked = candidate.verify(params, &old);
        let made = NewPassword::make(params, &*random, &new, &login, strength).and_then(|made| made.unlike(&new, past));
        (checked, made)
    };
    let (checked, made) = staff.app.hash(&staff.district, work).await?;
    let made = match made {
        Ok(made) => made,
        Err(weak) => return again(&staff, "new", p.weak(&weak).ok_or(PageError::Busy)?).await,
    };
    match staff.write(move |tx, ctx, who| Ok(change_password(tx, ctx, who, &checked, &made)?)).await? {
        ChangePassword::Changed => Ok(redirect("/me").done(t.password_saved).into_response()),
        ChangePassword::Wrong => again(&staff, "old", t.password_wrong.to_owned()).await,
        ChangePassword::Locked { until } => again(&staff, "old", locked(&staff, until)).await,
        ChangePassword::Used => {
            let words = crate::fill(p.password_used, &[("n", &base::policy::amount("password.history"))]);
            again(&staff, "new", words).await
        }
        ChangePassword::TooWeak => {
            let words = crate::fill(p.password_short, &[("n", &Strength::Admin.least())]);
            again(&staff, "new", words).await
        }
    }
}

#[derive(Template)]
#[template(path = "me-totp.html")]
struct TotpPage {
    shell: Shell,
    t: &'static MeTexts,
    p: &'static PeopleTexts,
    errors: Errors,
    has_totp: bool,
    asks: bool,
    state: String,
    secret: String,
    svg: String,
}

#[derive(Template)]
#[template(path = "me-codes.html")]
struct CodesPage {
    shell: Shell,
    t: &'static MeTexts,
    codes: Vec<String>,
}

async fn show_totp(staff: Staff) -> Result<Page, PageError> {
    staff.read(|_, _, who| totp_page(who, Errors::none(), None, false)).await
}

fn totp_page(who: &Signed, errors: Errors, offer: Option<&totp::Offer>, asks: bool) -> Result<Page, PageError> {
    let lang = who.visit().lang;
    let t = MeTexts::of(lang);
    page(&TotpPage {
        shell: who.shell(t.totp),
        t,
        p: PeopleTexts::of(lang),
        errors,
        has_totp: who.has_totp,
        asks,
        state: if who.has_totp { t.totp_done.to_owned() } else { t.totp_off.to_owned() },
        secret: offer.map(|offer| spaced(&offer.secret)).unwrap_or_default(),
        svg: offer.and_then(|offer| crate::qr::svg(&offer.uri, t.qr)).unwrap_or_default(),
    })
}

/// In groups of four, for typing.
fn spaced(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

async fn start_totp(staff: Staff, _checked: Fields) -> Result<Page, PageError> {
    let made = staff.write(|tx, ctx, who| {
        let issuer = who.visit().shell("").brand();
        match totp::enrol_totp(tx, ctx, who, &issuer) {
            Ok(offer) => totp_page(who, Errors::none(), Some(&offer), true),
            Err(error) => Err(refused(who.visit().lang, error)),
        }
    });
    made.await
}

fn refused(lang: crate::Lang, error: TotpError) -> PageError {
    let t = MeTexts::of(lang);
    match error {
        TotpError::NoOffer => PageError::Conflict(t.totp_no_offer.to_owned()),
        TotpError::Already => PageError::Conflict(t.totp_already.to_owned()),
        TotpError::Needed => PageError::Conflict(t.totp_needed.to_owned()),
        TotpError::Wrong => PageError::Conflict(PeopleTexts::of(lang).code_wrong.to_owned()),
        TotpError::Store(error) => error.into(),
    }
}

async fn confirm_totp(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    staff.limit(Limit::SignIn)?;
    let typed = fields.value("code").to_owned();
    let t = MeTexts::of(staff.lang);
    let done = staff
        .write(move |tx, ctx, who| match totp::confirm_totp(tx, ctx, who, &typed) {
            Ok(codes) => page(&CodesPage { shell: who.shell(t.totp_done), t, codes }).map(|page| Some(page.into_response())),
            Err(TotpError::Wrong) => Ok(None),
            Err(error) => Err(refused(who.visit().lang, error)),
        })
        .await?;
    // The offer stands: who has scanned it types the next code; who has not begins again.
    Ok(match done {
        Some(page) => page,
        None => {
            let words = PeopleTexts::of(staff.lang).code_wrong;
            staff
                .read(move |_, _, who| {
                    let mut errors = Errors::none();
                    errors.add("code", words);
                    totp_page(who, errors, None, true).map(|page| page.again().into_response())
                })
                .await?
        }
    })
}

async fn remove_totp(staff: Staff, fields: Fields) -> Result<Redirect, PageError> {
    staff.limit(Limit::SignIn)?;
    let t = MeTexts::of(staff.lang);
    let typed = fields.value("code").to_owned();
    let done = staff.attempt(move |tx, ctx, who| totp::remove_totp(tx, ctx, who, &typed)).await?;
    match done {
        Ok(RemoveTotp::Removed) => Ok(redirect("/me").done(t.totp_removed)),
        Ok(RemoveTotp::Wrong) => Ok(redirect("/me/totp").flash(Tone::Error, PeopleTexts::of(staff.lang).code_wrong)),
        Ok(RemoveTotp::Locked { until }) => Ok(redirect("/me/totp").flash(Tone::Error, locked(&staff, until))),
        Err(TotpError::Store(error)) => Err(error.into()),
        Err(error) => match refused(staff.lang, error) {
            PageError::Conflict(words) => Ok(redirect("/me/totp").flash(Tone::Error, words)),
            other => Err(other),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_by_name() {
        let wechat = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 MicroMessenger/8.0";
        assert_eq!(browser(wechat).as_deref(), Some("WeChat · iPhone"));
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0";
        assert_eq!(browser(edge).as_deref(), Some("Edge · Windows"));
        assert_eq!(browser("curl/8"), None);
        assert_eq!(spaced("ABCDEFGH"), "ABCD EFGH");
    }
}
