//! The words of notices.

web::texts! {
    /// Words of notices and of the outbox.
    pub(crate) NoticeTexts;
    menu: "消息", "Notices";
    title: "消息", "Notices";
    lead: "最近 30 天告诉您和您所在单位的事。", "What you and your units were told in the last 30 days.";
    empty: "没有消息", "Nothing yet";
    empty_text: "有事情派到您的单位、超期或需要您处理时，会出现在这里。", "When something is given to your unit, is late or waits for you, it appears here.";
    fresh: "新", "New";
    settings: "在哪里提醒我", "Where I am told";
    settings_lead: "除了这里，还可以提醒到邮箱和企业微信。提醒里只有编号和期限，没有内容。不填就不提醒。", "Beside this page, by e-mail or WeCom. A message holds a number and a deadline, never what was said. Leave it empty to be told nowhere else.";
    settings_none: "本单位没有配置邮件和企业微信。", "Neither e-mail nor WeCom is configured here.";
    email: "邮箱", "E-mail";
    wecom: "企业微信账号", "WeCom account";
    wecom_hint: "通讯录里的账号，不是手机号", "The account in the address book, not the telephone";
    save: "保存", "Save";
    saved: "已保存", "Saved";
    wrong_email: "邮箱格式不对，应像 wang@example.gov.cn", "This is no e-mail address, such as wang@example.gov.cn";
    wrong_wecom: "账号由字母、数字和 _ - @ . 组成", "An account has letters, digits and _ - @ . only";
    outbox_menu: "发信箱", "Outbox";
    outbox: "发信箱", "Outbox";
    outbox_lead: "离开系统的每一条提醒都有账，只记何时、走哪条路、成没成，不记号码、地址和内容。", "Every message that leaves is accounted for: when, by which way, whether it went. No number, no address, no words.";
    ways: "通道", "Ways out";
    way_on: "已配置", "Configured";
    way_off: "没有配置", "Not configured";
    sms: "短信", "Short messages";
    robot: "企业微信群机器人", "Robots of WeCom groups";
    days: "最近 7 天", "The last 7 days";
    column_way: "通道", "Way";
    column_state: "情况", "State";
    column_n: "条数", "Messages";
    none_yet: "最近 7 天没有要发的提醒", "Nothing was to be sent in the last 7 days";
    state_waiting: "等待发送", "Waiting";
    state_sending: "正在发送", "On its way";
    state_sent: "已送出", "Sent";
    state_dead: "没有送出，已放弃", "Given up";
    state_void: "不再需要", "Not needed any more";
    dead: "没有送出的", "Given up";
    dead_none: "没有放弃的提醒", "Nothing was given up";
    dead_none_text: "试过 {n} 次仍没有送出的提醒列在这里，可以重发。", "What did not go in {n} tries stands here and can be sent again.";
    dead_line: "{way} · {when}", "{way} · {when}";
    retry: "重发", "Send again";
    retried: "已重新排队", "It is waiting again";
    kind_retried: "重发提醒", "Message sent again";
    kept_ledger: "提醒的发送记录（不含号码和内容）", "Ledger of messages sent, without numbers or words";
    kept_ledger_purpose: "不重复发送，查明没有送出的原因", "To send nothing twice and find what did not go";
    kept_address: "工作人员接收提醒的邮箱和企业微信账号", "Where staff want to be told: e-mail, WeCom";
    kept_address_purpose: "提醒本人有待办", "To tell them that something waits";
}
