//! YAML of Kingfisher.

use super::fields::{Fields, number, rules};
use super::foreign::{Foreign, Read, Refused, Value};
use super::node::Node;

const REFERENCE: &str = "https://github.com/mongodb/kingfisher";

pub(super) fn read(root: &Node) -> Read {
    Read { rules: rules(root.field("rules"), "id", rule), ..Read::default() }
}

fn rule(mut fields: Fields<'_>) -> Result<Foreign, Refused> {
    let mut foreign = fields.described(REFERENCE)?;
    foreign.value = Value::Token;
    if fields.take("depends_on_rule").is_some_and(|node| !node.items().is_empty()) {
        foreign
            .note("composite", "the other findings it depends on for validation are not demanded");
    }
    if let Some(entropy) = fields.text("min_entropy") {
        foreign.shape.entropy = number("min_entropy", &entropy)?;
    }
    foreign.confidence = fields.confidence();
    foreign.preview = fields.text("visible").as_deref() == Some("false");
    if let Some(node) = fields.take("pattern_requirements") {
        requirements(node, &mut foreign)?;
    }
    for part in ["validation", "revocation"] {
        if fields.take(part).is_some() {
            foreign.note("validation", format!("`{part}` asks a service and is not converted"));
        }
    }
    fields.ignore(&["description", "prevalidated"]);
    fields.finish(&mut foreign);
    Ok(foreign)
}

fn requirements(node: &Node, foreign: &mut Foreign) -> Result<(), Refused> {
    for key in node.keys() {
        let text = node.field(key).and_then(Node::text).unwrap_or_default();
        match key {
            "min_digits" => foreign.shape.min_digits = number(key, text)?,
            "min_uppercase" => foreign.shape.min_upper = number(key, text)?,
            "min_lowercase" => foreign.shape.min_lower = number(key, text)?,
            "ignore_if_contains" => {
                foreign.not_placeholder = true;
                let detail =
                    "words that must not stand inside of the value became `not-placeholder`";
                foreign.note("stop-words", detail);
            }
            "checksum" => {
                foreign.note("checksum", "the checksum is a program and is not converted")
            }
            "min_special_chars" | "special_chars" => {
                foreign.note("requirement", format!("`{key}` has no counterpart"));
            }
            _ => foreign.note("unknown-field", format!("`pattern_requirements.{key}`")),
        }
    }
    Ok(())
}
