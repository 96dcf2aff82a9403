//! What other pages are told of tasks: what units owe, and the tasks behind a number.

use base::{Ctx, Id, Time};
use store::{StoreError, Tx};
use web::due::{self, Due, Late, Line, Lines, Look, Owed, Pending};
use web::kit::Light;
use web::{Lang, dates};

use crate::events::TaskId;
use crate::read::{self, State, Task};
use crate::texts::ConferenceTexts;

/// What this module declares.
pub(crate) const DUE: &[Due] = &[Due { name: "conferences", title: |lang| ConferenceTexts::of(lang).due_title, steps, counts, list }];

fn steps(lang: Lang) -> Vec<(&'static str, &'static str)> {
    let t = ConferenceTexts::of(lang);
    vec![(State::Open.code(), t.state_open), (State::Reported.code(), t.state_reported)]
}

/// What is open of the units that are looked at, as far as who looks may know of it.
fn open(tx: &mut Tx, look: &Look<'_>) -> Result<Vec<Task>, StoreError> {
    let mut tasks = Vec::new();
    for task in read::open(tx)? {
        let known = match look.actor {
            Some(actor) => read::may_see_task(tx, actor, look.tree, &task)?,
            None => true,
        };
        if look.covers(task.owes()) && known {
            tasks.push(task);
        }
    }
    Ok(tasks)
}

fn counts(tx: &mut Tx, ctx: &Ctx, look: &Look<'_>) -> Result<Vec<Owed>, StoreError> {
    let open = open(tx, look)?;
    Ok(due::tally(ctx.now, open.iter().map(|task| (task.owes(), task))))
}

fn list(
    tx: &mut Tx,
    ctx: &Ctx,
    look: &Look<'_>,
    step: Option<&str>,
    late: Late,
    after: Option<&str>,
    limit: usize,
) -> Result<Lines, StoreError> {
    let (found, next) = due::some(ctx.now, open(tx, look)?, step, late, after, limit);
    Ok(Lines { lines: found.iter().map(|task| line(ctx, look, task)).collect(), next })
}

impl Pending for Task {
    fn id(&self) -> Id {
        self.id.0
    }

    fn step(&self) -> &'static str {
        self.state.code()
    }

    fn due(&self) -> Time {
        self.due
    }
}

/// How a task stands: a light and words.
pub(crate) fn light(ctx: &Ctx, lang: Lang, task: &Task) -> (Light, String) {
    let t = ConferenceTexts::of(lang);
    if task.state == State::Closed {
        return (Light::Done, t.state_closed.to_owned());
    }
    let calendar = ctx.rules().calendar();
    (dates::light(task.due, ctx.now, calendar), dates::left(lang, task.due, ctx.now, calendar))
}

/// What a state is called.
pub(crate) fn state(lang: Lang, state: State) -> &'static str {
    let t = ConferenceTexts::of(lang);
    match state {
        State::Open => t.state_open,
        State::Reported => t.state_reported,
        State::Closed => t.state_closed,
    }
}

/// A task as a line.
pub(crate) fn line(ctx: &Ctx, look: &Look<'_>, task: &Task) -> Line {
    let (light, left) = light(ctx, look.lang, task);
    Line {
        href: format!("/conferences/t/{}", task.id),
        title: base::text::excerpt(&task.text, 40),
        sub: format!("{} · {}", state(look.lang, task.state), look.tree.full_name(task.unit)),
        light,
        left,
    }
}

/// Tasks as lines of lists that other pages draw.
pub(crate) fn lines(tx: &mut Tx, ctx: &Ctx, look: &Look<'_>, ids: &[Id]) -> Result<Vec<(Id, Line)>, StoreError> {
    let mut found = Vec::new();
    let Some(actor) = look.actor else { return Ok(found) };
    for id in ids {
        if let Some(task) = read::task(tx, TaskId(*id))?
            && read::may_see_task(tx, actor, look.tree, &task)?
        {
            found.push((*id, line(ctx, look, &task)));
        }
    }
    Ok(found)
}
