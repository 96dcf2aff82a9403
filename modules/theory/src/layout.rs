//! Questions as teachers lay them out in Word: numbered, options on one line or several, the answer on a line of its own, in
//! brackets inside the stem, or in a key at the end; 难度, 知识点 and 解析 on lines behind a colon. Pure, and total: whatever the
//! lines are, the answer is questions with what is wrong with each.

use crate::model::{Kind, MOST_BLANKS, MOST_OPTIONS, Question, Wrong, letters, mask};

/// The most lines that are read.
pub const MOST_LINES: usize = 60_000;
/// The most questions of one file.
pub const MOST: usize = 3_000;

/// A question as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The number of its first line, from 1.
    pub line: usize,
    /// The number that it bears.
    pub number: u32,
    /// What it says, set right.
    pub question: Question,
    /// The file of the recording that it names; empty where it names none.
    pub plays: String,
    /// What is wrong with it.
    pub wrong: Option<Wrong>,
}

/// Whether this is the name of a file that can be played.
pub fn is_recording(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    name.rsplit_once('.').is_some_and(|(stem, end)| {
        !stem.is_empty() && web::media::Kind::from_code(end).is_some_and(|kind| kind.is_sound() || kind.is_film())
    })
}

/// A judgement as people write it: `A` for right, `B` for wrong.
pub fn judged(text: &str) -> Option<&'static str> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    match text.trim_matches(['。', '.', '（', '）', '(', ')', '【', '】']).to_uppercase().as_str() {
        "对" | "正确" | "√" | "✓" | "✔" | "☑" | "T" | "TRUE" | "是" | "Y" | "A" => Some("A"),
        "错" | "错误" | "×" | "✗" | "✘" | "╳" | "X" | "F" | "FALSE" | "否" | "N" | "B" => Some("B"),
        _ => None,
    }
}

/// Difficulty as people write it: a word, a number from 1 to 5, or a share of right answers.
pub fn difficulty(text: &str) -> Option<i64> {
    let text = text.trim().trim_end_matches('。');
    match text {
        "易" | "容易" | "简单" | "低" | "★" => Some(1),
        "较易" | "★★" => Some(2),
        "中" | "中等" | "一般" | "适中" | "★★★" => Some(3),
        "较难" | "偏难" | "★★★★" => Some(4),
        "难" | "困难" | "高" | "★★★★★" => Some(5),
        _ => {
            if let Ok(n @ 1..=5) = text.parse::<i64>() {
                return Some(n);
            }
            // 0.85: so many answer rightly; the easiest have the most.
            let share: f64 = text.parse().ok().filter(|share| (0.0..1.0).contains(share))?;
            Some(if share >= 0.85 {
                1
            } else if share >= 0.7 {
                2
            } else if share >= 0.5 {
                3
            } else if share >= 0.3 {
                4
            } else {
                5
            })
        }
    }
}

/// The kind that a heading or a tag names.
pub fn kind_named(text: &str) -> Option<Kind> {
    [
        (Kind::Multiple, &["多选", "多项选择", "不定项"][..]),
        (Kind::Single, &["单选", "单项选择", "选择题"][..]),
        (Kind::Judge, &["判断", "是非"][..]),
        (Kind::Blank, &["填空"][..]),
        (Kind::Short, &["简答", "问答", "论述", "案例", "名词解释"][..]),
    ]
    .into_iter()
    .find(|(_, names)| names.iter().any(|name| text.contains(name)))
    .map(|(kind, _)| kind)
}

/// `12. …`, `12、…`, `（12）…`, `第12题 …`: the number and the rest.
fn numbered(line: &str) -> Option<(u32, &str)> {
    let trimmed = line.trim_start();
    let (bracketed, rest) = match trimmed.strip_prefix(['(', '（']) {
        Some(rest) => (true, rest),
        None => (false, trimmed.strip_prefix('第').unwrap_or(trimmed)),
    };
    let end = rest.find(|c: char| !c.is_ascii_digit() && !('０'..='９').contains(&c))?;
    let (digits, tail) = rest.split_at_checked(end)?;
    if digits.is_empty() || digits.chars().count() > 4 {
        return None;
    }
    let number: String = digits.chars().map(base::text::half_width).collect();
    let number = number.parse().ok()?;
    let tail = if bracketed {
        tail.strip_prefix([')', '）'])?
    } else if trimmed.starts_with('第') {
        tail.strip_prefix('题').map(|tail| tail.trim_start_matches(['.', '．', '、', '：', ':', ' ', '　']))?
    } else {
        let tail = tail.trim_start();
        let after = tail.strip_prefix(['.', '．', '、', ')', '）', '：', ':', '。'])?;
        // 3.14 and 2.5 begin no question.
        if tail.starts_with('.') && after.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        after
    };
    Some((number, tail.trim_start_matches(['.', '．', '、', ' ', '　'])))
}

/// `一、单选题（每题 2 分）`: a heading of a part.
fn heading(line: &str) -> Option<Option<Kind>> {
    let line = line.trim();
    if line.chars().count() > 60 {
        return None;
    }
    let bare = line.trim_start_matches(['（', '(', '【', '第']);
    let numeral = |c: char| "一二三四五六七八九十".contains(c);
    let led = bare.trim_start_matches(numeral);
    let is_led = led.len() < bare.len() && led.starts_with(['、', '.', '．', '）', ')', '部', ' ', '：', ':', '】']);
    match kind_named(line) {
        Some(kind) if is_led || line.chars().count() <= 8 => Some(Some(kind)),
        None if is_led && line.chars().count() <= 20 => Some(None),
        _ => None,
    }
}

/// What stands behind one of these words and a colon.
fn labelled<'a>(line: &'a str, names: &[&str]) -> Option<&'a str> {
    let bare = line.trim_start().trim_start_matches(['【', '[', '（', '(', '〔']);
    let name = names.iter().filter(|name| bare.starts_with(**name)).max_by_key(|name| name.len())?;
    let rest = bare.get(name.len()..)?.trim_start().trim_start_matches(['】', ']', '〕']);
    let colon = rest.trim_start().strip_prefix(['：', ':']);
    let closed = bare.get(name.len()..).is_some_and(|rest| rest.trim_start().starts_with(['】', ']', '〕']));
    match colon {
        Some(rest) => Some(rest.trim().trim_end_matches(['】', ']', '）'])),
        None if closed => Some(rest.trim()),
        None => None,
    }
}

const ANSWER: &[&str] = &["正确答案", "参考答案", "标准答案", "答案", "答"];
const NOTE: &[&str] = &["答案解析", "试题解析", "解析", "解答", "依据", "出处"];
const TOPIC: &[&str] = &["知识点", "考点", "知识模块", "章节", "类别"];
const PLAYS: &[&str] = &["音频文件", "视频文件", "音频", "视频", "录音", "录像", "音视频"];
const LEVEL: &[&str] = &["难度系数", "难易程度", "难易度", "难度"];

/// The options that begin in a line, in the order of their letters from `next` on, and what stands before them.
fn options(line: &str, next: usize) -> (String, Vec<String>) {
    let chars: Vec<char> = line.chars().collect();
    let mut starts: Vec<(usize, usize)> = Vec::new();
    let mut wanted = next;
    let mut at = 0;
    while at < chars.len() && wanted < MOST_OPTIONS {
        let letter = chars.get(at).copied().map(base::text::half_width).map_or(' ', |c| c.to_ascii_uppercase());
        let here = u32::try_from(wanted).ok().and_then(|n| char::from_u32(u32::from('A') + n));
        let before = at.checked_sub(1).and_then(|before| chars.get(before)).copied();
        let bracket = before.is_some_and(|c| matches!(c, '(' | '（'));
        let apart = before.is_none_or(|c| !c.is_ascii_alphanumeric());
        let mark = chars.get(at + 1).copied();
        let marked = mark.is_some_and(|c| matches!(c, '.' | '．' | '、' | ':' | '：' | ')' | '）' | '。'));
        if Some(letter) == here && apart && marked {
            starts.push((if bracket { at - 1 } else { at }, at + 2));
            wanted += 1;
            at += 2;
        } else {
            at += 1;
        }
    }
    let part = |from: usize, to: usize| chars.get(from..to).map(|part| part.iter().collect::<String>()).unwrap_or_default();
    let head = part(0, starts.first().map_or(chars.len(), |(start, _)| *start));
    let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([chars.len()]);
    let list = starts.iter().zip(ends).map(|((_, text), end)| part(*text, end).trim().trim_end_matches(['；', ';']).trim().to_owned());
    (head, list.collect())
}

/// A pair of brackets in a stem, with what stands in them.
fn brackets(stem: &str) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<usize> = None;
    for (at, letter) in stem.char_indices() {
        match letter {
            '(' | '（' => open = Some(at),
            ')' | '）' => {
                if let Some(from) = open.take() {
                    let inside = stem.get(from..at).map(|text| text.trim_start_matches(['(', '（'])).unwrap_or("");
                    found.push((from, at + letter.len_utf8(), inside.trim_matches([' ', '　', '\t', '_']).to_owned()));
                }
            }
            _ => {}
        }
    }
    found
}

/// Takes the answer out of a stem: the last brackets that hold letters or a judgement. Leaves empty ones.
fn inside(stem: &str, judge: bool) -> Option<(String, String)> {
    let (from, to, text) = brackets(stem).into_iter().rfind(|(_, _, text)| {
        let letters = !text.is_empty() && text.chars().count() <= 15 && mask(text).is_some_and(|mask| mask != 0);
        letters || (judge || text.chars().count() <= 2) && judged(text).is_some()
    })?;
    let (before, after) = (stem.get(..from)?, stem.get(to..)?);
    // A judgement at the end stands beside the sentence, not in it.
    let hole = if after.trim().is_empty() && judged(&text).is_some() && mask(&text).is_none() { "" } else { "（　）" };
    Some((format!("{before}{hole}{after}").trim().to_owned(), text))
}

#[derive(Default)]
struct Draft {
    line: usize,
    number: u32,
    part: usize,
    kind: Option<Kind>,
    stem: String,
    options: Vec<String>,
    answer: Option<String>,
    note: String,
    topic: String,
    difficulty: Option<i64>,
    plays: String,
    last: Last,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Last {
    #[default]
    Stem,
    Option,
    Answer,
    Note,
    Other,
}

/// Reads questions from lines. `topic` is what they are about where they do not say.
pub fn read(lines: &[String], topic: &str) -> Vec<Found> {
    let mut drafts: Vec<Draft> = Vec::new();
    let (mut kind, mut part, mut at_key) = (None, 0, false);
    let mut key: Vec<(usize, u32, String)> = Vec::new();
    let mut topic_now = topic.to_owned();
    for (number, line) in (1..).zip(lines.iter().take(MOST_LINES)) {
        let line = base::text::clean_line(line);
        if line.is_empty() {
            continue;
        }
        if is_key_heading(&line) && !drafts.is_empty() {
            (at_key, part) = (true, 0);
            continue;
        }
        if let Some(named) = heading(&line) {
            kind = named.or(kind);
            part += 1;
            if at_key {
                let rest = line.split(['：', ':']).nth(1).unwrap_or("");
                pairs(part, rest, &mut key);
            }
            continue;
        }
        if at_key {
            pairs(part, &line, &mut key);
            continue;
        }
        let current = drafts.last_mut();
        if let Some(draft) = current
            && more(draft, &line)
        {
            continue;
        }
        if let Some(text) = labelled(&line, TOPIC) {
            // Before the first question it holds for all that follow.
            text.clone_into(&mut topic_now);
        } else if let Some((no, rest)) = numbered(&line) {
            if drafts.len() >= MOST {
                break;
            }
            drafts.push(begin(number, no, part, kind, &topic_now, rest));
        } else if let Some(draft) = drafts.last_mut() {
            go_on(draft, &line);
        }
    }
    for (part, number, answer) in key {
        let same = |draft: &&mut Draft| draft.number == number && (part == 0 || draft.part == part);
        if let Some(draft) = drafts.iter_mut().find(same)
            && draft.answer.is_none()
        {
            draft.answer = Some(answer);
        }
    }
    drafts.into_iter().map(finish).collect()
}

/// 参考答案 on a line of its own, with what it is the key to.
fn is_key_heading(line: &str) -> bool {
    let bare = line.trim_matches(['【', '】', '：', ':', ' ', '（', '）']);
    bare.chars().count() <= 14
        && bare.ends_with("答案")
        && (bare.contains("参考") || bare.contains("标准") || bare.ends_with("题答案") || bare == "答案")
}

/// `1-5 ABCDA`, `1.A 2.B`, `1、√`: numbers with their answers.
fn pairs(part: usize, line: &str, out: &mut Vec<(usize, u32, String)>) {
    let chars: Vec<char> = line.chars().map(base::text::half_width).collect();
    let mut at = 0;
    let number = |at: &mut usize| -> Option<u32> {
        let from = *at;
        while chars.get(*at).is_some_and(char::is_ascii_digit) {
            *at += 1;
        }
        chars.get(from..*at).map(|digits| digits.iter().collect::<String>()).and_then(|digits| digits.parse().ok())
    };
    while at < chars.len() && out.len() < MOST {
        if !chars.get(at).is_some_and(char::is_ascii_digit) {
            at += 1;
            continue;
        }
        let Some(from) = number(&mut at) else { continue };
        let mut to = from;
        let mark = at;
        if chars.get(at).is_some_and(|c| matches!(c, '-' | '—' | '~' | '～' | '–' | '至')) {
            while chars.get(at).is_some_and(|c| matches!(c, '-' | '—' | '~' | '～' | '–' | '至')) {
                at += 1;
            }
            match number(&mut at) {
                Some(last) if last >= from && last - from < 200 => to = last,
                _ => at = mark,
            }
        }
        while chars.get(at).is_some_and(|c| matches!(c, '.' | '．' | '、' | ':' | '：' | ' ' | ')' | '）' | '题')) {
            at += 1;
        }
        let begun = at;
        while chars.get(at).is_some_and(|c| !c.is_ascii_digit()) {
            at += 1;
        }
        let text: String = chars.get(begun..at).map(|text| text.iter().collect()).unwrap_or_default();
        let text = text.trim().trim_end_matches(['；', ';', '。', '，', ',', '(', '（']).trim().to_owned();
        if text.is_empty() {
            continue;
        }
        if to == from {
            out.push((part, from, text));
        } else {
            // Each letter is one answer, or, with spaces between, each word is.
            let words: Vec<String> = if text.contains([' ', '、', ',', '，']) {
                text.split([' ', '、', ',', '，']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
            } else {
                text.chars().map(String::from).collect()
            };
            out.extend((from..=to).zip(words).map(|(n, word)| (part, n, word)));
        }
    }
}

fn begin(line: usize, number: u32, part: usize, kind: Option<Kind>, topic: &str, rest: &str) -> Draft {
    let mut draft = Draft { line, number, part, kind, topic: topic.to_owned(), ..Draft::default() };
    // 【单选题】, （多选）: a kind that the question itself names.
    let mut rest = rest.trim();
    if let Some(tag) = rest.strip_prefix(['【', '[', '（', '(', '〔'])
        && let Some((inside, after)) = tag.split_once(['】', ']', '）', ')', '〕'])
        && inside.chars().count() <= 8
        && let Some(named) = kind_named(inside)
    {
        draft.kind = Some(named);
        rest = after.trim();
    }
    let (head, found) = options(rest, 0);
    if found.len() >= 2 {
        draft.stem = head.trim().to_owned();
        draft.options = found;
        draft.last = Last::Option;
    } else {
        rest.clone_into(&mut draft.stem);
    }
    draft
}

/// A line with a label: 答案, 解析, 知识点, 难度. Tells whether it was one.
fn more(draft: &mut Draft, line: &str) -> bool {
    if let Some(text) = labelled(line, NOTE) {
        text.clone_into(&mut draft.note);
        draft.last = Last::Note;
    } else if let Some(text) = labelled(line, PLAYS).filter(|text| is_recording(text)) {
        // 音频：01.mp3: what is played with the question. A stem goes on after it.
        text.clone_into(&mut draft.plays);
    } else if let Some(text) = labelled(line, ANSWER) {
        // 答案：A  难度：易  知识点：党章
        let mut answer = text;
        for names in [LEVEL, TOPIC, NOTE] {
            for name in names {
                if let Some(at) = answer.find(name)
                    && answer.get(at + name.len()..).is_some_and(|rest| rest.starts_with(['：', ':']))
                {
                    let (before, after) = answer.split_at(at);
                    more(draft, after.trim());
                    answer = before.trim_end_matches(['；', ';', '，', ' ', '【', '（']);
                }
            }
        }
        draft.answer = Some(answer.trim().to_owned()).filter(|answer| !answer.is_empty());
        draft.last = Last::Answer;
    } else if let Some(text) = labelled(line, LEVEL) {
        let (text, rest) = text.split_once(['；', ';', ' ', '　']).unwrap_or((text, ""));
        draft.difficulty = difficulty(text);
        draft.last = Last::Other;
        if !rest.trim().is_empty() {
            more(draft, rest.trim());
        }
    } else if let Some(text) = labelled(line, TOPIC) {
        text.clone_into(&mut draft.topic);
        draft.last = Last::Other;
    } else {
        return false;
    }
    true
}

/// A line without a number and without a label belongs to what came before.
fn go_on(draft: &mut Draft, line: &str) {
    if matches!(draft.last, Last::Stem | Last::Option) {
        let (head, found) = options(line, draft.options.len());
        if !found.is_empty() && head.trim().is_empty() {
            draft.options.extend(found);
            draft.options.truncate(MOST_OPTIONS);
            draft.last = Last::Option;
            return;
        }
    }
    let to = match draft.last {
        Last::Stem => &mut draft.stem,
        Last::Option => match draft.options.last_mut() {
            Some(option) => option,
            None => return,
        },
        Last::Answer => match draft.answer.as_mut() {
            Some(answer) => answer,
            None => return draft.answer = Some(line.to_owned()),
        },
        Last::Note => &mut draft.note,
        Last::Other => return,
    };
    if to.len() < 20_000 {
        if !to.is_empty() {
            to.push(if draft.last == Last::Option { ' ' } else { '\n' });
        }
        to.push_str(line);
    }
}

/// Places to be filled in: `____`, and empty brackets.
fn holes(stem: &str) -> usize {
    let mut lines = 0;
    let mut run = 0;
    for letter in stem.chars().chain([' ']) {
        if matches!(letter, '_' | '＿') {
            run += 1;
        } else {
            lines += usize::from(run >= 2);
            run = 0;
        }
    }
    lines + brackets(stem).iter().filter(|(_, _, text)| text.is_empty()).count()
}

fn finish(mut draft: Draft) -> Found {
    let judge_hint = draft.kind == Some(Kind::Judge);
    if draft.answer.is_none()
        && !matches!(draft.kind, Some(Kind::Blank | Kind::Short))
        && let Some((stem, answer)) = inside(&draft.stem, judge_hint || draft.options.is_empty())
    {
        (draft.stem, draft.answer) = (stem, Some(answer));
    }
    let answer = draft.answer.clone().unwrap_or_default();
    let chosen = mask(answer.trim_end_matches(['。', '.'])).filter(|mask| *mask != 0);
    let kind = match draft.kind {
        // What is there says more than the heading it stands under.
        _ if draft.options.len() >= 2 => match (draft.kind, chosen.map_or(0, u16::count_ones)) {
            (_, n) if n > 1 => Kind::Multiple,
            (Some(Kind::Multiple), _) => Kind::Multiple,
            _ => Kind::Single,
        },
        Some(kind @ (Kind::Judge | Kind::Blank | Kind::Short)) => kind,
        // A letter without options is a choice whose options were lost, not a judgement.
        _ if draft.options.is_empty() && chosen.is_none() && judged(&answer).is_some() => Kind::Judge,
        Some(Kind::Multiple) => Kind::Multiple,
        _ if !draft.options.is_empty() || chosen.is_some() => Kind::Single,
        _ if holes(&draft.stem) > 0 => Kind::Blank,
        Some(kind) => kind,
        None => Kind::Short,
    };
    let answer = match kind {
        Kind::Single | Kind::Multiple => chosen.map(letters).unwrap_or(answer),
        Kind::Judge => judged(&answer).map(str::to_owned).unwrap_or_default(),
        Kind::Blank => blanks(&mut draft, &answer),
        Kind::Short => answer,
    };
    let (line, number) = (draft.line, draft.number);
    let question = Question {
        kind,
        topic: draft.topic,
        difficulty: draft.difficulty.unwrap_or(3),
        stem: draft.stem,
        options: draft.options,
        answer,
        note: draft.note,
        picture: None,
        recording: None,
    };
    found(line, number, question, draft.plays)
}

/// A question with what is wrong with it. One that names a recording waits for its file.
pub(crate) fn found(line: usize, number: u32, question: Question, plays: String) -> Found {
    let missing = !plays.is_empty() && question.recording.is_none();
    match question.clone().checked() {
        Ok(question) => Found { line, number, question, plays, wrong: missing.then_some(Wrong::Recording) },
        Err(wrong) => Found { line, number, question, plays, wrong: Some(wrong) },
    }
}

/// The answers to blanks, a line for each. Without an answer of its own, what stands in the brackets of the stem is it.
fn blanks(draft: &mut Draft, answer: &str) -> String {
    let alternatives = |text: &str| text.split(['/', '|', '｜']).map(str::trim).filter(|one| !one.is_empty()).collect::<Vec<_>>().join("|");
    if answer.is_empty() {
        let filled: Vec<(usize, usize, String)> = brackets(&draft.stem).into_iter().filter(|(_, _, text)| !text.is_empty()).collect();
        let mut stem = draft.stem.clone();
        for (from, to, _) in filled.iter().rev() {
            stem.replace_range(*from..*to, "____");
        }
        draft.stem = stem;
        return filled.iter().take(MOST_BLANKS).map(|(_, _, text)| alternatives(text)).collect::<Vec<_>>().join("\n");
    }
    let holes = holes(&draft.stem);
    let split = |separators: &[char]| -> Vec<String> {
        answer.split(separators).map(str::trim).filter(|part| !part.is_empty()).map(alternatives).collect()
    };
    if holes <= 1 {
        return alternatives(&answer.replace('\n', " "));
    }
    for separators in [
        &['\n', '；', ';'][..],
        &['\n', '；', ';', '、'],
        &['\n', '；', ';', '、', '，', ','],
        &['\n', '；', ';', '、', '，', ',', ' ', '　'],
    ] {
        let parts = split(separators);
        if parts.len() == holes {
            return parts.join("\n");
        }
    }
    split(&['\n', '；', ';']).join("\n")
}

/// A bank as lines of the same layout, which [`read`] reads back: a heading for each kind, then the questions numbered.
pub fn written(questions: &[Question]) -> Vec<String> {
    let mut lines = Vec::new();
    let numerals = ["一", "二", "三", "四", "五"];
    let mut number = 0;
    let present = Kind::ALL.into_iter().filter(|kind| questions.iter().any(|question| question.kind == *kind));
    for (kind, numeral) in present.zip(numerals) {
        lines.push(format!("{numeral}、{}", name(kind)));
        for question in questions.iter().filter(|question| question.kind == kind) {
            number += 1;
            lines.push(format!("{number}．{}", question.stem.replace('\n', " ")));
            if let Some(recording) = &question.recording {
                lines.push(format!("{}：{}", if recording.kind.is_film() { "视频" } else { "音频" }, recording.name));
            }
            for (place, option) in question.options.iter().enumerate() {
                lines.push(format!("{}．{option}", letters(1 << place)));
            }
            let answer = match kind {
                Kind::Judge => if question.answer == "A" { "正确" } else { "错误" }.to_owned(),
                Kind::Blank => question.answer.lines().collect::<Vec<_>>().join("；"),
                _ => question.answer.replace('\n', " "),
            };
            lines.push(format!("答案：{answer}"));
            lines.push(format!("难度：{}", level(question.difficulty)));
            for (label, text) in [("知识点", &question.topic), ("解析", &question.note)] {
                if !text.is_empty() {
                    lines.push(format!("{label}：{}", text.replace('\n', " ")));
                }
            }
        }
    }
    lines
}

/// What a kind is called in files.
pub fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Single => "单选题",
        Kind::Multiple => "多选题",
        Kind::Judge => "判断题",
        Kind::Blank => "填空题",
        Kind::Short => "简答题",
    }
}

/// What a difficulty is called in files.
pub fn level(difficulty: i64) -> &'static str {
    match difficulty {
        1 => "易",
        2 => "较易",
        3 => "中等",
        4 => "较难",
        _ => "难",
    }
}

/// The entry of the fuzzer: whatever the lines are, reading ends, and what was found well can be written and read again.
pub fn fuzz(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for found in read(&lines, "") {
        let _ = (found.question.sense(), found.question.words());
    }
}

#[cfg(test)]
#[path = "layout_tests.rs"]
mod tests;
