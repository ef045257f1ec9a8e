//! Cutting a document into records.

use super::Part;
use super::skim::{Children, Step, blank, value_end};
use crate::base::Span;

/// Records of one snapshot. What comes behind them stays with the rest, which is inspected whole.
pub(super) const RECORDS_MAX: usize = 5_000_000;

/// A step on the way to a record, and where the container begins in which it is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken {
    pub(super) container: usize,
    pub(super) step: Step,
}

/// A record of a document: which part of the shape it is, where it stands, and the way there.
#[derive(Clone, Debug)]
pub(super) struct Cut {
    pub(super) part: usize,
    pub(super) span: Span,
    pub(super) path: Box<[Taken]>,
}

/// The records of a document, in the order in which they stand.
pub(super) fn split(raw: &[u8], parts: &'static [Part]) -> Vec<Cut> {
    let ways = parts.iter().map(|part| part.at.split('/').collect()).collect();
    let mut splitter = Splitter { raw, parts, ways, path: Vec::new(), cuts: Vec::new() };
    let alive: Vec<usize> = (0..parts.len()).collect();
    let at = blank(raw, 0);
    if let Some(whole) = parts.iter().position(|part| part.at.is_empty()) {
        if let Some(end) = value_end(raw, at).filter(|_| raw[at] == b'{') {
            let span = Span::new(at, end);
            splitter.cuts.push(Cut { part: whole, span, path: Box::default() });
        }
        return splitter.cuts;
    }
    // Where the document is broken there are no more records, and the rest has it all.
    let _ = splitter.container(at, &alive);
    splitter.cuts
}

struct Splitter<'r> {
    raw: &'r [u8],
    parts: &'static [Part],
    /// The steps of each part.
    ways: Vec<Vec<&'static str>>,
    path: Vec<Taken>,
    cuts: Vec<Cut>,
}

impl Splitter<'_> {
    /// Cuts what the container holds and returns its end. The depth is that of the longest way.
    fn container(&mut self, at: usize, alive: &[usize]) -> Option<usize> {
        let Some(mut children) = Children::of(self.raw, at) else {
            return value_end(self.raw, at);
        };
        let depth = self.path.len();
        while let Some((step, child)) = children.advance() {
            let onward: Vec<usize> = alive
                .iter()
                .copied()
                .filter(|part| self.leads(self.ways[*part].get(depth), step))
                .collect();
            self.path.push(Taken { container: at, step });
            let end = self.child(child, &onward);
            self.path.pop();
            children.resume(end?);
        }
        children.end()
    }

    fn child(&mut self, at: usize, onward: &[usize]) -> Option<usize> {
        let depth = self.path.len();
        let ends_here = |part: &&usize| self.ways[**part].len() == depth;
        let first = *self.raw.get(at)?;
        let part = onward.iter().filter(ends_here).find(|part| match first {
            b'{' => true,
            b'"' => self.parts[**part].strings,
            _ => false,
        });
        match part {
            Some(part) if self.cuts.len() < RECORDS_MAX => {
                let end = value_end(self.raw, at)?;
                let (span, path) = (Span::new(at, end), self.path.as_slice().into());
                self.cuts.push(Cut { part: *part, span, path });
                Some(end)
            }
            _ if onward.iter().any(|part| self.ways[*part].len() > depth) => {
                self.container(at, onward)
            }
            _ => value_end(self.raw, at),
        }
    }

    fn leads(&self, way: Option<&&'static str>, step: Step) -> bool {
        match (way, step) {
            (Some(&"*"), _) | (Some(&"[]"), Step::Element(_)) | (Some(&"{}"), Step::Member(_)) => {
                true
            }
            (Some(name), Step::Member(span)) => self.raw.get(span.range()) == Some(name.as_bytes()),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static PARTS: [Part; 3] = [
        Part::new("a/[]", "x"),
        Part::new("{}/b/*", "y"),
        Part { strings: true, ..Part::new("s/[]", "z") },
    ];

    fn check(raw: &str, expect: &[(usize, &str)]) {
        let cuts = split(raw.as_bytes(), &PARTS);
        let found: Vec<_> = cuts.iter().map(|cut| (cut.part, &raw[cut.span.range()])).collect();
        assert_eq!(found, expect, "{raw}");
    }

    #[test]
    fn records_are_objects_at_the_ends_of_the_ways() {
        check(r#"{"a":[{"n":1},2,[{}],{}],"c":[{}]}"#, &[(0, r#"{"n":1}"#), (0, "{}")]);
        check(r#"{"q":{"b":{"k":{"v":1},"l":3}},"a":{"b":[{}]}}"#, &[(1, r#"{"v":1}"#), (1, "{}")]);
        check(r#"{"s":["one",{"t":2}]}"#, &[(2, r#""one""#), (2, r#"{"t":2}"#)]);
        check(r#"[{"a":1}]"#, &[]);
        check("", &[]);
    }

    #[test]
    fn a_broken_document_has_the_records_in_front_of_the_break() {
        check(r#"{"a":[{"n":1},{"n":"#, &[(0, r#"{"n":1}"#)]);
        check(r#"{"a":[{"n":1}}{"n":2}]"#, &[(0, r#"{"n":1}"#)]);
    }
}
