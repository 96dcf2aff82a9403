//! The catalogue in memory: read once for each change of it, with what is asked of it for every text.

use std::collections::HashMap;
use std::sync::Arc;

use record::EventId;
use store::{Chained, Kept, Sql, StoreError, Tx, p, sql};

use super::{Kind, KindGuess, kind_row};

/// All kinds, ended ones too, in their order.
#[derive(Debug, Default)]
pub struct KnownKinds {
    kinds: Vec<Known>,
    by_code: HashMap<String, usize>,
}

#[derive(Debug)]
struct Known {
    kind: Kind,
    ended: bool,
    /// The widest kind that it is part of.
    root: usize,
    /// Its words and its name, each once, folded: where among its words, and so the name after them all.
    words: Vec<(usize, String)>,
}

const VERSION: Chained = store::chained!("concern_kind_version");
/// The whole table: some hundreds of rows, once for each change of it.
const ALL: &Sql = sql!("SELECT code, name, parent, ord, keywords, ended_at FROM concern_kind ORDER BY ord, code");

static KEPT: Kept<KnownKinds> = Kept::new(64);

/// The catalogue as it stands in this transaction, by one point query when it has not changed.
///
/// # Errors
/// Only the store's.
pub fn known(tx: &mut Tx) -> Result<Arc<KnownKinds>, StoreError> {
    KEPT.of(tx, &VERSION, |tx| Ok(KnownKinds::of(tx.all(ALL, p![], |row| Ok((kind_row(row)?, row.opt_time(5)?.is_some())))?)))
}

/// Chains a change of `concern_kind` into its version: whatever writes the table calls this with the id of the event that
/// tells of the change.
pub(super) fn changed(tx: &mut Tx, event: EventId) -> Result<(), StoreError> {
    VERSION.change(tx, &[event.bytes()])
}

impl KnownKinds {
    /// A catalogue of these kinds, in their order, each with whether it has ended.
    pub fn of(kinds: Vec<(Kind, bool)>) -> KnownKinds {
        let by_code: HashMap<String, usize> = kinds.iter().enumerate().map(|(at, (kind, _))| (kind.code.clone(), at)).collect();
        let above = |at: usize| kinds.get(at).and_then(|(kind, _)| kind.parent.as_ref()).and_then(|code| by_code.get(code)).copied();
        // A catalogue that names itself as its own parent must not hold anybody up.
        let roots: Vec<usize> = (0..kinds.len()).map(|at| (0..8).fold(at, |at, _| above(at).unwrap_or(at))).collect();
        let known = |((kind, ended), root): ((Kind, bool), usize)| {
            let mut words: Vec<(usize, String)> = Vec::new();
            for (at, word) in kind.keywords.iter().chain([&kind.name]).enumerate() {
                let folded = search::folded(word);
                if !folded.is_empty() && !kind.keywords.get(..at).unwrap_or_default().contains(word) {
                    words.push((at, folded));
                }
            }
            Known { kind, ended, root, words }
        };
        KnownKinds { kinds: kinds.into_iter().zip(roots).map(known).collect(), by_code }
    }

    /// The kinds that can be chosen, in their order: those that have not ended.
    pub fn offered(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.iter().filter(|known| !known.ended).map(|known| &known.kind)
    }

    fn find(&self, code: &str) -> Option<&Known> {
        self.by_code.get(code).and_then(|at| self.kinds.get(*at))
    }

    /// The kind with this code, also one that has ended.
    pub fn get(&self, code: &str) -> Option<&Kind> {
        self.find(code).map(|known| &known.kind)
    }

    /// The kind with this code, if it can be chosen.
    pub fn choice(&self, code: &str) -> Option<&Kind> {
        self.find(code).filter(|known| !known.ended).map(|known| &known.kind)
    }

    /// The widest kind that a kind is part of; of one that is not there its own code.
    pub fn root<'a>(&'a self, code: &'a str) -> &'a str {
        self.find(code).and_then(|known| self.kinds.get(known.root)).map_or(code, |root| &root.kind.code)
    }

    /// Kinds that a text might be of, the likeliest first: those whose words stand in it, in whichever characters.
    pub fn guess(&self, text: &str, most: usize) -> Vec<KindGuess> {
        self.guess_folded(&search::folded(text), most)
    }

    /// The same of a text that is folded already.
    pub(crate) fn guess_folded(&self, text: &str, most: usize) -> Vec<KindGuess> {
        let weigh = |known: &Known| {
            let mut words: Vec<String> = Vec::new();
            let mut score = 0;
            for (at, folded) in known.words.iter().filter(|(_, folded)| text.contains(folded.as_str())) {
                // A longer word says more: 电动自行车充电 more than 电.
                score += folded.chars().count().pow(2);
                words.push(known.kind.keywords.get(*at).unwrap_or(&known.kind.name).clone());
            }
            (score > 0).then(|| KindGuess { code: known.kind.code.clone(), name: known.kind.name.clone(), words, score })
        };
        let mut guesses: Vec<KindGuess> = self.kinds.iter().filter(|known| !known.ended).filter_map(weigh).collect();
        // Stable, so that equals stay in the catalogue's order.
        guesses.sort_by_key(|guess| std::cmp::Reverse(guess.score));
        guesses.truncate(most);
        guesses
    }

    /// Kinds in whose words or names these letters stand, in their order: few letters are the beginning of a name rather
    /// than a sentence that holds one.
    pub fn begun(&self, letters: &str) -> impl Iterator<Item = &Kind> {
        let letters = search::folded(letters);
        let has = move |known: &&Known| !known.ended && known.words.iter().any(|(_, folded)| folded.contains(&letters));
        self.kinds.iter().filter(has).map(|known| &known.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(code: &str, name: &str, parent: Option<&str>, keywords: &[&str]) -> Kind {
        let keywords = keywords.iter().map(|word| (*word).to_owned()).collect();
        Kind { code: code.into(), name: name.into(), parent: parent.map(str::to_owned), ord: 0, keywords }
    }

    #[test]
    fn the_longer_word_says_more() {
        let catalogue = KnownKinds::of(vec![
            (kind("1", "供电", None, &["停电", "电"]), false),
            (kind("2", "充电设施", None, &["电动自行车充电", "充电桩", "充电桩"]), false),
            (kind("3", "供水", None, &["停水"]), false),
            (kind("4", "水务", None, &["停水"]), true),
        ]);
        let guesses = catalogue.guess("小区电动自行车充电的地方不够", 3);
        assert_eq!(guesses.iter().map(|guess| guess.code.as_str()).collect::<Vec<_>>(), ["2", "1"]);
        assert_eq!(catalogue.guess("楼下停水了", 3).iter().map(|guess| guess.code.as_str()).collect::<Vec<_>>(), ["3"], "4 has ended");
        assert_eq!(catalogue.guess("楼下停水了", 3)[0].words, ["停水"]);
        assert!(catalogue.guess("谢谢", 3).is_empty());
        let traditional = catalogue.guess("電動自行車充電樁壞了", 3);
        assert_eq!(
            (traditional[0].code.as_str(), traditional[0].words.as_slice()),
            ("2", &["电动自行车充电".to_owned(), "充电桩".to_owned()][..])
        );
        assert_eq!(catalogue.begun("充电").map(|kind| kind.code.as_str()).collect::<Vec<_>>(), ["2"]);
    }

    #[test]
    fn a_kind_is_found_with_what_it_is_part_of() {
        let catalogue = KnownKinds::of(vec![
            (kind("1", "城建", None, &[]), false),
            (kind("11", "市政", Some("1"), &[]), false),
            (kind("111", "路灯", Some("11"), &[]), true),
            (kind("8", "一", Some("9"), &[]), false),
            (kind("9", "二", Some("8"), &[]), false),
        ]);
        assert_eq!(["111", "11", "1", "none"].map(|code| catalogue.root(code)), ["1", "1", "1", "none"]);
        assert!(["8", "9"].contains(&catalogue.root("8")), "going round ends");
        assert_eq!(catalogue.get("111").map(|kind| kind.name.as_str()), Some("路灯"));
        assert!(catalogue.choice("111").is_none());
    }
}
