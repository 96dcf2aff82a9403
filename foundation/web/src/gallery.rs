//! The living gallery at /kit: every component of the kit in every state, and whole pages made of them.
//!
//! It is served in demo districts and to developers. `?lang=` and `?elder=1` show the other faces.

mod sample;

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use serde::Deserialize;

use crate::shell::{Flash, SignedIn, Tone};
use crate::{Lang, MenuItem, PageError, Shell, Visit};

pub use sample::GalleryTexts;
use sample::{Samples, samples};

/// `/kit` and the pages under it.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/kit", get(gallery)).route("/kit/{page}", get(sample_page))
}

/// Which face is looked at.
#[derive(Deserialize, Default)]
struct Face {
    lang: Option<String>,
    elder: Option<String>,
    errors: Option<String>,
}

macro_rules! sample_pages {
    ($($(#[$meta:meta])* $name:ident $path:literal,)+) => {
        $($(#[$meta])*
        #[derive(Template)]
        #[template(path = $path)]
        struct $name {
            shell: Shell,
            t: &'static GalleryTexts,
            #[allow(dead_code, reason = "each page shows some of the samples")]
            s: Samples,
        })+
    };
}

sample_pages! {
    Gallery "kit/gallery.html",
    Home "kit/home.html",
    Question "kit/question.html",
    Place "kit/place.html",
    Sent "kit/sent.html",
    Track "kit/track.html",
    Work "kit/work.html",
    Case "kit/case.html",
    List "kit/list.html",
    Confirm "kit/confirm.html",
}

async fn gallery(visit: Option<Extension<Visit>>, query: Query<Face>) -> Response {
    show("", visit, query.0)
}

async fn sample_page(Path(page): Path<String>, visit: Option<Extension<Visit>>, query: Query<Face>) -> Response {
    show(&page, visit, query.0)
}

/// Real districts do not show it; there is no visit when the gallery runs by itself.
fn show(page: &str, visit: Option<Extension<Visit>>, mut face: Face) -> Response {
    if let Some(Extension(visit)) = visit {
        if !visit.district.demo() && !cfg!(debug_assertions) {
            return PageError::NotFound.into_response();
        }
        face.lang.get_or_insert_with(|| visit.lang.code().to_owned());
        face.elder.get_or_insert_with(|| u8::from(visit.elder).to_string());
    }
    draw(page, &face)
}

fn draw(page: &str, face: &Face) -> Response {
    let lang = face.lang.as_deref().and_then(Lang::parse).unwrap_or_default();
    let elder = face.elder.as_deref() == Some("1");
    let t = GalleryTexts::of(lang);
    // The gallery itself shows its fields also with errors; the page of one question only when asked to.
    let errors = matches!(page, "" | "errors") || face.errors.is_some();
    let s = samples(lang, elder, errors);
    let mut shell = Shell {
        district: t.district.to_owned(),
        path: if page.is_empty() { "/kit".to_owned() } else { format!("/kit/{page}") },
        elder,
        demo: true,
        ..Shell::new(lang, t.title)
    };
    if matches!(page, "work" | "case" | "list" | "confirm") {
        shell.menu = menu(t);
        shell.who = Some(SignedIn { name: t.clerk_name.to_owned(), post: t.clerk.to_owned() });
        shell.csrf = "sample".to_owned();
    }
    if page == "case" {
        shell.flash = Some(Flash { tone: Tone::Success, text: t.done_text.to_owned() });
    }
    let html = match page {
        "" => Gallery { shell, t, s }.render(),
        "home" => Home { shell, t, s }.render(),
        "question" | "errors" => Question { shell, t, s }.render(),
        "place" => Place { shell, t, s }.render(),
        "sent" => Sent { shell, t, s }.render(),
        "track" => Track { shell, t, s }.render(),
        "work" => Work { shell, t, s }.render(),
        "case" => Case { shell, t, s }.render(),
        "list" => List { shell, t, s }.render(),
        "confirm" => Confirm { shell, t, s }.render(),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    match html {
        Ok(html) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        Err(error) => {
            tracing::error!(%error, page, "the gallery does not render");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn menu(t: &GalleryTexts) -> Vec<MenuItem> {
    vec![
        MenuItem::new("/kit/work", t.inbox, "inbox").counted(12),
        MenuItem::new("/kit/desk", t.desk, "send").counted(3),
        MenuItem::new("/kit/review", t.review, "eye"),
        MenuItem::new("/kit/callbacks", t.callbacks, "phone-call"),
        MenuItem::new("/kit/list", t.all_cases, "list"),
        MenuItem::new("/kit/new", t.register, "pencil"),
        MenuItem::new("/kit", t.figures, "chart-column"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every sample page in every language and both sizes: it renders, and holds no inline script or style.
    #[test]
    fn every_page_renders_in_every_face() {
        for lang in Lang::ALL {
            for elder in ["0", "1"] {
                let pages = samples(lang, false, false).samples;
                for page in std::iter::once("").chain(pages.iter().map(|(page, _)| *page)) {
                    let face = Face { lang: Some(lang.code().to_owned()), elder: Some(elder.to_owned()), errors: None };
                    assert_eq!(draw(page, &face).status(), StatusCode::OK, "{page} {lang:?}");
                }
            }
        }
    }

    #[test]
    fn a_page_holds_no_inline_script_or_style() {
        let s = samples(Lang::Hans, false, true);
        let html = Gallery { shell: Shell::new(Lang::Hans, ""), t: GalleryTexts::of(Lang::Hans), s }.render().unwrap();
        assert!(!html.contains(" style=") && !html.contains("<style") && !html.contains("onclick="));
        for script in html.split("<script").skip(1) {
            assert!(script.contains(" src=\"/assets/"), "{script}");
        }
    }
}
