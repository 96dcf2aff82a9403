//! The yearly notice on holidays, pasted as it was published: read, shown day by day, and brought in when somebody has looked.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base::{Ctx, Date};
use web::kit::Choice;
use web::{Errors, Fields, Lang, PageError, Shell, Signed, Staff, fill, page, redirect};

use crate::holidays::notice::{self, Wrong};
use crate::holidays::{self, HolidaysError, Table};
use crate::permissions::Catalogue;
use crate::said::LONGEST_LINE;

web::texts! {
    /// Words of the page.
    pub HolidayTexts;

    back: "时限规则", "Rules of time";
    title: "导入放假安排", "Bring in the holidays of a year";
    why: "国务院办公厅公布下一年的放假安排后，把通知全文粘贴到这里。导入后，这一年的工作日按通知计算，还没有到期的诉求期限重新计算；已经超期的不变。", "When the yearly notice is published, paste its text here. Working days of that year are then counted by it, and open deadlines are counted anew; what is overdue stays so.";
    year: "哪一年", "Year";
    year_n: "{n} 年", "{n}";
    document: "通知名称", "Name of the notice";
    document_hint: "例如：国务院办公厅关于2027年部分节假日安排的通知", "As it is published, in Chinese";
    text: "通知正文", "Text of the notice";
    text_hint: "例如：元旦：1月1日（周五）至3日（周日）放假，共3天。", "As it is published, in Chinese";
    look: "核对", "Read it";
    found: "读到 {off} 天放假、{work} 天调休上班，请逐项核对", "{off} days off and {work} weekend days that are worked were read. Please check each";
    off: "放假", "Days off";
    work: "周末上班", "Weekend days that are worked";
    none: "没有", "None";
    now_off: "和现在的安排相比，改为放假", "Days off that are worked as it stands now";
    now_work: "和现在的安排相比，改为上班", "Worked days that are off as it stands now";
    then: "导入后马上生效，导错了可以撤回。改为上班的日子里如果有法定节日，说明通知没有粘贴完整。", "It holds at once and can be taken back. A public holiday among the worked days means that the notice was not pasted whole.";
    same: "与现在的安排相同", "Nothing changes";
    set: "导入 {n} 年放假安排", "Bring in the holidays of {n}";
    done: "放假安排已导入，诉求的期限已按新的工作日重新计算，其他事项的期限一分钟内算好", "The holidays were brought in and the deadlines of concerns counted anew; all others follow within a minute";
    going_on: "放假安排已导入，期限正在重新计算，几分钟内完成", "The holidays were brought in; deadlines are being counted anew, which takes some minutes";
    withdraw: "撤回 {n} 年的导入", "Take back the holidays of {n}";
    withdrawn: "已撤回，恢复系统自带的安排", "Taken back; the program's own hold again";

    bad_year: "请选年份", "Please choose the year";
    bad_document: "请填写通知名称，最多 {n} 个字", "Please name the notice, in at most {n} characters";
    nothing: "没有读到放假日期，请粘贴通知全文", "No day off was read. Please paste the whole notice";
    no_day: "“{text}”不是日期，请核对", "“{text}” is no day";
    weekday: "{day}在 {year} 年不是通知里写的星期，可能是另一年的通知", "{day} is another day of the week in {year}: this may be the notice of another year";
    count: "{day}前的这段放假读到 {found} 天，通知写的是 {said} 天，请核对", "{found} days were read up to {day}, the notice says {said}";
    bad_work: "{day}不能是调休上班日：它不是周末，或者同时是放假日", "{day} cannot be worked by exchange: it is no weekend, or a day off as well";
}

#[derive(Template)]
#[template(path = "staff/holidays.html")]
struct HolidaysPage {
    shell: Shell,
    t: &'static HolidayTexts,
    errors: Errors,
    fields: Fields,
    op_key: String,
    years: Vec<Choice>,
    /// What was read, once it was; none before.
    read: Option<Read>,
    /// The years that were brought in, with the words of their button.
    brought: Vec<(i16, String)>,
}

struct Read {
    found: String,
    off: Vec<String>,
    work: Vec<String>,
    now_off: Vec<String>,
    now_work: Vec<String>,
    set: String,
    /// The days, by which it is known that these were looked at.
    seen: String,
}

/// The page, empty.
pub(super) async fn form(staff: Staff) -> Result<Response, PageError> {
    show(&staff, Fields::default(), Errors::none(), None).await
}

/// The notice was sent: to be read, or to be brought in.
pub(super) async fn send(staff: Staff, fields: Fields) -> Result<Response, PageError> {
    let t = HolidayTexts::of(staff.lang);
    let (table, errors) = typed(staff.lang, t, &fields);
    let Some(table) = table.filter(|_| errors.is_empty()) else { return show(&staff, fields, errors, None).await };
    // What was changed since it was shown is shown again.
    if !fields.has("set") || fields.value("seen") != seen(&table) {
        return show(&staff, fields, errors, Some(table)).await;
    }
    let key = fields.op_key()?;
    let (mut errors, input) = (errors, table.clone());
    let done = staff.attempt(move |tx, ctx, who| {
        let Some(proof) = who.has::<Catalogue>() else { return Ok(None) };
        holidays::set(tx, ctx, &proof, &key, &input).map(Some)
    });
    match done.await? {
        Ok(Some(())) => {}
        Ok(None) => return Err(PageError::Forbidden),
        Err(HolidaysError::Store(error)) => return Err(error.into()),
        Err(HolidaysError::Document) => errors.add("document", fill(t.bad_document, &[("n", &LONGEST_LINE)])),
        Err(HolidaysError::Wrong(why)) => errors.add("text", why),
    }
    if !errors.is_empty() {
        return show(&staff, fields, errors, None).await;
    }
    let done = if count_anew(&staff).await? { t.going_on } else { t.done };
    Ok(redirect("/work/rules").done(done).into_response())
}

/// A year is taken back.
pub(super) async fn withdraw(staff: Staff, Path(year): Path<i16>, fields: Fields) -> Result<Response, PageError> {
    let t = HolidayTexts::of(staff.lang);
    let key = fields.op_key()?;
    staff
        .write(move |tx, ctx, who| {
            let proof = who.has::<Catalogue>().ok_or(PageError::Forbidden)?;
            store::once(tx, ctx.now, &key, "concerns.withdraw_holidays", who.person.bytes(), |tx| {
                holidays::withdraw(tx, ctx, &proof, year)
            })?;
            Ok(())
        })
        .await?;
    count_anew(&staff).await?;
    Ok(redirect("/work/rules").done(t.withdrawn).into_response())
}

/// Pieces that somebody waits for; the tick does the rest.
const PIECES: u32 = 30;

/// Lets the holidays hold here and counts open deadlines anew; says whether some are left.
async fn count_anew(staff: &Staff) -> Result<bool, PageError> {
    let district = std::sync::Arc::clone(&staff.district);
    tokio::task::spawn_blocking(move || holidays::adopt(&district))
        .await
        .map_err(PageError::internal)?
        .map_err(|fault| PageError::internal(fault.to_string()))?;
    for _ in 0..PIECES {
        if !staff.district.write(crate::recount::piece).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What was typed, read; with what is wrong beside the fields.
fn typed(lang: Lang, t: &HolidayTexts, fields: &Fields) -> (Option<Table>, Errors) {
    let mut errors = Errors::none();
    let document = fields.text("document");
    if document.is_empty() || document.chars().count() > LONGEST_LINE {
        errors.add("document", fill(t.bad_document, &[("n", &LONGEST_LINE)]));
    }
    let Some(year) = fields.value("year").parse::<i16>().ok().filter(|year| (2000..=2199).contains(year)) else {
        errors.add("year", t.bad_year);
        return (None, errors);
    };
    match notice::read(fields.value("text"), year) {
        Ok((off, work)) => (Some(Table { year, document, off, work }), errors),
        Err(wrong) => {
            let day = |day: Date| said(lang, day);
            errors.add(
                "text",
                match wrong {
                    Wrong::Nothing => t.nothing.to_owned(),
                    Wrong::NoDay(text) => fill(t.no_day, &[("text", &text)]),
                    Wrong::Weekday(at) => fill(t.weekday, &[("day", &bare(lang, at)), ("year", &year)]),
                    Wrong::Count { last, found, said } => fill(t.count, &[("day", &day(last)), ("found", &found), ("said", &said)]),
                    Wrong::Work(at) => fill(t.bad_work, &[("day", &day(at))]),
                },
            );
            (None, errors)
        }
    }
}

/// The days of a table in one line.
fn seen(table: &Table) -> String {
    let days = |days: &[Date]| days.iter().map(Date::to_string).collect::<Vec<_>>().join(" ");
    format!("{} {} / {}", table.year, days(&table.off), days(&table.work))
}

/// A day with its day of the week.
fn said(lang: Lang, day: Date) -> String {
    let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
    let names = if lang.is_chinese() {
        ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]
    } else {
        ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    };
    let weekday = names.get(weekday).copied().unwrap_or_default();
    if lang.is_chinese() { format!("{}（{weekday}）", bare(lang, day)) } else { format!("{} ({weekday})", bare(lang, day)) }
}

fn bare(lang: Lang, day: Date) -> String {
    if lang.is_chinese() { format!("{}月{}日", day.month(), day.day()) } else { day.to_string() }
}

/// Days in runs, as 1月1日（周五）至 1月3日（周日）.
fn runs(lang: Lang, days: &[Date]) -> Vec<String> {
    let mut runs: Vec<(Date, Date)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some((_, last)) if last.tomorrow().ok() == Some(*day) => *last = *day,
            _ => runs.push((*day, *day)),
        }
    }
    let to = if lang.is_chinese() { "至" } else { " to " };
    let run = |(first, last): (Date, Date)| match first == last {
        true => said(lang, first),
        false => format!("{}{to}{}", said(lang, first), said(lang, last)),
    };
    runs.into_iter().map(run).collect()
}

async fn show(staff: &Staff, fields: Fields, errors: Errors, table: Option<Table>) -> Result<Response, PageError> {
    let again = !errors.is_empty();
    let drawn = staff
        .read(move |tx, ctx, who| {
            who.has::<Catalogue>().ok_or(PageError::Forbidden)?;
            let brought = holidays::all(tx)?;
            draw(ctx, who, &fields, &errors, table.as_ref(), &brought)
        })
        .await?;
    Ok(if again { drawn.again() } else { drawn }.into_response())
}

fn draw(
    ctx: &Ctx,
    who: &Signed,
    fields: &Fields,
    errors: &Errors,
    table: Option<&Table>,
    brought: &[Table],
) -> Result<web::Page, PageError> {
    let lang = who.visit().lang;
    let t = HolidayTexts::of(lang);
    let this = ctx.now.date().year();
    // The year that is still provisional is the one whose notice is awaited.
    let calendar = ctx.rules().calendar();
    let awaited = (this..=this + 1).find(|year| Date::new(*year, 1, 1).is_ok_and(|day| calendar.is_provisional(day))).unwrap_or(this + 1);
    let chosen = fields.value("year").parse().unwrap_or(awaited);
    let years = (this - 1..=this + 1).map(|year| Choice::new(year.to_string(), fill(t.year_n, &[("n", &year)])).chosen(year == chosen));
    let read = table.map(|table| {
        let new_year = base::calendar::Year {
            year: table.year,
            document: String::new(),
            provisional: false,
            off: table.off.clone(),
            work: table.work.clone(),
        };
        let others = calendar.years().filter(|year| year.year != table.year).cloned();
        let then = base::calendar::Calendar::new(&others.chain([new_year]).collect::<Vec<_>>());
        let first = Date::new(table.year, 1, 1).unwrap_or(Date::MIN);
        let of_year = first.series(jiff::Span::new().days(1)).take_while(|day| day.year() == table.year);
        let changed = of_year.filter(|day| then.is_working(*day) != calendar.is_working(*day));
        let (now_work, now_off): (Vec<Date>, Vec<Date>) = changed.partition(|day| then.is_working(*day));
        Read {
            found: fill(t.found, &[("off", &table.off.len()), ("work", &table.work.len())]),
            off: runs(lang, &table.off),
            work: runs(lang, &table.work),
            now_off: runs(lang, &now_off),
            now_work: runs(lang, &now_work),
            set: fill(t.set, &[("n", &table.year)]),
            seen: seen(table),
        }
    });
    page(&HolidaysPage {
        shell: who.shell(t.title),
        t,
        errors: errors.clone(),
        fields: fields.clone(),
        op_key: who.visit().op_key(),
        years: years.collect(),
        read,
        brought: brought.iter().map(|table| (table.year, fill(t.withdraw, &[("n", &table.year)]))).collect(),
    })
}
