//! My learning: what is to be studied now, the hours of this year, courses begun, classes, certificates.

use askama::Template;
use base::Ctx;
use store::Tx;
use web::kit::Light;
use web::{Page, PageError, Shell, Signed, Staff, dates, fill, page};

use super::{Row, Tab, learner, name, roles, tabs};
use crate::hours::{self, Hours};
use crate::model::{CertificateKind, ClassId, CourseId, SeatState};
use crate::read;
use crate::texts::LearnTexts;

/// A plan as one person has it.
pub(super) struct Mine {
    pub(super) href: String,
    pub(super) title: String,
    pub(super) sub: String,
    pub(super) light: Light,
    pub(super) left: String,
    pub(super) done: i64,
    pub(super) of: i64,
}

/// The plans that somebody still owes something of, first due first.
pub(super) fn owed(tx: &mut Tx, ctx: &Ctx, who: &Signed) -> Result<Vec<Mine>, PageError> {
    let lang = who.visit().lang;
    let t = LearnTexts::of(lang);
    let mut all = Vec::new();
    for plan in read::open_plans(tx)? {
        let mine =
            who.posts.iter().any(|held| who.tree.is_within(held.unit, plan.target) && plan.role.is_none_or(|role| role == held.role));
        if !mine || plan.starts_on > ctx.now.date() {
            continue;
        }
        let (of, done) = read::plan_progress(tx, plan.id, who.person)?;
        if of == 0 || done >= of {
            continue;
        }
        all.push(Mine {
            href: format!("/learning/plans/{}", plan.id),
            title: plan.title.clone(),
            sub: [fill(t.plan_progress, &[("done", &done), ("n", &of)]), fill(t.plan_for, &[("unit", &name(&who.tree, plan.target))])]
                .join(" · "),
            light: dates::light(plan.due_at, ctx.now, ctx.rules().calendar()),
            left: dates::left(lang, plan.due_at, ctx.now, ctx.rules().calendar()),
            done,
            of,
        });
    }
    Ok(all)
}

/// Hours in words: what somebody has, what is left, where the rule stands.
pub(super) struct Said {
    pub(super) title: String,
    pub(super) has: String,
    pub(super) left: String,
    pub(super) rule: String,
    pub(super) minutes: i64,
    pub(super) asked: i64,
}

pub(super) fn say(t: &LearnTexts, hours: &Hours) -> Said {
    let has = match hours.asked {
        Some(asked) => fill(t.hours_of, &[("n", &hours.has), ("asked", &asked)]),
        None => fill(t.hours_only, &[("n", &hours.has)]),
    };
    let left = match (hours.asked, hours.left()) {
        (None, _) => String::new(),
        (Some(_), Some(left)) => fill(t.hours_left, &[("n", &left)]),
        (Some(_), None) => t.hours_enough.to_owned(),
    };
    Said {
        title: fill(t.hours_title, &[("y", &hours.year)]),
        has,
        left,
        rule: if hours.source.is_empty() { String::new() } else { fill(t.hours_rule, &[("source", &hours.source)]) },
        minutes: hours.minutes,
        asked: hours.asked.unwrap_or(0) * 60,
    }
}

#[derive(Template)]
#[template(path = "learning/home.html")]
struct HomePage {
    shell: Shell,
    t: &'static LearnTexts,
    tabs: Vec<Tab>,
    owed: Vec<Mine>,
    hours: Said,
    going: Vec<Row>,
    classes: Vec<Row>,
    certificates: Vec<Row>,
}

/// The page.
pub(super) async fn show(staff: Staff) -> Result<Page, PageError> {
    staff
        .read(move |tx, ctx, who| {
            learner(who)?;
            let lang = who.visit().lang;
            let t = LearnTexts::of(lang);
            let hours = hours::of(tx, ctx, who.person, &roles(who))?;
            let mut going = Vec::new();
            for course in read::courses(tx)? {
                let progress = read::progress(tx, who.person, course.id)?;
                if progress.done > 0 && progress.done < progress.lessons {
                    going.push(Row {
                        href: format!("/learning/courses/{}", course.id),
                        title: course.title,
                        sub: name(&who.tree, course.unit),
                        tag: String::new(),
                        tone: "",
                        end: fill(t.course_begun, &[("done", &progress.done), ("n", &progress.lessons)]),
                    });
                }
            }
            let mut classes = Vec::new();
            for (id, seat) in read::seats_of(tx, who.person)? {
                classes.extend(class_row(tx, ctx, who, id, seat)?);
            }
            let mut certificates = Vec::new();
            for given in read::certificates(tx, who.person)? {
                let (of, kind) = match given.kind {
                    CertificateKind::Course => (read::course(tx, CourseId(given.of))?.map(|of| of.title), t.certificate_of_course),
                    CertificateKind::Class => (read::class(tx, ClassId(given.of))?.map(|of| of.title), t.certificate_of_class),
                };
                certificates.push(Row {
                    href: format!("/learning/certificates/{}", given.id),
                    title: of.unwrap_or_default(),
                    sub: [fill(t.certificate_no, &[("no", &given.no)]), dates::day(lang, given.at.date(), ctx.now)].join(" · "),
                    tag: kind.to_owned(),
                    tone: "",
                    end: "PDF".to_owned(),
                });
            }
            page(&HomePage {
                shell: who.shell(t.mine),
                t,
                tabs: tabs(who, "/learning"),
                owed: owed(tx, ctx, who)?,
                hours: say(t, &hours),
                going,
                classes,
                certificates,
            })
        })
        .await
}

fn class_row(tx: &mut Tx, ctx: &Ctx, who: &Signed, id: ClassId, seat: SeatState) -> Result<Option<Row>, PageError> {
    let t = LearnTexts::of(who.visit().lang);
    let Some(class) = read::class(tx, id)?.filter(|class| class.state == crate::model::ClassState::Open) else { return Ok(None) };
    let first = read::days(tx, id)?.first().map(|day| dates::moment(who.visit().lang, day.starts, ctx.now)).unwrap_or_default();
    let (tag, tone) = match seat {
        SeatState::In => (t.seat_in.to_owned(), "success"),
        _ => {
            let before = read::seats(tx, id)?.iter().filter(|one| one.state == SeatState::Waiting).position(|one| one.person == who.person);
            (fill(t.seat_waiting, &[("n", &(before.unwrap_or(0) + 1))]), "warning")
        }
    };
    Ok(Some(Row {
        href: format!("/learning/classes/{id}"),
        title: class.title,
        sub: [first, class.place].join(" · "),
        tag,
        tone,
        end: String::new(),
    }))
}
