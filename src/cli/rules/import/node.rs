//! A foreign file as a tree: TOML and YAML alike. Every scalar is its text, so that `4111111111111111`, `NO` and dates stay what they are.

use crate::base::limits::RULE_FILE_BYTES_MAX;
use saphyr_parser::{Event, Parser, ScalarStyle};
use std::collections::{HashMap, HashSet};

/// Open brackets and indentations.
const DEPTH_MAX: usize = 64;
/// Values of one file, with aliases written out: a few lines of nested aliases stand for millions.
const NODES_MAX: usize = 400_000;
/// Bytes of the scalars of one file, with aliases written out.
const SCALAR_BYTES_MAX: usize = 4 * RULE_FILE_BYTES_MAX;

/// A value of a foreign file.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Null,
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    /// The text of a scalar.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list; a lone value is a list of one.
    pub(super) fn items(&self) -> &[Node] {
        match self {
            Self::Null => &[],
            Self::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    /// The texts of a list.
    pub(super) fn texts(&self) -> Vec<String> {
        self.items().iter().filter_map(Node::text).map(str::to_owned).collect()
    }

    /// The value of a key.
    pub(super) fn field(&self, name: &str) -> Option<&Node> {
        match self {
            Self::Map(fields) => fields.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The keys of a map.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        let fields: &[(String, Node)] = match self {
            Self::Map(fields) => fields,
            _ => &[],
        };
        fields.iter().map(|(key, _)| key.as_str())
    }

    /// Values and bytes of scalars in it, itself included.
    fn size(&self) -> (usize, usize) {
        let add = |a: (usize, usize), b: (usize, usize)| (a.0 + b.0, a.1 + b.1);
        match self {
            Self::Null => (1, 0),
            Self::Text(text) => (1, text.len()),
            Self::List(items) => items.iter().map(Node::size).fold((1, 0), add),
            Self::Map(fields) => fields
                .iter()
                .map(|(key, value)| add((1, key.len()), value.size()))
                .fold((1, 0), add),
        }
    }
}

/// Reads TOML.
///
/// # Errors
/// The place of what is not TOML, without its text.
pub(super) fn toml(text: &str) -> Result<Node, String> {
    match toml::from_str::<toml::Table>(text) {
        Ok(table) => Ok(of_toml(toml::Value::Table(table))),
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            Err(format!("it is not TOML: line {}", crate::syntax::line_column(text, at).0))
        }
    }
}

fn of_toml(value: toml::Value) -> Node {
    match value {
        toml::Value::String(text) => Node::Text(text),
        toml::Value::Array(items) => Node::List(items.into_iter().map(of_toml).collect()),
        toml::Value::Table(table) => {
            Node::Map(table.into_iter().map(|(key, value)| (key, of_toml(value))).collect())
        }
        scalar => Node::Text(scalar.to_string()),
    }
}

/// Reads the documents of a YAML file; several become one list.
///
/// # Errors
/// The place of what is not YAML, or which bound is exceeded.
pub(super) fn yaml(text: &str) -> Result<Node, String> {
    let mut build = Build::default();
    for event in Parser::new_from_str(text) {
        let (event, span) =
            event.map_err(|error| format!("it is not YAML: line {}", error.marker().line()))?;
        build.event(event).map_err(|what| format!("{what}: line {}", span.start.line()))?;
    }
    Ok(match build.documents.len() {
        0 => Node::Null,
        1 => build.documents.swap_remove(0),
        _ => Node::List(build.documents),
    })
}

#[derive(Default)]
struct Build {
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    documents: Vec<Node>,
    nodes: usize,
    bytes: usize,
}

/// A value that aliases may repeat.
struct Anchored {
    node: Node,
    nodes: usize,
    bytes: usize,
}

/// A list or map that is not closed yet.
struct Open {
    anchor: usize,
    node: Node,
    /// The key of a map whose value comes next.
    key: Option<String>,
    keys: HashSet<String>,
}

impl Build {
    fn event(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                self.charge(1, text.len())?;
                let plain = style == ScalarStyle::Plain;
                let node = match &*text {
                    "" | "~" | "null" if plain => Node::Null,
                    _ => Node::Text(text.into_owned()),
                };
                self.close(anchor, node)
            }
            Event::SequenceStart(anchor, _) => self.start(anchor, Node::List(Vec::new())),
            Event::MappingStart(anchor, _) => self.start(anchor, Node::Map(Vec::new())),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(open) => self.close(open.anchor, open.node),
                None => Ok(()),
            },
            Event::Alias(anchor) => {
                let Some(Anchored { nodes, bytes, .. }) = self.anchors.get(&anchor) else {
                    return Err("an alias stands inside of what it repeats".to_owned());
                };
                self.charge(*nodes, *bytes)?;
                let node = self.anchors[&anchor].node.clone();
                self.close(0, node)
            }
            _ => Ok(()),
        }
    }

    /// Counts values before they are made.
    fn charge(&mut self, nodes: usize, bytes: usize) -> Result<(), String> {
        self.nodes = self.nodes.saturating_add(nodes);
        self.bytes = self.bytes.saturating_add(bytes);
        if self.nodes > NODES_MAX || self.bytes > SCALAR_BYTES_MAX {
            return Err("it holds too much, with its aliases written out".to_owned());
        }
        Ok(())
    }

    fn start(&mut self, anchor: usize, node: Node) -> Result<(), String> {
        if self.open.len() >= DEPTH_MAX {
            return Err(format!("it is nested deeper than {DEPTH_MAX}"));
        }
        self.charge(1, 0)?;
        self.open.push(Open { anchor, node, key: None, keys: HashSet::new() });
        Ok(())
    }

    /// Puts a finished value where it belongs.
    fn close(&mut self, anchor: usize, node: Node) -> Result<(), String> {
        if anchor != 0 {
            let (nodes, bytes) = node.size();
            self.charge(nodes, bytes)?;
            self.anchors.insert(anchor, Anchored { node: node.clone(), nodes, bytes });
        }
        let Some(open) = self.open.last_mut() else {
            self.documents.push(node);
            return Ok(());
        };
        match (&mut open.node, open.key.take()) {
            (Node::List(items), _) => items.push(node),
            (Node::Map(_), None) => {
                let key = match node {
                    Node::Text(key) => key,
                    Node::Null => String::new(),
                    _ => return Err("a key is no scalar".to_owned()),
                };
                if !open.keys.insert(key.clone()) {
                    return Err("a key stands twice in one map".to_owned());
                }
                open.key = Some(key);
            }
            (Node::Map(fields), Some(key)) => fields.push((key, node)),
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_stay_what_they_are() {
        let node = yaml("a: 4111111111111111\nb: NO\nc: [1.10, ~]\nd: 'null'\n").expect("YAML");
        let text = |name: &str| node.field(name).and_then(Node::text);
        assert_eq!(
            (text("a"), text("b"), text("d")),
            (Some("4111111111111111"), Some("NO"), Some("null"))
        );
        assert_eq!(
            node.field("c").map(Node::items),
            Some(&[Node::Text("1.10".to_owned()), Node::Null][..])
        );
    }

    #[test]
    fn aliases_are_written_out() {
        let node = yaml("a: &x [1, 2]\nb: *x\n").expect("YAML");
        assert_eq!(node.field("a"), node.field("b"));
    }

    #[track_caller]
    fn refused(text: &str, why: &str) {
        let told = yaml(text).expect_err("refused");
        assert!(told.contains(why), "{told}");
    }

    #[test]
    fn what_would_not_end_is_refused() {
        let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
        for level in 1..12 {
            let below = level - 1;
            let row = vec![format!("*a{below}"); 10].join(",");
            bomb += &format!("a{level}: &a{level} [{row}]\n");
        }
        refused(&bomb, "too much");
        refused(&"[".repeat(100_000), "");
        refused(&format!("{}x{}", "[".repeat(80), "]".repeat(80)), "deeper than 64");
        refused("a: &a [*a]\n", "alias");
        refused("a: 1\na: 2\n", "twice");
        refused("a: [1\nb: }", "line");
        refused("? [a]\n: b\n", "no scalar");
    }
}
