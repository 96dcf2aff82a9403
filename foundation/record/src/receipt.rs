//! The receipt as a file: the steps of one subject, opened, with the way of each up to a signed head. Whoever has it
//! can check it without us: in the browser, with the program on another machine, or with a program of their own.
//!
//! A step holds its event as it was hashed, so that its time and its facts are what the log commits to, and the texts
//! that were shown, whose digests stand in those facts. A text that was erased is left out: all else still holds.

use base::Time;
use serde::{Deserialize, Serialize};
use store::{Sql, StoreError, Tx, p, sql};

use crate::checkpoint::{Checkpoint, newest, newest_witnessed, origin};
use crate::digest::{decode, encode, hex, leaf, text_digest_hex};
use crate::event::Event;
use crate::note::{NoteError, Signed, Vkey, base64, from_base64};
use crate::tree::{Digest, includes, inclusion};

/// The version of the file.
pub const VERSION: u32 = 1;

/// A receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The version of the file: [`VERSION`].
    pub lianxin_receipt: u32,
    /// The public number.
    pub no: String,
    /// The district's name.
    pub district: String,
    /// The key that the log signs with; none where nothing was signed yet.
    #[serde(default)]
    pub log: Option<String>,
    /// The signed head that the steps are proved by.
    #[serde(default)]
    pub checkpoint: Option<String>,
    /// The keys of the witnesses that signed it.
    #[serde(default)]
    pub witnesses: Vec<String>,
    /// What happened, oldest first.
    pub steps: Vec<Step>,
    /// What the page showed otherwise than the record had it when this was made, in the reader's words: the log proves the
    /// steps, and where they lead to is the server's to say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differs: Vec<String>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What it is called on the page.
    pub title: String,
    /// The event as it was hashed, in base 64; empty where the record has none.
    pub event: String,
    /// Which leaf it is, from 0; none while the checkpoint does not cover it.
    #[serde(default)]
    pub index: Option<u64>,
    /// The way up, in base 64, from the leaf's neighbour on.
    #[serde(default)]
    pub path: Vec<String>,
    /// What was said and is shown.
    #[serde(default)]
    pub texts: Vec<Text>,
}

/// A text of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Where its digest stands in the facts, as `texts.words`.
    pub at: String,
    /// Its salt, in hexadecimal digits.
    pub salt: String,
    /// What was digested: the text, or the sealed bytes of one in hexadecimal digits.
    pub text: String,
    /// Whether it is sealed: then the page can be trusted for its words, the log only for the sealed bytes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sealed: bool,
}

/// Why a file is not taken for a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadReceipt {
    /// It is something else, or a part is missing.
    #[error("it is no receipt file, or not a whole one")]
    Unread,
    /// It was made by a program that writes another version.
    #[error("it is a receipt of version {0}; this program knows version {VERSION}")]
    Version(u32),
    /// More than anybody's receipt holds.
    #[error("it is larger than any receipt")]
    TooLarge,
}

impl BadReceipt {
    /// In Chinese.
    pub fn zh(self) -> String {
        match self {
            BadReceipt::Unread => "不是回执文件，或者不完整".to_owned(),
            BadReceipt::Version(version) => format!("这是第 {version} 版的回执文件，本程序只认识第 {VERSION} 版"),
            BadReceipt::TooLarge => "超过了回执文件可能的大小".to_owned(),
        }
    }
}

/// The most steps of a receipt.
const MOST_STEPS: usize = 10_000;

/// The most bytes of a receipt file: the script that a saved page holds, and texts of thousands of steps.
pub const MOST_BYTES: usize = 64 << 20;

/// A step before it is proved.
#[derive(Clone, Debug)]
pub struct Shown {
    /// What it is called on the page.
    pub title: String,
    /// The event; none where it is known that there was one and the record has it no more.
    pub event: Option<Event>,
    /// What was said and is shown.
    pub texts: Vec<Text>,
}

/// By the index `log_event`.
const POSITION: &Sql = sql!("SELECT pos FROM log WHERE event = ?1");

/// Proves steps by the newest checkpoint; by the newest that a witness signed where that covers them all.
///
/// # Errors
/// Only the store's.
pub fn make(tx: &mut Tx, no: &str, district: &str, shown: &[Shown]) -> Result<Receipt, StoreError> {
    let mut positions = Vec::new();
    for step in shown {
        positions.push(match &step.event {
            Some(event) => tx.opt(POSITION, p![event.id.0], |row| row.int(0))?,
            None => None,
        });
    }
    // What is not sealed yet is covered by no checkpoint; what is gone never will be.
    let needed = shown.iter().zip(&positions).filter(|(step, _)| step.event.is_some());
    let needed = needed.map(|(_, pos)| pos.unwrap_or(i64::MAX)).max().unwrap_or(0);
    let checkpoint = match newest_witnessed(tx)?.filter(|checkpoint| checkpoint.size >= needed) {
        Some(witnessed) => Some(witnessed),
        None => newest(tx)?,
    };
    let size = checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.size);
    let mut steps = Vec::new();
    for (step, pos) in shown.iter().zip(positions) {
        let index = pos.filter(|pos| *pos <= size).and_then(|pos| u64::try_from(pos - 1).ok());
        let path = match index {
            Some(index) => inclusion(tx, u64::try_from(size).unwrap_or(0), index)?.unwrap_or_default(),
            None => Vec::new(),
        };
        steps.push(Step {
            title: step.title.clone(),
            event: step.event.as_ref().map(|event| base64(&encode(event))).unwrap_or_default(),
            index,
            path: path.iter().map(|hash| base64(hash)).collect(),
            texts: step.texts.clone(),
        });
    }
    let log = origin(tx)?.map(|(_, vkey)| vkey);
    let (note, witnesses) = match checkpoint {
        Some(Checkpoint { note, witnesses, .. }) => (Some(note), witnesses.into_iter().map(|(vkey, _)| vkey).collect()),
        None => (None, Vec::new()),
    };
    let (no, district) = (no.to_owned(), district.to_owned());
    Ok(Receipt { lianxin_receipt: VERSION, no, district, log, checkpoint: note, witnesses, steps, differs: Vec::new() })
}

/// What is wrong with a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// The event cannot be read.
    #[error("the event cannot be read")]
    Event,
    /// The way does not lead from the event to the signed root: the step is not what the log holds.
    #[error("it is not what the log holds at this place")]
    NotInLog,
    /// A text is not the one that was recorded.
    #[error("a text is not the one that was recorded")]
    Text,
}

impl Wrong {
    /// In Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Wrong::Event => "记录读不出来",
            Wrong::NotInLog => "和总账里这一条对不上",
            Wrong::Text => "文字和当时记下的不一样",
        }
    }
}

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is in the log, as shown.
    Proved,
    /// No checkpoint covers it yet.
    Waits,
    /// It is not.
    Wrong(Wrong),
}

/// What checking a receipt found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The log's name.
    pub origin: String,
    /// Leaves under the signed head.
    pub size: u64,
    /// Its root.
    pub root: Digest,
    /// The witnesses that signed the head, and when.
    pub witnesses: Vec<(String, Time)>,
    /// The steps: when each was recorded, and how it stands.
    pub steps: Vec<(Option<Time>, Standing)>,
    /// What the page showed otherwise than the record had it.
    pub differs: Vec<String>,
}

impl Checked {
    /// Whether nothing is wrong. Where nothing is proved either, that says little: see [`Checked::proved`].
    pub fn is_good(&self) -> bool {
        self.differs.is_empty() && !self.steps.iter().any(|(_, standing)| matches!(standing, Standing::Wrong(_)))
    }

    /// How many steps are proved.
    pub fn proved(&self) -> usize {
        self.steps.iter().filter(|(_, standing)| *standing == Standing::Proved).count()
    }
}

impl Receipt {
    /// Reads a receipt: the file of steps, or the page that was saved with it inside.
    ///
    /// # Errors
    /// [`BadReceipt`].
    pub fn parse(text: &str) -> Result<Receipt, BadReceipt> {
        #[derive(Deserialize)]
        struct Version {
            lianxin_receipt: u32,
        }
        if text.len() > MOST_BYTES {
            return Err(BadReceipt::TooLarge);
        }
        let json = match text.split_once(BEGIN) {
            Some((_, rest)) => rest.split_once("</script>").map_or(rest, |(json, _)| json),
            None => text,
        };
        // The version first: another one may have other fields.
        let Version { lianxin_receipt } = serde_json::from_str(json.trim()).map_err(|_| BadReceipt::Unread)?;
        if lianxin_receipt != VERSION {
            return Err(BadReceipt::Version(lianxin_receipt));
        }
        let receipt: Receipt = serde_json::from_str(json.trim()).map_err(|_| BadReceipt::Unread)?;
        if receipt.steps.len() > MOST_STEPS {
            return Err(BadReceipt::TooLarge);
        }
        Ok(receipt)
    }

    /// The receipt as JSON that can stand within a page: no text of it can end the element that it stands in.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default().replace('<', "\\u003c")
    }

    /// Checks everything that can be checked without us. `key` is the log's key where it is known from elsewhere;
    /// else the receipt's own is taken, which proves that one key signed it all, not whose it is.
    ///
    /// # Errors
    /// [`NoteError`] where the head is not signed by that key.
    pub fn check(&self, key: Option<&Vkey>) -> Result<Checked, NoteError> {
        let own = self.log.as_deref().map(Vkey::parse).transpose()?;
        let key = key.or(own.as_ref());
        let signed = match (&self.checkpoint, key) {
            (Some(note), Some(key)) => {
                let signed = Signed::parse(note)?;
                key.check(&signed)?;
                Some(signed)
            }
            (None, _) => None,
            (Some(_), None) => return Err(NoteError::Unsigned),
        };
        let mut witnesses = Vec::new();
        if let Some(signed) = &signed {
            for vkey in &self.witnesses {
                let vkey = Vkey::parse(vkey)?;
                if let Some(at) = vkey.check(signed)?.filter(|_| vkey.is_witness()) {
                    witnesses.push((vkey.name().to_owned(), Time(at.saturating_mul(Time::SECOND))));
                }
            }
        }
        let steps = self.steps.iter().map(|step| step.check(signed.as_ref())).collect();
        let (origin, size, root) = signed.map(|signed| (signed.origin, signed.size, signed.root)).unwrap_or_default();
        Ok(Checked { origin, size, root, witnesses, steps, differs: self.differs.clone() })
    }
}

/// What comes before the receipt in a saved page.
pub const BEGIN: &str = "<script type=\"application/json\" id=\"receipt\">";

impl Step {
    fn check(&self, signed: Option<&Signed>) -> (Option<Time>, Standing) {
        let Some(event) = from_base64(&self.event).and_then(|bytes| decode(&bytes).ok()) else {
            return (None, Standing::Wrong(Wrong::Event));
        };
        let at = Some(event.recorded_at);
        if self.texts.iter().any(|text| !text.fits(&event)) {
            return (at, Standing::Wrong(Wrong::Text));
        }
        let (Some(index), Some(signed)) = (self.index, signed) else { return (at, Standing::Waits) };
        let path: Option<Vec<Digest>> = self.path.iter().map(|hash| from_base64(hash)?.try_into().ok()).collect();
        let held = path.is_some_and(|path| includes(&path, signed.size, &signed.root, index, &leaf(&event)));
        (at, if held { Standing::Proved } else { Standing::Wrong(Wrong::NotInLog) })
    }
}

impl Text {
    /// A text with its salt.
    pub fn new(at: impl Into<String>, salt: &[u8; 16], text: impl Into<String>) -> Text {
        Text { at: at.into(), salt: hex(salt), text: text.into(), sealed: false }
    }

    /// Sealed bytes with their salt.
    pub fn sealed(at: impl Into<String>, salt: &[u8; 16], sealed: &[u8]) -> Text {
        Text { at: at.into(), salt: hex(salt), text: hex(sealed), sealed: true }
    }

    fn fits(&self, event: &Event) -> bool {
        let salt = self.salt.parse::<base::Id>().ok();
        let facts = serde_json::from_str::<serde_json::Value>(&event.facts).ok();
        let (Some(salt), Some(facts)) = (salt, facts) else { return false };
        let said = self.at.split('.').try_fold(&facts, |value, name| value.get(name)).and_then(serde_json::Value::as_str);
        said == Some(text_digest_hex(&salt.0, &self.text).as_str())
    }
}
