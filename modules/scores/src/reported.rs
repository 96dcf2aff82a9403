//! What scores tell a progress report: duties that rules set and that were not met, each with its source. They have no points;
//! under 存在不足 they stand all the same.

use web::paragraph::{Figure, Paragraph, Section, Source, Told};

const UNMET: Figure = Figure { name: "未做到", source: Source::Unmet };

/// See [`web::Module::paragraphs`].
pub(crate) const PARAGRAPHS: &[Paragraph] = &[
    Paragraph {
        id: "scores.duties_unmet",
        section: Section::Problems,
        title_zh: "规定动作没有做到",
        title_en: "Duties not met",
        heading: "",
        template: "按照规定应当做到而没有做到的有：{未做到：前20}。",
        figures: &[UNMET],
        exhibits: &[],
        told: Told::Given("未做到"),
        must: &["未做到"],
    },
    Paragraph {
        id: "scores.next_duties",
        section: Section::Next,
        title_zh: "下一步：补上规定动作",
        title_en: "Next: make up for duties",
        heading: "",
        template: "对没有做到的规定动作逐项说明原因、明确责任人，下期起按规定的时间和次数做到。",
        figures: &[UNMET],
        exhibits: &[],
        told: Told::Given("未做到"),
        must: &[],
    },
];
