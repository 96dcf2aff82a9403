//! Certificates as PDF, for whom they were given to and for who gives them.

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use documents::{Fonts, PdfError};
use web::{PageError, Staff};

use super::{learner, name, person, teacher};
use crate::certificate::{Certificate, document};
use crate::model::{CertificateId, CertificateKind, ClassId, CourseId, hours};
use crate::read;
use crate::texts::LearnTexts;

/// The PDF.
pub(super) async fn pdf(staff: Staff, Path(id): Path<String>) -> Result<Response, PageError> {
    let id: CertificateId = id.parse().map_err(|_| PageError::NotFound)?;
    let certificate = staff
        .read(move |tx, _, who| {
            learner(who)?;
            let given = read::certificate(tx, id)?.ok_or(PageError::NotFound)?;
            let (title, unit, minutes) = match given.kind {
                CertificateKind::Course => {
                    let course = read::course(tx, CourseId(given.of))?.ok_or(PageError::NotFound)?;
                    let minutes = read::minutes_in(tx, given.person, course.id, given.at.date())?;
                    (course.title, course.unit, minutes)
                }
                CertificateKind::Class => {
                    let class = read::class(tx, ClassId(given.of))?.ok_or(PageError::NotFound)?;
                    let days = read::days(tx, class.id)?;
                    let came = read::came(tx, class.id)?;
                    let here = |day: &&read::Day| came.iter().any(|one| one.0 == day.id && one.1 == given.person);
                    let minutes = days.iter().filter(here).map(|day| day.minutes).sum();
                    (class.title, class.unit, minutes)
                }
            };
            if given.person != who.person && teacher(who, unit).is_none() {
                return Err(PageError::NotFound);
            }
            let day = given.at.date();
            Ok(Certificate {
                name: person(tx, given.person)?,
                title,
                kind: given.kind,
                hours: hours(minutes),
                no: given.no,
                unit: name(&who.tree, unit),
                day: format!("{}年{}月{}日", day.year(), day.month(), day.day()),
                date: day.to_string(),
            })
        })
        .await?;
    let folders = staff.app.config().fonts.clone();
    let made = tokio::task::spawn_blocking(move || documents::pdf(&document(&certificate), &Fonts::find(&folders))).await;
    match made.map_err(PageError::internal)? {
        Ok(printed) => {
            let mut response = printed.bytes.into_response();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(documents::PDF));
            headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline; filename=\"certificate.pdf\""));
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            Ok(response)
        }
        Err(PdfError::NoFont(_)) => Err(PageError::Conflict(LearnTexts::of(staff.lang).certificate_no_font.to_owned())),
        Err(error @ PdfError::BadFont { .. }) => Err(PageError::internal(error)),
    }
}
