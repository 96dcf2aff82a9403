//! What is said in the course of a concern: by the resident, by those who handle it, by the caller.

use base::Time;

use crate::data::Situation;
use crate::dice::Dice;
use crate::phrase::{Slots, expand};
use crate::scene::Scene;

/// How a resident writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tone {
    Terse,
    Plain,
    Polite,
    Angry,
    Long,
}

/// The words of a resident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// A title, as the desk or the resident would put it.
    pub title: String,
    /// The text as it was typed, with its odd white space.
    pub text: String,
}

const OPEN_POLITE: [&str; 8] = [
    "您好，",
    "尊敬的领导：\n",
    "你们好，打扰了。",
    "各位领导好！",
    "工作人员您好：\n    ",
    "您好！想反映一个问题。",
    "领导您好，我是<社区>的居民。",
    "你好，麻烦问一下，",
];
const OPEN_ANGRY: [&str; 7] = [
    "实在忍不下去了！",
    "到底有没有人管？",
    "第<2-6>次反映了！！",
    "强烈要求解决！",
    "我就想问一句，",
    "都快<2-8>个月了！",
    "不要再给我打太极了。",
];
const CLOSE_POLITE: [&str; 8] = [
    "谢谢！",
    "麻烦你们了，谢谢。",
    "盼复。",
    "感谢领导在百忙之中看我的留言。",
    "辛苦了！",
    "\n此致\n敬礼！",
    "希望能给个回复，谢谢！",
    "给你们添麻烦了。",
];
const CLOSE_ANGRY: [&str; 6] = [
    "再不解决我就一直反映下去！",
    "请给个说法！！！",
    "不要再说“已转相关部门”。",
    "老百姓的事就不是事吗？",
    "等着你们的答复。",
    "别再拖了！",
];
const ASIDE: [&str; 16] = [
    "这件事我们邻居之间议论了很久，今天才下决心写出来。",
    "前前后后反映过几次，有的接电话的同志很耐心，可是事情一直没有进展。",
    "我也知道基层的同志很辛苦，一个人要管很多事，但这个问题确实影响生活。",
    "群里有人说找媒体，我觉得还是先通过正规的渠道反映。",
    "我不怕留电话，需要我配合的话随时可以带你们去看。",
    "如果属于我理解有误，也请告诉我政策是怎么规定的。",
    "上一次回复说会在一个月内处理，现在已经过去两个多月了。",
    "家里老人为了这件事，血压都高了，晚上常常睡不好。",
    "周围的<小区>住户基本都知道，随便问一个人都能证明。",
    "我在这里住了<6-40>年，以前从来没有遇到过这样的事。",
    "写这么多，不是为了埋怨谁，就是想把情况说清楚。",
    "孩子问我：为什么没有人管呀？我不知道怎么回答。",
    "我把经过按时间记了下来，照片也都留着。",
    "打电话问的时候，一个部门说归另一个部门，另一个部门又说归这个部门，转了一圈又回到了原地。",
    "说句心里话，要求并不高，能正常生活就行。",
    "附近的<路>、<公园>都修得漂漂亮亮，唯独这里像被忘掉了一样。",
];
const DIARY: [&str; 8] = [
    "{第一次|最早}是<2-9>月份，我打了电话，接线的同志记下来，说三天之内有人联系，结果没有。",
    "后来又去<社区>当面说，工作人员态度挺好，登记了，也拍了照片。",
    "过了大约<10-25>天，来了两个人，看了看就走了，也没有说怎么办。",
    "再打电话问，说已经转给有关单位，让耐心等。",
    "等到上个月，情况不但没有好，反而更严重了。",
    "我又找了一次<镇街>，说正在协调，具体时间定不下来。",
    "这期间换了两个负责的人，每换一个人就要从头讲一遍。",
    "今天实在没有办法，才在这里把整个过程写出来。",
];

/// What a resident says of it.
pub fn told(situation: &Situation, scene: &Scene, dice: &mut Dice) -> Told {
    let title = matching(&situation.title, dice, scene);
    let tone = match dice.below(100) {
        0..=15 => Tone::Terse,
        16..=48 => Tone::Plain,
        49..=76 => Tone::Polite,
        77..=90 => Tone::Angry,
        _ => Tone::Long,
    };
    let mut text = match tone {
        Tone::Terse => terse(situation, scene, dice),
        Tone::Plain => body(situation, scene, dice, 300),
        Tone::Polite => {
            let (open, close) = (expand(dice.word(&OPEN_POLITE), dice, scene), expand(dice.word(&CLOSE_POLITE), dice, scene));
            format!("{open}{}{close}", body(situation, scene, dice, 450))
        }
        Tone::Angry => {
            let (open, close) = (expand(dice.word(&OPEN_ANGRY), dice, scene), expand(dice.word(&CLOSE_ANGRY), dice, scene));
            format!("{open}{}{close}", body(situation, scene, dice, 350).replace('。', if dice.chance(200) { "！" } else { "。" }))
        }
        Tone::Long => long(situation, scene, dice),
    };
    // The resident's form asks for a few words at least; whoever says less is asked once more.
    if text.chars().count() < 12 {
        text = format!("{text}，{}", expand("{请帮忙解决一下。|麻烦派人来看看。|希望尽快处理，谢谢。}", dice, scene));
    }
    Told { title, text: typed(text, tone, dice) }
}

/// The texts that are about the scene's variant: `@13 …` is for the first and the third only.
fn fitting<'a>(texts: &'a [String], slots: &dyn Slots) -> Vec<&'a str> {
    let fits = |text: &'a String| match text.strip_prefix('@').and_then(|rest| rest.split_once(' ')) {
        Some((variants, text)) => variants.bytes().any(|digit| usize::from(digit) == slots.variant() + usize::from(b'1')).then_some(text),
        None => Some(text.as_str()),
    };
    texts.iter().filter_map(fits).collect()
}

fn one(texts: &[String], dice: &mut Dice, slots: &dyn Slots) -> String {
    let fitting = fitting(texts, slots);
    expand(dice.word(&fitting), dice, slots)
}

/// The one of the texts that stands at the variant's place.
fn matching(texts: &[String], dice: &mut Dice, slots: &dyn Slots) -> String {
    let text = texts.get(slots.variant() % texts.len().max(1)).map_or("", String::as_str);
    expand(text, dice, slots)
}

fn terse(situation: &Situation, scene: &Scene, dice: &mut Dice) -> String {
    let text = matching(&situation.short, dice, scene);
    match dice.below(4) {
        0 => format!("{text}，{}", one(&situation.ask, dice, scene)),
        1 => format!("{text}，{}", dice.word(&["请处理", "什么时候能解决", "麻烦看一下", "有人管吗", "谢谢"])),
        _ => text,
    }
}

fn body(situation: &Situation, scene: &Scene, dice: &mut Dice, more_often: u64) -> String {
    let mut out = String::new();
    for (at, sentence) in fitting(&situation.told, scene).into_iter().enumerate() {
        if at == 0 || dice.chance(820) {
            out.push_str(&expand(sentence, dice, scene));
        }
    }
    for sentence in fitting(&situation.more, scene) {
        if dice.chance(more_often) {
            out.push_str(&expand(sentence, dice, scene));
        }
    }
    out.push_str(&one(&situation.ask, dice, scene));
    out
}

/// Several paragraphs with the history of the matter, up to some fifteen hundred characters.
fn long(situation: &Situation, scene: &Scene, dice: &mut Dice) -> String {
    let all =
        |texts: &[String], dice: &mut Dice| fitting(texts, scene).into_iter().map(|text| expand(text, dice, scene)).collect::<String>();
    let mut paragraphs =
        vec![expand(dice.word(&OPEN_POLITE), dice, scene).trim_end().to_owned(), all(&situation.told, dice), all(&situation.more, dice)];
    let kept = dice.between(3, 8);
    let diary: Vec<String> = DIARY.iter().take(usize::try_from(kept).unwrap_or(8)).map(|text| expand(text, dice, scene)).collect();
    let mut asides: Vec<&str> = ASIDE.to_vec();
    dice.shuffle(&mut asides);
    let aside = |from: usize, to: usize, dice: &mut Dice| -> String {
        asides.iter().skip(from).take(to).map(|text| expand(text, dice, scene)).collect()
    };
    paragraphs.push(aside(0, 4, dice));
    paragraphs.push(diary.concat());
    if dice.chance(600) {
        paragraphs.push(aside(4, 6, dice));
    }
    if dice.chance(500) {
        // People tell the same thing a second time when they are upset.
        paragraphs.push(format!("再补充一点：{}", all(&situation.told, dice)));
        paragraphs.push(aside(10, 6, dice));
        paragraphs.push(format!("我知道写得太长了，可是这几个月每天都在为这件事烦心。最后再说一遍：{}", all(&situation.more, dice)));
    }
    let wishes: Vec<String> =
        fitting(&situation.ask, scene).iter().enumerate().map(|(n, text)| format!("{}、{}", n + 1, expand(text, dice, scene))).collect();
    paragraphs.push(format!("我们的要求：\n{}", wishes.join("\n")));
    paragraphs.push(expand(dice.word(&CLOSE_POLITE), dice, scene));
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    let whole = paragraphs.join("\n\n");
    whole.chars().take(1500).collect()
}

/// White space as it comes from real keyboards.
fn typed(text: String, tone: Tone, dice: &mut Dice) -> String {
    match dice.below(14) {
        0 => format!("　　{}", text.replace('\n', "\n　　")),
        1 => text.replace('，', "， "),
        2 => format!("{text}\n\n\n"),
        3 => format!("  {}", text.replace('。', "。  ")),
        4 if tone != Tone::Terse => text.replace('。', "。\n"),
        5 => text.replace("，", " "),
        6 => format!("{text}\u{a0}"),
        7 if tone == Tone::Long => text.replace("\n\n", "\n \n\t"),
        _ => text,
    }
}

/// How a concern was brought to an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Done.
    Done,
    /// Planned or explained: it could not be done at once.
    Planned,
}

/// The answer to the resident, in the plain style of such answers.
pub fn answer(situation: &Situation, scene: &Scene, given: Given<'_>, dice: &mut Dice) -> String {
    let slots = scene.on(given.unit, given.at, dice);
    let found = one(&situation.found, dice, &slots);
    let then = one(if given.ending == Ending::Done { &situation.done } else { &situation.plan }, dice, &slots);
    let open = dice.word(&["您好！", "尊敬的市民，您好！", "居民朋友：您好。", "您好，来信收悉。"]);
    let topic = given.title;
    let link = if given.ending == Ending::Done {
        dice.word(&["处理情况：", "办理结果如下：", ""])
    } else {
        dice.word(&["下一步安排：", "目前进展：", ""])
    };
    let close = match given.ending {
        Ending::Done => dice.word(&["如再出现类似情况，请随时与我们联系。", "感谢您对我们工作的监督。", "给您的生活带来不便，敬请谅解。"]),
        Ending::Planned => {
            dice.word(&["感谢您的理解，我们会把进展及时告诉您。", "请您再给我们一些时间。", "有结果后将第一时间电话告知您。"])
        }
    };
    let phone = given.phone.map_or(String::new(), |phone| format!("联系电话：{phone}。"));
    format!(
        "{open}您反映的“{topic}”一事，{}{}。\n{link}{then}。\n{close}{phone}",
        if dice.chance(500) { "我单位高度重视。" } else { "" },
        found
    )
}

/// Who answers, when, and how it ended.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The unit's name.
    pub unit: &'a str,
    /// Its telephone.
    pub phone: Option<&'a str>,
    /// When.
    pub at: Time,
    /// The concern's title.
    pub title: &'a str,
    /// How it ended.
    pub ending: Ending,
}

/// A unit's reason for its objection.
pub fn objection(scene: &Scene, owner: &str, dice: &mut Dice) -> String {
    let text = dice.word(&[
        "经现场核实，该处不在我单位管辖范围内，设施产权未移交，建议转<镇街>办理。",
        "根据权责清单，此项由其他单位主办，我单位可以配合。申请重新派单。",
        "反映内容属业主之间的民事纠纷，应先由<社区>调解，不属我单位法定职责。",
        "来电人所述地点位于<路>北侧，属相邻镇街辖区，请核对后重新派送。",
        "该事项涉及的许可由其他部门作出，依据“谁审批、谁监管”，我单位不是责任主体。",
    ]);
    let text = expand(text, dice, scene);
    if owner.is_empty() { text } else { format!("{text}建议主办单位：{owner}。") }
}

/// The desk's word on an objection.
pub fn decision(upheld: bool, dice: &mut Dice) -> String {
    let texts: [&str; 3] = if upheld {
        ["经核对权责清单，异议成立，重新派单。", "现场地点核实有误，同意退回。", "与相关单位会商后，主办单位调整。"]
    } else {
        [
            "该事项在你单位权责清单内，异议不成立，请按时办理。",
            "首接负责，由你单位牵头，其他单位配合。",
            "区级会商明确由你单位主办，不再退回。",
        ]
    };
    dice.word(&texts).to_owned()
}

/// A handler's or the desk's note.
pub fn note(scene: &Scene, dice: &mut Dice) -> String {
    let text = dice.word(&[
        "已到现场看过，情况与反映的一致。",
        "现场照片已存，等物业提供材料。",
        "此处近半年第<2-4>次反映，请重点关注。",
        "来电人情绪较激动，回复时注意解释到位。",
        "已与<社区>核对，情况基本一致。",
        "需会同相关科室到场，已约时间。",
        "居民年纪较大，请上门答复。",
        "同类问题周边还有，建议一并处理。",
    ]);
    expand(text, dice, scene)
}

/// The first words to the resident.
pub fn contact(scene: &Scene, dice: &mut Dice) -> String {
    let text = dice.word(&[
        "已与居民通话，确认地点在<小区>，说明了办理时限。",
        "电话联系，居民补充了现场情况。",
        "上门见面，一同查看了现场。",
        "居民不便接听，已发短信说明。",
        "与居民约好<前日>见面。",
    ]);
    expand(text, dice, scene)
}

/// Why a concern goes one level up.
pub fn escalation(scene: &Scene, dice: &mut Dice) -> String {
    let text = dice.word(&[
        "超出社区处置能力，需要<镇街>协调产权单位。",
        "多次上门调解未果，请上级牵头。",
        "涉及两个以上部门，申请统筹。",
        "需要执法权限，社区无法处理。",
        "资金缺口较大，请上级研究。",
    ]);
    expand(text, dice, scene)
}

/// Why a concern goes one level down.
pub fn sending_down(scene: &Scene, dice: &mut Dice) -> String {
    let text = dice.word(&[
        "请<社区>先行上门核实并安抚。",
        "属地先到现场查看，情况随时报。",
        "事项较小，请就近处理后回复居民。",
        "请网格员当日到场，照片上传。",
    ]);
    expand(text, dice, scene)
}

/// Why the reviewer returns a resolution.
pub fn returned(dice: &mut Dice) -> String {
    dice.word(&[
        "答复未说明具体时间，请补充。",
        "没有现场照片，无法确认已处理。",
        "只写“已转办”，请写明办理结果。",
        "答复与居民反映的地点不一致，请核对。",
        "请先与居民联系后再办结。",
    ])
    .to_owned()
}

/// What the resident says when called back.
pub fn called_back(solved: bool, satisfied: bool, dice: &mut Dice) -> String {
    let texts: &[&str] = match (solved, satisfied) {
        (true, true) => &[
            "来人看了，修好了，谢谢。",
            "处理得很快，满意。",
            "没想到这么快就解决了。",
            "工作人员态度很好。",
            "好的，已经好了。",
            "可以，给你们点个赞。",
            "",
        ],
        (true, false) => {
            &["解决是解决了，就是拖得太久。", "修好了，但是没有人提前打招呼。", "这次行，希望以后别再坏。", "早这样不就好了。"]
        }
        (false, _) => &[
            "根本没有人来过。",
            "只是看了一眼，什么都没做。",
            "弄了两天又和原来一样。",
            "回复说解决了，我这里没有变化。",
            "说等通知，没有时间。",
            "只解决了一半。",
        ],
    };
    dice.word(texts).to_owned()
}

/// Why the resident opens it again.
pub fn reopening(scene: &Scene, dice: &mut Dice) -> String {
    let text = dice.word(&[
        "刚过了<3-20>天，问题又出现了，请再来看看。",
        "当时说的后续工程一直没有开始。",
        "<小区>那边又和以前一样了，希望彻底解决。",
        "答复里说的日期已经过了，还没有动静。",
        "处理得不彻底，一下雨又犯了。",
    ]);
    expand(text, dice, scene)
}

/// What the resident adds on the way.
pub fn added(scene: &Scene, dice: &mut Dice) -> String {
    let text = dice.word(&[
        "补充一下，具体位置在<小区><楼>靠<路>一侧。",
        "今天又发生了一次，照片补上。",
        "有人来联系过我了，谢谢，等结果。",
        "请尽量在周末来，平时家里没有人。",
        "我的电话白天不方便接，可以发短信。",
        "隔壁<楼>也有同样的情况。",
    ]);
    expand(text, dice, scene)
}

/// The text for the handlers of a confidential caller: the matter without what gives the caller away.
pub fn masked(situation: &Situation, scene: &Scene, dice: &mut Dice) -> String {
    let first = fitting(&situation.told, scene).first().copied().unwrap_or("");
    let matter = expand(first, dice, &Unnamed(scene));
    let matter: String = matter.replace("我家", "住户家").replace("我是", "来电人是").replace("我们", "住户").replace('我', "来电人");
    format!("有居民反映：{matter}请核实办理，不得打听反映人。")
}

/// A scene without house numbers.
struct Unnamed<'a>(&'a Scene);

impl Slots for Unnamed<'_> {
    fn slot(&self, name: &str) -> Option<String> {
        match name {
            "楼" | "单元" | "室" => Some("某处".into()),
            other => self.0.slot(other),
        }
    }

    fn variant(&self) -> usize {
        self.0.variant()
    }
}

/// An attempt to reach the resident that failed.
pub fn unreached(dice: &mut Dice) -> String {
    dice.word(&["无人接听。", "关机。", "接通后挂断，稍后再拨。", "号码正在通话中，两次未接通。", "接听人称不方便，另约时间。"]).to_owned()
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
