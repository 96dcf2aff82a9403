//! What this module's events are called in the audit, and what personal data it keeps.

use web::{Audited, Kept, Lang, Log};

web::texts! {
    /// What the events of registers are called, and what is kept.
    pub(crate) KindTexts;
    entered: "登记居民", "Resident entered";
    changed: "更正居民信息", "Resident's entry put right";
    moved: "居民信息转入新社区", "Resident's entry moved with the community";
    removed: "删除居民信息", "Resident's entry removed";
    confirmed: "核对居民信息", "Resident's entry confirmed";
    basis: "登记人群标签的依据", "Basis of notes for care noted";
    withdrawn: "撤回同意", "Consent withdrawn";
    basis_undone: "撤销导入的标签依据", "Imported basis of notes for care undone";
    ending: "提醒核对即将到期的居民信息", "Told that terms of entries are ending";
    opened: "查看居民完整信息", "Resident's entry read in plain";
    kept_entry: "社区名册中的居民信息", "Residents in the registers of communities";
    kept_entry_for: "社区服务居民；迁出即删除，久未核对的到期删除", "To serve residents; removed when they move away, or when nobody has confirmed it for long";
    kept_basis: "同意的方式和日期", "By what means and when there was consent";
    kept_basis_for: "证明人群标签的处理依据；只有代码和日期，不含内容", "To show by what right notes for care are kept; codes and days, and nothing of what they say";
    kept_reading: "查看居民信息的原因", "Why residents' entries were read";
    kept_reading_for: "查明谁因何看过居民信息；随居民信息一并删除", "To tell who read an entry and why; goes with the entry";
}

/// See [`web::Module::audited`].
pub(crate) fn audited(lang: Lang, kind: &str) -> Option<Audited> {
    let t = KindTexts::of(lang);
    let (name, log) = match kind {
        "ResidentEntered" => (t.entered, Log::Data),
        "ResidentChanged" => (t.changed, Log::Data),
        "ResidentMoved" => (t.moved, Log::Data),
        "ResidentRemoved" => (t.removed, Log::Data),
        "ResidentConfirmed" => (t.confirmed, Log::Data),
        "ResidentBasisNoted" => (t.basis, Log::Data),
        "ResidentConsentWithdrawn" => (t.withdrawn, Log::Data),
        "ResidentBasisUndone" => (t.basis_undone, Log::Data),
        "RegisterEnding" => (t.ending, Log::Data),
        "ResidentOpened" => (t.opened, Log::Reading),
        _ => return None,
    };
    Some(Audited { name, log: Some(log) })
}

/// See [`web::Module::kept`].
pub(crate) const KEPT: &[Kept] = &[
    Kept {
        id: "residents.entry",
        what: |lang| KindTexts::of(lang).kept_entry,
        purpose: |lang| KindTexts::of(lang).kept_entry_for,
        sealed: true,
        keep: Some(crate::term::KEEP),
        due: Some(crate::term::old),
        let_go: crate::term::let_go,
    },
    Kept {
        id: "residents.basis",
        what: |lang| KindTexts::of(lang).kept_basis,
        purpose: |lang| KindTexts::of(lang).kept_basis_for,
        sealed: false,
        keep: None,
        due: None,
        let_go: |_, _, _, _| Ok(0),
    },
    Kept {
        id: "residents.reading",
        what: |lang| KindTexts::of(lang).kept_reading,
        purpose: |lang| KindTexts::of(lang).kept_reading_for,
        sealed: false,
        keep: None,
        due: None,
        let_go: |_, _, _, _| Ok(0),
    },
];
