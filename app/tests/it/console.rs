//! What goes wrong on the command line is said in words, in the language of whoever typed it, and tells what to do.

use std::net::TcpListener;

use store::{Database, Migration, Options, Store, p, sql};

use crate::program::{Directory, Program, lianxin};

/// What the program says on standard error when it refuses, in Chinese and in English.
fn refused(arguments: &[&str]) -> [String; 2] {
    ["zh", "en"].map(|lang| {
        let done = lianxin().args(arguments).args(["--lang", lang]).env("LIANXIN_LOG", "off").output().unwrap();
        assert!(!done.status.success(), "{arguments:?}");
        let said = String::from_utf8(done.stderr).unwrap();
        assert!(!said.contains("os error"), "{arguments:?}: {said}");
        said
    })
}

fn says(said: &[String; 2], words: [&str; 2]) {
    for (said, words) in said.iter().zip(words) {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn a_port_in_use_names_the_port_and_the_option() {
    let directory = Directory::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = directory.0.join("data");
    let said = refused(&["serve", "--listen", &address, "--data", data.to_str().unwrap()]);
    says(&said, [&address, &address]);
    says(&said, ["已有别的程序在用。请用 --listen 换一个端口", "another program listens there"]);
    assert!(!data.exists(), "no half of a store, and no key file, is left behind");
    says(&refused(&["demo", "--small", "--listen", &address, "--data", data.to_str().unwrap()]), [&address, &address]);
    assert!(!data.exists(), "nor of a demonstration");
}

/// What a script that imports by night sees: the code, what was printed, and the workbook beside the file.
#[test]
fn an_import_that_refuses_rows_says_so_by_its_code() {
    let directory = Directory::new();
    Program::make(&directory.0);
    let data = directory.0.join("data");
    let import = |what: &str, name: &str, text: &str, more: &[&str]| {
        let file = directory.0.join(name);
        std::fs::write(&file, text).unwrap();
        let mut command = lianxin();
        command.args(["import", what]).arg(&file).arg("--data").arg(&data).args(more).args(["--lang", "en"]).env("LIANXIN_LOG", "off");
        let done = command.output().unwrap();
        let beside = directory.0.join(name.replace(".csv", ".errors.xlsx"));
        let rows = std::fs::read(&beside).map(|bytes| sheets::grids(&bytes, &sheets::Limits::default()).unwrap()[0].rows.len());
        let _ = std::fs::remove_file(&beside);
        let said = String::from_utf8(done.stdout).unwrap();
        assert_eq!(said.contains(&beside.display().to_string()), rows.is_ok(), "the workbook is named where there is one: {said}");
        (done.status.code().unwrap(), rows.unwrap_or(0), said)
    };
    let head = "姓名,联系电话,备注\n";
    let (code, rows, said) = import("people", "wrong.csv", &format!("{head}样一,19900000001,\n样二,1381234,\n"), &["--try"]);
    assert_eq!((code, rows), (3, 2), "a trial too: {said}");
    assert!(said.contains("1 new") && said.contains("1 wrong") && said.contains("nothing was written"), "{said}");
    let (code, rows, said) = import("people", "wrong.csv", &format!("{head}样一,19900000001,\n样二,1381234,\n"), &[]);
    assert_eq!((code, rows), (3, 2), "the head and the row that was refused: {said}");
    let (code, rows, said) = import("people", "right.csv", &format!("{head}样二,19900000002,\n合计,1 人,\n"), &[]);
    assert_eq!((code, rows), (0, 0), "{said}");
    assert!(said.contains("1 rows were left out") && said.contains("Row 3 (a total): 合计 1 人"), "{said}");
    let (code, rows, said) =
        import("kinds", "kinds.csv", "一级分类,二级分类,三级分类\n填表说明：按目录填写,,\n试用大类,试用中类,\n试用大类,,没有中类\n", &[]);
    assert_eq!((code, rows), (3, 2), "{said}");
    assert!(said.contains("Row 2 (an instruction or a sample)"), "{said}");
    let (code, rows, said) = import("labelled", "cases.csv", "内容,类别\n路灯不亮,没有这一类\n,试用大类\n", &[]);
    assert_eq!((code, rows), (3, 2), "{said}");
    let concerns = "诉求编号,诉求标题,诉求内容,诉求时间\n1,路灯,路灯不亮,昨天吧\n合计,1 件,,\n";
    let (code, rows, said) = import("concerns", "concerns.csv", concerns, &[]);
    assert_eq!((code, rows), (3, 2), "{said}");
    assert!(said.contains("Row 3 (a total)"), "{said}");
    let (code, rows, said) = import("people", "none.csv", "甲,乙\n1,2\n", &[]);
    assert_eq!((code, rows), (1, 0), "not one row could be read: {said}");
}

#[test]
fn a_directory_that_cannot_be_made_and_files_that_are_not_there() {
    let directory = Directory::new();
    let file = directory.0.join("file");
    std::fs::write(&file, "x").unwrap();
    let below = file.join("data");
    says(&refused(&["serve", "--data", below.to_str().unwrap()]), ["不是目录", "no directory"]);
    let nowhere = directory.0.join("nowhere.toml");
    says(&refused(&["serve", "--config", nowhere.to_str().unwrap()]), ["没有这个文件", "no such file"]);
    says(&refused(&["verify", "--receipt", nowhere.to_str().unwrap()]), ["没有这个文件", "no such file"]);
    std::fs::write(&nowhere, "port = 80\n").unwrap();
    says(&refused(&["serve", "--config", nowhere.to_str().unwrap()]), ["第 1 行：不认识“port”", "line 1: `port` is not known"]);
}

#[test]
fn a_store_of_a_newer_version_and_a_file_that_is_none() {
    static LATER: &[Migration] = &[Migration { name: "later/0001_later", sql: "CREATE TABLE later (id @int NOT NULL) @end" }];
    let directory = Directory::new();
    let data = directory.0.join("data");
    let file = data.join("lianxin.db");
    let options = Options { readers: 1, blobs: data.join("blobs"), ..Options::default() };
    Store::open(&Database::Sqlite { file: file.clone() }, &options, &[LATER], store::testing::NOW).unwrap().close();
    let said = refused(&["serve", "--data", data.to_str().unwrap()]);
    says(&said, ["更新版本的程序", "a newer version"]);
    says(&said, ["later/0001_later", "later/0001_later"]);
    std::fs::remove_dir_all(&data).unwrap();
    std::fs::create_dir_all(&data).unwrap();
    std::fs::write(&file, "no tables in here, but long enough to be read as some; ".repeat(20)).unwrap();
    says(&refused(&["serve", "--data", data.to_str().unwrap()]), ["不是连心的库", "no store of Lianxin"]);
}

/// Where an administrator has lost both password and telephone, and nobody may reset them on the pages.
#[test]
fn a_code_is_given_for_an_account() {
    let directory = Directory::new();
    Program::make(&directory.0);
    let data = directory.0.join("data");
    let code = |login: &str, more: &[&str]| {
        let mut command = lianxin();
        command.args(["code", login]).arg("--data").arg(&data).args(more).env("LIANXIN_LOG", "off");
        command.output().unwrap()
    };
    let none = code("nobody.here", &["--lang", "zh"]);
    assert!(!none.status.success() && String::from_utf8(none.stderr).unwrap().contains("没有登录名为“nobody.here”的账号"));
    let store = directory.store();
    let auditors = sql!(
        "SELECT a.login FROM account a JOIN holding h ON h.person = a.person JOIN post o ON o.id = h.post WHERE o.role = 'audit_admin'"
    );
    let login = store.read_now(|tx| tx.one(auditors, &[], |row| Ok(row.text(0)?.to_owned()))).unwrap();
    store.close();
    let done = code(&login.to_uppercase(), &["--reset-totp", "--lang", "en"]);
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success() && said.contains("shown this once"), "{said}");
    let (kept, events) = (directory.store(), sql!("SELECT COUNT(*) FROM event WHERE kind = 'PersonInvited' AND actor_kind = 0"));
    let given = sql!("SELECT i.reset_totp FROM invitation i JOIN account a ON a.person = i.person WHERE a.login = ?1");
    let (typed, whole) = (login.clone(), kept.read_now(move |tx| tx.one(given, p![login.as_str()], |row| row.bool(0))).unwrap());
    assert!(whole, "the second factor of {typed} goes with it");
    assert!(kept.read_now(|tx| tx.one(events, &[], |row| row.int(0))).unwrap() > 0, "it stands in the record");
    kept.close();
    let mut verify = lianxin();
    verify.arg("verify").arg("--data").arg(&data).env("LIANXIN_LOG", "off");
    assert!(verify.output().unwrap().status.success());
}
