//! Lists of events: the whole record in a span of days, one log, one subject.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::{Ctx, Date, Id, PersonId, Time};
use people::read::Person;
use record::{Actor, Browse, Event, EventId};
use store::{StoreError, Tx};
use web::kit::{Choice, Column};
use web::{Fields, Lang, Log, PageError, Shell, Signed, Staff, page};

use super::texts::AuditTexts;
use super::{Line, admit, line, name_of, named};

/// Lines on a page.
pub(super) const LINES: i64 = 50;
/// Events that are looked at together where one table is looked for.
const PIECE: i64 = 500;
/// Days that are shown when none are asked for.
const DAYS: i64 = 7;

#[derive(Template)]
#[template(path = "audit-list.html")]
struct ListPage {
    shell: Shell,
    t: &'static AuditTexts,
    lead: String,
    /// The address of this list, for its filters; empty for a list without.
    path: String,
    tabs: Vec<(String, &'static str, bool)>,
    from: String,
    to: String,
    kinds: Vec<Choice>,
    tables: Vec<Choice>,
    q: String,
    people: Vec<(String, String)>,
    notice: String,
    columns: Vec<Column>,
    lines: Vec<Line>,
    next: String,
    export: String,
}

/// What was asked for.
#[derive(Clone)]
pub(super) struct Asked {
    /// The log; none for the record as a whole.
    pub(super) log: Option<Log>,
    /// From this day on.
    pub(super) from: Date,
    /// To this day, with it.
    pub(super) to: Date,
    kind: String,
    /// The table that left, by its code; empty for every event.
    table: String,
    q: String,
    person: Option<PersonId>,
    before: Option<EventId>,
}

impl Asked {
    pub(super) fn of(fields: &Fields, ctx: &Ctx, log: Option<Log>) -> Asked {
        let today = ctx.now.date();
        let to = fields.value("to").parse().unwrap_or(today);
        let from =
            fields.value("from").parse().unwrap_or_else(|_| Time::from_civil(to.at(0, 0, 0, 0)).plus(-(DAYS - 1) * Time::DAY).date());
        Asked {
            log,
            from,
            to,
            kind: fields.text("kind"),
            // Tables leave by one log.
            table: if log.is_none_or(|log| log == Log::Data) { fields.text("table") } else { String::new() },
            q: fields.text("q"),
            person: fields.id("person"),
            before: fields.id::<Id>("before").map(EventId),
        }
    }

    /// The same as an address has it, without the page.
    fn query(&self) -> Fields {
        let mut fields = Fields::default();
        if self.log.is_none() {
            fields.set("from", self.from.to_string());
            fields.set("to", self.to.to_string());
            fields.set("kind", self.kind.clone());
        }
        fields.set("table", self.table.clone());
        fields.set("q", self.q.clone());
        if let Some(person) = self.person {
            fields.set("person", person.to_string());
        }
        fields
    }

    fn before(&self, event: EventId) -> Asked {
        Asked { before: Some(event), ..self.clone() }
    }

    /// The events, newest first.
    pub(super) fn events(&self, tx: &mut Tx, limit: i64) -> Result<Vec<Event>, StoreError> {
        if self.table.is_empty() { self.some(tx, self.before, limit) } else { self.left(tx, limit) }
    }

    /// Those before one of them, whichever table left.
    fn some(&self, tx: &mut Tx, before: Option<EventId>, limit: i64) -> Result<Vec<Event>, StoreError> {
        let Some(log) = self.log else {
            let midnight = |day: Date| Time::from_civil(day.at(0, 0, 0, 0));
            let kind = if self.table.is_empty() { &self.kind } else { named::LEFT };
            let wanted = Browse {
                from: Some(midnight(self.from)),
                to: Some(midnight(self.to).plus(Time::DAY)),
                kind: Some(kind.to_owned()).filter(|kind| !kind.is_empty()),
                actor: self.person.map(Actor::Person),
            };
            return record::browse(tx, &wanted, before, limit);
        };
        let ids = crate::entries(tx, log, self.person, before, limit)?;
        found(tx, ids)
    }

    /// Those that tell of one table that left: as the log knows them; in the record as a whole looked for piece by piece,
    /// within the days that were asked for.
    fn left(&self, tx: &mut Tx, limit: i64) -> Result<Vec<Event>, StoreError> {
        if self.log.is_some() {
            let ids = crate::left_of(tx, &self.table, self.person, self.before, limit)?;
            return found(tx, ids);
        }
        let most = usize::try_from(limit).unwrap_or(0);
        let (mut events, mut before) = (Vec::new(), self.before);
        loop {
            let some = self.some(tx, before, PIECE)?;
            let ended = i64::try_from(some.len()).is_ok_and(|n| n < PIECE);
            before = some.last().map(|event| event.id);
            events.extend(some.into_iter().filter(|event| named::is_of(event, &self.table)));
            if ended || events.len() >= most {
                events.truncate(most);
                return Ok(events);
            }
        }
    }

    /// Settles a name that was typed: one person, or several to choose from.
    fn settle(&mut self, tx: &mut Tx) -> Result<Vec<Person>, StoreError> {
        if self.q.is_empty() {
            self.person = None;
            return Ok(Vec::new());
        }
        let found = people::read::find_persons(tx, &self.q)?;
        if let Some(chosen) = self.person
            && found.iter().any(|person| person.id == chosen)
        {
            return Ok(Vec::new());
        }
        self.person = None;
        if let [only] = &found[..] {
            self.person = Some(only.id);
            return Ok(Vec::new());
        }
        Ok(found)
    }

    /// The same once more, with a name settled; for the workbook.
    pub(super) fn settled(mut self, tx: &mut Tx) -> Result<Asked, StoreError> {
        self.settle(tx)?;
        Ok(self)
    }

    /// The next piece of the same, for the workbook.
    pub(super) fn after(&self, last: &Event) -> Asked {
        self.before(last.id)
    }

    fn named_nobody(&self, choices: &[Person]) -> bool {
        !self.q.is_empty() && self.person.is_none() && choices.is_empty()
    }
}

/// The events of these ids.
fn found(tx: &mut Tx, ids: Vec<EventId>) -> Result<Vec<Event>, StoreError> {
    let mut events = Vec::with_capacity(ids.len());
    for id in ids {
        events.extend(record::find(tx, id)?);
    }
    Ok(events)
}

pub(super) async fn record(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    show(staff, fields, None).await
}

pub(super) async fn log(staff: Staff, Path(log): Path<String>, fields: Fields) -> Result<Response, PageError> {
    let log = Log::parse(&log).ok_or(PageError::NotFound)?;
    show(staff, fields, Some(log)).await
}

async fn show(staff: Staff, fields: Fields, log: Option<Log>) -> Result<Response, PageError> {
    staff
        .read(move |tx, ctx, who| {
            admit(who)?;
            let t = AuditTexts::of(who.visit().lang);
            let mut asked = Asked::of(&fields, ctx, log);
            let choices = asked.settle(tx)?;
            let nobody = asked.named_nobody(&choices);
            let mut events = if nobody || !choices.is_empty() { Vec::new() } else { asked.events(tx, LINES + 1)? };
            let more = events.len() > usize::try_from(LINES).unwrap_or(0);
            if more {
                events.pop();
            }
            let path = log.map_or_else(|| "/audit/record".to_owned(), |log| format!("/audit/log/{}", log.code()));
            let next = match events.last() {
                Some(last) if more => format!("{path}?{}&before={}", asked.query().encode(), last.id.0),
                _ => String::new(),
            };
            let people = choices.iter().map(|person| {
                let label =
                    person.account.as_ref().map_or_else(|| person.name.clone(), |account| format!("{}（{}）", person.name, account.login));
                let chosen = Asked { person: Some(person.id), ..asked.clone() };
                (format!("{path}?{}", chosen.query().encode()), label)
            });
            let mut export = asked.query();
            export.set("log", log.map_or("", Log::code));
            let lead = match log {
                None => t.record_lead,
                Some(Log::SignIn) => t.log_lead_sign_in,
                Some(Log::Permission) => t.log_lead_permission,
                Some(Log::Reading) => t.log_lead_reading,
                Some(Log::Data) => t.log_lead_data,
            };
            let made = page(&ListPage {
                shell: who.shell(log.map_or(t.record, |log| title(t, log))),
                t,
                lead: lead.to_owned(),
                tabs: tabs(t, log),
                from: asked.from.to_string(),
                to: asked.to.to_string(),
                kinds: if log.is_none() { kinds(who, &asked.kind) } else { Vec::new() },
                tables: if log.is_none_or(|log| log == Log::Data) { tables(who, &asked.table) } else { Vec::new() },
                q: asked.q.clone(),
                people: people.collect(),
                notice: if nobody { web::fill(t.nobody, &[("q", &asked.q)]) } else { String::new() },
                columns: columns(t),
                lines: lines(tx, who, t, &events)?,
                next,
                export: format!("/audit/export?{}", export.encode()),
                path,
            })?;
            Ok(made.into_response())
        })
        .await
}

/// What one log is called.
pub(super) fn title(t: &'static AuditTexts, log: Log) -> &'static str {
    match log {
        Log::SignIn => t.log_sign_in,
        Log::Permission => t.log_permission,
        Log::Reading => t.log_reading,
        Log::Data => t.log_data,
    }
}

fn tabs(t: &'static AuditTexts, here: Option<Log>) -> Vec<(String, &'static str, bool)> {
    if here.is_none() {
        return Vec::new();
    }
    Log::ALL.into_iter().map(|log| (format!("/audit/log/{}", log.code()), title(t, log), Some(log) == here)).collect()
}

/// All kinds that the program knows, by name.
fn kinds(who: &Signed, chosen: &str) -> Vec<Choice> {
    let visit = who.visit();
    let all = people::KINDS.iter().chain(visit.app.modules().iter().flat_map(|module| module.kinds));
    all.map(|kind| Choice::new(kind.name, name_of(who, kind.name)).chosen(kind.name == chosen)).collect()
}

/// All tables that may leave, by name.
fn tables(who: &Signed, chosen: &str) -> Vec<Choice> {
    let visit = who.visit();
    Choice::list(named::tables(&visit.app, visit.lang), chosen)
}

pub(super) fn columns(t: &AuditTexts) -> Vec<Column> {
    vec![Column::new(t.when), Column::new(t.kind), Column::new(t.who), Column::new(t.unit), Column::new(t.subject), Column::number(t.place)]
}

fn lines(tx: &mut Tx, who: &Signed, t: &AuditTexts, events: &[Event]) -> Result<Vec<Line>, StoreError> {
    events.iter().map(|event| line(tx, who, t, event)).collect()
}

pub(super) async fn subject(staff: Staff, Path(subject): Path<Id>) -> Result<Response, PageError> {
    staff
        .read(move |tx, _, who| {
            admit(who)?;
            let t = AuditTexts::of(who.visit().lang);
            let mut events = record::of_subject(tx, subject)?;
            if events.is_empty() {
                return Err(PageError::NotFound);
            }
            events.reverse();
            let made = page(&ListPage {
                shell: who.shell(t.subject_title),
                t,
                lead: subject.to_string(),
                path: String::new(),
                tabs: Vec::new(),
                from: String::new(),
                to: String::new(),
                kinds: Vec::new(),
                tables: Vec::new(),
                q: String::new(),
                people: Vec::new(),
                notice: String::new(),
                columns: columns(t),
                lines: lines(tx, who, t, &events)?,
                next: String::new(),
                export: String::new(),
            })?;
            Ok(made.into_response())
        })
        .await
}

/// The headers of the workbook, in the product's first language.
pub(super) fn headers() -> [(&'static str, u16); 9] {
    let t = AuditTexts::of(Lang::Hans);
    [(t.place, 10), (t.when, 20), (t.kind, 24), (t.table, 30), ("代码", 28), (t.who, 14), (t.unit, 30), (t.subject, 36), ("记录编号", 36)]
}
