//! Who is told: the unit that was given a task, whoever called the conference when it is said to be done, and who is late.

use base::Ctx;
use record::Event;
use store::{StoreError, Tx};
use web::notice::{Notice, Said, Told, Whom};
use web::{dates, fill};

use crate::events::{ConferenceTaskOverdue, ConferenceTaskReported, TaskId};
use crate::read::{self, State};
use crate::texts::ConferenceTexts;

/// What this module wants people to be told of.
pub(crate) const NOTICES: &[Notice] = &[
    Notice {
        name: "conferences.given",
        title: |lang| ConferenceTexts::of(lang).told_given,
        kinds: &["ConferenceTaskGiven", "ConferenceTaskMoved", "ConferenceTaskPassed"],
        whom,
        say: |tx, ctx, told| say(tx, ctx, told, |t| (t.told_given, t.told_given_text)),
    },
    Notice {
        name: "conferences.reported",
        title: |lang| ConferenceTexts::of(lang).told_reported,
        kinds: &["ConferenceTaskReported"],
        whom,
        say: |tx, ctx, told| say(tx, ctx, told, |t| (t.told_reported, t.told_reported_text)),
    },
    Notice {
        name: "conferences.late",
        title: |lang| ConferenceTexts::of(lang).told_late,
        kinds: &["ConferenceTaskOverdue"],
        whom,
        say: |tx, ctx, told| say(tx, ctx, told, |t| (t.told_late, t.told_late_text)),
    },
];

/// Who owes the step that the event leads to.
fn whom(tx: &mut Tx, _: &Ctx, event: &Event) -> Result<Vec<Whom>, StoreError> {
    let confirming = event.is::<ConferenceTaskReported>() || event.facts::<ConferenceTaskOverdue>().is_ok_and(|late| late.confirming);
    let Some(task) = read::task(tx, TaskId(event.subject))? else { return Ok(Vec::new()) };
    Ok(vec![Whom::Unit(if confirming { task.by } else { task.unit })])
}

type Pick = fn(&'static ConferenceTexts) -> (&'static str, &'static str);

fn say(tx: &mut Tx, ctx: &Ctx, told: &Told<'_>, pick: Pick) -> Result<Option<Said>, StoreError> {
    let (Whom::Unit(unit), Some(task)) = (told.whom, read::task(tx, TaskId(told.subject))?) else { return Ok(None) };
    if task.state == State::Closed {
        return Ok(None);
    }
    let (subject, text) = pick(ConferenceTexts::of(told.lang));
    let name = people::tree(tx)?.full_name(unit);
    let text = fill(text, &[("unit", &name), ("due", &dates::by(told.lang, task.due, ctx.now))]);
    Ok(Some(Said { subject: subject.to_owned(), text, path: format!("/conferences/t/{}", task.id), phone: None }))
}
