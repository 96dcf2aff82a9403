//! Words of the residents' pages.

web::texts! {
    /// Words of the residents' pages.
    pub ResidentTexts;

    next_paused: "暂停计时，最晚{when}恢复", "The clock is stopped; it restarts {when} at the latest";
    elsewhere_title: "可以去哪里办", "Where you can turn";
    emergency_title: "先打电话", "Call first";
    emergency_now: "您写的内容可能有紧急情况。请先拨打 {n}，这里不能派人马上到场。", "What you wrote may be an emergency. Call {n} first: nobody is sent at once from here.";

    tile_report: "我要反映", "Report a concern";
    tile_report_hint: "不用注册，一分钟说清楚", "No account needed, about a minute";
    tile_track: "查进度", "Follow a concern";
    tile_track_hint: "凭编号和查询码看办到哪一步", "With its number and code, see where it stands";
    tile_whose: "这事归谁管", "Whose job is it?";
    tile_whose_hint: "先看看是哪个单位的职责", "See which office is responsible";

    next: "下一步", "Continue";
    change: "修改", "Change";
    all_link: "想在一页里填完", "Fill everything in on one page";
    steps_link: "想一步一步填", "Go step by step";
    emergency: "遇到火情、伤病、犯罪等紧急情况，请直接拨打 119、120、110。", "In an emergency call 119 (fire), 120 (ambulance) or 110 (police) directly.";

    what_title: "您要反映什么事", "What would you like to report?";
    what_why: "说清楚什么时候、在哪里、发生了什么，承办单位就能少跑一趟。", "When, where and what happened: the clearer it is, the sooner somebody can act.";
    what_label: "事情经过", "What happened";
    what_photos: "照片", "Photos";
    what_photos_kept: "已经上传的照片", "Photos already added";
    what_photo_drop: "去掉这张", "Remove this one";
    what_empty: "请写一写发生了什么事", "Please say what happened";
    what_short: "再多写几个字，至少 {n} 个字，现在是 {now} 个字", "Please write a little more: at least {n} characters, now {now}";
    what_long: "最多 {n} 个字，现在是 {now} 个字。可以先提交要点，之后凭编号补充", "At most {n} characters, now {now}. Send the main points first; you can add more later";
    photos_many: "最多 6 张照片，多出的没有加上", "At most 6 photos; the rest were not added";

    where_title: "事情发生在哪里", "Where is it?";
    where_why: "选好社区，就能送到管这片地方的人手里。", "Choosing the community brings it to those who look after the place.";
    where_label: "所在社区（村）", "Community or village";
    where_unknown: "不清楚，或者不在某一个社区", "I am not sure, or it is not in one community";
    where_spot: "具体位置", "Exact place";
    where_spot_hint: "比如小区、楼栋、路口、店名", "A building, a crossing, the name of a shop";
    where_missing: "请选一个社区，不清楚就选最后一项", "Please choose a community, or the last row if you are not sure";
    where_spot_long: "具体位置最多 {n} 个字，现在是 {now} 个字", "At most {n} characters, now {now}";
    grid_title: "在哪一个网格", "Which grid is it in?";
    grid_why: "知道的话选一下，网格员能更快到场。不清楚也没关系。", "A grid is a block of streets with a worker of its own. If you know yours, help comes sooner; it is fine not to know.";
    grid_label: "{place}的网格", "Grids of {place}";
    grid_unknown: "不清楚，由社区判断", "Not sure, the community will find out";
    grid_here: "您扫的是{place}的二维码，地点已经选好。", "You scanned the code of {place}, so the place is already chosen.";

    about_title: "这件事针对某个单位或某个人吗", "Is it about an office or a person?";
    about_why: "如果是，我们不会把它交给那个单位办理，他们也看不到。", "If it is, that office will not handle it and cannot read it.";
    about_label: "针对谁", "Whom it is about";
    about_none: "不针对谁，只想解决这件事", "Nobody, I just want it solved";
    about_unit_choice: "针对某个单位", "An office";
    about_unit_hint: "比如部门、街道、社区", "A department, a town, a community";
    about_person_choice: "针对某位工作人员", "A member of staff";
    about_person_hint: "这位工作人员所在的单位会一并回避", "The office this person works for is kept out of it too";
    about_unit_label: "是哪个单位", "Which office?";
    about_name: "这位工作人员的姓名", "That person's name";
    about_name_hint: "不知道可以不写", "Leave it empty if you do not know";
    about_in_words: "反映对象：", "About:";
    about_missing: "请选一项", "Please choose one";
    about_unit_missing: "请选这个单位，找不到就选它的上级", "Please choose the office, or the one above it";
    about_unclear: "您填了单位或姓名，但选的是不针对谁。请选清楚，选错了该单位可能看到", "You named an office or a person but chose “Nobody”. Please make it clear: otherwise that office might read this";

    departments: "区级部门", "District departments";

    who_title: "怎么联系您", "How can we reach you?";
    who_why: "留下电话，承办人可以问清情况，办完会回访您是否满意。", "With a phone number the handler can ask questions, and you will be asked whether it was solved.";
    who_label: "联系方式", "Contact";
    who_phone_choice: "留电话", "Leave a phone number";
    who_anonymous: "匿名", "Stay anonymous";
    who_anonymous_hint: "我们无法联系您，请保管好编号和查询码", "We cannot call you: keep the number and the code safe";
    who_phone: "手机号", "Phone number";
    who_name: "怎么称呼您", "Your name";
    who_missing: "请选留电话还是匿名", "Please choose to leave a number or stay anonymous";
    who_phone_missing: "请填手机号，或者选匿名", "Please give a phone number, or choose to stay anonymous";
    who_name_long: "称呼最多 {n} 个字", "At most {n} characters";
    who_flags: "还有几件事由您决定", "A few more choices";
    who_confidential: "对办理人员隐去我的身份", "Keep my identity from those who handle it";
    who_confidential_hint: "他们只看到核对过、隐去您信息的内容", "They read only a version with your details taken out";
    who_publish: "内容可以公开", "My words may be public";
    who_publish_hint: "先由工作人员核对、隐去个人信息，才会公开", "Only after somebody has checked it and taken out personal details";
    who_tell: "有答复时发短信告诉我", "Tell me by text message when there is an answer";
    who_tell_hint: "延期、暂停计时也会告诉您。短信里只有编号和日期，没有内容，随时可以撤回", "Also when it takes longer or the clock is stopped. It holds the number only, nothing of what you said; you can withdraw this";
    privacy: "电话加密保存，只用于办理和回访这一件事。", "Your number is stored encrypted and used for this one concern only.";

    check_title: "核对后提交", "Check before sending";
    check_send: "提交", "Send";
    check_tell: "短信提醒", "Text messages";
    check_changed: "这份内容在别处改过，请再核对一遍", "This was changed in another tab; please check it again";
    check_what: "什么事", "What";
    check_photos: "照片", "Photos";
    check_photos_n: "{n} 张", "{n}";
    check_none: "没有", "None";
    check_where: "在哪里", "Where";
    check_about: "针对谁", "About";
    check_who: "联系方式", "Contact";
    check_confidential: "隐去身份", "Identity withheld";
    check_publish: "可以公开", "May be public";
    yes: "是", "Yes";
    no: "否", "No";
    check_where_unknown: "不清楚具体社区", "Community not known";

    above_title: "这件事不在本区受理", "This cannot be handled here";
    above: "您反映的单位由上级管理，本区没有回避之外的单位可以办理。请拨打 12345，或者向上级信访、纪检监察机关（12388）反映。", "The office you name answers to a higher level, and no office here is independent of it. Please call 12345, or turn to the higher authorities (12388).";
    gone_title: "这份草稿已经提交或过期", "This draft was sent or has expired";
    gone: "草稿保留 24 小时，提交后就清除。您可以重新开始。", "Drafts are kept for 24 hours and cleared once sent. You can start again.";
    again: "重新开始", "Start again";

    sent_title: "已经收到", "We have it";
    sent_number: "编号", "Number";
    sent_secret: "查询码", "Code";
    sent_keep: "请保存编号和查询码，或者截图、收藏这一页。查询码只显示给您，工作人员看不到。", "Keep the number and the code: take a screenshot or bookmark this page. The code is shown to you only; staff never see it.";
    sent_qr: "扫码随时查进度", "Scan to follow it at any time";
    sent_next: "接下来", "What happens next";
    sent_next_dispatch: "{when}，确定由哪个单位办理", "The right office is chosen {when}";
    sent_next_claim: "承办单位签收后联系您，一般 5 个工作日内答复", "That office takes it up, contacts you and, as a rule, answers within 5 working days";
    sent_next_call: "办完后请您评价是否解决、是否满意", "Afterwards you are asked whether it was solved";
    sent_track: "看办理进度", "See its progress";

    track_title: "查进度", "Follow a concern";
    track_why: "编号和查询码在您提交后的页面上，扫二维码可以直接打开。", "Number and code are on the page you saw after sending; the QR code opens it directly.";
    track_cut: "这个链接不完整，或者已经失效。请对照回执，填写编号和查询码。", "This link is incomplete or no longer good. Please give the number and the code of your receipt.";
    track_number: "编号", "Number";
    track_secret: "查询码", "Code";
    track_secret_hint: "16 位字母和数字", "16 letters and digits";
    track_go: "查看", "Open";
    track_number_empty: "请填编号", "Please give the number";
    track_secret_empty: "请填查询码", "Please give the code";
    track_none: "编号和查询码对不上，请再核对一下", "Number and code do not match, please check them";
    track_lost: "查询码丢了怎么办", "I have lost my code";
    track_lost_text: "为保护您的信息，查询码无法找回。留过电话的，办完会有人回访您，也可以拨打 12345 询问。", "To protect you, the code cannot be recovered. If you left a number you will be called afterwards; you can also ask at 12345.";

    show_title: "办理进度", "Progress";
    show_holder: "现在由谁办", "Who has it now";
    show_phone: "单位电话", "Office phone";
    show_next: "下一步", "Next";
    next_late: "本应{what}", "Overdue: {what}";
    next_dispatch: "{when}，确定由哪个单位办理", "The right office is chosen {when}";
    next_claim: "{when}，由该单位签收", "That office takes it up {when}";
    next_contact: "{when}，承办人员联系您", "The handler contacts you {when}";
    next_resolve: "{when}，给您答复", "You get an answer {when}";
    next_review: "{when}，核对答复，通过后您在这里就能看到", "The answer is checked {when}; then you can read it here";
    next_answer: "请您评价是否解决", "Please say whether it was solved";
    next_answer_called: "请您评价是否解决；您没有评价的，{when}会有人回访您", "Please say whether it was solved; if you do not, somebody calls you {when}";
    state_received: "正在确定承办单位", "Choosing the right office";
    state_dispatched: "等待承办单位签收", "Waiting to be taken up";
    state_objected: "正在核定由谁办理", "Settling which office it belongs to";
    state_in_hand: "办理中", "Being handled";
    state_resolved: "答复核对中", "Answer being checked";
    state_call_back: "请您评价", "Waiting for your answer";
    state_done: "已办结", "Solved";
    state_closed: "已结束", "Closed";
    show_overdue: "已经超过时限，超期会记录在案，仍会继续办理", "The deadline has passed. That is on record, and the work goes on";
    show_resolve_by: "答复期限", "Answer due";
    show_outcome: "结果", "Outcome";
    show_rule: "时限依据", "Set by";
    show_received: "提交时间", "Submitted";
    show_place: "地点", "Place";
    show_kind: "类别", "Kind";
    show_words: "您反映的内容", "What you reported";
    show_steps: "办理经过", "What has been done";
    show_secret_note: "这一页凭查询码打开，请不要转发给不相干的人。", "This page opens with your code; do not pass it on to strangers.";

    answer_title: "这件事解决了吗", "Was it solved?";
    answer_why: "由您说了算。没有解决会重新办理。", "You decide. If it was not solved, it is reopened.";
    answer_contacted: "办理人员联系过您吗", "Did somebody contact you?";
    answer_contacted_yes: "联系过", "Yes";
    answer_contacted_no: "没有联系", "No";
    answer_solved: "问题解决了吗", "Was the problem solved?";
    answer_solved_yes: "解决了", "Yes, solved";
    answer_solved_no: "没有解决", "No, not solved";
    answer_satisfied: "对办理满意吗", "Are you satisfied with how it was handled?";
    answer_satisfied_yes: "满意", "Satisfied";
    answer_satisfied_no: "不满意", "Not satisfied";
    answer_words: "还想说一句", "Anything to add";
    answer_words_hint: "没有解决的，请写明还有什么没有解决", "If it was not solved, say what is left";
    answer_words_needed: "请说一下还有什么没有解决", "Please say what is still not solved";
    answer_send: "提交评价", "Send";
    answer_missing: "请选一项", "Please choose one";
    answer_thanks: "已经记下您的评价", "Your answer is recorded";
    answer_thanks_reopened: "已经记下。这件事会重新办理", "Recorded. It will be reopened";

    add_title: "补充情况", "Add something";
    add_label: "要补充的话", "What you would like to add";
    add_send: "补充", "Add";
    add_empty: "请写点内容或者选一张照片", "Please write something or choose a photo";
    add_done: "已经补充进去，承办人员能看到", "Added; the handler can see it";

    reopen_title: "问题又出现了，或者没有真正解决", "It came back, or was not really solved";
    reopen_label: "请说明原因", "Please say why";
    reopen_send: "申请再办", "Ask to reopen it";
    reopen_empty: "请写一下为什么要再办", "Please say why it should be reopened";
    reopen_until: "{when}前可以申请再办", "You can ask until {when}";
    review_title: "对处理意见不服", "You do not accept the outcome";
    review_label: "请说明不服的理由", "Please say why";
    review_send: "申请复查", "Ask for a review";
    review_until: "{when}前可以申请复查", "You can ask until {when}";
    final_send: "申请复核", "Ask for the final review";
    final_until: "{when}前可以申请复核", "You can ask until {when}";
    final_said: "信访复核意见是最终处理意见。仍以同一事实和理由提出投诉请求的，不再受理。", "The final review of a petition is the last word: the same facts and reasons are not accepted again.";
    reopen_done: "已经收到，将重新办理", "Received; it will be handled again";
    too_long: "最多 {n} 个字，现在是 {now} 个字", "At most {n} characters, now {now}";
    meanwhile: "这件事刚刚有了新的进展，请看看现在的情况再操作", "This has just changed. Please check where it stands before you go on";

    whose_title: "这事归谁管", "Whose job is it?";
    whose_label: "说几个字，比如“路灯不亮”", "A few words, such as “street light”";
    whose_find: "查一查", "Find";
    whose_none: "没有查到对应的事项，您可以直接反映，我们来判断", "Nothing found. Report it and we will find the right office";
    whose_unit: "由谁负责", "Responsible";
    whose_document: "依据", "Rule";
    whose_place_decides: "由所在社区、镇街办理", "The community or town of the place";
    whose_report: "反映这件事", "Report it";
    whose_advice: "以上是按职责目录查到的，最终由工作人员确认。", "From the published lists of duties; a member of staff confirms it.";
}

web::texts! {
    /// Where to turn when the law has another way.
    pub ExitTexts;

    court: "这件事应当通过诉讼解决。您可以向有管辖权的人民法院起诉，咨询诉讼服务热线 12368；需要法律援助的，拨打 12348。", "This is for the courts. You can bring it before the people's court that has jurisdiction; ask at 12368, for legal aid at 12348.";
    arbitration: "这件事应当通过仲裁解决。劳动争议可以向当地劳动人事争议仲裁委员会申请，咨询 12333；合同等纠纷按约定的仲裁机构办理。", "This is for arbitration. Labour disputes go to the local labour arbitration commission, ask at 12333; others to the body that your contract names.";
    discipline: "反映党员、公职人员违纪违法的，请向纪检监察机关提出：拨打 12388，或者登录 www.12388.gov.cn。那里有专门的保密办法。", "Reports about members or officials go to discipline inspection: call 12388 or use www.12388.gov.cn, which has its own way of keeping them confidential.";
    review: "对行政行为不服的，可以在知道之日起 60 日内申请行政复议，向本级人民政府的行政复议机构提出；也可以依法提起行政诉讼。", "Against an administrative act you can ask for review within 60 days of learning of it, at the review office of the government; or go to court as the law provides.";
    disclosure: "申请公开政府信息的，请按《政府信息公开条例》向制作或者保存该信息的机关提出书面申请，机关应当在 20 个工作日内答复。", "A request for information goes in writing to the body that made or keeps it, under the Regulations on Open Government Information; it answers within 20 working days.";
    petition: "这件事属于信访事项。您可以到当地信访部门登记，或者登录国家信访局网上信访平台提出，受理后 60 日内办结。", "This is a petition. You can register it with the local petition office or on the national online platform; once accepted it is concluded within 60 days.";
}
