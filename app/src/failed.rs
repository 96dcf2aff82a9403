//! Why the program did not do what it was told, in words of whoever told it: what the system and the store report is
//! put into their language, with what to do about it.

use std::io::{Error, ErrorKind};

use store::{OpenError, StoreError};
use web::{Lang, fill};

web::texts! {
    /// Words of what went wrong.
    FailedWords;
    port_taken: "这个端口已有别的程序在用。请用 --listen 换一个端口，或者先停掉那个程序", "another program listens there. Choose another port with --listen, or stop that program first";
    no_address: "本机没有这个地址。请用 --listen 写本机的地址，或者 0.0.0.0", "this machine has no such address. Give one of its own with --listen, or 0.0.0.0";
    no_permission: "没有权限。请换一处，或者让运行本程序的用户可以读写这里", "not permitted. Choose another place, or let the user that runs this program read and write there";
    not_there: "没有这个文件或目录", "there is no such file or directory";
    not_a_directory: "路径里有一段是文件，不是目录", "a part of the path is a file and no directory";
    a_directory: "这是目录，要写的是文件", "this is a directory; a file is wanted";
    there_already: "已经在那里了", "it is there already";
    read_only: "这里只能读，不能写", "it can be read and not written there";
    disk_full: "磁盘已满", "the disk is full";
    refused: "对方没有应答。请核对地址和端口，看看它是否在运行", "nobody answers there. Check the address and the port, and whether it runs";
    newer: "这个库由更新版本的程序建立（有本版本不认识的变更 {name}）。请用更新的版本打开，或者恢复升级以前的备份", "the store was made by a newer version (it holds the change {name}, which this version does not know). Use the newer version, or restore a backup taken before the upgrade";
    edited: "库里的变更 {name} 和本程序里的不一样：它在执行以后又被改过。请用当初建库的版本打开", "the change {name} of the store is not the one that this program holds: it was edited after it had been applied. Use the version that made the store";
    migration: "升级这个库时，变更 {name} 没有成功，库保持原样：{why}", "the store could not be brought up to this version, and is as it was: the change {name}: {why}";
    schema: "schema 的名称只能用小写字母、数字和下划线，以字母开头，最多 48 个字符，现在是“{name}”", "a schema has small letters, digits and _ in its name, a letter first, 48 at most; this one is {name}";
    unfit: "这个数据库不能用：{why}", "this database will not do: {why}";
    not_open: "数据库打不开：{why}", "the database could not be opened: {why}";
    no_database: "{why}（文件已损坏，或者不是连心的库）", "{why} (the file is damaged, or is no store of Lianxin)";
}

/// What went wrong, in this language.
pub(crate) fn words(lang: Lang, error: &anyhow::Error) -> String {
    let t = FailedWords::of(lang);
    let text = match error.chain().find_map(|cause| cause.downcast_ref::<OpenError>()) {
        Some(open) => opening(t, open),
        None => match error.chain().find_map(|cause| cause.downcast_ref::<StoreError>()) {
            Some(store) => web::lang::either(lang, || store.zh(), || store.to_string()),
            None => format!("{error:#}"),
        },
    };
    system(t, text)
}

fn opening(t: &FailedWords, error: &OpenError) -> String {
    match error {
        OpenError::Newer(name) => fill(t.newer, &[("name", name)]),
        OpenError::Edited(name) => fill(t.edited, &[("name", name)]),
        OpenError::Migration { name, error } => fill(t.migration, &[("name", name), ("why", error)]),
        OpenError::Schema(name) => fill(t.schema, &[("name", name)]),
        OpenError::Unfit(why) => fill(t.unfit, &[("why", why)]),
        OpenError::Open(why) if why.contains("not a database") || why.contains("malformed") => {
            fill(t.not_open, &[("why", &fill(t.no_database, &[("why", why)]))])
        }
        OpenError::Open(why) => fill(t.not_open, &[("why", why)]),
    }
}

/// Puts what the system said of itself, as `Permission denied (os error 13)`, otherwise, wherever it stands.
fn system(t: &FailedWords, mut text: String) -> String {
    let numbers: Vec<i32> = text.split("(os error ").skip(1).filter_map(|rest| rest.split(')').next()?.parse().ok()).collect();
    for number in numbers {
        let error = Error::from_raw_os_error(number);
        let words = match error.kind() {
            ErrorKind::AddrInUse => t.port_taken,
            ErrorKind::AddrNotAvailable => t.no_address,
            ErrorKind::PermissionDenied => t.no_permission,
            ErrorKind::NotFound => t.not_there,
            ErrorKind::NotADirectory => t.not_a_directory,
            ErrorKind::IsADirectory => t.a_directory,
            ErrorKind::AlreadyExists => t.there_already,
            ErrorKind::ReadOnlyFilesystem => t.read_only,
            ErrorKind::StorageFull => t.disk_full,
            ErrorKind::ConnectionRefused => t.refused,
            _ => continue,
        };
        text = text.replace(&error.to_string(), words);
    }
    text
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn what_the_system_says_is_put_into_words() {
        let denied = || Err::<(), _>(Error::from_raw_os_error(13)).context("/srv/x").unwrap_err();
        assert_eq!(words(Lang::Hans, &denied()), "/srv/x: 没有权限。请换一处，或者让运行本程序的用户可以读写这里");
        assert_eq!(words(Lang::Hant, &denied()), "/srv/x: 沒有權限。請換一處，或者讓運行本程序的用戶可以讀寫這裡");
        assert!(words(Lang::En, &denied()).starts_with("/srv/x: not permitted"));
        let odd = || anyhow::anyhow!("a: {}", Error::from_raw_os_error(5));
        assert!(words(Lang::Hans, &odd()).contains("os error 5"), "what has no words of ours is told as it is");
        let newer = || anyhow::Error::from(OpenError::Newer("web/0099_x".into()));
        assert!(words(Lang::Hans, &newer()).contains("更新的版本") && words(Lang::En, &newer()).contains("web/0099_x"));
        let table = anyhow::Error::from(StoreError::unknown("unit", "level", "x")).context("/srv/x");
        assert_eq!(words(Lang::Hans, &table), "表 unit 的 level 列存的是“x”，没有这个取值");
        assert!(words(Lang::En, &table).contains("which is not known"));
        let nested = anyhow::Error::from(OpenError::Open(format!("/d/lianxin.db: {}", Error::from_raw_os_error(20))));
        assert_eq!(words(Lang::Hans, &nested), "数据库打不开：/d/lianxin.db: 路径里有一段是文件，不是目录");
    }
}
