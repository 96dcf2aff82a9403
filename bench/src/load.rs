//! A small load generator: keep-alive connections that each send the next request when the answer to
//! the last is whole. No pipelining; requests are prepared bytes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Gives the bytes of the next request of a connection; they are written into the buffer.
pub(crate) type Next = dyn Fn(usize, usize, &mut Vec<u8>) + Send + Sync;

/// What a load gave.
pub(crate) struct Given {
    /// How long each answer took, in microseconds.
    pub(crate) micros: Vec<u32>,
    /// How long all of it took.
    pub(crate) over: Duration,
    /// Bytes of the last answer, for the table.
    pub(crate) bytes: usize,
}

/// Load a server on a thread of its own. Answers must have this status.
pub(crate) fn load(address: SocketAddr, connections: usize, time: Duration, status: u16, next: Arc<Next>) -> Result<Given> {
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async move {
            let mut open = Vec::with_capacity(connections);
            for _ in 0..connections {
                let stream = TcpStream::connect(address).await.context("connecting")?;
                stream.set_nodelay(true)?;
                open.push(stream);
            }
            // One of each before the clock starts: caches, statements and threads are warm in service too.
            let begun = Instant::now();
            let until = begun + time;
            let clients: Vec<_> = open
                .into_iter()
                .enumerate()
                .map(|(number, stream)| tokio::spawn(client(stream, number, until, status, Arc::clone(&next))))
                .collect();
            let (mut micros, mut bytes) = (Vec::new(), 0);
            for client in clients {
                let (mine, last) = client.await??;
                micros.extend(mine);
                bytes = bytes.max(last);
            }
            anyhow::Ok(Given { micros, over: begun.elapsed(), bytes })
        })
    });
    thread.join().map_err(|_| anyhow::anyhow!("the load generator panicked"))?
}

async fn client(mut stream: TcpStream, number: usize, until: Instant, status: u16, next: Arc<Next>) -> Result<(Vec<u32>, usize)> {
    let mut micros = Vec::with_capacity(4096);
    let (mut request, mut answer) = (Vec::with_capacity(4096), Vec::with_capacity(64 << 10));
    let (mut sent, mut last) = (0, 0);
    while Instant::now() < until {
        request.clear();
        next(number, sent, &mut request);
        sent += 1;
        let begun = Instant::now();
        stream.write_all(&request).await?;
        last = whole(&mut stream, &mut answer, status).await?;
        micros.push(u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    Ok((micros, last))
}

/// Send so many requests, each at its moment whether or not those before it were answered, evenly over a time; how long each
/// took is counted from the moment at which it was due.
pub(crate) fn arrive(address: SocketAddr, connections: usize, count: usize, over: Duration, status: u16, next: Arc<Next>) -> Result<Given> {
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async move {
            let turn = Arc::new(std::sync::atomic::AtomicUsize::new(0));
            let mut open = Vec::with_capacity(connections);
            for _ in 0..connections {
                let stream = TcpStream::connect(address).await.context("connecting")?;
                stream.set_nodelay(true)?;
                open.push(stream);
            }
            let begun = Instant::now();
            let clients: Vec<_> = open
                .into_iter()
                .map(|mut stream| {
                    let (turn, next) = (Arc::clone(&turn), Arc::clone(&next));
                    tokio::spawn(async move {
                        let (mut micros, mut last) = (Vec::new(), 0);
                        let (mut request, mut answer) = (Vec::with_capacity(4096), Vec::with_capacity(64 << 10));
                        loop {
                            let at = turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                            if at >= count {
                                return anyhow::Ok((micros, last));
                            }
                            let due = begun + over.mul_f64(at as f64 / count as f64);
                            tokio::time::sleep_until(due.into()).await;
                            request.clear();
                            next(at, 0, &mut request);
                            stream.write_all(&request).await?;
                            last = whole(&mut stream, &mut answer, status).await?;
                            micros.push(u32::try_from(due.elapsed().as_micros()).unwrap_or(u32::MAX));
                        }
                    })
                })
                .collect();
            let (mut micros, mut bytes) = (Vec::new(), 0);
            for client in clients {
                let (mine, last) = client.await??;
                micros.extend(mine);
                bytes = bytes.max(last);
            }
            anyhow::Ok(Given { micros, over: begun.elapsed(), bytes })
        })
    });
    thread.join().map_err(|_| anyhow::anyhow!("the load generator panicked"))?
}

/// Read one whole answer and tell its length.
async fn whole(stream: &mut TcpStream, answer: &mut Vec<u8>, status: u16) -> Result<usize> {
    answer.clear();
    let mut whole = None;
    loop {
        ensure!(stream.read_buf(answer).await? > 0, "the server closed the connection");
        if whole.is_none()
            && let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n")
        {
            let text = std::str::from_utf8(answer.get(..head).unwrap_or_default()).context("the head of the answer")?;
            let code = text.split(' ').nth(1).unwrap_or("");
            if code != status.to_string() {
                bail!("answered {code} instead of {status}:\n{text}\n{}", String::from_utf8_lossy(answer.get(head..).unwrap_or_default()));
            }
            let length = text.lines().filter_map(|line| line.split_once(':')).find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
            let length: usize = length.map_or(Ok(0), |(_, value)| value.trim().parse())?;
            whole = Some(head + 4 + length);
        }
        if whole.is_some_and(|whole| answer.len() >= whole) {
            return Ok(answer.len());
        }
    }
}

/// A GET request.
pub(crate) fn get(host: &str, path: &str, cookie: &str) -> Vec<u8> {
    let cookie = if cookie.is_empty() { String::new() } else { format!("Cookie: {cookie}\r\n") };
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nAccept-Language: zh-CN\r\nSec-Fetch-Site: same-origin\r\n{cookie}\r\n"
    )
    .into_bytes()
}

/// A form as a browser sends it.
pub(crate) fn post(host: &str, path: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let body = body.join("&");
    format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nAccept-Language: zh-CN\r\nOrigin: http://{host}\r\n\
         Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len() * 3), |mut out, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            other => out.push_str(&format!("%{other:02X}")),
        }
        out
    })
}
