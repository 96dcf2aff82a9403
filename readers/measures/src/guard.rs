//! The guard: what may not be a measure of anybody's work does not load, and the rule that says so is
//! given with it. The rules are a pack, `rules/guard.toml`.

use std::sync::OnceLock;

use record::measure::{Amount, Key, Kind, Measure, Nature, Only, Whose};
use serde::Deserialize;

/// The pack.
pub const PACK: &str = include_str!("../../../rules/guard.toml");

/// A rule that refuses a source.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forbidden {
    /// Its id.
    pub id: String,
    /// What is refused.
    pub title_zh: String,
    /// The same in English.
    pub title_en: String,
    /// What the text says.
    pub text_zh: String,
    /// The same in English.
    pub text_en: String,
    /// The document.
    pub document: String,
    /// How it came to us: see [`base::rules::Mark`].
    pub mark: base::rules::Mark,
    words: Vec<String>,
    kinds: Vec<String>,
    facts: Vec<String>,
    #[serde(default)]
    unless: String,
}

/// What certain rates must be made of.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answers {
    title_zh: String,
    title_en: String,
    text_zh: String,
    text_en: String,
    document: String,
    names: Vec<String>,
    kinds: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pack {
    forbidden: Vec<Forbidden>,
    answers: Answers,
}

/// Why a measure or a formula is refused, with the rule's own text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The measure, or what stood in its place.
    pub what: String,
    /// What was found in it.
    pub found: String,
    /// The rule's name.
    pub rule_zh: String,
    /// The same in English.
    pub rule_en: String,
    /// What the rule says.
    pub text_zh: String,
    /// The same in English.
    pub text_en: String,
    /// The document.
    pub document: String,
}

impl Refused {
    /// The rule's text in a language.
    pub fn text(&self, chinese: bool) -> &str {
        if chinese { &self.text_zh } else { &self.text_en }
    }

    /// A refusal that no document but our own workings gives.
    pub(crate) fn plain(what: &str, found: &str, text_zh: &str, text_en: &str) -> Refused {
        Refused {
            what: what.to_owned(),
            found: found.to_owned(),
            rule_zh: "声明有误".to_owned(),
            rule_en: "A wrong declaration".to_owned(),
            text_zh: text_zh.to_owned(),
            text_en: text_en.to_owned(),
            document: "本系统的约定".to_owned(),
        }
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} ({}: {})", self.what, self.found, self.document, self.text_zh)
    }
}

fn pack() -> &'static Pack {
    static PARSED: OnceLock<Pack> = OnceLock::new();
    PARSED.get_or_init(|| match toml::from_str(PACK) {
        Ok(pack) => pack,
        Err(error) => unreachable!("a test reads the pack: {error}"),
    })
}

/// The rules that refuse, for the page that shows them.
pub fn forbidden() -> &'static [Forbidden] {
    &pack().forbidden
}

/// Whether a text names something that may not be counted: a title, a note or a formula of a scheme.
///
/// # Errors
/// [`Refused`], with the rule.
pub fn check_text(what: &str, text: &str) -> Result<(), Refused> {
    let folded = text.to_lowercase();
    for rule in forbidden() {
        if let Some(word) = rule.words.iter().find(|word| folded.contains(word.as_str())) {
            return Err(rule.refuse(what, word));
        }
    }
    Ok(())
}

/// Whether a measure may be counted at all, given how to find those it is made of.
///
/// # Errors
/// [`Refused`], with the rule.
pub fn check(measure: &Measure, find: &dyn Fn(&str) -> Option<&'static Measure>) -> Result<(), Refused> {
    let id_fits = measure.id.split_once('.').is_some_and(|(module, name)| {
        let word = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        word(module) && word(name)
    });
    let plain = |found: &str, zh: &str, en: &str| Err(Refused::plain(measure.id, found, zh, en));
    if !id_fits {
        return plain("id", "指标编号由模块名、点和小写英文名组成", "An id is the module, a dot and a name in lower case");
    }
    if measure.nature != Nature::Duty {
        for text in [measure.title_zh, measure.title_en, measure.note_zh, measure.note_en] {
            check_text(measure.id, text)?;
        }
    }
    let parts: Vec<&'static Measure> = match measure.kind {
        Kind::Rate { num, den } => {
            let (Some(num), Some(den)) = (find(num), find(den)) else {
                return plain("num, den", "比率由两个已有的指标组成", "A rate is made of two measures that are there");
            };
            if !measure.counts.is_empty() || [num, den].iter().any(|part| matches!(part.kind, Kind::Rate { .. } | Kind::Median)) {
                return plain("num, den", "比率的分子、分母是计数", "Above and below the line of a rate stand counts");
            }
            let each = measure.each.map(|each| find(each).filter(|each| matches!(each.kind, Kind::Count | Kind::Sum)));
            match each {
                Some(None) => return plain("each", "样本数 n 由一个已有的计数给出", "An n is a count that is there"),
                // Its n would be points or hours, and no number of people: ten of them would look like enough.
                None if den.kind == Kind::Sum => {
                    return plain(
                        "each",
                        "分母是合计数的比率，要写明样本数 n 计的是哪些人或哪些件",
                        "A rate of a sum says of what people or cases its n is",
                    );
                }
                None => vec![num, den],
                Some(Some(each)) => vec![num, den, each],
            }
        }
        _ if measure.each.is_some() => return plain("each", "只有比率才另写样本数", "Only a rate has an n of its own"),
        _ if measure.counts.is_empty() => return plain("counts", "指标要说明计哪些事件", "A measure says which events it counts"),
        Kind::Median if measure.counts.iter().any(|count| count.key != Key::Days) => {
            return plain("key", "中位数按天数计", "A median is over days");
        }
        _ => Vec::new(),
    };
    let counts = || measure.counts.iter().chain(parts.iter().flat_map(|part| part.counts));
    for rule in forbidden().iter().filter(|rule| rule.unless != "duty" || measure.nature != Nature::Duty) {
        for count in counts() {
            if let Some(part) = rule.kinds.iter().find(|part| is_part_of(part, count.kind)) {
                return Err(rule.refuse(measure.id, part));
            }
            let read = count.only.iter().map(|only| match only {
                Only::True(fact) | Only::False(fact) | Only::Given(fact) | Only::Is(fact, _) => *fact,
            });
            let amount = match count.amount {
                Amount::Fact(fact) => Some(fact),
                Amount::One => None,
            };
            let key = match count.key {
                Key::Fact(fact) => Some(fact),
                Key::None | Key::Days => None,
            };
            let unit = match count.unit {
                Whose::Fact(fact) => Some(fact),
                Whose::Event => None,
            };
            for fact in read.chain(amount).chain(key).chain(unit) {
                if rule.facts.iter().any(|word| fact.split('.').any(|part| part == word)) {
                    return Err(rule.refuse(measure.id, fact));
                }
            }
        }
    }
    let answers = &pack().answers;
    let named = answers.names.iter().any(|name| *name == measure.title_zh || *name == measure.title_en);
    let of_answers =
        |one: &Measure| one.nature == Nature::Answer && one.counts.iter().all(|count| answers.kinds.iter().any(|kind| kind == count.kind));
    if (named || measure.nature == Nature::Answer) && !(of_answers(measure) && parts.iter().all(|part| of_answers(part))) {
        let found = counts().find(|count| !answers.kinds.iter().any(|kind| kind == count.kind)).map_or("nature", |count| count.kind);
        return Err(Refused { found: found.to_owned(), ..not_answers(measure.id) });
    }
    Ok(())
}

/// That something bears the name of one of the three rates and is not made of what residents answered.
pub fn not_answers(what: &str) -> Refused {
    let answers = &pack().answers;
    Refused {
        what: what.to_owned(),
        found: what.to_owned(),
        rule_zh: answers.title_zh.clone(),
        rule_en: answers.title_en.clone(),
        text_zh: answers.text_zh.clone(),
        text_en: answers.text_en.clone(),
        document: answers.document.clone(),
    }
}

impl Forbidden {
    fn refuse(&self, what: &str, found: &str) -> Refused {
        Refused {
            what: what.to_owned(),
            found: found.to_owned(),
            rule_zh: self.title_zh.clone(),
            rule_en: self.title_en.clone(),
            text_zh: self.text_zh.clone(),
            text_en: self.text_en.clone(),
            document: self.document.clone(),
        }
    }

    /// What the text says, in a language.
    pub fn text(&self, chinese: bool) -> &str {
        if chinese { &self.text_zh } else { &self.text_en }
    }

    /// What is refused, in a language.
    pub fn title(&self, chinese: bool) -> &str {
        if chinese { &self.title_zh } else { &self.title_en }
    }
}

/// Whether a name of an event is made of these words: `PhotoAdded` is part of `HelpPhotoAdded`, not of `PhotoAddedness`.
fn is_part_of(part: &str, kind: &str) -> bool {
    kind.match_indices(part).any(|(at, found)| kind[at + found.len()..].chars().next().is_none_or(|next| !next.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::measure::Count;

    fn none(_: &str) -> Option<&'static Measure> {
        None
    }

    fn measure(id: &'static str, counts: &'static [Count]) -> Measure {
        Measure { id, title_zh: "某数", title_en: "Some number", counts, ..Measure::COUNT }
    }

    #[test]
    fn the_pack_reads_and_says_where_it_is_from() {
        assert!(forbidden().len() >= 6);
        assert!(forbidden().iter().all(|rule| !rule.document.is_empty() && !rule.text_zh.is_empty() && !rule.text_en.is_empty()));
        assert!(forbidden().iter().all(|rule| rule.mark.may_redden()));
    }

    #[test]
    fn forbidden_sources_are_refused_with_the_text_of_the_rule() {
        macro_rules! count { ($kind:literal $(, $f:ident: $v:expr)*) => { &[Count { kind: $kind $(, $f: $v)*, ..Count::ONE }] }; }
        let attacks: [(&'static [Count], &str); 9] = [
            (count!("AccountSignedIn"), "打卡签到"),
            (count!("HelpPhotoAdded"), "拍照留痕"),
            (count!("PostLiked"), "点赞量"),
            (count!("AwardVoteCast"), "网络投票数"),
            (count!("LessonFinished"), "学习时长"),
            (count!("VisitMade", amount: Amount::Fact("minutes")), "学习时长"),
            (count!("VisitMade", amount: Amount::Fact("route.metres")), "轨迹"),
            (count!("VisitMade", only: &[Only::Given("photos")]), "拍照留痕"),
            (count!("OpinionStanceTaken"), "表态"),
        ];
        for (counts, text) in attacks {
            let refused = check(&measure("help.number", counts), &none).unwrap_err();
            assert!(refused.text_zh.contains(text), "{refused}");
            assert!(!refused.document.is_empty());
        }
        for title in ["党员积分", "转发量", "打卡率", "登录次数", "会议次数", "Study hours", "领导批示数"] {
            let wrong = Measure { title_zh: title, ..measure("help.number", count!("VisitMade")) };
            assert!(check(&wrong, &none).is_err(), "{title}");
        }
        assert!(check(&measure("help.number", count!("VisitMade")), &none).is_ok());
        assert!(check(&measure("help.number", count!("PhotoAddedness")), &none).is_ok());
    }

    #[test]
    fn meetings_are_duties_and_nothing_else() {
        static HELD: &[Count] = &[Count { kind: "BranchMeetingHeld", ..Count::ONE }];
        assert!(check(&measure("branch.meetings", HELD), &none).unwrap_err().text_zh.contains("开会发文"));
        assert!(check(&Measure { nature: Nature::Duty, ..measure("branch.meetings", HELD) }, &none).is_ok());
    }

    #[test]
    fn the_n_of_a_rate_counts_people_or_cases() {
        static POINTS: Measure = Measure {
            id: "x.points",
            title_zh: "得分",
            kind: Kind::Sum,
            counts: &[Count { kind: "TestClosed", ..Count::ONE }],
            ..Measure::COUNT
        };
        static SAT: Measure = Measure { id: "x.sat", title_zh: "参加", ..POINTS };
        static HELP: Measure = Measure { id: "x.help", counts: &[Count { kind: "LessonFinished", ..Count::ONE }], ..POINTS };
        let find = |id: &str| [&POINTS, &SAT, &HELP].into_iter().find(|one| one.id == id);
        let mean = Measure { id: "x.mean", title_zh: "均值", kind: Kind::Rate { num: "x.points", den: "x.points" }, ..Measure::COUNT };
        assert!(check(&mean, &find).unwrap_err().text_zh.contains("样本数"), "points are no n");
        assert!(check(&Measure { each: Some("x.nobody"), ..mean }, &find).unwrap_err().text_zh.contains("样本数"));
        assert!(check(&Measure { each: Some("x.sat"), ..mean }, &find).is_ok());
        assert!(
            check(&Measure { each: Some("x.help"), ..mean }, &find).unwrap_err().text_zh.contains("学习时长"),
            "an n has sources as well"
        );
        assert!(check(&Measure { each: Some("x.sat"), ..POINTS }, &find).is_err());
    }

    #[test]
    fn the_three_rates_are_answers_of_residents() {
        static CLAIMED: Measure = Measure {
            id: "x.solved",
            title_zh: "自报解决",
            nature: Nature::Answer,
            counts: &[Count { kind: "ConcernResolved", ..Count::ONE }],
            ..Measure::COUNT
        };
        static ASKED: Measure = Measure {
            id: "x.asked",
            title_zh: "问",
            nature: Nature::Answer,
            counts: &[Count { kind: "ConcernCalledBack", ..Count::ONE }],
            ..Measure::COUNT
        };
        let find = |id: &str| [&CLAIMED, &ASKED].into_iter().find(|one| one.id == id);
        assert!(check(&ASKED, &find).is_ok());
        assert!(check(&CLAIMED, &find).unwrap_err().text_zh.contains("回访"), "what a unit says of itself is no answer");
        for title in ["解决率", "满意率", "联系率"] {
            let rate = Measure { id: "x.rate", title_zh: title, kind: Kind::Rate { num: "x.solved", den: "x.asked" }, ..Measure::COUNT };
            let refused = check(&rate, &find).unwrap_err();
            assert!(refused.text_zh.contains("回访"), "{refused}");
        }
        let none_there = Measure { id: "x.rate", kind: Kind::Rate { num: "x.nothing", den: "x.asked" }, ..Measure::COUNT };
        assert!(check(&none_there, &find).is_err());
    }
}
