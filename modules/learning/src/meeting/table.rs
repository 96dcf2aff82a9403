//! 三会一课记录 as branches keep it in their own tables, in and out under the same headers.

use base::{Ctx, Date, Id, UnitId};
use people::{Actor, Level, Tree, TreeKind};
use sheets::{Cell, Column, Kind, Precision, Record};
use store::Tx;
use web::Lang;
use web::bring::{Became, Bring, BringError, RowOut, Run, Undone, Words, problem};

use super::texts::{MeetTexts, parse, what};
use super::{Filter, Held, Kept, checked, find, hold, kept, list, read, withdraw};
use crate::model::{Gathering, MeetingId, Occasion};
use crate::operate::LearnError;
use crate::permissions::Meet;
use crate::read as studied;

/// Rows of one organisation in a table.
const MOST: i64 = 20_000;

/// The table.
pub const TABLE: Bring = Bring {
    key: "meetings",
    words: |lang| Words { title: MeetTexts::of(lang).table_title, intro: MeetTexts::of(lang).table_intro },
    columns: &[
        Column {
            key: "branch", header: "支部", also: &["党支部", "党组织", "组织", "branch"], required: false, kind: Kind::Line
        },
        Column { key: "what", header: "类型", also: &["会议类型", "活动类型", "kind"], required: true, kind: Kind::Line },
        Column { key: "topic", header: "主题", also: &["会议主题", "活动主题", "topic"], required: true, kind: Kind::Line },
        Column {
            key: "times",
            header: "时间起止",
            also: &["时间", "会议时间", "起止时间", "日期", "time"],
            required: true,
            kind: Kind::Line,
        },
        Column { key: "place", header: "地点", also: &["会议地点", "place"], required: false, kind: Kind::Line },
        Column { key: "chair", header: "主持人", also: &["主持", "chair"], required: true, kind: Kind::Line },
        Column { key: "recorder", header: "记录人", also: &["记录", "recorder"], required: false, kind: Kind::Line },
        Column { key: "lecturer", header: "授课人", also: &["讲课人", "主讲人", "lecturer"], required: false, kind: Kind::Line },
        Column { key: "expected", header: "应到", also: &["应到人数", "expected"], required: true, kind: Kind::Integer },
        Column { key: "present", header: "实到", also: &["实到人数", "present"], required: true, kind: Kind::Integer },
        Column {
            key: "absent", header: "缺席及原因", also: &["缺席", "缺席人员及原因", "absent"], required: false, kind: Kind::Text
        },
        Column { key: "guests", header: "列席", also: &["列席人员", "guests"], required: false, kind: Kind::Text },
        Column { key: "agenda", header: "议题", also: &["会议议题", "内容", "agenda"], required: false, kind: Kind::Text },
        Column { key: "decided", header: "决议", also: &["决议事项", "会议决议", "decided"], required: false, kind: Kind::Text },
        Column {
            key: "votes",
            header: "表决（应到有表决权/实到/赞成/反对/弃权）",
            also: &["表决", "表决情况", "votes"],
            required: false,
            kind: Kind::Line,
        },
        Column { key: "files", header: "附件", also: &["附件名称", "files"], required: false, kind: Kind::Line },
    ],
    labels: &[
        "Branch",
        "Kind",
        "Topic",
        "From and to",
        "Place",
        "Led by",
        "Recorded by",
        "Lecturer",
        "Expected",
        "Present",
        "Absent, and why",
        "Sat in",
        "Agenda",
        "Decided",
        "Votes",
        "Attachments",
    ],
    scopes,
    row,
    undo,
    export,
    at_once: 40,
    personal: false,
};

/// The organisations whose book somebody keeps; a group's comes with its branch.
fn scopes(actor: &Actor, tree: &Tree) -> Vec<UnitId> {
    let own = actor.each::<Meet>().map(|proof| proof.unit()).collect::<Vec<_>>();
    kept(actor, tree).into_iter().filter(|unit| own.contains(unit)).collect()
}

/// The organisation of a row: that of the import where nothing is written, else the one of this code or name within it.
fn organisation(run: &Run<'_>, record: &mut Record<'_>) -> Option<UnitId> {
    let Some(named) = record.line("branch") else { return Some(run.scope) };
    let fits = |unit: &&people::Unit| {
        !unit.is_closed()
            && unit.tree() == TreeKind::Party
            && (unit.id == run.scope || run.tree.is_within(unit.id, run.scope))
            && (unit.code == named || unit.name == named || run.tree.full_name(unit.id) == named)
    };
    let mut found = run.tree.all().filter(fits);
    match (found.next(), found.next()) {
        (Some(unit), None) => Some(unit.id),
        (None, _) => {
            record.error(
                "branch",
                problem("不是要导入的党组织或它的党小组", "is neither the organisation that this goes into nor a group of it"),
            );
            None
        }
        (Some(_), Some(_)) => {
            record.error("branch", problem("不止一个组织叫这个名称，请写代码", "more than one organisation has this name: write its code"));
            None
        }
    }
}

/// Runs of digits in a text, as numbers.
fn numbers(text: &str) -> Vec<i64> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).filter_map(|part| part.parse().ok()).collect()
}

/// A day with the times between which something lasted: `2026-11-05 19:00—20:30`, `2026年11月5日`, with or without the end.
pub(super) fn span(text: &str) -> Option<(Date, String, String)> {
    let folded = base::text::fold(text).replace(['：', '时'], ":").replace('分', "");
    let first = folded.find(':').map(|at| folded.get(..at).unwrap_or("").trim_end_matches(|c: char| c.is_ascii_digit()).len());
    let (day, times) = folded.split_at(first.unwrap_or(folded.len()));
    let &[year, month, day] = numbers(day).as_slice() else { return None };
    let date = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let mut clocks = Vec::new();
    for part in times.split(|c: char| !(c.is_ascii_digit() || c == ':')).filter(|part| part.contains(':')) {
        let part = if part.ends_with(':') { format!("{part}00") } else { part.to_owned() };
        clocks.push(super::clock(&part).filter(|clock| !clock.is_empty())?);
    }
    let mut clocks = clocks.into_iter();
    let (begins, ends) = (clocks.next().unwrap_or_default(), clocks.next().unwrap_or_default());
    clocks.next().is_none().then_some((date, begins, ends))
}

/// The day and the times of a row.
fn times(record: &mut Record<'_>) -> Option<(Date, String, String)> {
    if let Cell::Text(text) = record.cell("times") {
        let found = span(text);
        if found.is_none() && !record.cell("times").is_blank() {
            record.error("times", problem("时间应写作 2026-11-05 19:00—20:30", "a day and times, as 2026-11-05 19:00—20:30"));
        }
        return found;
    }
    let moment = record.moment("times")?;
    if moment.precision == Precision::Month {
        record.error("times", problem("时间要写到哪一天", "the day is wanted as well"));
        return None;
    }
    let begins = if moment.precision == Precision::Time { moment.at.strftime("%H:%M").to_string() } else { String::new() };
    Some((moment.at.date(), begins, String::new()))
}

/// The row as a meeting; nothing where it is wrong.
fn written(run: &Run<'_>, record: &mut Record<'_>) -> Option<Held> {
    let organisation = organisation(run, record);
    let (named, topic) = (record.line("what"), record.line("topic"));
    let (named, topic) = (record.need("what", named), record.need("topic", topic));
    let kind = named.as_deref().and_then(parse);
    if named.is_some() && kind.is_none() {
        record.error("what", problem("没有这种类型", "there is no such kind"));
    }
    let span = times(record);
    let (on, begins, ends) = record.need("times", span)?;
    let votes = record.line("votes").unwrap_or_default();
    let counted = numbers(&base::text::fold(&votes));
    let mut decided = record.text("decided").unwrap_or_default();
    let voting = match counted.as_slice() {
        [expected, present, rest @ ..] => {
            // Votes are not kept as numbers here; what the table says of them stays in words.
            if !rest.is_empty() {
                decided = [decided.as_str(), &format!("表决：{votes}")]
                    .iter()
                    .filter(|part| !part.is_empty())
                    .copied()
                    .collect::<Vec<_>>()
                    .join("\n");
            }
            Some((*expected, *present))
        }
        _ => None,
    };
    let mut line = |key| record.line(key).unwrap_or_default();
    let (place, chair, recorder, lecturer) = (line("place"), line("chair"), line("recorder"), line("lecturer"));
    let mut words = |key| record.text(key).unwrap_or_default();
    let (absent, guests, agenda) = (words("absent"), words("guests"), words("agenda"));
    let (expected, present) = (record.integer("expected").unwrap_or(0), record.integer("present").unwrap_or(0));
    if !record.errors().is_empty() {
        return None;
    }
    let (organisation, what, topic) = (organisation?, kind?, topic?);
    Some(Held {
        organisation,
        what,
        on,
        begins,
        ends,
        topic,
        place,
        chair,
        recorder,
        lecturer,
        expected,
        present,
        voting,
        absent,
        guests,
        agenda,
        decided,
    })
}

fn row(tx: &mut Tx, ctx: &Ctx, run: &mut Run<'_>, record: &mut Record<'_>) -> Result<Became, BringError> {
    let Some(held) = written(run, record) else { return Ok(Became::Wrong) };
    // A table that went out comes in again: what it tells of is there.
    if read::is_there(tx, &held)? {
        return Ok(Became::Same);
    }
    let named = format!("{}\0{}\0{}\0{}", held.organisation, held.on, held.what.code(), held.topic);
    if let Some(before) = run.twice("meeting", &named, record.number()) {
        record.error("", problem(format!("和第 {before} 行重复"), format!("the same as row {before}")));
        return Ok(Became::Wrong);
    }
    let tree = std::sync::Arc::clone(&run.tree);
    let done = if run.dry {
        checked(ctx, &tree, true, &held).map(|_| Id::default())
    } else {
        run.with::<Meet, _>(held.organisation, |who| hold(tx, ctx, who, &tree, Some(run.batch), &held))?.map(|id| id.0)
    };
    match done {
        Ok(id) => Ok(Became::New(id)),
        Err(LearnError::Store(error)) => Err(error.into()),
        Err(error) => {
            let (key, zh, en) = refusal(&error);
            record.error(key, problem(zh, en));
            Ok(Became::Wrong)
        }
    }
}

/// What was refused, at its cell.
fn refusal(error: &LearnError) -> (&'static str, &'static str, &'static str) {
    let (hans, en) = (MeetTexts::of(Lang::Hans), MeetTexts::of(Lang::En));
    match error {
        LearnError::Field("what") => ("what", hans.e_what, en.e_what),
        LearnError::Field("on") => ("times", "日期不能在今天以后", "a day up to today"),
        LearnError::Field("begins") => ("times", hans.e_begins, en.e_begins),
        LearnError::Field("ends") => ("times", hans.e_ends, en.e_ends),
        LearnError::Field("chair") => ("chair", hans.e_chair, en.e_chair),
        LearnError::Field("expected") => ("expected", hans.e_expected, en.e_expected),
        LearnError::Field("present_n") => ("present", hans.e_present, en.e_present),
        LearnError::Field("voting") => ("votes", hans.e_voting, en.e_voting),
        LearnError::Field(field @ ("topic" | "place" | "recorder" | "lecturer" | "absent" | "guests" | "agenda" | "decided")) => {
            (field, hans.e_long, en.e_long)
        }
        _ => ("branch", "不能登记这个组织的会议", "the meetings of this organisation are not yours to record"),
    }
}

fn undo(tx: &mut Tx, ctx: &Ctx, run: &Run<'_>, subject: Id, _: Option<&[u8]>) -> Result<Undone, BringError> {
    let id = MeetingId(subject);
    let Some(kept) = find(tx, id)?.filter(|kept| kept.withdrawn.is_none() && kept.batch == Some(run.batch)) else {
        return Ok(Undone::Kept);
    };
    let reason = MeetTexts::of(Lang::Hans).undone;
    let done = run.with::<Meet, _>(kept.held.organisation, |who| withdraw(tx, ctx, who, &run.tree, Some(run.batch), (id, reason)))?;
    match done {
        Ok(()) => Ok(Undone::Back),
        Err(LearnError::Store(error)) => Err(error.into()),
        Err(_) => Ok(Undone::Kept),
    }
}

/// A meeting, or what a branch recorded as a theme day or a lecture, by its day.
enum Line {
    Met(Box<Kept>),
    Studied(studied::Study, usize),
}

/// See [`Bring::export`].
fn export(tx: &mut Tx, _: &Ctx, scope: UnitId, out: &mut RowOut<'_>) -> Result<(), BringError> {
    let tree = people::tree(tx)?;
    let groups = tree.children(scope).filter(|unit| unit.level == Level::PartyGroup).map(|unit| unit.id);
    let units: Vec<UnitId> = std::iter::once(scope).chain(groups).collect();
    rows(tx, &tree, &units, &Filter::default(), out).map(drop)
}

/// The meetings of some organisations that stand, with the theme days and lectures of branches, the last first: how many.
pub(crate) fn rows(tx: &mut Tx, tree: &Tree, units: &[UnitId], filter: &Filter, out: &mut RowOut<'_>) -> Result<usize, BringError> {
    let mut lines: Vec<(Date, Line)> = Vec::new();
    let within = |on: Date| filter.from.is_none_or(|from| on >= from) && filter.to.is_none_or(|to| on <= to);
    let wanted = |kind: Gathering| filter.what.is_none_or(|what| what == kind);
    for unit in units.iter().copied() {
        let met = list(tx, unit, filter, MOST)?.into_iter().filter(|kept| kept.withdrawn.is_none());
        lines.extend(met.map(|kept| (kept.held.on, Line::Met(Box::new(kept)))));
        let studies = studied::studies(tx, unit)?.into_iter().filter(|one| one.withdrawn.is_none() && within(one.on));
        for study in studies.filter(|one| gathering(one.occasion).is_some_and(wanted)) {
            let present = studied::present(tx, study.id)?.len();
            lines.push((study.on, Line::Studied(study, present)));
        }
    }
    lines.sort_by_key(|(on, _)| std::cmp::Reverse(*on));
    let count = lines.len();
    for (on, line) in lines {
        match line {
            Line::Met(kept) => {
                let held = kept.held;
                let times = [held.begins.as_str(), &held.ends].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("—");
                out(&[
                    tree.full_name(held.organisation).into(),
                    what(Lang::Hans, held.what).into(),
                    held.topic.as_str().into(),
                    [on.to_string(), times].join(" ").trim_end().into(),
                    held.place.as_str().into(),
                    held.chair.as_str().into(),
                    held.recorder.as_str().into(),
                    held.lecturer.as_str().into(),
                    held.expected.into(),
                    held.present.into(),
                    held.absent.as_str().into(),
                    held.guests.as_str().into(),
                    held.agenda.as_str().into(),
                    held.decided.as_str().into(),
                    held.voting.map(|(expected, present)| format!("{expected}/{present}/—/—/—")).unwrap_or_default().into(),
                    "".into(),
                ])?;
            }
            Line::Studied(study, present) => {
                let Some(kind) = gathering(study.occasion) else { continue };
                let mut row: Vec<sheets::Value<'_>> = vec![
                    tree.full_name(study.branch).into(),
                    what(Lang::Hans, kind).into(),
                    study.topic.as_str().into(),
                    on.to_string().into(),
                ];
                row.extend((0..5).map(|_| sheets::Value::Empty));
                row.push(i64::try_from(present).unwrap_or(0).into());
                row.extend((0..2).map(|_| sheets::Value::Empty));
                row.push(study.minute.as_str().into());
                row.extend((0..3).map(|_| sheets::Value::Empty));
                out(&row)?;
            }
        }
    }
    Ok(count)
}

/// What a collective study was of what the rules order.
fn gathering(occasion: Occasion) -> Option<Gathering> {
    match occasion {
        Occasion::Study => None,
        Occasion::ThemeDay => Some(Gathering::ThemeDay),
        Occasion::Lecture => Some(Gathering::Lecture),
    }
}

#[cfg(test)]
mod tests {
    use super::{numbers, span};

    #[test]
    fn times_as_cadres_write_them() {
        let all = [
            ("2026-11-05 19:00—20:30", "2026-11-05", "19:00", "20:30"),
            ("2026.11.5 9：00-10：30", "2026-11-05", "09:00", "10:30"),
            ("2026年11月5日19:00至20:30", "2026-11-05", "19:00", "20:30"),
            ("2026年11月5日 19时", "2026-11-05", "19:00", ""),
            ("2026/11/05", "2026-11-05", "", ""),
        ];
        for (written, on, begins, ends) in all {
            let (day, from, to) = span(written).unwrap_or_else(|| panic!("{written}"));
            assert_eq!((day.to_string().as_str(), from.as_str(), to.as_str()), (on, begins, ends), "{written}");
        }
        for written in ["", "每月5日", "2026-13-05", "2026-11", "2026-11-05 25:00", "2026-11-05 9:00-10:00-11:00"] {
            assert!(span(written).is_none(), "{written}");
        }
        assert_eq!(numbers("应到有表决权12/实到9/赞成9/反对0"), [12, 9, 9, 0]);
    }
}
