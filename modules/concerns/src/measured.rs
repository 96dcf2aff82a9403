//! What is counted of concerns, by handling unit and day: from what residents answered and from
//! deadlines, never from what a unit says of itself. And what the rules order, as duties without points.

use record::measure::{Better, Count, Duty, Key, Kind, Measure, Met, Nature, Only, Whose};

/// A count of events of one kind.
macro_rules! count {
    ($kind:literal $(, $field:ident: $value:expr)* $(,)?) => { &[Count { kind: $kind $(, $field: $value)*, ..Count::ONE }] };
}

record::measures! {
    /// The measures of this module.
    pub MEASURES = [
        Measure {
            id: "concerns.received", title_zh: "收到", title_en: "Received",
            note_zh: "登记的诉求，计入受理的单位", note_en: "Concerns written down, for the unit whose desk they came to",
            counts: count!("ConcernSubmitted"), ..Measure::COUNT
        },
        Measure {
            id: "concerns.raised", title_zh: "发生", title_en: "Raised here",
            note_zh: "登记的诉求，按事情发生的地点计；没有写地点的计入受理的单位",
            note_en: "Concerns written down, by the place they are about, or the desk where no place is known",
            counts: count!("ConcernSubmitted", unit: Whose::Fact("place")), ..Measure::COUNT
        },
        Measure {
            id: "concerns.dispatched", title_zh: "派单", title_en: "Dispatched",
            note_zh: "派给本单位办理的次数，改派、再办重复计", note_en: "Times a concern was sent to the unit, again after each objection or reopening",
            counts: count!("ConcernDispatched", unit: Whose::Fact("unit")), ..Measure::COUNT
        },
        Measure {
            id: "concerns.first_dispatched", title_zh: "首次派单", title_en: "First dispatched",
            note_zh: "每件诉求第一次派单，可按类别分开看", note_en: "The first dispatch of each concern; can be taken apart by kind",
            counts: count!("ConcernDispatched", unit: Whose::Fact("unit"), only: &[Only::Is("v", "2")], key: Key::Fact("kind")),
            ..Measure::COUNT
        },
        Measure {
            id: "concerns.objected", title_zh: "提出异议", title_en: "Objected",
            unit_zh: "次", unit_en: "times",
            note_zh: "承办单位认为不属于本单位职责而提出的异议", note_en: "Times the unit said that it is not its matter",
            counts: count!("ConcernObjected"), ..Measure::COUNT
        },
        Measure {
            id: "concerns.objection_upheld", title_zh: "异议成立", title_en: "Objections upheld",
            unit_zh: "次", unit_en: "times",
            note_zh: "经审核同意的异议", note_en: "Objections that the desk agreed with",
            counts: count!("ConcernObjectionUpheld"), ..Measure::COUNT
        },
        Measure {
            id: "concerns.resolved", title_zh: "办结", title_en: "Resolved",
            unit_zh: "次", unit_en: "times",
            note_zh: "提交办理结果的次数，退回重办、再办重复计", note_en: "Times the unit answered, again after each return or reopening",
            counts: count!("ConcernResolved"), ..Measure::COUNT
        },
        Measure {
            id: "concerns.resolved_in_time", title_zh: "按时办结", title_en: "Resolved in time",
            unit_zh: "次", unit_en: "times", better: Better::Up,
            note_zh: "在办理时限内提交的办理结果", note_en: "Answers given before the deadline",
            counts: count!("ConcernResolved", only: &[Only::True("in_time")]), ..Measure::COUNT
        },
        Measure {
            id: "concerns.resolved_late", title_zh: "超期办结", title_en: "Resolved late",
            unit_zh: "次", unit_en: "times", better: Better::Down,
            note_zh: "超过办理时限才提交的办理结果", note_en: "Answers given after the deadline",
            counts: count!("ConcernResolved", only: &[Only::False("in_time")]), ..Measure::COUNT
        },
        Measure {
            id: "concerns.in_time_rate", title_zh: "按时办结率", title_en: "In-time rate", better: Better::Up,
            note_zh: "按时办结占办结的比例，时限由系统按规则计算", note_en: "Share of answers given in time; the program keeps the clock",
            kind: Kind::Rate { num: "concerns.resolved_in_time", den: "concerns.resolved" }, ..Measure::COUNT
        },
        Measure {
            id: "concerns.days_to_answer", title_zh: "办理天数（中位数）", title_en: "Days to an answer (median)",
            unit_zh: "天", unit_en: "days", better: Better::Down, kind: Kind::Median,
            note_zh: "从登记到提交办理结果的自然日，取中间的一个", note_en: "Calendar days from being written down to the answer; the middle one",
            counts: count!("ConcernResolved", key: Key::Days), ..Measure::COUNT
        },
        Measure {
            id: "concerns.called_back", title_zh: "回访得到答复", title_en: "Called back", nature: Nature::Answer,
            note_zh: "居民回答了是否解决的回访；无人应答的不计", note_en: "Call-backs in which the resident said whether it was solved; no answer does not count",
            counts: count!("ConcernCalledBack"), ..Measure::COUNT
        },
        Measure {
            id: "concerns.asked_contacted", title_zh: "回访：答了是否联系", title_en: "Asked whether contacted", nature: Nature::Answer,
            note_zh: "居民回答了承办人是否联系过", note_en: "The resident said whether the handler had been in touch",
            counts: count!("ConcernCalledBack", only: &[Only::Given("contacted")]), ..Measure::COUNT
        },
        Measure {
            id: "concerns.contacted", title_zh: "回访：联系过", title_en: "Contacted, by the resident", nature: Nature::Answer, better: Better::Up,
            note_zh: "居民回答承办人联系过", note_en: "The resident said that the handler had been in touch",
            counts: count!("ConcernCalledBack", only: &[Only::True("contacted")]), ..Measure::COUNT
        },
        Measure {
            id: "concerns.solved", title_zh: "回访：已解决", title_en: "Solved, by the resident", nature: Nature::Answer, better: Better::Up,
            note_zh: "居民回答已经解决", note_en: "The resident said that it was solved",
            counts: count!("ConcernCalledBack", only: &[Only::True("solved")]), ..Measure::COUNT
        },
        Measure {
            id: "concerns.unsolved", title_zh: "回访：未解决，再办", title_en: "Not solved, by the resident", nature: Nature::Answer, better: Better::Down,
            note_zh: "居民回答没有解决，重新办理", note_en: "The resident said that it was not solved; it was opened again",
            counts: count!("ConcernCalledBack", only: &[Only::False("solved")]), ..Measure::COUNT
        },
        Measure {
            id: "concerns.asked_satisfied", title_zh: "回访：答了是否满意", title_en: "Asked whether satisfied", nature: Nature::Answer,
            note_zh: "居民回答了是否满意", note_en: "The resident said whether they are satisfied",
            counts: count!("ConcernCalledBack", only: &[Only::Given("satisfied")]), ..Measure::COUNT
        },
        Measure {
            id: "concerns.satisfied", title_zh: "回访：满意", title_en: "Satisfied, by the resident", nature: Nature::Answer, better: Better::Up,
            note_zh: "居民回答满意", note_en: "The resident said that they are satisfied",
            counts: count!("ConcernCalledBack", only: &[Only::True("satisfied")]), ..Measure::COUNT
        },
        Measure {
            id: "concerns.contact_rate", title_zh: "联系率", title_en: "Contact rate", nature: Nature::Answer, better: Better::Up,
            note_zh: "回访中说联系过的占答了这一问的比例", note_en: "Of residents who answered this question, those who had been contacted",
            kind: Kind::Rate { num: "concerns.contacted", den: "concerns.asked_contacted" }, ..Measure::COUNT
        },
        Measure {
            id: "concerns.solution_rate", title_zh: "解决率", title_en: "Solution rate", nature: Nature::Answer, better: Better::Up,
            note_zh: "回访中说已解决的占得到答复的比例", note_en: "Of residents who answered, those who said that it was solved",
            kind: Kind::Rate { num: "concerns.solved", den: "concerns.called_back" }, ..Measure::COUNT
        },
        Measure {
            id: "concerns.satisfaction_rate", title_zh: "满意率", title_en: "Satisfaction rate", nature: Nature::Answer, better: Better::Up,
            note_zh: "回访中说满意的占答了这一问的比例", note_en: "Of residents who answered this question, those who are satisfied",
            kind: Kind::Rate { num: "concerns.satisfied", den: "concerns.asked_satisfied" }, ..Measure::COUNT
        },
        Measure {
            id: "concerns.reopened", title_zh: "归档后再办", title_en: "Reopened", better: Better::Down,
            note_zh: "居民在归档后要求再办", note_en: "Opened again by the resident after it was closed",
            counts: count!("ConcernReopened"), ..Measure::COUNT
        },
        Measure {
            id: "concerns.deadlines_passed", title_zh: "环节超期", title_en: "Deadlines passed",
            unit_zh: "次", unit_en: "times", better: Better::Down,
            note_zh: "到期没有办的环节，计入当时应办的单位，可按环节分开看",
            note_en: "Steps not taken by their deadline, for the unit that owed them; can be taken apart by step",
            counts: count!("ConcernDeadlinePassed", key: Key::Fact("due.rule")), ..Measure::COUNT
        },
        Measure {
            id: "concerns.duty_exceptions", title_zh: "部门职责交给社区、网格", title_en: "Departments' duties given to communities",
            unit_zh: "次", unit_en: "times", better: Better::Down,
            note_zh: "按职责目录应由部门办理、以例外理由交给社区或网格的，计入接办的单位",
            note_en: "Matters that are a department's duty and were given to a community or a grid by exception, for the unit that got them",
            counts: &[
                Count { kind: "ConcernDispatched", unit: Whose::Fact("unit"), only: &[Only::True("exception")], ..Count::ONE },
                Count { kind: "ConcernSentDown", unit: Whose::Fact("unit"), only: &[Only::True("exception")], ..Count::ONE },
            ],
            ..Measure::COUNT
        },
        Measure {
            id: "concerns.paused", title_zh: "暂停计时", title_en: "Clocks stopped", unit_zh: "次", unit_en: "times",
            note_zh: "承办单位说明理由后暂停计时的次数", note_en: "Times the unit stopped the clock with a reason",
            counts: count!("ConcernPaused"), ..Measure::COUNT
        },
        Measure {
            id: "concerns.extended", title_zh: "同意延期", title_en: "Given more time",
            note_zh: "经派单单位批准延长办理时限", note_en: "More time given by the desk",
            counts: count!("ConcernExtensionGranted"), ..Measure::COUNT
        },
        Measure {
            id: "concerns.whistles", title_zh: "吹哨", title_en: "Calls made", unit_zh: "次", unit_en: "times",
            note_zh: "街道召集部门共同办理的次数", note_en: "Times the town called departments together",
            counts: count!("ConcernWhistled"), ..Measure::COUNT
        },
        Measure {
            id: "concerns.whistles_unwarranted", title_zh: "吹哨：部门认为不属于职责", title_en: "Calls said to be unwarranted", unit_zh: "次", unit_en: "times", better: Better::Down,
            note_zh: "被召集的部门答复不属于本部门职责的次数，计入召集的单位", note_en: "Times a department that was called said it was not its duty, for who called",
            counts: count!("ConcernPartDone", unit: Whose::Fact("town"), only: &[Only::False("warranted")]), ..Measure::COUNT
        },
        Measure {
            id: "concerns.called", title_zh: "被召集", title_en: "Called", unit_zh: "次", unit_en: "times",
            note_zh: "被街道召集的次数", note_en: "Times a town called the department",
            counts: count!("ConcernCalled"), ..Measure::COUNT
        },
        Measure {
            id: "concerns.arrived", title_zh: "报到", title_en: "Reported in", unit_zh: "次", unit_en: "times",
            note_zh: "应召报到的次数", note_en: "Times the department reported in",
            counts: count!("ConcernArrived"), ..Measure::COUNT
        },
        Measure {
            id: "concerns.arrived_in_time", title_zh: "按时报到", title_en: "Reported in on time", unit_zh: "次", unit_en: "times", better: Better::Up,
            note_zh: "在报到时限内报到的次数", note_en: "Times the department reported in by the deadline",
            counts: count!("ConcernArrived", only: &[Only::True("in_time")]), ..Measure::COUNT
        },
        Measure {
            id: "concerns.arrivals_missed", title_zh: "到时限未报到", title_en: "Did not report in on time", unit_zh: "次", unit_en: "times", better: Better::Down,
            note_zh: "到报到时限没有报到的次数", note_en: "Times the deadline to report in passed",
            counts: count!("ConcernArrivalPassed"), ..Measure::COUNT
        },
        Measure {
            id: "concerns.parts_done", title_zh: "吹哨：完成本部门的部分", title_en: "Parts done", unit_zh: "次", unit_en: "times",
            note_zh: "应召完成本部门部分的次数", note_en: "Times the department did its part",
            counts: count!("ConcernPartDone", only: &[Only::True("warranted")]), ..Measure::COUNT
        },
        Measure {
            id: "concerns.supervised", title_zh: "被督办", title_en: "Supervised", unit_zh: "次", unit_en: "times",
            note_zh: "上级督办的次数", note_en: "Times a unit above asked",
            counts: count!("ConcernSupervised"), ..Measure::COUNT
        },
        Measure {
            id: "concerns.supervision_late", title_zh: "督办超期未答复", title_en: "Supervision answered late", unit_zh: "次", unit_en: "times", better: Better::Down,
            note_zh: "到时限没有答复督办的次数", note_en: "Times the deadline to answer passed",
            counts: count!("ConcernSupervisionPassed"), ..Measure::COUNT
        },
        Measure {
            id: "concerns.overdue_raised", title_zh: "下级超期上报", title_en: "Told of what is overdue below", unit_zh: "次", unit_en: "times", better: Better::Down,
            note_zh: "下级超期、自动上报到本单位的次数", note_en: "Times what was overdue below was told to the unit",
            counts: count!("ConcernOverdueRaised"), ..Measure::COUNT
        },
        Measure {
            id: "concerns.merged", title_zh: "并单", title_en: "Merged",
            note_zh: "并入另一件一起办理的诉求，计入派单单位", note_en: "Concerns answered together with another, for the desk",
            counts: count!("ConcernMerged"), ..Measure::COUNT
        },
        Measure {
            id: "concerns.referred", title_zh: "告知法定途径", title_en: "Referred to a legal way",
            note_zh: "告知诉讼、仲裁、纪检监察、行政复议、信息公开、信访途径的诉求",
            note_en: "Concerns for which the law has another way: courts, arbitration, discipline, review, disclosure, petitions",
            counts: &[
                Count { kind: "ConcernArchived", only: &[Only::Is("outcome", "court")], ..Count::ONE },
                Count { kind: "ConcernArchived", only: &[Only::Is("outcome", "arbitration")], ..Count::ONE },
                Count { kind: "ConcernArchived", only: &[Only::Is("outcome", "discipline")], ..Count::ONE },
                Count { kind: "ConcernArchived", only: &[Only::Is("outcome", "review")], ..Count::ONE },
                Count { kind: "ConcernArchived", only: &[Only::Is("outcome", "disclosure")], ..Count::ONE },
                Count { kind: "ConcernArchived", only: &[Only::Is("outcome", "petition")], ..Count::ONE },
            ],
            ..Measure::COUNT
        },
    ]
}

/// A deadline that was never passed.
macro_rules! duty {
    ($id:literal, $zh:literal, $en:literal, $rule:literal) => {
        Duty {
            id: $id,
            title_zh: $zh,
            title_en: $en,
            rule: $rule,
            measure: "concerns.deadlines_passed",
            key: $rule,
            met: Met::Never,
            ..Duty::BASE
        }
    };
}

record::duties! {
    /// What the rules order of who has a concern in hand.
    pub DUTIES = [
        duty!("concerns.dispatch_in_time", "按时派单", "Dispatch in time", "concerns.dispatch"),
        duty!("concerns.claim_in_time", "按时签收", "Claim in time", "concerns.claim"),
        duty!("concerns.contact_in_time", "按时首次联系", "First contact in time", "concerns.contact"),
        duty!("concerns.answer_in_time", "按时办结", "Answer in time", "concerns.resolve"),
        duty!("concerns.review_in_time", "按时审核", "Review in time", "concerns.review"),
        duty!("concerns.decide_in_time", "按时审核异议", "Decide on objections in time", "concerns.decide"),
        duty!("concerns.call_back_in_time", "按时回访", "Call back in time", "concerns.call_back"),
    ]
}
