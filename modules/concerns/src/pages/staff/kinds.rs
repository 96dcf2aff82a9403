//! The catalogue for a form: kinds to choose from, and whom it suggests.

use base::UnitId;
use people::Tree;
use store::{StoreError, Tx};
use web::fill;
use web::kit::Choice;

use crate::catalogue::{self, Kind};
use crate::learn::Likely;

/// Kinds to choose from.
pub(super) struct Kinds(Vec<Kind>);

impl Kinds {
    /// Reads the catalogue: what a concern can be made to be of.
    pub(super) fn load(tx: &mut Tx) -> Result<Kinds, StoreError> {
        Ok(Kinds(catalogue::offered(tx)?))
    }

    /// Reads all of it, ended kinds too: what a concern can have been of.
    pub(super) fn all(tx: &mut Tx) -> Result<Kinds, StoreError> {
        Ok(Kinds(catalogue::kinds(tx)?))
    }

    /// The kinds that can be chosen, those without parts, each with the path to it.
    pub(super) fn choices(&self, chosen: &str) -> Vec<Choice> {
        let leaf = |kind: &&Kind| !self.0.iter().any(|other| other.parent.as_deref() == Some(&kind.code));
        self.0.iter().filter(leaf).map(|kind| Choice::new(&kind.code, self.path(kind)).chosen(kind.code == chosen)).collect()
    }

    /// The same with the likeliest first, each with how sure that is.
    pub(super) fn suggested(&self, chosen: &str, likely: &[Likely], text: &str) -> Vec<Choice> {
        let first = likely.iter().filter_map(|likely| {
            let kind = self.0.iter().find(|kind| kind.code == likely.code)?;
            let label = match likely.confidence {
                Some(share) => fill(text, &[("kind", &self.path(kind)), ("percent", &format!("{:.0}", share * 100.0))]),
                None => self.path(kind),
            };
            Some(Choice::new(&kind.code, label).chosen(kind.code == chosen))
        });
        let mut list: Vec<Choice> = first.collect();
        let rest = self.choices(chosen).into_iter().filter(|choice| !likely.iter().any(|likely| likely.code == choice.value));
        list.extend(rest);
        list
    }

    /// 城乡建设 › 市政管理 › 路灯.
    fn path(&self, kind: &Kind) -> String {
        let mut names = vec![kind.name.as_str()];
        let mut up = kind.parent.as_deref();
        while let Some(above) = up.and_then(|code| self.0.iter().find(|kind| kind.code == code)).filter(|_| names.len() < 4) {
            names.push(&above.name);
            up = above.parent.as_deref();
        }
        names.reverse();
        names.join(" › ")
    }
}

/// A unit's name with those above it; empty for none.
pub(super) fn name(tree: &Tree, unit: Option<UnitId>) -> String {
    unit.map(|unit| tree.full_name(unit)).unwrap_or_default()
}
