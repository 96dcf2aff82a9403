//! `lianxin verify --receipt` and `--checkpoint`: what can be checked of a log with nothing but files, and with its store.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use record::note::{NoteError, Signed, Vkey};
use record::receipt::{Receipt, Standing};
use web::fill;

use crate::args::Settings;
use crate::tools::{Bench, out};

web::texts! {
    /// Words of checking.
    pub(crate) ProofWords;
    no_witness: "没有配置外部见证方，页面上会标明“自证”。请在 lianxin.toml 里加上 [[witness]]", "No outside witness is configured, and pages say “self-attested”. Add [[witness]] to lianxin.toml";
    receipt_of: "回执 {no}，{district}", "Receipt {no}, {district}";
    log_of: "总账 {origin}，签名到第 {size} 条，指纹 {root}", "Log {origin}, signed up to entry {size}, root {root}";
    own_key: "公钥取自回执文件本身；用 --key 指定从公开存证页抄下的公钥，才能确认是哪个单位的总账", "The key is the receipt's own: give the one from the public log page with --key to know whose log it is";
    witness_of: "外部见证 {name}，{when}，公钥 {key}", "Outside witness {name}, {when}, key {key}";
    self_attested: "自证：没有外部见证方签名", "Self-attested: no outside witness has signed";
    step_good: "与存证一致", "in the log";
    step_waits: "还没有签名覆盖", "not yet under a signed head";
    differs: "页面上显示的内容和存证记录不一致，可能被改过：", "What the page showed is not as in the record and may have been changed:";
    step_wrong: "与存证不一致：{why}", "WRONG: {why}";
    receipt_good: "回执与存证一致", "The receipt agrees with the log";
    receipt_bad: "回执与存证不一致", "The receipt does not agree with the log";
    receipt_waits: "这份回执还证明不了什么：没有一个步骤在总账的签名之下。请过一会儿重新保存", "This receipt proves nothing yet: none of its steps is under a signed head. Save it again in a while";
    file_bad: "{place}：{why}", "{place}: {why}";
    not_saved: "不是从 /checkpoint 保存的文件", "it was not saved from /checkpoint";
    signature_bad: "总账签名不对：{why}", "The log's signature: {why}";
    no_key: "回执里没有公钥，请用 --key 指定", "The receipt names no key: give one with --key";
    key_bad: "--key 不是总账的公钥", "--key is no key of a log";
    two_at_most: "--checkpoint 最多写两次", "--checkpoint is given twice at most";
    beginning: "第 {size} 条为止的签名是本库总账的前一段", "The head of {size} entries is a beginning of this log";
    no_beginning: "第 {size} 条为止的签名和本库总账对不上：从第 1 条到第 {size} 条之间有改动", "The head of {size} entries is no beginning of this log: something in entries 1 to {size} was changed";
    longer: "签名有 {size} 条，本库总账只有 {ours} 条：后面的被删掉了，或者这是另一个库", "The head has {size} entries, this log {ours}: its end was removed, or this is another store";
    extends: "前一份签名（{from} 条）是后一份（{to} 条）的前一段", "The head of {from} entries is a beginning of that of {to}";
    forked: "两份签名（{from} 条和 {to} 条）不是同一本总账的前后", "The heads of {from} and {to} entries are not of one log";
}

fn moment(at: base::Time) -> String {
    at.civil().strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn in_words(settings: &Settings, zh: &str, en: &str) -> String {
    web::lang::either(settings.lang, || zh.to_owned(), || en.to_owned())
}

/// What a file says; what is no text becomes one that nothing reads.
fn text_of(path: &Path) -> Result<String> {
    let file = std::fs::File::open(path).with_context(|| path.display().to_string())?;
    let mut bytes = Vec::new();
    let most = u64::try_from(record::receipt::MOST_BYTES).unwrap_or(u64::MAX);
    file.take(most.saturating_add(1)).read_to_end(&mut bytes).with_context(|| path.display().to_string())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Check a receipt, with nothing but the file.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn receipt(settings: &Settings) -> Result<ExitCode> {
    let t = ProofWords::of(settings.lang);
    let path = settings.receipt.as_deref().unwrap_or(Path::new(""));
    let receipt = Receipt::parse(&text_of(path)?).map_err(|why| {
        let why = in_words(settings, &why.zh(), &why.to_string());
        anyhow!(fill(t.file_bad, &[("place", &path.display()), ("why", &why)]))
    })?;
    let key = settings.key.as_deref().map(Vkey::parse).transpose().map_err(|_| anyhow!(t.key_bad))?;
    out(&fill(t.receipt_of, &[("no", &receipt.no), ("district", &receipt.district)]))?;
    if key.is_none() && receipt.log.is_none() {
        bail!(t.no_key);
    }
    let checked = match receipt.check(key.as_ref()) {
        Ok(checked) => checked,
        Err(why) => {
            out(&fill(t.signature_bad, &[("why", &in_words(settings, why.zh(), &why.to_string()))]))?;
            out(t.receipt_bad)?;
            return Ok(ExitCode::FAILURE);
        }
    };
    out(&fill(t.log_of, &[("origin", &checked.origin), ("size", &checked.size), ("root", &record::hex(&checked.root))]))?;
    if key.is_none() {
        out(t.own_key)?;
    }
    for (name, at) in &checked.witnesses {
        let key = receipt.witnesses.iter().find(|key| key.split('+').next() == Some(name)).map_or("", String::as_str);
        out(&fill(t.witness_of, &[("name", name), ("when", &moment(*at)), ("key", &key)]))?;
    }
    if checked.witnesses.is_empty() {
        out(t.self_attested)?;
    }
    for (step, (at, standing)) in receipt.steps.iter().zip(&checked.steps) {
        let said = match standing {
            Standing::Proved => t.step_good.to_owned(),
            Standing::Waits => t.step_waits.to_owned(),
            Standing::Wrong(why) => fill(t.step_wrong, &[("why", &in_words(settings, why.zh(), &why.to_string()))]),
        };
        let at = at.map(moment).unwrap_or_default();
        let place = step.index.map(|index| format!("#{}", index + 1)).unwrap_or_default();
        out(&format!("  {at}  {place:>8}  {}  {said}", plain(&step.title)))?;
        // What was said is what the digest was checked against: whoever reads this reads the same words.
        for line in step.texts.iter().filter(|text| !text.sealed).flat_map(|text| text.text.lines()) {
            out(&format!("      {}", plain(line)))?;
        }
    }
    if !checked.differs.is_empty() {
        out(t.differs)?;
        for line in &checked.differs {
            out(&format!("  {}", plain(line)))?;
        }
    }
    let (words, code) = match (checked.is_good(), checked.proved()) {
        (false, _) => (t.receipt_bad, ExitCode::FAILURE),
        (true, 0) => (t.receipt_waits, ExitCode::FAILURE),
        (true, _) => (t.receipt_good, ExitCode::SUCCESS),
    };
    out(words)?;
    Ok(code)
}

/// Words of a file that somebody gave us, without what a terminal would obey.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// Check saved heads against the store's log: each must be a beginning of it, and the earlier of the later.
///
/// # Errors
/// When a file or the store cannot be read.
pub(crate) fn checkpoints(settings: &Settings) -> Result<ExitCode> {
    let t = ProofWords::of(settings.lang);
    if settings.checkpoints.len() > 2 {
        bail!(t.two_at_most);
    }
    let bench = Bench::open(settings)?;
    let store = bench.district.store().clone();
    let key = match &settings.key {
        Some(key) => Some(key.clone()),
        None => store.read_now(record::origin)?.map(|(_, vkey)| vkey),
    };
    let key = key.and_then(|key| Vkey::parse(&key).ok()).ok_or_else(|| anyhow!(t.key_bad))?;
    let mut heads = Vec::new();
    for path in &settings.checkpoints {
        let signed = Signed::parse(&text_of(path)?).map_err(|_| t.not_saved.to_owned()).and_then(|signed| {
            let wrong = |why: NoteError| fill(t.signature_bad, &[("why", &in_words(settings, why.zh(), &why.to_string()))]);
            key.check(&signed).map(|_| signed).map_err(wrong)
        });
        heads.push(signed.map_err(|why| anyhow!(fill(t.file_bad, &[("place", &path.display()), ("why", &why)])))?);
    }
    let ours = store.read_now(record::tree_size)?.size;
    let mut good = true;
    for head in &heads {
        let size = head.size;
        let root = store.read_now(move |tx| record::tree::root_at(tx, size))?;
        let words = if i64::try_from(size).unwrap_or(i64::MAX) > ours {
            good = false;
            fill(t.longer, &[("size", &size), ("ours", &ours)])
        } else if root == Some(head.root) {
            fill(t.beginning, &[("size", &size)])
        } else {
            good = false;
            fill(t.no_beginning, &[("size", &size)])
        };
        out(&words)?;
    }
    heads.sort_by_key(|head| head.size);
    if let [old, new] = &heads[..] {
        let (from, to) = (old.size, new.size);
        let path = store.read_now(move |tx| record::tree::consistency(tx, from, to))?;
        let fits = path.is_some_and(|path| record::tree::extends(&path, from, &old.root, to, &new.root));
        good &= fits;
        out(&fill(if fits { t.extends } else { t.forked }, &[("from", &from), ("to", &to)]))?;
    }
    Ok(bench.close(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }))
}
