//! Where the system administrator keeps the map of units and the links of screens.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::{Ctx, UnitId};
use people::{Level, Tree};
use store::{StoreError, Tx};
use web::kit::{Choice, Column};
use web::{Errors, Fields, Lang, Limit, Page, PageError, Shell, Signed, Staff, dates, fill, page, redirect};

use crate::geojson;
use crate::link::{self, LinkError, LinkId};
use crate::map::{self, MapError, Matched, Taken};
use crate::permissions::{KeepLinks, KeepMap};
use crate::scope::name;
use crate::texts::KeepTexts;

/// Areas of no unit, and units without an area, that a preview names.
const NAMED: usize = 8;

#[derive(Template)]
#[template(path = "dashboard/keep-map.html")]
struct MapForm {
    shell: Shell,
    t: &'static KeepTexts,
    errors: Errors,
    now: String,
    there: bool,
    /// What can be put back; empty where there is nothing.
    before: String,
    op_key: String,
    undo_key: String,
}

#[derive(Template)]
#[template(path = "dashboard/keep-look.html")]
struct LookPage {
    shell: Shell,
    t: &'static KeepTexts,
    digest: String,
    op_key: String,
    found: Vec<web::kit::Fact>,
    unknown: Vec<String>,
    twice: String,
    shifted: String,
    missing: Vec<(String, String)>,
    usable: bool,
}

/// Upload and state of the map.
pub(crate) async fn map_form(staff: Staff) -> Result<Page, PageError> {
    draw_map(&staff, Errors::none()).await
}

async fn draw_map(staff: &Staff, errors: Errors) -> Result<Page, PageError> {
    staff
        .read(move |tx, _, who| {
            who.has::<KeepMap>().ok_or(PageError::Forbidden)?;
            let t = KeepTexts::of(who.visit().lang);
            let (units, before) = (map::size(tx)?, map::size_before(tx)?);
            page(&MapForm {
                shell: who.shell(t.map_title),
                t,
                errors: errors.clone(),
                now: if units > 0 { fill(t.map_now_units, &[("n", &units)]) } else { t.map_now_none.to_owned() },
                there: units > 0,
                before: if before > 0 { fill(t.map_before, &[("n", &before)]) } else { String::new() },
                op_key: who.visit().op_key(),
                undo_key: who.visit().op_key(),
            })
        })
        .await
}

/// Take the file, keep it among the blobs for a while, and show what it holds.
pub(crate) async fn look(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    staff.limit(Limit::Upload)?;
    // Whether this person may at all, before their file is read.
    staff.read(|_, _, who| who.has::<KeepMap>().map(drop).ok_or(PageError::Forbidden)).await?;
    let t = KeepTexts::of(staff.lang);
    let mut errors = Errors::none();
    let bytes = match fields.files("file").next() {
        None => {
            errors.add("file", t.map_file_missing);
            Vec::new()
        }
        Some(file) => match &file.bytes {
            None => {
                errors.add("file", said(staff.lang, &geojson::GeoError::TooLarge));
                Vec::new()
            }
            Some(bytes) => bytes.to_vec(),
        },
    };
    let read = if errors.is_empty() { Some(parse(bytes.clone()).await?) } else { None };
    let features = match read {
        Some(Ok(features)) => features,
        Some(Err(wrong)) => {
            let all: Vec<String> = wrong.iter().map(|error| said(staff.lang, error)).collect();
            errors.add("file", all.join(if staff.lang.is_chinese() { "；" } else { "; " }));
            Vec::new()
        }
        None => Vec::new(),
    };
    if !errors.is_empty() {
        return Ok(draw_map(&staff, errors).await?.again().into_response());
    }
    let district = staff.district.clone();
    let kept = tokio::task::spawn_blocking(move || district.store().blobs().put(&bytes)).await.map_err(PageError::internal)?;
    let digest = record::hex(&kept.map_err(PageError::internal)?);
    staff.read(move |tx, _, who| preview(tx, who, &map::matched(&who.tree, &features), &digest)).await.map(IntoResponse::into_response)
}

/// Reading a large file takes a while: on a thread where it delays nobody.
async fn parse(bytes: Vec<u8>) -> Result<Result<Vec<geojson::Feature>, Vec<geojson::GeoError>>, PageError> {
    tokio::task::spawn_blocking(move || geojson::read(&bytes)).await.map_err(PageError::internal)
}

fn said(lang: Lang, error: &geojson::GeoError) -> String {
    match lang {
        Lang::Hans => error.zh(),
        Lang::Hant => web::lang::to_hant(&error.zh()),
        Lang::En => {
            let text = error.to_string();
            let mut letters = text.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
    }
}

fn level_word(t: &KeepTexts, level: Level) -> &'static str {
    match level {
        Level::District => t.level_district,
        Level::Town => t.level_town,
        Level::Community => t.level_community,
        _ => t.level_grid,
    }
}

fn preview(tx: &mut Tx, who: &Signed, found: &Matched, digest: &str) -> Result<Page, PageError> {
    let t = KeepTexts::of(who.visit().lang);
    let tree: &Tree = &who.tree;
    let of = |level: Level| found.shapes.keys().filter(|unit| tree.level(**unit) == Some(level)).count();
    let facts = map::LEVELS.iter().map(|level| (level, of(*level))).filter(|(_, n)| *n > 0);
    let more = |list: &mut Vec<String>, all: usize| {
        if all > NAMED {
            list.push(fill(t.preview_more, &[("n", &(all - NAMED))]));
        }
    };
    let line = |area: &map::Unknown| {
        let said = fill(t.preview_unknown_text, &[("n", &area.number), ("code", &area.code), ("name", &area.name)]);
        match area.meant.and_then(|unit| tree.get(unit)) {
            Some(unit) => format!("{}{}", said.trim(), fill(t.preview_meant, &[("unit", &tree.full_name(unit.id)), ("code", &unit.code)])),
            None => said.trim().to_owned(),
        }
    };
    let mut unknown: Vec<String> = found.unknown.iter().take(NAMED).map(line).collect();
    more(&mut unknown, found.unknown.len());
    let missing = found.missing.iter().map(|(level, units)| {
        let mut names: Vec<String> = units.iter().take(NAMED).map(|unit| tree.full_name(*unit)).collect();
        more(&mut names, units.len());
        (fill(t.preview_missing, &[("level", &level_word(t, *level))]), names.join(if who.visit().lang.is_chinese() { "、" } else { ", " }))
    });
    page(&LookPage {
        shell: who.shell(t.preview_title),
        t,
        digest: digest.to_owned(),
        op_key: who.visit().op_key(),
        found: facts.map(|(level, n)| web::kit::Fact::new(level_word(t, *level), fill(t.units_n, &[("n", &n)]))).collect(),
        unknown,
        twice: if found.twice.is_empty() {
            String::new()
        } else {
            fill(t.preview_twice, &[("codes", &found.twice.iter().take(NAMED).cloned().collect::<Vec<_>>().join(" "))])
        },
        shifted: map::shift(tx, &found.shapes)?.map(|metres| fill(t.preview_shifted, &[("n", &metres)])).unwrap_or_default(),
        missing: missing.collect(),
        usable: !found.shapes.is_empty(),
    })
}

/// Put the map that was looked at in the place of the one before.
pub(crate) async fn take(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    staff.read(|_, _, who| who.has::<KeepMap>().map(drop).ok_or(PageError::Forbidden)).await?;
    let key = fields.op_key()?;
    let t = KeepTexts::of(staff.lang);
    let digest = web::photos::parse_digest(fields.value("digest")).ok_or(PageError::BadForm)?;
    let district = staff.district.clone();
    let bytes = tokio::task::spawn_blocking(move || district.store().blobs().get(&digest)).await.map_err(PageError::internal)?;
    let Some(bytes) = bytes.map_err(PageError::internal)? else {
        let mut errors = Errors::none();
        errors.add("file", t.preview_gone);
        return Ok(draw_map(&staff, errors).await?.again().into_response());
    };
    let features = parse(bytes).await?.map_err(|_| PageError::BadForm)?;
    let shapes = staff.read(move |_, _, who| Ok(map::matched(&who.tree, &features).shapes)).await?;
    let done = staff
        .attempt(move |tx, ctx, who| -> Result<Taken, MapError> {
            let Some(proof) = who.has::<KeepMap>() else { return Err(MapError::Nothing) };
            store::once(tx, ctx.now, &key, "dashboard.take_map", who.person.bytes(), |tx| map::take(tx, ctx, &proof, &shapes))
        })
        .await?;
    match done {
        Ok(_) => Ok(redirect("/admin/map").done(t.map_taken).into_response()),
        Err(MapError::Nothing) => {
            let mut errors = Errors::none();
            errors.add("file", t.preview_nothing);
            Ok(draw_map(&staff, errors).await?.again().into_response())
        }
        Err(MapError::Store(error)) => Err(error.into()),
    }
}

/// Take the map away.
pub(crate) async fn remove(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let key = fields.op_key()?;
    let t = KeepTexts::of(staff.lang);
    staff
        .write(move |tx, ctx, who| {
            let proof = who.has::<KeepMap>().ok_or(PageError::Forbidden)?;
            store::once(tx, ctx.now, &key, "dashboard.remove_map", who.person.bytes(), |tx| map::remove(tx, ctx, &proof))
                .map_err(PageError::from)
        })
        .await?;
    Ok(redirect("/admin/map").done(t.map_removed).into_response())
}

/// Put the map before back.
pub(crate) async fn undo(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let key = fields.op_key()?;
    let t = KeepTexts::of(staff.lang);
    staff
        .write(move |tx, ctx, who| {
            let proof = who.has::<KeepMap>().ok_or(PageError::Forbidden)?;
            store::once(tx, ctx.now, &key, "dashboard.restore_map", who.person.bytes(), |tx| map::restore(tx, ctx, &proof))
                .map_err(PageError::from)
        })
        .await?;
    Ok(redirect("/admin/map").done(t.map_undone).into_response())
}

struct LinkRow {
    id: String,
    name: String,
    unit: String,
    since: String,
    open: bool,
}

#[derive(Template)]
#[template(path = "dashboard/keep-links.html")]
struct LinksPage {
    shell: Shell,
    t: &'static KeepTexts,
    errors: Errors,
    fields: Fields,
    op_key: String,
    units: Vec<Choice>,
    made: String,
    columns: Vec<Column>,
    rows: Vec<LinkRow>,
}

/// The links, and the form for another.
pub(crate) async fn links(staff: Staff) -> Result<Page, PageError> {
    draw_links(&staff, Fields::default(), Errors::none(), String::new()).await
}

async fn draw_links(staff: &Staff, fields: Fields, errors: Errors, made: String) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx: &Ctx, who| {
            who.has::<KeepLinks>().ok_or(PageError::Forbidden)?;
            let lang = who.visit().lang;
            let t = KeepTexts::of(lang);
            let unit = |unit: UnitId| name(&who.tree, unit);
            let walls = who.tree.all().filter(|unit| link::has_wall(&who.tree, unit.id));
            let row = |one: link::Link| LinkRow {
                id: one.id.to_string(),
                name: one.name,
                unit: unit(one.unit),
                since: dates::moment(lang, one.made_at, ctx.now),
                open: one.revoked_at.is_none(),
            };
            page(&LinksPage {
                shell: who.shell(t.links_title),
                t,
                errors: errors.clone(),
                op_key: who.visit().op_key(),
                units: walls
                    .map(|unit| Choice::new(unit.id.to_string(), unit.name.clone()).chosen(fields.chose("unit", &unit.id.to_string())))
                    .collect(),
                made: made.clone(),
                columns: [t.col_name, t.col_unit, t.col_since, t.col_state, t.col_do].map(Column::new).into(),
                rows: link::all(tx)?.into_iter().map(row).collect(),
                fields: fields.clone(),
            })
        })
        .await
}

/// Make a link, and show it once.
pub(crate) async fn give(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let key = fields.op_key()?;
    let t = KeepTexts::of(staff.lang);
    let (unit, typed) = (fields.id::<UnitId>("unit").unwrap_or_default(), fields.text("name"));
    let done = staff
        .attempt(move |tx, ctx, who| -> Result<Option<String>, LinkError> {
            let Some(proof) = who.has::<KeepLinks>() else { return Ok(None) };
            link::give(tx, ctx, &proof, &who.tree, &key, unit, &typed)?;
            Ok(Some(link::secret(ctx, &key)))
        })
        .await?;
    let mut errors = Errors::none();
    match done {
        Ok(None) => return Err(PageError::Forbidden),
        Ok(Some(secret)) => {
            let made = staff.link(&format!("/wall/s/{secret}"));
            return Ok(draw_links(&staff, Fields::default(), errors, made).await?.secret().into_response());
        }
        Err(LinkError::Name) => errors.add("name", t.link_name_wrong),
        Err(LinkError::Unit) => errors.add("unit", t.link_unit_wrong),
        Err(LinkError::TooMany) => errors.add("name", t.link_many),
        Err(LinkError::Store(error)) => return Err(error.into()),
    }
    Ok(draw_links(&staff, fields, errors, String::new()).await?.again().into_response())
}

/// Take a link back.
pub(crate) async fn revoke(staff: Staff, Path(id): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let key = fields.op_key()?;
    let id: LinkId = id.parse().map_err(|_| PageError::NotFound)?;
    let t = KeepTexts::of(staff.lang);
    staff
        .write(move |tx, ctx, who| {
            let proof = who.has::<KeepLinks>().ok_or(PageError::Forbidden)?;
            let done: Result<(), StoreError> =
                store::once(tx, ctx.now, &key, "dashboard.revoke_link", who.person.bytes(), |tx| link::revoke(tx, ctx, &proof, id));
            done.map_err(PageError::from)
        })
        .await?;
    Ok(redirect("/admin/walls").done(t.link_revoked).into_response())
}
