//! The program as anyone starts it, on a small demo district of its own, and a resident's form by hand.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use people::Level;
use store::{Database, Migration, Options, Store};

/// A directory that goes when the test ends.
pub(crate) struct Directory(pub(crate) PathBuf);

impl Directory {
    pub(crate) fn new() -> Directory {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("lianxin_app_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        std::fs::write(path.join("config.toml"), "[limits]\nsubmit = \"off\"\ntrack = \"off\"\n").unwrap();
        Directory(path)
    }

    /// The store, for looking at while the program does not run.
    pub(crate) fn store(&self) -> Store {
        let trees: [&'static [Migration]; 17] = [
            record::MIGRATIONS,
            people::MIGRATIONS,
            web::MIGRATIONS,
            concerns::MIGRATIONS,
            residents::MIGRATIONS,
            measures::MIGRATIONS,
            scores::MIGRATIONS,
            inspections::MIGRATIONS,
            conferences::module().migrations,
            theory::MIGRATIONS,
            checks::module().migrations,
            dashboard::MIGRATIONS,
            burden::MIGRATIONS,
            audit::MIGRATIONS,
            reports::MIGRATIONS,
            notices::module().migrations,
            visitors::module().migrations,
        ];
        let options = Options { readers: 1, blobs: self.0.join("data/blobs"), ..Options::default() };
        Store::open(&Database::Sqlite { file: self.0.join("data/lianxin.db") }, &options, &trees, store::testing::NOW).unwrap()
    }

    /// The id of a community, which a form names as its place.
    pub(crate) fn place(&self) -> String {
        let store = self.store();
        let place = store.read_now(|tx| {
            let tree = people::tree(tx)?;
            Ok::<_, store::StoreError>(tree.of_level(Level::Community).next().map(|unit| unit.id.to_string()))
        });
        store.close();
        place.unwrap().unwrap()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The running program.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: String,
}

pub(crate) fn lianxin() -> Command {
    Command::new(env!("CARGO_BIN_EXE_lianxin"))
}

impl Program {
    /// Let it make its district, and end.
    pub(crate) fn make(directory: &Path) {
        let mut command = lianxin();
        command.args(["demo", "--small", "--seed", "1"]);
        Program::run(command, directory, &[]).stop();
    }

    /// Start it on its district, without limits for a single sender.
    pub(crate) fn start(directory: &Path, env: &[(&str, &Path)]) -> Program {
        let mut command = lianxin();
        command.arg("serve").arg("--config").arg(directory.join("config.toml"));
        Program::run(command, directory, env)
    }

    fn run(mut command: Command, directory: &Path, env: &[(&str, &Path)]) -> Program {
        command.args(["--listen", "127.0.0.1:0", "--data"]).arg(directory.join("data"));
        command.envs(env.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let out = child.stdout.take().unwrap();
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if let Some((_, rest)) = line.split_once("http://") {
                    let _ = tell.send(rest.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ':')).collect::<String>());
                }
            }
        });
        let address = told.recv_timeout(Duration::from_secs(120)).unwrap_or_else(|_| {
            let _ = child.kill();
            panic!("the program did not say where it listens")
        });
        Program { child, address }
    }

    /// kill -9, and wait until it is gone.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ask it to end, and see that it ends well.
    pub(crate) fn stop(mut self) {
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success());
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A resident's browser that keeps its connection.
pub(crate) struct Resident {
    stream: TcpStream,
    host: String,
    place: String,
}

impl Resident {
    pub(crate) fn open(address: &str, place: &str) -> std::io::Result<Resident> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        Ok(Resident { stream, host: address.to_owned(), place: place.to_owned() })
    }

    /// Send the one-page form under this key. The receipt, as number and secret, when it was acknowledged.
    pub(crate) fn submit(&mut self, key: &str) -> std::io::Result<(String, String)> {
        let body = format!(
            "op_key={key}&text=%E7%94%B5%E6%A2%AF%E5%9D%8F%E4%BA%86{key}&place={}&spot=&about=none&who=none&phone=&name=",
            self.place
        );
        let request = format!(
            "POST /report/all HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nSec-Fetch-Site: same-origin\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len(),
            host = self.host,
        );
        self.stream.write_all(request.as_bytes())?;
        let head = self.answer()?;
        assert!(head.starts_with("HTTP/1.1 303"), "{head}");
        let location = head.lines().find_map(|line| line.strip_prefix("location: /r/")).expect("a receipt");
        let mut parts = location.split('/');
        Ok((parts.next().unwrap().to_owned(), parts.next().unwrap().to_owned()))
    }

    /// The head of one whole answer.
    fn answer(&mut self) -> std::io::Result<String> {
        let mut all = Vec::new();
        let mut some = [0; 8192];
        loop {
            let read = self.stream.read(&mut some)?;
            if read == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            all.extend_from_slice(&some[..read]);
            let Some(end) = all.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let head = String::from_utf8(all[..end].to_vec()).expect("a head of text");
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |n| n.trim().parse().unwrap());
            if all.len() >= end + 4 + length {
                return Ok(head);
            }
        }
    }
}
