//! The protocols against peers on this machine, a few lines each. The journeys use peers that we did not write.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use notices::carry::smtp::{Security, Smtp};
use notices::carry::webhook::{Gateway, signature};
use notices::carry::wecom::{Application, Robot};
use web::notice::{Carrier, Failure, Parcel};
use web::outside::Http;

fn parcel(to: &str) -> Parcel {
    Parcel {
        key: base::Id([9; 16]),
        at: base::Time(1_767_225_600_000_000),
        to: to.to_owned().into(),
        subject: "派到本单位 2026-0001".into(),
        text: "诉求派到了东街街道 https://lx.example/work".into(),
    }
}

/// A mail server for one conversation: answers each command with what `answer` says, and gives what it heard.
fn mail(answer: impl Fn(&str) -> &'static str + Send + 'static) -> (u16, Receiver<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, heard) = channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = Vec::new();
        let mut read = BufReader::new(stream.try_clone().unwrap());
        stream.write_all(b"220 sink ready\r\n").unwrap();
        let mut data = false;
        loop {
            let mut line = String::new();
            if read.read_line(&mut line).unwrap_or(0) == 0 {
                break;
            }
            let line = line.trim_end_matches("\r\n").to_owned();
            let reply = match (data, line.as_str()) {
                (true, ".") => {
                    data = false;
                    "250 taken"
                }
                (true, _) => "",
                (false, _) => answer(&line),
            };
            data |= reply.starts_with("354");
            lines.push(line);
            if !reply.is_empty() {
                stream.write_all(format!("{reply}\r\n").as_bytes()).unwrap();
            }
        }
        let _ = tell.send(lines);
    });
    (port, heard)
}

fn smtp(port: u16, login: bool) -> Smtp {
    let login = login.then(|| ("lianxin".to_owned(), "secret".to_owned()));
    Smtp::new("127.0.0.1".into(), port, Security::None, login, "no-reply@lx.example".into(), None).unwrap()
}

#[test]
fn mail_is_handed_over() {
    let (port, heard) = mail(|line| match line.split(' ').next().unwrap_or("") {
        "EHLO" => "250-sink\r\n250-SIZE 1000\r\n250 AUTH LOGIN PLAIN",
        "AUTH" => "235 in",
        "DATA" => "354 go on",
        _ => "250 fine",
    });
    smtp(port, true).carry(&parcel("wang@example.gov.cn")).unwrap();
    let lines = heard.recv().unwrap();
    assert_eq!(
        &lines[..5],
        ["EHLO lianxin", "AUTH PLAIN AGxpYW54aW4Ac2VjcmV0", "MAIL FROM:<no-reply@lx.example>", "RCPT TO:<wang@example.gov.cn>", "DATA"]
    );
    assert!(
        lines.contains(&"To: <wang@example.gov.cn>".to_owned())
            && lines.contains(&format!("Message-ID: <{}@lx.example>", base::Id([9; 16])))
    );
    assert_eq!(lines.last().map(String::as_str), Some("QUIT"));
}

#[test]
fn what_a_mail_server_says_decides_whether_it_goes_later() {
    let cases: [(&str, &'static str, bool); 3] =
        [("RCPT", "550 no such mailbox: wang@example.gov.cn", false), ("RCPT", "451 later", true), ("MAIL", "421 closing", true)];
    for (at, reply, again) in cases {
        let (port, _) = mail(move |line| if line.starts_with(at) { reply } else { "250 fine" });
        let failure = smtp(port, false).carry(&parcel("wang@example.gov.cn")).unwrap_err();
        assert_eq!(failure.again, again, "{reply}");
        assert!(!failure.why.contains("wang"), "no address in what is kept: {}", failure.why);
    }
    let gone = smtp(1, false).carry(&parcel("wang@example.gov.cn")).unwrap_err();
    assert_eq!(gone, Failure::again("the mail server was not reached"));
    let (port, _) = mail(|_| "250 fine");
    let nasty = smtp(port, false).carry(&parcel("a@b.cn>\r\nRCPT TO:<x@y.cn"));
    assert_eq!(nasty, Err(Failure::never("not an address")));
    // A server that speaks TLS only when asked to, and one that does not at all: nothing is said in the open.
    let (port, heard) = mail(|line| if line.starts_with("EHLO") { "250 fine" } else { "502 not here" });
    let careful = Smtp::new("127.0.0.1".into(), port, Security::StartTls, None, "no-reply@lx.example".into(), None).unwrap();
    assert!(careful.carry(&parcel("wang@example.gov.cn")).is_err());
    drop(careful);
    assert_eq!(heard.recv().unwrap(), ["EHLO lianxin", "STARTTLS"]);
}

/// An HTTP server for so many requests, each answered by the next of these; gives what it heard.
fn http(answers: Vec<(u16, &'static str)>) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (tell, heard) = channel();
    std::thread::spawn(move || {
        for (status, body) in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut read = BufReader::new(stream.try_clone().unwrap());
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                read.read_line(&mut line).unwrap();
                if let Some(n) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = n.trim().parse().unwrap();
                }
                if line == "\r\n" {
                    break;
                }
                head.push_str(&line);
            }
            let mut sent = vec![0; length];
            read.read_exact(&mut sent).unwrap();
            tell.send(format!("{head}\n{}", String::from_utf8(sent).unwrap())).unwrap();
            let reply = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
            stream.write_all(reply.as_bytes()).unwrap();
        }
    });
    (url, heard)
}

fn ask() -> Http {
    Http::new(None).unwrap()
}

#[test]
fn a_short_message_is_signed() {
    let (url, heard) = http(vec![(202, ""), (503, ""), (400, "")]);
    let gateway = Gateway::new(url, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", ask());
    gateway.carry(&parcel("13800001234")).unwrap();
    let request = heard.recv().unwrap();
    let (head, body) = request.split_once("\n\n").or_else(|| request.split_once("\r\n\n")).unwrap();
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap().trim().to_owned();
    let secret = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let at = header("webhook-timestamp").parse().unwrap();
    assert_eq!(Some(header("webhook-signature")), signature(&secret, &header("webhook-id"), at, body));
    let sent: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!((sent["data"]["to"].as_str(), sent["type"].as_str()), (Some("13800001234"), Some("sms.send")));
    assert_eq!(gateway.carry(&parcel("1")), Err(Failure::again("answered 503")));
    assert_eq!(gateway.carry(&parcel("1")), Err(Failure::never("answered 400")));
}

#[test]
fn wecom_is_asked_for_a_token_and_again_when_it_is_over() {
    let (url, heard) = http(vec![
        (200, r#"{"errcode":0,"access_token":"one","expires_in":7200}"#),
        (200, r#"{"errcode":0,"errmsg":"ok"}"#),
        (200, r#"{"errcode":42001,"errmsg":"expired"}"#),
        (200, r#"{"errcode":0,"access_token":"two","expires_in":7200}"#),
        (200, r#"{"errcode":0,"invaliduser":"wang"}"#),
        (200, r#"{"errcode":45009}"#),
    ]);
    let application = Application::new(url, "corp".into(), 7, "s&cret".into(), ask());
    application.carry(&parcel("wang")).unwrap();
    assert!(heard.recv().unwrap().starts_with("GET /cgi-bin/gettoken?corpid=corp&corpsecret=s%26cret "));
    let sent = heard.recv().unwrap();
    assert!(
        sent.starts_with("POST /cgi-bin/message/send?access_token=one ")
            && sent.contains(r#""touser":"wang","agentid":7,"msgtype":"text""#)
    );
    assert_eq!(application.carry(&parcel("wang")), Err(Failure::never("no such member")));
    assert_eq!(application.carry(&parcel("wang")), Err(Failure::again("errcode 45009")));
}

#[test]
fn a_robot_says_whether_it_took_it() {
    let (url, heard) = http(vec![(200, r#"{"errcode":0}"#), (200, r#"{"errcode":93000}"#)]);
    let robot = Robot::new(format!("{url}/cgi-bin/webhook/send?key=k"), ask());
    robot.carry(&parcel("")).unwrap();
    assert!(heard.recv().unwrap().contains(r#"{"msgtype":"text","text":{"content":"#));
    assert_eq!(robot.carry(&parcel("")), Err(Failure::never("errcode 93000")));
}
