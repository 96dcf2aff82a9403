//! What the page of a receipt shows otherwise than the record has it, in the resident's words.

use base::{Ctx, Time, UnitId};
use people::Tree;
use store::{StoreError, Tx};
use web::{Lang, dates, fill};

use super::ResidentTexts;
use super::show::state_words;
use crate::catalogue;
use crate::concern::Concern;
use crate::fold::{Beside, of_one};
use crate::pages::words;
use crate::receipt::Holder;
use crate::staff;

web::texts! {
    /// Words of what differs.
    AgreesTexts;
    line: "{what}：存证记录是“{record}”，页面上是“{page}”", "{what}: the record says “{record}”, the page “{page}”";
    line_same: "{what}：和存证记录不一致，记录是“{record}”", "{what}: not as in the record, which says “{record}”";
    line_bare: "{what}：和存证记录不一致", "{what}: not as in the record";
    none: "无", "none";
    state: "办理状态", "Where it stands";
    assignee: "经办人", "Handled by";
    due: "这一步的时限", "Deadline of this step";
    closed: "办结时间", "Closed";
    texts: "文字", "The words";
    photos: "照片", "The photos";
    contact: "您留下的联系方式", "What you left to be reached by";
    rest: "其他登记内容", "Something else that was entered";
    unread: "存证记录不完整，无法核对页面上的办理状态和时限", "The record is not whole, so that where it stands and its deadlines cannot be checked";
}

/// Columns that the lines below speak of, or that the page does not show.
const TOLD: &[&str] =
    &["state", "outcome", "holder", "assignee", "due_at", "due_rule", "resolve_by", "received_at", "closed_at", "place", "kind", "title"];

/// A line for each thing that differs; none where all agrees.
pub(super) fn lines(tx: &mut Tx, ctx: &Ctx, lang: Lang, tree: &Tree, holder: &Holder) -> Result<Vec<String>, StoreError> {
    let (t, r, w) = (AgreesTexts::of(lang), ResidentTexts::of(lang), words::words(lang));
    let Some(Beside { record, table, differs }) = of_one(tx, holder.concern())? else { return Ok(vec![t.unread.to_owned()]) };
    if differs.is_empty() {
        return Ok(Vec::new());
    }
    let mut lines = Vec::new();
    let mut tell = |what: &str, record: Option<String>, page: Option<String>| {
        let (record, page) = (record.unwrap_or_else(|| t.none.to_owned()), page.unwrap_or_else(|| t.none.to_owned()));
        // What differs by less than the page shows.
        let text = if record == page { t.line_same } else { t.line };
        lines.push(fill(text, &[("what", &what), ("record", &record), ("page", &page)]));
    };
    let unit = |id: Option<UnitId>| id.map(|id| tree.full_name(id));
    let moment = |at: Option<Time>| at.map(|at| dates::moment(lang, at, ctx.now));
    let by = |at: Option<Time>| at.map(|at| dates::by(lang, at, ctx.now));
    let (now, is) = (&record.now, &table.now);
    if now.state != is.state {
        let words = |of: &Concern| Some(state_words(r, of.now.state, of.now.outcome).to_owned());
        tell(t.state, words(&record), words(&table));
    }
    if now.outcome != is.outcome {
        tell(r.show_outcome, now.outcome.map(|one| w.outcome(one).to_owned()), is.outcome.map(|one| w.outcome(one).to_owned()));
    }
    if now.holder != is.holder {
        tell(r.show_holder, unit(now.holder), unit(is.holder));
    }
    if now.assignee != is.assignee {
        let mut name = |of: &Concern| of.now.assignee.map_or(Ok(None), |person| staff::name(tx, person));
        tell(t.assignee, name(&record)?, name(&table)?);
    }
    let at = |of: &Concern| of.now.due.as_ref().map(|due| due.at);
    if at(&record) != at(&table) {
        tell(t.due, by(at(&record)), by(at(&table)));
    }
    if now.resolve_by != is.resolve_by {
        tell(r.show_resolve_by, by(now.resolve_by), by(is.resolve_by));
    }
    if record.received_at != table.received_at {
        tell(r.show_received, moment(Some(record.received_at)), moment(Some(table.received_at)));
    }
    if now.closed_at != is.closed_at {
        tell(t.closed, moment(now.closed_at), moment(is.closed_at));
    }
    if record.place != table.place {
        tell(r.show_place, unit(record.place), unit(table.place));
    }
    if now.kind != is.kind {
        let mut name = |of: &Concern| match &of.now.kind {
            Some(code) => Ok(catalogue::kind(tx, code)?.map(|kind| kind.name)),
            None => Ok::<_, StoreError>(None),
        };
        tell(r.show_kind, name(&record)?, name(&table)?);
    }
    let rule = |of: &Concern| of.now.due.as_ref().map(|due| due.rule.clone());
    let any = |of: &str| differs.iter().any(|(table, _)| *table == of);
    let rest = differs.iter().any(|(table, column)| match *table {
        "concern" => !TOLD.contains(column),
        "concern_text" | "concern_photo" | "concern_contact" => false,
        _ => true,
    });
    let bare = [
        (r.show_rule, at(&record) == at(&table) && rule(&record) != rule(&table)),
        (t.texts, any("concern_text")),
        (t.photos, any("concern_photo")),
        (t.contact, any("concern_contact")),
        (t.rest, rest),
    ];
    lines.extend(bare.into_iter().filter(|(_, differs)| *differs).map(|(what, _)| fill(t.line_bare, &[("what", &what)])));
    Ok(lines)
}
