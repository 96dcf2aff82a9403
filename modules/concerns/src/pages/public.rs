//! What everybody sees of concerns: those that were published, with search; one of them with its answer;
//! how each unit does, in the units' fixed order and never ranked; and, before a concern is sent, whether
//! it is one of these.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use base::{Ctx, UnitId};
use measures::{Period, Value};
use people::{Level, Tree};
use store::{StoreError, Tx};
use web::drafts::{self, Token};
use web::kit::{Choice, Column, Fact};
use web::{App, Fields, HomeTile, Lang, Page, PageError, Shell, Visit, dates, fill, page, redirect};

use crate::found;
use crate::model::{Outcome, State};
use crate::pages::resident::Typed;
use crate::pages::words;
use crate::read::{self, Published};

web::texts! {
    /// Words of the public pages.
    pub(crate) PublicTexts;
    tile: "身边诉求", "Concerns nearby";
    tile_hint: "看看邻居反映过什么、怎么答复的", "What neighbours reported, and the answers";
    title: "身边诉求", "Concerns nearby";
    intro: "反映人同意公开、两位工作人员核对过的诉求和答复。", "Concerns and answers whose senders agreed, checked by two members of staff.";
    search: "搜索内容或答复", "Search words or answers";
    place: "社区", "Community";
    empty: "没有找到", "Nothing found";
    empty_text: "换一个词或社区再试，也可以直接反映。", "Try another word or community, or report it.";
    none: "还没有公开的诉求", "Nothing is published yet";
    none_text: "反映人同意公开、办完并核对过的诉求会列在这里。", "Concerns whose senders agree stand here once they are answered and checked.";
    units_none: "还没有登记单位", "No offices yet";
    units_none_text: "登记镇街和部门之后，这里列出居民对它们的评价。", "Once towns and departments are entered, what residents answered about them stands here.";
    report: "我要反映", "Report a concern";
    units: "各单位办理情况", "How offices are doing";
    back: "返回列表", "Back to the list";
    number: "编号", "Number";
    state: "进展", "Progress";
    handler: "承办单位", "Handled by";
    kind: "类别", "Kind";
    where_: "地点", "Place";
    received: "提交", "Sent";
    published: "公开", "Published";
    words: "反映的内容", "What was reported";
    answer: "答复", "The answer";
    no_answer: "还没有公开的答复", "No answer has been published yet";
    one: "身边诉求", "A concern nearby";
    similar_title: "是不是其中一件？", "Is it one of these?";
    similar_why: "附近已经有人反映过这些事。如果是同一件，可以直接看进展和答复；不是也没关系，请继续。", "These were reported nearby already. If it is one of them you can follow it there; if not, continue.";
    similar_on: "都不是，继续反映", "None of these, continue";
    similar_back: "返回修改", "Back";
    units_title: "各单位办理情况", "How offices are doing";
    units_intro: "{from}至{to}居民在回访或网上评价中的回答，每月初更新。单位按固定顺序排列，不排名。不足 {n} 件的不算比例；只剩一个单位不足的，另一个也不单列，以免看出是谁答的。", "What residents answered from {from} to {to}, brought up to date at the beginning of each month. Units stand in their fixed order and are not ranked. A share of fewer than {n} is not told, nor a second one where the first would follow from it, so that nobody’s answer can be made out.";
    unit: "单位", "Unit";
    asked: "作了评价", "Answers";
    solved: "说已解决", "Said solved";
    satisfied: "说满意", "Said satisfied";
    in_time: "按时办结", "In time";
    few: "件数少", "few";
    kept_back: "不单列", "not shown";
    share: "{n}%（{of} 件）", "{n}% (of {of})";
    departments: "部门", "Departments";
    towns: "镇街（含社区、网格）", "Towns with their communities and grids";
}

/// Lines of a page of the public list.
const LINES: usize = 20;
/// Concerns that are offered before sending.
const OFFERED: usize = 4;
/// Months that the units' figures cover, the last of them the one before this: from one day to the next a single answer
/// could be read off.
const MONTHS: usize = 6;
/// What is told of each unit: a count, then shares.
const COUNTED: [&str; 4] = ["concerns.called_back", "concerns.solution_rate", "concerns.satisfaction_rate", "concerns.in_time_rate"];

/// The routes.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/public", get(list))
        .route("/public/units", get(units))
        .route("/public/{no}", get(show))
        .route("/report/similar", get(similar))
}

/// The tile on the residents' home.
pub(super) fn home(lang: Lang) -> HomeTile {
    let t = PublicTexts::of(lang);
    HomeTile { href: "/public", text: t.tile, hint: t.tile_hint, icon: "users", primary: false }
}

struct Line {
    href: String,
    title: String,
    state: String,
    sub: String,
}

fn line(lang: Lang, tree: &Tree, ctx: &Ctx, one: &Published) -> Line {
    let place = one.place.and_then(|place| tree.get(place)).map(|unit| unit.name.clone()).unwrap_or_default();
    let parts = [place, one.kind_name.clone().unwrap_or_default(), dates::ago(lang, one.received_at, ctx.now)];
    Line {
        href: format!("/public/{}", one.no),
        title: base::text::excerpt(&one.words, 60),
        state: progress(lang, one),
        sub: parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" · "),
    }
}

/// Where it stands, in the words that the resident's own page has.
pub(crate) fn progress(lang: Lang, one: &Published) -> String {
    let w = words::words(lang);
    match (one.state, one.outcome) {
        (State::Archived, Some(Outcome::Solved)) => w.outcome(Outcome::Solved).to_owned(),
        (state, _) => w.state(state).to_owned(),
    }
}

#[derive(Template)]
#[template(path = "public/list.html")]
struct ListPage {
    shell: Shell,
    t: &'static PublicTexts,
    q: String,
    places: Vec<Choice>,
    clear: &'static str,
    lines: Vec<Line>,
    next: String,
}

fn places(tree: &Tree, chosen: Option<UnitId>) -> Vec<Choice> {
    tree.of_level(Level::Community)
        .filter(|unit| !unit.is_closed())
        .map(|unit| Choice::new(unit.id.to_string(), tree.full_name(unit.id)).chosen(chosen == Some(unit.id)))
        .collect()
}

async fn list(visit: Visit, fields: Fields) -> Result<Page, PageError> {
    visit.limit(web::Limit::Track)?;
    let v = visit.clone();
    visit
        .read(move |tx, ctx| {
            let (t, tree) = (PublicTexts::of(v.lang), people::tree(tx)?);
            let q: String = fields.text("q").chars().take(60).collect();
            let place = fields.id::<UnitId>("place").filter(|place| tree.get(*place).is_some());
            let (found, next) = read::public_list(tx, &q, place, fields.get("before"), LINES)?;
            let mut query = fields.clone();
            let next = next.map(|before| {
                query.set("before", before);
                format!("/public?{}", query.encode())
            });
            page(&ListPage {
                shell: v.shell(t.title),
                t,
                clear: if q.is_empty() && place.is_none() { "" } else { "/public" },
                places: places(&tree, place),
                q,
                lines: found.iter().map(|one| line(v.lang, &tree, ctx, one)).collect(),
                next: next.unwrap_or_default(),
            })
        })
        .await
}

#[derive(Template)]
#[template(path = "public/show.html")]
struct ShowPage {
    shell: Shell,
    t: &'static PublicTexts,
    facts: Vec<Fact>,
    words: String,
    answer: String,
}

async fn show(visit: Visit, Path(no): Path<String>) -> Result<Page, PageError> {
    visit.limit(web::Limit::Track)?;
    let v = visit.clone();
    visit
        .read(move |tx, ctx| {
            let t = PublicTexts::of(v.lang);
            let no = base::number::parse(&no).map_err(|_| PageError::NotFound)?;
            let one = read::published(tx, &no)?.ok_or(PageError::NotFound)?;
            let tree = people::tree(tx)?;
            let name = |unit: Option<UnitId>| unit.map(|unit| tree.full_name(unit)).unwrap_or_default();
            let facts = [
                (t.number, base::number::show(&one.no)),
                (t.state, progress(v.lang, &one)),
                (t.handler, name(one.handler)),
                (t.kind, one.kind_name.clone().unwrap_or_default()),
                (t.where_, name(one.place)),
                (t.received, dates::day(v.lang, one.received_at.date(), ctx.now)),
                (t.published, dates::day(v.lang, one.published_at.date(), ctx.now)),
            ];
            page(&ShowPage {
                shell: v.shell(t.one),
                t,
                facts: facts.into_iter().filter(|(_, text)| !text.is_empty()).map(|(term, text)| Fact::new(term, text)).collect(),
                words: one.words,
                answer: one.answer.unwrap_or_default(),
            })
        })
        .await
}

// Is it one of these?

/// Where the form goes after the place is known: here if something published nearby is like it.
pub(super) fn after_place(tx: &mut Tx, tree: &Tree, typed: &Typed) -> Result<&'static str, StoreError> {
    let alike = found::similar_public(tx, tree, &typed.text, typed.place(tree), 1)?;
    Ok(if alike.is_empty() { "/report/about" } else { "/report/similar" })
}

#[derive(Template)]
#[template(path = "public/similar.html")]
struct SimilarPage {
    shell: Shell,
    t: &'static PublicTexts,
    lines: Vec<Line>,
}

async fn similar(visit: Visit) -> Result<axum::response::Response, PageError> {
    use axum::response::IntoResponse;
    let v = visit.clone();
    visit
        .read(move |tx, ctx| {
            let (t, tree) = (PublicTexts::of(v.lang), people::tree(tx)?);
            let typed: Typed = match Token::of(&v) {
                Some(token) => drafts::load(tx, ctx, &token)?.unwrap_or_default(),
                None => Typed::default(),
            };
            let mut lines = Vec::new();
            for (id, _) in found::similar_public(tx, &tree, &typed.text, typed.place(&tree), OFFERED)? {
                lines.extend(read::published_by_id(tx, id)?.map(|one| line(v.lang, &tree, ctx, &one)));
            }
            if lines.is_empty() {
                return Ok(redirect("/report/about").into_response());
            }
            Ok(page(&SimilarPage { shell: v.shell(t.similar_title), t, lines })?.into_response())
        })
        .await
}

// How units do.

struct UnitRow {
    name: String,
    /// What each is, and how many; on a phone they stand under one another.
    cells: [(&'static str, String); 4],
}

#[derive(Template)]
#[template(path = "public/units.html")]
struct UnitsPage {
    shell: Shell,
    t: &'static PublicTexts,
    intro: String,
    columns: Vec<Column>,
    groups: Vec<(&'static str, &'static str, Vec<UnitRow>)>,
}

async fn units(visit: Visit) -> Result<Page, PageError> {
    visit.limit(web::Limit::Track)?;
    let v = visit.clone();
    visit
        .read(move |tx, ctx| {
            let (t, tree) = (PublicTexts::of(v.lang), people::tree(tx)?);
            let last = Period::month_of(ctx.now.date()).previous();
            let first = (1..MONTHS).fold(last, |month, _| month.previous());
            let period = Period::between(first.from, last.to);
            let mut rows = |units: Vec<&people::Unit>| -> Result<Vec<UnitRow>, StoreError> {
                let ids: Vec<UnitId> = units.iter().map(|unit| unit.id).collect();
                let found = measures::by_unit(tx, &COUNTED, &ids, &period)?;
                Ok(unit_rows(t, &units, &found))
            };
            let departments = rows(tree.departments().filter(|unit| !unit.is_closed()).collect())?;
            let towns = rows(tree.of_level(Level::Town).filter(|unit| !unit.is_closed()).collect())?;
            let columns = [t.asked, t.solved, t.satisfied, t.in_time].map(Column::number);
            let groups = [(t.towns, "towns", towns), (t.departments, "departments", departments)];
            page(&UnitsPage {
                shell: v.shell(t.units_title),
                t,
                intro: fill(
                    t.units_intro,
                    &[
                        ("from", &dates::day(v.lang, period.from, ctx.now)),
                        ("to", &dates::day(v.lang, period.to, ctx.now)),
                        ("n", &measures::FEW),
                    ],
                ),
                columns: std::iter::once(Column::new(t.unit)).chain(columns).collect(),
                groups: groups.into_iter().filter(|(_, _, rows)| !rows.is_empty()).collect(),
            })
        })
        .await
}

fn unit_rows(t: &PublicTexts, units: &[&people::Unit], found: &[Vec<Value>]) -> Vec<UnitRow> {
    let column = |at: usize| -> Vec<Value> { found.iter().map(|values| values.get(at).copied().unwrap_or_default()).collect() };
    let shares = [1, 2, 3].map(|at| {
        let values = column(at);
        let back = measures::kept_back(COUNTED.get(at).copied().unwrap_or_default(), &values);
        values.into_iter().zip(back).map(|(value, back)| share(t, value, back)).collect::<Vec<_>>()
    });
    let rows = units.iter().zip(column(0)).enumerate();
    rows.map(|(row, (unit, asked))| {
        let told = |at: usize| shares.get(at).and_then(|shares| shares.get(row)).cloned().unwrap_or_default();
        let cells = [(t.asked, asked.num.to_string()), (t.solved, told(0)), (t.satisfied, told(1)), (t.in_time, told(2))];
        UnitRow { name: unit.name.clone(), cells }
    })
    .collect()
}

/// A share with what it is a share of, where that tells nobody's answer.
fn share(t: &PublicTexts, value: Value, back: bool) -> String {
    match (value.n(), back) {
        (0, _) => "–".to_owned(),
        (n, true) => if n < measures::FEW { t.few } else { t.kept_back }.to_owned(),
        (of, false) => fill(t.share, &[("n", &((value.num * 100 + of / 2) / of)), ("of", &of)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_share_tells_a_single_answer() {
        let t = PublicTexts::of(Lang::Hans);
        let told = |values: &[(i64, i64)]| -> Vec<String> {
            let values: Vec<Value> = values.iter().map(|(num, den)| Value::rate_of(*num, *den)).collect();
            let back = measures::kept_back("concerns.satisfaction_rate", &values);
            values.into_iter().zip(back).map(|(value, back)| share(t, value, back)).collect()
        };
        assert_eq!(told(&[(9, 12), (30, 40)]), ["75%（12 件）", "75%（40 件）"]);
        assert_eq!(told(&[(0, 1), (30, 40), (9, 12)]), ["件数少", "75%（40 件）", "不单列"], "who answered can be made out from neither");
        assert_eq!(told(&[(0, 0), (30, 40)]), ["–", "75%（40 件）"]);
    }
}
