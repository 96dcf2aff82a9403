//! The pages of errors: what happened, and what to do now, in the reader's language.

use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::kit::Errors;
use crate::page::{page, redirect};
use crate::shell::{Tone, percent};
use crate::visit::Visit;
use crate::{PageError, Shell};

crate::texts! {
    /// Words of the pages of errors.
    pub(crate) ErrorTexts;
    invalid_title: "有几处需要改一下", "Some things need another look";
    invalid: "请返回上一页，按提示修改后再提交。", "Go back, change what is marked and send it again.";
    bad_form_title: "没有看懂这次提交", "This could not be read";
    bad_form: "提交的内容不完整或格式不对。请返回上一页，刷新后再试。", "What was sent is incomplete or malformed. Go back, reload the page and try again.";
    cross_site_title: "这个页面已经过时", "This page is out of date";
    cross_site: "为了您的账号安全，这次提交没有生效。请返回上一页，刷新后再试。", "To protect your account nothing was changed. Go back, reload the page and try again.";
    forbidden_title: "您的岗位不能做这件事", "Your post does not allow this";
    forbidden: "如果工作需要，请联系本单位的系统管理员调整岗位。", "If your work needs it, ask your system administrator about your post.";
    not_found_title: "没有找到这个页面", "Page not found";
    not_found: "请核对网址，或从首页重新进入。", "Check the address, or start again from the home page.";
    conflict_title: "这件事刚刚有了变化", "Something changed meanwhile";
    conflict: "请返回上一页，刷新后看看最新情况。", "Go back and reload to see how things stand.";
    busy_title: "现在办理的人较多", "Very busy just now";
    busy: "请稍等几秒再试，您填写的内容可以重新提交，不会重复。", "Wait a few seconds and try again. Sending the same form again will not make a second record.";
    gone_title: "这里的内容已经撤下", "This is no longer here";
    gone: "如有需要，请从首页重新进入。", "Start again from the home page if you need to.";
    too_large_title: "提交的内容太大", "Too large";
    too_large: "文字或附件超出了上限。照片最多 6 张，每张不超过 12 MB。", "The text or the files are over the limit. Up to 6 photos, at most 12 MB each.";
    too_slow_title: "上传超时", "The upload took too long";
    too_slow: "网络可能不稳定。请换个地方或减少照片后再试。", "The connection may be unstable. Try elsewhere or send fewer photos.";
    limited_title: "操作太频繁", "Too many attempts";
    limited: "请在 {n} 秒后再试。", "Please try again in {n} seconds.";
    internal_title: "系统出了问题", "Something went wrong here";
    internal: "这不是您的错。请稍后再试；如果一直这样，请把编号 {n} 告诉工作人员。", "This is not your fault. Try again later; if it goes on, tell us the number {n}.";
    second_factor: "管理员请先开启两步验证", "Administrators turn on two-step verification first";
    home: "回到首页", "Back to the home page";
    start: "回到工作台", "Back to your work";
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    shell: Shell,
    title: String,
    text: String,
    errors: Errors,
    /// Where to go from here, and what it is called.
    home: (&'static str, &'static str),
}

#[derive(Template)]
#[template(path = "error-part.html")]
struct ErrorPart {
    shell: Shell,
    title: String,
    text: String,
    errors: Errors,
}

/// The answer for an error: a page, a fragment for htmx, or the way to sign in.
pub(crate) fn answer(visit: &Visit, error: PageError) -> Response {
    let t = ErrorTexts::of(visit.lang);
    let elsewhere = match &error {
        PageError::SignIn(next) => Some(format!("/login?next={}", percent(next))),
        PageError::NewPassword => Some("/me/password".to_owned()),
        PageError::SecondFactor => Some("/me/totp".to_owned()),
        _ => None,
    };
    if let Some(to) = elsewhere {
        if visit.htmx {
            let mut response = axum::http::StatusCode::NO_CONTENT.into_response();
            if let Ok(to) = HeaderValue::from_str(&to) {
                response.headers_mut().insert("hx-redirect", to);
            }
            return response;
        }
        let to = redirect(to);
        return match error {
            PageError::SecondFactor => to.flash(Tone::Warning, t.second_factor).into_response(),
            _ => to.into_response(),
        };
    }
    let status = error.status();
    let mut errors = Errors::none();
    let mut wait = None;
    let (title, text) = match &error {
        PageError::Invalid(list) => {
            errors = list.clone();
            (t.invalid_title, t.invalid.to_owned())
        }
        PageError::BadForm => (t.bad_form_title, t.bad_form.to_owned()),
        PageError::CrossSite => (t.cross_site_title, t.cross_site.to_owned()),
        PageError::Forbidden => (t.forbidden_title, t.forbidden.to_owned()),
        PageError::NotFound | PageError::SignIn(_) | PageError::NewPassword | PageError::SecondFactor => {
            (t.not_found_title, t.not_found.to_owned())
        }
        PageError::Conflict(words) => (t.conflict_title, if words.is_empty() { t.conflict.to_owned() } else { words.clone() }),
        PageError::Busy => {
            wait = Some(2);
            (t.busy_title, t.busy.to_owned())
        }
        PageError::Gone => (t.gone_title, t.gone.to_owned()),
        PageError::TooLarge => (t.too_large_title, t.too_large.to_owned()),
        PageError::TooSlow => (t.too_slow_title, t.too_slow.to_owned()),
        PageError::Limited(seconds) => {
            wait = Some(*seconds);
            (t.limited_title, crate::fill(t.limited, &[("n", seconds)]))
        }
        PageError::Internal(cause) => {
            let number = record::hex(&visit.district.env().random.bits().to_be_bytes()).get(..8).unwrap_or_default().to_owned();
            let route = visit.route.get().map_or("-", |route| route.as_str());
            tracing::error!(number, route, cause, "a page failed");
            (t.internal_title, crate::fill(t.internal, &[("n", &number)]))
        }
    };
    let shell = visit.shell(title);
    let title = title.to_owned();
    let rendered = if visit.htmx {
        page(&ErrorPart { shell, title, text, errors })
    } else {
        // Whoever brought a session has work to go back to; where it has ended they are asked to sign in.
        let home = if visit.token.is_some() { ("/start", t.start) } else { ("/", t.home) };
        page(&ErrorPage { shell, title, text, errors, home })
    };
    let mut response = match rendered {
        Ok(page) => page.status(status).into_response(),
        Err(_) => status.into_response(),
    };
    if let Some(seconds) = wait
        && let Ok(value) = HeaderValue::from_str(&seconds.to_string())
    {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}
