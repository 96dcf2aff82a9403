//! The words of the audit pages.

web::texts! {
    /// Words of the audit pages.
    pub(crate) AuditTexts;
    record_menu: "全部记录", "Record";
    logs_menu: "审计日志", "Audit logs";
    integrity_menu: "完整性", "Integrity";
    record: "全部记录", "The record";
    record_lead: "系统里每件事写下一次，不能改。这里只有编号、单位、时间和摘要，没有个人信息。", "Everything that happens is written once and never changed. Here are numbers, units, times and digests; no personal data.";
    log_sign_in: "登录日志", "Sign-in log";
    log_permission: "权限变更", "Changes of permission";
    log_reading: "查看密封信息", "Readings of sealed data";
    log_data: "个人信息处理", "What was done with data";
    log_lead_sign_in: "谁在什么时候登录，用什么方式，谁被锁定", "Who signed in, when and how, and who was locked out";
    log_lead_permission: "谁给了谁什么岗位、账号和单位", "Who gave whom which post, account or unit";
    log_lead_reading: "谁打开过密封的联系方式和原话，理由记在该诉求里", "Who opened sealed contacts and words; the reason is in the concern";
    log_lead_data: "到期清除、删除、导入、导出和撤回", "What was let go of at its term, erased, brought in, taken out or withdrawn";
    subject: "对象", "Subject";
    subject_title: "同一对象的记录", "Records of one subject";
    when: "时间", "Time";
    kind: "事项", "What";
    table: "表格", "Table";
    which: "导出的表格", "Table that left";
    who: "操作人", "Who";
    unit: "单位", "Unit";
    place: "序号", "Place";
    recorded: "写入时间", "Recorded";
    occurred: "发生时间", "Happened";
    rules: "当时规则的摘要", "Digest of the rules then";
    body: "内容（编号、日期和摘要）", "Facts: numbers, dates and digests";
    from: "自", "From";
    from_full: "从哪一天起", "From which day";
    to: "至", "To";
    to_full: "到哪一天为止", "To which day";
    find_who: "操作人姓名或登录名", "Name or login of who did it";
    several: "有几位，请选一位", "Several people, choose one";
    nobody: "没有叫“{q}”的工作人员", "No member of staff is called {q}";
    none: "这段时间没有这样的记录", "No such records in this time";
    older: "更早的", "Older";
    resident: "居民", "Resident";
    system: "系统", "System";
    waiting: "等待编入", "Waiting for its place";
    export_name: "审计记录", "audit";
    integrity: "记录完整性", "Integrity of the record";
    size: "已编入的记录", "Records with a place";
    last: "最近一次编入", "Last batch";
    head: "总摘要", "Digest of the whole";
    pending: "等待编入", "Waiting";
    none_yet: "还没有", "None yet";
    readers: "由记录算出的内容跟到的位置", "How far readers have come";
    behind: "{at}，差 {n} 条", "{at}, {n} behind";
    level: "{at}，已跟上", "{at}, up to date";
    aside: "被拦下的记录", "Records set aside";
    aside_none: "没有被拦下的记录", "No record was set aside";
    verify: "完整核对要重算全部记录并与每张表逐行比对，请系统管理员在服务器上运行", "A full check recomputes the whole record and compares every table. Ask the system administrator to run this on the server";
}
