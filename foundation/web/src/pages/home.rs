//! The residents' home: what can be done here, one tile for each thing, put there by the modules.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use people::setup;

use crate::shell::HomeTile;
use crate::{App, PageError, Shell, Visit, page, redirect};

crate::texts! {
    /// Words of the home page.
    pub(crate) HomeTexts;
    title: "有事您说", "How can we help?";
    lead: "反映身边的问题，看看办到了哪一步。不用注册。", "Report a problem around you and see how far it has got. No account needed.";
    roles: "换一个角色看看", "See it as somebody else";
}

pub(super) fn routes() -> Router<App> {
    Router::new().route("/", get(show))
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    shell: Shell,
    t: &'static HomeTexts,
    tiles: Vec<HomeTile>,
}

async fn show(visit: Visit) -> Result<Response, PageError> {
    // A store without a district has nothing to offer a resident yet.
    if visit.district.name().is_empty() && visit.read(|tx, _| setup::is_wanted(tx).map_err(PageError::from)).await? {
        return Ok(redirect("/setup").into_response());
    }
    let t = HomeTexts::of(visit.lang);
    let tiles = visit.app.modules().iter().flat_map(|module| (module.home)(visit.lang)).collect();
    Ok(page(&HomePage { shell: visit.shell(t.title), t, tiles })?.into_response())
}
