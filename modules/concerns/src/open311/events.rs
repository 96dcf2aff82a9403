//! What the record says of programs that bring concerns; the subject of each event is the program.

use record::{Facts, KindInfo};
use serde::{Deserialize, Serialize};
use web::{Audited, Lang, Log};

/// A program was admitted and given a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConcernProgramAdmitted {
    /// Digest of whose it is.
    pub name: String,
    /// SHA-256 of its key.
    pub key: String,
    /// Whether it is told a token first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub token_first: bool,
}

/// The key of a program was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConcernProgramRevoked {}

impl Facts for ConcernProgramAdmitted {
    const KIND: &'static str = "ConcernProgramAdmitted";
    const V: i64 = 1;
}

impl Facts for ConcernProgramRevoked {
    const KIND: &'static str = "ConcernProgramRevoked";
    const V: i64 = 1;
}

/// Both kinds.
pub const KINDS: [KindInfo; 2] = [KindInfo::of::<ConcernProgramAdmitted>(), KindInfo::of::<ConcernProgramRevoked>()];

web::texts! {
    /// What the events are called in the audit.
    pub(crate) KindTexts;
    admitted: "签发接口密钥", "API key given";
    revoked: "收回接口密钥", "API key taken back";
}

/// See [`web::Module::audited`].
pub(crate) fn audited(lang: Lang, kind: &str) -> Option<Audited> {
    let t = KindTexts::of(lang);
    let name = match kind {
        ConcernProgramAdmitted::KIND => t.admitted,
        ConcernProgramRevoked::KIND => t.revoked,
        _ => return None,
    };
    Some(Audited { name, log: Some(Log::Permission) })
}
