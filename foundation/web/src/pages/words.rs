//! What a password, a name, a login or a telephone should be, said beside its field.

use people::password::Weak;

use crate::Lang;

crate::texts! {
    /// Words that several pages of people use.
    pub(crate) PeopleTexts;
    login: "登录名", "Login name";
    password: "密码", "Password";
    password_again: "再输入一次密码", "Password again";
    password_hint: "至少 {n} 个字符，要有大写字母、小写字母、数字、符号中的三种；不能用最近用过的密码", "At least {n} characters with three of capitals, small letters, digits and symbols; none that you used lately";
    password_short: "密码至少要 {n} 个字符", "A password has at least {n} characters";
    password_long: "密码最多 128 个字符", "A password has at most 128 characters";
    password_plain: "请用大写字母、小写字母、数字、符号中的 {n} 种", "Use {n} kinds of capitals, small letters, digits and symbols";
    password_used: "最近 {n} 次用过的密码不能再用", "The last {n} passwords cannot be used again";
    password_login: "密码里不能有登录名", "The password must not hold the login name";
    password_differs: "两次输入的密码不一样", "The two passwords differ";
    login_bad: "登录名为 2 到 40 个字母、数字或 . _ - @", "A login name has 2 to 40 letters, digits or . _ - @";
    login_taken: "已有人用这个登录名，请换一个", "Somebody has this login name, choose another";
    name: "姓名", "Name";
    name_bad: "请填写 1 到 60 个字", "Please enter 1 to 60 characters";
    code: "验证码", "Code";
    code_hint: "手机验证器上的 6 位数字；手机不在身边时，可以用一个恢复码", "The 6 digits of your authenticator; without your phone a recovery code will do";
    code_wrong: "验证码不对或已用过，请等下一个再试", "That code is wrong or was used; wait for the next one";
    locked: "尝试次数太多，请在 {when} 之后再试", "Too many attempts, try again after {when}";
    role_grid_worker: "网格员", "Grid worker";
    role_community_staff: "社区工作者", "Community staff";
    role_community_secretary: "社区书记", "Community secretary";
    role_town_staff: "镇街干部", "Town staff";
    role_town_desk: "镇街受理台", "Town desk";
    role_town_leader: "镇街领导", "Town leader";
    role_department_staff: "部门干部", "Department staff";
    role_department_lead: "部门负责人", "Head of department";
    role_district_desk: "区级受理台", "District desk";
    role_district_leader: "区级领导", "District leader";
    role_call_back: "回访员", "Call-back";
    role_oversight: "督查员", "Oversight";
    role_branch_secretary: "支部书记", "Branch secretary";
    role_party_affairs: "党务干部", "Party affairs";
    role_member: "党员", "Party member";
    role_system_admin: "系统管理员", "System administrator";
    role_security_admin: "安全管理员", "Security administrator";
    role_audit_admin: "审计管理员", "Audit administrator";
    level_district: "区县", "District";
    level_town: "镇街", "Town";
    level_community: "社区、村", "Community";
    level_grid: "网格", "Grid";
    level_department: "部门", "Department";
    level_party_committee: "党委", "Party committee";
    level_general_branch: "党总支", "General branch";
    level_branch: "党支部", "Party branch";
    level_party_group: "党小组", "Party group";
}

impl PeopleTexts {
    /// What is wrong with a password; nothing for a fault of ours.
    pub(crate) fn weak(&self, weak: &Weak) -> Option<String> {
        match weak {
            Weak::Short(n) => Some(crate::fill(self.password_short, &[("n", n)])),
            Weak::Long => Some(self.password_long.to_owned()),
            Weak::Plain(n) => Some(crate::fill(self.password_plain, &[("n", n)])),
            Weak::Used(n) => Some(crate::fill(self.password_used, &[("n", n)])),
            Weak::Login => Some(self.password_login.to_owned()),
            Weak::Hash(_) => None,
        }
    }
}

/// The telephone of an office as it was written, if it can be rung.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn office_phone(typed: &str) -> Result<String, base::phone::PhoneError> {
    let short = (3..=6).contains(&typed.len()) && typed.bytes().all(|b| b.is_ascii_digit());
    match base::Phone::parse(typed) {
        Err(error) if !short => Err(error),
        _ => Ok(typed.to_owned()),
    }
}

/// A role's name.
pub fn role(lang: Lang, role: people::Role) -> &'static str {
    use people::Role;
    let t = PeopleTexts::of(lang);
    match role {
        Role::GridWorker => t.role_grid_worker,
        Role::CommunityStaff => t.role_community_staff,
        Role::CommunitySecretary => t.role_community_secretary,
        Role::TownStaff => t.role_town_staff,
        Role::TownDesk => t.role_town_desk,
        Role::TownLeader => t.role_town_leader,
        Role::DepartmentStaff => t.role_department_staff,
        Role::DepartmentLead => t.role_department_lead,
        Role::DistrictDesk => t.role_district_desk,
        Role::DistrictLeader => t.role_district_leader,
        Role::CallBack => t.role_call_back,
        Role::Oversight => t.role_oversight,
        Role::BranchSecretary => t.role_branch_secretary,
        Role::PartyAffairs => t.role_party_affairs,
        Role::Member => t.role_member,
        Role::SystemAdmin => t.role_system_admin,
        Role::SecurityAdmin => t.role_security_admin,
        Role::AuditAdmin => t.role_audit_admin,
    }
}

/// A level's name.
pub fn level(lang: Lang, level: people::Level) -> &'static str {
    use people::Level;
    let t = PeopleTexts::of(lang);
    match level {
        Level::District => t.level_district,
        Level::Town => t.level_town,
        Level::Community => t.level_community,
        Level::Grid => t.level_grid,
        Level::Department => t.level_department,
        Level::PartyCommittee => t.level_party_committee,
        Level::GeneralBranch => t.level_general_branch,
        Level::Branch => t.level_branch,
        Level::PartyGroup => t.level_party_group,
    }
}
