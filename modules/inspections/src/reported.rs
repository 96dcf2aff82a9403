//! What inspections tell a progress report: what was found and closed, and under 存在不足 what is not put right in time or
//! was given back.

use web::paragraph::{Figure, Paragraph, Section, Source, Told};

const FOUND: Figure = Figure::measure("发现问题", "inspections.findings");
const CLOSED: Figure = Figure::measure("销号", "inspections.closed");
const IN_TIME: Figure = Figure::measure("按时整改率", "inspections.in_time_rate");
const OVERDUE: Figure = Figure::measure("整改超期", "inspections.overdue");
const RECHECKS_LATE: Figure = Figure::measure("复查超期", "inspections.rechecks_late");
const RETURNED: Figure = Figure::measure("复查退回", "inspections.returned");
const OPEN: Figure = Figure { name: "未销号", source: Source::Open("inspections") };
const LATE: Figure = Figure { name: "超期未办", source: Source::Late("inspections") };

/// A paragraph of what is not well, to be filled in.
const PROBLEM: Paragraph = Paragraph::of(Section::Problems);

/// See [`web::Module::paragraphs`].
pub(crate) const PARAGRAPHS: &[Paragraph] = &[
    Paragraph {
        id: "inspections.found",
        section: Section::Safeguard,
        title_zh: "督导检查",
        title_en: "Inspections",
        heading: "督导检查和整改",
        template: "{期间}，督导检查发现问题{发现问题}，{发现问题：同比}；经复查整改到位、销号{销号}。{如果 按时整改率 有数据}按时整改率{按时整改率}（n={按时整改率：n}）。{结束}",
        figures: &[FOUND, CLOSED, IN_TIME],
        told: Told::Given("发现问题"),
        must: &["发现问题"],
        ..PROBLEM
    },
    Paragraph {
        id: "inspections.late_now",
        title_zh: "督查问题超过整改期限",
        title_en: "Findings overdue now",
        template: "截至{今日}，督导检查发现的问题还有{未销号：数}个没有销号，其中{超期未办：数}个已经超过期限。",
        figures: &[OPEN, LATE],
        told: Told::Given("超期未办"),
        must: &["超期未办"],
        ..PROBLEM
    },
    Paragraph {
        id: "inspections.overdue",
        title_zh: "期内整改超期",
        title_en: "Findings not put right in time",
        template: "期内整改超过期限{整改超期}，{整改超期：同比}。",
        figures: &[OVERDUE],
        told: Told::Given("整改超期"),
        must: &["整改超期"],
        ..PROBLEM
    },
    Paragraph {
        id: "inspections.returned",
        title_zh: "整改没有到位",
        title_en: "Findings given back",
        template: "复查认为没有整改到位、退回重新整改{复查退回}，{复查退回：同比}。",
        figures: &[RETURNED],
        told: Told::Given("复查退回"),
        must: &["复查退回"],
        ..PROBLEM
    },
    Paragraph {
        id: "inspections.rechecks_late",
        title_zh: "复查不及时",
        title_en: "Second looks not in time",
        template: "提交整改后超过期限没有复查{复查超期}，{复查超期：同比}。",
        figures: &[RECHECKS_LATE],
        told: Told::Given("复查超期"),
        must: &["复查超期"],
        ..PROBLEM
    },
    Paragraph {
        id: "inspections.next_late",
        section: Section::Next,
        title_zh: "下一步：完成整改",
        title_en: "Next: put findings right",
        template: "对超过期限的{超期未办：数}个督查问题逐个明确责任人和完成日期，整改后由检查单位复查销号。",
        figures: &[LATE],
        told: Told::Given("超期未办"),
        ..PROBLEM
    },
];
