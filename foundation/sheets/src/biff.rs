//! The records of an .xls stream and what is written in them ([MS-XLS] 2.1.4, 2.5.293): each has a kind and at most
//! 8,224 bytes, and what needs more goes on in records of continuation, texts even in the middle of a word.

use crate::read::{Limits, ReadError};

/// The record that goes on with the one before it.
const CONTINUE: u16 = 0x003c;

/// A number of two bytes.
pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(two.try_into().ok()?))
}

/// A number of four bytes.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

/// The record at the beginning: its kind, its bytes, and what follows it.
fn first(stream: &[u8]) -> Option<Result<(u16, &[u8], &[u8]), ReadError>> {
    let (kind, length) = (u16_at(stream, 0)?, u16_at(stream, 2)?);
    let rest = stream.get(4..)?;
    Some(rest.split_at_checked(usize::from(length)).map(|(data, rest)| (kind, data, rest)).ok_or(ReadError::Damaged))
}

/// One record after another; those of continuation are passed over, since a [`Run`] takes them itself.
pub(crate) struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Records<'a> {
    pub(crate) fn new(stream: &'a [u8]) -> Records<'a> {
        Records { rest: stream }
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<(u16, Run<'a>), ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match first(self.rest)? {
                Ok((kind, here, rest)) => {
                    self.rest = rest;
                    if kind != CONTINUE {
                        return Some(Ok((kind, Run { here, rest })));
                    }
                }
                Err(error) => {
                    self.rest = &[];
                    return Some(Err(error));
                }
            }
        }
    }
}

/// What is left of a record, and the stream behind it, in which it may go on.
pub(crate) struct Run<'a> {
    /// What is left of this record.
    pub(crate) here: &'a [u8],
    rest: &'a [u8],
}

impl Run<'_> {
    /// Whether something is left, here or in a continuation.
    pub(crate) fn more(&mut self) -> bool {
        while self.here.is_empty() {
            let Some(Ok((CONTINUE, here, rest))) = first(self.rest) else { return false };
            (self.here, self.rest) = (here, rest);
        }
        true
    }

    pub(crate) fn byte(&mut self) -> Result<u8, ReadError> {
        if !self.more() {
            return Err(ReadError::Damaged);
        }
        let (byte, here) = self.here.split_first().ok_or(ReadError::Damaged)?;
        self.here = here;
        Ok(*byte)
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let mut bytes = [0; N];
        for byte in &mut bytes {
            *byte = self.byte()?;
        }
        Ok(bytes)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, ReadError> {
        self.bytes().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, ReadError> {
        self.bytes().map(u32::from_le_bytes)
    }

    pub(crate) fn f64(&mut self) -> Result<f64, ReadError> {
        self.bytes().map(f64::from_le_bytes)
    }

    pub(crate) fn skip(&mut self, mut bytes: usize) -> Result<(), ReadError> {
        while bytes > 0 {
            if !self.more() {
                return Err(ReadError::Damaged);
            }
            let step = bytes.min(self.here.len());
            self.here = self.here.get(step..).unwrap_or(&[]);
            bytes -= step;
        }
        Ok(())
    }

    /// A text of so many UTF-16 units behind a byte that says how they are stored.
    pub(crate) fn text(&mut self, units: usize) -> Result<String, ReadError> {
        // A text without a character may end before that byte.
        if units == 0 && !self.more() {
            return Ok(String::new());
        }
        let stored = self.byte()?;
        self.units(units, stored)
    }

    /// The same, refused where it is longer than a cell may be.
    pub(crate) fn bounded(&mut self, units: usize, limits: &Limits, row: u16, column: usize) -> Result<String, ReadError> {
        let text = self.text(units)?;
        if text.len() > limits.cell && text.chars().count() > limits.cell {
            return Err(ReadError::CellTooLong(u32::from(row) + 1, column, limits.cell));
        }
        Ok(text)
    }

    /// A text with what follows it: where its fonts change, and how it is spoken. Both are passed over.
    pub(crate) fn rich_text(&mut self, units: usize) -> Result<String, ReadError> {
        let stored = self.byte()?;
        let fonts = if stored & 8 != 0 { usize::from(self.u16()?) * 4 } else { 0 };
        let spoken = if stored & 4 != 0 { usize::try_from(self.u32()?).map_err(|_| ReadError::Damaged)? } else { 0 };
        let text = self.units(units, stored)?;
        self.skip(fonts)?;
        self.skip(spoken)?;
        Ok(text)
    }

    /// The units themselves. A continuation in their midst begins with a byte that says anew how they are stored.
    fn units(&mut self, mut left: usize, mut stored: u8) -> Result<String, ReadError> {
        let mut units: Vec<u16> = Vec::new();
        while left > 0 {
            if self.here.is_empty() {
                stored = self.byte()?;
            }
            let width = if stored & 1 != 0 { 2 } else { 1 };
            let taken = left.min(self.here.len() / width);
            // A continuation without a text is passed over; half a unit is damage.
            if taken == 0 && !self.here.is_empty() {
                return Err(ReadError::Damaged);
            }
            let (bytes, here) = self.here.split_at_checked(taken * width).ok_or(ReadError::Damaged)?;
            if width == 2 {
                units.extend(bytes.chunks_exact(2).map(|pair| u16_at(pair, 0).unwrap_or(0xfffd)));
            } else {
                units.extend(bytes.iter().map(|byte| u16::from(*byte)));
            }
            self.here = here;
            left -= taken;
        }
        Ok(String::from_utf16_lossy(&units))
    }
}
