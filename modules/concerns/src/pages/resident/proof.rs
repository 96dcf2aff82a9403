//! The receipt proved: what the browser checks on the receipt's page, the page that lists it step by step, and the file
//! that is saved and checked without us.

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base::Ctx;
use record::receipt::{Receipt, Shown, Standing, Wrong};
use store::Tx;
use web::shell::Tone;
use web::{CheckTexts, Lang, Limit, Page, PageError, Shell, Visit, dates, fill};

use crate::pages::timeline::Reader;
use crate::pages::words;
use crate::read::Proved;
use crate::{read, receipt};

web::texts! {
    /// Words of the page that proves a receipt.
    pub(in crate::pages) ProvedTexts;
    title: "存证核验", "Proof";
    lead: "下面每一步，您的浏览器都会拿去和公开存证核对。核对在您的手机或电脑上进行，不靠我们的服务器说了算。", "Your browser checks each step below against the public log. It does so on your own device and need not take our server's word.";
    section: "存证", "Proof";
    details: "逐步查看存证", "See it step by step";
    server_good: "服务器核对：{n} 个步骤与公开存证一致", "Checked by the server. Steps that agree with the public log: {n}";
    server_wrong: "服务器核对：有 {n} 个步骤与公开存证对不上，内容可能被改过", "Checked by the server. Steps that do not agree with the public log and may have been changed: {n}";
    server_unsigned: "总账的签名不对，不能证明任何步骤", "The ledger's signature is wrong; it proves nothing";
    missing: "第 {n} 步的记录不见了", "The record of step {n} is gone";
    steps: "逐步核对", "Step by step";
    save: "保存回执文件", "Save the receipt file";
    save_why: "文件里有每一步的记录和证明，断网也能打开核对。里面有您反映的内容，请妥善保管。", "It holds the record of each step and its proof, and can be opened and checked without a network. It holds your own words too, so keep it safe.";
    about: "公开存证是什么", "What the public log is";
    saved_title: "回执文件", "Receipt file";
    saved_no: "受理编号", "Number";
    saved_how: "这个文件不用联网就能核对。想确认总账公钥不是伪造的，请和“{district}”公开存证页上的公钥比对：", "This file can be checked without a network. To be sure that the key is not a forged one, compare it with the one on the public log page of {district}:";
    saved_script: "核对要用到浏览器的脚本。也可以在命令行运行 lianxin verify --receipt 文件。", "Checking needs scripts in the browser. Or: lianxin verify --receipt FILE.";
}

type Address = Path<(String, String)>;

/// The receipt with its proofs.
fn made(tx: &mut Tx, ctx: &Ctx, visit: &Visit, no: &str, secret: &str) -> Result<Receipt, PageError> {
    let holder = receipt::find(tx, no, secret)?.ok_or(PageError::NotFound)?;
    let steps = read::proved(tx, ctx, &holder)?.ok_or(PageError::NotFound)?;
    let tree = people::tree(tx)?;
    let shell = visit.shell("");
    let reader = Reader {
        lang: visit.lang,
        now: ctx.now,
        tree: &tree,
        w: words::words(visit.lang),
        shell: &shell,
        photos: String::new(),
        staff: false,
    };
    let t = ProvedTexts::of(visit.lang);
    let shown = steps.into_iter().map(|step| match step {
        Proved::Step { happened, event, texts } => Shown { title: reader.title(&happened), event: Some(*event), texts },
        Proved::Missing(v) => Shown { title: fill(t.missing, &[("n", &v)]), event: None, texts: Vec::new() },
    });
    let shown: Vec<Shown> = shown.collect();
    let differs = super::agrees::lines(tx, ctx, visit.lang, &tree, &holder)?;
    Ok(Receipt { differs, ..record::receipt::make(tx, &base::number::show(holder.no()), &visit.district.name(), &shown)? })
}

/// For the script on the page.
pub(super) async fn json(visit: Visit, Path((no, secret)): Address) -> Result<Response, PageError> {
    visit.limit(Limit::Track)?;
    let v = visit.clone();
    let json = visit.read(move |tx, ctx| Ok::<_, PageError>(made(tx, ctx, &v, &no, &secret)?.to_json())).await?;
    Ok(private(json, "application/json"))
}

fn private(body: String, kind: &'static str) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

#[derive(Template)]
#[template(path = "resident/saved.html")]
struct SavedPage<'a> {
    lang: &'static str,
    t: &'static ProvedTexts,
    how: String,
    no: &'a str,
    vkey: &'a str,
    check: String,
    json: String,
    script: String,
}

/// The file that is saved: a page that holds everything it needs, also the script.
pub(super) async fn file(visit: Visit, Path((no, secret)): Address) -> Result<Response, PageError> {
    visit.limit(Limit::Track)?;
    let v = visit.clone();
    let (name, body) = visit
        .read(move |tx, ctx| {
            let made = made(tx, ctx, &v, &no, &secret)?;
            let t = ProvedTexts::of(v.lang);
            let saved = SavedPage {
                lang: v.lang.code(),
                t,
                how: fill(t.saved_how, &[("district", &made.district)]),
                no: &made.no,
                vkey: made.log.as_deref().unwrap_or_default(),
                check: CheckTexts::of(v.lang).json(),
                json: made.to_json(),
                // No word of the script may end the element that it stands in.
                script: web::assets::text("verify.js").replace("</script", "<\\/script"),
            };
            Ok::<_, PageError>((base::number::parse(&no).unwrap_or_default(), saved.render()?))
        })
        .await?;
    let mut response = private(body, "text/html; charset=utf-8");
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"lianxin-{name}.html\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

struct Line {
    title: String,
    facts: String,
    class: &'static str,
}

#[derive(Template)]
#[template(path = "resident/proof.html")]
struct ProofPage {
    shell: Shell,
    t: &'static ProvedTexts,
    path: String,
    check: String,
    said: String,
    tone: Tone,
    /// What the page shows otherwise than the record has it; empty where all agrees.
    differs: String,
    differs_title: &'static str,
    lines: Vec<Line>,
}

/// The page: what the server found, and what the browser finds where it runs scripts.
pub(super) async fn show(visit: Visit, Path((no, secret)): Address) -> Result<Page, PageError> {
    visit.limit(Limit::Track)?;
    let v = visit.clone();
    visit
        .read(move |tx, ctx| {
            let made = made(tx, ctx, &v, &no, &secret)?;
            let (t, c) = (ProvedTexts::of(v.lang), CheckTexts::of(v.lang));
            let number = base::number::parse(&no).unwrap_or_default();
            let (said, tone, lines) = match made.check(None) {
                Err(_) => (t.server_unsigned.to_owned(), Tone::Error, Vec::new()),
                Ok(checked) => {
                    let wrong = checked.steps.iter().filter(|(_, standing)| matches!(standing, Standing::Wrong(_))).count();
                    let good = checked.steps.iter().filter(|(_, standing)| *standing == Standing::Proved).count();
                    let lines = made.steps.iter().zip(&checked.steps).map(|(step, (at, standing))| {
                        let (words, class) = match standing {
                            Standing::Proved => (c.step_good, "good"),
                            Standing::Waits => (c.step_waits, "waits"),
                            Standing::Wrong(Wrong::Event) => (c.step_event, "wrong"),
                            Standing::Wrong(Wrong::NotInLog) => (c.step_log, "wrong"),
                            Standing::Wrong(Wrong::Text) => (c.step_text, "wrong"),
                        };
                        let mut facts = vec![words.to_owned()];
                        facts.extend(step.index.map(|index| fill(c.entry, &[("n", &(index + 1))])));
                        facts.extend(at.map(|at| fill(c.recorded, &[("when", &dates::moment(v.lang, at, ctx.now))])));
                        Line { title: step.title.clone(), facts: facts.join(" · "), class }
                    });
                    let (said, tone) = if wrong > 0 {
                        (fill(t.server_wrong, &[("n", &wrong)]), Tone::Error)
                    } else {
                        (fill(t.server_good, &[("n", &good)]), Tone::Info)
                    };
                    (said, tone, lines.collect())
                }
            };
            let shown = ProofPage {
                shell: v.shell(t.title),
                t,
                path: format!("/r/{number}/{secret}"),
                check: c.json(),
                said,
                tone,
                differs: made.differs.join(if v.lang == Lang::En { "; " } else { "；" }),
                differs_title: c.differs,
                lines,
            };
            web::page(&shown).map(Page::secret)
        })
        .await
}
