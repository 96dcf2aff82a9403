//! Where a request comes from: other sites may not act for who is signed in here, nor frame or read our pages.

use axum::http::{HeaderMap, HeaderValue, Method, header};

/// Whether a request that changes something may come from where it comes from.
///
/// `Sec-Fetch-Site` decides where the browser sends it, else `Origin`, else `Referer`. Where none of them tells (an old
/// browser on a page that sends no referrer says `Origin: null`), only a request without a session passes: there is
/// then nobody in whose name another site could act.
pub(crate) fn same_site(method: &Method, headers: &HeaderMap, host: &str, has_session: bool) -> bool {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return true;
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let from = text("origin").filter(|origin| *origin != "null").or_else(|| text("referer"));
    match from.and_then(|url| url.split_once("://")) {
        Some((_, rest)) => rest.split(['/', '?', '#']).next().is_some_and(|authority| authority.eq_ignore_ascii_case(host)),
        None => from.is_none() && !has_session,
    }
}

/// Whether two texts are equal, in a time that does not tell where they differ.
pub(crate) fn equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && std::hint::black_box(a.iter().zip(b).fold(0u8, |differ, (x, y)| std::hint::black_box(differ | (x ^ y)))) == 0
}

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'",
);
const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");
const DEVICES: HeaderValue =
    HeaderValue::from_static("camera=(), microphone=(), payment=(), usb=(), browsing-topics=(), geolocation=(self)");
const YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The headers of every answer. A page may have set a stricter referrer policy before.
pub(crate) fn protect(headers: &mut HeaderMap, secure: bool) {
    headers.reserve(8);
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.entry(header::REFERRER_POLICY).or_insert(SAME_ORIGIN);
    headers.insert("permissions-policy", DEVICES);
    headers.insert("cross-origin-opener-policy", SAME_ORIGIN);
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, YEAR);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(pairs: &[(&'static str, &'static str)], session: bool) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        same_site(&Method::POST, &headers, "a.gov.cn:8080", session)
    }

    #[test]
    fn only_our_own_pages_may_post() {
        assert!(allowed(&[("sec-fetch-site", "same-origin"), ("origin", "null")], true));
        for site in ["cross-site", "same-site", "nonsense"] {
            assert!(!allowed(&[("sec-fetch-site", site), ("origin", "http://a.gov.cn:8080")], false), "{site}");
        }
        assert!(allowed(&[("origin", "http://A.gov.cn:8080")], true));
        for origin in ["http://evil", "http://a.gov.cn", "http://a.gov.cn:8080.evil", "http://evil/?http://a.gov.cn:8080", "a.gov.cn:8080"]
        {
            assert!(!allowed(&[("origin", origin)], false), "{origin}");
        }
        assert!(allowed(&[("referer", "https://a.gov.cn:8080/r/1")], true));
        assert!(!allowed(&[("origin", "null")], true) && !allowed(&[], true));
        assert!(allowed(&[("origin", "null")], false) && allowed(&[], false));
    }

    #[test]
    fn equal_is_equality() {
        assert!(equal(b"", b"") && equal(b"ab", b"ab"));
        assert!(!equal(b"ab", b"ac") && !equal(b"ab", b"abc"));
    }
}
