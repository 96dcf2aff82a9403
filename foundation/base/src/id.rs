//! 16-byte identifiers, ordered by the time they were made, and the newtypes that keep them apart.

use std::fmt;

/// A 16-byte identifier in the layout of UUIDv7: 48 bits of milliseconds, 12 bits that order ids
/// made within one millisecond, 62 random bits. Ids made by one [`crate::Ctx`] only ever grow.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Id(pub [u8; 16]);

/// A text or byte string that is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadId;

impl fmt::Display for BadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id: 32 hexadecimal digits are wanted")
    }
}

impl std::error::Error for BadId {}

impl Id {
    /// The bytes, for binding to a statement.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether it has the marks of an id of ours, which begins with the time at which it was made.
    pub fn tells_time(&self) -> bool {
        self.0[6] >> 4 == 7 && self.0[8] >> 6 == 2
    }

    /// The least id that can be made at that time: a bound for ranges.
    pub fn first_at(at: crate::Time) -> Id {
        let millis = u64::try_from(at.0.max(0) / 1000).unwrap_or(0);
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
        Id(bytes)
    }

    /// From exactly 16 bytes.
    ///
    /// # Errors
    /// [`BadId`] for any other length.
    pub fn from_slice(bytes: &[u8]) -> Result<Id, BadId> {
        bytes.try_into().map(Id).map_err(|_| BadId)
    }
}

/// The two digits of a byte.
fn digits(byte: u8) -> [char; 2] {
    let digit = |half: u8| char::from(if half < 10 { b'0' + half } else { b'a' + half - 10 });
    [digit(byte >> 4), digit(byte & 15)]
}

/// Lower-case hexadecimal. Events are full of it, so it goes without the machinery of formatting.
pub fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    out.extend(bytes.iter().flat_map(|byte| digits(*byte)));
    out
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for Id {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Id, BadId> {
        let digits = text.as_bytes();
        if digits.len() != 32 {
            return Err(BadId);
        }
        let mut out = [0u8; 16];
        for (byte, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
            let (Some(high), Some(low)) = (nibble(pair[0]), nibble(pair[1])) else { return Err(BadId) };
            *byte = high << 4 | low;
        }
        Ok(Id(out))
    }
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

impl serde::Serialize for Id {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex(&self.0))
    }
}

impl<'de> serde::Deserialize<'de> for Id {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Id, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Declares newtypes over [`Id`]: `base::id! { /// A concern. pub ConcernId; }`.
#[macro_export]
macro_rules! id {
    ($($(#[$meta:meta])* $vis:vis $name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        $vis struct $name(pub $crate::Id);

        impl $name {
            /// The bytes, for binding to a statement.
            pub fn bytes(&self) -> &[u8] { self.0.bytes() }
        }
        impl ::std::convert::From<$crate::Id> for $name {
            fn from(id: $crate::Id) -> Self { $name(id) }
        }
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result { self.0.fmt(f) }
        }
        impl ::std::str::FromStr for $name {
            type Err = $crate::BadId;
            fn from_str(text: &str) -> ::std::result::Result<Self, $crate::BadId> { text.parse().map($name) }
        }
        impl $crate::__serde::Serialize for $name {
            fn serialize<S: $crate::__serde::Serializer>(&self, s: S) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::__serde::Serialize::serialize(&self.0, s)
            }
        }
        impl<'de> $crate::__serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__serde::Deserializer<'de>>(d: D) -> ::std::result::Result<Self, D::Error> {
                <$crate::Id as $crate::__serde::Deserialize>::deserialize(d).map($name)
            }
        }
    )+};
}

id! {
    /// A unit of either tree: district, town, community, grid, department, Party organisation.
    pub UnitId;
    /// A member of staff or a Party member. Never a resident: the kinds of human are not joined.
    pub PersonId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        let id = Id(*b"\x01\x93\x00\xff\x10\x20\x70\x01\x80\x00\x00\x00\x00\x00\xab\xcd");
        assert_eq!(id.to_string(), "019300ff10207001800000000000abcd");
        assert_eq!(id.to_string().parse(), Ok(id));
        for wrong in ["", "01", "019300FF10207001800000000000abcd", "zz9300ff10207001800000000000abcd", "一二三四五六七八九十12"]
        {
            assert_eq!(wrong.parse::<Id>(), Err(BadId), "{wrong}");
        }
    }
}
