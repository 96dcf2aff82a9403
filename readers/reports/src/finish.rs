//! A report is finished, and frozen with the digest of its figures; or a draft is thrown away.

use base::Ctx;
use people::Proof;
use store::Tx;

use crate::document;
use crate::events::{ReportDiscarded, ReportFinished};
use crate::permissions::{Finish, Write};
use crate::report::{ReportError, ReportId, State, about, body_digest, close, draft, facts, facts_digest, version};

/// The form.
#[derive(Clone, Copy, Debug)]
pub struct Close {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which report.
    pub id: ReportId,
    /// The version that the form showed.
    pub v: i64,
}

/// Finishes a draft.
///
/// # Errors
/// [`ReportError`].
pub fn finish(tx: &mut Tx, ctx: &Ctx, who: &Proof<Finish>, input: &Close) -> Result<(), ReportError> {
    store::once(tx, ctx.now, &input.op_key, "reports.finish", who.person().bytes(), |tx| {
        let report = draft(tx, who.unit(), input.id, input.v)?;
        let text = version(tx, input.id, input.v)?.ok_or(ReportError::NotFound)?;
        let figures = facts(tx, input.id)?.ok_or(ReportError::NotFound)?;
        close(tx, ctx, who.person(), input.id, input.v, State::Finished)?;
        let hand = text.body.changed();
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let told = ReportFinished {
            v: input.v,
            facts: facts_digest(tx, input.id)?,
            body: body_digest(tx, input.id, input.v)?,
            characters: count(document::document(&text.body, &figures, None).characters()),
            problems_rewritten: count(hand.problems_rewritten),
            problems_dropped: count(hand.problems_dropped.len()),
            typed: count(hand.typed.len()),
        };
        record::append(tx, ctx, about(ctx, who.person(), report.unit, input.id), &told)?;
        Ok(())
    })
}

/// Throws a draft away.
///
/// # Errors
/// [`ReportError`].
pub fn discard(tx: &mut Tx, ctx: &Ctx, who: &Proof<Write>, input: &Close) -> Result<(), ReportError> {
    store::once(tx, ctx.now, &input.op_key, "reports.discard", who.person().bytes(), |tx| {
        let report = draft(tx, who.unit(), input.id, input.v)?;
        close(tx, ctx, who.person(), input.id, input.v, State::Discarded)?;
        record::append(tx, ctx, about(ctx, who.person(), report.unit, input.id), &ReportDiscarded { v: input.v })?;
        Ok(())
    })
}
