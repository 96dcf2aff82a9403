//! Short messages: a gateway is asked over HTTPS with a JSON body, signed as Standard Webhooks sign
//! (`webhook-id`, `webhook-timestamp`, `webhook-signature: v1,…`), so that a gateway in front of any operator can check it
//! with a library that is there already.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::Sha256;
use web::notice::{Carrier, Failure, Parcel};
use web::outside::Http;
use zeroize::Zeroizing;

/// A gateway for short messages.
pub struct Gateway {
    url: String,
    secret: Zeroizing<Vec<u8>>,
    http: Http,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'a str,
    timestamp: String,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    id: String,
    to: &'a str,
    text: &'a str,
}

impl Gateway {
    /// A gateway at this address. The secret is that of the signature: `whsec_` and base64, or any text.
    pub fn new(url: String, secret: &str, http: Http) -> Gateway {
        let coded = secret.strip_prefix("whsec_").and_then(|coded| BASE64_STANDARD.decode(coded).ok());
        Gateway { url, secret: Zeroizing::new(coded.unwrap_or_else(|| secret.as_bytes().to_vec())), http }
    }
}

/// `v1,` and the signature of these bytes at this time.
pub fn signature(secret: &[u8], id: &str, at: i64, body: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    mac.update(format!("{id}.{at}.{body}").as_bytes());
    Some(format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes())))
}

impl Carrier for Gateway {
    fn carry(&self, parcel: &Parcel) -> Result<(), Failure> {
        let (id, at) = (parcel.key.to_string(), parcel.at.0 / 1_000_000);
        let body = Body {
            r#type: "sms.send",
            timestamp: web::dates::machine(parcel.at),
            data: Data { id: id.clone(), to: &parcel.to, text: &parcel.text },
        };
        let body = Zeroizing::new(serde_json::to_string(&body).map_err(|_| Failure::never("no JSON"))?);
        let signed = signature(&self.secret, &id, at, &body).ok_or_else(|| Failure::never("no signature"))?;
        let at = at.to_string();
        let headers = [
            ("content-type", "application/json; charset=utf-8"),
            ("webhook-id", id.as_str()),
            ("webhook-timestamp", at.as_str()),
            ("webhook-signature", signed.as_str()),
        ];
        let answer = self.http.post(&self.url, &headers, body.as_bytes()).map_err(|error| super::refused(&error))?;
        if (200..300).contains(&answer.status) { Ok(()) } else { Err(super::status(answer.status)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_is_signed_alike() {
        // The test vector of the Standard Webhooks libraries.
        let secret = BASE64_STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#).unwrap();
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
