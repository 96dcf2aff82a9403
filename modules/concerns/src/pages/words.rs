//! The domain in words: states, ways, outcomes, what a step is called, why one is not possible now.

use web::{Lang, fill};

use crate::model::{Channel, NotNow, Outcome, Reply, Source, State};
use crate::said::{Field, Invalid};
use crate::sight::Act;

web::texts! {
    /// The domain in words.
    pub Words;

    received: "待派单", "To be dispatched";
    dispatched: "待签收", "To be claimed";
    objected: "异议待裁", "Objection";
    in_hand: "办理中", "In hand";
    resolved: "待审核", "Answered, in review";
    call_back: "待回访", "To be called back";
    archived: "已归档", "Archived";

    web: "网上提交", "Online form";
    counter: "窗口", "At the counter";
    phone: "电话", "Telephone";
    visit: "走访", "Home visit";
    grid: "网格巡查", "Grid worker";
    letter: "来信", "Letter";
    hotline: "热线转来", "Hotline";
    import: "历史导入", "Imported";
    open311: "开放接口", "Another program";

    by_phone: "电话", "By telephone";
    by_visit: "上门", "At home";
    by_meeting: "面谈", "In person";
    by_message: "短信", "By message";
    by_receipt: "本人网上评价", "By the resident online";

    solved: "已解决", "Solved";
    unreachable: "未能联系上", "Could not be reached";
    withdrawn: "本人撤回", "Withdrawn";
    duplicate: "重复，并入另一件", "Duplicate";
    answered: "历史答复", "Answered in the former system";
    exit_court: "告知诉讼途径", "Referred to the courts";
    exit_arbitration: "告知仲裁途径", "Referred to arbitration";
    exit_discipline: "告知纪检监察途径", "Referred to discipline inspection";
    exit_review: "告知行政复议途径", "Referred to administrative review";
    exit_disclosure: "告知信息公开途径", "Referred to disclosure of information";
    exit_petition: "告知信访途径", "Referred to petitioning";

    reply_supported: "予以支持", "Supported";
    reply_explained: "作出解释", "Explained";
    reply_declined: "不予支持", "Not supported";
    reply_published: "已主动公开，告知获取方式", "Published already: told how to get it";
    reply_given: "予以公开", "Given";
    reply_withheld: "不予公开，说明理由", "Withheld, with the reasons";
    reply_absent: "经检索没有，告知不存在", "Looked for and not there";
    reply_elsewhere: "不属于本机关负责公开，告知去处", "Not this body's to give: told whose it is";
    reply_repeated: "已经答复过，不重复处理", "Answered before, not dealt with again";
    reply_special: "另有规定，告知依照规定办理", "A register with rules of its own: told which";

    not_state: "这一步已经有人办过，或者还没有轮到", "this step was taken already, or it is not its turn yet";
    not_barred: "这件诉求涉及该单位或其上级，不能交给它办理", "the concern is about this unit's line";
    not_own_review: "信访复查、复核由原办理单位的上一级机关、单位办理，不能交给答复过这件事的单位及其下级", "a petition is reviewed by the unit above the one that answered it, never by that one or a unit below it";
    not_knows: "您知道这件保密诉求的反映人是谁，不能承办；请由承办单位的其他人员办理", "you know who the caller is, who asked to stay unknown: somebody else of the unit handles it";
    not_all_know: "这是保密诉求，该单位能承办的人都知道反映人是谁，请派给别的单位，或先为该单位配备其他人员", "the caller asked to stay unknown, and everybody who could handle it there knows who they are: choose another unit, or give that unit somebody else first";
    not_excused: "该单位的异议已经成立，不能再派给它", "this unit's objection was upheld";
    not_unit: "该单位不承接诉求", "this unit takes no concerns";
    not_department: "这类事项是部门职责，不能派给社区或网格", "this kind is a department's duty, not a community's or a grid's";
    not_already: "该单位已经在办", "the unit has it already";
    not_late: "已经超过可以办理这一步的时限", "the time for this is over";
    not_objection: "异议已经裁定过，不能再次提出", "an objection was decided already";
    not_above: "没有上级单位可以上报", "there is no unit above";
    not_below: "只能交给直接下级", "only a unit directly below can be chosen";
    not_own_text: "不能复核自己写的文本，请由另一位同事复核", "nobody approves their own text; a colleague does";
    not_photos: "写好之后反映人又补充了照片，请先看过再定：退回时说明要不要给承办人员看", "the caller sent more photos after it was written: look at them, and return it saying whether handlers may see them";
    not_text: "给承办人员看的内容还没有经第二人复核", "what handlers read has not been approved by a second person yet";
    not_public: "这件诉求不能公开", "nothing of this concern may be public";
    not_own: "不能审核自己的答复", "nobody reviews their own answer";
    not_tried: "还没有尝试回访，不能按联系不上归档", "nobody has tried to reach the resident yet";
    not_many: "今天查看的联系方式已经太多，请明天再试", "too many contacts were opened today, please try again tomorrow";
    not_desk: "这个结果不由派单单位认定", "this outcome is not for the desk to say";
    not_paused: "现在暂停计时，请先恢复", "the clock is stopped: restart it first";
    not_merged: "已经并单，跟随另一件一起办理", "it is merged and answered with another concern";
    not_mergeable: "这几件不能并单：涉及单位或人员的、已经并单的、不在同一派单单位的，各自办理", "these cannot be merged: what is about somebody, is merged already or is on another desk goes its own way";
    not_extension: "按规定不能再延长", "the rules give no more time for this";
    not_request: "不能审批自己的申请", "nobody decides on their own request";
    not_final: "已经是最后一级答复，不再受理", "the last instance has answered";
    not_call: "没有等待您单位报到的“吹哨”，或者已经办过", "no call waits for your unit, or this was done already";

    invalid_missing: "请填写{field}", "Please fill in {field}";
    invalid_long: "{field}最多 {n} 个字", "{field}: at most {n} characters";
    invalid_unknown: "{field}已经不存在，请重新选择", "{field} is no longer there, please choose again";
    invalid_caller: "{field}里有反映人的称呼或电话。反映人要求保密，承办人员看得到这里，请去掉", "Take the caller's name or telephone out of {field}: the caller asked to stay unknown, and the handlers read this";
    field_words: "事情经过", "what happened";
    field_spot: "具体位置", "the exact place";
    field_handlers: "给承办人员看的内容", "the text for the handlers";
    field_shown: "给居民的答复", "the answer to the resident";
    field_note: "说明或理由", "the note or reason";
    field_name: "称呼", "the name";
    field_photos: "照片", "the photos";
    field_kind: "类别", "the kind";
    field_place: "地点", "the place";
    field_about_unit: "涉及的单位", "the unit it is about";
    field_about_person: "涉及的人员", "the person it is about";
    field_duplicate: "另一件的编号", "the other concern's number";
    field_contact: "联系方式", "the contact";
    field_term: "办理时限", "the time for the answer";
    field_exception: "例外说明", "the reason for the exception";
    field_reply: "答复类型", "the kind of reply";
    field_called: "参加的部门", "the departments";

    act_dispatch: "派单", "Dispatch";
    act_decide: "裁定异议", "Decide the objection";
    act_claim: "签收", "Claim";
    act_first_contact: "登记首次联系", "Record first contact";
    act_resolve: "办结答复", "Answer";
    act_object: "提出异议", "Object";
    act_escalate: "上报", "Escalate";
    act_send_down: "交下级办理", "Send down";
    act_review: "审核答复", "Review the answer";
    act_call_back: "登记回访", "Record a call-back";
    act_redact: "拟脱敏文本", "Write the text for handlers";
    act_approve: "复核脱敏文本", "Check the text for handlers";
    act_relay: "转补充内容", "Pass on what was added";
    act_open_contact: "查看联系方式", "Show the contact";
    act_unreachable: "联系不上，归档", "Archive as unreachable";
    act_archive: "归档", "Archive";
    act_pause: "暂停计时", "Stop the clock";
    act_resume: "恢复计时", "Restart the clock";
    act_ask_extension: "申请延期", "Ask for more time";
    act_decide_extension: "审批延期", "Decide on more time";
    act_whistle: "吹哨", "Call departments";
    act_arrive: "报到", "Report in";
    act_part: "登记本部门办理情况", "Record our part";
    act_close_whistle: "结束吹哨", "Close the call";
    act_merge: "并单", "Merge duplicates";
    act_unmerge: "撤销并单", "Take out of the merger";
    act_supervise: "督办", "Supervise";
    act_answer_order: "答复督办", "Answer to supervision";

    event_submitted: "提交诉求", "Sent";
    event_registered: "工作人员代为登记", "Registered by staff";
    event_dispatched: "交{unit}办理", "Sent to {unit}";
    event_objected: "{unit}认为不属于其职责", "{unit} objected";
    event_upheld: "同意异议，重新派单", "Objection upheld, to be dispatched again";
    event_refused: "异议不成立，继续由{unit}办理", "Objection refused, it stays with {unit}";
    event_recalled: "单位调整后，原承办单位与这件诉求有关，已收回重新派单", "Units were merged: it was taken back from a unit that it is about, to be dispatched again";
    event_moved: "单位调整，转到{unit}", "Units were merged: {unit} has it now";
    event_kept_from: "有关人员到新单位任职，{unit}回避", "Whom it is about came to another unit: it is kept from {unit}";
    event_parts: "单位调整，由{unit}接着参加", "Units were merged: {unit} takes part instead";
    event_parts_ended: "单位调整后不再参加：{unit}", "Takes part no more after units were merged: {unit}";
    event_handed_over: "交接给{unit}继续办理", "Handed over, {unit} goes on";
    event_claimed: "{unit}已签收", "Claimed by {unit}";
    event_contacted: "首次联系（{how}）", "First contact ({how})";
    event_escalated: "上报{unit}", "Escalated to {unit}";
    event_sent_down: "交{unit}办理", "Sent down to {unit}";
    event_resolved: "{unit}答复", "Answered by {unit}";
    event_resolved_as: "{unit}答复：{reply}", "Answered by {unit}: {reply}";
    event_passed: "答复审核通过，等待评价", "Answer reviewed, waiting for the resident";
    event_returned: "答复退回，{unit}继续办理", "Answer returned to {unit}";
    event_tried: "回访未联系上（{how}）", "Call-back without an answer ({how})";
    event_called_back_yes: "评价：已解决（{how}）", "Resident says: solved ({how})";
    event_called_back_no: "评价：没有解决（{how}），重新办理", "Resident says: not solved ({how}), reopened";
    event_satisfied: "满意", "satisfied";
    event_unsatisfied: "不满意", "not satisfied";
    event_was_contacted: "联系过", "was contacted";
    event_not_contacted: "没有联系过", "was not contacted";
    event_reopened: "申请再办，重新受理", "Reopened by the resident";
    event_archived: "归档：{how}", "Archived: {how}";
    event_added: "补充情况", "More was added";
    event_relayed: "补充内容的脱敏文本", "Text for handlers: what was added";
    event_redacted: "脱敏文本", "Text for handlers";
    event_proposed: "拟公开文本", "Text for the public";
    event_published: "公开文本经第二人复核，已公开", "Published after a second look";
    event_publication_returned: "公开文本被退回", "Text for the public returned";
    event_taken_back: "撤下公开文本", "Withdrawn from the public";
    event_redaction_approved: "脱敏文本经第二人复核通过", "Text for handlers approved by a second person";
    event_redaction_returned: "脱敏文本被退回", "Text for handlers returned";
    event_looked_up: "{unit}查过同一电话的其他诉求", "{unit} looked up other concerns of this telephone";
    event_contact_opened: "{unit}查看了联系方式", "{unit} opened the contact";
    event_deadline: "超过时限", "Deadline passed";
    event_contact_changed: "反映人更正了联系方式", "The resident corrected the contact";
    event_unpublished: "反映人撤回了公开的同意", "The resident withdrew the consent to publish";
    event_telling: "反映人同意短信提醒", "The resident agrees to text messages";
    event_no_telling: "反映人撤回了短信提醒的同意", "The resident withdrew the consent to text messages";
    event_erased: "个人信息已删除", "Personal data erased";
    event_imported: "从原系统导入", "Imported from a former system";
    event_import_undone: "撤销导入", "Import undone";
    event_paused: "{unit}暂停计时", "{unit} stopped the clock";
    event_resumed: "恢复计时", "Clock restarted";
    event_extension_asked: "{unit}申请延期", "{unit} asked for more time";
    event_extension_granted: "同意延期，{when}前答复", "More time given, answer due by {when}";
    event_extension_refused: "不同意延期", "No more time given";
    event_deadlines_moved: "放假安排有变，期限按新的工作日重新计算：{when}前", "Other holidays were published: counted anew, due by {when}";
    event_deadlines_moved_else: "放假安排有变，有关期限按新的工作日重新计算", "Other holidays were published: deadlines were counted anew";
    event_whistled: "{unit}吹哨，召集 {n} 个部门，{lead}牵头", "{unit} called {n} departments, {lead} leads";
    event_whistled_resident: "召集 {n} 个部门共同办理", "{n} departments were called together";
    event_arrived: "{unit}报到", "{unit} reported in";
    event_arrived_late: "{unit}报到（超过时限）", "{unit} reported in late";
    event_part: "{unit}完成本部门的部分", "{unit} did its part";
    event_part_unwarranted: "{unit}答复：不属于本部门职责", "{unit}: not our duty";
    event_arrival_passed: "{unit}到时限没有报到", "{unit} did not report in by the deadline";
    event_whistle_closed: "{unit}结束吹哨", "{unit} closed the call";
    event_merged: "并入 {no} 一并办理", "Merged into {no}";
    event_merged_resident: "与同一问题的其他诉求一并办理，答复后会单独问您", "Handled together with others on the same matter; you will be asked for yourself";
    event_unmerged: "撤销并单，单独办理", "Taken out of the merger";
    event_answered_with: "{unit}答复（与 {no} 一并办理）", "Answered by {unit} (together with {no})";
    event_answered_with_resident: "{unit}答复", "Answered by {unit}";
    event_raised: "超期上报{unit}", "Overdue: {unit} was told";
    event_supervised: "{unit}督办", "Supervised by {unit}";
    event_order_answered: "{unit}答复督办", "{unit} answered to supervision";
    event_order_passed: "{unit}到时限没有答复督办", "{unit} did not answer to supervision in time";
    rule_ours: "本系统设定", "Set by this system";
    rule_own: "{title}时限由本系统设定，没有上级规定", "{title}: a length set by this system, not by a regulation";
    rule_of: "{title}（{document}）", "{title} ({document})";
    resident: "居民", "The resident";
    system: "系统", "The system";
}

impl Words {
    /// Where a concern is.
    pub(super) fn state(&self, state: State) -> &'static str {
        match state {
            State::Received => self.received,
            State::Dispatched => self.dispatched,
            State::Objected => self.objected,
            State::InHand => self.in_hand,
            State::Resolved => self.resolved,
            State::CallBack => self.call_back,
            State::Archived => self.archived,
        }
    }

    /// How it came.
    pub(super) fn source(&self, source: Source) -> &'static str {
        match source {
            Source::Web => self.web,
            Source::Counter => self.counter,
            Source::Phone => self.phone,
            Source::Visit => self.visit,
            Source::Grid => self.grid,
            Source::Letter => self.letter,
            Source::Hotline => self.hotline,
            Source::Import => self.import,
            Source::Open311 => self.open311,
        }
    }

    /// The way by which somebody was spoken to.
    pub(super) fn channel(&self, channel: Channel) -> &'static str {
        match channel {
            Channel::Phone => self.by_phone,
            Channel::Visit => self.by_visit,
            Channel::Meeting => self.by_meeting,
            Channel::Message => self.by_message,
            Channel::Receipt => self.by_receipt,
        }
    }

    /// How it was closed.
    pub(super) fn outcome(&self, outcome: Outcome) -> &'static str {
        match outcome {
            Outcome::Solved => self.solved,
            Outcome::Unreachable => self.unreachable,
            Outcome::Withdrawn => self.withdrawn,
            Outcome::Duplicate => self.duplicate,
            Outcome::Answered => self.answered,
            Outcome::Court => self.exit_court,
            Outcome::Arbitration => self.exit_arbitration,
            Outcome::Discipline => self.exit_discipline,
            Outcome::Review => self.exit_review,
            Outcome::Disclosure => self.exit_disclosure,
            Outcome::Petition => self.exit_petition,
        }
    }

    /// What kind of reply an answer is.
    pub(super) fn reply(&self, reply: Reply) -> &'static str {
        match reply {
            Reply::Supported => self.reply_supported,
            Reply::Explained => self.reply_explained,
            Reply::Declined => self.reply_declined,
            Reply::Published => self.reply_published,
            Reply::Given => self.reply_given,
            Reply::Withheld => self.reply_withheld,
            Reply::Absent => self.reply_absent,
            Reply::Elsewhere => self.reply_elsewhere,
            Reply::Repeated => self.reply_repeated,
            Reply::Special => self.reply_special,
        }
    }

    /// Why a step is not possible now.
    pub(super) fn not_now(&self, why: NotNow) -> &'static str {
        match why {
            NotNow::State => self.not_state,
            NotNow::Barred => self.not_barred,
            NotNow::Excused => self.not_excused,
            NotNow::KnowsCaller => self.not_knows,
            NotNow::AllKnowCaller => self.not_all_know,
            NotNow::OwnReview => self.not_own_review,
            NotNow::NoSuchUnit => self.not_unit,
            NotNow::DepartmentDuty => self.not_department,
            NotNow::Already => self.not_already,
            NotNow::TooLate => self.not_late,
            NotNow::NoObjection => self.not_objection,
            NotNow::NothingAbove => self.not_above,
            NotNow::NotBelow => self.not_below,
            NotNow::OwnText => self.not_own_text,
            NotNow::PhotosSince => self.not_photos,
            NotNow::NoText => self.not_text,
            NotNow::NotPublic => self.not_public,
            NotNow::OwnAnswer => self.not_own,
            NotNow::NotTried => self.not_tried,
            NotNow::TooMany => self.not_many,
            NotNow::NotForDesk => self.not_desk,
            NotNow::Paused => self.not_paused,
            NotNow::Merged => self.not_merged,
            NotNow::NotMergeable => self.not_mergeable,
            NotNow::NoExtension => self.not_extension,
            NotNow::OwnRequest => self.not_request,
            NotNow::Final => self.not_final,
            NotNow::NoCall => self.not_call,
        }
    }

    fn field(&self, field: Field) -> &'static str {
        match field {
            Field::Words => self.field_words,
            Field::Spot => self.field_spot,
            Field::Handlers => self.field_handlers,
            Field::Shown => self.field_shown,
            Field::Note => self.field_note,
            Field::Name => self.field_name,
            Field::Photos => self.field_photos,
            Field::Kind => self.field_kind,
            Field::Place => self.field_place,
            Field::AboutUnit => self.field_about_unit,
            Field::AboutPerson => self.field_about_person,
            Field::DuplicateOf => self.field_duplicate,
            Field::Contact => self.field_contact,
            Field::Term => self.field_term,
            Field::Exception => self.field_exception,
            Field::Called => self.field_called,
            Field::Reply => self.field_reply,
        }
    }

    /// Which field, and what is wrong with it.
    pub(super) fn invalid(&self, invalid: Invalid) -> (Field, String) {
        let words = |field: Field, text: &str, n: usize| (field, fill(text, &[("field", &self.field(field)), ("n", &n)]));
        match invalid {
            Invalid::Missing(field) => words(field, self.invalid_missing, 0),
            Invalid::TooLong(field, n) => words(field, self.invalid_long, n),
            Invalid::Unknown(field) => words(field, self.invalid_unknown, 0),
            Invalid::TellsCaller(field) => words(field, self.invalid_caller, 0),
        }
    }

    /// What a step is called on its button.
    pub(super) fn act(&self, act: Act) -> &'static str {
        match act {
            Act::Dispatch => self.act_dispatch,
            Act::Decide => self.act_decide,
            Act::Claim => self.act_claim,
            Act::FirstContact => self.act_first_contact,
            Act::Resolve => self.act_resolve,
            Act::Object => self.act_object,
            Act::Escalate => self.act_escalate,
            Act::SendDown => self.act_send_down,
            Act::Review => self.act_review,
            Act::CallBack => self.act_call_back,
            Act::Redact => self.act_redact,
            Act::Approve => self.act_approve,
            Act::Relay => self.act_relay,
            Act::OpenContact => self.act_open_contact,
            Act::ArchiveUnreachable => self.act_unreachable,
            Act::Archive => self.act_archive,
            Act::Pause => self.act_pause,
            Act::Resume => self.act_resume,
            Act::AskExtension => self.act_ask_extension,
            Act::DecideExtension => self.act_decide_extension,
            Act::Whistle => self.act_whistle,
            Act::Arrive => self.act_arrive,
            Act::Part => self.act_part,
            Act::CloseWhistle => self.act_close_whistle,
            Act::Merge => self.act_merge,
            Act::Unmerge => self.act_unmerge,
            Act::Supervise => self.act_supervise,
            Act::AnswerOrder => self.act_answer_order,
        }
    }
}

/// The light of a deadline. A rule that is from memory informs and reddens nothing.
pub(super) fn light(ctx: &base::Ctx, due: &crate::model::Due) -> web::kit::Light {
    use web::kit::Light;
    let light = web::dates::light(due.at, ctx.now, ctx.rules().calendar());
    let may_redden = ctx.rules().rule(&due.rule).is_none_or(|rule| rule.mark.may_redden());
    if may_redden || !matches!(light, Light::Red | Light::Over) { light } else { Light::Yellow }
}

/// The words in a language.
pub(super) fn words(lang: Lang) -> &'static Words {
    Words::of(lang)
}
