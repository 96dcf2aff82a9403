//! The parts of a .docx that do not depend on what it says, or hardly.

use std::fmt::Write as _;

use crate::docx::escape;
use crate::fonts::Role;
use crate::model::Document;

/// What begins every part.
const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

pub(super) fn content_types(charts: usize) -> String {
    let mut out = format!(
        r#"{XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/><Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/>"#
    );
    for (part, kind) in [
        ("document", "document.main"),
        ("styles", "styles"),
        ("settings", "settings"),
        ("fontTable", "fontTable"),
        ("footer1", "footer"),
        ("footer2", "footer"),
    ] {
        let _ = write!(
            out,
            r#"<Override PartName="/word/{part}.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml"/>"#
        );
    }
    for n in 1..=charts {
        let _ = write!(
            out,
            r#"<Override PartName="/word/charts/chart{n}.xml" ContentType="application/vnd.openxmlformats-officedocument.drawingml.chart+xml"/>"#
        );
    }
    out.push_str("</Types>");
    out
}

pub(super) const RELATIONS: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>"#,
    r#"<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>"#,
    r#"<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/extended-properties" Target="docProps/app.xml"/>"#,
    "</Relationships>"
);

pub(super) const APP: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
    r#"<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>Lianxin</Application></Properties>"#
);

pub(super) fn core(document: &Document) -> String {
    let (title, author) = (escape(&document.title.replace('\n', "")), escape(&document.author));
    let date = if document.date.len() == 10 && document.date.is_ascii() { document.date.as_str() } else { "2000-01-01" };
    format!(
        r#"{XML}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{title}</dc:title><dc:creator>{author}</dc:creator><dc:language>zh-CN</dc:language><dcterms:created xsi:type="dcterms:W3CDTF">{}T00:00:00Z</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">{}T00:00:00Z</dcterms:modified></cp:coreProperties>"#,
        escape(date),
        escape(date)
    )
}

pub(super) fn document_relations(charts: usize) -> String {
    let base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut out = format!(r#"{XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#);
    let parts = [("styles", "styles"), ("settings", "settings"), ("fontTable", "fontTable"), ("footer1", "footer"), ("footer2", "footer")];
    for (n, (part, kind)) in parts.into_iter().enumerate() {
        let _ = write!(out, r#"<Relationship Id="rId{}" Type="{base}/{kind}" Target="{part}.xml"/>"#, n + 1);
    }
    for n in 1..=charts {
        let _ = write!(out, r#"<Relationship Id="chart{n}" Type="{base}/chart" Target="charts/chart{n}.xml"/>"#);
    }
    out.push_str("</Relationships>");
    out
}

pub(super) const DOCUMENT_HEAD: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
    r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"><w:body>"#
);

/// A4 with the margins of GB/T 9704 in twentieths of a point (37, 26, 35, 28 mm), the grid of 22 lines, page numbers 7 mm
/// under the text. The 28 characters come from the styles' spacing: a grid of characters finer than the font is taken by some
/// programs as two cells for each.
pub(super) const DOCUMENT_TAIL: &str = r#"<w:sectPr><w:footerReference w:type="default" r:id="rId4"/><w:footerReference w:type="even" r:id="rId5"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" w:header="851" w:footer="1304" w:gutter="0"/><w:pgNumType w:fmt="decimal" w:start="1"/><w:cols w:space="720"/><w:docGrid w:type="lines" w:linePitch="579"/></w:sectPr></w:body></w:document>"#;

pub(super) const SETTINGS: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
    r#"<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:zoom w:percent="100"/><w:bordersDoNotSurroundHeader/><w:bordersDoNotSurroundFooter/><w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/><w:characterSpacingControl w:val="compressPunctuation"/><w:compat><w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/><w:doNotLeaveBackslashAlone/><w:ulTrailSpace/><w:adjustLineHeightInTable/><w:useFELayout/><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>"#
);

/// 4号宋体 `— 1 —`, one character in from the outer edge.
pub(super) fn footer(side: &str) -> String {
    let size = r#"<w:rPr><w:rFonts w:ascii="宋体" w:hAnsi="宋体" w:eastAsia="宋体"/><w:sz w:val="28"/><w:szCs w:val="28"/></w:rPr>"#;
    let indent =
        if side == "right" { r#"<w:ind w:rightChars="100" w:right="280"/>"# } else { r#"<w:ind w:leftChars="100" w:left="280"/>"# };
    format!(
        r#"{XML}<w:ftr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p><w:pPr><w:pStyle w:val="Footer"/>{indent}<w:jc w:val="{side}"/></w:pPr><w:r>{size}<w:t xml:space="preserve">— </w:t></w:r><w:r>{size}<w:fldChar w:fldCharType="begin"/></w:r><w:r>{size}<w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r>{size}<w:fldChar w:fldCharType="separate"/></w:r><w:r>{size}<w:t>1</w:t></w:r><w:r>{size}<w:fldChar w:fldCharType="end"/></w:r><w:r>{size}<w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>"#
    )
}

pub(super) fn font_table() -> String {
    let mut out = format!(r#"{XML}<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">"#);
    // What a program takes that has not the official font: the one of the same kind that most systems have.
    for (role, other, pitch) in [
        (Role::Title, "宋体", "auto"),
        (Role::Hei, "SimHei", "modern"),
        (Role::Kai, "楷体", "modern"),
        (Role::Fang, "仿宋", "modern"),
        (Role::Song, "SimSun", "auto"),
    ] {
        let _ = write!(
            out,
            r#"<w:font w:name="{}"><w:altName w:val="{other}"/><w:charset w:val="86"/><w:family w:val="{pitch}"/><w:pitch w:val="default"/></w:font>"#,
            role.official()
        );
    }
    out.push_str("</w:fonts>");
    out
}

/// A paragraph style: its place in the hierarchy, its paragraph properties, its font and size in half points.
struct Style<'a> {
    id: &'a str,
    name: &'a str,
    next: &'a str,
    paragraph: &'a str,
    role: Role,
    half_points: u32,
}

/// Characters of 3号 give up a quarter of a point each, so that 28 fill a line.
const DRAWN: &str = r#"<w:spacing w:val="-5"/>"#;

const EXACT: &str = r#"<w:spacing w:before="0" w:after="0" w:line="579" w:lineRule="exact"/>"#;
const INDENT: &str = r#"<w:ind w:firstLineChars="200" w:firstLine="640"/>"#;

pub(super) fn styles() -> String {
    let fang = Role::Fang.official();
    let mut out = format!(
        r#"{XML}<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="{fang}" w:hAnsi="{fang}" w:eastAsia="{fang}" w:cs="Times New Roman"/><w:kern w:val="2"/><w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr><w:widowControl w:val="0"/><w:jc w:val="both"/></w:pPr><w:rPr><w:sz w:val="32"/><w:szCs w:val="32"/></w:rPr></w:style><w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>"#
    );
    let heading = |level: u32| format!(r#"<w:keepNext/>{EXACT}{INDENT}<w:outlineLvl w:val="{level}"/>"#);
    let (first, second, third) = (heading(0), heading(1), heading(2));
    let body = format!("{EXACT}{INDENT}");
    let title = r#"<w:keepNext/><w:spacing w:before="0" w:after="0" w:line="700" w:lineRule="exact"/><w:jc w:val="center"/>"#;
    let subtitle = format!(r#"<w:keepNext/>{EXACT}<w:jc w:val="center"/>"#);
    let caption = format!(r#"<w:keepNext/>{EXACT}<w:jc w:val="center"/>"#);
    let signature = format!(r#"<w:keepNext/><w:keepLines/>{EXACT}<w:ind w:rightChars="400" w:right="1280"/><w:jc w:val="right"/>"#);
    // 附件另面编排，顶格。
    let annex = format!("<w:keepNext/><w:pageBreakBefore/>{EXACT}");
    let remark =
        r#"<w:spacing w:before="120" w:after="0" w:line="440" w:lineRule="exact"/><w:ind w:firstLineChars="200" w:firstLine="560"/>"#;
    let cell = |side: &str| {
        format!(r#"<w:snapToGrid w:val="0"/><w:spacing w:before="40" w:after="40" w:line="320" w:lineRule="exact"/><w:jc w:val="{side}"/>"#)
    };
    let (cell_text, cell_number, cell_head) = (cell("left"), cell("right"), format!("<w:keepNext/>{}", cell("center")));
    let footer = r#"<w:snapToGrid w:val="0"/><w:jc w:val="left"/>"#;
    let gap = EXACT.to_owned();
    let list = [
        Style { id: "Title", name: "Title", next: "Subtitle", paragraph: title, role: Role::Title, half_points: 44 },
        Style { id: "Subtitle", name: "Subtitle", next: "BodyText", paragraph: &subtitle, role: Role::Kai, half_points: 32 },
        Style { id: "Heading1", name: "heading 1", next: "BodyText", paragraph: &first, role: Role::Hei, half_points: 32 },
        Style { id: "Heading2", name: "heading 2", next: "BodyText", paragraph: &second, role: Role::Kai, half_points: 32 },
        Style { id: "Heading3", name: "heading 3", next: "BodyText", paragraph: &third, role: Role::Fang, half_points: 32 },
        Style { id: "BodyText", name: "Body Text", next: "BodyText", paragraph: &body, role: Role::Fang, half_points: 32 },
        Style { id: "Caption", name: "caption", next: "BodyText", paragraph: &caption, role: Role::Hei, half_points: 28 },
        Style { id: "Signature", name: "Signature", next: "Signature", paragraph: &signature, role: Role::Fang, half_points: 32 },
        Style { id: "Remark", name: "Remark", next: "Remark", paragraph: remark, role: Role::Kai, half_points: 28 },
        Style { id: "Annex", name: "Annex", next: "Caption", paragraph: &annex, role: Role::Hei, half_points: 32 },
        Style { id: "Gap", name: "Gap", next: "BodyText", paragraph: &gap, role: Role::Fang, half_points: 32 },
        Style { id: "TableHead", name: "Table Head", next: "TableText", paragraph: &cell_head, role: Role::Hei, half_points: 24 },
        Style { id: "TableText", name: "Table Text", next: "TableText", paragraph: &cell_text, role: Role::Fang, half_points: 24 },
        Style { id: "TableNumber", name: "Table Number", next: "TableNumber", paragraph: &cell_number, role: Role::Fang, half_points: 24 },
        Style { id: "Footer", name: "footer", next: "Footer", paragraph: footer, role: Role::Song, half_points: 28 },
    ];
    for Style { id, name, next, paragraph, role, half_points } in list {
        let font = role.official();
        let drawn = if half_points == 32 { DRAWN } else { "" };
        let _ = write!(
            out,
            r#"<w:style w:type="paragraph" w:styleId="{id}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/><w:next w:val="{next}"/><w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}"/>{drawn}<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/></w:rPr></w:style>"#
        );
    }
    out.push_str(
        r#"<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="85" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style><w:style w:type="table" w:styleId="Figures"><w:name w:val="Figures"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>"#,
    );
    for edge in ["top", "left", "bottom", "right", "insideH", "insideV"] {
        let _ = write!(out, r#"<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="auto"/>"#);
    }
    out.push_str("</w:tblBorders></w:tblPr></w:style></w:styles>");
    out
}
