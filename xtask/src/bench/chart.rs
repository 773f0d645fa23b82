//! A chart: horizontal bars in an SVG that is readable in light and in dark mode.

use std::fmt::Write;

/// A bar, drawn in the order given.
pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) value: f64,
    pub(crate) text: String,
    pub(crate) kind: Kind,
}

/// What a bar stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Ours,
    Peer,
    /// What nothing can pass.
    Limit,
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Peer => "peer",
            Self::Limit => "limit",
        }
    }
}

const WIDTH: f64 = 760.0;
const LABELS: f64 = 230.0;
const NUMBERS: f64 = 150.0;
const TOP: f64 = 66.0;
const STEP: f64 = 28.0;
const THICKNESS: f64 = 16.0;

const STYLE: &str = "\
text{font:13px system-ui,'Liberation Sans',sans-serif;fill:#1f2328}\
.page{fill:#fff}.title{font-size:17px;font-weight:600}.note{fill:#59636e}\
.ours{fill:#0969da}.peer{fill:#8c959f}.limit{fill:none;stroke:#59636e;stroke-dasharray:4 3}\
.name-ours{font-weight:600}\
@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.page{fill:#0d1117}.note{fill:#9198a1}\
.ours{fill:#4493f8}.peer{fill:#656c76}.limit{stroke:#9198a1}}";

/// The whole file. Bars begin at zero; the longest fills the width.
pub(crate) fn bars(title: &str, note: &str, bars: &[Bar]) -> String {
    let height = bars.iter().fold(TOP + 14.0, |height, _| height + STEP);
    let longest = bars.iter().map(|bar| bar.value).fold(f64::MIN_POSITIVE, f64::max);
    let scale = (WIDTH - LABELS - NUMBERS) / longest;
    let (title, note) = (escape(title), escape(note));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-labelledby=\"title note\">\n\
         <title id=\"title\">{title}</title>\n<desc id=\"note\">{note}</desc>\n\
         <style>{STYLE}</style>\n\
         <rect class=\"page\" width=\"{WIDTH}\" height=\"{height}\" rx=\"8\"/>\n\
         <text class=\"title\" x=\"20\" y=\"30\">{title}</text>\n\
         <text class=\"note\" x=\"20\" y=\"50\">{note}</text>\n"
    );
    let mut y = TOP;
    for bar in bars {
        draw(&mut svg, bar, y, scale);
        y += STEP;
    }
    svg.push_str("</svg>\n");
    svg
}

fn draw(svg: &mut String, bar: &Bar, y: f64, scale: f64) {
    let class = bar.kind.class();
    let width = (bar.value * scale).max(1.0);
    let middle = y + THICKNESS / 2.0 + 4.5;
    let (label, text) = (escape(&bar.label), escape(&bar.text));
    let (end, after) = (LABELS - 10.0, LABELS + width + 8.0);
    // Writing to a String cannot fail.
    let _written = write!(
        svg,
        "<text class=\"name-{class}\" x=\"{end}\" y=\"{middle:.1}\" text-anchor=\"end\">{label}</text>\n\
         <rect class=\"{class}\" x=\"{LABELS}\" y=\"{y:.1}\" width=\"{width:.1}\" \
         height=\"{THICKNESS}\" rx=\"2\"/>\n\
         <text class=\"note\" x=\"{after:.1}\" y=\"{middle:.1}\">{text}</text>\n"
    );
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::{Bar, Kind, bars};

    #[test]
    fn the_longest_bar_fills_the_width_and_texts_are_no_markup() {
        let bar = |label: &str, value, kind| Bar {
            label: label.to_owned(),
            value,
            text: String::new(),
            kind,
        };
        let svg = bars("a < b", "", &[bar("one", 10.0, Kind::Ours), bar("two", 5.0, Kind::Peer)]);
        assert!(svg.contains("<title id=\"title\">a &lt; b</title>"), "{svg}");
        assert!(svg.contains("class=\"ours\" x=\"230\" y=\"66.0\" width=\"380.0\""), "{svg}");
        assert!(svg.contains("class=\"peer\" x=\"230\" y=\"94.0\" width=\"190.0\""), "{svg}");
    }
}
