//! What the record says of sending. That a message left is no event: the ledger says so.

use record::{Facts, KindInfo};
use serde::{Deserialize, Serialize};
use web::{Audited, Lang, Log};

/// A message that was given up is sent again; the subject is its row in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRetried {
    /// By which way.
    pub channel: String,
    /// Which notice.
    pub notice: String,
}

impl Facts for DeliveryRetried {
    const KIND: &'static str = "DeliveryRetried";
    const V: i64 = 1;
}

/// The kinds of events of this reader.
pub const KINDS: &[KindInfo] = &[KindInfo::of::<DeliveryRetried>()];

/// See [`web::Module::audited`].
pub(crate) fn audited(lang: Lang, kind: &str) -> Option<Audited> {
    (kind == DeliveryRetried::KIND).then(|| Audited { name: crate::texts::NoticeTexts::of(lang).kind_retried, log: Some(Log::Data) })
}
