//! Lists: the inbox of a person, what waits for the desk, for review, for a call, and everything that
//! somebody may read. Due first where something is due.

use askama::Template;
use axum::response::{IntoResponse, Response};
use base::{Ctx, Time, UnitId};
use people::{Level, Tree};
use store::{StoreError, Tx};
use web::kit::{Choice, Light};
use web::{Fields, PageError, Shell, Signed, Staff, dates, fill, page, redirect};

use super::StaffTexts;
use super::kinds::Kinds;
use super::trail::Trail;
use super::views;
use crate::model::{Outcome, Source, State};
use crate::pages::resident::by_lang;
use crate::pages::words::{self, Words};
use crate::permissions::{CallBack, Desk, Handle, Read, Register};
use crate::read::{self, Badges, Count, Filter, InboxFilter, Row, Tray, Whose};

/// Lines on a page.
const LINES: usize = 30;
/// How far a filtered list is counted.
const MOST_COUNTED: usize = 1_000;
/// How far what was searched for is counted.
const MOST_FOUND: usize = 100;

struct Line {
    href: String,
    light: Light,
    left: String,
    title: String,
    marks: Vec<String>,
    sub: String,
    ago: String,
}

struct Figure {
    number: String,
    label: &'static str,
    href: String,
    light: Light,
}

#[derive(Template)]
#[template(path = "staff/list.html")]
struct ListPage {
    shell: Shell,
    t: &'static StaffTexts,
    path: &'static str,
    filtered: bool,
    figures: Vec<Figure>,
    tabs: Vec<Choice>,
    query: String,
    /// Why a number that was typed opens nothing.
    notice: String,
    states: Vec<Choice>,
    units: Vec<Choice>,
    kinds: Vec<Choice>,
    lights: Vec<Choice>,
    sources: Vec<Choice>,
    outcomes: Vec<Choice>,
    /// The first and the last day that are looked at.
    days: [String; 2],
    count: String,
    export: String,
    /// That not everything leaves at once, where that can be.
    export_note: String,
    clear: &'static str,
    rows: Vec<Line>,
    next: String,
    empty_title: &'static str,
    empty_text: &'static str,
    empty_href: &'static str,
    empty_action: &'static str,
    /// The views that this person kept: name, address, the address that drops it, whether it is this one.
    views: Vec<(String, String, String, bool)>,
    /// The filter that could be kept now, field by field; none where there is none, or where it is kept already.
    keepable: Vec<(String, String)>,
    op_key: String,
}

impl ListPage {
    fn new(
        who: &Signed,
        t: &'static StaffTexts,
        path: &'static str,
        title: &str,
        empty: (&'static str, &'static str),
        badges: &Badges,
    ) -> ListPage {
        ListPage {
            shell: super::counted_shell(who, title, badges),
            t,
            path,
            filtered: false,
            figures: Vec::new(),
            tabs: Vec::new(),
            query: String::new(),
            notice: String::new(),
            states: Vec::new(),
            units: Vec::new(),
            kinds: Vec::new(),
            lights: Vec::new(),
            sources: Vec::new(),
            outcomes: Vec::new(),
            days: [const { String::new() }; 2],
            count: String::new(),
            export: String::new(),
            export_note: String::new(),
            clear: "",
            rows: Vec::new(),
            next: String::new(),
            empty_title: empty.0,
            empty_text: empty.1,
            empty_href: "",
            empty_action: "",
            views: Vec::new(),
            keepable: Vec::new(),
            op_key: who.visit().op_key(),
        }
    }
}

/// Draws lines.
struct Pen<'a> {
    ctx: &'a Ctx,
    tree: &'a Tree,
    who: &'a Signed,
    t: &'static StaffTexts,
    w: &'static Words,
    /// The word of the list for the addresses of its lines.
    from: &'static str,
}

impl Pen<'_> {
    fn line(&self, row: &Row) -> Line {
        let (lang, now, calendar) = (self.who.visit().lang, self.ctx.now, self.ctx.rules().calendar());
        let (light, left) = match &row.due {
            Some(due) => (words::light(self.ctx, due), dates::left(lang, due.at, now, calendar)),
            None => (Light::Done, row.outcome.map(|outcome| self.w.outcome(outcome).to_owned()).unwrap_or_default()),
        };
        let mut marks = Vec::new();
        if row.assignee == Some(self.who.person) {
            marks.push(self.t.mark_mine.to_owned());
        }
        if row.confidential {
            marks.push(self.t.mark_confidential.to_owned());
        }
        if row.round > 1 {
            marks.push(fill(self.t.mark_round, &[("n", &row.round)]));
        }
        // A unit need not read its own name on every line.
        let holder = row.holder.or(row.handler).map(|unit| self.tree.heir(unit)).filter(|unit| !self.who.units().contains(unit));
        let holder = holder.and_then(|unit| self.tree.get(unit)).map(|unit| unit.name.as_str()).unwrap_or_default();
        let assignee = row.assignee_name.as_deref().filter(|_| row.assignee != Some(self.who.person)).unwrap_or_default();
        let parts = [
            self.w.state(row.state).to_owned(),
            row.place.map(|place| self.place(place)).unwrap_or_default(),
            row.kind_name.clone().unwrap_or_default(),
            format!("{holder} {assignee}").trim().to_owned(),
        ];
        Line {
            href: format!("/work/c/{}{}", row.no, Trail { from: self.from, beside: false }.query()),
            ago: dates::ago(lang, row.occurred_at, now),
            light,
            left,
            title: if row.title.is_empty() { self.t.untitled.to_owned() } else { row.title.clone() },
            marks,
            sub: parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" · "),
        }
    }

    /// A place in few words: the community and the grid's number; the town for who looks after several.
    fn place(&self, place: UnitId) -> String {
        let name = |level: Level| self.tree.at_level(place, level).map(|unit| unit.name.as_str());
        let near = self.who.posts.iter().any(|held| {
            self.tree
                .at_level(held.reach, Level::Town)
                .is_some_and(|town| self.tree.at_level(place, Level::Town).is_some_and(|t| t.id == town.id))
        });
        let grid = name(Level::Grid).map(|name| name.split('（').next().unwrap_or(name));
        let town = name(Level::Town).filter(|_| !near);
        let parts: Vec<&str> = [town, name(Level::Community), grid].into_iter().flatten().collect();
        if parts.is_empty() && !near {
            self.tree.full_name(place)
        } else if parts.is_empty() {
            name(Level::Town).unwrap_or_default().to_owned()
        } else {
            parts.join(" ")
        }
    }
}

fn counted(t: &StaffTexts, count: Count) -> String {
    fill(if count.more { t.list_count_many } else { t.list_count }, &[("n", &count.n)])
}

/// `99+` where a count stopped.
fn short(count: Count) -> String {
    if count.more { format!("{}+", count.n) } else { count.n.to_string() }
}

/// What waits for this person and for their units, due first. Who has no such post is led to where theirs begins.
pub(super) async fn inbox(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    staff
        .read(move |tx, ctx, who| {
            if who.has::<Handle>().is_none() {
                let to = if who.has::<CallBack>().is_some() {
                    "/work/callbacks"
                } else if who.has::<Read>().is_some() {
                    "/work/all"
                } else {
                    "/me"
                };
                return Ok(redirect(to).into_response());
            }
            let t = StaffTexts::of(who.visit().lang);
            let whose = match fields.value("whose") {
                "mine" => Whose::Mine,
                "free" => Whose::Free,
                "all" => Whose::Everybodys,
                _ => Whose::MineAndFree,
            };
            let late = fields.has("late");
            let due_until = late.then(|| ctx.now.plus(-1));
            let filter = InboxFilter { whose, due_until, ..InboxFilter::of(Tray::Work) };
            let badges = badges(tx, ctx, who)?;
            let mut page = ListPage::new(who, t, "/work", t.inbox_title, (t.inbox_empty, t.inbox_empty_text), &badges);
            if who.has::<Register>().is_some() {
                (page.empty_href, page.empty_action) = ("/work/new", t.inbox_empty_action);
            }
            let figure = |count: Count, label, href: &str, light| Figure { number: short(count), label, href: href.to_owned(), light };
            page.figures.push(figure(badges.work, t.figure_open, "/work?whose=all", Light::None));
            page.figures.push(figure(
                badges.late,
                t.figure_over,
                "/work?whose=all&late=1",
                if badges.late.n > 0 { Light::Over } else { Light::None },
            ));
            let tab = |value: &str, label: &str| Choice::new(value, label).chosen(fields.value("whose") == value);
            page.tabs = vec![tab("", t.tab_default), tab("mine", t.list_mine), tab("free", t.list_unassigned), tab("all", t.tab_all)];
            let query = format!("whose={}{}", fields.value("whose"), if late { "&late=1" } else { "" });
            tray(tx, ctx, who, page, &filter, &fields, &query)
        })
        .await
}

/// What waits for this person; for lines that join a list, nothing needs counting.
fn badges(tx: &mut Tx, ctx: &Ctx, who: &Signed) -> Result<Badges, StoreError> {
    if who.visit().htmx { Ok(Badges::default()) } else { read::badges(tx, who, &who.tree, ctx.now) }
}

fn tray(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Signed,
    mut list: ListPage,
    filter: &InboxFilter,
    fields: &Fields,
    query: &str,
) -> Result<Response, PageError> {
    let found = read::inbox(tx, who, &who.tree, filter, fields.get("after"), LINES)?;
    let pen = Pen { ctx, tree: &who.tree, who, t: list.t, w: words::words(who.visit().lang), from: Trail::word(list.path) };
    list.rows = found.rows.iter().map(|row| pen.line(row)).collect();
    list.next = found
        .next
        .map(|after| format!("{}?{query}{}after={after}", list.path, if query.is_empty() { "" } else { "&" }))
        .unwrap_or_default();
    Ok(page(&list)?.into_response())
}

/// What waits to be dispatched, and objections.
pub(super) async fn desk(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    staff
        .read(move |tx, ctx, who| {
            who.has::<Desk>().ok_or(PageError::Forbidden)?;
            let t = StaffTexts::of(who.visit().lang);
            let page = ListPage::new(who, t, "/work/desk", t.desk_title, (t.desk_empty, t.desk_empty_text), &badges(tx, ctx, who)?);
            tray(tx, ctx, who, page, &InboxFilter::of(Tray::Desk), &fields, "")
        })
        .await
}

/// Answers to look at.
pub(super) async fn review(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    staff
        .read(move |tx, ctx, who| {
            who.has::<Desk>().ok_or(PageError::Forbidden)?;
            let t = StaffTexts::of(who.visit().lang);
            let page = ListPage::new(who, t, "/work/review", t.review_title, (t.review_empty, t.review_empty_text), &badges(tx, ctx, who)?);
            tray(tx, ctx, who, page, &InboxFilter::of(Tray::Review), &fields, "")
        })
        .await
}

/// Residents to ask.
pub(super) async fn call_backs(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    staff
        .read(move |tx, ctx, who| {
            who.has::<CallBack>().ok_or(PageError::Forbidden)?;
            let t = StaffTexts::of(who.visit().lang);
            let page = ListPage::new(who, t, "/work/callbacks", t.calls_title, (t.calls_empty, t.calls_empty_text), &badges(tx, ctx, who)?);
            tray(tx, ctx, who, page, &InboxFilter::of(Tray::CallBack), &fields, "")
        })
        .await
}

/// A day in an address; nothing where it is none.
fn day(fields: &Fields, name: &str) -> Option<base::Date> {
    fields.value(name).trim().parse().ok()
}

/// The filter in an address.
pub(super) fn filter(fields: &Fields, ctx: &Ctx) -> Filter {
    let late = fields.chose("light", "over");
    let midnight = |day: base::Date| Time::from_civil(day.at(0, 0, 0, 0));
    Filter {
        source: Source::from_code(fields.value("source")),
        outcome: Outcome::from_code(fields.value("outcome")),
        since: day(fields, "since").map(midnight),
        until: day(fields, "until").and_then(|day| day.tomorrow().ok()).map(midnight),
        unit: fields.id("unit"),
        state: State::from_code(fields.value("state")),
        kind: fields.opt("kind"),
        late_at: late.then_some(ctx.now),
        batch: fields.id("batch"),
        words: fields.opt("q").filter(|q| q.chars().any(char::is_alphabetic)).map(|q| q.chars().take(60).collect()),
        ..Filter::default()
    }
}

/// The units by which a list can be narrowed: those in somebody's reach, grids left out.
fn units(tx_tree: &Tree, who: &Signed, chosen: &str) -> Vec<Choice> {
    let mut list: Vec<Choice> = Vec::new();
    for proof in who.each::<Read>() {
        for unit in tx_tree.subtree(proof.reach()) {
            let id = unit.id.to_string();
            if !unit.is_closed() && unit.level != Level::Grid && !list.iter().any(|choice| choice.value == id) {
                let chosen = id == chosen;
                list.push(Choice::new(id, tx_tree.full_name(unit.id)).chosen(chosen));
            }
        }
    }
    list
}

/// Everything that somebody may read, newest first.
pub(super) async fn all(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    staff
        .read(move |tx, ctx, who| {
            who.has::<Read>().ok_or(PageError::Forbidden)?;
            // A number leads straight to its concern.
            let (t, w) = (StaffTexts::of(who.visit().lang), words::words(who.visit().lang));
            let notice = match base::number::parse(fields.value("q")) {
                _ if fields.value("q").trim().is_empty() => String::new(),
                // What is no number is words to look for.
                _ if fields.value("q").chars().any(|c| c.is_alphabetic()) => String::new(),
                Ok(no) if read::detail(tx, ctx, who, &who.tree, &no)?.is_some() => {
                    return Ok(redirect(format!("/work/c/{no}?from=all")).into_response());
                }
                Ok(no) => fill(t.list_search_none, &[("no", &base::number::show(&no))]),
                Err(wrong) => fill(t.list_search_wrong, &[("why", &by_lang(who.visit().lang, &wrong.zh(), &wrong.to_string()))]),
            };
            let filter = filter(&fields, ctx);
            let found = read::list(tx, who, &who.tree, &filter, fields.get("before"), LINES)?;
            let pen = Pen { ctx, tree: &who.tree, who, t, w, from: "all" };
            let mut list = ListPage::new(who, t, "/work/all", t.all_title, (t.all_empty, t.all_empty_text), &badges(tx, ctx, who)?);
            list.filtered = true;
            list.query = fields.value("q").to_owned();
            list.notice = notice;
            list.states = State::ALL.iter().map(|s| Choice::new(s.code(), w.state(*s)).chosen(fields.value("state") == s.code())).collect();
            list.units = units(&who.tree, who, fields.value("unit"));
            list.kinds = kind_choices(tx, fields.value("kind"))?;
            list.sources =
                Source::ALL.iter().map(|s| Choice::new(s.code(), w.source(*s)).chosen(fields.value("source") == s.code())).collect();
            list.outcomes =
                Outcome::ALL.iter().map(|o| Choice::new(o.code(), w.outcome(*o)).chosen(fields.value("outcome") == o.code())).collect();
            list.days = ["since", "until"].map(|name| day(&fields, name).map(|day| day.to_string()).unwrap_or_default());
            list.lights = vec![Choice::new("over", t.figure_over).chosen(fields.chose("light", "over"))];
            // A list that was counted to its end is as long as that; any other can only be so long as there are events.
            let mut longest = usize::try_from(record::head(tx)?.size).unwrap_or(usize::MAX);
            // Everything is not worth counting; what is searched for is counted as far as a person looks.
            let narrowed = fields.pairs().any(|(name, value)| name != "before" && !value.is_empty());
            if narrowed {
                let most = if filter.words.is_some() { MOST_FOUND } else { MOST_COUNTED };
                let count = read::count(tx, who, &who.tree, &filter, most)?;
                if !count.more {
                    longest = count.n;
                }
                list.count = counted(t, count);
            }
            let most = who.visit().app.config().export_rows;
            if longest > most {
                list.export_note = fill(t.export_most, &[("n", &most)]);
            }
            let now = views::filter(&fields);
            let views = crate::view::of(tx, who.person)?;
            if !now.is_empty() && !views.iter().any(|view| view.filter == now) {
                let parsed = Fields::parse(now.as_bytes()).unwrap_or_default();
                list.keepable = parsed.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            }
            let address = |view: &crate::view::View| (format!("/work/all?{}", view.filter), format!("/work/all/views/{}/drop", view.id));
            list.views = views
                .into_iter()
                .map(|view| {
                    let (to, drop) = address(&view);
                    let here = view.filter == now;
                    (view.name, to, drop, here)
                })
                .collect();
            let mut query = fields.clone();
            query.set("before", "");
            list.export = format!("/work/all.xlsx?{}", query.encode());
            list.clear = if fields.pairs().any(|(_, value)| !value.is_empty()) { "/work/all" } else { "" };
            list.rows = found.rows.iter().map(|row| pen.line(row)).collect();
            list.next = match found.next {
                Some(before) => {
                    query.set("before", before);
                    format!("/work/all?{}", query.encode())
                }
                None => String::new(),
            };
            Ok(page(&list)?.into_response())
        })
        .await
}

fn kind_choices(tx: &mut Tx, chosen: &str) -> Result<Vec<Choice>, StoreError> {
    Ok(Kinds::all(tx)?.choices(chosen))
}
