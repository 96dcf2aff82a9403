//! What is wrong with a form's bytes. What is wrong with what a person typed is [`crate::kit::Errors`].

/// Why bytes were refused as a form. No person who uses the page sees these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// Too many fields.
    #[error("more than 400 fields")]
    TooMany,
    /// A field or the whole is too long.
    #[error("a field over 64 KiB or a form over 512 KiB")]
    TooLong,
    /// Not UTF-8, or with a NUL.
    #[error("a field that is not UTF-8 text")]
    NotText,
    /// A field that may come once came twice.
    #[error("the field `{0}` twice")]
    Twice(&'static str),
    /// A multipart body that is cut or malformed.
    #[error("a broken multipart body")]
    Broken,
}
