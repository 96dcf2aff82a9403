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
    redacted: "写给办理人的文本", "Text for handlers written";
    redaction_approved: "给办理人的文本已核准", "Text for handlers approved";
    redaction_returned: "给办理人的文本退回", "Text for handlers returned";
    contact_opened: "查看联系方式", "Contact opened";
    looked_up: "按电话查其他诉求", "Looked up by telephone";
    deadline_passed: "超过时限", "Deadline passed";
    imported: "导入诉求", "Concern imported";
    import_undone: "撤销导入", "Import undone";
    kind_entered: "登记事项分类", "Kind entered";
    kind_ended: "停用事项分类", "Kind ended";
    recalled: "因单位调整收回重派", "Taken back after units were merged";
    parts_passed: "参与事项随单位调整交接", "Parts passed on after units were merged";
    duty_assigned: "登记职责", "Duty assigned";
    duty_withdrawn: "撤销职责", "Duty withdrawn";
    contact_changed: "更正联系方式", "Contact put right";
    erased: "删除个人信息", "Personal data erased";
    publishing_withdrawn: "撤回公开同意", "Consent to publish withdrawn";
    telling_changed: "短信提醒的同意", "Consent to short messages";
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
        "ConcernPartsPassed" => (t.parts_passed, None),
        "ConcernDutyAssigned" => (t.duty_assigned, Some(Log::Permission)),
        "ConcernDutyWithdrawn" => (t.duty_withdrawn, Some(Log::Permission)),
        _ => return None,
    };
    Some(Audited { name, log })
}
