//! What is counted of reports, and the pages behind such a number. How many there are is no measure of anybody's work: it only
//! tells, beside what communities were asked for, what the record wrote by itself.

use base::{Ctx, Id};
use record::measure::{Count, Measure};
use store::{StoreError, Tx};
use web::due::{Line, Look};
use web::kit::Light;
use web::{Lang, fill};

use crate::pages::ReportTexts;
use crate::period;
use crate::report::{ReportId, State, find, may_see};

record::measures! {
    /// Finished reports.
    pub(crate) MEASURES = [
        Measure { id: "reports.finished", title_zh: "由记录生成的汇报", title_en: "Reports written from the record", unit_zh: "份", unit_en: "reports",
            note_zh: "本单位定稿的汇报，数字由工作记录生成，不另要求填报；只作说明，不作考核", note_en: "reports of this unit that were finished; their figures come from the record",
            counts: &[Count { kind: "ReportFinished", ..Count::ONE }], ..Measure::COUNT },
    ]
}

/// See [`web::Module::lines`].
pub(crate) fn lines(tx: &mut Tx, _: &Ctx, look: &Look<'_>, ids: &[Id]) -> Result<Vec<(Id, Line)>, StoreError> {
    let t = ReportTexts::of(look.lang);
    let mut out = Vec::new();
    for id in ids {
        let Some(report) = find(tx, ReportId(*id))? else { continue };
        if !look.actor.is_some_and(|actor| may_see(actor, look.tree, &report)) {
            continue;
        }
        let label =
            period::between(&report.from, &report.to).map(|p| if look.lang == Lang::En { p.label(look.lang) } else { period::label(&p) });
        let draft = report.state == State::Draft;
        out.push((
            *id,
            Line {
                href: format!("/reports/{}", report.id),
                title: format!("{} {}", crate::unit_name(look.tree, report.unit), label.unwrap_or_default()),
                sub: fill(t.version_n, &[("v", &report.v)]),
                light: if draft { Light::None } else { Light::Done },
                left: if draft { t.draft } else { t.finished }.to_owned(),
            },
        ));
    }
    Ok(out)
}
