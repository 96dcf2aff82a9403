//! The pages: the ledger of a unit, what is asked, entering it, deciding on it.

mod ledger;
mod requests;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base::UnitId;
use people::{Permission, Tree};
use sheets::FileKind;
use web::{App, PageError, Signed, fill};

use crate::model::{Rhythm, State};

web::texts! {
    /// Words of the burden ledger.
    pub BurdenTexts;
    menu: "减负账", "Burden ledger";
    title: "{unit}减负账", "{unit}: burden ledger";
    why: "一年里向社区、村要过什么，记录替他们答了什么。每一项要求只登记一次，次数、项数和时间由系统按频次和社区数推算。", "What communities were asked in a year, and what the record answered instead. Each demand is entered once; how often, how many fields and how long follows from it.";
    how: "这些数怎样算", "How this is reckoned";
    how_minutes: "分钟数由登记要求的人填写，是一个社区填一次的估计；系统不记录任何人填表用了多久。", "Minutes are an estimate of what one community needs each time, given by whoever enters the demand. Nobody is timed.";
    how_times: "次数按频次从第一次要交的那天数到今天或结束的那天，每个被要求的社区、村各算一次。", "Forms are counted by how often they are due, from the first day to today or to their end, once for each community that is asked.";
    how_pending: "还没有核定的，和核定之前已经到期的，都算填了。", "What is not decided yet, and what fell due before it was, counts as filled in.";
    how_known: "同意填报的，记录已有的项目不用填，省下的时间按项目数占比折算。", "Of what must be filled in, fields that the record knows are left out; the time spared is their share of the fields.";
    how_answer: "记录代答的和不再要求的，从核定那天起算省下；代答的要求里记录没有的项目，算不再要求。", "What the record answers, and what was refused, is spared from the day of the decision; of a demand that the record answers, fields that it does not know count as refused.";
    how_units: "撤销的社区、村算到撤销前一天，接手的从设立那天起算。", "A community that ended counts until the day before, one that took over from the day on which it was made.";
    place: "所在位置", "Where this is";
    years: "年度", "Year";
    year_n: "{y}年", "{y}";
    asked: "填了", "Filled in";
    answered: "记录代答", "Answered by the record";
    refused: "不再要求", "Refused";
    forms_n: "{n} 次", "{n} forms";
    fields_n: "{n} 项", "{n} fields";
    hours_n: "{n} 小时", "{n} hours";
    minutes_n: "{n} 分钟", "{n} minutes";
    no_document: "没有文件依据的要求", "Demands without a document";
    pending: "等待核定的要求", "Demands to be decided on";
    share: "占 {n}%", "{n}% of all";
    below_towns: "各镇街", "Towns";
    below_communities: "各社区、村", "Communities";
    col_unit: "单位", "Unit";
    col_forms: "填表次数", "Forms";
    col_fields: "填写项数", "Fields";
    col_minutes: "每次分钟", "Minutes each time";
    col_hours: "所需小时", "Hours";
    col_answered_forms: "代答次数", "Answered";
    col_answered_fields: "代答项数", "Fields answered";
    col_spared: "省下小时", "Hours spared";
    one_asked: "填了 {forms} 次、{fields} 项，{time}", "filled in {forms} times, {fields} fields, {time}";
    one_answered: "记录代答 {forms} 次、{fields} 项，省下 {time}", "the record answered {forms} times, {fields} fields, {time} spared";
    one_fields_answered: "其中 {fields} 项由记录代答，省下 {time}", "of these {fields} more fields by the record, {time} spared";
    one_refused: "不再要求，省下 {forms} 次、{time}", "refused {forms} times, {time} spared";
    one_fields_refused: "其余 {fields} 项不再要求，省下 {time}", "the other {fields} fields refused, {time} spared";
    join: "{a}；{b}", "{a}; {b}";
    one_none: "今年还没有到期", "not due yet this year";
    asked_of: "每项要求填了多少、省下多少", "What each demand came to";
    whole: "合计", "All together";
    closed: "{unit}（已撤销）", "{unit} (closed)";
    fixed: "按固定顺序排列，不排名。截至 {day}。", "Units stand in their fixed order; they are not ranked. Up to {day}.";
    export: "导出表格", "Export";
    sheet: "减负账", "Burden ledger";
    requests: "要求清单", "What is asked";
    requests_none: "还没有登记任何要求", "Nothing has been entered yet";
    requests_none_text: "收到要填的表、要报的数，先登记在这里，看看记录能不能替您回答。", "When a form is asked for, enter it here first, and see whether the record can answer it.";
    new: "登记一项要求", "Enter a demand";
    filter_state: "状态", "State";
    by: "{who}要", "asked by {who}";
    of_scope: "面向{scope}", "of {scope}";

    state_pending: "待核定", "To be decided";
    state_fill: "同意填报", "To be filled in";
    state_answer: "记录代答", "Answered by the record";
    state_refuse: "不再要求", "Refused";
    state_ended: "已结束", "Ended";
    once: "一次", "Once";
    month: "每月", "Each month";
    quarter: "每季度", "Each quarter";
    half_year: "每半年", "Each half year";
    year: "每年", "Each year";

    new_why: "登记之后由区里核定：记录能回答的不再要求填；没有依据的不再要求；确需填报的，记录已有的项目不用填。", "The district then decides: what the record can answer is not asked; what has no ground is not asked; of what must be filled in, known fields are left out.";
    f_title: "要什么", "What is wanted";
    f_title_hint: "例如：民生诉求月报表", "For example: monthly report on residents' concerns";
    f_asker: "谁要的", "Who asks";
    f_asker_hint: "本区的单位从列表里选；区外的写名称", "Choose a unit of the district, or write the name of somebody outside";
    f_asker_name: "区外单位名称", "Somebody outside";
    f_document: "依据的文件", "The document";
    f_document_hint: "文件名称和文号；没有就留空", "Its name and number; leave it empty if there is none";
    f_scope: "要求谁填", "Who is asked";
    f_fields: "要填的项目", "The fields";
    f_fields_hint: "一行一项，照表头抄下来即可", "One on a line, as the form has them";
    f_minutes: "一个社区填一次要多少分钟", "Minutes that one community needs each time";
    f_rhythm: "多久一次", "How often";
    f_starts: "第一次要在哪天交", "First due on";
    f_ends: "最后一次不晚于", "Not after";
    f_send: "登记", "Enter";
    e_title: "请写明要什么，最多 80 个字", "Please write what is wanted, at most 80 characters";
    e_asker: "请选择或写明谁要的，最多 80 个字", "Please choose or write who asks, at most 80 characters";
    e_document: "最多 80 个字", "At most 80 characters";
    e_fields: "请填写 1 到 200 项，每项最多 80 个字", "Please write 1 to 200 fields, each of at most 80 characters";
    e_minutes: "请填写 1 到 2400 之间的分钟数", "Please write minutes from 1 to 2400";
    e_scope: "请选择您可以代表的范围", "Please choose what you may speak for";
    e_starts: "请填写日期", "Please write a date";
    e_ends: "结束日期不能早于第一次", "It cannot end before it begins";
    entered: "已登记", "Entered";

    d_facts: "要求", "The demand";
    d_asker: "谁要的", "Who asks";
    d_document: "依据", "Document";
    d_document_none: "没有文件依据", "No document";
    d_scope: "范围", "Who is asked";
    d_scope_n: "{unit}，{n} 个社区、村", "{unit}, {n} communities";
    d_load: "每次", "Each time";
    d_load_n: "{fields} 项，{minutes} 分钟", "{fields} fields, {minutes} minutes";
    d_when: "频次", "How often";
    d_when_n: "{rhythm}，自{day}起", "{rhythm}, from {day}";
    d_until: "，到{day}止", ", until {day}";
    d_by: "登记", "Entered";
    d_fields: "项目", "Fields";
    d_known: "记录已有 {known} 项，共 {n} 项", "The record knows {known} of {n}";
    d_from_unit: "单位和人员资料", "Units and staff";
    d_to_fill: "需要填写", "To be filled in";
    d_was_known: "登记时认定记录已有", "Taken to be known when it was entered";
    d_year: "今年累计", "This year";
    d_decided: "{day}核定：{state}", "{day}: {state}";
    decide_title: "核定", "Decide";
    decide_how: "怎么办", "What is to be done";
    decide_answer: "记录代答", "The record answers";
    decide_answer_hint: "不再要求社区填，要数的单位到看板和指标里看", "Communities are not asked; who wants the figures looks at dashboards and measures";
    decide_fill: "同意填报", "It is filled in";
    decide_fill_hint: "记录已有的项目不用填", "Fields that the record knows are left out";
    decide_refuse: "不再要求", "It is refused";
    decide_refuse_hint: "没有依据，或者与已有的重复", "It has no ground, or repeats another";
    decide_reason: "理由", "Reason";
    decide_send: "核定", "Decide";
    decided: "已核定，从今天起算", "Decided, from today on";
    e_reason: "请写明理由，最多 300 个字", "Please write a reason, at most 300 characters";
    e_how: "请选择怎么办", "Please choose what is to be done";
    e_own: "自己登记的要求由别人核定", "Somebody else decides on what you entered";
    e_already: "这项要求已经核定过", "This was decided before";
    e_not_known: "记录里没有这些项目，不能代答", "The record knows none of these fields";
    end: "不再要求，今天结束", "It is not asked any more after today";
    ended: "已结束", "Ended";
}

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/burden", get(ledger::show))
        .route("/burden.xlsx", get(ledger::workbook))
        .route("/burden/requests", get(requests::list))
        .route("/burden/requests.xlsx", get(requests::workbook))
        .route("/burden/new", get(requests::form).post(requests::send))
        .route("/burden/{id}", get(requests::show))
        .route("/burden/{id}/decide", post(requests::decide))
        .route("/burden/{id}/end", post(requests::end))
}

/// The widest unit that somebody reaches by a permission.
fn widest<P: Permission>(who: &Signed) -> Option<UnitId> {
    let depth = |unit: UnitId| who.tree.get(unit).map_or(usize::MAX, |unit| unit.path.len());
    who.each::<P>().map(|proof| proof.reach()).min_by_key(|unit| depth(*unit))
}

/// The unit whose ledger somebody sees: a department has no communities and sees those of the district.
fn seen(who: &Signed) -> Option<UnitId> {
    let widest = widest::<crate::permissions::See>(who)?;
    match who.tree.level(widest) {
        Some(people::Level::Department) => who.tree.parent(widest).map(|district| district.id),
        _ => Some(widest),
    }
}

fn name(tree: &Tree, unit: UnitId) -> String {
    tree.get(unit).map(|unit| unit.name.clone()).unwrap_or_default()
}

/// A name, with what became of the unit where it ended.
fn marked(t: &BurdenTexts, tree: &Tree, unit: UnitId, name: String) -> String {
    if tree.get(unit).is_some_and(people::Unit::is_closed) { fill(t.closed, &[("unit", &name)]) } else { name }
}

fn rhythm(t: &BurdenTexts, rhythm: Rhythm) -> &'static str {
    match rhythm {
        Rhythm::Once => t.once,
        Rhythm::Month => t.month,
        Rhythm::Quarter => t.quarter,
        Rhythm::HalfYear => t.half_year,
        Rhythm::Year => t.year,
    }
}

fn state(t: &BurdenTexts, state: State) -> &'static str {
    match state {
        State::Pending => t.state_pending,
        State::Fill => t.state_fill,
        State::Answer => t.state_answer,
        State::Refuse => t.state_refuse,
    }
}

fn tone(state: State) -> &'static str {
    match state {
        State::Pending => "warning",
        State::Fill => "",
        State::Answer => "success",
        State::Refuse => "info",
    }
}

/// Hours as they are said: below one, in minutes.
fn duration(t: &BurdenTexts, minutes: i64) -> String {
    if minutes < 60 { fill(t.minutes_n, &[("n", &minutes)]) } else { fill(t.hours_n, &[("n", &hours(minutes))]) }
}

/// Hours to the nearest one, where there are few to a tenth, as the workbook has them all.
fn hours(minutes: i64) -> String {
    let tenths = (minutes + 3) / 6;
    if tenths < 100 && tenths % 10 > 0 { format!("{}.{}", tenths / 10, tenths % 10) } else { grouped((minutes + 30) / 60) }
}

fn grouped(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A workbook to be kept.
fn file(bytes: Vec<u8>, name: &str) -> Result<Response, PageError> {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FileKind::Xlsx.media_type()));
    let file = format!("attachment; filename=\"burden.xlsx\"; filename*=UTF-8''{}.xlsx", web::shell::percent(name));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&file).map_err(PageError::internal)?);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_those_of_the_workbook() {
        let all = [0, 30, 50, 255, 599, 600, 629, 630, 659, 72_000].map(hours);
        assert_eq!(all, ["0", "0.5", "0.8", "4.3", "10", "10", "10", "11", "11", "1,200"]);
    }
}
