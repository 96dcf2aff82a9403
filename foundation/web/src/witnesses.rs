//! Asking witnesses: the newest signed head is sent to each, and what it signs is kept beside it.
//!
//! A witness is asked over TLS or plain HTTP, as its address says: what is sent is public, and what comes back is a signature
//! that is checked with the key from the configuration. Without TLS whoever sits between can keep an answer from coming, and
//! no more than that.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use record::note::Vkey;
use record::witness::Asked;
use store::{Sql, StoreError, p, sql};

use crate::outside::Http;
use crate::{Config, District, Fault};

/// How often it is looked whether there is something to ask.
const BEAT: Duration = Duration::from_millis(250);

const STATE: &Sql = sql!("SELECT size FROM witness WHERE vkey = ?1");
const WELL: &Sql = sql!(
    "INSERT INTO witness (vkey, size, asked_at, failure) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (vkey) DO UPDATE SET size = excluded.size, asked_at = excluded.asked_at, failure = excluded.failure"
);
/// A row for each witness that was ever configured.
const ALL: &Sql = sql!("SELECT vkey FROM witness");
const FORGET: &Sql = sql!("DELETE FROM witness WHERE vkey = ?1");

/// An outside witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Its key.
    pub vkey: Vkey,
    /// Where it is asked: `/add-checkpoint` comes after it.
    pub url: String,
}

/// What a witness answered: the status and the text.
pub type Answered = Result<(u16, String), Fault>;

/// Sends a head to a witness.
///
/// # Errors
/// The network's, and a certificate that is not trusted.
pub fn post(http: &Http, url: &str, body: &str) -> Answered {
    let answer = http.post_public(&format!("{}/add-checkpoint", url.trim_end_matches('/')), body)?;
    Ok((answer.status, String::from_utf8(answer.body)?))
}

/// What became of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing new to sign.
    Nothing,
    /// It signed up to this size.
    Signed(i64),
    /// It did not, and this is why.
    Failed(String),
}

/// Ask one witness for its signature under the newest head.
///
/// # Errors
/// The store's.
pub fn ask(district: &Arc<District>, witness: &Witness, post: &dyn Fn(&str, &str) -> Answered) -> Result<Outcome, StoreError> {
    let vkey = witness.vkey.to_string();
    let mut outcome = Outcome::Nothing;
    // A second time where the witness remembers another size than we do.
    for _ in 0..2 {
        let name = vkey.clone();
        let found = district.read_now(move |tx, _| {
            let Some(newest) = record::newest(tx)? else { return Ok(None) };
            let old = tx.opt(STATE, p![name.as_str()], |row| row.int(0))?;
            if old == Some(newest.size) {
                return Ok(None);
            }
            let old = old.unwrap_or(0);
            let path = match (u64::try_from(old), u64::try_from(newest.size)) {
                (Ok(from), Ok(to)) if from <= to => record::tree::consistency(tx, from, to)?,
                _ => None,
            };
            Ok::<_, StoreError>(Some((newest, old, path)))
        })?;
        let Some((newest, old, path)) = found else { return Ok(outcome) };
        let Some(path) = path else {
            let why = format!("the witness has signed {old} entries, this log has {}", newest.size);
            note(district, &vkey, old, Some(why.clone()))?;
            return Ok(Outcome::Failed(why));
        };
        let size = newest.size;
        if !district.write_now(move |tx, _| record::keep(tx, size))? {
            return Ok(outcome);
        }
        let body = Asked::body(u64::try_from(old).unwrap_or(0), &path, &newest.note);
        let failed = match post(&witness.url, &body) {
            Ok((200, lines)) => {
                let (head, key) = (newest.clone(), witness.vkey.clone());
                match district.write_now(move |tx, _| record::add_cosignature(tx, &head, &key, &lines))? {
                    Ok(_) => {
                        note(district, &vkey, size, None)?;
                        return Ok(Outcome::Signed(size));
                    }
                    Err(error) => error.to_string(),
                }
            }
            Ok((409, text)) => match text.trim().parse::<i64>() {
                Ok(theirs) if theirs != old => {
                    note(district, &vkey, theirs, None)?;
                    continue;
                }
                _ => "the witness has signed another past of this log".into(),
            },
            Ok((status, text)) => format!("{status}: {}", text.trim().chars().take(200).collect::<String>()),
            Err(error) => error.to_string(),
        };
        note(district, &vkey, old, Some(failed.clone()))?;
        outcome = Outcome::Failed(failed);
        break;
    }
    Ok(outcome)
}

fn note(district: &Arc<District>, vkey: &str, size: i64, failure: Option<String>) -> Result<(), StoreError> {
    let vkey = vkey.to_owned();
    district.write_now(move |tx, ctx| tx.exec(WELL, p![vkey.as_str(), size, ctx.now, failure.as_deref()]).map(drop))
}

/// Witnesses that are configured no more are forgotten; what they signed stays.
///
/// # Errors
/// The store's.
pub fn only(district: &Arc<District>, witnesses: &[Witness]) -> Result<(), StoreError> {
    let wanted: Vec<String> = witnesses.iter().map(|witness| witness.vkey.to_string()).collect();
    district.write_now(move |tx, ctx| {
        let have = tx.all(ALL, p![], |row| Ok(row.text(0)?.to_owned()))?;
        for vkey in have.iter().filter(|vkey| !wanted.contains(vkey)) {
            tx.exec(FORGET, p![vkey.as_str()])?;
        }
        for vkey in wanted.iter().filter(|vkey| !have.contains(vkey)) {
            tx.exec(WELL, p![vkey.as_str(), 0_i64, ctx.now, None::<&str>])?;
        }
        Ok(())
    })
}

/// Ask all of them, again and again, until it is told to stop.
pub(crate) fn keep_asking(district: &Arc<District>, config: &Config, stop: &AtomicBool) {
    let (witnesses, every) = (&config.witnesses, config.witness_every);
    let http = match config.witness_http.clone().map_or_else(|| Http::new(None), Ok) {
        Ok(http) => http,
        Err(error) => return tracing::error!(%error, "no witness can be asked"),
    };
    let mut waited = every;
    let mut told = String::new();
    while !stop.load(Ordering::Acquire) {
        if waited >= every {
            waited = Duration::ZERO;
            let mut words = String::new();
            for witness in witnesses {
                let failed = match ask(district, witness, &|url, body| post(&http, url, body)) {
                    Ok(Outcome::Failed(why)) => why,
                    Ok(_) => continue,
                    Err(error) => error.to_string(),
                };
                words.push_str(&format!("witness {}: {failed}; ", witness.vkey.name()));
            }
            if words != told && !words.is_empty() {
                tracing::error!("{words}");
            }
            told = words;
        }
        std::thread::sleep(BEAT);
        waited += BEAT;
    }
}

#[cfg(test)]
#[path = "witnesses_tests.rs"]
mod tests;
