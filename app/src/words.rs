//! What the program says on the command line, in Chinese and English.

use web::Lang;

web::texts! {
    /// Words of the command line.
    pub(crate) Words;
    unknown_command: "没有“{word}”这个命令。用 lianxin help 看看有哪些", "There is no command `{word}`. `lianxin help` lists them";
    unknown_option: "命令 {command} 没有 {option} 这个选项。用 lianxin help 看看有哪些", "`{command}` has no option {option}. `lianxin help` lists them";
    missing_value: "{option} 后面要写值", "{option} needs a value";
    no_value: "{option} 后面不写值", "{option} takes no value";
    bad_value: "{option} 不能是“{value}”，应写成 {why} 这样", "{option} cannot be {value}; write it as {why}";
    bad_database: "--database 应以 postgres:// 开头", "--database begins with postgres://";
    bad_schema: "--schema 只能用小写字母、数字和下划线，以字母开头，最多 48 个字符，现在是“{value}”", "--schema has small letters, digits and _, a letter first, 48 at most; it cannot be {value}";
    too_many: "不知道“{word}”是什么意思", "What `{word}` means is not known here";
    missing_file: "请写明文件，如 lianxin {command} 文件.xlsx", "Say which file, as lianxin {command} FILE.xlsx";
    missing_table: "请写明是哪一种表格，见 lianxin help {command}", "Say which table; `lianxin help {command}` lists them";
    import_what: "没有“{word}”这种表格，见 lianxin help {command}", "There is no table called `{word}`; see lianxin help {command}";
    missing_directory: "请写明备份到哪个目录，如 lianxin backup 目录", "Say where the backup goes, as lianxin backup DIRECTORY";
    missing_login: "请写明是哪个登录名，如 lianxin code 登录名", "Say which account, as lianxin code LOGIN";
    no_login: "没有登录名为“{login}”的账号", "No account has the login {login}";
    code_done: "{name} 的邀请码：{code}，7 天内有效，在登录页“有邀请码，第一次登录”里使用。只显示这一次，请当面交给本人；这件事已写入记录", "Invitation code of {name}: {code}. It is good for 7 days, under “I have an invitation code” on the page where one signs in. It is shown this once: hand it over in person. This stands in the record";
    failed: "没有完成：{why}", "Not done: {why}";
    listening: "连心已启动：{address}", "Lianxin is running at {address}";
    stop_hint: "按 Ctrl+C 停止", "Press Ctrl+C to stop";
    stopping: "正在停止：办完手上的请求就退出", "Stopping: finishing what is in hand";
    stopped: "已停止", "Stopped";
    setup_title: "这是一个新库。请在浏览器打开下面的地址，用一次性代码设立第一位系统管理员：", "This is a new store. Open this address and use the one-time code to make the first administrator:";
    setup_code: "一次性代码：{code}", "One-time code: {code}";
    demo_line: "演示环境，数据均为虚构。点一下以任一角色进入：{address}", "A demonstration: every record is invented. Enter as any role with one tap: {address}";
    demo_units: "单位", "Units";
    demo_people: "人员", "People";
    demo_concerns: "诉求", "Concerns";
    demo_made: "演示区县已生成：{units} 个单位、{people} 人、{concerns} 件诉求", "The demo district is made: {units} units, {people} people, {concerns} concerns";
    demo_unfinished: "上次没有生成完，请删除 {place} 后重新运行", "The demo was left unfinished: remove {place} and run it again";
    table_tried: "试导入：新增 {made}，已有 {same}，更新 {changed}，有错误 {wrong}；没有写入任何内容", "Tried: {made} new, {same} known, {changed} changed, {wrong} wrong; nothing was written";
    table_done: "已导入：新增 {made}，已有 {same}，更新 {changed}，有错误 {wrong}", "Brought in: {made} new, {same} known, {changed} changed, {wrong} wrong";
    table_out: "已导出到 {place}", "Written to {place}";
    no_unit: "没有代码为 {code} 的单位", "No unit has the code {code}";
    import_progress: "{done} / {total}", "{done} / {total}";
    import_done: "已导入：新增 {made} 件，已有未变 {same} 件，有变化 {changed} 件，有错误 {wrong} 行", "Imported: {made} new, {same} known, {changed} changed, {wrong} rows with errors";
    import_left_out: "有 {n} 行没有当作内容；有应当导入的，请在网页上导入并勾选：", "{n} rows were left out; where one belongs in, bring the file in on the pages and tick it:";
    import_wrong: "有错误的行写在 {place}，改好后可以再导入", "The rows with errors are in {place}: put them right and import that file again";
    labelled_done: "已分类的案例已导入：新增或更新 {made} 件，没有变化 {same} 件，不能用 {wrong} 行", "Labelled cases: {made} new or updated, {same} as they were, {wrong} rows could not be used";
    labelled_measured: "推测{name}：{cases} 件，第一个正确 {first}% ± {first_spread}，前三个 {three}% ± {three_spread}（{parts} 折交叉验证，打乱 {shuffles} 次）", "Suggesting {name}: {cases} cases, first right {first}% ± {first_spread}, among three {three}% ± {three_spread} ({parts}-fold cross-validation, {shuffles} shuffles)";
    labelled_unknown: "派单目录里没有这些类别：{kinds}。先用 lianxin import kinds 导入类别，或者把表里的类别改成目录里的名称", "The catalogue has no such kinds: {kinds}. Bring kinds in first with lianxin import kinds, or write the names that the catalogue has";
    labelled_kind: "{kind}（{n} 行）", "{kind} ({n} rows)";
    learned_top: "大类", "wide kinds";
    learned_leaf: "小类", "kinds";
    columns_missing: "表里没有这几列：{columns}。表头可以照 lianxin export 导出的表写", "The table has not these columns: {columns}. The headers are those that lianxin export writes";
    columns_missing_concerns: "表里没有这几列：{columns}", "The table has not these columns: {columns}";
    kinds_done: "分类已导入：新增 {made} 个，已有 {known} 个，有错误 {wrong} 行", "Kinds: {made} new, {known} known, {wrong} rows with errors";
    demo_not_demo: "{place} 里已有正式数据，不能当演示用。请换一个目录：--data 目录", "{place} holds real data and cannot serve as a demonstration. Choose another directory with --data";
    demo_loopback: "演示只能在本机打开，--listen 只能是 127.0.0.1 或 [::1] 上的端口", "A demonstration is served to this machine only: --listen must be a port on 127.0.0.1 or [::1]";
    keys_missing: "{place} 不在，而库里已有数据。没有密钥文件，封存的个人信息打不开。请从备份恢复这个文件", "{place} is missing, but the store holds data. Without the key file sealed data cannot be read. Bring the file back from its backup";
    keys_open: "{place} 能被其他用户读取。请执行 chmod 600 {place}", "{place} can be read by other users. Run chmod 600 {place}";
    keys_made: "已生成密钥文件 {place}。请另处备份：没有它，封存的个人信息打不开", "A key file was made: {place}. Keep a copy elsewhere: without it sealed data cannot be read";
    verify_clean: "记录与数据表一致：{size} 条记录，总账指纹 {head}", "The record and the tables agree: {size} events, root {head}";
    verify_bad: "记录与数据表不一致", "The record and the tables differ";
    verify_unsealed: "总账已经停止签名：{why}", "Nothing more is signed: {why}";
    rebuilt: "已重建 {n} 个读模型", "{n} readers were rebuilt";
    backup_done: "已备份到 {place}。密钥文件没有放进备份，请另处保管", "Backed up to {place}. The key file is not in it: keep it elsewhere";
    backup_exists: "{place} 里已有东西，请换一个空目录", "{place} is not empty, choose another directory";
    backup_postgres: "PostgreSQL 的表请用 pg_dump 备份（schema：{schema}）；照片、附件和本区规则已复制到 {place}", "Back up the PostgreSQL tables with pg_dump (schema: {schema}); photos, files and the district's rules were copied to {place}";
    unknown_profile: "没有“{word}”这套规则，可以写 {known}", "there are no rules called {word}; what can stand here: {known}";
    one_district: "配置里有多个区县，请用 --host 写明是哪一个", "The configuration holds several districts, say which with --host";
    no_such_district: "配置里没有 {host} 这个区县", "The configuration holds no district {host}";
    no_store: "{place} 不在，还没有数据", "{place} is not there: no data yet";
    not_set_up: "这个库还没有设立，请先运行 lianxin serve 并完成设立", "This store is not set up yet: run lianxin serve first";
}

/// The language of a terminal, from `--lang` or the locale: Chinese unless the locale says otherwise.
pub(crate) fn lang(wish: Option<Lang>) -> Lang {
    let locale = || ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    wish.unwrap_or_else(|| match locale() {
        Some(locale) if matches!(locale.as_str(), "C" | "POSIX" | "C.UTF-8") => Lang::Hans,
        Some(locale) => Lang::parse(locale.split('.').next().unwrap_or("")).unwrap_or(Lang::En),
        None => Lang::Hans,
    })
}

web::texts! {
    /// Words of what is wrong in `lianxin.toml`.
    pub(crate) ConfigWords;
    line: "{place} 第 {line} 行：{why}", "{place}, line {line}: {why}";
    unknown: "不认识“{word}”，这里可以写 {known}", "`{word}` is not known; what can stand here: {known}";
    several_hosts: "写了几个 [[district]]，每个都要有 hosts", "where there are several [[district]], each needs hosts";
    limit: "[limits] {name} 应写成 {off} 或者 {rate} 这样", "[limits] {name} is {off} or as {rate}";
    network: "proxies 里的“{value}”不是网段，应写成 10.0.0.0/8 这样", "{value} in proxies is no network; write it as 10.0.0.0/8";
    witness_key: "[[witness]] 的 key 不是见证公钥：{value}", "the key of a [[witness]] is none: {value}";
    witness_url: "[[witness]] 的 url 以 https:// 或 http:// 开头，现在是 {value}", "the url of a [[witness]] begins with https:// or http://; this one is {value}";
}
