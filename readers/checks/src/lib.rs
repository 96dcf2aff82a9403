//! Checks of the data: what cannot be wrong by the rules of a table and is wrong all the same, as files
//! of `rules/checks`. A tick counts them, administrators see them with what to do.

use std::sync::{Arc, OnceLock};

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use base::Id;
use people::{Actor, Permission, Role, Tree};
use serde::Deserialize;
use store::{Sql, StoreError, Tx, p, sql};
use web::kit::Light;
use web::{App, District, Fault, Lang, MenuItem, Module, Page, PageError, Shell, Staff, Tick, dates, fill, page};

/// The files: name and text.
pub const FILES: &[(&str, &str)] = &[
    ("posts_without_holder", include_str!("../../../rules/checks/posts_without_holder.toml")),
    ("posts_in_closed_units", include_str!("../../../rules/checks/posts_in_closed_units.toml")),
    ("grids_without_worker", include_str!("../../../rules/checks/grids_without_worker.toml")),
    ("people_without_post", include_str!("../../../rules/checks/people_without_post.toml")),
    ("duties_without_owner", include_str!("../../../rules/checks/duties_without_owner.toml")),
    ("concerns_past_everything", include_str!("../../../rules/checks/concerns_past_everything.toml")),
    ("concerns_in_closed_units", include_str!("../../../rules/checks/concerns_in_closed_units.toml")),
];

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Somebody will be let down by it.
    Error,
    /// It should be looked at.
    Warning,
}

/// To whom it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Who looks after units, people and posts.
    System,
    /// The district's desk.
    Desk,
}

/// A check as its file says it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    title_zh: String,
    title_en: String,
    severity: Severity,
    todo_zh: String,
    todo_en: String,
    audience: Audience,
    link: String,
    /// Who can open what the link leads to; whoever sees the check, where nobody is named.
    #[serde(default)]
    put_right_by: Vec<Role>,
    sql: String,
}

/// A check of the data.
#[derive(Debug)]
pub struct Check {
    written: Written,
    sql: &'static Sql,
    timed: bool,
}

/// Every check, in the order of the files. What they ask is made once and lives as long as the program.
pub fn all() -> &'static [Check] {
    static ALL: OnceLock<Vec<Check>> = OnceLock::new();
    ALL.get_or_init(|| {
        let read = |(name, text): &(&'static str, &str)| match toml::from_str::<Written>(text) {
            Ok(written) => {
                let timed = written.sql.contains("?1");
                let text: &'static str = Box::leak(written.sql.clone().into_boxed_str());
                Check { written, timed, sql: Box::leak(Box::new(Sql::new(text, name, 1))) }
            }
            Err(error) => unreachable!("a test reads the checks: {name}: {error}"),
        };
        FILES.iter().map(read).collect()
    })
}

/// Something that a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it is put right; empty where there is no page, or none for whoever looks.
    pub href: String,
    /// What it is.
    pub name: String,
}

/// The most that a page lists.
const MOST: usize = 500;

impl Check {
    /// Its id, as its file is called.
    pub fn id(&self) -> &str {
        &self.written.id
    }

    /// What it finds now, at most so many, and how many there are.
    ///
    /// # Errors
    /// Only the store's.
    pub fn run(&self, tx: &mut Tx, now: base::Time, most: usize) -> Result<(i64, Vec<Found>), StoreError> {
        let (mut count, mut found) = (0, Vec::new());
        let link = &self.written.link;
        let params = if self.timed { p![now] } else { p![] };
        tx.each(self.sql, params, |row| {
            count += 1;
            if found.len() < most {
                let name = row.text(1)?.to_owned();
                let href = if link.contains("{id}") {
                    link.replace("{id}", &row.id::<Id>(0)?.to_string())
                } else if link.contains("{code}") {
                    link.replace("{code}", &web::shell::percent(row.text(0)?))
                } else {
                    link.replace("{name}", &web::shell::percent(&name))
                };
                found.push(Found { href, name });
            }
            Ok(())
        })?;
        Ok((count, found))
    }
}

const SET: &Sql = sql!(
    "INSERT INTO data_check (id, run_at, found) VALUES (?1, ?2, ?3)
     ON CONFLICT (id) DO UPDATE SET run_at = excluded.run_at, found = excluded.found"
);
const RESULTS: &Sql = sql!("SELECT id, run_at, found FROM data_check");

fn run(district: &Arc<District>) -> Result<(), Fault> {
    for check in all() {
        let count = district.read_now(|tx, ctx| check.run(tx, ctx.now, 0))?.0;
        district.write_now(move |tx, ctx| tx.exec(SET, p![check.id(), ctx.now, count]))?;
    }
    Ok(())
}

/// See what the checks of units, people and posts found.
struct SystemChecks;

impl Permission for SystemChecks {
    const NAME: &'static str = "checks.system";
    const ROLES: &'static [Role] = &[Role::SystemAdmin];
}

/// See what the checks of the work found.
struct DeskChecks;

impl Permission for DeskChecks {
    const NAME: &'static str = "checks.desk";
    const ROLES: &'static [Role] = &[Role::DistrictDesk, Role::Oversight];
}

fn may(actor: &Actor, audience: Audience) -> bool {
    match audience {
        Audience::System => actor.has::<SystemChecks>().is_some(),
        Audience::Desk => actor.has::<DeskChecks>().is_some(),
    }
}

web::texts! {
    /// Words of the pages of checks.
    CheckTexts;
    menu: "数据检查", "Data checks";
    title: "数据检查", "Data checks";
    lead: "程序定时检查下列情况，有问题的点开处理。", "The program looks for these now and then; open one to put it right.";
    none: "没有发现问题", "Nothing found";
    found: "{n} 处", "{n} found";
    waiting: "还没有检查", "Not checked yet";
    at: "检查于 {at}", "Checked {at}";
    todo: "怎么办：{todo}", "What to do: {todo}";
    more: "只列出前 {n} 处", "Only the first {n} are listed";
}

fn menu(actor: &Actor, _: &Tree, lang: Lang) -> Vec<MenuItem> {
    if !may(actor, Audience::System) && !may(actor, Audience::Desk) {
        return Vec::new();
    }
    vec![MenuItem::new("/checks", CheckTexts::of(lang).menu, "check-check")]
}

fn routes() -> Router<App> {
    Router::new().route("/checks", get(list)).route("/checks/{id}", get(one))
}

struct Row {
    href: String,
    title: String,
    light: Light,
    state: String,
    at: String,
}

#[derive(Template)]
#[template(path = "checks/list.html")]
struct ListPage {
    shell: Shell,
    t: &'static CheckTexts,
    rows: Vec<Row>,
}

/// A check's own words in a language.
fn words(lang: Lang, zh: &str, en: &str) -> String {
    match lang {
        Lang::Hans => zh.to_owned(),
        Lang::Hant => web::lang::to_hant(zh),
        Lang::En => en.to_owned(),
    }
}

async fn list(staff: Staff) -> Result<Page, PageError> {
    staff
        .read(|tx, ctx, who| {
            let mine: Vec<&Check> = all().iter().filter(|check| may(who, check.written.audience)).collect();
            if mine.is_empty() {
                return Err(PageError::Forbidden);
            }
            let lang = who.visit().lang;
            let t = CheckTexts::of(lang);
            let results = tx.all(RESULTS, p![], |row| Ok((row.text(0)?.to_owned(), row.time(1)?, row.int(2)?)))?;
            let rows = mine.into_iter().map(|check| {
                let result = results.iter().find(|(id, ..)| id == check.id());
                let bad = if check.written.severity == Severity::Error { Light::Red } else { Light::Yellow };
                Row {
                    href: format!("/checks/{}", check.id()),
                    title: words(lang, &check.written.title_zh, &check.written.title_en),
                    light: result.map_or(Light::None, |(_, _, n)| if *n == 0 { Light::Done } else { bad }),
                    state: match result {
                        None => t.waiting.to_owned(),
                        Some((_, _, 0)) => t.none.to_owned(),
                        Some((_, _, n)) => fill(t.found, &[("n", n)]),
                    },
                    at: result.map(|(_, at, _)| fill(t.at, &[("at", &dates::moment(lang, *at, ctx.now))])).unwrap_or_default(),
                }
            });
            let rows = rows.collect();
            page(&ListPage { shell: who.shell(t.title), t, rows })
        })
        .await
}

#[derive(Template)]
#[template(path = "checks/one.html")]
struct OnePage {
    shell: Shell,
    t: &'static CheckTexts,
    todo: String,
    count: String,
    rows: Vec<Found>,
    more: String,
}

async fn one(staff: Staff, Path(id): Path<String>) -> Result<Page, PageError> {
    let check = all().iter().find(|check| check.id() == id).ok_or(PageError::NotFound)?;
    staff
        .read(move |tx, ctx, who| {
            if !may(who, check.written.audience) {
                return Err(PageError::Forbidden);
            }
            let lang = who.visit().lang;
            let t = CheckTexts::of(lang);
            let (count, mut rows) = check.run(tx, ctx.now, MOST)?;
            if !check.written.put_right_by.is_empty() && !check.written.put_right_by.iter().any(|role| who.is(*role)) {
                rows.iter_mut().for_each(|row| row.href.clear());
            }
            page(&OnePage {
                shell: who.shell(words(lang, &check.written.title_zh, &check.written.title_en)),
                t,
                todo: fill(t.todo, &[("todo", &words(lang, &check.written.todo_zh, &check.written.todo_en))]),
                // Where nothing was found, the empty list says so.
                count: if count == 0 { String::new() } else { fill(t.found, &[("n", &count)]) },
                more: if rows.len() == MOST { fill(t.more, &[("n", &MOST)]) } else { String::new() },
                rows,
            })
        })
        .await
}

/// The checks as a module.
pub fn module() -> Module {
    Module {
        migrations: store::migrations!("checks", "0001_check"),
        routes,
        menu,
        ticks: &[Tick { name: "checks.run", every: 900, run }],
        ..Module::new("checks")
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_file_reads_and_is_called_as_its_check() {
        for (check, (name, _)) in super::all().iter().zip(super::FILES) {
            assert_eq!(check.id(), *name);
            assert!(!check.written.todo_zh.is_empty() && !check.written.todo_en.is_empty() && !check.written.title_en.is_empty());
        }
    }
}
