//! 我的信息: what a concern holds of whoever shows its receipt, to see, put right, withdraw and erase.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::Ctx;
use base::phone::Phone;
use store::Tx;
use web::kit::Fact;
use web::{Errors, Fields, Limit, Page, PageError, Shell, Visit, fill, page, redirect};

use crate::concern::StepError;
use crate::own::{self, Erase, Own};
use crate::receipt::{self, Holder};
use crate::submit::Contact;

web::texts! {
    /// Words of the page of one's own information.
    pub(crate) OwnTexts;
    title: "我的信息", "My information";
    lead: "这条诉求里留下的您的信息。经办人看联系方式要写理由，每次查看您都能在“办理经过”里看到。", "What this concern holds about you. Staff must give a reason to open your contact, and each time shows under “What has been done”.";
    name: "称呼", "Name";
    phone: "电话", "Telephone";
    words: "原话和地点", "Words and place";
    photos: "照片", "Photos";
    publish: "隐去个人信息后公开", "Published without personal data";
    there: "有", "Kept";
    none: "没有留下", "Nothing is kept";
    n_photos: "{n} 张", "{n}";
    yes: "同意", "You agreed";
    no: "不同意", "You did not agree";
    keep: "办结后，联系方式保存 {contact} 天，原话和照片保存 {words} 天，到期自动清除。", "After it is closed, your contact is kept {contact} days, words and photos {words} days; then they are erased by themselves.";
    change: "更正联系方式", "Correct the contact";
    change_phone: "新的电话", "Telephone";
    change_name: "怎么称呼您", "Your name";
    change_do: "保存", "Save";
    changed: "已更正", "Saved";
    change_hint: "只填要改的一项，留空的照旧", "Fill in what is to change; what stays empty stays as it is";
    phone_empty: "请填写电话", "Please enter a telephone number";
    name_long: "称呼不超过 {n} 个字", "At most {n} characters";
    unpublish: "撤回公开的同意", "Withdraw consent to publish";
    tell: "有答复时短信提醒", "Text messages";
    tell_do: "有答复时短信提醒我", "Text me when there is an answer";
    tell_stop: "不再短信提醒", "Stop text messages";
    tell_on: "已同意，有答复时给您发短信", "You will be told by text message";
    tell_off: "已撤回，不再发短信", "No more text messages";
    unpublished: "已撤回，不会再公开", "Withdrawn; it will not be published";
    erase: "删除我的信息", "Erase my information";
    erase_open: "诉求还在办理，删除后就无法答复您。办结之后可以在这里删除。", "The concern is still open; without this you could not be answered. You can erase it here once it is closed.";
    erase_title: "确定删除吗", "Erase it?";
    erase_lead: "删除后不能恢复。办理经过（哪个单位、什么时间、什么步骤）会保留，因为它不含您的信息。", "It cannot be brought back. Which unit did what and when stays, since it says nothing of you.";
    erase_contact: "只删除称呼和电话", "Erase name and telephone only";
    erase_own: "删除称呼、电话、原话和照片", "Erase name, telephone, words and photos";
    erased: "已删除", "Erased";
    not_now: "诉求还在办理，现在不能删除", "The concern is open, it cannot be erased now";
    gone: "原话已删除", "The words were erased";
    lost: "提交这一步的记录不见了，原话显示不出来", "The record of this step is gone, so the words cannot be shown";
}

type Address = Path<(String, String)>;

#[derive(Template)]
#[template(path = "resident/own.html")]
struct OwnPage {
    shell: Shell,
    t: &'static OwnTexts,
    errors: Errors,
    fields: Fields,
    path: String,
    op_key: String,
    facts: Vec<Fact>,
    keep: String,
    published: bool,
    /// Whether short messages can be agreed to, and whether they are.
    offered: bool,
    told: bool,
    open: bool,
    erasable: bool,
}

#[derive(Template)]
#[template(path = "resident/erase.html")]
struct ErasePage {
    shell: Shell,
    t: &'static OwnTexts,
    path: String,
    op_key: String,
    facts: Vec<Fact>,
}

impl OwnPage {
    fn erase_at(&self) -> String {
        format!("{}/info/erase", self.path)
    }
}

impl ErasePage {
    fn back(&self) -> String {
        format!("{}/info", self.path)
    }
}

fn holder(tx: &mut Tx, no: &str, secret: &str) -> Result<Holder, PageError> {
    receipt::find(tx, no, secret)?.ok_or(PageError::NotFound)
}

fn refused(t: &OwnTexts, error: StepError) -> PageError {
    match error {
        StepError::NotFound | StepError::Denied => PageError::NotFound,
        StepError::NotNow(_) | StepError::Conflict(_) => PageError::Conflict(t.not_now.to_owned()),
        StepError::Invalid(_) => PageError::BadForm,
        StepError::Store(error) => error.into(),
    }
}

/// The first character, since a link may be shown to somebody.
fn masked(name: &str) -> String {
    name.chars().next().map(|first| format!("{first}**")).unwrap_or_default()
}

fn facts(t: &OwnTexts, own: &Own) -> Vec<Fact> {
    let phone = own.phone.as_ref().and_then(|phone| Phone::parse(phone).ok()).map(|phone| phone.masked());
    let kept = |there: bool| if there { t.there } else { t.none };
    vec![
        Fact::new(t.name, own.name.as_ref().map_or_else(|| t.none.to_owned(), |name| masked(name))),
        Fact::new(t.phone, phone.unwrap_or_else(|| t.none.to_owned())),
        Fact::new(t.words, kept(own.words)),
        Fact::new(t.photos, if own.photos > 0 { fill(t.n_photos, &[("n", &own.photos)]) } else { t.none.to_owned() }),
        Fact::new(t.publish, if own.concern.may_publish { t.yes } else { t.no }),
        Fact::new(t.tell, if own.told.is_some() { t.yes } else { t.no }),
    ]
}

fn render(
    tx: &mut Tx,
    ctx: &Ctx,
    visit: &Visit,
    (no, secret): &(String, String),
    fields: &Fields,
    errors: Errors,
) -> Result<Page, PageError> {
    let holder = holder(tx, no, secret)?;
    let own = own::own(tx, ctx, &holder)?.ok_or(PageError::NotFound)?;
    let t = OwnTexts::of(visit.lang);
    let days = |id: &str| ctx.rules().number(id).map_or(0, |number| number.amount);
    let made = page(&OwnPage {
        shell: visit.shell(t.title),
        t,
        op_key: fields.get("op_key").map_or_else(|| visit.op_key(), str::to_owned),
        errors,
        fields: fields.clone(),
        path: format!("/r/{}/{secret}", holder.no()),
        facts: facts(t, &own),
        keep: fill(t.keep, &[("contact", &days("keep.concerns.contact")), ("words", &days("keep.concerns.words"))]),
        published: own.concern.may_publish,
        offered: crate::told::offered(visit) && own.concern.now.is_open() && own.phone.is_some(),
        told: own.told.is_some(),
        open: own.concern.now.is_open(),
        erasable: own.phone.is_some() || own.name.is_some() || own.words || own.photos > 0,
    })?;
    Ok(made.secret())
}

/// The page.
pub(super) async fn show(visit: Visit, Path(address): Address) -> Result<Page, PageError> {
    visit.limit(Limit::Track)?;
    let v = visit.clone();
    visit.read(move |tx, ctx| render(tx, ctx, &v, &address, &Fields::default(), Errors::none())).await
}

/// The longest name, in characters.
const LONGEST_NAME: usize = 60;

/// Puts the contact right: what is left empty stays as it is.
pub(super) async fn contact(visit: Visit, Path(address): Address, fields: Fields) -> Result<Response, PageError> {
    visit.limit(Limit::Submit)?;
    let t = OwnTexts::of(visit.lang);
    let mut errors = Errors::none();
    let (key, name) = (fields.op_key()?, fields.opt("name"));
    let phone = match fields.opt("phone").map(|typed| Phone::parse(&typed)) {
        None => None,
        Some(Ok(phone)) => Some(phone),
        Some(Err(wrong)) => {
            errors.add("phone", super::by_lang(visit.lang, &wrong.zh(), &wrong.to_string()));
            None
        }
    };
    if name.as_ref().is_some_and(|name| name.chars().count() > LONGEST_NAME) {
        errors.add("name", fill(t.name_long, &[("n", &LONGEST_NAME)]));
    }
    let empty = phone.is_none() && name.is_none();
    if errors.is_empty() && !empty {
        let asked = address.clone();
        let write = move |tx: &mut Tx, ctx: &Ctx| {
            let holder = holder(tx, &asked.0, &asked.1)?;
            let Some(contact) = corrected(tx, ctx, &holder, name.clone(), phone.clone())? else { return Ok(false) };
            own::change_contact(tx, ctx, &holder, &key, &contact).map(|()| true).map_err(|error| refused(t, error))
        };
        if visit.write(write).await? {
            return Ok(redirect(format!("/r/{}/{}/info", address.0, address.1)).done(t.changed).into_response());
        }
    }
    if errors.is_empty() {
        errors.add("phone", t.phone_empty);
    }
    let v = visit.clone();
    visit.read(move |tx, ctx| render(tx, ctx, &v, &address, &fields, errors.clone()).map(|page| page.again().into_response())).await
}

/// What was typed, and what is kept where nothing was; nothing where there is no telephone at all.
fn corrected(tx: &mut Tx, ctx: &Ctx, holder: &Holder, name: Option<String>, phone: Option<Phone>) -> Result<Option<Contact>, PageError> {
    let kept = own::own(tx, ctx, holder)?.ok_or(PageError::NotFound)?;
    let phone = phone.or_else(|| Phone::parse(kept.phone.as_ref()?).ok());
    let name = name.or_else(|| kept.name.as_ref().map(|name| name.to_string()));
    Ok(phone.map(|phone| Contact { name, phone }))
}

/// Withdraws the consent to publish.
pub(super) async fn unpublish(visit: Visit, Path(address): Address, fields: Fields) -> Result<Response, PageError> {
    visit.limit(Limit::Submit)?;
    let key = fields.op_key()?;
    let t = OwnTexts::of(visit.lang);
    let back = format!("/r/{}/{}/info", address.0, address.1);
    visit
        .write(move |tx, ctx| {
            let holder = holder(tx, &address.0, &address.1)?;
            own::withdraw_publishing(tx, ctx, &holder, &key).map_err(|error| refused(t, error))
        })
        .await?;
    Ok(redirect(back).done(t.unpublished).into_response())
}

/// Agrees to short messages, or does so no longer.
pub(super) async fn tell(visit: Visit, Path(address): Address, fields: Fields) -> Result<Response, PageError> {
    visit.limit(Limit::Submit)?;
    let (key, agrees) = (fields.op_key()?, fields.chose("tell", "1"));
    let t = OwnTexts::of(visit.lang);
    let back = format!("/r/{}/{}/info", address.0, address.1);
    visit
        .write(move |tx, ctx| {
            let holder = holder(tx, &address.0, &address.1)?;
            store::once(tx, ctx.now, &key, "concerns.tell", holder.concern().bytes(), |tx| {
                Ok::<_, PageError>(crate::told::set(tx, ctx, &holder, agrees)?)
            })
        })
        .await?;
    Ok(redirect(back).done(if agrees { t.tell_on } else { t.tell_off }).into_response())
}

/// Asks once more: what is erased does not come back.
pub(super) async fn ask_erase(visit: Visit, Path(address): Address) -> Result<Page, PageError> {
    visit.limit(Limit::Track)?;
    let v = visit.clone();
    visit
        .read(move |tx, ctx| {
            let holder = holder(tx, &address.0, &address.1)?;
            let own = own::own(tx, ctx, &holder)?.ok_or(PageError::NotFound)?;
            let t = OwnTexts::of(v.lang);
            if own.concern.now.is_open() {
                return Err(PageError::Conflict(t.not_now.to_owned()));
            }
            let path = format!("/r/{}/{}", holder.no(), address.1);
            page(&ErasePage { shell: v.shell(t.erase_title), t, path, op_key: v.op_key(), facts: facts(t, &own) }).map(Page::secret)
        })
        .await
}

/// Erases.
pub(super) async fn erase(visit: Visit, Path(address): Address, fields: Fields) -> Result<Response, PageError> {
    visit.limit(Limit::Submit)?;
    let key = fields.op_key()?;
    let what = if fields.chose("what", "contact") { Erase::Contact } else { Erase::Own };
    let t = OwnTexts::of(visit.lang);
    let back = format!("/r/{}/{}/info", address.0, address.1);
    visit
        .write(move |tx, ctx| {
            let holder = holder(tx, &address.0, &address.1)?;
            own::erase(tx, ctx, &holder, &key, what).map_err(|error| refused(t, error))
        })
        .await?;
    Ok(redirect(back).done(t.erased).into_response())
}
