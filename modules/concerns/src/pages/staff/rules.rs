//! The rules in force today: each length with its document, article and date, and how sure we are of it; and
//! which years' holidays are published.

use askama::Template;
use base::rules::{ClockKind, Mark, Rule};
use web::kit::Fact;
use web::{Page, PageError, Shell, Staff, fill};

use super::joined::{JoinTexts, amount_unit, term_place, title};
use crate::model::is_term;
use crate::pages::timeline;
use crate::permissions::{Catalogue, Read};

web::texts! {
    /// Words of the page of rules.
    pub RuleTexts;

    title: "时限规则", "Rules of time";
    why: "每个时限是多少、依据哪份文件、从哪天起用。以前派的诉求按当时的规则走完。", "Each length, the document that sets it, and since when. What was dispatched before keeps its own.";
    steps: "诉求办理各环节", "Steps of a concern";
    terms: "另有规定的办结时限", "Answers for which a text sets a length";
    others: "其他", "Others";
    chars: "{n} 字以内", "at most {n} characters";
    a_month: "每月 {n} 次", "{n} each month";
    a_quarter: "每季度 {n} 次", "{n} each quarter";
    a_year: "每年 {n} 次", "{n} each year";
    rule: "{length}，{source}", "{length}, {source}";
    since: "{date} 起施行", "since {date}";
    marked_r: "按原文核对", "checked against the text";
    marked_r2: "按转载核对，不作为拒绝的依据", "checked against a secondary page; refuses nothing";
    marked_m: "未核对，只作提示", "not checked; only informs";
    holidays: "节假日", "Holidays";
    year: "{n} 年", "{n}";
    provisional: "尚未公布，暂按法定日期计算；公布后导入，未到期的期限重新计算", "Not published yet, counted by the statutory days; once it is and was brought in, open deadlines are counted anew";
    bring: "导入放假安排", "Bring in the holidays of a year";
    counting: "期限正在按新的放假安排重新计算，几分钟内完成。", "Deadlines are being counted anew by other holidays, which takes some minutes.";
    no_more: "不能延期", "no more time can be given";
}

#[derive(Template)]
#[template(path = "staff/rules.html")]
struct RulesPage {
    shell: Shell,
    t: &'static RuleTexts,
    /// Titles, and what stands under each.
    sections: Vec<(&'static str, Vec<Fact>)>,
    years: Vec<Fact>,
    /// Whether deadlines are being counted anew.
    counting: bool,
    /// Whether who looks keeps the holidays.
    keeps: bool,
}

/// The page.
pub(super) async fn page(staff: Staff) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            who.has::<Read>().ok_or(PageError::Forbidden)?;
            let lang = who.visit().lang;
            let t = RuleTexts::of(lang);
            let today = ctx.now.date();
            let all = ctx.rules().all_on(today);
            let (ours, others): (Vec<&Rule>, Vec<&Rule>) =
                all.iter().copied().partition(|rule| rule.id.starts_with("concerns.") || rule.id.starts_with("terms."));
            let (mut terms, mut steps): (Vec<&Rule>, Vec<&Rule>) = ours.into_iter().partition(|rule| rule.id.starts_with("terms."));
            // Steps in the order in which a concern comes to them; terms with what stands beside each.
            steps.sort_by_key(|rule| LIFE.iter().position(|step| rule.id.strip_prefix("concerns.") == Some(step)).unwrap_or(LIFE.len()));
            terms.sort_by_key(|rule| term_place(&rule.id));
            let told = |rules: &[&Rule]| rules.iter().map(|rule| fact(lang, &all, rule)).collect();
            let sections = [(t.steps, told(&steps)), (t.terms, told(&terms)), (t.others, told(&others))];
            let calendar = ctx.rules().calendar();
            let years = (today.year() - 1..=today.year() + 1).map(|year| {
                let known = calendar.years().find(|known| known.year == year);
                let text = match known.filter(|known| !known.provisional) {
                    Some(known) if lang == web::Lang::Hant => web::lang::to_hant(&known.document),
                    Some(known) => known.document.clone(),
                    None => t.provisional.to_owned(),
                };
                Fact::new(fill(t.year, &[("n", &year)]), text)
            });
            let (counting, keeps) = (workdays::under_way(tx)?, who.has::<Catalogue>().is_some());
            let sections = sections.into_iter().filter(|(_, rules): &(_, Vec<Fact>)| !rules.is_empty()).collect();
            web::page(&RulesPage { shell: who.shell(t.title), t, sections, years: years.collect(), counting, keeps })
        })
        .await
}

/// The steps of a concern in the order in which it comes to them.
const LIFE: [&str; 15] = [
    "dispatch",
    "claim",
    "contact",
    "object",
    "decide",
    "resolve",
    "resolve.extend",
    "pause",
    "review",
    "call_back",
    "reopen",
    "arrive",
    "supervise",
    "raise",
    "apart",
];

/// A rule: how much, which text says so, since when, how sure that is, and what else a reader should know.
fn fact(lang: web::Lang, all: &[&Rule], rule: &Rule) -> Fact {
    let (t, j) = (RuleTexts::of(lang), JoinTexts::of(lang));
    let n = rule.amount;
    let length = match rule.clock {
        ClockKind::Characters => fill(t.chars, &[("n", &n)]),
        ClockKind::TimesAMonth => fill(t.a_month, &[("n", &n)]),
        ClockKind::TimesAQuarter => fill(t.a_quarter, &[("n", &n)]),
        ClockKind::TimesAYear => fill(t.a_year, &[("n", &n)]),
        clock => format!("{n} {}", amount_unit(j, clock)),
    };
    let mut parts = vec![fill(t.rule, &[("length", &length), ("source", &timeline::source(rule, lang))])];
    // The system's own choice has no day on which anybody put it into force.
    if rule.mark != Mark::C {
        parts.push(fill(t.since, &[("date", &rule.effective)]));
    }
    let mark = match rule.mark {
        Mark::R => t.marked_r,
        Mark::R2 => t.marked_r2,
        Mark::M => t.marked_m,
        Mark::C => "",
    };
    parts.push(mark.to_owned());
    let extension = |other: &&Rule| other.id.strip_prefix(&*rule.id) == Some(".extend");
    if is_term(&rule.id) && !all.iter().any(extension) {
        parts.push(t.no_more.to_owned());
    }
    // Notes are written for those who apply the rule, in Chinese.
    match lang {
        web::Lang::Hans => parts.push(rule.note.clone()),
        web::Lang::Hant => parts.push(web::lang::to_hant(&rule.note)),
        web::Lang::En => {}
    }
    parts.retain(|part| !part.is_empty());
    Fact::new(title(rule, lang), parts.join(if lang.is_chinese() { "；" } else { "; " }))
}
