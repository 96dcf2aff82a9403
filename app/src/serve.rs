//! `lianxin serve` and the serving half of `lianxin demo`.

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use web::background::Background;
use web::{App, Config, District, Module, Server, fill};

use crate::words::Words;

/// An address that is ours to serve. It is taken before anything is opened or made, so that a port which somebody else
/// has leaves no half of a store behind.
pub(crate) struct Listening {
    runtime: tokio::runtime::Runtime,
    listener: TcpListener,
}

impl Listening {
    /// Take the address.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub(crate) fn at(listen: SocketAddr) -> Result<Listening> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_name("web").build()?;
        let listener = runtime.block_on(TcpListener::bind(listen)).with_context(|| listen.to_string())?;
        Ok(Listening { runtime, listener })
    }
}

/// Serve these districts until the process is told to stop. `greet` is told the address once connections are taken.
///
/// # Errors
/// When the work beside the pages cannot begin.
pub(crate) fn run(
    listening: Listening,
    config: Config,
    districts: Vec<Arc<District>>,
    modules: Vec<Module>,
    t: &'static Words,
    greet: impl FnOnce(SocketAddr) -> Result<()>,
) -> Result<()> {
    let Listening { runtime, listener } = listening;
    let app = App::new(config, districts, modules);
    let address = listener.local_addr()?;
    let background = Background::start(&app)?;
    // Heard before the address is told: whoever has read it may already ask the program to end.
    let stop = told_to_stop(&runtime)?;
    // A reader that goes away must not end the program: what it would read is then not said.
    let _ = greet(address);
    runtime.block_on(web::serve(Server::new(app.clone()), listener, async move {
        stop.await;
        say(t.stopping);
    }));
    background.stop();
    for district in app.districts() {
        district.store().close();
    }
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    say(t.stopped);
    Ok(())
}

/// From now on the process ends when what comes back ends, and not by itself: at SIGTERM or Ctrl-C.
///
/// # Errors
/// When the system takes no handler.
pub(crate) fn told_to_stop(runtime: &tokio::runtime::Runtime) -> std::io::Result<impl Future<Output = ()> + use<>> {
    let _inside = runtime.enter();
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// The address as a browser wants it.
pub(crate) fn url(address: SocketAddr) -> String {
    let host = if address.ip().is_unspecified() { "127.0.0.1".to_owned() } else { address.ip().to_string() };
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    format!("http://{host}:{}", address.port())
}

/// What is said once the service runs.
///
/// # Errors
/// When standard output is closed.
pub(crate) fn greeting(t: &Words, address: SocketAddr, lines: &[String]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", fill(t.listening, &[("address", &url(address))]))?;
    for line in lines {
        writeln!(out, "{line}")?;
    }
    if out.is_terminal() {
        writeln!(out, "{}", t.stop_hint)?;
    }
    out.flush()?;
    Ok(())
}

/// Say something on standard error, where it mixes with no answer.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
