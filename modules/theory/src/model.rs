//! Questions, keys and answer sheets: what they are and how an answer is marked. Pure.
//!
//! Points are tenths of a point. A sheet is a few bytes a question: which letters were chosen and when, then what was
//! written. Of two answers to one question the one given later counts, whichever device sent it and whenever it arrived.

use serde::{Deserialize, Serialize};

use crate::events::QuestionId;

/// The most characters of a stem, of what is expected of a short answer, and of an explanation.
pub const LONGEST: usize = 2_000;
/// The most characters of an option.
pub const LONGEST_OPTION: usize = 300;
/// The most options: letters A to J.
pub const MOST_OPTIONS: usize = 10;
/// The most blanks of one question.
pub const MOST_BLANKS: usize = 8;
/// The most questions of one paper.
pub const MOST_QUESTIONS: usize = 200;
/// The most bytes of one written answer.
pub const LONGEST_ANSWER: usize = 6_000;
/// What stands between the answers to the blanks of one question.
pub const BETWEEN: char = '\u{1f}';

/// What kind of question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// 单选题
    Single,
    /// 多选题
    Multiple,
    /// 判断题
    Judge,
    /// 填空题
    Blank,
    /// 简答题
    Short,
}

impl Kind {
    /// All, in the order in which papers have them.
    pub const ALL: [Kind; 5] = [Kind::Single, Kind::Multiple, Kind::Judge, Kind::Blank, Kind::Short];

    /// As it stands in the store.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Single => "single",
            Kind::Multiple => "multiple",
            Kind::Judge => "judge",
            Kind::Blank => "blank",
            Kind::Short => "short",
        }
    }

    /// From [`Kind::code`].
    pub fn parse(code: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether letters are chosen.
    pub fn chooses(self) -> bool {
        matches!(self, Kind::Single | Kind::Multiple | Kind::Judge)
    }
}

/// A question as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Of which kind.
    pub kind: Kind,
    /// The point of knowledge.
    pub topic: String,
    /// How hard, from 1 to 5.
    pub difficulty: i64,
    /// What is asked.
    pub stem: String,
    /// What can be chosen; empty but for choices.
    pub options: Vec<String>,
    /// Letters; for blanks a line for each, what is also right behind a bar; for a short answer what is expected.
    pub answer: String,
    /// 解析
    pub note: String,
    /// The SHA-256 of the picture that belongs to it.
    pub picture: Option<[u8; 32]>,
    /// What is played with it.
    pub recording: Option<Recording>,
}

/// Sound or a film that is played with a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// Its SHA-256.
    pub digest: [u8; 32],
    /// What it is.
    pub kind: web::media::Kind,
    /// What its file was called.
    pub name: String,
}

/// The most bytes of a recording of a question.
pub const LARGEST_RECORDING: u64 = 64 << 20;

impl Recording {
    /// From a file that was sent; nothing where it is neither heard nor watched.
    pub fn of(media: &web::media::Media) -> Option<Recording> {
        let plays = media.kind.is_sound() || media.kind.is_film();
        plays.then(|| Recording {
            digest: media.digest,
            kind: media.kind,
            name: base::text::excerpt(&base::text::clean_line(&media.name), 80),
        })
    }
}

/// What is wrong with a question as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// No stem, or a long one.
    #[error("a stem of 1 to {LONGEST} characters is wanted")]
    Stem,
    /// Too few options, too many, an empty or a long one.
    #[error("2 to {MOST_OPTIONS} options of at most {LONGEST_OPTION} characters are wanted")]
    Options,
    /// Two options are alike.
    #[error("two options are alike")]
    Alike,
    /// No answer, or one that is none of the options.
    #[error("the answer is not among the options")]
    Answer,
    /// One option is wanted of one kind, several of the other.
    #[error("the number of right options does not fit the kind")]
    Number,
    /// A topic that is long.
    #[error("a topic of at most 60 characters is wanted")]
    Topic,
    /// A difficulty that is none.
    #[error("a difficulty from 1 to 5 is wanted")]
    Difficulty,
    /// A long explanation.
    #[error("an explanation of at most {LONGEST} characters is wanted")]
    Note,
    /// It names a recording that was not sent.
    #[error("the recording that it names is not there")]
    Recording,
}

impl Wrong {
    /// The field that it belongs to.
    pub fn field(self) -> &'static str {
        match self {
            Wrong::Stem => "stem",
            Wrong::Options | Wrong::Alike => "options",
            Wrong::Answer | Wrong::Number => "answer",
            Wrong::Topic => "topic",
            Wrong::Difficulty => "difficulty",
            Wrong::Note => "note",
            Wrong::Recording => "recording",
        }
    }
}

impl Question {
    /// The same with white space set right, and letters in their order.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn checked(self) -> Result<Question, Wrong> {
        let long = |text: &str, most: usize| base::text::count_chars(text) > most;
        let stem = base::text::clean(&self.stem);
        if stem.is_empty() || long(&stem, LONGEST) {
            return Err(Wrong::Stem);
        }
        let topic = base::text::clean_line(&self.topic);
        if long(&topic, 60) {
            return Err(Wrong::Topic);
        }
        if !(1..=5).contains(&self.difficulty) {
            return Err(Wrong::Difficulty);
        }
        let note = base::text::clean(&self.note);
        if long(&note, LONGEST) {
            return Err(Wrong::Note);
        }
        let mut options: Vec<String> = match self.kind {
            Kind::Single | Kind::Multiple => self.options.iter().map(|option| base::text::clean_line(option)).collect(),
            _ => Vec::new(),
        };
        while options.last().is_some_and(String::is_empty) {
            options.pop();
        }
        if matches!(self.kind, Kind::Single | Kind::Multiple) {
            let fits = |option: &String| !option.is_empty() && !long(option, LONGEST_OPTION);
            if !(2..=MOST_OPTIONS).contains(&options.len()) || !options.iter().all(fits) {
                return Err(Wrong::Options);
            }
            let mut folded: Vec<String> = options.iter().map(|option| base::text::fold(option)).collect();
            folded.sort_unstable();
            if folded.windows(2).any(|two| two.first() == two.last()) {
                return Err(Wrong::Alike);
            }
        }
        let answer = match self.kind {
            Kind::Single | Kind::Multiple | Kind::Judge => {
                let most = if self.kind == Kind::Judge { 2 } else { options.len() };
                let mask = mask(&self.answer).filter(|mask| *mask != 0 && u32::from(*mask) < 1 << most).ok_or(Wrong::Answer)?;
                let one = mask.count_ones() == 1;
                if one == (self.kind == Kind::Multiple) {
                    return Err(Wrong::Number);
                }
                letters(mask)
            }
            Kind::Blank => {
                let lines: Vec<String> = self.answer.lines().map(base::text::clean_line).filter(|line| !line.is_empty()).collect();
                let answer = lines.join("\n");
                if lines.is_empty() || lines.len() > MOST_BLANKS || long(&answer, LONGEST) {
                    return Err(Wrong::Answer);
                }
                answer
            }
            Kind::Short => {
                let answer = base::text::clean(&self.answer);
                if answer.is_empty() || long(&answer, LONGEST) {
                    return Err(Wrong::Answer);
                }
                answer
            }
        };
        Ok(Question { stem, topic, options, answer, note, ..self })
    }

    /// All its words, each apart from the next: what its digest is of.
    pub fn words(&self) -> String {
        let (difficulty, options) = (self.difficulty.to_string(), self.options.join("\n"));
        let mut words = vec![self.kind.code(), &self.topic, &difficulty, &self.stem, &options, &self.answer, &self.note];
        // What came later is only there where there is one: digests of older questions stay as they are.
        let picture = self.picture.map(|digest| record::hex(&digest));
        words.extend(picture.as_deref());
        let recording = self.recording.as_ref().map(|one| format!("{} {} {}", record::hex(&one.digest), one.kind.code(), one.name));
        words.extend(recording.as_deref());
        words.join("\u{1e}")
    }

    /// What two versions of one question have in common: the stem and the options, without punctuation and spaces.
    pub fn sense(&self) -> String {
        let bare = |text: &str| base::text::fold(text).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        let mut options: Vec<String> = self.options.iter().map(|option| bare(option)).collect();
        options.sort_unstable();
        format!("{}\n{}\n{}", self.kind.code(), bare(&self.stem), options.join("\n"))
    }

    /// How many blanks it has.
    pub fn blanks(&self) -> usize {
        if self.kind == Kind::Blank { self.answer.lines().count() } else { 0 }
    }
}

/// The letters as bits, A being the lowest; nothing where there is something else than letters.
pub fn mask(letters: &str) -> Option<u16> {
    let mut mask = 0;
    for letter in letters.chars() {
        match base::text::half_width(letter).to_ascii_uppercase() {
            letter @ 'A'..='O' => mask |= 1 << (u32::from(letter) - u32::from('A')),
            ' ' | ',' | '、' | ';' => {}
            _ => return None,
        }
    }
    Some(mask)
}

/// Bits as letters.
pub fn letters(mask: u16) -> String {
    ('A'..='O').enumerate().filter(|(bit, _)| mask & (1 << bit) != 0).map(|(_, letter)| letter).collect()
}

/// A question in a paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Which.
    pub q: QuestionId,
    /// Which version of it.
    pub v: i64,
    /// The options in the order in which they are shown, by their places in the question.
    pub order: Vec<u8>,
    /// Tenths of a point.
    pub points: i64,
}

/// What is right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// These letters, as shown.
    Letters(u16),
    /// For each blank, what is right.
    Blanks(Vec<Vec<String>>),
    /// Somebody marks it.
    Hand,
}

/// The key to one question of a version of a paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyItem {
    /// What is right.
    pub right: Right,
    /// Tenths of a point.
    pub points: i64,
    /// Whether several letters are wanted.
    pub several: bool,
}

/// The key to a question whose options are shown in this order.
pub fn key(question: &Question, order: &[u8], points: i64) -> KeyItem {
    let right = match question.kind {
        Kind::Single | Kind::Multiple => {
            let wanted = mask(&question.answer).unwrap_or(0);
            let shown = order.iter().enumerate().filter(|(_, place)| wanted & (1 << **place) != 0);
            Right::Letters(shown.fold(0, |mask, (at, _)| mask | 1 << at))
        }
        Kind::Judge => Right::Letters(mask(&question.answer).unwrap_or(0)),
        Kind::Blank => Right::Blanks(
            question.answer.lines().map(|line| line.split(['|', '｜']).map(plain).filter(|one| !one.is_empty()).collect()).collect(),
        ),
        Kind::Short => Right::Hand,
    };
    KeyItem { right, points, several: question.kind == Kind::Multiple }
}

/// A written answer as it is compared: without spaces, punctuation and differences of width and case.
pub fn plain(text: &str) -> String {
    base::text::fold(text).chars().filter(|c| c.is_alphanumeric() || matches!(c, '+' | '-' | '%' | '.' | '/')).collect()
}

/// What a question was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given<'a> {
    /// Nothing.
    Nothing,
    /// These letters.
    Letters(u16),
    /// These words.
    Words(&'a str),
}

impl KeyItem {
    /// Tenths of a point for an answer; nothing where somebody marks it. `partial`: half where several letters are wanted,
    /// some were chosen and none that is wrong.
    pub fn mark(&self, given: Given<'_>, partial: bool) -> Option<i64> {
        match (&self.right, given) {
            (Right::Hand, _) => None,
            (Right::Letters(right), Given::Letters(chosen)) => Some(self.letters(*right, chosen, partial)),
            (Right::Blanks(blanks), Given::Words(words)) => {
                let mut typed = words.split(BETWEEN);
                let hit = blanks.iter().filter(|right| typed.next().is_some_and(|typed| right.contains(&plain(typed)))).count();
                let (hit, all) = (i64::try_from(hit).unwrap_or(0), i64::try_from(blanks.len()).unwrap_or(1).max(1));
                Some(self.points * hit / all)
            }
            _ => Some(0),
        }
    }

    fn letters(&self, right: u16, chosen: u16, partial: bool) -> i64 {
        if chosen == right {
            self.points
        } else if partial && self.several && chosen != 0 && chosen & !right == 0 {
            self.points / 2
        } else {
            0
        }
    }
}

/// Seconds of a sheet's clock beyond which it stands still: eighteen hours.
const LATEST: u64 = 0xffff;

/// The answers of a sitting. Packed: for each question two bytes of letters and two of the second when it was given; then
/// what was written, each behind its place and its length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    slots: Vec<(u16, u16)>,
    words: Vec<(u16, String)>,
}

impl Sheet {
    /// An empty one for so many questions.
    pub fn new(questions: usize) -> Sheet {
        Sheet { slots: vec![(0, 0); questions], words: Vec::new() }
    }

    /// From what stands in the store; what cannot be read is not answered.
    pub fn read(bytes: &[u8]) -> Sheet {
        let mut at = bytes;
        let mut take = |n: usize| -> Option<&[u8]> {
            let (head, rest) = at.split_at_checked(n)?;
            at = rest;
            Some(head)
        };
        let two = |bytes: &[u8]| bytes.try_into().map_or(0, u16::from_le_bytes);
        let mut sheet = Sheet::default();
        let Some(questions) = take(2).map(two) else { return sheet };
        for _ in 0..questions {
            let (letters, second) = (take(2).map_or(0, two), take(2).map_or(0, two));
            sheet.slots.push((letters, second));
        }
        while let (Some(place), Some(length)) = (take(2).map(two), take(2).map(two)) {
            let Some(text) = take(usize::from(length)) else { break };
            sheet.words.push((place, String::from_utf8_lossy(text).into_owned()));
        }
        sheet
    }

    /// As it stands in the store.
    pub fn write(&self) -> Vec<u8> {
        let two = |n: usize| u16::try_from(n).unwrap_or(u16::MAX).to_le_bytes();
        let mut out = Vec::with_capacity(2 + 4 * self.slots.len() + self.words.iter().map(|(_, text)| 4 + text.len()).sum::<usize>());
        out.extend_from_slice(&two(self.slots.len()));
        for (letters, second) in &self.slots {
            out.extend_from_slice(&letters.to_le_bytes());
            out.extend_from_slice(&second.to_le_bytes());
        }
        for (place, text) in &self.words {
            out.extend_from_slice(&place.to_le_bytes());
            out.extend_from_slice(&two(text.len()));
            out.extend_from_slice(text.as_bytes());
        }
        out
    }

    /// How many questions it has room for.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether it has room for none.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// How many were answered.
    pub fn answered(&self) -> usize {
        (0..self.len()).filter(|place| self.given(*place) != Given::Nothing).count()
    }

    /// What the question at this place was given.
    pub fn given(&self, place: usize) -> Given<'_> {
        match self.slots.get(place) {
            Some((letters, _)) if *letters != 0 => Given::Letters(*letters),
            _ => match self.words.iter().find(|(at, _)| usize::from(*at) == place) {
                Some((_, text)) => Given::Words(text),
                None => Given::Nothing,
            },
        }
    }

    /// Sets an answer that was given so many seconds after the start; an older one than what stands there changes nothing.
    /// Tells whether it was kept.
    pub fn set(&mut self, place: usize, given: Given<'_>, second: u64) -> bool {
        let second = u16::try_from(second.min(LATEST)).unwrap_or(u16::MAX);
        let Some(slot) = self.slots.get_mut(place) else { return false };
        if slot.1 > second {
            return false;
        }
        *slot = (if let Given::Letters(letters) = given { letters } else { 0 }, second);
        self.words.retain(|(at, _)| usize::from(*at) != place);
        if let (Given::Words(text), Ok(at)) = (given, u16::try_from(place))
            && !text.is_empty()
        {
            self.words.push((at, base_cut(text).to_owned()));
        }
        true
    }
}

/// At most [`LONGEST_ANSWER`] bytes, and no half of a character.
fn base_cut(text: &str) -> &str {
    let mut end = text.len().min(LONGEST_ANSWER);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or("")
}

/// The points of a packed sheet by a key, place by place, without unpacking it. `out` is as long as the key; what is marked
/// by hand gets 0.
pub fn mark_packed(key: &[KeyItem], bytes: &[u8], partial: bool, out: &mut [i64]) -> i64 {
    let slots = bytes.get(2..).unwrap_or_default();
    let mut sum = 0;
    let mut written = false;
    for ((item, slot), out) in key.iter().zip(slots.chunks_exact(4)).zip(out.iter_mut()) {
        *out = match (&item.right, slot) {
            (Right::Letters(right), [low, high, ..]) => item.letters(*right, u16::from_le_bytes([*low, *high]), partial),
            (Right::Blanks(_), _) => {
                written = true;
                0
            }
            _ => 0,
        };
        sum += *out;
    }
    if written {
        let sheet = Sheet::read(bytes);
        for (place, (item, out)) in key.iter().zip(out.iter_mut()).enumerate() {
            if matches!(item.right, Right::Blanks(_)) {
                *out = item.mark(sheet.given(place), partial).unwrap_or(0);
                sum += *out;
            }
        }
    }
    sum
}

/// The points of an answer that is marked by hand, from those of its markers: of one that one's; of two their mean where
/// they lie near enough; else of the third and the nearer of the two. Nothing while one of them is wanted.
pub fn settled(rounds: &[i64], points: i64, second: i64) -> Option<i64> {
    match (rounds, second) {
        ([one, ..], 0) => Some(*one),
        ([one, two], _) if (one - two).abs() * 100 <= points * second => Some((one + two + 1) / 2),
        ([one, two, three], _) => {
            let nearer = if (one - three).abs() <= (two - three).abs() { one } else { two };
            Some((nearer + three + 1) / 2)
        }
        _ => None,
    }
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
