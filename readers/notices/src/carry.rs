//! The carriers: each speaks one protocol and knows nothing of what it carries.

pub mod smtp;
pub mod webhook;
pub mod wecom;

use web::notice::Failure;
use web::outside::HttpError;

/// What an HTTP peer did, as a failure: what may pass is tried again.
fn refused(error: &HttpError) -> Failure {
    match error {
        HttpError::Plain => Failure::never(error.to_string()),
        HttpError::Status(_) | HttpError::Transport(_) => Failure::again(error.to_string()),
    }
}

/// A status that is not the one hoped for: too many requests and faults of the other side pass, a refusal does not.
fn status(status: u16) -> Failure {
    let why = format!("answered {status}");
    if status == 408 || status == 429 || status >= 500 { Failure::again(why) } else { Failure::never(why) }
}
