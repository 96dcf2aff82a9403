//! The words of the pages of inspections.

use web::{Audited, Lang};

web::texts! {
    /// Words of inspections.
    pub(crate) InspectTexts;
    menu: "督查", "Inspections";
    title: "督导检查", "Inspections";
    empty: "没有督查发现的问题", "Nothing was found by inspections";
    empty_text: "督查部门登记检查后，发现的问题和整改情况列在这里。", "Once a visit is written down, what it found stands here.";
    new: "登记一次检查", "Write down a visit";
    list_new: "写检查表", "Write a checklist";
    state_open: "待整改", "To be put right";
    state_rectified: "待复查", "Waits for a second look";
    state_closed: "已销号", "Closed";
    sub: "{unit} · 检查于 {on}", "{unit} · visited {on}";
    choose_title: "登记一次检查", "Write down a visit";
    choose_none: "先写一张检查表", "Write a checklist first";
    field_list: "检查表", "Checklist";
    field_unit: "检查哪个单位", "Unit visited";
    field_on: "检查日期", "Day of the visit";
    field_note: "总体情况", "What was seen in all";
    next: "下一步", "Next";
    lines_title: "逐项登记：{unit}", "Line by line: {unit}";
    lines_hint: "没有问题的留空；有问题的写清楚在哪里、是什么。", "Leave empty what is in order; say where and what is wrong.";
    save: "登记检查", "Write down";
    saved: "检查已登记", "The visit was written down";
    list_title: "写检查表", "Write a checklist";
    list_name: "名称", "Name";
    list_lines: "检查内容", "What to look at";
    list_lines_hint: "一行一项", "One thing a line";
    list_save: "保存检查表", "Save";
    list_saved: "检查表已保存", "The checklist was saved";
    wrong_name: "名称为 1 到 60 个字", "A name has 1 to 60 characters";
    wrong_lines: "写 1 到 60 行，每行不超过 200 字", "From 1 to 60 lines of at most 200 characters";
    wrong_unit: "请选择单位，不能检查本单位", "Please choose a unit other than your own";
    wrong_on: "请填写检查日期，不能晚于今天", "Please give the day, not later than today";
    wrong_note: "请写 1 到 1000 字", "Please write 1 to 1000 characters";
    wrong_now: "情况已有变化，请重新打开", "It has moved on meanwhile; please open it again";
    finding: "督查发现的问题", "A finding";
    fact_unit: "被检查单位", "Unit";
    fact_item: "检查内容", "What was looked at";
    fact_on: "检查日期", "Visited";
    fact_due: "整改期限", "To be put right by";
    fact_state: "状态", "State";
    what: "发现的问题", "What was wrong";
    steps: "整改过程", "What was done";
    step_made: "登记问题", "Found";
    step_rectified: "提交整改", "Put right";
    step_rectified_late: "提交整改（超期）", "Put right, late";
    step_passed: "复查通过，销号", "Looked at again: closed";
    step_returned: "复查退回", "Looked at again: returned";
    rectify: "提交整改结果", "Say what was done";
    rectify_text: "怎样整改的", "What was done";
    rectify_photos: "整改佐证", "Evidence";
    rectify_send: "提交整改", "Send";
    rectified: "整改结果已提交，等待复查", "Sent; it waits for a second look";
    recheck: "复查", "Second look";
    recheck_choice: "结论", "Result";
    recheck_pass: "整改到位，销号", "Put right: close";
    recheck_return: "没有整改到位，退回", "Not put right: return";
    recheck_text: "复查情况", "What was seen";
    recheck_send: "记录复查结果", "Record";
    rechecked: "复查结果已记录", "The second look was recorded";
    choose: "请选择结论", "Please choose";
    photo: "佐证照片", "Photo of evidence";
    step_deadline_moved: "放假安排有变，期限按新的工作日重新计算：{due}前", "Other holidays were published: counted anew, due {due}";
    step_overdue: "整改期限已过", "The deadline for putting it right passed";
    step_recheck_overdue: "复查期限已过", "The deadline for the second look passed";
    step_passed_on: "单位调整，移交{unit}", "Passed on to {unit}, which took over";
    fact_recheck_due: "复查期限", "Second look by";
    fact_by: "检查单位", "Visited by";
    fact_visit: "所属检查", "Found at";
    to_findings: "问题", "Findings";
    to_visits: "检查", "Visits";
    to_lists: "检查表", "Checklists";
    visit: "一次督导检查", "A visit";
    visits_empty: "没有登记过的检查", "No visit was written down";
    visits_empty_text: "督查部门登记检查后列在这里，没有发现问题的也在。", "Visits stand here once they are written down, those that found nothing too.";
    none_match: "没有符合条件的", "Nothing matches";
    none_match_text: "换一个条件看看。", "Try another filter.";
    visit_sub: "{by} · {on} · {list}", "{by} · {on} · {list}";
    found_none: "没有发现问题", "Nothing found";
    found_n: "问题 {n} 个，未销号 {open} 个", "{n} found, {open} not closed";
    fact_list: "检查表", "Checklist";
    fact_list_version: "{name}（第 {n} 版）", "{name} (version {n})";
    fact_person: "登记人", "Written down by";
    fact_made: "登记时间", "Written down";
    visit_lines: "逐项结果", "Line by line";
    column_line: "检查内容", "What was looked at";
    column_result: "结果", "Result";
    line_fine: "没有发现问题", "In order";
    filter_state: "状态", "states";
    filter_unit: "单位", "units";
    filter_since: "起", "From";
    filter_since_full: "检查日期起", "Visited from";
    filter_until: "止", "To";
    filter_until_full: "检查日期止", "Visited until";
    show_waiting: "未销号", "Not closed";
    show_late: "已超期", "Late";
    show_ever: "全部", "All";
    lists_title: "检查表", "Checklists";
    lists_lead: "修改检查表就是新的一版，以前的检查仍按当时的那一版。", "A change is a new version; visits that were made stay by the version of their day.";
    lists_empty: "还没有检查表", "There is no checklist yet";
    lists_empty_text: "写好检查表后，登记检查时逐项填写。", "Once there is one, visits are written down line by line.";
    list_sub: "第 {n} 版 · {lines} 项 · {at}", "Version {n} · {lines} lines · {at}";
    list_change: "修改", "Change";
    list_edit: "修改检查表（第 {n} 版之后）", "Change a checklist (after version {n})";
    list_changed: "已保存为第 {n} 版", "Saved as version {n}";
    list_stale: "别人刚改过这张检查表或已停用，请重新打开再改", "Somebody changed this checklist or took it out of use just now; please open it again";
    list_versions: "各版", "Versions";
    list_version: "第 {n} 版，{at}", "Version {n}, {at}";
    list_end: "停用", "Take out of use";
    list_end_hint: "停用后不再用于登记新的检查，以前的检查不变。", "No further visit is made by it; those that were stay.";
    list_ended: "检查表已停用", "The checklist was taken out of use";
    list_ended_at: "{at}停用", "Out of use since {at}";
    wrong_list: "这张检查表已停用，请换一张", "This checklist is out of use; please choose another one";
    export_name: "督查问题", "findings";
    export_visits_name: "督导检查", "inspections";
    due_title: "督查整改", "Findings of inspections";
    told_found: "督查发现问题", "An inspection found something";
    told_found_text: "督查在{unit}发现 {n} 个问题，请在{due}前整改。", "An inspection of {unit} found {n} things to be put right by {due}.";
    told_returned: "督查问题待整改", "A finding is to be put right";
    told_returned_text: "{unit}有一个督查问题需要整改，请在{due}前完成。", "{unit} has a finding to put right by {due}.";
    told_closed: "督查问题已销号", "A finding was closed";
    told_closed_text: "{unit}的一个督查问题经复查整改到位，已销号。", "A finding at {unit} was looked at again and closed.";
    told_rectified: "督查问题待复查", "A finding waits for a second look";
    told_rectified_text: "一个督查问题已提交整改，请{unit}在{due}前复查。", "A finding is said to be put right. {unit} looks again by {due}.";
    told_late: "督查问题超期", "A finding is late";
    told_late_text: "{unit}有一个督查问题已超期。", "A finding at {unit} is past its deadline.";
    kind_list: "写检查表", "Checklist written";
    kind_list_changed: "修改检查表", "Checklist changed";
    kind_list_ended: "停用检查表", "Checklist out of use";
    kind_made: "登记督导检查", "Visit written down";
    kind_found: "登记督查问题", "Finding written down";
    kind_rectified: "提交整改", "Finding put right";
    kind_rechecked: "复查督查问题", "Finding looked at again";
    kind_overdue: "督查问题超期", "Finding overdue";
    kind_deadline_moved: "督查问题期限重新计算", "Deadline of a finding counted anew";
    kind_passed: "督查问题移交", "Finding passed on";
}

/// See [`web::Module::audited`].
pub(crate) fn audited(lang: Lang, kind: &str) -> Option<Audited> {
    let t = InspectTexts::of(lang);
    let name = match kind {
        "ChecklistEntered" => t.kind_list,
        "ChecklistChanged" => t.kind_list_changed,
        "ChecklistEnded" => t.kind_list_ended,
        "InspectionMade" => t.kind_made,
        "FindingMade" => t.kind_found,
        "FindingRectified" => t.kind_rectified,
        "FindingRechecked" => t.kind_rechecked,
        "FindingOverdue" => t.kind_overdue,
        "FindingDeadlineMoved" => t.kind_deadline_moved,
        "FindingPassed" => t.kind_passed,
        _ => return None,
    };
    Some(Audited { name, log: None })
}
