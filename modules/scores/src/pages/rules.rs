//! The rules that were in force: every version that was kept, and one of them with each number and its source, what has
//! changed since, and the packs word for word.

use askama::Template;
use axum::extract::Path;
use base::rules::{ClockKind, Mark, Rule, Rules};
use measures::ReadNumbers;
use web::kit::Column;
use web::{Lang, Page, PageError, Shell, Staff, dates, fill, page};

use crate::rules;
use crate::texts::RuleTexts;

struct Row {
    href: String,
    name: String,
    sub: String,
}

#[derive(Template)]
#[template(path = "scores/rules.html")]
struct ListPage {
    shell: Shell,
    t: &'static RuleTexts,
    rows: Vec<Row>,
}

/// The beginning of a digest, by which people tell versions apart.
fn short(digest: &[u8; 32]) -> String {
    record::hex(digest).chars().take(16).collect()
}

pub(super) async fn list(staff: Staff) -> Result<Page, PageError> {
    staff
        .read(|tx, ctx, who| {
            who.has::<ReadNumbers>().ok_or(PageError::Forbidden)?;
            let lang = who.visit().lang;
            let t = RuleTexts::of(lang);
            let row = |version: rules::RuleVersion| {
                let at = fill(t.since, &[("at", &dates::moment(lang, version.at, ctx.now))]);
                let now = version.digest == ctx.rules().digest();
                Row {
                    href: format!("/rules/{}", record::hex(&version.digest)),
                    name: fill(t.version, &[("digest", &short(&version.digest))]),
                    sub: if now { format!("{at} · {}", t.now) } else { at },
                }
            };
            let rows = rules::all(tx)?.into_iter().map(row).collect();
            page(&ListPage { shell: who.shell(t.title), t, rows })
        })
        .await
}

struct RuleLine {
    title: String,
    id: String,
    amount: String,
    source: String,
    mark: &'static str,
    since: String,
    /// What it is now, where that differs; empty where it does not.
    now: String,
}

struct Pack {
    name: String,
    text: String,
}

#[derive(Template)]
#[template(path = "scores/rule_version.html")]
struct VersionPage {
    shell: Shell,
    t: &'static RuleTexts,
    kept: bool,
    state: String,
    digest: String,
    columns: Vec<Column>,
    rules: Vec<RuleLine>,
    unread: String,
    packs: Vec<Pack>,
}

pub(super) async fn show(staff: Staff, Path(digest): Path<String>) -> Result<Page, PageError> {
    let wanted = web::photos::parse_digest(&digest).ok_or(PageError::NotFound)?;
    staff
        .read(move |tx, ctx, who| {
            who.has::<ReadNumbers>().ok_or(PageError::Forbidden)?;
            let lang = who.visit().lang;
            let t = RuleTexts::of(lang);
            let mut shown = VersionPage {
                shell: who.shell(fill(t.version, &[("digest", &short(&wanted))])),
                t,
                kept: false,
                state: String::new(),
                digest: record::hex(&wanted),
                columns: vec![
                    Column::new(t.column_rule),
                    Column::new(t.column_amount),
                    Column::new(t.column_source),
                    Column::new(t.column_now),
                ],
                rules: Vec::new(),
                unread: String::new(),
                packs: Vec::new(),
            };
            let Some(version) = rules::find(tx, &wanted)? else { return page(&shown) };
            let at = dates::moment(lang, version.at, ctx.now);
            shown.kept = true;
            shown.state = fill(if wanted == ctx.rules().digest() { t.state_now } else { t.state_then }, &[("at", &at)]);
            let division = who.tree.district().map(|unit| unit.code.clone()).unwrap_or_default();
            match version.read(&division) {
                Ok(then) => shown.rules = then.all().into_iter().map(|rule| line(lang, rule, ctx.rules())).collect(),
                Err(why) => shown.unread = fill(t.unread, &[("why", &why)]),
            }
            // Where on the machine a district keeps its own packs is nobody's business here.
            let file = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
            shown.packs = version.packs.into_iter().map(|(name, text)| Pack { name: file(&name), text }).collect();
            page(&shown)
        })
        .await
}

fn hant(lang: Lang, text: &str) -> String {
    if lang == Lang::Hant { web::lang::to_hant(text) } else { text.to_owned() }
}

fn amount(t: &RuleTexts, rule: &Rule) -> String {
    let words = match rule.clock {
        ClockKind::WorkingDays => t.working_days,
        ClockKind::NaturalDays => t.natural_days,
        ClockKind::Hours => t.hours,
        ClockKind::Characters => t.characters,
        ClockKind::TimesAMonth => t.times_a_month,
        ClockKind::TimesAQuarter => t.times_a_quarter,
        ClockKind::TimesAYear => t.times_a_year,
    };
    fill(words, &[("n", &rule.amount)])
}

fn line(lang: Lang, rule: &Rule, now: &Rules) -> RuleLine {
    let t = RuleTexts::of(lang);
    let same = |other: &Rule| {
        (other.amount, other.clock, &other.document, &other.article, other.effective)
            == (rule.amount, rule.clock, &rule.document, &rule.article, rule.effective)
    };
    RuleLine {
        title: if lang == Lang::En { rule.title_en.clone() } else { hant(lang, &rule.title_zh) },
        id: rule.id.to_string(),
        amount: amount(t, rule),
        source: hant(lang, &format!("{}{}", rule.document, rule.article)),
        mark: match rule.mark {
            Mark::R => t.marked_r,
            Mark::R2 => t.marked_r2,
            Mark::M => t.marked_m,
            Mark::C => t.marked_c,
        },
        since: fill(t.in_force, &[("at", &rule.effective)]),
        now: match now.rule(&rule.id) {
            Some(other) if same(other) => String::new(),
            Some(other) => format!("{} {}", amount(t, other), hant(lang, &format!("{}{}", other.document, other.article))),
            None => t.gone.to_owned(),
        },
    }
}
