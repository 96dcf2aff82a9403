//! Questions are checked, keys follow what is shown, sheets are read as they were written, markers are settled.

use proptest::prelude::*;

use super::*;

fn question(kind: Kind, options: &[&str], answer: &str) -> Question {
    Question {
        kind,
        topic: "党章".into(),
        difficulty: 3,
        stem: "题干".into(),
        options: options.iter().map(|option| (*option).to_owned()).collect(),
        answer: answer.into(),
        note: String::new(),
        picture: None,
        recording: None,
    }
}

#[test]
fn questions_are_checked() {
    let single = question(Kind::Single, &["甲", "乙", "丙"], "ｂ").checked().unwrap();
    assert_eq!(single.answer, "B");
    assert_eq!(question(Kind::Multiple, &["甲", "乙", "丙"], "C、A").checked().unwrap().answer, "AC");
    for (wrong, why) in [
        (question(Kind::Single, &["甲"], "A"), Wrong::Options),
        (question(Kind::Single, &["甲", "甲"], "A"), Wrong::Alike),
        (question(Kind::Single, &["甲", "乙"], "C"), Wrong::Answer),
        (question(Kind::Single, &["甲", "乙"], ""), Wrong::Answer),
        (question(Kind::Single, &["甲", "乙"], "AB"), Wrong::Number),
        (question(Kind::Multiple, &["甲", "乙"], "A"), Wrong::Number),
        (question(Kind::Judge, &[], "C"), Wrong::Answer),
        (question(Kind::Blank, &[], " \n"), Wrong::Answer),
        (Question { stem: " ".into(), ..question(Kind::Judge, &[], "A") }, Wrong::Stem),
        (Question { difficulty: 6, ..question(Kind::Judge, &[], "A") }, Wrong::Difficulty),
    ] {
        assert_eq!(wrong.clone().checked().unwrap_err(), why, "{wrong:?}");
    }
}

#[test]
fn the_key_follows_the_order_in_which_options_are_shown() {
    let question = question(Kind::Multiple, &["甲", "乙", "丙"], "AC");
    // Shown: 丙, 甲, 乙.
    let key = key(&question, &[2, 0, 1], 20);
    assert_eq!(key.right, Right::Letters(mask("AB").unwrap()));
    assert_eq!(key.mark(Given::Letters(mask("AB").unwrap()), false), Some(20));
    assert_eq!(key.mark(Given::Letters(mask("A").unwrap()), true), Some(10), "half for some of the right ones");
    assert_eq!(key.mark(Given::Letters(mask("A").unwrap()), false), Some(0));
    assert_eq!(key.mark(Given::Letters(mask("AC").unwrap()), true), Some(0), "nothing where one is wrong");
    assert_eq!(key.mark(Given::Nothing, true), Some(0));
}

#[test]
fn blanks_are_marked_one_by_one() {
    let key = key(&question(Kind::Blank, &[], "实事求是\n1921|一九二一"), &[], 30);
    let given = |text: &str| key.mark(Given::Words(text), false);
    assert_eq!(given("「实事求是」\u{1f}１９２１"), Some(30));
    assert_eq!(given("实事求是\u{1f}1922"), Some(15));
    assert_eq!(given("1921"), Some(0));
    assert_eq!(given(""), Some(0));
}

#[test]
fn of_two_answers_the_later_counts() {
    let mut sheet = Sheet::new(3);
    assert!(sheet.set(1, Given::Letters(1), 50));
    assert!(!sheet.set(1, Given::Letters(2), 40), "sent late by a telephone that was offline");
    assert!(sheet.set(1, Given::Letters(4), 50), "of the same second, what came later");
    assert_eq!(sheet.given(1), Given::Letters(4));
    assert!(sheet.set(2, Given::Words("答"), 60) && sheet.set(2, Given::Nothing, 61));
    assert_eq!((sheet.given(2), sheet.answered()), (Given::Nothing, 1));
    assert!(!sheet.set(3, Given::Letters(1), 70));
}

#[test]
fn several_markers_are_settled() {
    assert_eq!(settled(&[70], 100, 0), Some(70));
    assert_eq!(settled(&[70], 100, 20), None);
    assert_eq!(settled(&[70, 85], 100, 20), Some(78));
    assert_eq!(settled(&[40, 85], 100, 20), None, "a third is wanted");
    assert_eq!(settled(&[40, 85, 75], 100, 20), Some(80));
    assert_eq!(settled(&[], 100, 0), None);
}

fn any_given() -> impl Strategy<Value = (usize, u16, String, u64)> {
    (0_usize..6, 0_u16..32, "[甲乙丙a-c]{0,5}", 0_u64..70_000)
}

proptest! {
    #[test]
    fn a_sheet_is_read_as_it_was_written(answers in proptest::collection::vec(any_given(), 0..30)) {
        let mut sheet = Sheet::new(5);
        for (place, letters, words, second) in &answers {
            let given = if *letters % 3 == 0 { Given::Words(words) } else { Given::Letters(*letters) };
            sheet.set(*place, given, *second);
        }
        prop_assert_eq!(Sheet::read(&sheet.write()), sheet);
    }

    #[test]
    fn any_bytes_are_a_sheet_and_packed_marking_agrees(bytes in proptest::collection::vec(any::<u8>(), 0..200), partial: bool) {
        let sheet = Sheet::read(&bytes);
        let items = [
            KeyItem { right: Right::Letters(5), points: 20, several: true },
            KeyItem { right: Right::Hand, points: 20, several: false },
            KeyItem { right: Right::Blanks(vec![vec!["甲".into()], vec!["a".into()]]), points: 30, several: false },
            KeyItem { right: Right::Letters(1), points: 10, several: false },
        ];
        // Only sheets that were written by a sheet are marked.
        let bytes = sheet.write();
        let mut out = [0; 4];
        let sum = mark_packed(&items, &bytes, partial, &mut out);
        let places = if sheet.is_empty() { 0 } else { sheet.len().min(4) };
        let apart: Vec<i64> = (0..places).map(|place| items[place].mark(sheet.given(place), partial).unwrap_or(0)).collect();
        prop_assert_eq!(&out[..places], &apart[..]);
        prop_assert_eq!(sum, apart.iter().sum::<i64>());
    }
}
