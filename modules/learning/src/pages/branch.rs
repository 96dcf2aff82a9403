//! The branch's book: its plans, the hours of its members, collective study. For the branch's own secretary.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::rules::{Mark, Rule};
use base::{Ctx, Date, PersonId, UnitId};
use people::{Proof, Role};
use store::{StoreError, Tx};
use web::kit::{Choice, Column, Fact, Light};
use web::{Errors, Fields, Lang, Page, PageError, Shell, Signed, Staff, dates, fill, page, redirect};

use super::home::{DutyRow, Mine, duty};
use super::{Row, Tab, hours_hint, minutes_of, name, person, refusal, tabs};
use crate::collective::{self, Held};
use crate::hours::{self, Asked};
use crate::model::{Occasion, StudyId, hours as hours_of};
use crate::operate::LearnError;
use crate::permissions::Keep;
use crate::plan;
use crate::read;
use crate::texts::LearnTexts;

/// The branch whose book is asked for: the own one, or that of several which an address names.
pub(super) fn keeper(who: &Signed, unit: Option<UnitId>) -> Result<Proof<Keep>, PageError> {
    match unit {
        None => who.has::<Keep>(),
        Some(unit) => who.each::<Keep>().find(|proof| proof.unit() == unit),
    }
    .ok_or(PageError::Forbidden)
}

/// Who belongs to a branch, with the roles that each holds there.
pub(super) fn members(tx: &mut Tx, ctx: &Ctx, branch: UnitId) -> Result<BTreeMap<PersonId, (String, Vec<Role>)>, StoreError> {
    let mut all: BTreeMap<PersonId, (String, Vec<Role>)> = BTreeMap::new();
    for holding in people::read::holders_in(tx, ctx.now, branch)? {
        all.entry(holding.person).or_insert_with(|| (holding.name.clone(), Vec::new())).1.push(holding.role);
    }
    Ok(all)
}

struct MemberRow {
    name: String,
    /// Secretary, committee or member, as far as more is asked of them.
    as_what: &'static str,
    has: String,
    asked: String,
    left: String,
    duties: Vec<DutyRow>,
}

#[derive(Template)]
#[template(path = "learning/branch.html")]
struct BranchPage {
    shell: Shell,
    t: &'static LearnTexts,
    tabs: Vec<Tab>,
    others: Vec<(String, String, bool)>,
    branch: String,
    plans: Vec<Mine>,
    year: String,
    columns: Vec<Column>,
    members: Vec<MemberRow>,
    sources: Vec<String>,
    studies: Vec<Row>,
}

/// The page.
pub(super) async fn show(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let proof = keeper(who, fields.id("unit"))?;
            let branch = proof.unit();
            let lang = who.visit().lang;
            let t = LearnTexts::of(lang);
            let mut plans = Vec::new();
            for one in read::open_plans(tx)?.into_iter().filter(|one| who.tree.is_within(branch, one.target)) {
                let standing = plan::standings(tx, ctx.now, &who.tree, &one)?.into_iter().find(|standing| standing.unit == branch);
                let Some(standing) = standing else { continue };
                let (done, of) = (standing.done(), standing.people.len());
                let over = !standing.is_owed();
                plans.push(Mine {
                    href: format!("/learning/plans/{}", one.id),
                    title: one.title.clone(),
                    sub: fill(t.plan_people, &[("done", &done), ("n", &of)]),
                    light: if over { Light::Done } else { dates::light(one.due_at, ctx.now, ctx.rules().calendar()) },
                    left: if over { t.plan_met.to_owned() } else { dates::left(lang, one.due_at, ctx.now, ctx.rules().calendar()) },
                    done: i64::try_from(done).unwrap_or(0),
                    of: i64::try_from(of).unwrap_or(0),
                });
            }
            let mut rows = Vec::new();
            for (id, (name, _)) in members(tx, ctx, branch)? {
                let hours = hours::of(tx, ctx, id)?;
                rows.push(MemberRow {
                    name,
                    as_what: match hours::asked(tx, ctx.now, id)? {
                        Asked::Secretary(_) => t.as_secretary,
                        Asked::Committee => t.as_committee,
                        Asked::Member | Asked::Nothing => "",
                    },
                    duties: hours.duties.iter().map(|one| duty(lang, one, ctx.now)).collect(),
                    has: hours.has.clone(),
                    asked: hours.asked.map(|asked| asked.to_string()).unwrap_or_default(),
                    left: hours.left().unwrap_or_else(|| "0".to_owned()),
                });
            }
            let mut studies = Vec::new();
            for study in read::studies(tx, branch)? {
                let present = read::present(tx, study.id)?.len();
                studies.push(Row {
                    href: format!("/learning/branch/study/{}", study.id),
                    title: study.topic,
                    sub: [
                        occasion(t, study.occasion).to_owned(),
                        dates::day(lang, study.on, ctx.now),
                        fill(t.study_present_n, &[("n", &present)]),
                    ]
                    .join(" · "),
                    tag: study.withdrawn.map(|_| t.study_back.to_owned()).unwrap_or_default(),
                    tone: "warning",
                    end: fill(t.hours_n, &[("n", &hours_of(study.minutes))]),
                });
            }
            let others: Vec<(String, String, bool)> = who
                .each::<Keep>()
                .map(|other| (format!("/learning/branch?unit={}", other.unit()), name(&who.tree, other.unit()), other.unit() == branch))
                .collect();
            page(&BranchPage {
                shell: who.shell(fill(t.branch_title, &[("unit", &name(&who.tree, branch))])),
                t,
                tabs: tabs(who, "/learning/branch"),
                others: if others.len() > 1 { others } else { Vec::new() },
                branch: branch.to_string(),
                plans,
                year: fill(t.branch_year, &[("y", &ctx.now.date().year())]),
                columns: vec![
                    Column::new(t.branch_member),
                    Column::number(t.branch_hours),
                    Column::number(t.branch_asked),
                    Column::number(t.branch_left),
                    Column::new(t.branch_training),
                ],
                members: rows,
                sources: sources(t, ctx),
                studies,
            })
        })
        .await
}

/// What is asked of whom, with the texts that ask it.
fn sources(t: &LearnTexts, ctx: &Ctx) -> Vec<String> {
    let rule = |id: &str| ctx.rules().rule_on(id, ctx.now.date());
    let mut all = Vec::new();
    if let (Some(secretary), Some(member)) = (rule(hours::SECRETARY), rule(hours::MEMBER)) {
        let from = hours::source(member);
        all.push(fill(t.branch_source, &[("s", &secretary.amount), ("m", &member.amount), ("source", &from)]));
    }
    for (id, words) in [(hours::TRAINING, t.source_training), (hours::ROTATION, t.source_rotation), (hours::INDUCTION, t.source_induction)]
    {
        all.extend(rule(id).map(|rule| fill(words, &[("n", &rule.amount), ("source", &hours::source(rule))])));
    }
    let ids = [hours::SECRETARY, hours::MEMBER, hours::TRAINING, hours::ROTATION, hours::INDUCTION];
    all.extend(unread(t, ids.into_iter().filter_map(rule)));
    all
}

/// That some of these were not read in the text itself, where it is so.
fn unread<'a>(t: &LearnTexts, mut rules: impl Iterator<Item = &'a Rule>) -> Option<String> {
    rules.any(|rule| matches!(rule.mark, Mark::R2 | Mark::M)).then(|| t.sources_second.to_owned())
}

#[derive(Template)]
#[template(path = "learning/study-form.html")]
struct FormPage {
    shell: Shell,
    t: &'static LearnTexts,
    branch: String,
    errors: Errors,
    fields: Fields,
    op_key: String,
    people: Vec<Choice>,
    occasions: Vec<Choice>,
    occasion_hint: String,
    today: String,
    hours_hint: String,
}

/// What an occasion is called.
pub(crate) fn occasion(t: &LearnTexts, occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::Study => t.occasion_study,
        Occasion::ThemeDay => t.occasion_theme_day,
        Occasion::Lecture => t.occasion_lecture,
    }
}

async fn draw_form(staff: &Staff, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let proof = keeper(who, fields.id("unit"))?;
            let t = LearnTexts::of(who.visit().lang);
            let mut fields = fields.clone();
            let today = ctx.now.date().to_string();
            let fresh = !fields.has("topic");
            if fields.value("on").is_empty() && fresh {
                fields.set("on", today.as_str());
            }
            let people = members(tx, ctx, proof.unit())?.into_iter().map(|(id, (name, _))| {
                let id = id.to_string();
                let checked = fresh || fields.chose("present", &id);
                Choice::new(id, name).chosen(checked)
            });
            let chosen = Occasion::from_code(fields.value("occasion")).unwrap_or(Occasion::Study);
            let occasions = Occasion::ALL.iter().map(|one| Choice::new(one.code(), occasion(t, *one)).chosen(*one == chosen)).collect();
            page(&FormPage {
                shell: who.shell(t.study_new),
                t,
                branch: proof.unit().to_string(),
                occasions,
                occasion_hint: ordered(t, who.visit().lang, ctx),
                errors: errors.clone(),
                op_key: fields.get("op_key").map_or_else(|| who.visit().op_key(), str::to_owned),
                people: people.collect(),
                today,
                hours_hint: hours_hint(t, ctx),
                fields,
            })
        })
        .await
}

/// What the rules want of a branch, and where they stand.
fn ordered(t: &LearnTexts, lang: Lang, ctx: &Ctx) -> String {
    let said = |id: &str, words: &str| {
        let rule = ctx.rules().rule_on(id, ctx.now.date())?;
        Some(fill(words, &[("n", &rule.amount), ("source", &hours::source(rule))]))
    };
    let rules = ["party.theme_day", "party.lecture"].into_iter().filter_map(|id| ctx.rules().rule_on(id, ctx.now.date()));
    let all = [said("party.theme_day", t.occasion_hint_theme_day), said("party.lecture", t.occasion_hint_lecture), unread(t, rules)];
    all.into_iter().flatten().collect::<Vec<_>>().join(if lang == Lang::En { " " } else { "" })
}

/// The form for a collective study.
pub(super) async fn form(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    draw_form(&staff, fields, Errors::none()).await
}

/// Write a collective study down.
pub(super) async fn hold(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (key, t) = (fields.op_key()?, LearnTexts::of(staff.lang));
    let sent = fields.clone();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let branch = sent.id("unit").ok_or(LearnError::Denied)?;
            let proof = keeper(who, Some(branch)).map_err(|_| LearnError::Denied)?;
            let held = Held {
                branch,
                occasion: Occasion::from_code(sent.value("occasion")).ok_or(LearnError::Field("occasion"))?,
                on: sent.value("on").trim().parse::<Date>().map_err(|_| LearnError::Field("on"))?,
                minutes: minutes_of(sent.value("hours")).ok_or(LearnError::Field("minutes"))?,
                topic: sent.value("topic").to_owned(),
                minute: sent.value("minute").to_owned(),
                present: sent.all("present").filter_map(|id| id.parse().ok()).collect(),
            };
            collective::hold(tx, ctx, &proof, &who.tree, &key, &held)
        })
        .await?;
    match done {
        Ok(id) => Ok(redirect(format!("/learning/branch/study/{id}")).done(t.study_recorded).into_response()),
        Err(error) => {
            let mut errors = Errors::none();
            match refusal(t, error)? {
                ("minutes", _) => errors.add("hours", t.e_hours),
                (field, words) => errors.add(field, words),
            }
            Ok(draw_form(&staff, fields, errors).await?.again().into_response())
        }
    }
}

#[derive(Template)]
#[template(path = "learning/study.html")]
struct StudyPage {
    shell: Shell,
    t: &'static LearnTexts,
    id: String,
    branch: String,
    facts: Vec<Fact>,
    minute: String,
    withdrawn: String,
    errors: Errors,
}

async fn draw(staff: &Staff, id: String, errors: Errors) -> Result<Page, PageError> {
    let id: StudyId = id.parse().map_err(|_| PageError::NotFound)?;
    staff
        .read(move |tx, ctx, who| {
            let lang = who.visit().lang;
            let t = LearnTexts::of(lang);
            let study = read::study(tx, id)?.ok_or(PageError::NotFound)?;
            keeper(who, Some(study.branch)).map_err(|_| PageError::NotFound)?;
            let mut names = Vec::new();
            for one in read::present(tx, id)? {
                names.push(person(tx, one)?);
            }
            page(&StudyPage {
                shell: who.shell(&study.topic),
                t,
                id: id.to_string(),
                branch: study.branch.to_string(),
                facts: vec![
                    Fact::new(t.occasion, occasion(t, study.occasion)),
                    Fact::new(t.study_on, dates::day(lang, study.on, ctx.now)),
                    Fact::new(t.branch_hours, fill(t.hours_n, &[("n", &hours_of(study.minutes))])),
                    Fact::new(t.study_present, fill(t.study_present_who, &[("n", &names.len()), ("names", &names.join(t.study_comma))])),
                ],
                minute: crate::markdown::html(&study.minute),
                withdrawn: study.withdrawn.map(|reason| fill(t.study_withdrawn, &[("reason", &reason)])).unwrap_or_default(),
                errors: errors.clone(),
            })
        })
        .await
}

/// One collective study.
pub(super) async fn study(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    draw(&staff, id, Errors::none()).await
}

/// Take a record back.
pub(super) async fn withdraw(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let t = LearnTexts::of(staff.lang);
    let study: StudyId = id.parse().map_err(|_| PageError::NotFound)?;
    let reason = fields.value("reason").to_owned();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let branch = read::study(tx, study)?.ok_or(LearnError::NotFound)?.branch;
            let proof = keeper(who, Some(branch)).map_err(|_| LearnError::Denied)?;
            collective::withdraw(tx, ctx, &proof, &who.tree, study, &reason)
        })
        .await?;
    match done {
        Ok(()) => Ok(redirect(format!("/learning/branch/study/{id}")).done(t.study_gone).into_response()),
        Err(error) => {
            let (field, words) = refusal(t, error)?;
            let mut errors = Errors::none();
            errors.add(field, words);
            Ok(draw(&staff, id, errors).await?.again().into_response())
        }
    }
}
