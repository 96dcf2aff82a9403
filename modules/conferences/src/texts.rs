//! The words of conferences.

use web::{Audited, Lang};

web::texts! {
    /// Words of conferences.
    pub(crate) ConferenceTexts;
    menu: "联席会议", "Conferences";
    title: "联席会议", "Joint conferences";
    lead: "会议议定的每一件事都成为任务：谁负责、何时完成、做到哪一步，到召集单位确认为止。", "Each decision of a conference becomes a task: who does it, by when, how far it is, until whoever called the conference has seen that it is done.";
    new: "登记一次联席会议", "Write down a conference";
    owed: "本单位的任务", "Tasks of your units";
    owed_none: "没有待办的任务", "Nothing is to be done";
    owed_none_text: "联席会议派给本单位的任务、等本单位确认的任务会列在这里。", "Tasks that conferences give to your units, or that wait for your look, stand here.";
    held: "会议", "Conferences";
    held_none: "还没有联席会议", "No conference yet";
    held_none_text: "登记会议之后，议定事项在会议页里逐条派出。", "Once a conference is written down, its decisions are given out on its page.";
    held_sub: "{unit} 召集 · {on} · {n} 项任务，{open} 项未完成", "Called by {unit} · {on} · {n} tasks, {open} open";
    field_title: "议题", "About";
    field_on: "会议日期", "Day";
    field_place: "地点", "Place";
    field_units: "参加单位", "Units that took part";
    field_units_hint: "议定的任务只能派给参加会议的单位，或由召集单位自己负责", "Tasks can be given to units that took part, or kept by the one that called";
    field_note: "会议纪要", "Minutes";
    field_note_hint: "写议定了什么，不写过程", "What was decided, not who said what";
    save: "登记", "Write down";
    saved: "会议已登记，请逐条派出议定事项", "Written down. Now give out what was decided";
    wrong_title: "议题为 1 到 60 个字", "From 1 to 60 characters";
    wrong_on: "请填写会议日期，不能晚于今天", "Please give the day, not later than today";
    wrong_place: "地点为 1 到 60 个字", "From 1 to 60 characters";
    wrong_units: "请选择参加单位，最多 60 个", "Choose the units that took part, at most 60";
    wrong_note: "请写 1 到 4000 字", "From 1 to 4000 characters";
    wrong_unit: "请选择责任单位", "Choose who does it";
    wrong_due: "请填写完成时限，要晚于现在，三年以内", "Give a day that lies ahead, within three years";
    wrong_now: "情况已有变化，请重新打开", "It has moved on meanwhile; please open it again";
    conference: "联席会议", "Joint conference";
    fact_by: "召集单位", "Called by";
    fact_on: "会议日期", "Held";
    fact_place: "地点", "Place";
    fact_units: "参加单位", "Took part";
    fact_principal: "第一责任人", "First responsible";
    fact_dual: "一岗双责", "Also responsible";
    fact_conference: "来自", "From";
    fact_unit: "责任单位", "Who does it";
    fact_due: "完成时限", "Due";
    fact_confirm_due: "确认时限", "To be looked at by";
    fact_state: "状态", "State";
    minutes: "会议纪要", "Minutes";
    tasks: "议定事项", "What was decided";
    tasks_none: "还没有派出议定事项", "Nothing was given out yet";
    add: "派出一项", "Give out one";
    add_text: "做什么", "What is to be done";
    add_unit: "责任单位", "Who does it";
    add_due: "完成时限", "Due";
    add_due_hint: "到当天 17:30", "Until 17:30 of that day";
    add_send: "派出", "Give out";
    added: "任务已派出，责任单位会收到消息", "Given out; the unit is told";
    task: "联席会议任务", "Task of a conference";
    what: "做什么", "What is to be done";
    steps: "办理过程", "What was done";
    step_given: "派出，{due}前完成", "Given out, due {due}";
    step_reported: "报告完成", "Said to be done";
    step_reported_late: "报告完成（超期）", "Said to be done, late";
    step_done: "确认完成，销号", "Looked at: done";
    step_returned: "退回，{due}前完成", "Not done, due {due}";
    step_moved: "时限改为{due}", "Now due {due}";
    step_look_moved: "放假安排有变，确认时限按新的工作日重新计算：{due}前", "Other holidays were published: the time to look at it was counted anew, due {due}";
    step_overdue: "完成时限已过", "The deadline passed";
    step_overdue_confirm: "确认时限已过", "The time to look at it passed";
    step_passed: "单位变动，由{unit}接续", "The unit ended; {unit} has it now";
    report: "报告完成", "Say that it is done";
    report_text: "做了什么", "What was done";
    report_photos: "佐证", "Evidence";
    report_send: "报告完成", "Send";
    reported: "已报告，等召集单位确认", "Sent; it waits for a look";
    confirm: "确认", "Look at it";
    confirm_choice: "结论", "Result";
    confirm_done: "已完成，销号", "Done: close";
    confirm_again: "没有完成，退回", "Not done: give back";
    confirm_due: "新的完成时限", "Due instead";
    confirm_due_hint: "退回时填写", "Where it is given back";
    confirm_text: "意见", "What was seen";
    confirm_send: "记录结论", "Record";
    confirmed: "结论已记录", "Recorded";
    choose: "请选择结论", "Please choose";
    postpone: "调整时限", "Another deadline";
    postpone_why: "理由", "Why";
    postpone_send: "调整时限", "Change it";
    postponed: "时限已调整，理由留在办理过程里", "Changed; the reason stays in the record";
    photo: "佐证照片", "Photo of evidence";
    state_open: "待落实", "To be done";
    state_reported: "待确认", "Waits for a look";
    state_closed: "已销号", "Closed";
    due_title: "联席会议任务", "Tasks of conferences";
    told_given: "联席会议任务", "A conference gave you a task";
    told_given_text: "联席会议有一项任务由{unit}负责，请在{due}前完成。", "A joint conference gave {unit} a task, due {due}.";
    told_reported: "任务待确认", "A task waits for your look";
    told_reported_text: "一项联席会议任务已报告完成，请{unit}在{due}前确认。", "A task is said to be done. {unit} looks at it by {due}.";
    told_late: "任务超期", "A task is late";
    told_late_text: "{unit}有一项联席会议任务已超期。", "A task of {unit} is past its deadline.";
    kind_held: "召开联席会议", "Conference held";
    kind_given: "派出联席会议任务", "Conference task given";
    kind_reported: "联席会议任务报告完成", "Conference task said to be done";
    kind_confirmed: "联席会议任务确认", "Conference task looked at";
    kind_moved: "联席会议任务调整时限", "Conference task given another deadline";
    kind_look_moved: "联席会议任务确认时限重新计算", "Time to look at a conference task counted anew";
    kind_overdue: "联席会议任务超期", "Conference task overdue";
    kind_passed: "联席会议任务移交", "Conference task passed on";
}

/// See [`web::Module::audited`].
pub(crate) fn audited(lang: Lang, kind: &str) -> Option<Audited> {
    let t = ConferenceTexts::of(lang);
    let name = match kind {
        "ConferenceHeld" => t.kind_held,
        "ConferenceTaskGiven" => t.kind_given,
        "ConferenceTaskReported" => t.kind_reported,
        "ConferenceTaskConfirmed" => t.kind_confirmed,
        "ConferenceTaskMoved" => t.kind_moved,
        "ConferenceTaskLookMoved" => t.kind_look_moved,
        "ConferenceTaskOverdue" => t.kind_overdue,
        "ConferenceTaskPassed" => t.kind_passed,
        _ => return None,
    };
    Some(Audited { name, log: None })
}
