//! Making a paper: which questions, in how many versions, with the page of each version made and squeezed. A paper is never
//! changed; whoever wants another makes another.
//!
//! [`draft`] draws and renders outside the writer, [`make_paper`] keeps what was drawn.

use base::{Ctx, Random};
use people::{Proof, Tree};
use record::text_digest_hex;
use sha2::{Digest, Sha256};
use store::{Sql, StoreError, Tx, p, sql};
use web::Lang;

use crate::bank::about;
use crate::events::{BankId, PaperId, PaperMade, QuestionId};
use crate::model::{Item, KeyItem, Kind, MOST_QUESTIONS, Question, key};
use crate::permissions::{Organise, open_to};
use crate::{read, render};

/// The most versions of one paper.
pub const MOST_VARIANTS: i64 = 8;
/// The most points of one question, in tenths.
pub const MOST_POINTS: i64 = 1_000;
/// By how much versions may differ in the mean of their difficulty, in hundredths.
pub const EVEN: i64 = 20;

/// Why a paper was not made.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// There is no such bank, or a question is not in it.
    #[error("there is no such thing")]
    NotFound,
    /// The bank is another unit's.
    #[error("not for this unit")]
    Denied,
    /// A name of 1 to 60 characters is wanted.
    #[error("a name of 1 to 60 characters is wanted")]
    Name,
    /// No question, or too many.
    #[error("1 to {MOST_QUESTIONS} questions are wanted")]
    Questions,
    /// A number of points that cannot be.
    #[error("a question has from 0.5 to 100 points")]
    Points,
    /// Versions that cannot be.
    #[error("1 to {MOST_VARIANTS} versions are wanted")]
    Variants,
    /// The bank has too few questions for this line of the blueprint.
    #[error("line {0} asks for {1} questions and the bank has {2}")]
    TooFew(usize, i64, i64),
    /// The versions differ too much in difficulty.
    #[error("the versions differ by {0} hundredths in difficulty")]
    Uneven(i64),
    /// A page could not be made.
    #[error("a page could not be made: {0}")]
    Page(String),
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A line of a blueprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Of which kind.
    pub kind: Kind,
    /// Of which topic; empty for any.
    pub topic: String,
    /// How hard; nothing for any.
    pub difficulty: Option<i64>,
    /// How many.
    pub count: i64,
    /// Tenths of a point each.
    pub points: i64,
}

/// What a paper is made of.
#[derive(Clone, Debug)]
pub enum Choice {
    /// These questions, each with its points, in the order of the kinds.
    Chosen(Vec<(QuestionId, i64)>),
    /// So many of each line, drawn for every version anew.
    Drawn(Vec<Line>),
}

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// From which bank.
    pub bank: BankId,
    /// What it is called.
    pub name: String,
    /// Which questions.
    pub choice: Choice,
    /// How many versions.
    pub variants: i64,
    /// Whether the questions of a kind stand in another order in each version.
    pub shuffle: bool,
    /// Whether the options do.
    pub shuffle_options: bool,
}

/// A version that was drawn.
#[derive(Clone, Debug)]
pub struct Variant {
    items: Vec<Item>,
    key: Vec<KeyItem>,
    difficulty: i64,
    /// Squeezed pages by language.
    pages: Vec<(Lang, Vec<u8>)>,
}

/// A paper that was drawn.
#[derive(Clone, Debug)]
pub struct Draft {
    bank: BankId,
    name: String,
    blueprint: String,
    full: i64,
    by_hand: bool,
    variants: Vec<Variant>,
}

impl Draft {
    /// Hundredths of the mean difficulty of each version.
    pub fn difficulties(&self) -> Vec<i64> {
        self.variants.iter().map(|variant| variant.difficulty).collect()
    }
}

struct Pick<'a> {
    id: QuestionId,
    v: i64,
    question: &'a Question,
    points: i64,
}

/// Draws a paper and makes its pages; writes nothing.
///
/// # Errors
/// [`PaperError`].
pub fn draft(tx: &mut Tx, ctx: &Ctx, who: &Proof<Organise>, tree: &Tree, wanted: &Wanted) -> Result<Draft, PaperError> {
    let name = base::text::clean_line(&wanted.name);
    if name.is_empty() || base::text::count_chars(&name) > 60 {
        return Err(PaperError::Name);
    }
    if !(1..=MOST_VARIANTS).contains(&wanted.variants) {
        return Err(PaperError::Variants);
    }
    let bank = read::bank(tx, wanted.bank)?.ok_or(PaperError::NotFound)?;
    if !open_to(tree, bank.unit, who.unit()) && !who.covers(tree, bank.unit) {
        return Err(PaperError::Denied);
    }
    let all: Vec<read::Stored> = read::questions(tx, bank.id)?.into_iter().filter(|stored| !stored.retired).collect();
    let mut variants: Vec<Variant> = Vec::new();
    let mut evenest: Option<i64> = None;
    let mut few: Option<PaperError> = None;
    // Drawn anew a few times where chance made the versions uneven, or gave to one line what another one needs.
    for _ in 0..if matches!(wanted.choice, Choice::Drawn(_)) { 40 } else { 1 } {
        let mut drawn = Vec::new();
        for _ in 0..wanted.variants {
            match pick(ctx, &all, &wanted.choice) {
                Ok(picks) => drawn.push(arrange(ctx, picks, wanted)?),
                Err(error @ PaperError::TooFew(..)) => {
                    few = Some(error);
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        if i64::try_from(drawn.len()).unwrap_or(0) < wanted.variants {
            continue;
        }
        let mean = |picks: &Vec<Pick<'_>>| hundredths(picks);
        let spread = drawn.iter().map(mean).max().unwrap_or(0) - drawn.iter().map(mean).min().unwrap_or(0);
        if evenest.is_none_or(|before| spread < before) {
            evenest = Some(spread);
            variants = drawn.iter().map(|picks| version(ctx, picks, wanted)).collect();
        }
        if spread <= EVEN {
            break;
        }
    }
    if let (None, Some(few)) = (evenest, few) {
        return Err(few);
    }
    if let Some(spread) = evenest.filter(|spread| *spread > EVEN) {
        return Err(PaperError::Uneven(spread));
    }
    let find = |item: &Item| all.iter().find(|stored| stored.id == item.q).map(|stored| &stored.question);
    for variant in &mut variants {
        for lang in Lang::ALL {
            let html = render::paper(lang, &variant.items, find);
            variant.pages.push((lang, render::squeeze(&html).map_err(|error| PaperError::Page(error.to_string()))?));
        }
    }
    let full = variants.first().map_or(0, |variant| variant.items.iter().map(|item| item.points).sum());
    let by_hand = variants.iter().any(|variant| variant.key.iter().any(|item| item.right == crate::model::Right::Hand));
    let blueprint = match &wanted.choice {
        Choice::Chosen(_) => String::new(),
        Choice::Drawn(lines) => lines.iter().map(Line::text).collect::<Vec<_>>().join("\n"),
    };
    Ok(Draft { bank: bank.id, name, blueprint, full, by_hand, variants })
}

impl Line {
    /// As it is kept.
    fn text(&self) -> String {
        let difficulty = self.difficulty.map_or_else(|| "-".to_owned(), |difficulty| difficulty.to_string());
        format!("{}\t{}\t{difficulty}\t{}\t{}", self.kind.code(), self.topic, self.count, self.points)
    }
}

fn hundredths(picks: &[Pick<'_>]) -> i64 {
    let sum: i64 = picks.iter().map(|pick| pick.question.difficulty).sum();
    sum * 100 / i64::try_from(picks.len()).unwrap_or(1).max(1)
}

fn pick<'a>(ctx: &Ctx, all: &'a [read::Stored], choice: &Choice) -> Result<Vec<Pick<'a>>, PaperError> {
    let mut picks: Vec<Pick<'a>> = Vec::new();
    let points = |points: i64| if (5..=MOST_POINTS).contains(&points) { Ok(points) } else { Err(PaperError::Points) };
    match choice {
        Choice::Chosen(chosen) => {
            for (id, worth) in chosen {
                let stored = all.iter().find(|stored| stored.id == *id).ok_or(PaperError::NotFound)?;
                if !picks.iter().any(|pick| pick.id == *id) {
                    picks.push(Pick { id: *id, v: stored.v, question: &stored.question, points: points(*worth)? });
                }
            }
        }
        Choice::Drawn(lines) => {
            // What asks for most is drawn first: the others can do with what is left.
            let mut order: Vec<(usize, &Line)> = lines.iter().enumerate().collect();
            order.sort_by_key(|(_, line)| usize::from(line.topic.is_empty()) + usize::from(line.difficulty.is_none()));
            for (number, line) in order {
                let fits = |stored: &&read::Stored| {
                    let question = &stored.question;
                    question.kind == line.kind
                        && (line.topic.is_empty() || question.topic == line.topic)
                        && line.difficulty.is_none_or(|difficulty| question.difficulty == difficulty)
                };
                let mut fitting: Vec<&read::Stored> =
                    all.iter().filter(fits).filter(|stored| !picks.iter().any(|pick| pick.id == stored.id)).collect();
                let has = i64::try_from(fitting.len()).unwrap_or(i64::MAX);
                if line.count < 1 || has < line.count {
                    return Err(PaperError::TooFew(number + 1, line.count, has));
                }
                shuffle(ctx.random(), &mut fitting);
                for stored in fitting.into_iter().take(usize::try_from(line.count).unwrap_or(0)) {
                    picks.push(Pick { id: stored.id, v: stored.v, question: &stored.question, points: points(line.points)? });
                }
            }
        }
    }
    if picks.is_empty() || picks.len() > MOST_QUESTIONS {
        return Err(PaperError::Questions);
    }
    Ok(picks)
}

/// By kind, and within a kind in the order chosen or in a new one.
fn arrange<'a>(ctx: &Ctx, mut picks: Vec<Pick<'a>>, wanted: &Wanted) -> Result<Vec<Pick<'a>>, PaperError> {
    if wanted.shuffle {
        shuffle(ctx.random(), &mut picks);
    }
    picks.sort_by_key(|pick| pick.question.kind);
    Ok(picks)
}

fn version(ctx: &Ctx, picks: &[Pick<'_>], wanted: &Wanted) -> Variant {
    let (mut items, mut keys) = (Vec::with_capacity(picks.len()), Vec::with_capacity(picks.len()));
    for pick in picks {
        let mut order: Vec<u8> = (0..pick.question.options.len()).filter_map(|place| u8::try_from(place).ok()).collect();
        // 以上都对 belongs at the end.
        let fixed = pick.question.options.iter().any(|option| option.starts_with("以上") || option.starts_with("上述"));
        if wanted.shuffle_options && !fixed {
            shuffle(ctx.random(), &mut order);
        }
        keys.push(key(pick.question, &order, pick.points));
        items.push(Item { q: pick.id, v: pick.v, order, points: pick.points });
    }
    Variant { difficulty: hundredths(picks), items, key: keys, pages: Vec::new() }
}

/// An even draw below a bound.
pub(crate) fn below(random: &dyn Random, bound: usize) -> usize {
    let bound = u64::try_from(bound.max(1)).unwrap_or(1);
    let most = u64::MAX - u64::MAX % bound;
    loop {
        let mut bytes = [0; 8];
        random.fill(&mut bytes);
        let drawn = u64::from_le_bytes(bytes);
        if drawn < most {
            return usize::try_from(drawn % bound).unwrap_or(0);
        }
    }
}

fn shuffle<T>(random: &dyn Random, list: &mut [T]) {
    for last in (1..list.len()).rev() {
        list.swap(last, below(random, last + 1));
    }
}

const PAPER: &Sql = sql!(
    "INSERT INTO paper (id, unit, bank, name, blueprint, questions, variants, full_marks, by_hand, salt, created_at, created_by)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
);
const VARIANT: &Sql = sql!("INSERT INTO paper_variant (paper, n, items, answers, difficulty) VALUES (?1, ?2, ?3, ?4, ?5)");
const PAGE: &Sql = sql!("INSERT INTO paper_page (digest, paper, variant, lang, body) VALUES (?1, ?2, ?3, ?4, ?5)");

/// What the digest of a version is of.
pub(crate) fn variant_words(items: &str, answers: &str, difficulty: i64) -> String {
    format!("{items}\n{answers}\n{difficulty}")
}

/// What names a page: the paper that it is of, and what is in it.
pub(crate) fn page_digest(paper: PaperId, variant: i64, lang: &str, body: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(paper.bytes()).chain_update(variant.to_be_bytes()).chain_update(lang).chain_update(body).finalize().into()
}

/// Keeps a paper that was drawn.
///
/// # Errors
/// [`PaperError`].
pub fn make_paper(tx: &mut Tx, ctx: &Ctx, who: &Proof<Organise>, draft: &Draft) -> Result<PaperId, PaperError> {
    let json = |error: serde_json::Error| PaperError::Page(error.to_string());
    let (id, salt) = (ctx.id::<PaperId>(), ctx.salt());
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let questions = count(draft.variants.first().map_or(0, |variant| variant.items.len()));
    tx.exec(
        PAPER,
        p![
            id,
            who.unit(),
            draft.bank,
            draft.name.as_str(),
            draft.blueprint.as_str(),
            questions,
            count(draft.variants.len()),
            draft.full,
            draft.by_hand,
            &salt[..],
            ctx.now,
            who.person()
        ],
    )?;
    let (mut variants, mut sheets) = (Vec::new(), Vec::new());
    for (n, variant) in (1..).zip(&draft.variants) {
        let (items, answers) = (serde_json::to_string(&variant.items).map_err(json)?, serde_json::to_string(&variant.key).map_err(json)?);
        tx.exec(VARIANT, p![id, n, items.as_str(), answers.as_str(), variant.difficulty])?;
        variants.push(text_digest_hex(&salt, &variant_words(&items, &answers, variant.difficulty)));
        for (lang, body) in &variant.pages {
            let digest = page_digest(id, n, lang.code(), body);
            tx.exec(PAGE, p![&digest, id, n, lang.code(), &body[..]])?;
            sheets.push(record::hex(&digest));
        }
    }
    let facts = PaperMade {
        bank: draft.bank,
        questions,
        full: draft.full,
        words: text_digest_hex(&salt, &format!("{}\n{}", draft.name, draft.blueprint)),
        variants,
        sheets,
    };
    record::append(tx, ctx, about(ctx, who.actor(), who.unit(), id.0), &facts)?;
    Ok(id)
}
