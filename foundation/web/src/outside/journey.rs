//! The way to another house and back, the same for staff and for residents: the state is kept and tied to the browser, the
//! nonce and the challenge (PKCE) are this sign-in's own, and whoever comes back with anything else is turned away.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::{Id, Time};
use people::sign::Token;
use people::webauthn::base64url;
use people::{Away, Door, come_back};
use sha2::{Digest, Sha256};

use super::token::Claims;
use super::{House, OutsideError};
use crate::cookie::{self, Life};
use crate::{Fields, PageError, Visit};

/// A door of ours: by what its browsers are known while they are away, and where they come back to.
#[derive(Debug, Clone, Copy)]
pub struct Side {
    /// Which.
    pub door: Door,
    /// The cookie that ties a browser to the sign-in that it began.
    pub cookie: &'static str,
    /// The path to which the other house sends people back.
    pub back: &'static str,
}

/// Going to a house and coming back.
#[derive(Debug, Clone)]
pub struct Journey {
    /// The house.
    pub house: Arc<House>,
    side: Side,
}

/// 32 random bytes that a browser never sees the use of.
fn secret(visit: &Visit) -> String {
    let mut bytes = [0; 32];
    visit.district.env().random.fill(&mut bytes);
    base64url(&bytes)
}

impl Journey {
    /// To a house by a door of ours.
    pub fn new(house: Arc<House>, side: Side) -> Journey {
        Journey { house, side }
    }

    /// What is to come back: to sign in and go on to a page, or to link the identity to somebody signed in.
    pub fn away(&self, visit: &Visit, next: String, link: Option<Id>) -> Away {
        Away { door: self.side.door, nonce: secret(visit), verifier: secret(visit), next, link }
    }

    /// The address to which somebody is sent, asked outside the runtime; none where the house does not answer.
    ///
    /// # Errors
    /// When the machine has no thread to ask with.
    pub async fn address(&self, visit: &Visit, away: &Away, state: &Token) -> Result<Option<String>, PageError> {
        let (house, now, back) = (Arc::clone(&self.house), visit.district.env().clock.now(), visit.link(self.side.back));
        let (state, nonce) = (state.to_string(), away.nonce.clone());
        let challenge = base64url(&Sha256::digest(away.verifier.as_bytes()));
        let asked = tokio::task::spawn_blocking(move || house.door(now, &back, &state, &nonce, &challenge)).await;
        Ok(asked.map_err(PageError::internal)?.map_err(|error| log(&error)).ok())
    }

    /// Sends a browser there, with the cookie that ties it to its state.
    ///
    /// # Errors
    /// When the house calls an address its own that is none.
    pub fn send(&self, visit: &Visit, to: &str, state: &Token) -> Result<Response, PageError> {
        let mut response = StatusCode::SEE_OTHER.into_response();
        let headers = response.headers_mut();
        headers.insert(header::LOCATION, HeaderValue::from_str(to).map_err(PageError::internal)?);
        headers.append(header::SET_COOKIE, self.keep(visit, state));
        Ok(response)
    }

    /// The cookie that ties a browser to its state.
    pub fn keep(&self, visit: &Visit, state: &Token) -> HeaderValue {
        let life = Life::Seconds(u32::try_from(10 * Time::MINUTE / Time::SECOND).unwrap_or(600));
        cookie::write(self.side.cookie, &state.to_string(), life, visit.secure)
    }

    /// The cookie that takes it away.
    pub fn over(&self, visit: &Visit) -> HeaderValue {
        cookie::write(self.side.cookie, "", Life::Over, visit.secure)
    }

    /// Who came back, by the house's word; none where anything does not fit: another browser's state, one that was used or
    /// left by another door, no code, a token that is not good.
    ///
    /// # Errors
    /// The store's.
    pub async fn back(&self, visit: &Visit, headers: &HeaderMap, fields: &Fields) -> Result<Option<(Away, Claims)>, PageError> {
        let brought = cookie::read(headers, self.side.cookie);
        let Some(state) = Token::parse(fields.value("state")).filter(|state| brought == Some(state.to_string().as_str())) else {
            return Ok(None);
        };
        let door = self.side.door;
        let Some(away) = visit.write(move |tx, ctx| come_back(tx, ctx, &state, door).map_err(PageError::from)).await? else {
            return Ok(None);
        };
        let code = fields.value("code").to_owned();
        if code.is_empty() {
            return Ok(None);
        }
        let (house, now, here) = (Arc::clone(&self.house), visit.district.env().clock.now(), visit.link(self.side.back));
        let (nonce, verifier) = (away.nonce.clone(), away.verifier.clone());
        let redeemed = tokio::task::spawn_blocking(move || house.redeem(now, &here, &code, &nonce, &verifier)).await;
        Ok(redeemed.map_err(PageError::internal)?.map_err(|error| log(&error)).ok().map(|claims| (away, claims)))
    }
}

fn log(error: &OutsideError) {
    tracing::warn!(%error, "another house did not vouch");
}
