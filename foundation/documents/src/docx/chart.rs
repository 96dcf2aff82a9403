//! A chart as Word's own, which can be restyled there. Its values stand in it as literals: it hangs on no other file.

use std::fmt::Write as _;

use crate::docx::escape;
use crate::model::{Chart, ChartKind, plain};

/// The colours of the first and second series: told apart in grey too.
const COLOURS: [&str; 2] = ["1F4E79", "A9B8C9"];

/// Width and height in English metric units: the width of the text, and seven lines, as in the PDF.
const SIZE: (u32, u32) = (5_610_000, 2_577_000);

/// Where the chart stands in the text.
pub(super) fn anchor(n: usize, chart: &Chart) -> String {
    let (width, height) = SIZE;
    let (name, words) = (escape(&chart.caption), escape(&chart.words()));
    format!(
        r#"<w:p><w:pPr><w:pStyle w:val="Caption"/><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/></w:pPr><w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:docPr id="{n}" name="{name}" descr="{words}"/><wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart r:id="chart{n}"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"#
    )
}

/// The chart's part.
pub(super) fn part(chart: &Chart) -> String {
    let mut out = String::from(concat!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
        r#"<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>"#
    ));
    let element = match chart.kind {
        ChartKind::Bars => {
            out.push_str(r#"<c:barChart><c:barDir val="col"/><c:grouping val="clustered"/><c:varyColors val="0"/>"#);
            "barChart"
        }
        ChartKind::Lines => {
            out.push_str(r#"<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>"#);
            "lineChart"
        }
    };
    for (n, series) in chart.series.iter().enumerate() {
        let colour = COLOURS.get(n % COLOURS.len()).copied().unwrap_or("404040");
        let fill = format!(r#"<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>"#);
        let shape = match chart.kind {
            ChartKind::Bars => fill,
            ChartKind::Lines => format!(r#"<a:ln w="25400">{fill}</a:ln>"#),
        };
        let _ = write!(
            out,
            r#"<c:ser><c:idx val="{n}"/><c:order val="{n}"/><c:tx><c:v>{}</c:v></c:tx><c:spPr>{shape}</c:spPr>"#,
            escape(&series.name)
        );
        match chart.kind {
            ChartKind::Bars => out.push_str(r#"<c:invertIfNegative val="0"/>"#),
            ChartKind::Lines => out.push_str(r#"<c:marker><c:symbol val="circle"/><c:size val="5"/></c:marker>"#),
        }
        if n == 0 {
            let place = if chart.kind == ChartKind::Bars { "outEnd" } else { "t" };
            let _ = write!(
                out,
                r#"<c:dLbls>{}<c:dLblPos val="{place}"/><c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>"#,
                text(900)
            );
        }
        let _ = write!(out, r#"<c:cat><c:strLit><c:ptCount val="{}"/>"#, chart.labels.len());
        for (at, label) in chart.labels.iter().enumerate() {
            let _ = write!(out, r#"<c:pt idx="{at}"><c:v>{}</c:v></c:pt>"#, escape(label));
        }
        let _ = write!(
            out,
            r#"</c:strLit></c:cat><c:val><c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{}"/>"#,
            chart.labels.len()
        );
        for (at, value) in series.values.iter().enumerate() {
            if let Some(value) = value {
                let _ = write!(out, r#"<c:pt idx="{at}"><c:v>{}</c:v></c:pt>"#, plain(*value));
            }
        }
        out.push_str("</c:numLit></c:val>");
        if chart.kind == ChartKind::Lines {
            out.push_str(r#"<c:smooth val="0"/>"#);
        }
        out.push_str("</c:ser>");
    }
    match chart.kind {
        ChartKind::Bars => out.push_str(r#"<c:gapWidth val="60"/>"#),
        ChartKind::Lines => out.push_str(r#"<c:marker val="1"/>"#),
    }
    let grey = r#"<c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="808080"/></a:solidFill></a:ln></c:spPr>"#;
    let _ = write!(
        out,
        r#"<c:axId val="1"/><c:axId val="2"/></c:{element}><c:catAx><c:axId val="1"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="0"/><c:axPos val="b"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>{grey}{small}<c:crossAx val="2"/><c:crosses val="autoZero"/></c:catAx><c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:min val="{floor}"/></c:scaling><c:delete val="0"/><c:axPos val="l"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>{grey}{small}<c:crossAx val="1"/><c:crosses val="autoZero"/></c:valAx></c:plotArea>"#,
        small = text(900),
        floor = plain(chart.floor()),
    );
    if chart.series.len() > 1 {
        let _ = write!(out, r#"<c:legend><c:legendPos val="t"/><c:overlay val="0"/>{}</c:legend>"#, text(1000));
    }
    out.push_str(r#"<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart></c:chartSpace>"#);
    out
}

/// Properties of the chart's own text; the size is in hundredths of a point.
fn text(size: u32) -> String {
    format!(
        r#"<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{size}"><a:latin typeface="仿宋_GB2312"/><a:ea typeface="仿宋_GB2312"/></a:defRPr></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>"#
    )
}
