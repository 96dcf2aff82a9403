//! What Party rules order of organisations, on the dashboards of the Party side: met, not met or with time left, each with its
//! source and without points. What no module records yet is named as such rather than shown as undone.

use base::rules::Rule;
use base::{Ctx, UnitId};
use measures::duties::{Owed, Stands, of, of_all, owing, untold};
use people::{Level, Tree, TreeKind};
use record::measure::Met;
use store::{StoreError, Tx};
use web::kit::Light;
use web::{Lang, Signed, dates, fill};

use crate::scope::Scope;
use crate::texts::BoardTexts;

/// How the ids of such rules begin.
const RULES: &str = "party.";

/// One duty of the organisation itself.
pub(crate) struct DutyLine {
    pub(crate) title: String,
    pub(crate) often: String,
    pub(crate) source: String,
    pub(crate) light: Light,
    pub(crate) state: String,
    pub(crate) href: String,
}

/// An organisation below with all under it: how many of their duties are met, have time, are not met.
pub(crate) struct DutyUnit {
    pub(crate) name: String,
    /// Of how many organisations, where it is more than itself.
    pub(crate) of: String,
    pub(crate) href: String,
    pub(crate) cells: [usize; 3],
}

/// The section.
pub(crate) struct Duties {
    pub(crate) lines: Vec<DutyLine>,
    pub(crate) below: Vec<DutyUnit>,
    /// Whether the record knows of any such duty.
    pub(crate) known: bool,
}

/// The section of a Party organisation; none for other units.
pub(crate) fn section(tx: &mut Tx, ctx: &Ctx, who: &Signed, scope: &Scope) -> Result<Option<Duties>, StoreError> {
    let tree = &who.tree;
    if tree.get(scope.unit).is_none_or(|unit| unit.tree() != TreeKind::Party) {
        return Ok(None);
    }
    let lang = who.visit().lang;
    let t = BoardTexts::of(lang);
    let own = |owed: &Owed| !owed.duty.levels.is_empty();
    let all = of(tx, ctx.rules(), tree, scope.unit, &scope.period, scope.today)?;
    let mut lines: Vec<DutyLine> = all.iter().filter(|owed| own(owed)).map(|owed| line(t, lang, ctx, scope, owed)).collect();
    if tree.level(scope.unit) == Some(Level::Branch) {
        lines.extend(untold(ctx.rules(), RULES, scope.period.to).into_iter().map(|rule| untold_line(t, lang, rule)));
    }
    let below = below(tx, ctx, t, scope, tree)?;
    let party = |code: &&str| Level::ALL.iter().any(|level| level.code() == *code && level.tree() == TreeKind::Party);
    let known = measures::duties().iter().any(|duty| duty.levels.iter().any(&party));
    Ok(Some(Duties { lines, below, known }))
}

/// The organisations right below, each with everything under it: a general branch answers for its branches.
fn below(tx: &mut Tx, ctx: &Ctx, t: &BoardTexts, scope: &Scope, tree: &Tree) -> Result<Vec<DutyUnit>, StoreError> {
    let owes = |unit: UnitId| owing(tree, unit).any(|duty| !duty.levels.is_empty());
    let mut units = Vec::new();
    // Where in the list the organisations under each child stand.
    let mut parts = Vec::new();
    for child in tree.children(scope.unit) {
        let from = units.len();
        units.extend(tree.subtree(child.id).into_iter().filter(|unit| !unit.is_closed() && owes(unit.id)).map(|unit| unit.id));
        if units.len() > from {
            parts.push((child, from..units.len()));
        }
    }
    let all = of_all(tx, ctx.rules(), tree, &units, &scope.period, scope.today)?;
    let unit = parts.into_iter().map(|(child, range)| {
        let stands = all.get(range.clone()).unwrap_or_default();
        let count = |so: fn(&Stands) -> bool| stands.iter().flatten().filter(|stands| so(stands)).count();
        let alone = units.get(range.clone()) == Some(&[child.id]);
        DutyUnit {
            name: child.name.clone(),
            of: if alone { String::new() } else { fill(t.duties_of, &[("n", &range.len())]) },
            href: format!("/board?{}", scope.query(child.id, scope.span, scope.period.from)),
            cells: [
                count(|stands| *stands == Stands::Met),
                count(|stands| matches!(stands, Stands::Open(_))),
                count(|stands| *stands == Stands::Unmet),
            ],
        }
    });
    Ok(unit.collect())
}

fn hant(lang: Lang, text: &str) -> String {
    if lang == Lang::Hant { web::lang::to_hant(text) } else { text.to_owned() }
}

/// How often a rule wants it.
fn often(t: &BoardTexts, rule: &Rule) -> String {
    let words = match rule.clock.every() {
        Some(1) => t.every_month,
        Some(3) => t.every_quarter,
        Some(_) => t.every_year,
        None => return String::new(),
    };
    fill(words, &[("n", &rule.amount)])
}

fn line(t: &BoardTexts, lang: Lang, ctx: &Ctx, scope: &Scope, owed: &Owed) -> DutyLine {
    let (light, state) = match owed.stands {
        Stands::Met => (Light::Done, t.duty_met.to_owned()),
        Stands::Open(until) => (Light::Blue, fill(t.duty_open, &[("until", &dates::day(lang, until, ctx.now))])),
        Stands::Unmet if !owed.mark.may_redden() => (Light::None, t.duty_not_found.to_owned()),
        Stands::Unmet if owed.duty.met == Met::Never => (Light::Red, fill(t.duty_passed, &[("n", &owed.n)])),
        Stands::Unmet => (Light::Red, fill(t.duty_unmet, &[("n", &owed.n)])),
    };
    DutyLine {
        title: if lang == Lang::En { owed.duty.title_en.to_owned() } else { hant(lang, owed.duty.title_zh) },
        often: ctx.rules().rule_on(owed.duty.rule, scope.period.to).map(|rule| often(t, rule)).unwrap_or_default(),
        source: hant(lang, &owed.source),
        light,
        state,
        href: if owed.n > 0 { measures::cases_href(owed.duty.measure, scope.unit, &scope.period) } else { String::new() },
    }
}

/// A duty of which nothing is recorded anywhere in the product.
fn untold_line(t: &BoardTexts, lang: Lang, rule: &Rule) -> DutyLine {
    DutyLine {
        title: if lang == Lang::En { rule.title_en.clone() } else { hant(lang, &rule.title_zh) },
        often: often(t, rule),
        source: hant(lang, &format!("{}{}", rule.document, rule.article)),
        light: Light::None,
        state: t.duty_untold.to_owned(),
        href: String::new(),
    }
}
