//! Answers in the two formats of GeoReport v2, made from one tree of values, and errors as it wants them.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use store::StoreError;
use web::{Lang, PageError, fill};

use super::texts::ApiTexts;

/// The format that an address asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// `.xml`
    Xml,
    /// `.json`
    Json,
}

impl Format {
    /// By the ending of an address.
    pub(super) fn of(ending: &str) -> Option<Format> {
        match ending {
            "xml" => Some(Format::Xml),
            "json" => Some(Format::Json),
            _ => None,
        }
    }
}

/// What is answered, whatever the format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// Nothing is known, or nothing is told.
    Nothing,
    /// A text.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// Values of one kind; in XML each is called so.
    List(&'static str, Vec<Value>),
    /// Values by name.
    Map(Vec<(&'static str, Value)>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(some: Option<T>) -> Value {
        some.map_or(Value::Nothing, Into::into)
    }
}

impl Value {
    /// As JSON.
    pub(super) fn json(&self) -> String {
        let mut out = String::new();
        self.put_json(&mut out);
        out
    }

    fn put_json(&self, out: &mut String) {
        match self {
            Value::Nothing => out.push_str("null"),
            Value::Text(text) => out.push_str(&quoted(text)),
            Value::Flag(flag) => out.push_str(if *flag { "true" } else { "false" }),
            Value::Number(n) => out.push_str(&n.to_string()),
            Value::List(_, values) => {
                out.push('[');
                for (at, value) in values.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    value.put_json(out);
                }
                out.push(']');
            }
            Value::Map(values) => {
                out.push('{');
                for (at, (name, value)) in values.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    out.push_str(&quoted(name));
                    out.push(':');
                    value.put_json(out);
                }
                out.push('}');
            }
        }
    }

    /// As XML, within an element of this name.
    pub(super) fn xml(&self, root: &str) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        self.put_xml(root, &mut out);
        out.push('\n');
        out
    }

    fn put_xml(&self, name: &str, out: &mut String) {
        let inner = match self {
            Value::Nothing => String::new(),
            Value::Text(text) => escaped(text),
            Value::Flag(flag) => flag.to_string(),
            Value::Number(n) => n.to_string(),
            Value::List(item, values) => {
                let mut inner = String::new();
                values.iter().for_each(|value| value.put_xml(item, &mut inner));
                inner
            }
            Value::Map(values) => {
                let mut inner = String::new();
                values.iter().for_each(|(name, value)| value.put_xml(name, &mut inner));
                inner
            }
        };
        for piece in ["<", name] {
            out.push_str(piece);
        }
        if inner.is_empty() {
            out.push_str("/>");
            return;
        }
        for piece in [">", &inner, "</", name, ">"] {
            out.push_str(piece);
        }
    }

    /// As an answer.
    pub(super) fn answer(&self, format: Format, root: &str, status: StatusCode) -> Response {
        let (body, kind) = match format {
            Format::Json => (self.json(), "application/json; charset=utf-8"),
            Format::Xml => (self.xml(root), "text/xml; charset=utf-8"),
        };
        plain(body, kind, status)
    }
}

/// An answer that any page of anybody may read.
pub(super) fn plain(body: impl Into<axum::body::Body>, kind: &'static str, status: StatusCode) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A text within XML: what marks elements is written otherwise, what XML cannot hold is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(c),
            '\r' => out.push_str("&#13;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// There is nothing at this address.
    NoPage,
    /// It answers to other methods, which these are.
    Method(&'static str),
    /// The body is no form.
    NoForm,
    /// A parameter must be there.
    Missing(&'static str),
    /// A parameter is not as it should be.
    Wrong(&'static str),
    /// A parameter came twice.
    Twice(String),
    /// Another district.
    NoJurisdiction,
    /// No such service.
    NoService,
    /// No such request, or none that everybody may read.
    NoRequest,
    /// No such token.
    NoToken,
    /// No key, or one that does not hold.
    Key,
    /// The request was brought by somebody else.
    NotYours,
    /// The request is closed.
    Closed,
    /// It is about somebody above everybody here who could hear it.
    Beyond,
    /// There is too much of it.
    TooLarge,
    /// It took too long to arrive.
    TooSlow,
    /// Too many; the seconds until the next one is taken.
    Limited(u32),
    /// Try again in a moment.
    Busy,
    /// A fault of ours; the cause is for the log.
    Internal(String),
}

impl Problem {
    /// The status, which is the code of the error as well.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Problem::NoPage | Problem::NoJurisdiction | Problem::NoService | Problem::NoRequest | Problem::NoToken => StatusCode::NOT_FOUND,
            Problem::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Problem::NoForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Problem::Missing(_) | Problem::Wrong(_) | Problem::Twice(_) | Problem::Beyond => StatusCode::BAD_REQUEST,
            Problem::Key | Problem::NotYours => StatusCode::FORBIDDEN,
            Problem::Closed => StatusCode::CONFLICT,
            Problem::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Problem::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Problem::Limited(_) => StatusCode::TOO_MANY_REQUESTS,
            Problem::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Problem::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// In words.
    pub(super) fn words(&self, lang: Lang) -> String {
        let t = ApiTexts::of(lang);
        match self {
            Problem::NoPage => t.no_page.to_owned(),
            Problem::Method(_) => t.method.to_owned(),
            Problem::NoForm => t.no_form.to_owned(),
            Problem::Missing(name) => fill(t.missing, &[("name", name)]),
            Problem::Wrong(name) => fill(t.wrong, &[("name", name)]),
            Problem::Twice(name) => fill(t.twice, &[("name", name)]),
            Problem::NoJurisdiction => t.no_jurisdiction.to_owned(),
            Problem::NoService => t.no_service.to_owned(),
            Problem::NoRequest => t.no_request.to_owned(),
            Problem::NoToken => t.no_token.to_owned(),
            Problem::Key => t.key.to_owned(),
            Problem::NotYours => t.not_yours.to_owned(),
            Problem::Closed => t.closed.to_owned(),
            Problem::Beyond => t.beyond.to_owned(),
            Problem::TooLarge => t.too_large.to_owned(),
            Problem::TooSlow => t.too_slow.to_owned(),
            Problem::Limited(seconds) => fill(t.limited, &[("n", seconds)]),
            Problem::Busy => t.busy.to_owned(),
            Problem::Internal(_) => t.internal.to_owned(),
        }
    }

    /// As an answer.
    pub(super) fn answer(&self, format: Format, lang: Lang) -> Response {
        if let Problem::Internal(cause) = self {
            tracing::error!(cause, "open311");
        }
        let status = self.status();
        let error = Value::Map(vec![("code", Value::Number(status.as_u16().into())), ("description", self.words(lang).into())]);
        let mut response = Value::List("error", vec![error]).answer(format, "errors", status).into_response();
        let seconds = if let Problem::Limited(seconds) = self { HeaderValue::try_from(seconds.to_string()).ok() } else { None };
        let headers = response.headers_mut();
        if let Some(seconds) = seconds {
            headers.insert(header::RETRY_AFTER, seconds);
        }
        if let Problem::Method(allowed) = self {
            headers.insert(header::ALLOW, HeaderValue::from_static(allowed));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        PageError::from(error).into()
    }
}

impl From<PageError> for Problem {
    fn from(error: PageError) -> Problem {
        match error {
            PageError::Busy => Problem::Busy,
            PageError::Limited(seconds) => Problem::Limited(seconds),
            PageError::TooLarge => Problem::TooLarge,
            PageError::TooSlow => Problem::TooSlow,
            PageError::BadForm => Problem::NoForm,
            other => Problem::Internal(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_tree_two_formats() {
        let tree = Value::List(
            "request",
            vec![Value::Map(vec![
                ("id", "1<2".into()),
                ("open", Value::Flag(true)),
                ("n", Value::Number(3)),
                ("zipcode", Value::Nothing),
                ("values", Value::List("value", vec!["a\"b\u{1}\r".into()])),
            ])],
        );
        assert_eq!(tree.json(), r#"[{"id":"1<2","open":true,"n":3,"zipcode":null,"values":["a\"b\u0001\r"]}]"#);
        let xml = "<requests><request><id>1&lt;2</id><open>true</open><n>3</n><zipcode/><values><value>a&quot;b&#13;</value></values></request></requests>";
        assert_eq!(tree.xml("requests").lines().nth(1), Some(xml));
        assert_eq!(Value::List("service", Vec::new()).xml("services").lines().nth(1), Some("<services/>"));
    }
}
