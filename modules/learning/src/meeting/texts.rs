//! The words of meetings.

use web::Lang;

use crate::model::Gathering;

web::texts! {
    /// Words of the book of meetings.
    pub(crate) MeetTexts;
    title: "组织生活", "Branch life";
    lead: "支部党员大会、支委会、党小组会、组织生活会和党委中心组学习记在这里，用来看规定动作做到没有。不签到、不传照片，次数不计分。主题党日、党课和集中学习在“支部学习”里登记，学时从那里计。", "General meetings, committee meetings, meetings of groups and on organisation life, and the study of a committee’s central group are written down here, to tell whether what the rules order was done. Nobody signs in, no photo is sent, and how many there were gives no points. Theme days, lectures and collective study are recorded under “The branch”, where their hours count.";
    general: "支部党员大会", "General meeting";
    committee: "支部委员会会议", "Committee meeting";
    group: "党小组会", "Meeting of a Party group";
    life: "组织生活会", "Meeting on organisation life";
    centre: "中心组学习", "Study of the central group";
    theme_day: "主题党日", "Theme day";
    lecture: "党课", "Party lecture";
    new: "登记会议", "Record a meeting";
    bring: "从表格导入", "Bring in a table";
    none: "还没有登记过会议", "No meeting has been recorded";
    none_text: "登记后，规定动作是否做到随即能看到。", "Once it is, what the rules order is told as met.";
    none_match: "没有符合条件的记录", "Nothing matches";
    none_match_text: "换一个类型、组织或日期看看。", "Try another kind, organisation or date.";
    organisation: "哪个组织", "Which organisation";
    what: "类型", "Kind";
    all_kinds: "全部类型", "All kinds";
    from: "从", "From";
    to: "到", "To";
    on: "日期", "Date";
    begins: "开始时间", "Began at";
    ends: "结束时间", "Ended at";
    times: "时间", "Time";
    times_of: "{from}—{to}", "{from} to {to}";
    clock_hint: "如 19:00", "As 19:00";
    topic: "主题", "Topic";
    place: "地点", "Place";
    chair: "主持人", "Led by";
    recorder: "记录人", "Recorded by";
    lecturer: "授课人", "Lecturer";
    expected: "应到人数", "Expected";
    present: "实到人数", "Present";
    came: "到会", "Came";
    came_of: "应到 {expected} 人，实到 {present} 人（{share}%）", "{present} of {expected} ({share}%)";
    came_short: "应到 {expected}，实到 {present}", "{present} of {expected}";
    voting: "有表决权的党员", "Members who may vote";
    voting_expected: "应到有表决权人数", "Who may vote, expected";
    voting_present: "实到有表决权人数", "Who may vote, present";
    voting_hint: "支部党员大会要表决时填，两格都填。", "For a general meeting that votes: both, or neither.";
    rules: "规定怎么说", "What the rules say";
    rule: "依据：{source}。{note}", "Source: {source}. {note}";
    rule_second: "依据来自二手资料，没有核对原文。", "The source was read in secondary pages, not checked against the text itself.";
    rule_memory: "凭记忆录入，只作提示。", "Entered from memory: it only informs.";
    absent: "缺席及原因", "Absent, and why";
    absent_hint: "写人数和外出、值班一类的缘由就可以，不写病情等个人情况。", "How many, and such reasons as being away or on duty; nothing of anybody’s health.";
    guests: "列席", "Sat in";
    agenda: "议题", "Agenda";
    decided: "决议", "Decided";
    send: "登记", "Record";
    recorded: "会议已登记", "The meeting is recorded";
    late: "补录：{day}登记", "Written down later, on {day}";
    made: "登记时间", "Recorded";
    back: "已撤回", "Taken back";
    withdraw: "撤回这条记录", "Take this record back";
    withdrawn: "已撤回：{reason}", "Taken back: {reason}";
    reason: "为什么撤回", "Why";
    gone: "记录已撤回", "The record was taken back";
    undone: "撤销导入", "The import was undone";
    e_what: "这个组织没有这类会议", "This organisation holds no such meeting";
    e_on: "日期应在 1949 年以后，不晚于今天", "A day from 1949 up to today";
    e_begins: "时间应写作 19:00", "A time, as 19:00";
    e_ends: "结束时间应写作 20:30，并晚于开始时间", "A time, as 20:30, after the beginning";
    e_chair: "请写主持人", "Who led it?";
    e_expected: "应到人数应在 1 到 10000 之间", "A number from 1 to 10,000";
    e_present: "实到人数应在 1 到应到人数之间", "A number from 1 to those expected";
    e_voting: "有表决权的人数两格都要填，不能多于应到、实到人数", "Both numbers, and not more than were expected and came";
    e_long: "写得太长了", "Too long";
    e_twice: "这一天的同一次会议已经登记过", "This meeting of that day is recorded already";
    table_title: "三会一课记录", "Meetings of branches";
    table_intro: "一行写一次。支部写代码或名称，是自己的组织时可以不写；类型写支部党员大会、支委会、党小组会、组织生活会、主题党日、党课或中心组学习。主题党日、党课从表里导入时不计学时；附件不导入。导出时，缺席及原因、列席、议题、决议中的姓名、号码等隐去。", "One row for each time. The branch by code or name, or nothing where it is the own one; the kind as cadres call it. Theme days and lectures that come by a table count no hours; attachments are not taken. What gives people away in the words of a meeting leaves masked.";
}

/// What a meeting is called.
pub(crate) fn what(lang: Lang, what: Gathering) -> &'static str {
    let t = MeetTexts::of(lang);
    match what {
        Gathering::General => t.general,
        Gathering::Committee => t.committee,
        Gathering::Group => t.group,
        Gathering::Life => t.life,
        Gathering::Centre => t.centre,
        Gathering::ThemeDay => t.theme_day,
        Gathering::Lecture => t.lecture,
    }
}

/// The kind that cadres call so.
pub(crate) fn parse(written: &str) -> Option<Gathering> {
    let folded = base::text::fold(written.trim());
    Some(match folded.as_str() {
        "支部党员大会" | "党员大会" | "支部大会" => Gathering::General,
        "支部委员会会议" | "支部委员会" | "支委会" | "支委会会议" => Gathering::Committee,
        "党小组会" | "党小组会议" | "小组会" => Gathering::Group,
        "组织生活会" => Gathering::Life,
        "中心组学习" | "理论学习中心组学习" => Gathering::Centre,
        "主题党日" | "主题党日活动" => Gathering::ThemeDay,
        "党课" | "上党课" => Gathering::Lecture,
        _ => Gathering::ALL.iter().copied().find(|one| what(Lang::Hans, *one) == folded)?,
    })
}
