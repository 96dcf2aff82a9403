//! Banks and their questions: opening a bank, writing a question or a new version of one, taking one out.

use base::{Ctx, PersonId, UnitId};
use people::{Proof, Tree};
use record::{About, text_digest_hex};
use sha2::{Digest, Sha256};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::{BankId, BankOpened, QuestionId, QuestionRetired, QuestionWithdrawn, QuestionWritten};
use crate::model::{Question, Recording, Wrong};
use crate::permissions::Organise;
use crate::read;

/// Why something was refused.
#[derive(Debug, thiserror::Error)]
pub enum BankError {
    /// There is no such thing.
    #[error("there is no such thing")]
    NotFound,
    /// Not this person's to do.
    #[error("not for this unit")]
    Denied,
    /// Somebody wrote a version meanwhile.
    #[error("somebody wrote a version meanwhile")]
    NotNow,
    /// A name of 1 to 60 characters is wanted.
    #[error("a name of 1 to 60 characters is wanted")]
    Name,
    /// Something is wrong with the question.
    #[error(transparent)]
    Wrong(#[from] Wrong),
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(crate) fn about(ctx: &Ctx, actor: record::Actor, unit: UnitId, subject: base::Id) -> About {
    About { occurred_at: ctx.now, actor, unit: Some(unit), subject, batch: None }
}

const OPEN: &Sql = sql!("INSERT INTO bank (id, unit, name, salt, created_at, created_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");

/// Opens a bank that the unit of the post keeps.
///
/// # Errors
/// [`BankError`].
pub fn open_bank(tx: &mut Tx, ctx: &Ctx, who: &Proof<Organise>, name: &str) -> Result<BankId, BankError> {
    let name = base::text::clean_line(name);
    if name.is_empty() || base::text::count_chars(&name) > 60 {
        return Err(BankError::Name);
    }
    let (id, salt) = (ctx.id::<BankId>(), ctx.salt());
    tx.exec(OPEN, p![id, who.unit(), name.as_str(), &salt[..], ctx.now, who.person()])?;
    record::append(tx, ctx, about(ctx, who.actor(), who.unit(), id.0), &BankOpened { name: text_digest_hex(&salt, &name) })?;
    Ok(id)
}

/// A bank that this person may write in.
fn own(tx: &mut Tx, who: &Proof<Organise>, tree: &Tree, bank: BankId) -> Result<read::Bank, BankError> {
    let bank = read::bank(tx, bank)?.ok_or(BankError::NotFound)?;
    if bank.unit != who.unit() && !who.covers(tree, bank.unit) {
        return Err(BankError::Denied);
    }
    Ok(bank)
}

/// By what a question is known again.
pub(crate) fn alike(question: &Question) -> [u8; 16] {
    let digest: [u8; 32] = Sha256::digest(question.sense()).into();
    let mut short = [0; 16];
    short.copy_from_slice(digest.get(..16).unwrap_or(&[0; 16]));
    short
}

const NEW: &Sql = sql!("INSERT INTO question (id, bank, v, retired, alike) VALUES (?1, ?2, 1, 0, ?3)");
const NEXT: &Sql = sql!("UPDATE question SET v = v + 1, retired = 0, alike = ?3 WHERE id = ?1 AND v = ?2");
const TEXT: &Sql = sql!(
    "INSERT INTO question_text (question, v, kind, topic, difficulty, stem, options, answer, note, salt, written_at, written_by, picture,
        recording, recording_kind, recording_name)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
);

/// What a version is written into.
#[derive(Clone, Copy, Debug)]
pub enum Into {
    /// A new question of this bank.
    Bank(BankId),
    /// The next version of this one, of which this version was read.
    Question(QuestionId, i64),
}

/// Writes a question, or a new version of one: papers that were made keep the version that they have.
///
/// # Errors
/// [`BankError`].
pub fn write_question(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<Organise>,
    tree: &Tree,
    into: Into,
    question: Question,
) -> Result<QuestionId, BankError> {
    let question = question.checked()?;
    let (bank, id, v) = match into {
        Into::Bank(bank) => (bank, ctx.id::<QuestionId>(), 1),
        Into::Question(id, v) => (read::question(tx, id)?.ok_or(BankError::NotFound)?.bank, id, v + 1),
    };
    let bank = own(tx, who, tree, bank)?;
    match into {
        Into::Bank(_) => drop(tx.exec(NEW, p![id, bank.id, &alike(&question)])?),
        Into::Question(_, old) => {
            if tx.exec(NEXT, p![id, old, &alike(&question)])? != 1 {
                return Err(BankError::NotNow);
            }
        }
    }
    put(tx, ctx, who.person(), bank.unit, None, (id, bank.id, v), &question)?;
    Ok(id)
}

/// Gives a question a recording, or takes the one that it has away: a new version of it.
///
/// # Errors
/// [`BankError`].
pub fn put_recording(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<Organise>,
    tree: &Tree,
    (id, v): (QuestionId, i64),
    recording: Option<&Recording>,
) -> Result<(), BankError> {
    let stored = read::question(tx, id)?.filter(|stored| stored.v == v).ok_or(BankError::NotNow)?;
    if stored.question.recording.as_ref() == recording {
        return Ok(());
    }
    let question = Question { recording: recording.cloned(), ..stored.question };
    write_question(tx, ctx, who, tree, Into::Question(id, v), question)?;
    if let Some(recording) = recording {
        store::blobs::hold(tx, &recording.digest, id.0)?;
    }
    Ok(())
}

/// The words of a version and its event.
pub(crate) fn put(
    tx: &mut Tx,
    ctx: &Ctx,
    by: PersonId,
    unit: UnitId,
    batch: Option<base::Id>,
    (id, bank, v): (QuestionId, BankId, i64),
    question: &Question,
) -> Result<(), StoreError> {
    let (salt, options) = (ctx.salt(), question.options.join("\n"));
    tx.exec(
        TEXT,
        p![
            id,
            v,
            question.kind.code(),
            question.topic.as_str(),
            question.difficulty,
            question.stem.as_str(),
            options.as_str(),
            question.answer.as_str(),
            question.note.as_str(),
            &salt[..],
            ctx.now,
            by,
            question.picture.as_ref().map(|digest| &digest[..]),
            question.recording.as_ref().map(|one| &one.digest[..]),
            question.recording.as_ref().map(|one| one.kind.code()),
            question.recording.as_ref().map(|one| one.name.as_str())
        ],
    )?;
    let facts = QuestionWritten {
        bank,
        v,
        kind: question.kind.code().to_owned(),
        difficulty: question.difficulty,
        body: text_digest_hex(&salt, &question.words()),
    };
    let about = About { batch, ..about(ctx, record::Actor::Person(by), unit, id.0) };
    record::append(tx, ctx, about, &facts)?;
    Ok(())
}

const RETIRE: &Sql = sql!("UPDATE question SET retired = ?3 WHERE id = ?1 AND v = ?2 AND retired <> ?3");

/// Takes a question out of the bank, or puts it back. Papers keep it.
///
/// # Errors
/// [`BankError`].
pub fn retire_question(
    tx: &mut Tx,
    ctx: &Ctx,
    who: &Proof<Organise>,
    tree: &Tree,
    (id, v): (QuestionId, i64),
    retired: bool,
) -> Result<(), BankError> {
    let question = read::question(tx, id)?.ok_or(BankError::NotFound)?;
    let bank = own(tx, who, tree, question.bank)?;
    if tx.exec(RETIRE, p![id, v, retired])? != 1 {
        return Err(BankError::NotNow);
    }
    record::append(tx, ctx, about(ctx, who.actor(), bank.unit, id.0), &QuestionRetired { retired })?;
    Ok(())
}

const INSERT_BROUGHT: &Sql = sql!("INSERT INTO question (id, bank, v, retired, alike) VALUES (?1, ?2, 1, 0, ?3)");
const MOVE: &Sql = sql!("UPDATE question SET v = ?2 WHERE id = ?1 AND v = ?3");

/// What became of a question that was brought in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brought {
    /// It is new.
    New(QuestionId),
    /// It stands there already, word for word.
    Same,
    /// The same question stands there with another answer, explanation or topic: a new version of it.
    Next(QuestionId),
}

/// Brings a checked question in; `dry` only finds out what would become of it.
///
/// # Errors
/// The store's.
pub(crate) fn bring(
    tx: &mut Tx,
    ctx: &Ctx,
    (bank, unit, by): (BankId, UnitId, PersonId),
    batch: base::Id,
    question: &Question,
    dry: bool,
) -> Result<Brought, StoreError> {
    let alike = alike(question);
    match read::alike(tx, bank, &alike)? {
        None => {
            let id = ctx.id::<QuestionId>();
            if !dry {
                tx.exec(INSERT_BROUGHT, p![id, bank, &alike])?;
                put(tx, ctx, by, unit, Some(batch), (id, bank, 1), question)?;
                hold(tx, id, question)?;
            }
            Ok(Brought::New(id))
        }
        Some(found) => {
            // A file brings no picture: the one that is there stays; so does a recording where it names none.
            let kept = Question {
                picture: found.question.picture,
                recording: question.recording.clone().or_else(|| found.question.recording.clone()),
                ..question.clone()
            };
            if kept == found.question {
                return Ok(Brought::Same);
            }
            if !dry {
                tx.exec(MOVE, p![found.id, found.v + 1, found.v])?;
                put(tx, ctx, by, unit, Some(batch), (found.id, bank, found.v + 1), &kept)?;
                hold(tx, found.id, &kept)?;
            }
            Ok(Brought::Next(found.id))
        }
    }
}

/// Holds the recording of a question that was brought in.
fn hold(tx: &mut Tx, id: QuestionId, question: &Question) -> Result<(), StoreError> {
    question.recording.iter().try_for_each(|one| store::blobs::hold(tx, &one.digest, id.0))
}

const DROP_TEXT: &Sql = sql!("DELETE FROM question_text WHERE question = ?1 AND v = ?2");
const DROP: &Sql = sql!("DELETE FROM question WHERE id = ?1 AND v = 1");

/// Takes back what bringing in wrote and no paper uses, if nobody wrote a version since. Tells whether it did.
///
/// # Errors
/// The store's.
pub(crate) fn take_back(tx: &mut Tx, ctx: &Ctx, by: record::Actor, batch: base::Id, id: QuestionId, v: i64) -> Result<bool, StoreError> {
    let Some(found) = read::question(tx, id)? else { return Ok(false) };
    if found.v != v || found.retired {
        return Ok(false);
    }
    let unit = read::bank(tx, found.bank)?.map(|bank| bank.unit);
    tx.exec(DROP_TEXT, p![id, v])?;
    if v == 1 {
        tx.exec(DROP, p![id])?;
        store::blobs::release(tx, id.0)?;
    } else {
        tx.exec(MOVE, p![id, v - 1, v])?;
    }
    let about = About { occurred_at: ctx.now, actor: by, unit, subject: id.0, batch: Some(batch) };
    record::append(tx, ctx, about, &QuestionWithdrawn { v: v - 1 })?;
    Ok(true)
}
