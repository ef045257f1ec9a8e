//! TOML text to specs, with all problems of a file at once.

use super::shape::{self, Table};
use super::walk::{PROBLEMS_PER_FILE_MAX, Walk};
use super::{
    CaseFile, Diagnostic, LabelFile, PackSpec, PolicyFile, RuleFile, RuleSpec, Source, codes,
};
use crate::base::limits::RULE_FILE_BYTES_MAX;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

/// Reads a rule file.
///
/// # Errors
/// Everything that TOML or the schema does not allow.
pub fn parse_rules(source: &Source) -> Result<RuleFile, Vec<Diagnostic>> {
    match read_rules(source) {
        (Some(file), problems) if problems.is_empty() => Ok(file),
        (_, problems) => Err(problems),
    }
}

/// Reads a rule file as far as possible: rules that are broken are left out of the first part and reported in the second.
/// There is no first part if the file is not TOML or its head is broken.
pub fn read_rules(source: &Source) -> (Option<RuleFile>, Vec<Diagnostic>) {
    let (document, mut found) = document(source, &shape::RULE_FILE);
    let Some(document) = document else { return (None, found) };
    let span = document.span();
    let mut table = document.into_inner();
    let listed = match table.remove("rule").map(Spanned::into_inner) {
        Some(DeValue::Array(items)) => items,
        _ => toml::de::DeArray::new(),
    };
    let mut file: RuleFile = match deserialize(Spanned::new(span, DeValue::Table(table)), source) {
        Ok(file) => file,
        Err(problem) => {
            if found.is_empty() {
                found.push(*problem);
            }
            return (None, found);
        }
    };
    for item in listed {
        let DeValue::Table(values) = item.get_ref() else { continue };
        // The walk has reported every difference; what has none is read.
        if Walk::new(source, true).table(values, item.span(), &shape::RULE) {
            match deserialize::<RuleSpec>(item, source) {
                Ok(rule) => file.rules.push(rule),
                Err(problem) => found.push(*problem),
            }
        }
    }
    (Some(file), found)
}

/// Reads a label file.
///
/// # Errors
/// As [`parse_rules`].
pub fn parse_labels(source: &Source) -> Result<LabelFile, Vec<Diagnostic>> {
    parse(source, &shape::LABEL_FILE)
}

/// Reads a pack file.
///
/// # Errors
/// As [`parse_rules`].
pub fn parse_pack(source: &Source) -> Result<PackSpec, Vec<Diagnostic>> {
    parse(source, &shape::PACK)
}

/// Reads a file of a policy.
///
/// # Errors
/// As [`parse_rules`].
pub fn parse_policy(source: &Source) -> Result<PolicyFile, Vec<Diagnostic>> {
    parse(source, &shape::POLICY_FILE)
}

/// Reads a file of cases for a policy.
///
/// # Errors
/// As [`parse_rules`].
pub fn parse_cases(source: &Source) -> Result<CaseFile, Vec<Diagnostic>> {
    parse(source, &shape::CASE_FILE)
}

fn parse<T: DeserializeOwned>(source: &Source, shape: &Table) -> Result<T, Vec<Diagnostic>> {
    match document(source, shape) {
        (Some(document), found) if found.is_empty() => {
            let span = document.span();
            let value = Spanned::new(span, DeValue::Table(document.into_inner()));
            deserialize(value, source).map_err(|problem| vec![*problem])
        }
        (_, found) => Err(found),
    }
}

/// The parsed text, unless it is not TOML, and everything in which it differs from the shape.
fn document<'s>(
    source: &'s Source,
    shape: &Table,
) -> (Option<Spanned<DeTable<'s>>>, Vec<Diagnostic>) {
    let bytes = source.text.len();
    if bytes > RULE_FILE_BYTES_MAX {
        let title = format!("the file has {bytes} bytes, the limit is {RULE_FILE_BYTES_MAX}");
        return (None, vec![Diagnostic::new(&codes::FILE_TOO_LARGE, source, title)]);
    }
    let (document, errors) = DeTable::parse_recoverable(&source.text);
    let mut found = syntax_errors(source, &errors);
    let mut walk = Walk::new(source, errors.is_empty());
    walk.table(document.get_ref(), document.span(), shape);
    let broken_lines: Vec<usize> =
        found.iter().filter_map(|problem| problem.position().map(|(line, _)| line)).collect();
    // What looks wrong in a line that TOML could not read follows from that.
    found.extend(walk.found.into_iter().filter(|problem| {
        broken_lines.is_empty()
            || problem.position().is_none_or(|(line, _)| !broken_lines.contains(&line))
    }));
    if found.len() > PROBLEMS_PER_FILE_MAX {
        found.truncate(PROBLEMS_PER_FILE_MAX);
        let title = format!("more than {PROBLEMS_PER_FILE_MAX} problems, the rest is not shown");
        found.push(Diagnostic::new(&codes::TOO_MANY_PROBLEMS, source, title));
    }
    (errors.is_empty().then_some(document), found)
}

fn syntax_errors(source: &Source, errors: &[toml::de::Error]) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut line_before = None;
    for error in errors.iter().take(4 * PROBLEMS_PER_FILE_MAX) {
        let span = error.span().unwrap_or(0..0);
        let duplicate = error.message().starts_with("duplicate key");
        let code = if duplicate { &codes::DUPLICATE_KEY } else { &codes::TOML_SYNTAX };
        let problem = Diagnostic::new(code, source, error.message()).at(span, "");
        let line = problem.position().map(|(line, _)| line);
        // Recovery from one error often stumbles again on the same line.
        if line.is_none() || line != line_before {
            found.push(problem.help(code.fix));
        }
        line_before = line;
        if found.len() > PROBLEMS_PER_FILE_MAX {
            break;
        }
    }
    found
}

fn deserialize<T: for<'de> Deserialize<'de>>(
    value: Spanned<DeValue<'_>>,
    source: &Source,
) -> Result<T, Box<Diagnostic>> {
    let span = value.span();
    T::deserialize(ValueDeserializer::from(value)).map_err(|error| {
        let at = error.span().unwrap_or(span);
        Box::new(Diagnostic::new(&codes::WRONG_TYPE, source, error.message()).at(at, ""))
    })
}
