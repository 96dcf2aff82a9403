//! The register's pages: the masked list of a community or grid, one entry, reading it in plain with a
//! reason, putting it right, entering somebody, removing somebody. Terms and bases are in `term`.

mod term;
pub(crate) mod texts;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base::{Id, UnitId};
use people::{Actor, Authority, Level, Tree};
use web::kit::{Choice, Column, Fact};
use web::{App, Errors, Fields, Lang, MenuItem, Page, PageError, Shell, Signed, Staff, dates, fill, page, redirect};

use crate::enter::EnterError;
use crate::keep::{Entry, find};
use crate::model::{Home, Identity, Resident, Traits};
use crate::open::OpenError;
use crate::permissions::{Keep, See};
use crate::read::Which;
use crate::{Basis, Ground, Means, ResidentId, read};
use texts::ResidentTexts;

/// Lines of one page.
const LINES: usize = 50;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/work/residents", get(list))
        .route("/work/residents/new", get(new).post(enter))
        .route("/work/residents/gone", get(term::gone))
        .route("/work/residents/gone/{told}/proof.json", get(term::proof))
        .route("/work/residents/{id}", get(show))
        .route("/work/residents/{id}/open", post(open))
        .route("/work/residents/{id}/change", post(change))
        .route("/work/residents/{id}/remove", get(term::ask_remove).post(term::remove))
        .route("/work/residents/{id}/confirm", post(term::confirm))
        .route("/work/residents/{id}/basis", post(term::note))
        .route("/work/residents/{id}/withdraw", post(term::withdraw))
}

pub(crate) fn menu(actor: &Actor, _: &Tree, lang: Lang) -> Vec<MenuItem> {
    let sees = actor.has::<See>().is_some();
    sees.then(|| MenuItem::new("/work/residents", ResidentTexts::of(lang).menu, "house")).into_iter().collect()
}

/// The communities and grids that somebody's posts let them look into, grids under their communities.
fn places(who: &Signed) -> Vec<UnitId> {
    let mut units = Vec::new();
    for proof in who.each::<See>() {
        for unit in who.tree.subtree(proof.reach()) {
            if matches!(unit.level, Level::Community | Level::Grid) && !unit.is_closed() && !units.contains(&unit.id) {
                units.push(unit.id);
            }
        }
    }
    units
}

/// The community and the grid that a place is.
fn apart(tree: &Tree, place: UnitId) -> Option<(UnitId, Option<UnitId>)> {
    match tree.level(place)? {
        Level::Community => Some((place, None)),
        Level::Grid => Some((tree.parent(place)?.id, Some(place))),
        _ => None,
    }
}

#[derive(Template)]
#[template(path = "residents/list.html")]
struct ListPage {
    shell: Shell,
    t: &'static ResidentTexts,
    places: Vec<Choice>,
    shows: Vec<Choice>,
    q: String,
    count: String,
    /// What is said of terms that end soon, and where they are listed; empty where none does.
    ending: String,
    ending_link: String,
    gone_link: String,
    new_link: String,
    columns: Vec<Column>,
    lines: Vec<(read::Line, String)>,
    next: String,
    keeps: bool,
    searched: bool,
}

async fn list(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let t = ResidentTexts::of(who.visit().lang);
            let places = places(who);
            let first = places.first().copied().ok_or(PageError::Forbidden)?;
            let place = fields.id::<UnitId>("unit").unwrap_or(first);
            if !places.contains(&place) {
                return Err(PageError::NotFound);
            }
            let (community, grid) = apart(&who.tree, place).ok_or(PageError::NotFound)?;
            let q = fields.text("q");
            let after = fields.id::<Id>("after").map(ResidentId);
            let keeps = who.may::<Keep>(&who.tree, community);
            // What is to be done about terms and bases is for who keeps the register.
            let show = Some(fields.value("show")).filter(|show| keeps && matches!(*show, "ending" | "unfounded")).unwrap_or("");
            let which = match (show, crate::term::ending_before(ctx)) {
                ("ending", Some(before)) => Which::Before(before),
                ("unfounded", _) => Which::Unfounded,
                _ => Which::All,
            };
            let mut lines = read::list(tx, ctx, community, grid, &q, which, after, LINES + 1)?;
            let more = lines.len() > LINES;
            lines.truncate(LINES);
            let next = lines
                .last()
                .filter(|_| more)
                .map(|last| format!("/work/residents?unit={place}&q={}&show={show}&after={}", web::shell::percent(&q), last.id));
            let count = read::count(tx, community, grid)?;
            let ending = if keeps && show.is_empty() { crate::ending(tx, ctx, community)? } else { 0 };
            let grid_name =
                |line: &read::Line| line.grid.and_then(|grid| who.tree.get(grid)).map(|grid| grid.name.clone()).unwrap_or_default();
            page(&ListPage {
                shell: who.shell(t.title),
                t,
                places: places.iter().map(|unit| Choice::new(unit.to_string(), who.tree.full_name(*unit)).chosen(*unit == place)).collect(),
                shows: Choice::list([("", t.show_all), ("ending", t.show_ending), ("unfounded", t.show_unfounded)], show),
                count: fill(t.count, &[("n", &count)]),
                ending: if ending > 0 { fill(t.ending, &[("n", &ending)]) } else { String::new() },
                ending_link: format!("/work/residents?unit={community}&show=ending"),
                gone_link: format!("/work/residents/gone?unit={community}"),
                // Whoever keeps two registers enters somebody into the one that they look at.
                new_link: format!("/work/residents/new?community={community}"),
                columns: [t.name, t.sex, t.home, t.grid, t.phone, t.number].map(Column::new).into(),
                lines: lines.into_iter().map(|line| (line.clone(), grid_name(&line))).collect(),
                next: next.unwrap_or_default(),
                keeps,
                searched: !q.is_empty() || !show.is_empty() || after.is_some(),
                q,
            })
        })
        .await
}

/// An entry that whoever is signed in may know of.
fn entry(tx: &mut store::Tx, who: &Signed, id: &str) -> Result<Entry, PageError> {
    let id: Id = id.parse().map_err(|_| PageError::NotFound)?;
    let found = find(tx, ResidentId(id))?.ok_or(PageError::NotFound)?;
    let over = found.grid().unwrap_or(found.community);
    if who.may::<See>(&who.tree, over) { Ok(found) } else { Err(PageError::NotFound) }
}

#[derive(Template)]
#[template(path = "residents/show.html")]
struct ShowPage {
    shell: Shell,
    t: &'static ResidentTexts,
    errors: Errors,
    base: String,
    back: String,
    reason: String,
    facts: Vec<Fact>,
    readings: Vec<(String, String)>,
    /// What was noted of bases, and beside it who did and when.
    bases: Vec<(String, String)>,
    /// Whether there is consent that can be withdrawn.
    consents: bool,
    keeps: bool,
    remove: String,
    grounds: Vec<Choice>,
    means: Vec<Choice>,
    /// The day that stands in the form: what was typed, else today.
    on: String,
    today: String,
}

async fn show(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    draw_show(&staff, id, Fields::default(), Errors::none()).await
}

/// The page of an entry; with what was typed into one of its forms, where that is to be set right.
async fn draw_show(staff: &Staff, id: String, fields: Fields, errors: Errors) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let found = entry(tx, who, &id)?;
            let lang = who.visit().lang;
            let t = ResidentTexts::of(lang);
            let identity: Identity = crate::keep::opened(ctx, crate::model::IDENTITY, &found.sealed.identity)?;
            let line = read::line(ctx, &found, &identity)?;
            let place = who.tree.full_name(found.grid().unwrap_or(found.community));
            let mut facts = vec![Fact::new(t.name, line.name), Fact::new(t.place, place)];
            for (term, text) in [(t.sex, line.sex), (t.home, line.home), (t.phone, line.phone), (t.number, line.number)] {
                if !text.is_empty() {
                    facts.push(Fact::new(term, text));
                }
            }
            facts.extend(term::facts(t, lang, &found, ctx));
            let bases = crate::bases(tx, found.id)?;
            let consents = bases.iter().any(|noted| noted.withdrawn.is_none() && noted.basis.ground != Ground::Duty);
            let bases = bases.iter().map(|noted| term::told(tx, t, lang, noted, ctx.now)).collect::<Result<_, _>>()?;
            let mut readings = Vec::new();
            for reading in crate::readings(tx, found.id)? {
                let name = people::read::name_of(tx, reading.person)?.unwrap_or_default();
                let when = dates::moment(lang, reading.at, ctx.now);
                readings.push((format!("{when} · {} {name}", who.tree.full_name(reading.unit)), reading.reason));
            }
            page(&ShowPage {
                shell: who.shell(t.entry_title),
                t,
                errors: errors.clone(),
                base: format!("/work/residents/{}", found.id),
                back: format!("/work/residents?unit={}", found.grid().unwrap_or(found.community)),
                reason: fields.text("reason"),
                facts,
                readings,
                bases,
                consents,
                grounds: term::grounds(t, &fields),
                means: term::means(t, &fields),
                on: fields.get("on").map_or_else(|| ctx.now.date().to_string(), str::to_owned),
                today: ctx.now.date().to_string(),
                keeps: who.may::<Keep>(&who.tree, found.community),
                remove: format!("/work/residents/{}/remove", found.id),
            })
        })
        .await
}

#[derive(Template)]
#[template(path = "residents/form.html")]
struct FormPage {
    shell: Shell,
    t: &'static ResidentTexts,
    errors: Errors,
    fields: Fields,
    facts: Vec<Fact>,
    action: String,
    back: String,
    remove: String,
    op_key: String,
    community: String,
    /// The community into which somebody new is entered, in words.
    place: String,
    grids: Vec<Choice>,
    sexes: Vec<Choice>,
    grounds: Vec<Choice>,
    means: Vec<Choice>,
    /// The day that stands in the form: what was typed, else today.
    on: String,
    today: String,
    edits: bool,
}

/// The fields of a form and what they say.
const FIELDS: [&str; 14] = [
    "name",
    "number",
    "phone",
    "estate",
    "building",
    "unit",
    "room",
    "head",
    "relation",
    "ethnicity",
    "politics",
    "registered",
    "status",
    "tags",
];

fn said(fields: &Fields) -> Resident {
    let text = |name: &str| fields.text(name);
    Resident {
        home: Home { estate: text("estate"), building: text("building"), unit: text("unit"), room: text("room") },
        identity: Identity {
            name: text("name"),
            sex: text("sex"),
            number: text("number"),
            ethnicity: text("ethnicity"),
            registered: text("registered"),
        },
        phone: text("phone"),
        traits: Traits {
            head: text("head"),
            relation: text("relation"),
            politics: text("politics"),
            status: text("status"),
            tags: text("tags"),
        },
    }
}

/// The basis that a form gives, if it gives one.
fn said_basis(fields: &Fields) -> Result<Option<Basis>, EnterError> {
    if fields.value("ground").is_empty() {
        return Ok(None);
    }
    let ground = Ground::parse(fields.value("ground")).ok_or(EnterError::Basis)?;
    // A duty has no means; what was pressed before it was chosen does not count.
    let means = if ground == Ground::Duty { None } else { Means::parse(fields.value("means")) };
    let on = fields.value("on").parse().map_err(|_| EnterError::Basis)?;
    Ok(Some(Basis { ground, means, on }))
}

fn prefill(plain: &Resident) -> Vec<(&'static str, &str)> {
    let Resident { home, identity, phone, traits } = plain;
    let values = [
        &identity.name,
        &identity.number,
        phone,
        &home.estate,
        &home.building,
        &home.unit,
        &home.room,
        &traits.head,
        &traits.relation,
        &identity.ethnicity,
        &traits.politics,
        &identity.registered,
        &traits.status,
        &traits.tags,
    ];
    FIELDS.into_iter().zip(values.map(String::as_str)).chain([("sex", identity.sex.as_str())]).collect()
}

fn label(t: &ResidentTexts, field: &str) -> &'static str {
    match field {
        "name" => t.name,
        "number" => t.number,
        "phone" => t.phone,
        "estate" => t.estate,
        "building" => t.building,
        "unit" => t.unit,
        "room" => t.room,
        "head" => t.head,
        "relation" => t.relation,
        "ethnicity" => t.ethnicity,
        "politics" => t.politics,
        "registered" => t.registered,
        "status" => t.status,
        "sex" => t.sex,
        _ => t.tags,
    }
}

/// Where a form stands: a new entry of a community, or one that is there.
struct At {
    community: UnitId,
    grid: Option<UnitId>,
    id: Option<ResidentId>,
}

fn form(who: &Signed, at: &At, fields: Fields, errors: Errors, facts: Vec<Fact>) -> Result<Page, PageError> {
    let t = ResidentTexts::of(who.visit().lang);
    let chosen = fields.get("grid").map(str::to_owned).or_else(|| at.grid.map(|grid| grid.to_string())).unwrap_or_default();
    let mut grids = vec![Choice::new("", t.no_grid).chosen(chosen.is_empty())];
    let grid = |unit: &people::Unit| Choice::new(unit.id.to_string(), &unit.name).chosen(unit.id.to_string() == chosen);
    grids.extend(who.tree.children(at.community).map(grid));
    let base = at.id.map(|id| format!("/work/residents/{id}"));
    let today = who.visit().district.env().clock.now().date().to_string();
    let edits = who.may::<Keep>(&who.tree, at.community);
    page(&FormPage {
        shell: who.shell(if at.id.is_some() { t.opened_title } else { t.new }),
        t,
        op_key: fields.get("op_key").map_or_else(|| who.visit().op_key(), str::to_owned),
        errors,
        facts,
        action: base.as_ref().map_or_else(|| "/work/residents/new".into(), |base| format!("{base}/change")),
        back: base.clone().unwrap_or_else(|| format!("/work/residents?unit={}", at.community)),
        remove: base.filter(|_| edits).map(|base| format!("{base}/remove")).unwrap_or_default(),
        community: at.community.to_string(),
        place: if at.id.is_none() { who.tree.full_name(at.community) } else { String::new() },
        grids,
        sexes: Choice::list([("男", t.male), ("女", t.female)], fields.value("sex")),
        grounds: term::grounds(t, &fields),
        means: term::means(t, &fields),
        on: fields.get("on").map_or_else(|| today.clone(), str::to_owned),
        today,
        fields,
        edits,
    })
}

async fn open(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let t = ResidentTexts::of(staff.lang);
    let (asked, reason) = (id.clone(), fields.text("reason"));
    let done = staff.attempt(move |tx, ctx, who| -> Result<Page, Refused> {
        let found = entry(tx, who, &asked)?;
        let plain = crate::open(tx, ctx, who, found.id, &reason)?;
        let place = who.tree.full_name(found.grid().unwrap_or(found.community));
        let mut facts = vec![Fact::new(t.place, place)];
        let filled = prefill(&plain).into_iter().filter(|(_, text)| !text.is_empty());
        facts.extend(filled.map(|(field, text)| Fact::new(label(t, field), text)));
        let fields = Fields::from_pairs(prefill(&plain));
        let at = At { community: found.community, grid: found.grid(), id: Some(found.id) };
        Ok(form(who, &at, fields, Errors::none(), facts)?)
    });
    let mut errors = Errors::none();
    match done.await? {
        Ok(shown) => return Ok(shown.into_response()),
        Err(Refused::Page(error)) => return Err(error),
        Err(Refused::Open(OpenError::Reason)) => errors.add("reason", t.why_missing),
        Err(Refused::Open(OpenError::TooMany)) => errors.add("reason", t.too_many),
        Err(Refused::Open(OpenError::NotFound)) => return Err(PageError::NotFound),
        Err(Refused::Open(OpenError::Store(error))) => return Err(error.into()),
    }
    Ok(draw_show(&staff, id, fields, errors).await?.again().into_response())
}

enum Refused {
    Page(PageError),
    Open(OpenError),
}

impl From<PageError> for Refused {
    fn from(error: PageError) -> Refused {
        Refused::Page(error)
    }
}

impl From<OpenError> for Refused {
    fn from(error: OpenError) -> Refused {
        Refused::Open(error)
    }
}

impl From<store::StoreError> for Refused {
    fn from(error: store::StoreError) -> Refused {
        Refused::Page(error.into())
    }
}

/// The community of a form, which whoever is signed in keeps.
fn kept(who: &Signed, fields: &Fields) -> Result<UnitId, PageError> {
    let own = || who.each::<Keep>().map(|proof| proof.reach()).find(|unit| who.tree.level(*unit) == Some(Level::Community));
    let community = fields.id::<UnitId>("community").or_else(own).ok_or(PageError::Forbidden)?;
    if who.may::<Keep>(&who.tree, community) { Ok(community) } else { Err(PageError::Forbidden) }
}

async fn new(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    staff
        .read(move |_, _, who| {
            let community = kept(who, &fields)?;
            form(who, &At { community, grid: None, id: None }, Fields::default(), Errors::none(), Vec::new())
        })
        .await
}

/// Beside which field an operation's refusal stands.
fn refused(t: &ResidentTexts, lang: Lang, error: EnterError) -> Result<(&'static str, String), PageError> {
    let words = |zh: String, en: String| match lang {
        Lang::Hans => zh,
        Lang::Hant => web::lang::to_hant(&zh),
        Lang::En => en,
    };
    Ok(match error {
        EnterError::Denied => return Err(PageError::Forbidden),
        EnterError::Gone => return Err(PageError::NotFound),
        EnterError::Store(error) => return Err(error.into()),
        EnterError::Place => ("grid", t.error_place.to_owned()),
        EnterError::Known(_) => ("name", t.error_known.to_owned()),
        EnterError::Text => ("name", t.error_text.to_owned()),
        EnterError::Basis => ("ground", t.error_basis.to_owned()),
        EnterError::Child => ("ground", t.error_child.to_owned()),
        EnterError::Number(error) => ("number", words(error.zh(), error.to_string())),
        EnterError::Phone(error) => ("phone", words(error.zh(), error.to_string())),
    })
}

async fn enter(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let key = fields.op_key()?;
    let typed = fields.clone();
    let done = staff.attempt(move |tx, ctx, who| -> Result<UnitId, Stop> {
        let community = kept(who, &fields)?;
        let proof = who.require::<Keep>(&who.tree, community).map_err(|_| PageError::Forbidden)?;
        let (plain, basis) = (said(&fields), said_basis(&fields)?);
        store::once(tx, ctx.now, &key, "residents.enter", who.person.bytes(), |tx| {
            crate::enter(tx, ctx, Authority::Staff(&proof), community, fields.id("grid"), &plain, basis.as_ref()).map(|id| id.0)
        })?;
        Ok(community)
    });
    finish(&staff, done.await?, typed, None).await
}

enum Stop {
    Page(PageError),
    Enter(EnterError),
}

impl From<PageError> for Stop {
    fn from(error: PageError) -> Stop {
        Stop::Page(error)
    }
}

impl From<EnterError> for Stop {
    fn from(error: EnterError) -> Stop {
        Stop::Enter(error)
    }
}

impl From<store::StoreError> for Stop {
    fn from(error: store::StoreError) -> Stop {
        Stop::Page(error.into())
    }
}

/// Back to the list, or the form again with what was typed.
async fn finish(staff: &Staff, done: Result<UnitId, Stop>, fields: Fields, id: Option<ResidentId>) -> Result<Response, PageError> {
    let t = ResidentTexts::of(staff.lang);
    let error = match done {
        Ok(community) => {
            let words = if id.is_some() { t.changed } else { t.entered };
            return Ok(redirect(format!("/work/residents?unit={community}")).done(words).into_response());
        }
        Err(Stop::Page(error)) => return Err(error),
        Err(Stop::Enter(error)) => error,
    };
    let (field, words) = refused(t, staff.lang, error)?;
    let mut errors = Errors::none();
    errors.add(field, words);
    let again = staff.read(move |tx, _, who| {
        let community = match id {
            Some(id) => find(tx, id)?.ok_or(PageError::NotFound)?.community,
            None => kept(who, &fields)?,
        };
        form(who, &At { community, grid: None, id }, fields.clone(), errors.clone(), Vec::new())
    });
    Ok(again.await?.again().into_response())
}

async fn change(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let id = ResidentId(id.parse().map_err(|_| PageError::NotFound)?);
    let typed = fields.clone();
    let done = staff.attempt(move |tx, ctx, who| -> Result<UnitId, Stop> {
        let found = entry(tx, who, &id.to_string())?;
        let proof = who.require::<Keep>(&who.tree, found.community).map_err(|_| PageError::Forbidden)?;
        let basis = said_basis(&fields)?;
        crate::change(tx, ctx, Authority::Staff(&proof), id, fields.id("grid"), &said(&fields), basis.as_ref())?;
        Ok(found.community)
    });
    finish(&staff, done.await?, typed, Some(id)).await
}
