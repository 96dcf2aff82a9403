//! One press: the figures are taken, the paragraphs written, the draft kept.

use base::{Ctx, UnitId};
use measures::Period;
use people::Proof;
use store::Tx;
use web::Module;

use crate::compose::{compose, loaded};
use crate::events::ReportMade;
use crate::permissions::Write;
use crate::report::{ReportError, ReportId, about, insert};
use crate::take::take;
use crate::templates;

/// The form.
#[derive(Clone, Debug)]
pub struct Make {
    /// The form's key.
    pub op_key: [u8; 16],
    /// The unit that the report is of.
    pub unit: UnitId,
    /// The period.
    pub period: Period,
}

/// Makes a draft.
///
/// # Errors
/// [`ReportError`].
pub fn make(tx: &mut Tx, ctx: &Ctx, modules: &[Module], who: &Proof<Write>, input: &Make) -> Result<ReportId, ReportError> {
    store::once(tx, ctx.now, &input.op_key, "reports.make", who.person().bytes(), |tx| {
        if who.unit() != input.unit {
            return Err(ReportError::Denied);
        }
        let tree = people::tree(tx)?;
        if tree.get(input.unit).is_none_or(people::Unit::is_closed) {
            return Err(ReportError::NoUnit);
        }
        let (paragraphs, _) = loaded(modules);
        let facts = take(tx, ctx, &tree, modules, &paragraphs, input.unit, &input.period)?;
        let own = templates::current(tx, &tree, input.unit)?;
        let body = compose(&paragraphs, &own.into_iter().map(|(id, own)| (id, own.text)).collect(), &facts);
        let id: ReportId = ctx.id();
        let (figures, text) = insert(tx, ctx, who.person(), id, &facts, &body)?;
        let told = ReportMade { from: facts.from, to: facts.to, facts: figures, body: text };
        record::append(tx, ctx, about(ctx, who.person(), input.unit, id), &told)?;
        Ok(id)
    })
}
