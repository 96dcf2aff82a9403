//! What is told of tests, and that nobody makes a measure of anybody's work of it.

use measures::guard;
use record::measure::{Amount, Count, Kind, Measure, Whose};

fn find(id: &str) -> Option<&'static Measure> {
    theory::seen::MEASURES.iter().find(|measure| measure.id == id)
}

#[test]
fn what_is_declared_is_counted_and_no_formula_may_use_it() {
    for measure in theory::seen::MEASURES {
        guard::check(measure, &find).unwrap();
        let refused = guard::check_text("方案", &format!("{} * 100.0", measure.id)).unwrap_err();
        assert_eq!(refused.rule_zh, "测试成绩", "a scheme that names {} does not load", measure.id);
    }
}

#[test]
fn scores_are_no_measure_of_a_unit_whichever_way_it_is_tried() {
    static SITTINGS: &[Count] = &[Count { kind: "AttemptSubmitted", unit: Whose::Fact("seat"), ..Count::ONE }];
    static STARTS: &[Count] = &[Count { kind: "AttemptStarted", unit: Whose::Fact("seat"), ..Count::ONE }];
    static SCORES: &[Count] = &[Count { kind: "TestClosed", amount: Amount::Fact("score"), ..Count::ONE }];
    let measure =
        |counts: &'static [Count]| Measure { id: "x.y", title_zh: "学习情况", title_en: "Learning", counts, ..Measure::COUNT };
    for counts in [SITTINGS, STARTS, SCORES] {
        assert_eq!(guard::check(&measure(counts), &find).unwrap_err().rule_zh, "测试成绩");
    }
    let named = Measure { title_zh: "理论测试合格率", kind: Kind::Count, ..measure(&[Count { kind: "TestClosed", ..Count::ONE }]) };
    assert!(guard::check(&named, &find).is_err());
}
