//! Signed heads: checkpoints in the C2SP note format, the log's Ed25519 key, and the signatures of
//! witnesses (C2SP tlog-cosignature v1).
//!
//! The note format is that of the crate `signed_note`, the checkpoint that of `tlog_tiles`. Keys are
//! verified strictly: a signature that only some programs accept is none.

use base::{Keys, Purpose};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, SigningKey, VerifyingKey};
use signed_note::{Note, Signature as Line, Signer, is_key_name_valid, key_id};
use tlog_tiles::{Checkpoint, Hash};

use crate::tree::Digest;

/// What the log's key is derived for. Always under the oldest key of the key file, so that it stays the same.
const LOG_KEY: Purpose = Purpose("record.log");

/// The kinds of key that a name can be signed with (C2SP signed-note).
const ED25519: u8 = 1;
const COSIGNATURE: u8 = 4;

/// Why a note or a key was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is not in the format.
    #[error("not in the format of a signed checkpoint")]
    Malformed,
    /// It is of another log, or of a key that is not known.
    #[error("signed by none of the keys that are known")]
    Unsigned,
    /// A signature of a known key does not fit.
    #[error("the signature does not fit what it stands under")]
    Wrong,
}

impl NoteError {
    /// In Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            NoteError::Malformed => "不是签名指纹的格式",
            NoteError::Unsigned => "没有已知公钥的签名",
            NoteError::Wrong => "签名和它下面的内容对不上",
        }
    }
}

/// A key that notes are checked with: `name+id+key`, as it is handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vkey {
    name: String,
    id: u32,
    kind: u8,
    key: VerifyingKey,
}

impl Vkey {
    /// Reads one: of a log, or of a witness.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn parse(text: &str) -> Result<Vkey, NoteError> {
        let mut parts = text.trim().splitn(3, '+');
        let (name, id, key) = match (parts.next(), parts.next(), parts.next()) {
            (Some(name), Some(id), Some(key)) if is_key_name_valid(name) && id.len() == 8 => (name, id, key),
            _ => return Err(NoteError::Malformed),
        };
        let id = u32::from_str_radix(id, 16).map_err(|_| NoteError::Malformed)?;
        let key = BASE64.decode(key).map_err(|_| NoteError::Malformed)?;
        let (kind, bytes) = key.split_first().ok_or(NoteError::Malformed)?;
        if id != key_id(name, &key) || !matches!(*kind, ED25519 | COSIGNATURE) {
            return Err(NoteError::Malformed);
        }
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| NoteError::Malformed)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| NoteError::Malformed)?;
        if key.is_weak() {
            return Err(NoteError::Malformed);
        }
        Ok(Vkey { name: name.to_owned(), id, kind: *kind, key })
    }

    /// Whose it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is a witness's.
    pub fn is_witness(&self) -> bool {
        self.kind == COSIGNATURE
    }

    /// The signature of this key under a note, checked: when it was made, for a witness's.
    ///
    /// # Errors
    /// [`NoteError::Unsigned`] where there is none of it, [`NoteError::Wrong`] where it does not fit.
    pub fn check(&self, note: &Signed) -> Result<Option<i64>, NoteError> {
        let line = note.lines.iter().find(|line| line.name() == self.name && line.id() == self.id).ok_or(NoteError::Unsigned)?;
        self.check_line(note.text.as_bytes(), line)
    }

    fn check_line(&self, text: &[u8], line: &Line) -> Result<Option<i64>, NoteError> {
        let (at, signature) = match self.kind {
            ED25519 => (None, line.signature()),
            _ => {
                let (at, signature) = line.signature().split_first_chunk::<8>().ok_or(NoteError::Wrong)?;
                (Some(i64::try_from(u64::from_be_bytes(*at)).map_err(|_| NoteError::Wrong)?), signature)
            }
        };
        let signature: [u8; 64] = signature.try_into().map_err(|_| NoteError::Wrong)?;
        let message = at.map_or_else(|| text.to_vec(), |at| cosigned(at, text));
        verify(&self.key, &message, &signature).then_some(at).ok_or(NoteError::Wrong)
    }
}

impl std::fmt::Display for Vkey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let key = [&[self.kind], self.key.as_bytes().as_slice()].concat();
        write!(f, "{}+{:08x}+{}", self.name, self.id, BASE64.encode(key))
    }
}

/// Whether an Ed25519 signature fits: as RFC 8032 has it, without the keys and points that some programs let pass.
pub fn verify(key: &VerifyingKey, message: &[u8], signature: &[u8; 64]) -> bool {
    key.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
}

/// Whether an Ed25519 signature fits a key in bytes.
pub fn verify_bytes(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    VerifyingKey::from_bytes(key).is_ok_and(|key| verify(&key, message, signature))
}

/// What a witness signs: a line of its kind, when, and the checkpoint.
fn cosigned(at: i64, text: &[u8]) -> Vec<u8> {
    [format!("cosignature/v1\ntime {at}\n").as_bytes(), text].concat()
}

/// A key that notes are signed with.
pub struct Skey {
    name: String,
    kind: u8,
    at: i64,
    key: SigningKey,
}

impl Skey {
    /// The key of a district's log.
    ///
    /// # Errors
    /// [`NoteError::Malformed`] for a name with spaces or a plus sign.
    pub fn of_log(keys: &Keys, name: &str) -> Result<Skey, NoteError> {
        Skey::new(name, ED25519, &keys.blind(LOG_KEY, b"ed25519"))
    }

    /// The key of a witness.
    ///
    /// # Errors
    /// [`NoteError::Malformed`] for a name with spaces or a plus sign.
    pub fn of_witness(seed: &[u8; 32], name: &str) -> Result<Skey, NoteError> {
        Skey::new(name, COSIGNATURE, seed)
    }

    fn new(name: &str, kind: u8, seed: &[u8; 32]) -> Result<Skey, NoteError> {
        let fine = is_key_name_valid(name) && !name.chars().any(char::is_control) && name.len() <= 200;
        fine.then(|| Skey { name: name.to_owned(), kind, at: 0, key: SigningKey::from_bytes(seed) }).ok_or(NoteError::Malformed)
    }

    /// The key that its signatures are checked with.
    pub fn vkey(&self) -> Vkey {
        Vkey { name: self.name.clone(), id: self.key_id(), kind: self.kind, key: self.key.verifying_key() }
    }

    /// Signs a checkpoint's text as a witness, at this second since 1970, and gives the line that goes under it.
    ///
    /// # Errors
    /// [`NoteError::Malformed`] where it is no text of a note.
    pub fn cosign(&self, note: &Signed, at: i64) -> Result<String, NoteError> {
        let signer = Skey { name: self.name.clone(), kind: self.kind, at, key: self.key.clone() };
        let bytes = signer.sign(note.text.as_bytes()).map_err(|_| NoteError::Malformed)?;
        let line = Line::new(self.name.clone(), self.key_id(), bytes).map_err(|_| NoteError::Malformed)?;
        String::from_utf8(line.to_bytes()).map_err(|_| NoteError::Malformed)
    }

    /// Signs the head of a tree.
    ///
    /// # Errors
    /// [`NoteError::Malformed`] where the name is no name.
    pub fn sign_head(&self, size: u64, root: Digest) -> Result<String, NoteError> {
        let head = Checkpoint::new(&self.name, size, Hash(root), "").map_err(|_| NoteError::Malformed)?;
        let mut note = Note::new(&head.to_bytes(), &[]).map_err(|_| NoteError::Malformed)?;
        note.add_sigs(&[self as &dyn Signer]).map_err(|_| NoteError::Malformed)?;
        String::from_utf8(note.to_bytes()).map_err(|_| NoteError::Malformed)
    }
}

impl Signer for Skey {
    fn name(&self) -> &str {
        &self.name
    }

    fn key_id(&self) -> u32 {
        key_id(&self.name, &[&[self.kind], self.key.verifying_key().as_bytes().as_slice()].concat())
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, ed25519_dalek::SignatureError> {
        use ed25519_dalek::Signer as _;
        if self.kind == ED25519 {
            return Ok(self.key.try_sign(text)?.to_vec());
        }
        let signature = self.key.try_sign(&cosigned(self.at, text))?;
        Ok([self.at.to_be_bytes().as_slice(), &signature.to_bytes()].concat())
    }
}

/// A signed checkpoint, read.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The log's own name for itself.
    pub origin: String,
    /// Leaves in the tree.
    pub size: u64,
    /// Its root.
    pub root: Digest,
    text: String,
    lines: Vec<Line>,
}

impl Signed {
    /// Reads a checkpoint with its signatures; none of them is checked here.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn parse(note: &str) -> Result<Signed, NoteError> {
        // A head is some hundred bytes; a hundred witnesses make it ten thousand.
        if note.len() > 64 * 1024 {
            return Err(NoteError::Malformed);
        }
        let (text, rest) = note.split_once("\n\n").ok_or(NoteError::Malformed)?;
        let read = Note::from_bytes(note.as_bytes()).map_err(|_| NoteError::Malformed)?;
        let text = format!("{text}\n");
        let head = Checkpoint::from_bytes(text.as_bytes()).map_err(|_| NoteError::Malformed)?;
        let lines = rest.lines().map(|line| Line::from_bytes(line.as_bytes()).map_err(|_| NoteError::Malformed));
        let lines = lines.collect::<Result<Vec<Line>, NoteError>>()?;
        if read.text() != text.as_bytes() || i64::try_from(head.size()).is_err() {
            return Err(NoteError::Malformed);
        }
        Ok(Signed { origin: head.origin().to_owned(), size: head.size(), root: head.hash().0, text, lines })
    }

    /// The text that is signed.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Standard base 64, as tiles, proofs and notes have it.
pub fn base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Undoes [`base64`].
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use base::SeededRandom;

    use super::*;

    fn keys() -> Keys {
        Keys::seeded(&SeededRandom::new(7))
    }

    #[test]
    fn a_head_is_signed_and_checked() {
        let log = Skey::of_log(&keys(), "a.gov.cn/log").unwrap();
        let note = log.sign_head(3, [7; 32]).unwrap();
        let read = Signed::parse(&note).unwrap();
        assert_eq!((read.origin.as_str(), read.size, read.root), ("a.gov.cn/log", 3, [7; 32]));
        let vkey = Vkey::parse(&log.vkey().to_string()).unwrap();
        assert_eq!(vkey.check(&read), Ok(None));
        let other = Skey::of_log(&keys(), "b.gov.cn/log").unwrap().vkey();
        assert_eq!(other.check(&read), Err(NoteError::Unsigned));
        let forged = note.replacen("\n3\n", "\n4\n", 1);
        assert_eq!(vkey.check(&Signed::parse(&forged).unwrap()), Err(NoteError::Wrong));
        for bad in ["", "a\n", "a\n3\n\n", &note.replace("\n3\n", "\n03\n"), &note.replace("— ", "- "), &note[..note.len() - 1]] {
            assert!(Signed::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_witness_signs_the_time_with_it() {
        let log = Skey::of_log(&keys(), "a.gov.cn/log").unwrap();
        let note = log.sign_head(3, [7; 32]).unwrap();
        let witness = Skey::of_witness(&[9; 32], "w.example").unwrap();
        let line = witness.cosign(&Signed::parse(&note).unwrap(), 1_700_000_000).unwrap();
        let both = Signed::parse(&format!("{note}{line}")).unwrap();
        assert_eq!(witness.vkey().check(&both), Ok(Some(1_700_000_000)));
        assert_eq!(log.vkey().check(&both), Ok(None));
        // The same bytes under another head are worth nothing.
        let other = log.sign_head(4, [7; 32]).unwrap();
        assert_eq!(witness.vkey().check(&Signed::parse(&format!("{other}{line}")).unwrap()), Err(NoteError::Wrong));
    }

    /// The example of the C2SP note format, made by another program.
    #[test]
    fn keys_of_the_note_format_are_read() {
        let vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        assert_eq!(Vkey::parse(vkey).unwrap().to_string(), vkey);
        for bad in ["", "PeterNeumann", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "a b+c74f20a3+AR"] {
            assert!(Vkey::parse(bad).is_err(), "{bad}");
        }
    }

    /// The tests of RFC 8032, section 7.1: the first, the third, and each with one bit changed.
    #[test]
    fn signatures_of_rfc_8032() {
        let unhex =
            |text: &str| -> Vec<u8> { (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect() };
        for (key, message, signature) in [
            (
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
                "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
            ),
            (
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
                "af82",
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
            ),
        ] {
            let key: [u8; 32] = unhex(key).try_into().unwrap();
            let signature: [u8; 64] = unhex(signature).try_into().unwrap();
            let message = unhex(message);
            assert!(verify_bytes(&key, &message, &signature));
            for at in 0..64 {
                let mut wrong = signature;
                wrong[at] ^= 1;
                assert!(!verify_bytes(&key, &message, &wrong), "byte {at}");
            }
        }
    }
}
