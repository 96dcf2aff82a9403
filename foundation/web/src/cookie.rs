//! Reading and writing cookies, without a header map of our own: one pass over the header.

use axum::http::{HeaderMap, HeaderValue, header};

/// The value of a cookie; where it was sent twice, the first.
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).find_map(|line| {
        line.split(';').find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name && value.len() <= 512).then_some(value)
        })
    })
}

/// How long a cookie lives.
#[derive(Clone, Copy)]
pub enum Life {
    /// Until the browser is closed.
    Session,
    /// So many seconds.
    Seconds(u32),
    /// It is taken away now.
    Over,
}

/// A `Set-Cookie` value: `HttpOnly`, `SameSite=Lax`, for the whole host, `Secure` where the visit is.
/// A value that could break the header is dropped whole, which leaves the cookie empty.
pub fn write(name: &str, value: &str, life: Life, secure: bool) -> HeaderValue {
    let clean = value.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b';' | b',' | b'"' | b'\\'));
    let value = if clean { value } else { "" };
    let age = match life {
        Life::Session => String::new(),
        Life::Seconds(n) => format!("; Max-Age={n}"),
        Life::Over => "; Max-Age=0".into(),
    };
    let secure = if secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}"))
        .unwrap_or(HeaderValue::from_static("x=; Max-Age=0"))
}

/// The name of the session cookie. The `__Host-` prefix, which forbids other subdomains to set it,
/// needs a secure visit.
pub(crate) fn session_name(secure: bool) -> &'static str {
    if secure { "__Host-lianxin" } else { "lianxin" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_named_cookie_and_no_other() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("xlianxin=1; lianxin=abc; lang=en"));
        headers.append(header::COOKIE, HeaderValue::from_static("elder=1"));
        assert_eq!(read(&headers, "lianxin"), Some("abc"));
        assert_eq!(read(&headers, "elder"), Some("1"));
        assert_eq!(read(&headers, "an"), None);
    }

    #[test]
    fn a_value_cannot_add_attributes() {
        let value = write("a", "x; Domain=evil", Life::Session, true);
        assert_eq!(value.to_str().unwrap(), "a=; Path=/; HttpOnly; SameSite=Lax; Secure");
    }
}
