//! A backup, and a district that stands up again from it.

use crate::program::{Directory, Program, lianxin};

#[test]
fn a_backup_holds_the_districts_own_rules_and_stands_up_again() {
    let directory = Directory::new();
    Program::make(&directory.0);
    let (data, copy) = (directory.0.join("data"), directory.0.join("copy"));
    std::fs::create_dir_all(data.join("rules")).unwrap();
    let pack = "[[year]]\nyear = 2031\ndocument = \"通知\"\nsource = \"\"\nmark = \"R\"\ndays = [\"2031-01-01/2031-01-03\"]\nwork = []\n";
    std::fs::write(data.join("rules/2031.toml"), pack).unwrap();
    std::fs::write(data.join("rules/notes.txt"), "not a pack").unwrap();

    let made = lianxin().arg("backup").arg(&copy).arg("--data").arg(&data).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    assert_eq!(std::fs::read_to_string(copy.join("rules/2031.toml")).unwrap(), pack);
    assert!(!copy.join("rules/notes.txt").exists());

    // Whoever finds the copy cannot open what is sealed in it; with the key it is the whole district.
    let keys = std::fs::read_dir(&data).unwrap().map(|file| file.unwrap().path()).find(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.contains("key")
    });
    let keys = keys.expect("a key file");
    let there = copy.join(keys.file_name().unwrap());
    assert!(!there.exists());
    let verify = || lianxin().arg("verify").arg("--data").arg(&copy).output().unwrap();
    assert!(!verify().status.success(), "it stands without its key");
    std::fs::copy(&keys, &there).unwrap();
    let whole = verify();
    assert!(whole.status.success(), "{}{}", String::from_utf8_lossy(&whole.stdout), String::from_utf8_lossy(&whole.stderr));

    let again = lianxin().arg("backup").arg(&copy).arg("--data").arg(&data).output().unwrap();
    assert!(!again.status.success(), "a directory that holds something is left alone");
}
