//! What the program says on the command line, in Chinese and English.

use web::Lang;

web::texts! {
    /// Words of the command line.
    pub(crate) Words;
    unknown_command: "没有“{word}”这个命令。用 lianxin help 看看有哪些", "There is no command `{word}`. `lianxin help` lists them";
    unknown_option: "命令 {command} 没有 {option} 这个选项。用 lianxin help 看看有哪些", "`{command}` has no option {option}. `lianxin help` lists them";
    missing_value: "{option} 后面要写值", "{option} needs a value";
    bad_value: "{option} 的值不对：{value}（{why}）", "{option} cannot be {value}: {why}";
    too_many: "不知道“{word}”是什么意思", "What `{word}` means is not known here";
    missing_file: "请写明文件，如 lianxin import concerns 文件.xlsx", "Say which file, as lianxin import concerns FILE.xlsx";
    import_what: "没有“{word}”这种表格，见 lianxin help", "There is no table called `{word}`; see lianxin help";
    missing_directory: "请写明备份到哪个目录，如 lianxin backup 目录", "Say where the backup goes, as lianxin backup DIRECTORY";
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
    import_wrong: "有错误的行写在 {place}，改好后可以再导入", "The rows with errors are in {place}: put them right and import that file again";
    labelled_done: "已分类的案例已导入：新增或更新 {made} 件，没有变化 {same} 件，不能用 {wrong} 行", "Labelled cases: {made} new or updated, {same} as they were, {wrong} rows could not be used";
    labelled_measured: "推测{name}：{cases} 件，第一个正确 {first}% ± {first_spread}，前三个 {three}% ± {three_spread}（{parts} 折交叉验证，打乱 {shuffles} 次）", "Suggesting {name}: {cases} cases, first right {first}% ± {first_spread}, among three {three}% ± {three_spread} ({parts}-fold cross-validation, {shuffles} shuffles)";
    kinds_done: "分类已导入：新增 {made} 个，已有 {known} 个，有错误 {wrong} 行", "Kinds: {made} new, {known} known, {wrong} rows with errors";
    demo_not_demo: "{place} 里已有正式数据，不能当演示用。请换一个目录：--data 目录", "{place} holds real data and cannot serve as a demonstration. Choose another directory with --data";
    demo_loopback: "演示只能在本机打开，--listen 只能是 127.0.0.1 或 [::1] 上的端口", "A demonstration is served to this machine only: --listen must be a port on 127.0.0.1 or [::1]";
    keys_missing: "{place} 不在，而库里已有数据。没有密钥文件，封存的个人信息打不开。请从备份恢复这个文件", "{place} is missing, but the store holds data. Without the key file sealed data cannot be read. Bring the file back from its backup";
    keys_open: "{place} 能被其他用户读取。请执行 chmod 600 {place}", "{place} can be read by other users. Run chmod 600 {place}";
    keys_made: "已生成密钥文件 {place}。请另处备份：没有它，封存的个人信息打不开", "A key file was made: {place}. Keep a copy elsewhere: without it sealed data cannot be read";
    verify_clean: "记录与数据表一致：{size} 条记录，总账指纹 {head}", "The record and the tables agree: {size} events, root {head}";
    verify_bad: "记录与数据表不一致", "The record and the tables differ";
    rebuilt: "已重建 {n} 个读模型", "{n} readers were rebuilt";
    backup_done: "已备份到 {place}。密钥文件没有放进备份，请另处保管", "Backed up to {place}. The key file is not in it: keep it elsewhere";
    backup_exists: "{place} 里已有东西，请换一个空目录", "{place} is not empty, choose another directory";
    backup_postgres: "PostgreSQL 的表请用 pg_dump 备份（schema：{schema}）；照片、附件和本区规则已复制到 {place}", "Back up the PostgreSQL tables with pg_dump (schema: {schema}); photos, files and the district's rules were copied to {place}";
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

/// What `lianxin help` says.
pub(crate) fn help(lang: Lang) -> String {
    let text = if lang.is_chinese() { HELP_ZH } else { HELP_EN };
    if lang == Lang::Hant { web::lang::to_hant(text) } else { text.to_owned() }
}

const HELP_ZH: &str = "\
连心 —— 区县基层工作平台

用法：lianxin 命令 [选项]

命令
  serve                     启动服务。没有任何配置时，数据放在 ./data（SQLite），首次启动显示一次性设立代码
  demo                      生成一个虚构的演示区县并启动，只在本机可以打开
  import concerns 文件      导入其他系统导出的诉求（.xlsx）；重复导入不会重复登记
  import kinds 文件         导入诉求分类（.xlsx）
  import labelled 文件      导入已分类的案例，并从中学习推测（.xlsx）
  verify                    重算全部记录和存证，与数据表逐项比对；不一致时退出码为 1
  verify --receipt 文件     核对一份回执文件，不需要数据库和网络；--key 指定总账公钥
  verify --checkpoint 文件  核对保存的总账签名是不是本库总账的前一段；写两次则核对前后两份
  witness                   作为见证方运行：替其他单位的总账签名作证
  import 表 文件            导入 units、grids、posts、people、holdings、residents 或 duties（.xlsx、.csv）；--try 只检查不写入
  export 表 文件            按同样的表头导出；居民信息隐去一部分
  rebuild                   清空并重建由记录算出的表（统计等）
  backup 目录               备份到一个空目录
  help                      显示本说明
  --version                 显示版本

选项
  --data 目录               数据目录，默认 ./data（demo 默认 ./demo-data）
  --database 地址           postgres://用户:密码@主机/库 使用 PostgreSQL 15 或更新版本；默认用数据目录里的 SQLite。
                            ?sslmode=verify-full&sslrootcert=文件 用 TLS 并核对服务器身份
  --schema 名称             PostgreSQL 的 schema，默认 lianxin
  --listen 地址:端口        监听地址，默认 127.0.0.1:8080
  --config 文件             配置文件 lianxin.toml：一个进程服务多个区县、反向代理、限流、备案号等
  --host 域名               配置里有多个区县时，指明命令用于哪一个
  --seed 数字               demo：同一个数字生成同一个区县
  --day 日期                demo：这一年到哪一天为止，默认今天；同一个数字、同一天，连存证都一样
  --unit 代码               import、export：哪个单位的表格，默认全区
  --small                   demo：只生成一小部分，几秒钟就好
  --receipt 文件            verify：回执文件
  --key 公钥                verify：用这把总账公钥核对
  --checkpoint 文件         verify：从 /checkpoint 保存的文件
  --name 名称               witness：见证方的名称，如 witness.example.org
  --lang zh|zh-Hant|en      本程序在命令行说哪种语言

环境变量 LIANXIN_LOG 设置日志，如 warn、info,access=warn。日志写到标准错误。
";

const HELP_EN: &str = "\
Lianxin: grassroots work of a district in one program

Usage: lianxin COMMAND [OPTIONS]

Commands
  serve                     run the service. With no configuration data lies in ./data (SQLite), and the
                            first start prints a one-time set-up code
  demo                      make an invented demo district and serve it to this machine only
  import concerns FILE      bring in concerns that another system exported (.xlsx); importing again doubles nothing
  import kinds FILE         bring in the classification of concerns (.xlsx)
  import labelled FILE      bring in labelled cases and learn suggestions from them (.xlsx)
  verify                    recompute the record and its log and compare with every table; exits with 1 where they differ
  verify --receipt FILE     check a receipt file, without a store or a network; --key names the log's key
  verify --checkpoint FILE  check that a saved head is a beginning of this log; given twice, the one of the other
  witness                   be a witness: sign the heads of others' logs
  import TABLE FILE         bring in units, grids, posts, people, holdings, residents or duties (.xlsx, .csv); with --try
                            every row is checked and none written
  export TABLE FILE         write them with the same headers; residents are masked
  rebuild                   empty and rebuild what is computed from the record
  backup DIRECTORY          back up into an empty directory
  help                      show this
  --version                 show the version

Options
  --data DIRECTORY          where data lies, ./data by default (./demo-data for demo)
  --database URL            postgres://user:password@host/database for PostgreSQL 15 or newer; SQLite in the
                            data directory by default. ?sslmode=verify-full&sslrootcert=FILE for TLS
                            with a server that is who it should be
  --schema NAME             schema of the PostgreSQL database, lianxin by default
  --listen ADDRESS:PORT     where to listen, 127.0.0.1:8080 by default
  --config FILE             lianxin.toml: several districts in one process, proxies, limits, filing number
  --host NAME               which district of the configuration a command is for
  --seed NUMBER             demo: the same number makes the same district
  --day DATE                demo: the last day of its year, today by default; the same number and day make the same
                            record to the last bit
  --unit CODE               import, export: of which unit, the whole district by default
  --small                   demo: only a corner of it, in a few seconds
  --receipt FILE            verify: a receipt file
  --key KEY                 verify: the log's key to check with
  --checkpoint FILE         verify: saved from /checkpoint
  --name NAME               witness: what it calls itself, as witness.example.org
  --lang zh|zh-Hant|en      the language of this program on the command line

The environment variable LIANXIN_LOG sets the log, as warn or info,access=warn. The log goes to standard error.
";
