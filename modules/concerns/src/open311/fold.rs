//! Programs and what they brought, as the record tells it, compared with the tables.

use std::collections::BTreeMap;

use base::{Id, Time};
use record::{BadFacts, Cell, Difference, Event, Facts, Fold, Why, cells, differ, hex, text_digest_hex};
use store::{Sql, StoreError, Tx, p, sql};

use super::events::{ConcernProgramAdmitted, ConcernProgramRevoked};
use crate::events::ConcernSubmitted;

/// Each walks a primary key.
const PROGRAMS: &Sql = sql!("SELECT id, name, salt, key, token_first, admitted_at, revoked_at FROM concern_program ORDER BY id");
const THROUGH: &Sql = sql!("SELECT concern, program, token FROM concern_through ORDER BY concern");

/// A new fold, for a list of them.
pub fn fold() -> Box<dyn Fold> {
    Box::new(Programs::default())
}

#[derive(Default)]
struct Programs {
    admitted: BTreeMap<Id, Program>,
    through: BTreeMap<Id, (Id, String)>,
}

#[derive(Debug, PartialEq, Eq)]
struct Program {
    name: String,
    key: String,
    token_first: bool,
    admitted_at: Time,
    revoked_at: Option<Time>,
}

impl Fold for Programs {
    fn apply(&mut self, event: &Event) -> Result<(), BadFacts> {
        match event.kind.as_str() {
            ConcernProgramAdmitted::KIND => {
                let ConcernProgramAdmitted { name, key, token_first } = event.facts()?;
                let program = Program { name, key, token_first, admitted_at: event.recorded_at, revoked_at: None };
                if self.admitted.insert(event.subject, program).is_some() {
                    return Err(event.bad(Why::Before));
                }
            }
            ConcernProgramRevoked::KIND => {
                let program = self.admitted.get_mut(&event.subject).ok_or_else(|| event.bad(Why::Nothing))?;
                program.revoked_at = Some(event.recorded_at);
            }
            // Looked for first: nearly all came without a program.
            ConcernSubmitted::KIND if event.facts.contains("\"via\"") => {
                let facts: ConcernSubmitted = event.facts()?;
                if let Some(program) = facts.via {
                    self.through.insert(event.subject, (program.0, facts.secret));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn compare(&self, tx: &mut Tx) -> Result<Vec<Difference>, StoreError> {
        let mut programs = BTreeMap::new();
        tx.each(PROGRAMS, p![], |row| {
            let salt: Option<[u8; 16]> = row.blob(2)?.try_into().ok();
            let program = Program {
                name: salt.map(|salt| Ok::<_, StoreError>(text_digest_hex(&salt, row.text(1)?))).transpose()?.unwrap_or_default(),
                key: hex(row.blob(3)?),
                token_first: row.bool(4)?,
                admitted_at: row.time(5)?,
                revoked_at: row.opt_time(6)?,
            };
            programs.insert(row.id::<Id>(0)?, program);
            Ok(())
        })?;
        let mut through = BTreeMap::new();
        tx.each(THROUGH, p![], |row| {
            through.insert(row.id::<Id>(0)?, (row.id::<Id>(1)?, hex(row.blob(2)?)));
            Ok(())
        })?;
        let mut found = Vec::new();
        let cells = |Program { name, key, token_first, admitted_at, revoked_at }: &Program| {
            cells![Cell::digest(name), Cell::digest(key), *token_first, *admitted_at, *revoked_at]
        };
        let columns = &["name", "key", "token_first", "admitted_at", "revoked_at"];
        differ("concern_program", columns, Id::to_string, cells, &self.admitted, &programs, &mut found);
        let cells = |(program, token): &(Id, String)| cells![*program, Cell::digest(token)];
        differ("concern_through", &["program", "token"], Id::to_string, cells, &self.through, &through, &mut found);
        Ok(found)
    }
}
