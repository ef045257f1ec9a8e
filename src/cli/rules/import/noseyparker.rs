//! YAML of Nosey Parker.

use super::fields::Fields;
use super::foreign::{Foreign, Read, Reason, Refused, Value};
use super::node::Node;
use crate::syntax::ConfidenceName;

const REFERENCE: &str = "https://github.com/praetorian-inc/noseyparker";

pub(super) fn read(root: &Node) -> Read {
    let mut read = Read::default();
    for (node, number) in root.field("rules").map_or(&[][..], Node::items).iter().zip(1..) {
        let fields = Fields::new(node, "id", number);
        read.rules.push((fields.id(), rule(fields)));
    }
    read
}

fn rule(mut fields: Fields<'_>) -> Result<Foreign, Refused> {
    let mut foreign = fields.foreign()?;
    foreign.title = fields.text("name");
    foreign.value = Value::First;
    foreign.references = fields.texts("references");
    foreign.references.push(REFERENCE.to_owned());
    let Some(pattern) = fields.text("pattern") else {
        return Err(Refused::new(Reason::NoPattern, "there is no `pattern`"));
    };
    foreign.patterns.push(pattern);
    let categories = fields.texts("categories");
    let has = |name: &str| categories.iter().any(|category| category == name);
    foreign.confidence = match () {
        () if has("fuzzy") || has("generic") => ConfidenceName::Low,
        () => ConfidenceName::Medium,
    };
    foreign.preview = has("test");
    foreign.matches = fields.texts("examples");
    foreign.no_matches = fields.texts("negative_examples");
    fields.ignore(&["description"]);
    fields.finish(&mut foreign);
    Ok(foreign)
}
