//! The results of a test as a workbook: of everybody for who set it, of the people of one's own unit for who sees those.

use axum::extract::Path;
use axum::response::Response;
use base::{Ctx, PersonId};
use sheets::{Export, FileKind, Head, Value};
use store::Tx;
use web::{Leaving, PageError, Signed, Staff, fill};

use super::import::attachment;
use super::run::{more, stands};
use super::{id, organised};
use crate::events::TestId;
use crate::permissions::own_units;
use crate::read::{self, Test};
use crate::render::points;
use crate::seats;
use crate::texts::{SitTexts, TheoryTexts};

/// So many are read at once.
const AT_ONCE: i64 = 1_000;

/// Whose results this person may have: everybody's, or those of their own unit once the test is closed.
fn may(tx: &mut Tx, who: &Signed, id: TestId) -> Result<(Test, bool), PageError> {
    match organised(tx, who, id) {
        Ok((test, _)) => Ok((test, true)),
        Err(PageError::NotFound) => {
            let test = read::test(tx, id)?.filter(|test| test.state == "closed").ok_or(PageError::NotFound)?;
            Ok((test, false))
        }
        Err(error) => Err(error),
    }
}

pub(super) async fn xlsx(staff: Staff, Path(test): Path<String>) -> Result<Response, PageError> {
    let test: TestId = id(&test)?;
    let (name, bytes, person, leaving) = staff
        .read(move |tx, ctx, who| {
            let (test, all) = may(tx, who, test)?;
            let (bytes, n) = written(tx, ctx, who, &test, all)?;
            // Who sets no tests and sees nobody of it learns nothing, not even that there is such a test.
            if n == 0 && !all {
                return Err(PageError::NotFound);
            }
            let rows = usize::try_from(n).unwrap_or_default();
            Ok((test.name, bytes, who.person, Leaving { table: "theory.results", unit: Some(test.unit), rows, masked: false }))
        })
        .await?;
    staff.hand_out(person, leaving).await?;
    attachment(bytes, FileKind::Xlsx.media_type(), &format!("{name}.xlsx"), "results.xlsx")
}

fn written(tx: &mut Tx, ctx: &Ctx, who: &Signed, test: &Test, all: bool) -> Result<(Vec<u8>, i64), PageError> {
    let lang = who.visit().lang;
    let (t, s) = (TheoryTexts::of(lang), SitTexts::of(lang));
    let heads = [
        Head::new(t.column_name, 14),
        Head::new(t.column_unit, 36),
        Head::new(t.column_state, 12),
        Head::new(t.column_score, 10),
        Head::new(t.column_handed, 20),
        Head::new(t.column_more, 18),
    ];
    let title = format!("{} {}", test.name, fill(s.result_of, &[("full", &points(test.full))]));
    let mut table = Export::new(FileKind::Xlsx, s.result, Some(&title), &heads).map_err(PageError::internal)?;
    let own = if all { Vec::new() } else { own_units(who, &who.tree) };
    let (mut after, mut n): (Option<PersonId>, i64) = (None, 0);
    loop {
        let some = seats::some(tx, test.id, "", after, AT_ONCE)?;
        let Some(last) = some.last() else { break };
        after = Some(last.person);
        for seat in &some {
            if !all && !own.contains(&seat.unit) {
                continue;
            }
            let name = people::read::name_of(tx, seat.person)?.unwrap_or_default();
            let (state, _, score) = stands(tx, ctx, s, test, seat.person)?;
            let unit = who.tree.full_name(seat.unit);
            let handed = read::attempts(tx, test.id, seat.person)?.iter().filter_map(|attempt| attempt.submitted).max();
            let score = score.and_then(|tenths| i32::try_from(tenths).ok()).map(|tenths| Value::Decimal(f64::from(tenths) / 10.0));
            let cells: [Value<'_>; 6] =
                [name.into(), unit.into(), state.into(), score.unwrap_or(Value::Empty), handed.into(), more(t, seat).into()];
            table.row(&cells).map_err(PageError::internal)?;
            n += 1;
        }
    }
    let mut bytes = Vec::new();
    table.finish(&mut bytes).map_err(PageError::internal)?;
    Ok((bytes, n))
}
