//! Markdown to HTML that may stand in a page: HTML in the source is shown as text, links lead to the web or to pages of
//! ours, pictures are named and not fetched, headings stand below those of the page.

use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};

/// The HTML of a text.
pub fn html(source: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
    let mut out = String::with_capacity(source.len() * 2);
    html::push_html(&mut out, Parser::new_ext(source, options).map(tame));
    out
}

/// The slides of a text: parts between lines of three dashes.
pub fn slides(source: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for line in source.lines() {
        if line.trim() == "---" {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push_str(line);
            part.push('\n');
        }
    }
    parts.iter().filter(|part| !part.trim().is_empty()).map(|part| html(part)).collect()
}

/// Where a link may lead.
fn is_safe(to: &str) -> bool {
    let lower = to.trim().to_ascii_lowercase();
    let local = lower.starts_with('/') && !lower.starts_with("//") && !lower.starts_with("/\\");
    local || lower.starts_with("https://") || lower.starts_with("http://") || lower.starts_with('#')
}

fn below(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 | HeadingLevel::H2 => HeadingLevel::H3,
        HeadingLevel::H3 => HeadingLevel::H4,
        _ => HeadingLevel::H5,
    }
}

fn tame(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        Event::Start(Tag::Heading { level, .. }) => {
            Event::Start(Tag::Heading { level: below(level), id: None, classes: Vec::new(), attrs: Vec::new() })
        }
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(below(level))),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = if is_safe(&dest_url) { dest_url } else { CowStr::Borrowed("#") };
            let link_type = if matches!(link_type, LinkType::Email) { LinkType::Inline } else { link_type };
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        // A picture would have to be fetched from somewhere; its words stay.
        Event::Start(Tag::Image { .. }) => Event::Start(Tag::Emphasis),
        Event::End(TagEnd::Image) => Event::End(TagEnd::Emphasis),
        other => other,
    }
}

/// The entry of the fuzzer: whatever the text, what comes out has no element that does something.
pub fn fuzz(data: &[u8]) {
    if let Ok(source) = std::str::from_utf8(data) {
        let out = html(source).to_ascii_lowercase();
        for bad in ["<script", "<img", "<iframe", "<style", "<svg", "<form", "<input", "href=\"javascript", "href=\"data", "<object"] {
            assert!(!out.contains(bad), "{bad} came through");
        }
        for slide in slides(source) {
            assert!(!slide.to_ascii_lowercase().contains("<script"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_drawn() {
        assert_eq!(html("# 题\n\n一**二**\n\n- 甲\n"), "<h3>题</h3>\n<p>一<strong>二</strong></p>\n<ul>\n<li>甲</li>\n</ul>\n");
        assert!(html("|甲|乙|\n|-|-|\n|1|2|").contains("<td>1</td>"));
        assert_eq!(slides("# 一\n\n---\n# 二\n---\n\n").len(), 2);
    }

    #[test]
    fn nothing_that_does_something_comes_through() {
        for attack in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](data:text/html,<script>1</script>)",
            "[x]( //evil.example/ )",
            "![x](https://evil.example/pixel.png)",
            "<javascript:alert(1)>",
            "<div onclick=\"x()\">\n\n**a**\n</div>",
            "[x][1]\n\n[1]: vbscript:msgbox",
            "<iframe src=\"https://evil.example\">",
            "# a {onclick=x}",
        ] {
            let out = html(attack);
            fuzz(attack.as_bytes());
            assert!(!out.contains("href=\"//evil") && !out.contains("<div"), "{attack}: {out}");
            assert!(!out.contains("href=\"javascript") && !out.contains("href=\"vb") && !out.contains("href=\"data"), "{attack}: {out}");
        }
        assert!(html("[x](https://www.gov.cn/a?b=1)").contains("href=\"https://www.gov.cn/a?b=1\""));
        assert!(html("[x](/learning)").contains("href=\"/learning\""));
    }
}
