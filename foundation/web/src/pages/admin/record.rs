//! The record as administrators see it: how far it is signed, what witnesses say, and the events that were set aside,
//! which somebody takes back or leaves out.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use people::{SeeRecord, SettleEventError, SettleEvents, settle_event};
use record::note::Vkey;
use record::{EventId, Outcome};
use store::{Sql, p, sql};

use crate::kit::{Choice, Fact};
use crate::{App, Errors, Fields, Page, PageError, Shell, Staff, dates, fill, page, redirect};

crate::texts! {
    /// Words of the page.
    pub(crate) RecordTexts;
    menu: "存证与异常", "Record";
    title: "存证与异常", "The record";
    placed: "已编号", "In the log";
    waiting: "等待编号", "Waiting for a place";
    signed: "已签名", "Signed";
    signed_line: "到第 {n} 条，{when}", "Up to entry {n}, {when}";
    unsigned: "还没有签名", "Nothing is signed yet";
    witnesses: "外部见证", "Outside witnesses";
    none: "没有配置，页面上标明“自证”", "None configured: pages say “self-attested”";
    witness_well: "{name}：见证到第 {n} 条，{when}", "{name}: up to entry {n}, {when}";
    witness_ill: "{name}：{why}", "{name}: {why}";
    witness_new: "{name}：还没有问过", "{name}: not asked yet";
    public: "公开存证页", "The public log page";
    aside: "被搁置的记录", "Events set aside";
    aside_why: "记录时间和编号时间相差太多、或者内容残缺的记录，系统不编号，先搁置在这里，等安全管理员处理。", "An event whose time is far from the present, or that is damaged, gets no place in the log. It waits here for the security administrator.";
    aside_none: "没有被搁置的记录", "Nothing was set aside";
    aside_none_text: "时间不对或者残缺的记录会出现在这里", "Events with a wrong time or damaged ones appear here";
    kind_gone: "记录本身已经不在", "The event itself is gone";
    at: "{when} 搁置", "Set aside {when}";
    recorded: "自称记于 {when}", "Says that it was recorded {when}";
    taken_back: "已收回并编号", "Taken back";
    left_out: "已排除", "Left out";
    settled: "{outcome}，{when}：{why}", "{outcome}, {when}: {why}";
    decide: "处理", "Decide";
    take_back: "收回：记录是真的，只是时钟不准，给它编号", "Take back: the event is genuine and the clock was wrong; give it a place";
    leave_out: "排除：不是系统写的，或者时间是假的，永不编号", "Leave out: not written by the product, or its time is false; it never gets a place";
    choose: "请选择怎样处理", "Choose what to do";
    reason: "理由", "Reason";
    reason_hint: "理由会保存，处理本身也会记入总账", "The reason is kept, and the decision is itself recorded";
    reason_missing: "请写明理由，最多 {n} 个字", "Please give a reason of at most {n} characters";
    send: "确定处理", "Decide";
    done: "已处理", "Decided";
    not_open: "已经有人处理过了", "Somebody has decided already";
    gone: "记录本身已经不在，不能收回", "The event itself is gone and cannot be taken back";
}

/// A row for each witness.
const WITNESSES: &Sql = sql!(
    "SELECT w.vkey, w.failure, (SELECT MAX(s.size) FROM cosignature s WHERE s.vkey = w.vkey), (SELECT MAX(s.at) FROM cosignature s WHERE s.vkey = w.vkey)
     FROM witness w ORDER BY w.vkey"
);

pub(super) fn routes() -> Router<App> {
    Router::new().route("/admin/record", get(show)).route("/admin/record/settle", get(show).post(decide))
}

struct Aside {
    id: String,
    kind: String,
    facts: String,
    reason: String,
    settled: String,
}

#[derive(Template)]
#[template(path = "admin-record.html")]
struct RecordPage {
    shell: Shell,
    t: &'static RecordTexts,
    facts: Vec<Fact>,
    asides: Vec<Aside>,
    decides: bool,
    errors: Errors,
    fields: Fields,
    op_key: String,
}

impl RecordPage {
    fn choices(&self, id: &str) -> Vec<Choice> {
        let chosen = if self.fields.value("event") == id { self.fields.value("outcome") } else { "" };
        Choice::list([(Outcome::TakenBack.code(), self.t.take_back), (Outcome::LeftOut.code(), self.t.leave_out)], chosen)
    }

    fn error(&self, id: &str, field: &str) -> &str {
        if self.fields.value("event") == id { self.errors.of(field) } else { "" }
    }

    fn typed(&self, id: &str) -> &str {
        if self.fields.value("event") == id { self.fields.value("reason") } else { "" }
    }
}

async fn show(staff: Staff) -> Result<Page, PageError> {
    shown(&staff, Fields::default(), Errors::none()).await
}

async fn shown(staff: &Staff, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            who.has::<SeeRecord>().ok_or(PageError::Forbidden)?;
            let visit = who.visit();
            let t = RecordTexts::of(visit.lang);
            let moment = |at| dates::moment(visit.lang, at, ctx.now);
            let mut facts =
                vec![Fact::new(t.placed, record::head(tx)?.size.to_string()), Fact::new(t.waiting, record::waiting(tx)?.to_string())];
            let signed = record::newest(tx)?.map(|head| fill(t.signed_line, &[("n", &head.size), ("when", &moment(head.at))]));
            facts.push(Fact::new(t.signed, signed.unwrap_or_else(|| t.unsigned.to_owned())).to("/proof"));
            let witnesses = tx.all(WITNESSES, p![], |row| {
                let name = Vkey::parse(row.text(0)?).map(|vkey| vkey.name().to_owned()).unwrap_or_default();
                Ok(match (row.opt_text(1)?, row.opt_int(2)?, row.opt_time(3)?) {
                    (Some(why), ..) => fill(t.witness_ill, &[("name", &name), ("why", &why)]),
                    (None, Some(n), Some(at)) => fill(t.witness_well, &[("name", &name), ("n", &n), ("when", &moment(at))]),
                    _ => fill(t.witness_new, &[("name", &name)]),
                })
            })?;
            if witnesses.is_empty() {
                facts.push(Fact::new(t.witnesses, t.none));
            }
            facts.extend(witnesses.into_iter().map(|line| Fact::new(t.witnesses, line)));
            let asides = record::aside(tx, 100)?.into_iter().map(|one| {
                let mut about = vec![fill(t.at, &[("when", &moment(one.at))])];
                about.extend(one.recorded_at.map(|at| fill(t.recorded, &[("when", &moment(at))])));
                let settled = one.settled.map(|(outcome, at, why)| {
                    let outcome = match outcome {
                        Outcome::TakenBack => t.taken_back,
                        Outcome::LeftOut => t.left_out,
                    };
                    fill(t.settled, &[("outcome", &outcome), ("when", &moment(at)), ("why", &why)])
                });
                Aside {
                    id: one.event.to_string(),
                    kind: one.kind.unwrap_or_else(|| t.kind_gone.to_owned()),
                    facts: about.join(" · "),
                    reason: crate::lang::either(visit.lang, || one.reason.zh(), || one.reason.to_string()),
                    settled: settled.unwrap_or_default(),
                }
            });
            page(&RecordPage {
                shell: who.shell(t.title),
                t,
                facts,
                asides: asides.collect(),
                decides: who.has::<SettleEvents>().is_some(),
                op_key: fields.get("op_key").map_or_else(|| visit.op_key(), str::to_owned),
                errors: errors.clone(),
                fields: fields.clone(),
            })
        })
        .await
}

enum Refused {
    Page(PageError),
    Settle(SettleEventError),
}

impl From<store::StoreError> for Refused {
    fn from(error: store::StoreError) -> Refused {
        Refused::Page(error.into())
    }
}

impl From<PageError> for Refused {
    fn from(error: PageError) -> Refused {
        Refused::Page(error)
    }
}

impl From<SettleEventError> for Refused {
    fn from(error: SettleEventError) -> Refused {
        Refused::Settle(error)
    }
}

async fn decide(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let t = RecordTexts::of(staff.lang);
    let event: EventId = fields.id("event").ok_or(PageError::BadForm)?;
    let mut errors = Errors::none();
    let outcome = Outcome::from_code(fields.value("outcome"));
    if outcome.is_none() {
        errors.add("outcome", t.choose);
    }
    if fields.text("reason").is_empty() {
        errors.add("reason", fill(t.reason_missing, &[("n", &people::REASON_LIMIT)]));
    }
    let (Some(outcome), true) = (outcome, errors.is_empty()) else {
        return Ok(shown(&staff, fields, errors).await?.again().into_response());
    };
    let (key, reason) = (fields.op_key()?, fields.text("reason"));
    let done = staff
        .attempt(move |tx, ctx, who| -> Result<(), Refused> {
            let proof = who.has::<SettleEvents>().ok_or(PageError::Forbidden)?;
            store::once(tx, ctx.now, &key, "web.settle", who.person.bytes(), |tx| {
                settle_event(tx, ctx, &proof, event, outcome, &reason).map(drop).map_err(Refused::from)
            })
        })
        .await?;
    match done {
        Ok(()) => Ok(redirect("/admin/record").done(t.done).into_response()),
        Err(Refused::Page(error)) => Err(error),
        Err(Refused::Settle(why)) => {
            match why {
                SettleEventError::NotOpen => return Err(PageError::Conflict(t.not_open.to_owned())),
                SettleEventError::Store(error) => return Err(error.into()),
                SettleEventError::Gone => errors.add("outcome", t.gone),
                SettleEventError::NoReason => errors.add("reason", fill(t.reason_missing, &[("n", &people::REASON_LIMIT)])),
            }
            Ok(shown(&staff, fields, errors).await?.again().into_response())
        }
    }
}
