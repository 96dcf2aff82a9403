//! kill -9 while a test is sat: no acknowledged answer is lost, and everybody goes on where they were, with the session that
//! they had.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use store::{p, sql};

use crate::program::{Directory, Program, lianxin};

const KILLS: u64 = 6;
const SITTERS: usize = 8;
const QUESTIONS: usize = 17;

/// The one that is open and that nobody has begun.
const OPEN_TEST: &store::Sql = sql!(
    "SELECT t.id FROM theory_test t WHERE t.state = 'set' AND t.on_paper = 0 AND t.opens_at <= ?1
       AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.test = t.id) ORDER BY t.opens_at LIMIT 1"
);
const SEATED: &store::Sql =
    sql!("SELECT s.person FROM seat s JOIN account a ON a.person = s.person WHERE s.test = ?1 ORDER BY s.person LIMIT 8");

/// A browser of somebody who sits.
struct Sitter {
    stream: TcpStream,
    host: String,
    cookie: String,
    csrf: String,
}

impl Sitter {
    fn open(address: &str) -> std::io::Result<Sitter> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Sitter { stream, host: address.to_owned(), cookie: String::new(), csrf: String::new() })
    }

    fn ask(&mut self, method: &str, path: &str, body: &str) -> std::io::Result<(String, String)> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nSec-Fetch-Site: same-origin\r\nCookie: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.cookie,
            body.len(),
            host = self.host,
        );
        self.stream.write_all(request.as_bytes())?;
        let mut all = Vec::new();
        let mut some = [0; 16384];
        loop {
            let read = self.stream.read(&mut some)?;
            if read == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            all.extend_from_slice(&some[..read]);
            let Some(end) = all.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let head = String::from_utf8_lossy(&all[..end]).into_owned();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |n| n.trim().parse().unwrap());
            if all.len() >= end + 4 + length {
                return Ok((head, String::from_utf8_lossy(&all[end + 4..]).into_owned()));
            }
        }
    }

    fn enter(&mut self, person: &str) {
        let (head, _) = self.ask("POST", "/demo", &format!("person={person}")).unwrap();
        let cookie = head.lines().filter_map(|line| line.strip_prefix("set-cookie: ")).find(|cookie| cookie.starts_with("lianxin="));
        self.cookie = cookie.unwrap_or_else(|| panic!("{head}")).split(';').next().unwrap().to_owned();
    }

    /// Begins, or goes on; what the server has is answered, by question.
    fn sit(&mut self, test: &str) -> BTreeMap<usize, String> {
        let (_, cover) = self.ask("GET", &format!("/tests/t/{test}"), "").unwrap();
        self.csrf = between(&cover, "name=\"csrf\" value=\"", "\"");
        let key = between(&cover, "name=\"op_key\" value=\"", "\"");
        let (head, _) = self.ask("POST", &format!("/tests/t/{test}/start"), &format!("csrf={}&op_key={key}&js=1", self.csrf)).unwrap();
        assert!(head.starts_with("HTTP/1.1 303") && head.contains("/sit"), "{head}");
        let (head, page) = self.ask("GET", &format!("/tests/t/{test}/sit"), "").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        let answers = between(&page, "data-answers=\"", "\"").replace("&amp;", "&").replace("&#38;", "&");
        answers.split('&').filter_map(|pair| pair.split_once('=')).map(|(q, value)| (q.parse().unwrap(), value.to_owned())).collect()
    }
}

fn between(text: &str, from: &str, to: &str) -> String {
    let rest = text.split_once(from).unwrap_or_else(|| panic!("{from} is not in {text}")).1;
    rest.split_once(to).unwrap().0.to_owned()
}

/// What was acknowledged last, and what was sent after it and not answered.
#[derive(Default, Clone)]
struct Known {
    acknowledged: BTreeMap<usize, String>,
    unanswered: Option<(usize, String)>,
}

#[test]
fn no_acknowledged_answer_is_lost_and_everybody_goes_on() {
    let directory = Directory::new();
    Program::make(&directory.0);
    let store = directory.store();
    let (test, people) = store
        .read_now(|tx| {
            let test: base::Id = tx.one(OPEN_TEST, p![base::Clock::now(&base::SystemClock)], |row| row.id(0))?;
            let people: Vec<base::Id> = tx.all(SEATED, p![test], |row| row.id(0))?;
            Ok::<_, store::StoreError>((test.to_string(), people))
        })
        .unwrap();
    store.close();
    assert_eq!(people.len(), SITTERS);
    let known: Arc<Mutex<Vec<Known>>> = Arc::new(Mutex::new(vec![Known::default(); SITTERS]));
    let cookies: Arc<Mutex<Vec<String>>> = Arc::new(Mutex::new(vec![String::new(); SITTERS]));
    for round in 0..=KILLS {
        let program = Program::start(&directory.0, &[]);
        let sitters: Vec<_> = people
            .iter()
            .enumerate()
            .map(|(n, person)| {
                let (address, person, test) = (program.address.clone(), person.to_string(), test.clone());
                let (known, cookies) = (Arc::clone(&known), Arc::clone(&cookies));
                std::thread::spawn(move || {
                    let mut sitter = Sitter::open(&address).unwrap();
                    let had = cookies.lock().unwrap()[n].clone();
                    if had.is_empty() {
                        sitter.enter(&person);
                        cookies.lock().unwrap()[n].clone_from(&sitter.cookie);
                    } else {
                        sitter.cookie = had;
                    }
                    let there = sitter.sit(&test);
                    check(&known.lock().unwrap()[n], &there, n);
                    known.lock().unwrap()[n] = Known { acknowledged: there, unanswered: None };
                    if round < KILLS {
                        answer(&mut sitter, &test, &known, n);
                    }
                })
            })
            .collect();
        if round < KILLS {
            std::thread::sleep(Duration::from_millis(700 + round * 137 % 400));
            program.kill();
            for sitter in sitters {
                // Who was just beginning when it was killed begins again next time.
                let _ = sitter.join();
            }
        } else {
            sitters.into_iter().for_each(|sitter| sitter.join().unwrap());
            program.stop();
        }
    }
    let total: usize = known.lock().unwrap().iter().map(|one| one.acknowledged.len()).sum();
    assert!(total > SITTERS * 4, "only {total} answers were acknowledged");
    let verified = lianxin().args(["verify", "--data"]).arg(directory.0.join("data")).output().unwrap();
    assert!(verified.status.success(), "{}{}", String::from_utf8_lossy(&verified.stdout), String::from_utf8_lossy(&verified.stderr));
}

fn check(known: &Known, there: &BTreeMap<usize, String>, n: usize) {
    for (question, value) in &known.acknowledged {
        let found = there.get(question);
        let newer = known.unanswered.as_ref().is_some_and(|(at, sent)| at == question && Some(sent) == found);
        assert!(found == Some(value) || newer, "{n}: question {question} was acknowledged as {value}, now {found:?}");
    }
}

/// Answers until the program is gone.
fn answer(sitter: &mut Sitter, test: &str, known: &Mutex<Vec<Known>>, n: usize) {
    for turn in 0_usize.. {
        let (question, value) = (turn * 5 % QUESTIONS + 1, if (turn / QUESTIONS).is_multiple_of(2) { "A" } else { "B" });
        known.lock().unwrap()[n].unanswered = Some((question, value.to_owned()));
        let body = format!("csrf={}&n=1&q{question}={value}&t{question}=0", sitter.csrf);
        let Ok((head, _)) = sitter.ask("POST", &format!("/tests/t/{test}/save"), &body) else { return };
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        let mut known = known.lock().unwrap();
        known[n].unanswered = None;
        known[n].acknowledged.insert(question, value.to_owned());
    }
}
