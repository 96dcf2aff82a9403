//! Charts as they are sent: a table that everyone can read, and a simple drawing of it. A script draws a better one from
//! the same table where scripts run.

use std::fmt::Write as _;

/// How a chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drawn {
    /// Groups of columns along time.
    Columns,
    /// One bar for each label, from the left.
    Bars,
}

/// A chart.
#[derive(Clone, Debug)]
pub(crate) struct Chart {
    pub(crate) title: String,
    pub(crate) drawn: Drawn,
    /// What the labels are: the head of the first column.
    pub(crate) axis: &'static str,
    /// The names of the series, two at most.
    pub(crate) series: Vec<String>,
    pub(crate) rows: Vec<(String, Vec<i64>)>,
}

impl Chart {
    /// Whether there is anything to see.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.iter().all(|(_, values)| values.iter().all(|value| *value == 0))
    }

    /// The word by which the script knows what to draw.
    pub(crate) fn word(&self) -> &'static str {
        match self.drawn {
            Drawn::Columns => "columns",
            Drawn::Bars => "bars",
        }
    }

    fn most(&self) -> i64 {
        self.rows.iter().flat_map(|(_, values)| values).copied().max().unwrap_or(0).max(1)
    }

    /// The drawing without scripts. Zero is its base; each value stands beside its bar.
    pub(crate) fn svg(&self) -> String {
        match self.drawn {
            Drawn::Columns => self.columns(),
            Drawn::Bars => self.bars(),
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "counts of a chart are small")]
    fn columns(&self) -> String {
        let (width, height, foot, head) = (720.0, 220.0, 24.0, 18.0);
        let step = width / self.rows.len().max(1) as f64;
        let thick = (step * 0.72 / self.series.len().max(1) as f64).min(28.0);
        let mut out = format!(r#"<svg class="chart-svg" viewBox="0 0 {width} {height}" aria-hidden="true" focusable="false">"#);
        for (n, (label, values)) in self.rows.iter().enumerate() {
            let middle = step * (n as f64 + 0.5);
            let left = middle - thick * values.len() as f64 / 2.0;
            for (s, value) in values.iter().enumerate() {
                let high = (height - foot - head) * (*value as f64) / (self.most() as f64);
                let (x, y) = (left + thick * s as f64, height - foot - high);
                // Writing to a String cannot fail.
                let _ = write!(out, r#"<rect class="s{s}" x="{x:.1}" y="{y:.1}" width="{:.1}" height="{high:.1}"/>"#, thick - 1.5);
                if s == 0 && *value > 0 {
                    let _ =
                        write!(out, r#"<text class="v" x="{:.1}" y="{:.1}" text-anchor="middle">{value}</text>"#, x + thick / 2.0, y - 4.0);
                }
            }
            let _ = write!(out, r#"<text x="{middle:.1}" y="{:.1}" text-anchor="middle">{}</text>"#, height - 7.0, escaped(label));
        }
        let base = height - foot;
        let _ = write!(out, r#"<path class="base" d="M0 {base}H{width}"/></svg>"#);
        out
    }

    #[allow(clippy::cast_precision_loss, reason = "counts of a chart are small")]
    fn bars(&self) -> String {
        let (width, row, names) = (720.0, 30.0, 210.0);
        let height = row * self.rows.len() as f64;
        let mut out = format!(r#"<svg class="chart-svg" viewBox="0 0 {width} {height}" aria-hidden="true" focusable="false">"#);
        for (n, (label, values)) in self.rows.iter().enumerate() {
            let (y, value) = (row * n as f64, values.first().copied().unwrap_or(0));
            let wide = (width - names - 70.0) * value as f64 / self.most() as f64;
            let _ = write!(
                out,
                r#"<text x="{:.1}" y="{:.1}" text-anchor="end">{}</text><rect class="s0" x="{names}" y="{:.1}" width="{wide:.1}" height="{:.1}"/><text class="v" x="{:.1}" y="{:.1}">{value}</text>"#,
                names - 10.0,
                y + 20.0,
                escaped(label),
                y + 7.0,
                row - 14.0,
                names + wide + 8.0,
                y + 20.0,
            );
        }
        out.push_str("</svg>");
        out
    }
}

/// Text within markup.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_begins_at_zero_and_says_its_values() {
        let chart = |drawn| Chart {
            title: "t".into(),
            drawn,
            axis: "",
            series: vec!["a".into(), "b".into()],
            rows: vec![("<x>".into(), vec![10, 0]), ("y".into(), vec![5, 2])],
        };
        for drawn in [Drawn::Columns, Drawn::Bars] {
            let svg = chart(drawn).svg();
            assert!(svg.contains("&lt;x&gt;") && svg.contains(">10<") && svg.ends_with("</svg>") && !svg.contains("style="), "{svg}");
        }
        assert!(!chart(Drawn::Bars).is_empty());
    }
}
