//! Server-sent events: what a screen is told, as it is told, with a sign of life now and then.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base::Id;
use hyper::body::{Bytes, Frame};

use crate::watch::{Face, Seat};

/// How often a silent stream gives a sign, so that a connection that broke is noticed.
const ALIVE: Duration = Duration::from_secs(15);
/// How long a stream lasts before the screen asks again, and is looked at again: sessions end.
const LASTS: Duration = Duration::from_secs(600);

/// By which a screen knows that the program was changed under it: the version, and the files that the page was drawn with.
pub(crate) fn build() -> String {
    let digest = |name: &str| web::assets::href(name).trim_start_matches("/assets/").to_owned();
    [env!("CARGO_PKG_VERSION").to_owned(), digest("wall.js"), digest("wall.css")].join(" ")
}

/// What is sent next, with what sends the one after it; nothing at the end.
type Next = Pin<Box<dyn Future<Output = Option<(Bytes, Flow)>> + Send>>;

struct Flow {
    seat: Seat,
    face: Face,
    /// The link that lets this screen in, if it is one.
    link: Option<Id>,
    until: tokio::time::Instant,
    sent: Option<Arc<str>>,
    begun: bool,
}

impl Flow {
    async fn next(mut self) -> Option<(Bytes, Flow)> {
        if !self.begun {
            self.begun = true;
            return Some((Bytes::from(first()), self));
        }
        loop {
            let told = Arc::clone(&self.seat.told.borrow_and_update());
            let shut = self.link.is_some_and(|link| told.n > 0 && !told.links.contains(&link) && told.faces.contains_key(&self.face));
            if told.end || shut || tokio::time::Instant::now() >= self.until {
                return None;
            }
            if let Some(face) = told.faces.get(&self.face)
                && self.sent.as_ref() != Some(face)
            {
                self.sent = Some(Arc::clone(face));
                return Some((Bytes::from(format!("id: {}\ndata: {face}\n\n", told.n)), self));
            }
            match tokio::time::timeout(ALIVE, self.seat.told.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return None,
                Err(_) => return Some((Bytes::from_static(b":\n\n"), self)),
            }
        }
    }
}

/// How soon to ask again, with padding past the buffers of old proxies; and which program it is that speaks.
fn first() -> String {
    format!("retry: 3000\n:{}\n\nevent: build\ndata: {}\n\n", " ".repeat(2048), build())
}

struct Stream(Option<Next>);

impl hyper::body::Body for Stream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Some(next) = self.0.as_mut() else { return Poll::Ready(None) };
        match next.as_mut().poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(None) => {
                self.0 = None;
                Poll::Ready(None)
            }
            Poll::Ready(Some((bytes, flow))) => {
                self.0 = Some(Box::pin(flow.next()));
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
        }
    }
}

/// The answer that goes on for as long as the screen listens.
pub(crate) fn answer(seat: Seat, face: Face, link: Option<Id>) -> Response {
    let flow = Flow { seat, face, link, until: tokio::time::Instant::now() + LASTS, sent: None, begun: false };
    let mut response = Body::new(Stream(Some(Box::pin(flow.next())))).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_begins_with_the_program_that_it_comes_from() {
        let first = first();
        let events: Vec<&str> = first.split("\n\n").filter(|event| !event.is_empty()).collect();
        assert_eq!(events.len(), 2, "{first}");
        assert_eq!(events[1], format!("event: build\ndata: {}", build()));
        assert!(build().starts_with(env!("CARGO_PKG_VERSION")) && !build().contains('\n'));
    }
}
