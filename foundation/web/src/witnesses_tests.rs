//! A witness that speaks TLS, on this machine: asked where its certificate comes from whom we trust, and nobody else's.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection};

use super::*;

/// An authority with its file, and a server whose certificate for `localhost` comes from it.
fn authority(directory: &Path, name: &str) -> (PathBuf, Arc<ServerConfig>) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let file = directory.join(name);
    std::fs::write(&file, issuer.pem()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".into()]).unwrap().signed_by(&key, &issuer).unwrap();
    let private = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let builder = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    (file, Arc::new(builder.with_single_cert(vec![certificate.der().clone()], private).unwrap()))
}

/// Answers one request inside TLS, and gives back what it heard.
fn peer(config: Arc<ServerConfig>) -> (u16, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let work = thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut connection = ServerConnection::new(config).unwrap();
        let mut inside = rustls::Stream::new(&mut connection, &mut socket);
        let mut heard = Vec::new();
        while !heard.ends_with(b"the head") {
            let mut some = [0; 1024];
            match inside.read(&mut some) {
                Ok(n) if n > 0 => heard.extend_from_slice(&some[..n]),
                _ => return String::new(),
            }
        }
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\nconnection: close\r\n\r\nsignature";
        inside.write_all(answer.as_bytes()).and_then(|()| inside.flush()).unwrap();
        String::from_utf8(heard).unwrap()
    });
    (port, work)
}

#[test]
fn a_witness_is_asked_over_tls_and_must_be_who_it_should_be() {
    let place = std::env::temp_dir().join(format!("lianxin-witness-{}", std::process::id()));
    std::fs::create_dir_all(&place).unwrap();
    let (trusted, config) = authority(&place, "trusted.pem");
    let (other, _) = authority(&place, "other.pem");

    let http = Http::new(Some(&trusted)).unwrap();
    let (port, work) = peer(config.clone());
    assert_eq!(post(&http, &format!("https://localhost:{port}/"), "the head").unwrap(), (200, "signature".to_owned()));
    let heard = work.join().unwrap();
    assert!(heard.starts_with("POST /add-checkpoint HTTP/1.1"), "{heard}");
    assert!(heard.to_ascii_lowercase().contains("content-type: text/plain; charset=utf-8"), "{heard}");

    for (authorities, host) in [(&other, "localhost"), (&trusted, "127.0.0.1")] {
        let http = Http::new(Some(authorities)).unwrap();
        let (port, work) = peer(config.clone());
        let error = post(&http, &format!("https://{host}:{port}"), "the head").unwrap_err();
        assert!(error.to_string().contains("certificate"), "{host}: {error}");
        assert_eq!(work.join().unwrap(), "", "nothing was sent to a stranger");
    }
    std::fs::remove_dir_all(&place).unwrap();
}
