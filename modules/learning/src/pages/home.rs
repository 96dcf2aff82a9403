//! My learning: what is to be studied now, the hours of this year, courses begun, classes, certificates.

use askama::Template;
use base::rules::Mark;
use base::{Ctx, Time};
use store::Tx;
use web::kit::Light;
use web::{Lang, Page, PageError, Shell, Signed, Staff, dates, fill, page};

use super::{Row, Tab, learner, name, tabs};
use crate::hours::{self, Duty, Hours, Stands};
use crate::model::{CertificateKind, ClassId, CourseId, SeatState};
use crate::texts::LearnTexts;
use crate::{read, sight};

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
        if !sight::plan_applies(who, &who.tree, &plan) || plan.starts_on > ctx.now.date() {
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
    pub(super) duties: Vec<DutyRow>,
}

/// Training that is asked, as it stands.
pub(super) struct DutyRow {
    pub(super) name: &'static str,
    pub(super) state: String,
    pub(super) tone: &'static str,
    pub(super) rule: String,
    /// The classes that count: address and title.
    pub(super) by: Vec<(String, String)>,
}

/// Where a rule stands, and how it came to us.
fn rule(t: &LearnTexts, source: &str, mark: Option<Mark>) -> String {
    match mark {
        None => String::new(),
        Some(Mark::R | Mark::C) => fill(t.hours_rule_read, &[("source", &source)]),
        Some(Mark::R2) => fill(t.hours_rule, &[("source", &source)]),
        Some(Mark::M) => fill(t.hours_rule_memory, &[("source", &source)]),
    }
}

/// A duty as it is shown.
pub(super) fn duty(lang: Lang, duty: &Duty, now: Time) -> DutyRow {
    let t = LearnTexts::of(lang);
    let name = match duty.rule {
        hours::ROTATION => t.duty_rotation,
        hours::INDUCTION => t.duty_induction,
        _ => t.duty_training,
    };
    let (state, tone) = match duty.stands {
        Stands::Met => (t.duty_met.to_owned(), "success"),
        Stands::Open(until) => (fill(t.duty_open, &[("day", &dates::day(lang, until, now))]), "info"),
        Stands::Missed(until) => (fill(t.duty_missed, &[("day", &dates::day(lang, until, now))]), "warning"),
    };
    let by = duty.by.iter().map(|class| (format!("/learning/classes/{}", class.class), class.title.clone())).collect();
    DutyRow { name, state, tone, rule: rule(t, &duty.source, Some(duty.mark)), by }
}

pub(super) fn say(lang: Lang, hours: &Hours, now: Time) -> Said {
    let t = LearnTexts::of(lang);
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
        rule: rule(t, &hours.source, hours.mark),
        minutes: hours.minutes,
        asked: hours.asked.unwrap_or(0) * 60,
        duties: hours.duties.iter().map(|one| duty(lang, one, now)).collect(),
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
            let hours = hours::of(tx, ctx, who.person)?;
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
                hours: say(lang, &hours, ctx.now),
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
