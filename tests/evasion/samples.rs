//! Examples of the built-in rules, and texts in which they are hidden.

use super::RULES;
use super::techniques::{Scope, Technique};
use lockgate::base::{RuleIndex, Span};
use lockgate::rules::Rule;

/// A text with a value that a rule finds there.
pub(crate) struct Example {
    pub(crate) rule: RuleIndex,
    pub(crate) checked: bool,
    pub(crate) before: String,
    pub(crate) value: String,
    pub(crate) after: String,
}

pub(crate) fn examples() -> Vec<Example> {
    let mut examples = Vec::new();
    // Links that are encoded lead nowhere until somebody decodes them.
    let about_values = |rule: &&Rule| !rule.spec.is_about_links();
    for (i, rule) in RULES.rules().iter().enumerate().filter(|(_, rule)| about_values(rule)) {
        for example in &rule.spec.matches {
            let (text, value) = (example.text.joined(), example.find.joined());
            let at = text.find(&value).expect("the value is in the text");
            examples.push(Example {
                rule: RuleIndex(i as u32),
                checked: !rule.spec.validators.is_empty(),
                before: text[..at].to_owned(),
                after: text[at + value.len()..].to_owned(),
                value,
            });
        }
    }
    examples
}

/// A text in which a value is hidden.
#[derive(Clone)]
pub(crate) struct Hidden {
    pub(crate) before: String,
    pub(crate) carrier: String,
    pub(crate) after: String,
    /// The carrier carries the value and nothing else.
    pub(crate) exact: bool,
    /// Encodings on top of each other.
    pub(crate) layers: usize,
}

impl Hidden {
    pub(crate) fn new(example: &Example) -> Self {
        let Example { before, value, after, .. } = example;
        Self {
            before: before.clone(),
            carrier: value.clone(),
            after: after.clone(),
            exact: true,
            layers: 0,
        }
    }

    pub(crate) fn by(&self, technique: &Technique) -> Self {
        let encode = technique.encode;
        let layers = self.layers + if technique.name == "percent, twice" { 2 } else { 1 };
        match technique.scope {
            Scope::Value => {
                let carrier = encode(&self.carrier);
                // Where a zero byte stands on both sides, it can belong to either character.
                let exact = self.exact && !carrier.starts_with('\0');
                Self { carrier, exact, layers, ..self.clone() }
            }
            Scope::Text => Self {
                before: "see this:\n".to_owned(),
                carrier: encode(&self.text()),
                after: "\n\nand more".to_owned(),
                exact: false,
                layers,
            },
        }
    }

    pub(crate) fn text(&self) -> String {
        [&*self.before, &self.carrier, &self.after].concat()
    }

    pub(crate) fn carrier(&self) -> Span {
        Span::new(self.before.len(), self.before.len() + self.carrier.len())
    }
}

pub(crate) fn applies(technique: &Technique, example: &Example) -> bool {
    let ascii = example.value.is_ascii() && example.value.len() <= 2000;
    ascii
        && example.before.is_ascii()
        && example.after.is_ascii()
        && (technique.applies)(&example.value, example.checked)
}
