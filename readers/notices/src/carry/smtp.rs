//! E-mail by SMTP (RFC 5321), with TLS from the beginning or by STARTTLS, and a name and password where the server wants
//! them. Two hundred lines rather than a library: one short text to one address is all that is ever sent.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use web::notice::{Carrier, Failure, Parcel};
use zeroize::Zeroizing;

/// How long one word of the other side may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest line of an answer, and the most lines.
const LINE: u64 = 2_000;
const LINES: usize = 100;
/// Bytes of a text that one encoded word of a header holds.
const WORD: usize = 42;

/// How the connection is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (port 465).
    Tls,
    /// STARTTLS before anything is said (port 587).
    StartTls,
    /// Nothing: only to this machine.
    None,
}

/// A mail server.
pub struct Smtp {
    host: String,
    port: u16,
    security: Security,
    login: Option<(String, Zeroizing<String>)>,
    from: String,
    tls: Arc<ClientConfig>,
}

/// Where systems keep the authorities that they trust.
const SYSTEM: &[&str] =
    &["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"];

impl Smtp {
    /// A server. `from` is the address that messages come from; `authorities` a file of certificates to trust, without
    /// which those of the machine are.
    ///
    /// # Errors
    /// In words: a file that cannot be read, an address that is none, a connection without TLS to another machine.
    pub fn new(
        host: String,
        port: u16,
        security: Security,
        login: Option<(String, String)>,
        from: String,
        authorities: Option<&Path>,
    ) -> Result<Smtp, String> {
        if !crate::address::fits(web::notice::Channel::Email, &from) {
            return Err(format!("{from}: not an address"));
        }
        if security == Security::None && !matches!(host.as_str(), "127.0.0.1" | "localhost" | "::1") {
            return Err("mail without TLS goes to this machine only".into());
        }
        let pem = match authorities {
            Some(file) => std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?,
            None => SYSTEM.iter().find_map(|file| std::fs::read(file).ok()).unwrap_or_default(),
        };
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(CertificateDer::pem_slice_iter(&pem).flatten());
        let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let login = login.map(|(name, password)| (name, Zeroizing::new(password)));
        Ok(Smtp { host, port, security, login, from, tls: Arc::new(tls) })
    }

    fn connect(&self) -> Result<TcpStream, Failure> {
        let lost = |_| Failure::again("the mail server was not reached");
        let addresses = (self.host.as_str(), self.port).to_socket_addrs().map_err(lost)?;
        let mut last = Failure::again("the mail server has no address");
        for address in addresses {
            match TcpStream::connect_timeout(&address, PATIENCE) {
                Ok(stream) => {
                    stream.set_read_timeout(Some(PATIENCE)).map_err(lost)?;
                    stream.set_write_timeout(Some(PATIENCE)).map_err(lost)?;
                    return Ok(stream);
                }
                Err(error) => last = lost(error),
            }
        }
        Err(last)
    }

    fn secured(&self, stream: TcpStream) -> Result<StreamOwned<ClientConnection, TcpStream>, Failure> {
        let name = ServerName::try_from(self.host.clone()).map_err(|_| Failure::never("the mail server has no name for TLS"))?;
        let connection = ClientConnection::new(Arc::clone(&self.tls), name).map_err(|_| Failure::never("no TLS"))?;
        Ok(StreamOwned::new(connection, stream))
    }

    /// The conversation after the connection is as safe as it is to be.
    fn deliver<S: Read + Write>(&self, talk: &mut Talk<S>, parcel: &Parcel) -> Result<(), Failure> {
        let offers = talk.ask("EHLO lianxin", 250)?;
        if let Some((name, password)) = &self.login {
            log_in(talk, &offers, name, password)?;
        }
        talk.ask(&format!("MAIL FROM:<{}>", self.from), 250)?;
        talk.ask(&format!("RCPT TO:<{}>", parcel.to.as_str()), 250)?;
        talk.ask("DATA", 354)?;
        talk.say(&message(&self.from, parcel))?;
        talk.heard(250)?;
        // It was taken; whether the farewell is heard changes nothing.
        let _ = talk.say("QUIT\r\n");
        Ok(())
    }
}

fn log_in<S: Read + Write>(talk: &mut Talk<S>, offers: &str, name: &str, password: &str) -> Result<(), Failure> {
    let ways: Vec<&str> = offers.lines().find_map(|line| line.strip_prefix("AUTH ")).unwrap_or("").split_whitespace().collect();
    if ways.contains(&"PLAIN") || !ways.contains(&"LOGIN") {
        let both = Zeroizing::new(format!("\0{name}\0{password}"));
        talk.ask(&Zeroizing::new(format!("AUTH PLAIN {}", BASE64_STANDARD.encode(both.as_bytes()))), 235)?;
        return Ok(());
    }
    talk.ask("AUTH LOGIN", 334)?;
    talk.ask(&BASE64_STANDARD.encode(name), 334)?;
    talk.ask(&Zeroizing::new(BASE64_STANDARD.encode(password)), 235)?;
    Ok(())
}

impl Carrier for Smtp {
    fn carry(&self, parcel: &Parcel) -> Result<(), Failure> {
        // Whatever was kept, nothing that ends a line goes into a command.
        if !crate::address::fits(web::notice::Channel::Email, &parcel.to) {
            return Err(Failure::never("not an address"));
        }
        let stream = self.connect()?;
        match self.security {
            Security::Tls => {
                let mut talk = Talk::new(self.secured(stream)?);
                talk.heard(220)?;
                self.deliver(&mut talk, parcel)
            }
            Security::StartTls => {
                let mut plain = Talk::new(stream);
                plain.heard(220)?;
                plain.ask("EHLO lianxin", 250)?;
                plain.ask("STARTTLS", 220)?;
                // What came before TLS and was not asked for is thrown away with the buffer (CVE-2011-0411).
                let mut talk = Talk::new(self.secured(plain.into_inner())?);
                self.deliver(&mut talk, parcel)
            }
            Security::None => {
                let mut talk = Talk::new(stream);
                talk.heard(220)?;
                self.deliver(&mut talk, parcel)
            }
        }
    }
}

/// A conversation in lines.
struct Talk<S: Read + Write>(BufReader<S>);

impl<S: Read + Write> Talk<S> {
    fn new(stream: S) -> Talk<S> {
        Talk(BufReader::new(stream))
    }

    fn into_inner(self) -> S {
        self.0.into_inner()
    }

    fn say(&mut self, text: &str) -> Result<(), Failure> {
        let stream = self.0.get_mut();
        let sent = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
        sent.map_err(|_| Failure::again("the mail server broke off"))
    }

    fn ask(&mut self, line: &str, wanted: u16) -> Result<String, Failure> {
        self.say(&Zeroizing::new(format!("{line}\r\n")))?;
        self.heard(wanted)
    }

    /// An answer: its lines without their code. What the server says besides the code may hold the address, so that it
    /// goes nowhere.
    fn heard(&mut self, wanted: u16) -> Result<String, Failure> {
        let mut text = String::new();
        for _ in 0..LINES {
            let mut line = Vec::new();
            let read = self.0.by_ref().take(LINE).read_until(b'\n', &mut line);
            if read.is_err() || !line.ends_with(b"\n") {
                return Err(Failure::again("the mail server broke off"));
            }
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            let code = line.get(..3).and_then(|code| code.parse::<u16>().ok());
            let Some(code) = code else { return Err(Failure::again("the mail server does not speak SMTP")) };
            if line.as_bytes().get(3) == Some(&b'-') {
                text.push_str(line.get(4..).unwrap_or(""));
                text.push('\n');
                continue;
            }
            text.push_str(line.get(4..).unwrap_or(""));
            // RFC 5321 lets a server answer 251 where it forwards.
            return match code {
                code if code == wanted || (wanted == 250 && code == 251) => Ok(text),
                500..=599 => Err(Failure::never(format!("the mail server refused: {code}"))),
                code => Err(Failure::again(format!("the mail server answered {code}"))),
            };
        }
        Err(Failure::again("the mail server talks without end"))
    }
}

/// A text as encoded words of a header, folded (RFC 2047).
fn encoded(text: &str) -> String {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        if word.len() + c.len_utf8() > WORD {
            words.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    words.push(word);
    let coded: Vec<String> = words.iter().map(|word| format!("=?UTF-8?B?{}?=", BASE64_STANDARD.encode(word))).collect();
    coded.join("\r\n ")
}

/// The whole message with its end. The body is base64, so that no line of it begins with a dot.
fn message(from: &str, parcel: &Parcel) -> String {
    let domain = from.split_once('@').map_or("localhost", |(_, domain)| domain);
    let mut text = format!(
        "Date: {}\r\nFrom: <{from}>\r\nTo: <{}>\r\nSubject: {}\r\nMessage-ID: <{}@{domain}>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n",
        date(parcel.at),
        parcel.to.as_str(),
        encoded(&parcel.subject),
        parcel.key,
    );
    let body = BASE64_STANDARD.encode(format!("{}\r\n", parcel.text));
    for line in body.as_bytes().chunks(76) {
        text.push_str(&String::from_utf8_lossy(line));
        text.push_str("\r\n");
    }
    text.push_str(".\r\n");
    text
}

/// A time as mail has it, of our zone.
fn date(at: base::Time) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let civil = at.civil();
    let name = |list: &[&'static str], n: i8| usize::try_from(n - 1).ok().and_then(|n| list.get(n).copied()).unwrap_or("");
    let day = name(&DAYS, civil.weekday().to_monday_one_offset());
    let month = name(&MONTHS, civil.month());
    format!("{day}, {} {month} {} {:02}:{:02}:{:02} +0800", civil.day(), civil.year(), civil.hour(), civil.minute(), civil.second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_mail() {
        let parcel = Parcel {
            key: base::Id([1; 16]),
            at: base::Time(1_767_225_600_000_000),
            to: Zeroizing::new("a@b.cn".into()),
            subject: "一件诉求派到了东街街道，请在今天之内签收并联系反映人".into(),
            text: ".\r\n点".into(),
        };
        let text = message("x@y.cn", &parcel);
        assert!(text.starts_with("Date: Thu, 1 Jan 2026 08:00:00 +0800\r\n"), "{text}");
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.lines().all(|line| line.len() <= 78), "{head}");
        assert!(head.contains("Subject: =?UTF-8?B?") && head.contains("\r\n =?UTF-8?B?"));
        assert_eq!(body, format!("{}\r\n.\r\n", BASE64_STANDARD.encode(".\r\n点\r\n")));
        let words: Vec<u8> =
            head.split("=?UTF-8?B?").skip(1).flat_map(|part| BASE64_STANDARD.decode(part.split("?=").next().unwrap()).unwrap()).collect();
        assert_eq!(String::from_utf8(words).unwrap(), parcel.subject);
        assert!(Smtp::new("mail.example.com".into(), 25, Security::None, None, "x@y.cn".into(), None).is_err());
    }
}
