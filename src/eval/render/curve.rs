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
    let mut out = format!(
        "<figure class=plot><svg viewBox=\"0 0 {size} {size}\" role=img aria-label=\"{}\">",
        escaped(&format!("precision over recall of {name}"))
    );
    push_axes(&mut out, size);
    push_line(&mut out, points);
    let _ = write!(
        out,
        "</svg><figcaption><b>{}</b> {}</figcaption></figure>",
        escaped(name),
        escaped(note)
    );
    out
}

fn x(recall: f64) -> f64 {
    MARGIN + recall * SIDE
}

fn y(precision: f64) -> f64 {
    MARGIN + (1.0 - precision) * SIDE
}

fn push_axes(out: &mut String, size: f64) {
    let (left, right, top, bottom) = (x(0.0), x(1.0), y(1.0), y(0.0));
    for step in 0..=5 {
        let at = f64::from(step) / 5.0;
        let (column, row) = (x(at), y(at));
        let _ = write!(
            out,
            "<path class=grid d=\"M{column:.1} {bottom:.1}V{top:.1}M{left:.1} {row:.1}H{right:.1}\"/>\
             <text x={column:.1} y={:.1} text-anchor=middle>{at:.1}</text>\
             <text x={:.1} y={:.1} text-anchor=end>{at:.1}</text>",
            bottom + 14.0,
            left - 6.0,
            row + 3.5,
        );
    }
    let middle = y(0.5);
    let _ = write!(
        out,
        "<text x={:.1} y={:.1} text-anchor=middle>recall</text>\
         <text x=10 y={middle:.1} text-anchor=middle transform=\"rotate(-90 10 {middle:.1})\">precision</text>",
        x(0.5),
        size - 4.0,
    );
}

fn push_line(out: &mut String, points: &[CurvePoint]) {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
    let steps: Vec<String> = points
        .iter()
        .map(|point| format!("{:.1} {:.1}", x(point.recall), y(point.precision)))
        .collect();
    let line = steps.join("L");
    let bottom = y(0.0);
    let _ = write!(
        out,
        "<path class=area d=\"M{:.1} {bottom:.1}L{line}V{bottom:.1}Z\"/><path class=line d=\"M{line}\"/>",
        x(first.recall),
    );
    for (point, place) in points.iter().zip(&steps) {
        let (cx, cy) = place.split_once(' ').unwrap_or_default();
        let CurvePoint { score, precision, recall } = point;
        let _ = write!(
            out,
            "<circle cx={cx} cy={cy} r=3><title>score from {score:.2}: precision {precision:.3}, \
             recall {recall:.3}</title></circle>"
        );
    }
    let _ = write!(
        out,
        "<circle class=end cx={:.1} cy={:.1} r=5><title>all findings</title></circle>",
        x(last.recall),
        y(last.precision)
    );
}
