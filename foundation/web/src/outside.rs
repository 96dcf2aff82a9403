//! Other houses that we speak to: whoever vouches for staff or for residents by OpenID Connect, and the plain HTTPS client
//! that messages go out by. Nothing here is told more than it needs, and no secret is ever printed.

mod http;
mod journey;
pub mod token;

use std::sync::{Arc, Mutex, PoisonError};

use base::Time;
use serde::Deserialize;

pub use http::{Answer, Http, HttpError};
pub use journey::{Journey, Side};

use token::{Bad, Claims, Key, Wanted};

/// A house that vouches for people.
pub struct House {
    /// What the button says, as 政务统一认证.
    pub name: String,
    /// Its issuer, an address.
    pub issuer: String,
    /// By what it knows us.
    pub client: String,
    secret: String,
    http: Http,
    known: Mutex<Option<Arc<Known>>>,
}

impl std::fmt::Debug for House {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "House({} as {})", self.issuer, self.client)
    }
}

/// What a house says of itself.
#[derive(Debug)]
struct Known {
    at: Time,
    authorization: String,
    token: String,
    keys_at: String,
    keys: Vec<Key>,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

#[derive(Deserialize)]
struct Redeemed {
    id_token: String,
}

/// Why a house did not vouch. The words are for the log; they hold nothing that it sent.
#[derive(Debug, thiserror::Error)]
pub enum OutsideError {
    /// It was not reached, or answered something else.
    #[error("{0}: {1}")]
    Http(&'static str, HttpError),
    /// What it says is not in order.
    #[error("{0}")]
    Wrong(&'static str),
    /// Its token is not good.
    #[error(transparent)]
    Token(#[from] Bad),
}

/// How long what a house says of itself is believed.
const FRESH: i64 = Time::HOUR;

impl House {
    /// A house by its issuer; the secret is what it knows us by, empty for a public client.
    pub fn new(name: String, issuer: String, client: String, secret: String, http: Http) -> House {
        let issuer = issuer.trim_end_matches('/').to_owned();
        House { name, issuer, client, secret, http, known: Mutex::new(None) }
    }

    /// Ask the house what it says of itself, now and then. Blocking.
    fn known(&self, now: Time, anew: bool) -> Result<Arc<Known>, OutsideError> {
        let held = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = held.filter(|known| !anew && now.since(known.at) < FRESH) {
            return Ok(known);
        }
        let answer = self.http.get(&format!("{}/.well-known/openid-configuration", self.issuer));
        let said: Discovery = json("discovery", answer)?;
        if said.issuer.trim_end_matches('/') != self.issuer {
            return Err(OutsideError::Wrong("discovery names another issuer"));
        }
        let keys = token::keys(&self.http.get(&said.jwks_uri).map_err(|error| OutsideError::Http("keys", error))?.body);
        let known = Arc::new(Known {
            at: now,
            authorization: said.authorization_endpoint,
            token: said.token_endpoint,
            keys_at: said.jwks_uri,
            keys,
        });
        tracing::debug!(issuer = self.issuer, keys = known.keys.len(), from = known.keys_at, "a house was asked what it says of itself");
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&known));
        Ok(known)
    }

    /// The address to which somebody is sent. Blocking.
    ///
    /// # Errors
    /// When the house cannot be asked where that is.
    pub fn door(&self, now: Time, back: &str, state: &str, nonce: &str, challenge: &str) -> Result<String, OutsideError> {
        let known = self.known(now, false)?;
        let mut to = known.authorization.clone();
        to.push(if to.contains('?') { '&' } else { '?' });
        let pairs = [
            ("response_type", "code"),
            ("scope", "openid"),
            ("client_id", &self.client),
            ("redirect_uri", back),
            ("state", state),
            ("nonce", nonce),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256"),
        ];
        let list: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", crate::shell::percent(value))).collect();
        to.push_str(&list.join("&"));
        Ok(to)
    }

    /// Redeem a code for who it is. Blocking.
    ///
    /// # Errors
    /// [`OutsideError`].
    pub fn redeem(&self, now: Time, back: &str, code: &str, nonce: &str, verifier: &str) -> Result<Claims, OutsideError> {
        let known = self.known(now, false)?;
        let mut form = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", back), ("code_verifier", verifier)];
        let login = if self.secret.is_empty() {
            form.push(("client_id", self.client.as_str()));
            None
        } else {
            Some((crate::shell::percent(&self.client), crate::shell::percent(&self.secret)))
        };
        let answer = self.http.post_form(&known.token, &form, login.as_ref().map(|(a, b)| (a.as_str(), b.as_str())));
        let redeemed: Redeemed = json("token", answer)?;
        let wanted = Wanted { issuer: &self.issuer, client: &self.client, nonce, now };
        match token::check(&redeemed.id_token, &known.keys, &wanted) {
            // The house may have changed its keys since it was asked.
            Err(Bad::NoKey) => Ok(token::check(&redeemed.id_token, &self.known(now, true)?.keys, &wanted)?),
            other => Ok(other?),
        }
    }
}

fn json<T: serde::de::DeserializeOwned>(what: &'static str, answer: Result<Answer, HttpError>) -> Result<T, OutsideError> {
    let answer = answer.map_err(|error| OutsideError::Http(what, error))?;
    if answer.status != 200 {
        return Err(OutsideError::Http(what, HttpError::Status(answer.status)));
    }
    serde_json::from_slice(&answer.body).map_err(|_| OutsideError::Wrong("an answer that is not the JSON it should be"))
}
