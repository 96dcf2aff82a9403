//! What surrounds every page: language, titles, menu, who is signed in, what has just happened.
//!
//! A page struct holds a field `shell: Shell`; the base templates and the macros of `kit.html` read it.

use axum::Router;
use axum::extract::Query;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use crate::assets;
use crate::lang::Lang;

crate::texts! {
    /// Words of the shell and of the kit's macros.
    pub KitTexts;
    product: "连心", "Lianxin";
    skip: "跳到正文", "Skip to content";
    home: "首页", "Home";
    back: "返回", "Back";
    elder_on: "长辈版", "Large text";
    elder_off: "标准版", "Standard text";
    language: "语言", "Language";
    menu: "菜单", "Menu";
    more: "更多", "More";
    sign_out: "退出", "Sign out";
    my_account: "我的账号", "My account";
    signed_in_as: "当前用户", "Signed in as";
    demo: "演示环境，数据均为虚构", "Demonstration: every record here is invented";
    complaints: "投诉建议", "Complaints and suggestions";
    proof: "公开存证", "Public log";
    privacy: "个人信息说明", "What we keep about people";
    staff_entry: "工作人员登录", "Staff sign-in";
    step_of: "第 {n} 步，共 {of} 步", "Step {n} of {of}";
    optional: "选填", "optional";
    errors_title: "有 {n} 处需要改一下", "There are {n} problems";
    errors_title_one: "有 1 处需要改一下", "There is a problem";
    error_mark: "错误：", "Error:";
    characters_left: "还可以写 {n} 个字", "{n} characters left";
    characters_over: "超出 {n} 个字", "{n} characters too many";
    photos_choose: "选择照片", "Choose photos";
    photos_add: "再加一张", "Add another";
    photos_limit: "最多 {n} 张，每张不超过 12 MB", "Up to {n}, at most 12 MB each";
    photos_count: "已选 {n} 张", "{n} chosen";
    photos_too_many: "最多 {n} 张，多出的没有加上", "Only {n} fit; the rest were not added";
    photos_too_large: "这张照片超过 12 MB，没有加上", "That photo is over 12 MB and was not added";
    photos_remove: "删除这张", "Remove this photo";
    file_none: "未选择文件", "No file chosen";
    filter_type: "输入几个字查找", "Type to find";
    filter_none: "没有找到，换个词试试", "Nothing found, try another word";
    filter_found: "{n} 项", "{n} shown";
    choose: "请选择", "Choose";
    all_of: "全部{label}", "{label}: all";
    search: "查找", "Search";
    apply: "筛选", "Apply";
    clear: "清除", "Clear";
    export: "导出 Excel", "Export to Excel";
    shown_of: "显示 {shown} 条，共 {total} 条", "{shown} of {total} shown";
    load_more: "显示更多", "Show more";
    next_page: "下一页", "Next";
    previous_page: "上一页", "Previous";
    pages: "翻页", "Pages";
    done_of: "已完成 {done} / {total}", "{done} of {total} done";
    cancel: "取消", "Cancel";
    close: "关闭", "Close";
    confirm_rule: "依据", "Rule";
    copy: "复制链接", "Copy link";
    copied: "已复制", "Copied";
    print: "打印", "Print";
    leave_draft: "还没有提交，离开后写的内容会丢失", "This has not been sent; what you wrote will be lost if you leave";
    nobody_chosen: "在左侧选一件，这里显示详情", "Pick one on the left to read it here";
    keys: "快捷键：j 下一件，k 上一件，Enter 打开，/ 查找", "Keys: j next, k previous, Enter open, / search";
    updated: "已更新", "Updated";
    loading: "正在加载", "Loading";
    loading_failed: "没有加载成功，请再试一次", "That did not load, please try again";
    offline: "网络断开了，写的内容还在，联网后可以继续", "You are offline. What you typed is still here; go on once you are connected";
    light_blue: "正常", "In time";
    light_yellow: "临期", "Due soon";
    light_red: "今日到期", "Due today";
    light_over: "超期", "Overdue";
    light_done: "已办结", "Closed";
    light_none: "无期限", "No deadline";
    sorted_up: "升序", "ascending";
    sorted_down: "降序", "descending";
    photo_n: "第 {n} 张照片", "Photo {n}";
    columns: "显示的列", "Columns";
}

/// A place in the menu: the left rail of staff, the bottom bar on a phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuItem {
    /// Where it leads.
    pub href: String,
    /// Its name, at most four Han characters.
    pub text: String,
    /// A name from the icon set.
    pub icon: &'static str,
    /// How many things wait there.
    pub count: Option<i64>,
    /// It stands in the head of the page, beside one's name, and not in the rail.
    pub at_the_top: bool,
}

impl MenuItem {
    /// A place without a count.
    pub fn new(href: impl Into<String>, text: impl Into<String>, icon: &'static str) -> MenuItem {
        MenuItem { href: href.into(), text: text.into(), icon, count: None, at_the_top: false }
    }

    /// In the head of the page, beside one's name: what concerns oneself and not a kind of work.
    pub fn at_the_top(self) -> MenuItem {
        MenuItem { at_the_top: true, ..self }
    }

    /// With the number of things that wait there; nothing is shown for none.
    pub fn counted(self, count: i64) -> MenuItem {
        MenuItem { count: (count > 0).then_some(count), ..self }
    }
}

/// A tile on the residents' home: one thing that a resident can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeTile {
    /// Where it leads.
    pub href: &'static str,
    /// What a resident does there, as 我要反映.
    pub text: &'static str,
    /// One line that says more.
    pub hint: &'static str,
    /// A name from the icon set.
    pub icon: &'static str,
    /// The first tile of the page: filled with colour.
    pub primary: bool,
}

/// How a message is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Something to know.
    #[default]
    Info,
    /// Something was done.
    Success,
    /// Something to mind.
    Warning,
    /// Something went wrong.
    Error,
}

impl Tone {
    /// The word in class names.
    pub const fn class(self) -> &'static str {
        match self {
            Tone::Info => "info",
            Tone::Success => "success",
            Tone::Warning => "warning",
            Tone::Error => "error",
        }
    }

    /// The icon that goes with it.
    pub const fn icon(self) -> &'static str {
        match self {
            Tone::Info => "info",
            Tone::Success => "circle-check",
            Tone::Warning => "triangle-alert",
            Tone::Error => "circle-x",
        }
    }
}

/// What the last request did, shown once at the top of the next page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flash {
    /// How it is meant.
    pub tone: Tone,
    /// What was done, in a sentence.
    pub text: String,
}

/// Who is signed in, for the head of staff pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The person's name.
    pub name: String,
    /// Where they work and as what: 「东街街道 经办人」.
    pub post: String,
}

/// How many places stand in the rail of a desk; the others are under 更多.
pub const RAIL: usize = 7;

/// What surrounds a page.
#[derive(Clone, Debug)]
pub struct Shell {
    /// The language of the page.
    pub lang: Lang,
    /// The shell's and kit's words in it.
    pub t: &'static KitTexts,
    /// The page's name, for the window and (unless a page writes its own) the heading.
    pub title: String,
    /// The district's name.
    pub district: String,
    /// The path and query of this page, for the language switch and the menu.
    pub path: String,
    /// The place of the menu to which this page belongs where its own address does not say so: the list from which a
    /// concern was opened. Of a page that belongs to no place of the menu, `-`.
    pub place: String,
    /// Whether the reader chose the elder version.
    pub elder: bool,
    /// The session's token for the forms of staff; empty when nobody is signed in.
    pub csrf: String,
    /// Who is signed in.
    pub who: Option<SignedIn>,
    /// Places of the menu: the first [`RAIL`] of them stand in the rail.
    pub menu: Vec<MenuItem>,
    /// Places beside one's name.
    pub top: Vec<MenuItem>,
    /// What the last request did.
    pub flash: Option<Flash>,
    /// A demo district: a line says so on every page.
    pub demo: bool,
    /// Website filing number for the footer; empty when none is configured.
    pub filing: String,
    /// Whether the page offers the elder version and languages in its head.
    pub switches: bool,
}

impl Shell {
    /// A shell for a reader who is not signed in; the other fields are public.
    pub fn new(lang: Lang, title: impl Into<String>) -> Shell {
        Shell {
            lang,
            t: KitTexts::of(lang),
            title: title.into(),
            district: String::new(),
            path: "/".to_owned(),
            place: String::new(),
            elder: false,
            csrf: String::new(),
            who: None,
            menu: Vec::new(),
            top: Vec::new(),
            flash: None,
            demo: false,
            filing: String::new(),
            switches: true,
        }
    }

    /// Classes of `<html>`. Type and targets of the elder version hang on one of them.
    pub fn classes(&self) -> &'static str {
        match (self.elder, self.demo) {
            (false, false) => "standard",
            (false, true) => "standard demo",
            (true, false) => "elder",
            (true, true) => "elder demo",
        }
    }

    /// The address of an embedded file.
    pub fn asset(&self, name: &str) -> &'static str {
        assets::href(name)
    }

    /// The address of an icon. A name that is not in `islands/icons.txt` would draw nothing, so tests and debug builds stop at it.
    pub fn icon(&self, name: &str) -> String {
        debug_assert!(assets::icons().any(|icon| icon == name), "the icon `{name}` is not in islands/icons.txt");
        format!("{}#{name}", assets::href("icons.svg"))
    }

    /// The words before the product's name in the head: the district, if there is one.
    pub fn brand(&self) -> String {
        if self.district.is_empty() || self.lang.is_chinese() {
            format!("{}{}", self.district, self.t.product)
        } else {
            format!("{} · {}", self.district, self.t.product)
        }
    }

    /// Whether a place of the menu is where this page belongs: the longest matching address wins.
    pub fn is_current(&self, item: &MenuItem) -> bool {
        let place = if self.place.is_empty() { &self.path } else { &self.place };
        fn bare(href: &str) -> &str {
            href.split('?').next().unwrap_or_default()
        }
        let path = bare(place);
        let under = |href: &str| path == href || path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/'));
        let best = self.menu.iter().chain(&self.top).map(|m| bare(&m.href)).filter(|href| under(href)).map(str::len).max();
        under(bare(&item.href)) && best == Some(bare(&item.href).len())
    }

    /// Whether this page belongs to a place that stands under 更多 at a desk, which is open then.
    pub fn is_deep(&self) -> bool {
        self.menu.iter().skip(RAIL).any(|item| self.is_current(item))
    }

    /// How many places stand in the bar of a phone; the others are under 更多.
    pub fn bar(&self) -> usize {
        if self.menu.len() <= 5 { 5 } else { 4 }
    }

    /// The address that changes the view and comes back to this page, as `lang=en` or `elder=1`.
    pub fn view(&self, change: &str) -> String {
        format!("/view?{change}&next={}", percent(&self.path))
    }

    /// A text with `{n}` replaced.
    pub fn n(&self, text: &str, n: impl std::fmt::Display) -> String {
        crate::fill(text, &[("n", &n)])
    }
}

/// The name of the cookie that keeps the chosen language.
pub const LANG_COOKIE: &str = "lang";
/// The name of the cookie that keeps the elder version (`1`).
pub const ELDER_COOKIE: &str = "elder";

/// `/view?lang=en&next=/…` and `/view?elder=1&next=/…`: the reader's choice, kept in a cookie.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/view", get(view))
}

#[derive(Deserialize)]
struct View {
    lang: Option<String>,
    elder: Option<String>,
    next: Option<String>,
}

async fn view(Query(view): Query<View>) -> Response {
    let next = view.next.as_deref().filter(|next| is_local(next)).unwrap_or("/");
    let mut response = Redirect::to(next).into_response();
    let headers = response.headers_mut();
    let mut keep = |name: &str, value: &str| {
        if let Ok(cookie) = HeaderValue::from_str(&format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly")) {
            headers.append(header::SET_COOKIE, cookie);
        }
    };
    if let Some(lang) = view.lang.as_deref().and_then(Lang::parse) {
        keep(LANG_COOKIE, lang.code());
    }
    if let Some(elder) = view.elder.as_deref() {
        keep(ELDER_COOKIE, if elder == "1" { "1" } else { "0" });
    }
    response
}

/// Whether an address leads back to this site: a path, and not `//elsewhere` in any spelling.
pub fn is_local(next: &str) -> bool {
    next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\n', '\r', '\t']) && next.is_ascii()
}

/// A text for the value of a query parameter.
pub fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => out.push(char::from(byte)),
            _ => {
                for nibble in [byte >> 4, byte & 15] {
                    out.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase());
                }
                // The sign goes before its two digits.
                out.insert(out.len() - 2, '%');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn current_place() {
        let mut shell = Shell::new(Lang::Hans, "");
        shell.menu = vec![MenuItem::new("/work", "", "inbox"), MenuItem::new("/work/desk", "", "send")];
        shell.path = "/work/desk?x=1".to_owned();
        assert!(!shell.is_current(&shell.menu[0]) && shell.is_current(&shell.menu[1]));
        shell.path = "/work/c/1".to_owned();
        assert!(shell.is_current(&shell.menu[0]) && !shell.is_current(&shell.menu[1]));
        // A place that begins with one of its tabs is the place of all of them.
        shell.menu.push(MenuItem::new("/work/joint?tab=orders", "", "layers"));
        shell.path = "/work/joint?tab=whistles".to_owned();
        assert!(shell.is_current(&shell.menu[2]) && !shell.is_current(&shell.menu[0]));
        // A concern that was opened from a list belongs to that list.
        shell.place = "/work/desk".to_owned();
        assert!(!shell.is_current(&shell.menu[0]) && shell.is_current(&shell.menu[1]));
        shell.place = "-".to_owned();
        assert!(!shell.menu.iter().any(|item| shell.is_current(item)));
        shell.place.clear();
        shell.path = "/workshop".to_owned();
        assert!(!shell.is_current(&shell.menu[0]));
    }

    #[test]
    fn only_paths_of_this_site_are_local() {
        assert!(is_local("/r/1?x=2"));
        for bad in ["//evil", "/\\evil", "https://evil", "", "/a\nb"] {
            assert!(!is_local(bad), "{bad}");
        }
        assert_eq!(percent("/a?b=中"), "/a%3Fb%3D%E4%B8%AD");
    }

    #[tokio::test]
    async fn a_choice_is_kept() {
        let ask = View { lang: Some("en".into()), elder: None, next: Some("//evil".into()) };
        let response = view(Query(ask)).await;
        assert_eq!(response.headers()[header::LOCATION], "/");
        assert!(response.headers()[header::SET_COOKIE].to_str().unwrap().starts_with("lang=en; "));
    }
}
