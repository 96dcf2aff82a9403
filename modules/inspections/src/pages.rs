//! The pages of inspections: findings, a visit in two steps, a checklist, a finding with what is done about it.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base::{Ctx, Id, UnitId};
use people::{Actor, Level, Tree};
use store::{StoreError, Tx};
use web::due::{Line, Look};
use web::kit::{Choice, Fact, Light, Photo, Step};
use web::{App, Errors, Fields, Lang, MenuItem, Page, PageError, Shell, Signed, Staff, dates, fill, page, photos, redirect};

use crate::events::{ChecklistId, FindingId, FindingMade, FindingRechecked, FindingRectified};
use crate::inspect::{self, Inspect, InspectError, MOST_LINES, MOST_PHOTOS, Rectify, Visit};
use crate::read::{self, Finding};
use crate::texts::InspectTexts;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/inspections", get(list))
        .route("/inspections/lists/new", get(list_form).post(list_send))
        .route("/inspections/new", get(visit_form).post(visit_send))
        .route("/inspections/f/{id}", get(show))
        .route("/inspections/f/{id}/rectify", axum::routing::post(rectify))
        .route("/inspections/f/{id}/recheck", axum::routing::post(recheck))
        .route("/inspections/f/{id}/photo/{digest}", get(photo))
}

pub(crate) fn menu(actor: &Actor, _: &Tree, lang: Lang) -> Vec<MenuItem> {
    if actor.has::<Inspect>().is_none() && actor.has::<Rectify>().is_none() {
        return Vec::new();
    }
    vec![MenuItem::new("/inspections", InspectTexts::of(lang).menu, "eye")]
}

/// Findings as lines of lists that other pages draw.
pub(crate) fn lines(tx: &mut Tx, ctx: &Ctx, look: &Look<'_>, ids: &[Id]) -> Result<Vec<(Id, Line)>, StoreError> {
    let mut found = Vec::new();
    let Some(actor) = look.actor else { return Ok(found) };
    for id in ids {
        if let Some(finding) = read::finding(tx, FindingId(*id))?.filter(|finding| read::may_see(actor, look.tree, finding.unit)) {
            let t = InspectTexts::of(look.lang);
            let (light, left) = light(t, look.lang, &finding, ctx);
            let sub = fill(t.sub, &[("unit", &look.tree.full_name(finding.unit)), ("on", &finding.on)]);
            found.push((*id, Line { href: format!("/inspections/f/{}", finding.id), title: finding.item, sub, light, left }));
        }
    }
    Ok(found)
}

fn light(t: &InspectTexts, lang: Lang, finding: &Finding, ctx: &Ctx) -> (Light, String) {
    match finding.state.as_str() {
        "closed" => (Light::Done, t.state_closed.to_owned()),
        "rectified" => (Light::Blue, t.state_rectified.to_owned()),
        _ => {
            let calendar = ctx.rules().calendar();
            (dates::light(finding.due, ctx.now, calendar), dates::left(lang, finding.due, ctx.now, calendar))
        }
    }
}

fn state(t: &InspectTexts, finding: &Finding) -> &'static str {
    match finding.state.as_str() {
        "closed" => t.state_closed,
        "rectified" => t.state_rectified,
        _ => t.state_open,
    }
}

struct Row {
    href: String,
    light: Light,
    left: String,
    title: String,
    state: &'static str,
    sub: String,
}

#[derive(Template)]
#[template(path = "inspections/list.html")]
struct ListPage {
    shell: Shell,
    t: &'static InspectTexts,
    inspects: bool,
    rows: Vec<Row>,
}

async fn list(staff: Staff) -> Result<Page, PageError> {
    staff
        .read(|tx, ctx, who| {
            let inspects = who.has::<Inspect>().is_some();
            if !inspects && who.has::<Rectify>().is_none() {
                return Err(PageError::Forbidden);
            }
            let lang = who.visit().lang;
            let t = InspectTexts::of(lang);
            let row = |finding: Finding| {
                let (light, left) = light(t, lang, &finding, ctx);
                Row {
                    href: format!("/inspections/f/{}", finding.id),
                    light,
                    left,
                    state: state(t, &finding),
                    sub: fill(t.sub, &[("unit", &who.tree.full_name(finding.unit)), ("on", &finding.on)]),
                    title: finding.item,
                }
            };
            let rows = read::findings(tx, who, &who.tree)?.into_iter().map(row).collect();
            page(&ListPage { shell: who.shell(t.title), t, inspects, rows })
        })
        .await
}

/// A refusal as a message beside a field, or as a page.
fn refuse(t: &InspectTexts, error: InspectError) -> Result<Errors, PageError> {
    let mut errors = Errors::none();
    match error {
        InspectError::NotFound => return Err(PageError::NotFound),
        InspectError::Denied => return Err(PageError::Forbidden),
        InspectError::Store(error) => return Err(error.into()),
        InspectError::NotNow => errors.add("text", t.wrong_now),
        InspectError::Field(field) => {
            let words = match field {
                "name" => t.wrong_name,
                "lines" => t.wrong_lines,
                "on" => t.wrong_on,
                _ => t.wrong_note,
            };
            errors.add(field, words);
        }
    }
    Ok(errors)
}

#[derive(Template)]
#[template(path = "inspections/checklist.html")]
struct ChecklistPage {
    shell: Shell,
    t: &'static InspectTexts,
    errors: Errors,
    fields: Fields,
    op_key: String,
}

async fn list_form(staff: Staff) -> Result<Page, PageError> {
    list_shown(&staff, Fields::default(), Errors::none()).await
}

async fn list_shown(staff: &Staff, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    let op_key = fields.get("op_key").map_or_else(|| staff.op_key(), str::to_owned);
    staff
        .read(move |_, _, who| {
            who.has::<Inspect>().ok_or(PageError::Forbidden)?;
            let t = InspectTexts::of(who.visit().lang);
            page(&ChecklistPage {
                shell: who.shell(t.list_title),
                t,
                errors: errors.clone(),
                fields: fields.clone(),
                op_key: op_key.clone(),
            })
        })
        .await
}

async fn list_send(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (key, t, sent) = (fields.op_key()?, InspectTexts::of(staff.lang), fields.clone());
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = who.has::<Inspect>().ok_or(InspectError::Denied)?;
            store::once(tx, ctx.now, &key, "inspections.checklist", who.person.bytes(), |tx| {
                inspect::enter_checklist(tx, ctx, &proof, sent.value("name"), sent.value("lines"))
            })
        })
        .await?;
    match done {
        Ok(_) => Ok(redirect("/inspections/new").done(t.list_saved).into_response()),
        Err(error) => {
            let errors = refuse(t, error)?;
            Ok(list_shown(&staff, fields, errors).await?.again().into_response())
        }
    }
}

#[derive(Template)]
#[template(path = "inspections/visit.html")]
struct VisitPage {
    shell: Shell,
    t: &'static InspectTexts,
    errors: Errors,
    fields: Fields,
    lists: Vec<Choice>,
    units: Vec<Choice>,
    /// The lines of the list that was chosen; none on the first page.
    lines: Vec<(String, String, String)>,
    heading: String,
    op_key: String,
}

async fn visit_form(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    visit_shown(&staff, fields, Errors::none()).await
}

async fn visit_shown(staff: &Staff, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    let op_key = fields.get("op_key").map_or_else(|| staff.op_key(), str::to_owned);
    staff
        .read(move |tx, ctx, who| {
            let proof = who.has::<Inspect>().ok_or(PageError::Forbidden)?;
            let t = InspectTexts::of(who.visit().lang);
            let mut fields = fields.clone();
            if !fields.has("on") {
                fields.set("on", ctx.now.date().to_string());
            }
            let lists = read::checklists(tx)?;
            let unit = fields.id::<UnitId>("unit").filter(|unit| who.tree.is_within(*unit, proof.reach()));
            let chosen = lists.iter().find(|list| Some(list.id) == fields.id::<ChecklistId>("list")).filter(|_| unit.is_some());
            let lines = chosen.map(|list| {
                let line =
                    |(n, line): (usize, &String)| (format!("finding{n}"), line.clone(), fields.value(&format!("finding{n}")).to_owned());
                list.lines.iter().enumerate().map(line).collect()
            });
            let heading = unit.map(|unit| fill(t.lines_title, &[("unit", &who.tree.full_name(unit))])).unwrap_or_default();
            let visited = |level: Level| matches!(level, Level::Town | Level::Community | Level::Department | Level::Branch);
            let units = who.tree.subtree(proof.reach()).into_iter().filter(|one| !one.is_closed() && visited(one.level));
            page(&VisitPage {
                shell: who.shell(t.choose_title),
                t,
                errors: errors.clone(),
                lists: lists
                    .iter()
                    .map(|list| Choice::new(list.id.to_string(), list.name.clone()).chosen(Some(list.id) == fields.id("list")))
                    .collect(),
                units: units
                    .filter(|one| !who.tree.is_within(one.id, proof.unit()))
                    .map(|one| Choice::new(one.id.to_string(), who.tree.full_name(one.id)).chosen(Some(one.id) == unit))
                    .collect(),
                lines: lines.unwrap_or_default(),
                heading,
                op_key: op_key.clone(),
                fields,
            })
        })
        .await
}

async fn visit_send(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (key, t, sent) = (fields.op_key()?, InspectTexts::of(staff.lang), fields.clone());
    let mut errors = Errors::none();
    let (list, unit) = (fields.id::<ChecklistId>("list"), fields.id::<UnitId>("unit"));
    if unit.is_none() {
        errors.add("unit", t.wrong_unit);
    }
    let on = fields.value("on").parse::<base::Date>().ok();
    if on.is_none() {
        errors.add("on", t.wrong_on);
    }
    let (Some(list), Some(unit), Some(on)) = (list, unit, on) else {
        return Ok(visit_shown(&staff, fields, errors).await?.again().into_response());
    };
    if !fields.has("lines") {
        return Ok(visit_shown(&staff, fields, errors).await?.into_response());
    }
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = who.require::<Inspect>(&who.tree, unit)?;
            let found = (0..MOST_LINES).map(|n| (n, sent.text(&format!("finding{n}")))).filter(|(_, words)| !words.is_empty());
            let visit = Visit { checklist: list, unit, on, note: sent.text("note"), findings: found.collect() };
            store::once(tx, ctx.now, &key, "inspections.visit", who.person.bytes(), |tx| inspect::inspect(tx, ctx, &proof, &visit))
        })
        .await?;
    match done {
        Ok(_) => Ok(redirect("/inspections").done(t.saved).into_response()),
        Err(error) => {
            let errors = refuse(t, error)?;
            Ok(visit_shown(&staff, fields, errors).await?.again().into_response())
        }
    }
}

#[derive(Template)]
#[template(path = "inspections/finding.html")]
struct FindingPage {
    shell: Shell,
    t: &'static InspectTexts,
    errors: Errors,
    light: Light,
    left: String,
    facts: Vec<Fact>,
    text: String,
    steps: Vec<Step>,
    rectifies: bool,
    rechecks: bool,
    choices: Vec<Choice>,
    typed: String,
    id: String,
    v: i64,
    op_key: String,
}

async fn show(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    shown(&staff, &id, Fields::default(), Errors::none()).await
}

/// A finding that this person may see.
fn seen(tx: &mut Tx, who: &Signed, id: FindingId) -> Result<Finding, PageError> {
    read::finding(tx, id)?.filter(|finding| read::may_see(who, &who.tree, finding.unit)).ok_or(PageError::NotFound)
}

async fn shown(staff: &Staff, id: &str, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    let id: FindingId = id.parse().map_err(|_| PageError::NotFound)?;
    let op_key = fields.get("op_key").map_or_else(|| staff.op_key(), str::to_owned);
    staff
        .read(move |tx, ctx, who| {
            let finding = seen(tx, who, id)?;
            let lang = who.visit().lang;
            let t = InspectTexts::of(lang);
            let mut steps = Vec::new();
            for (event, words, evidence) in read::steps(tx, id)? {
                let title = match event.kind.as_str() {
                    "FindingRectified" => match event.facts::<FindingRectified>() {
                        Ok(facts) if !facts.in_time => t.step_rectified_late,
                        _ => t.step_rectified,
                    },
                    "FindingRechecked" => match event.facts::<FindingRechecked>() {
                        Ok(facts) if facts.pass => t.step_passed,
                        _ => t.step_returned,
                    },
                    _ if event.is::<FindingMade>() => t.step_made,
                    _ => continue,
                };
                let photos = evidence.iter().map(|digest| {
                    let full = format!("/inspections/f/{id}/photo/{}", record::hex(digest));
                    Photo { thumb: full.clone(), full, alt: t.photo.to_owned() }
                });
                let mut step = Step::new(title, dates::moment(lang, event.occurred_at, ctx.now)).text(words);
                step.photos = photos.collect();
                steps.push(step);
            }
            let (light, left) = light(t, lang, &finding, ctx);
            let own = who.each::<Rectify>().any(|proof| proof.unit() == finding.unit);
            let rechecks =
                who.require::<Inspect>(&who.tree, finding.unit).is_ok_and(|proof| !who.tree.is_within(finding.unit, proof.unit()));
            let chosen = fields.value("pass");
            page(&FindingPage {
                shell: who.shell(t.finding),
                t,
                errors: errors.clone(),
                light,
                left,
                facts: vec![
                    Fact::new(t.fact_unit, who.tree.full_name(finding.unit)),
                    Fact::new(t.fact_item, finding.item.clone()),
                    Fact::new(t.fact_on, finding.on.clone()),
                    Fact::new(t.fact_due, dates::by(lang, finding.due, ctx.now)),
                    Fact::new(t.fact_state, state(t, &finding)),
                ],
                steps,
                rectifies: own && finding.state == "open",
                rechecks: rechecks && finding.state == "rectified",
                choices: vec![
                    Choice::new("1", t.recheck_pass).chosen(chosen == "1"),
                    Choice::new("0", t.recheck_return).chosen(chosen == "0"),
                ],
                typed: fields.value("text").to_owned(),
                id: id.to_string(),
                v: finding.v,
                text: finding.text,
                op_key: op_key.clone(),
            })
        })
        .await
}

async fn rectify(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (key, t) = (fields.op_key()?, InspectTexts::of(staff.lang));
    let finding: FindingId = id.parse().map_err(|_| PageError::NotFound)?;
    let mut errors = Errors::none();
    // Nobody's photos are looked at before it is known that they may put it right.
    staff
        .read(move |tx, _, who| {
            let at = read::finding(tx, finding)?.ok_or(PageError::NotFound)?;
            if who.each::<Rectify>().any(|proof| proof.unit() == at.unit) { Ok(()) } else { Err(PageError::Forbidden) }
        })
        .await?;
    let (taken, refused) = photos::take_each(staff.visit(), &fields, "photo", MOST_PHOTOS).await?;
    let refused: Vec<String> = refused.iter().filter_map(|error| error.words(staff.lang)).collect();
    if !refused.is_empty() {
        errors.add("photo", refused.join("；"));
        return Ok(shown(&staff, &id, fields, errors).await?.again().into_response());
    }
    let sent = fields.clone();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let at = read::finding(tx, finding)?.ok_or(InspectError::NotFound)?;
            let proof = who.each::<Rectify>().find(|proof| proof.unit() == at.unit).ok_or(InspectError::Denied)?;
            let digests: Vec<[u8; 32]> = taken.iter().map(|photo| photo.digest).collect();
            store::once(tx, ctx.now, &key, "inspections.rectify", who.person.bytes(), |tx| {
                inspect::rectify(tx, ctx, &proof, finding, sent.int("v").unwrap_or(0), sent.value("text"), &digests)?;
                for photo in &taken {
                    photos::keep(tx, photo, finding.0)?;
                }
                Ok::<_, InspectError>(())
            })
        })
        .await?;
    answer(&staff, id, fields, done, t.rectified).await
}

async fn recheck(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let (key, t) = (fields.op_key()?, InspectTexts::of(staff.lang));
    let finding: FindingId = id.parse().map_err(|_| PageError::NotFound)?;
    if !fields.chose("pass", "1") && !fields.chose("pass", "0") {
        let mut errors = Errors::none();
        errors.add("pass", t.choose);
        return Ok(shown(&staff, &id, fields, errors).await?.again().into_response());
    }
    let sent = fields.clone();
    let done = staff
        .attempt(move |tx, ctx, who| {
            let at = read::finding(tx, finding)?.ok_or(InspectError::NotFound)?;
            let proof = who.require::<Inspect>(&who.tree, at.unit)?;
            store::once(tx, ctx.now, &key, "inspections.recheck", who.person.bytes(), |tx| {
                inspect::recheck(tx, ctx, &proof, finding, sent.int("v").unwrap_or(0), sent.chose("pass", "1"), sent.value("text"))
            })
        })
        .await?;
    answer(&staff, id, fields, done, t.rechecked).await
}

async fn answer(staff: &Staff, id: String, fields: Fields, done: Result<(), InspectError>, words: &str) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(redirect(format!("/inspections/f/{id}")).done(words).into_response()),
        Err(error) => {
            let errors = refuse(InspectTexts::of(staff.lang), error)?;
            Ok(shown(staff, &id, fields, errors).await?.again().into_response())
        }
    }
}

async fn photo(staff: Staff, Path((id, digest)): Path<(String, String)>) -> Result<Response, PageError> {
    let id: FindingId = id.parse().map_err(|_| PageError::NotFound)?;
    let wanted = photos::parse_digest(&digest).ok_or(PageError::NotFound)?;
    staff
        .read(move |tx, _, who| {
            seen(tx, who, id)?;
            let known = read::steps(tx, id)?.into_iter().any(|(_, _, evidence)| evidence.contains(&wanted));
            known.then_some(()).ok_or(PageError::NotFound)
        })
        .await?;
    photos::serve(&staff.district, wanted).await
}
