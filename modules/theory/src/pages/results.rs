//! The results of a test as a workbook: of everybody for who set it, of the people of one's own unit for who sees those. They
//! are read some at a time, each time with who may have them: of 100,000 no single reading lasts long.

use axum::extract::Path;
use axum::response::Response;
use base::{Ctx, PersonId, Time, UnitId};
use sheets::{Export, FileKind, Head, Value};
use store::{StoreError, Tx};
use web::{Lang, Leaving, PageError, Signed, Staff, fill};

use super::import::attachment;
use super::run::{more, said, sat};
use super::{id, organised};
use crate::events::TestId;
use crate::permissions::own_units;
use crate::read::{self, Enrolled, Test};
use crate::render::points;
use crate::seats::{self, Out};
use crate::set_test::seat_of;
use crate::texts::{SitTexts, TheoryTexts};

/// So many are read at once.
const AT_ONCE: usize = 1_000;

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

/// A row as it is written.
struct Line {
    name: String,
    unit: String,
    state: &'static str,
    score: Option<i64>,
    handed: Option<Time>,
    more: String,
}

/// Some rows, after whom the next come, and what the workbook is of.
struct Piece {
    test: Test,
    all: bool,
    person: PersonId,
    lines: Vec<Line>,
    next: Option<(UnitId, PersonId)>,
}

pub(super) async fn xlsx(staff: Staff, Path(test): Path<String>) -> Result<Response, PageError> {
    let test: TestId = id(&test)?;
    let (mut lines, mut after) = (Vec::new(), None);
    let last = loop {
        let mut some = staff.read(move |tx, ctx, who| piece(tx, ctx, who, test, after)).await?;
        lines.append(&mut some.lines);
        match some.next {
            Some(next) => after = Some(next),
            None => break some,
        }
    };
    // Who sets no tests and sees nobody of it learns nothing, not even that there is such a test.
    if lines.is_empty() && !last.all {
        return Err(PageError::NotFound);
    }
    let leaving = Leaving { table: "theory.results", unit: Some(last.test.unit), rows: lines.len(), masked: false };
    let (lang, test) = (staff.lang, last.test);
    let name = test.name.clone();
    let bytes = tokio::task::spawn_blocking(move || written(lang, &test, &lines)).await.map_err(PageError::internal)??;
    staff.hand_out(last.person, leaving).await?;
    attachment(bytes, FileKind::Xlsx.media_type(), &format!("{name}.xlsx"), "results.xlsx")
}

fn piece(tx: &mut Tx, ctx: &Ctx, who: &Signed, test: TestId, after: Option<(UnitId, PersonId)>) -> Result<Piece, PageError> {
    let (test, all) = may(tx, who, test)?;
    let lang = who.visit().lang;
    let (t, s) = (TheoryTexts::of(lang), SitTexts::of(lang));
    let some = if all {
        seats::out(tx, test.id, after.map(|(_, person)| person), AT_ONCE)?
    } else {
        own(tx, &test, &own_units(who, &who.tree), after)?
    };
    let next = some.last().filter(|_| some.len() == AT_ONCE).map(|last| (last.seat.unit, last.seat.person));
    let line = |one: Out| Line {
        name: one.name,
        unit: who.tree.full_name(one.seat.unit),
        state: said(ctx, s, &test, one.sat).0,
        score: one.sat.best,
        handed: one.handed,
        more: more(t, &one.seat),
    };
    let lines = some.into_iter().map(line).collect();
    Ok(Piece { all, person: who.person, lines, next, test })
}

/// Those of one's own units, who are few.
fn own(tx: &mut Tx, test: &Test, units: &[UnitId], after: Option<(UnitId, PersonId)>) -> Result<Vec<Out>, StoreError> {
    let mut out = Vec::new();
    for one in seats::of_units(tx, test.id, units, after, AT_ONCE)? {
        let attempts = read::attempts(tx, test.id, one.person)?;
        let seat = seat_of(tx, test.id, one.person)?.unwrap_or(Enrolled { person: one.person, unit: one.unit, extra: 0, large: false });
        let name = people::read::name_of(tx, one.person)?.unwrap_or_default();
        let handed = attempts.iter().filter_map(|attempt| attempt.submitted).max();
        out.push(Out { seat, name, sat: sat(&attempts), handed });
    }
    Ok(out)
}

fn written(lang: Lang, test: &Test, lines: &[Line]) -> Result<Vec<u8>, PageError> {
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
    for line in lines {
        let score = line.score.and_then(|tenths| i32::try_from(tenths).ok()).map(|tenths| Value::Decimal(f64::from(tenths) / 10.0));
        let cells: [Value<'_>; 6] = [
            line.name.as_str().into(),
            line.unit.as_str().into(),
            line.state.into(),
            score.unwrap_or(Value::Empty),
            line.handed.into(),
            line.more.as_str().into(),
        ];
        table.row(&cells).map_err(PageError::internal)?;
    }
    let mut bytes = Vec::new();
    table.finish(&mut bytes).map_err(PageError::internal)?;
    Ok(bytes)
}
