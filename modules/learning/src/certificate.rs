//! Certificates: given once for a course or a class, printed from what stands in the tables whenever they are asked for.

use base::{Ctx, Id, PersonId};
use documents::{Block, Document, Signature};
use store::{Sql, StoreError, Tx, p, sql};

use crate::events::CertificateGiven;
use crate::model::{CertificateId, CertificateKind};
use crate::operate::about;

const GIVE: &Sql = sql!(
    "INSERT INTO certificate (id, person, kind, of, no, given_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (person, of) DO NOTHING"
);

/// Give a certificate, once for each person and matter; says whether there was none before.
pub(crate) fn give(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: record::Actor,
    person: PersonId,
    kind: CertificateKind,
    of: Id,
) -> Result<bool, StoreError> {
    let id: CertificateId = ctx.id();
    // The year, and digits of the id's random tail: nobody counts certificates by their numbers.
    let tail = id.0.0.iter().rev().take(5).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte)) % 100_000_000;
    let no = format!("{}{tail:08}", ctx.now.date().year());
    if tx.exec(GIVE, p![id, person, kind.code(), of, &no, ctx.now])? == 0 {
        return Ok(false);
    }
    record::append(tx, ctx, about(ctx, actor, None, id.0), &CertificateGiven { person, kind: kind.code().to_owned(), of, no })?;
    Ok(true)
}

/// What a certificate says.
pub struct Certificate {
    /// Who.
    pub name: String,
    /// What they completed.
    pub title: String,
    /// A course or a class.
    pub kind: CertificateKind,
    /// What it counts, in hours.
    pub hours: String,
    /// Its number.
    pub no: String,
    /// Who gives it.
    pub unit: String,
    /// The day, as it is written: 2026年11月29日.
    pub day: String,
    /// The same for machines.
    pub date: String,
}

/// The certificate as a document. Official papers are in Chinese, whatever language is read on the screen.
pub fn document(certificate: &Certificate) -> Document {
    let Certificate { name, title, kind, hours, no, unit, day, date } = certificate;
    let (heading, said) = match kind {
        CertificateKind::Course => ("学习证书", format!("已学完课程《{title}》全部课时，计{hours}学时，特此证明。")),
        CertificateKind::Class => ("结业证书", format!("参加“{title}”培训，按要求完成全部内容，计{hours}学时，准予结业。")),
    };
    Document {
        title: heading.to_owned(),
        subtitle: format!("编号：{no}"),
        author: unit.clone(),
        date: date.clone(),
        blocks: vec![Block::Paragraph(format!("{name}同志：")), Block::Paragraph(said)],
        signature: Some(Signature { unit: unit.clone(), date: day.clone() }),
        ..Document::default()
    }
}
