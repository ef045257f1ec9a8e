//! TOML text to specs.

use super::{Diagnostic, LabelFile, PackSpec, RuleFile, Severity, Source};
use serde::de::DeserializeOwned;

/// Reads a rule file.
///
/// # Errors
/// One diagnostic that points at the first thing TOML or the schema does not allow.
pub fn parse_rules(source: &Source) -> Result<RuleFile, Vec<Diagnostic>> {
    parse(source)
}

/// Reads a label file.
///
/// # Errors
/// As [`parse_rules`].
pub fn parse_labels(source: &Source) -> Result<LabelFile, Vec<Diagnostic>> {
    parse(source)
}

/// Reads a pack file.
///
/// # Errors
/// As [`parse_rules`].
pub fn parse_pack(source: &Source) -> Result<PackSpec, Vec<Diagnostic>> {
    parse(source)
}

fn parse<T: DeserializeOwned>(source: &Source) -> Result<T, Vec<Diagnostic>> {
    toml::from_str(&source.text).map_err(|error| {
        vec![Diagnostic {
            code: "R001",
            severity: Severity::Error,
            title: error.message().to_owned(),
            source: source.clone(),
            span: error.span(),
            label: String::new(),
            help: None,
            rule: None,
        }]
    })
}
