//! What this module's events are called in the audit, and which of them stand in a log of their own.

use web::{Audited, Lang, Log};

web::texts! {
    /// What the events of concerns are called.
    pub(crate) KindTexts;
    submitted: "反映诉求", "Concern submitted";
    dispatched: "派单", "Dispatched";
    objected: "提出异议", "Objected";
    objection_upheld: "异议成立", "Objection upheld";
    objection_refused: "异议不成立", "Objection refused";
    claimed: "签收", "Claimed";
    handed_over: "交接", "Handed over";
    contacted: "首次联系", "First contact";
    escalated: "上报", "Escalated";
    sent_down: "下派", "Sent down";
    resolved: "办结", "Resolved";
    review_passed: "审核通过", "Review passed";
    returned: "退回重办", "Returned";
    tried: "回访未接通", "Call-back tried";
    called_back: "回访", "Called back";
    reopened: "重新办理", "Reopened";
    archived: "归档", "Archived";
    added: "补充说明", "Added to";
    redacted: "写给承办人员的文本", "Text for handlers written";
    redaction_approved: "给承办人员的文本已通过复核", "Text for handlers approved";
    redaction_returned: "给承办人员的文本退回", "Text for handlers returned";
    contact_opened: "查看联系方式", "Contact opened";
    looked_up: "按电话查其他诉求", "Looked up by telephone";
    deadline_passed: "超过时限", "Deadline passed";
    imported: "导入诉求", "Concern imported";
    import_undone: "撤销导入", "Import undone";
    kind_entered: "登记事项分类", "Kind entered";
    kind_ended: "停用事项分类", "Kind ended";
    recalled: "因单位调整收回重派", "Taken back after units were merged";
    kept_from: "所涉人员任新职，其单位回避", "Kept from the unit that whom it is about came to";
    parts_passed: "参与事项随单位调整交接", "Parts passed on after units were merged";
    duty_assigned: "登记职责", "Duty assigned";
    duty_withdrawn: "撤销职责", "Duty withdrawn";
    contact_changed: "更正联系方式", "Contact put right";
    erased: "删除个人信息", "Personal data erased";
    publishing_withdrawn: "撤回公开同意", "Consent to publish withdrawn";
    telling_changed: "短信提醒的同意", "Consent to short messages";
    paused: "暂停计时", "Clock paused";
    resumed: "恢复计时", "Clock resumed";
    extension_asked: "申请延期", "More time asked for";
    extension_granted: "同意延期", "More time granted";
    extension_refused: "不同意延期", "More time refused";
    merged: "并单", "Merged";
    unmerged: "撤销并单", "Taken apart again";
    answered_with: "随并单答复", "Answered with the one it was merged into";
    whistled: "吹哨", "Departments called together";
    called: "被召集", "Called";
    arrived: "报到", "Came when called";
    part_done: "完成本部门的部分", "Own part done";
    arrival_passed: "没有按时报到", "Did not come in time";
    whistle_closed: "吹哨结束", "Call ended";
    deadlines_moved: "期限重新计算", "Deadlines counted anew";
    supervised: "督办", "Supervised";
    supervision_answered: "答复督办", "Supervision answered";
    supervision_passed: "没有按时答复督办", "Supervision not answered in time";
    overdue_raised: "超期上报", "Overdue, the unit above told";
    publication_proposed: "拟公开文本", "Text for the public written";
    publication_returned: "公开文本退回", "Text for the public returned";
    published: "公开", "Published";
    publication_withdrawn: "撤下公开", "Withdrawn from the public";
    cases_labelled: "导入已分类的案例", "Labelled cases brought in";
    model_trained: "分类学习", "Suggestions learnt";
    program_admitted: "签发接口密钥", "Key of a program given";
    program_revoked: "收回接口密钥", "Key of a program taken back";
    view_kept: "保存筛选", "Filter kept";
    view_dropped: "删除筛选", "Filter deleted";
}

/// See [`web::Module::audited`].
pub(crate) fn audited(lang: Lang, kind: &str) -> Option<Audited> {
    let t = KindTexts::of(lang);
    let (name, log) = match kind {
        "ConcernSubmitted" => (t.submitted, None),
        "ConcernDispatched" => (t.dispatched, None),
        "ConcernObjected" => (t.objected, None),
        "ConcernObjectionUpheld" => (t.objection_upheld, None),
        "ConcernObjectionRefused" => (t.objection_refused, None),
        "ConcernClaimed" => (t.claimed, None),
        "ConcernHandedOver" => (t.handed_over, None),
        "ConcernContacted" => (t.contacted, None),
        "ConcernEscalated" => (t.escalated, None),
        "ConcernSentDown" => (t.sent_down, None),
        "ConcernResolved" => (t.resolved, None),
        "ConcernReviewPassed" => (t.review_passed, None),
        "ConcernReturned" => (t.returned, None),
        "ConcernTried" => (t.tried, None),
        "ConcernCalledBack" => (t.called_back, None),
        "ConcernReopened" => (t.reopened, None),
        "ConcernArchived" => (t.archived, None),
        "ConcernAdded" => (t.added, None),
        "ConcernRedacted" => (t.redacted, None),
        "ConcernRedactionApproved" => (t.redaction_approved, None),
        "ConcernRedactionReturned" => (t.redaction_returned, None),
        "ConcernDeadlinePassed" => (t.deadline_passed, None),
        "ConcernImported" => (t.imported, None),
        "ConcernPhoneLookedUp" => (t.looked_up, Some(Log::Reading)),
        "ConcernContactOpened" => (t.contact_opened, Some(Log::Reading)),
        "ConcernImportUndone" => (t.import_undone, Some(Log::Data)),
        "ConcernContactChanged" => (t.contact_changed, Some(Log::Data)),
        "ConcernErased" => (t.erased, Some(Log::Data)),
        "ConcernTellingChanged" => (t.telling_changed, Some(Log::Data)),
        "ConcernPublishingWithdrawn" => (t.publishing_withdrawn, Some(Log::Data)),
        "ConcernKindEntered" => (t.kind_entered, Some(Log::Permission)),
        "ConcernKindEnded" => (t.kind_ended, Some(Log::Permission)),
        "ConcernRecalled" => (t.recalled, None),
        "ConcernKeptFrom" => (t.kept_from, None),
        "ConcernPartsPassed" => (t.parts_passed, None),
        "ConcernDutyAssigned" => (t.duty_assigned, Some(Log::Permission)),
        "ConcernDutyWithdrawn" => (t.duty_withdrawn, Some(Log::Permission)),
        "ConcernPaused" => (t.paused, None),
        "ConcernResumed" => (t.resumed, None),
        "ConcernExtensionAsked" => (t.extension_asked, None),
        "ConcernExtensionGranted" => (t.extension_granted, None),
        "ConcernDeadlinesMoved" => (t.deadlines_moved, None),
        "ConcernExtensionRefused" => (t.extension_refused, None),
        "ConcernMerged" => (t.merged, None),
        "ConcernUnmerged" => (t.unmerged, None),
        "ConcernAnsweredWith" => (t.answered_with, None),
        "ConcernWhistled" => (t.whistled, None),
        "ConcernCalled" => (t.called, None),
        "ConcernArrived" => (t.arrived, None),
        "ConcernPartDone" => (t.part_done, None),
        "ConcernArrivalPassed" => (t.arrival_passed, None),
        "ConcernWhistleClosed" => (t.whistle_closed, None),
        "ConcernSupervised" => (t.supervised, None),
        "ConcernSupervisionAnswered" => (t.supervision_answered, None),
        "ConcernSupervisionPassed" => (t.supervision_passed, None),
        "ConcernOverdueRaised" => (t.overdue_raised, None),
        "ConcernPublicationProposed" => (t.publication_proposed, None),
        "ConcernPublicationReturned" => (t.publication_returned, None),
        "ConcernPublished" => (t.published, Some(Log::Data)),
        "ConcernPublicationWithdrawn" => (t.publication_withdrawn, Some(Log::Data)),
        "ConcernCasesLabelled" => (t.cases_labelled, Some(Log::Data)),
        "ConcernModelTrained" => (t.model_trained, None),
        "ConcernProgramAdmitted" => (t.program_admitted, Some(Log::Permission)),
        "ConcernProgramRevoked" => (t.program_revoked, Some(Log::Permission)),
        "ConcernViewKept" => (t.view_kept, None),
        "ConcernViewDropped" => (t.view_dropped, None),
        _ => return None,
    };
    Some(Audited { name, log })
}
