//! The map and the links as the record tells them, compared with the tables.

use std::collections::BTreeMap;

use base::{Id, Time, UnitId};
use record::{BadFacts, Cell, Difference, Event, Facts, Fold, How, Why, cells, hex, text_digest_hex};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{MapImported, MapRemoved, MapRestored, WallLinkGiven, WallLinkRevoked};
use crate::map;

/// Walks the primary key.
const LINKS: &Sql = sql!("SELECT id, unit, name, salt, secret, made_at, revoked_at FROM wall_link ORDER BY id");

/// A new fold, for a list of them.
pub fn fold() -> Box<dyn Fold> {
    Box::new(Seen::default())
}

#[derive(Default)]
struct Seen {
    /// How many outlines the map has, and their digest.
    map: Option<(i64, String)>,
    /// The same of the map that can be put back.
    before: Option<(i64, String)>,
    links: BTreeMap<Id, Link>,
}

#[derive(Debug, PartialEq, Eq)]
struct Link {
    unit: UnitId,
    name: String,
    secret: String,
    made_at: Time,
    revoked_at: Option<Time>,
}

impl Seen {
    /// The map that holds goes to where it can be put back from.
    fn keep(&mut self, event: &Event, kept: i64) -> Result<(), BadFacts> {
        let map = self.map.take();
        // Before maps were kept, the one before was gone.
        self.before = map.filter(|_| kept > 0);
        if self.before.as_ref().map_or(0, |(units, _)| *units) == kept { Ok(()) } else { Err(event.bad(Why::Otherwise)) }
    }
}

impl Fold for Seen {
    fn apply(&mut self, event: &Event) -> Result<(), BadFacts> {
        match event.kind.as_str() {
            MapImported::KIND => {
                let facts: MapImported = event.facts()?;
                self.keep(event, facts.kept)?;
                self.map = Some((facts.units, facts.digest));
            }
            MapRemoved::KIND => {
                let facts: MapRemoved = event.facts()?;
                self.keep(event, facts.kept)?;
            }
            MapRestored::KIND => {
                let facts: MapRestored = event.facts()?;
                let map = (facts.units, facts.digest);
                if self.before.as_ref() != Some(&map) {
                    return Err(event.bad(Why::Otherwise));
                }
                self.before = self.map.replace(map);
            }
            WallLinkGiven::KIND => {
                let facts: WallLinkGiven = event.facts()?;
                let link = Link { unit: facts.unit, name: facts.name, secret: facts.secret, made_at: event.recorded_at, revoked_at: None };
                if self.links.insert(event.subject, link).is_some() {
                    return Err(event.bad(Why::Before));
                }
            }
            WallLinkRevoked::KIND => {
                let link = self.links.get_mut(&event.subject).ok_or_else(|| event.bad(Why::Nothing))?;
                link.revoked_at = Some(event.recorded_at);
            }
            _ => {}
        }
        Ok(())
    }

    fn compare(&self, tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
        let mut found = Vec::new();
        let (size, size_before) = (map::size(tx)?, map::size_before(tx)?);
        let map = (size, if size == 0 { String::new() } else { map::digest(tx)? });
        let before = (size_before, if size_before == 0 { String::new() } else { map::digest_before(tx)? });
        for (table, said, stands) in [("map_shape", &self.map, map), ("map_before", &self.before, before)] {
            let said = said.clone().unwrap_or_default();
            if said.0 != stands.0 {
                found.push(Difference::of(table, "", How::Count { expected: said.0, found: stands.0 }));
            } else if said.1 != stands.1 {
                found.push(Difference::column(table, "", "unit+rings", Cell::digest(said.1), Cell::digest(stands.1)));
            }
        }
        let mut links = BTreeMap::new();
        tx.each(LINKS, p![], |row| {
            let salt: [u8; 16] = row.array(3)?;
            let link = Link {
                unit: row.id(1)?,
                name: text_digest_hex(&salt, row.text(2)?),
                secret: hex(row.blob(4)?),
                made_at: row.time(5)?,
                revoked_at: row.opt_time(6)?,
            };
            links.insert(row.id::<Id>(0)?, link);
            Ok(())
        })?;
        let cells = |Link { unit, name, secret, made_at, revoked_at }: &Link| {
            cells![*unit, Cell::digest(name), Cell::digest(secret), *made_at, *revoked_at]
        };
        let columns = &["unit", "name", "secret", "made_at", "revoked_at"];
        record::differ("wall_link", columns, Id::to_string, cells, &self.links, &links, &mut found);
        Ok(found)
    }
}
