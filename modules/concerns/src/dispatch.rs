//! The desk sends a concern to the unit whose matter it is. The catalogue suggests; a person confirms.

use base::{Ctx, UnitId};
use people::{Level, Proof, Tree};
use store::{StoreError, Tx};

use crate::catalogue;
use crate::concern::{Done, StepError, due_of, open, set, tell};
use crate::events::ConcernDispatched;
use crate::model::{NotNow, Step, is_term};
use crate::permissions::Desk;
use crate::redact;
use crate::said::{Field, Invalid, LONGEST_NOTE, Part, Said, optional};
use crate::submit::title_of;

/// The desk's form.
#[derive(Clone, Debug)]
pub struct Dispatch {
    /// The form's key.
    pub op_key: [u8; 16],
    /// Which concern.
    pub no: String,
    /// The version that the form showed.
    pub v: i64,
    /// To whom.
    pub unit: UnitId,
    /// The kind that the desk confirms.
    pub kind: String,
    /// A word to the resident.
    pub shown: Option<String>,
    /// A word to the unit.
    pub note: Option<String>,
    /// The rule that sets the length of the answer; nothing for the usual one.
    pub term: Option<String>,
    /// Why a department's duty is given to a community or a grid all the same.
    pub exception: Option<String>,
}

/// Sends it there.
///
/// # Errors
/// [`StepError`].
pub fn dispatch(tx: &mut Tx, ctx: &Ctx, who: &Proof<Desk>, input: &Dispatch) -> Result<Done, StepError> {
    store::once(tx, ctx.now, &input.op_key, "concerns.dispatch", who.person().bytes(), |tx| {
        let (concern, tree) = open(tx, who, &input.no, input.v)?;
        concern.on_desk_of(&tree, who)?;
        if !catalogue::is_kind(tx, &input.kind)? {
            return Err(Invalid::Unknown(Field::Kind).into());
        }
        let mut said = Said::default();
        let mut title = None;
        let redaction = if concern.confidential { Some(concern.approved_text().ok_or(NotNow::NoText)?) } else { None };
        if let Some(event) = redaction {
            let (text, salt) = redact::text(tx, concern.id, event)?.ok_or(NotNow::NoText)?;
            title = Some((title_of(&text), salt));
        }
        said.maybe(ctx, Part::Shown, optional(input.shown.as_deref(), Field::Shown, LONGEST_NOTE)?);
        if let Some(term) = &input.term
            && !(is_term(term) && ctx.rules().holding(term, ctx.now.date()).is_some())
        {
            return Err(Invalid::Unknown(Field::Term).into());
        }
        let for_departments = is_for_departments(tx, &tree, &input.kind)?;
        let exception = Exception::of(&tree, for_departments, input.unit, input.exception.as_deref())?;
        said.maybe(ctx, Part::Note, exception.with(optional(input.note.as_deref(), Field::Note, LONGEST_NOTE)?));
        concern.keeps_caller(tx, ctx, &tree, who, &said)?;
        let step = Step::Dispatch {
            unit: input.unit,
            kind: Some(input.kind.clone()),
            departments_only: for_departments && exception.0.is_none(),
            term: input.term.clone(),
        };
        let then = concern.after(tx, ctx, &tree, &step)?;
        let done = concern.save_titled(tx, &tree, &then, title.as_ref().map_or(&concern.title, |(title, _)| title))?;
        let facts = ConcernDispatched {
            v: done.v,
            unit: input.unit,
            kind: then.kind.clone(),
            due: due_of(&then)?,
            resolve_by: set(then.resolve_by)?,
            object_by: set(then.object_by)?,
            title: title.map(|(title, salt)| record::text_digest_hex(&salt, &title)),
            redaction,
            term: then.term.clone(),
            exception: exception.0.is_some(),
            texts: said.texts(),
        };
        tell(tx, ctx, concern.id, who.actor(), Some(input.unit), &facts, &said)?;
        Ok(done)
    })
}

/// Whether the catalogue gives a kind to departments and to nobody else: then no community or grid may
/// be made to lead it.
pub(crate) fn is_for_departments(tx: &mut Tx, tree: &Tree, kind: &str) -> Result<bool, StoreError> {
    let duties = catalogue::duties(tx, kind)?;
    Ok(!duties.is_empty() && duties.iter().all(|duty| tree.level(duty.unit) == Some(Level::Department)))
}

/// The reason why a department's duty is given to a community or a grid all the same; nothing where it is not.
pub(crate) struct Exception(pub(crate) Option<String>);

impl Exception {
    /// Reads it where it is needed; where it is not, none was made.
    pub(crate) fn of(tree: &Tree, for_departments: bool, unit: UnitId, reason: Option<&str>) -> Result<Exception, Invalid> {
        let needed = for_departments && matches!(tree.level(unit), Some(Level::Community | Level::Grid));
        Ok(Exception(if needed { optional(reason, Field::Exception, LONGEST_NOTE)? } else { None }))
    }

    /// The note with the reason before it.
    pub(crate) fn with(&self, note: Option<String>) -> Option<String> {
        match (&self.0, note) {
            (Some(reason), Some(note)) => Some(format!("{reason}\n{note}")),
            (Some(reason), None) => Some(reason.clone()),
            (None, note) => note,
        }
    }
}
