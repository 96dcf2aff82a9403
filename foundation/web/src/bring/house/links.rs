//! 党组织对应: which Party organisation is that of which unit. A table only adds; what is no longer so is undone on the page of
//! the unit, or by undoing the table.

use base::{Ctx, Id, UnitId};
use people::{LinkError, ManageUnits, TreeKind, link, links_of, unlink};
use sheets::{Column, Kind, Record};
use store::Tx;

use super::super::texts::BringTexts;
use super::super::{Became, Bring, BringError, RowOut, Run, Undone, Words, problem};

pub(crate) const KIND: Bring = Bring {
    key: "links",
    words: |lang| Words { title: BringTexts::of(lang).title_links, intro: BringTexts::of(lang).intro_links },
    columns: &[
        super::OF_UNIT,
        super::UNIT_NAME,
        Column {
            key: "party", header: "党组织代码", also: &["对应党组织代码", "党组织编码", "party"], required: true, kind: Kind::Code
        },
        Column { key: "party_name", header: "党组织名称", also: &["党组织", "对应党组织"], required: false, kind: Kind::Line },
    ],
    labels: &["Unit’s code", "Unit", "Party organisation’s code", "Party organisation"],
    scopes: super::units_of,
    row,
    undo,
    export,
    at_once: 20,
    personal: false,
};

fn row(tx: &mut Tx, ctx: &Ctx, run: &mut Run<'_>, record: &mut Record<'_>) -> Result<Became, BringError> {
    let (unit, party) = (super::unit(tx, record, "unit")?, super::unit(tx, record, "party")?);
    let (Some(unit), Some(party), true) = (unit, party, record.errors().is_empty()) else { return Ok(Became::Wrong) };
    for (found, key, tree) in [(&unit, "unit", TreeKind::Admin), (&party, "party", TreeKind::Party)] {
        if found.level.tree() != tree {
            record.error(key, problem("左边应是单位，右边应是党组织", "the first is a unit, the second a Party organisation"));
            return Ok(Became::Wrong);
        }
    }
    if super::twice(run, record, "link", &format!("{} {}", unit.id, party.id)) {
        return Ok(Became::Wrong);
    }
    if links_of(tx, unit.id)?.iter().any(|known| known.party == party.id) {
        return Ok(Became::Same);
    }
    if run.dry {
        return Ok(Became::New(Id::default()));
    }
    match run.with::<ManageUnits, _>(unit.id, |who| link(tx, ctx, who, unit.id, party.id))? {
        Ok(made) => Ok(Became::New(made)),
        Err(LinkError::Store(error)) => Err(error.into()),
        Err(error) => super::units::refused(record, "unit", error),
    }
}

fn undo(tx: &mut Tx, ctx: &Ctx, run: &Run<'_>, subject: Id, _: Option<&[u8]>) -> Result<Undone, BringError> {
    match run.with::<ManageUnits, _>(run.scope, |who| unlink(tx, ctx, who, subject))? {
        Ok(()) => Ok(Undone::Back),
        Err(LinkError::Store(error)) => Err(error.into()),
        Err(_) => Ok(Undone::Kept),
    }
}

fn export(tx: &mut Tx, _: &Ctx, scope: UnitId, out: &mut RowOut<'_>) -> Result<(), BringError> {
    let tree = people::tree(tx)?;
    for unit in tree.subtree(scope).into_iter().filter(|unit| !unit.is_closed()) {
        for link in links_of(tx, unit.id)? {
            let Some(party) = tree.get(link.party) else { continue };
            out(&[unit.code.as_str().into(), tree.full_name(unit.id).into(), party.code.as_str().into(), tree.full_name(party.id).into()])?;
        }
    }
    Ok(())
}
