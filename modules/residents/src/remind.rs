//! A community is told while the term of some of its entries is ending, so that nothing is erased that is still needed: once
//! in thirty days, how many they are and where they are listed, and nothing of who they are.

use std::sync::Arc;

use base::{Ctx, Id, Time, UnitId};
use record::{About, Actor, Event, append};
use store::{Sql, StoreError, Tx, p, sql};
use web::due::{Line, Look};
use web::kit::Light;
use web::notice::{Notice, Said, Told, Whom};
use web::{District, Fault, Tick, fill};

use crate::events::RegisterEnding;
use crate::pages::texts::ResidentTexts;
use crate::permissions::Keep;
use crate::term::{ending, ending_before};

/// How long until a community is told again.
const AGAIN: i64 = 30 * Time::DAY;

pub(crate) const TICK: Tick = Tick { name: "residents.ending", every: 3_600, run };

pub(crate) const NOTICES: &[Notice] = &[Notice {
    name: "residents.ending",
    title: |lang| ResidentTexts::of(lang).told_ending,
    kinds: &["RegisterEnding"],
    whom: |_, _, event: &Event| Ok(event.unit.map(Whom::Unit).into_iter().collect()),
    say,
}];

/// By the index `resident_by_term`.
const WAITING: &Sql = sql!(
    "SELECT DISTINCT r.community FROM resident r WHERE r.confirmed_at < ?1
       AND NOT EXISTS (SELECT 1 FROM resident_reminder m WHERE m.community = r.community AND m.at > ?2)
     ORDER BY r.community"
);
const TOLD: &Sql = sql!("SELECT 1 FROM resident_reminder WHERE community = ?1 AND at > ?2");
const TELL: &Sql = sql!(
    "INSERT INTO resident_reminder (community, id, at) VALUES (?1, ?2, ?3)
     ON CONFLICT (community) DO UPDATE SET id = excluded.id, at = excluded.at"
);
/// By the index `resident_reminder_id`.
const OF: &Sql = sql!("SELECT community FROM resident_reminder WHERE id = ?1");

fn run(district: &Arc<District>) -> Result<(), Fault> {
    let waiting = district.read_now(|tx, ctx| match ending_before(ctx) {
        Some(before) => tx.all(WAITING, p![before, ctx.now.plus(-AGAIN)], |row| row.id::<UnitId>(0)),
        None => Ok(Vec::new()),
    })?;
    for community in waiting {
        district.write_now(move |tx, ctx| remind(tx, ctx, community))?;
    }
    Ok(())
}

fn remind(tx: &mut Tx, ctx: &Ctx, community: UnitId) -> Result<(), StoreError> {
    let told = tx.opt(TOLD, p![community, ctx.now.plus(-AGAIN)], |_| Ok(()))?.is_some();
    let entries = ending(tx, ctx, community)?;
    if told || entries == 0 {
        return Ok(());
    }
    let id: Id = ctx.id();
    tx.exec(TELL, p![community, id, ctx.now])?;
    let about = About { occurred_at: ctx.now, actor: Actor::System, unit: Some(community), subject: id, batch: None };
    append(tx, ctx, about, &RegisterEnding { entries }).map(drop)
}

fn say(tx: &mut Tx, ctx: &Ctx, told: &Told<'_>) -> Result<Option<Said>, StoreError> {
    let Whom::Unit(community) = told.whom else { return Ok(None) };
    let entries = ending(tx, ctx, community)?;
    if entries == 0 {
        return Ok(None);
    }
    let t = ResidentTexts::of(told.lang);
    let text = fill(t.ending, &[("n", &entries)]);
    Ok(Some(Said { subject: t.told_ending.to_owned(), text, path: list(community), phone: None }))
}

fn list(community: UnitId) -> String {
    format!("/work/residents?unit={community}&show=ending")
}

/// See [`web::Module::lines`]: the last reminder of a register, for who keeps it.
pub(crate) fn lines(tx: &mut Tx, ctx: &Ctx, look: &Look<'_>, ids: &[Id]) -> Result<Vec<(Id, Line)>, StoreError> {
    let mut found = Vec::new();
    let Some(actor) = look.actor else { return Ok(found) };
    for id in ids {
        let Some(community) = tx.opt(OF, p![*id], |row| row.id::<UnitId>(0))? else { continue };
        if !actor.may::<Keep>(look.tree, community) {
            continue;
        }
        let t = ResidentTexts::of(look.lang);
        let entries = ending(tx, ctx, community)?;
        let (light, left) = if entries > 0 { (Light::Yellow, fill(t.count, &[("n", &entries)])) } else { (Light::Done, String::new()) };
        let line = Line { href: list(community), title: t.told_ending.to_owned(), sub: look.tree.full_name(community), light, left };
        found.push((*id, line));
    }
    Ok(found)
}
