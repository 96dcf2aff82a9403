//! A unit's card: each item with what it is worked out from, duties beside it, its revisions.

use askama::Template;
use base::UnitId;
use measures::ReadNumbers;
use people::Level;
use record::measure::Met;
use web::kit::{Column, Light};
use web::{Fields, Lang, Page, PageError, Shell, Staff, dates, fill, page};

use super::{band, points, seen};
use crate::appeal::Appealed;
use crate::duties::Stands;
use crate::permissions::Appeal;
use crate::score::Plan;
use crate::texts::ScoreTexts;
use crate::{duties, lock};

struct Part {
    title: String,
    value: String,
    n: String,
    href: String,
}

struct ItemLine {
    title: String,
    formula: String,
    document: String,
    parts: Vec<Part>,
    points: String,
    why: String,
    weight: i64,
}

struct DutyLine {
    title: String,
    light: Light,
    state: String,
    source: String,
    /// How often it happened, with the address of the cases; both are empty where it never did.
    n: String,
    href: String,
}

#[derive(Template)]
#[template(path = "scores/card.html")]
struct CardPage {
    shell: Shell,
    t: &'static ScoreTexts,
    back: String,
    total: String,
    band: &'static str,
    of: String,
    state: String,
    version: String,
    document: String,
    columns: Vec<Column>,
    items: Vec<ItemLine>,
    /// Text and address of each revision; the address is empty for the one that is shown.
    revisions: Vec<(String, String)>,
    duties: Vec<DutyLine>,
    /// Whether points are given.
    scores: bool,
    appeals: bool,
}

pub(super) async fn card(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let unit: UnitId = fields.id("unit").ok_or(PageError::NotFound)?;
            who.require::<ReadNumbers>(&who.tree, unit)?;
            let seen = seen(tx, &fields, ctx.now)?.ok_or(PageError::NotFound)?;
            let line = seen.lines(tx, &[unit])?.into_iter().next().ok_or(PageError::NotFound)?;
            let lang = who.visit().lang;
            let t = ScoreTexts::of(lang);
            let (says, plan) = (&seen.scheme.says, Plan::of(&seen.scheme));
            let mut items = Vec::new();
            for (n, (item, formula)) in says.items.iter().zip(&seen.scheme.formulas).enumerate() {
                let parts = formula.measures.iter().enumerate().map(|(m, measure)| {
                    let value = plan.value(&line.counts.raw, n, m);
                    Part {
                        title: measures::title(lang, measure),
                        value: value.shown(measure.kind),
                        n: value.of().map(|n| fill(t.n_of, &[("n", &n)])).unwrap_or_default(),
                        href: format!("/scores/cases?m={}&unit={unit}&{}", measure.id, seen.query()),
                    }
                });
                let mine = line.counts.points.get(n).copied().flatten();
                let why = match (mine, plan.n(&line.counts.raw, n)) {
                    (None, Some(n)) if n > 0 => fill(t.few, &[("n", &says.few)]),
                    (None, _) => t.nothing.to_owned(),
                    _ => String::new(),
                };
                items.push(ItemLine {
                    title: item.title.clone(),
                    formula: fill(t.formula, &[("formula", &formula.in_words(&item.formula, |measure| measures::title(lang, measure)))]),
                    document: if item.document.is_empty() { String::new() } else { fill(t.document, &[("document", &item.document)]) },
                    parts: parts.collect(),
                    points: points(mine),
                    why,
                    weight: item.weight,
                });
            }
            let mut revisions = Vec::new();
            for round in seen.all() {
                if let Some(line) = lock::line_of(tx, round.id, unit)? {
                    let words = if round.revision == 1 { t.revision_first } else { t.revision };
                    let at = dates::moment(lang, round.at, ctx.now);
                    let words = fill(words, &[("n", &round.revision), ("total", &points(line.total)), ("at", &at)]);
                    revisions.push((round.revision, words, format!("/scores/card?unit={unit}&{}", seen.query_of(round))));
                }
            }
            // What is shown is the last one of this unit up to the revision that the address names.
            let upto = seen.revisions.last().map_or(0, |round| round.revision);
            let shown = revisions.iter().map(|(revision, ..)| *revision).rfind(|revision| *revision <= upto);
            let revisions = revisions.into_iter().map(|(revision, words, href)| {
                let here = Some(revision) == shown;
                (words, if here { String::new() } else { href })
            });
            let revisions = revisions.collect();
            let owed = duties::of(tx, ctx.rules(), &who.tree, unit, &seen.period, ctx.now.date())?;
            let told = |text: &str| if lang == Lang::Hant { web::lang::to_hant(text) } else { text.to_owned() };
            let duties = owed.into_iter().map(|owed| {
                let title = if lang == Lang::En { owed.duty.title_en.to_owned() } else { told(owed.duty.title_zh) };
                let source = fill(t.duty_source, &[("source", &told(&owed.source))]);
                let (light, state) = match owed.stands {
                    Stands::Met => (Light::Done, t.duty_met.to_owned()),
                    Stands::Open(until) => (Light::Blue, fill(t.duty_open, &[("until", &dates::day(lang, until, ctx.now))])),
                    // What was not read in a primary text only informs where it comes from memory.
                    Stands::Unmet if !owed.mark.may_redden() => (Light::None, t.duty_not_found.to_owned()),
                    Stands::Unmet if owed.duty.met == Met::Never => (Light::Red, fill(t.duty_unmet, &[("n", &owed.n)])),
                    Stands::Unmet => (Light::Red, fill(t.duty_seldom, &[("n", &owed.n)])),
                };
                let happened = owed.n > 0 && owed.duty.met != Met::Never;
                let n = if happened { fill(t.n_times, &[("n", &owed.n)]) } else { String::new() };
                let href = if owed.n > 0 { measures::cases_href(owed.duty.measure, unit, &seen.period) } else { String::new() };
                DutyLine { title, light, state, source, n, href }
            });
            // What Party rules order and nothing in the program tells of is named, and held against nobody.
            let untold = if who.tree.level(unit) == Some(Level::Branch) {
                duties::untold(ctx.rules(), "party.", seen.period.to)
            } else {
                Vec::new()
            };
            let untold = untold.into_iter().map(|rule| DutyLine {
                title: if lang == Lang::En { rule.title_en.clone() } else { told(&rule.title_zh) },
                light: Light::None,
                state: t.untold.to_owned(),
                source: fill(t.duty_source, &[("source", &told(&format!("{}{}", rule.document, rule.article)))]),
                n: String::new(),
                href: String::new(),
            });
            page(&CardPage {
                shell: who.shell(fill(if seen.scheme.scores() { t.card } else { t.card_duties }, &[("unit", &who.tree.full_name(unit))])),
                t,
                back: format!("/scores?{}", seen.query()),
                total: points(line.total),
                band: band(t, line.band),
                of: format!("{} · {}", says.name, seen.period.label(lang)),
                state: seen.state(t, lang, ctx.now),
                version: fill(t.version, &[("n", &seen.scheme.version), ("from", &says.from)]),
                document: if says.document.is_empty() { String::new() } else { fill(t.by_document, &[("document", &says.document)]) },
                columns: vec![
                    Column::new(t.column_item),
                    Column::new(t.column_from),
                    Column::number(t.column_points),
                    Column::number(t.column_weight),
                ],
                items,
                revisions,
                duties: duties.chain(untold).collect(),
                scores: seen.scheme.scores(),
                appeals: super::board::sees_appeals(who),
            })
        })
        .await
}

/// How an appeal stands, in words.
pub(super) fn state(t: &ScoreTexts, appeal: &Appealed) -> &'static str {
    match appeal.state.as_str() {
        "upheld" => t.appeal_upheld,
        "refused" => t.appeal_refused,
        _ => t.appeal_open,
    }
}

/// Whether somebody may appeal for a unit: their own, or one that theirs took over from.
pub(super) fn own(who: &web::Signed, unit: UnitId) -> Option<people::Proof<Appeal>> {
    let heir = who.tree.heir(unit);
    who.each::<Appeal>().find(|proof| proof.unit() == unit || proof.unit() == heir)
}
