//! What goes wrong on the command line is said in words, in the language of whoever typed it, and tells what to do.

use std::net::TcpListener;

use store::{Database, Migration, Options, Store};

use crate::program::{Directory, lianxin};

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
