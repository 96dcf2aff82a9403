//! What kinds of events are called, and in which logs of the audit they stand: modules say it of theirs,
//! the house of its own.

use crate::{Lang, Module};

/// A log of the audit beside the record as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Log {
    /// Who signed in, how, and who was kept out.
    SignIn,
    /// Posts, accounts, units: who may do what.
    Permission,
    /// Every reading of sealed data.
    Reading,
    /// What was erased, imported, exported, published or withdrawn.
    Data,
}

impl Log {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Log; 4] = [Log::SignIn, Log::Permission, Log::Reading, Log::Data];

    /// As it stands in the store and in addresses.
    pub fn code(self) -> &'static str {
        match self {
            Log::SignIn => "sign-in",
            Log::Permission => "permission",
            Log::Reading => "reading",
            Log::Data => "data",
        }
    }

    /// From [`Log::code`].
    pub fn parse(code: &str) -> Option<Log> {
        Log::ALL.into_iter().find(|log| log.code() == code)
    }
}

/// What an event of a kind is called, and its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audited {
    /// Its name.
    pub name: &'static str,
    /// The log in which it stands besides; none for the daily work.
    pub log: Option<Log>,
}

/// What an event of a kind is called and where it stands, asked of the house and of all modules.
pub fn audited(modules: &[Module], lang: Lang, kind: &str) -> Option<Audited> {
    house(lang, kind).or_else(|| modules.iter().find_map(|module| (module.audited)(lang, kind)))
}

crate::texts! {
    /// What the house's events are called.
    pub(crate) KindTexts;
    event_settled: "处理异常记录", "Event that was set aside settled";
    unit_created: "新建单位", "Unit created";
    unit_changed: "修改单位", "Unit changed";
    unit_closed: "撤销单位", "Unit closed";
    person_created: "登记人员", "Person added";
    person_changed: "修改人员信息", "Person's details changed";
    post_created: "新设岗位", "Post created";
    post_held: "授予岗位", "Post given";
    post_released: "免去岗位", "Post taken back";
    unit_succeeded: "划出部分辖区", "Part of a unit given over";
    acting_post_held: "授予代理岗位", "Acting post given";
    holding_withdrawn: "撤回误录的任职", "Appointment withdrawn";
    person_withdrawn: "撤回误录的人员", "Person withdrawn";
    post_changed: "修改岗位名称", "Post's title changed";
    post_closed: "撤销岗位", "Post closed";
    units_linked: "建立党组织与单位的关系", "Party organisation linked to a unit";
    units_unlinked: "解除党组织与单位的关系", "Party organisation and unit unlinked";
    unit_duty_given: "确定责任岗位", "Duty given to a post";
    unit_duty_ended: "解除责任岗位", "Duty ended";
    grid_described: "修改网格信息", "Grid described";
    person_invited: "发放邀请码", "Invitation code given";
    account_opened: "开通账号", "Account opened";
    password_changed: "修改密码", "Password changed";
    totp_confirmed: "开启两步验证", "Two-step verification turned on";
    totp_removed: "关闭两步验证", "Two-step verification turned off";
    recovery_code_used: "使用恢复码", "Recovery code used";
    signed_in: "登录", "Signed in";
    sign_in_locked: "多次失败，登录锁定", "Locked after failed sign-ins";
    sessions_revoked: "让设备退出", "Sessions ended";
    account_locked: "锁定账号", "Account locked";
    account_unlocked: "解锁账号", "Account unlocked";
    passkey_added: "添加通行密钥", "Passkey added";
    passkey_removed: "删除通行密钥", "Passkey removed";
    identity_linked: "绑定统一认证身份", "Outside identity linked";
    identity_unlinked: "解绑统一认证身份", "Outside identity unlinked";
    data_purged: "到期清除个人信息", "Personal data purged at its term";
    table_exported: "导出表格", "Table exported";
}

fn house(lang: Lang, kind: &str) -> Option<Audited> {
    let t = KindTexts::of(lang);
    let (name, log) = match kind {
        "EventSettled" => (t.event_settled, Log::Data),
        "UnitCreated" => (t.unit_created, Log::Permission),
        "UnitChanged" => (t.unit_changed, Log::Permission),
        "UnitClosed" => (t.unit_closed, Log::Permission),
        "PersonCreated" => (t.person_created, Log::Permission),
        "PersonChanged" => (t.person_changed, Log::Permission),
        "PostCreated" => (t.post_created, Log::Permission),
        "PostHeld" => (t.post_held, Log::Permission),
        "PostReleased" => (t.post_released, Log::Permission),
        "UnitSucceeded" => (t.unit_succeeded, Log::Permission),
        "ActingPostHeld" => (t.acting_post_held, Log::Permission),
        "HoldingWithdrawn" => (t.holding_withdrawn, Log::Permission),
        "PersonWithdrawn" => (t.person_withdrawn, Log::Permission),
        "PostChanged" => (t.post_changed, Log::Permission),
        "PostClosed" => (t.post_closed, Log::Permission),
        "UnitsLinked" => (t.units_linked, Log::Permission),
        "UnitsUnlinked" => (t.units_unlinked, Log::Permission),
        "UnitDutyGiven" => (t.unit_duty_given, Log::Permission),
        "UnitDutyEnded" => (t.unit_duty_ended, Log::Permission),
        "GridDescribed" => (t.grid_described, Log::Permission),
        "PersonInvited" => (t.person_invited, Log::Permission),
        "AccountOpened" => (t.account_opened, Log::Permission),
        "AccountLocked" => (t.account_locked, Log::Permission),
        "AccountUnlocked" => (t.account_unlocked, Log::Permission),
        "PasswordChanged" => (t.password_changed, Log::SignIn),
        "TotpConfirmed" => (t.totp_confirmed, Log::SignIn),
        "TotpRemoved" => (t.totp_removed, Log::SignIn),
        "RecoveryCodeUsed" => (t.recovery_code_used, Log::SignIn),
        "SignedIn" => (t.signed_in, Log::SignIn),
        "SignInLocked" => (t.sign_in_locked, Log::SignIn),
        "SessionsRevoked" => (t.sessions_revoked, Log::SignIn),
        "PasskeyAdded" => (t.passkey_added, Log::SignIn),
        "PasskeyRemoved" => (t.passkey_removed, Log::SignIn),
        "IdentityLinked" => (t.identity_linked, Log::SignIn),
        "IdentityUnlinked" => (t.identity_unlinked, Log::SignIn),
        "DataPurged" => (t.data_purged, Log::Data),
        "TableExported" => (t.table_exported, Log::Data),
        _ => return None,
    };
    Some(Audited { name, log: Some(log) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_the_house_have_names_and_logs() {
        let named = people::KINDS.iter().filter(|kind| audited(&[], Lang::Hans, kind.name).is_some()).count();
        assert!(named * 10 >= people::KINDS.len() * 9, "give kinds a name in audited.rs: only {named} have one");
        assert!(Log::ALL.into_iter().all(|log| Log::parse(log.code()) == Some(log)));
        assert_eq!(audited(&[], Lang::Hans, "Nothing"), None);
    }
}
