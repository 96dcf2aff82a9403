//! Where a member of staff wants to be told beside the product: an e-mail address, an account of WeCom. Each for themselves.

use base::{Ctx, PersonId, Purpose};
use store::{Sql, StoreError, Tx, p, sql};
use web::notice::Channel;
use zeroize::Zeroizing;

/// What addresses are sealed for.
const ADDRESS: Purpose = Purpose("notices.address");
/// The longest address.
pub const LONGEST: usize = 120;

const FIND: &Sql = sql!("SELECT address FROM notice_address WHERE person = ?1 AND channel = ?2");
const PUT: &Sql = sql!(
    "INSERT INTO notice_address (person, channel, address) VALUES (?1, ?2, ?3)
     ON CONFLICT (person, channel) DO UPDATE SET address = excluded.address"
);
const DROP: &Sql = sql!("DELETE FROM notice_address WHERE person = ?1 AND channel = ?2");

/// Whether this can be an address there. What goes into a header or a command of a protocol must not end a line in it.
pub fn fits(channel: Channel, address: &str) -> bool {
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b));
    if address.len() > LONGEST {
        return false;
    }
    match channel {
        Channel::Email => address.split_once('@').is_some_and(|(local, domain)| {
            let label = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            plain(local) && domain.contains('.') && domain.split('.').all(label)
        }),
        Channel::Wecom => !address.is_empty() && address.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-@.".contains(&b)),
        Channel::Sms | Channel::Robot => false,
    }
}

/// Somebody's address there.
///
/// # Errors
/// Only the store's.
pub fn of(tx: &mut Tx, ctx: &Ctx, person: PersonId, channel: Channel) -> Result<Option<Zeroizing<String>>, StoreError> {
    let sealed = tx.opt(FIND, p![person, channel.code()], |row| Ok(row.blob(0)?.to_vec()))?;
    let open = |sealed: Vec<u8>| String::from_utf8(ctx.keys().open(ADDRESS, &sealed).ok()?.to_vec()).ok().map(Zeroizing::new);
    Ok(sealed.and_then(open))
}

/// Whether somebody gave one.
///
/// # Errors
/// Only the store's.
pub fn has(tx: &mut Tx, person: PersonId, channel: Channel) -> Result<bool, StoreError> {
    Ok(tx.opt(FIND, p![person, channel.code()], |_| Ok(()))?.is_some())
}

/// Says where somebody is told, or nowhere. The address was held against [`fits`].
///
/// # Errors
/// Only the store's.
pub fn set(tx: &mut Tx, ctx: &Ctx, person: PersonId, channel: Channel, address: &str) -> Result<(), StoreError> {
    if address.is_empty() {
        tx.exec(DROP, p![person, channel.code()])?;
    } else {
        tx.exec(PUT, p![person, channel.code(), &ctx.keys().seal(ctx.random(), ADDRESS, address.as_bytes())])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_ends_no_line() {
        for fine in ["wang@example.gov.cn", "a.b+c@x-y.cn"] {
            assert!(fits(Channel::Email, fine), "{fine}");
        }
        for wrong in
            ["", "a", "a@", "@b.cn", "a@b", "a@b..cn", "a b@c.cn", "a@b.cn\r\nRCPT TO:<x@y.cn>", "<a@b.cn>", "王@b.cn", "a@b.cn,c@d.cn"]
        {
            assert!(!fits(Channel::Email, wrong), "{wrong}");
        }
        assert!(fits(Channel::Wecom, "wang_min") && !fits(Channel::Wecom, "wang|all") && !fits(Channel::Sms, "1"));
    }
}
