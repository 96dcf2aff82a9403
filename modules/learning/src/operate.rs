//! What the operations have in common: why something is refused, how an event is about something, texts within bounds.

use base::{Ctx, Id, UnitId};
use people::{Level, Tree, TreeKind};
use record::About;
use store::{StoreError, Tx};

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum LearnError {
    /// There is no such thing, or not for this person.
    #[error("there is no such thing")]
    NotFound,
    /// Not for this unit.
    #[error("not for this unit")]
    Denied,
    /// It is not at that point any more, or somebody was quicker.
    #[error("it is not at that point any more")]
    NotNow,
    /// This field is empty, too long, or cannot be.
    #[error("{0} is missing or cannot be")]
    Field(&'static str),
    /// It was done before.
    #[error("it was done before")]
    Already,
    /// It is as it was: nothing was changed.
    #[error("nothing was changed")]
    Unchanged,
    /// The code on the screen is another by now, or was never there.
    #[error("the code is wrong or has passed")]
    Code,
    /// Only who has a seat.
    #[error("there is no seat for this person")]
    NoSeat,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<people::Denied> for LearnError {
    fn from(_: people::Denied) -> LearnError {
        LearnError::Denied
    }
}

/// An event about something, for a unit or for none.
pub(crate) fn about(ctx: &Ctx, actor: record::Actor, unit: Option<UnitId>, subject: Id) -> About {
    About { occurred_at: ctx.now, actor, unit, subject, batch: None }
}

/// A line of 1 to `most` characters.
pub(crate) fn line(typed: &str, field: &'static str, most: usize) -> Result<String, LearnError> {
    let clean = base::text::clean_line(typed);
    if clean.is_empty() || base::text::count_chars(&clean) > most { Err(LearnError::Field(field)) } else { Ok(clean) }
}

/// A text of at most `most` characters; empty where it may be.
pub(crate) fn text(typed: &str, field: &'static str, most: usize, may_be_empty: bool) -> Result<String, LearnError> {
    let clean = crate::model::tidy(typed);
    let long = base::text::count_chars(&clean) > most;
    if long || (clean.trim().is_empty() && !may_be_empty) { Err(LearnError::Field(field)) } else { Ok(clean) }
}

/// The unit of the four levels that a Party organisation belongs to: the one it is linked with, else the one that the
/// organisation above it is linked with, else the district. Figures of branches stand there on dashboards.
pub(crate) fn counterpart(tx: &mut Tx, tree: &Tree, unit: UnitId) -> Result<Option<UnitId>, StoreError> {
    if tree.get(unit).is_none_or(|unit| unit.tree() == TreeKind::Admin) {
        return Ok(Some(unit));
    }
    let above: Vec<UnitId> = tree.ancestors(unit).rev().map(|unit| unit.id).collect();
    for one in above {
        if let Some(link) = people::links_of(tx, one)?.first() {
            return Ok(Some(link.unit));
        }
    }
    Ok(tree.district().map(|unit| unit.id))
}

/// Whether a course or a class of this unit is for somebody who sits in these units: what the whole district's
/// organisations offer is for everybody, the rest for the people below.
pub(crate) fn is_for(tree: &Tree, owner: UnitId, units: &[UnitId]) -> bool {
    let whole = tree.parent(owner).is_none() && tree.level(owner) != Some(Level::Branch);
    whole || units.iter().any(|unit| tree.is_within(*unit, owner))
}
