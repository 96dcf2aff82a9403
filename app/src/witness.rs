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
    key: "见证公钥（写进对方的 lianxin.toml）：{key}", "Its key, for the lianxin.toml of the logs: {key}";
    logs: "认识 {n} 本总账，公钥写在 {place}，每行一个", "Logs known: {n}. Their keys stand in {place}, one a line";
    no_name: "请用 --name 写明见证方的名称，如 --name witness.example.org", "Give the witness a name with --name, as --name witness.example.org";
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
    /// The disk's, or a key file that is none.
    pub(crate) fn open(directory: &Path, name: &str, clock: Arc<dyn Clock>, random: &dyn Random) -> Result<Witness> {
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
        let seed = unhex(text.trim()).ok_or_else(|| anyhow!("{}", place.display()))?;
        let key = Skey::of_witness(&seed, name).map_err(|error| anyhow!("--name {name}: {error}"))?;
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
            Ok(text) => Some(Signed::parse(&text).map_err(|error| anyhow!("{}: {error}", place.display()))?),
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

/// Run a witness until the process is told to stop.
///
/// # Errors
/// In words that say what to do.
pub(crate) fn run(settings: &Settings) -> Result<ExitCode> {
    let t = WitnessWords::of(settings.lang);
    let Some(name) = settings.name.as_deref() else { bail!(t.no_name) };
    let directory = settings.data.clone().unwrap_or_else(|| "./witness".into());
    let random = SystemRandom::open().context("random")?;
    let witness = Arc::new(Witness::open(&directory, name, Arc::new(SystemClock), &random)?);
    let logs = witness.logs(t)?;
    let listen = settings.listen.unwrap_or_else(|| ([127, 0, 0, 1], 8090).into());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let listener = runtime.block_on(tokio::net::TcpListener::bind(listen)).with_context(|| listen.to_string())?;
    let address = serve::url(listener.local_addr()?);
    let stop = serve::told_to_stop(&runtime)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", fill(t.listening, &[("name", &name), ("address", &address)]))?;
    writeln!(out, "{}", fill(t.key, &[("key", &witness.vkey())]))?;
    writeln!(out, "{}", fill(t.logs, &[("n", &logs.len()), ("place", &directory.join("logs").display())]))?;
    out.flush()?;
    drop(out);
    let key = format!("{}\n", witness.vkey());
    let routes = Router::new()
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
            Witness::open(place.path(), "w.example", clock, &SeededRandom::new(1)).unwrap()
        };
        let log = Skey::of_log(&Keys::seeded(&SeededRandom::new(2)), "a.gov.cn/log").unwrap();
        let t = WitnessWords::of(web::Lang::En);
        let ask = |witness: &Witness, old: u64, size: u64, root: u8| {
            witness.answer(&Asked::body(old, &[], &log.sign_head(size, [root; 32]).unwrap()), t).unwrap()
        };
        let witness = open();
        assert_eq!(ask(&witness, 0, 1, 1), Answer::Unknown);
        std::fs::write(place.path().join("logs"), format!("# known\n\n{}\n", log.vkey())).unwrap();
        assert!(matches!(ask(&witness, 0, 1, 1), Answer::Signed(_)));
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

    testkit::on_both! {
        [crate::open::modules()]

        fn the_product_asks_and_its_pages_say_who_signed(app) {
            use web::witnesses::{Outcome, ask, only};

            app.settle();
            let place = tempfile::tempdir().unwrap();
            let witness = Witness::open(place.path(), "w.example", app.clock.clone(), &SeededRandom::new(3)).unwrap();
            let district = app.district();
            let log = district.read_now(|tx, _| record::origin(tx)).unwrap().unwrap().1;
            let t = WitnessWords::of(web::Lang::En);
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
