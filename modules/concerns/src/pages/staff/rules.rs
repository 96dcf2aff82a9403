//! The rules in force today: each length with its document, article and date, and how sure we are of it; and
//! which years' holidays are published.

use askama::Template;
use web::kit::Fact;
use web::{Page, PageError, Shell, Staff, fill};

use super::joined::{JoinTexts, amount_unit, title};
use crate::pages::timeline;
use crate::permissions::Read;

web::texts! {
    /// Words of the page of rules.
    pub RuleTexts;

    title: "时限规则", "Rules of time";
    why: "每个时限是多少、依据哪份文件、从哪天起用。以前派的诉求按当时的规则走完。", "Each length, the document that sets it, and since when. What was dispatched before keeps its own.";
    rule: "{n} {unit}，{source}，{date} 起施行", "{n} {unit}, {source}, since {date}";
    marked_r: "按原文核对", "checked against the text";
    marked_r2: "按转载核对，不作为拒绝的依据", "checked against a secondary page; refuses nothing";
    marked_m: "未核对，只作提示", "not checked; only informs";
    holidays: "节假日", "Holidays";
    year: "{n} 年", "{n}";
    published: "已公布", "Published";
    provisional: "尚未公布，暂按法定日期计算", "Not published yet, counted by the statutory days";
}

#[derive(Template)]
#[template(path = "staff/rules.html")]
struct RulesPage {
    shell: Shell,
    t: &'static RuleTexts,
    rules: Vec<Fact>,
    years: Vec<Fact>,
}

/// The page.
pub(super) async fn page(staff: Staff) -> Result<Page, PageError> {
    staff
        .read(move |_, ctx, who| {
            who.has::<Read>().ok_or(PageError::Forbidden)?;
            let lang = who.visit().lang;
            let (t, j) = (RuleTexts::of(lang), JoinTexts::of(lang));
            let today = ctx.now.date();
            let rules = ctx.rules().all_on(today);
            let rules = rules.into_iter().map(|rule| {
                let (n, unit, source) = (rule.amount, amount_unit(j, rule.clock), timeline::source(rule, lang));
                let mut text = fill(t.rule, &[("n", &n), ("unit", &unit), ("source", &source), ("date", &rule.effective)]);
                let mark = match rule.mark {
                    base::rules::Mark::R => t.marked_r,
                    base::rules::Mark::R2 => t.marked_r2,
                    base::rules::Mark::M => t.marked_m,
                    base::rules::Mark::C => "",
                };
                if !mark.is_empty() {
                    text.push_str(if lang.is_chinese() { "；" } else { "; " });
                    text.push_str(mark);
                }
                Fact::new(title(rule, lang), text)
            });
            let years = (today.year() - 1..=today.year() + 1).filter_map(|year| {
                let provisional = ctx.rules().calendar().is_provisional(today.with().year(year).month(1).day(1).build().ok()?);
                Some(Fact::new(fill(t.year, &[("n", &year)]), if provisional { t.provisional } else { t.published }))
            });
            web::page(&RulesPage { shell: who.shell(t.title), t, rules: rules.collect(), years: years.collect() })
        })
        .await
}
