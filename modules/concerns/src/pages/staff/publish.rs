//! What everybody may read of a concern: writing it, a second look at it, taking it back.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use web::kit::Fact;
use web::{Errors, Fields, Page, PageError, Shell, Staff, page, redirect};

use super::input::Mark;
use super::{StaffTexts, read_back, take};
use crate::concern::StepError;
use crate::model::{NotNow, State};
use crate::pages::words;
use crate::permissions::Desk;
use crate::publish::{self, Judge, Propose, Publication, Withdraw};
use crate::read::{self, Detail};
use crate::said::LONGEST;
use crate::sight::{self, Act};

web::texts! {
    /// Words of publishing.
    pub(crate) PublishTexts;
    title: "公开这件诉求", "Publish this concern";
    why: "公开后，所有人都能看到下面的文字和办理进度，不会看到反映人。请去掉姓名、电话、住址、证件号等能认出任何人的内容。要先经另一位同事复核。", "Once published, everybody can read the text below and how the matter goes, and nothing of who sent it. Take out names, numbers, addresses, whatever gives anybody away. A colleague checks it first.";
    not: "这件诉求不能公开：反映人没有同意公开、要求保密，或者诉求涉及单位或个人、来自导入、还没有派单。", "This concern cannot be published: its sender did not agree or wants to stay unknown, or it is about a unit or a person, was imported, or has not been dispatched yet.";
    original: "原话（标出的是建议隐去的内容）", "The original words (marked: what should be taken out)";
    answer_original: "原答复（标出的是建议隐去的内容）", "The original answer (marked: what should be taken out)";
    words: "公开的内容", "What everybody reads";
    answer: "公开的答复", "The answer that everybody reads";
    answer_hint: "还没有答复的可以空着，答复后再补", "May be empty until there is an answer";
    words_missing: "请填写公开的内容", "Please write what everybody may read";
    send: "提交复核", "Send for a second look";
    sent: "已提交，等待另一位同事复核", "Sent to a colleague for checking";
    waits: "这份文本正在等另一位同事复核。", "This text waits for a colleague's second look.";
    judge_title: "复核公开文本", "Check a text for everybody";
    reason: "退回的理由", "Why it is returned";
    reason_hint: "退回时必须填写", "Needed when you return it";
    pass: "认不出任何人，公开", "Gives nobody away: publish";
    give_back: "退回重写", "Return it";
    passed: "已公开", "Published";
    returned: "已退回", "Returned";
    public: "已公开", "Public";
    see: "查看公开页面", "See the public page";
    withdraw: "撤下", "Withdraw it";
    withdraw_why: "为什么撤下", "Why it is withdrawn";
    withdrawn: "已撤下，任何人都看不到了", "Withdrawn; nobody sees it any more";
    cancel: "返回", "Back";
    link: "公开", "Publish";
}

#[derive(Template)]
#[template(path = "staff/publish.html")]
struct PublishPage {
    shell: Shell,
    t: &'static PublishTexts,
    errors: Errors,
    facts: Vec<Fact>,
    back: String,
    action: String,
    see: String,
    may: bool,
    waits: bool,
    judge: String,
    original: Vec<Mark>,
    original_answer: Vec<Mark>,
    proposed: Vec<Mark>,
    proposed_answer: Vec<Mark>,
    public: bool,
    words: String,
    answer: String,
    reason: String,
    withdraw: String,
    op_key: String,
    longest: usize,
}

/// The texts that came with a proposal.
fn texts_of(detail: &Detail, of: Option<Publication>) -> Option<(String, String)> {
    let entry = detail.entries.iter().find(|entry| Some(entry.event) == of.map(|text| text.event))?;
    Some((entry.words.clone().unwrap_or_default(), entry.shown.clone().unwrap_or_default()))
}

/// The page: what applies now.
pub(super) async fn show(staff: Staff, Path(no): Path<String>) -> Result<Page, PageError> {
    draw(&staff, no, Fields::default(), Errors::none()).await
}

async fn draw(staff: &Staff, no: String, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let detail = read::detail(tx, ctx, who, &who.tree, &no)?.ok_or(PageError::NotFound)?;
            let concern = &detail.concern;
            sight::is_on_desk(who, &who.tree, concern).ok_or(PageError::Forbidden)?;
            let t = PublishTexts::of(who.visit().lang);
            let waiting = concern.proposed_text();
            let public = concern.public_text();
            let judge = waiting.filter(|text| text.written_by != who.person);
            let original = read_back::words(&detail);
            // Only an answer that was looked at goes out.
            let looked_at = matches!(concern.now.state, State::CallBack | State::Archived);
            let answer = read_back::answer(&detail).filter(|_| looked_at).unwrap_or_default();
            let (before, before_answer) = texts_of(&detail, waiting.or(public))
                .unwrap_or_else(|| (base::text::mask_personal(&original), base::text::mask_personal(&answer)));
            let (proposed, proposed_answer) = texts_of(&detail, waiting).unwrap_or_default();
            let kept = |name: &str, before: String| fields.get(name).map_or(before, str::to_owned);
            page(&PublishPage {
                shell: Shell { place: "-".to_owned(), ..who.shell(if judge.is_some() { t.judge_title } else { t.title }) },
                t,
                errors: errors.clone(),
                facts: vec![Fact::new(StaffTexts::of(who.visit().lang).fact_number, base::number::show(&concern.no))],
                back: format!("/work/c/{}", concern.no),
                action: format!("/work/c/{}/publish", concern.no),
                see: format!("/public/{}", concern.no),
                may: concern.may_be_public(),
                waits: waiting.is_some(),
                judge: judge.map(|text| text.event.0.to_string()).unwrap_or_default(),
                original: Mark::of(&original),
                original_answer: Mark::of(&answer),
                proposed: Mark::of(&proposed),
                proposed_answer: Mark::of(&proposed_answer),
                public: public.is_some(),
                words: kept("words", before),
                answer: kept("answer", before_answer),
                reason: kept("reason", String::new()),
                withdraw: kept("withdraw", String::new()),
                op_key: fields.get("op_key").map_or_else(|| who.visit().op_key(), str::to_owned),
                longest: LONGEST,
            })
        })
        .await
}

/// One of the three forms of the page.
pub(super) async fn send(staff: Staff, Path(no): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let t = PublishTexts::of(staff.lang);
    let s = StaffTexts::of(staff.lang);
    let mut errors = Errors::none();
    let what = fields.value("what").to_owned();
    match what.as_str() {
        "propose" if fields.text("words").is_empty() => errors.add("words", t.words_missing),
        "judge" if fields.chose("pass", "0") && fields.text("reason").is_empty() => errors.add("reason", s.reason_missing),
        "withdraw" if fields.text("withdraw").is_empty() => errors.add("withdraw", s.reason_missing),
        _ => {}
    }
    if errors.is_empty() {
        let (number, typed) = (no.clone(), fields.clone());
        let done = staff
            .attempt(move |tx, ctx, who| {
                let op_key = typed.op_key().map_err(|_| StepError::Denied)?;
                let concern = crate::concern::find(tx, &number)?.ok_or(StepError::NotFound)?;
                let desk = sight::is_on_desk(who, &who.tree, &concern).or_else(|| who.has::<Desk>()).ok_or(StepError::Denied)?;
                let no = number.clone();
                match typed.value("what") {
                    "propose" => {
                        let input = Propose { op_key, no, words: typed.text("words"), answer: typed.opt("answer") };
                        publish::propose(tx, ctx, &desk, &input).map(|_| t.sent)
                    }
                    "judge" => {
                        let of = typed.id::<base::Id>("of").map(record::EventId).ok_or(StepError::NotNow(NotNow::State))?;
                        let pass = typed.chose("pass", "1");
                        let input = Judge { op_key, no, of, pass, reason: typed.opt("reason") };
                        publish::judge(tx, ctx, &desk, &input).map(|_| if pass { t.passed } else { t.returned })
                    }
                    "withdraw" => {
                        let input = Withdraw { op_key, no, reason: typed.text("withdraw") };
                        publish::withdraw(tx, ctx, &desk, &input).map(|_| t.withdrawn)
                    }
                    _ => Err(StepError::Denied),
                }
            })
            .await?;
        match done {
            Ok(words) => return Ok(redirect(format!("/work/c/{no}/publish")).done(words).into_response()),
            Err(error) => errors = take::refuse(error, Act::Review, s, words::words(staff.lang))?,
        }
    }
    Ok(draw(&staff, no, fields, errors).await?.again().into_response())
}
