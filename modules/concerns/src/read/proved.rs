//! The steps that the holder of a receipt sees, opened for proving: each event as it was recorded, with the texts that
//! are shown and their salts. A step that was taken out of the record leaves a gap, which is said.

use std::collections::{BTreeSet, HashMap};

use base::Ctx;
use record::receipt::Text;
use record::{Event, EventId};
use store::{Sql, StoreError, Tx, p, sql};

use super::tracking::tracking;
use crate::events::Happened;
use crate::receipt::Holder;
use crate::said::Part;

/// By the primary key.
const TEXTS: &Sql = sql!("SELECT event, part, body, sealed, salt FROM concern_text WHERE concern = ?1 ORDER BY event, part");

/// Versions that are looked for; no concern has so many, whatever its row says.
const MOST: i64 = 10_000;

/// A step of a receipt.
#[derive(Clone, Debug)]
pub enum Proved {
    /// As the page shows it, with what proves it.
    Step {
        /// What happened.
        happened: Box<Happened>,
        /// The event.
        event: Box<Event>,
        /// What was said with it and is shown.
        texts: Vec<Text>,
    },
    /// The concern went through this version, and the record has no step that led to it.
    Missing(i64),
}

/// The steps of the receipt's concern, oldest first; nothing where there is no such concern.
///
/// # Errors
/// Only the store's.
pub fn proved(tx: &mut Tx, ctx: &Ctx, holder: &Holder) -> Result<Option<Vec<Proved>>, StoreError> {
    let Some(page) = tracking(tx, ctx, holder)? else { return Ok(None) };
    let mut texts: HashMap<EventId, Vec<(Part, Text)>> = HashMap::new();
    tx.each(TEXTS, p![holder.concern()], |row| {
        let Some(part) = Part::from_code(row.text(1)?) else { return Ok(()) };
        let (at, salt) = (format!("texts.{}", part.code()), row.array::<16>(4)?);
        let text = match (row.opt_text(2)?, row.opt_blob(3)?) {
            (Some(body), _) => Text::new(at, &salt, body),
            (None, Some(sealed)) => Text::sealed(at, &salt, sealed),
            (None, None) => return Ok(()),
        };
        texts.entry(EventId(row.id(0)?)).or_default().push((part, text));
        Ok(())
    })?;
    let mut events: HashMap<EventId, Event> =
        record::of_subject(tx, holder.concern().0)?.into_iter().map(|event| (event.id, event)).collect();
    // Each version has its step, also those that the resident is not shown: a gap is a step that was taken out.
    let there: BTreeSet<i64> = events.values().filter_map(|event| Happened::read(event).ok().flatten()?.v()).collect();
    let mut missing = (1..=page.v.min(MOST)).filter(|v| !there.contains(v)).peekable();
    let mut steps = Vec::new();
    for entry in page.entries {
        let Some(event) = events.remove(&entry.event) else { continue };
        while let Some(v) = missing.next_if(|v| entry.happened.v().is_some_and(|reached| *v < reached)) {
            steps.push(Proved::Missing(v));
        }
        let shown = |part: &Part| match part {
            Part::Words => entry.words.is_some(),
            Part::Spot => entry.spot.is_some(),
            Part::Shown => entry.shown.is_some(),
            // Never the resident's to read: neither the text nor its salt leaves.
            Part::Handlers | Part::Note => false,
        };
        let texts = texts.remove(&entry.event).unwrap_or_default();
        let texts = texts.into_iter().filter(|(part, _)| shown(part)).map(|(_, text)| text).collect();
        steps.push(Proved::Step { happened: Box::new(entry.happened), event: Box::new(event), texts });
    }
    steps.extend(missing.map(Proved::Missing));
    Ok(Some(steps))
}
