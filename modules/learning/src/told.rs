//! Who is told of what: whoever gets a seat from the waiting list, whoever has a seat in a class that is not held,
//! whoever is given a certificate.

use base::Ctx;
use record::{Event, Facts};
use store::{StoreError, Tx};
use web::fill;
use web::notice::{Notice, Said, Told, Whom};

use crate::events::{CertificateGiven, ClassCancelled, ClassSeatGiven};
use crate::model::{ClassId, SeatState};
use crate::read;

web::texts! {
    /// Words of notices.
    pub(crate) ToldTexts;
    seat_given: "候补转正", "A seat from the waiting list";
    seat_given_text: "【{district}】您候补的“{title}”有名额了，已为您转为正式名额。不能参加请尽早退出。", "[{district}] You have a seat in “{title}” now. Please give it back early if you cannot come.";
    cancelled: "培训班取消", "Class cancelled";
    cancelled_text: "【{district}】您报名的“{title}”取消了，原因见培训班页面。", "[{district}] “{title}” is not held; its page says why.";
    certificate: "证书", "Certificate";
    certificate_text: "【{district}】您有一份新的证书，可以在“学习”里下载。", "[{district}] You have a new certificate, to be had under “Learning”.";
}

/// What this module declares.
pub(crate) const NOTICES: &[Notice] = &[
    Notice {
        name: "learning.seat",
        title: |lang| ToldTexts::of(lang).seat_given,
        kinds: &[ClassSeatGiven::KIND],
        whom: |_, _, event| Ok(person::<ClassSeatGiven>(event, |facts| facts.person)),
        say: |tx, _, told| class(tx, told, |t| t.seat_given_text),
    },
    Notice {
        name: "learning.cancelled",
        title: |lang| ToldTexts::of(lang).cancelled,
        kinds: &[ClassCancelled::KIND],
        whom: seated,
        say: |tx, _, told| class(tx, told, |t| t.cancelled_text),
    },
    Notice {
        name: "learning.certificate",
        title: |lang| ToldTexts::of(lang).certificate,
        kinds: &[CertificateGiven::KIND],
        whom: |_, _, event| Ok(person::<CertificateGiven>(event, |facts| facts.person)),
        say: |_, _, told| {
            let t = ToldTexts::of(told.lang);
            Ok(Some(said(t.certificate, fill(t.certificate_text, &[("district", &told.district)]), "/learning".to_owned())))
        },
    },
];

fn person<F: Facts>(event: &Event, of: fn(&F) -> base::PersonId) -> Vec<Whom> {
    event.facts::<F>().map(|facts| vec![Whom::Person(of(&facts))]).unwrap_or_default()
}

/// Whoever has a seat, or waits for one.
fn seated(tx: &mut Tx, _: &Ctx, event: &Event) -> Result<Vec<Whom>, StoreError> {
    let seats = read::seats(tx, ClassId(event.subject))?;
    Ok(seats.into_iter().filter(|seat| seat.state != SeatState::Left).map(|seat| Whom::Person(seat.person)).collect())
}

fn said(subject: &str, text: String, path: String) -> Said {
    Said { subject: subject.to_owned(), text, path, phone: None }
}

/// The words of a notice about a class.
fn class(tx: &mut Tx, told: &Told<'_>, text: fn(&'static ToldTexts) -> &'static str) -> Result<Option<Said>, StoreError> {
    let (t, id) = (ToldTexts::of(told.lang), ClassId(told.subject));
    let Some(class) = read::class(tx, id)? else { return Ok(None) };
    let words = fill(text(t), &[("district", &told.district), ("title", &class.title)]);
    Ok(Some(said(&class.title, words, format!("/learning/classes/{id}"))))
}
