//! QR codes as SVG that styles nothing by itself, so that the content security policy lets it stand in a page.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// A QR code as an SVG element, four quiet modules around it; `label` is read to those who do not see it.
/// `None` when the text is too long for a code (about 2,300 bytes).
pub fn svg(text: &str, label: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let side = width + 8;
    let mut path = String::new();
    for (y, line) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        while x < line.len() {
            let run = line.iter().skip(x).take_while(|c| **c == Color::Dark).count();
            if run > 0 {
                // Writing to a String cannot fail.
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + 4, y + 4);
            }
            x += run.max(1);
        }
    }
    let label = escape(label);
    Some(format!(
        "<svg class=\"qr-svg\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" width=\"{side}\" height=\"{side}\" role=\"img\" aria-label=\"{label}\" shape-rendering=\"crispEdges\"><rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>"
    ))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_drawn() {
        let svg = svg("https://example.cn/r/1/ABCD", "a \"code\"").unwrap();
        assert!(svg.starts_with("<svg") && svg.contains("&quot;code&quot;") && svg.contains("M4 4h7v1h-7z"));
        assert!(super::svg(&"x".repeat(4000), "").is_none());
    }
}
