//! The progress report (进展情况汇报): written from the record, edited by people, frozen with its figures.
//!
//! Modules declare paragraphs; every figure in them is a query and opens to its evidence. What the record shows to be wrong is
//! told under 存在不足 and cannot be left out in silence. Out come a .docx and a PDF in the layout of official documents, and a
//! workbook of the figures.

mod audited;
pub mod body;
mod compose;
mod document;
pub mod edit;
pub mod events;
mod exhibits;
pub mod facts;
pub mod finish;
mod fold;
pub mod make;
mod pages;
mod period;
pub mod permissions;
pub mod report;
mod seen;
mod take;
pub mod template;
pub mod templates;

pub use compose::{Refused, loaded, vocabulary};
pub use fold::fold;
pub use report::{ReportError, ReportId, State};

use base::UnitId;
use people::{Level, Tree};

/// The tables of reports.
pub const MIGRATIONS: &[store::Migration] = store::migrations!("reports", "0001_report");

/// What a unit is called in its report: a community with its town.
pub(crate) fn unit_name(tree: &Tree, unit: UnitId) -> String {
    let named = |unit: &&people::Unit| !matches!(unit.level, Level::District | Level::PartyCommittee);
    let Some(own) = tree.get(unit) else { return String::new() };
    match own.level {
        Level::Community | Level::Grid | Level::PartyGroup => tree.ancestors(unit).filter(named).map(|unit| unit.name.as_str()).collect(),
        _ => own.name.clone(),
    }
}

/// A report that is not kept: what one press would write now. Whoever shows it has asked whether it may be seen.
///
/// # Errors
/// Only the store's.
pub fn outline(
    tx: &mut store::Tx,
    ctx: &base::Ctx,
    modules: &[web::Module],
    unit: UnitId,
    period: &measures::Period,
) -> Result<documents::Document, store::StoreError> {
    let tree = people::tree(tx)?;
    let (paragraphs, _) = loaded(modules);
    let facts = take::take(tx, ctx, &tree, modules, &paragraphs, unit, period)?;
    let own = templates::current(tx, &tree, unit)?;
    let body = compose::compose(&paragraphs, &own.into_iter().map(|(id, own)| (id, own.text)).collect(), &facts);
    Ok(document::document(&body, &facts, None))
}

/// What this reader gives to the house.
pub fn module() -> web::Module {
    web::Module {
        migrations: MIGRATIONS,
        routes: pages::routes,
        menu: pages::menu,
        kinds: events::KINDS,
        folds: &[fold],
        audited: audited::audited,
        lines: seen::lines,
        ..web::Module::new("reports")
    }
}
