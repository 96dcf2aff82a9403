//! The two pages that open with a code: the set-up of a new store, and an invitation to open one's account.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use people::password::{NewPassword, Strength, Weak};
use people::setup::{self, FirstAdmin, SetupError};
use people::{CreateUnitError, Invited, OpenAccountError, invited, open_account};

use crate::pages::words::{PeopleTexts, role};
use crate::{App, Errors, Fields, Limit, Page, PageError, Shell, Visit, page, redirect};

crate::texts! {
    /// Words of the set-up and of invitations.
    pub(crate) SetupTexts;
    title: "设立连心", "Set up Lianxin";
    intro: "填写区县和第一位系统管理员。其他单位、人员和岗位由系统管理员登录后设立。", "Enter the district and its first system administrator, who then enters units, people and posts.";
    code: "一次性代码", "One-time code";
    code_hint: "启动程序时显示在终端里", "It was printed in the terminal when the program started";
    code_wrong: "代码不对，或已过期。重新启动程序会显示新的代码", "That code is wrong or has expired. Starting the program again prints another";
    district_name: "区县名称", "Name of the district";
    district_code: "区县的行政区划代码", "Division code of the district";
    district_code_hint: "12 位数字，如 330106000000", "12 digits, as 330106000000";
    district_code_bad: "区划代码应为 12 位数字，后 6 位是 0", "A district's code has 12 digits and ends with six zeros";
    admin: "第一位系统管理员", "The first system administrator";
    submit: "设立", "Set up";
    done: "设立完成，请登录", "Everything is set up, please sign in";
    join_title: "用邀请码登录", "Use an invitation code";
    join_code: "邀请码", "Invitation code";
    join_code_hint: "由本单位的管理员当面交给您，7 天内有效", "Your administrator gives it to you in person; it is good for 7 days";
    join_code_wrong: "邀请码不对、已用过或已过期", "That code is wrong, has been used or has expired";
    join_next: "下一步", "Continue";
    join_hello: "{name}，您的登录名是 {login}", "{name}, your login name is {login}";
    join_reset: "请设置新密码，原来的密码作废", "Choose a new password; the old one is void";
    join_password: "请设置密码", "Choose a password";
    join_submit: "完成", "Finish";
    join_done: "密码已设置，请登录", "Your password is set, please sign in";
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/setup", get(show).post(send)).route("/join", get(show_join).post(join))
}

#[derive(Template)]
#[template(path = "setup.html")]
struct SetupPage {
    shell: Shell,
    t: &'static SetupTexts,
    p: &'static PeopleTexts,
    errors: Errors,
    fields: Fields,
    hint: String,
}

async fn show(visit: Visit, fields: Fields) -> Result<Response, PageError> {
    if !visit.read(|tx, _| setup::is_wanted(tx).map_err(PageError::from)).await? {
        return Ok(redirect("/login").into_response());
    }
    Ok(form(&visit, fields, Errors::none())?.into_response())
}

fn form(visit: &Visit, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    let (t, p) = (SetupTexts::of(visit.lang), PeopleTexts::of(visit.lang));
    let hint = crate::fill(p.password_hint, &[("n", &Strength::Admin.least())]);
    page(&SetupPage { shell: visit.shell(t.title), t, p, errors, fields, hint })
}

async fn send(visit: Visit, fields: Fields) -> Result<Response, PageError> {
    visit.limit(Limit::SignIn)?;
    let (t, p) = (SetupTexts::of(visit.lang), PeopleTexts::of(visit.lang));
    let mut errors = Errors::none();
    for (field, words) in [("code", t.code_wrong), ("district_name", p.name_bad), ("name", p.name_bad), ("login", p.login_bad)] {
        if fields.text(field).is_empty() {
            errors.add(field, words);
        }
    }
    if fields.value("password") != fields.value("again") {
        errors.add("again", p.password_differs);
    }
    let first = FirstAdmin {
        code: fields.text("code"),
        district_code: fields.text("district_code"),
        district_name: fields.text("district_name"),
        name: fields.text("name"),
        login: fields.text("login"),
        title: role(visit.lang, people::Role::SystemAdmin).to_owned(),
    };
    if let Err(weak) = people::password::judge(fields.value("password"), &first.login, Strength::Admin) {
        errors.add("password", p.weak(&weak).ok_or(PageError::Busy)?);
    }
    if !errors.is_empty() {
        return Ok(form(&visit, fields, errors)?.again().into_response());
    }
    let made = hashed(&visit, fields.value("password"), &first.login, Strength::Admin, Vec::new()).await?;
    let password = made.map_err(PageError::internal)?;
    match visit.write(move |tx, ctx| setup::make_first_admin(tx, ctx, &first, &password)).await {
        Ok(_) => {
            let district = std::sync::Arc::clone(&visit.district);
            let named = tokio::task::spawn_blocking(move || district.refresh_name()).await.map_err(PageError::internal)?;
            named?;
            return Ok(redirect("/login").done(t.done).into_response());
        }
        Err(SetupError::Done) => return Ok(redirect("/login").into_response()),
        Err(SetupError::WrongCode) => errors.add("code", t.code_wrong),
        Err(SetupError::BadName) => errors.add("name", p.name_bad),
        Err(SetupError::District(CreateUnitError::BadName)) => errors.add("district_name", p.name_bad),
        Err(SetupError::District(CreateUnitError::Store(error))) => return Err(error.into()),
        Err(SetupError::District(_)) => errors.add("district_code", t.district_code_bad),
        Err(SetupError::Account(error)) => account_error(p, error, &mut errors)?,
        Err(SetupError::Store(error)) => return Err(error.into()),
    }
    Ok(form(&visit, fields, errors)?.again().into_response())
}

fn account_error(p: &PeopleTexts, error: OpenAccountError, errors: &mut Errors) -> Result<(), PageError> {
    match error {
        OpenAccountError::BadLogin => errors.add("login", p.login_bad),
        OpenAccountError::LoginTaken => errors.add("login", p.login_taken),
        OpenAccountError::TooWeak => errors.add("password", crate::fill(p.password_short, &[("n", &Strength::Admin.least())])),
        OpenAccountError::Used => errors.add("password", crate::fill(p.password_used, &[("n", &base::policy::amount("password.history"))])),
        OpenAccountError::WrongCode => errors.add("code", SetupTexts::of(crate::Lang::Hans).code_wrong),
        OpenAccountError::Store(error) => return Err(error.into()),
    }
    Ok(())
}

/// A password hashed where it delays nobody, and tried against those of before.
async fn hashed(
    visit: &Visit,
    password: &str,
    login: &str,
    strength: Strength,
    past: Vec<String>,
) -> Result<Result<NewPassword, Weak>, PageError> {
    let (password, login, random) = (password.to_owned(), login.to_owned(), visit.district.env().random.clone());
    let work = move |params: &people::password::Params| {
        NewPassword::make(params, &*random, &password, &login, strength).and_then(|made| made.unlike(&password, past))
    };
    visit.app.hash(&visit.district, work).await
}

#[derive(Template)]
#[template(path = "setup-join.html")]
struct JoinPage {
    shell: Shell,
    t: &'static SetupTexts,
    p: &'static PeopleTexts,
    errors: Errors,
    code: String,
    invited: Option<Invited>,
    hint: String,
}

impl JoinPage {
    fn hello(&self, invited: &Invited) -> String {
        crate::fill(self.t.join_hello, &[("name", &invited.name), ("login", &invited.login)])
    }
}

async fn show_join(visit: Visit, fields: Fields) -> Result<Page, PageError> {
    join_form(&visit, fields.text("code"), None, Errors::none())
}

fn join_form(visit: &Visit, code: String, invited: Option<Invited>, errors: Errors) -> Result<Page, PageError> {
    let (t, p) = (SetupTexts::of(visit.lang), PeopleTexts::of(visit.lang));
    let least = invited.as_ref().map_or(Strength::Staff, |invited| invited.strength).least();
    let hint = crate::fill(p.password_hint, &[("n", &least)]);
    page(&JoinPage { shell: visit.shell(t.join_title), t, p, errors, code, invited, hint })
}

async fn join(visit: Visit, fields: Fields) -> Result<Response, PageError> {
    visit.limit(Limit::SignIn)?;
    let (t, p) = (SetupTexts::of(visit.lang), PeopleTexts::of(visit.lang));
    let code = fields.text("code");
    let typed = code.clone();
    let found = visit.read(move |tx, ctx| invited(tx, ctx, &typed).map_err(PageError::from)).await?;
    let mut errors = Errors::none();
    let Some(who) = found else {
        errors.add("code", t.join_code_wrong);
        return Ok(join_form(&visit, code, None, errors)?.again().into_response());
    };
    // The first step sends the code alone.
    let Some(password) = fields.get("password") else {
        return Ok(join_form(&visit, code, Some(who), errors)?.into_response());
    };
    if let Err(weak) = people::password::judge(password, &who.login, who.strength) {
        errors.add("password", p.weak(&weak).ok_or(PageError::Busy)?);
    } else if password != fields.value("again") {
        errors.add("again", p.password_differs);
    }
    if !errors.is_empty() {
        return Ok(join_form(&visit, code, Some(who), errors)?.again().into_response());
    }
    let password = match hashed(&visit, password, &who.login, who.strength, who.past.clone()).await? {
        Ok(password) => password,
        Err(weak) => {
            errors.add("password", p.weak(&weak).ok_or(PageError::Busy)?);
            return Ok(join_form(&visit, code, Some(who), errors)?.again().into_response());
        }
    };
    let typed = code.clone();
    match visit.write(move |tx, ctx| open_account(tx, ctx, &typed, &password)).await {
        Ok(_) => return Ok(redirect("/login").done(t.join_done).into_response()),
        Err(OpenAccountError::WrongCode) => {
            errors.add("code", t.join_code_wrong);
            return Ok(join_form(&visit, code, None, errors)?.again().into_response());
        }
        Err(error) => account_error(p, error, &mut errors)?,
    }
    Ok(join_form(&visit, code, Some(who), errors)?.again().into_response())
}
