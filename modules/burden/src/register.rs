//! Entering what is asked of communities.

use base::{Ctx, Date, UnitId};
use people::{Level, Proof, Tree};
use record::{About, text_digest_hex};
use serde::{Deserialize, Serialize};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::BurdenRequested;
use crate::known;
use crate::model::{Request, RequestId, Rhythm, State};
use crate::permissions::Register;

const PUT: &Sql = sql!(
    "INSERT INTO burden_request (id, title, asker, asker_name, document, scope, field_names, known_names, fields, known, minutes, rhythm,
        starts, ends, state, reason, decided_on, registered_by, unit, created_at, salt)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 'pending', '', NULL, ?15, ?16, ?17, ?18)"
);

/// Characters of a title, of a name, of a document.
pub const LONGEST: usize = 80;
/// Fields of one form.
pub const MOST_FIELDS: usize = 200;
/// Minutes of one form: a week of work.
pub const MOST_MINUTES: i64 = 2_400;

/// What is entered.
#[derive(Clone, Debug)]
pub struct Registered {
    /// What is wanted.
    pub title: String,
    /// Who asks, where it is a unit of the district.
    pub asker: Option<UnitId>,
    /// Who asks, where it is somebody outside.
    pub asker_name: String,
    /// The document that orders it.
    pub document: String,
    /// The communities under this unit are asked.
    pub scope: UnitId,
    /// The names of the fields, one on a line.
    pub fields: String,
    /// Minutes each time.
    pub minutes: i64,
    /// How often.
    pub rhythm: Rhythm,
    /// The first time it is due.
    pub starts: Date,
    /// The last day on which it can be.
    pub ends: Option<Date>,
}

/// What was entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The request.
    pub id: RequestId,
}

/// Why something was not entered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// No title, or a long one.
    #[error("a title of 1 to {LONGEST} characters is wanted")]
    Title,
    /// Nobody asks, or a name is long.
    #[error("who asks is wanted")]
    Asker,
    /// A document's name is long.
    #[error("a document of at most {LONGEST} characters")]
    Document,
    /// No field, or very many.
    #[error("1 to {MOST_FIELDS} fields are wanted")]
    Fields,
    /// Minutes that cannot be.
    #[error("1 to {MOST_MINUTES} minutes are wanted")]
    Minutes,
    /// No such unit, none with communities, or not for this person to say.
    #[error("communities are asked: a unit with communities is wanted")]
    Scope,
    /// An end before the beginning.
    #[error("it cannot end before it begins")]
    Ends,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The communities under a unit, or the unit itself where it is one.
pub fn communities(tree: &Tree, scope: UnitId) -> Vec<UnitId> {
    tree.subtree(scope).into_iter().filter(|unit| unit.level == Level::Community && !unit.is_closed()).map(|unit| unit.id).collect()
}

/// Whether somebody may say that the communities of this unit are asked: those above or beside them who ask, and they
/// themselves. A department has no communities below it and asks those of the district.
pub fn may_ask(tree: &Tree, who: &Proof<Register>, scope: UnitId) -> bool {
    let department = tree.level(who.unit()) == Some(Level::Department);
    !communities(tree, scope).is_empty() && (department || who.covers(tree, scope))
}

/// Enter what is asked. It counts as asked until it is decided on.
///
/// # Errors
/// [`RegisterError`].
pub fn register(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<Register>,
    tree: &Tree,
    op_key: &[u8; 16],
    input: &Registered,
) -> Result<Done, RegisterError> {
    let short = |text: &str| Some(base::text::clean_line(text)).filter(|text| text.chars().count() <= LONGEST);
    let title = short(&input.title).filter(|title| !title.is_empty()).ok_or(RegisterError::Title)?;
    let asker_name = short(&input.asker_name).ok_or(RegisterError::Asker)?;
    let asker = input.asker.filter(|asker| tree.get(*asker).is_some_and(|unit| !unit.is_closed()));
    if asker.is_none() && asker_name.is_empty() {
        return Err(RegisterError::Asker);
    }
    let document = short(&input.document).ok_or(RegisterError::Document)?;
    let names = known::names(&input.fields);
    if names.is_empty() || names.len() > MOST_FIELDS || names.iter().any(|name| name.chars().count() > LONGEST) {
        return Err(RegisterError::Fields);
    }
    if !(1..=MOST_MINUTES).contains(&input.minutes) {
        return Err(RegisterError::Minutes);
    }
    if !may_ask(tree, who, input.scope) {
        return Err(RegisterError::Scope);
    }
    if input.ends.is_some_and(|ends| ends < input.starts) {
        return Err(RegisterError::Ends);
    }
    let known_names: Vec<String> = names.iter().filter(|name| known::answer(name).is_some()).cloned().collect();
    store::once(tx, ctx.now, op_key, "burden.register", who.person().bytes(), |tx| {
        let salt = ctx.salt();
        let request = Request {
            id: ctx.id(),
            title,
            asker,
            asker_name,
            document,
            scope: input.scope,
            field_names: names,
            known_names,
            minutes: input.minutes,
            rhythm: input.rhythm,
            starts: input.starts,
            ends: input.ends,
            state: State::Pending,
            reason: String::new(),
            decided_on: None,
            registered_by: who.person(),
            unit: who.unit(),
            created_at: ctx.now,
        };
        let (fields, known) = (size(&request.field_names), size(&request.known_names));
        let (starts, ends) = (request.starts.to_string(), request.ends.map(|ends| ends.to_string()));
        tx.exec(
            PUT,
            p![
                request.id,
                &request.title,
                request.asker,
                &request.asker_name,
                &request.document,
                request.scope,
                &request.field_names.join("\n"),
                &request.known_names.join("\n"),
                fields,
                known,
                request.minutes,
                request.rhythm.code(),
                &starts,
                &ends,
                request.registered_by,
                request.unit,
                request.created_at,
                &salt
            ],
        )?;
        let facts = BurdenRequested {
            asker: request.asker,
            scope: request.scope,
            fields,
            known,
            minutes: request.minutes,
            rhythm: request.rhythm.code().to_owned(),
            starts,
            ends,
            words: words(&request, &salt),
        };
        let about = About { occurred_at: ctx.now, actor: who.actor(), unit: Some(who.unit()), subject: request.id.0, batch: None };
        record::append(tx, ctx, about, &facts)?;
        Ok(Done { id: request.id })
    })
}

fn size(list: &[String]) -> i64 {
    i64::try_from(list.len()).unwrap_or(i64::MAX)
}

/// The digest of all words of a request, each on lines of its own.
pub(crate) fn words(request: &Request, salt: &[u8; 16]) -> String {
    let parts = [&request.title, &request.asker_name, &request.document, &request.field_names.join("\n"), &request.known_names.join("\n")];
    text_digest_hex(salt, &parts.map(String::as_str).join("\n\n"))
}
