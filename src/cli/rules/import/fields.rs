//! The fields of one foreign rule, and which of them nobody has read.

use super::foreign::{Foreign, Reason, Refused};
use super::node::Node;
use crate::syntax::ConfidenceName;
use std::collections::BTreeSet;
use std::str::FromStr;

/// Longest id that is quoted in reports, in characters.
const ID_CHARS_MAX: usize = 80;

/// Reads a rule field by field.
pub(super) struct Fields<'n> {
    node: &'n Node,
    id: String,
    read: BTreeSet<&'static str>,
}

impl<'n> Fields<'n> {
    /// The fields of rule `number`, which is named by the field `id`.
    pub(super) fn new(node: &'n Node, id: &'static str, number: usize) -> Self {
        let name = node.field(id).and_then(Node::text).map(str::trim).filter(|id| !id.is_empty());
        let id_text = match name {
            Some(name) => name.chars().take(ID_CHARS_MAX).collect(),
            None => format!("rule {number}"),
        };
        Self { node, id: id_text, read: BTreeSet::from([id]) }
    }

    /// The id as written, or the number of the rule.
    pub(super) fn id(&self) -> String {
        self.id.clone()
    }

    /// A rule to fill.
    pub(super) fn foreign(&self) -> Result<Foreign, Refused> {
        match self.node {
            Node::Map(_) => Ok(Foreign::new(self.id.clone())),
            _ => Err(Refused::new(Reason::Malformed, "the rule is no table")),
        }
    }

    pub(super) fn take(&mut self, name: &'static str) -> Option<&'n Node> {
        self.read.insert(name);
        self.node.field(name).filter(|node| **node != Node::Null)
    }

    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        self.take(name)?.text().map(str::to_owned)
    }

    pub(super) fn texts(&mut self, name: &'static str) -> Vec<String> {
        self.take(name).map(Node::texts).unwrap_or_default()
    }

    /// A rule with what Kingfisher and Nosey Parker write alike: name, references, pattern and examples.
    pub(super) fn described(&mut self, reference: &str) -> Result<Foreign, Refused> {
        let mut foreign = self.foreign()?;
        foreign.title = self.text("name");
        foreign.references = self.texts("references");
        foreign.references.push(reference.to_owned());
        let Some(pattern) = self.text("pattern") else {
            return Err(Refused::new(Reason::NoPattern, "there is no `pattern`"));
        };
        foreign.patterns.push(pattern);
        foreign.matches = self.texts("examples");
        foreign.no_matches = self.texts("negative_examples");
        Ok(foreign)
    }

    /// The field `confidence`; what is not high or low is medium.
    pub(super) fn confidence(&mut self) -> ConfidenceName {
        match self.text("confidence").as_deref() {
            Some("high") => ConfidenceName::High,
            Some("low") => ConfidenceName::Low,
            _ => ConfidenceName::Medium,
        }
    }

    /// Fields that change nothing of what is found.
    pub(super) fn ignore(&mut self, names: &[&'static str]) {
        self.read.extend(names);
    }

    /// Notes the fields that nobody has read.
    pub(super) fn finish(self, foreign: &mut Foreign) {
        for key in self.node.keys().filter(|key| !self.read.contains(key)) {
            let key: String = key.chars().take(ID_CHARS_MAX).collect();
            foreign.note("unknown-field", format!("`{key}`"));
        }
    }
}

/// The rules of a list, each of which is named by the field `id`.
pub(super) fn rules(
    list: Option<&Node>,
    id: &'static str,
    rule: fn(Fields<'_>) -> Result<Foreign, Refused>,
) -> Vec<(String, Result<Foreign, Refused>)> {
    let nodes = list.map_or(&[][..], Node::items).iter().zip(1..);
    let fields = nodes.map(|(node, number)| Fields::new(node, id, number));
    fields.map(|fields| (fields.id(), rule(fields))).collect()
}

/// A number that stands in a field.
pub(super) fn number<T: FromStr>(field: &str, text: &str) -> Result<T, Refused> {
    text.trim()
        .parse()
        .map_err(|_| Refused::new(Reason::Malformed, format!("`{field}` is no such number")))
}
