//! What `lianxin help` says, and which option belongs to which command: told from the same table, so that the two
//! cannot differ.

use web::Lang;

/// A line of the help: one way to use a command.
#[derive(Debug)]
pub(crate) struct Line {
    /// The command, as `import`.
    pub command: &'static str,
    /// What stands after it, in Chinese and in English.
    after: [&'static str; 2],
    /// What it does; lines are broken by hand.
    what: [&'static str; 2],
    /// The options that it takes, beside those that every command takes.
    pub options: &'static [&'static str],
}

/// What says which store a command is for.
const STORE: &[&str] = &["data", "config", "database", "schema", "host"];

/// Every way to use the program, in the order of the help.
pub(crate) const LINES: [Line; 15] = [
    Line {
        command: "serve",
        after: ["", ""],
        what: [
            "启动服务。没有任何配置时，数据放在 ./data（SQLite），首次启动显示一次性设立代码",
            "run the service. With no configuration data lies in ./data (SQLite), and the\nfirst start prints a one-time set-up code",
        ],
        options: &["data", "config", "database", "schema", "listen"],
    },
    Line {
        command: "demo",
        after: ["", ""],
        what: ["生成一个虚构的演示区县并启动，只在本机可以打开", "make an invented demo district and serve it to this machine only"],
        options: &["data", "config", "database", "schema", "listen", "small", "seed", "day"],
    },
    Line {
        command: "import",
        after: ["concerns 文件", "concerns FILE"],
        what: [
            "导入其他系统导出的诉求（.xlsx）；重复导入不会重复登记",
            "bring in concerns that another system exported (.xlsx); importing again doubles nothing",
        ],
        options: STORE,
    },
    Line {
        command: "import",
        after: ["kinds 文件", "kinds FILE"],
        what: ["导入诉求分类（.xlsx）", "bring in the classification of concerns (.xlsx)"],
        options: STORE,
    },
    Line {
        command: "import",
        after: ["labelled 文件", "labelled FILE"],
        what: ["导入已分类的案例，并从中学习推测（.xlsx）", "bring in labelled cases and learn suggestions from them (.xlsx)"],
        options: STORE,
    },
    Line {
        command: "import",
        after: ["表 文件", "TABLE FILE"],
        what: [
            "导入 units、links、grids、posts、people、holdings、residents、duties 或 meetings（.xlsx、.xls、.csv）",
            "bring in units, links, grids, posts, people, holdings, residents, duties or\nmeetings (.xlsx, .xls, .csv)",
        ],
        options: &["data", "config", "database", "schema", "host", "unit", "try"],
    },
    Line {
        command: "export",
        after: ["表 文件", "TABLE FILE"],
        what: ["按同样的表头导出；居民信息隐去一部分", "write them with the same headers; residents are masked"],
        options: &["data", "config", "database", "schema", "host", "unit"],
    },
    Line {
        command: "verify",
        after: ["", ""],
        what: [
            "重算全部记录和存证，与数据表逐项比对；不一致时退出码为 1",
            "recompute the record and its log and compare with every table; exits with 1 where they differ",
        ],
        options: &["data", "config", "database", "schema", "host", "receipt", "checkpoint", "key"],
    },
    Line {
        command: "verify",
        after: ["--receipt 文件", "--receipt FILE"],
        what: ["核对一份回执文件，不需要数据库和网络", "check a receipt file, without a store or a network"],
        options: &["receipt", "key"],
    },
    Line {
        command: "verify",
        after: ["--checkpoint 文件", "--checkpoint FILE"],
        what: [
            "核对保存的总账签名是不是本库总账的前一段；写两次则核对前后两份",
            "check that a saved head is a beginning of this log; given twice, the one of the other",
        ],
        options: &["checkpoint", "key"],
    },
    Line {
        command: "rebuild",
        after: ["", ""],
        what: ["清空并重建由记录算出的表（统计等）", "empty and rebuild what is computed from the record"],
        options: STORE,
    },
    Line {
        command: "backup",
        after: ["目录", "DIRECTORY"],
        what: ["备份到一个空目录，不含密钥文件", "back up into an empty directory, without the key file"],
        options: STORE,
    },
    Line {
        command: "code",
        after: ["登录名", "LOGIN"],
        what: [
            "为一个账号发邀请码：忘了密码、丢了手机，而没有人能在网页上重设时用",
            "give out an invitation code for an account: where a password or a telephone is lost\nand nobody may reset it on the pages",
        ],
        options: &["data", "config", "database", "schema", "host", "reset-totp"],
    },
    Line {
        command: "witness",
        after: ["--name 名称", "--name NAME"],
        what: ["作为见证方运行：替其他单位的总账签名作证", "be a witness: sign the heads of others' logs"],
        options: &["data", "listen", "name"],
    },
    Line {
        command: "help",
        after: ["[命令]", "[COMMAND]"],
        what: ["显示本说明，或一个命令的说明", "show this, or how one command is used"],
        options: &[],
    },
];

/// An option: its name, what stands after it, what it does.
struct Told(&'static str, [&'static str; 2], [&'static str; 2]);

const OPTIONS: [Told; 18] = [
    Told(
        "data",
        ["目录", "DIRECTORY"],
        [
            "数据目录，默认 ./data（demo 默认 ./demo-data，witness 默认 ./witness）",
            "where data lies, ./data by default (./demo-data for demo, ./witness for witness)",
        ],
    ),
    Told(
        "database",
        ["地址", "URL"],
        [
            "postgres://用户:密码@主机/库 使用 PostgreSQL 15 或更新版本；默认用数据目录里的 SQLite。\n?sslmode=verify-full&sslrootcert=文件 用 TLS 并核对服务器身份",
            "postgres://user:password@host/database for PostgreSQL 15 or newer; SQLite in the\ndata directory by default. ?sslmode=verify-full&sslrootcert=FILE for TLS with a\nserver that is who it should be",
        ],
    ),
    Told("schema", ["名称", "NAME"], ["PostgreSQL 的 schema，默认 lianxin", "schema of the PostgreSQL database, lianxin by default"]),
    Told(
        "config",
        ["文件", "FILE"],
        [
            "配置文件 lianxin.toml：一个进程服务多个区县、反向代理、限流、备案号等",
            "lianxin.toml: several districts in one process, proxies, limits, filing number",
        ],
    ),
    Told(
        "listen",
        ["地址:端口", "ADDRESS:PORT"],
        [
            "监听地址，默认 127.0.0.1:8080（witness 默认 127.0.0.1:8090）",
            "where to listen, 127.0.0.1:8080 by default (127.0.0.1:8090 for witness)",
        ],
    ),
    Told("host", ["域名", "NAME"], ["配置里有多个区县时，指明命令用于哪一个", "which district of the configuration a command is for"]),
    Told("unit", ["代码", "CODE"], ["哪个单位的表格，默认全区", "of which unit, the whole district by default"]),
    Told("try", ["", ""], ["逐行检查，不写入", "check every row and write none"]),
    Told("small", ["", ""], ["只生成一小部分，几秒钟就好", "only a corner of it, in a few seconds"]),
    Told("seed", ["数字", "NUMBER"], ["同一个数字生成同一个区县，默认 1", "the same number makes the same district, 1 by default"]),
    Told(
        "day",
        ["日期", "DATE"],
        [
            "这一年到哪一天为止，默认今天；同一个数字、同一天，连存证都一样",
            "the last day of its year, today by default; the same number and day make the same\nrecord to the last bit",
        ],
    ),
    Told("receipt", ["文件", "FILE"], ["回执文件", "a receipt file"]),
    Told("checkpoint", ["文件", "FILE"], ["从 /checkpoint 保存的文件", "saved from /checkpoint"]),
    Told("key", ["公钥", "KEY"], ["用这把总账公钥核对", "the log's key to check with"]),
    Told("name", ["名称", "NAME"], ["见证方的名称，如 witness.example.org", "what it calls itself, as witness.example.org"]),
    Told("reset-totp", ["", ""], ["同时取消两步验证，登录后重新开启", "take the second factor away as well; it is set up anew"]),
    Told("lang", ["zh|zh-Hant|en", "zh|zh-Hant|en"], ["本程序在命令行说哪种语言", "the language of this program on the command line"]),
    Told("version", ["", ""], ["显示版本", "show the version"]),
];

/// Options that every command takes.
const EVERYWHERE: [&str; 2] = ["lang", "version"];

/// With what the program ends, for scripts that run it.
const EXITS: [&str; 2] = [
    "\n退出码：0 完成；1 没有完成，或核对不一致；2 命令写得不对；3 导入时有的行有错误，没有导入，其余的已导入。\n",
    "\nIt exits with 0 when all was done, 1 when it was not or a check found a difference, 2 when the command was not\nunderstood, 3 when an import refused rows and brought the others in.\n",
];

/// Where what is told of something begins.
const COLUMN: usize = 28;

/// The option of this name, and whether a value stands after it.
pub(crate) fn option(name: &str) -> Option<(&'static str, bool)> {
    OPTIONS.iter().find(|Told(known, ..)| *known == name).map(|Told(known, after, _)| (*known, !after[0].is_empty()))
}

/// The command of this word.
pub(crate) fn command(word: &str) -> Option<&'static str> {
    LINES.iter().find(|line| line.command == word).map(|line| line.command)
}

/// Whether a command takes an option; `kind` is the word that follows it in the help, where several lines have it.
pub(crate) fn takes(command: &str, kind: &str, option: &str) -> bool {
    let line = LINES.iter().find(|line| line.command == command && line.after[1].starts_with(kind));
    EVERYWHERE.contains(&option) || line.is_none_or(|line| line.options.contains(&option))
}

/// The help: the whole of it, or what belongs to one command.
pub(crate) fn help(lang: Lang, command: Option<&str>) -> String {
    let at = usize::from(!lang.is_chinese());
    let lines: Vec<&Line> = LINES.iter().filter(|line| command.is_none_or(|wanted| wanted == line.command)).collect();
    let whole = command.is_none();
    let wanted = |name: &str| whole || EVERYWHERE.contains(&name) || lines.iter().any(|line| line.options.contains(&name));
    let words: [[&str; 2]; 4] = [
        ["连心：区县基层工作平台", "Lianxin: grassroots work of a district in one program"],
        ["用法：lianxin {command} [选项]", "Usage: lianxin {command} [OPTIONS]"],
        ["命令", "Commands"],
        ["选项", "Options"],
    ];
    let [title, usage, commands, options] = words.map(|both| both[at]);
    let anything = ["命令", "COMMAND"][at];
    let mut out = if whole { format!("{title}\n\n") } else { String::new() };
    out += &format!("{}\n\n{commands}\n", web::fill(usage, &[("command", &command.unwrap_or(anything))]));
    for line in &lines {
        row(&mut out, &format!("{} {}", line.command, line.after[at]), line.what[at]);
    }
    out += &format!("\n{options}\n");
    for Told(name, after, what) in OPTIONS.iter().filter(|Told(name, ..)| wanted(name)) {
        let mut of: Vec<&str> = LINES.iter().filter(|line| line.options.contains(name)).map(|line| line.command).collect();
        of.dedup();
        // In the whole help an option of one or two commands is told with their names.
        let what = match (whole && (1..=2).contains(&of.len()), at) {
            (false, _) => what[at].to_owned(),
            (true, 0) => format!("{}：{}", of.join("、"), what[at]),
            (true, _) => format!("{}: {}", of.join(", "), what[at]),
        };
        row(&mut out, &format!("--{name} {}", after[at]), &what);
    }
    if whole || command == Some("import") {
        out += EXITS[at];
    }
    if whole {
        out += [
            "\n一个命令的说明：lianxin help 命令\n环境变量 LIANXIN_LOG 设置日志，如 warn、info,access=warn。日志写到标准错误。\n",
            "\nHow one command is used: lianxin help COMMAND\nThe environment variable LIANXIN_LOG sets the log, as warn or info,access=warn. The log goes to standard error.\n",
        ][at];
    }
    if lang == Lang::Hant { web::lang::to_hant(&out) } else { out }
}

/// One entry: its name, and what it is from the column on.
fn row(out: &mut String, name: &str, what: &str) {
    let name = name.trim_end();
    // A Han character is as wide as two letters of a terminal.
    let width = 2 + name.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let gap = COLUMN.saturating_sub(width).max(1);
    let indented = what.replace('\n', &format!("\n{}", " ".repeat(COLUMN)));
    out.push_str(&format!("  {name}{}{indented}\n", " ".repeat(gap)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_is_told_with_its_own_options_in_every_language() {
        for line in &LINES {
            assert!(line.options.iter().all(|option| self::option(option).is_some()), "{}", line.command);
            for (lang, options) in [(Lang::Hans, "选项"), (Lang::Hant, "選項"), (Lang::En, "Options")] {
                let told = help(lang, Some(line.command));
                assert!(told.contains(&format!("lianxin {}", line.command)) && told.contains(options), "{told}");
                let listed = |name: &str| told.contains(&format!("  --{name}"));
                for Told(name, ..) in &OPTIONS {
                    let any = LINES.iter().any(|one| one.command == line.command && one.options.contains(name));
                    assert_eq!(listed(name), any || EVERYWHERE.contains(name), "{name} of {}:\n{told}", line.command);
                }
            }
        }
        let whole = help(Lang::En, None);
        assert!(OPTIONS.iter().all(|Told(name, ..)| whole.contains(&format!("  --{name}"))), "{whole}");
        assert!(whole.is_ascii(), "real English");
        assert!(whole.lines().all(|line| line.len() <= 125), "{whole}");
        assert!(whole.contains("3 when an import refused rows") && help(Lang::Hans, Some("import")).contains("退出码：0 完成"));
        assert!(whole.contains("  --day DATE                demo: the last day"), "{whole}");
    }
}
