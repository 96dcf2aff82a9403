//! `/health`: whether this process can read its store, for whatever watches over it. It tells nothing else.

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use store::StoreError;

use crate::App;
use crate::visit::Visit;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/health", get(health))
}

async fn health(visit: Visit) -> impl IntoResponse {
    let answer = visit.read(|tx, _| record::head(tx).map(|_| ()).map_err(|error: StoreError| error)).await;
    let (status, text) = if answer.is_ok() { (StatusCode::OK, "ok\n") } else { (StatusCode::SERVICE_UNAVAILABLE, "unavailable\n") };
    (status, [(header::CONTENT_TYPE, "text/plain"), (header::CACHE_CONTROL, "no-store")], text)
}
