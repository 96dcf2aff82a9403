//! Witnesses (C2SP tlog-witness): what a log sends, what a witness makes of it. Pure: who listens and who keeps what a
//! witness last signed is the caller's.
//!
//! A witness signs a head only where it extends the one that it signed last. So a log that shows one past to some and
//! another to others needs every witness to lie with it.

use crate::note::{NoteError, Signed, Skey, Vkey, base64, from_base64};
use crate::tree::{Digest, extends};

/// The most hashes that a proof can need.
const MOST: usize = 63;

/// What a log asks: to sign this head, which extends the one of size `old`.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The size that the witness signed last, as the log believes.
    pub old: u64,
    /// From there to here.
    pub path: Vec<Digest>,
    /// The head.
    pub head: Signed,
}

impl Asked {
    /// The body of `POST /add-checkpoint`.
    pub fn body(old: u64, path: &[Digest], note: &str) -> String {
        let mut body = format!("old {old}\n");
        for hash in path {
            body.push_str(&base64(hash));
            body.push('\n');
        }
        body.push('\n');
        body.push_str(note);
        body
    }

    /// Reads such a body.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn parse(body: &str) -> Result<Asked, NoteError> {
        let bad = NoteError::Malformed;
        let (front, note) = body.split_once("\n\n").ok_or(bad)?;
        let mut lines = front.lines();
        let old = lines.next().and_then(|line| line.strip_prefix("old ")).ok_or(bad)?;
        let number: u64 = old.parse().map_err(|_| bad)?;
        if number.to_string() != old {
            return Err(bad);
        }
        let path = lines.map(|line| from_base64(line).and_then(|hash| hash.try_into().ok()).ok_or(bad));
        let path = path.take(MOST + 1).collect::<Result<Vec<Digest>, NoteError>>()?;
        if path.len() > MOST {
            return Err(bad);
        }
        Ok(Asked { old: number, path, head: Signed::parse(note)? })
    }
}

/// What a witness answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It signed: the line that goes under the head. What it has signed now must be on disk before this is sent.
    Signed(String),
    /// 409: it last signed a head of this size.
    Conflict(u64),
    /// 404: it does not know this log.
    Unknown,
    /// 403: the log's own signature does not fit.
    Unsigned,
    /// 400: the sizes cannot be.
    Bad,
    /// 422: the head does not extend the one that it signed last.
    Forked,
}

impl Answer {
    /// As a status of HTTP.
    pub fn status(&self) -> u16 {
        match self {
            Answer::Signed(_) => 200,
            Answer::Bad => 400,
            Answer::Unsigned => 403,
            Answer::Unknown => 404,
            Answer::Conflict(_) => 409,
            Answer::Forked => 422,
        }
    }
}

/// The key of the log that a head is of, among those that a witness knows.
pub fn known<'a>(logs: &'a [Vkey], head: &Signed) -> Option<&'a Vkey> {
    logs.iter().find(|log| log.name() == head.origin && !log.is_witness())
}

/// What a witness makes of a head. `last` is the head of this log that it signed last; `now` is in seconds since 1970.
pub fn judge(asked: &Asked, logs: &[Vkey], last: Option<&Signed>, key: &Skey, now: i64) -> Answer {
    let head = &asked.head;
    let Some(log) = known(logs, head) else { return Answer::Unknown };
    if log.check(head).is_err() {
        return Answer::Unsigned;
    }
    if asked.old > head.size {
        return Answer::Bad;
    }
    let (size, root) = last.map_or((0, crate::tree::EMPTY_ROOT), |last| (last.size, last.root));
    if asked.old != size || (head.size == size && head.root != root) {
        return Answer::Conflict(size);
    }
    if !extends(&asked.path, size, &root, head.size, &head.root) {
        return Answer::Forked;
    }
    key.cosign(head, now).map_or(Answer::Bad, Answer::Signed)
}

#[cfg(test)]
mod tests {
    use base::{Keys, SeededRandom};

    use super::*;
    use crate::tree::{Edge, over};

    fn head(log: &Skey, leaves: &[Digest]) -> Signed {
        let mut edge = Edge::default();
        edge.grow(leaves);
        Signed::parse(&log.sign_head(leaves.len() as u64, edge.root().unwrap()).unwrap()).unwrap()
    }

    #[test]
    fn a_witness_signs_what_extends_and_nothing_else() {
        let keys = Keys::seeded(&SeededRandom::new(1));
        let log = Skey::of_log(&keys, "a.gov.cn/log").unwrap();
        let witness = Skey::of_witness(&[9; 32], "w.example").unwrap();
        let logs = [log.vkey()];
        let leaves: Vec<Digest> = (0..4_u8).map(|n| [n; 32]).collect();
        let (two, four) = (head(&log, &leaves[..2]), head(&log, &leaves));
        let ask = |old, path: Vec<Digest>, head: &Signed| Asked { old, path, head: head.clone() };
        let judged = |asked: &Asked, last: Option<&Signed>| judge(asked, &logs, last, &witness, 7);
        assert!(matches!(judged(&ask(0, vec![], &two), None), Answer::Signed(_)));
        // Two to four: the right half of the tree is all that is needed.
        let path = vec![over(&leaves[2..].concat())];
        let Answer::Signed(line) = judged(&ask(2, path.clone(), &four), Some(&two)) else { panic!() };
        assert!(line.starts_with("\u{2014} w.example "));
        assert!(matches!(judged(&ask(4, vec![], &four), Some(&four)), Answer::Signed(_)));
        assert_eq!(judged(&ask(2, vec![[0; 32]], &four), Some(&two)), Answer::Forked);
        assert_eq!(judged(&ask(2, vec![], &four), Some(&two)), Answer::Forked);
        assert_eq!(judged(&ask(0, vec![], &four), Some(&two)), Answer::Conflict(2));
        assert_eq!(judged(&ask(5, vec![], &four), Some(&two)), Answer::Bad);
        let fork = head(&log, &[[7; 32], [8; 32]]);
        assert_eq!(judged(&ask(2, vec![], &fork), Some(&two)), Answer::Conflict(2));
        let other = Skey::of_log(&keys, "b.gov.cn/log").unwrap();
        assert_eq!(judged(&ask(0, vec![], &head(&other, &leaves)), None), Answer::Unknown);
        let forger = Skey::of_log(&Keys::seeded(&SeededRandom::new(2)), "a.gov.cn/log").unwrap();
        assert_eq!(judged(&ask(0, vec![], &head(&forger, &leaves)), None), Answer::Unsigned);
    }

    #[test]
    fn a_request_is_read_as_it_was_written() {
        let log = Skey::of_log(&Keys::seeded(&SeededRandom::new(1)), "a.gov.cn/log").unwrap();
        let note = log.sign_head(3, [1; 32]).unwrap();
        let body = Asked::body(2, &[[4; 32], [5; 32]], &note);
        let read = Asked::parse(&body).unwrap();
        assert_eq!((read.old, read.path, read.head.size), (2, vec![[4; 32], [5; 32]], 3));
        for bad in ["", "old 1\n\n", &body.replace("old 2", "old 02"), &body.replace("old 2", "new 2"), &body.replacen('=', "", 1)] {
            assert!(Asked::parse(bad).is_err(), "{bad}");
        }
    }
}
