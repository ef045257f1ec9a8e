//! Examples of rules, run on the engine.

use crate::base::{Finding, Input, RuleIndex, Span};
use crate::rules::{Compiler, Pack, Rule, Rules};
use crate::scan::{Scanner, Scratch};
use crate::syntax::{
    Diagnostic, Places, Precedence, Source, Status, Step,
    codes::{self, DiagnosticCode},
};
use std::collections::HashMap;

/// Rules that are tried with one compiled rule set. Each needs a pack of its own, whose size grows with the rule set.
const TRIALS_PER_SET_MAX: usize = 1000;
/// The pack that turns on everything.
const EVERYTHING: &str = "examples-everything";

/// Runs the examples of the rules that `concerns` accepts by their source. `compiler` gives a compiler that holds the rule set.
pub(super) fn run(
    rules: &Rules,
    compiler: &dyn Fn() -> Compiler,
    concerns: &dyn Fn(&str) -> bool,
) -> Vec<Diagnostic> {
    // A pack never turns on a deprecated rule.
    let tried: Vec<&Rule> = rules
        .rules()
        .iter()
        .filter(|rule| rule.spec.status != Status::Deprecated && concerns(&rule.source.name))
        .collect();
    tried.chunks(TRIALS_PER_SET_MAX).flat_map(|chunk| trials(chunk, compiler())).collect()
}

fn trials(tried: &[&Rule], mut compiler: Compiler) -> Vec<Diagnostic> {
    compiler.add_pack(pack(EVERYTHING, &["*"]));
    for (number, rule) in tried.iter().enumerate() {
        compiler.add_pack(pack(&alone(number), &needed(rule)));
    }
    let rules = match compiler.build() {
        Ok((rules, _)) => rules,
        Err(errors) => return errors.0,
    };
    let Some(everything) = rules.pack(EVERYTHING) else { return Vec::new() };
    let mut places: HashMap<&str, Places<'_>> = HashMap::new();
    let mut found = Vec::new();
    let mut scratch = Scratch::default();
    for (number, rule) in tried.iter().enumerate() {
        let (Some(index), Some(alone)) = (rules.find(&rule.id), rules.pack(&alone(number))) else {
            continue;
        };
        let places = places.entry(&rule.source.name).or_insert_with(|| Places::new(&rule.source));
        let mut trial =
            Trial { rules: &rules, rule, index, alone, everything, places, found: &mut found };
        trial.matches(&mut scratch);
        trial.no_matches(&mut scratch);
    }
    found
}

/// Name of the pack that turns on one rule only.
fn alone(number: usize) -> String {
    format!("examples-{number}")
}

/// The rule itself and its companions, which it cannot be found without.
fn needed(rule: &Rule) -> Vec<&str> {
    let companions = rule.spec.requires.iter().map(|companion| companion.rule.get_ref().as_str());
    std::iter::once(&*rule.id).chain(companions).collect()
}

/// A pack as it would be written.
fn pack(id: &str, include: &[&str]) -> Source {
    let include: Vec<String> = include.iter().map(|name| format!("'{name}'")).collect();
    let text = format!(
        "id = '{id}'\ntitle = 'Examples'\npreview = true\ninclude = [{}]\n",
        include.join(", ")
    );
    Source::new(format!("{id}.toml"), text)
}

/// One rule on trial.
struct Trial<'a, 'r> {
    rules: &'a Rules,
    rule: &'a Rule,
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
        if self.rule.spec.precedence == Precedence::Generic {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse_pack;

    #[test]
    fn packs_of_trials_are_valid() {
        let pack = parse_pack(&pack(&alone(7), &["a.b.c", "a.b.d"])).expect("valid");
        let include: Vec<&str> = pack.include.iter().map(|name| name.get_ref().as_str()).collect();
        assert_eq!((pack.id.get_ref().as_str(), include), ("examples-7", vec!["a.b.c", "a.b.d"]));
        assert!(pack.preview, "rules on trial have examples too");
    }
}
