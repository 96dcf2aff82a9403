//! The matters behind what is due: a list whose lines lead to the single case.

use askama::Template;
use web::due::{Line, Look};
use web::{Fields, Page, PageError, Shell, Staff, fill, page};

use crate::board::late;
use crate::scope::{Scope, name};
use crate::texts::BoardTexts;

/// Lines on a page.
const LINES: usize = 30;

#[derive(Template)]
#[template(path = "dashboard/list.html")]
struct ListPage {
    shell: Shell,
    t: &'static BoardTexts,
    back: String,
    title: String,
    lines: Vec<Line>,
    next: String,
}

/// What is open of a unit and those below, first due first.
pub(crate) async fn due(staff: Staff, fields: Fields) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            let scope = Scope::of(who, ctx, &fields)?;
            let lang = who.visit().lang;
            let t = BoardTexts::of(lang);
            let all = who.visit().app.modules().iter().flat_map(|module| module.due);
            let due = all.into_iter().find(|due| fields.chose("of", due.name)).ok_or(PageError::NotFound)?;
            let steps = (due.steps)(lang);
            let step = steps.iter().find(|(code, _)| fields.chose("step", code));
            let look = Look { actor: Some(who), tree: &who.tree, lang, unit: scope.unit };
            let found = (due.list)(tx, ctx, &look, step.map(|(code, _)| *code), late(&fields), fields.get("after"), LINES)?;
            let mut query = fields.clone();
            let next = found.next.map(|after| {
                query.set("after", after);
                format!("/board/due?{}", query.encode())
            });
            let when = match fields.value("late") {
                "today" => t.due_today,
                "over" => t.due_late,
                _ => t.due_open,
            };
            let what = step.map_or_else(
                || when.to_owned(),
                |(_, word)| if fields.has("late") { format!("{word} · {when}") } else { (*word).to_owned() },
            );
            let title = fill(t.due_list, &[("unit", &name(&who.tree, scope.unit)), ("what", &what)]);
            page(&ListPage {
                shell: who.shell(&title),
                t,
                back: format!("/board?unit={}", scope.unit),
                title,
                lines: found.lines,
                next: next.unwrap_or_default(),
            })
        })
        .await
}
