//! Who might be responsible: what the desk is offered before a person confirms, and what a resident
//! finds under 这事归谁管. Made of the catalogue's own words and duties; nothing is decided here.

use base::UnitId;
use people::{Level, Tree};
use store::{StoreError, Tx};

use crate::catalogue::{self, Duty, Kind};
use crate::learn;

/// A kind that a text might be of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindGuess {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Words of the catalogue that stand in the text.
    pub words: Vec<String>,
    /// How much speaks for it; only for putting guesses in order.
    pub score: usize,
}

/// Why a unit is suggested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The catalogue makes this kind its duty.
    Duty {
        /// The kind.
        kind: String,
        /// Its name.
        kind_name: String,
        /// The document.
        document: String,
        /// Words of the text from which the kind was guessed; none where it was given.
        words: Vec<String>,
    },
    /// It handled such matters there before.
    Before {
        /// So often.
        n: u32,
        /// Of so many.
        of: u32,
    },
    /// It happened there, and no duty says otherwise.
    Place,
}

/// A unit that might be responsible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The unit.
    pub unit: UnitId,
    /// Why.
    pub why: Why,
}

/// Units that might be responsible, the likeliest first and each once: those whose duty the kind is,
/// nearest to the place, then the community and the town of the place. Whether a unit may have it is
/// asked elsewhere ([`crate::sight::may_have`]).
///
/// # Errors
/// Only the store's.
pub fn suggest(tx: &mut Tx, tree: &Tree, text: &str, kind: Option<&str>, place: Option<UnitId>) -> Result<Vec<Suggestion>, StoreError> {
    let kinds = catalogue::known(tx)?;
    let likely = match kind.and_then(|code| kinds.choice(code)) {
        Some(kind) => vec![KindGuess { code: kind.code.clone(), name: kind.name.clone(), words: Vec::new(), score: 0 }],
        None => learn::likely(tx, "", text, 3)?
            .into_iter()
            .map(|likely| KindGuess { code: likely.code, name: likely.name, words: likely.words, score: 0 })
            .collect(),
    };
    let learned = learn::learned(tx)?;
    let place = place.map(|place| tree.heir(place));
    let town = place.and_then(|place| tree.at_level(place, Level::Town)).map(|town| town.id);
    let mut suggestions: Vec<Suggestion> = Vec::new();
    let mut offer = |unit: UnitId, why: Why| {
        if !suggestions.iter().any(|other| other.unit == unit) {
            suggestions.push(Suggestion { unit, why });
        }
    };
    for guess in likely {
        let mut duties = catalogue::duties(tx, &guess.code)?;
        // Nearest to the place first; among those as near, who handled such matters more often.
        let (before, of) = learned.handled(&guess.code, town);
        let times = |unit: UnitId| before.iter().find(|(other, _)| *other == unit).map_or(0, |(_, n)| *n);
        duties.sort_by_key(|duty| std::cmp::Reverse((shared(tree, duty, place), times(duty.unit))));
        for duty in duties {
            let why =
                Why::Duty { kind: guess.code.clone(), kind_name: guess.name.clone(), document: duty.document, words: guess.words.clone() };
            offer(duty.unit, why);
        }
        // Whom people keep choosing although no duty says so: a third of at least five.
        for (unit, n) in before.iter().filter(|(_, n)| of >= 5 && n * 3 >= of) {
            offer(*unit, Why::Before { n: *n, of });
        }
    }
    if let Some(place) = place {
        for level in [Level::Community, Level::Town] {
            if let Some(unit) = tree.at_level(place, level) {
                offer(unit.id, Why::Place);
            }
        }
    }
    Ok(suggestions)
}

/// How many units two lines share: the more, the nearer.
fn shared(tree: &Tree, duty: &Duty, place: Option<UnitId>) -> usize {
    place.map_or(0, |place| tree.ancestors(place).filter(|above| tree.is_within(duty.unit, above.id)).count())
}

/// What a resident finds under 这事归谁管.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whose {
    /// The kind.
    pub kind: Kind,
    /// Whose duty it is, and by which document; nobody named means the community of the place.
    pub duties: Vec<Duty>,
}

/// Kinds that a resident's words might be of, with whose duty each is. No words give the whole catalogue.
///
/// # Errors
/// Only the store's.
pub fn whose(tx: &mut Tx, words: &str, most: usize) -> Result<Vec<Whose>, StoreError> {
    let kinds = catalogue::known(tx)?;
    let codes: Vec<String> = match base::text::clean_line(words) {
        none if none.is_empty() => kinds.offered().map(|kind| kind.code.clone()).collect(),
        words => {
            let mut codes: Vec<String> = kinds.guess(&words, most).into_iter().map(|guess| guess.code).collect();
            codes.extend(kinds.begun(&words).map(|kind| kind.code.clone()));
            codes
        }
    };
    let mut found: Vec<Whose> = Vec::new();
    for code in codes {
        if found.len() == most {
            break;
        }
        let Some(kind) = kinds.choice(&code).filter(|_| !found.iter().any(|other| other.kind.code == code)) else {
            continue;
        };
        let duties = catalogue::duties(tx, &code)?;
        found.push(Whose { kind: kind.clone(), duties });
    }
    Ok(found)
}
