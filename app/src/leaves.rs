//! No table leaves as a file without its event: the whole demonstration is walked, link by link, as everybody in turn, and each
//! address that answers with a file must have recorded it.

use std::collections::{BTreeMap, BTreeSet};

use people::Role;
use people::sign::Token;
use store::testing::statement;
use store::{Engine, StoreError, p};
use testkit::{Answer, Client, TestApp, Upload};

use crate::apart::routes;
use crate::small::demonstration;

/// Files that are no tables, and why.
const NO_TABLES: &[(&str, &str)] = &[
    ("/reports/{id}/report.docx", "an official document; what it says and each of its figures are in the record"),
    ("/reports/{id}/report.pdf", "the same as a page"),
    ("/scores/schemes/{id}/file", "the text of a scheme, which every card shows"),
    ("/tests/papers/{id}/paper.docx", "a paper to be printed, without what is right"),
    ("/work/residents/gone/{told}/proof.json", "digests that prove the steps of an entry that is gone"),
];

/// Tables to which no link of the demonstration leads, and where it is seen that they leave an event.
const ELSEWHERE: &[(&str, &str)] = &[
    ("/learning/classes/{id}/roster.xlsx", "learning: a class that is over and has not been finished"),
    ("/measures/cases.xlsx", "scores: the cases of a measure that a scheme scores"),
    ("/scores/cases.xlsx", "scores: the cases below a line of a card"),
];

/// So many pages of one kind are looked at; each may lead elsewhere.
const SOME: usize = 8;

/// The route that an address belongs to: of several the most literal one.
fn route<'a>(all: &'a BTreeSet<String>, address: &str) -> Option<&'a str> {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |route: &&String| {
        let named: Vec<&str> = route.split('/').collect();
        named.len() == parts.len() && named.iter().zip(&parts).all(|(named, part)| named == part || named.starts_with('{'))
    };
    all.iter().filter(fits).min_by_key(|route| route.matches('{').count()).map(String::as_str)
}

/// The names of what an address asks by, without what it asks for.
fn asks(address: &str) -> String {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    query.split('&').map(|pair| pair.split('=').next().unwrap_or_default()).collect::<Vec<_>>().join("&")
}

fn is_file(answer: &Answer) -> bool {
    answer.headers.get("content-disposition").is_some_and(|how| how.to_str().unwrap().starts_with("attachment"))
}

fn left(app: &TestApp) -> i64 {
    let sql = statement("SELECT COUNT(*) FROM event WHERE kind = 'TableExported'".to_owned());
    app.district().read_now(move |tx, _| tx.one(sql, p![], |row| row.int(0))).unwrap()
}

/// Somebody of this role, signed in.
fn enters(app: &TestApp, role: Role) -> Option<Client> {
    let token: Option<Token> = app
        .district()
        .write_now(move |tx, ctx| {
            let Some(first) = people::read::holders_of(tx, ctx.now, role)?.into_iter().next() else {
                return Ok::<_, StoreError>(None);
            };
            let Some((account, _)) = people::read::account_of(tx, first.person)? else { return Ok(None) };
            people::enter_demonstration(tx, ctx, account, "test").map(Some)
        })
        .unwrap();
    let browser = app.client();
    browser.set_cookie("lianxin", &token?.to_string());
    Some(browser)
}

/// A file with a wrong row, brought in: the address of what is wrong.
fn wrong(app: &TestApp, browser: &Client, form: &str, table: &str) -> String {
    let page = browser.get(form).expect(200);
    let file = Upload { field: "file", name: "表格.csv", bytes: table.as_bytes() };
    let page = browser.follow(browser.submit_files(&page, &format!("form[action={form}]"), &[], &[file])).expect(200);
    let values = page.html().first("main form").unwrap().form_values();
    let values = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).filter(|(name, _)| *name != "source");
    let values: Vec<(&str, &str)> = values.chain([("source", "旧平台")]).collect();
    browser.post(&format!("{}/start", page.path), &values).leads_to(&page.path);
    app.settle();
    format!("{}/errors.xlsx", page.path)
}

#[test]
fn every_file_that_leaves_is_in_the_record_before() {
    let (app, _) = demonstration(Engine::Sqlite, 1).unwrap();
    app.settle();
    let all: BTreeSet<String> = routes().into_iter().map(|(_, path)| path).collect();
    let named: BTreeSet<&str> = NO_TABLES.iter().map(|(route, _)| *route).collect();
    let (mut seen, mut files, mut silent) = (BTreeMap::<String, usize>::new(), BTreeSet::<String>::new(), BTreeSet::<String>::new());
    let mut look = |browser: &Client, address: &str| -> Option<Answer> {
        let route = route(&all, address)?;
        let before = left(&app);
        let answer = browser.get(address);
        if is_file(&answer) {
            files.insert(route.to_owned());
            if left(&app) != before + 1 && !named.contains(route) {
                silent.insert(route.to_owned());
            }
        }
        Some(answer)
    };
    for role in Role::ALL {
        let Some(browser) = enters(&app, role) else { continue };
        // The live wall never ends.
        let fixed = all.iter().filter(|path| !path.contains('{') && path.as_str() != "/wall/live");
        let mut next: Vec<String> = fixed.cloned().collect();
        let mut known: BTreeSet<String> = next.iter().cloned().collect();
        while let Some(address) = next.pop() {
            // Turning the page into another language leads back to where one was.
            let Some(of) = route(&all, &address).filter(|of| *of != "/view") else { continue };
            let key = format!("{of}?{}", asks(&address));
            if of.contains('{') && seen.get(&key).is_some_and(|n| *n >= SOME) {
                continue;
            }
            let Some(answer) = look(&browser, &address).filter(|answer| answer.status.as_u16() == 200) else { continue };
            *seen.entry(key).or_default() += 1;
            if answer.headers.get("content-type").is_none_or(|kind| !kind.to_str().unwrap().starts_with("text/html")) {
                continue;
            }
            let html = answer.html();
            for to in html.all("a").into_iter().filter_map(|link| link.attribute("href")).filter(|to| to.starts_with('/')) {
                let to = to.split('#').next().unwrap_or_default().to_owned();
                let seldom = route(&all, &to).is_some_and(|of| seen.get(&format!("{of}?{}", asks(&to))).is_none_or(|n| *n < SOME));
                if seldom && known.insert(to.clone()) {
                    next.push(to);
                }
            }
        }
    }
    let admin = enters(&app, Role::SystemAdmin).unwrap();
    let units = wrong(&app, &admin, "/tables/units", "单位代码,单位名称,层级,上级代码\n990105003999,错的社区,小组,\n");
    assert!(is_file(&look(&admin, &units).unwrap()));
    let desk = enters(&app, Role::DistrictDesk).unwrap();
    let concerns = "留言编号,留言主题,留言时间,留言详情\n1,路灯,去年,路灯坏了一个月。\n2,路灯,2019-05-11,路灯又坏了。\n";
    let concerns = wrong(&app, &desk, "/work/import", concerns);
    assert!(is_file(&look(&desk, &concerns).unwrap()));

    assert_eq!(silent, BTreeSet::new(), "record it by `Staff::hand_out`, or say above why it is no table");
    let tables: BTreeSet<String> = all.iter().filter(|path| path.ends_with(".xlsx") || path.as_str() == "/audit/export").cloned().collect();
    assert!(tables.len() > 15);
    let never: Vec<&str> = tables.difference(&files).map(String::as_str).collect();
    assert_eq!(never, ELSEWHERE.iter().map(|(route, _)| *route).collect::<Vec<_>>(), "nobody came to these");
    let never: Vec<&&str> = named.iter().filter(|route| !files.contains(**route)).collect();
    assert!(never.iter().all(|route| all.contains(**route)), "reasons for what is nowhere: {never:?}");
}
