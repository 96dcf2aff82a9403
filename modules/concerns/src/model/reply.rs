//! The kinds of reply that a text names for some concerns: of a petition's answer (信访工作条例第三十二条) and of the answer to a
//! request for information (政府信息公开条例第三十六条).

use super::{DISCLOSURE, FINAL, PETITION, REVIEW, codes};

codes! {
    /// What kind of reply an answer is.
    Reply {
        /// 支持: what the petitioner asks for is right.
        Supported = "supported",
        /// 解释: it is reasonable and nothing provides for it.
        Explained = "explained",
        /// 不支持: neither facts nor rules carry it.
        Declined = "declined",
        /// 已主动公开: told where and how it is to be had.
        Published = "published",
        /// 予以公开: given, or told when and how.
        Given = "given",
        /// 不予公开: with the reasons.
        Withheld = "withheld",
        /// 不存在: looked for, and there is none.
        Absent = "absent",
        /// 不属于本机关: with the reasons, and whose it is where that is known.
        Elsewhere = "elsewhere",
        /// 不重复处理: the same was answered already.
        Repeated = "repeated",
        /// 另有规定: registers that have rules of their own.
        Special = "special",
    }
}

/// Of a petition.
const OF_PETITIONS: [Reply; 3] = [Reply::Supported, Reply::Explained, Reply::Declined];
/// Of a request for information.
const OF_REQUESTS: [Reply; 7] =
    [Reply::Published, Reply::Given, Reply::Withheld, Reply::Absent, Reply::Elsewhere, Reply::Repeated, Reply::Special];

impl Reply {
    /// The kinds among which the answer to a concern of this term is one; none where no text names any.
    pub fn of(term: Option<&str>) -> &'static [Reply] {
        match term {
            Some(PETITION | REVIEW | FINAL) => &OF_PETITIONS,
            Some(DISCLOSURE) => &OF_REQUESTS,
            _ => &[],
        }
    }
}
