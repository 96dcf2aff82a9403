//! A module that mends lamps, and the paragraphs it gives to reports.

use base::{Ctx, Date, Id, Time, UnitId};
use people::Level;
use record::measure::{Better, Count, Key, Kind, Measure, Only};
use record::{About, Actor, Facts, KindInfo};
use serde::{Deserialize, Serialize};
use testkit::TestApp;
use web::due::{Due, Lines, Look, Owed};
use web::paragraph::{Exhibit, Figure, Paragraph, Section, Shape, Source, Told};
use web::{Lang, Module};

#[derive(Serialize, Deserialize)]
pub(crate) struct LampMended {
    pub(crate) well: bool,
    pub(crate) sort: String,
}

impl Facts for LampMended {
    const KIND: &'static str = "LampMended";
    const V: i64 = 1;
}

const MENDED: Count = Count { kind: "LampMended", ..Count::ONE };

record::measures! {
    /// What these tests count.
    pub(crate) LAMPS = [
        Measure { id: "lamps.mended", title_zh: "修灯", title_en: "Lamps mended", unit_zh: "盏", better: Better::Up,
            counts: &[Count { key: Key::Fact("sort"), ..MENDED }], ..Measure::COUNT },
        Measure { id: "lamps.badly", title_zh: "没修好", title_en: "Badly mended", unit_zh: "盏", better: Better::Down,
            counts: &[Count { only: &[Only::False("well")], ..MENDED }], ..Measure::COUNT },
        Measure { id: "lamps.good", title_zh: "修好", title_en: "Well mended", unit_zh: "盏",
            counts: &[Count { only: &[Only::True("well")], ..MENDED }], ..Measure::COUNT },
        Measure { id: "lamps.share", title_zh: "修好的占比", title_en: "Share mended well", better: Better::Up,
            kind: Kind::Rate { num: "lamps.good", den: "lamps.mended" }, ..Measure::COUNT },
    ]
}

fn sort(_: &mut store::Tx, code: &str) -> Result<Option<String>, store::StoreError> {
    Ok((code == "street").then(|| "路灯".to_owned()))
}

const MENDED_FIGURE: Figure = Figure { name: "修灯", source: Source::Measure("lamps.mended") };
const BADLY: Figure = Figure { name: "没修好", source: Source::Measure("lamps.badly") };
const SHARE: Figure = Figure { name: "占比", source: Source::Measure("lamps.share") };

const PLAIN: Paragraph = Paragraph::of(Section::Practice);

const PARAGRAPHS: &[Paragraph] = &[
    Paragraph {
        id: "lamps.mended",
        title_zh: "修灯",
        title_en: "Lamps",
        heading: "路灯维修",
        template: "{期间}，{单位}修灯{修灯}，{修灯：同比}，修好的占{占比}（n={占比：n}）。主要是{种类：前2}。\n{图：逐月}\n{表：分单位}\n{表：分种类}",
        figures: &[MENDED_FIGURE, SHARE, Figure { name: "种类", source: Source::Keys("lamps.mended", sort) }],
        exhibits: &[
            Exhibit { name: "逐月", caption: "逐月修灯（盏）", shape: Shape::Bars("lamps.mended") },
            Exhibit { name: "分种类", caption: "灯的种类", shape: Shape::ByKey("种类") },
            Exhibit { name: "分单位", caption: "各单位修灯", shape: Shape::ByUnit(&["lamps.mended", "lamps.share"]) },
        ],
        ..PLAIN
    },
    Paragraph {
        id: "lamps.badly",
        section: Section::Problems,
        title_zh: "没修好",
        title_en: "Badly mended",
        template: "没修好的{没修好}。",
        figures: &[BADLY],
        told: Told::Given("没修好"),
        must: &["没修好"],
        ..PLAIN
    },
    Paragraph {
        id: "lamps.dark",
        title_zh: "还暗着",
        title_en: "Still dark",
        template: "{社区}社区还有{在修}暗着，其中{超期}超过时限。",
        figures: &[
            Figure { name: "在修", source: Source::Open("lamps") },
            Figure { name: "超期", source: Source::Late("lamps") },
            Figure { name: "社区", source: Source::Units(Level::Community) },
        ],
        told: Told::Given("在修"),
        ..PLAIN
    },
    Paragraph {
        id: "lamps.next",
        section: Section::Next,
        title_zh: "下一步",
        title_en: "Next",
        template: "把{没修好}修好。",
        figures: &[BADLY],
        told: Told::Given("没修好"),
        ..PLAIN
    },
    Paragraph {
        id: "lamps.liked",
        title_zh: "点赞",
        title_en: "Applause",
        template: "{赞}",
        figures: &[Figure { name: "赞", source: Source::Measure("lamps.likes") }],
        ..PLAIN
    },
];

/// Lamps that were mended badly are dark until somebody comes again; two of them for too long.
const DUE: Due = Due {
    name: "lamps",
    title: |_: Lang| "路灯",
    steps: |_: Lang| vec![("dark", "暗着")],
    counts: |tx: &mut store::Tx, ctx: &Ctx, look: &Look<'_>| {
        let ever = measures::Period { from: Date::constant(2000, 1, 1), to: ctx.now.date() };
        let open = measures::values(tx, &["lamps.badly"], look.unit, &ever)?.first().map_or(0, |value| value.num);
        Ok(vec![Owed { unit: look.unit, step: "dark", open, today: 0, late: open.min(2) }])
    },
    list: |_, _, _, _, _, _, _| Ok(Lines::default()),
};

/// The module.
pub(crate) fn module() -> Module {
    Module { due: const { &[DUE] }, paragraphs: PARAGRAPHS, kinds: const { &[KindInfo::of::<LampMended>()] }, ..Module::new("lamps") }
}

/// The modules of a test.
pub(crate) fn modules() -> Vec<Module> {
    vec![module(), measures::module(), reports::module()]
}

/// Lamps mended in a unit on a day.
pub(crate) fn mend(app: &TestApp, unit: UnitId, date: Date, good: usize, bad: usize) {
    let at = Time::from_civil(date.at(10, 0, 0, 0));
    let done = app.district().write_now(move |tx, ctx| {
        for n in 0..good + bad {
            let about = About { occurred_at: at, actor: Actor::System, unit: Some(unit), subject: ctx.id::<Id>(), batch: None };
            let sort = if n % 2 == 0 { "street" } else { "yard" };
            record::append(tx, ctx, about, &LampMended { well: n < good, sort: sort.into() })?;
        }
        Ok::<(), store::StoreError>(())
    });
    done.expect("lamps are mended");
}
