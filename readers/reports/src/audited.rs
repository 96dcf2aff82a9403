//! What the events of reports are called in the audit.

use web::{Audited, Lang};

web::texts! {
    /// What the events of reports are called.
    pub(crate) KindTexts;
    made: "生成汇报", "Report made";
    edited: "修改汇报", "Report edited";
    finished: "汇报定稿", "Report finished";
    discarded: "作废汇报草稿", "Report discarded";
    template: "修改汇报模板", "Report template changed";
}

/// See [`web::Module::audited`].
pub(crate) fn audited(lang: Lang, kind: &str) -> Option<Audited> {
    let t = KindTexts::of(lang);
    let name = match kind {
        "ReportMade" => t.made,
        "ReportEdited" => t.edited,
        "ReportFinished" => t.finished,
        "ReportDiscarded" => t.discarded,
        "ReportTemplateChanged" => t.template,
        _ => return None,
    };
    Some(Audited { name, log: None })
}
