//! YAML of trufflehog's custom detectors.

use super::fields::{Fields, number, rules};
use super::foreign::{Foreign, KeywordUse, Read, Reason, Refused};
use super::node::Node;

const REFERENCE: &str = "https://github.com/trufflesecurity/trufflehog";
/// How far from a keyword trufflehog tries a detector, in bytes.
const KEYWORD_REACH_BYTES: usize = 512;

pub(super) fn read(root: &Node) -> Read {
    Read { rules: rules(root.field("detectors"), "name", rule), ..Read::default() }
}

fn rule(mut fields: Fields<'_>) -> Result<Foreign, Refused> {
    let mut foreign = fields.foreign()?;
    foreign.title = fields.text("description").or_else(|| Some(fields.id()));
    foreign.references.push(REFERENCE.to_owned());
    let regexes: Vec<String> = match fields.take("regex") {
        Some(Node::Map(named)) => {
            named.iter().filter_map(|(_, node)| node.text()).map(str::to_owned).collect()
        }
        Some(other) => other.texts(),
        None => Vec::new(),
    };
    match regexes.len() {
        0 => return Err(Refused::new(Reason::NoPattern, "there is no `regex`")),
        1 => foreign.patterns = regexes,
        count => {
            let detail = format!("{count} expressions that must all be found near each other");
            return Err(Refused::new(Reason::Patterns, detail));
        }
    }
    foreign.keywords = fields.texts("keywords");
    foreign.keyword_use = KeywordUse::Prefilter { within: KEYWORD_REACH_BYTES };
    if let Some(entropy) = fields.text("entropy") {
        foreign.shape.entropy = number("entropy", &entropy)?;
    }
    foreign.stop_words(fields.texts("exclude_words"));
    for part in ["exclude_regexes_capture", "exclude_regexes_match"] {
        let count = fields.texts(part).len();
        if count > 0 {
            foreign
                .note("allow-list", format!("{count} expressions of `{part}` are not converted"));
        }
    }
    if let Some(node) = fields.take("validations") {
        validations(node, &mut foreign);
    }
    if fields.take("verify").is_some_and(|node| !node.items().is_empty()) {
        foreign.note("validation", "asking a service whether the value works is not converted");
    }
    fields.ignore(&["primary_regex_name"]);
    fields.finish(&mut foreign);
    Ok(foreign)
}

/// What the value must hold, per expression; there is one expression here.
fn validations(node: &Node, foreign: &mut Foreign) {
    let one = match node {
        Node::Map(named) => named.first().map(|(_, node)| node),
        _ => None,
    };
    let Some(one) = one else { return };
    for key in one.keys() {
        let on = one.field(key).and_then(Node::text) == Some("true");
        match key {
            "contains_digit" => foreign.shape.min_digits = usize::from(on),
            "contains_uppercase" => foreign.shape.min_upper = usize::from(on),
            "contains_lowercase" => foreign.shape.min_lower = usize::from(on),
            _ => foreign.note("requirement", format!("`{key}` has no counterpart")),
        }
    }
}
