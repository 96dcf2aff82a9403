//! The layouts that teachers use, read one by one; what is wrong is told; whatever the lines are, reading ends.

#![expect(clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;

use super::*;

fn found(text: &str) -> Vec<Found> {
    read(&text.lines().map(str::to_owned).collect::<Vec<_>>(), "")
}

fn one(text: &str) -> Question {
    let all = found(text);
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!(all[0].wrong, None, "{all:#?}");
    all[0].question.clone()
}

#[test]
fn an_answer_on_a_line_of_its_own() {
    let question =
        one("1. 中国共产党成立于（　　）年。\nA. 1919\nB. 1921\nC. 1949\n答案：B\n难度：易\n知识点：党史\n解析：一大于 1921 年召开。");
    assert_eq!((question.kind, question.answer.as_str(), question.options.len()), (Kind::Single, "B", 3));
    assert_eq!((question.difficulty, question.topic.as_str()), (1, "党史"));
    assert!(question.note.contains("一大"));
}

#[test]
fn a_recording_is_named_under_the_stem() {
    let all = found("1. 录音里说的是哪一天？\n音频：通知 1.mp3\nA. 周一\nB. 周二\n答案：B\n2. 视频：看懂它的意思____。\n答案：团结");
    assert_eq!((all[0].plays.as_str(), all[0].wrong), ("通知 1.mp3", Some(Wrong::Recording)));
    assert_eq!((all[0].question.stem.as_str(), all[0].question.options.len()), ("录音里说的是哪一天？", 2));
    assert_eq!((all[1].plays.as_str(), all[1].wrong), ("", None), "no file is named");
    assert!(!is_recording(".mp3") && !is_recording("a.pdf") && is_recording("片.MP4"));
}

#[test]
fn an_answer_in_the_brackets_and_options_on_one_line() {
    let question = one("1、党的根本宗旨是（A）。\nA、全心全意为人民服务　B、发展经济　C、改革开放");
    assert_eq!((question.answer.as_str(), question.stem.as_str()), ("A", "党的根本宗旨是（ ）。"));
    assert_eq!(question.options, ["全心全意为人民服务", "发展经济", "改革开放"]);
    let question = one("（2）下列属于四级联动的有（ＡＢＤ）\nA.区 B.街道 C.省\nD.网格");
    assert_eq!((question.kind, question.answer.as_str(), question.options.len()), (Kind::Multiple, "ABD", 4));
}

#[test]
fn options_run_into_each_other_and_stand_in_the_line_of_the_stem() {
    let question = one("3．下列正确的是：A.甲B.乙C.丙D.丁\n【答案】C");
    assert_eq!(question.options, ["甲", "乙", "丙", "丁"]);
    assert_eq!(question.answer, "C");
}

#[test]
fn judgements_in_every_way_they_are_written() {
    for (text, right) in [
        ("1. 党员应当按期交纳党费。（√）", "A"),
        ("1. 党员应当按期交纳党费。（ 对 ）", "A"),
        ("1. 党员可以不参加组织生活。(×)", "B"),
        ("1. 党员可以不参加组织生活。（　）\n答案：错误", "B"),
        ("1. 党员可以不参加组织生活。（错）", "B"),
        ("三、判断题\n1. 党员可以不参加组织生活。\n答案：×", "B"),
        ("判断题\n1. 党员应当按期交纳党费。\n答案：对", "A"),
    ] {
        let question = one(text);
        assert_eq!((question.kind, question.answer.as_str()), (Kind::Judge, right), "{text}");
    }
}

#[test]
fn blanks_with_lines_and_with_brackets() {
    let question = one("四、填空题\n1. 党的思想路线的核心是____，党的作风建设的核心是______。\n答案：实事求是；保持党同人民群众的血肉联系");
    assert_eq!(question.answer.lines().collect::<Vec<_>>(), ["实事求是", "保持党同人民群众的血肉联系"]);
    let question = one("填空题\n1. 党的最高理想是（实现共产主义）。");
    assert_eq!((question.answer.as_str(), question.stem.as_str()), ("实现共产主义", "党的最高理想是____。"));
    let question = one("1. 中国共产党成立于____年。\n答案：1921/一九二一");
    assert_eq!((question.kind, question.answer.as_str()), (Kind::Blank, "1921|一九二一"));
}

#[test]
fn short_answers_go_over_several_lines() {
    let question = one(
        "五、简答题（每题10分）\n1. 什么是“四下基层”？\n答案：宣传党的路线方针政策下基层、\n调查研究下基层、信访接待下基层、现场办公下基层。\n解析：见有关文件。",
    );
    assert_eq!(question.kind, Kind::Short);
    assert!(question.answer.contains("信访接待") && question.note.contains("文件"));
}

#[test]
fn a_key_at_the_end_by_part() {
    let text = "一、单选题\n1. 甲是（ ）\nA. 一 B. 二\n2. 乙是（ ）\nA. 一 B. 二\n二、判断题\n1. 丙对。\n2. 丁对。\n参考答案\n一、单选题\n1-2 BA\n二、判断题\n1.√ 2.×";
    let all = found(text);
    let answers: Vec<(Kind, &str)> = all.iter().map(|one| (one.question.kind, one.question.answer.as_str())).collect();
    assert_eq!(answers, [(Kind::Single, "B"), (Kind::Single, "A"), (Kind::Judge, "A"), (Kind::Judge, "B")]);
}

#[test]
fn what_is_wrong_is_told_by_question() {
    let all = found("1. 没有答案的题\nA. 甲\nB. 乙\n2. 答案不在选项里\nA. 甲\nB. 乙\n答案：D\n3. 只有一个选项\nA. 甲\n答案：A");
    assert_eq!(all.iter().map(|one| one.wrong).collect::<Vec<_>>(), [Some(Wrong::Answer), Some(Wrong::Answer), Some(Wrong::Options)]);
    assert_eq!(all.iter().map(|one| one.line).collect::<Vec<_>>(), [1, 4, 8]);
}

#[test]
fn several_labels_on_one_line_and_numbers_that_begin_no_question() {
    let question = one("1. 圆周率约为（　）\nA. 3.14\nB. 3.41\n答案：A 难度：0.9 知识点：常识");
    assert_eq!((question.answer.as_str(), question.difficulty, question.topic.as_str()), ("A", 1, "常识"));
    assert_eq!(question.options, ["3.14", "3.41"]);
}

#[test]
fn what_is_written_is_read_again() {
    let text = "一、单选题\n1. 甲（　）。\nA. 一\nB. 二\n答案：B\n难度：难\n知识点：党章\n解析：因为。\n二、判断题\n2. 乙。\n答案：错\n三、填空题\n3. 丙是____和____。\n答案：子；丑\n四、简答题\n4. 丁？\n答案：戊。";
    let all: Vec<Question> = found(text).into_iter().map(|one| one.question).collect();
    assert_eq!(all.len(), 4);
    let again: Vec<Question> = read(&written(&all), "").into_iter().map(|one| one.question).collect();
    assert_eq!(again, all);
}

proptest! {
    #[test]
    fn any_lines_are_read(text in "[0-9一二三、.．（）()A-E答案：:判断填空单选√×对错_ 甲乙丙\n]{0,300}") {
        fuzz(text.as_bytes());
    }

    #[test]
    fn any_bytes_are_read(data in proptest::collection::vec(any::<u8>(), 0..400)) {
        fuzz(&data);
    }
}
