//! What a page answers when it cannot do what was asked. The words are made at the edge, where the reader's language is known.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use store::StoreError;

use crate::form::FormError;
use crate::kit::Errors;

/// Why a page cannot do what was asked. A handler returns it; [`crate::Server`] turns it into a page, or into a
/// fragment for htmx, in the reader's language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// What a person typed needs another look. A page that has a form shows it again instead of returning this.
    #[error("a form with {} things to set right", .0.len())]
    Invalid(Errors),
    /// Bytes that no page of ours sends.
    #[error("not a form of ours")]
    BadForm,
    /// The request came from another site, or its page is older than the session.
    #[error("sent from another site or from an old page")]
    CrossSite,
    /// The posts of who is signed in do not allow it.
    #[error("not allowed")]
    Forbidden,
    /// There is nothing here, or nothing that may be seen.
    #[error("not found")]
    NotFound,
    /// Somebody else was quicker. The words say what happened meanwhile, in the reader's language.
    #[error("conflict: {0}")]
    Conflict(String),
    /// Too much at once; try again in a moment.
    #[error("busy")]
    Busy,
    /// It was here once.
    #[error("gone")]
    Gone,
    /// Somebody must sign in first; then they come back to this address.
    #[error("sign in first")]
    SignIn(String),
    /// The password is too old: another one is set first.
    #[error("set a new password first")]
    NewPassword,
    /// An administrator without a second factor, where the district asks for one: it is turned on first.
    #[error("turn on two-step verification first")]
    SecondFactor,
    /// More bytes than are taken.
    #[error("too large")]
    TooLarge,
    /// The sender took too long.
    #[error("too slow")]
    TooSlow,
    /// Too many from one address; the seconds until the next one is taken.
    #[error("too many requests, next in {0} s")]
    Limited(u32),
    /// A fault of ours. The cause is for the log; the page shows a number by which it is found there.
    #[error("{0}")]
    Internal(String),
}

impl PageError {
    /// The status that goes with it.
    pub fn status(&self) -> StatusCode {
        match self {
            PageError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            PageError::BadForm => StatusCode::BAD_REQUEST,
            PageError::CrossSite | PageError::Forbidden => StatusCode::FORBIDDEN,
            PageError::NotFound => StatusCode::NOT_FOUND,
            PageError::Conflict(_) => StatusCode::CONFLICT,
            PageError::Busy => StatusCode::SERVICE_UNAVAILABLE,
            PageError::Gone => StatusCode::GONE,
            PageError::SignIn(_) | PageError::NewPassword | PageError::SecondFactor => StatusCode::SEE_OTHER,
            PageError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            PageError::TooSlow => StatusCode::REQUEST_TIMEOUT,
            PageError::Limited(_) => StatusCode::TOO_MANY_REQUESTS,
            PageError::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A fault of ours, with its cause for the log.
    pub fn internal(cause: impl std::fmt::Display) -> PageError {
        PageError::Internal(cause.to_string())
    }
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> PageError {
        match error {
            StoreError::Busy | StoreError::TimedOut | StoreError::Closed | StoreError::Full => PageError::Busy,
            other => PageError::Internal(other.to_string()),
        }
    }
}

impl From<FormError> for PageError {
    fn from(error: FormError) -> PageError {
        match error {
            FormError::TooLong | FormError::TooMany => PageError::TooLarge,
            FormError::NotText | FormError::Twice(_) | FormError::Broken => PageError::BadForm,
        }
    }
}

impl From<people::Denied> for PageError {
    fn from(_: people::Denied) -> PageError {
        PageError::Forbidden
    }
}

impl From<askama::Error> for PageError {
    fn from(error: askama::Error) -> PageError {
        PageError::internal(error)
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
