//! What concerns tell a progress report: how many came, how they were handled, what residents said of it when they were asked,
//! and what is overdue or went the wrong way.

use people::Level;
use store::{StoreError, Tx};
use web::paragraph::{Exhibit, Figure, Paragraph, Section, Shape, Source, Told};

use crate::catalogue;

fn kind_name(tx: &mut Tx, code: &str) -> Result<Option<String>, StoreError> {
    Ok(catalogue::kind(tx, code)?.map(|kind| kind.name))
}

const RAISED: Figure = Figure::measure("收到", "concerns.raised");
const RESOLVED: Figure = Figure::measure("办结", "concerns.resolved");
const IN_TIME: Figure = Figure::measure("按时办结率", "concerns.in_time_rate");
const CALLED_BACK: Figure = Figure::measure("回访", "concerns.called_back");
const CONTACT: Figure = Figure::measure("联系率", "concerns.contact_rate");
const SOLUTION: Figure = Figure::measure("解决率", "concerns.solution_rate");
const SATISFACTION: Figure = Figure::measure("满意率", "concerns.satisfaction_rate");
const PASSED: Figure = Figure::measure("环节超期", "concerns.deadlines_passed");
const UNSOLVED: Figure = Figure::measure("未解决", "concerns.unsolved");
const REOPENED: Figure = Figure::measure("归档后再办", "concerns.reopened");
const DISPATCHED: Figure = Figure::measure("派单", "concerns.dispatched");
const OBJECTED: Figure = Figure::measure("异议", "concerns.objected");
const UPHELD: Figure = Figure::measure("异议成立", "concerns.objection_upheld");
const DAYS: Figure = Figure::measure("答复天数", "concerns.days_to_answer");
const KINDS: Figure = Figure { name: "类别", source: Source::Keys("concerns.first_dispatched", kind_name) };
const ORDERS: Figure = Figure::measure("督办超期", "concerns.supervision_late");
const MISSED: Figure = Figure::measure("未按时报到", "concerns.arrivals_missed");
const OPEN: Figure = Figure { name: "在办", source: Source::Open("concerns") };
const LATE: Figure = Figure { name: "超期未办", source: Source::Late("concerns") };

/// A paragraph that is told always, to be filled in.
const PLAIN: Paragraph = Paragraph::of(Section::Practice);

/// The paragraphs, in the order in which they stand within their parts.
pub(crate) const PARAGRAPHS: &[Paragraph] = &[
    Paragraph {
        id: "concerns.handled",
        title_zh: "群众诉求办理",
        title_en: "Residents’ concerns handled",
        heading: "群众诉求办理",
        template: "{期间}，{单位}共收到群众诉求{收到}，{收到：同比}；办结{办结}，{办结：同比}{如果 按时办结率 有数据}，按时办结率{按时办结率}（n={按时办结率：n}），{按时办结率：同比}{结束}。\
                   {如果 类别 有数据}首次派单的诉求中，较为集中的是{类别：前5}。{结束}\n{图：逐月}\n{表：分单位}\n{表：分类别}",
        figures: &[RAISED, RESOLVED, IN_TIME, KINDS],
        exhibits: &[
            Exhibit { name: "逐月", caption: "逐月收到诉求（件）", shape: Shape::Bars("concerns.raised") },
            Exhibit {
                name: "分单位",
                caption: "各单位诉求办理情况",
                shape: Shape::ByUnit(&["concerns.raised", "concerns.resolved", "concerns.in_time_rate", "concerns.satisfaction_rate"]),
            },
            Exhibit { name: "分类别", caption: "首次派单的诉求类别", shape: Shape::ByKey("类别") },
        ],
        must: &["收到"],
        ..PLAIN
    },
    Paragraph {
        id: "concerns.answers",
        title_zh: "居民评价",
        title_en: "What residents said",
        heading: "居民评价",
        template: "办理结果由办理单位以外的人员回访，{期间}得到居民答复{回访}。{如果 解决率 有数据}其中认为已经解决的占{解决率}（n={解决率：n}），{解决率：同比}{否则}因答复较少，不列解决率{结束}；\
                   {如果 满意率 有数据}满意率{满意率}（n={满意率：n}），{满意率：同比}{否则}满意率样本不足{结束}；\
                   {如果 联系率 有数据}认为办理人联系过本人的占{联系率}（n={联系率：n}）{否则}联系率样本不足{结束}。\n{图：三率}",
        figures: &[CALLED_BACK, SOLUTION, SATISFACTION, CONTACT],
        exhibits: &[Exhibit {
            name: "三率",
            caption: "逐月解决率、满意率（%）",
            shape: Shape::Lines(&["concerns.solution_rate", "concerns.satisfaction_rate"]),
        }],
        must: &["回访"],
        ..PLAIN
    },
    Paragraph {
        id: "concerns.closed_loop",
        section: Section::Innovation,
        title_zh: "派单、异议与再办",
        title_en: "Dispatch, objections, reopening",
        heading: "派单异议审核和不满意再办",
        template: "按照派单目录派单{派单}，单位提出异议{异议}、审核成立{异议成立}。{如果 未解决 大于 0}居民答复没有解决的{未解决}全部退回再办。{结束}{如果 归档后再办 大于 0}归档以后又反映的{归档后再办}重新受理。{结束}",
        figures: &[DISPATCHED, OBJECTED, UPHELD, UNSOLVED, REOPENED],
        ..PLAIN
    },
    Paragraph {
        id: "concerns.entered_once",
        section: Section::Innovation,
        title_zh: "一次录入、多处使用",
        title_en: "Entered once, read everywhere",
        heading: "一次录入、多处使用",
        template: "诉求从受理到回访全程留痕，{收到}都由经办人一次录入，本汇报中的数字直接取自工作记录，没有为此另行要求填表报数。",
        figures: &[RAISED],
        ..PLAIN
    },
    Paragraph {
        id: "concerns.channels",
        section: Section::Carrier,
        title_zh: "网格和受理渠道",
        title_en: "Grids and channels",
        heading: "网格和受理渠道",
        template: "{如果 镇街 大于 0}依托{镇街}镇街、{社区}社区（村）和{网格}网格{否则}{如果 社区 大于 0}依托{社区}社区（村）和{网格}网格{否则}依托本单位受理岗位{结束}{结束}，\
                   居民可以通过网页、网格二维码、窗口和电话反映，凭办件编号查看办到哪一步、由谁办、何时办结。",
        figures: &[
            Figure { name: "镇街", source: Source::Units(Level::Town) },
            Figure { name: "社区", source: Source::Units(Level::Community) },
            Figure { name: "网格", source: Source::Units(Level::Grid) },
        ],
        ..PLAIN
    },
    Paragraph {
        id: "concerns.deadlines",
        section: Section::Safeguard,
        title_zh: "时限保障",
        title_en: "Deadlines",
        heading: "时限保障",
        template: "派单、签收、首次联系、办结、审核、回访都有时限，到期自动提醒，超期记录在案。{如果 答复天数 有数据}从收到到答复的天数中位数为{答复天数}（n={答复天数：n}），{答复天数：同比}。{结束}",
        figures: &[DAYS],
        ..PLAIN
    },
    Paragraph {
        id: "concerns.late_now",
        section: Section::Problems,
        title_zh: "超过时限仍未办理",
        title_en: "Overdue now",
        template: "截至{今日}，在办诉求{在办}，其中{超期未办}已经超过时限，没有按时进入下一环节。",
        figures: &[OPEN, LATE],
        told: Told::Given("超期未办"),
        must: &["超期未办"],
        ..PLAIN
    },
    Paragraph {
        id: "concerns.passed",
        section: Section::Problems,
        title_zh: "期内环节超期",
        title_en: "Deadlines passed in the period",
        template: "期内有{环节超期}环节超过时限，{环节超期：同比}，{环节超期：环比}。",
        figures: &[PASSED],
        told: Told::Given("环节超期"),
        must: &["环节超期"],
        ..PLAIN
    },
    Paragraph {
        id: "concerns.orders_late",
        section: Section::Problems,
        title_zh: "督办超期未答复",
        title_en: "Orders not answered in time",
        template: "上级督办到时限没有答复{督办超期}，{督办超期：同比}。",
        figures: &[ORDERS],
        told: Told::Given("督办超期"),
        must: &["督办超期"],
        ..PLAIN
    },
    Paragraph {
        id: "concerns.arrivals_missed",
        section: Section::Problems,
        title_zh: "吹哨未按时报到",
        title_en: "Calls not come to in time",
        template: "街道吹哨以后到时限没有报到{未按时报到}，{未按时报到：同比}。",
        figures: &[MISSED],
        told: Told::Given("未按时报到"),
        must: &["未按时报到"],
        ..PLAIN
    },
    Paragraph {
        id: "concerns.in_time_falling",
        section: Section::Problems,
        title_zh: "按时办结率下降",
        title_en: "In-time rate falling",
        template: "按时办结率{按时办结率}（n={按时办结率：n}），{按时办结率：同比}，{按时办结率：环比}。",
        figures: &[IN_TIME],
        told: Told::Worse("按时办结率"),
        must: &["按时办结率"],
        ..PLAIN
    },
    Paragraph {
        id: "concerns.solution_falling",
        section: Section::Problems,
        title_zh: "解决率下降",
        title_en: "Solution rate falling",
        template: "居民认为已经解决的占{解决率}（n={解决率：n}），{解决率：同比}，{解决率：环比}。",
        figures: &[SOLUTION],
        told: Told::Worse("解决率"),
        must: &["解决率"],
        ..PLAIN
    },
    Paragraph {
        id: "concerns.satisfaction_falling",
        section: Section::Problems,
        title_zh: "满意率下降",
        title_en: "Satisfaction falling",
        template: "居民满意率{满意率}（n={满意率：n}），{满意率：同比}，{满意率：环比}。",
        figures: &[SATISFACTION],
        told: Told::Worse("满意率"),
        must: &["满意率"],
        ..PLAIN
    },
    Paragraph {
        id: "concerns.unsolved_rising",
        section: Section::Problems,
        title_zh: "没有解决的",
        title_en: "Not solved",
        template: "回访中居民答复没有解决的{未解决}，{未解决：同比}；归档以后又反映的{归档后再办}。",
        figures: &[UNSOLVED, REOPENED],
        told: Told::Given("未解决"),
        must: &["未解决"],
        ..PLAIN
    },
    Paragraph {
        id: "concerns.next_late",
        section: Section::Next,
        title_zh: "下一步：清理超期",
        title_en: "Next: clear what is overdue",
        template: "逐件清理{超期未办}超期诉求，由承办单位负责人说明原因、明确办结日期，并向反映人说明。",
        figures: &[LATE],
        told: Told::Given("超期未办"),
        ..PLAIN
    },
    Paragraph {
        id: "concerns.next_unsolved",
        section: Section::Next,
        title_zh: "下一步：再办和共性问题",
        title_en: "Next: what was not solved",
        template: "对没有解决的{未解决}逐件复盘，能办的限期办好，一时办不了的把原因和打算告诉居民。{如果 类别 有数据}对{类别：前3}等集中反映的问题，会同主管部门从源头上研究解决。{结束}",
        figures: &[UNSOLVED, KINDS],
        told: Told::Given("未解决"),
        ..PLAIN
    },
    Paragraph {
        id: "concerns.next_always",
        section: Section::Next,
        title_zh: "下一步：时限和回访",
        title_en: "Next: deadlines and call-backs",
        template: "坚持按时限办理、由办理单位以外的人员回访，以居民的答复检验办理结果。",
        ..PLAIN
    },
];
