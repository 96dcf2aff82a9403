//! A server that speaks TLS and nothing after it: what is let through, and what is refused before a word is said.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection};

use super::*;
use crate::engine::postgres_open::apart;

/// An authority that a certificate for `localhost` comes from: its file, and what the server needs.
fn authority(directory: &std::path::Path) -> (String, Arc<ServerConfig>) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let file = directory.join("authority.pem");
    std::fs::write(&file, issuer.pem()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".into()]).unwrap().signed_by(&key, &issuer).unwrap();
    let private = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = builder.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], private).unwrap();
    (file.display().to_string(), Arc::new(config))
}

/// Answers one connection: `Some` speaks TLS and gives back the first words inside it, `None` says that it cannot.
fn server(config: Option<Arc<ServerConfig>>) -> (u16, JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let work = thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut first = [0; 8];
        socket.read_exact(&mut first).unwrap();
        let Some(config) = config else {
            if first == [0, 0, 0, 8, 4, 210, 22, 47] {
                socket.write_all(b"N").unwrap();
                let mut heard = vec![0; 8];
                let said = socket.read(&mut heard).unwrap_or(0);
                heard.truncate(said);
                return heard;
            }
            return first.to_vec();
        };
        socket.write_all(b"S").unwrap();
        let mut heard = vec![0; 8];
        let mut connection = ServerConnection::new(config).unwrap();
        let said = rustls::Stream::new(&mut connection, &mut socket).read(&mut heard).unwrap_or(0);
        heard.truncate(said);
        heard
    });
    (port, work)
}

/// What the server heard inside the connection, and why it came to nothing.
fn speak(config: Option<Arc<ServerConfig>>, host: &str, query: &str) -> (Vec<u8>, String) {
    let (port, work) = server(config);
    let url = format!("postgres://u:secret@{host}:{port}/d{query}");
    let error = apart(|| {
        let (config, tls) = read(&url).unwrap();
        explain(&config.connect(tls).err().unwrap())
    });
    assert!(!error.contains("secret"), "{error}");
    (work.join().unwrap(), error)
}

#[test]
fn a_server_is_spoken_to_as_the_address_asks() {
    let directory = tempfile();
    let (file, config) = authority(&directory);
    let roots = format!("&sslrootcert={}", file.replace('/', "%2F"));
    let greeted = |heard: &[u8]| heard.get(4..8) == Some(&[0, 3, 0, 0][..]);

    for query in ["", "?sslmode=prefer", "?sslmode=require", &format!("?sslmode=require{roots}"), &format!("?sslmode=verify-full{roots}")] {
        let (heard, _) = speak(Some(config.clone()), "localhost", query);
        assert!(greeted(&heard), "{query}: the greeting comes inside TLS");
    }
    // Another name than the certificate's, and an authority that the machine does not know.
    let (heard, error) = speak(Some(config.clone()), "127.0.0.1", &format!("?sslmode=verify-full{roots}"));
    assert!(heard.is_empty() && error.contains("certificate"), "{error}");
    if SYSTEM.iter().any(|file| std::path::Path::new(file).is_file()) {
        let (heard, error) = speak(Some(config.clone()), "localhost", "?sslmode=verify-full");
        assert!(heard.is_empty() && error.contains("certificate"), "{error}");
    }
    // A server that cannot: spoken to in the open only where that is allowed.
    assert!(greeted(&speak(None, "localhost", "").0));
    assert!(greeted(&speak(None, "localhost", "?sslmode=disable").0));
    for query in ["?sslmode=require", &format!("?sslmode=verify-full{roots}")] {
        let (heard, error) = speak(None, "localhost", query);
        assert!(heard.is_empty() && error.contains("TLS"), "{query}: {error}");
    }
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn an_address_that_asks_for_what_is_not_known_is_refused() {
    let wrong = |query: &str| read(&format!("postgres://u:secret@h/d{query}")).err().unwrap();
    assert!(wrong("?sslmode=verify-ca").contains("verify-full"));
    assert!(wrong("?sslmode=verify-full&sslrootcert=/nowhere.pem").contains("/nowhere.pem"));
    assert!(!wrong("?unknown=1").contains("secret"));
    assert!(read("postgres://u@%2Ftmp%2Fpg/d").is_ok() && read("postgres://u@h/d?connect_timeout=3").is_ok());
}

fn tempfile() -> std::path::PathBuf {
    let directory = std::env::temp_dir().join(format!("lianxin-tls-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    directory
}
