//! What a measure comes to, and when it is too little to say anything.

use record::measure::{Kind, Nature};

use crate::catalogue::find;

/// Under so many answers a rate is shown with its n and without grade, colour or comparison.
pub const FEW: i64 = 10;

/// A number, with what it is of where it is a rate or a median.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Value {
    /// The count, the sum, what is above the line, or the median.
    pub num: i64,
    /// What is below the line, or how many the median is of; none for counts.
    pub den: Option<i64>,
    /// How many people or cases a rate is of, where what is below its line are points or hours.
    pub each: Option<i64>,
}

/// Whether there is enough to judge by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// There is.
    Enough,
    /// There is too little: show the number and its n, no grade.
    TooFew,
}

impl Value {
    /// A count.
    pub fn count(num: i64) -> Value {
        Value { num, den: None, each: None }
    }

    /// One count of another, or a median of so many.
    pub fn rate_of(num: i64, den: i64) -> Value {
        Value { num, den: Some(den), each: None }
    }

    /// How many people or cases a rate or a median is of: its n. None for counts.
    pub fn of(&self) -> Option<i64> {
        self.each.or(self.den)
    }

    /// How many it is of; a count is of itself.
    pub fn n(&self) -> i64 {
        self.of().unwrap_or(self.num)
    }

    /// From 0 to 1, for a rate of something; none for a count and where n is 0.
    pub fn rate(&self) -> Option<f64> {
        let den = self.den.filter(|den| *den != 0)?;
        #[expect(clippy::cast_precision_loss, reason = "counts")]
        Some(self.num as f64 / den as f64)
    }

    /// As it is shown: a count as it is, a rate in per cent with one decimal, a dash where n is 0.
    pub fn shown(&self, kind: Kind) -> String {
        match (kind, self.den) {
            (Kind::Rate { .. }, _) => self.rate().map_or_else(|| "—".to_owned(), |rate| format!("{:.1}%", rate * 100.0)),
            (Kind::Median, Some(0)) => "—".to_owned(),
            _ => self.num.to_string(),
        }
    }
}

/// Whether a number is of enough to be judged: a rate or a median of at least so many; counts always are.
pub fn grade(value: Value, threshold: i64) -> Grade {
    if value.of().is_some_and(|n| n < threshold) { Grade::TooFew } else { Grade::Enough }
}
/// Which of these numbers of one measure are kept back: rates of too few, and of answers as many more, the smallest first,
/// as it takes until what is kept back is not of a few either. Else it could be reckoned from the others and their sum.
pub fn kept_back(id: &str, values: &[Value]) -> Vec<bool> {
    match find(id).filter(|measure| matches!(measure.kind, Kind::Rate { .. })) {
        Some(measure) if measure.nature == Nature::Answer => with_others(values),
        Some(_) => few(values),
        None => vec![false; values.len()],
    }
}

fn few(values: &[Value]) -> Vec<bool> {
    values.iter().map(|value| value.n() < FEW).collect()
}

fn with_others(values: &[Value]) -> Vec<bool> {
    let mut back = few(values);
    loop {
        let hidden: i64 = values.iter().zip(&back).filter(|(_, back)| **back).map(|(value, _)| value.n().max(0)).sum();
        let told = values.iter().zip(&mut back).filter(|(_, back)| !**back);
        match told.min_by_key(|(value, _)| value.n()) {
            Some((_, slot)) if (1..FEW).contains(&hidden) => *slot = true,
            _ => return back,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_back_is_together_not_of_a_few() {
        let back = |n: &[i64]| with_others(&n.iter().map(|n| Value::rate_of(0, *n)).collect::<Vec<_>>());
        assert_eq!(back(&[12, 40, 30]), [false, false, false]);
        assert_eq!(back(&[3, 40, 30]), [true, false, true], "a single one would follow from the sum");
        assert_eq!(back(&[1, 1, 40, 30]), [true, true, false, true], "two of one each are two people");
        assert_eq!(back(&[4, 6, 40]), [true, true, false], "ten together are enough");
        assert_eq!(back(&[0, 0, 40]), [true, true, false], "nobody is nobody");
        assert_eq!(back(&[3]), [true]);
    }
}
