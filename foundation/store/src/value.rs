//! Values bound to statements: the five kinds that both engines share, and the way from Rust's types to them.

use base::{Id, PersonId, Time, UnitId};

use crate::StoreError;

/// One bound value. Made by [`crate::p!`] from integers, text, bytes, ids, times, bools and options of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Val<'a> {
    /// Nothing.
    Null,
    /// An integer, a time or a bool.
    Int(i64),
    /// A floating-point number, never NaN.
    Real(f64),
    /// Text without U+0000, which PostgreSQL cannot hold.
    Text(&'a str),
    /// Bytes.
    Blob(&'a [u8]),
    /// An id, held here so that it can be bound by value.
    Id(Id),
}

impl Val<'_> {
    /// What it is, in words.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Val::Null => "NULL",
            Val::Int(value) if i32::try_from(*value).is_err() => "an integer of more than 32 bits",
            Val::Int(_) => "an integer",
            Val::Real(_) => "a real number",
            Val::Text(_) => "text",
            Val::Blob(_) | Val::Id(_) => "bytes",
        }
    }

    /// Refuses what the engines would treat differently: NaN becomes NULL in SQLite and stays NaN in
    /// PostgreSQL; U+0000 is kept by SQLite and refused by PostgreSQL.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        match self {
            Val::Real(value) if value.is_nan() => Err(StoreError::Other("NaN cannot be stored".into())),
            Val::Text(text) if text.as_bytes().contains(&0) => Err(StoreError::Other("text with U+0000 cannot be stored".into())),
            _ => Ok(()),
        }
    }
}

/// The bound values of a statement, in the order of `?1`, `?2` …: `p![id, "text", 3_i64, None::<i64>]`.
#[macro_export]
macro_rules! p {
    () => { &[] as &[$crate::Val<'_>] };
    ($($value:expr),+ $(,)?) => { &[$($crate::Val::from($value)),+][..] };
}

/// Lets id newtypes of other crates be bound by value and by reference: `store::bind_ids!(ConcernId, BatchId);`.
#[macro_export]
macro_rules! bind_ids {
    ($($id:ty),+ $(,)?) => {$(
        impl ::std::convert::From<$id> for $crate::Val<'_> {
            fn from(id: $id) -> Self { $crate::Val::Id(id.0) }
        }
        impl ::std::convert::From<&$id> for $crate::Val<'_> {
            fn from(id: &$id) -> Self { $crate::Val::Id(id.0) }
        }
    )+};
}

bind_ids!(UnitId, PersonId);

macro_rules! from {
    ($($type:ty: |$value:ident| $to:expr;)+) => {$(
        impl<'a> From<$type> for Val<'a> {
            fn from($value: $type) -> Val<'a> { $to }
        }
    )+};
}

from! {
    i64: |value| Val::Int(value);
    i32: |value| Val::Int(value.into());
    i16: |value| Val::Int(value.into());
    u32: |value| Val::Int(value.into());
    u16: |value| Val::Int(value.into());
    u8: |value| Val::Int(value.into());
    bool: |value| Val::Int(value.into());
    f64: |value| Val::Real(value);
    Time: |value| Val::Int(value.0);
    Id: |value| Val::Id(value);
    &'a i64: |value| Val::Int(*value);
    &'a bool: |value| Val::Int((*value).into());
    &'a Time: |value| Val::Int(value.0);
    &'a Id: |value| Val::Id(*value);
    &'a str: |value| Val::Text(value);
    &'a &'a str: |value| Val::Text(value);
    &'a String: |value| Val::Text(value);
    &'a Box<str>: |value| Val::Text(value);
    &'a std::sync::Arc<str>: |value| Val::Text(value);
    &'a std::borrow::Cow<'a, str>: |value| Val::Text(value);
    &'a [u8]: |value| Val::Blob(value);
    &'a Vec<u8>: |value| Val::Blob(value);
    &'a Option<i64>: |value| value.map_or(Val::Null, Val::Int);
    &'a Option<Time>: |value| value.map_or(Val::Null, |time| Val::Int(time.0));
    &'a Option<Id>: |value| value.map_or(Val::Null, Val::Id);
    &'a Option<String>: |value| value.as_deref().map_or(Val::Null, Val::Text);
    &'a Option<Vec<u8>>: |value| value.as_deref().map_or(Val::Null, Val::Blob);
}

impl<'a, const N: usize> From<&'a [u8; N]> for Val<'a> {
    fn from(value: &'a [u8; N]) -> Val<'a> {
        Val::Blob(value)
    }
}

impl<'a, T> From<Option<T>> for Val<'a>
where
    Val<'a>: From<T>,
{
    fn from(value: Option<T>) -> Val<'a> {
        value.map_or(Val::Null, <Val<'a> as From<T>>::from)
    }
}
