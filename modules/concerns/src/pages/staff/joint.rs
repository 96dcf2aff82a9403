//! 联动督办: calls to and of one's units, orders, and what is overdue below and was told upwards. Each list goes
//! out as a workbook too.

use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base::{Ctx, Time, UnitId};
use people::{Actor, Tree};
use sheets::{Export, FileKind, Head, Value};
use store::Tx;
use web::kit::{Choice, Light};
use web::{Fields, Lang, Leaving, Page, PageError, Shell, Signed, Staff, dates, fill};

use super::kinds::name;
use super::{StaffTexts, counted_shell};
use crate::model::Due;
use crate::pages::words;
use crate::read::{self, JointLine, Tab};

/// Lines of a page.
const LINES: usize = 100;
/// Rows of a workbook.
const MOST: usize = 5_000;

web::texts! {
    /// Words of these lists.
    pub JointTexts;

    menu: "联动督办", "Joint work";
    title: "联动督办", "Joint work";
    called: "报到", "Report in";
    whistles: "吹哨", "Calls";
    orders: "督办", "Supervision";
    overdue: "超期上报", "Overdue below";
    empty: "这里没有内容", "Nothing here";
    empty_called: "街道召集本部门的诉求会列在这里。", "Concerns to which a town calls your department are listed here.";
    empty_whistles: "在诉求页点“吹哨”召集部门，谁来了、做了什么会列在这里。", "Call departments on a concern's page; who came and what each did is listed here.";
    empty_orders: "上级督办的、您督办的诉求会列在这里。", "Concerns about which a unit above asks, and those about which yours asks, are listed here.";
    empty_overdue: "下级单位超期的诉求会自动上报到这里，办理后自动消失。", "What is overdue below comes here by itself, and leaves once the step was taken.";
    waits: "待报到", "To report in";
    arrived: "已报到，办理中", "Reported in";
    done: "已完成", "Done";
    closed: "已结束", "Closed";
    not_come: "没有报到", "Did not come";
    unwarranted: "认为不属于职责", "Says it was not its duty";
    leads: "牵头", "Leads";
    by: "{unit}吹哨", "Called by {unit}";
    order_by: "{unit}督办，{to}答复", "{unit} asks, {to} answers";
    answered: "已答复", "Answered";
    raised: "{when}上报", "told {when}";
    holder: "现在在{unit}", "now with {unit}";
    export: "导出", "Export";
    settled_note: "按时钟自动上报：超期当时告知上一级，仍未办理的逐级上报到区级。", "By the clock: the unit above is told at once, then the next one as long as it is still owed.";
}

/// The first list that somebody has.
pub(super) fn first(actor: &Actor, tree: &Tree) -> Option<Tab> {
    // Whoever holds only posts that handle finds orders in their tray's concerns as well; the list is for those who call or ask.
    [Tab::Called, Tab::Whistles, Tab::Orders, Tab::Overdue].into_iter().find(|tab| tab.is_for(actor, tree))
}

struct Line {
    href: String,
    light: Light,
    left: String,
    title: String,
    mark: &'static str,
    sub: String,
    when: String,
}

#[derive(Template)]
#[template(path = "staff/joint.html")]
struct JointPage {
    shell: Shell,
    t: &'static JointTexts,
    tabs: Vec<Choice>,
    lines: Vec<Line>,
    empty: &'static str,
    note: &'static str,
    export: String,
}

fn chosen(fields: &Fields, who: &Signed) -> Result<Tab, PageError> {
    let asked = Tab::ALL.into_iter().find(|tab| fields.chose("tab", tab.code()));
    match asked.or_else(|| first(who, &who.tree)) {
        Some(tab) if tab.is_for(who, &who.tree) => Ok(tab),
        _ => Err(PageError::Forbidden),
    }
}

/// A list.
pub(super) async fn page(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let tab = chosen(&fields, who)?;
            let t = JointTexts::of(who.visit().lang);
            let tabs = Tab::ALL
                .into_iter()
                .filter(|one| one.is_for(who, &who.tree))
                .map(|one| Choice::new(one.code(), label(t, one)).chosen(one == tab))
                .collect();
            let found = read::joint(tx, who, &who.tree, tab, LINES)?;
            let lines: Vec<Line> = found.iter().map(|line| draw(ctx, who, t, line)).collect();
            web::page(&JointPage {
                shell: counted_shell(who, t.title, &read::badges(tx, who, &who.tree, ctx.now)?),
                t,
                tabs,
                export: if lines.is_empty() { String::new() } else { format!("/work/joint.xlsx?tab={}", tab.code()) },
                lines,
                empty: match tab {
                    Tab::Called => t.empty_called,
                    Tab::Whistles => t.empty_whistles,
                    Tab::Orders => t.empty_orders,
                    Tab::Overdue => t.empty_overdue,
                },
                note: if tab == Tab::Overdue { t.settled_note } else { "" },
            })
        })
        .await
}

fn label(t: &JointTexts, tab: Tab) -> &'static str {
    match tab {
        Tab::Called => t.called,
        Tab::Whistles => t.whistles,
        Tab::Orders => t.orders,
        Tab::Overdue => t.overdue,
    }
}

fn short(tree: &Tree, unit: UnitId) -> String {
    tree.get(unit).map(|unit| unit.name.clone()).unwrap_or_default()
}

/// How the deadline stands, where it is still owed.
fn owed(ctx: &Ctx, lang: Lang, due: &Due, open: bool, over: &str) -> (Light, String) {
    match open {
        true => (words::light(ctx, due), dates::left(lang, due.at, ctx.now, ctx.rules().calendar())),
        false => (Light::Done, over.to_owned()),
    }
}

fn draw(ctx: &Ctx, who: &Signed, t: &'static JointTexts, line: &JointLine) -> Line {
    let (lang, tree, row) = (who.visit().lang, &*who.tree, line.row());
    let untitled = StaffTexts::of(lang).untitled;
    let mut mark = "";
    let (light, left, parts, at) = match line {
        JointLine::Called(_, called) => {
            let (light, left) = match (called.arrived_at, called.done_at, called.closed_at) {
                (Some(_), Some(_), _) => (Light::Done, t.done.to_owned()),
                (Some(_), None, Some(_)) => (Light::Done, t.closed.to_owned()),
                (Some(_), None, None) => (Light::Blue, t.arrived.to_owned()),
                (None, _, Some(_)) => (Light::Over, t.not_come.to_owned()),
                (None, _, None) => owed(ctx, lang, &called.due, true, ""),
            };
            if called.leads {
                mark = t.leads;
            }
            let no = if called.warranted == Some(false) { t.unwarranted } else { "" };
            (light, left, vec![short(tree, called.unit), fill(t.by, &[("unit", &short(tree, called.town))]), no.to_owned()], called.at)
        }
        JointLine::Order(_, order) => {
            let (light, left) = owed(ctx, lang, &order.due, order.answered_at.is_none(), t.answered);
            let by = fill(t.order_by, &[("unit", &short(tree, order.by)), ("to", &short(tree, order.unit))]);
            (light, left, vec![by], order.at)
        }
        JointLine::Overdue(row, _, at) => {
            let (light, left) = row.due.as_ref().map_or((Light::Over, String::new()), |due| owed(ctx, lang, due, true, ""));
            let with = row.holder.map(|unit| fill(t.holder, &[("unit", &tree.full_name(unit))])).unwrap_or_default();
            (light, left, vec![with, fill(t.raised, &[("when", &dates::moment(lang, *at, ctx.now))])], *at)
        }
    };
    Line {
        href: format!("/work/c/{}", row.no),
        light,
        left,
        title: if row.title.is_empty() { untitled.to_owned() } else { row.title.clone() },
        mark,
        sub: parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" · "),
        when: dates::ago(lang, at, ctx.now),
    }
}

/// The headers: the product's first language, since this is the form that other systems read.
fn heads(tab: Tab) -> Vec<Head> {
    let names: &[(&str, u16)] = match tab {
        Tab::Called | Tab::Whistles => &[
            ("编号", 18),
            ("标题", 44),
            ("吹哨单位", 24),
            ("吹哨时间", 20),
            ("部门", 28),
            ("是否牵头", 10),
            ("报到时限", 20),
            ("报到时间", 20),
            ("报到人", 12),
            ("完成时间", 20),
            ("是否属于职责", 14),
            ("结束时间", 20),
        ],
        Tab::Orders => &[
            ("编号", 18),
            ("标题", 44),
            ("督办单位", 24),
            ("督办人", 12),
            ("督办时间", 20),
            ("承办单位", 28),
            ("答复时限", 20),
            ("答复时间", 20),
            ("答复人", 12),
            ("是否超期", 10),
        ],
        Tab::Overdue => &[("编号", 18), ("标题", 44), ("当前单位", 28), ("环节时限", 20), ("上报单位", 24), ("上报时间", 20)],
    };
    names.iter().map(|(header, width)| Head::new(*header, *width)).collect()
}

fn time(at: Option<Time>) -> String {
    at.map(|at| at.civil().strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default()
}

fn cells(tx: &mut Tx, who: &Signed, line: &JointLine) -> Result<Vec<String>, PageError> {
    let (tree, row) = (&*who.tree, line.row());
    let full = |unit| name(tree, Some(unit));
    let yes = |yes: bool| if yes { "是" } else { "否" }.to_owned();
    let mut cells = vec![row.no.clone(), row.title.clone()];
    match line {
        JointLine::Called(_, called) => cells.extend([
            full(called.town),
            time(Some(called.at)),
            full(called.unit),
            yes(called.leads),
            time(Some(called.due.at)),
            time(called.arrived_at),
            read::name(tx, called.arrived_by)?,
            time(called.done_at),
            called.warranted.map(yes).unwrap_or_default(),
            time(called.closed_at),
        ]),
        JointLine::Order(_, order) => cells.extend([
            full(order.by),
            read::name(tx, Some(order.by_person))?,
            time(Some(order.at)),
            full(order.unit),
            time(Some(order.due.at)),
            time(order.answered_at),
            read::name(tx, order.answered_by)?,
            yes(order.passed),
        ]),
        JointLine::Overdue(row, unit, at) => {
            cells.extend([row.holder.map(full).unwrap_or_default(), time(row.due.as_ref().map(|due| due.at)), full(*unit), time(Some(*at))])
        }
    }
    Ok(cells)
}

/// The list as a workbook.
pub(super) async fn workbook(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (bytes, file, person, leaving) = staff
        .read(move |tx, _, who| {
            let tab = chosen(&fields, who)?;
            let title = label(JointTexts::of(Lang::Hans), tab);
            let mut book = Export::new(FileKind::Xlsx, title, None, &heads(tab)).map_err(PageError::internal)?;
            let lines = read::joint(tx, who, &who.tree, tab, MOST)?;
            let unit = who.posts.first().map(|held| held.unit);
            let leaving = Leaving { table: "concerns.joint", unit, rows: lines.len(), masked: true };
            for line in lines {
                let cells = cells(tx, who, &line)?;
                let values: Vec<Value<'_>> = cells.iter().map(|cell| Value::Text(cell.into())).collect();
                book.row(&values).map_err(PageError::internal)?;
            }
            let mut bytes = Vec::new();
            book.finish(&mut bytes).map_err(PageError::internal)?;
            Ok((bytes, title, who.person, leaving))
        })
        .await?;
    staff.hand_out(person, leaving).await?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FileKind::Xlsx.media_type()));
    let file = format!("attachment; filename=\"joint.xlsx\"; filename*=UTF-8''{}.xlsx", web::shell::percent(file));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&file).map_err(PageError::internal)?);
    Ok(response)
}
