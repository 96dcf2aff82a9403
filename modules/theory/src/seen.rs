//! What tests tell the rest of the house: how many were held, how many sat them, and the mean of those that ten or more sat.
//! It counts for the office that set a test, never for the unit whose people sat it, and no scheme may use it: `rules/guard.toml`.

use base::{Ctx, Id, Time, UnitId};
use people::Level;
use record::measure::{Amount, Count, Kind, Measure, Only};
use store::{Sql, StoreError, Tx, p, sql};
use web::due::{Board, Due, Late, Line, Lines, Look, Owed};
use web::kit::Light;
use web::paragraph::{Figure, Paragraph, Section, Told};
use web::{dates, fill};

use crate::events::TestId;
use crate::pages::state;
use crate::permissions::{Organise, concerned, own_units};
use crate::read::{self, TYPED_WITHIN};
use crate::seats;
use crate::set_test::seat_of;
use crate::texts::TheoryTexts;

record::measures! {
    /// What is counted of tests.
    pub MEASURES = [
        Measure {
            id: "theory.tests", title_zh: "理论测试", title_en: "Theory tests", unit_zh: "次", unit_en: "tests",
            note_zh: "已结束并阅完的测试，计入安排测试的单位", note_en: "Tests that are over and marked, for the office that set them",
            counts: &[Count { kind: "TestClosed", ..Count::ONE }], ..Measure::COUNT
        },
        Measure {
            id: "theory.sat", title_zh: "参加测试", title_en: "Sat a test", unit_zh: "人次", unit_en: "people",
            note_zh: "已结束的测试中交卷的人次，计入安排测试的单位", note_en: "People who handed in a test that is over, for the office that set it",
            kind: Kind::Sum,
            counts: &[Count { kind: "TestClosed", amount: Amount::Fact("sat"), ..Count::ONE }], ..Measure::COUNT
        },
        Measure {
            id: "theory.won", title_zh: "测试得分合计", title_en: "Points won in tests", unit_zh: "千分", unit_en: "thousandths",
            note_zh: "只计 10 人以上参加的测试，用于求平均", note_en: "Only of tests that ten or more sat; to take the mean of",
            kind: Kind::Sum,
            counts: &[Count { kind: "TestClosed", amount: Amount::Fact("sum"), only: &[Only::Given("mean")], ..Count::ONE }], ..Measure::COUNT
        },
        Measure {
            id: "theory.whole", title_zh: "测试满分合计", title_en: "Points that could be won in tests", unit_zh: "千分", unit_en: "thousandths",
            note_zh: "只计 10 人以上参加的测试，用于求平均", note_en: "Only of tests that ten or more sat; to take the mean of",
            kind: Kind::Sum,
            counts: &[Count { kind: "TestClosed", amount: Amount::Fact("whole"), only: &[Only::Given("mean")], ..Count::ONE }], ..Measure::COUNT
        },
        Measure {
            id: "theory.averaged", title_zh: "计入平均的人次", title_en: "People in the mean", unit_zh: "人次", unit_en: "people",
            note_zh: "10 人以上参加的测试中交卷的人次，是平均水平的样本数", note_en: "People who handed in a test that ten or more sat: what the mean is of",
            kind: Kind::Sum,
            counts: &[Count { kind: "TestClosed", amount: Amount::Fact("sat"), only: &[Only::Given("mean")], ..Count::ONE }], ..Measure::COUNT
        },
        Measure {
            id: "theory.mean", title_zh: "测试平均水平", title_en: "Mean of tests",
            note_zh: "10 人以上参加的测试的平均得分占满分的比例；只作了解，不用于考核", note_en: "Mean share of the full marks, of tests that ten or more sat; told, and used to judge nobody",
            kind: Kind::Rate { num: "theory.won", den: "theory.whole" }, each: Some("theory.averaged"), ..Measure::COUNT
        },
    ]
}

/// The section on dashboards. Units are not laid side by side by the mean.
pub(crate) const BOARDS: &[Board] = &[Board {
    name: "theory",
    title: |lang| TheoryTexts::of(lang).board,
    figures: |_: Level| &["theory.tests", "theory.sat", "theory.mean"],
    trend: |_: Level| &["theory.sat"],
    parts: &[],
    below: &["theory.tests"],
    wall: None,
}];

/// The paragraph in progress reports.
pub(crate) const PARAGRAPHS: &[Paragraph] = &[Paragraph {
    id: "theory.tests",
    section: Section::Practice,
    title_zh: "理论测试",
    title_en: "Theory tests",
    heading: "理论测试",
    template: "{期间}，{单位}组织理论测试{测试}，参加{参加}。{如果 平均 有数据}参加人数满10人的测试，平均得分为满分的{平均}。{结束}",
    figures: &[Figure::measure("测试", "theory.tests"), Figure::measure("参加", "theory.sat"), Figure::measure("平均", "theory.mean")],
    exhibits: &[],
    told: Told::Given("测试"),
    must: &["测试"],
}];

/// What units owe: papers that wait to be marked, and sheets from paper that wait to be typed in.
pub(crate) const DUE: &[Due] = &[Due {
    name: "theory",
    title: |lang| TheoryTexts::of(lang).board,
    steps: |lang| vec![("mark", TheoryTexts::of(lang).mark), ("type", TheoryTexts::of(lang).typed)],
    counts,
    list,
}];

/// A test has some hundreds of papers that wait at most; a district has some dozens of such tests in a year.
const UNMARKED: &Sql = sql!(
    "SELECT t.id, t.unit, COUNT(*) FROM theory_test t JOIN attempt a ON a.test = t.id
     WHERE t.state = 'set' AND a.submitted_at IS NOT NULL AND a.score IS NULL GROUP BY t.id, t.unit ORDER BY t.id"
);
/// By the index `theory_test_by_state`.
const UNTYPED: &Sql = sql!(
    "SELECT id, unit, closes_at FROM theory_test
     WHERE state = 'set' AND on_paper = 1 AND typing_ended_at IS NULL AND closes_at <= ?1 AND closes_at > ?2 ORDER BY closes_at, id"
);

/// What one test owes.
struct Waits {
    test: TestId,
    unit: UnitId,
    step: &'static str,
    /// How many papers are to be marked.
    papers: i64,
    /// Until when sheets can be typed in.
    until: Option<Time>,
}

impl Waits {
    /// Whether it is due before midnight.
    fn today(&self, now: Time) -> bool {
        self.until.is_some_and(|until| until.date() == now.date())
    }
}

fn waits(tx: &mut Tx, ctx: &Ctx, look: &Look<'_>) -> Result<Vec<Waits>, StoreError> {
    let mut all = tx.all(UNMARKED, p![], |row| {
        Ok::<_, StoreError>(Waits { test: row.id(0)?, unit: row.id(1)?, step: "mark", papers: row.int(2)?, until: None })
    })?;
    all.extend(tx.all(UNTYPED, p![ctx.now, ctx.now.plus(-TYPED_WITHIN)], |row| {
        let until = Some(row.time(2)?.plus(TYPED_WITHIN));
        Ok::<_, StoreError>(Waits { test: row.id(0)?, unit: row.id(1)?, step: "type", papers: 0, until })
    })?);
    all.retain(|one| look.covers(one.unit));
    Ok(all)
}

fn counts(tx: &mut Tx, ctx: &Ctx, look: &Look<'_>) -> Result<Vec<Owed>, StoreError> {
    let mut owed: Vec<Owed> = Vec::new();
    for one in waits(tx, ctx, look)? {
        let today = i64::from(one.today(ctx.now));
        match owed.iter_mut().find(|other| other.unit == one.unit && other.step == one.step) {
            Some(other) => (other.open, other.today) = (other.open + 1, other.today + today),
            None => owed.push(Owed { unit: one.unit, step: one.step, open: 1, today, late: 0 }),
        }
    }
    Ok(owed)
}

fn list(
    tx: &mut Tx,
    ctx: &Ctx,
    look: &Look<'_>,
    step: Option<&str>,
    late: Late,
    after: Option<&str>,
    most: usize,
) -> Result<Lines, StoreError> {
    let t = TheoryTexts::of(look.lang);
    let mut all = waits(tx, ctx, look)?;
    all.retain(|one| {
        step.is_none_or(|step| step == one.step)
            && match late {
                Late::Any => true,
                Late::Today => one.today(ctx.now),
                Late::Over => false,
            }
    });
    let key = |one: &Waits| format!("{} {}", one.step, one.test);
    let from = after.and_then(|after| all.iter().position(|one| key(one) == after)).map_or(0, |at| at + 1);
    let mut lines = Lines::default();
    for one in all.iter().skip(from).take(most) {
        let Some(test) = read::test(tx, one.test)? else { continue };
        let (page, left) = match one.until {
            None => ("mark", fill(t.mark_left, &[("n", &one.papers)])),
            Some(until) => ("typed", fill(t.typing_waits, &[("when", &dates::moment(look.lang, until, ctx.now))])),
        };
        lines.lines.push(Line {
            href: format!("/tests/t/{}/{page}", one.test),
            title: test.name,
            sub: look.tree.full_name(one.unit),
            light: Light::Yellow,
            left,
        });
    }
    lines.next = all.get(from + most - 1).filter(|_| all.len() > from + most).map(key);
    Ok(lines)
}

/// The page of a test that this person may see; nothing where it is not theirs to know.
fn page_of(tx: &mut Tx, look: &Look<'_>, test: &read::Test) -> Result<Option<String>, StoreError> {
    let Some(actor) = look.actor else { return Ok(None) };
    let base = format!("/tests/t/{}", test.id);
    if actor.each::<Organise>().any(|proof| proof.unit() == test.unit) {
        return Ok(Some(format!("{base}/run")));
    }
    if seat_of(tx, test.id, actor.person)?.is_some() {
        return Ok(Some(base));
    }
    let figures = Some(format!("{base}/figures"));
    if concerned(actor, look.tree, test) {
        return Ok(figures);
    }
    let own = own_units(actor, look.tree);
    Ok(if seats::any_of(tx, test.id, &own)? { figures } else { None })
}

/// Tests as lines of lists that other pages draw: behind the figures that count them, and in lists of what somebody was told.
pub(crate) fn lines(tx: &mut Tx, ctx: &Ctx, look: &Look<'_>, ids: &[Id]) -> Result<Vec<(Id, Line)>, StoreError> {
    let mut found = Vec::new();
    for id in ids {
        let Some(test) = read::test(tx, TestId(*id))? else { continue };
        let Some(href) = page_of(tx, look, &test)? else { continue };
        let (light, left) = state(TheoryTexts::of(look.lang), &test, ctx.now);
        found.push((*id, Line { href, sub: look.tree.full_name(test.unit), title: test.name, light, left: left.to_owned() }));
    }
    Ok(found)
}
