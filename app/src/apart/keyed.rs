//! No page is keyed by a resident across modules, whichever way somebody might ask for one: by an address, a query, a field
//! of a form, or a search. Two nets: the sources, where every word that could name a resident stands with its reason, and the
//! running program, which is asked by a telephone and by a name for a caller whom it holds.

use std::collections::BTreeSet;

use people::Role;
use store::Engine;
use testkit::{Client, TestApp};

use super::{routes, sources};
use crate::open::modules;

/// Parts of a name that say that it names somebody of the public.
const NAMING: &[&str] = &[
    "resident",
    "residents",
    "contact",
    "contacts",
    "caller",
    "callers",
    "phone",
    "phones",
    "telephone",
    "tel",
    "mobile",
    "citizen",
    "blind",
    "household",
    "idcard",
];
/// Names of a search, whatever it is for, and of what only a resident has.
const SEARCHING: &[&str] = &["q", "search", "query", "find", "id_number", "id_card"];

fn names(word: &str) -> bool {
    SEARCHING.contains(&word) || word.split(['_', '-']).any(|part| NAMING.contains(&part))
}

/// Where a word that could name a resident is read from a request, and why nobody is looked up across modules by it.
const KNOWN: &[(&str, &str, &str)] = &[
    ("foundation/web/src/gallery.rs", "Query<", "the gallery of parts: which face it wears"),
    ("foundation/web/src/gallery.rs", "phone-call", "the gallery of parts: one of its pages"),
    ("foundation/web/src/pages/admin/people_pages.rs", "phone", "the office telephone of a member of staff, written and not looked up"),
    ("foundation/web/src/pages/admin/people_pages.rs", "q", "finds staff, whose accounts are administrated"),
    ("foundation/web/src/pages/admin.rs", "phone", "the office telephone of a unit or of a member of staff, checked and not looked up"),
    ("foundation/web/src/pages/admin/posts.rs", "q", "finds staff, to whom a post is given"),
    ("foundation/web/src/pages/admin/around.rs", "find", "finds units: the one that takes over"),
    ("foundation/web/src/pages/admin/units.rs", "find", "finds units: the one that takes over"),
    ("foundation/web/src/pages/admin/units.rs", "phone", "the telephone of an office"),
    ("foundation/web/src/pages/complaints.rs", "contact", "what the office of complaints publishes of itself"),
    ("foundation/web/src/shell.rs", "Query<", "language and face of the page"),
    ("modules/concerns/src/open311.rs", "contact", "where the service of Open311 names its operator"),
    ("modules/concerns/src/open311/create.rs", "phone", "leaves a telephone with the concern that is made, sealed"),
    ("modules/concerns/src/pages/catalogue.rs", "q", "finds kinds of concerns in the catalogue"),
    ("modules/concerns/src/pages/public.rs", "q", "finds published texts, which two people have looked at"),
    (
        "modules/concerns/src/pages/resident.rs",
        "/r/{no}/{secret}/info/contact",
        "puts the contact of the one concern right whose receipt is shown",
    ),
    ("modules/concerns/src/pages/resident/mine.rs", "phone", "says the visitor's own number, masked"),
    ("modules/concerns/src/pages/resident/own.rs", "contact", "puts the contact of the one concern right whose receipt is shown"),
    ("modules/concerns/src/pages/resident/own.rs", "phone", "puts the contact of the one concern right whose receipt is shown"),
    ("modules/concerns/src/pages/resident/report.rs", "phone", "leaves a telephone with the concern that is made, sealed"),
    ("modules/concerns/src/pages/resident/typed.rs", "phone", "leaves a telephone with the concern that is made, sealed"),
    ("modules/concerns/src/pages/resident/whose.rs", "q", "finds kinds of matters: who deals with what"),
    ("modules/concerns/src/pages/staff/list.rs", "q", "finds concerns by their texts and numbers; contacts are in no index"),
    ("modules/concerns/src/pages/staff/views.rs", "q", "a search that is kept, as the list reads it"),
    ("modules/concerns/src/pages/staff/new.rs", "phone", "leaves a telephone with the concern that is registered, sealed"),
    ("modules/concerns/src/pages/staff/new.rs", "tel", "the keyboard that a telephone shows"),
    ("modules/concerns/src/pages/staff/step.rs", "contact", "opens the contact of this one concern, with a reason, logged and told"),
    ("modules/residents/src/pages.rs", "/work/residents", "the register of one community"),
    ("modules/residents/src/pages.rs", "/work/residents/gone", "the register of one community"),
    ("modules/residents/src/pages.rs", "/work/residents/gone/{told}/proof.json", "the register of one community"),
    ("modules/residents/src/pages.rs", "/work/residents/new", "the register of one community"),
    ("modules/residents/src/pages.rs", "/work/residents/{id}", "the register of one community"),
    ("modules/residents/src/pages.rs", "/work/residents/{id}/basis", "the register of one community"),
    ("modules/residents/src/pages.rs", "/work/residents/{id}/change", "the register of one community"),
    ("modules/residents/src/pages.rs", "/work/residents/{id}/confirm", "the register of one community"),
    ("modules/residents/src/pages.rs", "/work/residents/{id}/open", "the register of one community"),
    ("modules/residents/src/pages.rs", "/work/residents/{id}/remove", "the register of one community"),
    ("modules/residents/src/pages.rs", "/work/residents/{id}/withdraw", "the register of one community"),
    ("modules/residents/src/pages.rs", "phone", "enters somebody into the register of one community, sealed"),
    ("modules/residents/src/pages.rs", "q", "a name in the register of one community, for who keeps it"),
    ("modules/theory/src/pages/papers.rs", "q", "chooses questions for a paper"),
    ("modules/theory/src/pages/run.rs", "q", "finds staff and members among those who sit one test"),
    ("modules/theory/src/pages/sit.rs", "q", "the questions of one's own test"),
    ("modules/theory/src/pages/typed.rs", "q", "finds staff and members among those who sit one test"),
    ("parts/visitors/src/pages.rs", "phone", "whoever holds the telephone proves it by a code, and sees what is theirs"),
    ("readers/audit/src/pages/list.rs", "q", "finds staff by name, whose acts are audited"),
];

/// The words of a source that could name a resident in a request: parts of addresses, and texts in a file that reads requests.
fn keys(text: &str) -> BTreeSet<String> {
    let quoted = |part: &str| part.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()).map(str::to_owned);
    let mut found: BTreeSet<String> = text.split(".route(").skip(1).filter_map(quoted).collect();
    found.retain(|path| path.split(|c: char| !c.is_ascii_alphanumeric() && !"_-".contains(c)).any(|part| part != "q" && names(part)));
    for typed in ["Query<", "Form<", "Json<"] {
        // Fields of such a type stand elsewhere, so that it is looked at by somebody.
        if text.contains(typed) {
            found.insert(typed.to_owned());
        }
    }
    if ["Fields", "Parameters", "Query<", "Form<", "Json<"].iter().any(|reads| text.contains(reads)) {
        // What stands between two quotes and is one such word is a text: nothing else of Rust looks so.
        let word = |part: &&str| names(part) && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'-');
        found.extend(text.split('"').filter(word).map(str::to_owned));
        // The same in an address that a page makes, as `?phone={phone}`.
        for asked in text.split(['?', '&']).skip(1) {
            let word: String = asked.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            if names(&word) && asked.strip_prefix(word.as_str()).is_some_and(|rest| rest.starts_with('=')) {
                found.insert(word);
            }
        }
    }
    found
}

/// What is read somewhere and has no reason here, and reasons for what is nowhere read.
fn unexplained(sources: &[(String, String)]) -> Vec<String> {
    let mut read: BTreeSet<(String, String)> = BTreeSet::new();
    for (file, text) in sources {
        read.extend(keys(text).into_iter().map(|word| (file.clone(), word)));
    }
    let known: BTreeSet<(String, String)> = KNOWN.iter().map(|(file, word, _)| ((*file).to_owned(), (*word).to_owned())).collect();
    let unknown = read.difference(&known).map(|(file, word)| format!("{file}: {word}: who is looked up by it, and why?"));
    unknown.chain(known.difference(&read).map(|(file, word)| format!("{file}: {word}: a reason for what is read no more"))).collect()
}

#[test]
fn whatever_could_name_a_resident_in_a_request_stands_with_its_reason() {
    let sources = sources();
    assert_eq!(unexplained(&sources), Vec::<String>::new());
    assert!(KNOWN.iter().all(|(.., why)| why.len() > 10));

    // Each way of asking is found where somebody plants it.
    for planted in [
        r#"Router::new().route("/work/by-phone/{key}", get(show))"#,
        r#"Router::new().route("/work/seen/{resident}", get(show))"#,
        r#"fn f(fields: &Fields) { let whom = fields.text("phone"); }"#,
        r#"fn f(fields: &Fields) { let whom = fields.opt("caller_phone"); }"#,
        r#"fn f(fields: &Fields) { let whom = fields.id::<ResidentId>("resident"); }"#,
        r#"fn f(fields: &Fields) { for name in ["since", "id_number"] { whom(fields.value(name)); } }"#,
        r#"async fn list(staff: Staff, fields: Fields) { format!("/x?unit={unit}&contact={}", one) }"#,
        r#"async fn list(staff: Staff, query: Query<Asked>) {}"#,
        r#"async fn list(staff: Staff, fields: Fields) { search(fields.value("q")) }"#,
    ] {
        let mut more = sources.clone();
        more.push(("modules/burden/src/pages/planted.rs".to_owned(), planted.to_owned()));
        assert_eq!(unexplained(&more).len(), 1, "{planted}: {:?}", unexplained(&more));
    }
    let mut fewer = sources;
    fewer.retain(|(file, _)| file != "modules/theory/src/pages/run.rs");
    assert!(unexplained(&fewer)[0].contains("read no more"));
}

const NAME: &str = "甄独一";
const PHONE: &str = "13900137913";

/// What an address shows when it is asked by a value in every field that might be a search: where the links of the page lead, or
/// the rows of the workbook; without the value itself.
fn shows(who: &Client, path: &str, value: &str) -> BTreeSet<String> {
    let fields = [
        "q",
        "search",
        "query",
        "find",
        "phone",
        "tel",
        "contact",
        "caller",
        "resident",
        "name",
        "about_name",
        "who",
        "number",
        "id_number",
    ];
    let asked = web::form::encode(fields.map(|field| (field, value)));
    let answer = who.get(&format!("{path}?{asked}"));
    let kind = answer.headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or("").to_owned();
    let said: Vec<String> = if kind.starts_with("text/html") {
        let html = answer.html();
        html.all("a").into_iter().filter_map(|link| link.attribute("href")).map(str::to_owned).collect()
    } else if let Ok(grids) = sheets::grids(&answer.bytes, &sheets::Limits::default()) {
        let rows = grids.iter().flat_map(|grid| &grid.rows);
        rows.map(|row| row.cells.iter().map(sheets::Cell::as_written).collect::<Vec<_>>().join("|")).collect()
    } else {
        Vec::new()
    };
    // The address itself stands in the links that change the language, encoded once and twice more.
    let (once, twice) = (web::shell::percent(value), web::shell::percent(&web::shell::percent(value)));
    let encoded = [web::shell::percent(&twice), twice, once, value.to_owned()];
    said.into_iter().map(|said| encoded.iter().fold(said, |said, value| said.replace(value, "·"))).collect()
}

/// Pages that show another thing for a caller whom the district knows than for one whom it does not, as `role path`.
fn told_apart(app: &TestApp, paths: &BTreeSet<String>, roles: &[Role]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for role in roles {
        let who = app.staff(*role);
        for path in paths {
            for (known, nobody) in [(PHONE, "13900137914"), (NAME, "贾独二")] {
                if shows(&who, path, known) != shows(&who, path, nobody) {
                    found.insert(format!("{} {path}", role.code()));
                }
            }
        }
    }
    found
}

#[test]
fn no_page_finds_a_caller_by_telephone_or_name() {
    let app = TestApp::new(Engine::Sqlite, modules()).unwrap();
    let place = app.world().communities[0].to_string();
    let anybody = app.client();
    let page = anybody.get("/report/all").expect(200);
    let words = "楼下路灯坏了，晚上看不见路。";
    let typed = [("text", words), ("place", &place), ("about", "none"), ("who", "phone"), ("phone", PHONE), ("name", NAME)];
    anybody.submit(&page, "form[action=/report/all]", &typed).leads_to("/r/");
    let secretary = app.staff(Role::CommunitySecretary);
    let page = secretary.get("/work/residents/new").expect(200);
    let typed = [("name", NAME), ("phone", PHONE), ("estate", "春和苑"), ("building", "3栋"), ("room", "502")];
    secretary.submit(&page, "form[action=/work/residents/new]", &typed).leads_to("/work/residents?unit=");
    app.settle();

    // The live wall never ends, and what the audit takes out is more each time, since that is recorded too.
    let apart = |path: &String| path.contains('{') || ["/wall/live", "/audit/export"].contains(&path.as_str());
    let paths: BTreeSet<String> = routes().into_iter().map(|(_, path)| path).filter(|path| !apart(path)).collect();
    let found = told_apart(&app, &paths, &Role::ALL);
    // The register of one community finds a name, for those whose register it is. It finds nothing by a telephone.
    let theirs = |role: &&Role| app.staff(**role).get("/work/residents").text().contains("甄**");
    let expected: BTreeSet<String> = Role::ALL.iter().filter(theirs).map(|role| format!("{} /work/residents", role.code())).collect();
    assert!(expected.contains("community_secretary /work/residents"), "{expected:?}");
    assert_eq!(found, expected);
    assert_eq!(shows(&secretary, "/work/residents", PHONE), shows(&secretary, "/work/residents", "13900137914"));
    app.finish();
}
