//! YAML of Nosey Parker.

use super::fields::{Fields, rules};
use super::foreign::{Foreign, Read, Refused, Value};
use super::node::Node;
use crate::syntax::ConfidenceName;

const REFERENCE: &str = "https://github.com/praetorian-inc/noseyparker";

pub(super) fn read(root: &Node) -> Read {
    Read { rules: rules(root.field("rules"), "id", rule), ..Read::default() }
}

fn rule(mut fields: Fields<'_>) -> Result<Foreign, Refused> {
    let mut foreign = fields.described(REFERENCE)?;
    foreign.value = Value::First;
    let categories = fields.texts("categories");
    let has = |name: &str| categories.iter().any(|category| category == name);
    foreign.confidence = match () {
        () if has("fuzzy") || has("generic") => ConfidenceName::Low,
        () => ConfidenceName::Medium,
    };
    foreign.preview = has("test");
    fields.ignore(&["description"]);
    fields.finish(&mut foreign);
    Ok(foreign)
}
