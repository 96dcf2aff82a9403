//! `multipart/form-data`: texts as in a plain form, files bounded and marked where they are too large.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart, Request};

use super::{Fields, File, FormError, MOST_FIELD_BYTES, MOST_FIELDS, MOST_FILE_BYTES, MOST_FILES, MOST_FORM_BYTES, MOST_UPLOAD_BYTES};
use crate::{App, PageError};

/// Read the parts as they arrive, keeping no more than the bounds allow.
pub(super) async fn read(request: Request, app: &App) -> Result<Fields, PageError> {
    let limited = request.map(|body| Body::new(http_body_util::Limited::new(body, MOST_UPLOAD_BYTES)));
    let work = async {
        let parts = Multipart::from_request(limited, &()).await.map_err(|_| PageError::BadForm)?;
        Ok(collect(parts).await?)
    };
    tokio::time::timeout(app.config().upload_timeout, work).await.map_err(|_| PageError::TooSlow)?
}

async fn collect(mut parts: Multipart) -> Result<Fields, FormError> {
    let mut fields = Fields::default();
    let mut total = 0;
    loop {
        let part = match parts.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => break,
            Err(error) => return Err(refusal(&error)),
        };
        let Some(name) = part.name().map(str::to_owned).filter(|name| name.len() <= 200) else { return Err(FormError::Broken) };
        if name.contains('\0') {
            return Err(FormError::NotText);
        }
        match part.file_name().map(str::to_owned) {
            Some(file_name) => {
                let bytes = gather(part, MOST_FILE_BYTES).await?;
                // A file input left empty sends a part without a name and without bytes.
                if file_name.is_empty() && bytes.as_ref().is_none_or(Vec::is_empty) {
                    continue;
                }
                if fields.files.len() == MOST_FILES {
                    fields.too_many_files = true;
                    continue;
                }
                let shown: String = file_name.chars().filter(|c| !c.is_control()).take(120).collect();
                fields.files.push(File { field: name, name: shown, bytes: bytes.map(Bytes::from) });
            }
            None => {
                if fields.values.len() == MOST_FIELDS {
                    return Err(FormError::TooMany);
                }
                let bytes = gather(part, MOST_FIELD_BYTES).await?.ok_or(FormError::TooLong)?;
                total += bytes.len();
                if total > MOST_FORM_BYTES {
                    return Err(FormError::TooLong);
                }
                fields.values.push((name, super::urlencoded::text(bytes)?));
            }
        }
    }
    super::once_only(&fields.values)?;
    Ok(fields)
}

/// The part's bytes; none where they were more than `most`, then read to their end and thrown away.
pub(crate) async fn gather(mut part: axum::extract::multipart::Field<'_>, most: usize) -> Result<Option<Vec<u8>>, FormError> {
    let mut bytes = Some(Vec::new());
    loop {
        match part.chunk().await {
            Ok(Some(chunk)) => {
                if let Some(held) = &mut bytes {
                    if held.len() + chunk.len() > most {
                        bytes = None;
                    } else {
                        held.extend_from_slice(&chunk);
                    }
                }
            }
            Ok(None) => return Ok(bytes),
            Err(error) => return Err(refusal(&error)),
        }
    }
}

pub(crate) fn refusal(error: &axum::extract::multipart::MultipartError) -> FormError {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE { FormError::TooLong } else { FormError::Broken }
}

/// Parse the bytes as a multipart body with the boundary `x`. All input is there, so that polling by hand ends.
pub(super) fn fuzz(data: &[u8]) {
    let Ok(request) =
        Request::builder().method("POST").header("content-type", "multipart/form-data; boundary=x").body(Body::from(data.to_vec()))
    else {
        return;
    };
    let mut work = std::pin::pin!(async {
        if let Ok(parts) = Multipart::from_request(request, &()).await {
            let _ = collect(parts).await;
        }
    });
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    for _ in 0..data.len() + 64 {
        if work.as_mut().poll(&mut context).is_ready() {
            return;
        }
    }
}
