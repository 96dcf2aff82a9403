//! Forms as they come from a browser: bounded in fields and sizes, UTF-8 or refused, urlencoded or multipart.
//!
//! What is too much is refused as a whole, except pictures: those are marked, so that the page can say which one
//! and keep what was typed. [`Fields`] is the extractor; after [`crate::Staff`] it also checks the session's token.

mod errors;
pub(crate) mod parts;
pub(crate) mod urlencoded;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{Method, header};
use base::Id;

use crate::visit::Visit;
use crate::{App, PageError};

pub use errors::FormError;
pub use urlencoded::encode;

/// Fields in one form.
pub const MOST_FIELDS: usize = 400;
/// Bytes of one field.
pub const MOST_FIELD_BYTES: usize = 64 << 10;
/// Bytes of all fields together.
pub const MOST_FORM_BYTES: usize = 512 << 10;
/// Files in one form; one more than a page asks for, so that "too many" can be said in words.
pub const MOST_FILES: usize = 6;
/// Bytes of one file.
pub const MOST_FILE_BYTES: usize = 12 << 20;
/// Bytes of a form with files; beyond it the connection is closed with "too large".
pub const MOST_UPLOAD_BYTES: usize = MOST_FILES * MOST_FILE_BYTES + (4 << 20);

/// A file as it was uploaded. Its name is what the sender's device called it: shown to the sender at most.
#[derive(Debug, Clone)]
pub struct File {
    /// The field it came in.
    pub field: String,
    /// The name the sender's device gave.
    pub name: String,
    /// Its bytes, or none where it was over [`MOST_FILE_BYTES`].
    pub bytes: Option<Bytes>,
}

/// What a browser sent, each name with its values in order.
#[derive(Debug, Clone, Default)]
pub struct Fields {
    values: Vec<(String, String)>,
    files: Vec<File>,
    too_many_files: bool,
}

impl Fields {
    /// From pairs, for tests and for a form shown the first time.
    pub fn from_pairs<K: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (K, V)>) -> Fields {
        Fields { values: pairs.into_iter().map(|(k, v)| (k.into(), v.into())).collect(), ..Fields::default() }
    }

    /// From the texts of a form whose files were taken elsewhere.
    pub(crate) fn of_texts(values: Vec<(String, String)>) -> Result<Fields, FormError> {
        once_only(&values)?;
        Ok(Fields { values, ..Fields::default() })
    }

    /// From a query string or a urlencoded body.
    ///
    /// # Errors
    /// [`FormError`], what was over a bound or not a text.
    pub fn parse(body: &[u8]) -> Result<Fields, FormError> {
        let values = urlencoded::parse(body)?;
        once_only(&values)?;
        Ok(Fields { values, ..Fields::default() })
    }

    /// The field as it was typed; empty where it was not sent. Of several, the first. This is what a page shows again.
    pub fn value(&self, name: &str) -> &str {
        self.get(name).unwrap_or("")
    }

    /// The field as it was typed, if it was sent.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The field as the record should have it: white space and invisible characters set right.
    pub fn text(&self, name: &str) -> String {
        base::text::clean(self.value(name))
    }

    /// The field cleaned, or nothing where nothing was typed.
    pub fn opt(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// All values of a group of checkboxes.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.values.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether a checkbox was ticked, or a button of this name was pressed.
    pub fn has(&self, name: &str) -> bool {
        self.values.iter().any(|(key, _)| key == name)
    }

    /// Whether this one of a group of boxes or radios was chosen.
    pub fn chose(&self, name: &str, value: &str) -> bool {
        self.values.iter().any(|(k, v)| k == name && v == value)
    }

    /// A whole number, if one was sent.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.value(name).trim().parse().ok()
    }

    /// An id, if one was sent.
    pub fn id<T: From<Id>>(&self, name: &str) -> Option<T> {
        self.value(name).parse::<Id>().ok().map(T::from)
    }

    /// The form's key, by which a retry is known: see [`store::once`].
    ///
    /// # Errors
    /// [`PageError::BadForm`] where a page was made without one, or somebody altered it.
    pub fn op_key(&self) -> Result<[u8; 16], PageError> {
        self.id::<Id>("op_key").map(|id| id.0).ok_or(PageError::BadForm)
    }

    /// The files of a field that hold something.
    pub fn files<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a File> {
        self.files.iter().filter(move |file| file.field == field)
    }

    /// Whether more files than [`MOST_FILES`] came; the surplus was thrown away.
    pub fn too_many_files(&self) -> bool {
        self.too_many_files
    }

    /// All fields in the order they came.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(k, v)| (k.as_str(), v.as_str()))
    }

    /// Set a field, in place of what was sent.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.values.retain(|(key, _)| key != name);
        self.values.push((name.to_owned(), value.into()));
    }

    /// Pass a shown form's values on to another page.
    pub fn encode(&self) -> String {
        encode(self.pairs())
    }
}

/// The fields that decide something by themselves may come only once: two readers of one request
/// must never see different ones.
fn once_only(values: &[(String, String)]) -> Result<(), FormError> {
    for name in ["op_key", "csrf", "v"] {
        if values.iter().filter(|(key, _)| key == name).count() > 1 {
            return Err(FormError::Twice(name));
        }
    }
    Ok(())
}

impl FromRequest<App> for Fields {
    type Rejection = PageError;

    async fn from_request(request: Request, app: &App) -> Result<Fields, PageError> {
        let visit = Visit::of(&request)?;
        let staff = request.extensions().get::<crate::visit::ByStaff>().is_some();
        let unsafe_method = !matches!(*request.method(), Method::GET | Method::HEAD);
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
        let fields = if !unsafe_method {
            Fields::parse(request.uri().query().unwrap_or("").as_bytes())?
        } else if kind.starts_with("multipart/form-data") {
            let _turn = app.uploads().await?;
            parts::read(request, app).await?
        } else if kind.starts_with("application/x-www-form-urlencoded") || kind.is_empty() {
            let read = axum::body::to_bytes(request.into_body(), MOST_FORM_BYTES);
            let body = tokio::time::timeout(app.config().body_timeout, read).await.map_err(|_| PageError::TooSlow)?;
            Fields::parse(&body.map_err(|_| PageError::TooLarge)?)?
        } else {
            return Err(PageError::BadForm);
        };
        if staff && unsafe_method {
            visit.check_token(fields.value("csrf"))?;
        }
        Ok(fields)
    }
}

/// The entry of the fuzzer: whatever the bytes are, parsing ends, within its bounds, without a panic, and what was
/// parsed can be written and parsed again to the same values.
pub fn fuzz(data: &[u8]) {
    if let Ok(fields) = Fields::parse(data) {
        let again = Fields::parse(fields.encode().as_bytes());
        assert!(again.is_ok_and(|again| again.values == fields.values), "a form changed by being written and read");
    }
    parts::fuzz(data);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_browsers_write() {
        let fields = Fields::parse("text=%E8%B7%AF%E7%81%AF+%E5%9D%8F%E4%BA%86&box=a&box=b&empty=&flag&n=+12".as_bytes()).unwrap();
        assert_eq!(fields.value("text"), "路灯 坏了");
        assert_eq!(fields.all("box").collect::<Vec<_>>(), ["a", "b"]);
        assert!(fields.has("flag") && fields.has("empty") && !fields.has("other"));
        assert_eq!(fields.int("n"), Some(12));
        assert!(fields.chose("box", "b") && !fields.chose("box", "c"));
        assert_eq!(Fields::parse(b"a=%zz%4").unwrap().value("a"), "%zz%4");
    }

    #[test]
    fn refuses_what_is_no_text_or_too_much() {
        assert_eq!(Fields::parse(b"a=%ff").unwrap_err(), FormError::NotText);
        assert_eq!(Fields::parse(b"a=x%00y").unwrap_err(), FormError::NotText);
        assert_eq!(Fields::parse(b"v=1&v=2").unwrap_err(), FormError::Twice("v"));
        assert_eq!(Fields::parse("a=1&".repeat(MOST_FIELDS + 1).as_bytes()).unwrap_err(), FormError::TooMany);
        let long = format!("a={}", "x".repeat(MOST_FIELD_BYTES + 1));
        assert_eq!(Fields::parse(long.as_bytes()).unwrap_err(), FormError::TooLong);
        assert!(Fields::parse(&long.as_bytes()[..long.len() - 1]).is_ok());
    }

    #[test]
    fn fuzz_entry_takes_anything() {
        for data in [&b""[..], b"&&&==", b"%", b"a=%E8%B7", b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--"] {
            fuzz(data);
        }
        let random = base::SeededRandom::new(7);
        for length in 0..300 {
            let mut data = vec![0; length];
            base::Random::fill(&random, &mut data);
            fuzz(&data);
        }
    }
}
