//! 人员: names and telephones of staff.

use base::{Ctx, Id, PersonId, UnitId};
use people::{CreatePerson, CreatePersonError, ManagePeople, WithdrawError, change_person, create_person, withdraw_person};
use sheets::{Column, Kind, Record};
use store::Tx;

use super::super::texts::BringTexts;
use super::super::{Became, Bring, BringError, RowOut, Run, Undone, Words};

pub(crate) const KIND: Bring = Bring {
    key: "people",
    words: |lang| Words { title: BringTexts::of(lang).title_people, intro: BringTexts::of(lang).intro_people },
    columns: &[
        Column { key: "name", header: "姓名", also: &["人员姓名", "name"], required: true, kind: Kind::Line },
        Column {
            key: "phone",
            header: "工作电话",
            also: &["联系电话", "电话", "手机", "手机号", "phone"],
            required: false,
            kind: Kind::Code,
        },
    ],
    labels: &["Name", "Telephone at work"],
    scopes: super::people_of,
    row,
    undo,
    export,
    at_once: 40,
    personal: false,
};

/// Of those who bear a name, the one with this telephone; where none is written, the only one.
pub(super) fn find(tx: &mut Tx, name: &str, phone: Option<&str>) -> Result<Vec<(PersonId, Option<String>)>, BringError> {
    let named = people::persons_named(tx, name)?;
    Ok(match phone {
        None => named,
        Some(phone) => named.into_iter().filter(|(_, known)| super::same_phone(known.as_deref(), Some(phone))).collect(),
    })
}

fn row(tx: &mut Tx, ctx: &Ctx, run: &mut Run<'_>, record: &mut Record<'_>) -> Result<Became, BringError> {
    let name = record.line("name");
    let name = super::short(record, "name", name);
    let phone = super::phone(record, "phone");
    let (Some(name), true) = (name, record.errors().is_empty()) else { return Ok(Became::Wrong) };
    if super::twice(run, record, "person", &format!("{name} {}", phone.as_deref().unwrap_or(""))) {
        return Ok(Became::Wrong);
    }
    if !find(tx, &name, phone.as_deref())?.is_empty() {
        return Ok(Became::Same);
    }
    let input = CreatePerson { name, phone };
    // The only one of this name, whose telephone was not known: now it is.
    if let [(person, None)] = people::persons_named(tx, &input.name)?.as_slice() {
        if !run.dry {
            let changed = run.with::<ManagePeople, _>(run.scope, |who| change_person(tx, ctx, who, *person, &input))?;
            if let Err(error) = changed {
                return super::units::refused(record, "name", error);
            }
        }
        return Ok(Became::Changed(person.0, input.name.into_bytes()));
    }
    if run.dry {
        return Ok(Became::New(Id::default()));
    }
    match run.with::<ManagePeople, _>(run.scope, |who| create_person(tx, ctx, who, &input))? {
        Ok(person) => Ok(Became::New(person.0)),
        Err(CreatePersonError::Store(error)) => Err(error.into()),
        Err(error) => super::units::refused(record, "name", error),
    }
}

fn undo(tx: &mut Tx, ctx: &Ctx, run: &Run<'_>, subject: Id, before: Option<&[u8]>) -> Result<Undone, BringError> {
    let person = PersonId(subject);
    if let Some(name) = before.and_then(|name| String::from_utf8(name.to_vec()).ok()) {
        let still = people::read::name_of(tx, person)?.is_some_and(|now| now == name);
        let input = CreatePerson { name, phone: None };
        let back = still && run.with::<ManagePeople, _>(run.scope, |who| change_person(tx, ctx, who, person, &input))?.is_ok();
        return Ok(if back { Undone::Back } else { Undone::Kept });
    }
    match run.with::<ManagePeople, _>(run.scope, |who| withdraw_person(tx, ctx, who, person))? {
        Ok(()) => Ok(Undone::Back),
        Err(WithdrawError::Store(error)) => Err(error.into()),
        Err(_) => Ok(Undone::Kept),
    }
}

fn export(tx: &mut Tx, _: &Ctx, _: UnitId, out: &mut RowOut<'_>) -> Result<(), BringError> {
    let mut after = None;
    loop {
        let some = people::read::persons(tx, after, 500)?;
        let Some(last) = some.last() else { return Ok(()) };
        after = Some(last.id);
        for person in &some {
            out(&[person.name.as_str().into(), person.phone.as_deref().unwrap_or("").into()])?;
        }
    }
}
