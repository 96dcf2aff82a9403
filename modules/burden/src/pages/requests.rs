//! What is asked: the list, one demand with its fields, entering and deciding.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::{Ctx, Date, UnitId};
use people::{Level, Tree, TreeKind};
use sheets::{Export, FileKind, Head, Value};
use web::kit::{Choice, Fact};
use web::{Errors, Fields, Lang, Leaving, Page, PageError, Shell, Signed, Staff, dates, fill, page, redirect};

use super::{BurdenTexts, duration, name, rhythm, seen, state, tone};
use crate::decide::{self, DecideError};
use crate::known::{self, Answer};
use crate::model::{Ledger, Request, RequestId, Rhythm, State};
use crate::permissions::{Decide, Register};
use crate::read;
use crate::register::{RegisterError, Registered, may_ask, register};

struct Line {
    href: String,
    title: String,
    sub: String,
    state: &'static str,
    tone: &'static str,
}

#[derive(Template)]
#[template(path = "burden/requests.html")]
struct ListPage {
    shell: Shell,
    t: &'static BurdenTexts,
    unit: String,
    back: String,
    states: Vec<Choice>,
    clear: String,
    lines: Vec<Line>,
    next: String,
    export: String,
    may_enter: bool,
}

/// Lines on a page.
const LINES: usize = 50;

/// What an address asks for, with those that fit, the newest first.
struct Wanted {
    unit: UnitId,
    state: Option<State>,
    found: Vec<Request>,
}

impl Wanted {
    fn of(tx: &mut store::Tx, ctx: &Ctx, who: &Signed, fields: &Fields) -> Result<Wanted, PageError> {
        let unit = unit_asked(who, fields)?;
        let (state, today) = (State::from_code(fields.value("state")), ctx.now.date());
        let bare = |one: &Request| is_open(one, today) && one.document.is_empty() && matches!(one.state, State::Pending | State::Fill);
        let mut found = read::all(tx)?;
        found.retain(|one| {
            read::concerns(&who.tree, one, unit) && state.is_none_or(|state| one.state == state) && (!fields.has("bare") || bare(one))
        });
        Ok(Wanted { unit, state, found })
    }

    /// The same address for another page of it.
    fn href(&self, path: &str, fields: &Fields, from: usize) -> String {
        let mut query = Fields::default();
        query.set("unit", self.unit.to_string());
        if let Some(state) = self.state {
            query.set("state", state.code());
        }
        if fields.has("bare") {
            query.set("bare", "1");
        }
        if from > 0 {
            query.set("after", from.to_string());
        }
        format!("{path}?{}", query.encode())
    }
}

fn is_open(one: &Request, today: Date) -> bool {
    one.ends.is_none_or(|ends| ends > today)
}

/// How it stands, in a word.
pub(super) fn stands(t: &BurdenTexts, one: &Request, today: Date) -> &'static str {
    if is_open(one, today) { state(t, one.state) } else { t.state_ended }
}

/// Who asks, by name.
pub(super) fn asker(tree: &Tree, request: &Request) -> String {
    request.asker.map_or_else(|| request.asker_name.clone(), |unit| name(tree, unit))
}

/// A unit that somebody may ask about, and whether its requests concern who looks.
fn unit_asked(who: &Signed, fields: &Fields) -> Result<UnitId, PageError> {
    let widest = seen(who).ok_or(PageError::Forbidden)?;
    match fields.id::<UnitId>("unit") {
        None => Ok(widest),
        Some(unit) if who.tree.is_within(unit, widest) => Ok(unit),
        Some(_) => Err(PageError::Forbidden),
    }
}

/// The list.
pub(super) async fn list(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let wanted = Wanted::of(tx, ctx, who, &fields)?;
            let (tree, today): (&Tree, Date) = (&who.tree, ctx.now.date());
            let t = BurdenTexts::of(who.visit().lang);
            let from = fields.int("after").and_then(|from| usize::try_from(from).ok()).unwrap_or(0);
            let line = |one: &Request| Line {
                href: format!("/burden/{}", one.id),
                title: one.title.clone(),
                sub: [
                    fill(t.by, &[("who", &asker(tree, one))]),
                    fill(t.of_scope, &[("scope", &name(tree, one.scope))]),
                    rhythm(t, one.rhythm).to_owned(),
                    fill(t.d_load_n, &[("fields", &one.field_names.len()), ("minutes", &one.minutes)]),
                ]
                .join(" · "),
                state: stands(t, one, today),
                tone: if is_open(one, today) { tone(one.state) } else { "" },
            };
            let more = wanted.found.len() > from.saturating_add(LINES);
            page(&ListPage {
                shell: who.shell(t.requests),
                t,
                unit: wanted.unit.to_string(),
                back: format!("/burden?unit={}", wanted.unit),
                states: State::ALL.iter().map(|one| Choice::new(one.code(), state(t, *one)).chosen(wanted.state == Some(*one))).collect(),
                clear: if wanted.state.is_some() || fields.has("bare") {
                    format!("/burden/requests?unit={}", wanted.unit)
                } else {
                    String::new()
                },
                lines: wanted.found.iter().skip(from).take(LINES).map(line).collect(),
                next: if more { wanted.href("/burden/requests", &fields, from + LINES) } else { String::new() },
                export: wanted.href("/burden/requests.xlsx", &fields, 0),
                may_enter: who.has::<Register>().is_some(),
            })
        })
        .await
}

/// The list as a workbook, whole, with the words of the office's papers.
pub(super) async fn workbook(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (bytes, person, leaving) = staff
        .read(move |tx, ctx, who| {
            let wanted = Wanted::of(tx, ctx, who, &fields)?;
            let t = BurdenTexts::of(Lang::Hans);
            let titles = [
                (t.f_title, 36),
                (t.f_asker, 24),
                (t.d_document, 30),
                (t.d_scope, 24),
                (t.d_when, 10),
                (t.col_fields, 10),
                (t.col_answered_fields, 10),
                (t.col_minutes, 10),
                (t.filter_state, 12),
                (t.f_starts, 14),
                (t.f_ends, 14),
            ];
            let heads: Vec<Head> = titles.into_iter().map(|(title, width)| Head::new(title, width)).collect();
            let mut book = Export::new(FileKind::Xlsx, t.requests, None, &heads).map_err(PageError::internal)?;
            let count = |list: &[String]| Value::Int(i64::try_from(list.len()).unwrap_or(i64::MAX));
            for one in &wanted.found {
                let row = [
                    one.title.clone().into(),
                    asker(&who.tree, one).into(),
                    one.document.clone().into(),
                    name(&who.tree, one.scope).into(),
                    rhythm(t, one.rhythm).to_owned().into(),
                    count(&one.field_names),
                    count(&one.known_names),
                    Value::Int(one.minutes),
                    stands(t, one, ctx.now.date()).to_owned().into(),
                    one.starts.into(),
                    one.ends.into(),
                ];
                book.row(&row).map_err(PageError::internal)?;
            }
            let mut bytes = Vec::new();
            book.finish(&mut bytes).map_err(PageError::internal)?;
            let leaving = Leaving { table: "burden.requests", unit: Some(wanted.unit), rows: wanted.found.len(), masked: false };
            Ok::<_, PageError>((bytes, who.person, leaving))
        })
        .await?;
    staff.hand_out(person, leaving).await?;
    super::file(bytes, BurdenTexts::of(Lang::Hans).requests)
}

#[derive(Template)]
#[template(path = "burden/new.html")]
struct NewPage {
    shell: Shell,
    t: &'static BurdenTexts,
    errors: Errors,
    fields: Fields,
    op_key: String,
    askers: Vec<Choice>,
    scopes: Vec<Choice>,
    rhythms: Vec<Choice>,
}

/// The form.
pub(super) async fn form(staff: Staff) -> Result<Page, PageError> {
    draw(&staff, Fields::default(), Errors::none()).await
}

async fn draw(staff: &Staff, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    staff
        .read(move |_, ctx: &Ctx, who| {
            let tree: &Tree = &who.tree;
            let t = BurdenTexts::of(who.visit().lang);
            let proofs: Vec<_> = who.each::<Register>().collect();
            let first = proofs.first().ok_or(PageError::Forbidden)?;
            let own = fields
                .get("asker")
                .map_or_else(|| asks_itself(tree, first.unit()).map(|unit| unit.to_string()).unwrap_or_default(), str::to_owned);
            let askers = tree.all().filter(|unit| {
                !unit.is_closed() && unit.tree() == TreeKind::Admin && !matches!(unit.level, Level::Grid | Level::Community)
            });
            let scopes = tree.all().filter(|unit| {
                !unit.is_closed()
                    && matches!(unit.level, Level::District | Level::Town | Level::Community)
                    && proofs.iter().any(|proof| may_ask(tree, proof, unit.id))
            });
            let mut fields = fields.clone();
            if fields.value("starts").is_empty() {
                fields.set("starts", ctx.now.date().to_string());
            }
            page(&NewPage {
                shell: who.shell(t.new),
                t,
                errors: errors.clone(),
                op_key: fields.get("op_key").map_or_else(|| who.visit().op_key(), str::to_owned),
                askers: askers.map(|unit| Choice::new(unit.id.to_string(), unit.name.clone()).chosen(unit.id.to_string() == own)).collect(),
                scopes: scopes
                    .map(|unit| {
                        Choice::new(unit.id.to_string(), tree.full_name(unit.id)).chosen(fields.chose("scope", &unit.id.to_string()))
                    })
                    .collect(),
                rhythms: Rhythm::ALL
                    .iter()
                    .map(|one| Choice::new(one.code(), rhythm(t, *one)).chosen(fields.chose("rhythm", one.code())))
                    .collect(),
                fields,
            })
        })
        .await
}

/// Those who ask others enter their own demands most often; communities enter those of others.
fn asks_itself(tree: &Tree, unit: UnitId) -> Option<UnitId> {
    matches!(tree.level(unit), Some(Level::District | Level::Town | Level::Department)).then_some(unit)
}

/// Enter a demand.
pub(super) async fn send(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let key = fields.op_key()?;
    let t = BurdenTexts::of(staff.lang);
    let mut errors = Errors::none();
    let day = |name: &str| fields.value(name).trim().parse::<Date>().ok();
    let starts = day("starts");
    if starts.is_none() {
        errors.add("starts", t.e_starts);
    }
    if !fields.value("ends").trim().is_empty() && day("ends").is_none() {
        errors.add("ends", t.e_starts);
    }
    let input = Registered {
        title: fields.text("title"),
        asker: fields.id("asker"),
        asker_name: fields.text("asker_name"),
        document: fields.text("document"),
        scope: fields.id("scope").unwrap_or_default(),
        fields: fields.value("fields").to_owned(),
        minutes: fields.int("minutes").unwrap_or(0),
        rhythm: Rhythm::from_code(fields.value("rhythm")).unwrap_or(Rhythm::Once),
        starts: starts.unwrap_or(Date::MIN),
        ends: day("ends"),
    };
    if !errors.is_empty() {
        return Ok(draw(&staff, fields, errors).await?.again().into_response());
    }
    let done = staff
        .attempt(move |tx, ctx, who| -> Result<RequestId, RegisterError> {
            let proof = who.each::<Register>().find(|proof| may_ask(&who.tree, proof, input.scope)).ok_or(RegisterError::Scope)?;
            Ok(register(tx, ctx, &proof, &who.tree, &key, &input)?.id)
        })
        .await?;
    let (field, words) = match done {
        Ok(id) => return Ok(redirect(format!("/burden/{id}")).done(t.entered).into_response()),
        Err(RegisterError::Title) => ("title", t.e_title),
        Err(RegisterError::Asker) => ("asker", t.e_asker),
        Err(RegisterError::Document) => ("document", t.e_document),
        Err(RegisterError::Fields) => ("fields", t.e_fields),
        Err(RegisterError::Minutes) => ("minutes", t.e_minutes),
        Err(RegisterError::Scope) => ("scope", t.e_scope),
        Err(RegisterError::Ends) => ("ends", t.e_ends),
        Err(RegisterError::Store(error)) => return Err(error.into()),
    };
    errors.add(field, words);
    Ok(draw(&staff, fields, errors).await?.again().into_response())
}

struct FieldRow {
    name: String,
    answer: String,
    href: String,
    known: bool,
}

#[derive(Template)]
#[template(path = "burden/show.html")]
struct ShowPage {
    shell: Shell,
    t: &'static BurdenTexts,
    id: String,
    state: &'static str,
    tone: &'static str,
    facts: Vec<Fact>,
    rows: Vec<FieldRow>,
    known: String,
    year: Vec<Fact>,
    decided: String,
    reason: String,
    errors: Errors,
    typed: String,
    choices: Vec<Choice>,
    may_decide: bool,
    own: bool,
    may_end: bool,
    op_key: String,
}

/// One demand.
pub(super) async fn show(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    draw_one(&staff, id, Fields::default(), Errors::none()).await
}

async fn draw_one(staff: &Staff, id: String, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    let id: RequestId = id.parse().map_err(|_| PageError::NotFound)?;
    staff
        .read(move |tx, ctx, who| {
            let widest = seen(who).ok_or(PageError::Forbidden)?;
            let tree: &Tree = &who.tree;
            let request = read::find(tx, id)?.filter(|one| read::concerns(tree, one, widest)).ok_or(PageError::NotFound)?;
            let lang = who.visit().lang;
            let t = BurdenTexts::of(lang);
            let today = ctx.now.date();
            let open = request.ends.is_none_or(|ends| ends > today);
            let day = |day: Date| dates::day(lang, day, ctx.now);
            let when = fill(t.d_when_n, &[("rhythm", &rhythm(t, request.rhythm)), ("day", &day(request.starts))]);
            let until = request.ends.map(|ends| fill(t.d_until, &[("day", &day(ends))])).unwrap_or_default();
            let asked = read::asked(tree, &request);
            let sums = read::by_community(tree, std::slice::from_ref(&request), widest, today.year(), today);
            let sum = sums.into_values().fold(Ledger::default(), |mut sum, one| {
                sum += one;
                sum
            });
            let line = |load: crate::model::Load| {
                [
                    fill(t.forms_n, &[("n", &super::grouped(load.forms))]),
                    fill(t.fields_n, &[("n", &super::grouped(load.fields))]),
                    duration(t, load.minutes),
                ]
                .join(" · ")
            };
            let choices = [
                (State::Answer, t.decide_answer, t.decide_answer_hint, !request.known_names.is_empty()),
                (State::Fill, t.decide_fill, t.decide_fill_hint, true),
                (State::Refuse, t.decide_refuse, t.decide_refuse_hint, true),
            ];
            let decides = who.has::<Decide>().is_some();
            page(&ShowPage {
                shell: who.shell(&request.title),
                t,
                id: id.to_string(),
                state: if open { state(t, request.state) } else { t.state_ended },
                tone: if open { tone(request.state) } else { "" },
                facts: vec![
                    Fact::new(t.d_asker, asker(tree, &request)),
                    Fact::new(
                        t.d_document,
                        if request.document.is_empty() { t.d_document_none.to_owned() } else { request.document.clone() },
                    ),
                    Fact::new(t.d_scope, fill(t.d_scope_n, &[("unit", &name(tree, request.scope)), ("n", &asked.len())])),
                    Fact::new(t.d_load, fill(t.d_load_n, &[("fields", &request.field_names.len()), ("minutes", &request.minutes)])),
                    Fact::new(t.d_when, format!("{when}{until}")),
                    Fact::new(t.d_by, format!("{} {}", name(tree, request.unit), day(request.created_at.date()))),
                ],
                rows: request.field_names.iter().map(|field| row(t, lang, &request, field)).collect(),
                known: fill(t.d_known, &[("known", &request.known_names.len()), ("n", &request.field_names.len())]),
                year: vec![
                    Fact::new(t.asked, line(sum.asked)),
                    Fact::new(t.answered, line(sum.answered)),
                    Fact::new(t.refused, line(sum.refused)),
                ],
                decided: request
                    .decided_on
                    .map(|on| fill(t.d_decided, &[("day", &day(on)), ("state", &state(t, request.state))]))
                    .unwrap_or_default(),
                reason: request.reason.clone(),
                errors: errors.clone(),
                typed: fields.value("reason").to_owned(),
                choices: choices
                    .into_iter()
                    .filter(|(.., possible)| *possible)
                    .map(|(state, label, hint, _)| Choice::new(state.code(), label).hint(hint).chosen(fields.chose("how", state.code())))
                    .collect(),
                may_decide: decides && open && request.state == State::Pending && request.registered_by != who.person,
                own: decides && open && request.state == State::Pending && request.registered_by == who.person,
                may_end: decides && open && request.state != State::Pending,
                op_key: fields.get("op_key").map_or_else(|| who.visit().op_key(), str::to_owned),
            })
        })
        .await
}

fn row(t: &BurdenTexts, lang: Lang, request: &Request, field: &str) -> FieldRow {
    let known = request.known_names.iter().any(|name| name == field);
    let (answer, href) = match known::answer(field).filter(|_| known) {
        Some(Answer::Measure(id)) => {
            let title = measures::find(id).map(|measure| measure.title(lang.is_chinese())).unwrap_or(id);
            (if lang == Lang::Hant { web::lang::to_hant(title) } else { title.to_owned() }, "/measures".to_owned())
        }
        Some(Answer::Unit) => (t.d_from_unit.to_owned(), String::new()),
        None if known => (t.d_was_known.to_owned(), String::new()),
        None => (t.d_to_fill.to_owned(), String::new()),
    };
    FieldRow { name: field.to_owned(), answer, href, known }
}

/// Decide on a demand.
pub(super) async fn decide(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let key = fields.op_key()?;
    let t = BurdenTexts::of(staff.lang);
    let request: RequestId = id.parse().map_err(|_| PageError::NotFound)?;
    let Some(how) = State::from_code(fields.value("how")).filter(|how| *how != State::Pending) else {
        let mut errors = Errors::none();
        errors.add("how", t.e_how);
        return Ok(draw_one(&staff, id, fields, errors).await?.again().into_response());
    };
    let reason = fields.text("reason");
    let done = staff
        .attempt(move |tx, ctx, who| -> Result<bool, DecideError> {
            let Some(proof) = who.has::<Decide>() else { return Ok(false) };
            decide::decide(tx, ctx, &proof, &key, request, how, &reason)?;
            Ok(true)
        })
        .await?;
    let mut errors = Errors::none();
    match done {
        Ok(true) => return Ok(redirect(format!("/burden/{id}")).done(t.decided).into_response()),
        Ok(false) => return Err(PageError::Forbidden),
        Err(DecideError::Reason) => errors.add("reason", t.e_reason),
        Err(DecideError::NotKnown) => errors.add("how", t.e_not_known),
        Err(DecideError::Own) => return Err(PageError::Conflict(t.e_own.to_owned())),
        Err(DecideError::Already | DecideError::Ended) => return Err(PageError::Conflict(t.e_already.to_owned())),
        Err(DecideError::NotFound) => return Err(PageError::NotFound),
        Err(DecideError::Store(error)) => return Err(error.into()),
    }
    Ok(draw_one(&staff, id, fields, errors).await?.again().into_response())
}

/// End a demand.
pub(super) async fn end(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let key = fields.op_key()?;
    let t = BurdenTexts::of(staff.lang);
    let request: RequestId = id.parse().map_err(|_| PageError::NotFound)?;
    let done = staff
        .attempt(move |tx, ctx, who| -> Result<bool, DecideError> {
            let Some(proof) = who.has::<Decide>() else { return Ok(false) };
            decide::end(tx, ctx, &proof, &key, request)?;
            Ok(true)
        })
        .await?;
    match done {
        Ok(true) => Ok(redirect(format!("/burden/{id}")).done(t.ended).into_response()),
        Ok(false) => Err(PageError::Forbidden),
        Err(DecideError::Ended) => Err(PageError::Conflict(t.state_ended.to_owned())),
        Err(DecideError::Store(error)) => Err(error.into()),
        Err(_) => Err(PageError::NotFound),
    }
}
