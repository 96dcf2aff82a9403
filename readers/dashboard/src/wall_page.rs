//! The wall screen as a page: whole when it comes, then kept up by server-sent events; without scripts it reloads itself.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::UnitId;
use people::Tree;
use store::Tx;
use web::{Fields, Limit, Page, PageError, Shell, Staff, Visit, fill, page};

use crate::link;
use crate::permissions::Show;
use crate::scope::{name, widest};
use crate::stream;
use crate::texts::WallTexts;
use crate::wall::{self, Wall};
use crate::watch;

#[derive(Template)]
#[template(path = "dashboard/wall.html")]
struct WallPage {
    shell: Shell,
    t: &'static WallTexts,
    title: String,
    long: bool,
    wall: Wall,
    live: String,
    build: String,
    leave: String,
}

fn draw(tx: &mut Tx, ctx: &base::Ctx, visit: &Visit, tree: &Tree, unit: UnitId, live: String, leave: String) -> Result<Page, PageError> {
    let t = WallTexts::of(visit.lang);
    let title = fill(t.title, &[("unit", &name(tree, unit))]);
    let wall = wall::look(tx, ctx, visit.app.modules(), tree, unit, visit.lang)?;
    page(&WallPage { shell: visit.shell(&title), t, long: wall::is_long(&title), title, wall, live, build: stream::build(), leave })
}

/// The unit that an address asks for, within what this person may show.
fn asked(who: &web::Signed, fields: &Fields) -> Result<UnitId, PageError> {
    let unit = match fields.id::<UnitId>("unit") {
        Some(unit) => unit,
        None => widest::<Show>(who).ok_or(PageError::Forbidden)?,
    };
    who.tree.get(unit).ok_or(PageError::NotFound)?;
    who.require::<Show>(&who.tree, unit)?;
    if link::has_wall(&who.tree, unit) { Ok(unit) } else { Err(PageError::NotFound) }
}

/// For who is signed in.
pub(crate) async fn show(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let unit = asked(who, &fields)?;
            draw(tx, ctx, who.visit(), &who.tree, unit, format!("/wall/live?unit={unit}"), format!("/board?unit={unit}"))
        })
        .await
}

/// What happens, for who is signed in.
pub(crate) async fn live(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let unit = staff.read(move |_, _, who| asked(who, &fields)).await?;
    let face = (unit, staff.lang);
    let seat = watch::sit(&staff.app, &staff.district, face).ok_or(PageError::Busy)?;
    Ok(stream::answer(seat, face, None))
}

/// For a screen with a link.
pub(crate) async fn show_linked(visit: Visit, Path(secret): Path<String>) -> Result<Response, PageError> {
    visit.limit(Limit::Track)?;
    let v = visit.clone();
    let shown = visit
        .read(move |tx, ctx| {
            let (_, unit) = link::find(tx, &secret)?.ok_or(PageError::NotFound)?;
            let tree = people::tree(tx)?;
            draw(tx, ctx, &v, &tree, unit, format!("/wall/s/{secret}/live"), String::new())
        })
        .await?;
    Ok(shown.secret().into_response())
}

/// What happens, for a screen with a link.
pub(crate) async fn live_linked(visit: Visit, Path(secret): Path<String>) -> Result<Response, PageError> {
    visit.limit(Limit::Track)?;
    let found = visit.read(move |tx, _| link::find(tx, &secret).map_err(PageError::from)).await?;
    let (id, unit) = found.ok_or(PageError::NotFound)?;
    let face = (unit, visit.lang);
    let seat = watch::sit(&visit.app, &visit.district, face).ok_or(PageError::Busy)?;
    Ok(stream::answer(seat, face, Some(id.0)))
}
