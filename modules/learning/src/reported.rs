//! What learning tells the Party side, and what it tells a progress report under 存在不足: study plans that were not met. Plans
//! count for the organisation whose people they were for, up the Party tree; never who studied what, and never hours.

use record::measure::{Better, Count, Kind, Measure, Nature, Only, Whose};
use web::due::Board;
use web::paragraph::{Figure, Paragraph, Section, Source, Told};

use crate::texts::LearnTexts;

/// A plan that came out for an organisation.
const CONCLUDED: Count = Count { kind: "StudyPlanConcluded", ..Count::ONE };
/// The same, for the organisation itself.
const OWN: Count = Count { unit: Whose::Fact("branch"), ..CONCLUDED };

record::measures! {
    /// Plans that were not met, and plans by organisation.
    pub MEASURES = [
        Measure {
            id: "learning.plans_unmet", title_zh: "未完成学习计划", title_en: "Study plans not met", unit_zh: "项", unit_en: "plans", better: Better::Down,
            note_zh: "到期时没有全体学完的计划，计入该支部所在的单位", note_en: "Plans that were due and that not everybody had studied, for the unit of the branch",
            counts: &[Count { only: &[Only::False("met")], ..CONCLUDED }], nature: Nature::Duty, ..Measure::COUNT
        },
        Measure {
            id: "learning.own_plans_due", title_zh: "到期学习计划（按组织）", title_en: "Study plans due, by organisation", unit_zh: "项", unit_en: "plans",
            note_zh: "到期的学习计划，计入应学的支部或单位本身，沿党组织逐级汇总", note_en: "Study plans that came due, for the branch or unit that was to study, up the Party tree",
            counts: &[OWN], nature: Nature::Duty, ..Measure::COUNT
        },
        Measure {
            id: "learning.own_plans_met", title_zh: "完成学习计划（按组织）", title_en: "Study plans met, by organisation", unit_zh: "项", unit_en: "plans", better: Better::Up,
            note_zh: "到期前全体应学人员都学完的计划，计入应学的支部或单位本身", note_en: "Plans that everybody had studied before they were due, for the branch or unit itself",
            counts: &[Count { only: &[Only::True("met")], ..OWN }], nature: Nature::Duty, ..Measure::COUNT
        },
        Measure {
            id: "learning.own_plans_met_rate", title_zh: "计划完成比例（按组织）", title_en: "Study plans met, share by organisation", better: Better::Up,
            note_zh: "完成的学习计划占到期计划的比例", note_en: "Share of the plans due that were met",
            kind: Kind::Rate { num: "learning.own_plans_met", den: "learning.own_plans_due" }, nature: Nature::Duty, ..Measure::COUNT
        },
    ]
}

/// The section on dashboards of Party organisations.
pub(crate) const PARTY: Board = Board {
    name: "learning",
    title: |lang| LearnTexts::of(lang).board_plans,
    figures: |level| {
        let party = matches!(level.tree(), people::TreeKind::Party);
        if party { &["learning.own_plans_due", "learning.own_plans_met", "learning.own_plans_met_rate"] } else { &[] }
    },
    trend: |_| &["learning.own_plans_due", "learning.own_plans_met"],
    parts: &[],
    below: &["learning.own_plans_due", "learning.own_plans_met", "learning.own_plans_met_rate"],
    wall: None,
};

const UNMET: Figure = Figure::measure("未完成计划", "learning.plans_unmet");
const DUE: Figure = Figure::measure("到期计划", "learning.plans_due");
const LATE: Figure = Figure { name: "过期未学", source: Source::Late("learning") };

/// A paragraph of what is not well, to be filled in.
const PROBLEM: Paragraph = Paragraph::of(Section::Problems);

/// What is told of plans that were not met.
pub(crate) const PARAGRAPHS: [Paragraph; 3] = [
    Paragraph {
        id: "learning.unmet",
        title_zh: "学习计划没有完成",
        title_en: "Study plans not met",
        template: "期内到期学习计划{到期计划}，其中{未完成计划}没有在到期前全体学完，{未完成计划：同比}。",
        figures: &[DUE, UNMET],
        told: Told::Given("未完成计划"),
        must: &["未完成计划"],
        ..PROBLEM
    },
    Paragraph {
        id: "learning.late_now",
        title_zh: "过期仍未学完的计划",
        title_en: "Study plans overdue now",
        template: "截至{今日}，有{过期未学：数}项学习计划已过期限，应学人员还没有学完。",
        figures: &[LATE],
        told: Told::Given("过期未学"),
        must: &["过期未学"],
        ..PROBLEM
    },
    Paragraph {
        id: "learning.next_unmet",
        section: Section::Next,
        title_zh: "下一步：补学",
        title_en: "Next: catch up on study",
        template: "由支部书记组织没有学完的人员补学，学习计划与工作安排统筹考虑，不以时长论效果。",
        figures: &[UNMET],
        told: Told::Given("未完成计划"),
        ..PROBLEM
    },
];
