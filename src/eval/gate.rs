//! Least figures that an evaluation must reach.

use super::report::{Figures, Report};
use crate::base::Fault;
use crate::base::code::EVAL_GATE;
use std::fmt;

/// What a figure is taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    All,
    Corpus(String),
    Label(String),
    Rule(String),
    /// Documents as a whole, by label, over all corpora.
    Documents(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Figure {
    Precision,
    Recall,
    F1,
    F2,
    Covered,
}

const FIGURES: [(&str, Figure); 5] = [
    ("precision", Figure::Precision),
    ("recall", Figure::Recall),
    ("f1", Figure::F1),
    ("f2", Figure::F2),
    ("covered", Figure::Covered),
];

/// Bounds, written like `precision=0.9,label:pii.email.recall=0.95`.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate(Vec<Bound>);

#[derive(Clone, Debug, PartialEq)]
struct Bound {
    part: Part,
    figure: Figure,
    least: f64,
}

/// A bound that was not reached.
#[derive(Clone, Debug, PartialEq)]
pub struct Shortfall {
    bound: Bound,
    /// What was measured; nothing if there was nothing to measure it on.
    pub value: Option<f64>,
}

impl fmt::Display for Shortfall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.bound.part {
            Part::All => {}
            Part::Corpus(name) => write!(f, "corpus:{name}.")?,
            Part::Label(name) => write!(f, "label:{name}.")?,
            Part::Rule(name) => write!(f, "rule:{name}.")?,
            Part::Documents(name) => write!(f, "documents:{name}.")?,
        }
        let name = FIGURES.iter().find(|(_, figure)| *figure == self.bound.figure);
        f.write_str(name.map_or("", |(name, _)| name))?;
        match self.value {
            Some(value) => write!(f, " is {value:.4}, below {}", self.bound.least),
            None => write!(f, " was not measured, {} is asked for", self.bound.least),
        }
    }
}

impl Gate {
    /// Reads bounds.
    ///
    /// # Errors
    /// A part, a figure or a number is not understood.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let bounds = text.split(',').enumerate().map(|(i, bound)| {
            parse_bound(bound.trim())
                .ok_or_else(|| Fault::new(EVAL_GATE, format!("bound {}", i + 1)))
        });
        bounds.collect::<Result<_, _>>().map(Self)
    }

    /// The bounds that a report does not reach. A figure that was not measured reaches none.
    pub fn check(&self, report: &Report) -> Vec<Shortfall> {
        let short = |bound: &Bound| {
            let value = bound.value(report);
            let reached = value.is_some_and(|value| value >= bound.least);
            (!reached).then(|| Shortfall { bound: bound.clone(), value })
        };
        self.0.iter().filter_map(short).collect()
    }
}

fn parse_bound(text: &str) -> Option<Bound> {
    let (path, least) = text.split_once('=')?;
    let least: f64 = least.trim().parse().ok().filter(|least| (0.0..=1.0).contains(least))?;
    let (part, figure) = match path.trim().rsplit_once('.') {
        None => (Part::All, path.trim()),
        Some((part, figure)) => {
            let (kind, name) = part.split_once(':')?;
            let name = name.to_owned();
            let part = match kind {
                "corpus" => Part::Corpus(name),
                "label" => Part::Label(name),
                "rule" => Part::Rule(name),
                "documents" => Part::Documents(name),
                _ => return None,
            };
            (part, figure)
        }
    };
    let figure = FIGURES.iter().find(|(name, _)| *name == figure)?.1;
    Some(Bound { part, figure, least })
}

impl Bound {
    fn value(&self, report: &Report) -> Option<f64> {
        match &self.part {
            Part::All => self.of(&report.total.figures, report.total.covered.map(|c| c.value)),
            Part::Corpus(name) => {
                let row = report.corpora.iter().find(|row| row.name == *name)?;
                self.of(&row.total.figures, row.total.covered.map(|c| c.value))
            }
            Part::Label(name) => {
                let row = report.labels.iter().find(|row| row.label == *name)?;
                let spans = row.figures.counts.spans;
                let covered = (spans > 0).then(|| row.covered as f64 / spans as f64);
                self.of(&row.figures, covered)
            }
            Part::Documents(name) => {
                let mut rows = report.detection.iter();
                let row = rows.find(|row| row.corpus.is_none() && row.label == *name)?;
                self.of(&row.figures, None)
            }
            Part::Rule(name) => {
                let row = report.rules.iter().find(|row| row.rule == *name)?;
                match self.figure {
                    Figure::Precision => row.precision.map(|rate| rate.value),
                    Figure::Recall => row.recall.map(|rate| rate.value),
                    Figure::F1 => row.f1,
                    Figure::F2 => row.f2,
                    Figure::Covered => None,
                }
            }
        }
    }

    fn of(&self, figures: &Figures, covered: Option<f64>) -> Option<f64> {
        match self.figure {
            Figure::Precision => figures.counts.precision(),
            Figure::Recall => figures.counts.recall(),
            Figure::F1 => figures.counts.f(1.0),
            Figure::F2 => figures.counts.f(2.0),
            Figure::Covered => covered,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::Counts;
    use crate::eval::report::LabelRow;

    #[test]
    fn bounds_are_checked() {
        let counts = Counts { spans: 10, found: 8, findings: 10, right: 9 };
        let mut report = Report::default();
        report.total.figures.counts = counts;
        let figures = Figures { counts, ..Figures::default() };
        report.labels.push(LabelRow { label: "pii.email".to_owned(), figures, covered: 10 });
        let check = |gate: &str, expect: &[&str]| {
            let short: Vec<String> =
                Gate::parse(gate).unwrap().check(&report).iter().map(ToString::to_string).collect();
            assert_eq!(short, expect, "{gate}");
        };
        check("precision=0.9,recall=0.8", &[]);
        check("recall=0.81", &["recall is 0.8000, below 0.81"]);
        check("label:pii.email.covered=1, label:pii.email.recall=0.8", &[]);
        check(
            "label:pii.phone.recall=0.1",
            &["label:pii.phone.recall was not measured, 0.1 is asked for"],
        );
        check("rule:x.y.f1=0", &["rule:x.y.f1 was not measured, 0 is asked for"]);
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "precision",
            "precision=x",
            "precision=1.1",
            "recall=-1",
            "recall=NaN",
            "x=0.5",
            "a:b.f1=0",
            "label.f1=0",
        ] {
            assert_eq!(Gate::parse(text).unwrap_err().code, EVAL_GATE, "{text}");
        }
    }
}
