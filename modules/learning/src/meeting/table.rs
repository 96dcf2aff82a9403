//! 三会一课记录 as branches keep it in their own tables, in and out under the same headers.

use base::text::mask_personal;
use base::{Ctx, Date, Id, UnitId};
use people::{Actor, Level, Tree, TreeKind};
use sheets::{Cell, Column, Kind, Precision, Record};
use store::Tx;
use web::Lang;
use web::bring::{Became, Bring, BringError, RowOut, Run, Undone, Words, problem};

use super::texts::{MeetTexts, parse, what};
use super::{FIRST_YEAR, Filter, Held, Kept, checked_by, find, hold, kept, list, read, withdraw};
use crate::model::{Gathering, MeetingId, Occasion};
use crate::operate::LearnError;
use crate::permissions::Meet;
use crate::read as studied;

/// Meetings of one organisation in a table, and as many theme days and lectures.
const MOST: i64 = 20_000;
/// The last row of a table that has not all, in the product's first language, as the headers.
const CUT: &str = "本表每个组织最多导出最近的 20000 次会议和 20000 次主题党日、党课，还有未导出的，请用日期等条件分次导出";

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
    // Who was absent and why is not kept from a wrong cell, and leaves masked.
    personal: true,
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

/// What a time of day is said with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Morning,
    Noon,
    Afternoon,
}

/// The part of the day that a text before a time names.
fn part(text: &str) -> Option<Part> {
    let names = |all: &[&str]| all.iter().any(|name| text.contains(name));
    if names(&["下午", "午后", "晚", "夜"]) {
        Some(Part::Afternoon)
    } else if names(&["中午", "正午"]) {
        Some(Part::Noon)
    } else {
        names(&["上午", "早", "晨"]).then_some(Part::Morning)
    }
}

/// A time of the clock by the part of the day that it was said with: 下午3:00 is 15:00. Nothing for 晚上12:00, which is no time
/// of that day.
fn hour_of(clock: &str, said: Option<Part>) -> Option<String> {
    let (hour, minute) = clock.split_once(':')?;
    let hour: u8 = hour.parse().ok()?;
    let hour = match said {
        Some(Part::Afternoon) if hour == 12 => return None,
        Some(Part::Afternoon) if hour < 12 => hour + 12,
        // 中午 reaches from before noon to after it.
        Some(Part::Noon) if hour < 4 => hour + 12,
        _ => hour,
    };
    Some(format!("{hour:02}:{minute}"))
}

/// A day with the times between which something lasted: `2026-11-05 19:00—20:30`, `2026年11月5日下午3点—4点半`, with or without
/// the end. The year is written whole, as in every other table; an end that says no part of the day is in that of the beginning.
pub(super) fn span(text: &str) -> Option<(Date, String, String)> {
    let folded = base::text::fold(text).replace(['：', '时', '点'], ":").replace(":半", ":30").replace('分', "");
    // 3:00 PM is none of the ways in which cadres write a time; read as 03:00 it would be wrong.
    if folded.contains("pm") || folded.contains("am") {
        return None;
    }
    let first = folded.find(':').map(|at| folded.get(..at).unwrap_or("").trim_end_matches(|c: char| c.is_ascii_digit()).len());
    let (day, times) = folded.split_at(first.unwrap_or(folded.len()));
    let &[year, month, number] = numbers(day).as_slice() else { return None };
    let year = i16::try_from(year).ok().filter(|year| *year >= FIRST_YEAR)?;
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(number).ok()?).ok()?;
    let (mut clocks, mut rest): (Vec<(Option<Part>, String)>, &str) = (Vec::new(), times);
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit() || c == ':') {
        let (gap, after) = rest.split_at(at);
        let (clock, behind) = after.split_at(after.find(|c: char| !(c.is_ascii_digit() || c == ':')).unwrap_or(after.len()));
        // What stands before the first time stands behind the day.
        let said = part(if clocks.is_empty() { day } else { gap });
        if clock.contains(':') {
            let clock = if clock.ends_with(':') { format!("{clock}00") } else { clock.to_owned() };
            clocks.push((said, super::clock(&clock).filter(|clock| !clock.is_empty())?));
        }
        rest = behind;
    }
    let mut clocks = clocks.into_iter();
    let (said, begins) = clocks.next().unwrap_or_default();
    let begins = if begins.is_empty() { begins } else { hour_of(&begins, said)? };
    let ends = match clocks.next() {
        Some((None, ends)) if ends < begins && ends.as_str() < "12:00" => hour_of(&ends, said)?,
        Some((said, ends)) => hour_of(&ends, said)?,
        None => String::new(),
    };
    clocks.next().is_none().then_some((date, begins, ends))
}

/// What the header of the votes calls its five numbers.
const VOTES: [&[&str]; 5] = [&["应到有表决权", "应到"], &["实到有表决权", "实到"], &["赞成", "同意"], &["反对"], &["弃权"]];

/// The numbers of votes, written as the header has them: five parts, or the first two with their names. Nothing for anything
/// else, so that no number is taken for another.
fn voted(text: &str) -> Option<((i64, i64), bool)> {
    let folded: String = base::text::fold(text).chars().filter(|c| !c.is_whitespace()).collect();
    let parts: Vec<&str> = folded.split('/').collect();
    let mut named = 0;
    let mut counted = Vec::new();
    for (at, part) in parts.iter().copied().enumerate() {
        let names = VOTES.get(at)?;
        let bare = names.iter().find_map(|name| part.strip_prefix(name));
        named += usize::from(at < 2 && bare.is_some());
        let digits = bare.unwrap_or(part).trim_start_matches(':').trim_end_matches(['人', '票', '名']);
        counted.push(if matches!(digits, "" | "-" | "—" | "——") { None } else { Some(digits.parse::<u32>().ok()?) });
    }
    let &[Some(expected), Some(present), ref votes @ ..] = counted.as_slice() else { return None };
    (parts.len() == VOTES.len() || named == 2).then(|| ((expected.into(), present.into()), votes.iter().any(Option::is_some)))
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
    let mut decided = record.text("decided").unwrap_or_default();
    let counted = voted(&votes);
    // Votes are not kept as numbers here; what the table says of them stays in words. A dash says that nothing was voted on.
    let said = votes.chars().any(char::is_alphanumeric) && counted.is_none_or(|(_, votes)| votes);
    if said {
        decided = [decided, format!("表决：{votes}")].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
    }
    let voting = counted.map(|(voting, _)| voting);
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
    // A table that went out cut comes in again with the row that says so.
    if record.line("branch").as_deref() == Some(CUT) {
        return Ok(Became::Same);
    }
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
        run.with::<Meet, _>(held.organisation, |who| checked_by(ctx, who, &tree, true, &held))?.map(|_| Id::default())
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
        LearnError::Field("on") => ("times", hans.e_on, en.e_on),
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

/// The meetings of some organisations that stand, with the theme days and lectures of branches, the last first: how many. What
/// gives somebody away in what was written at length is masked; nothing of that is what a row is known by when it comes in again.
/// Where there are more than a table takes, its last row says so.
pub(crate) fn rows(tx: &mut Tx, tree: &Tree, units: &[UnitId], filter: &Filter, out: &mut RowOut<'_>) -> Result<usize, BringError> {
    at_most(tx, tree, units, filter, MOST, out)
}

/// [`rows`] with so many of each kind of each organisation.
fn at_most(tx: &mut Tx, tree: &Tree, units: &[UnitId], filter: &Filter, most: i64, out: &mut RowOut<'_>) -> Result<usize, BringError> {
    let mut lines: Vec<(Date, Line)> = Vec::new();
    let ((from, to), mut cut) = (filter.days(), false);
    // What is one more than there is room for is left out, and said.
    let mut room = |n: usize| {
        let all = usize::try_from(most).unwrap_or(usize::MAX);
        cut |= n > all;
        n.min(all)
    };
    let occasion = filter.what.map(occasion);
    for unit in units.iter().copied() {
        let mut met = list(tx, unit, filter, most + 1)?;
        met.truncate(room(met.len()));
        let met = met.into_iter().filter(|kept| kept.withdrawn.is_none());
        lines.extend(met.map(|kept| (kept.held.on, Line::Met(Box::new(kept)))));
        let mut studies = match occasion {
            // What was asked for is written down as a meeting only.
            Some(None) => Vec::new(),
            one => studied::ordered(tx, unit, (&from, &to), one.flatten(), most + 1)?,
        };
        studies.truncate(room(studies.len()));
        for study in studies {
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
                    mask_personal(&held.absent).into(),
                    mask_personal(&held.guests).into(),
                    mask_personal(&held.agenda).into(),
                    mask_personal(&held.decided).into(),
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
                row.push(mask_personal(&study.minute).into());
                row.extend((0..3).map(|_| sheets::Value::Empty));
                out(&row)?;
            }
        }
    }
    if cut {
        out(&[CUT.into()])?;
    }
    Ok(count)
}

/// What a collective study is recorded as where it was this; none for what is written down as a meeting only.
fn occasion(what: Gathering) -> Option<Occasion> {
    match what {
        Gathering::ThemeDay => Some(Occasion::ThemeDay),
        Gathering::Lecture => Some(Occasion::Lecture),
        _ => None,
    }
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
    use base::{Id, Time};
    use people::{Authority, Role};
    use store::StoreError;

    use super::{CUT, Filter, Held, TABLE, at_most, hold, span, voted};
    use crate::collective;
    use crate::model::{Gathering, Occasion};
    use crate::permissions::{Keep, Meet};

    testkit::on_both! {
        [vec![crate::module(), measures::module()]]

        fn a_table_that_was_cut_says_so_and_comes_in_again(app) {
            let (branch, actor) = (app.world().branch, app.world().actor(Role::BranchSecretary));
            let made = app.district().write_now(move |tx, ctx| {
                let tree = people::tree(tx)?;
                let day = |back: i64| ctx.now.plus(-back * Time::DAY).date();
                for n in 0..3_i64 {
                    let held = Held {
                        organisation: branch,
                        what: Gathering::General,
                        on: day(n),
                        begins: String::new(),
                        ends: String::new(),
                        topic: format!("大会{n}"),
                        place: String::new(),
                        chair: "王敏".into(),
                        recorder: String::new(),
                        lecturer: String::new(),
                        expected: 12,
                        present: 9,
                        voting: None,
                        absent: String::new(),
                        guests: String::new(),
                        agenda: String::new(),
                        decided: String::new(),
                    };
                    hold(tx, ctx, Authority::Staff(&actor.has::<Meet>().unwrap()), &tree, None, &held).unwrap();
                    let topic = format!("党日{n}");
                    let present = vec![actor.person];
                    let (occasion, on) = (Occasion::ThemeDay, day(n));
                    let held = collective::Held { branch, occasion, on, minutes: 60, topic, minute: String::new(), present };
                    collective::hold(tx, ctx, &actor.has::<Keep>().unwrap(), &tree, &ctx.id::<Id>().0, &held).unwrap();
                }
                Ok::<_, StoreError>(())
            });
            made.unwrap();
            let out = |most: i64| {
                app.district().read_now(move |tx, _| {
                    let (tree, mut rows) = (people::tree(tx)?, Vec::<Vec<String>>::new());
                    let said = |value: &sheets::Value<'_>| match value {
                        sheets::Value::Text(text) => text.to_string(),
                        sheets::Value::Int(n) => n.to_string(),
                        _ => String::new(),
                    };
                    let mut keep = |row: &[sheets::Value<'_>]| {
                        rows.push(row.iter().map(said).collect());
                        Ok(())
                    };
                    let count = at_most(tx, &tree, &[branch], &Filter::default(), most, &mut keep).unwrap();
                    Ok::<_, StoreError>((count, rows))
                })
            };
            let (count, rows) = out(3).unwrap();
            assert_eq!((count, rows.len()), (6, 6), "all of them fit, and nothing else is said");
            assert!(rows.iter().flatten().all(|cell| cell != CUT));
            let (count, rows) = out(2).unwrap();
            assert_eq!((count, rows.len()), (4, 5), "the newest two of each");
            assert!(rows.iter().flatten().all(|cell| !cell.contains("大会2") && !cell.contains("党日2")), "{rows:?}");
            assert_eq!(rows[4], [CUT]);

            // The same file comes in again: what it tells of is there, and the row that says that it was cut is no mistake.
            let heads: Vec<sheets::Head> = TABLE.columns.iter().map(|column| sheets::Head::new(column.header, 12)).collect();
            let mut book = sheets::Export::new(sheets::FileKind::Xlsx, "记录", None, &heads).unwrap();
            for row in &rows {
                book.row(&row.iter().map(|cell| sheets::Value::from(cell.as_str())).collect::<Vec<_>>()).unwrap();
            }
            let mut bytes = Vec::new();
            book.finish(&mut bytes).unwrap();
            let secretary = app.staff(Role::BranchSecretary);
            let file = testkit::Upload { field: "file", name: "三会一课.xlsx", bytes: &bytes };
            let form = secretary.get("/tables/meetings").expect(200);
            let sent = secretary.submit_files(&form, "form[action=/tables/meetings]", &[], &[file]).leads_to("/tables/meetings/");
            let page = secretary.follow(sent).expect(200);
            let values = page.html().first("main form").unwrap().form_values();
            let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            secretary.post(&format!("{}/check", page.path), &values).leads_to(&page.path);
            app.settle();
            secretary.get(&page.path).expect(200).says("新增 0，已有 5").says("有错误 0");
        }
    }

    #[test]
    fn times_as_cadres_write_them() {
        let all = [
            ("2026-11-05 19:00—20:30", "2026-11-05", "19:00", "20:30"),
            ("2026.11.5 9：00-10：30", "2026-11-05", "09:00", "10:30"),
            ("2026年11月5日19:00至20:30", "2026-11-05", "19:00", "20:30"),
            ("2026年11月5日 19时", "2026-11-05", "19:00", ""),
            ("2026/11/05", "2026-11-05", "", ""),
            ("2026年11月5日下午3:00—4:30", "2026-11-05", "15:00", "16:30"),
            ("2026年11月5日（星期四）下午3点—4点半", "2026-11-05", "15:00", "16:30"),
            ("2026-11-05 下午2:30至17:00", "2026-11-05", "14:30", "17:00"),
            ("2026-11-05 上午9:00—11:30", "2026-11-05", "09:00", "11:30"),
            ("2026-11-05 上午10:00—下午3:00", "2026-11-05", "10:00", "15:00"),
            ("2026.11.5晚7:00—8:30", "2026-11-05", "19:00", "20:30"),
            ("2026-11-05 晚上19:00—20:30", "2026-11-05", "19:00", "20:30"),
            ("2026-11-05 中午12:00—1:30", "2026-11-05", "12:00", "13:30"),
            ("2026-11-05 19:00—8:30", "2026-11-05", "19:00", "08:30"),
            ("1949-10-01 15:00", "1949-10-01", "15:00", ""),
        ];
        for (written, on, begins, ends) in all {
            let (day, from, to) = span(written).unwrap_or_else(|| panic!("{written}"));
            assert_eq!((day.to_string().as_str(), from.as_str(), to.as_str()), (on, begins, ends), "{written}");
        }
        let none = ["", "每月5日", "2026-13-05", "2026-11", "2026-11-05 25:00", "2026-11-05 9:00-10:00-11:00"];
        let wrong = ["26年11月5日 19:00", "26-11-05", "1948-12-31 9:00", "2026-11-05 3:00 PM", "2026-11-05 晚上12:00"];
        for written in none.into_iter().chain(wrong) {
            assert!(span(written).is_none(), "{written}");
        }
    }

    #[test]
    fn votes_are_taken_only_as_the_header_has_them() {
        for (written, found) in [
            ("应到有表决权12/实到9/赞成9/反对0/弃权0", Some(((12, 9), true))),
            ("应到有表决权12人／实到9人／赞成9票", Some(((12, 9), true))),
            ("12/9/8/1/0", Some(((12, 9), true))),
            ("12/9/—/—/—", Some(((12, 9), false))),
            ("应到12/实到9", Some(((12, 9), false))),
            ("12/9", None),
            ("赞成9票，反对0票", None),
            ("赞成9/反对0/弃权0", None),
            ("9/0/0/0/0/0", None),
            ("一致通过", None),
            ("—", None),
            ("", None),
        ] {
            assert_eq!(voted(written), found, "{written}");
        }
    }
}
