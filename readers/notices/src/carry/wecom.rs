//! 企业微信: messages of an application to members, and the robots of groups. Both answer 200 with an `errcode`.

use std::sync::{Mutex, PoisonError};

use base::Time;
use serde::{Deserialize, Serialize};
use web::notice::{Carrier, Failure, Parcel};
use web::outside::Http;
use zeroize::Zeroizing;

/// Where WeCom is asked.
pub const HOUSE: &str = "https://qyapi.weixin.qq.com";
/// `errcode`s that say that the token is good no longer.
const TOKEN_OVER: [i64; 3] = [40001, 40014, 42001];
/// `errcode`s that pass: busy, asked too often.
const PASSES: [i64; 3] = [-1, 45009, 45033];

#[derive(Serialize)]
struct Text<'a> {
    content: &'a str,
}

#[derive(Serialize)]
struct Message<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    touser: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agentid: Option<i64>,
    msgtype: &'static str,
    text: Text<'a>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    errcode: i64,
    #[serde(default)]
    invaliduser: String,
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    errcode: i64,
    #[serde(default)]
    access_token: String,
    #[serde(default)]
    expires_in: i64,
}

fn errcode(code: i64) -> Failure {
    let why = format!("errcode {code}");
    if PASSES.contains(&code) { Failure::again(why) } else { Failure::never(why) }
}

fn post(http: &Http, url: &str, message: &Message<'_>) -> Result<Answer, Failure> {
    let body = serde_json::to_vec(message).map_err(|_| Failure::never("no JSON"))?;
    let answer = http.post(url, &[("content-type", "application/json; charset=utf-8")], &body).map_err(|error| super::refused(&error))?;
    if answer.status != 200 {
        return Err(super::status(answer.status));
    }
    serde_json::from_slice(&answer.body).map_err(|_| Failure::again("an answer that is not JSON"))
}

/// The robot of a group: its address is its secret.
pub struct Robot {
    url: Zeroizing<String>,
    http: Http,
}

impl Robot {
    /// The robot at this address.
    pub fn new(url: String, http: Http) -> Robot {
        Robot { url: Zeroizing::new(url), http }
    }
}

impl Carrier for Robot {
    fn carry(&self, parcel: &Parcel) -> Result<(), Failure> {
        let message = Message { touser: None, agentid: None, msgtype: "text", text: Text { content: &parcel.text } };
        let answer = post(&self.http, &self.url, &message)?;
        if answer.errcode == 0 { Ok(()) } else { Err(errcode(answer.errcode)) }
    }
}

/// Messages of an application to members.
pub struct Application {
    house: String,
    corp: String,
    agent: i64,
    secret: Zeroizing<String>,
    http: Http,
    token: Mutex<Option<(Zeroizing<String>, Time)>>,
}

impl Application {
    /// The application `agent` of the corporation `corp`, asked at `house` (see [`HOUSE`]).
    pub fn new(house: String, corp: String, agent: i64, secret: String, http: Http) -> Application {
        Application { house, corp, agent, secret: Zeroizing::new(secret), http, token: Mutex::new(None) }
    }

    /// The token, asked for where there is none that is good.
    fn token(&self, now: Time, anew: bool) -> Result<Zeroizing<String>, Failure> {
        let mut kept = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, until)) = kept.as_ref().filter(|_| !anew)
            && now < *until
        {
            return Ok(token.clone());
        }
        let url = Zeroizing::new(format!(
            "{}/cgi-bin/gettoken?corpid={}&corpsecret={}",
            self.house,
            web::shell::percent(&self.corp),
            web::shell::percent(&self.secret)
        ));
        let answer = self.http.get(&url).map_err(|error| super::refused(&error))?;
        if answer.status != 200 {
            return Err(super::status(answer.status));
        }
        let token: Token = serde_json::from_slice(&answer.body).map_err(|_| Failure::again("an answer that is not JSON"))?;
        if token.errcode != 0 || token.access_token.is_empty() {
            return Err(errcode(token.errcode));
        }
        let fresh = Zeroizing::new(token.access_token);
        // A minute less than it is good for, so that it does not run out on the way.
        *kept = Some((fresh.clone(), now.plus((token.expires_in - 60).max(0) * Time::SECOND)));
        Ok(fresh)
    }

    fn send(&self, parcel: &Parcel, anew: bool) -> Result<Answer, Failure> {
        let token = self.token(parcel.at, anew)?;
        let url = Zeroizing::new(format!("{}/cgi-bin/message/send?access_token={}", self.house, web::shell::percent(&token)));
        let text = Text { content: &parcel.text };
        post(&self.http, &url, &Message { touser: Some(&parcel.to), agentid: Some(self.agent), msgtype: "text", text })
    }
}

impl Carrier for Application {
    fn carry(&self, parcel: &Parcel) -> Result<(), Failure> {
        let mut answer = self.send(parcel, false)?;
        if TOKEN_OVER.contains(&answer.errcode) {
            answer = self.send(parcel, true)?;
        }
        match answer.errcode {
            0 if answer.invaliduser.is_empty() => Ok(()),
            0 => Err(Failure::never("no such member")),
            code => Err(errcode(code)),
        }
    }
}
