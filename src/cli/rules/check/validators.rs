//! Validators that no counter-example needs.

use crate::base::limits::PATTERN_NFA_BYTES_MAX;
use crate::syntax::{Diagnostic, RuleFile, RuleSpec, Source, codes, full_ids};
use crate::validate::{self, Validator};
use regex_automata::{meta::Regex, util::syntax};

/// Notes on the validators of a file that reject nothing in any counter-example that the pattern matches.
pub(super) fn idle(source: &Source, file: &RuleFile) -> Vec<Diagnostic> {
    idle_with(source, file, &validate::find)
}

fn idle_with(
    source: &Source,
    file: &RuleFile,
    find: &dyn Fn(&str) -> Option<&'static Validator>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (rule, id) in file.rules.iter().zip(full_ids(file)) {
        // Without counter-examples there is another lint; regions are not matched here.
        if rule.validators.is_empty() || rule.no_matches.is_empty() || rule.region.is_some() {
            continue;
        }
        let Some(values) = candidates(rule) else { continue };
        for name in &rule.validators {
            let Some(validator) = find(name.get_ref()) else { continue };
            if values.iter().all(|value| (validator.check)(value)) {
                let title = format!("no counter-example fails the validator `{}`", name.get_ref());
                found.push(
                    Diagnostic::new(&codes::VALIDATOR_IDLE, source, title)
                        .at(name.span(), "not shown to be needed")
                        .rule(&*id)
                        .help(codes::VALIDATOR_IDLE.fix),
                );
            }
        }
    }
    found
}

/// What the patterns match in the counter-examples: the values that validators get to see.
fn candidates(rule: &RuleSpec) -> Option<Vec<Vec<u8>>> {
    let config = Regex::config().nfa_size_limit(Some(PATTERN_NFA_BYTES_MAX)).utf8_empty(false);
    let mut values = Vec::new();
    for pattern in rule.pattern.iter().chain(&rule.patterns) {
        let regex = Regex::builder()
            .configure(config.clone())
            .syntax(syntax::Config::new().unicode(false).utf8(false))
            .build(pattern.get_ref())
            .ok()?;
        for example in &rule.no_matches {
            let text = example.text.joined();
            for captures in regex.captures_iter(text.as_bytes()) {
                let span = captures.get_group(1).or_else(|| captures.get_group(0));
                values.extend(span.map(|span| text.as_bytes()[span.range()].to_vec()));
            }
        }
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse_rules;

    static EVEN: Validator = Validator {
        name: "even",
        doc: "The last digit is even.",
        reference: "",
        pass_rate: 0.5,
        check: |value| value.last().is_some_and(|last| last % 2 == 0),
    };

    fn count(no_match: &str) -> usize {
        let text = format!(
            "family='a.b'\ntitle='T'\n[[rule]]\nid='x'\ntitle='X'\nsince='0.1.0'\nlabels=['a.b']\nconfidence='low'\nwhy='w'\n\
             pattern='id-(\\d{{4}})\\b'\nvalidators=['even']\n[[rule.no_match]]\ntext='{no_match}'\nwhy='w'\n"
        );
        let source = Source::new("f", text);
        let file = parse_rules(&source).expect("valid");
        idle_with(&source, &file, &|name| (name == EVEN.name).then_some(&EVEN)).len()
    }

    #[test]
    fn a_rejected_value_shows_that_the_validator_is_needed() {
        assert_eq!(count("id-1233"), 0);
        assert_eq!(count("id-123"), 1, "the pattern alone leaves it alone");
        assert_eq!(count("id-1234 x"), 1, "the validator accepts it");
    }
}
