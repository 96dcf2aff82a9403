//! `lianxin witness`: signs the heads of others' logs (C2SP tlog-witness), each only where it extends the one signed
//! before. It needs no database: a directory holds its key, the keys of the logs it knows, and what it signed last.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, anyhow, bail};
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base::{Clock, Random, SystemClock, SystemRandom, Time};
use record::note::{Signed, Skey, Vkey};
use record::witness::{Answer, Asked, judge, known};
use web::fill;

use crate::args::Settings;
use crate::serve;

web::texts! {
    /// Words of the witness.
    pub(crate) WitnessWords;
    listening: "见证方 {name} 已启动：{address}/add-checkpoint", "The witness {name} is running at {address}/add-checkpoint";
    key: "请对方把下面几行写进 lianxin.toml；url 写对方能访问到的地址：", "For the lianxin.toml of those whose logs it signs; as url, where they can reach it:";
    logs: "认识 {n} 本总账，公钥写在 {place}，每行一个", "Logs known: {n}. Their keys stand in {place}, one a line";
    logs_none: "还不认识任何总账：把对方“公开存证”页上的“验签公钥”写进 {place}，每行一个，存好就生效，不用重启", "No log is known yet: write the key from their “Public log” page into {place}, one a line; it counts at once, without a new start";
    logs_head: "# 每行一个总账公钥，从对方“公开存证”页的“验签公钥”抄来。", "# The keys of logs, one a line, as their “Public log” pages say them.";
    no_name: "请用 --name 写明见证方的名称，如 --name witness.example.org", "Give the witness a name with --name, as --name witness.example.org";
    bad_name: "--name {name}：名称不能空着，里面不能有空格和加号", "--name {name}: a name is not empty and holds neither space nor plus";
    other_name: "{place} 里的见证方叫 {old}，不叫 {name}：换了名称，公钥也跟着变，对方会认不出。请写 --name {old}，或者换一个目录", "The witness in {place} is called {old}, not {name}: with another name it has another key, and nobody would know it. Say --name {old}, or choose another directory";
    told: "见证方 {name}\n公钥 {key}\n下面是替每本总账最近一次签名的内容：名称、条数、指纹，最后是见证签名。", "The witness {name}\nIts key {key}\nBelow, what it signed last of each log: its name, how many entries, its root, and the witness's signature.";
    told_nothing: "{log}：还没有签过", "{log}: nothing was signed yet";
    bad_key: "{place} 不是见证方的密钥文件", "{place} is no key file of a witness";
    no_random: "系统给不出随机数", "the system gives no random numbers";
    bad_signed: "{place} 不是见证方签过的内容", "{place} holds nothing that a witness signed";
    bad_line: "{place} 第 {n} 行不是总账的公钥", "{place}, line {n}: no key of a log";
}

/// A witness over its directory.
pub(crate) struct Witness {
    key: Skey,
    directory: PathBuf,
    clock: Arc<dyn Clock>,
    /// One at a time: what was signed last is read, judged and written as one.
    turn: Mutex<()>,
}

impl Witness {
    /// Opens a directory; an empty one becomes a new witness with a key of its own.
    ///
    /// # Errors
    /// The disk's, a key file that is none, a name that cannot be one or is not the one that it began with.
    pub(crate) fn open(directory: &Path, name: &str, clock: Arc<dyn Clock>, random: &dyn Random, t: &WitnessWords) -> Result<Witness> {
        Skey::of_witness(&[0; 32], name).map_err(|_| anyhow!(fill(t.bad_name, &[("name", &name)])))?;
        let begun = named(directory)?;
        if let Some(old) = begun.as_ref().filter(|old| *old != name) {
            bail!(fill(t.other_name, &[("place", &directory.display()), ("old", &old), ("name", &name)]));
        }
        std::fs::create_dir_all(directory.join("signed")).with_context(|| directory.display().to_string())?;
        let place = directory.join("witness.key");
        if !place.exists() {
            let mut seed = [0_u8; 32];
            random.fill(&mut seed);
            let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&place)?;
            file.write_all(format!("{}\n", record::hex(&seed)).as_bytes())?;
            file.sync_all()?;
            sync(directory)?;
        }
        let text = std::fs::read_to_string(&place).with_context(|| place.display().to_string())?;
        let bad = || anyhow!(fill(t.bad_key, &[("place", &place.display())]));
        let key = unhex(text.trim()).and_then(|seed| Skey::of_witness(&seed, name).ok()).ok_or_else(bad)?;
        if begun.is_none() {
            std::fs::write(directory.join("name"), format!("{name}\n"))?;
        }
        let logs = directory.join("logs");
        if !logs.exists() {
            std::fs::write(&logs, format!("{}\n", t.logs_head))?;
        }
        Ok(Witness { key, directory: directory.to_owned(), clock, turn: Mutex::new(()) })
    }

    /// The key that its signatures are checked with.
    pub(crate) fn vkey(&self) -> Vkey {
        self.key.vkey()
    }

    /// The logs it knows: read at each asking, so that one is added by adding a line.
    fn logs(&self, t: &WitnessWords) -> Result<Vec<Vkey>> {
        let place = self.directory.join("logs");
        let text = match std::fs::read_to_string(&place) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error).with_context(|| place.display().to_string()),
        };
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        lines
            .map(|(n, line)| {
                let bad = || anyhow!(fill(t.bad_line, &[("place", &place.display()), ("n", &(n + 1))]));
                Vkey::parse(line).ok().filter(|vkey| !vkey.is_witness()).ok_or_else(bad)
            })
            .collect()
    }

    /// What anybody may know: its name and key, and the head that it signed last of each log it knows.
    ///
    /// # Errors
    /// The disk's.
    fn told(&self, t: &WitnessWords) -> Result<String> {
        let mut told = format!("{}\n", fill(t.told, &[("name", &self.vkey().name()), ("key", &self.vkey())]));
        for log in self.logs(t)? {
            match std::fs::read_to_string(self.place(&log)) {
                Ok(note) => told.push_str(&format!("\n{note}")),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    told.push_str(&format!("\n{}\n", fill(t.told_nothing, &[("log", &log.name())])));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(told)
    }

    /// Where what was signed last of a log lies. Named by the key that was checked, so that a name says nothing to the disk.
    fn place(&self, log: &Vkey) -> PathBuf {
        let digest = record::text_digest_hex(&[0; 16], &log.to_string());
        self.directory.join("signed").join(digest)
    }

    /// Judges a request and, where it signs, keeps what it signed before it answers.
    ///
    /// # Errors
    /// The disk's.
    pub(crate) fn answer(&self, body: &str, t: &WitnessWords) -> Result<Answer> {
        let Ok(asked) = Asked::parse(body) else { return Ok(Answer::Bad) };
        let logs = self.logs(t)?;
        let Some(log) = known(&logs, &asked.head) else { return Ok(Answer::Unknown) };
        let place = self.place(log);
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let last = match std::fs::read_to_string(&place) {
            Ok(text) => Some(Signed::parse(&text).map_err(|_| anyhow!(fill(t.bad_signed, &[("place", &place.display())])))?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error.into()),
        };
        let answer = judge(&asked, &logs, last.as_ref(), &self.key, self.clock.now().0.div_euclid(Time::SECOND));
        if let Answer::Signed(line) = &answer {
            let temporary = place.with_extension("new");
            let mut file = std::fs::File::create(&temporary)?;
            file.write_all(format!("{}\n{line}", asked.head.text()).as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&temporary, &place)?;
            sync(&self.directory.join("signed"))?;
        }
        Ok(answer)
    }
}

/// What the witness in a directory is called; none in a new one.
fn named(directory: &Path) -> Result<Option<String>> {
    let place = directory.join("name");
    match std::fs::read_to_string(&place) {
        Ok(text) => Ok(Some(text.trim().to_owned()).filter(|name| !name.is_empty())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| place.display().to_string()),
    }
}

fn sync(directory: &Path) -> Result<()> {
    Ok(std::fs::File::open(directory)?.sync_all()?)
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let bytes: Option<Vec<u8>> =
        (0..text.len()).step_by(2).map(|at| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok())).collect();
    bytes?.try_into().ok()
}

async fn add(State((witness, t)): State<(Arc<Witness>, &'static WitnessWords)>, body: String) -> Response {
    let judged = tokio::task::spawn_blocking(move || witness.answer(&body, t)).await;
    let answer = match judged {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => {
            tracing::error!("{error:#}");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
        Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    let status = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match answer {
        Answer::Signed(line) => line.into_response(),
        Answer::Conflict(size) => (status, [(header::CONTENT_TYPE, "text/x.tlog.size")], format!("{size}\n")).into_response(),
        Answer::Unknown | Answer::Unsigned | Answer::Bad | Answer::Forked => status.into_response(),
    }
}

async fn front(State((witness, t)): State<(Arc<Witness>, &'static WitnessWords)>) -> Response {
    match tokio::task::spawn_blocking(move || witness.told(t)).await {
        Ok(Ok(told)) => told.into_response(),
        Ok(Err(error)) => {
            tracing::error!("{error:#}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Run a witness until the process is told to stop.
///
/// # Errors
/// In words that say what to do.
pub(crate) fn run(settings: &Settings) -> Result<ExitCode> {
    let t = WitnessWords::of(settings.lang);
    let directory = settings.data.clone().unwrap_or_else(|| "./witness".into());
    let Some(name) = settings.name.clone().map_or_else(|| named(&directory), |name| Ok(Some(name)))? else { bail!(t.no_name) };
    let random = SystemRandom::open().context(t.no_random)?;
    let witness = Arc::new(Witness::open(&directory, &name, Arc::new(SystemClock), &random, t)?);
    let logs = witness.logs(t)?;
    let listen = settings.listen.unwrap_or_else(|| ([127, 0, 0, 1], 8090).into());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let listener = runtime.block_on(tokio::net::TcpListener::bind(listen)).with_context(|| listen.to_string())?;
    let address = serve::url(listener.local_addr()?);
    let stop = serve::told_to_stop(&runtime)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", fill(t.listening, &[("name", &name), ("address", &address)]))?;
    writeln!(out, "{}\n\n[[witness]]\nkey = \"{}\"\nurl = \"{address}\"\n", t.key, witness.vkey())?;
    let words = if logs.is_empty() { t.logs_none } else { t.logs };
    writeln!(out, "{}", fill(words, &[("n", &logs.len()), ("place", &directory.join("logs").display())]))?;
    out.flush()?;
    drop(out);
    let key = format!("{}\n", witness.vkey());
    let routes = Router::new()
        .route("/", get(front))
        .route("/add-checkpoint", post(add))
        .route("/key", get(move || async move { key }))
        .layer(DefaultBodyLimit::max(128 * 1024))
        .with_state((witness, t));
    runtime.block_on(async move { axum::serve(listener, routes).with_graceful_shutdown(stop).await })?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use base::{FixedClock, Keys, SeededRandom};

    use super::*;

    #[test]
    fn what_was_signed_is_remembered_across_starts() {
        let place = tempfile::tempdir().unwrap();
        let open = || {
            let clock = Arc::new(FixedClock::at(Time(1_700_000_000 * Time::SECOND)));
            Witness::open(place.path(), "w.example", clock, &SeededRandom::new(1), WitnessWords::of(web::Lang::En)).unwrap()
        };
        let log = Skey::of_log(&Keys::seeded(&SeededRandom::new(2)), "a.gov.cn/log").unwrap();
        let t = WitnessWords::of(web::Lang::En);
        let ask = |witness: &Witness, old: u64, size: u64, root: u8| {
            witness.answer(&Asked::body(old, &[], &log.sign_head(size, [root; 32]).unwrap()), t).unwrap()
        };
        let witness = open();
        assert_eq!(ask(&witness, 0, 1, 1), Answer::Unknown);
        std::fs::write(place.path().join("logs"), format!("# known\n\n{}\n", log.vkey())).unwrap();
        assert!(witness.told(t).unwrap().contains("a.gov.cn/log: nothing was signed yet"));
        assert!(matches!(ask(&witness, 0, 1, 1), Answer::Signed(_)));
        let told = witness.told(t).unwrap();
        assert!(told.contains(&witness.vkey().to_string()) && told.contains("\na.gov.cn/log\n1\n") && told.contains("\u{2014} w.example "));
        let again = open();
        assert_eq!(again.vkey(), witness.vkey());
        assert_eq!(ask(&again, 0, 1, 1), Answer::Conflict(1));
        assert_eq!(ask(&again, 1, 1, 2), Answer::Conflict(1), "another past of the same size");
        assert!(matches!(ask(&again, 1, 1, 1), Answer::Signed(_)));
        assert_eq!(ask(&again, 1, 2, 2), Answer::Forked);
        assert_eq!(again.answer("old 1\n\n", t).unwrap(), Answer::Bad);
        std::fs::write(place.path().join("logs"), "nonsense\n").unwrap();
        assert!(again.logs(t).unwrap_err().to_string().contains("line 1"));
    }

    #[test]
    fn a_witness_keeps_the_name_that_it_began_with() {
        let place = tempfile::tempdir().unwrap();
        let clock = || Arc::new(FixedClock::at(Time(0)));
        let t = WitnessWords::of(web::Lang::Hans);
        let open = |name: &str| Witness::open(place.path(), name, clock(), &SeededRandom::new(1), t).map(|witness| witness.vkey());
        for bad in ["", "a b", "a+b"] {
            assert!(open(bad).unwrap_err().to_string().contains("不能有空格和加号"), "{bad}");
            assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0, "nothing is made for it");
        }
        let first = open("w.example").unwrap();
        assert_eq!(named(place.path()).unwrap().as_deref(), Some("w.example"));
        assert!(open("v.example").unwrap_err().to_string().contains("叫 w.example，不叫 v.example"));
        assert_eq!(open("w.example").unwrap(), first);
        // One that was begun before names were kept goes on with the name that it is given.
        std::fs::remove_file(place.path().join("name")).unwrap();
        assert_eq!(open("w.example").unwrap(), first);
        std::fs::write(place.path().join("witness.key"), "nonsense").unwrap();
        assert!(open("w.example").unwrap_err().to_string().contains("不是见证方的密钥文件"));
        // The file of logs that it makes says what belongs into it, and holds none.
        std::fs::remove_file(place.path().join("witness.key")).unwrap();
        let again = Witness::open(place.path(), "w.example", clock(), &SeededRandom::new(1), t).unwrap();
        assert_eq!(again.logs(t).unwrap(), []);
        assert!(std::fs::read_to_string(place.path().join("logs")).unwrap().starts_with("# 每行一个总账公钥"));
    }

    testkit::on_both! {
        [crate::open::modules()]

        fn the_product_asks_and_its_pages_say_who_signed(app) {
            use web::witnesses::{Outcome, ask, only};

            app.settle();
            let place = tempfile::tempdir().unwrap();
            let t = WitnessWords::of(web::Lang::En);
            let witness = Witness::open(place.path(), "w.example", app.clock.clone(), &SeededRandom::new(3), t).unwrap();
            let district = app.district();
            let log = district.read_now(|tx, _| record::origin(tx)).unwrap().unwrap().1;
            let asked = web::witnesses::Witness { vkey: witness.vkey(), url: String::new() };
            only(district, std::slice::from_ref(&asked)).unwrap();
            let post = |_: &str, body: &str| {
                let answer = witness.answer(body, t)?;
                let text = match &answer {
                    Answer::Signed(line) => line.clone(),
                    Answer::Conflict(size) => size.to_string(),
                    _ => "no".to_owned(),
                };
                Ok((answer.status(), text))
            };
            assert_eq!(ask(district, &asked, &post).unwrap(), Outcome::Failed("404: no".into()));
            app.client().get("/proof").expect(200).says("w.example").says("目前是自证");
            std::fs::write(place.path().join("logs"), log).unwrap();
            let size = district.read_now(|tx, _| record::tree_size(tx)).unwrap().size;
            assert_eq!(ask(district, &asked, &post).unwrap(), Outcome::Signed(size));
            assert_eq!(ask(district, &asked, &post).unwrap(), Outcome::Nothing);
            app.client().get("/proof").expect(200).says("见证到第");
            app.client().get("/checkpoint/witnessed").expect(200).says("w.example");

            // More happened; what the product believed of the witness is lost, and it is told by the witness itself.
            let _ = app.staff(people::Role::SecurityAdmin);
            let world = app.world();
            let (department, system) = (world.departments[0], app.staff(people::Role::SystemAdmin));
            let page = system.get(&format!("/admin/posts/add?unit={department}")).expect(200);
            system.submit(&page, "form[action='/admin/posts/add']", &[("role", "department_staff"), ("title", "窗口")]);
            app.settle();
            only(district, &[]).unwrap();
            only(district, std::slice::from_ref(&asked)).unwrap();
            let more = district.read_now(|tx, _| record::tree_size(tx)).unwrap().size;
            assert!(more > size);
            assert_eq!(ask(district, &asked, &post).unwrap(), Outcome::Signed(more));
            app.client().get("/admin/record").expect(303);
            app.staff(people::Role::SystemAdmin).get("/admin/record").expect(200).says("w.example");
            app.staff(people::Role::TownDesk).get("/admin/record").expect(403);
        }
    }
}
