//! Learning through its pages, on both engines: from a course to its certificate, a plan to its result, a class from its
//! notice to signing in; who sees whose hours; and attacks on the guard and the tables.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "tests")]

mod attacks;
mod branch_life;
mod classes;
mod corrections;
mod courses;
mod hours;
mod meetings;
mod passed;
mod plans;
mod told;

use base::UnitId;
use people::Role;
use testkit::{Client, TestApp};

pub(crate) fn modules() -> Vec<web::Module> {
    vec![learning::module(), measures::module(), dashboard::module()]
}

/// The second member of the branch.
pub(crate) fn second(app: &TestApp) -> Client {
    let member = app.world().members.iter().filter(|member| member.role == Role::Member).nth(1).unwrap();
    app.signed_in(&member.login)
}

/// A tone of so many seconds, as a WAV file.
pub(crate) fn wav(seconds: u32) -> Vec<u8> {
    let rate = 8_000_u32;
    let samples: Vec<u8> = (0..rate * seconds).map(|n| if n / 10 % 2 == 0 { 100 } else { 156 }).collect();
    let length = u32::try_from(samples.len()).unwrap();
    let mut out = Vec::new();
    out.extend_from_slice(b"RIFF");
    out.extend_from_slice(&(36 + length).to_le_bytes());
    out.extend_from_slice(b"WAVEfmt ");
    for part in [16_u32.to_le_bytes().to_vec(), 1_u16.to_le_bytes().to_vec(), 1_u16.to_le_bytes().to_vec(), rate.to_le_bytes().to_vec()] {
        out.extend_from_slice(&part);
    }
    for part in [rate.to_le_bytes().to_vec(), 1_u16.to_le_bytes().to_vec(), 8_u16.to_le_bytes().to_vec(), b"data".to_vec()] {
        out.extend_from_slice(&part);
    }
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&samples);
    out
}

/// The path of an answer's place without what stands behind it.
pub(crate) fn place(answer: &testkit::Answer) -> String {
    answer.location().unwrap().split('?').next().unwrap().to_owned()
}

/// A course of the district's organisation department with one lesson of 45 minutes for each title, open to be studied.
pub(crate) fn course(app: &TestApp, title: &str, lessons: &[&str]) -> String {
    let office = app.staff(Role::PartyAffairs);
    let page = office.get("/learning/courses/new").expect(200);
    let made = office.submit(&page, "form[action=/learning/courses/new]", &[("title", title), ("about", "# 目标\n\n学懂")]);
    let course = place(&made.leads_to("/learning/courses/"));
    for lesson in lessons {
        add(&office, &course, &[("title", lesson), ("body", "## 要点\n\n- 一\n- 二")], &[]).leads_to("/learning/lessons/");
    }
    let page = office.get(&course).expect(200);
    office.submit(&page, &format!("form[action={course}/state]"), &[("to", "open")]).leads_to(&course);
    course
}

/// Add a lesson.
pub(crate) fn add(who: &Client, course: &str, typed: &[(&str, &str)], files: &[testkit::Upload<'_>]) -> testkit::Answer {
    let page = who.get(&format!("{course}/add")).expect(200);
    let mut fields = vec![("source", "区委组织部编写"), ("source_on", "2026-11-01"), ("minutes", "45")];
    fields.extend_from_slice(typed);
    who.submit_files(&page, &format!("form[action={course}/add]"), &fields, files)
}

/// The addresses of a course's lessons.
pub(crate) fn lessons(who: &Client, course: &str) -> Vec<String> {
    let page = who.get(course).expect(200);
    page.html().all(".rows-list a").iter().map(|link| link.attribute("href").unwrap().to_owned()).collect()
}

/// Complete every lesson of a course.
pub(crate) fn complete(who: &Client, course: &str) {
    for lesson in lessons(who, course) {
        let page = who.get(&lesson).expect(200);
        who.submit(&page, &format!("form[action={lesson}/done]"), &[]).expect(303);
    }
}

/// Somebody new with a post in a Party organisation, through the administrators; gives the login.
pub(crate) fn hire(app: &TestApp, unit: UnitId, role: Role, login: &str) -> Client {
    use people::password::{NewPassword, Params, Strength};
    use people::{CreatePerson, CreatePost, Grant, Invite, ManagePeople, ManageUnits};
    let (system, security) = (app.world().actor(Role::SystemAdmin), app.world().actor(Role::SecurityAdmin));
    let name = login.to_owned();
    app.district()
        .write_now(move |tx, ctx| {
            let person = CreatePerson { name: format!("新人{name}"), phone: None };
            let person = people::create_person(tx, ctx, &system.has::<ManagePeople>().unwrap(), &person).unwrap();
            let post = CreatePost { unit, reach: None, role, title: "岗位".into() };
            let post = people::create_post(tx, ctx, &system.has::<ManageUnits>().unwrap(), &post).unwrap();
            people::hold(tx, ctx, &security.has::<Grant>().unwrap(), person, post, ctx.now).unwrap();
            let code = people::invite(tx, ctx, &system.has::<Invite>().unwrap(), person, &name, false).unwrap();
            let word = NewPassword::make(&Params::light(), ctx.random(), people::testing::PASSWORD, "", Strength::Staff).unwrap();
            people::open_account(tx, ctx, &code, &word).unwrap();
            Ok::<_, store::StoreError>(())
        })
        .unwrap();
    app.signed_in(login)
}

/// Another branch under the district's committee.
pub(crate) fn another_branch(app: &TestApp) -> UnitId {
    new_branch(app, "ELZB", "第二党支部")
}

/// The same with this code and name.
pub(crate) fn new_branch(app: &TestApp, code: &'static str, name: &'static str) -> UnitId {
    use people::{CreateUnit, Level, ManageUnits};
    let (system, party) = (app.world().actor(Role::SystemAdmin), app.world().party);
    app.district()
        .write_now(move |tx, ctx| {
            let unit = CreateUnit { code: code.into(), name: name.into(), phone: None, level: Level::Branch, parent: Some(party), ord: 99 };
            Ok::<_, store::StoreError>(people::create_unit(tx, ctx, &system.has::<ManageUnits>().unwrap(), &unit).unwrap())
        })
        .unwrap()
}
