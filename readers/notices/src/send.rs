//! Sending: what waits in the ledger is put into words, handed to its carrier, and what became of it is written down.

use std::sync::Arc;

use base::{Ctx, PersonId};
use store::{StoreError, Tx};
use web::notice::{Channel, Notice, Outbox, Parcel, Told, Whom};
use web::{App, District, Fault, Lang};
use zeroize::Zeroizing;

use crate::address;
use crate::ledger::{self, Became, Delivery};

/// Notices taken apart in one transaction. One may be for some hundreds of people.
const APART: i64 = 10;
/// Messages taken in hand at once: as many as leave within a lease however slow the other side is.
const HAND: i64 = 10;
/// Messages in one run; what is left goes in the next.
const RUN: usize = 200;

/// One round: finds whom notices are for, and sends what is due.
///
/// # Errors
/// The store's. A carrier that fails is no error: the ledger says so.
pub fn run(app: &App, district: &Arc<District>) -> Result<(), Fault> {
    let outbox = app.config().outbox.clone();
    let notices: Vec<&'static Notice> = app.modules().iter().flat_map(|module| module.notices).collect();
    loop {
        let (all, out) = (notices.clone(), outbox.clone());
        if district.write_now(move |tx, ctx| ledger::take_apart(tx, ctx, &all, &out, APART))? == 0 {
            break;
        }
    }
    let mut sent = 0;
    while sent < RUN {
        let hand = district.write_now(|tx, ctx| ledger::take(tx, ctx, HAND))?;
        if hand.is_empty() {
            break;
        }
        sent += hand.len();
        for delivery in hand {
            let became = one(district, &notices, &outbox, &delivery)?;
            if let Became::Failed(_, why) = &became {
                tracing::warn!(channel = delivery.channel.code(), tries = delivery.tries, why, "a message did not leave");
            }
            district.write_now(move |tx, ctx| ledger::note(tx, ctx, &delivery, &became))?;
        }
    }
    Ok(())
}

fn one(district: &Arc<District>, notices: &[&'static Notice], outbox: &Outbox, delivery: &Delivery) -> Result<Became, StoreError> {
    let Some(notice) = notices.iter().find(|notice| notice.name == delivery.name).copied() else { return Ok(Became::Void) };
    let (row, out, name, link) = (delivery.clone(), outbox.clone(), district.name(), link(district, outbox));
    let made = district.read_now(move |tx, ctx| compose(tx, ctx, notice, &out, &row, &name, &link))?;
    let Some((code, parcel)) = made else { return Ok(Became::Void) };
    let Some(carrier) = outbox.carrier(delivery.channel, &code) else {
        return Ok(Became::Failed(true, "no carrier is configured for this way".to_owned()));
    };
    Ok(match carrier.carry(&parcel) {
        Ok(()) => Became::Sent,
        Err(failure) => Became::Failed(failure.again, failure.why),
    })
}

/// Where links begin.
fn link(district: &District, outbox: &Outbox) -> String {
    let host = || district.hosts().first().map(|host| format!("https://{host}"));
    outbox.address.clone().or_else(host).unwrap_or_default().trim_end_matches('/').to_owned()
}

/// The words and where they go; nothing where nothing is to be said any more. With the code of the unit for a robot.
fn compose(
    tx: &mut Tx,
    ctx: &Ctx,
    notice: &Notice,
    outbox: &Outbox,
    delivery: &Delivery,
    district: &str,
    link: &str,
) -> Result<Option<(String, Parcel)>, StoreError> {
    let person = match (delivery.whom, delivery.channel) {
        (Whom::Resident(_), _) | (_, Channel::Robot) => None,
        _ => Some(PersonId(delivery.reader)),
    };
    let told = Told { event: delivery.event, subject: delivery.subject, whom: delivery.whom, person, lang: Lang::Hans, district };
    let Some(said) = (notice.say)(tx, ctx, &told)? else { return Ok(None) };
    let (code, to) = match (delivery.channel, person, delivery.whom) {
        (Channel::Sms, ..) => (String::new(), said.phone.as_ref().map(|phone| Zeroizing::new(phone.digits().to_owned()))),
        (Channel::Robot, _, Whom::Unit(unit)) => (ledger::robot(tx, outbox, unit)?.unwrap_or_default(), Some(Zeroizing::default())),
        (channel, Some(person), _) => (String::new(), address::of(tx, ctx, person, channel)?),
        _ => (String::new(), None),
    };
    let Some(to) = to else { return Ok(None) };
    let text = if link.is_empty() || said.path.is_empty() { said.text } else { format!("{} {link}{}", said.text, said.path) };
    Ok(Some((code, Parcel { key: delivery.id, at: ctx.now, to, subject: said.subject, text })))
}
