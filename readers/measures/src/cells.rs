//! How a row of tallies is written: one cell for each measure (and key), with its days.
//!
//! A cell is: number of the measure, key, the sum of the month, the length of its days, and for each
//! day that counted something the day and its sum. Numbers are base-128, signed ones zigzag. Cells
//! stand in order, days too, so that the same counts are the same bytes however they came about.

use std::collections::BTreeMap;

use store::StoreError;

/// Something that does not read as cells.
fn damaged() -> StoreError {
    StoreError::misfit("a row of tallies cannot be read; rebuild the reader", "统计表里有读不出来的行，请重建由记录算出的表")
}

pub(crate) fn put(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push(u8::try_from(n & 0x7f).unwrap_or(0) | 0x80);
        n >>= 7;
    }
    out.push(u8::try_from(n).unwrap_or(0));
}

pub(crate) fn take(bytes: &mut &[u8]) -> Result<u64, StoreError> {
    let (mut n, mut shift) = (0_u64, 0_u32);
    loop {
        let (first, rest) = bytes.split_first().ok_or_else(damaged)?;
        *bytes = rest;
        n |= u64::from(first & 0x7f).checked_shl(shift).ok_or_else(damaged)?;
        if first & 0x80 == 0 {
            return Ok(n);
        }
        shift += 7;
    }
}

pub(crate) fn take_bytes<'a>(bytes: &mut &'a [u8], length: u64) -> Result<&'a [u8], StoreError> {
    let at = usize::try_from(length).ok().filter(|at| *at <= bytes.len()).ok_or_else(damaged)?;
    let (first, rest) = bytes.split_at(at);
    *bytes = rest;
    Ok(first)
}

fn signed(n: i64) -> u64 {
    n.wrapping_shl(1).cast_unsigned() ^ (n >> 63).cast_unsigned()
}

fn unsigned(n: u64) -> i64 {
    (n >> 1).cast_signed() ^ -((n & 1).cast_signed())
}

/// A cell as it lies in a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell<'a> {
    /// The number of its measure.
    pub(crate) slot: u16,
    /// Its key; empty for the whole.
    pub(crate) key: &'a [u8],
    /// The sum of the month.
    pub(crate) total: i64,
    days: &'a [u8],
}

impl Cell<'_> {
    /// The days that counted something, from 0, with their sums.
    pub(crate) fn days(&self) -> Result<Vec<(u8, i64)>, StoreError> {
        let mut rest = self.days;
        let mut days = Vec::new();
        while !rest.is_empty() {
            let day = u8::try_from(take(&mut rest)?).map_err(|_| damaged())?;
            days.push((day, unsigned(take(&mut rest)?)));
        }
        Ok(days)
    }

    /// The sum from one day of the month to another, both counted.
    pub(crate) fn sum(&self, from: u8, to: u8) -> Result<i64, StoreError> {
        if from == 0 && to >= 30 {
            return Ok(self.total);
        }
        Ok(self.days()?.into_iter().filter(|(day, _)| (from..=to).contains(day)).map(|(_, n)| n).sum())
    }
}

/// Goes through the cells of a row.
pub(crate) fn each(mut bytes: &[u8], mut f: impl FnMut(Cell<'_>) -> Result<(), StoreError>) -> Result<(), StoreError> {
    while !bytes.is_empty() {
        let slot = u16::try_from(take(&mut bytes)?).map_err(|_| damaged())?;
        let length = take(&mut bytes)?;
        let key = take_bytes(&mut bytes, length)?;
        let total = unsigned(take(&mut bytes)?);
        let length = take(&mut bytes)?;
        let days = take_bytes(&mut bytes, length)?;
        f(Cell { slot, key, total, days })?;
    }
    Ok(())
}

/// What is to be added to a row: in order of measure, key and day, each of them once.
pub(crate) type Added<'a> = [((u16, &'a [u8]), u8, i64)];

/// A row with this added to it.
pub(crate) fn merge(row: &[u8], added: &Added<'_>) -> Result<Vec<u8>, StoreError> {
    let mut out = Vec::with_capacity(row.len() + added.len() * 6);
    let mut rest = added;
    each(row, |cell| {
        let here = (cell.slot, cell.key);
        while let Some(((slot, key), ..)) = rest.first()
            && (*slot, *key) < here
        {
            rest = fresh(&mut out, rest);
        }
        let same = rest.iter().take_while(|(name, ..)| *name == here).count();
        if same == 0 {
            write(&mut out, here, cell.total, cell.days);
            return Ok(());
        }
        let (mine, after) = rest.split_at(same);
        rest = after;
        let mut days: BTreeMap<u8, i64> = cell.days()?.into_iter().collect();
        for (_, day, n) in mine {
            *days.entry(*day).or_default() += n;
        }
        days_out(&mut out, here, days.into_iter());
        Ok(())
    })?;
    while !rest.is_empty() {
        rest = fresh(&mut out, rest);
    }
    Ok(out)
}

/// Writes the first cell of what is added, and gives what is left.
fn fresh<'a, 'k>(out: &mut Vec<u8>, added: &'a Added<'k>) -> &'a Added<'k> {
    let Some((name, ..)) = added.first() else { return added };
    let (mine, rest) = added.split_at(added.iter().take_while(|(other, ..)| other == name).count());
    days_out(out, *name, mine.iter().map(|(_, day, n)| (*day, *n)));
    rest
}

fn days_out(out: &mut Vec<u8>, name: (u16, &[u8]), days: impl Iterator<Item = (u8, i64)>) {
    let (mut written, mut total) = (Vec::new(), 0);
    for (day, n) in days {
        put(&mut written, u64::from(day));
        put(&mut written, signed(n));
        total += n;
    }
    write(out, name, total, &written);
}

fn write(out: &mut Vec<u8>, (slot, key): (u16, &[u8]), total: i64, days: &[u8]) {
    put(out, u64::from(slot));
    put(out, u64::try_from(key.len()).unwrap_or(0));
    out.extend_from_slice(key);
    put(out, signed(total));
    put(out, u64::try_from(days.len()).unwrap_or(0));
    out.extend_from_slice(days);
}

/// Positions of the log by measure, in order.
pub(crate) fn each_case(mut bytes: &[u8], mut f: impl FnMut(u16, &[i64])) -> Result<(), StoreError> {
    let mut positions = Vec::new();
    while !bytes.is_empty() {
        let slot = u16::try_from(take(&mut bytes)?).map_err(|_| damaged())?;
        let count = take(&mut bytes)?;
        positions.clear();
        let mut at = 0_i64;
        for _ in 0..count {
            at += i64::try_from(take(&mut bytes)?).map_err(|_| damaged())?;
            positions.push(at);
        }
        f(slot, &positions);
    }
    Ok(())
}

/// A row of cases with these added, which are in order of measure and position.
pub(crate) fn merge_cases(row: &[u8], added: &[(u16, i64)]) -> Result<Vec<u8>, StoreError> {
    let mut all: Vec<(u16, i64)> = Vec::with_capacity(added.len());
    each_case(row, |slot, positions| all.extend(positions.iter().map(|pos| (slot, *pos))))?;
    all.extend_from_slice(added);
    all.sort_unstable();
    let mut out = Vec::with_capacity(row.len() + added.len() * 3);
    for same in all.chunk_by(|a, b| a.0 == b.0) {
        let Some((slot, _)) = same.first() else { continue };
        put(&mut out, u64::from(*slot));
        put(&mut out, u64::try_from(same.len()).unwrap_or(0));
        let mut last = 0;
        for (_, pos) in same {
            put(&mut out, u64::try_from(pos - last).unwrap_or(0));
            last = *pos;
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Counts = BTreeMap<(u16, Vec<u8>, u8), i64>;

    fn read(row: &[u8]) -> Counts {
        let mut all = Counts::new();
        each(row, |cell| {
            let days = cell.days()?;
            assert_eq!(cell.total, days.iter().map(|day| day.1).sum::<i64>());
            for (day, n) in days {
                all.insert((cell.slot, cell.key.to_vec(), day), n);
            }
            Ok(())
        })
        .unwrap();
        all
    }

    fn add(row: &[u8], counts: &Counts) -> Vec<u8> {
        let added: Vec<_> = counts.iter().map(|((slot, key, day), n)| ((*slot, key.as_slice()), *day, *n)).collect();
        merge(row, &added).unwrap()
    }

    fn counts() -> impl Strategy<Value = Counts> {
        prop::collection::btree_map((0_u16..300, prop::collection::vec(97_u8..100, 0..3), 0_u8..31), -5_i64..500, 0..20)
    }

    proptest! {
        #[test]
        fn the_same_counts_are_the_same_bytes_in_whatever_pieces_they_came(parts in prop::collection::vec(counts(), 0..5)) {
            let mut sum = Counts::new();
            let mut row = Vec::new();
            for part in &parts {
                row = add(&row, part);
                for (name, n) in part {
                    *sum.entry(name.clone()).or_default() += n;
                }
            }
            prop_assert_eq!(&read(&row), &sum);
            prop_assert_eq!(row, add(&[], &sum));
        }

        #[test]
        fn cases_too(mut positions in prop::collection::vec((0_u16..200, 1_i64..1_000_000), 0..60), cut in 0_usize..60) {
            positions.sort_unstable();
            positions.dedup();
            let cut = cut.min(positions.len());
            let whole = merge_cases(&[], &positions).unwrap();
            prop_assert_eq!(&merge_cases(&merge_cases(&[], &positions[..cut]).unwrap(), &positions[cut..]).unwrap(), &whole);
            let mut back = Vec::new();
            each_case(&whole, |slot, all| back.extend(all.iter().map(|pos| (slot, *pos)))).unwrap();
            prop_assert_eq!(back, positions);
        }

        #[test]
        fn damage_is_refused_and_does_not_hang(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = each(&bytes, |cell| cell.days().map(drop));
            let _ = merge(&bytes, &[]);
        }
    }
}
