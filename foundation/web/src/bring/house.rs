//! The house's own tables: units, grids, posts, people, who holds which post. What administrators may do by
//! hand they may do by a table, each of them their part.

mod grids;
mod holdings;
mod links;
mod people_table;
mod posts;
mod units;

use ::people::{Actor, Grant, ManagePeople, ManageUnits, Permission, Tree};
use base::UnitId;
use sheets::{Column, Kind, Record};
use store::Tx;

use super::{Bring, BringError, Run, problem};

/// All of them, in the order in which a new district brings them.
pub(crate) const KINDS: &[Bring] = &[units::KIND, links::KIND, grids::KIND, posts::KIND, people_table::KIND, holdings::KIND];

/// The unit that a row is of, by its code; its name is for whoever reads the table.
const OF_UNIT: Column =
    Column { key: "unit", header: "单位代码", also: &["代码", "编码", "code"], required: true, kind: Kind::Code };
const UNIT_NAME: Column = Column { key: "unit_name", header: "单位名称", also: &["单位"], required: false, kind: Kind::Line };

/// The district, for those whose permission reaches all of it.
fn district<P: Permission>(actor: &Actor, tree: &Tree) -> Vec<UnitId> {
    tree.district().filter(|district| actor.may::<P>(tree, district.id)).map(|district| district.id).into_iter().collect()
}

fn units_of(actor: &Actor, tree: &Tree) -> Vec<UnitId> {
    district::<ManageUnits>(actor, tree)
}

fn people_of(actor: &Actor, tree: &Tree) -> Vec<UnitId> {
    district::<ManagePeople>(actor, tree)
}

fn grants_of(actor: &Actor, tree: &Tree) -> Vec<UnitId> {
    district::<Grant>(actor, tree)
}

/// The existing unit that a row names by its code.
fn unit(tx: &mut Tx, record: &mut Record<'_>, key: &str) -> Result<Option<::people::Named>, BringError> {
    let code = record.code(key);
    let Some(code) = record.need(key, code) else { return Ok(None) };
    let found = ::people::unit_by_code(tx, &code)?;
    if found.is_none() {
        record.error(key, problem("没有这个代码的单位", "no unit has this code"));
    }
    Ok(found)
}

/// Notes a row that names what an earlier row of the file named; true where it does.
fn twice(run: &mut Run<'_>, record: &mut Record<'_>, what: &str, name: &str) -> bool {
    let Some(before) = run.twice(what, name, record.number()) else { return false };
    record.error("", problem(format!("和第 {before} 行重复"), format!("the same as row {before}")));
    true
}

/// Notes that a name is too long or empty.
fn short(record: &mut Record<'_>, key: &str, text: Option<String>) -> Option<String> {
    let text = record.need(key, text)?;
    let found = text.chars().count();
    if found > ::people::NAME_LIMIT {
        record.error(key, sheets::Problem::TooLong(found, ::people::NAME_LIMIT));
        return None;
    }
    Some(text)
}

/// A telephone as it is written: a mobile, a landline, or a short number such as 12345; anything else is an error of the cell.
fn phone(record: &mut Record<'_>, key: &str) -> Option<String> {
    let typed = record.code(key)?;
    match crate::pages::words::office_phone(&typed) {
        Ok(phone) => Some(phone),
        Err(error) => {
            record.error(key, problem(error.zh(), error.to_string()));
            None
        }
    }
}

/// Whether two telephones are one, however they are written.
fn same_phone(one: Option<&str>, other: Option<&str>) -> bool {
    let digits = |phone: &str| base::Phone::parse(phone).map_or_else(|_| phone.to_owned(), |phone| phone.digits().to_owned());
    one.map(digits) == other.map(digits)
}
