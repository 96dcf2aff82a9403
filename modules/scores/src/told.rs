//! Who is told: whoever is to decide on an appeal, and is late with it; and the unit that appealed, when it is decided.

use base::Ctx;
use record::Event;
use store::{StoreError, Tx};
use web::notice::{Notice, Said, Told, Whom};
use web::{dates, fill};

use crate::appeal::{self, Appealed, Deciders, heir};
use crate::events::AppealId;
use crate::texts::ScoreTexts;

/// What this module wants people to be told of.
pub(crate) const NOTICES: &[Notice] = &[
    Notice {
        name: "scores.appealed",
        title: |lang| ScoreTexts::of(lang).told_appealed,
        kinds: &["ScoreAppealed"],
        whom: deciding,
        say: |tx, ctx, told| say(tx, ctx, told, |t, appeal| (appeal.state == "open").then_some((t.told_appealed, t.told_appealed_text))),
    },
    Notice {
        name: "scores.late",
        title: |lang| ScoreTexts::of(lang).told_late,
        kinds: &["ScoreAppealOverdue"],
        whom: deciding,
        say: |tx, ctx, told| say(tx, ctx, told, |t, appeal| (appeal.state == "open").then_some((t.told_late, t.told_late_text))),
    },
    Notice {
        name: "scores.decided",
        title: |lang| ScoreTexts::of(lang).told_decided,
        kinds: &["ScoreAppealDecided"],
        whom: appellant,
        say: |tx, ctx, told| {
            say(tx, ctx, told, |t, appeal| match appeal.state.as_str() {
                "upheld" => Some((t.told_decided, t.told_upheld_text)),
                "refused" => Some((t.told_decided, t.told_refused_text)),
                _ => None,
            })
        },
    },
];

fn deciding(tx: &mut Tx, ctx: &Ctx, event: &Event) -> Result<Vec<Whom>, StoreError> {
    let Some(appeal) = appeal::find(tx, AppealId(event.subject))? else { return Ok(Vec::new()) };
    let tree = people::tree(tx)?;
    Ok(Deciders::find(tx, ctx.now, &tree)?.of(&tree, appeal.unit).into_iter().map(Whom::Unit).collect())
}

/// The unit that appealed, or the one that took over from it.
fn appellant(tx: &mut Tx, _: &Ctx, event: &Event) -> Result<Vec<Whom>, StoreError> {
    let Some(appeal) = appeal::find(tx, AppealId(event.subject))? else { return Ok(Vec::new()) };
    Ok(vec![Whom::Unit(heir(&*people::tree(tx)?, appeal.unit))])
}

type Pick = fn(&'static ScoreTexts, &Appealed) -> Option<(&'static str, &'static str)>;

fn say(tx: &mut Tx, ctx: &Ctx, told: &Told<'_>, pick: Pick) -> Result<Option<Said>, StoreError> {
    let Some(appeal) = appeal::find(tx, AppealId(told.subject))? else { return Ok(None) };
    let Some((subject, text)) = pick(ScoreTexts::of(told.lang), &appeal) else { return Ok(None) };
    let name = people::tree(tx)?.full_name(appeal.unit);
    let text = fill(text, &[("unit", &name), ("due", &dates::by(told.lang, appeal.due, ctx.now))]);
    Ok(Some(Said { subject: subject.to_owned(), text, path: format!("/scores/appeals/{}", appeal.id), phone: None }))
}
