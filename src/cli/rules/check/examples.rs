//! Examples of rules, run on the engine.

use crate::base::{Direction, Finding, Input, RuleIndex, Span};
use crate::engine::{InspectOptions, findings};
use crate::rules::{Pack, Rule, Rules};
use crate::scan::{Scanner, Scratch};
use crate::syntax::{
    Diagnostic, Places, Precedence, Step,
    codes::{self, DiagnosticCode},
};
use std::collections::HashMap;

/// Runs the examples of all rules from files that `concerns` accepts.
pub(super) fn run(rules: &Rules, concerns: &dyn Fn(&str) -> bool) -> Vec<Diagnostic> {
    let everything = rules.everything();
    let mut places: HashMap<&str, Places<'_>> = HashMap::new();
    let mut found = Vec::new();
    let mut scratch = Scratch::default();
    for (index, rule) in rules.rules().iter().enumerate() {
        let Ok(index) = u32::try_from(index).map(RuleIndex) else { break };
        if !concerns(&rule.source.name) {
            continue;
        }
        let alone = rules.only(index);
        let places = places.entry(&rule.source.name).or_insert_with(|| Places::new(&rule.source));
        let mut trial = Trial {
            rules,
            rule,
            index,
            alone: &alone,
            everything: &everything,
            places,
            found: &mut found,
        };
        trial.matches(&mut scratch);
        trial.no_matches(&mut scratch);
    }
    found
}

/// One rule on trial.
struct Trial<'a, 'r> {
    rules: &'r Rules,
    rule: &'r Rule,
    index: RuleIndex,
    /// The rule without the others.
    alone: &'a Pack,
    everything: &'a Pack,
    places: &'a Places<'r>,
    found: &'a mut Vec<Diagnostic>,
}

impl Trial<'_, '_> {
    fn matches(&mut self, scratch: &mut Scratch) {
        for (number, example) in self.rule.spec.matches.iter().enumerate() {
            let (text, find) = (example.text.joined(), example.find.joined());
            let spans = self.spans(self.alone, scratch, &text);
            let exact = |span: &Span| text.get(span.range()) == Some(&find);
            match spans[..] {
                [] => {
                    let title = "the rule does not find this example";
                    self.report(&codes::EXAMPLE_MISSED, title, ("match", number, "text"));
                }
                [span] if exact(&span) => self.taken(scratch, &text, span, number),
                [span] => {
                    let bytes = text.as_bytes().get(span.range()).unwrap_or_default();
                    let bytes = String::from_utf8_lossy(bytes);
                    let title = format!("the rule finds `{bytes}` instead");
                    self.report(&codes::EXAMPLE_ELSEWHERE, &title, ("match", number, "find"));
                }
                _ => {
                    let title = format!("the rule finds {} places in this example", spans.len());
                    self.report(&codes::EXAMPLE_MANY, &title, ("match", number, "text"));
                }
            }
        }
    }

    fn no_matches(&mut self, scratch: &mut Scratch) {
        for (number, example) in self.rule.spec.no_matches.iter().enumerate() {
            let text = example.text.joined();
            if let Some(span) = self.spans(self.alone, scratch, &text).first() {
                let bytes = text.as_bytes().get(span.range()).unwrap_or_default();
                let bytes = String::from_utf8_lossy(bytes);
                let title = format!("the rule finds `{bytes}` in this counter-example");
                self.report(&codes::EXAMPLE_UNWANTED, &title, ("no_match", number, "text"));
            }
        }
    }

    /// With all rules on, a catch-all may give way; any other rule must keep its finding, or lose it to one of the same meaning.
    fn taken(&mut self, scratch: &mut Scratch, text: &str, span: Span, number: usize) {
        if self.rule.spec.precedence == Precedence::Generic || self.rule.spec.is_about_links() {
            return;
        }
        let findings = Scanner::new(self.rules, self.everything).scan(scratch, &Input::new(text));
        let own = |finding: &Finding| finding.rule == self.index && finding.span == span;
        let other = |finding: &&Finding| {
            finding.span.overlaps(span)
                && finding.label != self.rule.label
                && finding.rule != self.index
        };
        if findings.iter().any(own) {
            return;
        }
        if let Some(winner) = findings.iter().find(other) {
            let title = format!("`{}` takes this finding", self.rules.rule(winner.rule).id);
            self.report(&codes::EXAMPLE_TAKEN, &title, ("match", number, "find"));
        }
    }

    /// Where the rule finds something when only `pack` is on.
    fn spans(&self, pack: &Pack, scratch: &mut Scratch, text: &str) -> Vec<Span> {
        if self.rule.spec.is_about_links() {
            let options =
                InspectOptions { direction: Direction::Output, ..InspectOptions::default() };
            // What may not stand in a link is what the other rules find.
            let found = findings(self.rules, self.everything, text.as_bytes(), &options);
            let own = found.iter().filter(|one| one.rule == self.index);
            return own.map(|one| one.span).collect();
        }
        let findings = Scanner::new(self.rules, pack).scan(scratch, &Input::new(text));
        findings.iter().filter(|one| one.rule == self.index).map(|one| one.span).collect()
    }

    fn report(&mut self, code: &DiagnosticCode, title: &str, place: (&str, usize, &str)) {
        let (list, number, field) = place;
        let id = self.rule.spec.id.span();
        let path = [Step::Field(list), Step::Item(number), Step::Field(field)];
        let at = self.places.find(&id, &path).unwrap_or(id);
        self.found.push(
            Diagnostic::new(code, &self.rule.source, title)
                .at(at, "this example")
                .rule(&*self.rule.id)
                .help(code.fix),
        );
    }
}
