//! Setting a test: which paper, who sits it, when and how.

use askama::Template;
use axum::response::{IntoResponse, Response};
use base::{PersonId, Time, UnitId};
use people::Proof;
use web::kit::Choice;
use web::{Errors, Fields, Page, PageError, Shell, Signed, Staff, fill, page, redirect};

use super::papers;
use crate::events::{PaperId, TestId};
use crate::permissions::Organise;
use crate::read::{self, Terms};
use crate::set_test::{self, SetError, Setting, Who, set_test};
use crate::texts::TheoryTexts;

#[derive(Template)]
#[template(path = "theory/set.html")]
struct SetPage {
    shell: Shell,
    t: &'static TheoryTexts,
    errors: Errors,
    fields: Fields,
    papers: Vec<Choice>,
    ways: Vec<Choice>,
    units: Vec<Choice>,
    retakes: Vec<Choice>,
    op_key: String,
}

pub(super) async fn form(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    shown(&staff, fields, Errors::none()).await
}

/// `2026-11-29T09:00`, as a browser's field has it.
fn local(at: Time) -> String {
    at.civil().strftime("%Y-%m-%dT%H:%M").to_string()
}

async fn shown(staff: &Staff, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    let op_key = fields.get("op_key").map_or_else(|| staff.op_key(), str::to_owned);
    staff
        .read(move |tx, ctx, who| {
            who.has::<Organise>().ok_or(PageError::Forbidden)?;
            let t = TheoryTexts::of(who.visit().lang);
            let mut fields = fields.clone();
            if !fields.has("minutes") {
                let next = Time::from_civil(ctx.now.plus(Time::HOUR).civil().date().at(ctx.now.plus(Time::HOUR).civil().hour(), 0, 0, 0));
                for (name, value) in [
                    ("opens", local(next)),
                    ("closes", local(next.plus(2 * Time::HOUR))),
                    ("minutes", "60".to_owned()),
                    ("late", "0".to_owned()),
                    ("early", "0".to_owned()),
                    ("attempts", "1".to_owned()),
                    ("pass", "60".to_owned()),
                    ("second", "0".to_owned()),
                    ("at_once", "1".to_owned()),
                ] {
                    fields.set(name, value);
                }
            }
            let way = fields.get("who").unwrap_or("unit");
            let mut units: Vec<UnitId> = Vec::new();
            for proof in who.each::<Organise>() {
                for unit in
                    who.tree.subtree(proof.reach()).into_iter().filter(|unit| !unit.is_closed() && unit.level != people::Level::Grid)
                {
                    if !units.contains(&unit.id) {
                        units.push(unit.id);
                    }
                }
            }
            let chosen = fields.id::<UnitId>("unit");
            let closed = read::set_by(tx, &super::own_offices(who))?.into_iter().filter(|test| test.state == "closed");
            page(&SetPage {
                shell: who.shell(t.test_new),
                t,
                errors: errors.clone(),
                papers: papers::papers(tx, who)?
                    .into_iter()
                    .map(|paper| Choice::new(paper.id.to_string(), paper.name).chosen(Some(paper.id) == fields.id("paper")))
                    .collect(),
                ways: vec![
                    Choice::new("unit", t.test_unit).chosen(way == "unit"),
                    Choice::new("people", t.test_people).chosen(way == "people"),
                    Choice::new("failed", t.test_retake).chosen(way == "failed"),
                ],
                units: units
                    .iter()
                    .map(|unit| Choice::new(unit.to_string(), who.tree.full_name(*unit)).chosen(Some(*unit) == chosen))
                    .collect(),
                retakes: closed
                    .map(|test| Choice::new(test.id.to_string(), test.name).chosen(Some(test.id) == fields.id("failed")))
                    .collect(),
                op_key: op_key.clone(),
                fields,
            })
        })
        .await
}

fn moment(text: &str) -> Option<Time> {
    text.trim().parse::<jiff::civil::DateTime>().ok().map(Time::from_civil)
}

/// The people of a list, and the names that are nobody's or several people's.
fn named(tx: &mut store::Tx, ctx: &base::Ctx, who: &Signed, typed: &str) -> Result<(Vec<PersonId>, Vec<String>), PageError> {
    let (mut people, mut unknown) = (Vec::new(), Vec::new());
    for name in
        typed.split(['\n', ',', '，', '、', ';', '；']).map(str::trim).filter(|name| !name.is_empty()).take(set_test::MOST_NAMED + 1)
    {
        let mut fitting = Vec::new();
        for person in people::read::find_persons(tx, name)? {
            let units = people::read::units_of(tx, ctx.now, person.id)?;
            if units.iter().any(|unit| who.each::<Organise>().any(|proof| proof.covers(&who.tree, *unit))) {
                fitting.push(person.id);
            }
        }
        match fitting.as_slice() {
            [one] => people.push(*one),
            _ => unknown.push(name.to_owned()),
        }
    }
    Ok((people, unknown))
}

pub(super) async fn send(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let (key, t, sent) = (fields.op_key()?, TheoryTexts::of(staff.lang), fields.clone());
    let mut errors = Errors::none();
    let (paper, opens, closes) = (fields.id::<PaperId>("paper"), moment(fields.value("opens")), moment(fields.value("closes")));
    for (missing, field, words) in
        [(paper.is_none(), "paper", t.wrong_paper), (opens.is_none(), "opens", t.wrong_opens), (closes.is_none(), "closes", t.wrong_closes)]
    {
        if missing {
            errors.add(field, words);
        }
    }
    let (Some(paper), Some(opens), Some(closes)) = (paper, opens, closes) else {
        return Ok(shown(&staff, fields, errors).await?.again().into_response());
    };
    let number = |name: &str| fields.int(name).unwrap_or(-1);
    let terms = Terms {
        minutes: number("minutes"),
        late: number("late"),
        early: number("early"),
        attempts: number("attempts"),
        pass: number("pass"),
        open_book: fields.has("open_book"),
        partial: fields.has("partial"),
        second: number("second"),
        shown_at_once: fields.has("at_once"),
        on_paper: fields.has("on_paper"),
    };
    let typed = fields.clone();
    let chosen = staff
        .read(move |tx, ctx, who| {
            Ok(match typed.value("who") {
                "people" => {
                    let (people, unknown) = named(tx, ctx, who, typed.value("people"))?;
                    if unknown.is_empty() && !people.is_empty() { Ok(Who::People(people)) } else { Err(unknown.join("、")) }
                }
                "failed" => typed.id::<TestId>("failed").map(Who::Failed).ok_or_else(String::new),
                _ => typed.id::<UnitId>("unit").map(Who::Unit).ok_or_else(String::new),
            })
        })
        .await?;
    let chosen = match chosen {
        Ok(chosen) => chosen,
        Err(names) => {
            let names = if names.is_empty() { "–" } else { &names };
            errors.add(if fields.value("who") == "people" { "people" } else { "unit" }, fill(t.wrong_who, &[("names", &names)]));
            return Ok(shown(&staff, fields, errors).await?.again().into_response());
        }
    };
    let done = staff
        .attempt(move |tx, ctx, who| {
            let proof = setter(tx, ctx, who, &chosen)?;
            let setting = Setting { paper, name: sent.value("name").to_owned(), who: chosen.clone(), opens, closes, terms: terms.clone() };
            store::once(tx, ctx.now, &key, "theory.set", who.person.bytes(), |tx| set_test(tx, ctx, &proof, &who.tree, &setting))
        })
        .await?;
    match done {
        Ok(test) => Ok(redirect(format!("/tests/t/{test}/run")).done(t.set).into_response()),
        Err(error) => {
            match error {
                SetError::Store(error) => return Err(error.into()),
                SetError::NotFound => errors.add("paper", t.wrong_paper),
                SetError::Denied => errors.add("unit", t.wrong_denied),
                SetError::Nobody | SetError::NotNow => errors.add("unit", t.wrong_nobody),
                SetError::Field(field) => {
                    let words = match field {
                        "name" => t.wrong_name,
                        "opens" => t.wrong_opens,
                        "closes" => t.wrong_closes,
                        _ => t.wrong_number_field,
                    };
                    errors.add(field, words);
                }
            }
            Ok(shown(&staff, fields, errors).await?.again().into_response())
        }
    }
}

/// The post by which somebody sets it: the one that reaches who sits it.
fn setter(tx: &mut store::Tx, ctx: &base::Ctx, who: &Signed, chosen: &Who) -> Result<Proof<Organise>, SetError> {
    match chosen {
        Who::Unit(unit) => who.require::<Organise>(&who.tree, *unit).map_err(|_| SetError::Denied),
        Who::Failed(test) => {
            let unit = read::test(tx, *test)?.ok_or(SetError::NotFound)?.unit;
            who.each::<Organise>().find(|proof| proof.unit() == unit).ok_or(SetError::Denied)
        }
        Who::People(list) => {
            let mut posts: Vec<Proof<Organise>> = who.each::<Organise>().collect();
            // Somebody of the list whom it does not reach shows that it is another post of theirs.
            for person in list {
                let units = people::read::units_of(tx, ctx.now, *person)?;
                posts.retain(|proof| units.iter().any(|unit| proof.covers(&who.tree, *unit)));
            }
            posts.into_iter().next().ok_or(SetError::Denied)
        }
    }
}
