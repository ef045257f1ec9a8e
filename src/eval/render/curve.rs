//! Precision–recall curves as SVG, drawn here.

use super::html::escaped;
use crate::eval::report::CurvePoint;
use std::fmt::Write as _;

/// Side of the plot in user units.
const SIDE: f64 = 240.0;
/// Room for the axes.
const MARGIN: f64 = 34.0;

/// One curve with its name. Points go from the highest score down.
pub(super) fn svg(name: &str, note: &str, points: &[CurvePoint]) -> String {
    let size = SIDE + 2.0 * MARGIN;
    let x = |recall: f64| MARGIN + recall * SIDE;
    let y = |precision: f64| MARGIN + (1.0 - precision) * SIDE;
    let mut out = format!(
        "<figure class=plot><svg viewBox=\"0 0 {size} {size}\" role=img aria-label=\"{}\">",
        escaped(&format!("precision over recall of {name}"))
    );
    for step in 0..=5 {
        let at = f64::from(step) / 5.0;
        let _ = write!(
            out,
            "<path class=grid d=\"M{:.1} {:.1}V{:.1}M{:.1} {:.1}H{:.1}\"/>\
             <text x={:.1} y={:.1} text-anchor=middle>{at:.1}</text>\
             <text x={:.1} y={:.1} text-anchor=end>{at:.1}</text>",
            x(at),
            y(0.0),
            y(1.0),
            x(0.0),
            y(at),
            x(1.0),
            x(at),
            y(0.0) + 14.0,
            x(0.0) - 6.0,
            y(at) + 3.5,
        );
    }
    let mut path = String::new();
    for point in points {
        let command = if path.is_empty() { 'M' } else { 'L' };
        let _ = write!(path, "{command}{:.1} {:.1}", x(point.recall), y(point.precision));
    }
    if let (Some(first), Some(last)) = (points.first(), points.last()) {
        let _ = write!(
            out,
            "<path class=area d=\"M{:.1} {:.1}V{:.1}{}V{:.1}Z\"/><path class=line d=\"{path}\"/>",
            x(first.recall),
            y(0.0),
            y(first.precision),
            path.replacen('M', "L", 1),
            y(0.0)
        );
        for point in points {
            let title = format!(
                "score from {:.2}: precision {:.3}, recall {:.3}",
                point.score, point.precision, point.recall
            );
            let _ = write!(
                out,
                "<circle cx={:.1} cy={:.1} r=3><title>{title}</title></circle>",
                x(point.recall),
                y(point.precision)
            );
        }
        let _ = write!(
            out,
            "<circle class=end cx={:.1} cy={:.1} r=5><title>all findings</title></circle>",
            x(last.recall),
            y(last.precision)
        );
    }
    let _ = write!(
        out,
        "<text x={:.1} y={:.1} text-anchor=middle>recall</text>\
         <text x=10 y={:.1} text-anchor=middle transform=\"rotate(-90 10 {:.1})\">precision</text></svg>\
         <figcaption><b>{}</b> {}</figcaption></figure>",
        x(0.5),
        size - 4.0,
        y(0.5),
        y(0.5),
        escaped(name),
        escaped(note)
    );
    out
}
