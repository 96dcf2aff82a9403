//! The embedded scripts, style and icons, served under names that hold a digest of their content.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// One embedded file.
struct Asset {
    name: &'static str,
    href: &'static str,
    etag: &'static str,
    mime: &'static str,
    body: &'static [u8],
    br: Option<&'static [u8]>,
    gz: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The address of an embedded file, as `app.css` → `/assets/app.5d0c….css`. A name that is not there
/// (a debug build without `islands/dist`) gives an address that answers 404.
pub fn href(name: &str) -> &'static str {
    FILES.iter().find(|file| file.name == name).map_or("/assets/missing", |file| file.href)
}

/// An embedded text file; empty where it is not there.
pub fn text(name: &str) -> &'static str {
    FILES.iter().find(|file| file.name == name).and_then(|file| std::str::from_utf8(file.body).ok()).unwrap_or_default()
}

/// The icons that are bundled.
const ICONS: &str = include_str!("../../../islands/icons.txt");

/// The names of the bundled icons.
pub fn icons() -> impl Iterator<Item = &'static str> {
    ICONS.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Whether the files are there at all: false only in a debug build made before `./dev assets`.
pub fn present() -> bool {
    !FILES.is_empty()
}

/// `/assets/…`: each file for a year, squeezed the way the browser takes it.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{*path}", get(serve)).route("/favicon.ico", get(favicon))
}

async fn serve(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let Some(file) = FILES.iter().find(|file| file.href.strip_prefix("/assets/") == Some(path.as_str())) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    answer(file, &headers, "public, max-age=31536000, immutable")
}

/// Browsers ask for this address whatever the page says.
async fn favicon(headers: HeaderMap) -> Response {
    match FILES.iter().find(|file| file.name == "mark.svg") {
        Some(file) => answer(file, &headers, "public, max-age=86400"),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn answer(file: &Asset, headers: &HeaderMap, keep: &'static str) -> Response {
    if headers.get(header::IF_NONE_MATCH).is_some_and(|tag| tag.as_bytes() == file.etag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let takes = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or("");
    let takes = |coding: &str| takes.split(',').any(|part| part.split(';').next().is_some_and(|c| c.trim() == coding));
    let (body, coding) = match (file.br, file.gz) {
        (Some(body), _) if takes("br") => (body, Some("br")),
        (_, Some(body)) if takes("gzip") => (body, Some("gzip")),
        _ => (file.body, None),
    };
    let mut response = body.into_response();
    let h = response.headers_mut();
    h.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.mime));
    h.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    h.insert(header::ETAG, HeaderValue::from_static(file.etag));
    h.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    h.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(coding) = coding {
        h.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_served_squeezed_and_kept() {
        let Some(file) = FILES.iter().find(|f| f.name == "app.css") else { return };
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip, br;q=0.9"));
        let path = file.href.trim_start_matches("/assets/").to_owned();
        let response = serve(Path(path.clone()), headers.clone()).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_ENCODING], "br");
        headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static(file.etag));
        assert_eq!(serve(Path(path), headers).await.status(), StatusCode::NOT_MODIFIED);
    }

    #[tokio::test]
    async fn a_guessed_name_is_not_found() {
        assert_eq!(serve(Path("app.css".to_owned()), HeaderMap::new()).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(href("nothing.js"), "/assets/missing");
    }
}
