//! Answers: a page rendered to a string, and the way on after a form.

use askama::Template;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::PageError;
use crate::shell::{Flash, Tone};

/// A rendered page or fragment.
#[derive(Debug)]
pub struct Page {
    body: String,
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// Render a template. Do it inside the reading job: a page is then one trip to a reader thread.
///
/// # Errors
/// [`PageError::Internal`] when the template fails.
pub fn page(template: &impl Template) -> Result<Page, PageError> {
    Ok(Page { body: template.render()?, status: StatusCode::OK, headers: Vec::new() })
}

impl Page {
    /// The same page with another status: 422 for a form with things to set right.
    #[must_use]
    pub fn status(self, status: StatusCode) -> Page {
        Page { status, ..self }
    }

    /// The page of a form that is shown again.
    #[must_use]
    pub fn again(self) -> Page {
        self.status(StatusCode::UNPROCESSABLE_ENTITY)
    }

    /// With another header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Page {
        self.headers.push((name, value));
        self
    }

    /// A page whose address is a secret (a receipt): no other site learns it, no cache keeps it.
    #[must_use]
    pub fn secret(self) -> Page {
        self.header(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"))
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut response = Response::new(self.body.into());
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.reserve(16);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        for (name, value) in self.headers {
            headers.append(name, value);
        }
        response
    }
}

/// The way on after a form: 303, so that reloading the next page sends nothing again.
#[derive(Debug)]
pub struct Redirect {
    to: String,
    flash: Option<Flash>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// On to a page of ours.
pub fn redirect(to: impl Into<String>) -> Redirect {
    Redirect { to: to.into(), flash: None, headers: Vec::new() }
}

impl Redirect {
    /// Say at the top of the next page what was done.
    #[must_use]
    pub fn done(self, text: impl Into<String>) -> Redirect {
        self.flash(Tone::Success, text)
    }

    /// Say something else at the top of the next page.
    #[must_use]
    pub fn flash(self, tone: Tone, text: impl Into<String>) -> Redirect {
        Redirect { flash: Some(Flash { tone, text: text.into() }), ..self }
    }

    /// With another header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Redirect {
        self.headers.push((name, value));
        self
    }
}

/// A flash on its way to the edge, which puts it in a cookie.
#[derive(Clone)]
pub(crate) struct Carried(pub(crate) Flash);

impl IntoResponse for Redirect {
    fn into_response(self) -> Response {
        let to = if crate::shell::is_local(&self.to) { self.to.as_str() } else { "/" };
        let mut response = StatusCode::SEE_OTHER.into_response();
        let headers = response.headers_mut();
        headers.insert(header::LOCATION, HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/")));
        for (name, value) in self.headers {
            headers.append(name, value);
        }
        if let Some(flash) = self.flash {
            response.extensions_mut().insert(Carried(flash));
        }
        response
    }
}
