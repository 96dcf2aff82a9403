//! The words of this reader's pages.

web::texts! {
    /// Words of the pages of measures.
    pub(crate) MeasureTexts;
    title: "指标目录", "Measures";
    lead: "每个数都由办事过程中留下的记录算出，点开能看到每一件。没有任何人为了这些数另外填表。", "Every number is worked out from what was recorded as the work was done, and opens down to each case. Nobody fills in a form for it.";
    caption: "指标、算法和来源", "Measures, how they are counted and from what";
    column_name: "指标", "Measure";
    column_how: "怎样计", "How it is counted";
    column_from: "来自", "From";
    column_since: "从何时起", "Since";
    column_year: "今年", "This year";
    nature_fact: "办理记录", "What was done";
    nature_answer: "居民回访答复", "What residents answered";
    nature_duty: "规定动作，不计分", "A duty, never in points";
    made_of: "{num} ÷ {den}", "{num} ÷ {den}";
    made_of_each: "{num} ÷ {den}，n 计的是{each}", "{num} ÷ {den}; n is of: {each}";
    since_never: "还没有", "Not yet";
    n_of: "n = {n}", "n = {n}";
    refused_title: "不得作为指标的", "What may not be a measure";
    refused_lead: "下列来源按规定不得用来评价任何人。程序在启动时检查，违反的指标不会载入。", "By these rules the following may not be used to judge anybody. The program checks when it starts, and does not load a measure that breaks them.";
    refused_now: "本次启动拒绝了 {n} 个指标", "{n} measures were refused at this start";
    refused_none: "本次启动没有拒绝任何指标", "No measure was refused at this start";
    refused_found: "其中有“{found}”", "It has \"{found}\" in it";
    source: "依据：{document}", "Source: {document}";
    few_note: "不足 {n} 个答复的比率只列数和 n，不评等次、不作比较。", "A rate of fewer than {n} answers is shown with its n, without grade or comparison.";
    counted_to: "已计到第 {n} 条记录。", "Counted up to record {n}.";
    cases_title: "{measure}：{value}", "{measure}: {value}";
    cases_of: "{unit}，{period}", "{unit}, {period}";
    cases_caption: "计入的每一件", "Every case counted";
    cases_base: "下面是这个比率的分母：{measure}。", "Below is what this rate is of: {measure}.";
    cases_each: "下面是这个比率的样本：{measure}。", "Below is what this rate's n counts: {measure}.";
    cases_num: "只看分子：{measure}", "Only what is above the line: {measure}";
    column_when: "时间", "When";
    column_what: "事项", "Matter";
    column_unit: "计入单位", "Counts for";
    column_case: "记录", "Record";
    case_open: "查看", "Open";
    hidden: "有一件您不能查看的事项", "A matter that you may not see";
    cases_empty: "这一时段没有计入的事项", "Nothing was counted in this period";
    cases_empty_text: "换一个时段或单位看看。", "Try another period or unit.";
    by_child: "按下级单位分开看", "By the units below";
    by_key: "按类别分开看", "By kind";
    own: "本级", "Itself";
    case_title: "一条计数的记录", "A record that was counted";
    case_counted: "计作", "Counted as";
    case_subject: "事项", "Matter";
    case_when: "发生时间", "Happened";
    case_recorded: "记录时间", "Recorded";
    case_unit: "计入单位", "Counts for";
    case_pos: "在总账中的位置", "Place in the record";
    case_pos_n: "第 {n} 条", "Number {n}";
    case_rules: "当时的规则版本", "Rules in force then";
    case_rules_now: "{digest}（与现行规则相同）", "{digest} (the same as now)";
    case_rules_then: "{digest}（规则此后有变动）", "{digest} (the rules have changed since)";
    case_whole: "看办理全过程", "See how it was handled";
    to_catalogue: "指标目录", "Measures";
}
