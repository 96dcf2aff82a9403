//! Who is told: the unit where something was found or that has to do it again, whoever visited when it is said to be put
//! right, who is late, and the unit when it is closed.

use base::Ctx;
use record::Event;
use store::{StoreError, Tx};
use web::notice::{Notice, Said, Told, Whom};
use web::{dates, fill};

use crate::events::{FindingId, FindingOverdue, FindingRechecked, FindingRectified, InspectionId};
use crate::read::{self, State, heir};
use crate::texts::InspectTexts;

/// What this module wants people to be told of.
pub(crate) const NOTICES: &[Notice] = &[
    Notice {
        name: "inspections.found",
        title: |lang| InspectTexts::of(lang).told_found,
        kinds: &["InspectionMade"],
        whom: visited,
        say: say_visit,
    },
    Notice {
        name: "inspections.returned",
        title: |lang| InspectTexts::of(lang).told_returned,
        kinds: &["FindingRechecked", "FindingPassed"],
        whom: |tx, ctx, event| whom(tx, ctx, event, !event.facts::<FindingRechecked>().is_ok_and(|looked| looked.pass)),
        say: |tx, ctx, told| say(tx, ctx, told, Some(State::Open), |t| (t.told_returned, t.told_returned_text)),
    },
    Notice {
        name: "inspections.closed",
        title: |lang| InspectTexts::of(lang).told_closed,
        kinds: &["FindingRechecked"],
        whom: |tx, ctx, event| whom(tx, ctx, event, event.facts::<FindingRechecked>().is_ok_and(|looked| looked.pass)),
        say: |tx, ctx, told| say(tx, ctx, told, Some(State::Closed), |t| (t.told_closed, t.told_closed_text)),
    },
    Notice {
        name: "inspections.rectified",
        title: |lang| InspectTexts::of(lang).told_rectified,
        kinds: &["FindingRectified"],
        whom: |tx, ctx, event| whom(tx, ctx, event, true),
        say: |tx, ctx, told| say(tx, ctx, told, Some(State::Rectified), |t| (t.told_rectified, t.told_rectified_text)),
    },
    Notice {
        name: "inspections.late",
        title: |lang| InspectTexts::of(lang).told_late,
        kinds: &["FindingOverdue"],
        whom: |tx, ctx, event| whom(tx, ctx, event, true),
        say: |tx, ctx, told| say(tx, ctx, told, None, |t| (t.told_late, t.told_late_text)),
    },
];

/// The unit that was visited, where something was found.
fn visited(tx: &mut Tx, _: &Ctx, event: &Event) -> Result<Vec<Whom>, StoreError> {
    let found = read::of_inspection(tx, InspectionId(event.subject))?;
    Ok(found.first().map(|finding| Whom::Unit(finding.unit)).into_iter().collect())
}

fn say_visit(tx: &mut Tx, ctx: &Ctx, told: &Told<'_>) -> Result<Option<Said>, StoreError> {
    let Whom::Unit(unit) = told.whom else { return Ok(None) };
    let open: Vec<_> = read::of_inspection(tx, InspectionId(told.subject))?.into_iter().filter(|one| one.state == State::Open).collect();
    let Some(first) = open.first() else { return Ok(None) };
    let t = InspectTexts::of(told.lang);
    let (name, due) = (people::tree(tx)?.full_name(unit), dates::by(told.lang, first.due, ctx.now));
    let text = fill(t.told_found_text, &[("unit", &name), ("n", &open.len()), ("due", &due)]);
    Ok(Some(Said { subject: t.told_found.to_owned(), text, path: format!("/inspections/v/{}", told.subject), phone: None }))
}

/// Who owes the step that the event leads to, or hears how it ended.
fn whom(tx: &mut Tx, _: &Ctx, event: &Event, so: bool) -> Result<Vec<Whom>, StoreError> {
    let looks = event.is::<FindingRectified>() || event.facts::<FindingOverdue>().is_ok_and(|late| late.rechecking);
    let Some(finding) = read::finding(tx, FindingId(event.subject))?.filter(|_| so) else { return Ok(Vec::new()) };
    let unit = if looks { heir(&*people::tree(tx)?, finding.by) } else { finding.unit };
    Ok(vec![Whom::Unit(unit)])
}

type Pick = fn(&'static InspectTexts) -> (&'static str, &'static str);

/// The words, while the finding is at the point that they are about.
fn say(tx: &mut Tx, ctx: &Ctx, told: &Told<'_>, at: Option<State>, pick: Pick) -> Result<Option<Said>, StoreError> {
    let (Whom::Unit(unit), Some(finding)) = (told.whom, read::finding(tx, FindingId(told.subject))?) else { return Ok(None) };
    let over = if at.is_none() { finding.state == State::Closed || finding.due > ctx.now } else { at != Some(finding.state) };
    if over {
        return Ok(None);
    }
    let (subject, text) = pick(InspectTexts::of(told.lang));
    let name = people::tree(tx)?.full_name(unit);
    let text = fill(text, &[("unit", &name), ("due", &dates::by(told.lang, finding.due, ctx.now))]);
    Ok(Some(Said { subject: subject.to_owned(), text, path: format!("/inspections/f/{}", finding.id), phone: None }))
}
