//! A .docx in the layout of GB/T 9704: real styles, so that who edits it changes a style and not a hundred paragraphs;
//! the official fonts by name, since the offices that receive it have them.
//!
//! Every part is written by hand in a fixed order with a fixed time, so that the same document gives the same bytes.

mod chart;
mod parts;

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::model::{Block, Document, Table};

/// Width of the 版心 in twentieths of a point.
const TEXT_WIDTH: u32 = 8844;

/// The document as a .docx.
///
/// # Errors
/// Only if memory cannot be written to, or the document is larger than a zip file may be.
pub fn docx(document: &Document) -> Result<Vec<u8>, std::io::Error> {
    let mut body = Body::default();
    body.paragraph("Title", &document.title_lines());
    if !document.subtitle.is_empty() {
        body.paragraph("Subtitle", &document.subtitle);
    }
    body.paragraph("Gap", "");
    for block in &document.blocks {
        match block {
            Block::Heading(level, text) => {
                body.paragraph(["Heading1", "Heading2", "Heading3"].get(usize::from(*level).saturating_sub(1)).unwrap_or(&"Heading3"), text)
            }
            Block::Paragraph(text) => body.paragraph("BodyText", text),
            Block::Table(table) => body.table(table),
            Block::Chart(shown) => {
                body.paragraph("Caption", &shown.caption);
                body.charts.push(chart::part(shown));
                let n = body.charts.len();
                body.out.push_str(&chart::anchor(n, shown));
            }
        }
    }
    if let Some(annex) = &document.annex {
        body.paragraph("Gap", "");
        body.paragraph("BodyText", &format!("附件：{}", annex.caption));
    }
    if let Some(signature) = &document.signature {
        body.paragraph("Gap", "");
        body.paragraph("Signature", &signature.unit);
        body.paragraph("Signature", &signature.date);
    }
    for note in &document.notes {
        body.paragraph("Remark", note);
    }
    if let Some(annex) = &document.annex {
        body.paragraph("Annex", "附件");
        body.table(annex);
    }
    pack(document, &body)
}

#[derive(Default)]
struct Body {
    out: String,
    charts: Vec<String>,
}

impl Body {
    fn paragraph(&mut self, style: &str, text: &str) {
        let _ = write!(self.out, r#"<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>"#);
        run(&mut self.out, text);
        self.out.push_str("</w:p>");
    }

    fn table(&mut self, table: &Table) {
        self.paragraph("Caption", &table.caption);
        let sum: u32 = table.columns.iter().map(|c| u32::from(c.weight.max(1))).sum::<u32>().max(1);
        let widths: Vec<u32> = table.columns.iter().map(|c| TEXT_WIDTH * u32::from(c.weight.max(1)) / sum).collect();
        let _ = write!(
            self.out,
            r#"<w:tbl><w:tblPr><w:tblStyle w:val="Figures"/><w:tblW w:w="{TEXT_WIDTH}" w:type="dxa"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/><w:tblLook w:val="0420" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="0" w:noVBand="1"/><w:tblCaption w:val="{}"/></w:tblPr><w:tblGrid>"#,
            escape(&table.caption)
        );
        for width in &widths {
            let _ = write!(self.out, r#"<w:gridCol w:w="{width}"/>"#);
        }
        self.out.push_str("</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>");
        for (column, width) in table.columns.iter().zip(&widths) {
            self.cell(*width, "TableHead", &column.title);
        }
        self.out.push_str("</w:tr>");
        for row in &table.rows {
            self.out.push_str("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
            for (n, (column, width)) in table.columns.iter().zip(&widths).enumerate() {
                let style = if column.number { "TableNumber" } else { "TableText" };
                self.cell(*width, style, row.get(n).map_or("", String::as_str));
            }
            self.out.push_str("</w:tr>");
        }
        self.out.push_str("</w:tbl>");
        self.paragraph("Gap", "");
    }

    fn cell(&mut self, width: u32, style: &str, text: &str) {
        let _ = write!(self.out, r#"<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>"#);
        self.paragraph(style, text);
        self.out.push_str("</w:tc>");
    }
}

/// A run of text; a line break stays one.
fn run(out: &mut String, text: &str) {
    for (n, line) in text.split('\n').enumerate() {
        if n > 0 {
            out.push_str("<w:r><w:br/></w:r>");
        }
        if !line.is_empty() {
            let _ =
                write!(out, r#"<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr><w:t xml:space="preserve">{}</w:t></w:r>"#, escape(line));
        }
    }
}

/// Text for XML: what it may not hold at all is left out.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(' '),
            '\u{0}'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{FFFE}' | '\u{FFFF}' => {}
            other => out.push(other),
        }
    }
    out
}

fn pack(document: &Document, body: &Body) -> Result<Vec<u8>, std::io::Error> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut part = |name: &str, text: &str| -> Result<(), std::io::Error> {
        zip.start_file(name, options)?;
        zip.write_all(text.as_bytes())
    };
    let charts = body.charts.len();
    part("[Content_Types].xml", &parts::content_types(charts))?;
    part("_rels/.rels", parts::RELATIONS)?;
    part("docProps/core.xml", &parts::core(document))?;
    part("docProps/app.xml", parts::APP)?;
    part("word/document.xml", &format!("{}{}{}", parts::DOCUMENT_HEAD, body.out, parts::DOCUMENT_TAIL))?;
    part("word/_rels/document.xml.rels", &parts::document_relations(charts))?;
    part("word/styles.xml", &parts::styles())?;
    part("word/settings.xml", parts::SETTINGS)?;
    part("word/fontTable.xml", &parts::font_table())?;
    part("word/footer1.xml", &parts::footer("right"))?;
    part("word/footer2.xml", &parts::footer("left"))?;
    for (n, chart) in body.charts.iter().enumerate() {
        part(&format!("word/charts/chart{}.xml", n + 1), chart)?;
    }
    Ok(zip.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn text_cannot_break_out() {
        assert_eq!(escape("<a> & \"b\"\u{0}\u{b}喆𠮷\u{FFFE}"), "&lt;a&gt; &amp; &quot;b&quot;喆𠮷");
    }
}
