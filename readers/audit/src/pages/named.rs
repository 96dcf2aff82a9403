//! What people call that which the record knows by codes: the tables that left as files, and the readers of the record.

use record::{Event, Facts};
use web::{App, Lang, TableExported};

use crate::logs::left;

web::texts! {
    /// Names of tables that are not among those of offices.
    pub(crate) TableTexts;
    audit: "审计记录", "Audit";
    concerns: "诉求工单", "Concerns";
    joint: "吹哨报到", "Calls and arrivals";
    scores: "考核得分", "Scores";
    scores_appeals: "考核申诉", "Appeals";
    scores_cases: "考核指标明细", "Cases of a score";
    measures_cases: "指标明细", "Cases of a measure";
    theory_results: "测试成绩", "Test results";
    learning_roster: "培训班名册", "Training class list";
    inspections: "督导检查", "Inspections";
    findings: "督导检查问题清单", "Findings";
    board: "看板", "Dashboard";
    board_map: "地图数据", "Figures of the map";
    burden: "减负账", "Burden ledger";
    burden_requests: "减负账要求清单", "Demands of the burden ledger";
    reports_figures: "汇报数字", "Figures of a report";
    theory_questions: "题库试题", "Questions of a bank";
    rows: "{table}，{n} 行", "{table}, {n} rows";
    masked: "{table}，{n} 行，隐去个人信息", "{table}, {n} rows, personal data masked";
}

web::texts! {
    /// Names of the readers of the record.
    pub(crate) ReaderTexts;
    measures: "指标统计", "Measures";
    search: "诉求检索", "Search of concerns";
    public: "公开诉求检索", "Search of published concerns";
    audit: "审计日志", "Audit logs";
    notices: "通知和提醒", "Notices";
}

/// The tables that may leave, by the code in the event that they did, and what they are called: those of offices as the
/// program has them, then the lists that export themselves.
pub fn tables(app: &App, lang: Lang) -> Vec<(&'static str, &'static str)> {
    let t = TableTexts::of(lang);
    let lists = [
        ("concerns", t.concerns),
        ("concerns.joint", t.joint),
        ("scores", t.scores),
        ("scores.cases", t.scores_cases),
        ("scores.appeals", t.scores_appeals),
        ("measures.cases", t.measures_cases),
        ("inspections", t.inspections),
        ("inspections.findings", t.findings),
        ("learning.roster", t.learning_roster),
        ("theory.results", t.theory_results),
        ("theory.questions", t.theory_questions),
        ("board", t.board),
        ("board.map", t.board_map),
        ("reports.figures", t.reports_figures),
        ("burden", t.burden),
        ("burden.requests", t.burden_requests),
        ("audit", t.audit),
    ];
    app.brings().map(|kind| (kind.key, (kind.words)(lang).title)).chain(lists).collect()
}

/// What a reader of the record is called; none for one that nobody names.
pub fn reader_name(lang: Lang, name: &str) -> Option<&'static str> {
    let t = ReaderTexts::of(lang);
    Some(match name {
        "measures" => t.measures,
        "concerns.search" => t.search,
        "concerns.public" => t.public,
        "audit" => t.audit,
        "notices" => t.notices,
        _ => return None,
    })
}

/// The kind of the event that a table left.
pub(crate) const LEFT: &str = TableExported::KIND;

/// Whether an event is that this table left.
pub(crate) fn is_of(event: &Event, table: &str) -> bool {
    left(event).is_some_and(|left| left.table == table)
}

/// Which table left, how many rows it had, and whether they were masked; empty for every other event.
pub(crate) fn what_left(app: &App, lang: Lang, event: &Event) -> String {
    let Some(left) = left(event) else { return String::new() };
    let (t, all) = (TableTexts::of(lang), tables(app, lang));
    let name = all.iter().find(|(code, _)| *code == left.table).map_or(left.table.as_str(), |(_, name)| name);
    web::fill(if left.masked { t.masked } else { t.rows }, &[("table", &name), ("n", &left.rows)])
}
