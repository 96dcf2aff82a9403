//! A browser of the tests: it keeps cookies, says where a form comes from, follows what it is told to follow.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use web::Server;

use crate::html::Node;

/// One browser. Clones share their cookies.
#[derive(Clone)]
pub struct Client {
    server: Server,
    runtime: Rc<tokio::runtime::Runtime>,
    cookies: Rc<RefCell<BTreeMap<String, String>>>,
    headers: Vec<(String, String)>,
    host: String,
    address: IpAddr,
    htmx: bool,
    origin: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub bytes: Vec<u8>,
    /// The address that was asked for.
    pub path: String,
}

/// A part of an upload.
pub struct Upload<'a> {
    /// The field.
    pub field: &'a str,
    /// The file's name.
    pub name: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

impl Client {
    pub(crate) fn new(server: Server, runtime: Rc<tokio::runtime::Runtime>) -> Client {
        Client {
            server,
            runtime,
            cookies: Rc::default(),
            headers: Vec::new(),
            host: "localhost".into(),
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            htmx: false,
            origin: None,
        }
    }

    /// The same browser, asking another host.
    #[must_use]
    pub fn host(&self, host: &str) -> Client {
        Client { host: host.into(), ..self.clone() }
    }

    /// The same browser, from another address.
    #[must_use]
    pub fn address(&self, address: &str) -> Client {
        Client { address: address.parse().expect("an address"), ..self.clone() }
    }

    /// The same browser, asking as htmx does.
    #[must_use]
    pub fn htmx(&self) -> Client {
        Client { htmx: true, ..self.clone() }
    }

    /// The same browser, with a form that stands on another site.
    #[must_use]
    pub fn from_origin(&self, origin: &str) -> Client {
        Client { origin: Some(origin.into()), ..self.clone() }
    }

    /// The same browser, with another header in each request.
    #[must_use]
    pub fn with_header(&self, name: &str, value: &str) -> Client {
        let mut client = self.clone();
        client.headers.push((name.into(), value.into()));
        client
    }

    /// Another browser with the same cookies at present.
    #[must_use]
    pub fn copy(&self) -> Client {
        Client { cookies: Rc::new(RefCell::new(self.cookies.borrow().clone())), ..self.clone() }
    }

    /// A cookie that it holds.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    /// Set a cookie, as a language switch would.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.borrow_mut().insert(name.into(), value.into());
    }

    /// GET a page. Redirects are not followed: see [`Client::follow`].
    pub fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path).body(Body::empty()).expect("a request"), path)
    }

    /// GET a page and what it leads to.
    pub fn open(&self, path: &str) -> Answer {
        self.follow(self.get(path))
    }

    /// POST a form.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = web::form::encode(fields.iter().copied());
        let request = self.request("POST", path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).expect("a request"), path)
    }

    /// POST a form with files.
    pub fn upload(&self, path: &str, fields: &[(&str, &str)], files: &[Upload<'_>]) -> Answer {
        const LINE: &str = "----lianxin-test-boundary";
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend_from_slice(format!("--{LINE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes());
        }
        for file in files {
            let head = format!(
                "--{LINE}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: image/jpeg\r\n\r\n",
                file.field, file.name
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(file.bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{LINE}--\r\n").as_bytes());
        self.post_bytes(path, &format!("multipart/form-data; boundary={LINE}"), body)
    }

    /// POST any bytes.
    pub fn post_bytes(&self, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        let request = self.request("POST", path).header(header::CONTENT_TYPE, kind);
        self.send(request.body(Body::from(body)).expect("a request"), path)
    }

    /// Send a form that stands on a page, as a browser would, with these fields typed over what stands there. The form
    /// is the first whose selector fits, as `form`, `form[action=/login]`.
    ///
    /// # Panics
    /// When there is no such form, or it has no such field.
    pub fn submit(&self, page: &Answer, form: &str, typed: &[(&str, &str)]) -> Answer {
        let (path, method, values) = fill(page, form, typed);
        let pairs: Vec<(&str, &str)> = values.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        if method.eq_ignore_ascii_case("get") {
            let to = format!("{}?{}", path.split('?').next().unwrap_or(""), web::form::encode(pairs));
            return self.get(&to);
        }
        self.post(&path, &pairs)
    }

    /// Send a form that stands on a page, with files.
    ///
    /// # Panics
    /// As [`Client::submit`].
    pub fn submit_files(&self, page: &Answer, form: &str, typed: &[(&str, &str)], files: &[Upload<'_>]) -> Answer {
        let (path, _, values) = fill(page, form, typed);
        let pairs: Vec<(&str, &str)> = values.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        self.upload(&path, &pairs, files)
    }

    /// Go where an answer leads, up to five times.
    pub fn follow(&self, mut answer: Answer) -> Answer {
        for _ in 0..5 {
            let Some(to) = answer.location() else { break };
            answer = self.get(&to);
        }
        answer
    }

    fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, &self.host);
        if method != "GET" {
            let ours = format!("http://{}", self.host);
            request = request.header(header::ORIGIN, self.origin.as_ref().unwrap_or(&ours));
        }
        if self.htmx {
            request = request.header("hx-request", "true");
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let cookies: Vec<String> = self.cookies.borrow().iter().map(|(k, v)| format!("{k}={v}")).collect();
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        request
    }

    fn send(&self, request: Request<Body>, path: &str) -> Answer {
        let response = self.runtime.block_on(self.server.handle(request, self.address));
        let (head, body) = response.into_parts();
        let bytes = self.runtime.block_on(body.collect()).expect("a body").to_bytes().to_vec();
        for cookie in head.headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().expect("a cookie of ASCII");
            let (name, value) = text.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
            if text.contains("Max-Age=0") {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.cookies.borrow_mut().insert(name.into(), value.into());
            }
        }
        Answer { status: head.status, headers: head.headers, bytes, path: path.to_owned() }
    }
}

fn fill(page: &Answer, form: &str, typed: &[(&str, &str)]) -> (String, String, Vec<(String, String)>) {
    let html = page.html();
    let node = html.first(form).unwrap_or_else(|| panic!("no {form} on {}:\n{}", page.path, page.main_text()));
    let names: Vec<&str> = ["input", "textarea", "select", "button"]
        .iter()
        .flat_map(|kind| node.all(kind))
        .filter_map(|field| field.attribute("name"))
        .collect();
    let mut values = node.form_values();
    for (name, _) in typed {
        assert!(names.contains(name), "{form} on {} has no field {name}, only {names:?}", page.path);
        values.retain(|(have, _)| have != name);
    }
    values.extend(typed.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
    let here = page.path.clone();
    let action = node.attribute("action").filter(|action| !action.is_empty()).map_or(here, str::to_owned);
    (action, node.attribute("method").unwrap_or("get").to_owned(), values)
}

impl Answer {
    /// The body as text.
    ///
    /// # Panics
    /// When it is not UTF-8.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("a text")
    }

    /// The body as HTML.
    pub fn html(&self) -> Node {
        Node::parse(self.text())
    }

    /// The text of the `main` element, or of all where there is none.
    pub fn main_text(&self) -> String {
        let html = self.html();
        html.first("main").unwrap_or(&html).text()
    }

    /// Where it leads.
    pub fn location(&self) -> Option<String> {
        self.headers.get(header::LOCATION).and_then(|to| to.to_str().ok()).map(str::to_owned)
    }

    /// The same answer, when it has this status.
    ///
    /// # Panics
    /// When it has another; the words show the page.
    #[track_caller]
    pub fn expect(self, status: u16) -> Answer {
        assert_eq!(
            self.status.as_u16(),
            status,
            "{}\n{}",
            self.path,
            String::from_utf8_lossy(&self.bytes).chars().take(3000).collect::<String>()
        );
        self
    }

    /// The same answer, when it leads to an address that begins so.
    ///
    /// # Panics
    /// When it does not.
    #[track_caller]
    pub fn leads_to(self, start: &str) -> Answer {
        let answer = self.expect(303);
        let to = answer.location().unwrap_or_default();
        assert!(to.starts_with(start), "{} leads to {to}, not to {start}", answer.path);
        answer
    }

    /// The same answer, when its text holds these words.
    ///
    /// # Panics
    /// When it does not.
    #[track_caller]
    pub fn says(self, words: &str) -> Answer {
        let text = self.html().text();
        assert!(text.contains(words), "{} does not say {words}:\n{text}", self.path);
        self
    }
}
