//! The program itself: from its start to the first page on a demo district that is there already, its
//! memory when nothing happens, and its size.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

use crate::Wish;
use crate::stats::{median, verdict};

/// How long a start may take before it is given up: the first one makes the district.
const PATIENCE: Duration = Duration::from_secs(180);

pub(crate) fn run(wish: &Wish) -> Result<()> {
    if !wish.bin.is_file() {
        bail!("{} is not there: build it with `cargo build --release`, or name one with --bin", wish.bin.display());
    }
    let directory = wish.dir.join("demo");
    let whole = directory.join("whole");
    if !whole.exists() && directory.exists() {
        std::fs::remove_dir_all(&directory)?;
    }
    let mut lines = Vec::new();
    if !whole.exists() {
        eprintln!("start: making the demo district in {}", directory.display());
        let begun = Instant::now();
        let running = Program::start(wish, &directory)?;
        lines.push(format!("making the demo district and serving it: {:.1} s  {}", begun.elapsed().as_secs_f64(), {
            verdict(begun.elapsed() < Duration::from_secs(60), "< 60 s")
        }));
        running.stop()?;
        std::fs::write(&whole, "")?;
    }
    let (mut starts, mut memories) = (Vec::new(), Vec::new());
    for number in 1..=wish.rounds {
        eprintln!("start: round {number} of {}", wish.rounds);
        let begun = Instant::now();
        let running = Program::start(wish, &directory)?;
        running.page("/")?;
        starts.push(begun.elapsed().as_secs_f64() * 1000.0);
        // A few pages, and then quiet.
        for path in ["/", "/report/all", "/demo", "/track"] {
            running.page(path)?;
        }
        std::thread::sleep(Duration::from_secs(3));
        memories.push(running.memory()?);
        running.stop()?;
    }
    let (start, memory) = (median(starts), median(memories));
    println!("\nthe program, medians of {} starts on a demo district that is there already", wish.rounds);
    for line in lines {
        println!("{line}");
    }
    println!("start to first page: {start:.0} ms  {}", verdict(start < 1000.0, "< 1 s"));
    println!("idle memory (resident set): {memory:.0} MB  {}", verdict(memory < 150.0, "< 150 MB"));
    println!("size of the program: {:.1} MB", std::fs::metadata(&wish.bin)?.len() as f64 / 1e6);
    Ok(())
}

/// The program, started as anyone starts it.
struct Program {
    child: Child,
    address: String,
}

impl Program {
    fn start(wish: &Wish, directory: &std::path::Path) -> Result<Program> {
        let mut child = Command::new(&wish.bin)
            .args(["demo", "--listen", "127.0.0.1:0", "--data"])
            .arg(directory)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| wish.bin.display().to_string())?;
        let out = child.stdout.take().ok_or_else(|| anyhow!("no output"))?;
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if let Some((_, rest)) = line.split_once("http://") {
                    let address: String = rest.chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ':')).collect();
                    let _ = tell.send(address);
                }
            }
        });
        match told.recv_timeout(PATIENCE) {
            Ok(address) => Ok(Program { child, address }),
            Err(_) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(anyhow!("the program did not say where it listens"))
            }
        }
    }

    fn page(&self, path: &str) -> Result<()> {
        let mut stream = TcpStream::connect(&self.address)?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address)?;
        let mut answer = String::new();
        BufReader::new(stream).take(1 << 20).read_to_string(&mut answer)?;
        let status = answer.split(' ').nth(1).unwrap_or("");
        if status != "200" { Err(anyhow!("{path} was answered with {status}")) } else { Ok(()) }
    }

    fn memory(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or_else(|| anyhow!("no VmRSS"))?;
        Ok(line.trim().trim_end_matches(" kB").trim().parse::<f64>()? / 1000.0)
    }

    /// Asked to stop, as a service is; after a while it is made to.
    fn stop(mut self) -> Result<()> {
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        let begun = Instant::now();
        while self.child.try_wait()?.is_none() {
            if begun.elapsed() > Duration::from_secs(20) {
                self.child.kill()?;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}
