//! The book of meetings of an organisation: what was held, one meeting with what the rules say of it, recording one, taking a
//! record back, and the whole as the workbook that branches know.

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base::rules::{Mark, Rule};
use base::{Ctx, Date, UnitId};
use people::{Authority, Proof};
use sheets::{Export, FileKind, Head};
use web::kit::{Choice, Fact};
use web::{Errors, Fields, Lang, Leaving, Page, PageError, Shell, Signed, Staff, dates, fill, page, redirect};

use super::{Row, Tab, tabs};
use crate::hours;
use crate::meeting::texts::{MeetTexts, what};
use crate::meeting::{self, Filter, Held, Kept};
use crate::model::{Gathering, LONGEST_NOTE, LONGEST_REMARK, LONGEST_TITLE, MeetingId};
use crate::operate::LearnError;
use crate::permissions::Meet;
use crate::texts::LearnTexts;

/// Lines of one page; an organisation has some sixty a year.
const LINES: usize = 50;

/// The post through which somebody keeps the book of an organisation.
fn keeper(who: &Signed, organisation: UnitId) -> Option<Proof<Meet>> {
    who.each::<Meet>().find(|proof| meeting::keeps(proof, &who.tree, organisation))
}

#[derive(Template)]
#[template(path = "learning/meetings.html")]
struct ListPage {
    shell: Shell,
    t: &'static MeetTexts,
    learn: &'static LearnTexts,
    tabs: Vec<Tab>,
    kinds: Vec<Choice>,
    units: Vec<Choice>,
    from: String,
    to: String,
    clear: &'static str,
    export: String,
    rows: Vec<Row>,
    filtered: bool,
    next: String,
}

/// What an address asks for, and the organisations of it whose book somebody keeps.
fn asked(who: &Signed, fields: &Fields) -> Result<(Filter, Vec<UnitId>), PageError> {
    let kept = meeting::kept(who, &who.tree);
    if kept.is_empty() {
        return Err(PageError::Forbidden);
    }
    let day = |name: &str| fields.value(name).parse::<Date>().ok();
    let filter = Filter { what: Gathering::from_code(fields.value("what")), from: day("from"), to: day("to"), after: None };
    let units = match fields.id::<UnitId>("unit") {
        Some(unit) => kept.into_iter().filter(|one| *one == unit).collect(),
        None => kept,
    };
    Ok((filter, units))
}

/// The kinds that the organisations of somebody hold, for a filter or a form.
fn kinds(who: &Signed, chosen: &str) -> Vec<Choice> {
    let levels: Vec<_> = meeting::kept(who, &who.tree).into_iter().filter_map(|unit| who.tree.level(unit)).collect();
    let held = Gathering::ALL.iter().filter(|one| levels.iter().any(|level| meeting::of_level(*level).contains(one)));
    held.map(|one| Choice::new(one.code(), what(who.visit().lang, *one)).chosen(one.code() == chosen)).collect()
}

fn units(who: &Signed, chosen: &str) -> Vec<Choice> {
    let all = meeting::kept(who, &who.tree).into_iter();
    all.map(|unit| Choice::new(unit.to_string(), who.tree.full_name(unit)).chosen(unit.to_string() == chosen)).collect()
}

fn row(who: &Signed, ctx: &Ctx, kept: &Kept) -> Row {
    let (lang, held) = (who.visit().lang, &kept.held);
    let t = MeetTexts::of(lang);
    let came = fill(t.came_short, &[("expected", &held.expected), ("present", &held.present)]);
    Row {
        href: format!("/learning/meetings/{}", kept.id),
        title: held.topic.clone(),
        sub: [what(lang, held.what).to_owned(), dates::day(lang, held.on, ctx.now), super::name(&who.tree, held.organisation)].join(" · "),
        tag: kept.withdrawn.as_ref().map(|_| t.back.to_owned()).unwrap_or_default(),
        tone: "warning",
        end: came,
    }
}

/// Where a page goes on: behind this meeting.
fn goes_on(fields: &Fields) -> Option<(Date, MeetingId)> {
    let (day, id) = fields.get("after")?.split_once('.')?;
    day.parse().ok().zip(id.parse().ok())
}

/// The list.
pub(super) async fn list(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let (filter, asked) = asked(who, &fields)?;
            let filter = Filter { after: goes_on(&fields), ..filter };
            let (mut all, lines) = (Vec::new(), i64::try_from(LINES).unwrap_or(i64::MAX));
            for unit in asked {
                // One more than a page shows whether there is another.
                all.extend(meeting::list(tx, unit, &filter, lines.saturating_add(1))?);
            }
            all.sort_by_key(|kept| std::cmp::Reverse((kept.held.on, kept.id.0)));
            let more = all.len() > LINES;
            all.truncate(LINES);
            let lang = who.visit().lang;
            let t = MeetTexts::of(lang);
            let pairs =
                ["what", "unit", "from", "to"].into_iter().filter_map(|name| Some((name, fields.get(name).filter(|v| !v.is_empty())?)));
            let query = Fields::from_pairs(pairs).encode();
            let next = all.last().filter(|_| more).map_or_else(String::new, |last| {
                let mut query = fields.clone();
                query.set("after", format!("{}.{}", last.held.on, last.id));
                format!("/learning/meetings?{}", query.encode())
            });
            page(&ListPage {
                shell: who.shell(t.title),
                t,
                learn: LearnTexts::of(lang),
                tabs: tabs(who, "/learning/meetings"),
                kinds: kinds(who, fields.value("what")),
                units: units(who, fields.value("unit")),
                from: filter.from.map(|day| day.to_string()).unwrap_or_default(),
                to: filter.to.map(|day| day.to_string()).unwrap_or_default(),
                clear: if query.is_empty() { "" } else { "/learning/meetings" },
                filtered: !query.is_empty(),
                export: if query.is_empty() { "/learning/meetings.xlsx".to_owned() } else { format!("/learning/meetings.xlsx?{query}") },
                rows: all.iter().map(|kept| row(who, ctx, kept)).collect(),
                next,
            })
        })
        .await
}

/// The workbook, with the headers under which such a table comes in.
pub(super) async fn workbook(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (bytes, name, person, leaving) = staff
        .read(move |tx, _, who| {
            let (filter, asked) = asked(who, &fields)?;
            let table = &meeting::table::TABLE;
            let name = (table.words)(Lang::Hans).title;
            let heads: Vec<Head> = table.columns.iter().map(|column| Head::new(column.header, 16)).collect();
            let mut book = Export::new(FileKind::Xlsx, name, Some(name), &heads).map_err(PageError::internal)?;
            let rows = meeting::table::rows(tx, &who.tree, &asked, &filter, &mut |row| book.row(row)).map_err(PageError::internal)?;
            let mut bytes = Vec::new();
            book.finish(&mut bytes).map_err(PageError::internal)?;
            let leaving = Leaving { table: "meetings", unit: asked.first().copied(), rows, masked: true };
            Ok((bytes, name, who.person, leaving))
        })
        .await?;
    staff.hand_out(person, leaving).await?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FileKind::Xlsx.media_type()));
    let file = format!("attachment; filename=\"meetings.xlsx\"; filename*=UTF-8''{}.xlsx", web::shell::percent(name));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&file).map_err(PageError::internal)?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

#[derive(Template)]
#[template(path = "learning/meeting-form.html")]
struct FormPage {
    shell: Shell,
    t: &'static MeetTexts,
    errors: Errors,
    fields: Fields,
    op_key: String,
    kinds: Vec<Choice>,
    units: Vec<Choice>,
    /// The only organisation, where there is no choice.
    only: String,
    rules: Vec<String>,
    today: String,
    longest: (usize, usize, usize),
}

async fn draw_form(staff: &Staff, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let kept = meeting::kept(who, &who.tree);
            let first = kept.first().copied().ok_or(PageError::Forbidden)?;
            let lang = who.visit().lang;
            let t = MeetTexts::of(lang);
            let mut fields = fields.clone();
            let today = ctx.now.date().to_string();
            if !fields.has("topic") {
                fields.set("on", today.as_str());
                fields.set("unit", fields.id::<UnitId>("unit").filter(|unit| kept.contains(unit)).unwrap_or(first).to_string());
                // Whoever writes it down has most often led it; it can be changed.
                fields.set("recorder", people::read::name_of(tx, who.person)?.unwrap_or_default());
            }
            let kinds = kinds(who, fields.value("what"));
            let said = Gathering::ALL.iter().filter(|one| kinds.iter().any(|kind| kind.value == one.code()));
            page(&FormPage {
                shell: who.shell(t.new),
                t,
                errors: errors.clone(),
                op_key: fields.get("op_key").map_or_else(|| who.visit().op_key(), str::to_owned),
                rules: said.filter_map(|one| rule(ctx, *one)).map(|rule| ordered(lang, rule)).collect(),
                kinds,
                units: units(who, fields.value("unit")),
                only: if kept.len() == 1 { first.to_string() } else { String::new() },
                today,
                longest: (LONGEST_TITLE, LONGEST_REMARK, LONGEST_NOTE),
                fields,
            })
        })
        .await
}

/// The rule that orders such a meeting.
fn rule(ctx: &Ctx, kind: Gathering) -> Option<&Rule> {
    let id = match kind {
        Gathering::General => "party.general_meeting",
        Gathering::Committee => "party.committee_meeting",
        Gathering::Group => "party.group_meeting",
        Gathering::Life => "party.organisation_life_meeting",
        Gathering::Centre => "party.centre_group",
        Gathering::ThemeDay => "party.theme_day",
        Gathering::Lecture => "party.lecture",
    };
    ctx.rules().rule_on(id, ctx.now.date())
}

/// What a rule says, where it stands and how sure we are of it. Notes of rules are in Chinese, the language of their texts.
fn ordered(lang: Lang, rule: &Rule) -> String {
    let t = MeetTexts::of(lang);
    let told = |text: &str| if lang == Lang::Hant { web::lang::to_hant(text) } else { text.to_owned() };
    let title = if lang == Lang::En { rule.title_en.clone() } else { told(&rule.title_zh) };
    let sure = match rule.mark {
        Mark::M => t.rule_memory,
        Mark::R2 => t.rule_second,
        Mark::R | Mark::C => "",
    };
    let note = if rule.note.is_empty() { String::new() } else { told(&format!("{}。", rule.note)) };
    let said = fill(t.rule, &[("source", &told(&hours::source(rule))), ("note", &note)]);
    let gap = if lang == Lang::En { " " } else { "" };
    [title, if lang == Lang::En { ": ".into() } else { "：".into() }, said, gap.into(), sure.to_owned()].concat()
}

/// The form for a meeting.
pub(super) async fn form(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    draw_form(&staff, fields, Errors::none()).await
}

/// What was typed, as a meeting.
fn typed(fields: &Fields) -> Result<Held, LearnError> {
    let number = |name: &'static str| base::text::fold(fields.value(name).trim()).parse::<i64>().ok();
    let text = |name: &str| fields.value(name).to_owned();
    let said = |name: &str| !fields.value(name).trim().is_empty();
    let voting = match (said("voting_expected"), said("voting_present")) {
        (false, false) => None,
        _ => Some(number("voting_expected").zip(number("voting_present")).ok_or(LearnError::Field("voting"))?),
    };
    Ok(Held {
        organisation: fields.id("unit").ok_or(LearnError::Denied)?,
        what: Gathering::from_code(fields.value("what")).ok_or(LearnError::Field("what"))?,
        on: fields.value("on").trim().parse().map_err(|_| LearnError::Field("on"))?,
        begins: text("begins"),
        ends: text("ends"),
        topic: text("topic"),
        place: text("place"),
        chair: text("chair"),
        recorder: text("recorder"),
        lecturer: String::new(),
        expected: number("expected").unwrap_or(0),
        present: number("present_n").unwrap_or(0),
        voting,
        absent: text("absent"),
        guests: text("guests"),
        agenda: text("agenda"),
        decided: text("decided"),
    })
}

/// Write a meeting down.
pub(super) async fn hold(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (key, lang) = (fields.op_key()?, staff.lang);
    let sent = fields.clone();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let held = typed(&sent)?;
            let proof = keeper(who, held.organisation).ok_or(LearnError::Denied)?;
            store::once(tx, ctx.now, &key, "learning.meeting", who.person.bytes(), |tx| {
                meeting::hold(tx, ctx, Authority::Staff(&proof), &who.tree, None, &held)
            })
        })
        .await?;
    match done {
        Ok(id) => Ok(redirect(format!("/learning/meetings/{id}")).done(MeetTexts::of(lang).recorded).into_response()),
        Err(error) => {
            let (field, words) = refusal(lang, error)?;
            let mut errors = Errors::none();
            errors.add(field, words);
            Ok(draw_form(&staff, fields, errors).await?.again().into_response())
        }
    }
}

/// What is wrong, beside its field; an error that no field can mend is a page of its own.
fn refusal(lang: Lang, error: LearnError) -> Result<(&'static str, &'static str), PageError> {
    let t = MeetTexts::of(lang);
    Ok(match error {
        LearnError::Field("what") => ("what", t.e_what),
        LearnError::Field("on") => ("on", t.e_on),
        LearnError::Field("begins") => ("begins", t.e_begins),
        LearnError::Field("ends") => ("ends", t.e_ends),
        LearnError::Field("chair") => ("chair", t.e_chair),
        LearnError::Field("expected") => ("expected", t.e_expected),
        LearnError::Field("present_n") => ("present_n", t.e_present),
        LearnError::Field("voting") => ("voting_expected", t.e_voting),
        LearnError::Field("twice") => ("on", t.e_twice),
        LearnError::Field(field @ ("place" | "recorder" | "absent" | "guests" | "agenda" | "decided")) => (field, t.e_long),
        other => super::refusal(LearnTexts::of(lang), other)?,
    })
}

#[derive(Template)]
#[template(path = "learning/meeting.html")]
struct ShowPage {
    shell: Shell,
    t: &'static MeetTexts,
    id: String,
    facts: Vec<Fact>,
    rule: String,
    parts: Vec<(&'static str, String)>,
    withdrawn: String,
    errors: Errors,
}

async fn draw(staff: &Staff, id: String, errors: Errors) -> Result<Page, PageError> {
    let id: MeetingId = id.parse().map_err(|_| PageError::NotFound)?;
    staff
        .read(move |tx, ctx, who| {
            let kept = meeting::find(tx, id)?.ok_or(PageError::NotFound)?;
            keeper(who, kept.held.organisation).ok_or(PageError::NotFound)?;
            let lang = who.visit().lang;
            let t = MeetTexts::of(lang);
            let made = record::of_subject(tx, id.0)?.first().map(|event| event.recorded_at);
            let held = &kept.held;
            let parts = [(t.agenda, &held.agenda), (t.decided, &held.decided), (t.absent, &held.absent), (t.guests, &held.guests)];
            page(&ShowPage {
                shell: who.shell(&held.topic),
                t,
                id: id.to_string(),
                facts: facts(who, ctx, held, made),
                rule: rule(ctx, held.what).map(|rule| ordered(lang, rule)).unwrap_or_default(),
                parts: parts.into_iter().filter(|(_, text)| !text.is_empty()).map(|(title, text)| (title, text.clone())).collect(),
                withdrawn: kept.withdrawn.as_ref().map(|reason| fill(t.withdrawn, &[("reason", reason)])).unwrap_or_default(),
                errors: errors.clone(),
            })
        })
        .await
}

/// How many of how many, with the share; a fact and no more.
fn came(t: &MeetTexts, expected: i64, present: i64) -> String {
    let tenths = if expected > 0 { (present * 1_000 + expected / 2) / expected } else { 0 };
    let share = if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) };
    fill(t.came_of, &[("expected", &expected), ("present", &present), ("share", &share)])
}

fn facts(who: &Signed, ctx: &Ctx, held: &Held, made: Option<base::Time>) -> Vec<Fact> {
    let lang = who.visit().lang;
    let t = MeetTexts::of(lang);
    let times = match (held.begins.as_str(), held.ends.as_str()) {
        (from, "") => from.to_owned(),
        ("", to) => to.to_owned(),
        (from, to) => fill(t.times_of, &[("from", &from), ("to", &to)]),
    };
    let mut facts = vec![
        Fact::new(t.what, what(lang, held.what)),
        Fact::new(t.organisation, who.tree.full_name(held.organisation)),
        Fact::new(t.on, dates::day(lang, held.on, ctx.now)),
    ];
    let words =
        [(t.times, &times), (t.place, &held.place), (t.chair, &held.chair), (t.recorder, &held.recorder), (t.lecturer, &held.lecturer)];
    facts.extend(words.into_iter().filter(|(_, text)| !text.is_empty()).map(|(term, text)| Fact::new(term, text.as_str())));
    facts.push(Fact::new(t.came, came(t, held.expected, held.present)));
    if let Some((expected, present)) = held.voting {
        facts.push(Fact::new(t.voting, came(t, expected, present)));
    }
    // What is written down in another month than it was held is marked as such.
    if let Some(made) = made {
        let moment = dates::moment(lang, made, ctx.now);
        let late = (made.date().year(), made.date().month()) != (held.on.year(), held.on.month());
        facts.push(Fact::new(t.made, if late { fill(t.late, &[("day", &moment)]) } else { moment }));
    }
    facts
}

/// One meeting.
pub(super) async fn show(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    draw(&staff, id, Errors::none()).await
}

/// Take a record back.
pub(super) async fn withdraw(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let lang = staff.lang;
    let meeting: MeetingId = id.parse().map_err(|_| PageError::NotFound)?;
    let reason = fields.value("reason").to_owned();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let organisation = meeting::find(tx, meeting)?.ok_or(LearnError::NotFound)?.held.organisation;
            let proof = keeper(who, organisation).ok_or(LearnError::Denied)?;
            meeting::withdraw(tx, ctx, Authority::Staff(&proof), &who.tree, None, (meeting, &reason))
        })
        .await?;
    match done {
        Ok(()) => Ok(redirect(format!("/learning/meetings/{id}")).done(MeetTexts::of(lang).gone).into_response()),
        Err(error) => {
            let (field, words) = refusal(lang, error)?;
            let mut errors = Errors::none();
            errors.add(field, words);
            Ok(draw(&staff, id, errors).await?.again().into_response())
        }
    }
}
