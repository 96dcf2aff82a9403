//! The roster of a class as a workbook, for who runs it: who has a seat or waits, who came when, hours, certificates.

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base::{PersonId, Time};
use sheets::{Export, FileKind, Head, Value};
use store::Tx;
use web::{Leaving, PageError, Staff, fill};

use super::{learner, person, teacher};
use crate::model::{ClassId, LeaveState, SeatState};
use crate::read;
use crate::texts::LearnTexts;

/// What stands for one person on one day.
fn cell(t: &LearnTexts, here: bool, leave: Option<LeaveState>, over: bool) -> &'static str {
    match (here, leave) {
        (true, _) => t.day_present,
        (false, Some(LeaveState::Asked)) => t.leave_state_asked,
        (false, Some(LeaveState::Granted)) => t.leave_state_granted,
        (false, _) if over => t.day_absent,
        (false, Some(LeaveState::Denied)) => t.leave_state_denied,
        (false, None) => "",
    }
}

/// The units of somebody, by name.
fn units(tx: &mut Tx, now: Time, tree: &people::Tree, id: PersonId, comma: &str) -> Result<String, PageError> {
    let units = people::read::units_of(tx, now, id)?;
    Ok(units.into_iter().map(|unit| tree.full_name(unit)).collect::<Vec<_>>().join(comma))
}

/// The workbook.
pub(super) async fn workbook(staff: Staff, Path(id): Path<String>) -> Result<Response, PageError> {
    let id: ClassId = id.parse().map_err(|_| PageError::NotFound)?;
    let (bytes, title, by, leaving) = staff
        .read(move |tx, ctx, who| {
            learner(who)?;
            let t = LearnTexts::of(who.visit().lang);
            let class = read::class(tx, id)?.ok_or(PageError::NotFound)?;
            teacher(who, class.unit).ok_or(PageError::Forbidden)?;
            let (days, leaves, came) = (read::days(tx, id)?, read::leaves(tx, id)?, read::came(tx, id)?);
            let title = fill(t.roster_title, &[("title", &class.title)]);
            let mut heads =
                vec![Head::new(t.roster_n, 8), Head::new(t.branch_member, 14), Head::new(t.roster_units, 40), Head::new(t.class_seats, 12)];
            heads.extend((1..).zip(&days).map(|(n, day)| Head::new(format!("{} {}", fill(t.day_n, &[("n", &n)]), day.starts.date()), 20)));
            heads.extend([Head::new(t.roster_days, 12), Head::new(t.roster_hours, 10), Head::new(t.roster_certificate, 18)]);
            let mut book = Export::new(FileKind::Xlsx, t.roster, Some(&title), &heads).map_err(PageError::internal)?;
            let seats = read::seats(tx, id)?.into_iter().filter(|seat| seat.state != SeatState::Left);
            let (seated, waiting): (Vec<_>, Vec<_>) = seats.partition(|seat| seat.state == SeatState::In);
            let rows = seated.len() + waiting.len();
            for (n, seat) in (1_i64..).zip(seated.into_iter().chain(waiting)) {
                let has_seat = seat.state == SeatState::In;
                let is_here = |day: &read::Day| came.iter().any(|one| one.0 == day.id && one.1 == seat.person);
                let given = read::certificates(tx, seat.person)?.into_iter().find(|given| given.of == id.0);
                let mut row: Vec<Value<'_>> = vec![
                    n.into(),
                    person(tx, seat.person)?.into(),
                    units(tx, ctx.now, &who.tree, seat.person, t.study_comma)?.into(),
                    (if has_seat { t.seat_in } else { t.roster_waiting }).into(),
                ];
                for day in &days {
                    let leave = leaves.iter().find(|one| one.day == day.id && one.person == seat.person).map(|one| one.state);
                    row.push(cell(t, is_here(day), leave, has_seat && ctx.now > day.ends).into());
                }
                let here: Vec<&read::Day> = days.iter().filter(|day| is_here(day)).collect();
                let minutes: i64 = here.iter().map(|day| day.minutes).sum();
                #[allow(clippy::cast_precision_loss, reason = "minutes of a class")]
                let hours = Value::Decimal((minutes as f64 / 0.6).round() / 100.0);
                row.extend([i64::try_from(here.len()).unwrap_or(0).into(), hours, given.map(|given| given.no).into()]);
                book.row(&row).map_err(PageError::internal)?;
            }
            let mut bytes = Vec::new();
            book.finish(&mut bytes).map_err(PageError::internal)?;
            let leaving = Leaving { table: "learning.roster", unit: Some(class.unit), rows, masked: false };
            Ok::<_, PageError>((bytes, title, who.person, leaving))
        })
        .await?;
    staff.hand_out(by, leaving).await?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FileKind::Xlsx.media_type()));
    let file = format!("attachment; filename=\"roster.xlsx\"; filename*=UTF-8''{}.xlsx", web::shell::percent(&title));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&file).map_err(PageError::internal)?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
