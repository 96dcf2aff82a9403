//! How good a training is, measured on cases that it did not see: cross-validation over several shuffles,
//! each class spread evenly over the parts. The same cases give the same figures.

use std::collections::BTreeMap;

use crate::features::{Counts, counts};
use crate::model::{Case, Model};

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Cases.
    pub cases: usize,
    /// Into how many parts they were divided.
    pub parts: usize,
    /// How often they were shuffled.
    pub shuffles: usize,
    /// How often the likeliest class was right: the mean over the shuffles.
    pub first: f64,
    /// How far the shuffles differ: one standard deviation.
    pub first_spread: f64,
    /// How often the right class was among the three likeliest.
    pub three: f64,
    /// How far the shuffles differ.
    pub three_spread: f64,
    /// How sharply distances become confidence, so that a stated confidence is right as often as it says.
    pub sharpness: f64,
}

/// Sharpnesses that are tried.
const SHARP: [f64; 8] = [1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0];

/// Measures a training by cross-validation; nothing where there are too few cases to divide.
pub fn measure(cases: &[Case], parts: usize, shuffles: usize) -> Option<Measured> {
    if parts < 2 || shuffles == 0 || cases.len() < parts * 2 {
        return None;
    }
    let counted: Vec<Counts> = cases.iter().map(|case| counts(&case.head, &case.text)).collect();
    let (mut firsts, mut threes, mut losses) = (Vec::new(), Vec::new(), [0.0; SHARP.len()]);
    for shuffle in 0..shuffles {
        let place = divide(cases, parts, shuffle as u64 + 1);
        let (mut first, mut three) = (0_u32, 0_u32);
        for part in 0..parts {
            let train: Vec<(&Counts, &str)> = counted
                .iter()
                .zip(cases)
                .zip(&place)
                .filter(|(_, at)| **at != part)
                .map(|((counts, case), _)| (counts, case.class.as_str()))
                .collect();
            let model = Model::train_counted(&train)?;
            for ((counts, case), _) in counted.iter().zip(cases).zip(&place).filter(|(_, at)| **at == part) {
                let distances = model.distances(counts);
                let right = model.classes().iter().position(|class| *class == case.class);
                let Some(own) = right.and_then(|at| distances.get(at)).copied() else { continue };
                let above = distances.iter().filter(|distance| **distance > own).count();
                first += u32::from(above == 0);
                three += u32::from(above < 3);
                for (loss, sharp) in losses.iter_mut().zip(SHARP) {
                    let sum: f64 = distances.iter().map(|distance| ((distance - own) * sharp).exp()).sum();
                    *loss += sum.ln();
                }
            }
        }
        let all = f64::from(u32::try_from(cases.len()).unwrap_or(u32::MAX));
        firsts.push(f64::from(first) / all);
        threes.push(f64::from(three) / all);
    }
    let ((first, first_spread), (three, three_spread)) = (mean(&firsts), mean(&threes));
    let best = losses.iter().zip(SHARP).min_by(|a, b| a.0.total_cmp(b.0)).map_or(3.0, |(_, sharp)| sharp);
    Some(Measured { cases: cases.len(), parts, shuffles, first, first_spread, three, three_spread, sharpness: best })
}

/// The part of each case: those of one class are dealt out one after another in a drawn order.
fn divide(cases: &[Case], parts: usize, seed: u64) -> Vec<usize> {
    let mut of_class: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, case) in cases.iter().enumerate() {
        of_class.entry(&case.class).or_default().push(at);
    }
    let mut draw = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut place = vec![0; cases.len()];
    let mut next = 0;
    for mut members in of_class.into_values() {
        for at in (1..members.len()).rev() {
            draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            members.swap(at, usize::try_from((draw >> 33) % (at as u64 + 1)).unwrap_or(0));
        }
        for member in members {
            if let Some(place) = place.get_mut(member) {
                *place = next % parts;
            }
            next += 1;
        }
    }
    place
}

fn mean(values: &[f64]) -> (f64, f64) {
    let n = f64::from(u32::try_from(values.len()).unwrap_or(u32::MAX)).max(1.0);
    let mean = values.iter().sum::<f64>() / n;
    (mean, (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_on_what_was_not_learned() {
        let words = ["路灯", "停水", "学校"];
        let case = |n: usize| {
            let class = words[n % 3];
            Case { head: String::new(), text: format!("第{n}次反映{class}的事情，请{class}部门处理"), class: class.into() }
        };
        let cases: Vec<Case> = (0..60).map(case).collect();
        let measured = measure(&cases, 10, 2).unwrap();
        assert!(measured.first > 0.95 && measured.three > 0.99, "{measured:?}");
        assert_eq!(Some(measured), measure(&cases, 10, 2), "the same cases give the same figures");
        assert_eq!(measure(&cases[..10], 10, 2), None);
        let random: Vec<Case> =
            cases.iter().enumerate().map(|(n, case)| Case { class: words[(n / 3) % 3].into(), ..case.clone() }).collect();
        assert!(measure(&random, 10, 2).unwrap().first < 0.7, "what cannot be learned is not claimed");
    }
}
