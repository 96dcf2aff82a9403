//! What else came with this telephone: a page with a reason, then the list, shown once.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::Id;
use web::due::{Line, Look};
use web::{Errors, Fields, Page, PageError, Shell, Staff, fill, page};

use super::take;
use crate::concern::{self, StepError};
use crate::pages::{seen, words};
use crate::same_phone::{self, MOST_A_DAY};
use crate::sight::Act;

web::texts! {
    /// Words of the look-up.
    pub(crate) SameTexts;
    title: "查同一电话的其他诉求", "Other concerns of this telephone";
    lead: "只用于判断是不是重复反映。要写理由，每人每天最多 {n} 次；反映人在自己的进度页能看到哪个单位查过。", "Only to see whether this was raised before. It wants a reason, at most {n} times a day; the caller sees on their page which unit looked.";
    reason: "理由", "Reason";
    send: "查", "Look up";
    missing: "请写明理由", "Please give a reason";
    none: "没有其他诉求", "There is no other";
    none_text: "用这个电话反映、您可以看到的诉求只有这一件。", "Of what you may read, only this one came with this telephone.";
    logged: "这次查询已记入查看记录，反映人能看到。", "This look-up stands in the log of readings, and the caller can see it.";
}

#[derive(Template)]
#[template(path = "staff/same.html")]
struct SamePage {
    shell: Shell,
    t: &'static SameTexts,
    errors: Errors,
    lead: String,
    no: String,
    typed: String,
    /// What was found; nothing before it was asked.
    found: Option<Vec<Line>>,
}

/// The form.
pub(super) async fn form(staff: Staff, Path(no): Path<String>) -> Result<Page, PageError> {
    shown(&staff, no, String::new(), Errors::none(), None).await
}

async fn shown(staff: &Staff, no: String, typed: String, errors: Errors, found: Option<Vec<Line>>) -> Result<Page, PageError> {
    staff
        .read(move |tx, _, who| {
            let concern =
                concern::find(tx, &no)?.filter(|concern| crate::sight::may_read(who, &who.tree, concern)).ok_or(PageError::NotFound)?;
            same_phone::may_look_up(who, &who.tree, &concern).ok_or(PageError::Forbidden)?;
            let t = SameTexts::of(who.visit().lang);
            let lead = fill(t.lead, &[("n", &MOST_A_DAY)]);
            let (typed, errors, found) = (typed.clone(), errors.clone(), found.clone());
            page(&SamePage { shell: who.shell(t.title), t, errors, lead, no: concern.no, typed, found }).map(Page::secret)
        })
        .await
}

/// Looks up, and shows what was found.
pub(super) async fn send(staff: Staff, Path(no): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (number, reason, t) = (no.clone(), fields.text("reason"), SameTexts::of(staff.lang));
    if reason.is_empty() {
        let mut errors = Errors::none();
        errors.add("reason", t.missing);
        return Ok(shown(&staff, no, reason, errors, None).await?.again().into_response());
    }
    let typed = reason.clone();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let same = same_phone::look_up(tx, ctx, who, &number, &reason)?;
            let ids: Vec<Id> = same.iter().map(|concern| concern.id.0).collect();
            let look =
                Look { actor: Some(who), tree: &who.tree, lang: who.visit().lang, unit: who.units().first().copied().unwrap_or_default() };
            Ok::<_, StepError>(seen::lines(tx, ctx, &look, &ids)?.into_iter().map(|(_, line)| line).collect::<Vec<_>>())
        })
        .await?;
    match done {
        Ok(lines) => Ok(shown(&staff, no, String::new(), Errors::none(), Some(lines)).await?.into_response()),
        Err(error) => {
            let errors = take::refuse(error, Act::OpenContact, super::StaffTexts::of(staff.lang), words::words(staff.lang))?;
            Ok(shown(&staff, no, typed, errors, None).await?.again().into_response())
        }
    }
}
