//! The log for everybody: its signed head and its tiles (C2SP tlog-tiles), and a page that says in plain words what
//! they are for and how to check them oneself.
//!
//! Nothing here tells what happened: an entry is a commitment, 32 bytes that say nothing without the salt that lies
//! with the event.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use record::note::{Signed, Vkey};
use record::tree::{WIDTH, Wanted};
use store::{Sql, StoreError, Tx, p, sql};

use crate::kit::Fact;
use crate::{App, Lang, Page, PageError, Shell, Visit, dates, fill, page};

crate::texts! {
    /// Words of the page about the log.
    pub(crate) ProofTexts;
    title: "公开存证", "Public log";
    lead: "每一件事的每一步，系统都会同时记入一本只能往后写、不能改前面的总账。总账的指纹公开在这里，谁都可以拿去核对：改动、删除或者倒填任何一步，指纹就对不上。", "Every step of every matter is also written to a ledger that only grows. Its fingerprint is public here for anybody to compare: change, remove or back-date any step, and the fingerprint no longer fits.";
    nothing_told: "公开的只有指纹，没有任何人的姓名、电话和说过的话。", "Only fingerprints are public. Nobody's name, telephone or words can be read from them.";
    size: "已存证", "On record";
    size_n: "{n} 条", "{n} entries";
    signed_at: "最近一次签名", "Last signed";
    root: "总账指纹", "Fingerprint of the ledger";
    name: "总账名称", "Name of the log";
    key: "验签公钥", "Public key";
    witnesses: "外部见证", "Outside witnesses";
    witness_line: "{name}，{when} 见证到第 {n} 条", "{name}, {when}, up to entry {n}";
    witness_failed: "{name}，最近一次没有答复", "{name}, gave no answer the last time";
    self_attested: "自证", "Self-attested";
    self_title: "目前是自证", "Self-attested for now";
    self_text: "还没有外部见证方为这本总账签名。改动单个步骤仍会被发现；但是谁能控制整台服务器，就可能把整本总账重写一遍。请保存好您的回执文件，它能证明您当时看到的内容。", "No outside witness signs this log yet. A change of a single step is still found, but whoever controls the whole server could write the whole ledger anew. Keep your receipt file: it proves what you were shown.";
    nothing: "还没有签名", "Nothing is signed yet";
    nothing_text: "第一件事记下后，几秒之内就会签名并公开", "The first entry is signed and published within seconds";
    unsound: "总账自检没有通过", "The ledger does not agree with itself";
    unsound_text: "现在的总账和最近一次签名对不上，系统已经停止签名。请联系平台运营单位。", "The ledger is not the one that was signed last, so nothing more is signed. Please contact whoever runs this service.";
    how: "怎样自己核对", "How to check it yourself";
    how_page: "打开您的回执页：浏览器会逐步核对，不用信任我们的服务器说的话。", "Open your receipt page: your browser checks each step, without taking our server's word for it.";
    how_file: "在回执页保存“回执文件”。以后断网也能打开核对，也可以交给别人核对。", "Save the receipt file from your receipt page. It can be opened and checked later without a network, or by somebody else.";
    how_tools: "懂技术的人可以用任何支持 C2SP tlog-tiles 的工具核对全部总账，不必用我们的程序。", "Those who know how can check the whole ledger with any tool that speaks C2SP tlog-tiles, without our program.";
    file_title: "核对一份回执文件", "Check a receipt file";
    file_label: "选择保存的回执文件", "Choose the saved receipt file";
    file_hint: "文件只在您的浏览器里读取，不会上传", "The file is read in your browser only and is not sent anywhere";
    file_script: "这一项要用到浏览器的脚本。没有脚本时，可以在命令行运行 lianxin verify --receipt 文件。", "This needs scripts in the browser. Without them: lianxin verify --receipt FILE.";
    addresses: "公开的地址", "Public addresses";
    address_head: "最新的签名指纹", "The newest signed head";
    address_witnessed: "最近一次有外部见证的签名指纹", "The newest head that a witness signed";
    address_tiles: "总账的全部指纹，每 256 条一块", "All hashes of the ledger, 256 to a tile";
    address_entries: "每一条的承诺值", "The commitment of each entry";
    history: "签名记录", "Signed heads";
    history_size: "条数", "Entries";
    history_at: "签名时间", "Signed";
    history_witnesses: "见证", "Witnesses";
}

crate::texts! {
    /// What checking a receipt says: on the page of a receipt, in a saved file, on the page of the log.
    pub CheckTexts;
    checking: "正在您的浏览器里核对……", "Checking in your browser…";
    good: "已核对：{n} 个步骤都在公开存证里，与当时记下的一致", "Checked: all {n} steps are in the public log, as they were recorded";
    good_one: "已核对：这一步在公开存证里，与当时记下的一致", "Checked: the step is in the public log, as it was recorded";
    waits: "刚记下的 {n} 个步骤正在写入公开存证，几秒后再看", "{n} steps were recorded just now and are being written to the public log; look again in some seconds";
    wrong: "有 {n} 个步骤和公开存证对不上，内容可能被改过", "{n} steps do not agree with the public log: they may have been changed";
    differs: "页面上显示的内容和存证记录不一致，可能被改过：", "What the page shows is not as in the record and may have been changed:";
    wrong_more: "请保存回执文件，并向上级部门或者平台运营单位反映。", "Please save the receipt file and tell the authority above or whoever runs this service.";
    unsigned: "总账的签名不对，不能证明任何步骤", "The ledger's signature is wrong; it proves nothing";
    unread: "读不出这份文件：它不是回执文件，或者不完整", "This file cannot be read: it is no receipt file, or not a whole one";
    unreached: "暂时取不到存证，请稍后再试", "The proof cannot be reached just now, please try later";
    witnessed: "外部见证：{names}", "Outside witness: {names}";
    self_attested: "自证：还没有外部见证方签名", "Self-attested: no outside witness has signed";
    other_log: "这份回执是另一本总账的，这里核对不了", "This receipt is of another log and cannot be checked here";
    step_good: "在公开存证里", "In the public log";
    step_waits: "正在写入公开存证", "Being written to the public log";
    step_event: "记录缺失或者读不出来", "The record of this step is gone or cannot be read";
    step_log: "和公开存证对不上", "Does not agree with the public log";
    step_text: "文字和当时记下的不一样", "The words are not those that were recorded";
    step_sealed: "文字加密保存，核对的是密文", "The words are kept sealed; what was checked is the sealed form";
    recorded: "{when} 记入", "Recorded {when}";
    entry: "第 {n} 条", "Entry {n}";
}

impl CheckTexts {
    /// The words as scripts take them.
    pub fn json(&self) -> String {
        let words = [
            ("checking", self.checking),
            ("good", self.good),
            ("good_one", self.good_one),
            ("waits", self.waits),
            ("wrong", self.wrong),
            ("differs", self.differs),
            ("wrong_more", self.wrong_more),
            ("unsigned", self.unsigned),
            ("unread", self.unread),
            ("unreached", self.unreached),
            ("witnessed", self.witnessed),
            ("self_attested", self.self_attested),
            ("other_log", self.other_log),
            ("step_good", self.step_good),
            ("step_waits", self.step_waits),
            ("step_event", self.step_event),
            ("step_log", self.step_log),
            ("step_text", self.step_text),
            ("step_sealed", self.step_sealed),
            ("recorded", self.recorded),
            ("entry", self.entry),
        ];
        serde_json::to_string(&words.into_iter().collect::<std::collections::BTreeMap<_, _>>()).unwrap_or_default()
    }
}

/// By primary key, the newest first.
const HISTORY: &Sql =
    sql!("SELECT c.size, c.at, (SELECT COUNT(*) FROM cosignature s WHERE s.size = c.size) FROM checkpoint c ORDER BY c.size DESC LIMIT 12");
/// A row for each witness.
const WITNESSES: &Sql = sql!(
    "SELECT w.vkey, w.failure, (SELECT MAX(s.size) FROM cosignature s WHERE s.vkey = w.vkey), (SELECT MAX(s.at) FROM cosignature s WHERE s.vkey = w.vkey)
     FROM witness w ORDER BY w.vkey"
);
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/proof", get(show))
        .route("/checkpoint", get(|visit| head(visit, false)))
        .route("/checkpoint/witnessed", get(|visit| head(visit, true)))
        .route("/tile/{*path}", get(tile))
}

fn plain(body: impl Into<axum::body::Body>, kind: &'static str, keep: &'static str) -> Response {
    let mut response = Response::new(body.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    // Anybody's page may check the log.
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

async fn head(visit: Visit, witnessed: bool) -> Result<Response, PageError> {
    let found =
        visit.read(move |tx, _| Ok::<_, PageError>(if witnessed { record::newest_witnessed(tx)? } else { record::newest(tx)? })).await?;
    Ok(match found {
        Some(checkpoint) => plain(checkpoint.note, "text/plain; charset=utf-8", "public, max-age=1"),
        None => StatusCode::NOT_FOUND.into_response(),
    })
}

/// A tile, or the beginning of one: what it holds never changes once it is there.
async fn tile(visit: Visit, Path(path): Path<String>) -> Result<Response, PageError> {
    let Some(wanted) = Wanted::parse(&path) else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let found = visit.read(move |tx, _| bytes(tx, wanted).map_err(PageError::from)).await?;
    Ok(match found {
        Some(bytes) => plain(bytes, "application/octet-stream", "public, max-age=31536000, immutable"),
        None => StatusCode::NOT_FOUND.into_response(),
    })
}

fn bytes(tx: &mut Tx, wanted: Wanted) -> Result<Option<Vec<u8>>, StoreError> {
    let size = u64::try_from(record::tree_size(tx)?.size).unwrap_or(0);
    let level = wanted.level.unwrap_or(0);
    if record::tree::width(size, level, wanted.n) < wanted.width {
        return Ok(None);
    }
    let width = usize::try_from(wanted.width).unwrap_or(0);
    if wanted.level.is_some() {
        let held = record::tree::tile(tx, level, wanted.n)?;
        return Ok(held.and_then(|held| held.get(..width * 32).map(<[u8]>::to_vec)));
    }
    record::entries(tx, wanted.n * WIDTH, width)
}

struct Row {
    size: String,
    at: String,
    witnesses: i64,
}

#[derive(Template)]
#[template(path = "proof.html")]
struct ProofPage {
    shell: Shell,
    t: &'static ProofTexts,
    check: String,
    facts: Vec<Fact>,
    root: String,
    vkey: String,
    signed: bool,
    sound: bool,
    witnessed: bool,
    rows: Vec<Row>,
}

async fn show(visit: Visit) -> Result<Page, PageError> {
    let v = visit.clone();
    visit
        .read(move |tx, ctx| {
            let t = ProofTexts::of(v.lang);
            let origin = record::origin(tx)?;
            let newest = record::newest(tx)?;
            let signed = newest.as_ref().and_then(|head| Signed::parse(&head.note).ok());
            let tree = record::tree_size(tx)?;
            let moment = |at| dates::moment(v.lang, at, ctx.now);
            let mut facts = Vec::new();
            if let (Some(head), Some(_)) = (&newest, &signed) {
                facts.push(Fact::new(t.size, fill(t.size_n, &[("n", &head.size)])));
                facts.push(Fact::new(t.signed_at, moment(head.at)));
            }
            let (witnesses, witnessed) = witnesses(tx, t, &moment)?;
            facts.push(Fact::new(
                t.witnesses,
                if witnesses.is_empty() {
                    t.self_attested.to_owned()
                } else {
                    witnesses.join(if v.lang == Lang::En { "; " } else { "；" })
                },
            ));
            if let Some((name, _)) = &origin {
                facts.push(Fact::new(t.name, name.clone()));
            }
            let key = origin.as_ref().and_then(|(_, vkey)| Vkey::parse(vkey).ok());
            let sound = match (&signed, &key) {
                (Some(signed), Some(key)) => {
                    i64::try_from(signed.size) == Ok(tree.size) && signed.root == tree.root && key.check(signed).is_ok()
                }
                (None, _) => newest.is_none() && tree.size == 0,
                (Some(_), None) => false,
            };
            let rows = tx.all(HISTORY, p![], |row| Ok((row.int(0)?, row.time(1)?, row.int(2)?)))?;
            page(&ProofPage {
                shell: v.shell(t.title),
                t,
                check: CheckTexts::of(v.lang).json(),
                facts,
                root: signed.as_ref().map(|signed| record::hex(&signed.root)).unwrap_or_default(),
                vkey: origin.map(|(_, vkey)| vkey).unwrap_or_default(),
                signed: newest.is_some(),
                sound,
                witnessed,
                rows: rows.into_iter().map(|(size, at, witnesses)| Row { size: size.to_string(), at: moment(at), witnesses }).collect(),
            })
        })
        .await
}

/// The witnesses in words, and whether any has signed.
fn witnesses(tx: &mut Tx, t: &ProofTexts, moment: &dyn Fn(base::Time) -> String) -> Result<(Vec<String>, bool), StoreError> {
    let all =
        tx.all(WITNESSES, p![], |row| Ok((row.text(0)?.to_owned(), row.opt_text(1)?.is_some(), row.opt_int(2)?, row.opt_time(3)?)))?;
    let witnessed = all.iter().any(|(_, _, size, _)| size.is_some());
    let words = all.into_iter().map(|(vkey, failed, size, at)| {
        let name = Vkey::parse(&vkey).map(|vkey| vkey.name().to_owned()).unwrap_or_default();
        match (size, at) {
            (Some(size), Some(at)) if !failed => fill(t.witness_line, &[("name", &name), ("when", &moment(at)), ("n", &size)]),
            _ => fill(t.witness_failed, &[("name", &name)]),
        }
    });
    Ok((words.collect(), witnessed))
}
