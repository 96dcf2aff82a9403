//! The model: a vocabulary with weights, and a line for each class. It is kept as bytes and read again.

use std::collections::HashMap;

use crate::features::{Counts, counts, is_of_head};
use crate::solve::{Weighed, solve};

/// A text whose class is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// What stands first, such as a title.
    pub head: String,
    /// The text.
    pub text: String,
    /// Its class.
    pub class: String,
}

/// A class that a text may be of.
#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    /// The class.
    pub class: String,
    /// How sure, from 0 to 1: all classes together are 1.
    pub confidence: f64,
}

/// The price of a case on the wrong side.
const COST: f64 = 1.0;
/// Features at most: the commonest are kept.
const MOST: usize = 60_000;
/// The first bytes of a kept model, with the version of its form.
const MARK: &[u8; 8] = b"guess\0\0\x01";

/// A trained model.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    classes: Vec<String>,
    /// Place in the vocabulary and weight by rarity, by feature.
    vocabulary: HashMap<u64, (u32, f32)>,
    /// For each place a weight for each class, and for all classes the bias at the end: a text has few of the places, and
    /// what it needs of one lies together.
    weights: Vec<f32>,
    /// How sharply distances become confidence; measured by [`crate::measure`].
    sharpness: f64,
}

/// Bytes that are no model of this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadModel;

impl std::fmt::Display for BadModel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("these bytes are no model of this version")
    }
}

impl std::error::Error for BadModel {}

impl Model {
    /// Trains on these cases; nothing where there are not two classes to tell apart.
    pub fn train(cases: &[Case]) -> Option<Model> {
        let counted: Vec<(Counts, &str)> = cases.iter().map(|case| (counts(&case.head, &case.text), case.class.as_str())).collect();
        Model::train_counted(&counted.iter().map(|(counts, class)| (counts, *class)).collect::<Vec<_>>())
    }

    pub(crate) fn train_counted(cases: &[(&Counts, &str)]) -> Option<Model> {
        let mut classes: Vec<String> = cases.iter().map(|(_, class)| (*class).to_owned()).collect();
        classes.sort_unstable();
        classes.dedup();
        if classes.len() < 2 {
            return None;
        }
        let mut seen: HashMap<u64, u32> = HashMap::new();
        for (counts, _) in cases {
            for (feature, _) in *counts {
                *seen.entry(*feature).or_default() += 1;
            }
        }
        let mut features: Vec<(u64, u32)> = seen.into_iter().collect();
        features.sort_unstable_by_key(|(feature, seen)| (std::cmp::Reverse(*seen), *feature));
        features.truncate(MOST);
        features.sort_unstable();
        let all = f64::from(u32::try_from(cases.len()).unwrap_or(u32::MAX));
        #[expect(clippy::cast_possible_truncation, reason = "the model keeps single precision")]
        let rarity = |seen: u32| (((1.0 + all) / (1.0 + f64::from(seen))).ln() + 1.0) as f32;
        let vocabulary: HashMap<u64, (u32, f32)> =
            features.iter().zip(0..).map(|((feature, seen), place)| (*feature, (place, rarity(*seen)))).collect();
        let weighed: Vec<Weighed> = cases.iter().map(|(counts, _)| weigh(&vocabulary, counts)).collect();
        let lines: Vec<Vec<f32>> = classes
            .iter()
            .map(|class| {
                let is_of: Vec<bool> = cases.iter().map(|(_, of)| of == class).collect();
                let of = f64::from(u32::try_from(is_of.iter().filter(|of| **of).count()).unwrap_or(u32::MAX));
                // Small classes weigh as much as large ones.
                let share = all / (f64::from(u32::try_from(classes.len()).unwrap_or(u32::MAX)) * of.max(1.0));
                solve(&weighed, &is_of, features.len(), COST, (share, 1.0))
            })
            .collect();
        let weights = turned(&lines, features.len() + 1);
        Some(Model { classes, vocabulary, weights, sharpness: 3.0 })
    }

    /// The classes, in their order.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// Sets how sharply distances become confidence.
    #[must_use]
    pub fn with_sharpness(mut self, sharpness: f64) -> Model {
        self.sharpness = sharpness;
        self
    }

    /// The likeliest classes of a text, at most so many.
    pub fn guess(&self, head: &str, text: &str, most: usize) -> Vec<Guess> {
        let distances = self.distances(&counts(head, text));
        let top = distances.iter().copied().fold(f64::MIN, f64::max);
        let shares: Vec<f64> = distances.iter().map(|distance| ((distance - top) * self.sharpness).exp()).collect();
        let sum: f64 = shares.iter().sum();
        let mut guesses: Vec<Guess> =
            self.classes.iter().zip(&shares).map(|(class, share)| Guess { class: class.clone(), confidence: share / sum }).collect();
        guesses.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then_with(|| a.class.cmp(&b.class)));
        guesses.truncate(most);
        guesses
    }

    /// How far on the side of each class a text lies.
    pub(crate) fn distances(&self, counts: &Counts) -> Vec<f64> {
        let weighed = weigh(&self.vocabulary, counts);
        let mut sums = vec![0.0_f64; self.classes.len()];
        let mut add = |place: usize, x: f32| {
            for (sum, weight) in sums.iter_mut().zip(self.at(place)) {
                *sum += f64::from(*weight) * f64::from(x);
            }
        };
        weighed.iter().for_each(|(place, x)| add(*place as usize, *x));
        add(self.vocabulary.len(), 1.0);
        sums
    }

    /// A weight of this place for each class.
    fn at(&self, place: usize) -> &[f32] {
        let n = self.classes.len();
        self.weights.get(place * n..(place + 1) * n).unwrap_or_default()
    }

    /// The model as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MARK.to_vec();
        out.extend(self.sharpness.to_le_bytes());
        put(&mut out, self.classes.len());
        for class in &self.classes {
            put(&mut out, class.len());
            out.extend(class.as_bytes());
        }
        let mut features: Vec<(u64, f32)> = self.vocabulary.iter().map(|(feature, (_, rarity))| (*feature, *rarity)).collect();
        features.sort_unstable_by_key(|(feature, _)| *feature);
        put(&mut out, features.len());
        for (feature, rarity) in &features {
            out.extend(feature.to_le_bytes());
            out.extend(rarity.to_le_bytes());
        }
        for class in 0..self.classes.len() {
            for place in 0..=features.len() {
                out.extend(self.at(place).get(class).copied().unwrap_or(0.0).to_le_bytes());
            }
        }
        out
    }

    /// The model of these bytes.
    ///
    /// # Errors
    /// [`BadModel`] for bytes that [`Model::to_bytes`] of this version did not write.
    pub fn from_bytes(bytes: &[u8]) -> Result<Model, BadModel> {
        let mut rest = bytes.strip_prefix(MARK.as_slice()).ok_or(BadModel)?;
        let sharpness = f64::from_le_bytes(take(&mut rest)?);
        let mut classes = Vec::new();
        for _ in 0..length(&mut rest)? {
            let name = length(&mut rest)?;
            let (name, after) = rest.split_at_checked(name).ok_or(BadModel)?;
            classes.push(std::str::from_utf8(name).map_err(|_| BadModel)?.to_owned());
            rest = after;
        }
        let features = length(&mut rest)?;
        if features > MOST || rest.len() != features * 12 + classes.len() * (features + 1) * 4 || !sharpness.is_finite() {
            return Err(BadModel);
        }
        let mut vocabulary = HashMap::with_capacity(features);
        for place in 0..u32::try_from(features).map_err(|_| BadModel)? {
            let feature = u64::from_le_bytes(take(&mut rest)?);
            vocabulary.insert(feature, (place, f32::from_le_bytes(take(&mut rest)?)));
        }
        let mut lines = Vec::new();
        for _ in &classes {
            lines.push((0..=features).map(|_| Ok(f32::from_le_bytes(take(&mut rest)?))).collect::<Result<Vec<f32>, BadModel>>()?);
        }
        Ok(Model { weights: turned(&lines, features + 1), classes, vocabulary, sharpness })
    }
}

/// The lines of classes, a weight for each place, as the weights of places.
fn turned(lines: &[Vec<f32>], places: usize) -> Vec<f32> {
    (0..places).flat_map(|place| lines.iter().map(move |line| line.get(place).copied().unwrap_or(0.0))).collect()
}

/// Features weighed by how often they stand in the text and how rare they are; the head and the whole each
/// of length 1, so that a long text does not drown its title.
fn weigh(vocabulary: &HashMap<u64, (u32, f32)>, counts: &Counts) -> Weighed {
    let mut squares = [0.0_f32; 2];
    let mut weighed: Vec<(u32, f32, usize)> = Vec::with_capacity(counts.len());
    for (feature, count) in counts {
        if let Some((place, rarity)) = vocabulary.get(feature) {
            #[expect(clippy::cast_precision_loss, reason = "a count in one text")]
            let x = ((*count as f32).ln() + 1.0) * rarity;
            let part = usize::from(is_of_head(*feature));
            if let Some(square) = squares.get_mut(part) {
                *square += x * x;
            }
            weighed.push((*place, x, part));
        }
    }
    weighed
        .into_iter()
        .map(|(place, x, part)| (place, x / squares.get(part).copied().unwrap_or(1.0).sqrt().max(f32::MIN_POSITIVE)))
        .collect()
}

fn put(out: &mut Vec<u8>, length: usize) {
    out.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], BadModel> {
    let (first, after) = rest.split_first_chunk::<N>().ok_or(BadModel)?;
    *rest = after;
    Ok(*first)
}

fn length(rest: &mut &[u8]) -> Result<usize, BadModel> {
    let length = usize::try_from(u32::from_le_bytes(take(rest)?)).map_err(|_| BadModel)?;
    if length > rest.len() { Err(BadModel) } else { Ok(length) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cases() -> Vec<Case> {
        let told = [
            ("路", "路灯不亮，天黑看不清路"),
            ("路", "路面有个大坑，骑车差点摔倒"),
            ("路", "路口的红绿灯坏了"),
            ("水", "水管漏水，家里停水两天"),
            ("水", "自来水发黄，有铁锈味"),
            ("水", "楼上漏水，天花板湿了"),
            ("学", "学校食堂的饭菜不新鲜"),
            ("学", "学校门口放学时很拥挤"),
        ];
        told.iter().map(|(class, text)| Case { head: String::new(), text: (*text).into(), class: (*class).into() }).collect()
    }

    #[test]
    fn tells_apart_what_it_learned_and_says_how_sure() {
        let model = Model::train(&cases()).unwrap();
        for (class, text) in [("路", "路灯又坏了"), ("水", "水管又漏水"), ("学", "学校食堂")] {
            let guesses = model.guess("", text, 3);
            assert_eq!(guesses[0].class, class, "{guesses:?}");
            assert!((guesses.iter().map(|guess| guess.confidence).sum::<f64>() - 1.0).abs() < 1e-9);
        }
        assert_eq!(model, Model::train(&cases()).unwrap(), "the same cases give the same model");
        assert!(Model::train(&cases()[..3]).is_none(), "one class is nothing to tell apart");
        assert_eq!(model.guess("", "12:30 OK", 3).len(), 3, "a text without a known character");
    }

    #[test]
    fn is_kept_as_bytes() {
        let model = Model::train(&cases()).unwrap().with_sharpness(2.5);
        let bytes = model.to_bytes();
        assert_eq!(Model::from_bytes(&bytes), Ok(model));
        assert_eq!(Model::from_bytes(&bytes[..bytes.len() - 1]), Err(BadModel));
        assert_eq!(Model::from_bytes(b""), Err(BadModel));
    }

    proptest! {
        #[test]
        fn bytes_of_anybody_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut marked = MARK.to_vec();
            marked.extend(&bytes);
            let _ = Model::from_bytes(&marked);
        }
    }
}
