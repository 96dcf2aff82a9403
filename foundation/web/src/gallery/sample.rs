//! Words and invented things that the gallery shows.

use base::Time;
use base::calendar::Calendar;

use crate::kit::{Choice, Column, Errors, Fact, Group, Light, Photo, Step, StepState};
use crate::{HomeTile, Lang, dates, qr};

crate::texts! {
    /// Words of the gallery.
    pub GalleryTexts;
    title: "组件", "Components";
    hint: "每个组件的每种状态。页面都由它们组成。", "Every component in every state. Pages are made of these.";
    pages: "整页示例", "Whole pages";
    home: "居民首页", "Home";
    question: "反映问题", "A question";
    question_errors: "有错误的表单", "A form with errors";
    place_page: "选择地点", "Choosing a place";
    sent: "提交之后", "After sending";
    track: "查进度", "Tracking";
    work: "工作台", "Workbench";
    case: "办件详情", "A case";
    list: "办件列表", "A table";
    confirm_page: "确认", "Confirming";
    type_: "文字", "Type";
    long: "东门社区 3 号楼 2 单元门口的路灯从上周五开始不亮，晚上进出看不清台阶，昨天有老人差点摔倒。物业说线路归市政管，请问该找谁，什么时候能修好？", "The street lamp outside unit 2 of building 3 has been out since last Friday. The steps cannot be seen at night and a neighbour nearly fell yesterday. The building's managers say the wiring belongs to the city. Who should we ask, and when will it be mended?";
    muted: "次要的说明用灰色。", "Less important words are grey.";
    link: "这是链接", "This is a link";
    buttons: "按钮", "Buttons";
    send: "提交", "Send";
    save: "暂存", "Save for later";
    refuse: "退回", "Send back";
    later: "稍后再说", "Not now";
    call: "打电话", "Call";
    inputs: "表单", "Forms";
    name: "姓名", "Name";
    name_hint: "可以不写", "You may leave this out";
    phone: "手机号", "Mobile number";
    phone_hint: "只用来告诉您办理结果", "Only used to tell you the outcome";
    phone_error: "手机号应为 11 位，现在是 10 位", "A mobile number has 11 digits, this one has 10";
    what: "发生了什么事？", "What happened?";
    what_hint: "写清楚时间、地点和您的诉求，我们会转给负责的单位", "Say when, where and what you ask for; we pass it to whoever is responsible";
    what_error: "请写下发生了什么事", "Say what happened";
    why: "退回的理由", "Reason for sending back";
    why_error: "理由最多 20 个字", "A reason has at most 20 characters";
    photos: "照片", "Photos";
    solved: "问题解决了吗？", "Was it solved?";
    yes: "解决了", "Yes";
    partly: "部分解决", "In part";
    no: "没有解决", "No";
    partly_hint: "还有没办完的事", "Something is still left to do";
    when: "什么时候方便接电话？", "When may we call?";
    when_error: "请选择一个时间", "Choose a time";
    kinds: "涉及哪些方面？", "What is it about?";
    kinds_hint: "可以选几项", "Choose all that apply";
    roads: "道路和路灯", "Roads and lamps";
    rubbish: "垃圾和保洁", "Rubbish and cleaning";
    noise: "噪声", "Noise";
    secret: "不让办理人知道我是谁", "Keep my identity from those who handle it";
    secret_hint: "只有受理台和回访人员能看到您的联系方式", "Only the desk and the call-back staff can see how to reach you";
    unit: "责任单位", "Responsible unit";
    unit_error: "请选择责任单位", "Choose the responsible unit";
    day: "发生日期", "Date it happened";
    since: "自", "Since";
    day_hint: "记不清可以不填", "Leave it out if you are not sure";
    file: "导入文件", "File to import";
    place: "在哪个社区？", "Which community?";
    place_hint: "不清楚可以选最近的", "If unsure, choose the nearest";
    next: "继续", "Continue";
    messages: "消息", "Messages";
    notice: "办理期间您可以随时补充说明和照片。", "You may add words and photos at any time while it is being handled.";
    done_title: "已提交", "Sent";
    done_text: "东街街道已收到，11月26日（周四）前会有人联系您。", "Dongjie Town has it. Someone will contact you by Thu 26 November.";
    warning: "这件事 20 分钟前有人改过，请先看一下最新情况。", "Someone changed this 20 minutes ago. Look at what is new before you go on.";
    failed: "没有保存成功：网络断开了。您写的内容还在，请再试一次。", "Not saved: the connection was lost. What you wrote is still here, please try again.";
    importing: "正在导入", "Importing";
    empty_title: "没有待办的事", "Nothing is waiting";
    empty_text: "派给您和本单位的办件会出现在这里，最急的排在最前。", "Cases sent to you and your unit appear here, the most urgent first.";
    empty_action: "登记一件", "Register one";
    lights: "亮灯与标签", "Lights and tags";
    tag: "道路和路灯", "Roads";
    party: "党支部", "Party branch";
    received: "本月收到", "Received this month";
    due_today: "今日到期", "Due today";
    rate: "解决率（n = 412）", "Solved (n = 412)";
    facts: "基本情况", "Facts";
    fact_place: "地点", "Place";
    fact_kind: "类别", "Kind";
    fact_holder: "承办", "Held by";
    fact_due: "期限", "Deadline";
    change: "修改", "Change";
    east: "东街街道 东门社区", "Dongjie Town, Dongmen community";
    holder: "东街街道 王敏", "Wang Min, Dongjie Town";
    timeline: "办理过程", "What was done";
    step_sent: "您提交了诉求", "You sent it";
    step_dispatched: "派给东街街道", "Sent to Dongjie Town";
    step_claimed: "东街街道已签收", "Dongjie Town took it on";
    step_claimed_who: "王敏（经办人）", "Wang Min (case officer)";
    step_claimed_text: "已联系路灯管理所，明天上午派人检修。", "The lamp depot will send someone tomorrow morning.";
    step_note: "居民要求保密，联系时不要提姓名", "The caller asked for confidentiality: do not mention the name";
    step_objected: "市政所提出异议，受理台未采纳", "The roads office objected; the desk did not agree";
    step_next: "答复并请您评价", "An answer, and a question to you";
    tables: "表格", "Tables";
    found: "300 件", "300 cases";
    search: "查找编号、标题", "Find number or title";
    kind: "类别", "Kind";
    table: "各街道办理情况，按固定顺序", "Towns in their fixed order";
    town: "街道", "Town";
    closed: "已办结", "Closed";
    over: "超期", "Overdue";
    more: "更多", "More";
    details: "我们为什么问这个", "Why we ask";
    card: "路灯不亮", "Street lamp out";
    dispatch: "派单", "Send on";
    dispatch_title: "派给东街街道", "Send to Dongjie Town";
    will: "将会", "What happens";
    will_text: "东街街道收到后 1 个工作日内签收并联系居民", "Dongjie Town takes it on and contacts the resident within one working day";
    to_whom: "由谁办", "Who";
    by_when: "期限", "By when";
    rule: "《政务服务便民热线运行管理规范》第 5 条，1 个工作日", "Hotline operating rules, article 5: one working day";
    note: "给承办单位的话", "A note to them";
    number: "您的编号", "Your number";
    qr: "扫码查进度，请不要转给别人", "Scan to follow it. Do not pass it on.";
    icons: "图标", "Icons";
    report: "我要反映", "Report a concern";
    report_hint: "一分钟写完，不用注册", "One minute, no account";
    follow: "查进度", "Follow up";
    follow_hint: "看看办到哪一步了", "See how far it has come";
    whose: "这事归谁管", "Who is responsible";
    whose_hint: "按事情查负责的单位和电话", "Find the office and its phone";
    home_title: "有事请说", "Tell us";
    home_lead: "每件事都有编号、有期限、有答复。", "Every concern gets a number, a deadline and an answer.";
    sent_title: "已经收到，谢谢您", "We have it, thank you";
    next_title: "接下来", "What happens next";
    case_title: "东门社区 3 号楼门口路灯不亮", "Street lamp out at building 3, Dongmen";
    now_with: "现在由东街街道 王敏（经办人）办理，11月26日（周四）17:30 前答复您。", "Wang Min of Dongjie Town has it now and will answer by 17:30 on Thu 26 November.";
    add: "补充说明或照片", "Add words or photos";
    inbox: "我的待办", "My inbox";
    detail: "详情", "Detail";
    in_hand: "办理中", "In hand";
    what_now: "现在可以做的", "What can be done now";
    resolve: "办结", "Resolve";
    first_contact: "首次联系", "First contact";
    object: "提出异议", "Object";
    all_cases: "全部办件", "All cases";
    desk: "受理台", "Desk";
    review: "待审核", "Review";
    callbacks: "待回访", "Call-backs";
    register: "登记", "Register";
    figures: "数据", "Figures";
    admin: "管理", "Admin";
    clerk: "东街街道 经办人", "Case officer, Dongjie Town";
    clerk_name: "王敏", "Wang Min";
    district: "清和区", "Qinghe District";
}

/// A row of the sample inbox.
pub(super) struct Item {
    pub(super) light: Light,
    pub(super) left: String,
    pub(super) title: String,
    pub(super) place: String,
    pub(super) kind: String,
    pub(super) when: String,
}

/// What the pages of the gallery show some of.
pub(super) struct Samples {
    pub(super) errors: Errors,
    pub(super) text: String,
    pub(super) choices: Vec<Choice>,
    pub(super) kinds: Vec<Choice>,
    pub(super) groups: Vec<Group>,
    pub(super) lights: Vec<Light>,
    pub(super) left: Vec<String>,
    pub(super) facts: Vec<Fact>,
    pub(super) confirm: Vec<Fact>,
    pub(super) steps: Vec<Step>,
    pub(super) photos: Vec<Photo>,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<(Vec<String>, Vec<i64>)>,
    pub(super) items: Vec<Item>,
    pub(super) tiles: Vec<HomeTile>,
    pub(super) icons: Vec<&'static str>,
    pub(super) qr: String,
    pub(super) samples: Vec<(&'static str, &'static str)>,
    pub(super) lang_query: &'static str,
    pub(super) query: &'static str,
    pub(super) elder: &'static str,
}

/// Tuesday, 24 November 2026, nine o'clock in +08:00.
const NOW: Time = Time(1_795_482_000_000_000);

/// The samples in a language.
pub(super) fn samples(lang: Lang, elder: bool, errors: bool) -> Samples {
    let t = GalleryTexts::of(lang);
    let calendar = Calendar::new(&[]);
    let ends = [54 * Time::HOUR, 32 * Time::HOUR, 8 * Time::HOUR, -30 * Time::HOUR].map(|after| NOW.plus(after + 30 * Time::MINUTE));
    let left: Vec<String> = ends.iter().map(|due| dates::left(lang, *due, NOW, &calendar)).collect();
    let mut wrong = Errors::none();
    if errors {
        wrong.add("what", t.what_error);
        wrong.add("phone", t.phone_error);
        wrong.add("why", t.why_error);
        wrong.add("when", t.when_error);
        wrong.add("unit2", t.unit_error);
    }
    let kinds = vec![Choice::new("roads", t.roads).chosen(true), Choice::new("rubbish", t.rubbish), Choice::new("noise", t.noise)];
    let moment = |hours: i64| dates::moment(lang, NOW.plus(-hours * Time::HOUR), NOW);
    Samples {
        text: if errors { String::new() } else { t.long.to_owned() },
        errors: wrong,
        choices: vec![Choice::new("yes", t.yes).chosen(true), Choice::new("partly", t.partly).hint(t.partly_hint), Choice::new("no", t.no)],
        groups: groups(t),
        lights: vec![Light::Blue, Light::Yellow, Light::Red, Light::Over, Light::Done, Light::None],
        facts: vec![
            Fact::new(t.fact_place, t.east).to("#facts").change(t.change, "#facts"),
            Fact::new(t.fact_kind, t.roads).change(t.change, "#facts"),
            Fact::new(t.fact_holder, t.holder),
            Fact::new(t.fact_due, ends.first().map_or(String::new(), |due| dates::due(lang, *due, NOW, &calendar))),
        ],
        confirm: vec![
            Fact::new(t.will, t.will_text),
            Fact::new(t.to_whom, t.holder),
            Fact::new(t.by_when, ends.first().map_or(String::new(), |due| dates::due(lang, *due, NOW, &calendar))),
        ],
        steps: vec![
            Step::new(t.step_sent, moment(46)),
            Step::new(t.step_dispatched, moment(40)).who(t.desk),
            Step::new(t.step_objected, moment(26)).state(StepState::Bad),
            Step::new(t.step_claimed, moment(2)).who(t.step_claimed_who).text(t.step_claimed_text).note(t.step_note).state(StepState::Now),
            Step::new(t.step_next, ends.first().map_or(String::new(), |due| dates::by(lang, *due, NOW))).state(StepState::Next),
        ],
        photos: Vec::new(),
        columns: vec![
            Column::new(t.town),
            Column::number(t.received).sort("#", "descending"),
            Column::number(t.closed).sort("#", ""),
            Column::number(t.over),
        ],
        rows: ["东街", "西街", "城南", "城北"]
            .iter()
            .zip([(412, 398, 0), (388, 371, 2), (1204, 1180, 5), (97, 97, 0)])
            .map(|(town, (a, b, c))| (vec![town_name(lang, town)], vec![a, b, c]))
            .collect(),
        items: items(lang, t, &left),
        tiles: vec![
            HomeTile { href: "/kit/question", text: t.report, hint: t.report_hint, icon: "message-square-plus", primary: true },
            HomeTile { href: "/kit/track", text: t.follow, hint: t.follow_hint, icon: "clipboard-list", primary: false },
            HomeTile { href: "/kit/list", text: t.whose, hint: t.whose_hint, icon: "landmark", primary: false },
        ],
        icons: crate::assets::icons().collect(),
        qr: qr::svg("https://example.gov.cn/r/26112148271934/K7QF2M9XWBTR4HJD", t.qr).unwrap_or_default(),
        samples: vec![
            ("home", t.home),
            ("question", t.question),
            ("errors", t.question_errors),
            ("place", t.place_page),
            ("sent", t.sent),
            ("track", t.track),
            ("work", t.work),
            ("case", t.case),
            ("list", t.list),
            ("confirm", t.confirm_page),
        ],
        lang_query: lang.query(),
        query: if elder { "elder=1&" } else { "" },
        elder: if elder { "1" } else { "0" },
        kinds,
        left,
    }
}

fn town_name(lang: Lang, town: &str) -> String {
    match lang {
        Lang::Hans => format!("{town}街道"),
        Lang::Hant => crate::lang::to_hant(&format!("{town}街道")),
        Lang::En => match town {
            "东街" => "Dongjie Town",
            "西街" => "Xijie Town",
            "城南" => "Chengnan Town",
            _ => "Chengbei Town",
        }
        .to_owned(),
    }
}

fn groups(t: &GalleryTexts) -> Vec<Group> {
    ["东街", "西街", "城南"]
        .iter()
        .enumerate()
        .map(|(at, town)| Group {
            title: format!("{town}街道"),
            choices: ["东门", "书院", "河畔", "槐树里", "新桥"]
                .iter()
                .enumerate()
                .map(|(n, name)| Choice::new(format!("{at}-{n}"), format!("{town}{name}社区")))
                .chain((at == 0).then(|| Choice::new("east", t.east).chosen(true)))
                .collect(),
        })
        .collect()
}

fn items(lang: Lang, t: &GalleryTexts, left: &[String]) -> Vec<Item> {
    let lights = [Light::Over, Light::Red, Light::Yellow, Light::Blue];
    (0..12_usize)
        .map(|n| {
            let at = (n / 3).min(3);
            Item {
                light: lights.get(at).copied().unwrap_or_default(),
                left: left.get(3 - at).cloned().unwrap_or_default(),
                title: if n % 2 == 0 { t.case_title.to_owned() } else { t.long.to_owned() },
                place: t.east.to_owned(),
                kind: [t.roads, t.rubbish, t.noise].get(n % 3).copied().unwrap_or_default().to_owned(),
                when: dates::ago(lang, NOW.plus(-Time::HOUR * i64::try_from(n * 7).unwrap_or(0)), NOW),
            }
        })
        .collect()
}
