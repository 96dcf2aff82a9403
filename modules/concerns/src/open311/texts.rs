//! Words of the interface for programs: what its errors say, and what stands in its answers.

web::texts! {
    /// What programs are told.
    pub(crate) ApiTexts;
    no_page: "没有这个地址。地址以 .xml 或 .json 结尾。", "There is nothing at this address. Addresses end in .xml or .json.";
    method: "这个地址不接受这种请求方法", "This address does not answer to that method";
    no_form: "请求体应为 application/x-www-form-urlencoded，UTF-8 编码", "The body must be application/x-www-form-urlencoded in UTF-8";
    missing: "缺少参数 {name}", "The parameter {name} is missing";
    wrong: "参数 {name} 不符合要求", "The parameter {name} is not as it should be";
    twice: "参数 {name} 出现了不止一次", "The parameter {name} came more than once";
    no_jurisdiction: "没有这个 jurisdiction_id", "The jurisdiction_id was not found";
    no_service: "没有这个 service_code", "The service_code was not found";
    no_request: "没有这个诉求，或者它没有公开", "There is no such request, or none that is public";
    no_token: "没有这个 token", "The token was not found";
    key: "缺少 api_key，或者密钥已失效", "The api_key is missing or does not hold";
    not_yours: "这个诉求不是用这把密钥提交的", "The request was not made with this api_key";
    closed: "这个诉求已经办结归档", "The request is closed";
    beyond: "反映的对象不在本区县受理范围内，请向上一级部门反映", "It is about somebody whom nobody in this district may hear about; please turn to the authority above";
    too_large: "请求太大", "The request is too large";
    too_slow: "请求发送太慢", "The request took too long to arrive";
    limited: "请求太频繁，请 {n} 秒后再试", "Too many requests, try again in {n} seconds";
    busy: "系统正忙，请稍后再试", "Busy, try again in a moment";
    internal: "系统出错，请稍后再试", "A fault of ours, please try later";
    general: "其他诉求", "Anything else";
    general_text: "不确定类别时使用，由受理单位确定", "Where the kind is not known; the desk decides";
    service_text: "{name}方面的诉求", "Concerns about {name}";
    attribute_place: "所在的镇街或者社区", "The town or community of the place";
    attribute_about: "反映的是哪个单位；反映单位或者工作人员的诉求，会避开该单位一线办理", "The unit that it is about; such a concern is kept from that unit's line";
    attribute_confidential: "是否要求对承办人员保密", "Whether the sender is kept from those who handle it";
    attribute_publish: "是否同意在核对、隐去个人信息之后公开", "Whether it may be published once checked and redacted";
    choose_one: "从列出的值中选一个", "One of the values";
    yes: "是", "Yes";
    no: "否", "No";
    notice: "已收到，编号 {no}。凭查询链接可以看进展、补充和评价，请交给反映人保存。", "Received under number {no}. The receipt's link shows progress and takes additions and answers; hand it to the sender.";
    notice_emergency: "如果情况紧急，请立即拨打 {n}。", "If it cannot wait, call {n} now.";
    published: "公开了反映的内容", "What was asked for was published";
}

web::texts! {
    /// Words of the page where programs are admitted.
    pub(crate) KeepTexts;
    menu: "开放接口", "Open API";
    title: "开放接口（Open311）", "Open API (Open311)";
    why: "其他单位的程序可以按 Open311 GeoReport v2 查询公开的诉求；要替居民提交诉求，须先在这里领一把密钥。程序只能读到已经公开的文本，读不到任何联系方式。", "Programs of others read public concerns by Open311 GeoReport v2. To hand concerns in they need a key from here. They read published texts only, never a contact.";
    addresses: "接口地址", "Addresses";
    discovery: "服务发现", "Discovery";
    schema: "接口说明（OpenAPI 3）", "Description (OpenAPI 3)";
    base: "接口根地址", "Base address";
    name: "谁的程序", "Whose program";
    name_hint: "如：市 12345 热线平台", "As: the city's hotline";
    name_wrong: "请填写 1 至 40 个字", "Write 1 to 40 characters";
    many: "密钥太多，请先收回不用的", "There are too many keys; take back those not used";
    answers: "提交后先告诉它", "What it is told first";
    answers_number: "诉求编号", "The number";
    answers_token: "令牌，凭令牌再查编号", "A token, with which it asks for the number";
    give: "签发密钥", "Give a key";
    made: "密钥已签发", "The key";
    made_text: "只显示这一次，请马上交给对方妥善保存。系统只保存它的指纹。", "Shown this once: hand it over now. Only its fingerprint is kept.";
    none: "还没有签发过密钥", "No key was given yet";
    none_text: "签发后，这里会列出每把密钥提交了多少诉求", "Each key is listed here with how many concerns it brought";
    list: "密钥", "Keys";
    col_name: "谁的程序", "Whose program";
    col_since: "签发时间", "Given";
    col_answers: "先告诉它", "Told first";
    col_brought: "提交诉求", "Concerns";
    col_state: "状态", "State";
    col_do: "操作", "Action";
    holds: "有效", "Good";
    gone: "已收回", "Taken back";
    revoke: "收回", "Take back";
    revoked: "密钥已收回", "The key was taken back";
    short_number: "编号", "Number";
    short_token: "令牌", "Token";
}
