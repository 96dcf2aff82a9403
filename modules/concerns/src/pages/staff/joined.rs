//! The forms and the taking of the steps by which units work together and clocks are changed: more time, a clock
//! that stands still, calling departments, merging, supervising.

use base::{Ctx, UnitId};
use people::Tree;
use store::{StoreError, Tx};
use web::kit::{Choice, Fact};
use web::{Errors, Fields, Lang, Signed, dates, fill};

use super::forms::{Asked, Button, Form};
use super::input::Input;
use super::kinds::name;
use crate::concern::{Concern, Done, StepError};
use crate::extend::{AskExtension, DecideExtension};
use crate::merge::{self, Merge, Unmerge};
use crate::model::{self, Outcome, is_term, rule};
use crate::pages::timeline;
use crate::pages::words::Words;
use crate::pause::{Pause, Resume};
use crate::permissions::{Desk, Handle, Supervise, Whistle};
use crate::said::LONGEST_NOTE;
use crate::sight::{self, Act};
use crate::supervise::{self, Words as Order};
use crate::whistle::{self, Answer, Call, Close};
use crate::{extend, pause};

web::texts! {
    /// Words of these steps.
    pub JoinTexts;

    reason_why: "为什么需要更多时间", "Why it takes longer";
    asked_why: "承办单位的理由", "The unit's reason";
    grant: "同意延期", "Give more time";
    refuse: "不同意", "Refuse";
    to_resident: "给居民的说明", "To the resident";
    to_resident_hint: "同意时居民会看到，不同意时只有承办单位看到", "The resident reads it if you agree; otherwise only the unit does";
    new_deadline: "延长到", "New deadline";
    now_deadline: "现在的办结时限", "Deadline now";
    extend_then: "由派单单位审批，申请人不能审批自己的申请", "The desk decides; nobody decides on their own request";
    extend_send: "提交申请", "Ask";
    extend_done: "已提交延期申请", "Request sent";
    granted: "已同意延期", "More time given";
    refused: "已答复不同意延期", "Request refused";

    pause_what: "等待什么", "What you are waiting for";
    pause_hint: "居民会看到，例如：等待居民补充材料、等待鉴定结论", "The resident reads it, such as: waiting for documents or an expert's opinion";
    pause_until: "最晚恢复", "Restarts at the latest";
    pause_then: "到期自动恢复计时，暂停的时间不计入办理时限", "It restarts by itself then; the time in between does not count";
    pause_send: "暂停计时", "Stop the clock";
    paused: "已暂停计时", "Clock stopped";
    resumed: "已恢复计时", "Clock restarted";

    whistle_units: "召集哪些部门", "Which departments are called";
    whistle_units_hint: "至少一个；被召集的部门能看到这件诉求", "At least one; those called can read this concern";
    whistle_lead: "牵头部门", "Who leads";
    whistle_ask: "需要各部门做什么", "What is asked of them";
    whistle_ask_hint: "写清时间、地点、分工", "Say when, where, and who does what";
    whistle_units_missing: "请选要召集的部门", "Please choose the departments";
    whistle_lead_missing: "请选牵头部门", "Please choose who leads";
    whistle_lead_wrong: "牵头部门要在召集的部门之中，只能召集部门", "Who leads must be among those called, and only departments are called";
    whistle_due: "报到时限", "To report in by";
    whistle_send: "吹哨", "Call them";
    whistled: "已召集，等待部门报到", "Called; the departments will report in";
    arrive_note: "到场或联系情况", "How you came";
    arrive_send: "报到", "Report in";
    arrived: "已报到", "Reported in";
    asked_for: "街道的要求", "What the town asks";
    part_note: "本部门做了什么", "What your department did";
    part_warranted: "这次吹哨是否属于本部门职责", "Was it your department's duty";
    part_yes: "属于", "Yes";
    part_no: "不属于", "No";
    part_warranted_missing: "请选是否属于本部门职责", "Please say whether it was your duty";
    part_send: "登记", "Record";
    part_done: "已登记", "Recorded";
    close_note: "处置结果", "What came of it";
    close_open: "还没有完成的部门", "Not done yet";
    close_send: "结束吹哨", "Close the call";
    closed: "吹哨已结束", "The call is closed";

    merge_suggest: "可能是同一件事", "These may be the same matter";
    merge_suggest_none: "没有找到相近的诉求，可以填写编号", "Nothing alike was found; numbers can be given below";
    merge_numbers: "其他编号", "Other numbers";
    merge_numbers_hint: "多个编号用空格隔开", "Several numbers are separated by spaces";
    merge_why: "并单理由", "Why they are the same";
    merge_then: "每位居民保留自己的编号和查询码，答复后分别看到答复、分别回访。可以撤销并单", "Each resident keeps their number and code, reads the answer and is asked for themselves. It can be undone";
    merge_missing: "请选至少一件，或者填写编号", "Please choose at least one, or give a number";
    merge_send: "并入这一件", "Merge into this one";
    merged: "已并单", "Merged";
    merged_found: "可能有 {n} 件反映同一件事，可以先并单", "{n} others may be about the same matter; they can be merged first";
    unmerge_then: "回到待派单，单独办理", "It waits to be dispatched, by itself";
    unmerge_send: "撤销并单", "Take it out";
    unmerged: "已撤销并单，请单独派单", "Taken out; please dispatch it by itself";

    supervise_what: "督办要求", "What is asked";
    supervise_due: "答复时限", "To be answered by";
    supervise_send: "发出督办", "Send";
    supervised: "已发出督办", "Sent";
    order_was: "督办要求", "What was asked";
    order_answer: "给督办单位的答复", "Answer";
    order_send: "提交答复", "Answer";
    order_answered: "已答复督办", "Answered";

    reason_missing: "请写明理由", "Please say why";
    ask_missing: "请写明要求", "Please say what is asked";
    pause_missing: "请写明等什么", "Please say what is waited for";
    answer_missing: "请写明答复", "Please write the answer";
    note_missing: "请写明做了什么", "Please say what was done";
    term: "办理时限", "Time for the answer";
    term_usual: "{title}（{n} {unit}）", "{title} ({n} {unit})";
    unit_wd: "个工作日", "working days";
    unit_nd: "天", "days";
    unit_h: "小时", "hours";
    term_hint: "法律法规另有规定的选对应的一项", "Choose another where a law sets it";
    term_fixed: "，不能延期", ", no more time";
    review_note: "这是信访复查（复核）。按《信访工作条例》，应当由原办理单位的上一级机关、单位办理，不能再交给答复过这件事的单位及其下级。经手过的单位：{units}", "This is a review of a petition. The regulation gives it to the unit above the one that answered; it cannot go to who answered before, nor below. Who had it: {units}";
    exception: "例外说明", "Why an exception";
    exception_hint: "类别是部门职责、却交给社区或网格时必填；会留痕并计入统计", "Needed when a department's duty goes to a community or a grid; it is recorded and counted";
    exit_hint: "告知法定途径、归为重复的，居民会看到这里写的话：重复的请写明那一件办得怎样；其他的只有工作人员看得到", "Where a legal way is named, or it is a duplicate, the resident reads this: of a duplicate say how the other one was answered. Else only staff do";
    review_merged: "还有 {n} 件并入这一件，那些居民也会看到这条答复，请核对里面没有反映人的个人信息", "{n} more are merged into this one and their residents read this answer as well: check that it holds nothing personal";
    emergency_dispatch: "内容里可能有紧急情况。请先确认已经联系 {n}。", "This may be an emergency. Make sure that {n} was called.";
    emergency: "内容里可能有紧急情况。请先拨打 {n}，再登记。", "This may be an emergency. Call {n} first, then register it.";
    fact_paused: "暂停计时", "Clock stopped";
    fact_paused_since: "{when} 起", "since {when}";
    fact_asked: "延期申请", "More time";
    fact_asked_open: "等待审批", "waiting for a decision";
    fact_extension: "延期", "More time";
    fact_no_extension: "这一类按规定不能延期", "No more time can be given for this";
    fact_extended: "已经延过一次，不能再延", "Given once, which is all";
    fact_called: "吹哨报到", "Called";
    fact_leads: "（牵头）", ", leads";
    fact_waits: "待报到，{when}", "to report in, {when}";
    fact_missed: "未按时报到", "did not report in in time";
    fact_arrived: "{when}报到", "reported in {when}";
    fact_part: "{when}完成", "done {when}";
    fact_unwarranted: "认为不属于职责", "says it was not its duty";
    fact_order: "督办", "Supervision";
    fact_order_open: "{unit}要求答复，{when}", "{unit} asked, {when}";
    fact_order_done: "{unit}的督办已答复", "answered to {unit}";
    fact_order_late: "{unit}的督办超期未答复", "answer to {unit} is overdue";
    fact_merged: "并入的诉求", "Merged into this";
    fact_merged_n: "{n} 件", "{n}";
    fact_into: "并入", "Merged into";
}

fn area(ask: &Asked<'_>, name: &'static str, label: &'static str, hint: &'static str) -> Input {
    ask.area(name, label, hint, 4, LONGEST_NOTE, false)
}

fn send(text: &'static str) -> Vec<Button> {
    vec![Button { text, kind: "primary", name: "", value: "" }]
}

/// The form of one of these steps, or nothing for another.
pub(super) fn form(tx: &mut Tx, act: Act, ask: &Asked<'_>, facts: &mut Vec<Fact>, form: &mut Form) -> Result<(), StoreError> {
    let lang = ask.who.visit().lang;
    let (j, t, tree, concern) = (JoinTexts::of(lang), ask.t, &*ask.who.tree, ask.concern());
    let now = &concern.now;
    let rules = ask.ctx.rules();
    let unit = |id| name(tree, Some(id));
    let last_note = |found: fn(&crate::events::Happened) -> bool| {
        ask.detail.entries.iter().rev().find(|entry| found(&entry.happened)).and_then(|entry| entry.note.clone()).unwrap_or_default()
    };
    match act {
        Act::AskExtension | Act::DecideExtension => {
            let by = now.resolve_by.unwrap_or(ask.ctx.now);
            facts.push(Fact::new(j.now_deadline, dates::due(lang, by, ask.ctx.now, rules.calendar())));
            if let Some(id) = now.extension(rules, ask.ctx.now) {
                facts.push(Fact::new(j.new_deadline, dates::due(lang, rules.deadline(&id, by).at, ask.ctx.now, rules.calendar())));
                form.rule = timeline::rule(rules, lang, &id, ask.ctx.now);
            }
            if act == Act::AskExtension {
                facts.push(Fact::new(t.will_then, j.extend_then));
                form.inputs = vec![area(ask, "reason", j.reason_why, "")];
                form.buttons = send(j.extend_send);
            } else {
                let reason = last_note(|h| matches!(h, crate::events::Happened::ConcernExtensionAsked(_)));
                form.inputs = vec![
                    Input::Quote { title: j.asked_why.to_owned(), text: reason },
                    area(ask, "reason", j.to_resident, j.to_resident_hint),
                ];
                form.buttons = vec![
                    Button { text: j.grant, kind: "primary", name: "grant", value: "1" },
                    Button { text: j.refuse, kind: "plain", name: "grant", value: "0" },
                ];
            }
        }
        Act::Pause => {
            facts.push(Fact::new(
                j.pause_until,
                dates::due(lang, rules.deadline(rule::PAUSE, ask.ctx.now).at, ask.ctx.now, rules.calendar()),
            ));
            facts.push(Fact::new(t.will_then, j.pause_then));
            form.inputs = vec![area(ask, "reason", j.pause_what, j.pause_hint)];
            form.rule = timeline::rule(rules, lang, rule::PAUSE, ask.ctx.now);
            form.buttons = send(j.pause_send);
        }
        Act::Resume => form.inputs = vec![ask.note()],
        Act::Whistle => {
            facts.push(Fact::new(
                j.whistle_due,
                dates::due(lang, rules.deadline(rule::ARRIVE, ask.ctx.now).at, ask.ctx.now, rules.calendar()),
            ));
            form.rule = timeline::rule(rules, lang, rule::ARRIVE, ask.ctx.now);
            form.inputs = whistle_inputs(ask, j, tree);
            form.buttons = send(j.whistle_send);
        }
        Act::Arrive | Act::Part => {
            let asked = last_note(|h| matches!(h, crate::events::Happened::ConcernWhistled(_)));
            form.inputs = vec![Input::Quote { title: j.asked_for.to_owned(), text: asked }];
            if act == Act::Arrive {
                form.inputs.push(ask.area("note", j.arrive_note, t.note_hint, 3, LONGEST_NOTE, true));
                form.buttons = send(j.arrive_send);
            } else {
                form.inputs.push(area(ask, "note", j.part_note, t.note_hint));
                form.inputs.push(ask.radios("warranted", j.part_warranted, &[("1", j.part_yes), ("0", j.part_no)]));
                form.buttons = send(j.part_send);
            }
        }
        Act::CloseWhistle => {
            let open = ask.detail.linked.called.iter().filter(|called| called.closed_at.is_none() && called.done_at.is_none());
            let open: Vec<String> = open.map(|called| unit(called.unit)).collect();
            if !open.is_empty() {
                facts.push(Fact::new(j.close_open, open.join(if lang.is_chinese() { "、" } else { ", " })));
            }
            form.inputs = vec![area(ask, "reason", j.close_note, t.note_hint)];
            form.buttons = send(j.close_send);
        }
        Act::Merge => {
            facts.push(Fact::new(t.will_then, j.merge_then));
            let found = merge::repeats(tx, ask.ctx, ask.who, tree, concern, 8)?;
            let chosen: Vec<&str> = ask.fields.all("other").collect();
            let list: Vec<Choice> = found
                .iter()
                .map(|repeat| {
                    let hint = format!("{} · {}", base::number::show(&repeat.no), dates::moment(lang, repeat.received_at, ask.ctx.now));
                    Choice::new(repeat.no.clone(), repeat.title.clone()).hint(hint).chosen(chosen.contains(&repeat.no.as_str()))
                })
                .collect();
            form.inputs = vec![
                if list.is_empty() {
                    Input::Note(j.merge_suggest_none.to_owned())
                } else {
                    Input::Boxes { name: "other", legend: j.merge_suggest, list, error: String::new(), hint: "" }
                },
                Input::Line {
                    name: "numbers",
                    label: j.merge_numbers,
                    value: ask.fields.value("numbers").to_owned(),
                    error: ask.errors.of("numbers").to_owned(),
                    hint: j.merge_numbers_hint,
                    kind: "text",
                    optional: true,
                },
                area(ask, "reason", j.merge_why, t.note_hint),
            ];
            form.buttons = send(j.merge_send);
        }
        Act::Unmerge => {
            facts.push(Fact::new(t.will_then, j.unmerge_then));
            form.inputs = vec![ask.area("reason", t.reason, t.note_hint, 3, LONGEST_NOTE, true)];
            form.buttons = send(j.unmerge_send);
        }
        Act::Supervise => {
            facts.push(Fact::new(t.will_unit, name(tree, now.holder)));
            facts.push(Fact::new(
                j.supervise_due,
                dates::due(lang, rules.deadline(rule::SUPERVISE, ask.ctx.now).at, ask.ctx.now, rules.calendar()),
            ));
            form.rule = timeline::rule(rules, lang, rule::SUPERVISE, ask.ctx.now);
            form.inputs = vec![area(ask, "reason", j.supervise_what, t.note_hint)];
            form.buttons = send(j.supervise_send);
        }
        Act::AnswerOrder => {
            let asked = last_note(|h| matches!(h, crate::events::Happened::ConcernSupervised(_)));
            form.inputs =
                vec![Input::Quote { title: j.order_was.to_owned(), text: asked }, area(ask, "reason", j.order_answer, t.note_hint)];
            form.buttons = send(j.order_send);
        }
        _ => {}
    }
    Ok(())
}

fn whistle_inputs(ask: &Asked<'_>, j: &'static JoinTexts, tree: &Tree) -> Vec<Input> {
    let concern = ask.concern();
    let fits = |unit: UnitId| sight::may_have(tree, concern, unit);
    let chosen: Vec<&str> = ask.fields.all("called").collect();
    let units: Vec<_> = tree.departments().filter(|unit| fits(unit.id)).collect();
    let list = |chosen: &dyn Fn(&str) -> bool| -> Vec<Choice> {
        units
            .iter()
            .map(|unit| {
                let id = unit.id.to_string();
                let checked = chosen(&id);
                Choice::new(id, unit.name.clone()).chosen(checked)
            })
            .collect()
    };
    let lead = ask.fields.value("lead");
    vec![
        Input::Boxes {
            name: "called",
            legend: j.whistle_units,
            list: list(&|id| chosen.contains(&id)),
            error: ask.errors.of("called").to_owned(),
            hint: j.whistle_units_hint,
        },
        Input::Select {
            name: "lead",
            label: j.whistle_lead,
            list: list(&|id| id == lead),
            error: ask.errors.of("lead").to_owned(),
            hint: "",
            optional: false,
        },
        area(ask, "reason", j.whistle_ask, j.whistle_ask_hint),
    ]
}

/// The lengths that can be chosen when a concern is dispatched: the usual one, and those that a law sets.
pub(super) fn terms(ask: &Asked<'_>) -> Input {
    let lang = ask.who.visit().lang;
    let (j, rules, today) = (JoinTexts::of(lang), ask.ctx.rules(), ask.ctx.now.date());
    let chosen = ask.fields.get("term").map_or_else(|| ask.concern().now.term.clone().unwrap_or_default(), str::to_owned);
    let usual = rules.holding(rule::RESOLVE, today);
    let mut others: Vec<_> = rules.all_on(today).into_iter().filter(|rule| is_term(&rule.id)).collect();
    others.sort_by_key(|rule| term_place(&rule.id));
    let all = usual.into_iter().chain(others);
    let list = all
        .map(|one| {
            let value = if &*one.id == rule::RESOLVE { "" } else { &*one.id };
            let label = fill(j.term_usual, &[("title", &title(one, lang)), ("n", &one.amount), ("unit", &amount_unit(j, one.clock))]);
            let fixed = if value.is_empty() || rules.holding(&format!("{value}.extend"), today).is_some() { "" } else { j.term_fixed };
            Choice::new(value, label).hint(format!("{}{fixed}", timeline::source(one, lang))).chosen(value == chosen)
        })
        .collect();
    Input::Radios { name: "term", legend: j.term, list, error: ask.errors.of("term").to_owned(), hint: j.term_hint, inline: false }
}

/// The terms in the order in which they are offered: by how long, then what is asked first before its reviews.
const TERMS: [&str; 8] = ["urgent", "timely", "ordinary", "hard", "petition", "petition_review", "petition_final", "disclosure"];

/// The place of a term, or of what stands beside one, among the others.
pub(super) fn term_place(id: &str) -> (usize, String) {
    let name = id.split('.').nth(1).unwrap_or_default();
    (TERMS.iter().position(|term| *term == name).unwrap_or(TERMS.len()), id.to_owned())
}

pub(super) fn title(rule: &base::rules::Rule, lang: Lang) -> String {
    match lang {
        Lang::Hans => rule.title_zh.clone(),
        Lang::Hant => web::lang::to_hant(&rule.title_zh),
        Lang::En => rule.title_en.clone(),
    }
}

pub(super) fn amount_unit(j: &JoinTexts, clock: base::rules::ClockKind) -> &'static str {
    match clock {
        base::rules::ClockKind::WorkingDays => j.unit_wd,
        base::rules::ClockKind::NaturalDays => j.unit_nd,
        base::rules::ClockKind::Hours => j.unit_h,
        // No term of a concern is a length, or how often.
        _ => "",
    }
}

/// Why a department's duty goes to a community all the same.
pub(super) fn exception(ask: &Asked<'_>) -> Input {
    let j = JoinTexts::of(ask.who.visit().lang);
    ask.area("exception", j.exception, j.exception_hint, 2, LONGEST_NOTE, true)
}

/// That others may be the same matter, before one of them is dispatched.
pub(super) fn repeats_note(tx: &mut Tx, ask: &Asked<'_>) -> Result<Option<Input>, StoreError> {
    let found = merge::repeats(tx, ask.ctx, ask.who, &ask.who.tree, ask.concern(), 8)?;
    let j = JoinTexts::of(ask.who.visit().lang);
    Ok((!found.is_empty()).then(|| Input::Note(fill(j.merged_found, &[("n", &found.len())]))))
}

/// That the text speaks of what cannot wait.
pub(super) fn emergency(ask: &Asked<'_>, text: &str) -> Option<Input> {
    let numbers = crate::emergency::numbers(text, ask.who.visit().lang);
    let j = JoinTexts::of(ask.who.visit().lang);
    (!numbers.is_empty()).then(|| Input::Note(fill(j.emergency_dispatch, &[("n", &numbers)])))
}

/// That what is being written down may not wait; empty where it may.
pub(super) fn emergency_now(lang: Lang, text: &str) -> String {
    match crate::emergency::numbers(text, lang) {
        numbers if numbers.is_empty() => String::new(),
        numbers => fill(JoinTexts::of(lang).emergency, &[("n", &numbers)]),
    }
}

/// Who should not have a review of a petition: those who answered before.
pub(super) fn review_note(ask: &Asked<'_>, tree: &Tree) -> Option<Input> {
    let now = &ask.concern().now;
    let reviewed = matches!(now.term.as_deref(), Some(model::REVIEW | model::FINAL));
    let units: Vec<String> = now.involved.iter().filter(|had| !had.excused).map(|had| tree.full_name(had.unit)).collect();
    let lang = ask.who.visit().lang;
    let note = fill(JoinTexts::of(lang).review_note, &[("units", &units.join(if lang.is_chinese() { "、" } else { ", " }))]);
    (reviewed && !units.is_empty()).then_some(Input::Note(note))
}

/// That others get the same answer.
pub(super) fn merged_note(ask: &Asked<'_>) -> Option<Input> {
    let n = ask.detail.linked.merged_count;
    let j = JoinTexts::of(ask.who.visit().lang);
    (n > 0).then(|| Input::Note(fill(j.review_merged, &[("n", &n)])))
}

/// What stands at the reason for closing.
pub(super) fn exit_hint(lang: Lang) -> &'static str {
    JoinTexts::of(lang).exit_hint
}

/// The legal ways out, beside the other outcomes.
pub(super) fn exits(concern: &Concern, w: &Words) -> Vec<(&'static str, &'static str)> {
    let open = !matches!(concern.now.state, crate::State::Resolved | crate::State::CallBack | crate::State::Archived);
    Outcome::EXITS.iter().filter(|_| open).map(|outcome| (outcome.code(), w.outcome(*outcome))).collect()
}

/// What was left open in one of these forms.
pub(super) fn look(act: Act, fields: &Fields, lang: Lang, errors: &mut Errors) {
    let j = JoinTexts::of(lang);
    let mut needs = |name: &'static str, words: &'static str| {
        if fields.value(name).trim().is_empty() {
            errors.add(name, words);
        }
    };
    match act {
        Act::AskExtension | Act::CloseWhistle => needs("reason", j.reason_missing),
        Act::Pause => needs("reason", j.pause_missing),
        Act::Supervise => needs("reason", j.ask_missing),
        Act::AnswerOrder => needs("reason", j.answer_missing),
        Act::DecideExtension if fields.chose("grant", "1") => needs("reason", j.reason_missing),
        Act::Whistle => {
            needs("called", j.whistle_units_missing);
            needs("lead", j.whistle_lead_missing);
            needs("reason", j.ask_missing);
        }
        Act::Part => {
            needs("note", j.note_missing);
            needs("warranted", j.part_warranted_missing);
        }
        Act::Merge => {
            if fields.value("other").is_empty() {
                needs("numbers", j.merge_missing);
            }
            needs("reason", j.reason_missing);
        }
        _ => {}
    }
}

/// Takes one of these steps.
pub(super) fn take(tx: &mut Tx, ctx: &Ctx, who: &Signed, concern: &Concern, act: Act, fields: &Fields) -> Result<Done, StepError> {
    let tree = &*who.tree;
    let op_key = fields.op_key().map_err(|_| StepError::Denied)?;
    let (no, v) = (concern.no.clone(), fields.int("v").unwrap_or(-1));
    let (note, reason) = (fields.opt("note"), fields.text("reason"));
    let desk = || sight::is_on_desk(who, tree, concern).or_else(|| who.has::<Desk>()).ok_or(StepError::Denied);
    let handle = || sight::handles(who, tree, concern).or_else(|| who.has::<Handle>()).ok_or(StepError::Denied);
    let caller = || whistle::whistles(who, tree, concern).or_else(|| who.has::<Whistle>()).ok_or(StepError::Denied);
    match act {
        Act::AskExtension => extend::ask(tx, ctx, &handle()?, &AskExtension { op_key, no, v, reason }),
        Act::DecideExtension => {
            extend::decide(tx, ctx, &desk()?, &DecideExtension { op_key, no, v, grant: fields.chose("grant", "1"), reason })
        }
        Act::Pause => pause::pause(tx, ctx, &handle()?, &Pause { op_key, no, v, reason }),
        Act::Resume => pause::resume(tx, ctx, &handle()?, &Resume { op_key, no, v, note }),
        Act::Whistle => {
            let units = fields.all("called").filter_map(|id| id.parse().ok()).collect();
            let lead = fields.id::<UnitId>("lead").unwrap_or_default();
            whistle::call(tx, ctx, &caller()?, &Call { op_key, no, v, lead, units, ask: reason })
        }
        Act::Arrive | Act::Part => {
            let called = whistle::of(tx, concern.id)?;
            // A retry is recognised by the operation, whoever of the unit sends it.
            let mine = whistle::is_called(who, tree, concern, &called);
            let (proof, unit) = match mine {
                Some(mine) => mine,
                None => {
                    let proof =
                        who.each::<Handle>().find(|proof| called.iter().any(|c| c.unit == proof.unit())).ok_or(StepError::Denied)?;
                    let unit = proof.unit();
                    (proof, unit)
                }
            };
            let input = Answer { op_key, no, unit, note, warranted: fields.chose("warranted", "1") };
            if act == Act::Arrive { whistle::arrive(tx, ctx, &proof, &input) } else { whistle::part(tx, ctx, &proof, &input) }
        }
        Act::CloseWhistle => whistle::close(tx, ctx, &caller()?, &Close { op_key, no, note: reason }),
        Act::Merge => {
            let typed = fields.value("numbers").split([' ', '，', ',', '、', '；', '\n']).filter(|no| !no.trim().is_empty());
            let others = fields.all("other").map(str::to_owned).chain(typed.map(str::to_owned)).collect();
            merge::merge(tx, ctx, &desk()?, &Merge { op_key, no, v, others, reason })
        }
        Act::Unmerge => merge::unmerge(tx, ctx, &desk()?, &Unmerge { op_key, no, v, reason: fields.opt("reason") }),
        Act::Supervise => {
            let proof = supervise::supervises(who, tree, concern).or_else(|| who.has::<Supervise>()).ok_or(StepError::Denied)?;
            supervise::order(tx, ctx, &proof, &Order { op_key, no, text: reason })
        }
        Act::AnswerOrder => {
            let orders = supervise::of(tx, concern.id)?;
            let proof = supervise::is_supervised(who, tree, concern, &orders);
            let proof =
                proof.or_else(|| who.each::<Handle>().find(|p| orders.iter().any(|o| o.unit == p.unit()))).ok_or(StepError::Denied)?;
            supervise::answer(tx, ctx, &proof, &Order { op_key, no, text: reason })
        }
        _ => Err(StepError::Denied),
    }
}

/// What the next page says was done.
pub(super) fn said(lang: Lang, act: Act, granted: bool) -> &'static str {
    let j = JoinTexts::of(lang);
    match act {
        Act::AskExtension => j.extend_done,
        Act::DecideExtension if granted => j.granted,
        Act::DecideExtension => j.refused,
        Act::Pause => j.paused,
        Act::Resume => j.resumed,
        Act::Whistle => j.whistled,
        Act::Arrive => j.arrived,
        Act::Part => j.part_done,
        Act::CloseWhistle => j.closed,
        Act::Merge => j.merged,
        Act::Unmerge => j.unmerged,
        Act::Supervise => j.supervised,
        _ => j.order_answered,
    }
}

/// The facts of a concern's page that say who was called, who asks about it, and what it is answered with.
pub(super) fn facts(ctx: &Ctx, who: &Signed, detail: &crate::read::Detail, facts: &mut Vec<Fact>) {
    let (lang, tree, now) = (who.visit().lang, &*who.tree, &detail.concern.now);
    let j = JoinTexts::of(lang);
    let when = |at| dates::moment(lang, at, ctx.now);
    let unit = |id| name(tree, Some(id));
    if let Some(pause) = &now.pause {
        facts.push(Fact::new(j.fact_paused, fill(j.fact_paused_since, &[("when", &when(pause.at))])));
    }
    if now.asked_by.is_some() {
        facts.push(Fact::new(j.fact_asked, j.fact_asked_open));
    } else if now.state == crate::State::InHand && now.merged_into.is_none() {
        // Why the step is not offered.
        match now.extension(ctx.rules(), ctx.now) {
            None => facts.push(Fact::new(j.fact_extension, j.fact_no_extension).to("/work/rules")),
            Some(_) if now.extended => facts.push(Fact::new(j.fact_extension, j.fact_extended)),
            Some(_) => {}
        }
    }
    for called in &detail.linked.called {
        let mut parts = Vec::new();
        match called.arrived_at {
            Some(at) => parts.push(fill(j.fact_arrived, &[("when", &when(at))])),
            None if called.passed => parts.push(j.fact_missed.to_owned()),
            None => parts.push(fill(j.fact_waits, &[("when", &dates::by(lang, called.due.at, ctx.now))])),
        }
        parts.extend(called.done_at.map(|at| fill(j.fact_part, &[("when", &when(at))])));
        if called.warranted == Some(false) {
            parts.push(j.fact_unwarranted.to_owned());
        }
        let comma = if lang.is_chinese() { "，" } else { ", " };
        let leads = if called.leads { j.fact_leads } else { "" };
        let colon = if lang.is_chinese() { "：" } else { ": " };
        facts.push(Fact::new(j.fact_called, format!("{}{leads}{colon}{}", unit(called.unit), parts.join(comma))));
    }
    for order in &detail.linked.orders {
        let text = match (order.answered_at, order.passed) {
            (Some(_), _) => fill(j.fact_order_done, &[("unit", &unit(order.by))]),
            (None, true) => fill(j.fact_order_late, &[("unit", &unit(order.by))]),
            (None, false) => fill(j.fact_order_open, &[("unit", &unit(order.by)), ("when", &dates::by(lang, order.due.at, ctx.now))]),
        };
        facts.push(Fact::new(j.fact_order, text));
    }
    if let Some(into) = &detail.linked.into {
        facts.push(Fact::new(j.fact_into, format!("{} {}", base::number::show(&into.no), into.title)).to(format!("/work/c/{}", into.no)));
    }
    for merged in &detail.linked.merged {
        facts.push(
            Fact::new(j.fact_merged, format!("{} {}", base::number::show(&merged.no), merged.title)).to(format!("/work/c/{}", merged.no)),
        );
    }
    let more = detail.linked.merged_count - detail.linked.merged.len();
    if more > 0 {
        facts.push(Fact::new(j.fact_merged, fill(j.fact_merged_n, &[("n", &more)])));
    }
}
