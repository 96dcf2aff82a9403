//! What stands beside the units, recomputed from the record and compared with the tables: former names,
//! successions, links between the trees, duties, boards of grids; and what posts were called before.

use std::collections::BTreeMap;

use base::{Id, Time};
use record::{BadFacts, Cell, Difference, Event, Facts, Fold, Why, cells, text_digest_hex};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{
    GridDescribed, PostChanged, PostCreated, UnitChanged, UnitCreated, UnitDutyEnded, UnitDutyGiven, UnitSucceeded, UnitsLinked,
    UnitsUnlinked,
};
use crate::fold::differ;
use crate::grid;

/// A new fold, for a list of them.
pub fn fold_tree() -> Box<dyn Fold> {
    Box::new(TreeFold::default())
}

/// Name, telephone and order of a unit, as digests where they are texts.
type Called = (String, Option<String>, i64);

/// Unit, Party unit, from, to.
type LinkState = (Id, Id, Time, Option<Time>);

/// Whether it is special; households, people and buildings; digest of its texts.
type GridState = (bool, [Option<i64>; 3], String);

/// Unit, post, kind, digest of the matter, from, to.
type DutyState = (Id, Id, String, String, Time, Option<Time>);

#[derive(Default)]
struct TreeFold {
    now: BTreeMap<Id, Called>,
    was: BTreeMap<(Id, Time), Called>,
    gave: BTreeMap<(Id, Id), Time>,
    links: BTreeMap<Id, LinkState>,
    duties: BTreeMap<Id, DutyState>,
    grids: BTreeMap<Id, GridState>,
    titles: BTreeMap<Id, String>,
    titles_were: BTreeMap<(Id, Time), String>,
}

impl Fold for TreeFold {
    fn apply(&mut self, event: &Event) -> Result<(), BadFacts> {
        match event.kind.as_str() {
            UnitCreated::KIND => {
                let facts: UnitCreated = event.facts()?;
                self.now.insert(event.subject, (facts.name, facts.phone, facts.ord));
            }
            UnitChanged::KIND => {
                let facts: UnitChanged = event.facts()?;
                let before = self.now.insert(event.subject, (facts.name, facts.phone, facts.ord));
                let before = before.ok_or_else(|| event.bad(Why::Nothing))?;
                self.was.entry((event.subject, event.occurred_at)).or_insert(before);
            }
            PostCreated::KIND => {
                let facts: PostCreated = event.facts()?;
                self.titles.insert(event.subject, facts.title);
            }
            PostChanged::KIND => {
                let PostChanged { title, kept } = event.facts()?;
                let before = self.titles.insert(event.subject, title).ok_or_else(|| event.bad(Why::Nothing))?;
                if kept {
                    self.titles_were.entry((event.subject, event.occurred_at)).or_insert(before);
                }
            }
            UnitSucceeded::KIND => {
                let facts: UnitSucceeded = event.facts()?;
                self.gave.insert((event.subject, facts.successor.0), event.occurred_at);
            }
            UnitsLinked::KIND => {
                let facts: UnitsLinked = event.facts()?;
                self.links.insert(event.subject, (facts.admin.0, facts.party.0, event.occurred_at, None));
            }
            UnitsUnlinked::KIND => {
                let facts: UnitsUnlinked = event.facts()?;
                self.links.get_mut(&event.subject).ok_or_else(|| event.bad(Why::Nothing))?.3 = Some(facts.at);
            }
            UnitDutyGiven::KIND => {
                let facts: UnitDutyGiven = event.facts()?;
                let state = (facts.of.0, facts.post.0, facts.duty.code().to_owned(), facts.matter, event.occurred_at, None);
                self.duties.insert(event.subject, state);
            }
            UnitDutyEnded::KIND => {
                let facts: UnitDutyEnded = event.facts()?;
                self.duties.get_mut(&event.subject).ok_or_else(|| event.bad(Why::Nothing))?.5 = Some(facts.at);
            }
            GridDescribed::KIND => {
                let facts: GridDescribed = event.facts()?;
                self.grids.insert(event.subject, (facts.special, facts.counts, facts.texts));
            }
            _ => {}
        }
        Ok(())
    }

    fn compare(&self, tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
        let mut found = Vec::new();
        let was: BTreeMap<(Id, Time), Called> = tx
            .all(WAS, p![], |row| {
                let salt = row.array(5)?;
                let phone = row.opt_text(3)?.map(|phone| text_digest_hex(&salt, phone));
                Ok(((row.id(0)?, row.time(1)?), (text_digest_hex(&salt, row.text(2)?), phone, row.int(4)?)))
            })?
            .into_iter()
            .collect();
        let cells = |(name, phone, ord): &Called| cells![Cell::digest(name), phone.as_ref().map(Cell::digest), *ord];
        record::differ("unit_was", &["name", "phone", "ord"], |(id, at)| format!("{id} {}", at.0), cells, &self.was, &was, &mut found);
        let titles: BTreeMap<(Id, Time), String> = tx
            .all(TITLES, p![], |row| Ok(((row.id(0)?, row.time(1)?), text_digest_hex(&row.array(3)?, row.text(2)?))))?
            .into_iter()
            .collect();
        let key = |(id, at): &(Id, Time)| format!("{id} {}", at.0);
        record::differ("post_was", &["title"], key, |title| cells![Cell::digest(title)], &self.titles_were, &titles, &mut found);
        let gave: BTreeMap<(Id, Id), Time> = tx.all(GAVE, p![], |row| Ok(((row.id(0)?, row.id(1)?), row.time(2)?)))?.into_iter().collect();
        record::differ(
            "unit_succession",
            &["at"],
            |(one, other)| format!("{one} {other}"),
            |at| cells![*at],
            &self.gave,
            &gave,
            &mut found,
        );
        let links = tx.all(LINKS, p![], |row| Ok((row.id(0)?, (row.id(1)?, row.id(2)?, row.time(3)?, row.opt_time(4)?))))?;
        let cells = |(unit, party, from, to): &LinkState| cells![*unit, *party, *from, *to];
        differ("unit_link", &["unit", "party", "from_at", "to_at"], cells, &self.links, &links.into_iter().collect(), &mut found);
        let duties = tx.all(DUTIES, p![], |row| {
            let matter = text_digest_hex(&row.array(7)?, row.text(4)?);
            Ok((row.id(0)?, (row.id(1)?, row.id(2)?, row.text(3)?.to_owned(), matter, row.time(5)?, row.opt_time(6)?)))
        })?;
        let columns = &["unit", "post", "kind", "matter", "from_at", "to_at"];
        let cells = |(of, post, kind, matter, from, to): &DutyState| cells![*of, *post, kind, Cell::digest(matter), *from, *to];
        differ("unit_duty", columns, cells, &self.duties, &duties.into_iter().collect(), &mut found);
        let grids = tx.all(GRIDS, p![], |row| {
            let (profile, salt) = grid::from_row(row)?;
            Ok((row.id(9)?, (profile.special, [profile.households, profile.people, profile.buildings], profile.digest(&salt))))
        })?;
        let columns = &["special", "households", "people", "buildings", "scope+area+watch+note"];
        let cells = |(special, [households, people, buildings], texts): &GridState| {
            cells![*special, *households, *people, *buildings, Cell::digest(texts)]
        };
        differ("grid_profile", columns, cells, &self.grids, &grids.into_iter().collect(), &mut found);
        Ok(found)
    }
}

/// These read whole tables, which is what comparing takes.
const WAS: &Sql = sql!("SELECT w.unit, w.until_at, w.name, w.phone, w.ord, u.salt FROM unit_was w JOIN unit u ON u.id = w.unit");
const TITLES: &Sql = sql!("SELECT w.post, w.until_at, w.title, o.salt FROM post_was w JOIN post o ON o.id = w.post");
const GAVE: &Sql = sql!("SELECT unit, successor, at FROM unit_succession");
const LINKS: &Sql = sql!("SELECT id, unit, party, from_at, to_at FROM unit_link");
const DUTIES: &Sql = sql!("SELECT id, unit, post, kind, matter, from_at, to_at, salt FROM unit_duty");
const GRIDS: &Sql = sql!("SELECT special, scope, area, households, people, buildings, watch, note, salt, grid FROM grid_profile");
