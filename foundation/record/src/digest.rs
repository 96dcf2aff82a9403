//! The bytes that are hashed: the canonical encoding of an event, its leaf, and
//! the salted digest that stands for a text in facts.
//!
//! The encoding is `version byte ‖ columns`, each column `tag (0 absent, 1 present) ‖ length as u32
//! big-endian ‖ bytes`. One event has one encoding and one encoding is one event.

use base::{Id, Time, UnitId};
use sha2::{Digest, Sha256};

use crate::event::{Actor, Event, EventId};

/// The version of the encoding; the first byte of every encoded event.
const ENCODING: u8 = 1;

/// The chained digest of no leaves.
pub(crate) const NO_CHAIN: [u8; 32] = [0; 32];

/// Bytes that are not an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an event: {0}")]
pub struct BadEvent(&'static str);

/// The canonical encoding, salt last. The position is not part of it.
pub fn encode(event: &Event) -> Vec<u8> {
    let mut out = Vec::with_capacity(256 + event.facts.len());
    columns(event, &mut out);
    column(&mut out, Some(&event.salt));
    out
}

fn columns(event: &Event, out: &mut Vec<u8>) {
    out.push(ENCODING);
    column(out, Some(event.id.bytes()));
    column(out, Some(event.kind.as_bytes()));
    column(out, Some(&event.v.to_be_bytes()));
    column(out, Some(&event.recorded_at.0.to_be_bytes()));
    column(out, Some(&event.occurred_at.0.to_be_bytes()));
    column(out, Some(&event.actor.tag().to_be_bytes()));
    column(out, event.actor.id().as_ref().map(Id::bytes));
    column(out, event.unit.as_ref().map(UnitId::bytes));
    column(out, Some(event.subject.bytes()));
    column(out, event.batch.as_ref().map(Id::bytes));
    column(out, Some(&event.rules_digest));
    column(out, Some(event.facts.as_bytes()));
}

fn column(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    match bytes {
        None => out.push(0),
        Some(bytes) => {
            out.push(1);
            // No column comes near 4 GiB: the store's own limit on a row lies far below.
            out.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
            out.extend_from_slice(bytes);
        }
    }
}

/// Read an encoded event; it comes without a position.
///
/// # Errors
/// [`BadEvent`] for anything that [`encode`] does not write.
pub fn decode(bytes: &[u8]) -> Result<Event, BadEvent> {
    let (version, rest) = bytes.split_first().ok_or(BadEvent("empty"))?;
    if *version != ENCODING {
        return Err(BadEvent("an encoding of another version"));
    }
    let mut from = Columns(rest);
    let event = Event {
        pos: None,
        id: EventId(from.id()?),
        kind: from.text()?,
        v: from.int()?,
        recorded_at: Time(from.int()?),
        occurred_at: Time(from.int()?),
        actor: {
            let tag = from.int()?;
            Actor::from_columns(tag, from.opt_id()?).map_err(|_| BadEvent("an unknown kind of actor"))?
        },
        unit: from.opt_id()?.map(UnitId),
        subject: from.id()?,
        batch: from.opt_id()?,
        rules_digest: from.exact()?,
        facts: from.text()?,
        salt: from.exact()?,
    };
    if from.0.is_empty() { Ok(event) } else { Err(BadEvent("bytes after its end")) }
}

/// Decode whatever bytes come, and if they are an event, check that they are its only encoding and
/// try its facts as JSON. For fuzzing: must neither panic nor loop, whatever comes.
///
/// # Errors
/// [`BadEvent`] for what is not an event.
pub fn decode_any(bytes: &[u8]) -> Result<Event, BadEvent> {
    let event = decode(bytes)?;
    if encode(&event) != bytes {
        return Err(BadEvent("encoded in a second way"));
    }
    serde_json::from_str::<serde_json::Value>(&event.facts).map_err(|_| BadEvent("facts that are not JSON"))?;
    Ok(event)
}

struct Columns<'a>(&'a [u8]);

impl<'a> Columns<'a> {
    fn opt(&mut self) -> Result<Option<&'a [u8]>, BadEvent> {
        let (tag, rest) = self.0.split_first().ok_or(BadEvent("cut short"))?;
        match tag {
            0 => {
                self.0 = rest;
                Ok(None)
            }
            1 => {
                let (length, rest) = rest.split_first_chunk::<4>().ok_or(BadEvent("cut short"))?;
                let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| BadEvent("too long"))?;
                let (bytes, rest) = rest.split_at_checked(length).ok_or(BadEvent("cut short"))?;
                self.0 = rest;
                Ok(Some(bytes))
            }
            _ => Err(BadEvent("a column that is neither absent nor present")),
        }
    }

    fn some(&mut self) -> Result<&'a [u8], BadEvent> {
        self.opt()?.ok_or(BadEvent("a column is absent that must be there"))
    }

    fn exact<const N: usize>(&mut self) -> Result<[u8; N], BadEvent> {
        self.some()?.try_into().map_err(|_| BadEvent("a column of another length"))
    }

    fn int(&mut self) -> Result<i64, BadEvent> {
        self.exact().map(i64::from_be_bytes)
    }

    fn id(&mut self) -> Result<Id, BadEvent> {
        self.exact().map(Id)
    }

    fn opt_id(&mut self) -> Result<Option<Id>, BadEvent> {
        self.opt()?.map(|bytes| Id::from_slice(bytes).map_err(|_| BadEvent("a column of another length"))).transpose()
    }

    fn text(&mut self) -> Result<String, BadEvent> {
        String::from_utf8(self.some()?.to_vec()).map_err(|_| BadEvent("a text that is not UTF-8"))
    }
}

/// What the log says of an event to everybody: `SHA-256(salt ‖ columns)`. Without the salt it tells nothing.
pub fn commitment(event: &Event) -> [u8; 32] {
    let mut bytes = Vec::with_capacity(272 + event.facts.len());
    bytes.extend_from_slice(&event.salt);
    columns(event, &mut bytes);
    Sha256::digest(&bytes).into()
}

/// The leaf of an event in the tree of RFC 9162: `SHA-256(0x00 ‖ commitment)`.
pub fn leaf(event: &Event) -> [u8; 32] {
    let mut outer = Sha256::new();
    outer.update([0u8]);
    outer.update(commitment(event));
    outer.finalize().into()
}

/// The digest by which a log was chained before it was a tree: `SHA-256(0x02 ‖ chain ‖ leaf)`. Stores that were begun
/// then are still checked with it, as far as it reaches.
pub(crate) fn chain(head: &[u8; 32], leaf: &[u8; 32]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update([2u8]);
    hasher.update(head);
    hasher.update(leaf);
    hasher.finalize().into()
}

/// The digest that stands for a text in facts. The salt is kept beside the text and erased with it:
/// what is left then says nothing about the text.
pub fn text_digest(salt: &[u8; 16], text: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(b"lianxin text\n");
    hasher.update(salt);
    hasher.update(text.as_bytes());
    hasher.finalize().into()
}

/// Lower-case hexadecimal, as digests stand in facts.
pub fn hex(bytes: &[u8]) -> String {
    base::id::hex(bytes)
}

/// `hex(text_digest(..))`: what facts hold of a text.
pub fn text_digest_hex(salt: &[u8; 16], text: &str) -> String {
    hex(&text_digest(salt, text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn events() -> impl Strategy<Value = Event> {
        let ids = (any::<[u8; 16]>(), any::<Option<[u8; 16]>>(), any::<Option<[u8; 16]>>(), any::<[u8; 16]>(), any::<Option<[u8; 16]>>());
        let rest = (".{0,20}", any::<i64>(), any::<i64>(), any::<i64>(), any::<[u8; 32]>(), any::<[u8; 16]>(), any::<i32>());
        (ids, rest).prop_map(|((id, actor, unit, subject, batch), (kind, v, recorded_at, occurred_at, rules_digest, salt, n))| Event {
            pos: None,
            id: EventId(Id(id)),
            kind,
            v,
            recorded_at: Time(recorded_at),
            occurred_at: Time(occurred_at),
            actor: actor.map_or(if v % 2 == 0 { Actor::Resident } else { Actor::System }, |id| Actor::Person(base::PersonId(Id(id)))),
            unit: unit.map(|id| UnitId(Id(id))),
            subject: Id(subject),
            batch: batch.map(Id),
            rules_digest,
            facts: format!("{{\"n\":{n}}}"),
            salt,
        })
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(event in events()) {
            let bytes = encode(&event);
            prop_assert_eq!(decode_any(&bytes), Ok(event));
        }

        #[test]
        fn any_changed_byte_is_no_event_or_another_one_with_another_leaf(event in events(), at in any::<prop::sample::Index>(), by in 1..=255u8) {
            let mut bytes = encode(&event);
            let at = at.index(bytes.len());
            bytes[at] ^= by;
            if let Ok(other) = decode(&bytes) {
                prop_assert_ne!(leaf(&other), leaf(&event));
                prop_assert_eq!(encode(&other), bytes);
            }
        }

        #[test]
        fn whatever_comes_is_refused_in_words_or_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = decode_any(&bytes);
        }
    }

    #[test]
    fn a_text_digest_depends_on_salt_and_text() {
        let digest = text_digest_hex(&[1; 16], "路灯不亮");
        assert_eq!(digest.len(), 64);
        assert_ne!(digest, text_digest_hex(&[2; 16], "路灯不亮"));
        assert_ne!(digest, text_digest_hex(&[1; 16], "路灯不亮 "));
    }
}
