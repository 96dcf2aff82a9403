//! What joint conferences tell a progress report: tasks that were closed, and under 存在不足 those that are overdue. How many
//! conferences were held is told to nobody: meetings are no measure of work.

use web::paragraph::{Figure, Paragraph, Section, Source, Told};

const GIVEN: Figure = Figure::measure("派出任务", "conferences.tasks");
const CLOSED: Figure = Figure::measure("销号", "conferences.closed");
const OVERDUE: Figure = Figure::measure("任务超期", "conferences.overdue");
const OPEN: Figure = Figure { name: "在办任务", source: Source::Open("conferences") };
const LATE: Figure = Figure { name: "超期任务", source: Source::Late("conferences") };

/// A paragraph of what is not well, to be filled in.
const PROBLEM: Paragraph = Paragraph::of(Section::Problems);

/// See [`web::Module::paragraphs`].
pub(crate) const PARAGRAPHS: &[Paragraph] = &[
    Paragraph {
        id: "conferences.tasks",
        section: Section::Safeguard,
        title_zh: "联席会议任务",
        title_en: "Tasks of joint conferences",
        heading: "联席会议议定事项落实",
        template: "{期间}，联席会议议定、由{单位}负责的任务{派出任务}，经召集单位确认完成、销号{销号}。",
        figures: &[GIVEN, CLOSED],
        told: Told::Given("派出任务"),
        must: &["派出任务"],
        ..PROBLEM
    },
    Paragraph {
        id: "conferences.late_now",
        title_zh: "联席会议任务超过时限",
        title_en: "Tasks overdue now",
        template: "截至{今日}，联席会议议定的任务还有{在办任务：数}项没有销号，其中{超期任务：数}项已经超过时限。",
        figures: &[OPEN, LATE],
        told: Told::Given("超期任务"),
        must: &["超期任务"],
        ..PROBLEM
    },
    Paragraph {
        id: "conferences.overdue",
        title_zh: "期内任务超期",
        title_en: "Tasks not done in time",
        template: "期内联席会议任务到期没有报告完成{任务超期}，{任务超期：同比}。",
        figures: &[OVERDUE],
        told: Told::Given("任务超期"),
        must: &["任务超期"],
        ..PROBLEM
    },
    Paragraph {
        id: "conferences.next_late",
        section: Section::Next,
        title_zh: "下一步：落实议定事项",
        title_en: "Next: do what was decided",
        template: "对超过时限的{超期任务：数}项联席会议任务逐项说明原因、重新明确完成日期，由召集单位跟踪到销号。",
        figures: &[LATE],
        told: Told::Given("超期任务"),
        ..PROBLEM
    },
];
