//! The living gallery at /kit: every component of the kit in every state.

use askama::Template;
use axum::Router;
use axum::response::Html;
use axum::routing::get;

use crate::kit::{Choice, Column, Errors, Fact, Group, Light, Step};
use crate::{HomeTile, Lang, Shell};

crate::texts! {
    /// Words of the gallery.
    pub GalleryTexts;
    title: "组件", "Components";
    hint: "每个组件的每种状态", "Every component in every state";
}

#[derive(Template)]
#[template(path = "kit/gallery.html")]
struct Gallery {
    shell: Shell,
    t: &'static GalleryTexts,
    errors: Errors,
    text: String,
    choices: Vec<Choice>,
    groups: Vec<Group>,
    lights: [Light; 6],
    facts: Vec<Fact>,
    steps: Vec<Step>,
    columns: Vec<Column>,
    tiles: Vec<HomeTile>,
}

/// `/kit`.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/kit", get(show))
}

async fn show() -> Html<String> {
    let page = Gallery {
        shell: Shell::new(Lang::Hans, "组件"),
        t: GalleryTexts::of(Lang::Hans),
        errors: Errors::none(),
        text: String::new(),
        choices: Vec::new(),
        groups: Vec::new(),
        lights: [Light::Blue, Light::Yellow, Light::Red, Light::Over, Light::Done, Light::None],
        facts: Vec::new(),
        steps: Vec::new(),
        columns: Vec::new(),
        tiles: Vec::new(),
    };
    Html(page.render().unwrap_or_default())
}
