//! A small HTTPS client: no redirects, no cookies, a limit to time and size, certificates of the authorities
//! that the machine trusts or of a file. Plain HTTP goes to this machine only.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};

/// The most bytes of an answer.
const MOST: u64 = 256 * 1024;
/// How long one request may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Where systems keep the authorities that they trust.
const SYSTEM: &[&str] =
    &["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"];

/// The client. Cheap to clone.
#[derive(Clone)]
pub struct Http(ureq::Agent);

impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Http")
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// Why nothing came back. It holds no address and no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// Plain HTTP to another machine.
    #[error("plain HTTP goes to this machine only; use https")]
    Plain,
    /// Another status than the one that was hoped for.
    #[error("answered {0}")]
    Status(u16),
    /// Not reached, broken off or too slow.
    #[error("not reached: {0}")]
    Transport(String),
}

impl Http {
    /// A client that trusts the authorities of a file of certificates, or those of the machine.
    ///
    /// # Errors
    /// When the file cannot be read or holds no certificate.
    pub fn new(authorities: Option<&Path>) -> std::io::Result<Http> {
        let pem = match authorities {
            Some(file) => std::fs::read(file)?,
            None => SYSTEM.iter().find_map(|file| std::fs::read(file).ok()).unwrap_or_default(),
        };
        let roots: Vec<Certificate<'static>> = parse_pem(&pem)
            .filter_map(|item| match item {
                Ok(PemItem::Certificate(certificate)) => Some(certificate),
                _ => None,
            })
            .collect();
        if authorities.is_some() && roots.is_empty() {
            return Err(std::io::Error::other("the file holds no certificate"));
        }
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .root_certs(RootCerts::Specific(Arc::new(roots)))
            .build();
        let config = ureq::Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent("lianxin")
            .proxy(None)
            .build();
        Ok(Http(config.into()))
    }

    /// Ask for an address.
    ///
    /// # Errors
    /// [`HttpError`].
    pub fn get(&self, url: &str) -> Result<Answer, HttpError> {
        check(url)?;
        read(self.0.get(url).header("accept", "application/json").call())
    }

    /// Send a form, with a name and a password where they are wanted.
    ///
    /// # Errors
    /// [`HttpError`].
    pub fn post_form(&self, url: &str, form: &[(&str, &str)], login: Option<(&str, &str)>) -> Result<Answer, HttpError> {
        check(url)?;
        let mut request = self.0.post(url).header("accept", "application/json");
        if let Some((name, password)) = login {
            let pair = base64(format!("{name}:{password}").as_bytes());
            request = request.header("authorization", format!("Basic {pair}"));
        }
        read(request.send_form(form.iter().copied()))
    }

    /// Send a text that anybody may read and change on its way: plain HTTP will do for it, wherever it goes.
    ///
    /// # Errors
    /// [`HttpError`].
    pub fn post_public(&self, url: &str, text: &str) -> Result<Answer, HttpError> {
        read(self.0.post(url).content_type("text/plain; charset=utf-8").send(text))
    }

    /// Send bytes with headers.
    ///
    /// # Errors
    /// [`HttpError`].
    pub fn post(&self, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer, HttpError> {
        check(url)?;
        let mut request = self.0.post(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        read(request.send(body))
    }
}

/// Base64 with padding, as headers have it.
pub(crate) fn base64(bytes: &[u8]) -> String {
    let mut text = people::webauthn::base64url(bytes).replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

fn check(url: &str) -> Result<(), HttpError> {
    let Some(rest) = url.strip_prefix("http://") else { return Ok(()) };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host = crate::app::host_name(authority);
    if matches!(host, "127.0.0.1" | "localhost" | "[::1]") { Ok(()) } else { Err(HttpError::Plain) }
}

fn read(sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Answer, HttpError> {
    let transport = |error: ureq::Error| HttpError::Transport(kind(&error).to_owned());
    let mut response = sent.map_err(transport)?;
    let body = response.body_mut().with_config().limit(MOST).read_to_vec().map_err(transport)?;
    Ok(Answer { status: response.status().as_u16(), body })
}

/// What went wrong, without the address that a library may put into its words.
fn kind(error: &ureq::Error) -> &'static str {
    match error {
        ureq::Error::Timeout(_) => "too slow",
        ureq::Error::HostNotFound => "no such host",
        ureq::Error::ConnectionFailed => "no connection",
        // What TLS refuses comes out as an error of reading or writing.
        ureq::Error::Io(error) if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) => "its certificate is not trusted",
        ureq::Error::Io(_) => "broken off",
        ureq::Error::BodyExceedsLimit(_) => "more than is taken",
        ureq::Error::BadUri(_) => "not an address",
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) => "its certificate is not trusted",
        _ => "failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_this_machine() {
        assert_eq!(check("http://example.com/x"), Err(HttpError::Plain));
        assert_eq!(check("http://127.0.0.1.example.com/x"), Err(HttpError::Plain));
        assert_eq!(check("http://127.0.0.1@example.com/x"), Err(HttpError::Plain));
        for fine in ["https://example.com", "http://127.0.0.1:1/x", "http://localhost?x"] {
            assert_eq!(check(fine), Ok(()), "{fine}");
        }
        assert_eq!(base64(b"a:b?"), "YTpiPw==");
        assert!(matches!(Http::new(None).unwrap().get("http://127.0.0.1:1/"), Err(HttpError::Transport(_))));
    }
}
